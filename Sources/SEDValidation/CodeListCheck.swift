// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDXML

/// Walks a SED along its schema model and checks every code against its list.
struct CodeListCheck {
    let library: SchemaLibrary
    let model: SchemaModel
    let top: ElementID
    /// Elements that the schema layer has already complained about: one finding per cause.
    let alreadyReported: Set<ElementID>

    /// SEDs whose official schema is known to forbid the same code twice; for others it is not proven.
    private static let provenUnique: Set<String> = ["H001", "X050"]

    func findings(in tree: borrowing XMLTree, sed: SEDType?) throws -> [Diagnostic] {
        let root = SchemaModel.TypeName(namespace: tree.namespace(of: top) ?? "", name: tree.localName(of: top))
        guard let type = model.roots[root] else { return [] }
        var findings: [Diagnostic] = []
        try visit(top, type: type, in: tree, sed: sed, into: &findings)
        return findings
    }

    private func visit(
        _ element: ElementID,
        type name: SchemaModel.TypeName,
        in tree: borrowing XMLTree,
        sed: SEDType?,
        into findings: inout [Diagnostic]
    ) throws {
        guard let type = model.types[name] else { return }
        if let listName = type.codeList {
            findings += try check(element, against: library.codeList(named: listName), in: tree, sed: sed)
            return
        }
        for child in tree.children(of: element) {
            guard let childType = type.children[tree.localName(of: child)] else { continue }
            try visit(child, type: childType, in: tree, sed: sed, into: &findings)
        }
    }

    private func check(
        _ element: ElementID,
        against list: CodeList,
        in tree: borrowing XMLTree,
        sed: SEDType?
    ) -> [Diagnostic] {
        var findings: [Diagnostic] = []
        var seen: Set<String> = []
        let name = tree.localName(of: element)
        for value in tree.children(of: element) where !alreadyReported.contains(value) {
            let code = tree.text(of: value)
            if !list.contains(code) {
                findings.append(
                    Diagnostic(
                        rule: .unknownCode,
                        severity: .error,
                        position: tree.position(of: value),
                        path: tree.path(of: value, from: top),
                        message: "The code in \(name) is not in the code list \(list.name); \(Self.hint(list)).",
                        arguments: ["list": list.name, "version": list.version],
                        value: code
                    )
                )
            } else if !seen.insert(code).inserted {
                let isProven = sed.map { Self.provenUnique.contains($0.code) } ?? false
                findings.append(
                    Diagnostic(
                        rule: .repeatedCode,
                        severity: isProven ? .error : .warning,
                        position: tree.position(of: value),
                        path: tree.path(of: value, from: top),
                        message: "The same code stands twice in \(name).",
                        arguments: ["list": list.name],
                        value: code
                    )
                )
            }
        }
        return findings
    }

    private static func hint(_ list: CodeList) -> String {
        list.codes.count <= 40
            ? "allowed: \(list.codes.joined(separator: ", "))" : "the list has \(list.codes.count) codes"
    }
}

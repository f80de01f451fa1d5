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

    private(set) var findings: [Diagnostic] = []
    /// How many findings there were beyond the ones that are kept.
    private(set) var dropped = 0

    /// A list of a thousand faults helps nobody.
    private static let mostFindings = 1_000

    init(library: SchemaLibrary, model: SchemaModel, top: ElementID, alreadyReported: Set<ElementID>) {
        self.library = library
        self.model = model
        self.top = top
        self.alreadyReported = alreadyReported
    }

    /// SEDs whose official schema is known to forbid the same code twice; for others it is not proven.
    private static let provenUnique: Set<String> = ["H001", "X050"]

    mutating func run(in tree: borrowing XMLTree, sed: SEDType?) throws {
        let root = SchemaModel.TypeName(namespace: tree.namespace(of: top) ?? "", name: tree.localName(of: top))
        guard let type = model.roots[root] else { return }
        try visit(top, type: type, in: tree, sed: sed)
    }

    private mutating func visit(
        _ element: ElementID,
        type name: SchemaModel.TypeName,
        in tree: borrowing XMLTree,
        sed: SEDType?
    ) throws {
        guard let type = model.types[name] else { return }
        if let listName = type.codeList {
            check(element, against: try library.codeList(named: listName), in: tree, sed: sed)
            return
        }
        for child in tree.children(of: element) {
            guard let childType = type.children[tree.localName(of: child)] else { continue }
            try visit(child, type: childType, in: tree, sed: sed)
        }
    }

    private mutating func check(
        _ element: ElementID,
        against list: CodeList,
        in tree: borrowing XMLTree,
        sed: SEDType?
    ) {
        var seen: Set<String> = []
        for value in tree.children(of: element) where !alreadyReported.contains(value) {
            let code = tree.text(of: value)
            if list.contains(code), seen.insert(code).inserted { continue }
            guard findings.count < Self.mostFindings else {
                dropped += 1
                continue
            }
            findings.append(finding(for: code, at: value, against: list, in: tree, sed: sed))
        }
    }

    /// A code that its list does not hold, or one that stands there twice.
    private func finding(
        for code: String,
        at value: ElementID,
        against list: CodeList,
        in tree: borrowing XMLTree,
        sed: SEDType?
    ) -> Diagnostic {
        let name = tree.parent(of: value).map { tree.localName(of: $0) } ?? ""
        let isRepeated = list.contains(code)
        let isProven = sed.map { Self.provenUnique.contains($0.code) } ?? false
        return Diagnostic(
            rule: isRepeated ? .repeatedCode : .unknownCode,
            severity: isRepeated && !isProven ? .warning : .error,
            position: tree.position(of: value),
            path: tree.path(of: value, from: top),
            message: isRepeated
                ? "The same code stands twice in \(name)."
                : "The code in \(name) is not in the code list \(list.name); \(Self.hint(list)).",
            arguments: ["list": list.name, "version": list.version],
            value: code
        )
    }

    private static func hint(_ list: CodeList) -> String {
        list.codes.count <= 40
            ? "allowed: \(list.codes.joined(separator: ", "))" : "the list has \(list.codes.count) codes"
    }
}

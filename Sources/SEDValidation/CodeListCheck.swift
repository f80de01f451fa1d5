// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDXML

/// Finds the code lists of a SED along its schema model and checks every code against its list.
struct CodeListCheck {
    let library: SchemaLibrary
    let places: CodeListPlaces
    let top: ElementID
    /// Elements that the schema layer has already complained about: one finding per cause.
    let alreadyReported: Set<ElementID>

    private(set) var findings: [Diagnostic] = []
    /// How many findings there were beyond the ones that are kept.
    private(set) var dropped = 0

    /// A list of a thousand faults helps nobody.
    private static let mostFindings = 1_000

    init(library: SchemaLibrary, places: CodeListPlaces, top: ElementID, alreadyReported: Set<ElementID>) {
        self.library = library
        self.places = places
        self.top = top
        self.alreadyReported = alreadyReported
    }

    /// SEDs whose official schema is known to forbid the same code twice; for others it is not proven.
    private static let provenUnique: Set<String> = ["H001", "X050"]

    mutating func run(in tree: borrowing XMLTree, sed: SEDType?) throws {
        var lists: [CodeList?] = Array(repeating: nil, count: places.lists.count)
        for place in try places.finds(in: tree, from: top) {
            let list = try lists[place.mark] ?? library.codeList(named: places.lists[place.mark])
            lists[place.mark] = list
            check(place.element, against: list, in: tree, sed: sed)
        }
    }

    private mutating func check(
        _ element: ElementID,
        against list: CodeList,
        in tree: borrowing XMLTree,
        sed: SEDType?
    ) {
        var seen: Set<String> = []
        let values = tree.children(of: element)
        for value in values where !alreadyReported.contains(value) {
            let code = tree.text(of: value)
            // A code that stands alone cannot stand twice.
            if list.contains(code), values.count == 1 || seen.insert(code).inserted { continue }
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
                : "The code in \(name) is not in the code list \(list.name); \(list.hint).",
            arguments: ["list": list.name, "version": list.version],
            value: code
        )
    }
}

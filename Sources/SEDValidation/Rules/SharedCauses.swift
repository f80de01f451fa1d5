// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore

/// The findings of one layer, and how many more there were than it lists.
struct LayerFindings {
    var findings: [Diagnostic] = []
    var more = 0

    init() {}

    init(_ findings: [Diagnostic], more: Int) {
        self.findings = findings
        self.more = more
    }
}

/// Makes one finding of what a rule and a format say about the same fault.
///
/// The law and the schema often ask for the same element. The reader is told once, with the rule's id and source, the
/// heavier severity and the schema's id in ``Diagnostic/also``.
struct SharedCauses {
    private var waiting: [(finding: RuleFinding, isUsed: Bool)]
    private let restating: [Restating]
    /// Whether a rule whose finding went into another layer is itself broken by an error.
    private(set) var holdsError = false

    /// A rule that is checked by a layer of the format: its findings carry the rule's id.
    struct Restating {
        let entry: RuleEntry
        let technical: RuleID
        /// The type, element, list or SED that the finding must be about; nil for any.
        let about: String?

        func fits(_ finding: Diagnostic) -> Bool {
            guard finding.rule == technical else { return false }
            guard let about else { return true }
            return ["type", "element", "list", "sed"].contains { finding.arguments[$0] == about }
        }
    }

    init(_ findings: [RuleFinding], restating: [Restating]) {
        waiting = findings.map { ($0, false) }
        self.restating = restating
    }

    /// The rules' findings that no other layer shares.
    var rest: [Diagnostic] { waiting.filter { !$0.isUsed }.map(\.finding.diagnostic) }

    /// A layer's findings, those that share their cause with a rule in the rule's words.
    mutating func merged(_ layer: LayerFindings) -> LayerFindings {
        guard !waiting.isEmpty || !restating.isEmpty else { return layer }
        var merged = LayerFindings([], more: layer.more)
        /// Where in `merged` a rule's finding stands that has absorbed one already.
        var places: [Int: Int] = [:]
        for technical in layer.findings {
            if let index = waiting.firstIndex(where: { Self.share($0.finding, technical) }) {
                let rule = waiting[index].finding.diagnostic
                if rule.severity == .error { holdsError = true }
                waiting[index].isUsed = true
                if let place = places[index] {
                    merged.findings[place] = merged.findings[place].joined(with: technical)
                } else {
                    places[index] = merged.findings.count
                    merged.findings.append(rule.joined(with: technical))
                }
            } else if let rule = restating.first(where: { $0.fits(technical) }) {
                merged.findings.append(technical.restating(rule))
            } else {
                merged.findings.append(technical)
            }
        }
        return merged
    }

    /// Whether the format complains about an element that the rule asks for, at the rule's place or right below it.
    private static func share(_ rule: RuleFinding, _ technical: Diagnostic) -> Bool {
        guard !rule.absorbs.isEmpty, let place = rule.diagnostic.path, let path = technical.path else { return false }
        // The envelope's elements stand at no rule's place.
        if technical.rule == .envelopeStructure { return rule.absorbs.contains(lastName(of: path)) }
        // An element that is missing is reported at its parent, or at the sibling that stands in its place.
        let isExpected = (technical.arguments["expected"] ?? "").split(separator: ", ").contains {
            rule.absorbs.contains(String($0))
        }
        if isExpected, path == place || parent(of: path) == place || path == parent(of: place) { return true }
        if path == place, rule.absorbs.contains(lastName(of: path)) { return true }
        // A value is reported at its element, a code at the element `value` inside it.
        var element = path
        if lastName(of: element) == "value" { element = parent(of: element) }
        return rule.absorbs.contains(lastName(of: element))
            && (element == place || path == place || parent(of: element) == place)
    }

    private static func parent(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }

    private static func lastName(of path: String) -> String {
        let last = path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]
        return String(last.prefix { $0 != "[" })
    }
}

extension Diagnostic {
    /// The rule's finding with what the format says about the same fault.
    fileprivate func joined(with technical: Diagnostic) -> Diagnostic {
        Diagnostic(
            rule: rule, also: also + [technical.rule], severity: max(severity, technical.severity), position: position,
            path: path, message: words, arguments: arguments.merging(technical.arguments) { own, _ in own },
            value: value ?? technical.value, reference: reference
        )
    }

    /// The format's finding under the id of the rule that it checks, as severe as either says.
    fileprivate func restating(_ rule: SharedCauses.Restating) -> Diagnostic {
        Diagnostic(
            rule: rule.entry.id, also: [self.rule],
            severity: rule.entry.severities.values.reduce(severity, max), position: position, path: path,
            message: words, arguments: arguments, value: value,
            reference: rule.entry.reference.isEmpty ? nil : rule.entry.reference
        )
    }
}

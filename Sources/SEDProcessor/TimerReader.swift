// SPDX-License-Identifier: EUPL-1.2

internal import SEDCases
internal import SEDCore
internal import Yams

/// Reads the clocks of a use case; `docs/buc-format.md` describes the keys.
struct TimerReader {
    let reader: YAMLReader
    /// The documents of the use case, which are the only ones that a clock may name; nil for clocks of all use cases.
    let documents: Set<SEDType>?

    static let keys = [
        "name", "title", "since", "from", "days", "months", "years", "daysBefore", "monthsBefore", "statedDay",
        "firstDayCounts", "moves", "stoppedBy", "stopMayComeFirst", "counts", "acts", "effect", "closeReason", "basis",
        "verified", "reference",
        "follows", "outlivesCase",
    ]
    static let triggerKeys = ["sed", "by", "context", "states", "unless"]

    func timers(_ nodes: [Node]) -> [CaseTimer] {
        var names: Set<String> = []
        return nodes.compactMap { node in
            guard let timer = timer(node) else { return nil }
            if !names.insert(timer.name).inserted {
                reader.fail(node.mapping?["name"] ?? node, "the name \(timer.name) is used twice")
            }
            return timer
        }
    }

    private func timer(_ node: Node) -> CaseTimer? {
        let entries = reader.entries(node, known: Self.keys)
        let starts = reader.required("since", in: entries, of: node).map { triggers($0, ownSides: false) } ?? []
        let stops = entries["stoppedBy"].map { triggers($0, ownSides: true) } ?? []
        let end = lastDay(entries, of: node)
        let from = entries["from"].flatMap(fact) ?? end?.stated
        guard let span = end?.span, !starts.isEmpty,
            let name = reader.required("name", in: entries, of: node).flatMap(reader.text),
            let title = reader.required("title", in: entries, of: node).flatMap(reader.bilingual),
            let acts = reader.required("acts", in: entries, of: node)
                .flatMap({ choice($0, of: CaseTimer.Party.self) }),
            let effect = reader.required("effect", in: entries, of: node)
                .flatMap({ choice($0, of: CaseTimer.Effect.self) }),
            let isLaw = reader.required("basis", in: entries, of: node)
                .flatMap({ reader.value($0, "law or policy", { ["law": true, "policy": false][$0] }) }),
            let isVerified = reader.required("verified", in: entries, of: node).flatMap(reader.flag),
            let reference = reader.required("reference", in: entries, of: node).flatMap(reader.text),
            let follows = reader.required("follows", in: entries, of: node).flatMap(reader.bilingual)
        else { return nil }
        let closeReason = entries["closeReason"].flatMap {
            reader.value($0, "a reason code of X001 such as 10", Self.closeReason)
        }
        if effect == .closing, entries["closeReason"] == nil {
            reader.fail(node, "a clock that closes the case needs a closeReason")
        }
        if effect == .late, acts == .nobody {
            reader.fail(entries["acts"] ?? node, "nobody can be late: say who acts, or choose another effect")
        }
        if entries["from"] != nil, case .stated = span {
            reader.fail(entries["from"] ?? node, "a day that the document states is not counted from another one")
        }
        return CaseTimer(
            name: name, title: title, starts: starts, from: from, span: span,
            firstDayCounts: entries["firstDayCounts"].flatMap(reader.flag) ?? false,
            moves: entries["moves"].flatMap(reader.flag) ?? true, stops: stops,
            stopMayComeFirst: entries["stopMayComeFirst"].flatMap(reader.flag) ?? false,
            counting: entries["counts"].flatMap { choice($0, of: CaseTimer.Counting.self) } ?? .latest,
            acts: acts, effect: effect, closeReason: closeReason, isLaw: isLaw, isVerified: isVerified,
            reference: reference, follows: follows,
            outlivesCase: entries["outlivesCase"].flatMap(reader.flag) ?? false
        )
    }

    // MARK: Values

    /// The span and, where the document states the last day itself, the fact that holds it.
    private func lastDay(
        _ entries: [String: Node],
        of node: Node
    ) -> (span: CaseTimer.Span, stated: CaseFact.Name?)? {
        let spans = ["days", "months", "years", "daysBefore", "monthsBefore", "statedDay"].filter { entries[$0] != nil }
        guard spans.count == 1, let key = spans.first, let value = entries[key] else {
            reader.fail(node, "a timer needs exactly one of days, months, years, daysBefore, monthsBefore, statedDay")
            return nil
        }
        if key == "statedDay" { return fact(value).map { (.stated, $0) } }
        // "without delay" and "at once" are zero days; a month is never zero.
        let least = key == "days" ? 0 : 1
        guard
            let number = reader.value(
                value, "a number from \(least) to 1000",
                { text in
                    Int(text).flatMap { (least...1_000).contains($0) ? $0 : nil }
                })
        else { return nil }
        switch key {
        case "days": return (.days(number), nil)
        case "months": return (.months(number), nil)
        case "years": return (.months(12 * number), nil)
        case "daysBefore": return (.daysBefore(number), nil)
        default: return (.monthsBefore(number), nil)
        }
    }

    private func triggers(_ node: Node, ownSides: Bool) -> [CaseTimer.Trigger] {
        reader.list(node).compactMap { trigger($0, ownSides: ownSides) }
    }

    private func trigger(_ node: Node, ownSides: Bool) -> CaseTimer.Trigger? {
        guard node.mapping != nil else { return sed(node).map { CaseTimer.Trigger(sed: $0) } }
        let entries = reader.entries(node, known: Self.triggerKeys)
        guard let sed = reader.required("sed", in: entries, of: node).flatMap(sed) else { return nil }
        let sides: [CaseTimer.Party] = [.caseOwner, .counterparty] + (ownSides ? [.sender, .receiver] : [])
        return CaseTimer.Trigger(
            sed: sed,
            by: entries["by"].flatMap { choice($0, among: sides) },
            contexts: Set((entries["context"].map(reader.list) ?? []).compactMap(reader.text)),
            states: entries["states"].map(facts) ?? [:],
            unless: entries["unless"].map(facts) ?? [:]
        )
    }

    /// Nil inside for any document; nil outside for a fault.
    private func sed(_ node: Node) -> SEDType?? {
        guard let text = reader.text(node) else { return nil }
        if text == "any" { return .some(nil) }
        guard let sed = SEDType(parsing: text) else {
            reader.fail(node, "expected a SED such as R017, or any")
            return nil
        }
        if let documents, !documents.contains(sed) {
            reader.fail(node, "\(sed) does not travel in this use case")
            return nil
        }
        return .some(sed)
    }

    private func facts(_ node: Node) -> [CaseFact.Name: Set<String>] {
        guard let mapping = node.mapping else {
            reader.fail(node, "expected facts and their values")
            return [:]
        }
        var facts: [CaseFact.Name: Set<String>] = [:]
        for (key, value) in mapping {
            guard let name = fact(key) else { continue }
            facts[name] = Set(reader.list(value).compactMap(reader.text))
        }
        return facts
    }

    private func fact(_ node: Node) -> CaseFact.Name? {
        reader.value(node, "a fact of a document, see docs/buc-format.md", CaseFact.Name.init(rawValue:))
    }

    private func choice<Choice: RawRepresentable & CaseIterable>(
        _ node: Node,
        of type: Choice.Type
    ) -> Choice? where Choice.RawValue == String {
        choice(node, among: Array(type.allCases))
    }

    private func choice<Choice: RawRepresentable>(
        _ node: Node,
        among choices: [Choice]
    ) -> Choice? where Choice.RawValue == String {
        reader.value(node, choices.map(\.rawValue).joined(separator: ", ")) { text in
            choices.first { $0.rawValue == text }
        }
    }

    private static func closeReason(_ text: String) -> String? {
        text.utf8.count == 2 && text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? text : nil
    }
}

extension YAMLReader {
    /// A text in both languages.
    func bilingual(_ node: Node) -> BilingualText? {
        let entries = entries(node, known: ["en", "et"])
        guard let english = required("en", in: entries, of: node).flatMap(text),
            let estonian = required("et", in: entries, of: node).flatMap(text)
        else { return nil }
        return BilingualText(english, estonian)
    }

    func flag(_ node: Node) -> Bool? {
        value(node, "true or false") { ["true": true, "false": false][$0] }
    }
}

// SPDX-License-Identifier: EUPL-1.2

internal import SEDCases
internal import SEDCore
internal import SEDStorage
internal import SEDValidation

/// Judges a message by what was placed in its case before it.
///
/// Everything comes from the store and the message, nothing from the clock: placed after waiting, a message gets the
/// findings that it would have got at once after the same messages.
struct CaseJudge {
    let rules: RuleLibrary

    /// What the rules about cases find, in the order of a report and in the words of the store, which are English.
    func findings(
        on message: CaseMessage,
        as event: CaseEvent,
        after earlier: [StoredDocument]
    ) throws -> [Diagnostic] {
        let document = Self.document(message, event)
        let history = Self.history(of: message.envelope.buc, earlier)
        let known = try rules.parameters()
        let parameters = CaseParameters { known.value(of: $0, on: $1) }
        let direction: MessageDirection = message.way == .sent ? .outbound : .inbound
        var findings: [Diagnostic] = []
        for rule in CaseRule.all {
            for breach in rule.breaches(by: document, after: history, parameters) {
                guard let entry = try rules.entry(rule.id), let severity = entry.severities[direction],
                    let day = breach.event ?? document.day, entry.holds(on: day)
                else { continue }
                findings.append(
                    Diagnostic(
                        rule: rule.id, severity: severity, position: breach.fact.position, path: breach.fact.path,
                        message: try rules.words(entry, .english, on: day),
                        reference: entry.reference.isEmpty ? nil : entry.reference
                    )
                )
            }
        }
        return findings.sorted(by: Diagnostic.precedes)
    }

    /// The rules of law that a refusal by the state table breaks as well.
    static func alsoBroken(
        by message: CaseMessage,
        as event: CaseEvent,
        after earlier: [StoredDocument],
        refusedAs refusal: RuleID
    ) -> [RuleID] {
        CaseRule.alsoBroken(
            by: document(message, event), after: history(of: message.envelope.buc, earlier), refusedAs: refusal
        )
    }

    private static func history(of useCase: BUCType, _ earlier: [StoredDocument]) -> CaseHistory {
        CaseHistory(
            of: useCase,
            earlier: earlier.map {
                CaseDocument(event: $0.event, sender: $0.sender, day: day($0.createdAt), facts: $0.facts)
            }
        )
    }

    private static func document(_ message: CaseMessage, _ event: CaseEvent) -> CaseDocument {
        CaseDocument(
            event: event, sender: message.envelope.sender.institution, day: day(message.envelope.createdAt),
            facts: message.facts
        )
    }

    /// The day as its sender wrote it, so that no zone moves it.
    private static func day(_ createdAt: String) -> CivilDate? { CivilDate(parsing: String(createdAt.prefix(10))) }
}

// SPDX-License-Identifier: EUPL-1.2

internal import SEDCases
internal import SEDCore
internal import SEDValidation

/// Judges a message by what was placed in its case before it.
///
/// Everything comes from the messages, nothing from the clock: placed after waiting, a message gets the
/// findings that it would have got at once after the same messages.
struct CaseJudge {
    let rules: RuleLibrary

    /// What the rules about cases find, in the order of a report.
    func findings(
        on document: CaseDocument,
        travelling way: Way,
        after history: CaseHistory,
        language: Language = .english
    ) throws -> [Diagnostic] {
        let known = try rules.parameters()
        let parameters = CaseParameters { known.value(of: $0, on: $1) }
        let direction: MessageDirection = way == .sent ? .outbound : .inbound
        var findings: [Diagnostic] = []
        for rule in CaseRule.all {
            for breach in rule.breaches(by: document, after: history, parameters) {
                guard let entry = try rules.entry(rule.id), let severity = entry.severities[direction],
                    let day = breach.event ?? document.day, entry.holds(on: day)
                else { continue }
                findings.append(
                    Diagnostic(
                        rule: rule.id, severity: severity, position: breach.fact.position, path: breach.fact.path,
                        message: Words(try rules.words(entry, language, on: day)),
                        reference: entry.reference.isEmpty ? nil : entry.reference
                    )
                )
            }
        }
        return findings.sorted(by: Diagnostic.precedes)
    }

    /// A message as rules about the case see it.
    static func document(_ entry: CaseEntry, as event: CaseEvent, facts: [CaseFact]) -> CaseDocument {
        let sender = entry.way == .sent ? entry.ours : entry.theirs
        return CaseDocument(event: event, sender: sender.institution, day: day(entry.createdAt), facts: facts)
    }

    /// The day as its sender wrote it, so that no zone moves it.
    private static func day(_ createdAt: String) -> CivilDate? { CivilDate(parsing: String(createdAt.prefix(10))) }
}

// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
package import SEDStorage

/// What would differ in a case, or in a message without one, were its messages received today.
///
/// It holds ids, codes, states and days only.
package struct TrialDifference: Encodable, Hashable, Sendable {
    /// Where a message stands.
    package struct Place: Encodable, Hashable, Sendable {
        /// `placed`, `copy`, `waiting`, `duplicate`, `refused`, `quarantined`, `answered` (by X050), or `placeable`
        /// for what named no case and now does.
        package let place: String
        /// The state that it led to.
        package var state: String?
        /// Why it waits or was not taken.
        package var rule: String?
    }

    package struct Finding: Encodable, Hashable, Sendable {
        package let rule: String
        package let severity: String

        static func precedes(_ left: Finding, _ right: Finding) -> Bool {
            (left.rule, left.severity) < (right.rule, right.severity)
        }
    }

    package struct Pair<Value: Encodable & Hashable & Sendable>: Encodable, Hashable, Sendable {
        package let before: Value
        package let after: Value

        /// Nil where nothing differs.
        init?(_ before: Value, _ after: Value) {
            if before == after { return nil }
            self.before = before
            self.after = after
        }
    }

    package struct Message: Encodable, Hashable, Sendable {
        /// Such as `m12`.
        package let message: String
        package let sed: String?
        package let verdict: Pair<String>?
        /// Findings that it would have and has not, each as often as it would.
        package let gained: [Finding]
        /// Findings that it has and would not have.
        package let lost: [Finding]
        /// The names of what is read otherwise.
        package let facts: [String]
        package let placing: Pair<Place>?

        var isEmpty: Bool {
            verdict == nil && gained.isEmpty && lost.isEmpty && facts.isEmpty && placing == nil
        }
    }

    package let caseId: String?
    package let institution: String?
    package let messages: [Message]
    package let rows: [CaseRows.Change]
}

/// How much was looked at, and how much of it would differ.
package struct TrialSummary: Encodable, Hashable, Sendable {
    package var cases = 0
    package var casesThatDiffer = 0
    package var messages = 0
    package var messagesThatDiffer = 0
    /// Messages whose bytes or attachments the store does not have in full; they count as they were judged.
    package var notJudged = 0
}

extension TrialDifference {
    /// The difference in lines of text.
    package var lines: [String] {
        let title = caseId.map { "case \($0)\(institution.map { " of \($0)" } ?? "")" }
        return [title ?? "without a case"] + messages.map { "  " + $0.text } + rows.map { "  " + Self.text($0) }
    }

    private static func text(_ change: CaseRows.Change) -> String {
        let name = ([change.table] + change.key).joined(separator: " ")
        func list(_ cells: [String: String]) -> String {
            cells.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        }
        guard let before = change.before else { return "\(name): new, \(list(change.after ?? [:]))" }
        guard let after = change.after else { return "\(name): gone" }
        let columns = Set(before.keys).union(after.keys).sorted()
        return "\(name): "
            + columns.map { "\($0) \(before[$0] ?? "-") -> \(after[$0] ?? "-")" }.joined(separator: ", ")
    }
}

extension TrialDifference.Message {
    fileprivate var text: String {
        var parts: [String] = []
        if let verdict { parts.append("\(verdict.before) -> \(verdict.after)") }
        if let placing { parts.append("\(placing.before.text) -> \(placing.after.text)") }
        parts += gained.map { "gains \($0.severity) \($0.rule)" }
        parts += lost.map { "loses \($0.severity) \($0.rule)" }
        if !facts.isEmpty { parts.append("reads otherwise \(facts.joined(separator: ", "))") }
        return "\(message) \(sed ?? "-"): \(parts.joined(separator: "; "))"
    }
}

extension TrialDifference.Place {
    fileprivate var text: String {
        place + (state.map { " in state \($0)" } ?? "") + (rule.map { " (\($0))" } ?? "")
    }
}

// SPDX-License-Identifier: EUPL-1.2

package import SEDCases
package import SEDCore

/// A clock of the tables, as `piiripost buc clocks` prints it.
package struct ClockItem: Encodable, Hashable, Sendable {
    /// The use case; `any` for a clock that runs wherever its document travels.
    package let buc: String
    package let name: String
    package let title: BilingualText
    /// In the words of the tables: SED, side, what the document states.
    package let startedBy: [String]
    package let span: String
    package let spanEstonian: String
    package let stoppedBy: [String]
    package let counts: String
    package let acts: String
    package let effect: String
    package let closeReason: String?
    /// `law` or `policy`.
    package let basis: String
    package let isVerified: Bool
    package let reference: String
    package let follows: BilingualText

    package init(_ timer: CaseTimer, in buc: String) {
        self.buc = buc
        name = timer.name
        title = timer.title
        startedBy = timer.starts.map { Self.words($0) }
        span = Self.span(timer)
        spanEstonian = Self.spanInEstonian(timer)
        stoppedBy = timer.stops.map { Self.words($0) }
        counts = timer.counting.rawValue
        acts = timer.acts.rawValue
        effect = timer.effect.rawValue
        closeReason = timer.closeReason
        basis = timer.isLaw ? "law" : "policy"
        isVerified = timer.isVerified
        reference = timer.reference
        follows = timer.follows
    }

    private static func words(_ trigger: CaseTimer.Trigger) -> String {
        func facts(_ facts: [CaseFact.Name: Set<String>]) -> String {
            facts.sorted { $0.key.rawValue < $1.key.rawValue }
                .map { "\($0.key.rawValue) \($0.value.sorted().joined(separator: " or "))" }.joined(separator: ", ")
        }
        let parts = [
            trigger.by.map { "by \($0.rawValue)" },
            trigger.contexts.isEmpty ? nil : trigger.contexts.sorted().joined(separator: " or "),
            trigger.states.isEmpty ? nil : "with \(facts(trigger.states))",
            trigger.unless.isEmpty ? nil : "unless \(facts(trigger.unless))",
        ]
        return ([trigger.sed?.code ?? "any document"] + parts.compactMap { $0 }).joined(separator: " ")
    }

    private static func span(_ timer: CaseTimer) -> String {
        let length: String =
            switch timer.span {
            case .days(0): "at once"
            case .days(let days): days == 1 ? "1 day" : "\(days) days"
            case .months(let months) where months % 12 == 0 && months >= 36: "\(months / 12) years"
            case .months(let months): months == 1 ? "1 month" : "\(months) months"
            case .daysBefore(let days): "\(days) days before"
            case .monthsBefore(let months): "\(months) months before"
            case .stated: "the day"
            }
        let start: String? =
            switch (timer.span, timer.from) {
            case (_, nil): nil
            case (.stated, let fact?): " `\(fact.rawValue)`"
            case (.daysBefore, let fact?), (.monthsBefore, let fact?): " `\(fact.rawValue)`"
            case (_, let fact?): " from `\(fact.rawValue)`"
            }
        return length + (start ?? "")
    }

    private static func spanInEstonian(_ timer: CaseTimer) -> String {
        func count(_ number: Int, _ one: String, _ many: String) -> String { "\(number) \(number == 1 ? one : many)" }
        let length: String =
            switch timer.span {
            case .days(0): "kohe"
            case .days(let days): count(days, "päev", "päeva")
            case .months(let months) where months % 12 == 0 && months >= 36: "\(months / 12) aastat"
            case .months(let months): count(months, "kuu", "kuud")
            case .daysBefore(let days): count(days, "päev", "päeva") + " enne"
            case .monthsBefore(let months): count(months, "kuu", "kuud") + " enne"
            case .stated: "päev"
            }
        guard let fact = timer.from else { return length }
        return switch timer.span {
        case .stated, .daysBefore, .monthsBefore: "\(length) `\(fact.rawValue)`"
        default: "\(length) alates `\(fact.rawValue)`"
        }
    }
}

extension UseCaseLibrary {
    /// All clocks, by use case; those of all use cases come last.
    package func clocks() throws -> [ClockItem] {
        let common = try commonTimers()
        let names = Set(common.map(\.name))
        let own = try all().flatMap { useCase in
            useCase.timers.filter { !names.contains($0.name) }.map { ClockItem($0, in: useCase.type.code) }
        }
        return own + common.map { ClockItem($0, in: "any") }
    }
}

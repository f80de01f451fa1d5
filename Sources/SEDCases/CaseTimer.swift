// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// A clock of a business use case: what starts it, what stops it, and what follows when it has run out.
///
/// Pure data from `sed-schemas/buc`; `docs/buc-format.md` describes the keys, `docs/deadlines.md` lists all clocks.
package struct CaseTimer: Hashable, Sendable {
    /// Whom a clock speaks of.
    package enum Party: String, Hashable, Sendable, CaseIterable {
        case caseOwner = "CaseOwner"
        case counterparty = "Counterparty"
        /// The side that sent the document which started the clock.
        case sender
        /// The side that received it.
        case receiver
        /// Nobody has to do anything: silence has an effect.
        case nobody
    }

    /// A document that starts or stops a clock; what is not said is not asked.
    package struct Trigger: Hashable, Sendable {
        /// Nil for any document.
        package let sed: SEDType?
        package let by: Party?
        /// Content conditions of which one must hold, such as `R017-01`.
        package let contexts: Set<String>
        /// What the document must state: for each fact one of the values.
        package let states: [CaseFact.Name: Set<String>]
        /// What it must not state.
        package let unless: [CaseFact.Name: Set<String>]

        package init(
            sed: SEDType?,
            by: Party? = nil,
            contexts: Set<String> = [],
            states: [CaseFact.Name: Set<String>] = [:],
            unless: [CaseFact.Name: Set<String>] = [:]
        ) {
            self.sed = sed
            self.by = by
            self.contexts = contexts
            self.states = states
            self.unless = unless
        }
    }

    /// How far the last day is from the day that the clock counts from.
    package enum Span: Hashable, Sendable {
        case days(Int)
        case months(Int)
        case daysBefore(Int)
        case monthsBefore(Int)
        /// The document itself states the last day.
        case stated

        /// The last day, counted from the day of an event.
        ///
        /// The day of the event is not counted; months end on the same day number, or on the last day of a month
        /// without it. With `firstDayCounts` the span begins with the day itself, and ends a day earlier.
        /// Source: Reg. (EEC, Euratom) No 1182/71, Art. 3(1) and 3(2). Its counting rules are not verified.
        package func lastDay(from event: CivilDate, firstDayCounts: Bool = false) -> CivilDate {
            let last: CivilDate =
                switch self {
                case .days(let days): event.adding(days: days)
                case .months(let months): event.adding(months: months)
                case .daysBefore(let days): event.adding(days: -days)
                case .monthsBefore(let months): event.adding(months: -months)
                case .stated: event
                }
            guard firstDayCounts else { return last }
            // Two years from 29 February end on 28 February, which is the last day already.
            if case .months = self, last.day != event.day { return last }
            return last.adding(days: -1)
        }

        /// Whether a last day on a day of rest may move to the next working day.
        ///
        /// A period that is counted backwards does not move, and neither does a day that somebody named.
        /// Source: Reg. (EEC, Euratom) No 1182/71, Art. 3(4).
        var isCountedForwards: Bool {
            switch self {
            case .days, .months: true
            case .daysBefore, .monthsBefore, .stated: false
            }
        }
    }

    /// Which document counts where several could start the clock.
    package enum Counting: String, Hashable, Sendable, CaseIterable {
        /// One clock a case: the newest document starts it anew, a further version too.
        case latest
        /// A clock for each document, from its first version.
        case each
    }

    /// What it means that the clock has run out.
    package enum Effect: String, Hashable, Sendable, CaseIterable {
        /// Somebody is late: remind, or give reasons.
        case late
        /// Silence counts as consent.
        case tacit
        /// A right is lost.
        case lapse
        /// The case may be closed.
        case closing
        /// Something becomes possible.
        case opens
    }

    package let name: String
    package let title: BilingualText
    package let starts: [Trigger]
    /// The fact of the starting document whose day counts, instead of the day of the document.
    package let from: CaseFact.Name?
    package let span: Span
    /// Whether the day that is counted from is itself the first day of the span.
    package let firstDayCounts: Bool
    /// Whether a last day on a day of rest moves to the next working day.
    package let moves: Bool
    package let stops: [Trigger]
    /// Whether a document that stops the clock also counts when it came before the one that starts it.
    package let stopMayComeFirst: Bool
    package let counting: Counting
    package let acts: Party
    package let effect: Effect
    /// The reason code of X001 that fits when it has run out.
    package let closeReason: String?
    package let isLaw: Bool
    /// Whether the clock and its length are proven.
    package let isVerified: Bool
    package let reference: String
    /// What follows when it has run out, in words.
    package let follows: BilingualText
    /// Whether it goes on when the case ends for this side.
    package let outlivesCase: Bool

    package init(
        name: String,
        title: BilingualText,
        starts: [Trigger],
        from: CaseFact.Name? = nil,
        span: Span,
        firstDayCounts: Bool = false,
        moves: Bool = true,
        stops: [Trigger] = [],
        stopMayComeFirst: Bool = false,
        counting: Counting = .latest,
        acts: Party,
        effect: Effect,
        closeReason: String? = nil,
        isLaw: Bool,
        isVerified: Bool,
        reference: String,
        follows: BilingualText,
        outlivesCase: Bool = false
    ) {
        self.name = name
        self.title = title
        self.starts = starts
        self.from = from
        self.span = span
        self.firstDayCounts = firstDayCounts
        self.moves = moves && span.isCountedForwards
        self.stops = stops
        self.stopMayComeFirst = stopMayComeFirst
        self.counting = counting
        self.acts = acts
        self.effect = effect
        self.closeReason = closeReason
        self.isLaw = isLaw
        self.isVerified = isVerified
        self.reference = reference
        self.follows = follows
        self.outlivesCase = outlivesCase
    }
}

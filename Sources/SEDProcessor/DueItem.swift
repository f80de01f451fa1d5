// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
package import SEDCases
package import SEDCore
internal import SEDStorage

/// A line of `piiripost case due`, and a deadline of `piiripost case show`.
package struct DueItem: Encodable, Hashable, Sendable {
    package let caseId: String
    package let buc: String
    package let role: String
    package let institution: String
    /// The institution at the other end of the thread; missing where there is none yet.
    package let counterparty: String?
    package let name: String
    package let title: BilingualText
    /// The last day; where the counted day is a day of rest, the next working day.
    package let dueOn: String
    /// The last day as it was counted.
    package let countedDay: String
    package let countedFrom: String
    /// The State whose public holidays were looked at; missing where only weekends were known.
    package let calendar: String?
    /// `running`, `stopped` or `ranOut`.
    package let state: String
    /// How many days ago the last day was; 0 or less while it is in time.
    package let daysOver: Int
    /// `us`, `them` or `nobody`.
    package let by: String
    /// `law` or `policy`.
    package let basis: String
    package let isVerified: Bool
    package let reference: String
    /// `late`, `tacit`, `lapse`, `closing` or `opens`.
    package let effect: String
    package let follows: BilingualText
    /// The documents that stop the clock; `any` for any document.
    package let stoppedBy: [String]
    /// The reason of X001 that fits when it has run out.
    package let closeReason: String?
    /// The message that started it, such as `m12`, and its SED.
    package let message: String
    package let sed: String
    package let set: String?
    package let stoppedOn: String?
    /// The moment for what is not counted in days.
    package let dueAt: String?

    /// A clock whose name the tables do not know any more keeps its dates and has no words.
    init(_ due: DueDeadline, in useCase: BusinessUseCase?, with counterparty: InstitutionID?, today: CivilDate) {
        let deadline = due.deadline
        let timer = useCase?.timer(deadline.name)
        caseId = due.key.id.text
        buc = due.buc.code
        role = due.role.rawValue
        institution = due.key.institution.text
        self.counterparty = counterparty?.text
        name = deadline.name
        title = timer?.title ?? BilingualText(deadline.name, deadline.name)
        dueOn = deadline.dueOn.description
        countedDay = deadline.countedDay.description
        countedFrom = deadline.countedFrom.description
        calendar = deadline.calendar
        state = deadline.state(on: today).rawValue
        daysOver = (deadline.stopped?.on ?? today).daysSinceEpoch - deadline.dueOn.daysSinceEpoch
        by = deadline.actor.rawValue
        basis = deadline.isLaw ? "law" : "policy"
        isVerified = timer?.isVerified ?? false
        reference = timer?.reference ?? ""
        effect = timer?.effect.rawValue ?? ""
        follows = timer?.follows ?? BilingualText("", "")
        var seen: Set<String> = []
        stoppedBy = (timer?.stops ?? []).map { $0.sed?.code ?? "any" }.filter { seen.insert($0).inserted }
        closeReason = deadline.closeReason
        message = "m\(deadline.started.messageID)"
        sed = deadline.started.sed.code
        set = deadline.set
        stoppedOn = deadline.stopped?.on.description
        dueAt = nil
    }

    init(_ due: DueDeadline, in course: CaseCourse, today: CivilDate) {
        let thread = course.threads.first { $0.number == due.thread }
        self.init(due, in: course.useCase, with: thread?.counterparty, today: today)
    }

    /// A message without a place, which waits until the grace period ends.
    init?(waiting message: StoredMessage, until end: Instant, role: CaseRole, buc: BUCType, today: CivilDate) {
        guard let caseID = message.caseID, let receiver = message.receiver, let sed = message.sed else { return nil }
        caseId = caseID.text
        self.buc = buc.code
        self.role = role.rawValue
        institution = receiver.text
        counterparty = message.sender?.text
        name = "grace-period"
        title = BilingualText(
            "Waiting for the message that \(sed) depends on",
            "Selle sõnumi ootamine, millest \(sed) sõltub"
        )
        dueOn = end.date.description
        countedDay = dueOn
        countedFrom = message.waitsSince.date.description
        calendar = nil
        state = end.date < today ? CaseDeadline.State.ranOut.rawValue : CaseDeadline.State.running.rawValue
        daysOver = today.daysSinceEpoch - end.date.daysSinceEpoch
        by = CaseDeadline.Actor.them.rawValue
        basis = "policy"
        isVerified = true
        reference = sed.code == "X007" ? "EESSI process AD_BUC_05: 24 hours" : "EESSI process AD_BUC_11: 24 hours"
        effect = CaseTimer.Effect.late.rawValue
        follows = BilingualText(
            "A business exception (X050) answers the message.",
            "Sõnumile vastatakse ärierandiga (X050)."
        )
        stoppedBy = []
        closeReason = nil
        self.message = "m\(message.id)"
        self.sed = sed.code
        set = nil
        stoppedOn = nil
        dueAt = end.description
    }
}

/// What `piiripost case due` asks for.
package struct DueQuery: Hashable, Sendable {
    package var today: CivilDate
    package var until: CivilDate
    package var by: CaseDeadline.Actor?
    package var isOverdueOnly: Bool

    package init(today: CivilDate, until: CivilDate, by: CaseDeadline.Actor? = nil, isOverdueOnly: Bool = false) {
        self.today = today
        self.until = until
        self.by = by
        self.isOverdueOnly = isOverdueOnly
    }
}

extension Workspace {
    /// What is due, by last day: clocks of cases, and messages that wait for another one.
    package func dueItems(_ query: DueQuery, useCases: UseCaseLibrary) throws -> [DueItem] {
        try store.read { view in
            var asked = DeadlineQuery(today: query.today, until: query.until)
            asked.actor = query.by
            asked.isOverdueOnly = query.isOverdueOnly
            let clocks = try view.deadlines(asked).map { due in
                DueItem(
                    due, in: try useCases.useCase(due.buc), with: try view.counterparty(of: due.thread, in: due.key),
                    today: query.today
                )
            }
            let waiting = try query.by == nil || query.by == .them ? waiting(in: view, today: query.today) : []
            let asking = waiting.filter {
                $0.dueOn <= query.until.description && (!query.isOverdueOnly || $0.daysOver > 0)
            }
            // Both are in order of the last day; a stable merge keeps the order within.
            return (clocks + asking).enumerated()
                .sorted { ($0.element.dueOn, $0.offset) < ($1.element.dueOn, $1.offset) }.map(\.element)
        }
    }

    /// Messages that wait for another one, until their grace period ends.
    func waiting(in view: Snapshot, today: CivilDate) throws -> [DueItem] {
        try view.waitingInGrace().compactMap { message in
            guard let envelope = try view.envelope(of: message.id) else { return nil }
            let end = message.waitsSince.adding(seconds: configuration.graceSeconds)
            return DueItem(
                waiting: message, until: end, role: envelope.receiver.role, buc: envelope.buc, today: today
            )
        }
    }
}

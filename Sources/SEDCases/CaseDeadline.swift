// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// A step of a case with the day that clocks count from, and what the document states.
package struct DatedStep: Hashable, Sendable {
    package let step: CaseStep
    /// The day of receipt for what we received, the day of the envelope for what we sent.
    package let on: CivilDate
    package let facts: [CaseFact]
    package let messageID: Int64

    package init(step: CaseStep, on: CivilDate, facts: [CaseFact], messageID: Int64) {
        self.step = step
        self.on = on
        self.facts = facts
        self.messageID = messageID
    }
}

/// A clock of a case with its dates.
///
/// Nothing in it depends on the present day; ``state(on:)`` asks for one.
package struct CaseDeadline: Hashable, Sendable {
    /// Who has to act, seen from our side.
    package enum Actor: String, Hashable, Sendable, CaseIterable {
        case us
        case them
        case nobody
    }

    package enum State: String, Hashable, Sendable, CaseIterable {
        case running
        case stopped
        case ranOut
    }

    /// The document that started or stopped the clock.
    package struct Event: Hashable, Sendable {
        package let on: CivilDate
        package let sed: SEDType
        package let messageID: Int64

        package init(on: CivilDate, sed: SEDType, messageID: Int64) {
            self.on = on
            self.sed = sed
            self.messageID = messageID
        }
    }

    package let name: String
    /// The document that the clock belongs to.
    package let set: String
    package let started: Event
    /// The day that was counted from: that of the document, or one that the document states.
    package let countedFrom: CivilDate
    /// The last day as it was counted.
    package let countedDay: CivilDate
    /// The same, or the next working day where the counted day is a day of rest.
    package let dueOn: CivilDate
    /// The State whose public holidays were looked at; nil where only weekends were known.
    package let calendar: String?
    package let stopped: Event?
    package let actor: Actor
    package let isLaw: Bool
    package let closeReason: String?

    package init(
        name: String,
        set: String,
        started: Event,
        countedFrom: CivilDate,
        countedDay: CivilDate,
        dueOn: CivilDate,
        calendar: String?,
        stopped: Event?,
        actor: Actor,
        isLaw: Bool,
        closeReason: String?
    ) {
        self.name = name
        self.set = set
        self.started = started
        self.countedFrom = countedFrom
        self.countedDay = countedDay
        self.dueOn = dueOn
        self.calendar = calendar
        self.stopped = stopped
        self.actor = actor
        self.isLaw = isLaw
        self.closeReason = closeReason
    }

    /// Whether somebody has something to do when it has run out.
    package var isTask: Bool { actor != .nobody || closeReason != nil }

    /// Where the clock stands on a day; the last day itself is still in time.
    package func state(on today: CivilDate) -> State {
        if stopped != nil { return .stopped }
        return today > dueOn ? .ranOut : .running
    }

    /// Whether what stopped it came after the last day.
    package var wasStoppedLate: Bool { stopped.map { $0.on > dueOn } ?? false }

    /// Of the clocks of a case, over all its threads, those that let it be closed on a day, one for each name.
    ///
    /// A case is closed for everybody: where the clock runs towards several counterparties, it must have run out
    /// towards all of them, and none of them may have stopped it.
    package static func closing(_ deadlines: [CaseDeadline], on today: CivilDate) -> [CaseDeadline] {
        Dictionary(grouping: deadlines.filter { $0.closeReason != nil }, by: \.name)
            .sorted { $0.key < $1.key }
            .filter { $0.value.allSatisfy { $0.state(on: today) == .ranOut } }
            .compactMap { $0.value.max { ($0.dueOn, $0.started.messageID) < ($1.dueOn, $1.started.messageID) } }
    }

    // MARK: Counting

    /// All clocks of one thread of a case, by last day, name and document.
    ///
    /// A clock whose document was withdrawn does not exist; what stopped a clock and was withdrawn did not stop it.
    /// Where the case has ended for our side (closed, handed on, left, starter withdrawn), its clocks stop with the
    /// document that ended it, and run on when the case is opened again.
    package static func deadlines(
        of steps: [DatedStep],
        in useCase: BusinessUseCase,
        as role: CaseRole,
        calendar: WorkCalendar = .weekends
    ) -> [CaseDeadline] {
        let course = Course(steps: steps, role: role)
        return useCase.timers.flatMap { course.deadlines(of: $0, calendar) }
            .sorted { ($0.dueOn, $0.name, $0.set) < ($1.dueOn, $1.name, $1.set) }
    }
}

/// The steps of a thread, prepared for clocks.
private struct Course {
    let steps: [DatedStep]
    let role: CaseRole
    /// The places of the steps whose document was not withdrawn afterwards.
    let live: [Int]
    /// The place of the step that ended the case for our side, if it has ended.
    let end: Int?

    private static let endStates: Set<StateID> = [.start, .closed, .forwarded, .end]

    init(steps: [DatedStep], role: CaseRole) {
        self.steps = steps
        self.role = role
        var withdrawn: [String: Int] = [:]
        for (place, step) in steps.enumerated() where CaseProgress.withdrawing.contains(step.step.event.sed.code) {
            if let target = step.step.event.aboutSet { withdrawn[target] = place }
        }
        live = steps.indices.filter { place in
            withdrawn[steps[place].step.event.set].map { $0 < place } ?? true
        }
        let isOver = steps.last.map { Self.endStates.contains($0.step.to) } ?? false
        end = isOver ? steps.indices.last { !Self.endStates.contains(steps[$0].step.from) } ?? steps.indices.last : nil
    }

    func deadlines(of timer: CaseTimer, _ calendar: WorkCalendar) -> [CaseDeadline] {
        let starting = live.filter { place in
            timer.starts.contains { matches($0, steps[place], startedBy: steps[place].step.event.way) }
                && countedFrom(timer, steps[place]) != nil
        }
        let chosen: [Int]
        switch timer.counting {
        case .latest:
            chosen = starting.suffix(1)
        case .each:
            var seen: Set<String> = []
            chosen = starting.filter { seen.insert(steps[$0].step.event.set).inserted }
        }
        let sets = Set(starting.map { steps[$0].step.event.set })
        return chosen.compactMap { deadline(of: timer, from: $0, others: sets, calendar) }
    }

    private func deadline(
        of timer: CaseTimer,
        from place: Int,
        others sets: Set<String>,
        _ calendar: WorkCalendar
    ) -> CaseDeadline? {
        let start = steps[place]
        guard let day = countedFrom(timer, start) else { return nil }
        let last = timer.span.lastDay(from: day, firstDayCounts: timer.firstDayCounts)
        return CaseDeadline(
            name: timer.name,
            set: start.step.event.set,
            started: event(place),
            countedFrom: day,
            countedDay: last,
            dueOn: timer.moves ? calendar.movedToWorkingDay(last) : last,
            calendar: calendar.country,
            stopped: stop(of: timer, from: place, others: sets).map(event),
            actor: actor(of: timer, startedBy: start.step.event.way),
            isLaw: timer.isLaw,
            closeReason: timer.closeReason
        )
    }

    private func event(_ place: Int) -> CaseDeadline.Event {
        let step = steps[place]
        return CaseDeadline.Event(on: step.on, sed: step.step.event.sed, messageID: step.messageID)
    }

    /// The day of the document, or the earliest day that it states as the clock's fact.
    private func countedFrom(_ timer: CaseTimer, _ step: DatedStep) -> CivilDate? {
        guard let fact = timer.from else { return step.on }
        return step.facts.filter { $0.name == fact }.compactMap { CivilDate(parsing: $0.text) }.min()
    }

    private func stop(of timer: CaseTimer, from start: Int, others sets: Set<String>) -> Int? {
        let own = steps[start].step.event
        func stops(_ place: Int) -> Bool {
            let event = steps[place].step.event
            // An answer that names one of several requests stops the clock of that one only.
            if timer.counting == .each, let about = event.aboutSet, about != own.set, sets.contains(about) {
                return false
            }
            return timer.stops.contains { matches($0, steps[place], startedBy: own.way) }
        }
        if timer.stopMayComeFirst, let earlier = live.first(where: { $0 < start && stops($0) }) { return earlier }
        // A clock that counts from a day in the document may be stopped by that very document.
        let isOwnStop = timer.from != nil && stops(start)
        let stop = isOwnStop ? start : live.first { $0 > start && stops($0) }
        let ending = timer.outlivesCase ? nil : end.flatMap { $0 >= start ? $0 : nil }
        return [stop, ending].compactMap { $0 }.min()
    }

    // MARK: Sides

    private func matches(_ trigger: CaseTimer.Trigger, _ step: DatedStep, startedBy way: Way) -> Bool {
        let event = step.step.event
        guard trigger.sed.map({ $0 == event.sed }) ?? true, trigger.by.map({ isSide($0, event.way, way) }) ?? true,
            trigger.contexts.isEmpty || !trigger.contexts.isDisjoint(with: event.contexts ?? [])
        else { return false }
        func states(_ name: CaseFact.Name, _ values: Set<String>) -> Bool {
            step.facts.contains { $0.name == name && values.contains($0.text) }
        }
        return trigger.states.allSatisfy { states($0.key, $0.value) }
            && !trigger.unless.contains { states($0.key, $0.value) }
    }

    private func isSide(_ party: CaseTimer.Party, _ way: Way, _ startedBy: Way) -> Bool {
        ourWay(of: party, startedBy: startedBy) == way
    }

    /// The way in which documents of a party travel, seen from our side.
    private func ourWay(of party: CaseTimer.Party, startedBy way: Way) -> Way? {
        switch party {
        case .caseOwner: role == .caseOwner ? .sent : .received
        case .counterparty: role == .counterparty ? .sent : .received
        case .sender: way
        case .receiver: way.opposite
        case .nobody: nil
        }
    }

    private func actor(of timer: CaseTimer, startedBy way: Way) -> CaseDeadline.Actor {
        switch ourWay(of: timer.acts, startedBy: way) {
        case .sent: .us
        case .received: .them
        case nil: .nobody
        }
    }
}

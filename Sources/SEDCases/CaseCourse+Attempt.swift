// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore

extension CaseCourse {
    /// What a message would do, were it taken now.
    enum Attempt {
        case place(Plan)
        /// The case holds it already; the message that brought it.
        case resent(Int64)
        /// `at` is the thread that refuses; nil for one that has not begun.
        case refused(CaseRefusal.Reason, WaitingRoom.Key, at: Int?)
    }

    struct Plan {
        var target: Target
        var event: CaseEvent
        var notes: [Note] = []
    }

    enum Target {
        case thread(Int)
        /// A new thread, as it stands before the message.
        case begin(Thread)
        /// Every thread that has a place for it, and those that are still to begin.
        case all
        /// None; the document is kept with this one.
        case filed(Int)

        var index: Int {
            switch self {
            case .thread(let index), .filed(let index): index
            case .begin, .all: 0
            }
        }
    }

    func attempt(_ entry: CaseEntry) -> Attempt {
        guard let useCase = useCase ?? useCases[entry.buc], let table = useCase.table(for: role ?? entry.ours.role)
        else { return .refused(.useCaseUnknown, .nothing, at: nil) }
        if entry.buc != useCase.type { return .refused(.anotherUseCase(useCase.type), .nothing, at: nil) }
        if let fault = participantFault(of: entry, useCase) { return fault }
        if let copy = copy(of: entry) { return copy }
        let event = entry.event
        if event.version > 1, !event.isUpdate, entry.way == .received, !entry.isForward,
            !hasJoined || documentPlaces[event.set] != nil
        {
            let known = document(of: event.set).flatMap { $0.way == event.way && $0.isValid ? $0.version : nil }
            let reason = known.map { CaseRefusal.Reason.versionGap(last: $0, received: event.version) }
            return .refused(reason ?? .updateWithoutFirst, .nothing, at: threads.isEmpty ? nil : lastMoved)
        }
        if hasManyThreads || (role == nil && entry.ours.role == .caseOwner && useCase.isMultilateral) {
            return attempt(entry, amongThreadsOf: table)
        }
        return attempt(entry, inMainThreadOf: table)
    }

    // MARK: Before the table

    private func participantFault(of entry: CaseEntry, _ useCase: BusinessUseCase) -> Attempt? {
        guard let role, entry.way == .received, entry.theirs.role != .intelligentRA, !entry.isForward else {
            return nil
        }
        let sender = entry.theirs
        let at = threads.isEmpty ? nil : thread(of: sender.institution) ?? lastMoved
        if entry.ours.role != role { return .refused(.roleMismatch, .nothing, at: at) }
        let key = WaitingRoom.Key.dependency(.participant(sender.institution))
        if let participant = known[sender.institution] {
            if !participant.isActive { return .refused(.participantRemoved, key, at: at) }
            return participant.role == sender.role ? nil : .refused(.roleMismatch, key, at: at)
        }
        // Among several participants a counterparty does not know the others until they write.
        let mayBeNew = useCase.isMultilateral && sender.role == .counterparty
        return mayBeNew ? nil : .refused(.notAParticipant, key, at: at)
    }

    /// What to do with a version that the case holds already; nil when it does not hold it.
    private func copy(of entry: CaseEntry) -> Attempt? {
        let event = entry.event
        guard !event.isUpdate, let document = document(of: event.set), document.way == event.way, document.isValid,
            let version = document.versions[event.version]
        else { return nil }
        guard version.digest == entry.contentDigest else {
            return .refused(.contentDiffers, .dependency(.withdrawal(event.set)), at: lastMoved)
        }
        if let first = version.holders[entry.theirs.institution] { return .resent(first) }
        // What we send to another receiver is to reach it; what somebody else sends of it we have.
        return entry.way == .received ? .resent(version.messageID) : nil
    }

    /// Whether what we send is a document that others have got in the same version.
    private func isCopyForAnother(_ entry: CaseEntry) -> Bool {
        let event = entry.event
        guard entry.way == .sent, let document = document(of: event.set), document.way == event.way else {
            return false
        }
        return document.isValid && document.versions[event.version]?.digest == entry.contentDigest
            && document.versions[event.version] != nil
    }

    /// Whether it only tells another participant of what was done to the case before.
    private func isToldToAnother(_ entry: CaseEntry) -> Bool {
        guard entry.isCaseAct, let lastAct else { return false }
        return lastAct.sed == entry.event.sed && lastAct.way == entry.way && lastAct.sender == entry.sender
            && !lastAct.told.contains(entry.theirs.institution)
    }

    // MARK: One thread

    /// Whether the message goes to or comes from a participant that our thread is not with.
    func isAside(_ entry: CaseEntry) -> Bool {
        role == .counterparty && useCase?.isMultilateral ?? false && entry.theirs.role == .counterparty
            && !entry.isForward
    }

    private func attempt(_ entry: CaseEntry, inMainThreadOf table: RoleTable) -> Attempt {
        let isAside = isAside(entry)
        let isCaseLevel = entry.isCaseAct || entry.changesParticipants
        if isAside, entry.way == .received, !isCaseLevel, !threads.isEmpty {
            let state = threads[0].progress.state
            if state != .start, state != .closed, state != .forwarded {
                return .place(Plan(target: .filed(0), event: entry.event))
            }
        }
        if isCopyForAnother(entry), !threads.isEmpty { return .place(Plan(target: .filed(0), event: entry.event)) }
        let target: Target
        let progress: CaseProgress
        if threads.isEmpty {
            progress = CaseProgress()
            target = .begin(
                Thread(number: 1, counterparty: counterparty(of: entry), progress: progress, log: [])
            )
        } else {
            progress = threads[0].progress
            target = .thread(0)
        }
        return attempt(entry, progress, target, table)
    }

    /// Who is at the other end of a thread that a message begins.
    func counterparty(of entry: CaseEntry) -> InstitutionID? {
        entry.theirs.role != entry.ours.role && CaseRole.sides.contains(entry.theirs.role)
            ? entry.theirs.institution : nil
    }

    // MARK: Several threads

    private func attempt(_ entry: CaseEntry, amongThreadsOf table: RoleTable) -> Attempt {
        if entry.isHandedOver { return attempt(entry, base, .all, table) }
        let index = thread(of: entry.theirs.institution) ?? threads.firstIndex { $0.counterparty == nil }
        if entry.isCaseAct || entry.changesParticipants, !threads.isEmpty {
            let own = index.map { [$0] } ?? []
            let order = own + threads.indices.filter { $0 != index }
            let actsOnAll = entry.isCaseAct && (entry.code != "X007" || entry.way == .sent)
            if let first = order.first(where: { threads[$0].progress.allows(entry.event, in: table) }) {
                let isBlocked = reopeningFault(of: entry) != nil
                if !isBlocked {
                    let target: Target = actsOnAll ? .all : (first == index ? .thread(first) : .filed(first))
                    return .place(Plan(target: target, event: entry.event))
                }
            }
            return attempt(entry, threads[index ?? lastMoved].progress, .thread(index ?? lastMoved), table)
        }
        if let index {
            if isCopyForAnother(entry), threads[index].progress.document(of: entry.event.set) != nil {
                return .place(Plan(target: .filed(index), event: entry.event))
            }
            // A thread that nobody is at the other end of yet becomes the first counterparty's.
            return attempt(entry, threads[index].progress, .thread(index), table)
        }
        var begun = Thread(
            number: threads.count + 1, counterparty: counterparty(of: entry), progress: base, log: baseLog
        )
        if let end = commonEnd {
            if isFiled(entry, base) { return .place(Plan(target: .filed(lastMoved), event: entry.event)) }
            return .refused(end, .group(group(of: entry, base)), at: lastMoved)
        }
        if entry.way == .sent || ownSets.isEmpty {
            let isStranger = begun.counterparty == nil && !threads.isEmpty
            return attempt(entry, base, isStranger ? .filed(lastMoved) : .begin(begun), table)
        }
        // The starter evidently reached it by another way than through here.
        for set in ownSets {
            guard let document = document(of: set), document.isValid else { continue }
            let event = placed[document.first].step.event.afresh(version: document.version)
            if begun.progress.advance(by: event, in: table) { begun.log.append(document.first) }
        }
        return attempt(entry, begun.progress, .begin(begun), table, note: .threadAssumed)
    }

    /// How the case has ended for every thread; nil while one is open.
    private var commonEnd: CaseRefusal.Reason? {
        guard !threads.isEmpty, threads.allSatisfy({ [.closed, .forwarded].contains($0.progress.state) }) else {
            return nil
        }
        return threads.contains { $0.progress.state == .closed } ? .caseClosed : .caseForwarded
    }

    // MARK: The table

    private func attempt(
        _ entry: CaseEntry,
        _ progress: CaseProgress,
        _ target: Target,
        _ table: RoleTable,
        note: Note? = nil
    ) -> Attempt {
        let notes = note.map { [$0] } ?? []
        let event = entry.event
        var reason = reopeningFault(of: entry)
        if reason == nil {
            if progress.allows(event, in: table) {
                return .place(Plan(target: target, event: event, notes: notes))
            }
            // Content that fits no row is our reading of it: what came is placed by the first row without it.
            if event.contexts != nil, entry.way == .received,
                let state = progress.destination(of: event.withoutContent, in: table)
            {
                return .place(
                    Plan(
                        target: target, event: event.withoutContent, notes: notes + [.contentUnclear(state)]
                    )
                )
            }
        }
        let at: Int? = if case .thread(let index) = target { index } else { threads.isEmpty ? nil : lastMoved }
        if let at, isFiled(entry, progress) { return .place(Plan(target: .filed(at), event: event, notes: notes)) }
        reason = reason ?? progress.reason(against: event)
        return .refused(reason ?? .outOfOrder, .group(group(of: entry, progress)), at: at)
    }

    /// Whether a document that no row has a place for is kept all the same.
    private func isFiled(_ entry: CaseEntry, _ progress: CaseProgress) -> Bool {
        if isCopyForAnother(entry) || isToldToAnother(entry) { return true }
        let isOpen = progress.state != .start && progress.state != .closed && progress.state != .forwarded
        guard isOpen, !entry.event.isUpdate else { return false }
        // An answer to what another participant asked us.
        if entry.way == .sent, isAside(entry), let table {
            return table.transitions.contains { row in
                row.reply == entry.event.sed && row.way == .received
                    && sideRequests.contains(SideRequest(institution: entry.theirs.institution, sed: row.sed))
            }
        }
        // Whoever joins gets what was exchanged before, without the course that it belongs to.
        let isOfBefore = entry.event.version > 1 || entry.event.aboutSet.map { documentPlaces[$0] == nil } ?? false
        return hasJoined && entry.way == .received && !entry.event.sed.isAdministrative && isOfBefore
    }

    /// Why a case may not be reopened by this document; nil when it may, or the document does something else.
    ///
    /// Source: EESSI process AD_BUC_02: who asked decides, and reopens only if every participant agreed.
    private func reopeningFault(of entry: CaseEntry) -> CaseRefusal.Reason? {
        guard entry.code == "X004", entry.event.contexts?.contains("X004-01") ?? false else { return nil }
        if reopening.isRefused { return .reopeningRefused }
        guard entry.way == .sent else { return nil }
        let asked = known.values.filter { $0.isActive && $0.institution != institution }
        return asked.allSatisfy { reopening.agreed.contains($0.institution) } ? nil : .reopeningUnanswered
    }

    /// What the table's answer depends on: equal for messages that it takes or refuses alike.
    private func group(of entry: CaseEntry, _ progress: CaseProgress) -> WaitingRoom.Group {
        let event = progress.resolved(entry.event)
        let isPersonal = hasManyThreads || entry.way == .sent || entry.isCaseAct || role == nil
        let actsOnDocument = CaseProgress.wayOfTarget(of: event) != nil
        return WaitingRoom.Group(
            thread: hasManyThreads && !entry.isCaseAct && !entry.changesParticipants && !entry.isHandedOver
                ? entry.theirs.institution : nil,
            party: isPersonal ? entry.theirs.institution : nil,
            role: entry.ours.role,
            theirRole: entry.theirs.role,
            way: entry.way,
            documentWay: event.way,
            sed: event.sed,
            isForward: entry.isForward,
            isUpdate: event.isUpdate,
            isLater: event.version > 1,
            hasKnownRelation: event.aboutSet.map { documentPlaces[$0] != nil },
            contexts: event.contexts,
            about: actsOnDocument ? event.about : nil,
            isTargetValid: actsOnDocument && entry.event.aboutSet != nil
                ? event.aboutSet.flatMap { progress.document(of: $0) }?.isValid : nil,
            followsLast: event.isUpdate
                ? progress.document(of: event.set).map { $0.isValid && $0.version + 1 == event.version } ?? false : nil
        )
    }

    // MARK: Refusals

    /// Why a waiting message has no place now, and what would have one.
    package func refusal(of entry: CaseEntry) -> CaseRefusal? {
        guard case .refused(let reason, _, let at) = attempt(entry) else { return nil }
        let progress = at.map { threads[$0].progress } ?? base
        let table = table ?? useCases[entry.buc]?.table(for: entry.ours.role)
        return CaseRefusal(
            reason: reason, state: progress.state,
            expected: table.map { progress.expected(entry.event.way, in: $0) } ?? []
        )
    }

    /// The same as ``refusal(of:)``, without the work of listing what would have a place.
    package func refusalReason(of entry: CaseEntry) -> CaseRefusal.Reason? {
        guard case .refused(let reason, _, _) = attempt(entry) else { return nil }
        return reason
    }
}

// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// A case of one institution of ours: what the SET of its messages comes to, in whatever order they arrived.
///
/// Messages are taken in the order in which they were made. What finds no place waits and is tried again, in that
/// order, after every placement. See ADR 0012.
package struct CaseCourse: Sendable {
    package let institution: InstitutionID
    /// The use cases that its messages name.
    package let useCases: [BUCType: BusinessUseCase]

    /// The course of the exchange with one counterparty.
    ///
    /// Only the case owner of a case with several counterparties has more than one.
    package struct Thread: Hashable, Sendable {
        /// Counts from 1.
        package let number: Int
        /// Who is at the other end; nil while nobody has been written to, as after a hand-over.
        package internal(set) var counterparty: InstitutionID?
        package internal(set) var progress: CaseProgress
        /// The places in ``CaseCourse/placed`` of its steps, rising.
        package internal(set) var log: [Int]
    }

    /// What is worth knowing of a placement.
    package enum Note: Hashable, Sendable {
        /// The content fits no row exactly; the state was chosen without it.
        case contentUnclear(StateID)
        /// Kept as a document of the case; it moves nothing.
        case filed
        /// The counterparty answers what it must have got, although nothing was sent to it here.
        case threadAssumed
        /// The row that it took stands in one source and not in another.
        case sourcesDisagree
    }

    /// A message that has its place.
    package struct Placed: Hashable, Sendable {
        package let entry: CaseEntry
        package let step: CaseStep
        /// The number of the thread that it moved, or in which it is filed.
        package let thread: Int
        /// When it can have found its place: the latest receipt up to here.
        package let at: Instant
        package let notes: [Note]
    }

    /// A document with all its versions.
    package struct Document: Hashable, Sendable {
        package let set: String
        package let sed: SEDType
        package let way: Way
        /// The latest version.
        package internal(set) var version: Int
        package internal(set) var isValid: Bool
        /// The set that it answers or acts on, as its latest version says.
        package internal(set) var relatedSet: String?
        package internal(set) var versions: [Int: Version]
        /// Where in ``CaseCourse/placed`` its first version stands.
        package let first: Int
    }

    package struct Version: Hashable, Sendable {
        package let number: Int
        package let digest: String?
        package let messageID: Int64
        /// To whom we sent it, or who sent it, each with its message.
        package internal(set) var holders: [InstitutionID: Int64]
    }

    /// A message that brings what the case already holds; it has no second effect.
    package struct Copy: Hashable, Sendable {
        package let entry: CaseEntry
        /// The message that brought it first.
        package let original: Int64
    }

    package struct Participant: Hashable, Sendable {
        package let institution: InstitutionID
        package let role: CaseRole
        package let isActive: Bool
    }

    /// The use case, version and role of our side; nil until something was placed.
    package internal(set) var useCase: BusinessUseCase?
    package internal(set) var version: CDMVersion?
    package internal(set) var role: CaseRole?
    package internal(set) var placed: [Placed] = []
    package internal(set) var threads: [Thread] = []
    /// The thread that moved last.
    var lastMoved = 0
    /// In the order in which each was first placed.
    package internal(set) var documents: [Document] = []
    var documentPlaces: [String: Int] = [:]
    var known: [InstitutionID: Participant] = [:]
    /// Copies of what the case already holds, by message.
    package internal(set) var resent: [Int64: Copy] = [:]
    package internal(set) var last: CaseOrder?

    /// What every thread begins with: handed-over documents, and what was done to the case.
    var base = CaseProgress()
    var baseLog: [Int] = []
    /// The sets of the documents that we sent ourselves, in the order of their first placement.
    var ownSets: [String] = []
    /// Requests of participants that are not at the other end of a thread, which we may answer.
    var sideRequests: Set<SideRequest> = []
    var lastAct: CaseAct?
    /// Whether X005, X007 or X100 brought our institution into the case.
    var hasJoined = false
    /// Answers to the last request to reopen: who has said yes, and whether somebody said no.
    var reopening = Reopening()
    var waitingRoom = WaitingRoom()
    var places: [Int64: Int] = [:]

    struct SideRequest: Hashable, Sendable {
        let institution: InstitutionID
        let sed: SEDType
    }

    /// What was done to the case last, by whom, and who has been told.
    struct CaseAct: Hashable, Sendable {
        let sed: SEDType
        let way: Way
        let sender: InstitutionID
        var told: Set<InstitutionID>
    }

    struct Reopening: Hashable, Sendable {
        var agreed: Set<InstitutionID> = []
        var isRefused = false
    }

    package init(of institution: InstitutionID, useCases: [BUCType: BusinessUseCase]) {
        self.institution = institution
        self.useCases = useCases
    }

    /// The course of a set of messages.
    package init(
        of institution: InstitutionID,
        useCases: [BUCType: BusinessUseCase],
        folding entries: [CaseEntry]
    ) {
        self.init(of: institution, useCases: useCases)
        for entry in entries.sorted(by: { $0.order < $1.order }) { add(entry) }
    }

    // MARK: Asking

    package var participants: [Participant] { known.values.sorted { $0.institution < $1.institution } }

    /// The state that listings show: that of the thread that moved last.
    package var state: StateID { threads.isEmpty ? .start : threads[lastMoved].progress.state }

    /// The thread that moved last.
    package var current: Thread? { threads.isEmpty ? nil : threads[lastMoved] }

    package func document(of set: String) -> Document? { documentPlaces[set].map { documents[$0] } }

    /// Where in ``placed`` a message stands; nil when it has no place.
    package func place(of number: Int64) -> Int? { places[number] }

    /// The table of our side; nil until something was placed.
    package var table: RoleTable? { role.flatMap { useCase?.table(for: $0) } }

    /// Whether each counterparty has a thread of its own.
    var hasManyThreads: Bool { role == .caseOwner && useCase?.isMultilateral ?? false }

    /// Whether the other end of a thread has left the case, so that nothing travels there any more.
    package func hasLeft(_ thread: Thread) -> Bool {
        thread.counterparty.flatMap { known[$0] }.map { !$0.isActive } ?? false
    }

    func thread(of institution: InstitutionID) -> Int? { threads.firstIndex { $0.counterparty == institution } }

    // MARK: Adding

    /// Adds a message that was made after all others of the case, and tries again what it may have helped.
    package mutating func add(_ entry: CaseEntry) {
        last = entry.order
        if entry.changesParticipants, entry.added == institution, !hasJoined {
            hasJoined = true
            waitingRoom.wakeAll()
        }
        settle(entry)
        retry()
    }

    /// Adds messages that arrived in whatever order; what was made before others is folded again with them.
    ///
    /// - Returns: How many of the placed messages are as they were; those behind may have moved.
    package mutating func add(arriving entries: [CaseEntry]) -> Int {
        let entries = entries.sorted { $0.order < $1.order }
        let kept = placed.count
        if let last, let first = entries.first, first.order < last {
            let old = placed
            self = CaseCourse(of: institution, useCases: useCases, folding: self.entries + entries)
            return zip(old, placed).prefix { $0 == $1 }.count
        }
        for entry in entries { add(entry) }
        return kept
    }

    /// All messages that were added.
    package var entries: [CaseEntry] { placed.map(\.entry) + resent.values.map(\.entry) + waiting }

    /// Places an entry, notes it as a copy, or lets it wait.
    mutating func settle(_ entry: CaseEntry) {
        switch attempt(entry) {
        case .place(let plan): place(entry, plan)
        case .resent(let first): resent[entry.number] = Copy(entry: entry, original: first)
        case .refused(_, let key, _): waitingRoom.enter(entry, key)
        }
    }

    // MARK: Effects

    private mutating func place(_ entry: CaseEntry, _ plan: Plan) {
        if role == nil {
            role = entry.ours.role
            useCase = useCases[entry.buc]
            version = entry.version
            waitingRoom.wakeAll()
        }
        guard let table else { return }
        let place = placed.count
        var notes = plan.notes
        var moved: [Int] = []
        var step: CaseStep?
        func note(_ index: Int, _ thread: Thread) {
            moved.append(index)
            if step == nil || thread.counterparty == entry.theirs.institution { step = thread.progress.steps.last }
        }
        switch plan.target {
        case .thread(let index):
            _ = threads[index].progress.advance(by: plan.event, in: table)
            threads[index].log.append(place)
            note(index, threads[index])
        case .begin(var thread):
            _ = thread.progress.advance(by: plan.event, in: table)
            thread.log.append(place)
            threads.append(thread)
            note(threads.count - 1, thread)
        case .all:
            for index in threads.indices where threads[index].progress.advance(by: plan.event, in: table) {
                threads[index].log.append(place)
                note(index, threads[index])
            }
            if base.advance(by: plan.event, in: table) { baseLog.append(place) }
            if threads.isEmpty {
                threads = [Thread(number: 1, counterparty: nil, progress: base, log: baseLog)]
                note(0, threads[0])
            }
        case .filed(let index):
            let state = threads[index].progress.state
            step = CaseStep(event: resolved(plan.event), from: state, to: state)
            notes.append(.filed)
        }
        guard let step else { return }
        if !moved.isEmpty, table.isNoted(step) { notes.append(.sourcesDisagree) }
        let own = moved.first { threads[$0].counterparty == entry.theirs.institution } ?? moved.first
        if let own {
            lastMoved = own
            if threads[own].counterparty == nil { threads[own].counterparty = counterparty(of: entry) }
        }
        let at = max(placed.last?.at ?? entry.receivedAt, entry.receivedAt)
        placed.append(
            Placed(entry: entry, step: step, thread: threads[own ?? plan.target.index].number, at: at, notes: notes)
        )
        places[entry.number] = place
        noteDocument(entry, step.event, at: place)
        noteParticipants(entry)
        noteAct(entry, step)
        wake(after: entry, step.event, moved: moved)
    }

    private mutating func noteDocument(_ entry: CaseEntry, _ event: CaseEvent, at place: Int) {
        let holder = entry.theirs.institution
        let version = Version(
            number: event.version, digest: entry.contentDigest, messageID: entry.number,
            holders: [holder: entry.number]
        )
        if let index = documentPlaces[event.set] {
            let isValid = documents[index].isValid
            if isValid, documents[index].versions[event.version] != nil {
                let first = documents[index].versions[event.version]?.holders[holder] ?? entry.number
                documents[index].versions[event.version]?.holders[holder] = first
            } else {
                documents[index].versions[event.version] = version
                documents[index].version = isValid ? max(documents[index].version, event.version) : event.version
                documents[index].isValid = true
                if let related = entry.event.aboutSet { documents[index].relatedSet = related }
            }
        } else {
            documentPlaces[event.set] = documents.count
            documents.append(
                Document(
                    set: event.set, sed: event.sed, way: event.way, version: event.version, isValid: true,
                    relatedSet: entry.event.aboutSet, versions: [event.version: version], first: place
                )
            )
            if entry.way == .sent, !event.sed.isAdministrative { ownSets.append(event.set) }
        }
        if CaseProgress.withdrawing.contains(event.sed.code), let target = event.aboutSet,
            let index = documentPlaces[target]
        {
            documents[index].isValid = false
        }
    }

    /// A withdrawal that is only filed names its document by set.
    private func resolved(_ event: CaseEvent) -> CaseEvent {
        guard let way = CaseProgress.wayOfTarget(of: event) else { return event }
        let target = event.aboutSet.flatMap(document(of:)).flatMap { $0.way == way ? $0 : nil }
        return event.acting(on: target?.sed ?? event.about, set: target?.set)
    }

    private mutating func noteParticipants(_ entry: CaseEntry) {
        let theirs = entry.theirs
        if CaseRole.sides.contains(theirs.role), known[theirs.institution] == nil {
            save(Participant(institution: theirs.institution, role: theirs.role, isActive: true))
        }
        guard entry.changesParticipants else { return }
        // Who forwards leaves, also where the document does not say so.
        let leaving = entry.removed ?? (entry.code == "X007" ? entry.sender : nil)
        let removed = leaving.flatMap { known[$0] }
        if let removed {
            save(Participant(institution: removed.institution, role: removed.role, isActive: false))
        }
        guard let added = entry.added, added != institution else { return }
        let role = removed?.role ?? (leaving == institution ? self.role : nil) ?? .counterparty
        save(Participant(institution: added, role: role, isActive: true))
        guard let leaving, leaving != institution, thread(of: added) == nil, let index = thread(of: leaving) else {
            return
        }
        threads[index].counterparty = added
    }

    private mutating func save(_ participant: Participant) {
        guard known[participant.institution] != participant else { return }
        known[participant.institution] = participant
        waitingRoom.wake(.participant(participant.institution))
    }

    private mutating func noteAct(_ entry: CaseEntry, _ step: CaseStep) {
        if isAside(entry), entry.way == .received {
            sideRequests.insert(SideRequest(institution: entry.theirs.institution, sed: step.event.sed))
        }
        switch entry.code {
        case "X001", "X002": reopening = Reopening()
        case "X003" where entry.way == .received:
            if entry.event.contexts?.contains("X003-02") ?? false {
                reopening.isRefused = true
            } else {
                reopening.agreed.insert(entry.theirs.institution)
            }
        default: break
        }
        guard entry.isCaseAct else { return }
        if lastAct?.sed == entry.event.sed, lastAct?.way == entry.way, lastAct?.sender == entry.sender {
            lastAct?.told.insert(entry.theirs.institution)
        } else {
            lastAct = CaseAct(
                sed: entry.event.sed, way: entry.way, sender: entry.sender, told: [entry.theirs.institution]
            )
        }
    }
}

extension CaseEvent {
    /// The same event about another document.
    func acting(on sed: SEDType?, set: String?) -> CaseEvent {
        CaseEvent(
            way: way, sed: self.sed, set: self.set, version: version, isUpdate: isUpdate, contexts: contexts,
            about: sed, aboutSet: set
        )
    }

    /// The same event without regard to its content.
    var withoutContent: CaseEvent {
        CaseEvent(
            way: way, sed: sed, set: set, version: version, isUpdate: isUpdate, contexts: nil, about: about,
            aboutSet: aboutSet
        )
    }

    /// The document of the event as if it came for the first time.
    func afresh(version: Int) -> CaseEvent {
        CaseEvent(
            way: way, sed: sed, set: set, version: version, isUpdate: false, contexts: contexts, about: about,
            aboutSet: aboutSet
        )
    }
}

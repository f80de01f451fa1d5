// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
internal import SEDInspection
internal import SEDQueue
internal import SEDStorage
internal import SEDValidation

/// What one run over the queues came to.
package struct ProcessingSummary: Hashable, Sendable, Codable {
    package var accepted = 0
    package var acceptedWithFindings = 0
    package var pending = 0
    package var rejected = 0
    package var quarantined = 0
    package var duplicates = 0
    /// Messages that had waited and found their place in this run.
    package var resolved = 0
    /// Messages that had a place and lost it in this run to others that came late.
    package var displaced = 0
    /// Files that could not be taken and are still where they were.
    package var notReady = 0
    package var exceptions = 0
    /// Cases that were closed, or proposed to be closed, because a clock had run out.
    package var closings = 0
    /// Documents of ours that must go again, as a draft or to be sent.
    package var resends = 0
    package var delivered = 0

    package init() {}

    /// Whether anything happened besides files that are still not ready.
    package var hasNews: Bool {
        var rest = self
        rest.notReady = 0
        return rest != ProcessingSummary()
    }

    mutating func count(_ message: ProcessedMessage) {
        if message.wasDisplaced {
            displaced += 1
            return
        }
        if message.hadWaited {
            resolved += 1
            return
        }
        switch message.disposition {
        case .accept: accepted += 1
        case .acceptWithFindings: acceptedWithFindings += 1
        case .pending: pending += 1
        case .reject: rejected += 1
        case .quarantine: quarantined += 1
        case .duplicate: duplicates += 1
        }
    }
}

/// What was judged and not yet committed, in the windows in which it was read.
package struct JudgedMessages: Sendable {
    var windows: [(queue: InboundQueue, files: [JudgedFile])] = []
}

/// The way of a message: found, judged, committed, acknowledged, delivered.
///
/// Nothing leaves an inbound folder before its effects are durable in the store, and nothing appears in an outbound
/// folder before it is complete; a process that dies between two steps is finished by the next one.
package struct Processor: Sendable {
    let workspace: Workspace
    let configuration: Configuration
    private let reference: ReferenceData
    private(set) var inbound: [InboundQueue]
    private let purges: PurgeCheck
    private let claimant: String
    private let actor: String
    let clock: @Sendable () -> Instant
    private let trial: MessageTrial
    private let suspects = Suspects()
    /// Files and messages wait for different times, so each has a leap of its own.
    private let fileLeap = ClockLeap()
    private let messageLeap = ClockLeap()

    /// How many waiting files are read before the first is committed, so that they can be put in order; all of them
    /// share one commit, so that one flush of the disk serves them, and each page of the store is written once.
    private static let window = 256
    /// How much they may hold in memory together, in bytes; the next window is judged while one is committed.
    private static let windowMemory = 32 << 20
    /// How many are read side by side.
    private static let readAtOnce = 8

    /// Prepares a run over a workspace.
    ///
    /// The clock gives the time that decisions use: when a message came, when waiting ends. The overrides replace the
    /// configured inbound folders and institutions.
    package init(
        workspace: Workspace,
        reference: ReferenceData,
        actor: String,
        clock: @escaping @Sendable () -> Instant,
        inboundOverride: String? = nil,
        institutionsOverride: [InstitutionID] = []
    ) throws {
        self.workspace = workspace
        self.reference = reference
        self.actor = actor
        self.clock = clock
        var configuration = workspace.configuration
        if !institutionsOverride.isEmpty { configuration.institutions = institutionsOverride }
        if let path = inboundOverride { configuration.inbound = [.init(name: path, path: path)] }
        self.configuration = configuration
        // A folder that loses messages is not looked at in the hope that it will not.
        purges = try PurgeCheck(configuration.inbound) { workspace.text(ofFile: $0) }
        inbound = try workspace.inboundQueues(configuration.inbound)
        claimant = try workspace.claimant()
        trial = MessageTrial(
            arguments: ["process", "--once", "--workspace", workspace.path, "--schemas", reference.folder.path]
                + (inboundOverride.map { ["--inbound", $0] } ?? [])
                + institutionsOverride.flatMap { ["--institution", $0.text] }
        )
    }

    /// How often the inbound folders are looked at whatever the system tells of them, in seconds.
    var pollSeconds: Int {
        let times = configuration.inbound.map { $0.pollSeconds ?? purges.polls[$0.name] ?? PurgeCheck.pollDefault }
        return max(1, times.min() ?? PurgeCheck.pollDefault)
    }

    /// What an operator has to know of the access points before the first run.
    package var warnings: [String] { purges.warnings }

    /// Drains all inbound queues, ends grace periods and clocks that are over, delivers what is ready, and follows for the
    /// recovery desk what was placed.
    ///
    /// The observer is told of every message as soon as its effects are durable. A shelf that is kept from run to run
    /// spares the cases on it from being folded anew.
    package func run(
        shelf: CaseShelf = CaseShelf(),
        notes: RunNotes? = nil,
        shouldStop: @Sendable () -> Bool = { false },
        observe: @Sendable (ProcessedMessage) -> Void
    ) async throws -> ProcessingSummary {
        var summary = ProcessingSummary()
        try suspects.open(in: workspace)
        for queue in inbound {
            do {
                try checkPlace(of: queue)
                let claims = try openClaims(queue)
                try finishAcknowledging(queue, claims)
                try await drain(queue, claims, shelf, notes, into: &summary, shouldStop: shouldStop, observe: observe)
                if case .success(let claims) = claims { try claims.finish() }
            } catch {
                guard let notes, notes.keep(error, of: queue.name) else { throw error }
            }
        }
        // Where the store has no room, what is ready is still delivered.
        if notes?.isStoreFull != true {
            try judgeAnew(shelf, shouldStop: shouldStop)
            summary.exceptions = try endGracePeriods()
            if summary.exceptions > 0 { shelf.clear() }
            try runClosingRules(shelf, into: &summary, shouldStop: shouldStop, observe: observe)
            summary.resends = try writeResends()
        }
        let delivery = delivery(notes)
        summary.delivered = try delivery.run()
        try delivery.follow()
        if notes?.isStoreFull != true {
            try RecoveryDesk.follow(workspace.store, triesAgain: false, by: actor, at: clock())
        }
        return summary
    }

    // MARK: Folders that go and come back

    private func path(of queue: InboundQueue) -> String? {
        configuration.inbound.first { $0.name == queue.name }.map { workspace.resolved($0.path) }
    }

    /// A folder that went away, or that another one has replaced, would look like an empty one.
    private func checkPlace(of queue: InboundQueue) throws(FileError) {
        if let path = path(of: queue) { try queue.checkPlace(path) }
    }

    /// The same with those inbound folders opened anew that others have replaced; missing ones stay missing.
    ///
    /// What cannot be opened stays as it was: the look that follows tells of it, and keeps no other queue waiting.
    func reopened() -> Processor {
        var copy = self
        for (index, folder) in configuration.inbound.enumerated() {
            do {
                try checkPlace(of: inbound[index])
            } catch  where error.isReplaced {
                if let queue = try? workspace.inboundQueues([folder]).first { copy.inbound[index] = queue }
            } catch {
                continue
            }
        }
        return copy
    }

    private func delivery(_ notes: RunNotes?) -> Delivery {
        Delivery(
            store: workspace.store, queues: workspace.outboundQueues(), partners: workspace.partners, now: clock(),
            notes: notes
        )
    }

    // MARK: The halves of a drain, each alone

    /// Reads and judges everything that waits, and changes nothing.
    package func judgeWaiting() async throws -> JudgedMessages {
        var judged = JudgedMessages()
        for queue in inbound {
            let intake = try intake(for: queue)
            let scan = try queue.scan()
            while true {
                let window = await read(try scan.next(limit: Self.window, skipping: []), with: intake, nil)
                if window.offers == 0 { break }
                judged.windows.append((queue, window.judged))
            }
        }
        return judged
    }

    /// Commits, acknowledges and delivers what was judged.
    package func commit(_ messages: JudgedMessages) throws -> ProcessingSummary {
        var summary = ProcessingSummary()
        let shelf = CaseShelf()
        for (queue, files) in messages.windows {
            let claims = try openClaims(queue)
            let files = files.sorted(by: JudgedFile.precedes)
            _ = try settle(files, in: queue, claims, shelf, into: &summary, observe: { _ in })
        }
        summary.delivered = try delivery(nil).run()
        return summary
    }

    // MARK: The steps

    /// When a file that may still be written will have stood still long enough.
    private func stoodStill(_ obstacle: NotReady, _ notes: RunNotes?) {
        guard let seconds = obstacle.stoodStillFor else { return }
        let settled = configuration.inbound.first { $0.name == obstacle.offer.queue }?.settledSeconds ?? 0
        notes?.stoodStill(for: seconds, of: [settled, configuration.incompleteAfterSeconds])
    }

    private func drain(
        _ queue: InboundQueue,
        _ claims: Result<FileClaims, FileError>,
        _ shelf: CaseShelf,
        _ notes: RunNotes?,
        into summary: inout ProcessingSummary,
        shouldStop: @Sendable () -> Bool,
        observe: @Sendable (ProcessedMessage) -> Void
    ) async throws {
        let intake = try intake(for: queue)
        var skipped: Set<String> = []
        var scan = try queue.scan()
        var isMoving = false
        var isDrained = false
        var strays: [InboundQueue.Offer] = []
        let begun = ContinuousClock.now
        var window = await read(try scan.next(limit: Self.window, skipping: skipped), with: intake, notes)
        while !shouldStop() {
            // Each turn has taken something, so that those that cannot be taken hold up nobody.
            if isMoving, notes?.endsTurn(since: begun) == true { break }
            if window.offers == 0 {
                // What came while the folder was read, or found no room in memory, is met by the next pass.
                isDrained = !isMoving
                if isDrained { break }
                isMoving = false
                strays = []
                scan = try queue.scan()
                window = await read(try scan.next(limit: Self.window, skipping: skipped), with: intake, notes)
                continue
            }
            let found = window
            // The next window is read and judged while this one is committed, which is mostly waiting for the disk.
            let offers = try scan.next(limit: Self.window, skipping: skipped)
            async let next = read(offers, with: intake, notes)
            try reference.folder.faults.check()
            skipped.formUnion(found.notReady.map(\.offer.name))
            summary.notReady += found.notReady.count
            try note(found.notReady)
            for obstacle in found.notReady { stoodStill(obstacle, notes) }
            strays += found.strays.prefix(Self.window - min(strays.count, Self.window))
            for part in parts(of: found.judged.sorted(by: JudgedFile.precedes)) {
                if shouldStop() { return }
                let left = try settle(part, in: queue, claims, shelf, into: &summary, observe: observe)
                skipped.formUnion(left.names)
                if left.isAny { isMoving = true }
                notes?.progress()
            }
            window = await next
        }
        if isDrained { try suspects.acquit(in: queue.name, workspace) }
        let left = try strays.filter(queue.contains).map { offer in
            NotReady(offer: offer, rule: .unusableHandOver, reason: "No metadata name this file; it is left alone.")
        }
        summary.notReady += left.count
        try note(left)
    }

    /// What is committed together: all, but what is under suspicion alone.
    private func parts(of files: [JudgedFile]) -> [[JudgedFile]] {
        var parts: [[JudgedFile]] = []
        for file in files {
            if let last = parts.last, !file.isSuspect, !last[0].isSuspect {
                parts[parts.count - 1].append(file)
            } else {
                parts.append([file])
            }
        }
        return parts
    }

    /// Claims, commits and acknowledges judged files, all of them together.
    ///
    /// - Returns: The names of those that stay where they are, and whether any was taken.
    private func settle(
        _ files: [JudgedFile],
        in queue: InboundQueue,
        _ claims: Result<FileClaims, FileError>,
        _ shelf: CaseShelf,
        into summary: inout ProcessingSummary,
        observe: @Sendable (ProcessedMessage) -> Void
    ) throws -> (names: [String], isAny: Bool) {
        let (batch, lost) = try claim(files, in: queue, claims)
        if batch.isEmpty { return (lost, false) }
        suspects.begin(
            .committing, batch.compactMap { file in file.identity.map { (file.offer, $0) } },
            isAlone: batch.allSatisfy(\.isSuspect)
        )
        // An error is no death.
        defer { suspects.end(.committing) }
        let (messages, others) = try commit(batch, shelf)
        let stuck = try acknowledge(batch, messages, in: queue, claims)
        summary.notReady += stuck.count
        for message in messages.compactMap(\.effect) + others {
            summary.count(message)
            observe(message)
        }
        return (lost + stuck, true)
    }

    // MARK: Messages that the process may have died of

    /// Reads and judges a message that an earlier process may have died of, and nothing beside it; or sets it aside.
    private func take(_ suspect: Suspect, _ offer: InboundQueue.Offer, _ identity: Folder.Identity, with intake: Intake)
        -> Intake.Outcome
    {
        let now = fileTime()
        if let isReadable = deadliness(of: suspect) {
            return intake.setAsideAsDeadly(offer, unread: isReadable ? nil : identity, now: now)
        }
        suspects.begin(.judging, [(offer, identity)], isAlone: true)
        defer { suspects.end(.judging) }
        let outcome = intake.take(offer, now: now)
        guard case .judged(var file) = outcome else { return outcome }
        file.isSuspect = true
        return .judged(file)
    }

    /// Nil for a message that is not the cause; else whether its bytes can be read without dying.
    private func deadliness(of suspect: Suspect) -> Bool? {
        if suspect.deathsAlone == 0 { return nil }
        switch trial.outcome(of: suspect.name, in: suspect.queue) {
        case .diesJudging: return true
        case .diesReading: return false
        case .survives, nil: return suspect.deathsAlone >= Suspect.mostDeathsAlone ? false : nil
        }
    }

    /// Works on one waiting message as a drain does, and keeps nothing of it: for a process that may die of it.
    ///
    /// `hasRead` is called when its bytes have been read, before they are looked at.
    package func tryMessage(named name: String, in queueName: String, hasRead: (String) -> Void) throws {
        guard let queue = inbound.first(where: { $0.name == queueName }) else { return }
        let offer = queue.offer(named: name)
        let now = fileTime()
        _ = queue.read(offer, limit: Intake.largestFile, nowSeconds: now)
        hasRead(MessageTrial.hasRead)
        guard case .judged(let file) = try intake(for: queue).take(offer, now: now) else { return }
        _ = try workspace.store.write { transaction in
            try transaction.attempt {
                (try committed([file], CaseShelf(), in: transaction), keeps: false)
            }
        }
    }

    /// What reading one window came to.
    private struct Found {
        /// How many there were to be read.
        var offers = 0
        var judged: [JudgedFile] = []
        var notReady: [NotReady] = []
        /// Old files that are no messages of their own.
        var strays: [InboundQueue.Offer] = []
    }

    /// Reads and judges waiting files until all are in memory or the memory set aside for them is used.
    private func read(
        _ offers: [InboundQueue.Offer],
        with intake: Intake,
        _ notes: RunNotes?
    ) async -> Found {
        var found = Found(offers: offers.count)
        var memory = 0
        for batch in offers.chunks(of: Self.readAtOnce) where memory < Self.windowMemory && !Task.isCancelled {
            for outcome in await judge(batch, with: intake, notes) {
                switch outcome {
                case .judged(let file):
                    found.judged.append(file)
                    memory += file.memory
                case .notReady(let obstacle): found.notReady.append(obstacle)
                case .stray(let offer): found.strays.append(offer)
                case .vanished, .leftAlone: continue
                }
            }
        }
        return found
    }

    /// The time by which files are old, in seconds since 1970.
    private func fileTime() -> Int {
        let settled = configuration.inbound.map(\.settledSeconds).max() ?? 0
        let patience = Duration.seconds(max(settled, configuration.incompleteAfterSeconds))
        return Int(SystemTime.now().millisecondsSinceEpoch / 1_000) - fileLeap.seconds(patience: patience)
    }

    /// The time by which the waiting of messages and the clocks of cases end.
    private func waitingTime() -> Instant {
        clock().adding(seconds: -messageLeap.seconds(patience: .seconds(configuration.graceSeconds)))
    }

    /// Judges files side by side, as many at a time as there are threads for it; the order stays.
    private func judge(_ offers: [InboundQueue.Offer], with intake: Intake, _ notes: RunNotes?) async
        -> [Intake.Outcome]
    {
        let found = offers.map { ($0, (try? intake.queue.identity(of: $0)) ?? nil) }
        let known = suspects.suspects(in: intake.queue.name)
        func suspect(_ offer: InboundQueue.Offer, _ identity: Folder.Identity?) -> (Suspect, Folder.Identity)? {
            guard let identity, let suspect = known[offer.name], suspect.identity == identity.sharedName else {
                return nil
            }
            return (suspect, identity)
        }
        if found.contains(where: { suspect($0, $1) != nil }) {
            var outcomes: [Intake.Outcome] = []
            for (offer, identity) in found {
                if let (suspect, identity) = suspect(offer, identity) {
                    outcomes.append(take(suspect, offer, identity, with: intake))
                } else {
                    outcomes += await judgeTogether([(offer, identity)], with: intake, notes)
                }
            }
            return outcomes
        }
        return await judgeTogether(found, with: intake, notes)
    }

    private func judgeTogether(
        _ offers: [(InboundQueue.Offer, Folder.Identity?)],
        with intake: Intake,
        _ notes: RunNotes?
    ) async
        -> [Intake.Outcome]
    {
        let now = fileTime()
        suspects.begin(
            .judging, offers.compactMap { offer, identity in identity.map { (offer, $0) } }, isAlone: false)
        defer { suspects.end(.judging) }
        return await withTaskGroup(of: (Int, Intake.Outcome).self) { group in
            for (index, (offer, _)) in offers.enumerated() {
                group.addTask {
                    let begun = ContinuousClock.now
                    let outcome = intake.take(offer, now: now)
                    if case .judged = outcome { notes?.judged(in: .now - begun) }
                    return (index, outcome)
                }
            }
            var outcomes: [Int: Intake.Outcome] = [:]
            for await (index, outcome) in group { outcomes[index] = outcome }
            return offers.indices.compactMap { outcomes[$0] }
        }
    }

    private func intake(for queue: InboundQueue) throws -> Intake {
        let rates = try workspace.rateSupply(noting: reference.folder.faults)
        return Intake(
            queue: queue, validator: rates.map(reference.validator.with) ?? reference.validator,
            institutions: Set(configuration.institutions),
            incompleteAfterSeconds: configuration.incompleteAfterSeconds,
            settledAfterSeconds: configuration.inbound.first { $0.name == queue.name }?.settledSeconds ?? 0,
            purgedAfterSeconds: purges.seconds[queue.name]
        )
    }

    /// What committing one file came to; a file that was committed before has no second effect.
    private struct Committed {
        let id: Int64
        let toQuarantine: Bool
        let effect: ProcessedMessage?
    }

    private func note(_ obstacles: [NotReady]) throws {
        if obstacles.isEmpty { return }
        try workspace.store.write { transaction in
            for obstacle in obstacles {
                try transaction.noteObstacle(
                    queue: obstacle.offer.queue, fileName: obstacle.offer.name, rule: obstacle.rule,
                    reason: obstacle.reason, at: clock()
                )
            }
        }
    }

    /// Writes a batch in one transaction, with all that follows from it in the cases that it is about.
    private func commit(
        _ files: [JudgedFile],
        _ shelf: CaseShelf
    ) throws -> (committed: [Committed], others: [ProcessedMessage]) {
        do {
            return try write { try committed(files, shelf, in: $0) }
        } catch {
            shelf.clear()
            throw error
        }
    }

    /// Runs one transaction, of which nothing stays when something could not be read that it rests on.
    private func write<Result>(_ body: (Transaction) throws -> Result) throws -> Result {
        try workspace.store.write { transaction in
            let result = try body(transaction)
            try reference.folder.faults.check()
            return result
        }
    }

    private func committed(_ files: [JudgedFile], _ shelf: CaseShelf, in transaction: Transaction) throws
        -> (committed: [Committed], others: [ProcessedMessage])
    {
        try shelf.refresh(transaction.view)
        var commit = MessageCommit(
            transaction: transaction, configuration: configuration, useCases: reference.useCases,
            rules: reference.validator.rules, edition: reference.edition, shelf: shelf, now: clock(), actor: actor
        )
        var results: [Int64: ProcessedMessage] = [:]
        var known: [Int64: Committed] = [:]
        let ids = try files.map { file in
            // The process may have died between commit and acknowledgement: then only the latter is missing.
            if let stored = try transaction.view.unacknowledged(
                queue: file.offer.queue, fileName: file.offer.name, digest: file.digest
            ) {
                known[stored.id] = Committed(id: stored.id, toQuarantine: stored.state == .quarantined, effect: nil)
                return stored.id
            }
            let (id, result) = try commit.receive(file)
            results[id] = result
            return id
        }
        var others: [ProcessedMessage] = []
        for result in try commit.settleCases() {
            if ids.contains(result.id), known[result.id] == nil {
                results[result.id] = result
            } else {
                others.append(result)
            }
        }
        let committed = ids.map { id in
            known[id] ?? Committed(id: id, toQuarantine: results[id]?.toQuarantine ?? false, effect: results[id])
        }
        return (committed, others)
    }

    /// Moves committed files out of their folder, and returns the names of those that could not be moved.
    ///
    /// A file that stays is offered again, recognised by its unacknowledged record, and has no second effect.
    private func acknowledge(
        _ files: [JudgedFile],
        _ committed: [Committed],
        in queue: InboundQueue,
        _ claims: Result<FileClaims, FileError>
    ) throws -> [String] {
        var moved: [Int64] = []
        var free: [Folder.Identity] = []
        var stuck: [NotReady] = []
        for (file, message) in zip(files, committed) {
            guard let identity = file.identity else { continue }
            do {
                // A file that has taken the place of the one that was read is a message of its own, next time round.
                // A writer that ends its last line is met once; more often it would have to write between two looks.
                for _ in 0..<2 {
                    let isDone = try queue.acknowledge(
                        file.offer, parts: file.parts.map(\.name), read: try present(file, identity, in: queue),
                        number: message.id, toQuarantine: message.toQuarantine
                    )
                    if isDone { break }
                }
                moved.append(message.id)
                free.append(identity)
            } catch {
                let reason: Words = """
                    The message is stored, but its file cannot be moved: \(String(describing: error), as: "error").
                    """
                stuck.append(NotReady(offer: file.offer, rule: .cannotAcknowledge, reason: reason))
            }
        }
        try queue.flush()
        try workspace.store.write { try $0.acknowledge(moved, at: clock()) }
        for identity in free { try claims.get().release(identity) }
        try note(stuck)
        return stuck.map(\.offer.name)
    }

    /// The identity that the key of a message has now, if it is still the file that was read: its writer may have ended
    /// the last line, set its time, or gone on with what an access point tells of it.
    private func present(_ file: JudgedFile, _ identity: Folder.Identity, in queue: InboundQueue) throws
        -> Folder.Identity
    {
        guard let now = try queue.identity(of: file.offer), now != identity, now.isSameFile(as: identity) else {
            return identity
        }
        if !file.parts.isEmpty {
            let areSame = try file.parts.allSatisfy { try queue.identity(of: $0.name, of: file.offer) == $0.identity }
            return areSame ? now : identity
        }
        guard let bytes = file.bytes,
            case .content(let content, _, let read) = queue.read(file.offer, limit: bytes.count + 1_024, nowSeconds: 0),
            content.starts(with: bytes),
            content.dropFirst(bytes.count).allSatisfy({ [0x20, 0x09, 0x0A, 0x0D].contains($0) })
        else { return identity }
        return read
    }

    /// Notes acknowledgements that an earlier process had made on disk but not in the store.
    private func finishAcknowledging(_ queue: InboundQueue, _ claims: Result<FileClaims, FileError>) throws {
        let open = try workspace.store.read { try $0.unacknowledged(queue: queue.name) }
        if queue.layout != .plain, case .success(let claims) = claims {
            for message in open { finishMoving(message, in: queue, claims) }
        }
        let gone = try open.filter { try !queue.contains(queue.offer(named: $0.fileName)) }.map(\.id)
        if case .success(let claims) = claims {
            // A claim without a message is one whose transaction never came to its end.
            let kept = try open.compactMap { try queue.identity(of: queue.offer(named: $0.fileName)) }
            try claims.releaseAll(except: Set(kept))
        }
        if !gone.isEmpty { try workspace.store.write { try $0.acknowledge(gone, at: clock()) } }
        let cleared = try workspace.store.read { try $0.obstacles() }
            .filter { try $0.queue == queue.name && !queue.contains(queue.offer(named: $0.fileName)) }
        if !cleared.isEmpty {
            try workspace.store.write { transaction in
                for obstacle in cleared {
                    try transaction.removeObstacle(queue: obstacle.queue, fileName: obstacle.fileName)
                }
            }
        }
    }

    /// Moves what an earlier process had committed and not yet moved, or not all of it.
    ///
    /// Without all of its files a message cannot be judged again to be recognised; the claim tells that it was ours.
    private func finishMoving(_ message: StoredMessage, in queue: InboundQueue, _ claims: FileClaims) {
        let offer = queue.offer(named: message.fileName)
        let toQuarantine = message.state == .quarantined
        do {
            guard let identity = try queue.identity(of: offer) else { return try queue.removeEmptyFolder(of: offer) }
            // While all files are there the message is offered again and known by its digest. Were it another one that
            // took its name, and was claimed by a process that died before the commit, it would not be known at all.
            guard try claims.isOurs(identity), let parts = try intake(for: queue).remains(of: offer) else { return }
            _ = try queue.acknowledge(
                offer, parts: parts, read: identity, number: message.id,
                toQuarantine: toQuarantine
            )
        } catch {
            // It stays, is offered again, and is told as what cannot be moved.
            return
        }
    }

    // MARK: Claims on files

    /// The claims of this workspace; where none can be made nothing is taken, and a full disk stops the intake.
    private func openClaims(_ queue: InboundQueue) throws -> Result<FileClaims, FileError> {
        do {
            return .success(try queue.claims(of: claimant))
        } catch {
            if error.isDiskFull { throw error }
            return .failure(error)
        }
    }

    /// Claims files before they are committed, so that of several workspaces one takes each.
    ///
    /// - Returns: The files that are ours now, and the names of those that belong to others.
    private func claim(_ files: [JudgedFile], in queue: InboundQueue, _ claims: Result<FileClaims, FileError>) throws
        -> (ours: [JudgedFile], lost: [String])
    {
        switch claims {
        case .failure(let error):
            let reason: Words =
                "The file cannot be claimed, so that it stays: \(String(describing: error), as: "error")."
            try note(files.map { NotReady(offer: $0.offer, rule: .cannotAcknowledge, reason: reason) })
            return ([], files.map(\.offer.name))
        case .success(let claims):
            var ours: [JudgedFile] = []
            var lost: [String] = []
            for (index, file) in files.enumerated() {
                guard let identity = file.identity else { continue }
                let claim = Result { () throws(FileError) in try claims.take(identity) }
                if case .failure(let error) = claim, error.isDiskFull, !ours.isEmpty {
                    // What is ours leaves the folder, which makes room for the claims on the others.
                    lost += files[index...].map(\.offer.name)
                    break
                }
                if try !claim.get() {
                    lost.append(file.offer.name)
                    continue
                }
                // Since it was read, another workspace may have taken it, or its writer may have gone on.
                let isSame =
                    try queue.identity(of: file.offer) == identity
                    && file.parts.allSatisfy { try queue.identity(of: $0.name, of: file.offer) == $0.identity }
                if isSame { ours.append(file) } else { try claims.release(identity) }
            }
            try claims.flush()
            return (ours, lost)
        }
    }

    private func writeResends() throws -> Int {
        let now = clock()
        return try write { transaction in
            try Resends(
                transaction: transaction, configuration: configuration, validator: reference.validator, now: now,
                actor: actor
            ).run()
        }
    }

    /// Looks at all clocks that close a case and whose last day has passed, some in each transaction.
    private func runClosingRules(
        _ shelf: CaseShelf,
        into summary: inout ProcessingSummary,
        shouldStop: @Sendable () -> Bool,
        observe: @Sendable (ProcessedMessage) -> Void
    ) throws {
        while !shouldStop() {
            let now = waitingTime()
            do {
                let outcome = try write { transaction in
                    try shelf.refresh(transaction.view)
                    return try ClosingRules(
                        transaction: transaction, configuration: configuration, reference: reference, shelf: shelf,
                        now: now, actor: actor
                    ).run()
                }
                summary.closings += outcome.closings
                for message in outcome.placed { observe(message) }
                if !outcome.isMore { return }
            } catch {
                shelf.clear()
                throw error
            }
        }
    }

    /// Judges anew what stands behind messages that came late, each case in a transaction of its own.
    private func judgeAnew(_ shelf: CaseShelf, shouldStop: @Sendable () -> Bool) throws {
        for key in try workspace.store.read({ try $0.casesToJudge() }) {
            if shouldStop() { return }
            _ = shelf.take(key)
            let now = clock()
            try write { transaction in
                try MessageCommit(
                    transaction: transaction, configuration: configuration, useCases: reference.useCases,
                    rules: reference.validator.rules, edition: reference.edition, shelf: CaseShelf(), now: now,
                    actor: actor
                ).judgeAnew(key)
            }
        }
    }

    private func endGracePeriods() throws -> Int {
        let now = waitingTime()
        return try write { transaction in
            try GracePeriod(
                transaction: transaction, configuration: configuration, useCases: reference.useCases,
                validator: reference.validator, now: now, actor: actor
            ).end()
        }
    }
}

extension Array {
    /// Consecutive parts of at most `size` elements.
    func chunks(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}

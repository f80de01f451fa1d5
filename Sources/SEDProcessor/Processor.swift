// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
internal import SEDInspection
internal import SEDQueue
internal import SEDStorage
internal import SEDValidation

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
    let reference: ReferenceData
    private(set) var inbound: [InboundQueue]
    let purges: PurgeCheck
    let claimant: String
    let actor: String
    let clock: @Sendable () -> Instant
    let trial: MessageTrial
    let suspects = Suspects()
    /// Files and messages wait for different times, so each has a leap of its own.
    let fileLeap = ClockLeap()
    let messageLeap = ClockLeap()

    /// How many waiting files are read before the first is committed, so that they can be put in order; all of them
    /// share one commit, so that one flush of the disk serves them, and each page of the store is written once.
    static let window = 256
    /// How much they may hold in memory together, in bytes; the next window is judged while one is committed.
    static let windowMemory = 32 << 20
    /// How many are read side by side.
    static let readAtOnce = 8

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
                let halfMoved = try finishAcknowledging(queue, claims)
                summary.notReady += halfMoved.count
                try await drain(
                    queue, claims, shelf, notes, without: halfMoved, into: &summary, shouldStop: shouldStop,
                    observe: observe)
                switch claims {
                case .success(let claims): try claims.finish()
                // Without notes each file has told it.
                case .failure(let error): _ = notes?.keep(error, of: queue.name)
                }
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
        without halfMoved: Set<String>,
        into summary: inout ProcessingSummary,
        shouldStop: @Sendable () -> Bool,
        observe: @Sendable (ProcessedMessage) -> Void
    ) async throws {
        let intake = try intake(for: queue)
        var skipped = halfMoved
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
        let left = try strays.filter(queue.contains).map { offer in
            NotReady(offer: offer, rule: .unusableHandOver, reason: "No metadata name this file; it is left alone.")
        }
        summary.notReady += left.count
        try note(left)
        if isDrained {
            try suspects.acquit(in: queue.name, workspace)
            // A payload was told while its metadata were not there, or a file was mended and taken.
            try forgetObstacles(of: queue)
        }
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

    /// What committing one file came to; a file that was committed before has no second effect.
    struct Committed {
        let id: Int64
        let toQuarantine: Bool
        let effect: ProcessedMessage?
    }

    func note(_ obstacles: [NotReady]) throws {
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
    func write<Result>(_ body: (Transaction) throws -> Result) throws -> Result {
        try workspace.store.write { transaction in
            let result = try body(transaction)
            try reference.folder.faults.check()
            return result
        }
    }

    func committed(_ files: [JudgedFile], _ shelf: CaseShelf, in transaction: Transaction) throws
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
}

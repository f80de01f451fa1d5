// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDInspection
internal import SEDQueue
internal import SEDStorage
internal import SEDValidation

/// Reading and judging what waits.
extension Processor {
    /// What reading one window came to.
    struct Found {
        /// How many there were to be read.
        var offers = 0
        var judged: [JudgedFile] = []
        var notReady: [NotReady] = []
        /// Old files that are no messages of their own.
        var strays: [InboundQueue.Offer] = []
    }

    /// Reads and judges waiting files until all are in memory or the memory set aside for them is used.
    func read(
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

    /// Judges files side by side, as many at a time as there are threads for it; the order stays.
    func judge(_ offers: [InboundQueue.Offer], with intake: Intake, _ notes: RunNotes?) async
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

    func judgeTogether(
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

    func intake(for queue: InboundQueue) throws -> Intake {
        let rates = try workspace.rateSupply(noting: reference.folder.faults)
        return Intake(
            queue: queue, validator: rates.map(reference.validator.with) ?? reference.validator,
            institutions: Set(configuration.institutions),
            incompleteAfterSeconds: configuration.incompleteAfterSeconds,
            settledAfterSeconds: configuration.inbound.first { $0.name == queue.name }?.settledSeconds ?? 0,
            purgedAfterSeconds: purges.seconds[queue.name], attachmentLimit: configuration.attachmentLimit
        )
    }

    // MARK: Messages that the process may have died of

    /// Reads and judges a message that an earlier process may have died of, and nothing beside it; or sets it aside.
    func take(_ suspect: Suspect, _ offer: InboundQueue.Offer, _ identity: Folder.Identity, with intake: Intake)
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
    func deadliness(of suspect: Suspect) -> Bool? {
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
}

extension Array {
    /// Consecutive parts of at most `size` elements.
    func chunks(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}

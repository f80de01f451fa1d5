// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDInspection
internal import SEDQueue
internal import SEDStorage

/// Hands outbox entries over to outbound folders, each exactly once.
struct Delivery {
    let store: Store
    let queues: [String: Result<OutboundQueue, FileError>]
    /// What the access points have to be told, by the name of their folder.
    let partners: [String: PartnerFacts]
    let now: Instant
    var notes: RunNotes?

    /// How many entries share a flush and a commit.
    static let batch = 256
    /// How much of them is in memory together, in bytes.
    private static let memory = 32 << 20

    /// Delivers everything that is ready, and first what an earlier process had begun.
    ///
    /// - Returns: The number of entries delivered.
    func run() throws -> Int {
        var delivered = try publish(try store.read { try $0.outbox(in: [.staged], due: now) }, areOfEarlierRun: true)
        while notes?.leavesNoTime != true {
            // What fails now rests for a while, so that each round has other entries.
            let ready = try store.read { try $0.outbox(in: [.ready], due: now, limit: Self.batch) }
            if ready.isEmpty { return delivered }
            delivered += try publish(try stage(ready))
        }
        return delivered
    }

    /// Writes the files beside their places and notes that they are complete there.
    private func stage(_ items: [OutboxItem]) throws -> [OutboxItem] {
        var staged: [OutboxItem] = []
        var rest = try items.compactMap { item in try queue(for: item).map { (item, $0) } }[...]
        while !rest.isEmpty {
            let parcels = try store.read { try self.parcels(taking: &rest, in: $0) }
            for (parcel, obstacle) in zip(parcels, SideBySide.map(parcels) { $0.stage() }) {
                if let obstacle { try fail(parcel.item, obstacle) } else { staged.append(parcel.item) }
            }
        }
        let durable = try flushed(staged) { (queue) throws(FileError) in try queue.flushStaging() }
        // What a person has held or dropped in the meantime does not leave; its file stays where no reader looks.
        return try store.write { transaction in
            try durable.compactMap { item in
                var staged = item
                staged.stagedIn = place(of: item)?.description
                return try transaction.stage(outbox: item.id, in: staged.stagedIn) ? staged : nil
            }
        }
    }

    /// The next parcels that have room in memory together, at least one.
    private func parcels(taking rest: inout ArraySlice<(OutboxItem, OutboundQueue)>, in view: Snapshot) throws
        -> [Parcel]
    {
        var parcels: [Parcel] = []
        var size = 0
        while size <= Self.memory, let (item, queue) = rest.popFirst() {
            let parcel = Parcel(
                item: item, queue: queue, bytes: try view.bytes(ofOutbox: item.id) ?? [],
                attachments: item.hasAttachments ? try view.attachments(of: item.messageID) : [],
                facts: partners[queue.name] ?? PartnerFacts()
            )
            size += parcel.memory
            parcels.append(parcel)
        }
        return parcels
    }

    /// What leaves for one place.
    private struct Parcel: Sendable {
        let item: OutboxItem
        let queue: OutboundQueue
        let bytes: [UInt8]
        let attachments: [(name: String, bytes: [UInt8])]
        let facts: PartnerFacts

        var memory: Int { bytes.count + attachments.reduce(0) { $0 + $1.bytes.count } }

        /// Writes the files beside their place; returns why that cannot be, nil when it is done.
        func stage() -> Words? {
            do {
                if queue.layout == .plain {
                    try queue.stage(bytes, attachments: attachments, named: item.fileName)
                } else {
                    let parcel = OutgoingParcel(layout: queue.layout, facts: facts)
                    try queue.stage(
                        parcel.files(for: bytes, attachments: attachments, named: item.fileName), named: item.fileName)
                }
                return nil
            } catch let refusal as OutgoingParcel.Refusal {
                return refusal.reason
            } catch {
                return Words(String(describing: error))
            }
        }
    }

    /// Renames complete files into place and notes that they are there.
    private func publish(_ items: [OutboxItem], areOfEarlierRun: Bool = false) throws -> Int {
        guard !items.isEmpty else { return 0 }
        var published: [OutboxItem] = []
        for item in items {
            guard let queue = try queue(for: item) else { continue }
            do {
                switch whereabouts(of: item) {
                case .staged where try areOfEarlierRun && !isWhole(item, in: queue), .elsewhere:
                    // Its key has not left, so whoever reads there does not know of it.
                    try store.write { _ = try $0.move(outbox: item.id, from: .staged, to: .ready, at: now) }
                case .staged:
                    try queue.publish(item.fileName)
                    published.append(item)
                case .published:
                    published.append(item)
                case .unknown:
                    try fail(
                        item,
                        """
                        The folder in which it was made ready cannot be found; whether it was handed over there is not known.
                        """, isPlaceLost: true)
                }
            } catch let error as FileError {
                try fail(item, Words(error.description))
            }
        }
        let durable = try flushed(published) { (queue) throws(FileError) in try queue.flush() }
        try store.write { transaction in
            for item in durable {
                try transaction.move(outbox: item.id, from: .staged, to: .delivered, at: now)
                try noteHandOver(of: item, in: transaction)
                try transaction.audit(
                    "delivered", subject: "message:\(item.messageID)",
                    detail: "outbox \(item.id) to \(item.destination ?? "-")", by: "process", at: now
                )
            }
        }
        for (name, items) in Dictionary(grouping: durable, by: \.destination) {
            if let name { notes?.delivered(items.count, to: name) }
        }
        return durable.count
    }

    /// Whether nothing of a staged entry is lost: part of it may have been renamed into a folder that is gone since.
    private func isWhole(_ item: OutboxItem, in queue: OutboundQueue) throws -> Bool {
        let attachments = item.hasAttachments ? try store.read { try $0.attachmentNames(of: item.messageID) } : []
        let parcel = OutgoingParcel(layout: queue.layout, facts: PartnerFacts())
        return try queue.isWhole(item.fileName, parts: parcel.parts(attachments: attachments, named: item.fileName))
    }

    private func place(of item: OutboxItem) -> StagingPlace? {
        item.destination.flatMap { try? queues[$0]?.get() }?.stagingPlace
    }

    /// Where the files of a staged entry are.
    private enum Whereabouts {
        /// Where they were made ready, or renamed from there already.
        case staged
        /// Renamed into a place that the configuration does not name any more.
        case published
        /// Still in a place that the configuration does not name any more.
        case elsewhere
        case unknown
    }

    private func whereabouts(of item: OutboxItem) -> Whereabouts {
        guard let noted = item.stagedIn.flatMap(StagingPlace.init), let place = place(of: item) else { return .staged }
        if noted.isSame(as: place) { return .staged }
        return switch noted.holds(item.fileName) {
        case true?: .elsewhere
        case false?: .published
        case nil: .unknown
        }
    }

    // MARK: Access points

    private func noteHandOver(of item: OutboxItem, in transaction: Transaction) throws {
        guard case .success(let queue) = item.destination.flatMap({ queues[$0] }), queue.layout != .plain else {
            return
        }
        let facts = try transaction.view.bytes(ofOutbox: item.id).flatMap(OutgoingParcel.Facts.init)
        try transaction.noteHandOver(
            outbox: item.id, layout: queue.layout.rawValue, state: OutboundQueue.Sign.State.given.rawValue,
            as4MessageID: facts.flatMap { OutgoingParcel.messageID(in: queue.layout, of: $0) }, at: now
        )
    }

    /// Follows what the access points' own files tell of the messages that they were given.
    ///
    /// Files are dated by the machine's clock, whatever moment decisions are made at.
    func follow(at fileNow: Int = Int(SystemTime.now().millisecondsSinceEpoch / 1_000)) throws {
        typealias State = OutboundQueue.Sign.State
        for (name, result) in queues {
            guard case .success(let queue) = result, queue.layout != .plain else { continue }
            let open = State.allCases.filter { !queue.layout.isLastWord($0) }.map(\.rawValue)
            let waiting = try store.read { try $0.openHandOvers(to: name, in: open) }
            if waiting.isEmpty { continue }
            // A folder that cannot be read tells nothing; delivering to it says what is wrong.
            guard let signs = try? queue.signs(of: waiting.map(\.fileName), nowSeconds: fileNow) else { continue }
            let news = waiting.compactMap { entry in
                signs[entry.fileName].flatMap { $0.state.rawValue == entry.state ? nil : (entry, $0) }
            }
            if news.isEmpty { continue }
            try store.write { transaction in
                for (entry, sign) in news {
                    let isMoved = try transaction.move(
                        handOver: entry.outboxID, from: entry.state, to: sign.state.rawValue,
                        as4MessageID: sign.messageID, reason: sign.detail, at: now
                    )
                    guard isMoved else { continue }
                    try transaction.audit(
                        "transport", subject: "message:\(entry.messageID)",
                        detail: "outbox \(entry.outboxID) \(sign.state.rawValue)", by: "process", at: now
                    )
                }
            }
        }
    }

    // MARK: Failures

    /// The queue of an item, or a noted failure: a destination that is down fills only its own queue.
    private func queue(for item: OutboxItem) throws -> OutboundQueue? {
        switch item.destination.flatMap({ queues[$0] }) {
        case .success(let queue): return queue
        case .failure(let error): try fail(item, "The folder of the destination cannot be used: \(error, as: "error").")
        case nil: try fail(item, "The destination is not configured.")
        }
        return nil
    }

    private func fail(_ item: OutboxItem, _ reason: Words, isPlaceLost: Bool = false) throws {
        // What the configuration does not know is counted under no name of its own.
        notes?.failed(item.destination.flatMap { queues[$0] == nil ? nil : $0 } ?? "")
        try store.write { transaction in
            try transaction.noteFailure(outbox: item.id, reason: reason, at: now)
            if isPlaceLost { try transaction.notePlaceLost(outbox: item.id) }
        }
    }

    /// The items whose destination could be flushed; for the others the failure is noted and they are tried again.
    private func flushed(
        _ items: [OutboxItem],
        _ flush: (OutboundQueue) throws(FileError) -> Void
    ) throws -> [OutboxItem] {
        var failed: [String: FileError] = [:]
        for name in Set(items.compactMap(\.destination)) {
            do {
                if case .success(let queue) = queues[name] { try flush(queue) }
            } catch {
                failed[name] = error
            }
        }
        for item in items {
            if let error = item.destination.flatMap({ failed[$0] }) { try fail(item, Words(error.description)) }
        }
        return items.filter { $0.destination.map { failed[$0] == nil } ?? false }
    }
}

extension OutboxItem {
    /// Whether the attachments of its message travel along: what we answer or draft ourselves has none.
    fileprivate var hasAttachments: Bool { kind.document == nil }
}

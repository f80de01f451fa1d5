// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDQueue
internal import SEDStorage
internal import SEDXML

/// Claims on files before they are committed, and their way out of the folder afterwards.
extension Processor {
    /// Moves committed files out of their folder, and returns the names of those that could not be moved.
    ///
    /// A file that stays is offered again, recognised by its unacknowledged record, and has no second effect.
    func acknowledge(
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
                stuck.append(stays(file.offer, error))
            }
        }
        try queue.flush()
        try workspace.store.write { try $0.acknowledge(moved, at: clock()) }
        for identity in free { try claims.get().release(identity) }
        try note(stuck)
        return stuck.map(\.offer.name)
    }

    func stays(_ offer: InboundQueue.Offer, _ error: any Error) -> NotReady {
        let reason: Words = """
            The message is stored, but its file cannot be moved: \(String(describing: error), as: "error").
            """
        return NotReady(offer: offer, rule: .cannotAcknowledge, reason: reason)
    }

    /// The identity that the key of a message has now, if it is still the file that was read: its writer may have ended
    /// the last line, set its time, or gone on with what an access point tells of it.
    func present(_ file: JudgedFile, _ identity: Folder.Identity, in queue: InboundQueue) throws
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
            content.dropFirst(bytes.count).allSatisfy({ TextStart.isBlank($0) })
        else { return identity }
        return read
    }

    /// Notes acknowledgements that an earlier process had made on disk but not in the store.
    ///
    /// - Returns: The names of messages that are half moved and cannot be moved on.
    func finishAcknowledging(_ queue: InboundQueue, _ claims: Result<FileClaims, FileError>) throws
        -> Set<String>
    {
        let open = try workspace.store.read { try $0.unacknowledged(queue: queue.name) }
        var stuck: [NotReady] = []
        var gone: [Int64] = []
        var kept: Set<Folder.Identity> = []
        for message in open {
            let offer = queue.offer(named: message.fileName)
            if queue.layout != .plain, case .success(let claims) = claims {
                do {
                    if try finishMoving(message, offer, in: queue, claims) {
                        gone.append(message.id)
                        continue
                    }
                } catch let error as FileError {
                    stuck.append(stays(offer, error))
                }
            }
            if try !queue.contains(offer) { gone.append(message.id) }
            if let identity = try queue.identity(of: offer) { kept.insert(identity) }
        }
        try note(stuck)
        // A claim without a message is one whose transaction never came to its end.
        if case .success(let claims) = claims { try claims.releaseAll(except: kept) }
        if !gone.isEmpty { try workspace.store.write { try $0.acknowledge(gone, at: clock()) } }
        try forgetObstacles(of: queue)
        return Set(stuck.map(\.offer.name))
    }

    /// Forgets what stood in the way of files that have gone, and folders that can be entered again.
    func forgetObstacles(of queue: InboundQueue) throws {
        let cleared = try workspace.store.read { try $0.obstacles() }.filter { obstacle in
            let offer = queue.offer(named: obstacle.fileName)
            return try obstacle.queue == queue.name && (!queue.contains(offer) || queue.isWay(offer))
        }
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
    /// Products use a name again as soon as it is free. So what lies there is moved only where it is the very file that
    /// was read: else the files of one message would go with those of another one, or be judged with them. In doubt they
    /// stay; should they be the same message after all, it is read again and known by its digest or its identifier.
    ///
    /// - Returns: Whether none of its files is there any more, although others may have their names.
    private func finishMoving(
        _ message: StoredMessage, _ offer: InboundQueue.Offer, in queue: InboundQueue, _ claims: FileClaims
    ) throws -> Bool {
        guard let identity = try queue.identity(of: offer) else {
            try queue.removeEmptyFolder(of: offer)
            return false
        }
        let files = try workspace.store.read { try $0.files(of: message.id) }
        // Without them it is a message in one file, which is offered again and known by its digest.
        guard let key = files[offer.key] else { return false }
        let names = Set(files.keys).subtracting([offer.key])
        let parts = try names.filter { try queue.identity(of: $0, of: offer)?.sharedName == files[$0] }
        if key == identity.sharedName {
            // Its claim may have been removed by hand.
            guard try claims.take(identity) else { return false }
        } else {
            let isSame = try identity.isSameFile(asShared: key) && claims.isOurs(identity)
            guard try isSame && (parts == names || isToldAlike(message, offer, in: queue)) else { return parts.isEmpty }
        }
        _ = try queue.acknowledge(
            offer, parts: parts.sorted(), others: names.subtracting(parts), read: identity, number: message.id,
            toQuarantine: message.state == .quarantined
        )
        return false
    }

    /// Whether metadata that their writer has gone on with are still those of this message.
    ///
    /// The number of a file that has left is soon that of another file, so that it proves nothing by itself.
    private func isToldAlike(_ message: StoredMessage, _ offer: InboundQueue.Offer, in queue: InboundQueue) throws
        -> Bool
    {
        // There the identifier stands in the name alone, which the next message has as well.
        if queue.layout == .oxalis { return false }
        let stored = try workspace.store.read { try $0.transport(of: message.id) }
        return try stored?.messageID != nil && intake(for: queue).transport(of: offer) == stored
    }

    // MARK: Claims on files

    /// The claims of this workspace; where none can be made nothing is taken, and a full disk stops the intake.
    func openClaims(_ queue: InboundQueue) throws -> Result<FileClaims, FileError> {
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
    func claim(_ files: [JudgedFile], in queue: InboundQueue, _ claims: Result<FileClaims, FileError>) throws
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
}

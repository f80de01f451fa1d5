// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDCrypto
internal import SEDInspection
internal import SEDQueue
internal import SEDStorage
internal import SEDValidation
internal import SEDXML

/// Messages that come as metadata and payloads, see `docs/access-points.md`.
extension Intake {
    /// The largest metadata that are read.
    private static let metadataBytes = 4 << 20

    /// A file of the message as it was read.
    private struct Payload {
        let part: HandOver.Part
        let name: String
        /// Nil for what is larger than it may be.
        let bytes: [UInt8]?
        let size: Int
        let age: Int
        let identity: Folder.Identity

        /// Whether it is a text that begins as XML does.
        var looksLikeXML: Bool { bytes.map(TextStart.beginsLikeXML) ?? false }
    }

    /// Why the files of a message cannot be taken now.
    private struct Hindrance: Error {
        let outcome: Outcome
    }

    func takeHandOver(_ offer: InboundQueue.Offer, now: Int) -> Outcome {
        let outcome: Outcome
        do {
            outcome = try takeWhole(offer, now: now)
        } catch let hindrance as Hindrance {
            outcome = hindrance.outcome
        } catch {
            outcome = unreadable(offer, error)
        }
        // What the access point is about to delete is told while there is time.
        guard case .notReady(let obstacle) = outcome, let limit = purgedAfterSeconds,
            let age = (try? queue.identity(of: offer))?.secondsOld(at: now), 2 * age >= limit
        else { return outcome }
        return .notReady(
            NotReady(
                offer: offer, rule: .soonDeleted,
                reason: """
                    The access point deletes this message \(limit, as: "limit") s after it came, and it cannot be taken \
                    yet: \(obstacle.reason, as: "reason")
                    """,
                stoodStillFor: obstacle.stoodStillFor
            )
        )
    }

    private func takeWhole(_ offer: InboundQueue.Offer, now: Int) throws -> Outcome {
        let (metadata, age, identity) = try readMetadata(of: offer, now: now)
        let handOver: HandOver
        switch MetadataReader.read(metadata, of: offer, in: queue.layout) {
        case .read(let read): handOver = read
        case .incomplete: return incomplete(offer, offer.key)
        case .foreign: return age < incompleteAfterSeconds ? .leftAlone : .stray(offer)
        case .unusable(let reason): return notReady(offer, .unusableHandOver, reason)
        }
        if handOver.parts.count > attachmentLimit + 1 { return tooManyAttachments(offer) }
        let payloads = try readParts(of: handOver, offer, isSettled: age >= settledAfterSeconds, now: now)
        // Nothing proves the end of a file whose writer died; only time tells that it is not coming.
        let stillFor = payloads.map(\.age).min().map { min($0, age) } ?? age
        let isStill = stillFor >= incompleteAfterSeconds
        if payloads.count < handOver.parts.count, !isStill {
            return incomplete(offer, missing(handOver, payloads), stillFor)
        }
        guard let message = choose(among: payloads) else {
            if isStill {
                return notReady(offer, .unusableHandOver, "None of the files that the metadata name is a message.")
            }
            let unfinished = payloads.first { !isComplete($0) }?.name
            return incomplete(offer, unfinished ?? missing(handOver, payloads), stillFor)
        }
        let files = payloads.map { JudgedFile.PartFile(name: $0.name, identity: $0.identity) }
        guard let bytes = message.bytes, message.size <= Self.largestFile else {
            if queue.layout.writesPartsInPlace, !isStill { return incomplete(offer, message.name, stillFor) }
            var file = setAside(offer, size: message.size, identity: identity)
            file.transport = handOver.transport
            file.parts = files
            return .judged(file)
        }
        var attachments: [InboundQueue.Attachment] = []
        var cutShort: Set<String> = []
        for payload in payloads where payload.name != message.name {
            // Two parts may come to one name; each is kept.
            let own = Self.attachmentName(of: payload.part, file: payload.name)
            let isTaken = attachments.contains { $0.name == own }
            let name = isTaken ? Self.name(own, apart: attachments.count + 1) : own
            if queue.layout.writesPartsInPlace, !isComplete(payload) {
                if !isStill { return incomplete(offer, payload.name, stillFor) }
                cutShort.insert(name)
            }
            attachments.append(.init(name: name, bytes: payload.bytes))
        }
        let judgement = validator.judge(
            bytes, attachments: attachments.map { Self.description(of: $0, isCutShort: cutShort.contains($0.name)) },
            own: institutions
        )
        if judgement.isTruncated, !isStill { return incomplete(offer, message.name, stillFor) }
        return .judged(
            JudgedFile(
                offer: offer, identity: identity, bytes: bytes, size: bytes.count,
                digest: SHA256Digest(of: bytes).description, attachments: attachments, judgement: judgement,
                transport: handOver.transport, parts: files
            )
        )
    }

    /// What the metadata of a message say now of how it travelled; nil where they cannot be read.
    func transport(of offer: InboundQueue.Offer) -> Transport? {
        guard case .content(let bytes, _, _) = queue.read(offer, limit: Self.metadataBytes, nowSeconds: 0),
            case .read(let handOver) = MetadataReader.read(bytes, of: offer, in: queue.layout)
        else { return nil }
        return handOver.transport
    }

    // MARK: Reading

    private func readMetadata(of offer: InboundQueue.Offer, now: Int) throws -> ([UInt8], Int, Folder.Identity) {
        // An envelope and a payload may bear names alike; which it is only its content tells.
        let limit = queue.layout == .as4NET ? Self.largestFile : Self.metadataBytes
        switch queue.read(offer, limit: limit, nowSeconds: now) {
        case .content(let bytes, let age, let identity):
            return (bytes, age, identity)
        case .vanished where try queue.isAmbiguous(offer):
            let reason: Words = """
                Two folders have names that are not UTF-8 and look alike, so that neither can be told from the other.
                """
            throw Hindrance(outcome: notReady(offer, .unreadableFile, reason))
        case .vanished where offer.key.unicodeScalars.contains("\u{FFFD}"):
            throw Hindrance(
                outcome: notReady(
                    offer, .unreadableFile, "The file's name is not UTF-8, so that it cannot be opened.")
            )
        case .vanished:
            throw Hindrance(
                outcome: try queue.contains(offer) ? incomplete(offer, offer.key) : .vanished(offer))
        case .notAFile:
            throw Hindrance(outcome: notReady(offer, .notAFile, "This name is not a regular file."))
        case .tooLarge(_, let identity) where queue.layout == .as4NET:
            let isOld = identity.secondsOld(at: now) >= incompleteAfterSeconds
            throw Hindrance(outcome: isOld ? .stray(offer) : .leftAlone)
        case .tooLarge(let size, _):
            throw Hindrance(
                outcome: notReady(
                    offer, .unusableHandOver,
                    "The metadata have \(size, as: "count") bytes; the limit is \(limit, as: "limit").")
            )
        case .changing:
            throw Hindrance(outcome: notReady(offer, .fileIncomplete, "The file is being written."))
        case .unreadable(let error):
            throw Hindrance(outcome: unreadable(offer, error))
        }
    }

    private static let foreignKey: Words = "The metadata name the metadata of another message as a file of this one."

    /// The files that are there, in the order of the metadata.
    private func readParts(of handOver: HandOver, _ offer: InboundQueue.Offer, isSettled: Bool, now: Int) throws
        -> [Payload]
    {
        var payloads: [Payload] = []
        var room = Self.attachmentBytes
        // What has no name is looked for among those that are there, which are listed once.
        let neighbours =
            handOver.parts.contains { $0.file == nil }
            ? try queue.neighbours(of: offer, limit: attachmentLimit + 2) : []
        let named = Set(handOver.parts.compactMap(\.file))
        for part in handOver.parts {
            guard let name = try name(of: part, offer, named, neighbours, isSettled: isSettled) else { continue }
            if name == offer.key || payloads.contains(where: { $0.name == name }) {
                throw Hindrance(
                    outcome: notReady(
                        offer, .unusableHandOver,
                        "The metadata give two files the same name; one has replaced the other."
                    )
                )
            }
            if queue.layout.isKey(name, beside: offer) {
                throw Hindrance(outcome: notReady(offer, .unusableHandOver, Self.foreignKey))
            }
            switch queue.read(name, of: offer, limit: room, nowSeconds: now) {
            case .content(let bytes, let age, let identity):
                // There payloads and envelopes have names alike, and only what stands in a file tells.
                if queue.layout == .as4NET, case .read = MetadataReader.read(bytes, of: offer, in: .as4NET) {
                    throw Hindrance(outcome: notReady(offer, .unusableHandOver, Self.foreignKey))
                }
                room -= bytes.count
                payloads.append(
                    Payload(part: part, name: name, bytes: bytes, size: bytes.count, age: age, identity: identity))
            case .tooLarge(let size, let identity):
                payloads.append(
                    Payload(
                        part: part, name: name, bytes: nil, size: size, age: identity.secondsOld(at: now),
                        identity: identity)
                )
            case .vanished:
                continue
            case .changing:
                throw Hindrance(outcome: incomplete(offer, name))
            case .notAFile:
                throw Hindrance(outcome: notReady(offer, .notAFile, "This name is not a regular file."))
            case .unreadable(let error):
                throw Hindrance(outcome: unreadable(offer, error))
            }
        }
        return payloads
    }

    /// The name of a part in the folder; nil where nothing there can be it.
    private func name(
        of part: HandOver.Part,
        _ offer: InboundQueue.Offer,
        _ named: Set<String>,
        _ neighbours: [String],
        isSettled: Bool
    ) throws -> String? {
        guard let file = part.file else { return part.stem.flatMap { Self.file(beginningWith: $0, among: neighbours) } }
        guard let other = part.otherFile, !named.contains(other), !queue.layout.isKey(other, beside: offer) else {
            return file
        }
        // While parts may still come, a file of the other name may be another message's.
        if queue.layout.writesPartsInPlace, !isSettled { return file }
        guard try queue.identity(of: other, of: offer) != nil else { return file }
        guard try queue.identity(of: file, of: offer) != nil else { return other }
        if offer.hasFolder { return file }
        throw Hindrance(
            outcome: notReady(
                offer, .unusableHandOver,
                "A name in the metadata may mean two files, with and without the escapes of a URI, and both are there."
            )
        )
    }

    /// The one file whose name is `stem`, with or without an extension of the access point's choice.
    private static func file(beginningWith stem: String, among names: [String]) -> String? {
        let found = names.filter { name in
            name == stem || (name.hasPrefix(stem + ".") && !name.dropFirst(stem.count + 1).contains("."))
        }
        return found.count == 1 ? found[0] : nil
    }

    // MARK: Judging what is there

    /// Which of the files is the message: the one that the metadata call so, else the only XML, else the only envelope.
    private func choose(among payloads: [Payload]) -> Payload? {
        if let named = payloads.first(where: { $0.part.isMessage }) { return named }
        let texts = payloads.filter(\.looksLikeXML)
        if texts.count == 1 { return texts[0] }
        return texts.first { text in
            guard let tree = try? XMLTree(parsing: text.bytes ?? []) else { return false }
            return tree.localName(of: tree.root) == "StandardBusinessDocument"
        }
    }

    /// Whether a file that is written in place has all its bytes, as far as that can be told.
    private func isComplete(_ payload: Payload) -> Bool {
        // What is too large to be read is not judged at all.
        guard let bytes = payload.bytes else { return payload.age >= settledAfterSeconds }
        if TextStart.isYetToCome(in: bytes) { return false }
        if payload.looksLikeXML {
            do {
                _ = try XMLTree(parsing: bytes)
            } catch {
                return !error.isTruncated
            }
            return true
        }
        return payload.age >= settledAfterSeconds && FileEnding.isThere(in: bytes) != false
    }

    /// `NAME.pdf` becomes `NAME.2.pdf`: what stands before the first point still says which attachment it is.
    private static func name(_ name: String, apart number: Int) -> String {
        guard let point = name.lastIndex(of: ".") else { return "\(name).\(number)" }
        return "\(name[..<point]).\(number)\(name[point...])"
    }

    /// The name by which the manifest may know an attachment: its identifier, else the name of the file.
    private static func attachmentName(of part: HandOver.Part, file: String) -> String {
        let candidates = (part.names + [file]).compactMap(MetadataReader.lastName)
        for candidate in candidates {
            let stem = candidate.split(whereSeparator: { $0 == "." || $0 == "@" }).first.map(String.init) ?? candidate
            guard UniqueID(parsing: stem) != nil else { continue }
            let ending = file.split(separator: ".").dropFirst().last.map { ".\($0)" } ?? ""
            return stem + ending
        }
        return candidates.last ?? file
    }

    private func missing(_ handOver: HandOver, _ payloads: [Payload]) -> String {
        let there = Set(payloads.map(\.part))
        let part = handOver.parts.first { !there.contains($0) }
        return part?.file ?? part?.stem ?? "-"
    }

    private func incomplete(_ offer: InboundQueue.Offer, _ file: String, _ stoodStillFor: Int? = nil) -> Outcome {
        .notReady(
            NotReady(
                offer: offer, rule: .fileIncomplete,
                reason: "The message is not complete: \(file, as: "file") is missing or still written.",
                stoodStillFor: stoodStillFor
            )
        )
    }

    private func unreadable(_ offer: InboundQueue.Offer, _ error: any Error) -> Outcome {
        notReady(
            offer, .unreadableFile, "The file cannot be read: \(String(describing: error), as: "error").")
    }
}

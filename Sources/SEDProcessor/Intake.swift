// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
internal import SEDCrypto
internal import SEDQueue
internal import SEDStorage
internal import SEDValidation
internal import SEDXML

/// A file that was read from an inbound folder and judged; nothing has been changed for it yet.
struct JudgedFile: Sendable {
    let offer: InboundQueue.Offer
    /// Nil for a message that this program wrote.
    let identity: Folder.Identity?
    /// Nil for a file that is larger than any message may be.
    let bytes: [UInt8]?
    let size: Int
    let digest: String
    let judgement: Judgement
    /// What an access point says of it; nil where none did.
    var transport: Transport?
    /// The files beside the key, as they were when they were read.
    var parts: [PartFile]
    /// Whether the process has died of it, so that it was not judged.
    let isDeadly: Bool
    /// Whether an earlier process may have died of it, so that it is committed alone.
    var isSuspect = false
    /// The SHA-256 of the SED alone, from its start tag to the end of what the envelope holds.
    let contentDigest: String?
    /// The attachments that could be read, as the store keeps them.
    let kept: [NewMessage.Attachment]
    /// What rules about the case ask for, as the store keeps it.
    let facts: Result<NewMessage.Facts, any Error>

    struct PartFile: Hashable, Sendable {
        let name: String
        let identity: Folder.Identity
    }

    /// Files are judged side by side and committed one after the other, so that digests and encodings are made here.
    init(
        offer: InboundQueue.Offer,
        identity: Folder.Identity?,
        bytes: [UInt8]?,
        size: Int,
        digest: String,
        attachments: [InboundQueue.Attachment],
        judgement: Judgement,
        transport: Transport? = nil,
        parts: [PartFile] = [],
        isDeadly: Bool = false
    ) {
        self.offer = offer
        self.identity = identity
        self.bytes = bytes
        self.size = size
        self.digest = digest
        self.judgement = judgement
        self.transport = transport
        self.parts = parts
        self.isDeadly = isDeadly
        contentDigest = bytes.flatMap(judgement.contentDigest)
        kept = attachments.compactMap { attachment in
            attachment.bytes.map {
                .init(name: attachment.name, digest: SHA256Digest(of: $0).description, bytes: $0)
            }
        }
        facts = Result { try NewMessage.Facts(judgement.facts.caseFacts) }
    }

    /// What the file keeps in memory until it is committed.
    var memory: Int { size + kept.reduce(0) { $0 + $1.bytes.count } }

    /// The files as they were, by their names, of a message that came in several.
    var files: [String: String] {
        guard let identity, !parts.isEmpty else { return [:] }
        var files = [offer.key: identity.sharedName]
        for part in parts { files[part.name] = part.identity.sharedName }
        return files
    }

    /// Whether the first of two waiting files should be committed first.
    ///
    /// Messages that wait together are taken in the order in which they were made, as far as their envelopes say so:
    /// fewer of them then have to wait for each other.
    static func precedes(_ left: JudgedFile, _ right: JudgedFile) -> Bool {
        let never = Instant(millisecondsSinceEpoch: .max)
        func made(_ file: JudgedFile) -> Instant {
            file.judgement.envelope.flatMap { Instant(parsing: $0.createdAt) } ?? never
        }
        return (made(left), left.offer.name) < (made(right), right.offer.name)
    }
}

extension Judgement {
    /// The SHA-256 of the SED alone in the bytes that were judged; nil without envelope.
    func contentDigest(of bytes: [UInt8]) -> String? {
        contentRange.map { SHA256Digest(of: Array(bytes[$0])).description }
    }
}

/// Why an offered file cannot be taken now; it stays where it is, and the queue goes on.
struct NotReady: Sendable {
    let offer: InboundQueue.Offer
    let rule: RuleID
    let reason: Words
    /// For what may still be written: how long it has stood still, in seconds.
    var stoodStillFor: Int?
}

/// Finds, reads and judges: the part of the pipeline that changes nothing.
struct Intake: Sendable {
    let queue: InboundQueue
    let validator: Validator
    /// Our institutions: what they send is judged as going out.
    let institutions: Set<InstitutionID>
    let incompleteAfterSeconds: Int
    /// How long a binary file must have stood still that its writer writes in place, in seconds.
    var settledAfterSeconds = 60
    /// After how long the access point deletes what nobody has read, in seconds; nil where it does not.
    var purgedAfterSeconds: Int?

    /// The largest file that is read into memory at all; larger ones are set aside unread.
    static let largestFile = ParsingLimits.standard.bytes
    /// What the attachments of one message may hold together.
    static let attachmentBytes = 256 << 20
    /// How many there may be.
    var attachmentLimit = Configuration.attachmentLimitDefault

    enum Outcome: Sendable {
        case judged(JudgedFile)
        case notReady(NotReady)
        case vanished(InboundQueue.Offer)
        /// It is no message of its own, and nothing is wrong with it.
        case leftAlone
        /// The same, and it has lain there for long although it belongs to a message.
        case stray(InboundQueue.Offer)
    }

    /// Reads and judges one file; `now` is seconds since 1970 of the file system's clock, which dates the files.
    func take(_ offer: InboundQueue.Offer, now: Int) -> Outcome {
        if queue.layout != .plain { return takeHandOver(offer, now: now) }
        switch queue.read(offer, limit: Self.largestFile, nowSeconds: now) {
        case .vanished where offer.name.unicodeScalars.contains("\u{FFFD}"):
            let reason: Words = "The file's name is not UTF-8, so that it cannot be opened."
            return .notReady(NotReady(offer: offer, rule: .unreadableFile, reason: reason))
        case .vanished:
            return .vanished(offer)
        case .notAFile:
            return .notReady(NotReady(offer: offer, rule: .notAFile, reason: "This name is not a regular file."))
        case .unreadable(let error):
            return .notReady(
                NotReady(offer: offer, rule: .unreadableFile, reason: "The file cannot be read: \(error, as: "error").")
            )
        case .changing:
            return .notReady(NotReady(offer: offer, rule: .fileIncomplete, reason: "The file is being written."))
        case .tooLarge(let size, let identity):
            let age = identity.secondsOld(at: now)
            if age < incompleteAfterSeconds {
                let reason: Words = """
                    The file has \(size, as: "count") bytes, more than a message may have; it may still be written.
                    """
                return .notReady(
                    NotReady(offer: offer, rule: .fileIncomplete, reason: reason, stoodStillFor: age))
            }
            return .judged(setAside(offer, size: size, identity: identity))
        case .content(let bytes, let age, let identity):
            return judge(offer, bytes, age: age, identity: identity)
        }
    }

    func notReady(_ offer: InboundQueue.Offer, _ rule: RuleID, _ reason: Words) -> Outcome {
        .notReady(NotReady(offer: offer, rule: rule, reason: reason))
    }

    private func judge(
        _ offer: InboundQueue.Offer,
        _ bytes: [UInt8],
        age: Int,
        identity: Folder.Identity
    ) -> Outcome {
        let attachments: [InboundQueue.Attachment]
        do {
            guard let found = try queue.attachments(of: offer, limit: Self.attachmentBytes, count: attachmentLimit)
            else { return tooManyAttachments(offer) }
            attachments = found
        } catch {
            return .notReady(
                NotReady(
                    offer: offer, rule: .unreadableFile,
                    reason: "The attachments cannot be read: \(String(describing: error), as: "error").")
            )
        }
        let judgement = validator.judge(
            bytes, attachments: attachments.map { Self.description(of: $0) }, own: institutions
        )
        // A text that merely stops early may still be growing. It is judged for good once it has stood still.
        if judgement.isTruncated, age < incompleteAfterSeconds {
            return .notReady(
                NotReady(
                    offer: offer, rule: .fileIncomplete,
                    reason:
                        """
                        The file stops early after \(bytes.count, as: "count") bytes; it may still be written.
                        """,
                    stoodStillFor: age
                )
            )
        }
        return .judged(
            JudgedFile(
                offer: offer, identity: identity, bytes: bytes, size: bytes.count,
                digest: SHA256Digest(of: bytes).description,
                attachments: attachments, judgement: judgement
            )
        )
    }

    func tooManyAttachments(_ offer: InboundQueue.Offer) -> Outcome {
        notReady(
            offer, .unusableHandOver,
            """
            The message has more attachments than the \(attachmentLimit, as: "limit") that one may have; the \
            configuration can allow more (attachmentLimit).
            """
        )
    }

    func setAside(_ offer: InboundQueue.Offer, size: Int, identity: Folder.Identity) -> JudgedFile {
        JudgedFile(
            offer: offer, identity: identity, bytes: nil, size: size, digest: "unread-\(size)", attachments: [],
            judgement: validator.judgement(ofUnreadBytes: size)
        )
    }

    /// A file that the process has died of twice: its bytes are kept, and nobody looks at them.
    ///
    /// With an identity they are not even read, which may be deadly; then they are in the moved file alone.
    func setAsideAsDeadly(_ offer: InboundQueue.Offer, unread: Folder.Identity?, now: Int) -> Outcome {
        let finding = Diagnostic(rule: .deadly, severity: .error, message: Self.deadlyReason)
        let judgement = validator.judgement(withoutReading: finding)
        if let identity = unread {
            return .judged(
                JudgedFile(
                    offer: offer, identity: identity, bytes: nil, size: identity.size,
                    digest: "unread-\(identity.size)", attachments: [], judgement: judgement, isDeadly: true
                )
            )
        }
        switch queue.read(offer, limit: Self.largestFile, nowSeconds: now) {
        case .content(let bytes, _, let identity):
            let beside =
                (try? queue.attachments(of: offer, limit: Self.attachmentBytes, count: attachmentLimit)) ?? []
            return .judged(
                JudgedFile(
                    offer: offer, identity: identity, bytes: bytes, size: bytes.count,
                    digest: SHA256Digest(of: bytes).description, attachments: queue.layout == .plain ? beside : [],
                    judgement: judgement, isDeadly: true
                )
            )
        case .tooLarge(let size, let identity):
            return .judged(setAside(offer, size: size, identity: identity))
        case .vanished:
            return .vanished(offer)
        case .notAFile:
            return notReady(offer, .notAFile, "This name is not a regular file.")
        case .changing:
            return notReady(offer, .fileIncomplete, "The file is being written.")
        case .unreadable(let error):
            return notReady(offer, .unreadableFile, "The file cannot be read: \(error, as: "error").")
        }
    }

    static let deadlyReason: Words = "The program has died twice while it worked on this message, so it was not judged."

    static func description(of attachment: InboundQueue.Attachment, isCutShort: Bool = false) -> ReceivedAttachment {
        let stem = attachment.name.split(separator: ".").first.map(String.init) ?? attachment.name
        return ReceivedAttachment(
            identifier: UniqueID(parsing: stem), name: attachment.name, size: attachment.bytes?.count ?? 0,
            head: Array(attachment.bytes?.prefix(8) ?? []), isUnreadable: attachment.bytes == nil,
            isCutShort: isCutShort
        )
    }
}

/// Findings of the pipeline itself. `docs/findings.md` describes each.
extension RuleID {
    package static let notAFile: RuleID = "SYS-002"
    package static let unreadableFile: RuleID = "SYS-003"
    package static let fileIncomplete: RuleID = "SYS-004"
    package static let notOurs: RuleID = "SYS-005"
    package static let noEnvelope: RuleID = "SYS-006"
    package static let cannotAcknowledge: RuleID = "SYS-007"
    package static let noException: RuleID = "SYS-009"
    package static let noResend: RuleID = "SYS-010"
    package static let unusableHandOver: RuleID = "SYS-011"
    package static let soonDeleted: RuleID = "SYS-012"
    package static let deadly: RuleID = "SYS-013"
}

// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
package import SEDCases
package import SEDCore

/// Where a message stands; the transitions between the states are all in `Transaction`.
package enum MessageState: String, Hashable, Sendable, CaseIterable {
    /// Placed in its case, or handed on.
    case done
    /// Waits for another message or for a person.
    case pending
    /// Could not be read as a message, or failed before it could be placed; kept with its bytes and reason.
    case quarantined
    /// Its waiting ended without a place: an exception was drafted.
    case rejected
    case duplicate
    /// A person has taken it out of its queue, or had it judged anew under another number.
    case dropped
}

/// A message to be stored with all that is known of it.
package struct NewMessage: Sendable {
    package var queue: String
    package var fileName: String
    package var digest: String
    /// Nil for a file too large to keep in the store; it stays in the quarantine folder.
    package var bytes: [UInt8]?
    package var size: Int
    package var receivedAt: Instant
    package var way: Way
    package var envelope: Envelope?
    package var sed: SEDType?
    package var verdict: Verdict
    package var disposition: Disposition
    package var state: MessageState
    package var rule: RuleID?
    package var reason: Words?
    package var route: String?
    package var contexts: Set<String>?
    package var about: SEDType?
    package var addedInstitution: InstitutionID?
    package var removedInstitution: InstitutionID?
    /// Of the SED alone, without its envelope.
    package var contentDigest: String?
    /// What rules about the case ask for.
    package var facts: Facts?
    /// How many findings of the report come from the document alone.
    package var documentFindings = 0
    /// What has judged it, and as what.
    package var edition: Edition?
    package var direction: MessageDirection?

    /// Facts in the form in which they are stored, made before a transaction begins.
    package struct Facts: Sendable {
        /// Nil where there are none.
        let json: String?

        package init(_ facts: [CaseFact]) throws {
            if facts.isEmpty {
                json = nil
                return
            }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            json = String(decoding: try encoder.encode(facts), as: UTF8.self)
        }
    }

    /// The message as an institution of ours sees it once it is stored under a number; nil when it is none of its cases.
    package func entry(numbered number: Int64, of institution: InstitutionID, ours: Set<InstitutionID>) -> StoredEntry?
    {
        let facts = CaseEntry.DocumentFacts(
            contexts: contexts, about: about, added: addedInstitution, removed: removedInstitution,
            contentDigest: contentDigest
        )
        return envelope.flatMap {
            CaseEntry(
                number: number, receivedAt: receivedAt, stored: way, $0, facts, of: institution, ours: ours
            )
        }.map { StoredEntry(entry: $0, state: state, rule: rule) }
    }

    package struct Attachment: Sendable {
        let name: String
        /// The SHA-256 of the bytes.
        let digest: String
        package let bytes: [UInt8]

        package init(name: String, digest: String, bytes: [UInt8]) {
            self.name = name
            self.digest = digest
            self.bytes = bytes
        }
    }

    package init(
        queue: String,
        fileName: String,
        digest: String,
        bytes: [UInt8]?,
        size: Int,
        receivedAt: Instant,
        verdict: Verdict,
        disposition: Disposition,
        state: MessageState
    ) {
        self.queue = queue
        self.fileName = fileName
        self.digest = digest
        self.bytes = bytes
        self.size = size
        self.receivedAt = receivedAt
        way = .received
        self.verdict = verdict
        self.disposition = disposition
        self.state = state
    }
}

/// A stored message without its bytes.
package struct StoredMessage: Hashable, Sendable {
    package let id: Int64
    package let queue: String
    package let fileName: String
    package let digest: String
    package let size: Int
    package let receivedAt: Instant
    package let way: Way
    package let sender: InstitutionID?
    package let receiver: InstitutionID?
    package let instance: UniqueID?
    package let sed: SEDType?
    package let caseID: UniqueID?
    package let verdict: Verdict
    package let disposition: Disposition
    package let state: MessageState
    package let rule: RuleID?
    package let reason: Words?
    package let route: String?
    package let attempts: Int
    package let contexts: Set<String>?
    package let about: SEDType?
    package let addedInstitution: InstitutionID?
    package let removedInstitution: InstitutionID?
    package let contentDigest: String?
    package let isAcknowledged: Bool
    /// Whether a person holds it back.
    package let isHeld: Bool
    /// Whether a person has taken it out of its case, for now or for good.
    package var isTakenOut: Bool { isHeld || state == .dropped }

    /// When it lost its place; nil unless it had one and waits.
    package let displacedAt: Instant?

    /// Since when it waits for a place.
    package var waitsSince: Instant { displacedAt ?? receivedAt }
}

/// Which case: the same identifier may be that of several institutions of ours.
package struct CaseKey: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let id: UniqueID
    package let institution: InstitutionID

    package init(id: UniqueID, institution: InstitutionID) {
        self.id = id
        self.institution = institution
    }

    package var description: String { "\(id) of \(institution)" }

    package static func < (left: Self, right: Self) -> Bool {
        (left.id, left.institution) < (right.id, right.institution)
    }
}

/// One case as this side sees it.
package struct StoredCase: Hashable, Sendable {
    package let key: CaseKey
    package let buc: BUCType
    package let version: CDMVersion
    package let role: CaseRole
    package let state: StateID
    package let createdAt: Instant
    package let updatedAt: Instant
}

/// A case in a listing.
package struct CaseSummary: Hashable, Sendable {
    package let stored: StoredCase
    /// SEDs placed in the case, versions of one SED once.
    package let documents: Int
    package let pending: Int
}

/// One line of a case's history.
package struct StoredStep: Hashable, Sendable {
    package let number: Int
    package let at: Instant
    package let messageID: Int64
    package let thread: Int
    package let step: CaseStep
}

/// A message of a case, with where it stands.
package struct StoredEntry: Hashable, Sendable {
    package let entry: CaseEntry
    package let state: MessageState
    package let rule: RuleID?
}

/// What an outbox entry is for.
package enum OutboxKind: String, Hashable, Sendable {
    /// An accepted message for an outbound folder.
    case delivery
    /// An X050 that answers a message without a place.
    case exception
    /// An X001 that closes a case whose clock has run out.
    case closing
    /// A document of ours that goes again to an institution that has joined its case.
    case resend

    /// The document that an entry of this kind holds; nil where it is that of the message itself.
    package var document: String? {
        switch self {
        case .delivery, .resend: nil
        case .exception: "X050"
        case .closing: "X001"
        }
    }
}

/// Where an outbox entry stands.
package enum OutboxState: String, Hashable, Sendable {
    /// Written by us, waits for a person to release it.
    case draft
    case ready
    /// Complete beside its place; only the rename is missing.
    case staged
    case delivered
    /// No route names a destination.
    case unrouted
    /// A draft whose reason has gone: the message it answers found its place after all, or the clock was stopped.
    case withdrawn
    /// It should leave, but no valid message can be made of it; a person has to look.
    case faulty
    /// A person holds it back.
    case held
    /// A person has let the draft become a message of its own.
    case released
    /// A person has taken it out: it never leaves.
    case dropped
}

/// Something that leaves.
package struct OutboxItem: Hashable, Sendable {
    package let id: Int64
    package let kind: OutboxKind
    package let messageID: Int64
    /// Whom a message that goes again is for; nil for what has the receiver of its message.
    package let receiver: InstitutionID?
    package let destination: String?
    package let fileName: String
    package let state: OutboxState
    package let attempts: Int
    package let reason: Words?
    package let createdAt: Instant
    /// The case that the message would close.
    package let closes: CaseKey?
    /// The folder in which the files of a staged entry lie; nil for what an earlier version staged.
    package var stagedIn: String?
    /// Whether that folder was not found.
    package let isPlaceLost: Bool
}

/// A file that waits in an inbound folder and cannot be taken yet.
package struct Obstacle: Hashable, Sendable {
    package let queue: String
    package let fileName: String
    package let rule: RuleID
    package let reason: Words
    package let firstSeen: Instant
    package let attempts: Int
}

/// One act, as the audit trail keeps it.
package struct AuditEntry: Hashable, Sendable {
    package let number: Int64
    package let at: Instant
    package let actor: String
    package let act: String
    package let subject: String
    package let detail: String
}

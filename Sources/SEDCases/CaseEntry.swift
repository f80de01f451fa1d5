// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// A message of a case as one institution of ours sees it, reduced to what its place depends on.
package struct CaseEntry: Hashable, Sendable {
    /// Counts messages in the order of their arrival.
    package let number: Int64
    /// When its sender made it, as the envelope states it.
    package let createdAt: String
    package let receivedAt: Instant
    /// The way that the message travelled.
    package let way: Way
    package let ours: EnvelopeParty
    package let theirs: EnvelopeParty
    package let buc: BUCType
    package let version: CDMVersion
    /// What it is to the tables; its way is that of the document, which a hand-over turns round.
    package let event: CaseEvent
    /// Whether it hands the document of a forwarding participant to its successor (AD_BUC_05).
    package let isForward: Bool
    /// The institution that X005, X007 or X100 brings in.
    package let added: InstitutionID?
    /// The institution that X006, X007 or X100 takes out.
    package let removed: InstitutionID?
    /// Of the SED alone, which stays the same when it is sent again in another envelope.
    package let contentDigest: String?
    /// Its place among the messages of the case.
    package let order: CaseOrder

    package init(
        number: Int64,
        createdAt: String,
        receivedAt: Instant,
        way: Way,
        ours: EnvelopeParty,
        theirs: EnvelopeParty,
        buc: BUCType,
        version: CDMVersion,
        event: CaseEvent,
        isForward: Bool = false,
        added: InstitutionID? = nil,
        removed: InstitutionID? = nil,
        contentDigest: String? = nil
    ) {
        self.number = number
        self.createdAt = createdAt
        self.receivedAt = receivedAt
        self.way = way
        self.ours = ours
        self.theirs = theirs
        self.buc = buc
        self.version = version
        self.event = event
        self.isForward = isForward
        self.added = added
        self.removed = removed
        self.contentDigest = contentDigest
        order = CaseOrder(createdAt: createdAt, number: number)
    }

    /// What is read from the document of a message for its place.
    package struct DocumentFacts: Hashable, Sendable {
        package let contexts: Set<String>?
        package let about: SEDType?
        package let added: InstitutionID?
        package let removed: InstitutionID?
        package let contentDigest: String?

        package init(
            contexts: Set<String>?,
            about: SEDType?,
            added: InstitutionID?,
            removed: InstitutionID?,
            contentDigest: String?
        ) {
            self.contexts = contexts
            self.about = about
            self.added = added
            self.removed = removed
            self.contentDigest = contentDigest
        }
    }

    /// A message that was stored as `way`, as an institution of ours sees it; nil when it is none of its cases.
    package init?(
        number: Int64,
        receivedAt: Instant,
        stored way: Way,
        _ envelope: Envelope,
        _ facts: DocumentFacts,
        of institution: InstitutionID,
        ours: Set<InstitutionID>
    ) {
        let (sender, receiver) = (envelope.sender, envelope.receiver)
        let seen: Way
        if (way == .sent ? sender : receiver).institution == institution {
            seen = way
        } else if way == .received, sender.institution == institution, ours.contains(institution) {
            // A message between two institutions of ours belongs to the cases of both.
            seen = .sent
        } else {
            return nil
        }
        let event = CaseEvent(
            // A forwarding participant hands over its own documents, and its successor treats them as its own.
            way: envelope.action.isForward ? .sent : seen, sed: envelope.sed, set: envelope.set.text,
            version: envelope.documentVersion, isUpdate: envelope.action == .update, contexts: facts.contexts,
            about: facts.about, aboutSet: envelope.relatedSet?.text
        )
        self.init(
            number: number, createdAt: envelope.createdAt, receivedAt: receivedAt, way: seen,
            ours: seen == .sent ? sender : receiver, theirs: seen == .sent ? receiver : sender, buc: envelope.buc,
            version: envelope.cdm, event: event, isForward: envelope.action.isForward, added: facts.added,
            removed: facts.removed, contentDigest: facts.contentDigest
        )
    }

    /// The day that clocks count from: that of receipt for what we received, that of the envelope for what we sent.
    package var day: CivilDate {
        way == .sent ? CivilDate(parsing: String(createdAt.prefix(10))) ?? receivedAt.date : receivedAt.date
    }

    var code: String { event.sed.code }
    var sender: InstitutionID { way == .sent ? ours.institution : theirs.institution }

    /// Whether a participant that hands the case over gave us this document of its own.
    var isHandedOver: Bool { isForward && way == .received }

    /// Closing, reopening and forwarding: what is done to the case and not to one document.
    var isCaseAct: Bool { Self.caseActs.contains(code) }
    /// What brings participants in or takes them out.
    var changesParticipants: Bool { Self.changes.contains(code) }

    private static let caseActs: Set<String> = ["X001", "X002", "X003", "X004", "X007"]
    private static let changes: Set<String> = ["X005", "X006", "X007", "X100"]
}

/// The order of the messages of a case: as they were made, then as they arrived.
package struct CaseOrder: Hashable, Sendable, Comparable {
    /// The moment of creation; the end of time for what cannot be read.
    package let made: Instant
    package let number: Int64

    package init(createdAt: String, number: Int64) {
        made = Self.moment(of: createdAt)
        self.number = number
    }

    /// Reads the envelope's creation time, which may lack its zone and is UTC then.
    package static func moment(of createdAt: String) -> Instant {
        Instant(parsing: createdAt) ?? Instant(parsing: createdAt + "Z") ?? Instant(millisecondsSinceEpoch: .max)
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.made, left.number) < (right.made, right.number)
    }
}

// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
internal import GRDB
package import SEDCore

/// Where a request of the recovery desk stands.
package enum RecoveryRequestState: String, Hashable, Sendable, CaseIterable {
    case draft
    /// By a second person; a change makes it a draft again.
    case approved
    case sent
    /// It came from another institution.
    case received
    /// Given up before it was sent.
    case dropped
}

/// A request of the recovery desk without its attachments.
package struct StoredRecoveryRequest: Hashable, Sendable {
    package struct Act: Hashable, Sendable {
        package let at: Instant
        package let by: String

        package init(at: Instant, by: String) {
            self.at = at
            self.by = by
        }
    }

    package var id: Int64 = 0
    package let kind: String
    /// `applicant` or `requested`.
    package let side: String
    package let institution: InstitutionID
    package let counterparty: InstitutionID
    package var state: RecoveryRequestState
    package var content: String
    package var digest: String
    package var fingerprint: String
    package let created: Act
    /// Who wrote it last.
    package var changedBy: String
    package var approved: Act?
    package var sent: Act?
    package var rateDate: CivilDate?
    package var caseID: UniqueID?
    package var messageID: Int64?
    /// By which day a change of its amounts is converted.
    package var ratePolicy: String?
    /// The request whose new version this is.
    package var updates: Int64?

    package init(
        kind: String,
        side: String,
        institution: InstitutionID,
        counterparty: InstitutionID,
        state: RecoveryRequestState,
        content: String,
        digest: String,
        fingerprint: String,
        created: Act
    ) {
        self.kind = kind
        self.side = side
        self.institution = institution
        self.counterparty = counterparty
        self.state = state
        self.content = content
        self.digest = digest
        self.fingerprint = fingerprint
        self.created = created
        changedBy = created.by
    }
}

/// A file that goes with a request.
package struct StoredRecoveryAttachment: Hashable, Sendable {
    /// `instrument` or `other`.
    package let role: String
    /// `official` or `certified`; nil where nobody said so.
    package let certification: String?
    package let mimeType: String
    /// Without its folder.
    package let name: String
    package let digest: String
    package let bytes: [UInt8]

    package init(
        role: String,
        certification: String?,
        mimeType: String,
        name: String,
        digest: String,
        bytes: [UInt8]
    ) {
        self.role = role
        self.certification = certification
        self.mimeType = mimeType
        self.name = name
        self.digest = digest
        self.bytes = bytes
    }
}

/// One event in the books of a claim; `body` is JSON.
package struct StoredRecoveryEvent: Hashable, Sendable {
    package let claim: Int
    package let number: Int
    package let at: Instant
    package let actor: String
    package let messageID: Int64?
    package let body: String

    package init(claim: Int, number: Int, at: Instant, actor: String, messageID: Int64?, body: String) {
        self.claim = claim
        self.number = number
        self.at = at
        self.actor = actor
        self.messageID = messageID
        self.body = body
    }
}

/// What became of one component of a claim, in the smallest units of a currency.
package struct RecoveryBalanceRow: Hashable, Sendable {
    package let side: String
    package let component: String
    package let currency: String
    package let claimed: Int
    package let outstanding: Int
    package let recovered: Int
    package let withdrawn: Int
    package let reduced: Int

    package init(
        side: String,
        component: String,
        currency: String,
        claimed: Int,
        outstanding: Int,
        recovered: Int,
        withdrawn: Int,
        reduced: Int
    ) {
        self.side = side
        self.component = component
        self.currency = currency
        self.claimed = claimed
        self.outstanding = outstanding
        self.recovered = recovered
        self.withdrawn = withdrawn
        self.reduced = reduced
    }
}

extension Transaction {
    /// Stores a new request and returns its number.
    package func insert(_ request: StoredRecoveryRequest, attachments: [StoredRecoveryAttachment]) throws -> Int64 {
        try database.execute(
            sql: """
                INSERT INTO recoveryRequest (kind, side, institution, counterparty, state, content, digest, fingerprint,
                    createdAt, createdBy, changedBy, rateDate, caseId, messageId, ratePolicy, updates)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                request.kind, request.side, request.institution.text, request.counterparty.text,
                request.state.rawValue, request.content, request.digest, request.fingerprint,
                request.created.at.millisecondsSinceEpoch, request.created.by, request.changedBy,
                request.rateDate?.description,
                request.caseID?.text, request.messageID, request.ratePolicy, request.updates,
            ]
        )
        let id = database.lastInsertedRowID
        try replaceAttachments(attachments, of: id)
        return id
    }

    /// Writes a draft anew; what was approved of it is forgotten.
    ///
    /// - Returns: False where it is no draft any more.
    package func replaceDraft(
        _ id: Int64,
        content: String,
        digest: String,
        fingerprint: String,
        attachments: [StoredRecoveryAttachment],
        by actor: String
    ) throws -> Bool {
        try database.execute(
            sql: """
                UPDATE recoveryRequest SET content = ?, digest = ?, fingerprint = ?, changedBy = ?, state = 'draft',
                    approvedAt = NULL, approvedBy = NULL
                WHERE id = ? AND state IN ('draft', 'approved')
                """,
            arguments: [content, digest, fingerprint, actor, id]
        )
        guard database.changesCount == 1 else { return false }
        try replaceAttachments(attachments, of: id)
        return true
    }

    private func replaceAttachments(_ attachments: [StoredRecoveryAttachment], of id: Int64) throws {
        try database.execute(sql: "DELETE FROM recoveryAttachment WHERE requestId = ?", arguments: [id])
        for (index, attachment) in attachments.enumerated() {
            try database.execute(
                sql: """
                    INSERT INTO recoveryAttachment (requestId, number, role, certification, mimeType, name, digest, size,
                        bytes)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    id, index + 1, attachment.role, attachment.certification, attachment.mimeType, attachment.name,
                    attachment.digest, attachment.bytes.count, Data(attachment.bytes),
                ]
            )
        }
    }

    /// Notes that a second person approved exactly this content.
    ///
    /// - Returns: False where the content is another one by now, or is no draft.
    package func approve(_ id: Int64, digest: String, _ act: StoredRecoveryRequest.Act) throws -> Bool {
        try database.execute(
            sql: """
                UPDATE recoveryRequest SET state = 'approved', approvedAt = ?, approvedBy = ?
                WHERE id = ? AND state = 'draft' AND digest = ?
                """,
            arguments: [act.at.millisecondsSinceEpoch, act.by, id, digest]
        )
        return database.changesCount == 1
    }

    /// Notes that an approved request was sent; its rate date stays for good.
    ///
    /// - Returns: False where somebody else was faster, or the content is another one by now.
    package func markSent(
        _ id: Int64,
        digest: String,
        rateDate: CivilDate,
        caseID: UniqueID?,
        messageID: Int64,
        _ act: StoredRecoveryRequest.Act
    ) throws -> Bool {
        try database.execute(
            sql: """
                UPDATE recoveryRequest SET state = 'sent', sentAt = ?, sentBy = ?, rateDate = ?, caseId = ?, messageId = ?
                WHERE id = ? AND state = 'approved' AND digest = ?
                """,
            arguments: [
                act.at.millisecondsSinceEpoch, act.by, rateDate.description, caseID?.text, messageID, id, digest,
            ]
        )
        return database.changesCount == 1
    }

    package func dropDraft(_ id: Int64) throws -> Bool {
        try database.execute(
            sql: "UPDATE recoveryRequest SET state = 'dropped' WHERE id = ? AND state IN ('draft', 'approved')",
            arguments: [id]
        )
        return database.changesCount == 1
    }

    /// Adds an event to the books of a claim, with the balance that it comes to.
    ///
    /// Fails where a balance does not balance, and where the number is taken: then somebody else was faster.
    package func append(_ event: StoredRecoveryEvent, balance: [RecoveryBalanceRow], to request: Int64) throws {
        try database.execute(
            sql: """
                INSERT INTO recoveryEvent (requestId, claim, number, at, actor, messageId, body)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                request, event.claim, event.number, event.at.millisecondsSinceEpoch, event.actor, event.messageID,
                event.body,
            ]
        )
        for row in balance {
            try database.execute(
                sql: """
                    INSERT OR REPLACE INTO recoveryBalance (requestId, claim, side, component, currency, claimed,
                        outstanding, recovered, withdrawn, reduced)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    request, event.claim, row.side, row.component, row.currency, row.claimed, row.outstanding,
                    row.recovered, row.withdrawn, row.reduced,
                ]
            )
        }
    }

    package func insert(conversion record: String, component: String, claim: Int, of request: Int64) throws {
        try database.execute(
            sql: "INSERT INTO recoveryConversion (requestId, claim, component, record) VALUES (?, ?, ?, ?)",
            arguments: [request, claim, component, record]
        )
    }
}

extension Snapshot {
    package func recoveryRequest(_ id: Int64) throws -> StoredRecoveryRequest? {
        try recoveryRequests(where: "id = ?", [id]).first
    }

    /// All requests, in the order of their numbers.
    package func recoveryRequests() throws -> [StoredRecoveryRequest] {
        try recoveryRequests(where: "TRUE", [])
    }

    package func recoveryRequests(of caseID: UniqueID) throws -> [StoredRecoveryRequest] {
        try recoveryRequests(where: "caseId = ?", [caseID.text])
    }

    /// Other requests with one of the marks in their fingerprint, which may be about the same claim, and were not given
    /// up.
    package func recoveryRequests(withAnyOf marks: [String], except id: Int64) throws -> [StoredRecoveryRequest] {
        let list = try String(decoding: JSONEncoder().encode(marks), as: UTF8.self)
        return try recoveryRequests(
            where: """
                EXISTS (SELECT 1 FROM json_each(?) AS mark WHERE instr(fingerprint, mark.value) > 0)
                AND id <> ? AND state <> 'dropped'
                """, [list, id])
    }

    /// The new versions of a request, in their order.
    package func recoveryUpdates(of id: Int64) throws -> [StoredRecoveryRequest] {
        try recoveryRequests(where: "updates = ?", [id])
    }

    private func recoveryRequests(where condition: String, _ arguments: StatementArguments) throws
        -> [StoredRecoveryRequest]
    {
        try Row.fetchAll(
            database, sql: "SELECT * FROM recoveryRequest WHERE \(condition) ORDER BY id", arguments: arguments
        ).map(Self.recoveryRequest)
    }

    /// What cannot be read is told: neither a request nor the day of its rates may be taken for missing.
    private static func recoveryRequest(_ row: Row) throws -> StoredRecoveryRequest {
        let id: Int64 = row["id"]
        let damaged = StorageError(code: .corrupt, message: "request \(id) of the recovery desk cannot be read")
        guard let institution = InstitutionID(parsing: row["institution"]),
            let counterparty = InstitutionID(parsing: row["counterparty"]),
            let state = RecoveryRequestState(rawValue: row["state"])
        else { throw damaged }
        func act(_ at: Int64?, _ by: String?) -> StoredRecoveryRequest.Act? {
            guard let at, let by else { return nil }
            return StoredRecoveryRequest.Act(at: Instant(millisecondsSinceEpoch: at), by: by)
        }
        func value<Value>(_ column: String, _ parse: (String) -> Value?) throws -> Value? {
            guard let text = row[column] as String? else { return nil }
            guard let value = parse(text) else { throw damaged }
            return value
        }
        guard let created = act(row["createdAt"], row["createdBy"]) else { throw damaged }
        var request = StoredRecoveryRequest(
            kind: row["kind"], side: row["side"], institution: institution, counterparty: counterparty, state: state,
            content: row["content"], digest: row["digest"], fingerprint: row["fingerprint"], created: created
        )
        request.id = id
        request.changedBy = row["changedBy"]
        request.approved = act(row["approvedAt"], row["approvedBy"])
        request.sent = act(row["sentAt"], row["sentBy"])
        request.rateDate = try value("rateDate") { CivilDate(parsing: $0) }
        request.caseID = try value("caseId") { UniqueID(parsing: $0) }
        request.messageID = row["messageId"]
        request.ratePolicy = row["ratePolicy"]
        request.updates = row["updates"]
        return request
    }

    package func recoveryAttachments(of id: Int64) throws -> [StoredRecoveryAttachment] {
        try Row.fetchAll(
            database, sql: "SELECT * FROM recoveryAttachment WHERE requestId = ? ORDER BY number", arguments: [id]
        ).map { row in
            StoredRecoveryAttachment(
                role: row["role"], certification: row["certification"], mimeType: row["mimeType"], name: row["name"],
                digest: row["digest"], bytes: Array(row["bytes"] as Data)
            )
        }
    }

    /// The events of all claims of a request, claim by claim in their order.
    package func recoveryEvents(of id: Int64) throws -> [StoredRecoveryEvent] {
        try Row.fetchAll(
            database, sql: "SELECT * FROM recoveryEvent WHERE requestId = ? ORDER BY claim, number", arguments: [id]
        ).map { row in
            StoredRecoveryEvent(
                claim: row["claim"], number: row["number"], at: Instant(millisecondsSinceEpoch: row["at"]),
                actor: row["actor"], messageID: row["messageId"], body: row["body"]
            )
        }
    }

    package func recoveryBalance(of id: Int64, claim: Int) throws -> [RecoveryBalanceRow] {
        try Row.fetchAll(
            database, sql: "SELECT * FROM recoveryBalance WHERE requestId = ? AND claim = ? ORDER BY side, component",
            arguments: [id, claim]
        ).map { row in
            RecoveryBalanceRow(
                side: row["side"], component: row["component"], currency: row["currency"], claimed: row["claimed"],
                outstanding: row["outstanding"], recovered: row["recovered"], withdrawn: row["withdrawn"],
                reduced: row["reduced"]
            )
        }
    }

    /// The records of conversion of a request, as JSON, with the number of the claim.
    package func recoveryConversions(of id: Int64) throws -> [(claim: Int, component: String, record: String)] {
        try Row.fetchAll(
            database, sql: "SELECT * FROM recoveryConversion WHERE requestId = ? ORDER BY claim, component",
            arguments: [id]
        ).map { (claim: $0["claim"], component: $0["component"], record: $0["record"]) }
    }

    /// Messages of a case that found their place and were not looked at for a request, in their order.
    ///
    /// What stands before the message that makes the request belongs to an earlier one, which was made invalid, and
    /// what stands from the message of a later one on belongs to that.
    package func messagesToFollow(of caseID: UniqueID, institution: InstitutionID, request: Int64) throws -> [Int64] {
        try Int64.fetchAll(
            database,
            sql: """
                SELECT message.id FROM message JOIN caseStep ON caseStep.messageId = message.id
                WHERE caseStep.caseId = ? AND caseStep.institution = ? AND message.state = 'done'
                AND message.id NOT IN (SELECT messageId FROM recoveryNews WHERE requestId = ?)
                AND caseStep.number >= ifnull((SELECT own.number FROM caseStep AS own
                    JOIN recoveryRequest ON recoveryRequest.messageId = own.messageId WHERE recoveryRequest.id = ?
                    AND own.caseId = caseStep.caseId AND own.institution = caseStep.institution), 0)
                AND NOT EXISTS (SELECT 1 FROM recoveryRequest AS other JOIN caseStep AS next
                    ON next.messageId = other.messageId AND next.caseId = caseStep.caseId
                        AND next.institution = caseStep.institution
                    WHERE other.id > ? AND other.caseId = caseStep.caseId AND other.institution = caseStep.institution
                    AND next.number <= caseStep.number)
                ORDER BY caseStep.number
                """,
            arguments: [caseID.text, institution.text, request, request, request]
        )
    }

    package func recoveryNews(of request: Int64) throws -> [StoredRecoveryNews] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT recoveryNews.*, message.sed, message.way, message.receivedAt FROM recoveryNews
                JOIN message ON message.id = recoveryNews.messageId WHERE requestId = ? ORDER BY messageId
                """,
            arguments: [request]
        ).map { row in
            StoredRecoveryNews(
                messageID: row["messageId"], sed: row["sed"] ?? "", way: row["way"],
                at: Instant(millisecondsSinceEpoch: row["receivedAt"]), outcome: row["outcome"], task: row["task"],
                doneBy: row["doneBy"], doneByMessage: row["doneByMessage"], isDisplaced: row["displaced"] == 1,
                voidedBy: row["voidedBy"])
        }
    }
}

/// What a message of a case came to for a request.
package struct StoredRecoveryNews: Hashable, Sendable {
    package let messageID: Int64
    package let sed: String
    /// `sent` or `received`.
    package let way: String
    package let at: Instant
    package let outcome: String?
    /// Why a person is needed.
    package let task: String?
    /// Who did what was to be done.
    package let doneBy: String?
    /// The message with the document that did it; nil where a person did.
    package let doneByMessage: Int64?
    /// The message has lost its place in the case, and nobody has looked at that yet.
    package let isDisplaced: Bool
    /// The message with the X008 that made its document invalid.
    package let voidedBy: Int64?

    package var isInForce: Bool { voidedBy == nil }
}

extension Transaction {
    package func noteNews(
        _ messageID: Int64,
        outcome: String?,
        task: String?,
        voidedBy act: Int64? = nil,
        of request: Int64
    ) throws {
        try database.execute(
            sql: "INSERT INTO recoveryNews (requestId, messageId, outcome, task, voidedBy) VALUES (?, ?, ?, ?, ?)",
            arguments: [request, messageID, outcome, task, act]
        )
    }

    /// Notes that a person did what a message asked for.
    ///
    /// - Returns: False where nothing was to be done.
    package func finishTask(_ messageID: Int64, of request: Int64, _ act: StoredRecoveryRequest.Act) throws -> Bool {
        try database.execute(
            sql: "UPDATE recoveryNews SET displaced = 2 WHERE requestId = ? AND messageId = ? AND displaced = 1",
            arguments: [request, messageID]
        )
        if database.changesCount == 1 { return true }
        try database.execute(
            sql: """
                UPDATE recoveryNews SET doneAt = ?, doneBy = ?
                WHERE requestId = ? AND messageId = ? AND task IS NOT NULL AND doneAt IS NULL
                """,
            arguments: [act.at.millisecondsSinceEpoch, act.by, request, messageID]
        )
        return database.changesCount == 1
    }
}

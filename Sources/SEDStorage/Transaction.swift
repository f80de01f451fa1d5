// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
internal import GRDB
internal import SEDCases
package import SEDCore

/// One transaction: reads through ``view``, and every change the store knows.
package struct Transaction {
    let database: Statements

    /// What the store holds, with the changes of this transaction.
    package var view: Snapshot { Snapshot(database: database) }

    // MARK: Messages

    /// Stores a message and returns its number.
    package func insert(_ message: NewMessage, attachments: [NewMessage.Attachment]) throws -> Int64 {
        let envelope = message.envelope
        try database.execute(
            sql: """
                INSERT INTO message (queue, fileName, digest, size, receivedAt, way, sender, receiver, senderRole,
                    receiverRole, instance, sed, cdm, action, createdAt, caseId, buc, setId, documentVersion, relatedSet, contexts,
                    about, addedInstitution, removedInstitution, contentDigest, facts, verdict, disposition, state, rule,
                    reason, route, attempts, documentFindings, editionId, judgedAs)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
                    ?, ?, ?)
                """,
            arguments: [
                message.queue, message.fileName, message.digest, message.size,
                message.receivedAt.millisecondsSinceEpoch, message.way.rawValue, envelope?.sender.institution.text,
                envelope?.receiver.institution.text, envelope?.sender.role.rawValue, envelope?.receiver.role.rawValue,
                envelope?.instance.text, (envelope?.sed ?? message.sed)?.code, envelope?.cdm.description,
                envelope?.action.rawValue, envelope?.createdAt, envelope?.caseID.text, envelope?.buc.code,
                envelope?.set.text,
                envelope?.documentVersion, envelope?.relatedSet?.text, Self.words(message.contexts),
                message.about?.code, message.addedInstitution?.text, message.removedInstitution?.text,
                message.contentDigest, message.facts?.json,
                message.verdict.rawValue, message.disposition.rawValue, message.state.rawValue, message.rule?.text,
                try message.reason?.stored, message.route,
                message.state == .pending && message.rule == nil ? 0 : 1, message.documentFindings,
                try message.edition.flatMap(number(of:)), message.direction?.rawValue,
            ]
        )
        let id = database.lastInsertedRowID
        if let bytes = message.bytes { try keep(bytes: bytes, of: id) }
        for attachment in attachments {
            try database.execute(
                sql: "INSERT INTO attachment (messageId, name, digest, size, bytes) VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    id, attachment.name, attachment.digest, attachment.bytes.count, Data(attachment.bytes),
                ]
            )
        }
        return id
    }

    /// Moves a message on; `disposition` and `reason` say what was decided, and `newRoute` by which route it goes, nil in
    /// it for none; without it the route stays.
    ///
    /// - Returns: False when the message is no longer in the state `from`: somebody else was faster.
    @discardableResult
    package func move(
        message id: Int64,
        from: MessageState,
        to: MessageState,
        disposition: Disposition,
        rule: RuleID?,
        reason: Words?,
        newRoute: String?? = nil
    ) throws -> Bool {
        try database.execute(
            sql: """
                UPDATE message SET state = ?1, disposition = ?2, rule = ?3, reason = ?4, attempts = attempts + 1,
                    displacedAt = iif(?1 = 'pending', displacedAt, NULL), route = iif(?7, ?8, route)
                WHERE id = ?5 AND state = ?6
                """,
            arguments: [
                to.rawValue, disposition.rawValue, rule?.text, try reason?.stored, id, from.rawValue, newRoute != nil,
                newRoute ?? nil,
            ]
        )
        return database.changesCount == 1
    }

    /// Notes that a message has lost its place, so that it waits from now on.
    package func noteDisplaced(_ id: Int64, at instant: Instant) throws {
        try database.execute(
            sql: "UPDATE message SET displacedAt = ? WHERE id = ?", arguments: [instant.millisecondsSinceEpoch, id]
        )
    }

    package func setRoute(_ route: String?, of id: Int64) throws {
        try database.execute(sql: "UPDATE message SET route = ? WHERE id = ?", arguments: [route, id])
    }

    /// Notes that the files of messages have left their folder.
    package func acknowledge(_ ids: [Int64], at instant: Instant) throws {
        for id in ids {
            try database.execute(
                sql: "UPDATE message SET acknowledgedAt = ? WHERE id = ?",
                arguments: [instant.millisecondsSinceEpoch, id]
            )
            try database.execute(sql: "DELETE FROM takenFile WHERE messageId = ?", arguments: [id])
        }
    }

    // MARK: Cases

    /// Brings all rows of a case in line with those that its messages come to; of a new case nothing is stored yet.
    ///
    /// - Returns: How many rows of which table were written or removed.
    @discardableResult
    package func save(_ rows: CaseRows, of key: CaseKey, isNew: Bool = false) throws -> [String: Int] {
        var changes: [String: Int] = [:]
        for table in CaseRows.tables {
            let stored = isNew ? [:] : try view.rows(of: table, in: key)
            changes[table.name] = try save(rows.rows(of: table), over: stored, in: table, of: key)
        }
        return changes.filter { $0.value > 0 }
    }

    /// Adds to the rows of a case; what is not named stays as it is.
    package func add(_ rows: CaseRows, to key: CaseKey) throws {
        for table in CaseRows.tables {
            let stored = table.isGrowing ? [:] : try view.rows(of: table, in: key)
            try save(rows.rows(of: table), over: stored, in: table, of: key)
        }
    }

    @discardableResult
    private func save(
        _ new: CaseRows.Rows,
        over old: CaseRows.Rows,
        in table: CaseRows.Table,
        of key: CaseKey
    ) throws -> Int {
        var changes = 0
        let prefix: [CaseRows.Cell] = [.text(key.id.text), .text(key.institution.text)]
        for rowKey in old.keys where new[rowKey] == nil {
            try database.execute(sql: table.deletion, arguments: CaseRows.arguments(prefix + rowKey))
            changes += 1
        }
        for (rowKey, values) in new where old[rowKey] != values {
            try database.execute(sql: table.insertion, arguments: CaseRows.arguments(prefix + rowKey + values))
            changes += 1
        }
        return changes
    }

    /// Notes that the steps of a case from this place on, counted from 0, are to be judged anew.
    package func noteToJudge(_ key: CaseKey, from place: Int) throws {
        try database.execute(
            sql: """
                INSERT INTO caseToJudge (caseId, institution, step) VALUES (?, ?, ?)
                ON CONFLICT (caseId, institution) DO UPDATE SET step = min(step, excluded.step)
                """,
            arguments: [key.id.text, key.institution.text, place]
        )
    }

    package func noteJudged(_ key: CaseKey) throws {
        try database.execute(
            sql: "DELETE FROM caseToJudge WHERE caseId = ? AND institution = ?",
            arguments: [key.id.text, key.institution.text]
        )
    }

    // MARK: Outbox

    package func enqueue(
        _ kind: OutboxKind,
        messageID: Int64,
        for receiver: InstitutionID? = nil,
        destination: String?,
        fileName: String,
        bytes: [UInt8]?,
        state: OutboxState,
        reason: Words?,
        closing key: CaseKey? = nil,
        at instant: Instant
    ) throws {
        try database.execute(
            sql: """
                INSERT INTO outbox (kind, messageId, receiver, destination, fileName, bytes, state, reason, createdAt,
                    closesCase, closesFor)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                kind.rawValue, messageID, receiver?.text ?? "", destination, fileName, bytes.map { Data($0) },
                state.rawValue, try reason?.stored, instant.millisecondsSinceEpoch, key?.id.text,
                key?.institution.text,
            ]
        )
    }

    /// Moves an outbox entry on.
    ///
    /// - Returns: False when the entry is no longer in the state `from`: somebody else was faster.
    @discardableResult
    package func move(outbox id: Int64, from: OutboxState, to: OutboxState, at instant: Instant) throws -> Bool {
        try database.execute(
            sql: "UPDATE outbox SET state = ?, deliveredAt = ? WHERE id = ? AND state = ?",
            arguments: [
                to.rawValue, to == .delivered ? instant.millisecondsSinceEpoch : nil, id, from.rawValue,
            ]
        )
        return database.changesCount == 1
    }

    /// Notes that the files of an entry that was ready are complete in a folder from which they will be renamed.
    ///
    /// - Returns: False when the entry is no longer ready: somebody else was faster.
    package func stage(outbox id: Int64, in place: String?) throws -> Bool {
        try database.execute(
            sql: "UPDATE outbox SET state = 'staged', stagedIn = ?, isPlaceLost = 0 WHERE id = ? AND state = 'ready'",
            arguments: [place, id]
        )
        return database.changesCount == 1
    }

    /// Notes that the folder in which the files of an entry were complete cannot be found.
    package func notePlaceLost(outbox id: Int64) throws {
        try database.execute(sql: "UPDATE outbox SET isPlaceLost = 1 WHERE id = ?", arguments: [id])
    }

    /// How long an entry rests at most after a failure, in seconds.
    static let longestRest = 3_600

    /// Notes that an entry could not be handed over; it rests twice as long after each failure, at most an hour.
    package func noteFailure(outbox id: Int64, reason: Words, at instant: Instant) throws {
        try database.execute(
            sql: """
                UPDATE outbox SET attempts = attempts + 1, reason = ?,
                    notBefore = ? + min(?, 1000 * (1 << min(attempts, 12)))
                WHERE id = ?
                """,
            arguments: [try reason.stored, instant.millisecondsSinceEpoch, Self.longestRest * 1_000, id]
        )
    }

    /// Takes back the draft of an exception whose message has found its place after all.
    package func withdrawDraft(answering messageID: Int64) throws {
        try database.execute(
            sql: "UPDATE outbox SET state = 'withdrawn' WHERE kind = 'exception' AND messageId = ? AND state = 'draft'",
            arguments: [messageID]
        )
    }

    /// Takes back the delivery of a message that has lost its place, unless it is on its way.
    package func withdrawDelivery(of messageID: Int64) throws {
        try database.execute(
            sql: """
                UPDATE outbox SET state = 'withdrawn'
                WHERE kind = 'delivery' AND messageId = ? AND state IN ('ready', 'unrouted')
                """,
            arguments: [messageID]
        )
    }

    /// Queues the delivery of a message again that was taken back.
    ///
    /// - Returns: Whether the message has a delivery at all, taken back or not.
    package func renewDelivery(of messageID: Int64) throws -> Bool {
        try database.execute(
            sql: """
                UPDATE outbox SET state = iif(destination IS NULL, 'unrouted', 'ready')
                WHERE kind = 'delivery' AND messageId = ? AND state = 'withdrawn'
                """,
            arguments: [messageID]
        )
        return try Bool.fetchOne(
            database, sql: "SELECT EXISTS (SELECT 1 FROM outbox WHERE kind = 'delivery' AND messageId = ?)",
            arguments: [messageID]
        ) ?? false
    }

    // MARK: Obstacles and audit

    package func noteObstacle(queue: String, fileName: String, rule: RuleID, reason: Words, at instant: Instant) throws
    {
        try database.execute(
            sql: """
                INSERT INTO obstacle (queue, fileName, rule, reason, firstSeen, attempts) VALUES (?, ?, ?, ?, ?, 1)
                ON CONFLICT (queue, fileName) DO UPDATE SET rule = excluded.rule, reason = excluded.reason,
                    attempts = attempts + 1
                """,
            arguments: [queue, fileName, rule.text, try reason.stored, instant.millisecondsSinceEpoch]
        )
    }

    package func removeObstacle(queue: String, fileName: String) throws {
        try database.execute(
            sql: "DELETE FROM obstacle WHERE queue = ? AND fileName = ?", arguments: [queue, fileName]
        )
    }

    /// Adds a line to the audit trail: who did what to what; `detail` holds ids and rule ids only.
    package func audit(_ act: String, subject: String, detail: String, by actor: String, at instant: Instant) throws {
        try database.execute(
            sql: "INSERT INTO audit (at, actor, act, subject, detail) VALUES (?, ?, ?, ?, ?)",
            arguments: [instant.millisecondsSinceEpoch, actor, act, subject, detail]
        )
    }

    private static func words(_ words: Set<String>?) -> String? {
        words.map { $0.sorted().joined(separator: " ") }
    }
}

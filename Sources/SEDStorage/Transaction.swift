// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
internal import GRDB
package import SEDCases
package import SEDCore

/// One transaction: reads through ``view``, and every change the store knows.
package struct Transaction {
    let database: Database

    /// What the store holds, with the changes of this transaction.
    package var view: Snapshot { Snapshot(database: database) }

    // MARK: Messages

    /// Stores a message and returns its number.
    package func insert(_ message: NewMessage, attachments: [(name: String, digest: String, bytes: [UInt8])]) throws
        -> Int64
    {
        let envelope = message.envelope
        try database.execute(
            sql: """
                INSERT INTO message (queue, fileName, digest, bytes, size, receivedAt, way, sender, receiver, senderRole,
                    receiverRole, instance, sed, cdm, action, createdAt, caseId, buc, setId, documentVersion, relatedSet, contexts,
                    about, addedInstitution, removedInstitution, contentDigest, facts, verdict, disposition, state, rule,
                    reason, report, route, attempts)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
                    ?, ?, ?)
                """,
            arguments: [
                message.queue, message.fileName, message.digest, message.bytes.map { Data($0) }, message.size,
                message.receivedAt.millisecondsSinceEpoch, message.way.rawValue, envelope?.sender.institution.text,
                envelope?.receiver.institution.text, envelope?.sender.role.rawValue, envelope?.receiver.role.rawValue,
                envelope?.instance.text, (envelope?.sed ?? message.sed)?.code, envelope?.cdm.description,
                envelope?.action.rawValue, envelope?.createdAt, envelope?.caseID.text, envelope?.buc.code,
                envelope?.set.text,
                envelope?.documentVersion, envelope?.relatedSet?.text, Self.words(message.contexts),
                message.about?.code, message.addedInstitution?.text, message.removedInstitution?.text,
                message.contentDigest, try Self.facts(message.facts),
                message.verdict.rawValue, message.disposition.rawValue, message.state.rawValue, message.rule?.text,
                message.reason, message.report, message.route, message.state == .pending && message.rule == nil ? 0 : 1,
            ]
        )
        let id = database.lastInsertedRowID
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

    /// Moves a message on; `disposition` and `reason` say what was decided.
    ///
    /// - Returns: False when the message is no longer in the state `from`: somebody else was faster.
    @discardableResult
    package func move(
        message id: Int64,
        from: MessageState,
        to: MessageState,
        disposition: Disposition,
        rule: RuleID?,
        reason: String?
    ) throws -> Bool {
        try database.execute(
            sql: """
                UPDATE message SET state = ?, disposition = ?, rule = ?, reason = ?, attempts = attempts + 1
                WHERE id = ? AND state = ?
                """,
            arguments: [to.rawValue, disposition.rawValue, rule?.text, reason, id, from.rawValue]
        )
        return database.changesCount == 1
    }

    package func setReport(_ report: String, of id: Int64) throws {
        try database.execute(sql: "UPDATE message SET report = ? WHERE id = ?", arguments: [report, id])
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
        }
    }

    // MARK: Cases

    package func save(_ stored: StoredCase) throws {
        try database.execute(
            sql: """
                INSERT INTO businessCase (id, buc, version, role, institution, state, createdAt, updatedAt)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET state = excluded.state, institution = excluded.institution,
                    updatedAt = excluded.updatedAt
                """,
            arguments: [
                stored.id.text, stored.buc.code, stored.version.description, stored.role.rawValue,
                stored.institution.text, stored.state.name, stored.createdAt.millisecondsSinceEpoch,
                stored.updatedAt.millisecondsSinceEpoch,
            ]
        )
    }

    package func append(_ step: CaseStep, number: Int, to caseID: UniqueID, messageID: Int64, at instant: Instant)
        throws
    {
        let event = step.event
        try database.execute(
            sql: """
                INSERT INTO caseStep (caseId, number, at, messageId, way, sed, setId, version, isUpdate, contexts, about,
                    aboutSet, fromState, toState)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                caseID.text, number, instant.millisecondsSinceEpoch, messageID, event.way.rawValue, event.sed.code,
                event.set, event.version, event.isUpdate, Self.words(event.contexts), event.about?.code, event.aboutSet,
                step.from.name, step.to.name,
            ]
        )
    }

    /// Brings the stored documents of a case in line with its progress.
    package func save(_ documents: [CaseProgress.Document], of caseID: UniqueID) throws {
        for document in documents {
            try database.execute(
                sql: """
                    INSERT INTO document (caseId, setId, sed, way, version, isValid) VALUES (?, ?, ?, ?, ?, ?)
                    ON CONFLICT (caseId, setId) DO UPDATE SET version = excluded.version, isValid = excluded.isValid
                    """,
                arguments: [
                    caseID.text, document.set, document.sed.code, document.way.rawValue, document.version,
                    document.isValid,
                ]
            )
        }
    }

    package func addVersion(
        _ version: Int, of set: String, in caseID: UniqueID, messageID: Int64, relatedSet: UniqueID?
    )
        throws
    {
        try database.execute(
            sql: "INSERT OR IGNORE INTO documentVersion (caseId, setId, version, messageId) VALUES (?, ?, ?, ?)",
            arguments: [caseID.text, set, version, messageID]
        )
        if let relatedSet {
            try database.execute(
                sql: "UPDATE document SET relatedSet = ? WHERE caseId = ? AND setId = ?",
                arguments: [relatedSet.text, caseID.text, set]
            )
        }
    }

    package func save(_ participant: Participant, of caseID: UniqueID) throws {
        try database.execute(
            sql: """
                INSERT INTO participant (caseId, institution, role, isActive) VALUES (?, ?, ?, ?)
                ON CONFLICT (caseId, institution) DO UPDATE SET role = excluded.role, isActive = excluded.isActive
                """,
            arguments: [caseID.text, participant.institution.text, participant.role.rawValue, participant.isActive]
        )
    }

    /// Starts a clock of a case, or starts it anew.
    package func start(_ timer: CaseTimer, of caseID: UniqueID, dueOn: CivilDate, messageID: Int64) throws {
        try database.execute(
            sql: """
                INSERT INTO deadline (caseId, name, dueOn, isRunning, isLaw, closeReason, reference, messageId)
                VALUES (?, ?, ?, 1, ?, ?, ?, ?)
                ON CONFLICT (caseId, name) DO UPDATE SET dueOn = excluded.dueOn, isRunning = 1,
                    messageId = excluded.messageId
                """,
            arguments: [
                caseID.text, timer.name, dueOn.description, timer.isLaw, timer.closeReason, timer.reference, messageID,
            ]
        )
    }

    package func stop(_ timer: CaseTimer, of caseID: UniqueID) throws {
        try database.execute(
            sql: "UPDATE deadline SET isRunning = 0 WHERE caseId = ? AND name = ?",
            arguments: [caseID.text, timer.name]
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
        reason: String?,
        at instant: Instant
    ) throws {
        try database.execute(
            sql: """
                INSERT INTO outbox (kind, messageId, receiver, destination, fileName, bytes, state, reason, createdAt)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                kind.rawValue, messageID, receiver?.text ?? "", destination, fileName, bytes.map { Data($0) },
                state.rawValue, reason,
                instant.millisecondsSinceEpoch,
            ]
        )
    }

    package func move(outbox id: Int64, from: OutboxState, to: OutboxState, at instant: Instant) throws {
        try database.execute(
            sql: "UPDATE outbox SET state = ?, deliveredAt = ? WHERE id = ? AND state = ?",
            arguments: [
                to.rawValue, to == .delivered ? instant.millisecondsSinceEpoch : nil, id, from.rawValue,
            ]
        )
    }

    /// Notes that an entry could not be handed over; it rests twice as long after each failure, at most an hour.
    package func noteFailure(outbox id: Int64, reason: String, at instant: Instant) throws {
        try database.execute(
            sql: """
                UPDATE outbox SET attempts = attempts + 1, reason = ?,
                    notBefore = ? + min(3600000, 1000 * (1 << min(attempts, 12)))
                WHERE id = ?
                """,
            arguments: [reason, instant.millisecondsSinceEpoch, id]
        )
    }

    /// Takes back the draft of an exception whose message has found its place after all.
    package func withdrawDraft(answering messageID: Int64) throws {
        try database.execute(
            sql: "UPDATE outbox SET state = 'withdrawn' WHERE kind = 'exception' AND messageId = ? AND state = 'draft'",
            arguments: [messageID]
        )
    }

    // MARK: Obstacles and audit

    package func noteObstacle(queue: String, fileName: String, rule: RuleID, reason: String, at instant: Instant) throws
    {
        try database.execute(
            sql: """
                INSERT INTO obstacle (queue, fileName, rule, reason, firstSeen, attempts) VALUES (?, ?, ?, ?, ?, 1)
                ON CONFLICT (queue, fileName) DO UPDATE SET rule = excluded.rule, reason = excluded.reason,
                    attempts = attempts + 1
                """,
            arguments: [queue, fileName, rule.text, reason, instant.millisecondsSinceEpoch]
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

    private static func facts(_ facts: [CaseFact]) throws -> String? {
        if facts.isEmpty { return nil }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(facts), as: UTF8.self)
    }

    private static func words(_ words: Set<String>?) -> String? {
        words.map { $0.sorted().joined(separator: " ") }
    }
}

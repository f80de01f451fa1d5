// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
internal import GRDB
internal import SEDCases
package import SEDCore

/// A consistent view of the store, for the length of one call.
package struct Snapshot {
    let database: Statements

    // MARK: Messages

    private static let messageColumns = """
        id, queue, fileName, digest, size, receivedAt, way, sender, receiver, instance, sed, caseId, verdict,
        disposition, state, rule, reason, route, attempts, contexts, about, addedInstitution, removedInstitution,
        contentDigest, acknowledgedAt, heldAt, displacedAt
        """

    package func message(_ id: Int64) throws -> StoredMessage? {
        try messages(where: "id = ?", [id]).first
    }

    /// The message that already had its effect under the same identity.
    package func message(from sender: InstitutionID, instance: UniqueID) throws -> StoredMessage? {
        try firstMessage(
            where: "sender = ? AND instance = ? AND state IN ('done', 'pending', 'rejected')",
            [sender.text, instance.text]
        )
    }

    /// A committed message whose file may still lie in its folder.
    package func unacknowledged(queue: String, fileName: String, digest: String) throws -> StoredMessage? {
        try firstMessage(
            where: "queue = ? AND fileName = ? AND digest = ? AND acknowledgedAt IS NULL", [queue, fileName, digest]
        )
    }

    /// The first such message, where mostly there is none: to ask for all columns is dear even then.
    private func firstMessage(where condition: String, _ arguments: StatementArguments) throws -> StoredMessage? {
        let sql = "SELECT id FROM message WHERE \(condition) ORDER BY id LIMIT 1"
        return try Int64.fetchOne(database, sql: sql, arguments: arguments).flatMap(message)
    }

    package func unacknowledged(queue: String) throws -> [StoredMessage] {
        try messages(where: "queue = ? AND acknowledgedAt IS NULL", [queue])
    }

    /// Pending messages of a case in the order of their arrival.
    package func pending(in caseID: UniqueID) throws -> [StoredMessage] {
        try messages(where: "caseId = ? AND state = 'pending'", [caseID.text])
    }

    /// Received messages that have waited since `moment` or longer and that no exception answers yet.
    package func pendingUnanswered(since moment: Instant) throws -> [StoredMessage] {
        try messages(
            where: """
                state = 'pending' AND way = 'received' AND ifnull(displacedAt, receivedAt) <= ? AND heldAt IS NULL
                AND NOT EXISTS (SELECT 1 FROM outbox WHERE kind = 'exception' AND messageId = message.id)
                """,
            [moment.millisecondsSinceEpoch]
        )
    }

    package func messages(in states: [MessageState]) throws -> [StoredMessage] {
        let words = states.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        return try messages(where: "state IN (\(words))", [])
    }

    package func messages(of caseID: UniqueID) throws -> [StoredMessage] {
        try messages(where: "caseId = ?", [caseID.text])
    }

    /// The envelope of a stored message, without its manifest, which placing does not need.
    package func envelope(of id: Int64) throws -> Envelope? {
        try Row.fetchOne(
            database, sql: "SELECT \(Self.entryColumns) FROM message WHERE id = ?", arguments: [id]
        ).flatMap(Self.envelope)
    }

    private static func envelope(_ row: Row) -> Envelope? {
        guard let sender = party(row["sender"], row["senderRole"]),
            let receiver = party(row["receiver"], row["receiverRole"]),
            let cdm = parsed(row["cdm"], { CDMVersion(parsing: $0) }),
            let instance = parsed(row["instance"], UniqueID.init), let sed = parsed(row["sed"], SEDType.init),
            let action = parsed(row["action"], CaseAction.init), let buc = parsed(row["buc"], BUCType.init),
            let caseID = parsed(row["caseId"], UniqueID.init), let set = parsed(row["setId"], UniqueID.init)
        else { return nil }
        return Envelope(
            headerVersion: "", sender: sender, receiver: receiver, cdm: cdm, instance: instance, sed: sed,
            action: action, createdAt: row["createdAt"] ?? "", attachments: [], caseID: caseID, buc: buc,
            bucVersion: cdm, set: set,
            documentVersion: row["documentVersion"], relatedSet: parsed(row["relatedSet"], UniqueID.init),
            isTest: false
        )
    }

    private static func party(_ institution: String?, _ role: String?) -> EnvelopeParty? {
        guard let institution = parsed(institution, InstitutionID.init), let role = parsed(role, CaseRole.init)
        else { return nil }
        return EnvelopeParty(institution: institution, role: role)
    }

    /// The attachments of a message, in the order in which they were read.
    package func attachments(of id: Int64) throws -> [(name: String, bytes: [UInt8])] {
        try Row.fetchAll(
            database, sql: "SELECT name, bytes FROM attachment WHERE messageId = ? ORDER BY id", arguments: [id]
        ).map { (name: $0["name"], bytes: Array($0["bytes"] as Data)) }
    }

    /// The names of the attachments of a message, in the same order.
    package func attachmentNames(of id: Int64) throws -> [String] {
        try String.fetchAll(
            database, sql: "SELECT name FROM attachment WHERE messageId = ? ORDER BY id", arguments: [id])
    }

    func messages(where condition: String, _ arguments: StatementArguments, limit: Int? = nil) throws
        -> [StoredMessage]
    {
        try Row.fetchAll(
            database,
            sql: "SELECT \(Self.messageColumns) FROM message WHERE \(condition) ORDER BY id"
                + (limit.map { " LIMIT \($0)" } ?? ""),
            arguments: arguments
        ).map { row in
            StoredMessage(
                id: row["id"], queue: row["queue"], fileName: row["fileName"], digest: row["digest"], size: row["size"],
                receivedAt: Instant(millisecondsSinceEpoch: row["receivedAt"]),
                way: Way(rawValue: row["way"]) ?? .received,
                sender: Self.parsed(row["sender"], InstitutionID.init),
                receiver: Self.parsed(row["receiver"], InstitutionID.init),
                instance: Self.parsed(row["instance"], UniqueID.init), sed: Self.parsed(row["sed"], SEDType.init),
                caseID: Self.parsed(row["caseId"], UniqueID.init),
                verdict: Verdict(rawValue: row["verdict"]) ?? .undecided,
                disposition: Disposition(rawValue: row["disposition"]) ?? .pending,
                state: MessageState(rawValue: row["state"]) ?? .pending,
                rule: (row["rule"] as String?).map { RuleID($0) },
                reason: (row["reason"] as String?).map(Words.init(stored:)), route: row["route"],
                attempts: row["attempts"], contexts: Self.words(row["contexts"]),
                about: Self.parsed(row["about"], SEDType.init),
                addedInstitution: Self.parsed(row["addedInstitution"], InstitutionID.init),
                removedInstitution: Self.parsed(row["removedInstitution"], InstitutionID.init),
                contentDigest: row["contentDigest"], isAcknowledged: (row["acknowledgedAt"] as Int64?) != nil,
                isHeld: (row["heldAt"] as Int64?) != nil,
                displacedAt: (row["displacedAt"] as Int64?).map(Instant.init(millisecondsSinceEpoch:))
            )
        }
    }

    // MARK: Cases

    /// The cases with this identifier, in the order of our institutions.
    package func storedCases(_ id: UniqueID) throws -> [StoredCase] {
        try Row.fetchAll(
            database, sql: "SELECT * FROM businessCase WHERE caseId = ? ORDER BY institution", arguments: [id.text]
        ).compactMap(Self.storedCase)
    }

    /// All cases, or those with one identifier, in the order of identifiers and institutions.
    package func cases(_ id: UniqueID? = nil) throws -> [CaseSummary] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT businessCase.*,
                    (SELECT count(*) FROM document
                        WHERE document.caseId = businessCase.caseId AND document.institution = businessCase.institution)
                        AS documents,
                    (SELECT count(*) FROM message
                        WHERE message.caseId = businessCase.caseId AND message.state = 'pending'
                        AND iif(way = 'sent', sender, receiver) = businessCase.institution) AS pending
                FROM businessCase \(id == nil ? "" : "WHERE caseId = ?") ORDER BY caseId, institution
                """,
            arguments: id.map { [$0.text] } ?? []
        ).compactMap { row in
            Self.storedCase(row).map { CaseSummary(stored: $0, documents: row["documents"], pending: row["pending"]) }
        }
    }

    package func steps(of key: CaseKey) throws -> [StoredStep] {
        try Row.fetchAll(
            database, sql: "SELECT * FROM caseStep WHERE caseId = ? AND institution = ? ORDER BY number",
            arguments: [key.id.text, key.institution.text]
        ).map { row in
            StoredStep(
                number: row["number"], at: Instant(millisecondsSinceEpoch: row["at"]), messageID: row["messageId"],
                thread: row["thread"],
                step: CaseStep(event: Self.event(row), from: StateID(row["fromState"]), to: StateID(row["toState"]))
            )
        }
    }

    // MARK: What cases are made of

    private static let entryColumns = """
        id, receivedAt, way, sender, senderRole, receiver, receiverRole, instance, sed, cdm, action, createdAt, caseId, buc,
        setId, documentVersion, relatedSet, contexts, about, addedInstitution, removedInstitution, contentDigest, state, rule
        """

    /// The messages that a case is made of, in the order of their arrival.
    ///
    /// What could not be judged, is not ours, was answered with an exception, or is held back by a person, is none of
    /// them. With `first`, only those that came before that one.
    package func entries(of key: CaseKey, ours: Set<InstitutionID>, before first: Int64? = nil) throws -> [StoredEntry]
    {
        if let first {
            let sql = "SELECT id FROM message WHERE caseId = ? AND id < ? LIMIT 1"
            if try Int64.fetchOne(database, sql: sql, arguments: [key.id.text, first]) == nil { return [] }
        }
        return try Row.fetchAll(
            database,
            sql: """
                SELECT \(Self.entryColumns) FROM message
                WHERE caseId = ? AND state IN ('done', 'pending') AND heldAt IS NULL
                    AND ifnull(rule, '') NOT IN ('SYS-001', 'SYS-005') AND id < ?
                ORDER BY id
                """,
            arguments: [key.id.text, first ?? .max]
        ).compactMap { Self.entry($0, of: key.institution, ours: ours) }
    }

    /// One message as an institution of ours sees it; nil when the message is none of its cases.
    package func entry(_ id: Int64, of institution: InstitutionID, ours: Set<InstitutionID>) throws -> StoredEntry? {
        try Row.fetchOne(
            database, sql: "SELECT \(Self.entryColumns) FROM message WHERE id = ?", arguments: [id]
        ).flatMap { Self.entry($0, of: institution, ours: ours) }
    }

    /// The cases that messages are about, as the messages tell; all, or those with these identifiers.
    package func archivedCases(_ ids: [UniqueID]? = nil, ours: Set<InstitutionID>) throws -> Set<CaseKey> {
        let named = ids.map { "caseId IN (\($0.map { _ in "?" }.joined(separator: ", ")))" } ?? "caseId IS NOT NULL"
        let rows = try Row.fetchAll(
            database.connection,
            sql: """
                SELECT DISTINCT caseId, way, sender, receiver FROM message
                WHERE \(named) AND state IN ('done', 'pending')
                AND ifnull(rule, '') NOT IN ('SYS-001', 'SYS-005')
                """,
            arguments: StatementArguments((ids ?? []).map(\.text))
        )
        var keys: Set<CaseKey> = []
        for row in rows {
            guard let id = Self.parsed(row["caseId"], UniqueID.init),
                let sender = Self.parsed(row["sender"], InstitutionID.init),
                let receiver = Self.parsed(row["receiver"], InstitutionID.init)
            else { continue }
            let isSent = row["way"] as String == Way.sent.rawValue
            keys.insert(CaseKey(id: id, institution: isSent ? sender : receiver))
            if !isSent, ours.contains(sender) { keys.insert(CaseKey(id: id, institution: sender)) }
        }
        return keys
    }

    /// The institution that a case reached first.
    package func firstInstitution(of id: UniqueID) throws -> InstitutionID? {
        let text = try String.fetchOne(
            database,
            sql: """
                SELECT iif(way = 'sent', sender, receiver) FROM message
                WHERE caseId = ? AND state IN ('done', 'pending', 'rejected')
                AND ifnull(rule, '') NOT IN ('SYS-001', 'SYS-005') ORDER BY id LIMIT 1
                """,
            arguments: [id.text]
        )
        return Self.parsed(text, InstitutionID.init)
    }

    private static func entry(_ row: Row, of institution: InstitutionID, ours: Set<InstitutionID>) -> StoredEntry? {
        let facts = CaseEntry.DocumentFacts(
            contexts: words(row["contexts"]), about: parsed(row["about"], SEDType.init),
            added: parsed(row["addedInstitution"], InstitutionID.init),
            removed: parsed(row["removedInstitution"], InstitutionID.init), contentDigest: row["contentDigest"]
        )
        guard let envelope = envelope(row),
            let entry = CaseEntry(
                number: row["id"], receivedAt: Instant(millisecondsSinceEpoch: row["receivedAt"]),
                stored: Way(rawValue: row["way"]) ?? .received, envelope, facts, of: institution, ours: ours
            )
        else { return nil }
        return StoredEntry(
            entry: entry, state: MessageState(rawValue: row["state"]) ?? .pending,
            rule: (row["rule"] as String?).map { RuleID($0) }
        )
    }

    /// How many findings of a stored report come from the document alone; nil for a message of an earlier version.
    package func documentFindings(of id: Int64) throws -> Int? {
        try Row.fetchOne(database, sql: "SELECT documentFindings FROM message WHERE id = ?", arguments: [id])
            .flatMap { $0["documentFindings"] }
    }

    /// What rules about its case ask of a message.
    package func facts(of id: Int64) throws -> [CaseFact] {
        Self.facts(try String.fetchOne(database, sql: "SELECT facts FROM message WHERE id = ?", arguments: [id]))
    }

    /// Facts that another version of the program wrote and this one does not know are none.
    private static func facts(_ json: String?) -> [CaseFact] {
        json.flatMap { try? JSONDecoder().decode([CaseFact].self, from: Data($0.utf8)) } ?? []
    }

    private static func event(_ row: Row) -> CaseEvent {
        CaseEvent(
            way: Way(rawValue: row["way"]) ?? .received, sed: SEDType(unchecked: row["sed"]), set: row["setId"],
            version: row["version"], isUpdate: row["isUpdate"], contexts: words(row["contexts"]),
            about: (row["about"] as String?).map(SEDType.init(unchecked:)), aboutSet: row["aboutSet"]
        )
    }

    /// The cases with steps that are to be judged anew, in the order of the cases.
    package func casesToJudge() throws -> [CaseKey] {
        try Row.fetchAll(database, sql: "SELECT caseId, institution FROM caseToJudge ORDER BY caseId, institution")
            .compactMap { row in
                guard let id = UniqueID(parsing: row["caseId"]), let own = InstitutionID(parsing: row["institution"])
                else { return nil }
                return CaseKey(id: id, institution: own)
            }
    }

    /// From which place on, counted from 0, the steps of a case are to be judged anew; nil where none is.
    package func placeToJudge(of key: CaseKey) throws -> Int? {
        try Int.fetchOne(
            database, sql: "SELECT step FROM caseToJudge WHERE caseId = ? AND institution = ?",
            arguments: [key.id.text, key.institution.text]
        )
    }

    /// The rows of a case as they are stored.
    package func rows(of key: CaseKey) throws -> CaseRows {
        var rows = CaseRows()
        for table in CaseRows.tables { rows.set(try self.rows(of: table, in: key), of: table) }
        return rows
    }

    func rows(of table: CaseRows.Table, in key: CaseKey) throws -> CaseRows.Rows {
        var rows: CaseRows.Rows = [:]
        let stored = try Row.fetchAll(
            database, sql: table.selection, arguments: [key.id.text, key.institution.text]
        )
        for row in stored {
            let cells = row.databaseValues.map(CaseRows.Cell.init)
            rows[Array(cells.prefix(table.keys.count))] = Array(cells.dropFirst(table.keys.count))
        }
        return rows
    }

    private static func storedCase(_ row: Row) -> StoredCase? {
        guard let id = UniqueID(parsing: row["caseId"]), let buc = BUCType(parsing: row["buc"]),
            let version = CDMVersion(parsing: row["version"] as String), let role = CaseRole(rawValue: row["role"]),
            let institution = InstitutionID(parsing: row["institution"])
        else { return nil }
        return StoredCase(
            key: CaseKey(id: id, institution: institution), buc: buc, version: version, role: role,
            state: StateID(row["state"]),
            createdAt: Instant(millisecondsSinceEpoch: row["createdAt"]),
            updatedAt: Instant(millisecondsSinceEpoch: row["updatedAt"])
        )
    }

    // MARK: Outbox, obstacles, audit

    /// Entries in these states, oldest first; with `due`, only those that do not rest until later.
    ///
    /// What would rest longer than any failure lets it was noted before somebody set the clock back.
    package func outbox(in states: [OutboxState], due: Instant? = nil, limit: Int? = nil) throws -> [OutboxItem] {
        let resting = due == nil ? "" : " AND (notBefore <= ? OR notBefore > ?)"
        let times = due.map { [$0, $0.adding(seconds: Transaction.longestRest)].map(\.millisecondsSinceEpoch) } ?? []
        let words = states.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        let limit = limit.map { " LIMIT \($0)" } ?? ""
        return try outbox(where: "state IN (\(words))\(resting) ORDER BY id\(limit)", StatementArguments(times))
    }

    /// One entry, whatever its state.
    package func outboxItem(_ id: Int64) throws -> OutboxItem? { try outbox(where: "id = ?", [id]).first }

    /// All entries that would close a case, oldest first.
    package func closingItems(of key: CaseKey) throws -> [OutboxItem] {
        try outbox(where: "closesCase = ? AND closesFor = ? ORDER BY id", [key.id.text, key.institution.text])
    }

    private func outbox(where condition: String, _ arguments: StatementArguments) throws -> [OutboxItem] {
        try Row.fetchAll(database, sql: "SELECT * FROM outbox WHERE \(condition)", arguments: arguments).map { row in
            OutboxItem(
                id: row["id"], kind: OutboxKind(rawValue: row["kind"]) ?? .delivery, messageID: row["messageId"],
                receiver: InstitutionID(parsing: row["receiver"]), destination: row["destination"],
                fileName: row["fileName"], state: OutboxState(rawValue: row["state"]) ?? .ready,
                attempts: row["attempts"], reason: (row["reason"] as String?).map(Words.init(stored:)),
                createdAt: Instant(millisecondsSinceEpoch: row["createdAt"]),
                closes: Self.parsed(row["closesCase"], UniqueID.init).flatMap { id in
                    Self.parsed(row["closesFor"], InstitutionID.init).map { CaseKey(id: id, institution: $0) }
                },
                stagedIn: row["stagedIn"], isPlaceLost: row["isPlaceLost"]
            )
        }
    }

    /// Whether the outbox has, or had, an entry of this kind for a message and a receiver.
    package func hasOutbox(_ kind: OutboxKind, of messageID: Int64, for receiver: InstitutionID) throws -> Bool {
        try Bool.fetchOne(
            database,
            sql: "SELECT EXISTS (SELECT 1 FROM outbox WHERE kind = ? AND messageId = ? AND receiver = ?)",
            arguments: [kind.rawValue, messageID, receiver.text]
        ) ?? false
    }

    /// Whether a message was handed over, or is on its way.
    package func hasLeft(_ messageID: Int64) throws -> Bool {
        try Bool.fetchOne(
            database,
            sql: """
                SELECT EXISTS (
                    SELECT 1 FROM outbox
                    WHERE kind = 'delivery' AND messageId = ? AND state IN ('staged', 'delivered')
                )
                """,
            arguments: [messageID]
        ) ?? false
    }

    /// The bytes that an outbox entry delivers: its own, or those of its message.
    package func bytes(ofOutbox id: Int64) throws -> [UInt8]? {
        try Data.fetchOne(
            database,
            sql: """
                SELECT coalesce(outbox.bytes, messageBytes.bytes)
                FROM outbox LEFT JOIN messageBytes ON messageBytes.messageId = outbox.messageId
                WHERE outbox.id = ?
                """,
            arguments: [id]
        ).map(Array.init)
    }

    package func hasObstacles() throws -> Bool {
        try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM obstacle)") ?? false
    }

    package func obstacles() throws -> [Obstacle] {
        try Row.fetchAll(database, sql: "SELECT * FROM obstacle ORDER BY queue, fileName").map { row in
            Obstacle(
                queue: row["queue"], fileName: row["fileName"], rule: RuleID(row["rule"]),
                reason: Words(stored: row["reason"]),
                firstSeen: Instant(millisecondsSinceEpoch: row["firstSeen"]), attempts: row["attempts"]
            )
        }
    }

    package func audit(of subject: String) throws -> [AuditEntry] {
        try Row.fetchAll(
            database, sql: "SELECT * FROM audit WHERE subject = ? ORDER BY number", arguments: [subject]
        ).map { row in
            AuditEntry(
                number: row["number"], at: Instant(millisecondsSinceEpoch: row["at"]), actor: row["actor"],
                act: row["act"], subject: row["subject"], detail: row["detail"]
            )
        }
    }

    // MARK: Cells

    private static func parsed<Value>(_ text: String?, _ parse: (String) -> Value?) -> Value? {
        text.flatMap(parse)
    }

    private static func words(_ text: String?) -> Set<String>? {
        text.map { Set($0.split(separator: " ").map(String.init)) }
    }
}

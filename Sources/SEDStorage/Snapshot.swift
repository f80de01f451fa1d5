// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
internal import GRDB
internal import SEDCases
package import SEDCore

/// A consistent view of the store, for the length of one call.
package struct Snapshot {
    let database: Database

    // MARK: Messages

    private static let messageColumns = """
        id, queue, fileName, digest, size, receivedAt, way, sender, receiver, instance, sed, caseId, verdict,
        disposition, state, rule, reason, route, attempts, contexts, about, addedInstitution, removedInstitution,
        contentDigest, acknowledgedAt
        """

    package func message(_ id: Int64) throws -> StoredMessage? {
        try messages(where: "id = ?", [id]).first
    }

    /// The message that already had its effect under the same identity.
    package func message(from sender: InstitutionID, instance: UniqueID) throws -> StoredMessage? {
        try messages(
            where: "sender = ? AND instance = ? AND state IN ('done', 'pending', 'rejected')",
            [sender.text, instance.text]
        ).first
    }

    /// A committed message whose file may still lie in its folder.
    package func unacknowledged(queue: String, fileName: String, digest: String) throws -> StoredMessage? {
        try messages(
            where: "queue = ? AND fileName = ? AND digest = ? AND acknowledgedAt IS NULL", [queue, fileName, digest]
        ).first
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
                state = 'pending' AND way = 'received' AND receivedAt <= ?
                AND NOT EXISTS (SELECT 1 FROM outbox WHERE kind = 'exception' AND messageId = message.id)
                """,
            [moment.millisecondsSinceEpoch]
        )
    }

    /// The digest of the content that a case holds as a version of a document.
    package func contentDigest(of set: String, version: Int, in caseID: UniqueID) throws -> String? {
        try String.fetchOne(
            database,
            sql: """
                SELECT contentDigest FROM message JOIN documentVersion ON documentVersion.messageId = message.id
                WHERE documentVersion.caseId = ? AND documentVersion.setId = ? AND documentVersion.version = ?
                """,
            arguments: [caseID.text, set, version]
        )
    }

    package func messages(in states: [MessageState]) throws -> [StoredMessage] {
        let words = states.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        return try messages(where: "state IN (\(words))", [])
    }

    package func messages(of caseID: UniqueID) throws -> [StoredMessage] {
        try messages(where: "caseId = ?", [caseID.text])
    }

    package func bytes(of id: Int64) throws -> [UInt8]? {
        try Data.fetchOne(database, sql: "SELECT bytes FROM message WHERE id = ?", arguments: [id]).map(Array.init)
    }

    /// The envelope of a stored message, without its manifest, which placing does not need.
    package func envelope(of id: Int64) throws -> Envelope? {
        guard let row = try Row.fetchOne(database, sql: "SELECT * FROM message WHERE id = ?", arguments: [id]),
            let sender = Self.party(row["sender"], row["senderRole"]),
            let receiver = Self.party(row["receiver"], row["receiverRole"]),
            let cdm = Self.parsed(row["cdm"], { CDMVersion(parsing: $0) }),
            let instance = Self.parsed(row["instance"], UniqueID.init), let sed = Self.parsed(row["sed"], SEDType.init),
            let action = Self.parsed(row["action"], CaseAction.init), let buc = Self.parsed(row["buc"], BUCType.init),
            let caseID = Self.parsed(row["caseId"], UniqueID.init), let set = Self.parsed(row["setId"], UniqueID.init)
        else { return nil }
        return Envelope(
            headerVersion: "", sender: sender, receiver: receiver, cdm: cdm, instance: instance, sed: sed,
            action: action, createdAt: row["createdAt"] ?? "", attachments: [], caseID: caseID, buc: buc,
            bucVersion: cdm, set: set,
            documentVersion: row["documentVersion"], relatedSet: Self.parsed(row["relatedSet"], UniqueID.init),
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

    package func report(of id: Int64) throws -> String? {
        try String.fetchOne(database, sql: "SELECT report FROM message WHERE id = ?", arguments: [id])
    }

    private func messages(where condition: String, _ arguments: StatementArguments) throws -> [StoredMessage] {
        try Row.fetchAll(
            database,
            sql: "SELECT \(Self.messageColumns) FROM message WHERE \(condition) ORDER BY id",
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
                rule: (row["rule"] as String?).map { RuleID($0) }, reason: row["reason"], route: row["route"],
                attempts: row["attempts"], contexts: Self.words(row["contexts"]),
                about: Self.parsed(row["about"], SEDType.init),
                addedInstitution: Self.parsed(row["addedInstitution"], InstitutionID.init),
                removedInstitution: Self.parsed(row["removedInstitution"], InstitutionID.init),
                contentDigest: row["contentDigest"], isAcknowledged: (row["acknowledgedAt"] as Int64?) != nil
            )
        }
    }

    // MARK: Cases

    package func storedCase(_ id: UniqueID) throws -> StoredCase? {
        try Row.fetchOne(database, sql: "SELECT * FROM businessCase WHERE id = ?", arguments: [id.text])
            .flatMap(Self.storedCase)
    }

    /// All cases in the order of their identifiers.
    package func cases() throws -> [CaseSummary] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT businessCase.*,
                    (SELECT count(*) FROM document WHERE caseId = businessCase.id) AS documents,
                    (SELECT count(*) FROM message WHERE caseId = businessCase.id AND message.state = 'pending')
                        AS pending
                FROM businessCase ORDER BY id
                """
        ).compactMap { row in
            Self.storedCase(row).map { CaseSummary(stored: $0, documents: row["documents"], pending: row["pending"]) }
        }
    }

    package func steps(of caseID: UniqueID) throws -> [StoredStep] {
        try Row.fetchAll(
            database, sql: "SELECT * FROM caseStep WHERE caseId = ? ORDER BY number", arguments: [caseID.text]
        ).map { row in
            StoredStep(
                number: row["number"], at: Instant(millisecondsSinceEpoch: row["at"]), messageID: row["messageId"],
                step: CaseStep(event: Self.event(row), from: StateID(row["fromState"]), to: StateID(row["toState"]))
            )
        }
    }

    /// Everything that was placed in a case, oldest first.
    package func documents(of caseID: UniqueID) throws -> [StoredDocument] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT caseStep.*, message.sender, message.createdAt, message.facts
                FROM caseStep JOIN message ON message.id = caseStep.messageId
                WHERE caseStep.caseId = ? ORDER BY number
                """,
            arguments: [caseID.text]
        ).compactMap { row in
            guard let sender = Self.parsed(row["sender"], InstitutionID.init) else { return nil }
            return StoredDocument(
                messageID: row["messageId"], event: Self.event(row), sender: sender, createdAt: row["createdAt"] ?? "",
                facts: Self.facts(row["facts"])
            )
        }
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

    package func participants(of caseID: UniqueID) throws -> [Participant] {
        try Row.fetchAll(
            database, sql: "SELECT * FROM participant WHERE caseId = ? ORDER BY institution", arguments: [caseID.text]
        ).compactMap { row in
            guard let institution = InstitutionID(parsing: row["institution"]),
                let role = CaseRole(rawValue: row["role"])
            else { return nil }
            return Participant(institution: institution, role: role, isActive: row["isActive"])
        }
    }

    package func deadlines(of caseID: UniqueID) throws -> [StoredDeadline] {
        try Row.fetchAll(
            database, sql: "SELECT * FROM deadline WHERE caseId = ? ORDER BY dueOn, name", arguments: [caseID.text]
        ).compactMap { row in
            guard let dueOn = Instant(parsing: row["dueOn"] + "T00:00:00Z")?.date else { return nil }
            return StoredDeadline(
                caseID: caseID, name: row["name"], dueOn: dueOn, isRunning: row["isRunning"], isLaw: row["isLaw"],
                reference: row["reference"]
            )
        }
    }

    private static func storedCase(_ row: Row) -> StoredCase? {
        guard let id = UniqueID(parsing: row["id"]), let buc = BUCType(parsing: row["buc"]),
            let version = CDMVersion(parsing: row["version"] as String), let role = CaseRole(rawValue: row["role"]),
            let institution = InstitutionID(parsing: row["institution"])
        else { return nil }
        return StoredCase(
            id: id, buc: buc, version: version, role: role, institution: institution, state: StateID(row["state"]),
            createdAt: Instant(millisecondsSinceEpoch: row["createdAt"]),
            updatedAt: Instant(millisecondsSinceEpoch: row["updatedAt"])
        )
    }

    // MARK: Outbox, obstacles, audit

    /// Entries in these states, oldest first; with `due`, only those that do not rest until later.
    package func outbox(in states: [OutboxState], due: Instant? = nil, limit: Int? = nil) throws -> [OutboxItem] {
        let words = states.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        let resting = due.map { " AND notBefore <= \($0.millisecondsSinceEpoch)" } ?? ""
        let sql =
            "SELECT * FROM outbox WHERE state IN (\(words))\(resting) ORDER BY id"
            + (limit.map { " LIMIT \($0)" } ?? "")
        return try Row.fetchAll(database, sql: sql).map { row in
            OutboxItem(
                id: row["id"], kind: OutboxKind(rawValue: row["kind"]) ?? .delivery, messageID: row["messageId"],
                receiver: InstitutionID(parsing: row["receiver"]), destination: row["destination"],
                fileName: row["fileName"],
                state: OutboxState(rawValue: row["state"]) ?? .ready, attempts: row["attempts"], reason: row["reason"],
                createdAt: Instant(millisecondsSinceEpoch: row["createdAt"])
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

    /// The bytes that an outbox entry delivers: its own, or those of its message.
    package func bytes(ofOutbox id: Int64) throws -> [UInt8]? {
        try Data.fetchOne(
            database,
            sql: """
                SELECT coalesce(outbox.bytes, message.bytes) FROM outbox JOIN message ON message.id = outbox.messageId
                WHERE outbox.id = ?
                """,
            arguments: [id]
        ).map(Array.init)
    }

    package func obstacles() throws -> [Obstacle] {
        try Row.fetchAll(database, sql: "SELECT * FROM obstacle ORDER BY queue, fileName").map { row in
            Obstacle(
                queue: row["queue"], fileName: row["fileName"], rule: RuleID(row["rule"]), reason: row["reason"],
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

// SPDX-License-Identifier: EUPL-1.2

internal import GRDB
package import SEDCore

/// Which items of a queue are meant: what is set must hold, what is nil is not asked.
package struct ItemFilter: Hashable, Sendable {
    package var rule: RuleID?
    /// The document; of an outbox entry the one that leaves.
    package var sed: SEDType?
    /// The institution at the other end, such as `SE:SEREC1`, or all of a State, such as `SE`.
    package var partner: String?
    /// Received or written before this moment.
    package var before: Instant?
    /// The most items, the oldest ones; nil for all.
    package var limit: Int?

    package init() {}

    fileprivate func condition(rule ruleColumn: String, sed sedColumn: String, partner partnerColumn: String)
        -> (sql: String, arguments: StatementArguments)
    {
        var sql = ""
        var arguments: StatementArguments = []
        func ask(_ condition: String, _ value: (any DatabaseValueConvertible)?) {
            guard let value else { return }
            sql += " AND \(condition)"
            arguments += [value]
        }
        ask("\(ruleColumn) = ?", rule?.text)
        ask("\(sedColumn) = ?", sed?.code)
        // An identifier begins with the code of its State and a colon.
        ask(partner?.contains(":") == false ? "instr(\(partnerColumn), ? || ':') = 1" : "\(partnerColumn) = ?", partner)
        ask("since < ?", before?.millisecondsSinceEpoch)
        return (sql, arguments)
    }
}

/// How many items of one queue and one partner wait, by age.
package struct AgeRow: Hashable, Sendable {
    /// The raw value of a message's or an entry's state, or `notReady`.
    package let state: String
    /// Nil where the message names nobody.
    package let partner: InstitutionID?
    /// How many are younger than each limit, from the smallest limit up, and at the end those older than all.
    package let counts: [Int]
    package let oldest: Instant
}

enum OperatorTables {
    /// What a person holds back, and since when.
    static let acts = """
        ALTER TABLE message ADD COLUMN heldAt INTEGER;
        """

    static let messagePartner = "iif(message.way = 'sent', message.receiver, message.sender)"
    static let outboxSED =
        "CASE outbox.kind WHEN 'exception' THEN 'X050' WHEN 'closing' THEN 'X001' ELSE message.sed END"
    static let outboxPartner = "coalesce(nullif(outbox.receiver, ''), \(messagePartner))"
    /// The listing shows a rule only for what could not be written.
    static let outboxRule = "iif(outbox.state = 'faulty', 'SYS-010', NULL)"
}

extension Snapshot {
    /// The numbers of the messages in these states that a filter lets through, oldest first.
    package func messages(in states: [MessageState], _ filter: ItemFilter) throws -> [Int64] {
        try numbers(
            of: """
                SELECT message.id, message.rule, message.sed, \(OperatorTables.messagePartner) AS partner,
                    message.receivedAt AS since FROM message WHERE state
                """,
            in: states.map(\.rawValue), filter
        )
    }

    /// The numbers of the outbox entries in these states that a filter lets through, oldest first.
    package func outbox(in states: [OutboxState], _ filter: ItemFilter) throws -> [Int64] {
        try numbers(
            of: """
                SELECT outbox.id, \(OperatorTables.outboxRule) AS rule, \(OperatorTables.outboxSED) AS sed,
                    \(OperatorTables.outboxPartner) AS partner, outbox.createdAt AS since
                FROM outbox JOIN message ON message.id = outbox.messageId WHERE outbox.state
                """,
            in: states.map(\.rawValue), filter
        )
    }

    private func numbers(of items: String, in states: [String], _ filter: ItemFilter) throws -> [Int64] {
        let words = states.map { "'\($0)'" }.joined(separator: ", ")
        let (condition, arguments) = filter.condition(rule: "rule", sed: "sed", partner: "partner")
        return try Int64.fetchAll(
            database,
            sql: "SELECT id FROM (\(items) IN (\(words))) WHERE TRUE\(condition) ORDER BY id"
                + (filter.limit.map { " LIMIT \($0)" } ?? ""),
            arguments: arguments
        )
    }

    /// What waits, counted by state, partner and age; `limits` are the ends of the age groups in seconds, rising.
    ///
    /// What is done is not counted. The store counts, so that a million items cost no memory here.
    package func ages(limits: [Int], now: Instant) throws -> [AgeRow] {
        let bounds = limits.map { now.adding(seconds: -$0).millisecondsSinceEpoch }
        var groups = bounds.enumerated().map { index, bound in
            let younger = index == 0 ? "" : " AND since <= \(bounds[index - 1])"
            return "total(since > \(bound)\(younger))"
        }
        groups.append("total(since <= \(bounds.last ?? .max))")
        let columns = groups.enumerated().map { "\($1) AS age\($0)" }.joined(separator: ", ")
        return try Row.fetchAll(
            database.connection,
            sql: """
                SELECT state, partner, \(columns), min(since) AS oldest FROM (
                    SELECT state, \(OperatorTables.messagePartner) AS partner, receivedAt AS since FROM message
                    WHERE state IN ('pending', 'quarantined')
                    UNION ALL
                    SELECT outbox.state, \(OperatorTables.outboxPartner), outbox.createdAt
                    FROM outbox JOIN message ON message.id = outbox.messageId
                    WHERE outbox.state IN ('draft', 'ready', 'staged', 'unrouted', 'held', 'faulty')
                    UNION ALL
                    SELECT 'notReady', NULL, firstSeen FROM obstacle
                ) GROUP BY state, partner ORDER BY state, partner
                """
        ).map { row in
            AgeRow(
                state: row["state"], partner: InstitutionID(parsing: row["partner"] ?? ""),
                counts: groups.indices.map { Int(row["age\($0)"] as Double) },
                oldest: Instant(millisecondsSinceEpoch: row["oldest"])
            )
        }
    }

    /// A number that changes when another process, or another connection, has changed the store.
    package var version: Int64 {
        get throws { try Int64.fetchOne(database, sql: "PRAGMA data_version") ?? 0 }
    }
}

extension Transaction {
    /// Runs a part of the transaction that leaves nothing behind when it answers false or throws.
    package func attempt<Result>(_ body: () throws -> (result: Result, keeps: Bool)) throws -> Result {
        var result: Result?
        try database.connection.inSavepoint {
            let outcome = try body()
            result = outcome.result
            return outcome.keeps ? .commit : .rollback
        }
        guard let result else { throw StorageError(code: .other, message: "a part of a transaction had no outcome") }
        return result
    }

    /// Holds a pending message back, or with nil lets it go again.
    package func hold(message id: Int64, since instant: Instant?) throws {
        try database.execute(
            sql: "UPDATE message SET heldAt = ? WHERE id = ? AND state = 'pending'",
            arguments: [instant?.millisecondsSinceEpoch, id]
        )
    }

    /// Counts one more attempt with a message that came to nothing new.
    package func noteAttempt(message id: Int64) throws {
        try database.execute(sql: "UPDATE message SET attempts = attempts + 1 WHERE id = ?", arguments: [id])
    }

    /// Gives an outbox entry another state and destination, and ends its rest.
    ///
    /// - Returns: False when the entry is no longer in the state `from`: somebody else was faster.
    package func route(outbox id: Int64, from: OutboxState, to: OutboxState, destination: String?) throws -> Bool {
        try database.execute(
            sql: "UPDATE outbox SET state = ?, destination = ?, notBefore = 0 WHERE id = ? AND state = ?",
            arguments: [to.rawValue, destination, id, from.rawValue]
        )
        return database.changesCount == 1
    }

    /// Takes an entry out that holds no document, so that it can be written anew.
    package func remove(faultyOutbox id: Int64) throws {
        try database.execute(
            sql: "DELETE FROM outbox WHERE id = ? AND state = 'faulty' AND bytes IS NULL", arguments: [id])
    }
}

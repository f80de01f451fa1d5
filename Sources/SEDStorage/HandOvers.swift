// SPDX-License-Identifier: EUPL-1.2

internal import GRDB
package import SEDCore

/// What an access point has told of a message that it was given.
package struct StoredHandOver: Hashable, Sendable {
    package let outboxID: Int64
    package let messageID: Int64
    package let fileName: String
    package let layout: String
    package let state: String
    package let as4MessageID: String?
    package let reason: String?
}

extension Transaction {
    /// Notes that a message was given to an access point.
    package func noteHandOver(
        outbox id: Int64, layout: String, state: String, as4MessageID: String?, at instant: Instant
    )
        throws
    {
        try database.execute(
            sql: """
                INSERT INTO handOver (outboxId, layout, state, as4MessageId, changedAt) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (outboxId) DO NOTHING
                """,
            arguments: [
                id, layout, state, Transport(layout: layout, messageID: as4MessageID).messageID,
                instant.millisecondsSinceEpoch,
            ]
        )
    }

    /// Moves a hand-over on; what is not told keeps what was told before.
    ///
    /// - Returns: False when it is no longer in the state `from`.
    @discardableResult
    package func move(
        handOver id: Int64,
        from: String,
        to: String,
        as4MessageID: String?,
        reason: String?,
        at instant: Instant
    ) throws -> Bool {
        // The texts come from files of others; they are made harmless as those of metadata are.
        let told = Transport(layout: "", messageID: as4MessageID, conversationID: reason)
        try database.execute(
            sql: """
                UPDATE handOver SET state = ?, as4MessageId = coalesce(?, as4MessageId), reason = ?, changedAt = ?
                WHERE outboxId = ? AND state = ?
                """,
            arguments: [
                to, told.messageID, told.conversationID, instant.millisecondsSinceEpoch, id, from,
            ]
        )
        return database.changesCount == 1
    }
}

extension Snapshot {
    private static let handOvers = """
        SELECT handOver.*, outbox.messageId, outbox.fileName FROM handOver JOIN outbox ON outbox.id = handOver.outboxId
        """

    /// What was given to a destination and is not at its end.
    package func openHandOvers(to destination: String, in states: [String]) throws -> [StoredHandOver] {
        let marks = states.map { _ in "?" }.joined(separator: ", ")
        return try Row.fetchAll(
            database,
            sql: Self.handOvers + " WHERE outbox.destination = ? AND handOver.state IN (\(marks)) ORDER BY outboxId",
            arguments: StatementArguments([destination] + states)
        ).map(Self.handOver)
    }

    /// All hand-overs in a state, oldest first.
    package func handOvers(in state: String) throws -> [StoredHandOver] {
        try Row.fetchAll(
            database, sql: Self.handOvers + " WHERE handOver.state = ? ORDER BY outboxId", arguments: [state]
        )
        .map(Self.handOver)
    }

    /// What an access point told of an outbox entry; nil for one that was given to none.
    package func handOver(ofOutbox id: Int64) throws -> StoredHandOver? {
        try Row.fetchOne(database, sql: Self.handOvers + " WHERE outboxId = ?", arguments: [id]).map(Self.handOver)
    }

    private static func handOver(_ row: Row) -> StoredHandOver {
        StoredHandOver(
            outboxID: row["outboxId"], messageID: row["messageId"], fileName: row["fileName"], layout: row["layout"],
            state: row["state"], as4MessageID: row["as4MessageId"], reason: row["reason"]
        )
    }
}

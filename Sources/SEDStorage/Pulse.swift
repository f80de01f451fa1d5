// SPDX-License-Identifier: EUPL-1.2

internal import GRDB
package import SEDCore

/// What fails or waits for the same reason.
package struct TroubleRow: Hashable, Sendable {
    /// `inbound`, `pending`, `quarantine`, `outbox` or `transport`.
    package let queue: String
    /// A rule, or for what leaves its destination; nil where there is neither.
    package let cause: String?
    package let count: Int
    package let oldest: Instant
    /// For what leaves: when it is tried again, of those the first.
    package let nextTry: Instant?
}

extension Snapshot {
    /// How many messages came since a moment, and how many entries were delivered.
    ///
    /// The newest rows are read and no more of them than `limit`, so that a large store costs no more than a small one.
    package func movement(since moment: Instant, limit: Int) throws -> (received: Int, delivered: Int) {
        let arguments: StatementArguments = [limit, moment.millisecondsSinceEpoch]
        let received = try Int.fetchOne(
            database,
            sql: """
                SELECT count(*) FROM (SELECT receivedAt FROM message ORDER BY id DESC LIMIT ?) WHERE receivedAt > ?
                """,
            arguments: arguments
        )
        let delivered = try Int.fetchOne(
            database,
            sql: """
                SELECT count(*) FROM (SELECT at, act FROM audit ORDER BY number DESC LIMIT ?)
                WHERE at > ? AND act = 'delivered'
                """,
            arguments: arguments
        )
        return (received ?? 0, delivered ?? 0)
    }

    /// What fails, the most first: files that cannot be taken, quarantine, deliveries that failed, access points' refusals.
    package func troubles() throws -> [TroubleRow] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT 'inbound' AS queue, rule AS cause, count(*) AS number, min(firstSeen) AS oldest, NULL AS nextTry
                FROM obstacle GROUP BY rule
                UNION ALL
                SELECT 'quarantine', rule, count(*), min(receivedAt), NULL
                FROM message WHERE state = 'quarantined' GROUP BY rule
                UNION ALL
                SELECT 'outbox', destination, count(*), min(createdAt), min(notBefore)
                FROM outbox WHERE state IN ('ready', 'staged') AND attempts > 0 GROUP BY destination
                UNION ALL
                SELECT 'transport', outbox.destination, count(*), min(outbox.createdAt), NULL
                FROM handOver JOIN outbox ON outbox.id = handOver.outboxId
                WHERE handOver.state IN ('failed', 'stuck') GROUP BY outbox.destination
                ORDER BY number DESC, queue, cause
                """
        ).map { row in
            TroubleRow(
                queue: row["queue"], cause: row["cause"], count: row["number"],
                oldest: Instant(millisecondsSinceEpoch: row["oldest"]),
                nextTry: (row["nextTry"] as Int64?).map(Instant.init(millisecondsSinceEpoch:))
            )
        }
    }
}

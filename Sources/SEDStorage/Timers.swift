// SPDX-License-Identifier: EUPL-1.2

internal import GRDB
package import SEDCore

extension Snapshot {
    /// The next moment after `now` at which a run has something to do although nothing arrives; nil where there is none.
    ///
    /// An entry of the outbox ends its rest, the waiting of a message reaches its end, or the last day of a clock that
    /// closes its case is over. What is due already was looked at by the run that asks.
    package func nextTimer(after now: Instant, graceSeconds: Int) throws -> Instant? {
        let since = now.adding(seconds: -graceSeconds).millisecondsSinceEpoch
        let moments = try [
            Int64.fetchOne(
                database, sql: "SELECT min(notBefore) FROM outbox WHERE state IN ('ready', 'staged') AND notBefore > ?",
                arguments: [now.millisecondsSinceEpoch]
            ).map(Instant.init(millisecondsSinceEpoch:)),
            Int64.fetchOne(
                database,
                sql: """
                    SELECT min(ifnull(displacedAt, receivedAt)) FROM message
                    WHERE state = 'pending' AND way = 'received' AND heldAt IS NULL
                        AND ifnull(displacedAt, receivedAt) > ?
                    """,
                arguments: [since]
            ).map { Instant(millisecondsSinceEpoch: $0).adding(seconds: graceSeconds) },
            String.fetchOne(
                database, sql: "SELECT min(dueOn) FROM closingWatch WHERE dueOn >= ?", arguments: [now.date.description]
            ).flatMap { CivilDate(parsing: $0) }.map { Instant(startOf: $0.adding(days: 1)) },
        ]
        return moments.compactMap(\.self).min()
    }
}

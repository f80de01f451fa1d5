// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
internal import SEDStorage

/// What waits, by queue, partner and age: a line for each queue and partner.
package struct AgeTable: Encodable, Hashable, Sendable {
    package struct Row: Encodable, Hashable, Sendable {
        package let queue: QueueItem.Queue
        /// The institution at the other end; missing for files that were not read and messages that name nobody.
        package let partner: String?
        /// How many items, in the age groups of ``AgeTable/ages``.
        package let counts: [Int]
        package let total: Int
        package let oldest: String
        /// How long the oldest has waited.
        package let oldestSeconds: Int
    }

    package let formatVersion = 1
    /// The ends of the age groups in seconds, rising; a last group without end follows.
    package let ages: [Int]
    package let rows: [Row]

    /// Five minutes, one hour, six hours, one day (the grace period of EESSI), three days.
    package static let limits = [300, 3_600, 21_600, 86_400, 259_200]
}

extension Workspace {
    /// What waits at a moment.
    package func ages(at now: Instant) throws -> AgeTable {
        struct Place: Hashable {
            let queue: QueueItem.Queue
            let partner: InstitutionID?
        }
        var places: [Place: [AgeRow]] = [:]
        for row in try store.read({ try $0.ages(limits: AgeTable.limits, now: now) }) {
            let queue = MessageState(rawValue: row.state).map(QueueItem.Queue.init)
            let place = Place(queue: queue ?? (row.state == "notReady" ? .inbound : .outbox), partner: row.partner)
            places[place, default: []].append(row)
        }
        let order = QueueItem.Queue.allCases
        let rows = places.map { place, parts -> AgeTable.Row in
            let counts = AgeTable.limits.indices.map { group in parts.reduce(0) { $0 + $1.counts[group] } }
            let beyond = parts.reduce(0) { $0 + ($1.counts.last ?? 0) }
            let oldest = parts.map(\.oldest).min() ?? now
            return AgeTable.Row(
                queue: place.queue, partner: place.partner?.text, counts: counts + [beyond],
                total: counts.reduce(beyond, +), oldest: oldest.description,
                oldestSeconds: Int((now.millisecondsSinceEpoch - oldest.millisecondsSinceEpoch) / 1_000)
            )
        }
        return AgeTable(
            ages: AgeTable.limits,
            rows: rows.sorted {
                (order.firstIndex(of: $0.queue) ?? 0, $0.partner ?? "") < (
                    order.firstIndex(of: $1.queue) ?? 0, $1.partner ?? ""
                )
            }
        )
    }
}

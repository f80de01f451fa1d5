// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
package import SEDCore
internal import SEDQueue
internal import SEDStorage

/// How a workspace is at one moment, for a dashboard and for metrics; reading only.
package struct Pulse: Encodable, Hashable, Sendable {
    /// What waits in one queue.
    package struct QueueLine: Encodable, Hashable, Sendable {
        package let queue: QueueItem.Queue
        package let count: Int
        /// How long the oldest has waited; nil for an empty queue.
        package let oldestSeconds: Int?
    }

    /// The files in one inbound folder that may be messages.
    package struct FolderLine: Encodable, Hashable, Sendable {
        package let name: String
        /// Nil where the folder cannot be read.
        package let files: Int?
        /// Whether there are more than were counted.
        package let isMore: Bool
    }

    package struct Rate: Encodable, Hashable, Sendable {
        package let minutes: Int
        package let received: Int
        package let delivered: Int
    }

    package struct Trouble: Encodable, Hashable, Sendable {
        /// `inbound`, `quarantine`, `outbox` or `transport`.
        package let queue: String
        /// A rule, or a destination.
        package let cause: String?
        package let count: Int
        package let oldestSeconds: Int
        /// In how many seconds the first of them is tried again.
        package let nextTrySeconds: Int?
    }

    package struct Disk: Encodable, Hashable, Sendable {
        package let freeBytes: Int
        package let totalBytes: Int
    }

    package let formatVersion = 1
    package let at: String
    /// The process that drains the workspace; 0 for one that cannot be seen from here, nil for none.
    package let drainedBy: Int?
    package let queues: [QueueLine]
    package let inbound: [FolderLine]
    package let partners: [AgeTable.Row]
    package let rates: [Rate]
    package let troubles: [Trouble]
    package let disk: Disk?

    /// Of how many minutes the rates are told.
    package static let periods = [1, 5, 15]
    /// How many files of a folder are counted, and how many rows of the store are read for a rate.
    static let mostFiles = 10_000
    static let mostRows = 100_000
}

extension Workspace {
    /// What waits, moves and fails at a moment.
    package func pulse(at now: Instant) throws -> Pulse {
        let partners = try ages(at: now).rows
        func age(_ instant: Instant) -> Int {
            Int((now.millisecondsSinceEpoch - instant.millisecondsSinceEpoch) / 1_000)
        }
        let queues = QueueItem.Queue.allCases.filter { $0 != .done }.map { queue in
            let rows = partners.filter { $0.queue == queue }
            return Pulse.QueueLine(
                queue: queue, count: rows.reduce(0) { $0 + $1.total }, oldestSeconds: rows.map(\.oldestSeconds).max()
            )
        }
        let (rates, troubles) = try store.read { view in
            let rates = try Pulse.periods.map { minutes in
                let moved = try view.movement(since: now.adding(seconds: -60 * minutes), limit: Pulse.mostRows)
                return Pulse.Rate(minutes: minutes, received: moved.received, delivered: moved.delivered)
            }
            let troubles = try view.troubles().map { row in
                Pulse.Trouble(
                    queue: row.queue, cause: row.cause, count: row.count, oldestSeconds: age(row.oldest),
                    nextTrySeconds: row.nextTry.map { max(0, -age($0)) }
                )
            }
            return (rates, troubles)
        }
        return Pulse(
            at: now.description, drainedBy: drainer(), queues: queues,
            inbound: configuration.inbound.map(waitingFiles), partners: partners, rates: rates, troubles: troubles,
            disk: DiskSpace(of: path).map { .init(freeBytes: $0.free, totalBytes: $0.total) }
        )
    }

    private func waitingFiles(in folder: Configuration.NamedFolder) -> Pulse.FolderLine {
        do {
            let opened = try Folder(existing: resolved(folder.path))
            let scan = try InboundQueue(
                name: folder.name, layout: folder.layout, folder: opened, taken: opened, quarantine: opened
            ).scan()
            let count = try scan.next(limit: Pulse.mostFiles + 1, skipping: []).count
            return .init(name: folder.name, files: min(count, Pulse.mostFiles), isMore: count > Pulse.mostFiles)
        } catch {
            return .init(name: folder.name, files: nil, isMore: false)
        }
    }

    /// Room on the file systems of the workspace and of all its folders, by a name of the configuration.
    package func rooms() -> [(place: String, free: Int, total: Int)] {
        let folders =
            [("workspace", path)] + configuration.inbound.map { ("inbound:\($0.name)", resolved($0.path)) }
            + configuration.outbound.map { ("outbound:\($0.name)", resolved($0.path)) }
        return folders.compactMap { name, path in DiskSpace(of: path).map { (name, $0.free, $0.total) } }
    }

    /// Who holds the lock, as the system lists it: taking it to try would be in the way of one that starts.
    private func drainer() -> Int? {
        // It has no size beforehand, so it is read until it ends.
        guard let file = FileHandle(forReadingAtPath: "/proc/locks"), let bytes = try? file.readToEnd(),
            let locks = String(bytes: bytes, encoding: .utf8),
            let facts = try? FileManager.default.attributesOfItem(atPath: path + "/.lock"),
            let number = facts[.systemFileNumber] as? Int
        else { return nil }
        // 1: FLOCK  ADVISORY  WRITE 1234 08:01:131074 0 EOF
        for line in locks.split(separator: "\n") {
            let parts = line.split(separator: " ")
            guard parts.count > 5, parts[1] == "FLOCK", parts[5].hasSuffix(":\(number)") else { continue }
            return max(0, Int(parts[4]) ?? 0)
        }
        return nil
    }
}

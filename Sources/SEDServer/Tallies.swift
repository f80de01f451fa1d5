// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDProcessor
internal import Synchronization

/// What the daemon has done since it began, counted.
///
/// Labels are words of this program and names of the configuration: a message from outside can raise a number and
/// cannot make a new one. A SED that the catalogue does not have is counted as `other`.
final class Tallies: Sendable {
    struct Message: Hashable, Comparable {
        let disposition: String
        let sed: String

        static func < (left: Self, right: Self) -> Bool {
            (left.disposition, left.sed) < (right.disposition, right.sed)
        }
    }

    struct Counts {
        var messages: [Message: Int] = [:]
        var effects: [String: Int] = [:]
        var judged = Histogram()
        var looks = 0
        var lookSeconds = 0.0
        var delivered: [String: Int] = [:]
        var deliveryFailures: [String: Int] = [:]
        var faults: [String: Int] = [:]
        var reloads: [String: Int] = [:]
        var notReady = 0
    }

    /// How many observations were at most so large, and their sum.
    struct Histogram {
        static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
        private(set) var counts = [Int](repeating: 0, count: bounds.count)
        private(set) var count = 0
        private(set) var sum = 0.0

        mutating func observe(_ value: Double) {
            for (index, bound) in Self.bounds.enumerated() where value <= bound { counts[index] += 1 }
            count += 1
            sum += value
        }
    }

    private let counts = Mutex(Counts())
    private let knownSEDs: Set<String>

    init(knownSEDs: Set<String>) {
        self.knownSEDs = knownSEDs
    }

    var current: Counts { counts.withLock(\.self) }

    func note(_ event: DrainEvent) {
        counts.withLock { counts in
            switch event {
            case .judged(let duration): counts.judged.observe(duration / .seconds(1))
            case .message(let message):
                if message.hadWaited || message.wasDisplaced {
                    counts.effects[message.wasDisplaced ? "displaced" : "resolved", default: 0] += 1
                    return
                }
                let sed = message.sed.map { knownSEDs.contains($0.code) ? $0.code : "other" } ?? "none"
                counts.messages[.init(disposition: message.disposition.rawValue, sed: sed), default: 0] += 1
            case .passed(let summary, let content, let duration):
                counts.looks += 1
                counts.lookSeconds += duration / .seconds(1)
                counts.notReady = summary.notReady
                counts.delivered.merge(content.delivered, uniquingKeysWith: +)
                counts.deliveryFailures.merge(content.failed, uniquingKeysWith: +)
                for (name, count) in [
                    ("exceptions", summary.exceptions), ("closings", summary.closings), ("resends", summary.resends),
                ] { counts.effects[name, default: 0] += count }
            case .folderFailed: counts.faults["inbound", default: 0] += 1
            case .intakeStopped: counts.faults["disk-full", default: 0] += 1
            case .failed: counts.faults["run", default: 0] += 1
            case .reloaded: counts.reloads["done", default: 0] += 1
            case .reloadFailed: counts.reloads["refused", default: 0] += 1
            case .started, .reloading, .warning, .folderRecovered, .intakeResumed, .recovered, .stopping: break
            }
        }
    }
}

// SPDX-License-Identifier: EUPL-1.2

internal import Synchronization

/// Measures the time since somebody was first seen to want an end.
final class Haste: Sendable {
    private let since = Mutex<ContinuousClock.Instant?>(nil)

    /// Whether an end has been wanted for longer than this.
    func isOver(_ isWanted: Bool, after time: Duration) -> Bool {
        guard isWanted else { return false }
        return since.withLock { since in
            let begun = since ?? .now
            since = begun
            return .now - begun > time
        }
    }
}

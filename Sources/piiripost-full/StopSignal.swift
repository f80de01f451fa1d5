// SPDX-License-Identifier: EUPL-1.2

import Glibc
import Synchronization

/// Turns SIGINT and SIGTERM into a wish to stop, so that a run ends between two batches.
struct StopSignal {
    /// The handler may touch nothing but this flag.
    private static let raised = Atomic(false)

    init() {
        // The first access builds the flag, which a handler must not do.
        Self.raised.store(false, ordering: .relaxed)
        for number in [SIGINT, SIGTERM] {
            signal(number) { _ in StopSignal.raised.store(true, ordering: .relaxed) }
        }
    }

    var isRaised: Bool { Self.raised.load(ordering: .relaxed) }

    /// Waits, but no longer than until the wish to stop.
    func wait(for duration: Duration) async {
        let step = Duration.milliseconds(100)
        var waited = Duration.zero
        while waited < duration, !isRaised {
            do { try await Task.sleep(for: step) } catch { return }
            waited += step
        }
    }
}

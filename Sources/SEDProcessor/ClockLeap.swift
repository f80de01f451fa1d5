// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDInspection
internal import Synchronization

/// How far somebody has set the machine's clock ahead while the process ran.
///
/// What waits must not end because of that: its time goes on as before until a whole waiting time has passed by a
/// counter that nobody sets, and then the clock is believed. A clock that is set back makes waiting longer and never
/// ends anything, so it is believed at once. What happened while no process ran cannot be told.
final class ClockLeap: Sendable {
    private struct State {
        var clock: Instant
        var counter: ContinuousClock.Instant
        /// When the clock was first found ahead.
        var since: ContinuousClock.Instant?
    }

    private let state: Mutex<State>
    /// Steps of less than this are what time services do, in milliseconds.
    private static let tolerance: Int64 = 5_000

    init(clock: Instant = SystemTime.now(), counter: ContinuousClock.Instant = .now) {
        state = Mutex(State(clock: clock, counter: counter))
    }

    /// By how many seconds waiting is to be counted shorter than the clock says; `patience` is the waiting time.
    func seconds(
        patience: Duration,
        clock: Instant = SystemTime.now(),
        counter: ContinuousClock.Instant = .now
    ) -> Int {
        state.withLock { state in
            let passed = (counter - state.counter) / .milliseconds(1)
            let ahead = clock.millisecondsSinceEpoch - state.clock.millisecondsSinceEpoch - Int64(passed)
            if ahead <= Self.tolerance {
                state = State(clock: clock, counter: counter)
                return 0
            }
            let since = state.since ?? counter
            state.since = since
            if counter - since >= patience {
                state = State(clock: clock, counter: counter)
                return 0
            }
            return Int(ahead / 1_000)
        }
    }
}

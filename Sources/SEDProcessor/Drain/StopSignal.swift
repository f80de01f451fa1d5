// SPDX-License-Identifier: EUPL-1.2

internal import Glibc
internal import SEDQueue
internal import Synchronization

/// Turns signals into wishes: to stop, so that a run ends between two batches, or to read the configuration again.
///
/// There is one for the process. Whoever asks to stop a second time means at once.
package struct StopSignal: Sendable {
    // Handlers may touch nothing but these.
    private static let raised = Atomic<Int32>(0)
    private static let reload = Atomic(false)
    private static let wakeUp = Atomic<Int32>(-1)

    /// Takes SIGINT and SIGTERM over, and SIGHUP where the configuration can be read again.
    package init(reloads: Bool = false) {
        // The first access builds the flags, which a handler must not do.
        Self.raised.store(0, ordering: .relaxed)
        Self.reload.store(false, ordering: .relaxed)
        for number in [SIGINT, SIGTERM] {
            signal(number) { number in
                if StopSignal.raised.exchange(number, ordering: .relaxed) != 0 { _exit(128 + number) }
                StopSignal.wake()
            }
        }
        if reloads {
            signal(SIGHUP) { _ in
                StopSignal.reload.store(true, ordering: .relaxed)
                StopSignal.wake()
            }
        }
        Self.unblock([SIGINT, SIGTERM] + (reloads ? [SIGHUP] : []))
    }

    /// Whoever has started the program may have left signals blocked for it; then they would never come.
    package static func unblock(_ numbers: [Int32]) {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in numbers { sigaddset(&signals, number) }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }

    package var isRaised: Bool { Self.raised.load(ordering: .relaxed) != 0 }

    /// Wishes for an end as a signal does.
    package func raise() {
        _ = Self.raised.compareExchange(expected: 0, desired: SIGTERM, ordering: .relaxed)
        Self.wake()
    }

    var wantsReload: Bool { Self.reload.load(ordering: .relaxed) }

    /// Whether the configuration was asked for since this was last asked.
    func takeReload() -> Bool { Self.reload.exchange(false, ordering: .relaxed) }

    /// Waits, but no longer than until the wish to stop.
    package func wait(for duration: Duration) async {
        let step = Duration.milliseconds(100)
        var waited = Duration.zero
        while waited < duration, !isRaised {
            do { try await Task.sleep(for: step) } catch { return }
            waited += step
        }
    }

    /// The same on the calling thread; false when an end is wished for.
    package func rest(seconds: Int) -> Bool {
        let end = ContinuousClock.now + .seconds(seconds)
        while !isRaised, .now < end { usleep(100_000) }
        return !isRaised
    }

    /// Has signals end the waits for a watch; nil when nobody waits any more.
    func end(waitsOf watch: FolderWatch?) {
        Self.wakeUp.store(watch?.wakeUpDescriptor ?? -1, ordering: .relaxed)
    }

    private static func wake() {
        let descriptor = wakeUp.load(ordering: .relaxed)
        if descriptor >= 0 { FolderWatch.wake(descriptor) }
    }
}

// SPDX-License-Identifier: EUPL-1.2

package import SEDQueue
internal import Synchronization

/// What a run tells on the side those who keep the program going.
///
/// With notes, a folder that fails is noted and the other queues go on; without them the run ends with the error.
package final class RunNotes: Sendable {
    /// What was noted since the notes were last taken.
    package struct Content: Sendable {
        /// What is wrong with inbound folders, by the name of the queue.
        package var faults: [String: FileError] = [:]
        /// Whether the store had no room for a message.
        package var isStoreFull = false
        /// Whether a queue gave way to others before it was empty.
        package var isMore = false
        /// How many entries each destination was given, and how often it failed.
        package var delivered: [String: Int] = [:]
        package var failed: [String: Int] = [:]
        /// After how many seconds a file will have stood still long enough; the least.
        package var standsStillIn: Int?
    }

    private let content = Mutex(Content())
    private let beat: @Sendable () -> Void
    private let onJudged: @Sendable (Duration) -> Void
    private let isOver: @Sendable () -> Bool

    /// For how long one queue is drained while others wait.
    private static let turn = Duration.seconds(3)

    /// `beat` is called whenever the run has got on, `onJudged` with how long a file took to be read and judged;
    /// `isOver` tells that there is no time left for deliveries.
    package init(
        beat: @escaping @Sendable () -> Void = {},
        onJudged: @escaping @Sendable (Duration) -> Void = { _ in },
        isOver: @escaping @Sendable () -> Bool = { false }
    ) {
        self.beat = beat
        self.onJudged = onJudged
        self.isOver = isOver
    }

    package func take() -> Content {
        content.withLock { content in
            defer { content = Content() }
            return content
        }
    }

    // MARK: Noting

    func progress() { beat() }

    var leavesNoTime: Bool { isOver() }

    var isStoreFull: Bool { content.withLock(\.isStoreFull) }

    /// Whether the other queues may go on although this one has failed.
    func keep(_ error: any Error, of queue: String) -> Bool {
        if let error = error as? FileError {
            content.withLock { $0.faults[queue] = error }
            return true
        }
        guard isDiskFull(error) else { return false }
        content.withLock { $0.isStoreFull = true }
        return true
    }

    func judged(in duration: Duration) {
        onJudged(duration)
        beat()
    }

    /// Whether a queue that has been drained since then lets others have their turn; then it is noted.
    func endsTurn(since begun: ContinuousClock.Instant) -> Bool {
        guard .now - begun > Self.turn else { return false }
        content.withLock { $0.isMore = true }
        return true
    }

    func delivered(_ count: Int, to destination: String) {
        content.withLock { $0.delivered[destination, default: 0] += count }
        beat()
    }

    func failed(_ destination: String) {
        content.withLock { $0.failed[destination, default: 0] += 1 }
    }

    /// A file has stood still for some seconds, and counts as still after each of these.
    func stoodStill(for seconds: Int, of limits: [Int]) {
        guard let next = limits.filter({ $0 > seconds }).min() else { return }
        content.withLock { $0.standsStillIn = min($0.standsStillIn ?? .max, next - seconds) }
    }
}

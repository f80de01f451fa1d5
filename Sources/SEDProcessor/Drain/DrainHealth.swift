// SPDX-License-Identifier: EUPL-1.2

internal import Synchronization

/// How the process that drains a workspace is, for whoever watches it.
///
/// It lives as long as its work gets on; it is ready when nothing keeps it from taking messages.
package final class DrainHealth: Sendable {
    /// Why messages are not taken, or not all of them.
    package struct Problem: Encodable, Hashable, Sendable {
        package enum Code: String, Encodable, Sendable, CaseIterable {
            case starting
            case stopping
            /// The work has not got on for long.
            case stalled
            /// The store has no room.
            case diskFull = "disk-full"
            /// A run ended with an error, of the store or otherwise.
            case runFailed = "run-failed"
            /// An inbound folder is missing or cannot be read or written.
            case inboundFailed = "inbound-failed"
            /// The configuration was asked for anew and is faulty; the one before is in force.
            case configurationFaulty = "configuration-faulty"
        }

        package let code: Code
        /// The name of the inbound folder that it is about.
        package let queue: String?

        package init(_ code: Code, queue: String? = nil) {
            self.code = code
            self.queue = queue
        }
    }

    private struct State {
        var heartbeat = ContinuousClock.now
        var isStarted = false
        var isStopping = false
        var isStoreFull = false
        var hasFailed = false
        var isConfigurationFaulty = false
        var faults: Set<String> = []
    }

    /// For how long nothing may get on in a process that lives.
    package static let patience = Duration.seconds(60)

    private let state = Mutex(State())

    package init() {}

    // MARK: Looking

    /// How long ago the work last got on.
    package var silence: Duration { .now - state.withLock(\.heartbeat) }

    package var isLive: Bool { silence < Self.patience }

    /// Empty for a process that is ready.
    package var problems: [Problem] {
        let state = state.withLock(\.self)
        let flags: [(Bool, Problem.Code)] = [
            (!state.isStarted, .starting), (state.isStopping, .stopping), (!isLive, .stalled),
            (state.isStoreFull, .diskFull), (state.hasFailed, .runFailed),
            (state.isConfigurationFaulty, .configurationFaulty),
        ]
        return flags.filter(\.0).map { Problem($0.1) }
            + state.faults.sorted().map { Problem(.inboundFailed, queue: $0) }
    }

    // MARK: Noting

    func beat() { state.withLock { $0.heartbeat = .now } }

    func start() { state.withLock { $0.isStarted = true } }

    func stop() { state.withLock { $0.isStopping = true } }

    func configured(_ isSound: Bool) { state.withLock { $0.isConfigurationFaulty = !isSound } }

    /// What a run came to, and before it.
    func ran(isStoreFull: Bool, hasFailed: Bool, faults: Set<String>) -> (
        wasFull: Bool, hadFailed: Bool, faults: Set<String>
    ) {
        state.withLock { state in
            let before = (state.isStoreFull, state.hasFailed, state.faults)
            (state.isStoreFull, state.hasFailed, state.faults) = (isStoreFull, hasFailed, faults)
            return before
        }
    }
}

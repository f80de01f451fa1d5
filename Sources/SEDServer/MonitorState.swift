// SPDX-License-Identifier: EUPL-1.2

internal import HTTPTypes
internal import Hummingbird
internal import SEDCore
internal import SEDInspection
internal import SEDProcessor
internal import Synchronization

/// What the monitor shows, put together when somebody asks.
final class MonitorState: Sendable {
    private let health: DrainHealth
    private let tallies: Tallies
    private let workspacePath: String
    private let startedAt = SystemTime.now()

    private struct Look {
        /// Its own connection, which never waits for the one that writes, nor keeps that waiting.
        var workspace: Workspace?
        var pulse: Pulse?
        var at = ContinuousClock.now
    }

    private let look = Mutex(Look())

    /// How long a look at the store is good for: whoever asks often costs no more.
    private static let freshness = Duration.seconds(2)

    init(health: DrainHealth, tallies: Tallies, workspacePath: String) {
        self.health = health
        self.tallies = tallies
        self.workspacePath = workspacePath
    }

    private struct Status: Encodable {
        let formatVersion = 1
        let status: String
        let problems: [DrainHealth.Problem]
    }

    func live() throws -> Response {
        let isLive = health.isLive
        let problems = isLive ? [] : [DrainHealth.Problem(.stalled)]
        return try status(isLive ? "live" : "stalled", problems)
    }

    func ready() throws -> Response {
        let problems = health.problems
        return try status(problems.isEmpty ? "ready" : "notReady", problems)
    }

    private func status(_ word: String, _ problems: [DrainHealth.Problem]) throws -> Response {
        .text(
            try StableJSON.encode(Status(status: word, problems: problems)) + "\n", as: "application/json",
            status: problems.isEmpty ? .ok : .serviceUnavailable
        )
    }

    func metrics() -> Response {
        let (pulse, rooms) = look.withLock { look in
            if look.pulse == nil || .now - look.at > Self.freshness {
                // A store that cannot be read takes its numbers from the page, and nothing else.
                if look.workspace == nil { look.workspace = try? Workspace(reading: workspacePath) }
                look.pulse = try? look.workspace?.pulse(at: SystemTime.now())
                if look.pulse == nil { look.workspace = nil }
                look.at = .now
            }
            return (look.pulse, look.workspace?.rooms() ?? [])
        }
        let page = MetricsPage(tallies.current, health, pulse, rooms: rooms, startedAt: startedAt)
        return .text(page.text, as: MetricsPage.contentType)
    }

    /// Has the next look read the configuration anew.
    func forget() { look.withLock { $0 = Look() } }
}

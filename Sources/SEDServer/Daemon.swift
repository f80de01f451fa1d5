// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import SEDCore
internal import SEDInspection
package import SEDProcessor
internal import ServiceLifecycle

/// Drains a workspace continuously, and shows how it is.
package struct Daemon: Sendable {
    /// Where to listen; `configured` leaves it to the configuration.
    package enum Listening: Hashable, Sendable {
        case configured
        case off
        case at(ListenAddress)
    }

    private let path: String
    private let source: ReferenceSource
    private let listening: Listening
    private let logger: Logger
    private let notifier: ServiceNotifier

    package init(workspace path: String, schemas: String?, listening: Listening, logFormat: LogFormat) {
        self.path = path
        source = ReferenceSource(path: schemas)
        self.listening = listening
        logger = Logger(label: "piiripostd", factory: { _ in LineLog(logFormat) })
        notifier = ServiceNotifier(environment: ProcessInfo.processInfo.environment)
    }

    /// Runs until a signal; throws when it cannot begin.
    package func run() async throws {
        let stop = StopSignal(reloads: true)
        let workspace = try Workspace(path: path)
        let lock = try workspace.lock()
        defer { withExtendedLifetime(lock) {} }
        logger.notice(
            "started", metadata: ["version": "\(ProgramVersion.text)", "pid": .stringConvertible(Int(getpid()))])
        let tallies = Tallies(knownSEDs: try source.load().knownSEDs)
        let log = EventLog(logger: logger)
        let health = DrainHealth()
        let state = MonitorState(health: health, tallies: tallies, workspacePath: path)
        let loop = try DrainLoop(stop: stop, health: health, prepare: processor) { event in
            tallies.note(event)
            log.note(event)
            tell(event)
            if case .reloaded = event { state.forget() }
        }
        let address: ListenAddress? =
            switch listening {
            case .configured: workspace.configuration.daemon.listen
            case .off: nil
            case .at(let address): address
            }
        var services: [any Service] = []
        let (opened, opening) = AsyncStream.makeStream(of: Void.self)
        if let address {
            let server = MonitorServer(address: address, state: state, logger: quiet) { address in
                logger.notice("listening", metadata: ["address": "\(address?.description ?? "")"])
                opening.finish()
            }
            services.append(server.application())
        } else {
            opening.finish()
        }
        if let watchdog = notifier.watchdog {
            services.append(Watchdog(every: watchdog / 2, health: health, notifier: notifier))
        }
        do {
            try await run(services, Draining(loop: loop, stop: stop, after: opened))
        } catch let error as IOError {
            let reason = unsafe String(cString: strerror(error.errnoCode))
            throw WorkspaceError(
                message: """
                    \(address?.description ?? "-") cannot be listened on: \(reason); name another address, or off, with \
                    --listen or daemon.listen
                    """
            )
        }
        logger.notice("stopped")
    }

    private func run(_ services: [any Service], _ draining: Draining) async throws {
        var configuration = ServiceGroupConfiguration(
            services: services.map { .init(service: $0) }
                + [.init(service: draining, successTerminationBehavior: .gracefullyShutdownGroup)],
            logger: quiet
        )
        // Whoever still asks how the daemon is must not keep it from ending.
        configuration.maximumGracefulShutdownDuration = .seconds(5)
        try await ServiceGroup(configuration: configuration).run()
    }

    @Sendable private func processor() throws -> Processor {
        try Processor(
            workspace: Workspace(path: path), reference: source.load(), actor: "process", clock: { SystemTime.now() })
    }

    /// What the libraries tell of themselves is of no interest unless it is wrong.
    private var quiet: Logger {
        var logger = logger
        logger.logLevel = .error
        return logger
    }

    private func tell(_ event: DrainEvent) {
        switch event {
        case .started, .reloaded, .reloadFailed: notifier.ready()
        case .reloading: notifier.reloading()
        case .stopping: notifier.stopping()
        default: break
        }
    }
}

/// The loop as a service that ends the others when it ends.
private struct Draining: Service {
    let loop: DrainLoop
    let stop: StopSignal
    /// Ends when the monitor listens: an address that is taken is told before any message is.
    let opened: AsyncStream<Void>

    init(loop: DrainLoop, stop: StopSignal, after opened: AsyncStream<Void>) {
        self.loop = loop
        self.stop = stop
        self.opened = opened
    }

    func run() async throws {
        for await _ in opened {}
        try await withTaskCancellationHandler {
            try Task.checkCancellation()
            try await loop.run()
        } onCancel: {
            stop.raise()
        }
    }
}

/// Tells the service manager that the work gets on, for as long as it does.
private struct Watchdog: Service {
    let interval: Duration
    let health: DrainHealth
    let notifier: ServiceNotifier

    init(every interval: Duration, health: DrainHealth, notifier: ServiceNotifier) {
        self.interval = interval
        self.health = health
        self.notifier = notifier
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                if health.isLive { notifier.alive() }
                try? await Task.sleep(for: interval)
            }
        }
    }
}

// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
internal import SEDCore
internal import SEDQueue
internal import SEDStorage
internal import SEDValidation

/// Drains a workspace until it is told to stop: the one loop of `process` and of the daemon.
///
/// It looks at everything when a folder tells of something new, when a timer runs out, when another process has changed
/// the store, and at least as often as the configuration says. A fault ends nothing: one folder's leaves the others
/// alone, and after any other one the next look comes later and later.
package struct DrainLoop: Sendable {
    private let health: DrainHealth
    private let watch: FolderWatch
    private let stop: StopSignal
    private let prepare: @Sendable () throws -> Processor
    private let tell: @Sendable (DrainEvent) -> Void

    /// How long is left for deliveries after the wish to stop.
    private static let farewell = Duration.seconds(10)
    /// How soon a folder is looked at again that has failed, and a disk that was full.
    private static let retry = Duration.seconds(5)
    /// The longest rest after errors that come again and again.
    private static let longestRetry = Duration.seconds(60)
    /// The shortest time between two looks that found nothing to do.
    private static let breath = Duration.milliseconds(50)
    /// The longest single wait: whoever waits is alive and says so.
    private static let heartbeat = Duration.seconds(5)
    /// How soon, and at last how late, the store is asked whether others have written to it.
    private static let firstRecheck = Duration.milliseconds(20)
    private static let lastRecheck = Duration.seconds(2)

    /// `prepare` reads configuration and schemas anew, at the start and when a signal asks for it.
    package init(
        stop: StopSignal,
        health: DrainHealth = DrainHealth(),
        prepare: @escaping @Sendable () throws -> Processor,
        tell: @escaping @Sendable (DrainEvent) -> Void
    ) throws {
        self.health = health
        watch = try FolderWatch()
        self.stop = stop
        self.prepare = prepare
        self.tell = tell
    }

    /// Runs until the wish to stop; throws only when there is no sound configuration to begin with.
    package func run() async throws {
        var processor = try prepare()
        for warning in processor.warnings { tell(.warning(warning)) }
        stop.end(waitsOf: watch)
        defer { stop.end(waitsOf: nil) }
        let shelf = CaseShelf()
        let haste = Haste()
        let notes = RunNotes(
            beat: { [health] in health.beat() }, onJudged: { [tell] in tell(.judged($0)) },
            isOver: { [stop] in haste.isOver(stop.isRaised, after: Self.farewell) }
        )
        var failures = 0
        health.start()
        tell(.started)
        while !stop.isRaised {
            if stop.takeReload() { reload(&processor, shelf) }
            follow(processor)
            // Of before the look, so that what others do during it is seen.
            let version = storeVersion(processor)
            let rest: Rest
            do {
                processor = processor.reopened()
                rest = try await look(processor, shelf, notes)
                failures = 0
            } catch {
                shelf.clear()
                failures += 1
                // What could not be read of the schemas is kept as missing; only a new start reads it again.
                if error is SchemaFolderError, let anew = try? prepare() { processor = anew }
                rest = afterFailure(error, notes.take(), count: failures)
            }
            await wait(rest, processor, since: version)
        }
        health.stop()
        tell(.stopping)
    }

    // MARK: Looking

    /// How long to wait for the next look.
    private struct Rest {
        var time: Duration
        /// Whether it is no use to look sooner, whatever happens.
        var isDeaf = false
    }

    private func look(_ processor: Processor, _ shelf: CaseShelf, _ notes: RunNotes) async throws -> Rest {
        let begun = ContinuousClock.now
        let summary = try await processor.run(
            shelf: shelf, notes: notes, shouldStop: { stop.isRaised }, observe: { tell(.message($0)) }
        )
        let content = notes.take()
        note(content, hasFailed: false)
        tell(.passed(summary, content, .now - begun))
        if content.isStoreFull { return Rest(time: Self.retry, isDeaf: true) }
        if content.isMore { return Rest(time: .zero) }
        var time = Duration.seconds(processor.pollSeconds)
        if !content.faults.isEmpty { time = min(time, Self.retry) }
        if let still = content.standsStillIn { time = min(time, .seconds(still)) }
        if let timer = try processor.nextTimer() { time = min(time, timer) }
        // Folders that tell of changes again and again without anything to take must not keep a processor busy.
        if !summary.hasNews { try? await Task.sleep(for: Self.breath) }
        return Rest(time: max(time, Self.breath))
    }

    private func afterFailure(_ error: any Error, _ content: RunNotes.Content, count: Int) -> Rest {
        var content = content
        let isFull = content.isStoreFull || isDiskFull(error)
        content.isStoreFull = isFull
        let again = isFull ? Self.retry : min(Self.longestRetry, .seconds(1 << min(count - 1, 6)))
        note(content, hasFailed: !isFull)
        if !isFull { tell(.failed(error, again: again)) }
        return Rest(time: again, isDeaf: true)
    }

    /// Tells what has changed since the last look.
    private func note(_ content: RunNotes.Content, hasFailed: Bool) {
        let before = health.ran(
            isStoreFull: content.isStoreFull, hasFailed: hasFailed, faults: Set(content.faults.keys)
        )
        if content.isStoreFull, !before.wasFull { tell(.intakeStopped) }
        if !content.isStoreFull, before.wasFull, !hasFailed { tell(.intakeResumed) }
        if !hasFailed, !content.isStoreFull, before.hadFailed { tell(.recovered) }
        for (queue, error) in content.faults where !before.faults.contains(queue) {
            tell(.folderFailed(queue: queue, error))
        }
        if hasFailed { return }
        for queue in before.faults where content.faults[queue] == nil { tell(.folderRecovered(queue: queue)) }
    }

    // MARK: Waiting

    /// Waits for the end of a rest, or for something new: in a folder, in the store since this version, or a wish.
    private func wait(_ rest: Rest, _ processor: Processor, since version: Int64?) async {
        let end = ContinuousClock.now + rest.time
        var recheck: Duration?
        while !stop.isRaised, !stop.wantsReload {
            health.beat()
            let left = end - .now
            if left <= .zero { return }
            if rest.isDeaf {
                await stop.wait(for: min(left, Self.heartbeat))
                continue
            }
            let changes = await changes(within: min(left, recheck ?? Self.heartbeat))
            if changes.folders { return }
            // Our own writing is told too; only the store knows whose it was. It knows a little later than the file is
            // written, when that is flushed: so it is asked some times more.
            recheck = changes.file ? Self.firstRecheck : recheck.flatMap { $0 > Self.lastRecheck ? nil : $0 * 2 }
            if recheck != nil, storeVersion(processor) != version { return }
        }
    }

    /// Waiting for the system blocks a thread, which must not be one of the few that all the work shares.
    private func changes(within time: Duration) async -> FolderWatch.Changes {
        let milliseconds = Int(time / .milliseconds(1)) + 1
        return await withCheckedContinuation { continuation in
            Thread.detachNewThread { [watch] in
                continuation.resume(returning: watch.wait(milliseconds: milliseconds))
            }
        }
    }

    private func follow(_ processor: Processor) {
        for folder in processor.configuration.inbound {
            watch.follow(processor.workspace.resolved(folder.path), depth: folder.layout.depth)
        }
        // What an access point does with its files tells how far a message has come.
        for folder in processor.configuration.outbound where folder.layout != .plain {
            watch.follow(outbound: processor.workspace.resolved(folder.path))
        }
        watch.follow(file: "store.sqlite-wal", in: processor.workspace.path)
    }

    private func storeVersion(_ processor: Processor) -> Int64? {
        try? processor.workspace.store.read { try $0.version }
    }

    // MARK: Reading again

    private func reload(_ processor: inout Processor, _ shelf: CaseShelf) {
        tell(.reloading)
        do {
            let renewed = try prepare()
            // A file that is away for a moment must not turn routes and folders into the defaults.
            if processor.workspace.hasConfigurationFile, !renewed.workspace.hasConfigurationFile {
                throw WorkspaceError(message: "piiripost.yaml is gone from the workspace")
            }
            processor = renewed
            shelf.clear()
            health.configured(true)
            for warning in processor.warnings { tell(.warning(warning)) }
            tell(.reloaded)
        } catch {
            health.configured(false)
            tell(.reloadFailed(error))
        }
    }
}

extension Processor {
    /// How long until a run has something to do although nothing arrives.
    func nextTimer() throws -> Duration? {
        let now = clock()
        return try workspace.store.read { try $0.nextTimer(after: now, graceSeconds: configuration.graceSeconds) }
            .map { .milliseconds($0.millisecondsSinceEpoch - now.millisecondsSinceEpoch) }
    }
}

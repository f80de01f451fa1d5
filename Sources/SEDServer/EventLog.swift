// SPDX-License-Identifier: EUPL-1.2

internal import Logging
internal import SEDCore
internal import SEDInspection
internal import SEDProcessor

/// Tells what happens as lines of the log; `docs/daemon.md` has every event with its fields.
struct EventLog: Sendable {
    let logger: Logger

    func note(_ event: DrainEvent) {
        switch event {
        case .started: logger.info("ready")
        case .judged: break
        case .message(let message): note(message)
        case .passed(let summary, let content, let duration):
            if summary.hasNews || !content.failed.isEmpty { note(summary, content, duration) }
        case .warning(let text): logger.warning("warning", metadata: ["reason": "\(text)"])
        case .folderFailed(let queue, let error):
            logger.error("inbound-failed", metadata: ["queue": "\(queue)", "reason": "\(error)"])
        case .folderRecovered(let queue): logger.notice("inbound-recovered", metadata: ["queue": "\(queue)"])
        case .intakeStopped: logger.error("intake-stopped", metadata: ["reason": "the disk is full"])
        case .intakeResumed: logger.notice("intake-resumed")
        case .failed(let error, let again):
            logger.error(
                "run-failed",
                metadata: ["reason": "\(error)", "againSeconds": .stringConvertible(again / .seconds(1))]
            )
        case .recovered: logger.notice("run-recovered")
        case .reloading: logger.info("reloading")
        case .reloaded: logger.notice("reloaded")
        case .reloadFailed(let error): note(refused: error)
        case .stopping: logger.notice("stopping")
        }
    }

    /// One line for each fault, with its place.
    private func note(refused error: any Error) {
        guard let faulty = error as? ConfigurationError else {
            return logger.error("reload-refused", metadata: ["reason": "\(error)"])
        }
        for problem in faulty.problems {
            logger.error(
                "reload-refused",
                metadata: [
                    "file": "\(problem.file)", "line": .stringConvertible(problem.line),
                    "column": .stringConvertible(problem.column), "reason": "\(problem.message)",
                ]
            )
        }
    }

    private func note(_ message: ProcessedMessage) {
        var facts: Logger.Metadata = [
            "id": "m\(message.id)", "verdict": "\(message.verdict.rawValue)",
            "disposition": "\(message.disposition.rawValue)",
        ]
        if let sed = message.sed { facts["sed"] = "\(sed.code)" }
        if let rule = message.rule { facts["rule"] = "\(rule.text)" }
        if message.hadWaited { facts["after"] = "waiting" }
        if message.wasDisplaced { facts["after"] = "place lost" }
        logger.info("message", metadata: facts)
    }

    private func note(_ summary: ProcessingSummary, _ content: RunNotes.Content, _ duration: Duration) {
        let counts: [(String, Int)] = [
            ("accepted", summary.accepted), ("acceptedWithFindings", summary.acceptedWithFindings),
            ("pending", summary.pending), ("rejected", summary.rejected), ("quarantined", summary.quarantined),
            ("duplicates", summary.duplicates), ("resolved", summary.resolved), ("displaced", summary.displaced),
            ("notReady", summary.notReady), ("exceptions", summary.exceptions), ("closings", summary.closings),
            ("resends", summary.resends), ("delivered", summary.delivered),
            ("deliveryFailures", content.failed.values.reduce(0, +)),
        ]
        var facts: Logger.Metadata = ["seconds": .stringConvertible((duration / .milliseconds(1)).rounded() / 1_000)]
        for (name, count) in counts where count > 0 { facts[name] = .stringConvertible(count) }
        logger.info("run", metadata: facts)
    }
}

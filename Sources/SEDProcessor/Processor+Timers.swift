// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDInspection
internal import SEDStorage
internal import SEDValidation

/// What happens because time has passed, or because something came late.
extension Processor {
    /// The time by which files are old, in seconds since 1970.
    func fileTime() -> Int {
        let settled = configuration.inbound.map(\.settledSeconds).max() ?? 0
        let patience = Duration.seconds(max(settled, configuration.incompleteAfterSeconds))
        return Int(SystemTime.now().millisecondsSinceEpoch / 1_000) - fileLeap.seconds(patience: patience)
    }

    /// The time by which the waiting of messages and the clocks of cases end.
    func waitingTime() -> Instant {
        clock().adding(seconds: -messageLeap.seconds(patience: .seconds(configuration.graceSeconds)))
    }

    func writeResends() throws -> Int {
        let now = clock()
        return try write { transaction in
            try Resends(
                transaction: transaction, configuration: configuration, validator: reference.validator, now: now,
                actor: actor
            ).run()
        }
    }

    /// Looks at all clocks that close a case and whose last day has passed, some in each transaction.
    func runClosingRules(
        _ shelf: CaseShelf,
        into summary: inout ProcessingSummary,
        shouldStop: @Sendable () -> Bool,
        observe: @Sendable (ProcessedMessage) -> Void
    ) throws {
        while !shouldStop() {
            let now = waitingTime()
            do {
                let outcome = try write { transaction in
                    try shelf.refresh(transaction.view)
                    return try ClosingRules(
                        transaction: transaction, configuration: configuration, reference: reference, shelf: shelf,
                        now: now, actor: actor
                    ).run()
                }
                summary.closings += outcome.closings
                for message in outcome.placed { observe(message) }
                if !outcome.isMore { return }
            } catch {
                shelf.clear()
                throw error
            }
        }
    }

    /// Judges anew what stands behind messages that came late, each case in a transaction of its own.
    func judgeAnew(_ shelf: CaseShelf, shouldStop: @Sendable () -> Bool) throws {
        for key in try workspace.store.read({ try $0.casesToJudge() }) {
            if shouldStop() { return }
            _ = shelf.take(key)
            let now = clock()
            try write { transaction in
                try MessageCommit(
                    transaction: transaction, configuration: configuration, useCases: reference.useCases,
                    rules: reference.validator.rules, edition: reference.edition, shelf: CaseShelf(), now: now,
                    actor: actor
                ).judgeAnew(key)
            }
        }
    }

    func endGracePeriods() throws -> Int {
        let now = waitingTime()
        return try write { transaction in
            try GracePeriod(
                transaction: transaction, configuration: configuration, useCases: reference.useCases,
                validator: reference.validator, now: now, actor: actor
            ).end()
        }
    }
}

// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
internal import SEDInspection
internal import SEDStorage
internal import SEDValidation

/// A person's acts on the items of the queues, each audited with who did it.
///
/// An act may be done while another process drains the workspace: it changes states in the store, in transactions, and
/// that process asks the store.
package struct QueueOperator {
    let workspace: Workspace
    let reference: ReferenceData
    let actor: String
    private let clock: @Sendable () -> Instant

    /// How many items share one transaction.
    private static let batch = 64

    /// `actor` is who acts, for the audit trail.
    package init(
        workspace: Workspace,
        reference: ReferenceData,
        actor: String,
        clock: @escaping @Sendable () -> Instant
    ) {
        self.workspace = workspace
        self.reference = reference.judging(with: workspace)
        self.actor = actor
        self.clock = clock
    }

    /// The identifiers of the items that a query means.
    package func selection(_ query: QueueQuery) throws -> [String] {
        try workspace.store.read { try query.references(in: $0) }.map(\.description)
    }

    /// Acts on items in the order given; with `isDryRun` everything is tried and nothing is kept.
    ///
    /// An item that cannot be acted on does not keep the others from it. Throws where something could not be read that
    /// judging rests on, such as the rates.
    package func perform(
        _ act: QueueAct,
        on ids: [String],
        isDryRun: Bool,
        language: Language,
        progress: () -> Void = {}
    ) throws -> ActReport {
        var outcomes: [ActOutcome] = []
        for batch in ids.chunks(of: Self.batch) {
            outcomes += try workspace.store.write { transaction in
                try transaction.attempt {
                    let done = try batch.map { id in
                        let answer = try answer(act, id, transaction)
                        progress()
                        return ActOutcome(id: id, result: answer.result, detail: answer.detail[language])
                    }
                    // Nothing stays that rests on what could not be read.
                    try reference.folder.faults.check()
                    return (done, !isDryRun)
                }
            }
        }
        return ActReport(isDryRun: isDryRun, items: outcomes)
    }

    /// One item in a savepoint of its own, so that what is refused leaves nothing behind but its count of attempts.
    private func answer(_ act: QueueAct, _ id: String, _ transaction: Transaction) throws -> ActAnswer {
        let now = clock()
        switch ItemReference(id) {
        case .message(let number):
            guard let message = try transaction.view.message(number) else { return Self.unknown }
            let acts = MessageActs(scene: Scene(self, transaction, now), message: message)
            return try transaction.attempt {
                let answer = try acts.perform(act)
                return (answer, answer.result == .done || act == .retry)
            }
        case .outbox(let number):
            guard let item = try transaction.view.outboxItem(number) else { return Self.unknown }
            let acts = OutboxActs(scene: Scene(self, transaction, now), item: item)
            return try transaction.attempt {
                let answer = try acts.perform(act)
                return (answer, answer.result == .done)
            }
        case .file(let queue, let name):
            guard try transaction.view.obstacles().contains(where: { $0.queue == queue && $0.fileName == name }) else {
                return Self.unknown
            }
            // A file that was never taken is the access point's, or its writer's; the store holds nothing of it.
            return act == .retry
                ? .done("it is tried on every run", "seda proovitakse igal käivitusel")
                : .refused(
                    "the file was not taken over; change or remove it in its folder",
                    "fail ei ole üle võetud; muutke või eemaldage see oma kaustas")
        case nil: return Self.unknown
        }
    }

    private static let unknown = ActAnswer.refused("there is no such item", "sellist kirjet ei ole")

    /// What the acts of one transaction need.
    struct Scene {
        let transaction: Transaction
        let configuration: Configuration
        let reference: ReferenceData
        let now: Instant
        let actor: String

        init(_ queueOperator: QueueOperator, _ transaction: Transaction, _ now: Instant) {
            self.transaction = transaction
            configuration = queueOperator.workspace.configuration
            reference = queueOperator.reference
            self.now = now
            actor = queueOperator.actor
        }

        var commit: MessageCommit {
            MessageCommit(
                transaction: transaction, configuration: configuration, useCases: reference.useCases,
                rules: reference.validator.rules, edition: reference.edition, shelf: CaseShelf(), now: now,
                actor: actor
            )
        }

        func audit(_ act: String, message: Int64, _ detail: String) throws {
            try transaction.audit(act, subject: "message:\(message)", detail: detail, by: actor, at: now)
        }
    }
}

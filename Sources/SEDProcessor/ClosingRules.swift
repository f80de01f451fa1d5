// SPDX-License-Identifier: EUPL-1.2

internal import SEDCases
internal import SEDCore
internal import SEDCrypto
internal import SEDQueue
internal import SEDStorage
internal import SEDValidation

/// Closes cases whose clock has run out, or proposes it: writes the X001 with the reason that the clock names.
///
/// Which clocks close a case stands in the tables of the use cases. A clock of which nobody was told yet is looked at
/// once, on the first run after its last day.
struct ClosingRules {
    let transaction: Transaction
    let commit: MessageCommit
    let configuration: Configuration
    let useCases: UseCaseLibrary
    let validator: Validator
    let now: Instant
    let actor: String

    /// How many clocks are looked at in one transaction.
    static let batch = 32

    /// What one look came to.
    struct Outcome {
        /// How many cases were closed, or proposed to be closed.
        var closings = 0
        /// What was placed because it was sent.
        var placed: [ProcessedMessage] = []
        /// Whether there may be more to look at.
        var isMore = false
    }

    func run() throws -> Outcome {
        var outcome = Outcome()
        let due = try transaction.view.closingsDue(before: now.date, limit: Self.batch)
        for stored in due where try close(stored, &outcome) {
            outcome.closings += 1
        }
        outcome.isMore = due.count == Self.batch
        return outcome
    }

    /// Whether an X001 was written.
    private func close(_ stored: StoredDeadline, _ outcome: inout Outcome) throws -> Bool {
        let caseID = stored.caseID
        try transaction.endClosingWatch(stored.deadline, of: caseID)
        let all = try transaction.view.deadlines(of: caseID).map(\.deadline)
        guard let clock = CaseDeadline.closing(all, on: now.date).first(where: { $0.name == stored.deadline.name }),
            let reason = clock.closeReason, try mayClose(stored)
        else { return false }
        let earlier = try transaction.view.closings(of: caseID)
        guard earlier.allSatisfy({ $0 == .withdrawn }) else { return false }
        if configuration.closing == .send, try !transaction.view.pending(in: caseID).isEmpty {
            // What waits may have stopped the clock, had it come in order: another day.
            try transaction.watchClosing(stored.deadline, of: caseID, from: now.date)
            return false
        }
        guard
            let draft = try draft(
                of: stored, reason: reason, purpose: "\(clock.name) \(clock.started.messageID)", earlier.count)
        else { return false }
        let judgements = draft.messages.map { validator.judge($0, direction: .outbound) }
        guard judgements.allSatisfy({ $0.report.verdict == .valid && $0.envelope != nil }) else {
            // Our own document must never leave with a fault: the clock stays overdue, and a person closes the case.
            let findings = Set(judgements.flatMap { $0.report.findings.map(\.rule.text) }).sorted()
            try audit(stored, "not written: \(findings.joined(separator: ", "))")
            return false
        }
        // A case must not be closed here while the others hear nothing of it.
        let isRouted = judgements.compactMap(\.envelope).allSatisfy { configuration.route(for: $0, way: .sent) != nil }
        let isSent = configuration.closing == .send && isRouted
        if isSent {
            outcome.placed += try send(draft, judgements)
        } else {
            try propose(draft, judgements, clock, reason)
        }
        try audit(stored, "\(isSent ? "sent" : "proposed"): reason \(reason), clock \(clock.name)")
        return true
    }

    /// Whether our side may send X001 in the state of the case.
    private func mayClose(_ stored: StoredDeadline) throws -> Bool {
        guard let useCase = try useCases.useCase(stored.buc), let table = useCase.table(for: stored.role)
        else { return false }
        let progress = CaseProgress(steps: try transaction.view.steps(of: stored.caseID).map(\.step))
        return progress.expected(.sent, in: table).contains { $0.code == "X001" }
    }

    private func draft(
        of stored: StoredDeadline,
        reason: String,
        purpose: String,
        _ attempt: Int
    ) throws -> ClosingDraft? {
        let receivers = try transaction.view.participants(of: stored.caseID)
            .filter { $0.isActive && $0.institution != stored.institution }
            .map { EnvelopeParty(institution: $0.institution, role: $0.role) }
        let person = try transaction.view.steps(of: stored.caseID).lazy.compactMap { step in
            try? transaction.view.bytes(of: step.messageID).flatMap(ClosingDraft.Person.init(in:))
        }.first
        guard let version = try transaction.view.storedCase(stored.caseID)?.version, let person, !receivers.isEmpty
        else {
            try audit(stored, "not written: nobody whom the case is about, or nobody to tell")
            return nil
        }
        return ClosingDraft(
            of: stored.caseID, in: stored.buc, version: version,
            from: EnvelopeParty(institution: stored.institution, role: stored.role), to: receivers, about: person,
            reason: reason, purpose: "\(purpose) \(attempt)", at: now
        )
    }

    // MARK: Writing

    private func propose(
        _ draft: ClosingDraft,
        _ judgements: [Judgement],
        _ clock: CaseDeadline,
        _ reason: String
    ) throws {
        for (bytes, judgement) in zip(draft.messages, judgements) {
            guard let envelope = judgement.envelope else { continue }
            try transaction.enqueue(
                .closing, messageID: clock.started.messageID, destination: nil,
                fileName: MessageCommit.fileName(of: envelope), bytes: bytes, state: .draft,
                reason: "X001 reason \(reason) closes the case: \(clock.name) ran out on \(clock.dueOn).", at: now
            )
        }
    }

    /// What we send is a message of the case like any other: stored, placed, routed.
    private func send(_ draft: ClosingDraft, _ judgements: [Judgement]) throws -> [ProcessedMessage] {
        try zip(draft.messages, judgements).map { bytes, judgement in
            let name = judgement.envelope.map(MessageCommit.fileName) ?? "X001.xml"
            let result = try commit.commit(
                JudgedFile(
                    offer: InboundQueue.Offer(queue: "closing", name: name), identity: nil, bytes: bytes,
                    size: bytes.count, digest: SHA256Digest(of: bytes).description, attachments: [],
                    judgement: judgement
                )
            )
            // No file lies anywhere that would have to be moved.
            try transaction.acknowledge([result.id], at: now)
            return result
        }
    }

    private func audit(_ stored: StoredDeadline, _ detail: String) throws {
        try transaction.audit("closing", subject: "case:\(stored.caseID)", detail: detail, by: actor, at: now)
    }
}

// SPDX-License-Identifier: EUPL-1.2

internal import SEDCases
internal import SEDCore
internal import SEDStorage
internal import SEDValidation

/// Closes cases whose clock has run out, or proposes it: writes the X001 with the reason that the clock names.
///
/// Which clocks close a case stands in the tables of the use cases. A clock of which nobody was told yet is looked at
/// once, on the first run after its last day.
struct ClosingRules {
    let transaction: Transaction
    let configuration: Configuration
    let reference: ReferenceData
    let shelf: CaseShelf
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
        for (key, name) in due where try close(key, name, &outcome) { outcome.closings += 1 }
        outcome.isMore = due.count == Self.batch
        return outcome
    }

    /// Whether an X001 was written.
    private func close(_ key: CaseKey, _ name: String, _ outcome: inout Outcome) throws -> Bool {
        try transaction.endClosingWatch(name, of: key)
        let clocks = try transaction.view.deadlines(of: key).map(\.deadline)
        let file = try CaseFile(
            key, in: transaction.view, useCases: reference.useCases, ours: Set(configuration.institutions)
        )
        guard let clock = CaseDeadline.closing(clocks, on: now.date).first(where: { $0.name == name }),
            let reason = clock.closeReason, mayClose(file.course)
        else { return false }
        let earlier = try transaction.view.closings(of: key)
        guard earlier.allSatisfy({ $0 == .withdrawn }) else { return false }
        if configuration.closing == .send, !file.course.waiting.isEmpty {
            // What waits may have stopped the clock, had it come in order: another day.
            try transaction.watchClosing(name, of: key, from: now.date)
            return false
        }
        let purpose = "\(name) \(clock.started.messageID) \(earlier.count)"
        guard let draft = try draft(of: file.course, key, reason: reason, purpose: purpose) else { return false }
        let judgements = draft.messages.map { reference.validator.judge($0, direction: .outbound) }
        guard judgements.allSatisfy({ $0.report.verdict == .valid && $0.envelope != nil }) else {
            // Our own document must never leave with a fault: the clock stays overdue, and a person closes the case.
            let findings = Set(judgements.flatMap { $0.report.findings.map(\.rule.text) }).sorted()
            try audit(key, "not written: \(findings.joined(separator: ", "))")
            return false
        }
        // A case must not be closed here while the others hear nothing of it.
        let isRouted = try judgements.compactMap(\.envelope).allSatisfy {
            try transaction.view.route(for: $0, way: .sent, on: now.date, by: configuration) != nil
        }
        let isSent = configuration.closing == .send && isRouted
        if isSent {
            outcome.placed += try send(draft, judgements)
        } else {
            try propose(draft, judgements, key, clock, reason)
        }
        try audit(key, "\(isSent ? "sent" : "proposed"): reason \(reason), clock \(name)")
        return true
    }

    /// Whether our side may send X001 in every thread that is open.
    private func mayClose(_ course: CaseCourse) -> Bool {
        guard let table = course.table else { return false }
        let open = course.threads.filter {
            ![.closed, .forwarded, .start].contains($0.progress.state) && !course.hasLeft($0)
        }
        return !open.isEmpty
            && open.allSatisfy { $0.progress.expected(.sent, in: table).contains { $0.code == "X001" } }
    }

    private func draft(
        of course: CaseCourse,
        _ key: CaseKey,
        reason: String,
        purpose: String
    ) throws -> ClosingDraft? {
        let receivers = course.participants.filter { $0.isActive && $0.institution != key.institution }
            .map { EnvelopeParty(institution: $0.institution, role: $0.role) }
        let person = course.placed.lazy.compactMap { placed in
            try? transaction.view.bytes(of: placed.entry.number).flatMap(ClosingDraft.Person.init(in:))
        }.first
        guard let version = course.version, let role = course.role, let buc = course.useCase?.type, let person,
            !receivers.isEmpty
        else {
            try audit(key, "not written: nobody whom the case is about, or nobody to tell")
            return nil
        }
        return ClosingDraft(
            of: key.id, in: buc, version: version, from: EnvelopeParty(institution: key.institution, role: role),
            to: receivers, about: person, reason: reason, purpose: purpose, at: now
        )
    }

    // MARK: Writing

    private func propose(
        _ draft: ClosingDraft,
        _ judgements: [Judgement],
        _ key: CaseKey,
        _ clock: CaseDeadline,
        _ reason: String
    ) throws {
        for (bytes, judgement) in zip(draft.messages, judgements) {
            guard let envelope = judgement.envelope else { continue }
            try transaction.enqueue(
                .closing, messageID: clock.started.messageID, destination: nil,
                fileName: MessageCommit.fileName(of: envelope), bytes: bytes, state: .draft,
                reason: """
                    X001 reason \(reason, as: "reason") closes the case: \(clock.name, as: "clock") ran out on \
                    \(clock.dueOn, as: "day").
                    """,
                closing: key, at: now
            )
        }
    }

    /// What stands for the inbound folder of messages that this program wrote.
    static let queue = "closing"

    /// What we send is a message of the case like any other: stored, placed, routed.
    private func send(_ draft: ClosingDraft, _ judgements: [Judgement]) throws -> [ProcessedMessage] {
        var commit = MessageCommit(
            transaction: transaction, configuration: configuration, useCases: reference.useCases,
            rules: reference.validator.rules, edition: reference.edition, shelf: shelf, now: now, actor: actor
        )
        for (bytes, judgement) in zip(draft.messages, judgements) {
            let name = judgement.envelope.map(MessageCommit.fileName) ?? "X001.xml"
            _ = try commit.receive(bytes, judgement, from: Self.queue, named: name)
        }
        return try commit.settleCases()
    }

    private func audit(_ key: CaseKey, _ detail: String) throws {
        try transaction.audit("closing", subject: "case:\(key.id)", detail: detail, by: actor, at: now)
    }
}

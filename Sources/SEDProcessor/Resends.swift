// SPDX-License-Identifier: EUPL-1.2

internal import SEDCases
internal import SEDCore
internal import SEDStorage
internal import SEDValidation

/// Puts the documents that must go again into the outbox, each once for each receiver.
struct Resends {
    let transaction: Transaction
    let configuration: Configuration
    let validator: Validator
    let now: Instant
    let actor: String

    /// Brings the outbox in line with what the cases ask for, and returns how many messages were written.
    func run() throws -> Int {
        try transaction.withdrawResendsWithoutDuty()
        return try write(try transaction.view.openResendDuties())
    }

    /// Writes what is due and not in the outbox yet, and returns how many messages that were.
    ///
    /// What cannot be written validly is put there once too, as faulty: a person has to look (SYS-010).
    func write(_ duties: [ResendDuty]) throws -> Int {
        var written = 0
        for duty in duties
        where try !transaction.view.hasOutbox(.resend, of: duty.messageID, for: duty.receiver.institution) {
            if try write(duty) { written += 1 }
        }
        return written
    }

    private func write(_ duty: ResendDuty) throws -> Bool {
        let view = transaction.view
        guard let original = try view.bytes(of: duty.messageID), let envelope = try view.envelope(of: duty.messageID),
            let draft = ResendDraft(
                of: original, envelope, from: duty.sender, to: duty.receiver,
                action: duty.action, at: now
            )
        else { return try refuse(duty, named: "message-\(duty.messageID)", because: "its bytes are not in the store") }
        let judgement = validator.judge(draft.bytes, direction: .outbound)
        guard judgement.report.verdict == .valid, let own = judgement.envelope else {
            // Our own document must never leave with a fault.
            let findings = judgement.report.findings.filter { $0.severity == .error }.map(\.rule.text)
            let reason: Words =
                findings.isEmpty ? "its verdict is undecided" : Words(findings.joined(separator: ", "))
            return try refuse(duty, named: MessageCommit.fileName(of: envelope), because: reason)
        }
        let isSent = configuration.resends == .send
        let route = isSent ? try view.route(for: own, way: .sent, on: now.date, by: configuration) : nil
        let state: OutboxState = isSent ? (route == nil ? .unrouted : .ready) : .draft
        try transaction.enqueue(
            .resend, messageID: duty.messageID, for: duty.receiver.institution, destination: route?.destination,
            fileName: MessageCommit.fileName(of: own), bytes: draft.bytes, state: state,
            reason: """
                \(own.sed, as: "sed") must go again to \(duty.receiver.institution, as: "receiver"), which has joined \
                the case.
                """, at: now
        )
        try transaction.audit(
            "resend", subject: "message:\(duty.messageID)",
            detail: "\(state.rawValue) \(own.sed) to \(duty.receiver.institution) as \(own.instance)", by: actor,
            at: now
        )
        return true
    }

    private func refuse(_ duty: ResendDuty, named name: String, because reason: Words) throws -> Bool {
        let receiver = duty.receiver.institution
        try transaction.enqueue(
            .resend, messageID: duty.messageID, for: receiver, destination: nil, fileName: name, bytes: nil,
            state: .faulty,
            reason: """
                No valid message to \(receiver, as: "receiver") can be made of message \
                \(duty.messageID, as: "number") (\(reason, as: "reason")).
                """,
            at: now
        )
        try transaction.audit(
            "resend", subject: "message:\(duty.messageID)", detail: "\(RuleID.noResend) to \(receiver)", by: actor,
            at: now
        )
        return false
    }
}

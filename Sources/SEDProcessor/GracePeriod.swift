// SPDX-License-Identifier: EUPL-1.2

internal import SEDCases
internal import SEDCore
internal import SEDInspection
internal import SEDStorage
internal import SEDValidation

/// Ends the waiting of messages whose grace period is over, and answers each with a business exception (X050).
///
/// Source: EESSI process AD_BUC_11: a message without a place waits 24 hours, because messages may overtake each
/// other, and is tried again on each arrival; then the receiver reports the exception.
struct GracePeriod {
    let transaction: Transaction
    let configuration: Configuration
    let useCases: UseCaseLibrary
    let validator: Validator
    let now: Instant
    let actor: String

    /// Drafts what is due and returns how many messages were answered.
    func end() throws -> Int {
        var answered = 0
        var files: [CaseKey: CaseFile] = [:]
        let moment = now.adding(seconds: -configuration.graceSeconds)
        for message in try transaction.view.pendingUnanswered(since: moment) {
            // An exception about an exception would go back and forth for ever.
            guard let envelope = try transaction.view.envelope(of: message.id), envelope.sed.code != "X050",
                let rule = message.rule, ![.engine, .notOurs, .noException].contains(rule)
            else { continue }
            let key = CaseKey(id: envelope.caseID, institution: envelope.receiver.institution)
            let ours = Set(configuration.institutions)
            let file = try files[key] ?? CaseFile(key, in: transaction.view, useCases: useCases, ours: ours)
            files[key] = file
            guard let code = file.exceptionCode(for: message.id) else { continue }
            if try answer(message, envelope, code: code) { answered += 1 }
        }
        return answered
    }

    /// Puts the exception into the outbox; false when it could not be written validly.
    private func answer(_ message: StoredMessage, _ envelope: Envelope, code: String) throws -> Bool {
        let draft = ExceptionDraft(answering: envelope, code: code, at: now)
        let judgement = validator.judge(draft.bytes, direction: .outbound)
        guard judgement.report.verdict == .valid, let own = judgement.envelope else {
            // Our own document must never leave with a fault. A person has to decide, and is told why.
            let findings = judgement.report.findings.map(\.rule.text).joined(separator: ", ")
            let reason: Words = """
                \(message.reason ?? "", as: "before") No business exception can be sent here \
                (\(findings, as: "findings")).
                """
            try settle(message, .pending, .pending, rule: .noException, reason: reason)
            return false
        }
        // Whoever got the message may have acted on it: then a person decides whether the other side is to be refused.
        let isForPerson = try message.displacedAt != nil && transaction.view.hasLeft(message.id)
        let policy = isForPerson ? .draft : configuration.exceptions
        let route =
            try policy == .send
            ? transaction.view.route(for: own, way: .sent, on: now.date, by: configuration) : nil
        let state: OutboxState =
            switch policy {
            case .draft: .draft
            case .send: route == nil ? .unrouted : .ready
            }
        try transaction.enqueue(
            .exception, messageID: message.id, destination: route?.destination,
            fileName: MessageCommit.fileName(of: own), bytes: draft.bytes, state: state,
            reason: "X050 code \(code, as: "code") answers message \(message.id, as: "number").", at: now
        )
        // A draft has told nobody anything yet: until it leaves, the message may still find its place.
        if state == .draft {
            let reason: Words = """
                \(message.reason ?? "", as: "before") X050 code \(code, as: "code") is drafted and waits for release.
                """
            try settle(message, .pending, .pending, rule: message.rule, reason: reason)
        } else {
            let reason: Words = """
                No place was found within the grace period; X050 code \(code, as: "code") answers it.
                """
            try settle(message, .rejected, .reject, rule: message.rule, reason: reason)
        }
        return true
    }

    /// Moves the message on, and brings its stored report and the audit trail in line.
    func settle(
        _ message: StoredMessage,
        _ state: MessageState,
        _ disposition: Disposition,
        rule: RuleID?,
        reason: Words
    ) throws {
        try transaction.move(
            message: message.id, from: .pending, to: state, disposition: disposition, rule: rule, reason: reason
        )
        if var report = try transaction.view.report(of: message.id).flatMap(MessageReport.init(json:)) {
            report.disposition = disposition.rawValue
            report.explain(reason)
            try transaction.setReport(try StableJSON.encode(report), of: message.id)
        }
        try transaction.audit(
            "exception", subject: "message:\(message.id)", detail: "\(disposition.rawValue) \(rule?.text ?? "-")",
            by: actor, at: now
        )
    }
}

// SPDX-License-Identifier: EUPL-1.2

internal import SEDCases
internal import SEDCore
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
        let moment = now.adding(seconds: -configuration.graceSeconds)
        for message in try transaction.view.pendingUnanswered(since: moment) {
            guard let envelope = try transaction.view.envelope(of: message.id),
                let code = try exceptionCode(for: message, envelope)
            else { continue }
            if try answer(message, envelope, code: code) { answered += 1 }
        }
        return answered
    }

    /// The code that fits the case as it stands now; nil where a person has to decide.
    private func exceptionCode(for message: StoredMessage, _ envelope: Envelope) throws -> String? {
        // An exception about an exception would go back and forth for ever.
        guard envelope.sed.code != "X050", let rule = message.rule, let useCase = try useCases.useCase(envelope.buc)
        else { return nil }
        guard
            let table = useCase.table(
                for: try transaction.view.storedCase(envelope.caseID)?.role ?? envelope.receiver.role)
        else { return nil }
        // Which fault it is was found when the message was last tried; only the version's direction is asked anew.
        switch rule {
        case .caseUnknown: return "01"
        case .updateWithoutPredecessor:
            let progress = CaseProgress(steps: try transaction.view.steps(of: envelope.caseID).map(\.step))
            let event = CaseEvent(
                way: .received, sed: envelope.sed, set: envelope.set.text, version: envelope.documentVersion,
                isUpdate: true
            )
            return progress.refusal(of: event, in: table).exceptionCode
        case .caseForwarded: return "03"
        case .participantRemoved: return "04"
        case .outOfOrder: return "05"
        case .caseClosed: return "06"
        default: return nil
        }
    }

    /// Puts the exception into the outbox; false when it could not be written validly.
    private func answer(_ message: StoredMessage, _ envelope: Envelope, code: String) throws -> Bool {
        let draft = ExceptionDraft(answering: envelope, code: code, at: now)
        let judgement = validator.judge(draft.bytes, direction: .outbound)
        guard judgement.report.verdict == .valid, let own = judgement.envelope else {
            // Our own document must never leave with a fault. A person has to decide, and is told why.
            let findings = judgement.report.findings.map(\.rule.text).joined(separator: ", ")
            let reason = "\(message.reason ?? "") No business exception can be sent here (\(findings))."
            try settle(message, .pending, .pending, rule: .noException, reason: reason)
            return false
        }
        let route = try configuration.exceptions == .send ? routed(own) : nil
        let state: OutboxState =
            switch configuration.exceptions {
            case .draft: .draft
            case .send: route == nil ? .unrouted : .ready
            }
        try transaction.enqueue(
            .exception, messageID: message.id, destination: route?.destination,
            fileName: MessageCommit.fileName(of: own), bytes: draft.bytes, state: state,
            reason: "X050 code \(code) answers message \(message.id).", at: now
        )
        // A draft has told nobody anything yet: until it leaves, the message may still find its place.
        if state == .draft {
            let reason = "\(message.reason ?? "") X050 code \(code) is drafted and waits for release."
            try settle(message, .pending, .pending, rule: message.rule, reason: reason)
        } else {
            let reason = "No place was found within the grace period; X050 code \(code) answers it."
            try settle(message, .rejected, .reject, rule: message.rule, reason: reason)
        }
        return true
    }

    private func routed(_ envelope: Envelope) throws -> Route? {
        let receiver = try transaction.view.receiverStanding(
            of: envelope, on: now.date, where: configuration.routesAskDirectory)
        return configuration.route(for: envelope, way: .sent, receiver: receiver)
    }

    /// Moves the message on, and brings its stored report and the audit trail in line.
    private func settle(
        _ message: StoredMessage,
        _ state: MessageState,
        _ disposition: Disposition,
        rule: RuleID?,
        reason: String
    ) throws {
        try transaction.move(
            message: message.id, from: .pending, to: state, disposition: disposition, rule: rule, reason: reason
        )
        if var report = try transaction.view.report(of: message.id).flatMap(MessageReport.init(json:)) {
            report.disposition = disposition.rawValue
            report.reason = reason
            try transaction.setReport(try StableJSON.encode(report), of: message.id)
        }
        try transaction.audit(
            "exception", subject: "message:\(message.id)", detail: "\(disposition.rawValue) \(rule?.text ?? "-")",
            by: actor, at: now
        )
    }
}

// SPDX-License-Identifier: EUPL-1.2

internal import SEDCases
internal import SEDCore
internal import SEDCrypto
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
        for message in try transaction.view.messages(in: [.pending]) {
            let dueAt = message.receivedAt.adding(seconds: configuration.graceSeconds)
            guard message.way == .received, dueAt <= now, let envelope = try transaction.view.envelope(of: message.id),
                let code = try exceptionCode(for: message, envelope)
            else { continue }
            try answer(message, envelope, code: code)
            answered += 1
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

    private func answer(_ message: StoredMessage, _ envelope: Envelope, code: String) throws {
        let draft = ExceptionDraft(answering: envelope, code: code, at: now)
        let judgement = validator.judge(draft.bytes)
        guard judgement.report.verdict == .valid, let own = judgement.envelope else {
            // Our own document must never leave with a fault; the message keeps waiting and says why.
            let findings = judgement.report.findings.map(\.rule.text).joined(separator: ", ")
            try transaction.move(
                message: message.id, from: .pending, to: .pending, disposition: .pending, rule: message.rule,
                reason: "The business exception could not be drafted validly (\(findings))."
            )
            return
        }
        let route = configuration.exceptions == .send ? configuration.route(for: own, way: .sent) : nil
        let state: OutboxState =
            switch configuration.exceptions {
            case .draft: .draft
            case .send: route == nil ? .unrouted : .ready
            }
        try transaction.enqueue(
            .exception, messageID: message.id, destination: route?.destination,
            fileName: MessageCommit.fileName(of: own),
            bytes: draft.bytes, state: state, reason: "X050 code \(code) answers message \(message.id).", at: now
        )
        try transaction.move(
            message: message.id, from: .pending, to: .rejected, disposition: .reject, rule: message.rule,
            reason: "No place was found within the grace period; X050 code \(code) was drafted."
        )
        try transaction.audit(
            "exception", subject: "message:\(message.id)", detail: "X050 code \(code) drafted, \(state.rawValue)",
            by: actor, at: now
        )
    }
}

/// A complete X050 message that answers a received one.
struct ExceptionDraft {
    let bytes: [UInt8]

    /// The identifiers are derived from the answered message, so that the same message always gets the same answer.
    init(answering received: Envelope, code: String, at instant: Instant) {
        func identifier(_ purpose: String) -> UniqueID {
            let seed = "X050 \(purpose) \(received.sender.institution) \(received.instance)"
            return UniqueID(version4From: SHA256Digest(of: seed).bytes)
        }
        let version = received.cdm
        let authority = "urn:eu:europa:ec:dgempl:eessi:ir"
        let created = instant.description.prefix(19) + "Z"
        let text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <sbdh:StandardBusinessDocument xmlns:sbdh="http://eessi.dgempl.ec.europa.eu/namespaces/sbdh">
              <sbdh:StandardBusinessDocumentHeader>
                <sbdh:HeaderVersion>1.2</sbdh:HeaderVersion>
                <sbdh:Sender>
                  <sbdh:Identifier Authority="\(authority)">\(received.receiver.institution)</sbdh:Identifier>
                  <sbdh:ContactTypeIdentifier>\(received.receiver.role.rawValue)</sbdh:ContactTypeIdentifier>
                </sbdh:Sender>
                <sbdh:Receiver>
                  <sbdh:Identifier Authority="\(authority)">\(received.sender.institution)</sbdh:Identifier>
                  <sbdh:ContactTypeIdentifier>\(received.sender.role.rawValue)</sbdh:ContactTypeIdentifier>
                </sbdh:Receiver>
                <sbdh:DocumentIdentification>
                  <sbdh:TypeVersion>\(version)</sbdh:TypeVersion>
                  <sbdh:InstanceIdentifier>\(identifier("instance"))</sbdh:InstanceIdentifier>
                  <sbdh:Type>X050</sbdh:Type>
                  <sbdh:CaseAction>New</sbdh:CaseAction>
                  <sbdh:CreationDateAndTime>\(created)</sbdh:CreationDateAndTime>
                </sbdh:DocumentIdentification>
                <sbdh:BusinessScope>
                  <sbdh:CaseId>
                    <sbdh:InstanceIdentifier>\(received.caseID)</sbdh:InstanceIdentifier>
                    <sbdh:BusinessServiceName>\(received.buc):\(version)</sbdh:BusinessServiceName>
                  </sbdh:CaseId>
                  <sbdh:SetId>\(identifier("set"))</sbdh:SetId>
                  <sbdh:DocumentVersion>1</sbdh:DocumentVersion>
                  <sbdh:RelatedSetId>\(received.set)</sbdh:RelatedSetId>
                </sbdh:BusinessScope>
              </sbdh:StandardBusinessDocumentHeader>
              <ns:X050 xmlns:ns="http://ec.europa.eu/eessi/ns/\(version.major)_\(version.minor)/X050" sedGVer="\(version.major)" sedVer="\(version.minor)">
                <TheFollowingBusinessExceptionHasOccurred>
                  <businessException><value>\(code)</value></businessException>
                </TheFollowingBusinessExceptionHasOccurred>
                <WhileReceivingFollowingSED>
                  <SEDCode>\(received.sed)</SEDCode>
                  <SEDVersion>\(received.documentVersion)</SEDVersion>
                </WhileReceivingFollowingSED>
              </ns:X050>
            </sbdh:StandardBusinessDocument>

            """
        bytes = Array(text.utf8)
    }
}

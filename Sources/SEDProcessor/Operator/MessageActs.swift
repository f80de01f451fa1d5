// SPDX-License-Identifier: EUPL-1.2

internal import SEDCases
internal import SEDCore
internal import SEDInspection
internal import SEDQueue
internal import SEDStorage
internal import SEDValidation

/// A person's acts on a received or sent message.
struct MessageActs {
    let scene: QueueOperator.Scene
    let message: StoredMessage

    private var transaction: Transaction { scene.transaction }

    func perform(_ act: QueueAct) throws -> ActAnswer {
        switch act {
        case .retry: try retry()
        case .hold: try hold()
        case .release: try release()
        case .drop(let reason): try drop(because: reason)
        }
    }

    /// The case of the message, as each institution of ours sees it that has part in it.
    private var keys: [CaseKey] {
        guard let id = message.caseID, let sender = message.sender, let receiver = message.receiver else { return [] }
        return scene.commit.keys(of: id, from: sender, to: receiver, message.way)
    }

    // MARK: Retry

    private static let judgedAnew: Words = "It was judged anew, as a message with a number of its own."

    private func retry() throws -> ActAnswer {
        if message.isHeld { return .refused("it is held; release it", "see on peatatud; vabastage see") }
        switch message.state {
        case .pending where [.engine, .notOurs].contains(message.rule): return try judgeAnew()
        case .pending: return try place()
        case .quarantined: return try judgeAnew()
        case .dropped:
            if message.reason?.template == Self.judgedAnew.template {
                return .refused("it was judged anew already", "seda on juba uuesti hinnatud")
            }
            if let sender = message.sender, let instance = message.instance,
                let other = try transaction.view.message(from: sender, instance: instance)
            {
                return .refused("m\(other.id) has its identity", "selle tunnus on sõnumil m\(other.id)")
            }
            return try judgeAnew()
        case .done: return .refused("it has its place", "sellel on oma koht olemas")
        case .rejected: return .refused("an X050 has answered it", "sellele on vastatud X050-ga")
        case .duplicate:
            return .refused("an earlier message has its effect", "selle mõju on varasemal sõnumil")
        }
    }

    /// Asks the case again, with the tables as they are now.
    private func place() throws -> ActAnswer {
        if keys.isEmpty { return .refused("it names no case", "see ei nimeta juhtumit") }
        try settle()
        try scene.audit("retried", message: message.id, "placing")
        guard let now = try transaction.view.message(message.id) else { return try unchanged() }
        if now.state == .done { return .done("it is placed in its case", "see on oma juhtumis paigutatud") }
        if now.rule != message.rule {
            let rule = now.rule?.text ?? "-"
            return .done("it waits for another reason now: \(rule)", "see ootab nüüd muul põhjusel: \(rule)")
        }
        return try unchanged()
    }

    private func unchanged() throws -> ActAnswer {
        try transaction.noteAttempt(message: message.id)
        return .refused("nothing has changed for it", "selle jaoks pole midagi muutunud")
    }

    /// Judges the stored bytes with the schemas, rules and configuration as they are now.
    ///
    /// What comes out otherwise is a message of its own, under a new number; this one is closed and names it.
    private func judgeAnew() throws -> ActAnswer {
        guard let bytes = try transaction.view.bytes(of: message.id) else {
            return .refused(
                "its bytes are only in the quarantine folder, not in the store",
                "selle baidid on ainult karantiinikaustas, mitte andmehoidlas")
        }
        let attachments = try transaction.view.attachments(of: message.id).map {
            InboundQueue.Attachment(name: $0.name, bytes: $0.bytes)
        }
        let judgement = scene.reference.validator.judge(
            bytes, attachments: attachments.map { Intake.description(of: $0) },
            own: Set(scene.configuration.institutions)
        )
        let isOursNow = judgement.envelope.map { envelope in
            let ours = scene.configuration.institutions
            return ours.isEmpty || ours.contains(envelope.sender.institution)
                || ours.contains(envelope.receiver.institution)
        }
        try scene.audit("retried", message: message.id, "judging: \(judgement.report.verdict.rawValue)")
        if message.state != .dropped, try !isOther(judgement.report, isOurs: isOursNow) { return try unchanged() }
        try transaction.move(
            message: message.id, from: message.state, to: .dropped, disposition: message.disposition,
            rule: message.rule, reason: Self.judgedAnew
        )
        var commit = scene.commit
        let (id, settled) = try commit.receive(
            bytes, judgement, attachments, from: message.queue, named: message.fileName)
        let result = try settled ?? commit.settleCases().first { $0.id == id }
        try scene.audit("retried", message: id, "judged anew from message \(message.id)")
        let disposition = result?.disposition.rawValue ?? "-"
        return .done("it is m\(id) now: \(disposition)", "see on nüüd m\(id): \(disposition)")
    }

    /// Whether judging came to something else than the stored report, or the message is ours by now.
    private func isOther(_ report: ValidationReport, isOurs: Bool?) throws -> Bool {
        if message.rule == .notOurs { return isOurs == true }
        guard let stored = try transaction.view.report(of: message.id).flatMap(MessageReport.init(json:)) else {
            return true
        }
        let known = try stored.findings.prefix(transaction.view.documentFindings(of: message.id) ?? .max)
        return stored.verdict != report.verdict.rawValue || known.map(\.rule) != report.findings.map(\.rule.text)
    }

    // MARK: Hold, release, drop

    private func hold() throws -> ActAnswer {
        guard message.state == .pending else { return notWaiting }
        if message.isHeld { return .refused("it is held already", "see on juba peatatud") }
        try transaction.hold(message: message.id, since: scene.now)
        try settleCase()
        try scene.audit("held", message: message.id, "pending")
        return .done("it is held", "see on peatatud")
    }

    private func release() throws -> ActAnswer {
        guard message.isHeld else { return .refused("it is not held", "see ei ole peatatud") }
        try transaction.hold(message: message.id, since: nil)
        try settleCase()
        try scene.audit("released", message: message.id, "pending")
        let isPlaced = try transaction.view.message(message.id)?.state == .done
        return isPlaced
            ? .done("it is placed in its case", "see on oma juhtumis paigutatud")
            : .done("it waits again", "see ootab taas")
    }

    private func drop(because reason: String) throws -> ActAnswer {
        guard [.pending, .quarantined].contains(message.state) else { return notWaiting }
        try transaction.hold(message: message.id, since: nil)
        try transaction.move(
            message: message.id, from: message.state, to: .dropped, disposition: message.disposition,
            rule: message.rule, reason: "A person has dropped it; the audit trail says why."
        )
        if message.state == .pending {
            try transaction.withdrawDraft(answering: message.id)
            try settleCase()
        }
        try scene.audit("dropped", message: message.id, "\(message.state.rawValue): \(reason)")
        return .done("it is dropped; the store keeps it", "see on kõrvaldatud; andmehoidla säilitab selle")
    }

    private var notWaiting: ActAnswer {
        .refused("only what waits can be held or dropped", "peatada ja kõrvaldada saab ainult ootel olevat")
    }

    /// Others may have a place, or none, without the message.
    private func settleCase() throws {
        if ![.engine, .notOurs].contains(message.rule) { try settle() }
    }

    private func settle() throws {
        for key in keys { _ = try scene.commit.settle(key) }
    }
}

// SPDX-License-Identifier: EUPL-1.2

package import SEDCases
package import SEDCore
internal import SEDCrypto
internal import SEDQueue
internal import SEDStorage
internal import SEDValidation

/// What happened to one message, as the pipeline tells its user.
package struct ProcessedMessage: Hashable, Sendable {
    package let id: Int64
    package let fileName: String
    package let disposition: Disposition
    package let verdict: Verdict
    package let rule: RuleID?
    package let reason: String?
    package let sed: SEDType?
    package let buc: BUCType?
    package let caseID: UniqueID?
    package let caseState: StateID?
    package let route: String?
    /// The report as JSON; nil for a message that was placed after waiting, whose report is already stored.
    package let report: MessageReport?
    /// Whether the message had waited before.
    package let hadWaited: Bool
    let toQuarantine: Bool
}

/// Writes one judged file and all its effects into a transaction.
struct MessageCommit {
    let transaction: Transaction
    let configuration: Configuration
    let useCases: UseCaseLibrary
    let now: Instant
    let actor: String

    private var placer: CasePlacer {
        CasePlacer(transaction: transaction, useCases: useCases, now: now, actor: actor)
    }

    /// Stores the file, advances its case, queues what follows, and retries what waited for it.
    ///
    /// - Returns: The message and, behind it, the waiting ones that it gave a place.
    func commit(_ file: JudgedFile) throws -> [ProcessedMessage] {
        let judgement = file.judgement
        let report = judgement.report
        guard report.isPlaceable, let envelope = judgement.envelope else {
            return [try setAside(file)]
        }
        guard let way = try way(of: envelope) else {
            let reason = "Neither sender nor receiver is an institution of this workspace."
            return [try store(file, way: .received, decision: .waits(.notOurs, reason))]
        }
        if let first = try transaction.view.message(from: envelope.sender.institution, instance: envelope.instance) {
            let comparison = first.digest == file.digest ? "the same bytes" : "other bytes"
            let reason = "The same message (\(comparison)) was received before as number \(first.id)."
            return [try store(file, way: way, decision: .duplicate(reason))]
        }
        // The message is stored as waiting first, so that the case can refer to it; placing it moves it on.
        let waiting = try insert(file, way: way, decision: .waits(.engine, ""))
        let message = CaseMessage(
            id: waiting, envelope: envelope, way: way, contexts: judgement.facts.contexts, about: judgement.facts.about,
            addedInstitution: judgement.facts.addedInstitution, removedInstitution: judgement.facts.removedInstitution
        )
        let placed = try place(message, report: report, fileName: file.offer.name, hadWaited: false)
        return placed.caseState == nil ? [placed] : [placed] + (try retryPending(in: envelope.caseID))
    }

    // MARK: Decisions

    private enum Decision {
        case waits(RuleID, String)
        case duplicate(String)
        case quarantine(RuleID?, String)
        case reject(RuleID?, String)

        var state: MessageState {
            switch self {
            case .waits: .pending
            case .duplicate: .duplicate
            case .quarantine, .reject: .quarantined
            }
        }

        var disposition: Disposition {
            switch self {
            case .waits: .pending
            case .duplicate: .duplicate
            case .quarantine: .quarantine
            case .reject: .reject
            }
        }

        var explanation: (rule: RuleID?, reason: String) {
            switch self {
            case .waits(let rule, let reason): (rule, reason)
            case .duplicate(let reason): (.duplicate, reason)
            case .quarantine(let rule, let reason), .reject(let rule, let reason): (rule, reason)
            }
        }
    }

    /// A message that cannot be placed whatever its case says: unreadable, faulty, or not to be judged.
    private func setAside(_ file: JudgedFile) throws -> ProcessedMessage {
        let report = file.judgement.report
        let first = report.findings.first { $0.severity == .error }
        let isUnreadable = [Layer.lexicalGuard, .wellFormed].contains { report.outcome(of: $0) == .failed }
        let way = try file.judgement.envelope.flatMap { try self.way(of: $0) } ?? .received
        if isUnreadable {
            return try store(file, way: way, decision: .quarantine(first?.rule, first?.message ?? ""))
        }
        if let first {
            return try store(file, way: way, decision: .reject(first.rule, first.message))
        }
        if file.judgement.envelope == nil, report.verdict == .valid {
            let reason = "A SED without envelope belongs to no case."
            return try store(file, way: way, decision: .quarantine(.noEnvelope, reason))
        }
        let reason =
            report.layers.compactMap { result -> String? in
                if case .undecided(let reason) = result.outcome { return reason }
                return nil
            }.first ?? "the message could not be judged"
        return try store(file, way: way, decision: .waits(.engine, "Not judged: \(reason)."))
    }

    /// Whether we sent or received it; nil when it is none of ours.
    private func way(of envelope: Envelope) throws -> Way? {
        let ours = configuration.institutions
        if ours.isEmpty {
            // Nobody said who we are: whoever a case reaches first is us, for the life of that case.
            let known = try transaction.view.storedCase(envelope.caseID)
            return known?.institution == envelope.sender.institution ? .sent : .received
        }
        if ours.contains(envelope.receiver.institution) { return .received }
        return ours.contains(envelope.sender.institution) ? .sent : nil
    }

    // MARK: Storing

    private func store(_ file: JudgedFile, way: Way, decision: Decision) throws -> ProcessedMessage {
        let id = try insert(file, way: way, decision: decision)
        let (rule, reason) = decision.explanation
        var report = MessageReport(file.judgement.report, path: file.offer.name)
        report.disposition = decision.disposition.rawValue
        report.reason = reason
        return ProcessedMessage(
            id: id, fileName: file.offer.name, disposition: decision.disposition,
            verdict: file.judgement.report.verdict, rule: rule, reason: reason, sed: file.judgement.report.sed,
            buc: file.judgement.report.buc, caseID: file.judgement.envelope?.caseID, caseState: nil, route: nil,
            report: report, hadWaited: false,
            toQuarantine: decision.state == .quarantined
        )
    }

    private func insert(_ file: JudgedFile, way: Way, decision: Decision) throws -> Int64 {
        let judgement = file.judgement
        let (rule, reason) = decision.explanation
        var report = MessageReport(judgement.report, path: file.offer.name)
        report.disposition = decision.disposition.rawValue
        report.reason = reason.isEmpty ? nil : reason
        var message = NewMessage(
            queue: file.offer.queue, fileName: file.offer.name, digest: file.digest, bytes: file.bytes, size: file.size,
            receivedAt: now, verdict: judgement.report.verdict, disposition: decision.disposition,
            state: decision.state, report: try StableJSON.encode(report)
        )
        message.way = way
        message.envelope = judgement.envelope
        message.sed = judgement.report.sed
        message.rule = rule
        message.reason = reason
        message.contexts = judgement.facts.contexts
        message.about = judgement.facts.about
        message.addedInstitution = judgement.facts.addedInstitution
        message.removedInstitution = judgement.facts.removedInstitution
        let attachments = file.attachments.map {
            (name: $0.name, digest: SHA256Digest(of: $0.bytes).description, bytes: $0.bytes)
        }
        let id = try transaction.insert(message, attachments: attachments)
        try transaction.removeObstacle(queue: file.offer.queue, fileName: file.offer.name)
        try transaction.audit(
            "stored", subject: "message:\(id)",
            detail: "\(decision.disposition.rawValue) \(judgement.report.verdict.rawValue) \(rule?.text ?? "-")",
            by: actor, at: now
        )
        return id
    }

    // MARK: Placing

    private func place(
        _ message: CaseMessage,
        report: ValidationReport?,
        fileName: String,
        hadWaited: Bool
    ) throws -> ProcessedMessage {
        let hasFindings = report.map { report in report.findings.contains { $0.severity == .error } } ?? false
        let accepted: Disposition = hasFindings ? .acceptWithFindings : .accept
        switch try placer.place(message) {
        case .placed(let state, let notes):
            try transaction.move(
                message: message.id, from: .pending, to: .done, disposition: accepted, rule: nil, reason: nil
            )
            let route = try deliver(message)
            return result(
                message, report, fileName, accepted, state: state, route: route, notes: notes, hadWaited: hadWaited
            )
        case .resent(let state):
            let reason = "The case already holds this version; sent again, it has no second effect."
            try transaction.move(
                message: message.id, from: .pending, to: .done, disposition: accepted, rule: .resent, reason: reason
            )
            let note = Diagnostic(rule: .resent, severity: .note, message: reason)
            return result(
                message, report, fileName, accepted, state: state, route: nil, notes: [note], hadWaited: hadWaited
            )
        case .refused(let refusal):
            return try keepWaiting(
                message, report, fileName, rule: refusal.rule, reason: refusal.message, hadWaited: hadWaited
            )
        case .unknownUseCase:
            let reason = "No state table is known for this role in \(message.envelope.buc)."
            return try keepWaiting(
                message, report, fileName, rule: .useCaseUnknown, reason: reason, hadWaited: hadWaited
            )
        }
    }

    private func keepWaiting(
        _ message: CaseMessage,
        _ report: ValidationReport?,
        _ fileName: String,
        rule: RuleID,
        reason: String,
        hadWaited: Bool
    ) throws -> ProcessedMessage {
        try transaction.move(
            message: message.id, from: .pending, to: .pending, disposition: .pending, rule: rule, reason: reason
        )
        let finding = Diagnostic(rule: rule, severity: .note, message: reason)
        return result(
            message, report, fileName, .pending, state: nil, route: nil, notes: [finding], hadWaited: hadWaited
        )
    }

    private func result(
        _ message: CaseMessage,
        _ judged: ValidationReport?,
        _ fileName: String,
        _ disposition: Disposition,
        state: StateID?,
        route: String?,
        notes: [Diagnostic],
        hadWaited: Bool
    ) -> ProcessedMessage {
        let envelope = message.envelope
        var report = judged.map { MessageReport($0, path: fileName, additional: notes) }
        report?.disposition = disposition.rawValue
        report?.reason = notes.first?.message
        report?.route = route
        report?.case = MessageReport.CaseEntry(
            caseId: envelope.caseID.text, role: message.ours.role.rawValue, state: state?.name, isPlaced: state != nil
        )
        return ProcessedMessage(
            id: message.id, fileName: fileName, disposition: disposition, verdict: judged?.verdict ?? .valid,
            rule: notes.first?.rule, reason: notes.first?.message, sed: envelope.sed, buc: envelope.buc,
            caseID: envelope.caseID,
            caseState: state, route: route, report: report, hadWaited: hadWaited, toQuarantine: false
        )
    }

    /// Tries the waiting messages of a case again, until none of them finds a place any more.
    private func retryPending(in caseID: UniqueID) throws -> [ProcessedMessage] {
        var placed: [ProcessedMessage] = []
        var isProgressing = true
        while isProgressing {
            isProgressing = false
            for waiting in try transaction.view.pending(in: caseID) {
                guard let envelope = try transaction.view.envelope(of: waiting.id) else { continue }
                let message = CaseMessage(
                    id: waiting.id, envelope: envelope, way: waiting.way, contexts: waiting.contexts,
                    about: waiting.about, addedInstitution: waiting.addedInstitution,
                    removedInstitution: waiting.removedInstitution
                )
                // What could not be judged waits for a person, not for another message.
                guard waiting.rule != .engine, waiting.rule != .notOurs else { continue }
                let result = try place(message, report: nil, fileName: waiting.fileName, hadWaited: true)
                if result.caseState != nil {
                    placed.append(result)
                    isProgressing = true
                }
            }
        }
        return placed
    }

    /// Queues the message for the folder that the first matching route names.
    private func deliver(_ message: CaseMessage) throws -> String? {
        let route = configuration.route(for: message.envelope, way: message.way)
        try transaction.setRoute(route?.name, of: message.id)
        try transaction.enqueue(
            .delivery, messageID: message.id, destination: route?.destination,
            fileName: "\(message.envelope.sed)-\(message.envelope.instance).xml", bytes: nil,
            state: route == nil ? .unrouted : .ready, reason: route == nil ? "No routing rule matches." : nil, at: now
        )
        return route?.name
    }
}

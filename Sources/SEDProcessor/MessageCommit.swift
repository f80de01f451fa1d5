// SPDX-License-Identifier: EUPL-1.2

internal import SEDCases
internal import SEDCore
internal import SEDCrypto
internal import SEDQueue
internal import SEDStorage
internal import SEDValidation
internal import SEDXML

/// Writes one judged file and all its effects into a transaction.
struct MessageCommit {
    let transaction: Transaction
    let configuration: Configuration
    let useCases: UseCaseLibrary
    /// The rules of law; nil where only formats and state tables are asked.
    let rules: RuleLibrary?
    let now: Instant
    let actor: String

    /// Stores the file, advances its case, and queues what follows.
    func commit(_ file: JudgedFile) throws -> ProcessedMessage {
        let envelope = file.judgement.envelope
        let way = try envelope.flatMap { try self.way(of: $0) }
        let decision = try decide(file, isOurs: envelope == nil || way != nil)
        var report = MessageReport(file.judgement.report, path: file.offer.name)
        if let envelope, let way, let bytes = file.bytes {
            report = try report.addingInOrder(
                InstitutionCheck(transaction.view).findings(
                    on: envelope, named: file.judgement.facts.addedInstitution, on: day(of: envelope, way, at: now),
                    in: bytes
                )
            )
        }
        let id = try insert(file, way: way ?? .received, decision: decision)
        guard case .place = decision, let envelope, let way else {
            let result = settled(id, file, &report, decision)
            try finish(result)
            return result
        }
        let facts = file.judgement.facts
        let message = CaseMessage(
            id: id, envelope: envelope, way: way, contexts: facts.contexts, about: facts.about,
            addedInstitution: facts.addedInstitution, removedInstitution: facts.removedInstitution,
            contentDigest: file.contentDigest, facts: facts.caseFacts
        )
        return try place(message, report: report, before: nil)
    }

    // MARK: Decisions

    /// What is to be done with a file, before its case is asked.
    private enum Decision {
        case place
        case waits(RuleID, String)
        case duplicate(String)
        case quarantine(RuleID?, String)
        case reject(RuleID?, String)

        var state: MessageState {
            switch self {
            case .place, .waits: .pending
            case .duplicate: .duplicate
            case .quarantine, .reject: .quarantined
            }
        }

        var disposition: Disposition {
            switch self {
            case .place, .waits: .pending
            case .duplicate: .duplicate
            case .quarantine: .quarantine
            case .reject: .reject
            }
        }

        var rule: RuleID? {
            switch self {
            case .place: nil
            case .duplicate: .duplicate
            case .waits(let rule, _): rule
            case .quarantine(let rule, _), .reject(let rule, _): rule
            }
        }

        var reason: String? {
            switch self {
            case .place: nil
            case .waits(_, let reason), .duplicate(let reason), .quarantine(_, let reason), .reject(_, let reason):
                reason
            }
        }
    }

    private func decide(_ file: JudgedFile, isOurs: Bool) throws -> Decision {
        let report = file.judgement.report
        let error = report.findings.first { $0.severity == .error }
        if [Layer.lexicalGuard, .wellFormed].contains(where: { report.outcome(of: $0) == .failed }) {
            return .quarantine(error?.rule, error?.message ?? "The file could not be read as a message.")
        }
        if let limit = report.findings.first(where: { [.documentTooLarge, .tooManyElements].contains($0.rule) }) {
            return .quarantine(limit.rule, limit.message)
        }
        if !report.isPlaceable, report.verdict == .invalid {
            return .reject(error?.rule, error?.message ?? "The message is not valid.")
        }
        // From here on the message may have an effect, so from here on its identity counts.
        if let envelope = file.judgement.envelope,
            let first = try transaction.view.message(from: envelope.sender.institution, instance: envelope.instance)
        {
            let comparison = first.digest == file.digest ? "the same bytes" : "other bytes"
            return .duplicate("The same message (\(comparison)) was received before as number \(first.id).")
        }
        if report.verdict == .undecided {
            let open = report.layers.first { $0.outcome.word == "undecided" }?.outcome.reason ?? "no reason is known"
            return .waits(.engine, "Not judged: \(open)")
        }
        if file.judgement.envelope == nil {
            return .quarantine(.noEnvelope, "A SED without envelope belongs to no case.")
        }
        if !isOurs {
            return .waits(.notOurs, "Neither sender nor receiver is an institution of this workspace.")
        }
        return .place
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

    private func insert(_ file: JudgedFile, way: Way, decision: Decision) throws -> Int64 {
        let judgement = file.judgement
        var message = NewMessage(
            queue: file.offer.queue, fileName: file.offer.name, digest: file.digest, bytes: file.bytes, size: file.size,
            receivedAt: now, verdict: judgement.report.verdict, disposition: decision.disposition,
            state: decision.state, report: "{}"
        )
        message.way = way
        message.envelope = judgement.envelope
        message.sed = judgement.report.sed
        message.rule = decision.rule
        message.reason = decision.reason
        message.contexts = judgement.facts.contexts
        message.about = judgement.facts.about
        message.addedInstitution = judgement.facts.addedInstitution
        message.removedInstitution = judgement.facts.removedInstitution
        message.contentDigest = file.contentDigest
        message.facts = judgement.facts.caseFacts
        let attachments = file.attachments.compactMap { attachment in
            attachment.bytes.map {
                (name: attachment.name, digest: SHA256Digest(of: $0).description, bytes: $0)
            }
        }
        let id = try transaction.insert(message, attachments: attachments)
        try transaction.removeObstacle(queue: file.offer.queue, fileName: file.offer.name)
        try transaction.audit(
            "received", subject: "message:\(id)", detail: "\(file.size) bytes, \(judgement.report.verdict.rawValue)",
            by: actor, at: now
        )
        return id
    }

    /// The result for a message whose case was not asked.
    private func settled(
        _ id: Int64,
        _ file: JudgedFile,
        _ report: inout MessageReport,
        _ decision: Decision
    ) -> ProcessedMessage {
        report.disposition = decision.disposition.rawValue
        report.reason = decision.reason
        return ProcessedMessage(
            id: id, fileName: file.offer.name, disposition: decision.disposition,
            verdict: file.judgement.report.verdict, rule: decision.rule, reason: decision.reason,
            sed: file.judgement.report.sed, buc: file.judgement.report.buc,
            caseID: file.judgement.envelope?.caseID, caseState: nil, route: nil, report: report, hadWaited: false,
            toQuarantine: decision.state == .quarantined
        )
    }

    /// Keeps the report as it now stands, and writes down what was decided.
    private func finish(_ result: ProcessedMessage) throws {
        try transaction.setReport(try StableJSON.encode(result.report), of: result.id)
        try transaction.audit(
            "decided", subject: "message:\(result.id)",
            detail: [result.disposition.rawValue, result.rule?.text].compactMap { $0 }.joined(separator: " "),
            by: actor, at: now
        )
    }

    // MARK: Placing

    /// Asks the case; `waiting` is the message as it stood before, when it had waited.
    private func place(
        _ message: CaseMessage,
        report: MessageReport,
        before waiting: StoredMessage?
    ) throws -> ProcessedMessage {
        let placer = CasePlacer(
            transaction: transaction, useCases: useCases, judge: rules.map(CaseJudge.init), now: now, actor: actor
        )
        let isFaulty = report.verdict == Verdict.invalid.rawValue || report.doubtsInstitutions
        var outcome = Outcome(disposition: isFaulty ? .acceptWithFindings : .accept)
        switch try placer.place(message) {
        case .placed(let state, let findings, let notes):
            outcome.state = state
            outcome.notes = findings + notes
            // What merely is worth knowing gives nobody a task.
            if findings.contains(where: { $0.severity > .note }) { outcome.disposition = .acceptWithFindings }
            outcome.route = try deliver(message)
        case .resent(let state):
            outcome.state = state
            let reason = "The case already holds this version; sent again, it has no second effect."
            outcome.notes = [Diagnostic(rule: .resent, severity: .note, message: Words(reason))]
        case .refused(let rule, let reason, let also):
            outcome.disposition = .pending
            outcome.notes = [Diagnostic(rule: rule, also: also, severity: .note, message: Words(reason))]
        }
        let result = outcome.result(for: message, report, hadWaited: waiting != nil)
        // Most tries of a waiting message change nothing, and then nothing is written.
        // A person who was told that no exception may be sent (SYS-009) need not be told again.
        if let waiting, result.disposition == .pending, [result.rule, .noException].contains(waiting.rule) {
            return result
        }
        try transaction.move(
            message: message.id, from: .pending, to: outcome.disposition == .pending ? .pending : .done,
            disposition: outcome.disposition, rule: outcome.notes.first?.rule, reason: outcome.notes.first?.message
        )
        if waiting != nil, result.disposition != .pending { try transaction.withdrawDraft(answering: message.id) }
        try finish(result)
        return result
    }

    /// What asking the case came to.
    private struct Outcome {
        var disposition: Disposition
        var state: StateID?
        var route: String?
        var notes: [Diagnostic] = []

        init(disposition: Disposition) {
            self.disposition = disposition
        }

        func result(for message: CaseMessage, _ judged: MessageReport, hadWaited: Bool) -> ProcessedMessage {
            let envelope = message.envelope
            var report = judged.adding(notes)
            report.disposition = disposition.rawValue
            report.reason = notes.first?.message
            report.route = route
            report.case = MessageReport.CaseEntry(
                caseId: envelope.caseID.text, role: message.ours.role.rawValue, state: state?.name,
                isPlaced: state != nil
            )
            return ProcessedMessage(
                id: message.id, fileName: judged.path, disposition: disposition,
                verdict: Verdict(rawValue: judged.verdict) ?? .undecided, rule: notes.first?.rule,
                reason: notes.first?.message, sed: envelope.sed, buc: envelope.buc, caseID: envelope.caseID,
                caseState: state, route: route, report: report, hadWaited: hadWaited, toQuarantine: false
            )
        }
    }

    /// Tries the waiting messages of a case again, in the order of their arrival, until none of them finds a place.
    func retryPending(in caseID: UniqueID) throws -> [ProcessedMessage] {
        var placed: [ProcessedMessage] = []
        var isProgressing = true
        while isProgressing {
            isProgressing = false
            // What could not be judged, or is not ours, waits for a person and not for another message.
            for waiting in try transaction.view.pending(in: caseID) where ![.engine, .notOurs].contains(waiting.rule) {
                guard let envelope = try transaction.view.envelope(of: waiting.id),
                    let report = try transaction.view.report(of: waiting.id).flatMap(MessageReport.init(json:))
                else { continue }
                let message = CaseMessage(
                    id: waiting.id, envelope: envelope, way: waiting.way, contexts: waiting.contexts,
                    about: waiting.about, addedInstitution: waiting.addedInstitution,
                    removedInstitution: waiting.removedInstitution, contentDigest: waiting.contentDigest,
                    facts: try transaction.view.facts(of: waiting.id)
                )
                let result = try place(message, report: report.withoutCaseFindings, before: waiting)
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
        let receiver = try transaction.view.receiverStanding(
            of: message.envelope, on: day(of: message.envelope, message.way, at: now),
            where: configuration.routesAskDirectory
        )
        let route = configuration.route(for: message.envelope, way: message.way, receiver: receiver)
        try transaction.setRoute(route?.name, of: message.id)
        try transaction.enqueue(
            .delivery, messageID: message.id, destination: route?.destination,
            fileName: Self.fileName(of: message.envelope), bytes: nil, state: route == nil ? .unrouted : .ready,
            reason: route == nil ? "No routing rule matches." : nil, at: now
        )
        return route?.name
    }

    /// The day on which a message counts: a received one on the day it came, one of ours on the day it was made.
    private func day(of envelope: Envelope, _ way: Way, at received: Instant) -> CivilDate {
        way == .sent ? Instant(parsing: envelope.createdAt)?.date ?? received.date : received.date
    }

    /// The name under which a message leaves: unique, because a sender gives each of its messages an identifier.
    static func fileName(of envelope: Envelope) -> String {
        let sender = envelope.sender.institution.text.replacing(":", with: "-")
        return "\(envelope.sed)-\(sender)-\(envelope.instance).xml"
    }
}

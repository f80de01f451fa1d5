// SPDX-License-Identifier: EUPL-1.2

internal import SEDCases
internal import SEDCore
internal import SEDStorage

/// What a message is to its case, reduced to what placing needs; made from a judged file or from a pending message.
struct CaseMessage {
    let id: Int64
    let envelope: Envelope
    let way: Way
    let contexts: Set<String>?
    let about: SEDType?
    let addedInstitution: InstitutionID?
    let removedInstitution: InstitutionID?
    /// Of the SED alone, which stays the same when it is sent again in another envelope.
    let contentDigest: String?
    /// What rules about the case ask for.
    let facts: [CaseFact]

    /// The institution of ours that the message concerns, and the role it plays.
    var ours: EnvelopeParty { way == .received ? envelope.receiver : envelope.sender }
    var theirs: EnvelopeParty { way == .received ? envelope.sender : envelope.receiver }
}

/// What placing a message came to.
enum Placement {
    /// `findings` are those of the rules about cases; `notes` say how the place was found.
    case placed(state: StateID, findings: [Diagnostic], notes: [Diagnostic])
    /// The same version of the same document came again, as it does after X005 or X007: no second effect.
    case resent(state: StateID)
    /// It has no place now; the rule and the reason say why, and which rules of law are broken with it.
    case refused(RuleID, String, also: [RuleID] = [])
}

/// Places messages in cases, inside the transaction that stores them.
struct CasePlacer {
    let transaction: Transaction
    let useCases: UseCaseLibrary
    let calendars: CalendarLibrary
    /// Nil where only the state tables are asked.
    let judge: CaseJudge?
    let now: Instant
    let actor: String

    func place(_ message: CaseMessage) throws -> Placement {
        let envelope = message.envelope
        let existing = try transaction.view.storedCase(envelope.caseID)
        let role = existing?.role ?? message.ours.role
        guard let useCase = try useCases.useCase(envelope.buc), let table = useCase.table(for: role) else {
            return .refused(.useCaseUnknown, "No state table is known for this role in \(envelope.buc).")
        }
        let stored = try transaction.view.steps(of: envelope.caseID)
        let progress = CaseProgress(steps: stored.map(\.step))
        let event = event(for: message)
        if let existing, let refusal = try participantFault(of: message, in: existing, useCase, progress.state) {
            return try refused(refusal, message, event)
        }
        if let known = progress.documents.first(where: { $0.set == event.set && $0.way == event.way }), known.isValid,
            !event.isUpdate, known.version == event.version
        {
            let first = try transaction.view.contentDigest(of: event.set, version: event.version, in: envelope.caseID)
            if first == message.contentDigest { return .resent(state: progress.state) }
            return .refused(.contentDiffers, "The case holds this version of the document with another content.")
        }
        // The number of a resent document is kept, but whoever has not seen its first version waits for it.
        if event.version > 1, !event.isUpdate, event.way == .received {
            let refusal = CaseRefusal(reason: .updateWithoutFirst, state: progress.state, expected: [])
            return .refused(refusal.rule, refusal.message)
        }
        switch advance(progress, by: event, in: table) {
        case .failure(let refusal):
            return try refused(refusal, message, event)
        case .success(let (next, notes)):
            let findings = try findings(on: message, as: next.steps.last?.event ?? event)
            try record(next, message: message, useCase: useCase, role: role, existing: existing)
            return .placed(state: next.state, findings: findings, notes: notes)
        }
    }

    // MARK: Rules

    private func findings(on message: CaseMessage, as event: CaseEvent) throws -> [Diagnostic] {
        guard let judge else { return [] }
        return try judge.findings(
            on: message, as: event, after: try transaction.view.documents(of: message.envelope.caseID)
        )
    }

    private func refused(_ refusal: CaseRefusal, _ message: CaseMessage, _ event: CaseEvent) throws -> Placement {
        guard judge != nil, CaseRule.misplacements.contains(refusal.rule) else {
            return .refused(refusal.rule, refusal.message)
        }
        let also = CaseJudge.alsoBroken(
            by: message, as: event, after: try transaction.view.documents(of: message.envelope.caseID),
            refusedAs: refusal.rule
        )
        return .refused(refusal.rule, refusal.message, also: also)
    }

    // MARK: Advancing

    /// Advances by the document's content first; where no row fits our reading of the content, without it.
    private func advance(
        _ progress: CaseProgress,
        by event: CaseEvent,
        in table: RoleTable
    ) -> Result<(CaseProgress, [Diagnostic]), CaseRefusal> {
        switch progress.advanced(by: event, in: table) {
        case .success(let next):
            return .success((next, []))
        case .failure(let refusal):
            guard event.contexts != nil, event.way == .received else { return .failure(refusal) }
            let blind = CaseEvent(
                way: event.way, sed: event.sed, set: event.set, version: event.version, isUpdate: event.isUpdate,
                contexts: nil, about: event.about, aboutSet: event.aboutSet
            )
            guard let next = progress.alternatives(after: blind, in: table).first else { return .failure(refusal) }
            let note = Diagnostic(
                rule: .contentUnclear, severity: .note,
                message:
                    """
                    The content of \(event.sed, as: "sed") fits no course of the case exactly; state \
                    \(next.state, as: "state") was chosen.
                    """
            )
            return .success((next, [note]))
        }
    }

    private func event(for message: CaseMessage) -> CaseEvent {
        let envelope = message.envelope
        return CaseEvent(
            // A forwarding participant hands over its own documents, and its successor treats them as its own.
            way: envelope.action.isForward ? .sent : message.way,
            sed: envelope.sed,
            set: envelope.set.text,
            version: envelope.documentVersion,
            isUpdate: envelope.action == .update,
            contexts: message.contexts,
            about: message.about,
            aboutSet: envelope.relatedSet?.text
        )
    }

    // MARK: Participants

    private func participantFault(
        of message: CaseMessage,
        in existing: StoredCase,
        _ useCase: BusinessUseCase,
        _ state: StateID
    ) throws -> CaseRefusal? {
        func refusal(_ reason: CaseRefusal.Reason) -> CaseRefusal {
            CaseRefusal(reason: reason, state: state, expected: [])
        }
        let sender = message.envelope.sender
        guard message.way == .received, sender.role != .intelligentRA, !message.envelope.action.isForward else {
            return nil
        }
        guard message.ours.role == existing.role else { return refusal(.roleMismatch) }
        let known = try transaction.view.participants(of: existing.id)
        if let participant = known.first(where: { $0.institution == sender.institution }) {
            if !participant.isActive { return refusal(.participantRemoved) }
            return participant.role == sender.role ? nil : refusal(.roleMismatch)
        }
        // Among several participants a counterparty does not know the others until they write.
        let mayBeNew = useCase.isMultilateral && sender.role == .counterparty
        return mayBeNew ? nil : refusal(.notAParticipant)
    }

    // MARK: Effects

    private func record(
        _ progress: CaseProgress,
        message: CaseMessage,
        useCase: BusinessUseCase,
        role: CaseRole,
        existing: StoredCase?
    ) throws {
        let envelope = message.envelope
        let caseID = envelope.caseID
        var stored =
            existing
            ?? StoredCase(
                id: caseID, buc: envelope.buc, version: envelope.bucVersion, role: role,
                institution: message.ours.institution, state: .start, createdAt: now, updatedAt: now
            )
        stored.state = progress.state
        stored.updatedAt = now
        try transaction.save(stored)
        try noteParticipants(of: message, in: stored)
        guard let step = progress.steps.last else { return }
        try transaction.append(step, number: progress.steps.count, to: caseID, messageID: message.id, at: now)
        try transaction.save(progress.documents, of: caseID)
        try transaction.addVersion(
            envelope.documentVersion, of: envelope.set.text, in: caseID, messageID: message.id,
            relatedSet: envelope.relatedSet
        )
        try transaction.replace(
            CaseDeadline.deadlines(
                of: transaction.view.datedSteps(of: caseID), in: useCase, as: role,
                calendar: calendars.calendar(of: stored.institution)
            ),
            of: caseID, today: now.date
        )
        try transaction.audit(
            "placed", subject: "case:\(caseID)",
            detail: "message \(message.id) \(envelope.sed) \(message.way.rawValue): \(step.from) to \(step.to)",
            by: actor, at: now
        )
    }

    private func noteParticipants(of message: CaseMessage, in stored: StoredCase) throws {
        let known = try transaction.view.participants(of: stored.id)
        let theirs = message.theirs
        if CaseRole.sides.contains(theirs.role), !known.contains(where: { $0.institution == theirs.institution }) {
            try transaction.save(
                Participant(institution: theirs.institution, role: theirs.role, isActive: true), of: stored.id
            )
        }
        guard ["X005", "X006", "X007", "X100"].contains(message.envelope.sed.code) else { return }
        let removed = message.removedInstitution.flatMap { id in known.first { $0.institution == id } }
        if let removed {
            try transaction.save(
                Participant(institution: removed.institution, role: removed.role, isActive: false), of: stored.id
            )
        }
        if let added = message.addedInstitution, added != stored.institution {
            let role = removed?.role ?? .counterparty
            try transaction.save(Participant(institution: added, role: role, isActive: true), of: stored.id)
        }
    }
}

// SPDX-License-Identifier: EUPL-1.2

internal import SEDCases
internal import SEDCore
internal import SEDInspection
internal import SEDQueue
internal import SEDStorage
internal import SEDValidation

/// A stored message, judged anew from its bytes and attachments.
struct TrialMessage {
    let stored: StoredMessage
    /// The stored report.
    let before: MessageReport
    /// How many of its findings are those of the document; nil for a message of an earlier version.
    private let documentFindings: Int?
    /// What is found in the document now.
    let document: MessageReport
    /// What becomes of it before its case is asked; nil where an X050 has answered it, which stays so.
    var decision: MessageCommit.Decision?
    let envelope: Envelope?
    let facts: CaseEntry.DocumentFacts
    let caseFacts: [CaseFact]
    /// The names of the facts that are read otherwise than they are stored.
    let changedFacts: [String]
    /// Whether the store has all that judging needs.
    let isJudged: Bool

    /// Nil for a message whose stored report cannot be read.
    init?(_ stored: StoredMessage, in view: Snapshot, _ reference: ReferenceData, ours: Set<InstitutionID>) throws {
        guard let report = try view.report(of: stored.id).flatMap(MessageReport.init(json:)) else { return nil }
        self.stored = stored
        before = report
        documentFindings = try view.documentFindings(of: stored.id)
        let known = CaseEntry.DocumentFacts(
            contexts: stored.contexts, about: stored.about, added: stored.addedInstitution,
            removed: stored.removedInstitution, contentDigest: stored.contentDigest
        )
        let knownFacts = try view.facts(of: stored.id)
        // An attachment that could not be read is not in the store, so nobody can say what a new look would find.
        let lacksAttachment = report.findings.contains { $0.rules.contains(RuleID.unreadableAttachment.text) }
        guard let bytes = try view.bytes(of: stored.id), !lacksAttachment else {
            isJudged = false
            document = Self.document(in: report, documentFindings)
            envelope = try view.envelope(of: stored.id)
            (facts, caseFacts, changedFacts) = (known, knownFacts, [])
            decision = Self.kept(stored)
            return
        }
        isJudged = true
        let judgement = try Self.judge(stored, bytes, in: view, reference.validator, ours: ours)
        let isOurs = Self.isOurs(stored, judgement.envelope, ours)
        var judged = MessageReport(keeping: judgement.report, path: report.path)
        if let envelope = judgement.envelope, isOurs {
            let day =
                stored.way == .sent
                ? Instant(parsing: envelope.createdAt)?.date ?? stored.receivedAt.date : stored.receivedAt.date
            judged = try judged.keepingInOrder(
                InstitutionCheck(view).findings(
                    on: envelope, named: judgement.facts.addedInstitution, on: day, in: bytes
                )
            )
        }
        document = judged
        envelope = judgement.envelope
        facts = CaseEntry.DocumentFacts(
            contexts: judgement.facts.contexts, about: judgement.facts.about, added: judgement.facts.addedInstitution,
            removed: judgement.facts.removedInstitution, contentDigest: judgement.contentDigest(of: bytes)
        )
        caseFacts = judgement.facts.caseFacts
        changedFacts = Self.changes(from: known, knownFacts, to: facts, caseFacts)
        decision =
            stored.state == .rejected
            ? nil
            : MessageCommit.Decision(refusing: judgement.report)
                ?? (stored.state == .duplicate
                    ? .duplicate(stored.reason ?? "") : MessageCommit.Decision(on: judgement, isOurs: isOurs))
    }

    /// Judges the bytes in the direction in which they were judged, on the day on which they came.
    private static func judge(
        _ stored: StoredMessage,
        _ bytes: [UInt8],
        in view: Snapshot,
        _ validator: Validator,
        ours: Set<InstitutionID>
    ) throws -> Judgement {
        let attachments = try view.attachments(of: stored.id).map {
            Intake.description(of: InboundQueue.Attachment(name: $0.name, bytes: $0.bytes))
        }
        let validator = validator.on(stored.receivedAt.date)
        if let direction = try view.direction(of: stored.id) {
            return validator.judge(bytes, attachments: attachments, direction: direction)
        }
        // Before the direction was kept, it was that of the institutions, besides what this program wrote.
        return validator.judge(
            bytes, attachments: attachments, direction: stored.queue == ClosingRules.queue ? .outbound : .inbound,
            own: ours
        )
    }

    private static func isOurs(_ stored: StoredMessage, _ envelope: Envelope?, _ ours: Set<InstitutionID>) -> Bool {
        switch stored.state {
        case .done, .rejected: return true
        case .pending where stored.rule != .engine: return stored.rule != .notOurs
        case .pending, .quarantined, .duplicate, .dropped: break
        }
        guard let envelope, !ours.isEmpty else { return true }
        return ours.contains(envelope.sender.institution) || ours.contains(envelope.receiver.institution)
    }

    /// What was decided about a message that cannot be judged anew.
    private static func kept(_ stored: StoredMessage) -> MessageCommit.Decision? {
        let (rule, reason) = (stored.rule, stored.reason ?? "")
        switch stored.state {
        case .done: return .place
        case .pending:
            return rule.flatMap { [.engine, .notOurs].contains($0) ? .waits($0, reason) : nil } ?? .place
        case .quarantined: return stored.disposition == .reject ? .reject(rule, reason) : .quarantine(rule, reason)
        case .duplicate: return .duplicate(reason)
        case .rejected, .dropped: return nil
        }
    }

    private static func document(in report: MessageReport, _ count: Int?) -> MessageReport {
        report.ofDocument(findings: count, caseRules: MessageCommit.earlierCaseRules)
    }

    private static func changes(
        from old: CaseEntry.DocumentFacts,
        _ oldFacts: [CaseFact],
        to new: CaseEntry.DocumentFacts,
        _ newFacts: [CaseFact]
    ) -> [String] {
        var names: Set<String> = []
        if old.contexts != new.contexts { names.insert("contexts") }
        if old.about != new.about { names.insert("about") }
        if old.added != new.added { names.insert("addedInstitution") }
        if old.removed != new.removed { names.insert("removedInstitution") }
        if old.contentDigest != new.contentDigest { names.insert("contentDigest") }
        let read = [oldFacts, newFacts].map { facts in
            Dictionary(grouping: facts, by: \.name).mapValues { $0.map { "\($0.group) \($0.text)" } }
        }
        for name in CaseFact.Name.allCases where read[0][name] != read[1][name] { names.insert(name.rawValue) }
        return names.sorted()
    }

    // MARK: Comparing

    /// What differs, given where it stands and would stand, and what its case would find.
    func difference(
        from place: TrialDifference.Place,
        to newPlace: TrialDifference.Place,
        caseFindings: [Diagnostic]
    ) -> TrialDifference.Message {
        let isPlaced = "placed"
        let old = place.place == isPlaced ? before : Self.document(in: before, documentFindings)
        let new = newPlace.place == isPlaced ? document.adding(caseFindings) : document
        let (counted, found) = (Self.counts(old), Self.counts(new))
        func surplus(_ left: [TrialDifference.Finding: Int], over right: [TrialDifference.Finding: Int])
            -> [TrialDifference.Finding]
        {
            left.flatMap { Array(repeating: $0.key, count: max(0, $0.value - right[$0.key, default: 0])) }
                .sorted(by: TrialDifference.Finding.precedes)
        }
        return TrialDifference.Message(
            message: "m\(stored.id)", sed: (envelope?.sed ?? stored.sed)?.code,
            verdict: TrialDifference.Pair(before.verdict, document.verdict), gained: surplus(found, over: counted),
            lost: surplus(counted, over: found), facts: changedFacts, placing: TrialDifference.Pair(place, newPlace)
        )
    }

    private static func counts(_ report: MessageReport) -> [TrialDifference.Finding: Int] {
        var counts: [TrialDifference.Finding: Int] = [:]
        for finding in report.findings {
            for rule in finding.rules { counts[.init(rule: rule, severity: finding.severity), default: 0] += 1 }
        }
        return counts
    }
}

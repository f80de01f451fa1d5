// SPDX-License-Identifier: EUPL-1.2

internal import SEDCases
package import SEDCore
internal import SEDCurrency
internal import SEDQueue
package import SEDRecovery
internal import SEDStorage
internal import SEDValidation

/// A request that has left the desk.
package struct SentRequest: Sendable {
    package let id: Int64
    package let caseID: UniqueID
    package let messageID: Int64
    package let rateDate: CivilDate
    package let claims: [Claim]
    package let isProvisional: Bool
    /// What the check tells and does not forbid, such as a claim that was sent before.
    package let warnings: [Diagnostic]
    /// The route that takes it to an outbound folder; nil where none does.
    package let route: String?
    /// Files that were handed over, this one and what else was ready; nil while another process delivers.
    package let delivered: Int?
}

extension RecoveryDesk {
    /// Sends an approved request: rates of today, the message judged once more, everything in one transaction.
    ///
    /// The day decides the rates for good. Without `allowsProvisional` a request waits for the rate of its day.
    package func send(
        _ id: Int64,
        by actor: String,
        at instant: Instant,
        allowsProvisional: Bool = false,
        language: Language = .english
    ) throws -> SentRequest {
        try Self.demandPerson(actor)
        let sent = try workspace.store.write { transaction in
            guard let stored = try transaction.view.recoveryRequest(id) else { throw RecoveryError.notFound(id) }
            guard stored.state == .approved else { throw Self.wrongState(id) }
            // The approval holds for exactly this content.
            guard try Self.isWhole(stored, in: transaction.view) else { throw Self.notWhole }
            let request = try content(of: stored)
            let draft = try RequestDraft(
                of: stored, request, in: transaction.view,
                .init(
                    now: instant, whenMissing: allowsProvisional ? .provisional : .refuse, by: actor, engine: engine)
            )
            if let missing = draft.refusals.first(where: { $0.refusal.kind == .undecided }) {
                let (rule, text) = (missing.refusal.rule, missing.refusal.message)
                throw RecoveryError(.rates, "\(text.english) [\(rule)]", "\(text.estonian) [\(rule)]")
            }
            let (check, judgement) = try check(draft, stored, in: transaction.view, language)
            guard check.isAdmissible else { throw Self.inadmissible(check.findings) }
            return try commit(
                draft, judgement, stored, check.findings.filter { $0.severity == .warning }, by: actor, at: instant,
                in: transaction)
        }
        return try delivering(sent, at: instant)
    }

    private static func inadmissible(_ findings: [Diagnostic]) -> RecoveryError {
        let rules = Set(findings.filter { $0.severity == .error }.map(\.rule.text)).sorted().joined(separator: ", ")
        return RecoveryError(
            .inadmissible, "the request may not be sent: \(rules); see recovery check",
            "taotlust ei või saata: \(rules); vaata recovery check")
    }

    /// Stores the message, places it in its case, queues its delivery, and opens the books of its claims.
    private func commit(
        _ draft: RequestDraft,
        _ judgement: Judgement,
        _ stored: StoredRecoveryRequest,
        _ warnings: [Diagnostic],
        by actor: String,
        at instant: Instant,
        in transaction: Transaction
    ) throws -> SentRequest {
        let day = draft.circumstances.day
        let placed = try DeskPost(workspace: workspace, reference: reference, by: actor, at: instant)
            .place(draft.bytes, judgement, draft.attachments, in: transaction)
        let act = StoredRecoveryRequest.Act(at: instant, by: actor)
        guard
            // The case of a new version is that of its request, which follows it.
            try transaction.markSent(
                stored.id, digest: stored.digest, rateDate: day, caseID: stored.updates == nil ? draft.caseID : nil,
                messageID: placed.id, act)
        else {
            throw RecoveryError(
                .changed, "the request was changed or sent meanwhile", "taotlust on vahepeal muudetud või see saadeti")
        }
        var books = try RecoveryBooks(of: stored.id, in: transaction.view)
        for (index, claim) in draft.claims.enumerated() {
            if stored.updates == nil {
                try books.append(
                    .claimed(claim), to: index + 1, messageID: placed.id, by: actor, at: instant, in: transaction)
            }
            for (kind, record) in draft.records[index] {
                try transaction.insert(
                    conversion: try StableJSON.encode(record), component: kind.rawValue, claim: index + 1,
                    of: stored.id)
            }
        }
        let key = CaseKey(id: draft.caseID, institution: stored.institution)
        try transaction.untouch(key)
        _ = try CaseFollower(transaction: transaction, actor: actor, now: instant).follow(key)
        try transaction.audit(
            "recovery-sent", subject: "recovery:\(stored.id)",
            detail: "message \(placed.id), case \(draft.caseID), rates of \(day)"
                + (draft.isProvisional ? ", provisional" : "")
                + (stored.updates.map { ", new version of \($0), \(stored.ratePolicy ?? "-")" } ?? ""),
            by: actor, at: instant
        )
        return SentRequest(
            id: stored.id, caseID: draft.caseID, messageID: placed.id, rateDate: day, claims: draft.claims,
            isProvisional: draft.isProvisional, warnings: warnings, route: placed.route, delivered: nil
        )
    }

    private func delivering(_ sent: SentRequest, at instant: Instant) throws -> SentRequest {
        SentRequest(
            id: sent.id, caseID: sent.caseID, messageID: sent.messageID, rateDate: sent.rateDate, claims: sent.claims,
            isProvisional: sent.isProvisional, warnings: sent.warnings, route: sent.route,
            delivered: try DeskPost.deliver(from: workspace, at: instant)
        )
    }
}

/// How messages of the desk enter the pipeline: like any message that we send.
struct DeskPost {
    let workspace: Workspace
    let reference: ReferenceData
    let actor: String
    let now: Instant

    init(workspace: Workspace, reference: ReferenceData, by actor: String, at now: Instant) {
        self.workspace = workspace
        self.reference = reference
        self.actor = actor
        self.now = now
    }

    /// Stores a message of ours and places it in its case; throws where it has no place there.
    func place(
        _ bytes: [UInt8],
        _ judgement: Judgement,
        _ attachments: [InboundQueue.Attachment],
        in transaction: Transaction
    ) throws -> (id: Int64, route: String?) {
        var commit = MessageCommit(
            transaction: transaction, configuration: workspace.configuration, useCases: reference.useCases,
            rules: reference.validator.rules, edition: reference.edition, shelf: CaseShelf(), now: now, actor: actor
        )
        let name = judgement.envelope.map(MessageCommit.fileName) ?? "recovery.xml"
        let (id, early) = try commit.receive(bytes, judgement, attachments, from: "recovery", named: name)
        let results = try commit.settleCases()
        guard let result = early ?? results.first(where: { $0.id == id }),
            [.accept, .acceptWithFindings].contains(result.disposition)
        else { throw try withoutPlace(judgement, in: transaction.view) }
        try demandBooks(id, judgement, in: transaction)
        return (id, result.route)
    }

    /// That a message has no place, with what we may send in its case instead.
    private func withoutPlace(_ judgement: Judgement, in view: Snapshot) throws -> RecoveryError {
        var english = "the message has no place in its case now"
        var estonian = "sõnumil ei ole praegu oma juhtumis kohta"
        if let envelope = judgement.envelope {
            let key = CaseKey(id: envelope.caseID, institution: envelope.sender.institution)
            let ours = Set(workspace.configuration.institutions)
            let course = try CaseFile(key, in: view, useCases: reference.useCases, ours: ours).course
            let options = course.table.map { table in
                course.threads.filter { !course.hasLeft($0) }
                    .flatMap { CaseOutlook(of: $0.progress, in: table).options(.sent) }
            }
            // Documents about the case itself, such as X001, are not the desk's.
            let own = (options ?? []).filter { $0.sed.code.hasPrefix("R") }
            let (updates, documents) = (own.filter { $0.kind == .update }, own.filter { $0.kind != .update })
            func names(_ options: [CaseOutlook.Option]) -> String {
                Set(options.map(\.sed.code)).sorted().joined(separator: ", ")
            }
            if !documents.isEmpty {
                english += "; what may be sent now: \(names(documents))"
                estonian += "; praegu võib saata: \(names(documents))"
            }
            if !updates.isEmpty {
                english += "; as a new version, which reply does not write: \(names(updates))"
                estonian += "; uue versioonina, mida reply ei kirjuta: \(names(updates))"
            }
        }
        return RecoveryError(.inadmissible, english, estonian)
    }

    /// Refuses an R018 or R025 of ours that our own books do not take: nobody is told what we do not hold ourselves.
    private func demandBooks(_ id: Int64, _ judgement: Judgement, in transaction: Transaction) throws {
        guard let envelope = judgement.envelope, ["R018", "R025"].contains(envelope.sed.code) else { return }
        let key = CaseKey(id: envelope.caseID, institution: envelope.sender.institution)
        _ = try CaseFollower(transaction: transaction, actor: actor, now: now).follow(key)
        let tasks = try transaction.view.recoveryRequests(of: key.id).filter { $0.institution == key.institution }
            .flatMap { try transaction.view.recoveryNews(of: $0.id) }
            .filter { $0.messageID == id }.compactMap(\.task)
        let unbooked = [RecoveryNews.Task.amounts, .currency, .unreadable].map(\.rawValue)
        if tasks.contains(where: unbooked.contains) {
            throw RecoveryError(
                .booking, "our own books do not take it: state or amounts of the claims do not allow it",
                "meie oma arvestus ei võta seda vastu: nõuete olek või summad ei võimalda seda")
        }
    }

    /// Hands over what is ready; nil while another process holds the workspace, which does it itself.
    static func deliver(from workspace: Workspace, at now: Instant) throws -> Int? {
        guard let lock = try? workspace.lock() else { return nil }
        return try withExtendedLifetime(lock) {
            try Delivery(
                store: workspace.store, queues: workspace.outboundQueues(), partners: workspace.partners, now: now
            ).run()
        }
    }
}

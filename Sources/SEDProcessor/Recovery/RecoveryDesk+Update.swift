// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
internal import SEDCurrency
internal import SEDRecovery
internal import SEDStorage

/// By which day the amounts of a request are converted when they change.
///
/// That they keep the day of the first sending is a reading that is not verified (domain notes, section 3 point 8), so
/// it is a switch of the configuration, and each request keeps the one that it was made under.
package enum RatePolicy: String, Hashable, Sendable, CaseIterable {
    /// The day on which the request was first sent.
    case asFirstSent
    /// The day on which the change is sent.
    case newDate
}

/// Amounts that were sent with an earlier rate, because that of their day was not out.
struct ProvisionalAmounts {
    let day: CivilDate
    /// Whether the rate of the day can be had now.
    let isRateOut: Bool
}

extension StoredRecoveryRequest {
    /// A message with the document that makes the request: of a final request for offsetting that came after a
    /// provisional one, that of the final one.
    func lastDocument(in view: Snapshot) throws -> Int64? {
        guard let kind = RequestKind(rawValue: kind), kind.mayBeProvisional else { return messageID }
        return try view.recoveryNews(of: id).last { $0.sed == kind.sed && $0.isInForce }?.messageID ?? messageID
    }

    /// Whether the other party has answered the provisional request; nil where that is not all there is.
    func provisionalAnswer(in view: Snapshot) throws -> Bool? {
        guard let kind = RequestKind(rawValue: kind), kind.mayBeProvisional else { return nil }
        let news = try view.recoveryNews(of: id).filter(\.isInForce)
        guard news.last(where: { $0.sed == kind.sed })?.outcome == OffsetState.asked.rawValue else { return nil }
        return news.contains { $0.sed == kind.answer }
    }
}

extension RecoveryBooks {
    /// Whether what the claims come to in the applicant's currency is what a request states.
    fileprivate func stand(as request: RecoveryRequest) -> Bool {
        ledgers.allSatisfy { claim, ledger in
            guard request.claims.indices.contains(claim - 1) else { return false }
            let balance = ledger.applicant
            return ComponentKind.allCases.allSatisfy { kind in
                let standing = balance[.recovered][kind].adding(balance[.outstanding][kind])
                return standing?.compared(to: request.claims[claim - 1].amounts[kind] ?? .zero) == 0
            }
        }
    }
}

extension RecoveryDesk {
    /// Drafts a new version of a request that was sent (Article 78(5)); it is checked, approved and sent like any other.
    ///
    /// Without a file it says what the last version says: its amounts are then converted anew, which is what a
    /// provisional sending needs. A file that names no attachments takes those of the last version along.
    package func update(_ id: Int64, from path: String?, by actor: String, at instant: Instant) throws -> Int64 {
        try update(id, with: path.map(Self.read), by: actor, at: instant)
    }

    func update(
        _ id: Int64,
        with file: (RecoveryRequest, [RequestAttachment])?,
        by actor: String,
        at instant: Instant
    ) throws -> Int64 {
        try Self.demandPerson(actor)
        try follow(by: "recovery", at: instant)
        return try workspace.store.write { transaction in
            let view = transaction.view
            guard let base = try view.recoveryRequest(id) else { throw RecoveryError.notFound(id) }
            let versions = try view.recoveryUpdates(of: id)
            guard base.state == .sent, base.updates == nil,
                !versions.contains(where: { [.draft, .approved].contains($0.state) })
            else { throw Self.wrongState(id) }
            let last = try latestVersion(of: base, in: view)
            let before = try content(of: last)
            if file == nil, try !RecoveryBooks(of: id, in: view).stand(as: before) {
                throw RecoveryError(
                    .changed, "the amounts were changed since by another document; state them in a file",
                    "summasid on vahepeal muudetud teise dokumendiga; nimetage need failis")
            }
            let request = file?.0 ?? before
            guard request.applicant == base.institution, request.requested == base.counterparty,
                request.kind == before.kind, request.claims.count == before.claims.count
            else { throw Self.otherRequest }
            let given = file?.1.map(Self.row) ?? []
            let files = given.isEmpty ? try view.recoveryAttachments(of: last.id) : given
            let content = try StableJSON.encode(request)
            var stored = StoredRecoveryRequest(
                kind: base.kind, side: base.side, institution: base.institution, counterparty: base.counterparty,
                state: .draft, content: content, digest: Self.digest(content, files),
                fingerprint: request.marks.joined(separator: " "), created: .init(at: instant, by: actor)
            )
            stored.updates = id
            stored.ratePolicy = ratePolicy.rawValue
            stored.rateDate = rateDay(of: base)
            let draft = try transaction.insert(stored, attachments: files)
            try transaction.audit(
                "recovery-drafted", subject: "recovery:\(draft)",
                detail: "new version of \(id), rates \(ratePolicy.rawValue)", by: actor, at: instant)
            return draft
        }
    }

    static let otherRequest = RecoveryError(
        .changed, "a new version has the kind, the institutions and the number of claims of its request",
        "uuel versioonil on oma taotluse liik, asutused ja nõuete arv")

    var ratePolicy: RatePolicy { workspace.configuration.recoveryRates }

    /// The day of the rates for a change of a request that was sent; nil for the day on which the change is sent.
    func rateDay(of base: StoredRecoveryRequest) -> CivilDate? {
        ratePolicy == .asFirstSent ? base.rateDate : nil
    }

    /// The last version of a request that has left; else the request itself.
    func latestVersion(of request: StoredRecoveryRequest, in view: Snapshot) throws -> StoredRecoveryRequest {
        try view.recoveryUpdates(of: request.id).last { $0.state == .sent } ?? request
    }

    /// The message with the last version of a request, on either side.
    func latestMessage(of request: StoredRecoveryRequest, in view: Snapshot) throws -> Int64? {
        guard let last = try request.lastDocument(in: view), let caseID = request.caseID,
            let set = try view.envelope(of: last)?.set
        else { return request.messageID }
        return try view.lastMessage(of: set, in: CaseKey(id: caseID, institution: request.institution)) ?? last
    }

    /// Nil where the rates were those that the law asks for.
    func provisionalAmounts(
        of request: StoredRecoveryRequest,
        at instant: Instant,
        in view: Snapshot
    ) throws -> ProvisionalAmounts? {
        guard request.side == "applicant", request.state == .sent, let day = request.rateDate,
            try view.recoveryConversions(of: request.id).contains(where: { $0.record.contains("\"provisional\":true") })
        else { return nil }
        let anew = try RequestDraft(
            of: request, content(of: request), in: view,
            .init(now: instant, whenMissing: .refuse, by: "recovery", engine: engine, rateDate: day))
        return ProvisionalAmounts(day: day, isRateOut: anew.refusals.isEmpty && !anew.isProvisional)
    }
}

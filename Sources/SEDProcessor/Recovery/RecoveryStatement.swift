// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
package import SEDRecovery
internal import SEDStorage

/// A request in a listing.
package struct RequestSummary: Hashable, Sendable, Encodable {
    package let id: Int64
    package let kind: String
    package let side: String
    package let state: String
    package let institution: String
    package let counterparty: String
    /// Of each claim that has books.
    package let claimStates: [String]
    package let createdAt: String
    package let createdBy: String
    package let approvedBy: String?
    package let sentAt: String?
    package let rateDate: String?
    package let caseId: String?
    /// The request whose new version this is.
    package let updates: Int64?
    /// By which day a change of amounts is converted: `asFirstSent` or `newDate`; missing for a received request.
    package let ratePolicy: String?
    /// Of a request without books: what the last document of its case came to.
    package let standing: String?

    init(_ stored: StoredRecoveryRequest, _ books: RecoveryBooks, _ news: [StoredRecoveryNews]) {
        id = stored.id
        kind = stored.kind
        side = stored.side
        state = stored.state.rawValue
        institution = stored.institution.text
        counterparty = stored.counterparty.text
        claimStates = books.ledgers.keys.sorted().compactMap { books.ledgers[$0]?.state.rawValue }
        createdAt = stored.created.at.description
        createdBy = stored.created.by
        approvedBy = stored.approved?.by
        sentAt = stored.sent?.at.description
        rateDate = stored.rateDate?.description
        caseId = stored.caseID?.text
        updates = stored.updates
        ratePolicy = stored.ratePolicy
        let told = news.filter {
            $0.isInForce && (!RecoveryNews.invalidating.contains($0.sed) || !stored.isInForce(in: news))
        }
        standing = books.ledgers.isEmpty ? told.lazy.compactMap(\.outcome).last : nil
    }
}

/// The statement of account of a request: amounts are decimal text, days and times ISO 8601.
package struct RecoveryStatement: Hashable, Sendable, Encodable {
    package struct Column: Hashable, Sendable, Encodable {
        package let component: String
        package let claimed: String
        package let recovered: String
        package let outstanding: String
        package let withdrawn: String
        package let reduced: String
    }

    package struct Account: Hashable, Sendable, Encodable {
        package let currency: String
        /// Each component that was ever claimed, and `total`.
        package let rows: [Column]
    }

    package struct Side: Hashable, Sendable, Encodable {
        package let charged: String
        package let settled: String
        package let open: String

        init(_ account: SideAccount) {
            charged = account.charged.description
            settled = account.settled.description
            open = account.open.description
        }
    }

    package struct Entry: Hashable, Sendable, Encodable {
        package let number: Int
        package let at: String
        package let by: String
        package let message: Int64?
        package let event: ClaimEvent
    }

    package struct ClaimAccount: Hashable, Sendable, Encodable {
        package let claim: Int
        package let state: String
        package let balanced: Bool
        package let applicant: Account
        package let requested: Account
        /// Interest under the law of the requested State (Article 80(2)).
        package let interest: Side
        /// Costs that the requested party keeps (Article 85(1)).
        package let costs: Side
        /// Costs that the applicant party is to bear (Article 85(2), (3)).
        package let reimbursement: Side
        package let remitted: String
        package let remittanceDue: String
        package let refundDue: String
        package let instalments: [InstalmentPlan.Instalment]
        package let remarks: [ClaimLedger.Remark]
        package let events: [Entry]
    }

    /// What a message of the case came to: codes and days.
    package struct News: Hashable, Sendable, Encodable {
        package let message: Int64
        package let sed: String
        package let way: String
        package let at: String
        package let outcome: String?
        /// Why a person is needed; missing where nobody is, or where it is done.
        package let task: String?
        /// The message has lost its place in the case since it was booked.
        package let displaced: Bool
        /// The message that made its document invalid.
        package let voidedBy: Int64?
    }

    package let formatVersion: Int
    package let request: RequestSummary
    package let claims: [ClaimAccount]
    /// Of a request under Articles 72 and 73, which has no books.
    package let offset: OffsetAccount?
    package let news: [News]
}

extension RecoveryStatement.Account {
    init(_ balance: Balance) {
        func column(_ name: String, _ text: (Parts) -> String) -> RecoveryStatement.Column {
            RecoveryStatement.Column(
                component: name, claimed: text(balance.claimed), recovered: text(balance.recovered),
                outstanding: text(balance.outstanding), withdrawn: text(balance.withdrawn),
                reduced: text(balance.reduced)
            )
        }
        currency = balance.claimed.currency
        rows =
            balance.claimed.kinds.map { kind in column(kind.rawValue) { $0[kind].description } }
            + [column("total") { $0.total.description }]
    }
}

extension ClaimEvent {
    /// What a person books is what the own side did: money that the applicant party enters has come to itself.
    fileprivate func entered(on side: String) -> ClaimEvent {
        switch self {
        case .recovered(let receipt) where side == "applicant":
            .recovered(Receipt(receipt.amount, on: receipt.on, payment: receipt.payment, source: .applicant))
        case .refunded(let amount, let day, nil): .refunded(amount, on: day, by: ClaimParty(rawValue: side))
        default: self
        }
    }
}

extension RecoveryDesk {
    /// All requests; what has arrived in their cases is booked first.
    package func summaries(at instant: Instant) throws -> [RequestSummary] {
        try follow(by: "recovery", at: instant)
        return try workspace.store.read { view in
            try view.recoveryRequests().map {
                try RequestSummary($0, RecoveryBooks(of: $0.id, in: view), view.recoveryNews(of: $0.id))
            }
        }
    }

    package func statement(_ id: Int64, at instant: Instant) throws -> RecoveryStatement {
        try follow(by: "recovery", at: instant)
        let stored = try self.stored(id)
        return try workspace.store.read { view in
            let books = try RecoveryBooks(of: id, in: view)
            let entries = Dictionary(grouping: try view.recoveryEvents(of: id), by: \.claim)
            let claims = books.ledgers.sorted { $0.key < $1.key }.map { claim, ledger in
                let events = zip(entries[claim] ?? [], books.events[claim] ?? []).map { stored, event in
                    RecoveryStatement.Entry(
                        number: stored.number, at: stored.at.description, by: stored.actor, message: stored.messageID,
                        event: event)
                }
                return RecoveryStatement.ClaimAccount(
                    claim: claim, state: ledger.state.rawValue, balanced: ledger.isBalanced,
                    applicant: .init(ledger.applicant), requested: .init(ledger.requested),
                    interest: .init(ledger.interest), costs: .init(ledger.costs),
                    reimbursement: .init(ledger.reimbursement), remitted: ledger.remitted.description,
                    remittanceDue: ledger.remittanceDue.description, refundDue: ledger.refundDue.description,
                    instalments: ledger.plan?.instalments ?? [], remarks: ledger.remarks, events: events
                )
            }
            let known = try view.recoveryNews(of: id)
            let news = known.map {
                RecoveryStatement.News(
                    message: $0.messageID, sed: $0.sed, way: $0.way, at: $0.at.description, outcome: $0.outcome,
                    task: $0.doneBy == nil && $0.isInForce ? $0.task : nil, displaced: $0.isDisplaced,
                    voidedBy: $0.voidedBy)
            }
            return RecoveryStatement(
                formatVersion: 1, request: RequestSummary(stored, books, known), claims: claims,
                offset: try offsetAccount(of: stored, known, in: view), news: news)
        }
    }

    /// Books an event that a person enters; its day is between that of the request and today.
    package func book(_ event: ClaimEvent, to claim: Int, of id: Int64, by actor: String, at instant: Instant) throws {
        try follow(by: "recovery", at: instant)
        let stored = try self.stored(id)
        guard [.sent, .received].contains(stored.state) else { throw Self.wrongState(id) }
        try workspace.store.write { transaction in
            try Self.demand(event.day, of: stored, at: instant, in: transaction.view)
            if case .interestCharged(let charge) = event { try Self.demandPeriod(of: charge, today: instant.date) }
            var books = try RecoveryBooks(of: id, in: transaction.view)
            guard books.ledgers[claim] != nil else {
                throw RecoveryError(
                    .notFound, "request \(id) has no claim \(claim)", "taotlusel \(id) ei ole nõuet \(claim)")
            }
            try books.append(event.entered(on: stored.side), to: claim, by: actor, at: instant, in: transaction)
            try transaction.audit(
                "recovery-booked", subject: "recovery:\(id)",
                detail: "claim \(claim), event \(books.ledgers[claim]?.eventCount ?? 0)", by: actor, at: instant)
        }
    }

    /// Interest for late payment runs until today at most; that of instalments as long as they may (600 months).
    private static func demandPeriod(of charge: InterestCharge, today: CivilDate) throws {
        let last = charge.kind == .late ? today : today.adding(months: 600)
        guard charge.from <= charge.to else {
            throw RecoveryError(
                .booking, "the first day of the interest is after the last one",
                "intressi esimene päev on pärast viimast")
        }
        guard charge.to <= last else {
            throw RecoveryError(
                .booking, "the interest runs until \(charge.to), after \(last)",
                "intressi arvestatakse kuni \(charge.to), pärast \(last)")
        }
    }

    /// Nothing happens to a claim before it is asked for, and nothing is booked before it has happened.
    private static func demand(
        _ day: CivilDate?,
        of request: StoredRecoveryRequest,
        at instant: Instant,
        in view: Snapshot
    ) throws {
        guard let day else { return }
        guard day <= instant.date else {
            throw RecoveryError(
                .booking, "\(day) is after today, \(instant.date)", "\(day) on pärast tänast päeva, \(instant.date)")
        }
        // The day of the rates is that of Frankfurt, and that of a message is one of its own zone.
        let made = try request.messageID.flatMap(view.envelope)?.createdAt
        let days = [request.rateDate, request.sent?.at.date, made.flatMap { Instant(parsing: $0)?.date }]
        if let first = days.compactMap({ $0 }).min(), day < first {
            throw RecoveryError(
                .booking, "\(day) is before the request was sent, \(first)",
                "\(day) on enne taotluse saatmist, \(first)")
        }
    }
}

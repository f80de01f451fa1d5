// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
internal import SEDCurrency
internal import SEDRecovery
internal import SEDStorage
internal import SEDValidation

/// A document of a case that has left the desk.
package struct SentReply: Sendable {
    package let sed: String
    package let messageID: Int64
    package let route: String?
    package let delivered: Int?
}

extension RecoveryDesk {
    /// Writes, judges and sends a document in the case of a request, and books what it says, all in one transaction.
    ///
    /// It may be done while another process drains the workspace; that one hands the document over then.
    package func reply(_ reply: RecoveryReply, to id: Int64, by actor: String, at instant: Instant) throws -> SentReply
    {
        let placed = try workspace.store.write { transaction in
            let follower = CaseFollower(transaction: transaction, actor: actor, now: instant)
            guard let known = try transaction.view.recoveryRequest(id) else { throw RecoveryError.notFound(id) }
            guard [.sent, .received].contains(known.state), let caseID = known.caseID, let first = known.messageID
            else { throw Self.wrongState(id) }
            guard let sed = RequestKind(rawValue: known.kind).flatMap(reply.sed) else {
                throw RecoveryError(
                    .wrongState, "requests of the kind \(known.kind) have no such document",
                    "liiki \(known.kind) taotlustel sellist dokumenti ei ole")
            }
            let key = CaseKey(id: caseID, institution: known.institution)
            // What another process has placed meanwhile is in the books before the document is written.
            try transaction.untouch(key)
            _ = try follower.follow(key)
            let bytes = try message(reply, sed, known, caseID, first, by: actor, at: instant, in: transaction.view)
            let judgement = reference.validator.judge(bytes, attachments: [], direction: .outbound)
            guard judgement.report.verdict == .valid else { throw Self.unsound(judgement) }
            let placed = try DeskPost(workspace: workspace, reference: reference, by: actor, at: instant)
                .place(bytes, judgement, [], in: transaction)
            try transaction.untouch(key)
            _ = try follower.follow(key)
            // Money that our own books do not take is not told to anybody.
            let own = try transaction.view.recoveryNews(of: id).first { $0.messageID == placed.id }
            if sed == "R004", own?.task != nil { throw RecoveryError.booking(.moreThanDue) }
            try transaction.audit(
                "recovery-reply", subject: "recovery:\(id)",
                detail: "\(sed) message \(placed.id)"
                    + (reply.isRevision ? ", rates \(ratePolicy.rawValue)" : ""), by: actor, at: instant)
            return (sed: sed, id: placed.id, route: placed.route)
        }
        return SentReply(
            sed: placed.sed, messageID: placed.id, route: placed.route,
            delivered: try DeskPost.deliver(from: workspace, at: instant))
    }

    private static func unsound(_ judgement: Judgement) -> RecoveryError {
        let errors = judgement.report.findings.filter { $0.severity == .error }
        let rules = Set(errors.map(\.rule.text)).sorted().joined(separator: ", ")
        return RecoveryError(
            .inadmissible, "the document may not be sent: \(rules)", "dokumenti ei või saata: \(rules)")
    }

    private func message(
        _ reply: RecoveryReply,
        _ sed: String,
        _ stored: StoredRecoveryRequest,
        _ caseID: UniqueID,
        _ first: Int64,
        by actor: String,
        at instant: Instant,
        in view: Snapshot
    ) throws -> [UInt8] {
        guard let envelope = try view.envelope(of: first),
            let request = try latestMessage(of: stored, in: view).flatMap(view.bytes(of:)).flatMap(
                SEDNode.init(ofMessage:))
        else {
            throw RecoveryError(
                .damaged, "the message of request \(stored.id) cannot be read",
                "taotluse \(stored.id) sõnumit ei saa lugeda")
        }
        let isApplicant = stored.side == "applicant"
        let ours = isApplicant ? envelope.sender : envelope.receiver
        let theirs = isApplicant ? envelope.receiver : envelope.sender
        let content: String
        if case .offset(let words) = reply, let kind = RequestKind(rawValue: stored.kind) {
            let currency = Currency.currency(of: ours.institution.country, on: instant.date)
            try demandPlaces(words, kind, stored, request, own: currency, in: view)
            content =
                OffsetReplyDocument(
                    reply: words, kind: kind, request: request, currency: currency,
                    settles: try settles(words, stored, own: currency, in: view)
                ).content
        } else {
            content =
                try self.content(
                    reply, stored, request, isApplicant: isApplicant, own: ours.institution, by: actor, at: instant,
                    in: view)
        }
        // Each reply is a document of its own.
        let number = try view.messages(of: caseID).count
        let key = "recovery \(ours.institution) \(caseID) reply \(number) \(instant)"
        return OwnMessage(
            sender: ours, receiver: theirs, version: envelope.cdm, buc: envelope.buc, caseID: caseID, sed: sed,
            instance: OwnMessage.identifier("\(key) instance"), set: OwnMessage.identifier("\(key) set"),
            relatedSet: try answeredSet(sed, stored, caseID, in: view), createdAt: instant,
            content: content
        ).bytes
    }

    /// What a document about claims says.
    private func content(
        _ reply: RecoveryReply,
        _ stored: StoredRecoveryRequest,
        _ request: SEDNode,
        isApplicant: Bool,
        own: InstitutionID,
        by actor: String,
        at instant: Instant,
        in view: Snapshot
    ) throws -> String {
        let books = try RecoveryBooks(of: stored.id, in: view)
        let changeover = books.changeover(on: instant.date)
        let due = try Self.due(books, changeover)
        let listed = try listed(reply, stored, books, changeover, in: view)
        let reimbursable = try Self.payable(
            ExactDecimal.sum(books.ledgers.values.map(\.reimbursement.open)), changeover)
        try Self.demandMoney(reply, due: due?.amount, listed: listed, reimbursable: reimbursable)
        return ReplyDocument(
            reply: reply, request: request, isApplicant: isApplicant,
            due: due.map { (listed ?? $0.amount, $0.currency) },
            revised: try revised(reply, stored, books, by: actor, at: instant, in: view),
            reimbursable: reimbursable, own: own,
            currency: Currency.currency(of: own.country, on: instant.date),
            recovered: RecoveredParts(books).text
        ).content
    }

    /// The set of the last document of the other party that the reply answers.
    private func answeredSet(
        _ sed: String,
        _ stored: StoredRecoveryRequest,
        _ caseID: UniqueID,
        in view: Snapshot
    ) throws -> UniqueID? {
        guard let answered = RequestFollower.refersTo[sed] else { return nil }
        let news = try view.recoveryNews(of: stored.id)
        guard let last = news.last(where: { $0.way == "received" && $0.sed == answered && $0.isInForce }) else {
            return nil
        }
        return try view.envelope(of: last.messageID)?.set
    }

    /// What lists of payments hold that no remittance has told of; nil where they hold nothing.
    ///
    /// That is told first and as it is: another amount would leave open which money it was, and a later list could hold
    /// the same once more.
    private func listed(
        _ reply: RecoveryReply,
        _ stored: StoredRecoveryRequest,
        _ books: RecoveryBooks,
        _ changeover: EuroChangeover?,
        in view: Snapshot
    ) throws -> ExactDecimal? {
        guard case .paid(let amount, _, _) = reply, stored.side == "requested",
            let decimals = books.ledgers[1]?.remitted.decimals
        else { return nil }
        guard let remitted = ExactDecimal.sum(books.ledgers.values.map(\.remitted)) else {
            throw RecoveryError.tooLargeSum
        }
        let units = try view.listedPayments(for: stored.id, remitted: remitted.units)
        if units == 0 { return nil }
        let sum = ExactDecimal(units: units, decimals: decimals)
        guard let listed = try Self.payable(sum, changeover) else { return nil }
        guard amount == nil || amount?.compared(to: listed) == 0 else {
            throw RecoveryError(
                .booking, "a list of payments holds another amount; tell of that first, without an amount",
                "maksenimekirjas on teine summa; teatage enne sellest, ilma summata")
        }
        // Claims that were lowered since have less to be remitted. What the bank has paid all the same is told where
        // somebody says so by its amount, and the applicant party gives the rest back.
        let held = ExactDecimal.sum(books.ledgers.values.map(\.held)) ?? .zero
        if let due = books.ledgers.values.remittanceDue, sum.compared(to: due) == 1,
            amount == nil || sum.compared(to: held) == 1
        {
            throw RecoveryError(
                .booking,
                "a list of payments holds more than is due by now; void it, or tell its amount where the bank has paid it",
                "maksenimekirjas on rohkem, kui nüüd tasuda tuleb; tühistage see või, kui pank on tasunud, nimetage summa"
            )
        }
        return listed
    }

    /// Nothing is told of a payment that is none.
    private static func demandMoney(
        _ reply: RecoveryReply,
        due: ExactDecimal?,
        listed: ExactDecimal?,
        reimbursable: ExactDecimal?
    ) throws {
        let due = due ?? .zero
        if case .paid(let amount?, _, _) = reply, listed == nil, amount.compared(to: due) == 1 {
            throw RecoveryError.booking(.moreThanDue)
        }
        if case .decided(_, _, "02") = reply {
            throw RecoveryError(
                .inadmissible, "R034 that changes amounts has to state them; send them with reduce or update",
                "R034, mis summasid muudab, peab need nimetama; saatke need käsuga reduce või update")
        }
        let amount: ExactDecimal? =
            switch reply {
            case .paid(let amount, _, _): amount ?? due
            case .costsClaimed(let costs): costs.amount
            case .reimbursed(let amount, _, _): amount ?? reimbursable ?? .zero
            default: nil
            }
        if let amount, amount.units <= 0 { throw RecoveryError.booking(.wrongAmount) }
    }

    /// What is to be remitted of all claims, in the currency that it is paid in.
    private static func due(
        _ books: RecoveryBooks,
        _ changeover: EuroChangeover?
    ) throws -> (amount: ExactDecimal, currency: String)? {
        guard let currency = books.ledgers[1]?.requested.claimed.currency,
            let sum = try payable(books.ledgers.values.remittanceDue, changeover)
        else { return nil }
        return (sum, changeover == nil ? currency : "EUR")
    }

    /// What is paid for an amount of the books.
    private static func payable(_ amount: ExactDecimal?, _ changeover: EuroChangeover?) throws -> ExactDecimal? {
        guard let amount, let changeover else { return amount }
        guard let euros = changeover.euros(amount) else { throw RecoveryError.tooLargeSum }
        return euros
    }

    /// Whether no component is more than is claimed by now.
    private static func isReduction(_ parts: Parts, of balance: Balance) -> Bool {
        ComponentKind.allCases.allSatisfy { kind in
            let present = balance.outstanding[kind].adding(balance.recovered[kind])
            return present.map { parts[kind].compared(to: $0) != 1 } ?? false
        }
    }

    /// The reduced claims, at the rates of the day that the policy names.
    private func revised(
        _ reply: RecoveryReply,
        _ stored: StoredRecoveryRequest,
        _ books: RecoveryBooks,
        by actor: String,
        at instant: Instant,
        in view: Snapshot
    ) throws -> [Claim] {
        guard case .reduced(_, _, let amounts) = reply else { return [] }
        let day = rateDay(of: stored) ?? ReferenceCalendar.day(at: instant)
        guard amounts.count == books.ledgers.count, let ledger = books.ledgers[1] else {
            throw RecoveryError(
                .inadmissible, "state the amounts of all claims of the request",
                "nimetage taotluse kõigi nõuete summad")
        }
        let (own, theirs) = (ledger.applicant.claimed.currency, ledger.requested.claimed.currency)
        let table = try view.rateTable(of: [own, theirs], around: day)
        let conversion = ConversionRequest(
            amount: .zero, from: own, to: theirs,
            operation: stored.kind == RequestKind.precautionary.rawValue ? .recoveryPrecautionary : .recoveryRequest,
            date: day, at: instant, by: actor, engine: engine
        )
        return try amounts.enumerated().map { index, amounts in
            guard let parts = Parts(own, amounts) else { throw RecoveryError.booking(.wrongAmount) }
            // More than before takes a new version, which a second person approves.
            if let balance = books.ledgers[index + 1]?.applicant, !Self.isReduction(parts, of: balance) {
                throw RecoveryError(
                    .inadmissible, "R025 makes no claim larger; use update",
                    "R025 ei suurenda nõuet; kasutage käsku update")
            }
            do throws(CurrencyRefusal) {
                // At the rates of another day what is paid stays what it was.
                if ratePolicy == .newDate, let ledger = books.ledgers[index + 1] {
                    return try Claim.converted(parts, keepingPaid: ledger, like: conversion, rates: table).claim
                }
                return try Claim.converted(parts, into: theirs, like: conversion, rates: table).claim
            } catch {
                throw RecoveryError(
                    .rates, "\(error.message.english) [\(error.rule)]", "\(error.message.estonian) [\(error.rule)]")
            }
        }
    }
}

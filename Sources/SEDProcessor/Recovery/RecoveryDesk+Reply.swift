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
    /// Writes, judges and sends a document in the case of a request, and books what it says.
    ///
    /// The workspace is held meanwhile: while another process drains it, nothing is sent.
    package func reply(_ reply: RecoveryReply, to id: Int64, by actor: String, at instant: Instant) throws -> SentReply
    {
        try follow(by: "recovery", at: instant)
        let stored = try self.stored(id)
        guard [.sent, .received].contains(stored.state), let caseID = stored.caseID, let first = stored.messageID else {
            throw Self.wrongState(id)
        }
        let lock = try workspace.lock()
        let placed = try withExtendedLifetime(lock) {
            try workspace.store.write { transaction in
                let bytes = try message(reply, stored, caseID, first, by: actor, at: instant, in: transaction.view)
                let judgement = reference.validator.judge(bytes, attachments: [], direction: .outbound)
                guard judgement.report.verdict == .valid else { throw Self.unsound(judgement) }
                return try DeskPost(workspace: workspace, reference: reference, by: actor, at: instant)
                    .place(bytes, judgement, [], in: transaction)
            }
        }
        try follow(by: actor, at: instant)
        let delivered = try Delivery(
            store: workspace.store, queues: workspace.outboundQueues(), partners: workspace.partners, now: instant
        ).run()
        return withExtendedLifetime(lock) {
            SentReply(sed: reply.sed, messageID: placed.id, route: placed.route, delivered: delivered)
        }
    }

    private static func unsound(_ judgement: Judgement) -> RecoveryError {
        let errors = judgement.report.findings.filter { $0.severity == .error }
        let rules = Set(errors.map(\.rule.text)).sorted().joined(separator: ", ")
        return RecoveryError(
            .inadmissible, "the document may not be sent: \(rules)", "dokumenti ei või saata: \(rules)")
    }

    private func message(
        _ reply: RecoveryReply,
        _ stored: StoredRecoveryRequest,
        _ caseID: UniqueID,
        _ first: Int64,
        by actor: String,
        at instant: Instant,
        in view: Snapshot
    ) throws -> [UInt8] {
        guard let envelope = try view.envelope(of: first),
            let request = try view.bytes(of: first).flatMap(SEDNode.init(ofMessage:))
        else {
            throw RecoveryError(
                .damaged, "the message of request \(stored.id) cannot be read",
                "taotluse \(stored.id) sõnumit ei saa lugeda")
        }
        let isApplicant = stored.side == "applicant"
        let ours = isApplicant ? envelope.sender : envelope.receiver
        let theirs = isApplicant ? envelope.receiver : envelope.sender
        let books = try RecoveryBooks(of: stored.id, in: view)
        let content = ReplyDocument(
            reply: reply, request: request, isApplicant: isApplicant, due: Self.due(books),
            revised: try revised(reply, stored, books, by: actor, at: instant, in: view)
        ).content
        // Each reply is a document of its own.
        let number = try view.messages(of: caseID).count
        let key = "recovery \(ours.institution) \(caseID) reply \(number) \(instant)"
        return OwnMessage(
            sender: ours, receiver: theirs, version: envelope.cdm, buc: envelope.buc, caseID: caseID, sed: reply.sed,
            instance: OwnMessage.identifier("\(key) instance"), set: OwnMessage.identifier("\(key) set"),
            relatedSet: reply.sed == "R018" || reply.sed == "R016" ? envelope.set : nil, createdAt: instant,
            content: content
        ).bytes
    }

    /// What is to be remitted of all claims.
    private static func due(_ books: RecoveryBooks) -> (amount: ExactDecimal, currency: String)? {
        guard let currency = books.ledgers[1]?.requested.claimed.currency,
            let sum = ExactDecimal.sum(books.ledgers.values.map(\.remittanceDue))
        else { return nil }
        return (sum, currency)
    }

    /// The reduced claims at the rates of the day on which the request was first sent.
    private func revised(
        _ reply: RecoveryReply,
        _ stored: StoredRecoveryRequest,
        _ books: RecoveryBooks,
        by actor: String,
        at instant: Instant,
        in view: Snapshot
    ) throws -> [Claim] {
        guard case .reduced(_, _, let amounts) = reply else { return [] }
        guard amounts.count == books.ledgers.count, let day = stored.rateDate, let ledger = books.ledgers[1] else {
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
        return try amounts.map { amounts in
            guard let parts = Parts(own, amounts) else { throw RecoveryError.booking(.wrongAmount) }
            do throws(CurrencyRefusal) {
                return try Claim.converted(parts, into: theirs, like: conversion, rates: table).claim
            } catch {
                throw RecoveryError(
                    .rates, "\(error.message.english) [\(error.rule)]", "\(error.message.estonian) [\(error.rule)]")
            }
        }
    }
}

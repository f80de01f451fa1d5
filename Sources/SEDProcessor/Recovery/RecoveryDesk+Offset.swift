// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDCurrency
internal import SEDRecovery
internal import SEDStorage

extension RecoveryDesk {
    /// The amounts that the documents of a request for offsetting state; nil for other requests.
    func offsetAccount(
        of stored: StoredRecoveryRequest,
        _ news: [StoredRecoveryNews],
        in view: Snapshot
    ) throws -> OffsetAccount? {
        guard RequestKind(rawValue: stored.kind)?.isOffset == true else { return nil }
        var account = OffsetAccount()
        var documents: [UniqueID: Set<Int64>] = [:]
        // Money has moved, whatever becomes of the document that told it.
        for item in news where item.isInForce || item.sed == "R004" {
            guard let sed = try view.bytes(of: item.messageID).flatMap(SEDNode.init(ofMessage:)),
                let set = try view.envelope(of: item.messageID)?.set
            else { continue }
            // What cannot be read is a task of the work list.
            do throws(SEDNode.Unreadable) {
                try account.read(sed, message: item.messageID, replacing: documents[set] ?? [])
            } catch { continue }
            documents[set, default: []].insert(item.messageID)
        }
        account.askedInOtherCurrency = try converted(account.asked, of: stored, in: view)
        return account
    }

    /// Whether a final R005 would state the amount after the months that run from the notice of arrears (Article 72(2)).
    ///
    /// Without the case the message could not tell; the last day moves to a working day, as in the work list.
    func isStatedTooLate(_ draft: RequestDraft, _ stored: StoredRecoveryRequest, in view: Snapshot) throws -> Bool {
        guard draft.request.kind == .arrears, draft.request.offset?.final == true,
            let base = try stored.updates.flatMap(view.recoveryRequest), try base.provisionalAnswer(in: view) == true,
            let notice = try view.recoveryNews(of: base.id).first(where: { news in
                news.sed == "R006" && news.isInForce && news.outcome?.hasPrefix(OffsetState.deductible.rawValue) == true
            }),
            let told = try view.envelope(of: notice.messageID)?.createdAt,
            let noticed = CivilDate(parsing: String(told.prefix(10)))
        else { return false }
        let last = try DeskClocks(reference: reference, today: noticed).statement(after: noticed, by: base.institution)
        return draft.circumstances.now.date > last
    }

    /// Whether a transfer is the last one: with those before it, all that was asked for, in the currency of the requested
    /// State by the rate of the first sending within one unit of the last decimal; and whether it is the only one.
    func settles(
        _ reply: OffsetReply,
        _ stored: StoredRecoveryRequest,
        own currency: String?,
        in view: Snapshot
    ) throws -> (all: Bool, atOnce: Bool) {
        guard case .paid(let amount, _, _, _) = reply,
            let account = try offsetAccount(of: stored, view.recoveryNews(of: stored.id), in: view),
            let asked = [account.asked, account.askedInOtherCurrency].compactMap({ $0 })
                .first(where: { $0.currency == currency }),
            let due = ExactDecimal(parsing: asked.amount)
        else { return (false, false) }
        let earlier = account.payments.filter { $0.sum.currency == currency }
            .compactMap { ExactDecimal(parsing: $0.sum.amount) }
        let tolerance = asked == account.asked ? 0 : StatedConversion.tolerance
        guard let missing = ExactDecimal.sum(earlier + [amount])?.negated().adding(due),
            let units = missing.written(withDecimals: due.decimals)?.units
        else { return (false, false) }
        return (units <= tolerance, account.payments.isEmpty)
    }

    /// At the rate of the day on which the request was first sent (Decision H12, as for recovery).
    private func converted(_ asked: StatedSum?, of stored: StoredRecoveryRequest, in view: Snapshot) throws
        -> StatedSum?
    {
        let country = (stored.side == "applicant" ? stored.counterparty : stored.institution).country
        guard let asked, let day = stored.rateDate, let theirs = Currency.currency(of: country, on: day),
            theirs != asked.currency, let amount = ExactDecimal(parsing: asked.amount),
            let parts = Parts(asked.currency, [.principal: amount])
        else { return nil }
        let table = try view.rateTable(of: [asked.currency, theirs], around: day)
        let conversion = ConversionRequest(
            amount: .zero, from: asked.currency, to: theirs, operation: .recoveryOffset, date: day,
            at: stored.sent?.at ?? stored.created.at, by: "recovery", engine: engine)
        do throws(CurrencyRefusal) {
            let claim = try Claim.converted(parts, into: theirs, like: conversion, rates: table).claim
            return StatedSum(claim.requested.total, theirs)
        } catch {
            return nil
        }
    }
}

// SPDX-License-Identifier: EUPL-1.2

internal import SEDCases
package import SEDCore
internal import SEDCurrency
internal import SEDRecovery
internal import SEDStorage
internal import SEDValidation

/// A line of the desk's work list.
package struct RecoveryDueItem: Hashable, Sendable, Encodable {
    package let request: Int64
    /// Missing where it concerns the whole request.
    package let claim: Int?
    package let what: BilingualText
    /// `us`, `them` or `debtor`.
    package let by: String
    /// The last day; missing where neither law nor policy names one: without delay.
    package let dueOn: String?
    /// 0 or less while it is in time.
    package let daysOver: Int?
    /// `law` or `policy`, of the day.
    package let basis: String?
    package let reference: String
    /// The message that asks for it.
    package let message: Int64?
}

extension RecoveryDesk {
    /// What is due next, by whom, by when and under which provision; what has a day comes first, in its order.
    package func dueItems(at instant: Instant) throws -> [RecoveryDueItem] {
        try follow(by: "recovery", at: instant)
        let clocks = try DeskClocks(reference: reference, today: instant.date)
        return try workspace.store.read { view in
            try view.recoveryRequests().flatMap { request in
                let latest = try latestVersion(of: request, in: view)
                return try DueList(
                    request: request, books: RecoveryBooks(of: request.id, in: view),
                    news: view.recoveryNews(of: request.id), clocks: clocks,
                    limits: latest.content.isEmpty ? [] : content(of: latest).claims.map(\.limitationEnds),
                    provisional: provisionalAmounts(of: latest, at: instant, in: view)
                ).items()
            }
        }.sorted { left, right in
            (left.dueOn ?? "9999", left.request, left.claim ?? 0) < (
                right.dueOn ?? "9999", right.request, right.claim ?? 0
            )
        }
    }
}

extension ProvisionalAmounts {
    fileprivate func item(of list: DueList) -> RecoveryDueItem {
        isRateOut
            ? list.item(
                "send a new version: the rate of \(day) is out, and the amounts are still provisional",
                "saata uus versioon: \(day) kurss on avaldatud, kuid summad on veel esialgsed", by: "us",
                "Reg. 987/2009 Art. 90, Art. 78(5)")
            : list.item(
                "import the rate of \(day): the amounts were sent with an earlier one",
                "importida \(day) kurss: summad saadeti varasema kursiga", by: "us", "Reg. 987/2009 Art. 90")
    }
}

/// How days are counted for the desk.
private struct DeskClocks {
    let reference: ReferenceData
    let today: CivilDate
    let formalitiesMonths: Int
    let notificationDays: Int
    let limitationMonths: Int

    init(reference: ReferenceData, today: CivilDate) throws {
        self.reference = reference
        self.today = today
        let parameters = try reference.validator.rules?.parameters()
        func number(_ name: String, else fallback: Int) -> Int {
            parameters?.value(of: name, on: today).flatMap { Int($0) } ?? fallback
        }
        formalitiesMonths = number("recovery.formalitiesMonths", else: 3)
        notificationDays = number("notification.alertDays", else: 30)
        limitationMonths = number("recovery.limitationWarningMonths", else: 6)
    }

    /// Last days on a day of rest move to the next working day (Regulation 1182/71 Article 3(4)).
    func lastDay(_ day: CivilDate, of institution: InstitutionID) throws -> CivilDate {
        try reference.useCases.calendars.calendar(of: institution).movedToWorkingDay(day)
    }
}

/// What is due for one request.
private struct DueList {
    let request: StoredRecoveryRequest
    let books: RecoveryBooks
    let news: [StoredRecoveryNews]
    let clocks: DeskClocks
    /// The ends of the limitation periods, claim by claim.
    let limits: [CivilDate?]
    /// Set where the amounts stand at rates of another day than the law asks for.
    let provisional: ProvisionalAmounts?

    private var isApplicant: Bool { request.side == "applicant" }

    func items() throws -> [RecoveryDueItem] {
        switch request.state {
        case .draft:
            return [
                item(
                    "have the draft checked and approved by a second person",
                    "lase mustand kontrollida ja teisel isikul kinnitada", by: "us", "ACC-007")
            ]
        case .approved: return [item("send the request", "saada taotlus", by: "us", "Reg. 987/2009 Art. 78")]
        case .dropped: return []
        case .sent, .received: break
        }
        // A new version stands in the case of its request, and so does what follows from it.
        if request.updates != nil { return [] }
        var items = try news.compactMap(task)
        items += news.filter(\.isDisplaced).map { displaced in
            item(
                "check what was booked of \(displaced.sed): the message has lost its place in the case",
                "kontrollida, mis \(displaced.sed) järgi arvestusse kanti: sõnum on juhtumis oma koha kaotanud",
                by: "us", "Reg. 987/2009 Art. 78(5)", message: displaced.messageID)
        }
        if let provisional { items.append(provisional.item(of: self)) }
        for claim in books.ledgers.keys.sorted() {
            guard let ledger = books.ledgers[claim] else { continue }
            items += try self.items(claim, ledger)
        }
        if isApplicant, books.ledgers.isEmpty, !news.contains(where: { $0.way == "received" }), let sent = request.sent
        {
            let isNotification = request.kind == RequestKind.notification.rawValue
            let day = try clocks.lastDay(
                sent.at.date.adding(days: clocks.notificationDays), of: request.counterparty)
            items.append(
                item(
                    "answer the request", "vastata taotlusele", by: "them",
                    isNotification ? "Reg. 987/2009 Art. 77(3)" : "Reg. 987/2009 Art. 76", on: day, "policy"))
        }
        return items
    }

    private func items(_ claim: Int, _ ledger: ClaimLedger) throws -> [RecoveryDueItem] {
        var items: [RecoveryDueItem] = []
        if [.requested, .formalities].contains(ledger.state) {
            // The request came on the day on which it was sent, as far as this side knows.
            let start = request.sent?.at.date ?? request.rateDate ?? request.created.at.date
            let day = try clocks.lastDay(
                start.adding(months: clocks.formalitiesMonths),
                of: isApplicant ? request.counterparty : request.institution)
            items.append(
                item(
                    "recognise the instrument, or say why the formalities take longer",
                    "tunnustada täitedokumenti või põhjendada, miks see kauem võtab", by: isApplicant ? "them" : "us",
                    "Reg. 987/2009 Art. 79(2)", claim: claim, on: day, "law"))
        }
        if ledger.remittanceDue.units > 0 {
            items.append(
                item(
                    "remit what was recovered", "kanda üle, mis on sisse nõutud", by: isApplicant ? "them" : "us",
                    "Reg. 987/2009 Art. 80(1)", claim: claim))
        }
        if ledger.refundDue.units > 0 || ledger.remittanceDue.units < 0 {
            items.append(
                item(
                    "give back what was recovered and is not claimed any more",
                    "tagastada, mis on sisse nõutud ja mida enam ei nõuta", by: isApplicant ? "us" : "them",
                    "Reg. 987/2009 Art. 81(2), Art. 85(3)", claim: claim))
        }
        if ledger.state == .instalments, let plan = ledger.plan, plan.consultation != .requested,
            let next = overdue(plan, ledger)
        {
            items.append(
                item(
                    "pay the instalment", "tasuda osamakse", by: "debtor", "Reg. 987/2009 Art. 80(2)", claim: claim,
                    on: next, "law"))
        }
        if ledger.state == .suspended {
            items.append(
                item(
                    "tell the decision on the contestation", "teatada otsus vaidlustuse kohta",
                    by: isApplicant ? "us" : "them", "Reg. 987/2009 Art. 81(2)", claim: claim))
        }
        if !ledger.state.isFinal, limits.indices.contains(claim - 1), let limit = limits[claim - 1],
            limit <= clocks.today.adding(months: clocks.limitationMonths)
        {
            items.append(
                item(
                    "mind the end of the limitation period", "arvesta aegumistähtaja lõppu", by: "us",
                    "Reg. 987/2009 Art. 83", claim: claim, on: limit, "law"))
        }
        return items
    }

    /// The first instalment that the money since the plan does not cover.
    private func overdue(_ plan: InstalmentPlan, _ ledger: ClaimLedger) -> CivilDate? {
        let outstanding = ledger.requested.outstanding.total
        // Documents write amounts with as many decimals as they like.
        let units = plan.instalments.map { $0.amount.written(withDecimals: outstanding.decimals)?.units ?? 0 }
        var paid = units.reduce(0, +) - outstanding.units
        for (instalment, units) in zip(plan.instalments, units) {
            paid -= units
            if paid < 0 { return instalment.dueOn }
        }
        return nil
    }

    private func task(_ news: StoredRecoveryNews) throws -> RecoveryDueItem? {
        guard let word = news.task, news.doneBy == nil, let task = RecoveryNews.Task(rawValue: word) else { return nil }
        switch (task, news.sed) {
        case (.answer, "R015"):
            let day = try clocks.lastDay(news.at.date.adding(days: clocks.notificationDays), of: request.institution)
            return item(
                "notify the addressee and answer with R016", "toimetada kätte ja vastata R016-ga", by: "us",
                "Reg. 987/2009 Art. 77(3)", on: day, "policy", message: news.messageID)
        case (.answer, "R012"):
            return item(
                "answer with R014", "vastata R014-ga", by: "us", "Reg. 987/2009 Art. 76", message: news.messageID)
        case (.answer, "R017"):
            return item(
                "examine the request and answer with R018", "vaadata taotlus läbi ja vastata R018-ga", by: "us",
                "Reg. 987/2009 Art. 78, Art. 79", message: news.messageID)
        case (.answer, "R019"):
            return item(
                "look at the contestation and answer with R033", "vaadata vaidlustus läbi ja vastata R033-ga",
                by: "us", "Reg. 987/2009 Art. 81(2)", message: news.messageID)
        case (.answer, "R036"):
            return item(
                "go on with recovery by R018", "jätkata sissenõudmist R018-ga", by: "us",
                "Reg. 987/2009 Art. 79, Art. 80(2)", message: news.messageID)
        case (.answer, _):
            return item(
                "answer \(news.sed)", "vastata: \(news.sed)", by: "us", "Reg. 987/2009 Art. 78(5), Art. 80(2)",
                message: news.messageID)
        case (.currency, _):
            return item(
                "book the payment of \(news.sed): it is in another currency or not clear",
                "kanda \(news.sed) makse arvestusse: see on muus vääringus või ebaselge", by: "us",
                "Reg. 987/2009 Art. 80(1), Art. 90", message: news.messageID)
        case (.amounts, _):
            return item(
                "clear up the amounts of \(news.sed): they cannot be booked as they are",
                "selgitada \(news.sed) summasid: neid ei saa sellisena arvestusse kanda", by: "us",
                "Reg. 987/2009 Art. 78(3)(d), Art. 78(5)", message: news.messageID)
        case (.instalments, _):
            return item(
                "look at the instalments of \(news.sed)", "vaadata läbi \(news.sed) osamaksed", by: "us",
                "Reg. 987/2009 Art. 80(2)", message: news.messageID)
        case (.debtor, _):
            return item(
                "look at the changed details of the debtor", "vaadata läbi võlgniku muutunud andmed", by: "us",
                "Reg. 987/2009 Art. 78(5)", message: news.messageID)
        case (.costs, _):
            return item(
                "decide on the costs and answer with R029", "otsustada kulud ja vastata R029-ga", by: "us",
                "Reg. 987/2009 Art. 85(2), Art. 85(3)", message: news.messageID)
        case (.other, _):
            return item(
                "read \(news.sed)", "lugeda: \(news.sed)", by: "us", "Reg. 987/2009 Art. 78", message: news.messageID)
        }
    }

    fileprivate func item(
        _ english: String,
        _ estonian: String,
        by: String,
        _ reference: String,
        claim: Int? = nil,
        on day: CivilDate? = nil,
        _ basis: String? = nil,
        message: Int64? = nil
    ) -> RecoveryDueItem {
        RecoveryDueItem(
            request: request.id, claim: claim, what: BilingualText(english, estonian), by: by,
            dueOn: day?.description, daysOver: day.map { clocks.today.daysSinceEpoch - $0.daysSinceEpoch },
            basis: basis, reference: reference, message: message
        )
    }
}

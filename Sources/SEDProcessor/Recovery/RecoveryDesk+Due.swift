// SPDX-License-Identifier: EUPL-1.2

internal import SEDCases
package import SEDCore
internal import SEDCurrency
internal import SEDRecovery
internal import SEDStorage
internal import SEDValidation

/// A line of the desk's work list.
package struct RecoveryDueItem: Hashable, Sendable, Encodable {
    /// Missing where a case has made no request.
    package let request: Int64?
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

    fileprivate var order: (String, Int64, Int) { (dueOn ?? "9999", request ?? 0, claim ?? 0) }
}

extension RecoveryDesk {
    /// What is due next, by whom, by when and under which provision; what has a day comes first, in its order.
    package func dueItems(at instant: Instant) throws -> [RecoveryDueItem] {
        try follow(by: "recovery", at: instant)
        let clocks = try DeskClocks(reference: reference, today: instant.date)
        return try workspace.store.read { view in
            let stuck = try view.stuckCases().flatMap { try stuckItems($0, in: view) }
            return try stuck + view.recoveryRequests().flatMap { try dueItems(of: $0, at: instant, clocks, in: view) }
        }.sorted { $0.order < $1.order }
    }

    private func dueItems(
        of request: StoredRecoveryRequest,
        at instant: Instant,
        _ clocks: DeskClocks,
        in view: Snapshot
    ) throws -> [RecoveryDueItem] {
        do {
            let latest = try latestVersion(of: request, in: view)
            let stated = latest.content.isEmpty ? nil : try content(of: latest)
            return try DueList(
                request: request, books: RecoveryBooks(of: request.id, in: view),
                news: view.recoveryNews(of: request.id), clocks: clocks,
                limits: stated?.claims.map(\.limitationEnds) ?? [], sendBy: stated?.offset?.requestBy,
                provisional: provisionalAmounts(of: latest, at: instant, in: view),
                isClosed: isCaseClosed(of: request, in: view)
            ).items()
        } catch let error as RecoveryError where error.code == .damaged {
            // One request must not hide what is due for the others.
            return [Self.item(request.id, error.text)]
        }
    }

    /// Where following failed, what the messages say is in no books, and only the audit trail would have it.
    private func stuckItems(_ key: CaseKey, in view: Snapshot) throws -> [RecoveryDueItem] {
        let what = BilingualText(
            "find out why case \(key.id) cannot be followed: what its newer messages say is not booked",
            "selgitada, miks juhtumit \(key.id) ei saa jälgida: uuemate sõnumite sisu ei ole arvestusse kantud")
        let requests = try view.recoveryRequests(of: key.id)
            .filter { $0.institution == key.institution && $0.updates == nil }
        return requests.isEmpty ? [Self.item(nil, what)] : requests.map { Self.item($0.id, what) }
    }

    private static func item(_ request: Int64?, _ what: BilingualText) -> RecoveryDueItem {
        RecoveryDueItem(
            request: request, claim: nil, what: what, by: "us", dueOn: nil, daysOver: nil, basis: nil,
            reference: "Reg. 987/2009 Art. 78(5)", message: nil)
    }
}

extension RecoveryDesk {
    /// Whether nothing can be answered any more.
    private func isCaseClosed(of request: StoredRecoveryRequest, in view: Snapshot) throws -> Bool {
        guard let id = request.caseID else { return false }
        return try view.storedCases(id).contains { $0.key.institution == request.institution && $0.state == .closed }
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
                "import the rate of \(published): the amounts were sent with an earlier one",
                "importida \(published) kurss: summad saadeti varasema kursiga", by: "us", "Reg. 987/2009 Art. 90")
    }

    /// The first day from that of the sending on for which the European Central Bank publishes rates.
    private var published: CivilDate {
        var published = day
        while published < day.adding(days: 14), !ReferenceCalendar.hasRates(published) {
            published = published.adding(days: 1)
        }
        return published
    }
}

/// How days are counted for the desk.
struct DeskClocks {
    let reference: ReferenceData
    let today: CivilDate
    let formalitiesMonths: Int
    let notificationDays: Int
    let limitationMonths: Int
    let statementMonths: Int

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
        statementMonths = number("offset.statementMonths", else: 2)
    }

    /// The last day for the amount of an overpaid pension after the notice of arrears (Article 72(2)).
    func statement(after notice: CivilDate, by applicant: InstitutionID) throws -> CivilDate {
        try lastDay(notice.adding(months: statementMonths), of: applicant)
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
    /// Of a request under Article 73 that was not sent.
    let sendBy: CivilDate?
    /// Set where the amounts stand at rates of another day than the law asks for.
    let provisional: ProvisionalAmounts?
    let isClosed: Bool

    private var isApplicant: Bool { request.side == "applicant" }

    func items() throws -> [RecoveryDueItem] {
        switch request.state {
        case .draft:
            return [
                item(
                    "have the draft checked and approved by a second person",
                    "lase mustand kontrollida ja teisel isikul kinnitada", by: "us", "ACC-007", on: sendBy,
                    sendBy == nil ? nil : "law")
            ]
        case .approved:
            return [
                item(
                    "send the request", "saada taotlus", by: "us",
                    RequestKind(rawValue: request.kind)?.provision ?? "Reg. 987/2009 Art. 78", on: sendBy,
                    sendBy == nil ? nil : "law")
            ]
        case .dropped: return []
        case .sent, .received: break
        }
        // A new version stands in the case of its request, and so does what follows from it.
        if request.updates != nil { return [] }
        let isOver = isClosed || !request.isInForce(in: news)
        var items = try news.filter { !(isOver && RecoveryNews.Task.answers.contains($0.task)) }.compactMap(task)
        items += news.filter(\.isDisplaced).map { displaced in
            item(
                "check what was booked of \(displaced.sed): the message has lost its place in the case",
                "kontrollida, mis \(displaced.sed) järgi arvestusse kanti: sõnum on juhtumis oma koha kaotanud",
                by: "us", "Reg. 987/2009 Art. 78(5)", message: displaced.messageID)
        }
        if let provisional, !isOver { items.append(provisional.item(of: self)) }
        for claim in books.ledgers.keys.sorted() {
            guard let ledger = books.ledgers[claim] else { continue }
            items += try self.items(claim, ledger)
        }
        if isOver { return items }
        items += untold() + costs()
        if let kind = RequestKind(rawValue: request.kind), kind.isOffset { return items + (try offsetItems(kind)) }
        if isApplicant, books.ledgers.isEmpty,
            !news.contains(where: {
                $0.way == "received" && $0.isInForce && !RecoveryNews.invalidating.contains($0.sed)
            }),
            let sent = request.sent
        {
            items.append(try answer(since: sent.at.date))
        }
        return items
    }

    /// The law names no number of days for an answer.
    private func answer(since day: CivilDate) throws -> RecoveryDueItem {
        item(
            "answer the request", "vastata taotlusele", by: "them",
            RequestKind(rawValue: request.kind)?.provision ?? "Reg. 987/2009 Art. 76",
            on: try clocks.lastDay(day.adding(days: clocks.notificationDays), of: request.counterparty), "policy")
    }

    /// What comes next under Articles 72 and 73.
    private func offsetItems(_ kind: RequestKind) throws -> [RecoveryDueItem] {
        let valid = news.filter(\.isInForce)
        let (applicant, requested) = isApplicant ? ("us", "them") : ("them", "us")
        switch OffsetState(valid.map(\.outcome)) {
        case .asked, .requested:
            // On our own side the message itself asks for the answer.
            guard isApplicant, let asked = valid.last(where: { $0.sed == kind.sed }) else { return [] }
            return [try answer(since: asked.at.date)]
        case .deductible where valid.last { $0.sed == kind.sed }?.outcome == OffsetState.asked.rawValue:
            // Only where arrears of a pension are held back the law says how long.
            let told = kind == .arrears ? valid.last { $0.sed == kind.answer } : nil
            let day = try told.map {
                try clocks.statement(
                    after: $0.at.date, by: isApplicant ? request.institution : request.counterparty)
            }
            return [
                item(
                    "state the amount with a final request", "teatada summa lõpliku taotlusega", by: applicant,
                    kind.provision, on: day, day == nil ? nil : "law")
            ]
        case .deductible where kind == .offset:
            return [
                item(
                    "decide on the deduction and answer with R003", "otsustada kinnipidamine ja vastata R003-ga",
                    by: applicant, kind.provision)
            ]
        case .deductible, .agreed, .partlyPaid:
            return [
                item(
                    "transfer what is deducted or reimbursed, and tell it with R004",
                    "kanda kinnipeetu või tagastatav üle ja teatada sellest R004-ga", by: requested, kind.provision)
            ]
        case .notDeductible, .declined, .paid, nil: return []
        }
    }

    private func items(_ claim: Int, _ ledger: ClaimLedger) throws -> [RecoveryDueItem] {
        var items: [RecoveryDueItem] = []
        if [.requested, .formalities].contains(ledger.state), !isClosed {
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
                    "remit what was recovered" + byHand("remitted").english,
                    "kanda üle, mis on sisse nõutud" + byHand("remitted").estonian, by: isApplicant ? "them" : "us",
                    "Reg. 987/2009 Art. 80(1)", claim: claim))
        }
        for (party, isOurs) in [(ClaimParty.applicant, isApplicant), (.requested, !isApplicant)]
        where ledger.refundDue(by: party).units > 0 {
            items.append(
                item(
                    "give back what was recovered and is not claimed any more" + byHand("refunded").english,
                    "tagastada, mis on sisse nõutud ja mida enam ei nõuta" + byHand("refunded").estonian,
                    by: isOurs ? "us" : "them",
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
        if ledger.state == .suspended, !isClosed {
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

    /// What has become of a claim on our side, and the requested party goes on with it because it was not told.
    private func untold() -> [RecoveryDueItem] {
        if !isApplicant { return [] }
        let isToldWithdrawn = news.contains {
            $0.sed == "R025" && $0.way == "sent" && $0.isInForce && $0.outcome?.hasPrefix("withdrawn") == true
        }
        return books.ledgers.sorted { $0.key < $1.key }.compactMap { claim, ledger in
            // Who recovers nothing more needs no word on it.
            if !ledger.direct.isZero, !isEndedByReply {
                return item(
                    "tell the other party with R025 what the debtor has paid here: `reply \(request.id) reduce`, or "
                        + "`withdraw` where that was all",
                    "teatada teisele poolele R025-ga, mis võlgnik siin tasus: `reply \(request.id) reduce`, või "
                        + "`withdraw`, kui see oli kõik", by: "us", "Reg. 987/2009 Art. 78(5)", claim: claim)
            }
            if ledger.state == .withdrawn, !ledger.requested.withdrawn.isZero, !isToldWithdrawn {
                return item(
                    "tell the other party with R025 that nothing is claimed any more: `reply \(request.id) withdraw`",
                    "teatada teisele poolele R025-ga, et enam midagi ei nõuta: `reply \(request.id) withdraw`",
                    by: "us", "Reg. 987/2009 Art. 78(5)", claim: claim)
            }
            return nil
        }
    }

    /// Costs that the applicant party has said to bear and has not paid.
    private func costs() -> [RecoveryDueItem] {
        let last = news.last { news in
            news.isInForce && (news.sed == "R029" || news.outcome?.hasPrefix("costs claimed") == true)
        }
        guard last?.outcome?.hasPrefix("costs accepted") == true,
            books.ledgers.values.contains(where: { $0.reimbursement.open.units > 0 })
        else { return [] }
        return [
            item(
                "pay the costs that are borne, and tell it with R004",
                "tasuda kantavad kulud ja teatada sellest R004-ga",
                by: isApplicant ? "us" : "them", "Reg. 987/2009 Art. 85(2), Art. 85(3)")
        ]
    }

    /// Under an invalid request no document has a place that would tell of money, and behind the last R018 no R004.
    private func byHand(_ fact: String) -> BilingualText {
        if !request.isInForce(in: news) {
            return BilingualText(
                ", and note it with `book \(request.id) \(fact)`: the request was made invalid",
                " ja märkida see käsuga `book \(request.id) \(fact)`: taotlus on kehtetuks tunnistatud")
        }
        guard fact == "remitted", isEndedByReply else { return BilingualText("", "") }
        return BilingualText(
            ", and note it with `book \(request.id) \(fact)`: behind the last R018 there is no place for R004",
            " ja märkida see käsuga `book \(request.id) \(fact)`: viimase R018 järel ei ole R004-le kohta")
    }

    /// Whether R018 has said that nothing more is recovered.
    private var isEndedByReply: Bool {
        let outcome = news.last { $0.sed == "R018" && $0.isInForce }?.outcome ?? ""
        return ["uncollectable", "refused"].contains { outcome.hasPrefix($0) }
    }

    /// The first instalment that the money since the plan does not cover; where that cannot be told, the first of all.
    private func overdue(_ plan: InstalmentPlan, _ ledger: ClaimLedger) -> CivilDate? {
        var paid = ExactDecimal.sum(plan.instalments.map(\.amount))?
            .adding(ledger.requested.outstanding.total.negated())
        for instalment in plan.instalments {
            paid = paid?.adding(instalment.amount.negated())
            if paid.map({ $0.units < 0 }) ?? true { return instalment.dueOn }
        }
        return nil
    }

    private func task(_ news: StoredRecoveryNews) throws -> RecoveryDueItem? {
        guard let word = news.task, news.doneBy == nil, news.isInForce, let task = RecoveryNews.Task(rawValue: word)
        else { return nil }
        switch (task, news.sed) {
        case (.answer, "R015"):
            let day = try clocks.lastDay(news.at.date.adding(days: clocks.notificationDays), of: request.institution)
            return item(
                "notify the addressee and answer with R016", "toimetada kätte ja vastata R016-ga", by: "us",
                "Reg. 987/2009 Art. 77(3)", on: day, "policy", message: news.messageID)
        case (.answer, "R012"):
            return item(
                "answer with R014", "vastata R014-ga", by: "us", "Reg. 987/2009 Art. 76", message: news.messageID)
        case (.answer, "R001"), (.answer, "R005"), (.answer, "R008"), (.answer, "R010"):
            let kind = RequestKind(rawValue: request.kind)
            return item(
                "say what can be deducted or reimbursed, and answer with \(kind?.answer ?? "-")",
                "öelda, mida saab kinni pidada või tagastada, ja vastata \(kind?.answer ?? "-")-ga", by: "us",
                kind?.provision ?? "Reg. 987/2009 Art. 72", message: news.messageID)
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
        case (.books, "R004") where request.isInForce(in: self.news):
            return item(
                "look at the money that \(news.sed) tells: the claim had been withdrawn; what the debtor does not owe goes "
                    + "back to it",
                "vaadata üle raha, millest \(news.sed) teatab: nõue oli tagasi võetud; mida võlgnik ei võlgne, see "
                    + "tagastatakse talle", by: "us", "Reg. 987/2009 Art. 78(5), Art. 81(2)", message: news.messageID)
        case (.books, "R004"):
            return item(
                "look at the money that \(news.sed) tells: the request had been made invalid",
                "vaadata üle raha, millest \(news.sed) teatab: taotlus oli kehtetuks tunnistatud", by: "us",
                "EESSI process AD_BUC_06", message: news.messageID)
        case (.books, _):
            return item(
                "check the books: the document that \(news.sed) made invalid has told of money, later events rest on it, "
                    + "or it is valid again",
                "kontrollida arvestust: dokument, mille \(news.sed) kehtetuks tunnistas, teatas rahast, sellele tugineb "
                    + "hilisem sündmus või see kehtib jälle", by: "us", "EESSI process AD_BUC_06",
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
        case (.unreadable, _):
            return item(
                "clear up \(news.sed): an amount or a day in it cannot be read, so nothing of it is booked",
                "selgitada \(news.sed): selle summat või kuupäeva ei saa lugeda, seepärast ei ole sellest midagi kantud",
                by: "us", "Reg. 987/2009 Art. 78(5)", message: news.messageID)
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

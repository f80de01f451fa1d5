// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDCurrency
internal import SEDRecovery

/// What one document of a case says about its claims: both parties read the same, so their books come out the same.
struct RecoveryNews {
    /// What is to be booked.
    enum Item {
        /// To every claim.
        case all(ClaimEvent)
        /// To the claim with this number.
        case one(Int, ClaimEvent)
        /// Money for the applicant party, spread over the claims in their order.
        case payment(Payment)
        /// Whether an instalment plan that was proposed is agreed.
        case planAgreed
    }

    /// A remittance as R004 states it.
    struct Payment {
        let amount: ExactDecimal
        let on: CivilDate
        let key: String
        /// What was recovered of each claim by then.
        let parts: RecoveredParts?
        /// Set where it is in euro and the books are in a currency that the euro has replaced.
        let changeover: EuroChangeover?

        /// The amount in the currency of the books: one of these sums where it is worth that, so that rounding leaves
        /// nothing open; nil for an amount that cannot be.
        func booked(asOneOf sums: [ExactDecimal?]) -> ExactDecimal? {
            guard let changeover else { return amount }
            let sum = sums.lazy.compactMap { $0 }.first { changeover.euros($0)?.compared(to: amount) == 0 }
            return sum ?? changeover.amount(of: amount)
        }
    }

    private(set) var items: [Item] = []
    /// Codes and days, never text of the document: `refused 03`, `notified 2026-03-12`.
    private(set) var outcome: String?
    /// What a person has to look at.
    private(set) var task: Task?

    /// Documents that make another one invalid.
    static let invalidating: Set<String> = ["X008", "X050"]

    /// Why a person is needed.
    enum Task: String {
        /// What an invalid document has told stays in the books.
        case books
        case currency
        case amounts
        /// An amount or a day is there and cannot be read: nothing of the document is booked.
        case unreadable
        case instalments
        case debtor
        case costs
        case answer
        case other

        /// Those that a document of ours ends, which a closed case has no place for.
        static let answers = [Task.answer, .instalments, .costs].map { Optional($0.rawValue) }
    }

    /// `set` identifies the document, `day` is that of its message, `requested` the currency of the books.
    init(_ sed: SEDNode, set: String, day: CivilDate, claims: [ClaimLedger], isFirst: Bool) {
        do throws(SEDNode.Unreadable) {
            try read(sed, set, day, claims, isFirst)
        } catch {
            // What cannot be read is told, and stops what stands beside it.
            (items, outcome, task) = ([], nil, .unreadable)
        }
    }

    private mutating func read(
        _ sed: SEDNode,
        _ set: String,
        _ day: CivilDate,
        _ claims: [ClaimLedger],
        _ isFirst: Bool
    ) throws(SEDNode.Unreadable) {
        let currency = claims.first?.requested.claimed.currency ?? ""
        switch sed.name {
        case "R017": try request(sed, day, claims, isFirst)
        case "R018": try reply(sed, day, claims)
        case "R004" where claims.isEmpty && OffsetState.isPayment(sed): try offset(sed)
        case "R004": try payments(sed, set, day, claims)
        case "R019": try contestation(sed, day)
        case "R034": try decision(sed, day, claims)
        case "R025": try reduction(sed, day, claims)
        case "R028": try costs(sed, day, currency)
        case "R036": instalmentAnswer(sed)
        case "R016": try notification(sed)
        case "R014": information(sed)
        case "R029": costAnswer(sed, day)
        case "R033": task = .other
        case "R012", "R015": task = .answer
        case "R001", "R005", "R008", "R010":
            try offset(sed)
            task = .answer
        case "R002", "R003", "R006", "R009", "R011": try offset(sed)
        default: break
        }
    }

    /// What the document comes to, provided that its amounts can be read.
    private mutating func offset(_ sed: SEDNode) throws(SEDNode.Unreadable) {
        var account = OffsetAccount()
        try account.read(sed, message: 0, replacing: [])
        outcome = OffsetState.outcome(of: sed)
        task = outcome == nil ? .other : nil
    }

    // MARK: The claims

    /// The claims of R017, or the revised ones of R025 and R034; nil where amounts cannot be booked.
    private static func claims(_ details: [SEDNode]) throws(SEDNode.Unreadable) -> [Claim]? {
        var claims: [Claim] = []
        for entry in details {
            let information = entry["ClaimInformation"] ?? entry
            guard let currencies = information["Currency"],
                let own = currencies.code("currencySendingInstitution"),
                let theirs = currencies.code("currencyReceivingInstitution"),
                let sending = information["AmountInCurrencySendingInstitution"],
                let receiving = information["AmountInTheCurrencyOfTheReceivingInstitution"],
                let applicant = try parts(sending, own), let requested = try parts(receiving, theirs)
            else { return nil }
            claims.append(Claim(applicant: applicant, requested: requested))
        }
        return claims
    }

    private static let names: [String: ComponentKind] = [
        "principalAmount": .principal, "interest": .interest, "fines": .fines,
        "administrativePenalties": .administrativePenalties, "otherChargesOrCosts": .chargesAndCosts,
    ]

    /// The components; where only a total is stated, it counts as principal.
    private static func parts(_ amounts: SEDNode, _ currency: String) throws(SEDNode.Unreadable) -> Parts? {
        var components: [ComponentKind: ExactDecimal] = [:]
        for (name, kind) in names { components[kind] = try amounts.amount(name) }
        guard let total = try amounts.amount("totalAmount") else { return nil }
        if components.isEmpty { components[.principal] = total }
        guard let parts = Parts(currency, components),
            TotalTolerance.accepts(total, sum: parts.total, roundings: components.count)
        else { return nil }
        return parts
    }

    private mutating func request(
        _ sed: SEDNode,
        _ day: CivilDate,
        _ ledgers: [ClaimLedger],
        _ isFirst: Bool
    ) throws(SEDNode.Unreadable) {
        guard let claims = try Self.claims(sed["TheClaim"]?.all("ClaimDetails") ?? []), !claims.isEmpty,
            isFirst || claims.count == ledgers.count
        else {
            task = .amounts
            return
        }
        for (index, claim) in claims.enumerated() {
            items.append(.one(index + 1, isFirst ? .claimed(claim) : .revised(claim, on: day, reason: "R017")))
        }
        // A new version may change anything, an account too.
        task = isFirst ? .answer : .other
        outcome = isFirst ? "requested" : "revised"
    }

    private mutating func reduction(_ sed: SEDNode, _ day: CivilDate, _ ledgers: [ClaimLedger]) throws(SEDNode
        .Unreadable)
    {
        let facts = sed["ReasonForWithdrawalOrReduction"]
        let on = try facts?.day("dateClaimWithdrawnOrReduced") ?? day
        let code = facts?.code("reasonClaimWithdrawnOrReduced") ?? "-"
        let revised = sed["RevisedClaim"]?.all("ClaimDetails") ?? []
        if revised.isEmpty {
            if code == "02" {
                task = .amounts
            } else {
                items = [.all(.withdrawn(on: on, reason: "R025 \(code)"))]
                outcome = "withdrawn \(code)"
            }
        } else {
            try revise(revised, on, "R025 \(code)", ledgers)
            demandLess(than: ledgers)
        }
    }

    /// R025 withdraws or reduces; what makes a claim larger takes a new version of the request, and a person here.
    private mutating func demandLess(than ledgers: [ClaimLedger]) {
        for case .one(let number, .revised(let claim, _, _)) in items {
            let standing = ledgers[number - 1].applicant.standing
            if claim.applicant.isWithin(standing) { continue }
            if claim.applicant.total.compared(to: standing.total) == 1 {
                (items, outcome, task) = ([], "no reduction", .amounts)
                return
            }
            // The claim is no larger, but a part of it is.
            task = .other
        }
    }

    private mutating func revise(
        _ details: [SEDNode],
        _ day: CivilDate,
        _ reason: String,
        _ ledgers: [ClaimLedger]
    ) throws(SEDNode.Unreadable) {
        guard let claims = try Self.claims(details), claims.count == ledgers.count else {
            task = .amounts
            return
        }
        for (index, claim) in claims.enumerated() {
            items.append(.one(index + 1, .revised(claim, on: day, reason: reason)))
        }
        outcome = "revised"
    }

    // MARK: Replies

    private mutating func reply(_ sed: SEDNode, _ day: CivilDate, _ ledgers: [ClaimLedger]) throws(SEDNode.Unreadable) {
        if let refusal = sed["ClaimCannotRecoveredOrRequestCannotAccepted"] {
            let code = refusal.code("requestCannotAcceptedOrClaimCannotRecoveredBecause") ?? "-"
            items = [.all(.refused(on: day, reason: "R018 \(code)"))]
            outcome = "refused \(code)"
            return
        }
        if sed["DebtorDetailsHaveChanged"] != nil { task = .debtor }
        if sed["PleaseProvideRequestedAdditionalInformation"] != nil {
            task = .answer
            outcome = "asked"
        }
        if let plan = sed["PaymentByInstalments"] { try instalments(plan, day, ledgers) }
        if let recovery = sed["RecoveryClaim"] {
            let code = recovery.code("theClaimHasBeen") ?? "-"
            let ends =
                code == "03"
                || recovery["FillInFollowingIfClaimHasBeenPartiallyRecovered", "NoFurtherRecoveryActionWillTaken"]
                    != nil
            if ends, code != "01" {
                items.append(.all(.uncollectable(on: day, reason: "R018 \(code)")))
                outcome = "uncollectable \(code)"
            } else {
                outcome = "recovered \(code)"
            }
        } else if sed["PaymentByInstalments"] == nil, task == nil {
            items.append(.all(.recognised(on: day)))
            outcome = "recognised"
        }
    }

    private mutating func instalments(_ plan: SEDNode, _ day: CivilDate, _ ledgers: [ClaimLedger]) throws(SEDNode
        .Unreadable)
    {
        let agreed = plan.code("agreementAcceptFollowingProposal") == "02"
        // A plan is one for the whole request; which claim it serves the document does not say.
        guard ledgers.count == 1, let details = plan["InstalmentsDetails"],
            let amount = try details.amount("instalmentAmountInCurrencyRequestedInstitution"),
            let count = details.text("numberInstalments").flatMap({ Int($0) }), (1...600).contains(count),
            let first = try details.day("startDate"), first.adding(months: count).description.utf8.count == 10
        else {
            task = .instalments
            return
        }
        let advance = try details.amount("prePayment").map {
            [InstalmentPlan.Instalment(dueOn: day, amount: $0)]
        }
        let rest = (0..<count).map {
            InstalmentPlan.Instalment(dueOn: first.adding(months: $0), amount: amount)
        }
        let consultation: InstalmentPlan.Consultation = agreed ? .agreed : .requested
        items.append(
            .one(
                1,
                .instalmentsGranted(
                    InstalmentPlan((advance ?? []) + rest, consultation: consultation, grantedOn: day))))
        if !agreed { task = .answer }
        outcome = "instalments \(consultation.rawValue)"
    }

    private mutating func instalmentAnswer(_ sed: SEDNode) {
        switch sed["Instalment", "PaymentByInstalments"]?.code("instalmentProposalSpecifiedInR018AcceptedIndicator") {
        case "1":
            items = [.planAgreed]
            outcome = "instalments agreed"
            // Recovery goes on with a further R018.
            task = .answer
        case nil: task = .other
        default: task = .instalments
        }
    }

    private mutating func payments(
        _ sed: SEDNode,
        _ set: String,
        _ day: CivilDate,
        _ claims: [ClaimLedger]
    ) throws(SEDNode.Unreadable) {
        let currency = claims.first?.requested.claimed.currency ?? ""
        let changeover = EuroChangeover(of: currency, by: day)
        let payments = sed["Payments"]?.all("Payment") ?? []
        // Of several payments nothing says which of them it explains.
        let words = payments.count == 1 ? sed["AdditionalInformation"]?.text("additionalInformation") : nil
        let parts = words.flatMap(RecoveredParts.init(parsing:))
        if let words, parts == nil, RecoveredParts.isBegun(by: words) { throw SEDNode.Unreadable() }
        for (index, payment) in payments.enumerated() {
            guard let details = payment["PaymentDetails"], let on = try details.day("paymentDate"),
                let amount = try details["Amount"]?.amount("amount"),
                let stated = details["Amount"]?.code("currency"),
                stated == currency || stated == "EUR" && changeover != nil
            else {
                // A document is not booked by half.
                (items, outcome, task) = ([], nil, .currency)
                return
            }
            guard amount.units > 0 else {
                // Nothing was paid.
                (items, outcome, task) = ([], nil, .amounts)
                return
            }
            let told = Payment(
                amount: amount, on: on, key: "R004 \(set) \(index + 1)", parts: parts,
                changeover: stated == currency ? nil : changeover)
            switch payment.code("reasonForPayment") {
            case "03", "04":
                items.append(.payment(told))
                outcome = "paid"
            case "06":
                guard let sum = told.booked(asOneOf: [claims.first?.reimbursement.open]) else {
                    throw SEDNode.Unreadable()
                }
                items.append(.one(1, .costsReimbursed(sum, on: on)))
                outcome = outcome ?? "costs paid"
            default: task = .other
            }
        }
    }

    private mutating func contestation(_ sed: SEDNode, _ day: CivilDate) throws(SEDNode.Unreadable) {
        items = [.all(.contested(on: try sed["Contestation"]?.day("dateContestation") ?? day))]
        outcome = "contested"
        task = .answer
        let impact = sed["ImpactContestation", "ApplicantInstitutionRequestTo"]?
            .code("weApplicantInstitutionRequestTo")
        if impact == "02" {
            items.append(.all(.enforcementUpheld(on: day)))
            outcome = "contested, enforcement upheld"
        }
    }

    private mutating func decision(_ sed: SEDNode, _ day: CivilDate, _ ledgers: [ClaimLedger]) throws(SEDNode
        .Unreadable)
    {
        let on = try sed["ResultContestation"]?.day("dateDecision") ?? day
        switch sed["ImpactDecision"]?.code("actionTake") {
        case "01":
            for (index, ledger) in ledgers.enumerated() {
                guard let own = Parts(zeroOf: ledger.applicant.claimed.currency),
                    let theirs = Parts(zeroOf: ledger.requested.claimed.currency)
                else { throw SEDNode.Unreadable() }
                let nothing = Claim(applicant: own, requested: theirs)
                items.append(.one(index + 1, .revised(nothing, on: on, reason: "R034 01")))
            }
            outcome = "void"
        case "02":
            try revise(sed["RevisedClaim"]?.all("ClaimDetails") ?? [], on, "R034 02", ledgers)
            // While the new amounts are not clear, nothing is enforced.
            if task == nil { items.append(.all(.enforcing(on: on))) }
        case "03", "04":
            items = [.all(.enforcing(on: on))]
            outcome = "upheld"
        default: task = .other
        }
    }

    private mutating func costs(_ sed: SEDNode, _ day: CivilDate, _ currency: String) throws(SEDNode.Unreadable) {
        let provision: CostProvision? =
            switch sed["ReasonForRequest"]?.code("reimbursementRequestedUnder") {
            case "01": .specialCase
            case "02": .unfounded
            default: nil
            }
        let request = sed["Request"]
        let actual = request?["FinalRequestPleaseReimburseActualCostsLosses", "ActualCostsAndOrLosses"]
        let estimate = request?["ProvisionalRequestStateIfAgreeReimburse", "EstimatedCostsAndOrLosses"]
        // A person decides in any case; an estimate is nothing to be booked.
        task = .costs
        let totals = try Self.totals(actual ?? estimate)
        let changeover = EuroChangeover(of: currency, by: day)
        let stated = changeover == nil || totals.contains { $0.currency == currency } ? currency : "EUR"
        guard let provision, (actual == nil) != (estimate == nil), totals.allSatisfy({ $0.currency == stated })
        else { return }
        if estimate != nil {
            outcome = "costs estimated \(provision.rawValue)"
            return
        }
        if totals.isEmpty { return }
        guard let stated = ExactDecimal.sum(totals.map(\.amount)),
            let sum = changeover == nil || totals.first?.currency == currency ? stated : changeover?.amount(of: stated)
        else { throw SEDNode.Unreadable() }
        items = [.one(1, .costsClaimed(sum, under: provision, on: day))]
        outcome = "costs claimed \(provision.rawValue)"
    }

    /// The sums of all institutions; one without a sum must not be left out of the others.
    private static func totals(_ costs: SEDNode?) throws(SEDNode.Unreadable) -> [(
        amount: ExactDecimal, currency: String?
    )] {
        var totals: [(amount: ExactDecimal, currency: String?)] = []
        for entry in costs?["AmountsInCurrencyPerInstitution"]?.all("AmountsInCurrency") ?? [] {
            guard let total = entry["Total"], let amount = try total.amount("amount") else {
                throw SEDNode.Unreadable()
            }
            totals.append((amount, total.code("currency")))
        }
        return totals
    }

    private mutating func costAnswer(_ sed: SEDNode, _ day: CivilDate) {
        let codes = sed["Reply"]?.all("we").flatMap { $0.all("value") }.map(\.text) ?? []
        let isBorne = !codes.isEmpty && Set(codes).isSubset(of: ["01", "02"])
        outcome = "\(isBorne ? "costs accepted" : "costs refused") \(codes.joined(separator: " "))"
        if isBorne { return }
        task = .other
        // 04 is about an estimate, of which nothing is booked.
        if codes.contains("03"), Set(codes).isDisjoint(with: ["01", "02"]) {
            items = [.one(1, .costsDeclined(on: day))]
        }
    }

    private mutating func notification(_ sed: SEDNode) throws(SEDNode.Unreadable) {
        if let made = sed["NotificationMade"] {
            outcome = "notified \(try made.day("notificationDate")?.description ?? "-")"
        } else {
            outcome = "not notified \(sed["NotificationNotMade"]?.code("notificationNotMade") ?? "-")"
        }
    }

    private mutating func information(_ sed: SEDNode) {
        outcome = sed["NoInformation"]?.code("noInformation").map { "no information \($0)" } ?? "informed"
    }
}

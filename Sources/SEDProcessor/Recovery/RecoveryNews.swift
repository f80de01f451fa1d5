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
        case payment(ExactDecimal, on: CivilDate, key: String, of: RecoveredParts?)
        /// Whether an instalment plan that was proposed is agreed.
        case planAgreed
    }

    private(set) var items: [Item] = []
    /// Codes and days, never text of the document: `refused 03`, `notified 2026-03-12`.
    private(set) var outcome: String?
    /// What a person has to look at.
    private(set) var task: Task?

    /// Why a person is needed.
    enum Task: String {
        case currency
        case amounts
        case instalments
        case debtor
        case costs
        case answer
        case other
    }

    /// `set` identifies the document, `day` is that of its message, `requested` the currency of the books.
    init(_ sed: SEDNode, set: String, day: CivilDate, claims: [ClaimLedger], isFirst: Bool) {
        let currency = claims.first?.requested.claimed.currency ?? ""
        switch sed.name {
        case "R017": request(sed, day, claims, isFirst)
        case "R018": reply(sed, day, claims)
        case "R004": payments(sed, set, currency)
        case "R019": contestation(sed, day)
        case "R034": decision(sed, day, claims)
        case "R025": reduction(sed, day, claims)
        case "R028": costs(sed, day, currency)
        case "R036": instalmentAnswer(sed)
        case "R016": notification(sed)
        case "R014": information(sed)
        case "R029": costAnswer(sed)
        case "R033", "X008": task = .other
        case "R012", "R015": task = .answer
        default: break
        }
    }

    // MARK: The claims

    /// The claims of R017, or the revised ones of R025 and R034; nil where amounts cannot be booked.
    static func claims(_ details: [SEDNode]) -> [Claim]? {
        var claims: [Claim] = []
        for entry in details {
            let information = entry["ClaimInformation"] ?? entry
            guard let currencies = information["Currency"],
                let own = currencies.code("currencySendingInstitution"),
                let theirs = currencies.code("currencyReceivingInstitution"),
                let sending = information["AmountInCurrencySendingInstitution"],
                let receiving = information["AmountInTheCurrencyOfTheReceivingInstitution"],
                let applicant = parts(sending, own), let requested = parts(receiving, theirs)
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
    private static func parts(_ amounts: SEDNode, _ currency: String) -> Parts? {
        var components: [ComponentKind: ExactDecimal] = [:]
        for (name, kind) in names where amounts.text(name) != nil {
            guard let amount = amounts.amount(name) else { return nil }
            components[kind] = amount
        }
        guard let total = amounts.amount("totalAmount") else { return nil }
        if components.isEmpty { components[.principal] = total }
        guard let parts = Parts(currency, components),
            TotalTolerance.accepts(total, sum: parts.total, roundings: components.count)
        else { return nil }
        return parts
    }

    private mutating func request(_ sed: SEDNode, _ day: CivilDate, _ ledgers: [ClaimLedger], _ isFirst: Bool) {
        guard let claims = Self.claims(sed["TheClaim"]?.all("ClaimDetails") ?? []), !claims.isEmpty,
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

    private mutating func reduction(_ sed: SEDNode, _ day: CivilDate, _ ledgers: [ClaimLedger]) {
        let facts = sed["ReasonForWithdrawalOrReduction"]
        let on = facts?.day("dateClaimWithdrawnOrReduced") ?? day
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
            revise(revised, on, "R025 \(code)", ledgers)
        }
    }

    private mutating func revise(_ details: [SEDNode], _ day: CivilDate, _ reason: String, _ ledgers: [ClaimLedger]) {
        guard let claims = Self.claims(details), claims.count == ledgers.count else {
            task = .amounts
            return
        }
        for (index, claim) in claims.enumerated() {
            items.append(.one(index + 1, .revised(claim, on: day, reason: reason)))
        }
        outcome = "revised"
    }

    // MARK: Replies

    private mutating func reply(_ sed: SEDNode, _ day: CivilDate, _ ledgers: [ClaimLedger]) {
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
        if let plan = sed["PaymentByInstalments"] { instalments(plan, day, ledgers) }
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

    private mutating func instalments(_ plan: SEDNode, _ day: CivilDate, _ ledgers: [ClaimLedger]) {
        let agreed = plan.code("agreementAcceptFollowingProposal") == "02"
        // A plan is one for the whole request; which claim it serves the document does not say.
        guard ledgers.count == 1, let details = plan["InstalmentsDetails"],
            let amount = details.amount("instalmentAmountInCurrencyRequestedInstitution"),
            let count = details.text("numberInstalments").flatMap({ Int($0) }), (1...600).contains(count),
            let first = details.day("startDate"), first.adding(months: count).description.utf8.count == 10
        else {
            task = .instalments
            return
        }
        let advance = details.amount("prePayment").map {
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

    private mutating func payments(_ sed: SEDNode, _ set: String, _ currency: String) {
        let payments = sed["Payments"]?.all("Payment") ?? []
        // Of several payments nothing says which of them it explains.
        let parts =
            payments.count == 1
            ? sed["AdditionalInformation"]?.text("additionalInformation").flatMap(RecoveredParts.init(parsing:)) : nil
        for (index, payment) in payments.enumerated() {
            guard let details = payment["PaymentDetails"], let on = details.day("paymentDate"),
                let amount = details["Amount"]?.amount("amount"),
                details["Amount"]?.code("currency") == currency
            else {
                // A document is not booked by half.
                (items, outcome, task) = ([], nil, .currency)
                return
            }
            switch payment.code("reasonForPayment") {
            case "03", "04":
                items.append(.payment(amount, on: on, key: "R004 \(set) \(index + 1)", of: parts))
                outcome = "paid"
            case "06":
                items.append(.one(1, .costsReimbursed(amount, on: on)))
                outcome = outcome ?? "costs paid"
            default: task = .other
            }
        }
    }

    private mutating func contestation(_ sed: SEDNode, _ day: CivilDate) {
        items = [.all(.contested(on: sed["Contestation"]?.day("dateContestation") ?? day))]
        outcome = "contested"
        task = .answer
        let impact = sed["ImpactContestation", "ApplicantInstitutionRequestTo"]?
            .code("weApplicantInstitutionRequestTo")
        if impact == "02" {
            items.append(.all(.enforcementUpheld(on: day)))
            outcome = "contested, enforcement upheld"
        }
    }

    private mutating func decision(_ sed: SEDNode, _ day: CivilDate, _ ledgers: [ClaimLedger]) {
        let on = sed["ResultContestation"]?.day("dateDecision") ?? day
        switch sed["ImpactDecision"]?.code("actionTake") {
        case "01":
            for (index, ledger) in ledgers.enumerated() {
                guard let own = Parts(zeroOf: ledger.applicant.claimed.currency),
                    let theirs = Parts(zeroOf: ledger.requested.claimed.currency)
                else { continue }
                let nothing = Claim(applicant: own, requested: theirs)
                items.append(.one(index + 1, .revised(nothing, on: on, reason: "R034 01")))
            }
            outcome = "void"
        case "02":
            revise(sed["RevisedClaim"]?.all("ClaimDetails") ?? [], on, "R034 02", ledgers)
            // While the new amounts are not clear, nothing is enforced.
            if task == nil { items.append(.all(.enforcing(on: on))) }
        case "03", "04":
            items = [.all(.enforcing(on: on))]
            outcome = "upheld"
        default: task = .other
        }
    }

    private mutating func costs(_ sed: SEDNode, _ day: CivilDate, _ currency: String) {
        let amounts = sed["Request", "FinalRequestPleaseReimburseActualCostsLosses", "ActualCostsAndOrLosses"]?[
            "AmountsInCurrencyPerInstitution"]?.all("AmountsInCurrency").compactMap { $0["Total"] }
        let provision: CostProvision? =
            switch sed["ReasonForRequest"]?.code("reimbursementRequestedUnder") {
            case "01": .specialCase
            case "02": .unfounded
            default: nil
            }
        guard let provision, let amounts, !amounts.isEmpty, amounts.allSatisfy({ $0.code("currency") == currency }),
            let sum = ExactDecimal.sum(amounts.compactMap { $0.amount("amount") })
        else {
            task = .costs
            return
        }
        items = [.one(1, .costsClaimed(sum, under: provision, on: day))]
        outcome = "costs claimed \(provision.rawValue)"
        task = .costs
    }

    private mutating func costAnswer(_ sed: SEDNode) {
        let codes = sed["Reply"]?.all("we").flatMap { $0.all("value") }.map(\.text) ?? []
        let isBorne = !codes.isEmpty && Set(codes).isSubset(of: ["01", "02"])
        outcome = "\(isBorne ? "costs accepted" : "costs refused") \(codes.joined(separator: " "))"
        if !isBorne { task = .other }
    }

    private mutating func notification(_ sed: SEDNode) {
        if let made = sed["NotificationMade"] {
            outcome = "notified \(made.day("notificationDate")?.description ?? "-")"
        } else {
            outcome = "not notified \(sed["NotificationNotMade"]?.code("notificationNotMade") ?? "-")"
        }
    }

    private mutating func information(_ sed: SEDNode) {
        outcome = sed["NoInformation"]?.code("noInformation").map { "no information \($0)" } ?? "informed"
    }
}

// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
package import SEDRecovery

/// What is said in the case of a request under Articles 72 and 73.
package enum OffsetReply: Hashable, Sendable {
    /// R002, R006, R009 or R011, as the request asks for: what can be deducted or reimbursed.
    case offered(DeductionOffer)
    /// The same documents: nothing can be.
    case notOffered(OfferRefusal)
    /// R003 (Article 72(1)): whether the applicant party agrees to the deduction that R002 offers.
    case decided(arrears: Bool, ongoing: Bool, comment: String?)
    /// R004: money for the applicant party; the code is that of `PaymentTypeFullPartialInstallmentType`.
    case paid(ExactDecimal, on: CivilDate, reference: String?, code: String?)

    /// The document for a kind of request; nil where the kind has none of this.
    func sed(for kind: RequestKind) -> String? {
        guard kind.isOffset else { return nil }
        return switch self {
        case .offered, .notOffered: kind.answer
        case .decided: kind == .offset ? "R003" : nil
        case .paid: "R004"
        }
    }
}

/// What can be deducted from what the requested party pays, or reimbursed by it.
///
/// Amounts are in its currency; those of R011, which has no place for one, in that of the contributions in R010.
package struct DeductionOffer: Hashable, Sendable {
    /// From arrears; of contributions, what the applicant party gets.
    package var fromArrears: Bool
    package var amount: ExactDecimal?
    /// Whether that is all that is asked for.
    package var isComplete: Bool
    package var period: RecoveryRequest.Period?
    package var fromOngoing: Bool
    package var schedule: PaymentSchedule?
    /// For a provisional request: since when there is a right to the benefit.
    package var entitledFrom: CivilDate?
    /// R011: what goes to the person.
    package var forPerson: ExactDecimal?
    package var remark: String?

    package init(fromArrears: Bool, amount: ExactDecimal?, isComplete: Bool, fromOngoing: Bool) {
        self.fromArrears = fromArrears
        self.amount = amount
        self.isComplete = isComplete
        self.fromOngoing = fromOngoing
    }
}

/// Why nothing can be deducted or reimbursed.
package struct OfferRefusal: Hashable, Sendable {
    /// The request came after the three months of Article 73.
    package var isLate: Bool
    /// The arrears have gone to the person (R006).
    package var isPaidOut: Bool
    package var reason: String?

    package init(isLate: Bool, isPaidOut: Bool, reason: String?) {
        self.isLate = isLate
        self.isPaidOut = isPaidOut
        self.reason = reason
    }
}

/// The content of a document in the case of a request for offsetting, written from the request that it is about.
struct OffsetReplyDocument {
    let reply: OffsetReply
    let kind: RequestKind
    /// The SED of the request.
    let request: SEDNode
    /// Of the party that writes.
    let currency: String?
    /// For R004 without a code: whether all that was asked for is transferred with it, and whether it is the first payment.
    var settles: (all: Bool, atOnce: Bool) = (false, false)

    var content: String {
        var writer = ElementWriter()
        if let numbers = request["LocalCaseNumbers"] { writer.copy(numbers) }
        switch reply {
        case .offered(let offer):
            parties(into: &writer)
            switch kind {
            case .offset: answer(offer, refusal: nil, into: &writer)
            case .arrears: arrears(offer, into: &writer)
            case .provisionalBenefits: benefits(offer, into: &writer)
            default: contributions(offer, into: &writer)
            }
        case .notOffered(let refusal):
            parties(into: &writer)
            switch kind {
            case .offset: answer(Self.nothing, refusal: refusal, into: &writer)
            case .arrears: noArrears(refusal, into: &writer)
            case .provisionalBenefits: noBenefits(refusal, into: &writer)
            default: noContributions(refusal, into: &writer)
            }
        case .decided(let arrears, let ongoing, let comment):
            parties(into: &writer)
            writer.group("Acceptance") { acceptance in
                acceptance.flag("acceptanceDeductionFromArrearsIndicator", arrears)
                acceptance.flag("acceptanceDeductionFromOngoingPaymentsIndicator", ongoing)
                acceptance.element("comments", comment)
            }
        case .paid(let amount, let day, let reference, let code):
            concerns(into: &writer)
            payment(amount, day, reference, code, into: &writer)
        }
        return writer.text
    }

    private static let nothing = DeductionOffer(fromArrears: false, amount: nil, isComplete: false, fromOngoing: false)

    /// Later documents name the persons without addresses, in the place that the request has.
    private func parties(into writer: inout ElementWriter) {
        if let persons = request["Persons"] ?? request["Concerns"] {
            writer.copy(persons.without(["PersonLastKnownAddresses"]))
        }
    }

    /// R004 has one place for persons and employers.
    private func concerns(into writer: inout ElementWriter) {
        if let concerns = request["Concerns"] { return writer.copy(concerns.without(["PersonLastKnownAddresses"])) }
        writer.group("Concerns", isKept: true) { concerns in
            concerns.group("PleaseFillInWhenCaseConcernsAPerson") { parties(into: &$0) }
        }
    }

    /// R002.
    private func answer(_ offer: DeductionOffer, refusal: OfferRefusal?, into writer: inout ElementWriter) {
        let isProvisional = request["TypeRequest"]?.code("typeRequest") == "01"
        let benefit =
            request["PleaseFillInFollowingIfTypeRequestFinal", "BenefitDeduction"] ?? request["BenefitsReceivedUnduly"]
        writer.group("TypeBenefit", isKept: true) { group in
            for child in benefit?.children ?? [] { group.copy(child) }
        }
        writer.group("ReplyOriginalRequest") { original in
            original.code("typeRequest", isProvisional ? "01" : "02")
            if !isProvisional { return }
            original.group("PleaseFillInFollowingIfTypeRequestProvisional", isKept: true) { details in
                details.group("StartDateEntitlementBenefit") {
                    $0.element("startDateEntitlementBenefit", offer.entitledFrom)
                }
                details.group("AmountBenefits") { list in
                    if let schedule = offer.schedule { list.schedule("AmountBenefit", schedule, currency) }
                }
            }
        }
        writer.group("DeductionPossibleFrom") { sources in
            sources.flag("arrearsIndicator", offer.fromArrears)
            sources.flag("ongoingPaymentsIndicator", offer.fromOngoing)
        }
        if !isProvisional {
            if offer.fromArrears {
                writer.group("PleaseFillInFollowingIfTypeRequestFinalArrearsYes") { section in
                    section.group("DeductionFromArrears") { arrears in
                        arrears.payment("DeductionFromArrearsAmount", offer.amount, currency)
                        arrears.flag("overpaymentCanDeductedCompletelyFromArrearsIndicator", offer.isComplete)
                    }
                }
            }
            if let schedule = offer.schedule, offer.fromOngoing {
                writer.group("FillInIfTypeRequestFinalOngoing") {
                    $0.schedule("DeductionFromOngoingPayments", schedule, currency)
                }
            }
        }
        remark(offer.remark ?? refusal?.reason, into: &writer)
    }

    /// R006, which has no place for a remark.
    private func arrears(_ offer: DeductionOffer, into writer: inout ElementWriter) {
        writer.group("InformationThereAreArrears") { information in
            information.flag("informationThereAreArrearsIndicator", true)
            information.group("FillInFollowingIfInformationThereAreArrears") { arrears in
                arrears.flag("entitlementCorrespondingBenefitIndicator", true)
                arrears.group("FillInFollowingIfEntitlementCorresponding") { benefit in
                    benefit.flag("arrearsHaveAlreadyBeenPaidOutIndicator", false)
                    benefit.group("PleaseFillInFollowingIfArrearsHaveAlreadyBeenPaid") { group in
                        group.group("ArrearsDetails") { details in
                            details.period("ArrearsPeriod", offer.period?.from, offer.period?.to)
                            details.payment("ArrearsTotalAmount", offer.amount, currency)
                        }
                    }
                }
            }
        }
    }

    private func noArrears(_ refusal: OfferRefusal, into writer: inout ElementWriter) {
        writer.group("InformationThereAreArrears") { information in
            information.flag("informationThereAreArrearsIndicator", refusal.isPaidOut)
            if !refusal.isPaidOut { return }
            information.group("FillInFollowingIfInformationThereAreArrears") { arrears in
                arrears.flag("entitlementCorrespondingBenefitIndicator", true)
                arrears.group("FillInFollowingIfEntitlementCorresponding") {
                    $0.flag("arrearsHaveAlreadyBeenPaidOutIndicator", true)
                }
            }
        }
    }

    /// R009.
    private func benefits(_ offer: DeductionOffer, into writer: inout ElementWriter) {
        entitlement(true, isInTime: true, into: &writer)
        writer.group("FillInIfEntitlementBenefitsYes") { entitlement in
            entitlement.flag("entitlementArrearsACorrespondingBenefitIndicator", offer.fromArrears)
            if !offer.fromArrears { return }
            entitlement.group("FillInIfEntitlementArrears") { arrears in
                arrears.period("PayableArrearsPeriod", offer.period?.from, offer.period?.to)
                arrears.payment("ArrearsTotalAmount", offer.amount, currency)
                arrears.flag("amountArrearsCoversFullAmountProvisionalPaymentIndicator", offer.isComplete)
            }
        }
        if !(offer.fromArrears && offer.isComplete) {
            writer.group("FillInIfEntitlementArrears") { ongoing in
                ongoing.flag("deductionPossiblePeriodicRatesFromOngoingPaymentsIndicator", offer.fromOngoing)
                if offer.fromOngoing { self.source(offer, into: &ongoing) }
            }
        }
        remark(offer.remark, into: &writer)
    }

    private func source(_ offer: DeductionOffer, into writer: inout ElementWriter) {
        writer.group("PleaseFillInFollowingIfDeductionYes") { list in
            list.group("TypeBenefitsFromWhichDeductionPossible") { entry in
                entry.group("TypeBenefitFromWhichDeductionFromOngoing", isKept: true) { benefit in
                    for child in request["ProvisionallyPaidBenefit"]?.children ?? [] { benefit.copy(child) }
                }
                // 01: the institution that writes makes the deduction.
                entry.codes("institutionCompetentForDeductionFromOngoingPayment", ["01"])
                if let schedule = offer.schedule { entry.schedule("PeriodicAmount", schedule, currency) }
            }
        }
    }

    private func noBenefits(_ refusal: OfferRefusal, into writer: inout ElementWriter) {
        entitlement(refusal.isLate, isInTime: !refusal.isLate, into: &writer)
        if refusal.isLate {
            writer.group("FillInIfEntitlementArrears") {
                $0.flag("deductionPossiblePeriodicRatesFromOngoingPaymentsIndicator", false)
            }
        }
        remark(refusal.reason, into: &writer)
    }

    private func entitlement(_ isEntitled: Bool, isInTime: Bool, into writer: inout ElementWriter) {
        writer.group("EntitlementBenefits") { entitlement in
            entitlement.flag("entitlementBenefitsIndicator", isEntitled)
            entitlement.flag("requestHasBeenMadeWithin3MonthsPeriodIndicator", isInTime)
        }
    }

    /// R011.
    private func contributions(_ offer: DeductionOffer, into writer: inout ElementWriter) {
        inTime(into: &writer) { facts in
            facts.group("AmountReimbursableContributionsWillPaid", isKept: true) { amounts in
                amounts.element("amountForCompetentInstitution", offer.amount.map(money))
                amounts.element("amountForPerson", offer.forPerson.map(money))
                amounts.element("furtherInformation", offer.remark)
            }
        }
    }

    private func noContributions(_ refusal: OfferRefusal, into writer: inout ElementWriter) {
        let reason = { (facts: inout ElementWriter) in
            facts.group("ReimbursementNotPossible", isKept: true) {
                $0.element("reasonWhyReimbursementNotPossible", refusal.reason)
            }
        }
        guard refusal.isLate else { return inTime(into: &writer, reason) }
        writer.group("RequestHasBeenMadeWithin3MonthsPeriod") { answer in
            answer.flag("requestHasBeenMadeWithin3MonthsPeriodIndicator", false)
            if refusal.reason != nil { answer.group("AdditionalInformation", reason) }
        }
    }

    private func inTime(into writer: inout ElementWriter, _ facts: (inout ElementWriter) -> Void) {
        writer.group("RequestHasBeenMadeWithin3MonthsPeriod") { answer in
            answer.flag("requestHasBeenMadeWithin3MonthsPeriodIndicator", true)
            answer.group("FillInIfRequestHasBeenMadeWithin3", isKept: true) { details in
                if let contributions = request["TypeContributions"] { details.copy(contributions) }
            }
            answer.group("AdditionalInformation", facts)
        }
    }

    private func payment(
        _ amount: ExactDecimal,
        _ day: CivilDate,
        _ reference: String?,
        _ code: String?,
        into writer: inout ElementWriter
    ) {
        let reason =
            switch kind {
            case .provisionalContributions: "01"
            case .provisionalBenefits: "05"
            default: "02"
            }
        let account =
            request["PleaseFillInFollowingIfTypeRequestFinal02", "BankDetails"]
            ?? request["PleaseFillInFollowingIfTypeRequestFinal", "BankDetails"] ?? request["BankDetails"]
        writer.group("Payments") { list in
            list.group("Payment") { payment in
                payment.code("reasonForPayment", reason)
                payment.group("PaymentDetails") { details in
                    details.code("typePayment", code ?? (settles.all ? settles.atOnce ? "01" : "04" : "02"))
                    details.element("paymentDate", day)
                    details.payment("Amount", amount, currency)
                }
                payment.element(
                    "paymentReferenceUsedWhenTransferringMoney", reference ?? account?.text("paymentReference"))
            }
        }
    }

    private func money(_ amount: ExactDecimal) -> ExactDecimal {
        ElementWriter.money(amount, (try? OffsetAccount.asked(request))?.currency)
    }

    private func remark(_ text: String?, into writer: inout ElementWriter) {
        writer.group("AdditionalInformation") { $0.element("additionalInformation", text) }
    }
}

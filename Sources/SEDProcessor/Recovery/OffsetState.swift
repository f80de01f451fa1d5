// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDRecovery

/// Where a request under Articles 72 and 73 stands: what the last document of its case came to.
enum OffsetState: String {
    /// R001 or R005 without an amount: what would be paid out is to be held back.
    case asked = "requested provisionally"
    case requested
    /// R002, R006, R009: something can be deducted; R011: contributions are reimbursed.
    case deductible
    case notDeductible = "not deductible"
    /// R003.
    case agreed
    case declined
    /// R004 with more to come.
    case partlyPaid = "paid in part"
    case paid

    /// What the outcome of a document begins with.
    init?(outcome: String) {
        let word = outcome.split(separator: ":", maxSplits: 1).first.map(String.init) ?? ""
        self.init(rawValue: word)
    }

    /// The last word of the documents in force; nil where there is none yet.
    init?(_ news: [String?]) {
        guard let last = news.lazy.compactMap({ $0.flatMap(OffsetState.init(outcome:)) }).last else { return nil }
        self = last
    }

    /// What a document of such a case comes to, in codes and fixed words; nil for other documents.
    static func outcome(of sed: SEDNode) -> String? {
        switch sed.name {
        case "R001", "R005":
            (sed["TypeRequest"]?.code("typeRequest") == "01" ? OffsetState.asked : .requested).rawValue
        case "R008", "R010": requested.rawValue
        case "R002":
            offer(
                arrears: sed["DeductionPossibleFrom"]?.code("arrearsIndicator") == "1",
                ongoing: sed["DeductionPossibleFrom"]?.code("ongoingPaymentsIndicator") == "1")
        case "R006": pension(sed["InformationThereAreArrears"])
        // R009 that says neither is for a person to read.
        case "R009"
        where sed["EntitlementBenefits"]?.code("entitlementBenefitsIndicator") != "0"
            && sed["FillInIfEntitlementBenefitsYes"] == nil && sed["FillInIfEntitlementArrears"] == nil:
            nil
        case "R009":
            offer(
                arrears: sed["FillInIfEntitlementBenefitsYes"]?.code("entitlementArrearsACorrespondingBenefitIndicator")
                    == "1",
                ongoing: sed["FillInIfEntitlementArrears"]?
                    .code("deductionPossiblePeriodicRatesFromOngoingPaymentsIndicator") == "1")
        case "R011": contributions(sed["RequestHasBeenMadeWithin3MonthsPeriod"])
        case "R003":
            sed["Acceptance"]?.children.contains { $0.text("value") == "1" } ?? false
                ? agreed.rawValue : declined.rawValue
        // Nothing was transferred.
        case "R004" where !hasMoney(sed): nil
        case "R004":
            ["01", "04"].contains(sed["Payments"]?.all("Payment").last?["PaymentDetails"]?.code("typePayment"))
                ? paid.rawValue : partlyPaid.rawValue
        default: nil
        }
    }

    /// Whether R004 tells of offsetting: its reasons are 01, 02 and 05.
    static func isPayment(_ sed: SEDNode) -> Bool {
        let reasons = sed["Payments"]?.all("Payment").map { $0.code("reasonForPayment") } ?? []
        return !reasons.isEmpty && reasons.allSatisfy { ["01", "02", "05"].contains($0) }
    }

    private static func hasMoney(_ sed: SEDNode) -> Bool {
        (sed["Payments"]?.all("Payment") ?? []).contains { payment in
            guard let stated = payment["PaymentDetails", "Amount"]?.text("amount") else { return false }
            return stated.contains { ("1"..."9").contains($0) }
        }
    }

    private static func offer(arrears: Bool, ongoing: Bool) -> String {
        let sources = [arrears ? "arrears" : nil, ongoing ? "ongoing payments" : nil].compactMap { $0 }
        return sources.isEmpty ? notDeductible.rawValue : "\(deductible.rawValue): \(sources.joined(separator: ", "))"
    }

    /// R006: arrears that were paid out by then cannot be held back any more.
    private static func pension(_ answer: SEDNode?) -> String {
        let details = answer?["FillInFollowingIfInformationThereAreArrears"]
        let isPaidOut =
            details?["FillInFollowingIfEntitlementCorresponding"]?.code("arrearsHaveAlreadyBeenPaidOutIndicator") == "1"
        if isPaidOut { return "\(notDeductible.rawValue): paid out" }
        return offer(
            arrears: answer?.code("informationThereAreArrearsIndicator") == "1"
                && details?.code("entitlementCorrespondingBenefitIndicator") != "0", ongoing: false)
    }

    /// R011, as its conditions R011-01 and R011-02 have it.
    private static func contributions(_ answer: SEDNode?) -> String {
        let facts = answer?["AdditionalInformation"]
        let isLate = answer?.code("requestHasBeenMadeWithin3MonthsPeriodIndicator") == "0"
        if facts?["ReimbursementNotPossible"] != nil
            || isLate && facts?["AmountReimbursableContributionsWillPaid"] == nil
        {
            return isLate ? "\(notDeductible.rawValue): late" : notDeductible.rawValue
        }
        return deductible.rawValue
    }
}

/// A sum as a document of offsetting states it.
package struct StatedSum: Hashable, Sendable, Encodable {
    package let amount: String
    package let currency: String

    init?(_ payment: SEDNode?) throws(SEDNode.Unreadable) {
        guard let payment, let amount = try payment.amount("amount"), let currency = payment.code("currency") else {
            return nil
        }
        self.init(amount, currency)
    }

    init(_ amount: ExactDecimal, _ currency: String) {
        self.amount = amount.description
        self.currency = currency
    }
}

/// The amounts of a request for offsetting, as its documents state them.
///
/// There are no books: what is deducted belongs to the other party's benefits or contributions, and each document has
/// the currency that its sender pays in.
package struct OffsetAccount: Hashable, Sendable, Encodable {
    package struct Payment: Hashable, Sendable, Encodable {
        package let on: String
        package let sum: StatedSum
        /// The message that told it.
        package let message: Int64
    }

    /// By the last request that states one; of contributions, the sum of them.
    package var asked: StatedSum?
    /// The same in the currency of the other party, at the rate of the day of the first sending; missing where there
    /// is none.
    package var askedInOtherCurrency: StatedSum?
    /// What the answer says can be deducted from arrears or is reimbursed to the competent institution.
    package var offered: StatedSum?
    package var payments: [Payment] = []

    /// Takes what a document states; a later version of R004 replaces an earlier one.
    mutating func read(
        _ sed: SEDNode,
        message: Int64,
        replacing earlier: Set<Int64>
    ) throws(SEDNode.Unreadable) {
        switch sed.name {
        case "R001", "R005", "R008", "R010": asked = try Self.asked(sed) ?? asked
        case "R002":
            offered = try StatedSum(
                sed[
                    "PleaseFillInFollowingIfTypeRequestFinalArrearsYes", "DeductionFromArrears",
                    "DeductionFromArrearsAmount"])
        case "R006":
            offered = try StatedSum(
                sed[
                    "InformationThereAreArrears", "FillInFollowingIfInformationThereAreArrears",
                    "FillInFollowingIfEntitlementCorresponding", "PleaseFillInFollowingIfArrearsHaveAlreadyBeenPaid",
                    "ArrearsDetails", "ArrearsTotalAmount"])
        case "R009":
            offered = try StatedSum(
                sed["FillInIfEntitlementBenefitsYes", "FillInIfEntitlementArrears", "ArrearsTotalAmount"])
        case "R011":
            // R011 has no place for a currency: that of the amounts that it repeats counts.
            let answer = sed["RequestHasBeenMadeWithin3MonthsPeriod"]
            let currency =
                try Self.contributions(answer?["FillInIfRequestHasBeenMadeWithin3"])?.currency ?? asked?.currency
            let amount = try answer?["AdditionalInformation", "AmountReimbursableContributionsWillPaid"]?
                .amount("amountForCompetentInstitution")
            offered = if let amount, let currency { StatedSum(amount, currency) } else { nil }
        case "R004":
            payments.removeAll { earlier.contains($0.message) }
            for payment in sed["Payments"]?.all("Payment") ?? [] {
                let details = payment["PaymentDetails"]
                guard let sum = try StatedSum(details?["Amount"]), let day = try details?.day("paymentDate") else {
                    continue
                }
                payments.append(Payment(on: day.description, sum: sum, message: message))
            }
        default: break
        }
    }

    /// What a request asks for; nil where it states no amount.
    static func asked(_ sed: SEDNode) throws(SEDNode.Unreadable) -> StatedSum? {
        let final = sed["PleaseFillInFollowingIfTypeRequestFinal"]
        if let sum = try StatedSum(final?["PaymentAmount", "OverpaidAmountForWholePeriod"]) { return sum }
        if let sum = try StatedSum(final?["OverpaidTotalAmount"]) { return sum }
        if let sum = try StatedSum(sed["ProvisionalPaymentTotalAmount"]) { return sum }
        return try contributions(sed)
    }

    /// The sum of contributions; nil where they have several currencies.
    private static func contributions(_ node: SEDNode?) throws(SEDNode.Unreadable) -> StatedSum? {
        var amounts: [ExactDecimal] = []
        var currencies: Set<String> = []
        for contribution in node?["TypeContributions"]?.all("TypeContribution") ?? [] {
            let stated = contribution["ContributionAmount"]
            if let amount = try stated?.amount("amount") { amounts.append(amount) }
            if let currency = stated?.code("currencySendingInstitution") { currencies.insert(currency) }
        }
        guard currencies.count == 1, let currency = currencies.first, let sum = ExactDecimal.sum(amounts) else {
            return nil
        }
        return StatedSum(sum, currency)
    }
}

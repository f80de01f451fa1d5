// SPDX-License-Identifier: EUPL-1.2

import SEDCore
import Testing

@testable import SEDProcessor

/// What documents of offsetting come to, by their content alone.
struct OffsetStateTests {
    private static func code(_ name: String, _ value: String) -> String { "<\(name)><value>\(value)</value></\(name)>" }

    private static func payment(_ reason: String, _ kind: String, _ amount: String) -> String {
        """
        <R004><Payments><Payment>\(code("reasonForPayment", reason))<PaymentDetails>\(code("typePayment", kind))\
        <paymentDate>2026-03-05</paymentDate><Amount><amount>\(amount)</amount>\(code("currency", "SEK"))</Amount>\
        </PaymentDetails></Payment></Payments></R004>
        """
    }

    private static func contributions(inTime: String, _ facts: String) -> String {
        """
        <R011><RequestHasBeenMadeWithin3MonthsPeriod>\
        \(code("requestHasBeenMadeWithin3MonthsPeriodIndicator", inTime))<AdditionalInformation>\(facts)\
        </AdditionalInformation></RequestHasBeenMadeWithin3MonthsPeriod></R011>
        """
    }

    private static func decision(_ arrears: String, _ ongoing: String) -> String {
        """
        <R003><Acceptance>\(code("acceptanceDeductionFromArrearsIndicator", arrears))\
        \(code("acceptanceDeductionFromOngoingPaymentsIndicator", ongoing))</Acceptance></R003>
        """
    }

    private static func request(_ kind: String, _ amount: String) -> String {
        """
        <R005><TypeRequest>\(code("typeRequest", kind))</TypeRequest><PleaseFillInFollowingIfTypeRequestFinal>\
        <OverpaidTotalAmount><amount>\(amount)</amount>\(code("currency", "EUR"))</OverpaidTotalAmount>\
        </PleaseFillInFollowingIfTypeRequestFinal></R005>
        """
    }

    private static let reimbursed =
        "<AmountReimbursableContributionsWillPaid><amountForPerson>1.00</amountForPerson>"
        + "</AmountReimbursableContributionsWillPaid>"

    private static let documents: [(String, String?, RecoveryNews.Task?)] = [
        (request("01", "1.00"), "requested provisionally", RecoveryNews.Task.answer),
        (request("02", "1.00"), "requested", .answer), (request("02", "1,00"), nil, .unreadable),
        (decision("0", "0"), "declined", nil), (decision("0", "1"), "agreed", nil),
        (contributions(inTime: "1", ""), "deductible", nil),
        (contributions(inTime: "0", ""), "not deductible: late", nil),
        (contributions(inTime: "0", reimbursed), "deductible", nil),
        (contributions(inTime: "1", "<ReimbursementNotPossible/>"), "not deductible", nil),
        // R009 that says neither is for a person to read.
        (
            "<R009><EntitlementBenefits>\(code("entitlementBenefitsIndicator", "1"))</EntitlementBenefits></R009>", nil,
            .other
        ),
        (
            "<R009><EntitlementBenefits>\(code("entitlementBenefitsIndicator", "0"))</EntitlementBenefits></R009>",
            "not deductible", nil
        ),
        (payment("02", "04", "12.50"), "paid", nil), (payment("05", "03", "12.50"), "paid in part", nil),
        (payment("01", "01", "12,50"), nil, .unreadable), (payment("02", "01", "0.00"), nil, .other),
    ]

    @Test(arguments: documents)
    func `a document comes to this`(content: String, outcome: String?, task: RecoveryNews.Task?) throws {
        let sed = try #require(SEDNode(ofMessage: Array("<message>\(content)</message>".utf8)))
        let day = try #require(CivilDate(parsing: "2026-03-05"))
        let news = RecoveryNews(sed, set: "set", day: day, claims: [], isFirst: false)
        #expect(news.outcome == outcome)
        #expect(news.task == task)
        #expect(news.items.isEmpty)
    }

    @Test func `the last word of the documents in force counts`() {
        #expect(OffsetState(["requested", "deductible: arrears", nil, "invalid: R002"]) == .deductible)
        #expect(OffsetState(["requested provisionally", "not deductible: paid out"]) == .notDeductible)
        #expect(OffsetState([nil]) == nil)
    }
}

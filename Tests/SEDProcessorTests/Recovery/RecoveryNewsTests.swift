// SPDX-License-Identifier: EUPL-1.2

import SEDCore
import SEDRecovery
import Testing

@testable import SEDProcessor

/// What documents say of claims: what is there and cannot be read is told, and nothing beside it is booked.
struct RecoveryNewsTests {
    private static func total(_ amount: String, _ currency: String = "SEK") -> String {
        "<Total><amount>\(amount)</amount><currency><value>\(currency)</value></currency></Total>"
    }

    /// R028 with these sums, an institution each.
    private static func costs(_ sums: String...) -> String {
        let entries = sums.map { "<AmountsInCurrency>\($0)</AmountsInCurrency>" }.joined()
        return """
            <R028><ReasonForRequest><reimbursementRequestedUnder><value>01</value></reimbursementRequestedUnder>\
            </ReasonForRequest><Request><FinalRequestPleaseReimburseActualCostsLosses><ActualCostsAndOrLosses>\
            <AmountsInCurrencyPerInstitution>\(entries)</AmountsInCurrencyPerInstitution></ActualCostsAndOrLosses>\
            </FinalRequestPleaseReimburseActualCostsLosses></Request></R028>
            """
    }

    private static func payment(_ amount: String, on day: String, words: String = "") -> String {
        """
        <R004><Payments><Payment><reasonForPayment><value>03</value></reasonForPayment><PaymentDetails>\
        <paymentDate>\(day)</paymentDate><Amount><amount>\(amount)</amount><currency><value>SEK</value></currency>\
        </Amount></PaymentDetails></Payment></Payments><AdditionalInformation><additionalInformation>\(words)\
        </additionalInformation></AdditionalInformation></R004>
        """
    }

    private static func reduction(
        _ day: String,
        _ interest: String,
        _ principal: String = "10.00",
        total: String = "11.00"
    ) -> String {
        func amounts(_ name: String) -> String {
            "<\(name)><principalAmount>\(principal)</principalAmount><interest>\(interest)</interest>"
                + "<totalAmount>\(total)</totalAmount></\(name)>"
        }
        return """
            <R025><ReasonForWithdrawalOrReduction><dateClaimWithdrawnOrReduced>\(day)</dateClaimWithdrawnOrReduced>\
            </ReasonForWithdrawalOrReduction><RevisedClaim><ClaimDetails><Currency><currencySendingInstitution>\
            <value>EUR</value></currencySendingInstitution><currencyReceivingInstitution><value>SEK</value>\
            </currencyReceivingInstitution></Currency>\(amounts("AmountInCurrencySendingInstitution"))\
            \(amounts("AmountInTheCurrencyOfTheReceivingInstitution"))</ClaimDetails></RevisedClaim></R025>
            """
    }

    private static func instalments(_ first: String, advance: String) -> String {
        """
        <R018><PaymentByInstalments><agreementAcceptFollowingProposal><value>02</value>\
        </agreementAcceptFollowingProposal><InstalmentsDetails><instalmentAmountInCurrencyRequestedInstitution>10.00\
        </instalmentAmountInCurrencyRequestedInstitution><numberInstalments>2</numberInstalments><startDate>\(first)\
        </startDate><prePayment>\(advance)</prePayment></InstalmentsDetails></PaymentByInstalments></R018>
        """
    }

    private func news(_ document: String) throws -> RecoveryNews {
        let sed = try #require(SEDNode(ofMessage: Array("<message>\(document)</message>".utf8)))
        let day = try #require(CivilDate(parsing: "2026-03-05"))
        let amount = ExactDecimal(units: 10_000, decimals: 2)
        let own = try #require(Parts("EUR", [.principal: amount, .interest: amount]))
        let theirs = try #require(Parts("SEK", [.principal: amount, .interest: amount]))
        let ledger = try ClaimLedger(opening: .claimed(Claim(applicant: own, requested: theirs)))
        return RecoveryNews(sed, set: "set", day: day, claims: [ledger], isFirst: false)
    }

    @Test(arguments: [
        costs(total("250.00"), total("12,50")), costs(total("250.00"), "<costs>50.00</costs>"),
        costs(total("250.00"), total("")), payment("12,50", on: "2026-03-05"), payment("12.50", on: "2026-02-30"),
        payment("12.50", on: "2026-03-05", words: "Recovered in all, by claim: 1: principal 12,50."),
        reduction("2026-13-01", "1.00"), reduction("2026-03-05", "1,00"), instalments("2026-04-31", advance: "5.00"),
        instalments("2026-04-01", advance: "5,00"),
        "<R019><Contestation><dateContestation>today</dateContestation></Contestation></R019>",
        "<R034><ResultContestation><dateDecision>-</dateDecision></ResultContestation></R034>",
        "<R016><NotificationMade><notificationDate>soon</notificationDate></NotificationMade></R016>",
    ])
    func `what cannot be read is told and stops the booking`(document: String) throws {
        let news = try news(document)
        #expect(news.task == .unreadable)
        #expect(news.items.isEmpty && news.outcome == nil)
    }

    @Test func `what can be read is booked as a whole`() throws {
        for (document, outcome) in [
            (Self.costs(Self.total("250.00"), Self.total("50.00")), "costs claimed 85(2)"),
            (Self.payment("12.50", on: "2026-03-05", words: "Makse 17"), "paid"),
            (Self.payment("12.50", on: "2026-03-05", words: "Recovered in all, by claim: 1: principal 12.50."), "paid"),
            (Self.reduction("2026-03-05", "1.00"), "revised"), (Self.reduction("2026-03-05+02:00", "1.00"), "revised"),
            (Self.instalments("2026-04-01", advance: "5.00"), "instalments agreed"),
        ] {
            let news = try news(document)
            #expect(news.outcome == outcome && news.items.count == 1, "\(document)")
        }
        guard
            case .one(1, .costsClaimed(let sum, _, _))? =
                try news(Self.costs(Self.total("250.00"), Self.total("50.00"))).items.first
        else {
            Issue.record("no costs")
            return
        }
        #expect(sum.description == "300.00")
        // Another currency is a matter for a person, and is readable.
        #expect(try news(Self.costs(Self.total("250.00"), Self.total("50.00", "DKK"))).task == .costs)
    }

    @Test func `R004 of nothing is a task and no payment`() throws {
        let nothing = try news(Self.payment("0.00", on: "2026-03-05"))
        #expect(nothing.items.isEmpty && nothing.task == .amounts && nothing.outcome == nil)
    }

    @Test func `R025 makes no claim larger`() throws {
        // 100.00 and 100.00 are claimed.
        let more = try news(Self.reduction("2026-03-05", "100.00", "100.01", total: "200.01"))
        #expect(more.items.isEmpty && more.task == .amounts && more.outcome == "no reduction")
        let moved = try news(Self.reduction("2026-03-05", "110.00", "90.00", total: "200.00"))
        #expect(moved.items.count == 1 && moved.task == .other && moved.outcome == "revised")
        let less = try news(Self.reduction("2026-03-05", "100.00", "99.99", total: "199.99"))
        #expect(less.items.count == 1 && less.task == nil)
    }
}

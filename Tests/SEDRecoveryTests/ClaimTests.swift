// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCore
import SEDCurrency
import Testing

@testable import SEDRecovery

struct ClaimTests {
    private func amount(_ text: String) throws -> ExactDecimal { try #require(ExactDecimal(parsing: text)) }

    @Test func `components have the decimals of their currency, and the total is their sum`() throws {
        let parts = try #require(
            Parts("EUR", [.principal: amount("1000"), .interest: amount("50.5"), .chargesAndCosts: amount("0.01")]))
        #expect(parts.total.description == "1050.51")
        #expect(parts[.principal].description == "1000.00")
        #expect(parts.kinds == [.principal, .interest, .chargesAndCosts])
        #expect(Parts("EUR", [.fines: try amount("0.001")]) == nil)
        #expect(Parts("ISK", [.fines: try amount("1.5")]) == nil)
        #expect(Parts("EUR", [.fines: try amount("-1")]) == nil)
        #expect(Parts("EUR", [.fines: try amount("9999999999999"), .interest: try amount("1")]) == nil)
        #expect(Parts("QQQ", [:]) == nil)
        let json = try JSONEncoder().encode(parts)
        #expect(try JSONDecoder().decode(Parts.self, from: json) == parts)
    }

    @Test func `each component is converted and rounded once, and the totals are sums`() throws {
        let (claim, records) = try Claim.converted(
            try #require(Parts("EUR", [.principal: amount("10.01"), .fines: amount("10.01")])), into: "SEK",
            like: Samples.request, rates: Samples.rates
        )
        // 10.01 x 11.115 is 111.26115; twice that is 222.52 rounded once, and 222.52 as a sum of 111.26.
        #expect(claim.requested[.principal].description == "111.26")
        #expect(claim.requested.total.description == "222.52")
        #expect(records.count == 2)
        let combined = try #require(CombinedTotal(of: [claim, claim, claim]))
        #expect(combined.applicant.description == "60.06")
        #expect(combined.requested.description == "667.56")
        let other = Claim(
            applicant: claim.applicant, requested: try #require(Parts("NOK", [.principal: amount("1")])))
        #expect(CombinedTotal(of: [claim, other]) == nil)
    }

    @Test func `a counterparty's total may be off by half a unit for each rounding`() throws {
        let sum = try amount("222.52")
        #expect(TotalTolerance.accepts(try amount("222.53"), sum: sum, roundings: 2))
        #expect(!TotalTolerance.accepts(try amount("222.54"), sum: sum, roundings: 2))
        #expect(TotalTolerance.accepts(try amount("222.5"), sum: sum, roundings: 4))
        #expect(TotalTolerance.accepts(sum, sum: sum, roundings: 0))
        #expect(!TotalTolerance.accepts(try amount("222.53"), sum: sum, roundings: 1))
    }

    /// Stated before by another rate, so that the rates of the new day would change everything.
    @Test(arguments: [0, 1, 4_999, 150_000, 200_000, 250_000, 336_001, 336_002])
    func `what is paid keeps its worth, and only the rest is converted anew`(paid: Int) throws {
        func parts(_ currency: String, _ units: [Int]) throws -> Parts {
            let kinds: [ComponentKind] = [.principal, .interest, .fines]
            let amounts = units.map { ExactDecimal(units: $0, decimals: 2) }
            return try #require(Parts(currency, Dictionary(uniqueKeysWithValues: zip(kinds, amounts))))
        }
        var before = try ClaimLedger(
            opening: .claimed(
                Claim(applicant: parts("EUR", [20_000, 10_000, 1]), requested: parts("SEK", [224_000, 112_000, 2]))))
        if paid > 0 {
            let sum = ExactDecimal(units: paid, decimals: 2)
            try before.apply(.recovered(Receipt(.sum(sum, order: []), on: Samples.day, payment: "A")))
        }
        for stated in [[20_000, 10_000, 1], [20_500, 10_000, 1], [12_000, 9_000, 0], [13_393, 0, 0], [0, 0, 1]] {
            let (claim, records) = try Claim.converted(
                parts("EUR", stated), keepingPaid: before, like: Samples.request, rates: Samples.rates)
            var ledger = before
            try ledger.apply(.revised(claim, on: Samples.day, reason: "test"))
            for (kind, units) in zip([ComponentKind.principal, .interest, .fines], stated) {
                let paidOwn = before.applicant.recovered[kind].units
                let paidTheirs = before.requested.recovered[kind].units
                let worth = claim.requested[kind].units
                if units > paidOwn {
                    // Half up, by whole numbers.
                    #expect(worth == paidTheirs + (2 * (units - paidOwn) * 11_115 + 1_000) / 2_000)
                    #expect(records[kind]?.provisional == false)
                } else {
                    #expect(records[kind] == nil && worth <= paidTheirs + before.requested.outstanding[kind].units)
                }
                if units >= paidOwn {
                    #expect(ledger.requested.recovered[kind].units == paidTheirs)
                    #expect(ledger.applicant.recovered[kind].units == paidOwn)
                }
            }
            let isLess = zip([ComponentKind.principal, .interest, .fines], stated).contains {
                $1 < before.applicant.recovered[$0].units
            }
            #expect((ledger.refundDue.units > 0) == isLess, "\(paid) \(stated)")
            if before.state == .paid, stated == [20_000, 10_000, 1] {
                #expect(ledger.requested == before.requested && ledger.state == .paid)
            }
        }
    }
}

/// Invented rates.
enum Samples {
    static let day = CivilDate(daysSinceEpoch: 20_514)

    static var request: ConversionRequest {
        ConversionRequest(
            amount: .zero, from: "", to: "", operation: .recoveryRequest, date: day,
            at: Instant(startOf: day.adding(days: 30)), by: "tester", engine: "test"
        )
    }

    static var rates: RateTable {
        get throws {
            let rate = try #require(ReferenceRate(currency: "SEK", text: "11.115"))
            let source = RateSource(
                file: "x", form: .history, sha256: "", importedAt: Instant(startOf: day))
            var table = RateTable()
            table.note(day: day)
            table.add(RateTable.Entry(rate: rate, source: source), on: day)
            table.add(span: day...day.adding(days: 20))
            return table
        }
    }
}

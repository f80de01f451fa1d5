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

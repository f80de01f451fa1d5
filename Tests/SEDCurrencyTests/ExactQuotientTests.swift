// SPDX-License-Identifier: EUPL-1.2

import SEDCore
import SEDCurrency
import SEDTestSupport
import Testing

struct ExactQuotientTests {
    private func number(_ text: String) throws -> ExactDecimal { try #require(ExactDecimal(parsing: text)) }

    @Test(arguments: [
        ("1", "3", 2, "0.33", "0.333333333333"), ("2", "3", 0, "1", "0.666666666666"), ("1", "8", 2, "0.13", "0.125"),
        ("-1", "8", 2, "-0.13", "-0.125"), ("-1", "-8", 2, "0.13", "0.125"), ("0", "7", 2, "0.00", "0"),
        ("5", "2", 0, "3", "2.5"), ("-5", "2", 0, "-3", "-2.5"), ("1", "1000", 2, "0.00", "0.001"),
        ("-1", "1000", 2, "0.00", "-0.001"),
        ("9999999999.99", "0.000001", 2, "9999999999990000.00", "9999999999990000"),
    ])
    func `a quotient is rounded once, half away from zero`(
        left: String, right: String, decimals: Int, rounded: String, cut: String
    ) throws {
        let quotient = try #require(ExactQuotient(try number(left)).divided(by: try number(right)))
        // A zero has no sign.
        #expect(quotient.rounded(toDecimals: decimals)?.description == rounded)
        #expect(quotient.cut(afterDecimals: 12)?.text == cut)
    }

    @Test func `nothing is lost on the way there and back`() throws {
        var generator = SeededNumbers(seed: 1103_97)
        for _ in 0..<2_000 {
            let amount = ExactDecimal(
                units: Int.random(in: -99_999_999_999...99_999_999_999, using: &generator), decimals: 2)
            let rate = ExactDecimal(
                units: Int.random(in: 1...999_999, using: &generator), decimals: Int.random(in: 0...6))
            let there = try #require(ExactQuotient(amount).multiplied(by: rate))
            #expect(there.divided(by: rate) == ExactQuotient(amount))
            let back = try #require(ExactQuotient(amount).divided(by: rate))
            #expect(back.multiplied(by: rate)?.rounded(toDecimals: 2) == amount)
        }
    }

    @Test func `rounding keeps order, sign and the distance of half a unit`() throws {
        var generator = SeededNumbers(seed: 1103_97)
        let hundred = ExactDecimal(units: 100, decimals: 0)
        for _ in 0..<2_000 {
            let amount = ExactDecimal(units: Int.random(in: 1...9_999_999_999, using: &generator), decimals: 2)
            let rate = ExactDecimal(units: Int.random(in: 1_000...999_999, using: &generator), decimals: 4)
            let quotient = try #require(ExactQuotient(amount).divided(by: rate))
            let rounded = try #require(quotient.rounded(toDecimals: 2))
            let opposite = try #require(ExactQuotient(amount.negated()).divided(by: rate)?.rounded(toDecimals: 2))
            #expect(opposite.units == -rounded.units)
            // In cents: rounded - 1/2 <= 100 quotient < rounded + 1/2, both sides doubled.
            let doubled = try #require(
                quotient.multiplied(by: hundred)?.multiplied(by: ExactDecimal(units: 2, decimals: 0)))
            let cut = try #require(doubled.cut(afterDecimals: 0))
            let whole = try #require(Int(cut.text))
            #expect(2 * rounded.units - 1 <= whole)
            #expect(whole < 2 * rounded.units + 1)
            let more = try #require(
                ExactQuotient(ExactDecimal(units: amount.units + 1, decimals: 2)).divided(by: rate)?.rounded(
                    toDecimals: 2)
            )
            #expect(rounded.units <= more.units)
        }
    }

    @Test func `what does not fit, and division by zero, have no result`() throws {
        let huge = ExactDecimal(units: .max, decimals: 0)
        let quotient = ExactQuotient(huge)
        #expect(quotient.divided(by: .zero) == nil)
        #expect(quotient.multiplied(by: huge)?.multiplied(by: huge) == nil)
        #expect(quotient.multiplied(by: huge)?.rounded(toDecimals: 2) == nil)
    }
}

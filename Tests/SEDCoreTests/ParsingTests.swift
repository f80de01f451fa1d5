// SPDX-License-Identifier: EUPL-1.2

import SEDCore
import Testing

/// Dates and amounts as documents write them.
struct ParsingTests {
    @Test(arguments: ["2026-01-15", "2026-01-15Z", "2026-01-15+02:00", "2026-01-15-11:30"])
    func `a date is read, its zone dropped`(text: String) {
        #expect(CivilDate(parsing: text)?.description == "2026-01-15")
    }

    @Test(arguments: [
        "", "2026", "2026-01", "2026-1-15", "2026-01-15T", "2026-01-15T10:00:00Z", "2026-02-29", "2026-13-01",
        "20260115",
        "2026-01-15Z12:00", "2026-01-15+0200", "2026-01-15+02:0", "2026-01-15+02:000", " 2026-01-15", "2026-01-15 ",
        "-2026-01-15", "２０２６-01-15", "2026-01-1a", "2026/01/15",
    ])
    func `what is no date is none`(text: String) {
        #expect(CivilDate(parsing: text) == nil)
    }

    @Test(arguments: [
        ("0", 0, 0), ("1234", 1_234, 0), ("-0.5", -5, 1), ("12.340", 12_340, 3), ("9999999999.99", 999_999_999_999, 2),
        ("007", 7, 0), ("999999999999999999", 999_999_999_999_999_999, 0),
    ])
    func `an amount is read without rounding`(text: String, units: Int, decimals: Int) {
        #expect(ExactDecimal(parsing: text) == ExactDecimal(units: units, decimals: decimals))
    }

    @Test(arguments: [
        "", "-", ".", ".5", "5.", "1,5", "1.2.3", "--1", "+1", "1e3", " 1", "1 ", "٣", "1234567890123456789",
    ])
    func `what is no amount is none`(text: String) {
        #expect(ExactDecimal(parsing: text) == nil)
    }

    @Test func `sums and comparisons are exact`() throws {
        let tenth = try #require(ExactDecimal(parsing: "0.1"))
        let sum = try #require((0..<10).reduce(Optional(ExactDecimal.zero)) { sum, _ in sum?.adding(tenth) })
        #expect(sum.description == "1.0")
        #expect(sum.compared(to: ExactDecimal(units: 1, decimals: 0)) == 0)
        #expect(ExactDecimal(units: -5, decimals: 2).description == "-0.05")
        let largest = ExactDecimal(units: .max, decimals: 0)
        #expect(largest.adding(ExactDecimal(units: 1, decimals: 0)) == nil)
        #expect(largest.compared(to: tenth) == nil)
    }
}

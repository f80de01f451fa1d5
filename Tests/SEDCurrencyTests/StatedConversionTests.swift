// SPDX-License-Identifier: EUPL-1.2

import SEDCore
import SEDCurrency
import SEDTestSupport
import Testing

/// Amounts that others have converted.
struct StatedConversionTests {
    private func conversion(
        _ amount: String,
        _ from: String,
        _ to: String,
        on date: String,
        _ rates: String,
        _ operation: OperationKind = .recoveryRequest
    ) throws -> StatedConversion {
        let table = try RateTable(sample: rates)
        return StatedConversion(
            of: try #require(ExactDecimal(parsing: amount)), from: from, to: to, operation: operation,
            date: try day(date), rates: { _, _ in table })
    }

    private func amount(_ text: String) throws -> ExactDecimal { try #require(ExactDecimal(parsing: text)) }

    private static let march = """
        2026-02-26 SEK=11; 2026-02-27 SEK=11.1; 2026-03-02 SEK=11.146 HUF=390.12; 2026-03-03 SEK=11.2; \
        2026-03-05 SEK=11.25
        """

    @Test(arguments: [
        // The rate of the day; of the first day after a gap; none before the newest rates end.
        ("2026-03-02", "111460.00"), ("2026-02-28", "111460.00"), ("2026-03-01", "111460.00"),
        ("2026-03-04", "112500.00"), ("2026-03-05", "112500.00"), ("2026-03-06", ""), ("2026-03-07", ""),
        ("2026-04-30", ""), ("1998-12-01", ""),
    ])
    func `a recovery request is converted at the rate of the day of sending, or the next`(date: String, result: String)
        throws
    {
        let made = try conversion("10000.00", "EUR", "SEK", on: date, Self.march).conversion()
        #expect(made?.result.description ?? "" == result)
    }

    @Test func `what is not quoted, disputed or unknown gives no result and no fault`() throws {
        for rates in ["2026-03-02 HUF=390.12", "2026-03-02 SEK=11.146; 2026-03-02 SEK=11.147", ""] {
            let made = try conversion("10000.00", "EUR", "SEK", on: "2026-03-02", rates)
            #expect(made.conversion() == nil)
            #expect(made.fault(in: try amount("111000.00")) == nil)
        }
    }

    @Test(arguments: [
        ("111460.00", nil), ("111460.01", nil), ("111459.99", nil), ("111460.02", nil), ("111461", nil),
        ("112000.00", StatedConversion.Fault.rateDate), ("110000.00", .rateDate), ("111000.00", .rateDate),
        ("112000.01", nil),
    ])
    func `a rate of another day is told by the very amount that it gives`(
        stated: String, fault: StatedConversion.Fault?
    )
        throws
    {
        let made = try conversion("10000.00", "EUR", "SEK", on: "2026-03-02", Self.march)
        #expect(made.fault(in: try amount(stated)) == fault)
    }

    @Test func `small amounts tell no rate`() throws {
        let made = try conversion("80.00", "EUR", "SEK", on: "2026-03-02", Self.march)
        #expect(made.fault(in: try amount("896.00")) == nil)
    }

    @Test func `days out of reach are not looked at`() throws {
        let rates = "2025-10-01 SEK=10.5; " + Self.march
        let made = try conversion("10000.00", "EUR", "SEK", on: "2026-03-02", rates)
        #expect(made.fault(in: try amount("105000.00")) == nil)
    }

    @Test func `over a gap the other side is told from any other day`() throws {
        let made = try conversion("10000.00", "EUR", "SEK", on: "2026-03-01", Self.march)
        #expect(made.fault(in: try amount("111000.00")) == .gapDirection)
        #expect(made.fault(in: try amount("110000.00")) == .rateDate)
        let past = try conversion("10000.00", "EUR", "SEK", on: "2026-03-01", Self.march, .benefitPeriod)
        #expect(past.fault(in: try amount("111460.00")) == .gapDirection)
        #expect(past.fault(in: try amount("111000.00")) == nil)
    }

    @Test func `a rate that moved with a second sending is told from any other day`() throws {
        let made = try conversion("10000.00", "EUR", "SEK", on: "2026-03-02", Self.march)
        #expect(made.fault(in: try amount("112500.00"), sentAgain: try day("2026-03-04")) == .movedDate)
        #expect(made.fault(in: try amount("112000.00"), sentAgain: try day("2026-03-04")) == .rateDate)
        #expect(made.fault(in: try amount("111460.00"), sentAgain: try day("2026-03-04")) == nil)
    }

    @Test func `a second sending long after asks for the rates of its own day`() throws {
        let (march, june) = (try RateTable(sample: Self.march), try RateTable(sample: "2026-06-01 SEK=11.4"))
        let summer = try day("2026-06-01")
        let made = StatedConversion(
            of: try amount("10000.00"), from: "EUR", to: "SEK", operation: .recoveryRequest,
            date: try day("2026-03-02"),
            rates: { _, day in day == summer ? june : march })
        #expect(made.fault(in: try amount("114000.00"), sentAgain: summer) == .movedDate)
        #expect(made.fault(in: try amount("114000.00")) == nil)
    }

    @Test(arguments: [
        ("10000.00", "EUR", "HRK", "2023-01-10", "75365.00", StatedConversion.Fault.floatingRate),
        ("75365.00", "HRK", "EUR", "2023-01-10", "10000.00", .floatingRate),
        ("10000.00", "EUR", "HRK", "2023-01-10", "75345.00", nil),
        ("10000.00", "EUR", "HRK", "2022-12-30", "75345.00", .fixedRate),
        ("10000.00", "EUR", "HRK", "2022-12-30", "75365.00", nil),
        ("10000.00", "EUR", "HRK", "2023-01-10", "75300.00", .cutRate),
        ("10000.00", "EUR", "HRK", "2023-01-10", "75340.00", .cutRate),
        ("10000.00", "BGN", "EUR", "2026-03-02", "5112.47", .cutRate),
        ("1000000.00", "BGN", "EUR", "2026-03-02", "511292.00", .inverseRate),
        // 1/1.95583 is 0.511292 with six figures: 100,000.00 EUR divided by it.
        ("10000000.00", "EUR", "BGN", "2026-03-02", "19558295.46", .inverseRate),
        ("105.00", "BGN", "HRK", "2026-03-02", "404.53", .coarseEuro),
        ("105.00", "BGN", "HRK", "2026-03-02", "404.50", nil),
        ("10000.00", "EUR", "HRK", "2023-01-10", "76000.00", nil),
    ])
    func `mistakes with fixed rates`(
        given: String,
        from: String,
        to: String,
        date: String,
        stated: String,
        fault: StatedConversion.Fault?
    ) throws {
        let rates = "2022-12-29 HRK=7.5365; 2022-12-30 HRK=7.5365"
        #expect(try conversion(given, from, to, on: date, rates).fault(in: try amount(stated)) == fault)
    }

    @Test func `two roundings are told by what they give, cutting off is not`() throws {
        let made = try conversion("10000.00", "SEK", "HUF", on: "2026-03-02", Self.march)
        #expect(made.conversion()?.result.description == "350008.97")
        #expect(made.fault(in: try amount("350007.86")) == .roundedTwice)
        #expect(made.fault(in: try amount("350008.96")) == nil)
    }
}

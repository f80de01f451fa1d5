// SPDX-License-Identifier: EUPL-1.2

import SEDCore
import SEDCurrency
import SEDInspection
import SEDProcessor
import SEDTestSupport
import SEDValidation
import Testing

struct CurrencyTests {
    private static func day(_ text: String) throws -> CivilDate {
        try #require(Instant(parsing: text + "T00:00:00Z")).date
    }

    @Test(arguments: [
        ("SI", "2006-12-31", "SIT", "2007-01-01"), ("CY", "2007-12-31", "CYP", "2008-01-01"),
        ("MT", "2007-12-31", "MTL", "2008-01-01"), ("SK", "2008-12-31", "SKK", "2009-01-01"),
        ("EE", "2010-12-31", "EEK", "2011-01-01"), ("LV", "2013-12-31", "LVL", "2014-01-01"),
        ("LT", "2014-12-31", "LTL", "2015-01-01"), ("HR", "2022-12-31", "HRK", "2023-01-01"),
        ("BG", "2025-12-31", "BGN", "2026-01-01"), ("EL", "2000-12-31", "GRD", "2001-01-01"),
    ])
    func `a changeover gives the State the euro on its day, Council regulations amending 974 of 98`(
        country: String, last: String, code: String, first: String
    ) throws {
        #expect(Currency.currency(of: country, on: try Self.day(last)) == code)
        #expect(Currency.currency(of: country, on: try Self.day(first)) == "EUR")
        let fixed = try #require(Currency.fixedRate(of: code))
        #expect(fixed.since == (try Self.day(first)))
        #expect(Currency.isQuoted(code, on: try Self.day(last)))
        #expect(!Currency.isQuoted(code, on: try Self.day(first)))
    }

    @Test func `every State of the code list has a currency of the code list in 2026`() throws {
        let library = try SchemaLibrary(read: { try SchemaFolder(path: Repository.schemas).read($0) })
        let currencies = try library.codeList(named: "EESSIEUEFTACurrencyType").codes
        let today = try Self.day("2026-06-01")
        let countries = try library.codeList(named: "EESSIEUEFTACountryType").codes
        #expect(countries.count == 32)
        for country in countries {
            let code = try #require(Currency.currency(of: country, on: today), "\(country)")
            #expect(currencies.contains(code), "\(country)")
            #expect(Currency.isQuoted(code, on: today), "\(country)")
        }
        #expect(Currency.currency(of: "GB", on: today) == nil)
        #expect(Currency.currency(of: "US", on: today) == nil)
        #expect(Currency.currency(of: "DE", on: try Self.day("1998-12-31")) == nil)
    }

    @Test func `lev and leu change their codes with their redenominations of 1999 and 2005`() throws {
        #expect(Currency.currency(of: "BG", on: try Self.day("1999-07-04")) == "BGL")
        #expect(Currency.currency(of: "BG", on: try Self.day("1999-07-05")) == "BGN")
        #expect(Currency.currency(of: "RO", on: try Self.day("2005-06-30")) == "ROL")
        #expect(Currency.currency(of: "RO", on: try Self.day("2005-07-01")) == "RON")
    }

    @Test(arguments: [
        ("ATS", "13.7603"), ("BEF", "40.3399"), ("DEM", "1.95583"), ("ESP", "166.386"), ("FIM", "5.94573"),
        ("FRF", "6.55957"), ("IEP", "0.787564"), ("ITL", "1936.27"), ("LUF", "40.3399"), ("NLG", "2.20371"),
        ("PTE", "200.482"), ("GRD", "340.750"), ("SIT", "239.640"), ("CYP", "0.585274"), ("MTL", "0.429300"),
        ("SKK", "30.1260"), ("EEK", "15.6466"), ("LVL", "0.702804"), ("LTL", "3.45280"), ("HRK", "7.53450"),
        ("BGN", "1.95583"),
    ])
    func `fixed rates have the six figures of Reg 2866 of 98 and its amendments`(code: String, rate: String) throws {
        let fixed = try #require(Currency.fixedRate(of: code))
        #expect(fixed.rate == rate)
        let figures = rate.drop { $0 == "0" || $0 == "." }.filter { $0 != "." }
        #expect(figures.count == 6)
    }

    @Test func `the euro and floating currencies have no fixed rate`() {
        for code in ["EUR", "SEK", "GBP", "", "eek"] { #expect(Currency.fixedRate(of: code) == nil) }
    }

    @Test(arguments: [
        ("RUB", "2005-04-01", "2022-03-01"), ("HRK", "2005-04-01", "2022-12-30"), ("BGN", "2000-07-19", "2025-12-31"),
        ("EEK", "1999-01-04", "2010-12-31"), ("SIT", "1999-01-04", "2006-12-29"), ("ROL", "1999-01-04", "2005-06-30"),
        ("TRL", "1999-01-04", "2004-12-31"), ("ISK", "1999-01-04", "2008-12-09"), ("ISK", "2018-02-01", nil),
        ("RON", "2005-07-01", nil), ("TRY", "2005-01-03", nil), ("ILS", "2011-01-03", nil), ("INR", "2009-01-02", nil),
        ("BRL", "2008-01-02", nil), ("MXN", "2008-01-02", nil), ("CNY", "2005-04-01", nil), ("USD", "1999-01-04", nil),
        ("SEK", "1999-01-04", nil),
    ])
    func `quotation begins and ends as in the ECB's history of reference rates`(
        code: String, first: String, last: String?
    ) throws {
        let begin = try Self.day(first)
        #expect(!Currency.isQuoted(code, on: begin.adding(days: -1)))
        #expect(Currency.isQuoted(code, on: begin))
        if let last {
            let end = try Self.day(last)
            #expect(Currency.isQuoted(code, on: end))
            // A changeover may follow on a weekend.
            #expect(!Currency.isQuoted(code, on: end.adding(days: 3)))
        } else {
            #expect(Currency.isQuoted(code, on: try Self.day("2026-10-30")))
        }
    }

    @Test func `the rouble was quoted until 2022-03-01 and not a day longer, ECB`() throws {
        #expect(!Currency.isQuoted("RUB", on: try Self.day("2022-03-02")))
    }

    @Test func `closing days are quoted, unknown codes and the years before the euro are not`() throws {
        #expect(Currency.isQuoted("SEK", on: try Self.day("2024-03-29")))
        #expect(Currency.isQuoted("EUR", on: try Self.day("1999-01-01")))
        #expect(!Currency.isQuoted("EUR", on: try Self.day("1998-12-31")))
        #expect(!Currency.isQuoted("XYZ", on: try Self.day("2024-03-29")))
        #expect(!Currency.isQuoted("DEM", on: try Self.day("2001-03-29")))
    }

    @Test func `every currency of the code lists has its decimals of ISO 4217`() throws {
        let library = try SchemaLibrary(read: { try SchemaFolder(path: Repository.schemas).read($0) })
        for list in ["EESSIEUEFTACurrencyType", "EESSIWorldCurrencyType"] {
            for code in try library.codeList(named: list).codes {
                #expect(Currency.minorUnits(of: code) != nil, "\(code)")
            }
        }
        for (code, decimals) in [
            ("EUR", 2), ("HUF", 2), ("ISK", 0), ("JPY", 0), ("KWD", 3), ("TND", 3), ("CLP", 0), ("BOV", 2),
        ] {
            #expect(Currency.minorUnits(of: code) == decimals, "\(code)")
        }
        #expect(Currency.minorUnits(of: "XYZ") == nil)
    }
}

// SPDX-License-Identifier: EUPL-1.2

import SEDCore
import SEDCurrency
import Testing

struct ConversionTests {
    private func quotient(_ number: String) throws -> ExactQuotient {
        ExactQuotient(try #require(ExactDecimal(parsing: number)))
    }

    // MARK: Published examples

    @Test(arguments: [("15.324", "15.32"), ("15.325", "15.33"), ("15.327", "15.33")])
    func `rounding to the cent, an exact half up, Banque de France on Reg 1103 of 97 Art 5`(
        number: String, rounded: String
    ) throws {
        #expect(try quotient(number).rounded(toDecimals: 2)?.description == rounded)
        #expect(try quotient("-" + number).rounded(toDecimals: 2)?.description == "-" + rounded)
    }

    @Test func `marks to schillings through the euro, Brandenburg circular of 27 January 1999 on Reg 1103 of 97 Art 4`()
        throws
    {
        let request = try Samples.request("50.00", "DEM", "ATS", on: "1999-06-01")
        let conversion = try CurrencyConversion(request, rates: RateTable())
        #expect(conversion.result.description == "351.78")
        let record = conversion.record
        // Not less than three decimals in between: 25.565 as the circular has it, rounded; ours is cut after twelve.
        let euro = try #require(record.euroAmount)
        #expect(euro == "25.56459405981")
        #expect(try quotient(euro).rounded(toDecimals: 3)?.description == "25.565")
        #expect(record.rates.map(\.source) == ["fixed 1103/97", "fixed 1103/97"])
        #expect(record.rates.map(\.rate) == ["1.95583", "13.7603"])
        #expect(record.rateDate == nil)
    }

    @Test func `1000 francs at 1,2032 are 831,12 euro by the rule and not 831,11 as DVKA prints`() throws {
        let table = try Samples.table("2013-11-04 CHF=1.2032")
        let request = try Samples.request("1000.00", "CHF", "EUR", .recoveryRequest, on: "2013-11-04")
        let conversion = try CurrencyConversion(request, rates: table)
        #expect(conversion.result.description == "831.12")
        #expect(conversion.record.rawResult == "831.117021276595")
        #expect(!conversion.record.rawResultIsExact)
    }

    // MARK: Fixed rates

    @Test(arguments: [
        ("15646.60", "EEK", "EUR", "2011-01-01", "1000.00"), ("1000.00", "EUR", "EEK", "2011-01-01", "15646.60"),
        ("100.00", "HRK", "EUR", "2023-01-01", "13.27"), ("0.70", "LVL", "EUR", "2014-01-01", "1.00"),
        ("100", "ITL", "EUR", "2001-01-01", "0.05"), ("1.95", "BGN", "EUR", "2026-01-01", "1.00"),
        ("1000", "GRD", "EUR", "2001-01-01", "2.93"), ("7.53", "HRK", "LTL", "2023-06-01", "3.45"),
    ])
    func `from the changeover on the fixed rate counts, Reg 1103 of 97 Art 4`(
        amount: String, from: String, to: String, date: String, result: String
    ) throws {
        let conversion = try CurrencyConversion(try Samples.request(amount, from, to, on: date), rates: RateTable())
        #expect(conversion.result.description == result)
        #expect(conversion.record.rates.allSatisfy { $0.source == "fixed 1103/97" && $0.file == nil })
    }

    @Test func `a former currency goes into the euro by the fixed rate and out of it by the published one`() throws {
        let table = try Samples.table("2012-03-01 SEK=8.8")
        let conversion = try CurrencyConversion(
            try Samples.request("15646.60", "EEK", "SEK", on: "2012-03-01"), rates: table
        )
        #expect(conversion.result.description == "8800.00")
        #expect(conversion.record.euroAmount == "1000")
        #expect(conversion.record.rates.map(\.use) == [.divided, .multiplied])
        #expect(conversion.record.rates.map(\.date) == ["2011-01-01", "2012-03-01"])
    }

    @Test func `before the changeover the published rate counts, also where the next day is the changeover`() throws {
        let table = try Samples.table("2022-12-29 HRK=7.5", "2022-12-30 HRK=7.6 SEK=11", "2023-01-02 SEK=12")
        // 2022-12-31 is a Saturday, and from 2023-01-01 on the kuna has its fixed rate.
        let conversion = try CurrencyConversion(
            try Samples.request("760.00", "HRK", "SEK", .recoveryRequest, on: "2022-12-31"), rates: table
        )
        #expect(conversion.result.description == "1100.00")
        #expect(conversion.record.rateDate == "2022-12-30")
        #expect(conversion.record.gapUse == .previous)
        #expect(conversion.record.gapPolicy == "next")
        #expect(!conversion.record.provisional)
    }

    // MARK: The day of the rate

    @Test(arguments: [
        (OperationKind.general, "2026-03-15", "2026-03-15"), (.recoveryRequest, "2026-03-15", "2026-03-15"),
        (.recoveryOffset, "2026-03-15", "2026-03-15"), (.recoveryPrecautionary, "2026-03-15", "2026-03-15"),
        (.benefitPeriod, "2026-03-31", "2026-03-31"), (.benefitSingle, "2026-03-15", "2026-02-01"),
        (.benefitSingle, "2026-01-31", "2025-12-01"), (.benefitSingle, "2024-03-31", "2024-02-01"),
        (.recalculationOfPeriod, "2026-03-31", "2026-03-31"), (.recalculationOfSingle, "2026-03-31", "2026-02-01"),
        (.benefitAdjustment, "2026-03-01", "2026-02-01"), (.unemploymentReimbursement, "2026-03-31", "2026-03-01"),
    ])
    func `the kind of operation decides the day, Decisions H3 and H12`(
        kind: OperationKind, date: String, basis: String
    ) throws {
        #expect(kind.basisDate(for: try day(date)).description == basis)
    }

    @Test(arguments: [
        ("2009-03-02", "H3"), ("2016-03-01", "H3"), ("2016-03-02", "H3/H7"), ("2022-02-27", "H3/H7"),
        ("2022-02-28", "H12"), ("2026-11-20", "H12"),
    ])
    func `the decision is the one in force on the basis date, CUR-90-008`(date: String, decision: String) throws {
        #expect(RateDecision(basisDate: try day(date)).rawValue == decision)
    }

    private func gaps() throws -> RateTable {
        // Good Friday is 2026-04-03, Easter Monday 2026-04-06.
        try Samples.table("2026-04-01 CHF=0.91", "2026-04-02 CHF=0.92", "2026-04-07 CHF=0.97", "2026-04-08 CHF=0.98")
    }

    @Test(arguments: [
        (OperationKind.recoveryRequest, "2026-04-07", ConversionRecord.GapUse.next),
        (.general, "2026-04-07", .next), (.benefitPeriod, "2026-04-02", .previous),
        (.recalculationOfPeriod, "2026-04-02", .previous),
    ])
    func `over Easter the direction belongs to the kind, practice of DVKA`(
        kind: OperationKind, rateDate: String, use: ConversionRecord.GapUse
    ) throws {
        for date in ["2026-04-03", "2026-04-04", "2026-04-05", "2026-04-06"] {
            let record = try CurrencyConversion(
                try Samples.request("100.00", "CHF", "EUR", kind, on: date), rates: try gaps()
            ).record
            #expect(record.rateDate == rateDate)
            #expect(record.gapUse == use)
            #expect(record.gapPolicy == kind.direction.rawValue)
            #expect(record.reservations.contains { $0.about == "gap" })
            #expect(!record.provisional)
        }
    }

    @Test func `an operation of today takes the newest rate that is out, and says so`() throws {
        // Thursday before and at 16:00 in Frankfurt, which is 14:00 UTC in summer; and on Good Friday.
        func record(_ instant: String, on date: String) throws -> ConversionRecord {
            try CurrencyConversion(
                try Samples.request("100.00", "CHF", "EUR", on: date, at: instant), rates: try gaps()
            ).record
        }
        let early = try record("2026-04-02T13:59:59Z", on: "2026-04-02")
        #expect(early.rateDate == "2026-04-01")
        #expect(early.gapUse == .latest)
        #expect(!early.provisional)
        let late = try record("2026-04-02T14:00:00Z", on: "2026-04-02")
        #expect(late.rateDate == "2026-04-02")
        #expect(late.gapUse == .none)
        let closed = try record("2026-04-03T18:00:00Z", on: "2026-04-03")
        #expect(closed.rateDate == "2026-04-02")
        #expect(closed.gapUse == .latest)
        #expect(closed.reservations.contains { $0.about == "gap" })
    }

    @Test func `a request on a day whose rate is not out is provisional, or refused where that is wanted`() throws {
        for (instant, date) in [
            ("2026-04-02T13:00:00Z", "2026-04-02"), ("2026-04-03T18:00:00Z", "2026-04-03"),
            ("2026-04-05T09:00:00Z", "2026-04-04"),
        ] {
            var request = try Samples.request("100.00", "CHF", "EUR", .recoveryRequest, on: date, at: instant)
            let record = try CurrencyConversion(request, rates: try gaps()).record
            #expect(record.provisional)
            #expect(record.provisionalReason == .notPublished)
            #expect(record.rateDate == (date == "2026-04-02" ? "2026-04-01" : "2026-04-02"))
            request.whenMissing = .refuse
            let refused = try #require(refusal(request, try gaps()))
            #expect(refused.rule == "CUR-90-006")
            #expect(refused.kind == .undecided)
        }
        // The period ends today and today's rate will come: yesterday's is not final.
        let period = try Samples.request(
            "100.00", "CHF", "EUR", .benefitPeriod, on: "2026-04-02", at: "2026-04-02T13:00:00Z"
        )
        #expect(try CurrencyConversion(period, rates: try gaps()).record.provisional)
        // The period ended on a closing day: nothing better will come.
        let closed = try Samples.request(
            "100.00", "CHF", "EUR", .benefitPeriod, on: "2026-04-03", at: "2026-04-03T09:00:00Z"
        )
        #expect(try !CurrencyConversion(closed, rates: try gaps()).record.provisional)
    }

    @Test func `a rate that is out and was not imported makes the result provisional and stale`() throws {
        let request = try Samples.request(
            "100.00", "CHF", "EUR", .recoveryRequest, on: "2026-04-20", at: "2026-04-21T18:00:00Z"
        )
        let record = try CurrencyConversion(request, rates: try gaps()).record
        #expect(record.provisionalReason == .notImported)
        #expect(record.rateDate == "2026-04-08")
        #expect(record.warnings.map(\.rule) == ["CUR-SRC-003"])
        // After a month the newest rate says too little.
        let late = try Samples.request("100.00", "CHF", "EUR", .recoveryRequest, on: "2026-05-12")
        #expect(refusal(late, try gaps())?.rule == "CUR-SRC-003")
    }

    @Test func `a hole between imported daily files is no gap of publication`() throws {
        var table = RateTable()
        for (date, text) in [("2026-03-02", "0.91"), ("2026-03-04", "0.93")] {
            let rate = try #require(ReferenceRate(currency: "CHF", text: text))
            table.add(RateTable.Entry(rate: rate, source: Samples.source(form: .daily)), on: try day(date))
        }
        let refused = refusal(try Samples.request("1.00", "CHF", "EUR", on: "2026-03-03"), table)
        #expect(refused?.kind == .undecided)
        #expect(refused?.message.english.contains("2026-03-03") == true)
        // A history that spans the day without having it says that nothing was published.
        table.add(span: try day("2026-03-01")...(try day("2026-03-31")))
        let record = try CurrencyConversion(
            try Samples.request("1.00", "CHF", "EUR", on: "2026-03-03"), rates: table
        ).record
        #expect(record.rateDate == "2026-03-04")
    }

    // MARK: Refusals

    @Test(arguments: [
        ("1.001", "EUR", "CHF", "2026-04-01", "CUR-RND-001"), ("1.5", "JPY", "EUR", "2026-04-01", "CUR-RND-001"),
        ("1.00", "XYZ", "EUR", "2026-04-01", "CUR-SRC-001"), ("1.00", "EUR", "XYZ", "2026-04-01", "CUR-SRC-001"),
        ("1.00", "RUB", "EUR", "2026-04-01", "CUR-SRC-001"), ("1.00", "DEM", "EUR", "1998-12-31", "CUR-SRC-001"),
        ("1.00", "CHF", "EUR", "1998-12-31", "CUR-SRC-001"), ("1.00", "CHF", "EUR", "2020-04-01", "CUR-SRC-003"),
        ("999999999999999999", "EUR", "CHF", "2026-04-01", "CUR-RND-001"),
    ])
    func `what has no result is refused with its rule`(
        amount: String, from: String, to: String, date: String, rule: String
    ) throws {
        let table = try Samples.table("2026-04-01 CHF=0.91 JPY=160")
        #expect(refusal(try Samples.request(amount, from, to, on: date), table)?.rule.text == rule)
    }

    @Test func `rates that sources dispute stop a conversion, CUR-SRC-005`() throws {
        var table = try Samples.table("2013-06-24 BGN=1.9558 SEK=8.8")
        let other = try #require(ReferenceRate(currency: "BGN", text: "1.9560"))
        table.add(RateTable.Entry(rate: other, source: Samples.source("sdmx.csv")), on: try day("2013-06-24"))
        let refused = try #require(refusal(try Samples.request("1.00", "BGN", "EUR", on: "2013-06-24"), table))
        #expect(refused.rule == "CUR-SRC-005")
        #expect(refused.kind == .undecided)
        #expect(refused.message.english.contains("sdmx.csv"))
        #expect(refusal(try Samples.request("1.00", "SEK", "EUR", on: "2013-06-24"), table) == nil)
        // The same number with more zeros is no dispute.
        let same = try #require(ReferenceRate(currency: "SEK", text: "8.8000"))
        table.add(RateTable.Entry(rate: same, source: Samples.source("other.csv")), on: try day("2013-06-24"))
        #expect(refusal(try Samples.request("1.00", "SEK", "EUR", on: "2013-06-24"), table) == nil)
    }

    @Test func `the same currency is the same amount without any rate`() throws {
        let conversion = try CurrencyConversion(
            try Samples.request("1234.5", "RUB", "RUB", on: "2026-04-01"), rates: RateTable()
        )
        #expect(conversion.result.description == "1234.50")
        #expect(conversion.record.rates == [])
        #expect(conversion.record.rateDate == nil)
    }

    // MARK: The record

    @Test func `the record holds what an auditor needs, legal rules section 4-5`() throws {
        let table = try Samples.table("2026-03-02 CHF=0.9194 SEK=10.978")
        let request = try Samples.request("1000", "CHF", "SEK", .recoveryRequest, on: "2026-03-02")
        let record = try CurrencyConversion(request, rates: table).record
        #expect(record.amount == "1000.00")
        #expect(record.from == "CHF")
        #expect(record.to == "SEK")
        #expect(record.operation == "recovery.request")
        #expect(record.date == "2026-03-02")
        #expect(record.basisDate == "2026-03-02")
        #expect(record.basis.decision == .h12)
        #expect(record.basis.point == "6/7")
        #expect(record.basis.mark == .unverified)
        #expect(record.gapPolicy == "next")
        #expect(record.gapUse == .none)
        #expect(record.rates.map(\.currency) == ["CHF", "SEK"])
        #expect(record.rates.allSatisfy { $0.file == Samples.source() && $0.source == "ECB hist" })
        // 1000 / 0.9194 x 10.978 = 11940.39591...
        #expect(record.rawResult == "11940.395910376332")
        #expect(record.result == "11940.40")
        #expect(record.decimals == 2)
        #expect(record.rounding == "half-up")
        #expect(record.engine == "test")
        #expect(record.convertedBy == "tester")
        #expect(record.convertedAt == "2026-11-21T12:00:00.000Z")
        #expect(record.reservations.map(\.about) == ["decision", "point", "rounding"])
        for text in [record.explanation.english, record.explanation.estonian] {
            for fact in ["1000.00 CHF", "H12", "2026-03-02", "0.9194", "10.978", "11940.40 SEK", "eurofxref-hist.zip"] {
                #expect(text.contains(fact), "\(fact)")
            }
            #expect(!text.contains("\n"))
        }
    }

    @Test func `every kind is explained in both languages, whatever the gap`() throws {
        for kind in OperationKind.allCases {
            for date in ["2026-04-02", "2026-04-04"] {
                let request = try Samples.request("100.00", "CHF", "EUR", kind, on: date)
                guard let record = try? CurrencyConversion(request, rates: try gaps()).record else { continue }
                #expect(record.explanation.english.contains("Article 90"))
                #expect(record.explanation.estonian.contains("artikli 90"))
                #expect(record.explanation.english != record.explanation.estonian)
            }
        }
    }
}

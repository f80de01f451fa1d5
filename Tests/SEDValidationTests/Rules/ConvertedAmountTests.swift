// SPDX-License-Identifier: EUPL-1.2

import SEDCore
import SEDCurrency
import SEDTestSupport
import Testing

@testable import SEDValidation

/// Rules and functions that ask for published rates.
struct ConvertedAmountTests {
    private static let rates = "2026-02-27 SEK=11.1; 2026-03-02 SEK=11.146 HUF=390.12; 2026-03-03 SEK=11.2"

    // MARK: Functions

    @Test(arguments: [
        ("pp:ecb-rate('SEK', '2026-03-02')", "11.146"), ("pp:ecb-rate('SEK', '2026-03-01')", ""),
        ("pp:ecb-rate('SEK', '2026-03-04')", ""), ("pp:ecb-rate('EUR', '2026-03-02')", ""),
        ("pp:ecb-rate('HUF', '2026-03-03')", ""), ("pp:ecb-rate('SEK', 'x')", ""),
        ("pp:newest-rates()", "2026-03-03"), ("pp:request-date()", "2026-03-01"),
        ("pp:converted('10000.00', 'EUR', 'SEK', 'recovery.request', '2026-03-02')", "111460.00"),
        ("pp:converted('10000.00', 'EUR', 'SEK', 'benefit.period', '2026-03-01')", "111000.00"),
        ("pp:converted(m, 'EUR', 'SEK', 'general', pp:request-date())", "12.26"),
        ("pp:converted('1.00', 'EUR', 'EUR', 'general', '2026-03-02')", "1.00"),
        ("pp:converted('1.00', 'EUR', 'SEK', 'general', '2026-03-04')", ""),
        ("pp:converted('1.00', 'EUR', 'SEK', 'other', '2026-03-02')", ""),
        ("pp:converted('x', 'EUR', 'SEK', 'general', '2026-03-02')", ""),
        ("pp:converted('1.00', 'EUR', 'QQQ', 'general', '2026-03-02')", ""),
        ("pp:converted('15.65', 'EEK', 'EUR', 'general', '2026-03-04')", "1.00"),
        ("pp:conversion-fault('10000.00', '112000.00', 'EUR', 'SEK', 'recovery.request', '2026-03-02')", "rate-date"),
        (
            "pp:conversion-fault('10000.00', '111000.00', 'EUR', 'SEK', 'recovery.request', '2026-03-01')",
            "gap-direction"
        ),
        ("pp:conversion-fault('10000.00', '111460.01', 'EUR', 'SEK', 'recovery.request', '2026-03-02')", ""),
        ("pp:conversion-fault('10000.00', 'x', 'EUR', 'SEK', 'recovery.request', '2026-03-02')", ""),
    ])
    func `a function answers by the rates`(expression: String, answer: String) throws {
        let table = try RateTable(sample: Self.rates)
        #expect(try Self.answer(expression, { _, _ in table }) == answer)
    }

    @Test(arguments: [
        ("pp:ecb-rate('SEK', '2026-03-02')", ""), ("pp:newest-rates()", ""),
        ("pp:converted('1.00', 'EUR', 'SEK', 'general', '2026-03-02')", ""),
        ("pp:converted('15.65', 'EEK', 'EUR', 'general', '2026-03-02')", "1.00"),
    ])
    func `without rates only fixed ones are known`(expression: String, answer: String) throws {
        #expect(try Self.answer(expression, nil) == answer)
    }

    private static func answer(_ expression: String, _ rates: RateLookup?) throws -> String? {
        let schema = RuleEngine.schema(
            """
            <sch:ns prefix="pp" uri="urn:piiripost:rules"/><sch:pattern><sch:rule context="a009:A009">
            <sch:report id="U" test="true()">[<sch:value-of select="\(expression)"/>]</sch:report></sch:rule>
            </sch:pattern>
            """)
        let day = CivilDate(daysSinceEpoch: 20_513)
        let facts = MessageFacts(direction: .inbound, date: day, requestDate: day, rates: rates)
        let findings = try RuleEngine.library(adding: [("own.sch", schema)]).findings(
            inExcerpt: Array(RuleEngine.document("<m>1.10</m>").utf8), message: facts)
        return findings.first { $0.rule == "U" }.map { String(($0.value ?? "[]").dropFirst().dropLast()) }
    }

    // MARK: Documents

    /// What the rules on amounts find in R017 of a day, 1,000.00 EUR and 200.00 EUR with these amounts in SEK.
    private func findings(
        _ principal: String,
        _ interest: String,
        _ total: String,
        on day: String = "2026-03-02",
        rates: String? = Self.rates,
        direction: MessageDirection = .inbound,
        language: Language = .english
    ) throws -> (findings: [Diagnostic], report: ValidationReport) {
        let text = try Repository.text("Tests/RuleCases/currency/r017-two-currencies.xml")
            .replacing(">11000.00<", with: ">\(principal)<").replacing(">2200.00<", with: ">\(interest)<")
            .replacing(">13200.00<", with: ">\(total)<")
        let date = try #require(CivilDate(parsing: day))
        var validator = try RuleBreachTests.validator(on: date)
        if let rates {
            let table = try RateTable(sample: rates)
            validator = validator.with(rates: RateSupply(rates: { _, _ in table }))
        }
        let report = validator.judge(Array(text.utf8), direction: direction, language: language).report
        return (
            report.findings.filter { $0.rule.text.hasPrefix("CUR") || $0.rule.text.hasPrefix("REC-78-3-D") }, report
        )
    }

    private func rules(
        _ principal: String,
        _ interest: String,
        _ total: String,
        on day: String = "2026-03-02",
        rates: String? = Self.rates
    ) throws -> [String] {
        try findings(principal, interest, total, on: day, rates: rates).findings.map(\.rule.text)
    }

    @Test func `one minor unit is silent, two are a finding, one per cent is another`() throws {
        #expect(try rules("11146.00", "2229.20", "13375.20") == [])
        #expect(try rules("11146.01", "2229.19", "13375.20") == [])
        #expect(try rules("11146.02", "2229.20", "13375.22") == ["REC-78-3-D-008"])
        #expect(try rules("11146.00", "2229.18", "13375.18") == ["REC-78-3-D-008"])
        #expect(try rules("11260.00", "2229.20", "13489.20") == ["REC-78-3-D-009"])
        // Both wrong: a finding each.
        #expect(try rules("11146.02", "2229.22", "13375.24") == ["REC-78-3-D-008", "REC-78-3-D-008"])
    }

    @Test func `a total may be off once for each part, and then the sum tells it`() throws {
        #expect(try rules("11146.00", "2229.20", "13375.21") == [])
        #expect(try rules("11146.00", "2229.20", "13375.22") == ["REC-78-3-D-004"])
        #expect(try rules("11146.01", "2229.21", "13375.22") == [])
        #expect(try rules("11146.01", "2229.21", "13375.23") == ["REC-78-3-D-008"])
    }

    @Test func `what is unknown is silent, and the layer is decided`() throws {
        // No rates; a day that they do not reach; a currency that was not quoted; sources that differ.
        for (day, rates) in [
            ("2026-03-02", nil), ("2026-03-04", Self.rates), ("2026-03-02", "2026-03-02 HUF=390.12"),
            ("2026-03-02", "2026-03-02 SEK=11.146; 2026-03-02 SEK=11.2"),
        ] {
            let (findings, report) = try findings("12000.00", "2400.00", "14400.00", on: day, rates: rates)
            #expect(findings.isEmpty, "\(day)")
            #expect(report.outcome(of: .rules) == .passed, "\(day)")
        }
    }

    @Test func `one cause is one finding, with the severity of the direction, in either language`() throws {
        let (inbound, _) = try findings("11200.00", "2240.00", "13440.00")
        #expect(inbound.map(\.rule.text) == ["CUR-90-003"])
        #expect(inbound.map(\.severity) == [.warning])
        #expect(inbound.first?.message.contains("basis date") == true)
        #expect(inbound.first?.path?.hasSuffix("/AmountInTheCurrencyOfTheReceivingInstitution/principalAmount") == true)
        let (outbound, _) = try findings("11200.00", "2240.00", "13440.00", direction: .outbound, language: .estonian)
        #expect(outbound.map(\.severity) == [.error])
        #expect(outbound.first?.message.contains("kuupäev") == true)
    }

    @Test func `a request of a weekend takes the rate of Monday`() throws {
        #expect(try rules("11146.00", "2229.20", "13375.20", on: "2026-02-28") == [])
        #expect(try rules("11100.00", "2220.00", "13320.00", on: "2026-02-28") == ["CUR-90-005"])
    }

    @Test func `the tolerance is that of the parameters`() throws {
        let rules = try RuleEngine.library(adding: [])
        let today = try #require(CivilDate(parsing: "2026-11-21"))
        #expect(
            try rules.parameters().value(of: "conversion.warningMinorUnits", on: today)
                == "\(StatedConversion.tolerance)")
    }
}

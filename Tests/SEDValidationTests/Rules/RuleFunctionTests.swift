// SPDX-License-Identifier: EUPL-1.2

import SEDCore
import Testing

@testable import SEDValidation

/// Each function of ours on a document, as rules call it.
struct RuleFunctionTests {
    private static let content = """
        <d>2026-01-31</d><d>2024-02-29</d><m>1.10</m><m> 2.2 </m><none/>
        <big>999999999999999999</big><low>-999999999999999999</low>
        <year><d>2019-03-01</d><d>2020-02-29</d></year><leap><d>2020-02-29</d><d>2021-02-28</d></leap>
        <odd><d>2020-01-01</d><d>2020-12-31</d><d> 2022-01-20+02:00 </d><d>2022-02-23</d><d>2023-01-01</d></odd>
        <twice><d>2022-01-01</d><d>2022-12-31</d><d>2021-07-01</d><d>2022-03-31</d>
        <d>2023-01-01</d><d>2023-06-30</d></twice>
        <void><d>2023-01-02</d><d>2023-01-01</d><d/><d>2023-01-01</d><d>2026-01-01</d><d>2027-01-01</d></void>
        <over><d>2025-01-01</d><d>2027-12-31</d></over>
        """

    @Test(arguments: [
        ("pp:is-date('2024-02-29')", "true"), ("pp:is-date('2023-02-29')", "false"), ("pp:is-date('')", "false"),
        ("pp:is-date('1900-02-29')", "false"), ("pp:is-date('2000-02-29')", "true"),
        ("pp:is-date(' 2024-02-29+02:00 ')", "true"), ("pp:is-date('2024-02-29Z')", "true"),
        ("pp:is-date('2024-2-29')", "false"), ("pp:is-date(missing)", "false"), ("pp:is-date(d)", "true"),
        ("pp:before('2026-01-01', '2026-01-02')", "true"), ("pp:before('2026-01-01', '2026-01-01')", "false"),
        ("pp:before('2026-01-01', 'x')", "false"), ("pp:before(missing, '2026-01-01')", "false"),
        ("pp:before(d[2], d[1])", "true"), ("pp:after(d, d[2])", "true"), ("pp:after('x', '2026-01-01')", "false"),
        ("pp:before('2026-01-01+14:00', '2026-01-01-12:00')", "false"),
        ("pp:add-days('2024-02-28', 1)", "2024-02-29"), ("pp:add-days('2023-02-28', 1)", "2023-03-01"),
        ("pp:add-days('2026-01-01', -1)", "2025-12-31"), ("pp:add-days('x', 1)", ""),
        ("pp:add-days('2026-01-01', 'x')", ""), ("pp:add-days('2026-01-01', 1.5)", ""),
        ("pp:add-days('2026-01-01', '99999999999999999999')", ""), ("pp:add-days('2026-01-01', 0 div 0)", ""),
        ("pp:add-months('2026-01-31', 1)", "2026-02-28"), ("pp:add-months('2024-01-31', 1)", "2024-02-29"),
        ("pp:add-months('2026-03-31', -1)", "2026-02-28"), ("pp:add-months('2026-10-31', 4)", "2027-02-28"),
        ("pp:add-months(d, '1')", "2026-02-28"), ("pp:add-months('2026-01-31', '9223372036854775807')", ""),
        ("pp:add-months('2026-01-31', '-9223372036854775808')", ""),
        ("pp:add-years('2024-02-29', 1)", "2025-02-28"), ("pp:add-years('2024-02-29', 4)", "2028-02-29"),
        ("pp:add-years('2024-02-29', '-9223372036854775808')", ""),
        ("pp:days-between('2024-02-28', '2024-03-01')", "2"), ("pp:days-between('2026-01-02', '2026-01-01')", "-1"),
        ("string(pp:days-between('x', '2026-01-01'))", "NaN"),
        ("pp:before-periods(missing, '2026-01-01')", "2026-01-01"), ("pp:before-periods(year/*, 'x')", ""),
        ("pp:before-periods(year/*, '2022-03-01')", "2021-03-01"),
        ("pp:before-periods(odd/*, '2026-03-15')", "2025-02-11"),
        ("pp:before-periods(twice/*, '2026-01-01')", "2024-01-01"),
        ("pp:before-periods(void/*, '2026-01-01')", "2026-01-01"),
        ("pp:before-periods(over/*, '2026-01-01')", "2025-01-01"),
        ("pp:before-periods(leap/*, '2026-01-01')", "2025-01-01"),
        ("pp:longer-than-months('2026-03-15', '2028-03-14', 24)", "false"),
        ("pp:longer-than-months('2026-03-15', '2028-03-15', 24)", "true"),
        ("pp:longer-than-months('2024-02-29', '2026-02-27', 24)", "false"),
        ("pp:longer-than-months('2024-02-29', '2026-02-28', 24)", "false"),
        ("pp:longer-than-months('2024-02-29', '2026-03-01', 24)", "true"),
        ("pp:longer-than-months('2026-03-15', '', 24)", "false"),
        ("pp:longer-than-months('2026-03-15', '2028-03-15', 'NaN')", "false"),
        ("pp:longer-than-years('2020-01-01', '2024-12-31', 5)", "false"),
        ("pp:longer-than-years('2020-01-01', '2025-01-01', 5)", "true"),
        ("pp:message-date()", "2026-03-01"), ("pp:sent-date()", ""), ("pp:direction()", "inbound"),
        ("pp:sender-country()", ""), ("pp:receiver-country()", ""), ("string(pp:attachments())", "NaN"),
        ("pp:parameter('posting.maxMonths')", "24"), ("pp:parameter('posting.maxMonths', '1990-01-01')", ""),
        ("pp:is-filler('n/a')", "true"), ("pp:is-filler('---')", "true"), ("pp:is-filler('xxx')", "true"),
        ("pp:is-filler('N / A')", "true"), ("pp:is-filler('n/a.')", "true"), ("pp:is-filler('x-x')", "true"),
        ("pp:is-filler('Na 1')", "false"), ("pp:is-filler('A/N')", "false"), ("pp:is-filler('Max')", "false"),
        ("pp:is-filler('')", "false"), ("pp:is-filler('Xu')", "false"),
        ("pp:person-number('EE', '49403136526')", "valid"), ("pp:person-number('EE', '49403136527')", "invalid"),
        ("pp:person-number('QQ', '1')", "unknown"), ("pp:company-number('QQ', '1')", "unknown"),
        ("pp:person-number-birth-date('EE', '49403136526')", "1994-03-13"),
        ("pp:person-number-birth-date('EE', '1')", ""), ("pp:person-number-sex('EE', '49403136526')", "02"),
        ("pp:person-number-sex('QQ', '1')", ""),
        ("pp:amount-sum(m)", "3.30"), ("pp:amount-sum(missing)", "0"), ("pp:amount-sum(m | none)", ""),
        ("pp:amount-sum(big | m[1])", ""), ("pp:amount-sum('1e3')", ""),
        ("pp:amount-compare(m[1], '1.1')", "0"), ("pp:amount-compare('-1', '0.5')", "-1"),
        ("pp:amount-compare(big, low)", "1"), ("string(pp:amount-compare('1234567890123456789', '1'))", "NaN"),
        ("string(pp:amount-compare(none, '1'))", "NaN"),
        ("pp:amount-differs('1.00', '1.02', '0.01')", "true"), ("pp:amount-differs('1.00', '1.01', '0.01')", "false"),
        ("pp:amount-differs('x', '1', '0')", "false"), ("pp:amount-differs(big, low, '1')", "true"),
        ("pp:decimals('1.10')", "2"), ("pp:decimals('1')", "0"), ("string(pp:decimals('x'))", "NaN"),
        ("pp:minor-units('EUR')", "2"), ("pp:minor-units('JPY')", "0"), ("string(pp:minor-units('QQQ'))", "NaN"),
        ("pp:currency-of('EE', '2010-12-31')", "EEK"), ("pp:currency-of('EE', '2011-01-01')", "EUR"),
        ("pp:currency-of('QQ', '2011-01-01')", ""), ("pp:currency-of('EE', 'x')", ""),
        ("pp:is-quoted('EUR', '2026-01-05')", "true"), ("pp:is-quoted('QQQ', '2026-01-05')", "false"),
        ("pp:is-quoted('EUR', '')", "false"),
        ("pp:fixed-rate('EEK')", "15.6466"), ("pp:fixed-rate('SEK')", ""), ("pp:fixed-since('EEK')", "2011-01-01"),
        ("current()/d[1]", "2026-01-31"),
    ])
    func `a function answers`(expression: String, answer: String) throws {
        #expect(try Self.answer(expression) == (answer))
    }

    @Test func `sums that meet the smallest integer are none`() throws {
        let amounts = String(repeating: "<m>-999999999999999999</m>", count: 9) + "<m>-223372036854775817</m>"
        #expect(try Self.answer("pp:amount-sum(m)", in: amounts) == "")
        #expect(try Self.answer("pp:amount-sum(m[position() &lt; 10])", in: amounts) == "-8999999999999999991")
    }

    @Test func `a list that a document names and nobody has makes the rule fail`() {
        #expect(throws: SchemaFolderError.self) { try Self.answer("pp:in-list('EE', d)") }
    }

    /// The value of an expression, which a rule of the user's own tells.
    private static func answer(_ expression: String, in content: String = content) throws -> String? {
        let schema = RuleEngine.schema(
            """
            <sch:ns prefix="pp" uri="urn:piiripost:rules"/><sch:pattern><sch:rule context="a009:A009">
            <sch:report id="U" test="true()">[<sch:value-of select="\(expression)"/>]</sch:report></sch:rule>
            </sch:pattern>
            """)
        let library = try RuleEngine.library(adding: [("own.sch", schema)])
        let facts = MessageFacts(direction: .inbound, date: CivilDate(daysSinceEpoch: 20_513))
        let findings = try library.findings(
            inExcerpt: Array(RuleEngine.document(content).utf8), message: facts)
        return findings.first { $0.rule == "U" }.map { String(($0.value ?? "[]").dropFirst().dropLast()) }
    }
}

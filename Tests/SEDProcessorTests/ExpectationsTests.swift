// SPDX-License-Identifier: EUPL-1.2

import SEDCore
import SEDInspection
import SEDProcessor
import SEDTestSupport
import SEDValidation
import Testing

struct ExpectationsTests {
    private func report(_ text: String) throws -> MessageReport {
        let reference = try ReferenceData(folder: SchemaFolder(path: Repository.schemas))
        return MessageReport(reference.validator.judge(Array(text.utf8)).report, path: "a.xml")
    }

    @Test func `what is as expected makes no difference`() throws {
        let text = "a.xml: {verdict: invalid, rules: [ENV-001]}\nb.xml: {verdict: valid}\nc.xml: {verdict: undecided}"
        let expectations = try Expectations(parsing: text, file: "e.yaml")
        #expect(try expectations.differences(of: report("<a/>"), at: "a.xml") == [])
        #expect(expectations.differences(of: nil, at: "c.xml") == [])
    }

    @Test func `differences are told in words`() throws {
        let text = "a.xml: {verdict: valid, rules: [XSD-003]}"
        let expectations = try Expectations(parsing: text, file: "e.yaml")
        #expect(
            try expectations.differences(of: report("<a/>"), at: "a.xml")
                == ["invalid, but valid was expected", "not found: XSD-003", "not expected: ENV-001"]
        )
        #expect(try expectations.differences(of: report("<a/>"), at: "other.xml") == ["nothing is expected of it"])
    }

    @Test func `a finding that stands for several rules is expected by any of them`() throws {
        let path = "examples/inbound/41-a009-end-date-missing.xml"
        let report = try report(Repository.text(path))
        for (rules, differences) in [
            ("A1-PERIOD-003", []), ("XSD-003", []), ("XSD-003, A1-PERIOD-003", []),
            ("XSD-002", ["not found: XSD-002", "not expected: A1-PERIOD-003"]),
        ] {
            let expectations = try Expectations(
                parsing: "a.xml: {verdict: invalid, rules: [\(rules)]}", file: "e.yaml")
            #expect(expectations.differences(of: report, at: "a.xml") == differences)
        }
    }

    @Test func `faults have their place`() {
        let text = "a.xml: {verdict: good}\nb.xml: {verdikt: valid}"
        #expect {
            _ = try Expectations(parsing: text, file: "e.yaml")
        } throws: { error in
            (error as? ConfigurationError)?.problems.map { "\($0.line):\($0.column)" } == ["1:18", "2:9", "2:8"]
        }
    }
}

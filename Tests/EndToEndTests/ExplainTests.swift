// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// `explain` and the page made of it.
struct ExplainTests {
    @Test func `a rule is explained with its law, parameters and examples`() throws {
        let result = try Program.run(["explain", "a1-period-005"])
        #expect(result.status == 0)
        for words in [
            "A1-PERIOD-005", "Reg. 883/2004 Art. 12", "error in what we send, warning in what we receive",
            "posting.maxMonths: 24 from 2010-05-01", "Breaks it:", "Keeps it:", "<x:A009",
        ] {
            #expect(result.output.contains(words), "\(words)")
        }
    }

    @Test func `Estonian is chosen by option and by locale`() throws {
        let chosen = try Program.run(["explain", "A1-PERIOD-005", "--lang", "et"]).output
        let byLocale = try Program.run(["explain", "A1-PERIOD-005"], environment: ["LC_ALL": "et_EE.UTF-8"]).output
        #expect(chosen.contains("määrus") || chosen.contains("lähetus") || chosen.contains("Lähetus"))
        #expect(chosen == byLocale)
    }

    @Test func `a technical id has its meaning, an unknown one is refused with those that are near`() throws {
        #expect(try Program.run(["explain", "XSD-003"]).output.contains("mandatory element"))
        let unknown = try Program.run(["explain", "NOT-99-1-001"])
        #expect(unknown.status == 2)
        #expect(unknown.output.isEmpty)
        #expect(unknown.errors.contains("NOT-77-1-001"))
        #expect(try Program.run(["explain"]).status == 64)
    }

    @Test func `JSON tells the same`() throws {
        let output = try Program.run(["explain", "REC-75-3-001", "--format", "json"]).output
        let object = try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
        #expect(object["rule"] as? String == "REC-75-3-001")
        #expect(object["inbound"] as? String == "warning")
        let parameters = try #require(object["parameters"] as? [[String: Any]])
        #expect(parameters.contains { $0["name"] as? String == "recovery.minimumThreshold" })
    }

    @Test func `the page of rules is made from the catalogue as it is`() throws {
        let page = try Program.run(["explain", "--all", "--format", "markdown"]).output
        #expect(try Repository.text("docs/rules.md") == page, "make rules writes it anew")
    }
}

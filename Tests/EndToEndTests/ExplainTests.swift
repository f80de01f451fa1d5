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

    @Test func `the labels are Estonian too`() throws {
        let text = try Program.run(["explain", "REC-79-2-002", "--lang", "et"]).output
        for words in [
            "\nAllikas       Määrus (EÜ) nr 987/2009, art 79 lg 2\n",
            "\nÕiguslik alus kontrollitud: loetud õigusakti tekstist\n",
            "\nRaskus        viga saadetavas, hoiatus saabuvas\n", "\nKontroll      juhtum\n",
            "\nParameeter    recovery.formalitiesMonths: 3 alates 2010-05-01 (õigusakt, ", "\nSelgitus      ",
            "\nRikub:\n", "\nJärgib:\n",
        ] {
            #expect(text.contains(words), "\(words)")
        }
        let all = try Program.run(["explain", "--all", "--lang", "et"]).output
        #expect(all.contains(/^REEGEL +VÄLJA +SISSE +KONTROLL +PEALKIRI\n/))
        for word in ["warning", "error", "owed", "document "] { #expect(!all.contains(" \(word)"), "\(word)") }
        // Programs are told the same words in either language.
        let json = try Program.run(["explain", "REC-79-2-002", "--lang", "et", "--format", "json"]).output
        #expect(json.contains("\"checked\" : \"case\""))
        #expect(
            json.contains("\"reference\" : \"Reg. 987\\/2009 Art. 79(2)\"") || json.contains("Reg. 987/2009 Art. 79(2)")
        )
    }

    @Test func `nothing that a person reads of the rules stays English`() throws {
        let page = try Program.run(["explain", "--all", "--format", "markdown", "--lang", "et"]).output
        // Examples are documents; what stands in code and the names of clocks are the same in every language.
        let text = page.replacing(/```(?:.|\n)*?```/, with: "").replacing(/`[^`\n]*`/, with: "")
            .replacing(/kell [a-z-]+/, with: "")
        let english =
            /\b(the|of|is|not|an|and|or|has|are|by|with|must|may|here|our|law|policy|Reg|Art|statute|Needed)\b/
        for line in text.split(separator: "\n") { #expect(line.firstMatch(of: english) == nil, "\(line)") }
        #expect(text.contains("| andmekvaliteet; sätet ei ole |"))
        let rate = try Program.run(["explain", "CUR-90-003", "--lang", "et"]).output
        #expect(rate.contains("avaldatud kursid: ") && !rate.contains("published rates"))
    }

    @Test func `findings name their source in the language, programs are told the English one`() throws {
        let file = Repository.root.appendingPathComponent("examples/rules/01-a009-posting-of-27-months.xml").path
        let text = try Program.run(["validate", "--lang", "et", file]).output
        #expect(text.contains(" = Määrus (EÜ) nr 883/2004, art 12 lg 1, lg 2\n"))
        #expect(try Program.run(["validate", file]).output.contains(" = Reg. 883/2004 Art. 12(1), (2)\n"))
        let json = try Program.run(["validate", "--lang", "et", "--format", "json", file]).output
        #expect(json.contains("Reg. 883/2004 Art. 12(1), (2)") || json.contains("Reg. 883\\/2004 Art. 12(1), (2)"))
        let sarif = try Program.run(["validate", "--lang", "et", "--format", "sarif", file]).output
        #expect(sarif.contains("Allikas: Määrus") && !sarif.contains("Source: "))
    }

    @Test func `the example of a case is told message by message`() throws {
        let text = try Program.run(["explain", "NOT-77-3-004"]).output
        #expect(!text.contains("Breaks it:"))
        #expect(
            try Program.run(["explain", "REC-79-2-002"]).output.contains(
                "\nBreaks it:\n  R_BUC_07\n  R017 received 2026-01-10\n  R018 sent 2026-04-11\n\nKeeps it:\n"))
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

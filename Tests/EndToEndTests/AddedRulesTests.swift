// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// `validate --rules DIR` with the real program.
struct AddedRulesTests {
    private static func schema(_ role: String, test: String = "true()") -> String {
        """
        <sch:schema xmlns:sch="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt">
          <sch:ns prefix="a010" uri="http://ec.europa.eu/eessi/ns/4_4/A010"/>
          <sch:pattern><sch:rule context="a010:A010/Person/PersonIdentification/familyName">
            <sch:report id="OWN-1" \(role) see="Handbook 7" test="\(test)">Look at <sch:value-of select="."/>.</sch:report>
          </sch:rule></sch:pattern>
        </sch:schema>
        """
    }

    private static func folder(_ schema: String) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write(try Repository.text("Tests/RuleCases/applicable-legislation/a010-mariner.xml"), to: "a.xml")
        try folder.write(schema, to: "rules/own.sch")
        return folder
    }

    private static func run(_ folder: TemporaryFolder, _ arguments: String...) throws -> Program.Result {
        try Program.run(["validate", "--rules", "rules"] + arguments + ["a.xml"], folder: folder.path)
    }

    @Test(arguments: [
        ("", "error", 1), ("role=\"error\"", "error", 1), ("role=\"warning\"", "warning", 0),
        ("role=\"note\"", "note", 0),
    ])
    func `the role is the severity, and the status follows it`(role: String, severity: String, status: Int32) throws {
        let folder = try Self.folder(Self.schema(role))
        let result = try Self.run(folder, "--format", "json")
        #expect(result.status == status, "\(result.errors)")
        let report = try #require(JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        let documents = try #require(report["documents"] as? [[String: Any]])
        let findings = try #require(documents.first?["findings"] as? [[String: Any]])
        let own = try #require(findings.first { $0["rule"] as? String == "OWN-1" })
        #expect(own["severity"] as? String == severity)
        #expect(own["reference"] as? String == "Handbook 7")
        #expect(own["message"] as? String == "Look at ….")
        #expect(own["path"] as? String == "/A010/Person/PersonIdentification/familyName")
        #expect(own["line"] as? Int == 6)
        #expect(!result.output.contains("Proov"))
        #expect(try Self.run(folder, "--format", "json").output == result.output)
        #expect(try Self.run(folder, "--fail-on", "warning").status == (severity == "note" ? 0 : 1))
        #expect(try Self.run(folder, "--show-values").output.contains("Look at Proov."))
        #expect(try Self.run(folder, "--format", "sarif").output.contains("\"ruleId\" : \"OWN-1\""))
    }

    @Test func `the program's own rules still run`() throws {
        let folder = try Self.folder(Self.schema("role=\"note\""))
        let text = try Repository.text("Tests/RuleCases/applicable-legislation/a010-mariner.xml").replacing(
            "2026-12-31", with: "2025-12-31")
        try folder.write(text, to: "a.xml")
        let result = try Self.run(folder)
        #expect(result.status == 1)
        #expect(result.output.contains("A1-PERIOD-001") && result.output.contains("OWN-1"))
    }

    @Test func `findings in the JSON of RINA have their place there`() throws {
        let folder = try Self.folder(Self.schema("role=\"note\""))
        let json = try Program.run(["convert", "a.xml"], folder: folder.path)
        try folder.write(json.output, to: "a.json")
        let lines = json.output.split(separator: "\n", omittingEmptySubsequences: false)
        let line = try #require(lines.firstIndex { $0.contains("Proov") })
        let result = try Program.run(["validate", "--rules", "rules", "a.json"], folder: folder.path)
        #expect(result.output.contains("a.json:\(line + 1):"), "\(result.output)")
        #expect(result.output.contains("OWN-1"))
    }

    @Test func `a folder that cannot be used ends the run with status 2 and the place`() throws {
        let folder = try Self.folder(Self.schema("", test: "count("))
        let script = """
            mkdir empty pipe huge && mkfifo pipe/a.sch && head -c 3000000 /dev/zero > huge/a.sch
            for rules in rules empty missing pipe huge; do
                timeout 20 '\(Program.path)' validate --rules $rules a.xml 2>&1 >/dev/null; echo $?
            done
            """
        let lines = try Program.shell(script, folder: folder.path).output.split(separator: "\n")
        let expected =
            ["rules/own.sch:4:5: the function count takes 1", "2", "empty: there is no rule file", "2"]
            + ["missing: the folder is missing", "2", "pipe/a.sch: this is not a regular file", "2"]
            + ["huge/a.sch: the file has more than", "2"]
        #expect(lines.count == expected.count, "\(lines)")
        for (line, part) in zip(lines, expected) { #expect(line.contains(part), "\(line)") }
    }

    @Test func `what is broken where no rule is active ends the run all the same`() throws {
        let idle = """
            <sch:phase id="few"><sch:active pattern="one"/></sch:phase><sch:pattern id="one"/>
            <sch:pattern id="two"><sch:rule context="a"><sch:report id="OWN-2" test="foo()">m</sch:report></sch:rule></sch:pattern>
            """
        let schema = Self.schema("").replacing("queryBinding=", with: "defaultPhase=\"few\" queryBinding=")
            .replacing("  <sch:pattern>", with: idle + "<sch:pattern>")
        let folder = try Self.folder(schema)
        let result = try Self.run(folder, "--format", "json")
        #expect(result.status == 2 && result.output.isEmpty, "\(result.output)")
        #expect(result.errors.contains("rules/own.sch:4:45: there is no function foo"), "\(result.errors)")
        try folder.write(schema.replacing("foo()", with: "b"), to: "rules/own.sch")
        #expect(try Self.run(folder, "--format", "json").status == 0)
    }

    @Test func `a rule that cannot be evaluated makes the status 2`() throws {
        let folder = try Self.folder(Self.schema("", test: "count(1) = 1"))
        let result = try Self.run(folder, "--format", "json")
        #expect(result.status == 2)
        #expect(result.output.contains("the rule OWN-1 in rules/own.sch could not be evaluated on this document"))
    }
}

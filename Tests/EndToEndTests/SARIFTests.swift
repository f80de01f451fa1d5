// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// SARIF reports keep to the standard and to the limits of GitHub's code scanning.
struct SARIFTests {
    private typealias Object = [String: Any]

    private func log(_ text: String) throws -> Object {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? Object)
    }

    private func run(_ arguments: [String], folder: String) throws -> Object {
        let output = try Program.run(["validate", "--format", "sarif"] + arguments, folder: folder).output
        return try #require((log(output)["runs"] as? [Object])?.first)
    }

    private func notifications(_ run: Object) throws -> [Object] {
        let invocation = try #require((run["invocations"] as? [Object])?.first)
        return try #require(invocation["toolExecutionNotifications"] as? [Object])
    }

    private func text(_ object: Object) -> String { (object["message"] as? [String: String])?["text"] ?? "" }

    // MARK: The standard

    /// The part of SARIF 2.1.0 (OASIS Standard, errata 01) that is written.
    ///
    /// For each object it has the members we use, with the standard's types, values and required members. What fits this
    /// fits the official schema, which allows more members.
    private static let schema = """
        {"type": "object", "required": ["version", "runs"], "properties": {
           "$schema": {"type": "string", "pattern": "^https://"}, "version": {"enum": ["2.1.0"]},
           "runs": {"type": "array", "minItems": 1, "maxItems": 20, "items": {"$ref": "#/$defs/run"}}},
         "$defs": {
           "run": {"type": "object", "required": ["tool", "results"], "properties": {
             "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
             "invocations": {"type": "array", "items": {"$ref": "#/$defs/invocation"}},
             "results": {"type": "array", "maxItems": 5000, "items": {"$ref": "#/$defs/result"}},
             "tool": {"type": "object", "required": ["driver"], "properties": {"driver": {"$ref": "#/$defs/driver"}}}}},
           "driver": {"type": "object", "required": ["name"], "properties": {
             "name": {"type": "string"}, "version": {"type": "string"},
             "rules": {"type": "array", "items": {"$ref": "#/$defs/rule"}}}},
           "rule": {"type": "object", "required": ["id", "shortDescription", "fullDescription", "help"], "properties": {
             "id": {"type": "string"}, "shortDescription": {"$ref": "#/$defs/message"},
             "fullDescription": {"$ref": "#/$defs/message"}, "help": {"$ref": "#/$defs/message"}}},
           "message": {"type": "object", "required": ["text"], "properties": {
             "text": {"type": "string", "pattern": "^([^{}]|\\\\{\\\\{|\\\\}\\\\})+$"}}},
           "invocation": {"type": "object", "required": ["executionSuccessful"], "properties": {
             "executionSuccessful": {"type": "boolean"},
             "toolExecutionNotifications": {"type": "array", "items": {"$ref": "#/$defs/notification"}}}},
           "notification": {"type": "object", "required": ["message"], "properties": {
             "level": {"$ref": "#/$defs/level"}, "message": {"$ref": "#/$defs/message"},
             "locations": {"type": "array", "maxItems": 1, "items": {"$ref": "#/$defs/location"}},
             "associatedRule": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}}},
           "level": {"enum": ["none", "note", "warning", "error"]},
           "result": {"type": "object", "required": ["message", "locations", "partialFingerprints", "ruleId"],
             "properties": {
             "ruleId": {"type": "string"}, "ruleIndex": {"type": "integer", "minimum": -1},
             "level": {"$ref": "#/$defs/level"}, "message": {"$ref": "#/$defs/message"},
             "locations": {"type": "array", "minItems": 1, "maxItems": 1, "items": {"$ref": "#/$defs/location"}},
             "properties": {"type": "object", "properties": {
               "also": {"type": "array", "minItems": 1, "items": {"type": "string"}}}},
             "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}}}},
           "location": {"type": "object", "required": ["physicalLocation"], "properties": {
             "logicalLocations": {"type": "array", "maxItems": 1, "items": {"$ref": "#/$defs/logical"}},
             "physicalLocation": {"type": "object", "required": ["artifactLocation"], "properties": {
               "artifactLocation": {"type": "object", "required": ["uri"], "properties": {"uri": {"$ref": "#/$defs/uri"}}},
               "region": {"type": "object", "required": ["startLine"], "properties": {
                 "startLine": {"type": "integer", "minimum": 1}, "startColumn": {"type": "integer", "minimum": 1}}}}}}},
           "logical": {"type": "object", "properties": {
             "fullyQualifiedName": {"type": "string"}, "kind": {"type": "string"}}},
           "uri": {"type": "string", "pattern": "^(file:///)?([A-Za-z0-9._~/-]|%[0-9A-F]{2})+$"}}}
        """

    private func faults(_ log: Object) throws -> [String] {
        let schema = try self.log(Self.schema)
        return SchemaCheck(root: schema).faults(of: log, schema, at: "$")
    }

    @Test func `a report fits the standard, with findings of every kind and without any`() throws {
        let valid = "examples/inbound/01-a009-posting-from-finland.xml"
        for arguments in [
            ["examples/inbound", "/nowhere.xml"], ["--show-values", "examples/inbound"], [valid], ["no"],
        ] {
            let result = try Program.run(
                ["validate", "--format", "sarif"] + arguments, folder: Repository.root.path)
            #expect(try faults(log(result.output)) == [], "\(arguments)")
        }
        // The check itself can fail.
        let wrong: Object = ["version": "2.0", "runs": [["tool": [:], "results": [["message": ["text": "{0}"]]]]]]
        #expect(try faults(wrong).count == 6)
    }

    @Test(.enabled(if: officialSchema != nil, "SKIPPED: schemastore is missing: .ci/install --tests brings it"))
    func `a report fits the official schema, with findings of every kind and without any`() throws {
        let python = try #require(Self.officialSchema)
        let folder = try TemporaryFolder()
        let examples = Repository.examples
        let calls = [
            "'\(examples)/inbound' /nowhere.xml", "--show-values '\(examples)'", "--lang et '\(examples)'", "no",
            "'\(examples)/inbound/01-a009-posting-from-finland.xml'",
        ]
        for (number, call) in calls.enumerated() {
            try folder.write(
                Program.shell("'\(Program.path)' validate --format sarif \(call)", folder: folder.path).output,
                to: "\(number).json")
        }
        try folder.write(#"{"version": "2.0", "runs": [{"results": [{"message": {"text": 1}}]}]}"#, to: "wrong.json")
        let check = "'\(python)' '\(OraclePython.script("sarif_schema"))'"
        #expect(
            try Program.shell("\(check)", folder: folder.path).output
                == "Static Analysis Results Format (SARIF) Version 2.1.0 JSON Schema\n")
        let found = try Program.shell("\(check) *.json", folder: folder.path)
        #expect(found.status == 0, "\(found.errors)")
        // The check itself can fail.
        #expect(found.output.split(separator: "\n").count { $0.hasPrefix("wrong.json ") } == 3)
        #expect(found.output.split(separator: "\n").filter { !$0.hasPrefix("wrong.json ") } == [])
    }

    /// The Python that has the official schema and a validator for it; nil where `.ci/install --tests` has not made it.
    private static let officialSchema: String? = {
        guard let python = OraclePython.path(importing: "jsonschema") else { return nil }
        let title = try? Program.shell(
            "'\(python)' '\(OraclePython.script("sarif_schema"))'", folder: Repository.root.path)
        return title?.status == 0 ? python : nil
    }()

    @Test func `the messages of a report hold no placeholder and no link`() throws {
        let folder = try TemporaryFolder()
        // Braces and brackets in a file name, in an element name's schema pattern and in a shown value.
        let name = "[a](https:x) {0} }{.xml"
        let document = try Repository.text("examples/inbound/42-a009-country-code-gr.xml")
        try folder.write(document.replacing("<value>GR", with: "<value>[see](https://x.invalid) {0}"), to: "v.xml")
        try folder.write(Repository.text("examples/inbound/49-a009-of-cdm-5-0.xml"), to: name)
        let run = try run(["--show-values", "v.xml", name], folder: folder.path)
        let results = try #require(run["results"] as? [Object])
        #expect(results.contains { text($0).contains("(found: [see]\\(https://x.invalid) {{0}})") })
        let notes = try notifications(run)
        #expect(notes.contains { text($0).hasPrefix("[a]\\(https:x) {{0}} }}{{.xml: undecided") })
        for object in results + notes { #expect(!text(object).contains("](")) }
    }

    @Test func `rules of law are described in the language of the findings, with the numbers of the law`() throws {
        let document = "examples/rules/01-a009-posting-of-27-months.xml"
        for (language, title, words, source) in [
            ("en", "Posting longer than allowed.", "24 months", "Reg. 883/2004 Art. 12(1), (2)"),
            ("et", "Lähetus on lubatust pikem.", "24 kuud", "Määrus (EÜ) nr 883/2004, art 12 lg 1, lg 2"),
        ] {
            let run = try run([document, "--lang", language], folder: Repository.root.path)
            let driver = try #require((run["tool"] as? Object)?["driver"] as? Object)
            let rule = try #require((driver["rules"] as? [Object])?.first)
            #expect(rule["id"] as? String == "A1-PERIOD-005")
            #expect((rule["shortDescription"] as? [String: String])?["text"] == title)
            #expect((rule["fullDescription"] as? [String: String])?["text"]?.contains(words) == true)
            #expect((rule["help"] as? [String: String])?["text"]?.contains(source) == true)
        }
    }

    @Test func `a rule of the user is not said to be one of ours`() throws {
        let folder = try TemporaryFolder()
        try folder.write(
            """
            <sch:schema xmlns:sch="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt">
              <sch:ns prefix="a009" uri="http://ec.europa.eu/eessi/ns/4_4/A009"/>
              <sch:pattern><sch:rule context="a009:A009">
                <sch:report id="OWN-001" test="true()">It is an A009.</sch:report>
              </sch:rule></sch:pattern>
            </sch:schema>
            """, to: "rules/own.sch")
        let path = Repository.examples + "/inbound/01-a009-posting-from-finland.xml"
        let run = try run([path, "--rules", "rules"], folder: folder.path)
        let driver = try #require((run["tool"] as? Object)?["driver"] as? Object)
        let rule = try #require((driver["rules"] as? [Object])?.first)
        #expect(rule["id"] as? String == "OWN-001")
        #expect((rule["help"] as? [String: String])?["text"]?.contains("OWN-001 is not one of piiripost") == true)
    }

    // MARK: GitHub

    @Test func `a report stays below ten million bytes and tells what it left out`() throws {
        let folder = try TemporaryFolder()
        // Names of three bytes for each of the file system's, several times in each result.
        let deep = (1...12).map { _ in String(repeating: "õ", count: 120) }.joined(separator: "/")
        for index in 1...1_300 { try folder.write("<a/>", to: "\(deep)/\(index).xml") }
        let output = try Program.run(["validate", "--format", "sarif", "."], folder: folder.path).output
        #expect(output.utf8.count < 10_000_000)
        #expect(output.utf8.count > 8_000_000)
        let log = try log(output)
        #expect(try faults(log) == [])
        let run = try #require((log["runs"] as? [Object])?.first)
        let results = try #require(run["results"] as? [Object])
        let more = try notifications(run).map(text)
        #expect(more == ["\(1_300 - results.count) more findings are not listed."])
    }
}

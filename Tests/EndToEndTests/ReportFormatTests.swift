// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import SEDXML
import Testing

/// The formats in which `validate` reports: complete, well-formed, without document text, harmless for their readers.
struct ReportFormatTests {
    private static let examples = Repository.examples + "/inbound"
    /// A name that tries every reader: line breaks, quotes, escapes, workflow commands, markup, terminal sequences.
    private static let hostileName = "::error ,\r\n::warning::x \"'%41<&>]]>\u{1B}[31m\u{202E}.xml"

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private func example(_ start: String) throws -> String {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.examples)
        return Self.examples + "/" + (try #require(names.first { $0.hasPrefix(start) && $0.hasSuffix(".xml") }))
    }

    // MARK: text

    @Test func `text shows the line with a caret, and masks what is no markup`() throws {
        let result = try Program.run(["validate", example("42-")])
        let lines = result.output.split(separator: "\n").map(String.init)
        #expect(lines[0].hasSuffix("EESSI writes EL and UK. [HOR-CODE-001 (CDE-001)]"))
        #expect(lines[1] == "  71 |             <value>……</value>")
        #expect(lines[2] == "     |             ^")
        #expect(lines[3] == "     = EESSI code lists (CDM 4.4.1)")
        #expect(lines[4].hasSuffix(": invalid (A009, CDM 4.4, LA_BUC_04)"))
        #expect(lines[5] == "1 document(s): 0 valid, 1 invalid, 0 undecided")
        let shown = try Program.run(["validate", "--show-values", example("42-")])
        #expect(shown.output.contains("  71 |             <value>GR</value>\n"))
    }

    @Test func `text that only looks like markup is masked too`() throws {
        let secrets = ["Secret", "Tamm", "Mari", "Kask", "hidden", "Oras"]
        let text = """
            <a b="Secret&gt;
            Tamm"><!-- Secret
            Tamm <b> --><c
             d='Mari'>Kask
            \tKask <![CDATA[<hidden>
            ]]> Tamm</c x="Oras"><?pi Secret
            Tamm?></a><Tamm Oras<Mari
            """
        let folder = try TemporaryFolder()
        // An error at the end of each line in turn, so that each line is shown.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for count in 1...lines.count {
            try folder.write(lines.prefix(count).joined(separator: "\n"), to: "a.xml")
            let output = try Program.run(["validate", "a.xml"], folder: folder.path).output
            for secret in secrets { #expect(!output.contains(secret), "\(secret): \(output)") }
        }
    }

    @Test func `of JSON the names are shown and the values masked`() throws {
        let folder = try TemporaryFolder()
        let text = """
            {"X008": {
              "CaseContext": {"PersonContext": {
                "familyName": "Tamm \\" Mari\\\\", "dateBirth": 19800203, "sex": {"value": ["77", true, null]}, "forename": {"Mari Tamm": "Tamm"} } },
              "sedGVer": "4", "sedVer": "4"
            }}
            """
        try folder.write(text, to: "a.json")
        let output = try Program.run(["validate", "a.json"], folder: folder.path).output
        let rows = output.split(separator: "\n").filter { $0.hasPrefix("  3 | ") }
        #expect(!rows.isEmpty)
        let line = try #require(rows.first)
        #expect(
            line.contains(
                #""familyName": "……………………………………", "dateBirth": ……………………, "sex": {"value": ["……", …………, null]}"#))
        for secret in ["Tamm", "Mari", "1980", "77", "true"] { #expect(!output.contains(secret), "\(output)") }
        let shown = try Program.run(["validate", "--show-values", "a.json"], folder: folder.path).output
        #expect(shown.contains("\"familyName\": \"Tamm"))
    }

    @Test func `of JSON that is broken nothing is shown behind the fault, and no value for a name`() throws {
        let text =
            #"{"X008": {"familyName": "Tamm", "a": "x\"Mari": "Kask", "forename: "Tamm": "Oras", "b": [1980, "#
            + #"{"Oras": "Oras"}], "c" "Tamm", d: Mari, "value": {"Mari", "Oras"}, [{"e": 1}: "Oras", ]Tamm, "f": "g"}}"#
        let folder = try TemporaryFolder()
        for (count, _) in text.enumerated() {
            try folder.write(String(text.prefix(count + 1)), to: "\(count).json")
        }
        let output = try Program.run(["validate", "."], folder: folder.path).output
        for secret in ["Tamm", "Mari", "Kask", "1980"] { #expect(!output.contains(secret)) }
        #expect(output.contains("\"familyName\": \""))
        let value = try TemporaryFolder()
        try value.write(#"{"X008": {"Tamm Mari": 1, "Mari", "Kask": 2}}"#, to: "a.json")
        let line = try Program.run(["validate", "a.json"], folder: value.path).output.split(separator: "\n")[1]
        #expect(line == #"  1 | {"X008": {"………………………": …, …………………………………………………"#)
    }

    @Test func `long lines are cut around the column, and carets stand below wide characters`() throws {
        let folder = try TemporaryFolder()
        let long = String(repeating: "<a>x</a>", count: 40)
        try folder.write("<r>\n\t\(long)<b>日本</c>\(long)</r>", to: "a.xml")
        let masked = try Program.run(["validate", "a.xml"], folder: folder.path).output.split(separator: "\n")
        #expect(masked[1].hasPrefix("  2 | ...") && masked[1].hasSuffix("..."))
        #expect(masked[1].count < 120)
        #expect(masked[1].contains("<b>…………</c>"))
        try folder.write("<r>\n\t<b>日本</c></r>", to: "b.xml")
        let shown = try Program.run(["validate", "--show-values", "b.xml"], folder: folder.path).output
        let rows = shown.split(separator: "\n")
        #expect(rows[1] == "  2 |         <b>日本</c></r>")
        let column = try #require(Int(rows[0].split(separator: ":")[2].trimmingCharacters(in: .whitespaces)))
        // Tab and both characters take more cells than columns.
        #expect(rows[2].count == "    | ".count + column + 7 + 2)
    }

    @Test func `colours come when asked for`() throws {
        let path = try example("41-")
        #expect(try !Program.run(["validate", path]).output.contains("\u{1B}"))
        #expect(try !Program.run(["validate", "--color", "never", path]).output.contains("\u{1B}"))
        let colored = try Program.run(["validate", "--color", "always", path]).output
        #expect(colored.contains("\u{1B}[1;31merror\u{1B}[0m: "))
        #expect(colored.contains("\u{1B}[2m[A1-PERIOD-003 (XSD-003)]\u{1B}[0m"))
    }

    @Test func `many files end with their most frequent findings`() throws {
        let output = try Program.run(["validate", Self.examples]).output
        #expect(output.contains("most frequent findings\n  rule           severity  count  documents\n"))
        #expect(output.contains("\n  XML-001        error         2          2\n"))
        #expect(output.hasSuffix("51 document(s): 40 valid, 9 invalid, 2 undecided\n"))
    }

    // MARK: json

    @Test func `the JSON report fits its schema`() throws {
        let schema = try object(Repository.text("docs/validate-report.schema.json"))
        for arguments in [[Self.examples], [Self.examples, "--show-values"], ["/nowhere.xml"]] {
            let report = try object(Program.run(["validate", "--format", "json"] + arguments).output)
            #expect(SchemaCheck(root: schema).faults(of: report, schema, at: "$") == [])
        }
        // The check itself can fail.
        let wrong: [String: Any] = ["formatVersion": 2, "summary": ["valid": -1], "documents": [["path": 1]]]
        #expect(SchemaCheck(root: schema).faults(of: wrong, schema, at: "$").count == 8)
    }

    @Test func `what cannot be read has an entry, and the summary counts the entries`() throws {
        let folder = try TemporaryFolder()
        for name in ["a.xml", "b.json"] {
            try folder.write("x", to: "d/\(name)")
            #expect(chmod("\(folder.path)/d/\(name)", 0) == 0)
        }
        // Whoever may read everything reads these, and finds them faulty.
        let isRefused = access("\(folder.path)/d/a.xml", R_OK) != 0
        let paths = ["d/a.xml", "d/b.json", "none.xml", "none.json", "d/none"]
        let result = try Program.run(["validate", "--format", "json"] + paths, folder: folder.path)
        let report = try object(result.output)
        let documents = try #require(report["documents"] as? [[String: Any]])
        #expect(documents.map { $0["path"] as? String } == paths)
        let verdict = isRefused ? "undecided" : "invalid"
        #expect(
            documents.map { $0["verdict"] as? String } == [verdict, verdict, "undecided", "undecided", "undecided"])
        for document in documents.dropFirst(2) {
            let layers = try #require(document["layers"] as? [[String: String]])
            #expect(layers.count == 9)
            #expect(layers[0] == ["layer": "guard", "outcome": "undecided", "reason": "the file does not exist"])
            #expect(layers.dropFirst().allSatisfy { $0["outcome"] == "skipped" })
            #expect((document["findings"] as? [Any])?.isEmpty == true)
        }
        #expect((report["summary"] as? [String: Int])?.values.reduce(0, +) == documents.count)
        #expect(result.status == (isRefused ? 2 : 1))
    }

    @Test func `the JSON report has the bytes of one sorted object`() throws {
        let text = try Program.run(["validate", "--format", "json", Self.examples]).output
        let again = try JSONSerialization.data(
            withJSONObject: object(text), options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        #expect(text == String(decoding: again, as: UTF8.self) + "\n")
    }

    // MARK: sarif

    @Test func `SARIF has the required fields, each of its kind`() throws {
        let result = try Program.run(
            ["validate", "--format", "sarif", "examples/inbound", "/nowhere.xml"], folder: Repository.root.path)
        #expect(result.status == 1)
        let log = try object(result.output)
        #expect(Set(log.keys) == ["$schema", "version", "runs"])
        #expect(log["version"] as? String == "2.1.0")
        let runs = try #require(log["runs"] as? [[String: Any]])
        let run = try #require(runs.first)
        #expect(runs.count == 1)
        #expect(Set(run.keys) == ["columnKind", "invocations", "results", "tool"])
        #expect(run["columnKind"] as? String == "unicodeCodePoints")
        let driver = try #require((run["tool"] as? [String: Any])?["driver"] as? [String: Any])
        #expect(Set(driver.keys) == ["name", "rules", "version"])
        let rules = try #require(driver["rules"] as? [[String: Any]])
        for rule in rules {
            #expect(Set(rule.keys) == ["fullDescription", "help", "id", "shortDescription"])
            #expect((rule["shortDescription"] as? [String: String])?["text"]?.hasSuffix(".") == true)
        }
        let results = try #require(run["results"] as? [[String: Any]])
        #expect(results.count == 9)
        for result in results {
            let keys = Set(result.keys).subtracting(["properties"])
            #expect(keys == ["level", "locations", "message", "partialFingerprints", "ruleId", "ruleIndex"])
            let index = try #require(result["ruleIndex"] as? Int)
            #expect(rules[index]["id"] as? String == result["ruleId"] as? String)
            #expect(["error", "warning", "note"].contains(result["level"] as? String))
            #expect((result["message"] as? [String: String])?["text"]?.isEmpty == false)
            let mark = try #require((result["partialFingerprints"] as? [String: String])?["piiripost/v1"])
            #expect(mark.count == 64)
            let location = try #require((result["locations"] as? [[String: Any]])?.first)
            try checkLocation(location)
        }
        let invocation = try #require((run["invocations"] as? [[String: Any]])?.first)
        #expect(invocation["executionSuccessful"] as? Bool == false)
        let notifications = try #require(invocation["toolExecutionNotifications"] as? [[String: Any]])
        let texts = notifications.compactMap { ($0["message"] as? [String: String])?["text"] }
        #expect(texts.count == 5)
        #expect(texts.last == "/nowhere.xml: undecided: the file does not exist")
        let alsoBroken = results.map { ($0["properties"] as? [String: [String]])?["also"] }
        #expect(alsoBroken.prefix(3) == [["XSD-003"], ["CDE-001"], nil])
        let law = try #require(rules.first { $0["id"] as? String == "A1-PERIOD-003" })
        #expect((law["shortDescription"] as? [String: String])?["text"] == "No end stated.")
        let told = try #require((law["fullDescription"] as? [String: String])?["text"])
        #expect(told == (results.first?["message"] as? [String: String])?["text"])
        #expect(
            (law["help"] as? [String: String])?["text"]
                == told + " Source: Reg. 987/2009 Art. 19(2). See: piiripost explain A1-PERIOD-003")
        let uris = results.compactMap { Self.uri($0) }
        #expect(!uris.contains { $0.contains("49-") || $0.contains("50-") })
        #expect(uris.first == "examples/inbound/41-a009-end-date-missing.xml")
        #expect(Self.uri(try #require(notifications.last)) == "file:///nowhere.xml")
    }

    private func checkLocation(_ location: [String: Any]) throws {
        let physical = try #require(location["physicalLocation"] as? [String: Any])
        #expect(Set(physical.keys).isSubset(of: ["artifactLocation", "region"]))
        if let region = physical["region"] as? [String: Int] {
            #expect(region["startLine"] != nil && Set(region.keys).isSubset(of: ["startLine", "startColumn"]))
            #expect(region.values.allSatisfy { $0 >= 1 })
        }
        for logical in location["logicalLocations"] as? [[String: String]] ?? [] {
            #expect(logical["fullyQualifiedName"]?.hasPrefix("/") == true)
            #expect(logical["kind"] == "element")
        }
    }

    private static func uri(_ result: [String: Any]) -> String? {
        let location = (result["locations"] as? [[String: Any]])?.first?["physicalLocation"] as? [String: Any]
        return (location?["artifactLocation"] as? [String: String])?["uri"]
    }

    private func sarif(_ text: String) throws -> (results: [[String: Any]], notes: [String], isSuccess: Bool) {
        let run = try #require((object(text)["runs"] as? [[String: Any]])?.first)
        let invocation = try #require((run["invocations"] as? [[String: Any]])?.first)
        let notes = try #require(invocation["toolExecutionNotifications"] as? [[String: Any]])
        return (
            try #require(run["results"] as? [[String: Any]]),
            notes.compactMap { ($0["message"] as? [String: String])?["text"] },
            try #require(invocation["executionSuccessful"] as? Bool)
        )
    }

    @Test func `fingerprints survive moved lines, and tell findings apart`() throws {
        let folder = try TemporaryFolder()
        let text = try String(contentsOfFile: example("42-"), encoding: .utf8)
        func marks(_ text: String) throws -> [String] {
            try folder.write(text, to: "a.xml")
            let output = try Program.run(["validate", "--format", "sarif", "a.xml"], folder: folder.path).output
            return try sarif(output).results.compactMap {
                ($0["partialFingerprints"] as? [String: String])?["piiripost/v1"]
            }
        }
        let first = try marks(text)
        #expect(first.count == 1)
        #expect(try marks(text.replacing("<value>GR", with: "\n\n   <value>GR")) == first)
        let two = try marks(text.replacing("sedVer=\"4\"", with: "sedVer=\"3\"").replacing("?>\n", with: "?>\n\n\n"))
        #expect(two.count == 2 && Set(two).count == 2)
        #expect(two.contains(first[0]))
    }

    @Test func `SARIF keeps the 5000 heaviest results and counts the others`() throws {
        let folder = try TemporaryFolder()
        let warned = try String(contentsOfFile: example("01-"), encoding: .utf8)
            .replacing("sedVer=\"4\"", with: "sedVer=\"3\"")
        try folder.write(warned, to: "d/0.xml")
        for index in 1...5_002 { try folder.write("<a/>", to: "d/\(index).xml") }
        let output = try Program.run(["validate", "--format", "sarif", "d"], folder: folder.path).output
        let (results, notes, isSuccess) = try sarif(output)
        #expect(results.count == 5_000)
        #expect(results.allSatisfy { $0["level"] as? String == "error" })
        #expect(notes == ["3 more findings are not listed."])
        #expect(isSuccess)
    }

    // MARK: junit and github

    @Test func `JUnit is well-formed and counts right`() throws {
        let output = try Program.run(["validate", "--format", "junit", Self.examples]).output
        let root = try JUnitElement(parsing: output)
        let suite = try #require(root.children.first)
        // The schema of Jenkins allows no other attributes, and `skipped` on the suite only.
        #expect(Set(root.attributes.keys) == ["name", "tests", "failures", "errors"])
        #expect(Set(suite.attributes.keys) == ["name", "tests", "failures", "errors", "skipped"])
        for element in [root, suite] {
            #expect(["tests", "failures", "errors"].map { element.attributes[$0] } == ["51", "9", "2"])
            #expect(element.attributes["time"] == nil)
        }
        #expect([root.name, suite.name] == ["testsuites", "testsuite"])
        let cases = suite.children
        #expect(cases.count == 51)
        for element in cases {
            #expect(Set(element.attributes.keys) == ["classname", "name"])
            #expect(element.children.count <= 1)
            for child in element.children {
                let isNote = child.name == "system-out"
                #expect(isNote || ["failure", "error"].contains(child.name))
                #expect(Set(child.attributes.keys) == (isNote ? [] : ["message", "type"]))
                #expect(child.children.isEmpty)
            }
        }
        #expect(cases.count { $0.children.first?.name == "failure" } == 9)
        #expect(cases.count { $0.children.first?.name == "error" } == 2)
        #expect(cases[40].attributes["classname"] == "A009")
        #expect(cases[50].attributes["classname"] == "document")
        let failure = try #require(cases[40].children.first)
        #expect(failure.attributes["type"] == "A1-PERIOD-003")
        #expect(failure.text.contains(":152:9: error: "))
    }

    @Test func `GitHub gets ten annotations of a type and the number of the others`() throws {
        let folder = try TemporaryFolder()
        for index in 10..<33 { try folder.write("<a/>", to: "d/\(index).xml") }
        let lines = try Program.run(["validate", "--format", "github", "d"], folder: folder.path).output
            .split(separator: "\n")
        #expect(lines.count == 11)
        #expect(lines[0].hasPrefix("::error file=d/10.xml,line=1,col=1,title=ENV-001::"))
        #expect(lines[10] == "::notice::13 more (13 errors) are not shown here.")
        let estonian = try Program.run(["validate", "--format", "github", "--lang", "et", "d"], folder: folder.path)
        #expect(estonian.output.hasSuffix("\n::notice::Siin on näitamata veel 13 (13 viga).\n"))
    }

    // MARK: All formats

    @Test(arguments: ["text", "json", "sarif", "junit", "github"])
    func `the format does not change the status, and holds no document text`(format: String) throws {
        let result = try Program.run(["validate", "--format", format, Self.examples])
        #expect(result.status == 1)
        #expect(result.errors.isEmpty)
        #expect(try Program.run(["validate", "--format", format, example("01-")]).status == 0)
        #expect(try Program.run(["validate", "--format", format, example("49-")]).status == 2)
        for name in try FileManager.default.contentsOfDirectory(atPath: Self.examples) where name.hasSuffix(".xml") {
            let text = try String(contentsOfFile: "\(Self.examples)/\(name)", encoding: .utf8)
            let found = try Regex(
                "<(?:familyName|forename|dateBirth|IBAN)>([^<]{4,})</", as: (Substring, Substring).self)
            for match in text.matches(of: found) { #expect(!result.output.contains(match.output.1)) }
        }
    }

    @Test(arguments: ["text", "json", "sarif", "junit", "github"])
    func `hostile names and lines reach no reader`(format: String) throws {
        let folder = try TemporaryFolder()
        try folder.write("<a>\n\u{1B}[2J::error::y\u{7}</b>", to: Self.hostileName)
        let arguments = ["validate", "--format", format, "--show-values", Self.hostileName]
        let output = try Program.run(arguments, folder: folder.path).output
        #expect(!output.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
        switch format {
        case "text":
            #expect(!output.contains("\u{202E}"))
            #expect(
                output.split(separator: "\n").allSatisfy { !$0.trimmingPrefix(while: \.isWhitespace).hasPrefix(":") })
            #expect(output.hasPrefix("./::error ,␍␊::warning::x"))
        case "json":
            let document = try #require((object(output)["documents"] as? [[String: Any]])?.first)
            #expect(document["path"] as? String == Self.hostileName)
        case "sarif":
            let result = try #require(sarif(output).results.first)
            let uri = try #require(Self.uri(result))
            #expect(uri.removingPercentEncoding == Self.hostileName)
            #expect(uri.hasPrefix("%3A%3Aerror%20%2C%0D%0A"))
        case "junit":
            let name = try JUnitElement(parsing: output).children.first?.children.first?.attributes["name"]
            #expect(name == Self.hostileName.replacing("\u{1B}", with: "\u{FFFD}"))
        default:
            let lines = output.split(separator: "\n")
            #expect(lines.allSatisfy { $0.hasPrefix("::error file=%3A%3Aerror %2C%0D%0A%3A%3Awarning%3A%3Ax ") })
        }
    }

    @Test func `a log holds no command of the old form either`() throws {
        let folder = try TemporaryFolder()
        let name = "a ##[add-mask]valid.xml"
        try folder.write("<a b='##[error]'>##[error]</c>", to: name)
        let arguments = ["validate", "--show-values", name, "##[error]x.xml", "--expect", "e.yaml"]
        try folder.write("'##[error]y.xml': {verdict: valid}\n", to: "e.yaml")
        let result = try Program.run(arguments, folder: folder.path)
        #expect(result.output.contains("a ##\u{FFFD}add-mask]valid.xml: invalid"))
        #expect(result.errors.contains("##\u{FFFD}error]x.xml"))
        #expect(result.errors.contains("##\u{FFFD}error]y.xml"))
        #expect(!(result.output + result.errors).contains("##["))
    }

    @Test func `several reports are written at once, each complete or not at all`() throws {
        let folder = try TemporaryFolder()
        let formats = ["text", "json", "sarif", "junit", "github"]
        let path = try example("41-")
        let result = try Program.run(
            ["validate", path] + formats.flatMap { ["--output", "\($0)=\($0).out"] }, folder: folder.path)
        #expect(result.status == 1)
        #expect(result.output.hasSuffix("1 document(s): 0 valid, 1 invalid, 0 undecided\n"))
        for format in formats {
            let written = try String(contentsOfFile: "\(folder.path)/\(format).out", encoding: .utf8)
            #expect(try written == Program.run(["validate", "--format", format, path]).output)
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(names.sorted() == formats.map { "\($0).out" }.sorted())
    }

    @Test func `a report that cannot be written is an error`() throws {
        let folder = try TemporaryFolder()
        let path = try example("01-")
        let missing = try Program.run(["validate", path, "--output", "json=no/where.json"], folder: folder.path)
        #expect(missing.status == 2)
        #expect(missing.errors.contains("cannot write the report no/where.json"))
        #expect(try Program.run(["validate", path, "--output", "json=/dev/full"]).status == 2)
        #expect(try Program.shell("\(Program.path) validate \(path) > /dev/full", folder: folder.path).status == 2)
        for wrong in ["json", "pdf=a", "json=", "json=-"] {
            #expect(try Program.run(["validate", path, "--output", wrong], folder: folder.path).status == 64)
        }
        let twice = ["--output", "json=a", "--output", "sarif=a"]
        #expect(try Program.run(["validate", path] + twice, folder: folder.path).status == 64)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
}

/// An element of a JUnit report, copied out of the parsed document.
private struct JUnitElement {
    let name: String
    let attributes: [String: String]
    let children: [JUnitElement]
    let text: String

    init(parsing text: String) throws {
        let tree = try XMLTree(parsing: Array(text.utf8))
        self.init(tree, tree.root)
    }

    private init(_ tree: borrowing XMLTree, _ element: ElementID) {
        name = tree.localName(of: element)
        attributes = Dictionary(uniqueKeysWithValues: tree.attributes(of: element).map { ($0.name, $0.value) })
        var children: [JUnitElement] = []
        for child in tree.children(of: element) { children.append(JUnitElement(tree, child)) }
        self.children = children
        text = tree.text(of: element)
    }
}

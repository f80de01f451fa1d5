// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// The contract of the command line: what goes where, and with which exit status.
struct CommandTests {
    private let examples = Repository.examples + "/inbound"

    private func file(_ start: String) throws -> String {
        let names = try FileManager.default.contentsOfDirectory(atPath: examples)
        return examples + "/" + (try #require(names.first { $0.hasPrefix(start) && $0.hasSuffix(".xml") }))
    }

    private func json(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    // MARK: validate

    @Test func `validate ends with 0, 1 or 2 by what it found`() throws {
        #expect(try Program.run(["validate", file("01-")]).status == 0)
        #expect(try Program.run(["validate", file("41-")]).status == 1)
        #expect(try Program.run(["validate", file("49-")]).status == 2)
        #expect(try Program.run(["validate", file("01-"), file("49-")]).status == 2)
        #expect(try Program.run(["validate", file("41-"), file("49-")]).status == 1)
        #expect(try Program.run(["validate", "/nowhere.xml"]).status == 2)
        #expect(try Program.run(["validate", file("01-"), "/nowhere.xml"]).status == 2)
        #expect(try Program.run(["validate"]).status == 64)
        #expect(try Program.run(["validate", "--format", "pdf", file("01-")]).status == 64)
        #expect(try Program.run(["unknown"]).status == 64)
        #expect(try Program.run(["--help"]).status == 0)
        #expect(try Program.run(["--version"]).status == 0)
    }

    @Test(arguments: [1, 255, 256, 257])
    func `the exit status is no count`(count: Int) throws {
        let folder = try TemporaryFolder()
        for index in 0..<count { try folder.write("<a/>", to: "\(index).xml") }
        let result = try Program.run(["validate", folder.path])
        #expect(result.status == 1)
        #expect(result.output.hasSuffix("\(count) document(s): 0 valid, \(count) invalid, 0 undecided\n"))
    }

    @Test func `an empty folder is not valid`() throws {
        let folder = try TemporaryFolder()
        #expect(try Program.run(["validate", folder.path]).status == 2)
    }

    @Test func `standard input is a document`() throws {
        let text = try String(contentsOfFile: file("01-"), encoding: .utf8)
        let result = try Program.run(["validate", "-", "--format", "json"], input: text)
        #expect(result.status == 0)
        let documents = try #require(try json(result.output)["documents"] as? [[String: Any]])
        #expect(documents.first?["path"] as? String == "-")
    }

    @Test func `the JSON report has the fields of the contract, and nothing but JSON`() throws {
        let path = try file("41-")
        let result = try Program.run(["validate", path, "--format", "json"])
        let report = try json(result.output)
        #expect(report["formatVersion"] as? Int == 1)
        #expect(report["summary"] as? [String: Int] == ["valid": 0, "invalid": 1, "undecided": 0])
        let document = try #require((report["documents"] as? [[String: Any]])?.first)
        #expect(document["path"] as? String == path)
        #expect(document["verdict"] as? String == "invalid")
        #expect(document["sed"] as? String == "A009")
        #expect(document["cdm"] as? String == "4.4")
        #expect(document["buc"] as? String == "LA_BUC_04")
        let layers = try #require(document["layers"] as? [[String: Any]])
        #expect(
            layers.map { $0["layer"] as? String } == [
                "guard", "well-formed", "envelope", "combination", "schema", "code-lists", "rules", "attachments",
                "signature",
            ])
        let finding = try #require((document["findings"] as? [[String: Any]])?.first)
        #expect(finding["rule"] as? String == "A1-PERIOD-003")
        #expect(finding["also"] as? [String] == ["XSD-003"])
        #expect(finding["reference"] as? String == "Reg. 987/2009 Art. 19(2)")
        #expect(finding["severity"] as? String == "error")
        #expect(finding["line"] as? Int ?? 0 > 1)
        #expect(finding["column"] as? Int ?? 0 > 1)
        #expect((finding["path"] as? String)?.hasPrefix("/A009/") == true)
        #expect(finding["value"] == nil)
    }

    @Test func `values are shown only on request`() throws {
        let path = try file("42-")
        #expect(try !Program.run(["validate", path]).output.contains("GR"))
        #expect(try Program.run(["validate", path, "--show-values"]).output.contains("(found: GR)"))
    }

    @Test func `warnings fail where that is asked for`() throws {
        let text = try String(contentsOfFile: file("01-"), encoding: .utf8)
            .replacing("sedVer=\"4\"", with: "sedVer=\"3\"")
        #expect(try Program.run(["validate", "-"], input: text).status == 0)
        #expect(try Program.run(["validate", "-", "--fail-on", "warning"], input: text).status == 1)
    }

    // MARK: RINA JSON and convert

    /// The SED of an example as JSON.
    private func jsonSED() throws -> String { try Program.run(["convert", file("01-")]).output }

    @Test func `JSON is judged by its content, whatever the file is called`() throws {
        let folder = try TemporaryFolder()
        let text = try jsonSED()
        try folder.write(text, to: "sed.json")
        try folder.write(text, to: "below/sed.XML")
        try folder.write(text, to: "sed.txt")
        #expect(try Program.run(["validate", folder.path + "/sed.txt"]).status == 0)
        let all = try Program.run(["validate", folder.path])
        #expect(all.status == 0)
        #expect(all.output.hasSuffix("2 document(s): 2 valid, 0 invalid, 0 undecided\n"))
        #expect(try Program.run(["validate", "-"], input: text).status == 0)
        #expect(try Program.run(["validate", "-"], input: text.replacing("\"sedVer\"", with: "\"x\"")).status == 2)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let line = try #require(lines.firstIndex { $0.contains("\"dateBirth\"") })
        let column = try #require(lines[line].firstRange(of: ": \"")).lowerBound.utf16Offset(in: lines[line]) + 3
        let wrong = text.replacing(/"dateBirth": "[^"]*"/, with: "\"dateBirth\": \"soon\"")
        let result = try Program.run(["validate", "-"], input: wrong)
        #expect(result.status == 1)
        #expect(result.output.hasPrefix("-:\(line + 1):\(column): error: The content of dateBirth "))
        let cut = try Program.run(["validate", "-"], input: String(text.dropLast(5)))
        #expect(cut.status == 1)
        #expect(cut.output.contains("[JSN-006]"))
    }

    @Test func `convert writes the other form and only that to standard output`() throws {
        let folder = try TemporaryFolder()
        let first = try Program.run(["convert", file("01-"), "--output", folder.path + "/a"])
        #expect(first.status == 0)
        #expect(first.output == "")
        #expect(first.errors.contains("the envelope was left out"))
        let second = try Program.run(["convert", folder.path + "/a", "--to", "xml"])
        #expect(second.status == 0)
        #expect(second.errors == "")
        #expect(second.output.hasPrefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ns:A009 "))
        #expect(try Program.run(["validate", "-"], input: second.output).status == 0)
        let third = try Program.run(["convert", "-"], input: second.output)
        #expect(third.output == (try String(contentsOfFile: folder.path + "/a", encoding: .utf8)))
    }

    @Test func `convert says with its status why it does not`() throws {
        let text = try jsonSED()
        #expect(try Program.run(["convert", "-"], input: String(text.dropLast(5))).status == 1)
        #expect(try Program.run(["convert", "-"], input: "<a>").status == 1)
        #expect(try Program.run(["convert", "-"], input: "[]").status == 1)
        #expect(try Program.run(["convert", "-"], input: "<a/>").status == 2)
        #expect(try Program.run(["convert", "-"], input: text.replacing("A009", with: "P2000")).status == 2)
        #expect(try Program.run(["convert", "-", "--to", "json"], input: text).status == 2)
        #expect(try Program.run(["convert", "/nowhere.json"]).status == 2)
        #expect(try Program.run(["convert", "-", "--output", "/nowhere/file"], input: text).status == 2)
        #expect(try Program.run(["convert"]).status == 64)
        #expect(try Program.run(["convert", "-", "--to", "yaml"], input: text).status == 64)
        let signed = try Program.run(["convert", "-"], input: text).output.replacing(
            "</ns:A009>", with: "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"/></ns:A009>"
        )
        let refused = try Program.run(["convert", "-"], input: signed)
        #expect(refused.status == 2)
        #expect(refused.output == "")
        #expect(refused.errors.contains("--drop-signature"))
        #expect(try Program.run(["convert", "-", "--drop-signature"], input: signed).output == text)
    }

    // MARK: buc

    @Test func `a course is played step by step`() throws {
        let course = """
            {"direction":"received","sed":"R017","context":"R017-01"}
            {"direction":"sent","sed":"R036"}

            {"direction":"sent","sed":"R018","context":"R018-01"}
            {"direction":"received","sed":"R017","refSED":"R017"}
            """
        let result = try Program.run(["buc", "replay", "--buc", "R_BUC_07", "--role", "Counterparty"], input: course)
        #expect(result.status == 1)
        let answers = try result.output.split(separator: "\n").map { try json(String($0)) }
        #expect(answers.map { $0["allowed"] as? Bool } == [true, false, true, true])
        #expect(answers.map { $0["step"] as? Int } == [1, 2, 3, 4])
        #expect(answers.map { $0["state"] as? String } == ["1", nil, "2", "2"])
        #expect(answers[1]["rule"] as? String == "CAS-005")
        #expect((answers[1]["expected"] as? [String])?.contains("R018") == true)
    }

    @Test func `a course that is no course is an error with its line`() throws {
        let arguments = ["buc", "replay", "--buc", "R_BUC_07", "--role", "CaseOwner"]
        let result = try Program.run(arguments, input: "{\"direction\":\"sent\"}")
        #expect(result.status == 2)
        #expect(result.errors.contains("-:1:"))
        #expect(try Program.run(["buc", "replay", "--buc", "R_BUC_99", "--role", "CaseOwner"]).status == 2)
        #expect(try Program.run(["buc", "replay", "--buc", "R_BUC_07", "--role", "Owner"]).status == 64)
        #expect(try Program.run(arguments, input: "").status == 0)
    }

    @Test func `use cases are listed and shown`() throws {
        let listing = try json(Program.run(["buc", "list", "--format", "json"]).output)
        let codes = try #require(listing["useCases"] as? [[String: Any]]).compactMap { $0["buc"] as? String }
        #expect(codes.contains("R_BUC_07") && codes.contains("H_BUC_02b") && codes.contains("LA_BUC_01"))
        let shown = try Program.run(["buc", "show", "R_BUC_06"])
        #expect(shown.output.contains("starter R015, two participants"))
        #expect(try Program.run(["buc", "show", "R_BUC_99"]).status == 2)
    }

    @Test func `a state tells what may be sent and what may arrive`() throws {
        let arguments = ["buc", "show", "R_BUC_07", "--role", "CaseOwner", "--state", "2"]
        let text = try Program.run(arguments).output
        #expect(text.contains("CaseOwner, state 2\nmay be sent:\n"))
        #expect(text.contains("the claim is contested before the applicant institution [R019-01]"))
        #expect(text.split(separator: "\n").allSatisfy { !$0.hasSuffix(" ") })
        let report = try json(Program.run(arguments + ["--format", "json", "--lang", "et"]).output)
        let side = try #require((report["sides"] as? [[String: Any]])?.first)
        let payment = try #require((side["mayArrive"] as? [[String: Any]])?.first)
        #expect(payment["sed"] as? String == "R004" && payment["title"] as? String == "Maksest teatamine")
        #expect(payment["isMandatory"] as? Bool == true && payment["next"] as? String == "3")
        let both = try json(Program.run(["buc", "show", "R_BUC_07", "--state", "19", "--format", "json"]).output)
        // The owner's table calls 19 what is 20 in the other one.
        #expect((both["sides"] as? [[String: Any]])?.map { $0["role"] as? String } == ["CaseOwner"])
    }

    @Test func `a document that may not travel has its reasons`() throws {
        let arguments = ["buc", "show", "R_BUC_07", "--role", "CaseOwner", "--state", "2", "--sed", "R004"]
        let text = try Program.run(arguments)
        #expect(text.status == 0)
        #expect(text.output.contains("R004 Notification of payment: may not be sent\n"))
        #expect(text.output.contains("  has its place in state 9, 10, 35, 36\n"))
        #expect(text.output.contains("  must come first: R028 received, R029 sent\n"))
        #expect(text.output.contains("R004 Notification of payment: may arrive\n  demanded, state 3\n"))
        let estonian = try Program.run(arguments + ["--lang", "et"]).output
        #expect(estonian.contains("R004 Maksest teatamine: ei või saata\n"))
        #expect(estonian.contains("enne peab tulema: R028 saadud, R029 saadetud"))
        let report = try json(Program.run(arguments + ["--format", "json"]).output)
        let side = try #require((report["sides"] as? [[String: Any]])?.first)
        let answers = try #require(side["answers"] as? [[String: Any]])
        #expect(answers.map { $0["allowed"] as? Bool } == [false, true])
        #expect(answers[0]["rule"] as? String == "CAS-005")
        let never = try Program.run(["buc", "show", "R_BUC_07", "--role", "CaseOwner", "--sed", "A001"]).output
        #expect(never.contains("This side never sends it."))
    }

    @Test func `use cases are drawn`() throws {
        let mermaid = try Program.run(["buc", "show", "R_BUC_06", "--format", "mermaid"]).output
        #expect(mermaid.hasPrefix("flowchart LR\n    subgraph CaseOwner\n"))
        let owner = try Program.run(["buc", "show", "R_BUC_06", "--role", "CaseOwner", "--format", "mermaid"]).output
        #expect(owner.contains("    s1 ==>|\"receives R016\"| s2\n"))
        let dot = try Program.run(["buc", "show", "R_BUC_06", "--format", "dot"]).output
        #expect(dot.contains("\"c 1\" -> \"c 2\" [label=\"sends R016\", style=bold];"))
        let page = try Program.run(["buc", "show", "R_BUC_06", "--format", "markdown"]).output
        #expect(try page == Repository.text("docs/buc/R_BUC_06.md"))
        #expect(
            try Program.run(["buc", "list", "--format", "markdown"]).output == Repository.text("docs/buc/README.md"))
    }

    @Test func `questions that have no answer are told`() throws {
        let unknown = try Program.run(["buc", "show", "R_BUC_06", "--state", "9"])
        #expect(unknown.status == 2 && unknown.errors.contains("its states are S, 1, 2, C, W"))
        for wrong in [
            ["--state", "1", "--format", "dot"], ["--role", "CaseOwner", "--format", "markdown"],
            ["--role", "IntelligentRA"], ["--sed", "R01"],
        ] {
            #expect(try Program.run(["buc", "show", "R_BUC_06"] + wrong).status == 64, "\(wrong)")
        }
    }

    @Test func `a course is played as a table that ends with what may follow`() throws {
        let course = """
            {"direction":"sent","sed":"R017","context":"R017-01"}
            {"direction":"received","sed":"R016"}
            {"direction":"received","sed":"X011","refSED":"R017"}
            """
        let arguments = [
            "buc", "replay", "--buc", "R_BUC_07", "--role", "CaseOwner", "--format", "text", "--lang", "en",
        ]
        let result = try Program.run(arguments, input: course)
        #expect(result.status == 1)
        let lines = result.output.split(separator: "\n").map(String.init)
        #expect(lines[0] == "STEP  WAY       SED   ABOUT  CONTENT  STATE  REMARK")
        #expect(lines[1] == "1     sent      R017  -      R017-01  1")
        #expect(lines[2].hasPrefix("2     received  R016  -      -        -      CAS-005: "))
        #expect(lines[3] == "3     received  X011  R017   -        1      taken with the note CAS-016")
        #expect(lines[4] == "CaseOwner, state 1")
        #expect(result.output.contains("may arrive:\n") && result.output.contains("R018"))
    }

    // MARK: process, case, queue

    @Test func `two processes do not drain one workspace`() throws {
        let folder = try TemporaryFolder()
        _ = try Program.run(["process", "--workspace", folder.path, "--once"])
        let lock = open(folder.path + "/.lock", O_RDWR)
        defer { close(lock) }
        #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
        let second = try Program.run(["process", "--workspace", folder.path, "--once"])
        #expect(second.status == 2)
        #expect(second.errors.contains("another process is draining this workspace"))
    }

    @Test func `faults of the configuration are told with their place`() throws {
        let folder = try TemporaryFolder()
        try folder.write("grace: soon\nroute: []\n", to: "piiripost.yaml")
        let result = try Program.run(["process", "--workspace", folder.path, "--once"])
        #expect(result.status == 2)
        #expect(result.errors.contains("piiripost.yaml:1:8: expected a time span"))
        #expect(result.errors.contains("piiripost.yaml:2:1: unknown key"))
    }

    @Test func `an inbound folder and an institution can be named on the command line`() throws {
        let folder = try TemporaryFolder()
        var message = try TestMessage("R017", in: "R_BUC_07")
        message.action = "Start"
        try folder.write(message.text, to: "drop/m.xml")
        let result = try Program.run(
            [
                "process", "--workspace", folder.path + "/work", "--inbound", "drop", "--institution", "EE:MTA001",
                "--once",
            ], folder: folder.path
        )
        #expect(result.status == 0, "\(result.errors)")
        #expect(folder.files(in: "drop") == [])
        let listing = try json(
            Program.run(["case", "list", "--workspace", folder.path + "/work", "--format", "json"]).output
        )
        #expect(listing["formatVersion"] as? Int == 1)
        let item = try #require((listing["cases"] as? [[String: Any]])?.first)
        #expect(item["caseId"] as? String == message.caseID)
        #expect(item["role"] as? String == "Counterparty")
        #expect(item["state"] as? String == "1")
        #expect(item["documents"] as? Int == 1)
        #expect(item["pending"] as? Int == 0)
    }

    @Test func `cases and queue items are shown, and missing ones are an error`() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.copyItem(atPath: examples, toPath: folder.path + "/inbound")
        try folder.write(try Repository.text("examples/piiripost.yaml"), to: "piiripost.yaml")
        _ = try Program.run(["process", "--workspace", folder.path, "--once"])
        let place = ["--workspace", folder.path]
        let id = "1f1d343c-0f3d-4664-9b8c-3c86e09428bd"
        let shown = try Program.run(["case", "show", id] + place)
        #expect(shown.output.contains("may arrive now: "))
        #expect(shown.output.contains("not valid any more"))
        let timeline = try Program.run(["case", "timeline", id] + place)
        #expect(timeline.output.contains("X008"))
        let queue = try json(Program.run(["queue", "list", "--format", "json"] + place).output)
        let items = try #require(queue["items"] as? [[String: Any]])
        #expect(Set(items.compactMap { $0["queue"] as? String }) == ["pending", "quarantine", "done"])
        for key in ["id", "queue", "sed", "verdict", "reason", "attempts"] {
            #expect(items.contains { $0[key] != nil }, "\(key)")
        }
        let pending = try #require(items.first { $0["queue"] as? String == "pending" }?["id"] as? String)
        #expect(try Program.run(["queue", "show", pending] + place).output.contains("CAS-"))
        #expect(try Program.run(["queue", "show", "m9999"] + place).status == 2)
        #expect(try Program.run(["case", "show", "00000000-0000-4000-8000-000000000000"] + place).status == 2)
        #expect(try Program.run(["case", "show", "nonsense"] + place).status == 64)
        let check = try Program.run(["case", "rebuild", "--check"] + place)
        #expect(check.status == 0)
        #expect(check.output.hasSuffix(" cases, 0 differ\n"), "\(check.output)")
        #expect(try Program.run(["case", "rebuild", id] + place).output == "1 cases, 0 changed\n")
        #expect(try Program.run(["case", "rebuild", "00000000-0000-4000-8000-000000000000"] + place).status == 2)
    }

    @Test func `standard error and standard output hold no personal data`() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.copyItem(atPath: examples, toPath: folder.path + "/inbound")
        try folder.write(try Repository.text("examples/piiripost.yaml"), to: "piiripost.yaml")
        let result = try Program.run(["process", "--workspace", folder.path, "--once", "--format", "json"])
        var secrets: Set<String> = []
        let elements = "familyName|forename|dateBirth|personalIdentificationNumber|principalAmount|IBAN"
        for name in try FileManager.default.contentsOfDirectory(atPath: examples) where name.hasSuffix(".xml") {
            let text = try String(contentsOfFile: "\(examples)/\(name)", encoding: .utf8)
            let found = try Regex("<(?:\(elements))>([^<]{4,})</", as: (Substring, Substring).self)
            secrets.formUnion(text.matches(of: found).map { String($0.output.1) })
        }
        #expect(secrets.count > 20)
        for secret in secrets { #expect(!(result.output + result.errors).contains(secret), "\(secret)") }
    }
}

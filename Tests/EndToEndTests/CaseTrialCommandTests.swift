// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// `piiripost case rebuild --since-version`, as a user sees it.
struct CaseTrialCommandTests {
    private let folder: TemporaryFolder
    private let id = "6a1c3b52-4b0e-4a63-9a53-0f5a0c1f7f10"

    /// A workspace whose message was judged by the rules of the program, and a copy of them with one severity raised.
    init() throws {
        folder = try TemporaryFolder()
        var request = try TestMessage("R015", in: "R_BUC_06")
        request.action = "Start"
        request.caseID = id
        request.body = request.body.replacing(/<dateBirth>[^<]*/, with: "<dateBirth>1950-01-31")
        try folder.write("institutions: EE:MTA001\nincompleteAfter: 0s\n", to: "w/piiripost.yaml")
        for attachment in request.attachments {
            try folder.write("%PDF-1.4", to: "w/inbound/r.attachments/\(attachment).pdf")
        }
        try folder.write(request.text, to: "w/inbound/r.xml")
        let run = try Program.run(["process", "--once", "--workspace", path, "--now", "2026-03-04T12:00:00Z"])
        try #require(run.status == 0, "\(run.errors)")
        let schemas = folder.path + "/schemas"
        try FileManager.default.copyItem(atPath: Repository.schemas, toPath: schemas)
        try change("rules/horizontal.xml") {
            $0.replacing(
                #"id="HOR-PERS-003" kind="document" out="warning" in="warning""#,
                with: #"id="HOR-PERS-003" kind="document" out="warning" in="error""#)
        }
        try change("buc/R_BUC_06.yaml") { $0.replacing("days: 30", with: "days: 31") }
        let seal = try Program.shell(
            "'\(Repository.root.path)/.ci/seal-catalogue' \"$PWD/schemas\"", folder: folder.path)
        try #require(seal.status == 0, "\(seal.errors)")
    }

    private var path: String { folder.path + "/w" }

    private func change(_ file: String, _ body: (String) -> String) throws {
        let path = "\(folder.path)/schemas/\(file)"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let changed = body(text)
        #expect(changed != text)
        try changed.write(toFile: path, atomically: true, encoding: .utf8)
    }

    private func rebuild(_ arguments: String...) throws -> Program.Result {
        try Program.run(["case", "rebuild", "--workspace", path] + arguments)
    }

    @Test func `without a change nothing differs`() throws {
        for since in ["all", "0.1.0", "1.0"] {
            let result = try rebuild("--since-version", since)
            #expect(result.status == 0)
            #expect(result.output == "1 cases, 0 differ; 1 messages, 0 differ\n")
            #expect(result.errors == "", "nothing is told of the way in a pipe")
        }
        let json = try rebuild("--since-version", "all", "--format", "json")
        #expect(json.status == 0)
        #expect(
            json.output == """
                {
                  "differences" : [],
                  "formatVersion" : 1,
                  "summary" : {"cases":1,"casesThatDiffer":0,"messages":1,"messagesThatDiffer":0,"notJudged":0}
                }

                """)
        #expect(try rebuild("--since-version", "0.0.9").output == "0 cases, 0 differ; 0 messages, 0 differ\n")
    }

    @Test func `what other rules and clocks would change is told, and nothing is written`() throws {
        let schemas = folder.path + "/schemas"
        let before = try Program.run(["case", "show", id, "--workspace", path, "--format", "json"]).output
        let result = try rebuild("--since-version", "all", "--schemas", schemas)
        #expect(result.status == 1)
        let set = try #require(before.firstMatch(of: /"set" : "([^"]+)"/)?.1)
        #expect(
            result.output == """
                case \(id) of EE:MTA001
                  m1 R015: valid -> invalid; gains error HOR-PERS-003; loses warning HOR-PERS-003
                  deadline 1 notification-answer \(set): countedDay 2026-04-03 -> 2026-04-04
                1 cases, 1 differ; 1 messages, 1 differ

                """)
        let json = try rebuild("--since-version", "0.1.0", "--schemas", schemas, "--format", "json", id)
        #expect(json.status == 1)
        let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        let differences = try #require(object?["differences"] as? [[String: Any]])
        #expect(differences.map { $0["caseId"] as? String } == [id])
        let messages = try #require(differences.first?["messages"] as? [[String: Any]])
        #expect(messages.map { $0["message"] as? String } == ["m1"])
        #expect(!result.output.contains("1950-01-31") && !json.output.contains("1950-01-31"))
        #expect(try Program.run(["case", "show", id, "--workspace", path, "--format", "json"]).output == before)
        #expect(try rebuild("--check").status == 0)
    }

    @Test func `wrong versions are wrong usage, and unknown ones are told`() throws {
        for arguments in [["--since-version", "new"], ["--since-version", "all", "--check"], ["--since-version"]] {
            #expect(try Program.run(["case", "rebuild", "--workspace", path] + arguments).status == 64)
        }
        let unknown = try rebuild("--since-version", "0123456789abcdef")
        #expect(unknown.status == 2)
        #expect(unknown.errors.contains("known: 0.1.0 with "))
        #expect(try rebuild("--since-version", "all", UUID().uuidString.lowercased()).status == 2)
    }
}

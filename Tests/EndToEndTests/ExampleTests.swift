// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// `examples/README.md` says what each message shows; here the real program has to agree.
struct ExampleTests {
    private struct Message: Decodable {
        let type: String
        let fileName: String?
        let verdict: String?
        let disposition: String?
        let rule: String?
        let report: Report?
    }

    private struct Report: Decodable {
        struct Finding: Decodable {
            let rule: String
            let also: [String]?
            let severity: String
            let reference: String?

            /// The rule with the others of the same cause in brackets, as the tables write it.
            var ruleText: String { also.map { "\(rule) (\($0.joined(separator: ", ")))" } ?? rule }
        }

        let findings: [Finding]
    }

    private struct CaseListing: Decodable {
        struct Item: Decodable, Hashable {
            let caseId: String
            let buc: String
            let role: String
            let state: String
            let documents: Int
            let pending: Int
        }

        let cases: [Item]
    }

    /// The rows of the Markdown table whose first heading is `heading`, without back quotes.
    private func table(_ heading: String, of page: String = "examples/README.md") throws -> [[String]] {
        let lines = try Repository.text(page).split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex { $0.hasPrefix("| \(heading) |") })
        return lines[(start + 2)...].prefix { $0.hasPrefix("|") }.map { line in
            line.split(separator: "|").map { cell in
                cell.trimmingCharacters(in: .whitespaces).replacing("`", with: "")
            }
        }
    }

    private func drained(_ messages: String = "inbound") throws -> (folder: TemporaryFolder, messages: [Message]) {
        let folder = try TemporaryFolder()
        for (from, to) in [(messages, "inbound"), ("piiripost.yaml", "piiripost.yaml")] {
            try FileManager.default.copyItem(
                atPath: "\(Repository.examples)/\(from)", toPath: "\(folder.path)/\(to)"
            )
        }
        let result = try Program.run(["process", "--workspace", folder.path, "--once", "--format", "json"])
        #expect(result.status == 0, "\(result.errors)")
        let messages = try result.output.split(separator: "\n").map {
            try JSONDecoder().decode(Message.self, from: Data($0.utf8))
        }
        return (folder, messages.filter { $0.type == "message" })
    }

    @Test func `every example has the verdict, the disposition and the findings that the table promises`() throws {
        let (_, messages) = try drained()
        let rows = try table("File")
        let files = try FileManager.default.contentsOfDirectory(atPath: Repository.examples + "/inbound")
        #expect(Set(rows.map { $0[0] }) == Set(files.filter { $0.hasSuffix(".xml") }))
        #expect(rows.count >= 25)
        for row in rows {
            let told = messages.filter { $0.fileName == row[0] }
            #expect(told.first?.verdict == row[2], "\(row[0])")
            #expect(told.last?.disposition == row[3], "\(row[0])")
            let expected =
                row[4] == "-" ? [] : row[4].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            let reported = told.last?.report?.findings ?? []
            var found = Set(reported.map(\.ruleText))
            // A message that is not accepted names its rule, which is mostly one of the findings.
            if let rule = told.last?.rule, !reported.contains(where: { $0.rule == rule }) { found.insert(rule) }
            #expect(found.subtracting(["SYS-001"]) == Set(expected), "\(row[0])")
        }
    }

    /// What one direction finds, by file name.
    private func judged(_ folder: String, _ direction: String) throws -> [String: (
        verdict: String, findings: [Report.Finding]
    )] {
        struct Run: Decodable {
            struct Document: Decodable {
                let path: String
                let verdict: String
                let findings: [Report.Finding]
            }

            let documents: [Document]
        }
        let result = try Program.run(["validate", folder, "--direction", direction, "--format", "json"])
        let documents = try JSONDecoder().decode(Run.self, from: Data(result.output.utf8)).documents
        return Dictionary(
            uniqueKeysWithValues: documents.map {
                (URL(fileURLWithPath: $0.path).lastPathComponent, ($0.verdict, $0.findings))
            })
    }

    @Test func `the examples of rules break the provisions that their table names, and nothing else`() throws {
        let folder = Repository.examples + "/rules"
        let rows = try table("File", of: "examples/rules/README.md")
        #expect(rows.count >= 12)
        for (direction, column) in [("inbound", 4), ("outbound", 5)] {
            let judged = try judged(folder, direction)
            #expect(Set(rows.map { $0[0] }) == Set(judged.keys))
            for row in rows {
                let document = try #require(judged[row[0]])
                let findings = document.findings.sorted { $0.rule < $1.rule }
                #expect(findings.map(\.ruleText).joined(separator: ", ") == row[3], "\(row[0])")
                #expect(findings.map(\.severity).joined(separator: ", ") == row[column], "\(row[0])")
                #expect(findings.allSatisfy { $0.reference?.hasPrefix(row[2]) == true }, "\(row[0])")
                let isWrong = findings.contains { $0.severity == "error" }
                #expect(document.verdict == (isWrong ? "invalid" : "valid"), "\(row[0])")
            }
        }
    }

    @Test func `what breaks the law alone is placed in its case, with its findings`() throws {
        let (folder, messages) = try drained("rules")
        let rows = try table("File", of: "examples/rules/README.md")
        for row in rows {
            let told = try #require(messages.first { $0.fileName == row[0] })
            #expect(told.disposition == row[6], "\(row[0])")
            // What our institutions send is judged as going out.
            let isOurs = row[1].hasSuffix("sent by us")
            let severities = told.report?.findings.filter { !$0.rule.hasPrefix("CAS-") }.sorted { $0.rule < $1.rule }
            #expect(severities?.map(\.severity).joined(separator: ", ") == row[isOurs ? 5 : 4], "\(row[0])")
        }
        let sum = try #require(messages.first { $0.fileName == "10-r017-sum-does-not-add-up.xml" })
        #expect(sum.verdict == "invalid" && sum.disposition == "acceptWithFindings")
        let delivered = folder.files(in: "outbound").filter { $0.hasSuffix(".xml") }
        let accepted = rows.filter { $0[6].hasPrefix("accept") }
        #expect(delivered.count == accepted.count)
        let cases = try Program.run(["case", "list", "--workspace", folder.path, "--format", "json"])
        let listed = try JSONDecoder().decode(CaseListing.self, from: Data(cases.output.utf8)).cases
        #expect(listed.count == accepted.count)
        #expect(listed.allSatisfy { $0.documents == 1 })
    }

    @Test func `valid examples have no finding in their direction`() throws {
        let ours = try Regex("<sbdh:Sender>\\s*<sbdh:Identifier[^>]*>EE:")
        let reports = try ["inbound", "outbound"].map { try judged(Repository.examples + "/inbound", $0) }
        let rows = try table("File").filter { $0[2] == "valid" }
        #expect(rows.count == 39)
        for row in rows {
            let text = try Repository.text("examples/inbound/\(row[0])")
            let report = reports[text.contains(ours) ? 1 : 0][row[0]]
            #expect(report?.verdict == "valid" && report?.findings.isEmpty == true, "\(row[0])")
        }
    }

    @Test func `the cases stand as the table says`() throws {
        let (folder, _) = try drained()
        let result = try Program.run(["case", "list", "--workspace", folder.path, "--format", "json"])
        let cases = try JSONDecoder().decode(CaseListing.self, from: Data(result.output.utf8)).cases
        let expected = try table("Case").map { row in
            CaseListing.Item(
                caseId: row[0], buc: row[1], role: row[2], state: row[3], documents: Int(row[4]) ?? -1,
                pending: Int(row[5]) ?? -1
            )
        }
        #expect(Set(cases) == Set(expected))
    }

    @Test func `accepted messages lie in the folders of their routes, complete`() throws {
        let (folder, messages) = try drained()
        let accepted = messages.filter { $0.disposition == "accept" || $0.disposition == "acceptWithFindings" }
        let delivered = folder.files(in: "outbound").filter { $0.hasSuffix(".xml") }
        #expect(delivered.count == accepted.count)
        #expect(delivered.allSatisfy { $0.contains("/") })
        let ours = delivered.filter { $0.hasPrefix("access-point/") }
        #expect(ours.contains { $0.contains("R015-") })
        #expect(!ours.contains { $0.contains("A004-") })
        #expect(folder.files(in: "inbound").isEmpty)
    }

    @Test func `a second run finds nothing to do`() throws {
        let (folder, _) = try drained()
        let again = try Program.run(["process", "--workspace", folder.path, "--once"])
        #expect(again.status == 0)
        #expect(again.output.hasPrefix("0 accepted, 0 accepted with findings, 0 pending, 0 rejected"))
    }
}

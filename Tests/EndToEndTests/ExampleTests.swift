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
    private func table(_ heading: String) throws -> [[String]] {
        let lines = try Repository.text("examples/README.md").split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex { $0.hasPrefix("| \(heading) |") })
        return lines[(start + 2)...].prefix { $0.hasPrefix("|") }.map { line in
            line.split(separator: "|").map { cell in
                cell.trimmingCharacters(in: .whitespaces).replacing("`", with: "")
            }
        }
    }

    private func drained() throws -> (folder: TemporaryFolder, messages: [Message]) {
        let folder = try TemporaryFolder()
        for name in ["inbound", "piiripost.yaml"] {
            try FileManager.default.copyItem(
                atPath: "\(Repository.examples)/\(name)", toPath: "\(folder.path)/\(name)"
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
            let reported = told.last?.report?.findings.map(\.rule) ?? []
            let found = Set(reported + (told.last?.rule.map { [$0] } ?? [])).subtracting(["SYS-001"])
            #expect(found == Set(expected), "\(row[0])")
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

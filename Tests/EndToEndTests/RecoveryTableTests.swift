// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// Nothing that a file states is lost or changed on its way into a request.
struct RecoveryTableTests {
    private let sending = RecoveryInstallation.sending

    /// The lines of the example: header and two requests.
    private func example() throws -> [String] {
        try String(contentsOfFile: Repository.examples + "/recovery/requests.csv", encoding: .utf8)
            .split(separator: "\n").map(String.init)
    }

    /// What `new --csv` says of a table that it refuses, with nothing stored.
    private func refusal(_ lines: [String], _ ending: String = "\n") throws -> String {
        let folder = try TemporaryFolder()
        let estonia = try RecoveryInstallation.pair(folder).0
        try folder.write(lines.joined(separator: ending) + ending, to: "table.csv")
        let refused = try estonia.refused("new", "--csv", folder.path + "/table.csv", at: sending)
        #expect(refused.0 == 1)
        #expect((try estonia.desk("list", at: sending)["requests"] as? [Any])?.isEmpty == true)
        return refused.1
    }

    @Test(arguments: [
        ("", "table.csv:1:26: the column has no name"),
        (".", "table.csv:1:26: a request has no value at this place"),
        ("claims..1", "table.csv:1:26: a request has no value at this place"),
        ("kind.x", "table.csv:1:26: a request has no value at this place"),
        ("remarks.x", "table.csv:1:26: a request has no value at this place"),
        ("claims.1", "table.csv:1:26: a request has no value at this place"),
        ("attachments.1.file.x", "table.csv:1:26: a request has no value at this place"),
        ("claims.1.amounts.principal.x", "table.csv:1:25: one of this column and column 26 is below the other"),
        ("claims.01.amounts.interest", "table.csv:1:26: items are counted from 1"),
        ("claims.1.amounts.intrest", "table.csv:1:26: unknown key; known here: principal, interest"),
        (" claims.1.amounts.interest", "table.csv:1:26: unknown key"),
    ])
    func `a column without a place of its own is told`(name: String, reason: String) throws {
        var lines = try example()
        lines[0] = lines[0].replacingOccurrences(of: "claims.1.amounts.interest", with: name)
        let told = try refusal(lines)
        #expect(told.contains(reason), "\(told)")
    }

    @Test func `a column without a place is told where all its cells are empty too`() throws {
        var lines = try example()
        for index in lines.indices { lines[index] += index == 0 ? ",kind.x" : "," }
        #expect(try refusal(lines).contains("table.csv:1:33: a request has no value at this place"))
    }

    @Test(arguments: [
        ("certified", "\"certified", 1, "table.csv:2:32: "),
        ("certified", "\"certified", 2, "table.csv:3:32: the quote that begins this cell is never closed"),
        ("OÜ\"", "OÜ\"x", 1, "table.csv:2:8: text follows the quote that ends this cell"),
        ("Provgatan 3", "Prov\"gatan 3", 1, "table.csv:2:10: a cell with a quote stands in quotes as a whole"),
        ("NAIDIS-2026-18,N", "\"\"NAIDIS-2026-18,N", 1, "table.csv:2:4: text follows the quote"),
    ])
    func `a quote that is out of place takes no row along`(old: String, new: String, row: Int, reason: String) throws {
        for ending in ["\n", "\r\n"] {
            var lines = try example()
            let range = try #require(lines[row].range(of: old, options: .backwards))
            lines[row].replaceSubrange(range, with: new)
            let told = try refusal(lines, ending)
            #expect(told.contains(reason), "\(told)")
        }
    }

    @Test func `quotes around commas, quotes and lines are read as RFC 4180 has them`() throws {
        let folder = try TemporaryFolder()
        let estonia = try RecoveryInstallation.pair(folder).0
        var lines = try example()
        lines[1] = lines[1].replacingOccurrences(of: "Provgatan 3", with: "\"Provgatan 3,\r\nB\"\"1\"\"\"")
        lines[2] = lines[2].replacingOccurrences(of: "Provgatan 5", with: "\"\"")
        try folder.write("\u{FEFF}" + lines.joined(separator: "\r\n") + "\r\n", to: "table.csv")
        try estonia.desk("new", "--csv", folder.path + "/table.csv", at: sending)
        let page = try Program.run(["recovery", "preview", "1", "--workspace", estonia.path, "--now", sending]).output
        #expect(page.contains("Provgatan 3,\r\nB&quot;1&quot;") || page.contains("B\"1\""), "\(page)")
    }

    @Test(arguments: ["\\u0000", "\\u0001", "\\u0007", "\\u001B", "\\uFFFE"])
    func `a character that no document can carry is told with its place`(escape: String) throws {
        let folder = try TemporaryFolder()
        let estonia = try RecoveryInstallation.pair(folder).0
        let start = "{\"kind\": \"recovery\", \"applicant\": \"EE:MTA001\", \"requested\": \"SE:SEPEN1\",\n"
        try folder.write("\(start)\"remarks\": \"A\(escape)B\"}", to: "request.json")
        let refused = try estonia.refused("new", folder.path + "/request.json", at: sending)
        let code = escape.dropFirst(2)
        #expect(
            refused.0 == 1
                && refused.1.contains("request.json:2:12: a character that no document can carry (U+\(code))"),
            "\(refused.1)")
        #expect((try estonia.desk("list", at: sending)["requests"] as? [Any])?.isEmpty == true)
    }

    @Test func `such a character is told in a table and in an option too`() throws {
        var lines = try example()
        lines[2] = lines[2].replacingOccurrences(of: "Provgatan 5", with: "Prov\u{7}gatan 5")
        #expect(try refusal(lines).contains("table.csv:3:10: a character that no document can carry (U+0007)"))
        let folder = try TemporaryFolder()
        let (_, sweden) = try RecoveryInstallation.exchange(folder)
        let refused = try sweden.refused("reply", "1", "accept", "--reason", "a\u{7}b", at: "2026-03-04T08:00:00Z")
        #expect(refused.0 == 64 && refused.1.contains("--reason has a character that no document can carry"))
    }

    @Test func `a component that is worth nothing in the other currency is written as zero`() throws {
        let folder = try TemporaryFolder()
        let estonia = try RecoveryInstallation(folder, "ee", "HU:NAV001", to: "se")
        let sweden = try RecoveryInstallation(folder, "se", "DE:DRV001", to: "ee")
        try FileManager.default.copyItem(
            atPath: Repository.examples + "/recovery/instrument.pdf", toPath: folder.path + "/instrument.pdf")
        let text = try RecoveryInstallation.oneClaim()
            .replacingOccurrences(of: "applicant: EE:MTA001", with: "applicant: HU:NAV001")
            .replacingOccurrences(of: "requested: SE:SEPEN1", with: "requested: DE:DRV001")
            .replacingOccurrences(
                of: "principal: \"1000.00\", interest: \"50.01\", administrativePenalties: \"100.00\"",
                with: "principal: \"500000.00\", interest: \"1.00\"")
        try folder.write(text, to: "request.yaml")
        try estonia.send(folder.path + "/request.yaml")
        let file = try #require(folder.files(in: "to-se").first { $0.hasSuffix(".xml") })
        let message = try String(contentsOfFile: "\(folder.path)/to-se/\(file)", encoding: .utf8)
        #expect(message.contains("<interest>1.00</interest>") && message.contains("<interest>0.00</interest>"))
        try sweden.process()
        let now = "2026-03-03T08:00:00Z"
        #expect(try estonia.books(at: now) == sweden.books(at: now))
    }
}

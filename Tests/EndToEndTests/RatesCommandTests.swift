// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// The contract of `piiripost rates`, with the invented rates of the examples.
struct RatesCommandTests {
    private let examples = Repository.examples + "/rates/"

    private func json(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private func run(_ folder: TemporaryFolder, _ arguments: String...) throws -> Program.Result {
        try Program.run(["rates"] + arguments + ["--workspace", folder.path + "/w"])
    }

    @Test func `files in, a conversion with its record out`() throws {
        let folder = try TemporaryFolder()
        let imported = try run(folder, "import", examples + "eurofxref-hist.zip", "--format", "json", "--by", "tester")
        #expect(imported.status == 0)
        let file = try #require((try json(imported.output)["files"] as? [[String: Any]])?.first)
        #expect(file["outcome"] as? String == "imported")
        #expect(file["form"] as? String == "ECB hist")
        #expect(file["days"] as? Int == 82)
        #expect(file["added"] as? Int == file["rates"] as? Int)

        let converted = try run(
            folder, "convert", "1000.00", "CHF", "EUR", "--operation", "recovery.request", "--date", "2026-03-02",
            "--format", "json", "--by", "tester"
        )
        #expect(converted.status == 0)
        #expect(converted.errors == "")
        let object = try json(converted.output)
        #expect(object["formatVersion"] as? Int == 1)
        let result = try #require(object["result"] as? [String: String])
        #expect(Set(result.keys) == ["amount", "currency"])
        #expect(result["currency"] == "EUR")
        let record = try #require(object["record"] as? [String: Any])
        #expect(record["result"] as? String == result["amount"])
        #expect(record["rateDate"] as? String == "2026-03-02")
        #expect((record["basis"] as? [String: String])?["decision"] == "H12")
        let rate = try #require((record["rates"] as? [[String: Any]])?.first)
        #expect(rate["source"] as? String == "ECB hist")
        #expect((rate["file"] as? [String: String])?["sha256"] == file["sha256"] as? String)
        let explanation = try #require(record["explanation"] as? [String: String])
        #expect(Set(explanation.keys) == ["en", "et"])
    }

    @Test func `text tells the result, why, and what was not verified, in either language`() throws {
        let folder = try TemporaryFolder()
        #expect(try run(folder, "import", examples + "eurofxref-hist.csv").status == 0)
        let arguments = ["convert", "10.00", "CHF", "SEK", "--operation", "recovery.request", "--date", "2026-04-04"]
        func lines(_ language: String) throws -> [Substring] {
            let result = try Program.run(
                ["rates"] + arguments + ["--lang", language, "--workspace", folder.path + "/w"])
            #expect(result.status == 0)
            return result.output.split(separator: "\n")
        }
        let english = try lines("en")
        #expect(english[0].hasSuffix(" SEK"))
        #expect(english[1].contains("the first one published after it, of 2026-04-07"))
        #expect(english[2] == "Reservations:")
        let estonian = try lines("et")
        #expect(estonian[0] == english[0])
        #expect(estonian[1].contains("esimest pärast seda avaldatud kurssi, päevast 2026-04-07"))
        #expect(estonian[2] == "Reservatsioonid:")
        #expect(estonian.count == english.count)
    }

    @Test func `statuses are those of the contract`() throws {
        let folder = try TemporaryFolder()
        func convert(_ arguments: String...) throws -> Int32 {
            try Program.run(["rates", "convert", "--workspace", folder.path + "/w"] + arguments).status
        }
        // Fixed rates need no file.
        #expect(try convert("50.00", "DEM", "ATS", "--operation", "general", "--date", "2000-01-03") == 0)
        #expect(try convert("1.00", "CHF", "EUR", "--operation", "general", "--date", "2026-03-02") == 2)
        #expect(try run(folder, "import", examples + "eurofxref-hist-90d.xml").status == 0)
        #expect(try convert("1.00", "CHF", "EUR", "--operation", "general", "--date", "2026-03-02") == 0)
        #expect(try convert("1.00", "CHF", "EUR", "--operation", "benefit.recalculation", "--date", "2026-03-02") == 0)
        #expect(try convert("-1.00", "CHF", "EUR", "--operation", "general", "--date", "2026-03-02") == 64)
        #expect(try convert("--operation", "general", "--date", "2026-03-02", "--", "-1.00", "CHF", "EUR") == 0)
        #expect(try convert("1.001", "CHF", "EUR", "--operation", "general", "--date", "2026-03-02") == 1)
        #expect(try convert("1.00", "RUB", "EUR", "--operation", "general", "--date", "2026-03-02") == 1)
        for wrong in [
            ["1,00", "CHF", "EUR", "--operation", "general", "--date", "2026-03-02"],
            ["1.00", "chf", "EUR", "--operation", "general", "--date", "2026-03-02"],
            ["1.00", "CHF", "EUR", "--operation", "recovery", "--date", "2026-03-02"],
            ["1.00", "CHF", "EUR", "--operation", "general", "--date", "2026-02-30"],
            ["1.00", "CHF", "EUR", "--date", "2026-03-02"], ["1.00", "CHF", "EUR", "--operation", "general"],
        ] {
            let result = try Program.run(["rates", "convert"] + wrong + ["--workspace", folder.path + "/w"])
            #expect(result.status == 64, "\(wrong)")
        }
        let strict = [
            "convert", "1.00", "CHF", "EUR", "--operation", "recovery.request", "--date", "2026-04-14", "--at",
            "2026-04-14T13:59:00Z",
        ]
        #expect(
            try Program.run(["rates"] + strict + ["--workspace", folder.path + "/w"]).output.contains("(provisional)"))
        let refused = try Program.run(
            ["rates"] + strict + ["--strict", "--format", "json", "--workspace", folder.path + "/w"])
        #expect(refused.status == 2)
        #expect((try json(refused.output)["refusal"] as? [String: String])?["rule"] == "CUR-90-006")
    }

    @Test func `import, list and show tell contradictions and change nothing by themselves`() throws {
        let folder = try TemporaryFolder()
        try folder.write("Date,USD,\n2026-04-14,abc,\n", to: "bad.csv")
        let bad = try run(folder, "import", folder.path + "/bad.csv", "/nowhere")
        #expect(bad.status == 1)
        #expect(bad.output.contains("/bad.csv:2:12: error: "))
        #expect(bad.output.contains("[CUR-SRC-006]\n"))
        #expect(bad.errors.contains("/nowhere"))
        #expect(try run(folder, "import", "/nowhere").status == 2)
        #expect(try run(folder, "import", examples + "eurofxref-daily.xml").status == 0)
        let other = try run(folder, "import", examples + "eurofxref-daily-other-sek.xml")
        #expect(other.status == 1)
        #expect(other.output.contains("1 contradiction(s)"))
        let disputed = try run(
            folder, "convert", "1.00", "SEK", "EUR", "--operation", "general", "--date", "2026-04-14", "--lang", "et"
        )
        #expect(disputed.status == 2)
        #expect(disputed.errors.contains("[CUR-SRC-005]"))
        #expect(disputed.errors.contains("erineva kursi"))
        #expect(try run(folder, "show", "--date", "2026-04-14").output.contains("disputed"))
        #expect(try run(folder, "import", "--replace", examples + "eurofxref-daily.xml").status == 0)
        let shown = try json(try run(folder, "show", "--date", "2026-04-14", "--format", "json").output)
        let rates = try #require(shown["rates"] as? [[String: Any]]).filter { $0["currency"] as? String == "SEK" }
        #expect(rates.compactMap { $0["state"] as? String } == ["current", "replaced"])
        let listed = try json(try run(folder, "list", "--format", "json").output)
        #expect((listed["files"] as? [[String: Any]])?.count == 2)
        #expect(listed["disputed"] as? Int == 0)
        #expect(try run(folder, "list").output.contains("newest 2026-04-14"))
        #expect(try run(folder, "show", "--date", "2026-04-12").status == 1)
        #expect(try run(folder, "show", "--date", "2026-04-13").status == 2)
    }

    @Test func `standard input is a file too`() throws {
        let folder = try TemporaryFolder()
        let result = try Program.run(
            ["rates", "import", "-", "--workspace", folder.path + "/w"],
            input: "Date, CHF, \n14 April 2026, 0.9499, \n"
        )
        #expect(result.status == 0)
        #expect(result.output.contains("ECB daily"))
    }
}

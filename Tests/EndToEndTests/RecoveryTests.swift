// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// The contract of `piiripost recovery`, with the invented request of the examples.
struct RecoveryTests {
    private let example = Repository.examples + "/recovery/request.yaml"

    private func json(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    /// A workspace of the applicant party, with rates.
    private func workspace() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write(
            """
            institutions: [EE:MTA001]
            outbound: [{name: access-point, path: outbound}]
            """, to: "w/piiripost.yaml")
        let imported = try Program.run([
            "rates", "import", Repository.examples + "/rates/eurofxref-hist.zip", "--workspace", folder.path + "/w",
        ])
        #expect(imported.status == 0)
        return folder
    }

    private func run(
        _ folder: TemporaryFolder,
        _ arguments: [String],
        by actor: String = "koostaja",
        at now: String = "2026-03-02T16:30:00Z"
    ) throws -> Program.Result {
        try Program.run(
            ["recovery"] + arguments
                + ["--workspace", folder.path + "/w", "--by", actor, "--now", now, "--format", "json"])
    }

    /// Whole numbers of the smallest unit, by hand.
    private func cents(_ text: Any?) throws -> Int {
        let parts = try #require(text as? String).split(separator: ".")
        #expect(parts.count == 2 && parts[1].count == 2)
        return try #require(Int(parts.joined()))
    }

    @Test func `a file becomes a request that a second person approves and that leaves once`() throws {
        let folder = try workspace()
        let made = try run(folder, ["new", example])
        #expect(made.status == 0, "\(made.errors)")
        let request = try #require((try json(made.output)["requests"] as? [[String: Any]])?.first?["id"] as? Int)
        let checked = try run(folder, ["check", "\(request)"])
        #expect(checked.status == 0, "\(checked.output)")
        #expect(try json(checked.output)["admissible"] as? Bool == true)

        #expect(try run(folder, ["send", "\(request)"]).status == 1, "nobody has approved it")
        let own = try run(folder, ["approve", "\(request)"])
        #expect(own.status == 1)
        #expect(own.errors.contains("ACC-007"))
        #expect(try run(folder, ["approve", "\(request)"], by: "kinnitaja").status == 0)
        let sent = try run(folder, ["send", "\(request)"], by: "kinnitaja")
        #expect(sent.status == 0, "\(sent.errors)")
        let facts = try json(sent.output)
        #expect(facts["rateDate"] as? String == "2026-03-02")
        #expect(facts["provisional"] as? Bool == false)
        #expect(facts["delivered"] as? Int == 1)
        #expect(try run(folder, ["send", "\(request)"]).status == 1, "it leaves once")

        let outbound = folder.path + "/w/outbound"
        let names = try FileManager.default.contentsOfDirectory(atPath: outbound).filter { !$0.hasPrefix(".") }
        let file = try #require(names.first { $0.hasSuffix(".xml") })
        #expect(names.count == 2)
        let beside = "\(outbound)/\(file.dropLast(4)).attachments"
        let attached = try FileManager.default.contentsOfDirectory(atPath: beside)
        #expect(attached.count == 1)
        let copy = try Data(contentsOf: URL(fileURLWithPath: "\(beside)/\(attached[0])"))
        #expect(
            copy == (try Data(contentsOf: URL(fileURLWithPath: Repository.examples + "/recovery/instrument.pdf"))))
        let judged = try Program.run(["validate", "\(outbound)/\(file)", "--direction", "outbound", "--format", "json"])
        #expect(judged.status == 0, "\(judged.output)")

        // The sums, by whole numbers and apart from the program.
        let claims = try #require(facts["claims"] as? [[String: [String: Any]]])
        let stated = [[100_000, 5_001, 10_000], [50_000, 4_000, 1_005]]
        for (claim, parts) in zip(claims, stated) {
            let own = try #require(claim["applicant"]?["components"] as? [String: String])
            let theirs = try #require(claim["requested"]?["components"] as? [String: String])
            #expect(try own.values.map { try cents($0) }.sorted() == parts.sorted())
            #expect(try cents(claim["applicant"]?["total"]) == parts.reduce(0, +))
            #expect(try cents(claim["requested"]?["total"]) == theirs.values.map { try cents($0) }.reduce(0, +))
            #expect(theirs.count == own.count)
        }

        let shown = try run(folder, ["show", "\(request)"])
        let accounts = try #require(try json(shown.output)["claims"] as? [[String: Any]])
        #expect(accounts.count == 2)
        #expect(accounts.allSatisfy { $0["balanced"] as? Bool == true && $0["state"] as? String == "requested" })
        let listed = try run(folder, ["list"])
        #expect((try json(listed.output)["requests"] as? [[String: Any]])?.first?["state"] as? String == "sent")
        let cases = try Program.run(["case", "list", "--format", "json", "--workspace", folder.path + "/w"])
        let opened = try #require((try json(cases.output)["cases"] as? [[String: Any]])?.first)
        #expect(opened["caseId"] as? String == facts["caseId"] as? String)
        #expect(opened["role"] as? String == "CaseOwner")
    }

    @Test func `money is booked once, in both currencies, and the books balance`() throws {
        let folder = try workspace()
        _ = try run(folder, ["new", example])
        _ = try run(folder, ["approve", "1"], by: "kinnitaja")
        #expect(try run(folder, ["send", "1"], by: "kinnitaja").status == 0)
        #expect(try run(folder, ["book", "1", "recovered", "1000.00", "--payment", "A1"]).status == 0)
        let twice = try run(folder, ["book", "1", "recovered", "1000.00", "--payment", "A1"])
        #expect(twice.status == 1)
        #expect((try json(twice.output)["refusal"] as? [String: String])?["code"] == "booking")
        #expect(try run(folder, ["book", "1", "recovered", "900000.00", "--payment", "A2"]).status == 1)
        #expect(try run(folder, ["book", "1", "remitted", "400.00", "--payment", "R1"]).status == 0)
        let claims = try #require(try json(try run(folder, ["show", "1"]).output)["claims"] as? [[String: Any]])
        #expect(claims[0]["state"] as? String == "enforcing")
        #expect(claims[0]["remitted"] as? String == "400.00")
        #expect(claims[0]["remittanceDue"] as? String == "0.00", "the rest was paid to us")
        for side in ["applicant", "requested"] {
            let rows = try #require((claims[0][side] as? [String: Any])?["rows"] as? [[String: String]])
            for row in rows {
                let columns = try ["recovered", "outstanding", "withdrawn", "reduced"].map { try cents(row[$0]) }
                #expect(try cents(row["claimed"]) == columns.reduce(0, +), "\(side) \(row["component"] ?? "")")
            }
            let parts = try rows.filter { $0["component"] != "total" }.map { try cents($0["recovered"]) }
            #expect(try cents(rows.last?["recovered"]) == parts.reduce(0, +))
        }
    }

    @Test func `what is booked happened between the request and today`() throws {
        let folder = try workspace()
        _ = try run(folder, ["new", example])
        _ = try run(folder, ["approve", "1"], by: "kinnitaja")
        #expect(try run(folder, ["send", "1"], by: "kinnitaja").status == 0)
        let now = "2026-03-05T08:00:00Z"
        let money = ["book", "1", "recovered", "10.00", "--payment"]
        for (day, reason) in [
            ("2026-03-06", "is after today, 2026-03-05"), ("9999-12-31", "is after today"),
            ("2026-03-01", "is before the request was sent, 2026-03-02"), ("0001-01-01", "is before the request"),
        ] {
            for what in [money + ["A"], ["book", "1", "recognised"], ["book", "1", "refused", "--reason", "x"]] {
                let refused = try run(folder, what + ["--on", day], at: now)
                #expect(refused.status == 1 && refused.errors.contains(reason), "\(day) \(refused.errors)")
            }
        }
        #expect(try run(folder, money + ["A", "--on", "2026-03-02"], at: now).status == 0)
        #expect(try run(folder, money + ["B", "--on", "2026-03-05"], at: now).status == 0)
    }

    @Test func `what is missing is told with its article, and nothing of a person is quoted`() throws {
        let folder = try workspace()
        try FileManager.default.copyItem(
            atPath: Repository.examples + "/recovery/instrument.pdf", toPath: folder.path + "/instrument.pdf")
        var text = try String(contentsOfFile: example, encoding: .utf8)
        for (old, new) in [
            ("  proceduresApplied: true\n", ""),
            ("    limitationEnds: 2031-03-01\n", "    limitationEnds: 2025-01-31\n"),
            (", copy: certified", ""), ("contested: false", "contested: true"),
            ("    familyName: Näidis\n", ""), ("    notifiedOn: 2025-01-20\n", ""),
        ] {
            #expect(text.contains(old))
            text = text.replacingOccurrences(of: old, with: new)
        }
        try folder.write(text, to: "request.yaml")
        #expect(try run(folder, ["new", folder.path + "/request.yaml"]).status == 0)
        let checked = try run(folder, ["check", "1"])
        #expect(checked.status == 1)
        let findings = try #require(try json(checked.output)["findings"] as? [[String: Any]])
        let rules = Set(findings.compactMap { $0["rule"] as? String })
        for rule in [
            "REC-78-1-002", "REC-78-2-A-001", "REC-78-4-001", "REC-78-2-C-001", "REC-78-3-A-001", "REC-78-3-E-001",
        ] {
            #expect(rules.contains(rule), "\(rule) of \(rules.sorted())")
        }
        for finding in findings where (finding["rule"] as? String)?.hasPrefix("REC") == true {
            #expect((finding["reference"] as? String)?.contains("Art.") == true)
        }
        for word in ["Mari", "48005040007", "Provgatan"] { #expect(!checked.output.contains(word)) }
        #expect(try run(folder, ["approve", "1"], by: "kinnitaja").status == 1)
        #expect(try run(folder, ["send", "1"], by: "kinnitaja").status == 1)
    }

    @Test(arguments: [
        ("EE:SKA001", "Applicant and requested party are of the same State"),
        ("EE:MTA001", "Applicant and requested party are the same institution"),
    ])
    func `a request that crosses no border may not be sent`(other: String, reason: String) throws {
        let folder = try workspace()
        try FileManager.default.copyItem(
            atPath: Repository.examples + "/recovery/instrument.pdf", toPath: folder.path + "/instrument.pdf")
        let text = try String(contentsOfFile: example, encoding: .utf8)
        try folder.write(text.replacingOccurrences(of: "SE:SEPEN1", with: other), to: "request.yaml")
        #expect(try run(folder, ["new", folder.path + "/request.yaml"]).status == 0)
        let checked = try run(folder, ["check", "1"])
        #expect(checked.status == 1)
        let findings = try #require(try json(checked.output)["findings"] as? [[String: Any]])
        let finding = try #require(findings.first { $0["rule"] as? String == "DSK-001" })
        #expect((finding["message"] as? String)?.hasPrefix(reason) == true)
        #expect(finding["reference"] as? String == "Reg. 883/2004 Art. 84")
        #expect(try run(folder, ["approve", "1"], by: "kinnitaja").status == 1)
        let explained = try Program.run(["explain", "DSK-001", "--lang", "et"])
        #expect(explained.status == 0 && explained.output.contains("Taotlus ühe riigi piires"))
    }

    @Test func `attachments that cannot serve are refused with the reason`() throws {
        let folder = try workspace()
        let text = try String(contentsOfFile: example, encoding: .utf8)
        try folder.write(text, to: "request.yaml")
        let request = folder.path + "/request.yaml"
        let missing = try run(folder, ["new", request])
        #expect(missing.status == 2)
        for (content, reason) in [("", "is empty"), ("certified copy", "neither PDF nor JPEG nor TIFF")] {
            try folder.write(content, to: "instrument.pdf")
            let result = try run(folder, ["new", request])
            #expect(result.status == 1)
            #expect(result.errors.contains(reason), "\(result.errors)")
        }
        try folder.write("%PDF-1.4", to: "instrument.tif")
        try folder.write(text.replacingOccurrences(of: "instrument.pdf", with: "instrument.tif"), to: "request.yaml")
        #expect(try run(folder, ["new", request]).errors.contains("another format"))
        #expect((try json(try run(folder, ["list"]).output)["requests"] as? [[String: Any]])?.isEmpty == true)
    }

    @Test func `a file that is no request is told with its place`() throws {
        let folder = try workspace()
        try folder.write("kind: recovery\napplicant: EE:MTA001\nrequested: Mari\ncolour: red\n", to: "request.yaml")
        let result = try run(folder, ["new", folder.path + "/request.yaml"])
        #expect(result.status == 1)
        #expect(result.errors.contains("request.yaml:3:12: expected an institution"))
        #expect(result.errors.contains("request.yaml:4:1: unknown key"))
        #expect(!result.errors.contains("Mari"))
    }

    @Test func `without the rate of the day a request waits, unless somebody says otherwise`() throws {
        let folder = try workspace()
        let early = "2026-04-14T10:00:00Z"
        _ = try run(folder, ["new", example], at: early)
        #expect(try run(folder, ["approve", "1"], by: "kinnitaja", at: early).status == 0)
        let waits = try run(folder, ["send", "1"], at: early)
        #expect(waits.status == 2)
        #expect(waits.errors.contains("CUR-90-006"))
        let sent = try run(folder, ["send", "1", "--provisional"], at: early)
        #expect(sent.status == 0, "\(sent.errors)")
        #expect(try json(sent.output)["provisional"] as? Bool == true)
    }

    @Test func `a table of requests is stored as a whole or not at all`() throws {
        let folder = try workspace()
        let made = try run(folder, ["new", "--csv", Repository.examples + "/recovery/requests.csv"])
        #expect(made.status == 0, "\(made.errors)")
        #expect((try json(made.output)["requests"] as? [[String: Any]])?.count == 2)
        for request in ["1", "2"] {
            let checked = try run(folder, ["check", request])
            #expect(checked.status == 0, "\(checked.output)")
        }
        let text = try String(contentsOfFile: Repository.examples + "/recovery/requests.csv", encoding: .utf8)
        try folder.write(text.replacingOccurrences(of: ",750.00,", with: ",Mari,"), to: "requests.csv")
        let faulty = try run(folder, ["new", "--csv", folder.path + "/requests.csv"])
        #expect(faulty.status == 1)
        #expect(faulty.errors.contains("requests.csv:3:25: expected an amount"), "\(faulty.errors)")
        #expect(!faulty.errors.contains("Mari"))
        #expect((try json(try run(folder, ["list"]).output)["requests"] as? [[String: Any]])?.count == 2)
    }

    @Test func `questions are asked until the answers can be read`() throws {
        let folder = try workspace()
        let instrument = Repository.examples + "/recovery/instrument.pdf"
        let answers = [
            "", "recovery", "EE:MTA001", "Rootsi", "?", "SE:SEPEN1", "NAIDIS-2026-20", "Näidisamet", "02", "05",
            "Näidis",
            "Mari", "1980-05-04", "02", "EE", "EE", "48005040007", "", "", "Provgatan 3", "Uppsala", "753 10", "SE",
            "false", "", "true", "true", "", "false", "Otsus 7-1/12", "2024-03-01", "2024-03-15", "2024-04-15",
            "2031-03-01", "2023-01-01", "2023-12-31", "1000,00", "1000.00", "50.00", "", "", "", "02",
            "EE620099900000000001", "Näidisamet", "NAIDIS-2026-20", "", instrument, "certified",
        ]
        let made = try Program.run(
            [
                "recovery", "new", "--ask", "--workspace", folder.path + "/w", "--by", "koostaja", "--now",
                "2026-03-02T16:30:00Z", "--lang", "et",
            ], input: answers.joined(separator: "\n") + "\n")
        #expect(made.status == 0, "\(made.errors)")
        #expect(made.output == "request 1 drafted\n")
        #expect(made.errors.contains("Taotluse saaja [requested]:"))
        #expect(made.errors.contains("  Summa taotleva riigi vääringus, näiteks 1234.50"))
        let checked = try run(folder, ["check", "1"])
        #expect(checked.status == 0, "\(checked.output)")
        let ended = try Program.run(
            ["recovery", "new", "--ask", "--workspace", folder.path + "/w"], input: "recovery\n")
        #expect(ended.status == 2)
    }

    @Test func `the preview is a page in either language, with both currencies and labels of the code lists`() throws {
        let folder = try workspace()
        _ = try run(folder, ["new", example])
        for (language, words) in [
            ("en", ["Request for recovery", "01 - Recovery", "Principal", "certified"]),
            ("et", ["Sissenõudmise või ettevaatusabinõude taotlus", "01 - Sissenõudmine", "Põhinõue", "tõestatud"]),
        ] {
            let page = try Program.run([
                "recovery", "preview", "1", "--workspace", folder.path + "/w", "--lang", language, "--now",
                "2026-03-02T16:30:00Z",
            ])
            #expect(page.status == 0, "\(page.errors)")
            for word in words + ["Näidis", "1150.01", "Otsus 7-1/98", "SEK", "SHA-256"] {
                #expect(page.output.contains(word), "\(language) \(word)")
            }
            #expect(page.output.hasPrefix("<!DOCTYPE html"))
        }
    }
}

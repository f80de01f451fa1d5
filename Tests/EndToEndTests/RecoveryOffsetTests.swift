// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// R_BUC_01 to R_BUC_04 between two installations, from the request file to the last payment.
struct RecoveryOffsetTests {
    private let sending = "2026-03-02T16:30:00Z"
    private let asked = "2026-03-03T08:00:00Z"
    private let answered = "2026-03-05T08:00:00Z"
    private let later = "2026-03-08T08:00:00Z"

    private static func example(_ name: String) throws -> String {
        try String(contentsOfFile: Repository.examples + "/recovery/\(name).yaml", encoding: .utf8)
    }

    /// Files a request and gives its number.
    @discardableResult
    private func send(
        _ text: String,
        _ folder: TemporaryFolder,
        _ sender: RecoveryInstallation,
        updating base: String? = nil,
        at now: String
    ) throws -> String {
        try folder.write(text, to: "request.yaml")
        let path = folder.path + "/request.yaml"
        let drafted: Any?
        if let base {
            drafted = try sender.desk("update", base, path, at: now)["request"]
        } else {
            let listed = try sender.desk("new", path, at: now)["requests"] as? [[String: Any]]
            drafted = listed?.first?["id"]
        }
        let number = "\(try #require(drafted))"
        #expect(try sender.desk("check", number, at: now)["admissible"] as? Bool == true)
        try sender.desk("approve", number, by: "kinnitaja", at: now)
        try sender.desk("send", number, by: "kinnitaja", at: now)
        return number
    }

    private func standing(_ side: RecoveryInstallation, _ request: Int = 1) throws -> String? {
        let shown = try side.desk("show", "\(request)", at: later)
        return (shown["request"] as? [String: Any])?["standing"] as? String
    }

    /// The amounts of a request as both parties see them.
    private func account(_ side: RecoveryInstallation) throws -> [String] {
        let shown = try side.desk("show", "1", at: later)
        let account = try #require(shown["offset"] as? [String: Any])
        func text(_ value: Any?) -> String {
            let sum = value as? [String: String]
            return "\(sum?["amount"] ?? "-") \(sum?["currency"] ?? "-")"
        }
        let payments = try #require(account["payments"] as? [[String: Any]])
        return ["asked", "askedInOtherCurrency", "offered"].map { "\($0) \(text(account[$0]))" }
            + payments.map { "\($0["on"] ?? "") \(text($0["sum"]))" }
    }

    /// Both parties see the request as paid, with the same amounts, and nothing is left to do.
    private func expectPaid(
        _ sides: [RecoveryInstallation],
        _ amounts: [String],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        for side in sides {
            #expect(try standing(side) == "paid", sourceLocation: sourceLocation)
            #expect(try side.due(at: later) == [], sourceLocation: sourceLocation)
            #expect(try account(side) == amounts, sourceLocation: sourceLocation)
        }
    }

    @Test func `R_BUC_01: an overpayment is deducted from arrears and ongoing payments`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.pair(folder)
        try send(try Self.example("offset"), folder, estonia, at: sending)
        try sweden.process()
        #expect(try estonia.due(at: asked) == ["them: answer the request"])
        #expect(try sweden.due(at: asked) == ["us: say what can be deducted or reimbursed, and answer with R002"])
        // Neither documents of other use cases, nor those of the other party.
        #expect(try sweden.refused("reply", "1", "accept", at: asked).0 == 1)
        #expect(try sweden.refused("reply", "1", "take-offer", "--arrears", at: asked).0 == 1)
        try sweden.desk(
            "reply", "1", "offer", "4000.00", "--each", "500.00", "--count", "10", "--reason", "Avdrag", at: answered)
        try estonia.process()
        let decide = "decide on the deduction and answer with R003"
        #expect(try estonia.due(at: answered) == ["us: \(decide)"])
        #expect(try sweden.due(at: answered) == ["them: \(decide)"])
        try estonia.desk("reply", "1", "take-offer", "--arrears", "--ongoing", at: "2026-03-06T08:00:00Z")
        try sweden.process()
        let transfer = "transfer what is deducted or reimbursed, and tell it with R004"
        #expect(try sweden.due(at: later) == ["us: \(transfer)"])
        try sweden.desk("reply", "1", "transferred", "4000.00", "--on", "2026-03-07", at: later)
        try estonia.process()
        #expect(try standing(estonia) == "paid in part")
        #expect(try estonia.due(at: later) == ["them: \(transfer)"])
        try sweden.desk("reply", "1", "transferred", "4994.04", "--code", "04", at: later)
        try estonia.process()
        try expectPaid(
            [estonia, sweden],
            [
                "asked 812.00 EUR", "askedInOtherCurrency 8994.04 SEK", "offered 4000.00 SEK",
                "2026-03-07 4000.00 SEK", "2026-03-08 4994.04 SEK",
            ])
        #expect(
            try estonia.news(at: later) == [
                "R001 sent: requested", "R002 received: deductible: arrears, ongoing payments", "R003 sent: agreed",
                "R004 received: paid in part", "R004 received: paid",
            ])
    }

    @Test(arguments: [["8994.04"], ["4000.00", "4994.03"]])
    func `R_BUC_01: what is transferred in full by the rate of the request ends it`(amounts: [String]) throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.pair(folder)
        try send(try Self.example("offset"), folder, estonia, at: sending)
        try sweden.process()
        try sweden.desk("reply", "1", "offer", "8994.04", "--complete", at: answered)
        try estonia.process()
        try estonia.desk("reply", "1", "take-offer", "--arrears", at: "2026-03-06T08:00:00Z")
        try sweden.process()
        for (number, amount) in amounts.enumerated() {
            try sweden.desk("reply", "1", "transferred", amount, at: later)
            try estonia.process()
            #expect(try standing(estonia) == (number + 1 == amounts.count ? "paid" : "paid in part"))
        }
        #expect(try estonia.due(at: later) == [] && sweden.due(at: later) == [])
    }

    @Test func `R_BUC_01: a provisional request, its answer, a final request and a deduction that is declined`() throws
    {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.pair(folder)
        let final = try Self.example("offset")
        let start = try #require(final.range(of: "  amount:"))
        let end = try #require(final.range(of: "bank:"))
        var text = final.replacingCharacters(in: start.lowerBound..<end.lowerBound, with: "")
        text = text.replacingOccurrences(of: "final: true", with: "final: false")
        try send(
            text.split(separator: "\n").filter { !$0.hasPrefix("bank:") }.joined(separator: "\n"), folder, estonia,
            at: sending)
        try sweden.process()
        // Before the answer the amount has no place: nobody could decide on what is offered.
        try folder.write(final, to: "request.yaml")
        try estonia.desk("update", "1", folder.path + "/request.yaml", at: asked)
        #expect(try estonia.refused("check", "2", at: asked).1.contains("once R002 has come"))
        try estonia.desk("drop", "2", at: asked)
        try sweden.desk(
            "reply", "1", "offer", "--arrears", "--entitled", "2026-01-01", "--each", "2000.00", at: answered)
        try estonia.process()
        #expect(try estonia.due(at: answered) == ["us: state the amount with a final request"])
        try send(final, folder, estonia, updating: "1", at: later)
        try sweden.process()
        #expect(try sweden.due(at: later) == ["us: say what can be deducted or reimbursed, and answer with R002"])
        try sweden.desk("reply", "1", "offer", "100.00", at: later)
        try estonia.process()
        try estonia.desk("reply", "1", "decline-offer", "--reason", "Liiga vähe", at: later)
        try sweden.process()
        for side in [estonia, sweden] {
            #expect(try standing(side) == "declined")
            #expect(try side.due(at: later) == [])
        }
    }

    @Test func `R_BUC_02: arrears are held back, the amount follows within two months, and is paid`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.pair(folder)
        let text = try Self.example("arrears")
        try send(text, folder, estonia, at: sending)
        try sweden.process()
        #expect(try sweden.due(at: asked) == ["us: say what can be deducted or reimbursed, and answer with R006"])
        try sweden.desk(
            "reply", "1", "offer", "9000.00", "--from", "2025-07-01", "--to", "2025-12-31", at: answered)
        try estonia.process()
        #expect(try estonia.due(at: answered) == ["us: state the amount with a final request"])
        let items = try #require(try sweden.desk("due", at: answered)["items"] as? [[String: Any]])
        #expect(items.map { "\($0["by"] ?? "") \($0["dueOn"] ?? "") \($0["basis"] ?? "")" } == ["them 2026-05-05 law"])
        let final =
            text.replacingOccurrences(
                of: "final: false",
                with: "final: true\n  amount: \"640.00\"\n  periods: { from: 2025-01-01, to: 2025-06-30 }")
            + "bank: { iban: EE620099900000000001, holder: Näidisamet, reference: NAIDIS-2026-22 }\n"
        // Two months after the notice of arrears it is too late.
        try folder.write(final, to: "request.yaml")
        try estonia.desk("update", "1", folder.path + "/request.yaml", at: "2026-05-05T08:00:00Z")
        let check = try estonia.desk("check", "2", at: "2026-05-05T08:00:00Z")
        #expect(check["admissible"] as? Bool == true)
        #expect(try estonia.refused("check", "2", at: "2026-05-06T08:00:00Z").0 == 1)
        let refused = try estonia.refused("approve", "2", by: "kinnitaja", at: "2026-05-06T08:00:00Z")
        #expect(refused.0 == 1)
        try estonia.desk("drop", "2", at: later)
        try send(final, folder, estonia, updating: "1", at: later)
        try sweden.process()
        // The final request is a document of its own, at the rate of the day on which the request was first sent.
        let register = folder.files(in: "se/register").filter { $0.hasPrefix("R005") }
        #expect(register.count == 2)
        try sweden.desk("reply", "1", "transferred", "7088.90", "--code", "01", at: later)
        try estonia.process()
        try expectPaid(
            [estonia, sweden],
            [
                "asked 640.00 EUR", "askedInOtherCurrency 7088.90 SEK", "offered 9000.00 SEK",
                "2026-03-08 7088.90 SEK",
            ])
    }

    @Test(arguments: [
        ("arrears", [String](), "not deductible"), ("arrears", ["--paid-out"], "not deductible: paid out"),
        ("provisional-benefits", ["--reason", "Ingen rätt"], "not deductible"),
        ("provisional-benefits", ["--late"], "not deductible"),
        ("provisional-contributions", ["--reason", "Redan återbetalade"], "not deductible"),
        ("provisional-contributions", ["--late"], "not deductible: late"),
        ("offset", ["--reason", "Inga förmåner"], "not deductible"),
    ])
    func `nothing can be deducted, and nothing more is due`(name: String, reason: [String], outcome: String) throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.pair(folder)
        try send(try Self.example(name), folder, estonia, at: sending)
        try sweden.process()
        try sweden.desk(["reply", "1", "no-offer"] + reason, at: answered)
        try estonia.process()
        for side in [estonia, sweden] {
            #expect(try standing(side) == outcome)
            #expect(try side.due(at: later) == [])
        }
    }

    @Test func `R_BUC_03: benefits paid provisionally are reimbursed from arrears`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.pair(folder)
        try send(try Self.example("provisional-benefits"), folder, estonia, at: sending)
        try sweden.process()
        #expect(try sweden.due(at: asked) == ["us: say what can be deducted or reimbursed, and answer with R009"])
        try sweden.desk(
            "reply", "1", "offer", "26583.36", "--complete", "--from", "2025-07-01", "--to", "2025-12-31",
            at: answered)
        try estonia.process()
        #expect(
            try estonia.due(at: answered) == ["them: transfer what is deducted or reimbursed, and tell it with R004"])
        try sweden.desk("reply", "1", "transferred", "26583.36", "--code", "01", at: later)
        try estonia.process()
        try expectPaid(
            [estonia, sweden],
            [
                "asked 2400.00 EUR", "askedInOtherCurrency 26583.36 SEK", "offered 26583.36 SEK",
                "2026-03-08 26583.36 SEK",
            ])
        #expect(try estonia.news(at: later).contains("R009 received: deductible: arrears"))
    }

    @Test func `R_BUC_03: ongoing payments serve where arrears do not suffice`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.pair(folder)
        try send(try Self.example("provisional-benefits"), folder, estonia, at: sending)
        try sweden.process()
        try sweden.desk(
            "reply", "1", "offer", "10000.00", "--from", "2025-07-01", "--to", "2025-12-31", "--each", "500.00",
            "--count", "34", at: answered)
        try estonia.process()
        #expect(try standing(estonia) == "deductible: arrears, ongoing payments")
    }

    @Test func `R_BUC_04: contributions of an employer are reimbursed`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.pair(folder)
        try send(try Self.example("provisional-contributions"), folder, estonia, at: sending)
        try sweden.process()
        #expect(try sweden.due(at: asked) == ["us: say what can be deducted or reimbursed, and answer with R011"])
        try sweden.desk(
            "reply", "1", "offer", "855.00", "--for-person", "45.00", "--reason", "Enligt beslut", at: answered)
        try estonia.process()
        try sweden.desk("reply", "1", "transferred", "9470.32", "--code", "01", at: later)
        try estonia.process()
        try expectPaid(
            [estonia, sweden],
            [
                "asked 900.00 EUR", "askedInOtherCurrency 9968.76 SEK", "offered 855.00 EUR",
                "2026-03-08 9470.32 SEK",
            ])
        let page = try Program.run([
            "recovery", "preview", "1", "--workspace", estonia.path, "--lang", "et", "--now", sending,
        ]).output
        for word in ["Tööandja osa", "660.00", "Pädevus", "Konto omanik"] { #expect(page.contains(word), "\(word)") }
    }

    @Test func `questions about offsetting ask for no claim and no instrument`() throws {
        let folder = try TemporaryFolder()
        let (estonia, _) = try RecoveryInstallation.pair(folder)
        let answers = [
            "provisionalContributions", "EE:MTA001", "SE:SEPEN1", "NAIDIS-2026-24", "Näidisamet", "", "", "", "", "",
            "",
            "", "Näidis Ehitus OÜ", "10000062", "Provgatan 3", "Uppsala", "753 10", "SE", "EE620099900000000001",
            "Näidisamet", "NAIDIS-2026-24", "2026-01-12", "2026-04-13", "05", "2025-07-01", "2025-12-31", "900.00",
        ]
        let made = try Program.run(
            ["recovery", "new", "--ask", "--workspace", estonia.path, "--by", "ametnik", "--now", sending],
            input: answers.joined(separator: "\n") + "\n")
        #expect(made.status == 0, "\(made.errors)")
        #expect(!made.errors.contains("[claims"))
        #expect(!made.errors.contains("[declaration"))
        // The draft is due on the last day that it names.
        let drafts = try #require(try estonia.desk("due", at: sending)["items"] as? [[String: Any]])
        #expect(drafts.map { $0["dueOn"] as? String } == ["2026-04-13"])
        #expect(try estonia.desk("check", "1", at: sending)["admissible"] as? Bool == true)
    }

    @Test func `what a request for offsetting lacks is told before it is sent`() throws {
        let folder = try TemporaryFolder()
        let (estonia, _) = try RecoveryInstallation.pair(folder)
        func findings(_ text: String) throws -> String {
            try folder.write(text, to: "request.yaml")
            let listed = try estonia.desk("new", folder.path + "/request.yaml", at: sending)["requests"]
            let number = "\(try #require((listed as? [[String: Any]])?.first?["id"]))"
            let result = try Program.run([
                "recovery", "check", number, "--workspace", estonia.path, "--now", sending, "--format", "json",
            ])
            #expect(result.status == 1)
            return result.output
        }
        let offset = try Self.example("offset")
        #expect(
            try findings(offset.replacingOccurrences(of: "  amount: \"812.00\"\n", with: "")).contains("REC-72-1-001"))
        let benefits = try Self.example("provisional-benefits")
        // Of two periods, for which the document has no room, none is left out in silence.
        #expect(
            try findings(
                benefits.replacingOccurrences(
                    of: "periods: { from: 2025-07-01, to: 2025-12-31 }",
                    with: "periods: [{ from: 2025-07-01, to: 2025-09-30 }, { from: 2025-10-01, to: 2025-12-31 }]"
                )
            ).contains("XSD-"))
        #expect(
            try findings("kind: provisionalContributions\napplicant: EE:MTA001\nrequested: SE:SEPEN1\n")
                .contains("XSD-"))
    }
}

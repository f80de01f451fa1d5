// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// An applicant and a requested installation that know of each other only what their file queues carry.
struct RecoveryExchangeTests {
    @Test func `a claim that is reduced and paid in parts ends with equal books on both sides`() throws {
        let folder = try TemporaryFolder()
        // The request, and what it becomes at the other end.
        let (estonia, sweden) = try RecoveryInstallation.exchange(folder)
        let taken = try sweden.desk("due", at: "2026-03-03T08:00:00Z")
        let tasks = try #require(taken["items"] as? [[String: Any]])
        #expect(
            tasks.contains { ($0["reference"] as? String)?.contains("Art. 78") == true && $0["by"] as? String == "us" })
        #expect(try sweden.states(at: "2026-03-03T08:00:00Z") == ["requested", "requested"])
        #expect(try sweden.books(at: "2026-03-03T08:00:00Z") == estonia.books(at: "2026-03-03T08:00:00Z"))

        // Recognition.
        try sweden.desk("reply", "1", "accept", "--reason", "Erkänd", at: "2026-03-04T08:00:00Z")
        try estonia.process()
        #expect(try estonia.states(at: "2026-03-04T09:00:00Z") == ["recognised", "recognised"])

        // Money in two payments, one remittance.
        try sweden.desk("book", "1", "recovered", "3000.00", "--payment", "B1", at: "2026-03-20T08:00:00Z")
        try sweden.desk("book", "1", "recovered", "777.77", "--payment", "B2", at: "2026-03-21T08:00:00Z")
        let file = folder.path + "/payments.xml"
        let order = [
            "payments", "--institution", "SE:SEPEN1", "--currency", "SEK", "--account", "SE4550000000058398257466",
            "--holder", "Provmyndigheten", "--output", file,
        ]
        let listed = try sweden.desk(order, at: "2026-03-21T09:00:00Z")
        #expect((listed["payments"] as? [[String: Any]])?.first?["amount"] as? String == "3777.77")
        let payments = try String(contentsOfFile: file, encoding: .utf8)
        for text in ["<NbOfTxs>1</NbOfTxs>", "<CtrlSum>3777.77</CtrlSum>", "Ccy=\"SEK\">3777.77<", "NAIDIS-2026-17"] {
            #expect(payments.contains(text), "\(text)")
        }
        let again = try sweden.desk(order, at: "2026-03-21T10:00:00Z")
        #expect((again["payments"] as? [[String: Any]])?.isEmpty == true, "no payment twice")
        try sweden.desk("reply", "1", "paid", at: "2026-03-22T08:00:00Z")
        #expect((try sweden.desk(order, at: "2026-03-22T08:30:00Z")["payments"] as? [Any])?.isEmpty == true)
        try estonia.process()
        #expect(try estonia.books(at: "2026-03-22T09:00:00Z") == sweden.books(at: "2026-03-22T09:00:00Z"))
        #expect(try estonia.books(at: "2026-03-22T09:00:00Z")[0].contains("| 3777.77 | 0.00 |"))

        // A reduction, at the rates of the first sending.
        try estonia.desk(
            "reply", "1", "reduce", "--code", "02", "--component", "1:principal=700.00", "--component",
            "1:interest=50.01", "--component", "2:principal=500.00", at: "2026-03-25T08:00:00Z")
        try sweden.process()
        #expect(try estonia.books(at: "2026-03-25T09:00:00Z") == sweden.books(at: "2026-03-25T09:00:00Z"))

        // The rest, claim by claim.
        let shown = try sweden.desk("show", "1", at: "2026-04-01T08:00:00Z")
        for claim in try #require(shown["claims"] as? [[String: Any]]) {
            let rows = (claim["requested"] as? [String: Any])?["rows"] as? [[String: String]]
            let rest = try #require(rows?.last?["outstanding"])
            let number = try #require(claim["claim"] as? Int)
            try sweden.desk(
                "book", "1", "recovered", rest, "--claim", "\(number)", "--payment", "C\(number)",
                at: "2026-04-01T08:00:00Z")
        }
        try sweden.desk("reply", "1", "paid", at: "2026-04-02T08:00:00Z")
        try estonia.process()
        let ended = "2026-04-02T09:00:00Z"
        #expect(try estonia.states(at: ended) == ["paid", "paid"])
        #expect(try estonia.books(at: ended) == sweden.books(at: ended))
        for item in try #require(try estonia.desk("due", at: ended)["items"] as? [[String: Any]]) {
            Issue.record("nothing is due any more: \(item)")
        }
        let report = try Program.run([
            "recovery", "report", "--csv", "--workspace", estonia.path, "--now", ended,
        ])
        #expect(report.output.contains("applicant,SE,2026-03,SEK,paid,2,"))
    }

    @Test func `a contestation suspends, and a decision for the debtor leaves a refund on both sides`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.exchange(folder)
        try sweden.desk("reply", "1", "accept", "--reason", "Erkänd", at: "2026-03-04T08:00:00Z")
        try sweden.desk("book", "1", "recovered", "500.00", "--payment", "B1", at: "2026-03-05T08:00:00Z")
        try sweden.desk("reply", "1", "paid", at: "2026-03-06T08:00:00Z")
        try estonia.process()
        try estonia.desk(
            "reply", "1", "contested", "--code", "01", "--reason", "Vaie", "--on", "2026-03-09",
            at: "2026-03-09T08:00:00Z")
        try sweden.process()
        #expect(try sweden.states(at: "2026-03-09T09:00:00Z") == ["suspended", "suspended"])
        #expect(try estonia.books(at: "2026-03-09T09:00:00Z") == sweden.books(at: "2026-03-09T09:00:00Z"))
        try sweden.desk("reply", "1", "answer", "--code", "01", at: "2026-03-10T08:00:00Z")
        try estonia.process()
        try estonia.desk(
            "reply", "1", "decide", "--code", "01", "--impact", "01", "--on", "2026-03-12", at: "2026-03-12T08:00:00Z")
        try sweden.process()
        let ended = "2026-03-12T09:00:00Z"
        #expect(try sweden.states(at: ended) == ["withdrawn", "withdrawn"])
        #expect(try estonia.books(at: ended) == sweden.books(at: ended))
        // Nothing is claimed any more, so what was recovered and remitted goes back.
        #expect(try estonia.books(at: ended)[0].hasSuffix("| withdrawn | 500.00 | 0.00 | 500.00"))
        let due = try #require(try estonia.desk("due", at: ended)["items"] as? [[String: Any]])
        #expect(
            due.contains { ($0["reference"] as? String)?.contains("Art. 85(3)") == true && $0["by"] as? String == "us" }
        )
    }
}

// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// New versions of a request that was sent (Article 78(5)), and the rates that they are converted by.
struct RecoveryUpdateTests {
    private func sent(_ side: RecoveryInstallation, _ request: Int, at now: String, _ flags: String...) throws
        -> [String: Any]
    {
        try side.desk("approve", "\(request)", by: "kinnitaja", at: now)
        return try side.desk(["send", "\(request)"] + flags, by: "kinnitaja", at: now)
    }

    /// The total of the first claim in the currency of the requested party.
    private func total(_ sent: [String: Any]) throws -> String {
        let claims = try #require(sent["claims"] as? [[String: [String: Any]]])
        return try #require(claims.first?["requested"]?["total"] as? String)
    }

    @Test(arguments: [
        // 1200.01 by 11.0764 of 2026-03-02, part by part: 11630.22 + 553.93 + 1107.64.
        ("", "asFirstSent", "2026-03-02", "13291.79"),
        // 500.00 were paid for 45.14 and stay; the rest by 11.1 of 2026-04-14: 11153.95 + 555.11 + 1110.00.
        ("recoveryRates: newDate", "newDate", "2026-04-14", "13319.06"),
    ])
    func `a new version keeps the day of the rates, unless the policy says otherwise`(
        settings: String,
        policy: String,
        day: String,
        amount: String
    ) throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.exchange(folder, also: settings)
        try sweden.desk("reply", "1", "accept", "--reason", "Erkänd", at: "2026-03-05T08:00:00Z")
        try sweden.desk("book", "1", "recovered", "500.00", "--payment", "B1", at: "2026-03-06T08:00:00Z")
        try sweden.desk("reply", "1", "paid", at: "2026-03-07T08:00:00Z")
        try estonia.process()

        let text = try String(contentsOfFile: Repository.examples + "/recovery/request.yaml", encoding: .utf8)
        let claims = try #require(text.range(of: "  - instrument: Otsus 7-1/98"))
        let rest = try #require(text.range(of: "instalments:"))
        try folder.write(
            String(text[..<claims.lowerBound]) + text[rest.lowerBound...], to: "fewer.yaml")
        try folder.write(text.replacingOccurrences(of: "\"1000.00\"", with: "\"1050.00\""), to: "more.yaml")
        let changing = "2026-04-14T16:30:00Z"
        #expect(try estonia.refused("update", "1", folder.path + "/fewer.yaml", at: changing).0 == 1)
        let draft = try estonia.desk("update", "1", folder.path + "/more.yaml", at: changing)
        #expect(draft["updates"] as? Int == 1)
        #expect(try estonia.refused("update", "1", at: changing).0 == 1, "one new version at a time")
        let check = try estonia.desk("check", "2", at: changing)
        let rules = (check["findings"] as? [[String: Any]])?.compactMap { $0["rule"] as? String } ?? []
        #expect(rules.contains("CUR-90-007") == (policy == "newDate"))
        #expect(!rules.contains("REC-STATE-004"), "it is no second request for the same claim")
        #expect(try estonia.refused("approve", "2", at: changing).1.contains("ACC-007"))
        let update = try sent(estonia, 2, at: changing)
        #expect(update["rateDate"] as? String == day)
        #expect(try total(update) == amount)
        let listed = try #require(try estonia.desk("list", at: changing)["requests"] as? [[String: Any]])
        #expect(listed.map { $0["ratePolicy"] as? String } == [policy, policy])
        #expect(listed.last?["updates"] as? Int == 1)
        let audit = try Program.shell(
            "strings -a '\(estonia.path)/store.sqlite-wal' '\(estonia.path)/store.sqlite' 2>/dev/null | grep -c 'new version of 1, \(policy)'",
            folder: folder.path)
        #expect(audit.status == 0, "the audit trail names the policy")

        try sweden.process()
        let seen = "2026-04-15T08:00:00Z"
        #expect(try sweden.books(at: seen) == estonia.books(at: seen))
        #expect(try sweden.books(at: seen)[0].contains("total \(amount) 500.00"))
        #expect(try sweden.news(at: seen).last == "R017 received: revised")
        let register = folder.files(in: "se/register").filter { $0.hasPrefix("R017") && $0.hasSuffix(".xml") }
        let versions = try register.map { name in
            try String(contentsOfFile: "\(folder.path)/se/register/\(name)", encoding: .utf8)
                .firstMatch(of: /DocumentVersion>([0-9]+)</).map { String($0.1) }
        }
        #expect(Set(versions) == ["1", "2"])
    }

    @Test func `rates of a new day leave alone what is paid`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.exchange(folder, also: "recoveryRates: newDate")
        try sweden.desk("reply", "1", "accept", "--reason", "Erkänd", at: "2026-03-05T08:00:00Z")
        for (claim, amount) in [("1", "12737.97"), ("2", "200.00")] {
            try sweden.desk(
                "book", "1", "recovered", amount, "--claim", claim, "--payment", claim, at: "2026-03-06T08:00:00Z")
        }
        try sweden.desk("reply", "1", "paid", at: "2026-03-07T08:00:00Z")
        try estonia.process()
        let before = try estonia.books(at: "2026-03-08T08:00:00Z")
        #expect(before[0].hasSuffix("| paid | 12737.97 | 0.00 | 0.00"))

        // A file that states the claims once more, the second one larger.
        let text = try String(contentsOfFile: Repository.examples + "/recovery/request.yaml", encoding: .utf8)
        try folder.write(text.replacingOccurrences(of: "\"500.00\"", with: "\"550.00\""), to: "more.yaml")
        let changing = "2026-04-14T16:30:00Z"
        try estonia.desk("update", "1", folder.path + "/more.yaml", at: changing)
        let update = try sent(estonia, 2, at: changing)
        func totals(_ facts: [String: Any]) throws -> [String] {
            let claims = try #require(facts["claims"] as? [[String: [String: Any]]])
            return claims.compactMap { $0["requested"]?["total"] as? String }
        }
        // 200.00 were paid for 18.06; 531.94, 40.00 and 10.05 by 11.1: 5904.53 + 444.00 + 111.56.
        #expect(try totals(update) == ["12737.97", "6660.09"])
        try sweden.process()
        let seen = "2026-04-15T08:00:00Z"
        #expect(try estonia.books(at: seen) == sweden.books(at: seen))
        #expect(try estonia.books(at: seen)[0] == before[0])

        // R025 does the same; and what was sent is shown as it was sent, whatever was paid since.
        try estonia.desk(
            "reply", "1", "reduce", "--code", "02", "--component", "1:principal=1000.00", "--component",
            "1:interest=50.01", "--component", "1:administrativePenalties=100.00", "--component", "2:principal=18.06",
            at: "2026-04-15T09:00:00Z")
        try sweden.process()
        let reduced = "2026-04-15T10:00:00Z"
        #expect(try estonia.books(at: reduced) == sweden.books(at: reduced))
        #expect(try estonia.books(at: reduced)[0] == before[0])
        #expect(try estonia.states(at: reduced) == ["paid", "paid"])
        #expect(try totals(estonia.desk("check", "2", at: reduced)) == ["12737.97", "6660.09"])
    }

    @Test func `amounts that were sent provisionally are told until a new version has the right ones`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.pair(folder)
        // In the morning the rates of the day are not out.
        let early = "2026-04-14T10:00:00Z"
        try estonia.desk("new", Repository.examples + "/recovery/request.yaml", at: early)
        let first = try sent(estonia, 1, at: early, "--provisional")
        #expect(first["provisional"] as? Bool == true)
        try sweden.process()
        let waits = "us: import the rate of 2026-04-14: the amounts were sent with an earlier one"
        let recompute = "us: send a new version: the rate of 2026-04-14 is out, and the amounts are still provisional"
        #expect(try estonia.due(at: "2026-04-14T10:30:00Z").contains(waits))
        let late = "2026-04-14T16:30:00Z"
        #expect(try estonia.due(at: late).contains(recompute))
        #expect(!(try sweden.due(at: late).contains(recompute)), "it is the applicant's")

        try estonia.desk("update", "1", at: late)
        let second = try sent(estonia, 2, at: late)
        #expect(second["provisional"] as? Bool == false)
        // 1150.01 by 11.1, part by part: 11100.00 + 555.11 + 1110.00.
        #expect(try total(second) == "12765.11")
        #expect(try total(first) != total(second))
        #expect(!(try estonia.due(at: late).contains { $0.contains("2026-04-14") }))
        try sweden.process()
        #expect(try sweden.books(at: late) == estonia.books(at: late))
    }

    @Test func `what was sent on a day without rates waits for those of the next one`() throws {
        let folder = try TemporaryFolder()
        let (estonia, _) = try RecoveryInstallation.pair(folder)
        // A Saturday.
        let sending = "2026-03-07T12:30:00Z"
        try estonia.desk("new", Repository.examples + "/recovery/request.yaml", at: sending)
        _ = try sent(estonia, 1, at: sending, "--provisional")
        #expect(
            try estonia.due(at: "2026-03-08T10:00:00Z").contains(
                "us: import the rate of 2026-03-09: the amounts were sent with an earlier one"))
    }

    @Test func `a message that loses its place is told until somebody has looked at it`() throws {
        let folder = try TemporaryFolder()
        try folder.write("institutions: EE:MTA001\nincompleteAfter: 0s\n", to: "w/piiripost.yaml")
        let id = UUID().uuidString.lowercased()
        func desk(_ arguments: String...) throws -> String {
            let result = try Program.run(
                ["recovery"] + arguments + ["--workspace", folder.path + "/w", "--now", "2026-03-02T13:00:00Z"])
            #expect(result.status == 0, "\(result.errors)")
            return result.output
        }
        for (sed, time) in [("R017", "01"), ("R025", "03"), ("X001", "02")] {
            var message = try TestMessage(sed, in: "R_BUC_07")
            message.caseID = id
            message.createdAt = "2026-03-02T\(time):00:00Z"
            if sed == "R017" { message.action = "Start" }
            for attachment in message.attachments {
                try folder.write("%PDF-1.4", to: "w/inbound/\(sed).attachments/\(attachment).pdf")
            }
            try folder.write(message.text, to: "w/inbound/\(sed).xml")
            let run = try Program.run([
                "process", "--once", "--workspace", folder.path + "/w", "--now", "2026-03-02T12:00:00Z",
            ])
            #expect(run.status == 0)
            if sed == "R025" { #expect(!(try desk("due").contains("has lost its place"))) }
        }
        #expect(try desk("due").contains("check what was booked of R025: the message has lost its place in the case"))
        _ = try desk("done", "1", "2")
        #expect(!(try desk("due").contains("has lost its place")))
        #expect(!(try desk("due").contains("has lost its place")), "and it stays so")
    }
}

// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// Lists of payments that are taken back, and numbers that no restore gives again.
struct RecoveryPaymentsTests {
    /// Number and amounts of a list, such as `1: 500.00`; nil where the command is refused.
    private func list(_ side: RecoveryInstallation, _ file: String, at now: String) throws -> String? {
        let result = try Program.run([
            "recovery", "payments", "--institution", "SE:SEPEN1", "--currency", "SEK", "--account",
            "SE4550000000058398257466", "--holder", "Provmyndigheten", "--output", file, "--workspace", side.path,
            "--now", now, "--format", "json",
        ])
        guard result.status == 0 else { return nil }
        let facts = try #require(
            try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        let payments = facts["payments"] as? [[String: Any]]
        let amounts = payments?.compactMap { $0["amount"] as? String } ?? []
        return "\(facts["list"] as? Int ?? 0): \(amounts.joined(separator: " "))"
    }

    private func recovered(_ side: RecoveryInstallation, _ amount: String, at now: String) throws {
        try side.desk("book", "1", "recovered", amount, "--payment", now, at: now)
    }

    @Test func `what a voided list holds is due again, and its number and file are gone`() throws {
        let folder = try TemporaryFolder()
        let (_, sweden) = try RecoveryInstallation.exchange(folder)
        try sweden.desk("reply", "1", "accept", "--reason", "Erkänd", at: "2026-03-04T08:00:00Z")
        try recovered(sweden, "500.00", at: "2026-03-05T08:00:00Z")
        let now = "2026-03-06T08:00:00Z"
        #expect(try list(sweden, folder.path + "/1.xml", at: now) == "1: 500.00")
        try recovered(sweden, "30.00", at: "2026-03-06T09:00:00Z")
        #expect(try list(sweden, folder.path + "/2.xml", at: now) == "2: 30.00")
        let withoutReason = try Program.run(["recovery", "payments", "--void", "1", "--workspace", sweden.path])
        #expect(withoutReason.status == 64)
        let void = ["payments", "--void", "1", "--reason", "bank refused"]
        #expect(try sweden.desk(void, at: now)["requests"] as? [Int] == [1])
        #expect(try sweden.refused("payments", "--void", "1", "--reason", "twice", at: now).0 == 1)
        #expect(try sweden.refused("payments", "--void", "9", "--reason", "none", at: now).0 == 2)
        let again = try sweden.refused("payments", "--list", "1", "--output", folder.path + "/again.xml", at: now)
        #expect(again.0 == 1 && again.1.contains("list 1 was voided"))
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/again.xml"))
        #expect(try list(sweden, folder.path + "/3.xml", at: now) == "3: 500.00")
        #expect(try list(sweden, folder.path + "/4.xml", at: now) == "0: ")
        // The last list voided: its number is not given again either.
        try sweden.desk(["payments", "--void", "3", "--reason", "never handed in"], at: now)
        #expect(try list(sweden, folder.path + "/5.xml", at: now) == "4: 500.00")
        // What R004 has told of as paid is not due again.
        try sweden.desk("reply", "1", "paid", at: "2026-03-07T08:00:00Z")
        for number in ["2", "4"] {
            let told = try sweden.refused("payments", "--void", number, "--reason", "late", at: "2026-03-08T08:00:00Z")
            #expect(told.0 == 1 && told.1.contains("R004 has told of list \(number)"))
        }
        #expect(try list(sweden, folder.path + "/6.xml", at: "2026-03-08T08:00:00Z") == "0: ")
        let audit = try Program.shell(
            "strings -a '\(sweden.path)/store.sqlite-wal' '\(sweden.path)/store.sqlite' 2>/dev/null | grep -c 'payment(s): bank refused'",
            folder: folder.path)
        #expect(audit.status == 0, "the audit trail has the reason")
    }

    @Test func `a store that was restored gives no number again, and pays nothing before somebody has looked`() throws {
        let folder = try TemporaryFolder()
        let (_, sweden) = try RecoveryInstallation.exchange(folder)
        try sweden.desk("reply", "1", "accept", "--reason", "Erkänd", at: "2026-03-04T08:00:00Z")
        try recovered(sweden, "500.00", at: "2026-03-05T08:00:00Z")
        let now = "2026-03-06T08:00:00Z"
        #expect(try sweden.refused("payments", "--last", "1000000", at: now).0 == 1, "no restore has left it open")
        _ = try list(sweden, folder.path + "/1.xml", at: now)
        #expect(try sweden.refused("payments", "--last", "1000000", at: now).0 == 1)
        let backup = folder.path + "/backup.sqlite"
        #expect(try Program.run(["store", "backup", backup, "--workspace", sweden.path]).status == 0)
        for number in 2...3 {
            try recovered(sweden, "\(number)0.00", at: "2026-03-06T0\(number):00:00Z")
            _ = try list(sweden, folder.path + "/\(number).xml", at: now)
        }
        #expect(try Program.run(["store", "restore", backup, "--workspace", sweden.path]).status == 0)
        try recovered(sweden, "20.00", at: "2026-03-06T07:00:00Z")
        let order = [
            "payments", "--institution", "SE:SEPEN1", "--currency", "SEK", "--account", "SE4550000000058398257466",
            "--holder", "P", "--workspace", sweden.path, "--now", now, "--output", folder.path + "/4.xml",
        ]
        func refusal() throws -> String { try Program.run(["recovery"] + order).errors }
        #expect(try refusal().contains("list 2 was made and the store has forgotten it"))
        #expect(try sweden.refused("payments", "--void", "3", "--reason", "x", at: now).0 == 1, "in their order")
        // The bank has paid lists 1 and 2, and not list 3.
        try sweden.desk("reply", "1", "paid", at: now)
        try sweden.desk("book", "1", "remitted", "20.00", "--payment", "L2-R1", at: now)
        try sweden.desk(["payments", "--void", "2", "--reason", "paid, and booked by hand"], at: now)
        #expect(try refusal().contains("list 3 was made"))
        try sweden.desk(["payments", "--void", "3", "--reason", "not paid"], at: now)
        try recovered(sweden, "30.00", at: "2026-03-06T07:30:00Z")
        #expect(try list(sweden, folder.path + "/4.xml", at: now) == "4: 30.00")

        // Elsewhere nothing tells which was the last: a person has to.
        let other = try RecoveryInstallation(folder, "new", "SE:SEPEN1", to: "ee")
        #expect(try Program.run(["store", "restore", backup, "--workspace", other.path]).status == 0)
        try recovered(other, "40.00", at: "2026-03-06T07:00:00Z")
        #expect(try list(other, folder.path + "/5.xml", at: now) == nil)
        #expect(try other.refused("payments", "--last", "0", at: now).0 == 1, "list 1 is known")
        // A number that was mistyped is stated anew as long as nothing was done by it.
        try other.desk(["payments", "--last", "1000000"], at: now)
        try other.desk(["payments", "--last", "4"], at: now)
        for number in 2...4 {
            #expect(try list(other, folder.path + "/5.xml", at: now) == nil)
            try other.desk(["payments", "--void", "\(number)", "--reason", "booked by hand"], at: now)
            let known = try other.refused("payments", "--last", "9", at: now)
            #expect(known.0 == 1 && known.1.contains("which list was made last is known"))
        }
        #expect(try list(other, folder.path + "/5.xml", at: now) == "5: 40.00")
    }
}

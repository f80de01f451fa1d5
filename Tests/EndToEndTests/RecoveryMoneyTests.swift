// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// Where the money of a claim lies, on both sides of an exchange: 1,000 EUR, which are 11,076.40 SEK.
struct RecoveryMoneyTests {
    private let accepted = "2026-03-03T08:30:00Z"

    /// An exchange of one claim that was accepted.
    private func claim(
        _ folder: TemporaryFolder,
        isAccepted: Bool = true
    ) throws -> (RecoveryInstallation, RecoveryInstallation) {
        let text = try RecoveryInstallation.oneClaim().replacingOccurrences(
            of: "amounts: { principal: \"1000.00\", interest: \"50.01\", administrativePenalties: \"100.00\" }",
            with: "amounts: { principal: \"1000.00\" }")
        let (estonia, sweden) = try RecoveryInstallation.exchange(folder, of: text)
        if isAccepted { try sweden.desk("reply", "1", "accept", "--reason", "ok", at: accepted) }
        try estonia.process()
        return (estonia, sweden)
    }

    private func reduce(_ estonia: RecoveryInstallation, to amount: String, at now: String) throws {
        try estonia.desk("reply", "1", "reduce", "--code", "02", "--component", "1:principal=\(amount)", at: now)
    }

    private let back = "give back what was recovered and is not claimed any more"

    @Test func `what was given back is settled on both sides, and what comes later is remitted`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try claim(folder)
        try sweden.desk("book", "1", "recovered", "8000.00", "--payment", "P1", at: "2026-03-04T08:30:00Z")
        try sweden.desk("reply", "1", "paid", at: "2026-03-04T09:30:00Z")
        try estonia.process()
        try reduce(estonia, to: "500.00", at: "2026-03-05T08:30:00Z")
        try sweden.process()
        let now = "2026-03-06T08:30:00Z"
        #expect(try estonia.due(at: now) == ["us: \(back)"])
        #expect(try sweden.due(at: now) == ["them: \(back)"])
        for side in [estonia, sweden] { try side.desk("book", "1", "refunded", "2461.80", at: now) }
        for side in [estonia, sweden] { #expect(try side.due(at: now) == []) }
        #expect(try estonia.books(at: now) == sweden.books(at: now))
        #expect(try sweden.books(at: now)[0].hasSuffix("| paid | 8000.00 | 0.00 | 0.00"))
    }

    @Test func `money that was not remitted is given back by the requested party`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try claim(folder)
        try sweden.desk("book", "1", "recovered", "8000.00", "--payment", "P1", at: "2026-03-04T08:30:00Z")
        try reduce(estonia, to: "500.00", at: "2026-03-05T08:30:00Z")
        try sweden.process()
        let now = "2026-03-06T08:30:00Z"
        #expect(try sweden.due(at: now) == ["us: remit what was recovered", "us: \(back)"])
        try sweden.desk("book", "1", "refunded", "2461.80", at: now)
        try sweden.desk("reply", "1", "paid", at: now)
        #expect(try sweden.due(at: now) == [])
        #expect(try sweden.books(at: now)[0].hasSuffix("| paid | 5538.20 | 0.00 | 0.00"))
    }

    @Test func `what the debtor pays the applicant party is kept apart, and told`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try claim(folder)
        try estonia.desk("book", "1", "recovered", "1000.00", "--payment", "DIRECT-1", at: "2026-03-04T08:30:00Z")
        let told = try estonia.due(at: "2026-03-04T09:00:00Z")
        #expect(told.count == 1 && told[0].hasPrefix("us: tell the other party with R025"))
        try sweden.desk("book", "1", "recovered", "1000.00", "--payment", "SE-1", at: "2026-03-05T08:30:00Z")
        try sweden.desk("reply", "1", "paid", at: "2026-03-06T08:30:00Z")
        try estonia.process()
        #expect(try estonia.books(at: "2026-03-06T09:00:00Z")[0].contains("SEK principal 11076.40 2000.00 9076.40"))
        try reduce(estonia, to: "909.72", at: "2026-03-07T08:30:00Z")
        try sweden.process()
        let now = "2026-03-07T09:00:00Z"
        #expect(try estonia.books(at: now) == sweden.books(at: now))
        for side in [estonia, sweden] { #expect(try side.due(at: now) == []) }
    }

    @Test func `a claim that was withdrawn by hand is told`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try claim(folder)
        let now = "2026-03-04T08:30:00Z"
        try estonia.desk("book", "1", "withdrawn", "--reason", "Otsus 9", at: now)
        let told = try estonia.due(at: now)
        #expect(told.count == 1 && told[0].hasPrefix("us: tell the other party with R025 that nothing"))
        try estonia.desk("reply", "1", "withdraw", "--code", "04", at: now)
        #expect(try estonia.due(at: now) == [])
        try sweden.process()
        #expect(try estonia.books(at: now) == sweden.books(at: now))
    }

    @Test(arguments: ["reduce", "withdraw"])
    func `a remittance that crosses a change is booked by its document`(change: String) throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try claim(folder)
        try sweden.desk("book", "1", "recovered", "300.00", "--payment", "P1", at: "2026-03-04T08:30:00Z")
        try sweden.desk("reply", "1", "paid", at: "2026-03-04T09:30:00Z")
        if change == "reduce" {
            try reduce(estonia, to: "20.00", at: "2026-03-04T09:00:00Z")
        } else {
            try estonia.desk("reply", "1", "withdraw", "--code", "04", at: "2026-03-04T09:00:00Z")
        }
        try estonia.process()
        try sweden.process()
        let now = "2026-03-05T08:30:00Z"
        #expect(try estonia.books(at: now) == sweden.books(at: now))
        let due = try estonia.due(at: now)
        if change == "reduce" {
            #expect(due == ["us: \(back)"])
            #expect(try estonia.books(at: now)[0].hasSuffix("| paid | 300.00 | 0.00 | 78.47"))
        } else {
            #expect(due.count == 1 && due[0].contains("the claim had been withdrawn"))
            for side in [estonia, sweden] { try side.desk("book", "1", "refunded", "300.00", at: now) }
            #expect(try estonia.books(at: now) == sweden.books(at: now))
            #expect(try estonia.books(at: now)[0].hasSuffix("| withdrawn | 300.00 | 0.00 | 0.00"))
        }
    }

    @Test func `a list that the bank has paid is told by its amount though less is due by now`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try claim(folder)
        try sweden.desk("book", "1", "recovered", "8000.00", "--payment", "P1", at: "2026-03-04T08:30:00Z")
        try sweden.desk(
            "payments", "--institution", "SE:SEPEN1", "--currency", "SEK", "--account", "SE4550000000058398257466",
            "--holder", "Provmyndigheten", "--output", folder.path + "/1.xml", at: "2026-03-04T09:00:00Z")
        try reduce(estonia, to: "500.00", at: "2026-03-05T08:30:00Z")
        try sweden.process()
        let now = "2026-03-06T08:30:00Z"
        #expect(try sweden.refused("reply", "1", "paid", at: now).0 == 1)
        try sweden.desk("reply", "1", "paid", "8000.00", at: now)
        try estonia.process()
        #expect(try estonia.books(at: now) == sweden.books(at: now))
        #expect(try estonia.due(at: now) == ["us: \(back)"])
        for number in ["0", "-1"] {
            let void = try sweden.refused("payments", "--void=\(number)", "--reason", "x", at: now)
            #expect(void.0 != 0 && void.1.contains("there is no list \(number)"))
        }
    }

    @Test func `costs that are borne are due, and those that are not are open no more`() throws {
        for code in ["01", "03"] {
            let folder = try TemporaryFolder()
            let (estonia, sweden) = try claim(folder)
            try sweden.desk(
                "reply", "1", "costs", "700.00", "--under", "85(2)", "--iban", "SE4550000000058398257466", "--holder",
                "Provmyndigheten", "--reference", "K1", "--institution-name", "Provmyndigheten",
                at: "2026-03-04T08:30:00Z")
            try estonia.process()
            let now = "2026-03-05T08:30:00Z"
            var answer = ["reply", "1", "bear-costs", "--code", code]
            if code == "03" { answer += ["--reason", "ei"] }
            try estonia.desk(answer, at: now)
            try sweden.process()
            let what = "pay the costs that are borne, and tell it with R004"
            #expect(try estonia.due(at: now) == (code == "01" ? ["us: \(what)"] : []))
            let rest = try sweden.due(at: now).filter { !$0.contains("read R029") }
            #expect(rest == (code == "01" ? ["them: \(what)"] : []))
            let paid = try Program.run([
                "recovery", "reply", "1", "reimburse", "--reference", "K1", "--workspace", estonia.path, "--by",
                "ametnik",
                "--now", "2026-03-06T08:30:00Z",
            ])
            #expect(paid.status == (code == "01" ? 0 : 1))
            #expect(try estonia.due(at: "2026-03-06T09:00:00Z") == [])
        }
    }

    @Test func `money for an uncollectable claim is booked, and the work list says how it is noted`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try claim(folder, isAccepted: false)
        try sweden.desk(
            "reply", "1", "recovered", "--code", "03", "--ends", "--reason", "x", at: "2026-03-04T08:30:00Z")
        try estonia.process()
        let now = "2026-03-05T08:30:00Z"
        try sweden.desk("book", "1", "recovered", "100.00", "--payment", "P1", at: now)
        #expect(
            try sweden.due(at: now) == [
                "us: remit what was recovered, and note it with `book 1 remitted`: behind the last R018 there is no place "
                    + "for R004"
            ])
        try sweden.desk("book", "1", "remitted", "100.00", "--payment", "R1", at: now)
        try estonia.desk("book", "1", "recovered", "100.00", "--payment", "R1", at: now)
        for side in [estonia, sweden] {
            #expect(try side.due(at: now) == [])
            #expect(try side.states(at: now) == ["uncollectable"])
            #expect(try side.books(at: now)[0].contains("SEK principal 11076.40 100.00 10976.40"))
        }
    }

    @Test func `a claim in a currency that the euro has replaced is remitted in euro`() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.copyItem(
            atPath: Repository.examples + "/recovery/instrument.pdf", toPath: folder.path + "/instrument.pdf")
        let estonia = try RecoveryInstallation(folder, "ee", "EE:MTA001", to: "bg")
        let bulgaria = try RecoveryInstallation(folder, "bg", "BG:NRA001", to: "ee")
        try folder.write(
            RecoveryInstallation.oneClaim().replacingOccurrences(of: "SE:SEPEN1", with: "BG:NRA001")
                .replacingOccurrences(of: "country: SE", with: "country: BG"), to: "request.yaml")
        try estonia.send(folder.path + "/request.yaml", at: "2025-12-29T16:30:00Z")
        try bulgaria.process()
        let now = "2026-01-20T08:30:00Z"
        try bulgaria.desk("reply", "1", "accept", "--reason", "ok", at: now)
        try bulgaria.desk("book", "1", "recovered", "1000.00", "--payment", "B", at: now)
        func list(_ currency: String) throws -> (Int32, String) {
            try bulgaria.refused(
                "payments", "--institution", "BG:NRA001", "--currency", currency, "--account",
                "BG80BNBG96611020345678", "--holder", "NRA", "--output", "\(folder.path)/\(currency).xml", at: now)
        }
        let refused = try list("BGN")
        #expect(refused.0 == 1 && refused.1.contains("make the list in EUR"))
        #expect(try list("EUR").0 == 0)
        let file = try String(contentsOfFile: folder.path + "/EUR.xml", encoding: .utf8)
        #expect(file.contains("Ccy=\"EUR\">511.29<"))
        // More comes before the list is told: only what it holds is told.
        try bulgaria.desk("book", "1", "recovered", "0.55", "--payment", "C", at: now)
        try bulgaria.desk("reply", "1", "paid", at: now)
        try bulgaria.desk("reply", "1", "paid", at: "2026-01-21T08:30:00Z")
        try estonia.process()
        let later = "2026-01-21T09:00:00Z"
        #expect(try estonia.books(at: later) == bulgaria.books(at: later))
        #expect(try estonia.books(at: later)[0].contains("| 1000.55 | 0.00 | 0.00"))
        #expect(try bulgaria.due(at: later) == [])
        #expect(try estonia.due(at: later) == [])
        // What comes next is told by its own amount, in euro, also in part.
        try bulgaria.desk("book", "1", "recovered", "195.58", "--payment", "D", at: later)
        try bulgaria.desk("reply", "1", "paid", "50.00", at: later)
        try estonia.process()
        #expect(try estonia.books(at: later) == bulgaria.books(at: later))
        #expect(try estonia.books(at: later)[0].contains("| 1098.34 | 97.79 | 0.00"))
    }
}

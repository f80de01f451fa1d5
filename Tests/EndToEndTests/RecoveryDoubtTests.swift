// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// What a counterparty, a bank or an official may do wrong does not get into the books, nor out twice.
struct RecoveryDoubtTests {
    private let sending = RecoveryInstallation.sending

    /// Changes the waiting message of a kind as if its sender had written it so.
    private func change(_ sed: String, in queue: String, _ folder: TemporaryFolder, _ edits: (String, String)...) throws
    {
        let name = try #require(folder.files(in: queue).first { $0.hasPrefix(sed) && $0.hasSuffix(".xml") })
        let path = "\(folder.path)/\(queue)/\(name)"
        var text = try String(contentsOfFile: path, encoding: .utf8)
        for (old, new) in edits {
            let range = try #require(text.range(of: old, options: [.regularExpression, .backwards]), "\(old)")
            text.replaceSubrange(range, with: new)
        }
        try text.write(toFile: path, atomically: false, encoding: .utf8)
    }

    @Test func `money that was remitted without a list is on no list, and what is listed is listed once`() throws {
        let folder = try TemporaryFolder()
        let (_, sweden) = try RecoveryInstallation.exchange(folder)
        try sweden.desk("reply", "1", "accept", "--reason", "Erkänd", at: "2026-03-04T08:00:00Z")
        try sweden.desk("book", "1", "recovered", "1000.00", "--payment", "A", at: "2026-03-05T08:00:00Z")
        try sweden.desk("reply", "1", "paid", at: "2026-03-06T08:00:00Z")
        try sweden.desk("book", "1", "recovered", "500.00", "--payment", "B", at: "2026-03-07T08:00:00Z")
        func list(_ name: String) throws -> [String] {
            let listed = try sweden.desk(
                "payments", "--institution", "SE:SEPEN1", "--currency", "SEK", "--account",
                "SE4550000000058398257466", "--holder", "Provmyndigheten", "--output", "\(folder.path)/\(name)",
                at: "2026-03-08T08:00:00Z")
            return (listed["payments"] as? [[String: Any]])?.compactMap { $0["amount"] as? String } ?? []
        }
        #expect(try list("1.xml") == ["500.00"])
        #expect(try list("2.xml") == [])
        // A file that was lost is written once more, the same; one that is there stays.
        let first = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/1.xml"))
        let again = ["payments", "--list", "1", "--output", folder.path + "/1.xml"]
        #expect(try sweden.refused(again[0], again[1], again[2], again[3], again[4], at: "2026-03-08T09:00:00Z").0 == 2)
        try FileManager.default.removeItem(atPath: folder.path + "/1.xml")
        try sweden.desk(again, at: "2026-03-08T09:00:00Z")
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/1.xml")) == first)
        try sweden.desk("book", "1", "recovered", "70.00", "--payment", "C", at: "2026-03-09T08:00:00Z")
        // What a list holds is told as it is, before anything else.
        #expect(try sweden.refused("reply", "1", "paid", "70.00", at: "2026-03-09T09:00:00Z").0 == 1)
        try sweden.desk("reply", "1", "paid", at: "2026-03-09T10:00:00Z")
        #expect(try list("3.xml") == ["70.00"])
        try sweden.desk("reply", "1", "paid", at: "2026-03-10T08:00:00Z")
        #expect(try list("4.xml") == [])
        try sweden.desk("book", "1", "recovered", "30.00", "--payment", "D", at: "2026-03-11T08:00:00Z")
        #expect(try list("5.xml") == ["30.00"])
        #expect(try sweden.refused("reply", "1", "paid", "0", at: "2026-03-12T08:00:00Z").0 == 1)
        #expect(try sweden.refused("reply", "1", "paid", "9999999.00", at: "2026-03-12T08:00:00Z").0 == 1)
        #expect(try sweden.news(at: "2026-03-12T08:00:00Z").filter { $0 == "R004 sent: paid" }.count == 3)
    }

    @Test func `partial remittances go to the same claims on both sides`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.exchange(folder)
        try sweden.desk("reply", "1", "accept", "--reason", "Erkänd", at: "2026-03-04T08:00:00Z")
        try sweden.desk(
            "book", "1", "recovered", "500.00", "--claim", "2", "--payment", "A", at: "2026-03-05T08:00:00Z")
        try sweden.desk("reply", "1", "paid", "200.00", at: "2026-03-06T08:00:00Z")
        try sweden.desk("book", "1", "recovered", "300.00", "--payment", "B", at: "2026-03-07T08:00:00Z")
        try sweden.desk("reply", "1", "paid", "100.00", at: "2026-03-08T08:00:00Z")
        try estonia.process()
        let now = "2026-03-09T08:00:00Z"
        #expect(try estonia.books(at: now) == sweden.books(at: now))
        #expect(try sweden.refused("reply", "1", "paid", "500.01", at: now).0 == 1, "more than is due")
        try sweden.desk("reply", "1", "paid", at: now)
        try estonia.process()
        #expect(try estonia.books(at: now) == sweden.books(at: now))
        #expect(try estonia.due(at: now).filter { $0.contains("R004") } == [])
    }

    @Test func `a list that holds more than is due by now is not told as money of other claims`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.exchange(folder)
        try sweden.desk("reply", "1", "accept", "--reason", "Erkänd", at: "2026-03-04T08:00:00Z")
        try estonia.process()
        try sweden.desk("book", "1", "recovered", "6000.00", "--payment", "A", at: "2026-03-05T08:00:00Z")
        try sweden.desk(
            "payments", "--institution", "SE:SEPEN1", "--currency", "SEK", "--account", "SE4550000000058398257466",
            "--holder", "Provmyndigheten", "--output", folder.path + "/1.xml", at: "2026-03-05T09:00:00Z")
        try estonia.desk(
            "reply", "1", "reduce", "--code", "02", "--component", "1:principal=100.00", "--component",
            "2:principal=500.00", at: "2026-03-06T08:00:00Z")
        try sweden.process()
        let before = try sweden.books(at: "2026-03-07T08:00:00Z")
        #expect(try sweden.refused("reply", "1", "paid", at: "2026-03-07T08:00:00Z").0 == 1)
        #expect(try sweden.books(at: "2026-03-07T08:00:00Z") == before)
        // Once it is taken back, what is due is told.
        try sweden.desk(["payments", "--void", "1", "--reason", "lowered since"], at: "2026-03-07T09:00:00Z")
        try sweden.desk("reply", "1", "paid", at: "2026-03-07T10:00:00Z")
        #expect(try sweden.news(at: "2026-03-07T11:00:00Z").last == "R004 sent: paid")
    }

    @Test func `what takes a second person, or amounts, is not sent as a mere reply`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.exchange(folder)
        try sweden.desk("reply", "1", "accept", "--reason", "Erkänd", at: "2026-03-04T08:00:00Z")
        try estonia.process()
        let raised = try estonia.refused(
            "reply", "1", "reduce", "--code", "02", "--component", "1:principal=50000.00", "--component",
            "2:principal=500.00", at: "2026-03-05T08:00:00Z")
        #expect(raised.0 == 1)
        #expect(raised.1.contains("update"))
        try estonia.desk(
            "reply", "1", "contested", "--code", "01", "--reason", "Vaie", "--on", "2026-03-09",
            at: "2026-03-09T08:00:00Z")
        let decided = try estonia.refused(
            "reply", "1", "decide", "--code", "02", "--impact", "02", "--on", "2026-03-12", at: "2026-03-12T08:00:00Z")
        #expect(decided.0 == 1)
        #expect(decided.1.contains("amounts"))
    }

    @Test func `a list is made only of what a bank takes, and a page shows what was sent`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.exchange(folder)
        try sweden.desk("reply", "1", "accept", "--reason", "Erkänd", at: "2026-03-04T08:00:00Z")
        try sweden.desk("book", "1", "recovered", "500.00", "--payment", "A", at: "2026-03-05T08:00:00Z")
        let order = [
            "payments", "--institution", "SE:SEPEN1", "--currency", "SEK", "--account", "SE4550000000058398257466",
            "--output", folder.path + "/1.xml", "--now", "2026-03-06T08:00:00Z", "--workspace", sweden.path,
        ]
        for facts in [
            ["--holder", " "], ["--holder", "Prov", "--bic", "zzz"], ["--holder", "Prov", "--on", "1999-01-01"],
        ] {
            #expect(try Program.run(["recovery"] + order + facts).status == 64, "\(facts)")
        }
        #expect(try Program.run(["recovery"] + order + ["--holder", "Prov", "--bic", "HANDSESS"]).status == 0)
        func page(_ now: String) throws -> String {
            try Program.run(["recovery", "preview", "1", "--now", now, "--workspace", estonia.path]).output
        }
        let sent = try page(sending)
        #expect(sent.contains("SEK"))
        #expect(try page("2026-03-20T08:00:00Z") == sent)
        #expect(try sweden.refused("preview", "1", at: "2026-03-20T08:00:00Z").0 == 1)
    }

    @Test func `instalments without an end that a calendar has are a task, and lock nothing`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.exchange(folder, of: RecoveryInstallation.oneClaim())
        try sweden.desk(
            "reply", "1", "instalments", "10.00", "--count", "600", "--first", "2026-05-04",
            at: "2026-03-03T08:00:00Z")
        try change(
            "R018", in: "to-ee", folder, ("<startDate>2026-05-04</startDate>", "<startDate>9999-12-01</startDate>"),
            ("<endDate>[^<]*</endDate>", ""))
        try estonia.process()
        let seen = "2026-03-04T08:00:00Z"
        #expect(try estonia.due(at: seen).contains("us: look at the instalments of R018"))
        #expect(try estonia.states(at: seen) == ["requested"])
    }

    @Test func `a plan for several claims is told to both sides, and in no books`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.exchange(folder)
        try sweden.desk(
            "reply", "1", "instalments", "1000.00", "--count", "19", "--first", "2026-05-04", at: "2026-03-03T08:00:00Z"
        )
        try estonia.process()
        let seen = "2026-03-04T08:00:00Z"
        for side in [estonia, sweden] {
            #expect(try side.due(at: seen).contains("us: look at the instalments of R018"))
        }
        try estonia.desk("reply", "1", "agree", at: "2026-03-05T08:00:00Z")
        try sweden.process()
        let agreed = "2026-03-06T08:00:00Z"
        for side in [estonia, sweden] {
            let task = "us: clear up the amounts of R036: they cannot be booked as they are"
            #expect(try side.due(at: agreed).contains(task))
            let claims = try #require(try side.desk("show", "1", at: agreed)["claims"] as? [[String: Any]])
            #expect(claims.allSatisfy { ($0["instalments"] as? [Any])?.isEmpty == true })
        }
    }

    @Test func `a decision without the amounts that it speaks of ends no suspension`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.exchange(folder)
        try sweden.desk("reply", "1", "accept", "--reason", "Erkänd", at: "2026-03-04T08:00:00Z")
        try estonia.process()
        try estonia.desk("reply", "1", "contested", "--code", "01", "--reason", "Vaie", at: "2026-03-09T08:00:00Z")
        try sweden.process()
        #expect(
            try sweden.due(at: "2026-03-09T09:00:00Z").contains("us: look at the contestation and answer with R033"))
        try sweden.desk("reply", "1", "answer", "--code", "01", at: "2026-03-10T08:00:00Z")
        try estonia.process()
        try estonia.desk(
            "reply", "1", "decide", "--code", "01", "--impact", "03", "--on", "2026-03-12", at: "2026-03-12T08:00:00Z")
        try change(
            "R034", in: "to-se", folder, ("<actionTake>\\s*<value>03</value>", "<actionTake><value>02</value>"))
        try sweden.process()
        let seen = "2026-03-13T08:00:00Z"
        #expect(try sweden.states(at: seen) == ["suspended", "suspended"])
        #expect(
            try sweden.due(at: seen).contains("us: clear up the amounts of R034: they cannot be booked as they are"))
    }

    @Test func `a document is booked as a whole or not at all`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.exchange(folder)
        try sweden.desk("reply", "1", "accept", "--reason", "Erkänd", at: "2026-03-04T08:00:00Z")
        try estonia.process()
        let before = try sweden.books(at: "2026-03-05T08:00:00Z")
        try estonia.desk(
            "reply", "1", "reduce", "--code", "02", "--component", "1:principal=700.00", "--component",
            "2:principal=500.00", at: "2026-03-06T08:00:00Z")
        // The second claim in another currency of the requested party.
        try change(
            "R025", in: "to-se", folder,
            ("<currencyReceivingInstitution>\\s*<value>SEK", "<currencyReceivingInstitution><value>DKK"))
        try sweden.process()
        let seen = "2026-03-07T08:00:00Z"
        #expect(try sweden.books(at: seen) == before)
        #expect(
            try sweden.due(at: seen).contains("us: clear up the amounts of R025: they cannot be booked as they are"))
    }

    @Test func `costs of which a part cannot be read are told and not booked in part`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.exchange(folder, of: RecoveryInstallation.oneClaim())
        try sweden.desk(
            "reply", "1", "costs", "250.00", "--under", "85(2)", "--iban", "SE4550000000058398257466", "--holder",
            "Provmyndigheten", "--reference", "K1", at: "2026-03-08T08:00:00Z")
        let other = """
            <AmountsInCurrency><InstitutionID><institutionID>SE:OTHER1</institutionID><institutionName>Annan\
            </institutionName></InstitutionID><costs>50.00</costs></AmountsInCurrency></AmountsInCurrencyPerInstitution>
            """
        try change("R028", in: "to-ee", folder, ("</AmountsInCurrencyPerInstitution>", other))
        try estonia.process()
        let seen = "2026-03-09T08:00:00Z"
        let task = "us: clear up R028: an amount or a day in it cannot be read, so nothing of it is booked"
        #expect(try estonia.due(at: seen).contains(task))
        let claim = try #require((try estonia.desk("show", "1", at: seen)["claims"] as? [[String: Any]])?.first)
        #expect((claim["reimbursement"] as? [String: String])?["charged"] == "0.00")
    }

    @Test func `the second pair of eyes is another one, however its name is written`() throws {
        let folder = try TemporaryFolder()
        let estonia = try RecoveryInstallation(folder, "ee", "EE:MTA001", to: "se")
        try estonia.desk("new", Repository.examples + "/recovery/request.yaml", by: "mari maasikas", at: sending)
        for name in ["Mari Maasikas", "MARIMAASIKAS", "mari  maasikas "] {
            #expect(try estonia.refused("approve", "1", by: name, at: sending).1.contains("ACC-007"))
        }
    }

    @Test func `files in another encoding and doubled columns are refused`() throws {
        let folder = try TemporaryFolder()
        let estonia = try RecoveryInstallation(folder, "ee", "EE:MTA001", to: "se")
        let latin = "kind: recovery\napplicant: EE:MTA001\nrequested: SE:SEPEN1\ncaseNumber: N\u{E4}idis\n"
        try #require(latin.data(using: .isoLatin1)).write(to: URL(fileURLWithPath: folder.path + "/latin.yaml"))
        let refused = try estonia.refused("new", folder.path + "/latin.yaml", at: sending)
        #expect(refused.0 == 2 && refused.1.contains("UTF-8"))
        for (header, place) in [
            ("kind,applicant,requested,caseNumber,caseNumber", "table.csv:1:5: the column is there twice"),
            ("kind,applicant,requested,caseNumber,claims.0.instrument", "table.csv:1:5: items are counted from 1"),
        ] {
            try folder.write("\(header)\nrecovery,EE:MTA001,SE:SEPEN1,A,B\n", to: "table.csv")
            let refused = try estonia.refused("new", "--csv", folder.path + "/table.csv", at: sending)
            #expect(refused.0 == 1 && refused.1.contains(place), "\(refused.1)")
        }
    }
}

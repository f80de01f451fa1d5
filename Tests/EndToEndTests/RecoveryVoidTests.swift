// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCore
import SEDStorage
import SEDTestSupport
import Testing

/// Documents that were made invalid (X008), and cases that were closed: what the desk takes back, and what stays.
struct RecoveryVoidTests {
    /// An administrative document that one side sends, as its national system hands it over.
    private func send(
        _ sed: String,
        _ content: String,
        from side: String,
        _ folder: TemporaryFolder,
        _ sender: RecoveryInstallation,
        in useCase: String = "R_BUC_07",
        into queue: String? = nil,
        at now: String
    ) throws {
        let shown = try sender.desk("show", "1", at: now)
        var message = try TestMessage("X001", in: useCase)
        message.sed = sed
        message.caseID = try #require((shown["request"] as? [String: Any])?["caseId"] as? String)
        (message.sender, message.receiver) =
            side == "ee" ? ("EE:MTA001", "SE:SEPEN1") : ("SE:SEPEN1", "EE:MTA001")
        (message.senderRole, message.receiverRole) =
            side == "ee" ? ("CaseOwner", "Counterparty") : ("Counterparty", "CaseOwner")
        message.createdAt = now
        message.body = """
            <x:\(sed) xmlns:x="http://ec.europa.eu/eessi/ns/4_4/\(sed)" sedGVer="4" sedVer="4">
              <CaseContext><PersonContext>
                <familyName>Näidis</familyName><forename>Mari</forename><dateBirth>1980-05-04</dateBirth>
                <sex><value>02</value></sex>
              </PersonContext></CaseContext>
              \(content)
            </x:\(sed)>
            """
        try folder.write(message.text, to: "to-\(queue ?? side)/\(sed)-\(message.instance).xml")
        try sender.process()
    }

    private func invalidate(
        _ sed: String,
        from side: String,
        _ folder: TemporaryFolder,
        _ sender: RecoveryInstallation,
        _ receiver: RecoveryInstallation,
        in useCase: String = "R_BUC_07",
        at now: String
    ) throws {
        try send("X008", Self.invalid(sed, now), from: side, folder, sender, in: useCase, at: now)
        try receiver.process()
    }

    private static func invalid(_ sed: String, _ now: String) -> String {
        """
        <TheFollowingSEDConsideredInvalidWithdrawn>
          <SEDType>\(sed)</SEDType><dateIssued>\(now.prefix(10))</dateIssued><reason><value>03</value></reason>
        </TheFollowingSEDConsideredInvalidWithdrawn>
        """
    }

    private func isBalanced(_ side: RecoveryInstallation, at now: String) throws -> Bool {
        let claims = try #require(try side.desk("show", "1", at: now)["claims"] as? [[String: Any]])
        return claims.allSatisfy { $0["balanced"] as? Bool == true }
    }

    @Test func `an answer that was made invalid is taken back, and is asked for again`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.exchange(folder)
        let before = try sweden.books(at: "2026-03-03T08:00:00Z")
        let asked = try sweden.due(at: "2026-03-03T08:00:00Z")
        try sweden.desk("reply", "1", "refuse", "--code", "08", at: "2026-03-04T08:00:00Z")
        try estonia.process()
        #expect(try estonia.states(at: "2026-03-04T09:00:00Z") == ["refused", "refused"])
        #expect(try sweden.due(at: "2026-03-04T09:00:00Z") == [])
        try invalidate("R018", from: "se", folder, sweden, estonia, at: "2026-03-05T08:00:00Z")
        let now = "2026-03-06T08:00:00Z"
        for side in [estonia, sweden] {
            #expect(try side.books(at: now) == before)
            #expect(try isBalanced(side, at: now))
            #expect(try side.news(at: now).last?.hasSuffix(": invalid: R018") == true)
            let news = try #require(try side.desk("show", "1", at: now)["news"] as? [[String: Any]])
            #expect(news.map { $0["voidedBy"] != nil } == [false, true, false])
        }
        #expect(try sweden.due(at: now) == asked)
        // The true answer counts.
        try sweden.desk("reply", "1", "accept", "--reason", "Erkänd", at: now)
        try estonia.process()
        for side in [estonia, sweden] { #expect(try side.states(at: now) == ["recognised", "recognised"]) }
        #expect(try estonia.books(at: now) == sweden.books(at: now))
    }

    @Test func `a reduction that was made invalid leaves the claims as they were, money included`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.exchange(folder)
        try sweden.desk("reply", "1", "accept", "--reason", "Erkänd", at: "2026-03-03T08:00:00Z")
        try estonia.process()
        try sweden.desk("book", "1", "recovered", "1000.00", "--payment", "A", at: "2026-03-04T08:00:00Z")
        try sweden.desk("reply", "1", "paid", at: "2026-03-04T09:00:00Z")
        try estonia.process()
        let before = try estonia.books(at: "2026-03-04T10:00:00Z")
        try estonia.desk(
            "reply", "1", "reduce", "--code", "02", "--component", "1:principal=700.00", "--component",
            "2:principal=500.00", at: "2026-03-05T08:00:00Z")
        try sweden.process()
        #expect(try sweden.books(at: "2026-03-05T09:00:00Z") != before)
        try invalidate("R025", from: "ee", folder, estonia, sweden, at: "2026-03-06T08:00:00Z")
        let now = "2026-03-07T08:00:00Z"
        for side in [estonia, sweden] {
            #expect(try side.books(at: now) == before)
            #expect(try isBalanced(side, at: now))
            #expect(try side.due(at: now).filter { $0.contains("X008") } == [])
        }
    }

    @Test func `money that was told stays, and a person is asked to look`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.exchange(folder)
        try sweden.desk("reply", "1", "accept", "--reason", "Erkänd", at: "2026-03-03T08:00:00Z")
        try sweden.desk("book", "1", "recovered", "1000.00", "--payment", "A", at: "2026-03-04T08:00:00Z")
        try sweden.desk("reply", "1", "paid", at: "2026-03-04T09:00:00Z")
        try estonia.process()
        let before = try estonia.books(at: "2026-03-04T10:00:00Z")
        try invalidate("R004", from: "se", folder, sweden, estonia, at: "2026-03-05T08:00:00Z")
        let now = "2026-03-06T08:00:00Z"
        for side in [estonia, sweden] {
            #expect(try side.books(at: now) == before)
            #expect(try side.due(at: now).contains { $0.hasPrefix("us: check the books: the document that X008") })
        }
        // It can be ended like any task.
        let items = try #require(try estonia.desk("due", at: now)["items"] as? [[String: Any]])
        let message = try #require(items.first { $0["reference"] as? String == "EESSI process AD_BUC_06" }?["message"])
        try estonia.desk("done", "1", "\(message)", at: now)
        #expect(try estonia.due(at: now).filter { $0.contains("X008") } == [])
    }

    @Test func `a contestation that was made invalid suspends nothing and wants no answer`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.exchange(folder)
        try sweden.desk("reply", "1", "accept", "--reason", "Erkänd", at: "2026-03-03T08:00:00Z")
        try estonia.process()
        try estonia.desk("reply", "1", "contested", "--code", "01", "--reason", "Vaie", at: "2026-03-04T08:00:00Z")
        try sweden.process()
        let answer = "us: look at the contestation and answer with R033"
        #expect(try sweden.due(at: "2026-03-04T09:00:00Z").contains(answer))
        try invalidate("R019", from: "ee", folder, estonia, sweden, at: "2026-03-05T08:00:00Z")
        let now = "2026-03-06T08:00:00Z"
        #expect(try sweden.states(at: now) == ["recognised", "recognised"])
        #expect(try sweden.due(at: now) == [])
        #expect(try estonia.books(at: now) == sweden.books(at: now))
    }

    @Test func `without its request nothing is claimed and nothing is to be answered`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.exchange(folder)
        try invalidate("R017", from: "ee", folder, estonia, sweden, at: "2026-03-05T08:00:00Z")
        let now = "2026-03-06T08:00:00Z"
        for side in [estonia, sweden] {
            #expect(try side.states(at: now) == ["withdrawn", "withdrawn"])
            #expect(try isBalanced(side, at: now))
        }
        #expect(try estonia.books(at: now) == sweden.books(at: now))
        #expect(try sweden.due(at: now) == ["us: read X008"])
        #expect(try estonia.due(at: now) == [])
        // It may be asked for anew.
        try estonia.desk("new", Repository.examples + "/recovery/request.yaml", at: now)
        let check = try #require(try estonia.desk("check", "2", at: now)["findings"] as? [[String: Any]])
        #expect(!check.contains { $0["rule"] as? String == "REC-STATE-004" })
    }

    /// Takes the waiting messages of a kind out of a queue, and gives what brings them back.
    private func hold(_ sed: String, in queue: String, _ folder: TemporaryFolder) throws -> () throws -> Void {
        let names = folder.files(in: queue).filter { $0.hasPrefix(sed) }
        #expect(!names.isEmpty)
        func move(_ from: String, _ to: String) throws {
            for name in names {
                try FileManager.default.moveItem(
                    atPath: "\(folder.path)/\(from)\(name)", toPath: "\(folder.path)/\(to)\(name)")
            }
        }
        try move("\(queue)/", "held-")
        return { try move("held-", "\(queue)/") }
    }

    @Test func `money that comes behind an invalid request is booked, and a person is asked to look`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.exchange(folder)
        try sweden.desk("reply", "1", "accept", "--reason", "Erkänd", at: "2026-03-03T08:00:00Z")
        try estonia.process()
        try sweden.desk("book", "1", "recovered", "500.00", "--payment", "A", at: "2026-03-04T08:00:00Z")
        try sweden.desk("reply", "1", "paid", at: "2026-03-04T09:00:00Z")
        let release = try hold("R004", in: "to-ee", folder)
        try invalidate("R017", from: "ee", folder, estonia, sweden, at: "2026-03-05T08:00:00Z")
        let now = "2026-03-06T08:00:00Z"
        #expect(try estonia.due(at: now) == [])
        try release()
        try estonia.process()
        #expect(
            try estonia.due(at: now) == ["us: look at the money that R004 tells: the request had been made invalid"])
        #expect(try estonia.books(at: now) == sweden.books(at: now))
        #expect(try estonia.books(at: now).first?.hasSuffix("withdrawn | 500.00 | 0.00 | 0.00") == true)
        #expect(try isBalanced(estonia, at: now))
    }

    @Test func `a request that is valid again counts once, and a person is asked to look`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.exchange(folder)
        try sweden.desk("reply", "1", "accept", "--reason", "Erkänd", at: "2026-03-03T08:00:00Z")
        try estonia.process()
        let before = try sweden.books(at: "2026-03-03T09:00:00Z")
        try estonia.desk("reply", "1", "contested", "--code", "01", "--reason", "Vaie", at: "2026-03-04T08:00:00Z")
        let release = try hold("R019", in: "to-se", folder)
        let later = "2026-03-05T08:00:00Z"
        try send("X008", Self.invalid("R017", later), from: "ee", folder, sweden, into: "se", at: later)
        let now = "2026-03-06T08:00:00Z"
        #expect(try sweden.states(at: now) == ["withdrawn", "withdrawn"])
        // It was made before the X008, which loses its place.
        try release()
        try sweden.process()
        #expect((try sweden.desk("list", at: now)["requests"] as? [Any])?.count == 1)
        #expect(try sweden.states(at: now) == ["suspended", "suspended"])
        #expect(
            try sweden.books(at: now) == before.map { $0.replacingOccurrences(of: "recognised", with: "suspended") })
        #expect(try isBalanced(sweden, at: now))
        let check = "us: check the books: the document that X008"
        #expect(try sweden.due(at: now).contains { $0.hasPrefix(check) })
        #expect(try sweden.due(at: now).contains("us: look at the contestation and answer with R033"))
        // It stays until a person is done.
        let items = try #require(try sweden.desk("due", at: now)["items"] as? [[String: Any]])
        let message = try #require(items.first { $0["reference"] as? String == "EESSI process AD_BUC_06" }?["message"])
        try sweden.desk("done", "1", "\(message)", at: now)
        try sweden.desk("done", "1", "\(message)", at: now)
        #expect(try !sweden.due(at: now).contains { $0.contains("X008") })
    }

    @Test func `what a document had ended is open again without it, and nothing else`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.exchange(folder)
        try sweden.desk("reply", "1", "accept", "--reason", "Erkänd", at: "2026-03-03T08:00:00Z")
        try estonia.process()
        try estonia.desk("reply", "1", "contested", "--code", "01", "--reason", "Vaie", at: "2026-03-04T08:00:00Z")
        try sweden.process()
        try sweden.desk("reply", "1", "answer", "--code", "01", at: "2026-03-05T08:00:00Z")
        try estonia.process()
        try estonia.desk(
            "reply", "1", "decide", "--code", "01", "--impact", "03", "--on", "2026-03-06",
            at: "2026-03-06T08:00:00Z")
        try sweden.process()
        let look = "us: look at the contestation and answer with R033"
        // R033 has answered it, and is in force.
        try invalidate("R034", from: "ee", folder, estonia, sweden, at: "2026-03-07T08:00:00Z")
        #expect(try !sweden.due(at: "2026-03-07T09:00:00Z").contains(look))
    }

    @Test func `costs are to be decided again where the decision was made invalid`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.exchange(folder)
        try sweden.desk("reply", "1", "accept", "--reason", "Erkänd", at: "2026-03-03T08:00:00Z")
        try estonia.process()
        try sweden.desk(
            "reply", "1", "costs", "250.00", "--under", "85(2)", "--iban", "SE4550000000058398257466", "--holder",
            "Provmyndigheten", "--reference", "K1", "--reason", "Tolk", at: "2026-03-08T08:00:00Z")
        try estonia.process()
        let costs = "us: decide on the costs and answer with R029"
        #expect(try estonia.due(at: "2026-03-08T09:00:00Z").contains(costs))
        try estonia.desk("reply", "1", "bear-costs", "--code", "01", at: "2026-03-09T08:00:00Z")
        #expect(try !estonia.due(at: "2026-03-09T09:00:00Z").contains(costs))
        try sweden.process()
        try invalidate("R029", from: "ee", folder, estonia, sweden, at: "2026-03-10T08:00:00Z")
        #expect(try estonia.due(at: "2026-03-10T09:00:00Z").contains(costs))
    }

    @Test func `a payment of offsetting that was told stays, and a person is asked to look`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.pair(folder)
        try estonia.send(Repository.examples + "/recovery/offset.yaml")
        try sweden.process()
        try sweden.desk(
            "reply", "1", "offer", "4000.00", "--each", "500.00", "--count", "10", "--reason", "Avdrag",
            at: "2026-03-05T08:00:00Z")
        try estonia.process()
        try estonia.desk("reply", "1", "take-offer", "--arrears", "--ongoing", at: "2026-03-06T08:00:00Z")
        try sweden.process()
        try sweden.desk("reply", "1", "transferred", "4000.00", "--on", "2026-03-07", at: "2026-03-08T08:00:00Z")
        try estonia.process()
        try invalidate("R004", from: "se", folder, sweden, estonia, in: "R_BUC_01", at: "2026-03-09T08:00:00Z")
        let now = "2026-03-10T08:00:00Z"
        for side in [estonia, sweden] {
            let account = try #require(try side.desk("show", "1", at: now)["offset"] as? [String: Any])
            let payments = try #require(account["payments"] as? [[String: Any]])
            #expect(payments.compactMap { ($0["sum"] as? [String: String])?["amount"] } == ["4000.00"])
            #expect(try side.due(at: now).contains { $0.hasPrefix("us: check the books: the document that X008") })
            #expect(try !side.due(at: now).contains { $0.contains("answer with R002") })
        }
    }

    @Test func `money under an invalid request is noted by hand`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.exchange(folder)
        try sweden.desk("reply", "1", "accept", "--reason", "Erkänd", at: "2026-03-03T08:00:00Z")
        try estonia.process()
        try sweden.desk("book", "1", "recovered", "500.00", "--payment", "A", at: "2026-03-04T08:00:00Z")
        try invalidate("R017", from: "ee", folder, estonia, sweden, at: "2026-03-05T08:00:00Z")
        let now = "2026-03-06T08:00:00Z"
        let remit = "us: remit what was recovered, and note it with `book 1 remitted`: the request was made invalid"
        #expect(try sweden.due(at: now).contains(remit))
        #expect(try sweden.refused("reply", "1", "paid", at: now).0 == 1)
        try sweden.desk("book", "1", "remitted", "500.00", "--claim", "1", "--payment", "B", at: now)
        #expect(try !sweden.due(at: now).contains(remit))
        #expect(try isBalanced(sweden, at: now))
    }

    @Test func `an invalidation that an earlier version has followed leaves its task as well`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.exchange(folder)
        try sweden.desk("reply", "1", "accept", "--reason", "Erkänd", at: "2026-03-03T08:00:00Z")
        try sweden.desk("book", "1", "recovered", "1000.00", "--payment", "A", at: "2026-03-04T08:00:00Z")
        try sweden.desk("reply", "1", "paid", at: "2026-03-04T09:00:00Z")
        try estonia.process()
        try invalidate("R004", from: "se", folder, sweden, estonia, at: "2026-03-05T08:00:00Z")
        let now = "2026-03-06T08:00:00Z"
        let shown = try estonia.desk("show", "1", at: now)
        let news = try #require(shown["news"] as? [[String: Any]])
        func message(_ sed: String) throws -> Int64 {
            Int64(try #require(news.first { $0["sed"] as? String == sed }?["message"] as? Int))
        }
        let (payment, act) = (try message("R004"), try message("X008"))
        let text = try #require((shown["request"] as? [String: Any])?["caseId"] as? String)
        let key = CaseKey(
            id: try #require(UniqueID(parsing: text)), institution: try #require(InstitutionID(parsing: "EE:MTA001")))
        // It knew of no marks and left nothing to do.
        try Store(path: estonia.path + "/store.sqlite").write { transaction in
            try transaction.markVoid(payment, by: nil, of: 1)
            try transaction.forgetNews(act, of: 1)
            try transaction.noteNews(act, outcome: "invalid: R004", task: nil, of: 1)
            try transaction.noteStuck(key)
        }
        #expect(try estonia.due(at: now).contains { $0.hasPrefix("us: check the books: the document that X008") })
    }

    @Test func `a closed case asks for no answer`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.exchange(folder)
        #expect(try sweden.due(at: "2026-03-03T08:00:00Z").contains("us: examine the request and answer with R018"))
        try send(
            "X001",
            """
            <InformationAboutClose>
              <closeDate>2026-03-05</closeDate><close><value>02</value></close>
              <reasonForClosing><value>02</value></reasonForClosing>
            </InformationAboutClose>
            """, from: "ee", folder, estonia, at: "2026-03-05T08:00:00Z")
        try sweden.process()
        for side in [estonia, sweden] { #expect(try side.due(at: "2026-03-06T08:00:00Z") == []) }
    }
}

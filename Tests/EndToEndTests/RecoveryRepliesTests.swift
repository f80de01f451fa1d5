// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// Requests and answers between an applicant and a requested installation, by their commands and file queues alone.
struct RecoveryRepliesTests {
    private let sending = RecoveryInstallation.sending

    /// The request of the examples as one for notification or information.
    private static func request(_ kind: String, _ asks: String) throws -> String {
        var text = try RecoveryInstallation.oneClaim().replacingOccurrences(of: "kind: recovery", with: "kind: \(kind)")
        for (from, to) in [("thirdParties:", "declaration:"), ("instalments:", "attachments:")] {
            let start = try #require(text.range(of: from))
            let end = try #require(text.range(of: to))
            text.removeSubrange(start.lowerBound..<end.lowerBound)
        }
        return text.replacingOccurrences(of: "attachments:", with: asks + "\nattachments:")
    }

    private func send(_ text: String, _ number: Int, _ folder: TemporaryFolder, _ sender: RecoveryInstallation) throws {
        try folder.write(text, to: "request-\(number).yaml")
        try sender.send(folder.path + "/request-\(number).yaml", as: number)
    }

    @Test func `a request for notification is taken up and answered`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.pair(folder)
        let text = try Self.request(
            "notification", "notification: { documents: [\"01\"], form: \"01\", deadline: 2026-04-15 }")
        try send(text, 1, folder, estonia)
        try send(text.replacingOccurrences(of: "NAIDIS-2026-17", with: "NAIDIS-2026-18"), 2, folder, estonia)
        try sweden.process()
        let asked = "2026-03-03T08:00:00Z"
        #expect(try sweden.due(at: asked).filter { $0 == "us: notify the addressee and answer with R016" }.count == 2)
        #expect(try estonia.due(at: asked) == ["them: answer the request", "them: answer the request"])
        try sweden.desk("reply", "1", "notified", "--on", "2026-03-04", at: "2026-03-05T08:00:00Z")
        try sweden.desk("reply", "2", "not-notified", "--code", "01", at: "2026-03-05T08:00:00Z")
        try estonia.process()
        let answered = "2026-03-06T08:00:00Z"
        #expect(try sweden.due(at: answered) == [])
        #expect(try estonia.due(at: answered) == [])
        let outcomes = Set(try [1, 2].map { try estonia.news(of: $0, at: answered).last })
        #expect(outcomes == ["R016 received: notified 2026-03-04", "R016 received: not notified 01"])
        // Each request has one answer; a second one has no place.
        #expect(try sweden.refused("reply", "1", "notified", at: answered).0 == 1)
    }

    @Test func `a request for information is answered, and a refusal has its ground`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.pair(folder)
        let text = try Self.request("information", "information: [\"02\", \"03\"]")
        try send(text, 1, folder, estonia)
        try send(text.replacingOccurrences(of: "NAIDIS-2026-17", with: "NAIDIS-2026-18"), 2, folder, estonia)
        try sweden.process()
        #expect(try sweden.due(at: "2026-03-03T08:00:00Z") == ["us: answer with R014", "us: answer with R014"])
        #expect(try sweden.refused("reply", "1", "inform", at: "2026-03-05T08:00:00Z").1.contains("REC-76-003"))
        try sweden.desk(
            "reply", "1", "inform", "--confirms", "identity", "--denies", "address", "--street", "Nygatan 1", "--town",
            "Uppsala", "--postal-code", "753 11", "--country", "SE", "--assets", "Bil", "--reason", "Uppgifter",
            at: "2026-03-05T08:00:00Z")
        try sweden.desk("reply", "2", "no-information", "--code", "02", at: "2026-03-05T08:00:00Z")
        try estonia.process()
        let answered = "2026-03-06T08:00:00Z"
        let outcomes = Set(try [1, 2].map { try estonia.news(of: $0, at: answered).last })
        #expect(outcomes == ["R014 received: informed", "R014 received: no information 02"])
        #expect(try estonia.due(at: answered) == [])
        #expect(try sweden.due(at: answered) == [])
        let register = folder.files(in: "ee/register").filter { $0.hasPrefix("R014") }
        let texts = try register.map { try String(contentsOfFile: "\(folder.path)/ee/register/\($0)", encoding: .utf8) }
        #expect(texts.contains { $0.contains("<street>Nygatan 1</street>") && $0.contains("<otherAssets>Bil<") })
    }

    @Test func `instalments are proposed, refused with other terms, accepted and kept in both books`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.pair(folder)
        try send(try RecoveryInstallation.oneClaim(), 1, folder, estonia)
        try sweden.process()
        // 12737.97: an advance and twelve instalments of which the last may be smaller.
        try sweden.desk(
            "reply", "1", "instalments", "1050.00", "--count", "12", "--first", "2026-05-04", "--advance", "137.97",
            at: "2026-03-03T08:00:00Z")
        try estonia.process()
        #expect(try estonia.due(at: "2026-03-04T08:00:00Z") == ["us: answer R018"])
        try estonia.desk(
            "reply", "1", "disagree", "2100.00", "--count", "6", "--first", "2026-05-04", "--advance", "137.97",
            at: "2026-03-04T08:00:00Z")
        try sweden.process()
        #expect(try sweden.due(at: "2026-03-05T08:00:00Z").contains("us: look at the instalments of R036"))
        try sweden.desk(
            "reply", "1", "instalments", "2100.00", "--count", "6", "--first", "2026-05-04", "--advance", "137.97",
            at: "2026-03-05T08:00:00Z")
        try estonia.process()
        try estonia.desk("reply", "1", "agree", at: "2026-03-06T08:00:00Z")
        try sweden.process()
        #expect(try sweden.due(at: "2026-03-07T08:00:00Z").contains("us: go on with recovery by R018"))
        try sweden.desk("reply", "1", "accept", "--reason", "Erkänd", at: "2026-03-07T08:00:00Z")
        try estonia.process()
        let agreed = "2026-03-08T08:00:00Z"
        #expect(try estonia.states(at: agreed) == ["instalments"])
        #expect(try estonia.books(at: agreed) == sweden.books(at: agreed))
        for side in [estonia, sweden] {
            let claim = try #require((try side.desk("show", "1", at: agreed)["claims"] as? [[String: Any]])?.first)
            let plan = try #require(claim["instalments"] as? [[String: Any]])
            #expect(plan.count == 7)
            #expect(try side.due(at: agreed) == ["debtor: pay the instalment"])
            let reply = try #require(try side.desk("show", "1", at: agreed)["news"] as? [[String: Any]])
            #expect(reply.allSatisfy { $0["task"] == nil })
        }
        // The debtor pays all instalments; both sides end with the same books.
        for number in 0..<7 {
            try sweden.desk(
                "book", "1", "recovered", number == 0 ? "137.97" : "2100.00", "--payment", "I\(number)",
                at: "2026-05-0\(number + 1)T08:00:00Z")
        }
        try sweden.desk("reply", "1", "paid", at: "2026-05-09T08:00:00Z")
        try estonia.process()
        let ended = "2026-05-10T08:00:00Z"
        #expect(try estonia.states(at: ended) == ["paid"])
        #expect(try estonia.books(at: ended) == sweden.books(at: ended))
        #expect(try estonia.due(at: ended) == [])
    }

    @Test func `costs are asked for, answered and paid`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.pair(folder)
        try send(try RecoveryInstallation.oneClaim(), 1, folder, estonia)
        try sweden.process()
        try sweden.desk(
            "reply", "1", "costs", "250.00", "--under", "85(2)", "--iban", "SE4550000000058398257466", "--holder",
            "Provmyndigheten", "--reference", "K1", "--reason", "Tolk", at: "2026-03-08T08:00:00Z")
        try estonia.process()
        #expect(
            try estonia.due(at: "2026-03-08T09:00:00Z").contains("us: decide on the costs and answer with R029"))
        try estonia.desk("reply", "1", "bear-costs", "--code", "01", at: "2026-03-09T08:00:00Z")
        try estonia.desk("reply", "1", "reimburse", "100.00", "--reference", "K1", at: "2026-03-10T08:00:00Z")
        try estonia.desk("reply", "1", "reimburse", "--reference", "K1-2", at: "2026-03-11T08:00:00Z")
        try sweden.process()
        let ended = "2026-03-12T08:00:00Z"
        for side in [estonia, sweden] {
            let claim = try #require((try side.desk("show", "1", at: ended)["claims"] as? [[String: Any]])?.first)
            #expect(
                claim["reimbursement"] as? [String: String]
                    == ["charged": "250.00", "settled": "250.00", "open": "0.00"])
        }
        #expect(try estonia.books(at: ended) == sweden.books(at: ended))
        #expect(try sweden.news(at: ended).contains("R029 received: costs accepted 01"))
        // More than was asked for is not told to anybody.
        let before = try estonia.news(at: ended)
        #expect(try estonia.refused("reply", "1", "reimburse", "1.00", "--reference", "K3", at: ended).0 == 1)
        #expect(try estonia.news(at: ended) == before)
    }

    @Test func `an estimate of costs is asked for and answered, and books nothing before the final request`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.pair(folder)
        try send(try RecoveryInstallation.oneClaim(), 1, folder, estonia)
        try sweden.process()
        let estimate = ["reply", "1", "costs", "900.00", "--under", "85(2)", "--provisional"]
        let named = ["--institution-name", "Provmyndigheten", "--answer-by", "2026-04-01", "--reason", "Tolk"]
        try sweden.desk(estimate + named, at: "2026-03-08T08:00:00Z")
        let written = try #require(folder.files(in: "to-ee").first { $0.hasPrefix("R028") && $0.hasSuffix(".xml") })
        let text = try String(contentsOfFile: folder.path + "/to-ee/\(written)", encoding: .utf8)
        #expect(text.contains("<ProvisionalRequestStateIfAgreeReimburse>") && !text.contains("BankDetails"))
        #expect(text.contains("ConsentMustReceived>2026-04-01<"))
        #expect(try Program.run(["validate", folder.path + "/to-ee/\(written)"]).status == 0)
        try estonia.process()
        let asked = "2026-03-08T09:00:00Z"
        #expect(try estonia.news(at: asked).last == "R028 received: costs estimated 85(2)")
        #expect(try estonia.due(at: asked).contains("us: decide on the costs and answer with R029"))
        try estonia.desk("reply", "1", "bear-costs", "--code", "02", at: "2026-03-09T08:00:00Z")
        try sweden.process()
        func charged(_ side: RecoveryInstallation, _ now: String) throws -> String? {
            let claim = try #require((try side.desk("show", "1", at: now)["claims"] as? [[String: Any]])?.first)
            return (claim["reimbursement"] as? [String: String])?["charged"]
        }
        let agreed = "2026-03-10T08:00:00Z"
        #expect(try sweden.news(at: agreed).last == "R029 received: costs accepted 02")
        #expect(!(try estonia.due(at: agreed).contains { $0.contains("R029") }))
        for side in [estonia, sweden] { #expect(try charged(side, agreed) == "0.00") }
        #expect(try sweden.refused("reply", "1", "costs", "0", "--provisional", "--holder", "P", at: agreed).0 == 1)
        try sweden.desk(
            "reply", "1", "costs", "850.00", "--under", "85(2)", "--iban", "SE4550000000058398257466", "--holder",
            "Provmyndigheten", "--reference", "K1", at: "2026-03-20T08:00:00Z")
        try estonia.process()
        for side in [estonia, sweden] { #expect(try charged(side, "2026-03-21T08:00:00Z") == "850.00") }
    }

    @Test func `a question is asked and answered before the request is decided`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.pair(folder)
        try send(try RecoveryInstallation.oneClaim(), 1, folder, estonia)
        try sweden.process()
        try sweden.desk("reply", "1", "ask", "--reason", "Uppgift om ombud?", at: "2026-03-03T08:00:00Z")
        try estonia.process()
        #expect(try estonia.due(at: "2026-03-04T08:00:00Z").contains("us: answer R018"))
        try estonia.desk("reply", "1", "explain", "--reason", "Esindajat ei ole", at: "2026-03-04T08:00:00Z")
        try sweden.process()
        #expect(try sweden.due(at: "2026-03-05T08:00:00Z").contains("us: read R036"))
        try sweden.desk("reply", "1", "refuse", "--code", "08", at: "2026-03-06T08:00:00Z")
        try estonia.process()
        let ended = "2026-03-07T08:00:00Z"
        #expect(try estonia.states(at: ended) == ["refused"])
        #expect(try estonia.books(at: ended) == sweden.books(at: ended))
        #expect(try sweden.due(at: ended) == [])
    }

    @Test(arguments: ["beneficiary", "thirdParty"])
    func `a debtor may stand beside the insured person, in every request and its answer`(role: String) throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.pair(folder)
        let texts = [
            try RecoveryInstallation.oneClaim(),
            try Self.request(
                "notification", "notification: { documents: [\"01\"], form: \"01\", deadline: 2026-04-15 }"),
            try Self.request("information", "information: [\"02\"]"),
        ]
        for (index, text) in texts.enumerated() {
            let placed = text.replacingOccurrences(
                of: "debtor:\n",
                with: """
                    debtor:
                      role: \(role)
                      status: "01"
                      insuredPerson:
                        familyName: Näitlik
                        forename: Kaarel
                        birthDate: 1974-12-01
                        sex: "01"
                        nationalities: [EE]

                    """)
            try send(placed, index + 1, folder, estonia)
            let page = try Program.run([
                "recovery", "preview", "\(index + 1)", "--workspace", estonia.path, "--lang", "et", "--now", sending,
            ])
            for word in ["Kindlustatu", "Näitlik", role == "beneficiary" ? "Hüvitise saaja" : "Kolmas isik"] {
                #expect(page.output.contains(word), "\(word)")
            }
        }
        try sweden.process()
        let answered = "2026-03-05T08:00:00Z"
        let listed = try #require(try sweden.desk("list", at: answered)["requests"] as? [[String: Any]])
        for request in listed {
            let number = "\(request["id"] ?? "")"
            switch request["kind"] as? String {
            case "recovery": try sweden.desk("reply", number, "accept", "--reason", "Erkänd", at: answered)
            case "notification": try sweden.desk("reply", number, "notified", at: answered)
            default: try sweden.desk("reply", number, "inform", "--confirms", "address", at: answered)
            }
        }
        try estonia.process()
        let outcomes = try (1...3).map { try estonia.news(of: $0, at: answered).last }
        #expect(
            outcomes == [
                "R018 received: recognised", "R016 received: notified 2026-03-05", "R014 received: informed",
            ])
    }
}

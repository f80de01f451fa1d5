// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCases
import SEDCore
import SEDInspection
import SEDProcessor
import SEDTestSupport
import SEDValidation
import Testing

/// Rules about cases on real messages, through the whole pipeline.
struct CaseRulePipelineTests {
    /// A message with what a test changes in its SED, each by a pattern.
    private func message(
        _ sed: String,
        in buc: String = "R_BUC_07",
        case caseID: String,
        weSend: Bool = false,
        weOwn: Bool = false,
        on day: String,
        start: Bool = false,
        replacing changes: (String, String)...
    ) throws -> TestMessage {
        var message = try TestMessage(sed, in: buc)
        message.caseID = caseID
        message.createdAt = "\(day)T10:00:00Z"
        if start { message.action = "Start" }
        if weSend { swap(&message.sender, &message.receiver) }
        // The test message is written by the owner of the case.
        if weSend != weOwn { swap(&message.senderRole, &message.receiverRole) }
        for (pattern, text) in changes {
            let changed = message.body.replacingOccurrences(of: pattern, with: text, options: .regularExpression)
            try #require(message.body.contains(Regex(pattern)), "nothing in \(sed) fits \(pattern)")
            message.body = changed
        }
        return message
    }

    private static let rules = Set(CaseRule.all.map(\.id.text))

    /// The findings of rules about cases, as severity, rule and path.
    private func found(_ message: ProcessedMessage?) -> [String] {
        message?.report.findings.filter { Self.rules.contains($0.rule) }
            .map { "\($0.severity) \($0.rule) \($0.path ?? "-")" } ?? []
    }

    private func notification(of day: String) throws -> (request: TestMessage, reply: TestMessage) {
        let id = UUID().uuidString.lowercased()
        let request = try message(
            "R015", in: "R_BUC_06", case: id, weSend: true, weOwn: true, on: "2026-02-04", start: true)
        var reply = try message(
            "R016", in: "R_BUC_06", case: id, weOwn: true, on: "2026-02-25",
            replacing: ("<notificationDate>[^<]*", "<notificationDate>\(day)"),
            ("<dateBirth>[^<]*", try birthDate(request)))
        reply.relatedSet = request.set
        return (request, reply)
    }

    /// The examples of different cases are about different persons.
    private func birthDate(_ message: TestMessage) throws -> String {
        let range = try #require(message.body.range(of: "<dateBirth>[^<]*", options: .regularExpression))
        return String(message.body[range])
    }

    @Test func `a forwarding before its request is found where it stands, and the message is placed`() async throws {
        let bench = try Bench()
        let (request, reply) = try notification(of: "2026-02-03")
        let results = try await bench.receive(request, reply)
        #expect(results.last?.disposition == .acceptWithFindings)
        #expect(results.last?.verdict == .valid)
        #expect(found(results.last) == ["warning NOT-77-3-003 /R016/NotificationMade/notificationDate"])
        let finding = try #require(results.last?.report.findings.last)
        let lines = reply.text.split(separator: "\n", omittingEmptySubsequences: false)
        let line = try #require(lines.firstIndex { $0.contains("<notificationDate>") }) + 1
        #expect(finding.line == line)
        #expect(finding.reference == "Reg. 987/2009 Art. 77(3)")
        #expect(try bench.state(of: request) == "2")

        let shown = try #require(try bench.workspace.queueItem("m2"))
        #expect(shown.item.rule == "NOT-77-3-003")
        #expect(shown.report?.findings.map(\.rule).last == "NOT-77-3-003")
        #expect(shown.history.map(\.detail).contains("acceptWithFindings NOT-77-3-003"))
        let id = try #require(UniqueID(parsing: request.caseID))
        #expect(try bench.workspace.timeline(of: id).map(\.remark) == [nil, "warning NOT-77-3-003"])
        let details = try bench.workspace.caseDetails(id, useCases: Bench.reference.get().useCases)
        #expect(details?.findings.map(\.message) == ["m2"])
        #expect(details?.findings.map(\.rule) == ["NOT-77-3-003"])
    }

    @Test func `on the day of the request nothing is found`() async throws {
        let bench = try Bench()
        let (request, reply) = try notification(of: "2026-02-04")
        let results = try await bench.receive(request, reply)
        #expect(results.last?.disposition == .accept)
        #expect(results.flatMap(found) == [])
    }

    @Test func `a message that waited gets the findings that it would have got at once`() async throws {
        let (request, reply) = try notification(of: "2026-02-03")
        let atOnce = try await Bench().receive(request, reply)
        let bench = try Bench()
        let waited = try await bench.receive(reply, request)
        #expect(waited.map(\.hadWaited) == [false, false, true])
        #expect(waited.last?.report.findings == atOnce.last?.report.findings)
        #expect(waited.last?.disposition == .acceptWithFindings)
        let shown = try bench.workspace.queueItem("m1")?.report
        #expect(shown?.findings == atOnce.last.map { Teller.english.told($0.report).findings })
    }

    @Test func `what we send is judged by the severity for sending`() async throws {
        let bench = try Bench()
        let id = UUID().uuidString.lowercased()
        let request = try message("R015", in: "R_BUC_06", case: id, on: "2026-02-04", start: true)
        let reply = try message(
            "R016", in: "R_BUC_06", case: id, weSend: true, on: "2026-02-25",
            replacing: ("<notificationDate>[^<]*", "<notificationDate>2026-02-03"),
            ("<dateBirth>[^<]*", try birthDate(request)))
        let results = try await bench.receive(request, reply)
        #expect(found(results.last) == ["error NOT-77-3-003 /R016/NotificationMade/notificationDate"])
    }

    @Test(arguments: [("2026-03-19", []), ("2026-03-20", ["warning A1-PROV-004 /A004"])])
    func `an objection counts two months from the determination`(day: String, expected: [String]) async throws {
        let bench = try Bench()
        let id = UUID().uuidString.lowercased()
        let determination = try message(
            "A003", in: "LA_BUC_02", case: id, weSend: true, weOwn: true, on: "2026-01-19", start: true)
        var objection = try message(
            "A004", in: "LA_BUC_02", case: id, weOwn: true, on: day,
            replacing: ("<dateBirth>[^<]*", try birthDate(determination)))
        objection.relatedSet = determination.set
        let results = try await bench.receive(determination, objection)
        #expect(results.map(\.caseState?.name) == ["1", "2"])
        #expect(found(results.last) == expected)
    }

    @Test func `another birth date is found once, at the person`() async throws {
        let bench = try Bench()
        let id = UUID().uuidString.lowercased()
        let request = try message("R017", case: id, on: "2026-01-26", start: true)
        var reply = try message("R018", case: id, weSend: true, on: "2026-02-11")
        reply.body = reply.body.replacing(try birthDate(reply), with: "<dateBirth>1901-02-03")
        reply.relatedSet = request.set
        let results = try await bench.receive(request, reply)
        let path =
            "/R018/Concerns/PleaseFillInWhenCaseConcernsAPerson/Persons/Debtor/InsuredPerson/InsuredPersonDetails"
            + "/PersonIdentification/dateBirth"
        #expect(found(results.last) == ["error HOR-PERS-004 \(path)"])
        // Neither the report nor the listing says the date.
        let shown = try StableJSON.encode(try #require(try bench.workspace.queueItem("m2")))
        #expect(!shown.contains("1901"))
    }

    @Test func `a reduction below what was paid, and a close with a rest, are found from the sums`() async throws {
        let bench = try Bench()
        let id = UUID().uuidString.lowercased()
        let request = try message("R017", case: id, on: "2026-01-26", start: true)
        var reply = try message("R018", case: id, weSend: true, on: "2026-02-11")
        reply.relatedSet = request.set
        let payment = try message("R004", case: id, weSend: true, on: "2026-03-12")
        let low = try message(
            "R025", case: id, on: "2026-03-24",
            replacing: ("<totalAmount>[^<]*", "<totalAmount>0.01"),
            ("<reasonClaimWithdrawnOrReduced>\\s*<value>[^<]*", "<reasonClaimWithdrawnOrReduced><value>02"))
        let results = try await bench.receive(request, reply, payment, low)
        #expect(results.map(\.caseState?.name) == ["1", "2", "3", "7"])
        #expect(results.dropLast().flatMap(found) == [])
        #expect(found(results.last).map { $0.prefix(22) } == ["warning REC-78-5-002 /"])

        let other = try Bench()
        let close = try message(
            "X001", case: id, on: "2026-05-01", replacing: ("<dateBirth>[^<]*", try birthDate(request)))
        let closing = try await other.receive(request, reply, payment, close)
        #expect(closing.last?.caseState == .closed)
        #expect(found(closing.last) == ["warning REC-STATE-002 /X001/InformationAboutClose"])
    }

    @Test func `a misplaced message of recovery names the rules of law beside the state table's`() async throws {
        let bench = try Bench()
        let id = UUID().uuidString.lowercased()
        let request = try message("R017", case: id, weSend: true, weOwn: true, on: "2026-01-26", start: true)
        let payment = try message("R004", case: id, weOwn: true, on: "2026-03-12")
        let results = try await bench.receive(request, payment)
        #expect(results.last?.rule?.text == "CAS-005")
        #expect(results.last?.report.findings.last?.also == ["REC-STATE-001"])
    }

    // MARK: Catalogue

    @Test func `the rules about cases are those of the catalogue`() throws {
        let rules = try #require(try Bench.reference.get().validator.rules)
        let entries = try rules.families.flatMap { try rules.catalogue(of: $0).entries }
        let checked = Set(CaseRule.all.map(\.id))
        #expect(CaseRule.all.count == checked.count)
        // What the state tables check, the other one beside them.
        let announced = Set(entries.filter { $0.kind == .caseHistory }.map(\.id))
        #expect(announced.subtracting(checked) == [.misplacedInRecovery])
        // One rule has a half that the document shows alone.
        #expect(checked.subtracting(announced) == ["NOT-77-3-003"])
        for id in checked {
            #expect(try rules.entry(id)?.reasons[.english]?.isEmpty == false, "\(id) does not say what is compared")
        }
    }

    @Test func `the parameters that rules about cases ask for are those that the catalogue names`() throws {
        let rules = try #require(try Bench.reference.get().validator.rules)
        let asked: [RuleID: String] = [
            "A1-PROV-004": "multi.definitiveMonths", "REC-72-2-001": "offset.statementMonths",
            "REC-79-2-002": "recovery.formalitiesMonths", "REC-82-1-B-002": "recovery.ageYears",
        ]
        for id in CaseRule.all.map(\.id) where id != "NOT-77-3-003" {
            #expect(try rules.entry(id)?.parameters == asked[id].map { [$0] } ?? [], "\(id)")
        }
    }
}

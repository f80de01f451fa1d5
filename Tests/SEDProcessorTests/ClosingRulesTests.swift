// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCases
import SEDCore
import SEDProcessor
import SEDStorage
import SEDTestSupport
import SEDValidation
import Testing

/// Cases whose closing clock has run out, through the real pipeline under a clock of the test's own.
struct ClosingRulesTests {
    private static let configuration = "institutions: EE:SKA001\nincompleteAfter: 0s\n"

    /// A posting of which we tell Latvia on Monday, 2 March 2026; the 30 days end on Wednesday, 1 April.
    private let posting: TestMessage

    init() throws {
        var posting = try TestMessage("A009", in: "LA_BUC_04")
        posting.action = "Start"
        posting.sender = "EE:SKA001"
        posting.receiver = "LV:LVSOC1"
        self.posting = posting
    }

    private func bench(_ more: String = "") throws -> Bench {
        try Bench(configuration: Self.configuration + more)
    }

    private func another(_ sed: String, createdAt: String) throws -> TestMessage {
        var message = try TestMessage(sed, in: "LA_BUC_04")
        message.sender = posting.sender
        message.receiver = posting.receiver
        message.caseID = posting.caseID
        message.createdAt = createdAt
        return message
    }

    private func closings(_ bench: Bench) throws -> [QueueItem] {
        try bench.queue(.outbox).filter { $0.sed == "X001" }
    }

    private func closingClock(_ bench: Bench) throws -> String? {
        let id = try #require(UniqueID(parsing: posting.caseID))
        let today = try #require(CivilDate(parsing: "2026-04-02"))
        return try bench.workspace.caseDetails(id, useCases: Bench.reference.get().useCases, today: today)?.deadlines
            .first { $0.name == "closing-after-posting" }.map { "\($0.dueOn) \($0.state) \($0.by)" }
    }

    @Test func `the day after the last one a valid X001 is proposed, once`() async throws {
        let bench = try bench()
        try await bench.receive(posting)
        #expect(try closingClock(bench) == "2026-04-01 ranOut us")
        bench.wait(hours: 30 * 24)
        #expect(try await bench.drain().summary.closings == 0, "the last day is still in time")
        bench.wait(hours: 24)
        #expect(try await bench.drain().summary.closings == 1)
        #expect(try await bench.drain().summary.closings == 0)
        bench.wait(hours: 240)
        #expect(try await bench.drain().summary.closings == 0)
        let draft = try #require(try closings(bench).first)
        #expect(draft.state == "draft")
        #expect(draft.caseId == posting.caseID)
        #expect(draft.reason == "X001 reason 10 closes the case: closing-after-posting ran out on 2026-04-01.")
        #expect(try bench.state(of: posting) == "1")
        #expect(bench.delivered().count == 1, "a proposal left")
    }

    @Test func `the proposal is a complete message to the counterparty about the person of the case`() async throws {
        let bench = try bench()
        try await bench.receive(posting)
        bench.wait(hours: 31 * 24)
        try await bench.drain()
        let bytes = try #require(
            try bench.workspace.store.read { view in
                try view.outbox(in: [.draft]).first.flatMap { try view.bytes(ofOutbox: $0.id) }
            })
        let judgement = try Bench.reference.get().validator.judge(bytes, direction: .outbound)
        #expect(judgement.report.verdict == .valid)
        #expect(judgement.report.findings == [])
        let envelope = try #require(judgement.envelope)
        #expect(envelope.sender.institution.text == "EE:SKA001")
        #expect(envelope.sender.role == .caseOwner)
        #expect(envelope.receiver.institution.text == "LV:LVSOC1")
        #expect(envelope.caseID.text == posting.caseID)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains("<reasonForClosing><value>10</value></reasonForClosing>"))
        #expect(text.contains("<closeDate>2026-04-02</closeDate>"))
        for name in ["familyName", "forename", "dateBirth"] {
            let element = try #require(posting.body.firstMatch(of: try Regex("<\(name)>[^<]+</\(name)>")))
            #expect(text.contains(posting.body[element.range]), "\(name)")
        }
    }

    @Test func `a new document withdraws the proposal and starts the clock anew`() async throws {
        let bench = try bench()
        try await bench.receive(posting)
        bench.wait(hours: 31 * 24)
        try await bench.drain()
        #expect(try closings(bench).count == 1)
        try await bench.receive(try another("A009", createdAt: "2026-04-02T10:00:00Z"))
        #expect(try closings(bench) == [], "the proposal was not withdrawn")
        // 30 days later is Saturday, 2 May: the clock ends on Monday, 4 May.
        bench.wait(hours: 32 * 24)
        #expect(try await bench.drain().summary.closings == 0)
        bench.wait(hours: 24)
        #expect(try await bench.drain().summary.closings == 1)
        #expect(try closings(bench).count == 1)
    }

    @Test func `a withdrawn document lets the old clock count, and it is proposed again`() async throws {
        let bench = try bench()
        try await bench.receive(posting)
        bench.wait(hours: 31 * 24)
        try await bench.drain()
        var second = try another("A009", createdAt: "2026-04-02T10:00:00Z")
        second.set = UUID().uuidString.lowercased()
        try await bench.receive(second)
        #expect(try closings(bench) == [])
        var withdrawal = try another("X001", createdAt: "2026-04-02T11:00:00Z")
        withdrawal.sed = "X008"
        withdrawal.relatedSet = second.set
        withdrawal.body = """
            <x:X008 xmlns:x="http://ec.europa.eu/eessi/ns/4_4/X008">
              <CaseContext><EmployerContext><name>Example Ltd</name></EmployerContext></CaseContext>
              <TheFollowingSEDConsideredInvalidWithdrawn>
                <SEDType>A009</SEDType><dateIssued>2026-04-02</dateIssued>
                <reason><value>03</value></reason>
              </TheFollowingSEDConsideredInvalidWithdrawn>
            </x:X008>
            """
        let results = try await bench.receive(withdrawal)
        // The table of the owner leads back to the start: then nothing is left to close.
        #expect(results.last?.caseState?.name == "S")
        #expect(try closings(bench) == [])
        #expect(try closingClock(bench) == "2026-04-01 stopped us")
    }

    @Test func `a close that somebody else decided withdraws the proposal`() async throws {
        let bench = try bench()
        try await bench.receive(posting)
        bench.wait(hours: 31 * 24)
        try await bench.drain()
        try await bench.receive(try another("X001", createdAt: "2026-04-02T13:00:00Z"))
        #expect(try bench.state(of: posting) == "C")
        #expect(try closings(bench) == [])
    }

    @Test func `what may not be closed by our side is left alone`() async throws {
        let bench = try bench()
        var theirs = posting
        (theirs.sender, theirs.receiver) = (posting.receiver, posting.sender)
        try await bench.receive(theirs)
        #expect(try closingClock(bench) == "2026-04-01 ranOut them")
        bench.wait(hours: 40 * 24)
        #expect(try await bench.drain().summary.closings == 0)
        #expect(try closings(bench) == [])
    }

    @Test func `where the operator wants that, the X001 is sent and the case is closed`() async throws {
        let bench = try bench("closing: send\n")
        try await bench.receive(posting)
        bench.wait(hours: 31 * 24)
        let (messages, summary) = try await bench.drain()
        #expect(summary.closings == 1)
        #expect(summary.delivered == 1)
        #expect(messages.map(\.sed?.code) == ["X001"])
        #expect(messages.map(\.disposition) == [.accept])
        #expect(try bench.state(of: posting) == "C")
        #expect(bench.delivered().map { String($0.prefix(14)) }.sorted() == ["A009-EE-SKA001", "X001-EE-SKA001"])
        #expect(try closingClock(bench) == "2026-04-01 stopped us")
        #expect(try await bench.drain().summary == ProcessingSummary())
        let id = try #require(UniqueID(parsing: posting.caseID))
        #expect(try bench.workspace.timeline(of: id).map(\.sed) == ["A009", "X001"])
    }

    @Test func `without a route the X001 is only proposed`() async throws {
        let bench = try bench(
            "closing: send\noutbound: {name: o, path: outbound}\nroutes: [{name: r, sed: A009, to: o}]\n")
        try await bench.receive(posting)
        bench.wait(hours: 31 * 24)
        #expect(try await bench.drain().summary.closings == 1)
        #expect(try closings(bench).map(\.state) == ["draft"])
        #expect(try bench.state(of: posting) == "1")
    }

    @Test func `while a message of the case waits nothing is sent`() async throws {
        let bench = try bench("closing: send\n")
        try await bench.receive(posting)
        bench.wait(hours: 31 * 24)
        var early = posting
        early.action = "Update"
        early.version = 3
        early.createdAt = "2026-04-02T10:00:00Z"
        early.instance = UUID().uuidString.lowercased()
        #expect(try await bench.receive(early).map(\.rule?.text) == ["CAS-002"])
        #expect(try bench.state(of: posting) == "1")
        var second = early
        second.version = 2
        second.instance = UUID().uuidString.lowercased()
        second.createdAt = "2026-04-01T10:00:00Z"
        try await bench.receive(second)
        #expect(try bench.queue(.pending) == [])
        #expect(try bench.state(of: posting) == "1")
        bench.wait(hours: 60 * 24)
        #expect(try await bench.drain().summary.closings == 1)
        #expect(try bench.state(of: posting) == "C")
    }

    @Test(arguments: ["propose", "send"])
    func `a case with several counterparties is closed for all when the last clock has run out`(policy: String)
        async throws
    {
        let bench = try bench("closing: \(policy)\n")
        var first = try TestMessage("A010", in: "LA_BUC_05")
        first.action = "Start"
        first.sender = "EE:SKA001"
        first.receiver = "LV:LVSOC1"
        var second = first
        second.receiver = "LT:LTSOC1"
        second.instance = UUID().uuidString.lowercased()
        second.createdAt = "2026-03-12T10:00:00Z"
        try await bench.receive(first)
        bench.wait(hours: 10 * 24)
        try await bench.receive(second)
        // Towards Latvia the clock ends on 1 April, towards Lithuania on Saturday, 11 April, and so on the 13th.
        bench.wait(hours: 31 * 24)
        #expect(try await bench.drain().summary.closings == 0)
        bench.wait(hours: 48)
        #expect(try await bench.drain().summary.closings == 1)
        if policy == "send" {
            #expect(bench.delivered().filter { $0.hasPrefix("X001") }.count == 2)
            #expect(try bench.state(of: first) == "C")
            #expect(try bench.queue(.pending) == [])
        } else {
            #expect(try closings(bench).count == 2)
            #expect(try bench.state(of: first) == "1")
        }
        #expect(try await bench.drain().summary.closings == 0)
        let rebuilt = try CaseRebuild(workspace: bench.workspace, reference: Bench.reference.get(), actor: "test")
            .run([], isCheck: true)
        #expect(rebuilt.differences == [])
    }

    @Test func `the determination becomes definitive by silence and is closed with reason 08`() async throws {
        let bench = try bench()
        var determination = try TestMessage("A003", in: "LA_BUC_02")
        determination.action = "Start"
        determination.sender = "EE:SKA001"
        determination.receiver = "DE:DEKV01"
        try await bench.receive(determination)
        // The two months end on Saturday, 2 May 2026, and so on Monday, the 4th.
        bench.wait(hours: 63 * 24)
        #expect(try await bench.drain().summary.closings == 0)
        bench.wait(hours: 24)
        #expect(try await bench.drain().summary.closings == 1)
        #expect(try closings(bench).first?.reason?.contains("reason 08") == true)
    }
}

/// What `case due` asks of the store.
struct DueItemsTests {
    private func due(_ bench: Bench, _ today: String, until: String, overdue: Bool = false) throws -> [String] {
        let query = DueQuery(
            today: try #require(CivilDate(parsing: today)), until: try #require(CivilDate(parsing: until)),
            isOverdueOnly: overdue
        )
        return try bench.workspace.dueItems(query, useCases: Bench.reference.get().useCases).map {
            "\($0.dueOn) \($0.name) \($0.by) \($0.state)"
        }
    }

    @Test func `clocks and waiting messages are listed by their last day`() async throws {
        let bench = try Bench()
        var request = try TestMessage("R015", in: "R_BUC_06")
        request.action = "Start"
        var lonely = try TestMessage("R025", in: "R_BUC_07")
        lonely.createdAt = "2026-03-02T09:00:00Z"
        try await bench.receive(request, lonely)
        let deadline = try #require(request.body.firstMatch(of: /<notificationDeadline>([^<]+)</)).1
        let clock = "\(deadline) notification-by-date us"
        #expect(
            try due(bench, "2026-03-02", until: "2026-12-31") == [
                "2026-03-03 grace-period them running", "2026-04-01 notification-answer us running", clock + " running",
            ])
        #expect(
            try due(bench, "2026-04-01", until: "2026-04-01", overdue: true) == ["2026-03-03 grace-period them ranOut"])
        #expect(
            try due(bench, "2026-04-02", until: "2026-04-02", overdue: true) == [
                "2026-03-03 grace-period them ranOut", "2026-04-01 notification-answer us ranOut",
            ])
        bench.wait(hours: 25)
        try await bench.drain()
        // An X050 is drafted: nobody waits any more.
        #expect(try due(bench, "2026-03-04", until: "2026-03-31") == [])
    }

    @Test func `what nobody has to do is no matter once it is past, except to close the case`() async throws {
        let bench = try Bench(configuration: "institutions: EE:SKA001\nincompleteAfter: 0s\n")
        var posting = try TestMessage("A009", in: "LA_BUC_04")
        posting.action = "Start"
        posting.receiver = "EE:SKA001"
        posting.body = posting.body.replacing(/<startDate>[^<]+</, with: "<startDate>2026-01-01<")
            .replacing(/<endDate>[^<]+</, with: "<endDate>2026-12-31<")
        try await bench.receive(posting)
        #expect(
            try due(bench, "2026-03-02", until: "2030-01-01") == [
                "2026-04-01 closing-after-posting them running", "2027-02-28 posting-break nobody running",
                "2027-12-31 posting-longest nobody running",
            ])
        #expect(
            try due(bench, "2028-03-02", until: "2030-01-01") == ["2026-04-01 closing-after-posting them ranOut"])
    }

    @Test func `a message counts on the day of its receipt, what we send on that of its envelope`() async throws {
        let bench = try Bench()
        var request = try TestMessage("R015", in: "R_BUC_06")
        request.action = "Start"
        request.createdAt = "2026-02-20T10:00:00Z"
        var ours = request.reversed
        ours.senderRole = "CaseOwner"
        ours.receiverRole = "Counterparty"
        ours.caseID = UUID().uuidString.lowercased()
        ours.set = UUID().uuidString.lowercased()
        ours.instance = UUID().uuidString.lowercased()
        try await bench.receive(request, ours)
        let found = try due(bench, "2026-03-02", until: "2026-05-01").filter { $0.contains("notification-answer") }
        // 30 days after 20 February is Sunday, 22 March.
        #expect(found == ["2026-03-23 notification-answer them running", "2026-04-01 notification-answer us running"])
    }

    @Test func `clocks that are due are found by an index`() throws {
        let bench = try Bench()
        let plan = try bench.workspace.store.read { try $0.planOfDeadlines() }
        #expect(plan.contains { $0.contains("USING INDEX deadlineDue (isTask=? AND dueOn<?)") }, "\(plan)")
        #expect(!plan.contains { $0.contains("SCAN deadline") }, "\(plan)")
    }
}

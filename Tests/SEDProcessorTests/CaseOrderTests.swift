// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCases
import SEDCore
import SEDInspection
import SEDProcessor
import SEDStorage
import SEDTestSupport
import Testing

/// The order of arrival, copies, kills and rebuilding, through the whole pipeline.
struct CaseOrderTests {
    private let id = UUID().uuidString.lowercased()

    private func message(_ sed: String, weSend: Bool = false, at hour: Int, start: Bool = false) throws -> TestMessage {
        var message = try TestMessage(sed, in: "R_BUC_07")
        message.caseID = id
        message.createdAt = "2026-03-02T\(hour < 10 ? "0" : "")\(hour):00:00Z"
        if start { message.action = "Start" }
        return weSend ? message.reversed : message
    }

    /// A recovery that is asked for, granted, paid, reduced and closed.
    private func course() throws -> [TestMessage] {
        let request = try message("R017", at: 1, start: true)
        var reply = try message("R018", weSend: true, at: 2)
        reply.relatedSet = request.set
        let payment = try message("R004", weSend: true, at: 3)
        let reduction = try message("R025", at: 4)
        var second = reduction
        second.action = "Update"
        second.version = 2
        second.createdAt = "2026-03-02T05:00:00Z"
        second.instance = UUID().uuidString.lowercased()
        let close = try message("X001", at: 6)
        return [request, reply, payment, reduction, second, close]
    }

    private func key() throws -> CaseKey {
        let case1 = try #require(UniqueID(parsing: id))
        let institution = try #require(InstitutionID(parsing: "EE:MTA001"))
        return CaseKey(id: case1, institution: institution)
    }

    private func dump(_ bench: Bench) throws -> [String] {
        let key = try key()
        return try bench.workspace.store.read { try $0.rows(of: key) }.dump
    }

    private func timeline(_ bench: Bench) throws -> [String] {
        let entries = try bench.workspace.timeline(of: try key().id)
        return entries.map { "\($0.event) \($0.sed ?? "") \($0.version ?? 0) \($0.from ?? "") \($0.to ?? "")" }
    }

    private func rebuild(_ bench: Bench, isCheck: Bool = false) throws -> CaseRebuild.Result {
        try CaseRebuild(workspace: bench.workspace, reference: Bench.reference.get(), actor: "test")
            .run([], isCheck: isCheck)
    }

    @Test(arguments: 0..<6 as Range<UInt64>)
    func `any order of arrival gives the same case, and rebuilding changes no byte`(seed: UInt64) async throws {
        var random = SeededNumbers(seed: seed)
        let course = try course()
        let ordered = try Bench()
        for message in course { try await ordered.receive(message) }
        let expected = try timeline(ordered)
        #expect(expected.count == 6)

        let bench = try Bench()
        var rest = (course + course.shuffled(using: &random).prefix(2)).shuffled(using: &random)[...]
        while !rest.isEmpty {
            let count = Int.random(in: 1...3, using: &random)
            for message in rest.prefix(count) { try bench.drop(message, as: UUID().uuidString) }
            rest = rest.dropFirst(count)
            try await bench.drain()
        }
        #expect(try timeline(bench).filter { !$0.hasPrefix("duplicate") } == expected)
        #expect(try bench.workspace.caseItems().map(\.state) == ["C"])
        #expect(bench.delivered().count == course.count, "each message is delivered once")
        let rows = try dump(bench)
        #expect(try rebuild(bench, isCheck: true).differences == [])
        // Without a single row of the case, all of them come back from the messages.
        let key = try key()
        try bench.workspace.store.write { _ = try $0.save(CaseRows(), of: key) }
        #expect(try bench.workspace.caseItems() == [])
        #expect(try rebuild(bench, isCheck: true).differences.count == 1)
        #expect(try rebuild(bench).differences.count == 1)
        #expect(try dump(bench) == rows)
        #expect(bench.delivered().count == course.count)
        #expect(try rebuild(bench).differences == [])
    }

    @Test func `a message that lost its place waits, and what was delivered stays delivered`() async throws {
        let bench = try Bench()
        let request = try message("R017", at: 1, start: true)
        let close = try message("X001", at: 2)
        let reduction = try message("R025", at: 3)
        try await bench.receive(request, reduction)
        #expect(bench.delivered().count == 2)
        // The close was made before the reduction, which has no place in a closed case.
        try await bench.receive(close)
        #expect(try bench.state(of: request) == "C")
        let waiting = try bench.queue(.pending)
        #expect(waiting.map(\.rule) == ["CAS-006"])
        #expect(bench.delivered().count == 3)
        let number = try #require(waiting.first?.id)
        let shown = try #require(try bench.workspace.queueItem(number))
        #expect(shown.history.map(\.act) == ["received", "decided", "delivered", "displaced", "decided"])
        #expect(try rebuild(bench, isCheck: true).differences == [])
    }

    @Test func `a displaced message is told, waits from then on, and a person answers what was handed over`()
        async throws
    {
        let bench = try Bench(
            configuration: "institutions: EE:MTA001\nincompleteAfter: 0s\nbusinessExceptions: send\n")
        try await bench.receive(try message("R017", at: 1, start: true), try message("R025", at: 3))
        bench.wait(hours: 30)
        try bench.drop(try message("X001", at: 2), as: "close")
        let (told, summary) = try await bench.drain()
        #expect(told.map(\.sed?.code) == ["X001", "R025"])
        #expect(told.map(\.wasDisplaced) == [false, true])
        #expect(told.map(\.hadWaited) == [false, false])
        #expect(told.last?.rule?.text == "CAS-006")
        #expect(told.last?.reason?.text.hasPrefix("It has lost its place to a message that was made before it") == true)
        #expect((summary.displaced, summary.resolved, summary.exceptions) == (1, 0, 0))
        let shown = try bench.workspace.timeline(of: try key().id).filter { $0.event == "displaced" }
        #expect(shown.map(\.message) == ["m2"])
        #expect(shown.map(\.at) == ["2026-03-03T18:00:00.000Z"])
        #expect(shown.first?.remark?.hasPrefix("CAS-006: It has lost its place") == true)
        bench.wait(hours: 23)
        #expect(try await bench.drain().summary.exceptions == 0, "the grace period counts from the displacement")
        bench.wait(hours: 1)
        #expect(try await bench.drain().summary.exceptions == 1)
        #expect(try bench.queue(.outbox).map { "\($0.sed ?? "") \($0.state ?? "")" } == ["X050 draft"])
        #expect(try bench.queue(.pending).map(\.sed) == ["R025"], "a person decides")
        #expect(try rebuild(bench, isCheck: true).differences == [])
    }

    /// A request with reductions that follow it.
    private func long(_ count: Int) throws -> [TestMessage] {
        let first = try message("R025", at: 2)
        let later = (0..<count).map { number in
            var next = first
            next.instance = UUID().uuidString.lowercased()
            next.set = UUID().uuidString.lowercased()
            let (minute, second) = (number / 60, number % 60)
            next.createdAt = "2026-03-02T02:\(minute < 10 ? "0" : "")\(minute):\(second < 10 ? "0" : "")\(second)Z"
            return next
        }
        return [try message("R017", at: 1, start: true)] + later
    }

    @Test func `runs that keep their shelf fold each message of a long case once`() async throws {
        let bench = try Bench()
        let shelf = CaseShelf()
        let course = try long(40)
        for (index, next) in course.enumerated() {
            try bench.drop(next, as: "m\(index)")
            try await bench.drain(shelf: shelf)
        }
        #expect(shelf.folded == course.count)
        #expect(try rebuild(bench, isCheck: true).differences == [])
        // What another process has written may be of the case.
        let other = try Workspace(path: bench.folder.path)
        try other.store.write {
            try $0.audit("test", subject: "test", detail: "", by: "test", at: Instant(millisecondsSinceEpoch: 0))
        }
        try bench.drop(try message("X001", at: 9), as: "close")
        try await bench.drain(shelf: shelf)
        #expect(shelf.folded == course.count + course.count + 1)
        #expect(try bench.workspace.caseItems().map(\.state) == ["C"])
    }

    @Test func `a shelf that is full forgets the case that was touched longest ago`() async throws {
        let bench = try Bench()
        let shelf = CaseShelf(capacity: 4)
        let cases = try (0..<3).map { _ in
            var first = try message("R017", at: 1, start: true)
            first.caseID = UUID().uuidString.lowercased()
            return first
        }
        var count = 0
        /// How many messages were folded for the next one of a case.
        func folds(_ message: TestMessage) async throws -> Int {
            let before = shelf.folded
            count += 1
            var next = message
            next.instance = UUID().uuidString.lowercased()
            next.set = UUID().uuidString.lowercased()
            try bench.drop(next, as: "m\(count)")
            try await bench.drain(shelf: shelf)
            return shelf.folded - before
        }
        func later(in first: TestMessage) throws -> TestMessage {
            var next = try message("R025", at: 2)
            next.caseID = first.caseID
            return next
        }
        for first in cases { #expect(try await folds(first) == 1) }
        // The first case is touched again, so that the second one goes when room for a fifth message is needed.
        #expect(try await folds(later(in: cases[0])) == 1)
        #expect(try await folds(later(in: cases[0])) == 1)
        #expect(try await folds(later(in: cases[2])) == 1)
        #expect(try await folds(later(in: cases[1])) == 2)
        #expect(try rebuild(bench, isCheck: true).differences == [])
    }

    @Test func `late messages that wait together are folded together`() async throws {
        var random = SeededNumbers(seed: 7)
        let bench = try Bench()
        let shelf = CaseShelf()
        let course = try long(160).shuffled(using: &random)
        // Two groups, each of more messages than usually share a transaction.
        for half in [course.prefix(80), course.dropFirst(80)] {
            for next in half { try bench.drop(next, as: UUID().uuidString) }
            try await bench.drain(shelf: shelf)
        }
        #expect(shelf.folded <= course.count + 80)
        #expect(try rebuild(bench, isCheck: true).differences == [])
        #expect(try bench.workspace.caseItems().map(\.documents) == [161])
    }

    @Test func `what came by two ways is handed over once, in whatever order`() async throws {
        let original = try message("R025", at: 3)
        var copy = original
        copy.instance = UUID().uuidString.lowercased()
        copy.createdAt = "2026-03-02T04:00:00Z"
        for order in [[original, copy], [copy, original]] {
            let bench = try Bench()
            try await bench.receive(try message("R017", at: 1, start: true))
            for message in order { try await bench.receive(message) }
            #expect(bench.delivered().count == 2)
            let rules = try bench.queue(.done).map { "\($0.messageId == copy.instance) \($0.rule ?? "-")" }
            #expect(rules.filter { $0.hasPrefix("true") } == ["true CAS-011"])
            #expect(try bench.queue(.done).map(\.state) == ["done", "done", "done"])
            #expect(try rebuild(bench, isCheck: true).differences == [])
        }
    }

    @Test func `what was not delivered of a displaced message is taken back, and given again with its place`()
        async throws
    {
        let configuration = """
            institutions: EE:MTA001
            incompleteAfter: 0s
            outbound: {name: o, path: outbound}
            routes: [{name: nothing, sector: LA, to: o}]
            """
        let bench = try Bench(configuration: configuration)
        let request = try message("R017", at: 1, start: true)
        let reduction = try message("R025", at: 4)
        try await bench.receive(request, reduction)
        #expect(try bench.queue(.outbox).map(\.sed) == ["R017", "R025"])
        try await bench.receive(try message("X001", at: 2))
        #expect(try bench.queue(.outbox).map(\.sed) == ["R017", "X001"])
    }

    @Test func `findings behind a late message are judged anew`() async throws {
        let bench = try Bench()
        let request = try message("R017", at: 1, start: true)
        var reply = try message("R018", weSend: true, at: 2)
        reply.relatedSet = request.set
        let payment = try message("R004", weSend: true, at: 5)
        var close = try message("X001", at: 6)
        let range = try #require(request.body.range(of: "<dateBirth>[^<]*", options: .regularExpression))
        close.body = close.body.replacing(/<dateBirth>[^<]*/, with: request.body[range])
        let inOrder = try Bench()
        try await inOrder.receive(request, reply, payment, close)
        try await bench.receive(request, reply, close, payment)
        let expected = try #require(try inOrder.workspace.queueItem("m4")?.report)
        let found = try #require(try bench.workspace.queueItem("m3")?.report)
        #expect(found.findings.map(\.rule) == expected.findings.map(\.rule))
        #expect(try timeline(bench) == (try timeline(inOrder)))
    }

    @Test func `what a successor is to get is listed until it was sent`() async throws {
        let bench = try Bench()
        let request = try message("R017", weSend: true, at: 1, start: true)
        var ours = request
        (ours.senderRole, ours.receiverRole) = ("CaseOwner", "Counterparty")
        var forward = try message("X001", at: 2)
        (forward.senderRole, forward.receiverRole) = ("Counterparty", "CaseOwner")
        forward.sed = "X007"
        forward.body = TestMessage.forwarding
        try await bench.receive(ours, forward)
        let due = try #require(
            try bench.workspace.caseDetails(try key().id, useCases: Bench.reference.get().useCases)
        ).resends
        #expect(due.map(\.set) == [ours.set])
        #expect(due.map(\.message) == ["m1"])
        #expect(due.map(\.receiver) == ["SE:SEREC2"])
        #expect(due.map(\.action) == ["Start"])
        #expect(due.map(\.doneBy) == [nil])
        var copy = ours
        copy.receiver = "SE:SEREC2"
        copy.instance = UUID().uuidString.lowercased()
        copy.createdAt = "2026-03-02T03:00:00Z"
        let sent = try await bench.receive(copy)
        #expect(sent.map(\.caseState) == [StateID("1")])
        #expect(bench.delivered().count == 3, "the copy is delivered, for it goes to somebody else")
        let details = try bench.workspace.caseDetails(try key().id, useCases: Bench.reference.get().useCases)
        #expect(details?.resends.map(\.doneBy) == ["m3"])
        #expect(try rebuild(bench, isCheck: true).differences == [])
    }

    @Test func `two institutions of ours have a case each`() async throws {
        let bench = try Bench(configuration: "institutions: [EE:MTA001, EE:SKA001]\nincompleteAfter: 0s\n")
        var first = try TestMessage("A010", in: "LA_BUC_05")
        first.action = "Start"
        var second = first
        second.receiver = "EE:SKA001"
        second.instance = UUID().uuidString.lowercased()
        try await bench.receive(first, second)
        #expect(try bench.workspace.caseItems().map(\.institution) == ["EE:MTA001", "EE:SKA001"])
        #expect(try bench.workspace.caseItems().map(\.state) == ["1", "1"])
        #expect(bench.delivered().count == 2)
        let case1 = try #require(UniqueID(parsing: first.caseID))
        let details = try bench.workspace.caseDetails(case1, useCases: Bench.reference.get().useCases)
        #expect(details?.otherInstitutions == ["EE:SKA001"])
        #expect(details?.threads.map(\.counterparty) == ["SE:SEREC1"])
    }

    @Test func `a document of another use case has no place in the case`() async throws {
        let bench = try Bench()
        let request = try message("R017", at: 1, start: true)
        var other = try TestMessage("R015", in: "R_BUC_06")
        other.action = "Start"
        other.caseID = id
        let results = try await bench.receive(request, other)
        #expect(results.map(\.rule?.text) == [nil, "CAS-009"])
    }
}

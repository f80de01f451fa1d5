// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCases
import SEDCore
import SEDProcessor
import SEDStorage
import SEDTestSupport
import Synchronization
import Testing

/// What a person does with the items of the queues, over the real pipeline and store.
struct QueueActTests {
    private let request: TestMessage
    private let reduction: TestMessage

    init() throws {
        var request = try TestMessage("R017", in: "R_BUC_07")
        request.action = "Start"
        self.request = request
        var reduction = try TestMessage("R025", in: "R_BUC_07")
        reduction.caseID = request.caseID
        self.reduction = reduction
    }

    /// Acts through a connection of its own, as another process does.
    @discardableResult
    private func act(
        _ act: QueueAct,
        on ids: [String],
        in bench: Bench,
        isDryRun: Bool = false,
        at now: String = "2026-03-02T12:00:00Z"
    ) throws -> [String] {
        let moment = try #require(Instant(parsing: now))
        let other = QueueOperator(
            workspace: try Workspace(path: bench.folder.path), reference: try Bench.reference.get(), actor: "clerk",
            clock: { moment })
        return try other.perform(act, on: ids, isDryRun: isDryRun, language: .english).items.map {
            "\($0.result.rawValue): \($0.detail)"
        }
    }

    private func item(_ id: String, _ bench: Bench) throws -> QueueItem {
        try #require(try bench.workspace.queueItem(id)).item
    }

    private func acts(_ id: String, _ bench: Bench) throws -> [String] {
        try #require(try bench.workspace.queueItem(id)).history.map { "\($0.actor) \($0.act)" }
    }

    // MARK: Messages

    @Test func `a held message takes no place and gets no exception until it is released`() async throws {
        let bench = try Bench()
        try await bench.receive(reduction)
        #expect(try act(.hold, on: ["m1"], in: bench) == ["done: it is held"])
        #expect(try item("m1", bench).state == "held")
        #expect(try await bench.receive(request).map(\.sed?.code) == ["R017"], "a held message was placed")
        bench.wait(hours: 30)
        #expect(try await bench.drain().summary.exceptions == 0, "a held message was answered")
        #expect(try act(.hold, on: ["m1"], in: bench) == ["refused: it is held already"])
        #expect(try act(.retry, on: ["m1"], in: bench) == ["refused: it is held; release it"])
        #expect(try act(.release, on: ["m1"], in: bench) == ["done: it is placed in its case"])
        #expect(try bench.state(of: request) == "7")
        #expect(try await bench.drain().summary.delivered == 1)
        #expect(
            try acts("m1", bench).filter { $0.hasSuffix("held") || $0.hasSuffix("released") } == [
                "clerk held", "clerk released",
            ])
        #expect(try act(.release, on: ["m1"], in: bench) == ["refused: it is not held"])
    }

    @Test func `a dropped message never comes into its case, and its exception is withdrawn`() async throws {
        let bench = try Bench()
        try await bench.receive(reduction)
        bench.wait(hours: 24)
        try await bench.drain()
        #expect(try bench.queue(.outbox).map(\.state) == ["draft"])
        #expect(try act(.drop(reason: "sent by mistake"), on: ["m1"], in: bench).first?.hasPrefix("done") == true)
        #expect(try bench.queue(.outbox) == [])
        #expect(try bench.queue(.pending) == [])
        #expect(try await bench.receive(request).map(\.sed?.code) == ["R017"])
        #expect(try bench.state(of: request) == "1")
        let details = try #require(try bench.workspace.queueItem("m1"))
        #expect(details.item.state == "dropped")
        #expect(details.history.last?.detail == "pending: sent by mistake")
        #expect(try bench.workspace.store.read { try $0.bytes(of: 1) } == Array(reduction.text.utf8))
        #expect(try act(.drop(reason: "again"), on: ["m1"], in: bench).first?.hasPrefix("refused") == true)
        // What was dropped can be taken up again; then it is a message of its own.
        #expect(try act(.retry, on: ["m1"], in: bench) == ["done: it is m3 now: accept"])
        #expect(try bench.state(of: request) == "7")
        let id = try #require(UniqueID(parsing: request.caseID))
        #expect(try bench.workspace.timeline(of: id).filter { $0.to != nil }.map(\.message) == ["m2", "m3"])
    }

    @Test func `a message of nobody here is judged anew after the configuration names the institution`() async throws {
        let bench = try Bench(configuration: "institutions: EE:SKA001\nincompleteAfter: 0s\n")
        try await bench.receive(request)
        #expect(try item("m1", bench).rule == "SYS-005")
        #expect(try act(.retry, on: ["m1"], in: bench) == ["refused: nothing has changed for it"])
        #expect(try item("m1", bench).attempts == 2)
        try bench.folder.write("institutions: [EE:SKA001, EE:MTA001]\n", to: "piiripost.yaml")
        #expect(try act(.retry, on: ["m1"], in: bench) == ["done: it is m2 now: accept"])
        #expect(try bench.state(of: request) == "1")
        #expect(try item("m1", bench).reason == "It was judged anew, as a message with a number of its own.")
        let attachments = try bench.workspace.store.read { try $0.attachments(of: 2) }
        #expect(attachments.map(\.name) == request.attachments.map { "\($0).pdf" })
        #expect(try await bench.drain().summary.delivered == 1)
        #expect(try act(.retry, on: ["m1", "m2"], in: bench).map { $0.prefix(7) } == ["refused", "refused"])
    }

    @Test func `what is in quarantine is judged anew only when it comes out otherwise`() async throws {
        let bench = try Bench()
        var faulty = request
        faulty.body = faulty.body.replacing("TypeRequest>", with: "TypRequest>")
        try await bench.receive(faulty)
        #expect(try bench.queue(.quarantine).count == 1)
        #expect(try act(.retry, on: ["m1"], in: bench) == ["refused: nothing has changed for it"])
        #expect(try bench.workspace.queueItems().count == 1)
        #expect(try act(.hold, on: ["m1"], in: bench).first?.hasPrefix("refused") == true)
        #expect(try act(.drop(reason: "asked for a new one"), on: ["m1"], in: bench).first?.hasPrefix("done") == true)
        #expect(try bench.queue(.quarantine) == [])
        // Taken up again it is one message of its own, not one each time.
        #expect(
            try act(.retry, on: ["m1", "m1"], in: bench) == [
                "done: it is m2 now: reject", "refused: it was judged anew already",
            ])
    }

    @Test func `a message between two institutions of ours has or loses its place in both cases`() async throws {
        let bench = try Bench(configuration: "institutions: [EE:MTA001, SE:SEREC1]\nincompleteAfter: 0s\n")
        try await bench.receive(reduction)
        try act(.hold, on: ["m1"], in: bench)
        try await bench.receive(request)
        func states() throws -> [String] {
            try bench.workspace.store.read { view in
                try view.cases().map { "\($0.stored.key.institution) \($0.stored.state.name)" }.sorted()
            }
        }
        #expect(try states() == ["EE:MTA001 1", "SE:SEREC1 1"])
        #expect(try act(.release, on: ["m1"], in: bench) == ["done: it is placed in its case"])
        #expect(try states() == ["EE:MTA001 7", "SE:SEREC1 7"])
    }

    @Test func `a message that is judged again is compared with the rates of the workspace`() async throws {
        let bench = try Bench(configuration: "institutions: EE:SKA001\nincompleteAfter: 0s\n")
        // Converted at 11.05, the rate of 2 March.
        var wrong = request
        wrong.createdAt = "2026-02-27T10:00:00Z"
        let now = try #require(Instant(parsing: "2026-03-02T17:00:00Z"))
        _ = try bench.workspace.importRates(
            Array("Date,SEK,\n2026-03-02,11.05,\n2026-02-27,11.15,\n".utf8), name: "eurofxref-hist.csv",
            replacing: false, by: "test", at: now)
        try await bench.receive(wrong)
        try bench.folder.write("institutions: EE:MTA001\n", to: "piiripost.yaml")
        #expect(try act(.retry, on: ["m1"], in: bench).map { $0.hasPrefix("done: it is m2 now") } == [true])
        let report = try #require(try bench.workspace.store.read { try $0.report(of: 2) })
        #expect(report.contains("CUR-90-003"))
        let trial = CaseTrial(workspace: bench.workspace, reference: try Bench.reference.get())
        var differences: [TrialDifference] = []
        _ = try trial.run([], since: .all) { differences.append($0) }
        #expect(differences == [])
    }

    @Test func `what a person changes during a run counts for the messages behind it`() async throws {
        // The first folder brings a waiting message of the case, so that the run has the case at hand; the second its
        // starter.
        let bench = try Bench(
            configuration: """
                institutions: EE:MTA001
                inbound: [{name: first, path: first}, {name: second, path: second}]
                """)
        try bench.folder.write(reduction.text, to: "first/early.xml")
        try bench.folder.write(request.text, to: "second/late.xml")
        let outcome = Mutex<[String]>([])
        let now = try #require(Instant(parsing: "2026-03-02T12:00:00Z"))
        let processor = try Processor(
            workspace: bench.workspace, reference: Bench.reference.get(), actor: "test", clock: { now })
        _ = try await processor.run { message in
            if message.fileName == "early.xml" {
                let done = (try? act(.drop(reason: "not wanted"), on: ["m\(message.id)"], in: bench)) ?? []
                outcome.withLock { $0 += done }
            }
        }
        #expect(outcome.withLock { $0 } == ["done: it is dropped; the store keeps it"])
        #expect(try bench.state(of: request) == "1", "a dropped message was placed")
    }

    // MARK: What leaves

    @Test func `a released exception leaves, and its message is rejected from then on`() async throws {
        let bench = try Bench()
        try await bench.receive(reduction)
        bench.wait(hours: 24)
        try await bench.drain()
        let id = try #require(try bench.queue(.outbox).first).id
        #expect(try act(.hold, on: [id], in: bench).first?.hasPrefix("refused") == true)
        #expect(try act(.release, on: [id], in: bench) == ["done: the next run delivers it"])
        #expect(try item("m1", bench).state == "rejected")
        #expect(try await bench.drain().summary.delivered == 1)
        #expect(bench.delivered().map { $0.hasPrefix("X050-EE-MTA001-") } == [true])
        #expect(try act(.release, on: [id], in: bench) == ["refused: it was delivered"])
        #expect(try acts("m1", bench).contains("clerk exception"))
    }

    @Test func `a released close becomes a message of its case to everybody`() async throws {
        var posting = try TestMessage("A009", in: "LA_BUC_04")
        posting.action = "Start"
        posting.sender = "EE:SKA001"
        posting.receiver = "LV:LVSOC1"
        let bench = try Bench(configuration: "institutions: EE:SKA001\nincompleteAfter: 0s\n")
        try await bench.receive(posting)
        bench.wait(hours: 31 * 24)
        try await bench.drain()
        let id = try #require(try bench.queue(.outbox).first { $0.sed == "X001" }).id
        let before = try bench.workspace.queueItems()
        #expect(
            try act(.release, on: [id], in: bench, isDryRun: true) == ["done: it closes the case as m2"])
        #expect(try bench.workspace.queueItems() == before, "a dry run kept something")
        #expect(try act(.release, on: [id], in: bench) == ["done: it closes the case as m2"])
        #expect(try item("m2", bench).sed == "X001")
        #expect(try item(id, bench).state == "released")
        #expect(try bench.queue(.outbox).map(\.state) == ["ready"])
        #expect(try await bench.drain().summary.delivered == 1)
        #expect(try bench.state(of: posting) != "1")
        #expect(try act(.release, on: [id], in: bench) == ["refused: it leaves no more"])
    }

    @Test func `what a person holds does not leave`() async throws {
        let bench = try Bench()
        // A file where the outbound folder should be: nothing can be delivered.
        try bench.folder.write("", to: "outbound")
        try await bench.receive(request)
        #expect(try bench.queue(.outbox).map(\.attempts) == [1])
        #expect(try act(.hold, on: ["o1"], in: bench) == ["done: it is held"])
        try FileManager.default.removeItem(atPath: bench.folder.path + "/outbound")
        bench.wait(hours: 2)
        #expect(try await bench.drain().summary.delivered == 0)
        #expect(try act(.release, on: ["o1"], in: bench) == ["done: the next run delivers it"])
        #expect(try await bench.drain().summary.delivered == 1)
    }

    @Test func `what is held for a message that loses its place does not leave before that has one again`() async throws
    {
        let bench = try Bench()
        var late = try TestMessage("X001", in: "R_BUC_07")
        (late.caseID, late.createdAt) = (request.caseID, "2026-03-02T02:00:00Z")
        var (first, second) = (request, reduction)
        (first.createdAt, second.createdAt) = ("2026-03-02T01:00:00Z", "2026-03-02T03:00:00Z")
        try await bench.receive(first)
        try FileManager.default.removeItem(atPath: bench.folder.path + "/outbound")
        try bench.folder.write("", to: "outbound")
        try await bench.receive(second)
        #expect(try act(.hold, on: ["o2"], in: bench) == ["done: it is held"])
        try await bench.receive(late)
        #expect(try item("m2", bench).state == "pending")
        #expect(try act(.release, on: ["o2"], in: bench) == ["refused: its message has no place"])
        #expect(try item("o2", bench).state == "held")
    }

    @Test func `an exception for a held message leaves only after the message is released`() async throws {
        let bench = try Bench()
        try await bench.receive(reduction)
        bench.wait(hours: 24)
        try await bench.drain()
        let id = try #require(try bench.queue(.outbox).first).id
        try act(.hold, on: ["m1"], in: bench)
        #expect(try act(.release, on: [id], in: bench) == ["refused: its message is held; release it"])
        #expect(try item("m1", bench).state == "held")
        try act(.release, on: ["m1"], in: bench)
        #expect(try act(.release, on: [id], in: bench) == ["done: the next run delivers it"])
    }

    @Test func `a retry ends the rest of what could not be delivered, a drop its delivery`() async throws {
        let bench = try Bench()
        try bench.folder.write("", to: "outbound")
        var other = request
        (other.caseID, other.instance) = (UUID().uuidString, UUID().uuidString)
        try await bench.receive(request, other)
        try FileManager.default.removeItem(atPath: bench.folder.path + "/outbound")
        #expect(try await bench.drain().summary.delivered == 0, "what failed does not rest")
        #expect(try act(.retry, on: ["o1"], in: bench) == ["done: the next run delivers it"])
        #expect(try act(.drop(reason: "handed over by hand"), on: ["o2"], in: bench) == ["done: it does not leave"])
        #expect(try await bench.drain().summary.delivered == 1)
        bench.wait(hours: 2)
        #expect(try await bench.drain().summary.delivered == 0)
        #expect(try bench.queue(.outbox) == [])
    }

    @Test func `what has no route leaves by one that was added later`() async throws {
        let bench = try Bench(
            configuration: """
                institutions: EE:MTA001
                outbound: [{name: out, path: outbound}]
                routes: [{name: closing, sed: [X001], to: out}]

                """
        )
        try await bench.receive(request)
        #expect(try bench.queue(.outbox).map(\.state) == ["unrouted"])
        #expect(try act(.retry, on: ["o1"], in: bench) == ["refused: no routing rule matches"])
        try bench.folder.write("institutions: EE:MTA001\n", to: "piiripost.yaml")
        #expect(try act(.retry, on: ["o1"], in: bench) == ["done: the next run delivers it"])
        #expect(try bench.queue(.outbox).map(\.state) == ["ready"])
    }

    // MARK: Which items

    @Test func `a filter means the items that the listing shows under the same facts`() async throws {
        let bench = try Bench()
        var finnish = try TestMessage("R025", in: "R_BUC_07")
        finnish.sender = "FI:FIREC1"
        var faulty = request
        faulty.body = faulty.body.replacing("TypeRequest>", with: "TypRequest>")
        try await bench.receive(reduction, finnish)
        bench.wait(hours: 25)
        try await bench.receive(faulty)
        func found(_ change: (inout QueueQuery) -> Void) throws -> [String] {
            var query = QueueQuery()
            change(&query)
            return try bench.workspace.queueItems(query).map(\.id)
        }
        #expect(try found { _ in } == ["m1", "m2", "m3", "o1", "o2"])
        #expect(try found { $0.queues = [.pending] } == ["m1", "m2"])
        #expect(try found { $0.partner = "FI" } == ["m2", "o2"])
        #expect(try found { $0.partner = "FI:FIREC1" } == ["m2", "o2"])
        #expect(try found { $0.partner = "F" } == [])
        #expect(try found { $0.rule = "CAS-001" } == ["m1", "m2"])
        #expect(try found { $0.sed = SEDType(parsing: "X050") } == ["o1", "o2"])
        #expect(try found { $0.partner = "%" } == [])
        #expect(try found { $0.partner = "_I" } == [])
        #expect(try found { $0.limit = 1 } == ["m1"])
        #expect(try found { $0.limit = 4 } == ["m1", "m2", "m3", "o1"])
        #expect(try found { $0.before = Instant(parsing: "2026-03-03T00:00:00Z") } == ["m1", "m2"])
    }

    @Test func `the table of ages counts what waits by queue, partner and age`() async throws {
        let bench = try Bench()
        var finnish = try TestMessage("R025", in: "R_BUC_07")
        finnish.sender = "FI:FIREC1"
        try await bench.receive(reduction, finnish)
        bench.wait(hours: 2)
        var again = try TestMessage("R025", in: "R_BUC_07")
        again.caseID = reduction.caseID
        try bench.drop(again, as: "again")
        try bench.folder.write("<unfinished", to: "inbound/broken.xml")
        try await bench.drain()
        let now = try #require(Instant(parsing: "2026-03-02T18:00:00Z"))
        let rows = try bench.workspace.ages(at: now).rows
        #expect(
            rows.map { "\($0.queue.rawValue) \($0.partner ?? "-") \($0.counts) \($0.total) \($0.oldestSeconds)" } == [
                "pending FI:FIREC1 [0, 0, 0, 1, 0, 0] 1 21600",
                "pending SE:SEREC1 [0, 0, 1, 1, 0, 0] 2 21600",
                "quarantine - [0, 0, 1, 0, 0, 0] 1 14400",
            ])
    }
}

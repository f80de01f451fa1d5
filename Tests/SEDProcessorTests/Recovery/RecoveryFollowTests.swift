// SPDX-License-Identifier: EUPL-1.2

import SEDCore
import SEDStorage
import SEDTestSupport
import Testing

@testable import SEDProcessor

/// A run follows for the recovery desk what it has placed.
struct RecoveryFollowTests {
    private func request(_ caseID: String? = nil) throws -> TestMessage {
        var message = try TestMessage("R017", in: "R_BUC_07")
        message.action = "Start"
        if let caseID { message.caseID = caseID }
        return message
    }

    @Test func `what others ask is a request with books and a task after the run`() async throws {
        let bench = try Bench()
        let message = try request()
        try await bench.receive(message)
        let store = bench.workspace.store
        let request = try #require(try store.read { try $0.recoveryRequests() }.first)
        #expect(request.side == "requested")
        #expect(request.caseID?.text == message.caseID)
        #expect(try store.read { try $0.recoveryEvents(of: request.id) }.isEmpty == false)
        #expect(try store.read { try $0.recoveryNews(of: request.id) }.map(\.task) == ["answer"])
        #expect(try store.read { try $0.touchedCases(stuck: true, limit: 9) } == [])

        // What comes next is looked at as soon as it is placed.
        var withdrawal = try TestMessage("R025", in: "R_BUC_07")
        withdrawal.caseID = message.caseID
        withdrawal.createdAt = "2026-03-02T11:00:00Z"
        try await bench.receive(withdrawal)
        #expect(try store.read { try $0.recoveryNews(of: request.id) }.map(\.sed) == ["R017", "R025"])
    }

    @Test func `books that cannot be read hold nothing else up`() async throws {
        let bench = try Bench()
        let message = try request()
        try await bench.receive(message)
        let store = bench.workspace.store
        let damaged = try #require(try store.read { try $0.recoveryRequests() }.first)
        let now = try #require(Instant(parsing: "2026-03-02T12:30:00Z"))
        try store.write { transaction in
            let event = StoredRecoveryEvent(claim: 1, number: 99, at: now, actor: "-", messageID: nil, body: "{}")
            try transaction.append(event, balance: [], to: damaged.id)
        }
        var withdrawal = try TestMessage("R025", in: "R_BUC_07")
        withdrawal.caseID = message.caseID
        withdrawal.createdAt = "2026-03-02T11:00:00Z"
        let other = try request("0a1b2c3d-0a1b-4c3d-8a1b-0a1b2c3d4e5f")
        try await bench.receive(withdrawal, other)
        #expect(try store.read { try $0.recoveryRequests() }.count == 2)
        #expect(try store.read { try $0.recoveryNews(of: damaged.id) }.count == 1)
        #expect(try store.read { try $0.touchedCases(stuck: false, limit: 9) } == [])
        #expect(try store.read { try $0.touchedCases(stuck: true, limit: 9) }.map(\.id.text) == [message.caseID])
        // A person's command tries again, and stays where it was.
        let desk = RecoveryDesk(workspace: bench.workspace, reference: try Bench.reference.get(), engine: "test")
        #expect(try desk.follow(by: "ametnik", at: now) == 0)
        #expect(try store.read { try $0.touchedCases(stuck: true, limit: 9) }.count == 1)
        // And the work list names it, beside what is due for the others.
        let due = try desk.dueItems(at: now)
        let stuck = due.filter { $0.what.english.hasPrefix("find out why case \(message.caseID) cannot be followed") }
        #expect(stuck.map(\.request) == [damaged.id])
        #expect(due.contains { $0.request == damaged.id && $0.what.english.contains("do not agree with their events") })
        #expect(due.contains { $0.request != damaged.id })
    }

    @Test func `amounts that come late do not overrule later ones`() async throws {
        let bench = try Bench()
        let message = try request()
        var first = try TestMessage("R025", in: "R_BUC_07")
        first.caseID = message.caseID
        first.createdAt = "2026-03-02T11:00:00Z"
        var late = first
        late.set = "0a1b2c3d-0a1b-4c3d-8a1b-0a1b2c3d4e5f"
        late.instance = "0a1b2c3d-0a1b-4c3d-8a1b-0a1b2c3d4e50"
        late.createdAt = "2026-03-02T10:30:00Z"
        try await bench.receive(message, first, late)
        let store = bench.workspace.store
        let request = try #require(try store.read { try $0.recoveryRequests() }.first)
        let news = try store.read { try $0.recoveryNews(of: request.id) }
        #expect(news.map(\.sed) == ["R017", "R025", "R025"])
        #expect(news.last?.outcome == "late")
        #expect(news.last?.task == "amounts")
        let told = try store.read { try $0.recoveryEvents(of: request.id) }.compactMap(\.messageID)
        #expect(!told.contains(try #require(news.last?.messageID)))
    }

    @Test(arguments: [
        "Recovered in all, by claim: 1: principal 132.71; 2: principal 500.00, fines 40.00.",
        "Recovered in all, by claim: 3: chargesAndCosts 1.",
        "Recovered in all, by claim: 1: fines 1.00, art80Interest 0.07; 2: art80Interest 3.00.",
    ])
    func `what was recovered is told and read alike`(text: String) throws {
        #expect(RecoveredParts(parsing: text)?.text == text)
    }

    @Test(arguments: [
        "", "Recovered in all, by claim: .", "Recovered in all, by claim: 1: principal 1.00",
        "Recovered in all, by claim: 1: principal 1.00; 1: principal 1.00.", "Makse 17",
        "Recovered in all, by claim: 1: principal -1.00.", "Recovered in all, by claim: 1: tax 1.00.",
        "Recovered in all, by claim: x: principal 1.00.", "Recovered in all, by claim: 1: principal 1.00, principal 2.",
    ])
    func `other words say nothing of what was recovered`(text: String) {
        #expect(RecoveredParts(parsing: text) == nil)
    }
}

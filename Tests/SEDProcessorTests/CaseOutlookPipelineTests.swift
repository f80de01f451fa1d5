// SPDX-License-Identifier: EUPL-1.2

import SEDCases
import SEDCore
import SEDInspection
import SEDProcessor
import SEDTestSupport
import Testing

/// What a case in the store tells of what may follow.
struct CaseOutlookPipelineTests {
    private func request() throws -> TestMessage {
        var request = try TestMessage("R017", in: "R_BUC_07").reversed
        request.senderRole = "CaseOwner"
        request.receiverRole = "Counterparty"
        request.action = "Start"
        return request
    }

    @Test func `a rejection of R017 is placed with a note`() async throws {
        let bench = try Bench()
        let request = try request()
        var rejection = try TestMessage("X011", in: "R_BUC_07")
        rejection.senderRole = "Counterparty"
        rejection.receiverRole = "CaseOwner"
        rejection.caseID = request.caseID
        rejection.relatedSet = request.set
        let placed = try await bench.receive(request, rejection)
        #expect(placed.last?.caseState?.name == "1")
        let item = try #require(try bench.workspace.queueItem("m2"))
        let finding = item.report?.findings.first { $0.rule == "CAS-016" }
        #expect(finding?.severity == "note")
        #expect(try bench.state(of: request) == "1")
    }

    @Test func `a case tells what may travel in each thread, and why something may not`() async throws {
        let bench = try Bench()
        let request = try request()
        try await bench.receive(request)
        let id = try #require(UniqueID(parsing: request.caseID))
        let reference = try Bench.reference.get()
        let report = try #require(
            try bench.workspace.caseOutlook(
                id, asking: SEDType(unchecked: "R004"), reference: reference, language: .english
            )
        )
        let thread = try #require(report.threads.first)
        #expect(report.threads.count == 1 && thread.counterparty == "SE:SEREC1")
        #expect(thread.outlook.state == "1")
        #expect(thread.outlook.maySend.first?.sed == "R025")
        // The case has no X009, so nothing answers one.
        #expect(!thread.outlook.mayArrive.contains { $0.sed == "X010" })
        let answers = try #require(thread.outlook.answers)
        #expect(answers.map(\.allowed) == [false, false])
        #expect(answers[0].mustComeFirst.map(\.sed) == ["R028", "R029"])
        #expect(answers[1].course?.map(\.sed) == ["R018"])
        #expect(answers[1].message?.contains("state 1") == true)
        let other = try #require(UniqueID(parsing: "00000000-0000-4000-8000-000000000000"))
        let none = try bench.workspace.caseOutlook(other, asking: nil, reference: reference, language: .english)
        #expect(none == nil)
    }
}

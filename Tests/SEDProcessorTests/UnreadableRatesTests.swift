// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCore
import SEDInspection
import SEDTestSupport
import SEDValidation
import Testing

@testable import SEDProcessor
@testable import SEDStorage

/// Rates that cannot be read are not taken for none by what judges messages beside a run.
struct UnreadableRatesTests {
    /// A store of which the table of imported files cannot be read, and reference data that others do not share.
    private func bench() async throws -> (bench: Bench, reference: ReferenceData) {
        let bench = try Bench()
        var request = try TestMessage("R017", in: "R_BUC_07")
        request.action = "Start"
        var reduction = try TestMessage("R025", in: "R_BUC_07")
        reduction.caseID = request.caseID
        try await bench.receive(reduction)
        try bench.workspace.store.write { try $0.database.execute(sql: "ALTER TABLE rateFile RENAME TO lost") }
        return (bench, try ReferenceData(folder: SchemaFolder(path: Repository.schemas)))
    }

    @Test func `an act on a queue commits nothing`() async throws {
        let (bench, reference) = try await bench()
        let now = try #require(Instant(parsing: "2026-03-02T12:00:00Z"))
        let clerk = QueueOperator(
            workspace: try Workspace(path: bench.folder.path), reference: reference, actor: "clerk", clock: { now })
        let before = try #require(try bench.workspace.queueItem("m1")).item.state
        #expect(throws: SchemaFolderError.self) {
            try clerk.perform(.hold, on: ["m1"], isDryRun: false, language: .english)
        }
        let item = try #require(try bench.workspace.queueItem("m1"))
        #expect(item.item.state == before)
        #expect(!item.history.contains { $0.actor == "clerk" })
    }

    @Test func `a trial tells no differences`() async throws {
        let (bench, reference) = try await bench()
        let trial = CaseTrial(workspace: try Workspace(path: bench.folder.path), reference: reference)
        #expect(throws: SchemaFolderError.self) { _ = try trial.run([], since: .all, observe: { _ in }) }
    }
}

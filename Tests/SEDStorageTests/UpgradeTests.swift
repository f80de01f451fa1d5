// SPDX-License-Identifier: EUPL-1.2

import GRDB
import SEDCases
import SEDCore
import SEDTestSupport
import Testing

@testable import SEDStorage

/// Stores that earlier versions of the program have written.
struct UpgradeTests {
    private let id = "0a1b2c3d-0a1b-4c3d-8a1b-0a1b2c3d4e5f"

    @Test func `of a message that was not acknowledged before files were noted none are known`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/store.sqlite"
        let queue = try DatabaseQueue(path: path)
        try Migrations.all.migrate(queue, upTo: "17-staging-place")
        try queue.write { database in
            try database.execute(
                sql: """
                    INSERT INTO message (queue, fileName, digest, size, receivedAt, way, verdict, disposition, state,
                        attempts)
                    VALUES ('ap', 'E1.xml', 'd', 1, 1000, 'received', 'valid', 'accept', 'done', 1)
                    """)
        }
        try queue.close()
        let store = try Store(path: path)
        #expect(try store.read { try $0.unacknowledged(queue: "ap") }.map(\.id) == [1])
        #expect(try store.read { try $0.files(of: 1) } == [:])
        try store.write { try $0.add(files: ["E1.xml": "1-2-3-4"], to: 1) }
        #expect(try store.read { try $0.files(of: 1) } == ["E1.xml": "1-2-3-4"])
        try store.write { try $0.acknowledge([1], at: Instant(millisecondsSinceEpoch: 0)) }
        #expect(try store.read { try $0.files(of: 1) } == [:])
    }

    @Test func `a store before cases belonged to institutions keeps them`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/store.sqlite"
        let queue = try DatabaseQueue(path: path)
        try Migrations.all.migrate(queue, upTo: "1-messages-and-cases")
        try queue.write { database in
            try database.execute(
                sql: """
                    INSERT INTO message (queue, fileName, digest, size, receivedAt, way, sender, receiver, caseId, verdict,
                        disposition, state, report, attempts)
                    VALUES ('in', 'a.xml', 'd', 1, 1000, 'received', 'SE:SEREC1', 'EE:MTA001', '\(id)', 'valid',
                        'accept', 'done', '{}', 1);
                    INSERT INTO businessCase
                    VALUES ('\(id)', 'R_BUC_07', '4.4', 'Counterparty', 'EE:MTA001', '1', 1000, 1000);
                    INSERT INTO participant VALUES ('\(id)', 'SE:SEREC1', 'CaseOwner', 1);
                    INSERT INTO caseStep
                    VALUES ('\(id)', 1, 1000, 1, 'received', 'R017', 'set', 1, 0, NULL, NULL, NULL, 'S', '1');
                    INSERT INTO document VALUES ('\(id)', 'set', 'R017', 'received', 1, 1, NULL);
                    INSERT INTO documentVersion VALUES ('\(id)', 'set', 1, 1);
                    INSERT INTO deadline VALUES ('\(id)', 'clock', '2026-04-01', 0, 1, NULL, 'law', 1);
                    """
            )
        }
        try queue.close()

        let store = try Store(path: path)
        let summary = try #require(try store.read { try $0.cases() }.first)
        #expect(summary.stored.key.description == "\(id) of EE:MTA001")
        #expect(summary.stored.state == StateID("1"))
        #expect(summary.documents == 1)
        let key = summary.stored.key
        let steps = try store.read { try $0.steps(of: key) }
        #expect(steps.map(\.thread) == [1])
        #expect(steps.map(\.step.to) == [StateID("1")])
        // Clocks are counted anew when a message of the case comes, or when the case is rebuilt.
        #expect(try store.read { try $0.deadlines(of: key) } == [])
        #expect(try store.read { try $0.rows(of: key) }.dump.count == 6)
        let findings = try store.read { try $0.documentFindings(of: 1) }
        #expect(findings == nil, "the findings of the document cannot be told from those of the case")
        // What has judged a message of then is not known, so it counts as older than anything.
        let old = try store.read { try $0.cases(after: nil, judgedBy: [], limit: 10) }
        #expect(old.map(\.text) == [id])
        #expect(try store.read { try $0.messages(judgedBy: []) } == 1)
        #expect(try store.read { try $0.direction(of: 1) } == nil)
        // The recovery desk looks at it with the first run.
        #expect(try store.read { try $0.touchedCases(stuck: false, limit: 9) } == [key])
        #expect(try store.read { try $0.message(1) }?.waitsSince.millisecondsSinceEpoch == 1_000)
    }
}

// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// The desk works while `process` runs all the time, and what the run places is in the books without a command.
struct RecoveryBesideRunTests {
    /// `process` without an end, for a workspace.
    private func start(_ side: RecoveryInstallation) throws -> ChildProcess {
        try ChildProcess(Program.path, ["process", "--workspace", side.path])
    }

    /// Whether another process drains the workspace.
    private func isDrained(_ side: RecoveryInstallation) throws -> Bool {
        try Program.run(["process", "--once", "--workspace", side.path]).status == 2
    }

    @Test func `replies are sent beside a permanent run, once each, and both books agree`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.pair(folder)
        try estonia.send(Repository.examples + "/recovery/request.yaml")

        let run = try start(sweden)
        defer { run.signal(SIGTERM) }
        var isPlaced = false
        for _ in 0..<400 where !isPlaced {
            let cases = try Program.run(["case", "list", "--workspace", sweden.path])
            isPlaced = cases.output.contains("R_BUC_07")
            if !isPlaced { usleep(50_000) }
        }
        try #require(isPlaced)
        #expect(try isDrained(sweden))

        let accepted = try sweden.desk("reply", "1", "accept", "--reason", "Erkänd", at: "2026-03-04T08:00:00Z")
        #expect(accepted["delivered"] == nil, "the run hands over, not the command")
        // Three officials at once, each with payments of their own.
        DispatchQueue.concurrentPerform(iterations: 3) { official in
            for number in 0..<4 {
                do {
                    let now = "2026-03-1\(number)T0\(official):00:00Z"
                    let amount = "\(100 + official * 10 + number).00"
                    try sweden.desk("book", "1", "recovered", amount, "--payment", "P\(official)-\(number)", at: now)
                    try sweden.desk("reply", "1", "paid", amount, at: now)
                } catch {
                    Issue.record(error)
                }
            }
        }
        #expect(run.isRunning)
        run.signal(SIGTERM)
        #expect(run.wait() == 0)
        try sweden.process()
        let delivered = folder.files(in: "to-ee").filter { $0.hasPrefix("R004") }
        #expect(delivered.count == 12)
        try estonia.process()
        let ended = "2026-03-20T08:00:00Z"
        #expect(try estonia.books(at: ended) == sweden.books(at: ended))
        let claim = try #require((try estonia.desk("show", "1", at: ended)["claims"] as? [[String: Any]])?.first)
        let sum = (0..<3).flatMap { official in (0..<4).map { 100 + official * 10 + $0 } }.reduce(0, +)
        #expect(claim["remitted"] as? String == "\(sum).00")
        #expect(claim["remittanceDue"] as? String == "0.00")
    }

    @Test func `all that is due is remitted once, however many ask for it at the same time`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.pair(folder)
        try estonia.send(Repository.examples + "/recovery/request.yaml")
        try sweden.process()
        try sweden.desk("reply", "1", "accept", "--reason", "Erkänd", at: "2026-03-04T08:00:00Z")
        try sweden.desk("book", "1", "recovered", "3000.00", "--payment", "B1", at: "2026-03-05T08:00:00Z")
        DispatchQueue.concurrentPerform(iterations: 4) { official in
            _ = try? sweden.refused("reply", "1", "paid", at: "2026-03-06T08:0\(official):00Z")
        }
        let news = try sweden.news(at: "2026-03-07T08:00:00Z").filter { $0 == "R004 sent: paid" }
        #expect(news.count == 1)
        let claim = try #require(
            (try sweden.desk("show", "1", at: "2026-03-07T08:00:00Z")["claims"] as? [[String: Any]])?.first)
        #expect(claim["remitted"] as? String == "3000.00")
    }
}

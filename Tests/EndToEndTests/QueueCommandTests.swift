// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// What an operator does with the queues from the command line.
struct QueueCommandTests {
    private let folder: TemporaryFolder

    /// A workspace that has drained the examples, and a day later has exceptions drafted.
    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.copyItem(
            atPath: Repository.examples + "/inbound", toPath: folder.path + "/inbound")
        try folder.write(try Repository.text("examples/piiripost.yaml"), to: "piiripost.yaml")
        for now in ["2026-03-02T12:00:00Z", "2026-03-04T12:00:00Z"] {
            #expect(try run("process", "--once", "--now", now).status == 0)
        }
    }

    private func run(_ arguments: String...) throws -> Program.Result {
        try Program.run(arguments + ["--workspace", folder.path])
    }

    private func json(_ arguments: String...) throws -> [String: Any] {
        let output = try Program.run(arguments + ["--workspace", folder.path, "--format", "json"]).output
        return try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
    }

    private func ids(_ arguments: String...) throws -> [String] {
        let output = try Program.run(
            ["queue", "list"] + arguments + ["--workspace", folder.path, "--format", "json"]
        ).output
        let list = try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
        return try #require(list["items"] as? [[String: Any]]).compactMap { $0["id"] as? String }
    }

    @Test func `names that a sender chose make no lines and steer no terminal`() throws {
        try folder.write("<unfinished", to: "inbound/a\nm9999 done \u{1B}[31m\u{9B}2Jx.xml")
        var shown = try run("process", "--once", "--now", "2026-03-04T12:00:00Z").output
        let id = try #require(try ids().last { !$0.hasPrefix("o") })
        for command in [["queue", "list"], ["queue", "show", id]] {
            shown += try Program.run(command + ["--workspace", folder.path]).output
        }
        #expect(shown.contains("m9999 done"))
        #expect(!shown.contains("\u{1B}") && !shown.contains("\u{9B}"))
        #expect(!shown.split(separator: "\n").contains { $0.hasPrefix("m9999") })
    }

    @Test func `drafts are released in bulk after a dry run, and leave with the next run`() throws {
        let drafts = try ids("--queue", "outbox", "--sed", "X050")
        #expect(drafts.count == 3)
        let dry = try json("queue", "release", "--queue", "outbox", "--sed", "X050", "--dry-run")
        #expect(dry["isDryRun"] as? Bool == true)
        #expect((dry["items"] as? [[String: Any]])?.compactMap { $0["result"] as? String } == ["done", "done", "done"])
        #expect(try ids("--queue", "outbox") == drafts, "a dry run changed something")
        let real = try run("queue", "release", "--queue", "outbox", "--by", "clerk-7")
        #expect(real.status == 0)
        #expect(real.output.hasSuffix("3 done, 0 not done\n"))
        #expect(try run("process", "--once", "--now", "2026-03-04T13:00:00Z").output.contains("3 delivered"))
        #expect(try ids("--queue", "outbox") == [])
        #expect(try run("queue", "show", drafts[0]).output.contains("clerk-7  released"))
    }

    @Test func `an item is dropped with a reason and leaves its queue`() throws {
        let id = try #require(try ids("--queue", "quarantine").first)
        #expect(try run("queue", "drop", id).status == 64, "a drop without a reason was taken")
        #expect(try run("queue", "drop", id, "--reason", " ").status == 64)
        let dropped = try run("queue", "drop", id, "--reason", "the sender\nhas sent it anew", "--by", "clerk-7")
        #expect(dropped.output == "\(id)  done: it is dropped; the store keeps it\n1 done, 0 not done\n")
        #expect(try !ids("--queue", "quarantine").contains(id))
        let shown = try run("queue", "show", id).output
        #expect(shown.contains("state: dropped\n"))
        #expect(shown.contains("clerk-7  dropped  quarantined: the sender has sent it anew\n"))
        #expect(try run("queue", "drop", id, "--reason", "again").status == 1)
    }

    @Test func `wrong calls are usage errors, and what cannot be done is answered with 1`() throws {
        #expect(try run("queue", "retry").status == 64, "everything was meant without --all")
        #expect(try run("queue", "retry", "m1", "--rule", "CAS-001").status == 64)
        #expect(try run("queue", "hold", "--older-than", "soon").status == 64)
        #expect(try run("queue", "list", "--limit", "0").status == 64)
        let unknown = try run("queue", "retry", "m9999", "nonsense", "f:default/nothing.xml")
        #expect(unknown.status == 1)
        #expect(unknown.output.components(separatedBy: "there is no such item").count == 4)
        #expect(try run("queue", "retry", "--partner", "XX").output == "0 done, 0 not done\n")
        let estonian = try run("queue", "retry", "m1", "--lang", "et").output
        #expect(estonian == "m1  tegemata: sellel on oma koht olemas\ntehtud 0, tegemata 1\n")
    }

    @Test func `ages are a table, and one object for machines`() throws {
        let table = try run("queue", "age", "--now", "2026-03-04T12:30:00Z").output
        #expect(table.hasPrefix("QUEUE       PARTNER    <5m  <1h  <6h  <1d  <3d  ≥3d  TOTAL  OLDEST\n"))
        let ages = try json("queue", "age", "--now", "2026-03-04T12:30:00Z")
        #expect(ages["ages"] as? [Int] == [300, 3_600, 21_600, 86_400, 259_200])
        let rows = try #require(ages["rows"] as? [[String: Any]])
        let total = rows.reduce(0) { $0 + ($1["total"] as? Int ?? 0) }
        let waiting = try ["inbound", "pending", "quarantine", "outbox"].map { try ids("--queue", $0).count }
        #expect(total == waiting.reduce(0, +))
        let drafts = rows.filter { $0["queue"] as? String == "outbox" }.compactMap { $0["counts"] as? [Int] }
        #expect(drafts == [[0, 1, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0]])
    }
}

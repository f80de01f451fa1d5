// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// A message of which the process dies, for real: a tracer ends it with a signal as soon as it reads that file.
struct DeadlyMessageTests {
    private static let strace: String? = ["/usr/bin/strace", "/bin/strace"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }
    private static let deadly = "19-deadly.xml"

    private func fill(_ folder: TemporaryFolder) throws {
        try folder.write("institutions: EE:MTA001\n", to: "piiripost.yaml")
        for name in ["11-healthy.xml", Self.deadly, "27-healthy.xml"] {
            var message = try TestMessage("R017", in: "R_BUC_07")
            message.action = "Start"
            message.attachments = []
            try folder.write(message.text, to: "inbound/\(name)")
        }
    }

    /// Drains under a tracer that sends a signal at a system call on the deadly file.
    ///
    /// Threads of the runtime keep other signals waiting, so it is the one that nobody can.
    private func drain(_ folder: TemporaryFolder, _ call: String) throws -> Program.Result {
        let strace = try #require(Self.strace)
        let path = folder.path + "/inbound/" + Self.deadly
        return try Program.run(
            [
                "-f", "-qqq", "-o", "/dev/null", "-P", path, "-P", Self.deadly, "-e", "trace=read,openat,close", "-e",
                "inject=\(call):signal=KILL", Program.path, "process", "--workspace", folder.path, "--once", "--now",
                "2026-03-05T12:00:00Z",
            ], program: strace
        )
    }

    private func rules(_ folder: TemporaryFolder) throws -> [String] {
        let listing = try Program.run(["queue", "list", "--workspace", folder.path, "--format", "json"]).output
        return listing.matches(of: /"rule" : "([A-Z0-9-]+)"/).map { String($0.1) }
    }

    /// Before and after its bytes are in memory.
    @Test(
        .enabled(if: strace != nil, "strace is missing: .ci/install --tests brings it"),
        arguments: ["openat", "read", "close"]
    )
    func `a message that ends the process twice is quarantined by the third start, and the others go on`(
        call: String
    ) throws {
        let folder = try TemporaryFolder()
        try fill(folder)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/inbound/" + Self.deadly))
        for _ in 0..<2 {
            #expect(try drain(folder, call).wasKilled)
            #expect(folder.files(in: "inbound").contains(Self.deadly))
        }
        let third = try drain(folder, call)
        #expect(third.status == 0 && !third.wasKilled, "\(third.errors)")
        #expect(try rules(folder).contains("SYS-013"))
        #expect(folder.files(in: "inbound").filter { !$0.hasPrefix(".") } == [])
        #expect(folder.files(in: "taken").filter { $0.contains("healthy") }.count == 2)
        let kept = try #require(folder.files(in: "quarantine").first)
        #expect(try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/quarantine/\(kept)")) == bytes)
        // Nobody is under suspicion any more.
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/.suspects"))
    }

    @Test(.enabled(if: strace != nil, "strace is missing: .ci/install --tests brings it"))
    func `a message that was only there when somebody killed the process is judged`() throws {
        let folder = try TemporaryFolder()
        try fill(folder)
        // The first process dies of it, the second while it is worked on alone; then nothing kills any more.
        for _ in 0..<2 { #expect(try drain(folder, "read").wasKilled) }
        let third = try Program.run(
            ["process", "--workspace", folder.path, "--once", "--now", "2026-03-05T12:00:00Z"])
        #expect(third.status == 0, "\(third.errors)")
        #expect(try !rules(folder).contains("SYS-013"))
        #expect(folder.files(in: "taken").count == 3)
    }
}

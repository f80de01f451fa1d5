// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// A process that is killed at any moment leaves nothing lost and nothing doubled.
struct CrashTests {
    private static let moment = "2026-03-05T12:00:00Z"

    /// Two hundred messages: forty recovery cases with a reply, payments, and a withdrawal; names give no order.
    private func fill(_ folder: TemporaryFolder, dice: inout SeededNumbers) throws {
        let bodies = try [
            TestMessage("R017", in: "R_BUC_07"), TestMessage("R018", in: "R_BUC_07").reversed,
            TestMessage("R004", in: "R_BUC_07").reversed, TestMessage("R004", in: "R_BUC_07").reversed,
            TestMessage("R025", in: "R_BUC_07"),
        ]
        for number in 0..<40 {
            let caseID = identifier(&dice)
            for (index, template) in bodies.enumerated() {
                var message = template
                message.caseID = caseID
                message.set = identifier(&dice)
                message.instance = identifier(&dice)
                message.action = index == 0 ? "Start" : "New"
                message.createdAt = "2026-03-0\(index % 4 + 1)T\(10 + index):\(10 + number):00Z"
                try folder.write(message.text, to: "inbound/\(identifier(&dice)).xml")
            }
        }
        try folder.write("institutions: EE:MTA001\n", to: "piiripost.yaml")
    }

    private func identifier(_ dice: inout SeededNumbers) -> String {
        let digits = (0..<32).map { _ in String(UInt8.random(in: 0..<16, using: &dice), radix: 16) }.joined()
        let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { range in
            String(Array(digits)[range])
        }
        return parts.joined(separator: "-")
    }

    /// Everything that must be the same however often the process died: cases, courses, deliveries, queues.
    private func finalState(_ folder: TemporaryFolder) throws -> [String] {
        let place = ["--workspace", folder.path, "--format", "json"]
        let cases = try Program.run(["case", "list"] + place).output
        let queue = try Program.run(["queue", "list"] + place).output
        // Numbers are given in the order of arrival, which a restart may change; everything else may not.
        let numberless = queue.split(separator: "\n").filter {
            !$0.contains("\"id\" :") && !$0.contains("\"attempts\" :")
        }
        .map(String.init).sorted()
        let delivered = try folder.files(in: "outbound").map { name in
            let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/outbound/\(name)"))
            return "\(name) \(data.count)"
        }
        let ids = cases.matches(of: /"caseId" : "([0-9a-f-]+)"/).map { String($0.1) }
        let courses = try [ids.first, ids.last].compactMap { $0 }.map { id in
            try Program.run(["case", "show", id] + place).output
        }
        // What the store holds of the cases is what their messages come to.
        let check = try Program.run(["case", "rebuild", "--check", "--workspace", folder.path])
        #expect(check.status == 0, "\(check.output)")
        return [cases] + numberless + delivered + courses + ["taken \(folder.files(in: "taken").count)"]
            + ["inbound \(folder.files(in: "inbound").count)"]
    }

    private func start(_ folder: TemporaryFolder) throws -> ChildProcess {
        try ChildProcess(
            Program.path, ["process", "--workspace", folder.path, "--once", "--now", Self.moment])
    }

    @Test(arguments: [1, 2] as [UInt64])
    func `killed at random points and started again until done, it ends as if undisturbed`(seed: UInt64) throws {
        var dice = SeededNumbers(seed: seed)
        let calm = try TemporaryFolder()
        try fill(calm, dice: &dice)
        let begun = Date()
        let run = try start(calm)
        #expect(run.wait() == 0)
        let duration = Date().timeIntervalSince(begun)
        let expected = try finalState(calm)
        #expect(expected.contains("taken 200"))

        var kills = 0
        var rounds = 0
        // How many kills hit depends on the load of the machine; there are rounds until there were enough.
        while kills < 8, rounds < 16 {
            rounds += 1
            var sameDice = SeededNumbers(seed: seed)
            let stormy = try TemporaryFolder()
            try fill(stormy, dice: &sameDice)
            kills += try drainUnderFire(stormy, within: duration, dice: &dice)
            #expect(try finalState(stormy) == expected)
        }
        #expect(kills >= 4, "too few kills to mean anything")
    }

    /// Starts the process and kills it somewhere in the course of a whole run, until one run gets to its end.
    ///
    /// - Returns: How often it was killed.
    private func drainUnderFire(_ folder: TemporaryFolder, within duration: Double, dice: inout SeededNumbers) throws
        -> Int
    {
        var kills = 0
        while true {
            let process = try start(folder)
            // All messages share a commit: on a machine that has become slower since, none would ever be reached.
            let range = duration * (1 + Double(kills) / 25)
            usleep(UInt32(Double.random(in: 0..<range, using: &dice) * 1_000_000))
            process.signal(SIGKILL)
            let status = process.wait()
            if !process.wasKilled {
                #expect(status == 0)
                return kills
            }
            kills += 1
            try #require(kills < 400, "it never came to an end")
        }
    }
}

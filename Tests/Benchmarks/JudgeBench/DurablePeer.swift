// SPDX-License-Identifier: EUPL-1.2

import Foundation

/// The script that does a drain's durable job with lxml and SQLite.
struct DurablePeer {
    private let command: [String]

    init(_ command: [String]) {
        self.command = command
    }

    /// Messages per second, as the script itself measures them: without its start.
    func rate(schema: String, _ messages: WaitingMessages) throws -> Double {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = command.dropFirst() + [schema, messages.path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0, let rate = Double(text.trimmingCharacters(in: .whitespacesAndNewlines))
        else { throw ChildError(program: command[0], reason: "it did not come to its end") }
        return rate
    }
}

// SPDX-License-Identifier: EUPL-1.2

import Foundation

/// The script that does a drain's durable job with lxml and SQLite.
struct DurablePeer {
    /// What it does with a document besides holding it against its schema.
    enum Job {
        case schemaOnly
        /// The rules and code lists as well, as far as Python's libraries judge by them, and rows for case and audit.
        case rulesToo(Judging)
    }

    /// What the script judges by.
    struct Judging {
        /// A folder of rule files that use standard functions alone.
        let rules: String
        let codeLists: String
        let types: String
    }

    private let command: [String]
    private let job: Job

    init(_ command: [String], job: Job = .schemaOnly) {
        self.command = command
        self.job = job
    }

    /// Messages per second, as the script itself measures them: without its start.
    func rate(schema: String, _ messages: WaitingMessages) throws -> Double {
        var arguments = command.dropFirst() + [schema, messages.path]
        if case .rulesToo(let judging) = job {
            arguments += ["--rules", judging.rules, "--codelists", judging.codeLists, "--types", judging.types]
        }
        let text = try Self.output(of: command[0], Array(arguments))
        guard let rate = Double(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw ChildError(program: command[0], reason: "it printed no rate")
        }
        return rate
    }

    /// Copies the rule files of a family as far as they use standard functions alone, and names what to judge by.
    static func judging(_ python: String, rules: [String], repository: String, in folder: String) throws -> Judging {
        let copies = "\(folder)/rules"
        try FileManager.default.createDirectory(atPath: copies, withIntermediateDirectories: true)
        for rule in rules {
            _ = try output(
                of: python,
                [
                    "\(repository)/Tests/Oracles/schematron_oracle.py", "--portable",
                    "\(repository)/sed-schemas/rules/\(rule).sch", "\(copies)/\(rule).sch",
                ])
        }
        return Judging(
            rules: copies, codeLists: "\(repository)/sed-schemas/codelists", types: "\(repository)/sed-schemas/4.4")
    }

    private static func output(of program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw ChildError(program: program, reason: "it did not come to its end")
        }
        return text
    }
}

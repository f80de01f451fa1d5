// SPDX-License-Identifier: EUPL-1.2

package import Foundation

/// Runs the real program that was built beside the tests.
package struct Program {
    package struct Result: Sendable {
        package let output: String
        package let errors: String
        package let status: Int32
        /// Whether a signal ended it.
        package let wasKilled: Bool
    }

    /// The folder of the built products.
    package static let products: URL = {
        // The test bundle lies beside the programs.
        let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
        let test = bundle ?? URL(fileURLWithPath: CommandLine.arguments[0])
        return test.deletingLastPathComponent()
    }()

    /// The program beside the tests, or the one that `make soak` names.
    package static let path =
        ProcessInfo.processInfo.environment["PIIRIPOST_PROGRAM"] ?? products.appendingPathComponent("piiripost").path

    /// Whether the program was built for use; the requirements on time hold for that build.
    package static var isRelease: Bool {
        #if DEBUG
        path.contains("/release/")
        #else
        true
        #endif
    }

    /// What one run used.
    package struct Usage: Sendable {
        package let result: Result
        package let signal: Int
        package let seconds: Double
        package let peakKilobytes: Int
    }

    /// Runs to the end under a limit of processor time and tells what was used.
    package static func measure(_ arguments: [String], seconds: Int) throws -> Usage {
        let folder = try TemporaryFolder()
        let result = try finish(
            products.appendingPathComponent("bounded-run").path,
            [folder.path + "/facts", String(seconds), path] + arguments)
        let facts = try String(contentsOfFile: folder.path + "/facts", encoding: .utf8)
            .split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        guard facts.count == 4 else { throw CocoaError(.fileReadCorruptFile) }
        return Usage(
            result: Result(
                output: result.output, errors: result.errors, status: Int32(facts[0]), wasKilled: facts[1] != 0
            ),
            signal: facts[1], seconds: Double(facts[2]) / 1_000_000, peakKilobytes: facts[3]
        )
    }

    /// Runs to the end; the tests read English, whatever the language of the machine is.
    package static func run(
        _ arguments: [String],
        input: String? = nil,
        folder: String? = nil,
        environment: [String: String] = ["LC_ALL": "C"],
        program: String = Program.path
    ) throws -> Result {
        try finish(program, arguments, environment: environment, input: input, folder: folder)
    }

    /// Runs a shell script with the folder of the program first on nothing but its own paths.
    package static func shell(_ script: String, folder: String) throws -> Result {
        try finish("/bin/bash", ["-u", "-c", script], folder: folder)
    }

    private static func finish(
        _ program: String,
        _ arguments: [String],
        environment: [String: String] = [:],
        input: String? = nil,
        folder: String? = nil
    ) throws -> Result {
        // Files take any amount of output, where a pipe would fill while nobody reads.
        let store = try TemporaryFolder()
        for name in ["out", "err", "in"] { try store.write(name == "in" ? input ?? "" : "", to: name) }
        let output = try FileHandle(forWritingTo: URL(fileURLWithPath: store.path + "/out"))
        let errors = try FileHandle(forWritingTo: URL(fileURLWithPath: store.path + "/err"))
        let process = try ChildProcess(
            program, arguments, environment: environment, folder: folder,
            input: FileHandle(forReadingFrom: URL(fileURLWithPath: store.path + "/in")), output: output, errors: errors
        )
        let status = process.wait()
        return Result(
            output: try String(contentsOfFile: store.path + "/out", encoding: .utf8),
            errors: try String(contentsOfFile: store.path + "/err", encoding: .utf8),
            status: status, wasKilled: process.wasKilled
        )
    }
}

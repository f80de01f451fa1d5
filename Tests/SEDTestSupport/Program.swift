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

    package static var path: String { products.appendingPathComponent("piiripost").path }

    /// Runs to the end.
    package static func run(_ arguments: [String], input: String? = nil, folder: String? = nil) throws -> Result {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        return try finish(process, input: input, folder: folder)
    }

    /// Runs a shell script with the folder of the program first on nothing but its own paths.
    package static func shell(_ script: String, folder: String) throws -> Result {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-u", "-c", script]
        return try finish(process, input: nil, folder: folder)
    }

    private static func finish(_ process: Process, input: String?, folder: String?) throws -> Result {
        // Files take any amount of output, where a pipe would fill while nobody reads.
        let store = try TemporaryFolder()
        for name in ["out", "err", "in"] { try store.write(name == "in" ? input ?? "" : "", to: name) }
        let output = try FileHandle(forWritingTo: URL(fileURLWithPath: store.path + "/out"))
        let errors = try FileHandle(forWritingTo: URL(fileURLWithPath: store.path + "/err"))
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: store.path + "/in"))
        if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
        try process.run()
        process.waitUntilExit()
        return Result(
            output: try String(contentsOfFile: store.path + "/out", encoding: .utf8),
            errors: try String(contentsOfFile: store.path + "/err", encoding: .utf8),
            status: process.terminationStatus,
            wasKilled: process.terminationReason == .uncaughtSignal
        )
    }
}

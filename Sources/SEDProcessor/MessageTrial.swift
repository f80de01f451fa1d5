// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
internal import Glibc

/// Has another process work on one waiting message and keep nothing of it, to see whether it dies of that.
struct MessageTrial: Sendable {
    /// What the full program is called with, before queue and name.
    let arguments: [String]

    static let programName = "piiripost-full"
    /// How long a trial may take, in seconds; a judgement takes one at most.
    private static let longest = 60.0

    enum Outcome: Sendable {
        case survives
        /// Already reading the bytes ended the process, or never came to its end.
        case diesReading
        case diesJudging
    }

    /// What the process that tries says when it has read the bytes.
    static let hasRead = "read"

    /// What becomes of the process; nil where that cannot be tried.
    func outcome(of name: String, in queue: String) -> Outcome? {
        guard let program = Self.program() else { return nil }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments + ["--try-queue", queue, "--try-name", name]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch { return nil }
        let end = Date(timeIntervalSinceNow: Self.longest)
        while process.isRunning {
            if Date() > end { kill(process.processIdentifier, SIGKILL) }
            usleep(5_000)
        }
        if process.terminationReason != .uncaughtSignal { return .survives }
        let said = try? output.fileHandleForReading.readToEnd()
        return said == Data(Self.hasRead.utf8) ? .diesJudging : .diesReading
    }

    /// The full program: this one, or what lies beside it or was installed with it; nil where there is none.
    private static func program() -> String? {
        guard let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else { return nil }
        let folder = URL(fileURLWithPath: own).deletingLastPathComponent().path
        return ["\(folder)/\(programName)", "\(folder)/../libexec/piiripost/\(programName)"].first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }
}

// SPDX-License-Identifier: EUPL-1.2

import Foundation
import Glibc

/// What one run of another program took.
struct ChildRun {
    let seconds: Double
    /// The exit status, or 128 and the number of the signal that ended it.
    let status: Int32
}

/// Why a program could not be run.
struct ChildError: Error, CustomStringConvertible {
    let program: String
    let reason: String

    var description: String { "\(program): \(reason)" }
}

/// A program that has been started, with its output thrown away.
///
/// posix_spawn rather than Foundation's Process: it adds nothing to a start of a few milliseconds.
struct ChildProcess {
    private let id: pid_t
    private let program: String
    private let start: ContinuousClock.Instant

    init(_ command: [String]) throws {
        program = command[0]
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var child = pid_t()
        start = .now
        let failure = posix_spawnp(&child, program, &actions, nil, &arguments, environ)
        guard failure == 0 else { throw ChildError(program: program, reason: String(cString: strerror(failure))) }
        id = child
    }

    func wait() throws -> ChildRun {
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0 {
            guard errno == EINTR else { throw ChildError(program: program, reason: "it cannot be waited for") }
        }
        let duration = ContinuousClock.now - start
        let signal = status & 0x7F
        return ChildRun(
            seconds: duration / .seconds(1), status: signal == 0 ? (status >> 8) & 0xFF : 128 + signal
        )
    }

    /// Waits and tells the largest resident set in kB as well.
    ///
    /// Looked up in `/proc` while the child runs: what `wait4` tells on Linux is never less than the memory of the
    /// program that started it. The figure only grows, so the last look is short of the truth by what came after it.
    func waitWatchingMemory() throws -> (run: ChildRun, peak: Int) {
        var peak = 0
        var information = siginfo_t()
        while waitid(P_PID, id_t(id), &information, WEXITED | WNOHANG | WNOWAIT) == 0 {
            let status = (try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)) ?? ""
            guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }) else { break }
            peak = max(peak, line.split(separator: " ").compactMap { Int($0.filter(\.isNumber)) }.last ?? 0)
            usleep(5_000)
        }
        return (try wait(), peak)
    }

    /// Starts a program that goes on, and ends it when it has told its first line: how long that took, and the largest
    /// resident set by then in kB.
    static func firstLine(of command: [String]) throws -> (seconds: Double, peak: Int) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        let output = Pipe()
        process.standardOutput = output
        let start = ContinuousClock.now
        try process.run()
        let first = output.fileHandleForReading.availableData
        let duration = ContinuousClock.now - start
        let status = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
        process.terminate()
        // What it still writes must not keep it from ending.
        while !output.fileHandleForReading.availableData.isEmpty {}
        process.waitUntilExit()
        guard !first.isEmpty else { throw ChildError(program: command[0], reason: "it told nothing") }
        return (duration / .seconds(1), Int(line.filter(\.isNumber)) ?? 0)
    }

    static func run(_ command: [String]) throws -> ChildRun { try ChildProcess(command).wait() }
}

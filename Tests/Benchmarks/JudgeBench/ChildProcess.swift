// SPDX-License-Identifier: EUPL-1.2

import Glibc

/// What one run of another program took.
struct ChildRun {
    let seconds: Double
    /// The largest resident set, in kB.
    let peakMemory: Int
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
/// posix_spawn and wait4 rather than Foundation's Process: they add nothing to a start of a few milliseconds, and wait4
/// tells the memory of just this child.
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
        var usage = rusage()
        while wait4(id, &status, 0, &usage) < 0 {
            guard errno == EINTR else { throw ChildError(program: program, reason: "it cannot be waited for") }
        }
        let duration = ContinuousClock.now - start
        let signal = status & 0x7F
        return ChildRun(
            seconds: duration / .seconds(1), peakMemory: Int(usage.ru_maxrss),
            status: signal == 0 ? (status >> 8) & 0xFF : 128 + signal
        )
    }

    static func run(_ command: [String]) throws -> ChildRun { try ChildProcess(command).wait() }
}

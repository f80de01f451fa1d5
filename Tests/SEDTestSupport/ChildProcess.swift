// SPDX-License-Identifier: EUPL-1.2

package import Foundation
private import Synchronization

/// A program that a test has started.
///
/// Foundation's `Process` looks through all descriptors of its own process before it starts another, and reads past the
/// end of that list when it has some 1,360 entries (swift-corelibs-foundation, pull request 5472). Tests that run side by
/// side hold more open than that.
package final class ChildProcess: Sendable {
    package let id: pid_t
    /// As `waitpid` tells it; nil while the program runs.
    private let end = Mutex<Int32?>(nil)

    package struct NotStarted: Error {
        package let program: String
        package let number: Int32
    }

    /// Starts a program with these descriptors and nothing else open; nil stands for `/dev/null`.
    ///
    /// What `environment` names is added to that of the tests.
    package init(
        _ program: String,
        _ arguments: [String],
        environment: [String: String] = [:],
        folder: String? = nil,
        input: FileHandle? = nil,
        output: FileHandle? = nil,
        errors: FileHandle? = nil
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (target, handle) in [(STDIN_FILENO, input), (STDOUT_FILENO, output), (STDERR_FILENO, errors)] {
            if let handle {
                posix_spawn_file_actions_adddup2(&actions, handle.fileDescriptor, target)
            } else {
                posix_spawn_file_actions_addopen(&actions, target, "/dev/null", O_RDWR, 0)
            }
        }
        // What has gone since it was listed does no harm.
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            if let descriptor = Int32(name), descriptor > STDERR_FILENO {
                posix_spawn_file_actions_addclose(&actions, descriptor)
            }
        }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
        posix_spawnattr_setflags(&attributes, Int16(flags))

        // Swift's Glibc does not know how to start something in another folder.
        let words = folder.map { ["/usr/bin/env", "-C", $0, program] } ?? [program]
        let variables = ProcessInfo.processInfo.environment.merging(environment) { _, given in given }
        var line = (words + arguments).map { strdup($0) } + [nil]
        var settings = variables.map { strdup("\($0)=\($1)") } + [nil]
        defer { for text in line + settings { free(text) } }
        var child: pid_t = 0
        let number = posix_spawn(&child, words[0], &actions, &attributes, &line, &settings)
        guard number == 0 else { throw NotStarted(program: program, number: number) }
        id = child
    }

    package var isRunning: Bool { look() == nil }

    /// Waits for the end.
    ///
    /// - Returns: The exit status; of a program that a signal has ended, the number of that signal.
    @discardableResult
    package func wait() -> Int32 {
        let end = ended()
        return end & 0x7F == 0 ? (end >> 8) & 0xFF : end & 0x7F
    }

    /// Whether a signal has ended it; waits for the end.
    package var wasKilled: Bool { ended() & 0x7F != 0 }

    /// Sends a signal to a program that has not been seen to end.
    package func signal(_ number: Int32) {
        end.withLock { if $0 == nil { _ = kill(id, number) } }
    }

    /// What `waitpid` tells, once it has told something else than that the program runs.
    private func look() -> Int32? {
        end.withLock { end in
            if let end { return end }
            var status: Int32 = 0
            if waitpid(id, &status, WNOHANG) == id { end = status }
            return end
        }
    }

    private func ended() -> Int32 {
        while true {
            if let end = look() { return end }
            // Waiting alone leaves the number of the process taken, so that a signal meets no other one.
            var facts = siginfo_t()
            _ = waitid(P_PID, id_t(id), &facts, WEXITED | WNOWAIT)
        }
    }
}

// SPDX-License-Identifier: EUPL-1.2

import Glibc

/// The program with all commands, which lies beside this one where both were built, and under `libexec` where they were
/// installed.
enum FullProgram {
    private static let name = "piiripost-full"

    /// Where this program lies, without symbolic links; nil where the system does not tell.
    static var ownPath: String? {
        guard let real = realpath("/proc/self/exe", nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    /// Goes on as the full program with the same arguments, in the same process; returns only the reason why it cannot.
    static func become() -> String {
        // Without /proc the name that this program was called by tells, unless it was looked up in PATH.
        let own = ownPath ?? CommandLine.arguments[0]
        let folder = own.lastIndex(of: "/").map { own[..<$0] } ?? "."
        for path in ["\(folder)/\(name)", "\(folder)/../libexec/piiripost/\(name)"] {
            execv(path, CommandLine.unsafeArgv)
            if errno != ENOENT { return "the program \(path) cannot be started: \(String(cString: strerror(errno)))" }
        }
        return "the program \(name) is missing beside this one"
    }
}

// SPDX-License-Identifier: EUPL-1.2

internal import Glibc

/// Writes results to standard output and everything else to standard error.
package enum Output {
    package static func complain(_ text: String) {
        // Where nobody can be told, the exit status still tells.
        _ = STDERR_FILENO.write(Array(TerminalText.withoutCommands("piiripost: \(text)\n").utf8))
    }
}

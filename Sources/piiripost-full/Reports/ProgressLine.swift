// SPDX-License-Identifier: EUPL-1.2

import Foundation
import Glibc

/// One line on a terminal that tells how far a long run has come; nothing where standard error is none.
final class ProgressLine {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var isShown = false
    private var shownAt: ContinuousClock.Instant?

    /// Shows the text in place of the last one, a few times a second.
    func show(_ text: String) {
        guard isTerminal else { return }
        let now = ContinuousClock.now
        if let shownAt, shownAt.duration(to: now) < .milliseconds(200) { return }
        shownAt = now
        isShown = true
        write("\r\u{1B}[K\(text)")
    }

    /// Makes room for other output.
    func clear() {
        if isShown { write("\r\u{1B}[K") }
        isShown = false
    }

    private func write(_ text: String) {
        // A terminal that has gone is no reason to end.
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}

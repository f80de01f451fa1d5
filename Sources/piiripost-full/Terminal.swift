// SPDX-License-Identifier: EUPL-1.2

import Glibc
import SEDInspection
import SEDProcessor
import Synchronization

/// A terminal that one command draws on as a whole, and gives back as it was.
final class Terminal {
    struct Size {
        let rows: Int
        let columns: Int
    }

    /// A handler may touch nothing but this.
    private static let wasResized = Atomic(false)

    private let stop: StopSignal
    private var before = termios()

    /// Nil where there is no terminal on both sides, or none is wanted.
    init?(isWanted: Bool) {
        guard isWanted, isatty(STDOUT_FILENO) == 1, isatty(STDIN_FILENO) == 1, tcgetattr(STDIN_FILENO, &before) == 0
        else { return nil }
        stop = StopSignal()
        Self.wasResized.store(false, ordering: .relaxed)
    }

    var size: Size {
        var facts = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &facts) == 0, facts.ws_row > 0, facts.ws_col > 0 else {
            return Size(rows: 24, columns: 80)
        }
        return Size(rows: Int(facts.ws_row), columns: Int(facts.ws_col))
    }

    /// Takes the second screen, hides the cursor, and has keys come at once and unseen.
    func enter() {
        var keys = before
        keys.c_lflag &= ~tcflag_t(ICANON | ECHO)
        tcsetattr(STDIN_FILENO, TCSANOW, &keys)
        signal(SIGWINCH) { _ in Terminal.wasResized.store(true, ordering: .relaxed) }
        StopSignal.unblock([SIGWINCH])
        write("\u{1B}[?1049h\u{1B}[?25l")
    }

    func leave() {
        write("\u{1B}[?25h\u{1B}[?1049l")
        tcsetattr(STDIN_FILENO, TCSANOW, &before)
    }

    /// Draws lines that are harmless, each cut to the width, over what was there.
    func draw(_ lines: [String], size: Size) {
        let shown = lines.prefix(size.rows).map { Self.cut($0, to: size.columns) + "\u{1B}[K" }
        write("\u{1B}[H" + shown.joined(separator: "\r\n") + "\u{1B}[J")
    }

    /// Waits for the next look: until the time is over or the size has changed; false when it is to end.
    func wait(seconds: Int) -> Bool {
        let end = ContinuousClock.now + .seconds(seconds)
        while !stop.isRaised {
            if Self.wasResized.exchange(false, ordering: .relaxed) { return true }
            let left = end - .now
            if left <= .zero { return true }
            var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            // A signal may come just before the wait, so that never lasts long.
            guard poll(&input, 1, Int32(min(left, .milliseconds(250)) / .milliseconds(1)) + 1) > 0 else { continue }
            var key: UInt8 = 0
            // A terminal that has gone gives no keys any more.
            guard read(STDIN_FILENO, &key, 1) == 1, key != UInt8(ascii: "q") else { return false }
        }
        return false
    }

    private static func cut(_ line: String, to columns: Int) -> String {
        var width = 0
        var result = String.UnicodeScalarView()
        for scalar in line.unicodeScalars {
            width += TerminalText.width(of: scalar)
            if width > columns { break }
            result.append(scalar)
        }
        return String(result)
    }

    private func write(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            // A terminal that has gone is found at the next key.
            if count < 0, errno != EINTR { return }
            bytes = bytes.dropFirst(max(0, count))
        }
    }
}

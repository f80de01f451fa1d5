// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDInspection

/// Keeps text until the end of a run: in a file without a name, and in memory what that cannot take.
final class Spool {
    private let descriptor: Int32
    private var stored = 0
    private var buffer: [UInt8] = []

    init() {
        let folder = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        var template = Array("\(folder)/piiripost-\(String(repeating: "X", count: 6))".utf8CString)
        descriptor = mkstemp(&template)
        if descriptor >= 0 { unlink(template) }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    func append(_ text: String) {
        buffer += Array(text.utf8)
        if descriptor < 0 || buffer.count < 65_536 { return }
        let written = descriptor.write(buffer)
        stored += written
        buffer.removeFirst(written)
    }

    /// Hands over all text in order.
    func drain(into sink: ReportSink) {
        var offset = 0
        var pending: [UInt8] = []
        while offset < stored {
            var piece = [UInt8](repeating: 0, count: min(65_536, stored - offset))
            let count = pread(descriptor, &piece, piece.count, off_t(offset))
            precondition(count > 0, "the spool gives back what it took")
            offset += count
            pending += piece.prefix(count)
            // Whole lines only: a piece may end inside a character.
            if let end = pending.lastIndex(of: 0x0A) {
                sink(String(decoding: pending[...end], as: UTF8.self))
                pending.removeSubrange(...end)
            }
        }
        sink(String(decoding: pending + buffer, as: UTF8.self))
    }
}

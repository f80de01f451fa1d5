// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
internal import Synchronization

/// Finds line and column of byte offsets in one text, however long its lines are.
///
/// A valid document never asks; the first question builds marks every ``stride`` bytes, and each question then counts
/// from the mark before it. So a report with many findings stays linear in the text.
final class TextPlaces: Sendable {
    private struct Mark {
        /// The place of the byte at a multiple of the stride.
        let line: Int
        let column: Int
    }

    private static let stride = 1_024

    private let bytes: [UInt8]
    private let start: Int
    private let marks = Mutex<[Mark]>([])

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        start = bytes.starts(with: TextStart.mark) ? 3 : 0
    }

    /// From an offset to the last end tag of the text.
    func range(from start: Int) -> Range<Int> {
        var end = bytes.lastIndex(of: 0x3C) ?? bytes.count
        while end > start, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[end - 1]) { end -= 1 }
        return start..<max(start, end)
    }

    func position(at offset: Int) -> TextPosition {
        let offset = min(max(offset, start), bytes.count)
        let index = (offset - start) / Self.stride
        let mark = marks.withLock { marks in
            if marks.isEmpty { marks = Self.marks(of: bytes, from: start) }
            return marks[index]
        }
        let end = Self.count(bytes, from: start + index * Self.stride, to: offset, after: mark)
        return TextPosition(line: end.line, column: end.column)
    }

    private static func marks(of bytes: [UInt8], from start: Int) -> [Mark] {
        var marks = [Mark(line: 1, column: 1)]
        var offset = start
        while offset + stride <= bytes.count {
            marks.append(count(bytes, from: offset, to: offset + stride, after: marks[marks.count - 1]))
            offset += stride
        }
        return marks
    }

    /// Moves a place over some bytes; continuation bytes of UTF-8 (10xxxxxx) belong to the character before them.
    ///
    /// Two plain loops, because the compiler makes them look at many bytes at once.
    private static func count(_ bytes: [UInt8], from start: Int, to end: Int, after mark: Mark) -> Mark {
        unsafe bytes.withUnsafeBufferPointer { all in
            let part = unsafe UnsafeBufferPointer(rebasing: all[start..<end])
            let lines = unsafe part.reduce(0) { $0 &+ ($1 == 0x0A ? 1 : 0) }
            var begin = 0
            if lines > 0 {
                begin = part.count
                while begin > 0, unsafe part[begin - 1] != 0x0A { begin -= 1 }
            }
            let characters = unsafe part[begin...].reduce(0) { $0 &+ ($1 & 0xC0 == 0x80 ? 0 : 1) }
            return Mark(line: mark.line + lines, column: (lines > 0 ? 1 : mark.column) + characters)
        }
    }
}

extension TextPosition {
    /// The place of one byte offset; for many offsets of one text, `TextPlaces` is the way.
    package init(offset: Int, in bytes: [UInt8]) {
        self = TextPlaces(bytes).position(at: offset)
    }
}

// SPDX-License-Identifier: EUPL-1.2

internal import CSEDXML
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

    private static func count(_ bytes: [UInt8], from start: Int, to end: Int, after mark: Mark) -> Mark {
        var line = Int64(mark.line)
        var column = Int64(mark.column)
        unsafe bytes.withUnsafeBufferPointer { all in
            let part = unsafe UnsafeBufferPointer(rebasing: all[start..<end])
            unsafe csx_move_place(part.baseAddress, part.count, &line, &column)
        }
        return Mark(line: Int(line), column: Int(column))
    }
}

extension TextPosition {
    /// The place of one byte offset; for many offsets of one text, `TextPlaces` is the way.
    package init(offset: Int, in bytes: [UInt8]) {
        self = TextPlaces(bytes).position(at: offset)
    }
}

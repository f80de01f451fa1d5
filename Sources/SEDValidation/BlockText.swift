// SPDX-License-Identifier: EUPL-1.2

/// An XML text of ours in which some elements begin and end on lines of their own, so that those that nobody asks for
/// can be left out before it is parsed.
///
/// Parsing took most of a start, and most of what was parsed was not needed. Understood are texts without document
/// type, processing instructions and CDATA, whose comments have lines of their own and whose blocks are indented as the
/// caller says. Such a text says the same with a block left out, but for the block. Of other texts nothing is left out.
struct BlockText {
    /// The element of a block as its lines begin and end: `  <xs:complexType ` and `  </xs:complexType>`.
    struct Mark {
        let start: [UInt8]
        let end: [UInt8]

        init(_ name: String, indent: Int) {
            let blanks = String(repeating: " ", count: indent)
            start = Array("\(blanks)<\(name) ".utf8)
            end = Array("\(blanks)</\(name)>".utf8)
        }
    }

    /// Bytes of the text.
    struct Block {
        let range: Range<Int>
        /// The start tag's line.
        let head: Range<Int>
    }

    let bytes: [UInt8]
    private(set) var blocks: [Block] = []

    /// Nil when the text is not of the form that is understood.
    init?(_ bytes: [UInt8], marks: [Mark]) {
        self.bytes = bytes
        var scanner = Scanner(marks: marks)
        let text = bytes.span
        var start = 0
        while start < text.count {
            let line = Line(of: text, from: start)
            guard scanner.read(line, of: text) else { return nil }
            start = line.range.upperBound + 1
        }
        guard scanner.isAtRest else { return nil }
        blocks = scanner.blocks
    }

    /// The text without the blocks that are not wanted; their lines stay, empty, so that all places are the same.
    func keeping(_ isWanted: (Int) -> Bool) -> [UInt8] {
        var kept: [UInt8] = []
        kept.reserveCapacity(bytes.count)
        var start = 0
        for (number, block) in blocks.enumerated() where !isWanted(number) {
            kept += bytes[start..<block.range.lowerBound]
            for place in block.range where bytes[place] == 0x0A { kept.append(0x0A) }
            start = block.range.upperBound
        }
        kept += bytes[start...]
        return kept
    }

    /// The parts between the blocks.
    var remainder: [Range<Int>] {
        var parts: [Range<Int>] = []
        var start = 0
        for block in blocks {
            parts.append(start..<block.range.lowerBound)
            start = block.range.upperBound
        }
        return parts + [start..<bytes.count]
    }

    /// The values of an attribute inside a part, in order.
    func values(of attribute: StaticString, in part: Range<Int>) -> [Range<Int>] {
        var values: [Range<Int>] = []
        forEachAttribute(in: part) { name, value in
            if holds(attribute, in: name) { values.append(value) }
        }
        return values
    }

    /// Visits every `name="value"` inside a part.
    func forEachAttribute(in part: Range<Int>, visit: (_ name: Range<Int>, _ value: Range<Int>) -> Void) {
        let text = bytes.span
        var place = part.lowerBound
        while place + 1 < part.upperBound {
            guard text[place] == UInt8(ascii: "="), text[place + 1] == UInt8(ascii: "\"") else {
                place += 1
                continue
            }
            var start = place
            while start > part.lowerBound, text[start - 1] > 0x20 { start -= 1 }
            let value = place + 2
            var end = value
            while end < part.upperBound, text[end] != UInt8(ascii: "\"") { end += 1 }
            visit(start..<place, value..<end)
            place = end + 1
        }
    }

    /// Whether these are the bytes of a part.
    func holds(_ word: StaticString, in part: Range<Int>) -> Bool {
        guard part.count == word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { word in
            for offset in 0..<word.count where bytes[part.lowerBound + offset] != word[offset] { return false }
            return true
        }
    }

    func string(_ part: Range<Int>) -> String { String(decoding: bytes[part], as: UTF8.self) }

    // MARK: Lines

    private struct Line {
        /// Without the line feed.
        let range: Range<Int>
        /// Where a comment, a declaration or an instruction begins.
        let mark: Int?

        init(of text: Span<UInt8>, from start: Int) {
            var end = start
            var mark: Int?
            while end < text.count, text[end] != 0x0A {
                if text[end] == UInt8(ascii: "<"), mark == nil, end + 1 < text.count,
                    text[end + 1] == UInt8(ascii: "!") || text[end + 1] == UInt8(ascii: "?")
                {
                    mark = end
                }
                end += 1
            }
            range = start..<end
            self.mark = mark
        }
    }

    private struct Scanner {
        let marks: [Mark]
        var blocks: [Block] = []
        private var isInComment = false
        private var open: (start: Range<Int>, mark: Mark)?

        init(marks: [Mark]) {
            self.marks = marks
        }

        var isAtRest: Bool { !isInComment && open == nil }

        /// False when the line is not of the form that is understood.
        mutating func read(_ line: Line, of text: Span<UInt8>) -> Bool {
            if isInComment { return readComment(from: line.range.lowerBound, line, of: text) }
            if let mark = line.mark {
                if text.holds(Self.declaration, at: mark) { return mark == 0 }
                guard text.holds(Self.commentStart, at: mark),
                    Self.isBlank(text, line.range.lowerBound..<mark)
                else { return false }
                isInComment = true
                return readComment(from: mark + Self.commentStart.count, line, of: text)
            }
            if let open {
                if line.range.count == open.mark.end.count, text.holds(open.mark.end, at: line.range.lowerBound) {
                    close(at: line, head: open.start, of: text)
                }
                return true
            }
            for mark in marks where text.holds(mark.start, at: line.range.lowerBound) {
                let last = line.range.upperBound - 1
                guard text[last] == UInt8(ascii: ">") else { return false }
                // A block of one line ends with its own end, or is empty.
                let name = mark.end.drop { $0 == 0x20 }
                if text[last - 1] == UInt8(ascii: "/")
                    || text.holds(Array(name), at: line.range.upperBound - name.count)
                {
                    close(at: line, head: line.range, of: text)
                } else {
                    open = (line.range, mark)
                }
            }
            return true
        }

        private mutating func close(at line: Line, head: Range<Int>, of text: Span<UInt8>) {
            blocks.append(Block(range: head.lowerBound..<min(line.range.upperBound + 1, text.count), head: head))
            open = nil
        }

        /// Reads to the end of a comment, behind which the line must hold nothing else.
        private mutating func readComment(from start: Int, _ line: Line, of text: Span<UInt8>) -> Bool {
            var place = start
            while place < line.range.upperBound {
                if text.holds(Self.commentEnd, at: place) {
                    isInComment = false
                    return Self.isBlank(text, place + Self.commentEnd.count..<line.range.upperBound)
                }
                place += 1
            }
            return true
        }

        private static let declaration = Array("<?xml ".utf8)
        private static let commentStart = Array("<!--".utf8)
        private static let commentEnd = Array("-->".utf8)

        private static func isBlank(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
            range.allSatisfy { text[$0] == 0x20 }
        }
    }
}

extension Span<UInt8> {
    /// Whether these bytes stand at a place.
    func holds(_ bytes: [UInt8], at place: Int) -> Bool {
        guard place >= 0, place + bytes.count <= count else { return false }
        for offset in bytes.indices where self[place + offset] != bytes[offset] { return false }
        return true
    }
}

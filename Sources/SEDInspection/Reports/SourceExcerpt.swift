// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDXML

/// One line of a document as a report shows it, and where the caret stands below it.
struct SourceExcerpt: Hashable, Sendable {
    let text: String
    /// How many cells lie before the caret.
    let indent: Int
}

/// The excerpts for all places of one document, cut out in one pass, however long the document and its lines are.
///
/// Unless content is to be shown, everything that is not markup is masked. The masking reads from the start of the
/// document, so that a line in the middle of a text, of a comment or of an attribute is known for what it is. A tag
/// counts as markup only when it is a complete and well-formed one; in broken documents the rest is masked. Of JSON the
/// names of members, the marks around values and `null` are shown, up to the first fault of a broken document.
struct SourceExcerpts {
    private var excerpts: [TextPosition: SourceExcerpt] = [:]

    /// How many characters of a long line are shown before the column, and in all.
    private static let reach = 60
    private static let span = 100

    init(of bytes: [UInt8], at places: some Sequence<TextPosition>, showsContent: Bool) {
        let windows = Self.windows(in: bytes, at: Set(places).sorted())
        var visible: [Range<Int>] = []
        if !showsContent {
            var markup = Markup(windows: windows.map(\.range))
            if JSONTree.isLikely(bytes) {
                var scanner = JSONScanner(bytes: bytes)
                scanner.scan(into: &markup)
            } else {
                MarkupScanner(bytes: bytes).scan(into: &markup)
            }
            visible = markup.visible
        }
        for window in windows {
            let shown = showsContent ? [window.range] : visible.filter { $0.overlaps(window.range) }
            excerpts[window.place] = Self.excerpt(of: bytes, window, shown: shown)
        }
    }

    subscript(place: TextPosition) -> SourceExcerpt? { excerpts[place] }

    // MARK: Windows

    private struct Window {
        let place: TextPosition
        let range: Range<Int>
        let caret: Int
        let isCutBefore: Bool
        let isCutAfter: Bool
    }

    /// The part of the line to show for each place; places come in order, so each byte is passed once.
    private static func windows(in bytes: [UInt8], at places: [TextPosition]) -> [Window] {
        var windows: [Window] = []
        var (line, column, lineStart, cursor) = (1, 1, 0, 0)
        for place in places {
            while line < place.line {
                guard let end = bytes[cursor...].firstIndex(of: 0x0A) else { return windows }
                (line, column, lineStart, cursor) = (line + 1, 1, end + 1, end + 1)
            }
            while column < place.column, cursor < bytes.count, bytes[cursor] != 0x0A {
                (column, cursor) = (column + 1, bytes.endOfScalar(at: cursor))
            }
            var lower = cursor
            var before = 0
            while before < reach, lower > lineStart {
                (before, lower) = (before + 1, bytes.startOfScalar(before: lower, atLeast: lineStart))
            }
            var upper = cursor
            var count = before
            while count < span, upper < bytes.count, bytes[upper] != 0x0A {
                (count, upper) = (count + 1, bytes.endOfScalar(at: upper))
            }
            let isEnd = upper == bytes.count || bytes[upper] == 0x0A
            if isEnd, upper > cursor, bytes[upper - 1] == 0x0D { upper -= 1 }
            windows.append(
                Window(
                    place: place, range: lower..<upper, caret: cursor, isCutBefore: lower > lineStart,
                    isCutAfter: !isEnd)
            )
        }
        return windows
    }

    // MARK: Text

    private struct Cell {
        let scalar: Unicode.Scalar
        let offset: Int
        let isShown: Bool

        var isSpace: Bool { scalar == " " || scalar == "\t" }
    }

    private static func excerpt(of bytes: [UInt8], _ window: Window, shown: [Range<Int>]) -> SourceExcerpt {
        var cells: [Cell] = []
        var offset = window.range.lowerBound
        while offset < window.range.upperBound {
            let end = bytes.endOfScalar(at: offset)
            let text = String(decoding: bytes[offset..<end], as: UTF8.self).unicodeScalars
            let isShown = shown.contains { $0.contains(offset) }
            cells.append(Cell(scalar: text.first ?? "\u{FFFD}", offset: offset, isShown: isShown))
            offset = end
        }
        let cut = "..."
        var text = window.isCutBefore ? cut : ""
        var width = text.count
        var indent: Int?
        let isMasked = masked(cells)
        for (cell, isMasked) in zip(cells, isMasked) {
            if cell.offset == window.caret { indent = width }
            let scalar = TerminalText.harmless(cell.scalar)
            let cells = cell.scalar == "\t" ? 8 - width % 8 : TerminalText.width(of: scalar)
            if isMasked {
                text += String(repeating: "…", count: cells)
            } else if cell.scalar == "\t" {
                text += String(repeating: " ", count: cells)
            } else {
                text.unicodeScalars.append(scalar)
            }
            width += cells
        }
        return SourceExcerpt(text: window.isCutAfter ? text + cut : text, indent: indent ?? width)
    }

    /// Which cells are masked: those that are not shown, but for the blanks around them, which are mere layout.
    private static func masked(_ cells: [Cell]) -> [Bool] {
        var result = cells.map { !$0.isShown }
        var start = 0
        while start < cells.count {
            var end = start
            while end < cells.count, cells[end].isShown == cells[start].isShown { end += 1 }
            if !cells[start].isShown {
                let run = start..<end
                for index in run.prefix(while: { cells[$0].isSpace }) { result[index] = false }
                for index in run.reversed().prefix(while: { cells[$0].isSpace }) { result[index] = false }
            }
            start = end
        }
        return result
    }
}

/// The ranges of a document that are markup, as far as they overlap the windows that are shown.
private struct Markup {
    /// In order of their ends.
    let windows: [Range<Int>]
    private(set) var visible: [Range<Int>] = []
    private var current = 0

    init(windows: [Range<Int>]) {
        self.windows = windows
    }

    /// Behind this offset nothing is shown.
    var end: Int { windows.last?.upperBound ?? 0 }

    /// Notes markup; called in the order of the document.
    mutating func show(_ range: Range<Int>) {
        while current < windows.count, windows[current].upperBound <= range.lowerBound { current += 1 }
        if current < windows.count, range.upperBound > windows[current].lowerBound { visible.append(range) }
    }
}

/// Finds the bytes of a JSON text that are no values: names, brackets, colons, commas, quotation marks and `null`.
///
/// It stops where the text breaks the grammar, so that nothing behind a fault is taken for a name.
private struct JSONScanner {
    private enum Expected {
        case value
        /// A value, or the end of an empty array.
        case firstItem
        case name
        /// A name, or the end of an empty object.
        case firstName
        case colon
        case commaOrEnd
    }

    let bytes: [UInt8]
    private var offset = 0
    /// The closing mark of each open object and array.
    private var open: [UInt8] = []
    private var expected = Expected.value

    init(bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
    }

    mutating func scan(into markup: inout Markup) {
        while true {
            while offset < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[offset]) { offset += 1 }
            guard offset < min(bytes.count, markup.end), step(into: &markup) else { return }
        }
    }

    /// Passes one token; false where the grammar has no place for it.
    private mutating func step(into markup: inout Markup) -> Bool {
        let start = offset
        let isValue = expected == .value || expected == .firstItem
        switch bytes[start] {
        case UInt8(ascii: "{") where isValue && open.count < 1_000:
            open.append(UInt8(ascii: "}"))
            return pass(1, then: .firstName, into: &markup)
        case UInt8(ascii: "[") where isValue && open.count < 1_000:
            open.append(UInt8(ascii: "]"))
            return pass(1, then: .firstItem, into: &markup)
        case open.last
        where expected == .commaOrEnd || (expected == .firstName && open.last == UInt8(ascii: "}"))
            || (expected == .firstItem && open.last == UInt8(ascii: "]")):
            open.removeLast()
            return pass(1, then: .commaOrEnd, into: &markup)
        case UInt8(ascii: ",") where expected == .commaOrEnd && !open.isEmpty:
            return pass(1, then: open.last == UInt8(ascii: "}") ? .name : .value, into: &markup)
        case UInt8(ascii: ":") where expected == .colon:
            return pass(1, then: .value, into: &markup)
        case UInt8(ascii: "\"") where isValue:
            guard let end = endOfString(from: start + 1) else { return false }
            markup.show(start..<(start + 1))
            markup.show((end - 1)..<end)
            offset = end
            expected = .commaOrEnd
            return true
        case UInt8(ascii: "\"") where expected == .name || expected == .firstName:
            guard let end = endOfString(from: start + 1) else { return false }
            return passName(upTo: end, into: &markup)
        case UInt8(ascii: "n") where isValue && bytes[start...].starts(with: Array("null".utf8)):
            return pass(4, then: .commaOrEnd, into: &markup)
        case UInt8(ascii: "a")...UInt8(ascii: "z") where isValue, UInt8(ascii: "0")...UInt8(ascii: "9") where isValue,
            UInt8(ascii: "-") where isValue:
            offset =
                bytes[start...].firstIndex { byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), 0x2B, 0x2D, 0x2E,
                        UInt8(ascii: "E"):
                        false
                    default: true
                    }
                } ?? bytes.count
            expected = .commaOrEnd
            return true
        default:
            return false
        }
    }

    private mutating func pass(_ count: Int, then next: Expected, into markup: inout Markup) -> Bool {
        markup.show(offset..<(offset + count))
        offset += count
        expected = next
        return true
    }

    /// A name that looks like one is shown; any other may be a value that stands in the wrong place.
    private mutating func passName(upTo end: Int, into markup: inout Markup) -> Bool {
        let start = offset
        let looksLikeName = bytes[(start + 1)..<(end - 1)].allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x2D, 0x2E: true
            default: false
            }
        }
        // Only what a colon makes a name is one.
        let colon = bytes[end...].first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        guard colon == UInt8(ascii: ":") else { return false }
        if looksLikeName {
            markup.show(start..<end)
        } else {
            markup.show(start..<(start + 1))
            markup.show((end - 1)..<end)
        }
        offset = end
        expected = .colon
        return true
    }

    /// Behind the quotation mark that ends a string; nil where it is not closed or breaks off at the end of its line.
    private func endOfString(from start: Int) -> Int? {
        var index = start
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""): return index + 1
            case UInt8(ascii: "\\"): index += 2
            case 0..<0x20: return nil
            default: index += 1
            }
        }
        return nil
    }
}

/// Finds the bytes of an XML document that are markup.
private struct MarkupScanner {
    let bytes: [UInt8]

    func scan(into markup: inout Markup) {
        var offset = 0
        while offset < markup.end, let open = bytes[offset...].firstIndex(of: UInt8(ascii: "<")), open < markup.end {
            offset = self.markup(at: open, into: &markup)
        }
    }

    /// Passes what begins with `<` and returns where to go on.
    private func markup(at open: Int, into markup: inout Markup) -> Int {
        for (start, end) in [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")] where has(start, at: open) {
            let inside = open + start.utf8.count
            markup.show(open..<(start == "<?" ? name(at: inside) : inside))
            guard let close = find(end, from: inside) else { return bytes.count }
            markup.show(close..<(close + end.utf8.count))
            return close + end.utf8.count
        }
        guard let (pieces, end) = tag(at: open) else {
            markup.show(open..<(open + 1))
            return open + 1
        }
        for piece in pieces { markup.show(piece) }
        return end
    }

    /// The parts of a complete tag without its attribute values, and its end; nil where it is none.
    private func tag(at open: Int) -> (pieces: [Range<Int>], end: Int)? {
        let start = has("</", at: open) ? open + 2 : open + 1
        var offset = name(at: start)
        guard offset > start else { return nil }
        var pieces: [Range<Int>] = []
        var shown = open
        while true {
            offset = blanks(at: offset)
            for close in [">", "/>"] where has(close, at: offset) {
                let end = offset + close.utf8.count
                return (pieces + [shown..<end], end)
            }
            let attribute = name(at: offset)
            guard attribute > offset else { return nil }
            offset = blanks(at: attribute)
            guard has("=", at: offset) else { return nil }
            offset = blanks(at: offset + 1)
            guard has("\"", at: offset) || has("'", at: offset) else { return nil }
            let quote = bytes[offset]
            pieces.append(shown..<(offset + 1))
            let end = bytes[(offset + 1)...].firstIndex { $0 == quote || $0 == UInt8(ascii: "<") }
            guard let end, bytes[end] == quote else { return nil }
            shown = end
            offset = end + 1
        }
    }

    private func has(_ text: String, at offset: Int) -> Bool {
        bytes[min(offset, bytes.count)...].starts(with: text.utf8)
    }

    private func find(_ text: String, from offset: Int) -> Int? {
        guard let first = text.utf8.first else { return nil }
        var start = offset
        while let place = bytes[min(start, bytes.count)...].firstIndex(of: first) {
            if has(text, at: place) { return place }
            start = place + 1
        }
        return nil
    }

    private func name(at offset: Int) -> Int {
        bytes[min(offset, bytes.count)...].firstIndex { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x80...: false
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: ":"), 0x2D, 0x2E: false
            default: true
            }
        } ?? bytes.count
    }

    private func blanks(at offset: Int) -> Int {
        bytes[min(offset, bytes.count)...].firstIndex { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } ?? bytes.count
    }
}

extension [UInt8] {
    /// Where the UTF-8 scalar that begins here ends; broken ones end where they break.
    fileprivate func endOfScalar(at offset: Int) -> Int {
        let length =
            switch self[offset] {
            case ..<0xC0: 1
            case ..<0xE0: 2
            case ..<0xF0: 3
            default: 4
            }
        var end = offset + 1
        while end < count, end < offset + length, self[end] & 0xC0 == 0x80 { end += 1 }
        return end
    }

    fileprivate func startOfScalar(before offset: Int, atLeast floor: Int) -> Int {
        var start = offset - 1
        while start > floor, start > offset - 4, self[start] & 0xC0 == 0x80 { start -= 1 }
        return start
    }
}

// SPDX-License-Identifier: EUPL-1.2

internal import CSEDXML
internal import Glibc
package import SEDCore

/// The first reading of a document: bytes only, in one pass, before any parser sees them.
///
/// It refuses what no parse option of libxml2 2.9 prevents (many attributes on one element), what an option prevents
/// too late (document type declarations, depth), and encodings that the parser would guess at. It never accepts: the
/// parser still judges. On the way it notes where each start tag begins, which is the only exact source of columns
/// (docs/adr/0002-positions.md).
package struct LexicalGuard: Sendable {
    /// What the scan saw of the document.
    package enum Ending: Hashable, Sendable {
        /// The root element was closed.
        case complete
        /// The text stopped before the root element was closed: perhaps a file that is still being written.
        case truncated
    }

    /// The byte offset of each start tag's `<`, in document order.
    package private(set) var startTags: [Int] = []
    package private(set) var ending = Ending.truncated
    /// Whether the last character lacks bytes: the text is cut short whatever its markup says.
    package private(set) var endsInsideCharacter = false
    package private(set) var finding: Diagnostic?

    private var depth = 0
    /// What the parser's tree will take, counted on the high side.
    private var treeBytes = 0
    /// Where the last tag ended.
    private var lastTagEnd = 0
    /// How many namespace declarations each open element has, and all of them together.
    private var declarations: [Int] = []
    private var declarationsInScope = 0

    package init(scanning bytes: [UInt8], limits: ParsingLimits = .standard) {
        guard bytes.count <= limits.bytes else {
            refuse(
                .documentTooLarge, at: 0, in: bytes,
                "The document has \(bytes.count, as: "count") bytes; the limit is \(limits.bytes, as: "limit")."
            )
            return
        }
        guard checkEncoding(of: bytes) else { return }
        startTags.reserveCapacity(bytes.count / 40)
        scan(bytes, limits: limits)
    }

    // MARK: Encoding

    /// Refuses everything but UTF-8: an encoding that two programs may guess differently hides content from one of them.
    private mutating func checkEncoding(of bytes: [UInt8]) -> Bool {
        let start = bytes.prefix(4)
        if start.starts(with: [0xFE, 0xFF]) || start.starts(with: [0xFF, 0xFE]) || start.prefix(4).contains(0) {
            refuse(.encoding, at: 0, in: bytes, "The document is in UTF-16 or UTF-32; SEDs are written in UTF-8.")
            return false
        }
        if let zero = Self.next(0, in: bytes.span, from: 0) {
            // A file whose room was set aside before it was written ends in zeros until the writer gets there.
            if zero > 0, bytes[zero...].allSatisfy({ $0 == 0 }) {
                endsInsideCharacter = true
                return false
            }
            refuse(.encoding, at: zero, in: bytes, "The document holds a NUL byte.")
            return false
        }
        if Self.isUTF8(bytes) { return hasRightDeclaration(bytes) }
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes.span)
        } catch  where error.kind == .truncatedScalar && error.byteOffsets.upperBound == bytes.count {
            // Nothing behind the cut can be known, so nothing before it is scanned.
            endsInsideCharacter = true
            return false
        } catch {
            refuse(
                .encoding, at: error.byteOffsets.lowerBound, in: bytes,
                "The bytes are not UTF-8; the document may be in another encoding."
            )
            return false
        }
        return hasRightDeclaration(bytes)
    }

    private static func isUTF8(_ bytes: [UInt8]) -> Bool {
        unsafe bytes.withUnsafeBufferPointer { unsafe csx_is_utf8($0.baseAddress, $0.count) != 0 }
    }

    private mutating func hasRightDeclaration(_ bytes: [UInt8]) -> Bool {
        if let name = Self.declaredEncoding(of: bytes), !["utf-8", "us-ascii", "ascii"].contains(name.lowercased()) {
            refuse(.encoding, at: 0, in: bytes, "The XML declaration names another encoding than UTF-8.")
            return false
        }
        return true
    }

    /// The value of `encoding` in the XML declaration, if there is one.
    private static func declaredEncoding(of bytes: [UInt8]) -> String? {
        let body = bytes.starts(with: TextStart.mark) ? bytes.dropFirst(3) : bytes[...]
        // Nearly every document begins like this, and taking a declaration apart costs as much as scanning a small SED.
        if body.starts(with: usualDeclaration) { return "UTF-8" }
        guard body.starts(with: Array("<?xml".utf8)) else { return nil }
        let declaration = String(decoding: body.prefix(200).prefix(while: { $0 != 0x3E }), as: UTF8.self)
        guard declaration.hasSuffix("?"), let name = declaration.firstRange(of: "encoding") else { return nil }
        let rest = declaration[name.upperBound...].drop(while: { $0 == " " || $0 == "=" || $0 == "\t" })
        guard let quote = rest.first, quote == "\"" || quote == "'" else { return nil }
        return String(rest.dropFirst().prefix(while: { $0 != quote }))
    }

    // MARK: Markup

    private mutating func scan(_ bytes: [UInt8], limits: ParsingLimits) {
        let text = bytes.span
        let count = text.count
        var index = 0
        while index < count {
            guard let less = Self.next(Byte.less, in: text, from: index), less + 1 < count else {
                if count - lastTagEnd > limits.piece { refusePiece(at: lastTagEnd, in: bytes, limits) }
                return
            }
            guard less - lastTagEnd <= limits.piece else { return refusePiece(at: less, in: bytes, limits) }
            index = less
            switch text[index + 1] {
            case Byte.bang:
                if Self.matches(Self.commentStart, text, at: index) {
                    // Two hyphens end a comment or make it faulty; libxml2 takes quadratic time over many of them.
                    guard let hyphens = Self.find(Self.hyphens, in: text, from: index + 4), hyphens < count
                    else { return }
                    guard text[hyphens] == Byte.greater else {
                        refuse(.notWellFormed, at: hyphens - 2, in: bytes, "A comment holds two hyphens.")
                        return
                    }
                    index = hyphens + 1
                } else if Self.matches(Self.characterDataStart, text, at: index) {
                    guard let end = Self.find(Self.characterDataEnd, in: text, from: index + 9) else { return }
                    index = end
                } else if Self.isPrefix(text, from: index, of: Self.commentStart)
                    || Self.isPrefix(text, from: index, of: Self.characterDataStart)
                {
                    return
                } else {
                    refuse(
                        .documentType, at: index, in: bytes,
                        "The document has a document type declaration; SEDs have none, and entities are not read."
                    )
                    return
                }
            case Byte.question:
                guard let end = Self.find(Self.instructionEnd, in: text, from: index + 2) else { return }
                index = end
            case Byte.slash:
                guard let greater = Self.next(Byte.greater, in: text, from: index + 2) else { return }
                let end = greater + 1
                guard end - lastTagEnd <= limits.piece else { return refusePiece(at: index, in: bytes, limits) }
                noteText(before: index)
                depth -= 1
                declarationsInScope -= declarations.popLast() ?? 0
                index = end
                lastTagEnd = end
                if depth <= 0 { ending = .complete }
            default:
                noteText(before: index)
                guard let end = scanStartTag(text, from: index, in: bytes, limits: limits) else { return }
                guard end - lastTagEnd <= limits.piece else { return refusePiece(at: index, in: bytes, limits) }
                index = end
                lastTagEnd = end
                guard bytes.count + treeBytes <= limits.memory else {
                    refuse(
                        .tooManyElements, at: index, in: bytes,
                        "The document has more elements, attributes and texts than \(limits.memory, as: "limit") bytes can hold."
                    )
                    return
                }
            }
        }
    }

    /// A text between two tags becomes one node, whatever comments it is interrupted by.
    private mutating func noteText(before index: Int) {
        if index > lastTagEnd { treeBytes += Cost.text + (index - lastTagEnd) }
    }

    private mutating func refusePiece(at index: Int, in bytes: [UInt8], _ limits: ParsingLimits) {
        refuse(
            .documentTooLarge, at: index, in: bytes,
            "A tag or the text between two tags has more than \(limits.piece, as: "limit") bytes."
        )
    }

    /// Returns the offset behind the tag, or nil when the document ends in it or breaks a limit.
    private mutating func scanStartTag(
        _ text: Span<UInt8>,
        from start: Int,
        in bytes: [UInt8],
        limits: ParsingLimits
    ) -> Int? {
        // Most tags are a short name and nothing else; memchr tells that sooner than a look at each byte.
        if let end = Self.next(Byte.greater, in: text, from: start + 1), end - start <= limits.nameBytes,
            !Self.holds(Byte.quote, text, from: start, to: end),
            !Self.holds(Byte.apostrophe, text, from: start, to: end)
        {
            return closeStartTag(text, from: start, at: end, attributes: 0, declared: 0, in: bytes, limits: limits)
        }
        var index = start + 1
        var attributes = 0
        var nameStart = index
        var isDeclaration = false
        var declared = 0
        while index < text.count {
            let byte = text[index]
            switch byte {
            case Byte.quote, Byte.apostrophe:
                attributes += 1
                guard attributes <= limits.attributesPerElement else {
                    refuse(
                        .tooManyAttributes, at: start, in: bytes,
                        "An element has more than \(limits.attributesPerElement, as: "limit") attributes."
                    )
                    return nil
                }
                if isDeclaration { declared += 1 }
                isDeclaration = false
                guard let end = Self.next(byte, in: text, from: index + 1) else { return nil }
                index = end
                nameStart = index + 1
            case Byte.greater:
                return closeStartTag(
                    text, from: start, at: index, attributes: attributes, declared: declared, in: bytes, limits: limits)
            case Byte.space, Byte.tab, Byte.newline, Byte.carriageReturn, Byte.equals:
                nameStart = index + 1
            default:
                if index == nameStart, byte == Byte.x { isDeclaration = Self.matches(Self.namespace, text, at: index) }
                guard index - nameStart < limits.nameBytes else {
                    refuse(
                        .nameTooLong, at: start, in: bytes,
                        "A name is longer than \(limits.nameBytes, as: "limit") bytes.")
                    return nil
                }
            }
            index += 1
        }
        return nil
    }

    /// Notes a start tag that ends at an offset; returns the offset behind it, or nil when it breaks a limit.
    private mutating func closeStartTag(
        _ text: Span<UInt8>,
        from start: Int,
        at index: Int,
        attributes: Int,
        declared: Int,
        in bytes: [UInt8],
        limits: ParsingLimits
    ) -> Int? {
        startTags.append(start)
        guard startTags.count <= limits.elements else {
            refuse(
                .tooManyElements, at: start, in: bytes,
                "The document has more than \(limits.elements, as: "limit") elements."
            )
            return nil
        }
        treeBytes += Cost.element + attributes * Cost.attribute + 2 * (index - start)
        guard declarationsInScope + declared <= limits.namespacesInScope else {
            refuse(
                .tooManyAttributes, at: start, in: bytes,
                "More than \(limits.namespacesInScope, as: "limit") namespace declarations are in force at one element."
            )
            return nil
        }
        if text[index - 1] == Byte.slash {
            if depth == 0 { ending = .complete }
        } else {
            depth += 1
            declarations.append(declared)
            declarationsInScope += declared
            guard depth <= limits.depth else {
                refuse(
                    .tooDeep, at: start, in: bytes,
                    "Elements are nested more than \(limits.depth, as: "limit") levels deep."
                )
                return nil
            }
        }
        return index + 1
    }

    private mutating func refuse(_ rule: RuleID, at offset: Int, in bytes: [UInt8], _ message: Words) {
        finding = Diagnostic(
            rule: rule,
            severity: .error,
            position: TextPosition(offset: offset, in: bytes),
            message: message
        )
    }

    /// What libxml2 2.9 allocates for one node on a 64-bit machine, with the tables of ours beside it.
    private enum Cost {
        static let element = 200
        static let attribute = 260
        static let text = 136
    }

    // MARK: Byte patterns

    private enum Byte {
        static let less: UInt8 = 0x3C
        static let greater: UInt8 = 0x3E
        static let bang: UInt8 = 0x21
        static let question: UInt8 = 0x3F
        static let slash: UInt8 = 0x2F
        static let quote: UInt8 = 0x22
        static let apostrophe: UInt8 = 0x27
        static let equals: UInt8 = 0x3D
        static let x: UInt8 = 0x78
        static let space: UInt8 = 0x20
        static let tab: UInt8 = 0x09
        static let newline: UInt8 = 0x0A
        static let carriageReturn: UInt8 = 0x0D
    }

    private static let usualDeclaration = Array(#"<?xml version="1.0" encoding="UTF-8"?>"#.utf8)
    private static let commentStart = Array("<!--".utf8)
    private static let hyphens = Array("--".utf8)
    private static let namespace = Array("xmlns".utf8)
    private static let characterDataStart = Array("<![CDATA[".utf8)
    private static let characterDataEnd = Array("]]>".utf8)
    private static let instructionEnd = Array("?>".utf8)

    /// The offset of the next such byte; memchr looks at many bytes at once, which a loop here does not.
    private static func next(_ byte: UInt8, in text: Span<UInt8>, from start: Int) -> Int? {
        guard start < text.count else { return nil }
        return unsafe text.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress,
                let found = unsafe memchr(base + start, Int32(byte), bytes.count - start)
            else { return nil }
            return unsafe base.distance(to: UnsafeRawPointer(found))
        }
    }

    private static func holds(_ byte: UInt8, _ text: Span<UInt8>, from start: Int, to end: Int) -> Bool {
        unsafe text.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return false }
            return unsafe memchr(base + start, Int32(byte), end - start) != nil
        }
    }

    private static func matches(_ pattern: [UInt8], _ text: Span<UInt8>, at index: Int) -> Bool {
        guard index + pattern.count <= text.count else { return false }
        for offset in pattern.indices where text[index + offset] != pattern[offset] { return false }
        return true
    }

    /// Whether the text ends inside what could still become `pattern`.
    private static func isPrefix(_ text: Span<UInt8>, from index: Int, of pattern: [UInt8]) -> Bool {
        let rest = text.count - index
        guard rest < pattern.count else { return false }
        for offset in 0..<rest where text[index + offset] != pattern[offset] { return false }
        return true
    }

    /// The offset behind the next occurrence of `pattern`.
    private static func find(_ pattern: [UInt8], in text: Span<UInt8>, from start: Int) -> Int? {
        var index = start
        while index + pattern.count <= text.count {
            if matches(pattern, text, at: index) { return index + pattern.count }
            index += 1
        }
        return nil
    }
}

// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// A value of a JSON text and the place where it stands.
package struct JSONValue: Sendable {
    package enum Content: Sendable {
        /// In the order of the text.
        case object([JSONMember])
        case array([JSONValue])
        case string(String)
        /// As it is written, so that no digit is lost.
        case number(String)
        case boolean(Bool)
        case null
    }

    package let content: Content
    /// Where its first byte stands.
    package let offset: Int

    init(_ content: Content, at offset: Int) {
        self.content = content
        self.offset = offset
    }
}

/// A name and its value in an object.
package struct JSONMember: Sendable {
    package let name: String
    /// Where the quotation mark before the name stands.
    package let offset: Int
    package let value: JSONValue
}

/// A JSON text (RFC 8259), an object or an array, whose every value knows its place.
///
/// It is stricter than the standard where readers differ, because a text that two programs read differently hides
/// content from one of them: UTF-8 only, no member twice, no half characters, and the limits of ``ParsingLimits``.
package struct JSONTree: Sendable {
    package let root: JSONValue
    let places: TextPlaces

    package init(parsing bytes: [UInt8], limits: ParsingLimits = .standard) throws(XMLRefusal) {
        var reader = JSONReader(bytes, limits: limits)
        root = try reader.read()
        places = TextPlaces(bytes)
    }

    /// Whether a text is meant as JSON: its first byte that is no blank opens an object or an array.
    package static func isLikely(_ bytes: [UInt8]) -> Bool {
        let first = TextStart.firstByte(of: bytes)
        return first == 0x7B || first == 0x5B
    }

    package func position(at offset: Int) -> TextPosition { places.position(at: offset) }
}

/// Reads a JSON text in one pass; its recursion is bounded by the limit of depth.
private struct JSONReader {
    private let bytes: [UInt8]
    private let limits: ParsingLimits
    private var index = 0
    private var values = 0

    init(_ bytes: [UInt8], limits: ParsingLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    mutating func read() throws(XMLRefusal) -> JSONValue {
        guard bytes.count <= limits.bytes else {
            throw refusal(
                .documentTooLarge, at: 0, "The document has \(bytes.count) bytes; the limit is \(limits.bytes).",
                step: .lexicalGuard
            )
        }
        try checkEncoding()
        if bytes.starts(with: TextStart.mark) { index = 3 }
        skipBlanks()
        guard try [Byte.openBrace, Byte.openBracket].contains(current()) else {
            throw malformed("An object or an array is expected here.")
        }
        let root = try value(depth: 0)
        skipBlanks()
        guard index == bytes.count else { throw malformed("There is text behind the end of the value.") }
        return root
    }

    // MARK: Encoding

    private func checkEncoding() throws(XMLRefusal) {
        if bytes.prefix(4).contains(0) || bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE]) {
            throw refusal(
                .jsonEncoding, at: 0, "The document is in UTF-16 or UTF-32; RINA JSON is read in UTF-8.",
                step: .lexicalGuard
            )
        }
        if let zero = bytes.firstIndex(of: 0) {
            // A file whose room was set aside before it was written ends in zeros until the writer gets there.
            if bytes[zero...].allSatisfy({ $0 == 0 }) { throw truncated(at: zero) }
            throw refusal(.jsonEncoding, at: zero, "The document holds a NUL byte.", step: .lexicalGuard)
        }
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes.span)
        } catch  where error.kind == .truncatedScalar && error.byteOffsets.upperBound == bytes.count {
            throw truncated(at: bytes.count)
        } catch {
            throw refusal(
                .jsonEncoding, at: error.byteOffsets.lowerBound,
                "The bytes are not UTF-8; the document may be in another encoding.", step: .lexicalGuard
            )
        }
    }

    // MARK: Values

    private mutating func value(depth: Int) throws(XMLRefusal) -> JSONValue {
        let start = index
        values += 1
        guard values <= limits.elements else {
            throw refusal(
                .jsonTooManyValues, at: start, "The document has more than \(limits.elements) values.",
                step: .lexicalGuard
            )
        }
        switch try current() {
        case Byte.openBrace, Byte.openBracket:
            guard depth < limits.depth else {
                throw refusal(
                    .jsonTooDeep, at: start, "Objects and arrays are nested more than \(limits.depth) levels deep.",
                    step: .lexicalGuard
                )
            }
            index += 1
            return bytes[start] == Byte.openBrace
                ? JSONValue(.object(try members(depth: depth + 1)), at: start)
                : JSONValue(.array(try items(depth: depth + 1)), at: start)
        case Byte.quote:
            return JSONValue(.string(String(decoding: try string(), as: UTF8.self)), at: start)
        case Byte.minus, Byte.zero...Byte.nine:
            try number()
            return JSONValue(.number(String(decoding: bytes[start..<index], as: UTF8.self)), at: start)
        case UInt8(ascii: "t"):
            try word("true")
            return JSONValue(.boolean(true), at: start)
        case UInt8(ascii: "f"):
            try word("false")
            return JSONValue(.boolean(false), at: start)
        case UInt8(ascii: "n"):
            try word("null")
            return JSONValue(.null, at: start)
        default:
            throw malformed("A value is expected here.")
        }
    }

    private mutating func members(depth: Int) throws(XMLRefusal) -> [JSONMember] {
        var members: [JSONMember] = []
        // Bytes and not strings, because strings that look alike are equal.
        var names: Set<[UInt8]> = []
        skipBlanks()
        if try current() == Byte.closeBrace {
            index += 1
            return []
        }
        while true {
            skipBlanks()
            let start = index
            guard try current() == Byte.quote else {
                throw malformed("A member's name in quotation marks is expected.")
            }
            let name = try string()
            guard name.count <= limits.nameBytes else {
                throw refusal(
                    .jsonNameTooLong, at: start, "A member's name is longer than \(limits.nameBytes) bytes.",
                    step: .lexicalGuard
                )
            }
            guard names.insert(name).inserted else {
                throw refusal(.jsonRepeatedMember, at: start, "An object has two members of the same name.")
            }
            skipBlanks()
            guard try current() == Byte.colon else { throw malformed("A colon is expected behind a member's name.") }
            index += 1
            skipBlanks()
            let value = try value(depth: depth)
            members.append(JSONMember(name: String(decoding: name, as: UTF8.self), offset: start, value: value))
            skipBlanks()
            switch try current() {
            case Byte.comma: index += 1
            case Byte.closeBrace:
                index += 1
                return members
            default: throw malformed("A comma or a closing brace is expected.")
            }
        }
    }

    private mutating func items(depth: Int) throws(XMLRefusal) -> [JSONValue] {
        var items: [JSONValue] = []
        skipBlanks()
        if try current() == Byte.closeBracket {
            index += 1
            return []
        }
        while true {
            skipBlanks()
            items.append(try value(depth: depth))
            skipBlanks()
            switch try current() {
            case Byte.comma: index += 1
            case Byte.closeBracket:
                index += 1
                return items
            default: throw malformed("A comma or a closing bracket is expected.")
            }
        }
    }

    private mutating func word(_ word: StaticString) throws(XMLRefusal) {
        for byte in String(describing: word).utf8 {
            guard try current() == byte else { throw malformed("A word other than true, false and null.") }
            index += 1
        }
    }

    /// Moves over a number: no plus sign, no leading zero, digits on both sides of the point.
    private mutating func number() throws(XMLRefusal) {
        if bytes[index] == Byte.minus { index += 1 }
        if try current() == Byte.zero { index += 1 } else { try digits() }
        if try current() == Byte.point {
            index += 1
            try digits()
        }
        if try current() | 0x20 == UInt8(ascii: "e") {
            index += 1
            if try [Byte.plus, Byte.minus].contains(current()) { index += 1 }
            try digits()
        }
    }

    private mutating func digits() throws(XMLRefusal) {
        guard try (Byte.zero...Byte.nine).contains(current()) else { throw malformed("A digit is expected here.") }
        while index < bytes.count, (Byte.zero...Byte.nine).contains(bytes[index]) { index += 1 }
    }

    // MARK: Strings

    /// The bytes that a string stands for.
    private mutating func string() throws(XMLRefusal) -> [UInt8] {
        index += 1
        var text: [UInt8] = []
        while true {
            let start = index
            while index < bytes.count, bytes[index] != Byte.quote, bytes[index] != Byte.backslash,
                bytes[index] >= Byte.space
            { index += 1 }
            text += bytes[start..<index]
            switch try current() {
            case Byte.quote:
                index += 1
                return text
            case Byte.backslash:
                try escape(into: &text)
            default:
                throw malformed("A string holds a control character that is not escaped.")
            }
        }
    }

    private mutating func escape(into text: inout [UInt8]) throws(XMLRefusal) {
        let start = index
        index += 1
        let letter = try current()
        index += 1
        switch letter {
        case Byte.quote, Byte.backslash, UInt8(ascii: "/"): text.append(letter)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text += try UTF8.encode(scalar(from: start)).map(Array.init) ?? []
        default:
            index = start
            throw malformed("A string holds an escape that JSON does not have.")
        }
    }

    /// The character of an escape `\u00F5`, or of two of them that form a surrogate pair.
    private mutating func scalar(from start: Int) throws(XMLRefusal) -> Unicode.Scalar {
        let unit = try hexadecimal()
        if let scalar = Unicode.Scalar(UInt32(unit)) {
            guard unit != 0 else {
                throw refusal(.jsonNoCharacter, at: start, "A string holds the character NUL.")
            }
            return scalar
        }
        guard unit < 0xDC00, try current() == Byte.backslash else { throw halfCharacter(at: start) }
        index += 1
        guard try current() == UInt8(ascii: "u") else { throw halfCharacter(at: start) }
        index += 1
        let low = try hexadecimal()
        guard (0xDC00...0xDFFF).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(low) - 0xDC00))
        else { throw halfCharacter(at: start) }
        return scalar
    }

    private mutating func hexadecimal() throws(XMLRefusal) -> UInt16 {
        var number: UInt16 = 0
        for _ in 0..<4 {
            let byte = try current()
            let digit: UInt8
            switch byte {
            case Byte.zero...Byte.nine: digit = byte - Byte.zero
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: throw malformed("An escape \\u needs four hexadecimal digits.")
            }
            number = number << 4 | UInt16(digit)
            index += 1
        }
        return number
    }

    // MARK: Steps

    private mutating func skipBlanks() {
        while index < bytes.count {
            let byte = bytes[index]
            guard byte == Byte.space || byte == 0x09 || byte == 0x0A || byte == 0x0D else { return }
            index += 1
        }
    }

    /// The byte at the reading place; wherever one is wanted and none is left, the text is cut short.
    private func current() throws(XMLRefusal) -> UInt8 {
        guard index < bytes.count else { throw truncated(at: bytes.count) }
        return bytes[index]
    }

    // MARK: Refusals

    private func malformed(_ message: String) -> XMLRefusal {
        refusal(.jsonNotWellFormed, at: index, message)
    }

    private func halfCharacter(at offset: Int) -> XMLRefusal {
        refusal(.jsonNoCharacter, at: offset, "A string holds half of a surrogate pair.")
    }

    private func truncated(at offset: Int) -> XMLRefusal {
        refusal(.jsonTruncated, at: offset, "The document ends before its value is closed.", isTruncated: true)
    }

    private func refusal(
        _ rule: RuleID,
        at offset: Int,
        _ message: String,
        step: XMLRefusal.Step = .parser,
        isTruncated: Bool = false
    ) -> XMLRefusal {
        let finding = Diagnostic(
            rule: rule, severity: .error, position: TextPosition(offset: offset, in: bytes), message: message
        )
        return XMLRefusal(step: step, finding: finding, isTruncated: isTruncated, isInternal: false)
    }

    private enum Byte {
        static let openBrace: UInt8 = 0x7B
        static let closeBrace: UInt8 = 0x7D
        static let openBracket: UInt8 = 0x5B
        static let closeBracket: UInt8 = 0x5D
        static let quote: UInt8 = 0x22
        static let backslash: UInt8 = 0x5C
        static let colon: UInt8 = 0x3A
        static let comma: UInt8 = 0x2C
        static let point: UInt8 = 0x2E
        static let plus: UInt8 = 0x2B
        static let minus: UInt8 = 0x2D
        static let zero: UInt8 = 0x30
        static let nine: UInt8 = 0x39
        static let space: UInt8 = 0x20
    }
}

// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// A value of one JSON text, numbered in the order of the text; it means nothing in another text.
package struct JSONValueID: Hashable, Sendable {
    let index: Int
}

/// A JSON text (RFC 8259), an object or an array, whose every value knows its place.
///
/// It is stricter than the standard where readers differ, because a text that two programs read differently hides
/// content from one of them: UTF-8 only, no member twice, no half characters, and the limits of ``ParsingLimits``.
///
/// A value is kept as its place in the text and costs twelve bytes; texts are made when they are asked for. A tree of
/// Swift values took ten times as much, which many small values turned into a multiple of the document's size.
package struct JSONTree: Sendable {
    package enum Kind: Hashable, Sendable {
        case object
        case array
        case string
        case number
        case boolean
        case null
    }

    /// What is kept of a value; all offsets count bytes of the text.
    struct Node {
        /// Where its first byte stands.
        let offset: UInt32
        /// Where the quotation mark before its member's name stands; ``noName`` for what is no member.
        let name: UInt32
        /// The number of the first value behind this one and all it holds.
        var next: UInt32

        static let noName = UInt32.max
    }

    let bytes: [UInt8]
    let places: TextPlaces
    private let nodes: [Node]

    package init(parsing bytes: [UInt8], limits: ParsingLimits = .standard) throws(XMLRefusal) {
        var reader = JSONReader(bytes, limits: limits)
        nodes = try reader.read()
        self.bytes = bytes
        places = TextPlaces(bytes)
    }

    /// Whether a text is meant as JSON: its first byte that is no blank opens an object or an array.
    package static func isLikely(_ bytes: [UInt8]) -> Bool {
        let first = TextStart.firstByte(of: bytes)
        return first == 0x7B || first == 0x5B
    }

    /// What the text and what is known of its values take in memory, in bytes.
    var memory: Int { bytes.count + nodes.count * MemoryLayout<Node>.stride }

    package var root: JSONValueID { JSONValueID(index: 0) }

    package func position(at offset: Int) -> TextPosition { places.position(at: offset) }

    /// Where the value's first byte stands.
    package func offset(of value: JSONValueID) -> Int { Int(nodes[value.index].offset) }

    /// Where the quotation mark before the name of a member stands; nil for what is no member.
    package func nameOffset(of value: JSONValueID) -> Int? {
        let name = nodes[value.index].name
        return name == Node.noName ? nil : Int(name)
    }

    package func kind(of value: JSONValueID) -> Kind {
        switch bytes[offset(of: value)] {
        case JSONByte.openBrace: .object
        case JSONByte.openBracket: .array
        case JSONByte.quote: .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): .boolean
        case UInt8(ascii: "n"): .null
        default: .number
        }
    }

    /// The members of an object or the items of an array, in the order of the text; none for other values.
    package func children(of value: JSONValueID) -> [JSONValueID] {
        var children: [JSONValueID] = []
        var index = value.index + 1
        while index < nodes[value.index].next {
            children.append(JSONValueID(index: index))
            index = Int(nodes[index].next)
        }
        return children
    }

    /// The name of a member, freed of its escapes; nil for what is no member.
    package func name(of value: JSONValueID) -> String? {
        nameOffset(of: value).map { String(decoding: JSONString.content(of: bytes, at: $0), as: UTF8.self) }
    }

    /// What a string stands for, a number as it is written so that no digit is lost, `true` or `false`; nil otherwise.
    package func text(of value: JSONValueID) -> String? {
        let offset = offset(of: value)
        switch kind(of: value) {
        case .string: return String(decoding: JSONString.content(of: bytes, at: offset), as: UTF8.self)
        case .number:
            let digits = bytes[offset...].prefix { byte in
                (JSONByte.zero...JSONByte.nine).contains(byte) || byte == JSONByte.minus || byte == JSONByte.plus
                    || byte == JSONByte.point || byte | 0x20 == UInt8(ascii: "e")
            }
            return String(decoding: digits, as: UTF8.self)
        case .boolean: return bytes[offset] == UInt8(ascii: "t") ? "true" : "false"
        case .object, .array, .null: return nil
        }
    }

    /// Whether the value says nothing: null, or an array of such values.
    package func isVoid(_ value: JSONValueID) -> Bool {
        switch kind(of: value) {
        case .null: true
        case .array: children(of: value).allSatisfy(isVoid)
        case .object, .string, .number, .boolean: false
        }
    }
}

/// The strings of a text that was read before, so that nothing in them can be wrong.
private enum JSONString {
    /// The bytes that the string at a quotation mark stands for.
    static func content(of bytes: [UInt8], at quote: Int) -> [UInt8] {
        var content: [UInt8] = []
        var index = quote + 1
        while bytes[index] != JSONByte.quote {
            let start = index
            while bytes[index] != JSONByte.quote, bytes[index] != JSONByte.backslash { index += 1 }
            content += bytes[start..<index]
            guard bytes[index] == JSONByte.backslash else { continue }
            index += 1
            let letter = bytes[index]
            index += 1
            if letter != UInt8(ascii: "u") {
                content.append(JSONByte.escaped(letter) ?? letter)
                continue
            }
            var unit = UInt32(unit(of: bytes, at: &index))
            if (0xD800..<0xDC00).contains(unit) {
                index += 2
                unit = 0x10000 + (unit - 0xD800) << 10 + (UInt32(Self.unit(of: bytes, at: &index)) - 0xDC00)
            }
            content += Unicode.Scalar(unit).flatMap { UTF8.encode($0) }.map(Array.init) ?? []
        }
        return content
    }

    /// The number that four hexadecimal digits write.
    private static func unit(of bytes: [UInt8], at index: inout Int) -> UInt16 {
        var number: UInt16 = 0
        for _ in 0..<4 {
            number = number << 4 | UInt16(JSONByte.hexadecimal(bytes[index]) ?? 0)
            index += 1
        }
        return number
    }
}

/// Reads a JSON text in one pass; its recursion is bounded by the limit of depth.
private struct JSONReader {
    private let bytes: [UInt8]
    private let limits: ParsingLimits
    private var index = 0
    private var nodes: [JSONTree.Node] = []

    init(_ bytes: [UInt8], limits: ParsingLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    /// The values in the order of the text.
    mutating func read() throws(XMLRefusal) -> [JSONTree.Node] {
        guard bytes.count <= min(limits.bytes, Int(UInt32.max) - 1) else {
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
        // What is set aside and not used costs no memory; growing step by step would copy.
        nodes.reserveCapacity(min(limits.elements, bytes.count / 4) + 1)
        try value(depth: 0)
        skipBlanks()
        guard index == bytes.count else { throw malformed("There is text behind the end of the value.") }
        return nodes
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

    /// Reads a value and what it holds; `name` is where its member's name stands.
    private mutating func value(depth: Int, name: Int? = nil) throws(XMLRefusal) {
        let start = index
        let number = nodes.count
        guard number < limits.elements else {
            throw refusal(
                .jsonTooManyValues, at: start, "The document has more than \(limits.elements) values.",
                step: .lexicalGuard
            )
        }
        nodes.append(
            JSONTree.Node(offset: UInt32(start), name: name.map { UInt32($0) } ?? JSONTree.Node.noName, next: 0))
        switch try current() {
        case Byte.openBrace, Byte.openBracket:
            guard depth < limits.depth else {
                throw refusal(
                    .jsonTooDeep, at: start, "Objects and arrays are nested more than \(limits.depth) levels deep.",
                    step: .lexicalGuard
                )
            }
            index += 1
            if bytes[start] == Byte.openBrace {
                try members(of: number, depth: depth + 1)
            } else {
                try items(depth: depth + 1)
            }
        case Byte.quote: try string()
        case Byte.minus, Byte.zero...Byte.nine: try self.number()
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"): try word("null")
        default: throw malformed("A value is expected here.")
        }
        nodes[number].next = UInt32(nodes.count)
    }

    private mutating func members(of object: Int, depth: Int) throws(XMLRefusal) {
        // Hashes and not names, so that many members cost little; equal hashes are looked into.
        var hashes: Set<Int> = []
        skipBlanks()
        if try current() == Byte.closeBrace {
            index += 1
            return
        }
        while true {
            skipBlanks()
            let start = index
            guard try current() == Byte.quote else {
                throw malformed("A member's name in quotation marks is expected.")
            }
            try string()
            // Bytes and not strings, because strings that look alike are equal.
            let name = JSONString.content(of: bytes, at: start)
            guard name.count <= limits.nameBytes else {
                throw refusal(
                    .jsonNameTooLong, at: start, "A member's name is longer than \(limits.nameBytes) bytes.",
                    step: .lexicalGuard
                )
            }
            guard hashes.insert(name.hashValue).inserted || !hasMember(named: name, in: object) else {
                throw refusal(.jsonRepeatedMember, at: start, "An object has two members of the same name.")
            }
            skipBlanks()
            guard try current() == Byte.colon else { throw malformed("A colon is expected behind a member's name.") }
            index += 1
            skipBlanks()
            try value(depth: depth, name: start)
            skipBlanks()
            switch try current() {
            case Byte.comma: index += 1
            case Byte.closeBrace:
                index += 1
                return
            default: throw malformed("A comma or a closing brace is expected.")
            }
        }
    }

    /// Whether the object that is being read has a member of this name already.
    private func hasMember(named name: [UInt8], in object: Int) -> Bool {
        var member = object + 1
        while member < nodes.count {
            if JSONString.content(of: bytes, at: Int(nodes[member].name)) == name { return true }
            member = Int(nodes[member].next)
        }
        return false
    }

    private mutating func items(depth: Int) throws(XMLRefusal) {
        skipBlanks()
        if try current() == Byte.closeBracket {
            index += 1
            return
        }
        while true {
            skipBlanks()
            try value(depth: depth)
            skipBlanks()
            switch try current() {
            case Byte.comma: index += 1
            case Byte.closeBracket:
                index += 1
                return
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

    /// Moves over a string.
    private mutating func string() throws(XMLRefusal) {
        let start = index
        index += 1
        while true {
            while index < bytes.count, bytes[index] != Byte.quote, bytes[index] != Byte.backslash,
                bytes[index] >= Byte.space
            { index += 1 }
            switch try current() {
            case Byte.quote:
                index += 1
                guard index - start <= limits.piece else {
                    throw refusal(
                        .documentTooLarge, at: start, "A string has more than \(limits.piece) bytes.",
                        step: .lexicalGuard
                    )
                }
                return
            case Byte.backslash:
                try escape()
            default:
                throw malformed("A string holds a control character that is not escaped.")
            }
        }
    }

    private mutating func escape() throws(XMLRefusal) {
        let start = index
        index += 1
        let letter = try current()
        index += 1
        if letter == UInt8(ascii: "u") {
            try character(from: start)
        } else if Byte.escaped(letter) == nil {
            index = start
            throw malformed("A string holds an escape that JSON does not have.")
        }
    }

    /// Moves over the digits of an escape `\u00F5`, or of two of them that form a surrogate pair.
    private mutating func character(from start: Int) throws(XMLRefusal) {
        let unit = try hexadecimal()
        guard unit != 0 else { throw refusal(.jsonNoCharacter, at: start, "A string holds the character NUL.") }
        guard (0xD800...0xDFFF).contains(unit) else { return }
        guard unit < 0xDC00, try current() == Byte.backslash else { throw halfCharacter(at: start) }
        index += 1
        guard try current() == UInt8(ascii: "u") else { throw halfCharacter(at: start) }
        index += 1
        guard (0xDC00...0xDFFF).contains(try hexadecimal()) else { throw halfCharacter(at: start) }
    }

    private mutating func hexadecimal() throws(XMLRefusal) -> UInt16 {
        var number: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = Byte.hexadecimal(try current()) else {
                throw malformed("An escape \\u needs four hexadecimal digits.")
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

    private typealias Byte = JSONByte
}

/// The bytes that JSON is made of.
private enum JSONByte {
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

    /// What a letter behind a backslash stands for; nil where JSON has no such escape, and for `u`.
    static func escaped(_ letter: UInt8) -> UInt8? {
        switch letter {
        case quote, backslash, UInt8(ascii: "/"): letter
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: nil
        }
    }

    /// The value of a hexadecimal digit.
    static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case zero...nine: byte - zero
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

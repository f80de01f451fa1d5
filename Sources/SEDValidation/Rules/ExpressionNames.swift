// SPDX-License-Identifier: EUPL-1.2

/// What an XPath 1.0 expression calls and refers to, found without evaluating it.
///
/// libxml2 looks names up only when it comes to them, so a misspelt function behind an `or` would stay unseen for
/// years; a rule file is refused for it when it is loaded.
struct ExpressionNames: Hashable {
    struct Call: Hashable {
        let prefix: String?
        let name: String
        /// The arguments as they stand; a literal keeps its quotes.
        let arguments: [String]
    }

    private(set) var calls: [Call] = []
    private(set) var variables: Set<String> = []
    private(set) var prefixes: Set<String> = []

    /// Words that a parenthesis may follow without being functions.
    private static let otherWords: Set<String> = [
        "node", "text", "comment", "processing-instruction", "and", "or", "div", "mod",
    ]

    init(in expression: String) {
        read(Array(expression.utf8))
    }

    private mutating func read(_ bytes: [UInt8]) {
        var place = 0
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "'"), UInt8(ascii: "\""):
                place = Self.endOfLiteral(in: bytes, from: place)
            case UInt8(ascii: "$"):
                let end = Self.endOfName(in: bytes, from: place + 1)
                variables.insert(Self.text(bytes[place + 1..<end]))
                place = end
            case let byte where Self.beginsName(byte):
                place = readName(bytes, from: place)
            default:
                place += 1
            }
        }
    }

    private mutating func readName(_ bytes: [UInt8], from start: Int) -> Int {
        var end = Self.endOfName(in: bytes, from: start)
        var prefix: String?
        var name = Self.text(bytes[start..<end])
        if end + 1 < bytes.count, bytes[end] == UInt8(ascii: ":"), bytes[end + 1] != UInt8(ascii: ":") {
            prefix = name
            prefixes.insert(name)
            let local = end + 1
            end = Self.endOfName(in: bytes, from: local)
            name = Self.text(bytes[local..<end])
            if end == local { return bytes[local] == UInt8(ascii: "*") ? local + 1 : local }
        }
        var next = end
        while next < bytes.count, Self.isBlank(bytes[next]) { next += 1 }
        if next < bytes.count, bytes[next] == UInt8(ascii: "("), prefix != nil || !Self.otherWords.contains(name) {
            calls.append(Call(prefix: prefix, name: name, arguments: Self.arguments(in: bytes, after: next)))
        }
        return end
    }

    /// The pieces between the commas of a call whose parenthesis opens at `open`.
    private static func arguments(in bytes: [UInt8], after open: Int) -> [String] {
        var pieces: [String] = []
        var start = open + 1
        walk(bytes[open...]) { place, byte, depth in
            if depth == 0 {
                let last = trimmed(bytes[start..<place])
                if !pieces.isEmpty || !last.isEmpty { pieces.append(last) }
                return false
            }
            if byte == UInt8(ascii: ","), depth == 1 {
                pieces.append(trimmed(bytes[start..<place]))
                start = place + 1
            }
            return true
        }
        return pieces
    }

    /// Visits what stands outside of literals, with how many brackets and parentheses are open.
    ///
    /// One that opens counts as open, one that closes does not. Ends when `visit` answers false.
    static func walk(_ bytes: ArraySlice<UInt8>, visit: (_ place: Int, _ byte: UInt8, _ depth: Int) -> Bool) {
        var depth = 0
        var place = bytes.startIndex
        while place < bytes.endIndex {
            let byte = bytes[place]
            switch byte {
            case UInt8(ascii: "'"), UInt8(ascii: "\""):
                place = bytes[(place + 1)...].firstIndex(of: byte) ?? bytes.endIndex
            case UInt8(ascii: "["), UInt8(ascii: "("):
                depth += 1
                if !visit(place, byte, depth) { return }
            case UInt8(ascii: "]"), UInt8(ascii: ")"):
                depth -= 1
                if !visit(place, byte, depth) { return }
            default:
                if !visit(place, byte, depth) { return }
            }
            place += 1
        }
    }

    private static func endOfLiteral(in bytes: [UInt8], from start: Int) -> Int {
        var place = start + 1
        while place < bytes.count, bytes[place] != bytes[start] { place += 1 }
        return min(place + 1, bytes.count)
    }

    /// Behind the bracket that closes the first one; nil when none does.
    static func endOfBracket(in bytes: ArraySlice<UInt8>) -> Int? {
        var end: Int?
        walk(bytes) { place, _, depth in
            if depth == 0 { end = place + 1 }
            return depth != 0
        }
        return end
    }

    private static func endOfName(in bytes: [UInt8], from start: Int) -> Int {
        var place = start
        while place < bytes.count, continuesName(bytes[place]) { place += 1 }
        return place
    }

    static func beginsName(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "_") || byte >= 0x80
    }

    static func continuesName(_ byte: UInt8) -> Bool {
        beginsName(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }

    static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
        var rest = bytes.drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return text(rest)
    }
}

/// A context of a rule: an XSLT pattern, cut at its alternatives.
struct ContextPattern {
    /// The alternatives between the bars.
    let alternatives: [Substring]

    init(_ text: String) {
        var bars: [Int] = []
        let bytes = Array(text.utf8)
        ExpressionNames.walk(bytes[...]) { place, byte, depth in
            if byte == UInt8(ascii: "|"), depth == 0 { bars.append(place) }
            return true
        }
        // Paths are cut at bytes: cutting at characters took a twentieth of a start.
        let starts = [0] + bars.map { $0 + 1 }
        alternatives = zip(starts, bars + [bytes.count]).map { start, end in
            var range = start..<end
            while let first = range.first, ExpressionNames.isBlank(bytes[first]) {
                range = first + 1..<range.upperBound
            }
            while let last = range.last, ExpressionNames.isBlank(bytes[last]) { range = range.lowerBound..<last }
            let view = text.utf8
            return text[
                view.index(
                    view.startIndex, offsetBy: range.lowerBound)..<view.index(
                        view.startIndex, offsetBy: range.upperBound)]
        }
    }

    /// Why an alternative is no pattern of XSLT that selects elements or attributes; nil when it is one.
    ///
    /// Source: XSLT 1.0 section 5.2. Patterns with `id()` and `key()` are not understood.
    static func fault(of alternative: Substring) -> String? {
        var bytes = Array(alternative.utf8)[...]
        func skipBlanks() { bytes = bytes.drop(while: ExpressionNames.isBlank) }
        func takes(_ text: String) -> Bool {
            guard bytes.starts(with: text.utf8) else { return false }
            bytes = bytes.dropFirst(text.utf8.count)
            skipBlanks()
            return true
        }
        func takesName() -> Bool {
            let name = bytes.prefix(while: ExpressionNames.continuesName)
            guard let first = name.first, ExpressionNames.beginsName(first) else { return false }
            bytes = bytes.dropFirst(name.count)
            return true
        }
        let isNoPattern = "this is no pattern of XSLT: \(alternative)"
        skipBlanks()
        if alternative.isEmpty { return "a context has an empty alternative" }
        if takes("//") || takes("/"), bytes.isEmpty { return alternative == "//" ? isNoPattern : nil }
        repeat {
            for start in ["child", "attribute"] {
                let rest = bytes.dropFirst(start.utf8.count).drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A }
                guard bytes.starts(with: start.utf8), rest.starts(with: "::".utf8) else { continue }
                bytes = rest.dropFirst(2)
                skipBlanks()
            }
            _ = takes("@")
            if !takes("*") {
                guard takesName() else { return isNoPattern }
                if bytes.starts(with: ":".utf8), !bytes.starts(with: "::".utf8) {
                    bytes = bytes.dropFirst()
                    guard bytes.first == UInt8(ascii: "*") || bytes.first.map(ExpressionNames.beginsName) == true else {
                        return isNoPattern
                    }
                    if bytes.first == UInt8(ascii: "*") { bytes = bytes.dropFirst() } else { _ = takesName() }
                }
                skipBlanks()
                if bytes.first == UInt8(ascii: "(") {
                    return "a context selects elements and attributes by their names, nothing else: \(alternative)"
                }
            }
            while bytes.first == UInt8(ascii: "[") {
                guard let end = ExpressionNames.endOfBracket(in: bytes) else { return isNoPattern }
                bytes = bytes[end...]
                skipBlanks()
            }
        } while takes("//") || takes("/")
        return bytes.isEmpty ? nil : isNoPattern
    }

    /// Prefix and local name of the first step, and what follows it, such as `/Person[1]`; nil when the alternative
    /// begins otherwise.
    static func qualifiedStart(of alternative: Substring) -> (prefix: String, name: String, rest: Substring)? {
        func nameEnd(_ text: Substring) -> Substring.Index {
            text.utf8.firstIndex { !ExpressionNames.continuesName($0) } ?? text.endIndex
        }
        let prefixEnd = nameEnd(alternative)
        guard prefixEnd < alternative.endIndex, alternative[prefixEnd] == ":" else { return nil }
        let local = alternative[alternative.index(after: prefixEnd)...]
        let localEnd = nameEnd(local)
        guard localEnd > local.startIndex, prefixEnd > alternative.startIndex else { return nil }
        return (String(alternative[..<prefixEnd]), String(local[..<localEnd]), local[localEnd...])
    }

    /// The local names of a simple alternative's steps; none of one that only XPath understands.
    static func names(in alternative: Substring) -> Set<String> {
        guard let path = SimplePath(alternative) else { return [] }
        return Set(
            path.names.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }.filter { $0 != "*" })
    }
}

/// A context that needs no XPath to be found: names, and perhaps a condition on the last element.
struct SimplePath {
    /// Local names with slashes between them; `*` for any.
    let names: String
    let condition: String?

    /// Nil for what only XPath understands.
    init?(_ pattern: Substring) {
        // Bytes: this is asked of every context when a rule file is read.
        let open = pattern.utf8.firstIndex(of: UInt8(ascii: "[")) ?? pattern.endIndex
        let path = pattern[..<open]
        let steps = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map(Substring.init)
        guard steps.allSatisfy(Self.isStep), steps.last != "*" || steps.count > 1 && steps[steps.count - 2] != "*"
        else {
            return nil
        }
        names = String(path)
        guard open < pattern.endIndex else {
            condition = nil
            return
        }
        let inner = pattern[pattern.index(after: open)...].dropLast()
        guard pattern.last == "]", !inner.contains("["), !inner.contains("]"), Self.isCondition(inner) else {
            return nil
        }
        condition = String(inner)
    }

    private static func isStep(_ step: Substring) -> Bool {
        step == "*"
            || step.utf8.first.map(ExpressionNames.beginsName) == true
                && step.utf8.allSatisfy(ExpressionNames.continuesName)
    }

    /// Whether a predicate is surely a question and no position: a bare number would choose by place.
    private static func isCondition(_ text: Substring) -> Bool {
        let calls = ExpressionNames(in: String(text)).calls
        if calls.contains(where: { $0.prefix == nil && ["position", "last"].contains($0.name) }) { return false }
        if calls.count == 1, calls[0].name == "not", text.hasPrefix("not("), text.hasSuffix(")") {
            return "not(\(calls[0].arguments.joined(separator: ", ")))" == text
        }
        return hasComparison(text) || text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy(isStep)
    }

    /// Whether two sides are compared outside of parentheses and literals: nothing binds less but `and` and `or`.
    private static func hasComparison(_ text: Substring) -> Bool {
        var found = false
        ExpressionNames.walk(Array(text.utf8)[...]) { _, byte, depth in
            found = depth == 0 && (byte == UInt8(ascii: "=") || byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">"))
            return !found
        }
        return found
    }
}

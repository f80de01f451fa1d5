// SPDX-License-Identifier: EUPL-1.2

/// Makes nearly right documents of right ones: a fault or two in markup, names, namespaces, attributes and texts.
package struct MarkupMutator {
    /// A tag, or a text between two tags.
    private enum Piece {
        case start(name: String, rest: String, isEmpty: Bool)
        case end(name: String)
        case text(String)
    }

    private let pieces: [Piece]
    private let names: [String]
    private var numbers: SeededNumbers

    /// `text` is a well-formed document without comments, CDATA sections and instructions but the declaration.
    package init(_ text: String, seed: UInt64) {
        var pieces: [Piece] = []
        var rest = Substring(text)
        if rest.hasPrefix("<?") {
            rest = rest[(rest.firstIndex(of: ">").map { rest.index(after: $0) } ?? rest.endIndex)...]
        }
        while let less = rest.firstIndex(of: "<"), let greater = rest[less...].firstIndex(of: ">") {
            if less > rest.startIndex { pieces.append(.text(String(rest[..<less]))) }
            pieces.append(Self.tag(rest[rest.index(after: less)..<greater]))
            rest = rest[rest.index(after: greater)...]
        }
        self.pieces = pieces
        names = Array(
            Set(
                pieces.compactMap { piece in
                    if case .start(let name, _, _) = piece { name } else { nil }
                })
        ).sorted()
        numbers = SeededNumbers(seed: seed)
    }

    private static func tag(_ inside: Substring) -> Piece {
        if inside.hasPrefix("/") { return .end(name: String(inside.dropFirst())) }
        let isEmpty = inside.hasSuffix("/")
        let body = isEmpty ? inside.dropLast() : inside
        let name = body.prefix { !" \n\t\r".contains($0) }
        return .start(name: String(name), rest: String(body.dropFirst(name.count)), isEmpty: isEmpty)
    }

    /// The next document, with one to three changes.
    package mutating func next() -> String {
        var pieces = pieces
        for _ in 0...numbers.number(3) { change(&pieces) }
        return Self.text(of: pieces)
    }

    private static func text(of pieces: [Piece]) -> String {
        var text = ""
        for piece in pieces {
            switch piece {
            case .start(let name, let rest, let isEmpty): text += "<" + name + rest + (isEmpty ? "/>" : ">")
            case .end(let name): text += "</" + name + ">"
            case .text(let content): text += content
            }
        }
        return text
    }

    // MARK: Changes

    private mutating func change(_ pieces: inout [Piece]) {
        guard let element = anElement(in: pieces) else { return }
        let end = Self.end(of: element, in: pieces)
        switch numbers.number(16) {
        case 0: if element > 0 { pieces.removeSubrange(element...end) }
        case 1: if element > 0 { pieces.insert(contentsOf: pieces[element...end], at: element) }
        case 2: swap(element, end, in: &pieces)
        case 3: rename(element, end, in: &pieces)
        case 4: add([" xmlns=''", " xmlns='urn:other'", " xmlns:q='urn:other'"], to: element, in: &pieces)
        case 5: addAttribute(to: element, in: &pieces)
        case 6: dropAttributes(of: element, in: &pieces)
        case 7: changeAttribute(of: element, in: &pieces)
        case 8: pieces.insert(.text(one(of: Self.insertions)), at: element + 1)
        case 9: pieces.insert(.text(one(of: Self.insertions)), at: end)
        case 10: copyElsewhere(element, end, in: &pieces)
        case 11: empty(element, end, in: &pieces)
        default: changeText(in: &pieces)
        }
    }

    private mutating func one<Item>(of items: [Item]) -> Item { items[numbers.number(items.count)] }

    private mutating func anElement(in pieces: [Piece]) -> Int? {
        let starts = pieces.indices.filter { if case .start = pieces[$0] { true } else { false } }
        return starts.isEmpty ? nil : one(of: starts)
    }

    private static func end(of element: Int, in pieces: [Piece]) -> Int {
        var depth = 0
        for index in element..<pieces.count {
            switch pieces[index] {
            case .start(_, _, let isEmpty): depth += isEmpty ? 0 : 1
            case .end: depth -= 1
            case .text: continue
            }
            if depth == 0 { return index }
        }
        return pieces.count - 1
    }

    private func swap(_ element: Int, _ end: Int, in pieces: inout [Piece]) {
        guard let next = pieces[(end + 1)...].firstIndex(where: { if case .text = $0 { false } else { true } }),
            case .start = pieces[next]
        else { return }
        let last = Self.end(of: next, in: pieces)
        pieces.replaceSubrange(element...last, with: Array(pieces[next...last]) + Array(pieces[element...end]))
    }

    private mutating func rename(_ element: Int, _ end: Int, in pieces: inout [Piece]) {
        guard case .start(let old, let rest, let isEmpty) = pieces[element] else { return }
        let name = one(of: [
            one(of: names), one(of: names), "stranger", old + "x", String(old.dropLast()) + "_", "value",
        ])
        pieces[element] = .start(name: name, rest: rest, isEmpty: isEmpty)
        if !isEmpty { pieces[end] = .end(name: name) }
    }

    private mutating func add(_ choices: [String], to element: Int, in pieces: inout [Piece]) {
        guard case .start(let name, let rest, let isEmpty) = pieces[element] else { return }
        pieces[element] = .start(name: name, rest: rest + one(of: choices), isEmpty: isEmpty)
    }

    private mutating func addAttribute(to element: Int, in pieces: inout [Piece]) {
        let instance = " xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'"
        let choices = [
            " a='1'", " Authority='urn:eu:europa:ec:dgempl:eessi:ir'", " Authority='other'", " xml:lang='et'",
            " xml:space='preserve'", " xml:id='a'", " xmlns:q='urn:q' q:a='1'", " sedPackage='x'", " sedVer='4'",
            instance + " xsi:type='x'", instance + " xsi:nil='true'", instance + " xsi:nil='false'",
            instance + " xsi:schemaLocation='urn:x y'", instance + " xsi:noNamespaceSchemaLocation='y'",
            " xmlns:xs='http://www.w3.org/2001/XMLSchema'" + instance + " xsi:type='xs:string'",
        ]
        // Most often the root, which has attributes of its own.
        let place = numbers.number(3) == 0 ? pieces.startIndex : element
        guard case .start = pieces[place] else { return }
        add(choices, to: place, in: &pieces)
    }

    private func dropAttributes(of element: Int, in pieces: inout [Piece]) {
        guard case .start(let name, let rest, let isEmpty) = pieces[element] else { return }
        let kept = rest.split(separator: " ").filter { $0.hasPrefix("xmlns") }
        pieces[element] = .start(name: name, rest: kept.map { " " + $0 }.joined(), isEmpty: isEmpty)
    }

    private mutating func changeAttribute(of element: Int, in pieces: inout [Piece]) {
        let bearers = pieces.indices.filter {
            if case .start(_, let rest, _) = pieces[$0] { rest.contains("=") } else { false }
        }
        guard !bearers.isEmpty else { return }
        let place = one(of: bearers)
        guard case .start(let name, let rest, let isEmpty) = pieces[place] else { return }
        let parts = rest.split(separator: "\"", omittingEmptySubsequences: false).map(String.init)
        let values = parts.indices.filter { $0 % 2 == 1 && !parts[$0 - 1].contains("xmlns") }
        guard !values.isEmpty else { return }
        var changed = parts
        let value = one(of: values)
        changed[value] = nearlyRight(parts[value]).replacing("\"", with: "").replacing("<", with: "&lt;")
        pieces[place] = .start(name: name, rest: changed.joined(separator: "\""), isEmpty: isEmpty)
    }

    private mutating func copyElsewhere(_ element: Int, _ end: Int, in pieces: inout [Piece]) {
        let copy = Array(pieces[element...end])
        guard let place = anElement(in: pieces), place > 0 else { return }
        pieces.insert(contentsOf: copy, at: place)
    }

    private mutating func empty(_ element: Int, _ end: Int, in pieces: inout [Piece]) {
        guard end > element + 1 else { return }
        pieces.replaceSubrange(
            (element + 1)..<end, with: numbers.number(2) == 0 ? [] : [.text(one(of: Self.insertions))])
    }

    private mutating func changeText(in pieces: inout [Piece]) {
        let leaves = pieces.indices.dropFirst().dropLast().filter { index in
            if case .text = pieces[index], case .start = pieces[index - 1], case .end = pieces[index + 1] {
                return true
            }
            return false
        }
        guard !leaves.isEmpty else { return }
        let leaf = one(of: leaves)
        guard case .text(let text) = pieces[leaf] else { return }
        pieces[leaf] = .text(nearlyRight(text))
    }

    private mutating func nearlyRight(_ text: String) -> String {
        switch numbers.number(10) {
        case 0: return text + one(of: Self.additions)
        case 1: return one(of: Self.additions) + text
        case 2:
            let middle = text.index(text.startIndex, offsetBy: text.count / 2)
            return String(text[..<middle]) + one(of: Self.additions + Self.insertions) + String(text[middle...])
        case 3: return String(text.dropLast())
        case 4: return String(text.reversed()).replacing("&", with: "").replacing("<", with: "")
        case 5: return String(repeating: text, count: 2 + numbers.number(30))
        default: return one(of: Self.texts)
        }
    }

    private static let insertions = [
        " ", "\n\t ", "\r", "&#13;", "&#x20;", "&#xA0;", "x", "<!-- c -->", "<?p i?>", "<![CDATA[]]>", "<![CDATA[ ]]>",
        "<![CDATA[x]]>", "<stranger/>", "<value>01</value>", "<q:a xmlns:q='urn:q'/>",
        "<ds:Signature xmlns:ds='http://www.w3.org/2000/09/xmldsig#'><a b='c'>t</a></ds:Signature>",
    ]
    private static let additions = [
        " ", "  ", "\n", "\t", "&#13;", "0", "1", "a", "A", ".", "-", "+", "Z", "õ", "𐍈", "e\u{301}", "\u{2028}",
        "\u{661}",
        "&amp;", "&lt;", "]", "T00:00:00", "+02:00", ".0", "E1", ":",
    ]
    private static let texts = [
        "", " ", "0", "-0", "+1", "1", "00", "01", "98", "true", "false", "TRUE", "1.2", "1.1", "4.4", "2147483647",
        "2147483648", "-2147483648", "-2147483649", "999999999", "1000000000", "0000000000000000000000000001", "1.5",
        "1234.50", "1234.5", "0.00", "0.05", ".5", "5.", "1e3", "INF", "-INF", "NaN", "9999999999.99", "12345678901.00",
        "123456789012345678901234567890", "2026-01-15", "2026-02-29", "2024-02-29", "1900-02-29", "2000-02-29",
        "2026-13-01",
        "2026-00-10", "2026-04-31", "0000-01-01", "0001-01-01", "-0001-01-01", "12026-01-01", "2026-1-1", "2026-01-15Z",
        "2026-01-15+02:00", "2026-01-15+14:00", "2026-01-15-14:00", "2026-01-15+13:59", "2026-01-15+14:01",
        "2026-01-15+2:00", "2026-01-15+02:60", "2026-01-15T10:00:00", "2026-01-15T10:00:00Z", "2026-01-15T24:00:00",
        "2026-01-15T23:59:59.999999999Z", "2026-01-15T23:59:60Z", "2026-01-15T10:00Z", "2026-01-15T10:00:00.",
        "2026-01-15T10:00:00.+01:00", " 2026-01-15", "2026-01-15\n", "EE:MTA001", "EE:MTA", "ee:MTA001", "XX:MTA001",
        "R017", "R_BUC_07:4.4", "R_BUC_07:4x4", "CaseOwner", "Start", "sed", "sed:", "sed:x", "a@b.c", "a@b", "@.",
        "+372 600 1000", "003726001000", "66666666-6666-4666-8666-666666666666", "DE89370400440532013000",
        "COBADEFF123",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "õõõõõõõõõõõõõõõõõõõõõõõõõ",
        "õõõõõõõõõõõõõõõõõõõõõõõõõõ",
        "a\tb", "a\nb", "a  b", " a", "a ", "\u{A0}", "\u{FEFF}", "&#9;", "&#10;", "1850", "1849", "2199", "2200",
    ]
}

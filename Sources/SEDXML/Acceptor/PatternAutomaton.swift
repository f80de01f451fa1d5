// SPDX-License-Identifier: EUPL-1.2

/// The characters of ASCII that a place in a pattern takes.
struct CharacterClass: Hashable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    mutating func insert(_ byte: UInt8) {
        if byte < 64 { low |= 1 << byte } else { high |= 1 << (byte - 64) }
    }

    func contains(_ byte: UInt8) -> Bool {
        byte < 64 ? low & 1 << byte != 0 : high & 1 << (byte - 64) != 0
    }

    mutating func formUnion(_ other: CharacterClass) {
        low |= other.low
        high |= other.high
    }

    init() {}

    init(where takes: (UInt8) -> Bool) {
        for byte: UInt8 in 1..<128 where takes(byte) { insert(byte) }
    }

    func inverted() -> CharacterClass { CharacterClass { !contains($0) } }
}

/// A deterministic automaton for patterns of XML Schema, over ASCII only: it says nothing about other texts.
struct PatternAutomaton {
    /// For each byte of ASCII its column; NUL has column 0, the end of the text.
    private(set) var columns: [UInt8] = []
    /// Rows by state, the first of which is never reached; see `csx_text_pattern`.
    private(set) var moves: [UInt16] = []
    private(set) var columnCount = 0

    private static let mostStates = 2_000

    /// The automaton of all texts that match one of the patterns; nil where one holds what is not understood here.
    init?(anyOf patterns: [String]) {
        var branches: [RegularExpression<CharacterClass>] = []
        for pattern in patterns {
            var reader = PatternReader(pattern)
            guard let branch = reader.read() else { return nil }
            branches.append(branch)
        }
        guard let positions = PositionAutomaton(.choice(branches)) else { return nil }
        setColumns(for: Set(positions.symbols))
        guard setMoves(for: positions) else { return nil }
    }

    /// Bytes that no place tells apart share a column.
    private mutating func setColumns(for classes: Set<CharacterClass>) {
        columns = Array(repeating: 0, count: 128)
        let list = Array(classes)
        var known: [[Bool]: UInt8] = [:]
        for byte: UInt8 in 1..<128 {
            let takers = list.map { $0.contains(byte) }
            let column = known[takers] ?? UInt8(known.count + 1)
            known[takers] = column
            columns[Int(byte)] = column
        }
        columnCount = known.count + 1
    }

    private mutating func setMoves(for positions: PositionAutomaton<CharacterClass>) -> Bool {
        var samples: [UInt8?] = Array(repeating: nil, count: columnCount)
        for byte: UInt8 in 1..<128 { samples[Int(columns[Int(byte)])] = byte }
        // A state is the set of positions that may come next, and whether the text may end here.
        struct State: Hashable {
            let next: [Int]
            let isFinal: Bool
        }
        let start = State(next: positions.first.sorted(), isFinal: positions.isNullable)
        var numbers = [start: 1]
        var states = [start]
        moves = Array(repeating: 0, count: columnCount)
        var index = 0
        while index < states.count {
            let state = states[index]
            index += 1
            moves.append(state.isFinal ? 1 : 0)
            for column in 1..<columnCount {
                guard let byte = samples[column] else { return false }
                let taken = state.next.filter { positions.symbols[$0].contains(byte) }
                guard !taken.isEmpty else {
                    moves.append(0)
                    continue
                }
                let next = State(
                    next: Array(Set(taken.flatMap { positions.followers[$0] })).sorted(),
                    isFinal: taken.contains { positions.last.contains($0) }
                )
                if numbers[next] == nil {
                    guard states.count < Self.mostStates else { return false }
                    states.append(next)
                    numbers[next] = states.count
                }
                moves.append(UInt16(numbers[next] ?? 0))
            }
        }
        return true
    }
}

/// Reads the part of the pattern language that schemas of SEDs use, without Unicode classes and subtraction.
private struct PatternReader {
    private let text: [UInt8]
    private var index = 0
    /// Deeper patterns are left to libxml2.
    private static let mostDepth = 50
    private static let mostTimes = 200

    init(_ text: String) {
        self.text = Array(text.utf8)
    }

    mutating func read() -> RegularExpression<CharacterClass>? {
        guard let expression = readChoice(depth: 0), index == text.count else { return nil }
        return expression
    }

    private var next: UInt8? { index < text.count ? text[index] : nil }

    private mutating func take(_ character: Character) -> Bool {
        guard let next, next == character.asciiValue else { return false }
        index += 1
        return true
    }

    private mutating func readChoice(depth: Int) -> RegularExpression<CharacterClass>? {
        guard depth < Self.mostDepth else { return nil }
        var branches: [RegularExpression<CharacterClass>] = []
        repeat {
            guard let branch = readBranch(depth: depth) else { return nil }
            branches.append(branch)
        } while take("|")
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func readBranch(depth: Int) -> RegularExpression<CharacterClass>? {
        var pieces: [RegularExpression<CharacterClass>] = []
        while let next, next != UInt8(ascii: "|"), next != UInt8(ascii: ")") {
            guard let atom = readAtom(depth: depth), let piece = readQuantifier(of: atom) else { return nil }
            pieces.append(piece)
        }
        return pieces.isEmpty ? nil : .sequence(pieces)
    }

    private mutating func readAtom(depth: Int) -> RegularExpression<CharacterClass>? {
        if take("(") {
            guard let group = readChoice(depth: depth + 1), take(")") else { return nil }
            return group
        }
        if take("[") { return readClass().map { .symbol($0) } }
        if take(".") { return .symbol(CharacterClass { $0 != 0x0A && $0 != 0x0D }) }
        if take("\\") { return readEscape().map { .symbol($0) } }
        guard let byte = next, byte < 128, !"?*+{}[]^$".utf8.contains(byte) else { return nil }
        index += 1
        return .symbol(CharacterClass { $0 == byte })
    }

    private mutating func readQuantifier(
        of atom: RegularExpression<CharacterClass>
    ) -> RegularExpression<CharacterClass>? {
        if take("?") { return .optional(atom) }
        if take("*") { return .optional(.oneOrMore(atom)) }
        if take("+") { return .oneOrMore(atom) }
        guard take("{") else { return atom }
        // libxml2 miscounts what may be empty.
        guard let least = readNumber(), least == 0 || !atom.isNullable else { return nil }
        if take("}") { return .times(atom, least: least, most: least) }
        guard take(",") else { return nil }
        if take("}") { return .times(atom, least: least, most: nil) }
        guard let most = readNumber(), take("}"), most >= least, most > 0 else { return nil }
        return .times(atom, least: least, most: most)
    }

    private mutating func readNumber() -> Int? {
        var number: Int?
        while let digit = next, (0x30...0x39).contains(digit) {
            number = (number ?? 0) * 10 + Int(digit - 0x30)
            index += 1
            if let number, number > Self.mostTimes { return nil }
        }
        return number
    }

    private mutating func readEscape() -> CharacterClass? {
        guard let byte = next else { return nil }
        index += 1
        let digits = CharacterClass { (0x30...0x39).contains($0) }
        switch byte {
        case UInt8(ascii: "d"): return digits
        case UInt8(ascii: "D"): return digits.inverted()
        case UInt8(ascii: "n"): return CharacterClass { $0 == 0x0A }
        case UInt8(ascii: "r"): return CharacterClass { $0 == 0x0D }
        case UInt8(ascii: "t"): return CharacterClass { $0 == 0x09 }
        case _ where #"\|.?*+(){}-[]^"#.utf8.contains(byte): return CharacterClass { $0 == byte }
        default: return nil
        }
    }

    /// Reads a class behind its opening bracket; a hyphen that is not escaped stands in ranges only.
    private mutating func readClass() -> CharacterClass? {
        let isInverted = take("^")
        var whole = CharacterClass()
        var isEmpty = true
        while !take("]") {
            isEmpty = false
            if take("\\") {
                guard let escape = readEscape(), next != UInt8(ascii: "-") else { return nil }
                whole.formUnion(escape)
                continue
            }
            guard let first = readPlain() else { return nil }
            var last = first
            if take("-") {
                guard let end = readPlain(), end >= first else { return nil }
                last = end
            }
            whole.formUnion(CharacterClass { (first...last).contains($0) })
        }
        guard !isEmpty else { return nil }
        return isInverted ? whole.inverted() : whole
    }

    private mutating func readPlain() -> UInt8? {
        guard let byte = next, byte < 128, !"[]-^\\".utf8.contains(byte) else { return nil }
        index += 1
        return byte
    }
}

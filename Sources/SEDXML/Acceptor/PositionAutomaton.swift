// SPDX-License-Identifier: EUPL-1.2

/// A regular expression over elements or characters.
indirect enum RegularExpression<Symbol> {
    case symbol(Symbol)
    case sequence([RegularExpression])
    case choice([RegularExpression])
    case optional(RegularExpression)
    case oneOrMore(RegularExpression)

    /// Whether it fits nothing at all.
    var isNullable: Bool {
        switch self {
        case .symbol: false
        case .sequence(let items): items.allSatisfy(\.isNullable)
        case .choice(let items): items.isEmpty || items.contains(where: \.isNullable)
        case .optional: true
        case .oneOrMore(let item): item.isNullable
        }
    }

    /// An expression so many times; nil for any number from `least` on.
    ///
    /// What may follow is nested, `a(a(a)?)?`, so that equal positions never compete.
    static func times(_ expression: RegularExpression, least: Int, most: Int?) -> RegularExpression {
        let must = Array(repeating: expression, count: least)
        guard let most else {
            return least == 0
                ? .optional(.oneOrMore(expression)) : .sequence(must.dropLast() + [.oneOrMore(expression)])
        }
        var rest: RegularExpression?
        for _ in least..<max(least, most) {
            rest = .optional(.sequence([expression] + (rest.map { [$0] } ?? [])))
        }
        return .sequence(must + (rest.map { [$0] } ?? []))
    }
}

/// The automaton of a regular expression by Glushkov: one position for each symbol, and which may follow which.
struct PositionAutomaton<Symbol> {
    /// More would make tables that cost more than they save.
    static var mostPositions: Int { 4_000 }

    private(set) var symbols: [Symbol] = []
    /// The positions that may follow each one, in the order of the expression.
    private(set) var followers: [[Int]] = []
    private(set) var first: [Int] = []
    private(set) var last: Set<Int> = []
    private(set) var isNullable = true

    /// Nil when the expression has too many symbols.
    init?(_ expression: RegularExpression<Symbol>) {
        guard let part = add(expression) else { return nil }
        first = part.first
        last = Set(part.last)
        isNullable = part.isNullable
        followers = followers.map { Array(Set($0)).sorted() }
    }

    private struct Part {
        var first: [Int] = []
        var last: [Int] = []
        var isNullable = true
    }

    private mutating func add(_ expression: RegularExpression<Symbol>) -> Part? {
        switch expression {
        case .symbol(let symbol):
            guard symbols.count < Self.mostPositions else { return nil }
            symbols.append(symbol)
            followers.append([])
            return Part(first: [symbols.count - 1], last: [symbols.count - 1], isNullable: false)
        case .sequence(let items):
            var whole = Part()
            for item in items {
                guard let part = add(item) else { return nil }
                connect(whole.last, to: part.first)
                if whole.isNullable { whole.first += part.first }
                whole.last = part.isNullable ? whole.last + part.last : part.last
                whole.isNullable = whole.isNullable && part.isNullable
            }
            return whole
        case .choice(let items):
            var whole = Part(isNullable: items.isEmpty)
            for item in items {
                guard let part = add(item) else { return nil }
                whole.first += part.first
                whole.last += part.last
                whole.isNullable = whole.isNullable || part.isNullable
            }
            return whole
        case .optional(let item):
            guard var part = add(item) else { return nil }
            part.isNullable = true
            return part
        case .oneOrMore(let item):
            guard let part = add(item) else { return nil }
            connect(part.last, to: part.first)
            return part
        }
    }

    private mutating func connect(_ from: [Int], to: [Int]) {
        for position in from { followers[position] += to }
    }
}

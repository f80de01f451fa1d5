// SPDX-License-Identifier: EUPL-1.2

/// A number as somebody wrote it, made ready for the schemes.
struct NumberText: Sendable {
    /// Digits, capital letters and signs that separate nothing; `0` stands for any other character.
    let characters: [UInt8]
    /// The same with the separators in their places.
    let written: [UInt8]
    /// The values of the digits; empty when there is anything but digits.
    let digits: [Int]

    /// No number of any scheme comes near to this, in bytes.
    static let limit = 64

    /// Drops blanks and makes letters capital; fails for a text that is empty or beyond the limit.
    init?(_ number: String) {
        guard number.utf8.count <= Self.limit else { return nil }
        var written: [UInt8] = []
        for scalar in number.unicodeScalars {
            switch scalar {
            case " ", "\t", "\r", "\n", "\u{A0}", "\u{202F}": continue
            // Word processors make other dashes of hyphens.
            case "\u{2010}", "\u{2011}", "\u{2012}", "\u{2013}": written.append(UInt8(ascii: "-"))
            case "a"..."z": written.append(UInt8(scalar.value) - 32)
            default: written.append(scalar.isASCII ? UInt8(scalar.value) : 0)
            }
        }
        self.init(written: written)
    }

    private init?(written: [UInt8]) {
        self.written = written
        characters = written.filter { !Self.isSeparator($0) }
        guard !characters.isEmpty else { return nil }
        let values = characters.map { Int($0) - 0x30 }
        digits = values.allSatisfy { (0...9).contains($0) } ? values : []
    }

    var count: Int { characters.count }

    /// Whether there are this many digits and nothing else.
    func isDigits(_ count: Int) -> Bool {
        digits.count == count
    }

    func isDigits(_ counts: ClosedRange<Int>) -> Bool {
        counts.contains(digits.count)
    }

    /// The value of the digit at a place; nil for anything else, and beyond the end.
    func digit(_ place: Int) -> Int? {
        guard characters.indices.contains(place), (0x30...0x39).contains(characters[place]) else { return nil }
        return Int(characters[place]) - 0x30
    }

    /// The values of the digits in a range; nil when there is anything else, or too little.
    func digits(_ range: Range<Int>) -> [Int]? {
        guard range.lowerBound >= 0, range.upperBound <= characters.count else { return nil }
        var values: [Int] = []
        for place in range {
            guard let value = digit(place) else { return nil }
            values.append(value)
        }
        return values
    }

    /// The place in the alphabet, from 0; nil for anything but a letter.
    func letter(_ place: Int) -> Int? {
        guard characters.indices.contains(place), (0x41...0x5A).contains(characters[place]) else { return nil }
        return Int(characters[place]) - 0x41
    }

    /// Whether one of these characters is at a place.
    func has(_ choices: StaticString, at place: Int) -> Bool {
        guard characters.indices.contains(place) else { return false }
        let character = characters[place]
        return "\(choices)".utf8.contains(character)
    }

    /// Whether the shape is that of a pattern: `9` for a digit, `A` for a letter, `*` for either.
    func fits(_ pattern: StaticString) -> Bool {
        let pattern = Array("\(pattern)".utf8)
        guard pattern.count == count else { return false }
        return pattern.indices.allSatisfy { place in
            let isDigit = digit(place) != nil
            let isLetter = letter(place) != nil
            switch pattern[place] {
            case UInt8(ascii: "9"): return isDigit
            case UInt8(ascii: "A"): return isLetter
            default: return isDigit || isLetter
            }
        }
    }

    /// Whether there are but letters and digits.
    var fitsLettersAndDigits: Bool {
        characters.indices.allSatisfy { digit($0) != nil || letter($0) != nil }
    }

    func hasPrefix(_ prefix: String) -> Bool {
        characters.starts(with: prefix.utf8)
    }

    /// What follows a prefix; nil when it has another beginning, or nothing follows.
    func without(prefix: String) -> NumberText? {
        guard hasPrefix(prefix) else { return nil }
        var left = prefix.utf8.count
        let rest = written.drop { character in
            guard left > 0 else { return false }
            if !Self.isSeparator(character) { left -= 1 }
            return true
        }
        return NumberText(written: Array(rest))
    }

    /// The first characters alone.
    func first(_ count: Int) -> NumberText? {
        NumberText(written: Array(characters.prefix(count)))
    }

    private static func isSeparator(_ character: UInt8) -> Bool {
        switch character {
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: ","), UInt8(ascii: ":"): true
        default: false
        }
    }
}

// SPDX-License-Identifier: EUPL-1.2

import SEDTestSupport

/// Invents numbers after patterns, the same ones on every run.
///
/// In a pattern `9` is any digit, `&` any letter, `DD`, `MM` and `YY` parts of a date that is mostly possible, `[ABC]`
/// one of the characters, `#` a digit and `?` a digit or letter of which all are tried, and anything else itself.
struct NumberGenerator {
    private var random: SeededNumbers

    init(seed: UInt64) {
        random = SeededNumbers(seed: seed)
    }

    /// Numbers after a pattern, right ones among wrong ones because every check character is tried.
    mutating func numbers(after pattern: String, bodies: Int) -> [String] {
        (0..<bodies).flatMap { _ in completed(body(after: Array(pattern))) }
    }

    /// Numbers that somebody could have written for this one: a digit changed, two swapped, one lost, one too many.
    mutating func nearMisses(of number: String) -> [String] {
        let characters = Array(number)
        guard characters.count > 2 else { return [] }
        var changed = characters
        let place = random.number(characters.count)
        changed[place] = changed[place].isNumber ? digit() : letter()
        var swapped = characters
        let first = random.number(characters.count - 1)
        swapped.swapAt(first, first + 1)
        var shorter = characters
        shorter.remove(at: random.number(characters.count))
        var longer = characters
        longer.insert(digit(), at: random.number(characters.count + 1))
        return [changed, swapped, shorter, longer].map { String($0) }
    }

    private mutating func body(after pattern: [Character]) -> [Character] {
        var result: [Character] = []
        var place = 0
        while place < pattern.count {
            let isPair = place + 1 < pattern.count && pattern[place] == pattern[place + 1]
            switch pattern[place] {
            case "9": result.append(digit())
            case "&": result.append(letter())
            case "D" where isPair:
                result += two(1 + random.number(isRare() ? 99 : 31))
                place += 1
            case "M" where isPair:
                result += two(1 + random.number(isRare() ? 99 : 12))
                place += 1
            case "Y" where isPair:
                result += two(random.number(100))
                place += 1
            case "[":
                let choices = pattern[(place + 1)...].prefix { $0 != "]" }
                result.append(choices[choices.startIndex + random.number(choices.count)])
                place += choices.count + 1
            default: result.append(pattern[place])
            }
            place += 1
        }
        return result
    }

    private func completed(_ body: [Character]) -> [String] {
        guard let place = body.firstIndex(where: { $0 == "#" || $0 == "?" }) else { return [String(body)] }
        let choices = body[place] == "#" ? Array("0123456789") : Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        return choices.flatMap { choice in
            var next = body
            next[place] = choice
            return completed(next)
        }
    }

    private func two(_ number: Int) -> [Character] {
        Array(number < 10 ? "0\(number)" : "\(number)")
    }

    /// True once in twenty times.
    private mutating func isRare() -> Bool { random.number(20) == 0 }

    private mutating func digit() -> Character {
        Character("\(random.number(10))")
    }

    private mutating func letter() -> Character {
        Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ")[random.number(26)]
    }
}

// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore

/// The arithmetic that several schemes share.
enum CheckDigits {
    /// The sum of the products of digits and weights, as far as both go.
    static func sum(_ digits: some Sequence<Int>, _ weights: [Int]) -> Int {
        zip(digits, weights).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// The digits read as one number, at most 18 of them.
    static func number(_ digits: some Sequence<Int>) -> Int {
        digits.prefix(18).reduce(0) { $0 * 10 + $1 }
    }

    /// The remainder of a number of any length.
    static func remainder(_ digits: some Sequence<Int>, by divisor: Int) -> Int {
        digits.reduce(0) { ($0 * 10 + $1) % divisor }
    }

    /// Luhn's check of ISO/IEC 7812-1: from the right every second digit is doubled and its own digits are added.
    static func luhn(_ digits: some BidirectionalCollection<Int>) -> Bool {
        luhnSum(digits).isMultiple(of: 10)
    }

    static func luhnSum(_ digits: some BidirectionalCollection<Int>) -> Int {
        var sum = 0
        for (place, digit) in digits.reversed().enumerated() {
            let value = place.isMultiple(of: 2) ? digit : digit * 2
            sum += value > 9 ? value - 9 : value
        }
        return sum
    }

    /// ISO/IEC 7064, MOD 11,10.
    static func mod11And10(_ digits: [Int]) -> Bool {
        guard let last = digits.last else { return false }
        var product = 10
        for digit in digits.dropLast() {
            let sum = (digit + product) % 10
            product = (sum == 0 ? 10 : sum) * 2 % 11
        }
        return (product + last) % 10 == 1
    }

    /// EAN-13: weights 1 and 3 in turn, the sum a multiple of ten.
    static func ean(_ digits: [Int]) -> Bool {
        sum(digits, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]).isMultiple(of: 10)
    }

    /// The check digit of the Baltic codes: modulo 11 with the weights 1 to 9 and 1 again, where that gives 10 with
    /// the weights from 3 on, where that gives 10 too zero.
    static func baltic(_ digits: some Sequence<Int>) -> Int {
        let first = sum(digits, [1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2]) % 11
        guard first == 10 else { return first }
        let second = sum(digits, [3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4]) % 11
        return second == 10 ? 0 : second
    }

    /// Verhoeff's check in the dihedral group of order ten; the check digit is the last one.
    static func verhoeff(_ digits: [Int]) -> Bool {
        var state = 0
        for (place, digit) in digits.reversed().enumerated() {
            var moved = digit
            for _ in 0..<(place % 8) { moved = verhoeffStep[moved] }
            state = dihedral(state, moved)
        }
        return state == 0
    }

    /// The permutation that Verhoeff applies once more for each place.
    private static let verhoeffStep = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]

    /// The product in the dihedral group: 0 to 4 turn, 5 to 9 turn and mirror.
    private static func dihedral(_ left: Int, _ right: Int) -> Int {
        switch (left < 5, right < 5) {
        case (true, true): (left + right) % 5
        case (true, false): (left + right - 5) % 5 + 5
        case (false, true): (left - 5 - right + 5) % 5 + 5
        case (false, false): (left - right + 5) % 5
        }
    }
}

extension NumberFacts {
    /// Facts with a date that must exist; digits for year, month and day as numbers.
    init?(year: Int, month: Int, day: Int, sex: Sex? = nil) {
        guard let date = CivilDate(year: year, month: month, day: day) else { return nil }
        self.init(birthDate: date, sex: sex)
    }

    /// Whether a day exists in 1900 to 2099, where the number leaves the century open.
    static func isDay(_ yearOfCentury: Int, _ month: Int, _ day: Int) -> Bool {
        // 2000 was a leap year, so the later century takes in all days of the earlier one.
        CivilDate(year: 2000 + yearOfCentury, month: month, day: day) != nil
    }
}

extension [Int] {
    /// Two neighbouring digits as a number; the caller has made sure that they are there.
    func pair(_ place: Int) -> Int {
        self[place] * 10 + self[place + 1]
    }

    /// Three neighbouring digits as a number; the caller has made sure that they are there.
    func triple(_ place: Int) -> Int {
        pair(place) * 10 + self[place + 2]
    }
}

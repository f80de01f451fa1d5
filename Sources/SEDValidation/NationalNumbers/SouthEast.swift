// SPDX-License-Identifier: EUPL-1.2

/// Bulgaria.
enum BulgarianNumbers {
    static let state = StateNumbers(
        person: [NumberScheme("bg.egn", reads: egn), NumberScheme("bg.lnch", accepts: lnch)],
        company: [
            NumberScheme("bg.eik", prefix: "BG", accepts: eik), NumberScheme("bg.eik-13", accepts: branch),
            NumberScheme("bg.dds-10", prefix: "BG", accepts: other),
        ]
    )

    /// EGN, `YYMMDDSSSC`: 20 added to the month for the 1800s, 40 for the 2000s; the last digit of S is even for men;
    /// weighted modulo 11.
    static func egn(_ text: NumberText) -> NumberFacts? {
        let digits = text.digits
        guard digits.count == 10, CheckDigits.sum(digits, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10 == digits[9] else {
            return nil
        }
        let month = digits.pair(2)
        let (century, offset) = month > 40 ? (2000, 40) : month > 20 ? (1800, 20) : (1900, 0)
        return NumberFacts(
            year: century + digits.pair(0), month: month - offset, day: digits.pair(4),
            sex: NumberFacts.Sex(oddIsMale: digits[8] + 1)
        )
    }

    /// LNCh of foreigners, ten digits weighted modulo 10.
    static func lnch(_ text: NumberText) -> Bool {
        text.isDigits(10) && CheckDigits.sum(text.digits, [21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10 == text.digits[9]
    }

    /// EIK (BULSTAT) and VAT number, nine digits: weights 1 to 8 modulo 11, where that gives 10 the weights 3 to 10.
    static func eik(_ text: NumberText) -> Bool {
        text.isDigits(9) && twice(text.digits.prefix(8), Array(1...8), Array(3...10)) == text.digits[8]
    }

    /// EIK of a branch, thirteen digits: the nine of its owner and four more, the last a check digit over these.
    ///
    /// Source: BULSTAT register; no oracle.
    static func branch(_ text: NumberText) -> Bool {
        guard text.isDigits(13), let owner = text.first(9), eik(owner) else { return false }
        return twice(text.digits[8..<12], [2, 7, 3, 5], [4, 9, 5, 7]) == text.digits[12]
    }

    /// VAT number of others than firms and natural persons, ten digits weighted modulo 11.
    static func other(_ text: NumberText) -> Bool {
        text.isDigits(10) && CheckDigits.sum(text.digits, [4, 3, 2, 7, 6, 5, 4, 3, 2, 1]).isMultiple(of: 11)
    }

    private static func twice(_ digits: some Sequence<Int>, _ first: [Int], _ second: [Int]) -> Int {
        let sum = CheckDigits.sum(digits, first) % 11
        return sum == 10 ? CheckDigits.sum(digits, second) % 11 % 10 : sum
    }
}

/// Croatia.
enum CroatianNumbers {
    static let state = StateNumbers(
        person: [
            NumberScheme("hr.oib", prefix: "HR", accepts: oib),
            NumberScheme("hr.jmbg", reads: SlovenianNumbers.emso),
            // The health insurance's number.
            NumberScheme("hr.mbo", hasShape: { $0.isDigits(9) }),
        ],
        company: [
            NumberScheme("hr.oib", prefix: "HR", accepts: oib),
            // Court register and statistics office.
            NumberScheme("hr.mbs", hasShape: { $0.isDigits(7...9) }),
        ]
    )

    /// OIB of persons and firms, eleven digits, ISO 7064 MOD 11,10.
    static func oib(_ text: NumberText) -> Bool {
        text.isDigits(11) && CheckDigits.mod11And10(text.digits)
    }
}

/// Romania.
enum RomanianNumbers {
    static let state = StateNumbers(
        person: [NumberScheme("ro.cnp", reads: cnp)],
        company: [
            NumberScheme("ro.cui", prefix: "RO", accepts: cui), NumberScheme("ro.onrc", accepts: onrc),
            NumberScheme("ro.onrc-2024", hasShape: oldRegistration),
        ]
    )

    /// CNP, `SYYMMDDJJNNNC`: S gives century and sex, and 7 and 8 residents, 9 foreigners, without a century; weighted
    /// modulo 11, where 10 becomes 1.
    ///
    /// The county JJ is not looked at, since codes are added.
    static func cnp(_ text: NumberText) -> NumberFacts? {
        let digits = text.digits
        guard digits.count == 13, digits[0] != 0 else { return nil }
        let rest = CheckDigits.sum(digits, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11
        guard (rest == 10 ? 1 : rest) == digits[12] else { return nil }
        let sex = digits[0] == 9 ? nil : NumberFacts.Sex(oddIsMale: digits[0])
        guard digits[0] <= 6 else {
            return NumberFacts.isDay(digits.pair(1), digits.pair(3), digits.pair(5)) ? NumberFacts(sex: sex) : nil
        }
        return NumberFacts(
            year: [1900, 1800, 2000][(digits[0] - 1) / 2] + digits.pair(1), month: digits.pair(3), day: digits.pair(5),
            sex: sex
        )
    }

    /// CUI and VAT number, two to ten digits not beginning with 0: weights 7, 5, 3, 2, 1, 7, 5, 3 and 2 from the
    /// right, ten times the sum modulo 11.
    static func cui(_ text: NumberText) -> Bool {
        let digits = text.digits
        guard (2...10).contains(digits.count), digits[0] != 0 else { return false }
        let sum = CheckDigits.sum(digits.dropLast().reversed(), [2, 3, 5, 7, 1, 2, 3, 5, 7])
        return sum * 10 % 11 % 10 == digits.last
    }

    /// Register number since 2024, `JYYYYNNNNNNJJC`: J, F or C, year, number, county or 00, check digit.
    ///
    /// The check digit is the last digit of the sum, the letter counting as the last digit of its ASCII code.
    static func onrc(_ text: NumberText) -> Bool {
        guard text.count == 14, let digits = text.digits(1..<14) else { return false }
        let letter: Int
        switch text.characters[0] {
        case UInt8(ascii: "J"): letter = 4
        case UInt8(ascii: "F"): letter = 0
        case UInt8(ascii: "C"): letter = 7
        default: return false
        }
        let year = digits.pair(0) * 100 + digits.pair(2)
        let county = digits.pair(10)
        let isCounty = (1...40).contains(county) || county == 51 || county == 52
        guard (1990...2099).contains(year), year <= 2024 && isCounty || year >= 2024 && county == 0 else {
            return false
        }
        return (letter + digits.dropLast().reduce(0, +)) % 10 == digits[12]
    }

    /// Register number until 2024, `J99/99999/9999`.
    static func oldRegistration(_ text: NumberText) -> Bool {
        let slashes = text.written.filter { $0 == UInt8(ascii: "/") }.count
        return text.has("JFC", at: 0) && slashes == 2 && (7...12).contains(text.count)
            && text.digits(1..<text.count) != nil
    }
}

/// Slovenia.
enum SlovenianNumbers {
    static let state = StateNumbers(
        person: [
            NumberScheme("si.emso", reads: emso), NumberScheme("si.davcna", prefix: "SI", accepts: davcna),
            // The health insurance's number.
            NumberScheme("si.zzzs", hasShape: { $0.isDigits(9) }),
        ],
        company: [
            NumberScheme("si.davcna", prefix: "SI", accepts: davcna), NumberScheme("si.maticna", accepts: maticna),
        ]
    )

    /// EMŠO, and JMBG in Croatia, `DDMMYYYRRSSSC`: YYY are the last digits of the year, S below 500 for men; weighted
    /// modulo 11.
    static func emso(_ text: NumberText) -> NumberFacts? {
        let digits = text.digits
        guard digits.count == 13 else { return nil }
        let rest = CheckDigits.sum(digits, [7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11
        guard (11 - rest) % 11 % 10 == digits[12] else { return nil }
        let year = digits.triple(4)
        return NumberFacts(
            year: year < 800 ? 2000 + year : 1000 + year, month: digits.pair(2), day: digits.pair(0),
            sex: digits[9] < 5 ? .male : .female
        )
    }

    /// Davčna številka and VAT number, eight digits not beginning with 0, weighted modulo 11.
    static func davcna(_ text: NumberText) -> Bool {
        guard text.isDigits(8), text.digits[0] != 0 else { return false }
        let rest = CheckDigits.sum(text.digits, [8, 7, 6, 5, 4, 3, 2]) % 11
        // A remainder of 0 is never issued.
        return rest != 0 && (11 - rest) % 10 == text.digits[7]
    }

    /// Matična številka of firms, seven digits weighted modulo 11, or ten with the number of a part.
    static func maticna(_ text: NumberText) -> Bool {
        guard text.count == 7 || text.fits("9999999*99"), let digits = text.digits(0..<7) else { return false }
        let rest = CheckDigits.sum(digits, [7, 6, 5, 4, 3, 2]) % 11
        return rest != 0 && (11 - rest) % 10 == digits[6]
    }
}

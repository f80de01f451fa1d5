// SPDX-License-Identifier: EUPL-1.2

/// Denmark.
enum DanishNumbers {
    static let state = StateNumbers(
        person: [
            NumberScheme("dk.cpr", reads: cpr),
            // Administrative numbers for those without a CPR number add 60 to the day.
            NumberScheme("dk.erstatnings-cpr", hasShape: { $0.isDigits(10) && (61...91).contains($0.digits.pair(0)) }),
        ],
        company: [
            NumberScheme("dk.cvr", prefix: "DK", accepts: cvr),
            NumberScheme("dk.p-nummer", hasShape: { $0.isDigits(10) }),
        ]
    )

    /// CPR number, `DDMMYY-SSSS`: the seventh digit and the year give the century, the last digit the sex.
    ///
    /// The check digit is not looked at: since October 2007 numbers are issued that do not keep to it.
    static func cpr(_ text: NumberText) -> NumberFacts? {
        let digits = text.digits
        guard digits.count == 10 else { return nil }
        let year = digits.pair(4)
        let century =
            switch digits[6] {
            case 0...3: 1900
            case 4, 9: year < 37 ? 2000 : 1900
            default: year < 58 ? 2000 : 1800
            }
        return NumberFacts(
            year: century + year, month: digits.pair(2), day: digits.pair(0),
            sex: NumberFacts.Sex(oddIsMale: digits[9])
        )
    }

    /// CVR number, eight digits not beginning with 0, weighted sum a multiple of 11.
    static func cvr(_ text: NumberText) -> Bool {
        text.isDigits(8) && text.digits[0] != 0
            && CheckDigits.sum(text.digits, [2, 7, 6, 5, 4, 3, 2, 1]).isMultiple(of: 11)
    }
}

/// Finland.
enum FinnishNumbers {
    static let state = StateNumbers(
        person: [NumberScheme("fi.hetu", reads: hetu)],
        company: [
            NumberScheme("fi.y-tunnus", prefix: "FI", accepts: yTunnus),
            NumberScheme("fi.yhdistysrekisteri", hasShape: { $0.isDigits(1...6) }),
        ]
    )

    /// Henkilötunnus, `DDMMYYsNNNC`: s is the century, NNN odd for men, C one of 31 characters.
    ///
    /// The signs beside `+`, `-` and `A` came in 2023. Numbers from 900 on are temporary ones. Source: the Digital and
    /// Population Data Services Agency.
    static func hetu(_ text: NumberText) -> NumberFacts? {
        let written = text.written
        guard written.count == 11 else { return nil }
        let century: Int
        switch written[6] {
        case UInt8(ascii: "+"): century = 1800
        case UInt8(ascii: "-"), UInt8(ascii: "U")...UInt8(ascii: "Y"): century = 1900
        case UInt8(ascii: "A")...UInt8(ascii: "F"): century = 2000
        default: return nil
        }
        // The sign may be a hyphen, which is no character of the number.
        let digits = (written[0..<6] + written[7..<10]).map { Int($0) - 0x30 }
        guard digits.allSatisfy({ (0...9).contains($0) }), digits.triple(6) >= 2 else { return nil }
        let checks = Array("0123456789ABCDEFHJKLMNPRSTUVWXY".utf8)
        guard checks[CheckDigits.number(digits) % 31] == written[10] else { return nil }
        return NumberFacts(
            year: century + digits.pair(4), month: digits.pair(2), day: digits.pair(0),
            sex: NumberFacts.Sex(oddIsMale: digits[8])
        )
    }

    /// Y-tunnus and VAT number, seven digits and a check digit, weighted sum a multiple of 11.
    static func yTunnus(_ text: NumberText) -> Bool {
        text.isDigits(8) && CheckDigits.sum(text.digits, [7, 9, 10, 5, 8, 4, 2, 1]).isMultiple(of: 11)
    }
}

/// Iceland.
enum IcelandicNumbers {
    static let state = StateNumbers(
        person: [
            NumberScheme("is.kennitala", reads: person),
            // Since 18 February 2026 the register issues numbers that do not keep to the check digit; numbers outside
            // the register begin with 8 or 9 and hold no date. Source: Registers Iceland.
            NumberScheme(
                "is.kennitala-shape", hasShape: { $0.isDigits(10) && ($0.digits[0] >= 8 || personDate($0) != nil) }
            ),
        ],
        company: [
            NumberScheme("is.kennitala-fyrirtaekja", accepts: company),
            NumberScheme("is.vsk", prefix: "IS", hasShape: { $0.isDigits(5...6) }),
        ]
    )

    /// Kennitala, `DDMMYY-NNCA`: A is 9 for the 1900s and 0 for the 2000s, C weighted modulo 11.
    static func person(_ text: NumberText) -> NumberFacts? {
        hasCheckDigit(text) ? personDate(text) : nil
    }

    private static func personDate(_ text: NumberText) -> NumberFacts? {
        guard text.isDigits(10), let century = century(text) else { return nil }
        let digits = text.digits
        return NumberFacts(year: century + digits.pair(4), month: digits.pair(2), day: digits.pair(0))
    }

    /// Kennitala of an organisation: the same with 40 added to the day of registration.
    ///
    /// A few were issued with a day that their month does not have.
    static func company(_ text: NumberText) -> Bool {
        guard text.isDigits(10), hasCheckDigit(text), century(text) != nil else { return false }
        return (41...71).contains(text.digits.pair(0)) && (1...12).contains(text.digits.pair(2))
    }

    private static func century(_ text: NumberText) -> Int? {
        switch text.digits[9] {
        case 9: 1900
        case 0: 2000
        default: nil
        }
    }

    private static func hasCheckDigit(_ text: NumberText) -> Bool {
        text.isDigits(10) && CheckDigits.sum(text.digits, [3, 2, 7, 6, 5, 4, 3, 2, 1]).isMultiple(of: 11)
    }
}

/// Norway.
enum NorwegianNumbers {
    static let state = StateNumbers(
        person: [
            NumberScheme("no.fodselsnummer", reads: fodselsnummer),
            // Common emergency numbers of hospitals, and the immigration authority's DUF numbers.
            NumberScheme("no.fh-nummer", hasShape: { $0.isDigits(11) && $0.digits[0] >= 8 }),
            NumberScheme("no.duf", hasShape: { $0.isDigits(12) }),
        ],
        company: [NumberScheme("no.orgnr", prefix: "NO", accepts: orgnr)]
    )

    /// Fødselsnummer, `DDMMYYNNNCC`, with the D-number (40 added to the day) and the H-number (40 added to the month).
    ///
    /// NNN and the year give the century, its last digit the sex. Both check digits are weighted modulo 11; from 2032
    /// on the tax administration loosens the first. Source: Skatteetaten.
    static func fodselsnummer(_ text: NumberText) -> NumberFacts? {
        let digits = text.digits
        guard digits.count == 11, digits[0] < 8,
            CheckDigits.sum(digits, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]).isMultiple(of: 11),
            CheckDigits.sum(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]).isMultiple(of: 11)
        else { return nil }
        let day = digits.pair(0)
        let month = digits.pair(2)
        let year = digits.pair(4)
        let century: Int
        switch (digits.triple(6), year) {
        case (0...499, _), (900..., 40...): century = 1900
        case (500...749, 54...): century = 1800
        case (500..., ..<40): century = 2000
        default: return nil
        }
        return NumberFacts(
            year: century + year, month: month > 40 ? month - 40 : month, day: day > 40 ? day - 40 : day,
            sex: NumberFacts.Sex(oddIsMale: digits[8])
        )
    }

    /// Organisasjonsnummer, nine digits weighted modulo 11, with `MVA` behind it where it is the VAT number.
    static func orgnr(_ text: NumberText) -> Bool {
        var text = text
        if text.count == 12, text.characters.suffix(3) == Array("MVA".utf8)[...], let first = text.first(9) {
            text = first
        }
        return text.isDigits(9) && CheckDigits.sum(text.digits, [3, 2, 7, 6, 5, 4, 3, 2, 1]).isMultiple(of: 11)
    }
}

/// Sweden.
enum SwedishNumbers {
    static let state = StateNumbers(
        person: [
            NumberScheme("se.personnummer", reads: { read($0, dayOffset: 0) }),
            NumberScheme("se.samordningsnummer", reads: { read($0, dayOffset: 60) }),
        ],
        company: [NumberScheme("se.orgnr", accepts: orgnr), NumberScheme("se.moms", prefix: "SE", accepts: moms)]
    )

    /// Personnummer, `YYMMDD-NNNC` or with the century, and the coordination number, which adds 60 to the day.
    ///
    /// Luhn over the last ten digits. With ten digits the century depends on the day of reading, with `+` for those of
    /// a hundred years or more. Source: Skatteverket, SKV 704 and SKV 707.
    private static func read(_ text: NumberText, dayOffset: Int) -> NumberFacts? {
        let signs = text.written.filter { !(0x30...0x39).contains($0) }
        guard signs.isEmpty || signs == [UInt8(ascii: "-")] || signs == [UInt8(ascii: "+")] else { return nil }
        if !signs.isEmpty {
            guard text.written.count > 5, !(0x30...0x39).contains(text.written[text.written.count - 5]) else {
                return nil
            }
        }
        let digits = text.written.filter { (0x30...0x39).contains($0) }.map { Int($0) - 0x30 }
        guard digits.count == 10 || digits.count == 12, CheckDigits.luhn(digits.suffix(10)) else { return nil }
        let last = Array(digits.suffix(10))
        let sex = NumberFacts.Sex(oddIsMale: last[8])
        let day = last.pair(4) - dayOffset
        // Coordination numbers may leave month and day open.
        if dayOffset > 0, last.pair(2) == 0 || day == 0 {
            return last.pair(2) <= 12 && (0...31).contains(day) ? NumberFacts(sex: sex) : nil
        }
        if digits.count == 12 {
            return NumberFacts(year: digits.pair(0) * 100 + digits.pair(2), month: last.pair(2), day: day, sex: sex)
        }
        return NumberFacts.isDay(last.pair(0), last.pair(2), day) ? NumberFacts(sex: sex) : nil
    }

    /// Organisationsnummer, ten digits with Luhn's check digit.
    static func orgnr(_ text: NumberText) -> Bool {
        text.isDigits(10) && CheckDigits.luhn(text.digits)
    }

    /// Momsregistreringsnummer (VAT): the organisationsnummer and 01.
    static func moms(_ text: NumberText) -> Bool {
        text.isDigits(12) && text.digits.pair(10) == 1 && CheckDigits.luhn(text.digits.dropLast(2))
    }
}

// SPDX-License-Identifier: EUPL-1.2

/// Czechia.
enum CzechNumbers {
    static let state = StateNumbers(
        person: [rodneCislo, insuredForeigner],
        company: [
            NumberScheme("cz.ico", prefix: "CZ", accepts: ico),
            NumberScheme("cz.dic-6", prefix: "CZ", accepts: special),
        ]
    )

    static let rodneCislo = NumberScheme("cz.rodne-cislo", reads: birthNumber)

    /// Numbers that insurers give to foreigners: 40 or 50 added to the day.
    static let insuredForeigner = NumberScheme(
        "cz.cislo-pojistence", hasShape: { $0.isDigits(9...10) && (41...81).contains($0.digits.pair(4)) }
    )

    /// Rodné číslo of Czechia and Slovakia, `YYMMDD/NNN` until 1953 and `YYMMDD/NNNC` since: 50 added to the month
    /// for women, 20 where numbers are used up.
    ///
    /// C is the remainder of the rest modulo 11, and 0 for the remainder 10. Source: Act 133/2000; Czech Social
    /// Security Administration.
    static func birthNumber(_ text: NumberText) -> NumberFacts? {
        let digits = text.digits
        guard digits.count == 9 || digits.count == 10 else { return nil }
        let year = digits.pair(0)
        let century: Int
        if digits.count == 9 {
            guard digits.triple(6) != 0 else { return nil }
            century = year > 53 ? 1800 : 1900
        } else {
            guard CheckDigits.number(digits.dropLast()) % 11 % 10 == digits[9] else { return nil }
            century = year > 53 ? 1900 : 2000
        }
        let month = digits.pair(2)
        let ofYear = month > 50 ? month - 50 : month
        return NumberFacts(
            year: century + year, month: ofYear > 20 ? ofYear - 20 : ofYear, day: digits.pair(4),
            sex: month > 50 ? .female : .male
        )
    }

    /// IČO, and with CZ before it the DIČ (VAT) of legal persons: eight digits, not beginning with 9.
    static func ico(_ text: NumberText) -> Bool {
        text.isDigits(8) && text.digits[0] != 9 && hasCheckDigit(text.digits)
    }

    /// The check digit of Czech and Slovak IČO: 11 minus the weighted sum modulo 11, of which the last digit counts.
    static func hasCheckDigit(_ digits: [Int]) -> Bool {
        let rest = CheckDigits.sum(digits.dropLast(), [8, 7, 6, 5, 4, 3, 2]) % 11
        return (11 - rest) % 10 == digits[7]
    }

    /// DIČ of persons without a rodné číslo: nine digits beginning with 6, which does not enter the sum.
    static func special(_ text: NumberText) -> Bool {
        guard text.isDigits(9), text.digits[0] == 6 else { return false }
        let rest = CheckDigits.sum(text.digits.dropFirst().dropLast(), [8, 7, 6, 5, 4, 3, 2]) % 11
        return (rest + 8) % 10 == text.digits[8]
    }
}

/// Slovakia.
enum SlovakNumbers {
    static let state = StateNumbers(
        person: [NumberScheme("sk.rodne-cislo", reads: CzechNumbers.birthNumber)],
        company: [
            NumberScheme("sk.ic-dph", prefix: "SK", accepts: vat),
            NumberScheme("sk.ico", accepts: { $0.isDigits(8) && CzechNumbers.hasCheckDigit($0.digits) }),
        ]
    )

    /// DIČ and IČ DPH (VAT), ten digits that are a multiple of 11, the third one of 2, 3, 4, 7, 8 and 9.
    static func vat(_ text: NumberText) -> Bool {
        text.isDigits(10) && text.digits[0] != 0 && [2, 3, 4, 7, 8, 9].contains(text.digits[2])
            && CheckDigits.number(text.digits).isMultiple(of: 11)
    }
}

/// Hungary.
enum HungarianNumbers {
    static let state = StateNumbers(
        person: [
            NumberScheme("hu.taj", accepts: taj), NumberScheme("hu.adoazonosito", accepts: adoazonosito),
            NumberScheme("hu.szemelyi-azonosito", reads: szemelyiAzonosito),
            // Personal identifiers of foreigners.
            NumberScheme("hu.szemelyi-azonosito-5", hasShape: { $0.isDigits(11) && (5...8).contains($0.digits[0]) }),
        ],
        company: [
            NumberScheme("hu.adoszam", prefix: "HU", accepts: adoszam),
            NumberScheme("hu.cegjegyzekszam", hasShape: { $0.isDigits(10) }),
        ]
    )

    /// TAJ, nine digits: weights 3 and 7 in turn, modulo 10.
    ///
    /// Source: Act XX of 1996, annex; no oracle.
    static func taj(_ text: NumberText) -> Bool {
        text.isDigits(9) && CheckDigits.sum(text.digits, [3, 7, 3, 7, 3, 7, 3, 7]) % 10 == text.digits[8]
    }

    /// Adóazonosító jel, ten digits from 8 on: weights 1 to 9, modulo 11.
    ///
    /// Source: tax administration; no oracle.
    static func adoazonosito(_ text: NumberText) -> Bool {
        text.isDigits(10) && text.digits[0] == 8
            && CheckDigits.sum(text.digits, [1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11 == text.digits[9]
    }

    /// Személyi azonosító, `GYYMMDDSSSC`: G is 1 or 2 for the 1900s, 3 or 4 for the 2000s, odd for men.
    ///
    /// Weights 1 to 10, from the birth year 1997 on 10 to 1, modulo 11. Source: Act XX of 1996, annex; no oracle.
    static func szemelyiAzonosito(_ text: NumberText) -> NumberFacts? {
        let digits = text.digits
        guard digits.count == 11, (1...4).contains(digits[0]) else { return nil }
        let year = (digits[0] < 3 ? 1900 : 2000) + digits.pair(1)
        let weights = year < 1997 ? Array(1...10) : (1...10).reversed()
        guard CheckDigits.sum(digits, weights) % 11 == digits[10] else { return nil }
        return NumberFacts(
            year: year, month: digits.pair(3), day: digits.pair(5), sex: NumberFacts.Sex(oddIsMale: digits[0])
        )
    }

    /// Adószám: eight digits with weights 9, 7, 3 and 1 modulo 10, alone (VAT) or with VAT code and county.
    static func adoszam(_ text: NumberText) -> Bool {
        (text.isDigits(8) || text.isDigits(11))
            && CheckDigits.sum(text.digits, [9, 7, 3, 1, 9, 7, 3, 1]).isMultiple(of: 10)
    }
}

/// Poland.
enum PolishNumbers {
    static let state = StateNumbers(
        person: [NumberScheme("pl.pesel", reads: pesel), NumberScheme("pl.nip", prefix: "PL", accepts: nip)],
        company: [
            NumberScheme("pl.nip", prefix: "PL", accepts: nip), NumberScheme("pl.regon", accepts: regon),
            NumberScheme("pl.krs", hasShape: { $0.isDigits(10) && $0.digits[0] == 0 }),
        ]
    )

    /// PESEL, `YYMMDDSSSSC`: 80, 0, 20, 40 and 60 added to the month for the centuries from 1800 to 2200; the last
    /// digit of S is odd for men; weights 1, 3, 7 and 9 modulo 10.
    static func pesel(_ text: NumberText) -> NumberFacts? {
        let digits = text.digits
        guard digits.count == 11,
            CheckDigits.sum(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]).isMultiple(of: 10)
        else { return nil }
        let month = digits.pair(2)
        return NumberFacts(
            year: [1900, 2000, 2100, 2200, 1800][month / 20] + digits.pair(0), month: month % 20, day: digits.pair(4),
            sex: NumberFacts.Sex(oddIsMale: digits[9])
        )
    }

    /// NIP, ten digits weighted modulo 11.
    static func nip(_ text: NumberText) -> Bool {
        text.isDigits(10) && CheckDigits.sum(text.digits, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == text.digits[9]
    }

    /// REGON, nine digits weighted modulo 11, or fourteen with a check digit of their own.
    static func regon(_ text: NumberText) -> Bool {
        let digits = text.digits
        guard digits.count == 9 || digits.count == 14,
            CheckDigits.sum(digits, [8, 9, 2, 3, 4, 5, 6, 7]) % 11 % 10 == digits[8]
        else { return false }
        return digits.count == 9
            || CheckDigits.sum(digits, [2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8]) % 11 % 10 == digits[13]
    }
}

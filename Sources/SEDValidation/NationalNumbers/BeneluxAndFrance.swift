// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore

/// Belgium.
enum BelgianNumbers {
    static let state = StateNumbers(
        person: [NumberScheme("be.nn", reads: rijksregisternummer), NumberScheme("be.bis", reads: bisnummer)],
        company: [
            NumberScheme("be.ondernemingsnummer", prefix: "BE", accepts: ondernemingsnummer),
            NumberScheme("be.vestigingseenheidsnummer", accepts: vestigingseenheid),
            // Employer numbers of the social-security office of before the enterprise register.
            NumberScheme("be.rsz", hasShape: { $0.isDigits(7...8) }),
        ]
    )

    /// Rijksregisternummer, `YYMMDD-NNN.CC`: CC is 97 minus the remainder of the rest modulo 97.
    ///
    /// A 2 stands before the rest for those born from 2000 on. NNN is odd for men. Month or day are 00, or days run on, where the date is not known or its numbers are used up.
    static func rijksregisternummer(_ text: NumberText) -> NumberFacts? {
        guard text.isDigits(11), (0...12).contains(text.digits.pair(2)) else { return nil }
        return read(text.digits, sexIsKnown: true)
    }

    /// Bisnummer for those outside the register: 20 added to the month, or 40 when the sex is known.
    static func bisnummer(_ text: NumberText) -> NumberFacts? {
        guard text.isDigits(11) else { return nil }
        let month = text.digits.pair(2)
        guard (20...32).contains(month) || (40...52).contains(month) else { return nil }
        return read(text.digits, sexIsKnown: month >= 40)
    }

    private static func read(_ digits: [Int], sexIsKnown: Bool) -> NumberFacts? {
        let number = CheckDigits.number(digits.prefix(9))
        let check = 97 - digits.pair(9)
        guard number > 0 else { return nil }
        let century: Int
        if number % 97 == check {
            century = 1900
        } else if (2_000_000_000 + number) % 97 == check {
            century = 2000
        } else {
            return nil
        }
        let date = CivilDate(year: century + digits.pair(0), month: digits.pair(2) % 20, day: digits.pair(4))
        // 00-00-01 stands for a birth date of which nothing is known, and the month is 00 there.
        return NumberFacts(
            birthDate: date, sex: sexIsKnown ? NumberFacts.Sex(oddIsMale: digits[8]) : nil
        )
    }

    /// Ondernemingsnummer and VAT number, ten digits from 0 or 1 on, formerly nine: the last two are 97 minus the
    /// remainder of the rest.
    static func ondernemingsnummer(_ text: NumberText) -> Bool {
        let digits = text.digits.count == 9 ? [0] + text.digits : text.digits
        return digits.count == 10 && digits[0] <= 1 && hasCheckDigits(digits)
    }

    /// Vestigingseenheidsnummer of an establishment, ten digits from 2 to 8 on, checked as the enterprise number.
    static func vestigingseenheid(_ text: NumberText) -> Bool {
        text.isDigits(10) && (2...8).contains(text.digits[0]) && hasCheckDigits(text.digits)
    }

    private static func hasCheckDigits(_ digits: [Int]) -> Bool {
        let number = CheckDigits.number(digits.prefix(8))
        return number + digits.pair(8) > 0 && (number + digits.pair(8)).isMultiple(of: 97)
    }
}

/// Netherlands.
enum DutchNumbers {
    static let state = StateNumbers(
        person: [NumberScheme("nl.bsn", accepts: bsn)],
        company: [
            NumberScheme("nl.rsin", accepts: bsn),
            NumberScheme("nl.btw", prefix: "NL", accepts: btw),
            NumberScheme("nl.loonheffingennummer", accepts: loonheffingen),
            NumberScheme("nl.kvk", hasShape: { $0.isDigits(8) || $0.isDigits(12) }),
        ]
    )

    /// Burgerservicenummer and RSIN, nine digits or eight without the leading 0: the "test of eleven" with the weights
    /// 9 to 2 and -1.
    static func bsn(_ text: NumberText) -> Bool {
        isElevenProof(text.digits.count == 8 ? [0] + text.digits : text.digits)
    }

    /// Btw-identificatienummer (VAT), `999999999B99`: the test of eleven, or since 2020 ISO 7064 MOD 97-10 over the
    /// whole with `NL` before it.
    static func btw(_ text: NumberText) -> Bool {
        guard text.fits("999999999A99"), text.has("B", at: 9), let number = text.digits(0..<9),
            let suffix = text.digits(10..<12), number.contains(where: { $0 != 0 }), suffix.pair(0) > 0
        else { return false }
        // Letters count from A as 10: N is 23, L is 21, B is 11.
        return isElevenProof(number) || CheckDigits.remainder([2, 3, 2, 1] + number + [1, 1] + suffix, by: 97) == 1
    }

    /// Loonheffingennummer of an employer, `999999999L99`.
    static func loonheffingen(_ text: NumberText) -> Bool {
        text.fits("999999999A99") && text.has("L", at: 9) && isElevenProof(text.digits(0..<9) ?? [])
    }

    private static func isElevenProof(_ digits: [Int]) -> Bool {
        digits.count == 9 && digits.contains { $0 != 0 }
            && CheckDigits.sum(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]).isMultiple(of: 11)
    }
}

/// Luxembourg.
enum LuxembourgNumbers {
    static let state = StateNumbers(
        person: [
            NumberScheme("lu.matricule", reads: matricule),
            // The numbers of before 2014.
            NumberScheme("lu.matricule-11", hasShape: { $0.isDigits(11) }),
        ],
        company: [
            NumberScheme("lu.tva", prefix: "LU", accepts: tva),
            NumberScheme("lu.matricule-societe", hasShape: { $0.isDigits(11) || $0.isDigits(13) }),
            NumberScheme(
                "lu.rcs",
                hasShape: { $0.letter(0) != nil && (2...7).contains($0.count) && $0.digits(1..<$0.count) != nil }
            ),
        ]
    )

    /// Matricule, `YYYYMMDDNNNCC` since 2014: the first check digit is Luhn's, the second Verhoeff's, each over the
    /// first eleven digits.
    ///
    /// Month and day are 00 where they are not known. Source: structure du numéro d'identité, Luxembourg TIN of the
    /// OECD; the oracle knows the two sums alone.
    static func matricule(_ text: NumberText) -> NumberFacts? {
        let digits = text.digits
        guard digits.count == 13, CheckDigits.luhn(digits.prefix(12)),
            CheckDigits.verhoeff(digits.prefix(11) + [digits[12]])
        else { return nil }
        let (month, day) = (digits.pair(4), digits.pair(6))
        if month == 0 || day == 0 { return month <= 12 && day <= 31 ? NumberFacts.none : nil }
        return NumberFacts(year: digits.pair(0) * 100 + digits.pair(2), month: month, day: day)
    }

    /// Numéro de TVA, eight digits: the last two are the remainder of the rest modulo 89.
    static func tva(_ text: NumberText) -> Bool {
        text.isDigits(8) && CheckDigits.number(text.digits.prefix(6)) % 89 == text.digits.pair(6)
    }
}

/// France.
enum FrenchNumbers {
    static let state = StateNumbers(
        person: [
            NumberScheme("fr.nir", reads: nir),
            NumberScheme("fr.nif", accepts: nif),
            // The same without its key, and the family funds' number of a recipient.
            NumberScheme("fr.nir-13", hasShape: { $0.count == 13 && nirDigits($0) != nil }),
            NumberScheme("fr.caf", hasShape: { $0.isDigits(7) || $0.fits("9999999A") }),
        ],
        company: [
            NumberScheme("fr.siren", accepts: siren),
            NumberScheme("fr.siret", accepts: siret),
            NumberScheme("fr.tva", prefix: "FR", accepts: tva),
            NumberScheme("fr.rna", hasShape: { $0.fits("A999999999") && $0.has("W", at: 0) }),
        ]
    )

    /// Numéro d'inscription au répertoire (INSEE), `SYYMMDDCCCNNNKK`: KK is 97 minus the remainder of the rest, where
    /// the Corsican departments 2A and 2B count as 19 and 18.
    ///
    /// S is 1, 3 or 7 for men, 2, 4 or 8 for women; the year has no century and the day is missing.
    static func nir(_ text: NumberText) -> NumberFacts? {
        guard text.count == 15, let number = nirDigits(text), let key = text.digits(13..<15),
            97 - CheckDigits.remainder(number, by: 97) == key.pair(0)
        else { return nil }
        switch number[0] {
        case 1, 3, 7: return NumberFacts(sex: .male)
        case 2, 4, 8: return NumberFacts(sex: .female)
        default: return NumberFacts.none
        }
    }

    /// The thirteen digits before the key.
    private static func nirDigits(_ text: NumberText) -> [Int]? {
        if let digits = text.digits(0..<13) { return digits }
        guard let start = text.digits(0..<6), start[5] == 2, let rest = text.digits(7..<13) else { return nil }
        if text.has("A", at: 6) { return start.dropLast() + [1, 9] + rest }
        if text.has("B", at: 6) { return start.dropLast() + [1, 8] + rest }
        return nil
    }

    /// Numéro fiscal (SPI), thirteen digits from 0 to 3 on: the last three are the remainder of the rest modulo 511.
    static func nif(_ text: NumberText) -> Bool {
        text.isDigits(13) && text.digits[0] <= 3
            && CheckDigits.number(text.digits.prefix(10)) % 511 == text.digits.triple(10)
    }

    /// SIREN, nine digits with Luhn's check digit.
    static func siren(_ text: NumberText) -> Bool {
        text.isDigits(9) && CheckDigits.luhn(text.digits)
    }

    /// SIRET, the SIREN and five digits of the establishment, Luhn over all.
    ///
    /// The establishments of La Poste, except for its seat, have a sum of digits that is a multiple of five.
    static func siret(_ text: NumberText) -> Bool {
        let digits = text.digits
        guard digits.count == 14, CheckDigits.luhn(digits.prefix(9)) else { return false }
        if Array(digits.prefix(9)) == [3, 5, 6, 0, 0, 0, 0, 0, 0], Array(digits.suffix(5)) != [0, 0, 0, 4, 8] {
            return digits.reduce(0, +).isMultiple(of: 5)
        }
        return CheckDigits.luhn(digits)
    }

    /// Numéro de TVA: two check characters before the SIREN, digits or, in the newer form, letters without I and O.
    ///
    /// Numbers of Monaco have 000 in place of a SIREN's beginning and no check digit in it.
    static func tva(_ text: NumberText) -> Bool {
        guard text.count == 11, let number = text.digits(2..<11), let first = keyValue(text, 0),
            let second = keyValue(text, 1)
        else { return false }
        guard number.prefix(3).allSatisfy({ $0 == 0 }) || CheckDigits.luhn(number) else { return false }
        if text.digit(0) != nil, text.digit(1) != nil {
            return CheckDigits.remainder(number + [1, 2], by: 97) == first * 10 + second
        }
        let key = text.digit(0) != nil ? first * 24 + second - 10 : first * 34 + second - 100
        guard key >= 0 else { return false }
        return (CheckDigits.number(number) + 1 + key / 11) % 11 == key % 11
    }

    /// The value of a check character: digits, then the letters without I and O.
    private static func keyValue(_ text: NumberText, _ place: Int) -> Int? {
        guard text.count > place else { return nil }
        return Array("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ".utf8).firstIndex(of: text.characters[place])
    }
}

// SPDX-License-Identifier: EUPL-1.2

/// Estonia.
enum EstonianNumbers {
    static let state = StateNumbers(
        person: [NumberScheme("ee.isikukood", reads: isikukood)],
        company: [
            NumberScheme("ee.registrikood", accepts: registrikood),
            NumberScheme("ee.kmkr", prefix: "EE", accepts: kmkr),
        ]
    )

    /// Isikukood, `GYYMMDDSSSC`: G gives century and sex, C follows the Baltic rule.
    ///
    /// Source: standard EVS 585.
    static func isikukood(_ text: NumberText) -> NumberFacts? {
        let digits = text.digits
        guard digits.count == 11, (1...8).contains(digits[0]), CheckDigits.baltic(digits.dropLast()) == digits[10]
        else { return nil }
        return NumberFacts(
            year: 1800 + (digits[0] - 1) / 2 * 100 + digits.pair(1), month: digits.pair(3), day: digits.pair(5),
            sex: NumberFacts.Sex(oddIsMale: digits[0])
        )
    }

    /// Registrikood of the commercial register, eight digits: 1 company, 7 public body, 8 association, 9 foundation,
    /// check digit as in the isikukood.
    static func registrikood(_ text: NumberText) -> Bool {
        let digits = text.digits
        return digits.count == 8 && [1, 7, 8, 9].contains(digits[0])
            && CheckDigits.baltic(digits.dropLast()) == digits[7]
    }

    /// Käibemaksukohustuslase number (VAT), nine digits, weights 3, 7 and 1 modulo 10.
    static func kmkr(_ text: NumberText) -> Bool {
        text.isDigits(9) && CheckDigits.sum(text.digits, [3, 7, 1, 3, 7, 1, 3, 7, 1]).isMultiple(of: 10)
    }
}

/// Latvia.
enum LatvianNumbers {
    static let state = StateNumbers(
        person: [
            NumberScheme("lv.personas-kods", reads: personasKods),
            NumberScheme("lv.personas-kods-bez-datuma", accepts: withoutDate),
            // Whether each of the codes without a date keeps to the check digit is not published.
            NumberScheme("lv.personas-kods-shape", hasShape: isWithoutDate),
        ],
        company: [NumberScheme("lv.pvn", prefix: "LV", accepts: registrationNumber)]
    )

    /// Personas kods until 2017, `DDMMYY-GNNNC`: G is the century from 18 on.
    static func personasKods(_ text: NumberText) -> NumberFacts? {
        let digits = text.digits
        guard digits.count == 11, digits[6] <= 2, hasCheckDigit(digits) else { return nil }
        return NumberFacts(
            year: 1800 + digits[6] * 100 + digits.pair(4), month: digits.pair(2), day: digits.pair(0)
        )
    }

    /// Personas kods since July 2017, eleven digits that begin with 32 to 39 and hold no date.
    static func withoutDate(_ text: NumberText) -> Bool {
        isWithoutDate(text) && hasCheckDigit(text.digits)
    }

    static func isWithoutDate(_ text: NumberText) -> Bool {
        text.isDigits(11) && (32...39).contains(text.digits.pair(0))
    }

    private static func hasCheckDigit(_ digits: [Int]) -> Bool {
        let sum = CheckDigits.sum(digits.dropLast(), [1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
        return (1101 - sum) % 11 % 10 == digits[10]
    }

    /// Reģistrācijas and PVN number of organisations, eleven digits from 4 on, weighted sum 3 modulo 11.
    static func registrationNumber(_ text: NumberText) -> Bool {
        text.isDigits(11) && text.digits[0] > 3
            && CheckDigits.sum(text.digits, [9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]) % 11 == 3
    }
}

/// Lithuania.
enum LithuanianNumbers {
    static let state = StateNumbers(
        person: [NumberScheme("lt.asmens-kodas", reads: asmensKodas)],
        company: [
            NumberScheme("lt.pvm", prefix: "LT", accepts: pvm),
            // The rule of the register's own code is not published; older codes have seven digits.
            NumberScheme("lt.juridinio-asmens-kodas", hasShape: { $0.isDigits(9) || $0.isDigits(7) }),
        ]
    )

    /// Asmens kodas, `GYYMMDDSSSC` as in Estonia; with G 9 the digits that follow are no date.
    ///
    /// Month and day are 00 where they are not known.
    static func asmensKodas(_ text: NumberText) -> NumberFacts? {
        let digits = text.digits
        guard digits.count == 11, digits[0] != 0, CheckDigits.baltic(digits.dropLast()) == digits[10] else {
            return nil
        }
        if digits[0] == 9 { return NumberFacts.none }
        if digits.pair(3) <= 12, digits.pair(5) == 0 {
            return NumberFacts(sex: NumberFacts.Sex(oddIsMale: digits[0]))
        }
        return EstonianNumbers.isikukood(text)
    }

    /// PVM mokėtojo kodas (VAT), nine digits for legal persons and twelve for others, the last but one a 1.
    static func pvm(_ text: NumberText) -> Bool {
        let digits = text.digits
        guard digits.count == 9 || digits.count == 12, digits[digits.count - 2] == 1 else { return false }
        return CheckDigits.baltic(digits.dropLast()) == digits.last
    }
}

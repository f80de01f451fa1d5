// SPDX-License-Identifier: EUPL-1.2

/// Cyprus.
enum CypriotNumbers {
    static let state = StateNumbers(
        person: [
            NumberScheme("cy.tic", prefix: "CY", accepts: tic),
            // Social insurance, identity card and aliens' registration.
            NumberScheme("cy.koinonikes-asfaliseis", hasShape: { $0.isDigits(1...10) }),
        ],
        company: [
            NumberScheme("cy.tic", prefix: "CY", accepts: tic),
            NumberScheme("cy.ergodotis", hasShape: { $0.isDigits(1...10) }),
            NumberScheme("cy.he", hasShape: isRegistration),
        ]
    )

    /// Tax identification code and VAT number, eight digits and a letter, not beginning with 12: digits in even places
    /// count as they are, those in odd places by a table, modulo 26.
    static func tic(_ text: NumberText) -> Bool {
        guard text.fits("99999999A"), let digits = text.digits(0..<8), digits.pair(0) != 12 else { return false }
        let table = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21]
        let sum = digits.enumerated().reduce(0) { $0 + ($1.offset.isMultiple(of: 2) ? table[$1.element] : $1.element) }
        return sum % 26 == text.letter(8)
    }

    /// One or two letters, Latin or Greek, and up to six digits.
    private static func isRegistration(_ text: NumberText) -> Bool {
        let letters = text.characters.prefix { $0 == 0 || (0x41...0x5A).contains($0) }.count
        // A Greek letter is one character here.
        return (1...2).contains(letters) && (1...6).contains(text.count - letters)
            && text.digits(letters..<text.count) != nil
    }
}

/// Greece.
enum GreekNumbers {
    static let state = StateNumbers(
        person: [
            NumberScheme("el.amka", reads: amka), NumberScheme("el.afm", prefix: "EL", accepts: afm),
            // Registration numbers of the insurance funds.
            NumberScheme("el.am", hasShape: { [5, 6, 7, 8, 10].contains($0.digits.count) }),
        ],
        company: [
            NumberScheme("el.afm", prefix: "EL", accepts: afm),
            NumberScheme("el.ame", hasShape: { $0.isDigits(10) }),
            NumberScheme("el.gemi", hasShape: { $0.isDigits(12) }),
        ]
    )

    /// AMKA, `DDMMYYSSSSC`: the last digit of S is odd for men, Luhn's check digit; the year has no century.
    static func amka(_ text: NumberText) -> NumberFacts? {
        let digits = text.digits
        guard digits.count == 11, CheckDigits.luhn(digits),
            NumberFacts.isDay(digits.pair(4), digits.pair(2), digits.pair(0))
        else { return nil }
        return NumberFacts(sex: NumberFacts.Sex(oddIsMale: digits[9]))
    }

    /// AFM and VAT number, nine digits, formerly eight: the weights are powers of two, modulo 11, where 10 becomes 0.
    static func afm(_ text: NumberText) -> Bool {
        let digits = text.digits.count == 8 ? [0] + text.digits : text.digits
        return digits.count == 9 && CheckDigits.sum(digits, [256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10 == digits[8]
    }
}

/// Spain.
enum SpanishNumbers {
    static let state = StateNumbers(
        person: [
            NumberScheme("es.dni", prefix: "ES", accepts: dni), NumberScheme("es.nie", prefix: "ES", accepts: nie),
            NumberScheme("es.nif-klm", prefix: "ES", accepts: nif), NumberScheme("es.naf", accepts: naf),
            // An identity card without its letter.
            NumberScheme("es.dni-8", hasShape: { $0.isDigits(8) }),
        ],
        company: [
            NumberScheme("es.cif", prefix: "ES", accepts: cif),
            NumberScheme("es.ccc", hasShape: { $0.isDigits(11) }),
        ]
    )

    /// DNI, eight digits and the letter of their remainder modulo 23.
    static func dni(_ text: NumberText) -> Bool {
        text.fits("99999999A") && hasLetter(text, of: text.digits(0..<8) ?? [])
    }

    /// NIE of foreigners: X, Y or Z, which count as 0, 1 and 2, seven digits and the letter.
    static func nie(_ text: NumberText) -> Bool {
        guard text.fits("A9999999A"), text.has("XYZ", at: 0), let first = text.letter(0),
            let digits = text.digits(1..<8)
        else { return false }
        return hasLetter(text, of: [first - 23] + digits)
    }

    /// NIF of children (K), Spaniards abroad (L) and foreigners without NIE (M): seven digits and the letter.
    static func nif(_ text: NumberText) -> Bool {
        text.fits("A9999999A") && text.has("KLM", at: 0) && hasLetter(text, of: text.digits(1..<8) ?? [])
    }

    private static func hasLetter(_ text: NumberText, of digits: [Int]) -> Bool {
        Array("TRWAGMYFPDXBNJZSQVHLCKE".utf8)[CheckDigits.number(digits) % 23] == text.characters[8]
    }

    /// NAF of the social security, `PPNNNNNNNNCC`: the remainder of the rest modulo 97, where a number below ten
    /// million has seven digits.
    ///
    /// Source: Tesorería General de la Seguridad Social; no oracle.
    static func naf(_ text: NumberText) -> Bool {
        guard text.isDigits(12) else { return false }
        let number = CheckDigits.number(text.digits[2..<10])
        let body = text.digits.pair(0) * (number < 10_000_000 ? 10_000_000 : 100_000_000) + number
        return body % 97 == text.digits.pair(10)
    }

    /// NIF of legal persons (formerly CIF): a letter for the kind, seven digits, and Luhn's check digit or its letter.
    ///
    /// Which kinds have a digit and which a letter is not settled, so either is taken.
    static func cif(_ text: NumberText) -> Bool {
        guard text.fits("A9999999*"), text.has("ABCDEFGHJNPQRSUVW", at: 0), let digits = text.digits(1..<8) else {
            return false
        }
        let check = (10 - CheckDigits.luhnSum(digits + [0]) % 10) % 10
        return text.digit(8) == check || Array("JABCDEFGHI".utf8)[check] == text.characters[8]
    }
}

/// Italy.
enum ItalianNumbers {
    static let state = StateNumbers(
        person: [
            NumberScheme("it.codice-fiscale", reads: codiceFiscale), NumberScheme("it.codice-fiscale-11", accepts: iva),
            // Health-service codes of those without a codice fiscale.
            NumberScheme(
                "it.stp-eni",
                hasShape: { $0.fits("AAA9999999999999") && ($0.hasPrefix("STP") || $0.hasPrefix("ENI")) }
            ),
        ],
        company: [
            NumberScheme("it.partita-iva", prefix: "IT", accepts: iva),
            NumberScheme("it.inps", hasShape: { $0.isDigits(10) }),
            NumberScheme(
                "it.rea", hasShape: { $0.letter(0) != nil && $0.letter(1) != nil && $0.digits(2..<$0.count) != nil }
            ),
        ]
    )

    /// Codice fiscale, `NNNNNNYYMDDPPPPC`: M is a letter for the month, 40 added to the day for women, C a letter.
    ///
    /// Letters L to V may stand for digits where two persons would have the same code. The year has no century.
    static func codiceFiscale(_ text: NumberText) -> NumberFacts? {
        guard text.fits("AAAAAA**A**A***A"), let month = Array("ABCDEHLMPRST".utf8).firstIndex(of: text.characters[8])
        else { return nil }
        let places = [6, 7, 9, 10, 12, 13, 14]
        let values = places.compactMap { digitOrSubstitute(text, $0) }
        guard values.count == places.count else { return nil }
        let sum = (0..<15).reduce(0) { sum, place in
            let value = text.digit(place) ?? text.letter(place) ?? 0
            return sum + (place.isMultiple(of: 2) ? oddValues[value] : value)
        }
        guard sum % 26 == text.letter(15) else { return nil }
        let day = values.pair(2)
        guard NumberFacts.isDay(values.pair(0), month + 1, day > 40 ? day - 40 : day) else { return nil }
        return NumberFacts(sex: day > 40 ? .female : .male)
    }

    /// What a character counts in the first, third and so on place; a digit as the letter of its number.
    private static let oddValues = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
    ]

    private static func digitOrSubstitute(_ text: NumberText, _ place: Int) -> Int? {
        text.digit(place) ?? Array("LMNPQRSTUV".utf8).firstIndex(of: text.characters[place])
    }

    /// Partita IVA, and provisional codice fiscale: seven digits, the office, Luhn's check digit.
    static func iva(_ text: NumberText) -> Bool {
        let digits = text.digits
        guard digits.count == 11, digits.prefix(7).contains(where: { $0 != 0 }), CheckDigits.luhn(digits) else {
            return false
        }
        let office = digits.triple(7)
        return (1...100).contains(office) || [120, 121, 888, 999].contains(office)
    }
}

/// Malta.
enum MalteseNumbers {
    static let state = StateNumbers(
        // Identity card, tax and social-security numbers have no public check.
        person: [NumberScheme("mt.person", hasShape: { $0.count <= 10 && $0.fitsLettersAndDigits })],
        company: [
            NumberScheme("mt.vat", prefix: "MT", accepts: vat),
            NumberScheme("mt.employer", hasShape: { $0.isDigits(1...7) || $0.isDigits(9) }),
            NumberScheme("mt.register", prefix: "C", hasShape: { $0.isDigits(1...6) }),
        ]
    )

    /// VAT number, eight digits not beginning with 0, weighted sum a multiple of 37.
    static func vat(_ text: NumberText) -> Bool {
        text.isDigits(8) && text.digits[0] != 0
            && CheckDigits.sum(text.digits, [3, 4, 6, 7, 8, 9, 10, 1]).isMultiple(of: 37)
    }
}

/// Portugal.
enum PortugueseNumbers {
    static let state = StateNumbers(
        person: [
            NumberScheme("pt.niss", accepts: niss), NumberScheme("pt.nif", prefix: "PT", accepts: nif),
            NumberScheme("pt.cc", accepts: cartaoDeCidadao),
            // Number of the identity card with or without its check digit, and of the health service.
            NumberScheme("pt.utente", hasShape: { $0.isDigits(7...9) }),
        ],
        company: [
            NumberScheme("pt.nif", prefix: "PT", accepts: nif), NumberScheme("pt.niss", accepts: niss),
        ]
    )

    /// NISS of the social security, eleven digits, 1 for persons and 2 for others first: prime numbers as weights,
    /// the check digit and the sum make 9 modulo 10.
    ///
    /// Source: Instituto da Segurança Social; no oracle.
    static func niss(_ text: NumberText) -> Bool {
        text.isDigits(11) && (1...2).contains(text.digits[0])
            && 9 - CheckDigits.sum(text.digits, [29, 23, 19, 17, 13, 11, 7, 5, 3, 2]) % 10 == text.digits[10]
    }

    /// NIF and VAT number, nine digits not beginning with 0, weighted modulo 11.
    static func nif(_ text: NumberText) -> Bool {
        guard text.isDigits(9), text.digits[0] != 0 else { return false }
        let rest = CheckDigits.sum(text.digits, [9, 8, 7, 6, 5, 4, 3, 2]) % 11
        return (rest < 2 ? 0 : 11 - rest) == text.digits[8]
    }

    /// Number of the cartão de cidadão, `999999999**9`: Luhn's sum with letters counting from 10, where twice a letter
    /// loses 9 once.
    static func cartaoDeCidadao(_ text: NumberText) -> Bool {
        guard text.fits("999999999**9") else { return false }
        let sum = (0..<12).reduce(0) { sum, place in
            let value = text.digit(place) ?? (text.letter(place) ?? 0) + 10
            guard place.isMultiple(of: 2) else { return sum + value }
            return sum + (value * 2 > 9 ? value * 2 - 9 : value * 2)
        }
        return sum.isMultiple(of: 10)
    }
}

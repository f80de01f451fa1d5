// SPDX-License-Identifier: EUPL-1.2

/// Austria.
enum AustrianNumbers {
    static let state = StateNumbers(
        person: [
            NumberScheme("at.vnr", accepts: versicherungsnummer),
            NumberScheme("at.steuernummer", accepts: steuernummer),
        ],
        company: [
            NumberScheme("at.uid", prefix: "AT", accepts: uid),
            NumberScheme("at.firmenbuchnummer", prefix: "FN", hasShape: firmenbuchnummer),
            // Register of associations, employer accounts of the insurance funds.
            NumberScheme("at.zvr", hasShape: { $0.isDigits(1...10) }),
        ]
    )

    /// Versicherungsnummer, `NNNC DDMMYY`: C is weighted modulo 11 over the rest, N does not begin with 0.
    ///
    /// The date is not looked at: where its numbers are used up, months from 13 on are issued.
    static func versicherungsnummer(_ text: NumberText) -> Bool {
        let digits = text.digits
        return digits.count == 10 && digits[0] != 0
            && CheckDigits.sum(digits, [3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 == digits[3]
    }

    /// Steuernummer, nine digits, the first two of the tax office: Luhn's check digit.
    static func steuernummer(_ text: NumberText) -> Bool {
        text.isDigits(9) && CheckDigits.luhn(text.digits)
    }

    /// Umsatzsteuer-Identifikationsnummer (VAT), `U99999999`: Luhn's sum of the first seven digits,
    /// the last digit and 4 make a multiple of ten.
    static func uid(_ text: NumberText) -> Bool {
        guard text.fits("A99999999"), text.has("U", at: 0), let digits = text.digits(1..<9) else { return false }
        return (CheckDigits.luhnSum(digits.dropLast()) + 4 + digits[7]).isMultiple(of: 10)
    }

    /// Firmenbuchnummer, up to six digits and a check letter, whose rule is not published.
    static func firmenbuchnummer(_ text: NumberText) -> Bool {
        let last = text.count - 1
        return (1...6).contains(last) && text.letter(last) != nil && text.digits(0..<last) != nil
    }
}

/// Switzerland.
enum SwissNumbers {
    static let state = StateNumbers(
        person: [
            ahv,
            // AHV numbers of before 2008, and those of the central migration system.
            NumberScheme("ch.ahv-11", hasShape: { $0.isDigits(11) }),
            NumberScheme("ch.zemis", hasShape: { $0.isDigits(9...10) }),
        ],
        company: [
            uidScheme,
            NumberScheme("ch.handelsregister", prefix: "CH", hasShape: { $0.isDigits(11) }),
        ]
    )

    static let ahv = NumberScheme("ch.ahv", accepts: ahvNumber)
    static let uidScheme = NumberScheme("ch.uid", prefix: "CHE", accepts: uid)

    /// AHV-Nummer, `756.NNNN.NNNN.NC` with the check digit of EAN-13.
    static func ahvNumber(_ text: NumberText) -> Bool {
        text.isDigits(13) && text.hasPrefix("756") && CheckDigits.ean(text.digits)
    }

    /// UID, nine digits weighted modulo 11, usually after `CHE` and, for VAT, with MWST, TVA, IVA or TPV behind it.
    static func uid(_ text: NumberText) -> Bool {
        guard let digits = text.digits(0..<9) else { return false }
        let suffix = text.characters.dropFirst(9)
        guard suffix.isEmpty || ["MWST", "TVA", "IVA", "TPV"].contains(where: { suffix.elementsEqual($0.utf8) }) else {
            return false
        }
        return CheckDigits.sum(digits, [5, 4, 3, 2, 7, 6, 5, 4, 1]).isMultiple(of: 11)
    }
}

/// Liechtenstein, whose insurance uses the Swiss numbers.
enum LiechtensteinNumbers {
    static let state = StateNumbers(
        person: [SwissNumbers.ahv, NumberScheme("li.peid", hasShape: { $0.isDigits(4...12) })],
        company: [
            SwissNumbers.uidScheme, NumberScheme("li.peid-firma", hasShape: { $0.isDigits(4...12) }),
            NumberScheme("li.handelsregister", prefix: "FL", hasShape: { $0.isDigits(11) }),
        ]
    )
}

/// Germany.
enum GermanNumbers {
    static let state = StateNumbers(
        person: [
            NumberScheme("de.vsnr", reads: versicherungsnummer),
            NumberScheme("de.kvnr", accepts: krankenversichertennummer),
            NumberScheme("de.idnr", accepts: idnr),
            // A tax number of eleven digits is told from an IdNr by the slashes alone.
            NumberScheme(
                "de.stnr-person",
                hasShape: {
                    $0.isDigits(10) || $0.isDigits(13) || ($0.isDigits(11) && $0.written.contains(UInt8(ascii: "/")))
                }
            ),
            NumberScheme(
                "de.kindergeld", hasShape: { $0.fits("999AA999999") && $0.has("F", at: 3) && $0.has("K", at: 4) }),
        ],
        company: [
            NumberScheme("de.ust-idnr", prefix: "DE", accepts: umsatzsteuer),
            NumberScheme("de.stnr", hasShape: { [10, 11, 13].contains($0.digits.count) }),
            NumberScheme("de.betriebsnummer", hasShape: { $0.isDigits(8) }),
            NumberScheme("de.handelsregister", hasShape: handelsregister),
        ]
    )

    /// Versicherungsnummer of the pension insurance, `AADDMMYYLSSC`: area, birth date, first letter of the birth
    /// name, serial number below 50 for men, check digit.
    ///
    /// The letter counts as its two-digit place in the alphabet; products with the weights below lose their tens to
    /// the ones; modulo 10. The day may be 00, or have 32, 64 or 96 added when serial numbers are used up. Source:
    /// VKVV § 2 and the rules of the insurance institutions; no oracle.
    static func versicherungsnummer(_ text: NumberText) -> NumberFacts? {
        guard text.fits("99999999A999"), let start = text.digits(0..<8), let letter = text.letter(8),
            let end = text.digits(9..<12)
        else { return nil }
        let place = letter + 1
        let digits = start + [place / 10, place % 10] + end.dropLast()
        let sum = zip(digits, [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1]).reduce(0) { sum, pair in
            let product = pair.0 * pair.1
            return sum + product / 10 + product % 10
        }
        guard sum % 10 == end[2], start.pair(4) <= 12 else { return nil }
        return NumberFacts(sex: end[0] < 5 ? .male : .female)
    }

    /// Krankenversichertennummer, a letter and nine digits: the letter counts as its two-digit place in the alphabet,
    /// weights 1 and 2 in turn, the tens of products go to the ones, modulo 10.
    ///
    /// Source: SGB V § 290 and its guideline; no oracle.
    static func krankenversichertennummer(_ text: NumberText) -> Bool {
        guard text.fits("A999999999"), let letter = text.letter(0), let digits = text.digits(1..<10) else {
            return false
        }
        let place = letter + 1
        // The weights make this Luhn's sum when the check digit stands apart.
        let body = [place / 10, place % 10] + digits.dropLast()
        return (CheckDigits.luhnSum(body + [0])) % 10 == digits[8]
    }

    /// Identifikationsnummer of the tax administration, eleven digits: ISO 7064 MOD 11,10, and among the first ten
    /// one digit stands twice or three times and all others at most once.
    static func idnr(_ text: NumberText) -> Bool {
        guard text.isDigits(11), text.digits[0] != 0, CheckDigits.mod11And10(text.digits) else { return false }
        var counts = Array(repeating: 0, count: 10)
        for digit in text.digits.dropLast() { counts[digit] += 1 }
        let repeated = counts.filter { $0 > 1 }
        return repeated == [2] || repeated == [3]
    }

    /// Umsatzsteuer-Identifikationsnummer (VAT), nine digits not beginning with 0, ISO 7064 MOD 11,10.
    static func umsatzsteuer(_ text: NumberText) -> Bool {
        text.isDigits(9) && text.digits[0] != 0 && CheckDigits.mod11And10(text.digits)
    }

    /// A court, one of HRA, HRB, GnR, GsR, PR and VR, and a number with perhaps a letter.
    static func handelsregister(_ text: NumberText) -> Bool {
        var rest = text.characters[...]
        var letters = 0
        while let last = rest.last, (0x41...0x5A).contains(last), letters < 2 {
            rest.removeLast()
            letters += 1
        }
        let number = rest.reversed().prefix { (0x30...0x39).contains($0) }.count
        guard (1...6).contains(number) else { return false }
        rest.removeLast(number)
        return ["HRA", "HRB", "GNR", "GSR", "PR", "VR"].contains { rest.reversed().starts(with: $0.utf8.reversed()) }
    }
}

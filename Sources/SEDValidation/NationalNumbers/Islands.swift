// SPDX-License-Identifier: EUPL-1.2

/// Ireland.
enum IrishNumbers {
    static let state = StateNumbers(
        person: [NumberScheme("ie.pps", accepts: pps)],
        company: [
            NumberScheme("ie.vat", prefix: "IE", accepts: vat),
            NumberScheme("ie.cro", hasShape: { $0.isDigits(1...7) }),
        ]
    )

    /// What a letter counts; the remainder modulo 23 picks one.
    private static let letters = Array("WABCDEFGHIJKLMNOPQRSTUV".utf8)

    /// PPS number, seven digits, a check letter and perhaps one of A, B, H, W, T, X.
    ///
    /// A, B and H, in use since 2013, enter the sum nine times.
    static func pps(_ text: NumberText) -> Bool {
        guard text.fits("9999999A") || text.fits("9999999AA") && text.has("ABHWTX", at: 8),
            let digits = text.digits(0..<7)
        else { return false }
        let second = text.has("ABH", at: 8) ? letters.firstIndex(of: text.characters[8]) : 0
        return hasLetter(text, digits, second ?? 0)
    }

    /// VAT number, seven digits, a check letter and perhaps another letter, which enters the sum nine times; until 2013
    /// also a digit, a letter or sign and five digits.
    static func vat(_ text: NumberText) -> Bool {
        guard text.count == 8 || text.count == 9 else { return false }
        if let digits = text.digits(0..<7) {
            guard text.count == 9 else { return hasLetter(text, digits, 0) }
            return letters.firstIndex(of: text.characters[8]).map { hasLetter(text, digits, $0) } ?? false
        }
        guard text.count == 8, text.letter(1) != nil || text.has("+*", at: 1), let first = text.digit(0),
            let rest = text.digits(2..<7)
        else { return false }
        return hasLetter(text, [0] + rest + [first], 0)
    }

    private static func hasLetter(_ text: NumberText, _ digits: [Int], _ second: Int) -> Bool {
        letters[(CheckDigits.sum(digits, [8, 7, 6, 5, 4, 3, 2]) + second * 9) % 23] == text.characters[7]
    }
}

/// United Kingdom.
enum BritishNumbers {
    static let state = StateNumbers(
        person: [
            NumberScheme("uk.nino", accepts: nino), NumberScheme("uk.nhs", accepts: nhs),
            NumberScheme("uk.utr", accepts: utr),
            // Temporary numbers: TN, the birth date and the sex.
            NumberScheme(
                "uk.nino-temporary",
                hasShape: { $0.fits("AA999999A") && $0.hasPrefix("TN") && $0.has("MF", at: 8) }
            ),
        ],
        company: [
            NumberScheme("uk.vat", prefix: "GB", accepts: vat), NumberScheme("uk.vat-xi", prefix: "XI", accepts: vat),
            NumberScheme(
                "uk.companies-house", hasShape: { $0.isDigits(7...8) || $0.fits("AA999999") || $0.fits("A9999999") }
            ),
            NumberScheme("uk.paye", hasShape: paye),
        ]
    )

    /// National insurance number, two letters, six digits and A to D, which may be left out; there is no check digit.
    ///
    /// D, F, I, Q, U and V do not begin a number, the same and O do not come second, and some pairs are never issued.
    /// Source: HM Revenue & Customs, NIM39110; no oracle.
    static func nino(_ text: NumberText) -> Bool {
        guard text.fits("AA999999") || text.fits("AA999999A") && text.has("ABCD", at: 8) else { return false }
        let never = ["BG", "GB", "KN", "NK", "NT", "TN", "ZZ"]
        return !text.has("DFIQUV", at: 0) && !text.has("DFIOQUV", at: 1) && !never.contains(where: text.hasPrefix)
    }

    /// NHS number of England and Wales, CHI number of Scotland and H&C number of Northern Ireland, ten digits with the
    /// weights 10 to 1, the sum a multiple of 11.
    static func nhs(_ text: NumberText) -> Bool {
        text.isDigits(10) && CheckDigits.sum(text.digits, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]).isMultiple(of: 11)
    }

    /// Unique taxpayer reference, ten digits, perhaps with a K behind it: the first is the check digit, weighted
    /// modulo 11.
    static func utr(_ text: NumberText) -> Bool {
        var text = text
        if text.count == 11, text.has("K", at: 10), let first = text.first(10) { text = first }
        guard text.isDigits(10) else { return false }
        let rest = CheckDigits.sum(text.digits.dropFirst(), [6, 7, 8, 9, 10, 5, 4, 3, 2]) % 11
        return [2, 1, 9, 8, 7, 6, 5, 4, 3, 2, 1][rest] == text.digits[0]
    }

    /// VAT number, nine digits, or twelve with a branch: weights 8 to 2 and the last two digits, a multiple of 97, or
    /// 55 above one where the number is 100 million or more; also GD and HA numbers of public bodies.
    static func vat(_ text: NumberText) -> Bool {
        let digits = text.digits
        if digits.count == 9 || digits.count == 12 {
            let rest = CheckDigits.sum(digits, [8, 7, 6, 5, 4, 3, 2, 10, 1]) % 97
            // The newer numbers add 55, that is the remainder 42.
            return rest == 0 || digits[0] > 0 && (rest == 42 || rest == 55)
        }
        guard text.hasPrefix("GD") || text.hasPrefix("HA") else { return false }
        let isDepartment = text.hasPrefix("GD")
        if text.count == 5, let number = text.digits(2..<5) { return isDepartment == (number.triple(0) < 500) }
        guard text.count == 11, let number = text.digits(2..<11), number.prefix(4).allSatisfy({ $0 == 8 }) else {
            return false
        }
        return isDepartment == (number.triple(4) < 500) && number.triple(4) % 97 == number.pair(7)
    }

    /// Reference of an employer at the tax office: three digits, then up to ten letters and digits.
    private static func paye(_ text: NumberText) -> Bool {
        (4...13).contains(text.count) && text.digits(0..<3) != nil && text.letter(3) != nil && text.fitsLettersAndDigits
    }
}

// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// What is known of the currencies of amounts, by ISO 4217 code.
package enum Currency {
    /// The currency of a State on a day: of the 27 Member States, Iceland, Liechtenstein, Norway, Switzerland and the
    /// United Kingdom.
    ///
    /// From 1999-01-01, when the euro began; national denominations of it until 2002 count as the euro. Nil before
    /// that day and for other States. The codes are those of EESSI, with `EL` and `UK`.
    package static func currency(of country: String, on date: CivilDate) -> String? {
        guard date >= euroBegan, let known = currencies[country] else { return nil }
        return known.last { $0.since <= date }?.code
    }

    /// How many decimals amounts of a currency have: those of ISO 4217.
    ///
    /// Known for the currencies of the EESSI code lists and for those that the euro replaced. Nil for others.
    package static func minorUnits(of currency: String) -> Int? {
        minorUnitsByCode[currency]
    }

    /// How many units of a currency are one euro by law, as exact decimal text, and since when.
    ///
    /// Such a rate has six significant figures, is never rounded and never inverted. Sources: Reg. (EC) 2866/98 and
    /// the regulations that amend it; Reg. (EC) 1103/97 Art. 4.
    package static func fixedRate(of currency: String) -> (rate: String, since: CivilDate)? {
        guard let fixed = fixedRates[currency] else { return nil }
        return (fixed.rate, fixed.since)
    }

    /// Whether a conversion on that day needs a published rate: not for the euro, nor from the changeover on.
    package static func floats(_ currency: String, on date: CivilDate) -> Bool {
        if currency == "EUR" { return false }
        return fixedRate(of: currency).map { date < $0.since } ?? true
    }

    /// Whether the European Central Bank published reference rates for a currency at that time; always true of the
    /// euro itself.
    ///
    /// Weekends and closing days within a period of quotation count as quoted. A currency that the euro replaced is
    /// not quoted from the changeover on, see ``fixedRate(of:)``.
    package static func isQuoted(_ currency: String, on date: CivilDate) -> Bool {
        if currency == "EUR" { return date >= euroBegan }
        return quotations[currency]?.contains { $0.first <= date && date <= $0.last ?? date } ?? false
    }
}

// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
internal import SEDCurrency

/// Amounts of a currency that the euro has replaced: what is open in it is paid in euro.
///
/// By the fixed rate, neither rounded nor inverted (Regulation (EC) 1103/97 Article 4), rounded once to the smallest
/// unit, an exact half up (Article 5).
package struct EuroChangeover: Hashable, Sendable {
    /// The currency that was replaced.
    package let currency: String
    private let decimals: Int
    /// Smallest units of the currency for `cents` of the euro.
    private let units: Int
    private let cents: Int

    /// Nil where the currency is not replaced by that day.
    package init?(of currency: String, by day: CivilDate) {
        guard let fixed = Currency.fixedRate(of: currency), fixed.since <= day,
            let rate = ExactDecimal(parsing: fixed.rate),
            let decimals = Currency.minorUnits(of: currency), (0...2).contains(decimals)
        else { return nil }
        func power(_ exponent: Int) -> Int { (0..<exponent).reduce(1) { power, _ in power * 10 } }
        self.currency = currency
        self.decimals = decimals
        units = rate.units * power(decimals)
        cents = power(rate.decimals) * 100
    }

    /// Nil for a negative amount, or one with more decimals than the currency has.
    package func euros(_ amount: ExactDecimal) -> ExactDecimal? {
        guard let number = amount.written(withDecimals: decimals)?.units, (0...Parts.limit).contains(number) else {
            return nil
        }
        return ExactDecimal(units: ClaimLedger.proportion(number, cents, units), decimals: 2)
    }

    /// Nil for a negative amount, or one with more decimals than the euro has.
    package func amount(of euros: ExactDecimal) -> ExactDecimal? {
        guard let number = euros.written(withDecimals: 2)?.units, (0...Parts.limit).contains(number) else { return nil }
        return ExactDecimal(units: ClaimLedger.proportion(number, units, cents), decimals: decimals)
    }
}

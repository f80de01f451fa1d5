// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// How many units of a currency are one euro, as published.
package struct ReferenceRate: Hashable, Sendable {
    package let currency: String
    /// The number as it stood in the file.
    package let text: String
    /// The number itself: 1.113 and 1.1130 are equal.
    package let value: ExactDecimal

    /// Reads a positive decimal number with a point and at most 12 digits; nil for anything else.
    package init?(currency: String, text: String) {
        guard Self.isCode(currency), text.utf8.count(where: { (0x30...0x39).contains($0) }) <= 12,
            text.utf8.first != UInt8(ascii: "-"),
            let number = ExactDecimal(parsing: text), number.units > 0
        else { return nil }
        self.currency = currency
        self.text = text
        value = number.withoutTrailingZeros()
    }

    /// Whether a text is three capital letters.
    package static func isCode(_ text: String) -> Bool {
        text.utf8.count == 3 && text.utf8.allSatisfy { (0x41...0x5A).contains($0) }
    }
}

extension ExactDecimal {
    package func withoutTrailingZeros() -> ExactDecimal {
        var (units, decimals) = (units, decimals)
        while decimals > 0, units.isMultiple(of: 10) {
            units /= 10
            decimals -= 1
        }
        return ExactDecimal(units: units, decimals: decimals)
    }

    /// The same number with exactly so many decimals; nil when it has more or no longer fits.
    package func written(withDecimals count: Int) -> ExactDecimal? {
        let plain = withoutTrailingZeros()
        guard plain.decimals <= count else { return nil }
        var units = plain.units
        for _ in plain.decimals..<count {
            let (product, overflow) = units.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            units = product
        }
        return ExactDecimal(units: units, decimals: count)
    }
}

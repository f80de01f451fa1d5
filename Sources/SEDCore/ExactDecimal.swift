// SPDX-License-Identifier: EUPL-1.2

/// A decimal number without any rounding: `units` times 10 to the power of minus `decimals`.
package struct ExactDecimal: Hashable, Sendable {
    package let units: Int
    package let decimals: Int

    package static let zero = ExactDecimal(units: 0, decimals: 0)

    package init(units: Int, decimals: Int) {
        self.units = units
        self.decimals = decimals
    }

    /// Reads `1234`, `-0.5` or `12.340`; nil for anything else and for more than 18 digits.
    package init?(parsing text: String) {
        var digits = Array(text.utf8)[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative { digits = digits.dropFirst() }
        let parts = digits.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, !whole.isEmpty, parts.count == 1 || !parts[1].isEmpty else { return nil }
        let fraction = parts.count == 2 ? parts[1] : []
        guard whole.count + fraction.count <= 18 else { return nil }
        var units = 0
        for digit in whole + fraction {
            guard (0x30...0x39).contains(digit) else { return nil }
            units = units * 10 + Int(digit - 0x30)
        }
        self.init(units: isNegative ? -units : units, decimals: fraction.count)
    }

    /// The same number with more decimals; nil when it no longer fits.
    private func widened(to decimals: Int) -> Int? {
        var result = units
        for _ in self.decimals..<max(self.decimals, decimals) {
            let (product, overflow) = result.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            result = product
        }
        return result
    }

    /// Nil when the sum does not fit.
    package func adding(_ other: ExactDecimal) -> ExactDecimal? {
        let decimals = max(self.decimals, other.decimals)
        guard let left = widened(to: decimals), let right = other.widened(to: decimals) else { return nil }
        let (sum, overflow) = left.addingReportingOverflow(right)
        // The smallest integer has no counterpart without sign.
        return overflow || sum == .min ? nil : ExactDecimal(units: sum, decimals: decimals)
    }

    package func negated() -> ExactDecimal { ExactDecimal(units: -units, decimals: decimals) }

    package func magnitude() -> ExactDecimal { ExactDecimal(units: abs(units), decimals: decimals) }

    /// -1, 0 or 1; nil when the numbers are too far apart in size.
    package func compared(to other: ExactDecimal) -> Int? {
        let decimals = max(self.decimals, other.decimals)
        guard let left = widened(to: decimals), let right = other.widened(to: decimals) else { return nil }
        return left < right ? -1 : left == right ? 0 : 1
    }
}

extension ExactDecimal: CustomStringConvertible {
    package var description: String {
        let digits = String(abs(units))
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        let sign = units < 0 ? "-" : ""
        guard decimals > 0 else { return sign + padded }
        return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }
}

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
        var units = 0
        var digits = 0
        var decimals: Int?
        var isNegative = false
        for (place, byte) in text.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "-") where place == 0:
                isNegative = true
            case UInt8(ascii: ".") where decimals == nil && digits > 0:
                decimals = 0
            case 0x30...0x39 where digits < 18:
                units = units * 10 + Int(byte - 0x30)
                digits += 1
                if let count = decimals { decimals = count + 1 }
            default:
                return nil
            }
        }
        guard digits > 0, decimals != 0 else { return nil }
        self.init(units: isNegative ? -units : units, decimals: decimals ?? 0)
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

    /// Nil when the product does not fit.
    package func multiplied(by factor: Int) -> ExactDecimal? {
        let (product, overflow) = units.multipliedReportingOverflow(by: factor)
        return overflow ? nil : ExactDecimal(units: product, decimals: decimals)
    }

    /// The exact sum; nil when it does not fit.
    package static func sum(_ amounts: [ExactDecimal]) -> ExactDecimal? {
        var total = ExactDecimal.zero
        for amount in amounts {
            guard let next = total.adding(amount) else { return nil }
            total = next
        }
        return total
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

// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// A fraction of whole numbers: what a conversion comes to, before its one rounding.
///
/// No working precision is needed, because nothing is divided until the end. Nil results mean that a number grew
/// beyond 128 bits, which takes amounts of more than 15 digits before the point.
package struct ExactQuotient: Hashable, Sendable {
    private let isNegative: Bool
    private let numerator: UInt128
    private let denominator: UInt128

    package init(_ number: ExactDecimal) {
        let plain = number.withoutTrailingZeros()
        guard let power = Self.power(of: 10, plain.decimals) else {
            preconditionFailure("a decimal number has at most 18 digits")
        }
        self.init(isNegative: plain.units < 0, numerator: UInt128(plain.units.magnitude), denominator: power)
    }

    /// In lowest terms, so that equal quotients are equal.
    private init(isNegative: Bool, numerator: UInt128, denominator: UInt128) {
        let divisor = Self.commonDivisor(numerator, denominator)
        self.isNegative = isNegative && numerator != 0
        self.numerator = numerator / divisor
        self.denominator = denominator / divisor
    }

    package func multiplied(by factor: ExactDecimal) -> ExactQuotient? { product(with: ExactQuotient(factor)) }

    /// Nil also for a divisor of zero.
    package func divided(by divisor: ExactDecimal) -> ExactQuotient? {
        let other = ExactQuotient(divisor)
        guard other.numerator != 0 else { return nil }
        return product(
            with: ExactQuotient(
                isNegative: other.isNegative, numerator: other.denominator, denominator: other.numerator
            )
        )
    }

    private func product(with other: ExactQuotient) -> ExactQuotient? {
        // Shortened crosswise first, the product is in lowest terms and as small as it gets.
        let left = Self.commonDivisor(numerator, other.denominator)
        let right = Self.commonDivisor(other.numerator, denominator)
        let above = (numerator / left).multipliedReportingOverflow(by: other.numerator / right)
        let below = (denominator / right).multipliedReportingOverflow(by: other.denominator / left)
        guard !above.overflow, !below.overflow else { return nil }
        return ExactQuotient(
            isNegative: isNegative != other.isNegative, numerator: above.partialValue, denominator: below.partialValue
        )
    }

    /// The nearest number with so many decimals; an exact half goes away from zero.
    package func rounded(toDecimals decimals: Int) -> ExactDecimal? {
        guard let (quotient, rest) = scaled(by: decimals) else { return nil }
        let (rounded, overflow) = quotient.addingReportingOverflow(rest >= denominator - rest ? 1 : 0)
        return overflow ? nil : number(rounded, decimals: decimals)
    }

    /// The number as text, cut after so many decimals and without zeros at its end, and whether that was all of it.
    package func cut(afterDecimals decimals: Int) -> (text: String, isExact: Bool)? {
        guard let (quotient, rest) = scaled(by: decimals) else { return nil }
        let digits = String(quotient)
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        var part = padded.suffix(decimals)
        while part.last == "0" { part.removeLast() }
        let sign = isNegative && quotient != 0 ? "-" : ""
        return (sign + padded.dropLast(decimals) + (part.isEmpty ? "" : "." + part), rest == 0)
    }

    private func scaled(by decimals: Int) -> (quotient: UInt128, rest: UInt128)? {
        guard let power = Self.power(of: 10, decimals) else { return nil }
        let (whole, part) = numerator.quotientAndRemainder(dividingBy: denominator)
        let (high, overflow) = whole.multipliedReportingOverflow(by: power)
        // The part below the point is smaller than the denominator; it overflows only for huge denominators.
        let (low, partOverflow) = part.multipliedReportingOverflow(by: power)
        guard !overflow, !partOverflow else { return nil }
        let (quotient, rest) = low.quotientAndRemainder(dividingBy: denominator)
        let (sum, sumOverflow) = high.addingReportingOverflow(quotient)
        return sumOverflow ? nil : (sum, rest)
    }

    private func number(_ magnitude: UInt128, decimals: Int) -> ExactDecimal? {
        guard let units = Int(exactly: magnitude) else { return nil }
        return ExactDecimal(units: isNegative ? -units : units, decimals: decimals)
    }

    private static func power(of base: UInt128, _ exponent: Int) -> UInt128? {
        var result: UInt128 = 1
        for _ in 0..<exponent {
            let (product, overflow) = result.multipliedReportingOverflow(by: base)
            if overflow { return nil }
            result = product
        }
        return result
    }

    private static func commonDivisor(_ left: UInt128, _ right: UInt128) -> UInt128 {
        var (left, right) = (left, right)
        while right != 0 { (left, right) = (right, left % right) }
        return max(left, 1)
    }
}

// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
internal import SEDCurrency

/// What a claim is made of.
///
/// Source: Regulation 987/2009 Article 75(1) and 78(3)(d); the order is that of R017.
package enum ComponentKind: String, Hashable, Sendable, CaseIterable, Codable, CodingKeyRepresentable {
    case principal
    case interest
    case fines
    case administrativePenalties
    case chargesAndCosts
}

/// Amounts of one currency for each component; none is negative, and the total is always their sum.
///
/// Each has exactly the decimals of its currency.
package struct Parts: Hashable, Sendable {
    package let currency: String
    /// Those of the currency.
    package let decimals: Int
    /// In the smallest units of the currency, in the order of the kinds.
    private var units: [Int]

    /// The largest amount, in the smallest units: 15 digits, so that no sum of a claim can overflow.
    package static let limit = 999_999_999_999_999

    /// Nothing of a currency; nil where the currency is not known.
    package init?(zeroOf currency: String) {
        guard let decimals = Currency.minorUnits(of: currency) else { return nil }
        self.currency = currency
        self.decimals = decimals
        units = ComponentKind.allCases.map { _ in 0 }
    }

    /// Nil for an unknown currency, an amount with too many decimals, a negative or a too large one.
    package init?(_ currency: String, _ amounts: [ComponentKind: ExactDecimal]) {
        guard var parts = Parts(zeroOf: currency) else { return nil }
        for (kind, amount) in amounts {
            guard let number = amount.written(withDecimals: parts.decimals)?.units, (0...Self.limit).contains(number)
            else { return nil }
            parts[units: kind] = number
        }
        guard parts.totalUnits <= Self.limit else { return nil }
        self = parts
    }

    package subscript(kind: ComponentKind) -> ExactDecimal {
        ExactDecimal(units: self[units: kind], decimals: decimals)
    }

    package var total: ExactDecimal { ExactDecimal(units: totalUnits, decimals: decimals) }

    /// The kinds that are not zero.
    package var kinds: [ComponentKind] { ComponentKind.allCases.filter { self[units: $0] != 0 } }

    package var isZero: Bool { totalUnits == 0 }

    // MARK: Arithmetic

    subscript(units kind: ComponentKind) -> Int {
        get { units[Self.place(of: kind)] }
        set { units[Self.place(of: kind)] = newValue }
    }

    var totalUnits: Int { units.reduce(0, +) }

    /// The same parts without amounts.
    var zero: Parts {
        var parts = self
        parts.units = units.map { _ in 0 }
        return parts
    }

    /// Each part is combined with that of the other; both are of one currency.
    func combined(with other: Parts, _ operation: (Int, Int) -> Int) -> Parts {
        precondition(currency == other.currency, "amounts of two currencies have no common sum")
        var parts = self
        parts.units = zip(units, other.units).map(operation)
        return parts
    }

    /// Whether no part is larger than that of the other.
    package func isWithin(_ other: Parts) -> Bool {
        currency == other.currency && zip(units, other.units).allSatisfy { $0 <= $1 }
    }

    /// A sum spread over the parts: each kind in this order takes what it can.
    ///
    /// Nil where the sum is larger than all parts together.
    func filled(with sum: Int, in order: [ComponentKind]) -> Parts? {
        var rest = sum
        var parts = zero
        for kind in order + ComponentKind.allCases.filter({ !order.contains($0) }) where rest > 0 {
            let share = min(rest, self[units: kind])
            parts[units: kind] = share
            rest -= share
        }
        return rest == 0 ? parts : nil
    }

    private static func place(of kind: ComponentKind) -> Int {
        switch kind {
        case .principal: 0
        case .interest: 1
        case .fines: 2
        case .administrativePenalties: 3
        case .chargesAndCosts: 4
        }
    }
}

/// In JSON an object with the currency and each part that is not zero, as decimal text.
extension Parts: Codable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        let currency = try values.decode(String.self, forKey: Key(stringValue: "currency"))
        var amounts: [ComponentKind: ExactDecimal] = [:]
        for kind in ComponentKind.allCases {
            amounts[kind] = try values.decodeIfPresent(ExactDecimal.self, forKey: Key(stringValue: kind.rawValue))
        }
        guard let parts = Parts(currency, amounts) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "these are no amounts of a known currency")
            )
        }
        self = parts
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(currency, forKey: Key(stringValue: "currency"))
        for kind in kinds { try values.encode(self[kind], forKey: Key(stringValue: kind.rawValue)) }
    }
}

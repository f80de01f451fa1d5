// SPDX-License-Identifier: EUPL-1.2

/// What became of a claim in one currency: claimed = recovered + outstanding + withdrawn + reduced, for each component.
///
/// Amounts only enter as claimed and then move from one column to another, so that the identity can never be lost by a
/// forgotten half of a booking; ``isBalanced`` is asked all the same after every event and on every write.
package struct Balance: Hashable, Sendable {
    package enum Column: String, Hashable, Sendable, CaseIterable, Codable {
        case outstanding
        case recovered
        case withdrawn
        case reduced
    }

    package private(set) var claimed: Parts
    package private(set) var outstanding: Parts
    package private(set) var recovered: Parts
    package private(set) var withdrawn: Parts
    package private(set) var reduced: Parts

    init(claiming parts: Parts) {
        claimed = parts
        outstanding = parts
        recovered = parts.zero
        withdrawn = parts.zero
        reduced = parts.zero
    }

    package subscript(column: Column) -> Parts {
        switch column {
        case .outstanding: outstanding
        case .recovered: recovered
        case .withdrawn: withdrawn
        case .reduced: reduced
        }
    }

    /// Whether the identity holds for each component, and nothing is negative.
    package var isBalanced: Bool {
        ComponentKind.allCases.allSatisfy { kind in
            let columns = Column.allCases.map { self[$0][units: kind] }
            return columns.allSatisfy { $0 >= 0 } && claimed[units: kind] == columns.reduce(0, +)
        }
    }

    /// What the claim is now: claimed without what was withdrawn or reduced.
    package var standing: Parts { recovered.combined(with: outstanding, +) }

    /// False where it would be more than an amount may be.
    mutating func claim(_ more: Parts) -> Bool {
        let sum = claimed.combined(with: more, +)
        guard sum.totalUnits <= Parts.limit else { return false }
        claimed = sum
        outstanding = outstanding.combined(with: more, +)
        return true
    }

    /// False where there is not so much to move.
    mutating func move(_ parts: Parts, from source: Column, to target: Column) -> Bool {
        guard parts.isWithin(self[source]) else { return false }
        set(source, self[source].combined(with: parts, -))
        set(target, self[target].combined(with: parts, +))
        return true
    }

    private mutating func set(_ column: Column, _ parts: Parts) {
        switch column {
        case .outstanding: outstanding = parts
        case .recovered: recovered = parts
        case .withdrawn: withdrawn = parts
        case .reduced: reduced = parts
        }
    }
}

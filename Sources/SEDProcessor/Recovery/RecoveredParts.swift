// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
internal import SEDCore
internal import SEDRecovery

/// What the requested party has recovered of each claim in all, by component, as R004 tells it in its additional
/// information: also what is not claimed any more, and nothing that was paid to the applicant party itself.
///
/// R004 has a sum and no place for claims and components. Without them the other party could only guess which claim the
/// money is for, so our R004 says it in words that people and our own reader understand:
/// `Recovered in all, by claim: 1: principal 132.71; 2: principal 500.00, art80Interest 4.00.` Others are read without.
struct RecoveredParts: Hashable {
    struct Amounts: Hashable {
        var parts: [ComponentKind: ExactDecimal] = [:]
        /// Interest of the requested party's law (Article 80(2)), which is no part of the claim.
        var interest: ExactDecimal?
    }

    /// By number of the claim.
    let claims: [Int: Amounts]

    private static let interest = "art80Interest"

    private static let beginning = "Recovered in all, by claim: "
    /// What the element can hold.
    private static let limit = 500

    init(_ books: RecoveryBooks) {
        claims = books.ledgers.mapValues { ledger in
            let collected = ledger.collected
            return Amounts(
                parts: Dictionary(uniqueKeysWithValues: collected.kinds.map { ($0, collected[$0]) }),
                interest: ledger.interest.settled.units > 0 ? ledger.interest.settled : nil)
        }
    }

    /// Whether the text is meant to be one of these, readable or not.
    static func isBegun(by text: String) -> Bool { text.hasPrefix(beginning) }

    /// Nil where the text says something else.
    init?(parsing text: String) {
        guard Self.isBegun(by: text), text.hasSuffix(".") else { return nil }
        var claims: [Int: Amounts] = [:]
        for entry in text.dropFirst(Self.beginning.count).dropLast().components(separatedBy: "; ") {
            let parts = entry.components(separatedBy: ": ")
            guard parts.count == 2, let claim = Int(parts[0]), claims[claim] == nil else { return nil }
            var amounts = Amounts()
            for amount in parts[1].components(separatedBy: ", ") {
                let words = amount.components(separatedBy: " ")
                guard words.count == 2, let value = ExactDecimal(parsing: words[1]), value.units > 0 else { return nil }
                if words[0] == Self.interest, amounts.interest == nil {
                    amounts.interest = value
                } else if let kind = ComponentKind(rawValue: words[0]), amounts.parts[kind] == nil {
                    amounts.parts[kind] = value
                } else {
                    return nil
                }
            }
            claims[claim] = amounts
        }
        self.claims = claims
    }

    /// Nil where it is too long for its element, or nothing was recovered.
    var text: String? {
        let entries = claims.sorted { $0.key < $1.key }.compactMap { claim, amounts -> String? in
            let parts =
                ComponentKind.allCases.compactMap { kind in amounts.parts[kind].map { "\(kind.rawValue) \($0)" } }
                + (amounts.interest.map { ["\(Self.interest) \($0)"] } ?? [])
            return parts.isEmpty ? nil : "\(claim): \(parts.joined(separator: ", "))"
        }
        let text = "\(Self.beginning)\(entries.joined(separator: "; "))."
        return entries.isEmpty || text.count > Self.limit ? nil : text
    }

    /// What is new since the books of the reader, which know more already where a later statement was read before; nil
    /// where it does not fit their currency.
    func since(_ ledger: ClaimLedger, claim: Int) -> (parts: Parts, interest: ExactDecimal)? {
        let known = ledger.collected
        let amounts = claims[claim] ?? Amounts()
        let settled = ledger.interest.settled
        guard let stated = Parts(known.currency, amounts.parts),
            let interest = (amounts.interest ?? settled).adding(settled.negated())
        else { return nil }
        var more: [ComponentKind: ExactDecimal] = [:]
        for kind in ComponentKind.allCases {
            guard let difference = stated[kind].adding(known[kind].negated()) else { return nil }
            if difference.units > 0 { more[kind] = difference }
        }
        return Parts(known.currency, more).map { ($0, interest.units > 0 ? interest : .zero) }
    }
}

// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore

/// An amount in the currency of the requested party, exactly.
struct RecoverySum: Hashable {
    let amount: ExactDecimal
    let currency: String
}

/// What documents of a recovery case say of sums; nil wherever something is missing or cannot be added up.
extension CaseDocument {
    /// The total of all claims that an R017, R025 or R034 states.
    var claimed: RecoverySum? {
        let claims = groups(of: .claimTotal, .claimCurrency)
        var amounts: [ExactDecimal] = []
        var currencies: Set<String> = []
        for facts in claims {
            guard let total = facts.first(where: { $0.name == .claimTotal }), let currency = facts.currency,
                let amount = ExactDecimal(parsing: total.text)
            else { return nil }
            amounts.append(amount)
            currencies.insert(currency)
        }
        guard currencies.count == 1, let currency = currencies.first, let sum = ExactDecimal.sum(amounts)
        else { return nil }
        return RecoverySum(amount: sum, currency: currency)
    }

    /// Whether it states claims at all.
    var hasClaims: Bool { fact(.claimTotal) != nil }

    /// The payments of an R004 that pass on what was recovered from the debtor: contributions or undue benefits.
    var remittances: [[CaseFact]] {
        groups(of: .paymentReason, .paymentDate, .paymentAmount, .paymentCurrency).filter { facts in
            facts.contains { $0.name == .paymentReason && ["03", "04"].contains($0.text) }
        }
    }
}

extension [CaseFact] {
    fileprivate var currency: String? { first { $0.name == .claimCurrency || $0.name == .paymentCurrency }?.text }
}

extension CaseHistory {
    /// The claim as the latest document that states one puts it.
    func claimed(besides judged: CaseDocument) -> RecoverySum? {
        inForce("R017", "R025", "R034", besides: judged).last(where: \.hasClaims)?.claimed
    }

    /// What was remitted so far in a currency, and whether that is all: payments in other currencies are left out.
    func remitted(in currency: String, besides judged: CaseDocument) -> (amount: ExactDecimal, isAll: Bool)? {
        let payments = inForce("R004", besides: judged).flatMap(\.remittances)
        let amounts = payments.compactMap { payment in
            payment.currency == currency
                ? payment.first { $0.name == .paymentAmount }.flatMap { ExactDecimal(parsing: $0.text) } : nil
        }
        return ExactDecimal.sum(amounts).map { ($0, amounts.count == payments.count) }
    }

    /// What is left of the claim; negative when more was remitted.
    func outstanding(besides judged: CaseDocument) -> ExactDecimal? {
        guard let claim = claimed(besides: judged), let remitted = remitted(in: claim.currency, besides: judged),
            remitted.isAll
        else { return nil }
        return claim.amount.adding(remitted.amount.negated())
    }
}

// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
package import SEDCurrency

/// One claim of a request: its components in the currencies of the applicant and of the requested party.
///
/// Source: Regulation 987/2009 Article 75(1), 78(3)(d), 90.
package struct Claim: Hashable, Sendable, Codable {
    package let applicant: Parts
    package let requested: Parts

    package init(applicant: Parts, requested: Parts) {
        self.applicant = applicant
        self.requested = requested
    }

    /// Converts each component by itself and rounds it once; the total is the sum of what was rounded.
    ///
    /// `request` tells everything but the amounts and currencies; its date is the day on which the request was first
    /// sent.
    package static func converted(
        _ applicant: Parts,
        into currency: String,
        like request: ConversionRequest,
        rates: RateTable
    ) throws(CurrencyRefusal) -> (claim: Claim, records: [ComponentKind: ConversionRecord]) {
        var amounts: [ComponentKind: ExactDecimal] = [:]
        var records: [ComponentKind: ConversionRecord] = [:]
        for kind in applicant.kinds {
            var request = request
            request.amount = applicant[kind]
            request.from = applicant.currency
            request.to = currency
            let conversion = try CurrencyConversion(request, rates: rates)
            amounts[kind] = conversion.result
            records[kind] = conversion.record
        }
        guard let requested = Parts(currency, amounts) else { throw Self.tooLarge }
        return (Claim(applicant: applicant, requested: requested), records)
    }

    /// New amounts of a claim at the rates of another day: what is paid stays what it was, and the rest is converted.
    ///
    /// Of each component what was recovered keeps its worth in both currencies; where less is claimed than that, its
    /// share of it. A component that was paid in full is not touched, whatever became of the rate.
    package static func converted(
        _ applicant: Parts,
        keepingPaid ledger: ClaimLedger,
        like request: ConversionRequest,
        rates: RateTable
    ) throws(CurrencyRefusal) -> (claim: Claim, records: [ComponentKind: ConversionRecord]) {
        var kept = ledger.requested.recovered
        guard applicant.currency == ledger.applicant.claimed.currency else {
            return try converted(applicant, into: kept.currency, like: request, rates: rates)
        }
        var rest = applicant.zero
        for kind in ComponentKind.allCases {
            let (stated, paid) = (applicant[units: kind], ledger.applicant.recovered[units: kind])
            if stated > paid {
                rest[units: kind] = stated - paid
            } else if stated < paid {
                kept[units: kind] = ClaimLedger.proportion(kept[units: kind], stated, paid)
            } else if ledger.applicant.outstanding[units: kind] == 0 {
                // What is left may be worth less than a unit of the other currency.
                kept[units: kind] += ledger.requested.outstanding[units: kind]
            }
        }
        let (converted, records) = try converted(rest, into: kept.currency, like: request, rates: rates)
        let requested = converted.requested.combined(with: kept, +)
        guard requested.totalUnits <= Parts.limit else { throw Self.tooLarge }
        return (Claim(applicant: applicant, requested: requested), records)
    }

    private static let tooLarge = CurrencyRefusal(
        .inadmissible, .tooManyDecimals,
        BilingualText("The amount is too large to be converted.", "Summa on ümberarvestamiseks liiga suur."))
}

/// The totals of several claims in one request.
package struct CombinedTotal: Hashable, Sendable {
    package let applicant: ExactDecimal
    package let requested: ExactDecimal

    /// Nil where the claims have different currencies, of which there is no sum, or where there is none.
    package init?(of claims: [Claim]) {
        guard let first = claims.first,
            claims.allSatisfy({
                $0.applicant.currency == first.applicant.currency && $0.requested.currency == first.requested.currency
            }),
            let applicant = ExactDecimal.sum(claims.map(\.applicant.total)),
            let requested = ExactDecimal.sum(claims.map(\.requested.total))
        else { return nil }
        self.applicant = applicant
        self.requested = requested
    }
}

/// How far a total that somebody else stated may be from the sum of its parts.
///
/// Each rounding may be off by half a unit of the last decimal. Counterparties round elsewhere than we do, or cut.
/// Our design: the project's legal rules, section 4.4. In the applicant's own currency nothing was rounded.
package enum TotalTolerance {
    /// Whether a stated total agrees with a sum of so many converted amounts.
    package static func accepts(_ stated: ExactDecimal, sum: ExactDecimal, roundings: Int) -> Bool {
        guard let difference = stated.adding(sum.negated())?.magnitude().multiplied(by: 2) else { return false }
        return difference.compared(to: ExactDecimal(units: roundings, decimals: sum.decimals)) != 1
    }
}

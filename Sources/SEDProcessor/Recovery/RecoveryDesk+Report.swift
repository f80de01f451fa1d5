// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
internal import SEDRecovery
internal import SEDStorage

/// A line of statistics: claims of one side, State, month, currency and outcome.
package struct RecoveryReportRow: Hashable, Sendable, Encodable {
    package let side: String
    /// Of the other party.
    package let country: String
    /// In which the request was sent or received, as `2026-03`.
    package let month: String
    /// Of the requested party, in which the amounts are.
    package let currency: String
    /// The state of the claims.
    package let outcome: String
    package let claims: Int
    package let claimed: String
    package let recovered: String
    package let outstanding: String
    package let withdrawn: String
    package let reduced: String
    package let remitted: String

    /// The names of the columns, in the order of ``cells``.
    package static let columns = [
        "side", "country", "month", "currency", "outcome", "claims", "claimed", "recovered", "outstanding", "withdrawn",
        "reduced", "remitted",
    ]

    package var cells: [String] {
        [
            side, country, month, currency, outcome, String(claims), claimed, recovered, outstanding, withdrawn,
            reduced,
            remitted,
        ]
    }
}

extension RecoveryDesk {
    /// Statistics over all claims that have books, in the order of their columns.
    package func report(at instant: Instant) throws -> [RecoveryReportRow] {
        try follow(by: "recovery", at: instant)
        var groups: [[String]: [ClaimLedger]] = [:]
        try workspace.store.read { view in
            for request in try view.recoveryRequests() {
                let month = String((request.rateDate ?? request.created.at.date).description.prefix(7))
                for ledger in try RecoveryBooks(of: request.id, in: view).ledgers.values {
                    let key = [
                        request.side, request.counterparty.country, month, ledger.requested.claimed.currency,
                        ledger.state.rawValue,
                    ]
                    groups[key, default: []].append(ledger)
                }
            }
        }
        return try groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { key, ledgers in
            func sum(_ amounts: (ClaimLedger) -> ExactDecimal) throws -> String {
                guard let sum = ExactDecimal.sum(ledgers.map(amounts)) else { throw RecoveryError.tooLargeSum }
                return sum.description
            }
            return RecoveryReportRow(
                side: key[0], country: key[1], month: key[2], currency: key[3], outcome: key[4], claims: ledgers.count,
                claimed: try sum(\.requested.claimed.total), recovered: try sum(\.requested.recovered.total),
                outstanding: try sum(\.requested.outstanding.total), withdrawn: try sum(\.requested.withdrawn.total),
                reduced: try sum(\.requested.reduced.total), remitted: try sum(\.remitted)
            )
        }
    }
}

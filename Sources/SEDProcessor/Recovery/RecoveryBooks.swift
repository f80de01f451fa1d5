// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
internal import SEDCore
internal import SEDRecovery
internal import SEDStorage

/// The books of the claims of one request, inside one transaction or view.
struct RecoveryBooks {
    let request: Int64
    /// By number of the claim, from 1.
    private(set) var ledgers: [Int: ClaimLedger] = [:]
    private(set) var events: [Int: [ClaimEvent]] = [:]

    /// Folds all events anew, and holds what they come to against the stored balances.
    init(of request: Int64, in view: Snapshot) throws {
        self.request = request
        events = try Self.histories(of: request, in: view)
        for (claim, history) in events {
            guard let ledger = try? ClaimLedger(folding: history),
                try Set(view.recoveryBalance(of: request, claim: claim)) == Set(Self.rows(of: ledger))
            else { throw Self.damaged(request) }
            ledgers[claim] = ledger
        }
    }

    /// The ledgers as they stood before a message was booked; as they stand where none is named.
    static func ledgers(of request: Int64, before messageID: Int64?, in view: Snapshot) throws -> [Int: ClaimLedger] {
        try histories(of: request, before: messageID, in: view).mapValues { history in
            guard let ledger = try? ClaimLedger(folding: history) else { throw damaged(request) }
            return ledger
        }
    }

    private static func histories(
        of request: Int64,
        before messageID: Int64? = nil,
        in view: Snapshot
    ) throws -> [Int: [ClaimEvent]] {
        let stored = Dictionary(grouping: try view.recoveryEvents(of: request), by: \.claim)
        return try stored.mapValues { events in
            try events.prefix { messageID == nil || $0.messageID != messageID }.map { stored in
                guard let event = try? JSONDecoder().decode(ClaimEvent.self, from: Data(stored.body.utf8)) else {
                    throw damaged(request)
                }
                return event
            }
        }
    }

    /// Books an event and stores it with the new balance; the store refuses what does not balance.
    mutating func append(
        _ event: ClaimEvent,
        to claim: Int,
        messageID: Int64? = nil,
        by actor: String,
        at instant: Instant,
        in transaction: Transaction
    ) throws {
        let ledger: ClaimLedger
        do throws(LedgerRefusal) {
            if case .takenBack = event {
                ledger = try ClaimLedger(folding: (events[claim] ?? []) + [event])
            } else if var known = ledgers[claim] {
                try known.apply(event)
                ledger = known
            } else {
                ledger = try ClaimLedger(opening: event)
            }
        } catch {
            throw RecoveryError.booking(error)
        }
        let body = try StableJSON.encode(event)
        // What cannot be read again would lock the books.
        guard (try? JSONDecoder().decode(ClaimEvent.self, from: Data(body.utf8))) == event else {
            throw RecoveryError.booking(.misplaced)
        }
        ledgers[claim] = ledger
        events[claim, default: []].append(event)
        try transaction.append(
            StoredRecoveryEvent(
                claim: claim, number: ledger.eventCount, at: instant, actor: actor, messageID: messageID,
                body: body
            ),
            balance: Self.rows(of: ledger), to: request
        )
    }

    /// Set where the currency of the books was replaced by the euro by that day: what is open is paid in euro then.
    func changeover(on day: CivilDate) -> EuroChangeover? {
        ledgers[1].flatMap { EuroChangeover(of: $0.requested.claimed.currency, by: day) }
    }

    private static func rows(of ledger: ClaimLedger) -> [RecoveryBalanceRow] {
        [("applicant", ledger.applicant), ("requested", ledger.requested)].flatMap { side, balance in
            ComponentKind.allCases.map { kind in
                RecoveryBalanceRow(
                    side: side, component: kind.rawValue, currency: balance.claimed.currency,
                    claimed: balance.claimed[kind].units, outstanding: balance.outstanding[kind].units,
                    recovered: balance.recovered[kind].units, withdrawn: balance.withdrawn[kind].units,
                    reduced: balance.reduced[kind].units
                )
            }
        }
    }

    private static func damaged(_ request: Int64) -> RecoveryError {
        RecoveryError(
            .damaged, "the books of request \(request) do not agree with their events; nothing was changed",
            "taotluse \(request) arvestus ei vasta sündmustele; midagi ei muudetud")
    }
}

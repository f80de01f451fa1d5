// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
internal import GRDB
internal import SEDCore

/// A list of payments as it stands.
package struct StoredPaymentList: Sendable {
    /// The file for the bank; nil for a list that the store had forgotten.
    package let file: [UInt8]?
    package let isVoided: Bool
    /// The requests that it pays, in the order of their numbers, with the smallest units of each.
    package let payments: [(request: Int64, units: Int)]
}

extension Transaction {
    /// Takes the next number of a list of payments.
    package func openPaymentList(currency: String, _ act: StoredRecoveryRequest.Act) throws -> Int64 {
        try database.execute(
            sql: "INSERT INTO recoveryPaymentList (currency, createdAt, createdBy, digest) VALUES (?, ?, ?, '')",
            arguments: [currency, act.at.millisecondsSinceEpoch, act.by]
        )
        return database.lastInsertedRowID
    }

    package func closePaymentList(_ number: Int64, digest: String, file: [UInt8]) throws {
        try database.execute(
            sql: "UPDATE recoveryPaymentList SET digest = ?, file = ? WHERE number = ?",
            arguments: [digest, Data(file), number])
    }

    /// `remitted` is what was told of in all for the request by now, in the smallest units.
    package func insert(payment units: Int, for request: Int64, in list: Int64, remitted: Int) throws {
        try database.execute(
            sql: "INSERT INTO recoveryPayment (list, requestId, units, remittedBefore) VALUES (?, ?, ?, ?)",
            arguments: [list, request, units, remitted]
        )
    }

    /// Lets a list hold nothing any more; one that the store had forgotten is entered as such.
    package func voidPaymentList(_ number: Int64, _ act: StoredRecoveryRequest.Act) throws {
        try database.execute(
            sql: """
                INSERT INTO recoveryPaymentList (number, currency, createdAt, createdBy, digest, voidedAt, voidedBy)
                VALUES (?, '', ?, ?, '', ?, ?)
                ON CONFLICT (number) DO UPDATE SET voidedAt = excluded.voidedAt, voidedBy = excluded.voidedBy
                """,
            arguments: [
                number, act.at.millisecondsSinceEpoch, act.by, act.at.millisecondsSinceEpoch, act.by,
            ]
        )
    }
}

extension Snapshot {
    /// The highest number of a list of payments; 0 where there is none.
    package func lastPaymentList() throws -> Int64 {
        try Int64.fetchOne(database, sql: "SELECT max(number) FROM recoveryPaymentList") ?? 0
    }

    /// Nil where there is no such list.
    package func paymentList(_ number: Int64) throws -> StoredPaymentList? {
        guard
            let row = try Row.fetchOne(
                database, sql: "SELECT file, voidedAt FROM recoveryPaymentList WHERE number = ?", arguments: [number])
        else { return nil }
        let payments = try Row.fetchAll(
            database, sql: "SELECT requestId, units FROM recoveryPayment WHERE list = ? ORDER BY requestId",
            arguments: [number])
        return StoredPaymentList(
            file: (row["file"] as Data?).map { Array($0) }, isVoided: row["voidedAt"] != nil,
            payments: payments.map { (request: $0["requestId"], units: $0["units"]) })
    }

    /// What lists of payments hold for a request and no remittance has told of yet, in the smallest units.
    package func listedPayments(for request: Int64, remitted: Int) throws -> Int {
        try openPayments(for: request, remitted: remitted).reduce(0) { $0 + $1.units }
    }

    /// The same, list by list.
    ///
    /// A remittance tells first of what the lists before it hold. One that was on no list takes nothing from lists
    /// that come after it, so that no money is listed twice. A list that was voided holds nothing.
    package func openPayments(for request: Int64, remitted: Int) throws -> [(list: Int64, units: Int)] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT list, units, remittedBefore FROM recoveryPayment
                JOIN recoveryPaymentList ON recoveryPaymentList.number = recoveryPayment.list
                WHERE requestId = ? AND voidedAt IS NULL ORDER BY list
                """,
            arguments: [request]
        )
        var open: [(list: Int64, units: Int)] = []
        var told = 0
        func tell(upTo remitted: Int) {
            var rest = remitted - told
            for place in open.indices {
                let share = min(rest, open[place].units)
                open[place].units -= share
                rest -= share
            }
            told = remitted
        }
        for row in rows {
            tell(upTo: row["remittedBefore"])
            open.append((row["list"], row["units"]))
        }
        tell(upTo: remitted)
        return open
    }
}

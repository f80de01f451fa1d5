// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
internal import GRDB

/// The bytes of messages and the reports on them, apart from the rows that tell where messages stand.
///
/// SQLite writes a row anew as a whole whenever a column of it changes, and reads past large columns to reach those
/// behind them. Where a message stands changes three times on its way; its bytes never do, and a report seldom.
enum MessageContents {
    static let creation = """
        CREATE TABLE messageBytes (
            messageId INTEGER PRIMARY KEY REFERENCES message(id),
            bytes BLOB NOT NULL
        );
        INSERT INTO messageBytes SELECT id, bytes FROM message WHERE bytes IS NOT NULL;
        CREATE TABLE messageReport (
            messageId INTEGER PRIMARY KEY REFERENCES message(id),
            report TEXT NOT NULL
        );
        INSERT INTO messageReport SELECT id, report FROM message;
        ALTER TABLE message DROP COLUMN bytes;
        ALTER TABLE message DROP COLUMN report;
        """
}

extension Transaction {
    func keep(bytes: [UInt8], of id: Int64) throws {
        try database.execute(
            sql: "INSERT INTO messageBytes (messageId, bytes) VALUES (?, ?)", arguments: [id, Data(bytes)])
    }

    /// Keeps the report on a message, as JSON, in place of an earlier one.
    package func setReport(_ report: String, of id: Int64) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO messageReport (messageId, report) VALUES (?, ?)", arguments: [id, report])
    }
}

extension Snapshot {
    /// Nil for a file too large to keep in the store.
    package func bytes(of id: Int64) throws -> [UInt8]? {
        try Data.fetchOne(database, sql: "SELECT bytes FROM messageBytes WHERE messageId = ?", arguments: [id])
            .map(Array.init)
    }

    /// The report on a message as JSON; nil until something is decided about it.
    package func report(of id: Int64) throws -> String? {
        try String.fetchOne(database, sql: "SELECT report FROM messageReport WHERE messageId = ?", arguments: [id])
    }
}

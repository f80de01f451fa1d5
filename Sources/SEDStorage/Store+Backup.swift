// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
internal import GRDB

extension Store {
    /// Copies the whole store, as it is at one moment, into a new database file; others may go on reading and writing.
    ///
    /// The copy is one file without a write-ahead log beside it, complete and flushed when this returns. `progress` gets
    /// the share that is copied, from 0 to 1.
    package func backup(to path: String, progress: @escaping (Double) -> Void) throws {
        try Self.failing {
            let copy = try DatabaseQueue(path: path)
            try queue.backup(to: copy, pagesPerStep: 4_096) { step in
                let total = max(1, step.totalPageCount)
                progress(Double(step.completedPageCount) / Double(total))
            }
            try copy.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA journal_mode = DELETE")
            }
            try copy.close()
        }
    }

    /// Copies a database file, such as a backup, to another new one; the first is only read.
    package static func copy(_ source: String, to path: String, progress: @escaping (Double) -> Void) throws {
        try failing {
            var configuration = GRDB.Configuration()
            configuration.readonly = true
            let original = try DatabaseQueue(path: source, configuration: configuration)
            let isStore = try original.read { database in
                guard try database.tableExists("grdb_migrations"), try database.tableExists("message") else {
                    return false
                }
                guard try !Migrations.all.hasBeenSuperseded(database) else { throw Self.tooNew }
                return true
            }
            guard isStore else { throw StorageError(code: .cannotOpen, message: "the file is no store of piiripost") }
            let copy = try DatabaseQueue(path: path)
            try original.backup(to: copy, pagesPerStep: 4_096) { step in
                progress(Double(step.completedPageCount) / Double(max(1, step.totalPageCount)))
            }
            try copy.close()
        }
    }

    static let tooNew = StorageError(
        code: .cannotOpen, message: "the store was written by a later version of piiripost")
}

extension Store {
    /// Writes everything into the one file and lets go of it.
    package func close() throws {
        try Self.failing {
            try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
            try queue.close()
        }
    }
}

extension Snapshot {
    /// What SQLite finds wrong with the file and with references between tables; empty for a sound store.
    package func databaseFaults() throws -> [String] {
        let structure = try String.fetchAll(database, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
        let references = try Row.fetchAll(database, sql: "PRAGMA foreign_key_check").map { row in
            "a row of \(row["table"] as String) names one of \(row["parent"] as String) that is not there"
        }
        return structure + references
    }

    /// The next messages behind a number with their bytes and the digest that was noted when they came, in order.
    package func contents(after id: Int64, limit: Int) throws -> [(id: Int64, digest: String, bytes: [UInt8]?)] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT id, digest, bytes FROM message LEFT JOIN messageBytes ON messageId = id
                WHERE id > ? ORDER BY id LIMIT ?
                """,
            arguments: [id, limit]
        ).map { row in (row["id"], row["digest"], (row["bytes"] as Data?).map(Array.init)) }
    }

    /// The attachments of a message with the digests that were noted when they came.
    package func attachmentContents(of id: Int64) throws -> [(digest: String, bytes: [UInt8])] {
        try Row.fetchAll(
            database, sql: "SELECT digest, bytes FROM attachment WHERE messageId = ? ORDER BY id", arguments: [id]
        ).map { row in (row["digest"], Array(row["bytes"] as Data)) }
    }

    /// The highest number that a message has or had.
    package var lastNumber: Int64 {
        get throws {
            try Int64.fetchOne(database, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'message'") ?? 0
        }
    }
}

extension Transaction {
    /// Has the next message get a number above this one.
    package func reserveNumbers(upTo number: Int64) throws {
        try database.execute(sql: "DELETE FROM sqlite_sequence WHERE name = 'message'")
        try database.execute(
            sql: "INSERT INTO sqlite_sequence (name, seq) VALUES ('message', ?)", arguments: [number])
    }
}

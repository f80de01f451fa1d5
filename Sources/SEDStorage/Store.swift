// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
internal import GRDB
internal import GRDBSQLite
internal import Glibc

/// The one truth of a workspace: messages, cases, outbox, deadlines and audit in one SQLite database.
///
/// All changes go through ``write(_:)``: one transaction, serialised by GRDB's single writer.
package final class Store: Sendable {
    let queue: DatabaseQueue
    /// The file beside the database that holds what was committed last; nil where nothing is written.
    private let log: LogFile?

    /// Opens the database, creates it where there is none, and brings its tables up to date.
    package init(path: String) throws {
        var configuration = GRDB.Configuration()
        configuration.journalMode = .wal
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(10)
        // What a batch of messages reads and writes stays in memory until it is committed, in KiB. What several batches
        // have written goes into the database together, in pages: most of them write the same pages of the indexes.
        configuration.prepareDatabase {
            try $0.execute(sql: "PRAGMA cache_size = -16000; PRAGMA wal_autocheckpoint = 4000")
        }
        do {
            queue = try Self.opened(path, configuration)
            log = LogFile(beside: path)
        } catch let error as DatabaseError {
            throw Self.storageError(error)
        }
    }

    /// Opens the database and brings its tables up to date, also where other processes do the same: all of them begin
    /// with the same migration, and those that come second find its tables there.
    private static func opened(_ path: String, _ configuration: GRDB.Configuration) throws -> DatabaseQueue {
        let begun = ContinuousClock.now
        while true {
            do {
                return try openedOnce(path, configuration)
            } catch let error as DatabaseError {
                let others: [ResultCode] = [.SQLITE_ERROR, .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_CONSTRAINT]
                guard others.contains(error.resultCode), .now - begun < longestOpening else { throw error }
                Thread.sleep(forTimeInterval: 0.05)
            }
        }
    }

    private static let longestOpening = Duration.seconds(5)

    private static func openedOnce(_ path: String, _ configuration: GRDB.Configuration) throws -> DatabaseQueue {
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        guard try !queue.read(Migrations.all.hasBeenSuperseded) else { throw tooNew }
        try Migrations.all.migrate(queue)
        // GRDB sets synchronous to NORMAL for WAL after our own configuration has run; an acknowledgement is only honest
        // with FULL, so it is set afterwards and asked back.
        let level = try queue.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA synchronous = FULL")
            return try Int.fetchOne(database, sql: "PRAGMA synchronous")
        }
        guard level == 2 else {
            throw StorageError(code: .cannotOpen, message: "the store cannot be set to flush every commit")
        }
        return queue
    }

    /// Opens a store for looking only: nothing is created, nothing brought up to date, nothing kept from others.
    package init(reading path: String) throws {
        var configuration = GRDB.Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(10)
        log = nil
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
            guard try !queue.read(Migrations.all.hasBeenSuperseded) else { throw Self.tooNew }
            guard try queue.read(Migrations.all.hasCompletedMigrations) else { throw Self.tooOld }
        } catch let error as DatabaseError {
            throw Self.storageError(error)
        }
    }

    private static let tooOld = StorageError(
        code: .cannotOpen,
        message: "the store was written by an earlier version; any other command brings it up to date")

    /// Runs one transaction; everything in it is durable when this returns, and nothing of it when it throws.
    package func write<Result>(_ body: (Transaction) throws -> Result) throws -> Result {
        try Self.failing {
            try queue.write { connection in
                let result = try body(Transaction(database: Statements(connection: connection)))
                try checkPlace(of: connection)
                return result
            }
        }
    }

    /// Refuses to commit into a file that is no longer the store of this workspace: what was moved, replaced or removed
    /// while it was open still takes writes, and nobody would ever see them.
    private func checkPlace(of connection: Database) throws {
        var hasMoved: CInt = 0
        let answer = unsafe sqlite3_file_control(
            connection.sqliteConnection, "main", SQLITE_FCNTL_HAS_MOVED, &hasMoved)
        let isInPlace = answer != SQLITE_OK || hasMoved == 0
        if isInPlace, log?.isInPlace ?? true { return }
        let file = isInPlace ? "store.sqlite-wal" : "store.sqlite"
        throw StorageError(
            code: .cannotOpen,
            message: "\(file) was moved, replaced or removed while it was open; put it back, or start again")
    }

    /// SQLite keeps this file for as long as a connection is open, and asks no more whether it is still there.
    private struct LogFile {
        let path: String
        let number: UInt64

        init?(beside database: String) {
            path = database + "-wal"
            guard let number = Self.number(of: path) else { return nil }
            self.number = number
        }

        var isInPlace: Bool { Self.number(of: path) == number }

        private static func number(of path: String) -> UInt64? {
            var facts = stat()
            return unsafe stat(path, &facts) == 0 ? UInt64(facts.st_ino) : nil
        }
    }

    /// Looks at one state of the store.
    ///
    /// A read of GRDB's switches the connection to reading only and back, at which SQLite throws away every statement
    /// that it has compiled. What a snapshot offers changes nothing anyway.
    package func read<Result>(_ body: (Snapshot) throws -> Result) throws -> Result {
        try Self.failing {
            try queue.unsafeRead { connection in
                try connection.beginTransaction(.deferred)
                let result: Result
                do {
                    result = try body(Snapshot(database: Statements(connection: connection)))
                } catch {
                    // SQLite may have ended the transaction by itself.
                    if connection.isInsideTransaction { try connection.rollback() }
                    throw error
                }
                try connection.commit()
                return result
            }
        }
    }

    /// Runs something whose faults are told as those of the store.
    static func failing<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw storageError(error)
        }
    }

    /// The message of SQLite may quote values, so only its number is passed on.
    private static func storageError(_ error: DatabaseError) -> StorageError {
        let code: StorageError.Code =
            switch error.resultCode {
            case .SQLITE_FULL: .diskFull
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: .corrupt
            case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_READONLY: .cannotOpen
            default: .other
            }
        return StorageError(
            code: code, message: "the store failed (SQLite \(error.extendedResultCode.rawValue))"
        )
    }
}

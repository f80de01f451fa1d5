// SPDX-License-Identifier: EUPL-1.2

internal import GRDB

/// A connection whose statements are compiled once and kept: compiling took half the time of a commit.
///
/// Each text is a single statement. Those whose text is made of values belong on the connection itself.
struct Statements {
    let connection: Database

    func execute(sql: String, arguments: StatementArguments = StatementArguments()) throws {
        try connection.cachedStatement(sql: sql).execute(arguments: arguments)
    }

    var lastInsertedRowID: Int64 { connection.lastInsertedRowID }

    /// How many rows the last statement changed.
    var changesCount: Int { connection.changesCount }
}

extension Row {
    static func fetchAll(
        _ statements: Statements,
        sql: String,
        arguments: StatementArguments = StatementArguments()
    ) throws -> [Row] {
        try fetchAll(statements.connection.cachedStatement(sql: sql), arguments: arguments)
    }

    static func fetchOne(
        _ statements: Statements,
        sql: String,
        arguments: StatementArguments = StatementArguments()
    ) throws -> Row? {
        try fetchOne(statements.connection.cachedStatement(sql: sql), arguments: arguments)
    }
}

extension DatabaseValueConvertible {
    static func fetchAll(
        _ statements: Statements,
        sql: String,
        arguments: StatementArguments = StatementArguments()
    ) throws -> [Self] {
        try fetchAll(statements.connection.cachedStatement(sql: sql), arguments: arguments)
    }

    static func fetchOne(
        _ statements: Statements,
        sql: String,
        arguments: StatementArguments = StatementArguments()
    ) throws -> Self? {
        try fetchOne(statements.connection.cachedStatement(sql: sql), arguments: arguments)
    }
}

// SPDX-License-Identifier: EUPL-1.2

import Foundation
import GRDB
import SEDCore
import SEDProcessor

/// A workspace with a great many cases, each in the same state: a determination from Poland that we have accepted.
///
/// One case goes the way of every message; its rows are then copied with identifiers of their own. All indexes stand
/// while that is done. Only the stored bytes keep the identifiers of the first case: nothing here reads them.
struct GrownWorkspace {
    let cases: Int
    let path: String
    let workspace: Workspace
    /// How long the copying took, in seconds.
    let fillTime: Double

    private let reference: ReferenceData
    private let next: String
    private let first: UniqueID

    private static let opening = ["07-a003-determination-from-poland", "08-a012-we-accept-the-polish-determination"]
    private static let message = "09-x001-poland-closes"

    init(cases: Int, repository: String, reference: ReferenceData, in folder: String) throws {
        self.cases = cases
        self.reference = reference
        path = "\(folder)/cases-\(cases)"
        let examples = "\(repository)/examples"
        try FileManager.default.createDirectory(atPath: "\(path)/inbound", withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: "\(examples)/piiripost.yaml", toPath: "\(path)/piiripost.yaml")
        for name in Self.opening {
            try FileManager.default.copyItem(
                atPath: "\(examples)/inbound/\(name).xml", toPath: "\(path)/inbound/\(name).xml")
        }
        next = try String(contentsOfFile: "\(examples)/inbound/\(Self.message).xml", encoding: .utf8)
        first = try Self.drainFirst(Workspace(path: path), reference)
        let start = ContinuousClock.now
        try Self.copyCase(times: cases - 1, in: "\(path)/store.sqlite")
        fillTime = (ContinuousClock.now - start) / .seconds(1)
        workspace = try Workspace(path: path)
    }

    private static func drainFirst(_ workspace: Workspace, _ reference: ReferenceData) throws -> UniqueID {
        let summary = try drain(workspace, reference, at: "2026-02-03T12:00:00Z")
        guard summary.accepted == opening.count, let item = try workspace.caseItems().first, item.state == "2",
            let id = UniqueID(parsing: item.caseId)
        else { throw WrongVerdict(description: "the case to be copied is not as expected: \(summary)") }
        return id
    }

    /// Shows a case as `piiripost case show` does.
    func show(_ number: Int) throws {
        let id = identifier(number, first.text)
        guard let id = UniqueID(parsing: id),
            let details = try workspace.caseDetails(id, useCases: reference.useCases), details.item.caseId == id.text
        else { throw WrongVerdict(description: "case \(id) of \(cases) is not there") }
    }

    /// Lays the next message of a case into the inbound folder, which is no part of what is measured.
    func prepareAdvance(_ number: Int) throws {
        let text = next.replacing(/[0-9a-f]{8}(?=-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/) { match in
            number == 0 ? String(match.output) : Self.prefix(number)
        }
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/inbound/\(number).xml"))
    }

    /// Takes that message: judged, committed, its file moved, delivered, as `piiripost process --once` does.
    func advance() throws {
        let summary = try Self.drain(workspace, reference, at: "2026-03-20T12:00:00Z")
        guard summary.accepted == 1, summary.delivered == 1 else {
            throw WrongVerdict(description: "a case of \(cases) did not advance: \(summary)")
        }
    }

    /// An identifier of the first case, as the copy with this number has it.
    private func identifier(_ number: Int, _ original: String) -> String {
        number == 0 ? original : Self.prefix(number) + original.dropFirst(8)
    }

    /// Eight digits that no two numbers share, scattered as those of real identifiers are.
    private static func prefix(_ number: Int) -> String {
        let digits = String(UInt32(truncatingIfNeeded: number) &* 2_654_435_761, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    private static func drain(
        _ workspace: Workspace,
        _ reference: ReferenceData,
        at time: String
    ) throws -> ProcessingSummary {
        let now = Instant(parsing: time) ?? Instant(millisecondsSinceEpoch: 0)
        let processor = try Processor(workspace: workspace, reference: reference, actor: "bench", clock: { now })
        return try Waiting.wait { try await processor.run { _ in } }
    }

    // MARK: Copies

    /// Copies the rows of the only case in every table, in one transaction.
    private static func copyCase(times: Int, in store: String) throws {
        var configuration = GRDB.Configuration()
        // What is named may be copied later than what names it.
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA cache_size = -2000000; PRAGMA temp_store = MEMORY")
        }
        let queue = try DatabaseQueue(path: store, configuration: configuration)
        // A copy that breaks off is thrown away: it needs no journal.
        try queue.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA synchronous = OFF")
            _ = try String.fetchOne(database, sql: "PRAGMA journal_mode = OFF")
        }
        try queue.write { database in
            try database.execute(sql: "CREATE TEMP TABLE copy (prefix TEXT PRIMARY KEY, n INTEGER) WITHOUT ROWID")
            try database.execute(
                sql: """
                    WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < ?)
                    INSERT INTO copy SELECT printf('%08x', (n * 2654435761) & 4294967295) AS prefix, n
                    FROM counted ORDER BY prefix
                    """,
                arguments: [times]
            )
            try database.execute(sql: "CREATE INDEX temp.copyInTurn ON copy(n)")
            let tables = try String.fetchAll(
                database,
                sql: """
                    SELECT name FROM sqlite_master
                    WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'grdb%' AND name <> 'edition'
                    """
            )
            for table in tables { try copyRows(of: table, in: database) }
        }
        try queue.close()
    }

    private static func copyRows(of table: String, in database: Database) throws {
        let original = "original_\(table)"
        try database.execute(sql: "CREATE TEMP TABLE \(original) AS SELECT * FROM main.\(table)")
        let columns = try database.columns(in: table)
        let values = columns.map { column in value(of: column.name, in: table) }
        let isNumbered = columns.contains { $0.name == "id" } || table == "audit"
        try database.execute(
            sql: """
                INSERT INTO main.\(table) (\(columns.map { "\"\($0.name)\"" }.joined(separator: ", ")))
                SELECT \(values.joined(separator: ", "))
                FROM temp.copy CROSS JOIN temp.\(original) AS old ORDER BY copy.\(isNumbered ? "n" : "prefix")
                """
        )
        try database.execute(sql: "DROP TABLE temp.\(original)")
    }

    /// What stands in a column of a copy: identifiers begin otherwise, numbers are counted on.
    private static func value(of column: String, in table: String) -> String {
        let numbered = "old.\"\(column)\" + copy.n * "
        switch (table, column) {
        case ("audit", "number"): return "NULL"
        case (_, "id"): return numbered + "(SELECT max(id) FROM temp.original_\(table))"
        case (_, "messageId"), (_, "stopMessageId"), (_, "doneBy"):
            return numbered + "\(opening.count)"
        case (_, "caseId"), (_, "setId"), (_, "relatedSet"), (_, "aboutSet"), (_, "instance"):
            return "copy.prefix || substr(old.\"\(column)\", 9)"
        case ("message", "fileName"), ("outbox", "fileName"): return "copy.n || '-' || old.fileName"
        case ("audit", "subject"):
            return """
                iif(old.subject LIKE 'message:%', 'message:' || (substr(old.subject, 9) + copy.n * \(opening.count)),
                    'case:' || copy.prefix || substr(old.subject, 14))
                """
        default: return "old.\"\(column)\""
        }
    }
}

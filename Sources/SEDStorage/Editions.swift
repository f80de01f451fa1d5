// SPDX-License-Identifier: EUPL-1.2

internal import GRDB
package import SEDCore

/// What judges messages: a version of piiripost with a catalogue of schemas, rules, tables and code lists.
package struct Edition: Hashable, Sendable {
    /// Such as `0.1.0`.
    package let version: String
    /// The SHA-256 of the catalogue, which holds the digest of every other file.
    package let catalogue: String

    package init(version: String, catalogue: String) {
        self.version = version
        self.catalogue = catalogue
    }
}

/// An edition that has judged messages of a store.
package struct StoredEdition: Hashable, Sendable {
    /// Rises in the order of first use.
    package let id: Int64
    package let edition: Edition
}

enum EditionTables {
    static let editions = """
        CREATE TABLE edition (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            version TEXT NOT NULL,
            catalogue TEXT NOT NULL,
            UNIQUE (version, catalogue)
        );
        -- What has judged the document; empty where it was judged before this was kept.
        ALTER TABLE message ADD COLUMN editionId INTEGER REFERENCES edition(id);
        -- As what it was judged: inbound or outbound; empty where it was judged before this was kept.
        ALTER TABLE message ADD COLUMN judgedAs TEXT;
        """
}

extension Transaction {
    /// The number of an edition, which it gets when it first judges.
    func number(of edition: Edition) throws -> Int64? {
        try database.execute(
            sql: "INSERT OR IGNORE INTO edition (version, catalogue) VALUES (?, ?)",
            arguments: [edition.version, edition.catalogue]
        )
        return try Int64.fetchOne(
            database, sql: "SELECT id FROM edition WHERE version = ? AND catalogue = ?",
            arguments: [edition.version, edition.catalogue]
        )
    }
}

extension Snapshot {
    /// What has judged the messages of this store, in the order of first use.
    package func editions() throws -> [StoredEdition] {
        try Row.fetchAll(database, sql: "SELECT * FROM edition ORDER BY id").map { row in
            StoredEdition(id: row["id"], edition: Edition(version: row["version"], catalogue: row["catalogue"]))
        }
    }

    /// As what a message was judged; nil where that was not kept.
    package func direction(of id: Int64) throws -> MessageDirection? {
        try String.fetchOne(database, sql: "SELECT judgedAs FROM message WHERE id = ?", arguments: [id])
            .flatMap(MessageDirection.init(rawValue:))
    }

    /// The next identifiers of cases, in their order, with a message that one of these editions has judged, or one that
    /// was not kept.
    package func cases(after id: UniqueID?, judgedBy editions: [Int64], limit: Int) throws -> [UniqueID] {
        try String.fetchAll(
            database,
            sql: """
                SELECT DISTINCT caseId FROM message WHERE caseId > ? AND \(Self.isJudged(by: editions))
                ORDER BY caseId LIMIT ?
                """,
            arguments: [id?.text ?? "", limit]
        ).compactMap(UniqueID.init(parsing:))
    }

    /// Whether a message of a case was judged by one of these editions, or by one that was not kept.
    package func isJudged(_ id: UniqueID, by editions: [Int64]) throws -> Bool {
        try Bool.fetchOne(
            database,
            sql: "SELECT EXISTS (SELECT 1 FROM message WHERE caseId = ? AND \(Self.isJudged(by: editions)))",
            arguments: [id.text]
        ) ?? false
    }

    /// The next messages that name no case, judged by one of these editions or by one that was not kept.
    package func messagesWithoutCase(after id: Int64, judgedBy editions: [Int64], limit: Int) throws -> [StoredMessage]
    {
        try messages(
            where: "caseId IS NULL AND id > ? AND \(Self.isJudged(by: editions))", [id], limit: limit
        )
    }

    /// How many messages there are in the cases that these editions have judged, and without a case.
    package func messages(judgedBy editions: [Int64]) throws -> Int {
        try Int.fetchOne(
            database,
            sql: """
                SELECT count(*) FROM message WHERE \(Self.isJudged(by: editions))
                OR caseId IN (SELECT caseId FROM message WHERE \(Self.isJudged(by: editions)))
                """
        ) ?? 0
    }

    private static func isJudged(by editions: [Int64]) -> String {
        "(editionId IS NULL OR editionId IN (\(editions.map(String.init).joined(separator: ", "))))"
    }
}

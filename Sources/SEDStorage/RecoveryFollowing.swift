// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
internal import GRDB
package import SEDCore

/// What the recovery desk has still to look at.
///
/// Triggers note each case whose steps change, in the transaction that changes them. So following costs nothing where
/// nothing happened, and nothing is missed that another process has placed.
enum RecoveryFollowTables {
    static let creation = """
        -- How a change of amounts is converted: as first sent, or at the rates of a new day.
        ALTER TABLE recoveryRequest ADD COLUMN ratePolicy TEXT;
        -- The request whose new version this is.
        ALTER TABLE recoveryRequest ADD COLUMN updates INTEGER REFERENCES recoveryRequest(id);
        -- 0 in its place, 1 has lost it, 2 has lost it and somebody has looked at that.
        ALTER TABLE recoveryNews ADD COLUMN displaced INTEGER NOT NULL DEFAULT 0;

        -- The file for the bank, so that a list can be written once more and never anew.
        ALTER TABLE recoveryPaymentList ADD COLUMN file BLOB;
        -- What R004 had told of in all when the list was made, in the smallest units.
        ALTER TABLE recoveryPayment ADD COLUMN remittedBefore INTEGER NOT NULL DEFAULT 0;

        CREATE TABLE recoveryTouched (
            caseId TEXT NOT NULL,
            institution TEXT NOT NULL,
            -- Following it failed; only a person's command tries again.
            isStuck INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (caseId, institution)
        ) WITHOUT ROWID;
        CREATE TRIGGER recoveryStepAdded AFTER INSERT ON caseStep WHEN \(concerns("NEW")) BEGIN \(touch("NEW")) END;
        CREATE TRIGGER recoveryStepChanged AFTER UPDATE ON caseStep WHEN \(concerns("NEW")) OR \(concerns("OLD"))
            BEGIN \(touch("NEW")) END;
        CREATE TRIGGER recoveryStepGone AFTER DELETE ON caseStep WHEN \(concerns("OLD")) BEGIN \(touch("OLD")) END;

        INSERT INTO recoveryTouched (caseId, institution)
            SELECT DISTINCT caseId, institution FROM caseStep WHERE \(concerns("caseStep"));
        """

    /// Documents of the sector, and the invalidation of a document.
    private static func concerns(_ row: String) -> String {
        "(\(row).sed BETWEEN 'R000' AND 'R999' OR \(row).sed = 'X008')"
    }

    /// The conflict clause of a trigger gives way to that of the statement, so that it asks first.
    private static func touch(_ row: String) -> String {
        """
        INSERT INTO recoveryTouched (caseId, institution) SELECT \(row).caseId, \(row).institution
            WHERE NOT EXISTS (SELECT 1 FROM recoveryTouched
                WHERE caseId = \(row).caseId AND institution = \(row).institution);
        """
    }
}

extension Transaction {
    /// Takes cases that have changed since the desk looked at them; with `stuck` also those where following failed.
    package func takeTouchedCases(stuck: Bool, limit: Int) throws -> [CaseKey] {
        let keys = try view.touchedCases(stuck: stuck, limit: limit)
        for key in keys { try untouch(key) }
        return keys
    }

    /// Takes one case from those that have changed.
    package func untouch(_ key: CaseKey) throws {
        try database.execute(
            sql: "DELETE FROM recoveryTouched WHERE caseId = ? AND institution = ?",
            arguments: [key.id.text, key.institution.text]
        )
    }

    /// Notes that a case could not be followed.
    package func noteStuck(_ key: CaseKey) throws {
        try database.execute(
            sql: "INSERT INTO recoveryTouched (caseId, institution, isStuck) VALUES (?, ?, 1)",
            arguments: [key.id.text, key.institution.text]
        )
    }

    /// Notes which messages of a request have lost their place in the case, and which have it again.
    package func noteDisplacedNews(of request: Int64, in key: CaseKey) throws {
        let isPlaced = """
            EXISTS (SELECT 1 FROM caseStep WHERE caseStep.caseId = ? AND caseStep.institution = ?
                AND caseStep.messageId = recoveryNews.messageId)
            """
        for (mark, condition) in [(1, "displaced = 0 AND NOT \(isPlaced)"), (0, "displaced > 0 AND \(isPlaced)")] {
            try database.execute(
                sql: "UPDATE recoveryNews SET displaced = ? WHERE requestId = ? AND \(condition)",
                arguments: [mark, request, key.id.text, key.institution.text]
            )
        }
    }

    /// Ends the open tasks that documents of some kinds have brought: the answer to them is on its way.
    package func finishTasks(ofDocuments seds: [String], of request: Int64, _ act: StoredRecoveryRequest.Act) throws {
        for sed in seds {
            try database.execute(
                sql: """
                    UPDATE recoveryNews SET doneAt = ?, doneBy = ? WHERE requestId = ? AND task IS NOT NULL
                    AND doneAt IS NULL AND messageId IN (SELECT id FROM message WHERE sed = ?)
                    """,
                arguments: [act.at.millisecondsSinceEpoch, act.by, request, sed]
            )
        }
    }
}

extension Snapshot {
    /// The file of a list of payments; nil where there is no such list.
    package func paymentFile(_ number: Int64) throws -> [UInt8]? {
        try Data.fetchOne(
            database, sql: "SELECT file FROM recoveryPaymentList WHERE number = ? AND file IS NOT NULL",
            arguments: [number]
        ).map { Array($0) }
    }

    package func touchedCases(stuck: Bool, limit: Int) throws -> [CaseKey] {
        try Row.fetchAll(
            database,
            // In the order of the key, so that a part of many is found without sorting all.
            sql: "SELECT caseId, institution FROM recoveryTouched WHERE isStuck <= ? LIMIT ?",
            arguments: [stuck ? 1 : 0, limit]
        ).compactMap { row in
            guard let id = UniqueID(parsing: row["caseId"]),
                let institution = InstitutionID(parsing: row["institution"])
            else { return nil }
            return CaseKey(id: id, institution: institution)
        }
    }

    /// The first message of a case in which somebody else asks something of us.
    package func requestToTakeUp(in key: CaseKey) throws -> Int64? {
        try Int64.fetchOne(
            database,
            sql: """
                SELECT message.id FROM caseStep JOIN message ON message.id = caseStep.messageId
                WHERE caseStep.caseId = ? AND caseStep.institution = ? AND caseStep.way = 'received'
                AND message.sed IN ('R012', 'R015', 'R017') AND message.state = 'done'
                ORDER BY caseStep.number LIMIT 1
                """,
            arguments: [key.id.text, key.institution.text]
        )
    }

    /// Whether a message stands in its case before one that stated amounts and was followed already.
    package func isLate(_ messageID: Int64, for request: Int64, in key: CaseKey) throws -> Bool {
        try Bool.fetchOne(
            database,
            sql: """
                SELECT EXISTS (SELECT 1 FROM caseStep AS own JOIN caseStep AS later
                    ON later.caseId = own.caseId AND later.institution = own.institution AND later.number > own.number
                    JOIN recoveryNews ON recoveryNews.messageId = later.messageId AND recoveryNews.requestId = ?
                    WHERE own.messageId = ? AND own.caseId = ? AND own.institution = ?
                    AND later.sed IN ('R017', 'R025', 'R034'))
                """,
            arguments: [request, messageID, key.id.text, key.institution.text]
        ) ?? false
    }

    /// The message that brought the last version of a document.
    package func lastMessage(of set: UniqueID, in key: CaseKey) throws -> Int64? {
        try Int64.fetchOne(
            database,
            sql: """
                SELECT messageId FROM documentVersion WHERE caseId = ? AND institution = ? AND setId = ?
                ORDER BY version DESC LIMIT 1
                """,
            arguments: [key.id.text, key.institution.text, set.text]
        )
    }

    /// The last version of a document of ours that its case holds.
    package func lastVersion(of set: UniqueID, in key: CaseKey) throws -> Int? {
        try Int.fetchOne(
            database,
            sql: "SELECT max(version) FROM documentVersion WHERE caseId = ? AND institution = ? AND setId = ?",
            arguments: [key.id.text, key.institution.text, set.text]
        )
    }
}

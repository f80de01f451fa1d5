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
        \(triggers(concerns))

        INSERT INTO recoveryTouched (caseId, institution)
            SELECT DISTINCT caseId, institution FROM caseStep WHERE \(concerns("caseStep"));
        """

    /// Documents that were made invalid, and cases of offsetting, which the desk takes up from now on.
    static let void = """
        -- The message with the X008 that made the document invalid.
        ALTER TABLE recoveryNews ADD COLUMN voidedBy INTEGER REFERENCES message(id);

        INSERT INTO recoveryTouched (caseId, institution)
            SELECT DISTINCT caseId, institution FROM caseStep AS step
            WHERE step.sed IN ('R001', 'R005', 'R008', 'R010', 'X008', 'X050')
            AND NOT EXISTS (SELECT 1 FROM recoveryTouched
                WHERE caseId = step.caseId AND institution = step.institution);

        DROP TRIGGER recoveryStepAdded;
        DROP TRIGGER recoveryStepChanged;
        DROP TRIGGER recoveryStepGone;
        \(triggers { "(\(concerns($0)) OR \($0).sed = 'X050')" })
        """

    /// Which message ended a task, and requests that were made invalid, which the desk follows on from now on.
    static let answers = """
        -- The message with the document that did what was to be done; empty where a person did it.
        ALTER TABLE recoveryNews ADD COLUMN doneByMessage INTEGER REFERENCES message(id);

        UPDATE recoveryNews SET doneByMessage = (
            SELECT min(other.messageId) FROM recoveryNews AS other
            JOIN message AS answer ON answer.id = other.messageId JOIN message AS asked ON asked.id = recoveryNews.messageId
            WHERE other.requestId = recoveryNews.requestId AND other.messageId > recoveryNews.messageId
            AND other.voidedBy IS NULL
            AND (asked.sed, answer.sed) IN (VALUES ('R001', 'R002'), ('R005', 'R006'), ('R008', 'R009'),
                ('R010', 'R011'), ('R001', 'R004'), ('R005', 'R004'), ('R008', 'R004'), ('R010', 'R004'),
                ('R012', 'R014'), ('R015', 'R016'), ('R017', 'R018'), ('R036', 'R018'), ('R028', 'R029'),
                ('R019', 'R033'), ('R019', 'R034'), ('R033', 'R034'), ('R018', 'R036')))
            WHERE task IS NOT NULL AND doneAt IS NOT NULL;

        INSERT INTO recoveryTouched (caseId, institution)
            SELECT DISTINCT request.caseId, request.institution FROM recoveryRequest AS request
            JOIN recoveryNews AS own ON own.requestId = request.id AND own.messageId = request.messageId
            WHERE own.voidedBy IS NOT NULL AND request.caseId IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM recoveryTouched
                WHERE caseId = request.caseId AND institution = request.institution);
        """

    private static func triggers(_ concerns: (String) -> String) -> String {
        """
        CREATE TRIGGER recoveryStepAdded AFTER INSERT ON caseStep WHEN \(concerns("NEW")) BEGIN \(touch("NEW")) END;
        CREATE TRIGGER recoveryStepChanged AFTER UPDATE ON caseStep WHEN \(concerns("NEW")) OR \(concerns("OLD"))
            BEGIN \(touch("NEW")) END;
        CREATE TRIGGER recoveryStepGone AFTER DELETE ON caseStep WHEN \(concerns("OLD")) BEGIN \(touch("OLD")) END;
        """
    }

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

    /// Notes that the document of a message was made invalid; nil where it is valid again.
    package func markVoid(_ messageID: Int64, by act: Int64?, of request: Int64) throws {
        try database.execute(
            sql: "UPDATE recoveryNews SET voidedBy = ? WHERE requestId = ? AND messageId = ?",
            arguments: [act, request, messageID]
        )
    }

    /// Forgets that a message was looked at, so that it is looked at anew.
    package func forgetNews(_ messageID: Int64, of request: Int64) throws {
        try database.execute(
            sql: "DELETE FROM recoveryNews WHERE requestId = ? AND messageId = ?", arguments: [request, messageID])
    }

    /// Leaves a task with a message that was looked at already; with `again` also where it was done once.
    package func leaveTask(_ task: String, with messageID: Int64, of request: Int64, again: Bool) throws {
        try database.execute(
            sql: """
                UPDATE recoveryNews SET task = ?, doneAt = NULL, doneBy = NULL, doneByMessage = NULL
                WHERE requestId = ? AND messageId = ? AND (? OR task IS NOT ?)
                """,
            arguments: [task, request, messageID, again, task]
        )
    }

    /// Opens a task again that a document had ended; with `answer` that message ends it instead.
    package func reopenTask(_ messageID: Int64, answeredBy answer: Int64?, of request: Int64) throws {
        try database.execute(
            sql: """
                UPDATE recoveryNews SET doneByMessage = ?1, doneAt = iif(?1 IS NULL, NULL, doneAt),
                    doneBy = iif(?1 IS NULL, NULL, doneBy)
                WHERE requestId = ?2 AND messageId = ?3
                """,
            arguments: [answer, request, messageID]
        )
    }

    /// Ends the open tasks that documents of some kinds have brought: the answer to them is on its way.
    package func finishTasks(
        ofDocuments seds: [String],
        by messageID: Int64,
        of request: Int64,
        _ act: StoredRecoveryRequest.Act
    ) throws {
        for sed in seds {
            try database.execute(
                sql: """
                    UPDATE recoveryNews SET doneAt = ?, doneBy = ?, doneByMessage = ?
                    WHERE requestId = ? AND task IS NOT NULL AND doneAt IS NULL
                    AND messageId IN (SELECT id FROM message WHERE sed = ?)
                    """,
                arguments: [act.at.millisecondsSinceEpoch, act.by, messageID, request, sed]
            )
        }
    }
}

extension Snapshot {
    package func touchedCases(stuck: Bool, limit: Int) throws -> [CaseKey] {
        // In the order of the key, so that a part of many is found without sorting all.
        try touchedCases(where: "isStuck <= ? LIMIT ?", [stuck ? 1 : 0, limit])
    }

    /// The cases that could not be followed.
    package func stuckCases() throws -> [CaseKey] { try touchedCases(where: "isStuck = 1", []) }

    private func touchedCases(where condition: String, _ arguments: StatementArguments) throws -> [CaseKey] {
        try Row.fetchAll(
            database, sql: "SELECT caseId, institution FROM recoveryTouched WHERE \(condition)", arguments: arguments
        ).compactMap { row in
            guard let id = UniqueID(parsing: row["caseId"]),
                let institution = InstitutionID(parsing: row["institution"])
            else { return nil }
            return CaseKey(id: id, institution: institution)
        }
    }

    /// The first message of a case in which somebody else asks something of us, and which is no request of ours yet.
    package func requestToTakeUp(in key: CaseKey) throws -> Int64? {
        try Int64.fetchOne(
            database,
            sql: """
                SELECT message.id FROM caseStep JOIN message ON message.id = caseStep.messageId
                JOIN document ON document.caseId = caseStep.caseId AND document.institution = caseStep.institution
                    AND document.setId = caseStep.setId
                WHERE caseStep.caseId = ? AND caseStep.institution = ? AND caseStep.way = 'received'
                AND message.sed IN ('R001', 'R005', 'R008', 'R010', 'R012', 'R015', 'R017') AND message.state = 'done'
                AND document.isValid
                AND NOT EXISTS (SELECT 1 FROM recoveryRequest JOIN caseStep AS own
                    ON own.messageId = recoveryRequest.messageId AND own.caseId = caseStep.caseId
                        AND own.institution = caseStep.institution AND own.setId = caseStep.setId
                    WHERE recoveryRequest.caseId = caseStep.caseId
                    AND recoveryRequest.institution = caseStep.institution)
                ORDER BY caseStep.number LIMIT 1
                """,
            arguments: [key.id.text, key.institution.text]
        )
    }

    /// The messages of a case whose documents X008 or X050 has made invalid, the latest first, each with the message
    /// that did it.
    package func voidedMessages(of key: CaseKey) throws -> [(messageID: Int64, by: Int64)] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT own.messageId, (SELECT act.messageId FROM caseStep AS act
                    WHERE act.caseId = own.caseId AND act.institution = own.institution AND act.aboutSet = own.setId
                    AND act.sed IN ('X008', 'X050') ORDER BY act.number DESC LIMIT 1) AS act
                FROM document JOIN caseStep AS own ON own.caseId = document.caseId
                    AND own.institution = document.institution AND own.setId = document.setId
                WHERE document.caseId = ? AND document.institution = ? AND NOT document.isValid
                ORDER BY own.number DESC
                """,
            arguments: [key.id.text, key.institution.text]
        ).map { row in (row["messageId"], row["act"] ?? row["messageId"]) }
    }

    /// The messages of a case whose documents are valid.
    package func validMessages(of key: CaseKey) throws -> Set<Int64> {
        let messages = try Int64.fetchAll(
            database,
            sql: """
                SELECT own.messageId FROM document JOIN caseStep AS own ON own.caseId = document.caseId
                    AND own.institution = document.institution AND own.setId = document.setId
                WHERE document.caseId = ? AND document.institution = ? AND document.isValid
                """,
            arguments: [key.id.text, key.institution.text]
        )
        return Set(messages)
    }

    /// The document that a message of a case acts on, such as `R018` for an X008.
    package func documentActedOn(by messageID: Int64, in key: CaseKey) throws -> String? {
        try String.fetchOne(
            database, sql: "SELECT about FROM caseStep WHERE caseId = ? AND institution = ? AND messageId = ?",
            arguments: [key.id.text, key.institution.text, messageID]
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
                        AND recoveryNews.voidedBy IS NULL
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

// SPDX-License-Identifier: EUPL-1.2

internal import GRDB

/// The tables of the store.
///
/// Migrations are only ever added; each has its name for good.
enum Migrations {
    static var all: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1-messages-and-cases") { database in
            try database.execute(sql: messagesAndCases)
        }
        migrator.registerMigration("3-institutions") { database in
            try database.execute(sql: institutions)
        }
        migrator.registerMigration("4-resends") { database in
            try database.execute(sql: resends)
        }
        return migrator
    }

    /// Times are milliseconds since 1970 in UTC, dates are ISO 8601, sets of words are joined by blanks.
    private static let messagesAndCases = """
        CREATE TABLE message (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            queue TEXT NOT NULL,
            fileName TEXT NOT NULL,
            digest TEXT NOT NULL,
            bytes BLOB,
            size INTEGER NOT NULL,
            receivedAt INTEGER NOT NULL,
            way TEXT NOT NULL,
            sender TEXT, receiver TEXT, senderRole TEXT, receiverRole TEXT,
            instance TEXT, sed TEXT, cdm TEXT, action TEXT, createdAt TEXT,
            caseId TEXT, buc TEXT, setId TEXT, documentVersion INTEGER, relatedSet TEXT,
            contexts TEXT, about TEXT, addedInstitution TEXT, removedInstitution TEXT, contentDigest TEXT,
            -- What rules about the case ask for, as JSON.
            facts TEXT,
            verdict TEXT NOT NULL,
            disposition TEXT NOT NULL,
            state TEXT NOT NULL,
            rule TEXT, reason TEXT,
            report TEXT NOT NULL,
            route TEXT,
            attempts INTEGER NOT NULL,
            acknowledgedAt INTEGER
        );
        -- The same message has one effect: whoever comes second is stored in state duplicate.
        CREATE UNIQUE INDEX messageIdentity ON message(sender, instance)
            WHERE instance IS NOT NULL AND state IN ('done', 'pending', 'rejected');
        CREATE INDEX messageToAcknowledge ON message(queue, fileName) WHERE acknowledgedAt IS NULL;
        CREATE INDEX messageByCase ON message(caseId, state);
        CREATE INDEX messageByState ON message(state, id);

        CREATE TABLE attachment (
            id INTEGER PRIMARY KEY,
            messageId INTEGER NOT NULL REFERENCES message(id),
            name TEXT NOT NULL,
            digest TEXT NOT NULL,
            size INTEGER NOT NULL,
            bytes BLOB NOT NULL
        );
        CREATE INDEX attachmentByMessage ON attachment(messageId);

        CREATE TABLE businessCase (
            id TEXT PRIMARY KEY,
            buc TEXT NOT NULL,
            version TEXT NOT NULL,
            role TEXT NOT NULL,
            institution TEXT NOT NULL,
            state TEXT NOT NULL,
            createdAt INTEGER NOT NULL,
            updatedAt INTEGER NOT NULL
        ) WITHOUT ROWID;

        CREATE TABLE participant (
            caseId TEXT NOT NULL REFERENCES businessCase(id),
            institution TEXT NOT NULL,
            role TEXT NOT NULL,
            isActive INTEGER NOT NULL,
            PRIMARY KEY (caseId, institution)
        ) WITHOUT ROWID;

        CREATE TABLE caseStep (
            caseId TEXT NOT NULL REFERENCES businessCase(id),
            number INTEGER NOT NULL,
            at INTEGER NOT NULL,
            messageId INTEGER NOT NULL REFERENCES message(id),
            way TEXT NOT NULL,
            sed TEXT NOT NULL,
            setId TEXT NOT NULL,
            version INTEGER NOT NULL,
            isUpdate INTEGER NOT NULL,
            contexts TEXT, about TEXT, aboutSet TEXT,
            fromState TEXT NOT NULL,
            toState TEXT NOT NULL,
            PRIMARY KEY (caseId, number)
        ) WITHOUT ROWID;

        CREATE TABLE document (
            caseId TEXT NOT NULL REFERENCES businessCase(id),
            setId TEXT NOT NULL,
            sed TEXT NOT NULL,
            way TEXT NOT NULL,
            version INTEGER NOT NULL,
            isValid INTEGER NOT NULL,
            relatedSet TEXT,
            PRIMARY KEY (caseId, setId)
        ) WITHOUT ROWID;

        CREATE TABLE documentVersion (
            caseId TEXT NOT NULL,
            setId TEXT NOT NULL,
            version INTEGER NOT NULL,
            messageId INTEGER NOT NULL REFERENCES message(id),
            PRIMARY KEY (caseId, setId, version)
        ) WITHOUT ROWID;

        CREATE TABLE outbox (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL,
            messageId INTEGER NOT NULL REFERENCES message(id),
            destination TEXT,
            fileName TEXT NOT NULL,
            bytes BLOB,
            state TEXT NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            reason TEXT,
            createdAt INTEGER NOT NULL,
            -- After a failure the entry rests until then.
            notBefore INTEGER NOT NULL DEFAULT 0,
            deliveredAt INTEGER
        );
        CREATE INDEX outboxByState ON outbox(state, id);
        CREATE UNIQUE INDEX outboxOnce ON outbox(kind, messageId);

        CREATE TABLE deadline (
            caseId TEXT NOT NULL REFERENCES businessCase(id),
            name TEXT NOT NULL,
            dueOn TEXT NOT NULL,
            isRunning INTEGER NOT NULL,
            isLaw INTEGER NOT NULL,
            closeReason TEXT,
            reference TEXT NOT NULL,
            messageId INTEGER NOT NULL,
            PRIMARY KEY (caseId, name)
        ) WITHOUT ROWID;

        CREATE TABLE obstacle (
            queue TEXT NOT NULL,
            fileName TEXT NOT NULL,
            rule TEXT NOT NULL,
            reason TEXT NOT NULL,
            firstSeen INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            PRIMARY KEY (queue, fileName)
        ) WITHOUT ROWID;

        CREATE TABLE audit (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL,
            actor TEXT NOT NULL,
            act TEXT NOT NULL,
            subject TEXT NOT NULL,
            detail TEXT NOT NULL
        );
        CREATE INDEX auditBySubject ON audit(subject, number);
        """

    /// One message may have to go again to several institutions, each time once.
    private static let resends = """
        ALTER TABLE outbox ADD COLUMN receiver TEXT NOT NULL DEFAULT '';
        DROP INDEX outboxOnce;
        CREATE UNIQUE INDEX outboxOnce ON outbox(kind, messageId, receiver);
        """
}

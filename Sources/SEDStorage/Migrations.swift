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
        migrator.registerMigration("2-cases-of-institutions") { database in
            try database.execute(sql: casesOfInstitutions)
        }
        migrator.registerMigration("3-clocks") { database in
            try database.execute(sql: DeadlineTables.clocks)
        }
        migrator.registerMigration("4-rates") { database in
            try database.execute(sql: rates)
        }
        migrator.registerMigration("5-institutions") { database in
            try database.execute(sql: institutions)
        }
        migrator.registerMigration("6-resends") { database in
            try database.execute(sql: resends)
        }
        migrator.registerMigration("7-editions") { database in
            try database.execute(sql: EditionTables.editions)
        }
        migrator.registerMigration("8-displaced") { database in
            // When a waiting message lost the place that it had.
            try database.execute(sql: "ALTER TABLE message ADD COLUMN displacedAt INTEGER")
        }
        migrator.registerMigration("9-operator") { database in
            try database.execute(sql: OperatorTables.acts)
        }
        migrator.registerMigration("10-transport") { database in
            try database.execute(sql: TransportTables.all)
        }
        migrator.registerMigration("11-recovery") { database in
            try database.execute(sql: RecoveryTables.creation)
        }
        migrator.registerMigration("12-recovery-following") { database in
            try database.execute(sql: RecoveryFollowTables.creation)
        }
        migrator.registerMigration("13-voided-payment-lists") { database in
            try database.execute(
                sql: """
                    ALTER TABLE recoveryPaymentList ADD COLUMN voidedAt INTEGER;
                    ALTER TABLE recoveryPaymentList ADD COLUMN voidedBy TEXT;
                    """)
        }
        migrator.registerMigration("14-message-contents") { database in
            try database.execute(sql: MessageContents.creation)
        }
        migrator.registerMigration("15-recovery-void") { database in
            try database.execute(sql: RecoveryFollowTables.void)
        }
        migrator.registerMigration("16-recovery-answers") { database in
            try database.execute(sql: RecoveryFollowTables.answers)
        }
        migrator.registerMigration("17-staging-place") { database in
            // Where the files of a staged entry lie; with isPlaceLost that folder was not found.
            try database.execute(
                sql: """
                    ALTER TABLE outbox ADD COLUMN stagedIn TEXT;
                    ALTER TABLE outbox ADD COLUMN isPlaceLost INTEGER NOT NULL DEFAULT 0;
                    """)
        }
        migrator.registerMigration("18-taken-files") { database in
            try database.execute(sql: TransportTables.takenFiles)
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
        CREATE UNIQUE INDEX outboxOnce ON outbox(kind, messageId, fileName, receiver);
        CREATE INDEX resendOpenByMessage ON resend(messageId, receiver) WHERE doneBy IS NULL;
        """

    /// A case belongs to one institution of ours and may have several threads.
    ///
    /// Everything in these tables is derived from the messages: what the old tables held is carried over as it was, and
    /// brought in line when a message of the case comes or `piiripost case rebuild` is called.
    private static let casesOfInstitutions = """
        -- How many findings of the report come from the document alone; the others came with its place in the case.
        ALTER TABLE message ADD COLUMN documentFindings INTEGER;

        CREATE TEMP TABLE oldCase AS SELECT * FROM businessCase;
        CREATE TEMP TABLE oldParticipant AS SELECT * FROM participant;
        CREATE TEMP TABLE oldStep AS SELECT * FROM caseStep;
        CREATE TEMP TABLE oldDocument AS SELECT * FROM document;
        CREATE TEMP TABLE oldVersion AS SELECT * FROM documentVersion;
        CREATE TEMP TABLE oldDeadline AS SELECT * FROM deadline;
        DROP TABLE deadline;
        DROP TABLE documentVersion;
        DROP TABLE document;
        DROP TABLE caseStep;
        DROP TABLE participant;
        DROP TABLE businessCase;

        CREATE TABLE businessCase (
            caseId TEXT NOT NULL,
            institution TEXT NOT NULL,
            buc TEXT NOT NULL,
            version TEXT NOT NULL,
            role TEXT NOT NULL,
            -- That of the thread that moved last.
            state TEXT NOT NULL,
            createdAt INTEGER NOT NULL,
            updatedAt INTEGER NOT NULL,
            PRIMARY KEY (caseId, institution)
        ) WITHOUT ROWID;

        CREATE TABLE caseThread (
            caseId TEXT NOT NULL,
            institution TEXT NOT NULL,
            number INTEGER NOT NULL,
            counterparty TEXT,
            state TEXT NOT NULL,
            PRIMARY KEY (caseId, institution, number)
        ) WITHOUT ROWID;

        CREATE TABLE participant (
            caseId TEXT NOT NULL,
            institution TEXT NOT NULL,
            participant TEXT NOT NULL,
            role TEXT NOT NULL,
            isActive INTEGER NOT NULL,
            PRIMARY KEY (caseId, institution, participant)
        ) WITHOUT ROWID;

        CREATE TABLE caseStep (
            caseId TEXT NOT NULL,
            institution TEXT NOT NULL,
            number INTEGER NOT NULL,
            at INTEGER NOT NULL,
            messageId INTEGER NOT NULL REFERENCES message(id),
            thread INTEGER NOT NULL,
            way TEXT NOT NULL,
            sed TEXT NOT NULL,
            setId TEXT NOT NULL,
            version INTEGER NOT NULL,
            isUpdate INTEGER NOT NULL,
            contexts TEXT, about TEXT, aboutSet TEXT,
            fromState TEXT NOT NULL,
            toState TEXT NOT NULL,
            PRIMARY KEY (caseId, institution, number)
        ) WITHOUT ROWID;

        CREATE TABLE document (
            caseId TEXT NOT NULL,
            institution TEXT NOT NULL,
            setId TEXT NOT NULL,
            number INTEGER NOT NULL,
            sed TEXT NOT NULL,
            way TEXT NOT NULL,
            version INTEGER NOT NULL,
            isValid INTEGER NOT NULL,
            relatedSet TEXT,
            PRIMARY KEY (caseId, institution, setId)
        ) WITHOUT ROWID;

        CREATE TABLE documentVersion (
            caseId TEXT NOT NULL,
            institution TEXT NOT NULL,
            setId TEXT NOT NULL,
            version INTEGER NOT NULL,
            messageId INTEGER NOT NULL REFERENCES message(id),
            PRIMARY KEY (caseId, institution, setId, version)
        ) WITHOUT ROWID;

        CREATE TABLE deadline (
            caseId TEXT NOT NULL,
            institution TEXT NOT NULL,
            thread INTEGER NOT NULL,
            name TEXT NOT NULL,
            setId TEXT NOT NULL,
            startedOn TEXT,
            startedBy INTEGER NOT NULL,
            dueOn TEXT NOT NULL,
            -- Empty while it runs.
            stoppedOn TEXT,
            stoppedBy INTEGER,
            isLaw INTEGER NOT NULL,
            closeReason TEXT,
            reference TEXT NOT NULL,
            PRIMARY KEY (caseId, institution, thread, name, setId)
        ) WITHOUT ROWID;

        -- Documents that an institution which came into the case has to get from us.
        CREATE TABLE resend (
            caseId TEXT NOT NULL,
            institution TEXT NOT NULL,
            receiver TEXT NOT NULL,
            setId TEXT NOT NULL,
            number INTEGER NOT NULL,
            receiverRole TEXT NOT NULL,
            sed TEXT NOT NULL,
            version INTEGER NOT NULL,
            action TEXT NOT NULL,
            messageId INTEGER NOT NULL REFERENCES message(id),
            -- The message that sent it; empty while it is to be sent.
            doneBy INTEGER,
            PRIMARY KEY (caseId, institution, receiver, setId)
        ) WITHOUT ROWID;
        -- Cases whose steps from this one on stand behind a message that came late: rules about cases judge them anew.
        CREATE TABLE caseToJudge (
            caseId TEXT NOT NULL,
            institution TEXT NOT NULL,
            step INTEGER NOT NULL,
            PRIMARY KEY (caseId, institution)
        ) WITHOUT ROWID;
        CREATE INDEX resendOpen ON resend(caseId, institution, number) WHERE doneBy IS NULL;

        INSERT INTO businessCase SELECT id, institution, buc, version, role, state, createdAt, updatedAt FROM oldCase;
        INSERT INTO caseThread SELECT id, institution, 1, NULL, state FROM oldCase;
        INSERT INTO participant SELECT old.caseId, oldCase.institution, old.institution, old.role, old.isActive
            FROM oldParticipant AS old JOIN oldCase ON oldCase.id = old.caseId;
        INSERT INTO caseStep SELECT old.caseId, oldCase.institution, old.number, old.at, old.messageId, 1, old.way,
            old.sed, old.setId, old.version, old.isUpdate, old.contexts, old.about, old.aboutSet, old.fromState,
            old.toState
            FROM oldStep AS old JOIN oldCase ON oldCase.id = old.caseId;
        INSERT INTO document SELECT old.caseId, oldCase.institution, old.setId,
            (SELECT min(number) FROM oldStep WHERE oldStep.caseId = old.caseId AND oldStep.setId = old.setId),
            old.sed, old.way, old.version, old.isValid, old.relatedSet
            FROM oldDocument AS old JOIN oldCase ON oldCase.id = old.caseId;
        INSERT INTO documentVersion SELECT old.caseId, oldCase.institution, old.setId, old.version, old.messageId
            FROM oldVersion AS old JOIN oldCase ON oldCase.id = old.caseId;
        INSERT INTO deadline SELECT old.caseId, oldCase.institution, 1, old.name, '', NULL, old.messageId, old.dueOn,
            CASE old.isRunning WHEN 1 THEN NULL ELSE '' END, NULL, old.isLaw, old.closeReason, old.reference
            FROM oldDeadline AS old JOIN oldCase ON oldCase.id = old.caseId;

        DROP TABLE oldDeadline;
        DROP TABLE oldVersion;
        DROP TABLE oldDocument;
        DROP TABLE oldStep;
        DROP TABLE oldParticipant;
        DROP TABLE oldCase;
        """

    /// Reference rates of the ECB, each with the file that brought it first.
    ///
    /// Rates are decimal text.
    private static let rates = """
        CREATE TABLE rateFile (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL,
            form TEXT NOT NULL,
            digest TEXT NOT NULL UNIQUE,
            firstDay TEXT NOT NULL,
            lastDay TEXT NOT NULL,
            days INTEGER NOT NULL,
            rates INTEGER NOT NULL,
            importedAt INTEGER NOT NULL,
            importedBy TEXT NOT NULL
        );
        CREATE TABLE rate (
            day TEXT NOT NULL,
            currency TEXT NOT NULL,
            -- Without zeros at its end, so that equal rates are equal texts.
            value TEXT NOT NULL,
            published TEXT NOT NULL,
            fileId INTEGER NOT NULL REFERENCES rateFile(id),
            -- The file that a person preferred.
            replacedBy INTEGER REFERENCES rateFile(id),
            PRIMARY KEY (day, currency, value)
        ) WITHOUT ROWID;
        """
}

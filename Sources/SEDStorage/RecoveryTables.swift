// SPDX-License-Identifier: EUPL-1.2

/// Requests of the recovery desk, and the books of their claims.
///
/// Events are only ever added. Balances follow from them and stand in the smallest units of their currency, so that the
/// database itself refuses a write after which a claim would not balance.
enum RecoveryTables {
    static let creation = """
        CREATE TABLE recoveryRequest (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL,
            -- applicant or requested: which party we are.
            side TEXT NOT NULL,
            institution TEXT NOT NULL,
            counterparty TEXT NOT NULL,
            state TEXT NOT NULL,
            -- The request as JSON; empty for one that was received, whose message has it all.
            content TEXT NOT NULL,
            -- SHA-256 of content and attachments: what was approved.
            digest TEXT NOT NULL,
            -- Tells equal claims apart from new ones without naming anybody.
            fingerprint TEXT NOT NULL,
            createdAt INTEGER NOT NULL, createdBy TEXT NOT NULL,
            -- Who wrote it last; neither of the two may approve it.
            changedBy TEXT NOT NULL,
            approvedAt INTEGER, approvedBy TEXT,
            sentAt INTEGER, sentBy TEXT,
            -- The day of the first sending, which decides the rates for good.
            rateDate TEXT,
            caseId TEXT,
            messageId INTEGER REFERENCES message(id)
        );
        CREATE INDEX recoveryRequestByCase ON recoveryRequest(caseId, institution);
        CREATE INDEX recoveryRequestByFingerprint ON recoveryRequest(fingerprint);

        CREATE TABLE recoveryAttachment (
            requestId INTEGER NOT NULL REFERENCES recoveryRequest(id),
            number INTEGER NOT NULL,
            role TEXT NOT NULL,
            certification TEXT,
            mimeType TEXT NOT NULL,
            name TEXT NOT NULL,
            digest TEXT NOT NULL,
            size INTEGER NOT NULL,
            bytes BLOB NOT NULL,
            PRIMARY KEY (requestId, number)
        );

        CREATE TABLE recoveryEvent (
            requestId INTEGER NOT NULL REFERENCES recoveryRequest(id),
            claim INTEGER NOT NULL,
            number INTEGER NOT NULL,
            at INTEGER NOT NULL,
            actor TEXT NOT NULL,
            -- The message that told it; empty for what a person entered.
            messageId INTEGER REFERENCES message(id),
            body TEXT NOT NULL,
            PRIMARY KEY (requestId, claim, number)
        ) WITHOUT ROWID;
        CREATE TRIGGER recoveryEventStays BEFORE UPDATE ON recoveryEvent
            BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
        CREATE TRIGGER recoveryEventRemains BEFORE DELETE ON recoveryEvent
            BEGIN SELECT RAISE(ABORT, 'events are never removed'); END;

        CREATE TABLE recoveryBalance (
            requestId INTEGER NOT NULL REFERENCES recoveryRequest(id),
            claim INTEGER NOT NULL,
            -- Whose currency: applicant or requested.
            side TEXT NOT NULL,
            component TEXT NOT NULL,
            currency TEXT NOT NULL,
            claimed INTEGER NOT NULL CHECK (claimed >= 0),
            outstanding INTEGER NOT NULL CHECK (outstanding >= 0),
            recovered INTEGER NOT NULL CHECK (recovered >= 0),
            withdrawn INTEGER NOT NULL CHECK (withdrawn >= 0),
            reduced INTEGER NOT NULL CHECK (reduced >= 0),
            PRIMARY KEY (requestId, claim, side, component),
            CHECK (claimed = outstanding + recovered + withdrawn + reduced)
        ) WITHOUT ROWID;

        -- What each message of a request's case came to; codes and days, never text of a document.
        CREATE TABLE recoveryNews (
            requestId INTEGER NOT NULL REFERENCES recoveryRequest(id),
            messageId INTEGER NOT NULL REFERENCES message(id),
            outcome TEXT,
            -- Why a person is needed; empty where nobody is, and when it was done.
            task TEXT,
            doneAt INTEGER, doneBy TEXT,
            PRIMARY KEY (requestId, messageId)
        ) WITHOUT ROWID;

        -- Lists of payments to applicant parties, each with what it pays for which request.
        CREATE TABLE recoveryPaymentList (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            currency TEXT NOT NULL,
            createdAt INTEGER NOT NULL,
            createdBy TEXT NOT NULL,
            -- Of the file that was written.
            digest TEXT NOT NULL
        );
        CREATE TABLE recoveryPayment (
            list INTEGER NOT NULL REFERENCES recoveryPaymentList(number),
            requestId INTEGER NOT NULL REFERENCES recoveryRequest(id),
            -- In the smallest units.
            units INTEGER NOT NULL CHECK (units > 0),
            PRIMARY KEY (list, requestId)
        ) WITHOUT ROWID;

        -- The proof of each converted component, as JSON.
        CREATE TABLE recoveryConversion (
            requestId INTEGER NOT NULL REFERENCES recoveryRequest(id),
            claim INTEGER NOT NULL,
            component TEXT NOT NULL,
            record TEXT NOT NULL,
            PRIMARY KEY (requestId, claim, component)
        ) WITHOUT ROWID;
        """
}

// SPDX-License-Identifier: EUPL-1.2

internal import GRDB

/// What an access point says of the message in which a SED travelled; nothing in the SBDH repeats it.
package struct Transport: Hashable, Sendable {
    /// The layout in which the message was handed over.
    package var layout: String
    /// The identifier of the AS4 message.
    package var messageID: String?
    package var conversationID: String?
    /// The AS4 message that this one answers.
    package var refToMessageID: String?
    package var sender: String?
    package var receiver: String?

    /// Texts of any length and content are shortened and lose their control characters: listings show them.
    package init(
        layout: String,
        messageID: String? = nil,
        conversationID: String? = nil,
        refToMessageID: String? = nil,
        sender: String? = nil,
        receiver: String? = nil
    ) {
        self.layout = layout
        self.messageID = Self.harmless(messageID)
        self.conversationID = Self.harmless(conversationID)
        self.refToMessageID = Self.harmless(refToMessageID)
        self.sender = Self.harmless(sender)
        self.receiver = Self.harmless(receiver)
    }

    private static func harmless(_ text: String?) -> String? {
        guard let text, !text.isEmpty else { return nil }
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(longest) {
            scalars.append([.control, .format].contains(scalar.properties.generalCategory) ? "_" : scalar)
        }
        return String(scalars)
    }

    private static let longest = 255
}

extension Transaction {
    package func add(_ transport: Transport, to messageID: Int64) throws {
        try database.execute(
            sql: """
                INSERT INTO transport (messageId, layout, as4MessageId, conversationId, refToMessageId, sender, receiver)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                messageID, transport.layout, transport.messageID, transport.conversationID, transport.refToMessageID,
                transport.sender, transport.receiver,
            ]
        )
    }
}

extension Transaction {
    /// Notes which files a message came in, by their names: each as it was, see `Folder.Identity`.
    ///
    /// They are forgotten when the message is acknowledged.
    package func add(files: [String: String], to messageID: Int64) throws {
        for (name, identity) in files {
            try database.execute(
                sql: "INSERT INTO takenFile (messageId, name, identity) VALUES (?, ?, ?)",
                arguments: [messageID, name, identity]
            )
        }
    }
}

extension Snapshot {
    /// The files of a message that is not acknowledged, by their names; empty for one that came in one file.
    package func files(of messageID: Int64) throws -> [String: String] {
        let rows = try Row.fetchAll(
            database, sql: "SELECT name, identity FROM takenFile WHERE messageId = ?", arguments: [messageID])
        return Dictionary(uniqueKeysWithValues: rows.map { ($0["name"], $0["identity"]) })
    }

    /// What the access point said of a message; nil for one that came without an access point.
    package func transport(of messageID: Int64) throws -> Transport? {
        try Row.fetchOne(database, sql: "SELECT * FROM transport WHERE messageId = ?", arguments: [messageID]).map {
            Transport(
                layout: $0["layout"], messageID: $0["as4MessageId"], conversationID: $0["conversationId"],
                refToMessageID: $0["refToMessageId"], sender: $0["sender"], receiver: $0["receiver"]
            )
        }
    }
}

/// The tables of what access points say.
enum TransportTables {
    static let all = """
        CREATE TABLE transport (
            messageId INTEGER PRIMARY KEY REFERENCES message(id),
            layout TEXT NOT NULL,
            as4MessageId TEXT,
            conversationId TEXT,
            refToMessageId TEXT,
            sender TEXT, receiver TEXT
        );
        CREATE INDEX transportByMessage ON transport(as4MessageId) WHERE as4MessageId IS NOT NULL;
        -- What an access point has told of a message that we gave it, for entries that are delivered.
        CREATE TABLE handOver (
            outboxId INTEGER PRIMARY KEY REFERENCES outbox(id),
            layout TEXT NOT NULL,
            state TEXT NOT NULL,
            as4MessageId TEXT,
            reason TEXT,
            changedAt INTEGER NOT NULL
        );
        CREATE INDEX handOverByState ON handOver(state);
        """

    /// A half-moved message is told by them from another one whose files have got the same names.
    static let takenFiles = """
        CREATE TABLE takenFile (
            messageId INTEGER NOT NULL REFERENCES message(id),
            name TEXT NOT NULL,
            identity TEXT NOT NULL,
            PRIMARY KEY (messageId, name)
        ) WITHOUT ROWID;
        """
}

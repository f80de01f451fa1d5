// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
internal import GRDB
package import SEDCases
package import SEDCore

/// A clock of a case as the store keeps it.
package struct StoredDeadline: Hashable, Sendable {
    package let caseID: UniqueID
    package let buc: BUCType
    package let role: CaseRole
    package let institution: InstitutionID
    package let deadline: CaseDeadline
}

/// Which clocks a listing asks for; all are running ones.
package struct DeadlineQuery: Hashable, Sendable {
    /// The day that counts as today.
    package var today: CivilDate
    /// The last day that is of interest.
    package var until: CivilDate
    /// Nil for everybody.
    package var actor: CaseDeadline.Actor?
    package var isOverdueOnly = false

    package init(today: CivilDate, until: CivilDate) {
        self.today = today
        self.until = until
    }
}

enum DeadlineTables {
    /// All rows are derived from the documents of the case; days are ISO 8601.
    static let deadlines = """
        CREATE TABLE deadline (
            caseId TEXT NOT NULL REFERENCES businessCase(id),
            name TEXT NOT NULL,
            setId TEXT NOT NULL,
            startedOn TEXT NOT NULL, startedBy TEXT NOT NULL, messageId INTEGER NOT NULL,
            countedFrom TEXT NOT NULL, countedDay TEXT NOT NULL, dueOn TEXT NOT NULL,
            -- The State whose public holidays were counted; empty where only weekends were known.
            calendar TEXT,
            stoppedOn TEXT, stoppedBy TEXT, stopMessageId INTEGER,
            actor TEXT NOT NULL,
            isLaw INTEGER NOT NULL,
            closeReason TEXT,
            -- Whether somebody has something to do when it has run out.
            isTask INTEGER NOT NULL,
            PRIMARY KEY (caseId, name, setId)
        ) WITHOUT ROWID;
        CREATE INDEX deadlineDue ON deadline(isTask, dueOn) WHERE stoppedOn IS NULL;

        -- Running clocks that close their case, until a run has looked at them after their last day.
        CREATE TABLE closingWatch (
            caseId TEXT NOT NULL REFERENCES businessCase(id),
            name TEXT NOT NULL,
            setId TEXT NOT NULL,
            dueOn TEXT NOT NULL,
            PRIMARY KEY (caseId, name, setId)
        ) WITHOUT ROWID;
        CREATE INDEX closingWatchDue ON closingWatch(dueOn);
        """
}

extension Snapshot {
    /// All clocks of a case, by last day, name and document.
    package func deadlines(of caseID: UniqueID) throws -> [StoredDeadline] {
        try deadlines("deadline.caseId = ?", [caseID.text])
    }

    /// Running clocks, by last day, case, name and document.
    ///
    /// Where nobody has anything to do, a clock that has run out is of no interest any more.
    package func deadlines(_ query: DeadlineQuery) throws -> [StoredDeadline] {
        // A last day is still in time, so overdue is what was due before today.
        let until = query.isOverdueOnly ? min(query.until, query.today.adding(days: -1)) : query.until
        func found(isTask: Bool, from: CivilDate?) throws -> [StoredDeadline] {
            var condition = Self.dueCondition
            var arguments: StatementArguments = [isTask, until.description]
            if let from {
                condition += " AND dueOn >= ?"
                arguments += [from.description]
            }
            if let actor = query.actor {
                condition += " AND actor = ?"
                arguments += [actor.rawValue]
            }
            return try deadlines(condition, arguments)
        }
        let tasks = try found(isTask: true, from: nil)
        let others = query.isOverdueOnly ? [] : try found(isTask: false, from: query.today)
        return (tasks + others).sorted { Self.order($0) < Self.order($1) }
    }

    private static func order(_ stored: StoredDeadline) -> (CivilDate, String, String, String) {
        (stored.deadline.dueOn, stored.caseID.text, stored.deadline.name, stored.deadline.set)
    }

    /// Received messages that wait for another one and that no exception answers yet, in the order of their arrival.
    ///
    /// What waits for a person has no end of waiting.
    package func waitingInGrace() throws -> [StoredMessage] {
        try pendingUnanswered(since: Instant(millisecondsSinceEpoch: .max)).filter { message in
            message.rule.map { ("CAS-001"..."CAS-006").contains($0.text) } ?? false
        }
    }

    /// Clocks that close their case and whose last day was before `today`.
    package func closingsDue(before today: CivilDate, limit: Int) throws -> [StoredDeadline] {
        try deadlines(
            """
            (deadline.caseId, deadline.name, deadline.setId) IN (
                SELECT caseId, name, setId FROM closingWatch WHERE dueOn < ? ORDER BY dueOn LIMIT \(limit))
            """,
            [today.description]
        )
    }

    private func deadlines(_ condition: String, _ arguments: StatementArguments) throws -> [StoredDeadline] {
        try Row.fetchAll(database, sql: Self.deadlines(where: condition), arguments: arguments)
            .compactMap(Self.storedDeadline)
    }

    private static func deadlines(where condition: String) -> String {
        """
        SELECT deadline.*, businessCase.buc, businessCase.role, businessCase.institution
        FROM deadline JOIN businessCase ON businessCase.id = deadline.caseId
        WHERE \(condition) ORDER BY deadline.dueOn, deadline.caseId, deadline.name, deadline.setId
        """
    }

    private static let dueCondition = "stoppedOn IS NULL AND isTask = ? AND dueOn <= ?"

    /// How SQLite looks for the clocks that are due: tests ask that it uses the index.
    package func planOfDeadlines() throws -> [String] {
        try Row.fetchAll(
            database, sql: "EXPLAIN QUERY PLAN " + Self.deadlines(where: Self.dueCondition),
            arguments: [true, "2026-01-01"]
        ).map { $0["detail"] }
    }

    private static func storedDeadline(_ row: Row) -> StoredDeadline? {
        func day(_ column: String) -> CivilDate? { (row[column] as String?).flatMap { CivilDate(parsing: $0) } }
        guard let caseID = UniqueID(parsing: row["caseId"]), let buc = BUCType(parsing: row["buc"]),
            let role = CaseRole(rawValue: row["role"]), let institution = InstitutionID(parsing: row["institution"]),
            let startedOn = day("startedOn"), let countedFrom = day("countedFrom"),
            let countedDay = day("countedDay"), let dueOn = day("dueOn"),
            let actor = CaseDeadline.Actor(rawValue: row["actor"])
        else { return nil }
        let stopped = day("stoppedOn").map {
            CaseDeadline.Event(on: $0, sed: SEDType(unchecked: row["stoppedBy"]), messageID: row["stopMessageId"])
        }
        return StoredDeadline(
            caseID: caseID, buc: buc, role: role, institution: institution,
            deadline: CaseDeadline(
                name: row["name"], set: row["setId"],
                started: CaseDeadline.Event(
                    on: startedOn, sed: SEDType(unchecked: row["startedBy"]), messageID: row["messageId"]
                ),
                countedFrom: countedFrom, countedDay: countedDay, dueOn: dueOn, calendar: row["calendar"],
                stopped: stopped, actor: actor, isLaw: row["isLaw"], closeReason: row["closeReason"]
            )
        )
    }
}

extension Transaction {
    /// Puts the clocks of a case in the place of those that the store holds.
    ///
    /// - Returns: How many drafts that were to close the case were withdrawn, because on that day nothing closes it.
    @discardableResult
    package func replace(_ deadlines: [CaseDeadline], of caseID: UniqueID, today: CivilDate) throws -> Int {
        for table in ["deadline", "closingWatch"] {
            try database.execute(sql: "DELETE FROM \(table) WHERE caseId = ?", arguments: [caseID.text])
        }
        for deadline in deadlines { try insert(deadline, of: caseID) }
        let reasons = CaseDeadline.closing(deadlines, on: today).map { String($0.started.messageID) }
        try database.execute(
            sql: """
                UPDATE outbox SET state = 'withdrawn'
                WHERE kind = 'closing' AND state = 'draft' AND messageId NOT IN (\(reasons.joined(separator: ", ")))
                    AND messageId IN (SELECT id FROM message WHERE caseId = ?)
                """,
            arguments: [caseID.text]
        )
        return database.changesCount
    }

    private func insert(_ deadline: CaseDeadline, of caseID: UniqueID) throws {
        let isTask = deadline.actor != .nobody || deadline.closeReason != nil
        try database.execute(
            sql: """
                INSERT INTO deadline (caseId, name, setId, startedOn, startedBy, messageId, countedFrom, countedDay,
                    dueOn, calendar, stoppedOn, stoppedBy, stopMessageId, actor, isLaw, closeReason, isTask)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                caseID.text, deadline.name, deadline.set, deadline.started.on.description, deadline.started.sed.code,
                deadline.started.messageID, deadline.countedFrom.description, deadline.countedDay.description,
                deadline.dueOn.description, deadline.calendar, deadline.stopped?.on.description,
                deadline.stopped?.sed.code, deadline.stopped?.messageID, deadline.actor.rawValue, deadline.isLaw,
                deadline.closeReason, isTask,
            ]
        )
        guard deadline.stopped == nil, deadline.closeReason != nil else { return }
        try watchClosing(deadline, of: caseID, from: deadline.dueOn)
    }

    /// Has a clock that closes its case looked at once the day has passed.
    package func watchClosing(_ deadline: CaseDeadline, of caseID: UniqueID, from day: CivilDate) throws {
        try database.execute(
            sql: "INSERT INTO closingWatch (caseId, name, setId, dueOn) VALUES (?, ?, ?, ?)",
            arguments: [caseID.text, deadline.name, deadline.set, day.description]
        )
    }

    /// Notes that a clock which closes its case needs no further look.
    package func endClosingWatch(_ deadline: CaseDeadline, of caseID: UniqueID) throws {
        try database.execute(
            sql: "DELETE FROM closingWatch WHERE caseId = ? AND name = ? AND setId = ?",
            arguments: [caseID.text, deadline.name, deadline.set]
        )
    }
}

extension Snapshot {
    /// The X001 that were written to close a case because a clock had run out, whatever became of them.
    package func closings(of caseID: UniqueID) throws -> [OutboxState] {
        try String.fetchAll(
            database,
            sql: """
                SELECT outbox.state FROM message JOIN outbox ON outbox.kind = 'closing' AND outbox.messageId = message.id
                WHERE message.caseId = ? ORDER BY outbox.id
                """,
            arguments: [caseID.text]
        ).compactMap(OutboxState.init(rawValue:))
    }

    /// The steps of a case with the days that clocks count: of receipt, or of the envelope of what we sent.
    package func datedSteps(of caseID: UniqueID) throws -> [DatedStep] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT message.id, message.way, message.receivedAt, message.createdAt
                FROM caseStep JOIN message ON message.id = caseStep.messageId
                WHERE caseStep.caseId = ? ORDER BY number
                """,
            arguments: [caseID.text]
        )
        return try zip(steps(of: caseID), zip(documents(of: caseID), rows)).map { stored, rest in
            let (document, row) = rest
            let received = Instant(millisecondsSinceEpoch: row["receivedAt"]).date
            let made = (row["createdAt"] as String?).flatMap { CivilDate(parsing: String($0.prefix(10))) }
            return DatedStep(
                step: stored.step, on: row["way"] == "sent" ? made ?? received : received, facts: document.facts,
                messageID: stored.messageID
            )
        }
    }
}

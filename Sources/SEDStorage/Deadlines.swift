// SPDX-License-Identifier: EUPL-1.2

internal import GRDB
package import SEDCases
package import SEDCore

/// A clock of one thread of a case.
package struct StoredDeadline: Hashable, Sendable {
    package let thread: Int
    package let deadline: CaseDeadline

    package init(thread: Int, deadline: CaseDeadline) {
        self.thread = thread
        self.deadline = deadline
    }
}

/// A clock with the case that it runs in.
package struct DueDeadline: Hashable, Sendable {
    package let key: CaseKey
    package let buc: BUCType
    package let role: CaseRole
    package let thread: Int
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
    /// All rows of clocks are derived from the documents of the case; days are ISO 8601.
    static let clocks = """
        DROP TABLE deadline;
        CREATE TABLE deadline (
            caseId TEXT NOT NULL,
            institution TEXT NOT NULL,
            thread INTEGER NOT NULL,
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
            PRIMARY KEY (caseId, institution, thread, name, setId)
        ) WITHOUT ROWID;
        CREATE INDEX deadlineDue ON deadline(isTask, dueOn) WHERE stoppedOn IS NULL;

        -- Running clocks that close their case, until a run has looked at them after their last day.
        CREATE TABLE closingWatch (
            caseId TEXT NOT NULL,
            institution TEXT NOT NULL,
            name TEXT NOT NULL,
            dueOn TEXT NOT NULL,
            PRIMARY KEY (caseId, institution, name)
        ) WITHOUT ROWID;
        CREATE INDEX closingWatchDue ON closingWatch(dueOn);

        -- The case that an X001 would close, and for which institution of ours.
        ALTER TABLE outbox ADD COLUMN closesCase TEXT;
        ALTER TABLE outbox ADD COLUMN closesFor TEXT;
        CREATE INDEX outboxClosing ON outbox(closesCase, closesFor) WHERE closesCase IS NOT NULL;
        DROP INDEX outboxOnce;
        CREATE UNIQUE INDEX outboxOnce ON outbox(kind, messageId, fileName);
        """
}

extension Snapshot {
    /// All clocks of a case, by last day, name, thread and document.
    package func deadlines(of key: CaseKey) throws -> [DueDeadline] {
        try deadlines("deadline.caseId = ? AND deadline.institution = ?", [key.id.text, key.institution.text])
    }

    /// Running clocks, by last day, case, institution, name, thread and document.
    ///
    /// Where nobody has anything to do, a clock that has run out is of no interest any more.
    package func deadlines(_ query: DeadlineQuery) throws -> [DueDeadline] {
        // A last day is still in time, so overdue is what was due before today.
        let until = query.isOverdueOnly ? min(query.until, query.today.adding(days: -1)) : query.until
        func found(isTask: Bool, from: CivilDate?) throws -> [DueDeadline] {
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
        return (tasks + others).enumerated().sorted { left, right in
            let (one, other) = (left.element, right.element)
            return (one.deadline.dueOn, one.key, left.offset) < (other.deadline.dueOn, other.key, right.offset)
        }.map(\.element)
    }

    private static let dueCondition = "stoppedOn IS NULL AND isTask = ? AND dueOn <= ?"

    /// How SQLite looks for the clocks that are due: tests ask that it uses the index.
    package func planOfDeadlines() throws -> [String] {
        try Row.fetchAll(
            database, sql: "EXPLAIN QUERY PLAN " + Self.deadlines(where: Self.dueCondition),
            arguments: [true, "2026-01-01"]
        ).map { $0["detail"] }
    }

    private func deadlines(_ condition: String, _ arguments: StatementArguments) throws -> [DueDeadline] {
        try Row.fetchAll(database, sql: Self.deadlines(where: condition), arguments: arguments)
            .compactMap(Self.dueDeadline)
    }

    private static func deadlines(where condition: String) -> String {
        """
        SELECT deadline.*, businessCase.buc, businessCase.role
        FROM deadline JOIN businessCase
            ON businessCase.caseId = deadline.caseId AND businessCase.institution = deadline.institution
        WHERE \(condition)
        ORDER BY deadline.dueOn, deadline.caseId, deadline.institution, deadline.name, deadline.thread, deadline.setId
        """
    }

    private static func dueDeadline(_ row: Row) -> DueDeadline? {
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
        let deadline = CaseDeadline(
            name: row["name"], set: row["setId"],
            started: CaseDeadline.Event(
                on: startedOn, sed: SEDType(unchecked: row["startedBy"]), messageID: row["messageId"]
            ),
            countedFrom: countedFrom, countedDay: countedDay, dueOn: dueOn, calendar: row["calendar"],
            stopped: stopped, actor: actor, isLaw: row["isLaw"], closeReason: row["closeReason"]
        )
        return DueDeadline(
            key: CaseKey(id: caseID, institution: institution), buc: buc, role: role, thread: row["thread"],
            deadline: deadline
        )
    }

    /// The institution at the other end of a thread; nil where there is none yet.
    package func counterparty(of thread: Int, in key: CaseKey) throws -> InstitutionID? {
        try String.fetchOne(
            database, sql: "SELECT counterparty FROM caseThread WHERE caseId = ? AND institution = ? AND number = ?",
            arguments: [key.id.text, key.institution.text, thread]
        ).flatMap(InstitutionID.init(parsing:))
    }

    /// Received messages that wait for another one and that no exception answers yet, in the order of their arrival.
    ///
    /// What waits for a person has no end of waiting.
    package func waitingInGrace() throws -> [StoredMessage] {
        try pendingUnanswered(since: Instant(millisecondsSinceEpoch: .max)).filter { message in
            message.rule.map { ("CAS-001"..."CAS-006").contains($0.text) } ?? false
        }
    }

    // MARK: Closing

    /// Cases with a clock that closes them and whose last day was before `today`, each with the name of that clock.
    package func closingsDue(before today: CivilDate, limit: Int) throws -> [(key: CaseKey, name: String)] {
        try Row.fetchAll(
            database,
            sql: "SELECT caseId, institution, name FROM closingWatch WHERE dueOn < ? ORDER BY dueOn LIMIT ?",
            arguments: [today.description, limit]
        ).compactMap { row in
            guard let id = UniqueID(parsing: row["caseId"]),
                let institution = InstitutionID(parsing: row["institution"])
            else { return nil }
            return (CaseKey(id: id, institution: institution), row["name"])
        }
    }

    /// The X001 that were written to close a case because a clock had run out, whatever became of them.
    package func closings(of key: CaseKey) throws -> [OutboxState] {
        try String.fetchAll(
            database, sql: "SELECT state FROM outbox WHERE closesCase = ? AND closesFor = ? ORDER BY id",
            arguments: [key.id.text, key.institution.text]
        ).compactMap(OutboxState.init(rawValue:))
    }
}

extension Transaction {
    /// Has the clocks that close a case looked at after their last day, and withdraws the drafts of an X001 that
    /// nothing justifies any more.
    ///
    /// - Returns: How many drafts were withdrawn.
    @discardableResult
    package func watchClosings(_ deadlines: [CaseDeadline], of key: CaseKey, today: CivilDate) throws -> Int {
        let place: StatementArguments = [key.id.text, key.institution.text]
        try database.execute(sql: "DELETE FROM closingWatch WHERE caseId = ? AND institution = ?", arguments: place)
        let running = deadlines.filter { $0.stopped == nil && $0.closeReason != nil }
        for (name, clocks) in Dictionary(grouping: running, by: \.name).sorted(by: { $0.key < $1.key }) {
            // A case is closed for everybody: what counts is the last of the clocks.
            guard let last = clocks.map(\.dueOn).max() else { continue }
            try watchClosing(name, of: key, from: last)
        }
        let reasons = CaseDeadline.closing(deadlines, on: today).map { String($0.started.messageID) }
        try database.execute(
            sql: """
                UPDATE outbox SET state = 'withdrawn'
                WHERE closesCase = ? AND closesFor = ? AND state = 'draft'
                    AND messageId NOT IN (\(reasons.joined(separator: ", ")))
                """,
            arguments: place
        )
        return database.changesCount
    }

    /// Has a clock that closes its case looked at once the day has passed.
    package func watchClosing(_ name: String, of key: CaseKey, from day: CivilDate) throws {
        try database.execute(
            sql: "INSERT INTO closingWatch (caseId, institution, name, dueOn) VALUES (?, ?, ?, ?)",
            arguments: [key.id.text, key.institution.text, name, day.description]
        )
    }

    /// Notes that a clock which closes its case needs no further look.
    package func endClosingWatch(_ name: String, of key: CaseKey) throws {
        try database.execute(
            sql: "DELETE FROM closingWatch WHERE caseId = ? AND institution = ? AND name = ?",
            arguments: [key.id.text, key.institution.text, name]
        )
    }
}

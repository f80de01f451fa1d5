// SPDX-License-Identifier: EUPL-1.2

internal import GRDB
package import SEDCases
internal import SEDCore

/// The rows of a case, as its messages make them.
///
/// Equal courses give equal rows, so rows can be compared, and written where they differ.
package struct CaseRows: Hashable, Sendable {
    enum Cell: Hashable, Sendable {
        case none
        case number(Int64)
        case text(String)

        init(_ value: DatabaseValue) {
            switch value.storage {
            case .int64(let number): self = .number(number)
            case .string(let text): self = .text(text)
            case .null, .double, .blob: self = .none
            }
        }

        fileprivate init(_ text: String?) { self = text.map(Cell.text) ?? .none }
        fileprivate init(_ number: Int64?) { self = number.map(Cell.number) ?? .none }
        fileprivate init(_ number: Int) { self = .number(Int64(number)) }
        fileprivate init(_ flag: Bool) { self = .number(flag ? 1 : 0) }
        fileprivate init(_ instant: Instant) { self = .number(instant.millisecondsSinceEpoch) }

        /// Nil for an empty cell.
        fileprivate var text: String? {
            switch self {
            case .none: nil
            case .number(let number): String(number)
            case .text(let text): text
            }
        }

        fileprivate var value: DatabaseValue {
            switch self {
            case .none: .null
            case .number(let number): number.databaseValue
            case .text(let text): text.databaseValue
            }
        }
    }

    /// By key, without the case and the institution that all rows share.
    typealias Rows = [[Cell]: [Cell]]

    struct Table: Hashable, Sendable {
        let name: String
        let keys: [String]
        let columns: [String]
        /// Whether rows are only ever added while messages come in order.
        let isGrowing: Bool
        let selection: String
        let insertion: String
        let deletion: String

        init(name: String, keys: [String], columns: [String], isGrowing: Bool) {
            self.name = name
            self.keys = keys
            self.columns = columns
            self.isGrowing = isGrowing
            selection =
                "SELECT \((keys + columns).joined(separator: ", ")) FROM \(name) WHERE caseId = ? AND institution = ?"
            let key = ["caseId", "institution"] + keys
            let all = key + columns
            let updates = columns.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
            insertion = """
                INSERT INTO \(name) (\(all.joined(separator: ", "))) VALUES (\(all.map { _ in "?" }.joined(separator: ", ")))
                ON CONFLICT (\(key.joined(separator: ", "))) DO UPDATE SET \(updates)
                """
            deletion = "DELETE FROM \(name) WHERE \(key.map { "\($0) = ?" }.joined(separator: " AND "))"
        }
    }

    static let tables = [businessCase, thread, participant, step, document, version, deadline, resend]

    private static let businessCase = Table(
        name: "businessCase", keys: [],
        columns: ["buc", "version", "role", "state", "createdAt", "updatedAt"], isGrowing: false
    )
    private static let thread = Table(
        name: "caseThread", keys: ["number"], columns: ["counterparty", "state"], isGrowing: false
    )
    private static let participant = Table(
        name: "participant", keys: ["participant"], columns: ["role", "isActive"], isGrowing: false
    )
    private static let step = Table(
        name: "caseStep", keys: ["number"],
        columns: [
            "at", "messageId", "thread", "way", "sed", "setId", "version", "isUpdate", "contexts", "about", "aboutSet",
            "fromState", "toState",
        ],
        isGrowing: true
    )
    private static let document = Table(
        name: "document", keys: ["setId"], columns: ["number", "sed", "way", "version", "isValid", "relatedSet"],
        isGrowing: true
    )
    private static let version = Table(
        name: "documentVersion", keys: ["setId", "version"], columns: ["messageId"], isGrowing: true
    )
    private static let deadline = Table(
        name: "deadline", keys: ["thread", "name", "setId"],
        columns: [
            "startedOn", "startedBy", "messageId", "countedFrom", "countedDay", "dueOn", "calendar", "stoppedOn",
            "stoppedBy", "stopMessageId", "actor", "isLaw", "closeReason", "isTask",
        ],
        isGrowing: false
    )
    private static let resend = Table(
        name: "resend", keys: ["receiver", "setId"],
        columns: ["number", "receiverRole", "sed", "version", "action", "messageId", "doneBy"], isGrowing: false
    )

    private var tables: [String: Rows] = [:]

    /// No rows at all.
    package init() {}

    /// The rows of a course.
    ///
    /// With `kept`, tables that grow get only what the steps from there on have written.
    package init(_ course: CaseCourse, deadlines: [StoredDeadline], after kept: Int = 0) {
        guard let useCase = course.useCase, let version = course.version, let role = course.role,
            let first = course.placed.first, let last = course.placed.last
        else { return }
        add(
            Self.businessCase, [],
            [
                Cell(useCase.type.code), Cell(version.description), Cell(role.rawValue), Cell(course.state.name),
                Cell(first.at), Cell(last.at),
            ]
        )
        for thread in course.threads {
            add(
                Self.thread, [Cell(thread.number)],
                [Cell(thread.counterparty?.text), Cell(thread.progress.state.name)]
            )
        }
        for participant in course.participants {
            add(
                Self.participant, [Cell(participant.institution.text)],
                [Cell(participant.role.rawValue), Cell(participant.isActive)]
            )
        }
        var touched: Set<String> = []
        for (place, message) in course.placed.enumerated().dropFirst(kept) {
            add(message, number: place + 1)
            let event = message.step.event
            touched.insert(event.set)
            if let about = event.aboutSet { touched.insert(about) }
            if let version = course.document(of: event.set)?.versions[event.version] {
                add(Self.version, [Cell(event.set), Cell(event.version)], [.number(version.messageID)])
            }
        }
        for set in touched { if let document = course.document(of: set) { add(document) } }
        for deadline in deadlines { add(deadline) }
        for (index, duty) in course.resendDuties.enumerated() { add(duty, number: index + 1) }
    }

    private mutating func add(_ table: Table, _ key: [Cell], _ values: [Cell]) {
        tables[table.name, default: [:]][key] = values
    }

    private mutating func add(_ message: CaseCourse.Placed, number: Int) {
        let event = message.step.event
        add(
            Self.step, [Cell(number)],
            [
                Cell(message.at), .number(message.entry.number), Cell(message.thread), Cell(event.way.rawValue),
                Cell(event.sed.code), Cell(event.set), Cell(event.version), Cell(event.isUpdate),
                Cell(event.contexts.map { $0.sorted().joined(separator: " ") }), Cell(event.about?.code),
                Cell(event.aboutSet), Cell(message.step.from.name), Cell(message.step.to.name),
            ]
        )
    }

    private mutating func add(_ document: CaseCourse.Document) {
        add(
            Self.document, [Cell(document.set)],
            [
                Cell(document.first + 1), Cell(document.sed.code), Cell(document.way.rawValue), Cell(document.version),
                Cell(document.isValid), Cell(document.relatedSet),
            ]
        )
    }

    private mutating func add(_ stored: StoredDeadline) {
        let deadline = stored.deadline
        add(
            Self.deadline, [Cell(stored.thread), Cell(deadline.name), Cell(deadline.set)],
            [
                Cell(deadline.started.on.description), Cell(deadline.started.sed.code),
                .number(deadline.started.messageID), Cell(deadline.countedFrom.description),
                Cell(deadline.countedDay.description), Cell(deadline.dueOn.description), Cell(deadline.calendar),
                Cell(deadline.stopped?.on.description), Cell(deadline.stopped?.sed.code),
                Cell(deadline.stopped?.messageID), Cell(deadline.actor.rawValue), Cell(deadline.isLaw),
                Cell(deadline.closeReason), Cell(deadline.isTask),
            ]
        )
    }

    private mutating func add(_ duty: CaseCourse.ResendDuty, number: Int) {
        add(
            Self.resend, [Cell(duty.receiver.institution.text), Cell(duty.set)],
            [
                Cell(number), Cell(duty.receiver.role.rawValue), Cell(duty.sed.code), Cell(duty.version),
                Cell(duty.action.rawValue), .number(duty.messageID), Cell(duty.done),
            ]
        )
    }

    func rows(of table: Table) -> Rows { tables[table.name] ?? [:] }

    mutating func set(_ rows: Rows, of table: Table) { if !rows.isEmpty { tables[table.name] = rows } }

    static func arguments(_ cells: [Cell]) -> StatementArguments {
        // Values of one type would be taken through a key path each, which takes longer than to write the row.
        StatementArguments(cells.map { $0.value as (any DatabaseValueConvertible)? })
    }

    /// How many rows of which table differ.
    package func differences(from other: CaseRows) -> [String: Int] {
        var differences: [String: Int] = [:]
        for table in Self.tables {
            let (left, right) = (rows(of: table), other.rows(of: table))
            let count = Set(left.keys).union(right.keys).count { left[$0] != right[$0] }
            if count > 0 { differences[table.name] = count }
        }
        return differences
    }

    /// A row that differs, with the columns that do.
    package struct Change: Encodable, Hashable, Sendable {
        package let table: String
        package let key: [String]
        /// By column; nil where there was no such row.
        package let before: [String: String]?
        /// Nil where there is none any more.
        package let after: [String: String]?
    }

    /// What a reader of cases sees of them: all besides the steps and versions, which are told with the messages.
    private static let told = [businessCase, thread, participant, document, deadline, resend]

    /// The rows that another set of rows has differently, in the order of tables and keys.
    package func changes(to other: CaseRows) -> [Change] {
        Self.told.flatMap { table in
            let (old, new) = (rows(of: table), other.rows(of: table))
            // Times of receipt follow from the steps.
            let columns = table.columns.enumerated().filter { !["createdAt", "updatedAt"].contains($1) }
            func cells(_ row: [Cell]?, besides other: [Cell]?) -> [String: String]? {
                guard let row else { return nil }
                let shown = columns.filter { index, _ in other.map { $0[index] != row[index] } ?? true }
                let pairs = shown.compactMap { index, name in row[index].text.map { (name, $0) } }
                return Dictionary(uniqueKeysWithValues: pairs)
            }
            return Set(old.keys).union(new.keys).compactMap { key -> Change? in
                let (before, after) = (cells(old[key], besides: new[key]), cells(new[key], besides: old[key]))
                if before == after { return nil }
                return Change(table: table.name, key: key.map { $0.text ?? "" }, before: before, after: after)
            }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        }
    }

    /// Every cell of every table, in the order of the keys.
    package var dump: [String] {
        Self.tables.flatMap { table in
            rows(of: table).map { "\(table.name) \($0.key) \($0.value)" }.sorted()
        }
    }
}

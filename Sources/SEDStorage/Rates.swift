// SPDX-License-Identifier: EUPL-1.2

internal import GRDB
package import SEDCore
package import SEDCurrency

/// A file of reference rates that was imported.
package struct StoredRateFile: Hashable, Sendable {
    package let id: Int64
    /// Without its folder.
    package let name: String
    package let form: RateFile.Form
    /// SHA-256 of the file as it was given.
    package let digest: String
    package let firstDay: CivilDate
    package let lastDay: CivilDate
    package let days: Int
    package let rates: Int
    package let importedAt: Instant
    package let importedBy: String
}

/// A stored rate with its source.
package struct StoredRate: Hashable, Sendable {
    package let day: CivilDate
    package let currency: String
    /// As it stood in the file.
    package let text: String
    package let source: RateSource
    /// The file that a person preferred, where there is one.
    package let replacedBy: String?
}

/// A rate that an imported file contradicts.
package struct RateContradiction: Hashable, Sendable {
    package let day: CivilDate
    package let currency: String
    /// In the file that was imported.
    package let text: String
    package let otherText: String
    package let otherFile: String
}

/// What storing a file came to.
package struct RateStorage: Hashable, Sendable {
    /// Rates that no earlier file had.
    package var added = 0
    /// Rates that an earlier file had too.
    package var known = 0
    /// Rates of other files that this file took the place of.
    package var replaced = 0
    /// What it contradicts and did not replace.
    package var contradictions: [RateContradiction] = []

    package init() {}
}

extension Transaction {
    /// Stores the rates of a file.
    ///
    /// Nothing is ever overwritten: where an earlier file has another rate, both stay and are disputed; with
    /// `replacing` the rate of this file counts from now on, and the other stays as replaced.
    package func store(
        _ file: RateFile,
        name: String,
        digest: String,
        replacing: Bool,
        by actor: String,
        at instant: Instant
    ) throws -> RateStorage {
        let id = try rateFileID(file, name: name, digest: digest, by: actor, at: instant)
        let stored = try database.connection.makeStatement(
            sql: """
                SELECT rate.currency, rate.value, rate.published, rate.replacedBy, rateFile.name
                FROM rate JOIN rateFile ON rateFile.id = rate.fileId WHERE day = ?
                """
        )
        let insertion = try database.connection.makeStatement(
            sql: "INSERT INTO rate (day, currency, value, published, fileId, replacedBy) VALUES (?, ?, ?, ?, ?, NULL)"
        )
        let change = try database.connection.makeStatement(
            sql: "UPDATE rate SET replacedBy = ? WHERE day = ? AND currency = ? AND value = ?"
        )
        var outcome = RateStorage()
        for day in file.days {
            let text = day.date.description
            let rows = try Row.fetchAll(stored, arguments: [text])
            let known = Dictionary(grouping: rows) { $0["currency"] as String }
            for rate in day.rates {
                let value = rate.value.description
                let others = known[rate.currency] ?? []
                let same = others.first { $0["value"] == value }
                let isReplaced = same.map { ($0["replacedBy"] as Int64?) != nil } ?? false
                if same == nil {
                    try insertion.execute(arguments: [text, rate.currency, value, rate.text, id])
                    outcome.added += 1
                } else {
                    outcome.known += 1
                    if isReplaced, replacing {
                        try change.execute(arguments: [nil, text, rate.currency, value])
                    }
                }
                for other in others where other["value"] != value && (other["replacedBy"] as Int64?) == nil {
                    if replacing {
                        try change.execute(arguments: [id, text, rate.currency, other["value"] as String])
                        outcome.replaced += 1
                    } else {
                        outcome.contradictions.append(
                            RateContradiction(
                                day: day.date, currency: rate.currency, text: rate.text, otherText: other["published"],
                                otherFile: other["name"]
                            )
                        )
                    }
                }
            }
        }
        return outcome
    }

    private func rateFileID(_ file: RateFile, name: String, digest: String, by actor: String, at instant: Instant)
        throws
        -> Int64
    {
        if let known = try Int64.fetchOne(
            database, sql: "SELECT id FROM rateFile WHERE digest = ?", arguments: [digest])
        {
            return known
        }
        try database.execute(
            sql: """
                INSERT INTO rateFile (name, form, digest, firstDay, lastDay, days, rates, importedAt, importedBy)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                name, file.form.rawValue, digest, file.firstDay.description, file.lastDay.description, file.days.count,
                file.rateCount, instant.millisecondsSinceEpoch, actor,
            ]
        )
        return database.lastInsertedRowID
    }
}

extension Snapshot {
    /// All imported files, in the order of import.
    package func rateFiles() throws -> [StoredRateFile] {
        try rateFiles(where: "TRUE", [])
    }

    package func rateFile(digest: String) throws -> StoredRateFile? {
        try rateFiles(where: "digest = ?", [digest]).first
    }

    private func rateFiles(where condition: String, _ arguments: StatementArguments) throws -> [StoredRateFile] {
        let rows = try Row.fetchAll(
            database, sql: "SELECT * FROM rateFile WHERE \(condition) ORDER BY id", arguments: arguments
        )
        return rows.compactMap { row in
            guard let form = RateFile.Form(rawValue: row["form"]), let first = CivilDate(parsing: row["firstDay"]),
                let last = CivilDate(parsing: row["lastDay"])
            else { return nil }
            return StoredRateFile(
                id: row["id"], name: row["name"], form: form, digest: row["digest"], firstDay: first, lastDay: last,
                days: row["days"], rates: row["rates"],
                importedAt: Instant(millisecondsSinceEpoch: row["importedAt"]), importedBy: row["importedBy"]
            )
        }
    }

    /// How many days have rates, and how many rates contradict each other.
    package func rateCounts() throws -> (days: Int, disputed: Int) {
        let days = try Int.fetchOne(database, sql: "SELECT COUNT(DISTINCT day) FROM rate") ?? 0
        let disputed = try Int.fetchOne(
            database,
            sql: """
                SELECT COUNT(*) FROM (SELECT 1 FROM rate WHERE replacedBy IS NULL GROUP BY day, currency
                    HAVING COUNT(*) > 1)
                """
        )
        return (days, disputed ?? 0)
    }

    /// All stored rates of a day, by currency.
    package func rates(on day: CivilDate) throws -> [StoredRate] {
        try rates(where: "day = ?", [day.description])
    }

    /// The newest day with rates before another one; nil where there is none.
    package func dayWithRates(before day: CivilDate) throws -> CivilDate? {
        try String.fetchOne(database, sql: "SELECT MAX(day) FROM rate WHERE day < ?", arguments: [day.description])
            .flatMap { CivilDate(parsing: $0) }
    }

    /// What a conversion on a day may need: the rates of some currencies within ``RateTable/reach``, and which of these
    /// days have rates at all.
    package func rateTable(of currencies: [String], around day: CivilDate) throws -> RateTable {
        var table = RateTable()
        let (first, last) = (
            day.adding(days: -RateTable.reach.before).description, day.adding(days: RateTable.reach.after).description
        )
        for text in try String.fetchAll(
            database, sql: "SELECT DISTINCT day FROM rate WHERE day BETWEEN ? AND ?", arguments: [first, last]
        ) {
            if let day = CivilDate(parsing: text) { table.note(day: day) }
        }
        let marks = currencies.map { _ in "?" }.joined(separator: ", ")
        let found = try rates(
            where: "day BETWEEN ? AND ? AND replacedBy IS NULL AND currency IN (\(marks))",
            StatementArguments([first, last] + currencies)
        )
        for stored in found {
            if let rate = ReferenceRate(currency: stored.currency, text: stored.text) {
                table.add(RateTable.Entry(rate: rate, source: stored.source), on: stored.day)
            }
        }
        for file in try rateFiles() {
            if file.form != .daily { table.add(span: file.firstDay...file.lastDay) }
            table.note(newest: file.lastDay, oldest: file.firstDay)
        }
        return table
    }

    /// The day on which the request for recovery of a case was first sent, as its envelope has it; nil where it is not here.
    ///
    /// With a set that of this document, whichever of its versions came first.
    package func requestDate(in caseID: UniqueID, set: UniqueID?) throws -> CivilDate? {
        try String.fetchOne(
            database,
            sql: """
                SELECT min(substr(createdAt, 1, 10)) FROM message
                WHERE caseId = ? AND sed = 'R017' AND state IN ('done', 'pending') AND ifnull(?, setId) = setId
                """,
            arguments: [caseID.text, set?.text]
        ).flatMap { CivilDate(parsing: $0) }
    }

    private func rates(where condition: String, _ arguments: StatementArguments) throws -> [StoredRate] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT rate.day, rate.currency, rate.published, rateFile.name, rateFile.form, rateFile.digest,
                    rateFile.importedAt, other.name AS preferred
                FROM rate JOIN rateFile ON rateFile.id = rate.fileId LEFT JOIN rateFile other ON other.id = rate.replacedBy
                WHERE \(condition) ORDER BY rate.day, rate.currency, rate.fileId
                """,
            arguments: arguments
        )
        return rows.compactMap { row in
            guard let day = CivilDate(parsing: row["day"]), let form = RateFile.Form(rawValue: row["form"]) else {
                return nil
            }
            return StoredRate(
                day: day, currency: row["currency"], text: row["published"],
                source: RateSource(
                    file: row["name"], form: form, sha256: row["digest"],
                    importedAt: Instant(millisecondsSinceEpoch: row["importedAt"])
                ),
                replacedBy: row["preferred"]
            )
        }
    }
}

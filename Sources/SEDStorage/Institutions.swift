// SPDX-License-Identifier: EUPL-1.2

internal import GRDB
package import SEDCore

extension Migrations {
    /// The directory of institutions, and how it was imported.
    ///
    /// An institution that a later import does not name stays with the day from which it is gone, so that what was sent
    /// before that day is judged as it was. Days are ISO 8601, so that they compare as texts.
    static let institutions = """
        CREATE TABLE institution (
            id TEXT PRIMARY KEY,
            name TEXT,
            isLiaisonBody INTEGER,
            validFrom TEXT, validTo TEXT,
            goneOn TEXT
        ) WITHOUT ROWID;

        CREATE TABLE competence (
            institution TEXT NOT NULL REFERENCES institution(id),
            number INTEGER NOT NULL,
            buc TEXT NOT NULL,
            role TEXT NOT NULL,
            validFrom TEXT, validTo TEXT,
            isReady INTEGER,
            PRIMARY KEY (institution, number)
        ) WITHOUT ROWID;
        CREATE INDEX competenceByUseCase ON competence(buc, role, institution);

        CREATE TABLE institutionImport (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL,
            actor TEXT NOT NULL,
            institutions INTEGER NOT NULL,
            competences INTEGER NOT NULL,
            added INTEGER NOT NULL, changed INTEGER NOT NULL, ended INTEGER NOT NULL
        );

        CREATE TABLE institutionImportFile (
            import INTEGER NOT NULL REFERENCES institutionImport(number),
            number INTEGER NOT NULL,
            name TEXT NOT NULL,
            form TEXT NOT NULL,
            version TEXT,
            digest TEXT NOT NULL,
            size INTEGER NOT NULL,
            PRIMARY KEY (import, number)
        ) WITHOUT ROWID;
        """
}

extension Transaction {
    /// Makes the directory what `institutions` say, each of them once, and keeps how it was imported.
    package func replaceInstitutions(
        by institutions: [Institution],
        from files: [ImportedFile],
        actor: String,
        at instant: Instant
    ) throws -> InstitutionImport {
        let known = try view.storedInstitutions()
        let before = Dictionary(known.map { ($0.institution.id, $0) }, uniquingKeysWith: { first, _ in first })
        var changes = InstitutionChanges()
        for institution in institutions {
            let old = before[institution.id]
            if let old, old.goneOn == nil, old.institution == institution { continue }
            if old == nil || old?.goneOn != nil { changes.added += 1 } else { changes.changed += 1 }
            try save(institution)
        }
        let named = Set(institutions.map(\.id))
        for old in known where old.goneOn == nil && !named.contains(old.institution.id) {
            changes.ended += 1
            try database.execute(
                sql: "UPDATE institution SET goneOn = ? WHERE id = ?",
                arguments: [instant.date.description, old.institution.id.text]
            )
        }
        return try note(institutions, files, changes, by: actor, at: instant)
    }

    private func save(_ institution: Institution) throws {
        let id = institution.id.text
        try database.execute(
            sql: """
                INSERT INTO institution (id, name, isLiaisonBody, validFrom, validTo, goneOn) VALUES (?, ?, ?, ?, ?, NULL)
                ON CONFLICT (id) DO UPDATE SET name = excluded.name, isLiaisonBody = excluded.isLiaisonBody,
                    validFrom = excluded.validFrom, validTo = excluded.validTo, goneOn = NULL
                """,
            arguments: [
                id, institution.name, institution.isLiaisonBody, institution.validity.from?.description,
                institution.validity.to?.description,
            ]
        )
        try database.execute(sql: "DELETE FROM competence WHERE institution = ?", arguments: [id])
        for (number, competence) in institution.competences.enumerated() {
            try database.execute(
                sql: """
                    INSERT INTO competence (institution, number, buc, role, validFrom, validTo, isReady)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    id, number, competence.buc.code, competence.role.rawValue, competence.validity.from?.description,
                    competence.validity.to?.description, competence.isReady,
                ]
            )
        }
    }

    private func note(
        _ institutions: [Institution],
        _ files: [ImportedFile],
        _ changes: InstitutionChanges,
        by actor: String,
        at instant: Instant
    ) throws -> InstitutionImport {
        let competences = institutions.reduce(0) { $0 + $1.competences.count }
        try database.execute(
            sql: """
                INSERT INTO institutionImport (at, actor, institutions, competences, added, changed, ended)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                instant.millisecondsSinceEpoch, actor, institutions.count, competences, changes.added,
                changes.changed, changes.ended,
            ]
        )
        let number = database.lastInsertedRowID
        for (index, file) in files.enumerated() {
            try database.execute(
                sql: """
                    INSERT INTO institutionImportFile (import, number, name, form, version, digest, size)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [number, index, file.name, file.form, file.version, file.digest, file.size]
            )
        }
        let digests = files.map { "\($0.form) \($0.digest)" }.joined(separator: ", ")
        try audit(
            "imported", subject: "institutions",
            detail: "import \(number): \(institutions.count) institutions, \(competences) competences; "
                + "\(changes.added) added, \(changes.changed) changed, \(changes.ended) ended; \(digests)",
            by: actor, at: instant
        )
        return InstitutionImport(
            number: number, at: instant, actor: actor, files: files, institutions: institutions.count,
            competences: competences, changes: changes
        )
    }
}

extension Snapshot {
    /// Whether no directory was ever imported.
    package func hasNoInstitutions() throws -> Bool {
        try !(Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM institution)") ?? false)
    }

    /// An institution of the directory; one that is gone ends on the day before.
    package func institution(_ id: InstitutionID) throws -> Institution? {
        try storedInstitutions(only: id).first.map { stored in
            let institution = stored.institution
            guard let goneOn = stored.goneOn else { return institution }
            let last = goneOn.adding(days: -1)
            var validity = institution.validity
            validity.to = validity.to.map { min($0, last) } ?? last
            return Institution(
                id: institution.id, name: institution.name, isLiaisonBody: institution.isLiaisonBody,
                validity: validity, competences: institution.competences
            )
        }
    }

    /// The institutions that may play a role in a use case on a day, by identifier; of one country, or of all.
    package func competent(for buc: BUCType, as role: CaseRole, on day: CivilDate, in country: String?) throws
        -> [InstitutionID]
    {
        let today = day.description
        return try String.fetchAll(
            database,
            sql: """
                SELECT DISTINCT institution.id FROM competence JOIN institution ON institution.id = competence.institution
                WHERE competence.buc = ? AND competence.role = ? AND coalesce(competence.isReady, 1)
                    AND coalesce(competence.validFrom <= ?, 1) AND coalesce(competence.validTo >= ?, 1)
                    AND coalesce(institution.validFrom <= ?, 1) AND coalesce(institution.validTo >= ?, 1)
                    AND coalesce(institution.goneOn > ?, 1) AND coalesce(substr(institution.id, 1, 2) = ?, 1)
                ORDER BY institution.id
                """,
            arguments: [buc.code, role.rawValue, today, today, today, today, today, country]
        ).compactMap(InstitutionID.init(parsing:))
    }

    /// The whole directory by identifier, with those that are gone.
    package func storedInstitutions() throws -> [StoredInstitution] { try storedInstitutions(only: nil) }

    private func storedInstitutions(only id: InstitutionID?) throws -> [StoredInstitution] {
        let arguments: StatementArguments = id.map { [$0.text] } ?? []
        var competences: [String: [Competence]] = [:]
        let held = try Row.fetchCursor(
            database.connection,
            sql: """
                SELECT * FROM competence \(id == nil ? "" : "WHERE institution = ?") ORDER BY institution, number
                """,
            arguments: arguments
        )
        while let row = try held.next() {
            guard let buc = BUCType(parsing: row["buc"]), let role = CaseRole(rawValue: row["role"]) else { continue }
            competences[row["institution"], default: []].append(
                Competence(buc: buc, role: role, validity: Self.period(row), isReady: row["isReady"])
            )
        }
        return try Row.fetchAll(
            database, sql: "SELECT * FROM institution \(id == nil ? "" : "WHERE id = ?") ORDER BY id",
            arguments: arguments
        ).compactMap { row in
            guard let id = InstitutionID(parsing: row["id"]) else { return nil }
            return StoredInstitution(
                institution: Institution(
                    id: id, name: row["name"], isLiaisonBody: row["isLiaisonBody"], validity: Self.period(row),
                    competences: competences[id.text] ?? []
                ),
                goneOn: (row["goneOn"] as String?).flatMap(CivilDate.init(parsing:))
            )
        }
    }

    /// The last import; nil where there was none.
    package func lastInstitutionImport() throws -> InstitutionImport? {
        guard
            let row = try Row.fetchOne(
                database, sql: "SELECT * FROM institutionImport ORDER BY number DESC LIMIT 1"
            )
        else { return nil }
        let number: Int64 = row["number"]
        let files = try Row.fetchAll(
            database, sql: "SELECT * FROM institutionImportFile WHERE import = ? ORDER BY number", arguments: [number]
        ).map {
            ImportedFile(
                name: $0["name"], form: $0["form"], version: $0["version"], digest: $0["digest"], size: $0["size"])
        }
        var changes = InstitutionChanges()
        changes.added = row["added"]
        changes.changed = row["changed"]
        changes.ended = row["ended"]
        return InstitutionImport(
            number: number, at: Instant(millisecondsSinceEpoch: row["at"]), actor: row["actor"], files: files,
            institutions: row["institutions"], competences: row["competences"], changes: changes
        )
    }

    private static func period(_ row: Row) -> ValidityPeriod {
        func day(_ name: String) -> CivilDate? { (row[name] as String?).flatMap(CivilDate.init(parsing:)) }
        return ValidityPeriod(from: day("validFrom"), to: day("validTo"))
    }
}

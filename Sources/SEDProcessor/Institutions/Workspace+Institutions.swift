// SPDX-License-Identifier: EUPL-1.2

internal import SEDCases
package import SEDCore
internal import SEDCrypto
package import SEDStorage
internal import SEDValidation

/// The store's directory of institutions, as checks ask it.
extension Snapshot: InstitutionSource {
    /// What the directory says of a message's receiver; nil without a directory.
    func receiverStanding(of envelope: Envelope, on day: CivilDate) throws -> InstitutionStanding? {
        let receiver = envelope.receiver
        return try InstitutionCheck(self).standing(
            of: receiver.institution, in: [receiver.role], for: envelope.buc, on: day
        )
    }

    /// The route of a message; the directory is asked only where a route asks it, for the day that the message counts.
    func route(
        for envelope: Envelope,
        way: Way,
        on day: @autoclosure () throws -> CivilDate,
        by configuration: Configuration
    ) throws -> Route? {
        let receiver = configuration.routesAskDirectory ? try receiverStanding(of: envelope, on: day()) : nil
        return configuration.route(for: envelope, way: way, receiver: receiver)
    }
}

/// Which institutions a listing shows; what is nil asks nothing.
package struct InstitutionFilter: Sendable {
    package var country: String?
    package var buc: BUCType?
    package var role: CaseRole?
    /// The day on which institution and competence hold; without one, all that the last import names.
    package var day: CivilDate?

    package init() {}

    func shows(_ stored: StoredInstitution) -> Bool {
        let institution = stored.institution
        if let country, institution.id.country != country { return false }
        if let day {
            guard institution.validity.contains(day), stored.goneOn.map({ day < $0 }) ?? true else { return false }
        } else if stored.goneOn != nil {
            return false
        }
        if buc == nil, role == nil { return true }
        return institution.competences.contains { shows($0) }
    }

    func shows(_ competence: Competence) -> Bool {
        (buc.map { $0 == competence.buc } ?? true) && (role.map { $0 == competence.role } ?? true)
            && (day.map { competence.validity.contains($0) } ?? true)
    }
}

extension Workspace {
    /// Makes the directory what these files say, all of them together, or changes nothing.
    ///
    /// - Throws: A ``ConfigurationError`` with all faults of a file.
    package func importInstitutions(
        _ files: [(path: String, bytes: [UInt8])],
        actor: String,
        at instant: Instant
    ) throws -> InstitutionImportItem {
        var problems: [ConfigurationProblem] = []
        var read: [(path: String, file: InstitutionFile)] = []
        for (path, bytes) in files {
            do throws(ConfigurationError) {
                read.append((path, try InstitutionFile(parsing: bytes, file: path)))
            } catch {
                problems += error.problems
            }
        }
        if !problems.isEmpty { throw ConfigurationError(problems: problems) }
        let institutions = try InstitutionFile.merged(read)
        let sources = zip(read, files).map { read, file in
            ImportedFile(
                name: read.path, form: read.file.form.rawValue, version: read.file.version,
                digest: SHA256Digest(of: file.bytes).description, size: file.bytes.count
            )
        }
        return InstitutionImportItem(
            try store.write {
                try $0.replaceInstitutions(by: institutions, from: sources, actor: actor, at: instant)
            }
        )
    }

    /// The institutions that a filter shows, by identifier, each with the competences that it shows.
    package func institutionItems(_ filter: InstitutionFilter) throws -> InstitutionListing {
        let (stored, last) = try store.read { (try $0.storedInstitutions(), try $0.lastInstitutionImport()) }
        return InstitutionListing(
            lastImport: last.map(InstitutionImportItem.init),
            institutions: stored.filter(filter.shows).map { InstitutionItem($0, filter.shows) }
        )
    }

    /// One institution with everything that is known of it; nil where the directory does not know it.
    package func institutionItem(_ id: InstitutionID) throws -> InstitutionItem? {
        try store.read { try $0.storedInstitutions() }.first { $0.institution.id == id }
            .map { InstitutionItem($0) { _ in true } }
    }
}

// MARK: Listings

/// What an import came to; the fields are those of `docs/institutions.md`.
package struct InstitutionImportItem: Encodable, Hashable, Sendable {
    package struct File: Encodable, Hashable, Sendable {
        package let name: String
        package let form: String
        package let version: String?
        package let digest: String
        package let size: Int
    }

    package let number: Int64
    package let at: String
    package let actor: String
    package let files: [File]
    package let institutions: Int
    package let competences: Int
    package let added: Int
    package let changed: Int
    package let ended: Int

    init(_ stored: InstitutionImport) {
        number = stored.number
        at = stored.at.description
        actor = stored.actor
        files = stored.files.map {
            File(name: $0.name, form: $0.form, version: $0.version, digest: $0.digest, size: $0.size)
        }
        institutions = stored.institutions
        competences = stored.competences
        added = stored.changes.added
        changed = stored.changes.changed
        ended = stored.changes.ended
    }
}

/// An institution in a listing.
package struct InstitutionItem: Encodable, Hashable, Sendable {
    package struct CompetenceItem: Encodable, Hashable, Sendable {
        package let buc: String
        package let role: String
        package let from: String?
        package let to: String?
        package let ready: Bool?
    }

    package let id: String
    package let name: String?
    package let liaison: Bool?
    package let validFrom: String?
    package let validTo: String?
    /// The day from which the imports do not name it any more.
    package let goneOn: String?
    package let competences: [CompetenceItem]

    init(_ stored: StoredInstitution, _ shows: (Competence) -> Bool) {
        let institution = stored.institution
        id = institution.id.text
        name = institution.name
        liaison = institution.isLiaisonBody
        validFrom = institution.validity.from?.description
        validTo = institution.validity.to?.description
        goneOn = stored.goneOn?.description
        competences = institution.competences.filter(shows).map {
            CompetenceItem(
                buc: $0.buc.code, role: $0.role.rawValue, from: $0.validity.from?.description,
                to: $0.validity.to?.description, ready: $0.isReady
            )
        }
    }
}

/// What `piiripost institutions list` prints.
package struct InstitutionListing: Encodable, Sendable {
    package let formatVersion = 1
    /// Nil before the first import.
    package let lastImport: InstitutionImportItem?
    package let institutions: [InstitutionItem]
}

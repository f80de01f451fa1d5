// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// One file that an import of institutions was made of.
package struct ImportedFile: Hashable, Sendable {
    package let name: String
    /// `SYN001`, `CSV` or `YAML`.
    package let form: String
    /// As the file itself states it.
    package let version: String?
    /// SHA-256.
    package let digest: String
    package let size: Int

    package init(name: String, form: String, version: String?, digest: String, size: Int) {
        self.name = name
        self.form = form
        self.version = version
        self.digest = digest
        self.size = size
    }
}

/// What an import changed in the directory of institutions.
package struct InstitutionChanges: Hashable, Sendable {
    package var added = 0
    package var changed = 0
    /// Institutions that the import does not name any more.
    package var ended = 0

    package init() {}
}

/// One import of the whole directory.
package struct InstitutionImport: Hashable, Sendable {
    package let number: Int64
    package let at: Instant
    package let actor: String
    package let files: [ImportedFile]
    package let institutions: Int
    package let competences: Int
    package let changes: InstitutionChanges
}

/// An institution of the directory, and since when the imports do not name it any more.
package struct StoredInstitution: Hashable, Sendable {
    package let institution: Institution
    package let goneOn: CivilDate?
}

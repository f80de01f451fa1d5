// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// A directory of institutions that can be asked: a store's, or that of a file.
package protocol InstitutionSource {
    /// Whether nothing was ever imported; nothing is said of anybody then.
    func hasNoInstitutions() throws -> Bool

    func institution(_ id: InstitutionID) throws -> Institution?

    /// The institutions that may play a role in a use case on a day, by identifier; of one country, or of all.
    func competent(for buc: BUCType, as role: CaseRole, on day: CivilDate, in country: String?) throws
        -> [InstitutionID]
}

/// A directory of institutions in memory.
package struct InstitutionList: InstitutionSource, Sendable {
    private let byID: [InstitutionID: Institution]

    /// Of two institutions with one identifier the first counts; readers of files refuse the second.
    package init(_ institutions: [Institution]) {
        byID = Dictionary(institutions.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    package func hasNoInstitutions() -> Bool { byID.isEmpty }

    package func institution(_ id: InstitutionID) -> Institution? { byID[id] }

    package func competent(for buc: BUCType, as role: CaseRole, on day: CivilDate, in country: String?)
        -> [InstitutionID]
    {
        byID.values.filter { institution in
            (country.map { $0 == institution.id.country } ?? true) && institution.validity.contains(day)
                && institution.competences.contains {
                    $0.buc == buc && $0.role == role && $0.isReady != false && $0.validity.contains(day)
                }
        }.map(\.id).sorted()
    }
}

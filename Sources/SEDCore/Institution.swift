// SPDX-License-Identifier: EUPL-1.2

/// The days on which something holds, both ends included; an end that is nil is open.
package struct ValidityPeriod: Hashable, Sendable {
    package var from: CivilDate?
    package var to: CivilDate?

    package init(from: CivilDate? = nil, to: CivilDate? = nil) {
        self.from = from
        self.to = to
    }

    package func contains(_ day: CivilDate) -> Bool {
        (from.map { $0 <= day } ?? true) && (to.map { day <= $0 } ?? true)
    }
}

/// That an institution handles a business use case in a role.
package struct Competence: Hashable, Sendable {
    package let buc: BUCType
    package let role: CaseRole
    package let validity: ValidityPeriod
    /// Whether it exchanges messages of this kind by EESSI; nil where the source does not say.
    package let isReady: Bool?

    package init(buc: BUCType, role: CaseRole, validity: ValidityPeriod = ValidityPeriod(), isReady: Bool? = nil) {
        self.buc = buc
        self.role = role
        self.validity = validity
        self.isReady = isReady
    }

    /// The order in which competences are kept and told, so that equal institutions are equal values.
    package static func precedes(_ left: Self, _ right: Self) -> Bool {
        (left.buc, left.role.rawValue, left.sortKey) < (right.buc, right.role.rawValue, right.sortKey)
    }

    private var sortKey: String {
        "\(validity.from?.description ?? "") \(validity.to?.description ?? "") \(isReady.map(String.init) ?? "")"
    }
}

/// An institution as the directory of institutions describes it.
///
/// Source: the Institution Repository of EESSI, of which SYN001 carries a copy.
package struct Institution: Hashable, Sendable {
    package let id: InstitutionID
    package let name: String?
    package let isLiaisonBody: Bool?
    package let validity: ValidityPeriod
    /// Each once, in the order of ``Competence/precedes(_:_:)``.
    package let competences: [Competence]

    package init(
        id: InstitutionID,
        name: String?,
        isLiaisonBody: Bool? = nil,
        validity: ValidityPeriod = ValidityPeriod(),
        competences: [Competence]
    ) {
        self.id = id
        self.name = name
        self.isLiaisonBody = isLiaisonBody
        self.validity = validity
        self.competences = Set(competences).sorted(by: Competence.precedes)
    }
}

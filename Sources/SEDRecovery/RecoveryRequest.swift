// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// What a request asks for, and with which document.
package enum RequestKind: String, Hashable, Sendable, CaseIterable, Codable {
    /// Article 78: R017 in R_BUC_07.
    case recovery
    /// Article 84: R017 in R_BUC_07.
    case precautionary
    /// Article 77: R015 in R_BUC_06.
    case notification
    /// Article 76: R012 in R_BUC_05.
    case information
    /// Article 72(1): R001 in R_BUC_01.
    case offset
    /// Article 72(2): R005 in R_BUC_02.
    case arrears
    /// Article 73(1): R008 in R_BUC_03.
    case provisionalBenefits
    /// Article 73(2): R010 in R_BUC_04.
    case provisionalContributions

    /// The document that makes such a request.
    package var sed: String {
        switch self {
        case .recovery, .precautionary: "R017"
        case .notification: "R015"
        case .information: "R012"
        case .offset: "R001"
        case .arrears: "R005"
        case .provisionalBenefits: "R008"
        case .provisionalContributions: "R010"
        }
    }

    package var buc: String {
        switch self {
        case .recovery, .precautionary: "R_BUC_07"
        case .notification: "R_BUC_06"
        case .information: "R_BUC_05"
        case .offset: "R_BUC_01"
        case .arrears: "R_BUC_02"
        case .provisionalBenefits: "R_BUC_03"
        case .provisionalContributions: "R_BUC_04"
        }
    }

    /// The document that answers it first.
    package var answer: String {
        switch self {
        case .recovery, .precautionary: "R018"
        case .notification: "R016"
        case .information: "R014"
        case .offset: "R002"
        case .arrears: "R006"
        case .provisionalBenefits: "R009"
        case .provisionalContributions: "R011"
        }
    }

    /// The provision that such a request is made under.
    package var provision: String {
        switch self {
        case .recovery: "Reg. 987/2009 Art. 78"
        case .precautionary: "Reg. 987/2009 Art. 84"
        case .notification: "Reg. 987/2009 Art. 77(3)"
        case .information: "Reg. 987/2009 Art. 76"
        case .offset: "Reg. 987/2009 Art. 72(1)"
        case .arrears: "Reg. 987/2009 Art. 72(2)"
        case .provisionalBenefits: "Reg. 987/2009 Art. 73(1)"
        case .provisionalContributions: "Reg. 987/2009 Art. 73(2)"
        }
    }

    /// Whether it is about what the other party pays or has got anyway (Articles 72 and 73), and not about a claim.
    package var isOffset: Bool {
        switch self {
        case .offset, .arrears, .provisionalBenefits, .provisionalContributions: true
        default: false
        }
    }

    /// Whether a provisional request may come before the final one.
    package var mayBeProvisional: Bool { self == .offset || self == .arrears }
}

/// A request as it was drafted; what nobody stated is nil, and never read as "no".
///
/// Codes are those of the code lists, so that a list that grows needs no new program.
package struct RecoveryRequest: Hashable, Sendable, Codable {
    package struct Person: Hashable, Sendable, Codable {
        package struct PIN: Hashable, Sendable, Codable {
            package var country: String?
            package var number: String?
            package init() {}
        }

        package var familyName: String?
        package var forename: String?
        package var birthDate: CivilDate?
        package var sex: String?
        package var nationalities: [String] = []
        package var pins: [PIN] = []
        package init() {}
    }

    package struct Address: Hashable, Sendable, Codable {
        package var street: String?
        package var town: String?
        package var postalCode: String?
        package var country: String?
        package init() {}
    }

    package struct Employer: Hashable, Sendable, Codable {
        package var name: String?
        package var registrationNumber: String?
        package init() {}
    }

    /// In which place of the claim a person owes it.
    package enum DebtorRole: String, Hashable, Sendable, CaseIterable, Codable {
        case insuredPerson
        /// Who got the benefits of another person.
        case beneficiary
        /// Such as an heir or a guarantor.
        case thirdParty
    }

    /// A person or an employer; both at once is a fault that the check tells.
    package struct Debtor: Hashable, Sendable, Codable {
        package var person: Person?
        package var employer: Employer?
        package var address: Address?
        /// Nil means the insured person.
        package var role: DebtorRole?
        /// Of a beneficiary or third party; the code list is that of the document.
        package var status: String?
        /// Of a third party whose status is 99.
        package var otherStatus: String?
        /// Whose insurance the claim is about, where that is not the debtor.
        package var insuredPerson: Person?
        package init() {}
    }

    /// Somebody who holds assets of the debtor (Article 78(3)(a)).
    package struct ThirdParty: Hashable, Sendable, Codable {
        package var name: String?
        package var address: Address?
        package var assets: String?
        package init() {}
    }

    /// Article 78(2), 78(4), 82(1)(b), 75(3).
    package struct Declaration: Hashable, Sendable, Codable {
        package var contested: Bool?
        /// Enforcement is asked for in spite of contestation (Article 81(2), second subparagraph).
        package var enforceAlthoughContested: Bool?
        /// Own procedures were applied and will not bring full payment, and the limitation period is not over.
        package var proceduresApplied: Bool?
        package var underFiveYears: Bool?
        package var reasonForOlderClaim: String?
        /// An administrative agreement allows claims below the threshold.
        package var belowThresholdAgreed: Bool?
        package init() {}
    }

    package struct Period: Hashable, Sendable, Codable {
        package var from: CivilDate?
        package var to: CivilDate?
        package init() {}
    }

    /// One claim with its instrument, in the currency of the applicant party.
    package struct StatedClaim: Hashable, Sendable, Codable {
        package var instrument: String?
        package var instrumentDate: CivilDate?
        /// When the instrument was notified to the addressee (Article 78(3)(e)).
        package var notifiedOn: CivilDate?
        package var enforceableFrom: CivilDate?
        package var limitationEnds: CivilDate?
        package var period: Period?
        package var amounts: [ComponentKind: ExactDecimal] = [:]
        package init() {}
    }

    package struct Bank: Hashable, Sendable, Codable {
        package var iban: String?
        package var bic: String?
        package var holder: String?
        package var reference: String?
        package init() {}
    }

    /// What R015 asks for (Article 77).
    package struct Notification: Hashable, Sendable, Codable {
        package var documents: [String] = []
        package var form: String?
        package var otherForm: String?
        package var deadline: CivilDate?
        package init() {}
    }

    package var kind: RequestKind
    package var applicant: InstitutionID
    package var requested: InstitutionID
    package var caseNumber: String?
    package var applicantName: String?
    /// Else that of the State on the day.
    package var applicantCurrency: String?
    package var requestedCurrency: String?
    /// `RClaimTypeContributionOverpaidType`.
    package var claimType: String?
    /// `ROriginOfClaimMultipleType`.
    package var branches: [String] = []
    package var debtor = Debtor()
    package var thirdParties: [ThirdParty] = []
    package var declaration = Declaration()
    package var claims: [StatedClaim] = []
    /// `PaymentByInstallmentsRequestType`.
    package var instalments: String?
    package var bank: Bank?
    package var notification = Notification()
    /// `InformationRequestedMultipleType`.
    package var information: [String] = []
    /// Of requests under Articles 72 and 73.
    package var offset: Offset?
    /// What else the other party should know, for `AdditionalInformation`.
    package var remarks: String?

    package init(kind: RequestKind, applicant: InstitutionID, requested: InstitutionID) {
        self.kind = kind
        self.applicant = applicant
        self.requested = requested
    }
}

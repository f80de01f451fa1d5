// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

extension RecoveryRequest {
    /// What a request for offsetting states (Articles 72 and 73); amounts are in the currency of the applicant party.
    package struct Offset: Hashable, Sendable, Codable {
        /// A period of overpayment; R005 and R008 have room for the days of one.
        package struct OverpaidPeriod: Hashable, Sendable, Codable {
            package var from: CivilDate?
            package var to: CivilDate?
            /// When the overpayment was decided.
            package var decidedOn: CivilDate?
            /// `ReasonForOverpaymentType`.
            package var reason: String?
            package var otherReason: String?
            package init() {}
        }

        /// From what R001 asks to deduct.
        package struct Deduction: Hashable, Sendable, Codable {
            /// `RTypesOfBenefitType`.
            package var benefit: String?
            package var otherBenefit: String?
            package var arrears: Bool?
            package var arrearsFrom: CivilDate?
            package var ongoing: Bool?
            package var schedule: PaymentSchedule?
            package init() {}
        }

        /// Contributions that were received provisionally.
        package struct Contribution: Hashable, Sendable, Codable {
            /// `RContributionMultipleType`.
            package var branches: [String] = []
            package var otherBranch: String?
            package var period: Period?
            package var amount: ExactDecimal?
            package var employerPart: ExactDecimal?
            package var insuredPersonPart: ExactDecimal?
            package init() {}
        }

        /// Whether the amount is known; a provisional request blocks what would be paid out before it is.
        package var final: Bool?
        /// What was overpaid or paid provisionally: `RTypesOfBenefitType`, in R005 `BenefitTypeOverpaidType`.
        package var benefit: String?
        package var otherBenefit: String?
        package var amount: ExactDecimal?
        package var periods: [OverpaidPeriod] = []
        package var deductFrom: Deduction?
        /// When it was determined which State is competent.
        package var competenceDeterminedOn: CivilDate?
        /// The last day on which the request may be made.
        package var requestBy: CivilDate?
        package var contributions: [Contribution] = []
        package init() {}
    }
}

/// Equal parts that come again and again.
package struct PaymentSchedule: Hashable, Sendable, Codable {
    /// `RPaymentFrequencyType`.
    package var frequency: String?
    package var otherFrequency: String?
    package var count: Int?
    package var amount: ExactDecimal?
    package init() {}
}

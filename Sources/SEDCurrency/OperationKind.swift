// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// What an amount is converted for, which decides the day of the rate.
///
/// Source: Decisions H3, H7 and H12 of the Administrative Commission, with the gap practice of DVKA.
package enum OperationKind: String, Hashable, Sendable, CaseIterable {
    case general
    case recoveryRequest = "recovery.request"
    case recoveryOffset = "recovery.offset"
    case recoveryPrecautionary = "recovery.precautionary"
    case benefitPeriod = "benefit.period"
    case benefitSingle = "benefit.single"
    /// Of amounts of a reference period.
    case recalculationOfPeriod = "benefit.recalculation.period"
    /// Of a single amount.
    case recalculationOfSingle = "benefit.recalculation.single"
    case benefitAdjustment = "benefit.adjustment"
    case unemploymentReimbursement = "unemployment.reimbursement"

    /// Reads the name of a kind; `benefit.recalculation` alone means that of a single amount.
    package init?(parsing text: String) {
        self.init(rawValue: text == "benefit.recalculation" ? "benefit.recalculation.single" : text)
    }

    /// Where to look when no rate was published on the basis date.
    package enum Direction: String, Hashable, Sendable {
        case next
        case previous
    }

    package var direction: Direction {
        switch self {
        case .benefitPeriod, .recalculationOfPeriod: .previous
        default: .next
        }
    }

    /// The day whose rate the law asks for.
    ///
    /// `date` is the day of the operation; of the first sending (recovery); the last day of the reference period; a
    /// day of the month in which the provision applies (single); the day on which an adjustment takes effect; the last
    /// day of the reimbursable period (unemployment).
    package func basisDate(for date: CivilDate) -> CivilDate {
        switch self {
        case .general, .recoveryRequest, .recoveryOffset, .recoveryPrecautionary, .benefitPeriod,
            .recalculationOfPeriod:
            date
        case .benefitSingle, .recalculationOfSingle, .benefitAdjustment:
            date.adding(days: 1 - date.day).adding(months: -1)
        case .unemploymentReimbursement:
            date.adding(days: 1 - date.day)
        }
    }

    /// The point of the decision that fixes the day.
    package var point: String {
        switch self {
        case .general: "2"
        case .recoveryRequest, .recoveryOffset, .recoveryPrecautionary, .unemploymentReimbursement: "6/7"
        case .benefitPeriod: "3(a)"
        case .benefitSingle: "3(b)"
        case .recalculationOfPeriod, .recalculationOfSingle: "4"
        case .benefitAdjustment: "5"
        }
    }

    /// How far that point was read, in the text of Decision H3.
    package var mark: LegalMark {
        switch self {
        case .general, .benefitPeriod, .benefitSingle, .recalculationOfPeriod, .recalculationOfSingle: .verified
        case .recoveryRequest, .recoveryOffset, .recoveryPrecautionary: .partly
        case .benefitAdjustment, .unemploymentReimbursement: .unverified
        }
    }
}

/// How far a legal basis was read.
package enum LegalMark: String, Hashable, Sendable, Codable {
    case verified
    case partly
    case unverified
}

/// The decision of the Administrative Commission that fixes the day of the rate.
package enum RateDecision: String, Hashable, Sendable, Codable {
    case h3 = "H3"
    /// As Decision H7 amended it.
    case h3AsAmended = "H3/H7"
    case h12 = "H12"

    /// The decision in force on the basis date.
    ///
    /// Before 2010-05-01, when Reg. 987/2009 began to apply, H3 is used for want of another; the record says so.
    package init(basisDate: CivilDate) {
        if basisDate >= Self.h12Began {
            self = .h12
        } else {
            self = basisDate >= Self.h7Began ? .h3AsAmended : .h3
        }
    }

    /// The day from which Regulation 987/2009 applies: 2010-05-01.
    package static let regulationBegan = CivilDate(daysSinceEpoch: 14_730)
    /// 2016-03-02.
    static let h7Began = CivilDate(daysSinceEpoch: 16_862)
    /// 2022-02-28.
    static let h12Began = CivilDate(daysSinceEpoch: 19_051)
}

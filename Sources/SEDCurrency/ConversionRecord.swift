// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// Everything that proves a conversion; amounts and rates are decimal text, days and times ISO 8601.
///
/// What it holds: the project's legal rules, section 4.5.
package struct ConversionRecord: Hashable, Sendable, Codable {
    /// A rate that was used.
    package struct Rate: Hashable, Sendable, Codable {
        package let currency: String
        /// Units of the currency for one euro, as published or as the law has it.
        package let rate: String
        /// `ECB daily`, `ECB 90 days`, `ECB hist` or `fixed 1103/97`.
        package let source: String
        /// The day of a published rate, or since when a fixed rate holds.
        package let date: String
        /// The file of a published rate.
        package let file: RateSource?
        /// What was done with it: the amount divided by it (into euro) or multiplied with it (out of euro).
        package let use: Use

        package enum Use: String, Hashable, Sendable, Codable {
            case divided
            case multiplied
        }
    }

    /// The decision that fixes the day.
    package struct Basis: Hashable, Sendable, Codable {
        package let decision: RateDecision
        package let point: String
        package let mark: LegalMark
    }

    /// What was done where no rate was published on the basis date.
    package enum GapUse: String, Hashable, Sendable, Codable {
        /// There is a rate of the basis date, or none is needed.
        case none
        case next
        case previous
        /// The newest rate that is out, because an operation of today cannot wait.
        case latest
    }

    /// Why the result is provisional.
    package enum Provisional: String, Hashable, Sendable, Codable {
        /// The rate that the law asks for is not published yet.
        case notPublished = "not-published"
        /// It should be published by now, and no file with it was imported.
        case notImported = "not-imported"
    }

    /// Something that was not verified in the text of the law, or is our own choice.
    package struct Reservation: Hashable, Sendable, Codable {
        package let about: String
        package let text: BilingualText
    }

    /// A rule that has something to say without refusing.
    package struct Warning: Hashable, Sendable, Codable {
        package let rule: String
        package let text: BilingualText
    }

    package let amount: String
    package let from: String
    package let to: String
    package let operation: String
    /// The day that was given.
    package let date: String
    package let basis: Basis
    package let basisDate: String
    /// The day of the published rates; nil where none is needed.
    package let rateDate: String?
    /// The direction that belongs to the kind of operation.
    package let gapPolicy: String
    package let gapUse: GapUse
    package let rates: [Rate]
    /// The amount in euro on the way from one currency to another, cut after twelve decimals and not rounded.
    package let euroAmount: String?
    /// The result before rounding, cut after twelve decimals.
    package let rawResult: String
    /// Whether that is all of it.
    package let rawResultIsExact: Bool
    package let result: String
    package let decimals: Int
    package let rounding: String
    package let provisional: Bool
    package let provisionalReason: Provisional?
    package let reservations: [Reservation]
    package let warnings: [Warning]
    package let engine: String
    package let convertedAt: String
    package let convertedBy: String
    package let explanation: BilingualText
}

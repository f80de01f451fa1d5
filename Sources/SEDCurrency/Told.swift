// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// A sentence in both languages.
package struct Told: Hashable, Sendable, Codable {
    package let english: String
    package let estonian: String

    package init(_ english: String, _ estonian: String) {
        self.english = english
        self.estonian = estonian
    }

    package func callAsFunction(in language: Language) -> String {
        language == .estonian ? estonian : english
    }

    private enum CodingKeys: String, CodingKey {
        case english = "en"
        case estonian = "et"
    }
}

extension RuleID {
    package static let conversionWithoutRate: RuleID = "CUR-SRC-001"
    package static let rateNotQuoted: RuleID = "CUR-SRC-002"
    package static let staleRates: RuleID = "CUR-SRC-003"
    package static let noRateFile: RuleID = "CUR-SRC-004"
    package static let sourcesDiffer: RuleID = "CUR-SRC-005"
    package static let implausibleRate: RuleID = "CUR-SRC-006"
    package static let rateNotOut: RuleID = "CUR-90-006"
    package static let gapWithoutPolicy: RuleID = "CUR-90-004"
    package static let tooManyDecimals: RuleID = "CUR-RND-001"
}

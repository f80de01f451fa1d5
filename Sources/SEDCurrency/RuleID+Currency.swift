// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

extension RuleID {
    package static let conversionWithoutRate: RuleID = "CUR-SRC-001"
    package static let rateNotQuoted: RuleID = "CUR-SRC-002"
    package static let staleRates: RuleID = "CUR-SRC-003"
    package static let noRateFile: RuleID = "CUR-SRC-004"
    package static let sourcesDiffer: RuleID = "CUR-SRC-005"
    package static let implausibleRate: RuleID = "CUR-SRC-006"
    package static let rateNotOut: RuleID = "CUR-90-006"
    package static let tooManyDecimals: RuleID = "CUR-RND-001"
}

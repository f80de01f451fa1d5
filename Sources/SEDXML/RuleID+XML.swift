// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// Findings of the guard and of the parser. `docs/findings.md` describes each.
extension RuleID {
    package static let documentType: RuleID = "XML-001"
    package static let documentTooLarge: RuleID = "XML-002"
    package static let tooDeep: RuleID = "XML-003"
    package static let tooManyAttributes: RuleID = "XML-004"
    package static let tooManyElements: RuleID = "XML-005"
    package static let nameTooLong: RuleID = "XML-006"
    package static let encoding: RuleID = "XML-007"
    package static let notWellFormed: RuleID = "XML-008"
    package static let truncated: RuleID = "XML-009"
    package static let emptyDocument: RuleID = "XML-010"
    package static let parserFailure: RuleID = "XML-011"
}

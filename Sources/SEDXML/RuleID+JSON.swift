// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// Findings of the JSON reader and of turning RINA JSON into XML. `docs/findings.md` describes each.
extension RuleID {
    package static let jsonEncoding: RuleID = "JSN-001"
    package static let jsonTooDeep: RuleID = "JSN-002"
    package static let jsonTooManyValues: RuleID = "JSN-003"
    package static let jsonNameTooLong: RuleID = "JSN-004"
    package static let jsonNotWellFormed: RuleID = "JSN-005"
    package static let jsonTruncated: RuleID = "JSN-006"
    package static let jsonRepeatedMember: RuleID = "JSN-007"
    package static let jsonNoCharacter: RuleID = "JSN-008"
    package static let jsonUnknownForm: RuleID = "JSN-009"
    package static let jsonMemberName: RuleID = "JSN-010"
    package static let jsonCharacterNotInXML: RuleID = "JSN-011"
    package static let jsonMisplacedValue: RuleID = "JSN-012"
}

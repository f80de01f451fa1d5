// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// Findings of the layers from the envelope to the attachments. `docs/findings.md` describes each.
extension RuleID {
    package static let unknownRoot: RuleID = "ENV-001"
    package static let envelopeStructure: RuleID = "ENV-002"
    package static let headerVersion: RuleID = "ENV-003"
    package static let typeMismatch: RuleID = "ENV-004"
    package static let versionMismatch: RuleID = "ENV-005"
    package static let useCaseVersionMismatch: RuleID = "ENV-006"
    package static let manifestCount: RuleID = "ENV-007"
    package static let manifestForbidden: RuleID = "ENV-008"
    package static let senderMayNotSend: RuleID = "ENV-009"
    package static let rolesDoNotMatch: RuleID = "ENV-010"
    package static let actionMismatch: RuleID = "ENV-011"
    package static let rootAttribute: RuleID = "ENV-012"
    package static let repeatedAttachment: RuleID = "ENV-013"

    package static let unknownSchema: RuleID = "XSD-001"
    package static let unexpectedElement: RuleID = "XSD-002"
    package static let missingElement: RuleID = "XSD-003"
    package static let wrongType: RuleID = "XSD-004"
    package static let wrongLength: RuleID = "XSD-005"
    package static let wrongPattern: RuleID = "XSD-006"
    package static let notAllowedValue: RuleID = "XSD-007"
    package static let outOfRange: RuleID = "XSD-008"
    package static let unexpectedText: RuleID = "XSD-009"
    package static let attribute: RuleID = "XSD-010"
    package static let otherSchemaBreach: RuleID = "XSD-011"
    package static let undescribedVersion: RuleID = "XSD-012"

    package static let unknownCode: RuleID = "CDE-001"
    package static let repeatedCode: RuleID = "CDE-002"

    package static let missingAttachment: RuleID = "ATT-001"
    package static let unannouncedAttachment: RuleID = "ATT-002"
    package static let emptyAttachment: RuleID = "ATT-003"
    package static let attachmentType: RuleID = "ATT-004"

    package static let unreadableAttachment: RuleID = "ATT-005"
    package static let cutShortAttachment: RuleID = "ATT-006"

    package static let engine: RuleID = "SYS-001"
    package static let moreFindings: RuleID = "SYS-008"
}

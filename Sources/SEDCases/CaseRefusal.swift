// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// Why a document has no place in a case at this moment.
package struct CaseRefusal: Error, Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        /// No starter has been placed: the case is unknown here, or its starter was withdrawn.
        case notStarted
        case updateWithoutFirst
        case versionGap(last: Int, received: Int)
        case caseForwarded
        case participantRemoved
        case outOfOrder
        case caseClosed
        case notAParticipant
        case roleMismatch
        /// No state table is known for the use case or for our role in it.
        case useCaseUnknown
        /// The case is one of another use case.
        case anotherUseCase(BUCType)
        /// The case holds this version with another content.
        case contentDiffers
        /// The case may be opened again only when every participant has agreed.
        case reopeningUnanswered
        /// A participant did not agree to open the case again.
        case reopeningRefused

        package var rule: RuleID {
            switch self {
            case .notStarted: .caseUnknown
            case .updateWithoutFirst, .versionGap: .updateWithoutPredecessor
            case .caseForwarded: .caseForwarded
            case .participantRemoved: .participantRemoved
            case .outOfOrder: .outOfOrder
            case .caseClosed: .caseClosed
            case .notAParticipant: .notAParticipant
            case .roleMismatch: .roleMismatch
            case .useCaseUnknown, .anotherUseCase: .useCaseUnknown
            case .contentDiffers: .contentDiffers
            case .reopeningUnanswered, .reopeningRefused: .outOfOrder
            }
        }
    }

    package let reason: Reason
    package let state: StateID
    /// What could travel the same way now.
    package let expected: [SEDType]

    package init(reason: Reason, state: StateID, expected: [SEDType]) {
        self.reason = reason
        self.state = state
        self.expected = expected
    }

    package var rule: RuleID { reason.rule }

    /// The code that X050 reports for it after the grace period; nil where no code of the list fits.
    ///
    /// Source: code list of the business exception in X050, CDM 4.4.
    package var exceptionCode: String? {
        switch reason {
        case .notStarted: "01"
        case .updateWithoutFirst: "02"
        case .versionGap(let last, let received): received > last ? "02" : "05"
        case .caseForwarded: "03"
        case .participantRemoved: "04"
        case .outOfOrder, .reopeningUnanswered, .reopeningRefused: "05"
        case .caseClosed: "06"
        case .notAParticipant, .roleMismatch, .useCaseUnknown, .anotherUseCase, .contentDiffers: nil
        }
    }

    package var words: Words {
        let options: Words = expected.isEmpty ? "nothing" : Words(expected.map(\.code).joined(separator: ", "))
        return switch reason {
        case .notStarted:
            "No document that starts this case has been placed; expected now: \(options, as: "expected")."
        case .updateWithoutFirst: "This is a later version of a document whose earlier version is not in the case."
        case .versionGap(let last, let received):
            """
            Version \(received, as: "version") does not follow version \(last, as: "last"), the last one in the case.
            """
        case .caseForwarded: "This institution has handed the case to another one."
        case .participantRemoved: "The sender was removed from the case."
        case .outOfOrder:
            """
            The business use case has no place for this document in state \(state, as: "state"); expected now: \
            \(options, as: "expected").
            """
        case .caseClosed: "The case is closed for all participants; expected now: \(options, as: "expected")."
        case .notAParticipant: "The sender does not take part in this case."
        case .roleMismatch: "The sender's role is not the one it has in this case."
        case .useCaseUnknown: "No state table is known for this role in this use case."
        case .anotherUseCase(let useCase):
            "The case is a \(useCase, as: "buc"); a document of another use case has no place in it."
        case .contentDiffers: "The case holds this version of the document with another content."
        case .reopeningUnanswered: "Not every participant has agreed to open the case again (X003)."
        case .reopeningRefused: "A participant did not agree to open the case again (X003)."
        }
    }
}

/// Findings about a case. `docs/findings.md` describes each; 001 to 006 answer to the same codes of X050.
extension RuleID {
    package static let caseUnknown: RuleID = "CAS-001"
    package static let updateWithoutPredecessor: RuleID = "CAS-002"
    package static let caseForwarded: RuleID = "CAS-003"
    package static let participantRemoved: RuleID = "CAS-004"
    package static let outOfOrder: RuleID = "CAS-005"
    package static let caseClosed: RuleID = "CAS-006"
    package static let notAParticipant: RuleID = "CAS-007"
    package static let roleMismatch: RuleID = "CAS-008"
    package static let useCaseUnknown: RuleID = "CAS-009"
    package static let contentUnclear: RuleID = "CAS-010"
    package static let resent: RuleID = "CAS-011"
    package static let duplicate: RuleID = "CAS-012"
    package static let contentDiffers: RuleID = "CAS-013"
    package static let threadAssumed: RuleID = "CAS-014"
    package static let filed: RuleID = "CAS-015"
    package static let sourcesDisagree: RuleID = "CAS-016"
}

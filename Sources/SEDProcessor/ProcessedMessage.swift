// SPDX-License-Identifier: EUPL-1.2

package import SEDCases
package import SEDCore
package import SEDInspection

/// What happened to one message, as the pipeline tells its user.
package struct ProcessedMessage: Hashable, Sendable {
    package let id: Int64
    package let fileName: String
    package let disposition: Disposition
    package let verdict: Verdict
    package let rule: RuleID?
    package let reason: Words?
    package let sed: SEDType?
    package let buc: BUCType?
    package let caseID: UniqueID?
    package let caseState: StateID?
    package let route: String?
    /// With its words in parts: a `Teller` makes it ready for showing.
    package let report: MessageReport
    /// Whether the message had waited before.
    package let hadWaited: Bool
    /// Whether it had a place before, which one that came late took from it.
    package let wasDisplaced: Bool
    let toQuarantine: Bool
}

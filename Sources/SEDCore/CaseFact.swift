// SPDX-License-Identifier: EUPL-1.2

/// One thing that a document says and that rules about its case ask for: a code, a day, an amount, with its place.
///
/// Names of persons and free texts are never facts: of a free text it is only known that it is there.
package struct CaseFact: Hashable, Sendable, Codable {
    package enum Name: String, Hashable, Sendable, Codable, CaseIterable {
        /// The document itself; its place is that of the root.
        case document
        /// What X008 withdraws.
        case withdrawnDocument
        /// X001: that and how the case is closed.
        case closing

        case personNumber
        case birthDate

        /// A002: refused, or granted for another period.
        case exceptionDecision
        /// A008: the provision on which the changed period rests.
        case periodBasis
        /// A008: whether the whole period falls away.
        case cancellation

        /// A009: the first and the last day of the posting.
        case postingStart
        case postingEnd

        /// R015: the day until which the document is to be forwarded.
        case notifyUntil
        /// R016: the day on which the document was forwarded to the addressee.
        case notifiedOn
        /// R016: some text why it was forwarded later than asked.
        case lateBecause
        /// R005: provisional or final. R017: recovery or precautionary measures.
        case requestKind
        /// R006: whether there are arrears.
        case arrears
        /// R008, R010: the day on which the competent institution was determined.
        case competenceDeterminedOn
        /// R017: the day of the instrument of one claim, and the last day on which it can be enforced.
        case instrumentOn
        case limitationEnd
        /// R017: the declaration whether the claim or the instrument is contested.
        case contestationDeclared
        /// R017: the declaration whether the claim is under five years old.
        case ageDeclared
        /// R019: when the claim, the instrument or a measure was contested, and which of them.
        case contestedOn
        case contested
        /// R019: what the applicant asks for while the claim is contested.
        case askedMeanwhile
        /// R034: for whom the authority decided, when, and what follows.
        case decidedFor
        case decidedOn
        case actionAfterDecision
        /// R025: when and why the claim was withdrawn or reduced.
        case reducedOn
        case reductionReason
        /// R018: how far the claim was recovered.
        case recoveryResult
        /// R018: the request was refused, or the claim cannot be recovered.
        case refusal
        /// R018: nothing more will be done.
        case recoveryEnded
        /// R018: some text that may explain a delay.
        case explanation

        /// R017, R025, R034: the total of one claim in the currency of the requested party.
        case claimTotal
        case claimCurrency
        /// R004: one payment.
        case paymentReason
        case paymentDate
        case paymentAmount
        case paymentCurrency
        /// R018, R036: the terms of payment by instalments.
        case instalmentAmount
        case instalmentCount
        case prepayment
    }

    package let name: Name
    /// As it stands in the document, without white space around it; empty where only the presence counts.
    package let text: String
    /// Tells the facts of one payment, claim or person from those of the next: the number of the element that holds
    /// them, in document order.
    package let group: Int
    package let position: TextPosition?
    package let path: String

    package init(name: Name, text: String = "", group: Int = 0, position: TextPosition? = nil, path: String = "") {
        self.name = name
        self.text = text
        self.group = group
        self.position = position
        self.path = path
    }
}

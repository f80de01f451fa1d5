// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
package import SEDRecovery

/// What the requested party, or the applicant party later on, tells the other one.
package enum RecoveryReply: Hashable, Sendable {
    /// R018: the instrument is recognised, recovery begins (Article 79).
    case accepted(remark: String?)
    /// R018 (Article 82); the code is that of `ReasonRequestRejectedType`.
    case refused(code: String, reason: String?)
    /// R018: what came of recovery; the code is that of `RecoveryClaimStatusType`.
    case recovery(code: String, continues: Bool, reason: String?)
    /// R004: money for the applicant party (Article 80(1)); without an amount, all that is due.
    case paid(ExactDecimal?, on: CivilDate, reference: String?)
    /// R016 (Article 77(3)); the form is that of `RNotificationFormType`.
    case notified(on: CivilDate, form: String)
    /// R016; the code is that of `ReasonNotificationNotMadeType`.
    case notNotified(code: String, reason: String?)
    /// R019 (Article 81(1)); the codes are those of `ContestationConcernsMultipleType` and `ContestationImpactType`.
    case contested(on: CivilDate, concerns: String, reason: String, impact: String?)
    /// R033 (Article 81(2)): what the receiver of R019 says to it; the code is that of
    /// `NotificationRequestedInstitutionMultipleType` or, from the applicant party, `NotificationApplicantInstitutionType`.
    case answered(code: String, details: String?)
    /// R034 (Article 81(2) and (4)); the codes are those of `DecisionOriginationListType` and `DecisionImpactType`.
    case decided(on: CivilDate, favour: String, impact: String)
    /// R025 (Article 78(5)): the claim is withdrawn; the code is that of `ReasonForWithdrawalType`.
    case withdrawn(on: CivilDate, code: String)
    /// R025 (Article 78(5)): the claims are these from now on, in the applicant's currency, at the rates of the first
    /// sending.
    case reduced(on: CivilDate, code: String, amounts: [[ComponentKind: ExactDecimal]])

    package var sed: String {
        switch self {
        case .accepted, .refused, .recovery: "R018"
        case .paid: "R004"
        case .notified, .notNotified: "R016"
        case .contested: "R019"
        case .answered: "R033"
        case .decided: "R034"
        case .withdrawn, .reduced: "R025"
        }
    }
}

/// The content of a reply, written from the request that it is about.
struct ReplyDocument {
    let reply: RecoveryReply
    /// The SED of the request.
    let request: SEDNode
    /// The debtor is with the applicant party's case (R025, R019 of ours) or with the other's.
    let isApplicant: Bool
    /// For R004: what is due, in the currency of the requested party.
    let due: (amount: ExactDecimal, currency: String)?
    /// For R025.
    let revised: [Claim]

    var content: String {
        var writer = ElementWriter()
        if let numbers = request["LocalCaseNumbers"] { writer.copy(numbers) }
        // Later documents name the debtor without addresses.
        if let concerns = request["Concerns"] { writer.copy(concerns.without(["PersonLastKnownAddresses"])) }
        switch reply {
        case .accepted(let remark):
            writer.group("OtherRelevantInformation") { $0.element("additionalInformation", remark) }
        case .refused(let code, let reason):
            writer.group("ClaimCannotRecoveredOrRequestCannotAccepted") { refusal in
                refusal.code("requestCannotAcceptedOrClaimCannotRecoveredBecause", code)
                refusal.group("FillInIfRecoveryActionNotPossible") { $0.element("stateReason", reason) }
            }
        case .recovery(let code, let continues, let reason): recovery(code, continues, reason, into: &writer)
        case .paid(let amount, let day, let reference): payment(amount, day, reference, into: &writer)
        case .notified(let day, let form):
            writer.group("NotificationMade") { made in
                made.group("NotificationForm") { $0.code("notificationForm", form) }
                made.element("notificationDate", day)
            }
        case .notNotified(let code, let reason):
            writer.group("NotificationNotMade") { refusal in
                refusal.code("notificationNotMade", code)
                refusal.group("FillInIfNotificationNotMadeOther") { $0.element("stateReason", reason) }
            }
        case .contested(let day, let concerns, let reason, let impact):
            contestation(day, concerns, reason, impact, into: &writer)
        case .answered(let code, let details): answer(code, details, into: &writer)
        case .decided(let day, let favour, let impact):
            writer.group("ResultContestation") { result in
                result.code("theDecisionAppropriateAuthorityFoundInFavour", favour)
                result.element("dateDecision", day)
            }
            writer.group("ImpactDecision") { $0.code("actionTake", impact) }
        case .withdrawn(let day, let code): withdrawal(day, code, action: "01", into: &writer)
        case .reduced(let day, let code, _):
            withdrawal(day, code, action: "03", into: &writer)
            writer.group("RevisedClaim") { list in
                for claim in revised {
                    list.group("ClaimDetails") { RequestDocument.information(claim, period: nil, into: &$0) }
                }
            }
        }
        return writer.text
    }

    private func recovery(_ code: String, _ continues: Bool, _ reason: String?, into writer: inout ElementWriter) {
        writer.group("RecoveryClaim") { claim in
            claim.code("theClaimHasBeen", code)
            guard code == "02" else { return }
            claim.group("FillInFollowingIfClaimHasBeenPartiallyRecovered") { partial in
                if continues {
                    partial.code("RecoveryProcedureWillContinue", "1")
                } else {
                    partial.group("NoFurtherRecoveryActionWillTaken") { end in
                        end.code("RecoveryProcedureWillContinue", "0")
                        end.element("reason", reason)
                    }
                }
            }
        }
    }

    private func payment(
        _ amount: ExactDecimal?,
        _ day: CivilDate,
        _ reference: String?,
        into writer: inout ElementWriter
    ) {
        // The reason names the claim: contributions or overpaid benefits.
        let isContributions = request["TypeClaim"]?.code("typeClaim") == "01"
        let account = request["PleaseFillInFollowingIfTypeRequestRecovery", "BankDetails"]
        let paysAll = amount == nil || amount?.compared(to: due?.amount ?? .zero) == 0
        writer.group("Payments", isKept: true) { list in
            list.group("Payment", isKept: true) { payment in
                payment.code("reasonForPayment", isContributions ? "03" : "04")
                payment.group("PaymentDetails", isKept: true) { details in
                    details.code("typePayment", paysAll ? "01" : "02")
                    details.element("paymentDate", day)
                    details.group("Amount", isKept: true) { sum in
                        sum.element("amount", amount ?? due?.amount)
                        sum.code("currency", due?.currency)
                    }
                }
                payment.element(
                    "paymentReferenceUsedWhenTransferringMoney", reference ?? account?.text("paymentReference"))
            }
        }
    }

    private func contestation(
        _ day: CivilDate,
        _ concerns: String,
        _ reason: String,
        _ impact: String?,
        into writer: inout ElementWriter
    ) {
        writer.group("Contestation") { contestation in
            contestation.element("dateContestation", day)
            contestation.code("contestationReceivedBy", isApplicant ? "01" : "02")
            contestation.code("contestationConcerns", concerns)
            contestation.element("reasonForContestation", reason)
            contestation.code("contestationDocumentAttachedIndicator", "0")
        }
        guard let impact else { return }
        writer.group("ImpactContestation") { effect in
            if isApplicant {
                effect.group("ApplicantInstitutionRequestTo") { $0.code("weApplicantInstitutionRequestTo", impact) }
            } else {
                effect.group("RequestedInstitutionNotifiedContestation") {
                    $0.code("weRequestedInstitutionInformThat", impact)
                }
            }
        }
    }

    private func answer(_ code: String, _ details: String?, into writer: inout ElementWriter) {
        if isApplicant {
            writer.group("ResponseFromApplicantInstitution") { response in
                response.code("weRequestYou", code)
                response.group("PleaseFillInFollowingIfIRequestYouOther") { $0.element("stateActionRequired", details) }
            }
        } else {
            writer.group("ResponseFromRequestedInstitution") { response in
                response.code("weInformThat", code)
                response.group("PleaseFillInFollowingIfIInformThatOther") { $0.element("details", details) }
            }
        }
    }

    private func withdrawal(_ day: CivilDate, _ code: String, action: String, into writer: inout ElementWriter) {
        writer.group("ReasonForWithdrawalOrReduction") { reason in
            reason.element("dateClaimWithdrawnOrReduced", day)
            reason.code("reasonClaimWithdrawnOrReduced", code)
        }
        writer.group("ActionRequired") { $0.code("receivingInstitutionAskedTo", action) }
    }
}

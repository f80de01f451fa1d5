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
    /// R018 (Article 80(2)): payment by instalments, proposed to the applicant party, or with its agreement.
    case instalments(InstalmentTerms, isAgreed: Bool)
    /// R018: what else the requested party has to know (Article 78(3)(g)).
    case asked(question: String)
    /// R036 (Article 80(2)): whether the proposed instalments are accepted, and else which ones would be.
    case instalmentAnswer(isAccepted: Bool, terms: InstalmentTerms?, remark: String?)
    /// R036: what R018 has asked for, or other new information (Article 78(5)).
    case explained(String)
    /// R014 (Article 76): what is known.
    case informed(DebtorInformation)
    /// R014 (Article 76(3), 82(1)(b)); the code is that of `NoInformationProvidedType`.
    case notInformed(code: String)
    /// R028 (Article 85(2), (3)): costs that the applicant party is asked to bear.
    case costsClaimed(CostRequest)
    /// R029; the codes are those of `ReimbursementReplyMultipleType`: 01 and 02 bear them, 03 and 04 do not.
    case costsAnswered(codes: [String], under: CostProvision, reason: String?)
    /// R004: the applicant party bears costs.
    case reimbursed(ExactDecimal?, on: CivilDate, reference: String)
    /// R025 (Article 78(5)): the claim is withdrawn; the code is that of `ReasonForWithdrawalType`.
    case withdrawn(on: CivilDate, code: String)
    /// R025 (Article 78(5)): the claims are these from now on, in the applicant's currency; the policy on rates names the
    /// day of their conversion.
    case reduced(on: CivilDate, code: String, amounts: [[ComponentKind: ExactDecimal]])
    /// What is said of a request under Articles 72 and 73.
    case offset(OffsetReply)

    /// The document, for a kind of request; nil where that has none of this.
    func sed(for kind: RequestKind) -> String? {
        if case .offset(let words) = self { return words.sed(for: kind) }
        return kind.isOffset ? nil : sed
    }

    /// The document where that does not depend on the kind of request.
    var sed: String? {
        switch self {
        case .accepted, .refused, .recovery, .instalments, .asked: "R018"
        case .paid, .reimbursed: "R004"
        case .instalmentAnswer, .explained: "R036"
        case .informed, .notInformed: "R014"
        case .costsClaimed: "R028"
        case .costsAnswered: "R029"
        case .notified, .notNotified: "R016"
        case .contested: "R019"
        case .answered: "R033"
        case .decided: "R034"
        case .withdrawn, .reduced: "R025"
        case .offset: nil
        }
    }
}

extension RecoveryReply {
    /// Whether it states amounts anew.
    var isRevision: Bool {
        if case .reduced = self { true } else { false }
    }
}

/// Equal instalments in the currency of the requested party, a month apart.
package struct InstalmentTerms: Hashable, Sendable {
    package let amount: ExactDecimal
    package let count: Int
    package let first: CivilDate
    /// What is paid before the first one.
    package let advance: ExactDecimal?

    package init(amount: ExactDecimal, count: Int, first: CivilDate, advance: ExactDecimal?) {
        self.amount = amount
        self.count = count
        self.first = first
        self.advance = advance
    }

    fileprivate func write(into writer: inout ElementWriter) {
        writer.element("instalmentAmountInCurrencyRequestedInstitution", amount)
        writer.element("numberInstalments", count)
        writer.element("startDate", first)
        writer.element("endDate", first.adding(months: count - 1))
        writer.element("prePayment", advance)
    }
}

/// Costs that the requested party asks the applicant party to bear.
package struct CostRequest: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// A final request, with the account that the costs are to be paid to.
        case actual(RecoveryRequest.Bank)
        /// A provisional one: whether costs up to an estimate would be borne, and the last day for saying so.
        case estimated(answerBy: CivilDate?)
    }

    package let amount: ExactDecimal
    package let under: CostProvision
    package let kind: Kind
    package let institutionName: String
    package let remark: String?

    package init(
        amount: ExactDecimal,
        under: CostProvision,
        kind: Kind,
        institutionName: String,
        remark: String?
    ) {
        self.amount = amount
        self.under = under
        self.kind = kind
        self.institutionName = institutionName
        self.remark = remark
    }
}

extension CostProvision {
    /// Of `RReimbursementRequestUnderArticlesType`.
    var code: String {
        switch self {
        case .specialCase: "01"
        case .unfounded: "02"
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
    /// For R004 about costs: what the applicant party was asked to bear and has not paid.
    let reimbursable: ExactDecimal?
    /// Who writes.
    let own: InstitutionID
    /// That of our State.
    let currency: String?
    /// For R004: what was recovered of each claim by now.
    let recovered: String?

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
        case .paid(let amount, let day, let reference):
            // The reason names the claim: contributions or overpaid benefits.
            let isContributions = request["TypeClaim"]?.code("typeClaim") == "01"
            let account = request["PleaseFillInFollowingIfTypeRequestRecovery", "BankDetails"]
            payment(
                isContributions ? "03" : "04", amount, of: due?.amount, day,
                reference ?? account?.text("paymentReference"), into: &writer)
            Self.remark(recovered, into: &writer)
        case .reimbursed(let amount, let day, let reference):
            payment("06", amount, of: reimbursable, day, reference, into: &writer)
        case .instalments(let terms, let isAgreed):
            writer.group("PaymentByInstalments") { plan in
                plan.code("agreementAcceptFollowingProposal", isAgreed ? "02" : "01")
                plan.group("InstalmentsDetails") { terms.write(into: &$0) }
            }
        case .asked(let question):
            writer.group("PleaseProvideRequestedAdditionalInformation") {
                $0.element("requestedAdditionalInformation", question)
            }
        case .instalmentAnswer(let isAccepted, let terms, let remark):
            writer.group("Instalment") { instalment in
                instalment.group("PaymentByInstalments") { answer in
                    answer.code("instalmentProposalSpecifiedInR018AcceptedIndicator", isAccepted ? "1" : "0")
                    answer.group("IfNoFollowingTermsAreAcceptable") { terms?.write(into: &$0) }
                }
            }
            Self.remark(remark, into: &writer)
        case .explained(let text): Self.remark(text, into: &writer)
        case .informed(let information): information.write(into: &writer, currency: currency)
        case .notInformed(let code): writer.group("NoInformation") { $0.code("noInformation", code) }
        case .costsClaimed(let costs): claim(costs, into: &writer)
        case .costsAnswered(let codes, let provision, let reason):
            writer.group("Reply") { answer in
                answer.code("thisReplyConcernsReimbursementUnder", provision.code)
                answer.codes("we", codes)
                answer.element("reasonForNonAcceptance", reason)
            }
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
        case .offset: preconditionFailure("documents of offsetting are written by themselves")
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

    private static func remark(_ text: String?, into writer: inout ElementWriter) {
        writer.group("AdditionalInformation") { $0.element("additionalInformation", text) }
    }

    /// Without an amount all of what is open is paid.
    private func payment(
        _ reason: String,
        _ amount: ExactDecimal?,
        of open: ExactDecimal?,
        _ day: CivilDate,
        _ reference: String?,
        into writer: inout ElementWriter
    ) {
        let paysAll = amount == nil || amount?.compared(to: open ?? .zero) == 0
        writer.group("Payments", isKept: true) { list in
            list.group("Payment", isKept: true) { payment in
                payment.code("reasonForPayment", reason)
                payment.group("PaymentDetails", isKept: true) { details in
                    details.code("typePayment", paysAll ? "01" : "02")
                    details.element("paymentDate", day)
                    details.group("Amount", isKept: true) { sum in
                        sum.element("amount", amount ?? open)
                        sum.code("currency", due?.currency)
                    }
                }
                payment.element("paymentReferenceUsedWhenTransferringMoney", reference)
            }
        }
    }

    private func claim(_ costs: CostRequest, into writer: inout ElementWriter) {
        writer.group("ReasonForRequest") { $0.code("reimbursementRequestedUnder", costs.under.code) }
        writer.group("Request") { request in
            switch costs.kind {
            case .actual(let bank):
                request.group("FinalRequestPleaseReimburseActualCostsLosses") { final in
                    final.group("ActualCostsAndOrLosses") { actual in
                        sums(costs, into: &actual)
                        actual.code("reimbursementRequestedFor", "01")
                        Self.remark(costs.remark, into: &actual)
                    }
                    RequestDocument.bank(bank, into: &final)
                }
            case .estimated(let day):
                request.group("ProvisionalRequestStateIfAgreeReimburse") { provisional in
                    provisional.group("EstimatedCostsAndOrLosses") { estimate in
                        sums(costs, into: &estimate)
                        estimate.code("provisionalAgreementReimbursementRequestedFor", "01")
                        Self.remark(costs.remark, into: &estimate)
                    }
                }
                request.element("ifRecoveryActionResultUnpaidCostLossConsentMustReceived", day)
            }
        }
    }

    private func sums(_ costs: CostRequest, into writer: inout ElementWriter) {
        writer.group("AmountsInCurrencyPerInstitution") { list in
            list.group("AmountsInCurrency") { amounts in
                amounts.group("InstitutionID") { institution in
                    institution.element("institutionID", own)
                    institution.element("institutionName", costs.institutionName)
                }
                amounts.element("costs", costs.amount)
                amounts.group("Total") { total in
                    total.element("amount", costs.amount)
                    total.code("currency", due?.currency)
                }
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

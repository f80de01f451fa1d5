// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDRecovery

/// R001, R005, R008 and R010 (Articles 72 and 73).
extension RequestDocument {
    private var facts: RecoveryRequest.Offset { request.offset ?? RecoveryRequest.Offset() }

    func offset(into writer: inout ElementWriter) {
        persons(request.debtor.person, into: &writer)
        typeRequest(into: &writer)
        writer.benefit("BenefitsReceivedUnduly", facts.benefit, facts.otherBenefit)
        writer.group("PleaseFillInFollowingIfTypeRequestFinal") { final in
            final.group("OverpaymentPeriods") { list in
                for period in facts.periods { self.overpaid(period, into: &list) }
            }
            final.group("PaymentAmount") {
                $0.payment("OverpaidAmountForWholePeriod", facts.amount, currency)
            }
            if let deduction = facts.deductFrom { self.deduction(deduction, into: &final) }
        }
        writer.group("AdditionalInformation") { $0.element("additionalInformation", request.remarks) }
        if let bank = request.bank {
            writer.group("PleaseFillInFollowingIfTypeRequestFinal02") { Self.bank(bank, into: &$0) }
        }
    }

    private func overpaid(_ period: RecoveryRequest.Offset.OverpaidPeriod, into writer: inout ElementWriter) {
        writer.group("OverpaymentPeriod") { entry in
            entry.period("Period", period.from, period.to)
            entry.element("dateDecision", period.decidedOn)
            entry.code("reasonForOverpayment", period.reason)
            entry.group("PleaseFillInFollowingIfReasonForOverpaymentOther") {
                $0.element("otherReason", period.otherReason)
            }
        }
    }

    private func deduction(_ deduction: RecoveryRequest.Offset.Deduction, into writer: inout ElementWriter) {
        if deduction.benefit != nil {
            writer.benefit("BenefitDeduction", deduction.benefit, deduction.otherBenefit)
        }
        writer.group("DeductionFromArrears") { arrears in
            arrears.flag("deductionFromArrearsPossibleIndicator", deduction.arrears)
            guard deduction.arrears == true || deduction.arrearsFrom != nil else { return }
            arrears.group("FillInIfDeductionFromArrears", isKept: true) { details in
                details.group("DetailedInformationAboutDeductionsFromArrears") { list in
                    list.group("DetailedInformationAboutDeductionFromArrears") {
                        $0.element("startDate", deduction.arrearsFrom)
                    }
                }
            }
        }
        writer.group("DeductionFromOngoingPayments") { ongoing in
            ongoing.flag("deductionInGeneralPossibleIndicator", deduction.ongoing)
            if let schedule = deduction.schedule {
                ongoing.schedule("DetailedInformationAboutDeductionFromOngoing", schedule, currency)
            }
        }
    }

    func arrears(into writer: inout ElementWriter) {
        persons(request.debtor.person, into: &writer)
        typeRequest(into: &writer)
        writer.group("TypeBenefitWhichHasBeenOverpaid", isKept: true) {
            $0.code("typeBenefitWhichHasBeenOverpaid", facts.benefit)
        }
        writer.group("PleaseFillInFollowingIfTypeRequestFinal") { final in
            for period in facts.periods { final.period("OverpaymentPeriod", period.from, period.to) }
            final.payment("OverpaidTotalAmount", facts.amount, currency)
            if let bank = request.bank { Self.bank(bank, into: &final) }
        }
    }

    func provisionalBenefits(into writer: inout ElementWriter) {
        persons(request.debtor.person, into: &writer)
        competence(into: &writer)
        writer.benefit("ProvisionallyPaidBenefit", facts.benefit, facts.otherBenefit)
        for period in facts.periods { writer.period("ProvisionalPaymentPeriod", period.from, period.to) }
        writer.payment("ProvisionalPaymentTotalAmount", facts.amount, currency)
        if let bank = request.bank { Self.bank(bank, into: &writer) }
        writer.group("AdditionalInformation") { $0.element("additionalInformation", request.remarks) }
    }

    func provisionalContributions(into writer: inout ElementWriter) {
        concerns(into: &writer)
        competence(into: &writer)
        writer.group("TypeContributions", isKept: true) { list in
            for contribution in facts.contributions {
                list.group("TypeContribution", isKept: true) { entry in
                    entry.codes("contribution", contribution.branches)
                    entry.group("PleaseFillInIfContributionOther") { $0.element("other", contribution.otherBranch) }
                    entry.period("ContributionPeriod", contribution.period?.from, contribution.period?.to)
                    entry.group("ContributionAmount", isKept: true) { amount in
                        amount.element("amount", contribution.amount.map { ElementWriter.money($0, currency) })
                        amount.code("currencySendingInstitution", currency)
                        amount.element(
                            "amountEmployerPart",
                            contribution.employerPart.map { ElementWriter.money($0, currency) })
                        amount.element(
                            "amountInsuredPersonPart",
                            contribution.insuredPersonPart.map { ElementWriter.money($0, currency) })
                    }
                }
            }
        }
        if let bank = request.bank { Self.bank(bank, into: &writer) }
    }

    private func typeRequest(into writer: inout ElementWriter) {
        writer.group("TypeRequest", isKept: true) { $0.code("typeRequest", facts.final.map { $0 ? "02" : "01" }) }
    }

    private func competence(into writer: inout ElementWriter) {
        writer.group("DecisionCompetentInstitution", isKept: true) { decision in
            decision.element("dateCompetenceDetermined", facts.competenceDeterminedOn)
            decision.element("dateByWhichThisRequestMustMade", facts.requestBy)
        }
    }
}

extension ElementWriter {
    mutating func flag(_ name: String, _ value: Bool?) {
        code(name, value.map { $0 ? "1" : "0" })
    }

    /// `RBenefitType`.
    mutating func benefit(_ name: String, _ code: String?, _ other: String?) {
        group(name, isKept: true) { benefit in
            benefit.code("typeBenefit", code)
            benefit.group("PleaseFillInFollowingIfTypeBenefitOtherBenefit") { $0.element("typeOtherBenefit", other) }
        }
    }

    mutating func period(_ name: String, _ from: CivilDate?, _ to: CivilDate?) {
        group(name) { period in
            period.element("startDate", from)
            period.element("endDate", to)
        }
    }

    /// `EESSIPaymentEUType`; nothing without an amount.
    mutating func payment(_ name: String, _ amount: ExactDecimal?, _ currency: String?) {
        guard let amount else { return }
        group(name) { payment in
            payment.element("amount", Self.money(amount, currency))
            payment.code("currency", currency)
        }
    }

    /// `RPaymentScheduleType`.
    mutating func schedule(_ name: String, _ schedule: PaymentSchedule, _ currency: String?) {
        group(name) { entry in
            entry.code("frequency", schedule.frequency)
            entry.group("PleaseFillInFollowingIfFrequencyOther") {
                $0.element("otherFrequency", schedule.otherFrequency)
            }
            entry.element("numberPeriodicUnits", schedule.count)
            entry.payment("AmountPerUnit", schedule.amount, currency)
        }
    }

    /// With the decimals of its currency where it fits them; else as stated, for the rules to judge.
    static func money(_ amount: ExactDecimal, _ currency: String?) -> ExactDecimal {
        currency.flatMap { Parts($0, [.principal: amount])?.total } ?? amount
    }
}

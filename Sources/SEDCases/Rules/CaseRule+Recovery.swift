// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore

extension CaseRule {
    static let recovery = [
        lateStatement, contestedClaim, claimBelowRecovered, unexplainedDelay, instalmentsDoNotCover,
        enforcedWhileContested, oldSinceDecision, closedWithBalance,
    ]

    /// Two months to state the amount once arrears are known.
    ///
    /// Source: Reg. 987/2009 Art. 72(2).
    private static let lateStatement = CaseRule(
        "REC-72-2-001", judges: ["R005"], in: "R_BUC_02"
    ) { document, history, parameters in
        guard let kind = document.fact(.requestKind), kind.text == "02", let stated = document.day,
            let noticed = history.earlier.first(where: { $0.sed == "R006" && $0.states(.arrears, "1") })?.day,
            let months = parameters.number("offset.statementMonths", on: noticed)
        else { return nil }
        let limit = noticed.adding(months: months)
        // The amount may be corrected later; what counts is when it was stated first.
        let isInTime = history.earlier.contains { version in
            version.event.set == document.event.set && version.states(.requestKind, "02")
                && version.day.map { $0 <= limit } ?? true
        }
        return stated > limit && !isInTime ? Breach(at: kind, of: document) : nil
    }

    /// No request while the claim is contested, unless the applicant asks for recovery all the same.
    ///
    /// Source: Reg. 987/2009 Art. 78(2)(a), 81(2).
    private static let contestedClaim = CaseRule(
        "REC-78-2-A-001", judges: ["R017"], in: "R_BUC_07"
    ) { document, history, _ in
        guard let declared = document.fact(.contestationDeclared), declared.text == "01",
            !document.states(.requestKind, "02"), history.openContestations.contains(where: { !$0.asksToContinue })
        else { return nil }
        return Breach(at: declared, of: document)
    }

    /// What was recovered beyond the claim has to be settled.
    ///
    /// Source: Reg. 987/2009 Art. 78(5), 85(3).
    private static let claimBelowRecovered = CaseRule(
        "REC-78-5-002", judges: ["R017", "R025", "R034"], in: "R_BUC_07"
    ) { document, history, _ in
        guard document.sed != "R017" || document.event.isUpdate, let claim = document.claimed,
            let remitted = history.remitted(in: claim.currency, besides: document),
            claim.amount.compared(to: remitted.amount) == -1
        else { return nil }
        return Breach(at: document.fact(.claimTotal), of: document)
    }

    /// The applicant is told why the formalities take longer than three months.
    ///
    /// Source: Reg. 987/2009 Art. 79(2).
    private static let unexplainedDelay = CaseRule(
        "REC-79-2-002", judges: ["R018"], in: "R_BUC_07"
    ) { document, history, parameters in
        guard !history.earlier.contains(where: { $0.sed == "R018" }), let replied = document.day,
            let requested = history.earlier.first(where: { $0.sed == "R017" })?.day,
            let months = parameters.number("recovery.formalitiesMonths", on: requested),
            replied > requested.adding(months: months), document.fact(.refusal) == nil,
            document.fact(.explanation) == nil
        else { return nil }
        return Breach(at: nil, of: document)
    }

    /// Instalments are to pay what is outstanding; the last one may be smaller.
    ///
    /// Source: Reg. 987/2009 Art. 80(2).
    private static let instalmentsDoNotCover = CaseRule(
        "REC-80-2-002", judges: ["R018", "R036"], in: "R_BUC_07"
    ) { document, history, _ in
        guard let fact = document.fact(.instalmentAmount), let instalment = ExactDecimal(parsing: fact.text),
            let count = document.text(.instalmentCount).flatMap({ Int($0) }), count > 0,
            let prepayment = ExactDecimal(parsing: document.text(.prepayment) ?? "0"),
            let paid = instalment.multiplied(by: count)?.adding(prepayment),
            let outstanding = history.outstanding(besides: document),
            let mostPaid = outstanding.adding(instalment), let below = paid.compared(to: outstanding),
            let above = paid.compared(to: mostPaid)
        else { return nil }
        return below < 0 || above >= 0 ? Breach(at: fact, of: document) : nil
    }

    /// Notice of a contestation suspends enforcement.
    ///
    /// Source: Reg. 987/2009 Art. 81(2).
    private static let enforcedWhileContested = CaseRule(
        "REC-81-2-001", judges: ["R004"], in: "R_BUC_07"
    ) { document, history, _ in
        // The declaration of the latest request may be the applicant's wish that recovery goes on.
        if history.inForce.last(where: { $0.sed == "R017" })?.states(.contestationDeclared, "02") ?? false { return [] }
        let contestations = history.contestations.filter { !$0.asksToContinue }
        return document.remittances.compactMap { payment in
            guard let fact = payment.first(where: { $0.name == .paymentDate }), let paid = CivilDate(parsing: fact.text)
            else { return nil }
            let isSuspended = contestations.contains { notice in
                notice.day.map { $0 < paid } ?? false
                    && !history.decisions(after: notice).contains { $0.day.map { $0 <= paid } ?? true }
            }
            return isSuspended ? Breach(at: fact, of: document, event: paid) : nil
        }
    }

    /// Five years anew from when the claim can no longer be contested.
    ///
    /// Source: Reg. 987/2009 Art. 82(1)(b).
    private static let oldSinceDecision = CaseRule(
        "REC-82-1-B-002", judges: ["R017"], in: "R_BUC_07"
    ) { document, history, parameters in
        guard let requested = document.day,
            let decided = history.inForce.last(where: { $0.sed == "R034" })?.text(.decidedOn)
                .flatMap({ CivilDate(parsing: $0) }),
            let years = parameters.number("recovery.ageYears", on: requested),
            requested > decided.adding(months: 12 * years)
        else { return nil }
        return Breach(at: document.fact(.ageDeclared), of: document)
    }

    /// A claim ends paid, uncollectable or withdrawn.
    ///
    /// Source: SKAIS statute § 15¹(3) 7 and 8.
    private static let closedWithBalance = CaseRule(
        "REC-STATE-002", judges: ["X001"], in: "R_BUC_07"
    ) { document, history, _ in
        guard let outstanding = history.outstanding(besides: document), outstanding.compared(to: .zero) == 1
        else { return nil }
        let isExplained = history.inForce.contains { other in
            other.states(.reductionReason, "01", "03", "04") || other.states(.actionAfterDecision, "01")
                || other.fact(.refusal) != nil || other.states(.recoveryResult, "01", "03")
                || other.fact(.recoveryEnded) != nil
        }
        return isExplained ? nil : Breach(at: document.fact(.closing), of: document)
    }
}

extension CaseHistory {
    /// The notices in force that the claim or the applicant's instrument is contested.
    fileprivate var contestations: [CaseDocument] {
        inForce.filter { $0.sed == "R019" && $0.states(.contested, "01") }
    }

    /// Those after which no authority decided for the applicant.
    fileprivate var openContestations: [CaseDocument] {
        contestations.filter { !decisions(after: $0).contains { $0.states(.decidedFor, "03") } }
    }

    /// The results of contestation that came after a notice.
    fileprivate func decisions(after notice: CaseDocument) -> [CaseDocument] {
        inForce.drop { $0 != notice }.filter { $0.sed == "R034" }
    }
}

extension CaseDocument {
    /// The applicant wants recovery all the same.
    ///
    /// Source: Reg. 987/2009 Art. 81(2), second subparagraph.
    fileprivate var asksToContinue: Bool { states(.askedMeanwhile, "02") }
}

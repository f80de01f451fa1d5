// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDRecovery

extension RequestInterview.Question {
    /// Requests for offsetting have neither claims nor instruments.
    var isAboutClaims: Bool {
        ["claimType", "branches", "declaration", "claims", "attachments"]
            .contains(String(path.prefix { $0 != "." }))
    }
}

extension RequestInterview {
    static let offsets: Set<RequestKind> = [.offset, .arrears, .provisionalBenefits, .provisionalContributions]
    private static let overpaid: Set<RequestKind> = [.offset, .arrears]
    private static let sums: Set<RequestKind> = [.offset, .arrears, .provisionalBenefits]
    private static let provisional: Set<RequestKind> = [.provisionalBenefits, .provisionalContributions]
    private static let contributions: Set<RequestKind> = [.provisionalContributions]

    /// One period and one contribution: more of them come by a file.
    static let offsetQuestions: [Question] = [
        ask(
            "offset.final", "Is the amount known (a final request)?", "Kas summa on teada (lõplik taotlus)?", flag,
            for: overpaid),
        ask(
            "offset.benefit", "Benefit that was overpaid or paid provisionally",
            "Enammakstud või ajutiselt makstud hüvitis",
            (
                "A code of RTypesOfBenefitType, for arrears (Art. 72(2)) of BenefitTypeOverpaidType.",
                "Loendi RTypesOfBenefitType kood, art 72 lg 2 puhul BenefitTypeOverpaidType kood."
            ), for: sums),
        ask(
            "offset.otherBenefit", "If 99: which benefit", "Kui 99: milline hüvitis", text,
            for: [.offset, .provisionalBenefits]),
        ask("offset.amount", "Amount", "Summa", amount, for: sums),
        ask("offset.periods.1.from", "Period: first day", "Periood: esimene päev", day, for: sums),
        ask("offset.periods.1.to", "Last day", "Viimane päev", day, for: sums),
        ask("offset.periods.1.decidedOn", "Overpayment decided on", "Enammakse otsustatud", day, for: [.offset]),
        ask(
            "offset.periods.1.reason", "Reason for the overpayment", "Enammakse põhjus",
            ("A code of ReasonForOverpaymentType.", "Loendi ReasonForOverpaymentType kood."),
            of: "ReasonForOverpaymentType", for: [.offset]),
        ask(
            "offset.deductFrom.arrears", "Deduct from arrears?",
            "Kas pidada kinni tagantjärele makstavatest summadest?", flag, for: [.offset]),
        ask(
            "offset.deductFrom.ongoing", "Deduct from ongoing payments?", "Kas pidada kinni jooksvatest maksetest?",
            flag, for: [.offset]),
        ask(
            "offset.competenceDeterminedOn", "Competence determined on (Art. 73)", "Pädevus kindlaks määratud (art 73)",
            day, for: provisional),
        ask("offset.requestBy", "Last day for the request", "Taotluse esitamise viimane päev", day, for: provisional),
        ask(
            "offset.contributions.1.branches", "Contributions: branches", "Sissemaksed: liigid",
            (
                "Codes of RContributionMultipleType with blanks between them.",
                "Loendi RContributionMultipleType koodid tühikutega."
            ), of: "RContributionMultipleType", for: contributions),
        ask(
            "offset.contributions.1.period.from", "Their period: first day", "Nende periood: esimene päev", day,
            for: contributions),
        ask("offset.contributions.1.period.to", "Last day", "Viimane päev", day, for: contributions),
        ask("offset.contributions.1.amount", "Amount", "Summa", amount, for: contributions),
    ]
}

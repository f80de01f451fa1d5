// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDRecovery

extension RecoveryDesk {
    /// What a request states and its document cannot show to be wrong.
    static func statedFindings(_ request: RecoveryRequest, _ language: Language) -> [Diagnostic] {
        var findings: [Diagnostic] = []
        let lost = request.withoutPlace
        if !lost.isEmpty {
            let names = lost.joined(separator: ", ")
            let text = BilingualText(
                "\(request.kind.sed) has no place for what the request states: \(names).",
                "Dokumendis \(request.kind.sed) ei ole kohta sellele, mida taotlus nimetab: \(names).")
            findings.append(
                Diagnostic(
                    rule: .withoutPlace, severity: .error, path: lost[0].replacing(".", with: "/"),
                    message: Words(text[language]),
                    reference: nil))
        }
        if let iban = request.bank?.iban, IBAN(parsing: iban) == nil {
            let text = BilingualText(
                "This is no IBAN, or its check digits are wrong (ISO 13616).",
                "See ei ole IBAN või on selle kontrollnumber vale (ISO 13616).")
            findings.append(
                Diagnostic(
                    rule: .wrongAccount, severity: .error, path: "bank/iban", message: Words(text[language]),
                    reference: nil))
        }
        return request.kind.isOffset ? findings + amountFindings(request, language) : findings
    }

    private static func amountFindings(_ request: RecoveryRequest, _ language: Language) -> [Diagnostic] {
        var findings: [Diagnostic] = []
        func judge(_ amount: ExactDecimal?, _ place: String) {
            guard let amount, amount.units <= 0 else { return }
            let text = BilingualText(
                "Nothing can be asked for: the amount is zero or negative.",
                "Midagi ei saa taotleda: summa on null või negatiivne.")
            findings.append(
                Diagnostic(
                    rule: .withoutAmount, severity: .error, path: place, message: Words(text[language]),
                    reference: nil))
        }
        judge(request.offset?.amount, "offset/amount")
        for (index, contribution) in (request.offset?.contributions ?? []).enumerated() {
            let place = "offset/contributions/\(index + 1)"
            judge(contribution.amount, place)
            guard let amount = contribution.amount, let employer = contribution.employerPart,
                let insured = contribution.insuredPersonPart,
                ExactDecimal.sum([employer, insured])?.compared(to: amount) != 0
            else { continue }
            let text = BilingualText(
                "The parts of the employer and of the insured person do not add up to the amount.",
                "Tööandja ja kindlustatud isiku osa ei anna kokku summat.")
            findings.append(
                Diagnostic(
                    rule: .unequalParts, severity: .warning, path: place, message: Words(text[language]),
                    reference: nil))
        }
        return findings
    }
}

extension RecoveryRequest {
    /// What is stated and has no place in the document of the kind: places in the request file, without values.
    ///
    /// The claims and the declaration of R015 and R012 make their total and tell requests apart, so that they have one.
    var withoutPlace: [String] {
        var lost = Lost()
        let isRecovery = kind == .recovery || kind == .precautionary
        if kind.isOffset {
            lost.note("claimType", claimType)
            lost.note("branches", branches)
            if declaration != Declaration() { lost.names.append("declaration") }
            lost.note("claims", claims)
        }
        if !isRecovery { lost.note("thirdParties", thirdParties) }
        if kind != .recovery { lost.note("instalments", instalments) }
        if kind != .recovery, !kind.isOffset { lost.note("bank", bank) }
        if kind != .notification, notification != Notification() { lost.names.append("notification") }
        if kind != .information { lost.note("information", information) }
        if [.notification, .arrears, .provisionalContributions].contains(kind) { lost.note("remarks", remarks) }
        debtor(&lost)
        guard let offset else { return lost.names }
        if kind.isOffset { self.offset(offset, &lost) } else { lost.names.append("offset") }
        return lost.names
    }

    private func debtor(_ lost: inout Lost) {
        if kind.isOffset, kind != .provisionalContributions { lost.note("debtor.employer", debtor.employer) }
        let role = debtor.person == nil ? nil : debtor.role ?? .insuredPerson
        if role != .beneficiary, role != .thirdParty {
            lost.note("debtor.status", debtor.status)
            lost.note("debtor.insuredPerson", debtor.insuredPerson)
        }
        if role != .thirdParty { lost.note("debtor.otherStatus", debtor.otherStatus) }
    }

    private func offset(_ offset: Offset, _ lost: inout Lost) {
        if !kind.mayBeProvisional { lost.note("offset.final", offset.final) }
        if kind == .provisionalContributions {
            lost.note("offset.benefit", offset.benefit)
            lost.note("offset.amount", offset.amount)
            lost.note("offset.periods", offset.periods)
        } else {
            lost.note("offset.contributions", offset.contributions)
        }
        if kind == .arrears || kind == .provisionalContributions {
            lost.note("offset.otherBenefit", offset.otherBenefit)
        }
        if kind.mayBeProvisional {
            lost.note("offset.competenceDeterminedOn", offset.competenceDeterminedOn)
            lost.note("offset.requestBy", offset.requestBy)
        }
        if kind == .offset {
            if offset.deductFrom?.benefit == nil {
                lost.note("offset.deductFrom.otherBenefit", offset.deductFrom?.otherBenefit)
            }
            return
        }
        lost.note("offset.deductFrom", offset.deductFrom)
        if kind == .provisionalContributions { return }
        for (index, period) in offset.periods.enumerated() {
            let place = "offset.periods.\(index + 1)"
            lost.note("\(place).decidedOn", period.decidedOn)
            lost.note("\(place).reason", period.reason)
            lost.note("\(place).otherReason", period.otherReason)
        }
    }

    private struct Lost {
        var names: [String] = []

        mutating func note<Value>(_ name: String, _ value: Value?) {
            if value != nil { names.append(name) }
        }

        mutating func note<Item>(_ name: String, _ items: [Item]) {
            if !items.isEmpty { names.append(name) }
        }
    }
}

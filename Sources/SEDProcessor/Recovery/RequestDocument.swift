// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDRecovery

/// The content of R017, R015 or R012, or of a request for offsetting, as a request states it.
///
/// What is missing is left out, so that a draft can be judged before it is complete, and the rules tell what is missing
/// with their articles.
struct RequestDocument {
    let request: RecoveryRequest
    /// In the currencies of both parties; empty where they could not be converted.
    let claims: [Claim]
    /// In the applicant's currency, for R015 and R012; nil where there is none.
    let total: (amount: ExactDecimal, currency: String)?
    /// That of the applicant party, for requests for offsetting.
    let currency: String?

    /// The children of the SED's root, as XML.
    var content: String {
        var writer = ElementWriter()
        localCaseNumber(into: &writer)
        switch request.kind {
        case .recovery, .precautionary: recovery(into: &writer)
        case .notification: notification(into: &writer)
        case .information: information(into: &writer)
        case .offset: offset(into: &writer)
        case .arrears: arrears(into: &writer)
        case .provisionalBenefits: provisionalBenefits(into: &writer)
        case .provisionalContributions: provisionalContributions(into: &writer)
        }
        return writer.text
    }

    private func localCaseNumber(into writer: inout ElementWriter) {
        guard let number = request.caseNumber else { return }
        writer.group("LocalCaseNumbers") { list in
            list.group("LocalCaseNumber") { entry in
                entry.code("country", request.applicant.country)
                entry.element("caseNumber", number)
                if let name = request.applicantName {
                    entry.group("Institution") { institution in
                        institution.element("institutionID", request.applicant)
                        institution.element("institutionName", name)
                    }
                }
            }
        }
    }

    // MARK: R017

    private func recovery(into writer: inout ElementWriter) {
        writer.group("TypeRequest") { $0.code("typeRequest", request.kind == .recovery ? "01" : "02") }
        writer.group("Declaration", isKept: true) { declaration(into: &$0) }
        typeClaim(into: &writer)
        concerns(into: &writer)
        writer.group("ThirdPartiesHoldingAssetsDebtor") { list in
            for party in request.thirdParties {
                list.group("ThirdPartyHoldingAssetsDebtor") { entry in
                    entry.group("ThirdParty") { third in
                        third.element("thirdPartyName", party.name)
                        third.group("ThirdPartyAddress") { Self.address(party.address, into: &$0) }
                    }
                    entry.element("assetsHeldByThirdParty", party.assets)
                }
            }
        }
        writer.group("TheClaim", isKept: true) { list in
            for (number, stated) in request.claims.enumerated() {
                list.group("ClaimDetails", isKept: true) { details in
                    claim(stated, claims.indices.contains(number) ? claims[number] : nil, into: &details)
                }
            }
        }
        writer.group("OverallAmount", isKept: true) { overall in
            overall.code("thisRequestConcerns", request.claims.isEmpty ? nil : request.claims.count == 1 ? "01" : "02")
            guard request.claims.count > 1, let total = CombinedTotal(of: claims) else { return }
            overall.group("FillInIfThisRequestConcernsOne") { amounts in
                amounts.element("combinedTotalAmountClaimsInCurrencySendingInstitution", total.applicant)
                amounts.element("combinedTotalAmountClaimsInCurrencyReceivingInstitution", total.requested)
            }
        }
        writer.group("AdditionalInformation") { $0.element("additionalInformation", request.remarks) }
        if request.kind == .recovery {
            writer.group("PleaseFillInFollowingIfTypeRequestRecovery") { recovery in
                recovery.group("AgreementAcceptPaymentByInstalment", isKept: true) {
                    $0.code("paymentByInstalmentIs", request.instalments)
                }
                if let bank = request.bank { Self.bank(bank, into: &recovery) }
            }
        }
    }

    private func declaration(into writer: inout ElementWriter) {
        let declaration = request.declaration
        writer.group("Declaration", isKept: true) { inner in
            inner.code("claimOrInstrumentPermittingEnforcementIs", contestation)
            inner.code(
                "recoveryProceduresWillNotFullyPaidLimitationPeriodIndicator", flag(declaration.proceduresApplied))
            inner.code("claimUnder5YearsOldArt821bRegulation9872009Indicator", flag(declaration.underFiveYears))
            inner.group("FillInIfClaimUnder5YearsOldArt821b") {
                $0.element("reasonForRequestWhereClaimMoreThan5YearsOld", declaration.reasonForOlderClaim)
            }
        }
        writer.code("totalAmountInclusiveInterestFinesPenaltiesAndOrCostsIs", threshold)
    }

    /// Of a contested claim the form can only say that enforcement is asked for all the same.
    private var contestation: String? {
        switch (request.declaration.contested, request.declaration.enforceAlthoughContested) {
        case (false, _): "01"
        case (true, true): "02"
        default: nil
        }
    }

    private var threshold: String? { request.declaration.belowThresholdAgreed.map { $0 ? "02" : "01" } }

    private func flag(_ value: Bool?) -> String? { value.map { $0 ? "1" : "0" } }

    private func claim(_ stated: RecoveryRequest.StatedClaim, _ claim: Claim?, into writer: inout ElementWriter) {
        writer.group("ClaimInformation", isKept: true) { information in
            guard let claim else { return }
            Self.information(claim, period: stated.period, into: &information)
        }
        writer.group("IdentificationClaim", isKept: true) { identification in
            identification.element("dateInstrumentPermittingEnforcement", stated.instrumentDate)
            identification.element("dateNotification", stated.notifiedOn)
            identification.element("dateWhichEnforcementBecomesPossible", stated.enforceableFrom)
            identification.element("lastDayPeriodLimitation", stated.limitationEnds)
            identification.element("referenceIdentifyInstrumentPermittingEnforcement", stated.instrument)
        }
    }

    /// The amounts of a claim in both currencies: `RClaimInfoType`.
    static func information(_ claim: Claim, period: RecoveryRequest.Period?, into writer: inout ElementWriter) {
        writer.group("Currency") { currency in
            currency.code("currencySendingInstitution", claim.applicant.currency)
            currency.code("currencyReceivingInstitution", claim.requested.currency)
        }
        writer.group("Period") { group in
            group.element("startDate", period?.from)
            group.element("endDate", period?.to)
        }
        // What is worth less than a unit of the other currency stands there as zero, and is not missing.
        let kinds = ComponentKind.allCases.filter {
            claim.applicant.kinds.contains($0) || claim.requested.kinds.contains($0)
        }
        writer.group("AmountInCurrencySendingInstitution") { amounts(claim.applicant, kinds, into: &$0) }
        writer.group("AmountInTheCurrencyOfTheReceivingInstitution") { amounts(claim.requested, kinds, into: &$0) }
    }

    private static func amounts(_ parts: Parts, _ kinds: [ComponentKind], into writer: inout ElementWriter) {
        for kind in kinds { writer.element(names[kind] ?? "", parts[kind]) }
        writer.element("totalAmount", parts.total)
    }

    private static let names: [ComponentKind: String] = [
        .principal: "principalAmount", .interest: "interest", .fines: "fines",
        .administrativePenalties: "administrativePenalties", .chargesAndCosts: "otherChargesOrCosts",
    ]

    /// `RBankDetailsType`.
    static func bank(_ bank: RecoveryRequest.Bank, into writer: inout ElementWriter) {
        writer.group("BankDetails", isKept: true) { details in
            details.group("SEPABankDetails", isKept: true) { account in
                account.element("IBAN", bank.iban)
                account.element("BICSWIFT", bank.bic)
            }
            details.element("accountHolderName", bank.holder)
            details.element("paymentReference", bank.reference)
        }
    }

    // MARK: R015 and R012

    private func notification(into writer: inout ElementWriter) {
        typeClaim(into: &writer)
        concerns(into: &writer)
        smallDeclaration(into: &writer)
        writer.group("DocumentNotified", isKept: true) {
            $0.codes("typeDocumentNotified", request.notification.documents)
        }
        writer.group("NotificationForm", isKept: true) { form in
            form.code("notificationForm", request.notification.form)
            form.group("PleaseFillInFollowingIfNotificationFormOtherwise") {
                $0.element("specifyOtherNotificationForm", request.notification.otherForm)
            }
        }
        writer.group("Timescale", isKept: true) { $0.element("notificationDeadline", request.notification.deadline) }
    }

    private func information(into writer: inout ElementWriter) {
        typeClaim(into: &writer)
        concerns(into: &writer)
        smallDeclaration(into: &writer)
        writer.group("InformationRequested", isKept: true) { wanted in
            wanted.codes("pleaseProvideInformationAbout", request.information)
            wanted.group("FillInIfPleaseProvideInformation") { $0.element("pleaseProvideDetails", request.remarks) }
        }
    }

    private func smallDeclaration(into writer: inout ElementWriter) {
        writer.group("Declaration", isKept: true) { inner in
            inner.code("declaration", request.declaration.underFiveYears.map { $0 ? "01" : "02" })
            inner.element("reasonForRequestWhereClaimMoreThan5YearsOld", request.declaration.reasonForOlderClaim)
            inner.code("totalAmountInclusiveInterestFinesPenaltiesAndOrCostsIs", threshold)
            guard let total else { return }
            inner.group("TotalAmount") { amount in
                amount.element("amount", total.amount)
                amount.code("currency", total.currency)
            }
        }
    }

    // MARK: What they have in common

    private func typeClaim(into writer: inout ElementWriter) {
        writer.group("TypeClaim", isKept: true) { claim in
            claim.code("typeClaim", request.claimType)
            claim.codes("OriginOfClaim", request.branches)
        }
    }

    func concerns(into writer: inout ElementWriter) {
        let debtor = request.debtor
        writer.group("Concerns", isKept: true) { concerns in
            if let person = debtor.person {
                concerns.group("PleaseFillInWhenCaseConcernsAPerson") { self.persons(person, into: &$0) }
            }
            if let employer = debtor.employer {
                concerns.group("PleaseFillInWhenCaseConcernsAnEmployer") { branch in
                    branch.group("Employer", isKept: true) { self.employer(employer, debtor.address, into: &$0) }
                }
            }
        }
    }

    func persons(_ person: RecoveryRequest.Person?, into writer: inout ElementWriter) {
        writer.group("Persons", isKept: true) { persons in
            guard let person else { return }
            persons.group("Debtor") { self.debtor(person, into: &$0) }
        }
    }

    /// Each role has a place of its own; a beneficiary or third party stands beside the insured person.
    private func debtor(_ person: RecoveryRequest.Person, into writer: inout ElementWriter) {
        let debtor = request.debtor
        let insured = { (writer: inout ElementWriter) in
            writer.group("InsuredPersonDetails", isKept: true) { details in
                if let other = debtor.insuredPerson { self.person(other, nil, into: &details) }
            }
        }
        switch debtor.role {
        case nil, .insuredPerson:
            writer.group("InsuredPerson") { role in
                role.group("InsuredPersonDetails", isKept: true) { self.person(person, debtor.address, into: &$0) }
            }
        case .beneficiary:
            writer.group("Beneficiary") { role in
                role.group("BeneficiaryDetails") { details in
                    details.group("BeneficiaryStatus", isKept: true) {
                        // The name of the element, and its code list, differ in R012.
                        $0.code(
                            request.kind == .information ? "StatusPersonBeneficiary" : "statusBeneficiary",
                            debtor.status)
                    }
                    details.group("BeneficiaryIdentification", isKept: true) {
                        self.person(person, debtor.address, into: &$0)
                    }
                }
                insured(&role)
            }
        case .thirdParty:
            writer.group("ThirdParty") { role in
                role.group("ThirdPartyDetails") { details in
                    details.group("ThirdPartyStatus", isKept: true) { status in
                        status.code("StatusPersonThirdParty", debtor.status)
                        status.group("PleaseFillInFollowingIfStatusPersonOther") {
                            $0.element("otherStatusPerson", debtor.otherStatus)
                        }
                    }
                    details.group("ThirdPartyIdentification", isKept: true) {
                        self.person(person, debtor.address, into: &$0)
                    }
                }
                insured(&role)
            }
        }
    }

    private func person(
        _ person: RecoveryRequest.Person,
        _ home: RecoveryRequest.Address?,
        into writer: inout ElementWriter
    ) {
        writer.group("PersonIdentification", isKept: true) { identification in
            identification.element("familyName", person.familyName)
            identification.element("forename", person.forename)
            identification.element("dateBirth", person.birthDate)
            identification.code("sex", person.sex)
            identification.group("PINPersonInEachInstitution") { list in
                for pin in person.pins {
                    list.group("PersonalIdentificationNumber") { entry in
                        entry.code("country", pin.country)
                        entry.element("personalIdentificationNumber", pin.number)
                    }
                }
            }
        }
        writer.group("AdditionalInformationAboutPerson", isKept: true) {
            $0.codes("nationality", person.nationalities)
        }
        writer.group("PersonLastKnownAddresses") { list in
            guard home != nil else { return }
            list.group("PersonLastKnownAddressDetails") { details in
                details.code("typeAddress", "01")
                details.group("AddressDetail") { Self.address(home, into: &$0) }
            }
        }
    }

    private func employer(
        _ employer: RecoveryRequest.Employer,
        _ seat: RecoveryRequest.Address?,
        into writer: inout ElementWriter
    ) {
        writer.element("name", employer.name)
        writer.group("IdentificationNumbers") { list in
            guard let number = employer.registrationNumber else { return }
            list.group("IdentificationNumber") { entry in
                entry.element("number", number)
                entry.code("type", "01")
            }
        }
        writer.group("Address") { Self.address(seat, into: &$0) }
    }

    /// `EESSIAddressWorldType`, as far as a request states it.
    static func address(_ address: RecoveryRequest.Address?, into writer: inout ElementWriter) {
        writer.element("street", address?.street)
        writer.element("town", address?.town)
        writer.element("postalCode", address?.postalCode)
        writer.code("country", address?.country)
    }
}

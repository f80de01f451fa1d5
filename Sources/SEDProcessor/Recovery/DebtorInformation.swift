// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
package import SEDRecovery
internal import Yams

/// What the requested party knows of a debtor (Article 76), for R014.
package struct DebtorInformation: Hashable, Sendable {
    /// What is otherwise than the request has it.
    package struct Identity: Hashable, Sendable {
        package var familyName: String?
        package var forename: String?
        package var familyNameAtBirth: String?
        package var forenameAtBirth: String?
        package var birthDate: CivilDate?
        package var companyName: String?
        package var legalStatus: String?
        package init() {}
    }

    package struct Heir: Hashable, Sendable {
        package var name: String?
        package var address: RecoveryRequest.Address?
    }

    package struct Insolvency: Hashable, Sendable {
        package var orderedOn: CivilDate?
        package var releasedOn: CivilDate?
        package var trustee: String?
        package var address: RecoveryRequest.Address?
    }

    /// Money that comes again and again, from work or as a benefit.
    package struct Income: Hashable, Sendable {
        /// Of the employer or the own business; missing for a benefit.
        package var name: String?
        package var address: RecoveryRequest.Address?
        /// `RTypesOfBenefitType`.
        package var benefit: String?
        package var otherBenefit: String?
        package var amount: ExactDecimal?
        /// Else that of our State.
        package var currency: String?
        /// `PaymentFrequencyYearQuarterMonthOtherType`.
        package var frequency: String?
        package var otherFrequency: String?
    }

    package struct Property: Hashable, Sendable {
        package var address: RecoveryRequest.Address?
        package var value: ExactDecimal?
        package var currency: String?
    }

    /// Whether identity and address are as the request has them; nil where nothing is said of it.
    package var identityConfirmed: Bool?
    package var identity: Identity?
    package var addressConfirmed: Bool?
    package var newAddress: RecoveryRequest.Address?
    package var diedOn: CivilDate?
    package var heirs: [Heir] = []
    /// Why nothing can be said of heirs.
    package var noHeirsReason: String?
    package var insolvency: Insolvency?
    package var employments: [Income] = []
    package var selfEmployments: [Income] = []
    package var benefits: [Income] = []
    /// Of an employer, in a year.
    package var turnover: ExactDecimal?
    package var property: Property?
    package var otherAssets: String?
    package var remark: String?

    package init() {}
}

// MARK: From a file

extension DebtorInformation {
    /// Reads YAML or JSON, by the same rules as a request file.
    package init(parsing text: String, file: String) throws(ConfigurationError) {
        let reader = YAMLReader(file: file)
        if let root = reader.root(of: text) { read(root, reader) }
        try reader.finish()
    }

    private mutating func read(_ root: Node, _ reader: YAMLReader) {
        let entries = reader.entries(
            root,
            known: [
                "formatVersion", "identity", "address", "died", "heirs", "noHeirsReason", "insolvency", "employments",
                "selfEmployments", "benefits", "turnover", "property", "otherAssets", "remarks",
            ])
        let fields = Fields(entries, reader)
        if let version = entries["formatVersion"] { _ = reader.value(version, "1") { $0 == "1" ? 1 : nil } }
        if let node = entries["identity"] { readIdentity(node, reader) }
        if let node = entries["address"] {
            let fields = Fields(reader.entries(node, known: ["confirmed"] + Fields.addressKeys), reader)
            addressConfirmed = fields.flag("confirmed")
            newAddress = fields.address
        }
        diedOn = fields.day("died")
        heirs = fields.items("heirs").map { node in
            let fields = Fields(reader.entries(node, known: ["name", "address"]), reader)
            return Heir(name: fields.text("name"), address: fields.address("address"))
        }
        noHeirsReason = fields.text("noHeirsReason")
        insolvency = entries["insolvency"].map { node in
            let fields = Fields(
                reader.entries(node, known: ["orderedOn", "releasedOn", "trustee", "address"]), reader)
            return Insolvency(
                orderedOn: fields.day("orderedOn"), releasedOn: fields.day("releasedOn"),
                trustee: fields.text("trustee"), address: fields.address("address"))
        }
        employments = fields.items("employments").map { Self.income($0, ["name", "address"], reader) }
        selfEmployments = fields.items("selfEmployments").map { Self.income($0, ["name", "address"], reader) }
        benefits = fields.items("benefits").map { Self.income($0, ["benefit", "otherBenefit"], reader) }
        turnover = fields.amount("turnover")
        property = entries["property"].map { node in
            let fields = Fields(reader.entries(node, known: ["address", "value", "currency"]), reader)
            return Property(
                address: fields.address("address"), value: fields.amount("value"),
                currency: fields.currency("currency"))
        }
        otherAssets = fields.text("otherAssets")
        remark = fields.text("remarks")
    }

    private mutating func readIdentity(_ node: Node, _ reader: YAMLReader) {
        let fields = Fields(
            reader.entries(
                node,
                known: [
                    "confirmed", "familyName", "forename", "familyNameAtBirth", "forenameAtBirth", "birthDate",
                    "companyName", "legalStatus",
                ]), reader)
        identityConfirmed = fields.flag("confirmed")
        var identity = Identity()
        identity.familyName = fields.text("familyName")
        identity.forename = fields.text("forename")
        identity.familyNameAtBirth = fields.text("familyNameAtBirth")
        identity.forenameAtBirth = fields.text("forenameAtBirth")
        identity.birthDate = fields.day("birthDate")
        identity.companyName = fields.text("companyName")
        identity.legalStatus = fields.text("legalStatus")
        self.identity = identity
    }

    private static func income(_ node: Node, _ source: [String], _ reader: YAMLReader) -> Income {
        let fields = Fields(
            reader.entries(node, known: source + ["amount", "currency", "frequency", "otherFrequency"]), reader)
        return Income(
            name: fields.text("name"), address: fields.address("address"), benefit: fields.code("benefit"),
            otherBenefit: fields.text("otherBenefit"), amount: fields.amount("amount"),
            currency: fields.currency("currency"), frequency: fields.code("frequency"),
            otherFrequency: fields.text("otherFrequency"))
    }
}

// MARK: Into R014

extension DebtorInformation {
    /// What stands behind the debtor in R014; `currency` is that of our State.
    func write(into writer: inout ElementWriter, currency: String?) {
        writeDeath(into: &writer)
        writeInsolvency(into: &writer)
        writer.group("IdentityPersonOrEmployerConcerned") { person in
            person.flag("identityConfirmedIndicator", identityConfirmed)
            person.group("TheFollowingDataAboutIdentityPersonOrEmployer") { data in
                data.element("familyNameSurname", identity?.familyName)
                data.element("forename", identity?.forename)
                data.element("familyNameAtBirth", identity?.familyNameAtBirth)
                data.element("forenameAtBirth", identity?.forenameAtBirth)
                data.element("dateBirth", identity?.birthDate)
                data.element("legalStatusIfACompany", identity?.legalStatus)
                data.element("companyName", identity?.companyName)
            }
        }
        writer.group("Address") { address in
            address.flag("addressConfirmedIndicator", addressConfirmed)
            address.group("TheFollowingAddressDataHasChangedOrAdded") {
                RequestDocument.address(newAddress, into: &$0)
            }
        }
        writer.group("FinancialSituation") { writeFinances(into: &$0, currency) }
        writer.group("AdditionalInformation") { $0.element("additionalInformation", remark) }
    }

    private func writeDeath(into writer: inout ElementWriter) {
        writer.group("FurtherInformationConcerningADeceasedPerson") { group in
            group.group("DeceasedPersonDetails") { details in
                details.element("personDebtorDeceasedOn", diedOn)
                details.group("HeirsOrWillExecutorsDetails") { list in
                    for heir in heirs {
                        list.group("HeirsOrWillExecutorDetails") { entry in
                            entry.element("nameHeirOrWillExecutor", heir.name)
                            entry.group("AddressHeirOrWillExecutor") {
                                RequestDocument.address(heir.address, into: &$0)
                            }
                        }
                    }
                }
            }
            group.group("NoInformationAboutHeirsWillExecutorsCanGiven") {
                $0.element("reasonWhyNoInformationCanGiven", noHeirsReason)
            }
        }
    }

    private func writeInsolvency(into writer: inout ElementWriter) {
        writer.group("ThePersonOrEmployerConcernedBankruptOrInsolvent") { group in
            group.element("dateOrder", insolvency?.orderedOn)
            group.element("dateRelease", insolvency?.releasedOn)
            group.group("BankruptcyOrLiquidationDetails") { details in
                details.element("nameTrusteeOrLiquidator", insolvency?.trustee)
                details.group("AddressTrusteeOrLiquidator") { RequestDocument.address(insolvency?.address, into: &$0) }
            }
        }
    }

    private func writeFinances(into writer: inout ElementWriter, _ currency: String?) {
        writer.group("IncomePerson") { person in
            for (list, entry, organisation, incomes) in [
                ("Employment", "EmploymentInformation", "EmployerDetails", employments),
                ("SelfEmployment", "SelfEmploymentInformation", "SelfEmployerDetails", selfEmployments),
            ] {
                person.group(list) { work in
                    for income in incomes {
                        work.group(entry) { work in
                            work.group(organisation) { details in
                                details.element("name", income.name)
                                details.group("Address") { RequestDocument.address(income.address, into: &$0) }
                            }
                            income.write(into: &work, currency)
                        }
                    }
                }
            }
            person.group("BenefitsReceived") { list in
                for income in benefits {
                    list.group("BenefitReceived") { entry in
                        entry.benefit("TypeBenefit", income.benefit, income.otherBenefit)
                        income.write(into: &entry, currency)
                    }
                }
            }
        }
        if let turnover {
            writer.group("IncomeEmployer") { employer in
                employer.element("estimatedAnnualTurnover", ElementWriter.money(turnover, currency))
                employer.code("currency", currency)
            }
        }
        writer.group("PropertyOwnedByPersonOrEmployerConcerned") { group in
            group.group("AddressProperty") { RequestDocument.address(property?.address, into: &$0) }
            group.payment("EstimatedValue", property?.value, property?.currency ?? currency)
        }
        writer.element("otherAssets", otherAssets)
    }
}

extension DebtorInformation.Income {
    fileprivate func write(into writer: inout ElementWriter, _ own: String?) {
        writer.group("IncomeDetails") { income in
            income.payment("Payment", amount, currency ?? own)
            income.code("paymentFrequency", frequency)
            income.group("PleaseFillInFollowingIfPaymentFrequencyOther") {
                $0.element("otherFrequency", otherFrequency)
            }
        }
    }
}

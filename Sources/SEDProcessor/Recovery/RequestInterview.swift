// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
internal import SEDCurrency
internal import SEDRecovery
internal import SEDValidation

/// The questions that make a request, each checked when it is answered, so that no answer is lost at the end.
package struct RequestInterview {
    package struct Question: Hashable, Sendable {
        /// The place of the answer in the request file.
        package let path: String
        package let title: BilingualText
        package let help: BilingualText
        /// The kinds of request that need it; empty for all.
        let kinds: Set<RequestKind>
        /// The code list that the answer is of.
        let list: String?
    }

    /// One of these asks.
    private let institutions: [InstitutionID]
    private let library: SchemaLibrary
    private let today: CivilDate
    private var fields = RequestFields()
    private var kind: RequestKind?
    private var applicant: InstitutionID?
    /// The file that was named, as it was then.
    private var attachment: RequestAttachment?
    private var place = 0

    fileprivate init(institutions: [InstitutionID], library: SchemaLibrary, today: CivilDate) {
        self.institutions = institutions
        self.library = library
        self.today = today
    }

    /// The next question; nil when all are answered.
    package var question: Question? {
        Self.all.dropFirst(place).first { question in
            if question.path == "attachments.1.copy", attachment == nil { return false }
            guard let kind else { return true }
            return question.kinds.isEmpty
                ? !(kind.isOffset && question.isAboutClaims) : question.kinds.contains(kind)
        }
    }

    /// Takes an answer; an empty one leaves the field out, save the first three.
    ///
    /// - Returns: What is wrong with it, and the question stays; nil when it was taken.
    package mutating func answer(_ text: String) throws -> BilingualText? {
        guard let question else { return nil }
        if text.isEmpty {
            if RequestFields.isNeeded(question.path) { return question.help }
        } else if let problem = try problem(with: text, at: question) {
            return problem
        }
        fields.set(question.path, text)
        if question.path == "kind" { kind = RequestKind(rawValue: text) }
        if question.path == "applicant" { applicant = InstitutionID(parsing: text) }
        place = (Self.all.firstIndex(of: question) ?? place) + 1
        return nil
    }

    private mutating func problem(with text: String, at question: Question) throws -> BilingualText? {
        // The same reader as for files says whether the answer is one.
        if let problem = RequestFields.problem(with: text, at: question.path) {
            return BilingualText(problem, question.help.estonian)
        }
        if let name = question.list {
            let list = try library.codeList(named: name)
            let codes = text.split(separator: " ").map(String.init)
            if !codes.allSatisfy(list.contains) { return Self.noCode(of: list) }
        }
        switch question.path {
        case "applicant":
            if !institutions.contains(where: { $0.text == text }) { return RecoveryDesk.notOurs.text }
        case "requested":
            if let applicant, let requested = InstitutionID(parsing: text) {
                return RecoveryDesk.withoutBorder(applicant, requested)
            }
        case "bank.iban":
            if IBAN(parsing: text) == nil {
                return BilingualText(
                    "this is no IBAN, or its check digits are wrong", "see ei ole IBAN või on selle kontrollnumber vale"
                )
            }
        case "attachments.1.file":
            do {
                attachment = try RecoveryDesk.attachment(
                    .init(path: text, role: .instrument, certification: nil), at: text, number: 1)
            } catch let error as RecoveryError {
                return error.text
            }
        case "debtor.person.birthDate", "claims.1.instrumentDate", "claims.1.notifiedOn":
            if let day = CivilDate(parsing: text), day > today {
                return BilingualText(
                    "this day is yet to come; today is \(today)", "see päev ei ole veel käes; täna on \(today)")
            }
        default:
            if question.help == BilingualText(Self.amount.0, Self.amount.1) { return amountProblem(with: text) }
        }
        return nil
    }

    /// Whether the amount fits the currency of the applicant State, where that is known.
    private func amountProblem(with text: String) -> BilingualText? {
        guard let applicant, let amount = ExactDecimal(parsing: text),
            let currency = Currency.currency(of: applicant.country, on: today),
            let decimals = Currency.minorUnits(of: currency), Parts(currency, [.principal: amount]) == nil
        else { return nil }
        return BilingualText(
            "an amount in \(currency) has \(decimals) decimals", "summal vääringus \(currency) on \(decimals) komakohta"
        )
    }

    private static func noCode(of list: CodeList) -> BilingualText {
        // Nobody reads a list of a hundred codes.
        let codes = list.codes.count <= 40 ? ": " + list.codes.joined(separator: ", ") : ""
        return BilingualText(
            "expected a code of the list \(list.name)\(codes)", "oodatakse loendi \(list.name) koodi\(codes)")
    }

    /// The request that the answers make, with the file that was named.
    fileprivate func request() throws -> (RecoveryRequest, [RequestAttachment]) {
        let file = try fields.file(named: "answers")
        guard let attachment else { return (file.request, []) }
        let certified = try RequestAttachment(
            attachment.role, file.attachments.first?.certification, name: attachment.name, bytes: attachment.bytes)
        return (file.request, [certified])
    }

    static func ask(
        _ path: String,
        _ english: String,
        _ estonian: String,
        _ help: (String, String),
        of list: String? = nil,
        for kinds: Set<RequestKind> = []
    ) -> Question {
        Question(
            path: path, title: BilingualText(english, estonian), help: BilingualText(help.0, help.1), kinds: kinds,
            list: list)
    }

    private static let claims: Set<RequestKind> = [.recovery, .precautionary]
    private static let paid = offsets.union([.recovery])
    private static let all = questions + offsetQuestions
    static let day = ("A day such as 2026-03-02.", "Päev, näiteks 2026-03-02.")
    static let text = ("Free text.", "Vaba tekst.")
    static let amount = (
        "An amount such as 1234.50 in the currency of the applicant State; empty for none.",
        "Summa taotleva riigi vääringus, näiteks 1234.50; tühi, kui puudub."
    )
    static let flag = ("true or false; empty where it is not known.", "true või false; tühi, kui ei ole teada.")

    /// One claim and one attachment: more of them come by a file.
    package static let questions: [Question] = [
        ask(
            "kind", "Kind of request", "Taotluse liik",
            (
                "recovery (Art. 78), precautionary (Art. 84), notification (Art. 77), information (Art. 76), "
                    + "offset (Art. 72(1)), arrears (Art. 72(2)), provisionalBenefits (Art. 73(1)) or "
                    + "provisionalContributions (Art. 73(2)).",
                "recovery (art 78), precautionary (art 84), notification (art 77), information (art 76), "
                    + "offset (art 72 lg 1), arrears (art 72 lg 2), provisionalBenefits (art 73 lg 1) või "
                    + "provisionalContributions (art 73 lg 2)."
            )),
        ask(
            "applicant", "Applicant institution", "Taotlev asutus",
            ("Its EESSI identifier, such as EE:MTA001.", "Selle EESSI tunnus, näiteks EE:MTA001.")),
        ask(
            "requested", "Requested institution", "Taotluse saaja",
            ("Its EESSI identifier, such as SE:SEPEN1.", "Selle EESSI tunnus, näiteks SE:SEPEN1.")),
        ask("caseNumber", "Own case number", "Oma toimiku number", text),
        ask("applicantName", "Name of the applicant institution", "Taotleva asutuse nimi", text),
        ask(
            "claimType", "Kind of claim (Art. 75(1))", "Nõude liik (art 75 lg 1)",
            ("01 contributions, 02 benefits overpaid.", "01 sissemaksed, 02 enammakstud hüvitised."),
            of: "RClaimTypeContributionOverpaidType"),
        ask(
            "branches", "Branches (Art. 78(3)(d))", "Kindlustusliigid (art 78 lg 3 p d)",
            (
                "Codes of ROriginOfClaimMultipleType with blanks between them, such as 05 for old-age pension.",
                "Loendi ROriginOfClaimMultipleType koodid tühikutega, näiteks 05 vanaduspension."
            ), of: "ROriginOfClaimMultipleType"),
        ask(
            "debtor.person.familyName", "Debtor, a person: family name (Art. 78(3)(a))",
            "Võlgnik, isik: perekonnanimi (art 78 lg 3 p a)",
            ("Empty where the debtor is an employer.", "Tühi, kui võlgnik on tööandja.")),
        ask("debtor.person.forename", "Forename", "Eesnimi", text),
        ask("debtor.person.birthDate", "Date of birth", "Sünnikuupäev", day),
        ask(
            "debtor.person.sex", "Sex", "Sugu",
            ("01 male, 02 female, 98 unknown.", "01 mees, 02 naine, 98 teadmata."), of: "EESSISexType"),
        ask(
            "debtor.person.nationalities", "Nationalities", "Kodakondsused",
            ("Codes of States with blanks between them.", "Riikide koodid tühikutega."),
            of: "EESSINationalityMultipleType"),
        ask(
            "debtor.person.pins.1.country", "Personal identification number: State", "Isikukood: riik",
            ("The code of the State, such as EE.", "Riigi kood, näiteks EE."), of: "EESSIEUEFTACountryType"),
        ask("debtor.person.pins.1.number", "Personal identification number", "Isikukood", text),
        ask(
            "debtor.employer.name", "Debtor, an employer: name", "Võlgnik, tööandja: nimi",
            ("Empty where the debtor is a person.", "Tühi, kui võlgnik on isik.")),
        ask("debtor.employer.registrationNumber", "Registration number", "Registrikood", text),
        ask("debtor.address.street", "Last known address: street", "Viimane teadaolev aadress: tänav", text),
        ask("debtor.address.town", "Town", "Linn", text),
        ask("debtor.address.postalCode", "Postal code", "Sihtnumber", text),
        ask(
            "debtor.address.country", "Country", "Riik",
            ("The code of the State, such as SE.", "Riigi kood, näiteks SE."), of: "EESSIWorldCountryType"),
        ask(
            "declaration.contested", "Is the claim or the instrument contested (Art. 78(2)(a))?",
            "Kas nõue või täitedokument on vaidlustatud (art 78 lg 2 p a)?", flag, for: claims),
        ask(
            "declaration.enforceAlthoughContested", "If contested: enforce all the same (Art. 81(2))?",
            "Vaidlustatud nõue: kas siiski täita (art 81 lg 2)?", flag, for: claims),
        ask(
            "declaration.proceduresApplied",
            "Were own procedures applied without full payment, and is the limitation period open (Art. 78(2)(b), (c))?",
            "Kas oma menetlused on läbitud täieliku tasumiseta ja aegumistähtaeg on lahti (art 78 lg 2 p b, c)?", flag,
            for: claims),
        ask(
            "declaration.underFiveYears", "Is the claim under five years old (Art. 82(1)(b))?",
            "Kas nõue on alla viie aasta vana (art 82 lg 1 p b)?", flag),
        ask(
            "declaration.reasonForOlderClaim", "If older: the reason for the request", "Vanema nõude taotluse põhjus",
            text),
        ask(
            "declaration.belowThresholdAgreed", "Is it below the threshold, by an agreement (Art. 75(3))?",
            "Kas summa on kokkuleppe alusel alla piirmäära (art 75 lg 3)?", flag),
        ask(
            "claims.1.instrument", "Reference of the instrument (Art. 78(3)(c))",
            "Täitedokumendi viide (art 78 lg 3 p c)",
            text, for: claims),
        ask("claims.1.instrumentDate", "Date of the instrument", "Täitedokumendi kuupäev", day, for: claims),
        ask(
            "claims.1.notifiedOn", "Instrument notified on (Art. 78(3)(e))",
            "Täitedokument teatavaks tehtud (art 78 lg 3 p e)", day, for: claims),
        ask(
            "claims.1.enforceableFrom", "Enforceable from (Art. 78(3)(f))", "Täidetav alates (art 78 lg 3 p f)", day,
            for: claims),
        ask(
            "claims.1.limitationEnds", "Last day of the limitation period (Art. 78(2)(c))",
            "Aegumistähtaja viimane päev (art 78 lg 2 p c)", day, for: claims),
        ask("claims.1.period.from", "Period of the claim: first day", "Nõude periood: esimene päev", day, for: claims),
        ask("claims.1.period.to", "Last day", "Viimane päev", day, for: claims),
        ask("claims.1.amounts.principal", "Principal", "Põhinõue", amount),
        ask("claims.1.amounts.interest", "Interest", "Viivis", amount),
        ask("claims.1.amounts.fines", "Fines", "Rahatrahvid", amount),
        ask("claims.1.amounts.administrativePenalties", "Administrative penalties", "Haldustrahvid", amount),
        ask("claims.1.amounts.chargesAndCosts", "Other charges and costs", "Muud tasud ja kulud", amount),
        ask(
            "instalments", "Instalments (Art. 80(2))", "Osamaksed (art 80 lg 2)",
            (
                "01 without consulting us, 02 only after consulting us, 03 not accepted.",
                "01 ilma kooskõlastamata, 02 ainult pärast kooskõlastamist, 03 ei nõustu."
            ), of: "PaymentByInstallmentsRequestType", for: [.recovery]),
        ask("bank.iban", "Account for remittances: IBAN", "Ülekannete konto: IBAN", text, for: paid),
        ask("bank.holder", "Account holder", "Konto omanik", text, for: paid),
        ask("bank.reference", "Payment reference", "Makse viide", text, for: paid),
        ask(
            "notification.documents", "Documents to be notified (Art. 77)", "Teatavaks tehtavad dokumendid (art 77)",
            (
                "01 administrative decision, 02 court judgment or order, 99 other.",
                "01 haldusakt, 02 kohtuotsus või -määrus, 99 muu."
            ), of: "DocumentAdministrativeJudicialMultipleType", for: [.notification]),
        ask(
            "notification.form", "Form of notification", "Teatavakstegemise viis",
            ("01 personally, 99 any other way.", "01 isiklikult, 99 muul viisil."), of: "RNotificationFormType",
            for: [.notification]),
        ask("notification.deadline", "To be notified by", "Teatavaks teha hiljemalt", day, for: [.notification]),
        ask(
            "information", "Information wanted (Art. 76)", "Soovitud teave (art 76)",
            (
                "Codes of InformationRequestedMultipleType with blanks between them, such as 02 03.",
                "Loendi InformationRequestedMultipleType koodid tühikutega, näiteks 02 03."
            ), of: "InformationRequestedMultipleType", for: [.information]),
        ask(
            "remarks", "Other relevant information (Art. 78(3)(g))", "Muu oluline teave (art 78 lg 3 p g)", text,
            for: [.recovery, .precautionary, .information, .offset, .provisionalBenefits]),
        ask(
            "attachments.1.file", "File with the instrument (Art. 78(1))", "Täitedokumendi fail (art 78 lg 1)",
            ("A path to a PDF, JPEG or TIFF.", "PDF-, JPEG- või TIFF-faili tee.")),
        ask(
            "attachments.1.copy", "Its copy is (Art. 78(1))", "Ärakiri on (art 78 lg 1)",
            ("official or certified; empty without a file.", "official või certified; tühi, kui faili ei ole.")),
    ]
}

extension RecoveryDesk {
    /// The questions of a new request.
    package func interview(on today: CivilDate) -> RequestInterview {
        RequestInterview(
            institutions: workspace.configuration.institutions, library: reference.validator.library, today: today)
    }

    /// Stores the request that the answers make.
    package func draft(_ interview: RequestInterview, by actor: String, at instant: Instant) throws -> Int64 {
        let (request, attachments) = try interview.request()
        return try draft(request, attachments, by: actor, at: instant)
    }
}

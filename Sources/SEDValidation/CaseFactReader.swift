// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDXML

/// Reads from a SED what rules about its case ask for, by direct paths.
///
/// The paths are those of CDM 4.4; where another version has other names, the facts are missing and the rules silent.
struct CaseFactReader: ~Copyable {
    /// A document that states more than this states nothing: no real one comes near, and the store must not swell.
    static let mostFacts = 2_000

    /// What stands at a path below one element.
    private struct Line {
        let name: CaseFact.Name
        let path: String
        /// Whether only its presence is kept.
        let isPresence: Bool
        /// A code stands in the element `value`; what is wrong is the element that it codes.
        let isCode: Bool

        init(_ name: CaseFact.Name, _ path: String, isPresence: Bool = false) {
            self.name = name
            self.path = path
            self.isPresence = isPresence
            isCode = path.hasSuffix("/value")
        }
    }

    /// Elements that repeat, and what is read below each of them; an empty path is the SED itself.
    private struct Block {
        let path: String
        let lines: [Line]

        init(_ path: String, _ lines: Line...) {
            self.init(path, lines)
        }

        init(_ path: String, _ lines: [Line]) {
            self.path = path
            self.lines = lines
        }
    }

    private static let claimTotal = "AmountInTheCurrencyOfTheReceivingInstitution/totalAmount"
    private static let claimCurrency = "Currency/currencyReceivingInstitution/value"
    private static let instalments = [
        Line(.instalmentAmount, "instalmentAmountInCurrencyRequestedInstitution"),
        Line(.instalmentCount, "numberInstalments"), Line(.prepayment, "prePayment"),
    ]
    private static let changedData = "PurposeofSED/NotificationChangesInRelevantData"
    private static let declaration = "Declaration/Declaration"
    private static let decidedPeriod = "DecisionLegislationApplicable/PeriodForWhichDecisionApplies"
    private static let competence = Block(
        "", Line(.competenceDeterminedOn, "DecisionCompetentInstitution/dateCompetenceDetermined"))
    private static let revisedClaim = Block(
        "RevisedClaim/ClaimDetails", Line(.claimTotal, claimTotal), Line(.claimCurrency, claimCurrency))

    private static let blocks: [String: [Block]] = [
        "A002": [Block("", Line(.exceptionDecision, "Decision/decision/value"))],
        "A008": [
            Block(
                "", Line(.periodBasis, changedData + "/ChangeInPeriod/periodChange/value"),
                Line(.cancellation, changedData + "/Cancellation/cancellationWholePeriod/value"))
        ],
        "A009": [
            Block(
                "", Line(.postingStart, decidedPeriod + "/FixedPeriod/startDate"),
                Line(.postingStart, decidedPeriod + "/OpenPeriod/startDate"),
                Line(.postingEnd, decidedPeriod + "/FixedPeriod/endDate"))
        ],
        "R004": [
            Block(
                "Payments/Payment", Line(.paymentReason, "reasonForPayment/value"),
                Line(.paymentDate, "PaymentDetails/paymentDate"), Line(.paymentAmount, "PaymentDetails/Amount/amount"),
                Line(.paymentCurrency, "PaymentDetails/Amount/currency/value"))
        ],
        "R005": [Block("", Line(.requestKind, "TypeRequest/typeRequest/value"))],
        "R006": [
            Block("", Line(.arrears, "InformationThereAreArrears/informationThereAreArrearsIndicator/value"))
        ],
        "R008": [competence],
        "R010": [competence],
        "R015": [Block("", Line(.notifyUntil, "Timescale/notificationDeadline"))],
        "R016": [
            Block(
                "", Line(.notifiedOn, "NotificationMade/notificationDate"),
                Line(
                    .lateBecause, "NotificationMade/notificationMadeAfterRequestedDateBecause", isPresence: true))
        ],
        "R017": [
            Block(
                "", Line(.requestKind, "TypeRequest/typeRequest/value"),
                Line(.contestationDeclared, declaration + "/claimOrInstrumentPermittingEnforcementIs/value"),
                Line(.ageDeclared, declaration + "/claimUnder5YearsOldArt821bRegulation9872009Indicator/value")),
            Block(
                "TheClaim/ClaimDetails", Line(.claimTotal, "ClaimInformation/" + claimTotal),
                Line(.claimCurrency, "ClaimInformation/" + claimCurrency),
                Line(.instrumentOn, "IdentificationClaim/dateInstrumentPermittingEnforcement"),
                Line(.limitationEnd, "IdentificationClaim/lastDayPeriodLimitation")),
        ],
        "R018": [
            Block(
                "", Line(.refusal, "ClaimCannotRecoveredOrRequestCannotAccepted", isPresence: true),
                Line(.explanation, "OtherRelevantInformation/additionalInformation", isPresence: true),
                Line(
                    .explanation, "PleaseProvideRequestedAdditionalInformation/requestedAdditionalInformation",
                    isPresence: true),
                Line(.recoveryResult, "RecoveryClaim/theClaimHasBeen/value"),
                Line(
                    .recoveryEnded,
                    "RecoveryClaim/FillInFollowingIfClaimHasBeenPartiallyRecovered/NoFurtherRecoveryActionWillTaken",
                    isPresence: true)),
            Block("PaymentByInstalments/InstalmentsDetails", instalments),
        ],
        "R019": [
            Block(
                "", Line(.contestedOn, "Contestation/dateContestation"),
                Line(.contested, "Contestation/contestationConcerns/value"),
                Line(
                    .askedMeanwhile,
                    "ImpactContestation/ApplicantInstitutionRequestTo/weApplicantInstitutionRequestTo/value")
            )
        ],
        "R025": [
            Block(
                "", Line(.reducedOn, "ReasonForWithdrawalOrReduction/dateClaimWithdrawnOrReduced"),
                Line(.reductionReason, "ReasonForWithdrawalOrReduction/reasonClaimWithdrawnOrReduced/value")),
            revisedClaim,
        ],
        "R034": [
            Block(
                "", Line(.decidedFor, "ResultContestation/theDecisionAppropriateAuthorityFoundInFavour/value"),
                Line(.decidedOn, "ResultContestation/dateDecision"),
                Line(.actionAfterDecision, "ImpactDecision/actionTake/value")),
            revisedClaim,
        ],
        "R036": [Block("Instalment/PaymentByInstalments/IfNoFollowingTermsAreAcceptable", instalments)],
        "X001": [Block("", Line(.closing, "InformationAboutClose", isPresence: true))],
        "X008": [Block("", Line(.withdrawnDocument, "TheFollowingSEDConsideredInvalidWithdrawn/SEDType"))],
    ]

    private static let birth = Line(.birthDate, "dateBirth")
    private static let numbers = "PINPersonInEachInstitution/PersonalIdentificationNumber"

    private var facts: [CaseFact] = []

    private init() {}

    /// An element whose facts are read together, with the path that theirs begin with.
    private struct Holder {
        let element: ElementID
        let path: String
        let nameBytes: Int

        init(_ element: ElementID, top: ElementID, in tree: borrowing XMLTree) {
            self.element = element
            path = tree.path(of: element, from: top)
            nameBytes = tree.localName(of: element).utf8.count
        }

        /// The path of an element inside; only the part below the holder is looked for.
        func path(of inner: ElementID, in tree: borrowing XMLTree) -> String {
            path + String(Substring(tree.path(of: inner, from: element).utf8.dropFirst(nameBytes + 1)))
        }
    }

    /// The facts of a SED in the order in which rules name them; only the document itself where there are too many.
    static func facts(of sed: ElementID, in tree: borrowing XMLTree) -> [CaseFact] {
        var reader = CaseFactReader()
        let root = CaseFact(
            name: .document, position: tree.position(of: sed), path: tree.path(of: sed, from: sed))
        for block in blocks[tree.localName(of: sed)] ?? [] { reader.read(block, of: sed, in: tree) }
        reader.readPersons(of: sed, in: tree)
        return reader.facts.count > mostFacts ? [root] : [root] + reader.facts
    }

    private mutating func read(_ block: Block, of sed: ElementID, in tree: borrowing XMLTree) {
        let holders = block.path.isEmpty ? [sed] : tree.elements(at: block.path, below: sed)
        for (group, element) in holders.enumerated() {
            let holder = Holder(element, top: sed, in: tree)
            for line in block.lines {
                for place in tree.elements(at: line.path, below: element) {
                    add(line, at: place, group: group, of: holder, in: tree)
                }
            }
        }
    }

    private mutating func add(
        _ line: Line,
        at element: ElementID,
        group: Int,
        of holder: Holder,
        in tree: borrowing XMLTree
    ) {
        guard facts.count <= Self.mostFacts else { return }
        let text = tree.text(of: element).trimmingXMLSpace()
        // An element with nothing in it says nothing.
        if text.isEmpty, !line.isPresence || tree.children(of: element).isEmpty { return }
        let place = line.isCode ? tree.parent(of: element) ?? element : element
        facts.append(
            CaseFact(
                name: line.name, text: line.isPresence ? "" : text, group: group, position: tree.position(of: place),
                path: holder.path(of: place, in: tree)
            )
        )
    }

    /// Persons stand in many places of the SEDs of recovery, so they are looked for everywhere; those inside another
    /// one belong to it.
    private mutating func readPersons(of sed: ElementID, in tree: borrowing XMLTree) {
        var number = 0
        var last: ElementID?
        var next = ["PersonIdentification", "PersonContext"].map {
            (name: $0, found: tree.element(named: $0, from: sed))
        }
        while let index = next.indices.min(by: { Self.isBefore(next[$0].found, next[$1].found) }),
            let person = next[index].found, tree.isWithin(person, sed)
        {
            guard facts.count <= Self.mostFacts else { return }
            if last.map({ tree.isWithin(person, $0) }) != true {
                readPerson(person, number: number, top: sed, in: tree)
                number += 1
                last = person
            }
            next[index].found = tree.next(after: person).flatMap { tree.element(named: next[index].name, from: $0) }
        }
    }

    /// Document order, with what is not there at the end.
    private static func isBefore(_ left: ElementID?, _ right: ElementID?) -> Bool {
        guard let left else { return false }
        return right.map { left < $0 } ?? true
    }

    private mutating func readPerson(
        _ person: ElementID,
        number: Int,
        top: ElementID,
        in tree: borrowing XMLTree
    ) {
        let holder = Holder(person, top: top, in: tree)
        if let birth = tree.child(Self.birth.path, of: person) {
            add(Self.birth, at: birth, group: number, of: holder, in: tree)
        }
        for entry in tree.elements(at: Self.numbers, below: person) {
            guard let code = tree.elements(at: "country/value", below: entry).first,
                let digits = tree.child("personalIdentificationNumber", of: entry)
            else { continue }
            let bare = Self.withoutSeparators(tree.text(of: digits))
            if bare.isEmpty { continue }
            if facts.count > Self.mostFacts { return }
            facts.append(
                CaseFact(
                    name: .personNumber, text: tree.text(of: code).trimmingXMLSpace() + " " + bare, group: number,
                    position: tree.position(of: digits), path: holder.path(of: digits, in: tree)
                )
            )
        }
    }

    /// The same number is written with and without its separators.
    private static func withoutSeparators(_ number: String) -> String {
        // Characters are slow, and nearly every number is digits alone.
        if number.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { return number }
        return number.uppercased().filter { $0.isLetter || $0.isNumber }
    }
}

// SPDX-License-Identifier: EUPL-1.2

import SEDCore
import SEDInspection
import SEDProcessor
import SEDTestSupport
import SEDValidation
import Testing

/// What is read from SEDs for rules about cases.
struct CaseFactTests {
    private static let validator = Result {
        try ReferenceData(folder: SchemaFolder(path: Repository.schemas)).validator.withoutRules()
    }

    private func facts(_ text: String) throws -> [CaseFact] {
        try Self.validator.get().judge(Array(text.utf8)).facts.caseFacts
    }

    /// What a SED with everything states, besides itself and its persons.
    static let stated: [String: Set<CaseFact.Name>] = [
        "A002": [.exceptionDecision], "A008": [.periodBasis, .cancellation],
        "A009": [.postingStart, .postingEnd],
        "R004": [.paymentReason, .paymentDate, .paymentAmount, .paymentCurrency], "R005": [.requestKind],
        "R006": [.arrears], "R008": [.competenceDeterminedOn], "R010": [.competenceDeterminedOn],
        "R015": [.notifyUntil], "R016": [.notifiedOn, .lateBecause],
        "R017": [
            .requestKind, .contestationDeclared, .ageDeclared, .claimTotal, .claimCurrency, .instrumentOn,
            .limitationEnd,
        ],
        "R018": [
            .refusal, .explanation, .recoveryResult, .recoveryEnded, .instalmentAmount, .instalmentCount, .prepayment,
        ],
        "R019": [.contestedOn, .contested, .askedMeanwhile],
        "R025": [.reducedOn, .reductionReason, .claimTotal, .claimCurrency],
        "R034": [.decidedFor, .decidedOn, .actionAfterDecision, .claimTotal, .claimCurrency],
        "R036": [.instalmentAmount, .instalmentCount, .prepayment], "X001": [.closing],
        "X008": [.withdrawnDocument],
    ]

    @Test(
        .enabled(
            if: Repository.sharedFacts != nil,
            "The shared facts are absent, so no path is held against the published model."),
        arguments: stated.keys.sorted()
    )
    func `every path leads somewhere in a document made from the published model`(code: String) throws {
        let documents = try ModelDocuments(code)
        var names: Set<CaseFact.Name> = []
        for branch in 0..<3 {
            let full = try documents.full(.init(isFull: true, branch: branch, hasAllOpenBranches: true))
            let judgement = try Self.validator.get().judge(full.bytes)
            names.formUnion(judgement.facts.caseFacts.map(\.name))
        }
        #expect(names.subtracting([.birthDate, .personNumber, .document]) == Self.stated[code])
        #expect(names.contains(.birthDate))
    }

    @Test func `every fact is stated by some document`() {
        let all = Self.stated.values.reduce(Set<CaseFact.Name>([.document, .birthDate, .personNumber])) { $0.union($1) }
        #expect(all == Set(CaseFact.Name.allCases))
    }

    @Test func `payments are told apart, and a code's place is the element that it codes`() throws {
        let facts = try facts(
            """
            <r:R004 xmlns:r="http://ec.europa.eu/eessi/ns/4_4/R004">
              <Payments>
                <Payment>
                  <reasonForPayment><value> 03 </value></reasonForPayment>
                  <PaymentDetails><paymentDate>2026-01-02Z</paymentDate></PaymentDetails>
                </Payment>
                <Payment>
                  <PaymentDetails>
                    <paymentDate></paymentDate>
                    <Amount><amount>1.50</amount><currency><value>SEK</value></currency></Amount>
                  </PaymentDetails>
                </Payment>
              </Payments>
            </r:R004>
            """)
        #expect(
            facts.map { "\($0.name) \($0.text) \($0.group)" } == [
                "document  0", "paymentReason 03 0", "paymentDate 2026-01-02Z 0", "paymentAmount 1.50 1",
                "paymentCurrency SEK 1",
            ])
        #expect(facts[1].path == "/R004/Payments/Payment[1]/reasonForPayment")
        #expect(facts[1].position == TextPosition(line: 4, column: 7))
    }

    @Test func `a free text leaves nothing but that it is there, and white space is no text`() throws {
        func reply(_ text: String) -> String {
            """
            <r:R018 xmlns:r="http://ec.europa.eu/eessi/ns/4_4/R018"><OtherRelevantInformation>\
            <additionalInformation>\(text)</additionalInformation></OtherRelevantInformation></r:R018>
            """
        }
        #expect(try facts(reply("The court is slow")).map(\.text) == ["", ""])
        #expect(try facts(reply(" \n ")).map(\.name) == [.document])
    }

    @Test func `a person has a birth date and numbers without separators, and no name`() throws {
        let facts = try facts(
            """
            <a:A004 xmlns:a="http://ec.europa.eu/eessi/ns/4_4/A004"><Person><PersonIdentification>
            <familyName>Example</familyName><dateBirth>1980-01-02</dateBirth><PINPersonInEachInstitution>
            <PersonalIdentificationNumber><country><value>SE</value></country>
            <personalIdentificationNumber>800102-1234</personalIdentificationNumber></PersonalIdentificationNumber>
            <PersonalIdentificationNumber><personalIdentificationNumber>7</personalIdentificationNumber>
            </PersonalIdentificationNumber>
            </PINPersonInEachInstitution></PersonIdentification></Person></a:A004>
            """)
        #expect(
            facts.dropFirst().map { "\($0.name) \($0.text)" } == ["birthDate 1980-01-02", "personNumber SE 8001021234"])
    }

    @Test func `a document with more than anybody states is not read at all`() throws {
        let payment = "<Payment><PaymentDetails><paymentDate>2026-01-02</paymentDate></PaymentDetails></Payment>"
        func document(_ count: Int) -> String {
            "<r:R004 xmlns:r=\"http://ec.europa.eu/eessi/ns/4_4/R004\"><Payments>"
                + String(repeating: payment, count: count) + "</Payments></r:R004>"
        }
        #expect(try facts(document(2_000)).count == 2_001)
        #expect(try facts(document(2_001)).map(\.name) == [.document])
    }

    @Test func `judging without a case reads nothing`() throws {
        let folder = SchemaFolder(path: Repository.schemas)
        let validator = try ReferenceData.validatorForJudging(folder: folder)
        let text = "<r:R016 xmlns:r=\"http://ec.europa.eu/eessi/ns/4_4/R016\"/>"
        #expect(validator.judge(Array(text.utf8)).facts.caseFacts.isEmpty)
    }
}

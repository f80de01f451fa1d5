// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore

extension CaseRule {
    static let horizontal = [differentBirthDate, unmatchedReply]

    /// Data in doubt are asked about.
    ///
    /// Source: SKAIS statute § 18(2).
    private static let differentBirthDate = CaseRule("HOR-PERS-004", judges: nil) { document, history, _ in
        let persons = document.persons
        guard !persons.isEmpty else { return [] }
        let others = history.inForce.filter { $0.event.set != document.event.set }.map(\.persons)
        // By number, because a case may hold as many persons as documents can carry.
        var births: [String: Set<CivilDate>] = [:]
        for person in others.joined() {
            for number in person.numbers { births[number, default: []].insert(person.birth) }
        }
        let onlyOnes = others.filter { $0.count == 1 }.joined()
        return persons.compactMap { person in
            let isNumberedOtherwise = person.numbers.contains { births[$0]?.contains { $0 != person.birth } ?? false }
            let differs =
                isNumberedOtherwise
                || persons.count == 1
                    && onlyOnes.contains { $0.birth != person.birth && $0.hasNoNumberToCompare(with: person) }
            return differs ? Breach(at: person.birthFact, of: document) : nil
        }
    }

    /// A reply answers a request of the other side.
    private static let unmatchedReply = CaseRule(
        "HOR-XREF-002", judges: Set(requests.keys)
    ) { document, history, _ in
        lacksRequest(document, history) ? Breach(at: nil, of: document) : nil
    }

    /// Whether a reply names a document that it cannot answer, or there is nothing that it could.
    static func lacksRequest(_ document: CaseDocument, _ history: CaseHistory) -> Bool {
        guard let types = requests[document.sed] else { return false }
        let possible = history.inForce.filter { types.contains($0.sed) && $0.event.way == document.event.way.opposite }
        guard let named = document.event.aboutSet else { return possible.isEmpty }
        return !possible.contains { $0.event.set == named }
    }

    /// What each reply answers.
    ///
    /// X004 is none of them: the owner may reopen a case without having been asked.
    ///
    /// Source: the request and reply pairs of the business use cases, RINA 4.2 and CDM 4.4.
    private static let requests: [String: Set<String>] = [
        "A002": ["A001"], "A004": ["A003"], "A006": ["A005"], "A011": ["A001"], "A012": ["A003"],
        "H002": ["H001"], "H004": ["H003", "H004"], "H006": ["H005"], "H012": ["H011"], "H021": ["H020"],
        "H062": ["H061"], "H066": ["H065"], "H121": ["H120"], "H131": ["H130"],
        "R002": ["R001"], "R003": ["R002"], "R006": ["R005"], "R009": ["R008"], "R011": ["R010"], "R014": ["R012"],
        "R016": ["R015"], "R018": ["R017"], "R029": ["R028"], "R033": ["R019"],
        "X003": ["X002"], "X010": ["X009"], "X013": ["X012"],
    ]
}

/// A person as a document identifies it; one whose birth date is no date of the calendar is not compared.
struct CasePerson: Hashable {
    let birth: CivilDate
    let birthFact: CaseFact
    /// Country and number.
    let numbers: Set<String>
    private let countries: Set<Substring>

    static func all(in document: CaseDocument) -> [CasePerson] {
        document.groups(of: .birthDate, .personNumber).compactMap { facts in
            guard let fact = facts.first(where: { $0.name == .birthDate }),
                let birth = CivilDate(parsing: fact.text)
            else { return nil }
            let numbers = Set(facts.filter { $0.name == .personNumber }.map(\.text))
            return CasePerson(
                birth: birth, birthFact: fact, numbers: numbers, countries: Set(numbers.map { $0.prefix(2) })
            )
        }
    }

    /// Without numbers of a common country, the only person of either document is the same.
    func hasNoNumberToCompare(with other: CasePerson) -> Bool { countries.isDisjoint(with: other.countries) }
}

// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore

extension CaseRule {
    static let horizontal = [differentBirthDate, unmatchedReply]

    /// Data in doubt are asked about.
    ///
    /// Source: SKAIS statute § 18(2).
    private static let differentBirthDate = CaseRule("HOR-PERS-004", judges: nil) { document, history, _ in
        let persons = document.persons
        let own = history.inForce(document.event.set)?.persons ?? []
        return persons.compactMap { person in
            let differs =
                history.persons.hasOtherBirth(thanNumbered: person, besides: own)
                || persons.count == 1 && history.persons.hasOtherBirth(thanOnly: person, besides: own)
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
        func isPossible(_ request: CaseDocument) -> Bool {
            types.contains(request.sed) && request.event.way == document.event.way.opposite
        }
        guard let named = document.event.aboutSet else { return !history.inForce.contains(where: isPossible) }
        return !(history.inForce(named).map(isPossible) ?? false)
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
    let countries: Set<Substring>

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
}

/// The persons of the documents in force, so that a new one is compared with all without walking through them.
struct PersonIndex: Sendable {
    /// How many persons with a number have which birth date.
    private var numbered: [String: [CivilDate: Int]] = [:]
    /// Of the only persons of their documents: with numbers of which countries, how many have which birth date.
    private var onlyOnes: [Set<Substring>: [CivilDate: Int]] = [:]

    mutating func add(_ persons: [CasePerson]) { count(persons, 1) }

    mutating func remove(_ persons: [CasePerson]) { count(persons, -1) }

    private mutating func count(_ persons: [CasePerson], _ change: Int) {
        func count(_ births: inout [CivilDate: Int], _ person: CasePerson) {
            let count = births[person.birth, default: 0] + change
            births[person.birth] = count > 0 ? count : nil
        }
        for person in persons {
            for number in person.numbers { count(&numbered[number, default: [:]], person) }
        }
        if persons.count == 1 { count(&onlyOnes[persons[0].countries, default: [:]], persons[0]) }
    }

    /// Whether somebody with one of the numbers has another birth date; `own` is another version of the same document.
    func hasOtherBirth(thanNumbered person: CasePerson, besides own: [CasePerson]) -> Bool {
        person.numbers.contains { number in
            numbered[number]?.contains { birth, count in
                birth != person.birth && count > own.count { $0.birth == birth && $0.numbers.contains(number) }
            } ?? false
        }
    }

    /// Whether another document's only person has another birth date: without numbers of a common country, the only
    /// person of either document is the same.
    func hasOtherBirth(thanOnly person: CasePerson, besides own: [CasePerson]) -> Bool {
        let own = own.count == 1 ? own : []
        return onlyOnes.contains { countries, births in
            countries.isDisjoint(with: person.countries)
                && births.contains { birth, count in
                    birth != person.birth && count > own.count { $0.birth == birth && $0.countries == countries }
                }
        }
    }
}

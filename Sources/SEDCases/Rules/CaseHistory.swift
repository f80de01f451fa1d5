// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// A document of a case as rules about the case see it.
package struct CaseDocument: Hashable, Sendable {
    package let event: CaseEvent
    package let sender: InstitutionID
    /// The day on which the envelope says that it was made; nil when it cannot be read.
    package let day: CivilDate?
    package let facts: [CaseFact]
    /// The persons that it names; read once, because every document of a case is compared with all others.
    private(set) var persons: [CasePerson] = []

    package init(event: CaseEvent, sender: InstitutionID, day: CivilDate?, facts: [CaseFact]) {
        self.event = event
        self.sender = sender
        self.day = day
        self.facts = facts
        persons = CasePerson.all(in: self)
    }

    package var sed: String { event.sed.code }

    /// The first fact of that name.
    func fact(_ name: CaseFact.Name) -> CaseFact? { facts.first { $0.name == name } }

    func text(_ name: CaseFact.Name) -> String? { fact(name)?.text }

    /// Whether a code, possibly one of several, is stated.
    func states(_ name: CaseFact.Name, _ codes: String...) -> Bool {
        facts.contains { $0.name == name && codes.contains($0.text) }
    }

    /// The facts of each payment, claim or person that states one of the names, in the order of the document.
    func groups(of names: CaseFact.Name...) -> [[CaseFact]] {
        let concerned = facts.filter { names.contains($0.name) }
        return Dictionary(grouping: concerned, by: \.group).sorted { $0.key < $1.key }.map(\.value)
    }
}

/// What was placed in a case before the document that is judged.
package struct CaseHistory: Sendable {
    package let useCase: BUCType
    /// Oldest first, every version.
    package private(set) var earlier: [CaseDocument] = []
    /// The latest version of each document that was not withdrawn, in the order of those versions.
    package private(set) var inForce: [CaseDocument] = []
    /// Where the documents in force stand among all.
    private var places: [Int] = []
    private var latest: [String: Int] = [:]
    private var first: [String: Int] = [:]
    /// The persons of the documents in force.
    private(set) var persons = PersonIndex()

    package init(of useCase: BUCType, earlier: [CaseDocument] = []) {
        self.useCase = useCase
        for document in earlier { append(document) }
    }

    /// Adds what was placed next.
    package mutating func append(_ document: CaseDocument) {
        if CaseProgress.withdrawing.contains(document.sed), let target = document.event.aboutSet { drop(target) }
        drop(document.event.set)
        latest[document.event.set] = earlier.count
        if first[document.event.set] == nil { first[document.event.set] = earlier.count }
        places.append(earlier.count)
        inForce.append(document)
        persons.add(document.persons)
        earlier.append(document)
    }

    private mutating func drop(_ set: String) {
        guard let place = latest.removeValue(forKey: set) else { return }
        persons.remove(earlier[place].persons)
        var low = 0
        var high = places.count
        while low < high {
            let middle = (low + high) / 2
            if places[middle] < place { low = middle + 1 } else { high = middle }
        }
        places.remove(at: low)
        inForce.remove(at: low)
    }

    /// The documents in force of some types, without earlier versions of the one that is judged.
    func inForce(_ seds: String..., besides judged: CaseDocument) -> [CaseDocument] {
        inForce.filter { seds.contains($0.sed) && $0.event.set != judged.event.set }
    }

    /// The latest version of a document; nil when it was withdrawn or never placed.
    func inForce(_ set: String) -> CaseDocument? { latest[set].map { earlier[$0] } }

    /// The first version of a document, which may be the judged one itself.
    func firstVersion(of document: CaseDocument) -> CaseDocument {
        first[document.event.set].map { earlier[$0] } ?? document
    }

    /// The latest version of what a document answers: what it names, else the latest of that type from the other side.
    func answered(by reply: CaseDocument, type sed: String) -> CaseDocument? {
        if let named = earlier.last(where: { $0.event.set == reply.event.aboutSet && $0.sed == sed }) { return named }
        return inForce.last { $0.sed == sed && $0.event.way == reply.event.way.opposite }
    }
}

/// Where rules find the months, years and sums of the law.
package struct CaseParameters: Sendable {
    private let value: @Sendable (String, CivilDate) -> String?

    /// `value` gives a parameter by its name as it stands on a day, or nil.
    package init(_ value: @escaping @Sendable (String, CivilDate) -> String?) {
        self.value = value
    }

    /// A whole number, such as months or years.
    func number(_ name: String, on day: CivilDate) -> Int? { value(name, day).flatMap { Int($0) } }
}

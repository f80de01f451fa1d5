// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
internal import SEDXML

/// What a directory says of one institution for one use case, role and day.
package enum InstitutionStanding: Hashable, Sendable {
    case unknown
    /// Known, but not on that day.
    case notValid
    /// Without a competence for the use case in the role on that day.
    case notCompetent
    /// Competent, but not connected to EESSI for it.
    case notReady
    case accepted

    /// Whether the institution exists on the day.
    package var exists: Bool { self != .unknown && self != .notValid }
}

/// Compares the institutions that a message names with a directory of institutions.
///
/// Source: the Institution Repository of EESSI: a receiver is right when an institution with that id is valid on the
/// day, with a competence for the use case in the receiver's role, and ready for EESSI.
package struct InstitutionCheck {
    private let source: any InstitutionSource

    package init(_ source: any InstitutionSource) {
        self.source = source
    }

    /// What the directory says; nil where the directory is empty.
    ///
    /// Where more than one role would do, the one in which the institution stands best counts.
    package func standing(of id: InstitutionID, in roles: [CaseRole], for buc: BUCType, on day: CivilDate) throws
        -> InstitutionStanding?
    {
        if try source.hasNoInstitutions() { return nil }
        guard let institution = try source.institution(id) else { return .unknown }
        guard institution.validity.contains(day) else { return .notValid }
        let held = institution.competences.filter {
            $0.buc == buc && roles.contains($0.role) && $0.validity.contains(day)
        }
        if held.isEmpty { return .notCompetent }
        return held.contains { $0.isReady != false } ? .accepted : .notReady
    }

    /// What is to be said of sender and receiver, and of the institution that X005, X007 or X100 brings into the case.
    ///
    /// `bytes` are those of the message: they are read again for the places of what is found, and only then.
    package func findings(
        on envelope: Envelope,
        named: InstitutionID?,
        on day: CivilDate,
        in bytes: [UInt8]
    ) throws -> [Diagnostic] {
        if try source.hasNoInstitutions() { return [] }
        var questions = [
            Question(party: "Sender", place: .sender, id: envelope.sender.institution, roles: [envelope.sender.role]),
            Question(
                party: "Receiver", place: .receiver, id: envelope.receiver.institution, roles: [envelope.receiver.role]
            ),
        ]
        if let named, let roles = Self.rolesOfNamed(in: envelope) {
            questions.append(
                Question(party: "The institution that is to join the case", place: .named, id: named, roles: roles)
            )
        }
        var findings: [(Place, Diagnostic)] = []
        for question in questions {
            if let finding = try finding(on: question, envelope.buc, day) { findings.append((question.place, finding)) }
        }
        return Self.placed(findings, in: bytes)
    }

    // MARK: One institution

    private struct Question {
        let party: Words
        let place: Place
        let id: InstitutionID
        /// Any of them will do.
        let roles: [CaseRole]
    }

    /// The roles in which the institution that a document names would take part; nil where it names none.
    ///
    /// X005 brings a counterparty; whom X007 hands the case to plays the forwarder's role; of X100 the envelope does not
    /// say whose place is taken.
    private static func rolesOfNamed(in envelope: Envelope) -> [CaseRole]? {
        switch envelope.sed.code {
        case "X005": [.counterparty]
        case "X007": [envelope.sender.role]
        case "X100": CaseRole.sides
        default: nil
        }
    }

    private func finding(on question: Question, _ buc: BUCType, _ day: CivilDate) throws -> Diagnostic? {
        guard let standing = try standing(of: question.id, in: question.roles, for: buc, on: day) else { return nil }
        if standing == .accepted { return nil }
        let party = question.party
        let role = question.roles.map(\.rawValue).joined(separator: ", ")
        let hint = try hint(for: question, buc, day)
        let rule: RuleID
        let message: Words
        switch standing {
        case .accepted: return nil
        case .unknown:
            rule = .institutionUnknown
            message = """
                \(party, as: "party"): the directory of institutions does not know this institution; \
                \(hint, as: "hint").
                """
        case .notValid:
            rule = .institutionNotValid
            message = """
                \(party, as: "party"): by the directory of institutions this institution does not exist on \
                \(day, as: "day"); \(hint, as: "hint").
                """
        case .notCompetent:
            rule = .institutionNotCompetent
            message = """
                \(party, as: "party"): by the directory of institutions this institution does not handle \
                \(buc, as: "buc") as \(role, as: "role") on \(day, as: "day"); \
                \(hint, as: "hint").
                """
        case .notReady:
            rule = .institutionNotReady
            message = """
                \(party, as: "party"): by the directory of institutions this institution is not ready for EESSI in \
                \(buc, as: "buc") as \(role, as: "role") on \(day, as: "day"); \
                \(hint, as: "hint").
                """
        }
        return Diagnostic(
            rule: rule, also: restated(question, buc, standing), severity: .warning, message: message,
            value: question.id.text, reference: "EESSI Institution Repository (SYN001)"
        )
    }

    /// The rule of law that the same cause breaks.
    ///
    /// Source: Reg. 987/2009 Art. 75(2): recovery goes through the institutions that are designated for it.
    private func restated(_ question: Question, _ buc: BUCType, _ standing: InstitutionStanding) -> [RuleID] {
        question.place != .named && buc.sector == "R" && standing != .notReady ? ["REC-75-2-001"] : []
    }

    // MARK: Candidates

    /// How many institutions are named instead.
    private static let mostCandidates = 5
    /// How many letters two identifiers may differ in to be taken for each other.
    private static let typingFaults = 2

    private func hint(for question: Question, _ buc: BUCType, _ day: CivilDate) throws -> Words {
        let nearest = try candidates(for: question.id, in: question.roles, for: buc, on: day)
        if nearest.isEmpty { return "the directory has no other one that would do" }
        return "nearest: \(nearest.map(\.text).joined(separator: ", "), as: "list")"
    }

    /// Institutions that would be right instead: first those whose identifier is nearly the same, then those of the same
    /// country, each by likeness and then by identifier.
    package func candidates(for id: InstitutionID, in roles: [CaseRole], for buc: BUCType, on day: CivilDate) throws
        -> [InstitutionID]
    {
        var all: Set<InstitutionID> = []
        for role in roles { all.formUnion(try source.competent(for: buc, as: role, on: day, in: nil)) }
        all.remove(id)
        let wanted = Array(id.text.utf8)
        return all.compactMap { other -> (isOther: Bool, distance: Int, id: InstitutionID)? in
            let distance = Self.distance(wanted, Array(other.text.utf8))
            let isAlike = distance <= Self.typingFaults
            return isAlike || other.country == id.country ? (!isAlike, distance, other) : nil
        }.sorted { left, right in
            if left.isOther != right.isOther { return right.isOther }
            return (left.distance, left.id) < (right.distance, right.id)
        }.prefix(Self.mostCandidates).map(\.id)
    }

    /// How many letters must be added, left out or changed to make one text of the other.
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (i, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let change = diagonal + (letter == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(change, row[j] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }

    // MARK: Places

    private enum Place {
        case sender
        case receiver
        case named
    }

    private static func placed(_ findings: [(Place, Diagnostic)], in bytes: [UInt8]) -> [Diagnostic] {
        guard !findings.isEmpty, let tree = try? XMLTree(parsing: bytes) else { return findings.map(\.1) }
        return findings.map { place, finding in
            guard let element = element(of: place, in: tree) else { return finding }
            return Diagnostic(
                rule: finding.rule, also: finding.also, severity: finding.severity,
                position: tree.position(of: element),
                path: tree.path(of: element, from: place == .named ? sed(in: tree) : nil), message: finding.words,
                value: finding.value, reference: finding.reference
            )
        }.sorted(by: Diagnostic.precedes)
    }

    private static func sed(in tree: borrowing XMLTree) -> ElementID? { tree.children(of: tree.root).dropFirst().first }

    private static func element(of place: Place, in tree: borrowing XMLTree) -> ElementID? {
        guard let header = tree.child("StandardBusinessDocumentHeader", of: tree.root) else { return nil }
        switch place {
        case .sender: return tree.element(at: "Sender/Identifier", below: header)
        case .receiver: return tree.element(at: "Receiver/Identifier", below: header)
        case .named:
            guard let sed = sed(in: tree), let path = paths[tree.localName(of: sed)] else { return nil }
            return tree.element(at: path, below: sed)
        }
    }

    /// Where documents name the institution that they bring into the case.
    private static let paths = [
        "X005": "AddedParticipant/AddParticipant/institutionID",
        "X007": "ForwardInformation/AddedParticipant/institutionID",
        "X100": "ChangeParticipant/AddParticipant/institutionID",
    ]
}

/// Findings of the directory of institutions. `docs/findings.md` describes each.
extension RuleID {
    package static let institutionUnknown: RuleID = "DIR-001"
    package static let institutionNotValid: RuleID = "DIR-002"
    package static let institutionNotCompetent: RuleID = "DIR-003"
    package static let institutionNotReady: RuleID = "DIR-004"
}

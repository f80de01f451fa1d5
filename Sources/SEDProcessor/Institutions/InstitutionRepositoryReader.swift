// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDXML

/// Reads the sync message of the EESSI Institution Repository: SYN001 with or without its envelope.
///
/// Elements that are not asked for here (certificates, addresses, access points) are passed over. Names are compared
/// without their namespaces, because what stands inside SYN001 has none.
struct InstitutionRepositoryReader: ~Copyable {
    private let tree: XMLTree
    private let faults: FaultList
    private var competences = 0

    /// A copy of the whole repository is larger than any message.
    private static var limits: ParsingLimits {
        var limits = ParsingLimits()
        limits.bytes = InstitutionFileForm.syn001.limit
        limits.elements = 2_000_000
        limits.memory = 768 << 20
        return limits
    }

    static func read(_ bytes: [UInt8], _ faults: FaultList) -> (version: String?, institutions: [Institution]) {
        do {
            var reader = InstitutionRepositoryReader(tree: try XMLTree(parsing: bytes, limits: limits), faults)
            return reader.read()
        } catch {
            faults.fail(error.finding.position, "this is no XML that can be read: \(error.finding.message)")
            return (nil, [])
        }
    }

    private init(tree: consuming XMLTree, _ faults: FaultList) {
        self.tree = tree
        self.faults = faults
    }

    private mutating func read() -> (version: String?, institutions: [Institution]) {
        guard let document = document() else {
            faults.fail(tree.position(of: tree.root), "expected SYN001, the sync message of the Institution Repository")
            return (nil, [])
        }
        guard let sync = tree.child("IRSync", of: document) else {
            faults.fail(tree.position(of: document), "expected IRSync in SYN001")
            return (nil, [])
        }
        guard let repository = tree.child("InstitutionRepository", of: sync),
            let list = tree.child("Institutions", of: repository)
        else {
            faults.fail(tree.position(of: sync), "expected InstitutionRepository/Institutions in IRSync")
            return (nil, [])
        }
        var institutions: [Institution] = []
        var seen: Set<InstitutionID> = []
        for element in tree.children(of: list) where tree.localName(of: element) == "Institution" {
            if faults.isFull { break }
            guard institutions.count < InstitutionFile.Limit.institutions else {
                fail(element, "more than \(InstitutionFile.Limit.institutions) institutions, which is the limit")
                break
            }
            guard let institution = institution(element) else { continue }
            if !seen.insert(institution.id).inserted { fail(element, "\(institution.id) stands in this file twice") }
            institutions.append(institution)
        }
        return (text("version", of: sync), institutions)
    }

    private func document() -> ElementID? {
        func isSync(_ element: ElementID) -> Bool {
            let namespace = tree.namespace(of: element) ?? ""
            return tree.localName(of: element) == "SYN001" && namespace.hasPrefix("http://ec.europa.eu/eessi/ns/")
                && namespace.hasSuffix("/SYN001")
        }
        let root = tree.root
        if isSync(root) { return root }
        guard tree.localName(of: root) == "StandardBusinessDocument" else { return nil }
        return tree.children(of: root).first(where: isSync)
    }

    // MARK: Institutions

    private mutating func institution(_ element: ElementID) -> Institution? {
        guard let idElement = tree.child("officialID", of: element) else {
            fail(element, "the institution has no officialID")
            return nil
        }
        let id = InstitutionID(parsing: trimmed(idElement))
        if id == nil { fail(idElement, "expected an institution such as EE:SKA001") }
        let period = period(of: element)
        let name = name(of: element)
        let liaison = indicator("isLiaisonBodyIndicator", of: element)
        var held: [Competence] = []
        if let list = tree.child("Competences", of: element) {
            for entry in tree.children(of: list) where tree.localName(of: entry) == "Competence" {
                competences += 1
                guard competences <= InstitutionFile.Limit.competences else {
                    if competences == InstitutionFile.Limit.competences + 1 {
                        fail(entry, "more than \(InstitutionFile.Limit.competences) competences, which is the limit")
                    }
                    break
                }
                if faults.isFull { break }
                if let competence = competence(entry) { held.append(competence) }
            }
        }
        return id.map {
            Institution(id: $0, name: name, isLiaisonBody: liaison, validity: period, competences: held)
        }
    }

    private func competence(_ element: ElementID) -> Competence? {
        guard let roleElement = tree.child("applicationRole", of: element) else {
            fail(element, "the competence has no applicationRole")
            return nil
        }
        guard let type = tree.child("BUCType", of: element), let bucElement = tree.child("name", of: type) else {
            fail(element, "the competence has no BUCType/name")
            return nil
        }
        let role = InstitutionValue.role(trimmed(roleElement))
        if role == nil { fail(roleElement, "expected CaseOwner, Counterparty or IntelligentRA") }
        let buc = InstitutionValue.useCase(trimmed(bucElement))
        if buc == nil { fail(bucElement, "expected a business use case such as R_BUC_07") }
        let period = period(of: element)
        let isReady = indicator("isEESSIReady", of: element)
        guard let role, let buc else { return nil }
        return Competence(buc: buc, role: role, validity: period, isReady: isReady)
    }

    /// The name in English, else the first that is given.
    private func name(of element: ElementID) -> String? {
        guard let names = tree.child("Name", of: element) else { return nil }
        var first: ElementID?
        for translation in tree.children(of: names) where tree.localName(of: translation) == "Translation" {
            guard let text = tree.child("text", of: translation) else { continue }
            if first == nil { first = text }
            if tree.child("languageCode", of: translation).map({ trimmed($0).lowercased() }) == "en" {
                first = text
                break
            }
        }
        guard let first else { return nil }
        let name = InstitutionValue.name(trimmed(first))
        if name == nil {
            fail(first, "expected a name of at most \(InstitutionFile.Limit.value) bytes without control characters")
        }
        return name.flatMap { $0.isEmpty ? nil : $0 }
    }

    private func period(of element: ElementID) -> ValidityPeriod {
        guard let period = tree.child("ValidityPeriod", of: element) else { return ValidityPeriod() }
        func day(_ name: String) -> CivilDate? {
            guard let element = tree.child(name, of: period), !trimmed(element).isEmpty else { return nil }
            let day = InstitutionValue.day(trimmed(element))
            if day == nil { fail(element, "expected a date such as 2026-01-15") }
            return day
        }
        let validity = ValidityPeriod(from: day("start"), to: day("end"))
        if let from = validity.from, let to = validity.to, to < from {
            fail(period, "the period ends before it begins")
        }
        return validity
    }

    private func indicator(_ name: String, of element: ElementID) -> Bool? {
        guard let element = tree.child(name, of: element), !trimmed(element).isEmpty else { return nil }
        let value = InstitutionValue.yes(trimmed(element))
        if value == nil { fail(element, "expected true or false") }
        return value
    }

    // MARK: Text

    private func text(_ name: String, of element: ElementID) -> String? {
        guard let element = tree.child(name, of: element) else { return nil }
        let text = trimmed(element)
        return text.isEmpty ? nil : InstitutionValue.name(text)
    }

    /// The text of an element, also where it stands in an element `value`, without the blanks around it.
    private func trimmed(_ element: ElementID) -> String {
        let text = tree.text(of: element)
        return String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }

    private func fail(_ element: ElementID, _ message: String) {
        faults.fail(tree.position(of: element), message)
    }
}

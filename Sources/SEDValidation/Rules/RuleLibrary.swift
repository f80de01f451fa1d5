// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
internal import SEDXML
internal import Synchronization

/// A file of rules that the user adds.
package struct AddedRuleFile: Sendable {
    package let path: String
    package let bytes: [UInt8]

    package init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }
}

/// The rules of `sed-schemas/rules` and those that the user adds: read on demand, compiled once for each kind of SED.
package final class RuleLibrary: Sendable {
    private let schemas: SchemaLibrary
    private let added: [AddedRuleFile]
    private let programs = Mutex<[SchematronReader.Root: [RuleProgram]]>([:])
    private let catalogues = Mutex<[String: RuleCatalogue]>([:])
    private let readers = Mutex<[String: CatalogueReader]>([:])
    private let entries = Mutex<[RuleID: RuleEntry]>([:])
    private let knownParameters = Mutex<RuleParameters?>(nil)
    private let restatingRules = Mutex<[SharedCauses.Restating]?>(nil)

    /// Refuses added files that cannot be used, with the place of the fault.
    package init(schemas: SchemaLibrary, added: [AddedRuleFile] = []) throws {
        self.schemas = schemas
        self.added = added
        if !added.isEmpty { try checkAddedFiles() }
    }

    /// The families, in the order in which the law is told.
    package var families: [String] { schemas.catalogue.ruleFamilies.map(\.name) }

    package func catalogue(of family: String) throws -> RuleCatalogue {
        if let known = catalogues.withLock({ $0[family] }) { return known }
        let file = try catalogueFile(of: family)
        let catalogue = try RuleCatalogue(parsing: schemas.read(file), file: file)
        catalogues.withLock { $0[family] = catalogue }
        return catalogue
    }

    /// A rule without its excerpts: what a finding needs, read in a fraction of the time that the whole family takes.
    private func brief(_ id: RuleID, of family: String) throws -> RuleEntry {
        if let known = entries.withLock({ $0[id] }) { return known }
        let reader = try reader(of: family)
        let entry = try reader.entry(id, family)
        entries.withLock { $0[id] = entry }
        return entry
    }

    private func reader(of family: String) throws -> CatalogueReader {
        if let known = readers.withLock({ $0[family] }) { return known }
        let file = try catalogueFile(of: family)
        let reader = CatalogueReader(try RuleFileReader(schemas.read(file), file: file, root: "rules"))
        readers.withLock { $0[family] = reader }
        return reader
    }

    private func catalogueFile(of family: String) throws -> String {
        guard let file = schemas.catalogue.ruleFamilies.first(where: { $0.name == family })?.catalogue else {
            throw SchemaFolderError(file: "catalogue.xml", reason: "there is no family of rules \(family)")
        }
        return file
    }

    package func entry(_ id: RuleID) throws -> RuleEntry? {
        for family in families {
            if let entry = try catalogue(of: family)[id] { return entry }
        }
        return nil
    }

    /// The source of a rule of ours in a language; nil where the rule is none of ours or the catalogue is silent.
    package func reference(of rule: RuleID, _ language: Language) -> String? {
        // What was just found has been read already.
        let known = entries.withLock { $0[rule] }
        return (known ?? (try? entry(rule)))?.references[language]
    }

    package func parameters() throws -> RuleParameters {
        if let known = knownParameters.withLock({ $0 }) { return known }
        let file = "rules/parameters.xml"
        let parameters = try RuleParameters(parsing: schemas.read(file), file: file)
        knownParameters.withLock { $0 = parameters }
        return parameters
    }

    /// Compiles every rule with all names looked up, and holds the files against their catalogues.
    package func check() throws {
        for family in schemas.catalogue.ruleFamilies {
            let catalogue = try catalogue(of: family.name)
            guard let path = family.schema else { continue }
            let reader = try SchematronReader(schemas.read(path), file: path)
            var found: Set<RuleID> = []
            for (id, position) in reader.identifiers() {
                guard let entry = catalogue[RuleID(id)], entry.kind == .document else {
                    throw SchemaFolderError(
                        file: path, line: position?.line, column: position?.column,
                        reason: "the rule \(id) is not in the catalogue as a rule on a document")
                }
                found.insert(entry.id)
            }
            for entry in catalogue.entries
            where entry.kind == .document && !entry.isInactive && !found.contains(entry.id) {
                throw SchemaFolderError(file: path, reason: "the rule \(entry.id) of the catalogue has no check")
            }
        }
        for entry in schemas.catalogue.seds { _ = try program(for: Self.root(of: entry), entry, isChecked: true) }
    }

    // MARK: Judging

    struct Judged {
        let findings: [RuleFinding]
        /// How many others there are than are listed.
        let more: Int
        /// Why the rules could not all be evaluated.
        let failure: RuleFailure?
    }

    /// What the rules find in a SED.
    func findings(
        in tree: borrowing XMLTree, sed: ElementID, entry: Catalogue.SEDEntry, message: MessageFacts, language: Language
    )
        throws -> Judged
    {
        let root = Self.root(of: entry)
        let program = try borrow(root, entry)
        var firings: [RuleProgram.Firing]
        do throws(RuleFailure) {
            firings = try program.run(on: tree, sed: sed, message: message)
            for possible in firings.isEmpty ? [] : message.possibilities {
                let others = Set(try program.run(on: tree, sed: sed, message: possible).map(\.cause))
                firings.removeAll { !others.contains($0.cause) }
            }
        } catch {
            // What a failed run left behind in the evaluator is not worth knowing.
            return Judged(findings: [], more: 0, failure: error)
        }
        programs.withLock { $0[root, default: []].append(program) }
        var findings: [RuleFinding] = []
        var listed: Set<RuleID> = []
        var more = 0
        for firing in firings {
            guard let severity = try severity(of: firing, message) else { continue }
            // Of each rule at least one, so that the verdict depends on no order.
            guard listed.insert(firing.check.id).inserted || findings.count < Self.mostFindings else {
                more += 1
                continue
            }
            findings.append(try finding(for: firing, severity, in: tree, top: sed, message: message, language))
        }
        return Judged(findings: findings, more: more, failure: nil)
    }

    /// As many as any layer lists.
    private static let mostFindings = 1000

    /// What the rules alone find in an excerpt of a SED; nothing else of it is judged.
    package func findings(inExcerpt bytes: [UInt8], message: MessageFacts, language: Language = .english) throws
        -> [Diagnostic]
    {
        let tree = try RuleFileReader.tree(of: bytes, file: "excerpt")
        guard let entry = tree.namespace(of: tree.root).flatMap({ schemas.catalogue.sed(namespace: $0) }) else {
            throw SchemaFolderError(file: "excerpt", reason: "the root is no SED")
        }
        let judged = try findings(in: tree, sed: tree.root, entry: entry, message: message, language: language)
        if let failure = judged.failure {
            throw SchemaFolderError(file: failure.file, reason: "\(failure)")
        }
        return judged.findings.map(\.diagnostic)
    }

    /// The English text of each check by its id, as other engines show it.
    package func texts(of family: String) throws -> [(id: RuleID, text: String)] {
        guard let path = schemas.catalogue.ruleFamilies.first(where: { $0.name == family })?.schema else { return [] }
        let schematron = try SchematronReader(schemas.read(path), file: path).read()
        return schematron.patterns.flatMap(\.rules).flatMap(\.checks).map { check in
            let text = check.message.map { if case .text(let text) = $0 { text } else { "" } }.joined()
            return (check.id, RuleFileReader.tidied(text))
        }
    }

    /// Nil when the rule does not hold for the event, or not in this direction.
    private func severity(of firing: RuleProgram.Firing, _ message: MessageFacts) throws -> Severity? {
        guard let family = firing.file.family else { return firing.check.role.flatMap(Severity.init(role:)) ?? .error }
        let entry = try brief(firing.check.id, of: family)
        return entry.holds(on: firing.event ?? message.date) ? entry.severities[message.direction] : nil
    }

    private func finding(
        for firing: RuleProgram.Firing,
        _ severity: Severity,
        in tree: borrowing XMLTree,
        top: ElementID,
        message: MessageFacts,
        _ language: Language
    ) throws -> RuleFinding {
        let place = (tree.position(of: firing.element), tree.path(of: firing.element, from: top))
        guard let family = firing.file.family else {
            return RuleFinding(
                diagnostic: Diagnostic(
                    rule: firing.check.id, severity: severity, position: place.0, path: place.1,
                    message: Words(firing.message),
                    value: firing.message == firing.messageWithValues ? nil : firing.messageWithValues,
                    reference: firing.check.see
                ),
                absorbs: []
            )
        }
        let entry = try brief(firing.check.id, of: family)
        return RuleFinding(
            diagnostic: Diagnostic(
                rule: entry.id, severity: severity, position: place.0, path: place.1,
                message: try words(entry, language, on: firing.event ?? message.date),
                reference: entry.reference.isEmpty ? nil : entry.reference
            ),
            absorbs: entry.absorbs
        )
    }

    /// The rules that layers of the format check.
    func restating() throws -> [SharedCauses.Restating] {
        if let known = restatingRules.withLock({ $0 }) { return known }
        var rules: [SharedCauses.Restating] = []
        for family in families {
            for entry in try reader(of: family).restating(family) {
                for checked in entry.restates {
                    let parts = checked.split(separator: ":", maxSplits: 1)
                    guard let technical = parts.first else { continue }
                    rules.append(
                        SharedCauses.Restating(
                            entry: entry, technical: RuleID(String(technical)),
                            about: parts.count == 2 ? String(parts[1]) : nil))
                }
            }
        }
        // What is about one element goes before what is about any.
        rules = rules.filter { $0.about != nil } + rules.filter { $0.about == nil }
        return restatingRules.withLock { known in
            known = rules
            return rules
        }
    }

    /// The message in a language, with the parameters that it names.
    package func words(_ entry: RuleEntry, _ language: Language, on date: CivilDate) throws -> Words {
        let text = entry.messages[language] ?? entry.messages[.english] ?? ""
        guard text.contains("{") else { return Words(text) }
        let parameters = try parameters()
        let values = entry.parameters.map { ($0, Words(parameters.value(of: $0, on: date) ?? "…")) }
        return Words(template: text, facts: Dictionary(values) { first, _ in first })
    }

    // MARK: Programs

    private static func root(of entry: Catalogue.SEDEntry) -> SchematronReader.Root {
        SchematronReader.Root(namespace: entry.namespace, name: entry.type.code)
    }

    private func borrow(_ root: SchematronReader.Root, _ entry: Catalogue.SEDEntry) throws -> RuleProgram {
        if let waiting = programs.withLock({ $0[root]?.popLast() }) { return waiting }
        return try program(for: root, entry, isChecked: false)
    }

    private func program(for root: SchematronReader.Root, _ entry: Catalogue.SEDEntry, isChecked: Bool) throws
        -> RuleProgram
    {
        let elements = try schemas.schema(of: entry).model.elementNames(
            inside: SchemaModel.TypeName(namespace: entry.namespace, name: entry.type.code))
        var fault: @Sendable (RuleFunction, String) -> String? = { _, _ in nil }
        if isChecked { fault = try faultOfReference() }
        var files: [(RuleFile, Schematron)] = []
        for family in schemas.catalogue.ruleFamilies where family.concerns(root.name) {
            guard let path = family.schema else { continue }
            let file = RuleFile(
                path: path, family: family.name, isChecked: isChecked, faultOfReference: fault)
            files.append((file, try schematron(path, for: root, elements: elements, isChecked: isChecked)))
        }
        for added in added {
            let file = RuleFile(
                path: added.path, family: nil, isChecked: true, faultOfReference: try faultOfReference())
            files.append((file, try SchematronReader(added.bytes, file: added.path).read(for: root)))
        }
        let schemas = schemas
        let functions = RuleFunctions(
            message: MessageFacts(direction: .inbound, date: CivilDate(daysSinceEpoch: 0)),
            parameters: { [weak self] in try self?.parameters() ?? .none },
            codeList: { try schemas.codeList(named: $0) }
        )
        return try RuleProgram(files: files.map { (file: $0.0, schematron: $0.1) }, sed: root, functions: functions)
    }

    /// The rules of one of our files that can match in a SED; the whole file is parsed where it is to be checked.
    private func schematron(
        _ path: String, for root: SchematronReader.Root, elements: Set<String>?, isChecked: Bool
    ) throws -> Schematron {
        let bytes = try schemas.read(path)
        let text = isChecked ? bytes : RuleExtract.text(bytes, for: root, elements: elements)
        return try SchematronReader(text, file: path, isStrict: isChecked).read(for: root, elements: elements)
    }

    private func faultOfReference() throws -> @Sendable (RuleFunction, String) -> String? {
        let parameters = try parameters()
        return { [schemas] function, name in
            switch function {
            case .inList:
                (try? schemas.codeList(named: name)) == nil ? "there is no code list \(name)" : nil
            case .parameter:
                parameters.parameter(name) == nil ? "there is no parameter \(name)" : nil
            default:
                nil
            }
        }
    }

    /// Ids of the format, the case and the pipeline, which stand in no catalogue.
    private static func isTechnical(_ id: String) -> Bool {
        id.wholeMatch(of: /(XML|JSN|ENV|XSD|CDE|ATT|SIG|CAS|SYS)-[0-9]+/) != nil
    }

    private func checkAddedFiles() throws {
        var fileOfID: [String: String] = [:]
        var ours: Set<RuleID> = []
        for family in families { ours.formUnion(try catalogue(of: family).entries.map(\.id)) }
        _ = try parameters()
        for file in added {
            let reader = try SchematronReader(file.bytes, file: file.path)
            for (id, position) in reader.identifiers() {
                func refusal(_ reason: String) -> SchemaFolderError {
                    SchemaFolderError(file: file.path, line: position?.line, column: position?.column, reason: reason)
                }
                if ours.contains(RuleID(id)) || Self.isTechnical(id) {
                    throw refusal("the id \(id) belongs to a rule of this program")
                }
                if let other = fileOfID[id], other != file.path {
                    throw refusal("the id \(id) stands in \(other) too")
                }
                fileOfID[id] = file.path
            }
            let schematron = try reader.readEverything()
            // Compiled once for no SED in particular, so that every expression is looked at.
            let functions = RuleFunctions(
                message: MessageFacts(direction: .inbound, date: CivilDate(daysSinceEpoch: 0)),
                parameters: { .none }, codeList: { [schemas] in try schemas.codeList(named: $0) })
            let checked = RuleFile(
                path: file.path, family: nil, isChecked: true, faultOfReference: try faultOfReference())
            _ = try RuleProgram(
                files: [(file: checked, schematron: schematron)],
                sed: SchematronReader.Root(namespace: "", name: ""), functions: functions)
        }
    }
}

/// The file of a family, kept open so that single rules can be read from it.
private final class CatalogueReader: Sendable {
    private let reader: RuleFileReader

    init(_ reader: consuming RuleFileReader) {
        self.reader = reader
    }

    /// The rules that layers of the format check.
    func restating(_ family: String) throws(SchemaFolderError) -> [RuleEntry] {
        var entries: [RuleEntry] = []
        for element in reader.children(named: "rule") where reader.tree.attribute("restates", of: element) != nil {
            entries.append(try RuleCatalogue.entry(element, family, reader, withExamples: false))
        }
        return entries
    }

    func entry(_ id: RuleID, _ family: String) throws(SchemaFolderError) -> RuleEntry {
        for element in reader.children(named: "rule") where reader.tree.attribute("id", of: element) == id.text {
            return try RuleCatalogue.entry(element, family, reader, withExamples: false)
        }
        throw SchemaFolderError(file: reader.file, reason: "the rule \(id) is not in the catalogue")
    }
}

/// A rule's finding and the technical complaints that have the same cause.
struct RuleFinding {
    let diagnostic: Diagnostic
    let absorbs: Set<String>
}

extension Severity {
    /// The words that Schematron files use for it.
    init?(role: String) {
        switch role.lowercased() {
        case "error", "fatal": self = .error
        case "warning", "warn": self = .warning
        case "note", "info", "information": self = .note
        default: return nil
        }
    }
}

// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDXML

/// Reads a rule file of ISO Schematron; what it does not understand is an error with its place, never passed over.
///
/// Source: ISO/IEC 19757-3. The part that is understood is listed in `docs/rule-format.md`.
struct SchematronReader: ~Copyable {
    static let namespace = "http://purl.oclc.org/dsdl/schematron"

    private let tree: XMLTree
    private let file: String

    /// The root of a SED, by which rules about other SEDs are left out.
    struct Root: Hashable {
        let namespace: String
        let name: String
    }

    /// Whether every attribute is held against those that are understood; for files that have not passed it yet.
    private let isStrict: Bool

    init(_ bytes: [UInt8], file: String, isStrict: Bool = true) throws(SchemaFolderError) {
        self.file = file
        self.isStrict = isStrict
        tree = try RuleFileReader.tree(of: bytes, file: file)
    }

    /// The rules that can match in a SED; all of them without one.
    ///
    /// `elements` are the names that the SED's schema knows, where they are known: rules about others are left out.
    func read(for sed: Root? = nil, elements: Set<String>? = nil) throws(SchemaFolderError) -> Schematron {
        try read(for: sed, elements: elements, withIdleParts: false)
    }

    /// Every rule of the file, for compiling them all: those of inactive patterns too, and what no rule or pattern uses.
    ///
    /// Abstract rules stand in it as rules about any element, diagnostics as texts of such a rule. A name stands for each
    /// parameter of an abstract pattern that nobody uses.
    func readEverything() throws(SchemaFolderError) -> Schematron {
        let schematron = try read(for: nil, elements: nil, withIdleParts: true)
        if schematron.patterns.isEmpty { throw error(at: tree.root, "there is no pattern, so nothing is checked") }
        return schematron
    }

    private func read(for sed: Root?, elements: Set<String>?, withIdleParts: Bool) throws(SchemaFolderError)
        -> Schematron
    {
        let root = tree.root
        guard tree.localName(of: root) == "schema", tree.namespace(of: root) == Self.namespace else {
            throw error(at: root, "the root is not schema in the namespace \(Self.namespace)")
        }
        if isStrict {
            try SchematronVocabulary.check(tree, file: file)
            try checkIdentifiers()
            try checkReferences()
        }
        let binding = tree.attribute("queryBinding", of: root) ?? "xslt"
        guard ["xslt", "xslt1", "xpath", "exslt"].contains(binding.lowercased()) else {
            throw error(at: root, "the query binding \(binding) is not understood; only XPath 1.0 (xslt) is")
        }
        var namespaces: [String: String] = [:]
        var variables: [Schematron.Variable] = []
        var patterns: [ElementID] = []
        var phases: [ElementID] = []
        for child in parts(of: root) {
            switch tree.localName(of: child) {
            case "ns":
                let prefix = try required("prefix", of: child)
                if namespaces.updateValue(try required("uri", of: child), forKey: prefix) != nil {
                    throw error(at: child, "the prefix \(prefix) is declared twice")
                }
            case "let":
                variables.append(try variable(child))
            case "pattern":
                patterns.append(child)
            case "phase":
                phases.append(child)
            case "title", "p", "diagnostics":
                break
            default:
                throw notUnderstood(child)
            }
        }
        let active = try activePatterns(of: phases, among: patterns)
        let context = PatternContext(
            namespaces: namespaces, sed: sed, elements: elements, patterns: patterns,
            idle: withIdleParts ? IdleParts(variables: Set(variables.map(\.name)), names: variableNames()) : nil)
        var result: [Schematron.Pattern] = []
        for pattern in patterns {
            if !withIdleParts, let active, !active.contains(tree.attribute("id", of: pattern) ?? "") { continue }
            if tree.attribute("abstract", of: pattern) == "true" {
                let id = tree.attribute("id", of: pattern)
                if !withIdleParts || patterns.contains(where: { tree.attribute("is-a", of: $0) == id }) { continue }
            }
            if let read = try self.pattern(pattern, context) { result.append(read) }
        }
        if let idle = context.idle, !result.isEmpty { result += try diagnostics(idle) }
        return Schematron(file: file, namespaces: namespaces, variables: variables, patterns: result)
    }

    /// Where every id of a check stands, for a search of the file without its meaning.
    func identifiers() -> [(id: String, position: TextPosition?)] {
        checks().map { (Self.withoutPlace($0.id), tree.position(of: $0.element)) }
    }

    private func checks() -> [(id: String, element: ElementID)] {
        var found: [(String, ElementID)] = []
        for number in 0..<tree.elementCount {
            guard let element = tree.element(numbered: number), tree.namespace(of: element) == Self.namespace,
                ["assert", "report"].contains(tree.localName(of: element)),
                let id = tree.attribute("id", of: element)
            else { continue }
            found.append((id, element))
        }
        return found
    }

    /// Ids of XML, so each stands once in the file, whatever it is the id of.
    private func checkIdentifiers() throws(SchemaFolderError) {
        var known: Set<String> = []
        for element in elements() {
            guard let id = tree.attribute("id", of: element) else { continue }
            if ["assert", "report"].contains(tree.localName(of: element)) {
                let isName = id.allSatisfy { $0.isLetter || $0.isNumber || "._-".contains($0) }
                guard isName, id.count <= 100 else {
                    throw error(at: element, "an id has letters, digits, points, hyphens and low lines, 100 at most")
                }
            }
            if !known.insert(id).inserted { throw error(at: element, "the id \(id) stands here twice") }
        }
    }

    /// What a check refers to; phases, patterns and rules are looked up where they are read.
    private func checkReferences() throws(SchemaFolderError) {
        let elements = elements()
        let known = Set(
            elements.filter { tree.localName(of: $0) == "diagnostic" }.compactMap { tree.attribute("id", of: $0) })
        for element in elements where ["assert", "report"].contains(tree.localName(of: element)) {
            for name in (tree.attribute("diagnostics", of: element) ?? "").split(whereSeparator: \.isWhitespace)
            where !known.contains(String(name)) {
                throw error(at: element, "there is no diagnostic \(name)")
            }
        }
    }

    /// Every element of Schematron, in the order of the file.
    private func elements() -> [ElementID] {
        (0..<tree.elementCount).compactMap { tree.element(numbered: $0) }
            .filter { tree.namespace(of: $0) == Self.namespace }
    }

    /// The names of all variables that are declared anywhere.
    private func variableNames() -> [String] {
        let names = elements().filter { tree.localName(of: $0) == "let" }.compactMap { tree.attribute("name", of: $0) }
        return Set(names).sorted()
    }

    // MARK: Patterns

    private struct PatternContext {
        let namespaces: [String: String]
        let sed: Root?
        let elements: Set<String>?
        let patterns: [ElementID]
        /// Nil where only what can fire is read.
        let idle: IdleParts?
    }

    /// What is needed for reading parts that no active rule uses.
    private struct IdleParts {
        /// The names of the schema's own variables.
        let variables: Set<String>
        /// Those of all variables of the file.
        let names: [String]
    }

    /// The patterns of the default phase; nil when all are active.
    private func activePatterns(of elements: [ElementID], among patterns: [ElementID]) throws(SchemaFolderError)
        -> Set<String>?
    {
        let concrete = elements.isEmpty ? [] : patterns.filter { tree.attribute("abstract", of: $0) != "true" }
        var phases: [String: Set<String>] = [:]
        for element in elements {
            var active: Set<String> = []
            for part in parts(of: element) where tree.localName(of: part) == "active" {
                let name = try required("pattern", of: part)
                guard concrete.contains(where: { tree.attribute("id", of: $0) == name }) else {
                    throw error(at: part, "there is no pattern \(name)")
                }
                active.insert(name)
            }
            phases[try required("id", of: element)] = active
        }
        let root = tree.root
        guard let phase = tree.attribute("defaultPhase", of: root), phase != "#ALL" else { return nil }
        guard let active = phases[phase] else { throw error(at: root, "there is no phase \(phase)") }
        return active
    }

    private func pattern(_ element: ElementID, _ context: PatternContext) throws(SchemaFolderError) -> Schematron
        .Pattern?
    {
        var body = element
        var parameters = PatternParameters.values([:])
        if let original = tree.attribute("is-a", of: element) {
            var values: [String: String] = [:]
            for part in parts(of: element) {
                switch tree.localName(of: part) {
                case "param":
                    let name = try required("name", of: part)
                    if values.updateValue(try required("value", of: part), forKey: name) != nil {
                        throw error(at: part, "the parameter \(name) stands here twice")
                    }
                case "title", "p": break
                default: throw notUnderstood(part)
                }
            }
            guard
                let found = context.patterns.first(where: {
                    tree.attribute("id", of: $0) == original && tree.attribute("abstract", of: $0) == "true"
                })
            else { throw error(at: element, "there is no abstract pattern \(original)") }
            body = found
            parameters = .values(values)
        } else if tree.attribute("abstract", of: element) == "true" {
            let own = parts(of: element).filter { tree.localName(of: $0) == "let" }
            let names = own.compactMap { tree.attribute("name", of: $0) }
            parameters = .names(
                like: context.namespaces.keys.min() ?? "x", except: (context.idle?.variables ?? []).union(names))
        }
        var variables: [Schematron.Variable] = []
        var rules: [Schematron.Rule] = []
        for part in parts(of: body) {
            switch tree.localName(of: part) {
            case "let":
                variables.append(try variable(part, parameters))
            case "rule":
                if tree.attribute("abstract", of: part) == "true" {
                    guard let idle = context.idle else { continue }
                    let known = idle.variables.union(variables.map(\.name))
                    rules.append(try idleRule(part, parameters, idle, known: known))
                } else if let rule = try rule(part, parameters, context) {
                    rules.append(rule)
                }
            case "title", "p":
                break
            default:
                throw notUnderstood(part)
            }
        }
        if rules.isEmpty, context.idle == nil { return nil }
        return Schematron.Pattern(id: tree.attribute("id", of: element), variables: variables, rules: rules)
    }

    private func rule(
        _ element: ElementID,
        _ parameters: PatternParameters,
        _ context: PatternContext
    ) throws(SchemaFolderError) -> Schematron.Rule? {
        let parameters = try parameters.leaving(variables(of: element, parameters))
        var path = try filled("context", of: element, parameters)
        if let sed = context.sed {
            guard let relevant = relevantContext(path, sed, context) else { return nil }
            path = relevant
        }
        var variables: [Schematron.Variable] = []
        var checks: [Schematron.Check] = []
        try fill(&variables, &checks, from: element, of: element, parameters, depth: 0)
        return Schematron.Rule(
            context: path, variables: variables, checks: checks, position: tree.position(of: element))
    }

    /// The names that a rule of an unused abstract pattern declares itself, which are no parameters.
    private func variables(of rule: ElementID, _ parameters: PatternParameters) throws(SchemaFolderError) -> [String] {
        guard parameters.areUnknown else { return [] }
        var variables: [Schematron.Variable] = []
        var checks: [Schematron.Check] = []
        try fill(&variables, &checks, from: rule, of: rule, .values([:]), depth: 0)
        return variables.map(\.name)
    }

    /// An abstract rule as one about any element; every variable that a rule may give it is there.
    private func idleRule(
        _ element: ElementID,
        _ parameters: PatternParameters,
        _ idle: IdleParts,
        known: Set<String>
    ) throws(SchemaFolderError) -> Schematron.Rule {
        let own = try variables(of: element, parameters)
        // Some rule gives an abstract one its variables, and not the pattern its parameters.
        let parameters = parameters.leaving(own + idle.names)
        var variables: [Schematron.Variable] = []
        var checks: [Schematron.Check] = []
        try fill(&variables, &checks, from: element, of: element, parameters, depth: 0)
        return idleRule(variables, checks, idle, known: known, at: tree.position(of: element))
    }

    private func idleRule(
        _ variables: [Schematron.Variable],
        _ checks: [Schematron.Check],
        _ idle: IdleParts,
        known: Set<String>,
        at position: TextPosition?
    ) -> Schematron.Rule {
        let here = known.union(variables.map(\.name))
        let others = idle.names.filter { !here.contains($0) }
            .map { Schematron.Variable(name: $0, value: "/*", position: nil) }
        return Schematron.Rule(context: "*", variables: others + variables, checks: checks, position: position)
    }

    /// The diagnostics as texts of checks.
    private func diagnostics(_ idle: IdleParts) throws(SchemaFolderError) -> [Schematron.Pattern] {
        var checks: [Schematron.Check] = []
        for element in elements() where tree.localName(of: element) == "diagnostic" {
            checks.append(
                Schematron.Check(
                    id: RuleID(try required("id", of: element)), test: "true()", firesWhen: false, subject: nil,
                    role: nil, see: nil, message: try message(element, .values([:])),
                    position: tree.position(of: element)))
        }
        let rule = idleRule([], checks, idle, known: idle.variables, at: nil)
        return checks.isEmpty ? [] : [Schematron.Pattern(id: nil, variables: [], rules: [rule])]
    }

    /// Adds what stands in a rule, and in the abstract rules that it extends.
    private func fill(
        _ variables: inout [Schematron.Variable],
        _ checks: inout [Schematron.Check],
        from rule: ElementID,
        of top: ElementID,
        _ parameters: PatternParameters,
        depth: Int
    ) throws(SchemaFolderError) {
        guard depth < 8 else { throw error(at: rule, "rules extend one another in a circle or too deeply") }
        for part in parts(of: rule) {
            switch tree.localName(of: part) {
            case "let":
                variables.append(try variable(part, parameters))
            case "assert", "report":
                checks.append(try check(part, in: rule, of: top, parameters))
            case "extends":
                let name = try required("rule", of: part)
                guard let original = abstractRule(name) else {
                    throw error(at: part, "there is no abstract rule \(name)")
                }
                try fill(&variables, &checks, from: original, of: top, parameters, depth: depth + 1)
            case "p":
                break
            default:
                throw notUnderstood(part)
            }
        }
    }

    private func abstractRule(_ name: String) -> ElementID? {
        for pattern in parts(of: tree.root) where tree.localName(of: pattern) == "pattern" {
            for rule in parts(of: pattern) {
                guard tree.localName(of: rule) == "rule", tree.attribute("id", of: rule) == name else { continue }
                if tree.attribute("abstract", of: rule) == "true" { return rule }
            }
        }
        return nil
    }

    /// The alternatives of a context that can match in the SED; nil when there are none.
    private func relevantContext(_ path: String, _ sed: Root, _ context: PatternContext) -> String? {
        let relevant = ContextPattern(path).alternatives.filter { alternative in
            guard let start = ContextPattern.qualifiedStart(of: alternative),
                let uri = context.namespaces[start.prefix],
                uri.hasPrefix("http://ec.europa.eu/eessi/ns/"), uri.hasSuffix("/" + start.name)
            else { return context.elements.map { ContextPattern.names(in: alternative).isSubset(of: $0) } ?? true }
            return uri == sed.namespace && start.name == sed.name
        }
        return relevant.isEmpty ? nil : relevant.joined(separator: " | ")
    }

    // MARK: Checks

    /// A check; the subject and role of the rule that it stands in, or that extends this one, are its own where it
    /// names none.
    private func check(
        _ element: ElementID,
        in rule: ElementID,
        of top: ElementID,
        _ parameters: PatternParameters
    ) throws(SchemaFolderError) -> Schematron.Check {
        func attribute(_ name: String) -> String? {
            tree.attribute(name, of: element) ?? tree.attribute(name, of: rule) ?? tree.attribute(name, of: top)
        }
        let id = try required("id", of: element)
        return Schematron.Check(
            id: RuleID(Self.withoutPlace(id)),
            test: try filled("test", of: element, parameters),
            firesWhen: tree.localName(of: element) == "report",
            subject: attribute("subject").map(parameters.fill),
            role: attribute("role"),
            see: tree.attribute("see", of: element),
            message: try message(element, parameters),
            position: tree.position(of: element)
        )
    }

    /// The rule's id; a check of the same rule at another place has a point and a number behind it, because XML lets an
    /// id stand once in a file.
    private static func withoutPlace(_ id: String) -> String {
        guard let point = id.lastIndex(of: "."), point > id.startIndex else { return id }
        let place = id[id.index(after: point)...]
        return !place.isEmpty && place.allSatisfy(\.isNumber) ? String(id[..<point]) : id
    }

    private func message(_ element: ElementID, _ parameters: PatternParameters) throws(SchemaFolderError)
        -> [Schematron.MessagePart]
    {
        var parts: [Schematron.MessagePart] = []
        for piece in tree.content(of: element) {
            switch piece {
            case .text(let text):
                parts.append(.text(text))
            case .element(let child) where tree.namespace(of: child) != Self.namespace:
                continue
            case .element(let child):
                switch tree.localName(of: child) {
                case "value-of":
                    parts.append(.value(of: try filled("select", of: child, parameters)))
                case "name":
                    parts.append(.name(of: tree.attribute("path", of: child).map { parameters.fill($0) }))
                case "emph", "span", "dir":
                    parts += try message(child, parameters)
                default:
                    throw notUnderstood(child)
                }
            }
        }
        return parts
    }

    private func variable(_ element: ElementID, _ parameters: PatternParameters = .values([:]))
        throws(SchemaFolderError)
        -> Schematron.Variable
    {
        Schematron.Variable(
            name: try required("name", of: element),
            value: try filled("value", of: element, parameters),
            position: tree.position(of: element)
        )
    }

    // MARK: Reading

    /// The children in Schematron's own namespace; others are remarks of other tools.
    private func parts(of element: ElementID) -> [ElementID] {
        tree.children(of: element).filter { tree.namespace(of: $0) == Self.namespace }
    }

    private func required(_ name: String, of element: ElementID) throws(SchemaFolderError) -> String {
        guard let value = tree.attribute(name, of: element), !value.isEmpty else {
            throw error(at: element, "\(tree.localName(of: element)) lacks the attribute \(name)")
        }
        return value
    }

    private func filled(_ name: String, of element: ElementID, _ parameters: PatternParameters)
        throws(SchemaFolderError) -> String
    {
        parameters.fill(try required(name, of: element))
    }

    private func notUnderstood(_ element: ElementID) -> SchemaFolderError {
        error(at: element, "the element \(tree.localName(of: element)) is not understood here")
    }

    private func error(at element: ElementID, _ reason: String) -> SchemaFolderError {
        let position = tree.position(of: element)
        return SchemaFolderError(file: file, line: position?.line, column: position?.column, reason: reason)
    }
}

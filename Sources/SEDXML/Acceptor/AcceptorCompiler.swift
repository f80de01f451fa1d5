// SPDX-License-Identifier: EUPL-1.2

internal import CSEDXML

/// Compiles schema files into the tables of an acceptor.
///
/// The files have been compiled by libxml2, so they are right; this reads what SEDs use of the language and marks every
/// type that uses more as unknown. Documents with an element of such a type are left to libxml2.
struct AcceptorCompiler {
    /// What a file says of all that is declared in it.
    private struct File {
        let target: String?
        let areElementsQualified: Bool
    }

    private struct Declaration {
        let construct: SchemaConstruct
        let file: File
    }

    private var elements: [QualifiedName: Declaration] = [:]
    private var typeDeclarations: [QualifiedName: Declaration] = [:]
    private var elementNumbers: [QualifiedName: Int32] = [:]
    private var typeNumbers: [QualifiedName: Int32] = [:]
    private var valueNumbers: [QualifiedName: Int32] = [:]
    private var tables = AcceptorTables()

    /// The acceptor of some files, which the caller owns; nil where one cannot be followed, or memory is short.
    static func acceptor(for sources: SchemaSources) -> OpaquePointer? {
        var compiler = AcceptorCompiler()
        do {
            try compiler.readAll(sources)
        } catch {
            return nil
        }
        compiler.compileAll()
        return unsafe compiler.tables.acceptor()
    }

    // MARK: Reading

    private mutating func readAll(_ sources: SchemaSources) throws {
        // libxml2 reads one file for each namespace and passes over a second one.
        var targets: Set<String?> = []
        for (_, bytes) in sources.texts.sorted(by: { $0.key < $1.key }) {
            let tree = try XMLTree(parsing: bytes)
            guard let schema = SchemaConstruct(tree.root, of: tree), schema.name == "schema",
                targets.insert(schema.attributes["targetNamespace"]).inserted,
                schema.attributes["attributeFormDefault"] ?? "unqualified" == "unqualified",
                !tree.holds(attribute: "substitutionGroup")
            else { throw NotUnderstood() }
            try read(schema)
        }
    }

    private mutating func read(_ schema: SchemaConstruct) throws(NotUnderstood) {
        let file = File(
            target: schema.attributes["targetNamespace"],
            areElementsQualified: schema.attributes["elementFormDefault"] == "qualified"
        )
        for construct in schema.children where construct.name != "import" {
            guard let name = construct.attributes["name"] else { throw NotUnderstood() }
            let key = QualifiedName(space: file.target, name: name)
            let declaration = Declaration(construct: construct, file: file)
            switch construct.name {
            case "element": elements[key] = declaration
            case "complexType", "simpleType": typeDeclarations[key] = declaration
            // Others matter to those that refer to them, which are not understood.
            case "attribute", "group", "attributeGroup": break
            default: throw NotUnderstood()
            }
        }
    }

    // MARK: Elements

    private mutating func compileAll() {
        for name in elements.keys {
            let type = type(ofElement: name)
            tables.roots.append(step(to: name, type: type))
        }
    }

    /// The number of the type of a global element.
    private mutating func type(ofElement name: QualifiedName) -> Int32 {
        if let known = elementNumbers[name] { return known }
        // One that leads to itself without a type of its own name is left to libxml2.
        elementNumbers[name] = AcceptorTables.unknownType
        guard let declaration = elements[name],
            let type = try? type(of: declaration, known: ["name", "type", "nillable", "id"])
        else { return AcceptorTables.unknownType }
        elementNumbers[name] = type
        return type
    }

    private mutating func step(to name: QualifiedName, type: Int32) -> csx_content_step {
        csx_content_step(
            name: tables.place(of: name.name), space: name.space.map { tables.place(of: $0) } ?? Int32(CSX_NO_SPACE),
            type: type, state: 0
        )
    }

    /// The number of an element's type, that of the unknown one where it is not understood.
    private mutating func type(of element: Declaration, known attributes: Set<String>) throws(NotUnderstood) -> Int32 {
        let construct = element.construct
        guard construct.has(only: attributes) else { throw NotUnderstood() }
        if let name = construct.references["type"] {
            guard construct.children.isEmpty else { return AcceptorTables.unknownType }
            return type(named: name)
        }
        guard construct.children.count == 1 else { return AcceptorTables.unknownType }
        return type(of: Declaration(construct: construct.children[0], file: element.file))
    }

    private mutating func type(named name: QualifiedName) -> Int32 {
        if let known = typeNumbers[name] { return known }
        guard let declaration = typeDeclarations[name] else {
            guard let value = try? value(named: name) else { return AcceptorTables.unknownType }
            let number = add(content: CSX_CONTENT_VALUE, first: value)
            typeNumbers[name] = number
            return number
        }
        // A type may hold itself, so it has its number before its content is known.
        tables.types.append(csx_element_type())
        let number = Int32(tables.types.count - 1)
        typeNumbers[name] = number
        if let type = try? entry(of: declaration) { tables.types[Int(number)] = type }
        return number
    }

    private mutating func type(of declaration: Declaration) -> Int32 {
        guard let type = try? entry(of: declaration) else { return AcceptorTables.unknownType }
        tables.types.append(type)
        return Int32(tables.types.count - 1)
    }

    private mutating func add(content: Int, first: Int32) -> Int32 {
        var type = csx_element_type()
        type.content = Int32(content)
        type.first = first
        tables.types.append(type)
        return Int32(tables.types.count - 1)
    }

    // MARK: Types

    private mutating func entry(of declaration: Declaration) throws(NotUnderstood) -> csx_element_type {
        var type = csx_element_type()
        switch declaration.construct.name {
        case "simpleType":
            type.content = Int32(CSX_CONTENT_VALUE)
            type.first = try facts(of: declaration).write(to: &tables)
        case "complexType":
            guard declaration.construct.has(only: ["name", "id", "mixed"]), declaration.construct.flag("mixed") == false
            else { throw NotUnderstood() }
            try readContent(of: declaration, into: &type)
        default: throw NotUnderstood()
        }
        return type
    }

    private mutating func readContent(of declaration: Declaration, into type: inout csx_element_type)
        throws(NotUnderstood)
    {
        let children = declaration.construct.children
        guard let first = children.first else {
            type.content = Int32(CSX_CONTENT_EMPTY)
            return
        }
        switch first.name {
        case "sequence", "choice":
            try readAttributes(children.dropFirst(), of: declaration.file, into: &type)
            type.first = try sequence(first, of: declaration.file)
            type.content = Int32(CSX_CONTENT_SEQUENCE)
        case "all":
            try readAttributes(children.dropFirst(), of: declaration.file, into: &type)
            type.first = try all(first, of: declaration.file)
            type.content = Int32(CSX_CONTENT_ALL)
        case "simpleContent":
            guard children.count == 1, first.children.count == 1, first.children[0].name == "extension",
                let base = first.children[0].references["base"]
            else { throw NotUnderstood() }
            try readAttributes(first.children[0].children[...], of: declaration.file, into: &type)
            type.first = try value(named: base)
            type.content = Int32(CSX_CONTENT_VALUE)
        default:
            try readAttributes(children[...], of: declaration.file, into: &type)
            type.content = Int32(CSX_CONTENT_EMPTY)
        }
    }

    private mutating func readAttributes(
        _ constructs: ArraySlice<SchemaConstruct>,
        of file: File,
        into type: inout csx_element_type
    ) throws(NotUnderstood) {
        var attributes: [csx_attribute_use] = []
        for construct in constructs {
            if construct.name == "anyAttribute" {
                guard construct.attributes["namespace"] ?? "##any" == "##any",
                    construct.attributes["processContents"] == "skip"
                else { throw NotUnderstood() }
                type.takesAnyAttribute = 1
                continue
            }
            guard construct.name == "attribute", construct.has(only: ["name", "type", "use", "id"]),
                let name = construct.attributes["name"],
                ["optional", "required"].contains(construct.attributes["use"] ?? "optional")
            else { throw NotUnderstood() }
            let isRequired = construct.attributes["use"] == "required"
            let value: Int32
            if let type = construct.references["type"] {
                guard construct.children.isEmpty else { throw NotUnderstood() }
                value = try self.value(named: type)
            } else {
                guard construct.children.count == 1 else { throw NotUnderstood() }
                let inner = Declaration(construct: construct.children[0], file: file)
                value = try facts(of: inner).write(to: &tables)
            }
            type.requiredCount += isRequired ? 1 : 0
            attributes.append(
                csx_attribute_use(name: tables.place(of: name), value: value, isRequired: isRequired ? 1 : 0))
        }
        type.attributes = Int32(tables.attributes.count)
        type.attributeCount = Int32(attributes.count)
        tables.attributes += attributes
    }

    // MARK: Simple types

    private mutating func value(named name: QualifiedName) throws(NotUnderstood) -> Int32 {
        if let known = valueNumbers[name] { return known }
        let number = try facts(named: name, depth: 0).write(to: &tables)
        valueNumbers[name] = number
        return number
    }

    private func facts(of declaration: Declaration) throws(NotUnderstood) -> SimpleTypeFacts {
        try facts(of: declaration, depth: 0)
    }

    private func facts(of declaration: Declaration, depth: Int) throws(NotUnderstood) -> SimpleTypeFacts {
        let construct = declaration.construct
        guard depth < 20, construct.name == "simpleType", construct.has(only: ["name", "id"]),
            construct.children.count == 1, construct.children[0].name == "restriction",
            let base = construct.children[0].references["base"]
        else { throw NotUnderstood() }
        var facts = try facts(named: base, depth: depth + 1)
        try facts.narrow(by: construct.children[0].children)
        return facts
    }

    private func facts(named name: QualifiedName, depth: Int) throws(NotUnderstood) -> SimpleTypeFacts {
        if name.space == SchemaConstruct.space { return try SimpleTypeFacts(builtIn: name.name) }
        guard let declaration = typeDeclarations[name] else { throw NotUnderstood() }
        return try facts(of: declaration, depth: depth)
    }

    // MARK: Content models

    private typealias Particle = RegularExpression<csx_content_step>

    /// The state that the content begins with.
    private mutating func sequence(_ group: SchemaConstruct, of file: File) throws(NotUnderstood) -> Int32 {
        guard let automaton = PositionAutomaton(try particle(group, of: file)) else { throw NotUnderstood() }
        let start = Int32(tables.states.count)
        var states: [csx_content_state] = []
        var steps: [csx_content_step] = []
        func add(_ next: [Int], isFinal: Bool) throws(NotUnderstood) {
            let choices = next.map { position in
                var step = automaton.symbols[position]
                step.state = start + 1 + Int32(position)
                return step
            }
            guard steps.count + choices.count <= Self.mostSteps, areDistinct(choices) else { throw NotUnderstood() }
            states.append(
                csx_content_state(
                    steps: Int32(tables.steps.count + steps.count), count: Int32(choices.count),
                    isFinal: isFinal ? 1 : 0))
            steps += choices
        }
        try add(automaton.first, isFinal: automaton.isNullable)
        for position in automaton.symbols.indices {
            try add(automaton.followers[position], isFinal: automaton.last.contains(position))
        }
        tables.states += states
        tables.steps += steps
        return start
    }

    /// Of one type; ours have some thousand.
    private static let mostSteps = 100_000

    /// Whether no element fits two of the steps.
    ///
    /// A wildcard beside elements or other wildcards may, so it stands alone or names another namespace than they have.
    private func areDistinct(_ steps: [csx_content_step]) -> Bool {
        struct Key: Hashable {
            let name: Int32
            let space: Int32
        }
        var keys: Set<Key> = []
        for step in steps where step.name >= 0 {
            guard keys.insert(Key(name: step.name, space: step.space)).inserted else { return false }
        }
        let wildcards = steps.filter { $0.name < 0 }
        guard let wildcard = wildcards.first else { return true }
        guard wildcards.count == 1 else { return false }
        return steps.count == 1
            || (wildcard.name == CSX_ANY_NAME_WITHIN
                && steps.allSatisfy { $0.name < 0 || $0.space != wildcard.space })
    }

    private mutating func all(_ group: SchemaConstruct, of file: File) throws(NotUnderstood) -> Int32 {
        guard group.has(only: []), group.children.count <= 64, !group.children.isEmpty else { throw NotUnderstood() }
        var steps: [csx_content_step] = []
        for child in group.children {
            let (least, most) = try occurrence(of: child)
            guard child.name == "element", most == 1 else { throw NotUnderstood() }
            var step = try step(of: child, in: file)
            step.state = Int32(least)
            steps.append(step)
        }
        guard areDistinct(steps) else { throw NotUnderstood() }
        tables.states.append(csx_content_state(steps: Int32(tables.steps.count), count: Int32(steps.count), isFinal: 0))
        tables.steps += steps
        return Int32(tables.states.count - 1)
    }

    private mutating func particle(_ construct: SchemaConstruct, of file: File) throws(NotUnderstood) -> Particle {
        let (least, most) = try occurrence(of: construct)
        let one: Particle
        switch construct.name {
        case "element": one = .symbol(try step(of: construct, in: file))
        case "any": one = .symbol(try wildcard(construct, in: file))
        case "sequence", "choice":
            guard construct.has(only: ["minOccurs", "maxOccurs", "id"]) else { throw NotUnderstood() }
            // libxml2 counts repetitions of groups in a way of its own.
            guard (least, most) == (1, 1) || (least, most) == (0, 1) else { throw NotUnderstood() }
            var parts: [Particle] = []
            for child in construct.children { parts.append(try particle(child, of: file)) }
            // An empty choice fits nothing, which no expression here can say.
            guard !parts.isEmpty || construct.name == "sequence" else { throw NotUnderstood() }
            one = construct.name == "sequence" ? .sequence(parts) : .choice(parts)
        default: throw NotUnderstood()
        }
        switch (least, most) {
        case (1, 1): return one
        case (0, 1): return .optional(one)
        case (0, nil): return .optional(.oneOrMore(one))
        case (1, nil): return .oneOrMore(one)
        default: return .times(one, least: least, most: most)
        }
    }

    /// How often a particle may stand; nil for any number.
    private func occurrence(of construct: SchemaConstruct) throws(NotUnderstood) -> (least: Int, most: Int?) {
        guard let least = Int(construct.attributes["minOccurs"] ?? "1"), least >= 0 else { throw NotUnderstood() }
        let limit = construct.attributes["maxOccurs"] ?? "1"
        guard limit != "unbounded" else { return (least, nil) }
        guard let most = Int(limit), most >= max(1, least), most <= 100 else { throw NotUnderstood() }
        return (least, most)
    }

    private mutating func step(of construct: SchemaConstruct, in file: File) throws(NotUnderstood) -> csx_content_step {
        if let name = construct.references["ref"] {
            guard construct.has(only: ["ref", "minOccurs", "maxOccurs", "id"]), construct.children.isEmpty
            else { throw NotUnderstood() }
            let type = type(ofElement: name)
            return step(to: name, type: type)
        }
        guard let name = construct.attributes["name"] else { throw NotUnderstood() }
        let isQualified: Bool
        switch construct.attributes["form"] {
        case nil: isQualified = file.areElementsQualified
        case "qualified": isQualified = true
        case "unqualified": isQualified = false
        default: throw NotUnderstood()
        }
        let known: Set<String> = ["name", "type", "form", "minOccurs", "maxOccurs", "nillable", "id"]
        let type = try type(of: Declaration(construct: construct, file: file), known: known)
        return step(to: QualifiedName(space: isQualified ? file.target : nil, name: name), type: type)
    }

    private mutating func wildcard(_ construct: SchemaConstruct, in file: File) throws(NotUnderstood)
        -> csx_content_step
    {
        guard construct.has(only: ["namespace", "processContents", "minOccurs", "maxOccurs", "id"]),
            construct.attributes["processContents"] == "skip"
        else { throw NotUnderstood() }
        var step = csx_content_step(name: 0, space: Int32(CSX_NO_SPACE), type: Int32(CSX_SKIPPED), state: 0)
        switch construct.attributes["namespace"] ?? "##any" {
        case "##any": step.name = Int32(CSX_ANY_NAME)
        case "##other":
            guard let target = file.target else { throw NotUnderstood() }
            step.name = Int32(CSX_ANY_NAME_OUTSIDE)
            step.space = tables.place(of: target)
        case let space:
            guard !space.hasPrefix("##"), !space.contains(where: \.isWhitespace), !space.isEmpty
            else { throw NotUnderstood() }
            step.name = Int32(CSX_ANY_NAME_WITHIN)
            step.space = tables.place(of: space)
        }
        return step
    }
}

extension XMLTree {
    /// Whether any element has an attribute of this name.
    fileprivate func holds(attribute name: String) -> Bool {
        (0..<elementCount).contains { number in
            element(numbered: number).map { attribute(name, of: $0) != nil } ?? false
        }
    }
}

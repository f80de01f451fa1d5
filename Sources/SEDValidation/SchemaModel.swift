// SPDX-License-Identifier: EUPL-1.2

internal import SEDXML

/// The element tree that a set of schema files declares: which type each element has, and which types are code lists.
///
/// libxml2 keeps its compiled schemas to itself, so this reads the same files once more. It understands what our own
/// schemas use and skips the rest: an element whose type it cannot follow is left to the schema layer alone.
struct SchemaModel: Sendable {
    /// A type by namespace and local name.
    struct TypeName: Hashable, Sendable {
        let namespace: String
        let name: String
    }

    /// What a complex type declares.
    struct ComplexType: Sendable {
        var children: [String: TypeName] = [:]
        /// The order in which the schema names the children.
        var order: [String] = []
        /// The children that may stand more than once.
        var repeatable: Set<String> = []
        /// The code list whose codes the `value` elements hold.
        var codeList: String?
    }

    /// What a simple type says of its texts.
    struct SimpleType: Sendable {
        let base: TypeName
        /// The form in plain English, from the schema's own documentation.
        let form: String?
    }

    private(set) var types: [TypeName: ComplexType] = [:]
    private(set) var simpleTypes: [TypeName: SimpleType] = [:]
    private(set) var roots: [TypeName: TypeName] = [:]
    private static let schemaNamespace = "http://www.w3.org/2001/XMLSchema"
    private static let codeListSource = "urn:piiripost:codelist"

    /// The names of all elements inside a root; nil where a type cannot be followed, so that any may occur.
    func elementNames(inside root: TypeName) -> Set<String>? {
        guard let top = roots[root] else { return nil }
        var names: Set<String> = []
        var seen: Set<TypeName> = [top]
        var waiting = [top]
        while let next = waiting.popLast() {
            guard let type = types[next] else {
                if simpleTypes[next] == nil, next.namespace != Self.schemaNamespace { return nil }
                continue
            }
            // The type of a code list says nothing of the elements that hold its codes.
            if type.codeList != nil { names.insert("value") }
            for (name, child) in type.children {
                names.insert(name)
                if seen.insert(child).inserted { waiting.append(child) }
            }
        }
        return names
    }

    /// Adds what one schema file declares and returns the locations it imports.
    mutating func read(_ tree: borrowing XMLTree) -> [String] {
        let target = tree.attribute("targetNamespace", of: tree.root) ?? ""
        // Attributes do not include namespace declarations, so prefixes are learnt from the convention that our
        // files keep: the prefix of a library is the last part of its namespace in small letters.
        var namespaces: [String: String] = [Self.prefix(of: target): target]
        var locations: [String] = []
        let declarations = tree.children(of: tree.root)
        let references: Set<String> = ["import", "include", "redefine"]
        for declaration in declarations where references.contains(tree.localName(of: declaration)) {
            if let namespace = tree.attribute("namespace", of: declaration) {
                namespaces[Self.prefix(of: namespace)] = namespace
            }
            if let location = tree.attribute("schemaLocation", of: declaration) { locations.append(location) }
        }
        for declaration in declarations {
            guard let name = tree.attribute("name", of: declaration) else { continue }
            let key = TypeName(namespace: target, name: name)
            switch tree.localName(of: declaration) {
            case "element":
                roots[key] = tree.attribute("type", of: declaration).map { Self.typeName($0, in: namespaces) }
            case "complexType":
                var type = ComplexType()
                Self.collect(from: declaration, of: tree, namespaces: namespaces, into: &type)
                types[key] = type
            case "simpleType":
                simpleTypes[key] = Self.simpleType(declaration, of: tree, namespaces: namespaces)
            default:
                break
            }
        }
        return locations
    }

    private static func simpleType(
        _ declaration: ElementID,
        of tree: borrowing XMLTree,
        namespaces: [String: String]
    ) -> SimpleType? {
        guard let restriction = tree.child("restriction", of: declaration),
            let base = tree.attribute("base", of: restriction)
        else { return nil }
        let note = tree.child("annotation", of: declaration).flatMap { tree.child("documentation", of: $0) }
        let isEnglish = note.map { note in
            tree.attributes(of: note).contains { $0.name == "lang" && $0.value == "en" }
        }
        let form = note.flatMap { isEnglish == true ? tree.text(of: $0) : nil }
        return SimpleType(base: typeName(base, in: namespaces), form: form)
    }

    /// The type of an element, by the names that lead to it from the root of its SED or envelope.
    func type(of element: ElementID, in tree: borrowing XMLTree, from top: ElementID) -> TypeName? {
        guard element != top else {
            return roots[TypeName(namespace: tree.namespace(of: top) ?? "", name: tree.localName(of: top))]
        }
        guard let parent = tree.parent(of: element), let type = type(of: parent, in: tree, from: top) else {
            return nil
        }
        return types[type]?.children[tree.localName(of: element)]
    }

    /// The type of XML Schema itself that a simple type restricts in the end, such as `date`.
    func builtIn(_ name: TypeName) -> String? {
        var name = name
        // A chain of restrictions is short; one that goes round in circles does not compile.
        for _ in 0..<20 {
            guard let type = simpleTypes[name] else { break }
            name = type.base
        }
        return ["", Self.schemaNamespace].contains(name.namespace) ? name.name : nil
    }

    private static func collect(
        from element: ElementID,
        of tree: borrowing XMLTree,
        namespaces: [String: String],
        isRepeated: Bool = false,
        into type: inout ComplexType
    ) {
        for child in tree.children(of: element) {
            let most = isRepeated ? nil : tree.attribute("maxOccurs", of: child)
            let isRepeated = isRepeated || most.map { $0 != "1" && $0 != "0" } ?? false
            switch tree.localName(of: child) {
            case "element":
                guard let name = tree.attribute("name", of: child) else { continue }
                if isRepeated { type.repeatable.insert(name) }
                if type.children[name] == nil { type.order.append(name) }
                type.children[name] = tree.attribute("type", of: child).map { typeName($0, in: namespaces) }
            case "appinfo" where tree.attribute("source", of: child) == codeListSource:
                type.codeList = tree.text(of: child)
            case "sequence", "choice", "all", "annotation":
                collect(from: child, of: tree, namespaces: namespaces, isRepeated: isRepeated, into: &type)
            default:
                break
            }
        }
    }

    private static func typeName(_ qualified: String, in namespaces: [String: String]) -> TypeName {
        // Cutting at characters took a tenth of the reading.
        guard let colon = qualified.utf8.firstIndex(of: UInt8(ascii: ":")) else {
            return TypeName(namespace: "", name: qualified)
        }
        let name = qualified[qualified.utf8.index(after: colon)...]
        return TypeName(namespace: namespaces[String(qualified[..<colon])] ?? "", name: String(name))
    }

    private static func prefix(of namespace: String) -> String {
        String(namespace.split(separator: "/").last ?? "").lowercased()
    }
}

// SPDX-License-Identifier: EUPL-1.2

internal import CSEDXML

/// A name with its namespace; nil for none.
struct QualifiedName: Hashable {
    let space: String?
    let name: String
}

/// An element of a schema file, with what it refers to; annotations are left out.
struct SchemaConstruct {
    /// The local name, such as `complexType`.
    let name: String
    /// By their names; those in a namespace mean nothing to XML Schema.
    let attributes: [String: String]
    /// What `type`, `base` and `ref` name.
    let references: [String: QualifiedName]
    let children: [SchemaConstruct]

    static let space = "http://www.w3.org/2001/XMLSchema"

    /// Nil where an element of another namespace stands, or a name has a prefix that is not declared.
    init?(_ element: ElementID, of tree: borrowing XMLTree) {
        guard tree.namespace(of: element) == Self.space else { return nil }
        name = tree.localName(of: element)
        var attributes: [String: String] = [:]
        var references: [String: QualifiedName] = [:]
        for attribute in tree.attributes(of: element) where attribute.namespace == nil {
            attributes[attribute.name] = attribute.value
            guard ["type", "base", "ref"].contains(attribute.name) else { continue }
            guard let reference = tree.resolve(attribute.value, at: element) else { return nil }
            references[attribute.name] = reference
        }
        self.attributes = attributes
        self.references = references
        var children: [SchemaConstruct] = []
        for child in tree.children(of: element) where tree.localName(of: child) != "annotation" {
            guard let construct = SchemaConstruct(child, of: tree) else { return nil }
            children.append(construct)
        }
        self.children = children
    }

    /// Whether it has no other attributes than these.
    func has(only names: Set<String>) -> Bool { attributes.keys.allSatisfy(names.contains) }

    /// The Boolean value of an attribute; nil where it is neither.
    func flag(_ name: String) -> Bool? {
        switch attributes[name] {
        case nil, "false", "0": false
        case "true", "1": true
        default: nil
        }
    }
}

extension XMLTree {
    /// A name with a prefix as it is meant at an element; nil where the prefix is not declared.
    func resolve(_ text: String, at element: ElementID) -> QualifiedName? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        switch parts.count {
        case 1: return QualifiedName(space: namespace(ofPrefix: nil, at: element), name: text)
        case 2:
            guard let space = namespace(ofPrefix: parts[0], at: element) else { return nil }
            return QualifiedName(space: space, name: parts[1])
        default: return nil
        }
    }
}

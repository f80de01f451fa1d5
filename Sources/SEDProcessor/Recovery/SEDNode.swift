// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
internal import SEDCore
internal import SEDXML

/// The content of a SED as values: names without namespaces, and text where there are no children.
struct SEDNode {
    let name: String
    let text: String
    let children: [SEDNode]

    /// The SED of a message with its envelope; nil where the bytes hold none.
    init?(ofMessage bytes: [UInt8]) {
        guard let tree = try? XMLTree(parsing: bytes),
            let sed = tree.children(of: tree.root).first(where: {
                tree.localName(of: $0) != "StandardBusinessDocumentHeader"
            })
        else { return nil }
        self = Self.read(sed, in: tree)
    }

    private init(name: String, text: String, children: [SEDNode]) {
        self.name = name
        self.text = text
        self.children = children
    }

    private static func read(_ element: ElementID, in tree: borrowing XMLTree) -> SEDNode {
        var children: [SEDNode] = []
        for child in tree.children(of: element) { children.append(read(child, in: tree)) }
        let text = children.isEmpty ? tree.text(of: element).trimmingCharacters(in: .whitespacesAndNewlines) : ""
        return SEDNode(
            name: tree.localName(of: element), text: text,
            children: children
        )
    }

    /// The first element on a path of names.
    subscript(path: String...) -> SEDNode? {
        path.reduce(self as SEDNode?) { node, name in node?.children.first { $0.name == name } }
    }

    func all(_ name: String) -> [SEDNode] { children.filter { $0.name == name } }

    /// The text of a child.
    func text(_ name: String) -> String? { self[name].flatMap { $0.text.isEmpty ? nil : $0.text } }

    /// The code of a child of a code list.
    func code(_ name: String) -> String? { self[name]?.text("value") }

    /// What is there and is not what it should be must never be taken for missing.
    struct Unreadable: Error {}

    /// Nil where there is none.
    func day(_ name: String) throws(Unreadable) -> CivilDate? { try value(name) { CivilDate(parsing: $0) } }

    /// Nil where there is none.
    func amount(_ name: String) throws(Unreadable) -> ExactDecimal? { try value(name) { ExactDecimal(parsing: $0) } }

    private func value<Value>(_ name: String, _ parse: (String) -> Value?) throws(Unreadable) -> Value? {
        guard let child = self[name] else { return nil }
        guard let value = parse(child.text) else { throw Unreadable() }
        return value
    }

    /// The same content, without elements of some names and what is in them.
    func without(_ names: Set<String>) -> SEDNode {
        SEDNode(
            name: name, text: text,
            children: children.filter { !names.contains($0.name) }.map { $0.without(names) })
    }
}

extension ElementWriter {
    mutating func copy(_ node: SEDNode) {
        if node.children.isEmpty {
            element(node.name, node.text)
        } else {
            group(node.name) { group in for child in node.children { group.copy(child) } }
        }
    }
}

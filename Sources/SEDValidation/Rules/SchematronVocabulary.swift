// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDXML

/// What may stand where in a rule file.
///
/// A part of ISO Schematron that we do not understand, or a slip of the pen, must not silence a rule; so every element
/// is looked at, also those that no active rule uses.
enum SchematronVocabulary {
    private struct Entry {
        var attributes: Set<String> = []
        var required: Set<String> = []
        var children: Set<String> = []
    }

    private static let rich: Set<String> = ["icon", "see", "fpi"]
    private static let inline: Set<String> = ["emph", "span", "dir"]

    private static let entries: [String: Entry] = [
        "schema": Entry(
            attributes: rich.union(["id", "defaultPhase", "queryBinding", "schemaVersion"]),
            children: ["ns", "let", "pattern", "title", "p", "phase", "diagnostics"]),
        "ns": Entry(required: ["prefix", "uri"]),
        "let": Entry(required: ["name", "value"]),
        "pattern": Entry(
            attributes: rich.union(["id", "is-a", "abstract"]), children: ["title", "p", "let", "rule", "param"]),
        "param": Entry(required: ["name", "value"]),
        "rule": Entry(
            attributes: rich.union(["id", "context", "abstract", "role", "flag", "subject"]),
            children: ["let", "assert", "report", "extends", "p"]),
        "extends": Entry(required: ["rule"]),
        "assert": check,
        "report": check,
        "name": Entry(attributes: ["path"]),
        "value-of": Entry(required: ["select"]),
        "emph": Entry(attributes: ["class"], children: inline),
        "span": Entry(attributes: ["class"], children: inline),
        "dir": Entry(attributes: ["value"], children: inline),
        "title": Entry(children: ["dir"]),
        "p": Entry(attributes: ["id", "class", "icon"], children: inline),
        "phase": Entry(attributes: rich, required: ["id"], children: ["p", "active"]),
        "active": Entry(required: ["pattern"], children: inline),
        "diagnostics": Entry(children: ["diagnostic"]),
        "diagnostic": Entry(
            attributes: rich.union(["role"]), required: ["id"], children: inline.union(["value-of", "name"])),
    ]

    private static let check = Entry(
        attributes: rich.union(["role", "flag", "subject", "diagnostics"]), required: ["id", "test"],
        children: inline.union(["name", "value-of"]))

    /// Refuses the first element that has no business where it stands, with its place.
    static func check(_ tree: borrowing XMLTree, file: String) throws(SchemaFolderError) {
        var waiting = [tree.root]
        while let element = waiting.popLast() {
            let name = tree.localName(of: element)
            guard let entry = entries[name] else { continue }
            func refusal(_ reason: String, at place: ElementID) -> SchemaFolderError {
                let position = tree.position(of: place)
                return SchemaFolderError(
                    file: file, line: position?.line, column: position?.column, reason: reason)
            }
            let attributes = tree.attributes(of: element).filter { $0.namespace == nil }
            for attribute in attributes
            where !entry.attributes.contains(attribute.name) && !entry.required.contains(attribute.name) {
                throw refusal("the attribute \(attribute.name) of \(name) is not understood", at: element)
            }
            for required in entry.required.sorted()
            where !attributes.contains(where: { $0.name == required && !$0.value.isEmpty }) {
                throw refusal("\(name) lacks the attribute \(required)", at: element)
            }
            if let abstract = attributes.first(where: { $0.name == "abstract" })?.value {
                guard abstract == "true" || abstract == "false" else {
                    throw refusal("the attribute abstract is true or false", at: element)
                }
                if abstract == "true", !attributes.contains(where: { $0.name == "id" }) {
                    throw refusal("what is abstract needs an id", at: element)
                }
            }
            var children: [ElementID] = []
            for child in tree.children(of: element) {
                let childName = tree.localName(of: child)
                switch tree.namespace(of: child) {
                case SchematronReader.namespace:
                    guard entry.children.contains(childName) else {
                        throw refusal("the element \(childName) is not understood here", at: child)
                    }
                    children.append(child)
                case nil, "http://www.ascc.net/xml/schematron":
                    throw refusal(
                        "the element \(childName) is not in the namespace \(SchematronReader.namespace)", at: child)
                default:
                    // A remark of another tool.
                    break
                }
            }
            waiting += children.reversed()
        }
    }
}

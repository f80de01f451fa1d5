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
        /// Whether text may stand in it.
        var hasText = false
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
        "emph": Entry(attributes: ["class"], children: inline, hasText: true),
        "span": Entry(attributes: ["class"], children: inline, hasText: true),
        "dir": Entry(attributes: ["value"], children: inline, hasText: true),
        "title": Entry(children: ["dir"], hasText: true),
        "p": Entry(attributes: ["id", "class", "icon"], children: inline, hasText: true),
        "phase": Entry(attributes: rich, required: ["id"], children: ["p", "active"]),
        "active": Entry(required: ["pattern"], children: inline, hasText: true),
        "diagnostics": Entry(children: ["diagnostic"]),
        "diagnostic": Entry(
            attributes: rich.union(["role"]), required: ["id"], children: inline.union(["value-of", "name"]),
            hasText: true),
    ]

    private static let check = Entry(
        attributes: rich.union(["role", "flag", "subject", "diagnostics"]), required: ["id", "test"],
        children: inline.union(["name", "value-of"]), hasText: true)

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
            if let reason = fault(in: name, Dictionary(attributes.map { ($0.name, $0.value) }) { first, _ in first }) {
                throw refusal(reason, at: element)
            }
            if tree.attributes(of: element).contains(where: { $0.namespace == SchematronReader.namespace }) {
                throw refusal("the attributes of \(name) have no prefix", at: element)
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
                case let other where other.map(isMisspelt) ?? true:
                    throw refusal(
                        "the element \(childName) is not in the namespace \(SchematronReader.namespace)", at: child)
                case "http://www.w3.org/2001/XInclude":
                    throw refusal("inclusions are not followed; write the rules into this file", at: child)
                default:
                    // A remark of another tool.
                    break
                }
            }
            if !entry.hasText {
                for case .text(let text) in tree.content(of: element) where !text.allSatisfy(\.isWhitespace) {
                    throw refusal("text in \(name) is not understood", at: element)
                }
            }
            let names = children.map { tree.localName(of: $0) }
            if let first = names.firstIndex(where: ["rule", "assert", "report", "extends"].contains),
                let late = names[first...].firstIndex(of: "let")
            {
                throw refusal("let stands before \(names[first])", at: children[late])
            }
            if name == "rule", children.allSatisfy({ tree.localName(of: $0) == "let" }) {
                throw refusal("a rule without assert, report or extends checks nothing", at: element)
            }
            if name == "pattern", tree.attribute("is-a", of: element) == nil,
                let stray = children.first(where: { tree.localName(of: $0) == "param" })
            {
                throw refusal("a param stands in a pattern with is-a alone", at: stray)
            }
            waiting += children.reversed()
        }
    }

    /// What is wrong with attributes that are all known to their element.
    private static func fault(in name: String, _ attributes: [String: String]) -> String? {
        if let abstract = attributes["abstract"], abstract != "true", abstract != "false" {
            return "the attribute abstract is true or false"
        }
        let isAbstract = attributes["abstract"] == "true"
        if isAbstract, attributes["id"] == nil { return "what is abstract needs an id" }
        switch name {
        case "pattern" where isAbstract && attributes["is-a"] != nil:
            return "a pattern is abstract or made of an abstract one, not both"
        case "rule" where isAbstract && attributes["context"] != nil:
            return "an abstract rule has no context"
        case "rule" where !isAbstract && attributes["context"]?.isEmpty ?? true:
            return "rule lacks the attribute context"
        case "let", "param", "ns":
            let word = attributes["name"] ?? attributes["prefix"] ?? ""
            let isName =
                word.utf8.first.map(ExpressionNames.beginsName) == true
                && word.utf8.allSatisfy(ExpressionNames.continuesName)
            if !isName { return "this is no name: \(word)" }
        default:
            break
        }
        if ["rule", "assert", "report"].contains(name), let role = attributes["role"], Severity(role: role) == nil {
            return "the role \(role) is none of error, warning, note"
        }
        return nil
    }

    /// Whether a namespace is that of an older Schematron, or ours with a slip of the pen.
    private static func isMisspelt(_ namespace: String) -> Bool {
        namespace.split(separator: "/").last?.lowercased() == "schematron"
    }
}

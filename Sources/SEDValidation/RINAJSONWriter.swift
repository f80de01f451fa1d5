// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDXML

/// Writes a SED as the JSON of RINA: what may repeat as arrays, codes as `{"value": [...]}`, all texts as strings.
///
/// It refuses whatever JSON has no place for, so that turning the result back gives the same document.
struct RINAJSONWriter {
    private let model: SchemaModel
    private let dropsSignature: Bool
    private var text = ""
    /// What is different in the JSON although nothing of the SED is lost.
    private(set) var notes: [String] = []

    private static let signatureNamespace = "http://www.w3.org/2000/09/xmldsig#"
    private static let instanceNamespace = "http://www.w3.org/2001/XMLSchema-instance"

    init(model: SchemaModel, dropsSignature: Bool) {
        self.model = model
        self.dropsSignature = dropsSignature
    }

    /// The JSON of the SED at an element, which an entry of the catalogue describes.
    mutating func write(
        _ tree: borrowing XMLTree,
        at sed: ElementID,
        entry: Catalogue.SEDEntry
    ) throws(ConversionRefusal) -> [UInt8] {
        guard tree.localName(of: sed) == entry.type.code else {
            throw refusal("the root element has another name than its namespace says", at: sed, in: tree)
        }
        let attributes = try rootAttributes(tree, at: sed, version: entry.cdm)
        var children: [ElementID] = []
        for child in tree.children(of: sed) {
            guard !RINAJSON.attributes.contains(tree.localName(of: child)) else {
                throw refusal("the element has the name of a root attribute's member in RINA JSON", at: child, in: tree)
            }
            guard tree.namespace(of: child) == Self.signatureNamespace else {
                children.append(child)
                continue
            }
            guard dropsSignature else {
                throw refusal(
                    "a signature has no place in RINA JSON; --drop-signature leaves it out", at: child, in: tree)
            }
            notes.append("the signature was left out")
        }
        text = "{\n  "
        writeString(entry.type.code)
        text += ": {"
        let root = SchemaModel.TypeName(namespace: entry.namespace, name: entry.type.code)
        try checkText(of: sed, children: tree.children(of: sed), in: tree)
        try writeMembers(children, of: model.roots[root], in: tree, depth: 2)
        for (index, attribute) in attributes.enumerated() {
            text += children.isEmpty && index == 0 ? "\n    " : ",\n    "
            writeString(attribute.name)
            text += ": "
            writeString(attribute.value)
        }
        text += "\n  }\n}\n"
        return Array(text.utf8)
    }

    /// The attributes as members; the version is added where only the namespace tells it.
    private mutating func rootAttributes(
        _ tree: borrowing XMLTree,
        at sed: ElementID,
        version: CDMVersion
    ) throws(ConversionRefusal) -> [(name: String, value: String)] {
        var values: [String: String] = [:]
        for attribute in tree.attributes(of: sed) {
            if attribute.namespace == Self.instanceNamespace, attribute.name == "schemaLocation" {
                notes.append("xsi:schemaLocation was left out; it is a hint to parsers")
                continue
            }
            guard attribute.namespace == nil, RINAJSON.attributes.contains(attribute.name) else {
                throw refusal("the root element has an attribute that RINA JSON has no member for", at: sed, in: tree)
            }
            values[attribute.name] = attribute.value
        }
        for (name, number) in [("sedGVer", version.major), ("sedVer", version.minor)] {
            if let value = values[name] {
                guard Int(value.trimmingXMLSpace()) == number else {
                    throw refusal(
                        "\(name) differs from the version in the namespace, and RINA JSON has only one of them",
                        at: sed, in: tree
                    )
                }
            } else {
                values[name] = String(number)
                notes.append("\(name) was added, because RINA JSON has no other place for the version")
            }
        }
        return RINAJSON.attributes.compactMap { name in values[name].map { (name, $0) } }
    }

    // MARK: Elements

    /// Writes elements as the members of an object, without its braces.
    private mutating func writeMembers(
        _ children: [ElementID],
        of typeName: SchemaModel.TypeName?,
        in tree: borrowing XMLTree,
        depth: Int
    ) throws(ConversionRefusal) {
        let type = typeName.flatMap { model.types[$0] }
        var groups: [(name: String, elements: [ElementID])] = []
        var known: Set<String> = []
        for child in children {
            let name = tree.localName(of: child)
            guard tree.namespace(of: child) == nil else {
                throw refusal("an element in a namespace has no place in RINA JSON", at: child, in: tree)
            }
            guard tree.attributes(of: child).isEmpty else {
                throw refusal("the attributes of an element have no place in RINA JSON", at: child, in: tree)
            }
            if groups.last?.name == name {
                groups[groups.count - 1].elements.append(child)
                continue
            }
            guard known.insert(name).inserted, isInOrder(name, after: groups.last?.name, of: type) else {
                throw refusal(
                    "the element is not in the order of the schema, and RINA JSON keeps no other", at: child, in: tree
                )
            }
            groups.append((name, [child]))
        }
        for (index, group) in groups.enumerated() {
            if index > 0 { text += "," }
            newLine(depth)
            writeString(group.name)
            text += ": "
            let isArray =
                group.elements.count > 1 || type?.repeatable.contains(group.name) == true
                || (type?.codeList != nil && group.name == "value")
            if isArray { text += "[" }
            for (number, element) in group.elements.enumerated() {
                if number > 0 { text += "," }
                if isArray { newLine(depth + 1) }
                try writeValue(element, of: type?.children[group.name], in: tree, depth: isArray ? depth + 1 : depth)
            }
            if isArray {
                newLine(depth)
                text += "]"
            }
        }
    }

    private func isInOrder(_ name: String, after previous: String?, of type: SchemaModel.ComplexType?) -> Bool {
        guard let type, let previous else { return true }
        let rank = type.order.firstIndex(of: name) ?? type.order.count
        return rank >= type.order.firstIndex(of: previous) ?? type.order.count
    }

    private mutating func writeValue(
        _ element: ElementID,
        of typeName: SchemaModel.TypeName?,
        in tree: borrowing XMLTree,
        depth: Int
    ) throws(ConversionRefusal) {
        let children = tree.children(of: element)
        let isContainer = typeName.flatMap { model.types[$0] } != nil
        if children.isEmpty {
            let content = tree.text(of: element)
            if isContainer, content.utf8.allSatisfy(Self.isBlank) { text += "{}" } else { writeString(content) }
            return
        }
        try checkText(of: element, children: children, in: tree)
        text += "{"
        try writeMembers(children, of: typeName, in: tree, depth: depth + 1)
        newLine(depth)
        text += "}"
    }

    /// Refuses text between elements, save for blanks.
    private func checkText(
        of element: ElementID,
        children: [ElementID],
        in tree: borrowing XMLTree
    ) throws(ConversionRefusal) {
        func count(_ element: ElementID) -> Int { tree.text(of: element).utf8.count { !Self.isBlank($0) } }
        guard count(element) == children.reduce(0, { $0 + count($1) }) else {
            throw refusal("text beside elements has no place in RINA JSON", at: element, in: tree)
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }

    // MARK: Texts

    private mutating func newLine(_ depth: Int) {
        text += "\n" + String(repeating: "  ", count: depth)
    }

    private mutating func writeString(_ string: String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{0}"..."\u{1F}", "\u{7F}":
                let digits = String(scalar.value, radix: 16, uppercase: true)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }

    private func refusal(_ reason: String, at element: ElementID, in tree: borrowing XMLTree) -> ConversionRefusal {
        .inexpressible(reason: reason, path: tree.path(of: element), position: tree.position(of: element))
    }
}

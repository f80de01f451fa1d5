// SPDX-License-Identifier: EUPL-1.2

/// One breach of a schema, freed of everything that libxml2 quotes from the document.
package struct SchemaViolation: Hashable, Sendable {
    /// What is wrong, with facts of the schema only.
    package enum Kind: Hashable, Sendable {
        case noDeclaration
        case unexpectedElement(expected: [String])
        case missingElement(expected: [String])
        /// `expected` is what belongs there, where it is known.
        case textNotAllowed(expected: [String])
        /// Elements stand where the schema wants a text.
        case elementsNotAllowed
        case emptyRequired
        /// The name of the type as libxml2 writes it: `xs:date`, `{namespace}Name`, or nothing for a type without name.
        case wrongType(String)
        case tooManyDigits(limit: String, isFraction: Bool)
        case length(limit: String, isMinimum: Bool)
        case pattern(String)
        case notInEnumeration(String)
        case outOfRange(limit: String, isMinimum: Bool, isExclusive: Bool)
        case fixedValue
        case attributeNotAllowed
        case attributeMissing(String)
        case notUnique
        case other

        /// Whether it concerns the text of an element rather than its place or its children.
        package var isAboutValue: Bool {
            switch self {
            case .wrongType, .tooManyDigits, .length, .pattern, .notInEnumeration, .outOfRange, .fixedValue: true
            case .noDeclaration, .unexpectedElement, .missingElement, .textNotAllowed, .elementsNotAllowed,
                .emptyRequired, .attributeNotAllowed, .attributeMissing, .notUnique, .other:
                false
            }
        }
    }

    package let kind: Kind
    package let element: ElementID?
    /// The local name of the element's attribute that it concerns; nil where it concerns the element itself.
    package let attribute: String?
    /// libxml2's own number, for the argument list of the finding.
    package let code: Int

    init(_ problem: Problem) {
        code = problem.code
        element = problem.element
        kind = Self.kind(of: problem)
        attribute = Self.attribute(in: problem.message)
    }

    private static func kind(of problem: Problem) -> Kind {
        let message = problem.message
        switch problem.code {
        case 1845: return .noDeclaration
        case 1871:
            let expected = Self.expectedElements(in: message)
            return message.contains("Missing child element(s)")
                ? .missingElement(expected: expected) : .unexpectedElement(expected: expected)
        case 1828, 1842: return .elementsNotAllowed
        case 1841, 1843: return .textNotAllowed(expected: [])
        case 1830: return .length(limit: Self.lastQuoted(in: message), isMinimum: true)
        case 1831: return .length(limit: Self.lastQuoted(in: message), isMinimum: true)
        case 1832: return .length(limit: Self.lastQuoted(in: message), isMinimum: false)
        case 1833, 1834, 1835, 1836:
            return .outOfRange(
                limit: Self.lastQuoted(in: message), isMinimum: problem.code % 2 == 1, isExclusive: problem.code > 1834)
        case 1837, 1838:
            return .tooManyDigits(limit: Self.lastQuoted(in: message), isFraction: problem.code == 1838)
        case 1839: return .pattern(Self.quoted(after: "is not accepted by the pattern ", in: message))
        case 1840: return .notInEnumeration(Self.enumeration(in: message))
        case 1824, 1825, 1826: return .wrongType(Self.quoted(after: " type ", in: message))
        case 1858, 1874: return .fixedValue
        case 1827, 1866, 1867: return .attributeNotAllowed
        case 1868: return .attributeMissing(Self.quoted(after: "The attribute ", in: message))
        case 1877, 1878: return .notUnique
        default: return .other
        }
    }

    /// A message begins with `Element 'a', attribute 'b': `, where names hold no quotation marks, or `Element 'a': `.
    private static func attribute(in message: String) -> String? {
        let parts = message.split(separator: "'", maxSplits: 4, omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0] == "Element ", parts[2] == ", attribute ", parts[4].hasPrefix(":") else {
            return nil
        }
        return String(parts[3].split(separator: "}").last ?? parts[3])
    }

    // The messages quote the document first and the schema last, and a document may hold any of the words searched
    // for; so everything is looked for from the end.

    private static func expectedElements(in message: String) -> [String] {
        guard let open = message.lastIndex(of: "("), let close = message.lastIndex(of: ")"), open < close,
            message[..<open].contains("Expected is")
        else { return [] }
        return message[message.index(after: open)..<close].split(separator: ",").map { name in
            var trimmed = name.drop(while: { $0 == " " })
            while trimmed.last == " " { trimmed.removeLast() }
            if let brace = trimmed.lastIndex(of: "}") { trimmed = trimmed[trimmed.index(after: brace)...] }
            return String(trimmed)
        }
    }

    private static func lastQuoted(in message: String) -> String {
        guard let close = message.lastIndex(of: "'"), let open = message[..<close].lastIndex(of: "'") else { return "" }
        return String(message[message.index(after: open)..<close])
    }

    /// What stands in quotes behind the last occurrence of `words`.
    private static func quoted(after words: String, in message: String) -> String {
        var found: Range<String.Index>?
        var start = message.startIndex
        while let range = message[start...].firstRange(of: words) {
            found = range
            start = range.upperBound
        }
        guard let found, message[found.upperBound...].first == "'" else { return "" }
        let rest = message[found.upperBound...].dropFirst()
        guard let end = rest.lastIndex(of: "'") else { return "" }
        return String(rest[..<end])
    }

    private static func enumeration(in message: String) -> String {
        guard let open = message.lastIndex(of: "{"), let close = message.lastIndex(of: "}"), open < close
        else { return "" }
        return String(message[message.index(after: open)..<close])
            .split(separator: ",").map { $0.filter { $0 != "'" && $0 != " " } }.joined(separator: ", ")
    }
}

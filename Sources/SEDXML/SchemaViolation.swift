// SPDX-License-Identifier: EUPL-1.2

/// One breach of a schema, freed of everything that libxml2 quotes from the document.
package struct SchemaViolation: Hashable, Sendable {
    /// What is wrong, with facts of the schema only.
    package enum Kind: Hashable, Sendable {
        case noDeclaration
        case unexpectedElement(expected: [String])
        case missingElement(expected: [String])
        case textNotAllowed
        case emptyRequired
        case wrongType(String)
        case length(limit: String, isMinimum: Bool)
        case pattern(String)
        case notInEnumeration(String)
        case outOfRange
        case fixedValue
        case attributeNotAllowed
        case attributeMissing(String)
        case notUnique
        case other

        /// Whether it concerns the text of an element rather than its place or its children.
        package var isAboutValue: Bool {
            switch self {
            case .wrongType, .length, .pattern, .notInEnumeration, .outOfRange, .fixedValue: true
            case .noDeclaration, .unexpectedElement, .missingElement, .textNotAllowed, .emptyRequired,
                .attributeNotAllowed, .attributeMissing, .notUnique, .other:
                false
            }
        }
    }

    package let kind: Kind
    package let element: ElementID?
    /// libxml2's own number, for the argument list of the finding.
    package let code: Int

    init(_ problem: Problem) {
        code = problem.code
        element = problem.element
        kind = Self.kind(of: problem)
    }

    private static func kind(of problem: Problem) -> Kind {
        let message = problem.message
        switch problem.code {
        case 1845: return .noDeclaration
        case 1871:
            let expected = Self.expectedElements(in: message)
            return message.contains("Missing child element(s)")
                ? .missingElement(expected: expected) : .unexpectedElement(expected: expected)
        case 1841, 1842, 1843: return .textNotAllowed
        case 1830: return .length(limit: Self.lastQuoted(in: message), isMinimum: true)
        case 1831: return .length(limit: Self.lastQuoted(in: message), isMinimum: true)
        case 1832: return .length(limit: Self.lastQuoted(in: message), isMinimum: false)
        case 1833, 1834, 1835, 1836: return .outOfRange
        case 1837, 1838: return .wrongType("number of digits")
        case 1839: return .pattern(Self.quoted(after: "is not accepted by the pattern ", in: message))
        case 1840: return .notInEnumeration(Self.enumeration(in: message))
        case 1824: return .wrongType(Self.quoted(after: " type ", in: message))
        case 1858, 1874: return .fixedValue
        case 1866, 1867: return .attributeNotAllowed
        case 1868: return .attributeMissing(Self.quoted(after: "The attribute ", in: message))
        case 1877, 1878: return .notUnique
        default: return .other
        }
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

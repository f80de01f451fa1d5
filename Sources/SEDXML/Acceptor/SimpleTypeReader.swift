// SPDX-License-Identifier: EUPL-1.2

internal import CSEDXML

/// What a schema says that no table can hold; the type that says it is left to libxml2.
struct NotUnderstood: Error {}

/// A simple type as it narrows, restriction by restriction.
struct SimpleTypeFacts {
    private(set) var kind: Int32
    private var minimum: Int32 = -999_999_999
    private var maximum: Int32 = 999_999_999
    private var minLength: Int32 = 0
    private var maxLength = Int32.max
    private(set) var patterns: [PatternAutomaton] = []
    private(set) var words: [String] = []

    /// The facts of a type of XML Schema itself.
    init(builtIn name: String) throws(NotUnderstood) {
        switch name {
        case "string": kind = Int32(CSX_VALUE_TEXT)
        case "token", "normalizedString": kind = Int32(CSX_VALUE_TOKEN)
        case "boolean": kind = Int32(CSX_VALUE_BOOLEAN)
        case "int", "integer", "long": kind = Int32(CSX_VALUE_WHOLE)
        case "nonNegativeInteger", "positiveInteger":
            kind = Int32(CSX_VALUE_WHOLE)
            minimum = name == "positiveInteger" ? 1 : 0
        case "decimal", "double", "float": kind = Int32(CSX_VALUE_DECIMAL)
        case "date": kind = Int32(CSX_VALUE_DATE)
        case "dateTime": kind = Int32(CSX_VALUE_DATE_TIME)
        default: throw NotUnderstood()
        }
    }

    private var isText: Bool { kind == CSX_VALUE_TEXT || kind == CSX_VALUE_TOKEN }

    /// Narrows them by the facets of one restriction, of which patterns and words are alternatives.
    mutating func narrow(by facets: [SchemaConstruct]) throws(NotUnderstood) {
        var alternatives: [String] = []
        var listed: [String] = []
        for facet in facets {
            guard let value = facet.attributes["value"], facet.children.isEmpty else { throw NotUnderstood() }
            switch facet.name {
            case "pattern": alternatives.append(value)
            case "enumeration":
                guard isText else { throw NotUnderstood() }
                listed.append(value)
            case "whiteSpace":
                guard isText else { throw NotUnderstood() }
                if value != "preserve" { kind = Int32(CSX_VALUE_TOKEN) }
            default: try narrow(by: facet.name, try Self.number(value))
            }
        }
        if !alternatives.isEmpty {
            guard let pattern = PatternAutomaton(anyOf: alternatives) else { throw NotUnderstood() }
            patterns.append(pattern)
        }
        if !listed.isEmpty {
            // libxml2 takes the innermost list alone, and a second one is rare.
            guard words.isEmpty else { throw NotUnderstood() }
            words = listed
        }
    }

    private mutating func narrow(by facet: String, _ limit: Int32) throws(NotUnderstood) {
        let isWhole = kind == CSX_VALUE_WHOLE
        switch facet {
        case "length" where isText && limit >= 0:
            minLength = max(minLength, limit)
            maxLength = min(maxLength, limit)
        case "minLength" where isText && limit >= 0: minLength = max(minLength, limit)
        case "maxLength" where isText && limit >= 0: maxLength = min(maxLength, limit)
        case "minInclusive" where isWhole: minimum = max(minimum, limit)
        case "maxInclusive" where isWhole: maximum = min(maximum, limit)
        case "minExclusive" where isWhole: minimum = max(minimum, limit + 1)
        case "maxExclusive" where isWhole: maximum = min(maximum, limit - 1)
        default: throw NotUnderstood()
        }
    }

    private static func number(_ text: String) throws(NotUnderstood) -> Int32 {
        guard text.utf8.count <= 9, let number = Int32(text) else { throw NotUnderstood() }
        return number
    }

    /// Adds them to the tables and returns their number.
    func write(to tables: inout AcceptorTables) -> Int32 {
        var value = csx_simple_type()
        value.kind = kind
        value.minimum = minimum
        value.maximum = maximum
        value.minLength = minLength
        value.maxLength = maxLength
        value.patterns = Int32(tables.patterns.count)
        value.patternCount = Int32(patterns.count)
        for pattern in patterns { tables.append(pattern) }
        value.words = tables.place(ofAll: words)
        value.wordCount = Int32(words.count)
        tables.values.append(value)
        return Int32(tables.values.count - 1)
    }
}

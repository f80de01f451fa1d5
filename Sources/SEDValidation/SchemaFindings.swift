// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDXML

/// Turns breaches of a schema into findings: one per cause, in our words, without a word of the document.
struct SchemaFindings {
    /// The element from which paths are counted: the SED's root, or the envelope's.
    let top: ElementID
    /// Overrides the rule for every breach, for the envelope's own schema.
    let rule: RuleID?

    func findings(for violations: [SchemaViolation], in tree: borrowing XMLTree) -> [Diagnostic] {
        var findings: [Diagnostic] = []
        var reported: Set<ElementID> = []
        for violation in violations {
            // A faulty value is reported by each facet it breaks and again by its type; the first names the cause.
            if violation.kind.isAboutValue, let element = violation.element, reported.contains(element) { continue }
            if let element = violation.element { reported.insert(element) }
            findings.append(finding(for: violation, in: tree))
        }
        return findings
    }

    private func finding(for violation: SchemaViolation, in tree: borrowing XMLTree) -> Diagnostic {
        let name = violation.element.map { tree.localName(of: $0) } ?? "the document"
        var arguments = ["libxml2": String(violation.code), "element": name]
        if case .unexpectedElement(let expected) = violation.kind, !expected.isEmpty {
            arguments["expected"] = expected.joined(separator: ", ")
        }
        if case .missingElement(let expected) = violation.kind {
            arguments["expected"] = expected.joined(separator: ", ")
        }
        if case .wrongType(let type) = violation.kind {
            arguments["type"] = type.split(separator: ":").last.map(String.init)
        }
        return Diagnostic(
            rule: rule ?? Self.rule(for: violation.kind),
            severity: .error,
            position: violation.element.flatMap { tree.position(of: $0) },
            path: violation.element.map { tree.path(of: $0, from: top) },
            message: Self.message(for: violation.kind, element: name),
            arguments: arguments,
            value: violation.element.flatMap { tree.children(of: $0).isEmpty ? tree.text(of: $0) : nil }
        )
    }

    private static func rule(for kind: SchemaViolation.Kind) -> RuleID {
        switch kind {
        case .noDeclaration: .unknownSchema
        case .unexpectedElement: .unexpectedElement
        case .missingElement: .missingElement
        case .wrongType, .fixedValue: .wrongType
        case .length, .emptyRequired: .wrongLength
        case .pattern: .wrongPattern
        case .notInEnumeration: .notAllowedValue
        case .outOfRange: .outOfRange
        case .textNotAllowed: .unexpectedText
        case .attributeNotAllowed, .attributeMissing: .attribute
        case .notUnique, .other: .otherSchemaBreach
        }
    }

    private static func message(for kind: SchemaViolation.Kind, element: String) -> String {
        switch kind {
        case .noDeclaration:
            return "The schema does not know the element \(element)."
        case .unexpectedElement(let expected):
            let hint = expected.isEmpty ? "no further element belongs there" : "expected here: \(list(expected))"
            return "The element \(element) does not belong here; \(hint)."
        case .missingElement(let expected):
            return "The element \(element) is not complete; still expected: \(list(expected))."
        case .wrongType(let type):
            return "The content of \(element) is not \(describe(type))."
        case .length(let limit, let isMinimum):
            return isMinimum
                ? "The content of \(element) is too short; at least \(limit) characters are required."
                : "The content of \(element) is too long; at most \(limit) characters are allowed."
        case .pattern(let pattern):
            return "The content of \(element) does not have the required form: \(pattern)."
        case .notInEnumeration(let values):
            return "The content of \(element) is none of the allowed values: \(values)."
        case .outOfRange:
            return "The number in \(element) is outside the allowed range."
        case .textNotAllowed:
            return "The element \(element) holds text or elements that it must not hold."
        case .emptyRequired:
            return "The element \(element) must be empty."
        case .fixedValue:
            return "The content of \(element) differs from the one fixed value that the schema allows."
        case .attributeNotAllowed:
            return "The element \(element) has an attribute that is not allowed."
        case .attributeMissing(let attribute):
            return "The element \(element) lacks the attribute \(attribute)."
        case .notUnique:
            return "A value under \(element) stands twice where each may stand once."
        case .other:
            return "The element \(element) breaks the schema."
        }
    }

    /// libxml2 names at most ten elements and does not say that it left others out.
    private static func list(_ names: [String]) -> String {
        names.joined(separator: ", ") + (names.count >= 10 ? " and others" : "")
    }

    private static func describe(_ type: String) -> String {
        switch type.split(separator: ":").last.map(String.init) ?? type {
        case "date": "a date of the form YYYY-MM-DD"
        case "dateTime": "a date and time of the form YYYY-MM-DDThh:mm:ssZ"
        case "int", "integer", "nonNegativeInteger", "positiveInteger": "a whole number in the allowed range"
        case "double", "decimal": "a number"
        case "boolean": "true or false"
        default: "of the type \(type)"
        }
    }
}

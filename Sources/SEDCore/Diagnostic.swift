// SPDX-License-Identifier: EUPL-1.2

/// How much a finding weighs; a document with at least one error is invalid.
package enum Severity: String, Hashable, Sendable, Comparable, CaseIterable, Codable {
    case note
    case warning
    case error

    package static func < (left: Self, right: Self) -> Bool { left.weight < right.weight }

    private var weight: Int {
        switch self {
        case .note: 0
        case .warning: 1
        case .error: 2
        }
    }
}

/// The permanent name of a check, such as `XSD-003`; never renamed, never reused.
package struct RuleID: Hashable, Sendable, Comparable, CustomStringConvertible, ExpressibleByStringLiteral {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package init(stringLiteral value: String) {
        text = value
    }

    package var description: String { text }

    package static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

/// A place in a text: line and column count from 1, columns in characters.
package struct TextPosition: Hashable, Sendable, Comparable, Codable {
    package let line: Int
    package let column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// One finding: which rule spoke, how heavily, where, and what would be right.
///
/// The message never quotes document content. A value that a person may need to see is in ``value`` and is shown only
/// on request, because documents carry names, numbers and amounts of persons.
package struct Diagnostic: Hashable, Sendable {
    package let rule: RuleID
    /// Further rules that the same cause breaks, such as the schema's beside the law's.
    package let also: [RuleID]
    package let severity: Severity
    package let position: TextPosition?
    /// The element, as a simple XPath from the root of the SED or of the envelope.
    package let path: String?
    /// The message in its parts, for telling it in another language.
    package let words: Words
    /// Named facts of the finding that hold no document content: expected elements, limits, native codes.
    package let arguments: [String: String]
    /// The offending document text, for `--show-values` alone.
    package let value: String?
    /// The legal or technical source of the rule.
    package let reference: String?

    package init(
        rule: RuleID,
        also: [RuleID] = [],
        severity: Severity,
        position: TextPosition? = nil,
        path: String? = nil,
        message: Words,
        arguments: [String: String] = [:],
        value: String? = nil,
        reference: String? = nil
    ) {
        self.rule = rule
        self.also = also
        self.severity = severity
        self.position = position
        self.path = path
        words = message
        self.arguments = arguments
        self.value = value
        self.reference = reference
    }

    package var message: String { words.text }

    /// The same finding in other words.
    package func saying(_ words: Words) -> Diagnostic {
        Diagnostic(
            rule: rule, also: also, severity: severity, position: position, path: path, message: words,
            arguments: arguments, value: value, reference: reference
        )
    }

    /// The order of a report: by place, then by rule, then by text, so that equal input gives equal output.
    package static func precedes(_ left: Diagnostic, _ right: Diagnostic) -> Bool {
        let start = TextPosition(line: 0, column: 0)
        let leftKey = (left.position ?? start, left.rule)
        let rightKey = (right.position ?? start, right.rule)
        return leftKey == rightKey ? left.message < right.message : leftKey < rightKey
    }
}

/// What the tool may say about a document; a fact, never a policy.
package enum Verdict: String, Hashable, Sendable, CaseIterable, Codable {
    case valid
    case invalid
    /// The tool could not tell: unknown version, missing schema, a limit of its own.
    case undecided
}

/// What the pipeline does with a received message; policy, derived from the verdict and the case.
package enum Disposition: String, Hashable, Sendable, CaseIterable, Codable {
    case accept
    case acceptWithFindings
    /// Waits for another message or for a person.
    case pending
    case reject
    case quarantine
    case duplicate
}

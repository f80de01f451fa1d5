// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore

/// A rule file as it was read: ISO Schematron with its abstract patterns and rules filled in.
struct Schematron {
    /// A named value.
    struct Variable {
        let name: String
        let value: String
        let position: TextPosition?
    }

    /// An `assert` or a `report`.
    struct Check {
        let id: RuleID
        let test: String
        /// A report fires when its test is true, an assert when it is false.
        let firesWhen: Bool
        let subject: String?
        let role: String?
        let see: String?
        let message: [MessagePart]
        let position: TextPosition?
    }

    enum MessagePart {
        case text(String)
        /// The value of an expression, shown on request alone.
        case value(of: String)
        /// The name of the context element, or of what an expression selects.
        case name(of: String?)
    }

    struct Rule {
        let context: String
        let variables: [Variable]
        let checks: [Check]
        let position: TextPosition?
    }

    struct Pattern {
        let id: String?
        let variables: [Variable]
        let rules: [Rule]
    }

    let file: String
    /// Namespace by prefix.
    let namespaces: [String: String]
    let variables: [Variable]
    let patterns: [Pattern]
}

// SPDX-License-Identifier: EUPL-1.2

internal import SEDXML

/// A file of Schematron and how far it is trusted.
struct RuleFile: Sendable {
    let path: String
    /// The family whose catalogue describes its rules; nil for rules of the user's own.
    let family: String?
    /// Whether every name in its expressions is looked up when it is compiled.
    ///
    /// Ours were looked up when they were tested, and are sealed by digests since.
    let isChecked: Bool
    /// Says why a list or a parameter named in a call does not exist.
    let faultOfReference: @Sendable (RuleFunction, String) -> String?

    /// Why a function call cannot be right; nil when it can.
    func fault(of call: ExpressionNames.Call, namespaces: [String: String], evaluator: XPathEvaluator) -> String? {
        let name = call.prefix.map { "\($0):\(call.name)" } ?? call.name
        let namespace = call.prefix.flatMap { namespaces[$0] }
        guard evaluator.knows(call.name, in: namespace) else { return "there is no function \(name)" }
        let function = namespace == RuleFunctions.namespace ? RuleFunction(rawValue: call.name) : nil
        if let arity = function?.arity ?? Self.arity(of: call.name, in: namespace),
            !arity.contains(call.arguments.count)
        {
            let count =
                switch arity.upperBound {
                case arity.lowerBound: "\(arity.lowerBound)"
                case .max: "\(arity.lowerBound) or more"
                default: "\(arity.lowerBound) to \(arity.upperBound)"
                }
            return "the function \(name) takes \(count) argument(s), not \(call.arguments.count)"
        }
        guard let function else { return nil }
        let reference: String? =
            switch function {
            case .parameter: call.arguments[0]
            case .inList: call.arguments[1]
            default: nil
            }
        guard let literal = reference, let quote = literal.first, quote == "'" || quote == "\"" else { return nil }
        return faultOfReference(function, String(literal.dropFirst().dropLast()))
    }

    /// How many arguments a function of XPath or EXSLT takes; nil where we do not know.
    private static func arity(of name: String, in namespace: String?) -> ClosedRange<Int>? {
        switch namespace {
        case nil: xpathArities[name]
        case "http://exslt.org/math": ["power", "atan2"].contains(name) ? 2...2 : mathArities[name] ?? 1...1
        case "http://exslt.org/sets": name == "distinct" ? 1...1 : 2...2
        case "http://exslt.org/strings": stringArities[name]
        case "http://exslt.org/dates-and-times": dateArities[name] ?? 0...1
        default: nil
        }
    }

    /// XPath 1.0 section 4, and `current` of XSLT.
    private static let xpathArities: [String: ClosedRange<Int>] = [
        "last": 0...0, "position": 0...0, "true": 0...0, "false": 0...0, "current": 0...0,
        "count": 1...1, "id": 1...1, "boolean": 1...1, "not": 1...1, "lang": 1...1, "sum": 1...1, "floor": 1...1,
        "ceiling": 1...1, "round": 1...1,
        "local-name": 0...1, "namespace-uri": 0...1, "name": 0...1, "string": 0...1, "string-length": 0...1,
        "normalize-space": 0...1, "number": 0...1,
        "starts-with": 2...2, "contains": 2...2, "substring-before": 2...2, "substring-after": 2...2,
        "substring": 2...3, "translate": 3...3, "concat": 2...Int.max,
    ]
    private static let mathArities: [String: ClosedRange<Int>] = ["random": 0...0, "constant": 2...2]
    private static let stringArities: [String: ClosedRange<Int>] = [
        "align": 2...3, "concat": 1...1, "decode-uri": 1...2, "encode-uri": 2...3, "padding": 1...2,
    ]
    private static let dateArities: [String: ClosedRange<Int>] = [
        "date-time": 0...0, "add": 2...2, "add-duration": 2...2, "difference": 2...2, "sum": 1...1,
    ]
}

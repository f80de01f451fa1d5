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
        guard namespace == RuleFunctions.namespace, let function = RuleFunction(rawValue: call.name) else { return nil }
        guard function.arity.contains(call.arguments.count) else {
            let arity = function.arity
            let count = arity.count == 1 ? "\(arity.lowerBound)" : "\(arity.lowerBound) to \(arity.upperBound)"
            return "the function \(name) takes \(count) arguments, not \(call.arguments.count)"
        }
        let reference: String? =
            switch function {
            case .parameter: call.arguments[0]
            case .inList: call.arguments[1]
            default: nil
            }
        guard let literal = reference, let quote = literal.first, quote == "'" || quote == "\"" else { return nil }
        return faultOfReference(function, String(literal.dropFirst().dropLast()))
    }
}

// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
package import SEDInspection
internal import Yams

/// What a file of expectations says of each document: the regression mode of `validate --expect`.
///
/// The file is YAML: a path each, with the verdict and, where wanted, the rule ids that must be reported.
/// ```yaml
/// messages/good.xml: {verdict: valid}
/// messages/bad.xml: {verdict: invalid, rules: [XSD-003, CDE-001]}
/// ```
package struct Expectations: Hashable, Sendable {
    package struct Expectation: Hashable, Sendable {
        package let verdict: Verdict
        /// The ids that must be found, each at least once and no others; nil when only the verdict matters.
        ///
        /// A finding that stands for several rules may be expected by any of their ids.
        package let rules: Set<String>?
    }

    package let byPath: [String: Expectation]

    package init(parsing text: String, file: String) throws(ConfigurationError) {
        let reader = YAMLReader(file: file)
        var byPath: [String: Expectation] = [:]
        if let root = reader.root(of: text) {
            if root.mapping == nil { reader.fail(root, "expected a path and its expectation on each line") }
            for (key, value) in root.mapping ?? [:] {
                guard let path = reader.text(key) else { continue }
                let entries = reader.entries(value, known: ["verdict", "rules"])
                guard
                    let verdict = reader.required("verdict", in: entries, of: value)
                        .flatMap({ reader.value($0, "valid, invalid or undecided", Verdict.init(rawValue:)) })
                else { continue }
                let rules = entries["rules"].map { Set(reader.list($0).compactMap(reader.text)) }
                byPath[path] = Expectation(verdict: verdict, rules: rules)
            }
        }
        try reader.finish()
        self.byPath = byPath
    }

    /// What differs from the expectation, in words; empty when all is as expected.
    package func differences(of report: MessageReport?, at path: String) -> [String] {
        guard let expected = byPath[path] else { return ["nothing is expected of it"] }
        var differences: [String] = []
        let verdict = report?.verdict ?? Verdict.undecided.rawValue
        if verdict != expected.verdict.rawValue {
            differences.append("\(verdict), but \(expected.verdict.rawValue) was expected")
        }
        guard let rules = expected.rules else { return differences }
        let findings = report?.findings ?? []
        let missing = rules.subtracting(findings.flatMap(\.rules)).sorted()
        let surplus = Set(findings.filter { rules.isDisjoint(with: $0.rules) }.map(\.rule)).sorted()
        if !missing.isEmpty { differences.append("not found: \(missing.joined(separator: ", "))") }
        if !surplus.isEmpty { differences.append("not expected: \(surplus.joined(separator: ", "))") }
        return differences
    }
}

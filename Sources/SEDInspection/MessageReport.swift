// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
package import SEDValidation

/// The report of one document in the JSON of the contract; `docs/report-format.md` describes every field.
package struct MessageReport: Codable, Hashable, Sendable {
    package struct LayerEntry: Codable, Hashable, Sendable {
        package let layer: String
        package let outcome: String
        package fileprivate(set) var reason: String?
        /// The reason in its parts; only while it is kept, never shown.
        fileprivate var words: Words?
    }

    package struct Finding: Codable, Hashable, Sendable {
        package let rule: String
        /// Further rules that the same cause breaks.
        package let also: [String]?
        package let severity: String
        package let line: Int?
        package let column: Int?
        package let path: String?
        package fileprivate(set) var message: String
        /// The message in its parts; only while it is kept, never shown.
        fileprivate var words: Words?
        package let reference: String?
        /// The offending text; only where it was asked for.
        package let value: String?

        fileprivate var id: RuleID { RuleID(rule) }

        /// All rules that the finding is about, its own first.
        package var rules: [String] { [rule] + (also ?? []) }
    }

    /// The case a message belongs to, as the pipeline left it.
    package struct CaseEntry: Codable, Hashable, Sendable {
        package let caseId: String
        package let role: String?
        package let state: String?
        package let isPlaced: Bool

        package init(caseId: String, role: String?, state: String?, isPlaced: Bool) {
            self.caseId = caseId
            self.role = role
            self.state = state
            self.isPlaced = isPlaced
        }
    }

    package let path: String
    package let verdict: String
    package let sed: String?
    package let cdm: String?
    package let buc: String?
    package private(set) var layers: [LayerEntry]
    package private(set) var findings: [Finding]
    package var disposition: String?
    package private(set) var reason: String?
    /// The reason in its parts; only while it is kept, never shown.
    private var reasonWords: Words?
    package var `case`: CaseEntry?
    /// The routing rule that matched.
    package var route: String?

    /// A report to be shown as it is.
    package init(_ report: ValidationReport, path: String, showValues: Bool = false) {
        self.path = path
        verdict = report.verdict.rawValue
        sed = report.sed?.code
        cdm = report.cdm?.description
        buc = report.buc?.code
        layers = report.layers.map {
            LayerEntry(layer: $0.layer.rawValue, outcome: $0.outcome.word, reason: $0.outcome.reason, words: nil)
        }
        findings = report.findings.map { Self.finding($0, showValues: showValues) }
    }

    /// A report to be stored: it keeps its words in parts, so that it can be told in any language.
    package init(keeping report: ValidationReport, path: String) {
        self.init(report, path: path)
        for (index, result) in report.layers.enumerated() where result.outcome.word == "undecided" {
            layers[index].words = result.outcome.words
        }
        findings = report.findings.map { Self.kept($0) }
    }

    package func adding(_ diagnostics: [Diagnostic]) -> MessageReport {
        var copy = self
        copy.findings += diagnostics.map { Self.kept($0) }
        return copy
    }

    package mutating func explain(_ words: Words?) {
        reason = words?.text
        reasonWords = words
    }

    /// The report for showing, its words told by `tell`, which gets the rules that they may be of.
    package func told(_ tell: (Words, [RuleID]) -> String) -> MessageReport {
        var copy = self
        for index in layers.indices {
            if let words = layers[index].words { copy.layers[index].reason = tell(words, []) }
            copy.layers[index].words = nil
        }
        for index in findings.indices {
            if let words = findings[index].words { copy.findings[index].message = tell(words, [findings[index].id]) }
            copy.findings[index].words = nil
        }
        if let words = reasonWords { copy.reason = tell(words, findings.map(\.id)) }
        copy.reasonWords = nil
        return copy
    }

    /// The report with further findings of the document, all of them in the order of their places.
    package func addingInOrder(_ diagnostics: [Diagnostic], showValues: Bool) -> MessageReport {
        addingInOrder(diagnostics.map { Self.finding($0, showValues: showValues) })
    }

    /// The same for a report that is stored.
    package func keepingInOrder(_ diagnostics: [Diagnostic]) -> MessageReport {
        addingInOrder(diagnostics.map { Self.kept($0) })
    }

    private func addingInOrder(_ added: [Finding]) -> MessageReport {
        if added.isEmpty { return self }
        var copy = self
        copy.findings += added
        func key(_ finding: Finding) -> (Int, Int, String) { (finding.line ?? 0, finding.column ?? 0, finding.rule) }
        copy.findings = copy.findings.enumerated().sorted {
            let (left, right) = (key($0.element), key($1.element))
            return left == right ? $0.offset < $1.offset : left < right
        }.map(\.element)
        return copy
    }

    /// Whether the directory of institutions does not accept everybody whom the message names.
    package var doubtsInstitutions: Bool { findings.contains { $0.rule.hasPrefix("DIR-") } }

    /// The report on the document alone, without what its case had found.
    ///
    /// `findings` says how many stand before those of the case; nil for a message of an earlier version of the program,
    /// whose findings of the case are told by the ids of `caseRules`.
    package func ofDocument(findings count: Int?, caseRules: Set<String>) -> MessageReport {
        var copy = self
        if let count {
            copy.findings = Array(findings.prefix(count))
        } else {
            copy.findings.removeAll { $0.rule.hasPrefix("CAS-") || caseRules.contains($0.rule) }
        }
        copy.disposition = nil
        copy.reason = nil
        copy.route = nil
        copy.case = nil
        return copy
    }

    private static func kept(_ diagnostic: Diagnostic) -> Finding {
        var finding = finding(diagnostic, showValues: false)
        finding.words = diagnostic.words
        return finding
    }

    private static func finding(_ diagnostic: Diagnostic, showValues: Bool) -> Finding {
        Finding(
            rule: diagnostic.rule.text, also: diagnostic.also.isEmpty ? nil : diagnostic.also.map(\.text),
            severity: diagnostic.severity.rawValue, line: diagnostic.position?.line,
            column: diagnostic.position?.column, path: diagnostic.path, message: diagnostic.message, words: nil,
            reference: diagnostic.reference, value: showValues ? diagnostic.value : nil
        )
    }
}

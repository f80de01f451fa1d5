// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
package import SEDCore
package import SEDValidation

/// The report of one document in the JSON of the contract; `docs/report-format.md` describes every field.
package struct MessageReport: Codable, Hashable, Sendable {
    package struct LayerEntry: Codable, Hashable, Sendable {
        package let layer: String
        package let outcome: String
        package let reason: String?
    }

    package struct Finding: Codable, Hashable, Sendable {
        package let rule: String
        /// Further rules that the same cause breaks.
        package let also: [String]?
        package let severity: String
        package let line: Int?
        package let column: Int?
        package let path: String?
        package let message: String
        package let reference: String?
        /// The offending text; only where it was asked for.
        package let value: String?

        /// All rules that the finding is about, its own first.
        package var rules: [String] { [rule] + (also ?? []) }
    }

    /// The case a message belongs to, as the pipeline left it.
    package struct CaseEntry: Codable, Hashable, Sendable {
        package let caseId: String
        package let role: String?
        package let state: String?
        package let isPlaced: Bool
    }

    package let path: String
    package let verdict: String
    package let sed: String?
    package let cdm: String?
    package let buc: String?
    package let layers: [LayerEntry]
    package private(set) var findings: [Finding]
    package var disposition: String?
    package var reason: String?
    package var `case`: CaseEntry?
    /// The routing rule that matched.
    package var route: String?

    package init(_ report: ValidationReport, path: String, showValues: Bool = false) {
        self.path = path
        verdict = report.verdict.rawValue
        sed = report.sed?.code
        cdm = report.cdm?.description
        buc = report.buc?.code
        layers = report.layers.map {
            LayerEntry(layer: $0.layer.rawValue, outcome: $0.outcome.word, reason: $0.outcome.reason)
        }
        findings = report.findings.map { Self.finding($0, showValues: showValues) }
    }

    /// Reads a report that was stored; nil when the text is none.
    init?(json: String) {
        guard let report = try? JSONDecoder().decode(MessageReport.self, from: Data(json.utf8)) else { return nil }
        self = report
    }

    func adding(_ diagnostics: [Diagnostic]) -> MessageReport {
        var copy = self
        copy.findings += diagnostics.map { Self.finding($0, showValues: false) }
        return copy
    }

    /// The report with further findings of the document, all of them in the order of their places.
    package func addingInOrder(_ diagnostics: [Diagnostic], showValues: Bool = false) -> MessageReport {
        if diagnostics.isEmpty { return self }
        var copy = self
        copy.findings += diagnostics.map { Self.finding($0, showValues: showValues) }
        func key(_ finding: Finding) -> (Int, Int, String) { (finding.line ?? 0, finding.column ?? 0, finding.rule) }
        copy.findings = copy.findings.enumerated().sorted {
            let (left, right) = (key($0.element), key($1.element))
            return left == right ? $0.offset < $1.offset : left < right
        }.map(\.element)
        return copy
    }

    /// Whether the directory of institutions does not accept everybody whom the message names.
    var doubtsInstitutions: Bool { findings.contains { $0.rule.hasPrefix("DIR-") } }

    /// The report without what an earlier try to place the message had found.
    var withoutCaseFindings: MessageReport {
        var copy = self
        copy.findings.removeAll { $0.rule.hasPrefix("CAS-") }
        return copy
    }

    private static func finding(_ diagnostic: Diagnostic, showValues: Bool) -> Finding {
        Finding(
            rule: diagnostic.rule.text, also: diagnostic.also.isEmpty ? nil : diagnostic.also.map(\.text),
            severity: diagnostic.severity.rawValue, line: diagnostic.position?.line,
            column: diagnostic.position?.column, path: diagnostic.path, message: diagnostic.message,
            reference: diagnostic.reference, value: showValues ? diagnostic.value : nil
        )
    }
}

/// The one way this program writes JSON: sorted keys, so that equal values give equal bytes.
package enum StableJSON {
    package static func encode(_ value: some Encodable, pretty: Bool = false) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting =
            pretty
            ? [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted] : [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

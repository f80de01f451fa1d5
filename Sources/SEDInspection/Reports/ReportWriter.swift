// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// One document that `validate` has judged, as the writers of reports see it.
package struct JudgedDocument: Sendable {
    package let path: String
    /// The text that was judged, for showing lines of it; nil when it could not be read.
    package let bytes: [UInt8]?
    /// Nil when the document could not be read: then `failure` says why, and its verdict is undecided.
    package let report: MessageReport?
    package let failure: String?

    package init(path: String, bytes: [UInt8]?, report: MessageReport?, failure: String?) {
        self.path = path
        self.bytes = bytes
        self.report = report
        self.failure = failure
    }

    /// `valid`, `invalid` or `undecided`.
    package var verdict: String { report?.verdict ?? "undecided" }
}

/// How many documents came to which verdict.
package struct ValidationSummary: Encodable, Hashable, Sendable {
    package var valid = 0
    package var invalid = 0
    package var undecided = 0

    package init() {}

    package var count: Int { valid + invalid + undecided }

    package mutating func add(_ document: JudgedDocument) {
        switch document.verdict {
        case "valid": valid += 1
        case "invalid": invalid += 1
        default: undecided += 1
        }
    }
}

/// Writes the results of one run in one format, document by document, so that memory stays flat over many files.
package protocol ReportWriter {
    /// Adds one document; called in the order of the report.
    mutating func add(_ document: JudgedDocument)
    /// Ends the report; called once, after the last document.
    mutating func finish(_ summary: ValidationSummary)
}

/// Where a report goes; receives pieces of text in order.
package typealias ReportSink = (String) -> Void

extension JudgedDocument {
    package var findings: [MessageReport.Finding] { report?.findings ?? [] }

    /// SED, version and use case in words; nil where nothing is known.
    package var subject: String? {
        let parts = [report?.sed, report?.cdm.map { "CDM \($0)" }, report?.buc].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    /// Why the document, or a layer of it, could not be judged.
    package var openReason: String? {
        failure ?? report?.layers.filter { $0.outcome == "undecided" }.compactMap(\.reason).first
    }
}

extension MessageReport.Finding {
    package var position: TextPosition? {
        guard let line, let column else { return nil }
        return TextPosition(line: line, column: column)
    }

    /// The rule's id, with those that the same cause breaks behind it: `A1-PERIOD-003 (XSD-003)`.
    package var ruleText: String { also.map { "\(rule) (\($0.joined(separator: ", ")))" } ?? rule }

    /// The message, with the offending value where it is to be shown.
    package var text: String { message + (value.map { " (found: \($0))" } ?? "") }
}

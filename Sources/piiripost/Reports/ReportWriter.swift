// SPDX-License-Identifier: EUPL-1.2

import SEDProcessor

/// One document that `validate` has judged, as the writers of reports see it.
struct JudgedDocument: Sendable {
    let path: String
    /// The text that was judged, for showing lines of it; nil when it could not be read.
    let bytes: [UInt8]?
    /// Nil when the document could not be read: then `failure` says why, and its verdict is undecided.
    let report: MessageReport?
    let failure: String?

    /// `valid`, `invalid` or `undecided`.
    var verdict: String { report?.verdict ?? "undecided" }
}

/// How many documents came to which verdict.
struct ValidationSummary: Encodable, Hashable, Sendable {
    var valid = 0
    var invalid = 0
    var undecided = 0

    var count: Int { valid + invalid + undecided }

    mutating func add(_ document: JudgedDocument) {
        switch document.verdict {
        case "valid": valid += 1
        case "invalid": invalid += 1
        default: undecided += 1
        }
    }
}

/// Writes the results of one run in one format, document by document, so that memory stays flat over many files.
protocol ReportWriter {
    /// Adds one document; called in the order of the report.
    mutating func add(_ document: JudgedDocument)
    /// Ends the report; called once, after the last document.
    mutating func finish(_ summary: ValidationSummary)
}

/// Where a report goes; receives pieces of text in order.
typealias ReportSink = (String) -> Void

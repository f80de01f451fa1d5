// SPDX-License-Identifier: EUPL-1.2

import SEDCore
import SEDInspection
import SEDProcessor
import SEDValidation

/// Writes the JSON object of the contract document by document, with the bytes that encoding it at once would give.
struct JSONReport: ReportWriter {
    private let sink: ReportSink
    private var isFirst = true

    init(sink: @escaping ReportSink) {
        self.sink = sink
        sink("{\n  \"documents\" : [\n")
    }

    /// Adds a document; of one that could not be read the first layer is undecided and tells why.
    mutating func add(_ document: JudgedDocument) {
        let report =
            document.report
            ?? MessageReport(
                .unreadable(because: document.failure.map { Words($0) } ?? "the file cannot be read"),
                path: document.path)
        sink((isFirst ? "    " : ",\n    ") + Self.encoded(report, indent: 4))
        isFirst = false
    }

    mutating func finish(_ summary: ValidationSummary) {
        sink("\n  ],\n  \"formatVersion\" : 1,\n  \"summary\" : \(Self.encoded(summary, indent: 2))\n}\n")
    }

    private static func encoded(_ value: some Encodable, indent: Int) -> String {
        do {
            let lines = try StableJSON.encode(value, pretty: true).split(
                separator: "\n", omittingEmptySubsequences: false)
            let margin = String(repeating: " ", count: indent)
            return lines.enumerated().map { $0 == 0 || $1.isEmpty ? String($1) : margin + $1 }.joined(separator: "\n")
        } catch {
            preconditionFailure("a report holds only text and numbers, which always encode: \(error)")
        }
    }
}

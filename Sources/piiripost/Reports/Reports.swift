// SPDX-License-Identifier: EUPL-1.2

import ArgumentParser
import SEDCore
import SEDProcessor

/// The formats in which `validate` can report.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
    case sarif
    case junit
    case github

    /// The writer of a format.
    static func writer(
        for format: ReportFormat, sink: @escaping ReportSink, options: ReportOptions
    ) -> any ReportWriter {
        switch format {
        case .text: TextReport(sink: sink, options: options)
        case .json: JSONReport(sink: sink)
        case .sarif: SARIFReport(sink: sink, options: options)
        case .junit: JUnitReport(sink: sink)
        case .github: GitHubReport(sink: sink)
        }
    }
}

/// What all writers of one run need to know.
struct ReportOptions: Sendable {
    /// Whether document text may be shown.
    var showValues = false
    /// Whether text is coloured with escape sequences.
    var isColored = false
    /// The version of this program.
    var version: String
    /// What the rules mean, for formats that tell it.
    var meanings: RuleMeanings
}

/// One more report beside the one on standard output, such as `sarif=findings.sarif`.
struct OutputTarget: ExpressibleByArgument, Hashable, Sendable {
    let format: ReportFormat
    let path: String

    init?(argument: String) {
        guard let mark = argument.firstIndex(of: "="), let format = ReportFormat(rawValue: String(argument[..<mark]))
        else { return nil }
        let path = String(argument[argument.index(after: mark)...])
        // Standard output already has its report.
        if path.isEmpty || path == "-" { return nil }
        self.format = format
        self.path = path
    }
}

extension JudgedDocument {
    var findings: [MessageReport.Finding] { report?.findings ?? [] }

    /// SED, version and use case in words; nil where nothing is known.
    var subject: String? {
        let parts = [report?.sed, report?.cdm.map { "CDM \($0)" }, report?.buc].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    /// Why the document, or a layer of it, could not be judged.
    var openReason: String? {
        failure ?? report?.layers.filter { $0.outcome == "undecided" }.compactMap(\.reason).first
    }
}

extension MessageReport.Finding {
    var position: TextPosition? {
        guard let line, let column else { return nil }
        return TextPosition(line: line, column: column)
    }

    /// The rule's id, with those that the same cause breaks behind it: `A1-PERIOD-003 (XSD-003)`.
    var ruleText: String { also.map { "\(rule) (\($0.joined(separator: ", ")))" } ?? rule }

    /// The message, with the offending value where it is to be shown.
    var text: String { message + (value.map { " (found: \($0))" } ?? "") }
}

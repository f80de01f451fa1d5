// SPDX-License-Identifier: EUPL-1.2

import ArgumentParser
import SEDInspection

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
        case .github: GitHubReport(words: ReportWords(language: options.language), sink: sink)
        }
    }
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

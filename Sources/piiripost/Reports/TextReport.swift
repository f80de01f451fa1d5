// SPDX-License-Identifier: EUPL-1.2

import SEDCore
import SEDProcessor

/// Writes findings for people: place, message, the source line with a caret, then the verdict of each document.
struct TextReport: ReportWriter {
    private struct Kind: Hashable {
        let rule: String
        let severity: String
    }

    private struct Frequency {
        var count = 0
        var documents = 0
    }

    private let sink: ReportSink
    private let options: ReportOptions
    private var frequencies: [Kind: Frequency] = [:]

    init(sink: @escaping ReportSink, options: ReportOptions) {
        self.sink = { sink(TerminalText.withoutCommands($0)) }
        self.options = options
    }

    mutating func add(_ document: JudgedDocument) {
        let path = TerminalText.fileName(document.path)
        let findings = document.findings
        let excerpts = SourceExcerpts(
            of: document.bytes ?? [], at: findings.compactMap(\.position), showsContent: options.showValues)
        var kinds: Set<Kind> = []
        for finding in findings {
            write(finding, of: path, finding.position.flatMap { excerpts[$0] })
            let kind = Kind(rule: finding.rule, severity: finding.severity)
            frequencies[kind, default: Frequency()].count += 1
            kinds.insert(kind)
        }
        for kind in kinds { frequencies[kind]?.documents += 1 }
        let about = document.subject.map { " (\($0))" } ?? ""
        let open = document.openReason.map { ": \($0)" } ?? ""
        sink("\(path): \(document.verdict)\(TerminalText.harmless(about + open))\n")
    }

    mutating func finish(_ summary: ValidationSummary) {
        if summary.count > 1 { writeFrequencies() }
        sink(
            "\(summary.count) document(s): \(summary.valid) valid, \(summary.invalid) invalid, "
                + "\(summary.undecided) undecided\n"
        )
    }

    private func write(_ finding: MessageReport.Finding, of path: String, _ excerpt: SourceExcerpt?) {
        let place = [finding.line, finding.column].compactMap { $0.map(String.init) }
        let location = ([path] + place).joined(separator: ":")
        let severity = colored(finding.severity, as: finding.severity)
        let rule = colored("[\(TerminalText.harmless(finding.ruleText))]", as: "rule")
        sink("\(location): \(severity): \(TerminalText.harmless(finding.text)) \(rule)\n")
        let margin = String(repeating: " ", count: finding.line.map { String($0).count } ?? 0)
        defer {
            if let reference = finding.reference { sink("  \(margin) = \(TerminalText.harmless(reference))\n") }
        }
        guard let excerpt, let line = finding.line else { return }
        // The gutter also keeps a line of the document from being the beginning of a line in a log.
        let number = String(line)
        let caret = colored("^", as: finding.severity)
        sink("  \(number) | \(excerpt.text)\n")
        sink("  \(margin) | \(String(repeating: " ", count: excerpt.indent))\(caret)\n")
    }

    private func writeFrequencies() {
        let sorted = frequencies.sorted { left, right in
            (right.value.count, left.key.rule, left.key.severity) < (
                left.value.count, right.key.rule, right.key.severity
            )
        }
        if sorted.isEmpty { return }
        let rows =
            [["rule", "severity", "count", "documents"]]
            + sorted.prefix(10).map { kind, frequency in
                [TerminalText.harmless(kind.rule), kind.severity, "\(frequency.count)", "\(frequency.documents)"]
            }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        sink("\nmost frequent findings\n")
        for (index, row) in rows.enumerated() {
            let cells = zip(row, widths).enumerated().map { column, cell in
                let padding = String(repeating: " ", count: cell.1 - cell.0.count)
                let text = column < 2 || index == 0 ? cell.0 + padding : padding + cell.0
                return column == 1 && index > 0 ? colored(text, as: row[1]) : text
            }
            var line = "  " + cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            sink(line + "\n")
        }
        if sorted.count > 10 { sink("  \(sorted.count - 10) more\n") }
        sink("\n")
    }

    private func colored(_ text: String, as kind: String) -> String {
        guard options.isColored else { return text }
        let code =
            switch kind {
            case "error": "1;31"
            case "warning": "33"
            case "note": "36"
            default: "2"
            }
        return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }
}

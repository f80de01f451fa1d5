// SPDX-License-Identifier: EUPL-1.2

/// Writes findings for people: place, message, the source line with a caret, then the verdict of each document.
package struct TextReport: ReportWriter {
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
    private let words: ReportWords
    private var frequencies: [Kind: Frequency] = [:]

    package init(sink: @escaping ReportSink, options: ReportOptions) {
        self.sink = { sink(TerminalText.withoutCommands($0)) }
        self.options = options
        words = ReportWords(language: options.language)
    }

    package mutating func add(_ document: JudgedDocument) {
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
        sink("\(path): \(words.word(document.verdict))\(TerminalText.harmless(about + open))\n")
    }

    package mutating func finish(_ summary: ValidationSummary) {
        if summary.count > 1 { writeFrequencies() }
        sink(words.summary(summary) + "\n")
    }

    private func write(_ finding: MessageReport.Finding, of path: String, _ excerpt: SourceExcerpt?) {
        let place = [finding.line, finding.column].compactMap { $0.map(String.init) }
        let location = ([path] + place).joined(separator: ":")
        let severity = colored(words.word(finding.severity), as: finding.severity)
        let text = finding.message + (finding.value.map(words.found) ?? "")
        let rule = colored("[\(TerminalText.harmless(finding.ruleText))]", as: "rule")
        sink("\(location): \(severity): \(TerminalText.harmless(text)) \(rule)\n")
        let margin = String(repeating: " ", count: finding.line.map { String($0).count } ?? 0)
        defer {
            if let reference = finding.reference {
                let told = options.meanings.told(reference: reference, of: finding.rule)
                sink("  \(margin) = \(TerminalText.harmless(told))\n")
            }
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
            [words.columns]
            + sorted.prefix(10).map { kind, frequency in
                [
                    TerminalText.harmless(kind.rule), words.word(kind.severity), "\(frequency.count)",
                    "\(frequency.documents)",
                ]
            }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        sink("\n\(words.mostFrequent)\n")
        for (index, row) in rows.enumerated() {
            let kind = index > 0 ? sorted[index - 1].key.severity : nil
            let cells = zip(row, widths).enumerated().map { column, cell in
                let padding = String(repeating: " ", count: cell.1 - cell.0.count)
                let text = column < 2 || index == 0 ? cell.0 + padding : padding + cell.0
                guard column == 1, let kind else { return text }
                return colored(text, as: kind)
            }
            var line = "  " + cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            sink(line + "\n")
        }
        if sorted.count > 10 { sink("  \(words.more(sorted.count - 10))\n") }
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

// SPDX-License-Identifier: EUPL-1.2

import SEDInspection

/// Writes workflow commands that GitHub Actions shows as annotations beside the lines.
///
/// GitHub shows ten annotations of each type for a step and drops the others silently, so the others are counted here.
struct GitHubReport: ReportWriter {
    private static let limit = 10

    private let words: ReportWords
    private let sink: ReportSink
    private var counts: [String: Int] = [:]

    init(words: ReportWords, sink: @escaping ReportSink) {
        self.words = words
        self.sink = sink
    }

    mutating func add(_ document: JudgedDocument) {
        for finding in document.findings {
            annotate(
                Self.command(finding.severity), document, line: finding.line, column: finding.column,
                title: finding.ruleText, finding.text)
        }
        if document.verdict == "undecided" {
            annotate("error", document, title: "undecided", document.openReason ?? "the document could not be judged")
        }
    }

    mutating func finish(_ summary: ValidationSummary) {
        let more = ["error", "warning", "notice"].compactMap { command -> (count: Int, text: String)? in
            let count = (counts[command] ?? 0) - Self.shown(command)
            return count > 0 ? (count, words.count(count, of: command)) : nil
        }
        if more.isEmpty { return }
        let total = more.reduce(0) { $0 + $1.count }
        sink("::notice::\(words.notShown(total, more.map(\.text).joined(separator: ", ")))\n")
    }

    /// How many commands of a kind are written; the last notice says how many more there are.
    private static func shown(_ command: String) -> Int { command == "notice" ? limit - 1 : limit }

    private static func command(_ severity: String) -> String { severity == "note" ? "notice" : severity }

    private mutating func annotate(
        _ command: String, _ document: JudgedDocument, line: Int? = nil, column: Int? = nil, title: String,
        _ message: String
    ) {
        counts[command, default: 0] += 1
        if counts[command, default: 0] > Self.shown(command) { return }
        let properties: [(String, String?)] = [
            ("file", document.path == "-" ? nil : document.path), ("line", line.map(String.init)),
            ("col", column.map(String.init)), ("title", title),
        ]
        let list = properties.compactMap { name, value in value.map { "\(name)=\(Self.property($0))" } }
        sink("::\(command) \(list.joined(separator: ","))::\(Self.data(message))\n")
    }

    /// Escapes a message as the runner unescapes it.
    private static func data(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "%": result += "%25"
            case "\r": result += "%0D"
            case "\n": result += "%0A"
            default: result.unicodeScalars.append(TerminalText.harmless(scalar))
            }
        }
        return result
    }

    private static func property(_ text: String) -> String {
        data(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
    }
}

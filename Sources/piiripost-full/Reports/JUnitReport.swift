// SPDX-License-Identifier: EUPL-1.2

import SEDInspection

/// Writes JUnit XML: each document is a test case, an invalid one a failure, an undecided one an error.
///
/// The counts stand before the cases, so the cases wait in a spool until the end. There is no time in it, so that equal
/// documents give equal bytes.
struct JUnitReport: ReportWriter {
    private let sink: ReportSink
    private let spool = Spool()

    init(sink: @escaping ReportSink) {
        self.sink = sink
    }

    mutating func add(_ document: JudgedDocument) {
        let name = Self.escaped(document.path)
        let type = Self.escaped(document.report?.sed ?? "document")
        let list = Self.escaped(Self.list(document), keepsLines: true)
        var text = "    <testcase classname=\"\(type)\" name=\"\(name)\">\n"
        switch document.verdict {
        case "invalid":
            let errors = document.findings.filter { $0.severity == "error" }
            let message = Self.escaped("\(errors.count) error(s): \(errors.first?.text ?? "")")
            let rule = Self.escaped(errors.first?.rule ?? "invalid")
            text += "      <failure message=\"\(message)\" type=\"\(rule)\">\(list)</failure>\n"
        case "valid":
            if !document.findings.isEmpty { text += "      <system-out>\(list)</system-out>\n" }
        default:
            let message = Self.escaped(document.openReason ?? "the document could not be judged")
            text += "      <error message=\"\(message)\" type=\"undecided\">\(list)</error>\n"
        }
        spool.append(text + "    </testcase>\n")
    }

    mutating func finish(_ summary: ValidationSummary) {
        let counts =
            "name=\"piiripost\" tests=\"\(summary.count)\" failures=\"\(summary.invalid)\" "
            + "errors=\"\(summary.undecided)\""
        // The schema of Jenkins allows `skipped` on the inner element only.
        sink("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites \(counts)>\n")
        sink("  <testsuite \(counts) skipped=\"0\">\n")
        spool.drain(into: sink)
        sink("  </testsuite>\n</testsuites>\n")
    }

    private static func list(_ document: JudgedDocument) -> String {
        let path = TerminalText.fileName(document.path)
        return document.findings.map { finding in
            let place = [finding.line, finding.column].compactMap { $0.map(String.init) }
            let location = ([path] + place).joined(separator: ":")
            return "\(location): \(finding.severity): \(TerminalText.harmless(finding.text)) [\(finding.ruleText)]"
        }.joined(separator: "\n")
    }

    /// Escapes for text and attributes; what XML 1.0 cannot hold becomes U+FFFD.
    private static func escaped(_ text: String, keepsLines: Bool = false) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n" where keepsLines: result += "\n"
            case "\n", "\r", "\t": result += "&#\(scalar.value);"
            case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

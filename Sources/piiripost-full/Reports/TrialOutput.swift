// SPDX-License-Identifier: EUPL-1.2

import SEDInspection
import SEDProcessor

/// Writes what `case rebuild --since-version` finds, each difference as soon as it is known.
final class TrialOutput {
    private let format: OutputFormat
    private var isFirst = true

    init(_ format: OutputFormat) {
        self.format = format
        if format == .json { Output.text("{\n  \"differences\" : [") }
    }

    func add(_ difference: TrialDifference) throws {
        switch format {
        case .json: Output.text((isFirst ? "\n    " : ",\n    ") + (try StableJSON.encode(difference)))
        case .text: for line in difference.lines { Output.line(line) }
        }
        isFirst = false
    }

    func finish(_ summary: TrialSummary) throws {
        switch format {
        case .json:
            let counts = try StableJSON.encode(summary)
            Output.text("\(isFirst ? "" : "\n  ")],\n  \"formatVersion\" : 1,\n  \"summary\" : \(counts)\n}\n")
        case .text:
            let kept = summary.notJudged == 0 ? "" : "; \(summary.notJudged) messages could not be judged anew"
            Output.line(
                "\(summary.cases) cases, \(summary.casesThatDiffer) differ; \(summary.messages) messages, "
                    + "\(summary.messagesThatDiffer) differ\(kept)"
            )
        }
    }
}

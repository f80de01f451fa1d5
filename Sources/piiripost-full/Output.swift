// SPDX-License-Identifier: EUPL-1.2

import ArgumentParser
import Foundation
import SEDInspection

/// How results are written.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
}

extension Output {
    static func line(_ text: String) { self.text(text + "\n") }

    /// Text with line ends of its own.
    static func text(_ text: String) {
        do {
            try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
        } catch {
            // Whoever waits for the result must not take a status for it that belongs to a result.
            complain("error: standard output cannot be written")
            exit(ExitStatus.undone.rawValue)
        }
    }

    /// A table with aligned columns; the last column is not padded.
    ///
    /// What senders chose, such as names of files, neither
    /// makes rows of its own nor steers a terminal.
    static func table(_ header: [String], _ rows: [[String]], indent: String = "") {
        let all = [header] + rows.map { $0.map(TerminalText.harmless) }
        let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        for row in all {
            let cells = row.enumerated().map { index, cell in
                index == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[index] - cell.count)
            }
            let text = indent + cells.joined(separator: "  ")
            line(String(text.reversed().drop { $0 == " " }.reversed()))
        }
    }
}

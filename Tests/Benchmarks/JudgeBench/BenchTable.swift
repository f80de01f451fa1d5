// SPDX-License-Identifier: EUPL-1.2

/// The one table of a run, as Markdown: figures first, then each target with its ratio and whether it is met.
struct BenchTable: CustomStringConvertible {
    private let missing: [Column]
    private var figures: [[String]] = []
    private var aims: [[String]] = []

    init(peers: Peers) {
        missing = peers.missing
    }

    /// Adds a row of figures; a column without one shows a dash, a peer that is missing says so.
    mutating func add(_ measure: String, _ values: [Column: Double], digits: Int) {
        let cells = Column.allCases.map { column in
            if let value = values[column] { return value.text(digits) }
            return missing.contains(column) ? "SKIPPED" : "-"
        }
        figures.append([measure] + cells)
    }

    mutating func aim(_ measure: String, _ value: Double, atMost limit: Double) {
        aims.append([measure, value.text(2), "at most \(Self.text(limit))", value <= limit ? "met" : "MISSED"])
    }

    mutating func aim(_ measure: String, _ value: Double, atLeast limit: Double) {
        aims.append([measure, value.text(2), "at least \(Self.text(limit))", value >= limit ? "met" : "MISSED"])
    }

    private static func text(_ limit: Double) -> String {
        limit.text((limit * 10).rounded() == limit * 10 ? 1 : 2)
    }

    var description: String {
        let empty = Array(repeating: "", count: Column.allCases.count - 3)
        let targets = [["**Target**", "**Ratio**", "**Wanted**", "**Result**"]] + aims
        let rows = [["Measure"] + Column.allCases.map(\.rawValue)] + figures + targets.map { $0 + empty + [""] }
        let widths = rows[0].indices.map { column in
            rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
        }
        func line(_ row: [String]) -> String {
            let cells = widths.indices.map { column in
                let cell = column < row.count ? row[column] : ""
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + padding : padding + cell
            }
            return "| " + cells.joined(separator: " | ") + " |"
        }
        let rule =
            "|"
            + widths.indices.map { index in
                let dashes = String(repeating: "-", count: widths[index] + 1)
                return index == 0 ? ":" + dashes : dashes + ":"
            }.joined(separator: "|") + "|"
        let skipped = missing.map { "SKIPPED: \($0.rawValue) is not on this machine." }
        return ([line(rows[0]), rule] + rows.dropFirst().map(line) + skipped).joined(separator: "\n")
    }
}

// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// A state of one business use case as one side sees it; the names are those of the published tables.
package struct StateID: Hashable, Sendable, CustomStringConvertible {
    package let name: String

    package init(_ name: String) {
        self.name = name
    }

    /// Nothing has been exchanged, or the starter was withdrawn.
    package static let start = StateID("S")
    /// Closed for all participants by X001.
    package static let closed = StateID("C")
    /// This side handed the case to another institution of its State (X007).
    package static let forwarded = StateID("W")
    /// In a table: the state before the document that is acted on.
    package static let lastValid = StateID("L")
    /// In a table: the process may be regarded as finished.
    package static let end = StateID("E")

    package var description: String { name }
}

/// Which way a document travels, seen from this side of the case.
package enum Way: String, Hashable, Sendable {
    case received
    case sent

    package var opposite: Way { self == .received ? .sent : .received }
}

/// One row of a state table: in `state`, `sed` may travel `way`.
package struct Transition: Hashable, Sendable {
    package let state: StateID
    package let way: Way
    package let sed: SEDType
    /// The document that the other side may send back within the same exchange, such as X010 after X009.
    package let reply: SEDType?
    /// The document acted on: by X008, X011, X050, and by an update, whose row names its own SED here.
    package let about: SEDType?
    package let next: StateID
    /// The sub-process that the row belongs to, or nil for the main course.
    package let process: String?
    /// The content conditions of which one must hold; empty when the content does not matter.
    package let contexts: [String]
    /// What the table says of the row besides, or nil.
    package let mark: Mark?

    /// The words of the column `mark`.
    package enum Mark: String, Hashable, Sendable, CaseIterable {
        /// The published table demands the document in this state.
        case must
        /// The sources disagree whether the document has a place here; it is taken with a note (CAS-016).
        case noted
    }

    /// Whether the row belongs to the main course rather than to a sub-process.
    package var isMainCourse: Bool { process == nil && !isUpdate }

    /// Whether the row lets a further version of a document in.
    package var isUpdate: Bool { about == sed }
}

/// A fault in a table file, with the line inside the table.
package struct TransitionTableError: Error, Hashable {
    package let line: Int
    package let reason: String
}

extension Transition {
    /// The columns of a table, in their order.
    package static let columns = ["state", "way", "sed", "reply", "about", "next", "process", "context", "mark"]

    /// Reads a table: one row a line, columns separated by blanks, `-` for nothing, `#` starts a remark.
    ///
    /// The last column may be left out, in a row and in the whole table.
    package static func parseTable(_ text: String) throws(TransitionTableError) -> [Transition] {
        var rows: [Transition] = []
        var isHeaderSeen = false
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let cells = line.prefix(while: { $0 != "#" }).split(separator: " ").map(String.init)
            guard !cells.isEmpty else { continue }
            if !isHeaderSeen {
                guard cells == columns || cells == columns.dropLast() else {
                    throw TransitionTableError(
                        line: index, reason: "the first row must name the columns \(columns.joined(separator: " "))"
                    )
                }
                isHeaderSeen = true
                continue
            }
            rows.append(try parseRow(cells, line: index))
        }
        return rows
    }

    private static func parseRow(_ cells: [String], line: Int) throws(TransitionTableError) -> Transition {
        guard cells.count == columns.count || cells.count == columns.count - 1 else {
            throw TransitionTableError(
                line: line, reason: "\(cells.count) cells where \(columns.count - 1) or \(columns.count) belong"
            )
        }
        let mark = cells.count > 8 ? Mark(rawValue: cells[8]) : nil
        if cells.count > 8, cells[8] != "-", mark == nil {
            throw TransitionTableError(line: line, reason: "mark must be must or noted")
        }
        let way: Way
        switch cells[1] {
        case "in": way = .received
        case "out": way = .sent
        default: throw TransitionTableError(line: line, reason: "way must be in or out")
        }
        guard let sed = try parseSED(cells[2], line: line) else {
            throw TransitionTableError(line: line, reason: "a row needs a SED")
        }
        return Transition(
            state: StateID(cells[0]),
            way: way,
            sed: sed,
            reply: try parseSED(cells[3], line: line),
            about: try parseSED(cells[4], line: line),
            next: StateID(cells[5]),
            process: cells[6] == "-" ? nil : cells[6],
            contexts: cells[7] == "-" ? [] : cells[7].split(separator: ",").map(String.init),
            mark: mark
        )
    }

    private static func parseSED(_ cell: String, line: Int) throws(TransitionTableError) -> SEDType? {
        if cell == "-" { return nil }
        guard let sed = SEDType(parsing: cell) else {
            throw TransitionTableError(line: line, reason: "\(cell) is no SED code")
        }
        return sed
    }
}

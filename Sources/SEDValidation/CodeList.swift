// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
internal import SEDXML

/// A code list in OASIS genericode: codes with labels by language.
///
/// A class, because a list is looked at for every code of every document and has many parts to copy.
package final class CodeList: Sendable {
    package let name: String
    package let version: String
    /// In the order of the file.
    package let codes: [String]

    private let known: Set<String>
    /// First and last day of codes whose rows state them in the columns `from` and `to`.
    private let validity: [String: (from: CivilDate?, to: CivilDate?)]
    /// The text, for the labels, which no judgement asks for.
    private let source: [UInt8]

    package convenience init(parsing bytes: [UInt8], file: String) throws(SchemaFolderError) {
        if let plain = PlainRows(bytes), let head = try? Self.tree(of: plain.head, file),
            let (name, version, _) = try? Self.parts(of: head, file)
        {
            self.init(name, version, plain.rows, bytes)
            return
        }
        let tree = try Self.tree(of: bytes, file)
        let (name, version, rows) = try Self.parts(of: tree, file)
        self.init(name, version, try Self.rows(rows, of: tree, file), bytes)
    }

    private init(_ name: String, _ version: String, _ rows: [Row], _ source: [UInt8]) {
        self.name = name
        self.version = version
        self.source = source
        codes = rows.map(\.code)
        known = Set(codes)
        var validity: [String: (from: CivilDate?, to: CivilDate?)] = [:]
        for row in rows where !row.cells.isEmpty {
            let from = row.cells["from"].flatMap { CivilDate(parsing: $0) }
            let to = row.cells["to"].flatMap { CivilDate(parsing: $0) }
            if from != nil || to != nil { validity[row.code] = (from, to) }
        }
        self.validity = validity
    }

    /// Label by code, then by language (`en`, `et`).
    package var labels: [String: [String: String]] {
        guard let tree = try? Self.tree(of: source, name), let parts = try? Self.parts(of: tree, name),
            let rows = try? Self.rows(parts.rows, of: tree, name)
        else { return [:] }
        return Dictionary(rows.map { ($0.code, $0.cells) }, uniquingKeysWith: { _, last in last })
            .mapValues { cells in cells.filter { !["from", "to"].contains($0.key) } }
    }

    package func contains(_ code: String) -> Bool { known.contains(code) }

    /// Whether the list holds the code, on a day where one is given and the code's row is dated.
    package func contains(_ code: String, on date: CivilDate?) -> Bool {
        guard known.contains(code) else { return false }
        guard let date, let (from, to) = validity[code] else { return true }
        return (from.map { $0 <= date } ?? true) && (to.map { date <= $0 } ?? true)
    }

    // MARK: Reading

    struct Row {
        let code: String
        /// The other cells by column; of plain rows the days alone.
        let cells: [String: String]
    }

    private static func tree(of bytes: [UInt8], _ file: String) throws(SchemaFolderError) -> XMLTree {
        do {
            return try XMLTree(parsing: bytes)
        } catch {
            throw SchemaFolderError(file: file, line: error.finding.position?.line, reason: error.finding.message)
        }
    }

    private static func parts(of tree: borrowing XMLTree, _ file: String) throws(SchemaFolderError)
        -> (name: String, version: String, rows: ElementID)
    {
        let root = tree.root
        guard let identification = tree.child("Identification", of: root),
            let shortName = tree.child("ShortName", of: identification),
            let rows = tree.child("SimpleCodeList", of: root)
        else { throw SchemaFolderError(file: file, reason: "this is no genericode list with simple codes") }
        let version = tree.child("Version", of: identification).map { tree.text(of: $0) } ?? ""
        return (tree.text(of: shortName), version, rows)
    }

    private static func rows(_ list: ElementID, of tree: borrowing XMLTree, _ file: String) throws(SchemaFolderError)
        -> [Row]
    {
        var rows: [Row] = []
        for row in tree.children(of: list) {
            var cells: [String: String] = [:]
            for value in tree.children(of: row) {
                guard let column = tree.attribute("ColumnRef", of: value) else { continue }
                cells[column] = tree.child("SimpleValue", of: value).map { tree.text(of: $0) }
            }
            guard let code = cells.removeValue(forKey: "code") else {
                throw SchemaFolderError(
                    file: file, line: tree.position(of: row)?.line, reason: "a row has no value in the column code"
                )
            }
            rows.append(Row(code: code, cells: cells))
        }
        return rows
    }
}

/// The rows of a code list that are written as ours are, a line each, read without a parser.
///
/// Every byte of them is looked at: a row with a reference, a comment, an attribute more or a byte that XML forbids is
/// not understood, and then the whole list is parsed.
private struct PlainRows {
    /// The list without its rows.
    let head: [UInt8]
    private(set) var rows: [CodeList.Row] = []

    private static let start = Array("\n  <SimpleCodeList>\n".utf8)
    private static let end = Array("  </SimpleCodeList>\n</gc:CodeList>\n".utf8)
    private static let rowStart = Array("    <Row>".utf8)
    private static let rowEnd = Array("</Row>\n".utf8)
    private static let column = Array("<Value ColumnRef=\"".utf8)
    private static let value = Array("\"><SimpleValue>".utf8)
    private static let code = Array("code".utf8)
    private static let from = Array("from".utf8)
    private static let to = Array("to".utf8)
    private static let valueEnd = Array("</SimpleValue></Value>".utf8)

    init?(_ bytes: [UInt8]) {
        let text = bytes.span
        let last = text.count - Self.end.count
        guard text.holds(Self.end, at: last), String(validating: bytes, as: UTF8.self) != nil else { return nil }
        var place = 0
        while place < last, text[place] != 0x0A || !text.holds(Self.start, at: place) { place += 1 }
        guard place < last else { return nil }
        place += Self.start.count
        head = Array(bytes[..<place]) + Self.end
        while place < last {
            guard text.holds(Self.rowStart, at: place), let row = Self.row(text, bytes, &place) else { return nil }
            rows.append(row)
        }
    }

    private static func row(_ text: Span<UInt8>, _ bytes: [UInt8], _ place: inout Int) -> CodeList.Row? {
        place += rowStart.count
        var found: String?
        var days: [String: String] = [:]
        while !text.holds(rowEnd, at: place) {
            guard text.holds(column, at: place) else { return nil }
            let name = passText(text, from: place + column.count)
            guard text.holds(value, at: name.upperBound) else { return nil }
            let content = passText(text, from: name.upperBound + value.count)
            guard text.holds(valueEnd, at: content.upperBound) else { return nil }
            place = content.upperBound + valueEnd.count
            if name.count == 4, text.holds(code, at: name.lowerBound) {
                found = String(decoding: bytes[content], as: UTF8.self)
            } else if name.count == 4, text.holds(from, at: name.lowerBound) {
                days["from"] = String(decoding: bytes[content], as: UTF8.self)
            } else if name.count == 2, text.holds(to, at: name.lowerBound) {
                days["to"] = String(decoding: bytes[content], as: UTF8.self)
            }
        }
        place += rowEnd.count
        return found.map { CodeList.Row(code: $0, cells: days) }
    }

    /// Text without anything that means something in XML; ends before a byte that does.
    private static func passText(_ text: Span<UInt8>, from start: Int) -> Range<Int> {
        var place = start
        while place < text.count {
            switch text[place] {
            case 0..<0x20, UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"), UInt8(ascii: "\""):
                return start..<place
            default: place += 1
            }
        }
        return start..<place
    }
}

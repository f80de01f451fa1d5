// SPDX-License-Identifier: EUPL-1.2

internal import Yams

/// A request as single values, each with its place in the request file.
///
/// Places are such as `debtor.person.familyName` and `claims.1.amounts.principal`. Rows of CSV and answers at a terminal
/// become requests this way, by the same reader as files.
package struct RequestFields {
    private typealias Value = (path: ArraySlice<String>, text: String)

    /// What the reader needs beside any single value.
    private static let needed = ["kind": "recovery", "applicant": "EE:MTA001", "requested": "SE:SEPEN1"]
    /// Their values have blanks between them.
    private static let lists: Set<String> = ["branches", "nationalities", "information", "documents"]

    private var values: [String: String] = [:]

    package init() {}

    /// An empty text is no value.
    package mutating func set(_ path: String, _ text: String) {
        values[path] = text.isEmpty ? nil : text
    }

    /// The request that the values make.
    package func file(named name: String) throws(ConfigurationError) -> RecoveryRequestFile {
        let values = values.sorted { $0.key < $1.key }.map { path, text -> Value in
            (path.split(separator: ".").map(String.init)[...], text)
        }
        return try RecoveryRequestFile(reading: Self.node(values), YAMLReader(file: name))
    }

    /// Whether a request needs the value.
    static func isNeeded(_ path: String) -> Bool { needed[path] != nil }

    /// What is wrong with one value by itself, said by the same reader; nil where nothing is.
    static func problem(with text: String, at path: String) -> String? {
        problems(with: text, at: path).first
    }

    private static func problems(with text: String, at path: String) -> [String] {
        var fields = RequestFields()
        for (other, value) in needed { fields.set(other, value) }
        // A file has a path before it has anything else.
        if path.hasPrefix("attachments.") { fields.set("attachments.1.file", "-") }
        fields.set(path, text)
        do {
            _ = try fields.file(named: path)
            return []
        } catch {
            return error.problems.map(\.message)
        }
    }

    /// Why a request has no single value at a place, whatever the value; nil where it has one.
    static func problem(withPlace path: String) -> String? {
        let names = path.split(separator: ".", omittingEmptySubsequences: false)
        if path.isEmpty { return "the column has no name" }
        if names.contains(where: \.isEmpty) { return noPlace }
        if names.contains(where: { name in Int(name).map { $0 < 1 || String($0) != name } ?? false }) {
            return "items are counted from 1"
        }
        let problems = problems(with: "x", at: path)
        if let unknown = problems.first(where: { $0.hasPrefix("unknown key") }) { return unknown }
        // A scalar is expected to be something; what is none is expected to be another thing.
        return problems.contains { $0 == "expected a text" || $0 == "expected keys and values" } ? noPlace : nil
    }

    private static let noPlace = "a request has no value at this place"

    private static func node(_ values: [Value]) -> Node {
        var names: [String] = []
        var groups: [String: [Value]] = [:]
        for (path, text) in values {
            guard let name = path.first else { continue }
            if groups[name] == nil { names.append(name) }
            groups[name, default: []].append((path.dropFirst(), text))
        }
        let children = names.map { name -> (name: String, node: Node) in
            let group = groups[name] ?? []
            // What stands below a value is never left out; the reader tells that it has no place.
            let below = group.filter { !$0.path.isEmpty }
            guard below.isEmpty, let value = group.first else { return (name, node(below)) }
            let texts = lists.contains(name) ? value.text.split(separator: " ").map(String.init) : nil
            let items = texts.map { Node.sequence(Node.Sequence($0.map(scalar))) }
            return (name, items ?? scalar(value.text))
        }
        if !names.isEmpty, names.allSatisfy({ Int($0) != nil }) {
            let items = children.sorted { (Int($0.name) ?? 0) < (Int($1.name) ?? 0) }.map(\.node)
            return .sequence(Node.Sequence(items))
        }
        return .mapping(Node.Mapping(children.map { (scalar($0.name), $0.node) }))
    }

    private static func scalar(_ text: String) -> Node { .scalar(Node.Scalar(text)) }
}

/// Requests in CSV: the first line names the places of the values, each further line is a request.
package enum RequestTable {
    /// Reads RFC 4180: commas, cells in quotes where they hold commas, quotes or line ends; UTF-8.
    ///
    /// Faults name the line of the file in which a row begins, and as column the number of the cell.
    package static func requests(in text: String, file: String) throws(ConfigurationError) -> [RecoveryRequestFile] {
        let rows = try rows(of: text, file: file)
        guard let header = rows.first, rows.count > 1 else {
            throw ConfigurationError(problems: [
                ConfigurationProblem(file: file, line: 1, column: 1, message: "expected a header and at least one row")
            ])
        }
        var requests: [RecoveryRequestFile] = []
        var problems = header.cells.indices.compactMap { column in
            problem(with: column, of: header.cells).map {
                ConfigurationProblem(file: file, line: header.line, column: column + 1, message: $0)
            }
        }
        for row in rows.dropFirst() {
            guard row.cells.count == header.cells.count else {
                problems.append(
                    ConfigurationProblem(
                        file: file, line: row.line, column: 1,
                        message: "expected \(header.cells.count) cells, found \(row.cells.count)"))
                continue
            }
            var fields = RequestFields()
            for (path, cell) in zip(header.cells, row.cells) { fields.set(path, cell) }
            do {
                requests.append(try fields.file(named: file))
            } catch {
                let cells = zip(header.cells, row.cells).enumerated().compactMap { column, cell in
                    cell.1.isEmpty
                        ? nil
                        : RequestFields.problem(with: cell.1, at: cell.0).map {
                            ConfigurationProblem(file: file, line: row.line, column: column + 1, message: $0)
                        }
                }
                // What no cell is to blame for is missing in the row.
                problems +=
                    cells.isEmpty
                    ? error.problems.map {
                        ConfigurationProblem(file: file, line: row.line, column: 1, message: $0.message)
                    } : cells
            }
        }
        if !problems.isEmpty { throw ConfigurationError(problems: problems) }
        return requests
    }

    /// Why a column has no place of its own; nil where it has one.
    private static func problem(with column: Int, of header: [String]) -> String? {
        let path = header[column]
        if let problem = RequestFields.problem(withPlace: path) { return problem }
        if header[..<column].contains(path) { return "the column is there twice" }
        let other = header.firstIndex { $0.hasPrefix("\(path).") || path.hasPrefix("\($0).") }
        return other.map { "one of this column and column \($0 + 1) is below the other" }
    }

    /// The rows with something in them; throws where a quote stands that RFC 4180 does not allow.
    private static func rows(
        of text: String,
        file: String
    ) throws(ConfigurationError) -> [(line: Int, cells: [String])] {
        func fault(_ line: Int, _ cells: [String], _ message: String) -> ConfigurationError {
            ConfigurationError(problems: [
                ConfigurationProblem(file: file, line: line, column: cells.count + 1, message: message)
            ])
        }
        var rows: [(line: Int, cells: [String])] = []
        var cells: [String] = []
        var cell = ""
        var isQuoted = false
        // The line of the quote with which the cell began.
        var quote: Int?
        var line = 1
        var start = 1
        let content = text.unicodeScalars
        var characters = (content.first == "\u{FEFF}" ? content.dropFirst() : content[...]).makeIterator()
        var next = characters.next()
        func endRow() {
            if cells.isEmpty, cell.isEmpty { return }
            rows.append((start, cells + [cell]))
        }
        while let character = next {
            next = characters.next()
            if character == "\n" { line += 1 }
            if isQuoted {
                if character == "\"", next == "\"" {
                    cell.unicodeScalars.append(character)
                    next = characters.next()
                } else if character == "\"" {
                    isQuoted = false
                } else {
                    cell.unicodeScalars.append(character)
                }
            } else if character == "\r", next == "\n" {
                continue
            } else if character == "," {
                cells.append(cell)
                (cell, quote) = ("", nil)
            } else if character == "\n" {
                endRow()
                (cells, cell, quote, start) = ([], "", nil, line)
            } else if let quote {
                throw fault(quote, cells, "text follows the quote that ends this cell")
            } else if character == "\"" {
                guard cell.isEmpty else { throw fault(line, cells, "a cell with a quote stands in quotes as a whole") }
                (isQuoted, quote) = (true, line)
            } else {
                cell.unicodeScalars.append(character)
            }
        }
        if isQuoted, let quote { throw fault(quote, cells, "the quote that begins this cell is never closed") }
        endRow()
        return rows
    }
}

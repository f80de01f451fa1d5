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
        var fields = RequestFields()
        for (other, value) in needed { fields.set(other, value) }
        // A file has a path before it has anything else.
        if path.hasPrefix("attachments.") { fields.set("attachments.1.file", "-") }
        fields.set(path, text)
        do {
            _ = try fields.file(named: path)
            return nil
        } catch {
            return error.problems.first?.message ?? ""
        }
    }

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
            guard let value = group.first(where: { $0.path.isEmpty }) else { return (name, node(group)) }
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
        let rows = rows(of: text)
        guard let header = rows.first, rows.count > 1 else {
            throw ConfigurationError(problems: [
                ConfigurationProblem(file: file, line: 1, column: 1, message: "expected a header and at least one row")
            ])
        }
        var requests: [RecoveryRequestFile] = []
        var problems = header.cells.enumerated().compactMap { column, path -> ConfigurationProblem? in
            let isTwice = header.cells[..<column].contains(path)
            let isMisnumbered = path.split(separator: ".").contains { Int($0).map { $0 < 1 } ?? false }
            guard isTwice || isMisnumbered else { return nil }
            return ConfigurationProblem(
                file: file, line: header.line, column: column + 1,
                message: isTwice ? "the column is there twice" : "items are counted from 1")
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

    private static func rows(of text: String) -> [(line: Int, cells: [String])] {
        var rows: [(line: Int, cells: [String])] = []
        var cells: [String] = []
        var cell = ""
        var isQuoted = false
        var line = 1
        var start = 1
        var characters = text.unicodeScalars.makeIterator()
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
            } else if character == "\"", cell.isEmpty {
                isQuoted = true
            } else if character == "," {
                cells.append(cell)
                cell = ""
            } else if character == "\n" {
                endRow()
                (cells, cell, start) = ([], "", line)
            } else if character != "\r", character != "\u{FEFF}" {
                cell.unicodeScalars.append(character)
            }
        }
        endRow()
        return rows
    }
}

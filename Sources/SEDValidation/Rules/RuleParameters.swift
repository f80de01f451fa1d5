// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
internal import SEDXML

/// The numbers of the rules: months, years, thresholds, each with the days from which its values hold.
package struct RuleParameters: Sendable {
    package struct Parameter: Sendable {
        package let name: String
        /// Whether the number stands in the law; else it is our policy.
        package let isLaw: Bool
        package let titles: [Language: String]
        package let references: [Language: String]
        /// In order of time.
        package let values: [(from: CivilDate, value: String)]
    }

    /// In the order of the file.
    package let all: [Parameter]
    private let byName: [String: Parameter]

    static let none = RuleParameters(all: [])

    private init(all: [Parameter]) {
        self.all = all
        byName = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    package init(parsing bytes: [UInt8], file: String) throws(SchemaFolderError) {
        let reader = try RuleFileReader(bytes, file: file, root: "parameters")
        var all: [Parameter] = []
        for element in reader.children(named: "parameter") {
            let name = try reader.required("name", of: element)
            if all.contains(where: { $0.name == name }) { throw reader.error(at: element, "\(name) stands here twice") }
            var values: [(CivilDate, String)] = []
            for value in reader.children(of: element, named: "value") {
                guard let from = CivilDate(parsing: try reader.required("from", of: value)) else {
                    throw reader.error(at: value, "from is no date")
                }
                values.append((from, reader.text(of: value)))
            }
            all.append(
                Parameter(
                    name: name, isLaw: try reader.required("kind", of: element) == "law",
                    titles: reader.texts(of: element, named: "title"),
                    references: reader.texts(of: element, named: "reference"),
                    values: values.sorted { $0.0 < $1.0 }.map { (from: $0.0, value: $0.1) }
                )
            )
        }
        self.init(all: all)
    }

    package func parameter(_ name: String) -> Parameter? { byName[name] }

    /// The value in force on a day; nil before the first.
    package func value(of name: String, on date: CivilDate) -> String? {
        byName[name]?.values.last { $0.from <= date }?.value
    }
}

/// What the readers of our own rule files share: located errors and texts by language.
struct RuleFileReader: ~Copyable {
    let tree: XMLTree
    let file: String

    init(_ bytes: [UInt8], file: String, root: String) throws(SchemaFolderError) {
        self.file = file
        let parsed = try Self.tree(of: bytes, file: file)
        let top = parsed.root
        guard parsed.localName(of: top) == root, parsed.namespace(of: top) == "urn:piiripost:rules" else {
            throw SchemaFolderError(
                file: file, line: parsed.position(of: top)?.line,
                reason: "the root is not \(root) in the namespace urn:piiripost:rules"
            )
        }
        tree = parsed
    }

    /// The tree of a rule file; text that is none is a fault with its place.
    static func tree(of bytes: [UInt8], file: String) throws(SchemaFolderError) -> XMLTree {
        do {
            return try XMLTree(parsing: bytes)
        } catch {
            throw SchemaFolderError(
                file: file, line: error.finding.position?.line, column: error.finding.position?.column,
                reason: error.finding.message
            )
        }
    }

    func children(named name: String) -> [ElementID] { children(of: tree.root, named: name) }

    func children(of element: ElementID, named name: String) -> [ElementID] {
        tree.children(of: element).filter { tree.localName(of: $0) == name }
    }

    /// The text of an element, its white space in single blanks.
    func text(of element: ElementID) -> String {
        Self.tidied(tree.text(of: element))
    }

    /// The lines of a text without empty ones and without the indentation that all of them have.
    func lines(of element: ElementID) -> [String] {
        let lines = tree.text(of: element).split(separator: "\n").filter { !$0.allSatisfy(\.isWhitespace) }
        let indent = lines.map { $0.prefix { $0 == " " }.count }.min() ?? 0
        return lines.map { line in
            let end = line.lastIndex { !$0.isWhitespace } ?? line.startIndex
            return String(line[...end].dropFirst(indent))
        }
    }

    /// A text with single blanks where there was white space of XML.
    static func tidied(_ text: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
                if let last = bytes.last, last != 0x20 { bytes.append(0x20) }
            } else {
                bytes.append(byte)
            }
        }
        if bytes.last == 0x20 { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    func texts(of element: ElementID, named name: String) -> [Language: String] {
        var texts: [Language: String] = [:]
        for child in children(of: element, named: name) {
            let language = tree.attributes(of: child).first { $0.name == "lang" }?.value
            if let known = Language(rawValue: language ?? "en") { texts[known] = text(of: child) }
        }
        return texts
    }

    func required(_ name: String, of element: ElementID) throws(SchemaFolderError) -> String {
        guard let value = tree.attribute(name, of: element) else {
            throw error(at: element, "\(tree.localName(of: element)) lacks the attribute \(name)")
        }
        return value
    }

    func error(at element: ElementID, _ reason: String) -> SchemaFolderError {
        let position = tree.position(of: element)
        return SchemaFolderError(file: file, line: position?.line, column: position?.column, reason: reason)
    }
}

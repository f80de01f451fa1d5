// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
internal import SEDXML

/// A fault in `sed-schemas`: of the installation, never of a document.
package struct SchemaFolderError: Error, Hashable, CustomStringConvertible {
    package let file: String
    package let line: Int?
    package let column: Int?
    package let reason: String

    package init(file: String, line: Int? = nil, column: Int? = nil, reason: String) {
        self.file = file
        self.line = line
        self.column = column
        self.reason = reason
    }

    package var description: String {
        "\(file)\(line.map { ":\($0)" } ?? "")\(column.map { ":\($0)" } ?? ""): \(reason)"
    }
}

/// What `sed-schemas/catalogue.xml` says: which schema judges which root element.
///
/// It also holds the digest of every file, most of its rows by far. `.ci/seal-catalogue` compares them; no judgement
/// needs them, so they are read by `digests(in:)` alone.
package struct Catalogue: Sendable {
    /// An envelope version and the data model version it belongs to.
    package struct EnvelopeEntry: Hashable, Sendable {
        package let headerVersion: String
        package let cdm: CDMVersion
        package let namespace: String
        package let schema: String
    }

    /// One SED of one data model version.
    package struct SEDEntry: Hashable, Sendable {
        package let type: SEDType
        package let cdm: CDMVersion
        package let title: String
        package let namespace: String
        package let schema: String
        package let allowsAttachments: Bool
    }

    /// A family of rules and the SEDs that it can concern.
    package struct RuleFamily: Hashable, Sendable {
        package let name: String
        /// The Schematron file; nil for a family of which nothing is checked on one document.
        package let schema: String?
        package let catalogue: String
        /// Beginnings of SED codes, such as `R` or `A00`; empty for all SEDs.
        package let seds: [String]

        func concerns(_ sed: String) -> Bool { seds.isEmpty || seds.contains { sed.hasPrefix($0) } }
    }

    package let version: String
    package let ruleFamilies: [RuleFamily]
    package let envelopes: [EnvelopeEntry]
    package let seds: [SEDEntry]

    private let byNamespace: [String: SEDEntry]
    private let byType: [TypeKey: SEDEntry]

    private struct TypeKey: Hashable {
        let type: SEDType
        let cdm: CDMVersion
    }

    package init(parsing bytes: [UInt8]) throws(SchemaFolderError) {
        let plain = PlainEntries(bytes)
        let tree = try Self.tree(of: plain?.rest ?? bytes)
        version = tree.attribute("version", of: tree.root) ?? ""
        var envelopes: [EnvelopeEntry] = []
        var seds = plain?.seds ?? []
        var ruleFamilies: [RuleFamily] = []
        for entry in tree.children(of: tree.root) {
            func fault(_ reason: String) -> SchemaFolderError {
                SchemaFolderError(file: Self.file, line: tree.position(of: entry)?.line, reason: reason)
            }
            func value(_ name: String) throws(SchemaFolderError) -> String {
                guard let value = tree.attribute(name, of: entry) else {
                    throw fault("the attribute \(name) is missing")
                }
                return value
            }
            func version(_ name: String) throws(SchemaFolderError) -> CDMVersion {
                guard let version = CDMVersion(parsing: try value(name)) else { throw fault("\(name) is no version") }
                return version
            }
            switch tree.localName(of: entry) {
            case "envelope":
                envelopes.append(
                    EnvelopeEntry(
                        headerVersion: try value("headerVersion"), cdm: try version("cdm"),
                        namespace: try value("namespace"), schema: try value("schema")
                    )
                )
            case "sed":
                guard let type = SEDType(parsing: try value("code")) else {
                    throw fault("code is no SED code")
                }
                seds.append(
                    SEDEntry(
                        type: type, cdm: try version("cdm"), title: try value("title"),
                        namespace: try value("namespace"), schema: try value("schema"),
                        allowsAttachments: try value("attachments") == "allowed"
                    )
                )
            case "rules":
                ruleFamilies.append(
                    RuleFamily(
                        name: try value("family"), schema: tree.attribute("schema", of: entry),
                        catalogue: try value("catalogue"),
                        seds: (tree.attribute("seds", of: entry) ?? "").split(separator: " ").map(String.init)
                    )
                )
            case "artefact":
                continue
            default:
                throw fault("an unknown entry")
            }
        }
        self.envelopes = envelopes
        self.seds = seds
        self.ruleFamilies = ruleFamilies
        byType = Dictionary(
            seds.map { (TypeKey(type: $0.type, cdm: $0.cdm), $0) }, uniquingKeysWith: { first, _ in first })
        byNamespace = Dictionary(seds.map { ($0.namespace, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// SHA-256 in hexadecimal by path.
    package static func digests(in bytes: [UInt8]) throws(SchemaFolderError) -> [String: String] {
        let tree = try tree(of: bytes)
        var digests: [String: String] = [:]
        for entry in tree.children(of: tree.root) where tree.localName(of: entry) == "artefact" {
            guard let path = tree.attribute("path", of: entry), let digest = tree.attribute("sha256", of: entry) else {
                throw SchemaFolderError(
                    file: file, line: tree.position(of: entry)?.line, reason: "an artefact needs path and sha256")
            }
            digests[path] = digest
        }
        return digests
    }

    private static let file = "catalogue.xml"

    private static func tree(of bytes: [UInt8]) throws(SchemaFolderError) -> XMLTree {
        do {
            return try XMLTree(parsing: bytes)
        } catch {
            throw SchemaFolderError(file: file, line: error.finding.position?.line, reason: error.finding.message)
        }
    }

    package func sed(namespace: String) -> SEDEntry? { byNamespace[namespace] }

    package func sed(_ type: SEDType, cdm: CDMVersion) -> SEDEntry? {
        byType[TypeKey(type: type, cdm: cdm)]
    }

    package func envelope(headerVersion: String) -> EnvelopeEntry? {
        envelopes.first { $0.headerVersion == headerVersion }
    }

    package func envelope(cdm: CDMVersion) -> EnvelopeEntry? {
        envelopes.first { $0.cdm == cdm }
    }
}

/// The entries of a catalogue that are written as ours are, a line each, read without a parser.
///
/// Of an entry in another form nothing is understood, and then the whole catalogue is parsed.
private struct PlainEntries {
    /// The catalogue without SEDs and digests, whose lines are empty.
    private(set) var rest: [UInt8] = []
    private(set) var seds: [Catalogue.SEDEntry] = []

    private static let sed = Array("  <sed ".utf8)
    private static let artefact = Array("  <artefact ".utf8)
    private static let comment = Array("<!--".utf8)
    private static let commentEnd = Array("-->".utf8)
    private static let names = ["code", "cdm", "title", "namespace", "schema", "attachments"].map { Array($0.utf8) }

    init?(_ bytes: [UInt8]) {
        let text = bytes.span
        guard String(validating: bytes, as: UTF8.self) != nil else { return nil }
        var start = 0
        while start < text.count {
            var end = start
            while end < text.count, text[end] != 0x0A { end += 1 }
            let line = start..<min(end + 1, text.count)
            if text.holds(Self.sed, at: start) {
                guard let entry = Self.entry(bytes, from: start + Self.sed.count, to: end) else { return nil }
                seds.append(entry)
                rest.append(0x0A)
            } else if text.holds(Self.artefact, at: start) {
                guard Self.values(bytes, from: start + Self.artefact.count, to: end) != nil else { return nil }
                rest.append(0x0A)
            } else {
                // A comment of several lines might hold entries that are none.
                let places = start..<end
                guard
                    !places.contains(where: { text.holds(Self.comment, at: $0) })
                        || text.holds(Self.commentEnd, at: end - Self.commentEnd.count)
                else { return nil }
                rest += bytes[line]
            }
            start = end + 1
        }
    }

    private static func entry(_ bytes: [UInt8], from start: Int, to end: Int) -> Catalogue.SEDEntry? {
        guard let values = values(bytes, from: start, to: end) else { return nil }
        let texts = values.compactMap { $0.map { String(decoding: bytes[$0], as: UTF8.self) } }
        guard texts.count == names.count, let type = SEDType(parsing: texts[0]),
            let version = CDMVersion(parsing: texts[1])
        else { return nil }
        return Catalogue.SEDEntry(
            type: type, cdm: version, title: texts[2], namespace: texts[3], schema: texts[4],
            allowsAttachments: texts[5] == "allowed")
    }

    /// The values of `names`; nil when the line is not attributes with a blank between them, and the end of the entry.
    private static func values(_ bytes: [UInt8], from start: Int, to end: Int) -> [Range<Int>?]? {
        let text = bytes.span
        var values: [Range<Int>?] = Array(repeating: nil, count: names.count)
        var place = start
        while place < end {
            let nameStart = place
            while place < end, (0x61...0x7A).contains(text[place] | 0x20) || (0x30...0x39).contains(text[place]) {
                place += 1
            }
            let name = nameStart..<place
            guard !name.isEmpty, place + 2 < end, text[place] == UInt8(ascii: "="),
                text[place + 1] == UInt8(ascii: "\"")
            else { return nil }
            place += 2
            let value = place
            while place < end, text[place] != UInt8(ascii: "\"") {
                let byte = text[place]
                if byte < 0x20 || byte == UInt8(ascii: "&") || byte == UInt8(ascii: "<") { return nil }
                place += 1
            }
            for (number, known) in names.enumerated()
            where known.count == name.count && text.holds(known, at: nameStart) {
                guard values[number] == nil else { return nil }
                values[number] = value..<place
            }
            place += 1
            if place + 2 == end, text[place] == UInt8(ascii: "/"), text[place + 1] == UInt8(ascii: ">") {
                return values
            }
            guard place < end, text[place] == 0x20 else { return nil }
            place += 1
        }
        return nil
    }
}

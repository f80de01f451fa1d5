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

    package init(parsing bytes: [UInt8]) throws(SchemaFolderError) {
        let tree = try Self.tree(of: bytes)
        version = tree.attribute("version", of: tree.root) ?? ""
        var envelopes: [EnvelopeEntry] = []
        var seds: [SEDEntry] = []
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
        seds.first { $0.type == type && $0.cdm == cdm }
    }

    package func envelope(headerVersion: String) -> EnvelopeEntry? {
        envelopes.first { $0.headerVersion == headerVersion }
    }

    package func envelope(cdm: CDMVersion) -> EnvelopeEntry? {
        envelopes.first { $0.cdm == cdm }
    }
}

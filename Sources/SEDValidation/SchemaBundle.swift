// SPDX-License-Identifier: EUPL-1.2

/// Schemas from elsewhere, such as the official package: files named `<SED>-<CDM>.xsd`, modular or flat.
///
/// A modular file imports its libraries (CC, HSec, ...) by location; a flat one holds all its types. Both are found by
/// name in any sub-folder, because packages differ in their layout.
package struct SchemaBundle: Sendable {
    package let name: String
    /// Paths inside the bundle.
    private let paths: [String]
    private let readFile: @Sendable (String) throws -> [UInt8]

    package init(name: String, paths: [String], read: @escaping @Sendable (String) throws -> [UInt8]) {
        self.name = name
        self.paths = paths.sorted()
        readFile = read
    }

    /// The file of a SED: `R017-4.4.xsd`, or with a patch digit and a stamp behind (`R017-4.4.1-20250606T150014.xsd`).
    func path(of entry: Catalogue.SEDEntry) -> String? {
        let stem = "\(entry.type)-\(entry.cdm)"
        return paths.first { SchemaPath.fileName($0) == stem + ".xsd" }
            ?? paths.last { path in
                let name = SchemaPath.fileName(path)
                return name.hasPrefix(stem + ".") || name.hasPrefix(stem + "-")
            }
    }

    /// Reads a file of the bundle; an import that leads to another place is looked for by its name.
    ///
    /// The schema of XML signatures may be missing, or have a document type declaration as the published one does:
    /// then a stand-in of ours lets any signature pass, which the signature layer judges.
    func read(_ path: String) throws -> [UInt8] {
        let name = SchemaPath.fileName(path)
        if name.lowercased().contains("xmldsig") { return Array(Self.signatureStandIn.utf8) }
        if paths.contains(path) { return try readFile(path) }
        guard let other = paths.first(where: { SchemaPath.fileName($0) == name }) else {
            throw SchemaFolderError(file: path, reason: "the bundle \(self.name) does not hold this file")
        }
        return try readFile(other)
    }

    private static let signatureStandIn = """
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"
            targetNamespace="http://www.w3.org/2000/09/xmldsig#" elementFormDefault="qualified">
          <xs:element name="Signature" type="ds:SignatureType"/>
          <xs:complexType name="SignatureType">
            <xs:sequence>
              <xs:any namespace="##any" processContents="skip" minOccurs="0" maxOccurs="unbounded"/>
            </xs:sequence>
            <xs:anyAttribute namespace="##any" processContents="skip"/>
          </xs:complexType>
        </xs:schema>
        """
}

/// Paths of schema files, which are plain names joined by slashes.
enum SchemaPath {
    static func fileName(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// A location beside the importing file, with `.` and `..` taken out as a URI resolver does it.
    static func resolve(_ location: String, against path: String) -> String {
        if location.contains("://") { return location }
        var parts = path.split(separator: "/").dropLast().map(String.init)
        for part in location.split(separator: "/") {
            switch part {
            case ".": continue
            case "..": if !parts.isEmpty { parts.removeLast() }
            default: parts.append(String(part))
            }
        }
        return parts.joined(separator: "/")
    }
}

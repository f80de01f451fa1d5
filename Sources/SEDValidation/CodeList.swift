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
    /// Label by code, then by language (`en`, `et`).
    package let labels: [String: [String: String]]

    private let known: Set<String>
    /// First and last day of codes whose rows state them in the columns `from` and `to`.
    private let validity: [String: (from: CivilDate?, to: CivilDate?)]

    package convenience init(parsing bytes: [UInt8], file: String) throws(SchemaFolderError) {
        let tree: XMLTree
        do {
            tree = try XMLTree(parsing: bytes)
        } catch {
            throw SchemaFolderError(file: file, line: error.finding.position?.line, reason: error.finding.message)
        }
        try self.init(reading: tree, file: file)
    }

    private init(reading tree: borrowing XMLTree, file: String) throws(SchemaFolderError) {
        let root = tree.root
        guard let identification = tree.child("Identification", of: root),
            let shortName = tree.child("ShortName", of: identification),
            let rows = tree.child("SimpleCodeList", of: root)
        else { throw SchemaFolderError(file: file, reason: "this is no genericode list with simple codes") }
        name = tree.text(of: shortName)
        version = tree.child("Version", of: identification).map { tree.text(of: $0) } ?? ""
        var codes: [String] = []
        var labels: [String: [String: String]] = [:]
        var validity: [String: (from: CivilDate?, to: CivilDate?)] = [:]
        for row in tree.children(of: rows) {
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
            codes.append(code)
            let from = cells.removeValue(forKey: "from").flatMap { CivilDate(parsing: $0) }
            let to = cells.removeValue(forKey: "to").flatMap { CivilDate(parsing: $0) }
            if from != nil || to != nil { validity[code] = (from, to) }
            labels[code] = cells
        }
        self.codes = codes
        self.labels = labels
        self.validity = validity
        known = Set(codes)
    }

    package func contains(_ code: String) -> Bool { known.contains(code) }

    /// Whether the list holds the code, on a day where one is given and the code's row is dated.
    package func contains(_ code: String, on date: CivilDate?) -> Bool {
        guard known.contains(code) else { return false }
        guard let date, let (from, to) = validity[code] else { return true }
        return (from.map { $0 <= date } ?? true) && (to.map { date <= $0 } ?? true)
    }
}

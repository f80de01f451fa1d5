// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
internal import SEDCrypto
package import SEDInspection
package import SEDValidation

extension SchemaFolder {
    /// The same folder, whose files are compared with the digests of its catalogue when they are read.
    ///
    /// For folders that a person names and may have changed; that of the program is compared where it is built.
    package func sealed() throws -> SchemaFolder {
        try sealed { SHA256Digest(of: $0).description }
    }

    /// The names in a sub-folder, sorted.
    package func names(in folder: String) throws(SchemaFolderError) -> [String] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)") else {
            throw SchemaFolderError(file: folder, reason: "the folder is missing or cannot be read")
        }
        return names.sorted()
    }

    /// All schema files of the folder and its sub-folders, as a bundle.
    package func bundle() throws(SchemaFolderError) -> SchemaBundle {
        let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        let schemas = names.filter { $0.lowercased().hasSuffix(".xsd") }
        if schemas.isEmpty {
            throw SchemaFolderError(
                file: path, reason: "there is neither a catalogue nor a schema (*.xsd) in this folder")
        }
        return SchemaBundle(name: path, paths: schemas, read: { try self.read($0) })
    }

    /// The rule files (`*.sch`) of a folder that the user names, in order of name.
    package static func rules(in folder: String) throws(SchemaFolderError) -> [AddedRuleFile] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw SchemaFolderError(file: folder, reason: "the folder is missing or cannot be read")
        }
        var files: [AddedRuleFile] = []
        for name in names.sorted() where name.hasSuffix(".sch") && !name.hasPrefix(".") {
            let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
            // A pipe would never end, and a device not either.
            let facts = try? FileManager.default.attributesOfItem(
                atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
            guard facts?[.type] as? FileAttributeType == .typeRegular else {
                throw SchemaFolderError(file: path, reason: "this is not a regular file")
            }
            guard let size = facts?[.size] as? Int, size <= largestRuleFile else {
                throw SchemaFolderError(file: path, reason: "the file has more than \(largestRuleFile) bytes")
            }
            guard let data = FileManager.default.contents(atPath: path) else {
                throw SchemaFolderError(file: path, reason: "the file cannot be read")
            }
            files.append(AddedRuleFile(path: path, bytes: Array(data)))
        }
        if files.isEmpty {
            throw SchemaFolderError(file: folder, reason: "there is no rule file (*.sch) in this folder")
        }
        return files
    }

    /// Ten times the largest of ours.
    private static let largestRuleFile = 2 << 20
}

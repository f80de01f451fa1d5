// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
internal import SEDCore
internal import SEDCrypto
package import SEDValidation

/// The folder `sed-schemas` on disk: the one place that reads it.
package struct SchemaFolder: Sendable {
    package let path: String
    /// The digest that each file must have, by its path inside the folder; nil where none is compared.
    private var digests: [String: String]?

    package init(path: String) {
        self.path = path
    }

    /// The same folder, whose files are compared with the digests of its catalogue when they are read.
    ///
    /// For folders that a person names and may have changed; that of the program is compared where it is built.
    package func sealed() throws -> SchemaFolder {
        var folder = self
        folder.digests = try Catalogue.digests(in: read("catalogue.xml"))
        return folder
    }

    /// Finds the folder that belongs to this program.
    ///
    /// Looked for in this order: the environment's `PIIRIPOST_SCHEMAS`; `share/piiripost/sed-schemas` beside the
    /// program's `bin`; `sed-schemas` in a folder above the program, which is where a checkout keeps it.
    package static func find(environment: [String: String], executable: String) throws(SchemaFolderError)
        -> SchemaFolder
    {
        if let path = environment["PIIRIPOST_SCHEMAS"], !path.isEmpty { return SchemaFolder(path: path) }
        var folder = URL(fileURLWithPath: executable).resolvingSymlinksInPath().deletingLastPathComponent()
        while true {
            for candidate in ["share/piiripost/sed-schemas", "sed-schemas"] {
                let path = folder.appendingPathComponent(candidate).path
                if FileManager.default.fileExists(atPath: path + "/catalogue.xml") { return SchemaFolder(path: path) }
            }
            let parent = folder.deletingLastPathComponent()
            if parent.path == folder.path { break }
            folder = parent
        }
        throw SchemaFolderError(
            file: "sed-schemas", reason: "the folder was not found; name it with --schemas or PIIRIPOST_SCHEMAS"
        )
    }

    /// The bytes of a file by its path inside the folder, which must not lead out of it.
    package func read(_ name: String) throws(SchemaFolderError) -> [UInt8] {
        guard Self.isInside(name) else {
            throw SchemaFolderError(file: name, reason: "the path leads out of the schema folder")
        }
        guard let data = FileManager.default.contents(atPath: "\(path)/\(name)") else {
            throw SchemaFolderError(file: name, reason: "the file is missing or cannot be read")
        }
        let bytes = Array(data)
        if let digests, name != "catalogue.xml", digests[name] != SHA256Digest(of: bytes).description {
            throw SchemaFolderError(
                file: name,
                reason: digests[name] == nil
                    ? "the file has no digest in catalogue.xml; seal the folder as sed-schemas/README.md says"
                    : "the file is not the one whose digest is in catalogue.xml; put the file back, or seal the folder "
                        + "as sed-schemas/README.md says"
            )
        }
        return bytes
    }

    package func contains(_ name: String) -> Bool {
        Self.isInside(name) && FileManager.default.fileExists(atPath: "\(path)/\(name)")
    }

    /// The names in a sub-folder, sorted.
    package func names(in folder: String) throws(SchemaFolderError) -> [String] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)") else {
            throw SchemaFolderError(file: folder, reason: "the folder is missing or cannot be read")
        }
        return names.sorted()
    }

    /// Whether the folder is of our own layout; another one may be a bundle of schemas.
    package var hasCatalogue: Bool { contains("catalogue.xml") }

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

    private static func isInside(_ name: String) -> Bool {
        !name.hasPrefix("/") && !name.split(separator: "/").contains("..") && !name.utf8.contains(0)
    }
}

/// Everything that judging and case work need from `sed-schemas`.
package struct ReferenceData: Sendable {
    package let folder: SchemaFolder
    package let validator: Validator
    package let useCases: UseCaseLibrary

    /// Loads the folder; a bundle's schemas take the place of its SED schemas.
    package init(folder: SchemaFolder, bundle: SchemaBundle? = nil) throws {
        self.folder = folder
        let useCases = UseCaseLibrary(folder: folder)
        self.useCases = useCases
        validator = try Self.validator(
            folder, bundle, useCases, conditions: useCases.conditions(), readsCaseFacts: true)
    }

    /// A validator without the content conditions, which serve the placing in a case alone and take as long to read as
    /// a small SED to judge.
    package static func validatorForJudging(
        folder: SchemaFolder,
        bundle: SchemaBundle? = nil,
        addedRules: [AddedRuleFile] = []
    ) throws -> Validator {
        try validator(folder, bundle, UseCaseLibrary(folder: folder), conditions: [], addedRules)
    }

    private static func validator(
        _ folder: SchemaFolder,
        _ bundle: SchemaBundle?,
        _ useCases: UseCaseLibrary,
        conditions: [ContentCondition],
        readsCaseFacts: Bool = false,
        _ addedRules: [AddedRuleFile] = []
    ) throws -> Validator {
        let library = try SchemaLibrary(read: { try folder.read($0) }, bundle: bundle)
        return Validator(
            library: library,
            combinations: { try useCases.combinations(of: $0) },
            conditions: conditions,
            readsCaseFacts: readsCaseFacts,
            rules: try RuleLibrary(schemas: library, added: addedRules),
            today: { SystemTime.now().date }
        )
    }
}

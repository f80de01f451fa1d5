// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDXML
internal import Synchronization

/// Everything that `sed-schemas` offers the validator, read and compiled on demand, once, and shared by all threads.
package final class SchemaLibrary: Sendable {
    package let catalogue: Catalogue

    private let read: @Sendable (String) throws -> [UInt8]
    private let schemas = Mutex<[String: CompiledSchema]>([:])
    private let codeLists = Mutex<[String: CodeList]>([:])

    /// A schema in both its forms: libxml2's, and where code lists apply.
    struct CompiledSchema: Sendable {
        let schema: XMLSchema
        let places: CodeListPlaces
    }

    /// Opens the library that `read` serves, which returns the bytes of a file by its path inside `sed-schemas`.
    package init(read: @escaping @Sendable (String) throws -> [UInt8]) throws {
        self.read = read
        catalogue = try Catalogue(parsing: read("catalogue.xml"))
    }

    /// The schema of a path in the catalogue, with all it imports.
    func schema(at path: String) throws -> CompiledSchema {
        if let known = schemas.withLock({ $0[path] }) { return known }
        var sources = SchemaSources()
        var model = SchemaModel()
        var waiting = [path]
        while let next = waiting.popLast() {
            guard sources.texts[next] == nil else { continue }
            let bytes = try read(next)
            sources.add(bytes, named: next)
            let tree: XMLTree
            do {
                tree = try XMLTree(parsing: bytes)
            } catch {
                throw SchemaFolderError(file: next, line: error.finding.position?.line, reason: error.finding.message)
            }
            waiting += model.read(tree).map { Self.resolve($0, against: next) }
        }
        guard let places = CodeListPlaces(model) else { throw OutOfMemory() }
        let compiled = CompiledSchema(schema: try XMLSchema(compiling: path, from: sources), places: places)
        // Two threads may have compiled the same schema; the first one in is kept.
        return schemas.withLock { known in
            if let first = known[path] { return first }
            known[path] = compiled
            return compiled
        }
    }

    package func codeList(named name: String) throws -> CodeList {
        if let known = codeLists.withLock({ $0[name] }) { return known }
        let file = "codelists/\(name).gc"
        let list = try CodeList(parsing: read(file), file: file)
        codeLists.withLock { $0[name] = list }
        return list
    }

    /// The code lists that the schema of a SED refers to, by name.
    package func codeLists(usedBy entry: Catalogue.SEDEntry) throws -> [CodeList] {
        try schema(at: entry.schema).places.lists.map { try codeList(named: $0) }
    }

    /// The path of an import beside the importing file.
    private static func resolve(_ location: String, against path: String) -> String {
        let folder = path.split(separator: "/").dropLast().joined(separator: "/")
        return folder.isEmpty ? location : "\(folder)/\(location)"
    }
}

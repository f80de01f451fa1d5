// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDXML
internal import Synchronization

/// Everything that `sed-schemas` offers the validator, read and compiled on demand, once, and shared by all threads.
package final class SchemaLibrary: Sendable {
    package let catalogue: Catalogue

    let read: @Sendable (String) throws -> [UInt8]
    private let bundle: SchemaBundle?
    private let schemas = Mutex<[SchemaKey: CompiledSchema]>([:])
    private let codeLists = Mutex<[String: CodeList]>([:])
    private let knownFormats = Mutex<FormatCatalogue?>(nil)

    private struct SchemaKey: Hashable {
        let path: String
        let hasAllTypes: Bool
    }

    /// A schema in all its forms: libxml2's, where code lists apply, and the elements that it declares.
    ///
    /// An object, so that handing it out counts one reference and not one for each of its tables.
    final class CompiledSchema: Sendable {
        let schema: XMLSchema
        let places: CodeListPlaces
        let model: SchemaModel

        init(schema: XMLSchema, places: CodeListPlaces, model: SchemaModel) {
            self.schema = schema
            self.places = places
            self.model = model
        }
    }

    /// Opens the library that `read` serves, which returns the bytes of a file by its path inside `sed-schemas`.
    ///
    /// A bundle's schemas take the place of ours for all SEDs; envelopes, code lists and use cases stay ours.
    package init(read: @escaping @Sendable (String) throws -> [UInt8], bundle: SchemaBundle? = nil) throws {
        self.read = read
        self.bundle = bundle
        catalogue = try Catalogue(parsing: read("catalogue.xml"))
    }

    /// The schema of a SED: the bundle's where there is a bundle, else ours.
    ///
    /// `withAllTypes` is for documents that may name any type of it themselves.
    func schema(of entry: Catalogue.SEDEntry, withAllTypes: Bool = false) throws -> CompiledSchema {
        guard let bundle else { return try schema(at: entry.schema, withAllTypes: withAllTypes) }
        guard let path = bundle.path(of: entry) else {
            throw SchemaFolderError(
                file: bundle.name, reason: "the bundle has no schema for \(entry.type)-\(entry.cdm)")
        }
        return try compiled(path, withAllTypes: true, read: bundle.read)
    }

    /// The schema of a path in the catalogue, with what it needs of all it imports.
    func schema(at path: String, withAllTypes: Bool = false) throws -> CompiledSchema {
        try compiled(path, withAllTypes: withAllTypes, read: read)
    }

    private func compiled(_ path: String, withAllTypes: Bool, read: (String) throws -> [UInt8]) throws
        -> CompiledSchema
    {
        let key = SchemaKey(path: path, hasAllTypes: withAllTypes)
        if let known = schemas.withLock({ $0[key] }) { return known }
        var compiled: CompiledSchema?
        if !withAllTypes, let extract = try SchemaExtract(of: path, read: read) {
            // What is wrong with an extract is told of the whole, with its places.
            compiled = try? Self.compile(path) { name in
                guard let text = extract.texts[name] else { throw SchemaFolderError(file: name, reason: "left out") }
                return text
            }
        }
        let result = try compiled ?? Self.compile(path, read: read)
        // Two threads may have compiled the same schema; the first one in is kept.
        return schemas.withLock { known in
            if let first = known[key] { return first }
            known[key] = result
            return result
        }
    }

    private static func compile(_ path: String, read: (String) throws -> [UInt8]) throws -> CompiledSchema {
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
            waiting += model.read(tree).map { SchemaPath.resolve($0, against: next) }
        }
        guard let places = CodeListPlaces(model) else { throw OutOfMemory() }
        return CompiledSchema(schema: try XMLSchema(compiling: path, from: sources), places: places, model: model)
    }

    package func codeList(named name: String) throws -> CodeList {
        if let known = codeLists.withLock({ $0[name] }) { return known }
        let file = "codelists/\(name).gc"
        let list = try CodeList(parsing: read(file), file: file)
        codeLists.withLock { $0[name] = list }
        return list
    }

    /// What is known of the findings of the formats; read when somebody asks.
    package func formats() throws -> FormatCatalogue {
        if let known = knownFormats.withLock({ $0 }) { return known }
        let catalogue = try FormatCatalogue(parsing: read(FormatCatalogue.path))
        knownFormats.withLock { $0 = catalogue }
        return catalogue
    }

    /// The code lists that the schema of a SED refers to, by name.
    package func codeLists(usedBy entry: Catalogue.SEDEntry) throws -> [CodeList] {
        try schema(of: entry).places.lists.map { try codeList(named: $0) }
    }
}

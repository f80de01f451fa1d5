// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import SEDXML
import Testing

/// The tables of a schema against libxml2: what they accept is valid, and they accept what is sent every day.
///
/// `PIIRIPOST_MUTANTS` sets how many changed documents are made of each right one.
struct AcceptorTests {
    private static let mutants =
        ProcessInfo.processInfo.environment["PIIRIPOST_MUTANTS"].flatMap { Int($0) } ?? 30

    /// A schema file of the repository with all that it imports, used once already.
    static func schema(_ path: String) throws -> XMLSchema {
        var sources = SchemaSources()
        var waiting = [path]
        while let next = waiting.popLast() {
            let bytes = try Repository.bytes("sed-schemas/" + next)
            sources.add(bytes, named: next)
            let folder = next.prefix { $0 != "/" }
            waiting += String(decoding: bytes, as: UTF8.self).matches(of: /schemaLocation="([^"]+)"/)
                .map { "\(folder)/\($0.1)" }.filter { sources.texts[$0] == nil }
        }
        return try prepared(XMLSchema(compiling: path, from: sources))
    }

    /// The same schema with its tables, which it gets when it is used again.
    static func prepared(_ schema: XMLSchema) throws -> XMLSchema {
        let tree = try XMLTree(parsing: Array("<x/>".utf8))
        for _ in 0..<2 { _ = schema.validate(tree, at: tree.root) }
        return schema
    }

    /// Holds changed forms of a document against a schema; returns those that are accepted without being valid.
    private static func wrongly(
        _ schema: XMLSchema,
        accepts text: String,
        seed: UInt64,
        at element: (borrowing XMLTree) -> ElementID?
    ) -> (wrong: [String], accepted: Int) {
        var mutator = MarkupMutator(text, seed: seed)
        var wrong: [String] = []
        var accepted = 0
        for _ in 0..<mutants {
            let changed = mutator.next()
            guard let tree = try? XMLTree(parsing: Array(changed.utf8)), let place = element(tree),
                schema.accepts(tree, at: place)
            else { continue }
            accepted += 1
            if case .valid = schema.examine(tree, at: place) { continue }
            wrong.append(changed)
        }
        return (wrong, accepted)
    }

    private static let sedPlace: @Sendable (borrowing XMLTree) -> ElementID? = { tree in
        tree.localName(of: tree.root) == "StandardBusinessDocument" ? tree.children(of: tree.root).last : tree.root
    }

    /// Whether the tables say of a document what libxml2 says.
    private static func isTold(of tree: borrowing XMLTree, at element: ElementID, by schema: XMLSchema) -> Bool {
        let isAccepted = schema.accepts(tree, at: element)
        if case .valid = schema.examine(tree, at: element) { return isAccepted }
        return !isAccepted
    }

    private static let examples = Result {
        try FileManager.default.contentsOfDirectory(atPath: Repository.examples + "/inbound")
            .filter { $0.hasSuffix(".xml") }.sorted()
    }

    @Test(arguments: try examples.get())
    func `an example is accepted when it is valid, and changed only when libxml2 agrees`(file: String) throws {
        let bytes = try Repository.bytes("examples/inbound/" + file)
        guard let tree = try? XMLTree(parsing: bytes), let sed = Self.sedPlace(tree) else { return }
        let text = String(decoding: bytes, as: UTF8.self)
        let header = try Self.schema(text.contains("HeaderVersion>1.1<") ? "4.2/SBDH-1.1.xsd" : "4.4/SBDH-1.2.xsd")
        if tree.localName(of: tree.root) == "StandardBusinessDocument" {
            let isTold = Self.isTold(of: tree, at: tree.root, by: header)
            #expect(isTold)
            let result = Self.wrongly(header, accepts: text, seed: 1) { $0.root }
            #expect(result.wrong.prefix(3) == [])
        }
        let path = "4.4/\(tree.localName(of: sed))-4.4.xsd"
        guard FileManager.default.fileExists(atPath: Repository.schemas + "/" + path) else { return }
        let schema = try Self.schema(path)
        let isTold = Self.isTold(of: tree, at: sed, by: schema)
        #expect(isTold)
        #expect(Self.wrongly(schema, accepts: text, seed: 2, at: Self.sedPlace).wrong.prefix(3) == [])
    }

    @Test(
        .enabled(if: Repository.sharedFacts != nil, "The shared facts are absent, so no documents are made from them."),
        arguments: ModelFacts.codes
    )
    func `documents of all SEDs are accepted, and changed only when libxml2 agrees`(code: String) throws {
        let schema = try Self.schema("4.4/\(code)-4.4.xsd")
        let documents = try ModelDocuments(code)
        var all = [try documents.minimal(), try documents.full(.init(isFull: true, hasLongestTexts: true))]
        for branch in 0..<3 {
            all.append(try documents.full(.init(isFull: true, branch: branch)))
            all.append(try documents.full(.init(branch: branch)))
        }
        var accepted = 0
        for (number, document) in all.enumerated() {
            let tree = try XMLTree(parsing: document.bytes)
            let isAccepted = schema.accepts(tree, at: tree.root)
            #expect(isAccepted, "\(number)")
            let text = String(decoding: document.bytes, as: UTF8.self)
            let result = Self.wrongly(schema, accepts: text, seed: UInt64(number)) { $0.root }
            #expect(result.wrong.prefix(3) == [])
            accepted += result.accepted
        }
        // Some changes leave a document valid; a test that never meets one tells nothing.
        #expect(accepted > 0)
    }

    @Test func `nothing is accepted at the first use`() throws {
        var sources = SchemaSources()
        let text =
            "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'><xs:element name='a' type='xs:int'/></xs:schema>"
        sources.add(Array(text.utf8), named: "a.xsd")
        let schema = try XMLSchema(compiling: "a.xsd", from: sources)
        let tree = try XMLTree(parsing: Array("<a>1</a>".utf8))
        let answers = (0..<3).map { _ in schema.accepts(tree, at: tree.root) }
        #expect(answers == [false, true, true])
    }
}

// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCore
import SEDInspection
import SEDProcessor
import SEDTestSupport
import SEDXML

@testable import SEDValidation

/// Runs single rule files on single documents, without catalogue and layers.
enum RuleEngine {
    struct Firing: Hashable {
        let id: String
        let path: String
        var message = ""
        var messageWithValues = ""
    }

    /// What a rule file finds, in the order in which it is found; the paths begin at the document's root.
    static func firings(of schema: [UInt8], on document: [UInt8]) throws -> [Firing] {
        var programs: [SchematronReader.Root: RuleProgram] = [:]
        return try firings(of: schema, on: document, programs: &programs)
    }

    /// The same with programs of this rule file that are used again.
    static func firings(
        of schema: [UInt8],
        on document: [UInt8],
        programs: inout [SchematronReader.Root: RuleProgram]
    ) throws -> [Firing] {
        let tree = try XMLTree(parsing: document)
        let sed = (0..<tree.elementCount).lazy.compactMap { tree.element(numbered: $0) }.first {
            tree.namespace(of: $0)?.hasPrefix("http://ec.europa.eu/eessi/ns/") == true
        }
        let top = sed ?? tree.root
        let root = SchematronReader.Root(namespace: tree.namespace(of: top) ?? "", name: tree.localName(of: top))
        let program = try programs[root] ?? program(schema, for: root)
        programs[root] = program
        return try program.run(on: tree, sed: top, message: message).map {
            Firing(
                id: $0.check.id.text, path: tree.path(of: $0.element), message: $0.message,
                messageWithValues: $0.messageWithValues)
        }
    }

    static func firings(of schema: String, on document: String) throws -> [Firing] {
        try firings(of: Array(schema.utf8), on: Array(document.utf8))
    }

    private static func program(_ schema: [UInt8], for root: SchematronReader.Root) throws -> RuleProgram {
        let file = RuleFile(path: "test.sch", family: nil, isChecked: true, faultOfReference: { _, _ in nil })
        return try RuleProgram(
            files: [(file: file, schematron: try SchematronReader(schema, file: "test.sch").read(for: root))],
            sed: root,
            functions: RuleFunctions(message: message, parameters: { .none }, codeList: { _ in throw Missing() }))
    }

    static let message = MessageFacts(direction: .inbound, date: CivilDate(daysSinceEpoch: 20_513))

    struct Missing: Error {}

    /// A library of our rules with files of the user's own.
    static func library(adding files: [(name: String, text: String)]) throws -> RuleLibrary {
        let folder = SchemaFolder(path: Repository.schemas)
        return try RuleLibrary(
            schemas: SchemaLibrary(read: { try folder.read($0) }),
            added: files.map { AddedRuleFile(path: $0.name, bytes: Array($0.text.utf8)) })
    }

    /// Why a folder with this one file is refused, from the line on; nil when it is not.
    static func refusal(of text: String) -> String? { refusal(of: [("own.sch", text)]) }

    static func refusal(of files: [(name: String, text: String)]) -> String? {
        do {
            _ = try library(adding: files)
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// A rule file around what stands in its schema.
    static func schema(_ content: String, attributes: String = "") -> String {
        """
        <sch:schema xmlns:sch="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt" \(attributes)>
          <sch:ns prefix="a009" uri="http://ec.europa.eu/eessi/ns/4_4/A009"/>
          \(content)
        </sch:schema>
        """
    }

    /// A bare document with the root A009.
    static func document(_ content: String) -> String {
        "<a:A009 xmlns:a=\"http://ec.europa.eu/eessi/ns/4_4/A009\" sedVer=\"4\">\(content)</a:A009>"
    }

    static func envelope(_ content: String) -> String {
        """
        <s:StandardBusinessDocument xmlns:s="http://eessi.dgempl.ec.europa.eu/namespaces/sbdh"><s:Header
        ><s:Sender>FI:X</s:Sender></s:Header>\(document(content))</s:StandardBusinessDocument>
        """
    }
}

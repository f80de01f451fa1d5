// SPDX-License-Identifier: EUPL-1.2

import SEDCore
import SEDInspection
import SEDTestSupport
import SEDXML
import Testing

@testable import SEDValidation

/// What is left out of schemas, rules, catalogue and code lists before they are parsed must never have mattered.
struct ExtractTests {
    private static let folder = SchemaFolder(path: Repository.schemas)
    private static let library = try? SchemaLibrary(read: { try folder.read($0) })
    static let seds = library?.catalogue.seds ?? []
    static let families = library?.catalogue.ruleFamilies ?? []

    // MARK: Schemas

    /// What a model says from a root on, in words.
    private func facts(_ model: SchemaModel, of entry: Catalogue.SEDEntry) throws -> [String: String] {
        var facts: [String: String] = [:]
        let root = SchemaModel.TypeName(namespace: entry.namespace, name: entry.type.code)
        var waiting = [try #require(model.roots[root])]
        while let name = waiting.popLast() {
            let key = "\(name.namespace) \(name.name)"
            guard facts[key] == nil else { continue }
            if let type = model.types[name] {
                let children = type.order.map { "\($0): \(type.children[$0].map { "\($0)" } ?? "-")" }
                facts[key] = "\(children) \(type.repeatable.sorted()) \(type.codeList ?? "-")"
                waiting += type.children.values
            } else {
                facts[key] = "\(model.simpleTypes[name].map { "\($0.base) \($0.form ?? "-")" } ?? "-")"
                if let simple = model.simpleTypes[name] { waiting.append(simple.base) }
            }
        }
        return facts
    }

    @Test(arguments: seds)
    func `an extract of a schema says of its root what the whole says, and is smaller`(entry: Catalogue.SEDEntry) throws
    {
        let library = try #require(Self.library)
        let extract = try library.schema(of: entry)
        let whole = try library.schema(of: entry, withAllTypes: true)
        #expect(try facts(extract.model, of: entry) == facts(whole.model, of: entry))
        #expect(extract.model.types.count < whole.model.types.count)
        #expect(Set(extract.places.lists).isSubset(of: whole.places.lists))
    }

    @Test func `every schema of ours is understood, and compiles from its extract`() throws {
        for entry in Self.seds {
            let extract = try #require(
                try SchemaExtract(of: entry.schema, read: { try Self.folder.read($0) }), "\(entry.type)")
            var sources = SchemaSources()
            for (name, text) in extract.texts { sources.add(text, named: name) }
            _ = try XMLSchema(compiling: entry.schema, from: sources)
        }
    }

    @Test(arguments: [
        "<xs:schema><![CDATA[ ]]>", "<xs:schema> <!-- a --> b", "<!DOCTYPE a>",
        "  <xs:complexType name=\"A\">\n  </xs:complexTyp>", "<a>\n<!-- never closed",
        "  <xs:complexType\n name=\"A\">\n  </xs:complexType>",
    ])
    func `of a text in another form nothing is left out`(text: String) {
        let blocks = BlockText(Array(text.utf8), marks: [BlockText.Mark("xs:complexType", indent: 2)])?.blocks
        #expect(blocks?.isEmpty ?? true)
    }

    @Test func `a block in a comment is none, and the lines of what is left out stay`() throws {
        let text = """
            <a>
              <b name="1">
                <c/>
              </b>
              <!-- before
              <b name="2">
              </b>
              -->
              <b name="3"/>
              <b name="4">x</b>
            </a>
            """
        let blocks = try #require(BlockText(Array(text.utf8), marks: [BlockText.Mark("b", indent: 2)]))
        let names = blocks.blocks.flatMap { blocks.values(of: "name", in: $0.head).map(blocks.string) }
        #expect(names == ["1", "3", "4"])
        let kept = String(decoding: blocks.keeping { $0 == 1 }, as: UTF8.self)
        #expect(kept == "<a>\n\n\n\n  <!-- before\n  <b name=\"2\">\n  </b>\n  -->\n  <b name=\"3\"/>\n\n</a>")
    }

    @Test func `a document that names types itself is judged by the whole schema`() throws {
        let library = try #require(Self.library)
        let text = try Repository.text("examples/inbound/08-a012-we-accept-the-polish-determination.xml")
        #expect(try XMLTree(parsing: Array(text.utf8)).namesTypes == false)
        let sed = "<x:A012 xmlns:x=\"http://ec.europa.eu/eessi/ns/4_4/A012\""
        let xsi = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
        let named = "\(sed) \(xsi) xmlns:c=\"http://ec.europa.eu/eessi/ns/4_4/CC\" xsi:type=\"c:EESSILongStringType\"/>"
        #expect(try XMLTree(parsing: Array(named.utf8)).namesTypes)
        // Declared and not used is not yet named.
        #expect(try XMLTree(parsing: Array("\(sed) \(xsi)/>".utf8)).namesTypes == false)
        let entry = try #require(library.catalogue.seds.first { $0.type.code == "A012" })
        let validator = Validator(library: library, combinations: { _ in nil })
        let whole = try library.schema(of: entry, withAllTypes: true).schema
        let tree = try XMLTree(parsing: Array(named.utf8))
        guard case .invalid(let expected, _) = whole.validate(tree, at: tree.root) else {
            Issue.record("a type that does not fit must be a fault")
            return
        }
        let findings = validator.judge(Array(named.utf8)).report.findings.filter { $0.rule.text.hasPrefix("XSD") }
        #expect(findings.count == expected.count)
    }

    // MARK: Rules

    @Test(arguments: seds)
    func `an extract of a rule file reads as the whole does`(entry: Catalogue.SEDEntry) throws {
        let library = try #require(Self.library)
        let root = SchematronReader.Root(namespace: entry.namespace, name: entry.type.code)
        let elements = try library.schema(of: entry).model.elementNames(
            inside: SchemaModel.TypeName(namespace: root.namespace, name: root.name))
        var (left, all) = (0, 0)
        for family in Self.families {
            guard let path = family.schema else { continue }
            let bytes = try Self.folder.read(path)
            for names in [elements, nil] {
                let text = RuleExtract.text(bytes, for: root, elements: names)
                let extract = try SchematronReader(text, file: path).read(for: root, elements: names)
                let whole = try SchematronReader(bytes, file: path).read(for: root, elements: names)
                #expect("\(extract.patterns)" == "\(whole.patterns)", "\(path)")
                #expect("\(extract.variables)" == "\(whole.variables)", "\(path)")
                #expect(extract.namespaces == whole.namespaces, "\(path)")
                left += text.count
                all += bytes.count
            }
        }
        #expect(left * 3 < all * 2)
    }

    // MARK: Catalogue and code lists

    @Test func `the catalogue says the same with and without the digests at its end`() throws {
        let bytes = try Self.folder.read("catalogue.xml")
        let text = String(decoding: bytes, as: UTF8.self)
        // A remark of two lines has everything parsed.
        let whole = try Catalogue(parsing: Array(text.replacing("</catalogue>", with: "<!--\n-->\n</catalogue>").utf8))
        let extract = try Catalogue(parsing: bytes)
        #expect(extract.seds == whole.seds)
        #expect(extract.envelopes == whole.envelopes)
        #expect(extract.ruleFamilies == whole.ruleFamilies)
        #expect(try Catalogue.digests(in: bytes).count > 100)
    }

    @Test func `a code list says the same whether its rows are parsed or read`() throws {
        let lists = Set(
            try Catalogue.digests(in: Self.folder.read("catalogue.xml")).keys.filter { $0.hasSuffix(".gc") })
        #expect(lists.count > 50)
        for file in lists {
            let bytes = try Self.folder.read(file)
            let text = String(decoding: bytes, as: UTF8.self)
            let commented = text.replacing("  </SimpleCodeList>", with: "  <!-- -->\n  </SimpleCodeList>")
            let (read, parsed) = (
                try CodeList(parsing: bytes, file: file), try CodeList(parsing: Array(commented.utf8), file: file)
            )
            #expect(read.codes == parsed.codes && !read.codes.isEmpty, "\(file)")
            #expect(read.name == parsed.name && read.version == parsed.version, "\(file)")
            #expect(read.labels == parsed.labels, "\(file)")
            for code in parsed.codes {
                for day in ["1990-01-01", "2010-06-30", "2023-01-01", "2026-01-01"].map(CivilDate.init(parsing:)) {
                    #expect(read.contains(code, on: day) == parsed.contains(code, on: day), "\(file) \(code)")
                }
            }
        }
    }

    @Test(arguments: [
        ("<SimpleValue>FI</SimpleValue>", "<!-- FI -->"),
        ("<SimpleValue>FI</SimpleValue>", "<SimpleValue>F&#73;</SimpleValue>"),
        (
            "    <Row><Value ColumnRef=\"code\"><SimpleValue>FI",
            "    <!-- <Row/> -->\n    <Row><Value ColumnRef=\"code\"><SimpleValue>FI"
        ),
        ("<SimpleValue>Finland", "<SimpleValue>Fin\u{8}land"), ("<SimpleValue>Finland", "<SimpleValue>Fin<land"),
    ])
    func `rows in another form are parsed`(part: String, other: String) throws {
        let file = "codelists/EESSIEUEFTACountryType.gc"
        let text = String(decoding: try Self.folder.read(file), as: UTF8.self)
        let changed = text.replacing(part, with: other)
        #expect(changed != text)
        let list = try? CodeList(parsing: Array(changed.utf8), file: file)
        switch other {
        case "<SimpleValue>F&#73;</SimpleValue>": #expect(list?.contains("FI") == true)
        case let row where row.contains("<Row/>"): #expect(list?.contains("FI") == true)
        default: #expect(list == nil)
        }
    }
}

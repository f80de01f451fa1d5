// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import SEDXML
import Testing

/// Random schemas and documents: what the tables of a schema accept, libxml2 accepts too.
///
/// `PIIRIPOST_MUTANTS` sets how many schemas are tried.
struct AcceptorLanguageTests {
    private static let schemas =
        ProcessInfo.processInfo.environment["PIIRIPOST_MUTANTS"].flatMap { Int($0) } ?? 150

    /// A schema with its tables, or nil where libxml2 refuses it.
    private static func schema(_ declarations: String, attributes: String = "") -> XMLSchema? {
        var sources = SchemaSources()
        let text = "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' \(attributes)>\(declarations)</xs:schema>"
        sources.add(Array(text.utf8), named: "a.xsd")
        guard let schema = try? XMLSchema(compiling: "a.xsd", from: sources),
            let tree = try? XMLTree(parsing: Array("<x/>".utf8))
        else { return nil }
        for _ in 0..<2 { _ = schema.validate(tree, at: tree.root) }
        return schema
    }

    private static func isAccepted(_ document: String, by schema: XMLSchema) throws -> Bool {
        let tree = try XMLTree(parsing: Array(document.utf8))
        return schema.accepts(tree, at: tree.root)
    }

    private static func isValid(_ document: String, by schema: XMLSchema) throws -> Bool {
        let tree = try XMLTree(parsing: Array(document.utf8))
        if case .valid = schema.examine(tree, at: tree.root) { return true }
        return false
    }

    /// How often a document was accepted, how often only libxml2 found it valid, and what was accepted wrongly.
    private struct Tally {
        var accepted = 0
        var missed = 0
        var wrong: [String] = []

        mutating func add(_ document: String, _ schema: XMLSchema, named name: String) throws {
            let isAccepted = try AcceptorLanguageTests.isAccepted(document, by: schema)
            let isValid = try AcceptorLanguageTests.isValid(document, by: schema)
            if isAccepted, !isValid { wrong.append("\(name): \(document)") }
            accepted += isAccepted ? 1 : 0
            missed += isValid && !isAccepted ? 1 : 0
        }
    }

    // MARK: Content models

    private static func occurrence(_ numbers: inout SeededNumbers) -> String {
        let choices = [
            "", "", "", "minOccurs='0'", "minOccurs='0'", "maxOccurs='unbounded'",
            "minOccurs='0' maxOccurs='unbounded'",
            "maxOccurs='2'", "minOccurs='2' maxOccurs='3'", "minOccurs='0' maxOccurs='3'",
            "minOccurs='2' maxOccurs='unbounded'",
        ]
        return choices[numbers.number(choices.count)]
    }

    private static func particle(_ numbers: inout SeededNumbers, depth: Int) -> String {
        let occurrence = occurrence(&numbers)
        switch numbers.number(depth > 2 ? 5 : 8) {
        case 0...3:
            let name = ["a", "b", "c", "d", "e"][numbers.number(5)]
            return "<xs:element name='\(name)' type='xs:string' \(occurrence)/>"
        case 4:
            let space = ["##any", "##other", "urn:o", "##local", "##targetNamespace"][numbers.number(5)]
            return "<xs:any namespace='\(space)' processContents='skip' \(occurrence)/>"
        case let kind:
            let group = kind == 5 ? "choice" : "sequence"
            let parts = (0...numbers.number(3)).map { _ in particle(&numbers, depth: depth + 1) }
            let isPlain = numbers.number(2) == 0
            return "<xs:\(group) \(isPlain ? "" : occurrence)>\(parts.joined())</xs:\(group)>"
        }
    }

    private static func model(_ numbers: inout SeededNumbers) -> String {
        guard numbers.number(6) == 0 else {
            let parts = (0...numbers.number(4)).map { _ in particle(&numbers, depth: 0) }
            let group = numbers.number(4) == 0 ? "choice" : "sequence"
            let occurrence = numbers.number(3) == 0 ? occurrence(&numbers) : ""
            return "<xs:\(group) \(occurrence)>\(parts.joined())</xs:\(group)>"
        }
        let names = ["a", "b", "c", "d"].prefix(1 + numbers.number(4))
        let parts = names.map { "<xs:element name='\($0)' type='xs:string' minOccurs='\(numbers.number(2))'/>" }
        return "<xs:all>\(parts.joined())</xs:all>"
    }

    @Test func `contents that the tables accept are valid`() throws {
        var numbers = SeededNumbers(seed: 11)
        var tally = Tally()
        let children = [
            "<a/>", "<b/>", "<c/>", "<d/>", "<e/>", "<a>x</a>", " ", "<o:x xmlns:o='urn:o'><y>z</y></o:x>",
            "<p:x xmlns:p='urn:p' z='1'/>", "<t:a/>", "<t:b/>",
        ]
        for _ in 0..<Self.schemas {
            let model = Self.model(&numbers)
            let isQualified = numbers.number(4) == 0
            let form = isQualified ? "elementFormDefault='qualified'" : ""
            guard
                let schema = Self.schema(
                    "<xs:element name='r'><xs:complexType>\(model)</xs:complexType></xs:element>",
                    attributes: "targetNamespace='urn:t' \(form)")
            else { continue }
            for _ in 0..<60 {
                // Names in the order of the alphabet hit a sequence more often than any others.
                var picked = (0..<numbers.number(8)).map { _ in numbers.number(children.count) }
                if numbers.number(2) == 0 { picked.sort() }
                let content = picked.map { child in
                    isQualified && child < 5 ? children[child].replacing("<", with: "<t:") : children[child]
                }
                try tally.add("<t:r xmlns:t='urn:t'>\(content.joined())</t:r>", schema, named: model)
            }
        }
        #expect(tally.wrong.prefix(3) == [])
        #expect(tally.accepted > Self.schemas)
    }

    // MARK: Patterns

    private static func pattern(_ numbers: inout SeededNumbers, depth: Int) -> String {
        let atoms = [
            "a", "b", "0", "[a-c]", "[ab0]", "[^a]", "\\d", ".", "\\.", "[\\- \\.]", "[0-9a-fA-F]", "\\+", ":", " ",
            "[^a-z0]",
        ]
        let quantifiers = ["", "", "", "", "?", "*", "+", "{2}", "{1,3}", "{0,2}", "{2,}", "{0,}", "{3,3}", "{1}"]
        let branches = (0...(numbers.number(4) == 0 ? numbers.number(3) : 0)).map { _ in
            (0...numbers.number(4)).map { _ in
                let atom =
                    numbers.number(4) == 0 && depth < 3
                    ? "(" + pattern(&numbers, depth: depth + 1) + ")" : atoms[numbers.number(atoms.count)]
                return atom + quantifiers[numbers.number(quantifiers.count)]
            }.joined()
        }
        return branches.joined(separator: "|")
    }

    @Test func `texts that the automaton of a pattern accepts match it`() throws {
        var numbers = SeededNumbers(seed: 12)
        var tally = Tally()
        let characters = Array("aab0c1.-+: zZ9õ\n")
        for _ in 0..<Self.schemas {
            let pattern = Self.pattern(&numbers, depth: 0)
            let type =
                "<xs:simpleType><xs:restriction base='xs:string'><xs:pattern value='\(pattern)'/></xs:restriction></xs:simpleType>"
            guard let schema = Self.schema("<xs:element name='r'>\(type)</xs:element>") else { continue }
            for _ in 0..<80 {
                let text = (0..<numbers.number(9)).map { _ in characters[numbers.number(characters.count)] }
                try tally.add("<r>\(String(text))</r>", schema, named: pattern)
            }
        }
        #expect(tally.wrong.prefix(3) == [])
        #expect(tally.accepted > Self.schemas)
    }

    // MARK: Simple types

    @Test func `values that a simple type's tables accept are valid`() throws {
        var numbers = SeededNumbers(seed: 13)
        var tally = Tally()
        let bases = [
            "string", "token", "normalizedString", "boolean", "int", "integer", "long", "nonNegativeInteger",
            "positiveInteger", "decimal", "double", "float", "date", "dateTime",
        ]
        let facets = [
            "", "", "<xs:minLength value='1'/>", "<xs:maxLength value='3'/>", "<xs:length value='2'/>",
            "<xs:whiteSpace value='collapse'/>", "<xs:whiteSpace value='replace'/>", "<xs:minInclusive value='0'/>",
            "<xs:maxExclusive value='5'/>", "<xs:enumeration value='1'/><xs:enumeration value='a  b'/>",
            "<xs:pattern value='\\d+'/><xs:pattern value='[a-z]+'/>", "<xs:pattern value='.{3,12}'/>",
        ]
        let values = Array("0123456789-+.:TZtrueabINF  \t\nõ𐍈")
        for base in bases {
            for facet in facets {
                let type =
                    "<xs:simpleType name='s'><xs:restriction base='xs:\(base)'>\(facet)</xs:restriction></xs:simpleType>"
                let uses =
                    "<xs:element name='r' type='s'/>"
                    + "<xs:element name='q'><xs:complexType><xs:attribute name='v' type='s'/></xs:complexType></xs:element>"
                guard let schema = Self.schema(type + uses) else { continue }
                var mutator = MarkupMutator("<r>2026-01-15</r>", seed: numbers.next())
                for _ in 0..<max(20, Self.schemas / 4) {
                    let text = String((0..<numbers.number(6)).map { _ in values[numbers.number(values.count)] })
                    try tally.add("<r>\(text)</r>", schema, named: base + facet)
                    let written = text.replacing("\n", with: "&#10;").replacing("\t", with: "&#9;")
                    try tally.add("<q v='\(written)'/>", schema, named: base + facet)
                    let changed = mutator.next()
                    if (try? XMLTree(parsing: Array(changed.utf8))) != nil {
                        try tally.add(changed, schema, named: base + facet)
                    }
                }
            }
        }
        #expect(tally.wrong.prefix(3) == [])
        #expect(tally.accepted > Self.schemas)
    }

    // MARK: What is understood

    /// Declarations, a document that is valid by them and one that is not.
    private static let understood: [(declarations: String, valid: String, other: String)] = [
        ("<xs:element name='r' type='xs:string' nillable='true'/>", "<r>a</r>", "<r b=''/>"),
        ("<xs:element name='r'><xs:complexType/></xs:element>", "<r/>", "<r> </r>"),
        (
            """
            <xs:element name='r'><xs:complexType><xs:sequence><xs:element ref='s' maxOccurs='unbounded'/></xs:sequence>
            </xs:complexType></xs:element><xs:element name='s' type='xs:int'/>
            """, "<r> <s>1</s><s>2</s></r>", "<r/>"
        ),
        (
            """
            <xs:element name='r'><xs:complexType><xs:sequence><xs:any processContents='skip' maxOccurs='unbounded'/>
            </xs:sequence><xs:anyAttribute namespace='##any' processContents='skip'/></xs:complexType></xs:element>
            """, "<r a='1'><x b='2'>t<y/></x><z/></r>", "<r a='1'/>"
        ),
        (
            """
            <xs:element name='r'><xs:complexType><xs:simpleContent><xs:extension base='xs:date'>
            <xs:attribute name='a' type='xs:int' use='required'/><xs:attribute name='b' type='xs:string'/></xs:extension>
            </xs:simpleContent></xs:complexType></xs:element>
            """, "<r b='&amp;' a='1'>2026-01-15</r>", "<r b='1'>2026-01-15</r>"
        ),
        (
            """
            <xs:element name='r' type='T'/><xs:complexType name='T'><xs:choice><xs:element name='r' type='T'/>
            <xs:element name='e' type='xs:boolean'/></xs:choice></xs:complexType>
            """, "<r><r><e>true</e></r></r>", "<r><r/></r>"
        ),
    ]

    @Test(arguments: understood.indices)
    func `what SEDs use of the language is told without libxml2`(index: Int) throws {
        let (declarations, valid, other) = Self.understood[index]
        let schema = try #require(Self.schema(declarations))
        #expect(try Self.isAccepted(valid, by: schema))
        #expect(try Self.isValid(valid, by: schema))
        #expect(try !Self.isAccepted(other, by: schema))
        #expect(try !Self.isValid(other, by: schema))
    }

    // MARK: What is left to libxml2

    @Test(arguments: [
        "<xs:element name='r' type='xs:string' default='a'/>",
        "<xs:element name='r' type='xs:string' fixed='a'/>",
        "<xs:element name='r' type='xs:anyURI'/>",
        "<xs:element name='r' type='xs:anyType'/>",
        "<xs:element name='r'/>",
        "<xs:element name='r'><xs:complexType mixed='true'/></xs:element>",
        "<xs:element name='r' type='xs:string'/><xs:element name='s' type='xs:string' substitutionGroup='r'/>",
        "<xs:element name='r'><xs:simpleType><xs:list itemType='xs:int'/></xs:simpleType></xs:element>",
        "<xs:element name='r'><xs:simpleType><xs:union memberTypes='xs:int xs:string'/></xs:simpleType></xs:element>",
        "<xs:element name='r'><xs:complexType><xs:attribute name='a' fixed='1'/></xs:complexType></xs:element>",
        "<xs:element name='r'><xs:complexType><xs:sequence><xs:any minOccurs='0'/></xs:sequence></xs:complexType></xs:element>",
        """
        <xs:element name='r'><xs:complexType><xs:sequence minOccurs='0' maxOccurs='2'><xs:element name='a'/></xs:sequence>
        </xs:complexType></xs:element>
        """,
        """
        <xs:element name='r'><xs:complexType/><xs:unique name='u'><xs:selector xpath='a'/><xs:field xpath='@b'/></xs:unique>
        </xs:element>
        """,
        "<xs:element name='r'><xs:simpleType><xs:restriction base='xs:string'><xs:pattern value='\\p{L}*'/></xs:restriction></xs:simpleType></xs:element>",
    ])
    func `a type that uses more of the language is left to libxml2`(declarations: String) throws {
        let schema = try #require(Self.schema(declarations))
        #expect(try !Self.isAccepted("<r/>", by: schema))
        #expect(try Self.isValid("<r/>", by: schema))
    }

    @Test func `two files for one namespace are left to libxml2, which passes over one of them`() throws {
        var sources = SchemaSources()
        let space = "xmlns:xs='http://www.w3.org/2001/XMLSchema'"
        sources.add(
            Array(
                """
                <xs:schema \(space)>
                  <xs:import namespace='urn:t' schemaLocation='b.xsd'/><xs:import namespace='urn:t' schemaLocation='c.xsd'/>
                </xs:schema>
                """.utf8), named: "a.xsd")
        for (file, name) in [("b.xsd", "b"), ("c.xsd", "c")] {
            let text =
                "<xs:schema \(space) targetNamespace='urn:t'><xs:element name='\(name)' type='xs:string'/></xs:schema>"
            sources.add(Array(text.utf8), named: file)
        }
        let schema = try XMLSchema(compiling: "a.xsd", from: sources)
        for name in ["b", "c", "b", "c"] {
            #expect(try !Self.isAccepted("<t:\(name) xmlns:t='urn:t'/>", by: schema))
        }
    }
}

// SPDX-License-Identifier: EUPL-1.2

import SEDXML
import Testing

struct XMLSchemaTests {
    private static let main = """
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" xmlns:l="urn:l" targetNamespace="urn:t">
          <xs:import namespace="urn:l" schemaLocation="library.xsd"/>
          <xs:element name="a" type="t:AType"/>
          <xs:complexType name="AType">
            <xs:sequence>
              <xs:element name="name" type="l:NameType"/>
              <xs:element name="date" type="xs:date"/>
              <xs:element name="code" type="l:CodeType" minOccurs="0" maxOccurs="2"/>
            </xs:sequence>
            <xs:attribute name="version" type="xs:int" use="required"/>
          </xs:complexType>
        </xs:schema>
        """
    private static let library = """
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:l">
          <xs:simpleType name="NameType">
            <xs:restriction base="xs:string"><xs:minLength value="1"/><xs:maxLength value="5"/></xs:restriction>
          </xs:simpleType>
          <xs:simpleType name="CodeType">
            <xs:restriction base="xs:string"><xs:pattern value="[0-9]{2}"/></xs:restriction>
          </xs:simpleType>
        </xs:schema>
        """

    private func sources(_ texts: [String: String]) -> SchemaSources {
        var sources = SchemaSources()
        for (name, text) in texts { sources.add(Array(text.utf8), named: name) }
        return sources
    }

    private func violations(of content: String, attributes: String = "version='1'") throws -> [SchemaViolation.Kind] {
        let schema = try XMLSchema(
            compiling: "4.4/main.xsd", from: sources(["4.4/main.xsd": Self.main, "4.4/library.xsd": Self.library])
        )
        let tree = try XMLTree(parsing: Array("<t:a xmlns:t='urn:t' \(attributes)>\(content)</t:a>".utf8))
        switch schema.validate(tree, at: tree.root) {
        case .valid: return []
        case .invalid(let violations, _): return violations.map(\.kind)
        case .undecided: return [.other]
        }
    }

    @Test func `a document that fits is valid`() throws {
        #expect(try violations(of: "<name>Mari</name><date>2026-01-15+02:00</date>") == [])
    }

    @Test func `breaches carry facts of the schema and none of the document`() throws {
        #expect(
            try violations(of: "<date>2026-01-15</date>").first == .unexpectedElement(expected: ["name"])
        )
        #expect(try violations(of: "<name>Mari</name>").first == .missingElement(expected: ["date"]))
        #expect(
            try violations(of: "<name>Maribel</name><date>2026-01-15</date>").first
                == .length(limit: "5", isMinimum: false)
        )
        #expect(
            try violations(of: "<name></name><date>2026-01-15</date>").first == .length(limit: "1", isMinimum: true)
        )
        #expect(try violations(of: "<name>M</name><date>2026</date>").first == .wrongType("xs:date"))
        #expect(
            try violations(of: "<name>M</name><date>2026-01-15</date><code>A</code>").first == .pattern("[0-9]{2}")
        )
        #expect(
            try violations(of: "<name>M</name><date>2026-01-15</date>", attributes: "").first
                == .attributeMissing("version")
        )
        #expect(
            try violations(of: "<name>M</name><date>2026-01-15</date>", attributes: "version='1' x='2'").first
                == .attributeNotAllowed
        )
        #expect(try violations(of: "text<name>M</name><date>2026-01-15</date>").first == .textNotAllowed(expected: []))
    }

    @Test func `a value that imitates the library's own words does not mislead`() throws {
        let imitation = "x' is not accepted by the pattern 'SECRET"
        let kinds = try violations(of: "<name>M</name><date>2026-01-15</date><code>\(imitation)</code>")
        #expect(kinds.first == .pattern("[0-9]{2}"))
    }

    @Test func `an import is answered from the given sources and from nothing else`() {
        #expect(throws: SchemaCompilationError.self) {
            _ = try XMLSchema(compiling: "4.4/main.xsd", from: sources(["4.4/main.xsd": Self.main]))
        }
        let outside = Self.main.replacing("library.xsd", with: "file:///etc/passwd")
        #expect(throws: SchemaCompilationError.self) {
            _ = try XMLSchema(compiling: "main.xsd", from: sources(["main.xsd": outside]))
        }
    }

    @Test func `a schema location in a document loads nothing`() throws {
        let hint =
            "version='1' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:schemaLocation='urn:t file:///x'"
        #expect(try violations(of: "<name>Mari</name><date>2026-01-15</date>", attributes: hint) == [])
    }
}

// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCore
import SEDInspection
import SEDProcessor
import SEDTestSupport
import SEDValidation
import Testing

/// Schemas from elsewhere in place of ours, in the shapes in which the official ones are delivered.
struct SchemaBundleTests {
    private func judge(_ text: String, bundle folder: TemporaryFolder) throws -> ValidationReport {
        let reference = try ReferenceData(
            folder: SchemaFolder(path: Repository.schemas), bundle: try SchemaFolder(path: folder.path).bundle()
        )
        return reference.validator.withoutRules().judge(Array(text.utf8)).report
    }

    /// A flat schema with its code pattern inside, and a signature by reference.
    private static let flat = """
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="http://ec.europa.eu/eessi/ns/4_4/X009"
            xmlns:ds="http://www.w3.org/2000/09/xmldsig#" targetNamespace="http://ec.europa.eu/eessi/ns/4_4/X009">
          <xs:import namespace="http://www.w3.org/2000/09/xmldsig#"
              schemaLocation="http://www.w3.org/TR/xmldsig-core/xmldsig-core-schema.xsd"/>
          <xs:element name="X009">
            <xs:complexType>
              <xs:sequence>
                <xs:element name="kind">
                  <xs:complexType>
                    <xs:sequence>
                      <xs:element name="value">
                        <xs:simpleType>
                          <xs:restriction base="xs:string"><xs:pattern value="(01|02|98){1}"/></xs:restriction>
                        </xs:simpleType>
                      </xs:element>
                    </xs:sequence>
                  </xs:complexType>
                </xs:element>
                <xs:element ref="ds:Signature" minOccurs="0"/>
              </xs:sequence>
            </xs:complexType>
          </xs:element>
        </xs:schema>
        """

    private func reminder(_ code: String, _ rest: String = "") -> String {
        "<x:X009 xmlns:x='http://ec.europa.eu/eessi/ns/4_4/X009'><kind><value>\(code)</value></kind>\(rest)</x:X009>"
    }

    @Test func `a flat schema judges alone, codes included`() throws {
        let folder = try TemporaryFolder()
        try folder.write(Self.flat, to: "flat/X009-4.4.xsd")
        #expect(try judge(reminder("01"), bundle: folder).verdict == .valid)
        let wrong = try judge(reminder("03"), bundle: folder)
        #expect(wrong.findings.map(\.rule.text) == ["XSD-006"])
        #expect(wrong.findings.map(\.message) == ["The code in kind is none of the allowed values: 01, 02, 98."])
        #expect(wrong.outcome(of: .codeLists)?.word == "skipped")
        let signature = "<ds:Signature xmlns:ds='http://www.w3.org/2000/09/xmldsig#' Id='x'><ds:Any/></ds:Signature>"
        #expect(try judge(reminder("98", signature), bundle: folder).verdict == .valid)
    }

    @Test(arguments: ["X009-4.4.xsd", "X009-4.4.1.xsd", "X009-4.4.1-20250606T150014.xsd", "X009-4.4-final.xsd"])
    func `a schema is found by document and version, with a patch digit or a stamp behind`(name: String) throws {
        let folder = try TemporaryFolder()
        try folder.write(Self.flat, to: "deep/er/" + name)
        #expect(try judge(reminder("01"), bundle: folder).verdict == .valid)
    }

    @Test func `imported libraries are found by location and by name`() throws {
        for (place, prefix) in [("sed", ""), ("common", "../common/"), ("elsewhere", "")] {
            let folder = try TemporaryFolder()
            for library in ["CC", "RSec"] {
                try folder.write(
                    try Repository.text("sed-schemas/4.4/\(library)-4.4.xsd"), to: "\(place)/\(library)-4.4.xsd"
                )
            }
            let main = try Repository.text("sed-schemas/4.4/R017-4.4.xsd")
                .replacing("schemaLocation=\"", with: "schemaLocation=\"\(prefix)")
            try folder.write(main, to: "sed/R017-4.4.xsd")
            #expect(
                try judge(try TestMessage("R017", in: "R_BUC_07").body, bundle: folder).verdict == .valid, "\(place)")
        }
    }

    @Test func `a document that the bundle has no schema for is undecided, and so is a broken bundle`() throws {
        let folder = try TemporaryFolder()
        try folder.write(Self.flat, to: "X009-4.4.xsd")
        #expect(try judge(try TestMessage("R017", in: "R_BUC_07").body, bundle: folder).verdict == .undecided)
        try folder.write(Self.flat.replacing("</xs:schema>", with: ""), to: "X009-4.4.xsd")
        #expect(try judge(reminder("01"), bundle: folder).verdict == .undecided)
        try folder.write(Self.flat.replacing("xs:pattern", with: "xs:patern"), to: "X009-4.4.xsd")
        #expect(try judge(reminder("01"), bundle: folder).verdict == .undecided)
    }

    @Test func `a folder without schemas is an error`() throws {
        let folder = try TemporaryFolder()
        #expect(throws: SchemaFolderError.self) { _ = try SchemaFolder(path: folder.path).bundle() }
    }
}

// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCore
import SEDInspection
import SEDProcessor
import SEDTestSupport
import SEDValidation
import SEDXML
import Testing

/// SEDs in the JSON of RINA, judged and turned into XML and back.
struct RINAJSONTests {
    private static let validator = Result {
        try ReferenceData(folder: SchemaFolder(path: Repository.schemas)).validator.withoutRules()
    }

    private func judge(_ text: String) throws -> ValidationReport {
        try Self.validator.get().judge(Array(text.utf8)).report
    }

    private func converter() throws -> Converter { Converter(library: try Self.validator.get().library) }

    private func json(_ xml: String, droppingSignature: Bool = false) throws -> String {
        let conversion = try converter().json(of: Array(xml.utf8), droppingSignature: droppingSignature)
        return String(decoding: conversion.bytes, as: UTF8.self)
    }

    private func xml(_ json: String) throws -> String {
        String(decoding: try converter().xml(of: Array(json.utf8)).bytes, as: UTF8.self)
    }

    private func refusal(_ body: () throws -> some Any) -> ConversionRefusal? {
        do {
            _ = try body()
            return nil
        } catch {
            return error as? ConversionRefusal
        }
    }

    /// An X008 with one member per line, so that places are easy to tell.
    private static let lines = [
        #"{"X008": {"#,
        #"  "CaseContext": {"PersonContext": {"#,
        #"    "sex": {"value": ["02"]},"#,
        #"    "familyName": "Tamm","#,
        #"    "dateBirth": "1980-02-03","#,
        #"    "forename": "Mari"}},"#,
        #"  "TheFollowingSEDConsideredInvalidWithdrawn": {"#,
        #"    "SEDType": "A009","#,
        #"    "dateIssued": "2026-01-15","#,
        #"    "reason": {"value": ["01"]}},"#,
        #"  "sedGVer": "4", "sedVer": "4""#,
        #"}}"#,
    ]

    private static func text(_ number: Int = 0, _ line: String = "") -> String {
        var lines = lines
        if number > 0 { lines[number - 1] = line }
        return lines.joined(separator: "\n")
    }

    // MARK: Judging

    @Test func `a SED in any order of its members is valid`() throws {
        let report = try judge(Self.text())
        #expect(report.findings == [])
        #expect(report.verdict == .valid)
        #expect(report.sed?.code == "X008")
        #expect(report.cdm == CDMVersion(major: 4, minor: 4))
        #expect(report.outcome(of: .envelope) == .skipped(because: "RINA JSON has no envelope"))
        #expect(report.outcome(of: .combination) == .skipped(because: "RINA JSON has no envelope"))
        #expect(report.outcome(of: .schema) == .passed)
        #expect(report.outcome(of: .codeLists) == .passed)
    }

    /// One fault in one line, with the rule, the place and the path of the only finding.
    struct Fault: CustomTestStringConvertible, Sendable {
        let line: Int
        let text: String
        let rule: String
        let column: Int
        var foundIn: Int?
        let path: String

        var testDescription: String { text }
    }

    private static let person = "/X008/CaseContext/PersonContext"
    private static let document = "/X008/TheFollowingSEDConsideredInvalidWithdrawn"

    @Test(arguments: [
        Fault(
            line: 3, text: #"    "sex": {"value": ["77"]},"#, rule: "CDE-001", column: 23, path: person + "/sex/value"),
        Fault(
            line: 3, text: #"    "sex": {"value": ["02", "01"]},"#, rule: "XSD-002", column: 29,
            path: person + "/sex/value[2]"
        ),
        Fault(line: 3, text: "", rule: "XSD-003", column: 36, foundIn: 2, path: person),
        Fault(line: 3, text: #"    "sex": null,"#, rule: "XSD-003", column: 36, foundIn: 2, path: person),
        Fault(
            line: 4, text: #"    "familyName": "Tamm", "more": 1,"#, rule: "XSD-002", column: 27, path: person + "/more"
        ),
        Fault(
            line: 4, text: #"    "familyName": "\#(String(repeating: "õ", count: 156))","#, rule: "XSD-005", column: 19,
            path: person + "/familyName"
        ),
        Fault(line: 4, text: #"    "familyName": "","#, rule: "XSD-005", column: 19, path: person + "/familyName"),
        Fault(
            line: 4, text: #"    "familyName": "\u0001","#, rule: "JSN-011", column: 19, path: person + "/familyName"
        ),
        Fault(
            line: 5, text: #"    "dateBirth": "1980-\uFFFE-03","#, rule: "JSN-011", column: 18,
            path: person + "/dateBirth"
        ),
        Fault(
            line: 5, text: #"    "dateBirth": "3.2.1980","#, rule: "XSD-004", column: 18, path: person + "/dateBirth"),
        Fault(line: 5, text: #"    "dateBirth": 1980,"#, rule: "XSD-004", column: 18, path: person + "/dateBirth"),
        Fault(line: 5, text: #"    "dateBirth": "1980-02-03", "a b": 1,"#, rule: "JSN-010", column: 32, path: person),
        Fault(line: 5, text: #"    "dateBirth": "1980-02-03", "x:y": 1,"#, rule: "JSN-010", column: 32, path: person),
        Fault(line: 5, text: #"    "dateBirth": "1980-02-03", "": 1,"#, rule: "JSN-010", column: 32, path: person),
        Fault(line: 8, text: #"    "SEDType": [["A009"]],"#, rule: "JSN-012", column: 17, path: document + "/SEDType"),
        Fault(
            line: 11, text: #"  "sedGVer": 4, "sedVer": 4, "sedPackage": {}"#, rule: "JSN-012", column: 44,
            path: "/X008"),
        Fault(
            line: 11, text: #"  "sedGVer": 4, "sedVer": 4, "sedPackage": "\u0002""#, rule: "JSN-011", column: 44,
            path: "/X008"
        ),
    ])
    func `a finding points into the JSON`(fault: Fault) throws {
        let report = try judge(Self.text(fault.line, fault.text))
        #expect(report.verdict == .invalid)
        #expect(report.findings.map(\.rule.text) == [fault.rule])
        let finding = try #require(report.findings.first)
        #expect(finding.position == TextPosition(line: fault.foundIn ?? fault.line, column: fault.column))
        #expect(finding.path == fault.path)
        #expect(finding.severity == .error)
    }

    @Test func `numbers, truth values, single values and nothing are read`() throws {
        #expect(try judge(Self.text(11, #"  "sedGVer": 4, "sedVer": 4"#)).verdict == .valid)
        #expect(
            try judge(Self.text(10, #"    "reason": {"value": "01"}, "more": [], "none": null},"#)).verdict == .valid)
        #expect(try judge(Self.text(10, #"    "reason": [{"value": ["01"]}]},"#)).verdict == .valid)
    }

    @Test func `an unknown version or SED is undecided, with the reason`() throws {
        func reason(_ text: String) throws -> String? {
            let report = try judge(text)
            #expect(report.verdict == .undecided)
            return report.outcome(of: .schema)?.reason
        }
        #expect(
            try reason(Self.text(11, #"  "sedGVer": "4", "sedVer": "3""#)) == "no schema is known for X008 of CDM 4.3")
        let missing = "sedGVer and sedVer do not tell the version of the data model"
        #expect(try reason(Self.text(11, #"  "sedGVer": "4""#)) == missing)
        #expect(try reason(Self.text(11, #"  "sedGVer": "4", "sedVer": "x""#)) == missing)
        #expect(try reason(#"{"P2000": {"sedGVer": 4, "sedVer": 4}}"#) == "no schema is known for P2000 of CDM 4.4")
    }

    @Test(arguments: [
        "[]", "{}", "[{\"X008\": {}}]", "{\"X008\": []}", "{\"X008\": null}", "{\"X008\": {}, \"X009\": {}}",
        "{\"nav\": {}, \"sed\": \"A001\"}", "{\"StandardBusinessDocument\": {}}", "{\"\": {}}",
    ])
    func `other JSON is no SED`(text: String) throws {
        let report = try judge(text)
        #expect(report.verdict == .invalid)
        #expect(report.findings.map(\.rule) == [.init("JSN-009")])
        #expect(report.outcome(of: .envelope) == .failed)
    }

    @Test func `JSON that is not well-formed or cut short is refused as XML is`() throws {
        let cut = try Self.validator.get().judge(Array(Self.text().utf8.dropLast()))
        #expect(cut.isTruncated)
        #expect(cut.report.findings.map(\.rule.text) == ["JSN-006"])
        #expect(cut.report.outcome(of: .wellFormed) == .failed)
        let deep = try judge(String(repeating: "{\"A001\":", count: 100_000))
        #expect(deep.findings.map(\.rule.text) == ["JSN-002"])
        #expect(deep.outcome(of: .lexicalGuard) == .failed)
        let broad = try judge("{\"A001\": {\"Person\": [" + String(repeating: "0,", count: 300_000) + "0]}}")
        #expect(broad.verdict == .undecided)
        let large = try judge("{\"A001\": \"" + String(repeating: "x", count: 50 << 20) + "\"}")
        #expect(large.verdict == .undecided)
        #expect(large.findings.map(\.rule.text) == ["XML-002"])
    }

    @Test func `XML much larger than its JSON is not made`() throws {
        let name = String(repeating: "n", count: 1_000)
        let items = String(repeating: "1,", count: 200_000) + "1"
        let text = "{\"X008\": {\"\(name)\": [\(items)], \"sedGVer\": 4, \"sedVer\": 4}}"
        let report = try judge(text)
        #expect(report.verdict == .undecided)
        #expect(report.findings.map(\.rule.text) == ["XML-002"])
    }

    // MARK: Conversion

    @Test func `XML comes in the order of the schema, with the texts as they were`() throws {
        let text = Self.text(4, #"    "familyName": "Tamm & <Ko> \"A\"\r\n ]]>","#)
            .replacing("\"sedVer\": \"4\"", with: #""sedVer": "4", "sedPackage": "a\"<&\n""#)
        #expect(
            try xml(text) == """
                <?xml version="1.0" encoding="UTF-8"?>
                <ns:X008 xmlns:ns="http://ec.europa.eu/eessi/ns/4_4/X008" sedGVer="4" sedVer="4" sedPackage="a&quot;&lt;&amp;&#10;">
                  <CaseContext>
                    <PersonContext>
                      <familyName>Tamm &amp; &lt;Ko&gt; "A"&#13;
                 ]]&gt;</familyName>
                      <forename>Mari</forename>
                      <dateBirth>1980-02-03</dateBirth>
                      <sex>
                        <value>02</value>
                      </sex>
                    </PersonContext>
                  </CaseContext>
                  <TheFollowingSEDConsideredInvalidWithdrawn>
                    <SEDType>A009</SEDType>
                    <dateIssued>2026-01-15</dateIssued>
                    <reason>
                      <value>01</value>
                    </reason>
                  </TheFollowingSEDConsideredInvalidWithdrawn>
                </ns:X008>

                """
        )
        let before = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? NSDictionary
        let after = try JSONSerialization.jsonObject(with: Data(try json(xml(text)).utf8)) as? NSDictionary
        #expect(before != nil && before == after)
    }

    @Test func `what the schema does not know is kept`() throws {
        let text = Self.text(4, #"    "familyName": "Tamm", "zeta": {"b": "1", "a": ["2", "3"]}, "alpha": "","#)
        let before = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? NSDictionary
        let after = try JSONSerialization.jsonObject(with: Data(try json(xml(text)).utf8)) as? NSDictionary
        #expect(before != nil && before == after)
    }

    @Test func `an envelope is left out, and that is said`() throws {
        let message = try TestMessage("R017", in: "R_BUC_07")
        let conversion = try converter().json(of: message.bytes, droppingSignature: false)
        #expect(conversion.notes.first == "the envelope was left out; the SED alone was turned into JSON")
        let report = try Self.validator.get().judge(conversion.bytes).report
        #expect(report.verdict == .valid)
    }

    @Test(arguments: [
        ("sedVer=\"4\"", "sedVer=\"3\""), ("sedVer=\"4\"", "sedVer=\"4\" more=\"1\""),
        ("<dateIssued>", "text<dateIssued>"), ("<forename>", "<forename id=\"1\">"),
        ("<forename>Mari</forename>", "<forename xmlns=\"urn:x\">Mari</forename>"),
        ("<familyName>", "<sex/><familyName>"), ("</TheFollowing", "<SEDType>A003</SEDType></TheFollowing"),
        ("</ns:X008>", "<s:Signature xmlns:s=\"http://www.w3.org/2000/09/xmldsig#\"/></ns:X008>"),
        ("</ns:X008>", "<sedVer>4</sedVer></ns:X008>"), ("4_4/X008", "4_4/X007"),
    ])
    func `what JSON has no place for is refused`(old: String, new: String) throws {
        let changed = try xml(Self.text()).replacing(old, with: new)
        guard case .inexpressible(_, let path, let position) = refusal({ try json(changed) }) else {
            Issue.record("turned into JSON: \(new)")
            return
        }
        #expect(path.hasPrefix("/X008"))
        #expect(position != nil)
    }

    @Test func `a version that only the namespace tells is added, and a signature left out on request, with a word`()
        throws
    {
        let signature = "<s:Signature xmlns:s=\"http://www.w3.org/2000/09/xmldsig#\"><s:A/>x</s:Signature></ns:X008>"
        let text = try xml(Self.text()).replacing(" sedGVer=\"4\" sedVer=\"4\"", with: "")
            .replacing("</ns:X008>", with: signature)
        let conversion = try converter().json(of: Array(text.utf8), droppingSignature: true)
        #expect(conversion.notes.count == 3)
        #expect(try Self.validator.get().judge(conversion.bytes).report.verdict == .valid)
    }

    @Test func `what cannot be told or is wrong is not turned`() throws {
        let texts = [
            "<a/>", "<x:P2000 xmlns:x='http://ec.europa.eu/eessi/ns/4_4/P2000'/>",
            "<x:X008 xmlns:x='http://ec.europa.eu/eessi/ns/4_3/X008'/>",
        ]
        for text in texts {
            guard case .undecided = refusal({ try json(text) }) else {
                Issue.record("\(text)")
                continue
            }
        }
        for text in [Self.text(11, #"  "sedGVer": "4""#), #"{"P2000": {"sedGVer": 4, "sedVer": 4}}"#] {
            guard case .undecided = refusal({ try xml(text) }) else {
                Issue.record("\(text)")
                continue
            }
        }
        for text in ["{", "[]", "{\"nav\": {}}", Self.text(8, #"    "SEDType": "\u0001","#)] {
            guard case .faulty(let findings) = refusal({ try xml(text) }), findings.count == 1 else {
                Issue.record("\(text)")
                continue
            }
        }
        guard case .faulty = refusal({ try json("<a>") }) else {
            Issue.record("XML that is cut short")
            return
        }
    }

    @Test func `blanks between elements are not content, blanks in texts are`() throws {
        let text = try xml(Self.text(4, #"    "familyName": "  ","#)).replacing(
            "<CaseContext>", with: "<CaseContext>\n\n<!-- c -->")
        let back = try json(text)
        #expect(back.contains("\"familyName\": \"  \""))
        #expect(try xml(back).contains("<familyName>  </familyName>"))
    }
}

/// The conversion of documents of all 70 SEDs that are made from the shared facts, and of the shared samples.
@Suite(
    .enabled(
        if: Repository.sharedFacts != nil,
        "The shared facts (shared/eessi beside the checkout) are absent, so no SED of theirs is converted."
    )
)
struct RINAJSONModelTests {
    private static let validator = Result {
        try ReferenceData(folder: SchemaFolder(path: Repository.schemas)).validator.withoutRules()
    }

    /// A tree as text: names, namespaces, sorted attributes and texts, without blanks between elements.
    private func canonical(_ bytes: [UInt8]) throws -> String {
        let tree = try XMLTree(parsing: bytes)
        return canonical(tree.root, in: tree)
    }

    private func canonical(_ element: ElementID, in tree: borrowing XMLTree) -> String {
        let attributes = tree.attributes(of: element).map { "\($0.namespace ?? "")|\($0.name)=\($0.value)" }.sorted()
        var content = ""
        for child in tree.children(of: element) { content += canonical(child, in: tree) }
        if content.isEmpty { content = tree.text(of: element) }
        return "<\(tree.namespace(of: element) ?? "")|\(tree.localName(of: element)) \(attributes)>\(content)</>"
    }

    private func value(_ bytes: [UInt8]) throws -> NSDictionary {
        try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? NSDictionary)
    }

    @Test(arguments: ModelFacts.codes)
    func `a document becomes JSON and back without loss, and both are judged alike`(code: String) throws {
        let validator = try Self.validator.get()
        let converter = Converter(library: validator.library)
        let documents = try ModelDocuments(code)
        var cases = [try documents.minimal()]
        for branch in 0..<3 { cases.append(try documents.full(.init(isFull: true, branch: branch))) }
        cases.append(try documents.full(.init(isFull: true, hasAllOpenBranches: true)))
        for document in cases {
            var unsigned = document
            unsigned.children.removeAll { $0.prefix == "ds:" }
            let json = try converter.json(of: document.bytes, droppingSignature: true)
            let xml = try converter.xml(of: json.bytes)
            #expect(try canonical(xml.bytes) == canonical(unsigned.bytes))
            let again = try converter.json(of: xml.bytes, droppingSignature: false)
            #expect(again.bytes == json.bytes)
            #expect(try value(again.bytes) == value(json.bytes))
            let report = validator.judge(json.bytes).report
            #expect(report.verdict == .valid)
            #expect(report.findings == [])
        }
    }

    /// Texts that programs like to change: blanks at the ends, line ends, quotes, markup, controls, rare planes.
    private struct OddTexts {
        private var random: SeededNumbers

        init(seed: UInt64) { random = SeededNumbers(seed: seed) }

        private static let pieces =
            [
                " ", "  ", "\t", "\n", "\r", "\r\n", "\"", "'", "\\", "\\n", "\\u0041", "/", "<", ">", "&", "&amp;",
                "&#13;",
                "]]>", "<![CDATA[", "<!--", "-->", "<?x?>", "{", "}", "[", "]", ":", ",", "null", "true", "01", "a",
                "õ",
                "e\u{301}", "\u{7F}", "\u{80}", "\u{85}", "\u{9F}", "\u{A0}", "\u{AD}", "\u{200B}", "\u{202E}",
                "\u{2028}",
                "\u{2029}", "\u{D7FE}", "\u{E000}", "\u{FEFF}", "\u{FFFD}", "\u{10000}", "😀", "👩‍👩‍👧",
                "\u{E0001}",
            ] + noncharacters

        /// They are characters for XML and for JSON, but not in the text of a Swift program.
        private static let noncharacters = [0xFDD0, 0x1FFFE, 0x10FFFF].compactMap { (number: UInt32) in
            Unicode.Scalar(number).map { String(Character($0)) }
        }

        mutating func text() -> String {
            (0...random.number(6)).map { _ in Self.pieces[random.number(Self.pieces.count)] }.joined()
        }

        static func inXML(_ text: String) -> String {
            var result = ""
            for scalar in text.unicodeScalars {
                switch scalar {
                case "&", "<", ">", "\"", "\r", "\n", "\t": result += "&#\(scalar.value);"
                default: result.unicodeScalars.append(scalar)
                }
            }
            return result
        }
    }

    @Test(arguments: ModelFacts.codes)
    func `odd texts come through both ways as they are`(code: String) throws {
        let converter = Converter(library: try Self.validator.get().library)
        let documents = try ModelDocuments(code)
        var odd = OddTexts(seed: code.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) })
        for _ in 0..<4 {
            var document = try documents.full()
            document.children.removeAll { $0.prefix == "ds:" }
            var texts: [String] = []
            for (address, _) in documents.texts(of: document) {
                texts.append(odd.text())
                document[address].text = OddTexts.inXML(texts[texts.count - 1])
            }
            let package = odd.text()
            document.attributes = document.attributes.replacing(
                "sedPackage=\"\(code)\"", with: "sedPackage=\"\(OddTexts.inXML(package))\"")
            let json = try converter.json(of: document.bytes, droppingSignature: false)
            let xml = try converter.xml(of: json.bytes)
            #expect(try canonical(xml.bytes) == canonical(document.bytes))
            #expect(try converter.json(of: xml.bytes, droppingSignature: false).bytes == json.bytes)
            // Another reader of JSON finds the same texts, but for byte order marks, which Foundation's drops.
            let members = try #require(try value(json.bytes)[code] as? NSDictionary)
            var found: [String] = []
            collect(members, into: &found)
            let wanted = texts + [package, "4", "4"]
            #expect(Set(found.map(scalars)) == Set(wanted.map(scalars)))
            #expect(found.count == wanted.count)
        }
    }

    /// The numbers of the scalars, for equal strings may differ in them.
    private func scalars(_ text: String) -> [UInt32] {
        text.unicodeScalars.map(\.value).filter { $0 != 0xFEFF }
    }

    private func collect(_ value: Any, into texts: inout [String]) {
        switch value {
        case let object as NSDictionary: for value in object.allValues { collect(value, into: &texts) }
        case let array as NSArray: for value in array { collect(value, into: &texts) }
        case let text as String: texts.append(text)
        default: texts.append("no text")
        }
    }

    @Test(arguments: ModelFacts.codes)
    func `faults are found in JSON as in XML, at places of the JSON`(code: String) throws {
        let validator = try Self.validator.get()
        let converter = Converter(library: validator.library)
        let documents = try ModelDocuments(code)
        var document = try documents.full()
        document.children.removeAll { $0.prefix == "ds:" }
        for (address, leaf) in documents.texts(of: document) {
            if let list = documents.codeLists[leaf.type] {
                document[address].text = list.stranger
            } else if let limit = leaf.maxLength, leaf.pattern == nil {
                document[address].text = String(repeating: "õ", count: limit + 1)
            }
        }
        let json = try converter.json(of: document.bytes, droppingSignature: false).bytes
        let lines = json.split(separator: 0x0A, omittingEmptySubsequences: false)
        let inXML = validator.judge(document.bytes).report.findings
        let inJSON = validator.judge(json).report.findings
        #expect(inXML.map(\.rule) == inJSON.map(\.rule))
        #expect(inXML.map(\.path) == inJSON.map(\.path))
        for finding in inJSON {
            let place = try #require(finding.position)
            let rest = String(decoding: lines[place.line - 1], as: UTF8.self).dropFirst(place.column - 1)
            #expect(rest.hasPrefix("\"\(finding.value ?? "nothing")\""))
        }
    }

    private func sample(_ name: String) throws -> [UInt8] {
        let folder = try #require(Repository.sharedFacts)
        return Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/samples/\(name)")))
    }

    @Test func `the A001 of CDM 4.4 is valid, and the same after XML`() throws {
        let validator = try Self.validator.get()
        let bytes = try sample("nav-melosys-eessi/A001-cdm44-rina.json")
        let report = validator.judge(bytes).report
        #expect(report.verdict == .valid)
        #expect(report.findings == [])
        let converter = Converter(library: validator.library)
        let back = try converter.json(of: try converter.xml(of: bytes).bytes, droppingSignature: false)
        #expect(try value(back.bytes) == value(bytes))
    }

    @Test(arguments: [
        "sedA001", "sedA003", "sedA009-Kosovo", "sedH001_medArbeidsgiver", "sedX008", "buc", "institusjoner",
    ])
    func `national JSON and what is no SED has one clear finding`(name: String) throws {
        let report = try Self.validator.get().judge(try sample("nav-melosys-eessi/\(name).json")).report
        #expect(report.verdict == .invalid)
        #expect(report.findings.map(\.rule.text) == ["JSN-009"])
    }
}

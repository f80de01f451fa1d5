// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCore
import SEDInspection
import SEDProcessor
import SEDTestSupport
import SEDValidation
import Testing

/// One wrong field of an envelope takes no other fact with it, and what depends on it is neither yes nor no.
struct EnvelopeFactsTests {
    private static let validator = Result {
        try ReferenceData(folder: SchemaFolder(path: Repository.schemas)).validator
    }

    /// A request whose limitation is over, by the date of its envelope.
    private static let overdue = "examples/rules/11-r017-limitation-over.xml"
    private static let request = "examples/inbound/24-r017-recovery-request-from-sweden.xml"

    /// The rules of the findings, each with those that say the same.
    private static func told(_ text: String, by validator: Validator) -> [String] {
        validator.judge(Array(text.utf8)).report.findings.map { finding in
            ([finding.rule] + finding.also).map(\.text).joined(separator: "+")
        }
    }

    private static let changes: [(file: String, from: String, to: String, told: [String])] = [
        (overdue, "", "", ["REC-78-2-C-001"]),
        (overdue, ">Start<", ">Foo<", ["ENV-002", "REC-78-2-C-001"]),
        (overdue, "application/pdf", "application/zip", ["ENV-002", "REC-78-2-C-001"]),
        (overdue, ">CaseOwner<", ">Owner<", ["ENV-002", "REC-78-2-C-001"]),
        (overdue, "R_BUC_07:4.4", "R_BUC_7:4.4", ["ENV-002", "REC-78-2-C-001"]),
        (overdue, ">SE:SEPEN1</sbdh", ">SE:S</sbdh", ["ENV-002", "REC-78-2-C-001"]),
        (overdue, ">SE:SEPEN1</sbdh", ">GB:ABCD01</sbdh", ["HOR-CODE-001+ENV-002", "REC-78-2-C-001"]),
        (overdue, ">SE:SEPEN1</sbdh", ">ZZ:ABCD01</sbdh", ["ENV-002", "REC-78-2-C-001"]),
        (overdue, "urn:eu:europa:ec:dgempl:eessi:ir\">SE", "urn:other\">SE", ["ENV-002", "REC-78-2-C-001"]),
        (overdue, "2026-01-26T14:05:00Z", "2026-01-26", ["ENV-002"]),
        (overdue, "2026-01-26T14:05:00Z", "", ["ENV-002"]),
        (overdue, "<sbdh:HeaderVersion>1.2<", "<sbdh:HeaderVersion>9.9<", ["ENV-002", "REC-78-2-C-001"]),
        (request, "<sbdh:NumberOfItems>1<", "<sbdh:NumberOfItems>one<", ["ENV-002"]),
        (request, "Manifest>", "Manifst>", ["ENV-002"]),
        (request, "ManifestItem>", "ManifstItem>", ["ENV-002"]),
    ]

    @Test(arguments: changes.indices)
    func `a wrong field loses itself alone`(index: Int) throws {
        let change = Self.changes[index]
        let intact = try Repository.text(change.file)
        let text = change.from.isEmpty ? intact : intact.replacing(change.from, with: change.to)
        #expect(change.from.isEmpty || text != intact)
        #expect(try Self.told(text, by: Self.validator.get()) == change.told, "\(change.from) -> \(change.to)")
    }

    @Test(arguments: [
        (request, "REC-78-1-001"),
        ("examples/inbound/19-r015-request-for-notification-from-poland.xml", "NOT-77-1-001"),
    ])
    func `a manifest without items is one finding with the rule that asks for an attachment`(file: String, rule: String)
        throws
    {
        let text = try Repository.text(file)
        let items = text.replacing(/(?s)<sbdh:ManifestItem>.*<\/sbdh:ManifestItem>/, with: "")
        let none = items.replacing("NumberOfItems>1<", with: "NumberOfItems>0<")
        let empty = text.replacing(/(?s)<sbdh:Manifest>.*<\/sbdh:Manifest>/, with: "<sbdh:Manifest/>")
        for broken in [items, none, empty] {
            #expect(broken != text)
            let report = try Self.validator.get().judge(Array(broken.utf8)).report
            #expect(report.findings.map { [$0.rule] + $0.also } == [[RuleID(rule), "ENV-002"]], "\(broken)")
            #expect(report.outcome(of: .envelope) == .failed && report.outcome(of: .rules) == .failed)
        }
    }

    // MARK: Every element of the header

    private struct Element {
        let name: String
        /// From the start tag to behind the end tag, and what stands between.
        let whole: Range<String.Index>
        let content: Range<String.Index>
        let isLeaf: Bool
    }

    private static func header(of text: String) throws -> [Element] {
        let end = try #require(text.range(of: "</sbdh:StandardBusinessDocumentHeader>")).upperBound
        return text[..<end].matches(of: /<sbdh:(\w+)[^>]*>/).compactMap { start in
            let name = String(start.1)
            guard let close = text[start.range.upperBound..<end].range(of: "</sbdh:\(name)>") else { return nil }
            let content = start.range.upperBound..<close.lowerBound
            return Element(
                name: name, whole: start.range.lowerBound..<close.upperBound, content: content,
                isLeaf: !text[content].contains("<"))
        }
    }

    /// The text with a fault at one element, by the name of the fault.
    private static func faults(at element: Element, in text: String) -> [(name: String, text: String)] {
        let whole = String(text[element.whole])
        func with(_ new: String) -> String { text.replacingCharacters(in: element.whole, with: new) }
        var faults = [
            ("removed", with("")), ("twice", with(whole + whole)),
            ("renamed", with(whole.replacing("sbdh:\(element.name)", with: "sbdh:\(element.name)X"))),
            ("empty", text.replacingCharacters(in: element.content, with: "")),
            ("a child", text.replacingCharacters(in: element.content, with: text[element.content] + "<sbdh:Foo/>")),
        ]
        if element.isLeaf { faults.append(("wrong", text.replacingCharacters(in: element.content, with: "?"))) }
        return faults
    }

    /// What a rule may lose with an element, beside the header as a whole.
    private static let dates: Set<String> = ["DocumentIdentification", "CreationDateAndTime"]
    private static let attachments: Set<String> = ["Manifest", "ManifestItem"]

    @Test(arguments: [
        overdue, request, "examples/rules/12-r017-less-than-five-years-declared.xml",
        "examples/rules/01-a009-posting-of-27-months.xml", "examples/inbound/03-x001-finland-closes.xml",
        "examples/inbound/26-r004-our-partial-payment.xml",
    ])
    func `whatever is wrong in the header says nothing of the document`(file: String) throws {
        let text = try Repository.text(file)
        let validator = try Self.validator.get()
        func rules(_ text: String) -> Set<String> {
            let ids = Self.told(text, by: validator)
            return Set(ids.filter { !$0.contains("ENV-") })
        }
        let intact = rules(text)
        var count = 0
        for element in try Self.header(of: text) {
            for (name, broken) in Self.faults(at: element, in: text) {
                count += 1
                let found = rules(broken)
                let label: Comment = "\(element.name) \(name)"
                let isWithout = name == "removed" && Self.attachments.contains(element.name)
                #expect(found.subtracting(intact).isEmpty || isWithout, label)
                let mayLose = Self.dates.contains(element.name) || element.name == "StandardBusinessDocumentHeader"
                #expect(intact.subtracting(found).isEmpty || mayLose, label)
            }
        }
        #expect(count > 100, "\(count)")
    }

    // MARK: Three answers

    @Test func `a rule whose fact cannot be read is silent, however it asks`() throws {
        let checks = [
            "pp:message-date() = ''", "not(pp:after('2020-01-01', pp:message-date()))",
            "not(pp:before('2030-01-01', pp:message-date()))", "pp:sent-date() = ''", "pp:sender-country() = ''",
            "pp:sender-country() != 'EE'", "pp:receiver-country() = ''", "not(pp:attachments() > 0)",
            "pp:attachments() != 1", "pp:direction() = 'inbound'",
        ]
        let reports = checks.enumerated().map { number, test in
            "<sch:report id=\"OWN-\(number)\" role=\"note\" test=\"\(test.replacing(">", with: "&gt;"))\">m</sch:report>"
        }
        let schema = """
            <sch:schema xmlns:sch="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt">
            <sch:ns prefix="pp" uri="urn:piiripost:rules"/><sch:ns prefix="r" uri="http://ec.europa.eu/eessi/ns/4_4/R017"/>
            <sch:pattern><sch:rule context="r:R017">\(reports.joined())</sch:rule></sch:pattern></sch:schema>
            """
        let validator = try Validator(
            folder: SchemaFolder(path: Repository.schemas), combinations: { _ in nil },
            addedRules: [AddedRuleFile(path: "own.sch", bytes: Array(schema.utf8))])
        let text = try Repository.text(Self.request)
        func fired(_ from: String, _ to: String) -> [Int] {
            Self.told(text.replacing(from, with: to), by: validator)
                .compactMap { $0.hasPrefix("OWN-") ? Int($0.dropFirst(4)) : nil }.sorted()
        }
        #expect(fired("-", "-") == [1, 2, 5, 9])
        #expect(fired("<sbdh:CreationDateAndTime>2026", "<sbdh:CreationDateAndTime>x") == [5, 9])
        #expect(fired(">SE:SEPEN1</sbdh", ">SE:S</sbdh") == [1, 2, 9])
        #expect(fired(">EE:MTA001</sbdh", ">EE:M</sbdh") == [1, 2, 5, 9])
        #expect(fired("Manifest>", "Manifst>") == [1, 2, 5, 9])
        #expect(fired("StandardBusinessDocumentHeader", "Header") == [9])
    }

    @Test func `a message of ours with a wrong field is judged as one that goes out`() throws {
        let text = try Repository.text(Self.request).replacing(">Start<", with: ">Foo<")
        let own = try Set([#require(InstitutionID(parsing: "SE:SEPEN1"))])
        let judgement = try Self.validator.get().judge(Array(text.utf8), own: own)
        #expect(judgement.direction == .outbound && judgement.envelope == nil)
        #expect(judgement.report.buc?.description == "R_BUC_07")
    }
}

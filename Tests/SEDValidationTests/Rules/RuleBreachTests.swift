// SPDX-License-Identifier: EUPL-1.2

import Foundation
import FoundationXML
import SEDCore
import SEDCurrency
import SEDInspection
import SEDProcessor
import SEDTestSupport
import SEDValidation
import Testing

/// Whole documents with one planted breach each, in `Tests/RuleCases`: exactly one finding, at the right place.
struct RuleBreachTests {
    struct Breach {
        let family: String
        let rule: String
        let base: String
        let direction: MessageDirection
        let date: CivilDate
        let place: String
        let also: [String]
        /// Published rates, and the first sending of the request; nil without rates.
        let rates: RateSupply?
        let bytes: [UInt8]
    }

    static let folder = Repository.root.appendingPathComponent("Tests/RuleCases").path
    static let families = (try? FileManager.default.contentsOfDirectory(atPath: folder))?.sorted() ?? []
    static let usualDate = CivilDate(daysSinceEpoch: 20_513)

    static func validator(on date: CivilDate) throws -> Validator {
        let folder = SchemaFolder(path: Repository.schemas)
        let library = try SchemaLibrary(read: { try folder.read($0) })
        let useCases = UseCaseLibrary(folder: folder)
        return Validator(
            library: library, combinations: { try useCases.combinations(of: $0) },
            rules: try RuleLibrary(schemas: library), today: { date }
        )
    }

    @Test(arguments: families)
    func `valid documents stay silent in both directions`(family: String) throws {
        let validator = try Self.validator(on: Self.usualDate)
        let folder = "\(Self.folder)/\(family)"
        for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        where name.hasSuffix(".xml") && name != "breaches.xml" {
            let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))
            for direction in MessageDirection.allCases {
                let report = validator.judge(bytes, direction: direction).report
                let findings = report.findings.map { "\($0.rule) at \($0.path ?? "-"): \($0.message)" }
                #expect(findings.isEmpty, "\(family)/\(name) \(direction.rawValue)")
                #expect(report.verdict == .valid, "\(family)/\(name) \(direction.rawValue)")
                #expect(report.outcome(of: .rules) == .passed, "\(family)/\(name)")
            }
        }
    }

    @Test(arguments: families)
    func `a planted breach is found where it is, and nothing else`(family: String) throws {
        var validators: [CivilDate: Validator] = [:]
        for breach in try Self.breaches(of: family) {
            var validator = try validators[breach.date] ?? Self.validator(on: breach.date)
            validators[breach.date] = validator
            if let rates = breach.rates { validator = validator.with(rates: rates) }
            let report = validator.judge(breach.bytes, direction: breach.direction).report
            let label = "\(breach.rule) in \(breach.base) at \(breach.place)"
            let found = report.findings.filter { $0.rule.text == breach.rule }
            #expect(found.map { $0.path ?? "-" } == [breach.place], "\(label)")
            let others = report.findings.filter { $0.rule.text != breach.rule && !breach.also.contains($0.rule.text) }
            #expect(others.map { "\($0.rule) at \($0.path ?? "-")" }.isEmpty, "\(label)")
        }
    }

    @Test func `every rule on a document is broken by one of the documents`() throws {
        let folder = SchemaFolder(path: Repository.schemas)
        let rules = try RuleLibrary(schemas: SchemaLibrary(read: { try folder.read($0) }))
        let broken = Set(try Self.families.flatMap { try Self.breaches(of: $0) }.map(\.rule))
        for family in rules.families {
            for entry in try rules.catalogue(of: family).entries where entry.kind == .document && !entry.isInactive {
                #expect(broken.contains(entry.id.text), "no document breaks \(entry.id)")
            }
        }
    }

    // MARK: Reading breaches.xml

    static func breaches(of family: String) throws -> [Breach] {
        let folder = "\(folder)/\(family)"
        let file = "\(folder)/breaches.xml"
        guard FileManager.default.fileExists(atPath: file) else { return [] }
        let document = try XMLDocument(contentsOf: URL(fileURLWithPath: file))
        return try (document.rootElement()?.children ?? []).compactMap { $0 as? XMLElement }.map { element in
            func value(_ name: String) -> String? { Self.attribute(name, of: element) }
            let base = try #require(value("base"))
            let text = try String(contentsOfFile: "\(folder)/\(base)", encoding: .utf8)
            let edited = try XMLDocument(xmlString: text)
            for edit in element.children ?? [] {
                if let edit = edit as? XMLElement { try Self.apply(edit, to: edited) }
            }
            return Breach(
                family: family, rule: try #require(value("rule")), base: base,
                direction: value("direction").flatMap(MessageDirection.init(rawValue:)) ?? .inbound,
                date: value("date").flatMap { CivilDate(parsing: $0) } ?? usualDate,
                place: try #require(value("at")),
                also: (value("also") ?? "").split(separator: " ").map(String.init),
                rates: try value("rates").map { text in
                    let table = try RateTable(sample: text)
                    let requested = value("requested").flatMap { CivilDate(parsing: $0) }
                    return RateSupply(rates: { _, _ in table }, requestDate: { _ in requested })
                },
                bytes: Array(edited.xmlData)
            )
        }
    }

    /// The value of an attribute; `attribute(forName:)` finds none on an element that is in a namespace.
    private static func attribute(_ name: String, of element: XMLElement) -> String? {
        element.attributes?.first { $0.name == name }?.stringValue
    }

    private static func apply(_ edit: XMLElement, to document: XMLDocument) throws {
        let path = try #require(attribute("path", of: edit))
        let target = try #require(Self.element(at: path, in: document), "\(path) is not there")
        switch edit.name {
        case "set":
            target.setStringValue(edit.stringValue ?? "", resolvingEntities: false)
        case "remove":
            target.detach()
        case "insert":
            // What stands here without prefix belongs to no namespace, as everything inside a SED.
            let text = (edit.children ?? []).map(\.xmlString).joined()
                .replacingOccurrences(of: " xmlns=\"urn:piiripost:breaches\"", with: "")
            let parts = try XMLDocument(xmlString: "<parts>\(text)</parts>").rootElement()?.children ?? []
            let siblings = try #require(target.parent as? XMLElement)
            for case let part as XMLElement in parts {
                part.detach()
                switch attribute("where", of: edit) ?? "into" {
                case "into": target.addChild(part)
                case "before": siblings.insertChild(part, at: target.index)
                default: siblings.insertChild(part, at: target.index + 1)
                }
            }
        default:
            Issue.record("unknown edit \(edit.name ?? "")")
        }
    }

    /// The element at a path of local names, counted from the SED's root wherever that stands.
    private static func element(at path: String, in document: XMLDocument) -> XMLElement? {
        let steps = path.split(separator: "/").map { step -> String in
            let name = step.prefix { $0 != "[" }
            return "*[local-name()='\(name)']\(step.dropFirst(name.count))"
        }
        let nodes = try? document.nodes(forXPath: "//" + steps.joined(separator: "/"))
        return nodes?.first as? XMLElement
    }
}

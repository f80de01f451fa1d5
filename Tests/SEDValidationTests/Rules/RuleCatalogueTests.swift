// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCore
import SEDCurrency
import SEDInspection
import SEDProcessor
import SEDTestSupport
import SEDValidation
import Testing

/// The catalogue of rules and the Schematron beside it.
struct RuleCatalogueTests {
    private let rules: RuleLibrary

    init() throws {
        let folder = SchemaFolder(path: Repository.schemas)
        rules = try RuleLibrary(schemas: SchemaLibrary(read: { try folder.read($0) }))
    }

    private func entries() throws -> [RuleEntry] { try rules.families.flatMap { try rules.catalogue(of: $0).entries } }

    @Test func `every file compiles, and the checks and the catalogue name the same rules`() throws {
        try rules.check()
    }

    @Test func `an id stands once in all families`() throws {
        let ids = try entries().map(\.id)
        #expect(Set(ids).count == ids.count)
    }

    @Test func `every rule has title and message in English and Estonian, and its source`() throws {
        for entry in try entries() {
            for language in Language.allCases {
                #expect(entry.titles[language]?.isEmpty == false, "\(entry.id) title \(language.rawValue)")
                #expect(entry.messages[language]?.isEmpty == false, "\(entry.id) message \(language.rawValue)")
            }
            #expect(entry.reference.isEmpty == false, "\(entry.id) reference")
            if entry.kind == .owed { #expect(entry.reasons.isEmpty == false, "\(entry.id) is owed without a reason") }
        }
    }

    @Test func `no English is left in the sources and reasons of the rules in Estonian`() throws {
        func check(_ texts: [Language: String], _ label: String) {
            guard let english = texts[.english] else { return }
            let estonian = texts[.estonian] ?? ""
            #expect(EstonianWords.faults(of: estonian) == [], "\(label): \(estonian)")
            // Names of standards are the same in both.
            if !["ISO 4217"].contains(english) { #expect(estonian != english, "\(label): \(english)") }
            let left = estonian.matches(of: /\b(Reg|Art|Decision [A-Z]|statute|form|our|law|practice|policy|Needed)\b/)
            #expect(left.isEmpty, "\(label): \(estonian)")
            func numbers(_ text: String) -> [String] { text.matches(of: /\d+/).map { String($0.0) }.sorted() }
            if label.hasSuffix("reference") { #expect(numbers(english) == numbers(estonian), "\(label): \(estonian)") }
        }
        for entry in try entries() {
            #expect(entry.references[.estonian]?.isEmpty == false, "\(entry.id) reference")
            check(entry.references, "\(entry.id) reference")
            check(entry.reasons, "\(entry.id) reason")
        }
        for parameter in try rules.parameters().all {
            #expect(parameter.references[.estonian]?.isEmpty == false, "\(parameter.name) reference")
            check(parameter.references, "\(parameter.name) reference")
        }
    }

    @Test func `the English text in the Schematron is the catalogue's`() throws {
        for family in rules.families {
            let catalogue = try rules.catalogue(of: family)
            for (id, text) in try rules.texts(of: family) {
                #expect(catalogue[id]?.messages[.english] == text, "\(id)")
            }
        }
    }

    @Test func `parameters that rules name exist and have a value today`() throws {
        let parameters = try rules.parameters()
        for entry in try entries() {
            for name in entry.parameters { #expect(parameters.parameter(name) != nil, "\(entry.id): \(name)") }
        }
    }

    @Test func `conversions use the numbers of the parameters`() throws {
        let parameters = try rules.parameters()
        let today = try #require(CivilDate(parsing: "2026-11-21"))
        #expect(parameters.value(of: "fx.staleDays", on: today) == "\(CurrencyConversion.staleDays)")
        #expect(parameters.value(of: "fx.jumpPercent", on: today) == "\(RateFileBuilder.jumpPercent)")
        #expect(parameters.value(of: "fx.gapPolicy", on: today) == ConversionRequest.MissingRate.provisional.rawValue)
    }

    @Test func `every rule that is checked has an example that breaks it and one that keeps it`() throws {
        for entry in try entries() where !entry.isInactive {
            // Rules on rates are about files and conversions, not about documents; `RateImportTests` breaks them. Those
            // of the desk, the directory and the clocks are broken by the tests of those parts.
            if [.owed, .rates, .directory, .desk, .clock].contains(entry.kind) { continue }
            #expect(!entry.failing.isEmpty && !entry.passing.isEmpty, "\(entry.id) lacks an example")
        }
    }

    @Test func `what other parts check is named, and says how`() throws {
        func ids(_ kind: RuleEntry.Kind) throws -> Set<RuleID> {
            Set(try entries().filter { $0.kind == kind }.map(\.id))
        }
        #expect(try ids(.desk) == ["ACC-007", "REC-78-1-002", "REC-80-2-004", "REC-STATE-004"])
        #expect(try ids(.directory) == ["REC-75-2-001"])
        let tables = try FileManager.default.contentsOfDirectory(atPath: Repository.schemas + "/buc")
        let clocks = try tables.flatMap { table in
            try String(contentsOfFile: "\(Repository.schemas)/buc/\(table)", encoding: .utf8)
                .matches(of: /- name: ([a-z-]+)/).map(\.1)
        }
        for entry in try entries() where [.directory, .desk, .clock].contains(entry.kind) {
            let reason = try #require(entry.reasons[.english], "\(entry.id)")
            guard entry.kind == .clock else { continue }
            #expect(clocks.contains { reason.contains("clock \($0)") }, "\(entry.id)")
        }
    }

    @Test func `each rule fires on its failing excerpts and not on its passing ones`() throws {
        for entry in try entries() where entry.kind == .document && !entry.isInactive {
            for (examples, fires) in [(entry.failing, true), (entry.passing, false)] {
                #expect(examples.contains { $0.excerpt != nil }, "\(entry.id) lacks an excerpt")
                for excerpt in examples.compactMap(\.excerpt) {
                    let fired = try rules.findings(inExcerpt: Array(excerpt.xml.utf8), message: try excerpt.message())
                        .contains { $0.rule == entry.id }
                    #expect(fired == fires, "\(entry.id) \(fires ? "failing" : "passing")")
                }
            }
        }
    }

    @Test func `rules of schema and code lists are found in their failing excerpts alone`() throws {
        let validator = try ReferenceData(folder: SchemaFolder(path: Repository.schemas)).validator
        let checked = try entries().filter { [.schema, .codes].contains($0.kind) }
        #expect(!checked.isEmpty)
        for entry in checked {
            for excerpt in entry.failing.compactMap(\.excerpt) {
                let report = validator.judge(Array(excerpt.xml.utf8)).report
                #expect(report.findings.map(\.rule) == [entry.id])
            }
            for excerpt in entry.passing.compactMap(\.excerpt) {
                let report = validator.judge(Array(excerpt.xml.utf8)).report
                #expect(report.findings.map(\.rule) == [], "\(entry.id)")
                #expect(report.verdict == .valid, "\(entry.id)")
            }
        }
    }

    @Test func `rules are not judged by parameters that cannot be read`() throws {
        struct Unreadable: Error {}
        let folder = SchemaFolder(path: Repository.schemas)
        let broken = try RuleLibrary(
            schemas: SchemaLibrary(read: { name in
                if name == "rules/parameters.xml" { throw Unreadable() }
                return try folder.read(name)
            })
        )
        let excerpt = try #require(try rules.entry("A1-PERIOD-005")?.failing.first?.excerpt)
        #expect(throws: SchemaFolderError.self) {
            try broken.findings(inExcerpt: Array(excerpt.xml.utf8), message: try excerpt.message())
        }
    }

    @Test func `the rules of the project's table are all there, with its severities and marks`() throws {
        guard let shared = Repository.sharedFacts else {
            print("SKIPPED: the facts beside the project are absent; the table of provisions is not compared")
            return
        }
        let text = try String(contentsOfFile: shared + "/../domain/legal-rules.md", encoding: .utf8)
        let words = ["F": "error", "W": "warning", "I": "note", "–": "none"]
        let marks = ["V": "verified", "P": "partly", "U": "unverified", "D": "design"]
        var count = 0
        for line in text.split(separator: "\n") {
            let cells = line.split(separator: "|", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count >= 7, cells[1].contains(/^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*-\d{3}$/) else { continue }
            count += 1
            let entry = try #require(try rules.entry(RuleID(cells[1])), "\(cells[1]) is lost")
            let severities = cells[3].split(separator: "/").map(String.init)
            if severities.count == 2 {
                #expect(entry.severities[.outbound]?.rawValue ?? "none" == words[severities[0]], "\(entry.id) out")
                #expect(entry.severities[.inbound]?.rawValue ?? "none" == words[severities[1]], "\(entry.id) in")
            }
            #expect(entry.mark.rawValue == marks[cells[6]], "\(entry.id) mark")
        }
        #expect(count == 234)
    }
}

extension RuleEntry.Excerpt {
    /// The message that the excerpt stands for.
    func message() throws -> MessageFacts {
        let date = date ?? CivilDate(daysSinceEpoch: 20_513)
        let isEnveloped = sender != nil || receiver != nil || attachments != nil
        return MessageFacts(
            direction: direction, date: date, sentDate: isEnveloped ? date : nil, senderCountry: sender,
            receiverCountry: receiver, attachments: isEnveloped ? attachments ?? 0 : nil,
            requestDate: requested ?? (xml.hasPrefix("<x:R017") ? date : nil),
            rates: try rates.map { text in
                let table = try RateTable(sample: text)
                return { _, _ in table }
            })
    }
}

// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCases
import SEDCore
import SEDInspection
import SEDProcessor
import SEDTestSupport
import SEDValidation
import Testing

/// The examples of rules about cases in the catalogue, made into documents and judged.
struct CaseExampleTests {
    /// A message of an example: `R017 sent 2026-01-12 version=2 answers=R019`, and below it what its document says.
    private struct Message {
        let sed: String
        let way: Way
        let day: CivilDate
        /// `version`, `answers` (a SED of the example), `attachment`.
        var facts: [String: String] = [:]
        /// Paths below the root with their texts.
        var values: [(path: String, text: String)] = []

        init(_ line: String) throws {
            let words = line.split(separator: " ").map(String.init)
            try #require(words.count >= 3, "\(line) is no message")
            sed = words[0]
            way = try #require(Way(rawValue: words[1]))
            day = try #require(CivilDate(parsing: words[2]))
            for word in words.dropFirst(3) {
                let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
                try #require(parts.count == 2 && ["version", "answers", "attachment"].contains(parts[0]), "\(word)")
                facts[parts[0]] = parts[1]
            }
        }

        static func all(_ lines: [String]) throws -> [Message] {
            var messages: [Message] = []
            for line in lines {
                guard line.hasPrefix(" ") else {
                    messages.append(try Message(line))
                    continue
                }
                let equals = try #require(line.range(of: " = "), "\(line) states nothing")
                let path = line[..<equals.lowerBound].trimmingCharacters(in: .whitespaces)
                messages[messages.count - 1].values.append((path, String(line[equals.upperBound...])))
            }
            return messages
        }

        /// A SED that says this and nothing else.
        var xml: String {
            let root = Element()
            for (path, text) in values { root.put(text, at: path.split(separator: "/").map(String.init)[...]) }
            return #"<s:\#(sed) xmlns:s="http://ec.europa.eu/eessi/ns/4_4/\#(sed)">\#(root.text)</s:\#(sed)>"#
        }

        var isUpdate: Bool { facts["version"] != nil }

        func document() throws -> CaseDocument {
            let facts = try Bench.reference.get().validator.judge(Array(xml.utf8)).facts.caseFacts
            for (path, _) in values where !path.hasSuffix("/country/value") {
                let isRead = facts.contains { $0.name != .document && "/\(sed)/\(path)".hasPrefix($0.path) }
                #expect(isRead, "nothing is read at \(sed)/\(path)")
            }
            return CaseDocument(
                event: CaseEvent(
                    way: way, sed: try #require(SEDType(parsing: sed)), set: sed,
                    version: Int(self.facts["version"] ?? "1") ?? 0, isUpdate: isUpdate,
                    aboutSet: self.facts["answers"]
                ),
                sender: try #require(InstitutionID(parsing: way == .sent ? "EE:MTA001" : "SE:SEREC1")), day: day,
                facts: facts
            )
        }
    }

    private final class Element {
        private var children: [(name: String, element: Element)] = []
        private var own = ""

        func put(_ value: String, at path: ArraySlice<String>) {
            guard let name = path.first else {
                own = value
                return
            }
            let known = children.last { $0.name == name }?.element
            let child = known ?? Element()
            if known == nil { children.append((name, child)) }
            child.put(value, at: path.dropFirst())
        }

        var text: String { own + children.map { "<\($0.name)>\($0.element.text)</\($0.name)>" }.joined() }
    }

    private let rules: RuleLibrary
    private let entries: [RuleEntry]

    init() throws {
        let rules = try #require(try Bench.reference.get().validator.rules)
        self.rules = rules
        entries = try rules.families.flatMap { try rules.catalogue(of: $0).entries }
    }

    /// What the last message of a course breaks, told as the pipeline would tell it.
    private func broken(_ messages: [Message], in useCase: BUCType) throws -> Set<RuleID> {
        let documents = try messages.map { try $0.document() }
        let judged = try #require(documents.last)
        let history = CaseHistory(of: useCase, earlier: Array(documents.dropLast()))
        let refusal = try refusal(messages, in: useCase)
        if let refusal { return Set(CaseRule.alsoBroken(by: judged, after: history, refusedAs: refusal)) }
        let known = try rules.parameters()
        let parameters = CaseParameters { known.value(of: $0, on: $1) }
        let direction: MessageDirection = judged.event.way == .sent ? .outbound : .inbound
        var broken: Set<RuleID> = []
        for rule in CaseRule.all {
            for breach in rule.breaches(by: judged, after: history, parameters) {
                let entry = try #require(try rules.entry(rule.id))
                let day = try #require(breach.event ?? judged.day)
                if entry.holds(on: day), entry.severities[direction] != nil { broken.insert(rule.id) }
            }
        }
        return broken
    }

    /// How the state table refuses the last message; all before it must be allowed.
    private func refusal(_ messages: [Message], in useCase: BUCType) throws -> RuleID? {
        let role: CaseRole = messages.first?.way == .sent ? .caseOwner : .counterparty
        let table = try #require(try Bench.reference.get().useCases.useCase(useCase)?.table(for: role))
        var replay = CaseReplay(table: table)
        var last: ReplayAnswer?
        for message in messages {
            if let last { #expect(last.allowed, "\(useCase): step \(last.step) is not allowed") }
            last = try replay.play(
                ReplayStep(
                    direction: message.way.rawValue, sed: message.sed, refSED: message.isUpdate ? message.sed : nil))
        }
        return last?.rule.map { RuleID($0) }
    }

    @Test func `each example of a case breaks its rule, or keeps it and all others`() throws {
        var count = 0
        for entry in entries where entry.kind != .envelope {
            for (examples, fires) in [(entry.failing, true), (entry.passing, false)] {
                for course in examples.compactMap(\.course) {
                    count += 1
                    let useCase = try #require(BUCType(parsing: course.useCase))
                    let broken = try broken(try Message.all(course.lines), in: useCase)
                    #expect(broken == (fires ? [entry.id] : []), "\(entry.id) \(fires ? "failing" : "passing")")
                }
            }
        }
        #expect(count >= 32)
    }

    @Test func `every rule about cases has an example of a case for either answer`() throws {
        for id in Set(CaseRule.all.map(\.id)).union([.misplacedInRecovery]) {
            let entry = try #require(try rules.entry(id))
            #expect(entry.failing.contains { $0.course != nil } && entry.passing.contains { $0.course != nil }, "\(id)")
        }
    }

    @Test func `each example with an attachment breaks its rule or keeps it, through the whole pipeline`() async throws
    {
        let files = ["pdf": "%PDF-1.4 example", "empty": "", "text": "example"]
        var count = 0
        for entry in entries where entry.kind == .envelope {
            for (examples, fires) in [(entry.failing, true), (entry.passing, false)] {
                for course in examples.compactMap(\.course) {
                    count += 1
                    let message = try #require(try Message.all(course.lines).first)
                    let sent = try TestMessage(message.sed, in: course.useCase)
                    let bench = try Bench()
                    let attachment = try #require(sent.attachments.first)
                    let content = try #require(message.facts["attachment"].flatMap { files[$0] })
                    try bench.folder.write(content, to: "inbound/a.attachments/\(attachment).pdf")
                    try bench.folder.write(sent.text, to: "inbound/a.xml")
                    let result = try #require(try await bench.drain().messages.first)
                    let found = result.report.findings
                    #expect(found.map(\.rule) == (fires ? [entry.id.text] : []), "\(course.lines)")
                    #expect(found.allSatisfy { $0.also?.first?.hasPrefix("ATT-") == true })
                }
            }
        }
        #expect(count == 3)
    }
}

// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

@testable import SEDValidation

/// Rules that use standard functions alone, beside the isoschematron of lxml.
@Suite(.enabled(if: SchematronOracle.python != nil, "SKIPPED: lxml is missing: .ci/install --tests brings it"))
struct SchematronOracleTests {
    @Test func `our rules find the same in both engines, as far as they use standard functions`() throws {
        let oracle = try SchematronOracle()
        let folder = Repository.schemas + "/rules"
        var schemas: [String] = []
        for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() where name.hasSuffix(".sch") {
            schemas.append(try oracle.portable("\(folder)/\(name)", named: name))
        }
        var documents: [[UInt8]] = []
        for family in RuleBreachTests.families {
            documents += try RuleBreachTests.breaches(of: family).map(\.bytes)
            let folder = "\(RuleBreachTests.folder)/\(family)"
            for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            where name.hasSuffix(".xml") && name != "breaches.xml" {
                documents.append(Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))))
            }
        }
        for schema in schemas { for document in documents { try oracle.ask(schema, about: document) } }
        let answers = try oracle.answers()
        var found: [Int] = []
        var engine = SchematronOracle.Engine()
        for (question, theirs) in answers {
            let (ours, theirs) = try question.compared(with: theirs, &engine)
            #expect(ours == theirs, "\(question)")
            found.append(theirs.count)
        }
        #expect(schemas.count == 6 && documents.count > 300, "\(documents.count)")
        #expect(found.filter { $0 > 0 }.count > 100, "\(found.filter { $0 > 0 }.count) answers with findings")
    }

    @Test(arguments: SchematronSamples.all.keys.sorted())
    func `each part of the language means the same in both engines`(name: String) throws {
        let oracle = try SchematronOracle()
        let sample = try #require(SchematronSamples.all[name])
        let schema = try oracle.write(RuleEngine.schema(sample.schema, attributes: sample.attributes), named: "own.sch")
        for content in SchematronSamples.documents {
            for document in [RuleEngine.document(content), RuleEngine.envelope(content)] {
                try oracle.ask(schema, about: Array(document.utf8))
            }
        }
        var count = 0
        var engine = SchematronOracle.Engine()
        for (question, theirs) in try oracle.answers() {
            let (ours, theirs) = try question.compared(with: theirs, &engine)
            #expect(ours == theirs, "\(name) on \(question)")
            count += theirs.count
        }
        #expect(count > 0, "\(name) finds nothing")
    }

    @Test func `invented rules find the same in both engines`() throws {
        let oracle = try SchematronOracle()
        var generator = RuleGenerator(seed: 19_757)
        let documents = (0..<12).map { number in
            let content = generator.document()
            return number % 3 == 0 ? RuleEngine.envelope(content) : RuleEngine.document(content)
        }
        for number in 0..<150 {
            let schema = try oracle.write(RuleEngine.schema(generator.patterns()), named: "\(number).sch")
            for document in documents { try oracle.ask(schema, about: Array(document.utf8)) }
        }
        var count = 0
        var engine = SchematronOracle.Engine()
        for (question, theirs) in try oracle.answers() {
            let (ours, theirs) = try question.compared(with: theirs, &engine)
            #expect(ours == theirs, "\(question)")
            count += theirs.count
        }
        #expect(count > 5000, "\(count) findings")
    }
}

/// Asks lxml about many pairs of rule file and document at once.
final class SchematronOracle {
    /// The Python that has lxml; nil where `.ci/install --tests` has not made it.
    static let python = OraclePython.path(importing: "lxml.isoschematron")

    /// The programs of the rule file that was asked about last.
    struct Engine {
        var schema = ""
        var bytes: [UInt8] = []
        var programs: [SchematronReader.Root: RuleProgram] = [:]
    }

    struct Question: CustomStringConvertible {
        let schema: String
        let document: [UInt8]

        /// What our engine finds and what the other does; places that the other does not know are left out of both.
        func compared(with theirs: [String], _ engine: inout Engine) throws -> (ours: [String], theirs: [String]) {
            if engine.schema != schema {
                engine = Engine(schema: schema, bytes: Array(try Data(contentsOf: URL(fileURLWithPath: schema))))
            }
            let placeless = Set(theirs.filter { $0.hasSuffix(" @") }.map { $0.dropLast(2) })
            let firings = try RuleEngine.firings(of: engine.bytes, on: document, programs: &engine.programs)
            func shortened(_ id: Substring, _ path: Substring) -> String {
                placeless.contains(id) ? "\(id)" : "\(id) \(path)"
            }
            return (
                firings.map { shortened($0.id[...], $0.path[...]) }.sorted(),
                theirs.map { entry in
                    let parts = entry.split(separator: " ", maxSplits: 1)
                    return shortened(parts[0], parts.count == 2 ? parts[1] : "")
                }.sorted()
            )
        }

        var description: String {
            let text = String(decoding: document, as: UTF8.self)
            let rules = (try? String(contentsOfFile: schema, encoding: .utf8)) ?? ""
            return document.count < 2000 && rules.count < 6000 ? "\(rules)\n\(text)" : schema + " " + text.prefix(300)
        }
    }

    private let folder: TemporaryFolder
    private let call: String
    private var questions: [Question] = []
    private var documents: [[UInt8]: String] = [:]
    private var lines = ""

    init() throws {
        folder = try TemporaryFolder()
        let script = Repository.root.appendingPathComponent("Tests/Oracles/schematron_oracle.py").path
        call = "'\(try #require(Self.python))' '\(script)'"
    }

    func write(_ text: String, named name: String) throws -> String {
        try folder.write(text, to: name)
        return "\(folder.path)/\(name)"
    }

    /// A copy of a rule file that every engine understands.
    func portable(_ path: String, named name: String) throws -> String {
        let copy = "\(folder.path)/\(name)"
        let result = try Program.shell("\(call) --portable '\(path)' '\(copy)'", folder: folder.path)
        try #require(result.status == 0, "\(result.errors)")
        return copy
    }

    func ask(_ schema: String, about document: [UInt8]) throws {
        let name = documents[document] ?? "document-\(documents.count).xml"
        if documents.updateValue(name, forKey: document) == nil { try folder.write(document, to: name) }
        questions.append(Question(schema: schema, document: document))
        lines += "\(schema)\t\(folder.path)/\(name)\n"
    }

    /// Each question with the ids and places that lxml finds, sorted.
    func answers() throws -> [(Question, [String])] {
        try folder.write(lines, to: "questions")
        let result = try Program.shell("\(call) < questions", folder: folder.path)
        try #require(result.status == 0, "\(result.errors)")
        let answers = result.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        try #require(answers.count == questions.count)
        return zip(questions, answers).map { question, answer in
            let found = answer.split(separator: "\t").map { entry -> String in
                let parts = entry.split(separator: " ", maxSplits: 1)
                // The second check of a rule has a point and a number behind its id.
                let id = parts[0].replacing(/\.[0-9]+$/, with: "")
                return parts.count == 2 ? "\(id) \(parts[1])" : String(entry)
            }
            return (question, found.sorted())
        }
    }
}

/// Invents small rule files and documents, the same ones on every run.
struct RuleGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    private mutating func below(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }

    private mutating func one(of words: [String]) -> String { words[below(words.count)] }

    mutating func document() -> String { (0..<2 + below(3)).map { _ in element(depth: 0) }.joined() }

    private mutating func element(depth: Int) -> String {
        let name = one(of: ["a", "b", "c"])
        let attributes = one(of: ["", "", " x=\"1\"", " x=\"2\" y=\"1\"", " y=\"\""])
        let content = depth > 2 || below(3) == 0 ? one(of: ["", "1", "2", " 1 ", "t"]) : ""
        let children = content.isEmpty && depth < 4 ? (0..<below(4)).map { _ in element(depth: depth + 1) } : []
        return "<\(name)\(attributes)>\(content)\(children.joined())</\(name)>"
    }

    /// Up to three patterns of up to four rules.
    mutating func patterns() -> String {
        var number = 0
        return (0..<1 + below(3)).map { _ in
            let rules = (0..<1 + below(4)).map { _ in
                number += 1
                let check = one(of: ["assert", "report"])
                return """
                    <sch:rule context="\(context())"><sch:let name="v" value="\(path())"/>
                    <sch:\(check) id="R\(number)" test="\(test(depth: 0))">m</sch:\(check)></sch:rule>
                    """
            }
            return "<sch:pattern>\(rules.joined())</sch:pattern>"
        }.joined()
    }

    private mutating func context() -> String {
        let count = below(4) == 0 ? 2 : 1
        return (0..<count).map { _ in alternative() }.joined(separator: " | ")
    }

    private mutating func alternative() -> String {
        let start = one(of: ["", "", "", "//", "a009:A009/", "a009:A009//", "/a009:A009/", "a009:A009[@sedVer]/"])
        var text = start
        let steps = 1 + below(3)
        for step in 0..<steps {
            text += one(of: ["a", "b", "c", "*"])
            if below(step == steps - 1 ? 2 : 5) == 0 { text += predicate() }
            // libxslt takes the document for an element in `*//`.
            if step < steps - 1 { text += one(of: text.hasSuffix("*") ? ["/"] : ["/", "/", "//"]) }
        }
        return below(12) == 0 ? text + one(of: ["/@x", "/@*"]) : text
    }

    private mutating func predicate() -> String {
        "["
            + one(of: [
                "1", "2", "last()", "position() = 2", "2 = position()", "position () = 1", "last() - 1", "@x",
                "@x = '1'", "b", "not(a)", "not(a) or b", "count(*) &gt; 1", ". = '1'", "a and b", "a/b", "a | b",
                "string-length(.)", "'='", "number(.)", ".//a", "../b", "parent::a", "not(@x) + 1", "b[1] = '1'",
                "@x != @y", "starts-with(., '1')", "count(*) * ('1' = 1)",
            ]) + "]"
    }

    private mutating func path() -> String {
        one(of: [
            ".", "a", "b", "*", "@x", "@*", "..", "../*", ".//a", "//b", "a/b", "ancestor::*",
            "following-sibling::*[1]",
            "preceding-sibling::b", "*[last()]", "a | c", "../@x", "//*[@x = current()/@x]", "(.//*)[2]", "text()",
        ])
    }

    private mutating func test(depth: Int) -> String {
        if depth < 2, below(3) == 0 {
            return "(\(test(depth: depth + 1)) \(one(of: ["and", "or"])) not(\(test(depth: depth + 1))))"
        }
        let left = below(5) == 0 ? "$v" : path()
        return switch below(6) {
        case 0: left
        case 1: "count(\(left)) \(one(of: ["=", "&gt;", "&lt;="])) \(below(4))"
        case 2: "\(left) \(one(of: ["=", "!=", "&lt;"])) \(path())"
        case 3: "string(\(left)) = '\(below(3))'"
        case 4: "sum(\(left)) &gt; 2"
        default: "contains(normalize-space(\(left)), '1')"
        }
    }
}

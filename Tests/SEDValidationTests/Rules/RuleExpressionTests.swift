// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCore
import SEDInspection
import SEDProcessor
import SEDTestSupport
import SEDXML
import Testing

@testable import SEDValidation

/// Every expression of our rules on documents that break rules: our own evaluation beside libxml2's.
struct RuleExpressionTests {
    private static let names =
        (try? FileManager.default.contentsOfDirectory(atPath: "\(Repository.schemas)/rules"))?
        .filter { $0.hasSuffix(".sch") }.sorted() ?? []

    /// One evaluator with what a rule file declares.
    private static func evaluator(_ schematron: Schematron, _ functions: RuleFunctions, onlyLibrary: Bool) throws
        -> XPathEvaluator
    {
        let made = try #require(XPathEvaluator(functions: functions.forXPath, onlyLibrary: onlyLibrary))
        for (prefix, namespace) in schematron.namespaces { #expect(made.declare(prefix, namespace)) }
        return made
    }

    /// Compiles an expression when it is first needed, with both.
    private final class Expressions {
        let evaluator: XPathEvaluator
        private var known: [String: XPathExpression?] = [:]

        init(_ evaluator: XPathEvaluator) {
            self.evaluator = evaluator
        }

        func callAsFunction(_ text: String) -> XPathExpression? {
            if let expression = known[text] { return expression }
            let expression = evaluator.compile(text)
            known[text] = expression
            return expression
        }

        func outcome(_ text: String, at node: XPathNode) -> [String] {
            guard let expression = self(text) else { return ["no expression"] }
            return [
                (try? evaluator.test(expression, at: node)).map { "\($0)" } ?? "fault",
                (try? evaluator.text(expression, at: node)) ?? "fault",
                (try? evaluator.nodes(expression, at: node)).map { "\($0)" } ?? "fault",
            ]
        }

        func set(_ variables: [Schematron.Variable], at node: XPathNode) {
            for variable in variables {
                guard let value = self(variable.value), let made = evaluator.variable(variable.name, of: value) else {
                    continue
                }
                try? evaluator.set(made, at: node)
            }
        }
    }

    private static func documents() throws -> [[UInt8]] {
        var documents: [[UInt8]] = []
        for family in RuleBreachTests.families {
            documents += try RuleBreachTests.breaches(of: family).map(\.bytes)
        }
        return documents
    }

    @Test(arguments: names)
    func `an expression of ours has the answer of libxml2`(name: String) throws {
        let folder = SchemaFolder(path: Repository.schemas)
        let schemas = try SchemaLibrary(read: { try folder.read($0) })
        let rules = try RuleLibrary(schemas: schemas)
        let schematron = try SchematronReader(folder.read("rules/\(name)"), file: name).read()
        let functions = RuleFunctions(
            message: RuleEngine.message, parameters: { try rules.parameters() },
            codeList: { try schemas.codeList(named: $0) })
        let ours = Expressions(try Self.evaluator(schematron, functions, onlyLibrary: false))
        let theirs = Expressions(try Self.evaluator(schematron, functions, onlyLibrary: true))
        var compared = 0
        var differing: Set<String> = []
        for (number, document) in try Self.documents().enumerated() {
            let tree = try XMLTree(parsing: document)
            let some = tree.element(numbered: (number * 7) % tree.elementCount).map { XPathNode($0) } ?? .document
            ours.evaluator.run(on: tree) { _ in
                theirs.evaluator.run(on: tree) { _ in
                    func compare(_ text: String, at node: XPathNode) {
                        compared += 1
                        if ours.outcome(text, at: node) != theirs.outcome(text, at: node) { differing.insert(text) }
                    }
                    for all in [ours, theirs] { all.set(schematron.variables, at: .document) }
                    for rule in schematron.patterns.flatMap(\.rules) {
                        let context = ContextPattern(rule.context).alternatives.map { "//\($0)" }.joined(
                            separator: " | ")
                        compare(context, at: .document)
                        let found = ours(context).flatMap { try? ours.evaluator.nodes($0, at: .document) } ?? []
                        // Rules are also asked where they do not belong: that is where paths lead nowhere.
                        for node in found.prefix(4) + [some] {
                            for all in [ours, theirs] {
                                all.evaluator.stand(at: node)
                                all.set(rule.variables, at: node)
                            }
                            for variable in rule.variables { compare(variable.value, at: node) }
                            for check in rule.checks {
                                compare(check.test, at: node)
                                if let subject = check.subject { compare(subject, at: node) }
                            }
                        }
                    }
                }
            }
            if !differing.isEmpty { break }
        }
        #expect(differing.isEmpty, "\(differing.sorted().prefix(5))")
        #expect(compared > 1000)
    }

    @Test(arguments: names)
    func `libxml2 is left with few expressions of ours`(name: String) throws {
        let folder = SchemaFolder(path: Repository.schemas)
        let schematron = try SchematronReader(folder.read("rules/\(name)"), file: name).read()
        let functions = RuleFunctions(
            message: RuleEngine.message, parameters: { .none }, codeList: { _ in throw RuleEngine.Missing() })
        let expressions = Expressions(try Self.evaluator(schematron, functions, onlyLibrary: false))
        var left: Set<String> = []
        for rule in schematron.patterns.flatMap(\.rules) {
            let texts =
                rule.variables.map(\.value) + rule.checks.map(\.test) + rule.checks.compactMap(\.subject)
                + schematron.variables.map(\.value)
            for text in texts where expressions(text).map({ expressions.evaluator.isSimple($0) }) != true {
                left.insert(text)
            }
        }
        #expect(left.isEmpty, "\(left.sorted())")
    }
}

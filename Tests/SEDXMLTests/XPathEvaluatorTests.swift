// SPDX-License-Identifier: EUPL-1.2

import SEDXML
import Testing

/// Our own evaluation beside libxml2's, which is the measure.
struct XPathEvaluatorTests {
    /// One evaluator of each kind with the same prefixes, functions and variables.
    private struct Pair {
        let ours: XPathEvaluator
        let theirs: XPathEvaluator

        init() throws {
            let names = ["join", "is-long", "size", "fail"]
            let functions = XPathFunctions(namespace: "urn:f", functions: names.map { .init($0) }) {
                function, arguments in
                switch function {
                case 0: .text((arguments.texts + [arguments.second, arguments.third]).joined(separator: "-"))
                case 1: .boolean(arguments.first.utf8.count > 2)
                case 2: .number(Double(arguments.texts.count))
                default: nil
                }
            }
            ours = try #require(XPathEvaluator(functions: functions))
            theirs = try #require(XPathEvaluator(functions: functions, onlyLibrary: true))
            for evaluator in [ours, theirs] {
                #expect(evaluator.declare("p", "urn:p") && evaluator.declare("f", "urn:f"))
            }
        }
    }

    /// What comes of an expression, asked in each of the three ways.
    private static func outcome(_ text: String, _ evaluator: XPathEvaluator, at nodes: [XPathNode]) -> [String]? {
        guard let expression = evaluator.compile(text) else { return nil }
        return nodes.flatMap { node in
            evaluator.stand(at: node)
            return [
                (try? evaluator.test(expression, at: node)).map { "\($0)" } ?? "fault",
                (try? evaluator.text(expression, at: node)) ?? "fault",
                (try? evaluator.nodes(expression, at: node)).map { "\($0)" } ?? "fault",
            ]
        }
    }

    private static func nodes(of tree: borrowing XMLTree) -> [XPathNode] {
        [.document] + (0..<tree.elementCount).compactMap { tree.element(numbered: $0).map { XPathNode($0) } }
    }

    private static let usual = """
        <a x="1" xmlns:p="urn:p"><b y="2" p:y="3">EUR</b><b>1</b> <c><a><b> x  y </b></a><d/></c><p:b>2</p:b>\
        <d>ä€&amp;<![CDATA[<]]>ö</d><b>EUR</b><c x="">-1.50</c></a>
        """

    @Test(arguments: [
        "b", "b/..", "c/a/b", "//b", "//b/..", ".//a//b", "/a/b[2]", "/", "/*", "@x", "@p:y", "//@y", "b[last()]",
        "b[position() > 1]", "b[. = 'EUR'][2]", "ancestor::a", "ancestor::*[1]", "ancestor-or-self::*[2]", "p:b",
        "*[self::b or self::c]", "parent::a/b", "(b | c)[2]", "b | //b", "(//b)[last()]", "../b | . | ..", "*/*",
        "b = 'EUR'", "b != 'EUR'", "b = //b", "b != c", "b < c", "c < 3", "3 > c", "d = true()", "b >= b", "zz != 'x'",
        "not(b)", "count(//*)", "string(c)", "string-length(d)", "string-length()", "normalize-space(c)",
        "normalize-space()", "concat(b, '|', c, 1 div 3, true())", "contains(d, '€')", "starts-with(b, 'E')",
        "substring(d, 2)", "substring(d, 1.5, 2.6)", "substring('12345', 0, 3)", "substring('12345', -42, 1 div 0)",
        "substring('12345', 0 div 0, 3)", "substring('12345', 2, 0 div 0)", "substring-before('a:b', ':')",
        "substring-after('a:b', '')", "substring-after('ab', 'c')", "translate(d, 'ä&<', 'xé')", "number(c)",
        "number()", "number('x') = number('x')", "sum(c)", "round(-0.5)", "round(2.5)", "round(-2.5)", "floor(-1.5)",
        "ceiling(1.2)", "1 div 0", "-1 div 0", "5 mod -2", "5 mod 0", "-5 mod 2", "- - 3", "-b", "--b = b", "2 * 3 - 1",
        "1 = true()", "'' = false()", "'a' < 'b'", "'1' < 2", "local-name()", "local-name(*)", "local-name(/)",
        "local-name(@x)", "current()", "//b[. = current()/b]", "count(current()/..)", "f:join(b)", "f:join(b, c)",
        "f:join('x', 1, true())", "b[f:is-long(.)]", "f:size(//b)", "f:size(zz)", "f:fail(.)", "b[f:size(.)]",
        "string(1000000)", "string(0.1)", "string(123456789012)", "string(-0)", "boolean('false')", "boolean(0 div 0)",
        "a or b and c", "(a or b) and c", "b[1]/../c", "c[a]/d", "c[not(a)]", "b[../c]", "*[. = ../b]", "/a//b[1]",
        "//text()", "namespace::*", "processing-instruction()", "//node()", "following::*", "preceding-sibling::b",
        "id('x')", "lang('en')", "name(*)", "p:*", "@*", "*[@x]", ".5 + 1", "3.", "b [ 1 ]", " b / .. ", "b\n|\tc",
        "$x", "position()", "last() = 1", "b[last() = 3]", "f:none()", "none()", "count('x')", "count(1)", "sum(1)",
        "'x'/a", "a | 'x'", "not()", "not(1, 2)", "true",
        "or", "and and and", "div div div", "* * *", "-", "", "b[", "b]", "(b", "'x", "b andb", "b=c", "4mod 3",
        "4mod3",
        "ä", "b/ä", "q:b", "child::b", "child :: b", "attribute::x", "self::node()", "descendant::b[2]", "b//", "//",
        "...",
        ".[1]", "..[1]", "//.", "1 | b", "-(b)", "(b)/..", "(b | c)//b", "string(//b[2])", "b[2 = position()]", "b[$x]",
        "b | c | d", "(b | c | d)[2]", "c/a | c/d", "c/a | c/d/b", "c/a | d", "b | p:b", "p:b | p:d", "@x | @y",
        "//b/@y | //b/@x", "//b | //c", "b | b", "b[1] | c", "b | c[a]", "../b | ../c", "count(b | c | zz)", "zz | b",
        "b | *", "(b | d) = 'EUR'", "not(zz | yy)", "string(d | c | b)", "$x/b | $x/c", "current()/b | current()/c",
        "/a/b | /a/c", "/a/b | a/b", "b != b", "c != b", "d != p:b", "(c/d | d) != d", "b[0]", "b[1.5]", "b[-1]",
        "b[4]",
        "(b)[3]", "b[. = 'EUR'][3]", "(b | c)[a or b]", "boolean((b | c)[zz])", "f:size(b | c)", "f:join(b, c, 'x')",
        "concat(f:join(b), f:join(c))", "concat(f:join('x'), f:join('y'), f:join('x'))", "f:join(f:join('a', 'b'))",
        "f:join('')", "f:join(zz)", "f:size('')", "-(1)", "- -1 = 1", "string(-0)", "b[-0 + 1]",
        "a:", "::", "@", "@@x", "b[@x or @y]", "1.5 > 1", "10000000000000000000 = 1",
    ])
    func `an expression has the answer of libxml2`(text: String) throws {
        let pair = try Pair()
        let tree = try XMLTree(parsing: Array(Self.usual.utf8))
        let nodes = Self.nodes(of: tree)
        let ours = pair.ours.run(on: tree) { Self.outcome(text, $0, at: nodes) }
        let theirs = pair.theirs.run(on: tree) { Self.outcome(text, $0, at: nodes) }
        #expect(ours == theirs)
    }

    @Test func `generated expressions have the answers of libxml2`() throws {
        var generator = ExpressionGenerator(seed: 20_260_412)
        var simple = 0
        var told: Set<String> = []
        for round in 0..<80 {
            let tree = try XMLTree(parsing: Array(generator.document().utf8))
            let nodes = Self.nodes(of: tree)
            let some = [nodes[0], nodes[1 % nodes.count], nodes[nodes.count / 2], nodes[nodes.count - 1]]
            let usual = [
                ("n", "//b"), ("m", "$n/.. | //c"), ("t", "string($m)"), ("i", "count($n)"), ("e", "$n = '1'"),
                ("v", "@x | $n[2]"),
            ]
            // Values that use other variables, or themselves as they were before, have them at once.
            let others = [
                ("n", generator.path(2)), ("m", "//\(generator.name())"), ("t", "string(\(generator.path(1)))"),
                ("i", generator.number(1)), ("e", generator.boolean(1)), ("v", generator.path(1)),
            ]
            let isRepeated = round % 2 == 1
            let variables = isRepeated ? usual + others : usual
            let expressions = (0..<100).map { _ in generator.expression() }
            let pair = try Pair()
            func outcomes(_ evaluator: XPathEvaluator) -> [[String]?] {
                evaluator.run(on: tree) { evaluator in
                    if isRepeated { evaluator.hurry() }
                    for (name, value) in variables {
                        guard let value = evaluator.compile(value), let variable = evaluator.variable(name, of: value),
                            (try? evaluator.set(variable, at: some[1])) != nil
                        else { return [] }
                    }
                    return expressions.map { Self.outcome($0, evaluator, at: some) }
                }
            }
            let (ours, theirs) = (outcomes(pair.ours), outcomes(pair.theirs))
            #expect(ours.count == theirs.count)
            // A variable that cannot have its value ends a run.
            if theirs.isEmpty { continue }
            for (index, text) in expressions.enumerated() {
                #expect(ours[index] == theirs[index], "\(text) with \(variables)")
                if pair.ours.compile(text).map({ pair.ours.isSimple($0) }) == true { simple += 1 }
                told.formUnion(theirs[index] ?? [])
            }
        }
        // Else the test would compare libxml2 with itself, or nothing with nothing.
        #expect(simple > 4500, "\(simple)")
        #expect(told.count > 200, "\(told.count)")
    }

    @Test func `variables that only libxml2 can hold serve both kinds of expressions`() throws {
        let pair = try Pair()
        let tree = try XMLTree(parsing: Array(Self.usual.utf8))
        for value in ["//text()", "namespace::*", "//@*", "/", "//b", "//node()", "string(//text())"] {
            func outcomes(_ evaluator: XPathEvaluator) throws -> [[String]?] {
                try evaluator.run(on: tree) { evaluator in
                    let expression = try #require(evaluator.compile(value))
                    try evaluator.set(try #require(evaluator.variable("x", of: expression)), at: XPathNode(tree.root))
                    return ["$x", "count($x)", "$x = 'EUR'", "$x[2]", "$x/..", "string($x)", "$x | //b", "name($x)"].map
                    {
                        Self.outcome($0, evaluator, at: [XPathNode(tree.root)])
                    }
                }
            }
            #expect(try outcomes(pair.ours) == outcomes(pair.theirs), "\(value)")
        }
    }

    @Test(arguments: ["//a | //b", "count(//a | //b)", "//a/../b", "//*[. = 'x']/..", "//b | //a | //c", "//a//b"])
    func `paths through a whole wide document take linear time`(text: String) throws {
        let pair = try Pair()
        let tree = try XMLTree(
            parsing: Array("<r>\(String(repeating: "<a/><b/>", count: 100_000))</r>".utf8))
        let clock = ContinuousClock()
        let expression = try #require(pair.ours.compile(text))
        #expect(pair.ours.isSimple(expression))
        let time = try clock.measure {
            _ = try pair.ours.run(on: tree) { try $0.test(expression, at: .document) }
            if !text.hasPrefix("count") {
                _ = try pair.ours.run(on: tree) { try $0.nodes(expression, at: .document) }
            }
        }
        // libxml2 takes minutes for a union of this size, because it looks each node up in a list.
        #expect(time < .seconds(10), "\(time)")
    }

    @Test(arguments: ["//a[//b = 3]", "//a = //b", "count(//a[count(//b) = 1])", "//a[//b/a]"])
    func `too much work ends`(text: String) throws {
        let pair = try Pair()
        let tree = try XMLTree(
            parsing: Array("<r>\(String(repeating: "<a>1</a><b>2</b>", count: 50_000))</r>".utf8))
        let expression = try #require(pair.ours.compile(text))
        #expect(pair.ours.isSimple(expression))
        _ = pair.ours.run(on: tree) { evaluator in
            #expect(throws: XPathFailure.tooMuchWork) { try evaluator.test(expression, at: .document) }
        }
    }

    @Test(arguments: [
        String(repeating: "(", count: 100_000), String(repeating: "b[", count: 100_000),
        "b" + String(repeating: " or b", count: 100_000), "b" + String(repeating: "/b", count: 100_000),
        String(repeating: "-", count: 100_000) + "1", "b" + String(repeating: "[1]", count: 100_000),
    ])
    func `deep and long expressions are no danger`(text: String) throws {
        let pair = try Pair()
        let tree = try XMLTree(parsing: Array(Self.usual.utf8))
        let nodes = [XPathNode(tree.root)]
        let ours = pair.ours.run(on: tree) { Self.outcome(text, $0, at: nodes) }
        let theirs = pair.theirs.run(on: tree) { Self.outcome(text, $0, at: nodes) }
        #expect(ours == theirs)
    }
}

/// Makes documents and expressions of a small vocabulary, the same for the same seed.
private struct ExpressionGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    private mutating func below(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(limit))
    }

    private mutating func one<Choice>(of choices: [Choice]) -> Choice { choices[below(choices.count)] }

    mutating func name() -> String { one(of: ["a", "b", "c", "d", "*", "p:b", "a", "b"]) }

    mutating func document() -> String { element(depth: 0, isRoot: true) }

    private mutating func element(depth: Int, isRoot: Bool = false) -> String {
        let name = isRoot ? "a" : one(of: ["a", "b", "c", "d", "p:b", "b"])
        let attributes = one(of: ["", "", " x=\"1\"", " x=\"a\" p:y=\"2\"", " y=\"\""])
        let texts = ["", "1", " 2 ", "EUR", "x y", "1.5", "-3", "abc", "  ", "é&amp;", "12345", "NaN", "a:b"]
        var content = one(of: texts)
        for _ in 0..<(depth < 4 ? below(isRoot ? 6 : 4) : 0) {
            content += element(depth: depth + 1) + one(of: ["", "", " ", "z"])
        }
        return "<\(name)\(isRoot ? " xmlns:p=\"urn:p\"" : "")\(attributes)>\(content)</\(name)>"
    }

    mutating func expression() -> String {
        switch below(5) {
        case 0: path(3)
        case 1: text(3)
        case 2: number(3)
        default: boolean(3)
        }
    }

    private mutating func value(_ depth: Int) -> String {
        switch below(6) {
        case 0, 1, 2: path(depth)
        case 3: text(depth)
        case 4: number(depth)
        default: boolean(depth)
        }
    }

    private mutating func predicate(_ depth: Int) -> String {
        guard depth > 0, below(3) == 0 else { return "" }
        switch below(6) {
        case 0: return "[\(1 + below(3))]"
        case 1: return "[last()]"
        case 2: return "[position() \(one(of: ["=", "<", ">", "!="])) \(1 + below(3))]"
        case 3: return "[\(value(depth - 1))]"
        default: return "[\(boolean(depth - 1))]"
        }
    }

    private mutating func step(_ depth: Int) -> String {
        switch below(14) {
        case 0: ".."
        case 1: "."
        case 2: "@\(one(of: ["x", "y", "p:y", "*"]))"
        case 3:
            "\(one(of: ["self", "parent", "ancestor", "ancestor-or-self", "descendant", "child", "preceding-sibling"]))::"
                + name() + predicate(depth)
        default: name() + predicate(depth)
        }
    }

    mutating func path(_ depth: Int) -> String {
        guard depth > 0 else { return one(of: ["a", "b", ".", "..", "@x", "$n", "$m", "//b"]) }
        switch below(12) {
        case 0: return "(\(path(depth - 1)) | \(path(depth - 1)))\(predicate(depth))"
        case 1: return "\(path(depth - 1)) | \(path(depth - 1))"
        case 2: return "$\(one(of: ["n", "m", "n", "m", "v", "t"]))\(predicate(depth))/\(step(depth - 1))"
        case 3: return "current()/\(step(depth - 1))"
        case 4: return "//\(step(depth - 1))"
        case 5: return "(\(path(depth - 1)))\(predicate(depth))"
        case 6: return "(\(path(depth - 1)))//\(step(depth - 1))"
        case 7: return "\(step(depth - 1))//\(step(depth - 1))"
        default: return (0...below(3)).map { _ in step(depth - 1) }.joined(separator: "/")
        }
    }

    private mutating func text(_ depth: Int) -> String {
        let literal = one(of: ["'EUR'", "'1'", "''", "\"x y\"", "'a'", "' 2 '", "$t"])
        guard depth > 0 else { return literal }
        switch below(11) {
        case 0: return "string(\(value(depth - 1)))"
        case 1: return "normalize-space(\(value(depth - 1)))"
        case 2: return "concat(\(value(depth - 1)), \(value(depth - 1)), '-')"
        case 3: return "substring(\(value(depth - 1)), \(number(depth - 1)))"
        case 4: return "substring(\(value(depth - 1)), \(number(depth - 1)), \(number(depth - 1)))"
        case 5: return "substring-\(one(of: ["before", "after"]))(\(value(depth - 1)), \(text(depth - 1)))"
        case 6: return "translate(\(value(depth - 1)), 'a1é ', \(text(depth - 1)))"
        case 7: return "local-name(\(path(depth - 1)))"
        case 8: return "f:join(\(value(depth - 1)), \(value(depth - 1)))"
        default: return literal
        }
    }

    mutating func number(_ depth: Int) -> String {
        let literal = one(of: ["0", "1", "2", "3", "12", "1.5", "$i", "-1"])
        guard depth > 0 else { return literal }
        switch below(9) {
        case 0: return "count(\(path(depth - 1)))"
        case 1: return "sum(\(path(depth - 1)))"
        case 2: return "number(\(value(depth - 1)))"
        case 3: return "string-length(\(value(depth - 1)))"
        case 4: return "\(one(of: ["round", "floor", "ceiling"]))(\(number(depth - 1)))"
        case 5: return "(\(number(depth - 1)) \(one(of: ["+", "-", "*", "div", "mod"])) \(number(depth - 1)))"
        case 6: return "-\(one(of: ["", "-"]))\(path(0))"
        case 7: return "f:size(\(path(depth - 1)))"
        default: return literal
        }
    }

    mutating func boolean(_ depth: Int) -> String {
        let literal = one(of: ["true()", "false()", "$e", "b", "not(a)"])
        guard depth > 0 else { return literal }
        switch below(9) {
        case 0: return "not(\(value(depth - 1)))"
        case 1: return "(\(value(depth - 1)) and \(value(depth - 1)))"
        case 2: return "(\(value(depth - 1)) or \(value(depth - 1)))"
        case 3: return "contains(\(value(depth - 1)), \(text(depth - 1)))"
        case 4: return "starts-with(\(value(depth - 1)), \(text(depth - 1)))"
        case 5: return "f:is-long(\(value(depth - 1)))"
        case 6: return "boolean(\(value(depth - 1)))"
        default:
            return "\(value(depth - 1)) \(one(of: ["=", "!=", "<", "<=", ">", ">=", "=", "!="])) \(value(depth - 1))"
        }
    }
}

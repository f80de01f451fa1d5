// SPDX-License-Identifier: EUPL-1.2

import SEDCore
import Testing

@testable import SEDValidation

/// Whatever is wrong in a rule file is told with its place; no rule is passed over in silence.
struct SchematronReaderTests {
    private static func pattern(_ content: String) -> String {
        RuleEngine.schema("<sch:pattern>\(content)</sch:pattern>")
    }

    private static func rule(_ context: String, _ test: String = "true()", _ more: String = "") -> String {
        pattern(
            "<sch:rule context=\"\(context)\">\(more)<sch:report id=\"U-1\" test=\"\(test)\">m</sch:report></sch:rule>")
    }

    /// What a broken file holds, and how the refusal begins behind the file's name.
    private static let broken: [(text: String, refusal: String)] = [
        ("<sch:schema", ":1:"),
        ("", ": The document is empty"),
        ("<schema/>", ":1:1: the root is not schema"),
        ("<a xmlns=\"http://purl.oclc.org/dsdl/schematron\"/>", ":1:1: the root is not schema"),
        ("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>", ":1:1:"),
        ("<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>", ":1:1:"),
        (RuleEngine.schema("<sch:rules/>"), ":3:3: the element rules is not understood here"),
        (RuleEngine.schema("<sch:include href=\"x\"/>"), ":3:3: the element include is not understood"),
        (RuleEngine.schema("<pattern/>"), ":3:3: the element pattern is not in the namespace"),
        (RuleEngine.schema("<key xmlns=\"http://www.w3.org/1999/XSL/Transform\"/><sch:pattern/>"), ""),
        (RuleEngine.schema(""), ":1:1: there is no pattern, so nothing is checked"),
        (RuleEngine.schema("", attributes: "language=\"en\""), ":1:1: the attribute language of schema"),
        (RuleEngine.schema("", attributes: "defaultPhase=\"x\""), ":1:1: there is no phase x"),
        (
            RuleEngine.schema(
                "<sch:phase id=\"x\"><sch:active pattern=\"y\"/></sch:phase>", attributes: "defaultPhase=\"x\""),
            ":3:21: there is no pattern y"
        ),
        (RuleEngine.schema("<sch:ns prefix=\"a009\" uri=\"urn:b\"/>"), ":3:3: the prefix a009 is declared twice"),
        (RuleEngine.schema("<sch:pattern is-a=\"x\"/>"), ":3:3: there is no abstract pattern x"),
        (RuleEngine.schema("<sch:pattern abstract=\"yes\"/>"), ":3:3: the attribute abstract is true or false"),
        (RuleEngine.schema("<sch:pattern documents=\"x\"/>"), ":3:3: the attribute documents of pattern"),
        (pattern("<sch:rule/>"), ":3:16: rule lacks the attribute context"),
        (pattern("<sch:rule abstract=\"true\"/>"), ":3:16: what is abstract needs an id"),
        (
            pattern("<sch:rule abstract=\"true\" id=\"x\"><sch:asert/></sch:rule>"),
            ":3:49: the element asert is not understood here"
        ),
        (
            pattern("<sch:rule context=\"a\"><sch:report test=\"b\"/></sch:rule>"),
            ":3:38: report lacks the attribute id"
        ),
        (
            pattern("<sch:rule context=\"a\"><sch:report id=\"U-1\"/></sch:rule>"),
            ":3:38: report lacks the attribute test"
        ),
        (
            pattern("<sch:rule context=\"a\"><sch:report id=\"U 1\" test=\"b\"/></sch:rule>"),
            ":3:38: an id has letters"
        ),
        (
            pattern("<sch:rule context=\"a\"><sch:extends rule=\"x\"/></sch:rule>"),
            ":3:38: there is no abstract rule x"
        ),
        (
            pattern(
                "<sch:rule abstract=\"true\" id=\"x\"><sch:extends rule=\"x\"/></sch:rule>"
                    + "<sch:rule context=\"a\"><sch:extends rule=\"x\"/></sch:rule>"),
            ":3:16: rules extend one another in a circle"
        ),
        (rule("a", "true()", "<sch:let name=\"x\"/>"), ":3:38: let lacks the attribute value"),
        (rule("a", "1 +"), ":3:38: this is no expression of XPath 1.0"),
        (rule("a", "b or foo(c)"), ":3:38: there is no function foo"),
        (rule("a", "document('x')"), ":3:38: there is no function document"),
        (rule("a", "b or x:foo(c)"), ":3:38: the prefix x is not declared"),
        (rule("a", "true() or x:b"), ":3:38: the prefix x is not declared"),
        (rule("a", "true() or $y"), ":3:38: the variable $y is not declared"),
        (rule("a", "true() or count()"), ":3:38: the function count takes 1 argument(s), not 0"),
        (rule("a", "true() or concat(b)"), ":3:38: the function concat takes 2 or more argument(s), not 1"),
        (rule("a", "true() or substring(a,b,c,d)"), ":3:38: the function substring takes 2 to 3 argument(s), not 4"),
        (
            rule("a", "b", "<sch:let name=\"x\" value=\"1\"/><sch:let name=\"x\" value=\"2\"/>"),
            ":3:67: the variable $x"
        ),
        (rule("text()"), ":3:16: a context selects elements and attributes"),
        (rule("a/node()"), ":3:16: a context selects elements and attributes"),
        (rule("comment()"), ":3:16: a context selects elements and attributes"),
        (rule("../a"), ":3:16: this is no pattern of XSLT"),
        (rule("ancestor::a"), ":3:16: this is no pattern of XSLT"),
        (rule("(a | b)/c"), ":3:16: this is no pattern of XSLT"),
        (rule("a |"), ":3:16: a context has an empty alternative"),
        (rule("a[b = current()]"), ":3:16: there is no current() in a context"),
        (rule("a[$x]"), ":3:16: the variable $x is not declared"),
        (rule("a[foo(b)]"), ":3:16: there is no function foo"),
        (rule("a").replacing("U-1", with: "A1-PERIOD-001"), ":3:38: the id A1-PERIOD-001 belongs to"),
        (rule("a").replacing("U-1", with: "A1-PERIOD-001.7"), ":3:38: the id A1-PERIOD-001 belongs to"),
        (rule("a").replacing("U-1", with: "XSD-003"), ":3:38: the id XSD-003 belongs to"),
        (rule("a").replacing("id=", with: "role=\"bad\" id="), ":3:38: the role bad is none of"),
        (
            pattern(
                "<sch:rule context=\"a\"><sch:report id=\"U\" test=\"b\"/><sch:report id=\"U\" test=\"c\"/></sch:rule>"),
            ":3:67: the id U stands here twice"
        ),
        (
            RuleEngine.schema("", attributes: "").replacing("\"xslt\"", with: "\"xslt2\""),
            ":1:1: the query binding xslt2 is not understood"
        ),
    ]

    /// A schema with a second pattern, which alone is active.
    private static func idle(_ pattern: String, _ more: String = "") -> String {
        RuleEngine.schema(
            "<sch:phase id=\"few\"><sch:active pattern=\"one\"/></sch:phase><sch:pattern id=\"one\"/>\n\(pattern)\n\(more)",
            attributes: "defaultPhase=\"few\"")
    }

    private static func abstract(_ test: String, _ more: String = "", context: String = "$place") -> String {
        RuleEngine.schema(
            "<sch:pattern abstract=\"true\" id=\"p\"><sch:rule context=\"\(context)\">\(more)"
                + "<sch:assert id=\"U\" test=\"\(test)\">m</sch:assert></sch:rule></sch:pattern>")
    }

    private static func unused(_ test: String, _ more: String = "") -> String {
        pattern(
            "<sch:rule abstract=\"true\" id=\"r\">\(more)<sch:report id=\"U\" test=\"\(test)\">m</sch:report></sch:rule>"
        )
    }

    private static func diagnosed(_ attribute: String, _ content: String) -> String {
        RuleEngine.schema(
            "<sch:pattern><sch:rule context=\"a\"><sch:let name=\"v\" value=\"b\"/>"
                + "<sch:report id=\"U\" test=\"b\" diagnostics=\"\(attribute)\">m</sch:report></sch:rule></sch:pattern>\n"
                + "<sch:diagnostics><sch:diagnostic id=\"d\">\(content)</sch:diagnostic></sch:diagnostics>")
    }

    private static let two =
        "<sch:pattern id=\"two\"><sch:rule context=\"a\"><sch:report id=\"U\" test=\"b\"/></sch:rule></sch:pattern>"

    /// Faults in parts that no active rule uses, and slips that would silence a rule or change what it says.
    private static let idleFaults: [(text: String, refusal: String)] = [
        (idle(two.replacing("\"b\"", with: "\"(((\"")), ":4:45: this is no expression of XPath 1.0: ((("),
        (idle(two.replacing("\"b\"", with: "\"foo()\"")), ":4:45: there is no function foo"),
        (idle(two.replacing("\"b\"", with: "\"x:b\"")), ":4:45: the prefix x is not declared"),
        (idle(two.replacing("\"b\"", with: "\"$b\"")), ":4:45: the variable $b is not declared"),
        (idle(two.replacing("\"a\"", with: "\"..\"")), ":4:23: this is no pattern of XSLT"),
        (idle(two.replacing("id=\"U\"", with: "id=\"U\" role=\"bad\"")), ":4:45: the role bad is none of"),
        (idle(two.replacing("id=\"U\"", with: "id=\"U\" subject=\"(\"")), ":4:45: this is no expression"),
        (
            idle("<sch:pattern id=\"two\"><sch:let name=\"x\" value=\"(\"/></sch:pattern>"),
            ":4:23: this is no expression"
        ),
        (idle("<sch:pattern is-a=\"x\"/>"), ":4:1: there is no abstract pattern x"),
        (idle("<sch:pattern id=\"two\"><sch:param name=\"x\" value=\"1\"/></sch:pattern>"), ":4:23: a param stands in"),
        (
            idle(two.replacing("<sch:report", with: "<sch:extends rule=\"x\"/><sch:report")),
            ":4:45: there is no abstract rule x"
        ),
        (
            idle(
                "<sch:pattern is-a=\"p\"><sch:param name=\"t\" value=\"((\"/></sch:pattern>",
                "<sch:pattern abstract=\"true\" id=\"p\"><sch:rule context=\"a\"><sch:report id=\"U\" test=\"$t\"/></sch:rule></sch:pattern>"
            ),
            ":5:59: this is no expression"
        ),
        (RuleEngine.schema("<sch:let name=\"x\" value=\"(\"/><sch:pattern/>"), ":3:3: this is no expression"),
        (RuleEngine.schema("<sch:let name=\"x y\" value=\"1\"/><sch:pattern/>"), ":3:3: this is no name: x y"),
        (
            RuleEngine.schema("<sch:phase id=\"x\"><sch:active pattern=\"y\"/></sch:phase><sch:pattern/>"),
            ":3:21: there is no pattern y"
        ),
        (
            RuleEngine.schema("<sch:phase id=\"x\"/><sch:phase id=\"x\"/><sch:pattern/>"),
            ":3:22: the id x stands here twice"
        ),
        (RuleEngine.schema("<sch:pattern id=\"x\"/><sch:pattern id=\"x\"/>"), ":3:24: the id x stands here twice"),
        (
            RuleEngine.schema(
                "<sch:pattern abstract=\"true\" id=\"x\" is-a=\"y\"/><sch:pattern abstract=\"true\" id=\"y\"/>"),
            ":3:3: a pattern is abstract or made of an abstract one"
        ),
        (unused("((("), ":3:49: this is no expression"),
        (unused("foo()"), ":3:49: there is no function foo"),
        (unused("x:a"), ":3:49: the prefix x is not declared"),
        (unused("$nowhere"), ":3:49: the variable $nowhere is not declared"),
        (unused("b", "<sch:let name=\"x\" value=\"1 +\"/>"), ":3:49: this is no expression"),
        (
            pattern("<sch:rule abstract=\"true\" id=\"r\" context=\"a\"><sch:report id=\"U\" test=\"b\"/></sch:rule>"),
            ":3:16: an abstract rule has no context"
        ),
        (abstract("((("), ":3:66: this is no expression"),
        (abstract("$a and foo()"), ":3:66: there is no function foo"),
        (abstract("$a = 'b"), ":3:66: this is no expression"),
        (abstract("$a)"), ":3:66: this is no expression"),
        (abstract("$a = x:b"), ":3:66: the prefix x is not declared"),
        (abstract("count($a, $b)"), ":3:66: the function count takes 1"),
        (abstract("b", context: "$place["), ":3:39: this is no pattern of XSLT"),
        (abstract("b", "<sch:let name=\"x\" value=\"$a +\"/>"), ":3:66: this is no expression"),
        (diagnosed("nope", "t"), ":3:67: there is no diagnostic nope"),
        (diagnosed("d nope", "t"), ":3:67: there is no diagnostic nope"),
        (diagnosed("d", "<sch:value-of select=\"((\"/>"), ":4:18: this is no expression"),
        (diagnosed("d", "<sch:value-of select=\"foo()\"/>"), ":4:18: there is no function foo"),
        (diagnosed("d", "<sch:value-of select=\"$none\"/>"), ":4:18: the variable $none is not declared"),
        (diagnosed("d", "<sch:value-of/>"), ":4:41: value-of lacks the attribute select"),
        (rule("a").replacing(">m<", with: "><sch:name path=\"a) or (b\"/><"), ":3:38: this is no expression"),
        (pattern("<sch:rule context=\"a\"/>"), ":3:16: a rule without assert, report or extends checks nothing"),
        (pattern("<sch:rule context=\"a\">b<sch:report id=\"U\" test=\"c\"/></sch:rule>"), ":3:16: text in rule"),
        (
            rule("a").replacing("test=", with: "sch:role=\"note\" test="),
            ":3:38: the attributes of report have no prefix"
        ),
        (rule("a").replacing("<sch:rule ", with: "<sch:rule role=\"bad\" "), ":3:16: the role bad is none of"),
        (
            rule("a").replacing("<sch:report", with: "<s:report xmlns:s=\"http://purl.oclc.org/dsdl/Schematron/\"")
                .replacing("</sch:report", with: "</s:report"),
            ":3:38: the element report is not in the namespace"
        ),
        (RuleEngine.schema("<sch:properties/><sch:pattern/>"), ":3:3: the element properties is not understood here"),
        (rule("a").replacing("id=", with: "severity=\"error\" id="), ":3:38: the attribute severity of report"),
        (rule("a").replacing("id=", with: "properties=\"x\" id="), ":3:38: the attribute properties of report"),
        (rule("a").replacing("</sch:rule>", with: "<sch:let name=\"n\" value=\"1\"/></sch:rule>"), ":3:"),
        (
            pattern("<x:include xmlns:x=\"http://www.w3.org/2001/XInclude\" href=\"x\"/>"),
            ":3:16: inclusions are not followed"
        ),
        (
            pattern("<sch:rule context=\"a\"><sch:extends href=\"x\"/></sch:rule>"),
            ":3:38: the attribute href of extends"
        ),
    ]

    @Test(arguments: idleFaults.indices)
    func `a fault in a part that no rule uses is told too`(index: Int) {
        let (text, refusal) = Self.idleFaults[index]
        let found = RuleEngine.refusal(of: text)
        #expect(found?.hasPrefix("own.sch" + refusal) == true, "\(found ?? "accepted"): \(text)")
    }

    /// What is in order although nothing uses it.
    private static let accepted: [String] = [
        idle(two),
        idle("<sch:pattern is-a=\"p\"/>", "<sch:pattern abstract=\"true\" id=\"p\"/>"),
        unused("$v = 1") + "", unused("$own", "<sch:let name=\"own\" value=\"$v\"/>"),
        abstract("$a = $b"), abstract("$a $op $b"), abstract("a $op 'b' and $c"), abstract("$a/$b[$c]/@$d"),
        abstract("2 * $a + * $op 3"), abstract("count($a) $compare 1"), abstract("$p:b = '$x'"),
        abstract("$v and $a", "<sch:let name=\"v\" value=\"$a/b\"/>"), abstract("a$predicate"),
        abstract("b", context: "$a | $b/c[$d]"), abstract("b", context: "$a:*//c"),
        diagnosed("d", "<sch:value-of select=\"$v\"/> in <sch:name path=\"..\"/>"), diagnosed(" d d ", ""),
        rule("a").replacing("<sch:rule ", with: "<sch:rule role=\"warning\" "),
        rule("a").replacing("<sch:rule ", with: "<sch:rule flag=\"x\" "),
        RuleEngine.schema("<sch:ns prefix=\"unused\" uri=\"urn:u\"/><sch:phase id=\"x\"/><sch:pattern/>"),
        RuleEngine.schema(
            "<n:note xmlns:n=\"http://www.schematron-quickfix.com/validator/process\">t</n:note><sch:pattern/>"),
    ].map { $0.contains("$v = 1") || $0.contains("$own") ? withRule(givingV: $0) : $0 }

    /// A second rule that gives the first, abstract one its variable.
    private static func withRule(givingV text: String) -> String {
        text.replacing(
            "</sch:pattern>",
            with:
                "<sch:rule context=\"c\"><sch:let name=\"v\" value=\"1\"/><sch:report id=\"W\" test=\"d\"/></sch:rule></sch:pattern>"
        )
    }

    @Test(arguments: accepted.indices)
    func `a file in order is accepted with all its idle parts`(index: Int) {
        let text = Self.accepted[index]
        #expect(RuleEngine.refusal(of: text) == nil, "\(text)")
    }

    @Test func `a rule's role is that of its checks`() throws {
        let text = Self.pattern(
            """
            <sch:rule abstract="true" id="r" role="note"><sch:report id="X" test="true()">m</sch:report></sch:rule>
            <sch:rule context="a" role="warning"><sch:extends rule="r"/><sch:report id="U" test="true()">m</sch:report>
            <sch:report id="V" role="error" test="true()">m</sch:report></sch:rule>
            """)
        let rules = try SchematronReader(Array(text.utf8), file: "own.sch").read().patterns.flatMap(\.rules)
        #expect(rules.flatMap(\.checks).map(\.role) == ["note", "warning", "error"])
    }

    @Test(arguments: broken.indices)
    func `a broken file is refused where it is broken`(index: Int) {
        let (text, refusal) = Self.broken[index]
        let found = RuleEngine.refusal(of: text)
        if refusal.isEmpty {
            #expect(found == nil)
        } else {
            #expect(found?.hasPrefix("own.sch" + refusal) == true, "\(found ?? "accepted"): \(text)")
        }
    }

    @Test(arguments: [
        ("pp:in-list(b, 'no-such-list')", "there is no code list no-such-list"),
        ("pp:parameter('no.such')", "there is no parameter no.such"),
        ("pp:before(a)", "the function pp:before takes 2 argument(s), not 1"),
        ("true() or pp:befour(a, b)", "there is no function pp:befour"),
    ])
    func `calls of our functions are looked up`(test: String, reason: String) {
        let schema = Self.rule("a", test).replacing(
            "<sch:pattern>", with: "<sch:ns prefix=\"pp\" uri=\"urn:piiripost:rules\"/><sch:pattern>")
        #expect(RuleEngine.refusal(of: schema)?.hasSuffix(reason) == true)
    }

    @Test func `an id names one rule of the folder`() {
        let text = Self.rule("a")
        #expect(
            RuleEngine.refusal(of: [("a.sch", text), ("b.sch", text)])
                == "b.sch:3:38: the id U-1 stands in a.sch too")
        #expect(RuleEngine.refusal(of: [("a.sch", text), ("b.sch", text.replacing("U-1", with: "U-2"))]) == nil)
    }

    @Test func `a variable has its value before a context asks for it`() throws {
        let schema = RuleEngine.schema(
            """
            <sch:let name="wanted" value="//b[1]"/>
            <sch:pattern><sch:let name="x" value="string($wanted)"/><sch:rule context="a[@x = $x] | c[. = $wanted]">
            <sch:report id="U" test="true()">m</sch:report></sch:rule></sch:pattern>
            """)
        let document = RuleEngine.document("<b>1</b><a x=\"1\"/><a x=\"2\"/><c>1</c>")
        #expect(try RuleEngine.firings(of: schema, on: document).map(\.path) == ["/A009/a[1]", "/A009/c"])
    }

    @Test func `attributes are judged in the order of the document, and values are hidden`() throws {
        let schema = Self.pattern(
            """
            <sch:rule context="a/@x"><sch:report id="U" test="true()" subject="//a[2]/@x | //a[1]/@x"
            ><sch:name/> is <sch:value-of select="."/>.</sch:report></sch:rule>
            """)
        let firings = try RuleEngine.firings(of: schema, on: RuleEngine.document("<a x=\"1\"/><a x=\"2\"/>"))
        #expect(firings.map(\.path) == ["/A009/a[1]", "/A009/a[1]"])
        #expect(firings.map(\.message) == ["x is ….", "x is …."])
        #expect(firings.map(\.messageWithValues) == ["x is 1.", "x is 2."])
    }

    @Test func `a rule's subject is that of its checks`() throws {
        let schema = Self.pattern(
            """
            <sch:rule context="a" subject="b"><sch:report id="U" test="true()">m</sch:report>
            <sch:report id="V" test="true()" subject="c">m</sch:report></sch:rule>
            """)
        let firings = try RuleEngine.firings(of: schema, on: RuleEngine.document("<a><b/></a>"))
        #expect(firings.map(\.path) == ["/A009/a/b", "/A009/a"])
    }
}

struct ExpressionNamesTests {
    @Test func `calls, variables and prefixes are found outside of literals`() {
        let names = ExpressionNames(in: "p:f(a, 'x(,)', g(b[1], 2)) and $v = child::q:*/text() or not ( $w ) div 2")
        #expect(names.calls.map(\.name) == ["f", "g", "not"] || names.calls.map(\.name) == ["f", "g"] + ["not"])
        #expect(names.calls.first?.arguments == ["a", "'x(,)'", "g(b[1], 2)"])
        #expect(names.variables == ["v", "w"])
        #expect(names.prefixes == ["p", "q"])
    }

    @Test(
        arguments: [
            ("a/b", "a/b", nil), ("*/b", "*/b", nil), ("a/*", "a/*", nil), ("a[b]", "a", "b"),
            ("a[b = 1]", "a", "b = 1"),
            ("a[not(b)]", "a", "not(b)"),
        ] as [(String, String, String?)])
    func `names and questions need no XPath`(text: String, names: String, condition: String?) throws {
        let path = try #require(SimplePath(text[...]))
        #expect(path.names == names && path.condition == condition)
    }

    @Test(arguments: [
        "*", "*/*", "a[1]", "a[last()]", "a[position() = 1]", "a[position () = 1]", "a['=']", "a[not(b) + 1]",
        "a[count(b = c)]", "a//b", "/a", "@a", "a[b][c]", "p:a", "..", ".", "a[b | c]", "a[]", "a[b", "", "[a]",
    ])
    func `everything else is left to XPath`(text: String) {
        #expect(SimplePath(text[...]) == nil)
    }

    @Test func `alternatives are cut outside of predicates and literals`() {
        #expect(ContextPattern("a[b | c] | d['|'] | (e | f)").alternatives == ["a[b | c]", "d['|']", "(e | f)"])
    }
}

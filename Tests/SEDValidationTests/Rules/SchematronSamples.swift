// SPDX-License-Identifier: EUPL-1.2

/// Small rule files, each about one part of the language, and documents to judge by them.
enum SchematronSamples {
    struct Sample {
        var attributes = ""
        let schema: String
    }

    static let documents = [
        "",
        "<a x=\"1\"><b>1</b><b>2</b><c/></a><a><b>2</b></a>",
        "<Group><a x=\"2\" y=\"\"><a><b/></a></a><c>t</c></Group><Group><b>3</b><c x=\"3\">1.5</c></Group>",
        "<a><a><a x=\"1\"><b>1</b></a></a></a><b x=\"1\" y=\"2\"/><o:b xmlns:o=\"urn:other\" x=\"9\"><a/></o:b>",
    ]

    private static func report(_ id: String, _ test: String = "true()") -> String {
        "<sch:report id=\"\(id)\" test=\"\(test)\">m</sch:report>"
    }

    private static func rule(_ context: String, _ content: String) -> String {
        "<sch:rule context=\"\(context)\">\(content)</sch:rule>"
    }

    private static func pattern(_ content: String) -> String { "<sch:pattern>\(content)</sch:pattern>" }

    static let all: [String: Sample] = [
        "the first rule wins": Sample(
            schema: pattern(
                rule("a[@x]", report("F1")) + rule("a/a | b", report("F2")) + rule("a", report("F3"))
                    + rule("*", report("F4")))),
        "predicates": Sample(
            schema: pattern(rule("a[b = '2'][@x]", report("P1")))
                + pattern(rule("*[not(*)]", report("P2"))) + pattern(rule("a[b/text() = 1]/c", report("P3")))),
        "positions": Sample(
            schema: pattern(rule("b[1]", report("O1")) + rule("b[last()]", report("O2")))
                + pattern(rule("a[b][1]/b[position() = 2]", report("O3")))
                + pattern(rule("*[2]", report("O4"))) + pattern(rule("Group[last() - 1]/*", report("O5")))),
        "unions and paths": Sample(
            schema: pattern(rule("Group//b | a/c", report("U1"))) + pattern(rule("//a/b", report("U2")))
                + pattern(rule("a//b", report("U3"))) + pattern(rule("*/*/b", report("U4")))
                + pattern(rule("*/a | */*", report("U5")))),
        "the root": Sample(
            schema: pattern(rule("/", report("R1"))) + pattern(rule("/*", report("R2")))
                + pattern(rule("/a009:A009", report("R3"))) + pattern(rule("/a009:A009/a", report("R4")))
                + pattern(rule("a009:A009", report("R5"))) + pattern(rule("a009:A009/*", report("R6")))
                + pattern(rule("a009:A009//b", report("R7"))) + pattern(rule("a009:*", report("R8")))
                + pattern(rule("*", report("R9"))) + pattern(rule("a009:A009[a]/a[1]", report("R10")))),
        "attributes": Sample(
            schema: pattern(rule("@sedVer", report("A1", ". = 4"))) + pattern(rule("a/@x | @y", report("A2")))
                + pattern(rule("@*", report("A3", "string-length(.) = 1")))
                + pattern(rule("attribute::x", report("A4", "../b")))),
        "namespaces": Sample(
            schema: "<sch:ns prefix=\"other\" uri=\"urn:other\"/>"
                + pattern(rule("other:b", report("N1"))) + pattern(rule("b", report("N2")))
                + pattern(rule("other:b/a", report("N3"))) + pattern(rule("other:*/*", report("N4")))),
        "abstract patterns": Sample(
            schema: """
                <sch:pattern abstract="true" id="needs"><sch:rule context="$place">
                <sch:assert id="B1" test="$part = $value">m</sch:assert></sch:rule></sch:pattern>
                <sch:pattern is-a="needs" id="of-a"><sch:param name="place" value="a"/><sch:param name="part" value="b"/>
                <sch:param name="value" value="'2'"/></sch:pattern>
                <sch:pattern is-a="needs" id="of-c"><sch:param name="place" value="c | Group"/><sch:param name="part" value="@x"/>
                <sch:param name="value" value="3"/></sch:pattern>
                """),
        "abstract rules": Sample(
            schema: pattern(
                """
                <sch:rule abstract="true" id="has-x"><sch:let name="x" value="@x"/>
                <sch:assert id="E1" test="$x">m</sch:assert></sch:rule>
                <sch:rule context="a"><sch:extends rule="has-x"/>\(report("E2", "$x = 1"))</sch:rule>
                <sch:rule context="b"><sch:extends rule="has-x"/></sch:rule>
                """)),
        "variables": Sample(
            schema: """
                <sch:let name="all" value="//b"/><sch:let name="many" value="count($all) &gt; 1"/>
                <sch:pattern><sch:let name="first" value="$all[1]"/>
                <sch:rule context="a"><sch:let name="own" value="b"/><sch:let name="twice" value="count($own) * 2"/>
                \(report("V1", "$many and $own = $first"))\(report("V2", "$twice &gt; 2"))</sch:rule></sch:pattern>
                """),
        "asserts and reports": Sample(
            schema: pattern(
                rule("a", "<sch:assert id=\"C1\" test=\"b\">m</sch:assert>" + report("C2", "b"))
                    + rule("b", "<sch:assert id=\"C3.1\" test=\"number(.)\">m</sch:assert>" + report("C3.2", "@x")))),
        "texts": Sample(
            schema: pattern(
                rule(
                    "a",
                    """
                    <sch:report id="T1" test="true()"><sch:emph>The</sch:emph> <sch:name/> in <sch:name path=".."/> has
                    <sch:value-of select="count(b)"/></sch:report>
                    """))),
        "phases": Sample(
            attributes: "defaultPhase=\"few\"",
            schema: """
                <sch:phase id="few"><sch:active pattern="one"/></sch:phase>
                <sch:phase id="rest"><sch:active pattern="two"/></sch:phase>
                <sch:pattern id="one">\(rule("a", report("H1")))</sch:pattern>
                <sch:pattern id="two">\(rule("a", report("H2")))</sch:pattern>
                """),
        "EXSLT": Sample(
            schema: """
                <sch:ns prefix="set" uri="http://exslt.org/sets"/><sch:ns prefix="math" uri="http://exslt.org/math"/>
                """
                    + pattern(
                        rule("a", report("X1", "count(set:distinct(//b)) &gt; 1") + report("X2", "math:max(b) = 2"))
                            + rule("b", report("X3", "set:has-same-node(., ../b[1])")))),
        "current": Sample(
            schema: pattern(rule("b", report("Y1", "../b[. != current()]") + report("Y2", "//a[@x = current()]")))),
        "conversions": Sample(
            schema: pattern(
                rule("*", report("Z1", ". = 1") + report("Z2", "number(b) &gt; 1.5") + report("Z3", "@x and @y"))
                    + rule("@*", report("Z4", "string(number(.)) = 'NaN'")))),
    ]
}

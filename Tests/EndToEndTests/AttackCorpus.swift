// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// One hostile document, made when it is needed.
struct Attack: Sendable, CustomTestStringConvertible {
    let name: String
    let make: @Sendable () throws -> [UInt8]

    init(_ name: String, _ make: @escaping @Sendable () throws -> [UInt8]) {
        self.name = name
        self.make = make
    }

    init(_ name: String, text: @escaping @Sendable () throws -> String) {
        self.init(name) { Array(try text().utf8) }
    }

    var testDescription: String { name }
}

extension Attack {
    private static let namespace = "http://ec.europa.eu/eessi/ns/4_4/A009"

    /// A SED's root element around something.
    private static func sed(_ content: String, _ attributes: String = "") -> String {
        "<ns:A009 xmlns:ns=\"\(namespace)\" sedGVer=\"4\" sedVer=\"4\" \(attributes)>\(content)</ns:A009>"
    }

    private static func many(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    static func validMessage() throws -> String {
        try Repository.text("examples/inbound/01-a009-posting-from-finland.xml")
    }

    /// A valid message with one thing changed.
    private static func message(_ change: (inout String) -> Void) throws -> String {
        var text = try validMessage()
        change(&text)
        return text
    }

    private static func declared(_ declaration: String, _ content: String) -> String {
        "<?xml version=\"1.0\"?>\n<!DOCTYPE a [\(declaration)]>\n" + sed(content)
    }

    private static func wide(_ text: String, units: (Unicode.Scalar) -> [UInt8]) -> [UInt8] {
        text.unicodeScalars.flatMap(units)
    }

    private static let little: @Sendable (Unicode.Scalar) -> [UInt8] = { [UInt8($0.value & 0xFF), 0] }
    private static let big: @Sendable (Unicode.Scalar) -> [UInt8] = { [0, UInt8($0.value & 0xFF)] }

    static let all = declarations + references + sizes + names + encodings + markup + gross + json

    // MARK: Declarations and references

    private static let declarations = [
        Attack(
            "entity bomb",
            text: {
                let levels = (1...9).map { "<!ENTITY e\($0) \"\(many("&e\($0 - 1);", 10))\">" }.joined()
                return declared("<!ENTITY e0 \"lol\">" + levels, "&e9;")
            }),
        Attack(
            "quadratic blow-up",
            text: {
                declared("<!ENTITY e \"\(many("a", 50_000))\">", many("&e;", 50_000))
            }),
        Attack(
            "entity bomb in an attribute",
            text: {
                declared("<!ENTITY a \"x\"><!ENTITY b \"\(many("&a;", 1_000))\">", "<c d=\"\(many("&b;", 1_000))\"/>")
            }),
        Attack("external entity", text: { declared("<!ENTITY e SYSTEM \"file:///etc/passwd\">", "&e;") }),
        Attack(
            "external entity over the network",
            text: {
                declared("<!ENTITY e SYSTEM \"http://127.0.0.1:9/e\">", "&e;")
            }),
        Attack("external DTD", text: { "<!DOCTYPE a SYSTEM \"file:///etc/passwd\">" + sed("") }),
        Attack(
            "public DTD", text: { "<!DOCTYPE a PUBLIC \"-//W3C//DTD XHTML 1.0//EN\" \"http://127.0.0.1/a\">" + sed("") }
        ),
        Attack(
            "parameter entities",
            text: {
                declared("<!ENTITY % p SYSTEM \"file:///etc/passwd\"><!ENTITY % q \"%p;\">%q;", "")
            }),
        Attack("declaration behind the root", text: { sed("") + "<!DOCTYPE a SYSTEM \"file:///etc/passwd\">" }),
        Attack("undeclared entity", text: { sed("&nothing;") }),
        Attack("undeclared entity in an attribute", text: { sed("", "a=\"&nothing;\"") }),
        Attack("character references", text: { sed(many("<a>" + many("&#65;", 200_000) + "</a>", 19)) }),
    ]

    private static let references = [
        Attack(
            "XInclude",
            text: {
                sed("<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"/etc/passwd\" parse=\"text\"/>")
            }),
        Attack(
            "xsi:schemaLocation",
            text: {
                let schemas = "\(namespace) file:///etc/passwd"
                return sed(
                    "", "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"\(schemas)\"")
            }),
        Attack(
            "stylesheet instruction",
            text: {
                "<?xml-stylesheet type=\"text/xsl\" href=\"file:///etc/passwd\"?>" + sed("<a/>")
            }),
        Attack("catalogue instruction", text: { "<?oasis-xml-catalog catalog=\"/etc/passwd\"?>" + sed("<a/>") }),
    ]

    // MARK: Sizes

    private static let sizes = [
        Attack(
            "200,000 attributes", text: { sed("<a \((0..<200_000).map { "a\($0)=\"\"" }.joined(separator: " "))/>") }),
        Attack("100,000 levels", text: { many("<a>", 100_000) + many("</a>", 100_000) }),
        Attack(
            "20,000 namespace declarations",
            text: {
                sed("<a \((0..<20_000).map { "xmlns:n\($0)=\"u\($0)\"" }.joined(separator: " "))/>")
            }),
        Attack(
            "nested namespace declarations",
            text: {
                let open = (0..<60).map { level in
                    "<a \((0..<60).map { "xmlns:n\(level)_\($0)=\"u\(level)\($0)\"" }.joined(separator: " "))>"
                }
                return sed(open.joined() + many("<n0_0:b/>", 200_000) + many("</a>", 60))
            }),
        Attack(
            "many namespace declarations in force",
            text: {
                let open = (0..<4).map { level in
                    "<a \((0..<60).map { "xmlns:n\(level)_\($0)=\"u\(level)\($0)\"" }.joined(separator: " "))>"
                }
                return sed(open.joined() + many("<n0_0:b/>", 150_000) + many("</a>", 4))
            }),
        Attack("a declaration on each of many elements", text: { sed(many("<a xmlns:y=\"z\" xmlns=\"q\"/>", 60_000)) }),
        Attack("2 million empty elements", text: { sed(many("<a/>", 2_000_000)) }),
        Attack("150,000 empty elements", text: { sed(many("<a/>", 150_000)) }),
        Attack("100,000 elements with attributes", text: { sed(many("<a b=\"c\"/>", 90_000)) }),
        Attack("text of 30 MB", text: { sed("<a>" + many("a", 30_000_000) + "</a>") }),
        Attack("text of 11 MB", text: { sed("<a>" + many("a", 11_000_000) + "</a>") }),
        Attack("19 texts of 1 MB", text: { sed(many("<a>" + many("a", 1_000_000) + "</a>", 19)) }),
        Attack("attribute of 11 MB", text: { sed("", "a=\"" + many("a", 11_000_000) + "\"") }),
        Attack("19 attributes of 1 MB", text: { sed(many("<a b=\"" + many("a", 1_000_000) + "\"/>", 19)) }),
        Attack(
            "value of 1 MB where a date belongs",
            text: {
                try message { $0.replace(/<dateBirth>[^<]*/, with: "<dateBirth>" + many("1", 1_000_000)) }
            }),
        Attack("very long lines", text: { sed(many("<a></a>", 80_000)) }),
        Attack("very many lines", text: { sed(many(many("\n", 1_000_000) + "<a/>", 19)) }),
    ]

    private static let gross = [
        Attack(
            "many code faults",
            text: {
                try message {
                    $0.replace(
                        /<nationality>.*?<\/nationality>/.dotMatchesNewlines(),
                        with: "<nationality>" + many("<value>ZZ</value>", 60_000) + "</nationality>"
                    )
                }
            }),
        Attack(
            "many schema faults",
            text: {
                let person = "<PersonIdentification>" + many("<sex><value>77</value></sex>", 40_000)
                return sed("<Person>\(person)</PersonIdentification></Person>")
            }),
        Attack("many undeclared prefixes", text: { sed(many("<q:a r:b=\"c\"/>", 60_000)) }),
        Attack("many unclosed tags", text: { many("<", 15_000_000) }),
        Attack("many comment starts", text: { sed(many("<!--", 4_000_000)) }),
        Attack("blanks only", text: { many(" \n", 9_000_000) }),
        Attack("gzip bomb") {
            // The end of a stream that would unpack to zeros: what counts is that nothing unpacks it.
            [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + [UInt8](repeating: 0xEC, count: 100_000)
        },
    ]

    // MARK: Names

    private static let names = [
        Attack("name of 60 KB", text: { sed("<" + many("a", 60_000) + "/>") }),
        Attack("attribute name of 11 MB", text: { sed("<a " + many("a", 11_000_000) + "=''/>") }),
        Attack("many different names", text: { sed((0..<150_000).map { "<a\($0)\(many("x", 60))/>" }.joined()) }),
        Attack("undeclared prefix", text: { sed("<q:a/>") }),
        Attack("undeclared prefix of an attribute", text: { sed("<a q:b=\"\"/>") }),
        Attack("prefix bound to nothing", text: { sed("<q:a xmlns:q=\"\"/>") }),
        Attack("prefix xmlns bound", text: { sed("<a xmlns:xmlns=\"u\"/>") }),
        Attack("duplicate attributes", text: { sed("<a b=\"\" b=\"\"/>") }),
        Attack(
            "duplicate attributes by namespace", text: { sed("<a xmlns:p=\"u\" xmlns:q=\"u\" p:b=\"\" q:b=\"\"/>") }),
        Attack("attribute without value", text: { sed("<a b/>") }),
        Attack("attribute with a tag in it", text: { sed("<a b=\"<c>\"/>") }),
    ]

    // MARK: Encodings

    private static let plain = sed("<a/>")

    private static let encodings = [
        Attack("UTF-7", text: { "<?xml version=\"1.0\" encoding=\"UTF-7\"?>+ADw-a+AD4-" + plain }),
        Attack("UTF-7 unnamed", text: { "+ADw-a/+AD4-" }),
        Attack("UTF-16 little endian") { wide(plain, units: little) },
        Attack("UTF-16 little endian with mark") { [0xFF, 0xFE] + wide(plain, units: little) },
        Attack("UTF-16 big endian") { wide(plain, units: big) },
        Attack("UTF-16 big endian with mark") { [0xFE, 0xFF] + wide(plain, units: big) },
        Attack("UTF-16 declared", text: { "<?xml version=\"1.0\" encoding=\"UTF-16\"?>" + plain }),
        Attack("UTF-32 little endian") { wide(plain) { [UInt8($0.value & 0xFF), 0, 0, 0] } },
        Attack("UTF-32 big endian with mark") {
            [0, 0, 0xFE, 0xFF] + wide(plain) { [0, 0, 0, UInt8($0.value & 0xFF)] }
        },
        Attack("EBCDIC declaration") { [0x4C, 0x6F, 0xA7, 0x94, 0x93, 0x40, 0xA5, 0x85, 0x99] },
        Attack("overlong UTF-8") { Array(plain.utf8.dropLast(10)) + [0xC0, 0xBC] + Array(plain.utf8.suffix(10)) },
        Attack("overlong NUL") { Array(plain.utf8.dropLast(10)) + [0xC0, 0x80] + Array(plain.utf8.suffix(10)) },
        Attack("invalid UTF-8") { Array(plain.utf8.dropLast(10)) + [0xFF, 0xFE] + Array(plain.utf8.suffix(10)) },
        Attack("surrogate in UTF-8") {
            Array(plain.utf8.dropLast(10)) + [0xED, 0xA0, 0x80] + Array(plain.utf8.suffix(10))
        },
        Attack("NUL at the start") { [0] + Array(plain.utf8) },
        Attack("NUL in the middle") { Array(plain.utf8.prefix(30)) + [0] + Array(plain.utf8.dropFirst(30)) },
        Attack("NUL at the end") { Array(plain.utf8) + [0] },
        Attack("NUL as reference", text: { sed("&#0;") }),
        Attack("a million NULs") { [UInt8](repeating: 0, count: 1_000_000) },
    ]

    // MARK: Markup

    private static let markup = [
        Attack("CDATA end in text", text: { sed("<a>]]></a>") }),
        Attack("CDATA that never ends", text: { sed("<![CDATA[" + many("]]", 4_000_000)) }),
        Attack("nested CDATA", text: { sed("<![CDATA[<![CDATA[]]>]]>") }),
        Attack("CDATA that hides an end tag", text: { sed("<![CDATA[</ns:A009>]]>") }),
        Attack("CDATA everywhere", text: { sed(many("<![CDATA[a]]>", 1_000_000)) }),
        Attack("CDATA between texts", text: { sed(many(many("a<![CDATA[b]]>", 60_000) + "<a/>", 20)) }),
        Attack("comment with hyphens", text: { sed("<!-- a -- b -->") }),
        Attack("comment that ends in three hyphens", text: { sed("<!-- a --->") }),
        Attack("comments everywhere", text: { sed(many("<!---->", 2_500_000)) }),
        Attack("comments between texts", text: { sed(many(many("a<!---->", 100_000) + "<a/>", 20)) }),
        Attack("instructions everywhere", text: { sed(many(many("<?a?>", 150_000) + "<a/>", 20)) }),
        Attack("XML declaration inside", text: { sed("<?xml version=\"1.0\"?>") }),
        Attack("two roots", text: { plain + plain }),
        Attack("text behind the root", text: { plain + "a" }),
        Attack("end tags only", text: { many("</a>", 1_000_000) }),
        Attack("nothing", text: { "" }),
    ]

    // MARK: JSON

    /// RINA JSON around some members.
    private static func rina(_ members: String) -> String {
        "{\"X008\": {\"sedGVer\": \"4\", \"sedVer\": \"4\"\(members.isEmpty ? "" : ", ")\(members)}}"
    }

    private static let json = [
        Attack("JSON: 249,000 numbers", text: { rina("\"a\": [" + many("1,", 249_000) + "1]") }),
        Attack("JSON: 249,000 texts", text: { rina("\"a\": [" + many("\"Näidis on pikk tekst\",", 249_000) + "1]") }),
        Attack("JSON: 249,000 names", text: { rina((0..<249_000).map { "\"n\($0)\":1" }.joined(separator: ",")) }),
        Attack("JSON: 124,000 objects", text: { rina("\"a\": [" + many("{\"b\":\"x\"},", 124_000) + "1]") }),
        Attack(
            "JSON: 120,000 codes",
            text: {
                rina(
                    "\"CaseContext\": {\"PersonContext\": {\"sex\": {\"value\": [" + many("\"77\",", 120_000) + "1]}}}")
            }
        ),
        Attack("JSON: 120,000 empty objects", text: { rina("\"CaseContext\": [" + many("{},", 120_000) + "{}]") }),
        Attack("JSON: values without end", text: { "[" + many("[],", 6_000_000) }),
        Attack("JSON: 19 MB of texts", text: { rina("\"a\": [" + many("\"" + many("x", 999_000) + "\",", 19) + "1]") }),
        Attack("JSON: 19 MB in one text", text: { rina("\"a\": \"" + many("x", 19_000_000) + "\"") }),
        Attack("JSON: 19 MB of escapes", text: { rina("\"a\": \"" + many("\\u0026", 3_100_000) + "\"") }),
        Attack("JSON: 19 MB of line feeds", text: { rina("") + many("\n", 19_000_000) + "x" }),
        Attack("JSON: long names", text: { rina("\"" + many("n", 1_000) + "\": [" + many("1,", 200_000) + "1]") }),
        Attack("JSON: a name over and over", text: { rina(many("\"a\":1,", 200_000) + "\"a\":1") }),
        Attack("JSON: 100,000 levels", text: { many("{\"X008\":", 100_000) }),
        Attack(
            "JSON: arrays 60 levels deep",
            text: { rina("\"a\": " + many("[", 60) + many("1,", 240_000) + "1" + many("]", 60)) }),
        Attack(
            "JSON: names of faulty characters",
            text: { rina((0..<200_000).map { "\"n \($0)\":1" }.joined(separator: ",")) }),
        Attack("JSON: faulty characters", text: { rina("\"a\": [" + many("\"\\u0001\",", 200_000) + "1]") }),
    ]
}

// SPDX-License-Identifier: EUPL-1.2

import Glibc
import SEDCore
import SEDXML
import Testing

struct JSONTreeTests {
    private func refusal(_ bytes: [UInt8], limits: ParsingLimits = .standard) -> XMLRefusal? {
        do {
            _ = try JSONTree(parsing: bytes, limits: limits)
            return nil
        } catch {
            return error
        }
    }

    private func refusal(_ text: String, limits: ParsingLimits = .standard) -> XMLRefusal? {
        refusal(Array(text.utf8), limits: limits)
    }

    /// The texts of the items of an array; nil for items that have none.
    private func texts(_ text: String) throws -> [String?] {
        let json = try JSONTree(parsing: Array(text.utf8))
        return json.children(of: json.root).map { json.text(of: $0) }
    }

    // MARK: What is read

    @Test func `values know their content and their place`() throws {
        let json = try JSONTree(parsing: Array("{\n  \"õ\": [true, \"x\"],\n  \"b\" : {\"c\":null}\n}\n".utf8))
        let members = json.children(of: json.root)
        #expect(members.map { json.name(of: $0) } == ["õ", "b"])
        let names = members.compactMap { json.nameOffset(of: $0) }
        #expect(names.map { json.position(at: $0) } == [.init(line: 2, column: 3), .init(line: 3, column: 3)])
        let items = json.children(of: members[0])
        #expect(items.map { json.kind(of: $0) } == [.boolean, .string])
        #expect(items.map { json.text(of: $0) } == ["true", "x"])
        #expect(items.map { json.nameOffset(of: $0) } == [nil, nil])
        // Columns count characters, and õ has two bytes.
        #expect(json.position(at: json.offset(of: items[1])) == TextPosition(line: 2, column: 15))
        #expect(json.position(at: json.offset(of: members[1])) == TextPosition(line: 3, column: 9))
        #expect([json.root, members[0], members[1]].map { json.kind(of: $0) } == [.object, .array, .object])
        #expect(json.children(of: members[1]).map { json.kind(of: $0) } == [.null])
        #expect(json.children(of: items[1]).isEmpty)
    }

    @Test func `null, and arrays of it, say nothing`() throws {
        let json = try JSONTree(parsing: Array("[null, [], [null, [null]], {}, \"\", [0], false]".utf8))
        let isVoid = json.children(of: json.root).map { json.isVoid($0) }
        #expect(isVoid == [true, true, true, false, false, false, false])
    }

    @Test func `a byte order mark does not move columns`() throws {
        let json = try JSONTree(parsing: [0xEF, 0xBB, 0xBF] + Array("[1]".utf8))
        #expect(json.position(at: json.offset(of: json.root)) == TextPosition(line: 1, column: 1))
    }

    @Test func `numbers keep every digit`() throws {
        let texts = ["0", "-0", "1234.50", "1e5", "1E+05", "-1.0e-2", "12345678901234567890123", "0.1000"]
        #expect(try self.texts("[\(texts.joined(separator: " , "))]") == texts)
    }

    @Test(arguments: [
        (#""a\"\\\/\b\f\n\r\tz""#, "a\"\\/\u{8}\u{C}\n\r\tz"), (#""\u00f5\u00F5""#, "õõ"), (#""\ud83d\uDE00""#, "😀"),
        (#""\uFFFF\u001f""#, "\u{FFFF}\u{1F}"), ("\"\u{7F}😀\"", "\u{7F}😀"), (#""""#, ""),
    ])
    func `strings are freed of their escapes`(text: String, expected: String) throws {
        #expect(try texts("[\(text)]") == [expected])
        let json = try JSONTree(parsing: Array("{\(text): 1}".utf8))
        #expect(json.children(of: json.root).map { json.name(of: $0) } == [expected])
    }

    @Test func `a text is meant as JSON when it opens an object or an array`() {
        #expect(JSONTree.isLikely(Array(" \r\n\t{".utf8)))
        #expect(JSONTree.isLikely([0xEF, 0xBB, 0xBF] + Array("[".utf8)))
        for text in ["", "  ", "<a/>", "\"{\"", "1", "x{"] { #expect(!JSONTree.isLikely(Array(text.utf8)), "\(text)") }
    }

    // MARK: What is refused

    @Test(arguments: [
        "[01]", "[+1]", "[1.]", "[.5]", "[1e]", "[-]", "[- 1]", "[0x1]", "[1 2]", "[NaN]", "[Infinity]", "[,]", "[1,]",
        "{\"a\":1,}", "{a:1}", "{'a':1}", "{\"a\" 1}", "{\"a\":}", "{\"a\":1 \"b\":2}", "[tru]", "[True]", "[nul1]",
        "[1]x", "[1][2]", "[1]]", "{}{", "[1}", "{]", "[\"\t\"]", "[\"\n\"]", #"["\x"]"#, #"["\u12G4"]"#, #"["\'"]"#,
        "[1] // comment", "/* c */[1]", "[\u{A0}1]", "\"text\"", "12",
    ])
    func `what is no JSON is refused where it goes wrong`(text: String) {
        let refused = refusal(text)
        #expect(refused?.finding.rule == .jsonNotWellFormed)
        #expect(refused?.finding.position != nil)
        #expect(refused?.isTruncated == false)
    }

    @Test func `a fault has its place`() {
        #expect(refusal("[\n  1,\n  õ]")?.finding.position == TextPosition(line: 3, column: 3))
        #expect(refusal(#"{"a": "x\q"}"#)?.finding.position == TextPosition(line: 1, column: 9))
        #expect(refusal("{\"a\": 1,\n \"a\": 2}")?.finding.position == TextPosition(line: 2, column: 2))
    }

    @Test(arguments: [
        #"["\u0000"]"#, #"["\ud800"]"#, #"["\ud800x"]"#, #"["\ud800\n"]"#, #"["\ud800\ud800"]"#, #"["\udc00\ud800"]"#,
        #"["\udfff"]"#, #"{"\ud800": 1}"#,
    ])
    func `half characters and NUL are refused`(text: String) {
        #expect(refusal(text)?.finding.rule == .jsonNoCharacter)
    }

    @Test(arguments: [
        #"{"a": 1, "b": 2, "a": 1}"#, #"{"a": 1, "\u0061": 2}"#, #"[{"x": {"": 1, "": 2}}]"#,
    ])
    func `a member that stands twice is refused, however it is written`(text: String) {
        #expect(refusal(text)?.finding.rule == .jsonRepeatedMember)
    }

    @Test func `names that only look alike are not the same`() {
        #expect(refusal("{\"\u{E9}\": 1, \"e\u{301}\": 2}") == nil)
    }

    @Test func `limits are kept`() {
        var limits = ParsingLimits()
        limits.depth = 3
        #expect(refusal("[[{\"a\": 1}]]", limits: limits) == nil)
        #expect(refusal("[[{\"a\": []}]]", limits: limits)?.finding.rule == .jsonTooDeep)
        limits.elements = 3
        #expect(refusal("[1,2]", limits: limits) == nil)
        #expect(refusal("[1,2,3]", limits: limits)?.finding.rule == .jsonTooManyValues)
        limits.nameBytes = 3
        #expect(refusal("{\"abc\":1}", limits: limits) == nil)
        #expect(refusal("{\"abcd\":1}", limits: limits)?.finding.rule == .jsonNameTooLong)
        limits.piece = 6
        #expect(refusal("[\"abcd\"]", limits: limits) == nil)
        #expect(refusal("[1, \"abcde\"]", limits: limits)?.finding.rule == .documentTooLarge)
        #expect(refusal("[1, \"abcde\"]", limits: limits)?.finding.position == TextPosition(line: 1, column: 5))
        limits.bytes = 5
        #expect(refusal("[1234]", limits: limits)?.finding.rule == .documentTooLarge)
    }

    @Test func `other encodings than UTF-8 are refused`() {
        #expect(refusal([0xFF, 0xFE, 0x5B, 0x00, 0x5D, 0x00])?.finding.rule == .jsonEncoding)
        #expect(refusal([0x5B, 0x00, 0x5D, 0x00])?.finding.rule == .jsonEncoding)
        #expect(refusal([0x5B, 0x22, 0xC0, 0xAF, 0x22, 0x5D])?.finding.rule == .jsonEncoding)
        #expect(refusal([0x5B, 0x22, 0xED, 0xA0, 0x80, 0x22, 0x5D])?.finding.rule == .jsonEncoding)
        #expect(refusal([0x5B, 0x22, 0x61, 0x61, 0x00, 0x22, 0x5D])?.finding.rule == .jsonEncoding)
    }

    // MARK: Hostile and cut texts

    @Test func `a text cut anywhere before its end is truncated`() throws {
        let text = #"{"õ": [true, false, null, -1.5e+3, "\ud83d\ude00\n", {}], "b": {"c": "d"}}"#
        let bytes = [0xEF, 0xBB, 0xBF] + Array(text.utf8)
        for length in 0..<bytes.count {
            let refused = refusal(Array(bytes.prefix(length)))
            #expect(refused?.isTruncated == true, "after \(length) bytes")
            #expect(refused?.finding.rule == .jsonTruncated, "after \(length) bytes")
        }
        #expect(refusal(bytes) == nil)
        #expect(refusal(Array("[1, 2".utf8) + [0, 0, 0])?.isTruncated == true)
    }

    /// What this thread has cost so far; a busy machine does not count.
    private static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    @Test func `deep, broad and large texts end quickly`() {
        let texts = [
            String(repeating: "[", count: 100_000), String(repeating: "{\"a\":", count: 100_000),
            "[" + String(repeating: "1,", count: 1_000_000),
            "[\"" + String(repeating: #"\ud83d\ude00"#, count: 500_000),
            "[" + String(repeating: "\n", count: 1_000_000), "{" + (0..<100_000).map { "\"\($0)\":1," }.joined(),
            String(repeating: "[", count: 50 << 20),
        ]
        for text in texts {
            let start = Self.processorSeconds
            #expect(refusal(text) != nil)
            // Linear work takes a second or two, quadratic work hours.
            #expect(Self.processorSeconds - start < 10)
        }
    }
}

// SPDX-License-Identifier: EUPL-1.2

import SEDCore
import SEDXML
import Testing

struct LexicalGuardTests {
    private func rule(_ text: String, limits: ParsingLimits = .standard) -> RuleID? {
        LexicalGuard(scanning: Array(text.utf8), limits: limits).finding?.rule
    }

    @Test func `start tags are found where they begin and nowhere else`() {
        let text = "<?xml version='1.0'?><!-- <no> --><a b='<>'>\n <c/><![CDATA[<no>]]><d>é</d></a>"
        let scan = LexicalGuard(scanning: Array(text.utf8))
        #expect(scan.finding == nil)
        #expect(scan.ending == .complete)
        let starts = scan.startTags.map { TextPosition(offset: $0, in: Array(text.utf8)) }
        #expect(starts == [.init(line: 1, column: 35), .init(line: 2, column: 2), .init(line: 2, column: 22)])
    }

    @Test func `columns count characters, not bytes`() {
        let text = "<a>õõ<b/></a>"
        let scan = LexicalGuard(scanning: Array(text.utf8))
        #expect(TextPosition(offset: scan.startTags[1], in: Array(text.utf8)).column == 6)
    }

    @Test(arguments: ["<!DOCTYPE a><a/>", "<a/><!DOCTYPE a>", "<!ENTITY x 'y'><a/>", "<!doctype a><a/>"])
    func `a document type declaration is refused`(text: String) {
        #expect(rule(text) == .documentType)
    }

    @Test func `the word DOCTYPE in a comment or in text is harmless`() {
        #expect(rule("<!-- <!DOCTYPE a> --><a><![CDATA[<!DOCTYPE a>]]></a>") == nil)
    }

    @Test func `limits are kept`() {
        var limits = ParsingLimits()
        limits.depth = 3
        #expect(rule("<a><b><c/></b></a>", limits: limits) == nil)
        #expect(rule("<a><b><c><d></d></c></b></a>", limits: limits) == .tooDeep)
        limits.attributesPerElement = 2
        #expect(rule("<a x='1' y='2'/>", limits: limits) == nil)
        #expect(rule("<a x='1' y='2' z='3'/>", limits: limits) == .tooManyAttributes)
        limits.elements = 2
        #expect(rule("<a><b/><c/></a>", limits: limits) == .tooManyElements)
        limits.bytes = 5
        #expect(rule("<aaaa/>", limits: limits) == .documentTooLarge)
        limits = ParsingLimits()
        limits.nameBytes = 4
        #expect(rule("<abcdef/>", limits: limits) == .nameTooLong)
    }

    @Test func `a comment with two hyphens is refused, and one cut short is truncated`() {
        #expect(rule("<a><!-- b -- c --></a>") == .notWellFormed)
        #expect(rule("<a><!-- b ---></a>") == .notWellFormed)
        #expect(rule("<a><!-- b --></a>") == nil)
        for cut in ["<a><!-- b", "<a><!-- b -", "<a><!-- b --"] { #expect(rule(cut) == nil) }
    }

    @Test func `a tag and what stands between two tags are limited, comments included`() {
        var limits = ParsingLimits()
        limits.piece = 20
        #expect(rule("<a>12345678901234567</a>", limits: limits) == .documentTooLarge)
        #expect(rule("<a>1234567<!--1234567--></a>", limits: limits) == .documentTooLarge)
        #expect(rule("<a b='12345678901234567'/>", limits: limits) == .documentTooLarge)
        #expect(rule("<a>123456789</a>", limits: limits) == nil)
    }

    @Test func `namespace declarations count while their element is open`() {
        var limits = ParsingLimits()
        limits.namespacesInScope = 2
        #expect(rule("<a xmlns='u'><b xmlns:c='u'/><b xmlns:c='u'></b><b xmlns:d='u'/></a>", limits: limits) == nil)
        #expect(rule("<a xmlns='u'><b xmlns:c='u'><d xmlns:e='u'/></b></a>", limits: limits) == .tooManyAttributes)
        #expect(rule("<a xmlns='u'><b c='1' d='2' e='xmlns'/></a>", limits: limits) == nil)
    }

    @Test func `document and tree share a limit of memory`() {
        var limits = ParsingLimits()
        limits.memory = 1_000
        #expect(rule("<a><b/></a>", limits: limits) == nil)
        #expect(rule("<a><b/><b/><b/><b/></a>", limits: limits) == .tooManyElements)
        #expect(rule("<a b='' c='' d='' e=''/>", limits: limits) == .tooManyElements)
    }

    @Test func `other encodings than UTF-8 are refused`() {
        #expect(rule("<?xml version='1.0' encoding='ISO-8859-1'?><a/>") == .encoding)
        #expect(rule("<?xml version='1.0' encoding=\"utf-8\"?><a/>") == nil)
        #expect(LexicalGuard(scanning: [0xFF, 0xFE, 0x3C, 0x00]).finding?.rule == .encoding)
        #expect(LexicalGuard(scanning: [0x00, 0x3C, 0x00, 0x61]).finding?.rule == .encoding)
        // An overlong slash.
        #expect(
            LexicalGuard(scanning: Array("<a>".utf8) + [0xC0, 0xAF] + Array("</a>".utf8)).finding?.rule == .encoding)
        #expect(LexicalGuard(scanning: Array("<a>".utf8) + [0x00] + Array("</a>".utf8)).finding?.rule == .encoding)
    }

    @Test func `a byte order mark of UTF-8 does not move columns`() {
        let bytes: [UInt8] = [0xEF, 0xBB, 0xBF] + Array("<a/>".utf8)
        let scan = LexicalGuard(scanning: bytes)
        #expect(TextPosition(offset: scan.startTags[0], in: bytes) == TextPosition(line: 1, column: 1))
    }

    @Test func `a text cut anywhere before its end is truncated`() {
        let bytes = Array("<?xml version='1.0'?><!-- c --><a b=\"c\"><d><![CDATA[x]]></d></a>".utf8)
        for length in 0..<bytes.count {
            #expect(LexicalGuard(scanning: Array(bytes.prefix(length))).ending == .truncated)
        }
        #expect(LexicalGuard(scanning: bytes).ending == .complete)
    }
}

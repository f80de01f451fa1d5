// SPDX-License-Identifier: EUPL-1.2

import SEDCore
import SEDTestSupport
import SEDXML
import Testing

struct XMLTreeTests {
    private func refusal(_ text: String) -> XMLRefusal? {
        do {
            _ = try XMLTree(parsing: Array(text.utf8))
            return nil
        } catch {
            return error
        }
    }

    @Test func `elements know name, namespace, text, attributes and place`() throws {
        let tree = try XMLTree(parsing: Array("<x:a xmlns:x='urn:x' k='v'>\n  <b>one</b>\n  <b>two</b>\n</x:a>".utf8))
        #expect(tree.elementCount == 3)
        #expect(tree.localName(of: tree.root) == "a")
        #expect(tree.namespace(of: tree.root) == "urn:x")
        #expect(tree.attribute("k", of: tree.root) == "v")
        let second = try #require(tree.children(of: tree.root).last)
        #expect(tree.text(of: second) == "two")
        #expect(tree.position(of: second) == TextPosition(line: 3, column: 3))
        #expect(tree.path(of: second) == "/a/b[2]")
        #expect(tree.parent(of: second) == tree.root)
        #expect(tree.namespace(of: second) == nil)
    }

    @Test func `a text is one, whatever cuts it, and references stand for their characters`() throws {
        let parts = String(repeating: "õ&amp;<![CDATA[<&amp;]]><!-- c -->x&#10;<?p i?>", count: 3_000)
        let tree = try XMLTree(
            parsing: Array("<a b='&amp;#38;&#38;&lt;&#10; \t' c=''>\(parts)<d>&gt;</d>\(parts)</a>".utf8))
        let text = String(repeating: "õ&<&amp;x\n", count: 3_000)
        let child = try #require(tree.children(of: tree.root).first)
        let content = tree.content(of: tree.root)
        let isRight = content == [.text(text), .element(child), .text(text)]
        #expect(isRight)
        let whole = tree.text(of: tree.root)
        #expect(whole == text + ">" + text)
        let values = tree.attributes(of: tree.root).map(\.value)
        #expect(values == ["&#38;&<\n  ", ""])
    }

    @Test func `a path leads by the first child of each name, or to all elements on it`() throws {
        let tree = try XMLTree(
            parsing: Array("<a><b><d/></b><b><c n='1'/><c n='2'/></b><bc/><b><c n='3'/></b></a>".utf8))
        let isFirstAlone = tree.element(at: "b/c", below: tree.root) == nil
        #expect(isFirstAlone)
        let names = ["b/d", "bc"].compactMap { tree.element(at: $0, below: tree.root) }.map { tree.localName(of: $0) }
        #expect(names == ["d", "bc"])
        let numbers = tree.elements(at: "b/c", below: tree.root).map { tree.attribute("n", of: $0) }
        #expect(numbers == ["1", "2", "3"])
    }

    @Test func `elements behind line 65535 keep their line`() throws {
        let text = "<a>" + String(repeating: "\n", count: 70_000) + "<b/></a>"
        let tree = try XMLTree(parsing: Array(text.utf8))
        let last = try #require(tree.children(of: tree.root).first)
        #expect(tree.position(of: last) == TextPosition(line: 70_001, column: 1))
    }

    @Test func `conditions are evaluated from an element`() throws {
        let tree = try XMLTree(parsing: Array("<a><b>1</b></a>".utf8))
        #expect(tree.test("b = '1'", at: tree.root) == true)
        #expect(tree.test("b = '2'", at: tree.root) == false)
        #expect(tree.test("b = ", at: tree.root) == nil)
        #expect(tree.test("document('/etc/passwd')", at: tree.root) == nil)
    }

    @Test(arguments: [
        ("<a><b></a></b>", "XML-008"), ("<a b='1' b='2'/>", "XML-008"), ("<a>&undefined;</a>", "XML-008"),
        ("<x:a/>", "XML-008"), ("plain text", "XML-008"), ("<a/><b/>", "XML-008"), ("<a>\u{1}</a>", "XML-008"),
        ("", "XML-010"), ("  \n", "XML-010"), ("<a><b>", "XML-009"), ("<a", "XML-009"),
    ])
    func `what is not well-formed is refused with its rule`(text: String, rule: String) {
        #expect(refusal(text)?.finding.rule.text == rule)
    }

    @Test func `every message cut at every byte is truncated, and never accepted`() throws {
        let bytes = try Repository.bytes("examples/inbound/03-x001-finland-closes.xml")
        let whole = bytes.lastIndex(of: 0x3E).map { $0 + 1 } ?? bytes.count
        for length in 0..<whole {
            let part = Array(bytes.prefix(length))
            do {
                _ = try XMLTree(parsing: part)
                Issue.record("accepted after \(length) bytes")
            } catch {
                #expect(error.isTruncated, "after \(length) bytes: \(error.finding.rule)")
            }
        }
    }

    @Test func `a text cut inside a character is truncated`() {
        let bytes = Array("<a>õ</a>".utf8)
        do {
            _ = try XMLTree(parsing: Array(bytes.prefix(4)))
            Issue.record("accepted")
        } catch {
            #expect(error.isTruncated)
        }
    }

    @Test func `a refusal has a place and no word of the document`() {
        let refused = refusal("<a>\n<secret>x</other>\n</a>")
        #expect(refused?.finding.position == TextPosition(line: 2, column: 18))
        #expect(refused?.finding.message.contains("secret") == false)
    }
}

// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCore
import Testing

/// Sentences that remember their template and facts.
struct WordsTests {
    @Test func `a sentence reads as it was written and keeps its template`() {
        let words: Words = "The limit is \(20, as: "limit")."
        #expect(words.text == "The limit is 20.")
        #expect(words.template == "The limit is {limit}.")
    }

    @Test func `a translation may turn the facts round`() {
        let words: Words = "\("A", as: "first") before \("B", as: "second")"
        #expect(words.told { $0 == "{first} before {second}" ? "{second} pärast {first}" : nil } == "B pärast A")
    }

    @Test func `words inside words are translated too`() {
        let part: Words = "at most \(3, as: "limit")"
        let words: Words = "It must be \(part, as: "bound")."
        let texts = ["It must be {bound}.": "Peab olema {bound}.", "at most {limit}": "kuni {limit}"]
        #expect(words.told { texts[$0] } == "Peab olema kuni 3.")
    }

    @Test(
        arguments: [
            "plain", "a {limit} b",
            "It must be \("at most \(3, as: "limit")", as: "bound"), \("[0-9]{3}", as: "pattern").",
        ] as [Words])
    func `words that were stored can still be told in another language`(words: Words) throws {
        let copy = try JSONDecoder().decode(Words.self, from: JSONEncoder().encode(words))
        #expect(copy.text == words.text)
        #expect(copy.template == words.template)
        #expect(copy.facts == words.facts)
        #expect(copy.facts["bound"]?.template == words.facts["bound"]?.template)
    }

    @Test func `braces in a fact and in plain words are left alone`() {
        let words: Words = "The pattern \("[0-9]{limit}", as: "pattern"), at most \(5, as: "limit")."
        #expect(words.text == "The pattern [0-9]{limit}, at most 5.")
        #expect(Words("a {limit} b").text == "a {limit} b")
    }
}

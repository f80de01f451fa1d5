// SPDX-License-Identifier: EUPL-1.2

/// A sentence in English that remembers its template and the facts in it, so that it can be told in another language.
///
/// Written as a string whose facts have names: `"The limit is \(limit, as: "limit")."` has the template
/// `The limit is {limit}.`, which is the key of its translations. A fact may be words itself. One name stands for one
/// fact; facts hold no document content.
package struct Words: Sendable, ExpressibleByStringInterpolation {
    package let template: String
    package let facts: [String: Words]

    /// Words without facts; braces in them mean nothing.
    package init(_ text: String) {
        template = text
        facts = [:]
    }

    /// Words of a template that was not written in the code, such as that of a catalogue.
    package init(template: String, facts: [String: Words]) {
        self.template = template
        self.facts = facts
    }

    package init(stringLiteral text: String) {
        self.init(text)
    }

    package init(stringInterpolation: StringInterpolation) {
        template = stringInterpolation.template
        facts = stringInterpolation.facts
    }

    /// The sentence in English.
    package var text: String { told { _ in nil } }

    /// The sentence in the language of `translation`, which has the template for one in English, or nil.
    package func told(_ translation: (String) -> String?) -> String {
        let template = translation(template) ?? template
        if facts.isEmpty { return template }
        var text = ""
        var rest = template[...]
        // What was filled in is not looked at again: a pattern of a schema has braces of its own.
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            text += rest[..<open]
            let fact = facts[String(rest[rest.index(after: open)..<close])]
            text += fact?.told(translation) ?? String(rest[open...close])
            rest = rest[rest.index(after: close)...]
        }
        return text + rest
    }

    /// Builds a template out of a string with named facts.
    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var template = ""
        fileprivate var facts: [String: Words] = [:]

        package init(literalCapacity: Int, interpolationCount: Int) {
            template.reserveCapacity(literalCapacity + 12 * interpolationCount)
        }

        package mutating func appendLiteral(_ literal: String) {
            template += literal
        }

        package mutating func appendInterpolation(_ fact: Words, as name: String) {
            facts[name] = fact
            template += "{\(name)}"
        }

        package mutating func appendInterpolation(_ fact: some CustomStringConvertible, as name: String) {
            appendInterpolation(Words(fact.description), as: name)
        }
    }
}

extension Words: Hashable {
    /// Words are equal that read alike.
    package static func == (left: Self, right: Self) -> Bool { left.text == right.text }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(text)
    }
}

/// Words without facts are stored as their text, others as template and facts.
extension Words: Codable {
    private enum CodingKeys: String, CodingKey {
        case template
        case facts
    }

    package init(from decoder: any Decoder) throws {
        if let text = try? decoder.singleValueContainer().decode(String.self) {
            self.init(text)
            return
        }
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            template: try values.decode(String.self, forKey: .template),
            facts: try values.decode([String: Words].self, forKey: .facts))
    }

    package func encode(to encoder: any Encoder) throws {
        if facts.isEmpty {
            var text = encoder.singleValueContainer()
            try text.encode(template)
            return
        }
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(template, forKey: .template)
        try values.encode(facts, forKey: .facts)
    }
}

extension Words: CustomStringConvertible {
    package var description: String { text }
}

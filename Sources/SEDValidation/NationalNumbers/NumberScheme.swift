// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore

/// What a number says about its holder.
struct NumberFacts: Equatable, Sendable {
    enum Sex: String, Sendable {
        case male = "01"
        case female = "02"

        /// Many schemes give odd numbers to men.
        init(oddIsMale number: Int) {
            self = number.isMultiple(of: 2) ? .female : .male
        }
    }

    /// Only where the century is known too.
    var birthDate: CivilDate?
    var sex: Sex?

    /// A number that tells nothing.
    static let none = NumberFacts()
}

/// One way in which a State numbers persons or organisations.
package struct NumberScheme: Sendable {
    /// State and name, `ee.isikukood`.
    package let name: String
    /// Whether acceptance means that the number is right; otherwise only its shape can be seen.
    package let decides: Bool

    /// Letters that may stand before the number, as those of the State before a VAT number.
    private let prefix: String?
    private let reading: @Sendable (NumberText) -> NumberFacts?

    /// A scheme whose numbers tell something.
    init(_ name: String, prefix: String? = nil, reads reading: @escaping @Sendable (NumberText) -> NumberFacts?) {
        self.name = name
        self.prefix = prefix
        self.reading = reading
        decides = true
    }

    /// A scheme whose numbers tell nothing.
    init(_ name: String, prefix: String? = nil, accepts: @escaping @Sendable (NumberText) -> Bool) {
        self.name = name
        self.prefix = prefix
        reading = { accepts($0) ? NumberFacts.none : nil }
        decides = true
    }

    /// A scheme without a public algorithm, of which only the shape is known.
    init(_ name: String, prefix: String? = nil, hasShape: @escaping @Sendable (NumberText) -> Bool) {
        self.name = name
        self.prefix = prefix
        reading = { hasShape($0) ? NumberFacts.none : nil }
        decides = false
    }

    /// What the number says; nil when it is none of this scheme.
    func read(_ text: NumberText) -> NumberFacts? {
        if let facts = reading(text) { return facts }
        guard let prefix, let rest = text.without(prefix: prefix) else { return nil }
        return reading(rest)
    }

    package func accepts(_ number: String) -> Bool {
        NumberText(number).flatMap(read) != nil
    }
}

/// The schemes of one State.
struct StateNumbers: Sendable {
    let person: [NumberScheme]
    let company: [NumberScheme]
}

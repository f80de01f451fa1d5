// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
package import SEDInspection
package import SEDValidation

/// Tells in one language what was found or stored: what rules of law say by their catalogue, all else by that of the
/// formats.
///
/// Nothing is read where everything is told in English, in which the words were made.
package struct Teller: Sendable {
    package let language: Language
    private let formats: FormatCatalogue?
    private let rules: RuleLibrary?

    package static let english = Teller(language: .english, formats: nil, rules: nil)

    private init(language: Language, formats: FormatCatalogue?, rules: RuleLibrary?) {
        self.language = language
        self.formats = formats
        self.rules = rules
    }

    /// Words that cannot be had stay English.
    package init(_ language: Language, _ validator: Validator) {
        let isEnglish = language == .english
        self.init(
            language: language, formats: isEnglish ? nil : try? validator.library.formats(),
            rules: isEnglish ? nil : validator.rules)
    }

    /// The words in the language; `rules` are those that may have said them.
    package func told(_ words: Words, of rules: [RuleID] = []) -> String {
        guard let formats else { return words.text }
        for rule in rules {
            guard let messages = (try? self.rules?.entry(rule))?.messages, messages[.english] == words.template,
                let message = messages[language]
            else { continue }
            return Words(template: message, facts: words.facts).text
        }
        return formats.told(words, in: language)
    }

    /// The report for showing.
    package func told(_ report: MessageReport) -> MessageReport {
        report.told { told($0, of: $1) }
    }

    /// Why a message is where it is.
    package func reason(of message: ProcessedMessage) -> String? {
        message.reason.map { told($0, of: [message.rule].compactMap(\.self)) }
    }
}

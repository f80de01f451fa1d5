// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
package import SEDValidation

/// What a rule means, for those who see its id alone.
package struct RuleMeaning: Hashable, Sendable {
    /// A few words or one sentence, with a full stop.
    package let title: String
    /// What is wrong where the rule is broken.
    package let text: String
    /// Where to read on: the provision, or the page of the documentation.
    package let source: String
}

/// What each rule means: for rules of law what their catalogue says, and so for findings of
/// the formats.
package struct RuleMeanings: Sendable {
    /// Nil where only the formats are judged.
    package let rules: RuleLibrary?
    package let library: SchemaLibrary
    package let language: Language

    package init(rules: RuleLibrary?, library: SchemaLibrary, language: Language) {
        self.rules = rules
        self.library = library
        self.language = language
    }

    package subscript(_ rule: String) -> RuleMeaning {
        let id = RuleID(rule)
        return format(id) ?? law(id)
            ?? RuleMeaning(
                title: "A rule that was added; see the message.", text: "A rule that was added; see the message.",
                source: "The rule \(rule) is not one of piiripost.")
    }

    private func format(_ id: RuleID) -> RuleMeaning? {
        guard let entry = try? library.formats()[id], let title = entry.titles[language],
            let meaning = entry.meanings[language], let action = entry.actions[language]
        else { return nil }
        return RuleMeaning(
            title: title + ".", text: meaning, source: "\(action) See: piiripost explain \(id)")
    }

    /// A catalogue that cannot be read has been told already by the judgement.
    private func law(_ id: RuleID) -> RuleMeaning? {
        let today = SystemTime.now().date
        guard let rules, let entry = try? rules.entry(id),
            let text = try? rules.words(entry, language, on: today).text,
            let title = entry.titles[language] ?? entry.titles[.english]
        else { return nil }
        let source = (entry.reference.isEmpty ? "" : "Source: \(entry.reference). ") + "See: piiripost explain \(id)"
        return RuleMeaning(title: title + ".", text: text, source: source)
    }
}

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
        if let known = format(id) ?? law(id) { return known }
        let added = choose("A rule that was added; see the message.", "Lisatud reegel; vaadake teadet.")
        return RuleMeaning(
            title: added, text: added,
            source: choose(
                "The rule \(rule) is not one of piiripost.", "Reegel \(rule) ei kuulu piiriposti reeglite hulka."))
    }

    /// The source of a finding in the language; one that has no translation, such as that of an added rule, stays.
    package func told(reference: String, of rule: String) -> String {
        if language == .english { return reference }
        return rules?.reference(of: RuleID(rule), language) ?? reference
    }

    private func choose(_ english: String, _ estonian: String) -> String {
        language == .estonian ? estonian : english
    }

    private func seeAlso(_ id: RuleID) -> String { choose("See", "Vaadake") + ": piiripost explain \(id)" }

    private func format(_ id: RuleID) -> RuleMeaning? {
        guard let entry = try? library.formats()[id], let title = entry.titles[language],
            let meaning = entry.meanings[language], let action = entry.actions[language]
        else { return nil }
        return RuleMeaning(
            title: title + ".", text: meaning, source: "\(action) \(seeAlso(id))")
    }

    /// A catalogue that cannot be read has been told already by the judgement.
    private func law(_ id: RuleID) -> RuleMeaning? {
        let today = SystemTime.now().date
        guard let rules, let entry = try? rules.entry(id),
            let text = try? rules.words(entry, language, on: today).text,
            let title = entry.titles[language] ?? entry.titles[.english]
        else { return nil }
        let reference = entry.references[language] ?? entry.reference
        let source = reference.isEmpty ? "" : choose("Source", "Allikas") + ": \(reference). "
        return RuleMeaning(title: title + ".", text: text, source: source + seeAlso(id))
    }
}

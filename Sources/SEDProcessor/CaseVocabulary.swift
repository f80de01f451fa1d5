// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
package import SEDValidation

/// The words in which cases are explained: titles of SEDs and sub-processes, content conditions.
package struct CaseVocabulary: Sendable {
    package struct Process: Sendable {
        package let titles: [Language: String]
        /// The replies that its published table demands.
        package let dueReplies: [SEDType]
    }

    package let seds: [SEDType: [Language: String]]
    /// By the code that the tables use, such as `AD_BUC_07`.
    package let processes: [String: Process]
    /// By name, such as `R018-01`.
    package let conditions: [String: ContentCondition]
    /// The Estonian words of sources, by the English ones.
    package let references: [String: String]

    package func title(of sed: SEDType, _ language: Language) -> String {
        seds[sed]?[language] ?? seds[sed]?[.english] ?? sed.code
    }

    package func title(ofProcess code: String, _ language: Language) -> String {
        processes[code]?.titles[language] ?? code
    }

    /// A source, such as that of a clock; one without a translation stays English.
    package func told(reference: String, _ language: Language) -> String {
        language == .estonian ? references[reference] ?? reference : reference
    }

    /// What a content condition means, or nil where nobody knows.
    package func meaning(of condition: String, _ language: Language) -> String? {
        conditions[condition]?.meanings[language]
    }
}

extension ReferenceData {
    /// The words in which cases are explained.
    package func vocabulary() throws -> CaseVocabulary {
        let entries = validator.library.catalogue.seds.map { ($0.type, $0.title) }
        return try useCases.vocabulary(titles: Dictionary(entries, uniquingKeysWith: { first, _ in first }))
    }
}

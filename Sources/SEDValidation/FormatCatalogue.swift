// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
internal import SEDXML

/// What is to be known of the findings of the formats and of the program, and all their words in other languages.
///
/// The form of its file, `rules/formats.xml`, is in `docs/rule-format.md`. English messages are made where the fault is
/// found; their templates are the keys here, so nothing is read for a document that is told in English.
package struct FormatCatalogue: Sendable {
    /// One technical rule, such as `XSD-003`.
    package struct Entry: Sendable {
        package let id: RuleID
        package let titles: [Language: String]
        /// What is wrong where it is found.
        package let meanings: [Language: String]
        /// What to do about it.
        package let actions: [Language: String]
    }

    package static let path = "rules/formats.xml"

    /// In the order of the file.
    package let entries: [Entry]
    private let byID: [RuleID: Int]
    private let translations: [Language: [String: String]]

    package subscript(_ id: RuleID) -> Entry? { byID[id].map { entries[$0] } }

    package init(parsing bytes: [UInt8]) throws(SchemaFolderError) {
        let reader = try RuleFileReader(bytes, file: Self.path, root: "formats")
        var entries: [Entry] = []
        var byID: [RuleID: Int] = [:]
        var translations: [Language: [String: String]] = [:]
        func add(wordsOf element: ElementID) throws(SchemaFolderError) {
            for words in reader.children(of: element, named: "words") {
                let texts = reader.texts(of: words, named: "text")
                for language in Language.allCases where texts[language, default: ""].isEmpty {
                    throw reader.error(at: words, "the text in the language \(language.rawValue) is missing")
                }
                guard let key = texts[.english] else { continue }
                for language in Language.allCases where language != .english {
                    guard translations[language, default: [:]].updateValue(texts[language] ?? "", forKey: key) == nil
                    else { throw reader.error(at: words, "these words stand here twice") }
                }
            }
        }
        for element in reader.children(named: "format") {
            let id = RuleID(try reader.required("id", of: element))
            guard byID.updateValue(entries.count, forKey: id) == nil else {
                throw reader.error(at: element, "the id \(id) stands here twice")
            }
            entries.append(
                Entry(
                    id: id, titles: reader.texts(of: element, named: "title"),
                    meanings: reader.texts(of: element, named: "meaning"),
                    actions: reader.texts(of: element, named: "action")
                )
            )
            try add(wordsOf: element)
        }
        try add(wordsOf: reader.tree.root)
        self.entries = entries
        self.byID = byID
        self.translations = translations
    }

    /// The words in a language; parts that have no translation stay English.
    package func told(_ words: Words, in language: Language) -> String {
        guard let texts = translations[language] else { return words.text }
        return words.told { texts[$0] }
    }

    /// English templates with their translations, for holding both against each other.
    package func pairs(_ language: Language) -> [(english: String, other: String)] {
        (translations[language] ?? [:]).map { (english: $0.key, other: $0.value) }
    }
}

extension ValidationReport {
    /// The same report with its messages, and the reasons of undecided layers, in the words of a catalogue.
    ///
    /// Why a layer was skipped is for programs and stays as it is.
    func told(by catalogue: FormatCatalogue, in language: Language) -> ValidationReport {
        ValidationReport(
            sed: sed, cdm: cdm, buc: buc,
            layers: layers.map { result in
                guard case .undecided(let reason) = result.outcome else { return result }
                let told = Words(catalogue.told(reason, in: language))
                return LayerResult(layer: result.layer, outcome: .undecided(because: told))
            },
            findings: findings.map { finding in
                finding.saying(Words(catalogue.told(finding.words, in: language)))
            }.sorted(by: Diagnostic.precedes)
        )
    }

    /// Whether it holds words that were made in English.
    var hasWords: Bool { !findings.isEmpty || layers.contains { $0.outcome.word == "undecided" } }
}

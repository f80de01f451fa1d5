// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCore
import SEDInspection
import SEDProcessor
import SEDValidation

/// All that is to be told of a rule, in one language; encoded as it is for programs.
struct RuleExplanation: Encodable {
    struct ParameterValue: Encodable {
        let name: String
        let title: String
        /// `law` or `policy`.
        let kind: String
        let reference: String
        let values: [DatedValue]
        /// The reference in the language of the explanation; programs are told the English one.
        let source: String

        private enum CodingKeys: CodingKey { case name, title, kind, reference, values }
    }

    struct DatedValue: Encodable {
        let from: String
        let value: String
    }

    let rule: String
    let title: String
    let message: String
    let outbound: String
    let inbound: String
    let reference: String
    let mark: String
    let checked: String
    let from: String?
    let to: String?
    let why: String?
    let alsoTells: [String]
    let parameters: [ParameterValue]
    let failing: [String]
    let passing: [String]
    /// The reference in the language of the explanation; programs are told the English one.
    let source: String

    private enum CodingKeys: CodingKey {
        case rule, title, message, outbound, inbound, reference, mark, checked, from, to, why, alsoTells, parameters
        case failing, passing
    }

    init(_ entry: RuleEntry, _ rules: RuleLibrary, _ language: Language) {
        rule = entry.id.text
        title = entry.titles[language] ?? ""
        let today = SystemTime.now().date
        message = (try? rules.words(entry, language, on: today).text) ?? entry.messages[language] ?? ""
        outbound = entry.word(.outbound)
        inbound = entry.word(.inbound)
        reference = entry.reference
        source = entry.references[language] ?? entry.reference
        mark = entry.mark.rawValue
        checked = entry.whereChecked
        from = entry.from?.description
        to = entry.to?.description
        why = entry.reasons[language] ?? entry.reasons[.english]
        alsoTells = entry.absorbs.sorted()
        let known = try? rules.parameters()
        parameters = entry.parameters.compactMap { known?.parameter($0) }.map { parameter in
            ParameterValue(
                name: parameter.name, title: parameter.titles[language] ?? "",
                kind: parameter.isLaw ? "law" : "policy", reference: parameter.references[.english] ?? "",
                values: parameter.values.map { DatedValue(from: $0.from.description, value: $0.value) },
                source: parameter.references[language] ?? ""
            )
        }
        failing = entry.failing.map { $0.text(language) }
        passing = entry.passing.map { $0.text(language) }
    }

    /// The same for people; `whereChecked` stands in the language already.
    func text(_ words: ExplanationWords, whereChecked: String) -> String {
        var lines = ["\(rule)  \(title)", "", message, ""]
        func add(_ label: String, _ text: String) {
            lines.append(label.padding(toLength: 14, withPad: " ", startingAt: 0) + text)
        }
        add(words.source, source)
        add(words.basis, words.mark(mark))
        add(words.severity, words.severities(outbound, inbound))
        add(words.checked, whereChecked)
        if from != nil || to != nil { add(words.holds, words.period(from, to)) }
        for parameter in parameters {
            let values = parameter.values.map { words.value($0.value, from: $0.from) }.joined(separator: ", ")
            let kind = words.parameterKind(parameter.kind)
            add(
                words.parameter,
                "\(parameter.name): \(values.isEmpty ? words.noValue : values) (\(kind), \(parameter.source))")
        }
        if let why { add(words.why, why) }
        for (title, examples) in [(words.breaks, failing), (words.keeps, passing)] {
            guard let first = examples.first else { continue }
            lines.append("")
            lines.append(title)
            lines += first.split(separator: "\n").map { "  \($0)" }
        }
        return lines.joined(separator: "\n")
    }
}

/// All that is to be told of a finding of the formats, in one language; encoded as it is for programs.
struct FormatExplanation: Encodable {
    let rule: String
    let title: String
    let meaning: String
    let action: String

    init(_ entry: FormatCatalogue.Entry, _ language: Language) {
        rule = entry.id.text
        title = entry.titles[language] ?? ""
        meaning = entry.meanings[language] ?? ""
        action = entry.actions[language] ?? ""
    }

    func text(_ language: Language) -> String {
        let head = ExplanationWords(language: language).action.padding(toLength: 14, withPad: " ", startingAt: 0)
        return "\(rule)  \(title)\n\n\(meaning)\n\n\(head)\(action)"
    }
}

/// All rules as tables in Markdown, one for each family.
struct RuleTables {
    let rules: RuleLibrary
    let language: Language

    func markdown() throws -> String {
        let words = ExplanationWords(language: language)
        let severities = ReportWords(language: language)
        var lines = words.introduction
        let families = try rules.families.map { try rules.catalogue(of: $0) }
        lines += [Self.row(words.familyColumns), Self.rule(words.familyColumns.count)]
        for family in families {
            func count(_ kinds: RuleEntry.Kind...) -> Int {
                family.entries.count { !$0.isInactive && kinds.contains($0.kind) }
            }
            lines.append(
                "| \(family.family) | \(family.entries.count) | \(count(.document)) | \(count(.caseHistory)) | "
                    + "\(count(.schema, .codes, .envelope)) | \(count(.rates)) | "
                    + "\(count(.directory, .desk, .clock)) | \(count(.owed)) | "
                    + "\(family.entries.count(where: \.isInactive)) |")
        }
        for family in families {
            lines += [
                "", "## \(family.family)", "", Self.row(words.ruleColumns), Self.rule(words.ruleColumns.count),
            ]
            for entry in family.entries {
                let place = words.whereChecked(entry)
                let checked = entry.reasons[language].map { "\(place). \($0)" } ?? place
                lines.append(
                    Self.row([
                        entry.id.text, entry.titles[language] ?? "", severities.word(entry.word(.outbound)),
                        severities.word(entry.word(.inbound)), words.shortMark(entry.mark),
                        entry.references[language] ?? "", checked,
                    ]))
            }
            lines += family.entries.flatMap(examples)
        }
        lines += [
            "", words.parametersHead, "", Self.row(words.parameterColumns), Self.rule(words.parameterColumns.count),
        ]
        for parameter in try rules.parameters().all {
            let values = parameter.values.map { words.value($0.value, from: "\($0.from)") }.joined(separator: ", ")
            lines.append(
                Self.row([
                    "`\(parameter.name)`", parameter.titles[language] ?? "",
                    words.parameterKind(parameter.isLaw ? "law" : "policy"), values.isEmpty ? words.none : values,
                    parameter.references[language] ?? "",
                ]))
        }
        return lines.joined(separator: "\n")
    }

    private static func row(_ cells: [String]) -> String {
        "| \(cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ")) |"
    }

    private static func rule(_ columns: Int) -> String { "|" + String(repeating: "---|", count: columns) }

    /// The first example of each kind, folded away: most readers look for one rule.
    private func examples(of entry: RuleEntry) -> [String] {
        guard let failing = entry.failing.first, let passing = entry.passing.first else { return [] }
        let words = ExplanationWords(language: language)
        var lines = ["", "<details><summary>\(entry.id): \(entry.titles[language] ?? "")</summary>"]
        for (title, example) in [(words.breaks, failing), (words.keeps, passing)] {
            lines += ["", title, "", "```\(example.excerpt == nil ? "" : "xml")", example.text(language), "```"]
        }
        return lines + ["", "</details>"]
    }
}

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

    init(_ entry: RuleEntry, _ rules: RuleLibrary, _ language: Language) {
        rule = entry.id.text
        title = entry.titles[language] ?? ""
        let today = SystemTime.now().date
        message = (try? rules.words(entry, language, on: today).text) ?? entry.messages[language] ?? ""
        outbound = entry.word(.outbound)
        inbound = entry.word(.inbound)
        reference = entry.reference
        mark = entry.mark.rawValue
        checked = entry.whereChecked
        from = entry.from?.description
        to = entry.to?.description
        why = entry.why
        alsoTells = entry.absorbs.sorted()
        let known = try? rules.parameters()
        parameters = entry.parameters.compactMap { known?.parameter($0) }.map { parameter in
            ParameterValue(
                name: parameter.name, title: parameter.titles[language] ?? "",
                kind: parameter.isLaw ? "law" : "policy", reference: parameter.reference,
                values: parameter.values.map { DatedValue(from: $0.from.description, value: $0.value) }
            )
        }
        failing = entry.failing.map(\.text)
        passing = entry.passing.map(\.text)
    }

    /// The same for people; `whereChecked` stands in the language already.
    func text(_ words: ExplanationWords, whereChecked: String) -> String {
        var lines = ["\(rule)  \(title)", "", message, ""]
        func add(_ label: String, _ text: String) {
            lines.append(label.padding(toLength: 14, withPad: " ", startingAt: 0) + text)
        }
        add(words.source, reference)
        add(words.basis, words.mark(mark))
        add(words.severity, words.severities(outbound, inbound))
        add(words.checked, whereChecked)
        if from != nil || to != nil { add(words.holds, words.period(from, to)) }
        for parameter in parameters {
            let values = parameter.values.map { words.value($0.value, from: $0.from) }.joined(separator: ", ")
            let kind = words.parameterKind(parameter.kind)
            add(
                words.parameter,
                "\(parameter.name): \(values.isEmpty ? words.noValue : values) (\(kind), \(parameter.reference))")
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
        var lines = [
            "# Rules", "",
            "Made by `piiripost explain --all --format markdown`; do not edit. `piiripost explain RULE-ID` shows one "
                + "rule with its examples, [rule-format.md](rule-format.md) tells how rules are written.",
            "",
            "*Out* and *in* are the severities for what we send and what we received; `-` is not run. *Basis* says how "
                + "far the legal basis was read; an unverified rule is never an error. *Checked*: `document` on one "
                + "document with its envelope; `case` when a message is placed in its case; `schema`, `code lists`, "
                + "`envelope` by that layer, whose finding carries the id; `rates` when rates are imported or an amount is "
                + "converted; `owed` not yet, with the part that will and the reason. Below each table stand an example that breaks the rule and one that keeps it.",
            "",
        ]
        let families = try rules.families.map { try rules.catalogue(of: $0) }
        lines += [
            "| family | rules | document | case | schema, codes | rates | owed | not in force |",
            "|---|---|---|---|---|---|---|---|",
        ]
        for family in families {
            func count(_ kinds: RuleEntry.Kind...) -> Int {
                family.entries.count { !$0.isInactive && kinds.contains($0.kind) }
            }
            lines.append(
                "| \(family.family) | \(family.entries.count) | \(count(.document)) | \(count(.caseHistory)) | "
                    + "\(count(.schema, .codes, .envelope)) | \(count(.rates)) | \(count(.owed)) | "
                    + "\(family.entries.count(where: \.isInactive)) |")
        }
        for family in families {
            lines += ["", "## \(family.family)", "", "| rule | title | out | in | basis | source | checked |"]
            lines.append("|---|---|---|---|---|---|---|")
            for entry in family.entries {
                let checked = entry.why.map { "\(entry.whereChecked). \($0)" } ?? entry.whereChecked
                let cells = [
                    entry.id.text, entry.titles[language] ?? "", entry.word(.outbound), entry.word(.inbound),
                    entry.mark.rawValue, entry.reference, checked,
                ]
                lines.append("| \(cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ")) |")
            }
            lines += family.entries.flatMap(examples)
        }
        lines += ["", "## Parameters", "", "| parameter | meaning | kind | values | source |", "|---|---|---|---|---|"]
        for parameter in try rules.parameters().all {
            let values = parameter.values.map { "\($0.value) from \($0.from)" }.joined(separator: ", ")
            lines.append(
                "| `\(parameter.name)` | \(parameter.titles[language] ?? "") | \(parameter.isLaw ? "law" : "policy") | "
                    + "\(values.isEmpty ? "none" : values) | \(parameter.reference) |")
        }
        return lines.joined(separator: "\n")
    }

    /// The first example of each kind, folded away: most readers look for one rule.
    private func examples(of entry: RuleEntry) -> [String] {
        guard let failing = entry.failing.first, let passing = entry.passing.first else { return [] }
        let words = ExplanationWords(language: language)
        var lines = ["", "<details><summary>\(entry.id): \(entry.titles[language] ?? "")</summary>"]
        for (title, example) in [(words.breaks, failing), (words.keeps, passing)] {
            lines += ["", title, "", "```\(example.excerpt == nil ? "" : "xml")", example.text, "```"]
        }
        return lines + ["", "</details>"]
    }
}

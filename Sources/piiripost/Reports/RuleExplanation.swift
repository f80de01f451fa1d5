// SPDX-License-Identifier: EUPL-1.2

import SEDCore
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
        message = (try? rules.words(entry, language, on: today)) ?? entry.messages[language] ?? ""
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
        failing = entry.failing.map(\.xml)
        passing = entry.passing.map(\.xml)
    }

    func text(_ language: Language) -> String {
        var lines = ["\(rule)  \(title)", "", message, ""]
        lines.append("Source        \(reference)")
        lines.append("Legal basis   \(Self.describe(mark))")
        lines.append("Severity      \(outbound) in what we send, \(inbound) in what we receive")
        lines.append("Checked       \(checked)")
        if from != nil || to != nil { lines.append("Holds         \(from ?? "...") to \(to ?? "...")") }
        for parameter in parameters {
            let values = parameter.values.map { "\($0.value) from \($0.from)" }.joined(separator: ", ")
            lines.append(
                "Parameter     \(parameter.name): \(values.isEmpty ? "no value" : values) (\(parameter.kind), "
                    + "\(parameter.reference))")
        }
        if let why { lines.append("Why           \(why)") }
        for (title, excerpts) in [("Breaks it:", failing), ("Keeps it:", passing)] {
            guard let first = excerpts.first else { continue }
            lines.append("")
            lines.append(title)
            lines += first.split(separator: "\n").map { "  \($0)" }
        }
        return lines.joined(separator: "\n")
    }

    private static func describe(_ mark: String) -> String {
        switch mark {
        case "verified": "verified: read in the text of the law"
        case "partly": "partly verified: the provision was read, a detail was not"
        case "unverified": "unverified: known from memory only, so never an error"
        default: "no provision: a rule of form or prudence"
        }
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
                + "document with its envelope; `case` when a message is placed in its case; `schema`, `code lists` by "
                + "that layer, whose finding carries the id; `owed` not yet, with the part that will and the reason.",
            "",
        ]
        let families = try rules.families.map { try rules.catalogue(of: $0) }
        lines += [
            "| family | rules | document | case | schema, codes | owed | not in force |",
            "|---|---|---|---|---|---|---|",
        ]
        for family in families {
            func count(_ kinds: RuleEntry.Kind...) -> Int {
                family.entries.count { !$0.isInactive && kinds.contains($0.kind) }
            }
            lines.append(
                "| \(family.family) | \(family.entries.count) | \(count(.document)) | \(count(.caseHistory)) | "
                    + "\(count(.schema, .codes, .envelope)) | \(count(.owed)) | "
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
}

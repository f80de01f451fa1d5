// SPDX-License-Identifier: EUPL-1.2

import ArgumentParser
import SEDCore
import SEDProcessor
import SEDValidation

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explains a rule: what it asks, its source in law, when it holds, an example that breaks it."
    )

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text
        case json
        case markdown
    }

    @Argument(help: "The id of a rule, as findings show it, such as A1-PERIOD-005.")
    var rule: String?

    @Flag(help: "All rules instead of one.")
    var all = false

    @Option(help: "How to write the result; markdown goes with --all.")
    var format: Format = .text

    @OptionGroup var languages: LanguageOptions
    @OptionGroup var schemas: SchemaOptions

    func validate() throws {
        if (rule == nil) != all { throw ValidationError("Name one rule, or ask for --all.") }
        if format == .markdown, !all { throw ValidationError("--format markdown goes with --all.") }
    }

    func run() throws {
        guard let rules = try schemas.validator().rules else { return }
        let language = languages.language
        guard let rule else {
            let entries = try rules.families.flatMap { try rules.catalogue(of: $0).entries }
            switch format {
            case .markdown: Output.line(try RuleTables(rules: rules, language: language).markdown())
            case .json:
                let explained = entries.map { RuleExplanation($0, rules, language) }
                Output.line(
                    try StableJSON.encode(RuleList(formatVersion: 1, rules: explained), pretty: true))
            case .text:
                Output.table(
                    ["RULE", "OUT", "IN", "CHECKED", "TITLE"],
                    entries.map { entry in
                        [
                            entry.id.text, entry.word(.outbound), entry.word(.inbound), entry.whereChecked,
                            entry.titles[language] ?? "",
                        ]
                    }
                )
            }
            return
        }
        guard let entry = try rules.entry(RuleID(rule.uppercased())) else {
            try explainTechnical(rule.uppercased(), rules)
            return
        }
        let explanation = RuleExplanation(entry, rules, language)
        switch format {
        case .json: Output.line(try StableJSON.encode(explanation, pretty: true))
        case .text, .markdown: Output.line(explanation.text(language))
        }
    }

    /// Rules of the formats have no law behind them, only a meaning.
    private func explainTechnical(_ rule: String, _ rules: RuleLibrary) throws {
        guard let title = RuleTitle.known(rule) else {
            let family = rule.prefix { $0 != "-" }
            let others = try rules.families.flatMap { try rules.catalogue(of: $0).entries.map(\.id.text) }
                .filter { $0.hasPrefix(family + "-") }
            let hint = others.isEmpty ? "explain --all lists the rules" : "known are \(others.joined(separator: ", "))"
            Output.complain("error: there is no rule \(TerminalText.fileName(rule)); \(hint)")
            throw ExitStatus.undone
        }
        switch format {
        case .json:
            Output.line(try StableJSON.encode(["rule": rule, "title": title], pretty: true))
        case .text, .markdown:
            Output.line("\(rule)  \(title)")
        }
    }

    private struct RuleList: Encodable {
        let formatVersion: Int
        let rules: [RuleExplanation]
    }
}

extension RuleEntry {
    func word(_ direction: MessageDirection) -> String { severities[direction]?.rawValue ?? "-" }

    /// Where the rule is checked, in a word or two.
    var whereChecked: String {
        if isInactive { return "not in force" }
        return switch kind {
        case .document: "document"
        case .caseHistory: "case"
        case .schema: "schema"
        case .codes: "code lists"
        case .envelope: "envelope"
        case .owed: "owed: \(until ?? "")"
        }
    }
}

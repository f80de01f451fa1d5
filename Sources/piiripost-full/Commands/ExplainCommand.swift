// SPDX-License-Identifier: EUPL-1.2

import ArgumentParser
import SEDCore
import SEDInspection
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
        let validator = try schemas.validator()
        guard let rules = validator.rules else { return }
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
                let (words, severities) = (ExplanationWords(language: language), ReportWords(language: language))
                Output.table(
                    words.columns,
                    entries.map { entry in
                        [
                            entry.id.text, severities.word(entry.word(.outbound)),
                            severities.word(entry.word(.inbound)), words.whereChecked(entry),
                            entry.titles[language] ?? "",
                        ]
                    }
                )
            }
            return
        }
        guard let entry = try rules.entry(RuleID(rule.uppercased())) else {
            try explainTechnical(RuleID(rule.uppercased()), validator.library, rules)
            return
        }
        let explanation = RuleExplanation(entry, rules, language)
        switch format {
        case .json: Output.line(try StableJSON.encode(explanation, pretty: true))
        case .text, .markdown:
            let words = ExplanationWords(language: language)
            Output.line(explanation.text(words, whereChecked: words.whereChecked(entry)))
        }
    }

    /// Rules of the formats have no law behind them, only a meaning and what to do.
    private func explainTechnical(_ rule: RuleID, _ library: SchemaLibrary, _ rules: RuleLibrary) throws {
        let formats = try library.formats()
        guard let entry = formats[rule] else {
            let family = rule.text.prefix { $0 != "-" }
            let ids = try rules.families.flatMap { try rules.catalogue(of: $0).entries.map(\.id) }
            let others = (ids + formats.entries.map(\.id)).map(\.text).filter { $0.hasPrefix(family + "-") }
            let hint = others.isEmpty ? "explain --all lists the rules" : "known are \(others.joined(separator: ", "))"
            Output.complain("error: there is no rule \(TerminalText.fileName(rule.text)); \(hint)")
            throw ExitStatus.undone
        }
        let explanation = FormatExplanation(entry, languages.language)
        switch format {
        case .json: Output.line(try StableJSON.encode(explanation, pretty: true))
        case .text, .markdown: Output.line(explanation.text(languages.language))
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
        case .rates: "rates"
        case .directory: "directory"
        case .desk: "desk"
        case .clock: "clock"
        case .owed: "owed: \(until ?? "")"
        }
    }
}

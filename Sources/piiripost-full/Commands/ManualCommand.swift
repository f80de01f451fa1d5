// SPDX-License-Identifier: EUPL-1.2

import ArgumentParser
import Foundation
import SEDInspection

/// Prints the manual page in the form that `man` reads; `make install` calls it.
///
/// The page is made from what the argument parser knows, so it has every command and option and cannot fall behind.
struct ManualCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manual", abstract: "Prints the manual page for man(1).", shouldDisplay: false
    )

    func run() throws {
        let described = try JSONDecoder().decode(Description.self, from: Data(Piiripost._dumpHelp().utf8))
        Output.line(ManualPage(of: described.command, version: Piiripost.configuration.version).text)
    }

    private struct Description: Decodable {
        let command: DescribedCommand
    }
}

/// One command as the argument parser describes it (`--experimental-dump-help`).
private struct DescribedCommand: Decodable {
    struct Argument: Decodable {
        struct Name: Decodable {
            let kind: String
            let name: String
        }

        let abstract: String?
        let defaultValue: String?
        let allValues: [String]?
        let isOptional: Bool
        let isRepeating: Bool
        /// `positional`, `option` or `flag`.
        let kind: String
        let names: [Name]?
        let shouldDisplay: Bool
        let valueName: String?
    }

    let commandName: String
    let abstract: String?
    let discussion: String?
    let arguments: [Argument]?
    let subcommands: [DescribedCommand]?
    let shouldDisplay: Bool
}

/// A manual page in the macros of man(7).
private struct ManualPage {
    private var lines: [String] = []

    var text: String { lines.joined(separator: "\n") }

    init(of program: DescribedCommand, version: String) {
        let name = program.commandName
        // Without the libraries that the build machine happens to have.
        let release = version.split(separator: " ").first.map(String.init) ?? version
        lines = [
            ".\\\" Printed by piiripost manual; do not edit.",
            ".TH \(name.uppercased()) 1 \"\" \"\(Self.escaped("\(name) \(release)"))\" \"User Commands\"",
            // Options are not hyphenated.
            ".nh", ".SH NAME", "\(name) \\- \(Self.escaped(program.abstract ?? ""))",
            ".SH SYNOPSIS", ".B \(name)", ".I command", "[\\fIarguments\\fR]",
            ".SH DESCRIPTION",
        ]
        addText(program.discussion)
        addText("A command prints its own help with --help.")
        lines.append(".SH COMMANDS")
        for command in program.subcommands ?? [] { add(command, below: [name]) }
        lines += [".SH ENVIRONMENT"]
        for (variable, meaning) in Self.environment {
            lines += [".TP", ".B \(variable)", Self.escaped(meaning)]
        }
        lines.append(".SH EXIT STATUS")
        for (status, meaning) in Self.statuses { lines += [".TP", ".B \(status)", Self.escaped(meaning)] }
    }

    private static let environment = [
        ("PIIRIPOST_HOME", "The workspace, where --workspace does not name one."),
        ("PIIRIPOST_SCHEMAS", "The folder sed-schemas, where --schemas does not name one."),
        ("NO_COLOR", "Text has no colours unless --color always asks for them."),
    ]

    private static let statuses = [
        ("0", "All valid, or done."),
        ("1", "At least one document is invalid, or the answer is no."),
        ("2", "Undecided, or the work could not be done."),
        ("64", "Wrong usage."),
    ]

    private mutating func add(_ command: DescribedCommand, below parents: [String]) {
        guard command.shouldDisplay, command.commandName != "help" else { return }
        let names = parents + [command.commandName]
        let children = (command.subcommands ?? []).filter(\.shouldDisplay)
        guard children.isEmpty else {
            for child in children { add(child, below: names) }
            return
        }
        // Help and version are told once, above.
        let arguments = (command.arguments ?? []).filter {
            $0.shouldDisplay && !["help", "version"].contains($0.names?.last?.name)
        }
        let usage = arguments.map(Self.usage).joined(separator: " ")
        lines += [".SS \(names.joined(separator: " "))", ".B \(names.joined(separator: " "))", usage]
        addText(command.abstract)
        addText(command.discussion)
        for argument in arguments {
            lines += [".TP", Self.title(of: argument), Self.meaning(of: argument)]
        }
    }

    private mutating func addText(_ text: String?) {
        guard let text, !text.isEmpty else { return }
        for paragraph in text.split(separator: "\n") {
            // A heading begins a paragraph by itself.
            if lines.last?.hasPrefix(".S") != true { lines.append(".PP") }
            lines.append(Self.escaped(String(paragraph)))
        }
    }

    private static func usage(_ argument: DescribedCommand.Argument) -> String {
        let usage = title(of: argument) + (argument.isRepeating ? " ..." : "")
        return argument.isOptional ? "[\(usage)]" : usage
    }

    private static func title(of argument: DescribedCommand.Argument) -> String {
        let value = "\\fI\(escaped(argument.valueName ?? "value"))\\fR"
        let names = (argument.names ?? []).map { "\\fB\(escaped(($0.kind == "short" ? "-" : "--") + $0.name))\\fR" }
        switch argument.kind {
        case "positional": return value
        case "flag": return names.joined(separator: ", ")
        default: return names.joined(separator: ", ") + " " + value
        }
    }

    private static func meaning(of argument: DescribedCommand.Argument) -> String {
        var parts = argument.abstract.map { [$0] } ?? []
        if let values = argument.allValues { parts.append("Values: \(values.joined(separator: ", ")).") }
        if let value = argument.defaultValue { parts.append("Default: \(value).") }
        return escaped(parts.joined(separator: " "))
    }

    /// Text that the formatter takes literally: hyphens stay hyphens for copying, and no line becomes a request.
    private static func escaped(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\e").replacing("-", with: "\\-").replacing("\"", with: "\\(dq")
        return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
    }
}

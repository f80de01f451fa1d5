// SPDX-License-Identifier: EUPL-1.2

import ArgumentParser
import SEDCore
import SEDProcessor

struct QueueCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue", abstract: "The operator's view of inbound, pending, quarantine, outbox and done.",
        subcommands: [List.self, Show.self]
    )

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists what is in the queues.")

        @OptionGroup var workspace: WorkspaceOptions

        @Option(help: "Only this queue: \(QueueItem.Queue.allCases.map(\.rawValue).joined(separator: ", ")).")
        var queue: QueueItem.Queue?

        @Option(help: "How to write the result: text or json.")
        var format: OutputFormat = .text

        func run() throws {
            let items = try workspace.open().queueItems().filter { queue == nil || $0.queue == queue }
            switch format {
            case .json:
                Output.line(try StableJSON.encode(Listing(formatVersion: 1, items: items), pretty: true))
            case .text:
                Output.table(
                    ["ID", "QUEUE", "SED", "VERDICT", "TRIES", "FILE", "REASON"],
                    items.map { item in
                        let reason = [item.rule, item.reason].compactMap { $0 }.joined(separator: ": ")
                        return [
                            item.id, item.queue.rawValue, item.sed ?? "-", item.verdict ?? "-", String(item.attempts),
                            item.fileName ?? "-", reason,
                        ]
                    }
                )
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Shows one item with its report and history.")

        @Argument(help: "The identifier that queue list shows, such as m12.")
        var id: String

        @OptionGroup var workspace: WorkspaceOptions

        @Option(help: "How to write the result: text or json.")
        var format: OutputFormat = .text

        func run() throws {
            guard let details = try workspace.open().queueItem(id) else {
                Output.complain("error: there is no item \(id)")
                throw ExitStatus.undone
            }
            switch format {
            case .json:
                Output.line(try StableJSON.encode(details, pretty: true))
            case .text:
                let item = details.item
                let facts: [(String, String?)] = [
                    ("id", item.id), ("queue", item.queue.rawValue), ("file", item.fileName),
                    ("message", item.messageId), ("sed", item.sed), ("case", item.caseId), ("verdict", item.verdict),
                    ("disposition", item.disposition), ("rule", item.rule), ("reason", item.reason),
                    ("route", item.route), ("tries", String(item.attempts)),
                ]
                for (name, value) in facts { if let value { Output.line("\(name): \(value)") } }
                for entry in details.history {
                    Output.line("\(entry.at)  \(entry.actor)  \(entry.act)  \(entry.detail)")
                }
                for finding in details.report?.findings ?? [] {
                    let place = finding.line.map { " line \($0)" } ?? ""
                    Output.line("\(finding.severity)\(place): \(finding.message) [\(finding.rule)]")
                }
            }
        }
    }

    private struct Listing: Encodable {
        let formatVersion: Int
        let items: [QueueItem]
    }
}

extension QueueItem.Queue: ExpressibleByArgument {}

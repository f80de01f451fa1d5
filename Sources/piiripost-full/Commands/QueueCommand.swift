// SPDX-License-Identifier: EUPL-1.2

import ArgumentParser
import SEDCore
import SEDInspection
import SEDProcessor

struct QueueCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue", abstract: "The operator's view of inbound, pending, quarantine, outbox and done.",
        subcommands: [
            List.self, Show.self, Retry.self, Hold.self, Release.self, Drop.self, Age.self,
        ]
    )

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists what is in the queues.")

        @OptionGroup var workspace: WorkspaceOptions
        @OptionGroup var languages: LanguageOptions
        @OptionGroup var schemas: SchemaOptions

        @OptionGroup var filter: QueueFilterOptions

        @Option(help: "How to write the result: text or json.")
        var format: OutputFormat = .text

        func run() throws {
            let items = try workspace.open().queueItems(filter.query(), toldBy: languages.teller(schemas))
            switch format {
            case .json:
                Output.line(try StableJSON.encode(Listing(formatVersion: 1, items: items), pretty: true))
            case .text:
                let words = languages.words
                Output.table(
                    words.queueColumns,
                    items.map { item in
                        let reason = [item.rule, item.reason].compactMap { $0 }.joined(separator: ": ")
                        return [
                            item.id, words.word(item.queue.rawValue), item.state.map(words.state) ?? "-",
                            item.sed ?? "-",
                            item.verdict.map(words.word) ?? "-", String(item.attempts),
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
        @OptionGroup var languages: LanguageOptions
        @OptionGroup var schemas: SchemaOptions

        @Option(help: "How to write the result: text or json.")
        var format: OutputFormat = .text

        func run() throws {
            guard let details = try workspace.open().queueItem(id, toldBy: languages.teller(schemas)) else {
                Output.complain("error: there is no item \(id)")
                throw ExitStatus.undone
            }
            switch format {
            case .json:
                Output.line(try StableJSON.encode(details, pretty: true))
            case .text:
                let item = details.item
                let words = languages.words
                let facts: [(String, String?)] = [
                    ("id", item.id), ("queue", words.word(item.queue.rawValue)),
                    ("state", item.state.map(words.state)), ("file", item.fileName),
                    ("message", item.messageId), ("sed", item.sed), ("case", item.caseId),
                    ("verdict", item.verdict.map(words.word)),
                    ("disposition", item.disposition.map(words.word)), ("rule", item.rule), ("reason", item.reason),
                    ("route", item.route), ("tries", String(item.attempts)),
                    ("access point", details.transport?.layout), ("AS4 message", details.transport?.messageId),
                    ("answers AS4 message", details.transport?.refToMessageId),
                    ("conversation", details.transport?.conversationId), ("from party", details.transport?.sender),
                    ("to party", details.transport?.receiver),
                    ("given to", details.handOver?.layout), ("there", details.handOver.map { words.word($0.state) }),
                    ("as AS4 message", details.handOver?.messageId), ("told", details.handOver?.reason),
                ]
                for (name, value) in facts {
                    if let value { Output.line("\(words.label(name)): \(TerminalText.harmless(value))") }
                }
                for entry in details.history {
                    Output.line(TerminalText.harmless("\(entry.at)  \(entry.actor)  \(entry.act)  \(entry.detail)"))
                }
                for finding in details.report?.findings ?? [] {
                    let place = finding.line.map(words.line) ?? ""
                    Output.line("\(words.word(finding.severity))\(place): \(finding.message) [\(finding.rule)]")
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

extension TimeSpan: ExpressibleByArgument {
    public init?(argument: String) {
        self.init(parsing: argument)
    }
}

/// Which items of the queues are meant.
struct QueueFilterOptions: ParsableArguments {
    @Option(help: "Only this queue: \(QueueItem.Queue.allCases.map(\.rawValue).joined(separator: ", ")).")
    var queue: QueueItem.Queue?

    @Option(help: "Only items of this rule, such as CAS-001.")
    var rule: String?

    @Option(help: "Only this document, such as R017; of what leaves, the document that leaves.")
    var sed: SEDType?

    @Option(help: "Only this institution at the other end, such as SE:SEREC1, or all of a State, such as SE.")
    var partner: String?

    @Option(help: "Only what has been there for longer than this: 90s, 10m, 24h or 2d.")
    var olderThan: TimeSpan?

    @Option(help: "At most so many items, the oldest ones.")
    var limit: Int?

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be at least 1") }
    }

    var isEmpty: Bool { queue == nil && rule == nil && sed == nil && partner == nil && olderThan == nil }

    func query(at now: Instant = SystemTime.now()) -> QueueQuery {
        var query = QueueQuery()
        if let queue { query.queues = [queue] }
        query.rule = rule.map { RuleID($0) }
        (query.sed, query.partner, query.limit) = (sed, partner, limit)
        query.before = olderThan.map { now.adding(seconds: -$0.seconds) }
        return query
    }
}

// SPDX-License-Identifier: EUPL-1.2

import ArgumentParser
import Foundation
import SEDCore
import SEDInspection
import SEDProcessor

/// What all acts on items of the queues share.
struct QueueActOptions: ParsableArguments {
    @Argument(help: "The identifiers that queue list shows, such as m12 or o3; without them, what the filters mean.")
    var ids: [String] = []

    @OptionGroup(title: "Filters") var filter: QueueFilterOptions

    @Flag(help: "Without filters: every item that is not done.")
    var all = false

    @Flag(help: "Show what would happen, and keep nothing of it.")
    var dryRun = false

    @Option(help: "Who acts, for the audit trail; else the user of the system.")
    var by: String?

    @Option(help: "Take this moment for now (2026-01-15T10:00:00Z), for tests and replays.")
    var now: Instant?

    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var languages: LanguageOptions
    @OptionGroup var schemas: SchemaOptions

    @Option(help: "How to write the result: text or json.")
    var format: OutputFormat = .text

    func validate() throws {
        let isFiltered = !filter.isEmpty || filter.limit != nil || all
        if ids.isEmpty, filter.isEmpty, !all {
            throw ValidationError("name items, set a filter, or take --all")
        }
        if !ids.isEmpty, isFiltered { throw ValidationError("name items or set filters, not both") }
    }

    /// Acts, tells, and ends with 1 when something was refused.
    func run(_ act: QueueAct) throws {
        let fixed = now
        let queueOperator = QueueOperator(
            workspace: try workspace.open(), reference: try schemas.load(),
            actor: by ?? ProcessInfo.processInfo.userName, clock: { fixed ?? SystemTime.now() }
        )
        let meant = ids.isEmpty ? try queueOperator.selection(query) : ids
        var progress = Progress(total: meant.count, showsResults: false)
        let report = try queueOperator.perform(
            act, on: meant, isDryRun: dryRun, language: languages.language, progress: { progress.advance() })
        progress.finish()
        switch format {
        case .json: Output.line(try StableJSON.encode(report, pretty: true))
        case .text:
            let words = languages.words
            for item in report.items { Output.line("\(item.id)  \(words.result(item.result)): \(item.detail)") }
            Output.line(words.summary(report))
        }
        if !report.isComplete { throw ExitStatus.no }
    }

    /// A filter without a queue means what waits, never what is done.
    private var query: QueueQuery {
        var query = filter.query(at: now ?? SystemTime.now())
        if filter.queue == nil { query.queues.remove(.done) }
        return query
    }
}

extension QueueCommand {
    struct Retry: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "retry",
            abstract: "Tries items again: places, judges anew from the stored bytes, routes, writes, delivers."
        )

        @OptionGroup var options: QueueActOptions

        func run() throws { try options.run(.retry) }
    }

    struct Hold: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "hold", abstract: "Holds back what waits to be placed or to leave.")

        @OptionGroup var options: QueueActOptions

        func run() throws { try options.run(.hold) }
    }

    struct Release: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "release", abstract: "Lets go what is held, and lets drafts of our own leave.")

        @OptionGroup var options: QueueActOptions

        func run() throws { try options.run(.release) }
    }

    struct Drop: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "drop",
            abstract: "Takes items out of their queue for good, with a reason; the store keeps what was received.",
            discussion: "The reason is kept in the audit trail: name no person in it."
        )

        @Option(help: "Why, for the audit trail.")
        var reason: String

        @OptionGroup var options: QueueActOptions

        func validate() throws {
            let text = reason.trimmingCharacters(in: .whitespacesAndNewlines)
            if text.isEmpty { throw ValidationError("--reason must not be empty") }
            if text.count > QueueAct.longestReason {
                throw ValidationError("--reason may have \(QueueAct.longestReason) characters")
            }
        }

        func run() throws {
            let line = reason.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            try options.run(.drop(reason: line))
        }
    }

    struct Age: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "age", abstract: "Counts what waits, by queue, partner and age.")

        @OptionGroup var workspace: WorkspaceOptions
        @OptionGroup var languages: LanguageOptions

        @Option(help: "Take this moment for now (2026-01-15T10:00:00Z), for tests and replays.")
        var now: Instant?

        @Option(help: "How to write the result: text or json.")
        var format: OutputFormat = .text

        func run() throws {
            let table = try workspace.open().ages(at: now ?? SystemTime.now())
            switch format {
            case .json: Output.line(try StableJSON.encode(table, pretty: true))
            case .text:
                let words = languages.words
                Output.table(words.ageColumns(table.ages), table.rows.map(words.age))
            }
        }
    }
}

// SPDX-License-Identifier: EUPL-1.2

import ArgumentParser
import SEDCore
import SEDInspection
import SEDProcessor
import SEDRecovery

extension RecoveryCommand {
    struct Due: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "due", abstract: "The work list: what is due next, by whom, by when, under which article."
        )

        @OptionGroup var options: RecoveryOptions

        func run() throws {
            let items = try options.atDesk { try $0.dueItems(at: options.instant) }
            switch options.format {
            case .json:
                try options.write(Listing(formatVersion: 1, today: options.instant.date.description, items: items))
            case .text:
                let words = RecoveryWords(language: options.language)
                Output.table(
                    words.headers(["DUE", "BY", "REQUEST", "CLAIM", "MESSAGE", "PROVISION", "WHAT"]),
                    items.map { item in
                        [
                            item.dueOn ?? "-", words.word(item.by), item.request.map(String.init) ?? "-",
                            item.claim.map(String.init) ?? "-",
                            item.message.map(String.init) ?? "-", Provision.told(item.reference, options.language),
                            item.what[options.language],
                        ]
                    })
            }
        }

        private struct Listing: Encodable {
            let formatVersion: Int
            let today: String
            let items: [RecoveryDueItem]
        }
    }

    struct Done: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "done", abstract: "Says that what a message asked for was done."
        )

        @Argument(help: "The number of the request.")
        var request: Int64

        @Argument(help: "The number of the message.")
        var message: Int64

        @OptionGroup var options: RecoveryOptions

        func run() throws {
            try options.atDesk {
                try $0.finish(task: message, of: request, by: options.actor, at: options.instant)
            }
            if options.format == .text { Output.line("message \(message) of request \(request) is done") }
        }
    }

    struct Report: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "report", abstract: "Statistics by State, month, currency and outcome."
        )

        @Flag(help: "As CSV instead of a table.")
        var csv = false

        @OptionGroup var options: RecoveryOptions

        func run() throws {
            let rows = try options.atDesk { try $0.report(at: options.instant) }
            if csv {
                // Codes, months and numbers alone: nothing needs quoting.
                Output.line(RecoveryReportRow.columns.joined(separator: ","))
                for row in rows { Output.line(row.cells.joined(separator: ",")) }
                return
            }
            switch options.format {
            case .json: try options.write(Listing(formatVersion: 1, rows: rows))
            case .text:
                let words = RecoveryWords(language: options.language)
                Output.table(
                    words.headers(RecoveryReportRow.columns.map { $0.uppercased() }),
                    rows.map { row in
                        var cells = row.cells
                        (cells[0], cells[4]) = (words.side(row.side), words.word(row.outcome))
                        return cells
                    })
            }
        }

        private struct Listing: Encodable {
            let formatVersion: Int
            let rows: [RecoveryReportRow]
        }
    }
}

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
                Output.table(
                    ["DUE", "BY", "REQUEST", "CLAIM", "MESSAGE", "PROVISION", "WHAT"],
                    items.map { item in
                        [
                            item.dueOn ?? "-", item.by, String(item.request), item.claim.map(String.init) ?? "-",
                            item.message.map(String.init) ?? "-", item.reference, item.what[options.language],
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
            case .text: Output.table(RecoveryReportRow.columns.map { $0.uppercased() }, rows.map(\.cells))
            }
        }

        private struct Listing: Encodable {
            let formatVersion: Int
            let rows: [RecoveryReportRow]
        }
    }

    struct Reply: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reply", abstract: "Sends a document in the case of a request, and books what it says.",
            discussion: """
                accept, refuse, recovered (R018), paid (R004), notified, not-notified (R016), contested (R019), answer \
                (R033), decide (R034), withdraw and reduce (R025). Without an amount, paid is all that is to be remitted. --code is that of the code list \
                that belongs to the document.
                """
        )

        enum What: String, ExpressibleByArgument, CaseIterable {
            case accept
            case refuse
            case recovered
            case paid
            case notified
            case notNotified = "not-notified"
            case contested
            case answer
            case decide
            case withdraw
            case reduce
        }

        @Argument(help: "The number of the request.")
        var request: Int64

        @Argument(help: "What to say.")
        var what: What

        @Argument(help: "The amount, with a point before its decimals.")
        var amount: ExactDecimal?

        @Option(help: "The day on which it happened; else today.")
        var on: CivilDate?

        @Option(help: "The code of the reason or of the result.")
        var code: String?

        @Option(help: "A reason or a remark for the other party.")
        var reason: String?

        @Option(help: "Of a payment; else what the request asks for.")
        var reference: String?

        @Option(help: "Of a contestation or a decision: what is to be done.")
        var impact: String?

        @Flag(help: "Nothing more will be done.")
        var ends = false

        @Option(help: "Of a reduction: a component of a claim, such as 1:principal=400.00; what is not named is zero.")
        var component: [String] = []

        @OptionGroup var options: RecoveryOptions

        func run() throws {
            let reply = try reply()
            let sent = try options.atDesk {
                try $0.reply(reply, to: request, by: options.actor, at: options.instant)
            }
            switch options.format {
            case .json:
                try options.write(
                    Item(
                        formatVersion: 1, request: request, sed: sent.sed, messageId: sent.messageID, route: sent.route,
                        delivered: sent.delivered))
            case .text: Output.line("\(sent.sed) sent: message \(sent.messageID)")
            }
        }

        private struct Item: Encodable {
            let formatVersion: Int
            let request: Int64
            let sed: String
            let messageId: Int64
            let route: String?
            let delivered: Int?
        }

        private func reply() throws -> RecoveryReply {
            let day = on ?? options.instant.date
            return switch what {
            case .accept: .accepted(remark: reason)
            case .refuse: .refused(code: try needed(code, "--code"), reason: reason)
            case .recovered: .recovery(code: try needed(code, "--code"), continues: !ends, reason: reason)
            case .paid: .paid(amount, on: day, reference: reference)
            case .notified: .notified(on: day, form: code ?? "01")
            case .notNotified: .notNotified(code: try needed(code, "--code"), reason: reason)
            case .contested:
                .contested(
                    on: day, concerns: try needed(code, "--code"), reason: try needed(reason, "--reason"),
                    impact: impact)
            case .answer: .answered(code: try needed(code, "--code"), details: reason)
            case .decide:
                .decided(on: day, favour: try needed(code, "--code"), impact: try needed(impact, "--impact"))
            case .withdraw: .withdrawn(on: day, code: try needed(code, "--code"))
            case .reduce: .reduced(on: day, code: try needed(code, "--code"), amounts: try amounts())
            }
        }

        private func amounts() throws -> [[ComponentKind: ExactDecimal]] {
            var amounts: [[ComponentKind: ExactDecimal]] = []
            for text in component {
                let parts = text.split(separator: "=", omittingEmptySubsequences: false)
                let place = parts[0].split(separator: ":", omittingEmptySubsequences: false)
                guard parts.count == 2, place.count == 2, let claim = Int(place[0]), (1...999).contains(claim),
                    let kind = ComponentKind(rawValue: String(place[1])),
                    let amount = ExactDecimal(parsing: String(parts[1]))
                else { throw ValidationError("'\(text)' is not such as 1:principal=400.00.") }
                while amounts.count < claim { amounts.append([:]) }
                amounts[claim - 1][kind] = amount
            }
            return amounts
        }

        private func needed<Value>(_ value: Value?, _ name: String) throws -> Value {
            guard let value else { throw ValidationError("\(what.rawValue) needs \(name).") }
            return value
        }
    }
}

// SPDX-License-Identifier: EUPL-1.2

import ArgumentParser
import SEDCore
import SEDInspection
import SEDProcessor

extension BUCCommand {
    struct Clocks: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "clocks",
            abstract: "Lists the clocks of the business use cases: what starts and stops them, and what follows."
        )

        enum Format: String, ExpressibleByArgument, CaseIterable {
            case text
            case json
            case markdown
        }

        @OptionGroup var schemas: SchemaOptions
        @OptionGroup var languages: LanguageOptions

        @Option(help: "How to write the result: text, json or markdown.")
        var format: Format = .text

        func run() throws {
            let reference = try schemas.load()
            let clocks = try reference.useCases.clocks()
            switch format {
            case .json:
                Output.line(try StableJSON.encode(Listing(formatVersion: 1, clocks: clocks), pretty: true))
            case .text:
                let words = languages.words
                let vocabulary = try reference.vocabulary()
                Output.table(words.clockColumns, clocks.map { words.cells($0, vocabulary) })
            case .markdown:
                Output.line("| use case | clock | started by | length | stopped by | acts | basis | then |")
                Output.line("| --- | --- | --- | --- | --- | --- | --- | --- |")
                for clock in clocks { Output.line(row(clock)) }
            }
        }

        /// As in docs/deadlines.md, which is in English.
        private func row(_ clock: ClockItem) -> String {
            let basis = "\(clock.basis)\(clock.isVerified ? "" : ", unverified"): \(clock.reference)"
            let reason = clock.closeReason.map { " X001 reason \($0)." } ?? ""
            let each = clock.counts == "each" ? " (each document)" : ""
            let cells = [
                clock.buc == "any" ? "any" : "`\(clock.buc)`", "`\(clock.name)`: \(clock.title.english)",
                clock.startedBy.joined(separator: "; ") + each, clock.span,
                clock.stoppedBy.isEmpty ? "-" : clock.stoppedBy.joined(separator: "; "), clock.acts, basis,
                "\(clock.effect). \(clock.follows.english)\(reason)",
            ]
            return "| \(cells.joined(separator: " | ")) |"
        }
    }

    private struct Listing: Encodable {
        let formatVersion: Int
        let clocks: [ClockItem]
    }
}

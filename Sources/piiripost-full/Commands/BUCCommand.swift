// SPDX-License-Identifier: EUPL-1.2

import ArgumentParser
import Foundation
import SEDCases
import SEDCore
import SEDInspection
import SEDProcessor

struct BUCCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "buc", abstract: "The business use cases and their messages.",
        subcommands: [List.self, Show.self, Replay.self, Clocks.self]
    )

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists the business use cases.")

        @OptionGroup var schemas: SchemaOptions
        @OptionGroup var languages: LanguageOptions

        @Option(help: "How to write the result: text or json.")
        var format: OutputFormat = .text

        func run() throws {
            let items = try schemas.load().useCases.all().map(UseCaseItem.init)
            switch format {
            case .json:
                Output.line(try StableJSON.encode(Listing(formatVersion: 1, useCases: items), pretty: true))
            case .text:
                let words = languages.words
                Output.table(
                    words.useCaseColumns,
                    items.map { [$0.buc, $0.version, $0.starter, words.word($0.participants), words.title($0)] }
                )
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Shows a business use case: for each side and state, what may travel and where it leads."
        )

        @Argument(help: "The business use case, such as R_BUC_07.")
        var buc: BUCType

        @OptionGroup var schemas: SchemaOptions
        @OptionGroup var languages: LanguageOptions

        @Option(help: "How to write the result: text or json.")
        var format: OutputFormat = .text

        func run() throws {
            guard let useCase = try schemas.load().useCases.useCase(buc) else {
                Output.complain("error: \(buc) is not known")
                throw ExitStatus.undone
            }
            let details = UseCaseDetails(useCase)
            switch format {
            case .json:
                Output.line(try StableJSON.encode(details, pretty: true))
            case .text:
                let words = languages.words
                let title = words.title(details.useCase)
                Output.line("\(useCase.type) \(useCase.version): \(title) (\(useCase.reference))")
                Output.line(words.starter(details.useCase))
                for side in details.sides {
                    Output.line("")
                    Output.line(words.side(side.role, ends: side.endStates))
                    Output.table(
                        words.transitionColumns,
                        side.transitions.map { row in
                            [
                                row.state, words.word(row.way), row.sed, row.reply ?? "-", row.about ?? "-", row.next,
                                row.process ?? "-", row.contexts.joined(separator: ","),
                            ]
                        }
                    )
                }
            }
        }
    }

    struct Replay: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "replay",
            abstract: "Plays a course of messages, a JSON object a line, and says of each whether it is allowed."
        )

        @Option(help: "The business use case, such as R_BUC_07.")
        var buc: BUCType

        @Option(help: "Which side we are: CaseOwner or Counterparty.")
        var role: CaseRole

        @Argument(help: "The file with the messages; standard input if missing or -.")
        var file: String = "-"

        @OptionGroup var schemas: SchemaOptions
        @OptionGroup var languages: LanguageOptions

        func run() throws {
            let reference = try schemas.load()
            guard let table = try reference.useCases.useCase(buc)?.table(for: role) else {
                Output.complain("error: no state table is known for \(role.rawValue) in \(buc)")
                throw ExitStatus.undone
            }
            var replay = CaseReplay(table: table, toldBy: Teller(languages.language, reference.validator))
            var isAllAllowed = true
            for (index, line) in try lines().enumerated() where !line.allSatisfy(\.isWhitespace) {
                let step: ReplayStep
                do {
                    step = try JSONDecoder().decode(ReplayStep.self, from: Data(line.utf8))
                } catch {
                    Output.complain("error: \(file):\(index + 1): this is not a message of a course")
                    throw ExitStatus.undone
                }
                let answer = try replay.play(step)
                isAllAllowed = isAllAllowed && answer.allowed
                Output.line(try StableJSON.encode(answer))
            }
            if !isAllAllowed { throw ExitStatus.no }
        }

        private func lines() throws -> [Substring] {
            let data: Data
            if file == "-" {
                data = FileHandle.standardInput.readDataToEndOfFile()
            } else if let content = FileManager.default.contents(atPath: file) {
                data = content
            } else {
                Output.complain("error: \(file): the file cannot be read")
                throw ExitStatus.undone
            }
            return String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        }
    }

    private struct Listing: Encodable {
        let formatVersion: Int
        let useCases: [UseCaseItem]
    }
}

extension CaseRole: ExpressibleByArgument {}

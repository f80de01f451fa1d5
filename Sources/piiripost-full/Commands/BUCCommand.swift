// SPDX-License-Identifier: EUPL-1.2

import ArgumentParser
import Foundation
import SEDCases
import SEDCore
import SEDInspection
import SEDProcessor
import SEDValidation

struct BUCCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "buc", abstract: "The business use cases and their messages.",
        subcommands: [List.self, Show.self, Replay.self, Clocks.self]
    )

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists the business use cases.")

        enum Format: String, ExpressibleByArgument, CaseIterable {
            case text
            case json
            case markdown
        }

        @OptionGroup var languages: LanguageOptions
        @OptionGroup var schemas: SchemaOptions

        @Option(help: "How to write the result: text, json, or markdown, the index of docs/buc.")
        var format: Format = .text

        func run() throws {
            let useCases = try schemas.load().useCases.all()
            let items = useCases.map(UseCaseItem.init)
            switch format {
            case .markdown:
                Output.text(UseCasePage.index(of: useCases))
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
            abstract:
                "Shows a business use case: what may travel in each state, where it leads, and why something may not.",
            discussion: """
                With --state it tells what may be sent and what may arrive in that state; with --sed why one document \
                may or may not travel there, and the shortest course after which it may.
                """
        )

        enum Format: String, ExpressibleByArgument, CaseIterable {
            case text
            case json
            case mermaid
            case dot
            case markdown

            /// Whether it is a drawing, which has no question to answer.
            var isPicture: Bool { self != .text && self != .json }
        }

        @Argument(help: "The business use case, such as R_BUC_07.")
        var buc: BUCType

        @Option(help: "One side only: CaseOwner or Counterparty.")
        var role: CaseRole?

        @Option(help: "What may travel in this state, such as 2; S is the start.")
        var state: String?

        @Option(help: "Why this document may or may not travel in the state; without --state at the start.")
        var sed: SEDType?

        @Option(
            help: """
                How to write the result: text or json; a picture of the main course as mermaid or dot; markdown, the \
                page of docs/buc.
                """
        )
        var format: Format = .text

        @OptionGroup var languages: LanguageOptions
        @OptionGroup var schemas: SchemaOptions

        func validate() throws {
            if format.isPicture, state != nil || sed != nil {
                throw ValidationError("--state and --sed go with --format text or json.")
            }
            if format == .markdown, role != nil { throw ValidationError("--format markdown has both sides.") }
            if let role, !CaseRole.sides.contains(role) {
                throw ValidationError("--role is CaseOwner or Counterparty.")
            }
        }

        func run() throws {
            let reference = try schemas.load()
            guard let useCase = try reference.useCases.useCase(buc) else {
                Output.complain("error: \(buc) is not known")
                throw ExitStatus.undone
            }
            let tables = [useCase.owner, useCase.counterparty].filter { role == nil || $0.role == role }
            switch format {
            case .mermaid: Output.text(UseCasePicture.mermaid(tables.map(UseCasePicture.init)))
            case .dot: Output.text(UseCasePicture.dot(useCase.type.code, tables.map(UseCasePicture.init)))
            case .markdown: Output.text(UseCasePage(useCase, try reference.vocabulary()).markdown)
            case .text, .json:
                if state != nil || sed != nil {
                    try explain(useCase, tables, reference)
                } else {
                    try list(useCase, tables, try reference.vocabulary())
                }
            }
        }

        private func list(_ useCase: BusinessUseCase, _ tables: [RoleTable], _ vocabulary: CaseVocabulary) throws {
            let details = UseCaseDetails(useCase, tables)
            if format == .json { return Output.line(try StableJSON.encode(details, pretty: true)) }
            let words = languages.words
            let title = words.title(details.useCase)
            let source = vocabulary.told(reference: useCase.reference, words.language)
            Output.line("\(useCase.type) \(useCase.version): \(title) (\(source))")
            Output.line(words.starter(details.useCase))
            for side in details.sides {
                Output.line("")
                Output.line(words.side(side.role, ends: side.endStates))
                Output.table(
                    words.transitionColumns,
                    side.transitions.map { row in
                        [
                            row.state, words.word(row.way), row.sed, row.reply ?? "-", row.about ?? "-", row.next,
                            row.process ?? "-", row.mark.map(words.word) ?? "-", row.contexts.joined(separator: ","),
                        ]
                    }
                )
            }
        }

        private func explain(_ useCase: BusinessUseCase, _ tables: [RoleTable], _ reference: ReferenceData) throws {
            let words = try reference.vocabulary()
            let teller = Teller(languages.language, reference.validator)
            let language = teller.language
            let state = StateID(self.state ?? StateID.start.name)
            let sides = tables.compactMap { table in
                CaseOutlook(at: state, in: table).map { outlook in
                    OutlookSide(outlook, isState: true, asking: sed, words, toldBy: teller)
                }
            }
            guard !sides.isEmpty else {
                let names = Set(tables.flatMap(\.states)).sorted().map(\.name)
                Output.complain("error: \(buc) has no state \(state); its states are \(names.joined(separator: ", "))")
                throw ExitStatus.undone
            }
            let report = OutlookReport(UseCaseItem(useCase), sides: sides)
            if format == .json { return Output.line(try StableJSON.encode(report, pretty: true)) }
            let title = language == .estonian ? useCase.titleEstonian : useCase.title
            let source = words.told(reference: useCase.reference, language)
            Output.line("\(useCase.type) \(useCase.version): \(title) (\(source))")
            for side in sides {
                Output.line("")
                // A question about one document wants no list of all others.
                OutlookText(language).write(side, isListed: sed == nil)
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

        @Option(help: "How to write the result: json, an object a line, or text, with what may follow at the end.")
        var format: OutputFormat = .json

        @OptionGroup var languages: LanguageOptions
        @OptionGroup var schemas: SchemaOptions

        func run() throws {
            let reference = try schemas.load()
            guard let table = try reference.useCases.useCase(buc)?.table(for: role) else {
                Output.complain("error: no state table is known for \(role.rawValue) in \(buc)")
                throw ExitStatus.undone
            }
            let teller = Teller(languages.language, reference.validator)
            let conditions = Set(try reference.useCases.conditions().map(\.name))
            var replay = CaseReplay(table: table, conditions: conditions, toldBy: teller)
            var isAllAllowed = true
            var played: [(step: ReplayStep, answer: ReplayAnswer)] = []
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
                if format == .json { Output.line(try StableJSON.encode(answer)) } else { played.append((step, answer)) }
            }
            if format == .text {
                let text = OutlookText(languages.language)
                text.write(played)
                Output.line("")
                let words = try reference.vocabulary()
                for outlook in replay.outlooks {
                    let side = OutlookSide(outlook, isState: false, asking: nil, words, toldBy: teller)
                    text.write(side, isListed: true)
                }
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

extension SEDType: ExpressibleByArgument {
    public init?(argument: String) {
        self.init(parsing: argument)
    }
}

// SPDX-License-Identifier: EUPL-1.2

import ArgumentParser
import SEDCases
import SEDCore
import SEDInspection
import SEDProcessor

extension CaseCommand {
    struct Due: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "due",
            abstract: "Lists what is due: by when, by whom, under which provision, and what to do.",
            discussion: """
                Without --until it lists what is overdue and what is due within 30 days. The days are counted, and \
                last days are moved to working days, as docs/deadlines.md says.
                """
        )

        enum By: String, ExpressibleByArgument, CaseIterable {
            case us
            case them
            case anyone
        }

        @Option(help: "Only what these have to do: us, them or anyone.")
        var by: By = .anyone

        @Option(help: "The last day that is listed, such as 2026-12-31.")
        var until: CivilDate?

        @Flag(help: "Only what is overdue.")
        var overdue = false

        @Option(help: "The day that counts as today.")
        var date: CivilDate?

        @OptionGroup var workspace: WorkspaceOptions
        @OptionGroup var schemas: SchemaOptions
        @OptionGroup var languages: LanguageOptions

        @Option(help: "How to write the result: text or json.")
        var format: OutputFormat = .text

        func run() throws {
            let today = date ?? SystemTime.now().date
            let query = DueQuery(
                today: today, until: until ?? today.adding(days: 30), by: by == .us ? .us : by == .them ? .them : nil,
                isOverdueOnly: overdue
            )
            let reference = try schemas.load()
            let items = try workspace.open().dueItems(query, useCases: reference.useCases)
            switch format {
            case .json:
                Output.line(
                    try StableJSON.encode(
                        Listing(
                            formatVersion: 1, today: today.description, until: query.until.description, deadlines: items
                        ),
                        pretty: true
                    )
                )
            case .text:
                let words = DueWords(
                    language: languages.language, today: today, vocabulary: try reference.vocabulary())
                for item in items { Output.line(words.block(item)) }
                Output.line(words.summary(items))
            }
        }
    }

    private struct Listing: Encodable {
        let formatVersion: Int
        let today: String
        let until: String
        let deadlines: [DueItem]
    }
}

extension CivilDate: ExpressibleByArgument {
    public init?(argument: String) {
        // A zone means nothing for a day that a person names.
        guard argument.utf8.count == 10 else { return nil }
        self.init(parsing: argument)
    }
}

// SPDX-License-Identifier: EUPL-1.2

import ArgumentParser
import SEDCore
import SEDInspection
import SEDProcessor

struct CaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "case", abstract: "Cases and their history.",
        subcommands: [List.self, Show.self, Timeline.self, Rebuild.self, Due.self]
    )

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists all cases.")

        @OptionGroup var workspace: WorkspaceOptions
        @OptionGroup var languages: LanguageOptions

        @Option(help: "How to write the result: text or json.")
        var format: OutputFormat = .text

        func run() throws {
            let cases = try workspace.open().caseItems()
            switch format {
            case .json:
                Output.line(try StableJSON.encode(Listing(formatVersion: 1, cases: cases), pretty: true))
            case .text:
                Output.table(
                    languages.words.caseColumns,
                    cases.map {
                        [$0.caseId, $0.buc, $0.role, $0.state, String($0.documents), String($0.pending)]
                    }
                )
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Shows a case: documents, participants, deadlines, and what may travel now."
        )

        @Argument(help: "The case identifier.")
        var id: UniqueID

        @Option(help: "Which of our institutions, where several take part; the first, unless named.")
        var institution: InstitutionID?

        @OptionGroup var workspace: WorkspaceOptions
        @OptionGroup var languages: LanguageOptions
        @OptionGroup var schemas: SchemaOptions

        @Option(help: "How to write the result: text or json.")
        var format: OutputFormat = .text

        @Flag(help: "Only what may travel now in each thread: titles, content conditions, where it leads.")
        var outlook = false

        @Option(help: "Only why this document may or may not travel now in each thread, such as X008.")
        var sed: SEDType?

        func run() throws {
            if outlook || sed != nil { return try explain() }
            let reference = try schemas.load()
            let teller = Teller(languages.language, reference.validator)
            let known = try workspace.open().caseDetails(
                id, of: institution, useCases: reference.useCases, toldBy: teller
            )
            guard let details = known else {
                Output.complain("error: there is no case \(id)")
                throw ExitStatus.undone
            }
            switch format {
            case .json:
                Output.line(try StableJSON.encode(details, pretty: true))
            case .text:
                let vocabulary = try reference.vocabulary()
                for line in languages.words.lines(details, vocabulary) { Output.line(line) }
            }
        }

        private func explain() throws {
            let report = try workspace.open().caseOutlook(
                id, of: institution, asking: sed, reference: schemas.load(), language: languages.language
            )
            guard let report else {
                Output.complain("error: there is no case \(id)")
                throw ExitStatus.undone
            }
            if format == .json { return Output.line(try StableJSON.encode(report, pretty: true)) }
            Output.line("case \(report.caseId): \(report.buc) (\(report.institution))")
            for thread in report.threads {
                Output.line("")
                Output.line("thread \(thread.number): \(thread.counterparty ?? "-")")
                OutlookText(languages.language).write(thread.outlook, isListed: outlook || sed == nil)
            }
        }
    }

    struct Timeline: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "timeline", abstract: "Shows what happened in a case, oldest first.")

        @Argument(help: "The case identifier.")
        var id: UniqueID

        @Option(help: "Which of our institutions, where several take part; the first, unless named.")
        var institution: InstitutionID?

        @OptionGroup var workspace: WorkspaceOptions
        @OptionGroup var languages: LanguageOptions
        @OptionGroup var schemas: SchemaOptions

        @Option(help: "How to write the result: text or json.")
        var format: OutputFormat = .text

        func run() throws {
            let entries = try workspace.open().timeline(
                of: id, of: institution, toldBy: languages.teller(schemas)
            )
            if entries.isEmpty {
                Output.complain("error: there is no case \(id)")
                throw ExitStatus.undone
            }
            switch format {
            case .json:
                Output.line(
                    try StableJSON.encode(Timetable(formatVersion: 1, caseId: id.text, events: entries), pretty: true))
            case .text:
                let words = languages.words
                Output.table(
                    words.timelineColumns,
                    entries.map { entry in
                        [
                            entry.at, words.word(entry.event), entry.sed ?? "-", entry.version.map(String.init) ?? "-",
                            entry.from ?? "-", entry.to ?? "-", entry.counterparty ?? "-", entry.message,
                            entry.remark ?? "",
                        ]
                    }
                )
            }
        }
    }

    struct Rebuild: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rebuild",
            abstract: "Makes cases anew from the messages alone, and tells what differs.",
            discussion: """
                Without --check, what differs is put right: messages that find a place have their effects, and those that \
                have lost theirs wait again.
                """
        )

        @Argument(help: "The case identifiers; all cases unless named.")
        var ids: [UniqueID] = []

        @Flag(help: "Only compare; the status is 1 when something differs.")
        var check = false

        @Option(
            help: """
                Only tell what would differ, were old messages received today: those that this version of piiripost or \
                an earlier one has judged (0.1.0), a catalogue or one used before it (the first 8 digits of its digest \
                or more), or all.
                """
        )
        var sinceVersion: CaseTrial.Since?

        @OptionGroup var workspace: WorkspaceOptions
        @OptionGroup var languages: LanguageOptions
        @OptionGroup var schemas: SchemaOptions

        @Option(help: "How to write the result: text or json.")
        var format: OutputFormat = .text

        func validate() throws {
            if check, sinceVersion != nil {
                throw ValidationError("--since-version compares in any case; leave out --check")
            }
        }

        func run() throws {
            let workspace = try workspace.open()
            let reference = try schemas.load()
            if let sinceVersion { return try trial(workspace, reference, sinceVersion) }
            let rebuild = CaseRebuild(workspace: workspace, reference: reference, actor: "case rebuild")
            let lock = try check ? nil : workspace.lock()
            defer { withExtendedLifetime(lock) {} }
            let result = try rebuild.run(ids, isCheck: check)
            switch format {
            case .json:
                Output.line(try StableJSON.encode(result, pretty: true))
            case .text:
                let words = languages.words
                for difference in result.differences { Output.line(words.difference(difference)) }
                Output.line(words.rebuilt(result, isCheck: check))
            }
            if check, !result.differences.isEmpty { throw ExitStatus.no }
        }

        private func trial(_ workspace: Workspace, _ reference: ReferenceData, _ since: CaseTrial.Since) throws {
            let output = TrialOutput(format)
            let progress = ProgressLine()
            let summary = try CaseTrial(workspace: workspace, reference: reference).run(
                ids, since: since, progress: { progress.show("\($0) of \($1) messages") },
                observe: { difference in
                    progress.clear()
                    try output.add(difference)
                }
            )
            progress.clear()
            try output.finish(summary)
            if summary.messagesThatDiffer > 0 || summary.casesThatDiffer > 0 { throw ExitStatus.no }
        }
    }

    private struct Listing: Encodable {
        let formatVersion: Int
        let cases: [CaseItem]
    }

    private struct Timetable: Encodable {
        let formatVersion: Int
        let caseId: String
        let events: [TimelineEntry]
    }
}

extension CaseTrial.Since: ExpressibleByArgument {
    public init?(argument: String) {
        self.init(parsing: argument)
    }
}

// SPDX-License-Identifier: EUPL-1.2

import ArgumentParser
import SEDCore
import SEDProcessor

struct CaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "case", abstract: "Cases and their history.",
        subcommands: [List.self, Show.self, Timeline.self, Rebuild.self]
    )

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists all cases.")

        @OptionGroup var workspace: WorkspaceOptions

        @Option(help: "How to write the result: text or json.")
        var format: OutputFormat = .text

        func run() throws {
            let cases = try workspace.open().caseItems()
            switch format {
            case .json:
                Output.line(try StableJSON.encode(Listing(formatVersion: 1, cases: cases), pretty: true))
            case .text:
                Output.table(
                    ["CASE", "BUC", "ROLE", "STATE", "DOCUMENTS", "PENDING"],
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
        @OptionGroup var schemas: SchemaOptions

        @Option(help: "How to write the result: text or json.")
        var format: OutputFormat = .text

        @Flag(help: "Only what may travel now in each thread: titles, content conditions, where it leads.")
        var outlook = false

        @Option(help: "Only why this document may or may not travel now in each thread, such as X008.")
        var sed: SEDType?

        @OptionGroup var languages: LanguageOptions

        func run() throws {
            if outlook || sed != nil { return try explain() }
            guard
                let details = try workspace.open().caseDetails(
                    id, of: institution, useCases: schemas.load().useCases
                )
            else {
                Output.complain("error: there is no case \(id)")
                throw ExitStatus.undone
            }
            switch format {
            case .json:
                Output.line(try StableJSON.encode(details, pretty: true))
            case .text:
                let item = details.item
                Output.line(
                    "case \(item.caseId): \(item.buc) as \(item.role) (\(details.institution)), state \(item.state)")
                if !details.otherInstitutions.isEmpty {
                    Output.line("also a case of: \(list(details.otherInstitutions))")
                }
                if details.threads.count > 1 {
                    for thread in details.threads {
                        let state = "with \(thread.counterparty ?? "nobody yet"), state \(thread.state)"
                        Output.line("thread \(thread.number) \(state): may be sent now: \(list(thread.maySend))")
                        Output.line("thread \(thread.number) \(state): may arrive now: \(list(thread.mayArrive))")
                    }
                } else {
                    Output.line("may be sent now: \(list(details.maySend))")
                    Output.line("may arrive now: \(list(details.mayArrive))")
                }
                for party in details.participants {
                    Output.line("participant \(party.institution) \(party.role)\(party.isActive ? "" : " (left)")")
                }
                for document in details.documents {
                    let validity = document.isValid ? "" : ", not valid any more"
                    Output.line(
                        "document \(document.set) \(document.sed) \(document.way), version \(document.version)\(validity)"
                    )
                }
                for resend in details.resends {
                    let what = "\(resend.sed) \(resend.set), version \(resend.version), to \(resend.receiver)"
                    let state = resend.doneBy.map { "sent as \($0)" } ?? "to be sent as \(resend.action)"
                    Output.line("resend \(what): \(state)")
                }
                for deadline in details.deadlines {
                    Output.line(
                        "deadline \(deadline.dueOn) \(deadline.name)\(deadline.isRunning ? "" : " (stopped)"): "
                            + "\(deadline.basis), \(deadline.reference)"
                    )
                }
                for finding in details.findings {
                    let place = "\(finding.message) \(finding.sed ?? "-")"
                    Output.line("\(finding.severity) in \(place): \(finding.text) [\(finding.rule)]")
                }
                for waiting in details.pending {
                    Output.line("pending \(waiting.id) \(waiting.sed ?? "-"): \(waiting.reason ?? "-")")
                }
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

        private func list(_ codes: [String]) -> String { codes.isEmpty ? "nothing" : codes.joined(separator: ", ") }
    }

    struct Timeline: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "timeline", abstract: "Shows what happened in a case, oldest first.")

        @Argument(help: "The case identifier.")
        var id: UniqueID

        @Option(help: "Which of our institutions, where several take part; the first, unless named.")
        var institution: InstitutionID?

        @OptionGroup var workspace: WorkspaceOptions

        @Option(help: "How to write the result: text or json.")
        var format: OutputFormat = .text

        func run() throws {
            let entries = try workspace.open().timeline(of: id, of: institution)
            if entries.isEmpty {
                Output.complain("error: there is no case \(id)")
                throw ExitStatus.undone
            }
            switch format {
            case .json:
                Output.line(
                    try StableJSON.encode(Timetable(formatVersion: 1, caseId: id.text, events: entries), pretty: true))
            case .text:
                Output.table(
                    ["TIME", "EVENT", "SED", "VERSION", "FROM", "TO", "MESSAGE", "REMARK"],
                    entries.map { entry in
                        [
                            entry.at, entry.event, entry.sed ?? "-", entry.version.map(String.init) ?? "-",
                            entry.from ?? "-", entry.to ?? "-", entry.message, entry.remark ?? "",
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

        @OptionGroup var workspace: WorkspaceOptions
        @OptionGroup var schemas: SchemaOptions

        @Option(help: "How to write the result: text or json.")
        var format: OutputFormat = .text

        func run() throws {
            let workspace = try workspace.open()
            let reference = try schemas.load()
            let rebuild = CaseRebuild(workspace: workspace, reference: reference, actor: "case rebuild")
            let lock = try check ? nil : workspace.lock()
            defer { withExtendedLifetime(lock) {} }
            let result = try rebuild.run(ids, isCheck: check)
            switch format {
            case .json:
                Output.line(try StableJSON.encode(result, pretty: true))
            case .text:
                for difference in result.differences { Output.line(difference.text) }
                Output.line("\(result.cases) cases, \(result.differences.count) \(check ? "differ" : "changed")")
            }
            if check, !result.differences.isEmpty { throw ExitStatus.no }
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

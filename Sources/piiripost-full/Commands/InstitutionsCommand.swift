// SPDX-License-Identifier: EUPL-1.2

import ArgumentParser
import SEDCore
import SEDInspection
import SEDProcessor

struct InstitutionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "institutions", abstract: "The directory of institutions: who may be written to, about what.",
        subcommands: [Import.self, List.self, Show.self]
    )

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import",
            abstract: "Makes the directory what these files say, all together.",
            discussion: """
                SYN001, CSV and YAML are told apart by their content. An institution that the files do not name is \
                gone from today on. When anything is wrong in a file, nothing is imported.
                """
        )

        @Argument(help: "The files of the directory; - is standard input.", completion: .file())
        var files: [String]

        @OptionGroup var workspace: WorkspaceOptions

        @Option(help: "Take this moment for now (2026-01-15T10:00:00Z), for tests and replays.")
        var now: Instant?

        @Option(help: "How to write the result: text or json.")
        var format: OutputFormat = .text

        func run() throws {
            let contents = try files.map { (path: $0, bytes: try InstitutionFiles.bytes($0)) }
            let result = try workspace.open().importInstitutions(
                contents, actor: "institutions", at: now ?? SystemTime.now()
            )
            switch format {
            case .json:
                Output.line(try StableJSON.encode(Result(result: result), pretty: true))
            case .text:
                Output.line(
                    "import \(result.number): \(result.institutions) institutions, \(result.competences) competences; "
                        + "\(result.added) added, \(result.changed) changed, \(result.ended) ended"
                )
            }
        }

        private struct Result: Encodable {
            let formatVersion = 1
            let result: InstitutionImportItem
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists institutions.")

        @OptionGroup var workspace: WorkspaceOptions

        @Option(help: "Only those of this country, such as SE; EESSI writes EL and UK.")
        var country: String?

        @Option(help: "Only those that handle this business use case.")
        var buc: BUCType?

        @Option(help: "Only those that have this role, CaseOwner, Counterparty or IntelligentRA.")
        var role: CaseRole?

        @Option(help: "Only what holds on this day, such as 2026-01-15; also institutions that are gone by now.")
        var day: CivilDate?

        @Option(help: "How to write the result: text or json.")
        var format: OutputFormat = .text

        func run() throws {
            var filter = InstitutionFilter()
            filter.country = country
            filter.buc = buc
            filter.role = role
            filter.day = day
            let listing = try workspace.open().institutionItems(filter)
            switch format {
            case .json:
                Output.line(try StableJSON.encode(listing, pretty: true))
            case .text:
                Output.table(
                    ["ID", "VALID", "COMPETENCES", "NAME"],
                    listing.institutions.map { item in
                        [
                            item.id, InstitutionsCommand.period(item.validFrom, item.validTo),
                            String(item.competences.count), item.name ?? "-",
                        ]
                    }
                )
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Shows an institution with its competences.")

        @Argument(help: "The institution, such as SE:FK0001.")
        var id: InstitutionID

        @OptionGroup var workspace: WorkspaceOptions

        @Option(help: "How to write the result: text or json.")
        var format: OutputFormat = .text

        func run() throws {
            guard let item = try workspace.open().institutionItem(id) else {
                Output.complain("error: the directory does not know \(id)")
                throw ExitStatus.undone
            }
            switch format {
            case .json:
                Output.line(try StableJSON.encode(Details(institution: item), pretty: true))
            case .text:
                let kind = item.liaison == true ? ", liaison body" : ""
                Output.line("\(item.id): \(item.name ?? "-")\(kind)")
                Output.line("valid: \(InstitutionsCommand.period(item.validFrom, item.validTo))")
                if let day = item.goneOn { Output.line("not imported any more since \(day)") }
                for competence in item.competences {
                    let ready = competence.ready.map { $0 ? ", ready" : ", not ready" } ?? ""
                    let period = InstitutionsCommand.period(competence.from, competence.to)
                    Output.line("\(competence.buc) \(competence.role): \(period)\(ready)")
                }
            }
        }

        private struct Details: Encodable {
            let formatVersion = 1
            let institution: InstitutionItem
        }
    }

    fileprivate static func period(_ from: String?, _ to: String?) -> String {
        switch (from, to) {
        case (nil, nil): "always"
        case (let from?, nil): "from \(from)"
        case (nil, let to?): "until \(to)"
        case (let from?, let to?): "\(from) to \(to)"
        }
    }
}

/// Files of the directory of institutions, read whole.
enum InstitutionFiles {
    static func bytes(_ path: String) throws -> [UInt8] {
        let limit = InstitutionFileForm.largest
        switch path == "-" ? InputFile.standardInput(limit: limit) : InputFile.read(path, limit: limit) {
        case .bytes(let bytes): return bytes
        case .tooLarge: throw Unreadable(path: path, reason: "the file has more than \(limit >> 20) MiB")
        case .failure(let reason): throw Unreadable(path: path, reason: reason)
        }
    }

    private struct Unreadable: Error, CustomStringConvertible {
        let path: String
        let reason: String

        var description: String { "\(TerminalText.fileName(path)): \(reason)" }
    }
}

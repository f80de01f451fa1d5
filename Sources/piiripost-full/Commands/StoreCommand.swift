// SPDX-License-Identifier: EUPL-1.2

import ArgumentParser
import Foundation
import SEDCore
import SEDInspection
import SEDProcessor

struct StoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store", abstract: "Backs up, restores and checks the store of a workspace.",
        subcommands: [Backup.self, Restore.self, Check.self]
    )

    struct Backup: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "backup", abstract: "Writes the store as it is now to a new file, while others work.")

        @Argument(help: "The file to write; it must not exist.", completion: .file())
        var file: String

        @OptionGroup var workspace: WorkspaceOptions

        func run() throws {
            var progress = Progress(total: 100, showsResults: false)
            try workspace.open().backUp(to: file) { progress.show(Int($0 * 100)) }
            progress.finish()
        }
    }

    struct Restore: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "restore",
            abstract: "Makes a backup the store of the workspace, after checking it; the old store is kept beside it."
        )

        @Argument(help: "The backup.", completion: .file())
        var file: String

        @Option(help: "Who restores, for the audit trail; else the user of the system.")
        var by: String?

        @OptionGroup var workspace: WorkspaceOptions
        @OptionGroup var languages: LanguageOptions

        @Option(help: "How to write the result: text or json.")
        var format: OutputFormat = .text

        func run() throws {
            var progress = Progress(total: 100, showsResults: false)
            let report = try Workspace.restore(
                file, to: workspace.path(), at: SystemTime.now(), by: by ?? ProcessInfo.processInfo.userName
            ) { progress.show(Int($0 * 100)) }
            progress.finish()
            switch format {
            case .json: Output.line(try StableJSON.encode(report, pretty: true))
            case .text: for line in languages.words.lines(report) { Output.line(line) }
            }
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Holds every stored message against its digest, and checks the database file.",
            discussion: "Whether the cases are what their messages make of them is told by case rebuild --check."
        )

        @OptionGroup var workspace: WorkspaceOptions
        @OptionGroup var languages: LanguageOptions

        @Option(help: "How to write the result: text or json.")
        var format: OutputFormat = .text

        func run() throws {
            let report = try workspace.open().checkStore()
            switch format {
            case .json: Output.line(try StableJSON.encode(report, pretty: true))
            case .text: for line in languages.words.lines(report) { Output.line(line) }
            }
            if !report.faults.isEmpty { throw ExitStatus.no }
        }
    }
}

// SPDX-License-Identifier: EUPL-1.2

import ArgumentParser
import Foundation
import SEDInspection
import SEDXML

struct Piiripost: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "piiripost",
        abstract: "Judges, routes and follows the messages of Europe's social-security coordination.",
        discussion: """
            Results go to standard output, everything else to standard error.
            Exit status: 0 all valid or done, 1 at least one invalid or the answer is no, 2 undecided or the work \
            could not be done, 64 wrong usage.
            """,
        version: "\(ProgramVersion.text) (libxml2 \(XMLLibrary.version))",
        subcommands: [
            ValidateCommand.self, ExplainCommand.self, ConvertCommand.self, ProcessCommand.self, QueueCommand.self,
            TopCommand.self, StoreCommand.self,
            CaseCommand.self,
            BUCCommand.self, RatesCommand.self, RecoveryCommand.self, InstitutionsCommand.self, ManualCommand.self,
        ]
    )
}

@main
enum Main {
    static func main() async {
        // Messages hold personal data: what this program creates is for its user and group alone.
        umask(0o007)
        var command: any ParsableCommand
        do {
            command = try Piiripost.parseAsRoot()
        } catch {
            Piiripost.exit(withError: error)
        }
        do {
            if let validate = command as? ValidateCommand {
                // Called through the protocol it would leave the main thread, and a process that may start no second
                // one (little memory, a limit of the caller) would wait for ever.
                try await validate.perform()
            } else if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let status as ExitCode {
            Foundation.exit(status.rawValue)
        } catch  where [ExitCode.success, .validationFailure].contains(Piiripost.exitCode(for: error)) {
            // Help that was asked for, and wrong usage, are the argument parser's own affair.
            Piiripost.exit(withError: error)
        } catch {
            Output.complain("error: \(error)")
            Foundation.exit(ExitStatus.undone.rawValue)
        }
    }
}

/// The exit statuses of the contract; `docs/exit-codes.md` explains them.
enum ExitStatus {
    static let no = ExitCode(1)
    static let undone = ExitCode(2)
}

// SPDX-License-Identifier: EUPL-1.2

import ArgumentParser
import Foundation
import SEDInspection
import SEDProcessor
import SEDServer

struct Piiripostd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "piiripostd",
        abstract: "Drains a workspace continuously: all queues, timers and deliveries.",
        discussion: """
            SIGTERM and SIGINT end it when the batch is done and what is ready is delivered; a second one ends it at \
            once. SIGHUP has it read configuration and schemas again; where they are faulty, those before stay in force.
            Exit status: 0 ended by a signal, 2 the work could not be done, 64 wrong usage.
            """,
        version: ProgramVersion.text
    )

    @Option(help: "The workspace; else $PIIRIPOST_HOME, else ~/.local/state/piiripost.", completion: .directory)
    var workspace: String?

    @Option(
        help: """
            A folder like sed-schemas, or a bundle of official schemas, instead of the schemas that came with the \
            program.
            """,
        completion: .directory
    )
    var schemas: String?

    @Option(help: "Where health and metrics are shown: a loopback address and a port (0: any), or off.")
    var listen: Listen?

    @Option(help: "How the log is written to standard error: text or json.")
    var logFormat: LogFormat = .json

    func run() async throws {
        let listening: Daemon.Listening =
            switch listen {
            case nil: .configured
            case .off: .off
            case .at(let address): .at(address)
            }
        try await Daemon(
            workspace: Workspace.path(workspace), schemas: schemas, listening: listening, logFormat: logFormat
        ).run()
    }

    enum Listen: ExpressibleByArgument {
        case off
        case at(ListenAddress)

        init?(argument: String) {
            if argument == "off" {
                self = .off
            } else if let address = ListenAddress(parsing: argument) {
                self = .at(address)
            } else {
                return nil
            }
        }
    }
}

extension LogFormat: ExpressibleByArgument {}

@main
enum Main {
    static func main() async {
        // Messages hold personal data: what this program creates is for its user and group alone.
        umask(0o007)
        do {
            var command = try Piiripostd.parseAsRoot()
            if let daemon = command as? Piiripostd { try await daemon.run() } else { try command.run() }
        } catch  where [ExitCode.success, .validationFailure].contains(Piiripostd.exitCode(for: error)) {
            Piiripostd.exit(withError: error)
        } catch {
            Output.complain("error: \(error)")
            exit(2)
        }
    }
}

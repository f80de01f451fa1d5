// SPDX-License-Identifier: EUPL-1.2

import ArgumentParser
import Foundation
import SEDCore
import SEDProcessor

/// Where the schemas are.
struct SchemaOptions: ParsableArguments {
    @Option(help: "The folder sed-schemas, if not the one that came with the program.")
    var schemas: String?

    func load() throws -> ReferenceData { try ReferenceData(folder: folder()) }

    func folder() throws -> SchemaFolder {
        if let schemas { return SchemaFolder(path: schemas) }
        let program = Bundle.main.executablePath ?? CommandLine.arguments[0]
        return try SchemaFolder.find(environment: ProcessInfo.processInfo.environment, executable: program)
    }
}

/// Where the workspace is.
struct WorkspaceOptions: ParsableArguments {
    @Option(help: "The workspace; else $PIIRIPOST_HOME, else ~/.local/state/piiripost.")
    var workspace: String?

    func path() -> String {
        if let workspace { return workspace }
        let environment = ProcessInfo.processInfo.environment
        if let home = environment["PIIRIPOST_HOME"], !home.isEmpty { return home }
        return (environment["HOME"] ?? ".") + "/.local/state/piiripost"
    }

    func open() throws -> Workspace { try Workspace(path: path()) }
}

extension Instant: ExpressibleByArgument {
    public init?(argument: String) {
        self.init(parsing: argument)
    }
}

extension InstitutionID: ExpressibleByArgument {
    public init?(argument: String) {
        self.init(parsing: argument)
    }
}

extension UniqueID: ExpressibleByArgument {
    public init?(argument: String) {
        self.init(parsing: argument)
    }
}

extension BUCType: ExpressibleByArgument {
    public init?(argument: String) {
        self.init(parsing: argument)
    }
}

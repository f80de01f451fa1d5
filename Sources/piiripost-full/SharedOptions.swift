// SPDX-License-Identifier: EUPL-1.2

import ArgumentParser
import Foundation
import SEDCore
import SEDInspection
import SEDProcessor
import SEDValidation

/// Where the schemas are.
struct SchemaOptions: ParsableArguments {
    @Option(
        help: """
            A folder like sed-schemas, or a bundle of official schemas (<SED>-4.4.xsd and what they import), \
            instead of the schemas that came with the program.
            """,
        completion: .directory
    )
    var schemas: String?

    func load() throws -> ReferenceData { try ReferenceSource(path: schemas).load() }

    /// Only what judging needs, which is read in a fraction of the time.
    func validator(rules: String? = nil) throws -> Validator {
        try ReferenceSource(path: schemas).validator(
            addedRules: try rules.map { try SchemaFolder.rules(in: $0) } ?? [])
    }
}

/// In which language findings are worded.
struct LanguageOptions: ParsableArguments {
    @Option(help: "The language of findings, en or et; else that of the locale, else English.")
    var lang: Language?

    var language: Language {
        lang ?? Surroundings.language
    }
}

extension LanguageOptions {
    var words: PipelineWords { PipelineWords(language: language) }

    /// Tells in the language; the schemas are looked for only where they hold its words.
    func teller(_ schemas: SchemaOptions) -> Teller {
        guard language != .english, let validator = try? schemas.validator() else { return .english }
        return Teller(language, validator)
    }
}

extension Language: ExpressibleByArgument {}
extension MessageDirection: ExpressibleByArgument {}
extension FailOn: ExpressibleByArgument {}
extension Color: ExpressibleByArgument {}

/// Where the workspace is.
struct WorkspaceOptions: ParsableArguments {
    @Option(
        help: "The workspace; else $PIIRIPOST_HOME, else ~/.local/state/piiripost.", completion: .directory
    )
    var workspace: String?

    func path() -> String { Workspace.path(workspace) }

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

// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
internal import SEDInspection
package import SEDValidation

/// Where schemas come from: a folder that somebody named, or the one that came with the program.
package struct ReferenceSource: Hashable, Sendable {
    /// A folder like `sed-schemas`, or a bundle of official schemas; nil for what came with the program.
    private let path: String?

    package init(path: String?) {
        self.path = path
    }

    package func load() throws -> ReferenceData {
        let (folder, bundle) = try sources()
        return try ReferenceData(folder: folder, bundle: bundle)
    }

    /// Only what judging needs, which is read in a fraction of the time.
    package func validator(addedRules: [AddedRuleFile] = []) throws -> Validator {
        let (folder, bundle) = try sources()
        return try ReferenceData.validatorForJudging(folder: folder, bundle: bundle, addedRules: addedRules)
    }

    private func sources() throws -> (folder: SchemaFolder, bundle: SchemaBundle?) {
        guard let path else { return (try own(), nil) }
        let folder = SchemaFolder(path: path)
        return folder.hasCatalogue ? (try folder.sealed(), nil) : (try own(), try folder.bundle())
    }

    private func own() throws -> SchemaFolder {
        let program = Bundle.main.executablePath ?? CommandLine.arguments[0]
        let environment = ProcessInfo.processInfo.environment
        let folder = try SchemaFolder.find(environment: environment, executable: program)
        // A folder that somebody named may have been changed by hand.
        return environment["PIIRIPOST_SCHEMAS", default: ""].isEmpty ? folder : try folder.sealed()
    }
}

// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDCrypto
package import SEDInspection
package import SEDStorage
package import SEDValidation

/// Everything that judging and case work need from `sed-schemas`.
package struct ReferenceData: Sendable {
    package let folder: SchemaFolder
    package private(set) var validator: Validator
    package let useCases: UseCaseLibrary
    /// What judges with it; schemas of a bundle are not told apart.
    package let edition: Edition

    /// Loads the folder; a bundle's schemas take the place of its SED schemas.
    package init(folder: SchemaFolder, bundle: SchemaBundle? = nil) throws {
        self.folder = folder
        edition = Edition(
            version: ProgramVersion.text,
            catalogue: SHA256Digest(of: try folder.read("catalogue.xml")).description
        )
        let useCases = UseCaseLibrary(folder: folder)
        self.useCases = useCases
        validator = try Validator(
            folder: folder, bundle: bundle, combinations: { try useCases.combinations(of: $0) },
            conditions: useCases.conditions(), readsCaseFacts: true)
    }

    /// The same, judging converted amounts by the rates of a workspace.
    ///
    /// The rates are read over a connection of their own, because messages are judged within transactions here. Rates
    /// that cannot be read are noted in the faults of `folder`, which whoever rests on a judgement asks before it commits.
    func judging(with workspace: Workspace) -> ReferenceData {
        let faults = folder.faults
        let rates = faults.noting("rates") {
            let store = try Store(path: workspace.path + "/store.sqlite")
            return try Workspace(path: workspace.path, store: store).rateSupply(noting: faults)
        }
        guard let rates = rates ?? nil else { return self }
        var reference = self
        reference.validator = validator.with(rates: rates)
        return reference
    }

    /// The codes of all SEDs that can be judged.
    package var knownSEDs: Set<String> { Set(validator.library.catalogue.seds.map(\.type.code)) }

    /// A validator without the content conditions, which serve the placing in a case alone and take as long to read as
    /// a small SED to judge.
    package static func validatorForJudging(
        folder: SchemaFolder,
        bundle: SchemaBundle? = nil,
        addedRules: [AddedRuleFile] = []
    ) throws -> Validator {
        let useCases = UseCaseLibrary(folder: folder)
        return try Validator(
            folder: folder, bundle: bundle, combinations: { try useCases.combinations(of: $0) }, addedRules: addedRules)
    }
}

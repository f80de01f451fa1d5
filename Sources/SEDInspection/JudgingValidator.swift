// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
package import SEDValidation

extension Validator {
    /// A validator over a folder of schemas, with the rules and the day of this machine.
    ///
    /// `combinations` answers for the use cases; `conditions` and `readsCaseFacts` serve the placing in a case.
    package init(
        folder: SchemaFolder,
        bundle: SchemaBundle? = nil,
        combinations: @escaping CombinationSource,
        conditions: [ContentCondition] = [],
        readsCaseFacts: Bool = false,
        addedRules: [AddedRuleFile] = []
    ) throws {
        let library = try SchemaLibrary(read: { try folder.read($0) }, bundle: bundle)
        self.init(
            library: library, combinations: combinations, conditions: conditions, readsCaseFacts: readsCaseFacts,
            rules: try RuleLibrary(schemas: library, added: addedRules), today: { SystemTime.now().date }
        )
    }
}

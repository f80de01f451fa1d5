// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// Which messages one business use case knows at all, without regard to the moment.
package struct UseCaseCombinations: Hashable, Sendable {
    package let buc: BUCType
    package let versions: Set<CDMVersion>
    package let starter: SEDType
    package let isMultilateral: Bool
    /// What each role may send.
    package let senders: [CaseRole: Set<SEDType>]

    package init(
        buc: BUCType,
        versions: Set<CDMVersion>,
        starter: SEDType,
        isMultilateral: Bool,
        senders: [CaseRole: Set<SEDType>]
    ) {
        self.buc = buc
        self.versions = versions
        self.starter = starter
        self.isMultilateral = isMultilateral
        self.senders = senders
    }
}

/// Answers for each business use case what may be combined; nil for one that is not known here.
package typealias CombinationSource = @Sendable (BUCType) throws -> UseCaseCombinations?

/// A content condition that decides between rows of a state table, such as `R017-01`.
package struct ContentCondition: Hashable, Sendable {
    package let name: String
    package let sed: SEDType
    /// In words.
    package let meanings: [Language: String]
    /// Whether a source proves the meaning; else it is inferred.
    package let isVerified: Bool
    /// XPath 1.0, true or false, with the root of the SED as context.
    package let test: String

    package init(name: String, sed: SEDType, meanings: [Language: String], isVerified: Bool, test: String) {
        self.name = name
        self.sed = sed
        self.meanings = meanings
        self.isVerified = isVerified
        self.test = test
    }
}

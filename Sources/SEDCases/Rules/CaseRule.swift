// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// A rule of law about a case: it judges a document by what was placed before it.
///
/// The catalogue in `sed-schemas/rules` says what the rule is: its law, its severities, its words. What a rule needs and
/// the documents do not state makes it silent.
package struct CaseRule: Sendable {
    /// Where a document breaks the rule.
    package struct Breach: Hashable, Sendable {
        /// The fact that is wrong; its place is the finding's.
        package let fact: CaseFact
        /// The day of the event that the rule judges, where it is not that of the message.
        package let event: CivilDate?

        /// Nil when the document states neither the fact nor where its root is.
        init?(at fact: CaseFact?, of document: CaseDocument, event: CivilDate? = nil) {
            guard let fact = fact ?? document.fact(.document) else { return nil }
            self.fact = fact
            self.event = event
        }
    }

    typealias Check = @Sendable (CaseDocument, CaseHistory, CaseParameters) -> [Breach]

    package let id: RuleID
    /// The documents that it judges; nil for all.
    let judges: Set<String>?
    /// The use case that it is about; nil for all.
    let useCase: String?
    private let check: Check

    init(_ id: RuleID, judges: Set<String>?, in useCase: String? = nil, check: @escaping Check) {
        self.id = id
        self.judges = judges
        self.useCase = useCase
        self.check = check
    }

    /// A rule that is broken once or not at all.
    init(
        _ id: RuleID,
        judges: Set<String>?,
        in useCase: String? = nil,
        once check: @escaping @Sendable (CaseDocument, CaseHistory, CaseParameters) -> Breach?
    ) {
        self.init(id, judges: judges, in: useCase) { document, history, parameters in
            check(document, history, parameters).map { [$0] } ?? []
        }
    }

    /// Where the document breaks the rule; empty when it does not, and when that cannot be told.
    package func breaches(
        by document: CaseDocument,
        after history: CaseHistory,
        _ parameters: CaseParameters
    ) -> [Breach] {
        if let judges, !judges.contains(document.sed) { return [] }
        if let useCase, useCase != history.useCase.code { return [] }
        return check(document, history, parameters)
    }

    /// All rules, in the order in which the law is told.
    package static let all = applicableLegislation + notification + recovery + horizontal

    /// Refusals that may break a rule of law as well.
    ///
    /// A message that merely came early breaks none: what it waits for may still arrive.
    package static let misplacements: Set<RuleID> = [.outOfOrder, .caseClosed, .roleMismatch]

    /// What a refusal by the state table means in the words of the law, beside its own rule.
    package static func alsoBroken(
        by document: CaseDocument,
        after history: CaseHistory,
        refusedAs refusal: RuleID
    ) -> [RuleID] {
        guard misplacements.contains(refusal) else { return [] }
        var rules: [RuleID] = []
        if history.useCase.sector == "R" { rules.append(.misplacedInRecovery) }
        if refusal == .outOfOrder, lacksRequest(document, history) { rules.append(.replyWithoutRequest) }
        return rules
    }
}

/// Rules about cases that more than one place names; `sed-schemas/rules` describes each.
extension RuleID {
    package static let misplacedInRecovery: RuleID = "REC-STATE-001"
    package static let replyWithoutRequest: RuleID = "HOR-XREF-002"
}

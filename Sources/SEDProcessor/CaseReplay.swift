// SPDX-License-Identifier: EUPL-1.2

package import SEDCases
internal import SEDCore

/// One message of a course, as `piiripost buc replay` reads it.
package struct ReplayStep: Decodable, Hashable, Sendable {
    package let direction: String
    package let sed: String
    /// A content condition such as `R017-01`.
    package let context: String?
    /// The SED acted on: by X008, X011, X050, and by an update, which names its own SED.
    ///
    /// An update that has no place as a further document needs none.
    package let refSED: String?

    package init(direction: String, sed: String, context: String? = nil, refSED: String? = nil) {
        self.direction = direction
        self.sed = sed
        self.context = context
        self.refSED = refSED
    }
}

/// The answer to one step.
package struct ReplayAnswer: Encodable, Hashable, Sendable {
    package let step: Int
    package let allowed: Bool
    package let state: String?
    /// The other states the case may be in, where the content that decides was not told.
    package let alternatives: [String]?
    package let rule: String?
    package let message: String?
    package let expected: [String]?
    /// The id of a note with which the step is taken, such as CAS-016.
    package let note: String?
}

/// A step that names something that does not exist.
package struct ReplayError: Error, CustomStringConvertible {
    package let description: String
}

/// Plays a course of messages against a state table, following every branch that untold content leaves open.
package struct CaseReplay {
    private let table: RoleTable
    private let teller: Teller
    /// The names of all content conditions; nil where any is taken.
    private let conditions: Set<String>?
    private var branches: [CaseProgress]
    private var count: Int

    /// Plays from the start, or goes on with a case that has come further.
    ///
    /// A step that names a condition which neither `conditions` nor the table knows is an error, unless that is nil.
    package init(
        table: RoleTable,
        from progress: CaseProgress = CaseProgress(),
        conditions: Set<String>? = nil,
        toldBy teller: Teller = .english
    ) {
        self.table = table
        self.conditions = conditions?.union(table.transitions.flatMap(\.contexts))
        self.teller = teller
        branches = [progress]
        count = progress.steps.count
    }

    package mutating func play(_ step: ReplayStep) throws -> ReplayAnswer {
        guard let way = Way(rawValue: step.direction), let sed = SEDType(parsing: step.sed) else {
            throw ReplayError(description: "step \(count + 1): direction or sed is not one that exists")
        }
        let about = step.refSED.flatMap(SEDType.init(parsing:))
        if step.refSED != nil, about == nil {
            throw ReplayError(description: "step \(count + 1): refSED is not one that exists")
        }
        let contexts = step.context.map { Set($0.split(separator: ",").map { String($0.filter { $0 != " " }) }) }
        let unknown = conditions.flatMap { contexts?.subtracting($0).sorted() } ?? []
        guard unknown.isEmpty else {
            throw ReplayError(
                description: "step \(count + 1): there is no content condition \(unknown.joined(separator: ", "))")
        }
        count += 1
        func futures(of branches: [CaseProgress], about: SEDType?) -> [CaseProgress] {
            branches.flatMap { branch in
                branch.alternatives(
                    after: event(way, sed, contexts: contexts, about: about, on: branch), in: table)
            }
        }
        var next = futures(of: branches, about: about)
        // Where there is no place for a further document and a row for a version of the last one, it is that.
        if next.isEmpty, about == nil {
            let open = branches.filter { branch in
                table.transitions(from: branch.state).contains { $0.sed == sed && $0.way == way && $0.isUpdate }
            }
            next = futures(of: open, about: sed)
        }
        guard let first = next.first else {
            let branch = branches[0]
            let refusal = branch.refusal(
                of: event(way, sed, contexts: contexts, about: about, on: branch), in: table
            )
            return ReplayAnswer(
                step: count, allowed: false, state: nil, alternatives: nil, rule: refusal.rule.text,
                message: teller.told(refusal.words), expected: refusal.expected.map(\.code), note: nil
            )
        }
        var seen: Set<StateID> = []
        branches = next.filter { seen.insert($0.state).inserted }
        let others = branches.dropFirst().map(\.state.name)
        return ReplayAnswer(
            step: count, allowed: true, state: first.state.name, alternatives: others.isEmpty ? nil : others, rule: nil,
            message: nil, expected: nil,
            note: first.steps.last.map(table.isNoted) == true ? RuleID.sourcesDisagree.text : nil
        )
    }

    /// What may travel next, for each state that the case may be in.
    package var outlooks: [CaseOutlook] { branches.map { CaseOutlook(of: $0, in: table) } }

    /// A step names documents by type; here it becomes the latest valid document of that type.
    private func event(
        _ way: Way,
        _ sed: SEDType,
        contexts: Set<String>?,
        about: SEDType?,
        on branch: CaseProgress
    ) -> CaseEvent {
        guard about == sed else {
            return CaseEvent(way: way, sed: sed, set: "set-\(count)", contexts: contexts, about: about)
        }
        let document = branch.documents.last { $0.sed == sed && $0.way == way && $0.isValid }
        return CaseEvent(
            way: way, sed: sed, set: document?.set ?? "set-\(count)", version: (document?.version ?? 1) + 1,
            isUpdate: true, contexts: contexts
        )
    }
}

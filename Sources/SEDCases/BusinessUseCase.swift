// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// The state table of one side of a business use case.
package struct RoleTable: Hashable, Sendable {
    package let role: CaseRole
    /// All rows, in the order of the file; where several fit, the first wins.
    package let transitions: [Transition]
    /// States in which the process may be regarded as finished.
    package let endStates: Set<StateID>

    private let byState: [StateID: [Transition]]

    package init(role: CaseRole, transitions: [Transition], endStates: Set<StateID>) {
        self.role = role
        self.transitions = transitions
        self.endStates = endStates
        byState = Dictionary(grouping: transitions, by: \.state)
    }

    package func transitions(from state: StateID) -> [Transition] { byState[state] ?? [] }

    /// The states in the order in which the table first names them.
    package var states: [StateID] {
        var seen: Set<StateID> = []
        return transitions.flatMap { [$0.state, $0.next] }
            .filter { $0 != .lastValid && $0 != .end && seen.insert($0).inserted }
    }

    /// Whether the document belongs to a horizontal sub-process of this use case, such as H001 inside `R_BUC_07`.
    package func isSubprocess(_ sed: SEDType) -> Bool {
        transitions.contains { row in
            row.process?.hasPrefix("H_BUC") ?? false && (row.sed == sed || row.reply == sed)
        }
    }

    /// Whether a step was taken by a row on which the sources disagree (CAS-016).
    package func isNoted(_ step: CaseStep) -> Bool {
        let event = step.event
        let row = transitions(from: step.from).first { row in
            row.way == event.way && row.sed == event.sed && row.isUpdate == event.isUpdate
                && (row.about == nil || event.about == nil || row.about == event.about)
        }
        return row?.mark == .noted
    }

    /// Whether the table lets this side send the document somewhere.
    package func maySend(_ sed: SEDType) -> Bool {
        transitions.contains { ($0.way == .sent && $0.sed == sed) || ($0.way == .received && $0.reply == sed) }
    }
}

/// A business use case: who may send what, when, and what follows; pure data from `sed-schemas/buc`.
package struct BusinessUseCase: Hashable, Sendable {
    package let type: BUCType
    package let version: CDMVersion
    package let title: String
    package let titleEstonian: String
    package let reference: String
    package let isMultilateral: Bool
    package let starter: SEDType
    package let owner: RoleTable
    package let counterparty: RoleTable
    package let timers: [CaseTimer]

    package init(
        type: BUCType,
        version: CDMVersion,
        title: String,
        titleEstonian: String,
        reference: String,
        isMultilateral: Bool,
        starter: SEDType,
        owner: RoleTable,
        counterparty: RoleTable,
        timers: [CaseTimer]
    ) {
        self.type = type
        self.version = version
        self.title = title
        self.titleEstonian = titleEstonian
        self.reference = reference
        self.isMultilateral = isMultilateral
        self.starter = starter
        self.owner = owner
        self.counterparty = counterparty
        self.timers = timers
    }

    /// The same use case with those of the clocks that some document of it can start.
    package func adding(timers added: [CaseTimer]) -> BusinessUseCase {
        let known = Set(documents)
        return BusinessUseCase(
            type: type, version: version, title: title, titleEstonian: titleEstonian, reference: reference,
            isMultilateral: isMultilateral, starter: starter, owner: owner, counterparty: counterparty,
            timers: timers
                + added.filter { timer in timer.starts.contains { $0.sed.map(known.contains) ?? true } }
        )
    }

    /// Whether some clock depends on what a document states.
    package func asksForFacts(of sed: SEDType) -> Bool {
        timers.contains { timer in
            (timer.from != nil && timer.starts.contains { $0.sed == nil || $0.sed == sed })
                || (timer.starts + timer.stops).contains { trigger in
                    (trigger.sed == nil || trigger.sed == sed) && !(trigger.states.isEmpty && trigger.unless.isEmpty)
                }
        }
    }

    /// The clock of a name, nil where the use case has none such.
    package func timer(_ name: String) -> CaseTimer? { timers.first { $0.name == name } }

    /// The table of a side, or nil for a role that has none (a router, a data source).
    package func table(for role: CaseRole) -> RoleTable? {
        switch role {
        case .caseOwner: owner
        case .counterparty: counterparty
        case .intelligentRA, .dataSource, .dataDestination: nil
        }
    }

    /// Whether a side may send the document at all, in whatever state.
    package func maySend(_ sed: SEDType, as role: CaseRole) -> Bool {
        switch role {
        case .intelligentRA: sed.code == "X100" && owner.transitions.contains { $0.sed == sed }
        case .caseOwner, .counterparty, .dataSource, .dataDestination: table(for: role)?.maySend(sed) ?? false
        }
    }

    /// Every document that some side may send, in code order.
    package var documents: [SEDType] {
        Set((owner.transitions + counterparty.transitions).flatMap { [$0.sed] + ($0.reply.map { [$0] } ?? []) })
            .sorted()
    }
}

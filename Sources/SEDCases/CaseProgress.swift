// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// A document that travels in a case, reduced to what a state table asks about.
package struct CaseEvent: Hashable, Sendable {
    package let way: Way
    package let sed: SEDType
    /// The logical document; all its versions share it.
    package let set: String
    /// Counts from 1.
    package let version: Int
    /// Whether it replaces an earlier version (AD_BUC_10) rather than being sent for the first time or again.
    package let isUpdate: Bool
    /// The content conditions that hold, such as `R018-01`; nil when the content is not known.
    package let contexts: Set<String>?
    /// The document acted on by X008, X011 or X050, where known.
    package let about: SEDType?
    package let aboutSet: String?

    package init(
        way: Way,
        sed: SEDType,
        set: String,
        version: Int = 1,
        isUpdate: Bool = false,
        contexts: Set<String>? = nil,
        about: SEDType? = nil,
        aboutSet: String? = nil
    ) {
        self.way = way
        self.sed = sed
        self.set = set
        self.version = version
        self.isUpdate = isUpdate
        self.contexts = contexts
        self.about = about
        self.aboutSet = aboutSet
    }
}

/// One event that was placed in a case, and what it did to the state.
package struct CaseStep: Hashable, Sendable {
    package let event: CaseEvent
    package let from: StateID
    package let to: StateID

    package init(event: CaseEvent, from: StateID, to: StateID) {
        self.event = event
        self.from = from
        self.to = to
    }
}

/// How far one side's view of a case has come: a pure value, advanced by ``advance(by:in:)``.
///
/// What a table asks about is kept as the steps go, so that a step costs the same in a long case as in a short one.
package struct CaseProgress: Hashable, Sendable {
    package private(set) var state: StateID
    /// Everything that was placed, oldest first.
    package private(set) var steps: [CaseStep]
    private var index = DocumentIndex()
    /// What was placed at all, for replies that need their request.
    private var kinds: Set<DocumentKind> = []

    package init(steps: [CaseStep] = []) {
        self.steps = []
        state = .start
        for step in steps { append(step) }
    }

    private mutating func append(_ step: CaseStep) {
        steps.append(step)
        state = step.to
        kinds.insert(DocumentKind(sed: step.event.sed, way: step.event.way))
        index.note(step.event)
    }

    // MARK: Documents

    /// A logical document of the case.
    package struct Document: Hashable, Sendable {
        package let set: String
        package let sed: SEDType
        package let way: Way
        package let version: Int
        package let isValid: Bool

        package init(set: String, sed: SEDType, way: Way, version: Int, isValid: Bool) {
            self.set = set
            self.sed = sed
            self.way = way
            self.version = version
            self.isValid = isValid
        }
    }

    /// The documents of the case in order of arrival, each once, with its latest version.
    package var documents: [Document] { index.documents }

    /// The document of a set, with its latest version; nil while the case has none of it.
    package func document(of set: String) -> Document? { index[set] }

    /// X008 withdraws a document of its sender; X050 says that the receiver could not take one.
    static let withdrawing: Set<String> = ["X008", "X050"]

    private func hasOpenRequest(for reply: CaseEvent, among rows: [Transition]) -> Bool {
        let way = reply.way.opposite
        return rows.contains { row in
            row.reply == reply.sed && row.way == way && kinds.contains(DocumentKind(sed: row.sed, way: way))
        }
    }

    // MARK: Advancing

    /// Places an event in this value.
    ///
    /// - Returns: Whether the table had a place; nothing changes when it had none.
    package mutating func advance(by event: CaseEvent, in table: RoleTable) -> Bool {
        let event = resolved(event)
        guard let target = targets(of: event, in: table).first else { return false }
        append(CaseStep(event: event, from: state, to: target))
        return true
    }

    /// Where the table lets the event lead now; nil when it has no place for it.
    package func destination(of event: CaseEvent, in table: RoleTable) -> StateID? {
        targets(of: resolved(event), in: table).first
    }

    package func allows(_ event: CaseEvent, in table: RoleTable) -> Bool {
        destination(of: event, in: table) != nil
    }

    /// Places an event, or says why the table does not allow it.
    package func advanced(by event: CaseEvent, in table: RoleTable) -> Result<CaseProgress, CaseRefusal> {
        let futures = alternatives(after: event, in: table)
        if let first = futures.first { return .success(first) }
        return .failure(refusal(of: event, in: table))
    }

    /// Every way the table lets the event go; more than one only where the content that decides is not known.
    package func alternatives(after event: CaseEvent, in table: RoleTable) -> [CaseProgress] {
        let event = resolved(event)
        var seen: Set<StateID> = []
        return targets(of: event, in: table).filter { seen.insert($0).inserted }.map { target in
            var copy = self
            copy.append(CaseStep(event: event, from: state, to: target))
            return copy
        }
    }

    private func targets(of event: CaseEvent, in table: RoleTable) -> [StateID] {
        versionFault(of: event) == nil ? nextStates(for: event, in: table) : []
    }

    /// Fills in which document X008, X011 or X050 is about when the message itself did not say.
    package func resolved(_ event: CaseEvent) -> CaseEvent {
        guard let ownerWay = Self.wayOfTarget(of: event) else { return event }
        let known = event.aboutSet.flatMap { index[$0] }.flatMap { $0.way == ownerWay ? $0 : nil }
        let target = known ?? event.about.flatMap { index.latestValid(DocumentKind(sed: $0, way: ownerWay)) }
        return CaseEvent(
            way: event.way, sed: event.sed, set: event.set, version: event.version, isUpdate: event.isUpdate,
            contexts: event.contexts, about: target?.sed ?? event.about, aboutSet: target?.set
        )
    }

    /// X008 acts on a document of its own sender, X011 and X050 on one of the other side.
    static func wayOfTarget(of event: CaseEvent) -> Way? {
        switch event.sed.code {
        case "X008": event.way
        case "X011", "X050": event.way.opposite
        default: nil
        }
    }

    private func isValid(_ set: String?) -> Bool { set.flatMap { index[$0] }?.isValid ?? false }

    private func nextStates(for event: CaseEvent, in table: RoleTable) -> [StateID] {
        let rows = table.transitions(from: state)
        let isUpdate = event.isUpdate
        let opening = rows.filter { row in
            row.way == event.way && row.sed == event.sed && row.isUpdate == isUpdate
                && Self.names(row, aboutOf: event) && Self.contexts(of: row, allow: event)
        }
        if !opening.isEmpty { return opening.map { target(of: $0, for: event) } }
        let isOpen = state != .start && state != .closed && state != .forwarded
        // A reply belongs to its own exchange: it may come although the main course has moved on.
        let replies = rows.filter { $0.reply == event.sed && $0.way == event.way.opposite }
        if !isUpdate, hasOpenRequest(for: event, among: isOpen ? table.transitions : replies) {
            return [replies.first.map { target(of: $0, for: event) } ?? state]
        }
        // A horizontal document inside another case is a process of its own: its updates and withdrawals leave the
        // main course where it is.
        let isWithdrawal = Self.withdrawing.contains(event.sed.code)
        if isOpen, let subject = isWithdrawal ? event.about : (isUpdate ? event.sed : nil), table.isSubprocess(subject),
            isValid(isWithdrawal ? event.aboutSet : event.set)
        {
            return [state]
        }
        // A new version of a valid document may come at any time (AD_BUC_10); what this side sends keeps to the table.
        if isUpdate, isOpen, event.way == .received, isValid(event.set) { return [state] }
        return []
    }

    private func target(of row: Transition, for event: CaseEvent) -> StateID {
        guard row.next == .lastValid else { return row.next }
        if state == .closed { return steps.last { $0.to == .closed && $0.from != .closed }?.from ?? .start }
        return stateWithout(event.aboutSet)
    }

    /// The state the case would have had the document never been placed.
    private func stateWithout(_ set: String?) -> StateID {
        var current = StateID.start
        for step in steps where step.event.set != set {
            if step.from == current { current = step.to }
        }
        return current
    }

    private static func names(_ row: Transition, aboutOf event: CaseEvent) -> Bool {
        guard wayOfTarget(of: event) != nil, let about = row.about, let named = event.about else { return true }
        return about == named
    }

    private static func contexts(of row: Transition, allow event: CaseEvent) -> Bool {
        guard !row.contexts.isEmpty, let contexts = event.contexts else { return true }
        return row.contexts.contains { contexts.contains($0) }
    }

    // MARK: Refusing

    /// An update needs the version before it; a first version must not stand there yet.
    private func versionFault(of event: CaseEvent) -> CaseRefusal.Reason? {
        guard event.isUpdate else { return nil }
        guard let document = index[event.set], document.way == event.way else { return .updateWithoutFirst }
        if !document.isValid { return .updateWithoutFirst }
        return event.version == document.version + 1
            ? nil : .versionGap(last: document.version, received: event.version)
    }

    /// Why the event has no place now, and what would have one.
    package func refusal(of event: CaseEvent, in table: RoleTable) -> CaseRefusal {
        CaseRefusal(reason: reason(against: event), state: state, expected: expected(event.way, in: table))
    }

    /// Why an event that finds no place has none.
    package func reason(against event: CaseEvent) -> CaseRefusal.Reason {
        if state == .start, event.way == .received || !event.sed.isAdministrative {
            return event.isUpdate ? .updateWithoutFirst : .notStarted
        }
        if state == .forwarded { return .caseForwarded }
        if state == .closed { return .caseClosed }
        return versionFault(of: event) ?? .outOfOrder
    }

    /// What may travel this way now, in code order.
    package func expected(_ way: Way, in table: RoleTable) -> [SEDType] {
        let rows = table.transitions(from: state)
        let opening = rows.filter { $0.way == way && !$0.isUpdate }.map(\.sed)
        let replies = rows.filter { row in
            row.way == way.opposite && row.reply != nil
                && kinds.contains(DocumentKind(sed: row.sed, way: row.way))
        }
        return Set(opening + replies.compactMap(\.reply)).sorted()
    }
}

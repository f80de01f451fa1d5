// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// What may travel next in a case, and why something may not: a pure reading of a state table and of a course.
///
/// Every answer is tried on ``CaseProgress``, so it is what advancing the case would say.
package struct CaseOutlook: Hashable, Sendable {
    package let table: RoleTable
    package let progress: CaseProgress

    /// The outlook of a case that has come this far.
    package init(of progress: CaseProgress, in table: RoleTable) {
        self.progress = progress
        self.table = table
    }

    /// The outlook of a case that came to a state by a shortest course; nil where no course leads there.
    package init?(at state: StateID, in table: RoleTable) {
        let start = CaseOutlook(of: CaseProgress(), in: table)
        guard let course = start.course(until: { $0.progress.state == state }, replying: nil) else { return nil }
        self = course.last?.outlook ?? start
    }

    // MARK: Options

    /// One document that may travel, with where it leads.
    package struct Option: Hashable, Sendable {
        package enum Kind: Hashable, Sendable {
            /// A document of its own, sent for the first time.
            case document
            /// A reply within an exchange, such as X010 to X009; `to` is the request.
            case reply(to: SEDType)
            /// A further version of a document that the case holds.
            case update
        }

        package let way: Way
        package let sed: SEDType
        package let kind: Kind
        /// The document that the other side may send back.
        package let reply: SEDType?
        /// The document acted on.
        package let about: SEDType?
        /// The content conditions of which one must hold; empty when the content does not matter.
        package let contexts: [String]
        /// The state after; ``StateID/lastValid`` only where no case is known.
        package let next: StateID
        /// The sub-process, or nil for the main course.
        package let process: String?
        package let mark: Transition.Mark?

        fileprivate func leading(to state: StateID) -> Option {
            Option(
                way: way, sed: sed, kind: kind, reply: reply, about: about, contexts: contexts, next: state,
                process: process, mark: mark
            )
        }
    }

    /// What may travel this way in this case now: first the main course, then the sub-processes by name.
    package func options(_ way: Way) -> [Option] {
        var seen: Set<Option> = []
        let open = candidates(way).compactMap { tried($0)?.option }
        return Self.sorted(open.filter { seen.insert($0).inserted })
    }

    /// What the table lets travel this way in the state, whatever documents the case holds.
    package static func options(_ way: Way, at state: StateID, in table: RoleTable) -> [Option] {
        var seen: Set<Option> = []
        return sorted(rows(way, at: state, in: table).filter { seen.insert($0).inserted })
    }

    private static func sorted(_ options: [Option]) -> [Option] {
        options.enumerated().sorted { left, right in
            // Horizontal sub-processes carry content, administrative ones steer.
            func rank(_ option: Option) -> (Int, String) {
                guard let process = option.process else { return (0, "") }
                return (process.hasPrefix("H_") ? 1 : 2, process)
            }
            let (first, second) = (rank(left.element), rank(right.element))
            return first == second ? left.offset < right.offset : first < second
        }.map(\.element)
    }

    private static func rows(_ way: Way, at state: StateID, in table: RoleTable) -> [Option] {
        table.transitions(from: state).compactMap { row in
            if row.way == way {
                return Option(
                    way: way, sed: row.sed, kind: row.isUpdate ? .update : .document, reply: row.reply,
                    about: row.about, contexts: row.contexts, next: row.next, process: row.process, mark: row.mark
                )
            }
            guard let reply = row.reply else { return nil }
            return Option(
                way: way, sed: reply, kind: .reply(to: row.sed), reply: nil, about: nil, contexts: [], next: row.next,
                process: row.process, mark: nil
            )
        }
    }

    /// The rows of the state, and what may travel without a row: late replies, and acts on documents of the case.
    ///
    /// With `only` no others but those of one SED are wanted, and what is sure to be another is left out.
    private func candidates(_ way: Way, only sed: SEDType? = nil) -> [Option] {
        let rows = Self.rows(way, at: progress.state, in: table)
        if let sed, rows.contains(where: { $0.sed == sed && $0.kind == .document }) { return rows }
        func isKnown(_ sed: SEDType, _ about: SEDType?) -> Bool {
            rows.contains { $0.sed == sed && (about == nil || $0.about == about) && $0.kind != .update }
        }
        func option(_ sed: SEDType, _ kind: Option.Kind, _ about: SEDType?, _ process: String?) -> Option {
            Option(
                way: way, sed: sed, kind: kind, reply: nil, about: about, contexts: [], next: progress.state,
                process: process, mark: nil
            )
        }
        let requests = Set(progress.steps.filter { $0.event.way == way.opposite }.map(\.event.sed))
        let late = table.transitions.compactMap { row -> Option? in
            guard row.way == way.opposite, let reply = row.reply, requests.contains(row.sed), !isKnown(reply, nil)
            else { return nil }
            return option(reply, .reply(to: row.sed), nil, row.process)
        }
        let acts = progress.documents.filter(\.isValid).flatMap { document -> [Option] in
            var acts: [Option] = []
            let sed = document.sed
            if document.way == way, !rows.contains(where: { $0.sed == sed && $0.kind == .update }) {
                acts.append(option(sed, .update, sed, "AD_BUC_10"))
            }
            guard table.isSubprocess(sed) else { return acts }
            if document.way == way {
                let withdrawal = SEDType(unchecked: "X008")
                if !isKnown(withdrawal, sed) { acts.append(option(withdrawal, .document, sed, "AD_BUC_06")) }
            } else {
                let exception = SEDType(unchecked: "X050")
                if !isKnown(exception, sed) { acts.append(option(exception, .document, sed, "AD_BUC_11")) }
            }
            return acts
        }
        return rows + late + acts
    }

    private struct Trial {
        let option: Option
        let outlook: CaseOutlook
    }

    /// Advances the case by an option; nil where it has no place, or acts on a document that the case does not hold.
    private func tried(_ option: Option) -> Trial? {
        guard let event = event(for: option) else { return nil }
        let futures = progress.alternatives(after: event, in: table)
        guard let future = futures.first(where: { $0.state == option.next }) ?? futures.first else { return nil }
        return Trial(option: option.leading(to: future.state), outlook: CaseOutlook(of: future, in: table))
    }

    private func event(for option: Option) -> CaseEvent? {
        let fresh = "outlook-\(progress.steps.count + 1)"
        let contexts = option.contexts.isEmpty ? nil : Set(option.contexts)
        guard let about = option.about, Self.acting.contains(option.sed.code) || option.kind == .update else {
            return CaseEvent(way: option.way, sed: option.sed, set: fresh, contexts: contexts)
        }
        let isOwn = option.kind == .update || option.sed.code == "X008"
        let way = isOwn ? option.way : option.way.opposite
        guard let document = progress.documents.last(where: { $0.sed == about && $0.way == way && $0.isValid }) else {
            return nil
        }
        if option.kind == .update {
            return CaseEvent(
                way: option.way, sed: option.sed, set: document.set, version: document.version + 1, isUpdate: true,
                contexts: contexts
            )
        }
        return CaseEvent(
            way: option.way, sed: option.sed, set: fresh, contexts: contexts, about: about, aboutSet: document.set
        )
    }

    /// The documents that act on another one.
    private static let acting: Set<String> = ["X008", "X011", "X050"]

    // MARK: Obstacles

    /// Why a document may not travel now, and what would have to happen first.
    package struct Obstacle: Hashable, Sendable {
        package let refusal: CaseRefusal
        /// The states in which the table lets it travel this way, in the order of the table; empty where it never does.
        package let states: [StateID]
        /// The documents that must come first, whichever course the case takes, in the order of `course`.
        package let needed: [Option]
        /// A shortest course from here after which it may travel; nil where there is none.
        package let course: [Option]?
    }

    /// Whether the document may travel this way now, for the first time or as a reply; an update is another question.
    package func allows(_ sed: SEDType, _ way: Way) -> Bool {
        candidates(way, only: sed).contains { $0.sed == sed && $0.kind != .update && tried($0) != nil }
    }

    /// The states in which the table lets the document travel this way, in the order of the table.
    package func states(of sed: SEDType, _ way: Way) -> [StateID] {
        var seen: Set<StateID> = []
        return table.transitions.map(\.state).filter { seen.insert($0).inserted }.filter { state in
            Self.rows(way, at: state, in: table).contains { $0.sed == sed && $0.kind != .update }
        }
    }

    /// Why a document may not travel now; nil where it may.
    package func obstacle(to sed: SEDType, _ way: Way) -> Obstacle? {
        if allows(sed, way) { return nil }
        let event = CaseEvent(way: way, sed: sed, set: "outlook")
        func course(without excluded: Option? = nil) -> [Option]? {
            self.course(until: { $0.allows(sed, way) }, replying: sed, without: excluded)?.map(\.option)
        }
        let states = states(of: sed, way)
        let found = states.isEmpty ? nil : course()
        var needed: [Option] = []
        for option in found ?? [] where !needed.contains(where: { $0.sed == option.sed && $0.way == option.way }) {
            if course(without: option) == nil { needed.append(option) }
        }
        return Obstacle(
            refusal: progress.refusal(of: event, in: table), states: states, needed: needed, course: found
        )
    }

    /// A shortest course from here to where the goal holds, along the main course where that leads there.
    ///
    /// The goal depends on the state, and on whether a request for the document `reply` is in the case. `excluded`
    /// stands for every option with its document and way.
    private func course(
        until isReached: (CaseOutlook) -> Bool,
        replying reply: SEDType?,
        without excluded: Option? = nil
    ) -> [Trial]? {
        if isReached(self) { return [] }
        func isOpen(_ option: Option) -> Bool { option.sed != excluded?.sed || option.way != excluded?.way }
        return search(isReached, reply, along: { $0.process == nil && isOpen($0) })
            // Nobody is advised to undo what was sent, unless nothing else helps.
            ?? search(isReached, reply, along: { !Self.acting.contains($0.sed.code) && isOpen($0) })
            ?? search(isReached, reply, along: isOpen)
    }

    private func search(
        _ isReached: (CaseOutlook) -> Bool,
        _ reply: SEDType?,
        along isOpen: (Option) -> Bool
    ) -> [Trial]? {
        var seen: Set<StateID> = [progress.state]
        var courses: [[Trial]] = [[]]
        var next = 0
        while next < courses.count {
            let course = courses[next]
            let here = course.last?.outlook ?? self
            next += 1
            // Of courses of one length the one that the table demands comes first.
            let candidates = here.candidates(.sent) + here.candidates(.received)
            let ordered = candidates.filter { $0.mark == .must } + candidates.filter { $0.mark != .must }
            for option in ordered where option.kind != .update && isOpen(option) {
                // A document that leaves the state as it is may be what opens the way: a request lets its reply through.
                let isRequest = reply != nil && option.reply == reply
                if !isRequest, seen.contains(option.next) { continue }
                guard let trial = here.tried(option) else { continue }
                if isReached(trial.outlook) { return course + [trial] }
                if seen.insert(trial.option.next).inserted { courses.append(course + [trial]) }
            }
        }
        return nil
    }
}

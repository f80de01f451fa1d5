// SPDX-License-Identifier: EUPL-1.2

internal import SEDCases
package import SEDCore
internal import SEDInspection
internal import SEDStorage
internal import SEDValidation

/// Receives stored messages once more, under the schemas, rules, tables and code lists of today, and tells what would
/// differ.
///
/// Nothing is written. A case is a fold over all its messages, so where one of them is old enough to be asked for, all are judged anew.
package struct CaseTrial {
    /// Which messages are asked for: by what has judged them.
    package enum Since: Hashable, Sendable {
        case all
        /// This version of piiripost or an earlier one, or one that was not kept.
        case version([Int])
        /// The catalogue whose digest begins so, or one that was used before it, or one that was not kept.
        case catalogue(String)

        package init?(parsing text: String) {
            let numbers = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
            if text == "all" {
                self = .all
            } else if numbers.count > 1, numbers.allSatisfy({ $0.map { $0 >= 0 } ?? false }) {
                self = .version(numbers.compactMap(\.self))
            } else if text.utf8.count >= 8, text.utf8.count <= 64, text.allSatisfy(\.isHexDigit) {
                self = .catalogue(text.lowercased())
            } else {
                return nil
            }
        }
    }

    private let workspace: Workspace
    private let reference: ReferenceData
    private let ours: Set<InstitutionID>

    /// How many identifiers are read at a time.
    private static let page = 256

    package init(workspace: Workspace, reference: ReferenceData) {
        self.workspace = workspace
        self.reference = reference.judging(with: workspace)
        ours = Set(workspace.configuration.institutions)
    }

    /// Looks at the cases with these identifiers, or at all and what has none, one at a time.
    ///
    /// `observe` gets each difference as soon as it is known, `progress` how many messages of how many were judged.
    package func run(
        _ ids: [UniqueID],
        since: Since,
        progress: (Int, Int) -> Void = { _, _ in },
        observe: (TrialDifference) throws -> Void
    ) throws -> TrialSummary {
        let editions = try editions(since)
        let total = try workspace.store.read { view in
            try ids.isEmpty
                ? view.messages(judgedBy: editions) : ids.reduce(0) { $0 + (try view.messages(of: $1).count) }
        }
        var summary = TrialSummary()
        func examine(_ id: UniqueID) throws {
            let found = try workspace.store.read { view in
                try CaseExamination(id, in: view, reference, ours: ours).run { number in
                    progress(summary.messages + number, total)
                }
            }
            try reference.folder.faults.check()
            summary.add(found)
            for difference in found.differences { try observe(difference) }
        }
        for id in ids {
            if try workspace.store.read({ try $0.messages(of: id).isEmpty }) {
                throw WorkspaceError(message: "there is no case \(id)")
            }
            let isAsked = try workspace.store.read { try $0.isJudged(id, by: editions) }
            if isAsked { try examine(id) }
        }
        if !ids.isEmpty { return summary }
        var last: UniqueID?
        while true {
            let page = try workspace.store.read { try $0.cases(after: last, judgedBy: editions, limit: Self.page) }
            for id in page { try examine(id) }
            guard let end = page.last else { break }
            last = end
        }
        var number: Int64 = 0
        while true {
            let page = try workspace.store.read { view in
                try view.messagesWithoutCase(after: number, judgedBy: editions, limit: Self.page)
            }
            for message in page {
                let found = try workspace.store.read { view in
                    try CaseExamination(message, in: view, reference, ours: ours).run { _ in }
                }
                try reference.folder.faults.check()
                summary.add(found)
                progress(summary.messages, total)
                for difference in found.differences { try observe(difference) }
            }
            guard let end = page.last?.id else { break }
            number = end
        }
        return summary
    }

    /// The numbers of the editions that are asked for.
    private func editions(_ since: Since) throws -> [Int64] {
        let known = try workspace.store.read { try $0.editions() }
        switch since {
        case .all: return known.map(\.id)
        case .version(let numbers):
            return known.filter { stored in
                let other = stored.edition.version.split(separator: ".").compactMap { Int($0) }
                return !numbers.lexicographicallyPrecedes(other)
            }.map(\.id)
        case .catalogue(let digest):
            guard let last = known.last(where: { $0.edition.catalogue.hasPrefix(digest) }) else {
                let names = known.map { "\($0.edition.version) with \($0.edition.catalogue.prefix(16))" }
                throw WorkspaceError(
                    message: "no message was judged with a catalogue \(digest); known: "
                        + (names.isEmpty ? "none" : names.joined(separator: ", "))
                )
            }
            return known.map(\.id).filter { $0 <= last.id }
        }
    }
}

extension TrialSummary {
    fileprivate mutating func add(_ found: CaseExamination.Result) {
        cases += found.cases
        casesThatDiffer += found.casesThatDiffer
        messages += found.messages
        notJudged += found.notJudged
        messagesThatDiffer += found.differences.reduce(0) { $0 + $1.messages.count }
    }
}

/// All messages with one case identifier, judged anew, and the cases of our institutions that they come to.
private struct CaseExamination {
    struct Result {
        var cases = 0
        var casesThatDiffer = 0
        var messages = 0
        var notJudged = 0
        var differences: [TrialDifference] = []
    }

    /// What becomes of a message in its case.
    private struct Standing {
        let place: TrialDifference.Place
        var findings: [Diagnostic] = []
    }

    private let id: UniqueID?
    private let stored: [StoredMessage]
    private let view: Snapshot
    private let reference: ReferenceData
    private let ours: Set<InstitutionID>

    init(_ id: UniqueID, in view: Snapshot, _ reference: ReferenceData, ours: Set<InstitutionID>) throws {
        self.id = id
        self.view = view
        self.reference = reference
        self.ours = ours
        stored = try view.messages(of: id).filter { !$0.isTakenOut }
    }

    init(_ message: StoredMessage, in view: Snapshot, _ reference: ReferenceData, ours: Set<InstitutionID>) {
        id = nil
        self.view = view
        self.reference = reference
        self.ours = ours
        stored = [message].filter { !$0.isTakenOut }
    }

    func run(progress: (Int) -> Void) throws -> Result {
        var result = Result()
        var messages: [TrialMessage] = []
        for (index, message) in stored.enumerated() {
            progress(index + 1)
            let trial = try TrialMessage(message, in: view, reference, ours: ours)
            if trial?.isJudged != true { result.notJudged += 1 }
            if let trial { messages.append(trial) }
        }
        result.messages = stored.count
        findDuplicates(among: &messages)
        var standings: [Int64: Standing] = [:]
        var steps: [Int64: String] = [:]
        var rows: [InstitutionID: [CaseRows.Change]] = [:]
        let institutions = try institutions(of: messages)
        result.cases = institutions.count
        if let id {
            for institution in institutions {
                let key = CaseKey(id: id, institution: institution)
                let new = try fold(key, messages, into: &standings)
                rows[institution] = try view.rows(of: key).changes(to: new)
                for step in try view.steps(of: key)
                where steps[step.messageID] == nil || step.step.event.way == .received {
                    steps[step.messageID] = step.step.to.name
                }
            }
        }
        var differences: [InstitutionID?: [TrialDifference.Message]] = [:]
        for trial in messages {
            let standing = standings[trial.stored.id] ?? Standing(place: unplaced(trial))
            let difference = trial.difference(
                from: place(of: trial.stored, state: steps[trial.stored.id], besides: standing.place),
                to: standing.place, caseFindings: standing.findings
            )
            if !difference.isEmpty { differences[owner(of: trial), default: []].append(difference) }
        }
        // What belongs to no case of ours comes first.
        let others = Set(differences.keys).subtracting(institutions).sorted { ($0?.text ?? "") < ($1?.text ?? "") }
        for institution in others + institutions.map(Optional.some) {
            let own = differences[institution] ?? []
            let changes = institution.flatMap { rows[$0] } ?? []
            if own.isEmpty, changes.isEmpty { continue }
            if institution.map(institutions.contains) ?? false { result.casesThatDiffer += 1 }
            result.differences.append(
                TrialDifference(caseId: id?.text, institution: institution?.text, messages: own, rows: changes)
            )
        }
        return result
    }

    /// The same message has one effect: whoever comes second is a duplicate.
    private func findDuplicates(among messages: inout [TrialMessage]) {
        var seen: Set<[String]> = []
        for index in messages.indices {
            guard let envelope = messages[index].envelope else { continue }
            switch messages[index].decision {
            case .place, .waits, nil:
                let identity = [envelope.sender.institution.text, envelope.instance.text]
                if !seen.insert(identity).inserted, messages[index].decision != nil {
                    messages[index].decision = .duplicate("")
                }
            case .duplicate, .quarantine, .reject: break
            }
        }
    }

    /// Our institutions that have a case of these messages, or would have one.
    private func institutions(of messages: [TrialMessage]) throws -> [InstitutionID] {
        guard let id else { return [] }
        var institutions = Set(try view.storedCases(id).map(\.key.institution))
        for message in messages where message.isForCase {
            guard let owner = owner(of: message), let sender = message.envelope?.sender.institution else { continue }
            institutions.insert(owner)
            if ours.contains(sender) { institutions.insert(sender) }
        }
        return institutions.sorted()
    }

    /// The institution of ours whose case decides about a message.
    private func owner(of message: TrialMessage) -> InstitutionID? {
        let parties = (message.envelope?.sender.institution, message.envelope?.receiver.institution)
        return message.stored.way == .sent ? parties.0 : parties.1
    }

    private func fold(_ key: CaseKey, _ messages: [TrialMessage], into standings: inout [Int64: Standing]) throws
        -> CaseRows
    {
        var facts: [Int64: [CaseFact]] = [:]
        let entries = messages.filter(\.isForCase).compactMap { message -> CaseEntry? in
            guard let envelope = message.envelope else { return nil }
            facts[message.stored.id] = message.caseFacts
            return CaseEntry(
                number: message.stored.id, receivedAt: message.stored.receivedAt, stored: message.stored.way, envelope,
                message.facts, of: key.institution, ours: ours
            )
        }
        let course = CaseCourse(
            of: key.institution, useCases: try CaseFile.useCases(of: entries, reference.useCases), folding: entries
        )
        let judge = reference.validator.rules.map(CaseJudge.init)
        if let useCase = course.useCase {
            var history = CaseHistory(of: useCase.type)
            for placed in course.placed {
                let entry = placed.entry
                let document = CaseJudge.document(entry, as: placed.step.event, facts: facts[entry.number] ?? [])
                if entry.isDecided(among: ours) {
                    let found = try judge?.findings(on: document, travelling: entry.way, after: history) ?? []
                    standings[entry.number] = Standing(
                        place: .init(place: "placed", state: placed.step.to.name),
                        findings: MessageCommit.Outcome(placed, findings: found).notes
                    )
                }
                history.append(document)
            }
        }
        for copy in course.resent.values where copy.entry.isDecided(among: ours) {
            standings[copy.entry.number] = Standing(place: .init(place: "copy"))
        }
        for entry in course.waiting where entry.isDecided(among: ours) {
            let rule = course.refusalReason(of: entry)?.rule
            standings[entry.number] = Standing(place: .init(place: "waiting", rule: rule?.text))
        }
        let calendar = try reference.useCases.calendars.calendar(of: key.institution)
        let deadlines = CaseClocks.deadlines(of: course, calendar: calendar) { facts[$0] ?? [] }
        return CaseRows(course, deadlines: deadlines)
    }

    // MARK: Places

    /// Where a message would stand that no case decides about.
    private func unplaced(_ message: TrialMessage) -> TrialDifference.Place {
        switch message.decision {
        case nil: .init(place: "answered")
        case .place: .init(place: "placeable")
        case .waits(let rule, _): .init(place: "waiting", rule: rule.text)
        case .duplicate: .init(place: "duplicate")
        case .quarantine(let rule, _): .init(place: "quarantined", rule: rule?.text)
        case .reject(let rule, _): .init(place: "refused", rule: rule?.text)
        }
    }

    /// Where a message stands; that no exception may be sent (SYS-009) is no other reason for waiting.
    private func place(of message: StoredMessage, state: String?, besides new: TrialDifference.Place)
        -> TrialDifference.Place
    {
        let rule = message.rule?.text
        switch message.state {
        case .done where message.rule == .resent: return .init(place: "copy")
        case .done: return .init(place: "placed", state: state)
        case .pending where message.rule == .noException && new.place == "waiting": return new
        case .pending: return .init(place: "waiting", rule: rule)
        case .rejected: return .init(place: "answered")
        case .quarantined: return .init(place: message.disposition == .reject ? "refused" : "quarantined", rule: rule)
        case .duplicate: return .init(place: "duplicate")
        case .dropped: return .init(place: "dropped")
        }
    }
}

extension TrialMessage {
    /// Whether its case is asked about it.
    fileprivate var isForCase: Bool {
        if case .place = decision { return true }
        return false
    }
}

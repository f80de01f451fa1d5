// SPDX-License-Identifier: EUPL-1.2

internal import SEDCases
internal import SEDCore
internal import SEDStorage

/// A case at work: its course, where its messages stand, and what rules about the case have seen of it.
struct CaseFile {
    /// Where a message stands in the store.
    struct Standing: Hashable {
        var state: MessageState
        var rule: RuleID?
    }

    let key: CaseKey
    /// The days of rest of our institution's State.
    let calendar: WorkCalendar
    var course: CaseCourse
    var standings: [Int64: Standing] = [:]
    /// What was placed, up to where it was judged.
    var history: CaseHistory?
    private var facts: [Int64: [CaseFact]] = [:]
    /// How many steps the store is known to hold as they are here; nil when it must be asked.
    var storedSteps: Int?

    /// The case as the archive of messages tells it; `latest` are its last messages, where they are at hand.
    init(
        _ key: CaseKey,
        in view: Snapshot,
        useCases: UseCaseLibrary,
        ours: Set<InstitutionID>,
        latest: [StoredEntry] = []
    ) throws {
        self.key = key
        calendar = try useCases.calendars.calendar(of: key.institution)
        let entries = try view.entries(of: key, ours: ours, before: latest.first?.entry.number) + latest
        course = CaseCourse(
            of: key.institution, useCases: try Self.useCases(of: entries.map(\.entry), useCases),
            folding: entries.map(\.entry)
        )
        for entry in entries { standings[entry.entry.number] = Standing(state: entry.state, rule: entry.rule) }
    }

    static func useCases(
        of entries: [CaseEntry],
        _ library: UseCaseLibrary
    ) throws -> [BUCType: BusinessUseCase] {
        var useCases: [BUCType: BusinessUseCase] = [:]
        for type in Set(entries.map(\.buc)) { useCases[type] = try library.useCase(type) }
        return useCases
    }

    /// A message as rules about the case see it.
    mutating func document(_ entry: CaseEntry, as event: CaseEvent, in view: Snapshot) throws -> CaseDocument {
        CaseJudge.document(entry, as: event, facts: try facts(of: entry.number, in: view))
    }

    /// Takes facts that are at hand.
    mutating func know(_ facts: [CaseFact], of number: Int64) { self.facts[number] = facts }

    /// The facts of a message, read once.
    private mutating func facts(of number: Int64, in view: Snapshot) throws -> [CaseFact] {
        let known = try facts[number] ?? view.facts(of: number)
        facts[number] = known
        return known
    }

    /// The code of X050 that fits a waiting message; nil where a person has to decide.
    func exceptionCode(for number: Int64) -> String? {
        course.waitingEntry(number).flatMap { course.refusal(of: $0) }?.exceptionCode
    }

    mutating func deadlines(in view: Snapshot) throws -> [StoredDeadline] {
        let (course, calendar) = (course, calendar)
        return try CaseClocks.deadlines(of: course, calendar: calendar) { try facts(of: $0, in: view) }
    }

    /// The rows that the case comes to; with `kept`, of growing tables only what stands behind.
    func rows(after kept: Int = 0, deadlines: [StoredDeadline]) -> CaseRows {
        CaseRows(course, deadlines: deadlines, after: kept)
    }
}

extension CaseEntry {
    /// Whether the case that sees the message so decides about it; else that of its receiver, which is ours too.
    func isDecided(among ours: Set<InstitutionID>) -> Bool {
        way == .received || !ours.contains(theirs.institution)
    }
}

/// The cases that the runs of a process have at hand, so that a long case is not folded anew for every message.
///
/// What is changed otherwise is taken out: by the end of a grace period, by a transaction that fails, by another process
/// or a person, for whom each transaction begins with ``refresh(_:)``.
package final class CaseShelf {
    private var files: [CaseKey: (file: CaseFile, turn: Int)] = [:]
    /// The cases in the order in which they were put here; what was taken or put again since is still listed.
    private var order: [(key: CaseKey, turn: Int)] = []
    /// The place in the order from which on any are still here.
    private var oldest = 0
    private var turn = 0

    private let capacity: Int
    private var size = 0
    /// The state of the store that the cases belong to.
    private var version: Int64?
    /// How many messages were folded, one that is folded anew each time again: tests count the work.
    package internal(set) var folded = 0

    /// With at most so many messages; a case beyond that is folded anew.
    package init(capacity: Int = 50_000) {
        self.capacity = capacity
    }

    func take(_ key: CaseKey) -> CaseFile? {
        guard let file = files.removeValue(forKey: key)?.file else { return nil }
        size -= file.standings.count
        return file
    }

    func put(_ file: CaseFile) {
        while size + file.standings.count > capacity, let key = oldestKey() { _ = take(key) }
        _ = take(file.key)
        turn += 1
        files[file.key] = (file, turn)
        order.append((file.key, turn))
        size += file.standings.count
        if order.count > 2 * files.count + 1_000 {
            order = order.filter { files[$0.key]?.turn == $0.turn }
            oldest = 0
        }
    }

    private func oldestKey() -> CaseKey? {
        while oldest < order.count {
            let (key, turn) = order[oldest]
            if files[key]?.turn == turn { return key }
            oldest += 1
        }
        return nil
    }

    /// Forgets everything when another process has changed the store since the last transaction.
    func refresh(_ view: Snapshot) throws {
        let now = try view.version
        if now != version { clear() }
        version = now
    }

    func clear() {
        files = [:]
        order = []
        oldest = 0
        size = 0
    }
}

/// The clocks of a case, each counted from the day of a document.
enum CaseClocks {
    /// All clocks of all threads, except of those whose other end has left: nobody there can act or be silent.
    static func deadlines(
        of course: CaseCourse,
        calendar: WorkCalendar,
        facts: (Int64) throws -> [CaseFact]
    ) rethrows -> [StoredDeadline] {
        guard let useCase = course.useCase, let role = course.role, !useCase.timers.isEmpty else { return [] }
        return try course.threads.filter { !course.hasLeft($0) }.flatMap { thread in
            let steps = try thread.log.map { place in
                let placed = course.placed[place]
                let isAsked = useCase.asksForFacts(of: placed.step.event.sed)
                return DatedStep(
                    step: placed.step, on: placed.entry.day, facts: isAsked ? try facts(placed.entry.number) : [],
                    messageID: placed.entry.number
                )
            }
            return CaseDeadline.deadlines(of: steps, in: useCase, as: role, calendar: calendar).map {
                StoredDeadline(thread: thread.number, deadline: $0)
            }
        }
    }
}

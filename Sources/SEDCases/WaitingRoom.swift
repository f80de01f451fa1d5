// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore

/// The messages of a case that have found no place, ordered so that few tries find those that can be placed.
///
/// Messages that the table treats alike form a group, of which one try is enough while it fails. Beside that, a message
/// is woken by the documents and participants that it depends on.
struct WaitingRoom: Sendable {
    /// What the answer of a table depends on, besides the state of the case.
    struct Group: Hashable, Sendable {
        /// The thread that it belongs to, or nil for what concerns the whole case.
        let thread: InstitutionID?
        let party: InstitutionID?
        let role: CaseRole
        let theirRole: CaseRole
        let way: Way
        let documentWay: Way
        let sed: SEDType
        let isForward: Bool
        let isUpdate: Bool
        let isLater: Bool
        let hasKnownRelation: Bool?
        let contexts: Set<String>?
        let about: SEDType?
        let isTargetValid: Bool?
        /// Of an update, whether the version before it is the last valid one.
        let followsLast: Bool?
    }

    /// Something whose coming lets a message be tried again.
    enum Dependency: Hashable, Sendable {
        /// A version of a document.
        case version(String, Int)
        /// A document, whatever version.
        case document(String)
        case withdrawal(String)
        case participant(InstitutionID)
    }

    /// Why a message waits.
    enum Key: Hashable, Sendable {
        case group(Group)
        case dependency(Dependency)
        /// For nothing that may come, as far as the case now shows.
        case nothing
    }

    /// One group, in order; what has gone from it is skipped when it comes to the front.
    private struct Line: Sendable {
        var members: [CaseOrder] = []
        var start = 0

        mutating func insert(_ order: CaseOrder) {
            if let last = members.last, last > order {
                var low = start
                var high = members.count
                while low < high {
                    let middle = (low + high) / 2
                    if members[middle] < order { low = middle + 1 } else { high = middle }
                }
                members.insert(order, at: low)
            } else {
                members.append(order)
            }
        }
    }

    private struct Waiting: Sendable {
        let entry: CaseEntry
        var key: Key
    }

    private var waiting: [Int64: Waiting] = [:]
    private var lines: [Group: Line] = [:]
    private var dependents: [Dependency: Set<Int64>] = [:]
    /// To be tried one by one; the first of them stands last.
    private var loose: [CaseOrder] = []
    private var active: Set<Group> = []

    var isEmpty: Bool { waiting.isEmpty }

    /// All that wait, in order.
    var entries: [CaseEntry] { waiting.values.map(\.entry).sorted { $0.order < $1.order } }

    func entry(_ number: Int64) -> CaseEntry? { waiting[number]?.entry }

    // MARK: Coming and going

    mutating func enter(_ entry: CaseEntry, _ key: Key) {
        let isNew = waiting[entry.number] == nil
        waiting[entry.number] = Waiting(entry: entry, key: key)
        if case .group(let group) = key { lines[group, default: Line()].insert(entry.order) }
        if isNew {
            for dependency in Self.dependencies(of: entry) { dependents[dependency, default: []].insert(entry.number) }
        }
        if case .dependency(let dependency) = key { dependents[dependency, default: []].insert(entry.number) }
    }

    mutating func leave(_ entry: CaseEntry) {
        guard let gone = waiting.removeValue(forKey: entry.number) else { return }
        for dependency in Self.dependencies(of: entry) { dependents[dependency]?.remove(entry.number) }
        if case .dependency(let dependency) = gone.key { dependents[dependency]?.remove(entry.number) }
    }

    private static func dependencies(of entry: CaseEntry) -> [Dependency] {
        let event = entry.event
        var dependencies: [Dependency] = [.version(event.set, event.version)]
        if event.isUpdate { dependencies.append(.version(event.set, event.version - 1)) }
        if CaseProgress.wayOfTarget(of: event) != nil, let target = event.aboutSet {
            dependencies += [.document(target), .withdrawal(target)]
        }
        return dependencies
    }

    // MARK: Waking

    mutating func wake(_ dependency: Dependency) {
        let orders = dependents[dependency]?.compactMap { waiting[$0]?.entry.order } ?? []
        if orders.isEmpty { return }
        loose = (loose + orders).sorted(by: >)
    }

    mutating func wakeAll() { loose = waiting.values.map(\.entry.order).sorted(by: >) }

    /// Lets the first of each group be tried that a moved thread may help.
    mutating func wakeGroups(where concerns: (Group) -> Bool) {
        for group in lines.keys where concerns(group) { active.insert(group) }
    }

    /// The first message that is worth a try, or nil.
    mutating func next() -> CaseEntry? {
        while let order = loose.last, waiting[order.number] == nil { loose.removeLast() }
        var first = loose.last
        for group in active {
            guard let order = front(of: group) else { continue }
            if first.map({ order < $0 }) ?? true { first = order }
        }
        guard let first else { return nil }
        while loose.last == first { loose.removeLast() }
        return waiting[first.number]?.entry
    }

    /// A try has failed again: while its group is the same, the others of the group would fail as well.
    mutating func refuse(_ entry: CaseEntry, _ key: Key) {
        if waiting[entry.number]?.key != key { enter(entry, key) }
        if case .group(let group) = key { active.remove(group) }
    }

    private mutating func front(of group: Group) -> CaseOrder? {
        guard var line = lines.removeValue(forKey: group) else {
            active.remove(group)
            return nil
        }
        while line.start < line.members.count {
            let order = line.members[line.start]
            if waiting[order.number]?.key == .group(group) { break }
            line.start += 1
        }
        if line.start == line.members.count {
            active.remove(group)
            return nil
        }
        if line.start > 64, line.start * 2 > line.members.count {
            line.members.removeFirst(line.start)
            line.start = 0
        }
        defer { lines[group] = line }
        return line.members[line.start]
    }
}

extension CaseCourse {
    /// The messages that wait, in order.
    package var waiting: [CaseEntry] { waitingRoom.entries }

    package func waitingEntry(_ number: Int64) -> CaseEntry? { waitingRoom.entry(number) }

    package func isWaiting(_ number: Int64) -> Bool { waitingRoom.entry(number) != nil }

    /// Tries what was woken, first things first, until nothing more finds a place.
    mutating func retry() {
        while let entry = waitingRoom.next() {
            switch attempt(entry) {
            case .refused(_, let key, _):
                waitingRoom.refuse(entry, key)
            case .place, .resent:
                waitingRoom.leave(entry)
                settle(entry)
            }
        }
    }

    /// Wakes what a placement may help.
    mutating func wake(after entry: CaseEntry, _ event: CaseEvent, moved: [Int]) {
        waitingRoom.wake(.version(event.set, event.version))
        waitingRoom.wake(.document(event.set))
        if CaseProgress.withdrawing.contains(event.sed.code), let target = event.aboutSet {
            waitingRoom.wake(.withdrawal(target))
        }
        let concerned = Set(moved.compactMap { threads[$0].counterparty })
        let isForAll = moved.count != 1 || concerned.count != moved.count
        // Threads that are still to begin do so with our own documents.
        let begun = Set(threads.compactMap(\.counterparty))
        waitingRoom.wakeGroups { group in
            guard let thread = group.thread, !isForAll else { return true }
            return concerned.contains(thread) || !begun.contains(thread)
        }
    }
}

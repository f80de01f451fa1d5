// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
internal import SEDQueue
internal import Synchronization

/// A message that an earlier process was at work on when it died.
struct Suspect: Codable, Hashable, Sendable {
    let queue: String
    let name: String
    /// Which file it was; another one of that name is above suspicion.
    let identity: String
    var deaths = 0
    /// In how many of them nothing was worked on beside it.
    var deathsAlone = 0

    init(_ mark: WorkMarks.Mark) {
        queue = mark.queue
        name = mark.name
        identity = mark.identity
    }

    func isMeant(by mark: WorkMarks.Mark) -> Bool {
        mark.queue == queue && mark.name == name && mark.identity == identity
    }

    /// After how many such deaths it is taken for the cause whatever a trial says: none of these can be chance.
    static let mostDeathsAlone = 3
}

/// Knows what is being worked on, and what earlier processes may have died of.
///
/// A process can be killed at any moment and by anybody, so being worked on proves nothing. Whoever was is worked on
/// alone by the next process. Who was alone when that one died too is tried in a process of its own first.
final class Suspects: Sendable {
    private struct State {
        var isOpen = false
        var marks: WorkMarks?
        var suspects: [Suspect] = []
    }

    private let state = Mutex(State())

    /// Learns what earlier processes left, once.
    func open(in workspace: Workspace) throws {
        try state.withLock { state in
            if state.isOpen { return }
            let marks = try workspace.workMarks()
            var suspects: [Suspect] = []
            if let bytes = try workspace.suspects() {
                // What cannot be read is written anew by those who die of something.
                suspects = (try? JSONDecoder().decode([Suspect].self, from: Data(bytes))) ?? []
            }
            let left = Set(try marks.left())
            for mark in left {
                let known = suspects.firstIndex { $0.isMeant(by: mark) }
                if known == nil { suspects.append(Suspect(mark)) }
                let index = known ?? suspects.count - 1
                suspects[index].deaths += 1
                if mark.isAlone { suspects[index].deathsAlone += 1 }
            }
            if !left.isEmpty { try Self.save(suspects, in: workspace) }
            for place in WorkMarks.Place.allCases { marks.clear(place) }
            state = State(isOpen: true, marks: marks, suspects: suspects)
        }
    }

    /// Those of a queue; who has never been alone comes first, so that as many as possible are through before the
    /// process dies again.
    func suspects(in queue: String) -> [Suspect] {
        state.withLock(\.suspects).filter { $0.queue == queue }.sorted {
            ($0.deathsAlone, $0.name) < ($1.deathsAlone, $1.name)
        }
    }

    /// Forgets those of a queue, all of which were worked on.
    func acquit(in queue: String, _ workspace: Workspace) throws {
        try state.withLock { state in
            let rest = state.suspects.filter { $0.queue != queue }
            if rest.count == state.suspects.count { return }
            try Self.save(rest, in: workspace)
            state.suspects = rest
        }
    }

    private static func save(_ suspects: [Suspect], in workspace: Workspace) throws {
        try workspace.setSuspects(suspects.isEmpty ? nil : Array(JSONEncoder().encode(suspects)))
    }

    // MARK: Marks

    func begin(_ place: WorkMarks.Place, _ marks: [WorkMarks.Mark]) {
        state.withLock(\.marks)?.set(marks, at: place)
    }

    func end(_ place: WorkMarks.Place) {
        state.withLock(\.marks)?.clear(place)
    }
}

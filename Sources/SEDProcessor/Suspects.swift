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

    /// After how many such deaths it is taken for the cause whatever a trial says: so many can hardly be chance.
    static let mostDeathsAlone = 5
}

/// Knows what is being worked on, and what earlier processes may have died of.
///
/// A process can be killed at any moment and by anybody, so being worked on proves nothing. Whoever was is worked on
/// alone by the next process, in its turn. Who was alone when that one died too is tried in a process of its own first.
final class Suspects: Sendable {
    /// What is written down.
    private struct Notes: Codable {
        var suspects: [Suspect] = []
        /// The process whose death was counted last.
        var counted = ""
    }

    private struct State {
        var marks: WorkMarks?
        var notes = Notes()
    }

    private let state = Mutex(State())
    private let process = UUID().uuidString

    /// Learns what earlier processes left, once.
    func open(in workspace: Workspace) throws {
        try state.withLock { state in
            if state.marks != nil { return }
            let marks = try workspace.workMarks()
            // What cannot be read is written anew by those who die of something.
            var notes =
                try workspace.suspects().flatMap { try? JSONDecoder().decode(Notes.self, from: Data($0)) } ?? Notes()
            let left = Set(try marks.left())
            if let process = left.first?.process, process != notes.counted {
                for mark in left { Self.count(mark, in: &notes.suspects) }
                notes.counted = process
                try Self.save(notes, in: workspace)
            }
            for place in WorkMarks.Place.allCases { marks.clear(place) }
            state = State(marks: marks, notes: notes)
        }
    }

    private static func count(_ mark: WorkMarks.Mark, in suspects: inout [Suspect]) {
        let known = suspects.firstIndex { $0.isMeant(by: mark) }
        if known == nil { suspects.append(Suspect(mark)) }
        let index = known ?? suspects.count - 1
        suspects[index].deaths += 1
        if mark.isAlone { suspects[index].deathsAlone += 1 }
    }

    /// Those of a queue, by name.
    func suspects(in queue: String) -> [String: Suspect] {
        let all = state.withLock(\.notes.suspects).filter { $0.queue == queue }
        return Dictionary(all.map { ($0.name, $0) }) { $0.deaths > $1.deaths ? $0 : $1 }
    }

    /// Forgets those of a queue, all of which were worked on.
    func acquit(in queue: String, _ workspace: Workspace) throws {
        try state.withLock { state in
            var notes = state.notes
            notes.suspects.removeAll { $0.queue == queue }
            if notes.suspects.count == state.notes.suspects.count { return }
            try Self.save(notes, in: workspace)
            state.notes = notes
        }
    }

    private static func save(_ notes: Notes, in workspace: Workspace) throws {
        try workspace.setSuspects(notes.suspects.isEmpty ? nil : Array(JSONEncoder().encode(notes)))
    }

    // MARK: Marks

    func begin(_ place: WorkMarks.Place, _ offers: [(InboundQueue.Offer, Folder.Identity)], isAlone: Bool) {
        let marks = offers.map { offer, identity in
            WorkMarks.Mark(
                queue: offer.queue, name: offer.name, identity: identity.sharedName, isAlone: isAlone, process: process)
        }
        state.withLock(\.marks)?.set(marks, at: place)
    }

    func end(_ place: WorkMarks.Place) {
        state.withLock(\.marks)?.clear(place)
    }
}

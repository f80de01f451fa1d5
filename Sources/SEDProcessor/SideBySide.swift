// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
internal import Synchronization

/// Does work that mostly waits for the disk in several threads, so that one flush of the disk serves many.
enum SideBySide {
    /// One thread where there is one core: nothing else would run meanwhile.
    private static let width = ProcessInfo.processInfo.activeProcessorCount > 1 ? 8 : 1

    /// The results in the order of the items.
    static func map<Item: Sendable, Result: Sendable>(
        _ items: [Item],
        _ work: @escaping @Sendable (Item) -> Result
    ) -> [Result] {
        if items.count < 2 || width == 1 { return items.map(work) }
        let board = Board<Result>()
        let done = DispatchGroup()
        for _ in 0..<min(width, items.count) {
            done.enter()
            Thread.detachNewThread {
                while let index = board.take(below: items.count) { board.set(work(items[index]), at: index) }
                done.leave()
            }
        }
        done.wait()
        return board.results(count: items.count)
    }

    /// Which item is next, and what came of the others.
    private final class Board<Result: Sendable>: Sendable {
        private let state = Mutex<(next: Int, results: [Int: Result])>((0, [:]))

        func take(below count: Int) -> Int? {
            state.withLock { state in
                guard state.next < count else { return nil }
                defer { state.next += 1 }
                return state.next
            }
        }

        func set(_ result: Result, at index: Int) {
            state.withLock { $0.results[index] = result }
        }

        func results(count: Int) -> [Result] {
            state.withLock { state in (0..<count).compactMap { state.results[$0] } }
        }
    }
}

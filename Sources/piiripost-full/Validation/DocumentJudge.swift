// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDInspection

/// Reads and judges documents, some at a time, and hands them on in the order in which they were named.
struct DocumentJudge: Sendable {
    let inspection: Inspection
    /// How many to judge at a time; nil for as many as there are processors.
    let jobs: Int?

    /// Only a window of documents is in memory, however many there are.
    func judge(_ paths: [String], report: (JudgedDocument) -> Void) async {
        let jobs = paths.count == 1 ? 1 : jobs ?? ProcessInfo.processInfo.activeProcessorCount
        let window = jobs == 1 ? 1 : jobs * 8
        var start = 0
        while start < paths.count {
            let part = Array(paths[start..<min(start + window, paths.count)])
            for judged in await judge(part, atOnce: jobs) { report(judged) }
            start += part.count
        }
    }

    private func judge(_ paths: [String], atOnce jobs: Int) async -> [JudgedDocument] {
        if jobs == 1 || paths.count == 1 { return paths.map(inspection.judge) }
        return await withTaskGroup(of: (Int, JudgedDocument).self) { group in
            var waiting = paths.indices.makeIterator()
            func addNext() {
                guard let index = waiting.next() else { return }
                let path = paths[index]
                group.addTask { (index, inspection.judge(path)) }
            }
            for _ in 0..<jobs { addNext() }
            var judged: [Int: JudgedDocument] = [:]
            for await (index, document) in group {
                judged[index] = document
                addNext()
            }
            return paths.indices.compactMap { judged[$0] }
        }
    }
}

/// What tells whether a file has changed since it was last looked at.
struct FileStamp: Hashable {
    private let modified: Date?
    private let size: Int?

    init(of path: String) {
        let facts = try? FileManager.default.attributesOfItem(atPath: path)
        modified = facts?[.modificationDate] as? Date
        size = facts?[.size] as? Int
    }
}

/// A bar on standard error for long runs; silent where nobody would see it, or where the results themselves show it.
struct Progress {
    private let total: Int
    private let isShown: Bool
    private var done = 0
    private var shown = -1

    /// `showsResults` says that the run writes results as it goes.
    init(total: Int, showsResults: Bool = true) {
        self.total = total
        let isSeen = isatty(STDERR_FILENO) == 1 && !(showsResults && isatty(STDOUT_FILENO) == 1)
        isShown = total >= 50 && isSeen
    }

    mutating func advance() {
        show(done + 1)
    }

    /// Shows that so many of the total are done.
    mutating func show(_ count: Int) {
        done = count
        let share = done * 100 / max(total, 1)
        guard isShown, share != shown else { return }
        shown = share
        let filled = share * 40 / 100
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 40 - filled)
        write("\r[\(bar)] \(share) % of \(total)")
    }

    func finish() {
        // The line is wiped, so that only messages stay.
        if isShown { write("\r\u{1B}[K") }
    }

    private func write(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}

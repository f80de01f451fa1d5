// SPDX-License-Identifier: EUPL-1.2

internal import Glibc

/// A small file that tells, after a crash, which messages the process was at work on.
///
/// It is written before each piece of work and wiped behind it. It needs to outlive the process, not the machine, so
/// nothing is flushed; where it cannot be written the work goes on without it.
package final class WorkMarks: Sendable {
    /// Judging and committing go on side by side, so each has a place of its own.
    package enum Place: Int, CaseIterable, Sendable {
        case judging
        case committing
    }

    /// A message that was being worked on.
    package struct Mark: Hashable, Sendable {
        package let queue: String
        package let name: String
        /// Which file it was, see `Folder.Identity`.
        package let identity: String
        /// Whether it was worked on because it was under suspicion, and not in a group.
        package let isAlone: Bool
        /// Which process worked on it, so that none of its deaths is counted twice.
        package let process: String

        package init(queue: String, name: String, identity: String, isAlone: Bool, process: String) {
            self.queue = queue
            self.name = name
            self.identity = identity
            self.isAlone = isAlone
            self.process = process
        }
    }

    private let descriptor: Int32
    /// Where one place begins behind the other, in bytes; the marks of a window need much less.
    private static let room = 1 << 20

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Notes what is worked on from now on.
    package func set(_ marks: [Mark], at place: Place) {
        // No name holds a NUL, so it ends each word; one more ends them all.
        var bytes: [UInt8] = []
        for mark in marks {
            for word in [mark.queue, mark.name, mark.identity, mark.isAlone ? "alone" : "beside", mark.process] {
                bytes += word.utf8
                bytes.append(0)
            }
        }
        bytes.append(0)
        if bytes.count <= Self.room { write(bytes, at: place) }
    }

    /// Notes that the work is done.
    package func clear(_ place: Place) {
        write([0], at: place)
    }

    private func write(_ bytes: [UInt8], at place: Place) {
        let offset = place.rawValue * Self.room
        _ = unsafe bytes.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, offset) }
    }

    /// What an earlier process was at work on when it ended; empty after a proper end.
    package func left() throws(FileError) -> [Mark] {
        var marks: [Mark] = []
        for place in Place.allCases { marks += try left(at: place) }
        return marks
    }

    private func left(at place: Place) throws(FileError) -> [Mark] {
        var bytes = [UInt8](repeating: 0, count: Self.room)
        let offset = place.rawValue * Self.room
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, offset) }
        guard count >= 0 else { throw FileError("reading a file") }
        var words: [String] = []
        // A process that dies while it writes leaves words without an end.
        var rest = bytes.prefix(count)
        while let end = rest.firstIndex(of: 0), end > rest.startIndex {
            words.append(String(decoding: rest[..<end], as: UTF8.self))
            rest = rest[rest.index(after: end)...]
        }
        return stride(from: 0, to: words.count - words.count % 5, by: 5).map { first in
            Mark(
                queue: words[first], name: words[first + 1], identity: words[first + 2],
                isAlone: words[first + 3] == "alone", process: words[first + 4]
            )
        }
    }
}

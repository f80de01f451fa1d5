// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCore
import SEDProcessor
import SEDQueue

/// A workspace with messages that wait, each the opening of a case of its own (an A009 of the examples).
struct WaitingMessages {
    let path: String
    let count: Int

    private static let message = "01-a009-posting-from-finland"

    /// Fills a new workspace; with `poison`, every hundredth message is followed by one that is meant to hinder.
    init(_ name: String, count: Int, repository: String, in folder: String, poison: Bool = false) throws {
        path = "\(folder)/\(name)"
        self.count = count
        let inbound = "\(path)/inbound"
        try FileManager.default.createDirectory(atPath: inbound, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: "\(repository)/examples/piiripost.yaml", toPath: "\(path)/piiripost.yaml")
        let text = try String(contentsOfFile: "\(repository)/examples/inbound/\(Self.message).xml", encoding: .utf8)
        var bytes = Array(text.utf8)
        // The first eight digits of each identifier are replaced by a number, so that no two messages share one.
        let places = text.ranges(of: /[0-9a-f]{8}(?=-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/)
            .map { text.utf8.distance(from: text.startIndex, to: $0.lowerBound) }
        for number in 0..<count {
            let digits = Self.digits(number)
            for place in places { bytes.replaceSubrange(place..<place + 8, with: digits) }
            let name = String(decoding: digits, as: UTF8.self)
            try Self.write(bytes, to: "\(inbound)/\(name).xml")
            if poison, number % 100 == 0 {
                try Self.write(Self.poison(number / 100, bytes), to: "\(inbound)/\(name)-poison.xml")
            }
        }
    }

    /// Eight digits that no two numbers share, scattered as those of real identifiers are.
    private static func digits(_ number: Int) -> [UInt8] {
        let digits = String(UInt32(truncatingIfNeeded: number) &* 2_654_435_761, radix: 16)
        return Array((String(repeating: "0", count: 8 - digits.count) + digits).utf8)
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        guard FileManager.default.createFile(atPath: path, contents: Data(bytes)) else {
            throw WrongVerdict(description: "\(path) cannot be written")
        }
    }

    /// A bomb of entities, a text without end, an attribute of a megabyte, deep nesting, noise, and nothing at all.
    private static func poison(_ kind: Int, _ message: [UInt8]) -> [UInt8] {
        switch kind % 6 {
        case 0:
            let lines = (1...9).map { level in
                "<!ENTITY a\(level) \"\(String(repeating: "&a\(level - 1);", count: 10))\">"
            }
            return Array("<!DOCTYPE a [<!ENTITY a0 \"bomb\">\(lines.joined())]><a>&a9;</a>".utf8)
        case 1: return Array(message.prefix(message.count / 2))
        case 2: return Array("<a b=\"\(String(repeating: "x", count: 1 << 20))\"/>".utf8)
        case 3: return Array(String(repeating: "<a>", count: 100_000).utf8)
        case 4: return message.map { $0 ^ 0x55 }
        default: return []
        }
    }
}

/// The rates of the pipeline and of its two halves, in messages per second.
struct Pipeline {
    let reference: ReferenceData
    private let now = Instant(parsing: "2026-02-03T12:00:00Z") ?? Instant(millisecondsSinceEpoch: 0)

    private func processor(_ messages: WaitingMessages) throws -> Processor {
        let now = now
        return try Processor(
            workspace: Workspace(path: messages.path), reference: reference, actor: "bench", clock: { now })
    }

    /// Judging alone, on all cores, then committing, acknowledging and delivering alone.
    func halves(_ messages: WaitingMessages) throws -> (judging: Double, committing: Double) {
        let processor = try processor(messages)
        let start = ContinuousClock.now
        let judged = try Waiting.wait { try await processor.judgeWaiting() }
        let middle = ContinuousClock.now
        let summary = try processor.commit(judged)
        let end = ContinuousClock.now
        try check(summary, messages)
        return (rate(messages, middle - start), rate(messages, end - middle))
    }

    /// A whole drain.
    func whole(_ messages: WaitingMessages) throws -> Double {
        let processor = try processor(messages)
        let start = ContinuousClock.now
        let summary = try Waiting.wait { try await processor.run { _ in } }
        let duration = ContinuousClock.now - start
        try check(summary, messages)
        return rate(messages, duration)
    }

    private func check(_ summary: ProcessingSummary, _ messages: WaitingMessages) throws {
        guard summary.accepted == messages.count, summary.delivered == messages.count else {
            throw WrongVerdict(description: "not all were accepted and delivered: \(summary)")
        }
    }

    private func rate(_ messages: WaitingMessages, _ duration: Duration) -> Double {
        Double(messages.count) / (duration / .seconds(1))
    }
}

/// Takes windows out of a folder as a drain does, without judging.
struct Claiming {
    /// How long each window took, in milliseconds, rising.
    let windows: [Double]
    let found: Int

    init(_ messages: WaitingMessages) throws {
        let folder = try Folder(creating: "\(messages.path)/inbound")
        let aside = try Folder(creating: "\(messages.path)/aside")
        let queue = InboundQueue(name: "bench", folder: folder, taken: aside, quarantine: aside)
        let claims = try queue.claims(of: "bench")
        let scan = try queue.scan()
        var times: [Double] = []
        var found = 0
        while true {
            let start = ContinuousClock.now
            let offers = try scan.next(limit: 256, skipping: [])
            if offers.isEmpty { break }
            // A few of each window are claimed and released, as it costs the same for each of them.
            for offer in offers.prefix(8) {
                guard let identity = try queue.identity(of: offer), try claims.take(identity) else { continue }
                try claims.release(identity)
            }
            times.append((ContinuousClock.now - start) / .milliseconds(1))
            found += offers.count
        }
        windows = times.sorted()
        self.found = found
    }

    /// The time that 99 of 100 windows do not exceed.
    var slowest: Double { windows[min(windows.count - 1, windows.count * 99 / 100)] }
}

/// The bench is not asynchronous: it measures one thing after another.
enum Waiting {
    static func wait<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) throws -> Value {
        let outcome = Outcome<Value>()
        let done = DispatchSemaphore(value: 0)
        Task {
            do { outcome.result = .success(try await work()) } catch { outcome.result = .failure(error) }
            done.signal()
        }
        done.wait()
        guard let result = outcome.result else { throw WrongVerdict(description: "a run came to nothing") }
        return try result.get()
    }

    /// Written before the semaphore is signalled and read after it.
    private final class Outcome<Value: Sendable>: @unchecked Sendable {
        var result: Result<Value, any Error>?
    }
}

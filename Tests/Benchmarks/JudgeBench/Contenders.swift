// SPDX-License-Identifier: EUPL-1.2

import Dispatch
import Foundation
import SEDCore
import SEDProcessor
import SEDValidation
import Synchronization

/// One way of judging a document over and over, measured in turn with the others.
protocol Contender {
    /// Documents per second over about this many seconds.
    func throughput(threads: Int, seconds: Double) throws -> Double
}

/// A document is judged wrongly, so that its figures would mean nothing.
struct WrongVerdict: Error, CustomStringConvertible {
    let description: String
}

/// Our own full judgement, in this process.
struct Judging: Contender {
    private let validator: Validator
    private let bytes: [UInt8]

    init(_ document: BenchDocument, with validator: Validator) throws {
        self.validator = validator
        bytes = document.bytes
        let report = validator.judge(bytes).report
        guard report.verdict == .valid else {
            throw WrongVerdict(description: "\(document.name): \(report.verdict) \(report.findings.prefix(3))")
        }
    }

    func throughput(threads: Int, seconds: Double) throws -> Double {
        let documents = Atomic(0)
        let start = ContinuousClock.now
        let end = start + .seconds(seconds)
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            var count = 0
            repeat {
                // The verdict is used, so that the call cannot be left out.
                if validator.judge(bytes).report.verdict == .valid { count += 1 }
            } while ContinuousClock.now < end
            documents.add(count, ordering: .relaxed)
        }
        return Double(documents.load(ordering: .relaxed)) / ((ContinuousClock.now - start) / .seconds(1))
    }
}

/// A peer that stays alive, reads `threads seconds` a line and answers with documents per second.
final class ServingPeer: Contender {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private let name: String

    init(_ command: [String], schema: String, document: String) throws {
        name = command[0]
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = command.dropFirst() + [schema, document]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    func throughput(threads: Int, seconds: Double) throws -> Double {
        try input.fileHandleForWriting.write(contentsOf: Data("\(threads) \(seconds)\n".utf8))
        var line: [UInt8] = []
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first {
            if byte == UInt8(ascii: "\n") { break }
            line.append(byte)
        }
        guard let answer = Double(String(decoding: line, as: UTF8.self)) else {
            throw ChildError(program: name, reason: "it stopped without an answer")
        }
        return answer
    }
}

/// `xmllint --schema` over the same file many times in one call; its start and the schema's compilation are in it.
final class Xmllint: Contender {
    private let schema: String
    private let document: String
    /// Documents per second of the run before, from which the next one's length follows.
    private let known = Mutex(500.0)

    init(schema: String, document: String) {
        self.schema = schema
        self.document = document
    }

    func throughput(threads: Int, seconds: Double) throws -> Double {
        let count = max(1, min(10_000, Int(known.withLock { $0 } * seconds)))
        let command =
            ["xmllint", "--noout", "--nonet", "--schema", schema] + Array(repeating: document, count: count)
        let start = ContinuousClock.now
        let children = try (0..<threads).map { _ in try ChildProcess(command) }
        for child in children {
            guard try child.wait().status == 0 else { throw WrongVerdict(description: "xmllint: \(document)") }
        }
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        known.withLock { $0 = Double(count) / elapsed }
        return Double(count * threads) / elapsed
    }
}

// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCore
import SEDProcessor
import SEDValidation
import SEDXML

/// Reads and judges documents, some at a time, and hands them on in the order in which they were named.
struct DocumentJudge: Sendable {
    let validator: Validator
    let direction: MessageDirection
    let language: Language
    let showValues: Bool
    /// The directory that senders and receivers are compared with; nil where nobody asks.
    let institutions: InstitutionList?
    /// How many to judge at a time; nil for as many as there are processors.
    let jobs: Int?

    /// What the rules mean that judge here.
    var meanings: RuleMeanings { RuleMeanings(rules: validator.rules, library: validator.library, language: language) }

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
        if jobs == 1 || paths.count == 1 { return paths.map(judge) }
        return await withTaskGroup(of: (Int, JudgedDocument).self) { group in
            var waiting = paths.indices.makeIterator()
            func addNext() {
                guard let index = waiting.next() else { return }
                let path = paths[index]
                group.addTask { (index, judge(path)) }
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

    private func judge(_ path: String) -> JudgedDocument {
        let limit = ParsingLimits.standard.bytes
        switch path == "-" ? InputFile.standardInput(limit: limit) : InputFile.read(path, limit: limit) {
        case .bytes(let bytes):
            let judgement = validator.judge(bytes, direction: direction, language: language)
            let report = MessageReport(judgement.report, path: path, showValues: showValues)
                .addingInOrder(doubts(about: judgement, in: bytes), showValues: showValues)
            return JudgedDocument(path: path, bytes: bytes, report: report, failure: nil)
        case .tooLarge(let count):
            let report = MessageReport(validator.judgement(ofUnreadBytes: count, language: language).report, path: path)
            return JudgedDocument(path: path, bytes: nil, report: report, failure: nil)
        case .failure(let reason):
            return JudgedDocument(path: path, bytes: nil, report: nil, failure: reason)
        }
    }
}

extension DocumentJudge {
    /// What the directory of institutions says against those whom a message names, on the day it was made.
    private func doubts(about judgement: Judgement, in bytes: [UInt8]) -> [Diagnostic] {
        guard let institutions, let envelope = judgement.envelope,
            let day = CivilDate(parsing: String(envelope.createdAt.prefix(10))),
            let findings = try? InstitutionCheck(institutions).findings(
                on: envelope, named: judgement.facts.addedInstitution, on: day, in: bytes
            )
        else { return [] }
        return validator.told(findings, in: language)
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

    init(total: Int) {
        self.total = total
        isShown = total >= 50 && isatty(STDERR_FILENO) == 1 && isatty(STDOUT_FILENO) == 0
    }

    mutating func advance() {
        done += 1
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

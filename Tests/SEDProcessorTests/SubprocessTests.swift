// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCases
import SEDCore
import SEDInspection
import SEDProcessor
import SEDTestSupport
import SEDValidation
import Testing

/// Which sub-processes each use case has, and the published tables of the sub-processes themselves.
struct SubprocessTests {
    private static let reference = Result { try ReferenceData(folder: SchemaFolder(path: Repository.schemas)) }

    /// The numbers of the horizontal and of the administrative sub-processes, as the tables of use cases list them.
    static let listed: [String: (horizontal: [Int], administrative: [Int])] = [
        "LA_BUC_01": ([1, 2, 5, 6, 7], [1, 2, 3, 5, 6, 7, 8, 10, 11, 12]),
        "LA_BUC_02": ([1, 2, 6, 7], Array(1...12)),
        "LA_BUC_03": ([], [1, 2, 3, 5, 6, 8, 9, 10, 11, 12]),
        "LA_BUC_04": ([], [1, 2, 5, 6, 10, 11, 12]),
        "LA_BUC_05": ([], [1, 2, 3, 5, 6, 10, 11, 12]),
        "LA_BUC_06": ([], [1, 2, 3, 4, 5, 6, 7, 10, 11, 12]),
        "R_BUC_01": ([1, 7], [1, 2, 5, 6, 7, 8, 10, 11, 12]),
        // Listed are 1, 2, 5 and 7. R005, R006 and R004 may be updated, invalidated and clarified like every R SED, and
        // any SED may meet a business exception.
        "R_BUC_02": ([1, 7], [1, 2, 5, 6, 7, 8, 10, 11]),
        "R_BUC_03": ([1], [1, 2, 5, 6, 7, 8, 10, 11, 12]),
        "R_BUC_04": ([1], [1, 2, 5, 6, 7, 8, 10, 11, 12]),
        "R_BUC_05": ([1], [1, 2, 5, 6, 7, 8, 10, 11, 12]),
        "R_BUC_06": ([1], [1, 2, 5, 6, 7, 8, 10, 11, 12]),
        // 9 is not listed: the rejection of R017, which the case definitions of CDM 4.2 have, is taken with a note.
        "R_BUC_07": ([1], [1, 2, 5, 6, 7, 8, 9, 10, 11, 12]),
        "H_BUC_01": ([], [3, 4, 5, 6, 7, 10, 11, 12]),
        "H_BUC_02a": ([], [3, 4, 5, 6, 7, 8, 10, 11, 12]),
        "H_BUC_02b": ([], [3, 4, 5, 6, 7, 8, 10, 11, 12]),
        "H_BUC_02c": ([], [3, 4, 5, 6, 8, 10, 11, 12]),
        "H_BUC_03a": ([1], [3, 4, 5, 6, 8, 10, 11, 12]),
        "H_BUC_03b": ([1], [3, 4, 5, 6, 7, 8, 10, 11, 12]),
        "H_BUC_04": ([1], [5, 6, 7, 8, 11, 12]),
        "H_BUC_05": ([1], [3, 4, 5, 6, 7, 8, 10, 11, 12]),
        "H_BUC_06": ([1], [5, 6, 7, 10, 11, 12]),
        "H_BUC_07": ([1], [3, 4, 5, 6, 10, 11, 12]),
        "H_BUC_08": ([1], [1, 5, 6, 7, 10, 11, 12]),
        "H_BUC_09": ([1], [5, 6, 7, 10, 11, 12]),
        // Listed are X001, X007 and X009. What was closed may be opened again, H130 and H131 may be invalidated, and any
        // SED may meet a business exception; neither of the two is updated.
        "H_BUC_10": ([1, 4], [1, 2, 5, 6, 7, 11]),
    ]

    @Test(arguments: listed.keys.sorted())
    func `a use case has the sub-processes that are listed for it, on both sides`(code: String) throws {
        let listed = try #require(Self.listed[code])
        let type = try #require(BUCType(parsing: code))
        let useCase = try #require(try Self.reference.get().useCases.useCase(type))
        for table in [useCase.owner, useCase.counterparty] {
            let processes = Set(table.transitions.compactMap(\.process))
            func numbers(_ prefix: String) -> [Int] {
                processes.filter { $0.hasPrefix(prefix) }.compactMap { Int($0.dropFirst(prefix.count)) }.sorted()
            }
            #expect(numbers("H_BUC_") == listed.horizontal, "\(table.role)")
            // A router changes participants on the owner's side (X100); no published table of a counterparty has it.
            let expected = listed.administrative.filter { table.role == .caseOwner || $0 != 12 }
            #expect(numbers("AD_BUC_") == expected, "\(table.role)")
        }
    }

    @Test func `every use case is listed`() throws {
        #expect(Set(try Self.reference.get().useCases.all().map(\.type.code)) == Set(Self.listed.keys))
    }

    // MARK: Published tables of sub-processes

    /// A row of a published table of a sub-process.
    private struct Row {
        let state: String
        let received: String?
        let sent: String?
        let about: String?
        let next: String
        let isMandatory: Bool

        var isUpdate: Bool { about != nil && (about == received || about == sent) }
        var step: ReplayStep? {
            guard let sed = received ?? sent, received == nil || sent == nil else { return nil }
            return ReplayStep(direction: received == nil ? "sent" : "received", sed: sed, refSED: about)
        }
    }

    private static let facts = Repository.sharedFacts.map { $0 + "/transitions/" }

    private static func rows(_ file: String) throws -> [Row] {
        let lines = try String(contentsOfFile: (facts ?? "") + file, encoding: .utf8).split(whereSeparator: \.isNewline)
        return lines.dropFirst().map { line in
            let cells = line.split(separator: ",", omittingEmptySubsequences: false).map {
                $0 == "-" ? nil : String($0)
            }
            // The table of H_BUC_02 has a stray S, and those of H_BUC_01 and AD_BUC_05 the same SED or a state twice.
            let received = ["S", "1"].contains(cells[4]) || cells[4] == cells[5] ? nil : cells[4]
            return Row(
                state: cells[3] ?? "", received: received, sent: cells[5], about: cells[6], next: cells[7] ?? "",
                isMandatory: cells[9] == "yes"
            )
        }
    }

    private static let files: [String] = {
        guard let facts, let names = try? FileManager.default.contentsOfDirectory(atPath: facts) else { return [] }
        return names.sorted()
    }()

    private static let isSkipped: Comment = "SKIPPED: the shared EESSI facts are not beside this checkout"

    /// What we play in a sub-process: who triggers it sends its first document.
    private static func isTriggering(_ file: String) -> Bool { file.hasSuffix("_TP.csv") }

    @Test(.enabled(if: facts != nil, isSkipped), arguments: files.filter { $0.contains("_sub_") })
    func `a horizontal sub-process runs inside every case that has it and leaves the case where it is`(
        file: String
    ) throws {
        let process = String(file.prefix(8))
        let rows = try Self.rows(file)
        // A shortest course to each state of the sub-process.
        var courses: [String: [ReplayStep]] = ["S": []]
        var waiting = ["S"]
        while let state = waiting.first {
            waiting.removeFirst()
            for row in rows where row.state == state && row.about == nil && courses[row.next] == nil {
                guard let step = row.step, let course = courses[state] else { continue }
                courses[row.next] = course + [step]
                waiting.append(row.next)
            }
        }
        /// The course to the state of a row, with the document that the row is about.
        func course(to row: Row) -> [ReplayStep]? {
            guard let course = courses[row.state] else { return nil }
            if row.about == nil, [row.received, row.sent].contains("X050") { return nil }
            guard let about = row.about else { return course }
            let isOurs = row.isUpdate || row.received == "X008" || row.sent == "X008"
            let way = (row.received == nil) == isOurs ? "sent" : "received"
            if course.contains(where: { $0.sed == about && $0.direction == way }) { return course }
            let bringing = rows.first { other in
                other.state == row.state && other.about == nil && other.step?.sed == about
                    && other.step?.direction == way
            }
            return bringing?.step.map { course + [$0] }
        }
        var played = 0
        let hosts = try Self.reference.get().useCases.all().flatMap { [$0.owner, $0.counterparty] }
            .filter { $0.transitions.contains { $0.process == process } }
        // H120 and H121 are a sub-process of no use case of ours.
        #expect(hosts.isEmpty == (process == "H_BUC_08"))
        for host in hosts {
            for row in rows {
                guard let step = row.step, let course = course(to: row), !Self.concernsOthers(row, file) else {
                    continue
                }
                let opening = course.first ?? step
                let place = host.transitions.first {
                    $0.process == process && $0.sed.code == opening.sed && $0.way.rawValue == opening.direction
                }
                // Some use cases let one side alone ask.
                guard let state = place?.state else { continue }
                played += 1
                let outlook = try #require(CaseOutlook(at: state, in: host))
                var replay = CaseReplay(table: host, from: outlook.progress)
                for earlier in course { #expect(try replay.play(earlier).allowed, "\(host.role) \(earlier)") }
                let answer = try replay.play(step)
                #expect(answer.allowed && answer.state == state.name, "\(host.role) \(course) \(step): \(answer)")
            }
        }
        #expect((played > 0) == !hosts.isEmpty)
    }

    /// Whether the row is about what another participant answers, which is no affair of our thread.
    private static func concernsOthers(_ row: Row, _ file: String) -> Bool {
        if isTriggering(file) { return false }
        let replies = ["H002", "H062"]
        if let received = row.received, replies.contains(received) { return true }
        // X008 and X050 about a reply that we did not send.
        guard let about = row.about, replies.contains(about) else { return false }
        return row.received == "X008" || row.sent == "X050"
            || (row.received == nil && row.sent == "X008" && row.state != "2")
    }

    @Test(
        .enabled(if: facts != nil, isSkipped), arguments: Set(files.filter { $0.hasPrefix("AD_") }.map { $0.prefix(9) })
    )
    func `an administrative sub-process has the documents of its published tables, each its way`(
        process: Substring
    ) throws {
        let rows = try Self.files.filter { $0.hasPrefix(process) }.flatMap { try Self.rows($0) }
        let useCases = try Self.reference.get().useCases.all()
        let ours = useCases.flatMap { $0.owner.transitions + $0.counterparty.transitions }
            .filter { $0.process ?? "" == process && !$0.isUpdate }
        func documents(_ way: Way) -> Set<String> {
            Set(ours.flatMap { row in row.way == way ? [row.sed.code] : row.reply.map { [$0.code] } ?? [] })
        }
        // "SED" stands for the documents that are sent again; what a router sends, no side of ours does.
        let sent = Set(rows.compactMap(\.sent)).subtracting(["SED", "X100"])
        #expect(documents(.sent) == sent)
        #expect(documents(.received) == Set(rows.compactMap(\.received)).subtracting(["SED"]))
    }

    @Test(.enabled(if: facts != nil, isSkipped))
    func `the replies that must not be left out are those that the published tables demand`() throws {
        let words = try Self.reference.get().vocabulary()
        for (code, process) in words.processes {
            let file = code.hasPrefix("AD_") ? "\(code)_OP.csv" : "\(code)_sub_OP.csv"
            guard Self.files.contains(file) else {
                // H_BUC_04 is a sub-process of H_BUC_10 alone, which has no table either.
                #expect(code == "H_BUC_04" || code == "AD_BUC_12")
                continue
            }
            let demanded = try Self.rows(file).filter { $0.isMandatory && $0.about == nil }.compactMap(\.sent)
            #expect(Set(process.dueReplies.map(\.code)) == Set(demanded), "\(code)")
        }
    }
}

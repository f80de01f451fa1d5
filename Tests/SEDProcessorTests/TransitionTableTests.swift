// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCases
import SEDCore
import SEDInspection
import SEDProcessor
import SEDTestSupport
import SEDValidation
import Testing

/// The state tables of `sed-schemas/buc` held against the published ones, which lie beside the checkout.
///
/// Without those facts there is nothing to compare with, and the suite says so by being skipped.
@Suite(.enabled(if: Repository.sharedFacts != nil, "SKIPPED: the shared EESSI facts are not beside this checkout"))
struct PublishedTableTests {
    /// A row of a published table, with its misprints put right (docs/buc-format.md lists them).
    private struct Row {
        let state: String
        let received: String?
        let sent: String?
        let about: String?
        let next: String
        let process: String
        let context: String?

        var isUpdate: Bool { about != nil && (about == received || about == sent) }
    }

    static let tables: [(buc: String, role: String)] = {
        guard let facts = Repository.sharedFacts,
            let names = try? FileManager.default.contentsOfDirectory(atPath: facts + "/transitions")
        else { return [] }
        return names.sorted().compactMap { name in
            let stem = String(name.dropLast(4))
            guard !stem.hasPrefix("AD_"), !stem.contains("_sub_") else { return nil }
            return (String(stem.dropLast(3)), stem.hasSuffix("CO") ? "CaseOwner" : "Counterparty")
        }
    }()

    private static func rows(_ buc: String, _ role: String) throws -> [Row] {
        let file = "\(Repository.sharedFacts ?? "")/transitions/\(buc)_\(role == "CaseOwner" ? "CO" : "CP").csv"
        let lines = try String(contentsOfFile: file, encoding: .utf8).split(whereSeparator: \.isNewline).dropFirst()
        return lines.compactMap { line in
            var cells = Self.cells(String(line)).map { $0 == "-" || $0.isEmpty ? nil : $0 }
            if buc == "LA_BUC_06", role == "Counterparty", cells[3] == "3", cells[4] == "X004" { cells[3] = "C" }
            if buc == "H_BUC_02a", cells[4] == "X006", cells[6] == "H003" { cells[4] = "X008" }
            // A row of the other side stands in the counterparty's table of LA_BUC_04.
            if role == "Counterparty", cells[2]?.lowercased() == "caseowner" { return nil }
            var (received, sent, about) = (cells[4], cells[5], cells[6])
            if received == "2" { received = nil }
            if buc == "R_BUC_01", cells[3] == "7", about == "R002", cells[7] == "2" { cells[10] = "R002-01" }
            if buc == "H_BUC_03a", role == "Counterparty", cells[3] == "2" {
                (cells[3], received, sent) = ("1", nil, received)
            }
            if buc == "LA_BUC_01", role == "Counterparty", cells[8]?.uppercased() == "AD_BUC_10", about == nil,
                received ?? sent == "A001"
            {
                (received, sent, about) = ("A001", nil, "A001")
            }
            if buc == "LA_BUC_01", let next = cells[7], ["S15-3", "S16-1"].contains(next) {
                cells[7] = String(next.dropFirst())
            }
            if buc == "LA_BUC_02", role == "Counterparty", cells[3] == "15-4", about == nil {
                cells[7] = ["A012": "2", "A004": "3"][sent] ?? cells[7]
            }
            if received == "X050", let subject = sent { (sent, about) = (nil, subject) }
            let context = cells[10]?.split(whereSeparator: { ",/".contains($0) }).first
                .map { String($0).trimmingCharacters(in: .whitespaces) }
            if buc == "R_BUC_07", cells[3] == "9", context == "R018-03", cells[7] == "5" { return nil }
            let put = ["R18-02": "R018-02", "H004-004": "H004-04", "X004-1": "X004-01", "X004-2": "X004-02"]
            return Row(
                state: cells[3] ?? "", received: received, sent: sent, about: about, next: cells[7] ?? cells[3] ?? "",
                process: cells[8] ?? "-", context: context.map { put[$0] ?? $0 }
            )
        }
    }

    private static func cells(_ line: String) -> [String] {
        var cells = [""]
        var isQuoted = false
        for character in line where character != "\r" {
            if character == "\"" {
                isQuoted.toggle()
            } else if character == ",", !isQuoted {
                cells.append("")
            } else {
                cells[cells.count - 1].append(character)
            }
        }
        return cells
    }

    private func table(_ buc: String, _ role: String) throws -> RoleTable {
        let library = UseCaseLibrary(folder: SchemaFolder(path: Repository.schemas))
        let type = try #require(BUCType(parsing: buc))
        let side = try #require(CaseRole(rawValue: role))
        return try #require(try library.useCase(type)?.table(for: side))
    }

    private func step(_ row: Row) -> ReplayStep? {
        guard let sed = row.received ?? row.sent, row.received == nil || row.sent == nil else { return nil }
        return ReplayStep(
            direction: row.received != nil ? "received" : "sent", sed: sed, context: row.context, refSED: row.about
        )
    }

    /// A shortest course to each state, along rows that lead on.
    private func courses(_ rows: [Row]) -> [String: [ReplayStep]] {
        var courses: [String: [ReplayStep]] = ["S": []]
        var waiting = ["S"]
        while !waiting.isEmpty {
            let state = waiting.removeFirst()
            for row in rows where row.state == state && courses[row.next] == nil && !["L", "E", "W"].contains(row.next)
            {
                guard !row.isUpdate, let step = step(row), let course = courses[state] else { continue }
                courses[row.next] = course + [step]
                waiting.append(row.next)
            }
        }
        return courses
    }

    /// A row that leads to a state without rows would leave a case where nothing may travel any more.
    @Test func `every row leads to a state that goes on, or to an end`() throws {
        for useCase in try UseCaseLibrary(folder: SchemaFolder(path: Repository.schemas)).all() {
            for table in [useCase.owner, useCase.counterparty] {
                let ends: Set<StateID> = [.start, .closed, .forwarded, .lastValid, .end]
                let dead = Set(table.transitions.map(\.next)).subtracting(table.transitions.map(\.state))
                    .subtracting(ends)
                #expect(dead.isEmpty, "\(useCase.type) \(table.role)")
            }
        }
    }

    @Test(arguments: tables)
    func `every row that the published table has is allowed and leads where it says`(buc: String, role: String) throws {
        let rows = try Self.rows(buc, role)
        let courses = courses(rows)
        let table = try table(buc, role)
        var played = 0
        var mismatches: [String] = []
        for row in rows {
            guard let step = step(row), let course = courses[row.state] else { continue }
            let isOnCourse = course.contains { $0.sed == row.about && $0.direction == step.direction }
            if row.isUpdate, !isOnCourse { continue }
            var replay = CaseReplay(table: table)
            for earlier in course { _ = try replay.play(earlier) }
            let answer = try replay.play(step)
            played += 1
            let states = [answer.state].compactMap { $0 } + (answer.alternatives ?? [])
            if !answer.allowed || (row.next != "L" && !states.contains(row.next)) {
                mismatches.append("\(row.state) \(step) -> \(row.next), not \(states)")
            }
        }
        #expect(mismatches.isEmpty, "\(mismatches.count) of \(played): \(mismatches.prefix(5))")
        #expect(played > 0)
    }

    @Test(arguments: tables)
    func `nothing else is allowed`(buc: String, role: String) throws {
        let rows = try Self.rows(buc, role)
        let table = try table(buc, role)
        let all = Set(rows.flatMap { [$0.received, $0.sent].compactMap { $0 } })
        var mismatches: [String] = []
        for (state, course) in courses(rows) {
            let here = rows.filter { $0.state == state }
            for sed in all {
                for direction in ["received", "sent"] {
                    let isKnown = here.contains { (direction == "received" ? $0.received : $0.sent) == sed }
                    // What is taken although the sources disagree bears its mark.
                    let isNoted = table.transitions(from: StateID(state)).contains {
                        $0.sed.code == sed && $0.mark == .noted
                    }
                    if isNoted { continue }
                    // The horizontal residence documents are published as a range in pairs.
                    if isKnown || ["H003", "H004", "H005", "H006"].contains(sed) { continue }
                    // A reply to a request on the way there belongs to an exchange of its own.
                    if course.contains(where: { Self.replies[$0.sed] == sed }) { continue }
                    var replay = CaseReplay(table: table)
                    // Where the content of a course leaves several states open, the others may allow more.
                    let isOpen = try course.map { try replay.play($0) }.last?.alternatives != nil
                    let answer = try replay.play(ReplayStep(direction: direction, sed: sed))
                    if answer.allowed, !isOpen { mismatches.append("\(state) \(direction) \(sed)") }
                }
            }
        }
        #expect(mismatches.isEmpty, "\(mismatches.count): \(mismatches.sorted().prefix(8))")
    }

    private static let replies = [
        "X009": "X010", "X012": "X013", "H001": "H002", "X002": "X003", "H061": "H062", "H065": "H066", "H005": "H006",
    ]

    // MARK: Courses

    /// Courses of the four use cases that contradict the tables of the same publisher.
    ///
    /// R_BUC_07/019: the tables answer a contestation with R033 before a decision. LA_BUC_02/029 and /039: the
    /// counterparty's table has no second A012, although the owner's receives one.
    private static let contradictions: [String: Set<String>] = [
        "CaseOwner": ["R_BUC_07/019"], "Counterparty": ["R_BUC_07/019", "LA_BUC_02/029", "LA_BUC_02/039"],
    ]

    @Test(arguments: ["LA_BUC_02", "LA_BUC_04", "R_BUC_06", "R_BUC_07"], ["CaseOwner", "Counterparty"])
    func `the published courses of two participants can be played`(buc: String, role: String) throws {
        let file = "\(Repository.sharedFacts ?? "")/scenarios/\(buc).json"
        let scenario = try JSONDecoder().decode(Scenario.self, from: Data(contentsOf: URL(fileURLWithPath: file)))
        let table = try table(buc, role)
        var played = 0
        for course in scenario.cases where Self.contradictions[role]?.contains("\(buc)/\(course.id)") == false {
            // Forwarding and several counterparties need more than one side's view.
            let parties = Set(course.steps.flatMap { [$0.from, $0.to] })
            guard parties.isSubset(of: ["CO", "CP"]), !course.steps.contains(where: { $0.sed.contains(" ") }) else {
                continue
            }
            var replay = CaseReplay(table: table)
            played += 1
            for (index, step) in course.steps.enumerated() {
                let isOurs = (step.from == "CO") == (role == "CaseOwner")
                let about = step.ref.map { String($0.prefix(4)) }
                let isAct = ["X008", "X011", "X050"].contains(step.sed) || about == step.sed
                let answer = try replay.play(
                    ReplayStep(direction: isOurs ? "sent" : "received", sed: step.sed, refSED: isAct ? about : nil)
                )
                #expect(answer.allowed, "\(buc)/\(course.id) step \(index + 1): \(answer.message ?? "")")
            }
        }
        #expect(played > 0)
    }
}

/// Who may send what, read from the rows alone, as a start does it.
struct UseCaseOutlineTests {
    private let folder = SchemaFolder(path: Repository.schemas)

    @Test func `the outline of every use case says what its tables say`() throws {
        let useCases = try UseCaseLibrary(folder: folder).all()
        #expect(useCases.count == 26)
        for useCase in useCases {
            let bytes = try folder.read("buc/\(useCase.type.code).yaml")
            let outline = try #require(UseCaseOutline.combinations(in: bytes, of: useCase.type), "\(useCase.type)")
            #expect(outline.versions == [useCase.version])
            #expect(outline.starter == useCase.starter)
            #expect(outline.isMultilateral == useCase.isMultilateral)
            for role in CaseRole.allCases {
                let seds = Set(useCase.documents.filter { useCase.maySend($0, as: role) })
                #expect(outline.senders[role] == seds, "\(useCase.type) \(role)")
            }
        }
    }

    @Test(arguments: [
        ("participants: several", "participants: [several]"), ("starter: A001", "starter: &a A001"),
        ("sides:", "sides: {}"), ("    table: |", "    table: |-"), ("state  way", "way  state"),
        ("  out  A001  -", "  off  A001  -"), ("version: \"4.4\"", "version: '4.4'"), ("buc: LA", "buc: R"),
        ("      1      in   X100  -", "      1      in   X1  -"), ("title:", "unknown: 1\ntitle:"),
        ("      1      in   A011  -", "      1      in   A011"), ("starter: A001", "starter: A001 # the first"),
    ])
    func `a use case in another form is left to the reader of YAML`(part: String, other: String) throws {
        let type = try #require(BUCType(parsing: "LA_BUC_01"))
        let text = String(decoding: try folder.read("buc/LA_BUC_01.yaml"), as: UTF8.self)
        #expect(UseCaseOutline.combinations(in: Array(text.utf8), of: type) != nil)
        let changed = text.replacing(part, with: other)
        #expect(changed != text)
        #expect(UseCaseOutline.combinations(in: Array(changed.utf8), of: type) == nil)
    }
}

// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCases
import SEDCore
import SEDInspection
import SEDProcessor
import SEDTestSupport
import SEDValidation
import Testing

/// Every side of every use case that `sed-schemas/buc` holds.
private struct Side: CustomTestStringConvertible, Sendable {
    let buc: String
    let role: CaseRole

    var testDescription: String { "\(buc) \(role.rawValue)" }

    static let codes: [String] = {
        let names = (try? SchemaFolder(path: Repository.schemas).names(in: "buc")) ?? []
        return names.filter { $0.contains("_BUC_") }.map { String($0.dropLast(5)) }
    }()

    static let all = codes.flatMap { code in CaseRole.sides.map { Side(buc: code, role: $0) } }

    func useCase() throws -> BusinessUseCase {
        let library = UseCaseLibrary(folder: SchemaFolder(path: Repository.schemas))
        let type = try #require(BUCType(parsing: buc))
        return try #require(try library.useCase(type))
    }

    func table() throws -> RoleTable { try #require(try useCase().table(for: role)) }
}

struct UseCaseOutlookTests {
    private static let acting: Set<String> = ["X008", "X011", "X050"]

    private func step(_ option: CaseOutlook.Option) -> ReplayStep {
        let isAct = Self.acting.contains(option.sed.code) || option.kind == .update
        return ReplayStep(
            direction: option.way.rawValue, sed: option.sed.code,
            context: option.contexts.isEmpty ? nil : option.contexts.joined(separator: ","),
            refSED: isAct ? option.about?.code : nil
        )
    }

    @Test(arguments: Side.all)
    private func `what the outlook lists is what advancing the case allows`(side: Side) throws {
        let table = try side.table()
        let documents = try side.useCase().documents.filter { !Self.acting.contains($0.code) }
        var faults: [String] = []
        for state in table.states {
            guard let outlook = CaseOutlook(at: state, in: table) else { continue }
            for way in [Way.sent, .received] {
                let options = outlook.options(way)
                for sed in documents {
                    let event = CaseEvent(way: way, sed: sed, set: "new")
                    let isAllowed = !outlook.progress.alternatives(after: event, in: table).isEmpty
                    let isListed = options.contains { $0.sed == sed && $0.kind != .update }
                    if isAllowed != isListed || isAllowed != outlook.allows(sed, way) {
                        faults.append("\(state) \(way) \(sed): allowed \(isAllowed), listed \(isListed)")
                    }
                }
                for document in outlook.progress.documents where document.way == way && document.isValid {
                    let event = CaseEvent(
                        way: way, sed: document.sed, set: document.set, version: document.version + 1, isUpdate: true
                    )
                    let isAllowed = !outlook.progress.alternatives(after: event, in: table).isEmpty
                    let isListed = options.contains { $0.sed == document.sed && $0.kind == .update }
                    if isAllowed != isListed { faults.append("\(state) \(way) update of \(document.sed)") }
                }
            }
        }
        #expect(faults.isEmpty, "\(faults.count): \(faults.prefix(5))")
    }

    @Test(arguments: Side.all)
    private func `a state that has rows is reached, and its course can be played`(side: Side) throws {
        let table = try side.table()
        for state in table.states where !Self.unreachable.contains("\(side.buc) \(side.role.rawValue) \(state)") {
            let outlook = try #require(CaseOutlook(at: state, in: table), "\(state)")
            #expect(outlook.progress.state == state)
        }
    }

    /// States that no row of the published tables leads to.
    private static let unreachable: Set<String> = []

    @Test(arguments: Side.all)
    private func `the course that an obstacle advises makes way for the document`(side: Side) throws {
        let table = try side.table()
        let documents = try side.useCase().documents.filter { !Self.acting.contains($0.code) }
        var advised = 0
        // The great tables have a hundred thousand questions; some of their states ask enough of them.
        let states = table.states.enumerated().filter { table.states.count < 6 || $0.offset % 8 == 1 }.map(\.element)
        for state in states {
            guard let outlook = CaseOutlook(at: state, in: table) else { continue }
            for way in [Way.sent, .received] {
                for sed in documents {
                    guard let obstacle = outlook.obstacle(to: sed, way), let course = obstacle.course else { continue }
                    advised += 1
                    var replay = CaseReplay(table: table, from: outlook.progress)
                    for option in course { #expect(try replay.play(step(option)).allowed, "\(state) \(sed)") }
                    let answer = try replay.play(ReplayStep(direction: way.rawValue, sed: sed.code))
                    #expect(answer.allowed, "\(state) \(way) \(sed) after \(course.map(\.sed.code))")
                    for needed in obstacle.needed { #expect(course.contains(needed)) }
                }
            }
        }
        #expect(advised > 0)
    }

    @Test func `the owner pays costs only after they were claimed and agreed to`() throws {
        let table = try Side(buc: "R_BUC_07", role: .caseOwner).table()
        let outlook = try #require(CaseOutlook(at: StateID("2"), in: table))
        let obstacle = try #require(outlook.obstacle(to: SEDType(unchecked: "R004"), .sent))
        #expect(obstacle.states.map(\.name) == ["9", "10", "35", "36"])
        #expect(obstacle.needed.map(\.sed.code) == ["R028", "R029"])
        #expect(obstacle.course?.map(\.next.name) == ["8", "9"])
    }

    @Test(arguments: [("R_BUC_01", "R002"), ("H_BUC_08", "H121"), ("LA_BUC_03", "A008")])
    func `a replay takes a second document for a version where a row lets one in`(buc: String, sed: String) throws {
        // Some side of the use case has such a row in a state that a course leads to.
        var played = 0
        for role in CaseRole.sides {
            let table = try Side(buc: buc, role: role).table()
            for row in table.transitions where row.isUpdate && row.sed.code == sed {
                guard let outlook = CaseOutlook(at: row.state, in: table),
                    outlook.progress.documents.contains(where: { $0.sed == row.sed && $0.way == row.way })
                else { continue }
                var told = CaseReplay(table: table, from: outlook.progress)
                var untold = CaseReplay(table: table, from: outlook.progress)
                let direction = row.way.rawValue
                let version = try told.play(ReplayStep(direction: direction, sed: sed, refSED: sed))
                let answer = try untold.play(ReplayStep(direction: direction, sed: sed))
                guard version.allowed else { continue }
                #expect(answer.allowed, "\(role) \(row.state)")
                played += 1
            }
        }
        #expect(played > 0)
    }

    @Test func `a step that names what does not exist is no message of a course`() throws {
        let table = try Side(buc: "R_BUC_07", role: .caseOwner).table()
        for step in [
            ReplayStep(direction: "sent", sed: "R017", context: "R017-99"),
            ReplayStep(direction: "sent", sed: "R017", context: "R017-01,Q"),
            ReplayStep(direction: "sent", sed: "R017", refSED: "Q1"),
        ] {
            var replay = CaseReplay(table: table, conditions: ["R018-01"])
            #expect(throws: ReplayError.self) { try replay.play(step) }
        }
        var replay = CaseReplay(table: table, conditions: ["R018-01"])
        #expect(try replay.play(ReplayStep(direction: "sent", sed: "R017", context: "R017-01")).allowed)
    }

    @Test func `every source of a use case and a clock has its Estonian words`() throws {
        let reference = try Bench.reference.get()
        let words = try reference.vocabulary()
        for useCase in try reference.useCases.all() {
            for source in [useCase.reference] + useCase.timers.map(\.reference) {
                #expect(words.told(reference: source, .estonian) != source, "\(useCase.type): \(source)")
            }
        }
    }

    @Test func `where the sources disagree the receiver takes the document with a note`() throws {
        var owner = CaseReplay(table: try Side(buc: "R_BUC_07", role: .caseOwner).table())
        #expect(try owner.play(ReplayStep(direction: "sent", sed: "R017", context: "R017-01")).note == nil)
        let rejected = try owner.play(ReplayStep(direction: "received", sed: "X011", refSED: "R017"))
        #expect(rejected.allowed && rejected.state == "1" && rejected.note == "CAS-016")

        for (context, states) in [
            ("R028-01", ["1", "8", "9", "10", "10"]), ("R028-02", ["1", "11", "12", "12", "12"]),
        ] {
            var counterparty = CaseReplay(table: try Side(buc: "R_BUC_07", role: .counterparty).table())
            let answers = try [
                ReplayStep(direction: "received", sed: "R017", context: "R017-01"),
                ReplayStep(direction: "sent", sed: "R028", context: context),
                ReplayStep(direction: "received", sed: "R029"), ReplayStep(direction: "received", sed: "R004"),
                ReplayStep(direction: "received", sed: "R004"),
            ].map { try counterparty.play($0) }
            #expect(answers.map(\.state) == states)
            #expect(answers.map(\.note) == [nil, nil, nil, "CAS-016", "CAS-016"])
        }
    }

    // MARK: Words

    @Test(arguments: Language.allCases)
    func `every SED and every sub-process has a title in each language`(language: Language) throws {
        let reference = try ReferenceData(folder: SchemaFolder(path: Repository.schemas))
        let words = try reference.vocabulary()
        let useCases = try reference.useCases.all()
        for sed in Set(useCases.flatMap(\.documents)) { #expect(words.seds[sed]?[language] != nil, "\(sed)") }
        #expect(words.seds.count == reference.validator.library.catalogue.seds.count)
        let rows = useCases.flatMap { $0.owner.transitions + $0.counterparty.transitions }
        #expect(Set(rows.compactMap(\.process)) == Set(words.processes.keys))
    }
}

struct UseCasePageTests {
    /// The rows of the main course that a Mermaid picture shows: state, document in words, next state.
    ///
    /// Reads what ``UseCasePicture/mermaid(_:)`` writes and nothing more of the language, so a line that is anything
    /// else is a fault.
    private func drawn(_ mermaid: String) throws -> Set<[String]> {
        var lines = mermaid.split(separator: "\n")[...]
        try #require(lines.popFirst() == "flowchart LR")
        let state = /^    ([a-zA-Z][A-Za-z0-9_]*)(?:\(\("([^"]+)"\)\)|\(\["([^"]+)"\]\)|\("([^"]+)"\))$/
        let list = /^    ([a-zA-Z][A-Za-z0-9_]*)\{\{"in ([^"{}]+)"\}\}$/
        let arrow = /^    ([A-Za-z0-9_]+) (?:-->|==>)\|"([^"|]+)"\| ([A-Za-z0-9_]+)$/
        var nodes: [String: [String]] = [:]
        var rows: Set<[String]> = []
        for line in lines {
            if let match = line.wholeMatch(of: state) {
                nodes[String(match.1)] = [String(match.2 ?? match.3 ?? match.4 ?? "")]
            } else if let match = line.wholeMatch(of: list) {
                nodes[String(match.1)] = String(match.2).components(separatedBy: ", ")
            } else {
                let match = try #require(line.wholeMatch(of: arrow), "\(line)")
                let from = try #require(nodes[String(match.1)], "\(line)")
                let next = try #require(nodes[String(match.3)], "\(line)")
                for label in String(match.2).components(separatedBy: "<br/>") {
                    for state in from { rows.insert([state, label, next[0]]) }
                }
            }
        }
        return rows
    }

    @Test(arguments: Side.all)
    private func `every row of the main course is in the picture or in the table beside it, and nothing else`(
        side: Side
    ) throws {
        let table = try side.table()
        let picture = UseCasePicture(of: table)
        let main = table.transitions.filter(\.isMainCourse)
        func text(_ row: Transition) -> String {
            let act = "\(row.way == .sent ? "sends" : "receives") \(row.sed)"
            return row.contexts.isEmpty ? act : "\(act) (\(row.contexts.joined(separator: ", ")))"
        }
        let leading = Set(main.filter { $0.next != $0.state }.map { [$0.state.name, text($0), $0.next.name] })
        #expect(try drawn(UseCasePicture.mermaid([picture])) == leading)
        let staying = Set(main.filter { $0.next == $0.state }.map { [$0.state.name, text($0)] })
        #expect(Set(picture.loops.flatMap { loop in loop.states.map { [$0.name, loop.label.text] } }) == staying)
        #expect(main.allSatisfy { !$0.sed.isAdministrative })
        // More than that nobody follows.
        #expect(picture.arrows.count <= 45, "\(picture.arrows.count) arrows")
    }

    @Test(arguments: Side.codes)
    func `the page in docs is the one that make pictures writes`(code: String) throws {
        let reference = try ReferenceData(folder: SchemaFolder(path: Repository.schemas))
        let useCase = try Side(buc: code, role: .caseOwner).useCase()
        let page = UseCasePage(useCase, try reference.vocabulary()).markdown
        #expect(try Repository.text("docs/buc/\(code).md") == page, "make pictures writes it anew")
    }

    @Test func `the index in docs is the one that make pictures writes, and there is no other page`() throws {
        let library = UseCaseLibrary(folder: SchemaFolder(path: Repository.schemas))
        #expect(try Repository.text("docs/buc/README.md") == UseCasePage.index(of: library.all()))
        let names = try FileManager.default.contentsOfDirectory(atPath: Repository.root.path + "/docs/buc")
        #expect(Set(names) == Set(Side.codes.map { "\($0).md" } + ["README.md"]))
    }

    private static let hasDot = (try? Program.shell("command -v dot", folder: "/").status) == 0

    @Test(
        .enabled(if: hasDot, "SKIPPED: Graphviz is not installed; .ci/install --tests brings it"), arguments: Side.codes
    )
    func `Graphviz reads every graph and finds its nodes`(code: String) throws {
        let folder = try TemporaryFolder()
        let useCase = try Side(buc: code, role: .caseOwner).useCase()
        let pictures = [useCase.owner, useCase.counterparty].map(UseCasePicture.init)
        try folder.write(UseCasePicture.dot(code, pictures), to: "graph.dot")
        let result = try Program.shell("dot -Tplain graph.dot", folder: folder.path)
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        let lines = result.output.split(separator: "\n")
        let lists = pictures.map { Set($0.arrows.map(\.from).filter { $0.count > 1 }).count }.reduce(0, +)
        #expect(lines.count { $0.hasPrefix("node ") } == pictures.map(\.states.count).reduce(0, +) + lists)
        #expect(lines.count { $0.hasPrefix("edge ") } == pictures.map(\.arrows.count).reduce(0, +))
    }
}

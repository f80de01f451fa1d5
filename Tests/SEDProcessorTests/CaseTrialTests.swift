// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCases
import SEDCore
import SEDInspection
import SEDProcessor
import SEDStorage
import SEDTestSupport
import Testing

/// A copy of `sed-schemas` in which some files say something else.
final class ChangedSchemas {
    private let folder: TemporaryFolder
    var path: String { folder.path + "/schemas" }

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.copyItem(atPath: Repository.schemas, toPath: folder.path + "/schemas")
    }

    func change(_ file: String, _ body: (String) -> String) throws {
        let text = try String(contentsOfFile: "\(path)/\(file)", encoding: .utf8)
        let changed = body(text)
        #expect(changed != text, "\(file) was to be changed")
        try changed.write(toFile: "\(path)/\(file)", atomically: true, encoding: .utf8)
    }

    /// Takes a rule about documents out of its family.
    func remove(_ rule: String, from family: String) throws {
        try change("rules/\(family).sch") {
            $0.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.contains("id=\"\(rule)\"") }
                .joined(separator: "\n")
        }
        try change("rules/\(family).xml") { text in
            guard let start = text.range(of: "  <rule id=\"\(rule)\""),
                let end = text.range(of: "  </rule>\n", range: start.lowerBound..<text.endIndex)
            else { return text }
            return text.replacingCharacters(in: start.lowerBound..<end.upperBound, with: "")
        }
    }

    var reference: ReferenceData { get throws { try ReferenceData(folder: SchemaFolder(path: path)) } }
}

/// What old messages would come to under other rules, tables, clocks and calendars.
struct CaseTrialTests {
    private let id = "6a1c3b52-4b0e-4a63-9a53-0f5a0c1f7f10"

    private func message(_ sed: String, in buc: String = "R_BUC_07", at hour: Int, weSend: Bool = false) throws
        -> TestMessage
    {
        var message = try TestMessage(sed, in: buc)
        message.caseID = id
        message.createdAt = "2026-03-02T\(hour < 10 ? "0" : "")\(hour):00:00Z"
        if hour == 1 { message.action = "Start" }
        return weSend ? message.reversed : message
    }

    /// A recovery whose request states a birth date that the personal code does not.
    private func course() throws -> [TestMessage] {
        var request = try message("R017", at: 1)
        request.body = request.body.replacing(/<dateBirth>[^<]*/, with: "<dateBirth>1950-01-31")
        var reply = try message("R018", at: 2, weSend: true)
        reply.relatedSet = request.set
        return [request, reply, try message("R025", at: 3), try message("X001", at: 4)]
    }

    private func bench(_ messages: [TestMessage], _ reference: ReferenceData? = nil) async throws -> Bench {
        let bench = try Bench(reference: reference)
        for (index, message) in messages.enumerated() { try bench.drop(message, as: "m\(index)") }
        try await bench.drain()
        return bench
    }

    private func trial(_ bench: Bench, _ reference: ReferenceData? = nil, since: CaseTrial.Since = .all) throws -> (
        differences: [TrialDifference], summary: TrialSummary
    ) {
        let before = try bench.archive()
        var differences: [TrialDifference] = []
        let summary = try CaseTrial(workspace: bench.workspace, reference: reference ?? Bench.reference.get())
            .run([], since: since) { differences.append($0) }
        #expect(try bench.archive() == before, "nothing is written")
        return (differences, summary)
    }

    private func told(_ difference: TrialDifference?) -> [String] {
        difference.map { Array($0.lines.dropFirst()) } ?? []
    }

    // MARK: Nothing changed

    @Test func `the examples come to what they came to`() async throws {
        let bench = try Bench(configuration: Repository.text("examples/piiripost.yaml"))
        let source = Repository.examples + "/inbound"
        try? FileManager.default.removeItem(atPath: bench.folder.path + "/inbound")
        try FileManager.default.copyItem(atPath: source, toPath: bench.folder.path + "/inbound")
        try await bench.drain()
        let (differences, summary) = try trial(bench)
        #expect(differences.flatMap(\.lines) == [])
        let files = try FileManager.default.contentsOfDirectory(atPath: source).filter { $0.hasSuffix(".xml") }
        #expect(summary.messages == files.count)
        #expect(summary.cases > 9)
        #expect(summary.notJudged == 0)
    }

    /// Documents in any order, most of them out of place, with copies, several versions and unreadable files.
    @Test(arguments: 0..<12 as Range<UInt64>)
    func `what waits, is refused or comes twice stays so`(seed: UInt64) async throws {
        var random = SeededNumbers(seed: seed)
        let configurations = [
            "institutions: EE:MTA001\nincompleteAfter: 0s\n", "incompleteAfter: 0s\n",
            "institutions: [EE:MTA001, SE:SEREC1]\nincompleteAfter: 0s\n",
        ]
        let bench = try Bench(configuration: configurations[random.number(3)])
        let seds = [
            ("R_BUC_07", ["R017", "R018", "R025", "R004", "R036", "H001", "H002", "X001", "X008", "X009", "X050"]),
            ("LA_BUC_02", ["A003", "A004", "A012", "A007", "X001", "X011", "X009", "X010", "X050"]),
            ("R_BUC_06", ["R015", "R016", "X001", "X008", "X009", "X010"]),
        ][random.number(3)]
        var messages: [TestMessage] = []
        for hour in 1...14 {
            var next = try message(
                hour == 1 ? seds.1[0] : seds.1[random.number(seds.1.count)], in: seds.0, at: hour,
                weSend: random.number(2) == 0
            )
            if let other = messages.randomElement(using: &random), random.number(3) == 0 {
                next.relatedSet = other.set
            }
            if let same = messages.last(where: { $0.sed == next.sed }), random.number(2) == 0 {
                next.set = same.set
                next.version = same.version + random.number(2)
                next.action = next.version > 1 ? "Update" : "New"
            }
            messages.append(next)
        }
        for (index, next) in (messages + messages.prefix(3)).shuffled(using: &random).enumerated() {
            try bench.drop(next, as: "m\(index)")
            if random.number(4) == 0 { try await bench.drain() }
        }
        try bench.folder.write("<broken", to: "inbound/broken.xml")
        try bench.folder.write(messages[0].body, to: "inbound/alone.xml")
        let faulty = messages[0].text.replacing("<Concerns>", with: "<Konzerns>").replacing("<Person>", with: "<P>")
        try bench.folder.write(faulty, to: "inbound/faulty.xml")
        try await bench.drain()
        bench.wait(hours: 25)
        try await bench.drain()
        let (differences, summary) = try trial(bench)
        #expect(differences.flatMap(\.lines) == [])
        #expect(summary.messages == 20)
    }

    // MARK: Rules

    @Test func `a rule that is new is gained, one that is gone is lost, and a severity is both`() async throws {
        let without = try ChangedSchemas()
        try without.remove("HOR-PERS-003", from: "horizontal")
        let strict = try ChangedSchemas()
        try strict.change("rules/horizontal.xml") {
            $0.replacing(
                #"<rule id="HOR-PERS-003" kind="document" out="warning" in="warning""#,
                with: #"<rule id="HOR-PERS-003" kind="document" out="warning" in="error""#
            ).replacing(
                #"<rule id="HOR-PERS-004" kind="case" out="error" in="warning""#,
                with: #"<rule id="HOR-PERS-004" kind="case" out="note" in="note""#
            )
        }
        let old = try await bench(course(), try without.reference)
        let gained = try trial(old)
        #expect(gained.differences.count == 1)
        #expect(told(gained.differences.first) == ["  m1 R017: gains warning HOR-PERS-003"])
        let new = try await bench(course())
        #expect(
            told(try trial(new, try without.reference).differences.first) == [
                "  m1 R017: loses warning HOR-PERS-003"
            ])
        let other = try trial(new, try strict.reference)
        #expect(
            told(other.differences.first).prefix(2) == [
                "  m1 R017: valid -> invalid; gains error HOR-PERS-003; loses warning HOR-PERS-003",
                "  m2 R018: gains note HOR-PERS-004; loses error HOR-PERS-004",
            ])
        #expect(other.summary.casesThatDiffer == 1)
        #expect(other.differences.first?.rows == [])
        #expect(try trial(new).summary.messagesThatDiffer == 0)
    }

    // MARK: Tables, clocks, calendars

    @Test func `a row that is gone lets a message wait and leaves the case where it was`() async throws {
        let changed = try ChangedSchemas()
        try changed.change("buc/R_BUC_07.yaml") { text in
            text.split(separator: "\n", omittingEmptySubsequences: false)
                .filter { !$0.contains(/\bin +R025\b/) }.joined(separator: "\n")
        }
        let bench = try await bench(Array(course().prefix(3)))
        let (differences, _) = try trial(bench, try changed.reference)
        let difference = try #require(differences.first)
        #expect(difference.messages.map(\.message) == ["m3"])
        #expect(difference.messages.first?.placing?.before.place == "placed")
        #expect(difference.messages.first?.placing?.after.rule == "CAS-005")
        #expect(difference.rows.contains { $0.table == "document" && $0.after == nil })
    }

    @Test func `a row that is new places what waits`() async throws {
        let changed = try ChangedSchemas()
        try changed.change("buc/R_BUC_07.yaml") { text in
            text.split(separator: "\n", omittingEmptySubsequences: false)
                .filter { !$0.contains(/\bin +R025\b/) }.joined(separator: "\n")
        }
        let bench = try await bench(Array(course().prefix(3)), try changed.reference)
        #expect(try bench.queue(.pending).map(\.sed) == ["R025"])
        let difference = try #require(try trial(bench).differences.first)
        #expect(difference.messages.first?.placing?.before.rule == "CAS-005")
        #expect(difference.messages.first?.placing?.after.place == "placed")
        #expect(difference.rows.contains { $0.table == "document" && $0.before == nil })
    }

    @Test func `a clock and a calendar move the last days`() async throws {
        let bench = try await bench([try message("R015", in: "R_BUC_06", at: 1)])
        #expect(try trial(bench).differences == [])
        let clock = try ChangedSchemas()
        try clock.change("buc/R_BUC_06.yaml") { $0.replacing("days: 30", with: "days: 31") }
        let later = try #require(try trial(bench, try clock.reference).differences.first)
        #expect(later.messages == [])
        let moved = later.rows.filter { $0.table == "deadline" && $0.key.contains("notification-answer") }
        #expect(moved.map { $0.before?["dueOn"] } == ["2026-04-01"])
        #expect(moved.map { $0.after?["dueOn"] } == ["2026-04-02"])
        let calendar = try ChangedSchemas()
        try calendar.change("calendars/EE.yaml") { text in
            text.replacing("easter: -2", with: "easter: -4")
        }
        let same = try ChangedSchemas()
        try same.change("buc/R_BUC_06.yaml") { $0.replacing("days: 30", with: "days: 30 ") }
        #expect(try trial(bench, try same.reference).differences == [])
        let holiday = try #require(try trial(bench, try calendar.reference).differences.first)
        #expect(holiday.rows.contains { $0.before?["dueOn"] == "2026-04-01" && $0.after?["dueOn"] == "2026-04-02" })
    }

    @Test func `facts are read from the bytes`() async throws {
        let changed = try ChangedSchemas()
        try changed.change("buc/conditions.yaml") { text in
            text.replacing("  - name: R018-01\n", with: "  - name: R018-99\n")
        }
        let bench = try await bench(Array(course().prefix(2)))
        let difference = try #require(try trial(bench, try changed.reference).differences.first)
        #expect(difference.messages.map(\.facts) == [["contexts"]])
    }

    // MARK: Which messages

    @Test func `a version or a catalogue chooses what it and those before it have judged`() async throws {
        let without = try ChangedSchemas()
        try without.remove("HOR-PERS-003", from: "horizontal")
        try without.change("catalogue.xml") { $0 + "<!-- older -->\n" }
        let older = try without.reference
        let bench = try await bench(course(), older)
        var second = try course()
        for index in second.indices { second[index].caseID = UUID().uuidString.lowercased() }
        second[0].instance = UUID().uuidString.lowercased()
        second[0].set = UUID().uuidString.lowercased()
        try bench.drop(second[0], as: "n")
        try await bench.drain(with: Bench.reference.get())
        let digest = String(older.edition.catalogue.prefix(12))
        let since = try #require(CaseTrial.Since(parsing: digest))
        #expect(try trial(bench, since: since).summary.messages == 4)
        #expect(try trial(bench, since: .all).summary.messages == 5)
        #expect(try trial(bench, since: .version([0, 1, 0])).summary.messages == 5)
        #expect(try trial(bench, since: .version([2, 0])).summary.messages == 5)
        #expect(try trial(bench, since: .version([0, 0, 9])).summary.messages == 0)
        #expect(throws: WorkspaceError.self) { try trial(bench, since: .catalogue("00000000")) }
        #expect(["", "1", "abc", "1.x", "-1.0", "ALL"].compactMap(CaseTrial.Since.init(parsing:)) == [])
    }
}

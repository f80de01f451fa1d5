// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCases
import SEDCore
import SEDInspection
import SEDProcessor
import SEDTestSupport
import Testing

/// A case that a test makes up: messages between one of our institutions and its counterparties.
struct Correspondence {
    static let ours = InstitutionID(parsing: "EE:MTA001").unsafelyUnwrapped
    let useCase: BusinessUseCase
    let role: CaseRole
    private(set) var entries: [CaseEntry] = []

    init(_ useCase: BusinessUseCase, _ role: CaseRole) {
        self.useCase = useCase
        self.role = role
    }

    static func institution(_ number: Int) -> InstitutionID {
        InstitutionID(parsing: "SE:SEREC\(number)").unsafelyUnwrapped
    }

    /// Adds a message, made a minute after the one before.
    @discardableResult
    mutating func add(
        _ way: Way, _ sed: String, with party: Int = 1, partyRole: CaseRole? = nil, set: String? = nil,
        version: Int = 1,
        isUpdate: Bool? = nil, contexts: Set<String>? = nil, about: SEDType? = nil, aboutSet: String? = nil,
        isForward: Bool = false, added: Int? = nil, removed: Int? = nil, addedOurs: Bool = false, digest: String = "d"
    ) -> CaseEntry {
        let number = entries.count + 1
        let createdAt = Instant(millisecondsSinceEpoch: 1_772_000_000_000).adding(seconds: 60 * number).description
        let other: CaseRole = role == .caseOwner ? .counterparty : .caseOwner
        let entry = CaseEntry(
            number: Int64(number), createdAt: createdAt,
            receivedAt: Instant(millisecondsSinceEpoch: 1_772_000_000_000),
            way: way, ours: EnvelopeParty(institution: Self.ours, role: role),
            theirs: EnvelopeParty(institution: Self.institution(party), role: partyRole ?? other),
            buc: useCase.type, version: useCase.version,
            event: CaseEvent(
                way: isForward ? .sent : way, sed: SEDType(unchecked: sed), set: set ?? "set-\(number)",
                version: version, isUpdate: isUpdate ?? (version > 1), contexts: contexts, about: about,
                aboutSet: aboutSet
            ),
            isForward: isForward, added: addedOurs ? Self.ours : added.map(Self.institution),
            removed: removed.map(Self.institution),
            contentDigest: digest
        )
        entries.append(entry)
        return entry
    }

    func fold(_ entries: [CaseEntry]) -> CaseCourse {
        CaseCourse(of: Self.ours, useCases: [useCase.type: useCase], folding: entries)
    }

    var course: CaseCourse { fold(entries) }
}

extension CaseEntry {
    /// The same message, arrived as another one in the row.
    func arriving(as number: Int64, set: String? = nil, createdAt: String? = nil) -> CaseEntry {
        CaseEntry(
            number: number, createdAt: createdAt ?? self.createdAt, receivedAt: receivedAt, way: way, ours: ours,
            theirs: theirs, buc: buc, version: version, event: event, isForward: isForward, added: added,
            removed: removed, contentDigest: contentDigest
        )
    }
}

extension CaseCourse {
    /// Everything that a case shows, without the numbers that depend on the order of arrival.
    var picture: [String] {
        let steps = placed.map { message in
            "\(message.entry.createdAt) \(message.entry.event.sed) \(message.thread): \(message.step) \(message.notes)"
        }
        let threads = threads.map { "thread \($0.number) \($0.counterparty?.text ?? "-") \($0.progress.state)" }
        let documents = documents.map { document in
            let versions = document.versions.values.sorted { $0.number < $1.number }
                .map { "\($0.number) \($0.holders.keys.sorted())" }
            return "document \(document.set) \(document.version) \(document.isValid) \(versions)"
        }
        let participants = participants.map { "participant \($0.institution) \($0.role) \($0.isActive)" }
        let waiting = waiting.map { "waiting \($0.createdAt) \($0.event.sed) \(String(describing: refusal(of: $0)))" }
        let resent = resent.values.map { "resent \($0.entry.createdAt) \($0.entry.event.sed)" }.sorted()
        let duties = resendDuties.map { "duty \($0.set) \($0.version) \($0.receiver) \($0.action) \($0.done != nil)" }
        return steps + threads + documents + participants + waiting + resent + duties + ["state \(state)"]
    }

    /// Messages that wait although there is a place for them.
    var overlooked: [CaseEntry] { waiting.filter { refusalReason(of: $0) == nil } }
}

/// What holds for every case, whatever its messages and the order of their arrival.
struct CaseCourseTests {
    private static let library = UseCaseLibrary(folder: SchemaFolder(path: Repository.schemas))
    static let useCases: [String] = {
        (try? library.all().map(\.type.code)) ?? []
    }()

    private static func useCase(_ code: String) throws -> BusinessUseCase {
        let type = try #require(BUCType(parsing: code))
        let useCase = try library.useCase(type)
        return try #require(useCase)
    }

    // MARK: Courses

    /// A course of messages of which some have a place and some have none.
    static func walk(_ code: String, _ role: CaseRole, seed: UInt64, length: Int) throws -> Correspondence {
        let useCase = try useCase(code)
        let table = try #require(useCase.table(for: role))
        var random = SeededNumbers(seed: seed)
        var correspondence = Correspondence(useCase, role)
        var course = CaseCourse(of: Correspondence.ours, useCases: [useCase.type: useCase])
        while correspondence.entries.count < length {
            let state = course.threads.randomElement(using: &random)?.progress.state ?? .start
            // Mostly what fits, sometimes anything.
            let rows = Int.random(in: 0..<8, using: &random) == 0 ? table.transitions : table.transitions(from: state)
            guard let row = (rows.isEmpty ? table.transitions : rows).randomElement(using: &random) else { break }
            let isReply = row.reply != nil && Bool.random(using: &random)
            let sed = isReply ? row.reply ?? row.sed : row.sed
            let way = isReply ? row.way.opposite : row.way
            let known = course.documents.filter { $0.sed == sed && $0.way == way }.randomElement(using: &random)
            let target = course.documents.filter { $0.sed == row.about }.randomElement(using: &random)
            let isUpdate = row.isUpdate && known != nil
            let isCopy = !isUpdate && known != nil && Int.random(in: 0..<5, using: &random) == 0
            let parties = useCase.isMultilateral ? 3 : (["X005", "X007", "X100"].contains(sed.code) ? 2 : 1)
            let party = Int.random(in: 1...parties, using: &random)
            let entry = correspondence.add(
                way, sed.code, with: party,
                partyRole: role == .counterparty && party > 1 && useCase.isMultilateral ? .counterparty : nil,
                set: isUpdate || isCopy ? known?.set : nil,
                version: isUpdate
                    ? (known?.version ?? 0) + Int.random(in: 1...2, using: &random)
                    : known.map {
                        isCopy ? $0.version : 1
                    } ?? 1,
                isUpdate: isUpdate,
                contexts: row.contexts.isEmpty || Bool.random(using: &random)
                    ? nil : Set(row.contexts.prefix(1)),
                about: row.isUpdate ? nil : row.about,
                aboutSet: row.isUpdate || Bool.random(using: &random) ? nil : target?.set,
                isForward: Int.random(in: 0..<40, using: &random) == 0,
                added: ["X005", "X007", "X100"].contains(sed.code) ? Int.random(in: 1...4, using: &random) : nil,
                removed: ["X006", "X007", "X100"].contains(sed.code) ? Int.random(in: 1...3, using: &random) : nil,
                digest: Int.random(in: 0..<30, using: &random) == 0 ? "other" : "d"
            )
            course.add(entry)
        }
        return correspondence
    }

    /// Holds everything that must hold against a set of messages; returns what does not.
    private func faults(in correspondence: Correspondence, seed: UInt64) -> [String] {
        var random = SeededNumbers(seed: seed)
        let ordered = correspondence.course
        let picture = ordered.picture
        var faults: [String] = []
        if !ordered.overlooked.isEmpty { faults.append("overlooked \(ordered.overlooked.map(\.event.sed.code))") }
        if ordered.placed.count + ordered.resent.count + ordered.waiting.count != correspondence.entries.count {
            faults.append("a message is lost or counted twice")
        }
        // Any order of arrival, in groups of any size.
        let arrival = correspondence.entries.shuffled(using: &random).enumerated()
            .map { $1.arriving(as: Int64($0 + 1)) }
        var course = CaseCourse(of: Correspondence.ours, useCases: ordered.useCases)
        var rest = arrival[...]
        while !rest.isEmpty {
            let count = Int.random(in: 1...4, using: &random)
            let before = course.placed
            let kept = course.add(arriving: Array(rest.prefix(count)))
            if Array(before.prefix(kept)) != Array(course.placed.prefix(kept)) { faults.append("kept steps changed") }
            rest = rest.dropFirst(count)
        }
        if course.picture != picture {
            let difference = course.picture.difference(from: picture)
            faults.append("another order gives another case: \(difference.prefix(3))")
        }
        // A copy of what was placed has no effect.
        if let copied = ordered.placed.filter({ !$0.entry.event.isUpdate }).randomElement(using: &random),
            ordered.document(of: copied.entry.event.set)?.isValid ?? false,
            ordered.document(of: copied.entry.event.set)?.way == copied.entry.event.way,
            !ordered.participants.contains(where: { !$0.isActive && $0.institution == copied.entry.theirs.institution })
        {
            var doubled = ordered
            doubled.add(copied.entry.arriving(as: 100_000, createdAt: "2026-12-31T00:00:00Z"))
            let isCopy = doubled.resent[100_000] != nil || doubled.isWaiting(100_000)
            if !isCopy || doubled.placed != ordered.placed { faults.append("a copy had an effect: \(copied.entry)") }
        }
        // What is missing makes others wait.
        if let missing = correspondence.entries.randomElement(using: &random) {
            let rest = correspondence.entries.filter { $0.number != missing.number }
            let partial = correspondence.fold(rest)
            if !partial.overlooked.isEmpty { faults.append("overlooked after a loss") }
            _ = partial.picture
            var complete = partial
            _ = complete.add(arriving: [missing])
            if complete.picture != picture { faults.append("what came late changed the case") }
        }
        return faults
    }

    @Test(arguments: useCases, CaseRole.sides)
    func `any order of arrival gives the same case`(code: String, role: CaseRole) throws {
        for seed in 0..<12 as Range<UInt64> {
            let correspondence = try Self.walk(code, role, seed: seed, length: 6 + Int(seed) * 4)
            let faults = faults(in: correspondence, seed: seed)
            #expect(faults.isEmpty, "seed \(seed): \(faults)")
        }
    }

    // MARK: Published courses

    /// A published course as the owner or the first counterparty sees it; nil when it says nothing of that side.
    private static func correspondence(
        _ course: Scenario.Course,
        _ useCase: BusinessUseCase,
        _ role: CaseRole
    ) -> Correspondence? {
        let us = role == .caseOwner ? ["CO"] : ["CP", "CP1"]
        let numbers = ["CO": 1, "CP": 1, "CP1": 1, "CP2": 2, "CP-neu": 3, "CO-neu": 4]
        var result = Correspondence(useCase, role)
        var sets: [(sed: String, from: String, set: String, version: Int)] = []
        for (index, step) in course.steps.enumerated() where SEDType(parsing: step.sed) != nil {
            let weSend = us.contains(step.from)
            let other = weSend ? step.to : step.from
            let referred = step.ref.map { String($0.prefix(4)) }
            let isUpdate = referred == step.sed
            let target = sets.lastIndex { $0.sed == referred && (!isUpdate || $0.from == step.from) }
            let set = isUpdate ? target.map { sets[$0].set } : nil
            let version = isUpdate ? target.map { sets[$0].version + 1 } ?? 1 : 1
            sets.append((step.sed, step.from, set ?? "set-of-\(index)", version))
            guard weSend || us.contains(step.to) else { continue }
            let isAct = ["X008", "X011", "X050"].contains(step.sed)
            let isMove = ["X005", "X007"].contains(step.sed)
            result.add(
                weSend ? .sent : .received, step.sed, with: numbers[other] ?? 1,
                partyRole: other.hasPrefix("CO") ? .caseOwner : .counterparty, set: set ?? "set-of-\(index)",
                version: version, about: isAct ? referred.map(SEDType.init(unchecked:)) : nil,
                aboutSet: isAct ? target.map { sets[$0].set } : nil, added: isMove ? (step.from == "CO" ? 4 : 3) : nil
            )
        }
        return result.entries.isEmpty ? nil : result
    }

    @Test(
        .enabled(if: Repository.sharedFacts != nil, "SKIPPED: the shared EESSI facts are not beside this checkout"),
        arguments: CaseRole.sides
    )
    func `published courses may arrive in any order, and with losses`(role: CaseRole) throws {
        let folder = "\(Repository.sharedFacts ?? "")/scenarios"
        var played = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
            let useCase = try Self.useCase(String(name.dropLast(5)))
            let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
            for course in try JSONDecoder().decode(Scenario.self, from: data).cases {
                guard let correspondence = Self.correspondence(course, useCase, role) else { continue }
                played += 1
                for seed in 0..<3 as Range<UInt64> {
                    let faults = faults(in: correspondence, seed: seed)
                    #expect(faults.isEmpty, "\(name) \(course.id) seed \(seed): \(faults)")
                }
            }
        }
        #expect(played >= 190)
    }

    // MARK: Long cases

    /// A hostile sender keeps a case busy: messages that wait for good, versions in the wrong order, copies.
    @Test func `a long case is folded in the time of its length`() throws {
        let useCase = try Self.useCase("R_BUC_07")
        func time(_ count: Int) -> Duration {
            var correspondence = Correspondence(useCase, .counterparty)
            for _ in 0..<count / 4 { correspondence.add(.received, "R036") }
            for version in (2...count / 4 + 1).reversed() {
                correspondence.add(.received, "R025", set: "reduction", version: version)
            }
            for _ in 0..<count / 4 { correspondence.add(.received, "X008", about: SEDType(unchecked: "R034")) }
            correspondence.add(.received, "R017", set: "request")
            correspondence.add(.received, "R025", set: "reduction")
            for _ in 0..<count / 4 { correspondence.add(.received, "H001") }
            let entries = correspondence.entries
            return ContinuousClock().measure {
                let course = correspondence.fold(entries)
                #expect(course.placed.count > count / 4)
                #expect(course.overlooked.isEmpty)
            }
        }
        _ = time(200)
        let (short, long) = (time(1_000), time(8_000))
        // Eight times the messages; a fold that tries everything again takes more than sixty times as long.
        #expect(long < short * 24, "\(short) for 1,000 messages, \(long) for 8,000")
    }
}

// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCases
import SEDCore
import SEDInspection
import SEDProcessor
import SEDTestSupport
import Testing

/// Two institutions that write to each other through a network that delays, doubles and loses messages.
///
/// Documents that bring a third institution into the case or take one out have no part here.
struct Exchange {
    enum Side: Int, CaseIterable {
        case owner, counterparty

        var other: Side { self == .owner ? .counterparty : .owner }
        var role: CaseRole { self == .owner ? .caseOwner : .counterparty }

        var institution: InstitutionID {
            InstitutionID(parsing: self == .owner ? "EE:MTA001" : "SE:SEREC1").unsafelyUnwrapped
        }
    }

    struct Message {
        /// Its place in ``messages``, which is the order of creation.
        let id: Int
        let from: Side
        let event: CaseEvent
        /// What its sender had from the other side when it made it.
        let seen: Set<Int>
    }

    struct Network {
        let delay: Int
        /// One message in so many comes twice; 0 for none.
        let doubles: Int
        /// One message in so many is lost; 0 for none.
        let loses: Int

        static let orderly = Network(delay: 0, doubles: 0, loses: 0)
        static let late = Network(delay: 8, doubles: 4, loses: 0)
        static let lossy = Network(delay: 3, doubles: 6, loses: 6)
    }

    private struct Parcel {
        let id: Int
        let due: Int
    }

    static let withThirdParties: Set<String> = ["X005", "X006", "X007", "X100"]

    let useCase: BusinessUseCase
    let network: Network
    private(set) var messages: [Message] = []
    private(set) var courses: [CaseCourse]
    /// The message that each number of a side stands for; a copy has a number of its own.
    private(set) var arrivals: [[Int64: Int]] = [[:], [:]]
    private(set) var lost: Set<Int> = []
    private(set) var doubled = 0
    private var parcels: [[Parcel]] = [[], []]

    init(_ useCase: BusinessUseCase, _ network: Network, length: Int, seed: UInt64) {
        var random = SeededNumbers(seed: seed)
        self.useCase = useCase
        self.network = network
        courses = Side.allCases.map { CaseCourse(of: $0.institution, useCases: [useCase.type: useCase]) }
        write(.owner, at: 0, &random)
        for time in 1...length {
            deliver(until: time, &random)
            for side in Side.allCases.shuffled(using: &random) where random.number(3) > 0 {
                write(side, at: time, &random)
                if network.delay == 0 { deliver(until: time, &random) }
            }
        }
        deliver(until: .max, &random)
    }

    func course(_ side: Side) -> CaseCourse { courses[side.rawValue] }

    // MARK: Writing

    /// Lets a side write something that its own table has a place for now.
    private mutating func write(_ side: Side, at time: Int, _ random: inout SeededNumbers) {
        let course = course(side)
        guard let table = useCase.table(for: side.role) else { return }
        let rows =
            table.transitions(from: course.state).shuffled(using: &random)
            + table.transitions.filter { $0.way == .received && $0.reply != nil }.shuffled(using: &random).prefix(2)
        for row in rows {
            guard let event = event(by: row, course, &random), !Self.withThirdParties.contains(event.sed.code) else {
                continue
            }
            let message = Message(
                id: messages.count, from: side, event: event, seen: Set(arrivals[side.rawValue].values)
            )
            guard course.refusalReason(of: entry(message, at: side, number: 0)) == nil else { continue }
            messages.append(message)
            arrive(message, at: side)
            post(message, at: time, &random)
            return
        }
    }

    private func event(by row: Transition, _ course: CaseCourse, _ random: inout SeededNumbers) -> CaseEvent? {
        guard let sed = row.way == .sent ? row.sed : row.reply else { return nil }
        let own = course.documents.filter { $0.sed == sed && $0.way == .sent && $0.isValid }
            .randomElement(using: &random)
        let isUpdate = row.way == .sent && row.isUpdate
        if isUpdate, own == nil { return nil }
        let wayOfTarget: Way? =
            switch sed.code {
            case "X008": .sent
            case "X011", "X050": .received
            default: nil
            }
        let target = wayOfTarget.flatMap { way in
            course.documents.filter { $0.way == way && $0.isValid && (row.about == nil || $0.sed == row.about) }
                .randomElement(using: &random)
        }
        if wayOfTarget != nil, target == nil { return nil }
        return CaseEvent(
            way: .sent, sed: sed, set: isUpdate ? own?.set ?? "" : "set-\(messages.count)",
            version: isUpdate ? (own?.version ?? 0) + 1 : 1, isUpdate: isUpdate,
            contexts: content(of: sed, by: row, &random),
            about: target?.sed, aboutSet: target?.set
        )
    }

    /// One content condition that decides for either side; nil where the content decides nothing.
    private func content(of sed: SEDType, by row: Transition, _ random: inout SeededNumbers) -> Set<String>? {
        let rows = useCase.owner.transitions + useCase.counterparty.transitions
        let names =
            row.sed == sed && !row.contexts.isEmpty
            ? row.contexts : Set(rows.filter { $0.sed == sed }.flatMap(\.contexts)).sorted()
        return names.randomElement(using: &random).map { [$0] }
    }

    // MARK: Travelling

    private mutating func post(_ message: Message, at time: Int, _ random: inout SeededNumbers) {
        let receiver = message.from.other.rawValue
        func parcel() -> Parcel { Parcel(id: message.id, due: time + random.number(network.delay + 1)) }
        if network.loses > 0, message.id > 0 || random.number(2) == 0, random.number(network.loses) == 0 {
            lost.insert(message.id)
            return
        }
        parcels[receiver].append(parcel())
        if network.doubles > 0, random.number(network.doubles) == 0 {
            parcels[receiver].append(parcel())
            doubled += 1
        }
    }

    private mutating func deliver(until time: Int, _ random: inout SeededNumbers) {
        for side in Side.allCases {
            let due = parcels[side.rawValue].filter { $0.due <= time }.shuffled(using: &random)
            parcels[side.rawValue].removeAll { $0.due <= time }
            for parcel in due { arrive(messages[parcel.id], at: side) }
        }
    }

    private mutating func arrive(_ message: Message, at side: Side) {
        let number = Int64(arrivals[side.rawValue].count + 1)
        arrivals[side.rawValue][number] = message.id
        _ = courses[side.rawValue].add(arriving: [entry(message, at: side, number: number)])
    }

    /// Sends again, in the order given, what was lost: the same messages.
    mutating func sendLostAgain(_ random: inout SeededNumbers) {
        for id in lost.sorted().shuffled(using: &random) { arrive(messages[id], at: messages[id].from.other) }
    }

    /// A message as a side has it.
    func entry(_ message: Message, at side: Side, number: Int64) -> CaseEntry {
        let event = message.event
        let way: Way = message.from == side ? .sent : .received
        return CaseEntry(
            number: number,
            createdAt: Instant(millisecondsSinceEpoch: 1_772_000_000_000).adding(seconds: 60 * message.id).description,
            receivedAt: Instant(millisecondsSinceEpoch: 1_772_000_000_000), way: way,
            ours: EnvelopeParty(institution: side.institution, role: side.role),
            theirs: EnvelopeParty(institution: side.other.institution, role: side.other.role),
            buc: useCase.type, version: useCase.version,
            event: CaseEvent(
                way: way, sed: event.sed, set: event.set, version: event.version, isUpdate: event.isUpdate,
                contexts: event.contexts, about: event.about, aboutSet: event.aboutSet
            ),
            contentDigest: "d"
        )
    }

    // MARK: Comparing

    /// The orderly run: some of the messages, each once, in the order in which they were made.
    func orderly(_ side: Side, where isMeant: (Message) -> Bool = { _ in true }) -> CaseCourse {
        CaseCourse(
            of: side.institution, useCases: [useCase.type: useCase],
            folding: messages.filter(isMeant).map { entry($0, at: side, number: Int64($0.id + 1)) }
        )
    }

    /// The messages that a side has placed, in the order of its steps.
    func placed(_ side: Side) -> [Int] {
        course(side).placed.compactMap { arrivals[side.rawValue][$0.entry.number] }
    }

    /// Why each message that a side has, and has not placed, waits.
    func waiting(_ side: Side) -> [Int: CaseRefusal.Reason] {
        let placed = Set(placed(side))
        let course = course(side)
        var reasons: [Int: CaseRefusal.Reason] = [:]
        for entry in course.waiting {
            guard let id = arrivals[side.rawValue][entry.number], !placed.contains(id) else { continue }
            reasons[id] = course.refusalReason(of: entry)
        }
        return reasons
    }

    /// Whether a message was made without knowing one that the other side had made before.
    func isCrossing(_ message: Message) -> Bool {
        messages[..<message.id].contains { $0.from != message.from && !message.seen.contains($0.id) }
    }
}

extension CaseCourse {
    /// What a case comes to, without numbers and without copies.
    fileprivate var outcome: [String] {
        let steps = placed.map { "\($0.entry.createdAt) \($0.step) \($0.notes)" }
        let placedAt = Set(placed.map(\.entry.createdAt))
        let waiting = waiting.filter { !placedAt.contains($0.createdAt) }
            .map { "waiting \($0.createdAt) \(String(describing: refusalReason(of: $0)))" }
        let documents = documents.map { "\($0.set) \($0.version) \($0.isValid)" }
        return steps + Array(Set(waiting)).sorted() + documents + ["\(state)"]
    }
}

/// Two institutions come to agree on a case, or the test says precisely why not.
struct ConvergenceTests {
    private static let library = UseCaseLibrary(folder: SchemaFolder(path: Repository.schemas))
    private static let seeds: Range<UInt64> = 0..<20

    // MARK: What is known not to converge

    /// Where one table lets a side send what the other one has no place for, without any crossing.
    ///
    /// The states of owner and counterparty, the sender and the document; `docs/buc-format.md` tells why.
    static let asymmetries: Set<String> = [
        // The owner's table has no row for an X009 that comes.
        "H_BUC_01 1/1 counterparty X009", "H_BUC_01 2/2 counterparty X009",
        // The owner may remind in state 2; the counterparty's table has the reminder in state 1 only.
        "H_BUC_02a 2/2 owner X009", "LA_BUC_06 2/2 owner X009",
        // A second starter in state 2, or a rejection, moves one side and not the other, or not to the same state.
        "H_BUC_01 1/S owner X008 about H001", "H_BUC_02a 2/1 counterparty X050 about H005",
        "LA_BUC_06 2/1 counterparty X050 about A005", "LA_BUC_06 2/S owner A005 update",
        "LA_BUC_06 S/2 counterparty X008 about A006",
    ]

    /// How messages that crossed end: who has a place for them, and the rule of the side that has none.
    static let crossings: [String: String] = [
        "neither, CAS-001": "the starter was withdrawn or rejected meanwhile",
        "neither, CAS-002": "the document was withdrawn or rejected before its update",
        "neither, CAS-005": "the other side had moved the case on",
        "neither, CAS-006": "the case had been closed",
        "receiver only, CAS-001": "the sender's case is back at the start, the receiver's is not",
        "receiver only, CAS-002": "the sender's document is invalid or its table has no such update any more",
        "receiver only, CAS-005": "what is sent keeps to the table, what comes is taken where it can be",
        "receiver only, CAS-006": "the sender's case is closed, the receiver's close waits",
        "sender only, CAS-001": "the receiver's case is back at the start, the sender's is not",
        "sender only, CAS-002": "the receiver does not hold, or rejected, the version before",
        "sender only, CAS-005": "the receiver's table has no row for what its sender's table allows after the crossing",
        "sender only, CAS-006": "the receiver's case is closed, the sender's close waits",
    ]

    // MARK: Judging a run

    private struct Findings {
        var faults: [String] = []
        var kinds: Set<String> = []
        var roots: Set<String> = []
        var together = 0
        var apart = 0
    }

    private static func key(_ message: Exchange.Message, in exchange: Exchange) -> String {
        let event = message.event
        let about = event.about.map { " about \($0.code)" } ?? (event.isUpdate ? " update" : "")
        return "\(exchange.useCase.type.code) \(message.from) \(event.sed.code)\(about)"
    }

    /// Where an orderly exchange first comes apart: the states of both sides, and what the receiver has no place for.
    private static func hole(of message: Exchange.Message, in exchange: Exchange) -> String {
        let states = Exchange.Side.allCases.map { side in exchange.orderly(side) { $0.id < message.id }.state.name }
        let pair = "\(exchange.useCase.type.code) \(states.joined(separator: "/"))"
        return "\(pair) \(key(message, in: exchange).split(separator: " ").dropFirst().joined(separator: " "))"
    }

    /// Holds a run in which everything has arrived against the orderly one.
    private static func judge(_ exchange: Exchange, _ run: String, _ findings: inout Findings) {
        let waiting = Exchange.Side.allCases.map { exchange.waiting($0) }
        for side in Exchange.Side.allCases {
            let (outcome, orderly) = (exchange.course(side).outcome, exchange.orderly(side).outcome)
            let overlooked = exchange.course(side).overlooked
            if !overlooked.isEmpty { findings.faults.append("\(run) \(side) overlooks \(overlooked.map(\.event.sed))") }
            if outcome != orderly {
                findings.faults.append(
                    "\(run) \(side): the order tells: \(outcome.difference(from: orderly).prefix(4))")
            }
        }
        var hasCrossed = false
        var isApart = false
        for message in exchange.messages {
            hasCrossed = hasCrossed || exchange.isCrossing(message)
            let own = waiting[message.from.rawValue][message.id]
            let other = waiting[message.from.other.rawValue][message.id]
            if own == nil, other == nil { continue }
            // What was made in knowledge of all that was made before keeps its place with its sender.
            if own != nil, !exchange.isCrossing(message) {
                findings.faults.append(
                    "\(run): the sender of \(key(message, in: exchange)) lost its place without a crossing")
            }
            if !hasCrossed {
                if !isApart { findings.roots.insert(Self.hole(of: message, in: exchange)) }
            } else if let own, other != nil {
                findings.kinds.insert("neither, \(own.rule.text)")
            } else {
                findings.kinds.insert(
                    own.map { "receiver only, \($0.rule.text)" } ?? "sender only, \(other?.rule.text ?? "-")")
            }
            isApart = isApart || own == nil || other == nil
        }
        guard !isApart else {
            findings.apart += 1
            return
        }
        findings.together += 1
        // Without what has no place on either side, the very same states come about.
        for side in Exchange.Side.allCases {
            let rest = exchange.orderly(side) { waiting[side.rawValue][$0.id] == nil }
            if rest.state != exchange.course(side).state || !rest.waiting.isEmpty {
                findings.faults.append("\(run) \(side): \(exchange.course(side).state), orderly \(rest.state)")
            }
        }
    }

    // MARK: Tests

    @Test func `in an orderly exchange both sides have a place for everything, but for known holes`() throws {
        var findings = Findings()
        var sent = 0
        for useCase in try Self.library.all() {
            for seed in Self.seeds {
                let exchange = Exchange(useCase, .orderly, length: 14, seed: seed)
                Self.judge(exchange, "\(useCase.type.code) \(seed)", &findings)
                sent += exchange.messages.count
                #expect(!exchange.messages.contains(where: exchange.isCrossing))
            }
        }
        #expect(findings.faults.isEmpty, "\(findings.faults.prefix(10))")
        let holes = Self.asymmetries
        #expect(findings.roots == holes, "\(findings.roots.symmetricDifference(holes).sorted())")
        #expect(sent > 5_000)
        #expect(findings.together > findings.apart * 5, "\(findings.together) \(findings.apart)")
    }

    @Test func `late and double messages that cross leave both sides in states that go together`() throws {
        var findings = Findings()
        var (crossings, doubled) = (0, 0)
        for useCase in try Self.library.all() {
            for seed in Self.seeds {
                let exchange = Exchange(useCase, .late, length: 14, seed: seed)
                Self.judge(exchange, "\(useCase.type.code) \(seed)", &findings)
                crossings += exchange.messages.filter(exchange.isCrossing).count
                doubled += exchange.doubled
            }
        }
        #expect(findings.faults.isEmpty, "\(findings.faults.prefix(10))")
        let holes = Self.asymmetries
        #expect(findings.roots.isSubset(of: holes), "\(findings.roots.subtracting(holes))")
        #expect(findings.kinds.isSubset(of: Set(Self.crossings.keys)), "\(findings.kinds.sorted())")
        #expect(findings.kinds.count > 8)
        #expect(crossings > 1_000)
        #expect(doubled > 500)
        #expect(findings.together > findings.apart * 5, "\(findings.together) \(findings.apart)")
    }

    @Test func `what is lost makes others wait with a reason, and sent again it brings both sides together`() throws {
        var findings = Findings()
        var (lost, crossings, doubled, revealed, silent) = (0, 0, 0, 0, 0)
        for useCase in try Self.library.all() {
            for seed in Self.seeds {
                var exchange = Exchange(useCase, .lossy, length: 14, seed: seed)
                let before = Exchange.Side.allCases.map { exchange.waiting($0) }
                let partial = exchange
                var random = SeededNumbers(seed: seed)
                exchange.sendLostAgain(&random)
                let run = "\(useCase.type.code) \(seed)"
                Self.judge(exchange, run, &findings)
                lost += exchange.lost.count
                crossings += exchange.messages.filter(exchange.isCrossing).count
                doubled += exchange.doubled
                for side in Exchange.Side.allCases {
                    let missing = exchange.lost.filter { exchange.messages[$0].from != side }
                    let after = exchange.waiting(side)
                    let held = before[side.rawValue].filter { after[$0.key] == nil }
                    if held.isEmpty { silent += missing.isEmpty ? 0 : 1 } else { revealed += 1 }
                    for (id, reason) in held.sorted(by: { $0.key < $1.key })
                    where !Self.names(reason, id, missing, partial, side) {
                        findings.faults.append(
                            "\(run) \(side): \(Self.key(exchange.messages[id], in: exchange)) waits with \(reason)"
                        )
                    }
                }
            }
        }
        #expect(findings.faults.isEmpty, "\(findings.faults.prefix(10))")
        let holes = Self.asymmetries
        #expect(findings.roots.isSubset(of: holes), "\(findings.roots.subtracting(holes))")
        #expect(findings.kinds.isSubset(of: Set(Self.crossings.keys)), "\(findings.kinds.sorted())")
        #expect(lost > 500)
        #expect(crossings > 1_000)
        #expect(doubled > 300)
        #expect(revealed > 100, "\(revealed), silent \(silent)")
        #expect(findings.together > findings.apart * 5, "\(findings.together) \(findings.apart)")
    }

    /// Whether the reason why a message waits says what is missing.
    private static func names(
        _ reason: CaseRefusal.Reason, _ id: Int, _ missing: Set<Int>, _ exchange: Exchange, _ side: Exchange.Side
    ) -> Bool {
        let event = exchange.messages[id].event
        let course = exchange.course(side)
        guard !missing.isEmpty else { return false }
        switch reason {
        case .notStarted: return course.state == .start
        case .updateWithoutFirst: return course.state == .start || !(course.document(of: event.set)?.isValid ?? false)
        case .versionGap(let last, let received): return received > last + 1
        case .caseClosed: return course.state == .closed
        case .outOfOrder: return course.state != .closed
        case .reopeningUnanswered: return event.sed.code == "X004"
        default: return false
        }
    }
}

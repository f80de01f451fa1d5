// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCases
import SEDCore
import SEDInspection
import SEDProcessor
import SEDStorage
import SEDTestSupport
import SEDValidation
import Synchronization
import Testing

/// A workspace that a test fills and drains, with a clock of its own.
final class Bench: Sendable {
    static let reference = Result { try ReferenceData(folder: SchemaFolder(path: Repository.schemas)) }

    let folder: TemporaryFolder
    let workspace: Workspace
    private let now = Mutex(Instant(parsing: "2026-03-02T12:00:00Z") ?? Instant(millisecondsSinceEpoch: 0))
    private let own: ReferenceData?

    /// With `reference`, that judges and places instead of our own.
    init(
        configuration: String = "institutions: EE:MTA001\nincompleteAfter: 0s\n",
        reference: ReferenceData? = nil
    ) throws {
        own = reference
        folder = try TemporaryFolder()
        try folder.write(configuration, to: "piiripost.yaml")
        workspace = try Workspace(path: folder.path)
    }

    func wait(hours: Int) {
        now.withLock { $0 = $0.adding(seconds: hours * 3_600) }
    }

    /// Puts a message with its attachments into the inbound folder.
    func drop(_ message: TestMessage, as name: String) throws {
        for attachment in message.attachments {
            try folder.write("%PDF-1.4 example", to: "inbound/\(name).attachments/\(attachment).pdf")
        }
        try folder.write(message.text, to: "inbound/\(name).xml")
    }

    /// Drops messages one run each, so that they arrive in exactly this order.
    @discardableResult
    func receive(_ messages: TestMessage...) async throws -> [ProcessedMessage] {
        var all: [ProcessedMessage] = []
        for (index, message) in messages.enumerated() {
            try drop(message, as: String(index))
            all += try await drain().messages
        }
        return all
    }

    @discardableResult
    func drain(with other: ReferenceData? = nil, shelf: CaseShelf = CaseShelf()) async throws -> (
        messages: [ProcessedMessage], summary: ProcessingSummary
    ) {
        let messages = Mutex<[ProcessedMessage]>([])
        let clock = now.withLock { $0 }
        let processor = try Processor(
            workspace: workspace, reference: other ?? own ?? Self.reference.get(), actor: "test", clock: { clock }
        )
        let summary = try await processor.run(shelf: shelf) { message in messages.withLock { $0.append(message) } }
        return (messages.withLock { $0 }, summary)
    }

    /// All that the store holds of messages and cases.
    func archive() throws -> [String] {
        try workspace.store.read { view in
            let messages = try view.messages(in: MessageState.allCases)
            let reports = try messages.map { "\($0) \(try view.report(of: $0.id) ?? "")" }
            return reports + (try view.cases().flatMap { try view.rows(of: $0.stored.key).dump })
        }
    }

    /// The messages in an outbound folder; their attachments lie beside them.
    func delivered(to folder: String = "outbound") -> [String] {
        self.folder.files(in: folder).filter { $0.hasSuffix(".xml") }
    }

    func state(of message: TestMessage) throws -> String? {
        try workspace.caseItems().first { $0.caseId == message.caseID }?.state
    }

    func queue(_ queue: QueueItem.Queue) throws -> [QueueItem] {
        try workspace.queueItems().filter { $0.queue == queue }
    }
}

struct PipelineTests {
    /// A recovery case that somebody opens with us.
    private let request: TestMessage
    private let reply: TestMessage

    init() throws {
        var request = try TestMessage("R017", in: "R_BUC_07")
        request.action = "Start"
        self.request = request
        var reply = try TestMessage("R018", in: "R_BUC_07").reversed
        reply.caseID = request.caseID
        reply.relatedSet = request.set
        self.reply = reply
    }

    private func next(_ sed: String, buc: String = "R_BUC_07") throws -> TestMessage {
        var message = try TestMessage(sed, in: buc)
        message.caseID = request.caseID
        return message
    }

    // MARK: Order

    @Test func `a reply before its request waits and is placed when the request comes`() async throws {
        let bench = try Bench()
        var late = reply.reversed
        late.senderRole = "Counterparty"
        late.receiverRole = "CaseOwner"
        let first = try await bench.receive(late)
        #expect(first.map(\.rule?.text) == ["CAS-001"])
        #expect(try bench.queue(.pending).map(\.sed) == ["R018"])
        #expect(try bench.workspace.caseItems() == [])
        var ours = request.reversed
        ours.senderRole = "CaseOwner"
        ours.receiverRole = "Counterparty"
        let second = try await bench.receive(ours)
        #expect(second.map(\.sed?.code) == ["R017", "R018"])
        #expect(second.map(\.hadWaited) == [false, true])
        #expect(try bench.state(of: request) == "2")
        #expect(try bench.queue(.pending) == [])
    }

    @Test func `messages that wait together are taken in the order in which they were made`() async throws {
        let bench = try Bench()
        var first = request
        var second = try next("R025")
        first.createdAt = "2026-03-02T08:00:00Z"
        second.createdAt = "2026-03-02T09:00:00Z"
        try bench.folder.write(second.text, to: "inbound/a.xml")
        try bench.folder.write(first.text, to: "inbound/b.xml")
        #expect(try await bench.drain().messages.map(\.sed?.code) == ["R017", "R025"])
        #expect(try bench.state(of: request) == "7")
    }

    @Test func `a whole chain that waits is placed by the one message it lacked`() async throws {
        let bench = try Bench()
        var update = try next("R025")
        update.action = "Update"
        update.version = 2
        var reduction = update
        reduction.action = "New"
        reduction.version = 1
        reduction.instance = UUID().uuidString
        try await bench.receive(update, reduction)
        #expect(try bench.queue(.pending).count == 2)
        let placed = try await bench.receive(request)
        #expect(placed.map(\.sed?.code) == ["R017", "R025", "R025"])
        #expect(try bench.workspace.caseItems().map(\.documents) == [2])
    }

    @Test func `an update without its first version, and one with a gap, wait under CAS-002`() async throws {
        let bench = try Bench()
        var update = try next("R025")
        update.action = "Update"
        update.version = 2
        var gap = request
        gap.action = "Update"
        gap.version = 3
        gap.instance = UUID().uuidString
        let results = try await bench.receive(request, update, gap)
        #expect(results.map(\.rule?.text) == [nil, "CAS-002", "CAS-002"])
    }

    // MARK: Identity

    @Test func `the same message twice has one effect`() async throws {
        let bench = try Bench()
        let results = try await bench.receive(request, request)
        #expect(results.map(\.disposition) == [.accept, .duplicate])
        #expect(results.last?.rule?.text == "CAS-012")
        #expect(bench.delivered().count == 1)
        #expect(try bench.workspace.caseItems().map(\.documents) == [1])
    }

    @Test func `two senders may use the same identifier`() async throws {
        let bench = try Bench()
        var other = request
        other.sender = "SE:SEREC2"
        other.caseID = UUID().uuidString
        let results = try await bench.receive(request, other)
        #expect(results.map(\.disposition) == [.accept, .accept])
        #expect(bench.delivered().count == 2)
    }

    @Test func `a message that cannot be judged, or is not ours, is a duplicate the second time`() async throws {
        let bench = try Bench()
        var unknown = request
        unknown.typeVersion = "5.0"
        unknown.bucVersion = "5.0"
        unknown.body = unknown.body.replacing("/4_4/", with: "/5_0/")
        var foreign = request
        foreign.receiver = "LV:LVSOC1"
        foreign.instance = UUID().uuidString
        let results = try await bench.receive(unknown, unknown, foreign, foreign)
        #expect(results.map(\.disposition) == [.pending, .duplicate, .pending, .duplicate])
    }

    @Test func `a message that waited keeps the findings it came with`() async throws {
        let bench = try Bench()
        var reduction = try next("R025")
        reduction.manifest = TestMessage.manifest([UUID().uuidString])
        reduction.createdAt = "2026-03-24T10:00:00Z"
        let results = try await bench.receive(reduction, request)
        #expect(results.map(\.disposition) == [.pending, .accept, .acceptWithFindings])
        #expect(results.last?.verdict == .invalid)
        #expect(results.last?.report.findings.map(\.rule) == ["ATT-001"])
        let shown = try #require(try bench.workspace.queueItem("m1"))
        #expect(shown.report?.disposition == "acceptWithFindings")
        #expect(shown.report?.case?.state == "7")
        #expect(shown.history.map(\.act) == ["received", "decided", "decided", "delivered"])
    }

    @Test func `the timeline keeps the order of placing within one moment`() async throws {
        let bench = try Bench()
        var messages = [request]
        for version in 1...11 {
            var reduction = try next("R025")
            reduction.set = messages[0].set.uppercased().lowercased().replacing("-4", with: "-5")
            reduction.version = version
            reduction.action = version == 1 ? "New" : "Update"
            messages.append(reduction)
        }
        for message in messages { try await bench.receive(message) }
        let id = try #require(UniqueID(parsing: request.caseID))
        #expect(try bench.workspace.timeline(of: id).map(\.version) == [1] + Array(1...11))
    }

    @Test func `another content under a known version waits for a person`() async throws {
        let bench = try Bench()
        var other = request
        other.instance = UUID().uuidString
        other.body = other.body.replacing("<value>01</value>", with: "<value>02</value>")
        let results = try await bench.receive(request, other)
        #expect(results.map(\.rule?.text) == [nil, "CAS-013"])
    }

    @Test func `a second version that comes as a new document waits for the first`() async throws {
        let bench = try Bench()
        var second = request
        second.version = 2
        #expect(try await bench.receive(second).map(\.rule?.text) == ["CAS-002"])
    }

    @Test func `hundreds of versions in any order are placed with one trace each`() async throws {
        let bench = try Bench()
        let count = 150
        for version in (1...count).shuffled() {
            var message = request
            message.version = version
            message.action = version == 1 ? "Start" : "Update"
            message.instance = UUID().uuidString
            message.createdAt = "2026-03-02T10:\(10 + (version * 7) % 50):00Z"
            try bench.folder.write(message.text, to: "inbound/\(UUID().uuidString).xml")
        }
        try await bench.drain()
        #expect(try bench.queue(.pending) == [])
        let id = try #require(UniqueID(parsing: request.caseID))
        #expect(try bench.workspace.timeline(of: id).map(\.version) == Array(1...count))
        let acts = try bench.workspace.store.read { view in
            try view.messages(of: id).map { try view.audit(of: "message:\($0.id)").count }
        }
        // Received, perhaps told to wait, placed, delivered.
        #expect(acts.allSatisfy { $0 <= 4 })
    }

    @Test func `a corrected message may keep the identity of a rejected one`() async throws {
        let bench = try Bench()
        var faulty = request
        faulty.body = faulty.body.replacing("<TypeRequest>", with: "<TypRequest>")
            .replacing("</TypeRequest>", with: "</TypRequest>")
        let results = try await bench.receive(faulty, request)
        #expect(results.map(\.disposition) == [.reject, .accept])
    }

    @Test func `the same version sent again is accepted without effect`() async throws {
        let bench = try Bench()
        var again = request
        again.instance = UUID().uuidString
        let results = try await bench.receive(request, again)
        #expect(results.map(\.rule?.text) == [nil, "CAS-011"])
        #expect(bench.delivered().count == 1)
    }

    // MARK: Participants

    @Test func `a stranger does not move a case`() async throws {
        let bench = try Bench()
        var close = try next("X001")
        close.sender = "LV:LVSOC1"
        let results = try await bench.receive(request, close)
        #expect(results.last?.rule?.text == "CAS-007")
        #expect(try bench.state(of: request) == "1")
    }

    @Test func `a participant does not change its role`() async throws {
        let bench = try Bench()
        var late = reply.reversed
        late.senderRole = "Counterparty"
        late.receiverRole = "CaseOwner"
        let results = try await bench.receive(request, late)
        #expect(results.last?.rule?.text == "CAS-008")
    }

    @Test func `a message between strangers waits for a person`() async throws {
        let bench = try Bench()
        var foreign = request
        foreign.receiver = "LV:LVSOC1"
        let results = try await bench.receive(foreign)
        #expect(results.map(\.rule?.text) == ["SYS-005"])
        bench.wait(hours: 48)
        #expect(try await bench.drain().summary.exceptions == 0)
    }

    @Test func `without configuration whoever a case reaches first is us`() async throws {
        let bench = try Bench(configuration: "incompleteAfter: 0s")
        let results = try await bench.receive(request, reply)
        #expect(results.map(\.caseState?.name) == ["1", "2"])
        #expect(try bench.workspace.caseItems().map(\.role) == ["Counterparty"])
    }

    // MARK: Exceptions

    @Test(arguments: [("R018", "01"), ("R025", "01")])
    func `after the grace period an unknown case is answered with code 01`(sed: String, code: String) async throws {
        let bench = try Bench()
        var lonely = try next(sed)
        if sed == "R018" { (lonely.senderRole, lonely.receiverRole) = ("Counterparty", "CaseOwner") }
        try await bench.receive(lonely)
        bench.wait(hours: 23)
        #expect(try await bench.drain().summary.exceptions == 0)
        bench.wait(hours: 1)
        #expect(try await bench.drain().summary.exceptions == 1)
        bench.wait(hours: 24)
        #expect(try await bench.drain().summary.exceptions == 0)
        #expect(try exceptionCodes(bench) == [code])
    }

    @Test func `codes follow the reason`() async throws {
        let bench = try Bench()
        var update = try next("R025")
        update.action = "Update"
        update.version = 2
        let close = try next("X001")
        let late = try next("R025")
        let early = try next("R036")
        // R036 has no place before an R018 that asks for it; the update lacks its first version; R025 comes too late.
        try await bench.receive(request, early, update, close, late)
        #expect(try bench.queue(.pending).map(\.rule) == ["CAS-006", "CAS-006", "CAS-006"])
        bench.wait(hours: 24)
        #expect(try await bench.drain().summary.exceptions == 3)
        #expect(try exceptionCodes(bench) == ["06", "06", "06"])
    }

    @Test func `out of order and missing versions are answered with 05 and 02`() async throws {
        let bench = try Bench()
        var update = try next("R025")
        update.action = "Update"
        update.version = 2
        try await bench.receive(request, try next("R036"), update)
        bench.wait(hours: 24)
        try await bench.drain()
        #expect(try exceptionCodes(bench).sorted() == ["02", "05"])
    }

    @Test func `an exception is a complete valid message to the sender and waits for release`() async throws {
        let bench = try Bench()
        try await bench.receive(try next("R025"))
        bench.wait(hours: 24)
        try await bench.drain()
        let item = try #require(try bench.queue(.outbox).first)
        #expect(item.state == "draft")
        #expect(item.sed == "X050")
        #expect(bench.folder.files(in: "outbound") == [])
        let bytes = try #require(
            try bench.workspace.store.read { view in
                try view.outbox(in: [.draft]).first.flatMap { try view.bytes(ofOutbox: $0.id) }
            })
        let judgement = try Bench.reference.get().validator.judge(bytes)
        #expect(judgement.report.verdict == .valid)
        let envelope = try #require(judgement.envelope)
        #expect(envelope.sender.institution.text == "EE:MTA001")
        #expect(envelope.receiver.institution.text == "SE:SEREC1")
        #expect(envelope.sender.role == .counterparty)
        #expect(envelope.caseID.text == request.caseID)
        #expect(judgement.facts.about?.code == "R025")
    }

    @Test func `while the exception is a draft the message may still find its place`() async throws {
        let bench = try Bench()
        try await bench.receive(try next("R025"))
        bench.wait(hours: 24)
        try await bench.drain()
        #expect(try bench.queue(.pending).map(\.rule) == ["CAS-001"])
        let results = try await bench.receive(request)
        #expect(results.map(\.sed?.code) == ["R017", "R025"])
        #expect(try bench.queue(.outbox) == [], "the draft was not withdrawn")
        #expect(try bench.state(of: request) == "7")
    }

    @Test func `where no exception may be sent a person is told once`() async throws {
        let bench = try Bench(configuration: "institutions: EE:SKA001\nincompleteAfter: 0s")
        // The owner of LA_BUC_04 sends no X050: the counterparty has nothing to send that could be out of order.
        var reopening = try TestMessage("X001", in: "LA_BUC_04").reversed
        reopening.sed = "X002"
        reopening.receiver = "EE:SKA001"
        reopening.sender = "SE:SEREC1"
        reopening.body = """
            <x:X002 xmlns:x="http://ec.europa.eu/eessi/ns/4_4/X002">
              <CaseContext><EmployerContext><name>Example Ltd</name></EmployerContext></CaseContext>
              <RequestReopen><reasonThisRequest><value>01</value></reasonThisRequest></RequestReopen>
            </x:X002>
            """
        #expect(try await bench.receive(reopening).map(\.rule?.text) == ["CAS-001"])
        bench.wait(hours: 24)
        #expect(try await bench.drain().summary.exceptions == 0)
        let told = try #require(try bench.queue(.pending).first)
        #expect(told.rule == "SYS-009")
        try await bench.drain()
        #expect(try bench.queue(.pending).first?.attempts == told.attempts)
    }

    @Test func `exceptions are delivered where the operator wants that`() async throws {
        let bench = try Bench(
            configuration: "institutions: EE:MTA001\nincompleteAfter: 0s\nbusinessExceptions: send\ngrace: 1h"
        )
        try await bench.receive(try next("R025"))
        bench.wait(hours: 1)
        #expect(try await bench.drain().summary.delivered == 1)
        #expect(bench.folder.files(in: "outbound").map { String($0.prefix(4)) } == ["X050"])
    }

    @Test func `an exception is never answered with an exception`() async throws {
        let bench = try Bench()
        var exception = try TestMessage("X050", in: "R_BUC_07")
        exception.caseID = request.caseID
        try await bench.receive(exception)
        bench.wait(hours: 48)
        #expect(try await bench.drain().summary.exceptions == 0)
        #expect(try bench.queue(.pending).map(\.sed) == ["X050"])
    }

    private func exceptionCodes(_ bench: Bench) throws -> [String] {
        try bench.queue(.outbox).compactMap { item in
            item.reason.flatMap { $0.firstMatch(of: /code (\d\d)/).map { String($0.1) } }
        }
    }

    // MARK: Deadlines, removal, forwarding

    @Test func `a clock of the case starts, starts anew and stops`() async throws {
        let bench = try Bench(configuration: "institutions: EE:SKA001\nincompleteAfter: 0s")
        var posting = try TestMessage("A009", in: "LA_BUC_04")
        posting.receiver = "EE:SKA001"
        posting.action = "Start"
        try await bench.receive(posting)
        let id = try #require(UniqueID(parsing: posting.caseID))
        let useCases = try Bench.reference.get().useCases
        func deadline() throws -> String? {
            let today = try #require(CivilDate(parsing: "2026-03-05"))
            return try bench.workspace.caseDetails(id, useCases: useCases, today: today)?.deadlines
                .first { $0.name == "closing-after-posting" }.map { "\($0.countedDay) \($0.dueOn) \($0.state)" }
        }
        #expect(try deadline() == "2026-04-01 2026-04-01 running")
        bench.wait(hours: 48)
        var second = posting
        second.set = UUID().uuidString
        second.instance = UUID().uuidString
        second.action = "New"
        try await bench.receive(second)
        #expect(try deadline() == "2026-04-03 2026-04-06 running")
        var close = try TestMessage("X001", in: "LA_BUC_04")
        close.receiver = "EE:SKA001"
        close.caseID = posting.caseID
        try await bench.receive(close)
        #expect(try deadline() == "2026-04-03 2026-04-06 stopped")
    }

    @Test func `after a forwarding the successor writes, and the old participant does not`() async throws {
        let bench = try Bench()
        var forward = try next("X001")
        forward.sed = "X007"
        forward.body = TestMessage.forwarding
        let old = try next("R025")
        var new = try next("R025")
        new.sender = "SE:SEREC2"
        let results = try await bench.receive(request, forward, old, new)
        #expect(results.map(\.rule?.text) == [nil, nil, "CAS-004", nil])
        #expect(try bench.state(of: request) == "7")
    }

    @Test func `content that fits no row exactly is placed with a note`() async throws {
        let bench = try Bench()
        var contestation = try next("R025")
        contestation.sed = "R019"
        contestation.body = try contestationBody
        let results = try await bench.receive(request, contestation)
        #expect(results.last?.rule?.text == "CAS-010")
        #expect(results.last?.disposition == .accept)
    }

    /// An R019 whose content belongs to the course of precautionary measures, sent in the course of a recovery.
    private var contestationBody: String {
        get throws {
            let r025 = try next("R025").body
            let concerns = r025.range(of: "<Concerns>[\\s\\S]*</Concerns>", options: .regularExpression)
            return """
                <x:R019 xmlns:x="http://ec.europa.eu/eessi/ns/4_4/R019">
                  \(concerns.map { String(r025[$0]) } ?? "")
                  <Contestation>
                    <dateContestation>2026-02-01</dateContestation>
                    <contestationReceivedBy><value>01</value></contestationReceivedBy>
                    <contestationConcerns><value>02</value></contestationConcerns>
                    <reasonForContestation>Invented</reasonForContestation>
                  </Contestation>
                </x:R019>
                """
        }
    }
}

/// Files that are no proper messages: each has its outcome, and the queue goes on.
struct OddFileTests {
    private let good: TestMessage

    init() throws {
        var good = try TestMessage("R017", in: "R_BUC_07")
        good.action = "Start"
        self.good = good
    }

    private func outcome(
        configuration: String = "institutions: EE:MTA001",
        _ prepare: (TemporaryFolder) throws -> Void
    ) async throws -> (bench: Bench, odd: QueueItem?) {
        let bench = try Bench(configuration: configuration)
        try prepare(bench.folder)
        try bench.folder.write(good.text, to: "inbound/z-good.xml")
        try await bench.drain()
        #expect(try bench.state(of: good) == "1", "the queue did not go on")
        return (bench, try bench.workspace.queueItems().first { $0.fileName == "odd.xml" })
    }

    @Test func `a truncated file waits while it may still grow`() async throws {
        let (bench, odd) = try await outcome { try $0.write(String(good.text.dropLast(200)), to: "inbound/odd.xml") }
        #expect(odd?.queue == .inbound)
        #expect(odd?.rule == "SYS-004")
        #expect(bench.folder.files(in: "inbound") == ["odd.xml"])
        // It grows to the end and is taken.
        var other = good
        other.instance = UUID().uuidString
        other.caseID = UUID().uuidString
        try bench.drop(other, as: "odd")
        #expect(try await bench.drain().messages.map(\.disposition) == [.accept])
        #expect(try bench.queue(.inbound) == [])
    }

    @Test func `a truncated file that has stood still is set aside with its bytes`() async throws {
        let text = String(good.text.dropLast(200))
        let (bench, odd) = try await outcome {
            try $0.write(text, to: "inbound/odd.xml")
            try $0.age("inbound/odd.xml", seconds: 601)
        }
        #expect(odd?.queue == .quarantine)
        #expect(odd?.rule == "XML-009")
        #expect(odd?.verdict == "invalid")
        #expect(bench.folder.files(in: "quarantine").count == 1)
        let kept = try bench.workspace.store.read { view in
            try view.messages(in: [.quarantined]).first.flatMap { try view.bytes(of: $0.id) }
        }
        #expect(kept == Array(text.utf8))
    }

    @Test func `an empty file waits, then is set aside`() async throws {
        let fresh = try await outcome { try $0.write("", to: "inbound/odd.xml") }
        #expect(fresh.odd?.rule == "SYS-004")
        let old = try await outcome {
            try $0.write("", to: "inbound/odd.xml")
            try $0.age("inbound/odd.xml", seconds: 601)
        }
        #expect(old.odd?.rule == "XML-010")
        #expect(old.odd?.queue == .quarantine)
    }

    @Test func `a folder, a link and a pipe with the name of a message stay where they are`() async throws {
        let folder = try await outcome { try $0.write("x", to: "inbound/odd.xml/inside") }
        #expect(folder.odd?.rule == "SYS-002")
        #expect(folder.bench.folder.files(in: "inbound") == ["odd.xml/inside"])
        let link = try await outcome { store in
            try store.write("", to: "inbound/keep")
            try FileManager.default.createSymbolicLink(
                atPath: store.path + "/inbound/odd.xml", withDestinationPath: "/etc/passwd"
            )
        }
        #expect(link.odd?.rule == "SYS-002")
        let pipe = try await outcome { store in
            try store.write("", to: "inbound/keep")
            mkfifo(store.path + "/inbound/odd.xml", 0o600)
        }
        #expect(pipe.odd?.rule == "SYS-002")
    }

    @Test func `a file that cannot be read stays and is told`() async throws {
        // Root reads everything: there the file is simply taken, and the other tests show what that means.
        let (_, odd) = try await outcome { store in
            try store.write(good.text, to: "inbound/odd.xml")
            try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: store.path + "/inbound/odd.xml")
        }
        #expect(geteuid() == 0 || odd?.rule == "SYS-003")
    }

    @Test func `a document over the size limit is not judged`() async throws {
        let filler = String(repeating: " ", count: 21 << 20)
        let (_, odd) = try await outcome { store in
            try store.write(
                good.text.replacing("</sbdh:StandardBusinessDocument>", with: filler), to: "inbound/odd.xml")
            try store.age("inbound/odd.xml", seconds: 601)
        }
        #expect(odd?.queue == .quarantine)
        #expect(odd?.rule == "XML-002")
        #expect(odd?.verdict == "undecided")
    }

    @Test func `obstacles that have gone are forgotten`() async throws {
        let (bench, _) = try await outcome { try $0.write("x", to: "inbound/odd.xml/inside") }
        try FileManager.default.removeItem(atPath: bench.folder.path + "/inbound/odd.xml")
        try await bench.drain()
        #expect(try bench.queue(.inbound) == [])
    }

    @Test func `a name that is no text does not stop the queue`() async throws {
        let (bench, odd) = try await outcome { store in
            try store.write("", to: "inbound/keep")
            // "odd" and a byte that UTF-8 does not have.
            let path = Array((store.path + "/inbound/odd").utf8CString.dropLast()) + [CChar(bitPattern: 0xFF)]
            let name = path + Array(".xml".utf8CString)
            let file = name.withUnsafeBufferPointer { $0.baseAddress.map { creat($0, 0o600) } ?? -1 }
            close(file)
        }
        #expect(odd == nil)
        #expect(try bench.queue(.inbound).map(\.rule) == ["SYS-003"])
    }

    @Test func `a file that ends in zeros may still be written`() async throws {
        let (_, odd) = try await outcome {
            try $0.write(Array(good.text.utf8.prefix(900)) + Array(repeating: 0, count: 500), to: "inbound/odd.xml")
        }
        #expect(odd?.queue == .inbound)
        #expect(odd?.rule == "SYS-004")
    }

    @Test func `a destination that is down fills only its own queue, and is served when it is up`() async throws {
        let configuration = """
            institutions: EE:MTA001
            outbound: [{name: up, path: up}, {name: down, path: down}]
            routes: [{name: a, sed: R017, to: down}, {name: b, to: up}]
            """
        let bench = try Bench(configuration: configuration)
        try bench.folder.write("a file where a folder should be", to: "down")
        var second = try TestMessage("R025", in: "R_BUC_07")
        second.caseID = good.caseID
        try await bench.receive(good, second)
        #expect(bench.delivered(to: "up").count == 1)
        #expect(try bench.queue(.outbox).map(\.state) == ["ready"])
        #expect(try await bench.drain().summary.delivered == 0)
        #expect(try bench.queue(.outbox).map(\.attempts) == [1], "it was tried again without a rest")
        try FileManager.default.removeItem(atPath: bench.folder.path + "/down")
        bench.wait(hours: 1)
        #expect(try await bench.drain().summary.delivered == 1)
        #expect(bench.delivered(to: "down").count == 1)
    }

    @Test func `a message without route is kept and told`() async throws {
        let configuration = """
            institutions: EE:MTA001
            outbound: {name: o, path: outbound}
            routes: [{name: only-legislation, sector: LA, to: o}]
            """
        let bench = try Bench(configuration: configuration)
        try await bench.receive(good)
        #expect(try bench.queue(.outbox).map(\.state) == ["unrouted"])
        #expect(bench.folder.files(in: "outbound") == [])
    }

    @Test func `attachments travel with their message`() async throws {
        let message = good
        let id = try #require(message.attachments.first)
        let bench = try Bench()
        try bench.drop(message, as: "m")
        let results = try await bench.drain().messages
        #expect(results.map(\.disposition) == [.accept])
        let name = "R017-SE-SEREC1-\(message.instance)"
        #expect(bench.folder.files(in: "outbound") == ["\(name).attachments/\(id).pdf", "\(name).xml"])
        let missing = try Bench()
        try missing.folder.write(message.text, to: "inbound/m.xml")
        let placed = try await missing.drain().messages
        #expect(placed.map(\.disposition) == [.acceptWithFindings])
        #expect(placed.first?.report.findings.map(\.rule) == ["ATT-001"])
        #expect(placed.first?.verdict == .invalid)
    }
}

// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCore
import SEDStorage
import SEDTestSupport
import SEDValidation
import Testing

@testable import SEDProcessor

/// Documents of ours that go again to an institution that has joined the case.
struct ResendTests {
    private let validator: Validator
    private let ours: EnvelopeParty
    private let joined: EnvelopeParty
    private let now: Instant

    init() throws {
        validator = try Bench.reference.get().validator
        ours = EnvelopeParty(institution: try #require(InstitutionID(parsing: "EE:MTA001")), role: .caseOwner)
        joined = EnvelopeParty(institution: try #require(InstitutionID(parsing: "LV:LVSOC1")), role: .counterparty)
        now = try #require(Instant(parsing: "2026-03-05T09:10:11.999Z"))
    }

    /// Our own request that opens a case of several participants.
    private func sent(_ sed: String = "A003") throws -> TestMessage {
        var message = try TestMessage(sed, in: "LA_BUC_02")
        message.sender = "EE:MTA001"
        message.receiver = "SE:SEREC1"
        message.action = "Start"
        return message
    }

    private func draft(
        of text: String,
        to receiver: EnvelopeParty? = nil,
        action: CaseAction = .start
    ) throws -> (draft: ResendDraft, envelope: Envelope) {
        let bytes = Array(text.utf8)
        let envelope = try #require(validator.judge(bytes, direction: .outbound).envelope)
        let draft = try #require(
            ResendDraft(of: bytes, envelope, from: ours, to: receiver ?? joined, action: action, at: now))
        return (draft, envelope)
    }

    private func body(_ bytes: [UInt8]) throws -> [UInt8] {
        Array(bytes[try #require(validator.judge(bytes).contentRange)])
    }

    @Test func `the document goes again byte by byte, and the envelope says to whom`() throws {
        var message = try sent()
        message.version = 3
        message.action = "Update"
        let (draft, old) = try draft(of: message.text)
        let judgement = validator.judge(draft.bytes, direction: .outbound)
        #expect(judgement.report.verdict == .valid)
        let new = try #require(judgement.envelope)
        #expect(new.sender == ours)
        #expect(new.receiver == joined)
        #expect(new.action == .start)
        #expect(new.createdAt == "2026-03-05T09:10:11Z")
        #expect(new.set == old.set)
        #expect(new.documentVersion == 3)
        #expect(new.caseID == old.caseID)
        #expect(new.instance != old.instance)
        #expect(try body(draft.bytes) == body(Array(message.text.utf8)))
    }

    @Test func `whatever else the envelope holds stays as it was written`() throws {
        var message = try sent()
        message.attachments = [UUID().uuidString.lowercased()]
        message.relatedSet = UUID().uuidString
        // A comment with what looks like a tag, character data, blanks, a quotation mark of the other kind.
        let text = message.text
            .replacing("<sbdh:CaseAction>Start<", with: "<sbdh:CaseAction><!-- </x> -->Start<?p </y>?><")
            .replacing(">SE:SEREC1<", with: "><![CDATA[SE:SEREC1]]><")
            .replacing(
                "Authority=\"urn:eu:europa:ec:dgempl:eessi:ir\">EE",
                with: "Authority='urn:eu:europa:ec:dgempl:eessi:ir' >EE"
            )
            .replacing("<sbdh:Type>", with: "<!-- between --><sbdh:Type>")
        let (draft, old) = try draft(of: text)
        let expected = message.text
            .replacing(">SE:SEREC1<", with: ">LV:LVSOC1<")
            .replacing(
                "Authority=\"urn:eu:europa:ec:dgempl:eessi:ir\">EE",
                with: "Authority='urn:eu:europa:ec:dgempl:eessi:ir' >EE"
            )
            .replacing("<sbdh:Type>", with: "<!-- between --><sbdh:Type>")
            .replacing(old.instance.text, with: draft.instance.text)
            .replacing("2026-03-02T10:00:00Z", with: "2026-03-05T09:10:11Z")
        #expect(String(decoding: draft.bytes, as: UTF8.self) == expected)
        #expect(validator.judge(draft.bytes, direction: .outbound).envelope?.attachments == old.attachments)
    }

    @Test func `the same message to the same institution is the same message, to another one another`() throws {
        let message = try sent()
        let other = EnvelopeParty(institution: try #require(InstitutionID(parsing: "FI:FIETK1")), role: .counterparty)
        let first = try draft(of: message.text).draft
        #expect(try draft(of: message.text).draft.bytes == first.bytes)
        #expect(try draft(of: message.text, to: other).draft.instance != first.instance)
    }

    @Test func `a forwarder hands its document over in its own role`() throws {
        let successor = EnvelopeParty(institution: joined.institution, role: .caseOwner)
        let (draft, _) = try draft(of: sent().text, to: successor, action: .startForward)
        let judgement = validator.judge(draft.bytes, direction: .outbound)
        #expect(judgement.report.verdict == .valid)
        #expect(judgement.envelope?.receiver == successor)
    }

    @Test(arguments: [
        "<a/>", "<a>x", "<a b='>'/>", "<a><b/></a>",
    ])
    func `an element without a content of its own has no place for a value`(text: String) {
        #expect(ResendDraft.content(ofElementAt: 0, in: Array(text.utf8)) == nil)
    }

    // MARK: The outbox

    private func write(_ bench: Bench, _ duties: [ResendDuty], _ policy: ResendPolicy = .draft) throws -> Int {
        var configuration = bench.workspace.configuration
        configuration.resends = policy
        let reference = try Bench.reference.get()
        return try bench.workspace.store.write { transaction in
            try Resends(
                transaction: transaction, configuration: configuration, validator: reference.validator, now: now,
                actor: "test"
            ).write(duties)
        }
    }

    private func duty(_ institution: String = "LV:LVSOC1") throws -> ResendDuty {
        ResendDuty(
            messageID: 1, sender: ours,
            receiver: EnvelopeParty(
                institution: try #require(InstitutionID(parsing: institution)), role: .counterparty),
            action: .start
        )
    }

    @Test func `what is due is drafted once for each receiver`() async throws {
        let bench = try Bench()
        try await bench.receive(sent())
        #expect(try write(bench, [duty(), duty("FI:FIETK1")]) == 2)
        #expect(try write(bench, [duty(), duty("FI:FIETK1")]) == 0)
        let items = try bench.queue(.outbox)
        #expect(items.map(\.state) == ["draft", "draft"])
        #expect(items.map(\.sed) == ["A003", "A003"])
        #expect(items.first?.reason == "A003 must go again to LV:LVSOC1, which has joined the case.")
        #expect(try bench.workspace.queueItem("m1")?.history.last?.detail.hasPrefix("draft A003 to FI:FIETK1") == true)
        try await bench.drain()
        #expect(bench.delivered().count == 1)
    }

    @Test func `what is sent takes its route, with the attachments of its message`() async throws {
        let bench = try Bench()
        var message = try sent()
        message.attachments = [UUID().uuidString.lowercased()]
        try await bench.receive(message)
        #expect(try write(bench, [duty()], .send) == 1)
        #expect(try await bench.drain().summary.delivered == 1)
        let envelope = try #require(validator.judge(message.bytes).envelope)
        let receiver = joined.institution
        let name = "A003-EE-MTA001-\(ResendDraft.instance(of: envelope, for: receiver)).xml"
        #expect(bench.delivered().contains(name))
        let attachment = name.replacing(".xml", with: ".attachments/\(message.attachments[0]).pdf")
        #expect(bench.folder.files(in: "outbound").contains(attachment))
    }

    @Test func `what cannot be written validly never leaves, and a person is told once`() async throws {
        let bench = try Bench()
        try await bench.receive(sent())
        var impossible = try duty()
        impossible = ResendDuty(
            messageID: 1, sender: EnvelopeParty(institution: ours.institution, role: .intelligentRA),
            receiver: impossible.receiver, action: .start)
        #expect(try write(bench, [impossible], .send) == 0)
        #expect(try write(bench, [impossible], .send) == 0)
        let items = try bench.queue(.outbox)
        #expect(items.map(\.state) == ["faulty"])
        #expect(items.map(\.rule) == ["SYS-010"])
        #expect(items.first?.reason?.contains("ENV-009") == true)
        #expect(try bench.workspace.queueItem("m1")?.history.last?.detail == "SYS-010 to LV:LVSOC1")
        #expect(try await bench.drain().summary.delivered == 0)
    }

    // MARK: In a case

    /// Our X005 that brings an institution into the case.
    private func adding(_ institution: String, to case: TestMessage) throws -> TestMessage {
        var message = try TestMessage("X001", in: "LA_BUC_02")
        message.sed = "X005"
        message.body = AdministrativeBodies.x005(adding: institution)
        message.sender = "EE:MTA001"
        message.receiver = "SE:SEREC1"
        message.caseID = `case`.caseID
        message.createdAt = "2026-03-02T11:00:00Z"
        return message
    }

    @Test func `who joins a case gets the latest version of what we have sent before`() async throws {
        let bench = try Bench()
        let first = try sent()
        try bench.drop(first, as: "a")
        try bench.drop(adding("LV:LVSOC1", to: first), as: "b")
        #expect(try await bench.drain().summary.resends == 1)
        #expect(try await bench.drain().summary.resends == 0)
        #expect(try bench.queue(.outbox).map(\.state) == ["draft"])
        // A later version takes the place of the draft.
        var second = first
        second.instance = UUID().uuidString.lowercased()
        second.version = 2
        second.action = "Update"
        second.createdAt = "2026-03-02T11:30:00Z"
        try bench.drop(second, as: "c")
        #expect(try await bench.drain().summary.resends == 1)
        let drafts = try bench.queue(.outbox)
        #expect(drafts.map(\.messageId) == [second.instance])
        let number = try #require(Int64(drafts.first?.id.dropFirst() ?? ""))
        let bytes = try #require(try bench.workspace.store.read { try $0.bytes(ofOutbox: number) })
        let judgement = validator.judge(bytes, direction: .outbound)
        #expect(judgement.report.verdict == .valid)
        #expect(judgement.envelope?.receiver == joined)
        #expect(judgement.envelope?.documentVersion == 2)
        #expect(judgement.envelope?.action == .start)
        #expect(try body(bytes) == body(second.bytes))
    }

    @Test func `a draft is withdrawn when the document was sent otherwise`() async throws {
        let bench = try Bench()
        let first = try sent()
        try bench.drop(first, as: "a")
        try bench.drop(adding("LV:LVSOC1", to: first), as: "b")
        try await bench.drain()
        #expect(try bench.queue(.outbox).count == 1)
        var other = first
        other.instance = UUID().uuidString.lowercased()
        other.receiver = "LV:LVSOC1"
        other.createdAt = "2026-03-02T11:30:00Z"
        try bench.drop(other, as: "c")
        #expect(try await bench.drain().summary.resends == 0)
        #expect(try bench.queue(.outbox) == [])
    }
}

// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCore
import SEDInspection
import SEDProcessor
import SEDStorage
import SEDTestSupport
import SEDValidation
import Testing

/// The directory of institutions in the store, in the pipeline and in routes.
struct InstitutionPipelineTests {
    /// Sweden's and our own institution as the test messages name them, and some that come near.
    private static let table = """
        id,validFrom,validTo,buc,role,from,to,ready
        SE:SEREC1,,,R_BUC_07 LA_BUC_02,CaseOwner Counterparty,,,yes
        SE:SEREC2,,,R_BUC_07,CaseOwner Counterparty,,,yes
        SE:SEREC3,2019-01-01,2025-12-31,R_BUC_07,CaseOwner Counterparty,,,yes
        SE:SEREC4,,,R_BUC_07,Counterparty,,,no
        SE:SEREC4,,,R_BUC_07,CaseOwner,2019-01-01,2025-12-31,
        SE:FAR0001,,,R_BUC_07,CaseOwner Counterparty,,,
        FI:SEREC1,,,R_BUC_07,CaseOwner,,,
        EE:MTA001,,,R_BUC_07 LA_BUC_02,CaseOwner Counterparty,,,yes
        """

    private func load(_ text: String, into bench: Bench, on day: String = "2026-03-02") throws -> InstitutionImportItem
    {
        let now = try #require(Instant(parsing: "\(day)T08:00:00Z"))
        return try bench.workspace.importInstitutions([("table.csv", Array(text.utf8))], actor: "test", at: now)
    }

    private func counts(_ item: InstitutionImportItem) -> [Int] { [item.added, item.changed, item.ended] }

    /// A recovery request that we receive.
    private func request(from sender: String = "SE:SEREC1") throws -> TestMessage {
        var message = try TestMessage("R017", in: "R_BUC_07")
        message.action = "Start"
        message.sender = sender
        return message
    }

    private func doubts(_ message: ProcessedMessage?) -> [MessageReport.Finding] {
        (message?.report.findings ?? []).filter { $0.rule.hasPrefix("DIR-") }
    }

    // MARK: Import

    @Test func `an import is a snapshot that tells what it changed, and is kept in the audit trail`() throws {
        let bench = try Bench()
        let first = try load("id,name\nSE:FK0001,a\nSE:FK0002,b\nSE:FK0003,c\n", into: bench)
        #expect(counts(first) == [3, 0, 0])
        let again = try load("id,name\nSE:FK0003,c\nSE:FK0001,a\nSE:FK0002,b\n", into: bench)
        #expect(counts(again) == [0, 0, 0])
        let next = try load("id,name\nSE:FK0001,new\nSE:FK0003,c\nSE:FK0004,d\n", into: bench, on: "2026-03-10")
        #expect(counts(next) == [1, 1, 1])
        #expect(next.institutions == 3)
        #expect(next.files.map(\.form) == ["CSV"])
        let back = try load("id,name\nSE:FK0002,b\n", into: bench, on: "2026-03-11")
        #expect(counts(back) == [1, 0, 3])
        let lines = try bench.workspace.store.read { try $0.audit(of: "institutions") }
        #expect(lines.map(\.act) == Array(repeating: "imported", count: 4))
        #expect(lines.first?.detail.contains("3 added, 0 changed, 0 ended; CSV \(first.files[0].digest)") == true)
        #expect(try bench.workspace.institutionItems(InstitutionFilter()).lastImport == back)
    }

    @Test func `nothing is imported when one file of several has a fault`() throws {
        let bench = try Bench()
        _ = try load("id,name\nSE:FK0001,a\n", into: bench)
        #expect(throws: ConfigurationError.self) {
            try bench.workspace.importInstitutions(
                [("a", Array("id,name\nSE:FK0002,b\n".utf8)), ("b", Array("id,name\nSE:6,c\n".utf8))], actor: "test",
                at: Instant(millisecondsSinceEpoch: 0)
            )
        }
        let listing = try bench.workspace.institutionItems(InstitutionFilter())
        #expect(listing.institutions.map(\.id) == ["SE:FK0001"])
        #expect(listing.lastImport?.number == 1)
    }

    @Test func `a listing is narrowed by country, use case, role and day`() throws {
        let bench = try Bench()
        _ = try load(Self.table, into: bench)
        func ids(_ change: (inout InstitutionFilter) throws -> Void) throws -> [String] {
            var filter = InstitutionFilter()
            try change(&filter)
            return try bench.workspace.institutionItems(filter).institutions.map(\.id)
        }
        #expect(try ids { $0.country = "FI" } == ["FI:SEREC1"])
        #expect(try ids { $0.buc = BUCType(parsing: "LA_BUC_02") } == ["EE:MTA001", "SE:SEREC1"])
        #expect(
            try ids {
                $0.role = .caseOwner
                $0.country = "SE"
                $0.day = CivilDate(parsing: "2026-03-02")
            } == ["SE:FAR0001", "SE:SEREC1", "SE:SEREC2"]
        )
        _ = try load("id,name\nSE:FK0001,a\n", into: bench, on: "2026-03-10")
        #expect(try ids { _ in } == ["SE:FK0001"])
        #expect(try ids { $0.day = CivilDate(parsing: "2026-03-09") }.contains("FI:SEREC1"))
        #expect(try !ids { $0.day = CivilDate(parsing: "2026-03-10") }.contains("FI:SEREC1"))
    }

    // MARK: Findings

    @Test func `without a directory nothing is said`() async throws {
        let bench = try Bench()
        let result = try await bench.receive(request(from: "SE:NOBODY")).first
        #expect(result?.disposition == .accept)
        #expect(doubts(result) == [])
    }

    @Test func `a sender and a receiver that the directory accepts are not mentioned`() async throws {
        let bench = try Bench()
        _ = try load(Self.table, into: bench)
        let result = try await bench.receive(request()).first
        #expect(result?.disposition == .accept)
        #expect(doubts(result) == [])
    }

    @Test(arguments: [
        (
            "SE:SEREC9", "DIR-001",
            "Sender: the directory of institutions does not know this institution; "
                + "nearest: SE:SEREC1, SE:SEREC2, SE:FAR0001."
        ),
        (
            "SE:SEREC3", "DIR-002",
            "Sender: by the directory of institutions this institution does not exist on 2026-03-02; "
                + "nearest: SE:SEREC1, SE:SEREC2, SE:FAR0001."
        ),
        (
            "SE:SEREC4", "DIR-003",
            "Sender: by the directory of institutions this institution does not handle R_BUC_07 as CaseOwner on "
                + "2026-03-02; nearest: SE:SEREC1, SE:SEREC2, SE:FAR0001."
        ),
        (
            "PL:NOBODY", "DIR-001",
            "Sender: the directory of institutions does not know this institution; "
                + "the directory has no other one that would do."
        ),
    ])
    func `an institution that is not accepted is a warning with its place and the nearest that would be`(
        sender: String,
        rule: String,
        message: String
    ) async throws {
        let bench = try Bench()
        _ = try load(Self.table, into: bench)
        let result = try #require(try await bench.receive(request(from: sender)).first)
        #expect(result.verdict == .valid)
        #expect(result.disposition == .acceptWithFindings)
        let finding = try #require(doubts(result).first)
        #expect(doubts(result).count == 1)
        #expect(finding.rule == rule)
        #expect(finding.also == ["REC-75-2-001"])
        #expect(finding.severity == "warning")
        #expect(finding.message == message)
        #expect(finding.path == "/StandardBusinessDocument/StandardBusinessDocumentHeader/Sender/Identifier")
        #expect(finding.line == 6)
        #expect(finding.column == 7)
        #expect(bench.delivered().count == 1)
        // The stored report says the same.
        #expect(try bench.workspace.queueItem("m1")?.report == Teller.english.told(result.report))
    }

    @Test func `what we send is judged on the day it was made, and its receiver may not be ready`() async throws {
        let bench = try Bench()
        _ = try load(Self.table, into: bench)
        var ours = try request().reversed
        ours.senderRole = "CaseOwner"
        ours.receiverRole = "Counterparty"
        ours.receiver = "SE:SEREC4"
        let notReady = try await bench.receive(ours).first
        #expect(doubts(notReady).map(\.rule) == ["DIR-004"])
        #expect(doubts(notReady).first?.also == nil)
        #expect(doubts(notReady).first?.path?.hasSuffix("/Receiver/Identifier") == true)
        ours.receiver = "SE:SEREC3"
        ours.instance = UUID().uuidString
        ours.caseID = UUID().uuidString
        ours.createdAt = "2025-12-31T23:00:00Z"
        #expect(doubts(try await bench.receive(ours).first) == [])
    }

    @Test func `an institution that is gone is right for the days before`() async throws {
        let bench = try Bench()
        _ = try load(Self.table, into: bench, on: "2026-02-01")
        _ = try load(Self.table.replacing("SE:SEREC1,,,", with: "SE:SEREC5,,,"), into: bench, on: "2026-03-01")
        #expect(doubts(try await bench.receive(request()).first).map(\.rule) == ["DIR-002"])
        var ours = try request().reversed
        ours.senderRole = "CaseOwner"
        ours.receiverRole = "Counterparty"
        ours.createdAt = "2026-02-28T10:00:00Z"
        ours.caseID = UUID().uuidString
        #expect(doubts(try await bench.receive(ours).first) == [])
    }

    @Test func `the institution that a document brings into the case is looked up too`() async throws {
        let bench = try Bench()
        _ = try load(Self.table, into: bench)
        var message = try TestMessage("X001", in: "LA_BUC_02")
        message.sed = "X005"
        message.body = AdministrativeBodies.x005(adding: "SE:SEREC9")
        let result = try await bench.receive(message).first
        let finding = try #require(doubts(result).first)
        #expect(result?.verdict == .valid)
        #expect(doubts(result).count == 1)
        #expect(finding.rule == "DIR-001")
        #expect(finding.path == "/X005/AddedParticipant/AddParticipant/institutionID")
        #expect(finding.line ?? 0 > 20)
    }

    @Test func `a finding is told in Estonian where documents are judged`() throws {
        let validator = try Bench.reference.get().validator
        let list = InstitutionList(try InstitutionFile(parsing: Array(Self.table.utf8), file: "d").institutions)
        let bytes = try request(from: "SE:SEREC9").bytes
        let envelope = try #require(validator.judge(bytes).envelope)
        let findings = try InstitutionCheck(list).findings(
            on: envelope, named: nil, on: try #require(CivilDate(parsing: "2026-03-02")), in: bytes)
        #expect(
            validator.told(findings, in: .estonian).map(\.message) == [
                "Saatja: asutuste kataloog seda asutust ei tunne; lähimad: SE:SEREC1, SE:SEREC2, SE:FAR0001."
            ]
        )
        #expect(findings.map(\.value) == ["SE:SEREC9"])
    }

    // MARK: Routes

    private static let routes = """
        institutions: EE:MTA001
        outbound: [{name: known, path: known}, {name: hold, path: hold}, {name: rest, path: rest}]
        routes:
          - {name: right, direction: sent, competent: true, to: known}
          - {name: wrong, direction: sent, receiverKnown: true, competent: false, to: rest}
          - {name: unknown, direction: sent, receiverKnown: false, to: hold}
          - {name: everything, to: rest}
        """

    @Test(arguments: [
        ("SE:SEREC1", true, "right"), ("SE:SEREC4", true, "wrong"), ("SE:SEREC3", true, "unknown"),
        ("SE:SEREC9", true, "unknown"), ("SE:SEREC9", false, "everything"), ("SE:SEREC1", false, "everything"),
    ])
    func `routes ask the directory, and without one such a condition does not hold`(
        receiver: String,
        isLoaded: Bool,
        route: String
    ) async throws {
        let bench = try Bench(configuration: Self.routes)
        if isLoaded { _ = try load(Self.table, into: bench) }
        var ours = try request().reversed
        ours.senderRole = "CaseOwner"
        ours.receiverRole = "Counterparty"
        ours.receiver = receiver
        #expect(try await bench.receive(ours).map(\.route) == [route])
    }

    @Test func `a flag of a route is true or false`() {
        #expect(throws: ConfigurationError.self) {
            try Configuration(
                parsing: "outbound: {name: o, path: o}\nroutes: [{name: r, to: o, competent: perhaps}]", file: "f")
        }
    }
}

/// Administrative documents that no example carries.
enum AdministrativeBodies {
    static func x005(adding institution: String) -> String {
        """
          <ns:X005 xmlns:ns="http://ec.europa.eu/eessi/ns/4_4/X005" sedGVer="4" sedVer="4">
            <CaseContext>
              <PersonContext>
                <familyName>Korhonen</familyName>
                <forename>Aino</forename>
                <dateBirth>1985-04-12</dateBirth>
                <sex><value>02</value></sex>
              </PersonContext>
            </CaseContext>
            <AddedParticipant>
              <AddParticipant>
                <institutionID>\(institution)</institutionID>
                <institutionName>Office</institutionName>
              </AddParticipant>
              <reason><value>01</value></reason>
            </AddedParticipant>
          </ns:X005>
        """
    }
}

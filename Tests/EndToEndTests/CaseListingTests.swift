// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// What the listings of cases tell an operator.
struct CaseListingTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("institutions: EE:MTA001\nincompleteAfter: 0s\n", to: "piiripost.yaml")
    }

    private func run(_ arguments: String..., language: String = "en") throws -> Program.Result {
        try Program.run(arguments + ["--workspace", folder.path, "--lang", language])
    }

    private func process(_ messages: TestMessage...) throws {
        for message in messages {
            for attachment in message.attachments {
                try folder.write("%PDF-1.4", to: "inbound/\(message.instance).attachments/\(attachment).pdf")
            }
            try folder.write(message.text, to: "inbound/\(message.instance).xml")
        }
        let result = try run("process", "--once")
        try #require(result.status == 0, "\(result.errors)")
    }

    @Test func `an identity that comes again with other bytes stands on the list of the operator`() throws {
        var first = try TestMessage("A010", in: "LA_BUC_05")
        first.action = "Start"
        try process(first)
        var other = first
        other.body = other.body.replacing("</", with: " </", maxReplacements: 1)
        try process(other)
        let quarantine = try run("queue", "list", "--queue", "quarantine").output
        #expect(quarantine.contains("CAS-012: The same message (other bytes) was received before as number 1."))
        // The same bytes are nobody's work.
        try process(first)
        #expect(try run("queue", "list", "--queue", "quarantine").output == quarantine)
        let done = try run("queue", "list", "--queue", "done").output
        #expect(done.contains("CAS-012: The same message (the same bytes) was received before as number 1."))
        let cases = try run("case", "list").output
        #expect(cases.contains("LA_BUC_05"))
        #expect(try run("case", "show", first.caseID).output.contains("version 1: SE:SEREC1\n"))
    }

    @Test func `of several counterparties each listing names the one it speaks of`() throws {
        // H001 of ours to two institutions; one is reminded.
        var first = try TestMessage("H001", in: "H_BUC_01").reversed
        (first.senderRole, first.receiverRole) = ("CaseOwner", "Counterparty")
        first.action = "Start"
        var second = first
        second.receiver = "FI:FIKELA1"
        second.instance = UUID().uuidString.lowercased()
        var reminder = try TestMessage("X009", in: "H_BUC_01").reversed
        reminder.caseID = first.caseID
        (reminder.senderRole, reminder.receiverRole) = ("CaseOwner", "Counterparty")
        reminder.receiver = "FI:FIKELA1"
        reminder.createdAt = "2026-03-03T10:00:00Z"
        try process(first, second, reminder)

        let shown = try run("case", "show", first.caseID).output
        #expect(shown.contains("document \(first.set) H001 sent, version 1: FI:FIKELA1, SE:SEREC1\n"), "\(shown)")
        #expect(shown.contains("X009 sent, version 1: FI:FIKELA1\n"), "\(shown)")
        #expect(shown.contains(#/deadline \S+ reminder-answer[^,]*, FI:FIKELA1: /#), "\(shown)")
        let timeline = try run("case", "timeline", first.caseID).output.split(separator: "\n")
        #expect(timeline[0].contains("WITH"))
        #expect(timeline.dropFirst().map { $0.contains("FI:FIKELA1") }.count(where: \.self) == 2, "\(timeline)")
        #expect(timeline.dropFirst().map { $0.contains("SE:SEREC1") }.count(where: \.self) == 1, "\(timeline)")
        let due = try run("case", "due", "--date", "2026-04-01", "--until", "2026-05-01").output
        #expect(due.contains("\(first.caseID)  FI:FIKELA1\n"), "\(due)")
    }

    @Test func `a rebuild is told in Estonian`() throws {
        var first = try TestMessage("A010", in: "LA_BUC_05")
        first.action = "Start"
        try process(first)
        #expect(try run("case", "rebuild", "--check", language: "et").output == "juhtumeid 1, neist erinevaid 0\n")
        #expect(try run("case", "rebuild", language: "et").output == "juhtumeid 1, neist muudetud 0\n")
    }
}

// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// In which language `process`, `queue`, `case` and `buc` tell what they did and found.
struct PipelineLanguageTests {
    private static let early = "No document that starts this case has been placed; expected now: nothing."
    private static let earlyInEstonian =
        "Juhtumit alustavat dokumenti ei ole paigutatud; praegu oodatakse: mitte midagi."

    /// A workspace with a message that waits, one that was rejected for a rule of law, and one with a finding of its case.
    private struct Workspace {
        let folder: TemporaryFolder
        let caseID = UUID().uuidString.lowercased()

        init() throws {
            folder = try TemporaryFolder()
            try folder.write("institutions: EE:MTA001\nincompleteAfter: 0s\n", to: "piiripost.yaml")
            var request = try TestMessage("R015", in: "R_BUC_06").reversed
            request.caseID = caseID
            request.createdAt = "2026-02-04T10:00:00Z"
            request.action = "Start"
            var reply = try TestMessage("R016", in: "R_BUC_06")
            reply.caseID = caseID
            reply.createdAt = "2026-02-25T10:00:00Z"
            (reply.senderRole, reply.receiverRole) = (reply.receiverRole, reply.senderRole)
            reply.body = reply.body.replacing(/<notificationDate>[^<]*/, with: "<notificationDate>2026-02-03")
            (request.senderRole, request.receiverRole) = ("CaseOwner", "Counterparty")
            for attachment in request.attachments {
                try folder.write("%PDF-1.4 example", to: "inbound/1.attachments/\(attachment).pdf")
            }
            try folder.write(request.text, to: "inbound/1.xml")
            try folder.write(reply.text, to: "inbound/2.xml")
            for (name, number) in [("3", "37-"), ("4", "41-")] {
                let inbound = Repository.examples + "/inbound"
                let files = try FileManager.default.contentsOfDirectory(atPath: inbound)
                let file = try #require(files.first { $0.hasPrefix(number) && $0.hasSuffix(".xml") })
                var text = try String(contentsOfFile: "\(inbound)/\(file)", encoding: .utf8)
                text = text.replacing("EE:SKA001", with: "EE:MTA001")
                try folder.write(text, to: "inbound/\(name).xml")
            }
        }

        func run(_ arguments: String..., language: String = "en") throws -> String {
            try Program.run(
                arguments + ["--workspace", folder.path], environment: ["LC_ALL": "\(language)_XX.UTF-8"]
            ).output
        }
    }

    /// English words that a text for people would show if they were forgotten.
    private static let english = [
        " accepted", "pending", "quarantine", " state ", " invalid", " valid", "warning", " the ", " error", "routed",
        "received", " sent", "version", "document ", "deadline", "nothing", "REASON", "STATE", "EVENT",
    ]

    private func check(_ text: String, holds words: String...) {
        for word in words { #expect(text.contains(word), "\(word)") }
        for word in Self.english { #expect(!text.contains(word), "\(word) in \(text)") }
    }

    @Test func `what happens is told in Estonian from the first line to the summary`() throws {
        let workspace = try Workspace()
        check(
            try workspace.run("process", "--once", language: "et"),
            holds: "3.xml  R004  kehtiv  ootel  CAS-001: \(Self.earlyInEstonian)\n",
            "4.xml  A009  vigane  tagasi lükatud  A1-PERIOD-003: Perioodil puudub lõppkuupäev",
            "2.xml  R016  kehtiv  vastu võetud leidudega  -> R_BUC_06 olek 2, marsruut everything  NOT-77-3-003: Edastamise ",
            "vastu võetud 1, vastu võetud leidudega 1, ootel 1, tagasi lükatud 1, karantiinis 0")
    }

    @Test func `what was stored under one language is told in the other`() throws {
        let workspace = try Workspace()
        _ = try workspace.run("process", "--once")
        #expect(try workspace.run("queue", "list").contains("CAS-001: \(Self.early)\n"))
        check(
            try workspace.run("queue", "list", language: "et"), holds: "TUNNUS", "karantiinis", "ootel",
            "CAS-001: \(Self.earlyInEstonian)\n", "A1-PERIOD-003: Perioodil puudub lõppkuupäev")

        let other = try Workspace()
        _ = try other.run("process", "--once", language: "et")
        #expect(try other.run("queue", "list").contains("CAS-001: \(Self.early)\n"))
        let id = try #require(
            try other.run("queue", "list", "--queue", "done").firstMatch(of: #/(m\d+) .* R016 /#)?.1)
        check(
            try other.run("queue", "show", String(id), language: "et").replacing(/(?m)^\d{4}-.*\n/, with: ""),
            holds: "hinnang: kehtiv\n", "otsus: vastu võetud leidudega\n", "põhjus: Edastamise kuupäev",
            "hoiatus rida ", ": Edastamise kuupäev on varasem kui taotlus või tulevikus.")
        check(
            try other.run("case", "show", other.caseID, language: "et"), holds: "juhtum \(other.caseID)", "olek 2",
            "praegu tohib saata: ", "dokument ", "hoiatus, \(id) R016: Edastamise kuupäev")
        check(
            try other.run("case", "timeline", other.caseID, language: "et"), holds: "SÜNDMUS", "saadetud", "saadud",
            "hoiatus NOT-77-3-003")
        check(try other.run("case", "list", language: "et"), holds: "JUHTUM", "OLEK")
    }

    @Test func `JSON tells messages in the language, all else as in English, and how it keeps them is not shown`()
        throws
    {
        let workspace = try Workspace()
        _ = try workspace.run("process", "--once")
        let id = try #require(try workspace.run("queue", "list").firstMatch(of: #/(m\d+) .* A009 /#)?.1)
        let pairs = [
            try ["en", "et"].map { try workspace.run("queue", "list", "--format", "json", language: $0) },
            try ["en", "et"].map { try workspace.run("queue", "show", String(id), "--format", "json", language: $0) },
            try ["en", "et"].map {
                try workspace.run("case", "show", workspace.caseID, "--format", "json", language: $0)
            },
        ]
        for pair in pairs {
            #expect(pair[0] != pair[1])
            #expect(masked(pair[0]) == masked(pair[1]))
            for text in pair { #expect(!text.contains("emplate") && !text.contains("ords\"")) }
        }
        let lines = try Workspace().run("process", "--once", "--format", "json", language: "et")
        #expect(lines.contains(#""disposition":"pending""#) && lines.contains(Self.earlyInEstonian))
        #expect(!lines.contains("emplate") && !lines.contains("ords\""))
    }

    /// The text of JSON without what is told to people.
    private func masked(_ json: String) -> String {
        json.replacing(/"(reason|message|text|remark)" : "[^"]*"/) { "\"\($0.1)\"" }
    }

    @Test func `use cases are told in Estonian`() throws {
        func run(_ arguments: String..., input: String = "") throws -> String {
            try Program.run(["buc"] + arguments + ["--lang", "et"], input: input).output
        }
        let list = try run("list")
        #expect(list.contains("ALUSTAB") && list.contains("kaks") && list.contains("Teatavakstegemise taotlus"))
        let shown = try run("show", "R_BUC_06")
        #expect(shown.contains("Teatavakstegemise taotlus"))
        #expect(shown.contains("alustab R015, osalisi kaks\n"))
        #expect(shown.contains("saadetud"))
        let answer = try run(
            "replay", "--buc", "R_BUC_07", "--role", "CaseOwner", input: #"{"direction":"received","sed":"R018"}"#)
        #expect(answer.contains("Juhtumit alustavat dokumenti ei ole paigutatud; praegu oodatakse: "))
        #expect(answer.contains("\"allowed\":false"))
        // One refusal has one sentence, whichever command tells it.
        let asked = try run("show", "R_BUC_07", "--sed", "R018", "--role", "CaseOwner")
        #expect(asked.contains("Juhtumit alustavat dokumenti ei ole paigutatud; praegu oodatakse: "))
        #expect(asked.contains("(Määrus (EÜ) nr 987/2009, art 75, 78 kuni 84 ja 90)"))
        #expect(try run("show", "R_BUC_07").contains("nõutav"))
    }
}

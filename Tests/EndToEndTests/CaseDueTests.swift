// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// `piiripost case due` and `piiripost buc clocks`, as a user sees them.
struct CaseDueTests {
    private let folder: TemporaryFolder
    private let request: TestMessage

    init() throws {
        folder = try TemporaryFolder()
        // 30 days after 4 March 2026 are Good Friday, 3 April.
        var request = try TestMessage("R015", in: "R_BUC_06")
        request.action = "Start"
        request.caseID = "6a1c3b52-4b0e-4a63-9a53-0f5a0c1f7f10"
        request.body = request.body.replacing(/<notificationDeadline>[^<]+</, with: "<notificationDeadline>2026-07-01<")
        self.request = request
        try folder.write("institutions: EE:MTA001\nincompleteAfter: 0s\n", to: "w/piiripost.yaml")
        for attachment in request.attachments {
            try folder.write("%PDF-1.4", to: "w/inbound/r.attachments/\(attachment).pdf")
        }
        try folder.write(request.text, to: "w/inbound/r.xml")
        let run = try Program.run(["process", "--once", "--workspace", path, "--now", "2026-03-04T12:00:00Z"])
        try #require(run.status == 0, "\(run.errors)")
    }

    private var path: String { folder.path + "/w" }

    private func due(_ arguments: String...) throws -> String {
        let result = try Program.run(["case", "due", "--workspace", path] + arguments)
        try #require(result.status == 0, "\(result.errors)")
        return result.output
    }

    @Test func `what is overdue is told with its provision, its task and its moved day`() throws {
        #expect(
            try due("--date", "2026-04-10") == """
                2026-04-06  overdue 4 day(s)  us  R_BUC_06 Counterparty  6a1c3b52-4b0e-4a63-9a53-0f5a0c1f7f10  SE:SEREC1
                    Answer to the request for notification (notification-answer; R015, m1)
                    Policy: Reg. (EC) No 987/2009, Art. 77(3): without delay; 30 days by policy
                    To do: send R016
                    Consequence: The applicant does not know whether and when the document was notified.
                    Note: the counted day 2026-04-03 is a day of rest and moved (Reg. 1182/71 Art. 3(4), not verified; days of rest: weekends, holidays of EE)
                1 deadline(s), 1 past

                """)
    }

    @Test func `the page shows what the program prints`() throws {
        let page = try Repository.text("docs/deadlines.md")
        #expect(page.contains("```\n" + (try due("--date", "2026-04-10")) + "```\n"))
    }

    @Test func `in Estonian`() throws {
        #expect(
            try due("--date", "2026-04-10", "--lang", "et") == """
                2026-04-06  üle tähtaja 4 päeva  meie  R_BUC_06 Counterparty  6a1c3b52-4b0e-4a63-9a53-0f5a0c1f7f10  SE:SEREC1
                    Vastus teatavakstegemise taotlusele (notification-answer; R015, m1)
                    Meie valik: Määrus (EÜ) nr 987/2009, art 77 lg 3: viivitamata; 30 päeva on meie valik
                    Teha: saata R016
                    Tagajärg: Taotleja ei tea, kas ja millal dokument teatavaks tehti.
                    Märkus: arvestatud viimane päev 2026-04-03 on puhkepäev ja nihkus (määrus 1182/71 art 3 lg 4, kontrollimata; puhkepäevad: nädalavahetused ja pühad, EE)
                Tähtaegu 1, neist möödas 1

                """)
    }

    @Test(arguments: [
        (["--date", "2026-03-05"], 0), (["--date", "2026-03-07"], 1),
        (["--date", "2026-03-07", "--until", "2026-07-01"], 2),
        (["--date", "2026-03-07", "--until", "2026-07-01", "--by", "us"], 2),
        (["--date", "2026-03-07", "--until", "2026-07-01", "--by", "them"], 0),
        (["--date", "2026-04-06", "--overdue"], 0), (["--date", "2026-04-07", "--overdue"], 1),
        (["--date", "2026-07-02", "--overdue", "--by", "anyone"], 2),
    ])
    func `options choose`(options: [String], count: Int) throws {
        let arguments = ["case", "due", "--workspace", path, "--format", "json"] + options
        let result = try Program.run(arguments)
        let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
        #expect((object?["deadlines"] as? [Any])?.count == count)
        #expect(result.status == 0)
    }

    @Test func `JSON has both languages, both days and the provision`() throws {
        let text = try due("--date", "2026-04-10", "--format", "json")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(object["today"] as? String == "2026-04-10")
        #expect(object["until"] as? String == "2026-05-10")
        let item = try #require((object["deadlines"] as? [[String: Any]])?.first)
        #expect(item["countedDay"] as? String == "2026-04-03")
        #expect(item["dueOn"] as? String == "2026-04-06")
        #expect(item["daysOver"] as? Int == 4)
        #expect(item["state"] as? String == "ranOut")
        #expect(item["basis"] as? String == "policy")
        #expect(item["calendar"] as? String == "EE")
        #expect((item["title"] as? [String: String])?.keys.sorted() == ["en", "et"])
        // Every field is described.
        let page = try Repository.text("docs/report-format.md")
        for key in item.keys { #expect(page.contains("`\(key)`"), "\(key)") }
    }

    @Test func `wrong days are wrong usage`() throws {
        for day in ["2026-02-30", "tomorrow", "2026-04-10Z"] {
            #expect(try Program.run(["case", "due", "--workspace", path, "--date", day]).status == 64)
        }
    }

    @Test func `a case of which everything waits is known wherever it is listed`() throws {
        var early = try TestMessage("R016", in: "R_BUC_06")
        (early.senderRole, early.receiverRole) = (early.receiverRole, early.senderRole)
        early.caseID = "7b1c3b52-4b0e-4a63-9a53-0f5a0c1f7f11"
        try folder.write(early.text, to: "w/inbound/early.xml")
        let run = try Program.run(["process", "--once", "--workspace", path, "--now", "2026-03-04T13:00:00Z"])
        try #require(run.status == 0, "\(run.errors)")
        #expect(try due("--date", "2026-03-04").contains(early.caseID))
        let shown = try Program.run(["case", "show", early.caseID, "--workspace", path, "--lang", "en"])
        #expect(shown.status == 0, "\(shown.errors)")
        #expect(shown.output.hasPrefix("case \(early.caseID): R_BUC_06 as CaseOwner (EE:MTA001), state S\n"))
        #expect(shown.output.contains("deadline 2026-03-05 grace-period (ran out), SE:SEREC1: "))
        #expect(shown.output.contains("pending m2 R016: "))
        let outlook = try Program.run(
            ["case", "show", early.caseID, "--outlook", "--workspace", path, "--lang", "en"])
        #expect(outlook.output.contains("R015"), "\(outlook.errors)")
    }

    @Test func `a case shows its clocks with their state`() throws {
        let output = try Program.run(["case", "show", "--workspace", path, request.caseID]).output
        #expect(output.contains("\ndeadline 2026-07-01 notification-by-date"))
    }

    @Test func `the page of deadlines lists all clocks as the tables have them`() throws {
        let table = try Program.run(["buc", "clocks", "--format", "markdown"]).output
        #expect(table.split(separator: "\n").count > 25)
        #expect(
            try Repository.text("docs/deadlines.md").contains("\n" + table),
            "buc clocks --format markdown prints it anew")
        let estonian = try Program.run(["buc", "clocks", "--lang", "et"]).output
        #expect(estonian.contains("Vastus meeldetuletusele"))
        for word in [
            "KELL", "PIKKUS", "30 päeva", "kohe", "juhtumi omanik", "meie valik, kontrollimata", "art 79 lg 2",
        ] {
            #expect(estonian.contains(word), "\(word)")
        }
        for word in ["CLOCK", "LENGTH", " days", "month", "CaseOwner", "Counterparty", "policy", "Reg.", "at once"] {
            #expect(!estonian.contains(word), "\(word)")
        }
        let json = try Program.run(["buc", "clocks", "--format", "json"]).output
        #expect(json.contains("\"name\" : \"formalities\""))
    }
}

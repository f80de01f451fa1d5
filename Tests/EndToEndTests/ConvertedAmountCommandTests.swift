// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// Converted amounts judged by the rates of a workspace, and by files of rates.
struct ConvertedAmountCommandTests {
    private static let rates = """
        Date,SEK,RUB,
        2026-03-10,11.2,N/A,
        2026-03-03,11.1,N/A,
        2026-03-02,11.05,N/A,
        2026-02-27,11.15,N/A,

        """

    /// The request from Sweden, converted at 11.05, sent on a day.
    private func request(on day: String) throws -> TestMessage {
        var message = try TestMessage("R017", in: "R_BUC_07")
        message.createdAt = "\(day)T10:00:00Z"
        message.action = "Start"
        return message
    }

    private func bench() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write(Self.rates, to: "eurofxref-hist.csv")
        let imported = try Program.run(
            ["rates", "import", "--workspace", folder.path + "/w", folder.path + "/eurofxref-hist.csv"])
        #expect(imported.status == 0)
        return folder
    }

    /// The findings on amounts, and the status of `validate`.
    private func validate(_ path: String, _ arguments: String...) throws -> (rules: [String], status: Int32) {
        let result = try Program.run(["validate", path, "--format", "json"] + arguments)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        let document = try #require((object["documents"] as? [[String: Any]])?.first)
        let rules = try #require(document["findings"] as? [[String: Any]]).compactMap { $0["rule"] as? String }
        return (rules.filter { $0.hasPrefix("CUR") || $0.hasPrefix("REC-78-3-D-00") }, result.status)
    }

    @Test func `validate compares with the rates of a workspace or of files`() throws {
        let folder = try bench()
        let (workspace, file) = (folder.path + "/w", folder.path + "/eurofxref-hist.csv")
        for (day, rules) in [
            ("2026-03-02", []), ("2026-02-28", []), ("2026-02-27", ["CUR-90-003"]), ("2026-04-20", []),
            ("2025-12-31", []),
        ] as [(String, [String])] {
            try folder.write(try request(on: day).text, to: "m.xml")
            let path = folder.path + "/m.xml"
            for source in [["--workspace", workspace], ["--rates", file]] {
                let result = try validate(path, source[0], source[1])
                #expect(result.rules == rules, "\(day) \(source[0])")
                #expect(result.status == 0, "\(day) \(source[0])")
            }
            #expect(try validate(path).rules == [])
        }
        try folder.write(try request(on: "2026-02-27").text, to: "m.xml")
        #expect(try validate(folder.path + "/m.xml", "--rates", file, "--direction", "outbound").status == 1)
        try folder.write(try request(on: "2026-04-20").text, to: "m.xml")
        #expect(
            try validate(folder.path + "/m.xml", "--rates", file, "--direction", "outbound").rules == ["CUR-SRC-003"])
    }

    @Test func `sources that cannot be used end with status 2, both at once with 64`() throws {
        let folder = try bench()
        try folder.write(try request(on: "2026-03-02").text, to: "m.xml")
        try folder.write("Date,SEK,\n2026-03-02,x,\n", to: "bad.csv")
        func status(_ arguments: String...) throws -> Int32 {
            try Program.run(["validate", folder.path + "/m.xml"] + arguments).status
        }
        #expect(try status("--rates", folder.path + "/bad.csv") == 2)
        #expect(try status("--rates", folder.path + "/none.csv") == 2)
        #expect(try status("--workspace", folder.path + "/none") == 2)
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/none"))
        #expect(try status("--workspace", folder.path + "/w", "--rates", folder.path + "/bad.csv") == 64)
    }

    @Test func `process compares with the rates of its workspace, and a later document with the day of the request`()
        throws
    {
        let folder = try bench()
        let first = try request(on: "2026-03-02")
        try folder.write(first.text, to: "w/inbound/1.xml")
        try folder.write(Array("%PDF-1.7".utf8), to: "w/inbound/1.attachments/\(first.attachments[0]).pdf")
        // Converted at 11.2, the rate of the day on which it travels.
        var reduced = try TestMessage("R025", in: "R_BUC_07")
        reduced.caseID = first.caseID
        reduced.createdAt = "2026-03-10T10:00:00Z"
        for (amount, moved) in [
            ("5837.10", "5758.93"), ("191.24", "188.68"), ("54.30", "53.57"), ("6082.64", "6001.18"),
        ] {
            try #require(reduced.body.contains(">\(amount)<"))
            reduced.body = reduced.body.replacing(">\(amount)<", with: ">\(moved)<")
        }
        func process() throws {
            let run = try Program.run(["process", "--workspace", folder.path + "/w", "--once", "--lang", "en"])
            #expect(run.status == 0, "\(run.errors)")
        }
        try process()
        try folder.write(reduced.text, to: "w/inbound/2.xml")
        try process()
        func shown(_ id: String) throws -> String {
            try Program.run(["queue", "show", id, "--workspace", folder.path + "/w", "--lang", "en"]).output
        }
        let (request, later) = (try shown("m1"), try shown("m2"))
        #expect(!request.contains("CUR-"))
        #expect(later.contains("[CUR-90-007]"), "\(later)")
    }

    @Test func `a rule of the user's own asks for a rate`() throws {
        let folder = try bench()
        try folder.write(try request(on: "2026-03-02").text, to: "m.xml")
        try FileManager.default.createDirectory(atPath: folder.path + "/rules", withIntermediateDirectories: true)
        try folder.write(
            """
            <sch:schema xmlns:sch="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt">
              <sch:ns prefix="pp" uri="urn:piiripost:rules"/>
              <sch:ns prefix="r017" uri="http://ec.europa.eu/eessi/ns/4_4/R017"/>
              <sch:pattern><sch:rule context="r017:R017">
                <sch:report id="OWN-1" role="note" test="pp:ecb-rate('SEK', pp:message-date()) = '11.05' and \
            pp:converted('84500.00', 'SEK', 'EUR', 'recovery.request', pp:message-date()) = '7647.06'">Found.</sch:report>
              </sch:rule></sch:pattern>
            </sch:schema>
            """, to: "rules/own.sch")
        let arguments = ["validate", folder.path + "/m.xml", "--rules", folder.path + "/rules"]
        let known = try Program.run(arguments + ["--rates", folder.path + "/eurofxref-hist.csv"])
        let unknown = try Program.run(arguments)
        #expect(known.output.contains("[OWN-1]"))
        #expect(!unknown.output.contains("[OWN-1]"))
    }
}

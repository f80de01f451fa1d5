// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// The directory of institutions on the command line.
struct InstitutionsCommandTests {
    private let files = ["csv", "yaml"].map { Repository.examples + "/institutions/institutions.\($0)" }

    private func json(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func `the examples are imported, listed and shown`() throws {
        let folder = try TemporaryFolder()
        let workspace = ["--workspace", folder.path]
        let imported = try Program.run(["institutions", "import"] + files + workspace)
        #expect(imported.status == 0)
        #expect(imported.output == "import 1: 7 institutions, 32 competences; 7 added, 0 changed, 0 ended\n")
        let again = try Program.run(["institutions", "import"] + files + workspace + ["--format", "json"])
        let result = try #require(try json(again.output)["result"] as? [String: Any])
        #expect(result["added"] as? Int == 0)
        #expect((result["files"] as? [[String: Any]])?.map { $0["form"] as? String } == ["CSV", "YAML"])
        let listed = try Program.run(
            [
                "institutions", "list", "--country", "SE", "--buc", "R_BUC_07", "--role", "Counterparty", "--day",
                "2026-03-02",
            ]
                + workspace
        )
        #expect(
            listed.output == """
                ID         VALID            COMPETENCES  NAME
                SE:SEPEN1  from 2018-01-01  1            Recovery Office Stockholm

                """
        )
        let shown = try Program.run(["institutions", "show", "LV:LVSOC1"] + workspace)
        #expect(
            shown.output == """
                LV:LVSOC1: Latvian Insurance Office
                valid: from 2018-01-01
                LA_BUC_02 CaseOwner: from 2019-07-03, ready
                LA_BUC_02 Counterparty: from 2019-07-03, ready
                LA_BUC_04 CaseOwner: from 2019-07-03, ready
                LA_BUC_04 Counterparty: from 2019-07-03, ready
                R_BUC_07 Counterparty: always, not ready

                """
        )
        #expect(try Program.run(["institutions", "show", "LV:NOBODY"] + workspace).status == 2)
    }

    @Test func `a faulty file is told with its places, and nothing is imported`() throws {
        let folder = try TemporaryFolder()
        try folder.write("id,name\nSE:6,x\n", to: "faulty.csv")
        let result = try Program.run(
            ["institutions", "import", files[0], folder.path + "/faulty.csv", "--workspace", folder.path + "/w"])
        #expect(result.status == 2)
        #expect(result.output == "")
        #expect(result.errors.contains("faulty.csv:2:1: expected an institution such as EE:SKA001"))
        let listed = try Program.run(["institutions", "list", "--format", "json", "--workspace", folder.path + "/w"])
        #expect((try json(listed.output)["institutions"] as? [Any])?.isEmpty == true)
        #expect(try Program.run(["institutions", "import", "/nowhere", "--workspace", folder.path]).status == 2)
        #expect(try Program.run(["institutions", "import"]).status == 64)
    }

    @Test func `validate compares envelopes with a directory`() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Repository.examples + "/inbound")
        let name = try #require(names.first { $0.hasPrefix("24-") && $0.hasSuffix(".xml") })
        let path = Repository.examples + "/inbound/" + name
        let accepted = try Program.run(
            ["validate", path, "--fail-on", "warning", "--institutions", files[0], "--institutions", files[1]])
        #expect(accepted.status == 0, "\(accepted.output)")
        let doubted = try Program.run(["validate", path, "--fail-on", "warning", "--institutions", files[1]])
        #expect(doubted.status == 1)
        #expect(doubted.output.contains("[DIR-001 (REC-75-2-001)]"))
        #expect(try Program.run(["validate", path, "--institutions", path]).status == 2)
    }
}

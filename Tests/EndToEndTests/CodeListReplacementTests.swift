// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// A code list is data: it is replaced in a copy of `sed-schemas`, and no schema is touched.
struct CodeListReplacementTests {
    private static let list = "codelists/EESSISexType.gc"

    private func copy() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try FileManager.default.copyItem(atPath: Repository.schemas, toPath: folder.path + "/schemas")
        for code in ["02", "03", "77"] {
            let text = """
                {"X008": {
                  "CaseContext": {"PersonContext": {
                    "familyName": "Tamm", "forename": "Mari", "dateBirth": "1980-02-03",
                    "sex": {"value": ["\(code)"]}}},
                  "TheFollowingSEDConsideredInvalidWithdrawn": {
                    "SEDType": "A009", "dateIssued": "2026-01-15", "reason": {"value": ["01"]}},
                  "sedGVer": "4", "sedVer": "4"
                }}
                """
            try folder.write(text, to: "\(code).json")
        }
        return folder
    }

    private func change(_ folder: TemporaryFolder, _ file: String, _ body: (String) -> String) throws {
        let path = "\(folder.path)/schemas/\(file)"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let changed = body(text)
        #expect(changed != text)
        try changed.write(toFile: path, atomically: true, encoding: .utf8)
    }

    private func replaceSex(_ folder: TemporaryFolder) throws {
        try change(folder, Self.list) {
            $0.replacing("<SimpleValue>02</SimpleValue>", with: "<SimpleValue>03</SimpleValue>")
        }
    }

    private func seal(_ folder: TemporaryFolder) throws {
        let script = "'\(Repository.root.path)/.ci/seal-catalogue' \"$PWD/schemas\""
        let result = try Program.shell(script, folder: folder.path)
        #expect(result.status == 0, "\(result.errors)")
    }

    /// The verdict and the reasons for one code, by the copied folder.
    private func judge(_ code: String, in folder: TemporaryFolder) throws -> Program.Result {
        try Program.run(["validate", "--schemas", "schemas", "\(code).json"], folder: folder.path)
    }

    @Test func `a list with one code less and one more counts when the folder is sealed`() throws {
        let folder = try copy()
        #expect(try ["02", "03", "77"].map { try judge($0, in: folder).status } == [0, 1, 1])
        try replaceSex(folder)
        try seal(folder)
        #expect(try ["02", "03", "77"].map { try judge($0, in: folder).status } == [1, 0, 1])
        let output = try judge("02", in: folder).output
        #expect(output.contains("is not in the code list EESSISexType; allowed: 01, 03, 98. [HOR-CODE-002 (CDE-001)]"))
    }

    @Test func `a list that was changed and not sealed is named, and nothing is judged by it`() throws {
        let folder = try copy()
        try replaceSex(folder)
        for code in ["02", "03", "77"] {
            let result = try judge(code, in: folder)
            #expect(result.status == 2)
            #expect(result.output.contains("\(Self.list): the file is not the one whose digest is in catalogue.xml"))
            #expect(result.output.contains("sed-schemas/README.md"))
        }
        let environment = "PIIRIPOST_SCHEMAS=schemas '\(Program.path)' validate 02.json"
        #expect(try Program.shell(environment, folder: folder.path).status == 2)
    }

    @Test func `any other file of the folder that differs is named too`() throws {
        let folder = try copy()
        try change(folder, "4.4/CC-4.4.xsd") { $0.replacing("EESSI", with: "EESSI ") }
        let result = try judge("02", in: folder)
        #expect(result.status == 2)
        #expect(result.output.contains("4.4/CC-4.4.xsd: the file is not the one"))
        try change(folder, "catalogue.xml") {
            $0.replacing("<artefact path=\"4.4/CC-4.4.xsd\"", with: "<artefact path=\"x\"")
        }
        #expect(try judge("02", in: folder).output.contains("4.4/CC-4.4.xsd: the file has no digest in catalogue.xml"))
    }

    @Test func `a list that is no list is named`() throws {
        let folder = try copy()
        try change(folder, Self.list) { $0.replacing("ColumnRef=\"code\"", with: "ColumnRef=\"codes\"") }
        try seal(folder)
        let result = try judge("02", in: folder)
        #expect(result.status == 2)
        #expect(result.output.contains("\(Self.list):22: a row has no value in the column code"))
    }
}

// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// What a second person approved is what leaves, and it leaves once.
struct RecoveryApprovalTests {
    private let sending = RecoveryInstallation.sending

    private func estonia(_ folder: TemporaryFolder) throws -> RecoveryInstallation {
        try RecoveryInstallation.pair(folder).0
    }

    /// Changes the store behind the back of the desk; false where there is no Python.
    private func change(_ installation: RecoveryInstallation, _ statement: String) throws -> Bool {
        guard try Program.shell("command -v python3 > /dev/null", folder: "/").status == 0 else {
            print("RecoveryApprovalTests: python3 is missing, so no store is changed: SKIPPED")
            return false
        }
        let script = """
            import sqlite3
            store = sqlite3.connect("store.sqlite")
            store.execute(\"\"\"\(statement)\"\"\")
            store.commit()
            """
        let result = try Program.shell("python3 - <<'END'\n\(script)\nEND", folder: installation.path)
        #expect(result.status == 0, "\(result.errors)")
        return true
    }

    @Test(arguments: [
        "UPDATE recoveryRequest SET content = replace(content, '1000.00', '9999.00')",
        "UPDATE recoveryAttachment SET bytes = CAST('%PDF-1.4 another one' AS BLOB)",
        "UPDATE recoveryAttachment SET certification = 'official'",
    ])
    func `what was changed after the approval is not sent`(statement: String) throws {
        let folder = try TemporaryFolder()
        let estonia = try estonia(folder)
        try estonia.desk("new", Repository.examples + "/recovery/request.yaml", at: sending)
        try estonia.desk("approve", "1", by: "kinnitaja", at: sending)
        #expect(try Program.run(["store", "check", "--workspace", estonia.path]).status == 0)
        guard try change(estonia, statement) else { return }
        let refused = try estonia.refused("send", "1", by: "kinnitaja", at: sending)
        #expect(refused.0 == 1 && refused.1.contains("not those that were drafted and approved"), "\(refused.1)")
        #expect(folder.files(in: "to-se").filter { !$0.hasPrefix(".") } == [])
        let checked = try Program.run(["store", "check", "--workspace", estonia.path])
        #expect(checked.status == 1 && checked.output.contains("recovery:1: content or attachments"))
    }

    @Test func `what was changed before the approval is not approved`() throws {
        let folder = try TemporaryFolder()
        let estonia = try estonia(folder)
        try estonia.desk("new", Repository.examples + "/recovery/request.yaml", at: sending)
        guard try change(estonia, "UPDATE recoveryRequest SET content = replace(content, '1000.00', '1.00')") else {
            return
        }
        #expect(try estonia.refused("approve", "1", by: "kinnitaja", at: sending).0 == 1)
    }

    @Test func `a person is named, and is the same one however the name is written`() throws {
        let folder = try TemporaryFolder()
        let estonia = try estonia(folder)
        let file = Repository.examples + "/recovery/request.yaml"
        for nobody in ["", "  ", "\u{200B}", "\t\u{2060}"] {
            #expect(try estonia.refused("new", file, by: nobody, at: sending).0 == 64)
        }
        try estonia.desk("new", file, by: "ametnik", at: sending)
        for nobody in ["", " "] {
            #expect(try estonia.refused("approve", "1", by: nobody, at: sending).0 == 64)
        }
        for name in ["AMETNIK", " ametnik ", "ＡＭＥＴＮＩＫ", "ametnik\u{200B}", "amet\u{AD}nik", "\u{FEFF}ametnik"] {
            let refused = try estonia.refused("approve", "1", by: name, at: sending)
            #expect(refused.0 == 1 && refused.1.contains("ACC-007"), "\(name) \(refused.1)")
        }
        try estonia.desk("approve", "1", by: "kinnitaja", at: sending)
        #expect(try estonia.refused("send", "1", by: " ", at: sending).0 == 64)
    }

    // MARK: The same claim twice

    /// The example with one claim and changes, as a draft; gives its number and the places of REC-STATE-004.
    private func twice(
        _ estonia: RecoveryInstallation,
        _ folder: TemporaryFolder,
        _ edits: (String, String)...
    ) throws -> (number: String, places: [String]) {
        var text = try String(contentsOfFile: Repository.examples + "/recovery/request.yaml", encoding: .utf8)
        for (old, new) in edits {
            try #require(text.contains(old), "\(old)")
            text = text.replacingOccurrences(of: old, with: new)
        }
        try folder.write(text, to: "again.yaml")
        let made = try estonia.desk("new", folder.path + "/again.yaml", at: sending)
        let number = try #require((made["requests"] as? [[String: Any]])?.first?["id"] as? Int)
        let check = try estonia.desk("check", "\(number)", at: sending)
        #expect(check["admissible"] as? Bool == true, "\(check)")
        let findings = try #require(check["findings"] as? [[String: Any]])
        let own = findings.filter { $0["rule"] as? String == "REC-STATE-004" }
        #expect(own.allSatisfy { $0["severity"] as? String == "warning" })
        return ("\(number)", own.compactMap { $0["path"] as? String })
    }

    @Test func `a claim that was sent is recognised among others and however it is written`() throws {
        let folder = try TemporaryFolder()
        let estonia = try estonia(folder)
        try folder.write(try RecoveryInstallation.oneClaim(), to: "first.yaml")
        try estonia.send(folder.path + "/first.yaml")
        #expect(try twice(estonia, folder).places == ["claims"], "with another claim beside it")
        for edit in [
            ("Otsus 7-1/12", "OTSUS  7-1/12"), ("48005040007", "4800504 0007"), ("48005040007", "480-0504-0007"),
            ("48005040007", "48005040008"), ("forename: Mari", "forename: Maria"),
        ] {
            #expect(try twice(estonia, folder, edit).places == ["claims"], "\(edit)")
        }
        let others = [
            ("Otsus 7-1/12", "Otsus 7-1/13"), ("48005040007", "48005040008"), ("1980-05-04", "1981-05-04"),
        ]
        #expect(try twice(estonia, folder, others[0]).places == [])
        #expect(try twice(estonia, folder, others[1], others[2]).places == [])
    }

    @Test func `a claim that stands twice in one request is told`() throws {
        let folder = try TemporaryFolder()
        let estonia = try estonia(folder)
        let period = ("{ from: 2024-01-01, to: 2024-06-30 }", "{ from: 2023-01-01, to: 2023-12-31 }")
        #expect(try twice(estonia, folder, ("Otsus 7-1/98", "otsus 7-1/12"), period).places == ["claims/2"])
        #expect(try twice(estonia, folder, ("Otsus 7-1/98", "otsus 7-1/12")).places == [], "another period")
    }

    @Test func `of two drafts of one claim the second is told when it is sent`() throws {
        let folder = try TemporaryFolder()
        let estonia = try estonia(folder)
        for draft in ["1", "2"] {
            #expect(try twice(estonia, folder).places == [])
            try estonia.desk("approve", draft, by: "kinnitaja", at: sending)
        }
        let first = try estonia.desk("send", "1", by: "kinnitaja", at: sending)
        #expect((first["findings"] as? [Any])?.isEmpty == true)
        let second = try Program.run([
            "recovery", "send", "2", "--workspace", estonia.path, "--by", "kinnitaja", "--now", sending, "--lang", "et",
        ])
        #expect(second.status == 0)
        #expect(second.errors.contains("Sama nõue on juba saadetud"), "\(second.errors)")
        #expect(second.errors.contains("[REC-STATE-004]"))
    }
}

// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// Which documents `validate` finds, and the modes in which it answers.
struct ValidateModesTests {
    private func folder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let good = try TestMessage("X009", in: "R_BUC_06").body
        try folder.write(good, to: "in/good.xml")
        try folder.write("<a/>", to: "in/bad.xml")
        try folder.write("<a/>", to: "in/deep/worse.xml")
        try folder.write("<a/>", to: "in/.git/hidden.xml")
        try folder.write("no message", to: "in/notes.txt")
        return folder
    }

    private func judged(_ arguments: [String], in folder: TemporaryFolder) throws -> [String] {
        let result = try Program.run(["validate", "--format", "json"] + arguments, folder: folder.path)
        let report = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
        return (report?["documents"] as? [[String: Any]])?.compactMap { $0["path"] as? String } ?? []
    }

    @Test func `folders are walked, patterns are expanded, hidden folders are passed over`() throws {
        let folder = try folder()
        #expect(try judged(["in"], in: folder) == ["in/bad.xml", "in/deep/worse.xml", "in/good.xml"])
        #expect(try judged(["in/*.xml"], in: folder) == ["in/bad.xml", "in/good.xml"])
        #expect(try judged(["in/g*d.xml", "in/notes.txt"], in: folder) == ["in/good.xml", "in/notes.txt"])
    }

    @Test func `what an ignore list names is left out, unless it is named itself`() throws {
        let folder = try folder()
        try folder.write("# remark\n*.xml\n!good.xml\n", to: "in/.piiripost-ignore")
        #expect(try judged(["in"], in: folder) == ["in/good.xml"])
        #expect(try judged(["in/bad.xml"], in: folder) == ["in/bad.xml"])
        try folder.write("deep/\n/bad.xml\n", to: "in/.piiripost-ignore")
        #expect(try judged(["in"], in: folder) == ["in/good.xml"])
    }

    @Test func `expectations decide the exit status, and differences are told`() throws {
        let folder = try folder()
        let expected = """
            in/good.xml: {verdict: valid, rules: []}
            in/bad.xml: {verdict: invalid, rules: [ENV-001]}
            in/deep/worse.xml: {verdict: invalid}
            """
        try folder.write(expected, to: "expect.yaml")
        #expect(try Program.run(["validate", "in", "--expect", "expect.yaml"], folder: folder.path).status == 0)
        try folder.write(expected.replacing("valid, rules: []", with: "invalid"), to: "expect.yaml")
        let other = try Program.run(["validate", "in", "--expect", "expect.yaml"], folder: folder.path)
        #expect(other.status == 1)
        #expect(other.errors.contains("in/good.xml: valid, but invalid was expected"))
        try folder.write(expected + "\nin/gone.xml: {verdict: valid}", to: "expect.yaml")
        let missing = try Program.run(["validate", "in", "--expect", "expect.yaml"], folder: folder.path)
        #expect(missing.status == 1)
        #expect(missing.errors.contains("in/gone.xml: expected, but not judged"))
        #expect(try Program.run(["validate", "in", "--expect", "none.yaml"], folder: folder.path).status == 2)
    }

    @Test(arguments: ["1", "2", "7"])
    func `the order of a report does not depend on how many are judged at a time`(jobs: String) throws {
        let folder = try TemporaryFolder()
        for number in 100..<200 { try folder.write("<a/>", to: "\(number).xml") }
        let paths = try judged([folder.path, "--jobs", jobs], in: folder)
        #expect(paths == paths.sorted())
        #expect(paths.count == 100)
    }

    @Test func `wrong combinations are wrong usage`() throws {
        #expect(try Program.run(["validate", "x", "--jobs", "0"]).status == 64)
        #expect(try Program.run(["validate", "-", "--watch"]).status == 64)
        #expect(try Program.run(["validate", "x", "--watch", "--format", "json"]).status == 64)
    }

    @Test func `a watched document is judged again when it changes, and an interrupt ends the watch`() throws {
        let folder = try TemporaryFolder()
        try folder.write("<a/>", to: "m.xml")
        let script = """
            '\(Program.path)' validate m.xml --watch > out.txt & watcher=$!
            for i in $(seq 400); do grep -q 'm.xml: invalid' out.txt && break; sleep 0.1; done
            cp good m.xml.new; mv m.xml.new m.xml
            for i in $(seq 400); do grep -q 'm.xml: valid' out.txt && break; sleep 0.1; done
            kill -INT $watcher; wait $watcher; echo "status $?"; cat out.txt
            """
        try folder.write(try TestMessage("X009", in: "R_BUC_06").body, to: "good")
        let result = try Program.shell(script, folder: folder.path)
        #expect(result.output.contains("m.xml: invalid"))
        #expect(result.output.contains("m.xml: valid"))
        #expect(result.output.hasPrefix("status 0"))
    }
}

// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// `piiripost` judges a document itself where it can; whatever it is asked, it must answer as the full program does.
struct QuickStartTests {
    private static let full = URL(fileURLWithPath: Program.path).deletingLastPathComponent()
        .appendingPathComponent("piiripost-full").path

    static let examples: [String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: Repository.examples + "/inbound")) ?? []
        return names.filter { $0.hasSuffix(".xml") }.sorted()
    }()

    private func expectSame(
        _ arguments: [String], environment: [String: String] = ["LC_ALL": "C"], folder: String? = nil
    ) throws {
        let quick = try Program.run(arguments, folder: folder, environment: environment)
        let full = try Program.run(arguments, folder: folder, environment: environment, program: Self.full)
        #expect(quick.output == full.output, "\(arguments)")
        #expect(quick.errors == full.errors, "\(arguments)")
        #expect(quick.status == full.status, "\(arguments)")
        #expect(!quick.wasKilled, "\(arguments)")
    }

    @Test(arguments: examples)
    func `every example is judged alike`(name: String) throws {
        let path = "\(Repository.examples)/inbound/\(name)"
        try expectSame(["validate", path])
        try expectSame(["validate", "--direction", "outbound", "--show-values", path, "--color", "always"])
        try expectSame(["validate", path, "--lang", "et", "--fail-on", "warning"])
    }

    static let lines: [[String]] = [
        [], ["--help"], ["--version"], ["help", "validate"], ["validate"], ["validate", "--help"], ["validate", "-h"],
        ["validate", "a.xml", "b.xml"], ["validate", "."], ["validate", "missing.xml"], ["validate", "pipe"],
        ["validate", "b.xml"], ["validate", "empty.xml"], ["validate", "b.json"], ["validate", "*.xml"],
        ["validate", "link.xml"], ["validate", "-"], ["validate", "--", "b.xml"], ["validate", "b.xml", "--"],
        ["validate", ""], ["validate", "b.xml", ""], ["validate", "--format", "text", "b.xml"],
        ["validate", "--format", "json", "b.xml"], ["validate", "--format", "sarif", "b.xml"],
        ["validate", "--format=text", "b.xml"], ["validate", "--format", "xml", "b.xml"], ["validate", "--format"],
        ["validate", "b.xml", "--format"], ["validate", "--lang", "fi", "b.xml"], ["validate", "--lang", "", "b.xml"],
        ["validate", "--lang", "et", "--lang", "en", "b.xml"], ["validate", "--fail-on", "b.xml"],
        ["validate", "--fail-on", "note", "b.xml"], ["validate", "--fail-on", "warning", "b.xml"],
        ["validate", "--direction", "out", "b.xml"], ["validate", "--direction=outbound", "b.xml"],
        ["validate", "--show-values", "--show-values", "b.xml"], ["validate", "--no-show-values", "b.xml"],
        ["validate", "--color", "always", "a.xml"], ["validate", "--color", "never", "a.xml"],
        ["validate", "--jobs", "1", "b.xml"], ["validate", "--jobs", "0", "b.xml"], ["validate", "--watc", "b.xml"],
        ["validate", "--output", "json=out.json", "b.xml"], ["validate", "--rules", ".", "b.xml"],
        ["validate", "--schemas", "/nowhere", "b.xml"], ["validate", "--schemas", Repository.schemas, "b.xml"],
        ["validate", "--expect", "expected.yaml", "b.xml"], ["valid", "b.xml"], ["Validate", "b.xml"],
        ["validate", "-x", "b.xml"], ["validate", "::b.xml"], ["buc", "list"], ["explain", "XSD-003"],
        ["validate", "b.xml", "--unknown"], ["validate", "--color", "--format", "b.xml"],
    ]

    @Test(arguments: lines)
    func `every command line is answered alike`(arguments: [String]) throws {
        let folder = try TemporaryFolder()
        let inbound = Repository.examples + "/inbound/"
        for (name, example) in [("a.xml", "41-a009-end-date-missing.xml"), ("b.xml", "03-x001-finland-closes.xml")] {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: inbound + example))
            try folder.write(Array(bytes), to: name)
            try folder.write(Array(bytes), to: "::" + name)
        }
        try folder.write("", to: "empty.xml")
        try folder.write(#"{"X001": {}}"#, to: "b.json")
        try folder.write("b.xml: {verdict: valid}\n", to: "expected.yaml")
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/link.xml", withDestinationPath: "b.xml")
        mkfifo(folder.path + "/pipe", 0o600)
        try expectSame(arguments, folder: folder.path)
    }

    @Test(arguments: [
        ["LC_ALL": "et_EE.UTF-8"], ["LC_ALL": "", "LC_MESSAGES": "", "LANG": "et_EE.UTF-8"],
        ["LC_ALL": "", "LC_MESSAGES": "et", "LANG": "C"], ["NO_COLOR": "1"], ["PIIRIPOST_SCHEMAS": "/nowhere"],
        ["PIIRIPOST_SCHEMAS": ""], ["PIIRIPOST_SCHEMAS": Repository.schemas],
    ])
    func `every environment counts alike`(environment: [String: String]) throws {
        let path = Repository.examples + "/inbound/41-a009-end-date-missing.xml"
        try expectSame(["validate", path], environment: environment)
        try expectSame(["validate", path, "--color", "auto"], environment: environment)
    }

    @Test func `it finds the full program behind a symbolic link, and says so where there is none`() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/p", withDestinationPath: Program.path)
        let linked = try Program.shell("./p buc list", folder: folder.path)
        #expect(linked.status == 0 && linked.output.contains("R_BUC_07"), "\(linked.errors)")
        try FileManager.default.copyItem(atPath: Program.path, toPath: folder.path + "/alone")
        let alone = try Program.shell("./alone buc list", folder: folder.path)
        #expect(alone.status == 2)
        #expect(alone.errors.contains("piiripost-full"))
    }

    @Test func `what cannot be written is told with status 2`() throws {
        let path = Repository.examples + "/inbound/03-x001-finland-closes.xml"
        for program in [Program.path, Self.full] {
            let result = try Program.shell("'\(program)' validate '\(path)' > /dev/full", folder: "/")
            #expect(result.status == 2)
            #expect(result.errors.contains("cannot write the report on standard output: No space left"))
        }
    }
}

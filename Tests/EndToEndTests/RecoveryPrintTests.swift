// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// A request as a PDF, made by WeasyPrint of Debian and read by pdftotext.
struct RecoveryPrintTests {
    private static let hasTools: Bool = {
        let found = try? Program.shell("command -v weasyprint pdftotext strace | wc -l", folder: Repository.root.path)
        return found?.output.trimmingCharacters(in: .whitespacesAndNewlines) == "3"
    }()

    private func workspace() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write("institutions: [EE:MTA001]\n", to: "w/piiripost.yaml")
        for arguments in [
            ["rates", "import", Repository.examples + "/rates/eurofxref-hist.zip"],
            ["recovery", "new", Repository.examples + "/recovery/request.yaml"],
        ] {
            #expect(try Program.run(arguments + ["--workspace", folder.path + "/w"]).status == 0)
        }
        return folder
    }

    /// All names in the folder, hidden ones too.
    private func names(_ folder: TemporaryFolder) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    private func print(_ folder: TemporaryFolder, to name: String, _ language: String, path: String? = nil) throws
        -> Program.Result
    {
        try Program.run(
            [
                "recovery", "preview", "1", "--pdf", "\(folder.path)/\(name)", "--lang", language, "--workspace",
                folder.path + "/w", "--now", "2026-03-02T16:30:00Z",
            ],
            environment: ["LC_ALL": "C"].merging(path.map { ["PATH": $0] } ?? [:]) { $1 })
    }

    @Test(
        .enabled(if: hasTools, "SKIPPED: .ci/install --tests has not brought weasyprint, poppler-utils and strace"),
        arguments: [
            ("en", ["Request for recovery", "01 - Recovery", "Principal", "certified"]),
            ("et", ["Sissenõudmise või ettevaatusabinõude taotlus", "01 - Sissenõudmine", "Põhinõue", "tõestatud"]),
        ])
    func `the page holds the words and figures of the request`(language: String, words: [String]) throws {
        let folder = try workspace()
        let printed = try print(folder, to: "request.pdf", language)
        #expect(printed.status == 0, "\(printed.errors)")
        #expect(printed.output == "")
        let text = try Program.shell("pdftotext -layout request.pdf -", folder: folder.path).output
        for word in words + ["Näidis", "48005040007", "1150.01", "12737.97", "Otsus 7-1/98", "SHA-256"] {
            #expect(text.contains(word), "\(language) \(word)")
        }
        #expect(text.contains(/1 ?\/ ?[34]\s/), "pages are numbered")
        let file = try FileManager.default.attributesOfItem(atPath: folder.path + "/request.pdf")
        #expect(file[.posixPermissions] as? Int == 0o600)
        #expect(try names(folder) == ["request.pdf", "w"], "nothing is left beside it")
        // It is replaced as a whole.
        #expect(try print(folder, to: "request.pdf", language).status == 0)
    }

    @Test(.enabled(if: hasTools, "SKIPPED: .ci/install --tests has not brought weasyprint, poppler-utils and strace"))
    func `what makes the PDF talks to nobody`() throws {
        let folder = try workspace()
        let traced = try Program.shell(
            """
            LC_ALL=C strace -f -e trace=execve,socket,connect -o trace '\(Program.path)' recovery preview 1 --pdf a.pdf \
            --workspace w --now 2026-03-02T16:30:00Z
            """, folder: folder.path)
        #expect(traced.status == 0, "\(traced.errors)")
        let lines = try String(contentsOfFile: folder.path + "/trace", encoding: .utf8).split(separator: "\n")
        let child = try #require(
            lines.first { $0.contains("execve(") && $0.contains("\"-I\"") }?.split(separator: " ").first)
        let sockets = lines.filter { $0.contains("AF_INET") && !$0.contains("\"127.0.0.1\"") && $0.hasPrefix(child) }
        #expect(sockets == [])
        // The runtime of Swift talks to itself while it waits for a child; nothing else is connected to.
        let others = lines.filter { $0.contains("connect(") && $0.contains("AF_INET") && !$0.contains("127.0.0.1") }
        #expect(others == [])
    }

    @Test func `without the tool the refusal says what to install`() throws {
        let folder = try workspace()
        for (language, words) in [("en", "install the Debian package weasyprint"), ("et", "paigaldage Debiani pakett")]
        {
            let refused = try print(folder, to: "request.pdf", language, path: "/nonexistent")
            #expect(refused.status == 2)
            #expect(refused.errors.contains(words), "\(refused.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/request.pdf"))
    }

    @Test func `a page that cannot be written is told, and a tool that fails leaves what was there`() throws {
        let folder = try workspace()
        let nowhere = try print(folder, to: "missing/request.pdf", "en", path: "/usr/bin:/bin")
        #expect(nowhere.status == 2)
        // A tool that breaks down in the middle.
        try folder.write("#!\(folder.path)/tool/broken\n", to: "tool/weasyprint")
        try folder.write("#!/bin/sh\nprintf '%%PDF-1.7 half'\nexit 1\n", to: "tool/broken")
        for name in ["weasyprint", "broken"] {
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: "\(folder.path)/tool/\(name)")
        }
        try folder.write("earlier", to: "request.pdf")
        let failed = try print(folder, to: "request.pdf", "en", path: folder.path + "/tool")
        #expect(failed.status == 2)
        #expect(failed.errors.contains("could not make a PDF"), "\(failed.errors)")
        #expect(try String(contentsOfFile: folder.path + "/request.pdf", encoding: .utf8) == "earlier")
        #expect(try names(folder) == ["request.pdf", "tool", "w"])
    }
}

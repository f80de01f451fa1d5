// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// What `make install` puts into a system, here with the program beside the tests.
struct InstallTests {
    private func installed(_ options: String = "PREFIX=/usr DESTDIR=\"$PWD/root\"") throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let place = Repository.root.appendingPathComponent(".ci/place").path
        let result = try Program.shell("PIIRIPOST_PROGRAM='\(Program.path)' \(options) '\(place)'", folder: folder.path)
        #expect(result.status == 0, "\(result.errors)")
        return folder
    }

    /// Whether a program is here; where it is not, the test says that it has checked less.
    private func has(_ program: String) throws -> Bool {
        let isHere = try Program.shell("command -v \(program) > /dev/null", folder: "/").status == 0
        if !isHere { print("InstallTests: \(program) is missing, so its part is not checked") }
        return isHere
    }

    @Test func `program, schemas, manual page and completions have their places, and the program works there`() throws {
        let folder = try installed()
        let files = folder.files(in: "root/usr").filter { !$0.hasPrefix("share/piiripost/") }
        #expect(
            files == [
                "bin/piiripost", "bin/piiripostd", "libexec/piiripost/piiripost-full",
                "share/bash-completion/completions/piiripost",
                "share/fish/vendor_completions.d/piiripost.fish", "share/man/man1/piiripost.1",
                "share/zsh/site-functions/_piiripost",
            ])
        let valid = Repository.examples + "/inbound/03-x001-finland-closes.xml"
        let result = try Program.shell("root/usr/bin/piiripost validate '\(valid)'", folder: folder.path)
        #expect(result.status == 0, "\(result.errors)")
        #expect(!folder.files(in: "root/usr/share/piiripost/sed-schemas").isEmpty)
    }

    @Test func `a program that does not run leaves nothing behind`() throws {
        let folder = try TemporaryFolder()
        let place = Repository.root.appendingPathComponent(".ci/place").path
        let script = "PIIRIPOST_PROGRAM=/bin/false DESTDIR=\"$PWD/root\" '\(place)'"
        #expect(try Program.shell(script, folder: folder.path).status != 0)
        #expect(folder.files(in: "root").isEmpty)
    }

    @Test(arguments: [
        (["va"], ["validate"]), (["validate", "--form"], ["--format"]),
        (["validate", "--format", "s"], ["sarif"]), (["validate", "--fail-on", ""], ["error", "warning"]),
        (["validate", "messages/a"], ["messages/a 1.xml", "messages/a.xml"]), (["queue", "sh"], ["show"]),
        (["man"], []),
    ])
    func `bash completes commands, options, values and files`(words: [String], expected: [String]) throws {
        let folder = try TemporaryFolder()
        for name in ["a.xml", "a 1.xml", "b.xml"] { try folder.write("", to: "messages/\(name)") }
        let completions = try Program.run(["--generate-completion-script", "bash"])
        try folder.write(completions.output, to: "completions")
        let list = (["piiripost"] + words).map { "'\($0)'" }.joined(separator: " ")
        let script = """
            source ./completions
            COMP_WORDS=(\(list)) COMP_CWORD=\(words.count) COMP_LINE="${COMP_WORDS[*]}" COMP_POINT=${#COMP_LINE} COMP_TYPE=9
            COMP_POINT=${#COMP_LINE}
            _piiripost piiripost "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
            [ ${#COMPREPLY[@]} -eq 0 ] || printf '%s\\n' "${COMPREPLY[@]}" | sort
            """
        let result = try Program.shell(script, folder: folder.path)
        #expect(result.output.split(separator: "\n").map(String.init) == expected.sorted(), "\(result.errors)")
    }

    @Test func `zsh and fish can read their completions`() throws {
        let folder = try installed()
        if try has("zsh") {
            let script = "zsh -n root/usr/share/zsh/site-functions/_piiripost"
            #expect(try Program.shell(script, folder: folder.path).status == 0)
        }
        if try has("fish") {
            let script = """
                fish -c 'source root/usr/share/fish/vendor_completions.d/piiripost.fish
                complete -C "piiripost validate --format s"'
                """
            let result = try Program.shell("HOME=\"$PWD\" \(script)", folder: folder.path)
            #expect(result.output.hasPrefix("sarif"), "\(result.errors)")
        }
    }

    @Test func `the manual page has every command and option that help knows, and no fault`() throws {
        let folder = try TemporaryFolder()
        let page = try Program.run(["manual"])
        try folder.write(page.output, to: "piiripost.1")
        let commands = [
            "validate", "explain", "convert", "process", "queue list", "queue show", "queue retry",
            "queue hold", "queue release", "queue drop", "queue age", "top", "store backup", "store restore",
            "store check",
            "case list", "case show",
            "case timeline", "case rebuild", "case due",
            "buc list", "buc show", "buc replay", "buc clocks", "rates import", "rates convert", "rates list",
            "rates show", "recovery new", "recovery redraft", "recovery list", "recovery check", "recovery preview",
            "recovery approve", "recovery drop", "recovery send", "recovery show", "recovery book", "recovery update",
            "recovery reply",
            "recovery payments", "recovery due", "recovery done", "recovery report", "institutions import",
            "institutions list", "institutions show",
        ]
        let sections = page.output.components(separatedBy: "\n.SS piiripost ").dropFirst()
        #expect(sections.compactMap { $0.split(separator: "\n").first.map(String.init) } == commands)
        for (command, section) in zip(commands, sections) {
            let help = try Program.run(["help"] + command.split(separator: " ").map(String.init)).output
            let options = Set(help.matches(of: /^  (--[a-z-]+)/.anchorsMatchLineEndings()).map { String($0.1) })
            for option in options.subtracting(["--version"]) {
                #expect(section.contains("\n\\fB\(option.replacing("-", with: "\\-"))\\fR"), "\(command) \(option)")
            }
        }
        #expect(page.output.contains("\n.B PIIRIPOST_HOME\n"))
        if try has("groff") {
            let result = try Program.shell("groff -man -ww -Tutf8 piiripost.1", folder: folder.path)
            #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
            // Lines are stretched to one width.
            #expect(result.output.replacing(#/ +/#, with: " ").contains("Judges SEDs in XML"))
        }
        if try has("mandoc") {
            // A page has no date of its own: equal programs print equal pages.
            let script = "mandoc -T lint -W warning piiripost.1 | grep -v 'missing date'"
            #expect(try Program.shell(script, folder: folder.path).output.isEmpty)
        }
    }
}

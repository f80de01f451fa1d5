// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// The dashboard of the operator.
struct TopTests {
    private func drained() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let copy = try Program.shell("cp -r '\(Repository.examples)/.' .", folder: folder.path)
        try #require(copy.status == 0)
        try #require(try Program.run(["process", "--once", "--workspace", folder.path]).status == 0)
        return folder
    }

    private func top(_ folder: TemporaryFolder, _ arguments: String...) throws -> Program.Result {
        try Program.run(["top", "--workspace", folder.path] + arguments)
    }

    @Test func `in a pipe it prints once, plain, in the language asked for`() throws {
        let folder = try drained()
        let english = try top(folder)
        #expect(english.status == 0)
        #expect(english.output.contains("NOBODY drains it\ndisk: "))
        #expect(english.output.contains("\npending     5 "), "\(english.output)")
        #expect(english.output.contains("\nquarantine  XML-001 "))
        #expect(!english.output.contains("\u{1B}"))
        let estonian = try top(folder, "--lang", "et", "--once").output
        #expect(estonian.contains("seda EI tühjenda keegi\nketas: vaba ") && estonian.contains("\nootel "))
    }

    @Test func `JSON is an object a line, with the counts of queue age`() throws {
        struct Line: Decodable {
            struct Queue: Decodable {
                let queue: String
                let count: Int
            }
            struct Rate: Decodable {
                let minutes: Int
                let received: Int
            }
            let formatVersion: Int
            let queues: [Queue]
            let rates: [Rate]
        }
        let folder = try drained()
        let script = """
            '\(Program.path)' top --workspace . --format json --interval 1 | head -n 2
            '\(Program.path)' top --workspace . --format json --once
            """
        let lines = try Program.shell(script, folder: folder.path).output.split(separator: "\n")
        #expect(lines.count == 3)
        for line in lines {
            let read = try JSONDecoder().decode(Line.self, from: Data(line.utf8))
            #expect(read.formatVersion == 1)
            #expect(read.queues.map(\.queue) == ["inbound", "pending", "quarantine", "outbox"])
            #expect(read.queues.first { $0.queue == "pending" }?.count == 5)
            #expect(read.rates.map(\.minutes) == [1, 5, 15])
            #expect(read.rates.last?.received ?? 0 > 40)
        }
    }

    @Test func `it makes nothing, changes nothing and needs a workspace`() throws {
        let empty = try TemporaryFolder()
        let result = try Program.run(["top", "--workspace", empty.path + "/none"])
        #expect(result.status == 2 && result.errors.contains("is no workspace"))
        #expect(!FileManager.default.fileExists(atPath: empty.path + "/none"))
        #expect(try Program.run(["top", "--workspace", empty.path, "--interval", "0"]).status == 64)
        let folder = try drained()
        let before = FileManager.default.contents(atPath: folder.path + "/store.sqlite")
        #expect(try top(folder).status == 0)
        #expect(FileManager.default.contents(atPath: folder.path + "/store.sqlite") == before)
    }

    /// Runs a script in Python that speaks through a terminal of its own; false where there is no Python.
    private func terminal(_ folder: TemporaryFolder, keys: String) throws -> (screen: String, status: Int32)? {
        guard try Program.shell("command -v python3 > /dev/null", folder: "/").status == 0 else {
            print("TopTests: python3 is missing, so nothing is shown on a terminal: SKIPPED")
            return nil
        }
        let script = """
            import fcntl, os, pty, select, struct, sys, termios, time
            program, workspace, keys = sys.argv[1:4]
            child, terminal = pty.fork()
            if child == 0:
                os.execv(program, [program, "top", "--workspace", workspace, "--interval", "1"])
            def size(rows, columns):
                fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            size(40, 100)
            before = termios.tcgetattr(terminal)
            screen = b""
            def read_until(done):
                global screen
                end = time.time() + 60
                while time.time() < end and not done():
                    if select.select([terminal], [], [], 0.1)[0]:
                        try:
                            part = os.read(terminal, 65536)
                        except OSError:
                            return
                        if not part: return
                        screen += part
            read_until(lambda: screen.count(b"\\x1b[H") >= 2)
            size(8, 30)
            shown = len(screen)
            read_until(lambda: b"more" in screen[shown:])
            os.write(terminal, {"q": b"q", "interrupt": b"\\x03"}[keys])
            read_until(lambda: screen.endswith(b"\\x1b[?1049l"))
            _, status = os.waitpid(child, 0)
            assert termios.tcgetattr(terminal)[3] == before[3], "the terminal is not as it was"
            os.write(1, screen.replace(b"\\r", b""))
            sys.exit(os.waitstatus_to_exitcode(status))
            """
        try folder.write(script, to: "terminal.py")
        let result = try Program.shell(
            "LC_ALL=C python3 terminal.py '\(Program.path)' . \(keys)", folder: folder.path)
        #expect(result.errors == "")
        return (result.output, result.status)
    }

    @Test(arguments: ["q", "interrupt"])
    func `on a terminal it draws in place, follows the size and leaves everything as it was`(keys: String) throws {
        guard let (screen, status) = try terminal(drained(), keys: keys) else { return }
        #expect(status == 0)
        #expect(screen.hasPrefix("\u{1B}[?1049h\u{1B}[?25l\u{1B}[H"))
        #expect(screen.hasSuffix("\u{1B}[?25h\u{1B}[?1049l"))
        let small = screen.components(separatedBy: "\u{1B}[H").last ?? ""
        let lines = small.components(separatedBy: "\u{1B}[K\n")
        #expect(lines.count == 8)
        #expect(lines.dropLast().allSatisfy { $0.count <= 30 }, "\(lines)")
    }

    @Test func `names from outside cannot steer the terminal`() throws {
        let folder = try TemporaryFolder()
        try folder.write("inbound: {name: \"a\\u001b[2Jb\", path: in}\n", to: "piiripost.yaml")
        #expect(try Program.run(["process", "--once", "--workspace", folder.path]).status == 0)
        let output = try top(folder).output
        #expect(output.contains("a␛[2Jb") && !output.contains("\u{1B}"), "\(output)")
    }
}

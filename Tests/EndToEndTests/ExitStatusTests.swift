// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// The tool never says valid or invalid when it could not tell.
@Suite(.serialized) struct ExitStatusTests {
    private let program = Program.path

    @Test(arguments: [0, 1, 255, 256, 257, 65_536])
    func `invalid files by the thousand make the status 1 and no other`(count: Int) throws {
        let folder = try TemporaryFolder()
        let script = """
            mkdir in && cd in && for ((i = 0; i < \(count); i++)); do echo '<a/>' > $i.xml; done
            '\(program)' validate . > ../out; echo $?; tail -1 ../out
            """
        let expected = "\(count) document(s): 0 valid, \(count) invalid, 0 undecided\n"
        #expect(try Program.shell(script, folder: folder.path).output == (count == 0 ? "2\n" : "1\n") + expected)
    }

    @Test func `what cannot be read is undecided and never waits`() throws {
        let folder = try TemporaryFolder()
        let script = """
            mkdir dir.xml empty && ln -s nowhere dangling.xml && ln -s loop.xml loop.xml && mkfifo pipe.xml
            : > empty.xml
            for path in nowhere.xml dir.xml empty dangling.xml loop.xml pipe.xml pipe.xml/a.xml /dev/tty /dev/zero ''; do
                timeout 20 '\(program)' validate "$path" > /dev/null 2>&1; echo "$path $?"
            done
            '\(program)' validate empty.xml > /dev/null; echo $?
            '\(program)' validate - < /dev/null > /dev/null; echo $?
            '\(program)' validate - <&- > /dev/null 2>&1; echo $?
            cd empty && ln -s ../pipe.xml a.xml && timeout 20 '\(program)' validate . > /dev/null 2>&1; echo $?
            """
        let lines = try Program.shell(script, folder: folder.path).output.split(separator: "\n")
        #expect(lines.count == 14)
        for line in lines.prefix(10) { #expect(line.hasSuffix(" 2"), "\(line)") }
        #expect(lines.suffix(4) == ["1", "1", "2", "2"])
    }

    @Test(arguments: ["text", "json"])
    func `a result that nobody receives is not a success`(format: String) throws {
        let folder = try TemporaryFolder()
        try folder.write(try Attack.validMessage(), to: "a.xml")
        let run = "'\(program)' validate --format \(format) a.xml"
        let script = """
            \(run) > /dev/null; echo $?
            \(run) >&-; echo $?
            \(run) > /dev/full; echo $?
            (sleep 0.3; \(run); echo $? > status) | true; sleep 2; cat status
            """
        let statuses = try Program.shell(script, folder: folder.path).output.split(separator: "\n").map {
            Int($0) ?? -1
        }
        #expect(statuses.count == 4)
        #expect(statuses.first == 0)
        for status in statuses.dropFirst() { #expect(status == 2 || status > 128, "\(statuses)") }
    }

    @Test func `a killed run leaves no verdict`() throws {
        let folder = try TemporaryFolder()
        let message = try Attack.validMessage()
        for index in 0..<3_000 { try folder.write(message, to: "in/\(index).xml") }
        for delay in ["0.02", "0.1", "0.3"] {
            let script = """
                '\(program)' validate --format json in > out & sleep \(delay); kill -9 $!; wait $! 2> /dev/null; echo $?
                """
            let result = try Program.shell(script, folder: folder.path)
            let output = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/out"))
            let isWhole = (try? JSONSerialization.jsonObject(with: output)) != nil
            #expect(result.output == "137\n" && !isWhole)
        }
    }

    @Test func `a starved run says what is true, or that it could not tell`() throws {
        let folder = try TemporaryFolder()
        try folder.write(try Attack.validMessage(), to: "valid.xml")
        try folder.write(
            try Attack.validMessage().replacing("<town>", with: "<tawn>"), to: "invalid.xml")
        let script = """
            for kilobytes in 1000 8000 16000 $(seq 20000 4000 200000) 300000 2000000 unlimited; do
                for name in valid invalid; do
                    (ulimit -c 0; ulimit -v $kilobytes; timeout -s KILL 20 '\(program)' validate $name.xml > /dev/null 2>&1)
                    echo "$name $?"
                done
            done
            """
        let result = try Program.shell(script, folder: folder.path)
        let lines = result.output.split(separator: "\n")
        #expect(lines.suffix(2) == ["valid 0", "invalid 1"])
        for line in lines {
            let words = line.split(separator: " ")
            let status = Int(words.last ?? "") ?? -1
            let truth = words.first == "valid" ? 0 : 1
            #expect(status == truth || status == 2 || status >= 126, "\(line)")
        }
    }
}

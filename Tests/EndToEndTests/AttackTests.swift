// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCore
import SEDInspection
import SEDProcessor
import SEDTestSupport
import SEDValidation
import Testing

/// What hostile documents may cost, and what may be said of them.
@Suite(.serialized) struct AttackTests {
    private struct Listing: Decodable {
        struct Document: Decodable {
            struct Layer: Decodable {
                let outcome: String
                let reason: String?
            }

            struct Finding: Decodable {
                let rule: String
                let severity: String
            }

            let path: String
            let verdict: String
            let layers: [Layer]
            let findings: [Finding]
        }

        let documents: [Document]
    }

    /// One second of processor time is required of the release build; the development build, which is several times
    /// slower and shares the machine with other tests, is allowed ten.
    private static let seconds: Double = Program.isRelease ? 1 : 10
    private static let kilobytes = 64 << 10

    /// What a small valid document takes.
    private static let base: Result<Int, any Error> = Result {
        let folder = try TemporaryFolder()
        try folder.write(try Attack.validMessage(), to: "a.xml")
        let run = try Program.measure(["validate", folder.path + "/a.xml", "--format", "json"], seconds: 10)
        guard run.result.status == 0 else { throw CocoaError(.featureUnsupported) }
        return run.peakKilobytes
    }

    @Test(arguments: Attack.all)
    func `an attack ends soon, in little memory, and with a reason`(attack: Attack) throws {
        let base = try Self.base.get()
        let folder = try TemporaryFolder()
        let path = folder.path + "/attack.xml"
        try folder.write(try attack.make(), to: "attack.xml")
        let run = try Program.measure(["validate", path, "--format", "json"], seconds: 30)
        let extra = run.peakKilobytes - base
        #expect(run.signal == 0)
        #expect(run.seconds <= Self.seconds)
        #expect(extra <= Self.kilobytes)
        #expect([1, 2].contains(run.result.status))
        let listing = try JSONDecoder().decode(Listing.self, from: Data(run.result.output.utf8))
        let document = try #require(listing.documents.first)
        #expect(document.verdict == (run.result.status == 1 ? "invalid" : "undecided"))
        let hasReason = document.layers.contains { $0.outcome == "undecided" && $0.reason != nil }
        #expect(hasReason || document.findings.contains { $0.severity == "error" })
        if ProcessInfo.processInfo.environment["PIIRIPOST_TABLE"] != nil {
            let rules = Set(document.findings.map(\.rule)).sorted().joined(separator: " ")
            let cells = [
                attack.name, String(format: "%.2f", run.seconds), String(format: "%.1f", Double(extra) / 1_024),
                document.verdict, rules,
            ]
            print("| " + cells.joined(separator: " | ") + " |")
        }
    }

    @Test func `a file of 2 GB is left unread`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/large.xml"
        try folder.write("<a/>", to: "large.xml")
        #expect(truncate(path, 2_147_483_648) == 0)
        let run = try Program.measure(["validate", path, "--format", "json"], seconds: 10)
        #expect(run.result.status == 2)
        #expect(run.result.output.contains("XML-002"))
        #expect(run.seconds <= Self.seconds)
        #expect(try run.peakKilobytes - Self.base.get() <= 8 << 10)
    }

    @Test func `an endless standard input is given up`() throws {
        let folder = try TemporaryFolder()
        let script = "yes '<a>' | '\(Program.path)' validate - --format json; echo ${PIPESTATUS[1]}"
        let result = try Program.shell(script, folder: folder.path)
        #expect(result.output.contains("XML-002"))
        #expect(result.output.hasSuffix("\n2\n"))
    }

    @Test func `a gzip bomb is not unpacked`() throws {
        let folder = try TemporaryFolder()
        let script = "head -c 100000000 /dev/zero | gzip > b.xml; '\(Program.path)' validate b.xml; echo $?"
        let result = try Program.shell(script, folder: folder.path)
        #expect(result.output.contains("[XML-007]"))
        #expect(result.output.hasSuffix("\n1\n"))
    }

    @Test(arguments: ["a\nb.xml", "..\n.xml", "%2e%2e%2fa.xml", "-a.xml", "\u{1B}[2J.xml", "a\u{202E}lmx.xml"])
    func `a hostile file name is only a name`(name: String) throws {
        let folder = try TemporaryFolder()
        try folder.write("<a/>", to: "in/" + name)
        for path in [folder.path + "/in", folder.path + "/in/../in/" + name] {
            let run = try Program.run(["validate", "--format", "json", path])
            #expect(run.status == 1)
            let listing = try JSONDecoder().decode(Listing.self, from: Data(run.output.utf8))
            #expect(listing.documents.count == 1)
            #expect(listing.documents.first?.path.hasSuffix(name) == true)
        }
    }

    @Test func `a message cut at any byte is never valid, and never invalid for another reason than its end`() throws {
        let reference = try ReferenceData(folder: SchemaFolder(path: Repository.schemas))
        var bytes = Array(try Attack.validMessage().utf8)
        while bytes.last == 0x0A { bytes.removeLast() }
        #expect(reference.validator.judge(bytes).report.verdict == .valid)
        for count in 0..<bytes.count {
            let judgement = reference.validator.judge(Array(bytes.prefix(count)))
            #expect(judgement.report.verdict != .valid && judgement.isTruncated, "\(count)")
            #expect(judgement.report.findings.contains { $0.severity == .error }, "\(count)")
        }
    }

    // MARK: What is opened

    private static let strace: String? = ["/usr/bin/strace", "/bin/strace"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    @Test(.enabled(if: strace != nil, "strace is missing: .ci/install --tests brings it"))
    func `no attack makes the program open another file or any socket`() throws {
        let strace = try #require(Self.strace)
        let folder = try TemporaryFolder()
        var paths: [String] = []
        for (index, attack) in Attack.all.enumerated() {
            paths.append("\(folder.path)/\(index).xml")
            try folder.write(try attack.make(), to: "\(index).xml")
        }
        let files = paths.map { "'\($0)'" }.joined(separator: " ")
        let script = """
            '\(strace)' -f -qq -e trace=%network,open,openat,openat2,creat,execve,io_uring_setup,unlink,unlinkat,rename \
            -o trace '\(Program.path)' validate --format json \(files) > out; echo $?
            """
        #expect(try Program.shell(script, folder: folder.path).output == "1\n")
        let trace = try String(contentsOfFile: folder.path + "/trace", encoding: .utf8)
        let quoted = /"((?:[^"\\]|\\.)*)"/
        let named = Set(paths)
        var opened: Set<String> = []
        for line in trace.split(separator: "\n") where !line.contains("---") && !line.contains("+++") {
            let call = line.drop { $0.isNumber || $0 == " " }.prefix { $0 != "(" && $0 != " " }
            guard ["open", "openat"].contains(call), let path = line.firstMatch(of: quoted)?.output.1 else {
                let isStart = call == "execve" && line.contains(Program.path)
                #expect(isStart || line.contains("resumed>"), "\(line)")
                continue
            }
            #expect(!line.contains("O_WRONLY") && !line.contains("O_RDWR") || path.hasPrefix("/dev/"), "\(line)")
            opened.insert(String(path))
        }
        #expect(named.isSubset(of: opened))
        let products = Program.products.resolvingSymlinksInPath().deletingLastPathComponent().path
        let libraries = ["/lib/", "/lib64/", "/usr/lib/", "/usr/share/locale/", "/usr/share/zoneinfo/", "/proc/self/"]
        let single = ["/etc/ld.so.cache", "/etc/localtime", "/dev/null", "/sys/fs/cgroup/cpu.max"]
        for path in opened.subtracting(named).subtracting(single) {
            let known =
                path.hasPrefix(Repository.schemas) || path.hasPrefix(products) || path.contains("/usr/lib/swift/")
                || path.hasPrefix("/sys/devices/system/cpu") || path.hasPrefix("/sys/fs/cgroup/")
                || path.hasPrefix("/proc/") && !path.contains("..")
                || libraries.contains { path.hasPrefix($0) } || path.contains(".so")
            #expect(known, "\(path)")
        }
    }
}

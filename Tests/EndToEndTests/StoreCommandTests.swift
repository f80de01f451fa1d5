// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// Backup, restore and check of a real store by the real program.
struct StoreCommandTests {
    private let folder: TemporaryFolder

    /// A workspace that has drained the examples.
    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.copyItem(
            atPath: Repository.examples + "/inbound", toPath: folder.path + "/here/inbound")
        try folder.write(try Repository.text("examples/piiripost.yaml"), to: "here/piiripost.yaml")
        _ = try run("process", "--once", "--now", "2026-03-02T12:00:00Z")
    }

    private func run(_ arguments: String..., workspace: String = "here") throws -> Program.Result {
        try Program.run(arguments + ["--workspace", "\(folder.path)/\(workspace)"])
    }

    /// Everything that a restore must bring back.
    private func state(_ workspace: String) throws -> [String] {
        try [["queue", "list"], ["case", "list"], ["case", "due", "--date", "2026-03-03"]].map {
            try Program.run($0 + ["--format", "json", "--workspace", "\(folder.path)/\(workspace)"]).output
        }
    }

    @Test func `a backup restored elsewhere is the same store, checked`() throws {
        let backup = folder.path + "/backup.sqlite"
        let made = try run("store", "backup", backup)
        #expect(made.status == 0, "\(made.errors)")
        #expect(made.output == "" && made.errors == "", "a pipe saw progress")
        #expect(folder.files(in: "").filter { $0.hasPrefix("backup") } == ["backup.sqlite"], "a log lies beside it")
        #expect(try run("store", "backup", backup).status == 2, "a backup was overwritten")
        try FileManager.default.createDirectory(atPath: folder.path + "/new", withIntermediateDirectories: true)
        try folder.write(try Repository.text("examples/piiripost.yaml"), to: "new/piiripost.yaml")
        let restored = try run("store", "restore", backup, workspace: "new")
        #expect(restored.status == 0, "\(restored.errors)")
        #expect(restored.output.hasSuffix(" cases, 0 faults\n"))
        #expect(try state("new") == state("here"))
        #expect(try run("store", "check", workspace: "new").status == 0)
        #expect(try run("case", "rebuild", "--check", workspace: "new").status == 0)
    }

    @Test func `what came after the backup is told, and its numbers are not given again`() throws {
        let backup = folder.path + "/backup.sqlite"
        #expect(try run("store", "backup", backup).status == 0)
        var late = try TestMessage("R017", in: "R_BUC_07")
        late.action = "Start"
        try folder.write(late.text, to: "here/inbound/late.xml")
        #expect(try run("process", "--once").status == 0)
        let file = try #require(folder.files(in: "here/taken").first { $0.hasSuffix("-late.xml") })
        try folder.write("a copy that a killed restore has left", to: "here/restored-1.sqlite")
        let result = try run("store", "restore", backup)
        #expect(result.status == 0, "\(result.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/here/restored-1.sqlite"))
        #expect(result.output.contains("came after the backup: taken/\(file)\n"))
        let replaced = try #require(result.output.firstMatch(of: /store-replaced-\d+\.sqlite/)).0
        #expect(FileManager.default.fileExists(atPath: "\(folder.path)/here/\(replaced)"))
        try FileManager.default.copyItem(
            atPath: "\(folder.path)/here/taken/\(file)", toPath: "\(folder.path)/here/inbound/once-more.xml")
        #expect(try run("process", "--once").status == 0)
        let again = try #require(folder.files(in: "here/taken").first { $0.hasSuffix("-once-more.xml") })
        #expect(again.prefix(9) > file.prefix(9), "a number was given twice")
        #expect(try run("store", "check").status == 0)
    }

    @Test func `messages of an access point that came after the backup are told too`() throws {
        try folder.write(
            "institutions: EE:MTA001\nincompleteAfter: 0s\ninbound: {name: ap, path: in, layout: domibus, purge: never, settled: 0s}\n",
            to: "ap/piiripost.yaml")
        func receive(_ name: String) throws {
            var message = try TestMessage("A009", in: "LA_BUC_04")
            message.action = "Start"
            try EmulatedWriter(
                EmulatedProduct.domibus.steps(for: Travelling(message), named: name), in: folder.path + "/ap/in"
            ).finish()
            #expect(try run("process", "--once", workspace: "ap").status == 0)
        }
        func taken() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: folder.path + "/ap/taken").sorted()
        }
        try FileManager.default.createDirectory(atPath: folder.path + "/ap/in", withIntermediateDirectories: true)
        try receive("first")
        #expect(try run("store", "backup", folder.path + "/ap.sqlite", workspace: "ap").status == 0)
        try receive("second")
        let result = try run("store", "restore", folder.path + "/ap.sqlite", workspace: "ap")
        let late = try #require(try taken().last)
        #expect(result.output.contains("came after the backup: taken/\(late)\n"), "\(result.output)")
        try receive("third")
        let numbers = try taken().map { $0.prefix(9) }
        #expect(numbers.count == 3 && Set(numbers).count == 3, "a number was given twice: \(numbers)")
    }

    /// Which files have changed places when a restore is interrupted, one after the other.
    @Test(arguments: 0...5)
    func `a restore that was interrupted anywhere is begun again, and nothing is lost`(moves: Int) throws {
        let backup = folder.path + "/backup.sqlite"
        #expect(try run("store", "backup", backup).status == 0)
        let before = try state("here")
        var late = try TestMessage("R017", in: "R_BUC_07")
        late.action = "Start"
        try folder.write(late.text, to: "here/inbound/late.xml")
        #expect(try run("process", "--once").status == 0)
        let after = try state("here")
        let here = folder.path + "/here/"
        // A log that holds the last message, as after a crash.
        try folder.write("7", to: "here/.restoring")
        try FileManager.default.copyItem(atPath: backup, toPath: here + "restored-7.sqlite")
        for (old, new) in [
            ("store.sqlite-wal", "store-replaced-7.sqlite-wal"), ("store.sqlite-shm", "store-replaced-7.sqlite-shm"),
            ("store.sqlite", "store-replaced-7.sqlite"), ("restored-7.sqlite", "store.sqlite"),
        ].prefix(moves) where FileManager.default.fileExists(atPath: here + old) {
            try FileManager.default.moveItem(atPath: here + old, toPath: here + new)
        }
        if moves == 5 { try folder.write("a log of the restored store", to: "here/store.sqlite-wal") }
        for command in [["queue", "list"], ["process", "--once"], ["store", "check"]] {
            let refused = try Program.run(command + ["--workspace", here])
            #expect(refused.status == 2)
            #expect(refused.errors.contains("run store restore again"), "\(refused.errors)")
        }
        #expect(try run("store", "restore", backup).status == 0)
        #expect(try state("here") == before)
        #expect(!FileManager.default.fileExists(atPath: here + ".restoring"))
        // The old store is whole under its other name.
        try FileManager.default.createDirectory(atPath: folder.path + "/old", withIntermediateDirectories: true)
        for ending in ["", "-wal"]
        where FileManager.default.fileExists(atPath: here + "store-replaced-7.sqlite" + ending) {
            try FileManager.default.copyItem(
                atPath: here + "store-replaced-7.sqlite" + ending, toPath: "\(folder.path)/old/store.sqlite" + ending)
        }
        try folder.write(try Repository.text("examples/piiripost.yaml"), to: "old/piiripost.yaml")
        #expect(try state("old") == after)
    }

    @Test func `what is no file is refused at once`() throws {
        mkfifo(folder.path + "/pipe", 0o600)
        let result = try run("store", "restore", folder.path + "/pipe")
        #expect(result.status == 2)
        #expect(result.errors.contains("is no file"))
    }

    @Test func `a backup is taken while the workspace is drained, and is whole`() async throws {
        for number in 0..<60 {
            var message = try TestMessage("R017", in: "R_BUC_07")
            message.action = "Start"
            try folder.write(message.text, to: "here/inbound/more-\(number).xml")
        }
        async let drained = run("process", "--once")
        for number in 0..<3 {
            let made = try run("store", "backup", "\(folder.path)/backup-\(number).sqlite")
            #expect(made.status == 0, "\(made.errors)")
        }
        #expect(try await drained.status == 0)
        for number in 0..<3 {
            let result = try run(
                "store", "restore", "\(folder.path)/backup-\(number).sqlite", workspace: "new-\(number)")
            #expect(result.status == 0, "\(result.errors)")
        }
    }

    @Test func `damage is found, and a faulty or foreign file replaces nothing`() throws {
        let store = folder.path + "/here/store.sqlite"
        #expect(try run("store", "backup", folder.path + "/good.sqlite").status == 0)
        var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/good.sqlite")))
        // A letter inside a stored document, so that the database itself stays sound.
        let place = try #require(bytes.firstRange(of: Array("<sbdh:HeaderVersion>".utf8))?.upperBound)
        bytes[place] = UInt8(ascii: "9")
        try folder.write(bytes, to: "bad.sqlite")
        try folder.write("no database at all", to: "foreign.sqlite")
        let before = try state("here")
        for name in ["bad.sqlite", "foreign.sqlite", "missing.sqlite"] {
            let result = try run("store", "restore", "\(folder.path)/\(name)")
            #expect(result.status == 2, "\(name)")
            #expect(result.output == "")
        }
        #expect(try state("here") == before)
        #expect(folder.files(in: "here").filter { $0.contains("restored") } == [])
        try FileManager.default.removeItem(atPath: store)
        for ending in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: store + ending) }
        try folder.write(bytes, to: "here/store.sqlite")
        let checked = try run("store", "check")
        #expect(checked.status == 1)
        #expect(checked.output.contains(": the bytes are not those that came\n"), "\(checked.output)")
    }
}

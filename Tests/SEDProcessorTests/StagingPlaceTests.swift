// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCore
import SEDProcessor
import SEDStorage
import SEDTestSupport
import Testing

/// What is complete in a staging folder and not yet renamed, when the folder is not where it was.
struct StagingPlaceTests {
    private let folder: TemporaryFolder
    private let message: TestMessage

    init() throws {
        folder = try TemporaryFolder()
        var message = try TestMessage("A009", in: "LA_BUC_04")
        message.action = "Start"
        self.message = message
    }

    private var files: FileManager { .default }

    private func configure(_ path: String, layout: String = "plain") throws {
        try folder.write(
            """
            institutions: EE:MTA001
            incompleteAfter: 0s
            outbound: {name: out, path: \(path), layout: \(layout)}
            """, to: "piiripost.yaml")
    }

    @discardableResult
    private func drain(minutes: Int = 0) async throws -> Int {
        let now = try #require(Instant(parsing: "2026-03-02T12:00:00Z")).adding(seconds: minutes * 60)
        let processor = try Processor(
            workspace: Workspace(path: folder.path), reference: Bench.reference.get(), actor: "test", clock: { now })
        return try await processor.run { _ in }.delivered
    }

    private func state() throws -> String {
        try Workspace(path: folder.path).store.read { try $0.outbox(in: [.ready, .staged, .delivered]) }
            .map { "\($0.state) \($0.isPlaceLost)" }.joined(separator: ", ")
    }

    /// A message that is staged, and whose rename fails because a folder stands in its place.
    private func stage() async throws -> String {
        try configure("one")
        let name = "A009-\(message.sender.replacing(":", with: "-"))-\(message.instance).xml"
        try folder.write("in the way", to: "one/\(name)/file")
        try folder.write(message.text, to: "inbound/a.xml")
        #expect(try await drain() == 0)
        #expect(try state() == "staged false")
        try files.removeItem(atPath: folder.path + "/one/\(name)")
        return name
    }

    @Test(arguments: ["plain", "phoss-ap"])
    func `with another path or layout it is staged anew there`(layout: String) async throws {
        let name = try await stage()
        try configure("two", layout: layout)
        #expect(try await drain(minutes: 120) == 1)
        #expect(folder.files(in: "two").contains { $0.hasSuffix(name) })
        #expect(!folder.files(in: "one").contains(name))
        #expect(try state() == "delivered false")
    }

    @Test func `a folder that was moved takes it along`() async throws {
        let name = try await stage()
        try files.moveItem(atPath: folder.path + "/one", toPath: folder.path + "/two")
        try configure("two")
        #expect(try await drain(minutes: 120) == 1)
        #expect(folder.files(in: "two").contains(name))
    }

    @Test func `where the folder is gone and another stands in its place nothing is taken for delivered`() async throws
    {
        let name = try await stage()
        try files.moveItem(atPath: folder.path + "/one", toPath: folder.path + "/unmounted")
        #expect(try await drain(minutes: 120) == 0)
        #expect(try state() == "staged true")
        #expect(!folder.files(in: "one").contains(name))
        // It comes back, as a disk that is mounted does.
        try files.removeItem(atPath: folder.path + "/one")
        try files.moveItem(atPath: folder.path + "/unmounted", toPath: folder.path + "/one")
        #expect(try await drain(minutes: 300) == 1)
        #expect(folder.files(in: "one").contains(name))
    }

    @Test func `a person may have it staged anew where the folder does not come back`() async throws {
        let name = try await stage()
        try files.removeItem(atPath: folder.path + "/one")
        #expect(try await drain(minutes: 120) == 0)
        let retry = try Program.run(["queue", "retry", "--queue", "outbox", "--workspace", folder.path])
        #expect(retry.status == 0, "\(retry.errors)")
        #expect(try await drain(minutes: 300) == 1)
        #expect(folder.files(in: "one").contains(name))
    }

    /// What became of the parts that went ahead while the key could not follow: NAME stands for that of the message.
    @Test(arguments: [
        ("plain", "NAME.xml", "one/NAME.attachments"),
        ("holodeck, pmode: eessi", "NAME.mmd", "one"),
        ("holodeck, pmode: eessi", "NAME.mmd", "one/NAME-1.pdf"),
        ("as4.net, pmode: eessi", "NAME.xml", "attachments"),
        ("as4.net, pmode: eessi", "NAME.xml", "attachments/NAME.sed.xml"),
    ])
    func `a part that was lost before its message was handed over is staged anew with it`(
        layout: String, key: String, lost: String
    ) async throws {
        var message = try TestMessage("R017", in: "R_BUC_07")
        message.action = "Start"
        let name = "R017-\(message.sender.replacing(":", with: "-"))-\(message.instance)"
        let key = key.replacing("NAME", with: name)
        func parts() -> [String] {
            folder.files(in: ".").filter { file in
                (file.hasPrefix("one/") || file.hasPrefix("attachments/")) && file != "one/\(key)"
            }
        }
        try configure("one", layout: layout)
        try folder.write("in the way", to: "one/\(key)/file")
        try folder.write("%PDF-1.4 example", to: "inbound/a.attachments/\(message.attachments[0]).pdf")
        try folder.write(message.text, to: "inbound/a.xml")
        #expect(try await drain() == 0)
        #expect(try state() == "staged false")
        try files.removeItem(atPath: folder.path + "/one/\(key)")
        let whole = parts()
        #expect(whole.contains { $0.hasSuffix(".pdf") })
        try files.removeItem(atPath: folder.path + "/" + lost.replacing("NAME", with: name))
        #expect(parts() != whole)
        #expect(try await drain(minutes: 120) == 1)
        #expect(parts() == whole)
        #expect(folder.files(in: "one").contains(key))
        #expect(try state() == "delivered false")
    }

    @Test func `a file whose writer ends the last line while it is committed is one message`() async throws {
        try configure("one")
        try folder.write(message.text, to: "inbound/a.xml")
        let path = folder.path + "/inbound/a.xml"
        let now = try #require(Instant(parsing: "2026-03-02T12:00:00Z"))
        let processor = try Processor(
            workspace: Workspace(path: folder.path), reference: Bench.reference.get(), actor: "test",
            clock: {
                // Times are asked for when messages are committed, which is after they were read and claimed.
                if let file = FileHandle(forWritingAtPath: path) {
                    file.seekToEndOfFile()
                    file.write(Data("\n".utf8))
                    try? file.close()
                }
                return now
            })
        let summary = try await processor.run { _ in }
        #expect(summary.accepted == 1 && summary.duplicates == 0 && summary.quarantined == 0)
        #expect(folder.files(in: "inbound").filter { $0.hasSuffix(".xml") } == [])
        #expect(folder.files(in: "taken").count == 1)
    }
}

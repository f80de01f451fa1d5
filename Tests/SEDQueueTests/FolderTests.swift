// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDQueue
import SEDTestSupport
import Testing

struct FolderTests {
    private func read(_ folder: Folder, _ name: String, limit: Int = 1_000) -> String {
        switch folder.read(name, limit: limit, nowSeconds: Int(Date().timeIntervalSince1970)) {
        case .content(let bytes, _): "content:" + String(decoding: bytes, as: UTF8.self)
        case .vanished: "vanished"
        case .notAFile: "not a file"
        case .tooLarge(let bytes): "too large:\(bytes)"
        case .changing: "changing"
        case .unreadable: "unreadable"
        }
    }

    @Test func `only regular files are read`() throws {
        let store = try TemporaryFolder()
        try store.write("hello", to: "file.xml")
        try store.write("", to: "folder.xml/inside")
        let manager = FileManager.default
        try manager.createSymbolicLink(atPath: store.path + "/link.xml", withDestinationPath: "/etc/passwd")
        mkfifo(store.path + "/pipe.xml", 0o600)
        let folder = try Folder(creating: store.path)
        #expect(read(folder, "file.xml") == "content:hello")
        #expect(read(folder, "file.xml", limit: 4) == "too large:5")
        #expect(read(folder, "folder.xml") == "not a file")
        #expect(read(folder, "link.xml") == "not a file")
        #expect(read(folder, "pipe.xml") == "not a file")
        #expect(read(folder, "missing.xml") == "vanished")
    }

    @Test(arguments: ["../secret", "/etc/passwd", "", ".", "..", "a/b"])
    func `a name is one component and leads nowhere else`(name: String) throws {
        let store = try TemporaryFolder()
        try store.write("secret", to: "secret")
        let folder = try Folder(creating: store.path + "/inside")
        #expect(read(folder, name) == "not a file")
        #expect(throws: FileError.self) { try folder.write([1], named: name) }
        #expect(throws: FileError.self) { try folder.move(name, to: folder, as: "x") }
    }

    @Test func `only one holds the lock`() throws {
        let store = try TemporaryFolder()
        let folder = try Folder(creating: store.path)
        var first = try folder.lock(".lock")
        #expect(first != nil)
        #expect(try folder.lock(".lock") == nil)
        first = nil
        #expect(try folder.lock(".lock") != nil)
    }
}

struct InboundQueueTests {
    private func queue(_ store: TemporaryFolder) throws -> InboundQueue {
        InboundQueue(
            name: "in", folder: try Folder(creating: store.path + "/in"),
            taken: try Folder(creating: store.path + "/taken"),
            quarantine: try Folder(creating: store.path + "/quarantine")
        )
    }

    @Test func `messages are offered, other files are not`() throws {
        let store = try TemporaryFolder()
        for name in ["b.xml", "a.XML", ".hidden.xml", "c.xml.tmp", "d.lock", "e.pdf", ".xml"] {
            try store.write("x", to: "in/" + name)
        }
        let offers = try queue(store).nextOffers(limit: 10, skipping: [])
        #expect(offers.map(\.name) == ["a.XML", "b.xml"])
        #expect(try queue(store).nextOffers(limit: 10, skipping: ["a.XML"]).map(\.name) == ["b.xml"])
    }

    @Test func `an acknowledged message leaves with its attachments under a name of ours`() throws {
        let store = try TemporaryFolder()
        try store.write("x", to: "in/odd name é.xml")
        try store.write("pdf", to: "in/odd name é.attachments/1.pdf")
        let queue = try queue(store)
        let offer = try #require(try queue.nextOffers(limit: 1, skipping: []).first)
        #expect(try queue.attachments(of: offer, limit: 10, count: 10).map(\.name) == ["1.pdf"])
        try queue.acknowledge(offer.name, number: 7, toQuarantine: false)
        #expect(store.files(in: "in") == [])
        #expect(store.files(in: "taken") == ["000000007-odd_name__.attachments/1.pdf", "000000007-odd_name__.xml"])
        // Once more changes nothing: the process may have died behind the move.
        try queue.acknowledge(offer.name, number: 7, toQuarantine: false)
        #expect(store.files(in: "taken").count == 2)
    }
}

struct OutboundQueueTests {
    @Test func `a staged message is not seen until it is published, and published once`() throws {
        let store = try TemporaryFolder()
        let queue = try OutboundQueue(name: "out", path: store.path + "/out")
        try queue.stage(Array("text".utf8), attachments: [("1.pdf", Array("pdf".utf8))], named: "m.xml")
        #expect(store.files(in: "out") == [])
        try queue.publish("m.xml")
        #expect(store.files(in: "out") == ["m.attachments/1.pdf", "m.xml"])
        // The reader takes it; publishing again, as after a crash, does not bring it back.
        try FileManager.default.removeItem(atPath: store.path + "/out/m.xml")
        try queue.publish("m.xml")
        #expect(store.files(in: "out") == ["m.attachments/1.pdf"])
    }
}

// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDQueue
import SEDTestSupport
import Testing

struct FolderTests {
    private func read(_ folder: Folder, _ name: String, limit: Int = 1_000) -> String {
        switch folder.read(name, limit: limit, nowSeconds: Int(Date().timeIntervalSince1970)) {
        case .content(let bytes, _, _): "content:" + String(decoding: bytes, as: UTF8.self)
        case .vanished: "vanished"
        case .notAFile: "not a file"
        case .tooLarge(let bytes, _): "too large:\(bytes)"
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

    @Test func `a new file follows no link and replaces nothing`() throws {
        let store = try TemporaryFolder()
        try store.write("known", to: "inside/file")
        try FileManager.default.createSymbolicLink(
            atPath: store.path + "/inside/link", withDestinationPath: store.path + "/elsewhere")
        let folder = try Folder(creating: store.path + "/inside")
        #expect(throws: FileError.self) { try folder.create("file") }
        #expect(throws: FileError.self) { try folder.create("link") }
        try folder.create("new")
        #expect(store.files(in: ".").sorted() == ["inside/file", "inside/link", "inside/new"])
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
        let offers = try queue(store).scan().next(limit: 10, skipping: [])
        #expect(offers.map(\.name) == ["a.XML", "b.xml"])
        #expect(try queue(store).scan().next(limit: 10, skipping: ["a.XML"]).map(\.name) == ["b.xml"])
    }

    @Test func `a pass over many files goes on where the last window ended, misses none and offers none twice`() throws
    {
        let store = try TemporaryFolder()
        let folder = try Folder(creating: store.path + "/in")
        let count = 5_000
        for number in 0..<count { try folder.write([], named: "m\(number).xml") }
        let scan = try queue(store).scan()
        var seen: [String] = []
        while true {
            let offers = try scan.next(limit: 256, skipping: [])
            if offers.isEmpty { break }
            #expect(offers.count <= 256)
            seen += offers.map(\.name)
            // What is taken leaves while the rest is still unread.
            for offer in offers { try folder.remove(offer.name) }
        }
        #expect(seen.count == count)
        #expect(Set(seen).count == count)
        #expect(scan.count == count)
    }

    @Test func `of two claims on a file the first counts, and a later file of that name is another`() throws {
        let store = try TemporaryFolder()
        let queue = try queue(store)
        let (ours, theirs) = (try queue.claims(of: "we"), try queue.claims(of: "they"))
        try store.write("first", to: "in/a.xml")
        let first = try #require(try queue.identity(of: queue.offer(named: "a.xml")))
        #expect(try ours.take(first))
        #expect(try ours.take(first), "a claim of ours that a crash has left is ours")
        #expect(try !theirs.take(first))
        try theirs.release(first)
        #expect(try !theirs.take(first))
        // Its writer adds a last line: it is the same file, and stays ours.
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: store.path + "/in/a.xml"))
        try file.seekToEnd()
        try file.write(contentsOf: Data("\n".utf8))
        try file.close()
        let longer = try #require(try queue.identity(of: queue.offer(named: "a.xml")))
        #expect(longer != first && longer.isSameFile(as: first))
        #expect(try !theirs.take(longer))
        try store.write("second", to: "in/b")
        try FileManager.default.moveItem(atPath: store.path + "/in/a.xml", toPath: store.path + "/in/gone")
        try FileManager.default.moveItem(atPath: store.path + "/in/b", toPath: store.path + "/in/a.xml")
        let second = try #require(try queue.identity(of: queue.offer(named: "a.xml")))
        #expect(try theirs.take(second))
        try ours.releaseAll(except: [])
        #expect(try theirs.take(first))
        #expect(try !ours.take(second))
    }

    @Test(arguments: Layout.allCases)
    func `the name that a listing shows leads back to its message`(layout: Layout) throws {
        let store = try TemporaryFolder()
        for name in [
            "a.xml", "b.mmd.xml", "c.json", "d/metadata.json", "r/e/metadata.xml", "r/s/f.receipt.dat", "r/s/f.doc.xml",
            ".piiripost/1/metadata.xml", "x.xml.tmp", "y.mmd.processing",
        ] { try store.write("x", to: "in/" + name) }
        let queue = InboundQueue(
            name: "in", layout: layout, folder: try Folder(creating: store.path + "/in"),
            taken: try Folder(creating: store.path + "/taken"),
            quarantine: try Folder(creating: store.path + "/quarantine")
        )
        let offers = try queue.scan().next(limit: 100, skipping: [])
        for offer in offers { #expect(queue.offer(named: offer.name) == offer) }
        let expected: [Layout: [String]] = [
            .plain: ["a.xml", "b.mmd.xml"], .as4NET: ["a.xml", "b.mmd.xml"], .holodeck: ["b.mmd.xml"],
            .domibus: ["r/e", "r/s"], .phossAP: ["c.json", "d", "r"], .oxalis: ["r/s/f.receipt.dat"],
        ]
        #expect(offers.map(\.name) == expected[layout])
    }

    @Test func `an acknowledged message leaves with its attachments under a name of ours`() throws {
        let store = try TemporaryFolder()
        try store.write("x", to: "in/odd name é.xml")
        try store.write("pdf", to: "in/odd name é.attachments/1.pdf")
        let queue = try queue(store)
        let offer = try #require(try queue.scan().next(limit: 1, skipping: []).first)
        #expect(try queue.attachments(of: offer, limit: 10, count: 10)?.map(\.name) == ["1.pdf"])
        let identity = try #require(try Folder(creating: store.path + "/in").identity(of: offer.name))
        #expect(try queue.acknowledge(offer, read: identity, number: 7, toQuarantine: false))
        #expect(store.files(in: "in") == [])
        #expect(store.files(in: "taken") == ["000000007-odd_name__.attachments/1.pdf", "000000007-odd_name__.xml"])
        // Once more changes nothing: the process may have died behind the move.
        #expect(try queue.acknowledge(offer, read: identity, number: 7, toQuarantine: false))
        #expect(store.files(in: "taken").count == 2)
    }

    @Test func `a file that took the place of the one that was read stays`() throws {
        let store = try TemporaryFolder()
        try store.write("first", to: "in/a.xml")
        let queue = try queue(store)
        let identity = try #require(try Folder(creating: store.path + "/in").identity(of: "a.xml"))
        try store.write("second", to: "in/a.xml")
        #expect(try !queue.acknowledge(queue.offer(named: "a.xml"), read: identity, number: 1, toQuarantine: false))
        #expect(store.files(in: "in") == ["a.xml"])
        #expect(store.files(in: "taken") == [])
    }

    /// Memory file systems are on every Linux machine, and never the one of the temporary folder.
    @Test(.enabled(if: FileManager.default.isWritableFile(atPath: "/dev/shm"), "SKIPPED: there is no /dev/shm"))
    func `a message leaves for another file system with its attachments`() throws {
        let store = try TemporaryFolder()
        let other = "/dev/shm/piiripost-test-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: other) }
        try store.write("x", to: "in/a.xml")
        try store.write("x", to: "in/b.xml")
        try store.write("pdf", to: "in/b.attachments/1.pdf")
        let folder = try Folder(creating: store.path + "/in")
        let queue = InboundQueue(
            name: "in", folder: folder, taken: try Folder(creating: other + "/taken"),
            quarantine: try Folder(creating: other + "/quarantine")
        )
        for (number, name) in [(1, "a.xml"), (2, "b.xml")] {
            let identity = try #require(try folder.identity(of: name))
            #expect(
                try queue.acknowledge(
                    queue.offer(named: name), read: identity, number: Int64(number), toQuarantine: false))
        }
        #expect(store.files(in: "in") == [])
        let taken = try FileManager.default.subpathsOfDirectory(atPath: other + "/taken").sorted()
        #expect(
            taken == ["000000001-a.xml", "000000002-b.attachments", "000000002-b.attachments/1.pdf", "000000002-b.xml"])
    }

    @Test func `a name too long for an attachment folder is no obstacle`() throws {
        let store = try TemporaryFolder()
        let name = String(repeating: "n", count: 246) + ".xml"
        try store.write("x", to: "in/" + name)
        let folder = try Folder(creating: store.path + "/in")
        let identity = try #require(try folder.identity(of: name))
        let queue = try queue(store)
        #expect(try queue.acknowledge(queue.offer(named: name), read: identity, number: 1, toQuarantine: false))
        #expect(store.files(in: "in") == [])
    }
}

struct FolderListingTests {
    /// The system's buffer ends where the last entry ends: what lies behind it belongs to nobody.
    @Test func `a name that ends where memory ends is read, and nothing behind it`() throws {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let pages = try #require(
            mmap(nil, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), "no memory")
        try #require(pages != MAP_FAILED)
        defer { munmap(pages, 2 * page) }
        try #require(mprotect(pages + page, page, PROT_NONE) == 0)
        let name = Array("1360.xml".utf8) + [0]
        let header = try #require(MemoryLayout<dirent>.offset(of: \.d_name))
        let length = (header + name.count + 7) / 8 * 8
        let entry = pages + page - length
        entry.advanced(by: header).copyMemory(from: name, byteCount: name.count)
        #expect(FolderListing.name(in: UnsafePointer(entry.assumingMemoryBound(to: dirent.self))) == "1360.xml")
    }
}

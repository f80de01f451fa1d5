// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCore
import SEDStorage
import SEDTestSupport
import Synchronization
import Testing

struct StoreTests {
    private func message(_ file: String, digest: String = "d") -> NewMessage {
        NewMessage(
            queue: "in", fileName: file, digest: digest, bytes: Array("<a/>".utf8), size: 4,
            receivedAt: Instant(millisecondsSinceEpoch: 1_000), verdict: .invalid, disposition: .quarantine,
            state: .quarantined
        )
    }

    @Test func `what is written is there again, and nothing of a transaction that failed`() throws {
        struct Stop: Error {}
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.path + "/store.sqlite")
        let attachment = NewMessage.Attachment(name: "1.pdf", digest: "x", bytes: [1, 2])
        let id = try store.write { try $0.insert(message("a.xml"), attachments: [attachment]) }
        #expect(throws: Stop.self) {
            try store.write { transaction in
                _ = try transaction.insert(message("b.xml"), attachments: [])
                throw Stop()
            }
        }
        let again = try Store(path: folder.path + "/store.sqlite")
        let found = try again.read { try $0.messages(in: [.quarantined]) }
        #expect(found.map(\.fileName) == ["a.xml"])
        #expect(try again.read { try $0.bytes(of: id) } == Array("<a/>".utf8))
        #expect(try again.read { try $0.attachments(of: id) }.map(\.bytes) == [[1, 2]])
    }

    @Test(arguments: [false, true])
    func `nothing is committed to a store that is no longer in its place`(isReplaced: Bool) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/store.sqlite"
        let store = try Store(path: path)
        try store.write { _ = try $0.insert(message("a.xml"), attachments: []) }
        for ending in ["", "-wal"] {
            try FileManager.default.moveItem(atPath: path + ending, toPath: folder.path + "/away.sqlite" + ending)
        }
        if isReplaced { try folder.write("", to: "store.sqlite") }
        #expect(throws: StorageError.self) { try store.write { _ = try $0.insert(message("b.xml"), attachments: []) } }
        if isReplaced { try FileManager.default.removeItem(atPath: path) }
        for ending in ["", "-wal"] {
            try FileManager.default.moveItem(atPath: folder.path + "/away.sqlite" + ending, toPath: path + ending)
        }
        try store.write { _ = try $0.insert(message("c.xml"), attachments: []) }
        #expect(try store.read { try $0.messages(in: [.quarantined]) }.map(\.fileName) == ["a.xml", "c.xml"])
    }

    @Test func `nothing is committed when the log beside the store is gone, and nothing of it is lost`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/store.sqlite"
        do {
            let store = try Store(path: path)
            try store.write { _ = try $0.insert(message("a.xml"), attachments: []) }
            try FileManager.default.removeItem(atPath: path + "-wal")
            #expect(throws: StorageError.self) {
                try store.write { _ = try $0.insert(message("b.xml"), attachments: []) }
            }
        }
        let again = try Store(path: path)
        #expect(try again.read { try $0.messages(in: [.quarantined]) }.map(\.fileName) == ["a.xml"])
    }

    @Test func `many that open a new store at once all find it ready`() throws {
        for _ in 0..<5 {
            let folder = try TemporaryFolder()
            let faults = Mutex<[String]>([])
            DispatchQueue.concurrentPerform(iterations: 8) { _ in
                do {
                    let store = try Store(path: folder.path + "/store.sqlite")
                    _ = try store.read { try $0.messages(in: [.done]) }
                } catch {
                    faults.withLock { $0.append("\(error)") }
                }
            }
            #expect(faults.withLock(\.self) == [])
        }
    }

    @Test func `a message is found by its file until it is acknowledged`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.path + "/store.sqlite")
        let id = try store.write { try $0.insert(message("a.xml", digest: "d1"), attachments: []) }
        func found(_ digest: String) throws -> Int64? {
            try store.read { try $0.unacknowledged(queue: "in", fileName: "a.xml", digest: digest) }?.id
        }
        #expect(try found("d1") == id)
        #expect(try found("d2") == nil)
        try store.write { try $0.acknowledge([id], at: Instant(millisecondsSinceEpoch: 2_000)) }
        #expect(try found("d1") == nil)
    }

    @Test func `a transition needs the state it starts from`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.path + "/store.sqlite")
        let id = try store.write { try $0.insert(message("a.xml"), attachments: []) }
        let moved = try store.write {
            try $0.move(message: id, from: .pending, to: .done, disposition: .accept, rule: nil, reason: nil)
        }
        #expect(!moved)
        #expect(try store.read { try $0.message(id) }?.state == .quarantined)
    }

    @Test(arguments: ["It waits.", "It waits for \("R017", as: "expected") in \("state 2", as: "state")."] as [Words])
    func `a reason is read back in its parts`(reason: Words) throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.path + "/store.sqlite")
        let id = try store.write { transaction in
            let id = try transaction.insert(message("a.xml"), attachments: [])
            _ = try transaction.move(
                message: id, from: .quarantined, to: .pending, disposition: .pending, rule: "CAS-005", reason: reason)
            try transaction.noteObstacle(
                queue: "in", fileName: "b.xml", rule: "SYS-003", reason: reason, at: Instant(millisecondsSinceEpoch: 0))
            return id
        }
        let stored = try store.read { (try $0.message(id)?.reason, try $0.obstacles().first?.reason) }
        for copy in [stored.0, stored.1] {
            #expect(copy?.text == reason.text)
            #expect(copy?.template == reason.template)
            #expect(copy?.facts == reason.facts)
        }
    }

    @Test func `a file that is no database is an error and stays as it was`() throws {
        let folder = try TemporaryFolder()
        try folder.write(String(repeating: "not a database ", count: 100), to: "store.sqlite")
        #expect(throws: StorageError.self) { _ = try Store(path: folder.path + "/store.sqlite") }
    }
}

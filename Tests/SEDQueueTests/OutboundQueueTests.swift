// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDQueue
import SEDTestSupport
import Testing

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

    // MARK: A store that was restored hands over again what has left since

    @Test func `attachments of an earlier delivery are no obstacle`() throws {
        let store = try TemporaryFolder()
        let queue = try OutboundQueue(name: "out", path: store.path + "/out")
        func deliver() throws {
            try queue.stage([1], attachments: [("1.pdf", [2]), ("2.pdf", [3])], named: "a.xml")
            try queue.flushStaging()
            try queue.publish("a.xml")
            try queue.flush()
        }
        let files = ["a.attachments/1.pdf", "a.attachments/2.pdf", "a.xml"]
        try deliver()
        #expect(store.files(in: "out") == files)
        try deliver()
        #expect(store.files(in: "out") == files)
        // Its reader has taken the message, and one of its attachments.
        let folder = try Folder(existing: store.path + "/out")
        try folder.remove("a.xml")
        try folder.folder("a.attachments").remove("1.pdf")
        try deliver()
        #expect(store.files(in: "out") == files)
        #expect(queue.stagingPlace?.holds("a.xml") == false)
        #expect(try !Folder(existing: store.path + "/out/.staging").contains("a.attachments"))
    }

    @Test func `a message that Domibus still has is not given twice, one that it has sent is`() throws {
        let store = try TemporaryFolder()
        let queue = try OutboundQueue(name: "out", layout: .domibus, path: store.path + "/OUT")
        func deliver() throws {
            let parcel = OutboundQueue.Parcel(key: "a.xml", files: [("metadata.xml", [1]), ("a.xml", [2])])
            try queue.stage(parcel, named: "a.xml")
            try queue.flushStaging()
            try queue.publish("a.xml")
            try queue.flush()
        }
        try deliver()
        let out = try Folder(existing: store.path + "/OUT/a")
        try out.move("a.xml", to: out, as: "a_1@ap.xml.WAITING_FOR_RECEIPT")
        try deliver()
        #expect(store.files(in: "OUT") == ["a/a_1@ap.xml.WAITING_FOR_RECEIPT", "a/metadata.xml"])
        try out.remove("a_1@ap.xml.WAITING_FOR_RECEIPT")
        try deliver()
        #expect(store.files(in: "OUT") == ["a/a.xml", "a/metadata.xml"])
        #expect(queue.stagingPlace?.holds("a.xml") == false)
    }

    // MARK: Parts that are lost before their key follows

    @Test(arguments: [Layout.plain, .domibus, .holodeck, .as4NET])
    func `a message is whole while each part waits or is in its place, and when it has been handed over`(layout: Layout)
        throws
    {
        let store = try TemporaryFolder()
        let payloads = layout == .as4NET ? store.path + "/payloads" : nil
        let queue = try OutboundQueue(name: "out", layout: layout, path: store.path + "/out", payloads: payloads)
        let parts = ["1.pdf", "2.pdf"]
        if layout == .plain {
            try queue.stage([1], attachments: parts.map { ($0, [2]) }, named: "a.xml")
        } else {
            let key = layout.outboundKey(of: "a")
            try queue.stage(.init(key: key, files: [(key, [1])] + parts.map { ($0, [2]) }), named: "a.xml")
        }
        let staging = store.path + (layout == .plain ? "/out/.staging" : "/.piiripost-out")
        let (waiting, place) =
            switch layout {
            case .plain: (staging + "/a.attachments", store.path + "/out/a.attachments")
            case .domibus: (staging + "/a.xml", store.path + "/out/a")
            default: (staging + "/a.xml", payloads ?? store.path + "/out")
            }
        #expect(try queue.isWhole("a.xml", parts: parts))
        // It dies between the two.
        try Folder(existing: waiting).move("1.pdf", to: Folder(creating: place), as: "1.pdf")
        #expect(try queue.isWhole("a.xml", parts: parts))
        try Folder(existing: place).move("1.pdf", to: Folder(existing: store.path), as: "away.pdf")
        #expect(try !queue.isWhole("a.xml", parts: parts))
        try Folder(existing: store.path).move("away.pdf", to: Folder(existing: place), as: "1.pdf")
        try queue.publish("a.xml")
        #expect(try !Folder(existing: staging).contains("a.xml"))
        #expect(Set(try Folder(existing: place).names(limit: 9) { parts.contains($0) }) == Set(parts))
        // The reader takes them.
        for part in parts { try Folder(existing: place).remove(part) }
        #expect(try queue.isWhole("a.xml", parts: parts))
    }

    @Test func `what is left of a message that Domibus was not given twice is never given without its key`() throws {
        let store = try TemporaryFolder()
        let queue = try OutboundQueue(name: "out", layout: .domibus, path: store.path + "/OUT")
        try queue.stage(.init(key: "a.xml", files: [("metadata.xml", [1]), ("a.xml", [2])]), named: "a.xml")
        // It died when the key was away and the rest was not; then Domibus has sent the earlier one.
        try Folder(existing: store.path + "/.piiripost-OUT/a.xml").remove("a.xml")
        #expect(queue.stagingPlace?.holds("a.xml") == false)
        #expect(try queue.isWhole("a.xml", parts: ["metadata.xml"]))
        try queue.publish("a.xml")
        #expect(store.files(in: "OUT") == [])
        #expect(try !Folder(existing: store.path + "/.piiripost-OUT").contains("a.xml"))
    }
}

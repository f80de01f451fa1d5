// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCore
import SEDInspection
import SEDQueue
import SEDStorage
import SEDTestSupport
import Synchronization
import Testing

@testable import SEDProcessor

/// What holds for every outbound layout, against readers that behave as the products do.
struct OutboundLayoutTests {
    private func bench(_ reader: EmulatedReader) throws -> Bench {
        try Bench(
            configuration: """
                institutions: EE:MTA001
                incompleteAfter: 0s
                outbound: {name: ap, path: \(reader.path), layout: \(reader.rawValue)\(reader.settings)}
                """)
    }

    /// A message without attachments, which every product can be given.
    private func posting() throws -> TestMessage {
        var message = try TestMessage("A009", in: "LA_BUC_04")
        message.action = "Start"
        return message
    }

    @Test(arguments: EmulatedReader.allCases)
    func `a reader never sees half a message`(reader: EmulatedReader) async throws {
        let bench = try bench(reader)
        let count = 60
        for number in 0..<count { try bench.drop(posting(), as: "m\(number)") }
        let end = Mark()
        let path = bench.folder.path
        async let halves = watch(reader, in: path, until: end)
        let summary = try await bench.drain().summary
        end.isSet.withLock { $0 = true }
        let seenHalf = await halves
        #expect(seenHalf == [])
        #expect(summary.delivered == count)
        let seen = reader.visible(in: path)
        #expect(seen.count == count)
        #expect(seen.values.allSatisfy { $0 })
    }

    private final class Mark: Sendable {
        let isSet = Mutex(false)
    }

    /// Looks again and again, and returns what was to be seen and was not whole.
    @concurrent
    private func watch(_ reader: EmulatedReader, in path: String, until end: Mark) async -> [String] {
        var halves: Set<String> = []
        while !Task.isCancelled, !end.isSet.withLock({ $0 }) {
            halves.formUnion(reader.visible(in: path).filter { !$0.value }.keys)
            await Task.yield()
        }
        return halves.sorted()
    }

    @Test(arguments: EmulatedReader.allCases, EmulatedReader.Moment.allCases)
    func `the product's own files tell what became of a message`(reader: EmulatedReader, moment: EmulatedReader.Moment)
        async throws
    {
        let bench = try bench(reader)
        try bench.drop(posting(), as: "m")
        try await bench.drain()
        let path = bench.folder.path
        let name = try #require(reader.visible(in: path).keys.first)
        #expect(try bench.workspace.queueItem("o1")?.handOver?.state == "given")
        guard try reader.bring(name, to: moment, in: path) else { return }
        try await bench.drain()
        let handOver = try #require(try bench.workspace.queueItem("o1")?.handOver)
        switch moment {
        case .takenOver: #expect(handOver.state == "takenOver")
        case .acknowledged: #expect(handOver.state == "acknowledged")
        case .failed:
            #expect(handOver.state == "failed")
            #expect(handOver.reason?.contains("EBMS_0301") == true)
            #expect(try bench.queue(.outbox).map(\.state) == ["failed"])
        }
        #expect((handOver.messageId != nil) == (reader != .phossAP))
        #expect(try bench.workspace.queueItem("m1")?.history.last?.act == "transport")
        // What has come to its end is not given again.
        try await bench.drain()
        #expect(!reader.visible(in: path).keys.contains(name))
    }

    @Test(arguments: EmulatedReader.allCases)
    func `a message that has gone without a trace is told so`(reader: EmulatedReader) async throws {
        let bench = try bench(reader)
        try bench.drop(posting(), as: "m")
        try await bench.drain()
        let name = try #require(reader.visible(in: bench.folder.path).keys.first)
        try FileManager.default.removeItem(atPath: "\(bench.folder.path)/\(reader.path)/\(name)")
        try await bench.drain()
        #expect(try bench.workspace.queueItem("o1")?.handOver?.state == "gone")
        #expect(!reader.visible(in: bench.folder.path).keys.contains(name))
    }

    @Test(arguments: [
        (EmulatedReader.holodeck, "STEM_1.processing"), (.as4NET, "STEM.processing"), (.as4NET, "STEM.pending"),
    ])
    func `a message over which the product has died is told`(reader: EmulatedReader, mark: String) async throws {
        let bench = try bench(reader)
        try bench.drop(posting(), as: "m")
        try await bench.drain()
        let name = try #require(reader.visible(in: bench.folder.path).keys.first)
        let folder = "\(bench.folder.path)/\(reader.path)/"
        let marked = mark.replacing("STEM", with: name.split(separator: ".")[0])
        try FileManager.default.moveItem(atPath: folder + name, toPath: folder + marked)
        try await bench.drain()
        #expect(try bench.workspace.queueItem("o1")?.handOver?.state == "given")
        // The message was written long ago, but nobody had taken it up until now.
        try bench.folder.age("\(reader.path)/\(marked)", seconds: 6_001)
        try follow(bench, after: 590)
        #expect(try bench.workspace.queueItem("o1")?.handOver?.state == "given")
        try follow(bench, after: 610)
        #expect(try bench.workspace.queueItem("o1")?.handOver?.state == "stuck")
        #expect(try bench.queue(.outbox).map(\.state) == ["stuck"])
    }

    @Test func `a lock that AS4.NET has left is told, and forgotten when it goes`() async throws {
        let bench = try bench(.as4NET)
        try bench.drop(posting(), as: "m")
        try await bench.drain()
        try bench.folder.write("", to: "messages/out/file.lock")
        try follow(bench, after: 610)
        #expect(try bench.queue(.outbox).map(\.state) == ["stuck"])
        try FileManager.default.removeItem(atPath: bench.folder.path + "/messages/out/file.lock")
        try await bench.drain()
        #expect(try bench.queue(.outbox) == [])
    }

    /// Looks at what the products tell as if so many seconds had gone by.
    private func follow(_ bench: Bench, after seconds: Int) throws {
        try Delivery(
            store: bench.workspace.store, queues: bench.workspace.outboundQueues(),
            partners: bench.workspace.partners, now: Instant(millisecondsSinceEpoch: 0)
        ).follow(at: Int(Date().timeIntervalSince1970) + seconds)
    }

    @Test(arguments: EmulatedReader.allCases)
    func `attachments travel along, or the message stays and says why`(reader: EmulatedReader) async throws {
        let bench = try bench(reader)
        var message = try TestMessage("R017", in: "R_BUC_07")
        message.action = "Start"
        try bench.drop(message, as: "m")
        try await bench.drain()
        if [.domibus, .phossAP].contains(reader) {
            #expect(reader.visible(in: bench.folder.path).isEmpty)
            #expect(try bench.queue(.outbox).map(\.state) == ["ready"])
            #expect(try bench.queue(.outbox).first?.reason?.contains("attachments") == true)
        } else {
            #expect(reader.visible(in: bench.folder.path).values.map { $0 } == [true])
            let files = bench.folder.files(in: ".").filter { $0.hasSuffix(".pdf") && !$0.hasPrefix("taken") }
            #expect(files.count == 1)
        }
    }

    @Test func `an attachment that is called like the SED is a part of its own`() throws {
        var message = try TestMessage("A009", in: "LA_BUC_04")
        message.action = "Start"
        let parcel = OutgoingParcel(layout: .holodeck, facts: PartnerFacts())
        let files = try parcel.files(
            for: message.bytes, attachments: [("DefaultSED.pdf", [1]), ("a.pdf", [2]), ("a.jpg", [3])], named: "M.xml"
        ).files
        let metadata = String(decoding: try #require(files.first).bytes, as: UTF8.self)
        let identifiers = metadata.matches(of: /uri="([^"]+)"/).map { String($0.1) }
        #expect(identifiers == ["DefaultSED", "M-1", "a", "M-3"])
        #expect(metadata.matches(of: />SED</).count == 1)
    }

    @Test func `a layout that takes no files, and a missing processing mode, are told`() {
        func problem(_ text: String) -> String? {
            do {
                _ = try Configuration(parsing: text, file: "f")
                return nil
            } catch {
                return error.problems.first?.message
            }
        }
        #expect(
            problem("outbound: {name: a, path: b, layout: oxalis}")
                == "oxalis takes no files; it has no outbound folder")
        #expect(problem("outbound: {name: a, path: b, layout: holodeck}") == "the key pmode is missing")
        #expect(problem("inbound: {name: a, path: b, purge: never}") == "only the layout domibus has the key purge")
        #expect(
            problem("inbound: {name: a, path: b, layout: as4}")
                == "expected one of plain, domibus, holodeck, as4.net, phoss-ap, oxalis")
    }
}

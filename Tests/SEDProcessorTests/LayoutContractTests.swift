// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCore
import SEDQueue
import SEDStorage
import SEDTestSupport
import SEDValidation
import Testing

@testable import SEDProcessor

/// What holds for every layout, against writers that behave as the products do.
struct LayoutContractTests {
    private func bench(_ product: EmulatedProduct, _ more: String = "") throws -> Bench {
        try Bench(
            configuration: """
                institutions: EE:MTA001
                incompleteAfter: 10m
                inbound: {name: ap, path: inbound, layout: \(product.layout)\(more)}
                """)
    }

    private func message(_ product: EmulatedProduct) throws -> TestMessage {
        // A recovery request has to have an attachment, a posting has none.
        var message =
            try product.carriesAttachments
            ? TestMessage("R017", in: "R_BUC_07") : TestMessage("A009", in: "LA_BUC_04")
        message.action = "Start"
        return message
    }

    private func inbound(_ bench: Bench) throws -> String {
        let path = bench.folder.path + "/inbound"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    /// Makes everything in the inbound folder older than any time to wait for.
    private func age(_ bench: Bench, seconds: Double) throws {
        for file in bench.folder.files(in: "inbound") { try bench.folder.age("inbound/\(file)", seconds: seconds) }
    }

    // MARK: Bytes

    @Test(arguments: EmulatedProduct.allCases)
    func `a writer that stops at any byte is never believed, and believed when it has gone on`(
        product: EmulatedProduct
    ) throws {
        let folder = try TemporaryFolder()
        let travelling = Travelling(try message(product))
        let root = try Folder(creating: folder.path + "/in")
        let queue = InboundQueue(
            name: "ap", layout: try #require(Layout(rawValue: product.layout)), folder: root,
            taken: try Folder(creating: folder.path + "/taken"),
            quarantine: try Folder(creating: folder.path + "/quarantine")
        )
        let intake = Intake(
            queue: queue, validator: try Bench.reference.get().validator, institutions: [],
            incompleteAfterSeconds: 600, settledAfterSeconds: 60
        )
        let writer = EmulatedWriter(
            product.steps(for: travelling, named: "3c4d"), in: folder.path + "/in")
        var stops = 0
        while !writer.isFinished {
            try writer.tick()
            stops += 1
            // As if it had stopped two minutes ago: what must settle has settled, and nobody has given up.
            let judged = try take(intake, queue, afterSeconds: 120)
            for file in judged {
                #expect(file.bytes == travelling.message, "after \(stops)")
                #expect(
                    Set(file.kept.map(\.bytes)) == Set(travelling.attachments.map(\.bytes)), "after \(stops)")
            }
        }
        #expect(stops > travelling.message.count)
        let file = try #require(try take(intake, queue, afterSeconds: 120).first)
        #expect(file.judgement.report.findings.filter { $0.rule.text.hasPrefix("ATT") } == [])
        #expect(file.judgement.report.verdict != .undecided)
        if product != .plain { #expect(file.transport?.messageID != nil) }
    }

    @Test(arguments: [[], Array("\u{FEFF}".utf8), Array(" \n".utf8), Array("\u{FEFF}\n".utf8)])
    func `a SED that has not begun is not taken for an attachment of the XML beside it`(start: [UInt8]) throws {
        let folder = try TemporaryFolder()
        let queue = InboundQueue(
            name: "ap", layout: .domibus, folder: try Folder(creating: folder.path + "/in"),
            taken: try Folder(creating: folder.path + "/taken"),
            quarantine: try Folder(creating: folder.path + "/quarantine")
        )
        let intake = Intake(
            queue: queue, validator: try Bench.reference.get().validator, institutions: [],
            incompleteAfterSeconds: 600, settledAfterSeconds: 60
        )
        var message = try TestMessage("A009", in: "LA_BUC_04")
        message.action = "Start"
        let parts = ["note.xml", "message.xml"].map { name in
            "<PartInfo href='cid:\(name)'><PartProperties><Property name='PayloadName'>\(name)</Property></PartProperties></PartInfo>"
        }
        try folder.write(
            "<UserMessage><PayloadInfo>\(parts.joined())</PayloadInfo></UserMessage>", to: "in/EE/1/metadata.xml")
        try folder.write("<note>whole</note>", to: "in/EE/1/note.xml")
        // With a mark a declaration may follow; behind blanks it may not.
        let text = start.contains(0x0A) ? message.text.replacing(/^<\?xml[^>]*>\s*/, with: "") : message.text
        let bytes = start + Array(text.utf8)
        for count in 0..<40 {
            try folder.write(Array(bytes.prefix(count)), to: "in/EE/1/message.xml")
            #expect(try take(intake, queue, afterSeconds: 120).isEmpty, "after \(count)")
        }
        try folder.write(bytes, to: "in/EE/1/message.xml")
        let file = try #require(try take(intake, queue, afterSeconds: 120).first)
        #expect(file.bytes == bytes)
        #expect(file.judgement.envelope != nil)
    }

    private func take(_ intake: Intake, _ queue: InboundQueue, afterSeconds: Int) throws -> [JudgedFile] {
        let now = Int(Date().timeIntervalSince1970) + afterSeconds
        return try queue.scan().next(limit: 100, skipping: []).compactMap { offer in
            guard case .judged(let file) = intake.take(offer, now: now) else { return nil }
            return file
        }
    }

    @Test(arguments: [EmulatedProduct.domibus, .as4NET])
    func `a binary file is not believed before it has settled`(product: EmulatedProduct) async throws {
        let bench = try bench(product)
        try EmulatedWriter(
            product.steps(for: Travelling(try message(product)), named: "3c4d"), in: try inbound(bench)
        ).finish()
        #expect(try await bench.drain().messages.isEmpty)
        #expect(try bench.queue(.inbound).map(\.rule) == ["SYS-004"])
        try age(bench, seconds: 61)
        #expect(try await bench.drain().messages.map(\.disposition) == [.accept])
    }

    // MARK: Steps

    @Test(arguments: EmulatedProduct.allCases)
    func `a message is taken once, whole, and leaves nothing behind`(product: EmulatedProduct) async throws {
        let bench = try bench(product, ", settled: 0s".when(product != .plain))
        let message = try message(product)
        let travelling = Travelling(message)
        let writer = EmulatedWriter(product.steps(for: travelling, named: "3c4d"), in: try inbound(bench))
        var results: [ProcessedMessage] = []
        while !writer.isFinished {
            results += try await bench.drain().messages
            try writer.finishStep()
        }
        results += try await bench.drain().messages
        results += try await bench.drain().messages
        let items = try bench.workspace.queueItems()
        #expect(results.map(\.disposition) == [.accept], "\(items)")
        #expect(bench.folder.files(in: "inbound") == [])
        #expect(try bench.queue(.inbound) == [])
        #expect(bench.folder.files(in: "quarantine") == [])
        #expect(
            bench.folder.files(in: "outbound").count == 1 + travelling.attachments.count,
            "the attachments travel on with their message")
        let details = try #require(try bench.workspace.queueItem("m1"))
        #expect(details.item.messageId == message.instance)
        if product == .plain {
            #expect(details.transport == nil)
        } else {
            #expect(details.transport?.layout == product.layout)
            #expect(details.transport?.messageId == (product == .oxalis ? "3c4d" : travelling.as4ID))
            #expect(details.transport?.sender == travelling.sender)
            #expect(details.transport?.receiver == travelling.receiver)
        }
    }

    @Test(arguments: EmulatedProduct.allCases)
    func `a second copy of a message is a duplicate without effect`(product: EmulatedProduct) async throws {
        let bench = try bench(product, ", settled: 0s".when(product != .plain))
        let travelling = Travelling(try message(product))
        let copy = product.layout == "as4.net" ? " - Copy" : "-1"
        for mark in ["", copy] {
            let steps = product.steps(for: travelling, named: "3c4d", copy: mark)
            try EmulatedWriter(steps, in: try inbound(bench)).finish()
        }
        let results = try await bench.drain().messages
        #expect(results.map(\.disposition).sorted { $0.rawValue < $1.rawValue } == [.accept, .duplicate])
        #expect(bench.folder.files(in: "inbound") == [])
        #expect(bench.delivered().count == 1)
    }

    @Test(arguments: EmulatedProduct.allCases.filter { $0 != .plain })
    func `a writer that has died with half a message is told, and the message stays`(product: EmulatedProduct)
        async throws
    {
        let bench = try bench(product)
        let steps = product.steps(for: Travelling(try message(product)), named: "3c4d")
        // All but the last file that can hold the message back.
        let payload = try #require(steps.firstIndex { $0.isMessage })
        let withoutMessage = steps.enumerated().filter { $0.offset != payload && !$0.element.renamesMessage }
            .map(\.element)
        try EmulatedWriter(withoutMessage, in: try inbound(bench)).finish()
        try age(bench, seconds: 601)
        #expect(try await bench.drain().messages.isEmpty)
        #expect(try bench.queue(.inbound).map(\.rule).allSatisfy { ["SYS-004", "SYS-011", "SYS-012"].contains($0) })
        #expect(try bench.queue(.inbound).count == 1)
        #expect(!bench.folder.files(in: "inbound").isEmpty)
    }

    @Test(arguments: EmulatedProduct.allCases)
    func `of two workspaces that share a folder one takes each message`(product: EmulatedProduct) async throws {
        let shared = try TemporaryFolder()
        let configuration = """
            institutions: EE:MTA001
            inbound: {name: ap, path: \(shared.path)/in, layout: \(product.layout), settled: 0s}
            """
        let benches = try [Bench(configuration: configuration), Bench(configuration: configuration)]
        try FileManager.default.createDirectory(atPath: shared.path + "/in", withIntermediateDirectories: true)
        let count = 40
        for number in 0..<count {
            var message = try message(product)
            message.caseID = UUID().uuidString.lowercased()
            let steps = product.steps(for: Travelling(message, as4ID: "\(number)@ap"), named: "m\(number)")
            try EmulatedWriter(steps, in: shared.path + "/in").finish()
        }
        async let first = benches[0].drain().messages
        async let second = benches[1].drain().messages
        let results = try await first + second
        #expect(results.count == count)
        #expect(Set(results.compactMap { $0.caseID }).count == count)
        #expect(results.allSatisfy { $0.disposition == .accept })
        #expect(shared.files(in: "in") == [])
    }
}

extension String {
    fileprivate func when(_ condition: Bool) -> String { condition ? self : "" }
}

extension WriterStep {
    /// Whether it writes the envelope of a SED.
    fileprivate var isMessage: Bool {
        guard case .append(_, let bytes) = self else { return false }
        return String(decoding: bytes, as: UTF8.self).contains("StandardBusinessDocumentHeader")
    }

    fileprivate var renamesMessage: Bool {
        guard case .rename(let name, _) = self else { return false }
        return name.hasSuffix(".xml.tmp")
    }
}

// SPDX-License-Identifier: EUPL-1.2

import Foundation
import GRDB
import SEDCore
import SEDInspection
import SEDQueue
import SEDStorage
import SEDTestSupport
import Testing

@testable import SEDProcessor

/// Faults that single products are known for, and names that lead elsewhere.
struct AccessPointFaultTests {
    private func bench(_ layout: String, _ more: String = "") throws -> Bench {
        let bench = try Bench(
            configuration: """
                institutions: EE:MTA001
                incompleteAfter: 10m
                inbound: {name: ap, path: inbound, layout: \(layout), settled: 0s\(more)}
                """)
        try bench.folder.write("", to: "inbound/.keep")
        return bench
    }

    private func request() throws -> TestMessage {
        var message = try TestMessage("R017", in: "R_BUC_07")
        message.action = "Start"
        return message
    }

    private func write(
        _ product: EmulatedProduct, _ travelling: Travelling, to bench: Bench, named name: String = "3c4d"
    )
        throws
    {
        try EmulatedWriter(product.steps(for: travelling, named: name), in: bench.folder.path + "/inbound").finish()
    }

    private func ageAll(_ bench: Bench, seconds: Double) throws {
        for file in bench.folder.files(in: "inbound") { try bench.folder.age("inbound/\(file)", seconds: seconds) }
    }

    // MARK: Names

    @Test(arguments: ["../../secret.xml", "/etc/passwd", "a/b.xml", "..%2Fsecret.xml", "x\\y.xml", ".hidden.xml"])
    func `a name that leads elsewhere is not opened`(name: String) async throws {
        let bench = try bench("domibus")
        let travelling = Travelling(try request())
        try bench.folder.write(travelling.message, to: "secret.xml")
        try bench.folder.write(travelling.message, to: "inbound/secret.xml")
        let metadata = EmulatedProduct.domibusMetadata(travelling, [("cid:DefaultSED", name, "SED")])
        try bench.folder.write(metadata, to: "inbound/EE/3c4d/metadata.xml")
        #expect(try await bench.drain().messages.isEmpty)
        #expect(try bench.queue(.inbound).map(\.rule) == ["SYS-011"])
        #expect(bench.folder.files(in: ".").contains("secret.xml"))
    }

    @Test func `a location of another machine counts by its last name alone`() async throws {
        let bench = try bench("holodeck")
        let travelling = Travelling(try request())
        try write(.holodeck, travelling, to: bench)
        // The emulated metadata name places under /opt, which is not looked at.
        #expect(try await bench.drain().messages.map(\.disposition) == [.accept])
    }

    @Test func `a link in place of a payload or of a message folder is not followed`() async throws {
        let bench = try bench("domibus")
        let travelling = Travelling(try request())
        try write(.domibus, travelling, to: bench)
        let payload = bench.folder.path + "/inbound/EE_MTA001/3c4d/sed.xml"
        try FileManager.default.moveItem(atPath: payload, toPath: bench.folder.path + "/elsewhere.xml")
        try FileManager.default.createSymbolicLink(
            atPath: payload, withDestinationPath: bench.folder.path + "/elsewhere.xml")
        try FileManager.default.createSymbolicLink(
            atPath: bench.folder.path + "/inbound/EE_MTA001/link",
            withDestinationPath: bench.folder.path + "/inbound/EE_MTA001/3c4d")
        #expect(try await bench.drain().messages.isEmpty)
        #expect(try bench.queue(.inbound).map(\.rule) == ["SYS-002"])
    }

    @Test(arguments: [EmulatedProduct.holodeck, .as4NET])
    func `a message cannot take the metadata of another one along`(product: EmulatedProduct) async throws {
        let bench = try bench(product.layout)
        try write(product, Travelling(try request()), to: bench, named: "victim")
        let thief = Travelling(try request())
        let attachment = try #require(thief.attachments.first).identifier
        let (own, other) =
            product == .holodeck
            ? ("pl-thief-\(attachment).pdf", "victim.mmd.xml") : ("\(attachment).pdf", "victim.xml")
        let steps = product.steps(for: thief, named: "thief").map { step in
            guard case .append(let name, let bytes) = step, name.hasPrefix("thief") else { return step }
            let text = String(decoding: bytes, as: UTF8.self)
            return .append(name, Array(text.replacing(own, with: other).utf8))
        }
        try EmulatedWriter(steps, in: bench.folder.path + "/inbound").finish()
        #expect(try await bench.drain().messages.count == 1)
        #expect(try bench.queue(.inbound).map(\.rule) == ["SYS-011"])
    }

    // MARK: Domibus

    @Test func `a payload that has replaced the metadata is told`() async throws {
        let bench = try bench("domibus")
        let travelling = Travelling(try request())
        try bench.folder.write(travelling.message, to: "inbound/EE/3c4d/metadata.xml")
        #expect(try await bench.drain().messages.isEmpty)
        #expect(try bench.queue(.inbound).map(\.rule) == ["SYS-011"])
    }

    @Test func `a payload without a name is found by its content id`() async throws {
        let bench = try bench("domibus")
        var travelling = Travelling(try request())
        travelling.attachments = []
        let metadata = EmulatedProduct.domibusMetadata(travelling, [("cid:message", "x", "SED")])
            .replacing("<Property name=\"PayloadName\">x</Property>", with: "")
        try bench.folder.write(metadata, to: "inbound/EE/3c4d/metadata.xml")
        try bench.folder.write(travelling.message, to: "inbound/EE/3c4d/message.xml")
        #expect(try await bench.drain().messages.map(\.rule?.text) == [nil])
        #expect(bench.folder.files(in: "inbound") == [])
    }

    @Test func `what is about to be deleted is told at half the time`() async throws {
        let bench = try bench("domibus", ", purge: 600s")
        let travelling = Travelling(try request())
        let metadata = EmulatedProduct.domibusMetadata(travelling, [("cid:DefaultSED", "sed.xml", "SED")])
        try bench.folder.write(metadata, to: "inbound/EE/3c4d/metadata.xml")
        try ageAll(bench, seconds: 299)
        try await bench.drain()
        #expect(try bench.queue(.inbound).map(\.rule) == ["SYS-004"])
        try ageAll(bench, seconds: 301)
        try await bench.drain()
        #expect(try bench.queue(.inbound).map(\.rule) == ["SYS-012"])
    }

    @Test func `after an outage of a day nothing is lost where nothing is deleted`() async throws {
        let bench = try bench("domibus", ", purge: never")
        for number in 0..<5 { try write(.domibus, Travelling(try request()), to: bench, named: "m\(number)") }
        try ageAll(bench, seconds: 86_400)
        #expect(try await bench.drain().messages.count == 5)
    }

    // MARK: AS4.NET

    @Test func `a short payload that was reported as written is never taken for whole`() async throws {
        let bench = try bench("as4.net")
        var travelling = Travelling(try request())
        travelling.message.removeLast(200)
        try write(.as4NET, travelling, to: bench)
        #expect(try await bench.drain().messages.isEmpty)
        #expect(try bench.queue(.inbound).map(\.rule) == ["SYS-004"])
        try ageAll(bench, seconds: 601)
        let results = try await bench.drain().messages
        #expect(results.map(\.disposition) == [.quarantine])
        #expect(results.map(\.rule?.text) == ["XML-009"])
        #expect(bench.folder.files(in: "inbound") == [])
    }

    @Test func `a short attachment is a finding, and its bytes are kept`() async throws {
        let bench = try bench("as4.net")
        var travelling = Travelling(try request())
        let whole = travelling.attachments[0]
        travelling.attachments[0] = TravellingFile(identifier: whole.identifier, bytes: whole.bytes.dropLast(9))
        try write(.as4NET, travelling, to: bench)
        #expect(try await bench.drain().messages.isEmpty)
        try ageAll(bench, seconds: 601)
        let results = try await bench.drain().messages
        #expect(results.map(\.disposition) == [.acceptWithFindings])
        #expect(results.first?.report.findings.map(\.rule) == ["ATT-006"])
        let kept = try bench.workspace.store.read { try $0.attachments(of: 1) }
        #expect(kept.map(\.bytes) == [Array(whole.bytes.dropLast(9))])
    }

    @Test func `a payload that no envelope names is left alone, and told when it is old`() async throws {
        let bench = try bench("as4.net")
        try bench.folder.write(try request().text, to: "inbound/DefaultSED.xml")
        try await bench.drain()
        #expect(try bench.queue(.inbound) == [])
        try ageAll(bench, seconds: 601)
        try await bench.drain()
        #expect(try bench.queue(.inbound).map(\.rule) == ["SYS-011"])
        #expect(bench.folder.files(in: "inbound") == ["DefaultSED.xml"])
    }

    // MARK: Crashes and claims

    @Test(arguments: EmulatedProduct.allCases.filter { $0 != .plain })
    func `what was committed and only half moved is moved by the next run`(product: EmulatedProduct) async throws {
        let bench = try bench(product.layout)
        var message = try request()
        if !product.carriesAttachments {
            message = try TestMessage("A009", in: "LA_BUC_04")
            message.action = "Start"
        }
        let travelling = Travelling(message)
        try write(product, travelling, to: bench)
        try await bench.drain()
        // As if the process had died: the key is back in its place, claimed, and not acknowledged.
        let key = try #require(
            bench.folder.files(in: "taken").first { name in
                [".json", ".dat", ".mmd.xml", "/metadata.xml", "/3c4d.xml"].contains { name.hasSuffix($0) }
            })
        let homes: [EmulatedProduct: String] = [
            .domibus: "EE_MTA001/3c4d/", .phossPerTransaction: "3c4d/", .oxalis: "EE:MTA001/SE:SEREC1/",
        ]
        let name = (key as NSString).lastPathComponent
        let target = "inbound/\(homes[product] ?? "")\(name)"
        try FileManager.default.createDirectory(
            atPath: ("\(bench.folder.path)/\(target)" as NSString).deletingLastPathComponent,
            withIntermediateDirectories: true)
        try FileManager.default.moveItem(
            atPath: bench.folder.path + "/taken/" + key, toPath: bench.folder.path + "/" + target)
        try bench.unacknowledge(message: 1, claiming: target)
        #expect(try await bench.drain().messages.isEmpty)
        #expect(bench.folder.files(in: "inbound") == [])
        #expect(try bench.queue(.inbound) == [])
        #expect(try bench.workspace.queueItems().map(\.queue) == [.done])
    }

    @Test func `what another workspace has claimed is left alone`() async throws {
        let bench = try bench("plain")
        try bench.folder.write(try request().text, to: "inbound/a.xml")
        try bench.claim("inbound/a.xml", for: "somebody else")
        #expect(try await bench.drain().messages.isEmpty)
        #expect(bench.folder.files(in: "inbound") == ["a.xml"])
        try FileManager.default.removeItem(atPath: bench.folder.path + "/inbound/.piiripost")
        #expect(try await bench.drain().messages.count == 1)
    }

    @Test func `a claim whose transaction never ended is dropped`() async throws {
        let bench = try bench("plain")
        try bench.folder.write(try request().text, to: "inbound/a.xml")
        try bench.claim("inbound/a.xml", for: try bench.workspace.claimant())
        #expect(try await bench.drain().messages.count == 1)
        let left = try FileManager.default.contentsOfDirectory(atPath: bench.folder.path + "/inbound/.piiripost")
        #expect(left == [])
    }
}

extension Bench {
    /// Claims a file as a workspace of that name would.
    fileprivate func claim(_ file: String, for owner: String) throws {
        let path = (folder.path + "/" + file) as NSString
        let inbound = try Folder(creating: folder.path + "/inbound")
        let home = try Folder(creating: path.deletingLastPathComponent)
        let queue = InboundQueue(name: "ap", folder: inbound, taken: inbound, quarantine: inbound)
        let identity = try #require(try home.identity(of: path.lastPathComponent))
        #expect(try queue.claims(of: owner).take(identity))
    }

    fileprivate func unacknowledge(message id: Int64, claiming file: String) throws {
        try claim(file, for: workspace.claimant())
        let database = try DatabaseQueue(path: folder.path + "/store.sqlite")
        try database.write {
            try $0.execute(sql: "UPDATE message SET acknowledgedAt = NULL WHERE id = ?", arguments: [id])
        }
        try database.close()
    }
}

// SPDX-License-Identifier: EUPL-1.2

import Foundation
import GRDB
import SEDCore
import SEDInspection
import SEDQueue
import SEDStorage
import SEDTestSupport
import Synchronization
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

    @Test(arguments: [true, false])
    func `a message whose process died half way does not take the next one's payload`(isTouched: Bool) async throws {
        let bench = try bench("as4.net")
        // The agent's name pattern gives every SED the same name, as soon as that is free again.
        let first = try deliver("E1", as4ID: "first@ap", to: bench)
        #expect(try await bench.drain().messages.map(\.disposition) == [.accept])
        // As if the process had died with the payload moved and the envelope not.
        let taken = try #require(bench.folder.files(in: "taken").first { $0.hasSuffix("/E1.xml") })
        try FileManager.default.moveItem(
            atPath: "\(bench.folder.path)/taken/\(taken)", toPath: bench.folder.path + "/inbound/E1.xml")
        try bench.unacknowledge(message: 1, claiming: "inbound/E1.xml", with: ["DefaultSED.xml": "1-1-1-1"])
        if isTouched { try bench.folder.age("inbound/E1.xml", seconds: 5) }
        let second = try deliver("E2", as4ID: "second@ap", to: bench)
        #expect(try await bench.drain().messages.map(\.disposition) == [.accept])
        #expect(bench.folder.files(in: "inbound") == [])
        let stored = try bench.workspace.store.read { view in
            try view.messages(in: MessageState.allCases).map { message in
                "\(message.instance.map(\.text) ?? "-") \(try view.transport(of: message.id)?.messageID ?? "-")"
            }
        }
        #expect(stored == ["\(first) first@ap", "\(second) second@ap"])
    }

    /// - Returns: The instance identifier of the SED.
    private func deliver(_ name: String, as4ID: String, to bench: Bench) throws -> String {
        var message = try TestMessage("A009", in: "LA_BUC_04")
        message.action = "Start"
        try bench.folder.write(message.text, to: "inbound/DefaultSED.xml")
        try bench.folder.write(
            """
            <DeliverMessage><MessageInfo><MessageId>\(as4ID)</MessageId></MessageInfo>
            <Payloads><Payload><Id>DefaultSED</Id><Location>file:///C:/AS4/in/DefaultSED.xml</Location></Payload></Payloads>
            </DeliverMessage>
            """, to: "inbound/\(name).xml")
        return message.instance
    }

    // MARK: Names with escapes

    @Test(arguments: [
        ("pl-a%20b.xml", "pl-a%20b.xml"), ("pl-a%20b.xml", "pl-a b.xml"), ("pl-50%.xml", "pl-50%.xml"),
        ("pl-a b.xml", "pl-a b.xml"),
    ])
    func `a location means the file that is there, escaped or not`(location: String, file: String) async throws {
        let bench = try bench("holodeck")
        try bench.folder.write(try request().text, to: "inbound/" + file)
        try bench.folder.write(holodeckMetadata(location), to: "inbound/m.mmd.xml")
        #expect(try await bench.drain().messages.count == 1)
        #expect(bench.folder.files(in: "inbound") == [])
        #expect(bench.folder.files(in: "taken").map { ($0 as NSString).lastPathComponent }.contains(file))
    }

    @Test func `of two files that a location may mean none is taken`() async throws {
        let bench = try bench("holodeck")
        for file in ["pl-a%20b.xml", "pl-a b.xml"] {
            try bench.folder.write(try request().text, to: "inbound/" + file)
        }
        try bench.folder.write(holodeckMetadata("pl-a%20b.xml"), to: "inbound/m.mmd.xml")
        #expect(try await bench.drain().messages.isEmpty)
        #expect(try bench.queue(.inbound).map(\.rule) == ["SYS-011"])
        // Where each of them has a part of its own, both are clear.
        try bench.folder.write(holodeckMetadata("pl-a%20b.xml", "pl-a b.xml"), to: "inbound/m.mmd.xml")
        #expect(try await bench.drain().messages.count == 1)
    }

    private func holodeckMetadata(_ locations: String...) -> String {
        let parts = locations.map { "<PartInfo location='/opt/msg_in/\($0)'/>" }.joined()
        return "<MessageMetaData><PayloadInfo>\(parts)</PayloadInfo></MessageMetaData>"
    }

    @Test func `a payload of Domibus is found by the name with escapes where it was written so`() async throws {
        let bench = try bench("domibus")
        let travelling = Travelling(try request())
        let metadata = EmulatedProduct.domibusMetadata(travelling, [("cid:DefaultSED", "a%20b.xml", "SED")])
        try bench.folder.write(metadata, to: "inbound/EE/3c4d/metadata.xml")
        try bench.folder.write(travelling.message, to: "inbound/EE/3c4d/a%20b.xml")
        #expect(try await bench.drain().messages.count == 1)
    }

    // MARK: Names that are not UTF-8

    @Test(arguments: ["domibus", "oxalis"])
    func `a recipient folder whose name is not UTF-8 is drained`(layout: String) async throws {
        let bench = try bench(layout)
        let product: EmulatedProduct = layout == "oxalis" ? .oxalis : .domibus
        try write(product, Travelling(try request()), to: bench)
        let recipient = layout == "oxalis" ? "EE:MTA001" : "EE_MTA001"
        try bench.rename(recipient, to: [0x45, 0xFF])
        #expect(try await bench.drain().messages.count == 1)
        #expect(bench.folder.files(in: "taken").count == (layout == "oxalis" ? 2 : 3))
        #expect(try bench.queue(.inbound) == [])
    }

    @Test func `the folder of a message whose name is not UTF-8 is drained and removed`() async throws {
        let bench = try bench("phoss-ap")
        try write(.phossPerTransaction, Travelling(try request()), to: bench)
        try bench.rename("3c4d", to: [0x33, 0xFF])
        #expect(try await bench.drain().messages.count == 1)
        let left = try FileManager.default.contentsOfDirectory(atPath: bench.folder.path + "/inbound")
        #expect(Set(left).isSubset(of: [".keep", ".piiripost"]))
    }

    @Test func `recipient folders that cannot be told apart are told, and hold nobody up`() async throws {
        let bench = try bench("domibus")
        for byte: UInt8 in [0xFE, 0xFF] {
            try write(.domibus, Travelling(try request()), to: bench)
            try bench.rename("EE_MTA001", to: [0x45, byte])
        }
        try write(.domibus, Travelling(try request()), to: bench)
        #expect(try await bench.drain().messages.count == 1)
        func since() throws -> [Instant] { try bench.workspace.store.read { try $0.obstacles() }.map(\.firstSeen) }
        #expect(try bench.queue(.inbound).map(\.rule) == ["SYS-003"])
        let told = try since()
        // It is the same obstacle at the next look, so that its age is right.
        bench.wait(hours: 1)
        try await bench.drain()
        #expect(try since() == told)
    }

    @Test func `folders that look alike are told so, until they no longer do`() async throws {
        let bench = try bench("domibus")
        for byte: UInt8 in [0xFE, 0xFF] {
            try write(.domibus, Travelling(try request()), to: bench)
            try bench.rename("EE_MTA001", to: [0x45, byte])
        }
        #expect(try await bench.drain().messages.isEmpty)
        #expect(try bench.queue(.inbound).map { $0.reason?.contains("look alike") } == [true])
        try bench.rename([0x45, 0xFE], to: [0x46, 0xFE])
        #expect(try await bench.drain().messages.count == 2)
        #expect(try bench.queue(.inbound) == [])
        // An emptied folder that stays does not make the next one of its kind unclear.
        try write(.domibus, Travelling(try request()), to: bench)
        try bench.rename("EE_MTA001", to: [0x45, 0xFE])
        #expect(try await bench.drain().messages.count == 1)
        #expect(try bench.queue(.inbound) == [])
        #expect(bench.folder.files(in: "taken").count == 9)
    }

    @Test func `the emptied folder of a message does not stand for the next one that looks alike`() async throws {
        let bench = try bench("phoss-ap")
        try bench.folder.write("", to: "inbound/left/.gone")
        try FileManager.default.removeItem(atPath: bench.folder.path + "/inbound/left/.gone")
        try bench.rename("left", to: [0x33, 0xFE])
        try write(.phossPerTransaction, Travelling(try request()), to: bench)
        try bench.rename("3c4d", to: [0x33, 0xFF])
        #expect(try await bench.drain().messages.count == 1)
        #expect(try bench.queue(.inbound) == [])
        let left = try FileManager.default.contentsOfDirectory(atPath: bench.folder.path + "/inbound")
        #expect(Set(left).isSubset(of: [".keep", ".piiripost"]))
    }

    // MARK: Many parts

    @Test func `a message with more parts than may be is told, and taken whole when more are allowed`() async throws {
        let bench = try bench("domibus", ", purge: never")
        let travelling = Travelling(try request())
        let names = (1...105).map { "0f8fad5b-d9cb-469f-a165-\(100_000_000_000 + $0)" }
        let parts = [("cid:sed", "sed.xml", "SED")] + names.map { ("cid:\($0)", "\($0).pdf", "Attachment") }
        for name in names {
            try bench.folder.write(TravellingFile.pdf(name).bytes, to: "inbound/EE/3c4d/\(name).pdf")
        }
        try bench.folder.write(travelling.message, to: "inbound/EE/3c4d/sed.xml")
        try bench.folder.write(
            EmulatedProduct.domibusMetadata(travelling, parts), to: "inbound/EE/3c4d/metadata.xml")
        try ageAll(bench, seconds: 601)
        let tight = try Workspace(path: bench.folder.path, allowing: 104)
        #expect(try await drain(tight).isEmpty)
        let told = try tight.queueItems()
        #expect(told.map(\.rule) == ["SYS-011"])
        #expect(told.first?.reason?.contains("104") == true && told.first?.reason?.contains("attachmentLimit") == true)
        #expect(try await bench.drain().messages.count == 1)
        #expect(try bench.workspace.store.read { try $0.attachments(of: 1) }.count == 105)
        #expect(bench.folder.files(in: "inbound") == [])
    }

    @Test func `the same holds for the attachments of a plain message`() async throws {
        let bench = try bench("plain")
        try bench.folder.write(try request().text, to: "inbound/a.xml")
        for number in 1...105 {
            try bench.folder.write("%PDF-1.4", to: "inbound/a.attachments/\(number).pdf")
        }
        let tight = try Workspace(path: bench.folder.path, allowing: 104)
        #expect(try await drain(tight).isEmpty)
        #expect(try tight.queueItems().map(\.rule) == ["SYS-011"])
        #expect(try await bench.drain().messages.count == 1)
        #expect(try bench.workspace.store.read { try $0.attachments(of: 1) }.count == 105)
    }

    private func drain(_ workspace: Workspace) async throws -> [Int64] {
        let seen = Mutex<[Int64]>([])
        let now = try #require(Instant(parsing: "2026-03-02T12:00:00Z"))
        let processor = try Processor(
            workspace: workspace, reference: Bench.reference.get(), actor: "test", clock: { now })
        _ = try await processor.run { message in seen.withLock { $0.append(message.id) } }
        return seen.withLock { $0 }
    }

    // MARK: Files that are too large

    @Test(arguments: [EmulatedProduct.plain, .domibus, .as4NETPayloadFirst])
    func `a file that outgrows the limit is set aside only when it rests`(product: EmulatedProduct) async throws {
        let bench = try bench(product.layout)
        var travelling = Travelling(try request())
        travelling.attachments = []
        travelling.message += [UInt8](repeating: 0x20, count: 21 << 20)
        try write(product, travelling, to: bench)
        #expect(try await bench.drain().messages.isEmpty)
        #expect(try bench.queue(.inbound).map(\.rule) == ["SYS-004"])
        try ageAll(bench, seconds: 601)
        #expect(try await bench.drain().messages.map(\.disposition) == [.quarantine])
        #expect(bench.folder.files(in: "inbound") == [])
    }

    // MARK: What is told

    @Test func `a file that was in the way is forgotten by the run that takes it`() async throws {
        let bench = try bench("as4.net")
        try bench.folder.write("", to: "inbound/DefaultSED.xml/inside")
        try await bench.drain()
        #expect(try bench.queue(.inbound).map(\.rule) == ["SYS-002"])
        try FileManager.default.removeItem(atPath: bench.folder.path + "/inbound/DefaultSED.xml")
        _ = try deliver("E1", as4ID: "first@ap", to: bench)
        #expect(try await bench.drain().messages.count == 1)
        #expect(try bench.queue(.inbound) == [])
    }

    @Test func `the file that is not whole is named`() async throws {
        let bench = try bench("domibus", ", purge: never")
        let travelling = Travelling(try request())
        let metadata = EmulatedProduct.domibusMetadata(travelling, [("cid:sed", "sed.xml", "")])
        try bench.folder.write(metadata, to: "inbound/EE/3c4d/metadata.xml")
        try bench.folder.write("", to: "inbound/EE/3c4d/sed.xml")
        try await bench.drain()
        #expect(try bench.queue(.inbound).first?.reason?.contains("sed.xml") == true)
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
        // The next message of the product may have got the name of a file that has left.
        #expect(try await bench.drain().messages.isEmpty)
        #expect(bench.folder.files(in: "inbound") == [])
        #expect(try bench.queue(.inbound) == [])
        #expect(try bench.workspace.queueItems().map(\.queue) == [.done])
    }

    /// As if the process had died before the acknowledgement of a message was durable, and another one behind the claim
    /// on the next message, whose files have the same names: the names say all that the metadata say.
    @Test(arguments: [Successor.new, .onTheSameNumber, .committed])
    func `a message whose files have got the names of an unacknowledged one is not taken for it`(
        successor: Successor
    ) async throws {
        let bench = try bench("oxalis")
        let home = "inbound/9999_ee/9999_fi"
        func put(receipt: String) throws -> String {
            var message = try TestMessage("A009", in: "LA_BUC_04")
            message.action = "Start"
            try bench.folder.write(message.text, to: home + "/K.doc.xml")
            try bench.folder.write(receipt, to: home + "/K.receipt.dat")
            return message.instance
        }
        let first = try put(receipt: "first")
        #expect(try await bench.drain().messages.count == 1)
        let second = try put(receipt: "second one")
        if successor == .committed {
            let kept = bench.folder.path + "/kept"
            try FileManager.default.createDirectory(atPath: kept, withIntermediateDirectories: true)
            for file in ["K.doc.xml", "K.receipt.dat"] {
                try FileManager.default.linkItem(
                    atPath: "\(bench.folder.path)/\(home)/\(file)", toPath: "\(kept)/\(file)")
            }
            #expect(try await bench.drain().messages.count == 1)
            for file in ["K.doc.xml", "K.receipt.dat"] {
                try FileManager.default.moveItem(
                    atPath: "\(kept)/\(file)", toPath: "\(bench.folder.path)/\(home)/\(file)")
            }
            for file in bench.folder.files(in: "taken") where file.hasPrefix("000000002") {
                try FileManager.default.removeItem(atPath: "\(bench.folder.path)/taken/\(file)")
            }
            let document = try #require(try Folder(creating: bench.folder.path + "/" + home).identity(of: "K.doc.xml"))
            try bench.unacknowledge(
                message: 2, claiming: home + "/K.receipt.dat", with: ["K.doc.xml": document.sharedName])
        }
        let number = try #require(try Folder(creating: bench.folder.path + "/" + home).identity(of: "K.receipt.dat"))
            .sharedName.prefix { $0 != "-" }
        try bench.unacknowledge(
            message: 1, claiming: home + "/K.receipt.dat",
            with: ["K.doc.xml": "1-1-1-1", "K.receipt.dat": "\(successor == .onTheSameNumber ? number : "1")-5-1-1"])
        #expect(try await bench.drain().messages.count == (successor == .committed ? 0 : 1))
        #expect(bench.folder.files(in: "inbound") == [])
        let stored = try bench.workspace.store.read { try $0.messages(in: MessageState.allCases) }
        #expect(stored.map(\.instance?.text) == [first, second])
        #expect(try bench.workspace.store.read { try $0.unacknowledged(queue: "ap") }.isEmpty)
        let receipts = try bench.folder.files(in: "taken").filter { $0.hasSuffix(".dat") }.map { name in
            try String(contentsOfFile: "\(bench.folder.path)/taken/\(name)", encoding: .utf8)
        }
        #expect(receipts == ["first", "second one"])
    }

    enum Successor: CaseIterable {
        /// Claimed and not committed.
        case new
        /// The same, its key on the number that the file system had freed.
        case onTheSameNumber
        /// Committed and not moved.
        case committed
    }

    @Test func `a message that comes again unacknowledged replaces nothing that was taken`() async throws {
        let bench = try bench("oxalis")
        let home = "inbound/9999_ee/9999_fi"
        var message = try TestMessage("A009", in: "LA_BUC_04")
        message.action = "Start"
        for receipt in ["first", "second"] {
            try bench.folder.write(message.text, to: home + "/K.doc.xml")
            try bench.folder.write(receipt, to: home + "/K.receipt.dat")
            if receipt == "second" {
                let document = try #require(
                    try Folder(creating: bench.folder.path + "/" + home).identity(of: "K.doc.xml"))
                try bench.unacknowledge(
                    message: 1, claiming: home + "/K.receipt.dat", with: ["K.doc.xml": document.sharedName])
            }
            _ = try await bench.drain()
        }
        #expect(bench.folder.files(in: "inbound") == [])
        let receipts = try bench.folder.files(in: "taken").filter { $0.hasSuffix(".dat") }.map { name in
            try String(contentsOfFile: "\(bench.folder.path)/taken/\(name)", encoding: .utf8)
        }
        #expect(receipts.sorted() == ["first", "second"])
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

extension Workspace {
    /// The workspace in a folder, with a limit of its own.
    fileprivate init(path: String, allowing attachments: Int) throws {
        let file = path + "/piiripost.yaml"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try Data((text + "\nattachmentLimit: \(attachments)\n").utf8).write(to: URL(fileURLWithPath: file))
        try self.init(path: path)
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    }
}

extension Bench {
    /// Gives a folder of the inbound folder a name of any bytes.
    fileprivate func rename(_ name: String, to bytes: [UInt8]) throws { try rename(Array(name.utf8), to: bytes) }

    fileprivate func rename(_ name: [UInt8], to bytes: [UInt8]) throws {
        func path(_ name: [UInt8]) -> [CChar] {
            (Array("\(folder.path)/inbound/".utf8) + name + [0]).map { CChar(bitPattern: $0) }
        }
        #expect(unsafe Glibc.rename(path(name), path(bytes)) == 0)
    }

    /// Claims a file as a workspace of that name would.
    fileprivate func claim(_ file: String, for owner: String) throws {
        let path = (folder.path + "/" + file) as NSString
        let inbound = try Folder(creating: folder.path + "/inbound")
        let home = try Folder(creating: path.deletingLastPathComponent)
        let queue = InboundQueue(name: "ap", folder: inbound, taken: inbound, quarantine: inbound)
        let identity = try #require(try home.identity(of: path.lastPathComponent))
        #expect(try queue.claims(of: owner).take(identity))
    }

    /// `parts` are the files that have left, by their names, as they were.
    fileprivate func unacknowledge(
        message id: Int64, claiming file: String, with parts: [String: String] = ["other": "1-1-1-1"]
    ) throws {
        try claim(file, for: workspace.claimant())
        let path = (folder.path + "/" + file) as NSString
        let key = path.lastPathComponent
        let identity = try #require(try Folder(creating: path.deletingLastPathComponent).identity(of: key))
        try workspace.store.write { transaction in
            try transaction.add(files: parts.merging([key: identity.sharedName]) { noted, _ in noted }, to: id)
        }
        let database = try DatabaseQueue(path: folder.path + "/store.sqlite")
        try database.write {
            try $0.execute(sql: "UPDATE message SET acknowledgedAt = NULL WHERE id = ?", arguments: [id])
        }
        try database.close()
    }
}

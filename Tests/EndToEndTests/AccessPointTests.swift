// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// The program between access points, from the folder that one writes to the folder that one reads.
struct AccessPointTests {
    private func run(_ folder: TemporaryFolder, _ arguments: String...) throws -> Program.Result {
        try Program.run(arguments + ["--workspace", folder.path])
    }

    private func posting() throws -> TestMessage {
        var message = try TestMessage("A009", in: "LA_BUC_04")
        message.action = "Start"
        return message
    }

    @Test(arguments: EmulatedProduct.allCases)
    func `a message is taken from an access point, and its transport is told`(product: EmulatedProduct) throws {
        let folder = try TemporaryFolder()
        try folder.write(
            """
            institutions: EE:MTA001
            inbound: {name: ap, path: in, layout: \(product.layout), settled: 0s}
            """, to: "piiripost.yaml")
        var message = try posting()
        if product.carriesAttachments {
            message = try TestMessage("R017", in: "R_BUC_07")
            message.action = "Start"
        }
        let travelling = Travelling(message)
        try FileManager.default.createDirectory(atPath: folder.path + "/in", withIntermediateDirectories: true)
        let writer = EmulatedWriter(product.steps(for: travelling, named: "3c4d"), in: folder.path + "/in")
        try writer.finishStep()
        let early = try run(folder, "process", "--once")
        #expect(early.status == 0)
        #expect(early.output.contains("0 accepted, 0 accepted with findings"), "\(early.output)")
        try writer.finish()
        let late = try run(folder, "process", "--once")
        #expect(late.status == 0)
        #expect(late.output.contains("\n1 accepted, "), "\(late.output)")
        #expect(folder.files(in: "in") == [])
        let list = try run(folder, "queue", "list", "--format", "json").output
        #expect(list.contains("\"queue\" : \"done\"") && !list.contains("\"queue\" : \"inbound\""))
        let text = try run(folder, "queue", "show", "m1").output
        let json = try run(folder, "queue", "show", "m1", "--format", "json").output
        #expect(text.contains("message: \(message.instance)"))
        if product == .plain {
            #expect(!json.contains("\"transport\""))
        } else {
            let identifier = product == .oxalis ? "3c4d" : travelling.as4ID
            #expect(text.contains("access point: \(product.layout)\nAS4 message: \(identifier)\n"), "\(text)")
            #expect(text.contains("from party: SE:SEREC1\nto party: EE:MTA001\n"))
            #expect(json.contains("\"messageId\" : \"\(identifier)\""))
            #expect(json.contains("\"layout\" : \"\(product.layout)\""))
        }
    }

    @Test(arguments: EmulatedReader.allCases)
    func `a message is given to an access point, and followed`(reader: EmulatedReader) throws {
        let folder = try TemporaryFolder()
        try folder.write(
            """
            institutions: EE:MTA001
            outbound: {name: ap, path: \(reader.path), layout: \(reader.rawValue)\(reader.settings)}
            """, to: "piiripost.yaml")
        try folder.write(try posting().text, to: "inbound/a.xml")
        #expect(try run(folder, "process", "--once").output.contains("1 delivered"))
        let seen = reader.visible(in: folder.path)
        #expect(seen.values.map { $0 } == [true])
        let name = try #require(seen.keys.first)
        #expect(try run(folder, "queue", "show", "o1").output.contains("there: given"))
        #expect(try reader.bring(name, to: .failed, in: folder.path))
        #expect(try run(folder, "process", "--once").status == 0)
        let text = try run(folder, "queue", "show", "o1").output
        #expect(text.contains("given to: \(reader.rawValue)\nthere: failed\n"), "\(text)")
        #expect(text.contains("EBMS_0301"))
        #expect(try run(folder, "queue", "list").output.contains("EBMS_0301"))
    }

    // MARK: Sharing

    @Test(arguments: [EmulatedProduct.plain, .domibus, .as4NET])
    func `two processes on two workspaces share a folder, and none takes what the other has`(product: EmulatedProduct)
        throws
    {
        let shared = try TemporaryFolder()
        let count = 60
        try FileManager.default.createDirectory(atPath: shared.path + "/in", withIntermediateDirectories: true)
        for number in 0..<count {
            let steps = product.steps(for: Travelling(try posting()), named: "m\(number)")
            try EmulatedWriter(steps, in: shared.path + "/in").finish()
        }
        let workspaces = try [TemporaryFolder(), TemporaryFolder()]
        let processes = try workspaces.map { workspace in
            try workspace.write(
                """
                institutions: EE:MTA001
                inbound: {name: ap, path: \(shared.path)/in, layout: \(product.layout), settled: 0s}
                """, to: "piiripost.yaml")
            return try ChildProcess(Program.path, ["process", "--once", "--workspace", workspace.path])
        }
        for process in processes { #expect(process.wait() == 0) }
        #expect(shared.files(in: "in") == [])
        let names = workspaces.flatMap { $0.files(in: "outbound") }
        #expect(names.count == count)
        #expect(Set(names).count == count)
        let taken = workspaces.flatMap { $0.files(in: "taken") }
        #expect(taken.filter { !$0.hasSuffix("metadata.xml") && !$0.contains("DefaultSED") }.count == count)
    }

    // MARK: Deleting

    private func start(_ settings: String, properties: String? = nil, _ more: String...) throws -> Program.Result {
        let folder = try TemporaryFolder()
        try folder.write(
            "inbound: {name: ap, path: in, layout: domibus\(settings)}\n", to: "piiripost.yaml")
        if let properties { try folder.write(properties, to: "fs-plugin.properties") }
        return try Program.run(["process", "--once", "--workspace", folder.path] + more)
    }

    @Test func `an access point that deletes unread messages is told of, or refused`() throws {
        let key = "fsplugin.messages.received.purge.expired"
        let stated = ", properties: fs-plugin.properties"
        for (settings, text, status, words) in [
            ("", nil, 0, "within 600 s unless it is told not to"),
            (", purge: never", nil, 0, ""),
            (", purge: 3600s", nil, 0, "within 3600 s;"),
            (", purge: 5s", nil, 2, "deletes unread messages after 5 s"),
            (", purge: 600s, poll: 2m", nil, 2, "looked at every 120 s"),
            (stated, "\(key)=0\n", 0, ""), (stated, "\(key) =\n", 0, ""),
            (stated, "#\(key)=0\n", 0, "within 600 s;"),
            (stated, "\(key)=0\nfsplugin.domains.two.messages.received.purge.expired=30\n", 0, "within 30 s;"),
            (stated, nil, 2, "the properties of the access point cannot be read"),
        ] as [(String, String?, Int32, String)] {
            let result = try start(settings, properties: text)
            #expect(result.status == status, "\(settings) \(text ?? "")")
            if words.isEmpty {
                #expect(result.errors == "")
            } else {
                #expect(result.errors.contains(words), "\(result.errors)")
            }
        }
    }
}

// SPDX-License-Identifier: EUPL-1.2

internal import Foundation

/// What a product does to the file system while it hands one message over, in its order.
package enum WriterStep: Hashable, Sendable {
    case folder(String)
    /// Writes at the end of a file under this very name; the file is made when there is none.
    case append(String, [UInt8])
    case rename(String, to: String)
}

/// A product that writes one message into a real folder, and can be stopped before any byte.
package final class EmulatedWriter {
    private let root: String
    private var steps: [WriterStep]
    /// How many bytes of the first step are written.
    private var done = 0

    package init(_ steps: [WriterStep], in root: String) {
        self.steps = steps
        self.root = root
    }

    package var isFinished: Bool { steps.isEmpty }

    /// Goes on by one byte, or by one step that has none.
    package func tick() throws {
        guard let step = steps.first else { return }
        guard case .append(let name, let bytes) = step, done < bytes.count else { return try finishStep() }
        try append([bytes[done]], to: name)
        done += 1
        if done == bytes.count { advance() }
    }

    /// Goes on to the end of a step.
    package func finishStep() throws {
        guard let step = steps.first else { return }
        switch step {
        case .folder(let name):
            try FileManager.default.createDirectory(atPath: path(name), withIntermediateDirectories: true)
        case .append(let name, let bytes):
            try append(Array(bytes.dropFirst(done)), to: name)
        case .rename(let name, let target):
            guard rename(path(name), path(target)) == 0 else { throw CocoaError(.fileWriteUnknown) }
        }
        advance()
    }

    package func finish() throws {
        while !isFinished { try finishStep() }
    }

    private func advance() {
        steps.removeFirst()
        done = 0
    }

    private func path(_ name: String) -> String { "\(root)/\(name)" }

    private func append(_ bytes: [UInt8], to name: String) throws {
        if !FileManager.default.fileExists(atPath: path(name)) {
            guard FileManager.default.createFile(atPath: path(name), contents: nil) else {
                throw CocoaError(.fileWriteUnknown)
            }
        }
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path(name)))
        try file.seekToEnd()
        try file.write(contentsOf: Data(bytes))
        try file.close()
    }
}

/// An attachment as it travels.
package struct TravellingFile: Hashable, Sendable {
    package let identifier: String
    package let bytes: [UInt8]

    package init(identifier: String, bytes: [UInt8]) {
        self.identifier = identifier
        self.bytes = bytes
    }

    /// A small text that begins and ends as a PDF does.
    package static func pdf(_ identifier: String, body: String = "1 0 obj\nendobj") -> TravellingFile {
        TravellingFile(identifier: identifier, bytes: Array("%PDF-1.4\n\(body)\n%%EOF".utf8))
    }
}

/// A message on its way through an access point.
package struct Travelling: Sendable {
    package var message: [UInt8]
    package var attachments: [TravellingFile]
    package var as4ID: String
    package var conversation = "conversation-1"
    package var sender = "SE:SEREC1"
    package var receiver = "EE:MTA001"

    package init(_ message: TestMessage, as4ID: String = "0f8fad5b@ap.example") {
        var bytes = message.bytes
        while let last = bytes.last, last == 0x0A || last == 0x20 { bytes.removeLast() }
        self.message = bytes
        attachments = message.attachments.map { .pdf($0) }
        self.as4ID = as4ID
    }
}

/// The five products as they write into an inbound folder, and a plain writer.
package enum EmulatedProduct: String, CaseIterable, Sendable {
    /// A writer of our own layout that writes in place.
    case plain
    /// Metadata first, then payloads, all in place and without any mark of the end.
    case domibus
    /// Payloads first, then the metadata under a name for the time of writing.
    case holodeck
    /// The envelope first, then payloads in place beside it.
    case as4NET = "as4.net"
    /// Payloads first, then the envelope in place.
    case as4NETPayloadFirst
    case phossFlat
    case phossPerTransaction
    case oxalis

    package var layout: String {
        switch self {
        case .as4NETPayloadFirst: "as4.net"
        case .phossFlat, .phossPerTransaction: "phoss-ap"
        default: rawValue
        }
    }

    /// Whether it can carry files beside the message.
    package var carriesAttachments: Bool {
        switch self {
        case .phossFlat, .phossPerTransaction, .oxalis: false
        default: true
        }
    }

    /// What it does, in its order; `copy` is the mark by which it tells a second message of the same name.
    package func steps(for travelling: Travelling, named name: String, copy: String = "") -> [WriterStep] {
        switch self {
        case .plain: plain(travelling, name + copy)
        case .domibus: domibus(travelling, name + copy)
        case .holodeck: holodeck(travelling, name + copy)
        case .as4NET: as4NET(travelling, name, copy: copy)
        case .as4NETPayloadFirst: as4NETPayloadFirst(travelling, name, copy: copy)
        case .phossFlat: phoss(travelling, xml: "\(name)\(copy).xml", json: "\(name)\(copy).json")
        case .phossPerTransaction:
            [.folder(name + copy)]
                + phoss(travelling, xml: "\(name)\(copy)/sbd.xml", json: "\(name)\(copy)/metadata.json")
        case .oxalis: oxalis(travelling, name + copy)
        }
    }

    private func plain(_ travelling: Travelling, _ name: String) -> [WriterStep] {
        travelling.attachments.flatMap { file -> [WriterStep] in
            [.folder("\(name).attachments"), .append("\(name).attachments/\(file.identifier).pdf", file.bytes)]
        } + [.append("\(name).xml", travelling.message)]
    }

    // MARK: Domibus

    private func domibus(_ travelling: Travelling, _ name: String) -> [WriterStep] {
        let folder = "EE_MTA001/\(name)"
        let parts =
            [("cid:DefaultSED", "sed.xml", "SED")]
            + travelling.attachments.map { ("cid:\($0.identifier)", "\($0.identifier).pdf", "Attachment") }
        return [
            .folder(folder),
            .append("\(folder)/metadata.xml", Array(Self.domibusMetadata(travelling, parts).utf8)),
            .append("\(folder)/sed.xml", travelling.message),
        ] + travelling.attachments.map { .append("\(folder)/\($0.identifier).pdf", $0.bytes) }
    }

    package static func domibusMetadata(
        _ travelling: Travelling,
        _ parts: [(href: String, name: String, type: String)]
    ) -> String {
        let infos = parts.map { part in
            """
            <PartInfo href="\(part.href)"><PartProperties><Property name="PayloadName">\(part.name)</Property>\
            <Property name="PartType">\(part.type)</Property></PartProperties></PartInfo>
            """
        }
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <UserMessage xmlns="http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/">
            <MessageInfo><Timestamp>2026-03-02T10:00:00Z</Timestamp><MessageId>\(travelling.as4ID)</MessageId></MessageInfo>
            <PartyInfo><From><PartyId>\(travelling.sender)</PartyId><Role>r</Role></From>\
            <To><PartyId>\(travelling.receiver)</PartyId><Role>r</Role></To></PartyInfo>
            <CollaborationInfo><Service>BusinessMessaging</Service><Action>Send</Action>\
            <ConversationId>\(travelling.conversation)</ConversationId></CollaborationInfo>
            <MessageProperties><Property name="originalSender">\(travelling.sender)</Property>\
            <Property name="finalRecipient">\(travelling.receiver)</Property></MessageProperties>
            <PayloadInfo>\(infos.joined())</PayloadInfo>
            </UserMessage>
            """
    }

    // MARK: Holodeck

    private func holodeck(_ travelling: Travelling, _ name: String) -> [WriterStep] {
        // The place of the final name is held by an empty file until the rename replaces that.
        let files =
            [("DefaultSED", "pl-\(name)-DefaultSED.xml", travelling.message)]
            + travelling.attachments.map { ($0.identifier, "pl-\(name)-\($0.identifier).pdf", $0.bytes) }
        let parts = files.map { uri, file, _ in
            #"<PartInfo containment="attachment" uri="\#(uri)" mimeType="x/y" location="/opt/holodeck/msg_in/\#(file)"/>"#
        }
        let metadata = """
            <?xml version="1.0" encoding="UTF-8"?>
            <MessageMetaData xmlns="http://holodeck-b2b.org/schemas/2014/06/mmd">
            <MessageInfo><MessageId>\(travelling.as4ID)</MessageId></MessageInfo>
            <PartyInfo><From><PartyId>\(travelling.sender)</PartyId></From><To><PartyId>\(travelling.receiver)</PartyId></To></PartyInfo>
            <CollaborationInfo><AgreementRef pmode="eessi"/><ConversationId>\(travelling.conversation)</ConversationId></CollaborationInfo>
            <PayloadInfo>\(parts.joined())</PayloadInfo>
            </MessageMetaData>
            """
        return files.map { .append($0.1, $0.2) } + [
            .append("\(name).mmd.processing", Array(metadata.utf8)), .append("\(name).mmd.xml", []),
            .rename("\(name).mmd.processing", to: "\(name).mmd.xml"),
        ]
    }

    // MARK: AS4.NET

    private func as4NETParts(_ travelling: Travelling, _ name: String, copy: String) -> (
        envelope: WriterStep, payloads: [WriterStep]
    ) {
        let files =
            [("DefaultSED-\(name)", "DefaultSED-\(name)\(copy).xml", travelling.message, "SED")]
            + travelling.attachments.map { ($0.identifier, "\($0.identifier)\(copy).pdf", $0.bytes, "Attachment") }
        let payloads = files.map { identifier, file, _, type in
            """
            <Payload><Id>\(identifier)</Id><MimeType>x/y</MimeType><Location>.\\messages\\in\\\(file)</Location>\
            <PayloadProperties><PayloadProperty><Name>PartType</Name><Value>\(type)</Value></PayloadProperty>\
            </PayloadProperties></Payload>
            """
        }
        let envelope = """
            <?xml version="1.0" encoding="utf-8"?>
            <DeliverMessage>
            <MessageInfo><MessageId>\(travelling.as4ID)</MessageId></MessageInfo>
            <PartyInfo><FromParty><Role>r</Role><PartyIds><PartyId><Id>\(travelling.sender)</Id></PartyId></PartyIds></FromParty>\
            <ToParty><Role>r</Role><PartyIds><PartyId><Id>\(travelling.receiver)</Id></PartyId></PartyIds></ToParty></PartyInfo>
            <CollaborationInfo><Action>Send</Action><ConversationId>\(travelling.conversation)</ConversationId></CollaborationInfo>
            <Payloads>\(payloads.joined())</Payloads>
            </DeliverMessage>
            """
        return (
            .append("\(name)\(copy).xml", Array(envelope.utf8)), files.map { .append($0.1, $0.2) }
        )
    }

    private func as4NET(_ travelling: Travelling, _ name: String, copy: String) -> [WriterStep] {
        let (envelope, payloads) = as4NETParts(travelling, name, copy: copy)
        return [envelope] + payloads
    }

    private func as4NETPayloadFirst(_ travelling: Travelling, _ name: String, copy: String) -> [WriterStep] {
        let (envelope, payloads) = as4NETParts(travelling, name, copy: copy)
        return payloads + [envelope]
    }

    // MARK: phoss-ap and Oxalis

    private func phoss(_ travelling: Travelling, xml: String, json: String) -> [WriterStep] {
        let metadata = """
            {
              "id" : "tx-1",
              "senderID" : "\(travelling.sender)",
              "receiverID" : "\(travelling.receiver)",
              "as4MessageID" : "\(travelling.as4ID)",
              "attemptCount" : 1,
              "completedDT" : null,
              "isDuplicateAS4" : false
            }
            """
        return [
            .append(xml + ".tmp", travelling.message), .rename(xml + ".tmp", to: xml),
            .append(json, Array(metadata.utf8)),
        ]
    }

    private func oxalis(_ travelling: Travelling, _ name: String) -> [WriterStep] {
        let folder = "\(travelling.receiver)/\(travelling.sender)"
        return [
            .folder(folder), .append("\(folder)/\(name).doc.xml", travelling.message),
            .append("\(folder)/\(name).receipt.dat", Array("receipt".utf8)),
        ]
    }
}

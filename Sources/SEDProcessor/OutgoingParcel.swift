// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDQueue
internal import SEDValidation
internal import SEDXML

/// What an access point has to be told of a message beyond its envelope; the defaults are those of EESSI.
package struct PartnerFacts: Hashable, Sendable {
    /// The processing mode of the access point; Holodeck and AS4.NET need it.
    package var pmode: String?
    package var partyType = "urn:eu:europa:ec:dgempl:eessi:ir"
    package var role = "urn:eu:europa:ec:dgempl:eessi:ir:institution"
    package var service = "BusinessMessaging"
    package var serviceType = "urn:eu:europa:ec:dgempl:eessi"
    package var action = "Send"
    /// What stands before the name of a payload where AS4.NET is told its place.
    package var payloadLocation: String?

    package init() {}
}

/// Makes the files by which an access point is given a message.
struct OutgoingParcel {
    let layout: Layout
    let facts: PartnerFacts

    /// The identifier that we give the AS4 message; nil where the product gives its own.
    static func messageID(in layout: Layout, of envelope: Facts) -> String? {
        [.holodeck, .as4NET].contains(layout) ? "\(envelope.instance)@piiripost" : nil
    }

    /// What the envelope says, read from the very bytes that leave.
    struct Facts {
        let sender: String
        let receiver: String
        let instance: String
        let caseID: String

        init?(_ bytes: [UInt8]) {
            guard let tree = try? XMLTree(parsing: bytes),
                let header = tree.child("StandardBusinessDocumentHeader", of: tree.root)
            else { return nil }
            func text(_ path: String...) -> String? {
                var element: ElementID? = header
                for name in path { element = element.flatMap { tree.child(name, of: $0) } }
                return element.map { tree.text(of: $0).trimmingXMLSpace() }
            }
            guard let sender = text("Sender", "Identifier"), let receiver = text("Receiver", "Identifier"),
                let instance = text("DocumentIdentification", "InstanceIdentifier"),
                let caseID = text("BusinessScope", "CaseId", "InstanceIdentifier")
            else { return nil }
            (self.sender, self.receiver, self.instance, self.caseID) = (sender, receiver, instance, caseID)
        }
    }

    /// Why a message cannot be given to this product.
    struct Refusal: Error {
        let reason: Words
    }

    /// The files for a message named `NAME.xml`.
    func files(for bytes: [UInt8], attachments: [(name: String, bytes: [UInt8])], named name: String)
        throws(Refusal) -> OutboundQueue.Parcel
    {
        let stem = OutboundQueue.stem(of: name)
        let key = layout.outboundKey(of: stem)
        if !attachments.isEmpty, [.domibus, .phossAP].contains(layout) {
            throw Refusal(reason: "This access point takes one file for a message, and the message has attachments.")
        }
        guard let envelope = Facts(bytes) else {
            throw Refusal(reason: "The envelope cannot be read, so that the access point cannot be told the receiver.")
        }
        switch layout {
        case .plain, .oxalis, .phossAP:
            return .init(key: key, files: [(key, bytes)])
        case .domibus:
            return .init(
                key: key, files: [(Self.domibusMetadata, Array(userMessage(envelope).utf8)), (key, bytes)])
        case .holodeck:
            // All names begin with that of the message, so that no two messages share one.
            let parts = [Part(sed: bytes, file: sedFile(of: stem))] + named(attachments, after: stem)
            return .init(
                key: key,
                files: [(key, Array(messageMetaData(envelope, parts).utf8))] + parts.map { ($0.file, $0.bytes) })
        case .as4NET:
            let parts = [Part(sed: bytes, file: sedFile(of: stem))] + named(attachments, after: stem)
            return .init(
                key: key,
                files: [(key, Array(submitMessage(envelope, parts).utf8))] + parts.map { ($0.file, $0.bytes) })
        }
    }

    /// The names of those files without the key, for a message with attachments of these names.
    func parts(attachments: [String], named name: String) -> [String] {
        let stem = OutboundQueue.stem(of: name)
        return switch layout {
        case .plain: attachments
        case .oxalis, .phossAP: []
        case .domibus: [Self.domibusMetadata]
        case .holodeck, .as4NET:
            [sedFile(of: stem)] + attachments.enumerated().map { Self.file(of: $1, at: $0, after: stem) }
        }
    }

    private static let domibusMetadata = "metadata.xml"

    /// The file of the SED where the key is another one.
    private func sedFile(of stem: String) -> String { layout == .as4NET ? stem + ".sed.xml" : stem + ".xml" }

    private static func file(of attachment: String, at index: Int, after stem: String) -> String {
        let ending = ending(of: attachment)
        return "\(stem)-\(index + 1)\(isPlain(ending) ? ending : "")"
    }

    private static func ending(of name: String) -> String {
        name.split(separator: ".").dropFirst().last.map { ".\($0)" } ?? ""
    }

    private struct Part {
        let file: String
        let identifier: String
        let mimeType: String
        let type: String
        let bytes: [UInt8]

        init(sed bytes: [UInt8], file: String) {
            (self.file, self.bytes) = (file, bytes)
            (identifier, mimeType, type) = ("DefaultSED", "application/xml", "SED")
        }

        init(attachment bytes: [UInt8], file: String, identifier: String, mimeType: String) {
            (self.file, self.bytes) = (file, bytes)
            (self.identifier, self.mimeType, type) = (identifier, mimeType, "Attachment")
        }
    }

    private func named(_ attachments: [(name: String, bytes: [UInt8])], after stem: String) -> [Part] {
        // Each identifier stands for one part of the message, whatever the sender calls its attachments.
        var given: Set = ["DefaultSED"]
        return attachments.enumerated().map { index, attachment in
            let own = attachment.name.split(separator: ".").first.map(String.init) ?? attachment.name
            let identifier = given.insert(own).inserted ? own : "\(stem)-\(index + 1)"
            let types = [".pdf": "application/pdf", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".tiff": "image/tiff"]
            return Part(
                attachment: attachment.bytes, file: Self.file(of: attachment.name, at: index, after: stem),
                identifier: identifier,
                mimeType: types[Self.ending(of: attachment.name).lowercased()] ?? "application/octet-stream"
            )
        }
    }

    private static func isPlain(_ ending: String) -> Bool {
        ending.utf8.allSatisfy { $0 == 0x2E || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) }
    }

    // MARK: Metadata

    private func userMessage(_ envelope: Facts) -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <UserMessage xmlns="http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/">
          <PartyInfo>
            <From><PartyId type="\(xml(facts.partyType))">\(xml(envelope.sender))</PartyId><Role>\(xml(facts.role))</Role></From>
            <To><PartyId type="\(xml(facts.partyType))">\(xml(envelope.receiver))</PartyId><Role>\(xml(facts.role))</Role></To>
          </PartyInfo>
          <CollaborationInfo>
            <Service type="\(xml(facts.serviceType))">\(xml(facts.service))</Service>
            <Action>\(xml(facts.action))</Action>
            <ConversationId>\(xml(envelope.caseID))</ConversationId>
          </CollaborationInfo>
          <MessageProperties>
            <Property name="originalSender">\(xml(envelope.sender))</Property>
            <Property name="finalRecipient">\(xml(envelope.receiver))</Property>
          </MessageProperties>
        </UserMessage>

        """
    }

    private func messageMetaData(_ envelope: Facts, _ parts: [Part]) -> String {
        let infos = parts.map { part in
            """
                <PartInfo containment="attachment" uri="\(xml(part.identifier))" mimeType="\(xml(part.mimeType))" \
            location="\(xml(part.file))">
                  <PartProperties><Property name="PartType">\(part.type)</Property></PartProperties>
                </PartInfo>
            """
        }
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <MessageMetaData xmlns="http://holodeck-b2b.org/schemas/2014/06/mmd">
              <MessageInfo><MessageId>\(xml(Self.messageID(in: layout, of: envelope) ?? ""))</MessageId></MessageInfo>
              <CollaborationInfo>
                <AgreementRef pmode="\(xml(facts.pmode ?? ""))"/>
                <ConversationId>\(xml(envelope.caseID))</ConversationId>
              </CollaborationInfo>
              <MessageProperties>
                <Property name="originalSender">\(xml(envelope.sender))</Property>
                <Property name="finalRecipient">\(xml(envelope.receiver))</Property>
              </MessageProperties>
              <PayloadInfo deleteFilesAfterSubmit="true">
            \(infos.joined(separator: "\n"))
              </PayloadInfo>
            </MessageMetaData>

            """
    }

    private func submitMessage(_ envelope: Facts, _ parts: [Part]) -> String {
        let payloads = parts.map { part in
            """
                <Payload>
                  <Id>\(xml(part.identifier))</Id>
                  <MimeType>\(xml(part.mimeType))</MimeType>
                  <Location>\(xml((facts.payloadLocation ?? "") + part.file))</Location>
                  <PayloadProperties>
                    <PayloadProperty><Name>PartType</Name><Value>\(part.type)</Value></PayloadProperty>
                  </PayloadProperties>
                </Payload>
            """
        }
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <SubmitMessage xmlns="urn:cef:edelivery:eu:as4:messages">
              <MessageInfo><MessageId>\(xml(Self.messageID(in: layout, of: envelope) ?? ""))</MessageId></MessageInfo>
              <Collaboration>
                <ConversationId>\(xml(envelope.caseID))</ConversationId>
                <AgreementRef><PModeId>\(xml(facts.pmode ?? ""))</PModeId></AgreementRef>
              </Collaboration>
              <Payloads>
            \(payloads.joined(separator: "\n"))
              </Payloads>
            </SubmitMessage>

            """
    }

    private func xml(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}

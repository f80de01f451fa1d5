// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDQueue
internal import SEDStorage
internal import SEDXML

/// What the metadata of an access point says of one message: which files belong to it, and how it travelled.
///
/// Metadata are a claim, not a proof: that a file is there and complete is looked at elsewhere. Names from metadata are
/// compared and opened as one name in one folder, never as a path.
struct HandOver: Sendable {
    /// A file that belongs to the message.
    struct Part: Hashable, Sendable {
        /// Its name beside the metadata; nil where only its beginning is known.
        let file: String?
        /// The same read the other way, with or without the escapes of a URI, for where there is no such file.
        var otherFile: String?
        /// The identifiers that the metadata give it, the best first.
        var names: [String] = []
        /// Whether the metadata call it the SED.
        var isMessage = false

        /// The beginning of its name, which an extension of the access point's choice follows.
        var stem: String? { file == nil ? names.first : nil }
    }

    var parts: [Part]
    var transport: Transport
}

/// What reading metadata came to.
enum HandOverReading: Sendable {
    case read(HandOver)
    /// The metadata stop early.
    case incomplete
    /// The file is something else, such as a payload among envelopes.
    case foreign
    /// Complete, and no message can be taken by it as it stands.
    case unusable(Words)
}

/// Reads metadata, each layout's in its own form.
enum MetadataReader {
    static func read(_ bytes: [UInt8], of offer: InboundQueue.Offer, in layout: Layout) -> HandOverReading {
        switch layout {
        case .plain: .foreign
        case .domibus: EBMSMetadata.domibus(bytes)
        case .holodeck: EBMSMetadata.holodeck(bytes)
        case .as4NET: EBMSMetadata.as4NET(bytes)
        case .phossAP: phossAP(bytes, offer)
        case .oxalis: oxalis(bytes, offer)
        }
    }

    /// One name out of a path of whatever system; nil for a path that ends in none.
    static func lastName(ofPath path: String) -> String? {
        let name = path.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init)
        return name.flatMap { isName($0) ? $0 : nil }
    }

    /// Whether a text can be one name in one folder and no hidden one.
    static func isName(_ text: String) -> Bool {
        !text.isEmpty && !text.hasPrefix(".") && !text.unicodeScalars.contains { "/\\\0".unicodeScalars.contains($0) }
    }

    static let separatorInName: Words = "The metadata name a file that is no plain name; it is not opened."

    // MARK: Layouts without XML metadata

    private static func phossAP(_ bytes: [UInt8], _ offer: InboundQueue.Offer) -> HandOverReading {
        let facts: [String: String]
        do {
            facts = try members(of: bytes)
        } catch {
            // It is written in place: what does not end yet is not broken.
            if error.isTruncated { return .incomplete }
            return .unusable("The metadata are not in the form of this access point.")
        }
        let file = offer.hasFolder ? "sbd.xml" : offer.key.dropLast(5) + ".xml"
        return .read(
            HandOver(
                parts: [.init(file: String(file), isMessage: true)],
                transport: Transport(
                    layout: Layout.phossAP.rawValue, messageID: facts["as4MessageID"], sender: facts["senderID"],
                    receiver: facts["receiverID"]
                )
            )
        )
    }

    /// The plain values of a JSON object.
    private static func members(of bytes: [UInt8]) throws(XMLRefusal) -> [String: String] {
        let tree = try JSONTree(parsing: bytes)
        var facts: [String: String] = [:]
        for member in tree.children(of: tree.root) {
            if let name = tree.name(of: member), let text = tree.text(of: member) { facts[name] = text }
        }
        return facts
    }

    private static func oxalis(_ bytes: [UInt8], _ offer: InboundQueue.Offer) -> HandOverReading {
        // The receipt is written in place, after the document; what it holds proves nothing about that.
        if bytes.isEmpty { return .incomplete }
        let transaction = String(offer.key.dropLast(12))
        return .read(
            HandOver(
                parts: [.init(file: transaction + ".doc.xml", isMessage: true)],
                transport: Transport(
                    layout: Layout.oxalis.rawValue, messageID: transaction, sender: offer.folder,
                    receiver: offer.outerFolder
                )
            )
        )
    }
}

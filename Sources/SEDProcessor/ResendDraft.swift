// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDCrypto
internal import SEDXML

/// One of our own messages as it must go again to an institution that has joined the case (X005, X007, X100).
///
/// Source: EESSI processes AD_BUC_03, AD_BUC_05 and AD_BUC_12: the same document under the same version number. Only
/// the envelope's sender, receiver, instance, action and time are written anew, each in the place where it stands; all
/// other bytes stay, the SED's above all.
struct ResendDraft {
    let bytes: [UInt8]
    let instance: UniqueID

    /// Nil where the bytes have no header with these values, which no message has that was ever valid.
    init?(
        of original: [UInt8],
        _ envelope: Envelope,
        from sender: EnvelopeParty,
        to receiver: EnvelopeParty,
        action: CaseAction,
        at instant: Instant
    ) {
        instance = Self.instance(of: envelope, for: receiver.institution)
        let values: [(path: [String], value: String)] = [
            (["Sender", "Identifier"], sender.institution.text),
            (["Sender", "ContactTypeIdentifier"], sender.role.rawValue),
            (["Receiver", "Identifier"], receiver.institution.text),
            (["Receiver", "ContactTypeIdentifier"], receiver.role.rawValue),
            (["DocumentIdentification", "InstanceIdentifier"], instance.text),
            (["DocumentIdentification", "CaseAction"], action.rawValue),
            (["DocumentIdentification", "CreationDateAndTime"], instant.description.prefix(19) + "Z"),
        ]
        guard let tree = try? XMLTree(parsing: original) else { return nil }
        var spans: [(range: Range<Int>, value: String)] = []
        for (path, value) in values {
            var element = tree.child("StandardBusinessDocumentHeader", of: tree.root)
            for name in path { element = element.flatMap { tree.child(name, of: $0) } }
            guard let start = element.flatMap({ tree.byteRange(of: $0)?.lowerBound }),
                let range = Self.content(ofElementAt: start, in: original)
            else { return nil }
            spans.append((range, value))
        }
        var edited: [UInt8] = []
        edited.reserveCapacity(original.count + 64)
        var copied = 0
        // The parts of a header may stand in any order.
        for (range, value) in spans.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
            guard range.lowerBound >= copied else { return nil }
            edited += original[copied..<range.lowerBound]
            edited += Array(value.utf8)
            copied = range.upperBound
        }
        bytes = edited + original[copied...]
    }

    /// The identifier follows from the message and its new receiver, so that repeated runs write the same message.
    static func instance(of envelope: Envelope, for receiver: InstitutionID) -> UniqueID {
        let seed = "resend \(envelope.sender.institution) \(envelope.instance) \(receiver)"
        return UniqueID(version4From: SHA256Digest(of: seed).bytes)
    }

    // MARK: Places in the text

    /// The bytes between the tags of an element without child elements; nil for an element in one tag.
    ///
    /// The text is well-formed, so what is looked for is there. Comments, character data and instructions between the
    /// tags belong to the content and may hold what looks like a tag.
    static func content(ofElementAt start: Int, in bytes: [UInt8]) -> Range<Int>? {
        var index = start
        var quote: UInt8?
        while index < bytes.count {
            let byte = bytes[index]
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == 0x22 || byte == 0x27 {
                quote = byte
            } else if byte == 0x3E {
                break
            }
            index += 1
        }
        guard index < bytes.count, bytes[index - 1] != 0x2F else { return nil }
        let first = index + 1
        index = first
        while index < bytes.count {
            guard bytes[index] == 0x3C else {
                index += 1
                continue
            }
            let rest = bytes[index...]
            let skipped = skips.first { rest.starts(with: $0.begin) }
            guard let skipped else { return rest.starts(with: [0x3C, 0x2F]) ? first..<index : nil }
            guard let end = rest.firstRange(of: skipped.end) else { return nil }
            index = end.upperBound
        }
        return nil
    }

    private static let skips: [(begin: [UInt8], end: [UInt8])] = [
        ("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"),
    ].map { (Array($0.utf8), Array($1.utf8)) }
}

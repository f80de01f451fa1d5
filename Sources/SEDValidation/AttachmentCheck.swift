// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// An attachment as it lay beside the message: what the check needs to know, without its bytes.
package struct ReceivedAttachment: Hashable, Sendable {
    package let identifier: UniqueID?
    /// The name it had in the folder, compared with the manifest and never used as a path.
    package let name: String
    package let size: Int
    /// The first bytes, enough to recognise the type.
    package let head: [UInt8]
    /// Whether its bytes could not be taken: unreadable, or too large.
    package let isUnreadable: Bool
    /// Whether it stood still for long and yet does not end as its type does.
    package let isCutShort: Bool

    package init(
        identifier: UniqueID?,
        name: String,
        size: Int,
        head: [UInt8],
        isUnreadable: Bool = false,
        isCutShort: Bool = false
    ) {
        self.identifier = identifier
        self.name = name
        self.size = size
        self.head = head
        self.isUnreadable = isUnreadable
        self.isCutShort = isCutShort
    }

    package func isAnnounced(by item: ManifestItem) -> Bool {
        identifier == item.identifier || (identifier == nil && item.fileName == name)
    }
}

/// Compares what the manifest announces with what came.
enum AttachmentCheck {
    static func findings(
        for items: [ManifestItem],
        of sed: SEDType,
        received: [ReceivedAttachment],
        at position: TextPosition?
    ) -> [Diagnostic] {
        let about = ["sed": sed.code]
        var findings: [Diagnostic] = []
        for item in items {
            guard let attachment = received.first(where: { $0.isAnnounced(by: item) }) else {
                findings.append(
                    Diagnostic(
                        rule: .missingAttachment, severity: .error, position: position,
                        message:
                            "The attachment \(item.identifier, as: "attachment") is announced by the manifest and did not come.",
                        arguments: about.merging(["attachment": item.identifier.text]) { $1 }
                    )
                )
                continue
            }
            if attachment.isUnreadable {
                findings.append(
                    Diagnostic(
                        rule: .unreadableAttachment, severity: .error, position: position,
                        message:
                            "The attachment \(item.identifier, as: "attachment") came and could not be read, or is too large.",
                        arguments: about.merging(["attachment": item.identifier.text]) { $1 }
                    )
                )
            } else if attachment.size == 0 {
                findings.append(
                    Diagnostic(
                        rule: .emptyAttachment, severity: .error, position: position,
                        message: "The attachment \(item.identifier, as: "attachment") is empty.",
                        arguments: about.merging(["attachment": item.identifier.text]) { $1 }
                    )
                )
            } else if attachment.isCutShort {
                findings.append(
                    Diagnostic(
                        rule: .cutShortAttachment, severity: .error, position: position,
                        message:
                            "The attachment \(item.identifier, as: "attachment") stops before the end that its type has.",
                        arguments: about.merging(["attachment": item.identifier.text]) { $1 }
                    )
                )
            } else if !matches(attachment.head, item.mimeType) {
                findings.append(
                    Diagnostic(
                        rule: .attachmentType, severity: .warning, position: position,
                        message:
                            "The attachment \(item.identifier, as: "attachment") does not begin like \(item.mimeType, as: "type").",
                        arguments: about.merging(["attachment": item.identifier.text, "type": item.mimeType]) { $1 }
                    )
                )
            }
        }
        let strangers = received.filter { attachment in !items.contains { attachment.isAnnounced(by: $0) } }
        if !strangers.isEmpty {
            findings.append(
                Diagnostic(
                    rule: .unannouncedAttachment, severity: .warning, position: position,
                    message: "\(strangers.count, as: "count") attachment(s) came that the manifest does not announce.",
                    arguments: ["count": String(strangers.count)]
                )
            )
        }
        return findings
    }

    /// Whether the first bytes are those of the announced type.
    private static func matches(_ head: [UInt8], _ mimeType: String) -> Bool {
        switch mimeType {
        case "application/pdf": head.starts(with: Array("%PDF-".utf8))
        case "image/jpeg": head.starts(with: [0xFF, 0xD8, 0xFF])
        case "image/tiff": head.starts(with: [0x49, 0x49, 0x2A, 0x00]) || head.starts(with: [0x4D, 0x4D, 0x00, 0x2A])
        default: true
        }
    }
}

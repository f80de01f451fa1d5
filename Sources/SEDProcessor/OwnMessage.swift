// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDCrypto

/// A complete message of ours: an envelope around a SED that this program wrote.
struct OwnMessage {
    let sender: EnvelopeParty
    let receiver: EnvelopeParty
    let version: CDMVersion
    let buc: BUCType
    let caseID: UniqueID
    let sed: String
    let instance: UniqueID
    let set: UniqueID
    var documentVersion = 1
    let relatedSet: UniqueID?
    let createdAt: Instant
    var action = CaseAction.new
    /// What goes beside the message.
    var manifest: [ManifestItem] = []
    /// The children of the SED's root, as XML, each line indented by four blanks.
    let content: String

    /// An identifier that the same purpose always gets.
    static func identifier(_ purpose: String) -> UniqueID {
        UniqueID(version4From: SHA256Digest(of: purpose).bytes)
    }

    var bytes: [UInt8] { Array(text.utf8) }

    private var text: String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <sbdh:StandardBusinessDocument xmlns:sbdh="http://eessi.dgempl.ec.europa.eu/namespaces/sbdh">
          <sbdh:StandardBusinessDocumentHeader>
            <sbdh:HeaderVersion>1.2</sbdh:HeaderVersion>
            <sbdh:Sender>
              <sbdh:Identifier Authority="\(Self.authority)">\(sender.institution)</sbdh:Identifier>
              <sbdh:ContactTypeIdentifier>\(sender.role.rawValue)</sbdh:ContactTypeIdentifier>
            </sbdh:Sender>
            <sbdh:Receiver>
              <sbdh:Identifier Authority="\(Self.authority)">\(receiver.institution)</sbdh:Identifier>
              <sbdh:ContactTypeIdentifier>\(receiver.role.rawValue)</sbdh:ContactTypeIdentifier>
            </sbdh:Receiver>
            <sbdh:DocumentIdentification>
              <sbdh:TypeVersion>\(version)</sbdh:TypeVersion>
              <sbdh:InstanceIdentifier>\(instance)</sbdh:InstanceIdentifier>
              <sbdh:Type>\(sed)</sbdh:Type>
              <sbdh:CaseAction>\(action.rawValue)</sbdh:CaseAction>
              <sbdh:CreationDateAndTime>\(createdAt.description.prefix(19))Z</sbdh:CreationDateAndTime>
            </sbdh:DocumentIdentification>\(manifestText)
            <sbdh:BusinessScope>
              <sbdh:CaseId>
                <sbdh:InstanceIdentifier>\(caseID)</sbdh:InstanceIdentifier>
                <sbdh:BusinessServiceName>\(buc):\(version)</sbdh:BusinessServiceName>
              </sbdh:CaseId>
              <sbdh:SetId>\(set)</sbdh:SetId>
              <sbdh:DocumentVersion>\(documentVersion)</sbdh:DocumentVersion>\(related)
            </sbdh:BusinessScope>
          </sbdh:StandardBusinessDocumentHeader>
          <ns:\(sed) xmlns:ns="http://ec.europa.eu/eessi/ns/\(version.major)_\(version.minor)/\(sed)" \
        sedGVer="\(version.major)" sedVer="\(version.minor)">
        \(content)
          </ns:\(sed)>
        </sbdh:StandardBusinessDocument>

        """
    }

    private static let authority = "urn:eu:europa:ec:dgempl:eessi:ir"

    private var manifestText: String {
        if manifest.isEmpty { return "" }
        var writer = ElementWriter()
        writer.group("sbdh:Manifest") { list in
            list.element("sbdh:NumberOfItems", manifest.count)
            for item in manifest {
                list.group("sbdh:ManifestItem") { entry in
                    entry.element("sbdh:MimeTypeQualifierCode", item.mimeType)
                    entry.element("sbdh:UniformResourceIdentifier", item.identifier)
                    entry.element("sbdh:Description", item.section)
                    entry.element("sbdh:MedicalScope", item.isMedical)
                    entry.element("sbdh:FileName", item.fileName)
                }
            }
        }
        return "\n" + writer.text
    }

    private var related: String {
        relatedSet.map { "\n        <sbdh:RelatedSetId>\($0)</sbdh:RelatedSetId>" } ?? ""
    }
}

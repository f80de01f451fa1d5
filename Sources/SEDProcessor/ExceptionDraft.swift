// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDCrypto

/// A complete X050 message that answers a received one.
struct ExceptionDraft {
    let bytes: [UInt8]

    /// The identifiers are derived from the answered message, so that the same message always gets the same answer.
    init(answering received: Envelope, code: String, at instant: Instant) {
        func identifier(_ purpose: String) -> UniqueID {
            let seed = "X050 \(purpose) \(received.sender.institution) \(received.instance)"
            return UniqueID(version4From: SHA256Digest(of: seed).bytes)
        }
        let version = received.cdm
        let authority = "urn:eu:europa:ec:dgempl:eessi:ir"
        let created = instant.description.prefix(19) + "Z"
        let text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <sbdh:StandardBusinessDocument xmlns:sbdh="http://eessi.dgempl.ec.europa.eu/namespaces/sbdh">
              <sbdh:StandardBusinessDocumentHeader>
                <sbdh:HeaderVersion>1.2</sbdh:HeaderVersion>
                <sbdh:Sender>
                  <sbdh:Identifier Authority="\(authority)">\(received.receiver.institution)</sbdh:Identifier>
                  <sbdh:ContactTypeIdentifier>\(received.receiver.role.rawValue)</sbdh:ContactTypeIdentifier>
                </sbdh:Sender>
                <sbdh:Receiver>
                  <sbdh:Identifier Authority="\(authority)">\(received.sender.institution)</sbdh:Identifier>
                  <sbdh:ContactTypeIdentifier>\(received.sender.role.rawValue)</sbdh:ContactTypeIdentifier>
                </sbdh:Receiver>
                <sbdh:DocumentIdentification>
                  <sbdh:TypeVersion>\(version)</sbdh:TypeVersion>
                  <sbdh:InstanceIdentifier>\(identifier("instance"))</sbdh:InstanceIdentifier>
                  <sbdh:Type>X050</sbdh:Type>
                  <sbdh:CaseAction>New</sbdh:CaseAction>
                  <sbdh:CreationDateAndTime>\(created)</sbdh:CreationDateAndTime>
                </sbdh:DocumentIdentification>
                <sbdh:BusinessScope>
                  <sbdh:CaseId>
                    <sbdh:InstanceIdentifier>\(received.caseID)</sbdh:InstanceIdentifier>
                    <sbdh:BusinessServiceName>\(received.buc):\(version)</sbdh:BusinessServiceName>
                  </sbdh:CaseId>
                  <sbdh:SetId>\(identifier("set"))</sbdh:SetId>
                  <sbdh:DocumentVersion>1</sbdh:DocumentVersion>
                  <sbdh:RelatedSetId>\(received.set)</sbdh:RelatedSetId>
                </sbdh:BusinessScope>
              </sbdh:StandardBusinessDocumentHeader>
              <ns:X050 xmlns:ns="http://ec.europa.eu/eessi/ns/\(version.major)_\(version.minor)/X050" sedGVer="\(version.major)" sedVer="\(version.minor)">
                <TheFollowingBusinessExceptionHasOccurred>
                  <businessException><value>\(code)</value></businessException>
                </TheFollowingBusinessExceptionHasOccurred>
                <WhileReceivingFollowingSED>
                  <SEDCode>\(received.sed)</SEDCode>
                  <SEDVersion>\(received.documentVersion)</SEDVersion>
                </WhileReceivingFollowingSED>
              </ns:X050>
            </sbdh:StandardBusinessDocument>

            """
        bytes = Array(text.utf8)
    }
}

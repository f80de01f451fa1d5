// SPDX-License-Identifier: EUPL-1.2

/// The part a participant plays in a case, in the words of `ContactTypeIdentifier`.
package enum CaseRole: String, Hashable, Sendable, CaseIterable {
    case caseOwner = "CaseOwner"
    case counterparty = "Counterparty"
    case intelligentRA = "IntelligentRA"
    case dataSource = "DataSource"
    case dataDestination = "DataDestination"

    /// The two sides that state tables are written for.
    package static let sides: [CaseRole] = [.caseOwner, .counterparty]
}

/// What a message does to its case, in the words of the envelope's `CaseAction`.
package enum CaseAction: String, Hashable, Sendable, CaseIterable {
    case start = "Start"
    case new = "New"
    case update = "Update"
    case startForward = "StartForward"
    case newForward = "NewForward"

    /// Whether a forwarding participant hands its own document to its successor (AD_BUC_05).
    package var isForward: Bool { self == .startForward || self == .newForward }
}

/// One attachment that the envelope's manifest announces; its bytes travel beside the message.
package struct ManifestItem: Hashable, Sendable {
    package let mimeType: String
    package let identifier: UniqueID
    package let section: String
    package let isMedical: Bool
    package let fileName: String?

    package init(mimeType: String, identifier: UniqueID, section: String, isMedical: Bool, fileName: String?) {
        self.mimeType = mimeType
        self.identifier = identifier
        self.section = section
        self.isMedical = isMedical
        self.fileName = fileName
    }
}

/// A participant as the envelope names it.
package struct EnvelopeParty: Hashable, Sendable {
    package let institution: InstitutionID
    package let role: CaseRole

    package init(institution: InstitutionID, role: CaseRole) {
        self.institution = institution
        self.role = role
    }
}

/// The facts of a Standard Business Document Header whose layer passed.
///
/// Source: EESSI SBDH 1.2 (CDM 4.4) and 1.1 (CDM 4.2).
package struct Envelope: Hashable, Sendable {
    package let headerVersion: String
    package let sender: EnvelopeParty
    package let receiver: EnvelopeParty
    package let cdm: CDMVersion
    /// One physical message: new for every send.
    package let instance: UniqueID
    package let sed: SEDType
    package let action: CaseAction
    package let createdAt: String
    package let attachments: [ManifestItem]
    /// The international case identifier, the same for all participants for the life of the case.
    package let caseID: UniqueID
    package let buc: BUCType
    package let bucVersion: CDMVersion
    /// One logical document: all versions share it.
    package let set: UniqueID
    package let documentVersion: Int
    /// The set that this document answers or acts on.
    package let relatedSet: UniqueID?
    package let isTest: Bool

    package init(
        headerVersion: String,
        sender: EnvelopeParty,
        receiver: EnvelopeParty,
        cdm: CDMVersion,
        instance: UniqueID,
        sed: SEDType,
        action: CaseAction,
        createdAt: String,
        attachments: [ManifestItem],
        caseID: UniqueID,
        buc: BUCType,
        bucVersion: CDMVersion,
        set: UniqueID,
        documentVersion: Int,
        relatedSet: UniqueID?,
        isTest: Bool
    ) {
        self.headerVersion = headerVersion
        self.sender = sender
        self.receiver = receiver
        self.cdm = cdm
        self.instance = instance
        self.sed = sed
        self.action = action
        self.createdAt = createdAt
        self.attachments = attachments
        self.caseID = caseID
        self.buc = buc
        self.bucVersion = bucVersion
        self.set = set
        self.documentVersion = documentVersion
        self.relatedSet = relatedSet
        self.isTest = isTest
    }
}

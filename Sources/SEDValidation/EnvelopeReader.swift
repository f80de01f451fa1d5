// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDXML

/// Reads the header of an envelope whose structure its schema has accepted.
struct EnvelopeReader {
    /// The facts, and where to look for the place of each, so that a later finding can point at it.
    struct Located: Sendable {
        let envelope: Envelope
        let header: ElementID
        /// The count that the manifest announces, and where; nil without a manifest.
        let announcedItems: (count: Int, element: ElementID)?
        let manifest: ElementID?
    }

    /// Nil only when the schema let something through that this reader does not understand.
    static func read(_ tree: borrowing XMLTree, header: ElementID) -> Located? {
        func text(_ path: String) -> String? {
            tree.element(at: path, below: header).map { tree.text(of: $0).trimmingXMLSpace() }
        }
        func party(identifier: String, role: String) -> EnvelopeParty? {
            guard let id = text(identifier), let institution = InstitutionID(parsing: id),
                let role = text(role).flatMap(CaseRole.init)
            else { return nil }
            return EnvelopeParty(institution: institution, role: role)
        }
        let service = text("BusinessScope/CaseId/BusinessServiceName").map(Self.service)
        guard let headerVersion = text("HeaderVersion"),
            let sender = party(identifier: "Sender/Identifier", role: "Sender/ContactTypeIdentifier"),
            let receiver = party(identifier: "Receiver/Identifier", role: "Receiver/ContactTypeIdentifier"),
            let cdm = text("DocumentIdentification/TypeVersion").flatMap({ CDMVersion(parsing: $0) }),
            let instance = text("DocumentIdentification/InstanceIdentifier").flatMap(UniqueID.init),
            let sed = text("DocumentIdentification/Type").flatMap(SEDType.init(parsing:)),
            let action = text("DocumentIdentification/CaseAction").flatMap(CaseAction.init),
            let createdAt = text("DocumentIdentification/CreationDateAndTime"),
            let caseID = text("BusinessScope/CaseId/InstanceIdentifier").flatMap(UniqueID.init),
            let service, service.count == 2, let buc = BUCType(parsing: service[0]),
            let bucVersion = CDMVersion(parsing: service[1]),
            let set = text("BusinessScope/SetId").flatMap(UniqueID.init),
            let version = text("BusinessScope/DocumentVersion").map({ Int($0) ?? .max })
        else { return nil }
        let manifest = tree.child("Manifest", of: header)
        let items = manifest.map { readManifest(tree, $0) } ?? []
        let count = text("Manifest/NumberOfItems").map { Int($0) ?? .max }
        let envelope = Envelope(
            headerVersion: headerVersion, sender: sender, receiver: receiver, cdm: cdm, instance: instance, sed: sed,
            action: action, createdAt: createdAt, attachments: items, caseID: caseID, buc: buc, bucVersion: bucVersion,
            set: set, documentVersion: version,
            relatedSet: text("BusinessScope/RelatedSetId").flatMap(UniqueID.init),
            isTest: ["true", "1"].contains(text("BusinessScope/TestCase") ?? "")
        )
        let announced = count.flatMap { count in
            tree.element(at: "Manifest/NumberOfItems", below: header).map { (count: count, element: $0) }
        }
        return Located(envelope: envelope, header: header, announcedItems: announced, manifest: manifest)
    }

    /// Use case and version of a name such as `R_BUC_07:4.4`.
    private static func service(_ name: String) -> [String] {
        Array(name.utf8).split(separator: UInt8(ascii: ":")).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func readManifest(_ tree: borrowing XMLTree, _ manifest: ElementID) -> [ManifestItem] {
        var items: [ManifestItem] = []
        for element in tree.children(of: manifest) where tree.localName(of: element) == "ManifestItem" {
            var facts: [String: String] = [:]
            for child in tree.children(of: element) {
                facts[tree.localName(of: child)] = tree.text(of: child).trimmingXMLSpace()
            }
            guard let identifier = facts["UniformResourceIdentifier"].flatMap(UniqueID.init) else { continue }
            items.append(
                ManifestItem(
                    mimeType: facts["MimeTypeQualifierCode"] ?? "", identifier: identifier,
                    section: facts["Description"] ?? "",
                    isMedical: ["true", "1"].contains(facts["MedicalScope"] ?? ""),
                    fileName: facts["FileName"]
                )
            )
        }
        return items
    }
}

extension String {
    /// Without the white space that XML Schema collapses around values.
    package func trimmingXMLSpace() -> String {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
        // Nearly every value has none; bytes tell that without a look at characters.
        guard let first = utf8.first, let last = utf8.last, isSpace(first) || isSpace(last) else { return self }
        guard let start = utf8.firstIndex(where: { !isSpace($0) }), let end = utf8.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(self[start...end])
    }
}

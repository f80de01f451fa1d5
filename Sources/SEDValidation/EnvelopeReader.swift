// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDXML

/// What rules may know of an envelope, each fact by itself: one that cannot be read takes no other with it.
struct EnvelopeFacts: Sendable {
    var sender: InstitutionID?
    var receiver: InstitutionID?
    /// The day on which the envelope was made.
    var day: CivilDate?
    /// The number of manifest items; none without a manifest.
    var attachments: Int?
    var documentVersion: Int?
    var buc: BUCType?

    /// Of an envelope of which nothing can be read.
    init() {}

    init(_ envelope: Envelope) {
        sender = envelope.sender.institution
        receiver = envelope.receiver.institution
        day = CivilDate(parsing: String(envelope.createdAt.prefix(10)))
        attachments = envelope.attachments.count
        documentVersion = envelope.documentVersion
        buc = envelope.buc
    }
}

/// Reads the header of an envelope.
struct EnvelopeReader {
    /// The facts, and where to look for the place of each, so that a later finding can point at it.
    struct Located: Sendable {
        let envelope: Envelope
        let header: ElementID
        /// The count that the manifest announces, and where; nil without a manifest.
        let announcedItems: (count: Int, element: ElementID)?
        let manifest: ElementID?
    }

    private static let parts: Set<String> = [
        "HeaderVersion", "Sender", "Receiver", "DocumentIdentification", "Manifest", "BusinessScope",
    ]

    /// What can be read of an envelope that its schema refused; `faulty` are the elements whose text it refused.
    static func facts(of tree: borrowing XMLTree, faulty: Set<ElementID>) -> EnvelopeFacts {
        let headers = tree.elements(at: "StandardBusinessDocumentHeader", below: tree.root)
        func elements(_ path: String) -> [ElementID] { headers.flatMap { tree.elements(at: path, below: $0) } }
        /// Nil also where two different values stand.
        func text(_ path: String) -> String? {
            let found = elements(path)
            if found.contains(where: faulty.contains) { return nil }
            let texts = Set(found.map { tree.text(of: $0).trimmingXMLSpace() })
            return texts.count == 1 ? texts.first : nil
        }
        var facts = EnvelopeFacts()
        facts.sender = text("Sender/Identifier").flatMap(InstitutionID.init(parsing:))
        facts.receiver = text("Receiver/Identifier").flatMap(InstitutionID.init(parsing:))
        facts.day = text("DocumentIdentification/CreationDateAndTime").flatMap {
            CivilDate(parsing: String($0.prefix(10)))
        }
        facts.documentVersion = text("BusinessScope/DocumentVersion").flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
        facts.buc = text("BusinessScope/CaseId/BusinessServiceName").map(service).flatMap(\.first)
            .flatMap { BUCType(parsing: $0) }
        // A name that is not known may be a slip of the pen for the manifest or an item of it.
        func areKnown(_ names: Set<String>, below elements: [ElementID]) -> Bool {
            elements.allSatisfy { element in
                tree.children(of: element).allSatisfy { names.contains(tree.localName(of: $0)) }
            }
        }
        let manifests = elements("Manifest")
        // Of an empty header nothing is known, not even that it has no manifest.
        if headers.count == 1, !tree.children(of: headers[0]).isEmpty, manifests.count < 2,
            areKnown(parts, below: headers),
            areKnown(["NumberOfItems", "ManifestItem"], below: manifests)
        {
            facts.attachments = elements("Manifest/ManifestItem").count
        }
        return facts
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

// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
internal import SEDCore
internal import SEDQueue
internal import SEDStorage
internal import SEDValidation
internal import SEDXML

/// Metadata in XML after the header of ebMS 3.0, which three products write each in its own way.
enum EBMSMetadata {
    /// `UserMessage`, a part of the ebMS header; one file for each message, called `metadata.xml`.
    static func domibus(_ bytes: [UInt8]) -> HandOverReading {
        read(bytes, root: "UserMessage") { tree in
            var parts: [HandOver.Part] = []
            for part in descendants(tree, ["PayloadInfo", "PartInfo"]) {
                let properties = properties(tree, part, "PartProperties", "Property") { tree, property in
                    (tree.attribute("name", of: property), tree.text(of: property))
                }
                let contentID = tree.attribute("href", of: part).map(withoutScheme)
                let written = properties["payloadname"]
                let file = written.map(decoded)
                guard [file, contentID].allSatisfy({ $0.map(MetadataReader.isName) ?? true }) else { return nil }
                guard file != nil || contentID != nil else { return nil }
                parts.append(
                    .init(
                        file: file, otherFile: written.flatMap { $0 == file || !MetadataReader.isName($0) ? nil : $0 },
                        names: [contentID, file].compactMap(\.self),
                        isMessage: isSED(properties["parttype"])
                    )
                )
            }
            return HandOver(
                parts: parts,
                transport: transport(tree, .domibus, parties: (["From", "PartyId"], ["To", "PartyId"]))
            )
        }
    }

    /// `MessageMetaData`: locations are paths on the machine of Holodeck, of which the last name counts.
    static func holodeck(_ bytes: [UInt8]) -> HandOverReading {
        read(bytes, root: "MessageMetaData") { tree in
            var parts: [HandOver.Part] = []
            for part in descendants(tree, ["PayloadInfo", "PartInfo"])
            where tree.attribute("containment", of: part) != "external" {
                let properties = properties(tree, part, "PartProperties", "Property") { tree, property in
                    (tree.attribute("name", of: property), tree.text(of: property))
                }
                let location = tree.attribute("location", of: part)
                guard let file = location.flatMap(MetadataReader.lastName) else { return nil }
                let other = location.map(decoded).flatMap(MetadataReader.lastName)
                let names = [tree.attribute("uri", of: part).map(withoutScheme), properties["payloadname"]]
                parts.append(
                    .init(
                        file: file, otherFile: other == file ? nil : other, names: names.compactMap(\.self),
                        isMessage: isSED(properties["parttype"])
                    )
                )
            }
            return HandOver(
                parts: parts,
                transport: transport(tree, .holodeck, parties: (["From", "PartyId"], ["To", "PartyId"]))
            )
        }
    }

    /// `DeliverMessage`; the payloads lie beside it, as XML files too.
    static func as4NET(_ bytes: [UInt8]) -> HandOverReading {
        read(bytes, root: "DeliverMessage", othersAreForeign: true) { tree in
            var parts: [HandOver.Part] = []
            for part in descendants(tree, ["Payloads", "Payload"]) {
                let properties = properties(tree, part, "PayloadProperties", "PayloadProperty") { tree, property in
                    (
                        tree.child("Name", of: property).map { tree.text(of: $0) },
                        tree.child("Value", of: property).map { tree.text(of: $0) } ?? ""
                    )
                }
                let location = tree.child("Location", of: part).map { tree.text(of: $0).trimmed }
                guard let file = location.map(decoded).flatMap(MetadataReader.lastName) else { return nil }
                let other = location.flatMap(MetadataReader.lastName)
                let identifier = tree.child("Id", of: part).map { withoutScheme(tree.text(of: $0).trimmed) }
                parts.append(
                    .init(
                        file: file, otherFile: other == file ? nil : other,
                        names: [identifier, properties["payloadname"]].compactMap(\.self),
                        isMessage: isSED(properties["parttype"])
                    )
                )
            }
            return HandOver(
                parts: parts,
                transport: transport(
                    tree, .as4NET,
                    parties: (["FromParty", "PartyIds", "PartyId", "Id"], ["ToParty", "PartyIds", "PartyId", "Id"])
                )
            )
        }
    }

    // MARK: What they have in common

    /// `body` returns nil where a part has no usable name.
    private static func read(
        _ bytes: [UInt8],
        root: String,
        othersAreForeign: Bool = false,
        _ body: (borrowing XMLTree) -> HandOver?
    ) -> HandOverReading {
        do {
            let tree = try XMLTree(parsing: bytes)
            guard tree.localName(of: tree.root) == root else {
                return othersAreForeign
                    ? .foreign : .unusable("The metadata are not in the form of this access point.")
            }
            guard let handOver = body(tree) else { return .unusable(MetadataReader.separatorInName) }
            if handOver.parts.isEmpty { return .unusable("The metadata name no file of a message.") }
            return .read(handOver)
        } catch {
            if error.isTruncated {
                // What stops early and does not even begin with this root is a payload that is still written.
                let isOther = bytes.count >= beginning && !bytes.prefix(beginning).contains(Array(root.utf8))
                return othersAreForeign && isOther ? .foreign : .incomplete
            }
            return .unusable("The metadata are not in the form of this access point.")
        }
    }

    /// Within how many bytes the root element begins.
    private static let beginning = 1_024

    private static func transport(
        _ tree: borrowing XMLTree,
        _ layout: Layout,
        parties: (sender: [String], receiver: [String])
    ) -> Transport {
        func text(_ path: [String]) -> String? {
            descendants(tree, path).first.map { tree.text(of: $0).trimmed }
        }
        return Transport(
            layout: layout.rawValue, messageID: text(["MessageInfo", "MessageId"]),
            conversationID: text(["CollaborationInfo", "ConversationId"]),
            refToMessageID: text(["MessageInfo", "RefToMessageId"]),
            sender: text(["PartyInfo"] + parties.sender), receiver: text(["PartyInfo"] + parties.receiver)
        )
    }

    /// The elements on a path of local names below the root.
    private static func descendants(_ tree: borrowing XMLTree, _ path: [String]) -> [ElementID] {
        var elements = [tree.root]
        for name in path {
            var next: [ElementID] = []
            for element in elements {
                for child in tree.children(of: element) where tree.localName(of: child) == name { next.append(child) }
            }
            elements = next
        }
        return elements
    }

    /// The properties of a part by their names in lower case.
    private static func properties(
        _ tree: borrowing XMLTree,
        _ part: ElementID,
        _ list: String,
        _ item: String,
        _ read: (borrowing XMLTree, ElementID) -> (name: String?, value: String)
    ) -> [String: String] {
        var properties: [String: String] = [:]
        guard let list = tree.child(list, of: part) else { return [:] }
        for property in tree.children(of: list) where tree.localName(of: property) == item {
            let (name, value) = read(tree, property)
            if let name, !value.trimmed.isEmpty { properties[name.trimmed.lowercased()] = value.trimmed }
        }
        return properties
    }

    private static func isSED(_ partType: String?) -> Bool { partType?.uppercased() == "SED" }

    private static func withoutScheme(_ reference: String) -> String {
        reference.lowercased().hasPrefix("cid:") ? String(reference.dropFirst(4)) : reference
    }

    /// A name or location freed of the escapes of a URI.
    private static func decoded(_ text: String) -> String { text.removingPercentEncoding ?? text }
}

extension String {
    fileprivate var trimmed: String { trimmingXMLSpace() }
}

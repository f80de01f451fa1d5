// SPDX-License-Identifier: EUPL-1.2

/// How an access point hands messages over in files.
///
/// `docs/access-points.md` has a section for each, with its conventions and faults. This type knows names only; what
/// stands in the files is read by `HandOver`.
package enum Layout: String, CaseIterable, Hashable, Sendable {
    /// Our own: one file for each message, its attachments in a folder beside it.
    case plain
    /// Domibus with the file system plugin.
    case domibus
    /// Holodeck B2B with the file back-end, format `mmd`.
    case holodeck
    case as4NET = "as4.net"
    case phossAP = "phoss-ap"
    case oxalis

    /// Whether a binary file may still be written although the metadata is complete and names it.
    package var writesPartsInPlace: Bool { self == .domibus || self == .as4NET }

    /// How many folders below the inbound folder files of messages come to lie.
    package var depth: Int {
        switch self {
        case .plain, .holodeck, .as4NET: 0
        case .phossAP: 1
        case .domibus, .oxalis: 2
        }
    }

    /// What a name in an inbound folder is.
    enum Meaning {
        case nothing
        /// A folder in which messages or further such folders lie.
        case way
        /// The file by which a message is recognised, among the files of others.
        case key
        /// The folder of one message, in which the key has this name.
        case message(key: String)
    }

    /// What a name means that lies `depth` folders below the inbound folder.
    func meaning(of name: String, depth: Int, mayBeFolder: Bool) -> Meaning {
        if name.hasPrefix(".") { return .nothing }
        let lower = name.lowercased()
        switch (self, depth) {
        case (.plain, 0), (.as4NET, 0):
            return lower.utf8.count > 4 && lower.hasSuffix(".xml") ? .key : .nothing
        case (.holodeck, 0):
            return lower.utf8.count > 8 && lower.hasSuffix(".mmd.xml") ? .key : .nothing
        case (.phossAP, 0):
            if lower.hasSuffix(".json") { return lower.utf8.count > 5 ? .key : .nothing }
            return mayBeFolder ? .message(key: Self.phossKey) : .nothing
        case (.domibus, 0), (.oxalis, 0), (.oxalis, 1):
            return mayBeFolder ? .way : .nothing
        case (.domibus, 1):
            return mayBeFolder ? .message(key: Self.domibusKey) : .nothing
        case (.oxalis, 2):
            return name.utf8.count > 12 && name.hasSuffix(".receipt.dat") ? .key : .nothing
        default:
            return .nothing
        }
    }

    /// Whether a name beside a message is that of another message's key.
    package func isKey(_ name: String, beside offer: InboundQueue.Offer) -> Bool {
        // Of AS4.NET every XML file may be one, which only its content tells.
        if offer.hasFolder || self == .as4NET { return false }
        if case .key = meaning(of: name, depth: offer.folders.count, mayBeFolder: false) { return true }
        return false
    }

    /// How a message lies in the staging folder until it is handed over.
    enum Staging {
        /// A file, with its attachments in a folder beside it, which goes first.
        case file
        /// A folder that is renamed as a whole.
        case folder
        /// A folder from which the files go one by one, the key last.
        case parts
    }

    var staging: Staging {
        switch self {
        case .plain: .file
        case .domibus: .folder
        case .holodeck, .as4NET, .phossAP, .oxalis: .parts
        }
    }

    /// The way in the staging folder to what is there until the message called `name` is handed over, and no longer.
    func stagedMark(of name: String) -> (folder: String?, file: String) {
        switch staging {
        case .file: (nil, name)
        case .folder, .parts: (name, outboundKey(of: OutboundQueue.stem(of: name)))
        }
    }

    /// The path of the staging folder for an outbound one.
    func stagingPath(of path: String) -> String {
        if self == .plain { return path + "/.staging" }
        let (around, last) = Self.split(path)
        return "\(around)/.piiripost-\(last)"
    }

    /// A path without its last name, and that name.
    static func split(_ path: String) -> (around: String, last: String) {
        var parts = path.split(separator: "/")
        let last = parts.popLast().map(String.init) ?? ""
        let around = (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
        return (around.isEmpty ? "." : around, last)
    }

    private static let domibusKey = "metadata.xml"
    private static let phossKey = "metadata.json"

    /// Whether a message has a folder of its own.
    private func hasFolder(_ name: [String]) -> Bool {
        switch self {
        case .domibus: true
        case .phossAP: !name.joined().lowercased().hasSuffix(".json")
        case .plain, .holodeck, .as4NET, .oxalis: false
        }
    }

    /// The offer that a listing calls by this name.
    func offer(named name: String, in queue: String) -> InboundQueue.Offer {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if hasFolder(parts) {
            return .init(queue: queue, folders: parts, key: self == .domibus ? Self.domibusKey : Self.phossKey)
        }
        return .init(queue: queue, way: Array(parts.dropLast()), key: parts[parts.count - 1])
    }
}

// SPDX-License-Identifier: EUPL-1.2

/// An inbound folder in our plain layout.
///
/// A message is one `*.xml` file. Its attachments lie in a folder beside it, `NAME.attachments` for `NAME.xml`, and
/// are complete when the message appears. A writer that cannot rename writes under another name or accepts that the
/// file is read only once its root element is closed.
package struct InboundQueue: Sendable {
    package let name: String
    private let folder: Folder
    private let taken: Folder
    private let quarantine: Folder

    /// Opens a queue whose acknowledged files go to `taken`, or to `quarantine` when they failed as messages.
    package init(name: String, folder: Folder, taken: Folder, quarantine: Folder) {
        self.name = name
        self.folder = folder
        self.taken = taken
        self.quarantine = quarantine
    }

    /// A file that is offered as a message.
    package struct Offer: Hashable, Sendable {
        package let queue: String
        package let name: String

        package init(queue: String, name: String) {
            self.queue = queue
            self.name = name
        }
    }

    /// An attachment found beside a message.
    package struct Attachment: Hashable, Sendable {
        package let name: String
        /// Nil when it could not be read, or was larger than allowed.
        package let bytes: [UInt8]?

        package init(name: String, bytes: [UInt8]?) {
            self.name = name
            self.bytes = bytes
        }
    }

    /// The next waiting files, without the names in `skipped`, which this run has already found not ready.
    package func nextOffers(limit: Int, skipping skipped: Set<String>) throws(FileError) -> [Offer] {
        try folder.names(limit: limit) { Self.isMessage($0) && !skipped.contains($0) }
            .sorted().map { Offer(queue: name, name: $0) }
    }

    package func read(_ offer: Offer, limit: Int, nowSeconds: Int) -> Folder.Reading {
        folder.read(offer.name, limit: limit, nowSeconds: nowSeconds)
    }

    /// Whether the file is still in the folder.
    package func contains(_ name: String) -> Bool { folder.contains(name) }

    /// The files in the attachment folder of a message, in name order; empty where there is none.
    ///
    /// `limit` is what all of them together may hold, in bytes; what goes beyond is named without its bytes.
    package func attachments(of offer: Offer, limit: Int, count: Int) throws(FileError) -> [Attachment] {
        guard let beside = try? folder.folder(Self.attachmentFolder(of: offer.name)) else { return [] }
        var attachments: [Attachment] = []
        var room = limit
        for name in try beside.names(limit: count, where: { !$0.hasPrefix(".") }).sorted() {
            if case .content(let bytes, _, _) = beside.read(name, limit: room, nowSeconds: 0) {
                attachments.append(Attachment(name: name, bytes: bytes))
                room -= bytes.count
            } else {
                attachments.append(Attachment(name: name, bytes: nil))
            }
        }
        return attachments
    }

    /// Moves a message and its attachments out of the folder, after its effects are committed.
    ///
    /// The message's number in the store makes the new name unique.
    ///
    /// - Returns: False when the name now belongs to another file than the one that was read: that file stays, or is
    ///   put back, and is offered as the new message it is.
    package func acknowledge(
        _ name: String,
        read identity: Folder.Identity,
        number: Int64,
        toQuarantine: Bool
    ) throws(FileError) -> Bool {
        let target = toQuarantine ? quarantine : taken
        let newName = Self.storedName(of: name, number: number)
        if let present = folder.identity(of: name), present != identity { return false }
        // The attachments go first: a message whose attachments have gone is still acknowledged by its own move.
        try folder.move(Self.attachmentFolder(of: name), to: target, as: Self.attachmentFolder(of: newName))
        guard try folder.move(name, to: target, as: newName) else { return true }
        // Between the look and the move a writer may have put another file in its place. A copy on another file
        // system has an identity of its own, so only size and time could be compared there; they are kept by neither.
        guard let moved = target.identity(of: newName), moved.device == identity.device, moved != identity else {
            return true
        }
        try target.putBack(newName, into: folder, as: name)
        return false
    }

    /// Makes all acknowledgements so far durable.
    package func flush() throws(FileError) {
        try taken.flush()
        try quarantine.flush()
        try folder.flush()
    }

    static func isMessage(_ name: String) -> Bool {
        !name.hasPrefix(".") && name.utf8.count > 4 && name.lowercased().hasSuffix(".xml")
    }

    static func attachmentFolder(of name: String) -> String { "\(name.dropLast(4)).attachments" }

    /// A name of our own: the number, then what is harmless of the old name.
    static func storedName(of name: String, number: Int64) -> String {
        let digits = String(number)
        let padded = String(repeating: "0", count: max(0, 9 - digits.count)) + digits
        let harmless = name.dropLast(4).unicodeScalars.map { scalar in
            scalar.isASCII
                && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                    || "-_.".unicodeScalars.contains(scalar))
                ? Character(scalar) : "_"
        }
        return "\(padded)-\(String(harmless.prefix(80))).xml"
    }
}

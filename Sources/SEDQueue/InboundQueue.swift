// SPDX-License-Identifier: EUPL-1.2

internal import Glibc

/// An inbound folder, in the layout of whoever writes it.
///
/// In the plain layout a message is one `*.xml` file. Its attachments lie in a folder beside it, `NAME.attachments`
/// for `NAME.xml`, and are complete when the message appears. A writer that cannot rename writes under another name or
/// accepts that the file is read only once its root element is closed.
package struct InboundQueue: Sendable {
    package let name: String
    package let layout: Layout
    private let folder: Folder
    private let taken: Folder
    private let quarantine: Folder

    /// Opens a queue whose acknowledged files go to `taken`, or to `quarantine` when they failed as messages.
    package init(name: String, layout: Layout = .plain, folder: Folder, taken: Folder, quarantine: Folder) {
        self.name = name
        self.layout = layout
        self.folder = folder
        self.taken = taken
        self.quarantine = quarantine
    }

    /// A message that is offered, by the file that is read first and leaves last.
    package struct Offer: Hashable, Sendable {
        package let queue: String
        /// What listings call it: where its key lies, or its folder, from the inbound folder on.
        package let name: String
        /// The folders from the inbound folder down to its files.
        let folders: [String]
        package let key: String
        /// Whether the innermost folder holds this message alone and goes with it.
        package let hasFolder: Bool

        /// A message among the files of others.
        init(queue: String, way: [String], key: String) {
            self.queue = queue
            folders = way
            self.key = key
            name = (way + [key]).joined(separator: "/")
            hasFolder = false
        }

        /// A message in a folder of its own, the last one.
        init(queue: String, folders: [String], key: String) {
            self.queue = queue
            self.folders = folders
            self.key = key
            name = folders.joined(separator: "/")
            hasFolder = true
        }

        package init(queue: String, name: String) {
            self.init(queue: queue, way: [], key: name)
        }

        /// The innermost folder; nil for what lies in the inbound folder itself.
        package var folder: String? { folders.last }
        /// The folder around it.
        package var outerFolder: String? { folders.dropLast().last }
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

    // MARK: Finding and reading

    /// Throws when the path no longer leads to the folder of this queue.
    package func checkPlace(_ path: String) throws(FileError) { try folder.checkPlace(path) }

    /// Begins a pass over everything that waits.
    package func scan() throws(FileError) -> OfferScan {
        try OfferScan(folder, layout: layout, queue: name)
    }

    /// The message that a listing calls by this name.
    package func offer(named name: String) -> Offer { layout.offer(named: name, in: self.name) }

    package func read(_ offer: Offer, limit: Int, nowSeconds: Int) -> Folder.Reading {
        read(offer.key, of: offer, limit: limit, nowSeconds: nowSeconds)
    }

    /// Reads a file that lies beside the key of a message.
    package func read(_ file: String, of offer: Offer, limit: Int, nowSeconds: Int) -> Folder.Reading {
        do {
            guard let home = try home(of: offer) else { return .vanished }
            return home.read(file, limit: limit, nowSeconds: nowSeconds)
        } catch {
            return .unreadable(error)
        }
    }

    /// The names beside the key of a message, in no order; only where the message has a folder of its own.
    package func neighbours(of offer: Offer, limit: Int) throws(FileError) -> [String] {
        guard offer.hasFolder, let home = try home(of: offer) else { return [] }
        return try home.names(limit: limit) { $0 != offer.key }
    }

    /// Whether the message is still in the folder, by its key or by the folder that is its own.
    package func contains(_ offer: Offer) throws(FileError) -> Bool {
        if !offer.hasFolder { return try home(of: offer)?.contains(offer.key) ?? false }
        guard let name = offer.folders.last, let outer = try folder(at: offer.folders.dropLast()) else { return false }
        return try outer.contains(name)
    }

    /// Whether it is no message but a folder around messages, and can be entered.
    package func isWay(_ offer: Offer) -> Bool {
        let way = offer.name.split(separator: "/").map(String.init)
        guard let name = way.last, case .way = layout.meaning(of: name, depth: way.count - 1, mayBeFolder: true) else {
            return false
        }
        return (try? folder(at: way[...])?.listing()) != nil
    }

    /// Whether a folder on the way to the message looks like another one, so that neither can be opened by its name.
    package func isAmbiguous(_ offer: Offer) throws(FileError) -> Bool {
        var place = folder
        for name in offer.name.split(separator: "/").map(String.init) {
            if try place.isAmbiguous(name) { return true }
            guard let next = try place.folderIfPresent(name) else { return false }
            place = next
        }
        return false
    }

    /// Which file is the key of the message now.
    package func identity(of offer: Offer) throws(FileError) -> Folder.Identity? {
        try identity(of: offer.key, of: offer)
    }

    package func identity(of file: String, of offer: Offer) throws(FileError) -> Folder.Identity? {
        try home(of: offer)?.identity(of: file)
    }

    /// The folder in which the files of a message lie; nil where it has gone.
    private func home(of offer: Offer) throws(FileError) -> Folder? { try folder(at: offer.folders[...]) }

    private func folder(at way: ArraySlice<String>) throws(FileError) -> Folder? {
        var place = folder
        for name in way {
            guard let next = try place.folderIfPresent(name) else { return nil }
            place = next
        }
        return place
    }

    /// The files in the attachment folder of a message, in name order; empty where there is none, nil where there are
    /// more than `count`.
    ///
    /// `limit` is what all of them together may hold, in bytes; what goes beyond is named without its bytes, and so is
    /// what is no file. An attachment that cannot be read now may well be later, so it is an error and not missing.
    package func attachments(of offer: Offer, limit: Int, count: Int) throws(FileError) -> [Attachment]? {
        guard let beside = try folder.folderIfPresent(Self.attachmentFolder(of: offer.name)) else { return [] }
        let names = try beside.names(limit: count + 1, where: { !$0.hasPrefix(".") }).sorted()
        if names.count > count { return nil }
        var attachments: [Attachment] = []
        var room = limit
        for name in names {
            switch beside.read(name, limit: room, nowSeconds: 0) {
            case .content(let bytes, _, _):
                attachments.append(Attachment(name: name, bytes: bytes))
                room -= bytes.count
            case .tooLarge, .notAFile:
                attachments.append(Attachment(name: name, bytes: nil))
            case .vanished where FolderListing.isInexact(name):
                // Its name is not UTF-8, so that it can never be opened.
                attachments.append(Attachment(name: name, bytes: nil))
            case .vanished:
                throw FileError("opening an attachment", number: ENOENT)
            case .changing:
                throw FileError("reading an attachment that changes", number: EAGAIN)
            case .unreadable(let error):
                throw error
            }
        }
        return attachments
    }

    // MARK: Taking over

    /// The claims on files of this folder, made in the name of a workspace.
    package func claims(of owner: String) throws(FileError) -> FileClaims {
        try FileClaims(in: folder, owner: owner)
    }

    /// Moves the files of a message out of the folder, after its effects are committed.
    ///
    /// `parts` are the files beside its key; of a message with a folder of its own everything there goes but `others`. The
    /// message's number in the store makes the new name unique; nothing that has got there before is replaced.
    ///
    /// - Returns: False when the name now belongs to another file than the one that was read: that file stays, or is
    ///   put back, and is offered as the new message it is.
    package func acknowledge(
        _ offer: Offer,
        parts: [String] = [],
        others: Set<String> = [],
        read identity: Folder.Identity,
        number: Int64,
        toQuarantine: Bool
    ) throws(FileError) -> Bool {
        let target = toQuarantine ? quarantine : taken
        if layout == .plain {
            let newName = try folder.freeName(for: offer.name, in: target, as: Self.storedName(of: offer.name, number))
            return try acknowledge(offer.name, read: identity, to: target, as: newName)
        }
        guard let home = try home(of: offer), let present = try home.identity(of: offer.key) else { return true }
        if present != identity { return false }
        let store = try target.creatingFolder(Self.storedFolder(of: offer.name, number))
        // The key goes last: while it is there the message is found again, and only the rest is moved.
        for part in try offer.hasFolder
            ? home.names(limit: .max, where: { $0 != offer.key && !others.contains($0) }) : parts
        {
            try home.move(part, to: store, as: home.freeName(for: part, in: store))
        }
        try store.flush()
        try home.move(offer.key, to: store, as: home.freeName(for: offer.key, in: store))
        try store.flush()
        try home.flush()
        try removeEmptyFolder(of: offer)
        return true
    }

    /// Removes the folder of a message whose files have gone; nothing happens while there are any.
    package func removeEmptyFolder(of offer: Offer) throws(FileError) {
        guard offer.hasFolder, let outer = try folder(at: offer.folders.dropLast()) else { return }
        if let name = offer.folders.last { try outer.removeEmptyFolder(name) }
        // An empty folder that came back after a power cut would be taken for a message that is not complete.
        try outer.flush()
    }

    private func acknowledge(_ name: String, read identity: Folder.Identity, to target: Folder, as newName: String)
        throws(FileError) -> Bool
    {
        if let present = try folder.identity(of: name), present != identity { return false }
        // The attachments go first: a message whose attachments have gone is still acknowledged by its own move.
        let attachments = Self.attachmentFolder(of: name)
        if try folder.contains(attachments) {
            try folder.move(attachments, to: target, as: Self.attachmentFolder(of: newName))
        }
        guard try folder.move(name, to: target, as: newName) else { return true }
        // Between the look and the move a writer may have put another file in its place. A copy on another file
        // system has an identity of its own, so only size and time could be compared there; they are kept by neither.
        guard let moved = try target.identity(of: newName), moved.device == identity.device, moved != identity else {
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

    static func attachmentFolder(of name: String) -> String { "\(name.dropLast(4)).attachments" }

    /// A name of our own for a file: the number, then what is harmless of the old name.
    static func storedName(of name: String, _ number: Int64) -> String {
        storedFolder(of: String(name.dropLast(4)), number) + ".xml"
    }

    /// The same for a folder.
    static func storedFolder(of name: String, _ number: Int64) -> String {
        let digits = String(number)
        let padded = String(repeating: "0", count: max(0, 9 - digits.count)) + digits
        let harmless = name.unicodeScalars.map { scalar in
            scalar.isASCII
                && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                    || "-_.".unicodeScalars.contains(scalar))
                ? Character(scalar) : "_"
        }
        return "\(padded)-\(String(harmless.prefix(80)))"
    }
}

// SPDX-License-Identifier: EUPL-1.2

internal import Glibc

/// An outbound folder: its reader only ever sees complete messages, and each once.
///
/// A message is first written into a folder of its own where no reader looks, and made durable; the store notes that;
/// only then is it renamed into place. After a crash what is left there tells whether that happened: while the key is
/// there, it did not. So a message that its reader has already taken is never put there again.
///
/// In the plain layout the place for that is the hidden folder `.staging`. Products may look into every folder below
/// theirs, so for them it lies beside.
package struct OutboundQueue: Sendable {
    package let name: String
    package let layout: Layout
    private let folder: Folder
    private let staging: Folder
    /// Where messages are staged; nil where that cannot be told from another folder.
    package let stagingPlace: StagingPlace?
    private let payloads: Folder?
    /// The folder around the outbound one, in which a product has its others.
    private let surroundings: Folder

    /// `payloads` is where AS4.NET looks for the files that a message names.
    package init(name: String, layout: Layout = .plain, path: String, payloads: String? = nil) throws(FileError) {
        self.name = name
        self.layout = layout
        folder = try Folder(creating: path)
        surroundings = try Folder(creating: Layout.split(path).around)
        let stagingPath = layout.stagingPath(of: path)
        staging = try Folder(creating: stagingPath)
        // Into another file system files can only be copied, and a product would see half of them.
        guard try staging.sharesDevice(with: folder) else { throw FileError("staging beside a folder", number: EXDEV) }
        stagingPlace = try StagingPlace(staging, layout: layout, path: stagingPath)
        self.payloads = try payloads.map { path throws(FileError) in try Folder(creating: path) }
    }

    /// The files of one message as its reader expects them.
    package struct Parcel: Sendable {
        /// The file whose appearance hands the message over.
        package let key: String
        package let files: [(name: String, bytes: [UInt8])]

        /// `files` has the key among them.
        package init(key: String, files: [(name: String, bytes: [UInt8])]) {
            self.key = key
            self.files = files
        }
    }

    /// Writes a message and its attachments where no reader looks; may be repeated.
    package func stage(_ bytes: [UInt8], attachments: [(name: String, bytes: [UInt8])], named name: String)
        throws(FileError)
    {
        if !attachments.isEmpty {
            let beside = try staging.addingFolder(InboundQueue.attachmentFolder(of: name))
            for attachment in attachments { try beside.write(attachment.bytes, named: attachment.name) }
            try beside.flush()
        }
        try staging.write(bytes, named: name)
    }

    /// The same for a product.
    package func stage(_ parcel: Parcel, named name: String) throws(FileError) {
        let place = try staging.addingFolder(name)
        for file in parcel.files { try place.write(file.bytes, named: file.name) }
        try place.flush()
    }

    /// Makes all staged files durable.
    package func flushStaging() throws(FileError) {
        try staging.flush()
    }

    /// Renames a staged message into place; does nothing when that has already happened.
    package func publish(_ name: String) throws(FileError) {
        switch layout.staging {
        case .file:
            // The attachments go first, so that whoever sees the message finds them complete.
            try publishAttachments(InboundQueue.attachmentFolder(of: name))
            try staging.move(name, to: folder, as: name)
        case .folder:
            guard let place = try staging.folderIfPresent(name) else { return }
            guard try place.contains(name) else { return try discard(name, in: place) }
            // Metadata and payload appear together.
            do {
                try staging.rename(name, to: folder, as: Self.stem(of: name))
            } catch  where error.isOccupied {
                try publish(name, in: place, among: try folder.folder(Self.stem(of: name)))
            }
        case .parts:
            guard let place = try staging.folderIfPresent(name) else { return }
            let key = layout.stagedMark(of: name).file
            if try place.contains(key) {
                for part in try place.names(limit: .max, where: { $0 != key }) {
                    try place.move(part, to: payloads ?? folder, as: part)
                }
                try (payloads ?? folder).flush()
                try place.move(key, to: folder, as: key)
            }
            try staging.removeEmptyFolder(name)
        }
    }

    /// Hands a message over for which the product has kept the folder of an earlier delivery.
    private func publish(_ name: String, in place: Folder, among earlier: Folder) throws(FileError) {
        let stem = Self.stem(of: name)
        // While that one still lies there, or is being sent, it is this message.
        let isThere = try !earlier.names(limit: 1) { $0.hasPrefix(stem) }.isEmpty
        let files = try place.names(limit: .max) { _ in true }
        for file in files where !isThere && file != name { try place.move(file, to: earlier, as: file) }
        try earlier.flush()
        if !isThere { try place.move(name, to: earlier, as: name) }
        try earlier.flush()
        // Without its key it counts as handed over, whatever becomes of the earlier folder.
        try place.remove(name)
        try discard(name, in: place)
    }

    /// Removes what is left beside its place of a message that has been handed over.
    private func discard(_ name: String, in place: Folder) throws(FileError) {
        for file in try place.names(limit: .max, where: { _ in true }) { try place.remove(file) }
        try staging.removeEmptyFolder(name)
    }

    /// Whether no part of a staged message is lost: each waits where it was made ready, or is in its place already.
    ///
    /// Nobody takes a part before the key has been handed over, so one that is missing was lost with the folder in which
    /// it lay. Of a message whose key has been handed over nothing can be lost any more. `parts` are its files without
    /// the key.
    package func isWhole(_ name: String, parts: [String]) throws(FileError) -> Bool {
        if parts.isEmpty { return true }
        let mark = layout.stagedMark(of: name)
        let place: Folder?
        if let inner = mark.folder { place = try staging.folderIfPresent(inner) } else { place = staging }
        guard let place, try place.contains(mark.file) else { return true }
        let waiting: Folder?
        let arrived: Folder?
        switch layout.staging {
        case .file:
            let beside = InboundQueue.attachmentFolder(of: name)
            waiting = try staging.folderIfPresent(beside)
            arrived = try folder.folderIfPresent(beside)
        case .folder:
            waiting = place
            arrived = try folder.folderIfPresent(Self.stem(of: name))
        case .parts:
            waiting = place
            arrived = payloads ?? folder
        }
        for part in parts {
            if try waiting?.contains(part) != true, try arrived?.contains(part) != true { return false }
        }
        return true
    }

    /// Moves the attachments of a message into place.
    ///
    /// Those of an earlier delivery of the same message may still be there: a store that was restored delivers it again.
    private func publishAttachments(_ name: String) throws(FileError) {
        guard let staged = try staging.folderIfPresent(name) else { return }
        guard let earlier = try folder.folderIfPresent(name) else {
            try staging.move(name, to: folder, as: name)
            return
        }
        let files = try staged.names(limit: .max) { _ in true }
        for file in files {
            // Its reader may just have removed the folder.
            guard try staged.move(file, to: earlier, as: file) else {
                throw FileError("moving attachments", number: EAGAIN)
            }
        }
        try earlier.flush()
        try staging.removeEmptyFolder(name)
    }

    /// Makes all published files durable.
    package func flush() throws(FileError) {
        try folder.flush()
        try staging.flush()
    }

    /// The name of a message without `.xml`.
    package static func stem(of name: String) -> String { String(name.dropLast(4)) }

    // MARK: What became of a message

    /// What the files of a product tell of a message that it was given.
    package struct Sign: Hashable, Sendable {
        package enum State: String, Hashable, Sendable, CaseIterable {
            /// Where we put it.
            case given
            /// A mark of the product's own has stood for long beside it: the product has died or does not look.
            case stuck
            /// The product has taken it over: not yet sent, not yet received.
            case takenOver
            /// The other access point has received it.
            case acknowledged
            /// It was refused or could not be sent.
            case failed
            /// No trace of it is left, so nothing can be known.
            case gone
        }

        package let state: State
        package var messageID: String?
        /// The beginning of what the product says of a failure.
        package var detail: String?
    }

    /// How long a mark of work in progress may stand, in seconds.
    private static let longestWork = 600

    /// What the product's files say of these messages.
    ///
    /// Places are looked at in the order in which a message goes through them, so that none slips past. The time is that of the file system, in
    /// seconds since 1970.
    package func signs(of names: [String], nowSeconds: Int) throws(FileError) -> [String: Sign] {
        var signs: [String: Sign] = [:]
        switch layout {
        case .plain, .oxalis: return [:]
        case .holodeck: return try holodeckSigns(of: names, nowSeconds)
        case .domibus: for name in names { signs[name] = try domibusSign(of: name) }
        case .as4NET: for name in names { signs[name] = try as4NETSign(of: Self.stem(of: name), nowSeconds) }
        case .phossAP: for name in names { signs[name] = try phossSign(of: name) }
        }
        return signs
    }

    /// `NAME.mmd` becomes `NAME_RANDOM.processing`, then `.accepted` or `.rejected`, the latter with `.err`.
    private func holodeckSigns(of names: [String], _ now: Int) throws(FileError) -> [String: Sign] {
        let wanted = Dictionary(names.map { (Self.stem(of: $0), $0) }) { first, _ in first }
        var signs: [String: Sign] = [:]
        let listing = try folder.listing()
        while let entry = try listing.next() {
            guard let dot = entry.name.lastIndex(of: ".") else { continue }
            let base = entry.name[..<dot]
            let ending = entry.name[dot...].lowercased()
            if ending == ".mmd", let name = wanted[String(base)] {
                signs[name] = Sign(state: .given)
                continue
            }
            guard let mark = base.lastIndex(of: "_"), let name = wanted[String(base[..<mark])] else { continue }
            switch ending {
            case ".processing":
                if signs[name] == nil { signs[name] = Sign(state: try isOld(entry.name, now) ? .stuck : .given) }
            case ".accepted": signs[name] = Sign(state: .takenOver)
            case ".rejected":
                signs[name] = Sign(state: .failed, detail: text(of: base + ".err", in: folder))
            default: continue
            }
        }
        for name in names where signs[name] == nil { signs[name] = Sign(state: .gone) }
        return signs
    }

    /// `x.xml` becomes `.pending`, `.processing`, then `.accepted`, or `.exception` with `.details`.
    private func as4NETSign(of stem: String, _ now: Int) throws(FileError) -> Sign {
        func stands(_ endings: String...) throws(FileError) -> Bool {
            for ending in endings {
                for name in [stem + ending, "\(stem).xml\(ending)"] where try folder.contains(name) { return true }
            }
            return false
        }
        guard try stands(".xml", ".pending", ".processing") else {
            if try stands(".accepted") { return Sign(state: .takenOver) }
            guard try stands(".exception") else { return Sign(state: .gone) }
            let detail = text(of: stem + ".details", in: folder) ?? text(of: stem + ".xml.details", in: folder)
            return Sign(state: .failed, detail: detail)
        }
        // A listing that died leaves its lock, and then nothing is polled any more; a claim is freed only on a clean stop.
        let marks = [".pending", ".processing"].flatMap { [stem + $0, stem + ".xml" + $0] } + ["file.lock"]
        for mark in marks where try isOld(mark, now) { return Sign(state: .stuck) }
        return Sign(state: .given)
    }

    /// A payload is renamed in `OUT` while it is sent, and ends in `SENT` or `FAILED` where those are kept.
    private func domibusSign(of name: String) throws(FileError) -> Sign {
        let stem = Self.stem(of: name)
        func found(in outer: Folder?) throws(FileError) -> (folder: Folder, name: String)? {
            guard let place = try outer?.folderIfPresent(stem) else { return nil }
            let names = try place.names(limit: 1, where: { $0.hasPrefix(stem) && !$0.hasSuffix(".lock") })
            return names.first.map { (place, $0) }
        }
        if let waiting = try found(in: folder) {
            if waiting.name == name { return Sign(state: .given) }
            return Sign(state: .takenOver, messageID: Self.messageID(in: waiting.name, of: stem))
        }
        if let sent = try found(in: surroundings.folderIfPresent("SENT")) {
            return Sign(state: .acknowledged, messageID: Self.messageID(in: sent.name, of: stem))
        }
        guard let failed = try found(in: surroundings.folderIfPresent("FAILED")) else { return Sign(state: .gone) }
        let error = try failed.folder.names(limit: 1, where: { $0.hasSuffix(".error") }).first
        return Sign(
            state: .failed, messageID: Self.messageID(in: failed.name, of: stem),
            detail: error.flatMap { text(of: $0, in: failed.folder) }
        )
    }

    /// The identifier in `STEM_ID.xml`, with or without the suffix of a state.
    private static func messageID(in name: String, of stem: String) -> String? {
        guard name.hasPrefix(stem + "_"), let ending = name.firstRange(of: ".xml") else { return nil }
        return String(name[name.index(name.startIndex, offsetBy: stem.count + 1)..<ending.lowerBound])
    }

    /// The file wanders through `pending` to `success` or `error`, which lie in the folder or beside it.
    private func phossSign(of name: String) throws(FileError) -> Sign {
        if try folder.contains(name) { return Sign(state: .given) }
        func stands(_ place: String) throws(FileError) -> Folder? {
            for outer in [folder, surroundings] {
                if let inner = try outer.folderIfPresent(place), try inner.contains(name) { return inner }
            }
            return nil
        }
        if try stands("pending") != nil { return Sign(state: .takenOver) }
        if try stands("success") != nil { return Sign(state: .acknowledged) }
        guard let place = try stands("error") else { return Sign(state: .gone) }
        let stem = Self.stem(of: name)
        let detail = text(of: stem + ".report.json", in: place) ?? text(of: name + ".report.json", in: place)
        return Sign(state: .failed, detail: detail)
    }

    private func isOld(_ name: String, _ now: Int) throws(FileError) -> Bool {
        // Renaming a message keeps the time at which it was written, and that may be long ago.
        try folder.secondsUnchanged(name, at: now).map { $0 >= Self.longestWork } ?? false
    }

    private func text(of name: some StringProtocol, in place: Folder) -> String? {
        guard case .content(let bytes, _, _) = place.read(String(name), limit: 1 << 20, nowSeconds: 0) else {
            return nil
        }
        return String(decoding: bytes.prefix(1_000), as: UTF8.self)
    }
}

extension Layout {
    /// The file whose appearance hands a message over, by the name of the message.
    package func outboundKey(of stem: String) -> String {
        switch self {
        case .holodeck: stem + ".mmd"
        case .plain, .domibus, .as4NET, .phossAP, .oxalis: stem + ".xml"
        }
    }

    /// Whether the product's files tell no more of a message after this.
    package func isLastWord(_ state: OutboundQueue.Sign.State) -> Bool {
        switch state {
        case .given, .stuck: false
        case .takenOver: self == .holodeck || self == .as4NET
        // A listing can miss a file that is renamed meanwhile.
        case .gone: self != .holodeck
        case .acknowledged, .failed: true
        }
    }

    /// Whether the product takes files from a folder at all.
    package var hasOutbound: Bool { self != .oxalis }
}

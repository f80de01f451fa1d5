// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
package import SEDCore
internal import SEDCrypto
internal import SEDQueue
internal import SEDStorage

/// What was found wrong in a store.
package struct StoreReport: Encodable, Hashable, Sendable {
    package let formatVersion = 1
    /// Messages whose bytes were held against the digest noted when they came.
    package let messages: Int
    package let attachments: Int
    package let cases: Int
    /// What is wrong, such as `message:12: the bytes are not those that came`; empty for a sound store.
    package let faults: [String]
}

/// What a restore came to.
package struct RestoreReport: Encodable, Hashable, Sendable {
    package let formatVersion = 1
    package let store: StoreReport
    /// The file that the old store is now; missing where there was none.
    package let replaced: String?
    /// Files of `taken` and `quarantine` that came after the backup, so that the restored store knows nothing of them.
    package let unknownFiles: [String]
}

extension Workspace {
    /// Writes a backup of the store to a new file while others go on working; nothing appears there before it is whole.
    package func backUp(to path: String, progress: @escaping (Double) -> Void = { _ in }) throws {
        let (folder, name) = try Self.place(of: path)
        guard try !folder.contains(name) else { throw WorkspaceError(message: "\(path) exists already") }
        // A name that nobody can foresee, and a file that is new: what is written follows no link laid there before.
        let partial = ".piiripost-backup-\(UUID().uuidString.lowercased())"
        try folder.create(partial)
        let partialPath = Self.parent(of: path) + "/" + partial
        do {
            try store.backup(to: partialPath, progress: progress)
            _ = try folder.move(partial, to: folder, as: name)
            try folder.flush()
        } catch {
            try? FileManager.default.removeItem(atPath: partialPath)
            throw error
        }
    }

    /// Holds every stored message and attachment against its digest, and has SQLite check the file.
    package func checkStore(progress: (Int) -> Void = { _ in }) throws -> StoreReport {
        var faults = try store.read { try $0.databaseFaults() }
        var (messages, attachments) = (0, 0)
        var last: Int64 = 0
        while true {
            let batch = try store.read { try $0.contents(after: last, limit: 64) }
            guard let end = batch.last?.id else { break }
            for message in batch {
                messages += 1
                if let bytes = message.bytes, SHA256Digest(of: bytes).description != message.digest {
                    faults.append("message:\(message.id): the bytes are not those that came")
                }
                for attachment in try store.read({ try $0.attachmentContents(of: message.id) }) {
                    attachments += 1
                    if SHA256Digest(of: attachment.bytes).description != attachment.digest {
                        faults.append("message:\(message.id): an attachment is not the one that came")
                    }
                }
            }
            last = end
            progress(messages)
        }
        faults += try store.read { view in
            // What others ask of us is in their messages.
            try view.recoveryRequests().filter { try $0.side == "applicant" && !RecoveryDesk.isWhole($0, in: view) }
                .map { "recovery:\($0.id): content or attachments are not those that were drafted" }
        }
        let cases = try store.read { try $0.cases().count }
        return StoreReport(messages: messages, attachments: attachments, cases: cases, faults: faults)
    }

    /// Makes a backup the store of a workspace; nobody may be draining it.
    ///
    /// The backup is copied and checked before anything is replaced, and the old store is kept under another name. While
    /// the files change places a mark stands in the workspace: nobody opens it then, and a restore that was interrupted
    /// is begun again from wherever it stopped.
    package static func restore(
        _ backup: String,
        to path: String,
        at now: Instant,
        by actor: String,
        progress: @escaping (Double) -> Void = { _ in }
    ) throws -> RestoreReport {
        let file = URL(fileURLWithPath: backup).resolvingSymlinksInPath().path
        let attributes = try? FileManager.default.attributesOfItem(atPath: file)
        guard attributes?[.type] as? FileAttributeType == .typeRegular else {
            throw WorkspaceError(message: "\(backup) is no file")
        }
        let root = try Folder(creating: path)
        guard let lock = try root.lock(".lock") else {
            throw WorkspaceError(message: "another process is draining this workspace")
        }
        defer { withExtendedLifetime(lock) {} }
        let begun = try Self.restoreMark(in: root)
        let number = begun ?? String(now.millisecondsSinceEpoch)
        let (copy, replaced) = ("restored-\(number).sqlite", "store-replaced-\(number).sqlite")
        // Copies of restores that ended before they changed anything: each is a whole store.
        for name in try root.names(limit: .max, where: { $0.hasPrefix("restored-") }) { try root.remove(name) }
        let trial = try trial(file, in: path, named: copy, progress: progress)
        if begun == nil { try writeRestoreMark(number, in: root) }
        if try root.contains(replaced) {
            try removeStore("store.sqlite", from: root)
        } else {
            // The log beside a store belongs to it under its new name too.
            for ending in ["-wal", "-shm", ""] {
                _ = try root.move("store.sqlite" + ending, to: root, as: replaced + ending)
            }
        }
        try root.flush()
        _ = try root.move(copy, to: root, as: "store.sqlite")
        try root.flush()
        let workspace = try Workspace(path: path, isBeingRestored: true)
        let unknown = try workspace.filesUnknownToStore()
        try workspace.store.write { transaction in
            // Numbers name files in those folders, so none may be given twice.
            if let highest = unknown.map(\.number).max() { try transaction.reserveNumbers(upTo: highest) }
            try transaction.audit(
                "restored", subject: "store", detail: "\(unknown.count) files came after the backup", by: actor, at: now
            )
        }
        try PaymentNumbers(root).noteRestored()
        try root.remove(restoreMarkName)
        try root.flush()
        return RestoreReport(
            store: trial, replaced: try root.contains(replaced) ? replaced : nil,
            unknownFiles: unknown.map(\.path).sorted()
        )
    }

    private static let restoreMarkName = ".restoring"

    /// The number under which the restore that was interrupted here keeps its files; nil where none was.
    static func restoreMark(in root: Folder) throws -> String? {
        switch root.read(restoreMarkName, limit: 20, nowSeconds: 0) {
        case .vanished: return nil
        case .content(let bytes, _, _):
            if let number = Int64(String(decoding: bytes, as: UTF8.self)) { return String(number) }
        default: break
        }
        throw WorkspaceError(message: "\(restoreMarkName) in the workspace cannot be read")
    }

    private static func writeRestoreMark(_ number: String, in root: Folder) throws {
        try root.write(Array(number.utf8), named: restoreMarkName + ".new")
        try root.move(restoreMarkName + ".new", to: root, as: restoreMarkName)
        try root.flush()
    }

    /// Removes a database with what SQLite keeps beside it.
    private static func removeStore(_ name: String, from root: Folder) throws {
        for ending in ["", "-wal", "-shm", "-journal"] { try root.remove(name + ending) }
    }

    /// Copies the backup into a store of its own and checks that.
    private static func trial(
        _ backup: String,
        in path: String,
        named name: String,
        progress: @escaping (Double) -> Void
    ) throws -> StoreReport {
        let file = "\(path)/\(name)"
        do {
            try Store.copy(backup, to: file, progress: progress)
            let store = try Store(path: file)
            let report = try Workspace(path: path, store: store).checkStore()
            try store.close()
            if let fault = report.faults.first {
                throw WorkspaceError(message: "the backup is faulty, nothing was replaced: \(fault)")
            }
            return report
        } catch {
            try? removeStore(name, from: Folder(creating: path))
            throw error
        }
    }

    /// Files that were taken or set aside under a number that the store has not given yet.
    private func filesUnknownToStore() throws -> [(number: Int64, path: String)] {
        let last = try store.read { try $0.lastNumber }
        return try ["taken", "quarantine"].flatMap { name in
            // A message is a file or a folder, by its layout; its attachments stand under the same number.
            try Folder(creating: "\(path)/\(name)").names(limit: .max) { !$0.hasSuffix(".attachments") }
                .compactMap { file in
                    guard let number = Int64(file.prefix { $0.isNumber }), number > last else { return nil }
                    return (number, "\(name)/\(file)")
                }
        }
    }

    private static func parent(of path: String) -> String {
        URL(fileURLWithPath: path).deletingLastPathComponent().path
    }

    private static func place(of path: String) throws -> (folder: Folder, name: String) {
        let url = URL(fileURLWithPath: path)
        let parent = url.deletingLastPathComponent().path
        guard FileManager.default.fileExists(atPath: parent) else {
            throw WorkspaceError(message: "there is no folder \(parent)")
        }
        return (try Folder(creating: parent), url.lastPathComponent)
    }
}

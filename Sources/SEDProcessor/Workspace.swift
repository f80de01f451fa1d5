// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
internal import SEDQueue
package import SEDStorage

/// Whether work stopped because a disk has no room: it may go on when there is room again.
package func isDiskFull(_ error: any Error) -> Bool {
    (error as? StorageError)?.code == .diskFull || (error as? FileError)?.isDiskFull == true
}

/// A workspace could not be used.
package struct WorkspaceError: Error, Hashable, CustomStringConvertible {
    package let message: String

    package var description: String { message }
}

/// A folder with everything one installation needs: configuration, store, inbound, outbound, taken and quarantine.
package struct Workspace: Sendable {
    package let path: String
    package let configuration: Configuration
    package let store: Store
    private let root: Folder

    /// Opens a workspace; an empty or missing folder becomes one with sound defaults.
    package init(path: String) throws {
        try self.init(path: path, isBeingRestored: false)
    }

    /// Only who restores a workspace opens it before that is done.
    init(path: String, isBeingRestored: Bool) throws {
        self.path = path
        root = try Folder(creating: path)
        if !isBeingRestored, Self.restoreMark(in: root) != nil {
            throw WorkspaceError(message: "a restore of this workspace was interrupted; run store restore again")
        }
        let file = path + "/piiripost.yaml"
        if FileManager.default.fileExists(atPath: file) {
            guard let data = FileManager.default.contents(atPath: file) else {
                throw WorkspaceError(message: "\(file) cannot be read")
            }
            configuration = try Configuration(parsing: String(decoding: data, as: UTF8.self), file: file)
        } else {
            configuration = Configuration()
        }
        store = try Store(path: path + "/store.sqlite")
    }

    /// A workspace over a store that is not its own, to look into that.
    init(path: String, store: Store) throws {
        self.path = path
        self.store = store
        root = try Folder(creating: path)
        configuration = Configuration()
    }

    /// Only one process drains a workspace at a time.
    package func lock() throws -> WorkspaceLock {
        guard let lock = try root.lock(".lock") else {
            throw WorkspaceError(message: "another process is draining this workspace")
        }
        return WorkspaceLock(lock: lock)
    }

    /// A path from the configuration, counted from the workspace unless it is absolute.
    func resolved(_ path: String) -> String {
        path.hasPrefix("/") ? path : "\(self.path)/\(path)"
    }

    /// The text of a file that the configuration names; nil where it cannot be read.
    func text(ofFile path: String) -> String? {
        FileManager.default.contents(atPath: resolved(path)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The name under which this workspace claims files that others could take too; made once, at random.
    func claimant() throws -> String {
        if let known = claimantOnFile() { return known }
        try root.write(Array(UUID().uuidString.lowercased().utf8), named: ".claimant.new")
        try root.move(".claimant.new", to: root, as: Self.claimantFile)
        try root.flush()
        guard let made = claimantOnFile() else { throw WorkspaceError(message: "\(path) cannot be written") }
        return made
    }

    private static let claimantFile = ".claimant"

    private func claimantOnFile() -> String? {
        guard case .content(let bytes, _, _) = root.read(Self.claimantFile, limit: 100, nowSeconds: 0) else {
            return nil
        }
        return UUID(uuidString: String(decoding: bytes, as: UTF8.self))?.uuidString.lowercased()
    }

    func inboundQueues(_ folders: [Configuration.NamedFolder]) throws -> [InboundQueue] {
        let taken = try Folder(creating: path + "/taken")
        let quarantine = try Folder(creating: path + "/quarantine")
        return try folders.map { folder in
            InboundQueue(
                name: folder.name, layout: folder.layout, folder: try Folder(creating: resolved(folder.path)),
                taken: taken,
                quarantine: quarantine
            )
        }
    }

    /// Where AS4.NET looks for payloads: beside its outbound folder, unless the configuration says otherwise.
    private func payloads(of folder: Configuration.NamedFolder) -> String {
        resolved(folder.payloads ?? folder.path + "/../attachments")
    }

    /// What the access points of the outbound folders have to be told, by the name of the folder.
    var partners: [String: PartnerFacts] {
        var partners: [String: PartnerFacts] = [:]
        for folder in configuration.outbound {
            var facts = folder.partner
            facts.payloadLocation = facts.payloadLocation ?? "file:///\(payloads(of: folder))/"
            partners[folder.name] = facts
        }
        return partners
    }

    /// The outbound queues by name; one whose folder cannot be opened must not stop the others.
    func outboundQueues() -> [String: Result<OutboundQueue, FileError>] {
        var queues: [String: Result<OutboundQueue, FileError>] = [:]
        for folder in configuration.outbound {
            queues[folder.name] = Result { () throws(FileError) in
                try OutboundQueue(
                    name: folder.name, layout: folder.layout, path: resolved(folder.path),
                    payloads: folder.layout == .as4NET ? payloads(of: folder) : nil
                )
            }
        }
        return queues
    }
}

/// Held while a process drains a workspace.
package struct WorkspaceLock: Sendable {
    private let lock: FileLock

    fileprivate init(lock: FileLock) {
        self.lock = lock
    }
}

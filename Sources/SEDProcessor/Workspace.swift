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

    package init(message: String) {
        self.message = message
    }

    package var description: String { message }
}

/// A folder with everything one installation needs: configuration, store, inbound, outbound, taken and quarantine.
package struct Workspace: Sendable {
    package let path: String
    package let configuration: Configuration
    /// Whether the configuration was read from a file; else it is the defaults.
    let hasConfigurationFile: Bool
    package let store: Store
    private let root: Folder

    /// Where the workspace is: as given, else `PIIRIPOST_HOME`, else `~/.local/state/piiripost`.
    package static func path(_ given: String?) -> String {
        if let given { return given }
        let environment = ProcessInfo.processInfo.environment
        if let home = environment["PIIRIPOST_HOME"], !home.isEmpty { return home }
        return (environment["HOME"] ?? ".") + "/.local/state/piiripost"
    }

    /// Opens a workspace; an empty or missing folder becomes one with sound defaults.
    package init(path: String) throws {
        try self.init(path: path, isBeingRestored: false)
    }

    /// Only who restores a workspace opens it before that is done.
    init(path: String, isBeingRestored: Bool) throws {
        self.path = path
        root = try Folder(creating: path)
        if !isBeingRestored, try Self.restoreMark(in: root) != nil {
            throw WorkspaceError(message: "a restore of this workspace was interrupted; run store restore again")
        }
        (configuration, hasConfigurationFile) = try Self.configuration(in: path, root)
        store = try Store(path: path + "/store.sqlite")
    }

    /// Opens an existing workspace for looking only; whoever drains it is not disturbed.
    package init(reading path: String) throws {
        self.path = path
        guard FileManager.default.fileExists(atPath: path + "/store.sqlite") else {
            throw WorkspaceError(message: "\(path) is no workspace: there is no store.sqlite in it")
        }
        root = try Folder(existing: path)
        (configuration, hasConfigurationFile) = try Self.configuration(in: path, root)
        store = try Store(reading: path + "/store.sqlite")
    }

    private static func configuration(
        in path: String, _ root: Folder
    ) throws -> (configuration: Configuration, isFromFile: Bool) {
        let file = path + "/piiripost.yaml"
        if let data = FileManager.default.contents(atPath: file) {
            return (try Configuration(parsing: String(decoding: data, as: UTF8.self), file: file), true)
        }
        if try root.contains("piiripost.yaml") { throw WorkspaceError(message: "\(file) cannot be read") }
        return (Configuration(), false)
    }

    /// A workspace over a store that is not its own, to look into that.
    init(path: String, store: Store) throws {
        self.path = path
        self.store = store
        root = try Folder(creating: path)
        (configuration, hasConfigurationFile) = (Configuration(), false)
    }

    /// Only one process drains a workspace at a time.
    package func lock() throws -> WorkspaceLock {
        guard let lock = try root.lock(".lock") else {
            throw WorkspaceError(message: "another process is draining this workspace")
        }
        return WorkspaceLock(lock: lock)
    }

    // MARK: What the process was at work on

    private static let marksFile = ".work"
    private static let suspectsFile = ".suspects"

    func workMarks() throws(FileError) -> WorkMarks { try root.marks(named: Self.marksFile) }

    /// The messages that earlier processes may have died of, as they were written down; nil where there are none.
    func suspects() throws(FileError) -> [UInt8]? {
        switch root.read(Self.suspectsFile, limit: 16 << 20, nowSeconds: 0) {
        case .content(let bytes, _, _): return bytes
        case .unreadable(let error): throw error
        default: return nil
        }
    }

    /// Writes them down, or that there are none.
    func setSuspects(_ bytes: [UInt8]?) throws(FileError) {
        guard let bytes else { return try root.remove(Self.suspectsFile) }
        try root.write(bytes, named: Self.suspectsFile + ".new")
        try root.move(Self.suspectsFile + ".new", to: root, as: Self.suspectsFile)
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

// SPDX-License-Identifier: EUPL-1.2

/// Who takes which file, where several workspaces share an inbound folder.
///
/// A claim is a link in the folder `.piiripost` inside the inbound folder. It is named after the number of a file, not
/// after what the file holds, because its writer may still add a line; and it holds the name of the workspace that takes
/// it. The file itself stays where it is. A claim is made before the message is committed and removed after its files
/// have left the folder, so it outlives a crash between the two: until its workspace comes back nobody else takes the
/// file.
///
/// All claims of a workspace are further names of one link, which is there while a run takes files: claiming and
/// releasing then makes and frees no inode. File systems put off using freed ones again, and look for others the longer
/// the more there are.
package struct FileClaims: Sendable {
    package static let folderName = ".piiripost"

    private let folder: Folder
    private let owner: String
    /// The link of which claims are further names; nil where something else has its name.
    private let pattern: String?

    init(in inbound: Folder, owner: String) throws(FileError) {
        folder = try inbound.creatingFolder(Self.folderName)
        self.owner = owner
        let name = ".owner-\(owner)"
        let isTaken = try folder.contains(name)
        let word = try isTaken ? folder.word(named: name) : owner
        pattern = word == owner ? name : nil
    }

    /// Claims a file; it is durable after ``flush()``.
    ///
    /// - Returns: False when it belongs to another workspace.
    package func take(_ identity: Folder.Identity) throws(FileError) -> Bool {
        if try add(identity.fileName) { return true }
        return try isOurs(identity)
    }

    private func add(_ name: String) throws(FileError) -> Bool {
        if let pattern {
            if let isAdded = try folder.addName(name, to: pattern) { return isAdded }
            // The first claim of a run makes the link.
            if try folder.setWord(owner, named: pattern), let isAdded = try folder.addName(name, to: pattern) {
                return isAdded
            }
        }
        return try folder.setWord(owner, named: name)
    }

    /// Removes the link that claims were further names of; the claims stay.
    package func finish() throws(FileError) {
        if let pattern { try folder.remove(pattern) }
    }

    package func isOurs(_ identity: Folder.Identity) throws(FileError) -> Bool {
        try folder.word(named: identity.fileName) == owner
    }

    package func release(_ identity: Folder.Identity) throws(FileError) {
        if try isOurs(identity) { try folder.remove(identity.fileName) }
    }

    /// Removes the claims of this workspace that an earlier process left, except those on `kept`.
    package func releaseAll(except kept: Set<Folder.Identity>) throws(FileError) {
        let names = Set(kept.map(\.fileName))
        for name in try folder.names(limit: .max, where: { !names.contains($0) })
        where try folder.word(named: name) == owner {
            try folder.remove(name)
        }
    }

    package func flush() throws(FileError) {
        try folder.flush()
    }
}

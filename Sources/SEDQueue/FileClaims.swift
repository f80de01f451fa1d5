// SPDX-License-Identifier: EUPL-1.2

/// Who takes which file, where several workspaces share an inbound folder.
///
/// A claim is a link in the folder `.piiripost` inside the inbound folder. It is named after the identity of a file
/// and holds the name of the workspace that takes it; the file itself stays where it is. A claim is made before the
/// message is committed and removed after its files have left the folder, so it outlives a crash between the two:
/// until its workspace comes back nobody else takes the file.
package struct FileClaims: Sendable {
    package static let folderName = ".piiripost"

    private let folder: Folder
    private let owner: String

    init(in inbound: Folder, owner: String) throws(FileError) {
        folder = try inbound.creatingFolder(Self.folderName)
        self.owner = owner
    }

    /// Claims a file; it is durable after ``flush()``.
    ///
    /// - Returns: False when it belongs to another workspace.
    package func take(_ identity: Folder.Identity) throws(FileError) -> Bool {
        if try folder.setWord(owner, named: identity.sharedName) { return true }
        return try isOurs(identity)
    }

    package func isOurs(_ identity: Folder.Identity) throws(FileError) -> Bool {
        try folder.word(named: identity.sharedName) == owner
    }

    package func release(_ identity: Folder.Identity) throws(FileError) {
        if try isOurs(identity) { try folder.remove(identity.sharedName) }
    }

    /// Removes the claims of this workspace that an earlier process left, except those on `kept`.
    package func releaseAll(except kept: Set<Folder.Identity>) throws(FileError) {
        let names = Set(kept.map(\.sharedName))
        for name in try folder.names(limit: .max, where: { !names.contains($0) })
        where try folder.word(named: name) == owner {
            try folder.remove(name)
        }
    }

    package func flush() throws(FileError) {
        try folder.flush()
    }
}

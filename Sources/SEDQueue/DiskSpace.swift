// SPDX-License-Identifier: EUPL-1.2

internal import Glibc

/// How much room the file system of a folder has, in bytes.
package struct DiskSpace: Hashable, Sendable {
    /// For a user without privileges.
    package let free: Int
    package let total: Int

    /// Nil where the folder is missing or its file system does not answer.
    package init?(of path: String) {
        var facts = statvfs()
        guard unsafe statvfs(path, &facts) == 0 else { return nil }
        free = Int(clamping: facts.f_bavail) * Int(clamping: facts.f_frsize)
        total = Int(clamping: facts.f_blocks) * Int(clamping: facts.f_frsize)
    }
}

// SPDX-License-Identifier: EUPL-1.2

internal import Glibc
package import SEDValidation
internal import Synchronization

/// Remembers that something could not be read that is there: a disk that does not answer, no descriptors left.
///
/// What was judged without it would be judged otherwise tomorrow, so nothing of it may be committed. What is missing is
/// another matter: it is missing tomorrow too, and the verdict says so.
package final class ReadFaults: Sendable {
    private let first = Mutex<SchemaFolderError?>(nil)

    package init() {}

    /// Notes what could not be read, with the system's number.
    func note(_ name: String, number: Int32) {
        if [ENOENT, ENOTDIR, EISDIR, ELOOP, ENAMETOOLONG, EACCES, EPERM].contains(number) { return }
        note(SchemaFolderError(file: name, reason: "reading failed: \(String(cString: strerror(number)))"))
    }

    private func note(_ fault: SchemaFolderError) {
        first.withLock { first in if first == nil { first = fault } }
    }

    /// Nil where it fails, which is then noted.
    package func noting<Value>(_ name: String, _ read: () throws -> Value) -> Value? {
        do {
            return try read()
        } catch {
            note(SchemaFolderError(file: name, reason: "reading failed: \(error)"))
            return nil
        }
    }

    /// Throws when anything was noted since the program started: what was read in vain may be kept as missing.
    package func check() throws(SchemaFolderError) {
        if let fault = first.withLock(\.self) { throw fault }
    }
}

// SPDX-License-Identifier: EUPL-1.2

internal import Glibc

/// A file operation that failed, with the system's number; names of files stay out of it.
package struct FileError: Error, Hashable, CustomStringConvertible {
    package let operation: String
    package let number: Int32

    init(_ operation: String) {
        self.operation = operation
        number = errno
    }

    init(_ operation: String, number: Int32) {
        self.operation = operation
        self.number = number
    }

    /// The disk has no room: intake must stop, and may go on when there is room again.
    package var isDiskFull: Bool { number == ENOSPC || number == EDQUOT }

    /// We have no right to it.
    var isForbidden: Bool { number == EACCES || number == EPERM }

    /// A folder with files has the name.
    var isOccupied: Bool { number == ENOTEMPTY || number == EEXIST }

    /// The folder that was opened is not the one that its path leads to now.
    package var isReplaced: Bool { number == ESTALE }

    package var description: String {
        let reason = unsafe String(cString: strerror(number))
        return "\(operation) failed: \(reason)"
    }
}

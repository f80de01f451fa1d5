// SPDX-License-Identifier: EUPL-1.2

/// The store could not do its work.
package struct StorageError: Error, Hashable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        case cannotOpen
        case diskFull
        case corrupt
        case other
    }

    package let code: Code
    package let message: String

    package init(code: Code, message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}

// SPDX-License-Identifier: EUPL-1.2

internal import Glibc

/// A file for its user alone (0600), which has its name only when it is complete and durable.
package struct PrivateFile: ~Copyable {
    /// For a child that writes it.
    package let descriptor: Int32
    private let temporary: String
    private let path: String

    /// Opens it under a name that nobody else has; nil where that cannot be done.
    package init?(path: String) {
        self.path = path
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        let number = String(UInt64.random(in: .min ... .max), radix: 16)
        temporary = "\(folder).piiripost-\(number)"
        descriptor = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor < 0 { return nil }
    }

    /// What was not kept leaves nothing behind.
    deinit {
        unlink(temporary)
        close(descriptor)
    }

    /// Takes the name of the file away, so that it ends with whoever has it open.
    package func hide() { unlink(temporary) }

    /// Gives the file its name.
    package consuming func keep() -> Bool { fsync(descriptor) == 0 && rename(temporary, path) == 0 }

    /// Writes a whole file; false where that cannot be done, and then nothing has changed.
    package static func write(_ bytes: [UInt8], to path: String) -> Bool {
        guard let file = PrivateFile(path: path), file.descriptor.write(bytes) == bytes.count else { return false }
        return file.keep()
    }
}

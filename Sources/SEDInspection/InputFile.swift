// SPDX-License-Identifier: EUPL-1.2

internal import Glibc

/// Reads what a path names, never more than a limit and never from something that could keep the program waiting.
package enum InputFile {
    package enum Content: Sendable {
        case bytes([UInt8])
        /// Left unread, or given up, because it is larger than the limit; with the size as far as it is known.
        case tooLarge(Int)
        case failure(String)
    }

    /// A regular file, or `/dev/stdin` under that name.
    package static func read(_ path: String, limit: Int) -> Content {
        if path == "/dev/stdin" { return standardInput(limit: limit) }
        guard !path.utf8.contains(0) else { return .failure("the file does not exist") }
        // Without O_NONBLOCK a named pipe would keep the program waiting for a writer.
        let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        guard file >= 0 else {
            return .failure(errno == ENOENT ? "the file does not exist" : "the file cannot be read")
        }
        defer { close(file) }
        var facts = stat()
        guard fstat(file, &facts) == 0 else { return .failure("the file cannot be read") }
        guard facts.st_mode & S_IFMT == S_IFREG else { return .failure("this is not a regular file") }
        guard facts.st_size <= limit else { return .tooLarge(Int(facts.st_size)) }
        return contents(of: file, expecting: Int(facts.st_size), limit: limit)
    }

    /// Everything up to the end of standard input.
    package static func standardInput(limit: Int) -> Content {
        contents(of: STDIN_FILENO, expecting: 0, limit: limit)
    }

    private static func contents(of file: Int32, expecting size: Int, limit: Int) -> Content {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size)
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(file, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return .failure("the file cannot be read") }
            if count == 0 { return .bytes(bytes) }
            bytes.append(contentsOf: buffer[..<count])
            guard bytes.count <= limit else { return .tooLarge(bytes.count) }
        }
    }
}

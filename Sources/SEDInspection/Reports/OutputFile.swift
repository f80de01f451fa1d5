// SPDX-License-Identifier: EUPL-1.2

internal import Glibc

/// A report could not be written.
package struct OutputError: Error, CustomStringConvertible {
    package let path: String
    /// What the operating system says.
    package let cause: String

    package init(_ path: String, errno code: Int32) {
        self.path = path
        cause = String(cString: strerror(code))
    }

    package var description: String { "cannot write the report \(TerminalText.harmless(path)): \(cause)" }
}

/// Takes the text of one report and shows it under its name only when it is complete.
///
/// What is not a regular file (a pipe, a device) is written directly. A failure is kept and thrown at the end, because
/// the judgement of the remaining documents does not depend on it.
package final class OutputFile {
    private let path: String
    private let descriptor: Int32
    /// The name it has until it is complete, and the name it gets; nil for what is written directly.
    private let names: (temporary: String, final: String)?
    private var buffer: [UInt8] = []
    private var failure: OutputError?
    private var isFinished = false
    private let isTerminal: Bool

    /// Standard output.
    package init() {
        path = "on standard output"
        descriptor = STDOUT_FILENO
        names = nil
        isTerminal = isatty(STDOUT_FILENO) == 1
    }

    package init(path: String, number: Int) throws {
        self.path = path
        isTerminal = false
        var status = stat()
        let exists = stat(path, &status) == 0
        if exists, status.st_mode & S_IFMT != S_IFREG {
            names = nil
            descriptor = open(path, O_WRONLY | O_CLOEXEC)
        } else {
            let final = exists ? Self.resolved(path) : path
            let folder = final.lastIndex(of: "/").map { String(final[...$0]) } ?? ""
            let temporary = "\(folder).piiripost-\(getpid())-\(number)"
            names = (temporary, final)
            descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        }
        if descriptor < 0 { throw OutputError(path, errno: errno) }
    }

    deinit {
        if isFinished { return }
        if let names { unlink(names.temporary) }
        if descriptor != STDOUT_FILENO { close(descriptor) }
    }

    package func write(_ text: String) {
        buffer += Array(text.utf8)
        if isTerminal || buffer.count >= 65_536 { flush() }
    }

    /// Ends the report; throws when any of it could not be written.
    package func finish() throws {
        flush()
        if let failure { throw failure }
        if descriptor != STDOUT_FILENO {
            isFinished = true
            let isClosed = close(descriptor) == 0
            if !isClosed || names.map({ rename($0.temporary, $0.final) != 0 }) == true {
                let code = errno
                if let names { unlink(names.temporary) }
                throw OutputError(path, errno: code)
            }
        }
        isFinished = true
    }

    private func flush() {
        let written = failure == nil ? descriptor.write(buffer) : buffer.count
        if written < buffer.count { failure = OutputError(path, errno: errno) }
        buffer.removeAll(keepingCapacity: true)
    }

    /// The file behind a symbolic link, so that the link stays one.
    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }
}

extension Int32 {
    /// Writes to this descriptor and returns how much it took; `errno` says why where it is not all.
    package func write(_ bytes: [UInt8]) -> Int {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { raw in
                Glibc.write(self, raw.baseAddress?.advanced(by: offset), raw.count - offset)
            }
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { break }
            offset += count
        }
        return offset
    }
}

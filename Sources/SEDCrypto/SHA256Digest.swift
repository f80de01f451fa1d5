// SPDX-License-Identifier: EUPL-1.2

internal import CSEDCrypto

/// The SHA-256 of some bytes: names a document by its content.
package struct SHA256Digest: Hashable, Sendable, CustomStringConvertible {
    /// 32 bytes.
    package let bytes: [UInt8]

    package init(of content: [UInt8]) {
        var digest = [UInt8](repeating: 0, count: 32)
        let isDone = unsafe content.withUnsafeBufferPointer { input in
            unsafe digest.withUnsafeMutableBufferPointer { output in
                unsafe csc_sha256(input.baseAddress, input.count, output.baseAddress)
            }
        }
        precondition(isDone == 1, "OpenSSL has no SHA-256")
        bytes = digest
    }

    package init(of text: String) {
        self.init(of: Array(text.utf8))
    }

    /// 64 hexadecimal digits in lower case.
    package var description: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

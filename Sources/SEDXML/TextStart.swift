// SPDX-License-Identifier: EUPL-1.2

/// How a text begins, whatever it is written in.
package enum TextStart {
    /// The byte order mark of UTF-8.
    static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// The first byte behind the mark that is no blank; nil where there is none.
    package static func firstByte(of bytes: [UInt8]) -> UInt8? {
        let text = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
        return text.first { !isBlank($0) }
    }

    /// Whether a byte is white space in XML.
    package static func isBlank(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }

    /// Whether a text has not begun yet: there is at most a part of the mark, and blanks.
    package static func isYetToCome(in bytes: [UInt8]) -> Bool {
        mark.starts(with: bytes) || firstByte(of: bytes) == nil
    }

    /// Whether a text begins with a tag or a declaration.
    package static func beginsLikeXML(_ bytes: [UInt8]) -> Bool { firstByte(of: bytes) == 0x3C }
}

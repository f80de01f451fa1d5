// SPDX-License-Identifier: EUPL-1.2

/// Whether a binary file has the end that its type gives it; of other types nothing is known.
enum FileEnding {
    private static let pdf = Array("%PDF-".utf8)
    private static let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF]
    private static let tiff: [[UInt8]] = [[0x49, 0x49, 0x2A, 0x00], [0x4D, 0x4D, 0x00, 0x2A]]

    /// Nil where the type has no end mark, or is not known.
    static func isThere(in bytes: [UInt8]) -> Bool? {
        if bytes.starts(with: pdf) {
            // Readers accept anything behind it within the last kilobyte (ISO 32000-1, annex H.3).
            return bytes.suffix(1_024).contains(Array("%%EOF".utf8))
        }
        if bytes.starts(with: jpeg) { return bytes.suffix(2) == [0xFF, 0xD9] }
        if tiff.contains(where: { bytes.starts(with: $0) }) { return TIFFExtent(bytes).isWhole }
        // So short that not even the type can be told.
        if ([pdf, jpeg] + tiff).contains(where: { $0.starts(with: bytes) }) { return false }
        return nil
    }
}

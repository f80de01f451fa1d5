// SPDX-License-Identifier: EUPL-1.2

internal import CSEDArchive
internal import SEDCore
internal import SEDCurrency

/// Reads the one file of an archive as the ECB publishes it.
///
/// Everything that such an archive does not have is refused: several files, encryption, sizes beyond 32 bits, other
/// methods than none and deflate, anything before or behind the archive. The size of the file is known and limited
/// before anything is unpacked, and its CRC-32 is verified.
struct ZipArchive {
    /// What is in the archive.
    let content: [UInt8]

    /// Whether bytes begin like an archive.
    static func looksLike(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) }

    init(_ bytes: [UInt8], limit: Int) throws(RateFileFinding) {
        // Field by field as APPNOTE.TXT 6.3 has them; all numbers have their lowest byte first.
        let end = try Self.endRecord(of: bytes)
        guard Self.number(bytes, end + 4, 2) == 0, Self.number(bytes, end + 6, 2) == 0,
            Self.number(bytes, end + 8, 2) == 1, Self.number(bytes, end + 10, 2) == 1
        else { throw Self.fault("The archive does not hold exactly one file.", "Arhiivis ei ole täpselt üks fail.") }
        let directory = Self.number(bytes, end + 16, 4)
        guard directory + 46 <= end, Self.number(bytes, directory, 4) == 0x0201_4B50,
            directory + 46 + Self.number(bytes, directory + 28, 2) + Self.number(bytes, directory + 30, 2)
                + Self.number(bytes, directory + 32, 2) == end
        else { throw Self.damaged }
        let flags = Self.number(bytes, directory + 8, 2)
        let method = Self.number(bytes, directory + 10, 2)
        let checksum = Self.number(bytes, directory + 16, 4)
        let packed = Self.number(bytes, directory + 20, 4)
        let size = Self.number(bytes, directory + 24, 4)
        guard flags & 0x41 == 0 else { throw Self.fault("The archive is encrypted.", "Arhiiv on krüptitud.") }
        guard method == 0 || method == 8 else {
            throw Self.fault("The archive is packed by an unknown method.", "Arhiiv on pakitud tundmatul viisil.")
        }
        guard size <= limit else {
            throw Self.fault(
                "The file in the archive has more than \(limit) bytes.",
                "Arhiivis olev fail on suurem kui \(limit) baiti."
            )
        }
        // The file's own header lies in front of it and may have a longer extra field than the directory.
        guard Self.number(bytes, directory + 42, 4) == 0, directory >= 30, Self.looksLike(bytes) else {
            throw Self.damaged
        }
        let start = 30 + Self.number(bytes, 26, 2) + Self.number(bytes, 28, 2)
        guard size > 0, packed > 0, start + packed <= directory, method == 8 || packed == size else {
            throw Self.damaged
        }
        let body = bytes[start..<start + packed]
        if method == 0 {
            content = Array(body)
        } else {
            var unpacked = [UInt8](repeating: 0, count: size)
            let isWhole = body.withUnsafeBufferPointer { input in
                unpacked.withUnsafeMutableBufferPointer { output in
                    csa_inflate(input.baseAddress, input.count, output.baseAddress, output.count)
                }
            }
            guard isWhole == 1 else { throw Self.damaged }
            content = unpacked
        }
        let found = content.withUnsafeBufferPointer { csa_crc32($0.baseAddress, $0.count) }
        guard Int(found) == checksum else { throw Self.damaged }
    }

    /// Where the record at the end begins; behind it comes a comment of the length that it tells.
    private static func endRecord(of bytes: [UInt8]) throws(RateFileFinding) -> Int {
        var start = bytes.count - 22
        while start >= max(0, bytes.count - 22 - 65_535) {
            if number(bytes, start, 4) == 0x0605_4B50, start + 22 + number(bytes, start + 20, 2) == bytes.count {
                return start
            }
            start -= 1
        }
        throw damaged
    }

    /// A number without sign; 0 beyond the end, which no check takes for something else.
    private static func number(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> Int {
        guard offset >= 0, offset + count <= bytes.count else { return 0 }
        return bytes[offset..<offset + count].reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    private static var damaged: RateFileFinding {
        fault("The archive is damaged, or more than a plain archive.", "Arhiiv on rikutud või ei ole tavaline arhiiv.")
    }

    private static func fault(_ english: String, _ estonian: String) -> RateFileFinding {
        RateFileFinding(.noRateFile, at: nil, BilingualText(english, estonian))
    }
}

// SPDX-License-Identifier: EUPL-1.2

import Testing

@testable import SEDProcessor

/// Whether the end of a binary file is there, at every length that it has while it is written.
struct FileEndingTests {
    /// One picture of one strip behind its directory, which is how a writer that streams lays it out.
    private static let tiff: [UInt8] = {
        func half(_ number: Int) -> [UInt8] { [UInt8(number & 0xFF), UInt8(number >> 8)] }
        func word(_ number: Int) -> [UInt8] { half(number & 0xFFFF) + half(number >> 16) }
        func entry(_ tag: Int, _ value: Int) -> [UInt8] { [half(tag), half(4), word(1), word(value)].flatMap { $0 } }
        let entries = [entry(256, 8), entry(257, 2), entry(273, 8 + 2 + 48 + 4), entry(279, 16)]
        var file: [UInt8] = [0x49, 0x49, 0x2A, 0x00]
        file += word(8)
        file += half(entries.count)
        for entry in entries { file += entry }
        file += word(0)
        return file + [UInt8](repeating: 7, count: 16)
    }()

    private static let files: [[UInt8]] = [
        Array("%PDF-1.7\n1 0 obj\nendobj\ntrailer\n%%EOF".utf8),
        [0xFF, 0xD8, 0xFF, 0xE0, 0, 16, 0xFF, 0xDA, 1, 2, 3, 0xFF, 0xD9],
        tiff,
    ]

    @Test(arguments: files)
    func `only the last byte makes it whole`(file: [UInt8]) {
        for length in 0..<file.count { #expect(FileEnding.isThere(in: Array(file.prefix(length))) == false) }
        #expect(FileEnding.isThere(in: file) == true)
    }

    @Test func `what may stand behind the end does not matter, and of other types nothing is known`() {
        #expect(FileEnding.isThere(in: Self.files[0] + [0x0D, 0x0A]) == true)
        #expect(FileEnding.isThere(in: Array("PK\u{3}\u{4} an archive".utf8)) == nil)
    }

    @Test func `a picture that points at itself, or anywhere, comes to an end`() {
        var loop = Self.tiff
        loop.replaceSubrange(58..<62, with: [8, 0, 0, 0])
        #expect(FileEnding.isThere(in: loop) == true)
        var wild = Self.tiff
        wild.replaceSubrange(4..<8, with: [0xFF, 0xFF, 0xFF, 0xFF])
        #expect(FileEnding.isThere(in: wild) == false)
        #expect(FileEnding.isThere(in: [0x4D, 0x4D, 0x00, 0x2A] + Array(repeating: 0xFF, count: 400)) == false)
    }
}

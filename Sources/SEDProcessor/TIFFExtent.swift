// SPDX-License-Identifier: EUPL-1.2

/// Whether everything that the directories of a TIFF file (TIFF 6.0) point to lies inside the file.
///
/// The format has no end mark: a file is whole when no directory, value, strip or tile reaches beyond its last byte.
struct TIFFExtent {
    private let bytes: [UInt8]
    private let isLittle: Bool

    /// How many numbers are looked at; a file that is made to cost more is not looked at to its end.
    private static let mostNumbers = 1_000_000

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        isLittle = bytes.first == 0x49
    }

    var isWhole: Bool {
        guard var next = word(at: 4) else { return false }
        if next == 0 { return false }
        var room = Self.mostNumbers
        // A chain that leads back into itself ends too, and is no sign of a missing end.
        while next != 0, room > 0 {
            guard let following = end(ofDirectoryAt: next, &room) else { return false }
            next = following
        }
        return true
    }

    /// Where the next directory begins, 0 for none; nil where something lies beyond the end.
    private func end(ofDirectoryAt start: Int, _ room: inout Int) -> Int? {
        guard let entries = half(at: start), let next = word(at: start + 2 + 12 * entries) else { return nil }
        room -= 1 + entries
        var values: [Int: [Int]] = [:]
        for index in 0..<entries where room > 0 {
            let place = start + 2 + 12 * index
            guard let tag = half(at: place), let read = self.values(at: place, keeping: Self.extents.contains(tag))
            else {
                return nil
            }
            values[tag] = read
            room -= read.count
        }
        for (offsets, lengths) in [(273, 279), (324, 325)] {
            for (offset, length) in zip(values[offsets] ?? [], values[lengths] ?? [])
            where offset + length > bytes.count {
                return nil
            }
        }
        return next
    }

    /// The tags of strips and tiles: where they are and how long.
    private static let extents: Set<Int> = [273, 279, 324, 325]

    /// The numbers of an entry, none where they are not wanted; nil where they lie beyond the end.
    private func values(at place: Int, keeping isWanted: Bool) -> [Int]? {
        guard let type = half(at: place + 2), let count = word(at: place + 4) else { return nil }
        let size = [1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8][type, default: 1]
        var start = place + 8
        if size * count > 4 {
            guard let offset = word(at: start), offset + size * count <= bytes.count else { return nil }
            start = offset
        }
        guard isWanted, size == 2 || size == 4 else { return [] }
        return (0..<min(count, Self.mostNumbers)).compactMap {
            size == 2 ? half(at: start + 2 * $0) : word(at: start + 4 * $0)
        }
    }

    private func half(at place: Int) -> Int? { number(at: place, 2) }

    private func word(at place: Int) -> Int? { number(at: place, 4) }

    private func number(at place: Int, _ size: Int) -> Int? {
        guard place >= 0, place + size <= bytes.count else { return nil }
        let part = bytes[place..<place + size]
        return (isLittle ? part.reversed() : Array(part)).reduce(0) { $0 << 8 | Int($1) }
    }
}

// SPDX-License-Identifier: EUPL-1.2

/// The code of a structured electronic document, such as `R017`.
package struct SEDType: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let code: String

    /// Accepts the shape of every published code: letters, three to five digits, at most two letters (`U001CB`).
    package init?(parsing text: String) {
        let bytes = Array(text.utf8)
        let prefix = bytes.prefix(while: Self.isCapital)
        let digits = bytes.dropFirst(prefix.count).prefix(while: Self.isDigit)
        let suffix = bytes.dropFirst(prefix.count + digits.count)
        guard (1...4).contains(prefix.count), (3...5).contains(digits.count), suffix.count <= 2,
            suffix.allSatisfy(Self.isCapital)
        else { return nil }
        code = text
    }

    /// For codes that the program itself names; the caller vouches for the shape.
    package init(unchecked code: String) {
        self.code = code
    }

    /// The letters before the number: `A`, `R`, `H`, `X` and so on.
    package var series: String { String(code.prefix(while: { !$0.isNumber })) }

    /// Whether the document steers a case (X series) rather than carries business content.
    package var isAdministrative: Bool { series == "X" }

    package var description: String { code }

    package static func < (left: Self, right: Self) -> Bool { left.code < right.code }

    private static func isCapital(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}

/// The code of a business use case, such as `R_BUC_07` or `H_BUC_02a`.
package struct BUCType: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let code: String

    /// Accepts `SECTOR_BUC_nn` and `SECTOR_SUC_nn` with an optional small letter, the form of `BusinessServiceName`.
    package init?(parsing text: String) {
        let parts = Array(text.utf8).split(separator: UInt8(ascii: "_"), omittingEmptySubsequences: false)
        guard parts.count == 3, ["BUC", "SUC"].contains(where: { parts[1].elementsEqual($0.utf8) }) else { return nil }
        guard !parts[0].isEmpty, parts[0].allSatisfy({ (0x41...0x5A).contains($0) }) else { return nil }
        let number = parts[2]
        guard number.count == 2 || number.count == 3, number.prefix(2).allSatisfy({ (0x30...0x39).contains($0) }),
            number.dropFirst(2).allSatisfy({ (0x61...0x7A).contains($0) })
        else { return nil }
        code = text
    }

    /// The letters before the first underscore: `LA`, `R`, `H`.
    package var sector: String { String(code.prefix(while: { $0 != "_" })) }

    package var description: String { code }

    package static func < (left: Self, right: Self) -> Bool { left.code < right.code }
}

/// A version of the EESSI Common Data Model without its patch digit, such as `4.4`.
package struct CDMVersion: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let major: Int
    package let minor: Int

    package init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// Reads `4.4`; also `4_4`, the form inside SED namespaces.
    package init?(parsing text: some StringProtocol) { self.init(parsing: String(text)) }

    /// Reads `4.4`; also `4_4`, the form inside SED namespaces.
    package init?(parsing text: String) {
        // Every message names versions several times, and all that exist have one digit on either side.
        let bytes = text.utf8.span
        if bytes.count == 3, (0x30...0x39).contains(bytes[0]), bytes[1] == 0x2E || bytes[1] == 0x5F,
            (0x30...0x39).contains(bytes[2])
        {
            self.init(major: Int(bytes[0] - 0x30), minor: Int(bytes[2] - 0x30))
            return
        }
        let parts = text.split(omittingEmptySubsequences: false) { $0 == "." || $0 == "_" }
        guard parts.count == 2, let major = Int(parts[0]), let minor = Int(parts[1]), major >= 0, minor >= 0
        else { return nil }
        self.init(major: major, minor: minor)
    }

    package var description: String { "\(major).\(minor)" }

    package static func < (left: Self, right: Self) -> Bool { (left.major, left.minor) < (right.major, right.minor) }
}

/// The EESSI identifier of an institution: a country code, a colon, four to ten letters or digits.
package struct InstitutionID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let text: String

    package init?(parsing text: String) {
        let bytes = Array(text.utf8)
        guard (7...13).contains(bytes.count), bytes[2] == 0x3A,
            bytes[..<2].allSatisfy({ (0x41...0x5A).contains($0) }),
            bytes[3...].allSatisfy({ byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            })
        else { return nil }
        self.text = text
    }

    /// The two letters before the colon; EESSI writes `EL` and `UK`, and `EU` for central services.
    package var country: String { String(text.prefix(2)) }

    package var description: String { text }

    package static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

/// A UUID as EESSI writes it, 36 characters, kept in lower case because the schema allows either.
package struct UniqueID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let text: String

    package init?(parsing text: String) {
        let bytes = text.utf8.span
        guard bytes.count == 36 else { return nil }
        var hasCapitals = false
        for index in bytes.indices {
            let byte = bytes[index]
            let isDash = index == 8 || index == 13 || index == 18 || index == 23
            let isHex = (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
            guard isDash ? byte == 0x2D : isHex else { return nil }
            if (0x41...0x46).contains(byte) { hasCapitals = true }
        }
        self.text = hasCapitals ? text.lowercased() : text
    }

    /// Builds a version 4 UUID from 16 bytes, so that randomness and digests stay the caller's business.
    package init(version4From bytes: [UInt8]) {
        precondition(bytes.count >= 16, "a UUID needs 16 bytes")
        var octets = Array(bytes.prefix(16))
        octets[6] = octets[6] & 0x0F | 0x40
        octets[8] = octets[8] & 0x3F | 0x80
        let digits = octets.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }
        text = [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { digits[$0].joined() }.joined(separator: "-")
    }

    package var description: String { text }

    package static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

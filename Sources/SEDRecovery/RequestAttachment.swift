// SPDX-License-Identifier: EUPL-1.2

/// A file that is to go with a request.
package struct RequestAttachment: Hashable, Sendable {
    package enum Role: String, Hashable, Sendable, CaseIterable {
        /// The instrument permitting enforcement, or what is to be notified.
        case instrument
        case other
    }

    /// Article 78(1): an official or certified copy.
    package enum Certification: String, Hashable, Sendable, CaseIterable {
        case official
        case certified
    }

    /// The formats that the envelope allows.
    package enum Format: String, Hashable, Sendable, CaseIterable {
        case pdf = "application/pdf"
        case jpeg = "image/jpeg"
        case tiff = "image/tiff"

        /// The format that the first bytes are those of.
        package init?(of bytes: some Collection<UInt8>) {
            if bytes.starts(with: Array("%PDF-".utf8)) {
                self = .pdf
            } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
                self = .jpeg
            } else if bytes.starts(with: [0x49, 0x49, 0x2A, 0x00]) || bytes.starts(with: [0x4D, 0x4D, 0x00, 0x2A]) {
                self = .tiff
            } else {
                return nil
            }
        }

        /// What names of such files end in, in lower case; the first one is ours.
        package var extensions: [String] {
            switch self {
            case .pdf: ["pdf"]
            case .jpeg: ["jpg", "jpeg"]
            case .tiff: ["tif", "tiff"]
            }
        }
    }

    /// Why a file is not taken.
    package enum Fault: String, Error, Hashable, Sendable, CaseIterable {
        case empty
        case tooLarge = "too-large"
        /// It begins like none of the formats that the envelope allows.
        case unknownFormat = "unknown-format"
        /// Its name says another format than its content.
        case nameDiffers = "name-differs"
    }

    package let role: Role
    package let certification: Certification?
    package let format: Format
    /// Without its folder.
    package let name: String
    package let bytes: [UInt8]

    /// The most bytes of one file; our number, EESSI names none.
    package static let limit = 20 << 20

    package init(
        _ role: Role,
        _ certification: Certification?,
        name: String,
        bytes: [UInt8]
    ) throws(Fault) {
        guard !bytes.isEmpty else { throw .empty }
        guard bytes.count <= Self.limit else { throw .tooLarge }
        guard let format = Format(of: bytes) else { throw .unknownFormat }
        let ending = name.split(separator: ".", omittingEmptySubsequences: false).last?.lowercased()
        guard let ending, format.extensions.contains(ending) else { throw .nameDiffers }
        self.role = role
        self.certification = certification
        self.format = format
        self.name = name
        self.bytes = bytes
    }
}

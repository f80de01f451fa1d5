// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
internal import SEDCrypto
package import SEDCurrency
package import SEDValidation

/// Files of reference rates that are used as they are, without a workspace.
package struct RateFiles: Sendable {
    private var table = RateTable()

    package init() {}

    /// Adds all rates of a file; one that is no such file, or a faulty one, is refused.
    package mutating func add(_ bytes: [UInt8], name: String, at instant: Instant) throws(RateFileFinding) {
        let file = try RateFileReader.read(bytes, today: ReferenceCalendar.day(at: instant))
        let digest = SHA256Digest(of: bytes).description
        table.add(file, from: RateSource(file: name, form: file.form, sha256: digest, importedAt: instant))
    }

    package var supply: RateSupply {
        let table = table
        return RateSupply(rates: { _, _ in table })
    }
}

// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// A list of payments to applicant parties, from one account, in one currency.
package struct CreditTransfers: Hashable, Sendable {
    /// One payment.
    package struct Transfer: Hashable, Sendable {
        /// At most 35 characters; never used twice.
        package let reference: String
        package let amount: ExactDecimal
        package let holder: String
        package let iban: IBAN
        package let bic: String?
        /// What the receiver reads, at most 140 characters.
        package let remittance: String

        package init(
            reference: String,
            amount: ExactDecimal,
            holder: String,
            iban: IBAN,
            bic: String?,
            remittance: String
        ) {
            self.reference = reference
            self.amount = amount
            self.holder = holder
            self.iban = iban
            self.bic = bic
            self.remittance = remittance
        }
    }

    package let number: Int64
    package let payer: InstitutionID
    package let holder: String
    package let iban: IBAN
    package let bic: String?
    package let currency: String
    package let createdAt: Instant
    package let executeOn: CivilDate
    package let transfers: [Transfer]

    package init(
        number: Int64,
        payer: InstitutionID,
        holder: String,
        iban: IBAN,
        bic: String?,
        currency: String,
        createdAt: Instant,
        executeOn: CivilDate,
        transfers: [Transfer]
    ) {
        self.number = number
        self.payer = payer
        self.holder = holder
        self.iban = iban
        self.bic = bic
        self.currency = currency
        self.createdAt = createdAt
        self.executeOn = executeOn
        self.transfers = transfers
    }

    package var total: ExactDecimal? { ExactDecimal.sum(transfers.map(\.amount)) }
}

/// An account number whose check digits are right.
///
/// Source: ISO 13616; the number with its first four characters behind the others, letters as 10 to 35, leaves 1 when
/// divided by 97.
package struct IBAN: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init?(parsing text: String) {
        let compact = text.filter { !$0.isWhitespace }.uppercased()
        let bytes = Array(compact.utf8)
        guard (15...34).contains(bytes.count), bytes.prefix(2).allSatisfy({ (0x41...0x5A).contains($0) }),
            bytes[2...3].allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        var rest = 0
        for byte in bytes[4...] + bytes[..<4] {
            switch byte {
            case 0x30...0x39: rest = (rest * 10 + Int(byte - 0x30)) % 97
            case 0x41...0x5A: rest = (rest * 100 + Int(byte - 0x41) + 10) % 97
            default: return nil
            }
        }
        guard rest == 1 else { return nil }
        description = compact
    }
}

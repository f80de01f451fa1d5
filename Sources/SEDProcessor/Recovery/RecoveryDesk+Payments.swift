// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
internal import SEDCrypto
package import SEDRecovery
internal import SEDStorage

/// The account that remittances are paid from.
package struct PayingAccount: Hashable, Sendable {
    package let holder: String
    package let iban: IBAN
    package let bic: String?

    package init(holder: String, iban: IBAN, bic: String?) {
        self.holder = holder
        self.iban = iban
        self.bic = bic
    }
}

/// A numbered list of payments as a file.
package struct PaymentListing: Sendable {
    package let number: Int64
    package let currency: String
    package let bytes: [UInt8]
    /// SHA-256 of the file.
    package let digest: String
    /// The requests that are paid, with the reference of the payment.
    package let payments: [(request: Int64, reference: String, amount: ExactDecimal)]
    /// Requests that should be paid and whose message states no usable account.
    package let left: [Int64]
}

extension RecoveryDesk {
    /// Lists what one of our institutions owes applicant parties in a currency (Article 80(1)), each amount once.
    ///
    /// What was put on an earlier list is never put on another one, whether or not R004 has told of it yet. The list and
    /// its file are durable when this returns; ``paymentFile(_:)`` gives the file again. `isFree` says whether there is
    /// a place for the file; without one nothing is listed.
    ///
    /// - Returns: Nil where nothing is to be paid.
    package func payments(
        of institution: InstitutionID,
        in currency: String,
        from account: PayingAccount,
        on day: CivilDate,
        by actor: String,
        at instant: Instant,
        whereFree isFree: () -> Bool
    ) throws -> PaymentListing? {
        try follow(by: "recovery", at: instant)
        return try workspace.store.write { transaction -> PaymentListing? in
            var owed: [(request: Int64, amount: ExactDecimal, remitted: Int, account: Receiver)] = []
            var left: [Int64] = []
            for request in try transaction.view.recoveryRequests()
            where request.side == "requested" && request.institution == institution {
                guard let (amount, remitted) = try self.owed(request, currency, in: transaction.view) else { continue }
                if let account = try receiver(of: request, in: transaction.view) {
                    owed.append((request.id, amount, remitted, account))
                } else {
                    left.append(request.id)
                }
            }
            // A list that pays nobody takes no number.
            if owed.isEmpty, left.isEmpty { return nil }
            guard !owed.isEmpty else {
                throw RecoveryError(
                    .inadmissible, "no request that is to be paid states a usable account",
                    "ükski tasumisele kuuluv taotlus ei nimeta kasutatavat kontot")
            }
            guard isFree() else { throw RecoveryError.fileExists }
            let number = try transaction.openPaymentList(currency: currency, .init(at: instant, by: actor))
            let transfers = owed.map { request, amount, _, account in
                CreditTransfers.Transfer(
                    reference: "L\(number)-R\(request)", amount: amount, holder: account.holder, iban: account.iban,
                    bic: account.bic, remittance: account.reference)
            }
            let bytes = PaymentFile(
                list: CreditTransfers(
                    number: number, payer: institution, holder: account.holder, iban: account.iban, bic: account.bic,
                    currency: currency, createdAt: instant, executeOn: day, transfers: transfers)
            ).bytes
            let digest = SHA256Digest(of: bytes).description
            for payment in owed {
                try transaction.insert(
                    payment: payment.amount.units, for: payment.request, in: number, remitted: payment.remitted)
            }
            try transaction.closePaymentList(number, digest: digest, file: bytes)
            try transaction.audit(
                "recovery-payments", subject: "payments:\(number)",
                detail: "\(transfers.count) payment(s), sha256 \(digest)", by: actor, at: instant)
            return PaymentListing(
                number: number, currency: currency, bytes: bytes, digest: digest,
                payments: zip(owed, transfers).map { ($0.request, $1.reference, $1.amount) }, left: left)
        }
    }

    /// The file of a list that was made before, byte by byte the same.
    package func paymentFile(_ number: Int64) throws -> [UInt8] {
        guard let bytes = try workspace.store.read({ try $0.paymentFile(number) }) else {
            throw RecoveryError(.notFound, "there is no list \(number)", "nimekirja \(number) ei ole")
        }
        return bytes
    }

    /// What was recovered and neither remitted nor listed, and what was remitted in all; nil for nothing.
    private func owed(
        _ request: StoredRecoveryRequest,
        _ currency: String,
        in view: Snapshot
    ) throws -> (amount: ExactDecimal, remitted: Int)? {
        let ledgers = try RecoveryBooks(of: request.id, in: view).ledgers.values
            .filter { $0.requested.claimed.currency == currency }
        guard let due = ExactDecimal.sum(ledgers.map(\.remittanceDue).filter { $0.units > 0 }),
            let remitted = ExactDecimal.sum(ledgers.map(\.remitted)), let decimals = ledgers.first?.remitted.decimals
        else { return nil }
        let units = due.units - (try view.listedPayments(for: request.id, remitted: remitted.units))
        return units > 0 ? (ExactDecimal(units: units, decimals: decimals), remitted.units) : nil
    }

    /// The account that the request asks for.
    private func receiver(of request: StoredRecoveryRequest, in view: Snapshot) throws
        -> Receiver?
    {
        guard let message = try latestMessage(of: request, in: view),
            let bank = try view.bytes(of: message).flatMap(SEDNode.init(ofMessage:))?[
                "PleaseFillInFollowingIfTypeRequestRecovery", "BankDetails"],
            let iban = bank["SEPABankDetails"]?.text("IBAN").flatMap(IBAN.init(parsing:)),
            let holder = bank.text("accountHolderName")
        else { return nil }
        return Receiver(
            holder: holder, iban: iban, bic: bank["SEPABankDetails"]?.text("BICSWIFT"),
            reference: bank.text("paymentReference") ?? "R017 \(request.id)"
        )
    }

    private struct Receiver {
        let holder: String
        let iban: IBAN
        let bic: String?
        let reference: String
    }
}

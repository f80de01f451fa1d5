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
    /// What was put on an earlier list is never put on another one, whether or not R004 has told of it yet, unless that
    /// list is voided. The list and its file are durable when this returns; ``paymentFile(_:)`` gives the file again.
    /// `isFree` says whether there is a place for the file; without one nothing is listed.
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
        if EuroChangeover(of: currency, by: instant.date) != nil {
            throw RecoveryError(
                .inadmissible, "the euro has replaced \(currency): make the list in EUR",
                "vääring \(currency) on asendatud euroga: tehke nimekiri vääringus EUR")
        }
        try follow(by: "recovery", at: instant)
        let numbers = try PaymentNumbers(workspace)
        return try workspace.store.write { transaction in
            try Self.demand(numbers.last(), nothingBehind: transaction.view.lastPaymentList())
            let listing = try list(
                of: institution, in: currency, from: account, on: day, by: actor, at: instant, isFree, in: transaction)
            // The last thing before the commit: a number without a list is asked about, a list without one is not.
            if let listing { try numbers.set(.list(listing.number)) }
            return listing
        }
    }

    /// Refuses new lists while the store knows less of them than the bank may.
    private static func demand(_ last: PaymentNumbers.Last, nothingBehind stored: Int64) throws {
        switch last {
        case .none: break
        case .list(let number):
            if number > stored { throw forgotten(stored + 1) }
        case .unknown:
            throw RecoveryError(
                .wrongState,
                "the store was restored here from elsewhere: say with --last which list was made last, 0 for none",
                """
                andmehoidla on siia mujalt taastatud: öelge valikuga --last, milline nimekiri tehti viimasena, 0 \
                puudumisel
                """
            )
        }
    }

    private static func forgotten(_ number: Int64) -> RecoveryError {
        RecoveryError(
            .wrongState,
            """
            list \(number) was made and the store has forgotten it: tell of the lists before it, book what the bank has \
            paid of it, then void it
            """,
            """
            nimekiri \(number) tehti, kuid andmehoidla on selle unustanud: teatage varasematest nimekirjadest, kandke \
            arvestusse, mis pank selle järgi tasus, ja tühistage see
            """
        )
    }

    private func list(
        of institution: InstitutionID,
        in currency: String,
        from account: PayingAccount,
        on day: CivilDate,
        by actor: String,
        at instant: Instant,
        _ isFree: () -> Bool,
        in transaction: Transaction
    ) throws -> PaymentListing? {
        var owed: [(request: Int64, amount: Owed, account: Receiver)] = []
        var left: [Int64] = []
        for request in try transaction.view.recoveryRequests()
        where request.side == "requested" && request.institution == institution {
            guard let amount = try self.owed(request, currency, on: instant.date, in: transaction.view) else {
                continue
            }
            if let account = try receiver(of: request, in: transaction.view) {
                owed.append((request.id, amount, account))
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
        let transfers = owed.map { request, amount, account in
            CreditTransfers.Transfer(
                reference: "L\(number)-R\(request)", amount: amount.payable, holder: account.holder, iban: account.iban,
                bic: account.bic, remittance: account.reference)
        }
        let list = CreditTransfers(
            number: number, payer: institution, holder: account.holder, iban: account.iban, bic: account.bic,
            currency: currency, createdAt: instant, executeOn: day, transfers: transfers)
        if list.total == nil { throw RecoveryError.tooLargeSum }
        let bytes = PaymentFile(list: list).bytes
        let digest = SHA256Digest(of: bytes).description
        for payment in owed {
            try transaction.insert(
                payment: payment.amount.units, for: payment.request, in: number, remitted: payment.amount.remitted)
        }
        try transaction.closePaymentList(number, digest: digest, file: bytes)
        try transaction.audit(
            "recovery-payments", subject: "payments:\(number)",
            detail: "\(transfers.count) payment(s), sha256 \(digest)", by: actor, at: instant)
        return PaymentListing(
            number: number, currency: currency, bytes: bytes, digest: digest,
            payments: zip(owed, transfers).map { ($0.request, $1.reference, $1.amount) }, left: left)
    }

    /// The file of a list that was made before, byte by byte the same.
    package func paymentFile(_ number: Int64) throws -> [UInt8] {
        let list = try workspace.store.read { try $0.paymentList(number) }
        if list?.isVoided == true { throw Self.voided(number) }
        guard let bytes = list?.file else { throw Self.noList(number) }
        return bytes
    }

    /// Voids a list that the bank has not paid: what it holds is due again, and its number and file are gone for good.
    ///
    /// A list that the store has forgotten in a restore is voided too, once a person has looked at it.
    ///
    /// - Returns: The requests whose payments are due again.
    package func voidPayments(
        _ number: Int64,
        because reason: String,
        by actor: String,
        at instant: Instant
    ) throws -> [Int64] {
        guard !reason.allSatisfy(\.isWhitespace) else { throw RecoveryError.booking(.withoutReason) }
        if number <= 0 { throw Self.noList(number) }
        try follow(by: "recovery", at: instant)
        let numbers = try PaymentNumbers(workspace)
        let last = try numbers.last()
        return try workspace.store.write { transaction in
            let view = transaction.view
            let list = try view.paymentList(number)
            if list?.isVoided == true { throw Self.voided(number) }
            if list == nil {
                // In their order, so that none is overlooked.
                let next = try view.lastPaymentList() + 1
                guard case .list(let made) = last, number <= made else { throw Self.noList(number) }
                guard number == next else { throw Self.forgotten(next) }
            }
            for payment in list?.payments ?? [] {
                let remitted = try ExactDecimal.sum(
                    RecoveryBooks(of: payment.request, in: view).ledgers.values.map(\.remitted))
                guard let remitted else { throw RecoveryError.tooLargeSum }
                let open = try view.openPayments(for: payment.request, remitted: remitted.units)
                guard open.contains(where: { $0 == (number, payment.units) }) else {
                    throw RecoveryError(
                        .wrongState, "R004 has told of list \(number): what was told as paid is not due again",
                        "R004 on nimekirjast \(number) teatanud: tasutuks teatatu ei kuulu uuesti tasumisele")
                }
            }
            try transaction.voidPaymentList(number, .init(at: instant, by: actor))
            let requests = list?.payments.map(\.request) ?? []
            try transaction.audit(
                "recovery-payments-voided", subject: "payments:\(number)",
                detail: "\(requests.count) payment(s): \(reason)", by: actor, at: instant)
            // From here on the number that somebody stated counts.
            if try numbers.isStated() { try numbers.set(last) }
            return requests
        }
    }

    /// Takes down which list was made last, where a restore has left that open.
    ///
    /// A number too high holds up all lists that come after it: it may be stated anew until a list is made or voided.
    package func setLastPayments(_ number: Int64, by actor: String, at instant: Instant) throws {
        let numbers = try PaymentNumbers(workspace)
        try workspace.store.write { transaction in
            let least = try transaction.view.lastPaymentList()
            guard try numbers.last() == .unknown || numbers.isStated() else {
                throw RecoveryError(
                    .wrongState, "which list was made last is known; --last is for after a restore from elsewhere",
                    "viimane nimekiri on teada; --last on mujalt taastamise järel")
            }
            guard number >= least else {
                throw RecoveryError(
                    .wrongState, "list \(least) is known: the last one is no earlier",
                    "nimekiri \(least) on teada: viimane ei ole varasem")
            }
            try transaction.audit(
                "recovery-payments-last", subject: "payments:\(number)", detail: "-", by: actor, at: instant)
            try numbers.set(.list(number), isStated: true)
        }
    }

    private static func noList(_ number: Int64) -> RecoveryError {
        RecoveryError(.notFound, "there is no list \(number)", "nimekirja \(number) ei ole")
    }

    private static func voided(_ number: Int64) -> RecoveryError {
        RecoveryError(
            .wrongState, "list \(number) was voided; nothing is paid by it any more",
            "nimekiri \(number) on tühistatud; selle järgi enam midagi ei tasuta")
    }

    private struct Owed {
        /// In the smallest units of the books.
        let units: Int
        /// The same in the currency of the list.
        let payable: ExactDecimal
        /// What was remitted in all, in the smallest units of the books.
        let remitted: Int
    }

    /// What was recovered and neither remitted nor listed; nil for nothing.
    private func owed(
        _ request: StoredRecoveryRequest,
        _ currency: String,
        on day: CivilDate,
        in view: Snapshot
    ) throws -> Owed? {
        let books = try RecoveryBooks(of: request.id, in: view)
        let changeover = currency == "EUR" ? books.changeover(on: day) : nil
        let ledgers = books.ledgers.values
            .filter { $0.requested.claimed.currency == changeover?.currency ?? currency }
        guard let decimals = ledgers.first?.remitted.decimals else { return nil }
        guard let due = ledgers.remittanceDue,
            let remitted = ExactDecimal.sum(ledgers.map(\.remitted))
        else { throw RecoveryError.tooLargeSum }
        let units = due.units - (try view.listedPayments(for: request.id, remitted: remitted.units))
        if units <= 0 { return nil }
        let open = ExactDecimal(units: units, decimals: decimals)
        guard let changeover else { return Owed(units: units, payable: open, remitted: remitted.units) }
        // The list holds what R004 will be worth in the books.
        guard let euros = changeover.euros(open), let worth = changeover.amount(of: euros)?.units else {
            throw RecoveryError.tooLargeSum
        }
        return euros.units > 0 ? Owed(units: min(units, worth), payable: euros, remitted: remitted.units) : nil
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

// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
internal import SEDCrypto
package import SEDCurrency
package import SEDInspection
package import SEDStorage
package import SEDValidation

/// What importing one file came to.
package struct RateImport: Sendable {
    /// Nil where the file is no file of rates.
    package var file: RateFile?
    package var digest: String
    /// The very same file was imported before.
    package var wasKnown = false
    package var findings: [RateFileFinding]
    package var storage = RateStorage()

    package var isRefused: Bool { file == nil }
}

extension Workspace {
    /// Verifies a file of reference rates and stores what it holds; all of it or nothing.
    ///
    /// Of `name` only the last part is kept. With `replacing` its rates take the place of different ones that other
    /// files brought. A faulty file is told in the result; errors are those of the store.
    package func importRates(_ bytes: [UInt8], name: String, replacing: Bool, by actor: String, at instant: Instant)
        throws
        -> RateImport
    {
        let digest = SHA256Digest(of: bytes).description
        let file: RateFile
        do {
            file = try RateFileReader.read(bytes, today: ReferenceCalendar.day(at: instant))
        } catch {
            return RateImport(file: nil, digest: digest, findings: [error])
        }
        var outcome = RateImport(file: file, digest: digest, findings: file.warnings)
        try store.write { transaction in
            outcome.wasKnown = try transaction.view.rateFile(digest: digest) != nil
            if outcome.wasKnown && !replacing {
                outcome.storage.known = file.rateCount
                return
            }
            outcome.findings += try jumps(into: file, in: transaction.view)
            outcome.storage = try transaction.store(
                file, name: Self.shortName(name), digest: digest, replacing: replacing, by: actor, at: instant
            )
            try transaction.audit(
                replacing ? "rates-replaced" : "rates-imported", subject: "rates",
                detail: "sha256 \(digest), added \(outcome.storage.added), replaced \(outcome.storage.replaced), "
                    + "contradictions \(outcome.storage.contradictions.count)",
                by: actor, at: instant
            )
        }
        for contradiction in outcome.storage.contradictions.prefix(20) {
            outcome.findings.append(Self.finding(contradiction))
        }
        return outcome
    }

    /// Rates of the file's first day that moved much since the newest stored day before it.
    private func jumps(into file: RateFile, in view: Snapshot) throws -> [RateFileFinding] {
        guard let first = file.days.last, let before = try view.dayWithRates(before: first.date),
            before.adding(days: 10) >= first.date
        else { return [] }
        var old: [String: ExactDecimal] = [:]
        for stored in try view.rates(on: before) where stored.replacedBy == nil {
            old[stored.currency] = ReferenceRate(currency: stored.currency, text: stored.text)?.value
        }
        return first.rates.compactMap { rate in
            guard let value = old[rate.currency], RateFileBuilder.hasJumped(from: value, to: rate.value) else {
                return nil
            }
            return RateFileBuilder.jump(of: rate.currency, from: before, to: first.date, at: first.position)
        }
    }

    private static func finding(_ contradiction: RateContradiction) -> RateFileFinding {
        let (day, currency) = (contradiction.day, contradiction.currency)
        return RateFileFinding(
            .sourcesDiffer, .warning, at: nil,
            BilingualText(
                """
                \(currency) on \(day) is \(contradiction.text) here and \(contradiction.otherText) in \
                \(contradiction.otherFile). Nothing was overwritten; conversions that need it stop until a file is \
                imported with --replace.
                """,
                """
                \(currency) päeval \(day) on siin \(contradiction.text), failis \(contradiction.otherFile) aga \
                \(contradiction.otherText). Midagi ei kirjutatud üle; ümberarvestused, mis seda vajavad, peatuvad, kuni \
                õige fail imporditakse valikuga --replace.
                """
            )
        )
    }

    /// The last part of a path, printable and not too long.
    private static func shortName(_ path: String) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? "-"
        return String(
            name.unicodeScalars.filter { $0.properties.isGraphic || $0 == " " }.map(Character.init).prefix(100))
    }

    /// What converted amounts are judged by: the imported rates, and the requests that are stored; nil without rates.
    ///
    /// Reads the store, so it must not be asked from within a transaction.
    ///
    /// Reads that fail are noted in `faults`.
    package func rateSupply(noting faults: ReadFaults = ReadFaults()) throws -> RateSupply? {
        guard try store.read({ try !$0.rateFiles().isEmpty }) else { return nil }
        let store = store
        return RateSupply(
            rates: { currencies, day in
                faults.noting("rates") { try store.read { try $0.rateTable(of: currencies, around: day) } }
            },
            requestDate: { envelope in
                let set = envelope.sed.code == "R017" ? envelope.set : nil
                return faults.noting("requests") {
                    try store.read { try $0.requestDate(in: envelope.caseID, set: set) }
                } ?? nil
            }
        )
    }

    /// Converts with the rates that were imported into this workspace.
    package func convert(_ request: ConversionRequest) throws -> Result<CurrencyConversion, CurrencyRefusal> {
        let basisDate = request.operation.basisDate(for: request.date)
        // A day far ahead is converted with the newest rates that are out.
        let around = min(basisDate, ReferenceCalendar.day(at: request.at))
        let table = try store.read { try $0.rateTable(of: [request.from, request.to], around: around) }
        return Result { () throws(CurrencyRefusal) in try CurrencyConversion(request, rates: table) }
    }
}

extension Unicode.Scalar.Properties {
    fileprivate var isGraphic: Bool {
        switch generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned,
            .spaceSeparator:
            false
        default: true
        }
    }
}

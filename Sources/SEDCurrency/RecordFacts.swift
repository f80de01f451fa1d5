// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore

/// What a conversion came to, on its way into the record.
struct RecordFacts {
    let request: ConversionRequest
    let amount: ExactDecimal
    let basisDate: CivilDate
    let choice: RateChoice
    let rates: [ConversionRecord.Rate]
    let euro: String?
    let raw: String
    let isExact: Bool
    let result: ExactDecimal
    let decimals: Int

    var decision: RateDecision { RateDecision(basisDate: basisDate) }

    func record() -> ConversionRecord {
        ConversionRecord(
            amount: amount.description, from: request.from, to: request.to, operation: request.operation.rawValue,
            date: request.date.description,
            basis: ConversionRecord.Basis(
                // The operative points of H12 were not read by anybody; those of H3 are taken over.
                decision: decision, point: request.operation.point,
                mark: decision == .h12 ? .unverified : request.operation.mark
            ),
            basisDate: basisDate.description, rateDate: choice.day?.description,
            gapPolicy: request.operation.direction.rawValue, gapUse: choice.use, rates: rates, euroAmount: euro,
            rawResult: raw, rawResultIsExact: isExact, result: result.description, decimals: decimals,
            rounding: "half-up", provisional: choice.provisional != nil, provisionalReason: choice.provisional,
            reservations: reservations, warnings: warnings, engine: request.engine,
            convertedAt: request.at.description, convertedBy: request.by, explanation: explanation
        )
    }

    private var warnings: [ConversionRecord.Warning] {
        guard choice.provisional != nil || choice.use == .latest, let day = choice.day else { return [] }
        let age = ReferenceCalendar.day(at: request.at).daysSinceEpoch - day.daysSinceEpoch
        guard age > CurrencyConversion.staleDays else { return [] }
        return [
            ConversionRecord.Warning(
                rule: RuleID.staleRates.text,
                text: BilingualText(
                    "The newest imported rates are \(age) days old. Import the current file of the ECB.",
                    "Uusimad imporditud kursid on \(age) päeva vanad. Importige EKP värske fail."
                )
            )
        ]
    }

    // MARK: Reservations

    private var reservations: [ConversionRecord.Reservation] {
        guard request.from != request.to else { return [] }
        var list: [ConversionRecord.Reservation] = []
        func note(_ about: String, _ english: String, _ estonian: String) {
            list.append(ConversionRecord.Reservation(about: about, text: BilingualText(english, estonian)))
        }
        if basisDate < RateDecision.regulationBegan {
            note(
                "regulation",
                "Regulation (EC) No 987/2009 applies from \(RateDecision.regulationBegan); for earlier days its rules are used by analogy.",
                "Määrust (EÜ) nr 987/2009 kohaldatakse alates \(RateDecision.regulationBegan); varasematel päevadel kasutatakse selle reegleid analoogia alusel."
            )
        }
        if choice.day != nil {
            if decision == .h12 {
                note(
                    "decision",
                    "The operative points of Decision H12 were not read; those of Decision H3 as amended by H7 are used.",
                    "Otsuse nr H12 resolutiivosa ei ole kontrollitud; kasutatakse otsuse nr H3 (muudetud otsusega H7) punkte."
                )
            }
            if request.operation.mark != .verified {
                note(
                    "point",
                    "The wording of point \(request.operation.point) was not verified in the decision.",
                    "Otsuse punkti \(request.operation.point) sõnastus ei ole kontrollitud."
                )
            }
        }
        switch choice.use {
        case .none: break
        // A provisional result is not meant to stay.
        case _ where choice.provisional != nil: break
        case .latest:
            note(
                "gap", "To use the newest published rate for an operation of today is our choice, not law.",
                "Viimase avaldatud kursi kasutamine tänase toimingu puhul on meie valik, mitte õigusnorm."
            )
        case .next, .previous:
            note(
                "gap",
                "Which rate counts where none was published on the day follows the practice of DVKA, not the decision.",
                "Millist kurssi kasutada, kui sel päeval kurssi ei avaldatud, tuleneb DVKA tavast, mitte otsusest."
            )
        }
        if rates.contains(where: { $0.file != nil }) {
            note(
                "rounding", "For published rates the rounding of Regulation (EC) No 1103/97 is used by analogy.",
                "Avaldatud kursside puhul kasutatakse määruse (EÜ) nr 1103/97 ümardamisreeglit analoogia alusel."
            )
        }
        if decimals != 2 {
            note(
                "decimals", "That \(request.to) has \(decimals) decimals is taken from ISO 4217 and was not verified.",
                "Vääringu \(request.to) komakohtade arv \(decimals) on võetud standardist ISO 4217 ega ole kontrollitud."
            )
        }
        if rates.contains(where: { $0.currency == "GRD" && $0.file == nil }) {
            note(
                "changeover", "The day of the changeover of GRD was not verified.",
                "Vääringu GRD ülemineku päev ei ole kontrollitud."
            )
        }
        return list
    }
}

// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore

extension OperationKind {
    /// What the amount is converted for, in words.
    var purpose: BilingualText {
        switch self {
        case .general: BilingualText("an operation of the institution", "asutuse toiming")
        case .recoveryRequest: BilingualText("a request for recovery", "sissenõudmistaotlus")
        case .recoveryOffset: BilingualText("offsetting", "tasaarvestus")
        case .recoveryPrecautionary: BilingualText("a request for precautionary measures", "ettevaatusabinõude taotlus")
        case .benefitPeriod: BilingualText("amounts of a reference period", "võrdlusperioodi summad")
        case .benefitSingle: BilingualText("a single amount", "ühekordne summa")
        case .recalculationOfPeriod:
            BilingualText(
                "the recalculation of amounts of a reference period", "võrdlusperioodi summade ümberarvutamine")
        case .recalculationOfSingle:
            BilingualText("the recalculation of a single amount", "ühekordse summa ümberarvutamine")
        case .benefitAdjustment: BilingualText("the adjustment of a benefit", "hüvitise kohandamine")
        case .unemploymentReimbursement:
            BilingualText("the reimbursement of unemployment benefits", "töötushüvitiste tagasimaksmine")
        }
    }

    /// Which day counts, in words.
    var dayRule: BilingualText {
        switch self {
        case .general:
            BilingualText("the day on which the institution performs the operation", "päev, mil asutus teeb toimingu")
        case .recoveryRequest, .recoveryOffset, .recoveryPrecautionary:
            BilingualText("the day on which the request was first sent", "päev, mil taotlus esimest korda saadeti")
        case .benefitPeriod, .recalculationOfPeriod:
            BilingualText("the last day of the reference period", "võrdlusperioodi viimane päev")
        case .benefitSingle, .recalculationOfSingle:
            BilingualText(
                "the first day of the month before the month in which the provision applies",
                "sätte kohaldamise kuule eelneva kuu esimene päev"
            )
        case .benefitAdjustment:
            BilingualText(
                "the first day of the month before the adjustment takes effect",
                "kohandamise jõustumisele eelneva kuu esimene päev"
            )
        case .unemploymentReimbursement:
            BilingualText(
                "the first day of the month in which the reimbursable period ended",
                "selle kuu esimene päev, mil tagasimakstav periood lõppes"
            )
        }
    }
}

extension RecordFacts {
    /// One paragraph that a reader without this program can follow and compute again.
    var explanation: BilingualText {
        let purpose = request.operation.purpose
        var english = ["\(amount) \(request.from) was converted into \(request.to). Purpose: \(purpose.english)."]
        var estonian = [
            "\(amount) \(request.from) arvestati ümber vääringusse \(request.to). Otstarve: \(purpose.estonian)."
        ]
        func say(_ told: BilingualText) {
            english.append(told.english)
            estonian.append(told.estonian)
        }
        if request.from == request.to {
            say(
                BilingualText(
                    "Both sides use the same currency, so the amount stays as it is and no rate is needed.",
                    "Vääring on mõlemal poolel sama, mistõttu summa ei muutu ja kurssi ei ole vaja."
                )
            )
        } else {
            if let day = choice.day {
                say(law)
                say(dayUsed(day))
            }
            for rate in rates { say(Self.sentence(about: rate)) }
            if rates.contains(where: { $0.file == nil }) { say(Self.fixedRateRule) }
            say(arithmetic)
        }
        return BilingualText(english.joined(separator: " "), estonian.joined(separator: " "))
    }

    private var law: BilingualText {
        let rule = request.operation.dayRule
        let point = request.operation.point
        return BilingualText(
            """
            Under Article 90 of Regulation (EC) No 987/2009 the rate is the reference exchange rate published by the \
            European Central Bank. Which day's rate counts follows from point \(point) of Decision \(decision.rawValue) \
            of the Administrative Commission: \(rule.english), here \(basisDate).
            """,
            """
            Määruse (EÜ) nr 987/2009 artikli 90 kohaselt kasutatakse Euroopa Keskpanga avaldatud viitekurssi. Millise \
            päeva kurss kehtib, tuleneb halduskomisjoni otsuse nr \(decision.rawValue) punktist \(point): \
            \(rule.estonian), siin \(basisDate).
            """
        )
    }

    private func dayUsed(_ day: CivilDate) -> BilingualText {
        switch choice.provisional {
        case .notPublished:
            return BilingualText(
                """
                The rate that counts is not published yet. The newest published one, of \(day), was used: the result is \
                provisional and must be computed again.
                """,
                """
                Kehtivat kurssi ei ole veel avaldatud. Kasutati viimast avaldatud kurssi, päevast \(day): tulemus on \
                esialgne ja tuleb uuesti arvutada.
                """
            )
        case .notImported:
            return BilingualText(
                """
                The rate that counts has not been imported. The newest imported one, of \(day), was used: the result is \
                provisional and must be computed again.
                """,
                """
                Kehtivat kurssi ei ole imporditud. Kasutati viimast imporditud kurssi, päevast \(day): tulemus on \
                esialgne ja tuleb uuesti arvutada.
                """
            )
        case nil: break
        }
        switch choice.use {
        case .none:
            return BilingualText("The rate of that day was used.", "Kasutati selle päeva kurssi.")
        case .next:
            return BilingualText(
                "No rate was published on that day; the first one published after it, of \(day), was used.",
                "Sel päeval kurssi ei avaldatud; kasutati esimest pärast seda avaldatud kurssi, päevast \(day)."
            )
        case .previous where request.operation.direction == .previous:
            return BilingualText(
                "No rate was published on that day; the last one published before it, of \(day), was used.",
                "Sel päeval kurssi ei avaldatud; kasutati viimast enne seda avaldatud kurssi, päevast \(day)."
            )
        case .previous:
            return BilingualText(
                """
                No rate was published on that day, and before the next one the euro replaced the currency; as it still \
                floated on that day, the last rate published before it, of \(day), was used.
                """,
                """
                Sel päeval kurssi ei avaldatud ja enne järgmist kurssi asendas vääringu euro; kuna sel päeval vääringul \
                veel kindlat kurssi ei olnud, kasutati viimast enne seda avaldatud kurssi, päevast \(day).
                """
            )
        case .latest:
            return BilingualText(
                """
                The next rate was not published when the conversion was made, and the operation could not wait: the \
                newest published one, of \(day), was used.
                """,
                """
                Ümberarvestuse ajal ei olnud järgmist kurssi veel avaldatud ja toiming ei saanud oodata: kasutati \
                viimast avaldatud kurssi, päevast \(day).
                """
            )
        }
    }

    private static let fixedRateRule = BilingualText(
        """
        Under Article 4 of Regulation (EC) No 1103/97 a fixed conversion rate is used as it stands, neither rounded nor \
        inverted, and always through the euro.
        """,
        """
        Määruse (EÜ) nr 1103/97 artikli 4 kohaselt kasutatakse kindlaksmääratud ümberarvestuskurssi muutmata, \
        ümardamata ja pöördkursita ning alati euro kaudu.
        """
    )

    private static func sentence(about rate: ConversionRecord.Rate) -> BilingualText {
        guard let file = rate.file else {
            return BilingualText(
                "Since \(rate.date) 1 EUR is \(rate.rate) \(rate.currency) by law.",
                "Alates \(rate.date) on 1 EUR seaduse järgi \(rate.rate) \(rate.currency)."
            )
        }
        return BilingualText(
            """
            On \(rate.date) 1 EUR was \(rate.rate) \(rate.currency) (file \(file.file), SHA-256 \(file.sha256), imported \
            \(file.importedAt)).
            """,
            """
            Päeval \(rate.date) oli 1 EUR \(rate.rate) \(rate.currency) (fail \(file.file), SHA-256 \(file.sha256), \
            imporditud \(file.importedAt)).
            """
        )
    }

    private var arithmetic: BilingualText {
        let shown = raw + (isExact ? "" : "...")
        let steps: [String] = rates.map { $0.use == .divided ? "/ \($0.rate)" : "x \($0.rate)" }
        let digits = BilingualText(
            decimals == 0 ? "the whole unit" : "\(decimals) decimals",
            decimals == 0 ? "täisühikuni" : "\(decimals) komakohani"
        )
        let formula = "\(amount) \(steps.joined(separator: " ")) = \(shown)"
        return BilingualText(
            "\(formula), rounded once, at the end, half up, to \(digits.english): \(result) \(request.to).",
            "\(formula), ümardatud üks kord, lõpus, pool ülespoole, \(digits.estonian): \(result) \(request.to)."
        )
    }
}

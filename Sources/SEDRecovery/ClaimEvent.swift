// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// Something that happened to a claim; the history of a claim is nothing but these.
///
/// Amounts without a word about their currency are in that of the requested party, in which recovery is made
/// (Regulation 987/2009 Article 80(1)). Texts are grounds and references for the file, never names.
package enum ClaimEvent: Hashable, Sendable, Codable {
    /// The request was sent or received: the first event of every claim.
    case claimed(Claim)
    /// New information about the amounts, which from now on are these (Article 78(5)).
    case revised(Claim, on: CivilDate, reason: String)
    /// What is outstanding is claimed no more.
    case withdrawn(on: CivilDate, reason: String)
    /// Money has come from the debtor: to the requested party (Article 80(1)), or to the applicant party itself.
    case recovered(Receipt)
    /// Money was transferred to the applicant party (Article 80(1)); `payment` names the transfer and is used once.
    case remitted(ExactDecimal, on: CivilDate, payment: String)
    /// Money was given back to the debtor (Article 81(2), 85(3)); without a party, by the one that holds it.
    case refunded(ExactDecimal, on: CivilDate, by: ClaimParty? = nil)

    /// The instrument is treated as an own one (Article 79(1)).
    case recognised(on: CivilDate)
    /// Acceptance, recognition, supplement or replacement has begun (Article 79(2)); `received` is the day of the request.
    case formalitiesBegun(received: CivilDate)
    /// The applicant party was told why the formalities take longer than three months (Article 79(2)).
    case formalitiesExplained(on: CivilDate, reason: String)
    /// Precautionary measures were taken (Article 84).
    case secured(on: CivilDate)
    /// Enforcement has begun or goes on (Article 80, after contestation Article 81(2) and (4)).
    case enforcing(on: CivilDate)
    /// Instalments were granted (Article 80(2)).
    case instalmentsGranted(InstalmentPlan)
    /// The claim or the instrument is contested (Article 81(1)).
    case contested(on: CivilDate)
    /// The applicant party asks for enforcement in spite of contestation (Article 81(2), second subparagraph).
    case enforcementUpheld(on: CivilDate)
    /// The requested party does not assist (Article 82).
    case refused(on: CivilDate, reason: String)
    /// Nothing more can be got (Decree 001 § 15¹(3) 7).
    case uncollectable(on: CivilDate, reason: String)

    /// Interest of the requested party's law (Article 80(2)): never part of the claim.
    case interestCharged(InterestCharge)
    case interestRecovered(ExactDecimal, on: CivilDate)
    /// Costs of the requested party that the debtor owes it and that it keeps (Article 85(1)).
    case costsCharged(ExactDecimal, on: CivilDate)
    case costsKept(ExactDecimal, on: CivilDate)
    /// Costs that the applicant party is asked to bear (Article 85(2) and (3)).
    case costsClaimed(ExactDecimal, under: CostProvision, on: CivilDate)
    case costsReimbursed(ExactDecimal, on: CivilDate)
    /// The applicant party does not bear what it was asked to (R029 of Article 85).
    case costsDeclined(on: CivilDate)

    /// These events of the claim, counted from 1, count no more: the document that told them was made invalid, or, where
    /// they are of this kind themselves, is valid again.
    case takenBack(events: [Int], reason: String)

    /// Whether money moved: that has happened, whatever becomes of the document that told it.
    package var isMoney: Bool {
        switch self {
        case .recovered, .remitted, .refunded, .interestRecovered, .costsKept, .costsReimbursed: true
        default: false
        }
    }
}

extension ClaimEvent {
    /// The day on which it happened; nil where it is no single day.
    package var day: CivilDate? {
        switch self {
        case .claimed, .interestCharged, .takenBack: nil
        case .recovered(let receipt): receipt.on
        case .instalmentsGranted(let plan): plan.grantedOn
        case .formalitiesBegun(let day), .recognised(let day), .secured(let day), .enforcing(let day),
            .contested(let day), .enforcementUpheld(let day), .revised(_, let day, _), .withdrawn(let day, _),
            .remitted(_, let day, _), .refunded(_, let day, _), .formalitiesExplained(let day, _), .refused(let day, _),
            .uncollectable(let day, _), .interestRecovered(_, let day), .costsCharged(_, let day),
            .costsKept(_, let day), .costsClaimed(_, _, let day), .costsReimbursed(_, let day),
            .costsDeclined(let day):
            day
        }
    }
}

package enum ClaimParty: String, Hashable, Sendable, Codable {
    case applicant
    case requested
}

/// Money from the debtor, spread over the components.
package struct Receipt: Hashable, Sendable, Codable {
    /// A sum, or the parts where they are known.
    package enum Amount: Hashable, Sendable, Codable {
        case parts(Parts)
        /// Each kind in this order takes what it can; kinds that are not named come last.
        case sum(ExactDecimal, order: [ComponentKind])
    }

    package enum Source: String, Hashable, Sendable, Codable {
        /// A document of the requested party tells of it: it has come, whatever became of the claim meanwhile.
        case document
        /// The debtor has paid the applicant party itself.
        case applicant
    }

    package let amount: Amount
    package let on: CivilDate
    /// The reference of the payment, so that no payment counts twice.
    package let payment: String
    /// Missing for what the requested party got and has booked itself.
    package let source: Source?

    package init(_ amount: Amount, on day: CivilDate, payment: String, source: Source? = nil) {
        self.amount = amount
        on = day
        self.payment = payment
        self.source = source
    }
}

/// Interest with all that it was computed from: it is never computed silently.
package struct InterestCharge: Hashable, Sendable, Codable {
    package enum Kind: String, Hashable, Sendable, Codable {
        /// For late payment, from the day of recognition.
        case late
        /// For time or instalments that were granted.
        case instalments
    }

    package let kind: Kind
    package let amount: ExactDecimal
    package let from: CivilDate
    package let to: CivilDate
    /// As the law of the requested State has it, such as `0.06 % per day`.
    package let basis: String

    package init(_ kind: Kind, _ amount: ExactDecimal, from: CivilDate, to: CivilDate, basis: String) {
        self.kind = kind
        self.amount = amount
        self.from = from
        self.to = to
        self.basis = basis
    }
}

/// Why the applicant party is to bear costs.
package enum CostProvision: String, Hashable, Sendable, Codable {
    /// A specific problem or very large costs, for which special arrangements were agreed.
    case specialCase = "85(2)"
    /// Actions that were found unfounded.
    case unfounded = "85(3)"
}

/// Payments by instalments, in the currency of the requested party.
package struct InstalmentPlan: Hashable, Sendable, Codable {
    package enum Consultation: String, Hashable, Sendable, Codable {
        case none
        /// The applicant party was asked and has not answered.
        case requested
        case agreed
    }

    package struct Instalment: Hashable, Sendable, Codable {
        package let dueOn: CivilDate
        package let amount: ExactDecimal

        package init(dueOn: CivilDate, amount: ExactDecimal) {
            self.dueOn = dueOn
            self.amount = amount
        }
    }

    /// By day.
    package let instalments: [Instalment]
    package let consultation: Consultation
    package let grantedOn: CivilDate

    package init(_ instalments: [Instalment], consultation: Consultation, grantedOn: CivilDate) {
        self.instalments = instalments.sorted { $0.dueOn < $1.dueOn }
        self.consultation = consultation
        self.grantedOn = grantedOn
    }

    /// Equal instalments a month apart; the last one takes what is left of the sum.
    ///
    /// Nil for less than one instalment or a sum that is not positive.
    package static func monthly(
        _ sum: ExactDecimal,
        count: Int,
        from first: CivilDate,
        consultation: Consultation,
        grantedOn: CivilDate
    ) -> InstalmentPlan? {
        guard (1...600).contains(count), sum.units >= count else { return nil }
        let each = sum.units / count
        let instalments = (0..<count).map { number in
            Instalment(
                dueOn: first.adding(months: number),
                amount: ExactDecimal(
                    units: number == count - 1 ? sum.units - each * (count - 1) : each, decimals: sum.decimals
                )
            )
        }
        return InstalmentPlan(instalments, consultation: consultation, grantedOn: grantedOn)
    }
}

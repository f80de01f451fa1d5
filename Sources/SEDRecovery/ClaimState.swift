// SPDX-License-Identifier: EUPL-1.2

/// Where a claim stands; which event leads where is in ``next(after:)`` alone.
package enum ClaimState: String, Hashable, Sendable, CaseIterable, Codable {
    /// Sent by the applicant party, or received by the requested one; nothing is decided.
    case requested
    /// Article 79(2): the formalities on the instrument are going on.
    case formalities
    /// Article 79(1) or the end of the formalities.
    case recognised
    /// Article 84.
    case precautionary
    /// Article 80(1).
    case enforcing
    /// Article 80(2).
    case instalments
    /// Article 81(2), first subparagraph.
    case suspended
    case paid
    /// Article 82.
    case refused
    /// Article 78(5).
    case withdrawn
    case uncollectable

    /// Whether nothing more is expected of the requested party.
    package var isFinal: Bool {
        switch self {
        case .paid, .refused, .withdrawn, .uncollectable: true
        default: false
        }
    }

    /// The state after an event, money apart; nil where the event has no place.
    package func next(after event: ClaimEvent) -> ClaimState? {
        switch event {
        case .claimed, .takenBack: nil
        case .recognised:
            switch self {
            case .requested, .formalities, .precautionary: .recognised
            // Instalments may be agreed before the instrument is recognised.
            case .instalments: self
            default: nil
            }
        case .formalitiesBegun: self == .requested ? .formalities : nil
        case .formalitiesExplained: self == .formalities ? self : nil
        case .secured: isFinal ? nil : .precautionary
        case .enforcing, .enforcementUpheld: self == .paid || self == .withdrawn ? nil : .enforcing
        case .instalmentsGranted: isFinal || self == .suspended ? nil : .instalments
        case .contested: isFinal ? nil : .suspended
        case .refused: isFinal ? nil : .refused
        case .uncollectable: isFinal ? nil : .uncollectable
        case .withdrawn: self == .paid || self == .withdrawn ? nil : .withdrawn
        case .revised: self == .withdrawn ? nil : self
        // Money that has come is booked, whatever the claim has become.
        case .recovered, .remitted, .refunded, .interestCharged, .interestRecovered, .costsCharged, .costsKept,
            .costsClaimed, .costsReimbursed, .costsDeclined:
            self
        }
    }
}

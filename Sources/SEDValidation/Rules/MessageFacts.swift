// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
package import SEDCurrency

/// What a judgement depends on besides the document's bytes.
package struct Circumstances: Sendable {
    package var direction: MessageDirection
    /// The institutions whose messages go out; a message between two of them comes in.
    package var own: Set<InstitutionID>
    /// The day of the judgement; the date of a document that states none.
    package var today: CivilDate
    package var language: Language
    package var rates: RateSupply?

    package init(
        direction: MessageDirection = .inbound,
        own: Set<InstitutionID> = [],
        today: CivilDate,
        language: Language = .english,
        rates: RateSupply? = nil
    ) {
        self.direction = direction
        self.own = own
        self.today = today
        self.language = language
        self.rates = rates
    }

    func direction(of envelope: Envelope?) -> MessageDirection {
        guard let envelope, own.contains(envelope.sender.institution), !own.contains(envelope.receiver.institution)
        else { return direction }
        return .outbound
    }
}

/// What rules may ask about the message around a SED.
package struct MessageFacts: Sendable {
    package let direction: MessageDirection
    /// The envelope's creation date, or the day of the judgement.
    package let date: CivilDate
    /// The rest is nil for a SED without envelope.
    package let sentDate: CivilDate?
    package let senderCountry: String?
    package let receiverCountry: String?
    package let attachments: Int?
    private let askForRequestDate: @Sendable () -> CivilDate?
    /// Nil where nobody gives rates: then conversions are judged by fixed rates alone.
    package let rates: RateLookup?

    package init(
        direction: MessageDirection,
        date: CivilDate,
        sentDate: CivilDate? = nil,
        senderCountry: String? = nil,
        receiverCountry: String? = nil,
        attachments: Int? = nil,
        requestDate: @autoclosure @escaping @Sendable () -> CivilDate? = nil,
        rates: RateLookup? = nil
    ) {
        self.direction = direction
        self.date = date
        self.sentDate = sentDate
        self.senderCountry = senderCountry
        self.receiverCountry = receiverCountry
        self.attachments = attachments
        askForRequestDate = requestDate
        self.rates = rates
    }

    /// The day on which the request that the amounts belong to was first sent; nil where nobody knows.
    package var requestDate: CivilDate? { askForRequestDate() }

    init(_ envelope: Envelope?, _ circumstances: Circumstances, sed: String) {
        let sent = envelope.flatMap { CivilDate(parsing: String($0.createdAt.prefix(10))) }
        self.init(
            direction: circumstances.direction(of: envelope), date: sent ?? circumstances.today, sentDate: sent,
            senderCountry: envelope?.sender.institution.country,
            receiverCountry: envelope?.receiver.institution.country,
            attachments: envelope?.attachments.count,
            requestDate: Self.requestDate(envelope, sed: sed, sent ?? circumstances.today, circumstances.rates),
            rates: circumstances.rates?.rates
        )
    }

    /// A request that travels for the first time is sent on its own day; what comes later belongs to an earlier one.
    private static func requestDate(_ envelope: Envelope?, sed: String, _ day: CivilDate, _ supply: RateSupply?)
        -> CivilDate?
    {
        if sed == "R017", envelope.map({ $0.documentVersion == 1 }) ?? true { return day }
        return envelope.flatMap { supply?.requestDate($0) }
    }
}

/// What a validator needs to judge converted amounts by published rates.
package struct RateSupply: Sendable {
    package let rates: RateLookup
    /// The day on which the request in the case of a message was first sent; nil where that is not known.
    package let requestDate: @Sendable (Envelope) -> CivilDate?

    package init(
        rates: @escaping RateLookup,
        requestDate: @escaping @Sendable (Envelope) -> CivilDate? = { _ in nil }
    ) {
        self.rates = rates
        self.requestDate = requestDate
    }
}

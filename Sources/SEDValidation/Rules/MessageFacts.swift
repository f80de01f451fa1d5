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

    func direction(of envelope: EnvelopeFacts?) -> MessageDirection {
        guard let sender = envelope?.sender, own.contains(sender), envelope?.receiver.map(own.contains) != true
        else { return direction }
        return .outbound
    }
}

/// What rules may ask about the message around a SED.
package struct MessageFacts: Sendable {
    package let direction: MessageDirection
    /// The envelope's creation date, or the day of the judgement: by it parameters and rules are chosen.
    package let date: CivilDate
    /// The same as rules are told it; nil where the envelope's date cannot be read.
    package private(set) var toldDate: CivilDate?
    /// The rest is nil for a SED without envelope, and where the envelope's field cannot be read.
    package private(set) var sentDate: CivilDate?
    package private(set) var senderCountry: String?
    package private(set) var receiverCountry: String?
    package private(set) var attachments: Int?
    /// Whether there is an envelope, of which some of these facts cannot be read.
    private var isPartlyKnown = false
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
        toldDate = date
        self.sentDate = sentDate
        self.senderCountry = senderCountry
        self.receiverCountry = receiverCountry
        self.attachments = attachments
        askForRequestDate = requestDate
        self.rates = rates
    }

    /// The day on which the request that the amounts belong to was first sent; nil where nobody knows.
    package var requestDate: CivilDate? { askForRequestDate() }

    /// `facts` are those of the envelope, `envelope` the whole of it where all of it can be read.
    init(_ facts: EnvelopeFacts?, _ envelope: Envelope?, _ circumstances: Circumstances, sed: String) {
        let day = facts?.day ?? circumstances.today
        self.init(
            direction: circumstances.direction(of: facts), date: day, sentDate: facts?.day,
            senderCountry: facts?.sender?.country, receiverCountry: facts?.receiver?.country,
            attachments: facts?.attachments,
            requestDate: Self.requestDate(facts, envelope, sed: sed, day, circumstances.rates),
            rates: circumstances.rates?.rates
        )
        guard let facts else { return }
        toldDate = facts.day
        isPartlyKnown = [facts.day == nil, facts.sender == nil, facts.receiver == nil, facts.attachments == nil]
            .contains(true)
    }

    /// A request that travels for the first time is sent on its own day; what comes later belongs to an earlier one.
    private static func requestDate(
        _ facts: EnvelopeFacts?,
        _ envelope: Envelope?,
        sed: String,
        _ day: CivilDate,
        _ supply: RateSupply?
    ) -> CivilDate? {
        if sed == "R017", facts.map({ $0.documentVersion == 1 }) ?? true { return facts == nil ? day : facts?.day }
        return envelope.flatMap { supply?.requestDate($0) }
    }

    /// The message as it might be where facts of its envelope cannot be read; empty where all are known.
    ///
    /// What a rule finds counts when it finds it in each of them too: then it does not depend on what is unknown.
    var possibilities: [MessageFacts] {
        guard isPartlyKnown else { return [] }
        let guesses = [("1900-01-01", "EE", "SE", 0), ("2199-12-31", "SE", "EE", 1)]
        return guesses.map { day, one, other, count in
            var guess = self
            guess.toldDate = toldDate ?? CivilDate(parsing: day)
            guess.sentDate = sentDate ?? guess.toldDate
            guess.senderCountry = senderCountry ?? one
            guess.receiverCountry = receiverCountry ?? other
            guess.attachments = attachments ?? count
            return guess
        }
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

// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// What a judgement depends on besides the document's bytes.
package struct Circumstances: Hashable, Sendable {
    package var direction: MessageDirection
    /// The institutions whose messages go out; a message between two of them comes in.
    package var own: Set<InstitutionID>
    /// The day of the judgement; the date of a document that states none.
    package var today: CivilDate
    package var language: Language

    package init(
        direction: MessageDirection = .inbound,
        own: Set<InstitutionID> = [],
        today: CivilDate,
        language: Language = .english
    ) {
        self.direction = direction
        self.own = own
        self.today = today
        self.language = language
    }

    func direction(of envelope: Envelope?) -> MessageDirection {
        guard let envelope, own.contains(envelope.sender.institution), !own.contains(envelope.receiver.institution)
        else { return direction }
        return .outbound
    }
}

/// What rules may ask about the message around a SED.
package struct MessageFacts: Hashable, Sendable {
    package let direction: MessageDirection
    /// The envelope's creation date, or the day of the judgement.
    package let date: CivilDate
    /// The rest is nil for a SED without envelope.
    package let sentDate: CivilDate?
    package let senderCountry: String?
    package let receiverCountry: String?
    package let attachments: Int?

    package init(
        direction: MessageDirection,
        date: CivilDate,
        sentDate: CivilDate? = nil,
        senderCountry: String? = nil,
        receiverCountry: String? = nil,
        attachments: Int? = nil
    ) {
        self.direction = direction
        self.date = date
        self.sentDate = sentDate
        self.senderCountry = senderCountry
        self.receiverCountry = receiverCountry
        self.attachments = attachments
    }

    init(_ envelope: Envelope?, _ circumstances: Circumstances) {
        let sent = envelope.flatMap { CivilDate(parsing: String($0.createdAt.prefix(10))) }
        self.init(
            direction: circumstances.direction(of: envelope), date: sent ?? circumstances.today, sentDate: sent,
            senderCountry: envelope?.sender.institution.country,
            receiverCountry: envelope?.receiver.institution.country,
            attachments: envelope?.attachments.count
        )
    }
}

// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

extension CaseCourse {
    /// A document of ours that an institution which came into the case has to get from us.
    package struct ResendDuty: Hashable, Sendable {
        package let set: String
        package let sed: SEDType
        /// Its latest version, whose number stays the same.
        package let version: Int
        /// The stored message that holds this version.
        package let messageID: Int64
        package let receiver: EnvelopeParty
        package let action: CaseAction
        /// The message that sent it to the receiver; nil while it is to be sent.
        package let done: Int64?
    }

    /// What we have to send again after X005, X007 and X100: first come, first served, the starter first.
    ///
    /// Source: EESSI processes AD_BUC_03, AD_BUC_05 and AD_BUC_12: latest valid versions of our own documents with their
    /// numbers, no administrative ones besides X007 itself, no answers to documents that were withdrawn.
    package var resendDuties: [ResendDuty] {
        var duties: [ResendDuty] = []
        var served: Set<InstitutionID> = []
        for (place, message) in placed.enumerated() where message.entry.changesParticipants {
            let entry = message.entry
            guard ["X005", "X007", "X100"].contains(entry.code), let added = entry.added, added != institution,
                let receiver = known[added], receiver.isActive, served.insert(added).inserted
            else { continue }
            let isOurs = entry.code == "X007" && entry.sender == institution
            let party = EnvelopeParty(institution: added, role: receiver.role)
            if isOurs, let forwarding = document(of: message.step.event.set) {
                duties += duty(forwarding, to: party, action: .new).map { [$0] } ?? []
            }
            let own = documents.filter { isToBeSent($0, before: place, isForward: isOurs) }
            // The starter opens the case for whoever gets it; without it nothing else has a place.
            for document in own.filter({ $0.sed == useCase?.starter }) + own.filter({ $0.sed != useCase?.starter }) {
                duties += duty(document, to: party, action: action(for: document, isForward: isOurs)).map { [$0] } ?? []
            }
        }
        return duties
    }

    private func isToBeSent(_ document: Document, before place: Int, isForward: Bool) -> Bool {
        guard document.way == .sent, document.isValid, !document.sed.isAdministrative, document.first < place else {
            return false
        }
        // X050 and X008 made theirs invalid; an answer to such a document says nothing any more.
        return document.relatedSet.flatMap(self.document(of:))?.isValid ?? true
    }

    private func action(for document: Document, isForward: Bool) -> CaseAction {
        let isStarter =
            document.sed == useCase?.starter && documents.first { $0.sed == document.sed }?.set == document.set
        return switch (isStarter, isForward) {
        case (true, true): .startForward
        case (true, false): .start
        case (false, true): .newForward
        case (false, false): .new
        }
    }

    private func duty(_ document: Document, to receiver: EnvelopeParty, action: CaseAction) -> ResendDuty? {
        let sent = document.versions.values.filter { $0.holders[receiver.institution] != nil }
            .max { $0.number < $1.number }
        guard let version = sent ?? document.versions[document.version] else { return nil }
        return ResendDuty(
            set: document.set, sed: document.sed, version: version.number, messageID: version.messageID,
            receiver: receiver, action: action, done: version.holders[receiver.institution]
        )
    }
}

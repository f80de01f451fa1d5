// SPDX-License-Identifier: EUPL-1.2

internal import GRDB
package import SEDCore

/// That a document of ours must go again to an institution that has joined its case.
package struct ResendDuty: Hashable, Sendable {
    /// The message that holds the version which is due.
    package let messageID: Int64
    /// Our institution in the case, and its role.
    package let sender: EnvelopeParty
    package let receiver: EnvelopeParty
    /// `Start` or `New`, and where we hand the case over (X007) `StartForward` or `NewForward`.
    package let action: CaseAction

    package init(messageID: Int64, sender: EnvelopeParty, receiver: EnvelopeParty, action: CaseAction) {
        self.messageID = messageID
        self.sender = sender
        self.receiver = receiver
        self.action = action
    }
}

extension Snapshot {
    /// What is due by the cases as they stand and was never put into the outbox; of a case the starter first.
    package func openResendDuties() throws -> [ResendDuty] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT resend.*, businessCase.role FROM resend
                JOIN businessCase ON businessCase.caseId = resend.caseId
                    AND businessCase.institution = resend.institution
                WHERE doneBy IS NULL AND NOT EXISTS (
                    SELECT 1 FROM outbox
                    WHERE kind = 'resend' AND outbox.messageId = resend.messageId AND outbox.receiver = resend.receiver
                )
                ORDER BY resend.caseId, resend.institution, number
                """
        ).compactMap { row in
            guard let ours = InstitutionID(parsing: row["institution"]), let role = CaseRole(rawValue: row["role"]),
                let theirs = InstitutionID(parsing: row["receiver"]),
                let receiverRole = CaseRole(rawValue: row["receiverRole"]),
                let action = CaseAction(rawValue: row["action"])
            else { return nil }
            return ResendDuty(
                messageID: row["messageId"], sender: EnvelopeParty(institution: ours, role: role),
                receiver: EnvelopeParty(institution: theirs, role: receiverRole), action: action
            )
        }
    }
}

extension Transaction {
    /// Takes back what no case asks for any more: a version that another one replaced, or a document that was sent
    /// otherwise or withdrawn.
    package func withdrawResendsWithoutDuty() throws {
        try database.execute(
            sql: """
                UPDATE outbox SET state = 'withdrawn'
                WHERE kind = 'resend' AND state IN ('draft', 'faulty') AND NOT EXISTS (
                    SELECT 1 FROM resend
                    WHERE doneBy IS NULL AND resend.messageId = outbox.messageId AND resend.receiver = outbox.receiver
                )
                """
        )
    }
}

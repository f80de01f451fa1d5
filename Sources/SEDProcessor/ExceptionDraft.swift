// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore

/// A complete X050 message that answers a received one.
struct ExceptionDraft {
    let bytes: [UInt8]

    /// The identifiers are derived from the answered message, so that the same message always gets the same answer.
    init(answering received: Envelope, code: String, at instant: Instant) {
        func identifier(_ purpose: String) -> UniqueID {
            OwnMessage.identifier("X050 \(purpose) \(received.sender.institution) \(received.instance)")
        }
        bytes =
            OwnMessage(
                sender: received.receiver, receiver: received.sender, version: received.cdm, buc: received.buc,
                caseID: received.caseID, sed: "X050", instance: identifier("instance"), set: identifier("set"),
                relatedSet: received.set, createdAt: instant,
                content: """
                        <TheFollowingBusinessExceptionHasOccurred>
                          <businessException><value>\(code)</value></businessException>
                        </TheFollowingBusinessExceptionHasOccurred>
                        <WhileReceivingFollowingSED>
                          <SEDCode>\(received.sed)</SEDCode>
                          <SEDVersion>\(received.documentVersion)</SEDVersion>
                        </WhileReceivingFollowingSED>
                    """
            ).bytes
    }
}

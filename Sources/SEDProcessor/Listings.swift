// SPDX-License-Identifier: EUPL-1.2

package import SEDCases
internal import SEDCore
package import SEDInspection

// What the listing commands print, as values; the field names are those of the contract and of docs/report-format.md.

/// A line of `piiripost queue list`.
package struct QueueItem: Encodable, Hashable, Sendable {
    package enum Queue: String, Encodable, Hashable, Sendable, CaseIterable {
        case inbound
        case pending
        case quarantine
        case outbox
        case done
    }

    package let id: String
    package let queue: Queue
    package let messageId: String?
    package let sed: String?
    package let verdict: String?
    package let reason: String?
    package let attempts: Int
    package let disposition: String?
    package let rule: String?
    package let caseId: String?
    package let fileName: String?
    package let route: String?
    package let state: String?
}

/// What `piiripost queue show` prints.
package struct QueueItemDetails: Encodable {
    package struct HistoryEntry: Encodable {
        package let at: String
        package let actor: String
        package let act: String
        package let detail: String
    }

    /// How the message travelled, as its access point says; see `docs/access-points.md`.
    package struct Transport: Encodable {
        package let layout: String
        package let messageId: String?
        package let conversationId: String?
        package let refToMessageId: String?
        package let sender: String?
        package let receiver: String?
    }

    /// What the access point told of an outbox entry that it was given.
    package struct HandOver: Encodable {
        package let layout: String
        /// `given`, `stuck`, `takenOver`, `acknowledged`, `failed`, `gone`.
        package let state: String
        package let messageId: String?
        package let reason: String?
    }

    package let formatVersion = 1
    package let item: QueueItem
    package let transport: Transport?
    package let handOver: HandOver?
    package let history: [HistoryEntry]
    package let report: MessageReport?
}

/// A line of `piiripost case list`.
package struct CaseItem: Encodable, Hashable, Sendable {
    package let caseId: String
    /// The institution of ours that takes part in it.
    package let institution: String
    package let buc: String
    package let role: String
    package let state: String
    package let documents: Int
    package let pending: Int
}

/// What `piiripost case show` prints.
package struct CaseDetails: Encodable {
    package struct Party: Encodable {
        package let institution: String
        package let role: String
        package let isActive: Bool
    }

    package struct Document: Encodable {
        package let set: String
        package let sed: String
        package let way: String
        package let version: Int
        package let isValid: Bool
        /// To whom we sent its latest version, or who sent it.
        package let counterparties: [String]
    }

    /// The exchange with one counterparty.
    package struct Thread: Encodable {
        package let number: Int
        package let counterparty: String?
        package let state: String
        package let maySend: [String]
        package let mayArrive: [String]
    }

    /// A document of ours that an institution which came into the case has to get from us.
    package struct Resend: Encodable {
        package let receiver: String
        package let receiverRole: String
        package let sed: String
        package let set: String
        package let version: Int
        /// The action of the envelope: Start or New, and StartForward or NewForward to our own successor.
        package let action: String
        /// The message that holds this version.
        package let message: String
        /// The message that sent it; nil while it is to be sent.
        package let doneBy: String?
    }

    /// What rules about cases found in a message that was placed.
    package struct Finding: Encodable {
        package let message: String
        package let sed: String?
        package let rule: String
        package let severity: String
        package let text: String
    }

    package let formatVersion = 1
    package let item: CaseItem
    package let institution: String
    /// Other institutions of ours that take part in the case.
    package let otherInstitutions: [String]
    /// Of the thread that moved last.
    package let maySend: [String]
    package let mayArrive: [String]
    package let threads: [Thread]
    package let participants: [Party]
    package let documents: [Document]
    package let resends: [Resend]
    package let deadlines: [DueItem]
    package let findings: [Finding]
    package let pending: [QueueItem]
}

/// A line of `piiripost case timeline`.
package struct TimelineEntry: Encodable, Hashable, Sendable {
    package let at: String
    /// `received` or `sent` for what was placed; else the disposition of the message.
    package let event: String
    package let sed: String?
    package let version: Int?
    package let from: String?
    package let to: String?
    /// The institution at the other end of the message.
    package let counterparty: String?
    /// The message's identifier in the queues, such as `m12`.
    package let message: String
    package let remark: String?
}

/// A line of `piiripost buc list`.
package struct UseCaseItem: Encodable, Hashable, Sendable {
    package let buc: String
    package let version: String
    package let starter: String
    /// `two` or `several`.
    package let participants: String
    package let title: String
    package let titleEstonian: String
    package let reference: String

    package init(_ useCase: BusinessUseCase) {
        buc = useCase.type.code
        version = useCase.version.description
        starter = useCase.starter.code
        participants = useCase.isMultilateral ? "several" : "two"
        title = useCase.title
        titleEstonian = useCase.titleEstonian
        reference = useCase.reference
    }
}

/// What `piiripost buc show` prints.
package struct UseCaseDetails: Encodable, Hashable, Sendable {
    package struct Side: Encodable, Hashable, Sendable {
        package let role: String
        package let endStates: [String]
        package let transitions: [Row]
    }

    package struct Row: Encodable, Hashable, Sendable {
        package let state: String
        package let way: String
        package let sed: String
        package let reply: String?
        package let about: String?
        package let next: String
        package let process: String?
        package let contexts: [String]
        /// `must` or `noted`.
        package let mark: String?
    }

    package let formatVersion = 1
    package let useCase: UseCaseItem
    package let sides: [Side]

    package init(_ useCase: BusinessUseCase, _ tables: [RoleTable]) {
        self.useCase = UseCaseItem(useCase)
        sides = tables.map { table in
            Side(
                role: table.role.rawValue,
                endStates: table.endStates.map(\.name).sorted(),
                transitions: table.transitions.map { row in
                    Row(
                        state: row.state.name, way: row.way.rawValue, sed: row.sed.code, reply: row.reply?.code,
                        about: row.about?.code, next: row.next.name, process: row.process, contexts: row.contexts,
                        mark: row.mark?.rawValue
                    )
                }
            )
        }
    }
}

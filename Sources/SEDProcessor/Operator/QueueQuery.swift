// SPDX-License-Identifier: EUPL-1.2

internal import SEDCases
package import SEDCore
internal import SEDStorage

/// Which items of the queues are listed or acted on: what is set must hold.
package struct QueueQuery: Hashable, Sendable {
    package var queues: Set<QueueItem.Queue> = Set(QueueItem.Queue.allCases)
    package var rule: RuleID?
    /// The document; of an outbox entry the one that leaves.
    package var sed: SEDType?
    /// The institution at the other end, such as `SE:SEREC1`, or all of a State, such as `SE`.
    package var partner: String?
    /// Received or written before this moment.
    package var before: Instant?
    /// The most items of all queues together, in the order of the listing, the oldest ones of each; nil for all.
    package var limit: Int?

    package init() {}

    private var filter: ItemFilter {
        var filter = ItemFilter()
        (filter.rule, filter.sed, filter.partner) = (rule, sed, partner)
        (filter.before, filter.limit) = (before, limit)
        return filter
    }

    /// What is meant, in the order of the listing: files that cannot be taken, then messages, then what leaves.
    func references(in view: Snapshot) throws -> [ItemReference] {
        let messages = queues.flatMap(\.messageStates)
        let leaving = queues.flatMap(\.outboxStates)
        var references: [ItemReference] = []
        if queues.contains(.inbound) { references += try files(in: view) }
        if !messages.isEmpty { references += try view.messages(in: messages, filter).map(ItemReference.message) }
        if !leaving.isEmpty { references += try view.outbox(in: leaving, filter).map(ItemReference.outbox) }
        return limit.map { Array(references.prefix($0)) } ?? references
    }

    /// Whether a message has the document and the partner that are asked for.
    func admits(_ message: StoredMessage) -> Bool {
        let other = (message.way == .sent ? message.receiver : message.sender)?.text ?? ""
        let isPartner = partner.map { $0.contains(":") ? other == $0 : other.hasPrefix($0 + ":") } ?? true
        return isPartner && (sed ?? message.sed) == message.sed
    }

    /// A file that was never read has no document and no partner.
    private func files(in view: Snapshot) throws -> [ItemReference] {
        guard sed == nil, partner == nil else { return [] }
        let found = try view.obstacles().filter { obstacle in
            (rule ?? obstacle.rule) == obstacle.rule && before.map { obstacle.firstSeen < $0 } != false
        }
        return found.prefix(limit ?? .max).map { .file(queue: $0.queue, name: $0.fileName) }
    }
}

/// An item by the identifier that listings show: `m12` a message, `o5` an outbox entry, `f:QUEUE/NAME` a file.
enum ItemReference: Hashable, CustomStringConvertible {
    case message(Int64)
    case outbox(Int64)
    case file(queue: String, name: String)

    /// Nil for a text that is no identifier.
    init?(_ text: String) {
        if text.hasPrefix("m"), let number = Int64(text.dropFirst()) {
            self = .message(number)
        } else if text.hasPrefix("o"), let number = Int64(text.dropFirst()) {
            self = .outbox(number)
        } else if text.hasPrefix("f:"), let slash = text.lastIndex(of: "/") {
            // A file's name holds no slash; an inbound queue may be named by its path.
            let queue = text[..<slash].dropFirst(2)
            self = .file(queue: String(queue), name: String(text[text.index(after: slash)...]))
        } else {
            return nil
        }
    }

    var description: String {
        switch self {
        case .message(let number): "m\(number)"
        case .outbox(let number): "o\(number)"
        case .file(let queue, let name): "f:\(queue)/\(name)"
        }
    }
}

extension QueueItem.Queue {
    /// The queue of a message in a state.
    init(_ state: MessageState) {
        self =
            switch state {
            case .pending: .pending
            case .quarantined: .quarantine
            case .done, .rejected, .duplicate, .dropped: .done
            }
    }

    var messageStates: [MessageState] { MessageState.allCases.filter { Self($0) == self } }

    /// What has left, or never will, is listed no more.
    var outboxStates: [OutboxState] {
        self == .outbox ? [.draft, .ready, .staged, .unrouted, .held, .faulty] : []
    }
}

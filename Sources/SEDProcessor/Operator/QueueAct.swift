// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore

/// What a person does with an item of a queue.
package enum QueueAct: Hashable, Sendable {
    /// Try again now: place, judge, route, write or deliver, whatever the item waits for.
    case retry
    /// Let nothing happen with it until it is released.
    case hold
    /// End a hold, or let a draft of ours leave.
    case release
    /// Take it out of its queue for good; what was received stays in the store.
    case drop(reason: String)

    /// The longest reason of a drop, in characters.
    package static let longestReason = 500
}

/// What an act came to for one item.
package struct ActOutcome: Encodable, Hashable, Sendable {
    package enum Result: String, Encodable, Hashable, Sendable {
        case done
        /// Nothing is other than before, or nothing can be done with the item in this way.
        case refused
    }

    package let id: String
    package let result: Result
    /// Where the item stands now, or why nothing was done; told in the language that was asked for.
    package let detail: String
}

/// What an act on several items came to.
package struct ActReport: Encodable, Hashable, Sendable {
    package let formatVersion = 1
    /// Whether this is only what would happen.
    package let isDryRun: Bool
    package let items: [ActOutcome]

    package var isComplete: Bool { items.allSatisfy { $0.result == .done } }
}

/// What an act came to, before it is told.
struct ActAnswer {
    let result: ActOutcome.Result
    let detail: BilingualText

    static func done(_ english: String, _ estonian: String) -> ActAnswer {
        ActAnswer(result: .done, detail: BilingualText(english, estonian))
    }

    static func refused(_ english: String, _ estonian: String) -> ActAnswer {
        ActAnswer(result: .refused, detail: BilingualText(english, estonian))
    }
}

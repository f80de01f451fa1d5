// SPDX-License-Identifier: EUPL-1.2

internal import SEDCases
internal import SEDCore
internal import SEDStorage
internal import SEDValidation

/// A person's acts on what leaves.
struct OutboxActs {
    let scene: QueueOperator.Scene
    let item: OutboxItem

    private var transaction: Transaction { scene.transaction }

    func perform(_ act: QueueAct) throws -> ActAnswer {
        switch item.state {
        case .delivered: return .refused("it was delivered", "see on üle antud")
        case .staged where act != .retry: return .refused("it is on its way", "see on juba teel")
        case .withdrawn, .released, .dropped: return .refused("it leaves no more", "see ei lahku enam")
        default: break
        }
        switch act {
        case .retry: return try retry()
        case .hold: return try hold()
        case .release: return try release()
        case .drop(let reason): return try drop(because: reason)
        }
    }

    private func audit(_ act: String, _ detail: String) throws {
        try scene.audit(act, message: item.messageID, "outbox \(item.id) \(item.kind.rawValue): \(detail)")
    }

    // MARK: Retry

    private func retry() throws -> ActAnswer {
        switch item.state {
        case .staged where item.isPlaceLost:
            // A person has looked whether it is in the folder that cannot be found.
            _ = try transaction.route(outbox: item.id, from: .staged, to: .ready, destination: item.destination)
            try audit("retried", "staged anew")
            return .done("the next run delivers it", "järgmine käivitus annab selle üle")
        case .ready, .staged:
            _ = try transaction.route(
                outbox: item.id, from: item.state, to: item.state, destination: item.destination)
            try audit("retried", "delivery")
            return .done("the next run delivers it", "järgmine käivitus annab selle üle")
        case .unrouted:
            return try leave(act: "retried")
        case .faulty:
            return try writeAnew()
        default:
            return .refused("it waits to be released", "see ootab vabastamist")
        }
    }

    /// Writes a document that must go again once more.
    private func writeAnew() throws -> ActAnswer {
        try transaction.remove(faultyOutbox: item.id)
        let duties = try transaction.view.openResendDuties().filter {
            $0.messageID == item.messageID && $0.receiver.institution == item.receiver
        }
        if duties.isEmpty {
            try audit("retried", "no longer due")
            return .done("it is no longer due", "seda pole enam vaja saata")
        }
        let written = try Resends(
            transaction: transaction, configuration: scene.configuration, validator: scene.reference.validator,
            now: scene.now, actor: scene.actor
        ).write(duties)
        try audit("retried", written > 0 ? "written" : "not written")
        return written > 0
            ? .done("it is written now", "see on nüüd koostatud")
            : .refused("no valid message can be made of it yet", "sellest ei saa veel kehtivat sõnumit koostada")
    }

    // MARK: Hold and drop

    private func hold() throws -> ActAnswer {
        guard [.ready, .unrouted].contains(item.state) else {
            return .refused("only what would leave by itself can be held", "peatada saab ainult seda, mis lahkuks ise")
        }
        guard
            try transaction.route(outbox: item.id, from: item.state, to: .held, destination: item.destination)
        else { return .refused("it is on its way", "see on juba teel") }
        try audit("held", item.state.rawValue)
        return .done("it is held", "see on peatatud")
    }

    private func drop(because reason: String) throws -> ActAnswer {
        guard
            try transaction.route(outbox: item.id, from: item.state, to: .dropped, destination: item.destination)
        else { return .refused("it is on its way", "see on juba teel") }
        try audit("dropped", "\(item.state.rawValue): \(reason)")
        // The case stays open for all of its participants, or for none.
        if let key = item.closes, item.state == .draft {
            for other in try transaction.view.closingItems(of: key) where other.state == .draft {
                _ = try transaction.route(outbox: other.id, from: .draft, to: .dropped, destination: nil)
            }
        }
        return .done("it does not leave", "see ei lahku")
    }

    // MARK: Release

    private func release() throws -> ActAnswer {
        switch item.state {
        case .held: return try leave(act: "released")
        case .draft:
            switch item.kind {
            case .closing: return try close()
            case .exception: return try answerByException()
            case .resend, .delivery: return try leave(act: "released")
            }
        default: return .refused("it is neither a draft nor held", "see ei ole mustand ega peatatud")
        }
    }

    /// Gives the entry to the folder that the first matching route names.
    private func leave(act: String) throws -> ActAnswer {
        // Held back while its message lost its place, it was not taken back: it may go when that has its place again.
        if item.kind == .delivery, try transaction.view.message(item.messageID)?.state != .done {
            return .refused("its message has no place", "selle sõnumil ei ole kohta")
        }
        guard let (envelope, way) = try envelope() else { return Self.invalid }
        let received = try transaction.view.message(item.messageID)?.receivedAt ?? scene.now
        let day = way == .sent ? scene.now.date : received.date
        let route = try transaction.view.route(for: envelope, way: way, on: day, by: scene.configuration)
        if route == nil, item.state == .unrouted {
            return .refused("no routing rule matches", "ükski marsruutimisreegel ei sobi")
        }
        guard
            try transaction.route(
                outbox: item.id, from: item.state, to: route == nil ? .unrouted : .ready,
                destination: route?.destination)
        else { return .refused("it is on its way", "see on juba teel") }
        if item.kind == .delivery { try transaction.setRoute(route?.name, of: item.messageID) }
        try audit(act, route.map { "route \($0.name)" } ?? "unrouted")
        return route == nil
            ? .done(
                "it is released, but no routing rule matches",
                "see on vabastatud, kuid ükski marsruutimisreegel ei sobi")
            : .done("the next run delivers it", "järgmine käivitus annab selle üle")
    }

    /// The envelope of what leaves, judged anew where it is a document of ours; nil where that is not valid any more.
    private func envelope() throws -> (envelope: Envelope, way: Way)? {
        if item.kind == .delivery {
            guard let envelope = try transaction.view.envelope(of: item.messageID),
                let message = try transaction.view.message(item.messageID)
            else { return nil }
            return (envelope, message.way)
        }
        guard let bytes = try transaction.view.bytes(ofOutbox: item.id) else { return nil }
        let judgement = scene.reference.validator.judge(bytes, direction: .outbound)
        guard judgement.report.verdict == .valid, let envelope = judgement.envelope else { return nil }
        return (envelope, .sent)
    }

    private static let invalid = ActAnswer.refused(
        "the document is not valid by today's schemas and rules", "dokument ei kehti tänaste skeemide ja reeglite järgi"
    )

    /// Lets an X050 leave: the message that it answers is rejected from now on.
    private func answerByException() throws -> ActAnswer {
        guard let message = try transaction.view.message(item.messageID), message.state == .pending else {
            return .refused("its message waits no more", "selle sõnum ei oota enam")
        }
        if message.isHeld {
            return .refused("its message is held; release it", "selle sõnum on peatatud; vabastage see")
        }
        let answer = try leave(act: "released")
        guard answer.result == .done else { return answer }
        try GracePeriod(
            transaction: transaction, configuration: scene.configuration, useCases: scene.reference.useCases,
            validator: scene.reference.validator, now: scene.now, actor: scene.actor
        ).settle(
            message, .rejected, .reject, rule: message.rule,
            reason: "No place was found within the grace period; the business exception that answers it was released.")
        return answer
    }

    /// Closes the case: the X001 to each participant becomes a message of the case like any other.
    private func close() throws -> ActAnswer {
        guard let key = item.closes else { return Self.invalid }
        let drafts = try transaction.view.closingItems(of: key).filter { $0.state == .draft }
        var commit = scene.commit
        var numbers: [Int64] = []
        for draft in drafts {
            guard let bytes = try transaction.view.bytes(ofOutbox: draft.id) else { return Self.invalid }
            let judgement = scene.reference.validator.judge(bytes, direction: .outbound)
            guard judgement.report.verdict == .valid, let envelope = judgement.envelope else { return Self.invalid }
            // A case must not be closed here while the others hear nothing of it.
            guard
                try transaction.view.route(for: envelope, way: .sent, on: scene.now.date, by: scene.configuration)
                    != nil
            else { return .refused("no routing rule matches", "ükski marsruutimisreegel ei sobi") }
            // Before the message has its place: then the case withdraws the drafts that are left.
            _ = try transaction.route(outbox: draft.id, from: .draft, to: .released, destination: nil)
            let id = try commit.receive(bytes, judgement, from: ClosingRules.queue, named: draft.fileName).id
            numbers.append(id)
        }
        _ = try commit.settleCases()
        let isPlaced = try numbers.allSatisfy { try transaction.view.message($0)?.state == .done }
        guard isPlaced, !numbers.isEmpty else {
            return .refused("the X001 has no place in its case any more", "X001-l ei ole juhtumis enam kohta")
        }
        let names = numbers.map { "m\($0)" }.joined(separator: ", ")
        try audit("released", "closes the case as \(names)")
        return .done("it closes the case as \(names)", "see sulgeb juhtumi sõnumiga \(names)")
    }
}

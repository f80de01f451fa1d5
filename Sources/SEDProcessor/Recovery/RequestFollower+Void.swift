// SPDX-License-Identifier: EUPL-1.2

internal import SEDCases
internal import SEDCore
internal import SEDRecovery
internal import SEDStorage

extension StoredRecoveryRequest {
    /// Whether the document that made the request was not made invalid.
    func isInForce(in news: [StoredRecoveryNews]) -> Bool {
        invalidation(in: news) == nil
    }

    /// The message that made the document of the request invalid.
    func invalidation(in news: [StoredRecoveryNews]) -> Int64? {
        news.first { $0.messageID == messageID }?.voidedBy
    }
}

/// What becomes of a document that its sender has made invalid (X008), or that could not be taken (X050).
extension RequestFollower {
    /// Takes back what a document has told: the books become what they would be without it.
    ///
    /// Money has moved, whatever becomes of the document that told it: then all that it told stays, and so it does where
    /// later events rest on it. A person looks at that.
    mutating func takeBack(_ messageID: Int64, _ act: Int64) throws {
        let sed = try transaction.view.recoveryNews(of: request.id).first { $0.messageID == messageID }?.sed ?? ""
        if messageID == request.messageID {
            try end(act)
        } else if try sed == "R004" || !undo(messageID, act) {
            leftovers[act] = .books
        }
        try transaction.markVoid(messageID, by: act, of: request.id)
        try reopenTasks(endedBy: messageID)
        try transaction.audit(
            "recovery-void", subject: "recovery:\(request.id)",
            detail: "\(sed) message \(messageID), by message \(act)\(leftovers[act] == .books ? ", booked" : "")",
            by: actor, at: now)
    }

    /// Opens the tasks again that a document had ended, save where another one that is in force answers them too.
    private func reopenTasks(endedBy messageID: Int64) throws {
        let news = try transaction.view.recoveryNews(of: request.id)
        for task in news where task.doneByMessage == messageID {
            let other = news.last {
                $0.messageID > task.messageID && $0.isInForce && Self.answered[$0.sed]?.contains(task.sed) ?? false
            }
            try transaction.reopenTask(task.messageID, answeredBy: other?.messageID, of: request.id)
        }
    }

    /// Without the request nothing is claimed any more.
    private mutating func end(_ act: Int64) throws {
        leftovers[act] = .other
        invalidatedBy = act
        for claim in books.ledgers.keys.sorted() {
            guard let ledger = books.ledgers[claim] else { continue }
            if !ledger.requested.recovered.isZero || ledger.remitted.units > 0 { leftovers[act] = .books }
            try withdraw(claim, ledger, act)
        }
    }

    private mutating func withdraw(_ claim: Int, _ ledger: ClaimLedger, _ act: Int64) throws {
        let withdrawal = ClaimEvent.withdrawn(on: now.date, reason: try reason(act))
        if ledger.state.next(after: withdrawal) != nil { try book(withdrawal, claim, act) }
    }

    /// What the outcome of a document says that came behind its invalid request.
    static let notBooked = "not booked"

    /// Notes a document that stands behind an invalid request: only money that it tells of is booked, because that has
    /// moved all the same, and a person looks at it.
    mutating func noteBehind(_ act: Int64, _ messageID: Int64, _ sed: String, _ news: RecoveryNews) throws {
        if sed == "R004" {
            // Money for offsetting has no books.
            let isTold = try news.task == nil && (books.ledgers.isEmpty || bookBeforeEnd(act, news.items, messageID))
            return try transaction.noteNews(
                messageID, outcome: isTold ? news.outcome : Self.notBooked, task: RecoveryNews.Task.books.rawValue,
                of: request.id)
        }
        let isUnread = try news.task == .unreadable && transaction.view.message(messageID)?.way == .received
        try transaction.noteNews(
            messageID, outcome: Self.notBooked, task: isUnread ? RecoveryNews.Task.unreadable.rawValue : nil,
            of: request.id)
    }

    /// Books money as if it had come before the request was made invalid, as it did for the party that sent it.
    ///
    /// - Returns: False where it has no place in the books.
    private mutating func bookBeforeEnd(_ act: Int64, _ items: [RecoveryNews.Item], _ messageID: Int64) throws -> Bool {
        var attempt = self
        do {
            let fits = try transaction.attempt {
                try attempt.takeBackEvents(of: act, because: messageID) { event in
                    if case .withdrawn = event { true } else { false }
                }
                guard try attempt.bookAll(attempt.expanded(items), messageID) else { return (false, false) }
                for (claim, ledger) in attempt.books.ledgers.sorted(by: { $0.key < $1.key }) {
                    try attempt.withdraw(claim, ledger, act)
                }
                return (true, true)
            }
            if fits { books = attempt.books }
            return fits
        } catch let error as RecoveryError where error.code == .booking {
            return false
        }
    }

    /// Books that events which a message has told count no more.
    private mutating func takeBackEvents(
        of told: Int64,
        because messageID: Int64,
        where isMeant: (ClaimEvent) -> Bool = { _ in true }
    ) throws {
        var numbers: [Int: [Int]] = [:]
        for stored in try transaction.view.recoveryEvents(of: request.id) where stored.messageID == told {
            guard let event = books.events[stored.claim]?[stored.number - 1], isMeant(event) else { continue }
            numbers[stored.claim, default: []].append(stored.number)
        }
        for claim in numbers.keys.sorted() {
            try book(.takenBack(events: numbers[claim] ?? [], reason: reason(messageID)), claim, messageID)
        }
    }

    /// Lets a document count again that the case holds for valid again, because its X008 has lost its place.
    ///
    /// Where that cannot be booked, or another request has taken the place of this one, everything stays as it is. A
    /// person looks at it either way.
    mutating func restore(_ item: StoredRecoveryNews) throws {
        guard let act = item.voidedBy else { return }
        guard try !isReplaced(item), try revive(item, act) else {
            let task = RecoveryNews.Task.books.rawValue
            return try transaction.leaveTask(task, with: act, of: request.id, again: false)
        }
        leftovers[act] = .books
        try transaction.audit(
            "recovery-valid-again", subject: "recovery:\(request.id)",
            detail: "\(item.sed) message \(item.messageID), no more by message \(act)", by: actor, at: now)
    }

    /// Whether another request of the case stands in the place of this one.
    private func isReplaced(_ item: StoredRecoveryNews) throws -> Bool {
        guard item.messageID == request.messageID else { return false }
        return try transaction.view.recoveryRequests(of: key.id).contains { other in
            try other.id != request.id && other.institution == key.institution
                && other.isInForce(in: transaction.view.recoveryNews(of: other.id))
        }
    }

    /// - Returns: False where it has no place in the books any more.
    private mutating func revive(_ item: StoredRecoveryNews, _ act: Int64) throws -> Bool {
        let isFirst = item.messageID == request.messageID
        let isBooked = try transaction.view.recoveryEvents(of: request.id).contains { $0.messageID == item.messageID }
        var attempt = self
        do {
            try transaction.attempt {
                try attempt.takeBackEvents(of: act, because: item.messageID)
                return ((), true)
            }
        } catch let error as RecoveryError where error.code == .booking {
            return false
        }
        books = attempt.books
        if isFirst {
            invalidatedBy = nil
            // What came behind it is looked at anew, save where a person has done so.
            for other in try transaction.view.recoveryNews(of: request.id)
            where other.outcome == Self.notBooked && other.doneBy == nil {
                try transaction.forgetNews(other.messageID, of: request.id)
            }
        }
        if isFirst || isBooked {
            try transaction.markVoid(item.messageID, by: nil, of: request.id)
            if let answered = Self.answered[item.sed] {
                try transaction.finishTasks(
                    ofDocuments: answered, by: item.messageID, of: request.id, .init(at: now, by: actor))
            }
        } else {
            try transaction.forgetNews(item.messageID, of: request.id)
        }
        return true
    }

    /// - Returns: False where it cannot be undone, and nothing of it was.
    private mutating func undo(_ messageID: Int64, _ act: Int64) throws -> Bool {
        for event in try transaction.view.recoveryEvents(of: request.id) where event.messageID == messageID {
            guard let told = books.events[event.claim]?[event.number - 1], !told.isMoney else { return false }
        }
        var attempt = self
        do {
            try transaction.attempt {
                try attempt.takeBackEvents(of: messageID, because: act)
                return ((), true)
            }
        } catch let error as RecoveryError where error.code == .booking {
            return false
        }
        books = attempt.books
        return true
    }

    private func reason(_ act: Int64) throws -> String { try transaction.view.message(act)?.sed?.code ?? "X008" }

    /// Notes the message with X008 or X050 itself; a document that has told nothing leaves nothing to do.
    func noteInvalidation(_ messageID: Int64) throws {
        let document = try transaction.view.documentActedOn(by: messageID, in: key)
        try transaction.noteNews(
            messageID, outcome: "invalid: \(document ?? "-")", task: leftover(of: messageID)?.rawValue, of: request.id)
    }

    private func leftover(of act: Int64) throws -> RecoveryNews.Task? {
        let isSent = try transaction.view.message(act)?.way == .sent
        return leftovers[act].flatMap { $0 == .other && isSent ? nil : $0 }
    }

    /// Writes what is left for a person also where the message with X008 or X050 was looked at before: by a version that
    /// left nothing, or before its document was valid again.
    func noteLeftovers() throws {
        if leftovers.isEmpty { return }
        let news = try transaction.view.recoveryNews(of: request.id)
        for act in leftovers.keys.sorted() {
            guard let noted = news.first(where: { $0.messageID == act }) else {
                try noteInvalidation(act)
                continue
            }
            guard let task = try leftover(of: act), task == .books || noted.task == nil else { continue }
            try transaction.leaveTask(task.rawValue, with: act, of: request.id, again: true)
        }
    }
}

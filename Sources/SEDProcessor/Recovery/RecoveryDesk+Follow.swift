// SPDX-License-Identifier: EUPL-1.2

internal import SEDCases
package import SEDCore
internal import SEDRecovery
internal import SEDStorage

extension RecoveryDesk {
    /// Brings the requests in line with what their cases hold by now: each message is looked at once.
    ///
    /// - Returns: How many messages were looked at.
    @discardableResult
    package func follow(by actor: String, at instant: Instant) throws -> Int {
        try Self.follow(workspace.store, triesAgain: true, by: actor, at: instant)
    }

    /// How many cases share one transaction.
    private static let batch = 64

    /// Follows every case that has changed, some in each transaction; nothing is written where nothing has.
    ///
    /// What others ask of us becomes a request of its own. What cannot be booked becomes a task for a person; it never
    /// stops what comes behind it. A case whose books cannot be read is left to the next command of a person
    /// (`triesAgain`), which tells why.
    @discardableResult
    static func follow(_ store: Store, triesAgain: Bool, by actor: String, at instant: Instant) throws -> Int {
        var count = 0
        var includesStuck = triesAgain
        while try !store.read({ try $0.touchedCases(stuck: includesStuck, limit: 1) }).isEmpty {
            count += try store.write { transaction in
                let cases = try transaction.takeTouchedCases(stuck: includesStuck, limit: batch)
                return try cases.map { key in
                    do {
                        return try transaction.attempt {
                            (try CaseFollower(transaction: transaction, actor: actor, now: instant).follow(key), true)
                        }
                    } catch {
                        // One case must not end every run; a disk without room stops them all anyway.
                        if isDiskFull(error) { throw error }
                        try transaction.noteStuck(key)
                        try transaction.audit(
                            "recovery-stuck", subject: "case:\(key.id)", detail: "-", by: actor, at: instant)
                        return 0
                    }
                }.reduce(0, +)
            }
            includesStuck = false
        }
        return count
    }

    /// Notes that a person did what a message of a request asked for.
    package func finish(task messageID: Int64, of id: Int64, by actor: String, at instant: Instant) throws {
        try follow(by: "recovery", at: instant)
        _ = try stored(id)
        try workspace.store.write { transaction in
            guard try transaction.finishTask(messageID, of: id, .init(at: instant, by: actor)) else {
                throw RecoveryError(
                    .notFound, "message \(messageID) of request \(id) asks nothing of anybody",
                    "taotluse \(id) sõnum \(messageID) ei nõua kelleltki midagi")
            }
            try transaction.audit(
                "recovery-task-done", subject: "recovery:\(id)", detail: "message \(messageID)", by: actor, at: instant)
        }
    }
}

/// Follows what one case of one institution has become, inside a transaction.
struct CaseFollower {
    let transaction: Transaction
    let actor: String
    let now: Instant

    /// - Returns: How many messages were looked at.
    func follow(_ key: CaseKey) throws -> Int {
        try takeUp(key)
        var count = 0
        for request in try transaction.view.recoveryRequests(of: key.id) where request.institution == key.institution {
            try transaction.noteDisplacedNews(of: request.id, in: key)
            let news = try transaction.view.recoveryNews(of: request.id)
            let voided = try transaction.view.voidedMessages(of: key)
            let known = Set(news.filter(\.isInForce).map(\.messageID))
            let valid = try transaction.view.validMessages(of: key)
            let restored = news.filter { !$0.isInForce && valid.contains($0.messageID) }
            if try messages(request).isEmpty, restored.isEmpty,
                !voided.contains(where: { known.contains($0.messageID) })
            {
                continue
            }
            var follower = RequestFollower(
                request: request, key: key, books: try RecoveryBooks(of: request.id, in: transaction.view),
                transaction: transaction, actor: actor, now: now,
                voided: Dictionary(voided.map { ($0.messageID, $0.by) }) { first, _ in first },
                invalidatedBy: request.invalidation(in: news))
            for item in restored { try follower.restore(item) }
            for (message, act) in voided where known.contains(message) { try follower.takeBack(message, act) }
            let messages = try messages(request)
            for message in messages { try follower.follow(message) }
            try follower.noteLeftovers()
            count += messages.count
        }
        return count
    }

    private func messages(_ request: StoredRecoveryRequest) throws -> [Int64] {
        guard let caseID = request.caseID else { return [] }
        return try transaction.view.messagesToFollow(of: caseID, institution: request.institution, request: request.id)
    }

    private func takeUp(_ key: CaseKey) throws {
        let view = transaction.view
        // Of several first messages of a case only one makes it.
        guard
            try !view.recoveryRequests(of: key.id).contains(where: {
                try $0.institution == key.institution && $0.isInForce(in: view.recoveryNews(of: $0.id))
            }),
            let messageID = try view.requestToTakeUp(in: key), let envelope = try view.envelope(of: messageID)
        else { return }
        let kind: RequestKind =
            switch envelope.sed.code {
            case "R015": .notification
            case "R012": .information
            case "R001": .offset
            case "R005": .arrears
            case "R008": .provisionalBenefits
            case "R010": .provisionalContributions
            default:
                try view.bytes(of: messageID).flatMap(SEDNode.init(ofMessage:))?["TypeRequest"]?.code("typeRequest")
                    == "02" ? .precautionary : .recovery
            }
        var request = StoredRecoveryRequest(
            kind: kind.rawValue, side: "requested", institution: key.institution,
            counterparty: envelope.sender.institution, state: .received, content: "", digest: "",
            fingerprint: "received \(key.id)", created: StoredRecoveryRequest.Act(at: now, by: actor)
        )
        request.caseID = key.id
        request.messageID = messageID
        request.rateDate = CivilDate(parsing: String(envelope.createdAt.prefix(10)))
        let id = try transaction.insert(request, attachments: [])
        try transaction.audit(
            "recovery-received", subject: "recovery:\(id)", detail: "message \(messageID), case \(key.id)", by: actor,
            at: now)
    }
}

/// Books what the messages of one request say.
struct RequestFollower {
    let request: StoredRecoveryRequest
    let key: CaseKey
    var books: RecoveryBooks
    let transaction: Transaction
    let actor: String
    let now: Instant
    /// The messages of the case whose documents are invalid, each with the message that made them so.
    let voided: [Int64: Int64]
    /// The message that made the request itself invalid.
    var invalidatedBy: Int64?
    /// What X008 and X050 leave for a person, by their messages.
    var leftovers: [Int64: RecoveryNews.Task] = [:]

    mutating func follow(_ messageID: Int64) throws {
        guard let envelope = try transaction.view.envelope(of: messageID),
            let sed = try transaction.view.bytes(of: messageID).flatMap(SEDNode.init(ofMessage:)),
            let day = CivilDate(parsing: String(envelope.createdAt.prefix(10)))
        else {
            let task = RecoveryNews.Task.unreadable.rawValue
            return try transaction.noteNews(messageID, outcome: nil, task: task, of: request.id)
        }
        if RecoveryNews.invalidating.contains(sed.name) { return try noteInvalidation(messageID) }
        let isFirst = messageID == request.messageID
        // Our own request opened its books when it was sent.
        let isKnown = isFirst && request.side == "applicant"
        let ledgers = books.ledgers.keys.sorted().compactMap { books.ledgers[$0] }
        let news = RecoveryNews(sed, set: envelope.set.text, day: day, claims: ledgers, isFirst: isFirst)
        // What was invalid before anybody looked at it never comes into the books.
        if let act = voided[messageID] {
            if sed.name == "R004" { leftovers[act] = .books }
            return try transaction.noteNews(
                messageID, outcome: news.outcome, task: nil, voidedBy: act, of: request.id)
        }
        if let invalidatedBy { return try noteBehind(invalidatedBy, messageID, sed.name, news) }
        var task = try isKnown || isSent(messageID, sed.name, news) ? nil : news.task
        // Amounts that were stated later hold; what came late is for a person to look at.
        let restates = ["R017", "R025", "R034"].contains(sed.name)
        let isLate = try restates && transaction.view.isLate(messageID, for: request.id, in: key)
        if isLate { task = .amounts }
        if !isKnown, !isLate {
            let before = books.ledgers
            if try !bookAll(expanded(news.items), messageID) {
                // Nothing of a document is lost: a person sees that it did not fit.
                task = .amounts
            } else if isMoneyForWithdrawn(since: before), try !isOurs(messageID) {
                task = .books
            }
        }
        if let answered = Self.answered[sed.name] {
            try transaction.finishTasks(
                ofDocuments: answered, by: messageID, of: request.id, .init(at: now, by: actor))
        }
        try transaction.noteNews(
            messageID, outcome: isLate ? "late" : news.outcome ?? (isKnown ? "requested" : nil), task: task?.rawValue,
            of: request.id)
    }

    /// Which document a document answers, so that it refers to it.
    static let refersTo = [
        "R002": "R001", "R006": "R005", "R009": "R008", "R011": "R010", "R014": "R012", "R016": "R015",
        "R018": "R017", "R029": "R028", "R033": "R019", "R036": "R018",
    ]

    /// What a document asked for is done with one of these.
    static let answered = [
        "R002": ["R001"], "R006": ["R005"], "R009": ["R008"], "R011": ["R010"],
        "R004": ["R001", "R005", "R008", "R010"], "R014": ["R012"], "R016": ["R015"], "R018": ["R017", "R036"],
        "R029": ["R028"], "R033": ["R019"],
        "R034": ["R019", "R033"], "R036": ["R018"],
    ]

    /// Books all that a document says, or nothing of it.
    ///
    /// - Returns: False where it has no place in the books.
    mutating func bookAll(_ items: [RecoveryNews.Item], _ messageID: Int64) throws -> Bool {
        var attempt = self
        do {
            try transaction.attempt {
                for item in items { try attempt.book(item, messageID) }
                return ((), true)
            }
        } catch let error as RecoveryError where error.code == .booking {
            return false
        }
        books = attempt.books
        return true
    }

    /// Whether money has come in that was recovered before the other party read the withdrawal.
    private func isMoneyForWithdrawn(since before: [Int: ClaimLedger]) -> Bool {
        before.contains { $1.state == .withdrawn && books.ledgers[$0]?.collected != $1.collected }
    }

    private func isOurs(_ messageID: Int64) throws -> Bool { try transaction.view.message(messageID)?.way == .sent }

    /// What we sent ourselves asks nothing of us, save where it could not be booked.
    private func isSent(_ messageID: Int64, _ sed: String, _ news: RecoveryNews) throws -> Bool {
        switch (news.task, sed) {
        case (.currency, _), (.amounts, _), (.unreadable, _), (.instalments, "R018"): false
        default: try isOurs(messageID)
        }
    }

    /// What concerns every claim concerns each by itself: one that it does not fit must not keep it from the others.
    ///
    /// A claim that has ended is left out, unless all have: then somebody has to look.
    func expanded(_ items: [RecoveryNews.Item]) -> [RecoveryNews.Item] {
        items.flatMap { item -> [RecoveryNews.Item] in
            guard case .all(let event) = item else { return [item] }
            let claims = books.ledgers.keys.sorted()
            let open = claims.filter { claim in
                books.ledgers[claim].map { !$0.state.isFinal || $0.state.next(after: event) != nil } ?? false
            }
            return (open.isEmpty ? claims : open).map { .one($0, event) }
        }
    }

    private mutating func book(_ item: RecoveryNews.Item, _ messageID: Int64) throws {
        switch item {
        case .one(let claim, let event): try book(event, claim, messageID)
        case .all: preconditionFailure("what concerns all claims was expanded")
        case .planAgreed:
            // What was agreed is not in the books where it could not be: somebody has to know.
            guard books.ledgers.values.contains(where: { $0.plan != nil }) else {
                throw RecoveryError.booking(.misplaced)
            }
            for claim in books.ledgers.keys.sorted() {
                guard let plan = books.ledgers[claim]?.plan, plan.consultation == .requested else { continue }
                let agreed = InstalmentPlan(plan.instalments, consultation: .agreed, grantedOn: plan.grantedOn)
                try book(.instalmentsGranted(agreed), claim, messageID)
            }
        case .payment(let payment): try pay(payment, messageID)
        }
    }

    mutating func book(_ event: ClaimEvent, _ claim: Int, _ messageID: Int64) throws {
        // Recognition that comes late, or twice, says nothing new; after a refusal it does.
        if case .recognised = event, let ledger = books.ledgers[claim],
            ledger.isRecognised || ledger.state != .refused && ledger.state.next(after: event) == nil
        {
            return
        }
        // Withdrawn by hand before it was told.
        if case .withdrawn = event, books.ledgers[claim]?.state == .withdrawn { return }
        try books.append(event, to: claim, messageID: messageID, by: actor, at: now, in: transaction)
    }

    private mutating func pay(_ payment: RecoveryNews.Payment, _ messageID: Int64) throws {
        if let parts = payment.parts { try recover(parts, payment, messageID) }
        var candidates = [books.ledgers.values.remittanceDue, ExactDecimal.sum(books.ledgers.values.map(\.held))]
        if payment.parts == nil, books.ledgers.count == 1, let ledger = books.ledgers.values.first {
            candidates.append(ledger.remittanceDue.adding(ledger.requested.outstanding.total))
        }
        guard let amount = payment.booked(asOneOf: candidates) else { throw RecoveryError.booking(.wrongAmount) }
        if payment.parts == nil { try recoverRest(of: amount, payment, messageID) }
        try remit(amount, payment, messageID)
    }

    /// A remittance that says what was recovered of each claim by then: that is booked, and then the money is given to
    /// what is due of the claims in their order, as whoever sent it does.
    private mutating func recover(_ parts: RecoveredParts, _ payment: RecoveryNews.Payment, _ messageID: Int64) throws {
        guard parts.claims.keys.allSatisfy({ books.ledgers[$0] != nil }) else {
            throw RecoveryError.booking(.misplaced)
        }
        for claim in books.ledgers.keys.sorted() {
            guard let ledger = books.ledgers[claim] else { continue }
            guard let (more, interest) = parts.since(ledger, claim: claim) else {
                throw RecoveryError.booking(.moreThanOutstanding)
            }
            if !more.isZero {
                let receipt = Receipt(.parts(more), on: payment.on, payment: payment.key, source: .document)
                try book(.recovered(receipt), claim, messageID)
            }
            if interest.units > 0 {
                let charge = InterestCharge(.late, interest, from: payment.on, to: payment.on, basis: "R004")
                try book(.interestCharged(charge), claim, messageID)
                try book(.interestRecovered(interest, on: payment.on), claim, messageID)
            }
        }
    }

    /// A remittance without a word on the claims: it pays what was recovered and not yet remitted; what is beyond was
    /// recovered with it, which only of a single claim leaves no doubt.
    private mutating func recoverRest(
        of amount: ExactDecimal,
        _ payment: RecoveryNews.Payment,
        _ messageID: Int64
    ) throws {
        guard let due = books.ledgers.values.remittanceDue, let rest = amount.adding(due.negated()) else {
            throw RecoveryError.booking(.wrongAmount)
        }
        if rest.units <= 0 { return }
        guard books.ledgers.count == 1, let claim = books.ledgers.keys.first else {
            throw RecoveryError.booking(.moreThanDue)
        }
        let receipt = Receipt(.sum(rest, order: []), on: payment.on, payment: payment.key, source: .document)
        try book(.recovered(receipt), claim, messageID)
    }

    /// Gives money to what is due of the claims in their order, and then to what else the other party has got for them:
    /// it has paid that before it read that less is claimed.
    private mutating func remit(_ amount: ExactDecimal, _ payment: RecoveryNews.Payment, _ messageID: Int64) throws {
        var rest = amount
        var shares: [Int: ExactDecimal] = [:]
        for limit in [\ClaimLedger.remittanceDue, \.held] {
            for claim in books.ledgers.keys.sorted() {
                let known = shares[claim] ?? .zero
                guard let free = books.ledgers[claim]?[keyPath: limit].adding(known.negated()) else { continue }
                let share = Self.smaller(free, rest)
                guard share.units > 0, let left = rest.adding(share.negated()), let sum = known.adding(share) else {
                    continue
                }
                rest = left
                shares[claim] = sum
            }
        }
        guard rest.units == 0 else { throw RecoveryError.booking(.moreThanDue) }
        for (claim, share) in shares.sorted(by: { $0.key < $1.key }) {
            try book(.remitted(share, on: payment.on, payment: payment.key), claim, messageID)
        }
    }

    /// Never less than zero.
    private static func smaller(_ left: ExactDecimal, _ right: ExactDecimal) -> ExactDecimal {
        if left.units <= 0 || right.units <= 0 { return .zero }
        return left.compared(to: right) == -1 ? left : right
    }
}

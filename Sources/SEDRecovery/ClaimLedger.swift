// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
internal import SEDCurrency

/// Why an event cannot be booked.
package enum LedgerRefusal: String, Error, Hashable, Sendable, CaseIterable {
    /// The first event states the claim, and no other one does.
    case notOpened = "not-opened"
    case openedTwice = "opened-twice"
    /// The state of the claim does not allow it.
    case misplaced
    /// Another currency than the claim has, or more decimals than the currency.
    case wrongCurrency = "wrong-currency"
    /// Amounts are more than zero, and a claim is no more than 15 digits long.
    case wrongAmount = "wrong-amount"
    case moreThanOutstanding = "more-than-outstanding"
    case moreThanDue = "more-than-due"
    /// A payment with this reference was booked.
    case paymentTwice = "payment-twice"
    case withoutReason = "without-reason"
    /// The identity does not hold: a fault of the program, told instead of stored.
    case unbalanced
}

/// The books of one claim: a fold over its events, in the currencies of both parties.
///
/// Recovery is made and booked in the currency of the requested party. The same share is booked in the currency of the
/// applicant party: of each component, what was paid in all of what was outstanding when the amounts were last stated,
/// rounded half up. So it does not matter in how many payments money came, the payment that settles one currency settles
/// the other, and both parties come to the same books. What the applicant party gets in its own currency on
/// the day of a remittance is another matter, with its own rate (Article 90).
package struct ClaimLedger: Hashable, Sendable {
    /// Something that rules of law say about the history, without refusing it.
    package struct Remark: Hashable, Sendable, Codable {
        package let rule: String
        /// Of the event, from 1.
        package let event: Int

        package init(rule: RuleID, event: Int) {
            self.rule = rule.text
            self.event = event
        }
    }

    package private(set) var applicant: Balance
    package private(set) var requested: Balance
    package private(set) var state = ClaimState.requested
    /// Interest under the law of the requested State (Article 80(2)).
    package private(set) var interest: SideAccount
    /// Costs that the debtor owes the requested party, which keeps them (Article 85(1)).
    package private(set) var costs: SideAccount
    /// Costs that the applicant party was asked to bear (Article 85(2), (3)).
    package private(set) var reimbursement: SideAccount
    package private(set) var remitted: ExactDecimal
    /// What was paid and is not claimed any more: the debtor gets it back from whoever holds it.
    package private(set) var refundDue: ExactDecimal
    /// What the requested party has got of each component in all, whatever is claimed of it by now: never less than
    /// before, so that both parties can tell what is new.
    package private(set) var collected: Parts
    /// What the debtor has paid to the applicant party itself, as long as the amounts that the other party knows have
    /// it in them: a part of what counts as recovered.
    package private(set) var direct: Parts
    /// The same in the applicant's currency.
    private var directForApplicant: Parts
    /// The part of the refund that lay with the requested party when it was claimed no more, in the smallest units.
    private var refundOfRequested = 0
    /// In the smallest units.
    private var refundedByRequested = 0
    package private(set) var plan: InstalmentPlan?
    package private(set) var remarks: [Remark] = []
    package private(set) var eventCount = 0
    /// Enforcement after contestation, because the applicant party asked for it.
    package private(set) var isUpheld = false
    private var recognisedOn: CivilDate?
    private var requestedOn: CivilDate?
    private var payments: Set<String> = []
    private var stated: Stated

    /// What was outstanding when the amounts were last stated, and what was paid since then.
    private struct Stated: Hashable, Sendable {
        let applicant: Parts
        let requested: Parts
        var paidToApplicant: Parts
        var paid: Parts

        init(_ applicant: Parts, _ requested: Parts) {
            self.applicant = applicant
            self.requested = requested
            paidToApplicant = applicant.zero
            paid = requested.zero
        }
    }

    /// Whether the instrument was recognised, or treated as such (Article 79).
    package var isRecognised: Bool { recognisedOn != nil }

    /// Opens the books with the first event.
    package init(opening event: ClaimEvent) throws(LedgerRefusal) {
        guard case .claimed(let claim) = event else { throw .notOpened }
        guard !claim.applicant.isZero, !claim.requested.isZero else { throw .wrongAmount }
        applicant = Balance(claiming: claim.applicant)
        requested = Balance(claiming: claim.requested)
        stated = Stated(claim.applicant, claim.requested)
        let zero = ExactDecimal(units: 0, decimals: claim.requested.decimals)
        interest = SideAccount(zero: zero)
        costs = SideAccount(zero: zero)
        reimbursement = SideAccount(zero: zero)
        remitted = zero
        refundDue = zero
        collected = claim.requested.zero
        direct = claim.requested.zero
        directForApplicant = claim.applicant.zero
        eventCount = 1
    }

    /// Folds a whole history, without what was taken back; throws where the rest does not hold by itself.
    package init(folding events: [ClaimEvent]) throws(LedgerRefusal) {
        guard let first = events.first else { throw .notOpened }
        try self.init(opening: first)
        // From the end, because what was taken back may itself have taken back others.
        let void = events.enumerated().reversed().reduce(into: Set<Int>()) { void, entry in
            guard case .takenBack(let numbers, _) = entry.element, !void.contains(entry.offset + 1) else { return }
            void.formUnion(numbers)
        }
        // What opens the books is never taken back.
        if void.contains(1) { throw .notOpened }
        for (index, event) in events.enumerated().dropFirst() {
            if case .takenBack(let numbers, let reason) = event {
                guard numbers.allSatisfy({ $0 <= index }) else { throw .misplaced }
                try demand(reason)
            } else if !void.contains(index + 1) {
                try apply(event)
                continue
            }
            // Events keep their numbers.
            eventCount += 1
        }
    }

    /// Whether the identity holds in both currencies.
    package var isBalanced: Bool { applicant.isBalanced && requested.isBalanced }

    /// What the requested party has got, interest included, and has neither remitted nor given back.
    package var held: ExactDecimal { exact(heldUnits) }

    private var heldUnits: Int {
        collected.totalUnits + interest.settled.units - remitted.units - refundedByRequested
    }

    /// What lies with the requested party and is still to be transferred to the applicant party (Article 80(1)).
    package var remittanceDue: ExactDecimal { exact(heldUnits - refundOfRequested) }

    /// What a party is to give back to the debtor: the requested one what lay with it, and was not remitted since.
    package func refundDue(by party: ClaimParty) -> ExactDecimal {
        exact(party == .requested ? refundOfRequested : refundDue.units - refundOfRequested)
    }

    /// Books an event; throws without any change.
    package mutating func apply(_ event: ClaimEvent) throws(LedgerRefusal) {
        var copy = self
        copy.eventCount += 1
        if case .claimed = event { throw .openedTwice }
        guard let next = state.next(after: event) ?? endAfterDirectPayment(event) else { throw .misplaced }
        copy.state = next
        try copy.book(event)
        copy.settle()
        guard copy.isBalanced else { throw .unbalanced }
        self = copy
    }

    /// What the debtor has paid to the applicant party ends the claim for the other party by its withdrawal.
    private func endAfterDirectPayment(_ event: ClaimEvent) -> ClaimState? {
        guard case .withdrawn = event, state == .paid, !direct.isZero else { return nil }
        return .withdrawn
    }

    private mutating func book(_ event: ClaimEvent) throws(LedgerRefusal) {
        switch event {
        case .claimed, .secured, .takenBack: break
        case .revised(let claim, _, let reason): try revise(to: claim, reason)
        case .withdrawn(_, let reason):
            try demand(reason)
            try tell(of: (directForApplicant, direct))
            guard applicant.move(applicant.outstanding, from: .outstanding, to: .withdrawn),
                requested.move(requested.outstanding, from: .outstanding, to: .withdrawn)
            else { throw .unbalanced }
        case .recovered(let receipt): try recover(receipt)
        case .remitted(let amount, _, let payment): try remit(amount, payment)
        case .refunded(let amount, _, let party): try refund(units(of: amount), by: party)
        case .recognised(let day): recognisedOn = day
        case .formalitiesBegun(let day): requestedOn = day
        case .formalitiesExplained(_, let reason), .refused(_, let reason), .uncollectable(_, let reason):
            try demand(reason)
        case .enforcing(let day):
            if recognisedOn == nil { recognisedOn = day }
        case .instalmentsGranted(let plan): try grant(plan)
        case .contested: isUpheld = false
        case .enforcementUpheld: isUpheld = true
        case .interestCharged(let charge):
            try interest.charge(units(of: charge.amount))
            if charge.kind == .late, recognisedOn.map({ charge.from < $0 }) ?? true { remark("REC-80-2-004") }
        case .interestRecovered(let amount, _): try interest.settle(units(of: amount))
        case .costsCharged(let amount, _): try costs.charge(units(of: amount))
        case .costsKept(let amount, _): try costs.settle(units(of: amount))
        case .costsClaimed(let amount, _, _): try reimbursement.charge(units(of: amount))
        case .costsReimbursed(let amount, _): try reimbursement.settle(units(of: amount))
        case .costsDeclined: reimbursement.waive()
        }
    }

    /// Money may end a claim, or open it again.
    private mutating func settle() {
        if requested.outstanding.isZero, state != .withdrawn, state != .refused, !requested.recovered.isZero {
            state = .paid
        } else if requested.outstanding.isZero, requested.recovered.isZero, !state.isFinal {
            state = .withdrawn
        } else if state == .paid, !requested.outstanding.isZero {
            state = .enforcing
        }
    }

    // MARK: The claim

    private mutating func revise(to claim: Claim, _ reason: String) throws(LedgerRefusal) {
        try demand(reason)
        guard claim.applicant.currency == applicant.claimed.currency,
            claim.requested.currency == requested.claimed.currency
        else { throw .wrongCurrency }
        var own = 0
        if claim.requested.isZero {
            // Nothing was owed, so the applicant party gives back what it got itself.
            own = direct.totalUnits
            (direct, directForApplicant) = (direct.zero, directForApplicant.zero)
        } else {
            try tell(of: told(by: claim))
        }
        _ = try Self.revise(&applicant, to: claim.applicant)
        owe(try Self.revise(&requested, to: claim.requested), ofApplicant: own)
        stated = Stated(
            applicant.outstanding.combined(with: directForApplicant, +),
            requested.outstanding.combined(with: direct, +))
    }

    /// What is claimed no more and was paid: so much of it to the applicant party itself.
    private mutating func owe(_ surplus: Int, ofApplicant own: Int = 0) {
        if surplus == 0 { return }
        refundOfRequested += max(0, min(surplus - own, heldUnits - refundOfRequested))
        refundDue = exact(refundDue.units + surplus)
        remark("REC-78-5-002")
    }

    /// How much of what the applicant party was paid itself a smaller claim accounts for.
    private func told(by claim: Claim) -> (applicant: Parts, requested: Parts) {
        var told = (applicant: directForApplicant.zero, requested: direct.zero)
        for kind in ComponentKind.allCases {
            let (own, theirs) = (directForApplicant[units: kind], direct[units: kind])
            let less = max(0, applicant.standing[units: kind] - claim.applicant[units: kind])
            told.applicant[units: kind] = min(less, own)
            told.requested[units: kind] =
                if own > less {
                    Self.proportion(theirs, less, own)
                } else if own > 0 {
                    theirs
                } else {
                    min(theirs, max(0, requested.standing[units: kind] - claim.requested[units: kind]))
                }
        }
        return told
    }

    /// What the other party knows to be claimed no more counts as recovered no more.
    private mutating func tell(of told: (applicant: Parts, requested: Parts)) throws(LedgerRefusal) {
        guard applicant.move(told.applicant, from: .recovered, to: .outstanding),
            requested.move(told.requested, from: .recovered, to: .outstanding)
        else { throw .unbalanced }
        directForApplicant = directForApplicant.combined(with: told.applicant, -)
        direct = direct.combined(with: told.requested, -)
    }

    /// Brings a balance to new amounts; gives how much of what was recovered is claimed no more.
    private static func revise(_ balance: inout Balance, to parts: Parts) throws(LedgerRefusal) -> Int {
        let standing = balance.standing
        guard parts.currency == standing.currency else { throw .wrongCurrency }
        let more = parts.combined(with: standing) { max(0, $0 - $1) }
        let less = standing.combined(with: parts) { max(0, $0 - $1) }
        let fromOutstanding = less.combined(with: balance.outstanding, min)
        let fromRecovered = less.combined(with: fromOutstanding, -)
        guard balance.claim(more) else { throw .wrongAmount }
        guard balance.move(fromOutstanding, from: .outstanding, to: .reduced),
            balance.move(fromRecovered, from: .recovered, to: .reduced)
        else { throw .unbalanced }
        return fromRecovered.totalUnits
    }

    /// Money counts for what is outstanding; what a document tells, also for what was withdrawn behind its back.
    ///
    /// What is beyond goes back to the debtor: nobody may enter it, save where the claim has ended or a document tells it.
    private mutating func recover(_ receipt: Receipt) throws(LedgerRefusal) {
        try note(payment: "receipt \(receipt.payment)", receipt.payment)
        let isTold = receipt.source == .document
        let mayExceed = isTold || state == .paid || state == .withdrawn
        let withdrawn = isTold ? requested.withdrawn : requested.withdrawn.zero
        let came = try parts(of: receipt.amount, filling: requested.outstanding.combined(with: withdrawn, +), mayExceed)
        let booked = came.combined(with: requested.outstanding, min)
        let rest = came.combined(with: booked, -)
        let restored = rest.combined(with: withdrawn, min)
        let surplus = rest.combined(with: restored, -).totalUnits
        guard mayExceed || surplus == 0 else { throw .moreThanOutstanding }
        guard surplus == 0 || collected.totalUnits + came.totalUnits <= Parts.limit else { throw .wrongAmount }
        guard requested.move(booked, from: .outstanding, to: .recovered),
            requested.move(restored, from: .withdrawn, to: .recovered)
        else { throw .unbalanced }
        let counted = booked.combined(with: restored, +)
        if receipt.source == .applicant {
            direct = direct.combined(with: counted, +)
        } else {
            if state == .suspended, !isUpheld { remark("REC-81-2-001") }
            if [.requested, .recognised].contains(state) { state = .enforcing }
            collected = collected.combined(with: came, +)
            stated.paid = stated.paid.combined(with: counted, +)
        }
        if !counted.isZero { try recoverForApplicant(receipt.source) }
        owe(surplus, ofApplicant: receipt.source == .applicant ? surplus : 0)
        if !restored.isZero, requested.withdrawn.isZero { state = .paid }
    }

    /// Spreads a sum over what there is room for; what is beyond it stands with the principal.
    private func parts(of amount: Receipt.Amount, filling room: Parts, _ mayExceed: Bool) throws(LedgerRefusal) -> Parts
    {
        switch amount {
        case .parts(let given):
            guard given.currency == requested.claimed.currency else { throw .wrongCurrency }
            guard !given.isZero else { throw .wrongAmount }
            return given
        case .sum(let sum, let order):
            let units = try units(of: sum)
            let beyond = max(0, units - room.totalUnits)
            guard mayExceed || beyond == 0, var filled = room.filled(with: units - beyond, in: order) else {
                throw .moreThanOutstanding
            }
            filled[units: .principal] += beyond
            return filled
        }
    }

    /// Books what the last payment is worth in the applicant's currency.
    private mutating func recoverForApplicant(_ source: Receipt.Source?) throws(LedgerRefusal) {
        let withdrawn = source == .document ? applicant.withdrawn : applicant.withdrawn.zero
        let settlesAll = requested.outstanding.isZero && (source != .document || requested.withdrawn.isZero)
        let (paid, known) =
            source == .applicant ? (direct, directForApplicant) : (stated.paid, stated.paidToApplicant)
        var share = applicant.claimed.zero
        for kind in ComponentKind.allCases {
            let room = applicant.outstanding[units: kind] + withdrawn[units: kind]
            // A component that is worth less than a unit in the other currency goes with the last payment.
            let worth = Self.proportion(
                stated.applicant[units: kind], paid[units: kind], stated.requested[units: kind])
            share[units: kind] = settlesAll ? room : max(0, min(worth - known[units: kind], room))
        }
        let booked = share.combined(with: applicant.outstanding, min)
        guard applicant.move(booked, from: .outstanding, to: .recovered),
            applicant.move(share.combined(with: booked, -), from: .withdrawn, to: .recovered)
        else { throw .unbalanced }
        if source == .applicant {
            directForApplicant = directForApplicant.combined(with: share, +)
        } else {
            stated.paidToApplicant = stated.paidToApplicant.combined(with: share, +)
        }
    }

    /// `whole` times `part` by `of`, rounded half up.
    static func proportion(_ whole: Int, _ part: Int, _ of: Int) -> Int {
        guard of > 0, part > 0 else { return 0 }
        let product = whole.multipliedFullWidth(by: part)
        let (quotient, rest) = of.dividingFullWidth(product)
        return quotient + (rest >= of - rest ? 1 : 0)
    }

    // MARK: Money for the applicant party, and instalments

    private mutating func remit(_ amount: ExactDecimal, _ payment: String) throws(LedgerRefusal) {
        let units = try units(of: amount)
        try note(payment: "remittance \(payment)", payment)
        if units > heldUnits, !direct.isZero { try attribute(units - heldUnits) }
        // What was transferred before a reduction was read has moved all the same.
        guard units <= heldUnits else { throw .moreThanDue }
        remitted = exact(remitted.units + units)
        refundOfRequested = min(refundOfRequested, heldUnits)
    }

    /// What the applicant party has entered was no payment of the debtor to it: the requested party has got and
    /// transferred it, and no document could be booked that says so.
    private mutating func attribute(_ units: Int) throws(LedgerRefusal) {
        guard let parts = direct.filled(with: units, in: []) else { throw .moreThanDue }
        var share = applicant.claimed.zero
        for kind in ComponentKind.allCases {
            share[units: kind] = Self.proportion(
                directForApplicant[units: kind], parts[units: kind], direct[units: kind])
        }
        direct = direct.combined(with: parts, -)
        directForApplicant = directForApplicant.combined(with: share, -)
        collected = collected.combined(with: parts, +)
        stated.paid = stated.paid.combined(with: parts, +)
        stated.paidToApplicant = stated.paidToApplicant.combined(with: share, +)
        if [.requested, .recognised].contains(state) { state = .enforcing }
    }

    /// Under a withdrawn claim also what counts as recovered may go back: nothing is claimed any more.
    private mutating func refund(_ units: Int, by party: ClaimParty?) throws(LedgerRefusal) {
        if units > refundDue.units, state == .withdrawn { try release(units - refundDue.units) }
        guard units <= refundDue.units else { throw .moreThanDue }
        let ofApplicant = refundDue.units - refundOfRequested
        let ofRequested = party == .applicant ? max(0, units - ofApplicant) : min(units, refundOfRequested)
        refundedByRequested += ofRequested
        refundOfRequested -= ofRequested
        refundDue = exact(refundDue.units - units)
    }

    /// What was recovered of a withdrawn claim is withdrawn as well.
    private mutating func release(_ units: Int) throws(LedgerRefusal) {
        guard let parts = requested.recovered.filled(with: units, in: []) else { throw .moreThanDue }
        var share = applicant.claimed.zero
        for kind in ComponentKind.allCases {
            share[units: kind] = Self.proportion(
                applicant.recovered[units: kind], parts[units: kind], requested.recovered[units: kind])
        }
        guard requested.move(parts, from: .recovered, to: .withdrawn),
            applicant.move(share, from: .recovered, to: .withdrawn)
        else { throw .unbalanced }
        owe(units)
    }

    private mutating func grant(_ plan: InstalmentPlan) throws(LedgerRefusal) {
        var sum = 0
        for instalment in plan.instalments {
            let (next, overflow) = sum.addingReportingOverflow(try units(of: instalment.amount))
            guard !overflow else { throw .wrongAmount }
            sum = next
        }
        guard sum > 0 else { throw .wrongAmount }
        self.plan = plan
        if plan.consultation == .none { remark("REC-80-2-001") }
        if sum != requested.outstanding.totalUnits { remark("REC-80-2-002") }
    }

    // MARK: What every event asks

    private func units(of amount: ExactDecimal) throws(LedgerRefusal) -> Int {
        guard let units = amount.written(withDecimals: requested.claimed.decimals)?.units else { throw .wrongCurrency }
        guard (1...Parts.limit).contains(units) else { throw .wrongAmount }
        return units
    }

    private func exact(_ units: Int) -> ExactDecimal {
        ExactDecimal(units: units, decimals: requested.claimed.decimals)
    }

    private mutating func note(payment key: String, _ reference: String) throws(LedgerRefusal) {
        guard !reference.isEmpty else { throw .withoutReason }
        guard payments.insert(key).inserted else { throw .paymentTwice }
    }

    private func demand(_ reason: String) throws(LedgerRefusal) {
        if reason.allSatisfy(\.isWhitespace) { throw .withoutReason }
    }

    private mutating func remark(_ rule: RuleID) {
        remarks.append(Remark(rule: rule, event: eventCount))
    }
}

extension Sequence<ClaimLedger> {
    /// What is still to be transferred of all of them, in their one currency; nil where the sum is too large.
    ///
    /// What one has got too much is given back, and is not set off against another.
    package var remittanceDue: ExactDecimal? { ExactDecimal.sum(map(\.remittanceDue)) }
}

/// An account beside the claim: what was charged, and how much of it was paid.
package struct SideAccount: Hashable, Sendable {
    package private(set) var charged: ExactDecimal
    package private(set) var settled: ExactDecimal

    init(zero: ExactDecimal) {
        charged = zero
        settled = zero
    }

    package var open: ExactDecimal {
        ExactDecimal(units: charged.units - settled.units, decimals: charged.decimals)
    }

    mutating func charge(_ units: Int) throws(LedgerRefusal) {
        guard charged.units + units <= Parts.limit else { throw .wrongAmount }
        charged = ExactDecimal(units: charged.units + units, decimals: charged.decimals)
    }

    /// What is open is asked for no more.
    mutating func waive() { charged = settled }

    mutating func settle(_ units: Int) throws(LedgerRefusal) {
        guard units <= open.units else { throw .moreThanDue }
        settled = ExactDecimal(units: settled.units + units, decimals: settled.decimals)
    }
}

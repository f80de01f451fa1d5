// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCore
import Testing

@testable import SEDRecovery

struct ClaimLedgerTests {
    private let day = Samples.day

    private func sek(_ amounts: [ComponentKind: Int]) throws -> Parts { try Self.parts("SEK", amounts) }
    private func eur(_ amounts: [ComponentKind: Int]) throws -> Parts { try Self.parts("EUR", amounts) }

    private static func parts(_ currency: String, _ amounts: [ComponentKind: Int]) throws -> Parts {
        try #require(Parts(currency, amounts.mapValues { ExactDecimal(units: $0, decimals: 2) }))
    }

    private func opened() throws -> ClaimLedger {
        try ClaimLedger(
            opening: .claimed(
                Claim(
                    applicant: eur([.principal: 100_00, .interest: 10_00]),
                    requested: sek([.principal: 1111_00, .interest: 111_00]))))
    }

    private func money(_ units: Int) -> ExactDecimal { ExactDecimal(units: units, decimals: 2) }

    private func receipt(_ units: Int, _ payment: String, _ order: [ComponentKind] = []) -> ClaimEvent {
        .recovered(Receipt(.sum(money(units), order: order), on: day, payment: payment))
    }

    @Test func `a payment is booked in both currencies, and the last one settles both`() throws {
        var ledger = try opened()
        try ledger.apply(.recognised(on: day))
        try ledger.apply(receipt(222_20, "1", [.interest]))
        #expect(ledger.state == .enforcing)
        #expect(ledger.requested.recovered == (try sek([.interest: 111_00, .principal: 111_20])))
        // 111.20 of 1111.00 is a tenth and a little: 10.009 of 100.00.
        #expect(ledger.applicant.recovered == (try eur([.interest: 10_00, .principal: 10_01])))
        #expect(ledger.remittanceDue == money(222_20))
        try ledger.apply(.remitted(money(200_00), on: day, payment: "r1"))
        #expect(ledger.remittanceDue == money(22_20))
        try ledger.apply(receipt(999_80, "2"))
        #expect(ledger.state == .paid)
        #expect(ledger.applicant.outstanding.isZero)
        #expect(ledger.applicant.recovered.total == money(110_00))
    }

    @Test func `no payment twice, nothing beyond what is due, nothing where it has no place`() throws {
        var ledger = try opened()
        try ledger.apply(receipt(100, "1"))
        let before = ledger
        func refused(_ event: ClaimEvent) -> LedgerRefusal? {
            do {
                try ledger.apply(event)
                return nil
            } catch {
                return error
            }
        }
        #expect(refused(receipt(100, "1")) == .paymentTwice)
        #expect(refused(receipt(2000_00, "2")) == .moreThanOutstanding)
        #expect(refused(receipt(0, "2")) == .wrongAmount)
        #expect(refused(.recovered(Receipt(.parts(try eur([.fines: 1])), on: day, payment: "3"))) == .wrongCurrency)
        #expect(
            refused(.recovered(Receipt(.parts(try sek([.fines: 1])), on: day, payment: "3"))) == .moreThanOutstanding)
        #expect(refused(.remitted(money(101), on: day, payment: "r")) == .moreThanDue)
        #expect(refused(.refunded(money(1), on: day)) == .moreThanDue)
        #expect(refused(.refused(on: day, reason: " ")) == .withoutReason)
        #expect(refused(.formalitiesBegun(received: day)) == .misplaced)
        #expect(
            refused(.claimed(Claim(applicant: try eur([.fines: 1]), requested: try sek([.fines: 1])))) == .openedTwice)
        #expect(ledger == before, "what is refused changes nothing")
    }

    @Test func `a reduction below what was recovered is owed to the debtor`() throws {
        var ledger = try opened()
        try ledger.apply(receipt(1000_00, "1", [.principal]))
        try ledger.apply(
            .revised(
                Claim(applicant: eur([.principal: 50_00]), requested: sek([.principal: 555_50])), on: day,
                reason: "Otsus 7-1/14"))
        #expect(ledger.requested.isBalanced && ledger.applicant.isBalanced)
        #expect(ledger.requested.recovered.total == money(555_50))
        #expect(ledger.refundDue == money(444_50))
        #expect(ledger.remarks.map(\.rule) == ["REC-78-5-002"])
        #expect(ledger.state == .paid)
        try ledger.apply(.refunded(money(444_50), on: day))
        #expect(ledger.refundDue == money(0))
        #expect(ledger.remittanceDue == money(555_50))
    }

    @Test func `interest of the requested party and its costs never touch the claim`() throws {
        var ledger = try opened()
        try ledger.apply(.recognised(on: day))
        let claim = ledger.requested
        try ledger.apply(
            .interestCharged(InterestCharge(.late, money(5_00), from: day, to: day.adding(days: 30), basis: "4 %")))
        try ledger.apply(.interestRecovered(money(2_00), on: day))
        try ledger.apply(.costsCharged(money(9_00), on: day))
        try ledger.apply(.costsKept(money(9_00), on: day))
        try ledger.apply(.costsClaimed(money(7_00), under: .unfounded, on: day))
        #expect(ledger.requested == claim)
        #expect(ledger.interest.open == money(3_00))
        #expect(ledger.remittanceDue == money(2_00), "interest is remitted, costs are kept")
        #expect(ledger.reimbursement.open == money(7_00))
        #expect(ledger.remarks.isEmpty)
        try ledger.apply(
            .interestCharged(InterestCharge(.late, money(1), from: day.adding(days: -1), to: day, basis: "4 %")))
        #expect(ledger.remarks.map(\.rule) == ["REC-80-2-004"])
    }

    @Test func `contestation suspends, and money that comes all the same is remarked`() throws {
        var ledger = try opened()
        try ledger.apply(.enforcing(on: day))
        try ledger.apply(.contested(on: day))
        #expect(ledger.state == .suspended)
        try ledger.apply(receipt(1_00, "1"))
        #expect(ledger.remarks.map(\.rule) == ["REC-81-2-001"])
        try ledger.apply(.enforcementUpheld(on: day))
        try ledger.apply(receipt(1_00, "2"))
        #expect(ledger.remarks.count == 1)
        try ledger.apply(.withdrawn(on: day, reason: "R034"))
        #expect(ledger.state == .withdrawn)
        #expect(ledger.requested.outstanding.isZero)
    }

    @Test func `instalments cover the claim to the last unit`() throws {
        var ledger = try opened()
        let plan = try #require(
            InstalmentPlan.monthly(
                ledger.requested.outstanding.total, count: 7, from: CivilDate(parsing: "2026-01-31") ?? day,
                consultation: .agreed, grantedOn: day))
        #expect(plan.instalments.map(\.amount.units).reduce(0, +) == 1222_00)
        #expect(plan.instalments[1].dueOn.description == "2026-02-28")
        try ledger.apply(.instalmentsGranted(plan))
        #expect(ledger.state == .instalments)
        #expect(ledger.remarks.isEmpty)
        let short = InstalmentPlan(Array(plan.instalments.dropLast()), consultation: .none, grantedOn: day)
        try ledger.apply(.instalmentsGranted(short))
        #expect(ledger.remarks.map(\.rule) == ["REC-80-2-001", "REC-80-2-002"])
    }

    @Test func `what was taken back counts as if it had never been told`() throws {
        let claim = Claim(
            applicant: try eur([.principal: 100_00, .interest: 10_00]),
            requested: try sek([.principal: 1100_00, .interest: 122_00]))
        let reduced = Claim(applicant: try eur([.principal: 40_00]), requested: try sek([.principal: 440_00]))
        let history: [ClaimEvent] = [
            .claimed(claim), .recognised(on: day), receipt(50_00, "1"), .revised(reduced, on: day, reason: "R025"),
            .contested(on: day), .enforcementUpheld(on: day), receipt(390_00, "2"),
            .remitted(money(440_00), on: day, payment: "1"), .costsClaimed(money(7_00), under: .unfounded, on: day),
            .costsReimbursed(money(7_00), on: day),
        ]
        for number in 2...history.count {
            var rest = history
            rest.remove(at: number - 1)
            let events = history + [.takenBack(events: [number], reason: "X008")]
            guard let plain = try? ClaimLedger(folding: rest) else {
                // Later events rest on it: nothing is taken back.
                #expect(throws: LedgerRefusal.self) { try ClaimLedger(folding: events) }
                #expect([3, 7, 9].contains(number))
                continue
            }
            let ledger = try ClaimLedger(folding: events)
            #expect(ledger.isBalanced)
            #expect(ledger.requested == plain.requested && ledger.applicant == plain.applicant)
            #expect(ledger.state == plain.state && ledger.remitted == plain.remitted)
            #expect(ledger.refundDue == plain.refundDue && ledger.reimbursement == plain.reimbursement)
            #expect(ledger.eventCount == events.count)
            // The document is valid again.
            let again = try ClaimLedger(
                folding: events + [.takenBack(events: [events.count], reason: "R018")])
            let whole = try ClaimLedger(folding: history)
            #expect(again.requested == whole.requested && again.applicant == whole.applicant)
            #expect(again.state == whole.state && again.reimbursement == whole.reimbursement)
        }
        for (numbers, refusal) in [([1], LedgerRefusal.notOpened), ([12], .misplaced)] {
            #expect(throws: refusal) {
                try ClaimLedger(folding: history + [.takenBack(events: numbers, reason: "X008")])
            }
        }
        #expect(throws: LedgerRefusal.withoutReason) {
            try ClaimLedger(folding: history + [.takenBack(events: [2], reason: " ")])
        }
        var ledger = try ClaimLedger(folding: history)
        #expect(throws: LedgerRefusal.misplaced) { try ledger.apply(.takenBack(events: [2], reason: "X008")) }
    }

    @Test func `events come back from JSON as they were`() throws {
        let events: [ClaimEvent] = [
            .claimed(Claim(applicant: try eur([.principal: 1]), requested: try sek([.principal: 11]))),
            receipt(1, "a", [.fines]), .costsClaimed(money(1), under: .specialCase, on: day),
            .refused(on: day, reason: "x"), .takenBack(events: [2, 3], reason: "X008"),
        ]
        let decoded = try JSONDecoder().decode([ClaimEvent].self, from: JSONEncoder().encode(events))
        #expect(decoded == events)
    }
}

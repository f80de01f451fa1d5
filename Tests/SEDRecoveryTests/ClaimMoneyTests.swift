// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCore
import Testing

@testable import SEDRecovery

/// Where money lies: what is remitted, given back, and paid to the applicant party itself.
struct ClaimMoneyTests {
    private let day = Samples.day

    private static func parts(_ currency: String, _ principal: Int, _ interest: Int = 0) throws -> Parts {
        let amounts = [ComponentKind.principal: principal, .interest: interest]
        return try #require(Parts(currency, amounts.mapValues { ExactDecimal(units: $0, decimals: 2) }))
    }

    private func claim(_ own: Int, _ theirs: Int) throws -> Claim {
        Claim(applicant: try Self.parts("EUR", own), requested: try Self.parts("SEK", theirs))
    }

    /// 1,000 EUR, which are 10,708 SEK.
    private func opened() throws -> ClaimLedger { try ClaimLedger(opening: .claimed(claim(1000_00, 10708_00))) }

    private func money(_ units: Int) -> ExactDecimal { ExactDecimal(units: units, decimals: 2) }

    private func receipt(_ units: Int, _ payment: String, _ source: Receipt.Source? = nil) -> ClaimEvent {
        .recovered(Receipt(.sum(money(units), order: []), on: day, payment: payment, source: source))
    }

    private func remitted(_ units: Int, _ payment: String) -> ClaimEvent {
        .remitted(money(units), on: day, payment: payment)
    }

    private func reduced(_ own: Int, _ theirs: Int) throws -> ClaimEvent {
        .revised(try claim(own, theirs), on: day, reason: "R025 02")
    }

    private func folded(_ events: ClaimEvent...) throws -> ClaimLedger {
        var ledger = try opened()
        for event in events { try ledger.apply(event) }
        return ledger
    }

    /// What both parties must agree on.
    private func expectEqual(_ ours: ClaimLedger, _ theirs: ClaimLedger, _ place: String = "") {
        #expect(ours.requested == theirs.requested && ours.applicant == theirs.applicant, "\(place)")
        #expect(ours.state == theirs.state && ours.remitted == theirs.remitted, "\(place)")
        #expect(ours.remittanceDue == theirs.remittanceDue && ours.refundDue == theirs.refundDue, "\(place)")
        #expect(ours.collected == theirs.collected, "\(place)")
    }

    @Test func `what was given back is settled, and what comes later is remitted in full`() throws {
        var ledger = try folded(
            receipt(8000_00, "1"), remitted(8000_00, "r1"), reduced(500_00, 5354_00))
        #expect(ledger.refundDue(by: .applicant) == money(2646_00))
        #expect(ledger.refundDue(by: .requested) == money(0))
        #expect(ledger.remittanceDue == money(0))
        try ledger.apply(.refunded(money(2646_00), on: day, by: .applicant))
        #expect(ledger.refundDue == money(0) && ledger.remittanceDue == money(0))
        try ledger.apply(reduced(1000_00, 10708_00))
        try ledger.apply(receipt(5354_00, "2"))
        #expect(ledger.remittanceDue == money(5354_00), "the whole of it (Article 80(1))")
        #expect(ledger.state == .paid)
    }

    @Test func `who holds the money gives it back`() throws {
        var ledger = try folded(receipt(8000_00, "1"), reduced(500_00, 5354_00))
        #expect(ledger.refundDue(by: .requested) == money(2646_00))
        #expect(ledger.refundDue(by: .applicant) == money(0))
        #expect(ledger.remittanceDue == money(5354_00))
        try ledger.apply(.refunded(money(2646_00), on: day, by: .requested))
        #expect(ledger.remittanceDue == money(5354_00) && ledger.refundDue == money(0))

        // What comes later is no part of it, and is remitted.
        var raised = try folded(
            receipt(8000_00, "1"), remitted(8000_00, "r1"), reduced(500_00, 5354_00), reduced(1000_00, 10708_00))
        try raised.apply(receipt(100_00, "2"))
        #expect(raised.remittanceDue == money(100_00))
        #expect(raised.refundDue(by: .applicant) == money(2646_00))

        var mixed = try folded(receipt(8000_00, "1"), remitted(7000_00, "r1"), reduced(500_00, 5354_00))
        #expect(mixed.refundDue(by: .requested) == money(1000_00))
        #expect(mixed.refundDue(by: .applicant) == money(1646_00))
        try mixed.apply(.refunded(money(1646_00), on: day, by: .applicant))
        #expect(mixed.refundDue(by: .requested) == money(1000_00))
        #expect(mixed.remittanceDue == money(0))
    }

    @Test func `what the debtor paid to the applicant party stands beside what documents tell`() throws {
        let told = receipt(1000_00, "R004", .document)
        var ours = try folded(receipt(1000_00, "D", .applicant), told, remitted(1000_00, "R004"))
        #expect(ours.requested.recovered.total == money(2000_00))
        #expect(ours.direct.total == money(1000_00))
        #expect(ours.remittanceDue == money(0))
        // Once it is told, both count the same.
        var theirs = try folded(receipt(1000_00, "1"), remitted(1000_00, "R004"))
        try ours.apply(reduced(906_61, 9707_98))
        try theirs.apply(reduced(906_61, 9707_98))
        expectEqual(ours, theirs)
        #expect(ours.direct.isZero)

        // What the applicant party enters for an R004 that could not be booked is noted as remitted, too.
        let noted = try folded(receipt(1000_00, "R004 by hand", .applicant), remitted(1000_00, "R004"))
        expectEqual(noted, try folded(receipt(1000_00, "1"), remitted(1000_00, "R004")))
        #expect(noted.direct.isZero)

        // Paid twice: the applicant party has it, and gives it back.
        var twice = try folded(receipt(1000_00, "D", .applicant), receipt(10708_00, "R004", .document))
        try twice.apply(remitted(10708_00, "R004"))
        #expect(twice.refundDue(by: .applicant) == money(1000_00))
        #expect(twice.state == .paid)

        // All of it: the withdrawal ends the claim on both sides.
        var all = try folded(receipt(10708_00, "D", .applicant))
        #expect(all.state == .paid)
        #expect(all.remittanceDue == money(0))
        try all.apply(.withdrawn(on: day, reason: "R025 01"))
        expectEqual(all, try folded(.withdrawn(on: day, reason: "R025 01")))
    }

    @Test func `a remittance that crosses a reduction or a withdrawal ends in equal books`() throws {
        for change in [try reduced(20_00, 214_16), .withdrawn(on: day, reason: "R025 04")] {
            for units in [100_00, 300_00] {
                let theirs = try folded(receipt(units, "1"), remitted(units, "R004"), change)
                let ours = try folded(change, receipt(units, "R004", .document), remitted(units, "R004"))
                expectEqual(ours, theirs, "\(change) \(units)")
                #expect(ours.refundDue(by: .applicant) == ours.refundDue)
            }
        }
        let reduced = try folded(
            try reduced(20_00, 214_16), receipt(300_00, "R004", .document), remitted(300_00, "R004"))
        #expect(reduced.refundDue(by: .applicant) == money(85_84))
        // What the debtor did not owe goes back, also of a withdrawn claim.
        var withdrawn = try folded(
            .withdrawn(on: day, reason: "R025 04"), receipt(300_00, "R004", .document), remitted(300_00, "R004"))
        try withdrawn.apply(.refunded(money(300_00), on: day, by: .applicant))
        #expect(withdrawn.requested.recovered.isZero && withdrawn.applicant.recovered.isZero)
        #expect(withdrawn.isBalanced && withdrawn.refundDue == money(0) && withdrawn.remittanceDue == money(0))
        #expect(throws: LedgerRefusal.moreThanDue) { try withdrawn.apply(.refunded(money(1), on: day)) }
    }

    @Test func `money that comes behind the end has its consequences`() throws {
        let uncollectable = ClaimEvent.uncollectable(on: day, reason: "R018 03")
        let late = try folded(uncollectable, receipt(100_00, "1"))
        #expect(late.state == .uncollectable && late.remittanceDue == money(100_00))
        let paid = try folded(receipt(10708_00, "1"), receipt(50_00, "2"))
        #expect(paid.refundDue(by: .requested) == money(50_00) && paid.remittanceDue == money(10708_00))
        let withdrawn = try folded(.withdrawn(on: day, reason: "R025 04"), receipt(50_00, "2"))
        #expect(withdrawn.refundDue(by: .requested) == money(50_00) && withdrawn.remittanceDue == money(0))
        #expect(throws: LedgerRefusal.moreThanOutstanding) {
            _ = try folded(uncollectable, receipt(10708_01, "1"))
        }
    }

    @Test func `costs that are declined are open no more`() throws {
        var ledger = try folded(.costsClaimed(money(700_00), under: .specialCase, on: day))
        try ledger.apply(.costsReimbursed(money(100_00), on: day))
        try ledger.apply(.costsDeclined(on: day))
        #expect(ledger.reimbursement.open == money(0))
        #expect(throws: LedgerRefusal.moreThanDue) { try ledger.apply(.costsReimbursed(money(1), on: day)) }
    }

    /// The form of stores that were written before it was known who gives money back.
    @Test func `events without a party or a source are read as before`() throws {
        let events: [ClaimEvent] = [
            .refunded(money(1), on: day), receipt(1, "1"), .refunded(money(1), on: day, by: .applicant),
            receipt(1, "2", .document),
        ]
        let texts = try events.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }
        #expect(!texts[0].contains("by") && !texts[1].contains("source"))
        #expect(try texts.map { try JSONDecoder().decode(ClaimEvent.self, from: Data($0.utf8)) } == events)
    }

    @Test func `amounts of a replaced currency are paid in euro by the fixed rate`() throws {
        let before = try #require(CivilDate(parsing: "2025-12-31"))
        let after = try #require(CivilDate(parsing: "2026-01-01"))
        #expect(EuroChangeover(of: "BGN", by: before) == nil)
        #expect(EuroChangeover(of: "SEK", by: after) == nil)
        let lev = try #require(EuroChangeover(of: "BGN", by: after))
        for (units, euros) in [(1000_00, 511_29), (195_583, 1000_00), (1, 1), (0, 0), (2_053_63, 1050_00)] {
            #expect(lev.euros(money(units)) == money(euros))
        }
        #expect(lev.amount(of: money(511_29)) == money(1000_00))
        #expect(lev.euros(money(-1)) == nil)
    }

    /// Money is neither made nor lost: what each party holds is counted apart, and when all is remitted and given back
    /// nothing lies with the requested party, and the applicant party has what counts as recovered.
    @Test(arguments: 0..<300)
    func `random histories with refunds and raised claims end settled and equal`(seed: Int) throws {
        var dice = ClaimHistoryTests.Dice(state: UInt64(seed) &* 7_919 &+ 81_2)
        var ours = try opened()
        var theirs = ours
        var tills = (applicant: 0, requested: 0)
        var told = 0
        for number in 0..<40 {
            switch dice.roll(6) {
            case 0, 1:
                let open = min(theirs.requested.outstanding.totalUnits, ours.requested.outstanding.totalUnits)
                if open == 0 { continue }
                let units = 1 + dice.roll(open)
                try theirs.apply(receipt(units, "P\(number)"))
                tills.requested += units
            case 2:
                if dice.roll(2) == 0 { try remit(number) }
            case 3:
                try remit(number)
                let (own, sek) = (dice.roll(1500_00), dice.roll(16000_00))
                let event = ClaimEvent.revised(
                    Claim(
                        applicant: try Self.parts("EUR", 1 + own, own / 9),
                        requested: try Self.parts("SEK", 1 + sek, sek / 9)), on: day, reason: "R017")
                try ours.apply(event)
                try theirs.apply(event)
                if ours.direct.isZero { expectEqual(ours, theirs, "\(seed) \(number)") }
            case 4:
                try remit(number)
                try giveBack()
            default:
                // The debtor pays the applicant party, which tells it by R025.
                try remit(number)
                let before = ours
                let open = ours.requested.outstanding.totalUnits
                if open < 2 || ours.state.isFinal { continue }
                let units = 1 + dice.roll(open - 1)
                try ours.apply(receipt(units, "D\(number)", .applicant))
                tills.applicant += units
                func less(_ balance: Balance, _ earlier: Balance) -> Parts {
                    balance.standing.combined(
                        with: balance.recovered.combined(with: earlier.recovered, -), -)
                }
                let event = ClaimEvent.revised(
                    Claim(
                        applicant: less(ours.applicant, before.applicant),
                        requested: less(ours.requested, before.requested)), on: day, reason: "R025 02")
                #expect(ours.direct.total == money(units))
                try ours.apply(event)
                try theirs.apply(event)
                #expect(ours.direct.isZero)
                // That money has paid a claim that is claimed no more.
                told += units
                expectEqual(ours, theirs, "\(seed) \(number)")
            }
            #expect(ours.isBalanced && theirs.isBalanced)
            #expect(theirs.held.units == tills.requested)
            #expect(theirs.remittanceDue.units >= 0)
        }
        try remit(99)
        try giveBack()
        expectEqual(ours, theirs, "\(seed)")
        #expect(tills.requested == 0)
        #expect(tills.applicant - told == ours.requested.recovered.totalUnits)

        func remit(_ number: Int) throws {
            let more = theirs.collected.combined(with: ours.collected, -)
            let due = theirs.remittanceDue
            if !more.isZero {
                try ours.apply(.recovered(Receipt(.parts(more), on: day, payment: "R\(number)", source: .document)))
            }
            if due.units == 0 { return }
            try ours.apply(.remitted(due, on: day, payment: "R\(number)"))
            try theirs.apply(.remitted(due, on: day, payment: "R\(number)"))
            tills.applicant += due.units
            tills.requested -= due.units
        }

        func giveBack() throws {
            for party in [ClaimParty.applicant, .requested] {
                let due = theirs.refundDue(by: party)
                if due.units == 0 { continue }
                let event = ClaimEvent.refunded(due, on: day, by: party)
                try ours.apply(event)
                try theirs.apply(event)
                if party == .applicant { tills.applicant -= due.units } else { tills.requested -= due.units }
            }
        }
    }
}

// SPDX-License-Identifier: EUPL-1.2

import SEDCore
import Testing

@testable import SEDRecovery

/// Random histories whose sums are computed apart, with plain whole numbers and nothing of the module under test.
struct ClaimHistoryTests {
    /// A fixed seed gives the same histories on every machine (SplitMix64).
    struct Dice {
        var state: UInt64

        mutating func roll(_ count: Int) -> Int {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return Int((mixed ^ (mixed >> 31)) % UInt64(count))
        }
    }

    /// The books that the test keeps: columns of five whole numbers.
    private struct Sums {
        var claimed: [Int]
        var outstanding: [Int]
        var recovered = [0, 0, 0, 0, 0]
        var withdrawn = [0, 0, 0, 0, 0]
        var reduced = [0, 0, 0, 0, 0]

        init(_ claimed: [Int]) {
            self.claimed = claimed
            outstanding = claimed
        }

        mutating func pay(_ part: [Int]) {
            for index in 0..<5 {
                outstanding[index] -= part[index]
                recovered[index] += part[index]
            }
        }

        mutating func withdraw() {
            for index in 0..<5 {
                withdrawn[index] += outstanding[index]
                outstanding[index] = 0
            }
        }

        /// Gives how much of what was recovered is not claimed any more.
        mutating func revise(_ new: [Int]) -> Int {
            var excess = 0
            for index in 0..<5 {
                let now = outstanding[index] + recovered[index]
                if new[index] >= now {
                    claimed[index] += new[index] - now
                    outstanding[index] += new[index] - now
                } else {
                    let less = now - new[index]
                    let open = less < outstanding[index] ? less : outstanding[index]
                    outstanding[index] -= open
                    recovered[index] -= less - open
                    reduced[index] += less
                    excess += less - open
                }
            }
            return excess
        }
    }

    private func parts(_ currency: String, _ units: [Int]) throws -> Parts {
        let decimals = currency == "ISK" ? 0 : 2
        let amounts = zip(ComponentKind.allCases, units).map { ($0, ExactDecimal(units: $1, decimals: decimals)) }
        return try #require(Parts(currency, Dictionary(uniqueKeysWithValues: amounts)))
    }

    private func expect(_ balance: Balance, _ sums: Sums, _ history: Int) {
        let columns = [
            (balance.claimed, sums.claimed), (balance.outstanding, sums.outstanding),
            (balance.recovered, sums.recovered), (balance.withdrawn, sums.withdrawn), (balance.reduced, sums.reduced),
        ]
        for (column, (booked, expected)) in columns.enumerated() {
            let units = ComponentKind.allCases.map { booked[$0].units }
            #expect(units == expected, "history \(history), column \(column)")
            #expect(booked.total.units == expected.reduce(0, +))
        }
        for index in 0..<5 {
            #expect(
                sums.claimed[index]
                    == sums.recovered[index] + sums.outstanding[index] + sums.withdrawn[index] + sums.reduced[index])
        }
    }

    @Test(arguments: ["EUR-SEK", "EUR-EUR", "CHF-ISK", "ISK-EUR"])
    func `the balance identity holds after every event of a random history`(_ pair: String) throws {
        let (own, theirs) = (String(pair.prefix(3)), String(pair.suffix(3)))
        var dice = Dice(state: 20_261_121)
        var booked: [String: Int] = [:]
        for history in 0..<400 {
            func amounts(_ largest: Int) -> [Int] { (0..<5).map { _ in dice.roll(3) == 0 ? 0 : dice.roll(largest) } }
            var size = 10
            for _ in 0..<dice.roll(7) { size *= 10 }
            var theirsClaimed = amounts(size)
            theirsClaimed[dice.roll(5)] += 1
            var ownClaimed = theirsClaimed.map { $0 / 11 }
            ownClaimed[dice.roll(5)] += 1
            var requested = Sums(theirsClaimed)
            var applicant = Sums(ownClaimed)
            // What was outstanding when the amounts were last stated, and what was paid since then.
            var stated = (own: ownClaimed, theirs: theirsClaimed, paid: [0, 0, 0, 0, 0], worth: [0, 0, 0, 0, 0])
            var refund = 0
            var received = 0
            var ledger = try ClaimLedger(
                opening: .claimed(Claim(applicant: parts(own, ownClaimed), requested: parts(theirs, theirsClaimed))))
            for number in 0..<30 {
                let day = Samples.day.adding(days: number)
                switch dice.roll(10) {
                case 0..<6:
                    let part = requested.outstanding.map { open in
                        dice.roll(3) == 0 ? open : open == 0 ? 0 : dice.roll(open + 1)
                    }
                    let event = ClaimEvent.recovered(
                        Receipt(.parts(try parts(theirs, part)), on: day, payment: "\(number)"))
                    if part.allSatisfy({ $0 == 0 }) || ledger.state.isFinal {
                        #expect(throws: LedgerRefusal.self) { try ledger.apply(event) }
                    } else {
                        try ledger.apply(event)
                        requested.pay(part)
                        for index in 0..<5 { stated.paid[index] += part[index] }
                        let worth = self.worth(
                            of: stated.paid, stated.theirs, stated.own,
                            settlesAll: requested.outstanding == [0, 0, 0, 0, 0])
                        applicant.pay(zip(worth, stated.worth).map { $0 - $1 })
                        stated.worth = worth
                        received += part.reduce(0, +)
                        booked["paid", default: 0] += 1
                    }
                case 6:
                    let (mine, yours) = (amounts(size), amounts(size))
                    let event = ClaimEvent.revised(
                        Claim(applicant: try parts(own, mine), requested: try parts(theirs, yours)), on: day,
                        reason: "decision")
                    if ledger.state == .withdrawn {
                        #expect(throws: LedgerRefusal.misplaced) { try ledger.apply(event) }
                    } else {
                        try ledger.apply(event)
                        _ = applicant.revise(mine)
                        refund += requested.revise(yours)
                        stated = (applicant.outstanding, requested.outstanding, [0, 0, 0, 0, 0], [0, 0, 0, 0, 0])
                        booked["revised", default: 0] += 1
                    }
                case 7 where dice.roll(8) == 0 && ledger.state != .paid && ledger.state != .withdrawn:
                    try ledger.apply(.withdrawn(on: day, reason: "decision"))
                    requested.withdraw()
                    applicant.withdraw()
                    booked["withdrawn", default: 0] += 1
                case 8:
                    let due = ledger.remittanceDue
                    if due.units > 0 { try ledger.apply(.remitted(due, on: day, payment: "r\(number)")) }
                default:
                    if !ledger.state.isFinal { try ledger.apply(.contested(on: day)) }
                }
                expect(ledger.requested, requested, history)
                expect(ledger.applicant, applicant, history)
                #expect(ledger.isBalanced)
                #expect(ledger.refundDue.units == refund)
                #expect(received - refund == requested.recovered.reduce(0, +))
            }
        }
        #expect(booked["paid", default: 0] > 1000)
        #expect(booked["revised", default: 0] > 500)
        #expect(booked["withdrawn", default: 0] > 10)
    }

    /// What payments are worth in the applicant's books, half up, by 128 bits.
    private func worth(of paid: [Int], _ theirs: [Int], _ own: [Int], settlesAll: Bool) -> [Int] {
        (0..<5).map { index in
            if settlesAll { return own[index] }
            guard theirs[index] > 0 else { return 0 }
            let open = Int128(theirs[index])
            return Int((Int128(own[index]) * Int128(paid[index]) * 2 + open) / (open * 2))
        }
    }

    @Test func `it does not matter in how many payments the money comes`() throws {
        let claim = ClaimEvent.claimed(
            Claim(
                applicant: try parts("EUR", [333, 71, 0, 5, 1]), requested: try parts("SEK", [3701, 789, 0, 55, 11])))
        var once = try ClaimLedger(opening: claim)
        var often = once
        func receipt(_ units: Int, _ name: String) -> ClaimEvent {
            .recovered(
                Receipt(.sum(ExactDecimal(units: units, decimals: 2), order: []), on: Samples.day, payment: name))
        }
        try once.apply(receipt(4200, "all"))
        for number in 0..<42 { try often.apply(receipt(100, "\(number)")) }
        #expect(once.applicant == often.applicant)
        #expect(once.requested == often.requested)
    }
}

// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCore
import SEDCurrency
import SEDRecovery
import SEDStorage
import SEDTestSupport
import Testing

@testable import SEDProcessor

/// Whole exchanges at random between an applicant and a requested installation over file queues.
///
/// The test keeps accounts of its own, in whole numbers of the smallest unit, and converts by itself. Each exchange ends
/// with equal books on both sides, and these with the test's.
struct RandomExchangeTests {
    @Test(arguments: 0..<12)
    func `books end equal on both sides and as whole numbers say`(seed: Int) async throws {
        let exchange = try await ClaimExchange(seed: UInt64(seed))
        try await exchange.begin()
        for _ in 0..<10 { try await exchange.step() }
        try await exchange.end()
    }
}

/// One component of a claim in the currency of the requested party.
private struct Account {
    var own: Int
    var outstanding: Int
    var recovered = 0
    var reduced = 0

    var claimed: Int { outstanding + recovered + reduced }

    /// New amounts; gives what was recovered and is claimed no more.
    mutating func revise(to units: Int) -> Int {
        let more = units - outstanding - recovered
        if more >= 0 {
            outstanding += more
            return 0
        }
        let fromOutstanding = min(-more, outstanding)
        let back = -more - fromOutstanding
        outstanding -= fromOutstanding
        recovered -= back
        reduced += -more
        return back
    }
}

/// The two installations, and what the test knows of them.
private final class ClaimExchange {
    private struct Side {
        let workspace: Workspace
        let desk: RecoveryDesk

        init(_ folder: TemporaryFolder, _ name: String, _ institution: String, to other: String) throws {
            try folder.write(
                """
                institutions: ["\(institution)"]
                incompleteAfter: 0s
                inbound: [{name: access-point, path: ../to-\(name)}]
                outbound: [{name: access-point, path: ../to-\(other)}, {name: register, path: register}]
                routes:
                  - {name: ours, direction: sent, to: access-point}
                  - {name: theirs, to: register}
                """, to: "\(name)/piiripost.yaml")
            workspace = try Workspace(path: "\(folder.path)/\(name)")
            desk = RecoveryDesk(workspace: workspace, reference: try Bench.reference.get(), engine: "test")
            let rates = try Data(contentsOf: URL(fileURLWithPath: Repository.examples + "/rates/eurofxref-hist.zip"))
            _ = try workspace.importRates(
                Array(rates), name: "eurofxref-hist.zip", replacing: false, by: "tester",
                at: try #require(Instant(parsing: "2026-03-01T12:00:00Z")))
        }

        func run(at now: Instant) async throws {
            let processor = try Processor(
                workspace: workspace, reference: Bench.reference.get(), actor: "process", clock: { now })
            _ = try await processor.run(observe: { _ in })
        }
    }

    /// Currencies of requested parties, with units for one euro on 2026-03-02 in ten thousandths.
    private static let parties = [("SE", "SEK"), ("DK", "DKK"), ("PL", "PLN"), ("CZ", "CZK")]

    private let folder: TemporaryFolder
    private let applicant: Side
    private let requested: Side
    private let institution: InstitutionID
    private let currency: String
    private var dice: SeededNumbers
    private var now: Instant
    private var request: RecoveryRequest
    private var claims: [[ComponentKind: Account]] = []
    private var refund = 0
    private var remitted: [Int] = []
    private var collected: [Int] = []
    private var refunded = 0
    /// Of the requested party's law, which is remitted and is no part of a claim.
    private var interest: [Int] = []
    private var listed = 0
    private var payments = 0
    /// The last document leaves no place for a new version of the request.
    private var isAfterReduction = false
    private let rate: (units: Int, scale: Int)

    init(seed: UInt64) async throws {
        dice = SeededNumbers(seed: 84_987 + seed)
        let (country, code) = Self.parties[dice.number(Self.parties.count)]
        currency = code
        folder = try TemporaryFolder()
        institution = try #require(InstitutionID(parsing: "\(country):REC001"))
        applicant = try Side(folder, "ours", "EE:MTA001", to: "theirs")
        requested = try Side(folder, "theirs", institution.text, to: "ours")
        now = try #require(Instant(parsing: "2026-03-02T16:30:00Z"))
        let text = try String(contentsOfFile: Repository.examples + "/recovery/request.yaml", encoding: .utf8)
        let file = try RecoveryRequestFile(
            parsing: text.replacingOccurrences(of: "SE:SEPEN1", with: institution.text), file: "request.yaml")
        request = file.request
        // The rate of the day, as the file has it.
        let day = try #require(CivilDate(parsing: "2026-03-02"))
        let table = try applicant.workspace.store.read { try $0.rateTable(of: [code], around: day) }
        let value = try #require(table.rate(of: code, on: day))
        rate = (value.units, (0..<value.decimals).reduce(1) { scale, _ in scale * 10 })
    }

    // MARK: What happens

    private func tick() { now = now.adding(seconds: 3_600) }

    /// Half up, by whole numbers.
    private func converted(_ units: Int) -> Int { (2 * units * rate.units + rate.scale) / (2 * rate.scale) }

    private func amounts(upTo limit: Int) -> [ComponentKind: Int] {
        var amounts: [ComponentKind: Int] = [.principal: 40_000 + dice.number(limit)]
        for kind in ComponentKind.allCases.dropFirst() where dice.number(2) == 0 {
            amounts[kind] = 1 + dice.number(limit / 10)
        }
        return amounts
    }

    private func exact(_ units: Int) -> ExactDecimal { ExactDecimal(units: units, decimals: 2) }

    /// Sends the request, and has it answered in one of the ways that there are.
    func begin() async throws {
        let template = try #require(request.claims.first)
        request.claims = (0...dice.number(3)).map { number in
            var claim = template
            claim.instrument = "Otsus \(number)"
            claim.amounts = amounts(upTo: 900_000).mapValues(exact)
            return claim
        }
        remitted = request.claims.map { _ in 0 }
        interest = remitted
        collected = remitted
        claims = request.claims.map { claim in
            claim.amounts.mapValues { Account(own: $0.units, outstanding: converted($0.units)) }
        }
        let attachment = try RequestAttachment(
            .instrument, .certified, name: "instrument.pdf", bytes: Array("%PDF-1.4 instrument".utf8))
        let id = try applicant.desk.draft(request, [attachment], by: "koostaja", at: now)
        try #require(try applicant.desk.approve(id, by: "kinnitaja", at: now).isAdmissible)
        _ = try applicant.desk.send(id, by: "kinnitaja", at: now)
        try await requested.run(at: now)
        tick()
        switch dice.number(3) {
        case 0 where claims.count == 1:
            let sum = outstanding(0)
            let count = 2 + dice.number(11)
            let each = sum / count
            try await tell(
                .instalments(
                    InstalmentTerms(
                        amount: exact(each), count: count, first: now.date.adding(months: 1),
                        advance: sum == each * count ? nil : exact(sum - each * count)), isAgreed: false),
                from: requested, to: applicant)
            try await tell(
                .instalmentAnswer(isAccepted: true, terms: nil, remark: nil), from: applicant, to: requested)
        case 1:
            try await tell(.asked(question: "?"), from: requested, to: applicant)
            try await tell(.explained("!"), from: applicant, to: requested)
        default: break
        }
        try await tell(.accepted(remark: "ok"), from: requested, to: applicant)
    }

    private func tell(_ reply: RecoveryReply, from sender: Side, to receiver: Side) async throws {
        _ = try sender.desk.reply(reply, to: 1, by: "ametnik", at: now)
        try await receiver.run(at: now)
        tick()
        isAfterReduction = reply.sed == "R025" || (isAfterReduction && reply.sed != "R004")
    }

    private func outstanding(_ claim: Int) -> Int { claims[claim].values.map(\.outstanding).reduce(0, +) }

    /// What was recovered since the last remittance: whatever was given back, all of it is remitted.
    private var due: [Int] { claims.indices.map { collected[$0] + interest[$0] - remitted[$0] } }

    func step() async throws {
        switch dice.number(10) {
        case 0..<3: try pay()
        case 3: try chargeInterest()
        case 4..<6: try await remit()
        case 6: try await change(byVersion: false)
        case 7: try await change(byVersion: true)
        case 8 where dice.number(2) == 0: try giveBack()
        case 8: try await contest()
        default: try list()
        }
    }

    /// The debtor pays some of a claim.
    private func pay() throws {
        let claim = dice.number(claims.count)
        let open = outstanding(claim)
        guard open > 0 else { return }
        let sum = dice.number(4) == 0 ? open : 1 + dice.number(open)
        payments += 1
        try requested.desk.book(
            .recovered(Receipt(.sum(exact(sum), order: []), on: now.date, payment: "P\(payments)")), to: claim + 1,
            of: 1, by: "ametnik", at: now)
        collected[claim] += sum
        var rest = sum
        for kind in ComponentKind.allCases {
            guard var account = claims[claim][kind] else { continue }
            let share = min(rest, account.outstanding)
            account.outstanding -= share
            account.recovered += share
            rest -= share
            claims[claim][kind] = account
        }
        tick()
    }

    /// Interest that the debtor pays besides the claim.
    private func chargeInterest() throws {
        let claim = dice.number(claims.count)
        let sum = 1 + dice.number(5_000)
        let charge = InterestCharge(.late, exact(sum + 100), from: now.date, to: now.date, basis: "4 %")
        for event in [ClaimEvent.interestCharged(charge), .interestRecovered(exact(sum), on: now.date)] {
            try requested.desk.book(event, to: claim + 1, of: 1, by: "ametnik", at: now)
        }
        interest[claim] += sum
        tick()
    }

    /// All that is due goes to the bank, and then R004 tells of it.
    private func remit() async throws {
        try list()
        let shares = due
        guard shares.contains(where: { $0 > 0 }) else { return }
        try await tell(.paid(nil, on: now.date, reference: nil), from: requested, to: applicant)
        remitted = zip(remitted, shares).map(+)
    }

    /// A numbered list holds what no list held before.
    private func list() throws {
        let iban = try #require(IBAN(parsing: "SE4550000000058398257466"))
        let listing = try requested.desk.payments(
            of: institution, in: currency, from: PayingAccount(holder: "X", iban: iban, bic: nil), on: now.date,
            by: "ametnik", at: now, whereFree: { true })
        let sum = listing?.payments.map(\.amount.units).reduce(0, +) ?? 0
        #expect(sum == max(0, due.reduce(0, +) - max(0, listed - remitted.reduce(0, +))))
        listed += sum
        tick()
    }

    /// New amounts, by R025 or by a new version of R017.
    private func change(byVersion: Bool) async throws {
        // What was recovered is told before amounts change, so that both sides convert the same.
        try await remit()
        if byVersion, isAfterReduction { return }
        let amounts = claims.map { accounts in
            accounts.mapValues { account -> Int in
                // Money that came makes the claim smaller by R025; a new version may make it larger.
                byVersion
                    ? max(1, account.own + dice.number(20_000) - 8_000) : max(1, account.own - dice.number(9_000))
            }
        }
        if byVersion {
            for (index, amounts) in amounts.enumerated() {
                request.claims[index].amounts = amounts.mapValues(exact)
            }
            let draft = try applicant.desk.update(1, with: (request, []), by: "koostaja", at: now)
            try #require(try applicant.desk.approve(draft, by: "kinnitaja", at: now).isAdmissible)
            _ = try applicant.desk.send(draft, by: "kinnitaja", at: now)
            try await requested.run(at: now)
            // A person reads the new version.
            let unread = try requested.desk.statement(1, at: now).news.filter { $0.task != nil }
            #expect(unread.map(\.sed) == ["R017"])
            for news in unread { try requested.desk.finish(task: news.message, of: 1, by: "ametnik", at: now) }
            tick()
        } else {
            try await tell(
                .reduced(on: now.date, code: "02", amounts: amounts.map { $0.mapValues(exact) }), from: applicant,
                to: requested)
        }
        for (claim, amounts) in amounts.enumerated() {
            for (kind, units) in amounts {
                guard var account = claims[claim][kind] else { continue }
                account.own = units
                refund += account.revise(to: converted(units))
                claims[claim][kind] = account
            }
        }
    }

    /// The applicant party, which has the money, gives the debtor back what is not claimed any more; both note it.
    private func giveBack() throws {
        for claim in try applicant.desk.statement(1, at: now).claims {
            guard let sum = ExactDecimal(parsing: claim.refundDue), sum.units > 0 else { continue }
            for side in [applicant, requested] {
                try side.desk.book(.refunded(sum, on: now.date), to: claim.claim, of: 1, by: "ametnik", at: now)
            }
            refunded += sum.units
        }
        tick()
    }

    /// Contested and decided for the applicant: nothing changes but the way to it.
    private func contest() async throws {
        guard claims.indices.contains(where: { outstanding($0) > 0 }) else { return }
        try await tell(
            .contested(on: now.date, concerns: "01", reason: "vaie", impact: nil), from: applicant, to: requested)
        try await tell(.answered(code: "01", details: nil), from: requested, to: applicant)
        try await tell(.decided(on: now.date, favour: "01", impact: "03"), from: applicant, to: requested)
        try await tell(.accepted(remark: "ok"), from: requested, to: applicant)
        isAfterReduction = false
    }

    // MARK: How it ends

    func end() async throws {
        if dice.number(2) == 0 { for _ in claims.indices { try pay() } }
        try await remit()
        try await applicant.run(at: now)
        let ours = try applicant.desk.statement(1, at: now)
        let theirs = try requested.desk.statement(1, at: now)
        #expect(ours.claims.count == claims.count && theirs.claims.count == claims.count)
        for (index, (our, their)) in zip(ours.claims, theirs.claims).enumerated() {
            #expect(our.balanced && their.balanced)
            #expect(our.applicant == their.applicant)
            #expect(our.requested == their.requested)
            #expect(our.remitted == their.remitted)
            #expect(our.refundDue == their.refundDue)
            #expect(our.state == their.state)
            #expect(their.remitted == exact(remitted[index]).description)
            #expect(our.interest.settled == exact(interest[index]).description)
            #expect(their.interest.settled == exact(interest[index]).description)
            for row in their.requested.rows.dropLast() {
                let kind = try #require(ComponentKind(rawValue: row.component))
                let account = try #require(claims[index][kind])
                #expect(row.claimed == exact(account.claimed).description)
                #expect(row.recovered == exact(account.recovered).description)
                #expect(row.outstanding == exact(account.outstanding).description)
                #expect(row.reduced == exact(account.reduced).description)
            }
            // In the currency of the applicant party what stands is what was stated last.
            for row in their.applicant.rows.dropLast() {
                let kind = try #require(ComponentKind(rawValue: row.component))
                let parts = [row.recovered, row.outstanding].compactMap { ExactDecimal(parsing: $0)?.units }
                #expect(parts.reduce(0, +) == claims[index][kind]?.own)
            }
        }
        func sum(_ amounts: [String]) -> Int { amounts.compactMap { ExactDecimal(parsing: $0)?.units }.reduce(0, +) }
        #expect(sum(theirs.claims.map(\.refundDue)) == refund - refunded)
        #expect(sum(theirs.claims.map(\.remittanceDue)) == 0)
        #expect(listed >= remitted.reduce(0, +))
        #expect(ours.news.filter { $0.task != nil }.map(\.task) == [])
        #expect(theirs.news.filter { $0.task != nil }.map(\.task) == [])
    }
}

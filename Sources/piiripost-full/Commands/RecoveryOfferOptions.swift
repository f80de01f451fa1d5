// SPDX-License-Identifier: EUPL-1.2

import ArgumentParser
import SEDCore
import SEDProcessor
import SEDRecovery

/// What the options of `recovery reply` state about offsetting (Articles 72 and 73).
struct OfferFacts: ParsableArguments {
    @Flag(help: "Arrears can be used, or are agreed to be; an amount says so too.")
    var arrears = false

    @Flag(help: "Current payments can be used, or are agreed to be; --each says so too.")
    var ongoing = false

    @Flag(help: "The amount from arrears is all that is asked for.")
    var complete = false

    @Option(help: "The first day of the arrears.")
    var from: CivilDate?

    @Option(help: "The last day of the arrears.")
    var to: CivilDate?

    @Option(help: "From current payments: how much each time; --count says how often.")
    var each: ExactDecimal?

    @Option(help: "From current payments: 01 daily, 02 weekly, 03 monthly, 99 other; else 03.")
    var frequency: String?

    @Option(help: "From current payments: the other frequency.")
    var otherFrequency: String?

    @Option(help: "Answering a provisional request: since when there is a right to the benefit.")
    var entitled: CivilDate?

    @Option(help: "Of contributions: what goes to the person.")
    var forPerson: ExactDecimal?

    @Flag(help: "The request came after the three months of Article 73.")
    var late = false

    @Flag(help: "The arrears were paid out to the person.")
    var paidOut = false

    func validate() throws {
        for (name, text) in [("--frequency", frequency), ("--other-frequency", otherFrequency)]
        where text?.firstWithoutPlaceInXML != nil {
            throw ValidationError("\(name) has a character that no document can carry.")
        }
    }

    /// What was stated.
    private var names: [String] {
        let stated: [(String, Bool)] = [
            ("--arrears", arrears), ("--ongoing", ongoing), ("--complete", complete), ("--from", from != nil),
            ("--to", to != nil), ("--each", each != nil), ("--frequency", frequency != nil),
            ("--other-frequency", otherFrequency != nil), ("--entitled", entitled != nil),
            ("--for-person", forPerson != nil), ("--late", late), ("--paid-out", paidOut),
        ]
        return stated.filter(\.1).map(\.0)
    }

    /// Refuses what a document of another kind says; what R002, R006, R009 and R011 have no place for the desk tells.
    func demandPlaces(in what: RecoveryCommand.Reply.What, _ amount: ExactDecimal?, count: Int?) throws {
        let ofRefusal: Set = ["--late", "--paid-out"]
        let lost =
            switch what {
            case .offer: names.filter(ofRefusal.contains)
            case .noOffer: names.filter { !ofRefusal.contains($0) }
            case .takeOffer: names.filter { !["--arrears", "--ongoing"].contains($0) }
            default: names
            }
        if !lost.isEmpty {
            throw ValidationError("\(what.rawValue) has no place for \(lost.joined(separator: ", ")).")
        }
        let isWithoutMoney = [.noOffer, .takeOffer, .declineOffer].contains(what)
        if isWithoutMoney, amount != nil { throw ValidationError("\(what.rawValue) has no place for an amount.") }
        if isWithoutMoney, count != nil { throw ValidationError("\(what.rawValue) has no place for --count.") }
        if what == .offer, each == nil, count != nil || frequency != nil || otherFrequency != nil {
            throw ValidationError("--count, --frequency and --other-frequency go with --each.")
        }
        if what == .offer, let count, !(1...9999).contains(count) {
            throw ValidationError("--count is from 1 to 9999.")
        }
    }

    func offer(_ amount: ExactDecimal?, count: Int?, remark: String?) -> DeductionOffer {
        var offer = DeductionOffer(
            fromArrears: arrears || amount != nil, amount: amount, isComplete: complete,
            fromOngoing: ongoing || each != nil)
        if from != nil || to != nil {
            var period = RecoveryRequest.Period()
            (period.from, period.to) = (from, to)
            offer.period = period
        }
        if let each {
            var schedule = PaymentSchedule()
            (schedule.frequency, schedule.otherFrequency) = (frequency ?? "03", otherFrequency)
            (schedule.count, schedule.amount) = (count, each)
            offer.schedule = schedule
        }
        offer.entitledFrom = entitled
        offer.forPerson = forPerson
        offer.remark = remark
        return offer
    }

    func decision(comment: String?) throws -> OffsetReply {
        guard arrears || ongoing else { throw ValidationError("take-offer needs --arrears, --ongoing or both.") }
        return .decided(arrears: arrears, ongoing: ongoing, comment: comment)
    }
}

// SPDX-License-Identifier: EUPL-1.2

import ArgumentParser
import SEDCore
import SEDInspection
import SEDProcessor
import SEDRecovery

extension RecoveryCommand {
    struct Reply: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reply", abstract: "Sends a document in the case of a request, and books what it says.",
            discussion: """
                As requested party: accept, refuse, recovered, instalments, ask (R018), paid (R004), costs (R028), notified, \
                not-notified (R016), inform, no-information (R014). As applicant party: agree, disagree, explain (R036), \
                bear-costs (R029), reimburse (R004), withdraw and reduce (R025). Of offsetting: offer, no-offer (R002, R006, \
                R009, R011), take-offer, decline-offer (R003), transferred (R004). Both: contested (R019), answer (R033), \
                decide (R034). Without an amount, paid and reimburse are all that is open. --code is that of the code list \
                that belongs to the document.
                """
        )

        enum What: String, ExpressibleByArgument, CaseIterable {
            case accept
            case refuse
            case recovered
            case instalments
            case ask
            case paid
            case costs
            case notified
            case notNotified = "not-notified"
            case inform
            case noInformation = "no-information"
            case agree
            case disagree
            case explain
            case bearCosts = "bear-costs"
            case reimburse
            case contested
            case answer
            case decide
            case withdraw
            case reduce
            case offer
            case noOffer = "no-offer"
            case takeOffer = "take-offer"
            case declineOffer = "decline-offer"
            case transferred
        }

        @Argument(help: "The number of the request.")
        var request: Int64

        @Argument(help: "What to say.")
        var what: What

        @Argument(help: "The amount, with a point before its decimals.")
        var amount: ExactDecimal?

        @OptionGroup(title: "What a document says") var facts: ReplyFacts

        @OptionGroup(title: "What a document of offsetting says") var offers: OfferFacts

        @OptionGroup var options: RecoveryOptions

        func run() throws {
            let sent = try options.atDesk { desk in
                let reply = try facts.reply(what, amount, offers, today: options.instant.date)
                return try desk.reply(reply, to: request, by: options.actor, at: options.instant)
            }
            switch options.format {
            case .json:
                try options.write(
                    Item(
                        formatVersion: 1, request: request, sed: sent.sed, messageId: sent.messageID, route: sent.route,
                        delivered: sent.delivered))
            case .text: Output.line("\(sent.sed) sent: message \(sent.messageID)")
            }
        }

        private struct Item: Encodable {
            let formatVersion: Int
            let request: Int64
            let sed: String
            let messageId: Int64
            let route: String?
            let delivered: Int?
        }
    }
}

/// What the options of `recovery reply` state.
struct ReplyFacts: ParsableArguments {
    @Option(help: "The day on which it happened; else today.")
    var on: CivilDate?

    @Option(help: "The code of the reason or of the result.")
    var code: String?

    @Option(help: "A reason or a remark for the other party.")
    var reason: String?

    @Option(help: "Of a payment; else what the request asks for.")
    var reference: String?

    @Option(help: "Of a contestation or a decision: what is to be done.")
    var impact: String?

    @Flag(help: "Nothing more will be done.")
    var ends = false

    @Option(help: "Of a reduction: a component of a claim, such as 1:principal=400.00; what is not named is zero.")
    var component: [String] = []

    @Option(help: "Of instalments: how many.")
    var count: Int?

    @Option(help: "Of instalments: the day of the first one; the others follow by month.")
    var first: CivilDate?

    @Option(help: "Of instalments: what is paid before them.")
    var advance: ExactDecimal?

    @Flag(help: "Of instalments: the applicant party has agreed already.")
    var agreed = false

    @Option(help: "Of information: a YAML or JSON file with all of it, instead of options.", completion: .file())
    var file: String?

    @Option(help: "Of information: what is as the request has it: identity, address.")
    var confirms: [Confirmed] = []

    @Option(help: "Of information: what is not as the request has it: identity, address.")
    var denies: [Confirmed] = []

    @Option(help: "Of information: the new street.")
    var street: String?

    @Option(help: "Of information: the new town.")
    var town: String?

    @Option(help: "Of information: the new postal code.")
    var postalCode: String?

    @Option(help: "Of information: the country of the new address.")
    var country: String?

    @Option(help: "Of information: when the debtor died.")
    var died: CivilDate?

    @Option(help: "Of information: what else the debtor owns.")
    var assets: String?

    @Option(help: "For costs that the applicant party is to bear: 85(2) or 85(3).")
    var under: CostProvision = .specialCase

    @Flag(help: "Of costs: an estimate, of which the applicant party says whether it would bear it.")
    var provisional = false

    @Option(help: "Of an estimate of costs: the last day for the answer.")
    var answerBy: CivilDate?

    @Option(help: "Of costs: the account that they are to be paid to.")
    var iban: String?

    @Option(help: "Of costs: the holder of that account.")
    var holder: String?

    @Option(help: "Of costs: the name of our institution; else that of the holder.")
    var institutionName: String?

    enum Confirmed: String, ExpressibleByArgument, CaseIterable {
        case identity
        case address
    }

    func validate() throws {
        let texts = [
            ("--code", code), ("--reason", reason), ("--reference", reference), ("--impact", impact),
            ("--street", street), ("--town", town), ("--postal-code", postalCode), ("--country", country),
            ("--assets", assets), ("--holder", holder), ("--institution-name", institutionName),
        ]
        for (name, text) in texts where text?.firstWithoutPlaceInXML != nil {
            throw ValidationError("\(name) has a character that no document can carry.")
        }
    }

    func reply(
        _ what: RecoveryCommand.Reply.What,
        _ amount: ExactDecimal?,
        _ offers: OfferFacts,
        today: CivilDate
    ) throws -> RecoveryReply {
        let day = on ?? today
        func needed<Value>(_ value: Value?, _ name: String) throws -> Value {
            guard let value else { throw ValidationError("\(what.rawValue) needs \(name).") }
            return value
        }
        try offers.demandPlaces(in: what, amount, count: count)
        if let answerBy, answerBy < today { throw ValidationError("--answer-by is a day that has passed.") }
        if what == .withdraw, code == "02" {
            throw ValidationError("Code 02 is a part payment, of which a claim is left: use reduce.")
        }
        return switch what {
        case .accept: .accepted(remark: reason)
        case .refuse: .refused(code: try needed(code, "--code"), reason: reason)
        case .recovered: .recovery(code: try needed(code, "--code"), continues: !ends, reason: reason)
        case .instalments:
            .instalments(
                try terms(needed(amount, "an amount"), needed(count, "--count"), needed(first, "--first")),
                isAgreed: agreed)
        case .ask: .asked(question: try needed(reason, "--reason"))
        case .paid: .paid(amount, on: day, reference: reference)
        case .costs:
            try .costsClaimed(
                CostRequest(
                    amount: needed(amount, "an amount"), under: under,
                    kind: provisional
                        ? .estimated(answerBy: answerBy)
                        : .actual(
                            account(
                                needed(iban, "--iban"), needed(holder, "--holder"), needed(reference, "--reference"))),
                    institutionName: needed(institutionName ?? holder, "--institution-name"), remark: reason))
        case .notified: .notified(on: day, form: code ?? "01")
        case .notNotified: .notNotified(code: try needed(code, "--code"), reason: reason)
        case .inform: .informed(try information())
        case .noInformation: .notInformed(code: try needed(code, "--code"))
        case .agree: .instalmentAnswer(isAccepted: true, terms: nil, remark: reason)
        case .disagree:
            .instalmentAnswer(
                isAccepted: false,
                terms: try terms(needed(amount, "an amount"), needed(count, "--count"), needed(first, "--first")),
                remark: reason)
        case .explain: .explained(try needed(reason, "--reason"))
        case .bearCosts:
            .costsAnswered(codes: (code ?? "01").split(separator: ",").map(String.init), under: under, reason: reason)
        case .reimburse: .reimbursed(amount, on: day, reference: try needed(reference, "--reference"))
        case .contested:
            .contested(
                on: day, concerns: try needed(code, "--code"), reason: try needed(reason, "--reason"), impact: impact)
        case .answer: .answered(code: try needed(code, "--code"), details: reason)
        case .decide: .decided(on: day, favour: try needed(code, "--code"), impact: try needed(impact, "--impact"))
        case .withdraw: .withdrawn(on: day, code: try needed(code, "--code"))
        case .reduce: .reduced(on: day, code: try needed(code, "--code"), amounts: try amounts())
        case .offer: .offset(.offered(offers.offer(amount, count: count, remark: reason)))
        case .noOffer:
            .offset(.notOffered(OfferRefusal(isLate: offers.late, isPaidOut: offers.paidOut, reason: reason)))
        case .takeOffer:
            .offset(try offers.decision(comment: reason))
        case .declineOffer: .offset(.decided(arrears: false, ongoing: false, comment: reason))
        case .transferred:
            .offset(.paid(try needed(amount, "an amount"), on: day, reference: reference, code: code))
        }
    }

    private func terms(_ amount: ExactDecimal, _ count: Int, _ first: CivilDate) throws -> InstalmentTerms {
        guard (1...600).contains(count) else { throw ValidationError("Instalments are 1 to 600.") }
        guard amount.units > 0 else { throw ValidationError("An instalment is more than zero.") }
        if let advance, advance.units <= 0 { throw ValidationError("--advance is more than zero.") }
        return InstalmentTerms(amount: amount, count: count, first: first, advance: advance)
    }

    private func account(_ iban: String, _ holder: String, _ reference: String) throws -> RecoveryRequest.Bank {
        guard let account = IBAN(parsing: iban) else {
            throw ValidationError("This is no IBAN, or its check digits are wrong.")
        }
        var bank = RecoveryRequest.Bank()
        bank.iban = account.description
        bank.holder = holder
        bank.reference = reference
        return bank
    }

    private func information() throws -> DebtorInformation {
        if let file { return try RecoveryDesk.information(from: file) }
        func flag(_ kind: Confirmed) throws -> Bool? {
            guard !(confirms.contains(kind) && denies.contains(kind)) else {
                throw ValidationError("\(kind.rawValue) is either confirmed or denied.")
            }
            return confirms.contains(kind) ? true : denies.contains(kind) ? false : nil
        }
        var information = DebtorInformation()
        information.identityConfirmed = try flag(.identity)
        information.addressConfirmed = try flag(.address)
        if [street, town, postalCode, country].contains(where: { $0 != nil }) {
            var address = RecoveryRequest.Address()
            (address.street, address.town, address.postalCode, address.country) = (street, town, postalCode, country)
            information.newAddress = address
        }
        information.diedOn = died
        information.otherAssets = assets
        information.remark = reason
        return information
    }

    private func amounts() throws -> [[ComponentKind: ExactDecimal]] {
        var amounts: [[ComponentKind: ExactDecimal]] = []
        for text in component {
            let parts = text.split(separator: "=", omittingEmptySubsequences: false)
            let place = parts[0].split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, place.count == 2, let claim = Int(place[0]), (1...999).contains(claim),
                let kind = ComponentKind(rawValue: String(place[1])),
                let amount = ExactDecimal(parsing: String(parts[1]))
            else { throw ValidationError("'\(text)' is not such as 1:principal=400.00.") }
            while amounts.count < claim { amounts.append([:]) }
            if amounts[claim - 1][kind] != nil {
                throw ValidationError("\(claim):\(kind.rawValue) is stated twice.")
            }
            amounts[claim - 1][kind] = amount
        }
        return amounts
    }
}

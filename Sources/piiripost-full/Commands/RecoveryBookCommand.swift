// SPDX-License-Identifier: EUPL-1.2

import ArgumentParser
import SEDCore
import SEDInspection
import SEDProcessor
import SEDRecovery

extension RecoveryCommand {
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "The statement of account of a request: each claim, in both currencies."
        )

        @Argument(help: "The number of the request.")
        var request: Int64

        @OptionGroup var options: RecoveryOptions

        func run() throws {
            let statement = try options.atDesk { try $0.statement(request, at: options.instant) }
            switch options.format {
            case .json: try options.write(statement)
            case .text: StatementText(language: options.language).write(statement)
            }
        }
    }

    struct Book: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "book", abstract: "Books something that happened to a claim and that no message tells.",
            discussion: """
                What it is: recovered, remitted, refunded, recognised, enforcing, secured, contested, upheld, refused, \
                uncollectable, withdrawn, interest-charged, interest-recovered, costs-charged, costs-kept, costs-claimed, \
                costs-reimbursed. Amounts are in the currency of the requested party.
                """
        )

        enum What: String, ExpressibleByArgument, CaseIterable {
            case recovered
            case remitted
            case refunded
            case recognised
            case enforcing
            case secured
            case contested
            case upheld
            case refused
            case uncollectable
            case withdrawn
            case interestCharged = "interest-charged"
            case interestRecovered = "interest-recovered"
            case costsCharged = "costs-charged"
            case costsKept = "costs-kept"
            case costsClaimed = "costs-claimed"
            case costsReimbursed = "costs-reimbursed"
        }

        @Argument(help: "The number of the request.")
        var request: Int64

        @Argument(help: "What happened.")
        var what: What

        @Argument(help: "The amount, with a point before its decimals.")
        var amount: ExactDecimal?

        @Option(help: "Which claim of the request.")
        var claim = 1

        @Option(help: "The day on which it happened, not before the request and not after today; else today.")
        var on: CivilDate?

        @Option(help: "The reference of a payment, which counts once.")
        var payment: String?

        @Option(help: "The reason, without names.")
        var reason: String?

        @Option(help: "For interest: the first day.")
        var from: CivilDate?

        @Option(help: "For interest: the last day.")
        var to: CivilDate?

        @Option(help: "For interest: rate and day count, such as '4 % a year, days by 365'.")
        var basis: String?

        @Option(help: "For interest: late or instalments.")
        var interest: InterestCharge.Kind = .late

        @Option(help: "For costs that the applicant party is to bear: 85(2) or 85(3).")
        var under: CostProvision = .specialCase

        @OptionGroup var options: RecoveryOptions

        func run() throws {
            let event = try event()
            try options.atDesk { desk in
                try desk.book(event, to: claim, of: request, by: options.actor, at: options.instant)
            }
            if options.format == .text { Output.line("booked to claim \(claim) of request \(request)") }
        }

        private func event() throws -> ClaimEvent {
            let day = on ?? options.instant.date
            return switch what {
            case .recovered:
                .recovered(
                    Receipt(
                        .sum(try needed(amount, "amount"), order: []), on: day,
                        payment: try needed(payment, "--payment")))
            case .remitted: .remitted(try needed(amount, "amount"), on: day, payment: try needed(payment, "--payment"))
            case .refunded: .refunded(try needed(amount, "amount"), on: day)
            case .recognised: .recognised(on: day)
            case .enforcing: .enforcing(on: day)
            case .secured: .secured(on: day)
            case .contested: .contested(on: day)
            case .upheld: .enforcementUpheld(on: day)
            case .refused: .refused(on: day, reason: try needed(reason, "--reason"))
            case .uncollectable: .uncollectable(on: day, reason: try needed(reason, "--reason"))
            case .withdrawn: .withdrawn(on: day, reason: try needed(reason, "--reason"))
            case .interestCharged:
                .interestCharged(
                    InterestCharge(
                        interest, try needed(amount, "amount"), from: try needed(from, "--from"),
                        to: try needed(to, "--to"), basis: try needed(basis, "--basis")))
            case .interestRecovered: .interestRecovered(try needed(amount, "amount"), on: day)
            case .costsCharged: .costsCharged(try needed(amount, "amount"), on: day)
            case .costsKept: .costsKept(try needed(amount, "amount"), on: day)
            case .costsClaimed: .costsClaimed(try needed(amount, "amount"), under: under, on: day)
            case .costsReimbursed: .costsReimbursed(try needed(amount, "amount"), on: day)
            }
        }

        private func needed<Value>(_ value: Value?, _ name: String) throws -> Value {
            guard let value else { throw ValidationError("\(what.rawValue) needs \(name).") }
            return value
        }
    }
}

/// A statement of account as text.
struct StatementText {
    let language: Language

    private var fixed: RecoveryWords { RecoveryWords(language: language) }

    private func words(_ english: String, _ estonian: String) -> String { BilingualText(english, estonian)[language] }

    func write(_ statement: RecoveryStatement) {
        let request = statement.request
        Output.line(
            "\(words("Request", "Taotlus")) \(request.id) \(request.kind) \(fixed.word(request.state)): "
                + (request.side == "applicant"
                    ? "\(request.institution) -> \(request.counterparty)"
                    : "\(request.counterparty) -> \(request.institution)"))
        Output.line(
            "\(words("case", "juhtum")) \(request.caseId ?? "-"), \(words("rates of", "kursipäev")) \(request.rateDate ?? "-")"
        )
        if let standing = request.standing { Output.line("\(words("stands", "seis")): \(fixed.outcome(standing))") }
        if let offset = statement.offset { write(offset) }
        for news in statement.news {
            Output.line(
                "  \(news.at.prefix(10)) \(news.sed) \(fixed.word(news.way)): \(news.outcome.map(fixed.outcome) ?? "-")"
                    + (news.voidedBy.map {
                        " (\(words("made invalid by message", "kehtetuks tunnistanud sõnum")) \($0))"
                    } ?? "")
                    + (news.task.map { " [\($0)]" } ?? ""))
        }
        for claim in statement.claims {
            Output.line("")
            Output.line("\(words("Claim", "Nõue")) \(claim.claim): \(fixed.word(claim.state))")
            for account in [claim.applicant, claim.requested] {
                Output.table(
                    [
                        account.currency, words("CLAIMED", "NÕUTUD"), words("RECOVERED", "SISSE NÕUTUD"),
                        words("OUTSTANDING", "TASUMATA"), words("WITHDRAWN", "TAGASI VÕETUD"),
                        words("REDUCED", "VÄHENDATUD"),
                    ],
                    account.rows.map {
                        [fixed.word($0.component), $0.claimed, $0.recovered, $0.outstanding, $0.withdrawn, $0.reduced]
                    }, indent: "  ")
            }
            for (name, side) in [
                (words("interest, Art. 80(2)", "intress, art 80 lg 2"), claim.interest),
                (words("costs kept, Art. 85(1)", "kulud, art 85 lg 1"), claim.costs),
                (words("costs claimed, Art. 85(2)-(3)", "kulunõue, art 85 lg 2-3"), claim.reimbursement),
            ] where side.charged != side.open || side.open.contains(where: { ("1"..."9").contains($0) }) {
                Output.line(
                    "  \(name): \(side.charged), \(words("paid", "tasutud")) \(side.settled), \(words("open", "tasumata")) \(side.open)"
                )
            }
            Output.line(
                "  \(words("remitted", "üle kantud")) \(claim.remitted), \(words("to be remitted", "üle kanda")) "
                    + "\(claim.remittanceDue), \(words("refund to the debtor", "võlgnikule tagastada")) \(claim.refundDue)"
            )
            for remark in claim.remarks {
                Output.line("  [\(remark.rule)] \(words("by event", "sündmus")) \(remark.event)")
            }
        }
    }

    private func write(_ offset: OffsetAccount) {
        for (name, sum) in [
            (words("asked", "taotletud"), offset.asked),
            (words("at the rate of the request", "taotluse päeva kursiga"), offset.askedInOtherCurrency),
            (words("offered", "pakutud"), offset.offered),
        ] {
            if let sum { Output.line("  \(name): \(sum.amount) \(sum.currency)") }
        }
        for payment in offset.payments {
            Output.line(
                "  \(words("transferred", "üle kantud")) \(payment.on): \(payment.sum.amount) \(payment.sum.currency)")
        }
    }
}

extension ExactDecimal: ExpressibleByArgument {
    public init?(argument: String) {
        self.init(parsing: argument)
    }
}

extension InterestCharge.Kind: ExpressibleByArgument {}
extension CostProvision: ExpressibleByArgument {}

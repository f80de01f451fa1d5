// SPDX-License-Identifier: EUPL-1.2

import ArgumentParser
import SEDCore
import SEDInspection
import SEDProcessor
import SEDRecovery

extension RecoveryCommand {
    struct Payments: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "payments",
            abstract: "Writes what is to be remitted as a payment file for the bank (ISO 20022 pain.001.001.09).",
            discussion: "Lists are numbered; what is on one list is on no other. `recovery reply N paid` tells of it."
        )

        @Option(help: "The institution that pays.")
        var institution: InstitutionID

        @Option(help: "The currency.")
        var currency: String

        @Option(help: "The account that is paid from.", transform: Self.iban)
        var account: IBAN

        @Option(help: "The holder of that account.")
        var holder: String

        @Option(help: "The BIC of its bank.")
        var bic: String?

        @Option(help: "The day of execution; else today.")
        var on: CivilDate?

        @Option(help: "Where to write the file, for its user alone.", completion: .file())
        var output: String

        @OptionGroup var options: RecoveryOptions

        func run() throws {
            let listing = try options.atDesk { desk in
                try desk.payments(
                    of: institution, in: currency, from: PayingAccount(holder: holder, iban: account, bic: bic),
                    on: on ?? options.instant.date, by: options.actor, at: options.instant
                ) { PrivateFile.write($0, to: output) }
            }
            switch options.format {
            case .json:
                try options.write(
                    Item(
                        formatVersion: 1, list: listing?.number, sha256: listing?.digest,
                        payments: (listing?.payments ?? []).map {
                            Item.Payment(request: $0.request, reference: $0.reference, amount: $0.amount.description)
                        }, left: listing?.left ?? []))
            case .text:
                guard let listing else { return Output.line("nothing is to be remitted") }
                Output.line("list \(listing.number): \(listing.payments.count) payment(s), SHA-256 \(listing.digest)")
                for request in listing.left { Output.complain("request \(request) states no usable account") }
            }
        }

        private struct Item: Encodable {
            struct Payment: Encodable {
                let request: Int64
                let reference: String
                let amount: String
            }

            let formatVersion: Int
            let list: Int64?
            let sha256: String?
            let payments: [Payment]
            let left: [Int64]
        }

        private static func iban(_ text: String) throws -> IBAN {
            guard let iban = IBAN(parsing: text) else {
                throw ValidationError("This is no IBAN, or its check digits are wrong.")
            }
            return iban
        }
    }
}

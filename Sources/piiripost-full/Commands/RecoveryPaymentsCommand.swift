// SPDX-License-Identifier: EUPL-1.2

import ArgumentParser
import Glibc
import SEDCore
import SEDInspection
import SEDProcessor
import SEDRecovery

extension RecoveryCommand {
    struct Payments: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "payments",
            abstract: "Writes what is to be remitted as a payment file for the bank (ISO 20022 pain.001.001.09).",
            discussion: """
                Lists are numbered; what is on one list is on no other. `recovery reply N paid` tells of it. --list writes \
                the file of a list once more, byte by byte the same, where the first one was lost. --void takes back a list \
                that the bank has not paid: what it holds is due again, and its number is never given again. --last says \
                which list was made last, after a store was restored from elsewhere.
                """
        )

        @Option(help: "Write the file of this list once more; no new list is made.")
        var list: Int64?

        @Option(help: "Void this list, which the bank has not paid.")
        var void: Int64?

        @Option(help: "Why the list is voided, without names; for the audit trail.")
        var reason: String?

        @Option(help: "The number of the list that was made last, 0 for none; after a restore from elsewhere.")
        var last: Int64?

        @Option(help: "The institution that pays.")
        var institution: InstitutionID?

        @Option(help: "The currency.")
        var currency: String?

        @Option(help: "The account that is paid from.", transform: Self.iban)
        var account: IBAN?

        @Option(help: "The holder of that account.")
        var holder: String?

        @Option(help: "The BIC of its bank.")
        var bic: String?

        @Option(help: "The day of execution; else today.")
        var on: CivilDate?

        @Option(help: "Where to write the file, for its user alone; it may not be there yet.", completion: .file())
        var output: String?

        @OptionGroup var options: RecoveryOptions

        func validate() throws {
            let isWhole = institution != nil && currency != nil && account != nil && holder != nil
            guard [list != nil, void != nil, last != nil, isWhole].filter(\.self).count == 1 else {
                throw ValidationError(
                    "Name --institution, --currency, --account and --holder, or --list, --void or --last.")
            }
            guard (list != nil || isWhole) == (output != nil) else {
                throw ValidationError("--output says where to write the file of a list.")
            }
            let words = reason.map { $0.contains { !$0.isWhitespace } ? $0.count : 0 }
            guard (void != nil) == (reason != nil), (1...500).contains(words ?? 1) else {
                throw ValidationError("--void needs --reason of at most 500 characters.")
            }
            if let last, last < 0 { throw ValidationError("--last is the number of a list, or 0.") }
            // A list cannot be made anew, so that its file has to be one that a bank takes (pain.001.001.09).
            if let holder, holder.count > 140 || holder.allSatisfy(\.isWhitespace) {
                throw ValidationError("--holder is a name of at most 140 characters.")
            }
            if let bic, bic.wholeMatch(of: /[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?/) == nil {
                throw ValidationError("--bic is a BIC of 8 or 11 characters (ISO 9362).")
            }
            if let currency, Parts(zeroOf: currency) == nil {
                throw ValidationError("--currency is the code of a currency, such as SEK.")
            }
            if let on, on < options.instant.date { throw ValidationError("--on is a day that has passed.") }
        }

        func run() throws {
            if let void, let reason { return try withdraw(void, because: reason) }
            if let last {
                return try options.atDesk { try $0.setLastPayments(last, by: options.actor, at: options.instant) }
            }
            guard let output else { return }
            if let list {
                let bytes = try options.atDesk { desk in
                    guard isFree(output) else { throw RecoveryError.fileExists }
                    return try desk.paymentFile(list)
                }
                return try write(bytes, list, to: output)
            }
            guard let institution, let currency, let account, let holder else { return }
            let listing = try options.atDesk { desk in
                try desk.demandOurs(institution)
                return try desk.payments(
                    of: institution, in: currency, from: PayingAccount(holder: holder, iban: account, bic: bic),
                    on: on ?? options.instant.date, by: options.actor, at: options.instant,
                    whereFree: { isFree(output) })
            }
            if let listing { try write(listing.bytes, listing.number, to: output) }
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

        private func withdraw(_ number: Int64, because reason: String) throws {
            let requests = try options.atDesk {
                try $0.voidPayments(number, because: reason, by: options.actor, at: options.instant)
            }
            switch options.format {
            case .json: try options.write(Voided(formatVersion: 1, list: number, requests: requests))
            case .text:
                Output.line("list \(number) is void")
                for request in requests { Output.line("request \(request) is to be paid again") }
            }
        }

        private struct Voided: Encodable {
            let formatVersion: Int
            let list: Int64
            /// Whose payments are due again.
            let requests: [Int64]
        }

        private func isFree(_ path: String) -> Bool { access(path, F_OK) != 0 }

        /// The list is in the store by now, whatever becomes of its file.
        private func write(_ bytes: [UInt8], _ number: Int64, to output: String) throws {
            if PrivateFile.write(bytes, to: output) { return }
            Output.complain("error: the file cannot be written; list \(number) is stored, --list \(number) writes it")
            throw ExitStatus.undone
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

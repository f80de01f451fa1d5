// SPDX-License-Identifier: EUPL-1.2

import ArgumentParser
import Foundation
import SEDCore
import SEDCurrency
import SEDInspection
import SEDProcessor
import SEDStorage

struct RatesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rates", abstract: "Reference rates of the European Central Bank, and conversions with them.",
        subcommands: [Import.self, Convert.self, List.self, Show.self]
    )

    // MARK: import

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import",
            abstract: "Verifies and stores files of reference rates, as the European Central Bank publishes them.",
            discussion: """
                XML (daily, 90 days, history), CSV (daily, history) and the archives with CSV are recognised by their \
                content. A file that is not as it should be changes nothing. Rates that other files contradict are \
                told, and nothing is overwritten.
                """
        )

        @Argument(help: "The files; - is standard input.", completion: .file())
        var files: [String]

        @Flag(help: "Rates of these files take the place of different ones, which stay as replaced.")
        var replace = false

        @Option(help: "Who imports; else the user of the system.")
        var by: String?

        @OptionGroup var workspace: WorkspaceOptions
        @OptionGroup var language: LanguageOptions

        @Option(help: "How to write the result: text or json.")
        var format: OutputFormat = .text

        func run() throws {
            let opened = try workspace.open()
            var items: [ImportItem] = []
            for path in files {
                items.append(try item(path, in: opened))
                if format == .text { items[items.count - 1].print() }
            }
            if format == .json {
                Output.line(try StableJSON.encode(ImportListing(formatVersion: 1, files: items), pretty: true))
            }
            if items.contains(where: { $0.outcome == .refused || $0.contradictions > 0 }) { throw ExitStatus.no }
            if items.contains(where: { $0.outcome == .unreadable }) { throw ExitStatus.undone }
        }

        private func item(_ path: String, in workspace: Workspace) throws -> ImportItem {
            let limit = RateFileReader.limit
            let content = path == "-" ? InputFile.standardInput(limit: limit) : InputFile.read(path, limit: limit)
            switch content {
            case .bytes(let bytes):
                let outcome = try workspace.importRates(
                    bytes, name: path == "-" ? "standard input" : path, replacing: replace, by: by ?? Self.user(),
                    at: SystemTime.now()
                )
                return ImportItem(path, outcome, language.language)
            case .tooLarge:
                return ImportItem(
                    path, unreadable: BilingualText("The file is too large.", "Fail on liiga suur.")[language.language])
            case .failure(let reason):
                return ImportItem(path, unreadable: reason)
            }
        }

        static func user() -> String { ProcessInfo.processInfo.userName }
    }

    // MARK: convert

    struct Convert: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "convert",
            abstract: "Converts an amount at the rate that the law prescribes, and proves it.",
            discussion: """
                Kinds of operation: general, recovery.request, recovery.offset, recovery.precautionary, benefit.period, \
                benefit.single, benefit.recalculation.period, benefit.recalculation.single, benefit.adjustment, \
                unemployment.reimbursement. The date is the day of the operation; of the first sending (recovery); the \
                last day of the period (benefit.period, unemployment.reimbursement); a day of the month in which the \
                provision applies (benefit.single); the day on which the adjustment takes effect.
                """
        )

        @Argument(help: "The amount, with a point before its decimals.", transform: Self.amount)
        var amount: ExactDecimal

        @Argument(help: "The currency of the amount, such as CHF.", transform: Self.currency)
        var from: String

        @Argument(help: "The currency to convert into.", transform: Self.currency)
        var to: String

        @Option(help: "The kind of operation.", transform: Self.operation)
        var operation: OperationKind

        @Option(help: "The day that decides the rate, such as 2026-03-02.")
        var date: CivilDate

        @Option(
            help: "When the conversion is made, such as 2026-03-02T12:00:00Z; rates that came out later are not used.")
        var at: Instant?

        @Flag(help: "Do not convert while the rate that counts is not published or not imported.")
        var strict = false

        @Option(help: "Who converts; else the user of the system.")
        var by: String?

        @OptionGroup var workspace: WorkspaceOptions
        @OptionGroup var language: LanguageOptions

        @Option(help: "How to write the result: text or json.")
        var format: OutputFormat = .text

        func run() throws {
            var request = ConversionRequest(
                amount: amount, from: from, to: to, operation: operation, date: date, at: at ?? SystemTime.now(),
                by: by ?? Import.user(), engine: "piiripost \(ProgramVersion.text)"
            )
            if strict { request.whenMissing = .refuse }
            switch try workspace.open().convert(request) {
            case .success(let conversion): try show(conversion)
            case .failure(let refusal): throw try explain(refusal)
            }
        }

        private func show(_ conversion: CurrencyConversion) throws {
            let record = conversion.record
            switch format {
            case .json:
                let result = ConversionItem.Amount(amount: conversion.result.description, currency: to)
                Output.line(
                    try StableJSON.encode(
                        ConversionItem(formatVersion: 1, result: result, record: record), pretty: true)
                )
            case .text:
                let words = language.language
                let remark = record.provisional ? BilingualText(" (provisional)", " (esialgne)")[words] : ""
                Output.line("\(record.result) \(record.to)\(remark)")
                Output.line(record.explanation[words])
                for warning in record.warnings { Output.line("[\(warning.rule)] \(warning.text[words])") }
                if record.reservations.isEmpty { return }
                Output.line(BilingualText("Reservations:", "Reservatsioonid:")[words])
                for reservation in record.reservations { Output.line("- \(reservation.text[words])") }
            }
        }

        private func explain(_ refusal: CurrencyRefusal) throws -> ExitCode {
            let message = refusal.message[language.language]
            if format == .json {
                let item = RefusalItem(
                    formatVersion: 1, refusal: RefusalItem.Reason(rule: refusal.rule.text, message: message))
                Output.line(try StableJSON.encode(item, pretty: true))
            }
            Output.complain("error: \(message) [\(refusal.rule)]")
            return refusal.kind == .inadmissible ? ExitStatus.no : ExitStatus.undone
        }

        // MARK: Arguments

        private static func amount(_ text: String) throws -> ExactDecimal {
            guard let amount = ExactDecimal(parsing: text) else {
                throw ValidationError("'\(text)' is not a decimal number of at most 18 digits, such as 1234.50.")
            }
            return amount
        }

        private static func currency(_ text: String) throws -> String {
            guard ReferenceRate.isCode(text) else {
                throw ValidationError("'\(text)' is not the code of a currency, such as CHF.")
            }
            return text
        }

        private static func operation(_ text: String) throws -> OperationKind {
            guard let kind = OperationKind(parsing: text) else {
                let known = OperationKind.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("'\(text)' is none of: \(known).")
            }
            return kind
        }
    }

    // MARK: list and show

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Lists the files of rates that were imported."
        )

        @OptionGroup var workspace: WorkspaceOptions

        @Option(help: "How to write the result: text or json.")
        var format: OutputFormat = .text

        func run() throws {
            let (files, counts) = try workspace.open().store.read { (try $0.rateFiles(), try $0.rateCounts()) }
            let newest = files.map(\.lastDay).max()
            let listing = FileListing(
                formatVersion: 1, files: files.map(FileItem.init), days: counts.days, disputed: counts.disputed,
                firstDay: files.map(\.firstDay).min()?.description, lastDay: newest?.description
            )
            switch format {
            case .json:
                Output.line(try StableJSON.encode(listing, pretty: true))
            case .text:
                Output.table(
                    ["IMPORTED", "BY", "FORM", "FIRST", "LAST", "DAYS", "RATES", "SHA-256", "FILE"],
                    listing.files.map { file in
                        [
                            file.importedAt, file.importedBy, file.form, file.firstDay, file.lastDay, String(file.days),
                            String(file.rates), String(file.sha256.prefix(12)), file.file,
                        ]
                    }
                )
                Output.line(
                    "\(counts.days) day(s) with rates, newest \(listing.lastDay ?? "-"), \(counts.disputed) disputed rate(s)"
                )
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Shows the rates of a day with their sources."
        )

        @Option(help: "The day, such as 2026-03-02.")
        var date: CivilDate

        @OptionGroup var workspace: WorkspaceOptions

        @Option(help: "How to write the result: text or json.")
        var format: OutputFormat = .text

        func run() throws {
            let (rates, files) = try workspace.open().store.read { (try $0.rates(on: date), try $0.rateFiles()) }
            if rates.isEmpty {
                let isSpanned = files.contains { $0.form != .daily && $0.firstDay <= date && date <= $0.lastDay }
                guard ReferenceCalendar.hasRates(date), !isSpanned else {
                    Output.complain("no rates were published on \(date)")
                    throw ExitStatus.no
                }
                Output.complain("error: no rates of \(date) have been imported")
                throw ExitStatus.undone
            }
            var counts: [String: Int] = [:]
            for rate in rates where rate.replacedBy == nil { counts[rate.currency, default: 0] += 1 }
            let items = rates.map {
                RateItem($0, isDisputed: $0.replacedBy == nil && counts[$0.currency, default: 0] > 1)
            }
            switch format {
            case .json:
                Output.line(
                    try StableJSON.encode(
                        RateListing(formatVersion: 1, date: date.description, rates: items), pretty: true)
                )
            case .text:
                Output.line("1 EUR on \(date):")
                Output.table(
                    ["CURRENCY", "RATE", "STATE", "SOURCE", "SHA-256", "FILE"],
                    items.map { [$0.currency, $0.rate, $0.state, $0.form, String($0.sha256.prefix(12)), $0.file] }
                )
            }
        }
    }
}

// MARK: - What is written

private struct ImportListing: Encodable {
    let formatVersion: Int
    let files: [ImportItem]
}

private struct ImportItem: Encodable {
    enum Outcome: String, Encodable {
        case imported
        /// The very same file was imported before.
        case known
        /// It is no file of rates, or a faulty one.
        case refused
        case unreadable
    }

    struct Finding: Encodable {
        let rule: String
        let severity: String
        let line: Int?
        let column: Int?
        let message: String
    }

    let path: String
    let outcome: Outcome
    var reason: String?
    var sha256: String?
    var form: String?
    var firstDay: String?
    var lastDay: String?
    var days = 0
    var rates = 0
    var added = 0
    var known = 0
    var replaced = 0
    var contradictions = 0
    var findings: [Finding] = []

    init(_ path: String, unreadable reason: String) {
        self.path = path
        outcome = .unreadable
        self.reason = reason
    }

    init(_ path: String, _ done: RateImport, _ language: Language) {
        self.path = path
        outcome = done.isRefused ? .refused : done.wasKnown ? .known : .imported
        sha256 = done.digest
        form = done.file?.form.rawValue
        firstDay = done.file?.firstDay.description
        lastDay = done.file?.lastDay.description
        days = done.file?.days.count ?? 0
        rates = done.file?.rateCount ?? 0
        added = done.storage.added
        known = done.storage.known
        replaced = done.storage.replaced
        contradictions = done.storage.contradictions.count
        findings = done.findings.map { finding in
            Finding(
                rule: finding.rule.text, severity: finding.severity.rawValue, line: finding.position?.line,
                column: finding.position?.column, message: finding.message[language]
            )
        }
    }

    func print() {
        for finding in findings {
            let place = finding.line.map { ":\($0):\(finding.column ?? 1)" } ?? ""
            Output.line("\(path)\(place): \(finding.severity): \(finding.message) [\(finding.rule)]")
        }
        switch outcome {
        case .unreadable: Output.complain("error: \(path): \(reason ?? "")")
        case .refused: Output.line("\(path): refused, nothing was stored")
        case .known, .imported:
            Output.line(
                "\(path): \(outcome.rawValue), \(form ?? ""), \(days) day(s) from \(firstDay ?? "") to \(lastDay ?? ""): "
                    + "\(rates) rate(s), \(added) new, \(known) known, \(replaced) replaced, "
                    + "\(contradictions) contradiction(s)"
            )
        }
    }
}

private struct ConversionItem: Encodable {
    struct Amount: Encodable {
        let amount: String
        let currency: String
    }

    let formatVersion: Int
    let result: Amount
    let record: ConversionRecord
}

private struct RefusalItem: Encodable {
    struct Reason: Encodable {
        let rule: String
        let message: String
    }

    let formatVersion: Int
    let refusal: Reason
}

private struct FileListing: Encodable {
    let formatVersion: Int
    let files: [FileItem]
    let days: Int
    let disputed: Int
    let firstDay: String?
    let lastDay: String?
}

private struct FileItem: Encodable {
    let file: String
    let form: String
    let sha256: String
    let firstDay: String
    let lastDay: String
    let days: Int
    let rates: Int
    let importedAt: String
    let importedBy: String

    init(_ stored: StoredRateFile) {
        file = stored.name
        form = stored.form.rawValue
        sha256 = stored.digest
        firstDay = stored.firstDay.description
        lastDay = stored.lastDay.description
        days = stored.days
        rates = stored.rates
        importedAt = stored.importedAt.description
        importedBy = stored.importedBy
    }
}

private struct RateListing: Encodable {
    let formatVersion: Int
    let date: String
    let rates: [RateItem]
}

private struct RateItem: Encodable {
    let currency: String
    let rate: String
    /// `current`, `disputed` or `replaced`.
    let state: String
    let form: String
    let file: String
    let sha256: String
    let importedAt: String
    let replacedBy: String?

    init(_ stored: StoredRate, isDisputed: Bool) {
        currency = stored.currency
        rate = stored.text
        state = stored.replacedBy != nil ? "replaced" : isDisputed ? "disputed" : "current"
        form = stored.source.form.rawValue
        file = stored.source.file
        sha256 = stored.source.sha256
        importedAt = stored.source.importedAt
        replacedBy = stored.replacedBy
    }
}

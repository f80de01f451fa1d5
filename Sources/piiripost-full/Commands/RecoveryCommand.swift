// SPDX-License-Identifier: EUPL-1.2

import ArgumentParser
import Foundation
import SEDCore
import SEDInspection
import SEDProcessor
import SEDRecovery

struct RecoveryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recovery",
        abstract: "Requests for recovery, notification, information and offsetting, and the books of claims.",
        discussion: """
            A request is drafted from a file, checked, approved by a second person and sent. See docs/recovery.md.
            """,
        subcommands: [
            New.self, Redraft.self, List.self, Check.self, Preview.self, Approve.self, Drop.self, Send.self, Show.self,
            Book.self, Update.self, Reply.self, Payments.self, Due.self, Done.self, Report.self,
        ]
    )
}

/// What all commands of the desk share.
struct RecoveryOptions: ParsableArguments {
    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var schemas: SchemaOptions
    @OptionGroup var languages: LanguageOptions

    @Option(help: "Who acts; else the user of the system.")
    var by: String?

    @Option(help: "Take this moment for now (2026-01-15T10:00:00Z), for tests and replays.")
    var now: Instant?

    @Option(help: "How to write the result: text or json.")
    var format: OutputFormat = .text

    func validate() throws {
        if let by, !RecoveryDesk.isPerson(by) { throw ValidationError("--by names a person.") }
    }

    var actor: String { by ?? ProcessInfo.processInfo.userName }
    var instant: Instant { now ?? SystemTime.now() }
    var language: Language { languages.language }

    /// Does the work at the desk; what it refuses is told in words, and becomes the status.
    func atDesk<Result>(_ work: (RecoveryDesk) throws -> Result) throws -> Result {
        do {
            return try work(
                RecoveryDesk(
                    workspace: workspace.open(), reference: schemas.load(), engine: "piiripost \(ProgramVersion.text)")
            )
        } catch let error as RecoveryError {
            if format == .json {
                Output.line(
                    try StableJSON.encode(
                        Refusal(
                            formatVersion: 1, refusal: .init(code: error.code.rawValue, message: error.text[language])),
                        pretty: true))
            }
            Output.complain("error: \(error.text[language])")
            throw error.code.isNo ? ExitStatus.no : ExitStatus.undone
        } catch let error as ConfigurationError {
            Output.complain(error.description)
            throw ExitStatus.no
        }
    }

    func write(_ value: some Encodable) throws { Output.line(try StableJSON.encode(value, pretty: true)) }

    private struct Refusal: Encodable {
        struct Reason: Encodable {
            let code: String
            let message: String
        }

        let formatVersion: Int
        let refusal: Reason
    }
}

// MARK: Drafts

extension RecoveryCommand {
    struct New: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "new", abstract: "Stores a request from a YAML or JSON file as a draft.",
            discussion: """
                docs/recovery-request.schema.json describes the file. Attachments are taken along, with their digests; \
                an empty, mistyped or oversized one is refused.
                """
        )

        @Argument(help: "The files, one request each; - is standard input.", completion: .file())
        var files: [String] = []

        @Option(help: "A CSV file, a request a row; its header names places in the request file.", completion: .file())
        var csv: String?

        @Flag(help: "Ask for everything, one question after another; also without a file at a terminal.")
        var ask = false

        @OptionGroup var options: RecoveryOptions

        func validate() throws {
            let ways = [!files.isEmpty, csv != nil, ask].filter { $0 }.count
            guard ways == 1 || ways == 0 && isatty(STDIN_FILENO) == 1 else {
                throw ValidationError("Name files, --csv or --ask.")
            }
        }

        func run() throws {
            let ids = try options.atDesk { desk -> [Int64] in
                if let csv {
                    return try desk.drafts(fromTable: csv, by: options.actor, at: options.instant)
                }
                if files.isEmpty {
                    let answers = try RecoveryQuestions(language: options.language)
                        .ask(desk.interview(on: options.instant.date))
                    return [try desk.draft(answers, by: options.actor, at: options.instant)]
                }
                return try files.map { try desk.draft(from: $0, by: options.actor, at: options.instant) }
            }
            switch options.format {
            case .json:
                try options.write(Listing(formatVersion: 1, requests: ids.map { Item(id: $0, state: "draft") }))
            case .text: for id in ids { Output.line("request \(id) drafted") }
            }
        }

        private struct Item: Encodable {
            let id: Int64
            let state: String
        }

        private struct Listing: Encodable {
            let formatVersion: Int
            let requests: [Item]
        }
    }

    struct Redraft: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "redraft", abstract: "Replaces a draft by what a file says; an approval is forgotten."
        )

        @Argument(help: "The number of the request.")
        var request: Int64

        @Argument(help: "The file.", completion: .file())
        var file: String

        @OptionGroup var options: RecoveryOptions

        func run() throws {
            try options.atDesk {
                try $0.redraft(request, from: file, by: options.actor, at: options.instant)
            }
            if options.format == .text { Output.line("request \(request) drafted anew") }
        }
    }

    struct Update: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "update", abstract: "Drafts a new version of a request that was sent (Art. 78(5)).",
            discussion: """
                Without a file it says what the last version says, and its amounts are converted anew, as a provisional \
                sending needs it. It is checked, approved and sent under its own number. The rates are those of the first \
                sending, unless piiripost.yaml says recoveryRates: newDate.
                """
        )

        @Argument(help: "The number of the request.")
        var request: Int64

        @Argument(help: "The file.", completion: .file())
        var file: String?

        @OptionGroup var options: RecoveryOptions

        func run() throws {
            let id = try options.atDesk {
                try $0.update(request, from: file, by: options.actor, at: options.instant)
            }
            switch options.format {
            case .json: try options.write(Item(formatVersion: 1, request: id, updates: request))
            case .text: Output.line("request \(id) drafted as a new version of \(request)")
            }
        }

        private struct Item: Encodable {
            let formatVersion: Int
            let request: Int64
            let updates: Int64
        }
    }

    struct Drop: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "drop", abstract: "Gives a draft up; it stays in the list."
        )

        @Argument(help: "The number of the request.")
        var request: Int64

        @OptionGroup var options: RecoveryOptions

        func run() throws {
            try options.atDesk { try $0.drop(request, by: options.actor, at: options.instant) }
            if options.format == .text { Output.line("request \(request) dropped") }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists the requests.")

        @OptionGroup var options: RecoveryOptions

        func run() throws {
            let items = try options.atDesk { try $0.summaries(at: options.instant) }
            let words = RecoveryWords(language: options.language)
            switch options.format {
            case .json: try options.write(Listing(formatVersion: 1, requests: items))
            case .text:
                Output.table(
                    words.headers([
                        "REQUEST", "KIND", "SIDE", "STATE", "OTHER PARTY", "CLAIMS", "DRAFTED", "SENT", "CASE",
                    ]),
                    items.map { item in
                        [
                            String(item.id), item.kind, words.side(item.side), words.word(item.state),
                            item.counterparty,
                            item.standing.map(words.outcome)
                                ?? item.claimStates.map(words.word).joined(separator: words.separator),
                            item.createdAt, item.sentAt ?? "-", item.caseId ?? "-",
                        ]
                    })
            }
        }

        private struct Listing: Encodable {
            let formatVersion: Int
            let requests: [RequestSummary]
        }
    }
}

// MARK: Check, approval, sending

extension RecoveryCommand {
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Checks a request as if it were sent now: what is missing, and by which article."
        )

        @Argument(help: "The number of the request.")
        var request: Int64

        @OptionGroup var options: RecoveryOptions

        func run() throws {
            let check = try options.atDesk {
                try $0.check(request, by: options.actor, at: options.instant, language: options.language)
            }
            try CheckOutput(request: request, check: check, options: options).write()
            try CheckOutput.leave(check)
        }
    }

    struct Approve: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "approve", abstract: "Approves a draft, by another person than who drafted it."
        )

        @Argument(help: "The number of the request.")
        var request: Int64

        @OptionGroup var options: RecoveryOptions

        func run() throws {
            let check = try options.atDesk {
                try $0.approve(request, by: options.actor, at: options.instant, language: options.language)
            }
            try CheckOutput(request: request, check: check, options: options).write()
            try CheckOutput.leave(check)
            if options.format == .text { Output.line("request \(request) approved") }
        }
    }

    struct Send: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "send", abstract: "Sends an approved request; the day decides its rates for good."
        )

        @Argument(help: "The number of the request.")
        var request: Int64

        @Flag(help: "Send with the newest rates that are out, where those of the day are not.")
        var provisional = false

        @OptionGroup var options: RecoveryOptions

        func run() throws {
            let sent = try options.atDesk {
                try $0.send(
                    request, by: options.actor, at: options.instant, allowsProvisional: provisional,
                    language: options.language)
            }
            switch options.format {
            case .json:
                try options.write(
                    Item(
                        formatVersion: 1, request: sent.id, caseId: sent.caseID.text, messageId: sent.messageID,
                        rateDate: sent.rateDate.description, provisional: sent.isProvisional, route: sent.route,
                        delivered: sent.delivered, claims: sent.claims.map(ClaimItem.init),
                        findings: sent.warnings.map(FindingItem.init)
                    ))
            case .text:
                for warning in sent.warnings { Output.complain("warning: \(warning.message) [\(warning.rule)]") }
                Output.line("request \(sent.id) sent: case \(sent.caseID), message \(sent.messageID)")
                Output.line("rates of \(sent.rateDate)\(sent.isProvisional ? " (provisional)" : "")")
                for (index, claim) in sent.claims.enumerated() {
                    Output.line(ClaimItem(claim).line(index + 1, options.language))
                }
                if sent.route == nil { Output.complain("warning: no route takes the message to an outbound folder") }
            }
        }

        private struct Item: Encodable {
            let formatVersion: Int
            let request: Int64
            let caseId: String
            let messageId: Int64
            let rateDate: String
            let provisional: Bool
            let route: String?
            let delivered: Int?
            let claims: [ClaimItem]
            /// What the check tells and does not forbid.
            let findings: [FindingItem]
        }
    }
}

/// Asks for a request at a terminal; questions go to standard error, so that results stay by themselves.
struct RecoveryQuestions {
    let language: Language

    /// The questions with all their answers.
    func ask(_ questions: RequestInterview) throws -> RequestInterview {
        var interview = questions
        Output.complain(
            BilingualText(
                "An empty answer leaves a field out, ? tells what is expected.",
                "Tühi vastus jätab välja vahele, ? ütleb, mida oodatakse.")[language])
        while let question = interview.question {
            Output.complain("\(question.title[language]) [\(question.path)]:")
            guard let answer = readLine()?.trimmingCharacters(in: .whitespaces) else {
                throw RecoveryError.interrupted
            }
            if answer == "?" {
                Output.complain("  \(question.help[language])")
            } else if let problem = try interview.answer(answer) {
                Output.complain("  \(problem[language])")
            }
        }
        return interview
    }
}

/// A claim in both currencies.
struct ClaimItem: Encodable {
    struct Amounts: Encodable {
        let currency: String
        let total: String
        let components: [String: String]

        init(_ parts: Parts) {
            currency = parts.currency
            total = parts.total.description
            components = Dictionary(uniqueKeysWithValues: parts.kinds.map { ($0.rawValue, parts[$0].description) })
        }
    }

    let applicant: Amounts
    let requested: Amounts

    init(_ claim: Claim) {
        applicant = Amounts(claim.applicant)
        requested = Amounts(claim.requested)
    }

    func line(_ number: Int, _ language: Language) -> String {
        "\(language == .estonian ? "nõue" : "claim") \(number): \(applicant.total) \(applicant.currency) = \(requested.total) \(requested.currency)"
    }
}

/// The result of a check in either form.
struct CheckOutput {
    let request: Int64
    let check: RequestCheck
    let options: RecoveryOptions

    /// The status that a check comes to.
    static func leave(_ check: RequestCheck) throws {
        if check.isAdmissible { return }
        throw check.verdict == .undecided && !check.findings.contains { $0.severity == .error }
            ? ExitStatus.undone : ExitStatus.no
    }

    func write() throws {
        switch options.format {
        case .json:
            try options.write(
                Item(
                    formatVersion: 1, request: request, verdict: check.verdict.rawValue, admissible: check.isAdmissible,
                    provisional: check.isProvisional, claims: check.claims.map(ClaimItem.init),
                    findings: check.findings.map(FindingItem.init)))
        case .text:
            for finding in check.findings {
                let source = finding.reference.map { " (\(check.sources[$0] ?? $0))" } ?? ""
                let severity = ReportWords(language: options.language).word(finding.severity.rawValue)
                Output.line("\(severity): \(finding.message)\(source) [\(finding.rule)]")
            }
            for (index, claim) in check.claims.enumerated() {
                Output.line(ClaimItem(claim).line(index + 1, options.language))
            }
            let words =
                check.isAdmissible
                ? BilingualText("request \(request): may be sent", "taotlus \(request): võib saata")
                : BilingualText("request \(request): may not be sent", "taotlus \(request): ei või saata")
            Output.line(words[options.language])
        }
    }

    private struct Item: Encodable {
        let formatVersion: Int
        let request: Int64
        let verdict: String
        let admissible: Bool
        let provisional: Bool
        let claims: [ClaimItem]
        let findings: [FindingItem]
    }
}

/// A finding of a request.
struct FindingItem: Encodable {
    let rule: String
    let severity: String
    let path: String?
    let message: String
    let reference: String?

    init(_ finding: Diagnostic) {
        rule = finding.rule.text
        severity = finding.severity.rawValue
        path = finding.path
        message = finding.message
        reference = finding.reference
    }
}

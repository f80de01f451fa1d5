// SPDX-License-Identifier: EUPL-1.2

import ArgumentParser
import Foundation
import SEDCases
import SEDCore
import SEDInspection
import SEDProcessor

struct ProcessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "process",
        abstract: "Drains inbound queues: judges, places in cases, routes, delivers.",
        discussion: "Without --once it keeps watching the queues until it is interrupted."
    )

    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var schemas: SchemaOptions
    @OptionGroup var languages: LanguageOptions

    @Option(help: "A folder to drain instead of the configured ones.", completion: .directory)
    var inbound: String?

    @Option(help: "The institution we are, such as EE:SKA001; may be repeated; instead of the configured ones.")
    var institution: [InstitutionID] = []

    @Flag(help: "Stop when the queues are empty.")
    var once = false

    @Option(help: "Take this moment for now (2026-01-15T10:00:00Z), for tests and replays.")
    var now: Instant?

    @Option(help: "text: a line for each message; json: a JSON object a line, the summary last.")
    var format: OutputFormat = .text

    @Option(help: .hidden)
    var tryQueue: String?

    @Option(help: .hidden)
    var tryName: String?

    func run() async throws {
        let opened = try workspace.open()
        if let tryQueue, let tryName { return try tryMessage(named: tryName, in: tryQueue, of: opened) }
        let lock = try opened.lock()
        let fixed = now
        let reference = try schemas.load()
        let teller = Teller(languages.language, reference.validator)
        let (schemas, institutions, inbound) = (schemas, institution, inbound.map(Self.absolute))
        // Each reads the schemas anew, of which a file may not have been readable.
        let prepare: @Sendable () throws -> Processor = {
            try Processor(
                workspace: opened, reference: schemas.load(), actor: "process", clock: { fixed ?? SystemTime.now() },
                inboundOverride: inbound, institutionsOverride: institutions
            )
        }
        let format = format
        let stop = StopSignal()
        if once {
            let processor = try prepare()
            for warning in processor.warnings { Output.complain("warning: \(warning)") }
            let summary = try await processor.run(
                shouldStop: { stop.isRaised }, observe: { Self.write($0, as: format, toldBy: teller) }
            )
            Self.write(summary, as: format, toldBy: teller)
        } else {
            try await DrainLoop(
                stop: stop, prepare: prepare, tell: { Self.write($0, as: format, toldBy: teller) }
            ).run()
        }
        withExtendedLifetime(lock) {}
    }

    /// Works on one message and keeps nothing of it, for the process that drains and fears to die of it.
    private func tryMessage(named name: String, in queue: String, of opened: Workspace) throws {
        let fixed = now
        try Processor(
            workspace: opened, reference: schemas.load(), actor: "process", clock: { fixed ?? SystemTime.now() },
            inboundOverride: inbound.map(Self.absolute), institutionsOverride: institution
        ).tryMessage(named: name, in: queue) { Output.text($0) }
    }

    private static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: path).path
    }

    // MARK: Output

    private struct MessageLine: Encodable {
        let type = "message"
        let id: Int64
        let fileName: String
        let verdict: String
        let disposition: String
        let rule: String?
        let reason: String?
        let sed: String?
        let caseId: String?
        let state: String?
        let route: String?
        let hadWaited: Bool
        let wasDisplaced: Bool
        let report: MessageReport
    }

    private struct SummaryLine: Encodable {
        let type = "summary"
        let summary: ProcessingSummary
    }

    private static func write(_ event: DrainEvent, as format: OutputFormat, toldBy teller: Teller) {
        switch event {
        case .message(let message): write(message, as: format, toldBy: teller)
        case .passed(let summary, _, _): if summary.hasNews { write(summary, as: format, toldBy: teller) }
        case .warning(let text): Output.complain("warning: \(text)")
        case .folderFailed(let queue, let error):
            Output.complain("error: the inbound folder \(queue) cannot be used: \(error); trying again")
        case .folderRecovered(let queue): Output.complain("the inbound folder \(queue) can be used again")
        case .intakeStopped: Output.complain("error: intake has stopped, the disk is full; trying again")
        case .intakeResumed: Output.complain("intake goes on")
        case .failed(let error, let again): Output.complain("error: \(error); trying again in \(again)")
        case .recovered: Output.complain("the work goes on")
        case .started, .judged, .reloading, .reloaded, .reloadFailed, .stopping: break
        }
    }

    private static func write(_ message: ProcessedMessage, as format: OutputFormat, toldBy teller: Teller) {
        let reason = teller.reason(of: message)
        switch format {
        case .text:
            let telling = PipelineWords(language: teller.language)
            let place = message.caseState.map { state in
                telling.place(message.buc?.code, state: state.name, route: message.route)
            }
            let why = [message.rule?.text, reason].compactMap { $0 }.joined(separator: ": ")
            let words = [
                TerminalText.harmless(message.fileName), message.sed?.code ?? "-",
                telling.word(message.verdict.rawValue),
                telling.word(message.disposition.rawValue) + (message.hadWaited ? telling.hadWaited : "")
                    + (message.wasDisplaced ? telling.wasDisplaced : ""), place,
                why.isEmpty ? nil : why,
            ]
            Output.line(words.compactMap { $0 }.joined(separator: "  "))
        case .json:
            let line = MessageLine(
                id: message.id, fileName: message.fileName, verdict: message.verdict.rawValue,
                disposition: message.disposition.rawValue, rule: message.rule?.text, reason: reason,
                sed: message.sed?.code, caseId: message.caseID?.text, state: message.caseState?.name,
                route: message.route, hadWaited: message.hadWaited, wasDisplaced: message.wasDisplaced,
                report: teller.told(message.report)
            )
            if let text = try? StableJSON.encode(line) { Output.line(text) }
        }
    }

    private static func write(_ summary: ProcessingSummary, as format: OutputFormat, toldBy teller: Teller) {
        switch format {
        case .text:
            Output.line(PipelineWords(language: teller.language).summary(summary))
        case .json:
            if let text = try? StableJSON.encode(SummaryLine(summary: summary)) { Output.line(text) }
        }
    }
}

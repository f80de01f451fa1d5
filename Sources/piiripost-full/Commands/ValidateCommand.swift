// SPDX-License-Identifier: EUPL-1.2

import ArgumentParser
import Foundation
import SEDCore
import SEDCurrency
import SEDInspection
import SEDProcessor
import SEDValidation

struct ValidateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Judges SEDs in XML or in the JSON of RINA, with or without their envelope.",
        discussion: """
            A folder stands for the messages in it and below it, without those that a .piiripost-ignore names; \
            a pattern in quotation marks for the files that match; - for standard input.
            """
    )

    @Argument(help: "Files, folders and patterns; - is standard input.", completion: .file())
    var paths: [String]

    @Option(help: "How to write the result to standard output.")
    var format: ReportFormat = .text

    @Option(
        help: ArgumentHelp(
            "Write one more report to a file, such as sarif=findings.sarif; may be repeated.",
            valueName: "format=file"
        )
    )
    var output: [OutputTarget] = []

    @Option(help: "Colours in text: auto means on a terminal, unless NO_COLOR is set.")
    var color: Color = .auto

    @Option(help: "Whether the documents come in or go out; rules are stricter with what goes out.")
    var direction: MessageDirection = .inbound

    @Option(help: "A folder of rules of your own in Schematron (*.sch), besides those of the program.")
    var rules: String?

    @Option(
        help: "A directory of institutions (SYN001, CSV or YAML) to compare envelopes with; may be repeated.",
        completion: .file()
    )
    var institutions: [String] = []

    @Option(
        help: "A file of the ECB's reference rates to judge converted amounts by; may be repeated.",
        completion: .file()
    )
    var rates: [String] = []

    @Option(
        help: "A workspace whose imported rates, and known requests, converted amounts are judged by.",
        completion: .directory
    )
    var workspace: String?

    @Option(help: "From which severity on a finding makes the exit status 1.")
    var failOn: FailOn = .error

    @Option(
        help: "A file of expected verdicts and findings; the exit status is 1 when anything differs.",
        completion: .file()
    )
    var expect: String?

    @Option(help: "How many documents to judge at a time; as many as there are processors if missing.")
    var jobs: Int?

    @Flag(help: "Keep watching the documents and judge those that change, until interrupted.")
    var watch = false

    @Flag(help: "Show the offending values; they may be personal data.")
    var showValues = false

    @OptionGroup var languages: LanguageOptions
    @OptionGroup var schemas: SchemaOptions

    func validate() throws {
        if Set(output.map(\.path)).count < output.count {
            throw ValidationError("Each --output needs a file of its own.")
        }
        if workspace != nil, !rates.isEmpty {
            throw ValidationError("Give --rates or --workspace, not both.")
        }
        if let jobs, jobs < 1 { throw ValidationError("--jobs needs a number of 1 or more.") }
        if watch, format != .text || !output.isEmpty || expect != nil || paths.contains("-") {
            throw ValidationError("--watch goes with text on standard output alone.")
        }
    }

    func run() async throws { try await perform() }

    /// The work itself; for one document it needs no other thread than the main one.
    func perform() async throws {
        let plain = try schemas.validator(rules: rules)
        let validator = try rateSupply().map(plain.with) ?? plain
        let inspection = Inspection(
            validator: validator, direction: direction, language: languages.language, showValues: showValues,
            institutions: try directory())
        let judge = DocumentJudge(inspection: inspection, jobs: jobs)
        if watch {
            try await keepWatching(judge)
            return
        }
        var differences = try expect.map { Differences(expectations: try Self.expectations($0)) }
        let documents = DocumentFinder.documents(at: paths)
        var reports = try openReports(inspection.meanings)
        var outcome = RunOutcome()
        var progress = Progress(total: documents.count)
        await judge.judge(documents) { judged in
            outcome.add(judged)
            differences?.add(judged)
            for index in reports.indices { reports[index].writer.add(judged) }
            progress.advance()
        }
        progress.finish()
        if documents.isEmpty {
            let names = paths.map(TerminalText.fileName).joined(separator: ", ")
            Output.complain("error: there is no document in \(names)")
        }
        for index in reports.indices { reports[index].writer.finish(outcome.summary) }
        for report in reports { try report.file.finish() }
        if let differences {
            try conclude(outcome, differences)
        } else {
            try conclude(outcome)
        }
    }

    /// The directory of institutions to compare with; nil without one.
    private func directory() throws -> InstitutionList? {
        if institutions.isEmpty { return nil }
        let files = try institutions.map { path in
            (path: path, file: try InstitutionFile(parsing: InstitutionFiles.bytes(path), file: path))
        }
        return InstitutionList(try InstitutionFile.merged(files))
    }

    /// What converted amounts are judged by; nil where nobody asks, or a workspace has no rates.
    private func rateSupply() throws -> RateSupply? {
        if let workspace {
            guard FileManager.default.fileExists(atPath: workspace + "/store.sqlite") else {
                throw UnusableFile(path: workspace, reason: "there is no workspace")
            }
            return try Workspace(path: workspace).rateSupply()
        }
        if rates.isEmpty { return nil }
        var files = RateFiles()
        for path in rates {
            guard let data = FileManager.default.contents(atPath: path) else { throw UnusableFile(path: path) }
            do {
                try files.add(Array(data), name: path, at: SystemTime.now())
            } catch {
                throw UnusableFile(path: path, reason: error.message[languages.language])
            }
        }
        return files.supply
    }

    // MARK: Exit status

    /// What differs from what was expected.
    private struct Differences {
        let expectations: Expectations
        var count = 0
        var judged: Set<String> = []

        mutating func add(_ document: JudgedDocument) {
            judged.insert(document.path)
            for difference in expectations.differences(of: document.report, at: document.path) {
                count += 1
                Output.complain("\(TerminalText.fileName(document.path)): \(difference)")
            }
        }
    }

    private func conclude(_ outcome: RunOutcome) throws {
        let status = outcome.status(failingOn: failOn)
        if status != 0 { throw ExitCode(status) }
    }

    /// In the regression mode the question is whether all is as expected, not whether all is valid.
    private func conclude(_ outcome: RunOutcome, _ differences: Differences) throws {
        let missing = Set(differences.expectations.byPath.keys).subtracting(differences.judged).sorted()
        for path in missing { Output.complain("\(TerminalText.fileName(path)): expected, but not judged") }
        if differences.count > 0 || !missing.isEmpty { throw ExitStatus.no }
        if outcome.summary.count == 0 { throw ExitStatus.undone }
    }

    private static func expectations(_ path: String) throws -> Expectations {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw UnusableFile(path: path)
        }
        return try Expectations(parsing: String(decoding: data, as: UTF8.self), file: path)
    }

    private struct UnusableFile: Error, CustomStringConvertible {
        let path: String
        var reason = "the file cannot be read"

        var description: String { "\(path): \(reason)" }
    }

    // MARK: Reports

    private struct Report {
        let file: OutputFile
        var writer: any ReportWriter
    }

    /// The report on standard output and those in files, opened before the work begins.
    private func openReports(_ meanings: RuleMeanings) throws -> [Report] {
        var options = ReportOptions(showValues: showValues, language: languages.language, meanings: meanings)
        let files = try output.enumerated().map { number, target in
            try report(target.format, OutputFile(path: target.path, number: number), options)
        }
        options.isColored = Surroundings.isColored(color)
        return [report(format, OutputFile(), options)] + files
    }

    private func report(_ format: ReportFormat, _ file: OutputFile, _ options: ReportOptions) -> Report {
        Report(file: file, writer: ReportFormat.writer(for: format, sink: { file.write($0) }, options: options))
    }

    // MARK: Watching

    /// Judges everything once, then what changes, once a second; each round has a report of its own.
    private func keepWatching(_ judge: DocumentJudge) async throws {
        let stop = StopSignal()
        var known: [String: FileStamp] = [:]
        while !stop.isRaised {
            let documents = DocumentFinder.documents(at: paths)
            let stamps = Dictionary(documents.map { ($0, FileStamp(of: $0)) }, uniquingKeysWith: { first, _ in first })
            let changed = documents.filter { stamps[$0] != known[$0] }
            known = stamps
            if !changed.isEmpty {
                var reports = try openReports(judge.inspection.meanings)
                var outcome = RunOutcome()
                await judge.judge(changed) { judged in
                    outcome.add(judged)
                    for index in reports.indices { reports[index].writer.add(judged) }
                }
                for index in reports.indices { reports[index].writer.finish(outcome.summary) }
                for report in reports { try report.file.finish() }
            }
            await stop.wait(for: .seconds(1))
        }
    }
}

// SPDX-License-Identifier: EUPL-1.2

import ArgumentParser
import Foundation
import SEDCore
import SEDProcessor
import SEDValidation

struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Judges SEDs, with or without their envelope."
    )

    enum Direction: String, ExpressibleByArgument, CaseIterable {
        case inbound
        case outbound
    }

    enum FailOn: String, ExpressibleByArgument, CaseIterable {
        case error
        case warning
    }

    @Argument(help: "Files and folders; - is standard input.")
    var paths: [String]

    enum Color: String, ExpressibleByArgument, CaseIterable {
        case auto
        case always
        case never
    }

    @Option(help: "How to write the result to standard output.")
    var format: ReportFormat = .text

    @Option(
        help: ArgumentHelp(
            "Write one more report to a file, such as sarif=findings.sarif; may be repeated.",
            valueName: "format=file"))
    var output: [OutputTarget] = []

    @Option(help: "Colours in text: auto means on a terminal, unless NO_COLOR is set.")
    var color: Color = .auto

    @Option(help: "Whether the documents come in or go out.")
    var direction: Direction = .inbound

    @Option(help: "From which severity on a finding makes the exit status 1.")
    var failOn: FailOn = .error

    @Flag(help: "Show the offending values; they may be personal data.")
    var showValues = false

    @OptionGroup var schemas: SchemaOptions

    func validate() throws {
        if Set(output.map(\.path)).count < output.count {
            throw ValidationError("Each --output needs a file of its own.")
        }
    }

    func run() throws {
        let validator = try schemas.load().validator
        var reports = try openReports()
        var summary = ValidationSummary()
        var hasWarnings = false
        for path in paths {
            for document in Self.documents(at: path) {
                let judged = judge(document, validator)
                if let failure = judged.failure {
                    Output.complain("error: \(TerminalText.fileName(judged.path)): \(failure)")
                }
                summary.add(judged)
                hasWarnings = hasWarnings || judged.findings.contains { $0.severity == "warning" }
                for index in reports.indices { reports[index].writer.add(judged) }
            }
        }
        if summary.count == 0 {
            let names = paths.map(TerminalText.fileName).joined(separator: ", ")
            Output.complain("error: there is no document in \(names)")
        }
        for index in reports.indices { reports[index].writer.finish(summary) }
        for report in reports { try report.file.finish() }
        if summary.invalid > 0 || (failOn == .warning && hasWarnings) { throw ExitStatus.no }
        if summary.undecided > 0 || summary.count == 0 { throw ExitStatus.undone }
    }

    private func judge(_ document: Document, _ validator: Validator) -> JudgedDocument {
        switch document.content {
        case .bytes(let bytes):
            let report = MessageReport(validator.judge(bytes).report, path: document.path, showValues: showValues)
            return JudgedDocument(path: document.path, bytes: bytes, report: report, failure: nil)
        case .failure(let reason):
            return JudgedDocument(path: document.path, bytes: nil, report: nil, failure: reason)
        }
    }

    // MARK: Output

    private struct Report {
        let file: OutputFile
        var writer: any ReportWriter
    }

    /// The report on standard output and those in files, opened before the work begins.
    private func openReports() throws -> [Report] {
        let version = Piiripost.configuration.version.prefix { $0 != " " }
        var options = ReportOptions(showValues: showValues, version: String(version))
        let files = try output.enumerated().map { number, target in
            try report(target.format, OutputFile(path: target.path, number: number), options)
        }
        options.isColored = isColored
        return [report(format, OutputFile(), options)] + files
    }

    private func report(_ format: ReportFormat, _ file: OutputFile, _ options: ReportOptions) -> Report {
        Report(file: file, writer: ReportFormat.writer(for: format, sink: { file.write($0) }, options: options))
    }

    private var isColored: Bool {
        switch color {
        case .always: true
        case .never: false
        case .auto: isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["NO_COLOR", default: ""].isEmpty
        }
    }

    // MARK: Input

    private struct Document {
        enum Content {
            case bytes([UInt8])
            case failure(String)
        }

        let path: String
        let content: Content
    }

    /// The documents that a path stands for, in name order.
    private static func documents(at path: String) -> [Document] {
        if path == "-" {
            return [Document(path: "-", content: .bytes(Array(FileHandle.standardInput.readDataToEndOfFile())))]
        }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            return [Document(path: path, content: .failure("the file does not exist"))]
        }
        guard isFolder.boolValue else { return [document(path)] }
        guard let names = FileManager.default.enumerator(atPath: path) else {
            return [Document(path: path, content: .failure("the folder cannot be read"))]
        }
        return names.compactMap { $0 as? String }.filter { $0.lowercased().hasSuffix(".xml") }.sorted()
            .map { document("\(path)/\($0)") }
    }

    private static func document(_ path: String) -> Document {
        guard let data = FileManager.default.contents(atPath: path) else {
            return Document(path: path, content: .failure("the file cannot be read"))
        }
        return Document(path: path, content: .bytes(Array(data)))
    }
}

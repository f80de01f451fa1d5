// SPDX-License-Identifier: EUPL-1.2

import ArgumentParser
import Foundation
import SEDCore
import SEDProcessor
import SEDValidation
import SEDXML

struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Judges SEDs, with or without their envelope, in XML or in the JSON of RINA."
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

    @Option(help: "How to write the result: text or json.")
    var format: OutputFormat = .text

    @Option(help: "Whether the documents come in or go out.")
    var direction: Direction = .inbound

    @Option(help: "From which severity on a finding makes the exit status 1.")
    var failOn: FailOn = .error

    @Flag(help: "Show the offending values; they may be personal data.")
    var showValues = false

    @OptionGroup var schemas: SchemaOptions

    func run() throws {
        let validator = try schemas.load().validator
        var tally = Tally()
        for path in paths {
            for document in Self.documents(at: path) {
                let report: ValidationReport?
                switch document.read() {
                case .bytes(let bytes): report = validator.judge(bytes).report
                case .tooLarge(let count): report = validator.judgement(ofUnreadBytes: count).report
                case .failure(let reason):
                    Output.complain("error: \(document.path): \(reason)")
                    report = nil
                }
                guard let report else {
                    tally.undecided += 1
                    continue
                }
                tally.add(report)
                let entry = MessageReport(report, path: document.path, showValues: showValues)
                switch format {
                case .text: Self.write(entry)
                case .json: tally.entries.append(entry)
                }
            }
        }
        try conclude(tally)
    }

    private func conclude(_ tally: Tally) throws {
        let count = tally.valid + tally.invalid + tally.undecided
        if count == 0 { Output.complain("error: there is no document in \(paths.joined(separator: ", "))") }
        switch format {
        case .text:
            Output.line(
                "\(count) document(s): \(tally.valid) valid, \(tally.invalid) invalid, \(tally.undecided) undecided"
            )
        case .json:
            Output.line(try StableJSON.encode(tally.listing, pretty: true))
        }
        if tally.invalid > 0 || (failOn == .warning && tally.hasWarnings) { throw ExitStatus.no }
        if tally.undecided > 0 || count == 0 { throw ExitStatus.undone }
    }

    // MARK: Output

    private struct Tally {
        var valid = 0
        var invalid = 0
        var undecided = 0
        var hasWarnings = false
        var entries: [MessageReport] = []

        mutating func add(_ report: ValidationReport) {
            switch report.verdict {
            case .valid: valid += 1
            case .invalid: invalid += 1
            case .undecided: undecided += 1
            }
            hasWarnings = hasWarnings || report.findings.contains { $0.severity == .warning }
        }

        var listing: Listing {
            Listing(
                formatVersion: 1,
                summary: .init(valid: valid, invalid: invalid, undecided: undecided),
                documents: entries
            )
        }
    }

    private struct Listing: Encodable {
        struct Summary: Encodable {
            let valid: Int
            let invalid: Int
            let undecided: Int
        }

        let formatVersion: Int
        let summary: Summary
        let documents: [MessageReport]
    }

    private static func write(_ report: MessageReport) {
        for finding in report.findings {
            let place = [finding.line, finding.column].compactMap { $0.map(String.init) }.joined(separator: ":")
            let value = finding.value.map { " (found: \($0))" } ?? ""
            let location = place.isEmpty ? report.path : "\(report.path):\(place)"
            Output.line("\(location): \(finding.severity): \(finding.message)\(value) [\(finding.rule)]")
        }
        let about = [report.sed, report.cdm.map { "CDM \($0)" }, report.buc].compactMap { $0 }.joined(separator: ", ")
        let open = report.layers.filter { $0.outcome == "undecided" }.compactMap(\.reason).first.map { ": \($0)" } ?? ""
        Output.line("\(report.path): \(report.verdict)\(about.isEmpty ? "" : " (\(about))")\(open)")
    }

    // MARK: Input

    private struct Document {
        let path: String
        /// Read when it is asked for, so that a folder is never in memory as a whole.
        let read: () -> InputFile.Content
    }

    /// The documents that a path stands for, in name order.
    private static func documents(at path: String) -> [Document] {
        let limit = ParsingLimits.standard.bytes
        if path == "-" { return [Document(path: path) { InputFile.standardInput(limit: limit) }] }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
            return [Document(path: path) { InputFile.read(path, limit: limit) }]
        }
        guard let names = FileManager.default.enumerator(atPath: path) else {
            return [Document(path: path) { .failure("the folder cannot be read") }]
        }
        return names.compactMap { $0 as? String }.filter { name in [".xml", ".json"].contains { name.lowercased().hasSuffix($0) } }.sorted()
            .map { "\(path)/\($0)" }.map { name in Document(path: name) { InputFile.read(name, limit: limit) } }
    }
}

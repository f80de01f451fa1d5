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
        let validator = try ReferenceData.validatorForJudging(folder: schemas.folder())
        var tally = Tally()
        for path in paths {
            for document in Self.documents(at: path) {
                let report: ValidationReport?
                switch document.read() {
                case .bytes(let bytes): report = validator.judge(bytes).report
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
        enum Content {
            case bytes([UInt8])
            case failure(String)
        }

        let path: String
        /// Reads the document; called once, so that only one of many is in memory at a time.
        let read: () -> Content

        init(path: String, content: @autoclosure @escaping () -> Content) {
            self.path = path
            read = content
        }
    }

    /// The documents that a path stands for, in name order.
    private static func documents(at path: String) -> any Sequence<Document> {
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
            .lazy.map { document("\(path)/\($0)") }
    }

    private static func document(_ path: String) -> Document {
        Document(path: path, content: contents(of: path))
    }

    private static func contents(of path: String) -> Document.Content {
        guard let data = FileManager.default.contents(atPath: path) else { return .failure("the file cannot be read") }
        return .bytes(Array(data))
    }
}

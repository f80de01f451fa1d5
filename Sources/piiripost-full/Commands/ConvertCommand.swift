// SPDX-License-Identifier: EUPL-1.2

import ArgumentParser
import Foundation
import SEDCore
import SEDInspection
import SEDProcessor
import SEDValidation

struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert", abstract: "Turns a SED from XML into the JSON of RINA, and back."
    )

    @Argument(help: "The file; - is standard input.", completion: .file())
    var path: String

    @Option(help: "The form to write: json or xml. Else the one that the document does not have.")
    var to: DocumentForm?

    @Option(help: "The file to write; else standard output.", completion: .file())
    var output: String?

    @Flag(help: "Leave out a signature, which the JSON has no place for.")
    var dropSignature = false

    @OptionGroup var schemas: SchemaOptions

    func run() throws {
        let bytes = try read()
        let form = DocumentForm(of: bytes)
        guard to == nil || to == form.other else {
            Output.complain("error: \(path): the document is \(form.rawValue.uppercased()) already")
            throw ExitStatus.undone
        }
        let converter = Converter(library: try schemas.validator().library)
        let conversion: Conversion
        do {
            conversion =
                switch form {
                case .json: try converter.xml(of: bytes)
                case .xml: try converter.json(of: bytes, droppingSignature: dropSignature)
                }
        } catch {
            throw explain(error)
        }
        for note in conversion.notes { Output.complain("note: \(path): \(note)") }
        try write(Data(conversion.bytes))
    }

    // MARK: Input and output

    private func read() throws -> [UInt8] {
        if path == "-" { return Array(FileHandle.standardInput.readDataToEndOfFile()) }
        guard let data = FileManager.default.contents(atPath: path) else {
            Output.complain("error: \(path): the file does not exist or cannot be read")
            throw ExitStatus.undone
        }
        return Array(data)
    }

    private func write(_ data: Data) throws {
        guard let output else {
            FileHandle.standardOutput.write(data)
            return
        }
        do {
            try data.write(to: URL(fileURLWithPath: output), options: .atomic)
        } catch {
            Output.complain("error: \(output): the file cannot be written")
            throw ExitStatus.undone
        }
    }

    /// Says why there is no result, and with which status to end.
    private func explain(_ refusal: ConversionRefusal) -> ExitCode {
        switch refusal {
        case .faulty(let findings):
            for finding in findings {
                let place = finding.position.map { ":\($0.line):\($0.column)" } ?? ""
                Output.complain("\(path)\(place): \(finding.severity): \(finding.message) [\(finding.rule)]")
            }
            return ExitStatus.no
        case .undecided(let reason):
            Output.complain("error: \(path): \(reason)")
        case .inexpressible(let reason, let element, let position):
            let place = position.map { ":\($0.line):\($0.column)" } ?? ""
            Output.complain("error: \(path)\(place): \(element): \(reason)")
        }
        return ExitStatus.undone
    }
}

extension DocumentForm: ExpressibleByArgument {}

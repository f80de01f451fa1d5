// SPDX-License-Identifier: EUPL-1.2

import SEDCore
import SEDInspection
import SEDProcessor
import SEDValidation

/// Lets libFuzzer try all layers and both conversions with bytes of its own, XML and JSON told apart by content.
///
/// A target of its own, built by `.ci/soak` alone with the compiler's coverage instrumentation. It judges what must
/// hold for any bytes at all: nothing traps, a verdict has its reason, and what was converted comes back the same.
@main
enum FuzzDocument {
    private static let validator: Validator? = try? ReferenceData(folder: SchemaFolder(path: "sed-schemas")).validator

    static func main() {
        var count = CommandLine.argc
        var arguments = CommandLine.unsafeArgv
        _ = runFuzzer(&count, &arguments) { start, count in
            FuzzDocument.tryOne(Array(UnsafeBufferPointer(start: start, count: count)))
            return 0
        }
    }

    private static func tryOne(_ bytes: [UInt8]) {
        guard let validator else { preconditionFailure("run this where sed-schemas is") }
        check(validator.judge(bytes).report)
        checkConversion(of: bytes, Converter(library: validator.library))
    }

    /// A document that is not valid has a reason, and one that is valid has no error.
    private static func check(_ report: ValidationReport) {
        let hasError = report.findings.contains { $0.severity == .error }
        let isOpen = report.layers.contains { $0.outcome.word == "undecided" && $0.outcome.reason != nil }
        switch report.verdict {
        case .valid: precondition(!hasError && !isOpen, "valid in spite of a finding")
        case .invalid: precondition(hasError, "invalid without a finding")
        case .undecided: precondition(isOpen, "undecided without a reason")
        }
    }

    /// What was written of a document can be read again, and says the same once more.
    private static func checkConversion(of bytes: [UInt8], _ converter: Converter) {
        guard let other = converted(bytes, by: converter) else { return }
        guard let back = converted(other, by: converter) else { preconditionFailure("written, but not read again") }
        precondition(converted(back, by: converter) == other, "changed on the way there and back")
    }

    private static func converted(_ bytes: [UInt8], by converter: Converter) -> [UInt8]? {
        switch DocumentForm(of: bytes) {
        case .json: try? converter.xml(of: bytes).bytes
        case .xml: try? converter.json(of: bytes, droppingSignature: true).bytes
        }
    }
}

/// libFuzzer's loop, from the runtime that the linker adds for `-sanitize=fuzzer`.
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

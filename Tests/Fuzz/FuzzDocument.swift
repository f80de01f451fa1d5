// SPDX-License-Identifier: EUPL-1.2

import SEDProcessor
import SEDValidation

/// What libFuzzer calls: guard, parser, envelope, combination, schema and code lists over any bytes.
///
/// A target of its own, built only by `.ci/soak` with the compiler's coverage instrumentation.
private let reference: ReferenceData? = try? ReferenceData(folder: SchemaFolder(path: "sed-schemas"))

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDocument(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let reference else { preconditionFailure("run this where sed-schemas is") }
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let report = reference.validator.judge(bytes).report
    // A document that is not valid has a reason, and one that is valid has no error.
    let hasError = report.findings.contains { $0.severity == .error }
    let hasReason = report.layers.contains { $0.outcome.reason != nil && $0.outcome.word == "undecided" }
    switch report.verdict {
    case .valid: precondition(!hasError && !hasReason, "valid in spite of a finding")
    case .invalid: precondition(hasError, "invalid without a finding")
    case .undecided: precondition(hasReason, "undecided without a reason")
    }
    return 0
}

// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
package import SEDValidation
internal import SEDXML

/// Reads documents from disk and judges them, one at a time.
package struct Inspection: Sendable {
    package let validator: Validator
    package let direction: MessageDirection
    package let language: Language
    package let showValues: Bool
    /// The directory that senders and receivers are compared with; nil where nobody asks.
    package let institutions: InstitutionList?

    package init(
        validator: Validator,
        direction: MessageDirection,
        language: Language,
        showValues: Bool,
        institutions: InstitutionList? = nil
    ) {
        self.validator = validator
        self.direction = direction
        self.language = language
        self.showValues = showValues
        self.institutions = institutions
    }

    /// What the rules mean that judge here.
    package var meanings: RuleMeanings {
        RuleMeanings(rules: validator.rules, library: validator.library, language: language)
    }

    /// The judgement of one file; `-` is standard input.
    package func judge(_ path: String) -> JudgedDocument {
        let limit = ParsingLimits.standard.bytes
        switch path == "-" ? InputFile.standardInput(limit: limit) : InputFile.read(path, limit: limit) {
        case .bytes(let bytes):
            let judgement = validator.judge(bytes, direction: direction, language: language)
            let report = MessageReport(judgement.report, path: path, showValues: showValues)
                .addingInOrder(doubts(about: judgement, in: bytes), showValues: showValues)
            return JudgedDocument(path: path, bytes: bytes, report: report, failure: nil)
        case .tooLarge(let count):
            let report = MessageReport(validator.judgement(ofUnreadBytes: count, language: language).report, path: path)
            return JudgedDocument(path: path, bytes: nil, report: report, failure: nil)
        case .failure(let reason):
            return JudgedDocument(path: path, bytes: nil, report: nil, failure: reason)
        }
    }

    /// What the directory of institutions says against those whom a message names, on the day it was made.
    private func doubts(about judgement: Judgement, in bytes: [UInt8]) -> [Diagnostic] {
        guard let institutions, let envelope = judgement.envelope,
            let day = CivilDate(parsing: String(envelope.createdAt.prefix(10))),
            let findings = try? InstitutionCheck(institutions).findings(
                on: envelope, named: judgement.facts.addedInstitution, on: day, in: bytes
            )
        else { return [] }
        return validator.told(findings, in: language)
    }
}

/// From which severity on a finding makes the exit status 1.
package enum FailOn: String, CaseIterable, Sendable {
    case error
    case warning
}

/// What the exit status of `validate` depends on.
package struct RunOutcome {
    package private(set) var summary = ValidationSummary()
    private var hasWarnings = false

    package init() {}

    package mutating func add(_ document: JudgedDocument) {
        if let failure = document.failure {
            Output.complain("error: \(TerminalText.fileName(document.path)): \(failure)")
        }
        summary.add(document)
        hasWarnings = hasWarnings || document.findings.contains { $0.severity == "warning" }
    }

    /// 0 all valid, 1 at least one invalid, 2 undecided.
    package func status(failingOn severity: FailOn) -> Int32 {
        if summary.invalid > 0 || (severity == .warning && hasWarnings) { return 1 }
        return summary.undecided > 0 || summary.count == 0 ? 2 : 0
    }
}

/// When text is coloured.
package enum Color: String, CaseIterable, Sendable {
    case auto
    case always
    case never
}

// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// The steps of a judgement, in order.
package enum Layer: String, Hashable, Sendable, CaseIterable {
    case lexicalGuard = "guard"
    case wellFormed = "well-formed"
    case envelope
    case combination
    case schema
    case codeLists = "code-lists"
    case rules
    case attachments
    case signature
}

/// What one layer came to.
package enum LayerOutcome: Hashable, Sendable {
    case passed
    case failed
    case skipped(because: Words)
    /// The tool could not tell; never counted as passed or failed.
    case undecided(because: Words)

    package var word: String {
        switch self {
        case .passed: "passed"
        case .failed: "failed"
        case .skipped: "skipped"
        case .undecided: "undecided"
        }
    }

    package var reason: String? { words?.text }

    /// The reason in its parts, for telling it in another language.
    package var words: Words? {
        switch self {
        case .passed, .failed: nil
        case .skipped(let reason), .undecided(let reason): reason
        }
    }
}

/// The judgement of one document: facts only, the same for the same bytes and schemas.
package struct ValidationReport: Hashable, Sendable {
    package struct LayerResult: Hashable, Sendable {
        package let layer: Layer
        package let outcome: LayerOutcome
    }

    package let sed: SEDType?
    package let cdm: CDMVersion?
    package let buc: BUCType?
    package let layers: [LayerResult]
    /// In order of place, then rule.
    package let findings: [Diagnostic]

    package var verdict: Verdict {
        if layers.contains(where: { $0.outcome == .failed }) { return .invalid }
        return layers.contains { $0.outcome.word == "undecided" } ? .undecided : .valid
    }

    /// The report of a document whose bytes could not be had, so that nothing is known of it.
    package static func unreadable(because reason: Words) -> ValidationReport {
        var report = ReportBuilder()
        report.leaveUndecided(.lexicalGuard, because: reason)
        report.skipRemaining(because: "the document could not be read")
        return report.finished()
    }

    package func outcome(of layer: Layer) -> LayerOutcome? {
        layers.first { $0.layer == layer }?.outcome
    }

    /// The layers that decide whether a received message may be placed in a case: all up to the code lists.
    ///
    /// What later layers find is a task for a person; the sender's document is not void by our judgement.
    package var isPlaceable: Bool {
        layers.allSatisfy { result in
            switch result.layer {
            case .lexicalGuard, .wellFormed, .envelope, .combination, .schema, .codeLists: result.outcome == .passed
            case .rules, .attachments, .signature: true
            }
        }
    }
}

/// Collects findings and outcomes while a document passes through the layers.
struct ReportBuilder {
    private var outcomes = Outcomes()
    private(set) var findings: [Diagnostic] = []
    var sed: SEDType?
    var cdm: CDMVersion?
    var buc: BUCType?

    /// Adds the findings of a layer; `more` is how many others there were than the layer lists.
    mutating func record(_ findings: [Diagnostic], in layer: Layer, more: Int = 0) {
        self.findings += findings
        if more > 0 {
            let note = Diagnostic(
                rule: .moreFindings, severity: .note,
                message: "\(more, as: "more") more findings of the layer \(layer.rawValue, as: "layer").",
                arguments: ["layer": layer.rawValue, "more": String(more)]
            )
            self.findings.append(note)
        }
        let hasError = findings.contains { $0.severity == .error }
        if hasError {
            outcomes[layer] = .failed
        } else if outcomes[layer] == nil {
            outcomes[layer] = .passed
        }
    }

    mutating func record(_ findings: LayerFindings, in layer: Layer) {
        record(findings.findings, in: layer, more: findings.more)
    }

    /// Makes one finding of what was recorded so far and what a rule says about the same fault.
    mutating func share(_ causes: inout SharedCauses) {
        if !findings.isEmpty { findings = causes.merged(LayerFindings(findings, more: 0)).findings }
    }

    /// For a layer whose error stands among the findings of another one.
    mutating func fail(_ layer: Layer) {
        outcomes[layer] = .failed
    }

    mutating func skip(_ layer: Layer, because reason: Words) {
        outcomes[layer] = .skipped(because: reason)
    }

    /// A layer that already failed stays failed: an error outweighs what could not be told.
    mutating func leaveUndecided(_ layer: Layer, because reason: Words) {
        if outcomes[layer] != .failed { outcomes[layer] = .undecided(because: reason) }
    }

    mutating func skipRemaining(because reason: Words) {
        for layer in Layer.allCases where outcomes[layer] == nil { skip(layer, because: reason) }
    }

    func finished() -> ValidationReport {
        ValidationReport(
            sed: sed,
            cdm: cdm,
            buc: buc,
            layers: Layer.allCases.compactMap { layer in
                outcomes[layer].map { ValidationReport.LayerResult(layer: layer, outcome: $0) }
            },
            findings: findings.sorted(by: Diagnostic.precedes)
        )
    }
}

/// An outcome for each layer that has one; a dictionary would hash the layers' names for every message.
private struct Outcomes {
    private var values: [LayerOutcome?] = Array(repeating: nil, count: Layer.allCases.count)

    subscript(layer: Layer) -> LayerOutcome? {
        get { values[Self.index(of: layer)] }
        set { values[Self.index(of: layer)] = newValue }
    }

    private static func index(of layer: Layer) -> Int {
        switch layer {
        case .lexicalGuard: 0
        case .wellFormed: 1
        case .envelope: 2
        case .combination: 3
        case .schema: 4
        case .codeLists: 5
        case .rules: 6
        case .attachments: 7
        case .signature: 8
        }
    }
}

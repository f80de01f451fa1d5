// SPDX-License-Identifier: EUPL-1.2

import SEDCrypto
import SEDInspection
import SEDProcessor

/// Writes SARIF 2.1.0 within the limits of GitHub's code scanning.
///
/// GitHub keeps the 5,000 heaviest results of a run and drops the others silently; here they are counted. It rejects a
/// file of more than 10 MB after compression; this one has fewer bytes before it. Findings of an undecided document are
/// notifications: a result would say that the document had been judged.
struct SARIFReport: ReportWriter {
    private static let resultLimit = 5_000
    private static let notificationLimit = 1_000
    private static let byteLimit = 10_000_000
    private static let severities = ["error", "warning", "note"]

    private struct Entry {
        let order: Int
        var result: SARIFResult
    }

    private let sink: ReportSink
    private let options: ReportOptions
    private var entries: [String: [Entry]] = [:]
    private var resultCount = 0
    private var notifications: [SARIFNotification] = []
    private var notificationCount = 0

    init(sink: @escaping ReportSink, options: ReportOptions) {
        self.sink = sink
        self.options = options
    }

    mutating func add(_ document: JudgedDocument) {
        guard document.verdict != "undecided" else { return leaveUndecided(document) }
        var ordinals: [String: Int] = [:]
        for finding in document.findings {
            let kind = [finding.rule, finding.path ?? "", document.path].joined(separator: "\u{0}")
            let ordinal = ordinals[kind, default: 0]
            ordinals[kind] = ordinal + 1
            resultCount += 1
            guard entries[finding.severity, default: []].count < Self.resultLimit else { continue }
            let result = SARIFResult(
                level: finding.severity, locations: [SARIFLocation(document.path, finding)],
                message: SARIFMessage(finding.text),
                partialFingerprints: ["piiripost/v1": SHA256Digest(of: "\(kind)\u{0}\(ordinal)").description],
                properties: finding.also.map(SARIFProperties.init), ruleId: finding.rule, ruleIndex: 0
            )
            entries[finding.severity, default: []].append(Entry(order: resultCount, result: result))
        }
    }

    mutating func finish(_ summary: ValidationSummary) {
        var heaviest: [Entry] = []
        for severity in Self.severities {
            heaviest += (entries[severity] ?? []).prefix(Self.resultLimit - heaviest.count)
        }
        entries = [:]
        var text = log(heaviest, notifications, summary)
        while text.utf8.count > Self.byteLimit, !heaviest.isEmpty || !notifications.isEmpty {
            // Long names can make it so large. A little less than the fitting part, since not all have the same size.
            let share = 0.9 * Double(Self.byteLimit) / Double(text.utf8.count)
            heaviest.removeLast(heaviest.count - Int(share * Double(heaviest.count)))
            notifications.removeLast(notifications.count - Int(share * Double(notifications.count)))
            text = log(heaviest, notifications, summary)
        }
        sink(text)
    }

    /// The whole file with these results, the heaviest first, and these notifications.
    private func log(_ heaviest: [Entry], _ notifications: [SARIFNotification], _ summary: ValidationSummary) -> String
    {
        let kept = heaviest.sorted { $0.order < $1.order }
        let rules = Set(kept.map(\.result.ruleId)).sorted()
        let places = Dictionary(uniqueKeysWithValues: rules.enumerated().map { ($1, $0) })
        let results = kept.map { entry in
            var result = entry.result
            result.ruleIndex = places[result.ruleId] ?? -1
            return result
        }
        let closing = closingNotifications(
            moreResults: resultCount - results.count, moreNotifications: notificationCount - notifications.count,
            hasDocuments: summary.count > 0
        )
        let invocation = SARIFInvocation(
            executionSuccessful: summary.undecided == 0 && summary.count > 0,
            toolExecutionNotifications: notifications + closing
        )
        let driver = SARIFDriver(
            name: "piiripost", rules: rules.map { SARIFRule(id: $0, options.meanings[$0]) },
            version: ProgramVersion.text)
        let run = SARIFRun(invocations: [invocation], results: results, tool: SARIFTool(driver: driver))
        do {
            return try StableJSON.encode(SARIFLog(runs: [run]), pretty: true) + "\n"
        } catch {
            preconditionFailure("a report holds only text and numbers, which always encode: \(error)")
        }
    }

    private mutating func leaveUndecided(_ document: JudgedDocument) {
        let reason = document.openReason ?? "the document could not be judged"
        notify(
            SARIFNotification(
                associatedRule: nil, level: "error", locations: [SARIFLocation(document.path, nil)],
                message: SARIFMessage("\(TerminalText.harmless(document.path)): undecided: \(reason)"))
        )
        for finding in document.findings {
            notify(
                SARIFNotification(
                    associatedRule: SARIFRuleReference(id: finding.rule), level: finding.severity,
                    locations: [SARIFLocation(document.path, finding)], message: SARIFMessage(finding.text))
            )
        }
    }

    private mutating func notify(_ notification: SARIFNotification) {
        notificationCount += 1
        if notifications.count < Self.notificationLimit { notifications.append(notification) }
    }

    private func closingNotifications(
        moreResults: Int, moreNotifications: Int, hasDocuments: Bool
    ) -> [SARIFNotification] {
        func note(_ text: String, level: String = "note") -> SARIFNotification {
            SARIFNotification(associatedRule: nil, level: level, locations: nil, message: SARIFMessage(text))
        }
        var closing: [SARIFNotification] = []
        if moreNotifications > 0 { closing.append(note("\(moreNotifications) more notifications are not listed.")) }
        if moreResults > 0 { closing.append(note("\(moreResults) more findings are not listed.")) }
        if !hasDocuments { closing.append(note("There is no document.", level: "error")) }
        return closing
    }
}

// MARK: The parts of the format that are written

private struct SARIFLog: Encodable {
    enum CodingKeys: String, CodingKey {
        case schema = "$schema"
        case version
        case runs
    }

    let schema = "https://json.schemastore.org/sarif-2.1.0.json"
    let version = "2.1.0"
    let runs: [SARIFRun]
}

private struct SARIFRun: Encodable {
    let columnKind = "unicodeCodePoints"
    let invocations: [SARIFInvocation]
    let results: [SARIFResult]
    let tool: SARIFTool
}

private struct SARIFTool: Encodable {
    let driver: SARIFDriver
}

private struct SARIFDriver: Encodable {
    let name: String
    let rules: [SARIFRule]
    let version: String
}

/// GitHub asks for all three texts of a rule.
private struct SARIFRule: Encodable {
    let fullDescription: SARIFMessage
    let help: SARIFMessage
    let id: String
    let shortDescription: SARIFMessage

    init(id: String, _ meaning: RuleMeaning) {
        self.id = id
        shortDescription = SARIFMessage(meaning.title)
        fullDescription = SARIFMessage(meaning.text)
        help = SARIFMessage("\(meaning.text) \(meaning.source)")
    }
}

/// A plain text message.
///
/// Sections 3.11.5 and 3.11.6 of the specification: a brace is written twice, since one alone would begin a placeholder,
/// and `](` would make a link of what stands in a document or a file name. A backslash keeps the two apart.
private struct SARIFMessage: Encodable {
    let text: String

    init(_ text: String) {
        guard text.utf8.contains(where: { [UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "]")].contains($0) })
        else {
            self.text = text
            return
        }
        self.text = text.replacing("{", with: "{{").replacing("}", with: "}}").replacing("](", with: "]\\(")
    }
}

private struct SARIFResult: Encodable {
    let level: String
    let locations: [SARIFLocation]
    let message: SARIFMessage
    let partialFingerprints: [String: String]
    let properties: SARIFProperties?
    let ruleId: String
    var ruleIndex: Int
}

/// A property bag (section 3.8 of the specification), for what the standard has no member for.
private struct SARIFProperties: Encodable {
    /// Further rules that the same cause breaks.
    let also: [String]
}

private struct SARIFInvocation: Encodable {
    let executionSuccessful: Bool
    let toolExecutionNotifications: [SARIFNotification]
}

private struct SARIFNotification: Encodable {
    let associatedRule: SARIFRuleReference?
    let level: String
    let locations: [SARIFLocation]?
    let message: SARIFMessage
}

private struct SARIFRuleReference: Encodable {
    let id: String
}

private struct SARIFLocation: Encodable {
    struct Logical: Encodable {
        let fullyQualifiedName: String
        let kind = "element"
    }

    struct Physical: Encodable {
        let artifactLocation: Artifact
        let region: Region?
    }

    struct Artifact: Encodable {
        let uri: String
    }

    struct Region: Encodable {
        let startColumn: Int?
        let startLine: Int
    }

    let logicalLocations: [Logical]?
    let physicalLocation: Physical

    init(_ path: String, _ finding: MessageReport.Finding?) {
        logicalLocations = finding?.path.map { [Logical(fullyQualifiedName: $0)] }
        physicalLocation = Physical(
            artifactLocation: Artifact(uri: Self.uri(path)),
            // An empty document has no line, and GitHub asks for one with every result.
            region: finding.map { Region(startColumn: $0.column, startLine: $0.line ?? 1) }
        )
    }

    /// A relative reference for a relative path, `file:///` for an absolute one; names are percent-encoded.
    private static func uri(_ path: String) -> String {
        var name = path[...]
        while name.hasPrefix("./") { name = name.dropFirst(2).drop { $0 == "/" } }
        var encoded = ""
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                encoded += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        guard path.hasPrefix("/") else { return encoded }
        return "file:///" + encoded.drop { $0 == "/" }
    }
}

// SPDX-License-Identifier: EUPL-1.2

import Glibc
import SEDCore
import SEDInspection
import SEDValidation
import Synchronization

/// A call of `validate` in its usual form: one file, judged by the program's own schemas, told in text.
///
/// The options are those of the full program, which alone defines them. This knows the plain spelling of some, each
/// given once with a value that they have, and takes no other call for its own.
struct QuickRequest {
    private let path: String
    private let direction: MessageDirection
    private let language: Language
    private let failOn: FailOn
    private let color: Color
    private let showValues: Bool

    /// Nil for every call that is the full program's.
    init?(arguments: [String]) {
        guard arguments.count >= 3, arguments[1] == "validate", let words = Words(arguments[2...]) else { return nil }
        guard let path = words.path, Self.isRegularFile(path), Surroundings.variable("PIIRIPOST_SCHEMAS") == nil,
            let direction = words.choice("--direction", of: MessageDirection.inbound),
            let language = words.choice("--lang", of: Surroundings.language),
            let failOn = words.choice("--fail-on", of: FailOn.error),
            let color = words.choice("--color", of: Color.auto),
            words.values["--format", default: "text"] == "text"
        else { return nil }
        self.path = path
        self.direction = direction
        self.language = language
        self.failOn = failOn
        self.color = color
        showValues = words.showsValues
    }

    /// Judges, reports and ends the program; returns where the full program has to do it, before anything was written.
    func perform() {
        let useCases = PlainUseCases()
        guard let executable = FullProgram.ownPath, let folder = try? SchemaFolder.find(executable: executable),
            let validator = try? Validator(
                folder: folder, combinations: { try useCases.combinations(of: $0, in: folder) })
        else { return }
        let inspection = Inspection(
            validator: validator, direction: direction, language: language, showValues: showValues)
        let document = inspection.judge(path)
        if useCases.hasFailed || document.report == nil { return }
        let output = OutputFile()
        let options = ReportOptions(
            showValues: showValues, isColored: Surroundings.isColored(color), language: language,
            meanings: inspection.meanings)
        var outcome = RunOutcome()
        var report = TextReport(sink: { output.write($0) }, options: options)
        outcome.add(document)
        report.add(document)
        report.finish(outcome.summary)
        do {
            try output.finish()
        } catch {
            Output.complain("error: \(error)")
            exit(2)
        }
        // The system takes schemas, rules and document back in one piece; doing it here took a tenth of a start.
        withExtendedLifetime((inspection, document, report)) { exit(outcome.status(failingOn: failOn)) }
    }

    /// Whether the path leads to a file and not to a folder, a pipe or nothing.
    private static func isRegularFile(_ path: String) -> Bool {
        var facts = stat()
        return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG
    }

    /// The words behind `validate`, told apart.
    private struct Words {
        private(set) var path: String?
        private(set) var values: [String: String] = [:]
        private(set) var showsValues = false

        private static let options: Set<String> = ["--direction", "--lang", "--fail-on", "--color", "--format"]

        /// Nil when one of them is not in the plain form.
        init?(_ words: ArraySlice<String>) {
            var rest = words
            while let word = rest.popFirst() {
                if !word.hasPrefix("-") {
                    guard path == nil, !word.isEmpty else { return nil }
                    path = word
                } else if word == "--show-values", !showsValues {
                    showsValues = true
                } else if Self.options.contains(word), values[word] == nil, let value = rest.popFirst() {
                    values[word] = value
                } else {
                    return nil
                }
            }
        }

        /// The value that an option chooses, `missing` without the option; nil for one that it does not have.
        func choice<Choice: RawRepresentable<String>>(_ option: String, of missing: Choice) -> Choice? {
            guard let value = values[option] else { return missing }
            return Choice(rawValue: value)
        }
    }
}

/// The use cases as they can be read without a reader of YAML.
private final class PlainUseCases: Sendable {
    private let failures = Mutex(0)

    /// Whether one of them could not be read.
    var hasFailed: Bool { failures.withLock { $0 > 0 } }

    private struct NotUnderstood: Error {}

    /// Nil where there is no such use case.
    func combinations(of type: BUCType, in folder: SchemaFolder) throws -> UseCaseCombinations? {
        let file = "buc/\(type.code).yaml"
        guard folder.contains(file) else { return nil }
        guard let bytes = try? folder.read(file), let outline = UseCaseOutline.combinations(in: bytes, of: type) else {
            failures.withLock { $0 += 1 }
            throw NotUnderstood()
        }
        return outline
    }
}

// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
internal import SEDXML

/// The forms in which a directory of institutions is read.
package enum InstitutionFileForm: String, Sendable, CaseIterable {
    /// The sync message of the EESSI Institution Repository.
    case syn001 = "SYN001"
    case csv = "CSV"
    case yaml = "YAML"

    /// Tells the form by the content alone: XML begins with `<`, CSV with a line of column names that has `id`.
    package init(recognising bytes: [UInt8]) {
        if InstitutionText.firstByte(of: bytes) == 0x3C {
            self = .syn001
        } else {
            self = InstitutionTable.hasHeader(bytes) ? .csv : .yaml
        }
    }

    /// The largest file of the form, in bytes.
    ///
    /// A tree of YAML takes many times its text.
    package var limit: Int {
        switch self {
        case .syn001, .csv: 64 << 20
        case .yaml: 8 << 20
        }
    }

    /// The largest file of any form, in bytes.
    package static let largest = 64 << 20
}

/// What one file tells of institutions.
package struct InstitutionFile: Sendable {
    package let form: InstitutionFileForm
    /// The version that the file itself states, as SYN001 does.
    package let version: String?
    package let institutions: [Institution]

    /// Reads a file in the form that its content has.
    ///
    /// - Throws: All faults at once, each with its place; the first hundred of them where there are more.
    package init(parsing bytes: [UInt8], file: String) throws(ConfigurationError) {
        form = InstitutionFileForm(recognising: bytes)
        let faults = FaultList(file: file)
        guard bytes.count <= form.limit else {
            faults.fail(1, 1, "the file has more than \(form.limit >> 20) MiB, which is the limit for \(form.rawValue)")
            throw faults.error
        }
        if form != .syn001, let place = InstitutionText.faultyPlace(in: bytes) {
            faults.fail(place, "the bytes here are no UTF-8 text")
            throw faults.error
        }
        switch form {
        case .syn001:
            (version, institutions) = InstitutionRepositoryReader.read(bytes, faults)
        case .csv:
            version = nil
            institutions = InstitutionTable.read(bytes, faults)
        case .yaml:
            version = nil
            institutions = InstitutionYAML.read(bytes, file: file, faults)
        }
        if faults.isEmpty, institutions.isEmpty {
            faults.fail(1, 1, "there is no institution in this file; an empty directory would end every one we know")
        }
        if !faults.isEmpty { throw faults.error }
    }

    /// The institutions of several files together.
    ///
    /// - Throws: A fault for each institution that stands in two of them.
    package static func merged(_ files: [(path: String, file: InstitutionFile)]) throws(ConfigurationError)
        -> [Institution]
    {
        var origin: [InstitutionID: String] = [:]
        var problems: [ConfigurationProblem] = []
        for (path, file) in files {
            for institution in file.institutions {
                if let first = origin.updateValue(path, forKey: institution.id) {
                    let message = "\(institution.id) stands in \(first) too"
                    problems.append(ConfigurationProblem(file: path, line: 1, column: 1, message: message))
                }
            }
        }
        if !problems.isEmpty { throw ConfigurationError(problems: Array(problems.prefix(FaultList.most))) }
        return files.flatMap(\.file.institutions).sorted { $0.id < $1.id }
    }

    /// How much a directory may hold: some 4,000 institutions take part in EESSI.
    enum Limit {
        static let institutions = 50_000
        static let competences = 1_000_000
        /// A name or any other value, in bytes.
        static let value = 1_000
    }
}

/// Faults of one file with their places; only the first of many are kept.
final class FaultList {
    static let most = 100

    private let file: String
    private var problems: [ConfigurationProblem] = []
    private var more = 0

    init(file: String) {
        self.file = file
    }

    var isEmpty: Bool { problems.isEmpty }

    /// Whether so much is wrong that reading on tells nobody anything.
    var isFull: Bool { problems.count >= Self.most }

    func fail(_ line: Int, _ column: Int, _ message: String) {
        add(ConfigurationProblem(file: file, line: line, column: column, message: message))
    }

    func fail(_ position: TextPosition?, _ message: String) {
        fail(position?.line ?? 1, position?.column ?? 1, message)
    }

    func add(_ problem: ConfigurationProblem) {
        if isFull { more += 1 } else { problems.append(problem) }
    }

    var error: ConfigurationError {
        guard more > 0, let last = problems.last else { return ConfigurationError(problems: problems) }
        let rest = ConfigurationProblem(
            file: file, line: last.line, column: last.column, message: "and at least \(more) more faults")
        return ConfigurationError(problems: problems + [rest])
    }
}

/// What bytes are before they are taken for text.
enum InstitutionText {
    static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    static func firstByte(of bytes: [UInt8]) -> UInt8? {
        let text = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
        return text.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    }

    /// Where bytes stop being UTF-8, or where a NUL stands; nil where all is text.
    static func faultyPlace(in bytes: [UInt8]) -> TextPosition? {
        func place(_ offset: Int) -> TextPosition {
            let before = bytes[..<offset]
            let line = before.count { $0 == 0x0A } + 1
            let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
            return TextPosition(line: line, column: before[start...].count { $0 & 0xC0 != 0x80 } + 1)
        }
        if let zero = bytes.firstIndex(of: 0) { return place(zero) }
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes.span)
            return nil
        } catch {
            return place(error.byteOffsets.lowerBound)
        }
    }
}

/// How single values are written in any form of the directory.
enum InstitutionValue {
    /// A role, in whatever case its letters are: sources disagree about `CounterParty`.
    static func role(_ text: String) -> CaseRole? {
        CaseRole.allCases.first { $0.rawValue.lowercased() == text.lowercased() }
    }

    /// A use case, also with the version behind it that the envelope writes.
    static func useCase(_ text: String) -> BUCType? {
        BUCType(parsing: String(text.prefix { $0 != ":" }))
    }

    /// A day; of a moment the day that is written there, whatever its zone.
    static func day(_ text: String) -> CivilDate? {
        let bytes = Array(text.utf8)
        if bytes.count > 10, bytes[10] == 0x54 {
            return CivilDate(parsing: String(decoding: bytes[..<10], as: UTF8.self))
        }
        return CivilDate(parsing: text)
    }

    static func yes(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "yes", "1": true
        case "false", "no", "0": false
        default: nil
        }
    }

    /// A name that can be shown: without control characters, and not endless.
    static func name(_ text: String) -> String? {
        let isPlain = text.unicodeScalars.allSatisfy {
            $0.properties.generalCategory != .control && $0.properties.generalCategory != .format
        }
        return isPlain && text.utf8.count <= InstitutionFile.Limit.value ? text : nil
    }
}

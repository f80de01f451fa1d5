// SPDX-License-Identifier: EUPL-1.2

internal import Glibc
internal import Logging
internal import SEDCore
internal import SEDInspection
internal import SEDProcessor

/// How lines of the log are written.
package enum LogFormat: String, Sendable, CaseIterable {
    case text
    case json
}

/// Writes each event as one line to standard error, in one step, so that lines of several threads never mix.
///
/// What is written was chosen by this program: identifiers, rules, sizes, counts. Text from outside is made harmless.
struct LineLog: LogHandler {
    let format: LogFormat
    var metadata = Logger.Metadata()
    var metadataProvider: Logger.MetadataProvider?
    var logLevel = Logger.Level.info

    init(_ format: LogFormat) {
        self.format = format
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let facts = metadata.merging(event.metadata ?? [:]) { _, new in new }
        let time = SystemTime.now().description
        let line: String
        switch format {
        case .text:
            let told = facts.sorted { $0.key < $1.key }.map { "\($0.key)=\(Self.harmless("\($0.value)"))" }
            let words = [time, event.level.rawValue, "\(event.message)"] + told
            line = words.joined(separator: " ")
        case .json:
            var fields = facts.mapValues(Self.field)
            fields["time"] = .text(time)
            fields["level"] = .text(event.level.rawValue)
            fields["event"] = .text("\(event.message)")
            guard let text = try? StableJSON.encode(fields) else { return }
            line = text
        }
        var bytes = Array((line + "\n").utf8)[...]
        while !bytes.isEmpty {
            let count = unsafe bytes.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
            // Where nobody reads the log the work goes on.
            if count < 0, errno != EINTR { return }
            bytes = bytes.dropFirst(max(0, count))
        }
    }

    /// A value of a field: numbers stay numbers.
    private enum Field: Encodable {
        case text(String)
        case number(Double)
        case whole(Int)

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text): try container.encode(text)
            case .number(let number): try container.encode(number)
            case .whole(let number): try container.encode(number)
            }
        }
    }

    private static func field(_ value: Logger.MetadataValue) -> Field {
        if case .stringConvertible(let value) = value {
            if let number = value as? Int { return .whole(number) }
            if let number = value as? Int64 { return .whole(Int(number)) }
            if let number = value as? Double { return .number(number) }
        }
        return .text(harmless("\(value)"))
    }

    private static func harmless(_ text: String) -> String {
        String(TerminalText.harmless(text).prefix(1_000))
    }
}

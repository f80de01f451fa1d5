// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
internal import SEDQueue

/// What is known of an access point's deleting of messages that nobody has read.
package enum PurgeSetting: Hashable, Sendable {
    /// Nobody said; then the product's own default holds.
    case unknown
    case never
    case after(seconds: Int)
    /// It stands in a properties file of the access point.
    case statedIn(file: String)

    /// What Domibus does where its properties say nothing, in seconds.
    static let domibusDefault = 600

    /// After how many seconds messages are deleted; nil where they are not.
    ///
    /// Of several domains in one file the one counts that deletes first.
    func seconds(readingFile read: (String) -> String?) throws(WorkspaceError) -> Int? {
        switch self {
        case .unknown: return Self.domibusDefault
        case .never: return nil
        case .after(let seconds): return seconds == 0 ? nil : seconds
        case .statedIn(let file):
            guard let text = read(file) else {
                throw WorkspaceError(message: "the properties of the access point cannot be read: \(file)")
            }
            return Self.purgeSeconds(inProperties: text)
        }
    }

    /// The key ends alike with and without the name of a domain; empty or 0 means never.
    private static func purgeSeconds(inProperties text: String) -> Int? {
        var values: [Int?] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let line = line.trimmingCharacters(in: .whitespaces)
            guard !line.hasPrefix("#"), !line.hasPrefix("!"),
                let separator = line.firstIndex(where: { $0 == "=" || $0 == ":" })
            else { continue }
            let key = line[..<separator].trimmingCharacters(in: .whitespaces)
            guard key.hasSuffix("messages.received.purge.expired") else { continue }
            let value = line[line.index(after: separator)...].trimmingCharacters(in: .whitespaces)
            // What is no number is no promise: then the default is the safest guess.
            values.append(value.isEmpty || value == "0" ? nil : Int(value) ?? domibusDefault)
        }
        return values.isEmpty ? domibusDefault : values.compactMap(\.self).min()
    }
}

/// Whether messages can be deleted by the access point before they are taken.
package struct PurgeCheck: Sendable {
    /// What an operator has to know at the start, one sentence each.
    package private(set) var warnings: [String] = []
    /// After how many seconds the messages of a queue are deleted.
    private(set) var seconds: [String: Int] = [:]
    /// How often such queues are looked at, in seconds.
    private(set) var polls: [String: Int] = [:]

    /// How often a folder is looked at of which nobody said more, in seconds.
    static let pollDefault = 60

    /// Throws where a queue is looked at so rarely that messages are sure to be lost some day.
    init(_ folders: [Configuration.NamedFolder], readingFile read: (String) -> String?) throws(WorkspaceError) {
        for folder in folders where folder.layout == .domibus {
            guard let limit = try folder.purge.seconds(readingFile: read) else { continue }
            seconds[folder.name] = limit
            let remedy = "set fsplugin.messages.received.purge.expired to 0 in the access point"
            let poll = folder.pollSeconds ?? min(Self.pollDefault, max(1, limit / 10))
            polls[folder.name] = poll
            if limit < 10 * poll {
                throw WorkspaceError(
                    message: """
                        the access point of the inbound folder \(folder.name) deletes unread messages after \(limit) s, \
                        and it is looked at every \(poll) s: \(remedy)
                        """
                )
            }
            warnings.append(
                """
                the access point of the inbound folder \(folder.name) deletes messages that are not taken within \
                \(limit) s\(folder.purge == .unknown ? " unless it is told not to, which is not known here" : ""); \
                an outage of that length loses them: \(remedy), then state purge: never or the properties file
                """
            )
        }
    }
}

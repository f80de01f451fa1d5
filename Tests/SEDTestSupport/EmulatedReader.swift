// SPDX-License-Identifier: EUPL-1.2

internal import Foundation

/// How a product takes messages out of the folder that it polls, and what it leaves there.
package enum EmulatedReader: String, CaseIterable, Sendable {
    case domibus
    case holodeck
    case as4NET = "as4.net"
    case phossAP = "phoss-ap"

    /// The outbound folder as a workspace configures it.
    package var path: String {
        switch self {
        case .domibus: "MAIN/OUT"
        case .holodeck: "data/msg_out"
        case .as4NET: "messages/out"
        case .phossAP: "ap/watch"
        }
    }

    /// The keys that the configuration of this product needs.
    package var settings: String { [.holodeck, .as4NET].contains(self) ? ", pmode: eessi" : "" }

    /// The names that it would take now, each with whether all that belongs to it is there and closed.
    package func visible(in root: String) -> [String: Bool] {
        let names = FileManager.default.enumerator(atPath: "\(root)/\(path)")?.compactMap { $0 as? String } ?? []
        var seen: [String: Bool] = [:]
        switch self {
        case .domibus:
            // Every file in every folder below is one message, if metadata lie beside it.
            for name in names where name.hasSuffix(".xml") && !name.hasSuffix("metadata.xml") {
                let folder = (name as NSString).deletingLastPathComponent
                seen[name] =
                    isClosed("\(root)/\(path)/\(name)", "StandardBusinessDocument>")
                    && isClosed("\(root)/\(path)/\(folder)/metadata.xml", "</UserMessage>")
            }
        case .holodeck, .as4NET:
            let ending = self == .holodeck ? ".mmd" : ".xml"
            let key = self == .holodeck ? "</MessageMetaData>" : "</SubmitMessage>"
            let pattern = self == .holodeck ? /location="([^"]*)"/ : /<Location>([^<]*)/
            for name in names where name.hasSuffix(ending) && !name.contains("/") {
                let file = "\(root)/\(path)/\(name)"
                let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
                let payloads = text.matches(of: pattern).map { match in
                    self == .holodeck ? "\(root)/\(path)/\(match.1)" : String(match.1).replacing("file:///", with: "")
                }
                seen[name] =
                    isClosed(file, key) && !payloads.isEmpty
                    && payloads.allSatisfy {
                        (FileManager.default.contents(atPath: $0)?.count ?? 0) > 0
                    }
            }
        case .phossAP:
            for name in names where name.hasSuffix(".xml") && !name.contains("/") {
                seen[name] = isClosed("\(root)/\(path)/\(name)", "StandardBusinessDocument>")
            }
        }
        return seen
    }

    private func isClosed(_ path: String, _ end: String) -> Bool {
        guard let bytes = FileManager.default.contents(atPath: path) else { return false }
        let text = String(decoding: bytes, as: UTF8.self)
        return text.trimmingCharacters(in: .whitespacesAndNewlines).hasSuffix(end)
    }

    /// A moment in the life of a message that it has taken.
    package enum Moment: CaseIterable, Sendable {
        case takenOver
        case acknowledged
        case failed
    }

    /// Brings a message to a moment, and tells whether the product has such a one.
    package func bring(_ name: String, to moment: Moment, in root: String) throws -> Bool {
        let stem = String((name as NSString).lastPathComponent.split(separator: ".")[0])
        func move(_ from: String, _ to: String) throws {
            let target = URL(fileURLWithPath: "\(root)/\(to)")
            try FileManager.default.createDirectory(
                at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            try FileManager.default.moveItem(atPath: "\(root)/\(from)", toPath: target.path)
        }
        func write(_ text: String, _ to: String) throws {
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(root)/\(to)"))
        }
        switch (self, moment) {
        case (.domibus, .takenOver):
            try move("\(path)/\(name)", "\(path)/\(stem)/\(stem)_ab-1@domibus.eu.xml.WAITING_FOR_RECEIPT")
        case (.domibus, .acknowledged):
            try move("\(path)/\(name)", "MAIN/SENT/\(stem)/\(stem)_ab-1@domibus.eu.xml")
        case (.domibus, .failed):
            try move("\(path)/\(name)", "MAIN/FAILED/\(stem)/\(stem)_ab-1@domibus.eu.xml")
            try write("errorCode: EBMS_0301", "MAIN/FAILED/\(stem)/\(stem)_ab-1@domibus.eu.xml.error")
        case (.holodeck, .takenOver):
            try move("\(path)/\(name)", "\(path)/\(stem)_71234.accepted")
        case (.holodeck, .failed):
            try move("\(path)/\(name)", "\(path)/\(stem)_71234.rejected")
            try write("EBMS_0301", "\(path)/\(stem)_71234.err")
        case (.as4NET, .takenOver):
            try move("\(path)/\(name)", "\(path)/\(stem).accepted")
        case (.as4NET, .failed):
            try move("\(path)/\(name)", "\(path)/\(stem).exception")
            try write("EBMS_0301", "\(path)/\(stem).details")
        case (.phossAP, .takenOver):
            try move("\(path)/\(name)", "ap/pending/\(name)")
        case (.phossAP, .acknowledged):
            try move("\(path)/\(name)", "ap/success/\(name)")
        case (.phossAP, .failed):
            try move("\(path)/\(name)", "ap/error/\(name)")
            try write("{\"error\": \"EBMS_0301\"}", "ap/error/\(stem).report.json")
        case (.holodeck, .acknowledged), (.as4NET, .acknowledged):
            return false
        }
        return true
    }
}

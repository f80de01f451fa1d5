// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// One of two installations that know of each other only what their file queues carry.
struct RecoveryInstallation {
    let path: String

    init(
        _ folder: TemporaryFolder,
        _ name: String,
        _ institution: String,
        to other: String,
        also settings: String = ""
    ) throws {
        path = "\(folder.path)/\(name)"
        try folder.write(
            """
            institutions: ["\(institution)"]
            incompleteAfter: 0s
            inbound: [{name: access-point, path: ../to-\(name)}]
            outbound: [{name: access-point, path: ../to-\(other)}, {name: register, path: register}]
            routes:
              - {name: ours, direction: sent, to: access-point}
              - {name: theirs, to: register}
            \(settings)
            """, to: "\(name)/piiripost.yaml")
        let rates = try Program.run(
            ["rates", "import", Repository.examples + "/rates/eurofxref-hist.zip", "--workspace", path])
        #expect(rates.status == 0)
    }

    /// An applicant and a requested installation.
    static func pair(
        _ folder: TemporaryFolder,
        also settings: String = ""
    ) throws -> (RecoveryInstallation, RecoveryInstallation) {
        try FileManager.default.copyItem(
            atPath: Repository.examples + "/recovery/instrument.pdf", toPath: folder.path + "/instrument.pdf")
        return (
            try RecoveryInstallation(folder, "ee", "EE:MTA001", to: "se", also: settings),
            try RecoveryInstallation(folder, "se", "SE:SEPEN1", to: "ee")
        )
    }

    /// When ``exchange(_:of:also:)`` sends.
    static let sending = "2026-03-02T16:30:00Z"

    /// The same, with the request of the examples, or another one, sent and taken.
    static func exchange(
        _ folder: TemporaryFolder,
        of text: String? = nil,
        also settings: String = ""
    ) throws -> (RecoveryInstallation, RecoveryInstallation) {
        let (estonia, sweden) = try pair(folder, also: settings)
        if let text { try folder.write(text, to: "request.yaml") }
        try estonia.send(text == nil ? Repository.examples + "/recovery/request.yaml" : folder.path + "/request.yaml")
        try sweden.process()
        return (estonia, sweden)
    }

    /// Drafts a request from a file, has it approved and sends it.
    func send(_ file: String, as number: Int = 1, at now: String = RecoveryInstallation.sending) throws {
        try desk("new", file, at: now)
        try desk("approve", "\(number)", by: "kinnitaja", at: now)
        try desk("send", "\(number)", by: "kinnitaja", at: now)
    }

    @discardableResult
    func desk(_ arguments: String..., by actor: String = "ametnik", at now: String) throws -> [String: Any] {
        try desk(arguments, by: actor, at: now)
    }

    @discardableResult
    func desk(_ arguments: [String], by actor: String = "ametnik", at now: String) throws -> [String: Any] {
        let result = try Program.run(
            ["recovery"] + arguments + ["--workspace", path, "--by", actor, "--now", now, "--format", "json"])
        #expect(result.status == 0, "\(arguments) \(result.errors) \(result.output)")
        return (try? JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]) ?? [:]
    }

    /// Runs a command of the desk that is refused, and gives the status.
    func refused(_ arguments: String..., by actor: String = "ametnik", at now: String) throws -> (Int32, String) {
        let result = try Program.run(
            ["recovery"] + arguments + ["--workspace", path, "--by", actor, "--now", now, "--format", "json"])
        return (result.status, result.errors)
    }

    func process() throws {
        let result = try Program.run(["process", "--workspace", path, "--once"])
        #expect(result.status == 0, "\(result.errors)")
    }

    /// What both parties must agree on: state and every column of every claim.
    func books(at now: String) throws -> [String] {
        let shown = try desk("show", "1", at: now)
        let claims = try #require(shown["claims"] as? [[String: Any]])
        return try claims.map { claim in
            let facts = try ["applicant", "requested"].map { side in
                let account = try #require(claim[side] as? [String: Any])
                let rows = try #require(account["rows"] as? [[String: String]])
                return "\(account["currency"] ?? "") "
                    + rows.map { row in
                        ["component", "claimed", "recovered", "outstanding", "withdrawn", "reduced"]
                            .compactMap { row[$0] }.joined(separator: " ")
                    }.joined(separator: "; ")
            }
            let rest = ["state", "remitted", "remittanceDue", "refundDue"].map { "\(claim[$0] ?? "")" }
            return (facts + rest).joined(separator: " | ")
        }
    }

    /// What is due, as `BY: WHAT`.
    func due(at now: String) throws -> [String] {
        let items = try #require(try desk("due", at: now)["items"] as? [[String: Any]])
        return items.map { "\($0["by"] ?? ""): \(($0["what"] as? [String: String])?["en"] ?? "")" }
    }

    /// What the messages of a request came to, such as `R016 received: notified 2026-03-04`.
    func news(of request: Int = 1, at now: String) throws -> [String] {
        let news = try #require(try desk("show", "\(request)", at: now)["news"] as? [[String: Any]])
        return news.map { "\($0["sed"] ?? "") \($0["way"] ?? ""): \($0["outcome"] ?? "-")" }
    }

    func states(at now: String) throws -> [String] {
        let listed = try desk("list", at: now)
        let requests = try #require(listed["requests"] as? [[String: Any]])
        return try #require(requests.first?["claimStates"] as? [String])
    }

    /// The request of the examples with one claim.
    static func oneClaim() throws -> String {
        var text = try String(contentsOfFile: Repository.examples + "/recovery/request.yaml", encoding: .utf8)
        let second = try #require(text.range(of: "  - instrument: Otsus 7-1/98"))
        let rest = try #require(text.range(of: "instalments:"))
        text.removeSubrange(second.lowerBound..<rest.lowerBound)
        return text
    }
}

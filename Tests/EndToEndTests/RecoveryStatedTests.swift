// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// What a request file states and a document would not show.
struct RecoveryStatedTests {
    private let now = RecoveryInstallation.sending

    private func estonia(_ folder: TemporaryFolder) throws -> RecoveryInstallation {
        try FileManager.default.copyItem(
            atPath: Repository.examples + "/recovery/instrument.pdf", toPath: folder.path + "/instrument.pdf")
        return try RecoveryInstallation(folder, "ee", "EE:MTA001", to: "se")
    }

    private static func example(_ name: String) throws -> String {
        try String(contentsOfFile: Repository.examples + "/recovery/\(name).yaml", encoding: .utf8)
    }

    /// The findings of the desk about a request of the examples with changed lines, as `RULE: MESSAGE`.
    private func findings(_ name: String, _ changes: [(String, String)], _ folder: TemporaryFolder) throws -> [String] {
        let estonia = try estonia(folder)
        var text = try Self.example(name)
        for (old, new) in changes {
            try #require(text.contains(old), "\(old)")
            text = text.replacingOccurrences(of: old, with: new)
        }
        try folder.write(text, to: "request.yaml")
        try estonia.desk("new", folder.path + "/request.yaml", at: now)
        let checked = try Program.run(
            ["recovery", "check", "1", "--workspace", estonia.path, "--now", now, "--format", "json"])
        let report = try #require(
            try JSONSerialization.jsonObject(with: Data(checked.output.utf8)) as? [String: Any])
        let findings = try #require(report["findings"] as? [[String: Any]]).filter {
            ($0["rule"] as? String)?.hasPrefix("DSK") == true
        }
        let isError = findings.contains { $0["severity"] as? String == "error" }
        #expect(report["admissible"] as? Bool == !isError)
        #expect(
            try estonia.refused("approve", "1", by: "kinnitaja", at: now).0 == (isError ? 1 : 0), "what may be sent")
        return findings.map { "\($0["rule"] ?? ""): \($0["message"] ?? "")" }
    }

    @Test(arguments: [
        (
            "arrears",
            """
            offset:
              otherBenefit: Toetus
              requestBy: 2026-04-13
              deductFrom: { arrears: true }
              contributions: [{ branches: ["05"] }]
            """, "remarks: Kiire\n",
            "R005: remarks, offset.contributions, offset.otherBenefit, offset.requestBy, offset.deductFrom"
        ),
        (
            "provisional-benefits", "offset:\n  final: false\n  deductFrom: { ongoing: true }", "",
            "R008: offset.final, offset.deductFrom"
        ),
        (
            "offset", "offset:",
            "thirdParties: [{ name: Provbanken AB }]\nclaimType: \"02\"\ninformation: [\"03\"]\nclaims: [{ instrument: A }]\n",
            "R001: claimType, claims, thirdParties, information"
        ),
        ("request", "offset: { final: true }\nclaims:", "", "R017: offset"),
        ("offset", "offset:", "", nil), ("arrears", "offset:", "", nil), ("provisional-benefits", "offset:", "", nil),
        ("provisional-contributions", "offset:", "", nil), ("request", "claims:", "", nil),
    ])
    func `what has no place in the document is told and not sent`(
        name: String,
        section: String,
        more: String,
        told: String?
    ) throws {
        let folder = try TemporaryFolder()
        let anchor = name == "request" ? "claims:" : "offset:"
        let found = try findings(name, [("\n\(anchor)", "\n\(more)\(section)")], folder)
        let expected = told.map { told -> [String] in
            let parts = told.split(separator: ": ", maxSplits: 1)
            return ["DSK-002: \(parts[0]) has no place for what the request states: \(parts[1])."]
        }
        #expect(found == expected ?? [])
    }

    @Test func `parts of a period that only R001 has are told by their number`() throws {
        let folder = try TemporaryFolder()
        let found = try findings(
            "provisional-benefits", [("to: 2025-12-31 }", "to: 2025-12-31, decidedOn: 2026-01-02, reason: \"02\" }")],
            folder)
        #expect(
            found == [
                "DSK-002: R008 has no place for what the request states: offset.periods.1.decidedOn, offset.periods.1.reason."
            ])
    }

    @Test(arguments: [
        ("offset", "EE620099900000000001", "EE630099900000000001", "DSK-003"),
        ("request", "EE620099900000000001", "EE630099900000000001", "DSK-003"),
        ("offset", "amount: \"812.00\"", "amount: \"0.00\"", "DSK-004"),
        ("provisional-contributions", "employerPart: \"660.00\"", "employerPart: \"661.00\"", "DSK-005"),
    ])
    func `a value that cannot be right is told`(name: String, right: String, wrong: String, rule: String) throws {
        let folder = try TemporaryFolder()
        let found = try findings(name, [(right, wrong)], folder)
        #expect(found.map { String($0.prefix(7)) } == [rule])
        #expect(!found.joined().contains("EE63"))
    }

    @Test func `interest is booked for days that have been, the first one first`() throws {
        let folder = try TemporaryFolder()
        let (_, sweden) = try RecoveryInstallation.exchange(folder)
        let now = "2026-03-10T08:00:00Z"
        try sweden.desk("reply", "1", "accept", "--reason", "Erkänd", at: "2026-03-04T08:00:00Z")
        func book(_ from: String, _ to: String, _ kind: String) throws -> (Int32, String) {
            try sweden.refused(
                "book", "1", "interest-charged", "1.00", "--from", from, "--to", to, "--basis", "4 %", "--interest",
                kind, at: now)
        }
        let turned = try book("2026-03-09", "2026-03-05", "late")
        #expect(turned.0 == 1 && turned.1.contains("the first day of the interest is after the last one"))
        for (to, kind) in [("2026-03-11", "late"), ("2999-01-01", "late"), ("2999-01-01", "instalments")] {
            let late = try book("2026-03-05", to, kind)
            #expect(late.0 == 1 && late.1.contains("the interest runs until"), "\(to)")
        }
        #expect(try book("2026-03-05", "2026-03-10", "late").0 == 0)
    }
}

// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// What the answer to a request for offsetting has no place for.
struct RecoveryOfferPlacesTests {
    private let sending = "2026-03-02T16:30:00Z"
    private let answered = "2026-03-05T08:00:00Z"

    /// The requested party, with a request of the examples.
    private func sweden(_ example: String, _ folder: TemporaryFolder) throws -> RecoveryInstallation {
        let (estonia, sweden) = try RecoveryInstallation.pair(folder)
        try estonia.send(Repository.examples + "/recovery/\(example).yaml", at: sending)
        try sweden.process()
        return sweden
    }

    private static let ongoing = ["--each", "500.00", "--count", "10"]

    @Test(arguments: [
        (
            "arrears",
            ["offer", "100.00", "--complete", "--reason", "Avdrag", "--entitled", "2026-01-01"] + ongoing,
            "R006 of this request has no place for --each, --complete, --reason, --entitled"
        ),
        (
            "provisional-benefits", ["offer", "26583.36", "--complete"] + ongoing,
            "R009 of this request has no place for --each beside --complete"
        ),
        (
            "provisional-contributions",
            ["offer", "855.00", "--complete", "--from", "2025-07-01", "--to", "2025-12-31"] + ongoing,
            "R011 of this request has no place for --each, --complete, --from, --to"
        ),
        (
            "offset", ["offer", "100.00", "--from", "2025-07-01", "--entitled", "2026-01-01", "--for-person", "1.00"],
            "R002 of this request has no place for --from, --entitled, --for-person"
        ),
        ("offset", ["no-offer", "--late", "--paid-out"], "R002 of this request has no place for --late, --paid-out"),
        ("arrears", ["no-offer", "--reason", "Inga"], "R006 of this request has no place for --reason"),
        ("offset", ["offer", "100", "--complete"], "--complete needs an amount that covers what is asked for"),
        (
            "provisional-benefits", ["offer", "26583.35", "--complete"],
            "--complete needs an amount that covers what is asked for"
        ),
    ])
    func `what a document has no place for is refused, and nothing is sent`(
        example: String,
        words: [String],
        told: String
    ) throws {
        let folder = try TemporaryFolder()
        let sweden = try sweden(example, folder)
        let result = try Program.run(
            ["recovery", "reply", "1"] + words + [
                "--workspace", sweden.path, "--by", "handläggare", "--now", answered,
            ])
        #expect(result.status == 1)
        #expect(result.errors.contains(told), "\(result.errors)")
        #expect(try sweden.news(at: answered).count == 1)
    }

    @Test(arguments: [
        (["no-offer", "100.00"], "no-offer has no place for an amount."),
        (["no-offer"] + ongoing, "no-offer has no place for --each."),
        (["offer", "100.00", "--count", "3"], "go with --each."),
        (["offer", "100.00", "--late"], "offer has no place for --late."),
        (["take-offer", "--arrears", "--complete"], "take-offer has no place for --complete."),
        (["decline-offer", "--ongoing"], "decline-offer has no place for --ongoing."),
        (["transferred", "100.00", "--from", "2026-01-01"], "transferred has no place for --from."),
        (["accept", "--late"], "accept has no place for --late."),
    ])
    func `options of another answer are a fault of the command`(words: [String], told: String) throws {
        let folder = try TemporaryFolder()
        let sweden = try sweden("offset", folder)
        let result = try Program.run(
            ["recovery", "reply", "1"] + words + ["--workspace", sweden.path, "--now", answered])
        #expect(result.status == 64, "\(result.status)")
        #expect(result.errors.contains(told), "\(result.errors)")
    }

    @Test func `no more is transferred than is asked for, and nothing after the last payment`() throws {
        let folder = try TemporaryFolder()
        let sweden = try sweden("provisional-benefits", folder)
        try sweden.desk(
            "reply", "1", "offer", "26583.36", "--complete", "--from", "2025-07-01", "--to", "2025-12-31",
            at: answered)
        func transfer(_ amount: String, _ code: String) throws -> (Int32, String) {
            try sweden.refused("reply", "1", "transferred", amount, "--code", code, at: "2026-03-08T08:00:00Z")
        }
        let above = "the payments would be more than what is asked for"
        let more = try transfer("26583.37", "01")
        #expect(more.0 == 1 && more.1.contains(above))
        #expect(try transfer("26000.00", "02").0 == 0)
        let sum = try transfer("584.00", "04")
        #expect(sum.0 == 1 && sum.1.contains(above))
        #expect(try transfer("583.00", "04").0 == 0)
        let after = try transfer("0.36", "02")
        #expect(after.0 == 1 && after.1.contains("nothing more is due"))
        #expect(try sweden.news(at: "2026-03-08T08:00:00Z").count == 4)
    }
}

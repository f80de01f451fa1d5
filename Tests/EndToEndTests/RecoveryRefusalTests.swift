// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// What the desk does not say to anybody, with the reason.
struct RecoveryRefusalTests {
    private let answered = "2026-03-05T08:00:00Z"

    @Test func `a component is stated once`() throws {
        let folder = try TemporaryFolder()
        let (estonia, _) = try RecoveryInstallation.exchange(folder, of: RecoveryInstallation.oneClaim())
        for second in ["1:principal=5.00", "01:principal=600.00"] {
            let refused = try estonia.refused(
                "reply", "1", "reduce", "--code", "02", "--component", "1:principal=600.00", "--component", second,
                at: answered)
            #expect(refused.0 == 64 && refused.1.contains("1:principal is stated twice"), "\(refused.1)")
        }
    }

    @Test(arguments: [
        (["instalments", "0.00", "--count", "3", "--first", "2026-04-01"], "An instalment is more than zero"),
        (
            ["instalments", "10.00", "--count", "3", "--first", "2026-04-01", "--advance", "0.00"],
            "--advance is more than zero"
        ),
        (
            [
                "costs", "10.00", "--provisional", "--institution-name", "Provmyndigheten", "--answer-by", "2026-03-04",
            ], "--answer-by is a day that has passed"
        ),
    ])
    func `the requested party states nothing that is nothing`(words: [String], reason: String) throws {
        let folder = try TemporaryFolder()
        let (_, sweden) = try RecoveryInstallation.exchange(folder)
        let result = try Program.run(
            ["recovery", "reply", "1"] + words + ["--workspace", sweden.path, "--by", "handläggare", "--now", answered])
        #expect(result.status == 64 && result.errors.contains(reason), "\(result.errors)")
    }

    @Test func `what our own books do not take is not sent`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.exchange(folder, of: RecoveryInstallation.oneClaim())
        #expect(try estonia.refused("reply", "1", "withdraw", "--code", "02", at: answered).0 == 64)
        // What is paid in full by the other party cannot be withdrawn any more.
        try sweden.desk("reply", "1", "accept", "--reason", "Erkänd", at: answered)
        let shown = try sweden.desk("show", "1", at: answered)
        let claim = try #require((shown["claims"] as? [[String: Any]])?.first)
        let rows = try #require((claim["requested"] as? [String: Any])?["rows"] as? [[String: String]])
        let all = try #require(rows.last?["outstanding"])
        try sweden.desk("book", "1", "recovered", all, "--payment", "A", at: answered)
        try sweden.desk("reply", "1", "paid", at: answered)
        try estonia.process()
        let again = "2026-03-06T08:00:00Z"
        let refused = try estonia.refused("reply", "1", "withdraw", "--code", "04", at: again)
        #expect(refused.0 == 1 && refused.1.contains("our own books do not take it"), "\(refused.1)")
        try sweden.process()
        #expect(try !estonia.news(at: again).contains { $0.hasPrefix("R025") })
        #expect(try estonia.books(at: again) == sweden.books(at: again))
    }

    @Test func `what has no place in its case is refused with what has one`() throws {
        let folder = try TemporaryFolder()
        let (_, sweden) = try RecoveryInstallation.exchange(folder)
        try sweden.desk("reply", "1", "accept", "--reason", "Erkänd", at: "2026-03-04T08:00:00Z")
        for words in [["ask", "--reason", "Adress"], ["refuse", "--code", "06"]] {
            let refused = try Program.run(
                ["recovery", "reply", "1"] + words + ["--workspace", sweden.path, "--by", "h", "--now", answered])
            #expect(refused.status == 1)
            #expect(
                refused.errors.contains(/has no place in its case now; what may be sent now: .*R004/),
                "\(refused.errors)")
            #expect(refused.errors.contains(/as a new version, which reply does not write: R018/), "\(refused.errors)")
        }
    }

    // MARK: Offsetting

    @Test(arguments: [
        ("offset", ["offer", "9999.00"], "the offer is more than what is asked for"),
        ("offset", ["offer", "0.00"], "the amount is zero"),
        ("offset", ["offer", "100.00", "--each", "0.00"], "the amount is zero"),
        ("offset", ["offer", "100.00", "--each", "500.00", "--count", "9999"], "the offer is more than what is asked"),
        ("provisional-benefits", ["offer", "99999.00"], "the offer is more than what is asked for"),
        ("provisional-contributions", ["offer", "900.01"], "the offer is more than what is asked for"),
        (
            "provisional-contributions", ["offer", "855.00", "--for-person", "45.01"],
            "the offer is more than what is asked for"
        ),
        ("provisional-contributions", ["offer", "855.00", "--for-person", "0.00"], "the amount is zero"),
    ])
    func `an offer is more than nothing and no more than what is asked`(
        example: String,
        words: [String],
        reason: String
    ) throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.pair(folder)
        try estonia.send(Repository.examples + "/recovery/\(example).yaml")
        try sweden.process()
        let refused = try Program.run(
            ["recovery", "reply", "1"] + words + ["--workspace", sweden.path, "--by", "h", "--now", answered])
        #expect(refused.status == 1 && refused.errors.contains(reason), "\(refused.errors)")
        #expect(try sweden.news(at: answered).count == 1)
    }

    @Test func `only what was offered can be agreed to`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.pair(folder)
        try estonia.send(Repository.examples + "/recovery/offset.yaml")
        try sweden.process()
        for count in ["0", "10000"] {
            #expect(
                try sweden.refused("reply", "1", "offer", "--each", "5.00", "--count", count, at: answered).0 == 64)
        }
        try sweden.desk("reply", "1", "offer", "1000.00", at: answered)
        try estonia.process()
        let decided = "2026-03-06T08:00:00Z"
        for sources in [["--ongoing"], ["--arrears", "--ongoing"]] {
            let refused = try Program.run(
                ["recovery", "reply", "1", "take-offer"] + sources
                    + ["--workspace", estonia.path, "--by", "a", "--now", decided])
            #expect(refused.status == 1)
            #expect(refused.errors.contains("R002 offers no deduction from ongoing payments"), "\(refused.errors)")
        }
        try estonia.desk("reply", "1", "take-offer", "--arrears", at: decided)
    }

    // MARK: Questions, payments and words

    @Test func `answers that no request can state are asked again at once`() throws {
        let folder = try TemporaryFolder()
        let (estonia, _) = try RecoveryInstallation.pair(folder)
        let answers = [
            "recovery", "EE:MTA001", "SE:SEPEN1", "NAIDIS-2026-20", "Näidisamet", "02", "05", "Näidis", "Mari",
            "2030-05-04", "1980-05-04", "02", "EE", "EE", "48005040007", "", "", "Provgatan 3", "Uppsala", "753 10",
            "SE", "false", "", "true", "true", "", "false", "Otsus 7-1/12", "2026-03-03", "2024-03-01", "2024-03-15",
            "2024-04-15", "2031-03-01", "2023-01-01", "2023-12-31", "1000.005", "1000.00", "50.00", "", "", "", "02",
            "EE620099900000000001", "Näidisamet", "NAIDIS-2026-20", "", folder.path + "/instrument.pdf", "certified",
        ]
        let made = try Program.run(
            [
                "recovery", "new", "--ask", "--workspace", estonia.path, "--by", "a", "--now",
                RecoveryInstallation.sending,
            ], input: answers.joined(separator: "\n") + "\n")
        #expect(made.status == 0, "\(made.errors)")
        let told = made.errors.components(separatedBy: "this day is yet to come; today is 2026-03-02")
        #expect(told.count == 3, "\(made.errors)")
        #expect(made.errors.contains("an amount in EUR has 2 decimals"), "\(made.errors)")
        #expect(try estonia.desk("check", "1", at: RecoveryInstallation.sending)["admissible"] as? Bool == true)
    }

    @Test func `payments of nobody and in no currency are no empty list`() throws {
        let folder = try TemporaryFolder()
        let (_, sweden) = try RecoveryInstallation.exchange(folder)
        func payments(_ institution: String, _ currency: String) throws -> (Int32, String) {
            try sweden.refused(
                "payments", "--institution", institution, "--currency", currency, "--account",
                "SE4550000000058398257466", "--holder", "Provmyndigheten", "--output", folder.path + "/list.xml",
                at: answered)
        }
        #expect(try payments("SE:SEPEN1", "XXQ").0 == 64)
        let foreign = try payments("SE:SEPEN9", "SEK")
        #expect(foreign.0 == 2 && foreign.1.contains("none that the configuration names"), "\(foreign.1)")
    }

    @Test func `tables and statements are in Estonian where that is asked for`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try RecoveryInstallation.exchange(folder)
        try sweden.desk("reply", "1", "accept", "--reason", "Erkänd", at: "2026-03-04T08:00:00Z")
        try estonia.process()
        for (words, expected) in [
            (["list"], ["TAOTLUS", "TEINE POOL", "taotlev pool", "saadetud", "tunnustatud"]),
            (["report"], ["POOL", "VÄÄRING", "TULEMUS", "taotlev pool", "tunnustatud"]),
            (["due"], ["TÄHTAEG", "KES", "SÄTE"]),
            (
                ["show", "1"],
                ["põhinõue", "haldustrahvid", "kokku", "R018 saadud: tunnustatud", "Nõue 1: tunnustatud"]
            ),
        ] {
            let output = try Program.run(
                ["recovery"] + words + ["--workspace", estonia.path, "--now", answered, "--lang", "et"]
            ).output
            for word in expected { #expect(output.contains(word), "\(words) \(word): \(output)") }
            for word in ["principal", "recognised", "OUTCOME", "REQUEST"] {
                #expect(!output.contains(word), "\(words) \(word)")
            }
        }
    }
}

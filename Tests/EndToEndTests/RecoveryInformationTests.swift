// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// R_BUC_05: what is known of a debtor, as a file states it.
struct RecoveryInformationTests {
    private let sending = "2026-03-02T16:30:00Z"
    private let answered = "2026-03-05T08:00:00Z"

    /// Two installations and a request for information, sent and taken.
    private func exchange(_ folder: TemporaryFolder) throws -> (RecoveryInstallation, RecoveryInstallation) {
        let (estonia, sweden) = try RecoveryInstallation.pair(folder)
        let text = try RecoveryInstallation.oneClaim()
        let start = try #require(text.range(of: "thirdParties:"))
        let declaration = try #require(text.range(of: "declaration:"))
        let instalments = try #require(text.range(of: "instalments:"))
        let request =
            text[..<start.lowerBound].replacingOccurrences(of: "kind: recovery", with: "kind: information")
            + text[declaration.lowerBound..<instalments.lowerBound] + "information: [\"03\", \"04\", \"05\", \"06\"]\n"
        try folder.write(request, to: "request.yaml")
        try estonia.desk("new", folder.path + "/request.yaml", at: sending)
        try estonia.desk("approve", "1", by: "kinnitaja", at: sending)
        try estonia.desk("send", "1", by: "kinnitaja", at: sending)
        try sweden.process()
        return (estonia, sweden)
    }

    @Test func `income, benefits, assets, insolvency and heirs are told from a file`() throws {
        let folder = try TemporaryFolder()
        let (estonia, sweden) = try exchange(folder)
        try sweden.desk(
            "reply", "1", "inform", "--file", Repository.examples + "/recovery/known.yaml", at: answered)
        try estonia.process()
        #expect(try estonia.news(at: answered).last == "R014 received: informed")
        #expect(try estonia.due(at: answered) == [])
        #expect(try sweden.due(at: answered) == [])
        let name = try #require(folder.files(in: "ee/register").first { $0.hasPrefix("R014") })
        let sed = try String(contentsOfFile: "\(folder.path)/ee/register/\(name)", encoding: .utf8)
        for part in [
            "<personDebtorDeceasedOn>2026-02-01<", "<nameHeirOrWillExecutor>Nils Exempel<", "<dateOrder>2025-11-03<",
            "<nameTrusteeOrLiquidator>Exempel Advokat AB<", "<familyNameSurname>Exempel<", "<street>Nygatan 1<",
            "<name>Exempel Bygg AB<", "<amount>28000.00<", "<name>Exempel Snickeri<", "<amount>9100.00<",
            "<amount>850000.00<", "<value>SEK<", "<otherAssets>Car<", "<additionalInformation>As of 1 March 2026<",
        ] { #expect(sed.contains(part), "\(part)") }
    }

    @Test func `a file with a fault, or with nothing in it, answers nothing`() throws {
        let folder = try TemporaryFolder()
        let (_, sweden) = try exchange(folder)
        for (text, words) in [
            ("died: yesterday\n", "known.yaml:1:7: expected a day"), ("colour: red\n", "known.yaml:1:1: unknown key"),
            ("employments: { name: A, amount: \"-1\" }\n", "expected an amount"), ("formatVersion: 1\n", "REC-76-003"),
        ] {
            try folder.write(text, to: "known.yaml")
            let refused = try sweden.refused(
                "reply", "1", "inform", "--file", folder.path + "/known.yaml", at: answered)
            #expect(refused.0 == 1 && refused.1.contains(words), "\(refused)")
        }
        #expect(try sweden.due(at: answered) == ["us: answer with R014"])
    }
}

// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCore
import SEDInspection
import SEDProcessor
import SEDTestSupport
import SEDValidation
import Testing

/// Versions of the data model whose SEDs are not described: what is judged, what is not, and that nothing is guessed.
struct VersionTests {
    private static let data = Result { try ReferenceData(folder: SchemaFolder(path: Repository.schemas)) }

    private func judge(_ bytes: [UInt8]) throws -> ValidationReport {
        try Self.data.get().validator.judge(bytes).report
    }

    /// An example's message with its SED moved to another version.
    private func message(_ sed: String, in buc: String, version: String, header: String) throws -> TestMessage {
        var message = try TestMessage(sed, in: buc)
        let numbers = version.split(separator: ".")
        message.body = message.body.replacing("/4_4/", with: "/\(numbers.joined(separator: "_"))/")
            .replacing("sedGVer=\"4\"", with: "sedGVer=\"\(numbers[0])\"")
            .replacing("sedVer=\"4\"", with: "sedVer=\"\(numbers[1])\"")
        (message.typeVersion, message.bucVersion, message.headerVersion) = (version, version, header)
        message.action = "Start"
        return message
    }

    private static let versions = [("4.2", "1.1"), ("4.3", "1.1"), ("4.3", "1.2"), ("4.1", "1.1"), ("5.0", "1.2")]

    @Test(arguments: versions)
    func `a whole message of another version is undecided, with a note that says why`(
        version: String,
        header: String
    ) throws {
        let report = try judge(message("R017", in: "R_BUC_07", version: version, header: header).bytes)
        #expect(report.verdict == .undecided)
        #expect(report.findings.map(\.rule.text) == ["XSD-012"])
        #expect(report.findings.first?.severity == .note)
        #expect(report.findings.first?.message.contains("R017 of CDM \(version) is not described here") == true)
        #expect(report.outcome(of: .envelope) == .passed)
        #expect(report.outcome(of: .schema)?.reason == "no schema is known for R017 of CDM \(version)")
        let isKnown = version == "4.2"
        #expect(report.outcome(of: .combination)?.word == (isKnown ? "passed" : "undecided"))
    }

    /// A change of a message, and the rule that would speak in CDM 4.4.
    struct Breach: CustomTestStringConvertible, Sendable {
        let name: String
        let rule: String
        var sed = "R017"
        var buc = "R_BUC_07"
        /// Whether the facts of CDM 4.2 say so too.
        var holdsIn42 = false
        let change: @Sendable (inout TestMessage) -> Void

        var testDescription: String { name }
    }

    private static let breaches = [
        Breach(name: "a request sent by the counterparty", rule: "ENV-009", holdsIn42: true) {
            ($0.senderRole, $0.receiverRole) = ("Counterparty", "CaseOwner")
        },
        Breach(name: "a recovery request in another sector", rule: "ENV-009", buc: "LA_BUC_04", holdsIn42: true) {
            $0.action = "New"
        },
        Breach(name: "a recovery request in a horizontal case", rule: "ENV-009", buc: "H_BUC_07") { $0.action = "New" },
        Breach(name: "a request to the own role", rule: "ENV-010", holdsIn42: true) {
            $0.receiverRole = "CaseOwner"
        },
        Breach(name: "a horizontal document that starts a recovery", rule: "ENV-011", sed: "H001") { _ in },
        Breach(name: "a posting that starts a recovery", rule: "ENV-009", sed: "A009", holdsIn42: true) { _ in },
        Breach(name: "an update with version 1", rule: "ENV-011") { $0.action = "Update" },
        Breach(name: "an update of an administrative document", rule: "ENV-011", sed: "X008", holdsIn42: true) {
            $0.action = "Update"
            $0.version = 2
        },
        Breach(name: "a manifest that the document may not have", rule: "ENV-008", sed: "X008", holdsIn42: true) {
            $0.action = "New"
            $0.manifest = TestMessage.manifest(["66666666-6666-4666-8666-666666666666"])
        },
    ]

    @Test(arguments: breaches)
    func `a rule of CDM 4.4 makes a message of another version invalid only where it is known to hold`(
        breach: Breach
    ) throws {
        for (version, header) in [("4.4", "1.2")] + Self.versions {
            var message = try message(breach.sed, in: breach.buc, version: version, header: header)
            breach.change(&message)
            let report = try judge(message.bytes)
            let finding = report.findings.first { $0.rule.text == breach.rule }
            let name = "\(breach.name), \(version)"
            if version == "4.4" || (version == "4.2" && breach.holdsIn42) {
                #expect(report.verdict == .invalid, "\(name)")
                #expect(finding?.severity == .error, "\(name)")
            } else {
                #expect(report.verdict == .undecided, "\(name): \(report.findings)")
                #expect(report.outcome(of: .combination)?.word == "undecided" || breach.rule == "ENV-008", "\(name)")
                if breach.rule != "ENV-008" {
                    #expect(finding?.severity == .note, "\(name)")
                    #expect(finding?.message.hasPrefix("By CDM 4.4, which may not be so here: ") == true, "\(name)")
                }
            }
        }
    }

    @Test func `versions that contradict each other are faulty where one of them is known, and a note elsewhere`()
        throws
    {
        func report(_ type: String, _ buc: String, _ header: String) throws -> ValidationReport {
            var message = try message("R017", in: "R_BUC_07", version: type, header: header)
            message.bucVersion = buc
            return try judge(message.bytes)
        }
        for (type, buc, header) in [("4.2", "4.3", "1.1"), ("4.3", "4.2", "1.1"), ("4.3", "4.4", "1.2")] {
            #expect(try report(type, buc, header).verdict == .invalid, "\(type) \(buc)")
        }
        let unknown = try report("4.3", "4.1", "1.2")
        #expect(unknown.verdict == .undecided)
        #expect(unknown.findings.first { $0.rule.text == "ENV-006" }?.severity == .note)
    }

    @Test func `what no version of the envelope has is invalid in every version`() throws {
        for (version, header) in Self.versions {
            var message = try message("R017", in: "R_BUC_07", version: version, header: header)
            message.sed = "R018"
            #expect(try judge(message.bytes).findings.contains { $0.rule.text == "ENV-004" && $0.severity == .error })
            message.sed = "R017"
            message.sender = "EE"
            #expect(try judge(message.bytes).verdict == .invalid)
        }
    }

    @Test func `known differences are named`() throws {
        func note(_ sed: String, _ version: String) throws -> String {
            let text = "<x:\(sed) xmlns:x='http://ec.europa.eu/eessi/ns/\(version)/\(sed)'/>"
            let report = try judge(Array(text.utf8))
            #expect(report.verdict == .undecided)
            return report.findings.first?.message ?? ""
        }
        #expect(try note("A001", "4_3").hasSuffix("more than one country of work."))
        #expect(try note("R018", "4_2").hasSuffix("is an element of its own."))
        #expect(try note("R018", "4_3").hasSuffix("the layers tell what was."))
        #expect(try note("R007", "4_4").hasSuffix("CDM 4 has no R007."))
        #expect(try note("R007", "4_2").hasSuffix("CDM 4 has no R007."))
        #expect(try note("P2000", "4_1").hasSuffix("the layers tell what was."))
    }

    @Test func `the version's number in the attributes is compared where it is known`() throws {
        func rules(_ version: String, _ minor: String) throws -> [String] {
            let name = "http://ec.europa.eu/eessi/ns/\(version)/A009"
            let report = try judge(Array("<x:A009 xmlns:x='\(name)' sedGVer='4' sedVer='\(minor)'/>".utf8))
            #expect(report.verdict == .undecided)
            return report.findings.map(\.rule.text)
        }
        #expect(try rules("4_3", "3") == ["XSD-012"])
        #expect(try rules("4_3", "4") == ["ENV-012", "XSD-012"])
        #expect(try rules("4_0", "4") == ["XSD-012"])
    }

    @Test func `RINA JSON of another version is undecided, with the note`() throws {
        for version in ["1", "2", "3", "5"] {
            let text = "{\"X008\": {\"stranger\": [1], \"sedGVer\": \"4\", \"sedVer\": \"\(version)\"}}"
            let report = try judge(Array(text.utf8))
            #expect(report.verdict == .undecided)
            #expect(report.findings.map(\.rule.text) == ["XSD-012"])
            #expect(report.findings.first?.position == TextPosition(line: 1, column: 10))
            #expect(report.findings.first?.path == "/X008")
        }
    }

    /// Who sends which A and R SED by the case definitions of RINA 4.2, as the notes on formats list them.
    private static let senders42: [String: (owner: String, counterparty: String)] = [
        "LA_BUC_01": ("A001 A005 A006 A008", "A002 A005 A006 A008 A011"),
        "LA_BUC_02": ("A003 A005 A006 A007 A008", "A004 A005 A006 A007 A008 A012"),
        "LA_BUC_03": ("A008", ""), "LA_BUC_04": ("A009", ""), "LA_BUC_05": ("A010", ""),
        "LA_BUC_06": ("A005", "A006"),
        "R_BUC_01": ("R001 R003", "R002 R004"), "R_BUC_02": ("R005", "R004 R006"),
        "R_BUC_03": ("R008", "R004 R009"), "R_BUC_04": ("R010", "R004 R011"), "R_BUC_05": ("R012", "R014"),
        "R_BUC_06": ("R015", "R016"),
        "R_BUC_07": ("R004 R017 R019 R025 R029 R033 R034 R036", "R004 R018 R019 R028 R033 R034"),
    ]

    @Test(arguments: senders42.keys.sorted())
    func `our tables let the same roles send as those of CDM 4.2`(buc: String) throws {
        let wanted = try #require(Self.senders42[buc])
        for (role, other, list) in [
            ("CaseOwner", "Counterparty", wanted.owner), ("Counterparty", "CaseOwner", wanted.counterparty),
        ] {
            let known = Set(list.split(separator: " ").map(String.init))
            for number in ModelFacts.codes where number.hasPrefix("A") || number.hasPrefix("R") {
                var message = try TestMessage("R017", in: buc)
                message.sed = number
                message.body = "<x:\(number) xmlns:x='http://ec.europa.eu/eessi/ns/4_2/\(number)'/>"
                (message.typeVersion, message.bucVersion, message.headerVersion) = ("4.2", "4.2", "1.1")
                (message.senderRole, message.receiverRole) = (role, other)
                let report = try judge(message.bytes)
                let isRefused = report.findings.contains { $0.rule.text == "ENV-009" && $0.severity == .error }
                let name = "\(number) \(role) \(buc)"
                #expect(isRefused == !known.contains(number), "\(name)")
            }
        }
    }

    // MARK: Samples

    @Test(
        .enabled(
            if: Repository.sharedFacts != nil,
            "The shared facts (shared/eessi beside the checkout) are absent, so no sample of another version is judged."
        )
    )
    func `the legacy envelope, and the A001 moved to CDM 4.3, are undecided`() throws {
        let folder = try #require(Repository.sharedFacts)
        func sample(_ name: String) throws -> String {
            try String(contentsOfFile: "\(folder)/samples/\(name)", encoding: .utf8)
        }
        let legacy = try judge(Array(sample("as4net/defaultSED.xml").utf8))
        #expect(legacy.verdict == .undecided, "\(legacy.findings)")
        #expect(legacy.outcome(of: .envelope) == .undecided(because: "this version of the envelope is not known here"))
        let text = try sample("nav-melosys-eessi/A001-cdm44-rina.json")
        let moved = text.replacing(try Regex("\"sedVer\"\\s*:\\s*\"4\""), with: "\"sedVer\": \"3\"")
        #expect(moved != text)
        let report = try judge(Array(moved.utf8))
        #expect(report.verdict == .undecided)
        #expect(report.findings.map(\.rule.text) == ["XSD-012"])
    }
}

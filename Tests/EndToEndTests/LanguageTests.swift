// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// In which language the program tells what it found.
struct LanguageTests {
    private static let faulty = Repository.examples + "/inbound/46-r018-from-the-wrong-side.xml"
    private static let undecided = Repository.examples + "/inbound/50-r017-of-cdm-4-2.xml"
    private static let valid = Repository.examples + "/inbound/03-x001-finland-closes.xml"
    private static let english = "CaseOwner may not send R018; in R_BUC_07 it is sent by Counterparty."
    private static let estonian =
        "CaseOwner ei tohi saata dokumenti R018; menetluses R_BUC_07 saadab seda Counterparty."

    private func validate(_ arguments: String..., environment: [String: String] = ["LC_ALL": "C"]) throws -> String {
        try Program.run(["validate"] + arguments, environment: environment).output
    }

    @Test func `the text report is wholly in the chosen language`() throws {
        let text = try validate("--lang", "et", Self.faulty, Self.undecided, Self.valid)
        #expect(text.contains("46-r018-from-the-wrong-side.xml:8:7: viga: \(Self.estonian) [ENV-009]\n"))
        #expect(text.contains("46-r018-from-the-wrong-side.xml: vigane (R018"))
        #expect(text.contains("50-r017-of-cdm-4-2.xml: otsustamata (R017, CDM 4.2, R_BUC_07): CDM 4.2 dokumendi R017"))
        #expect(text.contains("03-x001-finland-closes.xml: kehtiv (X001"))
        #expect(text.contains("\nsagedasimad leiud\n  reegel   raskus  arv  dokumente\n"))
        #expect(text.hasSuffix("Dokumente 3: kehtivaid 1, vigaseid 1, otsustamata 1\n"))
        for word in [" error", " warning", " note", "valid (", "undecided", "expected", " the "] {
            #expect(!text.contains(word), "\(word)")
        }
        let plain = try validate(Self.faulty)
        #expect(plain.contains("46-r018-from-the-wrong-side.xml:8:7: error: \(Self.english) [ENV-009]\n"))
        #expect(plain.hasSuffix("1 document(s): 0 valid, 1 invalid, 0 undecided\n"))
    }

    @Test(arguments: [
        (["LC_ALL": "et_EE.UTF-8"], true), (["LC_ALL": "", "LC_MESSAGES": "et_EE.UTF-8", "LANG": "C"], true),
        (["LC_ALL": "", "LC_MESSAGES": "", "LANG": "et_EE.UTF-8"], true),
        (["LC_ALL": "C", "LANG": "et_EE.UTF-8"], false), (["LC_ALL": "", "LC_MESSAGES": "", "LANG": "C"], false),
        (["LC_ALL": "fi_FI.UTF-8"], false),
    ])
    func `without an option the locale chooses`(environment: [String: String], isEstonian: Bool) throws {
        let text = try validate(Self.faulty, environment: environment)
        #expect(text.contains(isEstonian ? Self.estonian : Self.english))
        #expect(try validate("--lang", "en", Self.faulty, environment: environment).contains(Self.english))
    }

    @Test func `JSON tells messages in the language, all else is as in English`() throws {
        func documents(_ language: String) throws -> (text: String, findings: [[String: Any]]) {
            let text = try validate("--format", "json", "--lang", language, Self.faulty)
            let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
            let documents = try #require(object?["documents"] as? [[String: Any]])
            return (text, try #require(documents.first?["findings"] as? [[String: Any]]))
        }
        let (english, estonian) = (try documents("en"), try documents("et"))
        #expect(english.findings.count == 1)
        #expect(estonian.findings.first?["rule"] as? String == "ENV-009")
        #expect(estonian.findings.first?["severity"] as? String == "error")
        #expect(estonian.findings.first?["message"] as? String == Self.estonian)
        #expect(estonian.text.replacing(Self.estonian, with: Self.english) == english.text)
    }

    @Test func `SARIF describes technical rules in the language`() throws {
        let text = try validate("--format", "sarif", "--lang", "et", Self.faulty)
        #expect(text.contains("\"text\": \"Roll ei tohi seda saata.\"") || text.contains("Roll ei tohi seda saata."))
        #expect(text.contains("Saatja roll ei tohi selles menetluses (BUC) seda SED-i saata."))
    }

    @Test func `a document of too many bytes and one that stops early are told in Estonian`() throws {
        let folder = try TemporaryFolder()
        try folder.write(String(repeating: " ", count: 21 * 1024 * 1024), to: "large.xml")
        try folder.write("<a", to: "cut.xml")
        let text = try validate("--lang", "et", folder.path + "/large.xml", folder.path + "/cut.xml")
        #expect(text.contains("Dokumendis on 22020096 baiti; piir on 20971520. [XML-002]"))
        #expect(text.contains("large.xml: otsustamata: Dokumendis on 22020096 baiti"))
        #expect(text.contains("Dokument lõpeb enne juurelemendi sulgemist. [XML-009]"))
    }

    @Test func `a technical rule is explained in both languages`() throws {
        let english = try Program.run(["explain", "xsd-003"]).output
        #expect(english.hasPrefix("XSD-003  Missing element\n\nA mandatory element is missing;"))
        #expect(english.hasSuffix("\nWhat to do    Add it.\n"))
        let estonian = try Program.run(["explain", "XSD-003", "--lang", "et"]).output
        #expect(estonian.hasPrefix("XSD-003  Element puudub\n\nKohustuslik element puudub;"))
        #expect(estonian.hasSuffix("\nMida teha     Lisage see.\n"))
        let json = try Program.run(["explain", "SYS-009", "--lang", "et", "--format", "json"]).output
        #expect(json.contains("\"title\" : \"Ärierandit ei saa saata\""))
        let unknown = try Program.run(["explain", "ATT-099"])
        #expect(unknown.status == 2 && unknown.errors.contains("ATT-001, ATT-002"))
    }
}

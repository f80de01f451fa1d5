// SPDX-License-Identifier: EUPL-1.2

import SEDCore
import SEDProcessor
import SEDTestSupport
import Testing

/// Files of the directory of institutions, as tests write them.
enum DirectoryText {
    /// SYN001 in its envelope, with the elements that are passed over too.
    static func syn001(_ institutions: String) -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <sbdh:StandardBusinessDocument xmlns:sbdh="http://eessi.dgempl.ec.europa.eu/namespaces/sbdh">
          <sbdh:StandardBusinessDocumentHeader><sbdh:HeaderVersion>1.1</sbdh:HeaderVersion></sbdh:StandardBusinessDocumentHeader>
          <x:SYN001 xmlns:x="http://ec.europa.eu/eessi/ns/4_2/SYN001">
            <IRSync>
              <version>17</version>
              <InstitutionRepository>
                <CentralServicesNode><officialID>EU:CSN01</officialID></CentralServicesNode>
                <Institutions>
                  \(institutions)
                </Institutions>
                <AccessPoints><AccessPoint><officialID>SE:APSE01</officialID></AccessPoint></AccessPoints>
              </InstitutionRepository>
            </IRSync>
          </x:SYN001>
        </sbdh:StandardBusinessDocument>
        """
    }

    static func institution(_ id: String, competences: String = "", end: String = "") -> String {
        """
        <Institution>
          <officialID>\(id)</officialID>
          <countryCode><value>\(id.prefix(2))</value></countryCode>
          <isLiaisonBodyIndicator>1</isLiaisonBodyIndicator>
          <Name>
            <Translation><languageCode><value>sv</value></languageCode><text>Kontoret</text></Translation>
            <Translation><languageCode><value>EN</value></languageCode><text> The Office </text></Translation>
          </Name>
          <ValidityPeriod><start>2018-02-28T23:00:00.000+00:00</start>\(end)</ValidityPeriod>
          <Competences>\(competences)</Competences>
        </Institution>
        """
    }

    static func competence(_ buc: String, _ role: String, ready: String = "true") -> String {
        """
        <Competence>
          <id>1</id>
          <applicationRole>\(role)</applicationRole>
          <ValidityPeriod><start>2019-07-03</start><end>2030-12-31</end></ValidityPeriod>
          <BUCType><name>\(buc)</name></BUCType>
          <isEESSIReady>\(ready)</isEESSIReady>
        </Competence>
        """
    }
}

struct InstitutionFileTests {
    private func file(_ text: String) throws -> InstitutionFile {
        try InstitutionFile(parsing: Array(text.utf8), file: "d")
    }

    private func problems(_ bytes: [UInt8]) -> [String] {
        do {
            _ = try InstitutionFile(parsing: bytes, file: "d")
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    private func problems(_ text: String) -> [String] { problems(Array(text.utf8)) }

    private func day(_ text: String) throws -> CivilDate { try #require(CivilDate(parsing: text)) }

    // MARK: The three forms

    @Test(arguments: [true, false])
    func `SYN001 tells name, days and competences, with and without its envelope`(isWrapped: Bool) throws {
        let competences =
            DirectoryText.competence("R_BUC_07:4.4", "CounterParty")
            + DirectoryText.competence("LA_BUC_02", "CaseOwner", ready: "0")
        var text = DirectoryText.syn001(
            DirectoryText.institution("SE:FK0001", competences: competences, end: "<end>2030-06-30Z</end>"))
        if !isWrapped {
            let start = try #require(text.firstRange(of: "<x:SYN001"))
            let end = try #require(text.firstRange(of: "</x:SYN001>"))
            text = String(text[start.lowerBound..<end.upperBound])
        }
        let file = try file(text)
        #expect(file.form == .syn001)
        #expect(file.version == "17")
        let validity = ValidityPeriod(from: try day("2019-07-03"), to: try day("2030-12-31"))
        #expect(
            file.institutions == [
                Institution(
                    id: try #require(InstitutionID(parsing: "SE:FK0001")), name: "The Office", isLiaisonBody: true,
                    validity: ValidityPeriod(from: try day("2018-02-28"), to: try day("2030-06-30")),
                    competences: [
                        Competence(
                            buc: try #require(BUCType(parsing: "LA_BUC_02")), role: .caseOwner, validity: validity,
                            isReady: false),
                        Competence(
                            buc: try #require(BUCType(parsing: "R_BUC_07")), role: .counterparty, validity: validity,
                            isReady: true),
                    ]
                )
            ]
        )
    }

    @Test func `the examples are read, and CSV and YAML tell the same alike`() throws {
        let table = try InstitutionFile(
            parsing: Repository.bytes("examples/institutions/institutions.csv"), file: "d")
        #expect(table.form == .csv)
        #expect(table.institutions.count == 5)
        #expect(table.institutions.map(\.competences.count) == [6, 4, 6, 4, 1])
        #expect(table.institutions[2].name == "Eläketurvakeskus, Helsinki")
        let tree = try InstitutionFile(
            parsing: Repository.bytes("examples/institutions/institutions.yaml"), file: "d")
        #expect(tree.form == .yaml)
        #expect(tree.institutions.map(\.competences.count) == [5, 6])
        let both = try [
            "id;name;buc;role;ready\nSE:FK0001;Kassa;R_BUC_07;CaseOwner Counterparty;yes\n",
            "institutions: {id: 'SE:FK0001', name: Kassa, competences: {buc: R_BUC_07, "
                + "role: [CaseOwner, Counterparty], ready: yes}}",
        ].map { try file($0).institutions }
        #expect(both[0] == both[1])
    }

    @Test func `CSV takes a mark, quotation marks, Windows line ends, and lines of one institution apart`() throws {
        let text =
            "\u{FEFF}id\tname\tbuc\trole\r\n\r\nSE:FK0001\t\"A \"\"B\"\"\"\tR_BUC_07\tCaseOwner\r\n"
            + "# between\r\nFI:KELA01\tKela\t\t\r\nSE:FK0001\t\tR_BUC_06\tCaseOwner"
        let institutions = try file(text).institutions
        #expect(institutions.map(\.id.text) == ["SE:FK0001", "FI:KELA01"])
        #expect(institutions[0].name == "A \"B\"")
        #expect(institutions[0].competences.map(\.buc.code) == ["R_BUC_06", "R_BUC_07"])
        #expect(institutions[1].competences == [])
    }

    // MARK: Faults

    @Test func `faults of SYN001 have their places, all at once`() {
        let text = """
            <x:SYN001 xmlns:x="http://ec.europa.eu/eessi/ns/4_2/SYN001"><IRSync><InstitutionRepository><Institutions>
            <Institution><officialID>SE:6</officialID></Institution>
            <Institution/>
            <Institution><officialID>SE:FK0001</officialID><Competences>
            <Competence><applicationRole>Boss</applicationRole><BUCType><name>Everything</name></BUCType></Competence>
            <Competence><BUCType><name>R_BUC_07</name></BUCType></Competence>
            </Competences></Institution>
            <Institution><officialID>SE:FK0001</officialID><ValidityPeriod><start>2020-02-30</start></ValidityPeriod></Institution>
            <Institution><officialID>SE:FK0002</officialID><ValidityPeriod><start>2020-01-02</start><end>2020-01-01</end></ValidityPeriod></Institution>
            </Institutions></InstitutionRepository></IRSync></x:SYN001>
            """
        #expect(
            problems(text) == [
                "d:2:14: expected an institution such as EE:SKA001",
                "d:3:1: the institution has no officialID",
                "d:5:13: expected CaseOwner, Counterparty or IntelligentRA",
                "d:5:61: expected a business use case such as R_BUC_07",
                "d:6:1: the competence has no applicationRole",
                "d:8:64: expected a date such as 2026-01-15",
                "d:8:1: SE:FK0001 stands in this file twice",
                "d:9:48: the period ends before it begins",
            ]
        )
    }

    @Test func `faults of CSV have their places, all at once`() {
        let text = """
            id,name,validFrom,validTo,buc,role,ready
            SE:6,x,,,R_BUC_07,CaseOwner,
            SE:FK0001,one,2020-13-01,,R_BUC_7 R_BUC_07,Boss,perhaps
            SE:FK0001,two,,,,CaseOwner,
            SE:FK0001,,,,R_BUC_07
            SE:FK0002,ä,2020-01-02,2020-01-01,R_BUC_07,,
            """
        #expect(
            problems(text) == [
                "d:2:1: expected an institution such as EE:SKA001",
                "d:3:15: expected a date such as 2026-01-15",
                "d:3:49: expected true or false",
                "d:3:27: expected business use cases such as R_BUC_07, with blanks between",
                "d:3:44: expected CaseOwner, Counterparty or IntelligentRA",
                "d:4:11: an earlier line of this institution says otherwise",
                "d:4:18: role needs a use case in buc",
                "d:5:1: expected 7 fields as in the first line; there are 5",
                "d:6:24: the period ends before it begins",
                "d:6:35: a use case needs a role",
            ]
        )
        #expect(
            problems("id,colour,id\n") == [
                "d:1:4: unknown column; known here: id, name, liaison, validFrom, validTo, buc, role, from, to, ready",
                "d:1:11: the column id stands here twice",
            ]
        )
    }

    @Test func `faults of YAML have their places, all at once`() {
        let text = """
            institutions:
              - id: SE:FK0001
                colour: red
                competences:
                  - buc: R_BUC_07
                  - {buc: [R_BUC_07, R7], role: Boss, from: soon}
              - name: nobody
              - id: SE:FK0001
            """
        #expect(
            Set(problems(text)) == [
                "d:3:5: unknown key; known here: id, name, liaison, validFrom, validTo, competences",
                "d:5:9: the key role is missing",
                "d:6:26: expected a business use case such as R_BUC_07",
                "d:6:37: expected CaseOwner, Counterparty or IntelligentRA",
                "d:6:49: expected a date such as 2026-01-15",
                "d:7:5: the key id is missing",
                "d:8:5: SE:FK0001 stands in this file twice",
            ]
        )
    }

    @Test(arguments: ["", "\n", "id,name\n", "institutions: []", "# nothing"])
    func `a file without institutions is refused: it would end all of them`(text: String) {
        #expect(!problems(text).isEmpty)
    }

    @Test func `an institution in two files is refused`() throws {
        let one = try file("id,name\nSE:FK0001,a\n")
        #expect(throws: ConfigurationError.self) { try InstitutionFile.merged([("a", one), ("b", one)]) }
    }

    @Test func `of very many faults the first hundred are told`() {
        let found = problems("id,name\n" + String(repeating: "SE:6,x\n", count: 5_000))
        #expect(found.count <= 101)
        #expect(found.first == "d:2:1: expected an institution such as EE:SKA001")
    }

    // MARK: Hostile files

    static let hostile: [(String, [UInt8])] = {
        let nest = String(repeating: "<a>", count: 5_000)
        let aliases = "a: &a [x, x]\n" + "institutions: *a\n"
        let texts: [(String, String)] = [
            ("an entity bomb", "<!DOCTYPE x [<!ENTITY a \"b\">]><SYN001>&a;</SYN001>"),
            ("an external entity", "<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><SYN001/>"),
            ("deep XML", nest),
            ("XML cut short", String(DirectoryText.syn001(DirectoryText.institution("SE:FK0001")).dropLast(40))),
            ("SYN001 of another namespace", "<SYN001 xmlns='urn:x'><IRSync/></SYN001>"),
            ("SYN001 without content", "<x:SYN001 xmlns:x='http://ec.europa.eu/eessi/ns/4_2/SYN001'/>"),
            ("a name with commands for the terminal", "id,name\nSE:FK0001,\u{1B}[2J\n"),
            ("a name that turns round", "id,name\nSE:FK0001,\u{202E}x\n"),
            ("a quotation mark that is never closed", "id,name\nSE:FK0001,\"" + String(repeating: "x\n", count: 9_999)),
            ("a field without end", "id,name\nSE:FK0001," + String(repeating: "x", count: 1 << 20)),
            ("a line of separators", "id,name\n" + String(repeating: ",", count: 1 << 20)),
            ("aliases", aliases),
            ("deep YAML", "institutions: " + String(repeating: "[", count: 100_000)),
            ("deep YAML in blocks", "institutions:\n" + String(repeating: "- ", count: 100_000)),
            ("YAML that is a list", "- a\n- b\n"),
        ]
        let bytes: [(String, [UInt8])] = [
            ("a NUL in CSV", Array("id,name\nSE:FK0001,a".utf8) + [0]),
            ("half a character in YAML", Array("institutions: [{id: 'SE:FK0001', name: ".utf8) + [0xC3]),
            ("UTF-16", [0xFF, 0xFE, 0x3C, 0x00]),
        ]
        return texts.map { ($0, Array($1.utf8)) } + bytes
    }()

    @Test(arguments: hostile.map(\.0))
    func `a hostile file is refused quickly and with a place`(name: String) throws {
        let bytes = try #require(Self.hostile.first { $0.0 == name }).1
        let clock = ContinuousClock()
        var found: [String] = []
        let time = clock.measure { found = problems(bytes) }
        #expect(found.first?.hasPrefix("d:") == true)
        #expect(time < .seconds(10))
    }

    @Test func `a file cut at any byte never crashes and never loses institutions silently`() {
        let whole = Array(
            DirectoryText.syn001(
                DirectoryText.institution("SE:FK0001", competences: DirectoryText.competence("R_BUC_07", "CaseOwner"))
            ).utf8
        )
        for end in stride(from: 0, to: whole.count - 1, by: 7) { #expect(!problems(Array(whole[..<end])).isEmpty) }
    }
}

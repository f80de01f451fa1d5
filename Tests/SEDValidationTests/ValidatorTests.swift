// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCore
import SEDInspection
import SEDProcessor
import SEDTestSupport
import SEDValidation
import Testing

/// The verdict of whole messages: valid ones, and ones with exactly one fault.
struct ValidatorTests {
    static let validator = Result {
        try ReferenceData(folder: SchemaFolder(path: Repository.schemas)).validator.withoutRules()
    }

    private func judge(_ message: TestMessage) throws -> ValidationReport {
        try Self.validator.get().judge(message.bytes).report
    }

    private func rules(_ message: TestMessage) throws -> [String] {
        try judge(message).findings.map(\.rule.text)
    }

    /// A message of each SED that is judged by schema, in a use case and a role that may send it.
    static let messages: [(sed: String, buc: String, role: String)] = [
        ("A003", "LA_BUC_02", "CaseOwner"), ("A004", "LA_BUC_02", "Counterparty"), ("A009", "LA_BUC_04", "CaseOwner"),
        ("A010", "LA_BUC_05", "CaseOwner"), ("A012", "LA_BUC_02", "Counterparty"), ("R015", "R_BUC_06", "CaseOwner"),
        ("R016", "R_BUC_06", "Counterparty"), ("R017", "R_BUC_07", "CaseOwner"), ("R018", "R_BUC_07", "Counterparty"),
        ("R004", "R_BUC_07", "Counterparty"), ("R025", "R_BUC_07", "CaseOwner"), ("H001", "R_BUC_07", "CaseOwner"),
        ("H002", "R_BUC_07", "Counterparty"), ("X001", "LA_BUC_04", "CaseOwner"), ("X008", "R_BUC_06", "CaseOwner"),
        ("X009", "R_BUC_06", "CaseOwner"), ("X010", "R_BUC_06", "Counterparty"), ("X050", "R_BUC_06", "Counterparty"),
    ]

    private func message(_ sed: String, _ buc: String, _ role: String) throws -> TestMessage {
        var message = try TestMessage(sed, in: buc)
        if role == "Counterparty" { message = message.reversed }
        let isStarter = ["A003", "A009", "A010", "R015", "R017"].contains(sed)
        message.action = isStarter ? "Start" : "New"
        return message
    }

    @Test(arguments: messages)
    func `a complete message of each document is valid`(sed: String, buc: String, role: String) throws {
        let report = try judge(try message(sed, buc, role))
        #expect(report.verdict == .valid, "\(report.findings.map(\.message))")
        #expect(report.findings == [])
        #expect(report.outcome(of: .combination) == .passed)
        #expect(report.sed?.code == sed)
    }

    @Test(arguments: messages)
    func `a document loses its first and its last element and is not valid`(sed: String, buc: String, role: String)
        throws
    {
        var message = try message(sed, buc, role)
        message.body = message.body.replacing("<value>", with: "<wert>").replacing("</value>", with: "</wert>")
        let report = try judge(message)
        #expect(report.verdict == .invalid)
        #expect(report.outcome(of: .schema) == .failed)
        #expect(report.findings.allSatisfy { $0.position != nil && $0.path?.hasPrefix("/\(sed)") == true })
    }

    @Test(arguments: messages)
    func `a role that may not send the document is named with those that may`(sed: String, buc: String, role: String)
        throws
    {
        // Administrative and horizontal documents may come from either side.
        guard !sed.hasPrefix("X"), !sed.hasPrefix("H"), sed != "R004", buc != "LA_BUC_02" || sed == "A003" else {
            return
        }
        let finding = try #require(try judge(try message(sed, buc, role).reversed).findings.first)
        #expect(finding.rule.text == "ENV-009")
        #expect(finding.message.contains("it is sent by \(role)"))
    }

    // MARK: Envelope

    @Test func `faults of the envelope's structure are found at their element`() throws {
        let change: [(String, String)] = [
            ("<sbdh:HeaderVersion>1.2<", "<sbdh:HeaderVersion>1.3<"),
            ("SE:SEREC1", "SE:SER"), ("SE:SEREC1", "GR:GRREC1"), (">CaseOwner<", ">Owner<"),
            ("<sbdh:CaseAction>Start<", "<sbdh:CaseAction>Begin<"),
            ("<sbdh:DocumentVersion>1<", "<sbdh:DocumentVersion>0<"),
            ("R_BUC_07:4.4", "R_BUC_7:4.4"),
            ("<sbdh:CreationDateAndTime>2026-03-02T10:00:00Z<", "<sbdh:CreationDateAndTime>2026-03-02<"),
            ("urn:eu:europa:ec:dgempl:eessi:ir", "urn:other"),
        ]
        for (from, to) in change {
            var message = try message("R017", "R_BUC_07", "CaseOwner")
            message.caseID = "0f4da82e-3a79-4aa3-a294-070eb6c08890"
            let text = message.text.replacingFirst(from, with: to)
            #expect(text != message.text)
            let report = try Self.validator.get().judge(Array(text.utf8)).report
            #expect(report.verdict == .invalid, "\(to)")
            #expect(report.outcome(of: .envelope) == .failed, "\(to)")
            #expect(report.findings.filter { $0.rule.text == "ENV-002" }.count == 1, "\(to)")
            #expect(report.outcome(of: .schema) == .passed)
        }
    }

    @Test func `identifiers in either case, and a missing authority, are accepted`() throws {
        var message = try message("R017", "R_BUC_07", "CaseOwner")
        message.caseID = message.caseID.uppercased()
        let text = message.text.replacing(" Authority=\"urn:eu:europa:ec:dgempl:eessi:ir\"", with: "")
        #expect(try Self.validator.get().judge(Array(text.utf8)).report.verdict == .valid)
    }

    @Test func `type, version and namespace must agree`() throws {
        var message = try message("R017", "R_BUC_07", "CaseOwner")
        message.sed = "R018"
        #expect(try rules(message).contains("ENV-004"))
        message = try self.message("R017", "R_BUC_07", "CaseOwner")
        message.bucVersion = "4.2"
        #expect(try rules(message) == ["ENV-006"])
        message = try self.message("R017", "R_BUC_07", "CaseOwner")
        message.typeVersion = "4.2"
        message.bucVersion = "4.2"
        #expect(try rules(message) == ["ENV-003", "ENV-005"])
        message.headerVersion = "1.1"
        #expect(try rules(message) == ["ENV-005"])
        message = try self.message("R017", "R_BUC_07", "CaseOwner")
        message.headerVersion = "1.1"
        #expect(try rules(message) == ["ENV-003"])
    }

    @Test func `messages say what would be right`() throws {
        func messages(_ old: String, _ new: String) throws -> [String] {
            var message = try message("R017", "R_BUC_07", "CaseOwner")
            let body = message.body
            message.body = body.replacing(try Regex(old), with: new, maxReplacements: 1)
            #expect(message.body != body)
            return try judge(message).findings.map(\.message)
        }
        #expect(
            try messages("<dateBirth>[^<]*<", "<dateBirth>1980<")
                == ["The content of dateBirth is not a date of the form YYYY-MM-DD with year, month and day."])
        #expect(
            try messages("sedVer=\"4\"", "sedVer=\"four\"")
                == ["The attribute sedVer of R017 is not a whole number."])
        #expect(
            try messages("<totalAmount>[^<]*<", "<totalAmount>1,5<")
                == [
                    "The content of totalAmount is not a number; required is an amount of money: at most ten digits "
                        + "before the point, none or two after it, no sign and no leading zero."
                ])
        #expect(
            try messages("<sex>\\s*<value>[^<]*</value>", "<sex><value>female</value>")
                == [
                    "The code in sex does not have the form of the codes in the code list EESSISexType; "
                        + "allowed: 01, 02, 98."
                ])
        #expect(
            try messages("<sex>\\s*<value>([^<]*)</value>", "<sex>02")
                == ["The element sex holds text where elements belong; expected in it: value."])
        #expect(
            try messages("<familyName>", "<familyName>A</familyName><familyName>")
                == ["The element familyName stands more often than it may; expected here: forename."])
        #expect(
            try messages("<familyName>[^<]*<", "<familyName><")
                == ["The content of familyName is too short; at least 1 character is required."])
    }

    @Test func `two faulty attributes of one element are two findings`() throws {
        var message = try message("R017", "R_BUC_07", "CaseOwner")
        message.body = message.body.replacing("sedGVer=\"4\"", with: "sedGVer=\"a\"")
            .replacing("sedVer=\"4\"", with: "sedVer=\"b\"")
        #expect(try rules(message) == ["XSD-004", "XSD-004"])
    }

    @Test func `a wrong generation in the root's attributes is a warning`() throws {
        var message = try message("R017", "R_BUC_07", "CaseOwner")
        message.body = message.body.replacing("sedVer=\"4\"", with: "sedVer=\"2\"")
        let report = try judge(message)
        #expect(report.findings.map(\.severity) == [.warning])
        #expect(report.verdict == .valid)
    }

    @Test func `the manifest's count is checked, and administrative documents have none`() throws {
        let first = UUID().uuidString
        var message = try message("R017", "R_BUC_07", "CaseOwner")
        message.manifest = TestMessage.manifest([first])
        #expect(try rules(message) == [])
        message.manifest = TestMessage.manifest([first], count: 2)
        #expect(try rules(message) == ["ENV-007"])
        message.manifest = TestMessage.manifest([first]).replacing(">1<", with: ">99999999999999999999<")
        #expect(try rules(message) == ["ENV-007"])
        message.manifest = TestMessage.manifest([first, first])
        #expect(try rules(message) == ["ENV-013"])
        message = try self.message("X001", "LA_BUC_04", "CaseOwner")
        message.manifest = TestMessage.manifest([first])
        #expect(try rules(message) == ["ENV-008"])
    }

    @Test func `action, version and starter must agree`() throws {
        var message = try message("R017", "R_BUC_07", "CaseOwner")
        message.action = "Update"
        #expect(try rules(message) == ["ENV-011"])
        message.version = 2
        #expect(try rules(message) == [])
        message = try self.message("R018", "R_BUC_07", "Counterparty")
        message.action = "Start"
        #expect(try rules(message) == ["ENV-011"])
        message = try self.message("X001", "LA_BUC_04", "CaseOwner")
        message.action = "Update"
        message.version = 2
        #expect(try rules(message) == ["ENV-011"])
    }

    @Test func `a document outside its use case names the ones that belong there`() throws {
        let message = try message("R017", "R_BUC_06", "CaseOwner")
        let finding = try #require(try judge(message).findings.first { $0.rule.text == "ENV-009" })
        #expect(finding.message.contains("R015, R016"))
    }

    @Test func `two case owners do not write to each other`() throws {
        var message = try message("R017", "R_BUC_07", "CaseOwner")
        message.receiverRole = "CaseOwner"
        #expect(try rules(message) == ["ENV-010"])
    }

    @Test func `a forwarded document keeps the forwarder's role`() throws {
        var message = try message("R018", "R_BUC_07", "Counterparty")
        message.action = "NewForward"
        message.receiverRole = "Counterparty"
        #expect(try rules(message) == [])
    }

    // MARK: Codes, types

    @Test func `a code outside its list names what is allowed, and the value only on request`() throws {
        var message = try message("R017", "R_BUC_07", "CaseOwner")
        message.body = message.body.replacingOccurrences(
            of: "<typeRequest>\\s*<value>01", with: "<typeRequest><value>03", options: .regularExpression
        )
        let report = try judge(message)
        let finding = try #require(report.findings.first)
        #expect(finding.rule.text == "CDE-001")
        #expect(finding.message.contains("allowed: 01, 02"))
        #expect(!finding.message.contains("03"))
        #expect(finding.value == "03")
        #expect(finding.path == "/R017/TypeRequest/typeRequest/value")
    }

    @Test(
        arguments: [
            ("GR", "CDE-001"), ("EL", nil), ("UK", nil), ("GB", "CDE-001"), ("ee", "XSD-006"), ("", "XSD-006"),
        ] as [(String, String?)])
    func `countries are those of the code list`(code: String, rule: String?) throws {
        var message = try message("A009", "LA_BUC_04", "CaseOwner")
        let text = message.body.replacingOccurrences(
            of: "<country>\\s*<value>[A-Z]+</value>", with: "<country><value>\(code)</value>",
            options: .regularExpression
        )
        #expect(text != message.body)
        message.body = text
        #expect(Set(try rules(message)) == Set(rule.map { [$0] } ?? []))
    }

    @Test func `the same code twice is an error where that is proven`() throws {
        var message = try message("X050", "R_BUC_06", "Counterparty")
        message.body = message.body.replacing("<value>05</value>", with: "<value>05</value><value>05</value>")
        let report = try judge(message)
        #expect(report.findings.map(\.rule.text) == ["CDE-002"])
        #expect(report.verdict == .invalid)
    }

    @Test func `thousands of faults are counted, not listed, and found in good time`() throws {
        var message = try message("X050", "R_BUC_06", "Counterparty")
        let codes = String(repeating: "<value>99</value>", count: 20_000)
        message.body = message.body.replacing("<value>05</value>", with: codes)
        let findings = try judge(message).findings
        #expect(findings.count == 1_001)
        #expect(findings.filter { $0.rule.text == "SYS-008" }.map(\.arguments["more"]) == ["19000"])
        #expect(findings.last?.path == "/X050/TheFollowingBusinessExceptionHasOccurred/businessException/value[1000]")
    }

    @Test func `a bare document is judged without envelope`() throws {
        let body = try TestMessage("A009", in: "LA_BUC_04").body
        let report = try Self.validator.get().judge(Array(body.utf8)).report
        #expect(report.verdict == .valid)
        #expect(report.outcome(of: .envelope)?.word == "skipped")
        #expect(report.sed?.code == "A009")
        #expect(report.cdm?.description == "4.4")
    }

    @Test func `one cause gives one finding`() throws {
        var message = try message("A009", "LA_BUC_04", "CaseOwner")
        message.body = message.body.replacingOccurrences(
            of: "<dateBirth>.*?</dateBirth>", with: "<dateBirth>12.4.1985</dateBirth>", options: .regularExpression
        )
        #expect(try rules(message) == ["XSD-004"])
    }

    // MARK: Undecided

    @Test func `an unknown version is undecided, never valid or invalid`() throws {
        var message = try message("A009", "LA_BUC_04", "CaseOwner")
        message.typeVersion = "5.0"
        message.bucVersion = "5.0"
        message.body = message.body.replacing("/4_4/", with: "/5_0/").replacing("sedGVer=\"4\"", with: "")
            .replacing("sedVer=\"4\"", with: "")
        #expect(try judge(message).verdict == .undecided)
        message.headerVersion = "1.4"
        #expect(try judge(message).verdict == .undecided)
    }

    @Test func `an unknown business use case or document is undecided`() throws {
        var message = try message("H001", "P_BUC_01", "CaseOwner")
        #expect(try judge(message).verdict == .undecided)
        message = try self.message("A009", "LA_BUC_04", "CaseOwner")
        message.body = "<x:P2000 xmlns:x=\"http://ec.europa.eu/eessi/ns/4_4/P2000\"/>"
        message.sed = "P2000"
        message.buc = "P_BUC_01"
        #expect(try judge(message).verdict == .undecided)
    }

    @Test func `a broken schema folder makes a document undecided`() throws {
        let folder = SchemaFolder(path: Repository.schemas)
        let library = try SchemaLibrary(read: { name in
            if name.hasSuffix("RSec-4.4.xsd") { throw SchemaFolderError(file: name, reason: "gone") }
            return try folder.read(name)
        })
        let validator = Validator(library: library, combinations: { _ in nil })
        let report = validator.judge(try TestMessage("R017", in: "R_BUC_07").bytes).report
        #expect(report.verdict == .undecided)
    }

    @Test func `what is neither envelope nor document is invalid`() throws {
        let report = try Self.validator.get().judge(Array("<html><body/></html>".utf8)).report
        #expect(report.findings.map(\.rule.text) == ["ENV-001"])
        #expect(report.verdict == .invalid)
    }

    // MARK: Direction

    @Test func `rules are as strict as the direction asks, which own institutions decide`() throws {
        let validator = try ReferenceData(folder: SchemaFolder(path: Repository.schemas)).validator
        let text = try Repository.text("examples/rules/01-a009-posting-of-27-months.xml")
        let finnish = try #require(InstitutionID(parsing: "FI:FIPEN1"))
        let estonian = try #require(InstitutionID(parsing: "EE:SKA001"))
        let expected: [(direction: MessageDirection, own: Set<InstitutionID>, severity: Severity)] = [
            (.inbound, [], .warning), (.outbound, [], .error), (.inbound, [estonian], .warning),
            (.inbound, [finnish], .error), (.inbound, [finnish, estonian], .warning),
        ]
        for (direction, own, severity) in expected {
            let report = validator.judge(Array(text.utf8), direction: direction, own: own).report
            #expect(report.findings.map(\.rule.text) == ["A1-PERIOD-005"])
            #expect(report.findings.map(\.severity) == [severity], "\(direction) \(own)")
        }
    }

    @Test(arguments: ["20226-07-31", "-2026-07-31", "0000-07-31", "2026-07-31+01:00:00"])
    func `a day in a year that only XML Schema knows is no date, and nothing is concluded from it`(day: String) throws {
        let validator = try ReferenceData(folder: SchemaFolder(path: Repository.schemas)).validator
        let text = try Repository.text("examples/inbound/01-a009-posting-from-finland.xml")
            .replacing("<endDate>2026-07-31<", with: "<endDate>\(day)<")
        let report = validator.judge(Array(text.utf8)).report
        #expect(report.findings.map { [$0.rule] + $0.also } == [["HOR-DATE-001", "XSD-004"]])
        #expect(report.verdict == .invalid)
    }

    @Test(arguments: [
        ("<value>FI</value>", "<value>fi</value>", ["HOR-CODE-002", "XSD-006"]),
        ("<value>FI</value>", "<value>QQ</value>", ["HOR-CODE-002", "CDE-001"]),
        (">FI:FIPEN1</sbdh:Identifier>", ">GB:ABCD01</sbdh:Identifier>", ["HOR-CODE-001", "ENV-002"]),
        (">FI:FIPEN1</sbdh:Identifier>", ">GR:ABCD01</sbdh:Identifier>", ["HOR-CODE-001", "ENV-002"]),
        (">FI:FIPEN1</sbdh:Identifier>", ">QQ:ABCD01</sbdh:Identifier>", ["ENV-002"]),
        (">FI:FIPEN1</sbdh:Identifier>", ">FI</sbdh:Identifier>", ["ENV-002"]),
    ])
    func `a code that breaks the schema is told under the rule of the law's catalogue`(
        right: String, wrong: String, rules: [RuleID]
    ) throws {
        let validator = try ReferenceData(folder: SchemaFolder(path: Repository.schemas)).validator
        let text = try Repository.text("examples/inbound/01-a009-posting-from-finland.xml")
        let place = try #require(text.range(of: right))
        let report = validator.judge(Array(text.replacingCharacters(in: place, with: wrong).utf8)).report
        let finding = try #require(report.findings.first)
        #expect([finding.rule] + finding.also == rules)
        #expect(finding.severity == .error)
    }

    @Test(arguments: [
        ("R017", "R_BUC_07", "REC-78-3-A-001"),
        ("R015", "R_BUC_06", "NOT-77-2-001"),
    ])
    func `whom a request concerns is missing as a whole`(sed: String, useCase: String, rule: String) throws {
        let validator = try ReferenceData(folder: SchemaFolder(path: Repository.schemas)).validator
        var message = try message(sed, useCase, "CaseOwner")
        let start = try #require(message.body.range(of: "<Concerns>"))
        let end = try #require(message.body.range(of: "</Concerns>"))
        message.body.removeSubrange(start.lowerBound..<end.upperBound)
        let findings = validator.judge(message.bytes).report.findings.filter { $0.severity == .error }
        #expect(findings.map { [$0.rule.text] + $0.also.map(\.text) } == [[rule, "XSD-002"]])
        #expect(findings.first?.path == "/\(sed)")
    }

    // MARK: Attachments

    @Test func `an instrument of another kind than announced makes the request invalid`() throws {
        let validator = try ReferenceData(folder: SchemaFolder(path: Repository.schemas)).validator
        let id = UUID().uuidString.lowercased()
        var message = try message("R017", "R_BUC_07", "CaseOwner")
        message.manifest = TestMessage.manifest([id])
        let text = ReceivedAttachment(identifier: UniqueID(parsing: id), name: "x.pdf", size: 9, head: [1])
        let report = validator.judge(message.bytes, attachments: [text]).report
        let finding = report.findings.first { $0.rule == "REC-78-1-003" }
        #expect(finding?.severity == .error && finding?.also == ["ATT-004"])
    }

    @Test func `attachments are compared with the manifest`() throws {
        let id = UUID().uuidString.lowercased()
        var message = try message("R017", "R_BUC_07", "CaseOwner")
        message.manifest = TestMessage.manifest([id])
        func rules(_ received: [ReceivedAttachment]) throws -> [String] {
            try Self.validator.get().judge(message.bytes, attachments: received).report.findings.map(\.rule.text)
        }
        let pdf = Array("%PDF-1.4".utf8)
        let identifier = UniqueID(parsing: id)
        #expect(try rules([ReceivedAttachment(identifier: identifier, name: "x.pdf", size: 9, head: pdf)]) == [])
        #expect(try rules([]) == ["ATT-001"])
        #expect(try rules([ReceivedAttachment(identifier: identifier, name: "x", size: 0, head: [])]) == ["ATT-003"])
        #expect(try rules([ReceivedAttachment(identifier: identifier, name: "x", size: 9, head: [1])]) == ["ATT-004"])
        let stranger = ReceivedAttachment(identifier: nil, name: "y.pdf", size: 9, head: pdf)
        #expect(
            try rules([ReceivedAttachment(identifier: identifier, name: "x", size: 9, head: pdf), stranger]) == [
                "ATT-002"
            ]
        )
    }

    // MARK: Privacy, determinism

    @Test func `no finding quotes the document`() throws {
        var message = try message("A009", "LA_BUC_04", "CaseOwner")
        message.body = message.body.replacingOccurrences(
            of: "<(familyName|town|street|postalCode)>.*?</", with: "<$1>SECRETSECRETSECRETSECRETSECRET</",
            options: .regularExpression
        ).replacing("<sex>", with: "SECRET<sex>")
        for finding in try judge(message).findings {
            #expect(!finding.message.contains("SECRET"))
            #expect(!finding.arguments.values.contains { $0.contains("SECRET") })
        }
    }

    @Test func `the same bytes give the same report`() throws {
        let text = try message("R017", "R_BUC_07", "CaseOwner").text.replacing(
            "<value>01</value>", with: "<value>Z9</value>")
        let reports = try (0..<3).map { _ in try Self.validator.get().judge(Array(text.utf8)).report }
        #expect(Set(reports).count == 1)
    }
}

extension String {
    /// Replaces the first occurrence only.
    func replacingFirst(_ text: String, with other: String) -> String {
        guard let range = range(of: text) else { return self }
        return replacingCharacters(in: range, with: other)
    }
}

// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
package import SEDRecovery
internal import Yams

/// A request as a file states it, with the files that are to go with it.
package struct RecoveryRequestFile: Hashable, Sendable {
    package struct Attachment: Hashable, Sendable {
        /// Counted from the folder of the request unless it is absolute.
        package var path: String
        package var role: RequestAttachment.Role
        package var certification: RequestAttachment.Certification?
    }

    package var request: RecoveryRequest
    package var attachments: [Attachment]

    /// Reads YAML or JSON; what cannot be read is told with its place and never quoted.
    ///
    /// `docs/recovery-request.schema.json` describes the file. What is missing is no fault here: the check tells it.
    package init(parsing text: String, file: String) throws(ConfigurationError) {
        let reader = YAMLReader(file: file)
        guard let root = reader.root(of: text) else {
            try reader.finish()
            throw ConfigurationError(problems: [
                ConfigurationProblem(file: file, line: 1, column: 1, message: "the file states no request")
            ])
        }
        try self.init(reading: root, reader)
    }

    init(reading root: Node, _ reader: YAMLReader) throws(ConfigurationError) {
        let read = RequestNode(root, reader).file()
        try reader.finish()
        // Without a request there was a fault.
        guard let read else { throw ConfigurationError(problems: reader.problems) }
        self = read
    }

    init(request: RecoveryRequest, attachments: [Attachment]) {
        self.request = request
        self.attachments = attachments
    }
}

/// One mapping of a request file.
private struct RequestNode {
    private let node: Node
    private let reader: YAMLReader

    init(_ node: Node, _ reader: YAMLReader) {
        self.node = node
        self.reader = reader
    }

    func file() -> RecoveryRequestFile? {
        let entries = reader.entries(
            node,
            known: [
                "formatVersion", "kind", "applicant", "requested", "caseNumber", "applicantName", "applicantCurrency",
                "requestedCurrency", "claimType", "branches", "debtor", "thirdParties", "declaration", "claims",
                "instalments", "bank", "notification", "information", "remarks", "attachments",
            ])
        let fields = Fields(entries, reader)
        guard let kind = fields.required("kind", of: node, "a kind of request", RequestKind.init(rawValue:)),
            let applicant = fields.required("applicant", of: node, Self.institution, InstitutionID.init(parsing:)),
            let requested = fields.required("requested", of: node, Self.institution, InstitutionID.init(parsing:))
        else { return nil }
        if let version = entries["formatVersion"] { _ = reader.value(version, "1") { $0 == "1" ? 1 : nil } }
        var request = RecoveryRequest(kind: kind, applicant: applicant, requested: requested)
        request.caseNumber = fields.text("caseNumber")
        request.applicantName = fields.text("applicantName")
        request.applicantCurrency = fields.currency("applicantCurrency")
        request.requestedCurrency = fields.currency("requestedCurrency")
        request.claimType = fields.code("claimType")
        request.branches = fields.codes("branches")
        if let debtor = entries["debtor"] { request.debtor = Self.debtor(debtor, reader) }
        request.thirdParties = fields.items("thirdParties").map { Self.thirdParty($0, reader) }
        if let node = entries["declaration"] { request.declaration = Self.declaration(node, reader) }
        request.claims = fields.items("claims").map { Self.claim($0, reader) }
        request.instalments = fields.code("instalments")
        request.bank = entries["bank"].map { Self.bank($0, reader) }
        if let node = entries["notification"] { request.notification = Self.notification(node, reader) }
        request.information = fields.codes("information")
        request.remarks = fields.text("remarks")
        let attachments = fields.items("attachments").compactMap { Self.attachment($0, reader) }
        return RecoveryRequestFile(request: request, attachments: attachments)
    }

    private static let institution = "an institution such as EE:MTA001"

    private static func debtor(_ node: Node, _ reader: YAMLReader) -> RecoveryRequest.Debtor {
        let entries = reader.entries(
            node, known: ["person", "employer", "address", "role", "status", "otherStatus", "insuredPerson"])
        let fields = Fields(entries, reader)
        var debtor = RecoveryRequest.Debtor()
        debtor.person = entries["person"].map { person($0, reader) }
        debtor.role = fields.value(
            "role", "insuredPerson, beneficiary or thirdParty", RecoveryRequest.DebtorRole.init(rawValue:))
        debtor.status = fields.code("status")
        debtor.otherStatus = fields.text("otherStatus")
        debtor.insuredPerson = entries["insuredPerson"].map { person($0, reader) }
        if let node = entries["employer"] {
            let fields = Fields(reader.entries(node, known: ["name", "registrationNumber"]), reader)
            var employer = RecoveryRequest.Employer()
            employer.name = fields.text("name")
            employer.registrationNumber = fields.text("registrationNumber")
            debtor.employer = employer
        }
        debtor.address = entries["address"].map { address($0, reader) }
        return debtor
    }

    private static func person(_ node: Node, _ reader: YAMLReader) -> RecoveryRequest.Person {
        let fields = Fields(
            reader.entries(node, known: ["familyName", "forename", "birthDate", "sex", "nationalities", "pins"]),
            reader)
        var person = RecoveryRequest.Person()
        person.familyName = fields.text("familyName")
        person.forename = fields.text("forename")
        person.birthDate = fields.day("birthDate")
        person.sex = fields.code("sex")
        person.nationalities = fields.codes("nationalities")
        person.pins = fields.items("pins").map { node in
            let fields = Fields(reader.entries(node, known: ["country", "number"]), reader)
            var pin = RecoveryRequest.Person.PIN()
            pin.country = fields.code("country")
            pin.number = fields.text("number")
            return pin
        }
        return person
    }

    private static func address(_ node: Node, _ reader: YAMLReader) -> RecoveryRequest.Address {
        let fields = Fields(reader.entries(node, known: ["street", "town", "postalCode", "country"]), reader)
        var address = RecoveryRequest.Address()
        address.street = fields.text("street")
        address.town = fields.text("town")
        address.postalCode = fields.text("postalCode")
        address.country = fields.code("country")
        return address
    }

    private static func thirdParty(_ node: Node, _ reader: YAMLReader) -> RecoveryRequest.ThirdParty {
        let entries = reader.entries(node, known: ["name", "address", "assets"])
        let fields = Fields(entries, reader)
        var party = RecoveryRequest.ThirdParty()
        party.name = fields.text("name")
        party.address = entries["address"].map { address($0, reader) }
        party.assets = fields.text("assets")
        return party
    }

    private static func declaration(_ node: Node, _ reader: YAMLReader) -> RecoveryRequest.Declaration {
        let fields = Fields(
            reader.entries(
                node,
                known: [
                    "contested", "enforceAlthoughContested", "proceduresApplied", "underFiveYears",
                    "reasonForOlderClaim", "belowThresholdAgreed",
                ]), reader)
        var declaration = RecoveryRequest.Declaration()
        declaration.contested = fields.flag("contested")
        declaration.enforceAlthoughContested = fields.flag("enforceAlthoughContested")
        declaration.proceduresApplied = fields.flag("proceduresApplied")
        declaration.underFiveYears = fields.flag("underFiveYears")
        declaration.reasonForOlderClaim = fields.text("reasonForOlderClaim")
        declaration.belowThresholdAgreed = fields.flag("belowThresholdAgreed")
        return declaration
    }

    private static func claim(_ node: Node, _ reader: YAMLReader) -> RecoveryRequest.StatedClaim {
        let entries = reader.entries(
            node,
            known: [
                "instrument", "instrumentDate", "notifiedOn", "enforceableFrom", "limitationEnds", "period", "amounts",
            ])
        let fields = Fields(entries, reader)
        var claim = RecoveryRequest.StatedClaim()
        claim.instrument = fields.text("instrument")
        claim.instrumentDate = fields.day("instrumentDate")
        claim.notifiedOn = fields.day("notifiedOn")
        claim.enforceableFrom = fields.day("enforceableFrom")
        claim.limitationEnds = fields.day("limitationEnds")
        if let node = entries["period"] {
            let fields = Fields(reader.entries(node, known: ["from", "to"]), reader)
            var period = RecoveryRequest.Period()
            period.from = fields.day("from")
            period.to = fields.day("to")
            claim.period = period
        }
        if let node = entries["amounts"] {
            let amounts = reader.entries(node, known: ComponentKind.allCases.map(\.rawValue))
            for kind in ComponentKind.allCases {
                guard let node = amounts[kind.rawValue] else { continue }
                claim.amounts[kind] = reader.value(
                    node, "an amount such as 1234.50, not negative, of at most 15 digits", amount)
            }
        }
        return claim
    }

    /// At most 15 digits, four of them decimals, as no currency has more.
    private static func amount(_ text: String) -> ExactDecimal? {
        guard !text.hasPrefix("-"), text.utf8.count(where: { $0 != 0x2E }) <= 15 else { return nil }
        return ExactDecimal(parsing: text).flatMap { $0.decimals <= 4 ? $0 : nil }
    }

    private static func bank(_ node: Node, _ reader: YAMLReader) -> RecoveryRequest.Bank {
        let fields = Fields(reader.entries(node, known: ["iban", "bic", "holder", "reference"]), reader)
        var bank = RecoveryRequest.Bank()
        bank.iban = fields.text("iban").map { $0.filter { !$0.isWhitespace } }
        bank.bic = fields.text("bic")
        bank.holder = fields.text("holder")
        bank.reference = fields.text("reference")
        return bank
    }

    private static func notification(_ node: Node, _ reader: YAMLReader) -> RecoveryRequest.Notification {
        let fields = Fields(reader.entries(node, known: ["documents", "form", "otherForm", "deadline"]), reader)
        var notification = RecoveryRequest.Notification()
        notification.documents = fields.codes("documents")
        notification.form = fields.code("form")
        notification.otherForm = fields.text("otherForm")
        notification.deadline = fields.day("deadline")
        return notification
    }

    private static func attachment(_ node: Node, _ reader: YAMLReader) -> RecoveryRequestFile.Attachment? {
        let fields = Fields(reader.entries(node, known: ["file", "role", "copy"]), reader)
        guard let path = fields.required("file", of: node, "a path", { $0 }) else { return nil }
        return RecoveryRequestFile.Attachment(
            path: path, role: fields.value("role", "instrument or other", RequestAttachment.Role.init) ?? .instrument,
            certification: fields.value("copy", "official or certified", RequestAttachment.Certification.init)
        )
    }
}

/// The entries of a mapping, each read as what it should be.
private struct Fields {
    private let entries: [String: Node]
    private let reader: YAMLReader

    init(_ entries: [String: Node], _ reader: YAMLReader) {
        self.entries = entries
        self.reader = reader
    }

    func value<Value>(_ key: String, _ expected: String, _ parse: (String) -> Value?) -> Value? {
        entries[key].flatMap { node in
            // What JSON calls null, and YAML null or ~, is no text that could be sent.
            if let scalar = node.scalar, scalar.style == .plain, ["null", "~"].contains(scalar.string) {
                reader.fail(node, "expected \(expected)")
                return nil
            }
            return reader.value(node, expected, parse)
        }
    }

    func required<Value>(_ key: String, of node: Node, _ expected: String, _ parse: (String) -> Value?) -> Value? {
        reader.required(key, in: entries, of: node).flatMap { _ in value(key, expected, parse) }
    }

    func text(_ key: String) -> String? { value(key, "a text") { $0 } }

    func day(_ key: String) -> CivilDate? {
        value(key, "a day such as 2026-03-02") { $0.utf8.count == 10 ? CivilDate(parsing: $0) : nil }
    }

    func flag(_ key: String) -> Bool? { value(key, "true or false") { Bool($0) } }

    /// Codes are digits or capitals, so that what is written into a document is never more than a code.
    func code(_ key: String) -> String? { value(key, "a code of the code list", Self.code) }

    func currency(_ key: String) -> String? {
        value(key, "the code of a currency, such as SEK") { Parts(zeroOf: $0) == nil ? nil : $0 }
    }

    func codes(_ key: String) -> [String] {
        entries[key].map { reader.list($0).compactMap { reader.value($0, "a code of the code list", Self.code) } } ?? []
    }

    func items(_ key: String) -> [Node] { entries[key].map(reader.list) ?? [] }

    private static func code(_ text: String) -> String? {
        (1...3).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }
            ? text : nil
    }
}

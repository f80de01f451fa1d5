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
                "instalments", "bank", "notification", "information", "offset", "remarks",
                "attachments",
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
        request.offset = entries["offset"].map { Self.offset($0, reader) }
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
        debtor.address = fields.address("address")
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

    private static func thirdParty(_ node: Node, _ reader: YAMLReader) -> RecoveryRequest.ThirdParty {
        let entries = reader.entries(node, known: ["name", "address", "assets"])
        let fields = Fields(entries, reader)
        var party = RecoveryRequest.ThirdParty()
        party.name = fields.text("name")
        party.address = fields.address("address")
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
        claim.period = entries["period"].map { period($0, reader) }
        if let node = entries["amounts"] {
            let amounts = reader.entries(node, known: ComponentKind.allCases.map(\.rawValue))
            for kind in ComponentKind.allCases {
                claim.amounts[kind] = Fields(amounts, reader).amount(kind.rawValue)
            }
        }
        return claim
    }

    private static func period(_ node: Node, _ reader: YAMLReader) -> RecoveryRequest.Period {
        let fields = Fields(reader.entries(node, known: ["from", "to"]), reader)
        var period = RecoveryRequest.Period()
        period.from = fields.day("from")
        period.to = fields.day("to")
        return period
    }

    private static func offset(_ node: Node, _ reader: YAMLReader) -> RecoveryRequest.Offset {
        let entries = reader.entries(
            node,
            known: [
                "final", "benefit", "otherBenefit", "amount", "periods", "deductFrom", "competenceDeterminedOn",
                "requestBy", "contributions",
            ])
        let fields = Fields(entries, reader)
        var offset = RecoveryRequest.Offset()
        offset.final = fields.flag("final")
        offset.benefit = fields.code("benefit")
        offset.otherBenefit = fields.text("otherBenefit")
        offset.amount = fields.amount("amount")
        offset.periods = fields.items("periods").map { overpaidPeriod($0, reader) }
        offset.deductFrom = entries["deductFrom"].map { deduction($0, reader) }
        offset.competenceDeterminedOn = fields.day("competenceDeterminedOn")
        offset.requestBy = fields.day("requestBy")
        offset.contributions = fields.items("contributions").map { contribution($0, reader) }
        return offset
    }

    private static func overpaidPeriod(
        _ node: Node,
        _ reader: YAMLReader
    ) -> RecoveryRequest.Offset.OverpaidPeriod {
        let fields = Fields(
            reader.entries(node, known: ["from", "to", "decidedOn", "reason", "otherReason"]), reader)
        var period = RecoveryRequest.Offset.OverpaidPeriod()
        period.from = fields.day("from")
        period.to = fields.day("to")
        period.decidedOn = fields.day("decidedOn")
        period.reason = fields.code("reason")
        period.otherReason = fields.text("otherReason")
        return period
    }

    private static func deduction(_ node: Node, _ reader: YAMLReader) -> RecoveryRequest.Offset.Deduction {
        let entries = reader.entries(
            node, known: ["benefit", "otherBenefit", "arrears", "arrearsFrom", "ongoing", "schedule"])
        let fields = Fields(entries, reader)
        var deduction = RecoveryRequest.Offset.Deduction()
        deduction.benefit = fields.code("benefit")
        deduction.otherBenefit = fields.text("otherBenefit")
        deduction.arrears = fields.flag("arrears")
        deduction.arrearsFrom = fields.day("arrearsFrom")
        deduction.ongoing = fields.flag("ongoing")
        if let node = entries["schedule"] {
            let fields = Fields(
                reader.entries(node, known: ["frequency", "otherFrequency", "count", "amount"]), reader)
            var schedule = PaymentSchedule()
            schedule.frequency = fields.code("frequency")
            schedule.otherFrequency = fields.text("otherFrequency")
            schedule.count = fields.count("count")
            schedule.amount = fields.amount("amount")
            deduction.schedule = schedule
        }
        return deduction
    }

    private static func contribution(
        _ node: Node,
        _ reader: YAMLReader
    ) -> RecoveryRequest.Offset.Contribution {
        let entries = reader.entries(
            node, known: ["branches", "otherBranch", "period", "amount", "employerPart", "insuredPersonPart"])
        let fields = Fields(entries, reader)
        var contribution = RecoveryRequest.Offset.Contribution()
        contribution.branches = fields.codes("branches")
        contribution.otherBranch = fields.text("otherBranch")
        contribution.period = entries["period"].map { period($0, reader) }
        contribution.amount = fields.amount("amount")
        contribution.employerPart = fields.amount("employerPart")
        contribution.insuredPersonPart = fields.amount("insuredPersonPart")
        return contribution
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
struct Fields {
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
            // What is sent is what was stated; nothing is written in the place of such a character.
            if let scalar = node.scalar?.string.firstWithoutPlaceInXML {
                let number = String(scalar.value, radix: 16, uppercase: true)
                let code = String(repeating: "0", count: max(0, 4 - number.count)) + number
                reader.fail(node, "a character that no document can carry (U+\(code))")
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

    /// At most 15 digits, four of them decimals, as no currency has more.
    func amount(_ key: String) -> ExactDecimal? {
        value(key, "an amount such as 1234.50, not negative, of at most 15 digits") { text in
            guard !text.hasPrefix("-"), text.utf8.count(where: { $0 != 0x2E }) <= 15 else { return nil }
            return ExactDecimal(parsing: text).flatMap { $0.decimals <= 4 ? $0 : nil }
        }
    }

    func count(_ key: String) -> Int? {
        value(key, "a number from 1 to 9999") { text in
            Int(text).flatMap { (1...9999).contains($0) && String($0) == text ? $0 : nil }
        }
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

    func address(_ key: String) -> RecoveryRequest.Address? {
        entries[key].map { node in
            Fields(reader.entries(node, known: Self.addressKeys), reader).address
        }
    }

    static let addressKeys = ["street", "town", "postalCode", "country"]

    /// The address that these entries are, or are among others.
    var address: RecoveryRequest.Address {
        var address = RecoveryRequest.Address()
        address.street = text("street")
        address.town = text("town")
        address.postalCode = text("postalCode")
        address.country = code("country")
        return address
    }

    func items(_ key: String) -> [Node] { entries[key].map(reader.list) ?? [] }

    private static func code(_ text: String) -> String? {
        (1...3).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }
            ? text : nil
    }
}

extension String {
    /// The first character that XML 1.0 cannot carry; nil where there is none.
    package var firstWithoutPlaceInXML: UnicodeScalar? { unicodeScalars.first { !$0.hasPlaceInXML } }
}

extension UnicodeScalar {
    /// Whether XML 1.0 can carry it, as it is or by its number.
    var hasPlaceInXML: Bool {
        switch self {
        case "\t", "\n", "\r", " "..."\u{D7FF}", "\u{E000}"..."\u{FFFD}", "\u{10000}"..."\u{10FFFF}": true
        default: false
        }
    }
}

// SPDX-License-Identifier: EUPL-1.2

import Foundation

/// A document that is measured, and the schema for the peers, which know one schema a run.
struct BenchDocument {
    let name: String
    let bytes: [UInt8]
    /// Where it lies for the peers.
    let path: String
    /// A schema that checks envelope and SED in one pass, as our two passes do.
    let schema: String

    /// Writes the three documents and their schemas into a folder.
    static func prepare(repository: String, in folder: String) throws -> [BenchDocument] {
        try writeSchemas(repository: repository, in: folder)
        let small = try text(repository, "06-x001-we-close-the-posting-case")
        let typical = try text(repository, "29-r017-our-recovery-request-to-switzerland")
        return [
            try BenchDocument("small", small, sed: "X001", in: folder),
            try BenchDocument("typical", typical, sed: "R017", in: folder),
            try BenchDocument("large", grown(typical, to: 500_000), sed: "R017", in: folder),
        ]
    }

    private init(_ name: String, _ text: String, sed: String, in folder: String) throws {
        self.name = name
        bytes = Array(text.utf8)
        path = "\(folder)/\(name).xml"
        schema = "\(folder)/schemas/with-envelope-\(sed).xsd"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        try Self.writeDriver(for: sed, to: schema)
    }

    /// Writes the schema that checks an envelope with such a SED in one pass, beside those that it needs.
    static func writeDriver(for sed: String, to schema: String) throws {
        let driver = """
            <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
              <xs:import namespace="http://eessi.dgempl.ec.europa.eu/namespaces/sbdh" schemaLocation="SBDH-1.2.xsd"/>
              <xs:import namespace="http://ec.europa.eu/eessi/ns/4_4/\(sed)" schemaLocation="\(sed)-4.4.xsd"/>
            </xs:schema>

            """
        try Data(driver.utf8).write(to: URL(fileURLWithPath: schema))
    }

    var size: String { "\((Double(bytes.count) / 1_000).formatted(.number.precision(.fractionLength(1)))) kB" }

    private static func text(_ repository: String, _ example: String) throws -> String {
        try String(contentsOfFile: "\(repository)/examples/inbound/\(example).xml", encoding: .utf8)
    }

    /// Copies the schemas; the envelope's lets the SED pass unread, which for the peers would be no work at all.
    private static func writeSchemas(repository: String, in folder: String) throws {
        let target = "\(folder)/schemas"
        try FileManager.default.copyItem(atPath: "\(repository)/sed-schemas/4.4", toPath: target)
        let path = "\(target)/SBDH-1.2.xsd"
        let envelope = try String(contentsOfFile: path, encoding: .utf8)
            .replacing("processContents=\"skip\"", with: "processContents=\"strict\"")
        try Data(envelope.utf8).write(to: URL(fileURLWithPath: path))
    }

    /// Repeats the claim of an R017, as a request for a great many claims does.
    private static func grown(_ text: String, to size: Int) throws -> String {
        guard let start = text.firstRange(of: "<ClaimDetails>"), let end = text.firstRange(of: "</ClaimDetails>") else {
            throw ChildError(program: "R017", reason: "the example has no ClaimDetails")
        }
        let claim = text[start.lowerBound..<end.upperBound]
        let times = (size - text.utf8.count) / claim.utf8.count
        var rest = String(text[start.lowerBound...])
        // The totals count the claims that are added, else rules find them wrong.
        for (total, part) in [
            ("combinedTotalAmountClaimsInCurrencySendingInstitution", "AmountInCurrencySendingInstitution"),
            ("combinedTotalAmountClaimsInCurrencyReceivingInstitution", "AmountInTheCurrencyOfTheReceivingInstitution"),
        ] {
            let inside = try content(of: part, in: claim)
            let (old, each) = (try content(of: total, in: rest[...]), try content(of: "totalAmount", in: inside))
            let sum = try Decimal(String(old), format: amount) + Decimal(times) * Decimal(String(each), format: amount)
            rest = rest.replacing("<\(total)>\(old)<", with: "<\(total)>\(sum.formatted(amount))<")
        }
        return text[..<start.lowerBound] + String(repeating: String(claim), count: times) + rest
    }

    private static let amount = Decimal.FormatStyle(locale: Locale(identifier: "en_US_POSIX"))
        .precision(.fractionLength(2)).grouping(.never)

    private static func content(of name: String, in text: Substring) throws -> Substring {
        guard let start = text.firstRange(of: "<\(name)>"), let end = text.firstRange(of: "</\(name)>") else {
            throw ChildError(program: "R017", reason: "the example has no \(name)")
        }
        return text[start.upperBound..<end.lowerBound]
    }
}

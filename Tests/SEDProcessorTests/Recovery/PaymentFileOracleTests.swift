// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCore
import SEDRecovery
import SEDTestSupport
import Testing

@testable import SEDProcessor

/// Payment files against the official schema of ISO 20022, which the PyPI package sepaxml carries.
struct PaymentFileOracleTests {
    @Test(.enabled(if: PaymentSchema.path != nil, "SKIPPED: .ci/install --tests has not brought sepaxml"))
    func `payment files are valid against the official schema`() throws {
        let folder = try TemporaryFolder()
        let iban = try #require(IBAN(parsing: "SE4550000000058398257466"))
        let payer = try #require(InstitutionID(parsing: "SE:SEPEN12345"))
        let day = try #require(CivilDate(parsing: "2026-03-21"))
        for (number, currency) in ["EUR", "SEK", "ISK"].enumerated() {
            let decimals = currency == "ISK" ? 0 : 2
            let transfers = (1...20).map { place in
                CreditTransfers.Transfer(
                    reference: "L999999-R\(place)", amount: ExactDecimal(units: place * 12_345, decimals: decimals),
                    holder: place == 1 ? String(repeating: "Ä&<", count: 60) : "Näidisamet", iban: iban,
                    bic: place.isMultiple(of: 2) ? "TESTSE22" : nil,
                    remittance: place == 2 ? String(repeating: "viide ", count: 40) : "NAIDIS-2026-\(place)"
                )
            }
            let list = CreditTransfers(
                number: Int64(number) * 1_000_000, payer: payer, holder: "Provmyndigheten", iban: iban,
                bic: number == 0 ? "TESTSE22ABC" : nil, currency: currency, createdAt: Instant(startOf: day),
                executeOn: day, transfers: transfers
            )
            try folder.write(String(decoding: PaymentFile(list: list).bytes, as: UTF8.self), to: "\(number).xml")
        }
        let script = """
            import sys
            from lxml import etree
            schema = etree.XMLSchema(etree.parse(sys.argv[1]))
            for path in sys.argv[2:]:
                schema.assertValid(etree.parse(path))
            """
        try folder.write(script, to: "judge.py")
        let schema = try #require(PaymentSchema.path)
        let result = try Program.shell(
            "'\(PaymentSchema.python)' judge.py '\(schema)' 0.xml 1.xml 2.xml", folder: folder.path)
        #expect(result.status == 0, "\(result.errors)")
    }
}

private enum PaymentSchema {
    static let python = Repository.root.appendingPathComponent(".build/oracles/bin/python3").path

    /// Nil where the package, or lxml, is not there.
    static let path: String? = {
        guard FileManager.default.isExecutableFile(atPath: python) else { return nil }
        let question = "import lxml, sepaxml, os; print(os.path.dirname(sepaxml.__file__))"
        let found = try? Program.shell("'\(python)' -c '\(question)'", folder: Repository.root.path)
        guard let found, found.status == 0 else { return nil }
        let path = found.output.trimmingCharacters(in: .whitespacesAndNewlines) + "/schemas/pain.001.001.09.xsd"
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }()
}

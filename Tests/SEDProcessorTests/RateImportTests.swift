// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCore
import SEDCurrency
import SEDProcessor
import SEDStorage
import SEDTestSupport
import Testing

struct RateImportTests {
    private static let now = Instant(millisecondsSinceEpoch: 1_790_000_000_000)

    private func day(_ text: String) throws -> CivilDate { try #require(CivilDate(parsing: text)) }

    private func example(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: Repository.examples + "/rates/" + name)))
    }

    private func fault(_ bytes: [UInt8]) -> RateFileFinding? {
        do {
            _ = try RateFileReader.read(bytes, today: ReferenceCalendar.day(at: Self.now))
            return nil
        } catch {
            return error
        }
    }

    private func xml(_ text: String) -> RateFileFinding? { fault(Array(text.utf8)) }

    // MARK: Forms

    @Test(arguments: [
        ("eurofxref-daily.xml", RateFile.Form.daily, 1), ("eurofxref.zip", .daily, 1),
        ("eurofxref-hist-90d.xml", .ninetyDays, 63), ("eurofxref-hist.csv", .history, 82),
        ("eurofxref-hist.zip", .history, 82),
    ])
    func `each form is recognised by its content`(name: String, form: RateFile.Form, days: Int) throws {
        let file = try RateFileReader.read(try example(name), today: ReferenceCalendar.day(at: Self.now))
        #expect(file.form == form)
        #expect(file.days.count == days)
        #expect(file.lastDay == (try day("2026-04-14")))
        #expect(file.days[0].rates.first { $0.currency == "CHF" }?.value.description == "0.9499")
        #expect(!file.days[0].rates.contains { $0.currency == "BGN" })
        #expect(file.warnings == [])
    }

    // MARK: Faulty XML

    private static let start = """
        <gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" \
        xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
        <gesmes:subject>Reference rates</gesmes:subject>
        <gesmes:Sender><gesmes:name>European Central Bank</gesmes:name></gesmes:Sender>

        """

    @Test(
        arguments: [
            ("<Cube><Cube time='2026-04-14'><Cube currency='USD' rate='1.1'/></Cube></Cube>", nil, 0),
            ("<Cube><Cube time='2026-04-14'><Cube currency='USD' rate='0.0'/></Cube></Cube>", "CUR-SRC-006", 31),
            ("<Cube><Cube time='2026-04-14'><Cube currency='USD' rate='N/A'/></Cube></Cube>", "CUR-SRC-002", 7),
            ("<Cube><Cube time='14.04.2026'><Cube currency='USD' rate='1.1'/></Cube></Cube>", "CUR-SRC-004", 7),
            ("<Cube><Cube><Cube currency='USD' rate='1.1'/></Cube></Cube>", "CUR-SRC-004", 7),
            ("<Cube><Cube time='2026-04-14'><Cube currency='USD'/></Cube></Cube>", "CUR-SRC-004", 31),
            ("<Cube><Cube time='2026-04-14'><Cube currency='USD' rate='1.1' x=''/></Cube></Cube>", "CUR-SRC-004", 31),
            (
                "<Cube><Cube time='2026-04-14'><Cube currency='USD' rate='1.1'><a/></Cube></Cube></Cube>",
                "CUR-SRC-004", 63
            ),
            ("<Cube><Day/></Cube>", "CUR-SRC-004", 7), ("<Cube/>", "CUR-SRC-004", nil), ("", "CUR-SRC-004", 1),
            ("<Cube/><Cube/>", "CUR-SRC-004", 8), ("<Cube", "XML-007", nil),
        ] as [(String, String?, Int?)])
    func `XML has exactly the shape of the ECB's file`(body: String, rule: String?, column: Int?) throws {
        let found = xml(Self.start + body + "</gesmes:Envelope>")
        if rule != "XML-007" { #expect(found?.rule.text == rule) } else { #expect(found != nil) }
        if let column, column > 0 { #expect(found?.position?.column == column) }
    }

    @Test func `root, namespace, subject and sender are those of the ECB, CUR-SRC-004`() {
        let body = "<Cube><Cube time='2026-04-14'><Cube currency='USD' rate='1.1'/></Cube></Cube></gesmes:Envelope>"
        #expect(xml(Self.start + body) == nil)
        for (right, wrong) in [
            ("gesmes.org/xml/2002-08-01", "gesmes.org/xml/2003"),
            ("vocabulary/2002-08-01/eurofxref", "vocabulary/other"),
            ("Reference rates", "Other rates"), ("European Central Bank", "Somebody"),
            ("<gesmes:subject>", "<gesmes:subject a='1'>"),
        ] {
            #expect(xml((Self.start + body).replacing(right, with: wrong))?.rule == "CUR-SRC-004", "\(wrong)")
        }
        #expect(xml("<html/>")?.rule == "CUR-SRC-004")
    }

    @Test func `hostile XML is refused by the guard`() {
        #expect(xml("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>")?.rule.text.hasPrefix("XML-") == true)
        #expect(xml(String(repeating: "<a>", count: 100_000))?.rule.text.hasPrefix("XML-") == true)
        #expect(xml("<a " + String(repeating: "b='1' ", count: 10_000) + "/>")?.rule.text.hasPrefix("XML-") == true)
    }

    // MARK: Faulty archives

    @Test func `an archive is plain, whole and small, or refused`() throws {
        let whole = try example("eurofxref-hist.zip")
        #expect(fault(whole) == nil)
        for length in stride(from: 4, to: whole.count, by: 37) {
            #expect(fault(Array(whole[..<length]))?.rule == "CUR-SRC-004", "cut at \(length)")
        }
        #expect(fault(whole + [0])?.rule == "CUR-SRC-004")
        // Whatever byte is changed, the rates are read as they were or not at all. The name and the time may change.
        let file = try RateFileReader.read(whole, today: ReferenceCalendar.day(at: Self.now))
        var refused = 0
        for offset in stride(from: 4, to: whole.count, by: 5) {
            var changed = whole
            changed[offset] ^= 0x11
            if let read = try? RateFileReader.read(changed, today: ReferenceCalendar.day(at: Self.now)) {
                #expect(read == file, "changed at \(offset)")
            } else {
                refused += 1
            }
        }
        #expect(refused > whole.count / 5 * 9 / 10)
    }

    @Test func `a bomb is refused by the size that it tells, and one that lies does not unpack`() throws {
        var bomb = try example("eurofxref-hist.zip")
        let directory = try #require(bomb.firstRange(of: [0x50, 0x4B, 0x01, 0x02])?.lowerBound)
        for (size, words) in [(UInt32(3 << 30), "bytes"), (100_000, "damaged"), (10, "damaged")] {
            for byte in 0..<4 { bomb[directory + 24 + byte] = UInt8(truncatingIfNeeded: size >> (8 * UInt32(byte))) }
            #expect(fault(bomb)?.message.english.contains(words) == true, "\(size)")
        }
    }

    @Test func `a file beyond the limit is not read`() {
        #expect(fault([UInt8](repeating: 0x20, count: RateFileReader.limit + 1))?.rule == "CUR-SRC-004")
    }

    // MARK: The store

    private func workspace(_ folder: TemporaryFolder) throws -> Workspace { try Workspace(path: folder.path + "/w") }

    private func bring(_ name: String, into workspace: Workspace, replacing: Bool = false) throws -> RateImport {
        try workspace.importRates(
            try example(name), name: "some/folder/" + name, replacing: replacing, by: "tester", at: Self.now
        )
    }

    private func convert(_ workspace: Workspace, _ from: String, on date: String) throws -> CurrencyConversion {
        try workspace.convert(
            ConversionRequest(
                amount: ExactDecimal(units: 100_00, decimals: 2), from: from, to: "EUR", operation: .general,
                date: try day(date), at: Self.now, by: "tester", engine: "test"
            )
        ).get()
    }

    @Test func `importing twice changes nothing, and other files add only what is new`() throws {
        let folder = try TemporaryFolder()
        let workspace = try workspace(folder)
        let first = try bring("eurofxref-hist-90d.xml", into: workspace)
        #expect(first.storage.added == first.file?.rateCount)
        let again = try bring("eurofxref-hist-90d.xml", into: workspace)
        #expect(again.wasKnown)
        #expect(again.storage.added == 0)
        let history = try bring("eurofxref-hist.csv", into: workspace)
        #expect(history.storage.known == first.file?.rateCount)
        #expect(history.storage.contradictions == [])
        let zipped = try bring("eurofxref-hist.zip", into: workspace)
        #expect(zipped.storage.added == 0)
        #expect(zipped.storage.replaced == 0)
        let (files, counts) = try workspace.store.read { (try $0.rateFiles(), try $0.rateCounts()) }
        #expect(files.map(\.name) == ["eurofxref-hist-90d.xml", "eurofxref-hist.csv", "eurofxref-hist.zip"])
        #expect(counts.days == 82)
        #expect(counts.disputed == 0)
        // The file that brought a rate first is its source, with digest and time.
        let source = try convert(workspace, "CHF", on: "2026-03-02").record.rates[0].file
        #expect(source?.file == "eurofxref-hist-90d.xml")
        #expect(source?.sha256 == first.digest)
        #expect(source?.importedAt == Self.now.description)
        #expect(try convert(workspace, "CHF", on: "2026-01-05").record.rates[0].file?.file == "eurofxref-hist.csv")
    }

    @Test func `a contradiction is told, stops conversions that need it, and is settled by a person`() throws {
        let folder = try TemporaryFolder()
        let workspace = try workspace(folder)
        _ = try bring("eurofxref-daily.xml", into: workspace)
        let other = try bring("eurofxref-daily-other-sek.xml", into: workspace)
        #expect(other.storage.contradictions.map(\.currency) == ["SEK"])
        #expect(other.findings.map(\.rule) == ["CUR-SRC-005"])
        #expect(throws: CurrencyRefusal.self) { try convert(workspace, "SEK", on: "2026-04-14") }
        #expect(try convert(workspace, "CHF", on: "2026-04-14").result.description == "105.27")
        #expect(try workspace.store.read { try $0.rateCounts() }.disputed == 1)

        let settled = try bring("eurofxref-daily-other-sek.xml", into: workspace, replacing: true)
        #expect(settled.storage.replaced == 1)
        #expect(try convert(workspace, "SEK", on: "2026-04-14").record.rates[0].rate == "11.5000")
        // The other one is still there, and may be preferred again.
        let stored = try workspace.store.read { try $0.rates(on: try day("2026-04-14")) }.filter {
            $0.currency == "SEK"
        }
        #expect(stored.map(\.replacedBy) == ["eurofxref-daily-other-sek.xml", nil])
        _ = try bring("eurofxref-daily.xml", into: workspace, replacing: true)
        #expect(try convert(workspace, "SEK", on: "2026-04-14").record.rates[0].rate == "11.1000")
        #expect(try workspace.store.read { try $0.rateCounts() }.disputed == 0)
        // Importing the refused file once more neither disputes the decision nor passes it over in silence.
        let history = try bring("eurofxref-hist.csv", into: workspace)
        #expect(history.storage.contradictions == [])
    }

    @Test func `a faulty file changes nothing`() throws {
        let folder = try TemporaryFolder()
        let workspace = try workspace(folder)
        let text = String(decoding: try example("eurofxref-hist.csv"), as: UTF8.self)
        let broken = Array(text.replacing("2025-12-15,1.1285", with: "2025-12-15,1,1285").utf8)
        let outcome = try workspace.importRates(broken, name: "x.csv", replacing: false, by: "tester", at: Self.now)
        #expect(outcome.isRefused)
        #expect(outcome.findings.map { $0.position?.line } == [83])
        #expect(try workspace.store.read { try $0.rateFiles() } == [])
    }

    @Test func `a day that moved much against the stored day before is told`() throws {
        let folder = try TemporaryFolder()
        let workspace = try workspace(folder)
        _ = try bring("eurofxref-daily.xml", into: workspace)
        let text = "Date, USD, \n15 April 2026, 2.0000, \n"
        let outcome = try workspace.importRates(
            Array(text.utf8), name: "eurofxref.csv", replacing: false, by: "tester", at: Self.now
        )
        #expect(outcome.findings.map(\.rule) == ["CUR-SRC-006"])
        #expect(!outcome.isRefused)
    }
}

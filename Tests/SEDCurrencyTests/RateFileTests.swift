// SPDX-License-Identifier: EUPL-1.2

import SEDCore
import SEDCurrency
import Testing

struct RateFileTests {
    private func read(_ text: String) throws(RateFileFinding) -> RateFile {
        guard let today = CivilDate(parsing: "2026-11-21") else { preconditionFailure("a day") }
        return try RateFile(csv: Array(text.utf8), today: today)
    }

    private func fault(_ text: String) -> RateFileFinding? {
        do {
            _ = try read(text)
            return nil
        } catch {
            return error
        }
    }

    @Test func `the history as the ECB publishes it, newest first and with a comma at each end`() throws {
        let file = try read("Date,USD,RUB,\n2026-10-30,1.1172,N/A,\n2026-10-29,1.113,,\n2022-03-01,1.1162,117.201,\n")
        #expect(file.form == .history)
        #expect(file.days.map(\.date.description) == ["2026-10-30", "2026-10-29", "2022-03-01"])
        #expect(file.days.map { $0.rates.map(\.currency) } == [["USD"], ["USD"], ["USD", "RUB"]])
        #expect(file.days[0].rates[0].text == "1.1172")
        #expect(file.days[1].position == TextPosition(line: 3, column: 1))
        #expect(file.rateCount == 4)
        #expect(file.firstDay.description == "2022-03-01")
    }

    @Test func `the daily file as the ECB publishes it, with blanks and the month in words`() throws {
        let file = try read("\u{FEFF}Date, USD, JPY, \r\n30 October 2026, 1.1172, 175.68, \r\n")
        #expect(file.form == .daily)
        #expect(file.lastDay.description == "2026-10-30")
        #expect(file.days[0].rates.map(\.text) == ["1.1172", "175.68"])
    }

    @Test(arguments: [
        ("", "CUR-SRC-004", 1, 1), ("<html>", "CUR-SRC-004", 1, 1), ("Date\n", "CUR-SRC-004", 1, 1),
        ("Datum,USD\n2026-10-30,1.1\n", "CUR-SRC-004", 1, 1),
        ("Date,USD,\n2026-10-30,1.1,2\n", "CUR-SRC-004", 2, 1), ("Date,USD,\n2026-10-30,\n", "CUR-SRC-004", 2, 1),
        ("Date,USD,\n2026-02-30,1.1,\n", "CUR-SRC-004", 2, 1),
        ("Date,USD,\n30 Oktober 2026,1.1,\n", "CUR-SRC-004", 2, 1),
        ("Date,USD,\n1998-12-31,1.1,\n", "CUR-SRC-004", 2, 1),
        ("Date,USD,\n2026-10-30,1.1,\n2026-10-30,1.1,\n", "CUR-SRC-004", 3, 1),
        ("Date,USD,USD,\n2026-10-30,1.1,1.1,\n", "CUR-SRC-004", 2, 16),
        ("Date,usd,\n2026-10-30,1.1,\n", "CUR-SRC-004", 1, 6),
        ("Date,EUR,\n2026-10-30,1,\n", "CUR-SRC-004", 2, 12), ("Date,USD,\n2026-10-30,N/A,\n", "CUR-SRC-002", 2, 1),
        ("Date,USD,\n2026-10-30,0,\n", "CUR-SRC-006", 2, 12), ("Date,USD,\n2026-10-30,-1.1,\n", "CUR-SRC-006", 2, 12),
        ("Date,USD,\n2026-10-30,1e3,\n", "CUR-SRC-006", 2, 12), ("Date,USD,\n2026-10-30,1.,\n", "CUR-SRC-006", 2, 12),
        ("Date,USD,\n2026-10-30,n/a,\n", "CUR-SRC-006", 2, 12), ("Date,USD,\n2026-10-30,NaN,\n", "CUR-SRC-006", 2, 12),
        ("Date,USD,\n2026-10-30,1234567890123,\n", "CUR-SRC-006", 2, 12),
        ("Date,USD,\n2026-10-30,\"1.1\",\n", "CUR-SRC-006", 2, 12),
        ("Date,USD,\n2026-10-30,\u{0}1.1,\n", "CUR-SRC-004", 2, 12),
        ("Date,USD,\n2026-10-30,1.1\u{660},\n", "CUR-SRC-004", 2, 15),
    ])
    func `a faulty file is refused with rule and place`(text: String, rule: String, line: Int, column: Int) throws {
        let found = try #require(fault(text))
        #expect(found.rule.text == rule)
        #expect(found.position == TextPosition(line: line, column: column))
        #expect(found.severity == .error)
        #expect(!found.message.english.isEmpty && found.message.english != found.message.estonian)
    }

    @Test func `lines and cells without end are refused early`() throws {
        #expect(fault("Date" + String(repeating: ",A", count: 100_000))?.rule == "CUR-SRC-004")
        #expect(fault("Date,USD\n2026-10-30," + String(repeating: "1", count: 100_000))?.rule == "CUR-SRC-004")
        #expect(fault(String(repeating: "\n", count: 100_000))?.rule == "CUR-SRC-004")
    }

    @Test func `jumps, closing days and days to come are told and do not refuse the file`() throws {
        let file = try read(
            "Date,USD,SEK,\n2026-11-23,1.0,10,\n2026-10-31,1.0,10,\n2026-10-30,1.0,8.3,\n2026-10-29,1.2,8.3,\n")
        let words = file.warnings.map { "\($0.rule) \($0.position?.line ?? 0)" }
        #expect(words == ["CUR-90-006 2", "CUR-SRC-004 3", "CUR-SRC-006 3"])
        #expect(file.warnings.allSatisfy { $0.severity == .warning })
        // 1.2 to 1.0 is less than 20 per cent, 8.3 to 10 is more.
        #expect(file.warnings[2].message.english.contains("SEK"))
    }

    @Test(arguments: [(1, RateFile.Form.daily), (2, .ninetyDays), (64, .ninetyDays), (80, .history)])
    func `the form follows from the days`(count: Int, form: RateFile.Form) throws {
        var day = try #require(CivilDate(parsing: "2026-10-30"))
        var text = "Date,USD,\n"
        for _ in 0..<count {
            text += "\(day),1.1,\n"
            repeat { day = day.adding(days: -1) } while !ReferenceCalendar.hasRates(day)
        }
        #expect(try read(text).form == form)
    }
}

// SPDX-License-Identifier: EUPL-1.2

import SEDCore
import Testing

struct TimeTests {
    @Test func `days count from 1970 and back`() throws {
        for (text, days) in [("1970-01-01", 0), ("2000-02-29", 11_016), ("2026-11-21", 20_778), ("1969-12-31", -1)] {
            let date = CivilDate(daysSinceEpoch: days)
            #expect(date.description == text)
            #expect(date.daysSinceEpoch == days)
        }
    }

    @Test func `a day that the month does not have is no date`() {
        #expect(CivilDate(year: 2026, month: 2, day: 29) == nil)
        #expect(CivilDate(year: 2024, month: 2, day: 29) != nil)
        #expect(CivilDate(year: 2100, month: 2, day: 29) == nil)
        #expect(CivilDate(year: 2026, month: 13, day: 1) == nil)
    }

    /// Source: Regulation (EEC, Euratom) No 1182/71, Article 3(2)(c).
    @Test(arguments: [
        ("2026-01-31", 1, "2026-02-28"), ("2024-01-31", 1, "2024-02-29"), ("2026-03-15", 2, "2026-05-15"),
        ("2026-12-31", 2, "2027-02-28"), ("2026-03-31", -1, "2026-02-28"),
    ])
    func `a month later is the same day or the last one`(start: String, months: Int, end: String) throws {
        let date = try #require(Instant(parsing: start + "T00:00:00Z")).date
        #expect(date.adding(months: months).description == end)
    }

    @Test(arguments: [
        ("2026-01-15T10:20:30Z", "2026-01-15T10:20:30.000Z"),
        ("2026-01-15T10:20:30.5Z", "2026-01-15T10:20:30.500Z"),
        ("2026-01-15T10:20:30.123456Z", "2026-01-15T10:20:30.123Z"),
        ("2026-01-15T00:20:30+02:00", "2026-01-14T22:20:30.000Z"),
        ("2026-01-15T23:20:30-02:30", "2026-01-16T01:50:30.000Z"),
    ])
    func `a moment is read with its zone`(text: String, expected: String) {
        #expect(Instant(parsing: text)?.description == expected)
    }

    @Test(arguments: ["2026-01-15", "2026-01-15T10:20:30", "2026-02-30T10:20:30Z", "2026-01-15T24:00:00Z", ""])
    func `other texts are no moments`(text: String) {
        #expect(Instant(parsing: text) == nil)
    }

    @Test func `moments before 1970 keep their day`() {
        let instant = Instant(millisecondsSinceEpoch: -1)
        #expect(instant.description == "1969-12-31T23:59:59.999Z")
    }
}

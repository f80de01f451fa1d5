// SPDX-License-Identifier: EUPL-1.2

import SEDCore
import SEDCurrency
import Testing

struct ReferenceCalendarTests {
    @Test(arguments: [
        ("1999-01-04", true), ("1999-01-01", false), ("1998-12-31", false), ("1999-04-02", true), ("1999-04-05", true),
        ("1999-12-31", false), ("2000-04-21", false), ("2000-04-24", false), ("2001-12-31", false),
        ("2002-12-31", true),
        ("2024-03-28", true), ("2024-03-29", false), ("2024-04-01", false), ("2024-05-01", false), ("2024-12-24", true),
        ("2024-12-25", false), ("2024-12-26", false), ("2025-01-01", false), ("2026-10-31", false),
        ("2026-11-01", false), ("2026-11-02", true),
    ])
    func `rates are due on every day but the closing days of TARGET, as the ECB's history has them`(
        text: String, isDue: Bool
    ) throws {
        #expect(ReferenceCalendar.hasRates(try day(text)) == isDue)
    }

    @Test(arguments: [
        ("2026-01-15", "2026-01-15T15:00:00.000Z"), ("2026-07-15", "2026-07-15T14:00:00.000Z"),
        ("2026-03-27", "2026-03-27T15:00:00.000Z"), ("2026-03-30", "2026-03-30T14:00:00.000Z"),
        ("2026-10-23", "2026-10-23T14:00:00.000Z"), ("2026-10-26", "2026-10-26T15:00:00.000Z"),
    ])
    func `rates come out at 16 in Frankfurt, ECB`(text: String, instant: String) throws {
        #expect(ReferenceCalendar.publication(of: try day(text)).description == instant)
    }

    @Test(arguments: [
        ("2026-01-15T22:59:59Z", "2026-01-15"), ("2026-01-15T23:00:00Z", "2026-01-16"),
        ("2026-07-15T21:59:59Z", "2026-07-15"), ("2026-07-15T22:00:00Z", "2026-07-16"),
    ])
    func `the day is that of Frankfurt`(instant: String, expected: String) throws {
        #expect(ReferenceCalendar.day(at: try moment(instant)).description == expected)
    }
}

func day(_ text: String) throws -> CivilDate { try #require(CivilDate(parsing: text)) }

func moment(_ text: String) throws -> Instant { try #require(Instant(parsing: text)) }

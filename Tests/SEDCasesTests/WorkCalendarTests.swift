// SPDX-License-Identifier: EUPL-1.2

import SEDCases
import SEDCore
import Testing

struct WorkCalendarTests {
    /// Known Easter Sundays, from tables and not from the algorithm that is tested.
    @Test(arguments: [
        "1598-03-22", "1693-03-22", "1700-04-11", "1761-03-22", "1818-03-22", "1886-04-25", "1900-04-15",
        "1913-03-23", "1943-04-25", "1954-04-18", "1981-04-19", "1999-04-04", "2000-04-23", "2001-04-15",
        "2002-03-31", "2003-04-20", "2004-04-11", "2005-03-27", "2006-04-16", "2007-04-08", "2008-03-23",
        "2009-04-12", "2010-04-04", "2011-04-24", "2012-04-08", "2013-03-31", "2014-04-20", "2015-04-05",
        "2016-03-27", "2017-04-16", "2018-04-01", "2019-04-21", "2020-04-12", "2021-04-04", "2022-04-17",
        "2023-04-09", "2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28", "2028-04-16", "2029-04-01",
        "2030-04-21", "2031-04-13", "2032-03-28", "2033-04-17", "2034-04-09", "2035-03-25", "2036-04-13",
        "2037-04-05", "2038-04-25", "2039-04-10", "2040-04-01", "2049-04-18", "2076-04-19", "2100-03-28",
        "2285-03-22", "2299-04-16",
    ])
    func `Easter is where the tables have it`(day: String) throws {
        let easter = try #require(CivilDate(parsing: day))
        #expect(WorkCalendar.easterSunday(of: easter.year) == easter)
        #expect(easter.weekday == 7)
    }

    @Test func `a day of rest is one whether it is looked up or computed`() throws {
        let name = BilingualText("a", "a")
        let calendar = WorkCalendar(
            country: "EE",
            holidays: [
                .init(name: name, rule: .fixed(month: 2, day: 29)), .init(name: name, rule: .easter(-2)),
                .init(name: name, rule: .orthodoxEaster(1)),
                .init(name: name, rule: .weekday(6, month: 12, day: 28)),
                .init(name: name, rule: .weekday(3, month: 12, day: 30), from: CivilDate(parsing: "2030-01-01")),
            ]
        )
        let first = try #require(CivilDate(parsing: "1999-01-01"))
        var rests = 0
        for number in 0..<(64 * 366) {
            let date = first.adding(days: number)
            let isWorking = date.weekday <= 5 && calendar.holiday(on: date) == nil
            if calendar.isWorkingDay(date) != isWorking { Issue.record("\(date)") }
            if !isWorking, date.weekday <= 5 { rests += 1 }
        }
        #expect(rests > 64 * 2)
    }

    /// Known Easter Sundays of the Eastern churches, in the Gregorian calendar.
    @Test(arguments: [
        "1900-04-22", "1999-04-11", "2000-04-30", "2010-04-04", "2011-04-24", "2012-04-15", "2013-05-05",
        "2014-04-20", "2015-04-12", "2016-05-01", "2017-04-16", "2018-04-08", "2019-04-28", "2020-04-19",
        "2021-05-02", "2022-04-24", "2023-04-16", "2024-05-05", "2025-04-20", "2026-04-12", "2027-05-02",
        "2028-04-16", "2030-04-28", "2035-04-29", "2099-04-12",
    ])
    func `the Easter of the Eastern churches is where the tables have it`(day: String) throws {
        let easter = try #require(CivilDate(parsing: day))
        #expect(WorkCalendar.orthodoxEasterSunday(of: easter.year) == easter)
    }

    @Test(arguments: [
        ("2026-11-21", 6), ("1970-01-01", 4), ("1969-12-31", 3), ("2000-02-29", 2), ("1900-01-01", 1),
        ("2024-03-31", 7),
    ])
    func `days of the week`(day: String, weekday: Int) throws {
        let date = try #require(CivilDate(parsing: day))
        #expect(date.weekday == weekday)
    }

    private func holiday(_ rule: WorkCalendar.Rule, from: String? = nil, to: String? = nil) -> WorkCalendar.Holiday {
        WorkCalendar.Holiday(
            name: BilingualText("x", "x"), rule: rule,
            from: from.flatMap { CivilDate(parsing: $0) }, to: to.flatMap { CivilDate(parsing: $0) }
        )
    }

    @Test func `a holiday holds from its first to its last day`() throws {
        let holiday = holiday(.fixed(month: 12, day: 24), from: "2005-05-20", to: "2010-12-24")
        #expect(
            (2004...2011).map { holiday.day(in: $0) != nil } == [false] + Array(repeating: true, count: 6) + [false])
        #expect(self.holiday(.fixed(month: 2, day: 29)).day(in: 2027) == nil)
        #expect(self.holiday(.fixed(month: 2, day: 29)).day(in: 2028)?.description == "2028-02-29")
    }

    /// The first Monday of May in the United Kingdom, midsummer in Finland, the last Monday of August.
    @Test(arguments: [
        (1, 5, 1, 2026, "2026-05-04"), (6, 6, 20, 2026, "2026-06-20"), (1, 8, 25, 2026, "2026-08-31"),
        (5, 1, 1, 2027, "2027-01-01"), (1, 12, 28, 2025, "2025-12-29"),
    ])
    func `a day of the week on or after a day`(weekday: Int, month: Int, day: Int, year: Int, expected: String) {
        #expect(holiday(.weekday(weekday, month: month, day: day)).day(in: year)?.description == expected)
    }

    @Test func `a holiday that is counted from the end of a year may lie in the next one`() throws {
        let calendar = WorkCalendar(country: "XX", holidays: [holiday(.weekday(5, month: 12, day: 28))])
        // 2026-01-02 is the first Friday on or after 2025-12-28.
        let friday = try #require(CivilDate(parsing: "2026-01-02"))
        #expect(!calendar.isWorkingDay(friday))
        #expect(calendar.isWorkingDay(friday.adding(days: -1)))
    }

    @Test(arguments: [("2026-05-01", "2026-05-01"), ("2026-05-02", "2026-05-04"), ("2026-05-03", "2026-05-04")])
    func `without holidays only weekends are days of rest`(day: String, expected: String) throws {
        let day = try #require(CivilDate(parsing: day))
        #expect(WorkCalendar.weekends.movedToWorkingDay(day).description == expected)
    }
}

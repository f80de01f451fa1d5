// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// On which days the European Central Bank publishes reference rates, and from when on they are there.
///
/// Every working day except the closing days of TARGET, around 16:00 in Frankfurt. The closing days were compared with
/// the ECB's history from 1999-01-04 to 2026-10-30, which has rates on exactly the other days.
package enum ReferenceCalendar {
    /// The first day with reference rates.
    package static let firstDay = CivilDate(daysSinceEpoch: 10_595)

    /// Whether rates are due on a day.
    package static func hasRates(_ day: CivilDate) -> Bool {
        guard day >= firstDay, weekday(of: day) < 5 else { return false }
        switch (day.month, day.day) {
        case (1, 1), (12, 25): return false
        case (12, 31) where day.year == 1999 || day.year == 2001: return false
        default: break
        }
        // TARGET closed on these days from its second year on.
        guard day.year >= 2000 else { return true }
        switch (day.month, day.day) {
        case (5, 1), (12, 26): return false
        default: break
        }
        let easter = easterSunday(of: day.year)
        return day != easter.adding(days: -2) && day != easter.adding(days: 1)
    }

    /// When the rates of a day come out: 16:00 in Frankfurt, in summer time 14:00 UTC.
    package static func publication(of day: CivilDate) -> Instant {
        let noon = Instant(startOf: day).adding(seconds: 12 * 3_600)
        return Instant(startOf: day).adding(seconds: (16 - hoursAhead(at: noon)) * 3_600)
    }

    /// The day in Frankfurt.
    package static func day(at instant: Instant) -> CivilDate {
        instant.adding(seconds: hoursAhead(at: instant) * 3_600).date
    }

    /// How many hours Frankfurt is ahead of UTC: 2 from the last Sunday of March to the last of October, at 01:00 UTC.
    ///
    /// Source: Directive 2000/84/EC; the same days held from 1996 on.
    private static func hoursAhead(at instant: Instant) -> Int {
        let year = instant.date.year
        guard let march = CivilDate(year: year, month: 3, day: 31),
            let october = CivilDate(year: year, month: 10, day: 31)
        else { return 1 }
        let begin = Instant(startOf: march.adding(days: -daysSinceSunday(march))).adding(seconds: 3_600)
        let end = Instant(startOf: october.adding(days: -daysSinceSunday(october))).adding(seconds: 3_600)
        return begin <= instant && instant < end ? 2 : 1
    }

    /// 0 is Monday.
    package static func weekday(of day: CivilDate) -> Int {
        let rest = (day.daysSinceEpoch + 3) % 7
        return rest < 0 ? rest + 7 : rest
    }

    private static func daysSinceSunday(_ day: CivilDate) -> Int { (weekday(of: day) + 1) % 7 }

    /// By the anonymous Gregorian algorithm (Meeus, Jones, Butcher).
    static func easterSunday(of year: Int) -> CivilDate {
        let golden = year % 19
        let (century, rest) = (year / 100, year % 100)
        let epact = (19 * golden + century - century / 4 - (century - (century + 8) / 25 + 1) / 3 + 15) % 30
        let sunday = (32 + 2 * (century % 4) + 2 * (rest / 4) - epact - rest % 4) % 7
        let correction = (golden + 11 * epact + 22 * sunday) / 451
        let number = epact + sunday - 7 * correction + 114
        let first = CivilDate(year: year, month: number / 31, day: 1)
        return (first ?? firstDay).adding(days: number % 31)
    }
}

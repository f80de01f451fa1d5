// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// Which days are working days: never a Saturday or a Sunday, and no public holiday of a State.
package struct WorkCalendar: Hashable, Sendable {
    /// How a public holiday finds its day in a year.
    package enum Rule: Hashable, Sendable {
        /// The same day every year; in a year that lacks it (29 February) there is none.
        case fixed(month: Int, day: Int)
        /// Days after Easter Sunday of the Gregorian calendar; negative before it.
        case easter(Int)
        /// Days after Easter Sunday of the Eastern churches, in the Gregorian calendar; negative before it.
        case orthodoxEaster(Int)
        /// The first such day of the week (1 is Monday) on or after a day.
        case weekday(Int, month: Int, day: Int)
    }

    /// A public holiday, as long as it is one.
    package struct Holiday: Hashable, Sendable {
        package let name: BilingualText
        package let rule: Rule
        /// The first day on which the law holds; nil for as long as the calendar goes back.
        package let from: CivilDate?
        /// The last day on which it holds; nil for no end.
        package let to: CivilDate?

        package init(name: BilingualText, rule: Rule, from: CivilDate? = nil, to: CivilDate? = nil) {
            self.name = name
            self.rule = rule
            self.from = from
            self.to = to
        }

        /// The day of the holiday in a year, nil where there is none.
        package func day(in year: Int) -> CivilDate? {
            let found: CivilDate? =
                switch rule {
                case .fixed(let month, let day): CivilDate(year: year, month: month, day: day)
                case .easter(let days): WorkCalendar.easterSunday(of: year).adding(days: days)
                case .orthodoxEaster(let days): WorkCalendar.orthodoxEasterSunday(of: year).adding(days: days)
                case .weekday(let weekday, let month, let day):
                    CivilDate(year: year, month: month, day: day).map {
                        $0.adding(days: (weekday - $0.weekday + 7) % 7)
                    }
                }
            guard let found, from.map({ $0 <= found }) ?? true, to.map({ found <= $0 }) ?? true else { return nil }
            return found
        }
    }

    /// The State, as EESSI writes it; nil where only weekends are known.
    package let country: String?
    package let holidays: [Holiday]
    /// All holidays of the years that cases are about: a long case asks for a day of rest at each of its documents.
    private let known: Set<CivilDate>
    private static let knownYears = 2000...2060

    package init(country: String?, holidays: [Holiday]) {
        self.country = country
        self.holidays = holidays
        known = Set(Self.knownYears.flatMap { year in holidays.compactMap { $0.day(in: year) } })
    }

    /// Nothing but Saturdays and Sundays: where no calendar of the State is there.
    package static let weekends = WorkCalendar(country: nil, holidays: [])

    /// The public holiday on that day, nil on every other day.
    package func holiday(on date: CivilDate) -> Holiday? {
        // A holiday that moves with Easter stays in its year; one that is counted from a day may not.
        holidays.first { holiday in [date.year, date.year - 1].contains { holiday.day(in: $0) == date } }
    }

    package func isWorkingDay(_ date: CivilDate) -> Bool {
        if date.weekday > 5 { return false }
        // A holiday of the year before may fall on the date.
        let isKnown = Self.knownYears.contains(date.year) && Self.knownYears.contains(date.year - 1)
        return isKnown ? !known.contains(date) : holiday(on: date) == nil
    }

    /// The day itself, or the next working day after it.
    ///
    /// Source: Reg. (EEC, Euratom) No 1182/71, Art. 3(4). The counting rules of that regulation are not verified.
    package func movedToWorkingDay(_ date: CivilDate) -> CivilDate {
        var day = date
        // No State has a year of holidays; the bound only keeps a wrong calendar from hanging the program.
        for _ in 0..<366 {
            if isWorkingDay(day) { break }
            day = day.adding(days: 1)
        }
        return day
    }

    // MARK: Easter

    /// Easter Sunday of the Gregorian calendar.
    ///
    /// Source: the anonymous algorithm of 1876 (Meeus, Astronomical Algorithms, chapter 8).
    package static func easterSunday(of year: Int) -> CivilDate {
        let century = year / 100
        let golden = year % 19
        let skipped = century / 4
        let correction = (century - (century + 8) / 25 + 1) / 3
        let epact = (19 * golden + century - skipped - correction + 15) % 30
        let weekday = (32 + 2 * (century % 4) + 2 * (year % 100 / 4) - epact - year % 100 % 4) % 7
        let late = (golden + 11 * epact + 22 * weekday) / 451
        return marchTwentySecond(of: year).adding(days: epact + weekday - 7 * late)
    }

    /// Easter Sunday of the Eastern churches, as a day of the Gregorian calendar.
    ///
    /// Source: Meeus, Astronomical Algorithms, chapter 8, for the Julian calendar.
    package static func orthodoxEasterSunday(of year: Int) -> CivilDate {
        let epact = (19 * (year % 19) + 15) % 30
        let weekday = (2 * (year % 4) + 4 * (year % 7) - epact + 34) % 7
        let julianLag = year / 100 - year / 400 - 2
        return marchTwentySecond(of: year).adding(days: epact + weekday + julianLag)
    }

    /// The earliest Easter.
    private static func marchTwentySecond(of year: Int) -> CivilDate {
        CivilDate(daysSinceEpoch: 0).adding(months: 12 * (year - 1970) + 2).adding(days: 21)
    }
}

// SPDX-License-Identifier: EUPL-1.2

/// A day of the proleptic Gregorian calendar, without time or zone.
package struct CivilDate: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let year: Int
    package let month: Int
    package let day: Int

    /// Fails for a day that the month does not have.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...12).contains(month), (1...Self.days(in: month, of: year)).contains(day) else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// Reads `2026-01-15`, also with a zone behind it, which is dropped: `2026-01-15Z`, `2026-01-15+02:00`.
    package init?(parsing text: String) {
        var year = 0
        var month = 0
        var day = 0
        var count = 0
        // Rules read many dates: nothing is copied.
        for byte in text.utf8 {
            let digit = Int(byte) - 0x30
            switch count {
            case 4, 7: if byte != 0x2D { return nil }
            case 10: if byte != 0x2B, byte != 0x2D, byte != 0x5A || text.utf8.count > 11 { return nil }
            case 13: if byte != 0x3A { return nil }
            case 16...: return nil
            default:
                guard (0...9).contains(digit) else { return nil }
                if count < 4 {
                    year = year * 10 + digit
                } else if count < 7 {
                    month = month * 10 + digit
                } else if count < 10 {
                    day = day * 10 + digit
                }
            }
            count += 1
        }
        // A zone is Z, or a sign with hours and minutes.
        guard count == 10 || count == 11 && text.utf8.last == 0x5A || count == 16 else { return nil }
        guard year > 0 else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// Counts days from 1970-01-01.
    package init(daysSinceEpoch days: Int) {
        // Howard Hinnant's era arithmetic: 146,097 days in 400 years, the year starting in March.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    package var daysSinceEpoch: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The same day some months later, or the last day of that month where it has no such day.
    ///
    /// Source: Reg. (EEC, Euratom) No 1182/71, Art. 3(2)(c).
    package func adding(months: Int) -> CivilDate {
        let index = year * 12 + (month - 1) + months
        let newYear = index >= 0 ? index / 12 : (index - 11) / 12
        let newMonth = index - newYear * 12 + 1
        let newDay = min(day, Self.days(in: newMonth, of: newYear))
        return CivilDate(uncheckedYear: newYear, month: newMonth, day: newDay)
    }

    package func adding(days: Int) -> CivilDate {
        CivilDate(daysSinceEpoch: daysSinceEpoch + days)
    }

    /// 1 is Monday, 7 is Sunday.
    package var weekday: Int {
        // 1970-01-01 was a Thursday.
        let days = (daysSinceEpoch + 3) % 7
        return (days < 0 ? days + 7 : days) + 1
    }

    package var description: String {
        "\(Self.padded(year, to: 4))-\(Self.padded(month, to: 2))-\(Self.padded(day, to: 2))"
    }

    package static func < (left: Self, right: Self) -> Bool { left.daysSinceEpoch < right.daysSinceEpoch }

    static func padded(_ number: Int, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private init(uncheckedYear year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
        default: 31
        }
    }
}

/// A moment in UTC, to the millisecond.
package struct Instant: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let millisecondsSinceEpoch: Int64

    package init(millisecondsSinceEpoch: Int64) {
        self.millisecondsSinceEpoch = millisecondsSinceEpoch
    }

    package init(startOf date: CivilDate) {
        millisecondsSinceEpoch = Int64(date.daysSinceEpoch) * 86_400_000
    }

    /// Reads `2026-01-15T10:20:30Z`, with or without milliseconds or a numeric zone.
    package init?(parsing text: String) {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int? {
            guard range.upperBound <= bytes.count, bytes[range].allSatisfy({ (0x30...0x39).contains($0) })
            else { return nil }
            return Int(String(decoding: bytes[range], as: UTF8.self))
        }
        guard bytes.count >= 20, bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[10] == 0x54, bytes[13] == 0x3A,
            bytes[16] == 0x3A, let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let date = CivilDate(year: year, month: month, day: day), let hour = number(11..<13), hour < 24,
            let minute = number(14..<16), minute < 60, let second = number(17..<19), second < 60
        else { return nil }
        var rest = bytes[19...]
        var milliseconds = 0
        if rest.first == 0x2E {
            let digits = rest.dropFirst().prefix(while: { (0x30...0x39).contains($0) })
            guard !digits.isEmpty else { return nil }
            let three = (digits + [0x30, 0x30]).prefix(3)
            milliseconds = Int(String(decoding: three, as: UTF8.self)) ?? 0
            rest = rest.dropFirst(1 + digits.count)
        }
        var offsetMinutes = 0
        switch rest.first {
        case 0x5A where rest.count == 1:
            break
        case 0x2B where rest.count == 6, 0x2D where rest.count == 6:
            let start = rest.startIndex
            guard bytes[start + 3] == 0x3A, let hours = number(start + 1..<start + 3), hours <= 14,
                let minutes = number(start + 4..<start + 6), minutes < 60
            else { return nil }
            offsetMinutes = (rest.first == 0x2B ? 1 : -1) * (hours * 60 + minutes)
        default:
            return nil
        }
        let seconds = date.daysSinceEpoch * 86_400 + hour * 3_600 + minute * 60 + second - offsetMinutes * 60
        millisecondsSinceEpoch = Int64(seconds) * 1_000 + Int64(milliseconds)
    }

    /// The day in UTC.
    package var date: CivilDate {
        let day = 86_400_000 as Int64
        let quotient = millisecondsSinceEpoch / day
        let floored = millisecondsSinceEpoch < 0 && millisecondsSinceEpoch % day != 0 ? quotient - 1 : quotient
        return CivilDate(daysSinceEpoch: Int(floored))
    }

    package func adding(seconds: Int) -> Instant {
        Instant(millisecondsSinceEpoch: millisecondsSinceEpoch + Int64(seconds) * 1_000)
    }

    package var description: String {
        let rest = Int(millisecondsSinceEpoch - Instant(startOf: date).millisecondsSinceEpoch)
        let clock = [rest / 3_600_000, rest / 60_000 % 60, rest / 1_000 % 60]
            .map { CivilDate.padded($0, to: 2) }.joined(separator: ":")
        return "\(date)T\(clock).\(CivilDate.padded(rest % 1_000, to: 3))Z"
    }

    package static func < (left: Self, right: Self) -> Bool {
        left.millisecondsSinceEpoch < right.millisecondsSinceEpoch
    }
}

// SPDX-License-Identifier: EUPL-1.2

/// A length of time in whole seconds, as people write it: `90s`, `10m`, `24h` or `2d`; at most a hundred years.
package struct TimeSpan: Hashable, Sendable {
    package let seconds: Int

    package init?(parsing text: String) {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int(text.dropLast()), count >= 0 else {
            return nil
        }
        let (seconds, isTooLong) = count.multipliedReportingOverflow(by: unit)
        // A moment further away than that cannot be told as a date.
        if isTooLong || seconds > 100 * 366 * 86_400 { return nil }
        self.seconds = seconds
    }

    package init(seconds: Int) {
        self.seconds = seconds
    }

    /// In the largest unit that gives a whole number of at least one.
    package var text: String {
        for (size, unit) in [(86_400, "d"), (3_600, "h"), (60, "m")] where seconds >= size && seconds % size == 0 {
            return "\(seconds / size)\(unit)"
        }
        return "\(seconds)s"
    }
}

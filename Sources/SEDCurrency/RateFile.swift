// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// A file of reference rates as the European Central Bank publishes it, read and verified.
package struct RateFile: Hashable, Sendable {
    /// Which of the ECB's files it is; the words stand in the record of a conversion.
    package enum Form: String, Hashable, Sendable, Codable {
        case daily = "ECB daily"
        case ninetyDays = "ECB 90 days"
        case history = "ECB hist"
    }

    /// The rates of one day.
    package struct Day: Hashable, Sendable {
        package let date: CivilDate
        package let rates: [ReferenceRate]
        package let position: TextPosition?
    }

    package let form: Form
    /// Newest first.
    package let days: [Day]
    /// What should be looked at before the rates are relied on.
    package let warnings: [RateFileFinding]

    package var firstDay: CivilDate { days[days.count - 1].date }
    package var lastDay: CivilDate { days[0].date }
    package var rateCount: Int { days.reduce(0) { $0 + $1.rates.count } }
}

/// What is wrong with a file of rates, and where.
package struct RateFileFinding: Error, Hashable, Sendable {
    package let rule: RuleID
    package let severity: Severity
    package let position: TextPosition?
    package let message: BilingualText

    package init(_ rule: RuleID, _ severity: Severity = .error, at position: TextPosition?, _ message: BilingualText) {
        self.rule = rule
        self.severity = severity
        self.position = position
        self.message = message
    }
}

/// Collects what a file holds and verifies it on the way, whichever form the file has.
package struct RateFileBuilder: Sendable {
    /// A day of the ECB's history since 1999 needs some 30 rates; files with more than this are no such history.
    private static let mostDays = 50_000
    private static let mostRatesOfDay = 200
    /// Warnings of one kind that are listed.
    private static let mostWarnings = 20
    /// A rate that moves by more than this many per cent from one day to the next is told; `fx.jumpPercent` of the
    /// rules.
    package static let jumpPercent = 20

    private var days: [RateFile.Day] = []
    private var seen: Set<CivilDate> = []
    private var open: (date: CivilDate, position: TextPosition?, rates: [ReferenceRate], codes: Set<String>)?

    package init() {}

    /// Begins a day; `date` is nil where the text is none.
    package mutating func begin(_ date: CivilDate?, at position: TextPosition?) throws(RateFileFinding) {
        close()
        guard let date else {
            throw RateFileFinding(
                .noRateFile, at: position, BilingualText("This is not a day.", "See ei ole kuupäev.")
            )
        }
        guard date >= ReferenceCalendar.firstDay else {
            throw RateFileFinding(
                .noRateFile, at: position,
                BilingualText(
                    "There were no reference rates before \(ReferenceCalendar.firstDay).",
                    "Enne \(ReferenceCalendar.firstDay) viitekursse ei avaldatud."
                )
            )
        }
        guard seen.insert(date).inserted else {
            throw RateFileFinding(
                .noRateFile, at: position,
                BilingualText("The day \(date) stands here twice.", "Päev \(date) esineb failis kaks korda.")
            )
        }
        guard days.count < Self.mostDays else {
            throw RateFileFinding(
                .noRateFile, at: position,
                BilingualText("The file has more than \(Self.mostDays) days.", "Failis on üle \(Self.mostDays) päeva.")
            )
        }
        open = (date, position, [], [])
    }

    /// Adds a rate to the day that was begun; `N/A` and nothing mean that the currency was not quoted.
    package mutating func add(_ currency: String, _ text: String, at position: TextPosition?) throws(RateFileFinding) {
        guard ReferenceRate.isCode(currency), currency != "EUR" else {
            throw RateFileFinding(
                .noRateFile, at: position,
                BilingualText("This is not the code of a quoted currency.", "See ei ole noteeritava vääringu kood.")
            )
        }
        guard open?.codes.insert(currency).inserted == true else {
            throw RateFileFinding(
                .noRateFile, at: position,
                BilingualText("\(currency) stands twice on one day.", "\(currency) esineb ühel päeval kaks korda.")
            )
        }
        // A gap is no number.
        if text.isEmpty || text == "N/A" { return }
        guard let rate = ReferenceRate(currency: currency, text: text) else {
            throw RateFileFinding(
                .implausibleRate, at: position,
                BilingualText(
                    "The rate of \(currency) is not a positive decimal number of at most 12 digits.",
                    "Vääringu \(currency) kurss ei ole kuni 12-kohaline positiivne kümnendarv."
                )
            )
        }
        guard let count = open?.rates.count, count < Self.mostRatesOfDay else {
            throw RateFileFinding(
                .noRateFile, at: position,
                BilingualText(
                    "A day has more than \(Self.mostRatesOfDay) rates.",
                    "Ühel päeval on üle \(Self.mostRatesOfDay) kursi."
                )
            )
        }
        open?.rates.append(rate)
    }

    private mutating func close() {
        guard let day = open else { return }
        days.append(RateFile.Day(date: day.date, rates: day.rates, position: day.position))
        open = nil
    }

    /// The file; `today` is the day in Frankfurt.
    package mutating func finish(today: CivilDate) throws(RateFileFinding) -> RateFile {
        close()
        days.sort { $0.date > $1.date }
        guard let last = days.first, let first = days.last else {
            throw RateFileFinding(
                .noRateFile, at: nil,
                BilingualText("The file holds no day with rates.", "Failis ei ole ühtegi kurssidega päeva.")
            )
        }
        if let empty = days.first(where: \.rates.isEmpty) {
            throw RateFileFinding(
                .rateNotQuoted, at: empty.position,
                BilingualText("The day \(empty.date) has no rate at all.", "Päeval \(empty.date) ei ole ühtegi kurssi.")
            )
        }
        let span = last.date.daysSinceEpoch - first.date.daysSinceEpoch
        // The file of 90 days reaches back 90 calendar days or a little more.
        let form: RateFile.Form = days.count == 1 ? .daily : span <= 100 ? .ninetyDays : .history
        return RateFile(form: form, days: days, warnings: Self.warnings(on: days, today: today))
    }

    // MARK: Warnings

    private static func warnings(on days: [RateFile.Day], today: CivilDate) -> [RateFileFinding] {
        var found: [RateFileFinding] = []
        let early = days.filter { $0.date > today }
        if let day = early.last {
            found.append(
                RateFileFinding(
                    .rateNotOut, .warning, at: day.position,
                    BilingualText(
                        "The rates of \(early.count) day(s) from \(day.date) on are not out yet by this machine's clock.",
                        "Selle arvuti kella järgi ei ole \(early.count) päeva kursid alates \(day.date) veel ilmunud."
                    )
                )
            )
        }
        let closed = days.filter { !ReferenceCalendar.hasRates($0.date) }
        for day in closed.prefix(mostWarnings) {
            found.append(
                RateFileFinding(
                    .noRateFile, .warning, at: day.position,
                    BilingualText(
                        "\(day.date) is a closing day, on which no rates are published.",
                        "\(day.date) on puhkepäev, mil kursse ei avaldata."
                    )
                )
            )
        }
        var jumps = 0
        for (later, earlier) in zip(days, days.dropFirst()) {
            let before = Dictionary(
                earlier.rates.map { ($0.currency, $0.value) }, uniquingKeysWith: { first, _ in first })
            for rate in later.rates {
                guard let old = before[rate.currency], hasJumped(from: old, to: rate.value) else { continue }
                jumps += 1
                if jumps <= mostWarnings {
                    found.append(jump(of: rate.currency, from: earlier.date, to: later.date, at: later.position))
                }
            }
        }
        return found
    }

    /// Whether a rate moved by more than ``jumpPercent`` of what it was.
    package static func hasJumped(from old: ExactDecimal, to new: ExactDecimal) -> Bool {
        guard let change = new.adding(old.negated())?.magnitude().multiplied(by: 100),
            let limit = old.multiplied(by: jumpPercent), let order = change.compared(to: limit)
        else { return true }
        return order > 0
    }

    /// The warning about such a rate.
    package static func jump(
        of currency: String,
        from earlier: CivilDate,
        to later: CivilDate,
        at position: TextPosition?
    ) -> RateFileFinding {
        RateFileFinding(
            .implausibleRate, .warning, at: position,
            BilingualText(
                "The rate of \(currency) moved by more than \(jumpPercent) per cent from \(earlier) to \(later). Check it.",
                "Vääringu \(currency) kurss muutus \(earlier) ja \(later) vahel üle \(jumpPercent) protsendi. Kontrollige."
            )
        )
    }
}

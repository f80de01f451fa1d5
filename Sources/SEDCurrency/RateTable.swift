// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// Where a rate comes from.
package struct RateSource: Hashable, Sendable, Codable {
    /// The name of the file, without its folder.
    package let file: String
    package let form: RateFile.Form
    /// SHA-256 of the file as it was given, 64 hexadecimal digits.
    package let sha256: String
    /// When it was read, as `2026-11-02T16:20:00.000Z`.
    package let importedAt: String

    package init(file: String, form: RateFile.Form, sha256: String, importedAt: Instant) {
        self.file = file
        self.form = form
        self.sha256 = sha256
        self.importedAt = importedAt.description
    }
}

/// The published rates that a conversion may use, with their sources.
package struct RateTable: Sendable {
    /// A rate with its source.
    package struct Entry: Hashable, Sendable {
        package let rate: ReferenceRate
        package let source: RateSource

        package init(rate: ReferenceRate, source: RateSource) {
            self.rate = rate
            self.source = source
        }
    }

    /// By day and currency; more than one where sources differ.
    private var entries: [CivilDate: [String: [Entry]]] = [:]
    /// Days that one file spans: what is missing in between was not published.
    private var spans: [ClosedRange<CivilDate>] = []
    /// The newest day with rates that is known, even if they are not in this table.
    package private(set) var newestDay: CivilDate?
    /// The oldest.
    package private(set) var oldestDay: CivilDate?

    package init() {}

    /// Adds one rate; an equal one of another source changes nothing.
    package mutating func add(_ entry: Entry, on day: CivilDate) {
        note(day: day)
        let known = entries[day]?[entry.rate.currency] ?? []
        guard !known.contains(where: { $0.rate.value == entry.rate.value }) else { return }
        entries[day, default: [:]][entry.rate.currency, default: []].append(entry)
    }

    /// Notes that a day has rates, even if none of them is added.
    package mutating func note(day: CivilDate) {
        if entries[day] == nil { entries[day] = [:] }
        note(newest: day, oldest: day)
    }

    package mutating func note(newest: CivilDate, oldest: CivilDate) {
        newestDay = max(newestDay ?? newest, newest)
        oldestDay = min(oldestDay ?? oldest, oldest)
    }

    package mutating func add(span: ClosedRange<CivilDate>) {
        if !spans.contains(span) { spans.append(span) }
    }

    /// Adds all of a file.
    package mutating func add(_ file: RateFile, from source: RateSource) {
        for day in file.days {
            for rate in day.rates { add(Entry(rate: rate, source: source), on: day.date) }
        }
        if file.form != .daily { add(span: file.firstDay...file.lastDay) }
    }

    package func hasRates(on day: CivilDate) -> Bool { entries[day] != nil }

    package func entries(of currency: String, on day: CivilDate) -> [Entry] { entries[day]?[currency] ?? [] }

    /// How many days before and after a day its conversions may ask for.
    package static let reach = (before: 45, after: 15)

    /// The days with rates that a conversion on a day may ask for, oldest first.
    func days(around day: CivilDate) -> [CivilDate] {
        let reach = day.adding(days: -Self.reach.before)...day.adding(days: Self.reach.after)
        return entries.keys.filter(reach.contains).sorted()
    }

    /// The one rate of a day; nil where there is none, or sources differ.
    package func rate(of currency: String, on day: CivilDate) -> ExactDecimal? {
        let known = entries(of: currency, on: day)
        return known.count == 1 ? known[0].rate.value : nil
    }

    /// Whether a day without rates lies inside of a file, so that none were published.
    package func isSpanned(_ day: CivilDate) -> Bool { spans.contains { $0.contains(day) } }
}

// SPDX-License-Identifier: EUPL-1.2

package import SEDCases
package import SEDCore
package import SEDInspection
internal import Synchronization
internal import Yams

/// The public holidays in `sed-schemas/calendars`, one file a State, each read when it is first asked for.
package final class CalendarLibrary: Sendable {
    private let folder: SchemaFolder
    private let known = Mutex<[String: WorkCalendar]>([:])

    package init(folder: SchemaFolder) {
        self.folder = folder
    }

    /// The States that have a file.
    package func countries() throws -> [String] {
        guard folder.contains("calendars") else { return [] }
        return try folder.names(in: "calendars").filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }
    }

    /// The calendar of the State of an institution; weekends only where there is none.
    package func calendar(of institution: InstitutionID) throws -> WorkCalendar {
        try calendar(of: institution.country)
    }

    /// The calendar of a State, as EESSI writes it; weekends only where there is none.
    package func calendar(of country: String) throws -> WorkCalendar {
        if let calendar = known.withLock({ $0[country] }) { return calendar }
        let file = "calendars/\(country).yaml"
        let calendar = folder.contains(file) ? try read(file, of: country) : .weekends
        known.withLock { $0[country] = calendar }
        return calendar
    }

    private func read(_ file: String, of country: String) throws -> WorkCalendar {
        try Self.parse(String(decoding: try folder.read(file), as: UTF8.self), file: file, country: country)
    }

    // MARK: Parsing

    static func parse(_ text: String, file: String, country: String) throws(ConfigurationError) -> WorkCalendar {
        let reader = YAMLReader(file: file)
        var holidays: [WorkCalendar.Holiday] = []
        if let root = reader.root(of: text) {
            let entries = reader.entries(root, known: ["country", "title", "reference", "verified", "holidays"])
            _ = reader.required("country", in: entries, of: root).flatMap {
                reader.value($0, "\(country), as the file is named") { $0 == country ? $0 : nil }
            }
            _ = reader.required("title", in: entries, of: root).flatMap(reader.bilingual)
            _ = reader.required("reference", in: entries, of: root).flatMap(reader.text)
            _ = reader.required("verified", in: entries, of: root).flatMap(reader.flag)
            holidays = (reader.required("holidays", in: entries, of: root).map(reader.list) ?? [])
                .compactMap { holiday($0, with: reader) }
        }
        try reader.finish()
        return WorkCalendar(country: country, holidays: holidays)
    }

    private static func holiday(_ node: Node, with reader: YAMLReader) -> WorkCalendar.Holiday? {
        let entries = reader.entries(
            node, known: ["name", "day", "easter", "orthodoxEaster", "weekday", "onOrAfter", "from", "to"]
        )
        let rules = ["day", "easter", "orthodoxEaster", "weekday"].filter { entries[$0] != nil }
        guard rules.count == 1, let key = rules.first, let value = entries[key] else {
            reader.fail(node, "a holiday needs exactly one of day, easter, orthodoxEaster, weekday")
            return nil
        }
        if key != "weekday", let node = entries["onOrAfter"] { reader.fail(node, "onOrAfter goes with weekday") }
        let rule: WorkCalendar.Rule?
        switch key {
        case "day": rule = monthDay(value, with: reader).map { .fixed(month: $0.month, day: $0.day) }
        case "easter": rule = days(value, with: reader).map { .easter($0) }
        case "orthodoxEaster": rule = days(value, with: reader).map { .orthodoxEaster($0) }
        default:
            let weekday = reader.value(value, "\(weekdays.joined(separator: ", "))") { weekdays.firstIndex(of: $0) }
            let start = reader.required("onOrAfter", in: entries, of: node).flatMap { monthDay($0, with: reader) }
            rule = weekday.flatMap { index in
                start.map { .weekday(index + 1, month: $0.month, day: $0.day) }
            }
        }
        func date(_ key: String) -> CivilDate? {
            entries[key].flatMap {
                reader.value($0, "a date such as 2005-05-20") { $0.utf8.count == 10 ? CivilDate(parsing: $0) : nil }
            }
        }
        guard let rule, let name = reader.required("name", in: entries, of: node).flatMap(reader.bilingual)
        else { return nil }
        return WorkCalendar.Holiday(name: name, rule: rule, from: date("from"), to: date("to"))
    }

    private static let weekdays = [
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    ]

    private static func days(_ node: Node, with reader: YAMLReader) -> Int? {
        reader.value(node, "a number of days from -100 to 100") { text in
            Int(text).flatMap { (-100...100).contains($0) ? $0 : nil }
        }
    }

    /// Reads `02-24`; a leap year knows 29 February.
    private static func monthDay(_ node: Node, with reader: YAMLReader) -> (month: Int, day: Int)? {
        reader.value(node, "month and day such as 02-24") { text in
            text.utf8.count == 5 ? CivilDate(parsing: "2000-" + text).map { ($0.month, $0.day) } : nil
        }
    }
}

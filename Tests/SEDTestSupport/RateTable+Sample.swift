// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
package import SEDCurrency

extension RateTable {
    package struct SampleFault: Error {
        package let line: String
    }

    package static let sampleSource = RateSource(
        file: "eurofxref-hist.zip", form: .history, sha256: String(repeating: "ab", count: 32),
        importedAt: Instant(millisecondsSinceEpoch: 1_700_000_000_000))

    /// A table of lines such as `2026-03-02 CHF=0.9 SEK=11`; all of it is one history.
    package init(sample lines: [String]) throws {
        self.init()
        var days: [CivilDate] = []
        for line in lines {
            let parts = line.split(separator: " ").map(String.init)
            guard let day = parts.first.flatMap({ CivilDate(parsing: $0) }) else { throw SampleFault(line: line) }
            days.append(day)
            note(day: day)
            for part in parts.dropFirst() {
                let pair = part.split(separator: "=").map(String.init)
                guard pair.count == 2, let rate = ReferenceRate(currency: pair[0], text: pair[1]) else {
                    throw SampleFault(line: line)
                }
                add(Entry(rate: rate, source: Self.sampleSource), on: day)
            }
        }
        if let first = days.min(), let last = days.max(), first < last { add(span: first...last) }
    }

    /// The same of lines with a semicolon between them, as the examples of the rules have them.
    package init(sample text: String) throws {
        try self.init(sample: text.split(separator: ";").map(String.init))
    }
}

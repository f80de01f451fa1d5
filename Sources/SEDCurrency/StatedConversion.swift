// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// Finds the published rates of some currencies around a day; nil where they cannot be read.
package typealias RateLookup = @Sendable (_ currencies: [String], _ day: CivilDate) -> RateTable?

/// An amount that somebody else has converted, compared with our own conversion.
package struct StatedConversion: Sendable {
    /// What was done wrong, where the amount itself tells it: the very result of the mistake.
    package enum Fault: String, Hashable, Sendable, CaseIterable {
        /// A published rate of another day.
        case rateDate = "rate-date"
        /// The rate of the day on which the request was sent again.
        case movedDate = "moved-date"
        /// No rate was published on the day, and that of the other side of the gap was taken.
        case gapDirection = "gap-direction"
        /// A published rate of a currency that the euro has replaced.
        case floatingRate = "floating-rate"
        /// The fixed rate for a day on which the currency still floated.
        case fixedRate = "fixed-rate"
        /// An amount multiplied with the inverse of a fixed rate, where it is divided by the rate, or the other way round.
        case inverseRate = "inverse-rate"
        /// A fixed rate with fewer than six figures.
        case cutRate = "cut-rate"
        /// Fewer than three decimals in the euro between two former currencies.
        case coarseEuro = "coarse-euro"
        /// Rounded in euro and again in the end.
        case roundedTwice = "rounded-twice"
    }

    /// How many minor units a counterparty may be off; `conversion.warningMinorUnits` of the rules.
    package static let tolerance = 1
    /// So many minor units tell one published rate from another: a rate has five or six figures.
    private static let tellingUnits = 100_000

    private let amount: ExactDecimal
    private let from: String
    private let to: String
    private let operation: OperationKind
    private let date: CivilDate
    private let rates: RateLookup
    private let table: RateTable

    /// Without rates only fixed ones are known.
    ///
    /// `date` is what ``OperationKind/basisDate(for:)`` takes.
    package init(
        of amount: ExactDecimal,
        from: String,
        to: String,
        operation: OperationKind,
        date: CivilDate,
        rates: @escaping RateLookup
    ) {
        self.amount = amount
        self.from = from
        self.to = to
        self.operation = operation
        self.date = date
        self.rates = rates
        table = rates([from, to], operation.basisDate(for: date)) ?? RateTable()
    }

    /// What the law makes of the amount; nil where that is not sure: no rate, a disputed or a provisional one.
    package func conversion() -> CurrencyConversion? {
        // The newest rates that are known tell the time, so that the answer depends on them and on no clock.
        let at = ReferenceCalendar.publication(of: table.newestDay ?? date)
        let request = ConversionRequest(
            amount: amount, from: from, to: to, operation: operation, date: date, at: at, by: "", engine: "")
        guard let made = try? CurrencyConversion(request, rates: table), !made.record.provisional else { return nil }
        return made
    }

    /// What explains an amount that is off by more than the tolerance; nil where nothing does for certain.
    ///
    /// `sentAgain` is the day on which the request was sent again, where it was.
    package func fault(in stated: ExactDecimal, sentAgain: CivilDate? = nil) -> Fault? {
        guard from != to, let right = conversion(), let decimals = Currency.minorUnits(of: to),
            let written = stated.written(withDecimals: decimals),
            let difference = written.adding(right.result.negated()),
            difference.magnitude().units > Self.tolerance
        else { return nil }
        return faultOfFixedRates(in: written, right) ?? faultOfRounding(in: written, right)
            ?? faultOfDay(in: written, right, sentAgain)
    }

    // MARK: The mistakes

    private func faultOfFixedRates(in stated: ExactDecimal, _ right: CurrencyConversion) -> Fault? {
        let basisDate = operation.basisDate(for: date)
        for (place, currency) in [from, to].enumerated() {
            guard let fixed = Currency.fixedRate(of: currency), let value = ExactDecimal(parsing: fixed.rate) else {
                continue
            }
            if basisDate < fixed.since {
                if result(right, replacing: place, by: value) == stated { return .fixedRate }
                continue
            }
            let shorter = (2...5).flatMap { value.shortened(toFigures: $0) }
            if shorter.contains(where: { result(right, replacing: place, by: $0) == stated }) { return .cutRate }
            let inverses = (3...6).flatMap { value.inverses(withFigures: $0) }
            if inverses.contains(where: { result(right, replacing: place, by: $0, inverted: true) == stated }) {
                return .inverseRate
            }
            guard isTelling(stated) else { continue }
            let last = rates([currency], fixed.since)
            for day in last?.days(around: fixed.since) ?? [] where day < fixed.since {
                guard let rate = last?.rate(of: currency, on: day) else { continue }
                if result(right, replacing: place, by: rate) == stated { return .floatingRate }
            }
        }
        return nil
    }

    private func faultOfRounding(in stated: ExactDecimal, _ right: CurrencyConversion) -> Fault? {
        guard from != "EUR", to != "EUR", let divisor = factor(right, 0), let factor = factor(right, 1) else {
            return nil
        }
        let isFixed = right.record.rates.allSatisfy { $0.file == nil }
        for decimals in 0...2 {
            guard let euro = ExactQuotient(amount).divided(by: divisor)?.rounded(toDecimals: decimals) else { continue }
            if rounded(ExactQuotient(euro).multiplied(by: factor)) == stated {
                return isFixed ? .coarseEuro : .roundedTwice
            }
        }
        return nil
    }

    private func faultOfDay(in stated: ExactDecimal, _ right: CurrencyConversion, _ sentAgain: CivilDate?) -> Fault? {
        guard let rightDay = right.record.rateDate, isTelling(stated) else { return nil }
        let basisDate = operation.basisDate(for: date)
        if let sentAgain, sentAgain != date {
            let moved = StatedConversion(
                of: amount, from: from, to: to, operation: operation, date: sentAgain, rates: rates)
            if moved.conversion()?.result == stated { return .movedDate }
        }
        let days = table.days(around: basisDate)
        guard let day = days.first(where: { $0.description != rightDay && result(right, on: $0) == stated }) else {
            return nil
        }
        let isGap = right.record.gapUse == .next || right.record.gapUse == .previous
        let nearest =
            right.record.gapUse == .next
            ? days.last { $0 < basisDate } : days.first { $0 > basisDate }
        return isGap && day == nearest ? .gapDirection : .rateDate
    }

    // MARK: Arithmetic

    private func isTelling(_ stated: ExactDecimal) -> Bool { stated.units >= Self.tellingUnits }

    /// The rate that was used for a side; 1 for the euro.
    private func factor(_ right: CurrencyConversion, _ place: Int) -> ExactDecimal? {
        let currency = place == 0 ? from : to
        if currency == "EUR" { return ExactDecimal(units: 1, decimals: 0) }
        return right.record.rates.first { $0.currency == currency }.flatMap { ExactDecimal(parsing: $0.rate) }
    }

    private func rounded(_ quotient: ExactQuotient?) -> ExactDecimal? {
        Currency.minorUnits(of: to).flatMap { quotient?.rounded(toDecimals: $0) }
    }

    /// The result with another rate on one side; `inverted` multiplies where the rate divides, and the other way round.
    private func result(
        _ right: CurrencyConversion,
        replacing place: Int,
        by other: ExactDecimal,
        inverted: Bool = false
    ) -> ExactDecimal? {
        guard let divisor = place == 0 ? other : factor(right, 0), let factor = place == 1 ? other : factor(right, 1)
        else { return nil }
        let start = ExactQuotient(amount)
        let euro = inverted && place == 0 ? start.multiplied(by: divisor) : start.divided(by: divisor)
        return rounded(inverted && place == 1 ? euro?.divided(by: factor) : euro?.multiplied(by: factor))
    }

    /// The result with the published rates of another day; fixed ones stay.
    private func result(_ right: CurrencyConversion, on day: CivilDate) -> ExactDecimal? {
        func rate(_ place: Int) -> ExactDecimal? {
            let currency = place == 0 ? from : to
            let isPublished = right.record.rates.contains { $0.currency == currency && $0.file != nil }
            return isPublished ? table.rate(of: currency, on: day) : factor(right, place)
        }
        guard let divisor = rate(0), let factor = rate(1) else { return nil }
        return rounded(ExactQuotient(amount).divided(by: divisor)?.multiplied(by: factor))
    }
}

extension ExactDecimal {
    /// The number with so many figures, rounded and cut; none where it has no more.
    fileprivate func shortened(toFigures figures: Int) -> [ExactDecimal] {
        let plain = withoutTrailingZeros()
        let surplus = String(plain.units).count - figures
        guard surplus > 0, surplus <= plain.decimals else { return [] }
        let power = (0..<surplus).reduce(1) { power, _ in power * 10 }
        let cut = plain.units / power
        let places = plain.decimals - surplus
        return [
            ExactDecimal(units: cut, decimals: places),
            ExactDecimal(units: (plain.units + power / 2) / power, decimals: places),
        ]
    }

    /// One divided by the number, with so many figures, rounded and cut.
    fileprivate func inverses(withFigures figures: Int) -> [ExactDecimal] {
        ExactQuotient(ExactDecimal(units: 1, decimals: 0)).divided(by: self)?.rounded(toDecimals: 15)?
            .shortened(toFigures: figures) ?? []
    }
}

// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore

/// The day whose published rates a conversion uses, and how it was found.
struct RateChoice: Hashable, Sendable {
    var day: CivilDate?
    var use: ConversionRecord.GapUse
    var provisional: ConversionRecord.Provisional?

    /// More days without rates in a row than there ever were.
    private static let longestGap = 10
    /// A provisional result may rest on rates that are this many days old; older ones say too little.
    private static let oldestProvisional = 31

    init(day: CivilDate?, use: ConversionRecord.GapUse, provisional: ConversionRecord.Provisional?) {
        self.day = day
        self.use = use
        self.provisional = provisional
    }

    /// What is known of a day.
    private enum DayState {
        case published
        /// None were published, or will be.
        case closed
        /// They are not out yet.
        case future
        /// They are out, and no file with them was imported.
        case missing
    }

    init(of currencies: [String], basisDate: CivilDate, for request: ConversionRequest, in table: RateTable)
        throws(CurrencyRefusal)
    {
        func state(of day: CivilDate) -> DayState {
            if ReferenceCalendar.publication(of: day) > request.at {
                return ReferenceCalendar.hasRates(day) || table.hasRates(on: day) ? .future : .closed
            }
            if table.hasRates(on: day) { return .published }
            return ReferenceCalendar.hasRates(day) && !table.isSpanned(day) ? .missing : .closed
        }
        // Before the euro there was nothing to quote against it.
        guard basisDate >= Currency.euroBegan else { throw Self.noRate(of: currencies[0], on: basisDate) }
        let direction = request.operation.direction
        let step = direction == .next ? 1 : -1
        var day = basisDate
        var found = state(of: day)
        while found == .closed {
            day = day.adding(days: step)
            guard abs(day.daysSinceEpoch - basisDate.daysSinceEpoch) <= Self.longestGap,
                day >= ReferenceCalendar.firstDay || direction == .next
            else { throw Self.noRate(of: currencies[0], on: basisDate) }
            found = state(of: day)
        }
        switch found {
        case .published, .closed:
            let use: ConversionRecord.GapUse = day == basisDate ? .none : direction == .next ? .next : .previous
            self = RateChoice(day: day, use: use, provisional: nil)
            // A changeover may lie between the basis date and the next rate: the currency still floated on that date.
            if currencies.contains(where: { Self.ends($0, after: basisDate, until: day) }) {
                let newest = try Self.newest(before: basisDate, in: table, at: request.at)
                if let hole = Self.days(between: newest, and: basisDate).first(where: { state(of: $0) == .missing }) {
                    throw Self.missing(hole)
                }
                self = RateChoice(day: newest, use: .previous, provisional: nil)
            }
        case .missing where table.newestDay == nil || table.newestDay.map({ $0 > day }) == true:
            throw Self.missing(day)
        case .missing:
            self = try Self.provisional(.notImported, wanting: day, request, table)
        case .future where request.operation == .general && basisDate <= ReferenceCalendar.day(at: request.at):
            // An operation of today cannot wait for a rate of tomorrow.
            let newest = try Self.newest(before: day, in: table, at: request.at)
            if Self.days(between: newest, and: day).contains(where: { state(of: $0) == .missing }) {
                self = try Self.provisional(.notImported, wanting: day, request, table)
            } else {
                self = RateChoice(day: newest, use: .latest, provisional: nil)
            }
        case .future:
            self = try Self.provisional(.notPublished, wanting: day, request, table)
        }
        for currency in currencies { try verify(currency, in: table) }
    }

    /// Every currency needs one undisputed rate on the day.
    private func verify(_ currency: String, in table: RateTable) throws(CurrencyRefusal) {
        guard let day else { return }
        let entries = table.entries(of: currency, on: day)
        if entries.isEmpty { throw Self.noRate(of: currency, on: day) }
        guard entries.count == 1 else {
            let files = entries.map(\.source.file).joined(separator: ", ")
            throw CurrencyRefusal(
                .undecided, .sourcesDiffer,
                BilingualText(
                    """
                    The imported files give different rates of \(currency) on \(day): \(files). Compare them with what \
                    the ECB shows, then import the right one with --replace.
                    """,
                    """
                    Imporditud failid annavad vääringule \(currency) päeval \(day) erineva kursi: \(files). Võrrelge \
                    neid EKP avaldatuga ja importige õige fail valikuga --replace.
                    """
                )
            )
        }
    }

    private static func provisional(
        _ reason: ConversionRecord.Provisional,
        wanting day: CivilDate,
        _ request: ConversionRequest,
        _ table: RateTable
    ) throws(CurrencyRefusal) -> RateChoice {
        guard request.whenMissing == .provisional else {
            throw reason == .notImported
                ? missing(day)
                : CurrencyRefusal(
                    .undecided, .rateNotOut,
                    BilingualText(
                        """
                        The rate that counts is that of \(day), which is published at 16:00 in Frankfurt on that day. \
                        Convert then.
                        """,
                        """
                        Kehtib päeva \(day) kurss, mis avaldatakse samal päeval kell 16.00 Frankfurdi aja järgi. \
                        Arvestage summa ümber siis.
                        """
                    )
                )
        }
        return RateChoice(
            day: try newest(before: day, in: table, at: request.at), use: .previous, provisional: reason
        )
    }

    /// The newest day with rates before a day, of those that are out.
    private static func newest(
        before day: CivilDate,
        in table: RateTable,
        at instant: Instant
    ) throws(CurrencyRefusal) -> CivilDate {
        let limit = min(day.adding(days: -1), ReferenceCalendar.day(at: instant))
        for age in 0...oldestProvisional {
            let candidate = limit.adding(days: -age)
            guard table.hasRates(on: candidate), ReferenceCalendar.publication(of: candidate) <= instant
            else { continue }
            return candidate
        }
        throw missing(day)
    }

    /// The days after one and before another.
    private static func days(between first: CivilDate, and last: CivilDate) -> [CivilDate] {
        (1..<max(1, last.daysSinceEpoch - first.daysSinceEpoch)).map { first.adding(days: $0) }
    }

    /// Whether the currency is replaced by the euro after one day and not after another.
    private static func ends(_ currency: String, after first: CivilDate, until last: CivilDate) -> Bool {
        guard let since = Currency.fixedRate(of: currency)?.since else { return false }
        return first < since && since <= last
    }

    static func noRate(of currency: String, on day: CivilDate) -> CurrencyRefusal {
        CurrencyRefusal(
            .inadmissible, .conversionWithoutRate,
            BilingualText(
                "The European Central Bank published no reference rate of \(currency) on \(day) that could be used.",
                "Euroopa Keskpank ei avaldanud vääringu \(currency) viitekurssi, mida päeva \(day) jaoks kasutada saaks."
            )
        )
    }

    private static func missing(_ day: CivilDate) -> CurrencyRefusal {
        CurrencyRefusal(
            .undecided, .staleRates,
            BilingualText(
                "No rates of \(day) have been imported. Import a file of the ECB that has them: piiripost rates import.",
                "Päeva \(day) kursse ei ole imporditud. Importige EKP fail, milles need on: piiripost rates import."
            )
        )
    }
}

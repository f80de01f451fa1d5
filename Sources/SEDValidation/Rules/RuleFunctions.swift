// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDCurrency
internal import SEDXML
internal import Synchronization

/// The functions that rules may call under `urn:piiripost:rules`; `docs/rule-format.md` tells what each answers.
enum RuleFunction: String, CaseIterable {
    case isDate = "is-date"
    case before, after
    case addDays = "add-days"
    case addMonths = "add-months"
    case addYears = "add-years"
    case daysBetween = "days-between"
    case beforePeriods = "before-periods"
    case longerThanMonths = "longer-than-months"
    case longerThanYears = "longer-than-years"
    case messageDate = "message-date"
    case sentDate = "sent-date"
    case direction
    case senderCountry = "sender-country"
    case receiverCountry = "receiver-country"
    case attachments
    case parameter
    case inList = "in-list"
    case isFiller = "is-filler"
    case personNumber = "person-number"
    case companyNumber = "company-number"
    case personNumberBirthDate = "person-number-birth-date"
    case personNumberSex = "person-number-sex"
    case amountSum = "amount-sum"
    case amountCompare = "amount-compare"
    case amountDiffers = "amount-differs"
    case decimals
    case minorUnits = "minor-units"
    case currencyOf = "currency-of"
    case isQuoted = "is-quoted"
    case fixedRate = "fixed-rate"
    case fixedSince = "fixed-since"
    case requestDate = "request-date"
    case newestRates = "newest-rates"
    case ecbRate = "ecb-rate"
    case converted
    case conversionFault = "conversion-fault"

    /// How many arguments it takes.
    var arity: ClosedRange<Int> {
        switch self {
        case .messageDate, .sentDate, .direction, .senderCountry, .receiverCountry, .attachments, .requestDate,
            .newestRates:
            0...0
        case .isDate, .isFiller, .amountSum, .decimals, .minorUnits, .fixedRate, .fixedSince: 1...1
        case .parameter: 1...2
        case .before, .after, .addDays, .addMonths, .addYears, .daysBetween, .beforePeriods, .personNumber,
            .companyNumber, .personNumberBirthDate, .personNumberSex, .amountCompare, .currencyOf, .isQuoted, .ecbRate:
            2...2
        case .inList: 2...3
        case .longerThanMonths, .longerThanYears, .amountDiffers: 3...3
        case .converted: 5...5
        case .conversionFault: 6...6
        }
    }

    /// Whether its answers hold for every message and may be kept from one to the next.
    ///
    /// Those on persons and on free text may not: nothing that tells of somebody outlives its message.
    var isLasting: Bool {
        switch self {
        case .inList, .minorUnits, .currencyOf, .isQuoted, .fixedRate, .fixedSince: true
        default: false
        }
    }

    /// The kind of all its answers.
    var answers: XPathAnswerKind {
        switch self {
        case .isDate, .before, .after, .longerThanMonths, .longerThanYears, .inList, .isFiller, .amountDiffers,
            .isQuoted:
            .boolean
        case .daysBetween, .attachments, .amountCompare, .decimals, .minorUnits: .number
        case .addDays, .addMonths, .addYears, .beforePeriods, .messageDate, .sentDate, .direction, .senderCountry,
            .receiverCountry, .parameter, .personNumber, .companyNumber, .personNumberBirthDate, .personNumberSex,
            .amountSum,
            .currencyOf, .fixedRate, .fixedSince, .requestDate, .newestRates, .ecbRate, .converted, .conversionFault:
            .text
        }
    }
}

/// Answers the functions for one message after another.
///
/// Sendable although the message changes: it belongs to one rule program, which one thread uses at a time.
final class RuleFunctions: @unchecked Sendable {
    static let namespace = "urn:piiripost:rules"

    var message: MessageFacts {
        didSet {
            messageDate = message.toldDate?.description ?? ""
            knownRates = nil
        }
    }
    /// The date of the message as a text, which nearly every rule file asks for.
    private var messageDate: String
    private var knownRates: (currencies: [String], day: CivilDate, table: RateTable?)?
    /// Read when a rule asks for the first one; nil when they cannot be read, so that the rule fails.
    private lazy var parameters = try? readParameters()
    private let readParameters: @Sendable () throws -> RuleParameters
    private let codeList: @Sendable (String) throws -> CodeList

    init(
        message: MessageFacts,
        parameters: @escaping @Sendable () throws -> RuleParameters,
        codeList: @escaping @Sendable (String) throws -> CodeList
    ) {
        self.message = message
        messageDate = message.toldDate?.description ?? ""
        readParameters = parameters
        self.codeList = codeList
    }

    var forXPath: XPathFunctions {
        let functions = RuleFunction.allCases
        let offered = functions.map {
            XPathFunctions.Function($0.rawValue, answers: $0.answers, isLasting: $0.isLasting)
        }
        return XPathFunctions(namespace: Self.namespace, functions: offered) { number, arguments in
            self.answer(functions[number], arguments)
        }
    }

    private func answer(_ function: RuleFunction, _ arguments: XPathArguments) -> XPathAnswer? {
        guard function.arity.contains(arguments.count) else { return nil }
        func text(_ index: Int) -> String {
            Self.trimmed(index == 0 ? arguments.first : index == 1 ? arguments.second : arguments.third)
        }
        func date(_ index: Int) -> CivilDate? { CivilDate(parsing: text(index)) }
        func whole(_ index: Int) -> Int? { Int(text(index)) }
        func amount(_ index: Int) -> ExactDecimal? { ExactDecimal(parsing: text(index)) }
        func shown(_ date: CivilDate?) -> XPathAnswer { .text(date?.description ?? "") }
        func shown(_ number: Int?) -> XPathAnswer { .number(number.map(Double.init) ?? .nan) }

        switch function {
        case .isDate: return .boolean(date(0) != nil)
        case .before: return .boolean(Self.both(date(0), date(1)) { $0 < $1 } ?? false)
        case .after: return .boolean(Self.both(date(0), date(1)) { $0 > $1 } ?? false)
        case .addDays: return shown(Self.both(date(0), whole(1)) { Self.moved($0, days: $1) } ?? nil)
        case .addMonths: return shown(Self.both(date(0), whole(1)) { Self.moved($0, months: $1) } ?? nil)
        case .addYears: return shown(Self.both(date(0), whole(1)) { Self.moved($0, months: Self.months($1)) } ?? nil)
        case .daysBetween: return shown(Self.both(date(0), date(1)) { $1.daysSinceEpoch - $0.daysSinceEpoch })
        case .beforePeriods: return shown(date(1).flatMap { Self.moved($0, before: arguments.texts) })
        case .longerThanMonths: return .boolean(Self.isLonger(date(0), date(1), whole(2)))
        case .longerThanYears: return .boolean(Self.isLonger(date(0), date(1), whole(2).map(Self.months)))
        case .messageDate: return .text(messageDate)
        case .sentDate: return shown(message.sentDate)
        case .direction: return .text(message.direction.rawValue)
        case .senderCountry: return .text(message.senderCountry ?? "")
        case .receiverCountry: return .text(message.receiverCountry ?? "")
        case .attachments: return shown(message.attachments)
        case .parameter:
            let day = arguments.count == 2 ? date(1) ?? message.date : message.date
            guard let parameters else { return nil }
            return .text(parameters.value(of: text(0), on: day) ?? "")
        case .inList:
            guard let list = try? codeList(text(1)) else { return nil }
            return .boolean(list.contains(text(0), on: arguments.count == 3 ? date(2) : nil))
        case .isFiller: return .boolean(FillerText.isFiller(text(0)))
        case .personNumber: return .text(Self.word(NationalNumber.checkPerson(text(1), country: text(0))))
        case .companyNumber: return .text(Self.word(NationalNumber.checkCompany(text(1), country: text(0))))
        case .personNumberBirthDate: return shown(NationalNumber.birthDate(ofPerson: text(1), country: text(0)))
        case .personNumberSex: return .text(NationalNumber.sex(ofPerson: text(1), country: text(0)) ?? "")
        case .amountSum: return .text(Self.sum(arguments.texts)?.description ?? "")
        case .amountCompare: return shown(Self.both(amount(0), amount(1)) { $0.compared(to: $1) } ?? nil)
        case .amountDiffers:
            let difference = Self.both(amount(0), amount(1)) { $0.adding($1.negated())?.magnitude() } ?? nil
            return .boolean((Self.both(difference, amount(2)) { $0.compared(to: $1) } ?? nil) == 1)
        case .decimals: return shown(amount(0)?.decimals)
        case .minorUnits: return shown(Currency.minorUnits(of: text(0)))
        case .currencyOf: return .text(date(1).flatMap { Currency.currency(of: text(0), on: $0) } ?? "")
        case .isQuoted: return .boolean(date(1).map { Currency.isQuoted(text(0), on: $0) } ?? false)
        case .fixedRate: return .text(Currency.fixedRate(of: text(0))?.rate ?? "")
        case .fixedSince: return shown(Currency.fixedRate(of: text(0))?.since)
        case .requestDate: return shown(message.requestDate)
        case .newestRates:
            return shown(rates([], message.date)?.newestDay)
        case .ecbRate:
            let day = date(1)
            let rate = day.flatMap { rates([text(0)], $0)?.rate(of: text(0), on: $0) }
            return .text(rate?.description ?? "")
        case .converted, .conversionFault:
            let texts = [text(0), text(1), text(2)] + arguments.others.map(Self.trimmed)
            return .text(conversion(texts, isStated: function == .conversionFault))
        }
    }

    /// The published rates; the same question about one message is asked for each of its amounts.
    private func rates(_ currencies: [String], _ day: CivilDate) -> RateTable? {
        guard let lookup = message.rates else { return nil }
        if let known = knownRates, known.currencies == currencies, known.day == day { return known.table }
        let table = lookup(currencies, day)
        knownRates = (currencies, day, table)
        return table
    }

    /// What our own conversion gives, or what is wrong with a stated one; `''` where that is not sure.
    ///
    /// The texts: amount, the stated result where there is one, from, to, operation, date.
    private func conversion(_ texts: [String], isStated: Bool) -> String {
        let rest = texts.dropFirst(isStated ? 2 : 1).map(\.self)
        guard let amount = ExactDecimal(parsing: texts[0]), let operation = OperationKind(parsing: rest[2]),
            let day = CivilDate(parsing: rest[3])
        else { return "" }
        let basisDate = operation.basisDate(for: day)
        if message.rates == nil, rest[..<2].contains(where: { Currency.floats($0, on: basisDate) }) { return "" }
        let conversion = StatedConversion(
            of: amount, from: rest[0], to: rest[1], operation: operation, date: day,
            rates: { [unowned self] in rates($0, $1) })
        guard isStated else { return conversion.conversion()?.result.description ?? "" }
        guard let stated = ExactDecimal(parsing: texts[1]) else { return "" }
        return conversion.fault(in: stated, sentAgain: message.sentDate)?.rawValue ?? ""
    }

    private static func both<Left, Right, Result>(
        _ left: Left?,
        _ right: Right?,
        _ body: (Left, Right) -> Result
    ) -> Result? {
        guard let left, let right else { return nil }
        return body(left, right)
    }

    /// Parameters and literals are small; a count from elsewhere must not reach a year that no calendar has.
    private static let mostMonths = 12_000

    private static func months(_ years: Int) -> Int { years.magnitude <= UInt(mostMonths / 12) ? years * 12 : .max }

    private static func moved(_ date: CivilDate, months: Int) -> CivilDate? {
        months.magnitude <= UInt(mostMonths) ? date.adding(months: months) : nil
    }

    private static func moved(_ date: CivilDate, days: Int) -> CivilDate? {
        days.magnitude <= UInt(mostMonths * 31) ? date.adding(days: days) : nil
    }

    /// Whether a period whose last day belongs to it is longer than so many calendar months.
    ///
    /// Twenty-four months from 15 March end on 14 March: the period is longer when it reaches the 15th. Where the last
    /// month has no such day, the period runs to the end of that month (Reg. 1182/71 Art. 3(2)): twenty-four months from
    /// 29 February end on 28 February.
    private static func isLonger(_ start: CivilDate?, _ end: CivilDate?, _ months: Int?) -> Bool {
        guard let start, let end, let months, let limit = moved(start, months: months) else { return false }
        return limit.day == start.day ? end >= limit : end > limit
    }

    /// The date moved back by the length of the periods, whose first and last days stand in the list in turn.
    ///
    /// A period that ends before it begins, or lacks a day of the calendar, is none. What several have in common, or
    /// have in common with the time from the date on, counts once; periods that touch are one. Of each its whole
    /// calendar months are counted and then the days left over, so that twelve months are a year in leap years too.
    private static func moved(_ date: CivilDate, before days: [String]) -> CivilDate? {
        var periods: [(start: Int, end: Int)] = []
        for index in stride(from: 0, to: days.count - 1, by: 2) {
            guard let start = CivilDate(parsing: trimmed(days[index])),
                let last = CivilDate(parsing: trimmed(days[index + 1])), start <= last, start < date
            else { continue }
            periods.append((start.daysSinceEpoch, min(last.daysSinceEpoch + 1, date.daysSinceEpoch)))
        }
        var joined: [(start: Int, end: Int)] = []
        for period in periods.sorted(by: { $0.start < $1.start }) {
            if let last = joined.last, period.start <= last.end {
                joined[joined.count - 1].end = max(last.end, period.end)
            } else {
                joined.append(period)
            }
        }
        var (months, rest) = (0, 0)
        for period in joined {
            let (start, end) = (CivilDate(daysSinceEpoch: period.start), CivilDate(daysSinceEpoch: period.end))
            var whole = (end.year - start.year) * 12 + end.month - start.month
            // Where the last month has no such day, the months run to the end of it, as in `isLonger`.
            func after(_ months: Int) -> Int {
                let day = start.adding(months: months)
                return day.daysSinceEpoch + (day.day == start.day ? 0 : 1)
            }
            if after(whole) > period.end { whole -= 1 }
            months += whole
            rest += period.end - after(whole)
        }
        return moved(date, months: -months).flatMap { moved($0, days: -rest) }
    }

    private static func sum(_ texts: [String]) -> ExactDecimal? {
        var sum = ExactDecimal.zero
        for text in texts {
            guard let amount = ExactDecimal(parsing: trimmed(text)), let next = sum.adding(amount) else { return nil }
            sum = next
        }
        return sum
    }

    private static func word(_ answer: NationalNumber.Answer) -> String {
        switch answer {
        case .valid: "valid"
        case .invalid: "invalid"
        case .unknown: "unknown"
        }
    }

    private static func trimmed(_ text: String) -> String { text.trimmingXMLSpace() }
}

/// Texts that fill a mandatory field and say nothing.
enum FillerText {
    private static let words: Set<String> = [
        "n/a", "na", "n.a", "n.a.", "none", "nil", "null", "tbd", "tba", "puudub", "ei ole", "keine", "néant", "brak",
    ]

    static func isFiller(_ text: String) -> Bool {
        if saysSomething(text) { return false }
        let lowered = text.lowercased()
        if lowered.isEmpty { return false }
        if words.contains(lowered) || packed(text).map(packedWords.contains) == true { return true }
        // Only punctuation, or one character again and again.
        let signs = lowered.filter { $0.isLetter || $0.isNumber }
        if signs.isEmpty { return true }
        return Set(signs) == ["x"] || lowered.count >= 3 && Set(lowered).count == 1
    }

    /// The words of up to eight letters of ASCII, as ``packed(_:)`` has them.
    private static let packedWords = Set(words.compactMap { packed($0) })

    /// The letters, digits and strokes of a text of up to eight printable bytes of ASCII; nil for any other text.
    ///
    /// Capitals, blanks and points make no difference: `N / A.` is `n/a`.
    private static func packed(_ text: String) -> UInt64? {
        guard text.utf8.count <= 8 else { return nil }
        var bytes: UInt64 = 0
        for byte in text.utf8 {
            guard (0x20...0x7E).contains(byte) else { return nil }
            switch byte {
            case 0x41...0x5A: bytes = bytes << 8 | UInt64(byte | 0x20)
            case 0x61...0x7A, 0x30...0x39, 0x2F: bytes = bytes << 8 | UInt64(byte)
            default: continue
            }
        }
        return bytes
    }

    /// Whether bytes alone tell that a text is none: it has two different letters of ASCII and is none of the words.
    private static func saysSomething(_ text: String) -> Bool {
        var first: UInt8?
        for byte in text.utf8 {
            let letter = byte | 0x20
            guard (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(letter) else { continue }
            guard let known = first else {
                first = letter
                continue
            }
            if known == letter { continue }
            if text.utf8.count > 8 { return true }
            return packed(text).map { !packedWords.contains($0) } ?? false
        }
        return false
    }
}

// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCases
import SEDCore
import SEDInspection
import SEDProcessor
import SEDTestSupport
import Testing

/// A course of documents that a clock of the tables watches.
struct ClockCourse: CustomTestStringConvertible, Sendable {
    let buc: String
    let clock: String
    let role: CaseRole
    /// Day, way, SED and what the document states.
    let steps: [String]
    /// The counted day, the last day, who acts, and what stopped it.
    let expected: String

    init(_ buc: String, _ clock: String, _ role: CaseRole = .caseOwner, _ steps: String..., expected: String) {
        self.buc = buc
        self.clock = clock
        self.role = role
        self.steps = steps
        self.expected = expected
    }

    var testDescription: String { "\(clock) in \(buc): \(expected)" }
}

/// Every clock of `sed-schemas/buc`, played through the state tables.
struct ClockTests {
    private static let useCases = UseCaseLibrary(folder: SchemaFolder(path: Repository.schemas))
    private static let calendars = CalendarLibrary(folder: SchemaFolder(path: Repository.schemas))

    private func useCase(_ code: String) throws -> BusinessUseCase {
        let type = try #require(BUCType(parsing: code))
        return try #require(try Self.useCases.useCase(type))
    }

    static let courses: [ClockCourse] = [
        .init(
            "LA_BUC_01", "closing-after-agreement", .caseOwner, "2026-03-02 out A001", "2026-03-10 in A011",
            expected: "2026-05-09 2026-05-11 us"),
        .init(
            "LA_BUC_01", "closing-after-agreement", .caseOwner, "2026-03-02 out A001", "2026-03-10 in A011",
            "2026-04-01 out A008", expected: "2026-05-09 2026-05-11 us stopped 2026-04-01 by A008"),
        .init(
            "LA_BUC_01", "closing-after-refusal", .counterparty, "2026-03-02 in A001", "2026-03-10 out A002",
            expected: "2026-05-09 2026-05-11 them"),
        // The two months end on Saturday, 2 May 2026.
        .init(
            "LA_BUC_02", "determination-definitive", .caseOwner, "2026-03-02 out A003",
            expected: "2026-05-02 2026-05-04 nobody"),
        .init(
            "LA_BUC_02", "determination-definitive", .counterparty, "2026-03-02 in A003", "2026-04-20 out A004",
            expected: "2026-05-02 2026-05-04 nobody stopped 2026-04-20 by A004"),
        .init(
            "LA_BUC_02", "determination-definitive", .caseOwner, "2026-03-02 out A003", "2026-03-20 in A005",
            expected: "2026-05-02 2026-05-04 nobody stopped 2026-03-20 by A005"),
        .init(
            "LA_BUC_02", "determination-definitive", .caseOwner, "2026-03-02 out A003", "2026-03-20 in A012",
            expected: "2026-05-02 2026-05-04 nobody stopped 2026-03-20 by A012"),
        .init(
            "LA_BUC_02", "commission-may-be-asked", .caseOwner, "2026-03-02 out A003", "2026-03-31 in A004",
            expected: "2026-04-30 2026-04-30 nobody"),
        .init(
            "LA_BUC_03", "closing-after-information", .caseOwner, "2026-03-02 out A008",
            expected: "2026-04-01 2026-04-01 us"),
        .init(
            "LA_BUC_03", "closing-after-information", .caseOwner, "2026-03-02 out A008", "2026-03-05 in X012",
            expected: "2026-04-01 2026-04-01 us stopped 2026-03-05 by X012"),
        .init(
            "LA_BUC_03", "closing-after-information", .caseOwner, "2026-03-02 out A008", "2026-03-05 in X012",
            "2026-03-09 out X013", expected: "2026-04-08 2026-04-08 us"),
        .init(
            "LA_BUC_04", "closing-after-posting", .counterparty, "2026-03-02 in A009",
            expected: "2026-04-01 2026-04-01 them"),
        .init(
            "LA_BUC_04", "closing-after-posting", .caseOwner, "2026-03-02 out A009", "2026-03-04 out A009",
            // Good Friday, in the calendar of Estonia.
            expected: "2026-04-03 2026-04-06 us"),
        .init(
            "LA_BUC_04", "posting-longest", .caseOwner,
            "2026-03-02 out A009 postingStart=2026-03-01 postingEnd=2026-12-31", "2026-04-02 out X001",
            expected: "2028-02-29 2028-02-29 nobody"),
        .init(
            "LA_BUC_04", "posting-break", .caseOwner,
            "2026-03-02 out A009 postingStart=2026-03-01 postingEnd=2026-12-31",
            expected: "2027-02-28 2027-02-28 nobody"),
        .init(
            "LA_BUC_05", "closing-after-legislation", .caseOwner, "2026-03-02 out A010",
            expected: "2026-04-01 2026-04-01 us"),
        .init(
            "LA_BUC_06", "closing-after-reply", .caseOwner, "2026-03-02 out A005", "2026-03-12 in A006",
            expected: "2026-04-11 2026-04-13 us"),
        .init(
            "LA_BUC_06", "closing-after-reply", .caseOwner, "2026-03-02 out A005", "2026-03-12 in A006",
            "2026-03-20 out A005", expected: "2026-04-11 2026-04-13 us stopped 2026-03-20 by A005"),
        .init(
            "LA_BUC_06", "closing-after-reply", .caseOwner, "2026-03-02 out A005", "2026-03-12 in A006",
            "2026-03-20 out A005", "2026-03-30 in A006", expected: "2026-04-29 2026-04-29 us"),
        .init(
            "R_BUC_02", "statement-of-amount", .caseOwner, "2026-03-02 out R005 requestKind=01",
            "2026-03-10 in R006 arrears=1", expected: "2026-05-10 2026-05-11 us"),
        .init(
            "R_BUC_02", "statement-of-amount", .counterparty, "2026-03-02 in R005 requestKind=01",
            "2026-03-10 out R006 arrears=1", "2026-05-12 in R005 requestKind=02",
            expected: "2026-05-10 2026-05-11 them stopped 2026-05-12 by R005"),
        .init(
            "R_BUC_02", "closing-after-final-request", .caseOwner, "2026-03-02 out R005 requestKind=01",
            "2026-03-10 in R006 arrears=1", "2026-03-12 out R005 requestKind=02",
            expected: "2026-05-12 2026-05-12 us"),
        .init(
            "R_BUC_03", "statement-of-provisional-payment", .caseOwner,
            "2026-03-02 out R008 competenceDeterminedOn=2025-11-30",
            expected: "2026-02-28 2026-03-02 us stopped 2026-03-02 by R008"),
        .init(
            "R_BUC_04", "statement-of-provisional-payment", .counterparty,
            "2026-03-02 in R010 competenceDeterminedOn=2026-01-15",
            expected: "2026-04-15 2026-04-15 them stopped 2026-03-02 by R010"),
        .init(
            "R_BUC_06", "notification-answer", .counterparty, "2026-03-02 in R015",
            expected: "2026-04-01 2026-04-01 us"),
        .init(
            "R_BUC_06", "notification-answer", .caseOwner, "2026-03-02 out R015", "2026-03-20 in R016",
            expected: "2026-04-01 2026-04-01 them stopped 2026-03-20 by R016"),
        .init(
            "R_BUC_06", "notification-by-date", .counterparty, "2026-03-02 in R015 notifyUntil=2026-06-06",
            expected: "2026-06-06 2026-06-06 us"),
        .init("R_BUC_07", "formalities", .counterparty, "2026-03-02 in R017", expected: "2026-06-02 2026-06-02 us"),
        .init(
            "R_BUC_07", "formalities", .caseOwner, "2026-03-02 out R017", "2026-03-09 in R018",
            expected: "2026-06-02 2026-06-02 them stopped 2026-03-09 by R018"),
        .init(
            "R_BUC_07", "claim-age", .caseOwner,
            "2026-03-02 out R017 instrumentOn=2024-02-29 instrumentOn=2021-02-28 contestationDeclared=01",
            expected: "2026-02-28 2026-03-02 us stopped 2026-03-02 by R017"),
        .init(
            "R_BUC_07", "claim-age-after-decision", .caseOwner, "2026-03-02 out R017",
            "2026-03-03 out R019 contested=01",
            "2026-03-05 in R033", "2026-04-01 out R034 decidedOn=2026-03-30", expected: "2031-03-30 2031-03-31 nobody"),
        .init(
            "R_BUC_07", "limitation-warning", .counterparty, "2026-03-02 in R017 limitationEnd=2027-08-31",
            expected: "2027-02-28 2027-02-28 nobody"),
        .init(
            "R_BUC_07", "limitation-end", .counterparty,
            "2026-03-02 in R017 limitationEnd=2027-08-31 limitationEnd=2027-05-30",
            expected: "2027-05-30 2027-05-30 nobody"),
        .init(
            "R_BUC_07", "contestation-told", .counterparty, "2026-03-02 in R017",
            "2026-04-20 in R019 contestedOn=2026-03-10 contested=01",
            expected: "2026-04-09 2026-04-09 them stopped 2026-04-20 by R019"),
        .init(
            "R_BUC_07", "suspension", .counterparty, "2026-03-02 in R017", "2026-03-10 in R019 contested=01",
            expected: "2026-03-10 2026-03-10 us"),
        .init(
            "R_BUC_07", "suspension", .counterparty, "2026-03-02 in R017", "2026-03-10 in R019 contested=01",
            "2026-03-11 out R033", expected: "2026-03-10 2026-03-10 us stopped 2026-03-11 by R033"),
        .init(
            "R_BUC_07", "contestation-answer", .counterparty, "2026-03-02 in R017", "2026-03-10 out R019 contested=01",
            expected: "2026-04-09 2026-04-09 them"),
        .init(
            "R_BUC_07", "claim-change-told", .counterparty, "2026-03-02 in R017",
            "2026-05-20 in R025 reducedOn=2026-03-31",
            expected: "2026-04-30 2026-04-30 them stopped 2026-05-20 by R025"),
        .init(
            "R_BUC_07", "decision-told", .caseOwner, "2026-03-02 out R017", "2026-03-03 out R019 contested=01",
            "2026-03-05 in R033", "2026-04-01 out R034 decidedOn=2026-03-30",
            expected: "2026-04-29 2026-04-29 us stopped 2026-04-01 by R034"),
        .init(
            "R_BUC_06", "reminder-answer", .caseOwner, "2026-03-02 out R015", "2026-04-13 out X009",
            expected: "2026-05-13 2026-05-13 them"),
        .init(
            "R_BUC_06", "reminder-answer", .caseOwner, "2026-03-02 out R015", "2026-04-13 out X009",
            "2026-04-20 in R016",
            expected: "2026-05-13 2026-05-13 them stopped 2026-04-20 by R016"),
        .init(
            "R_BUC_06", "wait-after-forwarding", .counterparty, "2026-03-02 in R015", "2026-03-06 in X007",
            expected: "2026-03-07 2026-03-07 nobody"),
    ]

    @Test(arguments: courses)
    func `a clock runs as its table says`(course: ClockCourse) throws {
        let useCase = try useCase(course.buc)
        let table = try #require(useCase.table(for: course.role))
        var progress = CaseProgress()
        var steps: [DatedStep] = []
        for (index, text) in course.steps.enumerated() {
            let words = text.split(separator: " ").map(String.init)
            let event = CaseEvent(
                way: words[1] == "in" ? .received : .sent, sed: SEDType(unchecked: words[2]), set: "set-\(index)"
            )
            progress = try progress.advanced(by: event, in: table).get()
            let facts = try words.dropFirst(3).map { word in
                let parts = word.split(separator: "=").map(String.init)
                return CaseFact(name: try #require(CaseFact.Name(rawValue: parts[0])), text: parts[1])
            }
            steps.append(
                DatedStep(
                    step: try #require(progress.steps.last), on: try #require(CivilDate(parsing: words[0])),
                    facts: facts, messageID: Int64(index)
                )
            )
        }
        let calendar = try Self.calendars.calendar(of: "EE")
        let found = CaseDeadline.deadlines(of: steps, in: useCase, as: course.role, calendar: calendar)
            .filter { $0.name == course.clock }.map { deadline in
                let stopped = deadline.stopped.map { " stopped \($0.on) by \($0.sed)" } ?? ""
                return "\(deadline.countedDay) \(deadline.dueOn) \(deadline.actor.rawValue)\(stopped)"
            }
        #expect(found == [course.expected])
    }

    @Test func `every clock of the tables is tried`() throws {
        let all = Set(try Self.useCases.all().flatMap { $0.timers.map(\.name) })
        #expect(all == Set(Self.courses.map(\.clock)))
    }

    @Test func `clocks of all use cases run where their document travels`() throws {
        let reminded = try Self.useCases.all().filter { $0.timer("reminder-answer") != nil }.map(\.type.code)
        let withX009 = try Self.useCases.all().filter { $0.documents.map(\.code).contains("X009") }.map(\.type.code)
        #expect(reminded == withX009)
        #expect(try useCase("LA_BUC_04").timer("reminder-answer") == nil)
    }

    @Test func `a clock that closes its case has a reason of the code list, and its side may send X001`() throws {
        let list = try Repository.text("sed-schemas/codelists/CloseReasonType.gc")
        for useCase in try Self.useCases.all() {
            for timer in useCase.timers {
                guard let reason = timer.closeReason else { continue }
                #expect(list.contains("<SimpleValue>\(reason)</SimpleValue>"), "\(useCase.type) \(timer.name)")
                #expect(useCase.owner.maySend(SEDType(unchecked: "X001")), "\(useCase.type) \(timer.name)")
            }
        }
        let reasons = Set(try Self.useCases.all().flatMap { $0.timers.compactMap(\.closeReason) })
        #expect(reasons == ["01", "07", "08", "09", "10", "11", "12", "13"])
    }

    // MARK: Calendars

    /// The holidays of 2026 in Estonia, from the almanac of the university and not from the calendar file.
    @Test func `the calendar of Estonia`() throws {
        let calendar = try Self.calendars.calendar(of: try #require(InstitutionID(parsing: "EE:SKA001")))
        let days = (0..<365).map { CivilDate(daysSinceEpoch: 20_454 + $0) }
        #expect(days.first?.description == "2026-01-01")
        #expect(
            days.filter { calendar.holiday(on: $0) != nil }.map { String($0.description.dropFirst(5)) } == [
                "01-01", "02-24", "04-03", "04-05", "05-01", "05-24", "06-23", "06-24", "08-20", "12-24", "12-25",
                "12-26",
            ])
        #expect(calendar.country == "EE")
        let eve = try #require(CivilDate(year: 2004, month: 12, day: 24))
        #expect(calendar.isWorkingDay(eve))
        #expect(!calendar.isWorkingDay(eve.adding(months: 12)))
    }

    @Test func `a State without a file has weekends only, and says so`() throws {
        let calendar = try Self.calendars.calendar(of: "LV")
        #expect(calendar == .weekends)
        #expect(calendar.country == nil)
        #expect(try Self.calendars.countries() == ["EE"])
    }

    @Test func `a calendar is added by a file`() throws {
        let folder = try TemporaryFolder()
        try folder.write(
            """
            country: FI
            title: {en: "Finland", et: "Soome"}
            reference: "an example"
            verified: false
            holidays:
              - {name: {en: "Midsummer", et: "jaanipäev"}, weekday: saturday, onOrAfter: "06-20"}
              - {name: {en: "Easter Monday", et: "ülestõusmispühade 2. püha"}, easter: 1, to: 2030-12-31}
              - {name: {en: "Orthodox", et: "õigeusu"}, orthodoxEaster: 1}
            """, to: "calendars/FI.yaml")
        let calendar = try CalendarLibrary(folder: SchemaFolder(path: folder.path)).calendar(of: "FI")
        #expect(calendar.holidays.map { $0.day(in: 2026)?.description } == ["2026-06-20", "2026-04-06", "2026-04-13"])
        #expect(calendar.holidays[1].day(in: 2031) == nil)
    }

    @Test func `faults of a calendar are told with their places`() throws {
        let folder = try TemporaryFolder()
        try folder.write(
            """
            country: SE
            title: {en: "Finland"}
            reference: "an example"
            verified: perhaps
            holidays:
              - {name: {en: "a", et: "a"}}
              - {name: {en: "b", et: "b"}, day: "02-30"}
              - {name: {en: "c", et: "c"}, weekday: someday, onOrAfter: "06-20"}
              - {name: {en: "d", et: "d"}, easter: 500}
              - {name: {en: "e", et: "e"}, day: "01-01", from: 2005}
              - {name: {en: "f", et: "f"}, day: "01-01", onOrAfter: "01-02"}
            """, to: "calendars/FI.yaml")
        let library = CalendarLibrary(folder: SchemaFolder(path: folder.path))
        let error = #expect(throws: ConfigurationError.self) { try library.calendar(of: "FI") }
        #expect(error?.problems.map(\.line) == [1, 2, 4, 6, 7, 8, 9, 10, 11])
        #expect(error?.problems.first?.message == "expected FI, as the file is named")
    }

    // MARK: Reading clocks

    @Test func `faults of a clock are told with their places`() throws {
        let folder = try TemporaryFolder()
        let good = try Repository.text("sed-schemas/buc/R_BUC_06.yaml")
        let code = try #require(BUCType(parsing: "R_BUC_06"))
        let start = try #require(good.range(of: "timers:\n")?.upperBound)
        let end = try #require(good.range(of: "\nsides:\n")?.lowerBound)
        func problems(_ timers: String) throws -> [String] {
            try folder.write(good.replacingCharacters(in: start..<end, with: timers), to: "buc/R_BUC_06.yaml")
            let library = UseCaseLibrary(folder: SchemaFolder(path: folder.path))
            let error = #expect(throws: ConfigurationError.self) { try library.useCase(code) }
            return error?.problems.map(\.message) ?? []
        }
        let whole = """
              - name: a
                title: {en: a, et: a}
                since: R015
                days: 30
                stoppedBy: R016
                acts: Counterparty
                effect: late
                basis: policy
                verified: true
                reference: x
                follows: {en: a, et: a}

            """
        #expect(try problems(whole + whole) == ["the name a is used twice"])
        let changes: [(String, String, String)] = [
            ("days: 30", "days: -1", "expected a number from 0 to 1000"),
            ("days: 30", "months: 0", "expected a number from 1 to 1000"),
            (
                "days: 30", "days: 30\n    months: 1",
                "a timer needs exactly one of days, months, years, daysBefore, monthsBefore, statedDay"
            ),
            ("days: 30", "statedDay: someday", "expected a fact of a document, see docs/buc-format.md"),
            (
                "days: 30", "statedDay: notifyUntil\n    from: notifyUntil",
                "a day that the document states is not counted from another one"
            ),
            ("since: R015", "since: R017", "R017 does not travel in this use case"),
            ("since: R015", "since: {sed: R015, by: receiver}", "expected CaseOwner, Counterparty"),
            ("since: R015", "since: {sed: R015, when: a}", "unknown key; known here: sed, by, context, states, unless"),
            ("R016", "{sed: R016, by: nobody}", "expected CaseOwner, Counterparty, sender, receiver"),
            ("acts: Counterparty", "acts: nobody", "nobody can be late: say who acts, or choose another effect"),
            ("effect: late", "effect: closing", "a clock that closes the case needs a closeReason"),
            ("effect: late", "effect: late\n    closeReason: later", "expected a reason code of X001 such as 10"),
            ("verified: true", "verified: maybe", "expected true or false"),
            ("follows: {en: a, et: a}", "follows: {en: a}", "the key et is missing"),
            ("basis: policy", "basis: custom", "expected law or policy"),
        ]
        for (old, new, message) in changes {
            #expect(try problems(whole.replacing(old, with: new)) == [message], "\(new)")
        }
    }
}

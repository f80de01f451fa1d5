// SPDX-License-Identifier: EUPL-1.2

import SEDCases
import SEDCore
import Testing

/// How a clock counts and what becomes of it, on a use case with one clock.
struct CaseDeadlineTests {
    private static let words = BilingualText("x", "x")

    private static func sed(_ code: String) -> SEDType { SEDType(unchecked: code) }

    private func timer(
        since: CaseTimer.Trigger = .init(sed: CaseDeadlineTests.sed("R015")),
        from: CaseFact.Name? = nil,
        span: CaseTimer.Span = .days(30),
        firstDayCounts: Bool = false,
        moves: Bool = true,
        stops: [CaseTimer.Trigger] = [.init(sed: CaseDeadlineTests.sed("R016"))],
        stopMayComeFirst: Bool = false,
        counting: CaseTimer.Counting = .latest,
        acts: CaseTimer.Party = .counterparty,
        closeReason: String? = nil,
        outlivesCase: Bool = false
    ) -> CaseTimer {
        CaseTimer(
            name: "clock", title: Self.words, starts: [since], from: from, span: span, firstDayCounts: firstDayCounts,
            moves: moves, stops: stops, stopMayComeFirst: stopMayComeFirst, counting: counting, acts: acts,
            effect: .late, closeReason: closeReason, isLaw: true, isVerified: true, reference: "x",
            follows: Self.words, outlivesCase: outlivesCase
        )
    }

    /// One step a line: day, way, SED and set, states before and after, what it is about, facts.
    private func steps(_ text: String) throws -> [DatedStep] {
        try text.split(separator: "\n").enumerated().map { index, line in
            let words = line.split(separator: " ").map(String.init)
            func value(_ key: String) -> String? {
                words.first { $0.hasPrefix(key + "=") }.map { String($0.dropFirst(key.count + 1)) }
            }
            let facts = words.compactMap { word -> CaseFact? in
                let parts = word.split(separator: "=").map(String.init)
                return parts.count == 2
                    ? CaseFact.Name(rawValue: parts[0]).map { CaseFact(name: $0, text: parts[1]) } : nil
            }
            let version = value("version").flatMap { Int($0) } ?? 1
            let event = CaseEvent(
                way: words[1] == "in" ? .received : .sent, sed: SEDType(unchecked: words[2]),
                set: value("set") ?? "set-\(index)", version: version, isUpdate: version > 1,
                aboutSet: value("about")
            )
            let to = StateID(value("to") ?? "1")
            let step = CaseStep(event: event, from: StateID(value("from") ?? "1"), to: to)
            return DatedStep(
                step: step, on: try #require(CivilDate(parsing: words[0])), facts: facts, messageID: Int64(index + 1)
            )
        }
    }

    /// Each clock as `set: countedDay dueOn actor`, with the day and the SED that stopped it.
    private func deadlines(
        _ timer: CaseTimer,
        _ text: String,
        as role: CaseRole = .caseOwner,
        _ calendar: WorkCalendar = .weekends
    ) throws -> [String] {
        let table = RoleTable(role: .caseOwner, transitions: [], endStates: [])
        let type = try #require(BUCType(parsing: "R_BUC_06"))
        let useCase = BusinessUseCase(
            type: type, version: CDMVersion(major: 4, minor: 4), title: "x", titleEstonian: "x", reference: "x",
            isMultilateral: false, starter: Self.sed("R015"), owner: table, counterparty: table, timers: [timer]
        )
        return try CaseDeadline.deadlines(of: steps(text), in: useCase, as: role, calendar: calendar).map { deadline in
            let stopped = deadline.stopped.map { " stopped \($0.on) by \($0.sed)" } ?? ""
            return "\(deadline.set): \(deadline.countedDay) \(deadline.dueOn) \(deadline.actor.rawValue)\(stopped)"
        }
    }

    private func lastDay(_ timer: CaseTimer, on day: String) throws -> String {
        try #require(try deadlines(timer, "\(day) out R015 set=a").first)
    }

    // MARK: Counting

    /// The day of the event is not counted; months end on the same day number, or on the last day of the month.
    ///
    /// Source: Regulation (EEC, Euratom) No 1182/71, Article 3(1) and 3(2)(c).
    @Test(arguments: [
        ("2026-03-02", CaseTimer.Span.days(30), "2026-04-01"), ("2026-03-02", .days(0), "2026-03-02"),
        ("2026-01-30", .months(1), "2026-02-28"), ("2026-01-31", .months(1), "2026-02-28"),
        ("2028-01-31", .months(1), "2028-02-29"), ("2028-02-29", .months(12), "2029-02-28"),
        ("2028-02-29", .months(60), "2033-02-28"), ("2026-02-28", .months(2), "2026-04-28"),
        ("2026-12-31", .months(2), "2027-02-28"), ("2026-08-31", .months(3), "2026-11-30"),
        ("2026-11-30", .months(3), "2027-02-28"), ("2099-12-31", .months(2), "2100-02-28"),
        ("2026-12-15", .days(30), "2027-01-14"), ("2026-08-31", .monthsBefore(6), "2026-02-28"),
        ("2026-03-10", .daysBefore(10), "2026-02-28"),
    ])
    func `the last day is counted`(day: String, span: CaseTimer.Span, expected: String) throws {
        let event = try #require(CivilDate(parsing: day))
        #expect(span.lastDay(from: event).description == expected)
    }

    @Test(arguments: [
        ("2026-03-15", "2028-03-14"), ("2026-03-01", "2028-02-29"), ("2027-03-01", "2029-02-28"),
        ("2028-02-29", "2030-02-28"), ("2026-01-01", "2027-12-31"),
    ])
    func `a span that begins with its first day ends a day earlier`(day: String, expected: String) throws {
        let start = try #require(CivilDate(parsing: day))
        #expect(CaseTimer.Span.months(24).lastDay(from: start, firstDayCounts: true).description == expected)
    }

    private var calendar: WorkCalendar {
        let rules: [WorkCalendar.Rule] = [
            .fixed(month: 1, day: 1), .easter(-2), .easter(1), .fixed(month: 12, day: 24), .fixed(month: 12, day: 25),
            .fixed(month: 12, day: 26),
        ]
        return WorkCalendar(country: "XX", holidays: rules.map { WorkCalendar.Holiday(name: Self.words, rule: $0) })
    }

    /// Source: Regulation (EEC, Euratom) No 1182/71, Article 3(4).
    @Test(arguments: [
        // A Saturday, a Sunday, a working day.
        ("2026-02-05", "2026-03-07 2026-03-09"), ("2026-02-06", "2026-03-08 2026-03-09"),
        ("2026-02-07", "2026-03-09 2026-03-09"),
        // Good Friday 2026: over Easter Monday to the Tuesday.
        ("2026-03-04", "2026-04-03 2026-04-07"),
        // Christmas Eve 2026 is a Thursday, the 26th a Saturday: to the Monday.
        ("2026-11-24", "2026-12-24 2026-12-28"),
        // New Year 2027 is a Friday: into the next year.
        ("2026-12-02", "2027-01-01 2027-01-04"),
    ])
    func `a last day of rest moves to the next working day, and both days are kept`(day: String, expected: String)
        throws
    {
        #expect(try deadlines(timer(), "\(day) out R015 set=a", calendar) == ["a: \(expected) them"])
    }

    private func deadlines(_ timer: CaseTimer, _ text: String, _ calendar: WorkCalendar) throws -> [String] {
        try deadlines(timer, text, as: .caseOwner, calendar)
    }

    @Test func `what is counted backwards, stated, or said not to move stays on its day of rest`() throws {
        let stated = "2026-03-02 out R015 set=a notifyUntil=2026-06-06"
        let fact = timer(from: .notifyUntil, span: .stated)
        #expect(try deadlines(fact, stated, calendar) == ["a: 2026-06-06 2026-06-06 them"])
        let before = timer(from: .notifyUntil, span: .monthsBefore(1))
        #expect(try deadlines(before, stated + "\n", calendar) == ["a: 2026-05-06 2026-05-06 them"])
        #expect(
            try deadlines(before, "2026-03-02 out R015 set=a notifyUntil=2026-06-09", calendar)
                == ["a: 2026-05-09 2026-05-09 them"])
        #expect(
            try deadlines(timer(moves: false), "2026-02-05 out R015 set=a", calendar)
                == ["a: 2026-03-07 2026-03-07 them"])
    }

    // MARK: Starting and stopping

    @Test func `the newest document starts the clock anew, or each has its own`() throws {
        let course = """
            2026-03-02 out R015 set=a
            2026-03-10 out R015 set=b
            2026-03-12 out R015 set=a version=2
            """
        #expect(try deadlines(timer(), course) == ["a: 2026-04-11 2026-04-13 them"])
        #expect(
            try deadlines(timer(counting: .each), course)
                == ["a: 2026-04-01 2026-04-01 them", "b: 2026-04-09 2026-04-09 them"])
    }

    @Test func `an answer stops the clock of what it answers`() throws {
        let course = """
            2026-03-02 out R015 set=a
            2026-03-03 out R015 set=b
            2026-03-10 in R016 set=c about=b
            """
        #expect(
            try deadlines(timer(counting: .each), course) == [
                "a: 2026-04-01 2026-04-01 them", "b: 2026-04-02 2026-04-02 them stopped 2026-03-10 by R016",
            ])
        // One that names nothing, or something else, answers all.
        #expect(
            try deadlines(timer(counting: .each), course.replacing(" about=b", with: "")).allSatisfy {
                $0.contains("stopped 2026-03-10")
            })
    }

    @Test func `a withdrawn document has no clock, and a withdrawn answer stops none`() throws {
        let asked = "2026-03-02 out R015 set=a\n"
        #expect(try deadlines(timer(), asked + "2026-03-03 out X008 set=x about=a to=S") == [])
        #expect(try deadlines(timer(), asked + "2026-03-03 in X050 set=x about=a to=S") == [])
        let answered = asked + "2026-03-10 in R016 set=r about=a\n2026-03-11 in X008 set=x about=r\n"
        #expect(try deadlines(timer(), answered) == ["a: 2026-04-01 2026-04-01 them"])
        #expect(
            try deadlines(timer(), answered + "2026-03-20 in R016 set=s about=a")
                == ["a: 2026-04-01 2026-04-01 them stopped 2026-03-20 by R016"])
    }

    @Test func `a withdrawn document lets the one before it count again`() throws {
        let course = """
            2026-03-02 out R015 set=a
            2026-03-10 out R015 set=b
            2026-03-11 out X008 set=x about=b
            """
        #expect(try deadlines(timer(), course) == ["a: 2026-04-01 2026-04-01 them"])
    }

    @Test(arguments: ["C", "W", "E"])
    func `a case that ends stops its clocks, and a reopened one lets them run`(state: String) throws {
        let open = "2026-03-02 out R015 set=a from=S\n"
        let ended =
            open + "2026-03-05 out X001 set=x to=\(state)\n2026-03-06 out H001 set=h from=\(state) to=\(state)\n"
        #expect(try deadlines(timer(), ended) == ["a: 2026-04-01 2026-04-01 them stopped 2026-03-05 by X001"])
        let reopened = ended + "2026-03-07 in X004 set=y from=\(state) to=1"
        #expect(try deadlines(timer(), reopened) == ["a: 2026-04-01 2026-04-01 them"])
        #expect(try deadlines(timer(outlivesCase: true), ended) == ["a: 2026-04-01 2026-04-01 them"])
    }

    @Test func `a document may state the day that counts, and stop its own clock`() throws {
        let timer = timer(
            since: .init(sed: Self.sed("R008")), from: .competenceDeterminedOn, span: .months(3),
            stops: [.init(sed: Self.sed("R008"))],
            counting: .each, acts: .caseOwner
        )
        let late = "2026-03-02 out R008 set=a competenceDeterminedOn=2025-11-30 competenceDeterminedOn=2026-01-05"
        #expect(try deadlines(timer, late) == ["a: 2026-02-28 2026-03-02 us stopped 2026-03-02 by R008"])
        // What is not stated is not counted.
        #expect(try deadlines(timer, "2026-03-02 out R008 set=a") == [])
        #expect(try deadlines(timer, "2026-03-02 out R008 set=a competenceDeterminedOn=soon") == [])
    }

    @Test func `a document that stops the clock may have come before`() throws {
        let course = "2026-03-01 out R005 set=a requestKind=02\n2026-03-02 in R006 set=b arrears=1"
        let since = CaseTimer.Trigger(sed: Self.sed("R006"), by: .counterparty, states: [.arrears: ["1"]])
        let stop = CaseTimer.Trigger(sed: Self.sed("R005"), by: .caseOwner, states: [.requestKind: ["02"]])
        #expect(
            try deadlines(timer(since: since, stops: [stop], stopMayComeFirst: true), course)
                == ["b: 2026-04-01 2026-04-01 them stopped 2026-03-01 by R005"])
        #expect(try deadlines(timer(since: since, stops: [stop]), course) == ["b: 2026-04-01 2026-04-01 them"])
        #expect(
            try deadlines(timer(since: since, stops: [stop]), course.replacing("arrears=1", with: "arrears=0")) == [])
    }

    @Test func `sides are told apart, whichever is ours`() throws {
        let owners = CaseTimer.Trigger(sed: Self.sed("R019"), by: .caseOwner, unless: [.askedMeanwhile: ["02"]])
        let course = "2026-03-02 out R019 set=a\n2026-03-04 in R033 set=b"
        let answered = timer(since: owners, stops: [.init(sed: Self.sed("R033"), by: .receiver)], acts: .receiver)
        #expect(try deadlines(answered, course) == ["a: 2026-04-01 2026-04-01 them stopped 2026-03-04 by R033"])
        #expect(try deadlines(answered, course, as: .counterparty) == [])
        let theirs = course.replacing(" in ", with: " OUT ").replacing(" out ", with: " in ")
            .replacing(" OUT ", with: " out ")
        #expect(
            try deadlines(answered, theirs, as: .counterparty)
                == ["a: 2026-04-01 2026-04-01 us stopped 2026-03-04 by R033"])
        #expect(try deadlines(answered, course + "\n2026-03-05 out R019 set=c askedMeanwhile=02").count == 1)
        let ownAnswer = timer(since: owners, stops: [.init(sed: Self.sed("R033"), by: .sender)], acts: .nobody)
        #expect(try deadlines(ownAnswer, course) == ["a: 2026-04-01 2026-04-01 nobody"])
    }

    // MARK: States

    @Test func `the last day is in time, and what stops a clock later was late`() throws {
        let table = RoleTable(role: .caseOwner, transitions: [], endStates: [])
        let type = try #require(BUCType(parsing: "R_BUC_06"))
        let useCase = BusinessUseCase(
            type: type, version: CDMVersion(major: 4, minor: 4), title: "x", titleEstonian: "x", reference: "x",
            isMultilateral: false, starter: Self.sed("R015"), owner: table, counterparty: table, timers: [timer()]
        )
        func only(_ text: String) throws -> CaseDeadline {
            try #require(try CaseDeadline.deadlines(of: steps(text), in: useCase, as: .caseOwner).first)
        }
        func day(_ text: String) throws -> CivilDate { try #require(CivilDate(parsing: text)) }
        let running = try only("2026-03-02 out R015 set=a")
        #expect(try running.state(on: day("2026-04-01")) == .running)
        #expect(try running.state(on: day("2026-04-02")) == .ranOut)
        let onTime = try only("2026-03-02 out R015 set=a\n2026-04-01 in R016 set=b")
        #expect(try onTime.state(on: day("2026-05-01")) == .stopped)
        #expect(!onTime.wasStoppedLate)
        #expect(try only("2026-03-02 out R015 set=a\n2026-04-02 in R016 set=b").wasStoppedLate)
    }

    @Test func `a case is closed when the clock has run out towards everybody`() throws {
        func deadline(_ name: String, _ due: String, message: Int64, stopped: Bool = false, reason: String? = "08")
            throws -> CaseDeadline
        {
            let day = try #require(CivilDate(parsing: due))
            let event = CaseDeadline.Event(on: day, sed: Self.sed("A003"), messageID: message)
            return CaseDeadline(
                name: name, set: "set-\(message)", started: event, countedFrom: day, countedDay: day, dueOn: day,
                calendar: nil, stopped: stopped ? event : nil, actor: .nobody, isLaw: true, closeReason: reason
            )
        }
        let today = try #require(CivilDate(parsing: "2026-05-04"))
        func closing(_ deadlines: CaseDeadline...) -> [Int64] {
            CaseDeadline.closing(deadlines, on: today).map(\.started.messageID)
        }
        let first = try deadline("a", "2026-05-01", message: 1)
        #expect(closing(first) == [1])
        #expect(closing(first, try deadline("a", "2026-05-03", message: 2)) == [2])
        #expect(closing(first, try deadline("a", "2026-05-04", message: 2)) == [])
        #expect(closing(first, try deadline("a", "2026-05-03", message: 2, stopped: true)) == [])
        #expect(closing(first, try deadline("b", "2026-06-03", message: 2)) == [1])
        #expect(closing(try deadline("a", "2026-05-01", message: 1, reason: nil)) == [])
    }
}

// SPDX-License-Identifier: EUPL-1.2

import SEDCases
import SEDCore
import SEDInspection
import SEDStorage
import SEDTestSupport
import Testing

@testable import SEDProcessor

/// Cases with several participants, and participants that come and go.
struct CaseThreadTests {
    private func correspondence(_ code: String, _ role: CaseRole) throws -> Correspondence {
        let library = UseCaseLibrary(folder: SchemaFolder(path: Repository.schemas))
        let type = try #require(BUCType(parsing: code))
        let useCase = try library.useCase(type)
        let found = try #require(useCase)
        return Correspondence(found, role)
    }

    private func states(_ course: CaseCourse) -> [String] {
        course.threads.map { "\($0.counterparty?.text.suffix(1) ?? "-") \($0.progress.state)" }
    }

    private func reasons(_ course: CaseCourse) -> [String] {
        course.waiting.map { "\($0.event.sed) \(course.refusal(of: $0)?.rule.text ?? "-")" }
    }

    // MARK: The case owner's threads

    @Test func `each counterparty of the case owner has a thread of its own`() throws {
        var case1 = try correspondence("LA_BUC_02", .caseOwner)
        case1.add(.sent, "A003", with: 1, set: "request")
        case1.add(.sent, "A003", with: 2, set: "request")
        case1.add(.received, "A004", with: 1)
        case1.add(.received, "A012", with: 2)
        let course = case1.course
        #expect(states(course) == ["1 2", "2 1"])
        #expect(course.state == StateID("1"), "the state is that of the thread that moved last")
        #expect(course.documents.map(\.sed.code) == ["A003", "A004", "A012"])
        #expect(course.resent.isEmpty)
        #expect(course.document(of: "request")?.versions[1]?.holders.count == 2)
    }

    @Test func `a counterparty that nothing was sent to here begins with our documents`() throws {
        var case1 = try correspondence("LA_BUC_02", .caseOwner)
        case1.add(.sent, "A003", with: 1)
        case1.add(.received, "A012", with: 2)
        let course = case1.course
        #expect(states(course) == ["1 1", "2 1"])
        #expect(course.placed.last?.notes == [.threadAssumed])
        // Before anything was sent at all the case is not known.
        var unknown = try correspondence("LA_BUC_02", .caseOwner)
        unknown.add(.received, "A012", with: 2)
        #expect(reasons(unknown.course) == ["A012 CAS-001"])
    }

    @Test func `closing acts on every thread, also on those that begin later`() throws {
        var case1 = try correspondence("LA_BUC_02", .caseOwner)
        case1.add(.sent, "A003", with: 1, set: "request")
        case1.add(.sent, "A003", with: 2, set: "request")
        case1.add(.sent, "X001", with: 1)
        case1.add(.sent, "X001", with: 2)
        case1.add(.received, "A012", with: 2)
        case1.add(.sent, "A003", with: 3)
        let course = case1.course
        #expect(states(course) == ["1 C", "2 C"])
        #expect(course.placed.last?.notes == [.filed], "the second X001 only tells the other participant")
        #expect(reasons(course) == ["A012 CAS-006", "A003 CAS-006"])
    }

    @Test func `the owner reopens a case only when every participant has agreed`() throws {
        var case1 = try correspondence("LA_BUC_02", .caseOwner)
        case1.add(.sent, "A003", with: 1, set: "request")
        case1.add(.sent, "A003", with: 2, set: "request")
        case1.add(.sent, "X001", with: 1, set: "close")
        case1.add(.sent, "X001", with: 2, set: "close")
        case1.add(.sent, "X002", with: 1, set: "ask")
        case1.add(.sent, "X002", with: 2, set: "ask")
        case1.add(.received, "X003", with: 1, contexts: ["X003-01"])
        case1.add(.sent, "X004", with: 1, set: "decision", contexts: ["X004-01"])
        #expect(reasons(case1.course) == ["X004 CAS-005"])
        // The answer that was missing comes late, and then the decision has its place.
        case1.add(.received, "X003", with: 2, contexts: ["X003-01"])
        #expect(states(case1.course) == ["1 1", "2 1"])
        var refused = try correspondence("LA_BUC_02", .caseOwner)
        for entry in case1.entries.prefix(6) {
            refused.add(
                entry.way, entry.event.sed.code, with: entry.theirs.institution.text.hasSuffix("1") ? 1 : 2,
                set: entry.event.set)
        }
        refused.add(.received, "X003", with: 1, contexts: ["X003-02"])
        refused.add(.received, "X003", with: 2, contexts: ["X003-01"])
        refused.add(.sent, "X004", with: 1, contexts: ["X004-01"])
        #expect(reasons(refused.course) == ["X004 CAS-005"])
        #expect(states(refused.course) == ["1 C", "2 C"])
    }

    // MARK: The counterparty's view

    @Test func `documents of other counterparties are kept and do not move the case`() throws {
        var case1 = try correspondence("LA_BUC_02", .counterparty)
        case1.add(.received, "A012", with: 2, partyRole: .counterparty)
        case1.add(.received, "A003", with: 1)
        case1.add(.received, "A004", with: 2, partyRole: .counterparty)
        case1.add(.received, "X001", with: 1)
        let course = case1.course
        #expect(course.waiting.isEmpty)
        #expect(course.placed.map(\.step.event.sed.code) == ["A003", "A012", "A004", "X001"])
        #expect(course.placed.map(\.step.to.name) == ["1", "1", "1", "C"])
        #expect(course.placed.map(\.notes) == [[], [.filed], [.filed], []])
    }

    @Test func `a successor takes documents with their numbers, whatever comes first`() throws {
        var case1 = try correspondence("LA_BUC_02", .counterparty)
        case1.add(.received, "A008", with: 1, set: "later", version: 2, isUpdate: false)
        case1.add(.received, "A003", with: 1, set: "request", version: 3, isUpdate: false)
        #expect(reasons(case1.course) == ["A008 CAS-002", "A003 CAS-002"])
        var joined = try correspondence("LA_BUC_02", .counterparty)
        for entry in case1.entries.prefix(2) {
            joined.add(
                .received, entry.event.sed.code, set: entry.event.set, version: entry.event.version, isUpdate: false)
        }
        joined.add(.received, "X005", with: 1, addedOurs: true)
        let course = joined.course
        #expect(reasons(course) == [])
        #expect(course.documents.map(\.version).sorted() == [1, 2, 3])
    }

    // MARK: Coming and going

    @Test func `who was removed writes in vain`() throws {
        var case1 = try correspondence("LA_BUC_02", .caseOwner)
        case1.add(.sent, "A003", with: 1, set: "request")
        case1.add(.sent, "A003", with: 2, set: "request")
        case1.add(.sent, "X006", with: 1, removed: 1)
        case1.add(.received, "A012", with: 1)
        case1.add(.received, "A012", with: 2)
        #expect(reasons(case1.course) == ["A012 CAS-004"])
    }

    @Test func `no clock runs towards who was removed`() throws {
        var case1 = try correspondence("LA_BUC_02", .caseOwner)
        case1.add(.sent, "A003", with: 1, set: "request")
        case1.add(.sent, "A003", with: 2, set: "request")
        func threads(_ course: CaseCourse) -> Set<Int> {
            Set(CaseClocks.deadlines(of: course, calendar: .weekends) { _ in [] }.map(\.thread))
        }
        #expect(threads(case1.course) == [1, 2])
        case1.add(.sent, "X006", with: 1, removed: 1)
        #expect(threads(case1.course) == [2])
        #expect(case1.course.threads.filter(case1.course.hasLeft).map(\.number) == [1])
    }

    @Test func `who joins is to get our documents with their numbers`() throws {
        var case1 = try correspondence("LA_BUC_02", .caseOwner)
        case1.add(.sent, "A003", with: 1, set: "request")
        case1.add(.sent, "A003", with: 1, set: "request", version: 2, digest: "second")
        case1.add(.sent, "A008", with: 1, set: "wrong")
        case1.add(.sent, "X008", with: 1, about: SEDType(unchecked: "A008"), aboutSet: "wrong")
        case1.add(.sent, "X005", with: 1, added: 2)
        func duties(_ course: CaseCourse) -> [String] {
            course.resendDuties.map { duty in
                "\(duty.sed) \(duty.version) \(duty.receiver.institution) \(duty.action.rawValue) \(duty.done ?? 0)"
            }
        }
        #expect(duties(case1.course) == ["A003 2 SE:SEREC2 Start 0"])
        case1.add(.sent, "A003", with: 2, set: "request", version: 2, isUpdate: false, digest: "second")
        #expect(duties(case1.course) == ["A003 2 SE:SEREC2 Start 6"])
        #expect(states(case1.course) == ["1 1", "2 1"])
    }

    @Test func `a forwarding of two participants hands the thread over`() throws {
        var case1 = try correspondence("R_BUC_07", .caseOwner)
        case1.add(.sent, "R017", with: 1, set: "request")
        case1.add(.received, "X007", with: 1, added: 2)
        case1.add(.received, "R018", with: 1)
        case1.add(.received, "R018", with: 2)
        #expect(reasons(case1.course) == ["R018 CAS-004"])
        #expect(case1.course.resendDuties.map(\.action) == [.start])
        #expect(case1.course.threads.map(\.counterparty) == [Correspondence.institution(2)])
        // The copy reaches the successor and moves nothing.
        let before = case1.course.state
        case1.add(.sent, "R017", with: 2, set: "request")
        #expect(case1.course.state == before)
        #expect(case1.course.placed.last?.notes == [.filed])
        #expect(case1.course.resendDuties.map(\.done) == [5])
    }

    @Test func `our own forwarding leads to W, and our successor gets our documents`() throws {
        var case1 = try correspondence("R_BUC_07", .counterparty)
        case1.add(.received, "R017", with: 1)
        case1.add(.sent, "R018", with: 1, set: "reply")
        case1.add(.sent, "X007", with: 1, contexts: ["X007-01"], added: 2)
        case1.add(.received, "R025", with: 1)
        let course = case1.course
        #expect(course.state == .forwarded)
        #expect(reasons(course) == ["R025 CAS-003"])
        #expect(course.resendDuties.map { "\($0.sed) \($0.action.rawValue)" } == ["X007 New", "R018 NewForward"])
        case1.add(.sent, "R018", with: 2, partyRole: .counterparty, set: "reply", isForward: true)
        #expect(case1.course.resendDuties.map(\.done) == [nil, 5])
        #expect(case1.course.state == .forwarded)
    }

    @Test func `what is handed over counts as ours`() throws {
        var case1 = try correspondence("LA_BUC_02", .caseOwner)
        case1.add(.received, "A012", with: 1)
        case1.add(
            .received, "A003", with: 9, partyRole: .caseOwner, set: "request", version: 2, isUpdate: false,
            isForward: true)
        let course = case1.course
        #expect(course.waiting.isEmpty)
        #expect(states(course) == ["1 1"])
        #expect(course.document(of: "request")?.way == .sent)
    }
}

// SPDX-License-Identifier: EUPL-1.2

import SEDCases
import SEDCore
import Testing

/// A small table with everything a table can say: main course, reply, update, withdrawal, exception, close, reopening.
struct CaseProgressTests {
    private let table: RoleTable

    init() throws {
        let rows = try Transition.parseTable(
            """
            state  way  sed   reply  about  next  process    context
            S      out  R017  -      -      1     -          -
            1      in   R018  -      -      2     -          R018-01
            1      in   R018  -      -      4     -          R018-02,R018-03
            1      out  X009  X010   -      1     AD_BUC_07  -
            1      in   H001  H002   -      1     H_BUC_01   -
            1      out  R017  -      R017   1     AD_BUC_10  -
            1      out  X008  -      R017   S     AD_BUC_06  -
            1      out  X001  -      -      C     AD_BUC_01  -
            2      in   R004  -      -      3     -          -
            2      in   X008  -      R018   1     AD_BUC_06  -
            3      in   R004  -      -      3     -          -
            3      in   X008  -      R004   L     AD_BUC_06  -
            3      out  X050  -      R004   L     AD_BUC_11  -
            C      in   X004  -      -      L     AD_BUC_02  X004-01
            C      in   X004  -      -      C     AD_BUC_02  X004-02
            """
        )
        table = RoleTable(role: .caseOwner, transitions: rows, endStates: [StateID("3")])
    }

    private func event(
        _ way: Way, _ sed: String, set: String? = nil, version: Int = 1, contexts: Set<String>? = nil,
        about: String? = nil, aboutSet: String? = nil
    ) -> CaseEvent {
        CaseEvent(
            way: way, sed: SEDType(unchecked: sed), set: set ?? "\(sed)-set", version: version, isUpdate: version > 1,
            contexts: contexts, about: about.map(SEDType.init(unchecked:)), aboutSet: aboutSet
        )
    }

    private func play(_ events: [CaseEvent]) throws -> CaseProgress {
        var progress = CaseProgress()
        for event in events { progress = try progress.advanced(by: event, in: table).get() }
        return progress
    }

    private func refusal(_ event: CaseEvent, after events: [CaseEvent]) throws -> CaseRefusal? {
        switch try play(events).advanced(by: event, in: table) {
        case .success: nil
        case .failure(let refusal): refusal
        }
    }

    private var started: [CaseEvent] { [event(.sent, "R017")] }
    private var answered: [CaseEvent] { started + [event(.received, "R018", contexts: ["R018-01"])] }

    @Test func `a course advances from state to state`() throws {
        let progress = try play(answered + [event(.received, "R004", set: "a"), event(.received, "R004", set: "b")])
        #expect(progress.state == StateID("3"))
        #expect(progress.steps.map(\.to.name) == ["1", "2", "3", "3"])
        #expect(progress.documents.count == 4)
    }

    @Test func `content decides between rows`() throws {
        #expect(try play(started + [event(.received, "R018", contexts: ["R018-03"])]).state == StateID("4"))
        let blind = event(.received, "R018")
        #expect(try play(started).alternatives(after: blind, in: table).map(\.state.name) == ["2", "4"])
        #expect(try refusal(event(.received, "R018", contexts: ["R018-09"]), after: started)?.reason == .outOfOrder)
    }

    @Test func `a reply needs its request, and may come after the main course has moved on`() throws {
        #expect(try refusal(event(.received, "X010"), after: started)?.reason == .outOfOrder)
        let asked = started + [event(.sent, "X009"), event(.received, "R018", contexts: ["R018-01"])]
        #expect(try play(asked + [event(.received, "X010")]).state == StateID("2"))
        // It is ours to answer H001, not the other side's.
        #expect(try refusal(event(.received, "H002"), after: started + [event(.received, "H001")]) != nil)
        #expect(try play(started + [event(.received, "H001"), event(.sent, "H002")]).state == StateID("1"))
    }

    @Test func `an update follows the version before it`() throws {
        #expect(try play(started + [event(.sent, "R017", version: 2)]).documents.map(\.version) == [2])
        #expect(
            try refusal(event(.sent, "R017", version: 3), after: started)?.reason == .versionGap(last: 1, received: 3)
        )
        #expect(
            try refusal(event(.sent, "R017", set: "other", version: 2), after: started)?.reason == .updateWithoutFirst)
    }

    @Test func `a received update is taken in any open state, a sent one only where the table has it`() throws {
        let update = event(.received, "R018", version: 2, contexts: ["R018-01"])
        #expect(try play(answered + [update]).state == StateID("2"))
        #expect(try refusal(event(.sent, "R017", version: 2), after: answered) != nil)
    }

    @Test func `a withdrawal leads back, and the document does not count any more`() throws {
        let withdrawal = event(.received, "X008", about: "R018")
        let progress = try play(answered + [withdrawal])
        #expect(progress.state == StateID("1"))
        #expect(progress.documents.first { $0.sed.code == "R018" }?.isValid == false)
        #expect(try play(started + [event(.sent, "X008", about: "R017")]).state == .start)
    }

    @Test func `L is the state as if the document had never been`() throws {
        let paid = answered + [event(.received, "R004", set: "a")]
        #expect(try play(paid + [event(.received, "X008", aboutSet: "a")]).state == StateID("2"))
        let paidTwice = paid + [event(.received, "R004", set: "b")]
        #expect(try play(paidTwice + [event(.received, "X008", aboutSet: "b")]).state == StateID("3"))
        #expect(try play(paid + [event(.sent, "X050", about: "R004")]).state == StateID("2"))
    }

    @Test func `a withdrawal names its document by set before it does by type`() throws {
        let paid = answered + [event(.received, "R004", set: "a"), event(.received, "R004", set: "b")]
        let progress = try play(paid + [event(.received, "X008", about: "R004", aboutSet: "a")])
        #expect(progress.documents.filter { !$0.isValid }.map(\.set) == ["a"])
    }

    @Test func `after the close only reopening has a place, and it leads back to the state before`() throws {
        let closed = started + [event(.sent, "X001")]
        let late = try refusal(event(.received, "R018", contexts: ["R018-01"]), after: closed)
        #expect(late?.reason == .caseClosed)
        #expect(late?.expected.map(\.code) == ["X004"])
        #expect(late?.exceptionCode == "06")
        #expect(try play(closed + [event(.received, "X004", contexts: ["X004-01"])]).state == StateID("1"))
        #expect(try play(closed + [event(.received, "X004", contexts: ["X004-02"])]).state == .closed)
    }

    @Test func `a horizontal document inside the case is withdrawn without moving it`() throws {
        let withH001 = started + [event(.received, "H001")]
        let progress = try play(withH001 + [event(.received, "X008", about: "H001")])
        #expect(progress.state == StateID("1"))
        #expect(progress.documents.first { $0.sed.code == "H001" }?.isValid == false)
    }

    @Test(arguments: [
        (CaseRefusal.Reason.notStarted, "01"), (.updateWithoutFirst, "02"), (.versionGap(last: 1, received: 3), "02"),
        (.versionGap(last: 3, received: 2), "05"), (.caseForwarded, "03"), (.participantRemoved, "04"),
        (.outOfOrder, "05"), (.caseClosed, "06"),
    ])
    func `refusals answer to the codes of X050`(reason: CaseRefusal.Reason, code: String) {
        #expect(CaseRefusal(reason: reason, state: .start, expected: []).exceptionCode == code)
    }

    @Test func `before the starter nothing has a place`() throws {
        #expect(try refusal(event(.received, "R018", contexts: []), after: [])?.reason == .notStarted)
        #expect(try refusal(event(.received, "R018", version: 2), after: [])?.reason == .updateWithoutFirst)
    }
}

struct TransitionTableTests {
    private func fault(_ text: String) -> TransitionTableError? {
        do {
            _ = try Transition.parseTable(text)
            return nil
        } catch {
            return error
        }
    }

    @Test func `faults are told with their line`() {
        let head = Transition.columns.joined(separator: " ")
        #expect(fault("state way\n")?.line == 0)
        #expect(fault("# remark\n\(head)\n\nS out R017 - - 1 -\n")?.line == 3)
        #expect(fault("\(head)\nS up R017 - - 1 - -\n")?.reason == "way must be in or out")
        #expect(fault("\(head)\nS out R17 - - 1 - -\n")?.reason == "R17 is no SED code")
        #expect(fault("\(head)\nS out - - - 1 - -\n")?.reason == "a row needs a SED")
        #expect(fault("\(head)\nS out R017 - - 1 - - # remark\n") == nil)
    }
}

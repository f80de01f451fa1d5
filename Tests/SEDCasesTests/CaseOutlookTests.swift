// SPDX-License-Identifier: EUPL-1.2

import SEDCases
import SEDCore
import Testing

struct CaseOutlookTests {
    private let table: RoleTable

    init() throws {
        let rows = try Transition.parseTable(
            """
            state  way  sed   reply  about  next  process    context          mark
            S      out  R017  -      -      1     -          -                must
            1      in   R018  -      -      2     -          R018-01
            1      in   R018  -      -      4     -          R018-02,R018-03
            1      out  X009  X010   -      1     AD_BUC_07  -
            1      in   H001  H002   -      1     H_BUC_01   -
            1      out  R017  -      R017   1     AD_BUC_10  -
            1      out  X008  -      R017   S     AD_BUC_06  -
            1      out  X001  -      -      C     AD_BUC_01  -
            2      in   R004  -      -      3     -          -                must
            2      in   X008  -      R018   1     AD_BUC_06  -
            3      in   R004  -      -      3     -          -                noted
            3      in   X008  -      R004   L     AD_BUC_06  -
            C      in   X004  -      -      L     AD_BUC_02  X004-01
            C      in   X004  -      -      C     AD_BUC_02  X004-02
            """
        )
        table = RoleTable(role: .caseOwner, transitions: rows, endStates: [StateID("3")])
    }

    private func sed(_ code: String) -> SEDType { SEDType(unchecked: code) }

    private func outlook(_ course: [(Way, String, String?)]) throws -> CaseOutlook {
        var progress = CaseProgress()
        for (index, step) in course.enumerated() {
            let event = CaseEvent(
                way: step.0, sed: sed(step.1), set: "\(step.1)-\(index)", contexts: step.2.map { [$0] },
                about: step.1 == "X008" ? sed("R004") : nil
            )
            progress = try progress.advanced(by: event, in: table).get()
        }
        return CaseOutlook(of: progress, in: table)
    }

    private func texts(_ options: [CaseOutlook.Option]) -> [String] {
        options.map { option in
            let about = option.about.map { " about \($0)" } ?? ""
            let update = option.kind == .update ? " update" : ""
            let contexts = option.contexts.isEmpty ? "" : " (\(option.contexts.joined(separator: ",")))"
            return "\(option.sed)\(update)\(about)\(contexts) -> \(option.next)"
        }
    }

    @Test func `what may travel is listed with the course first`() throws {
        let outlook = try outlook([(.sent, "R017", nil)])
        #expect(
            texts(outlook.options(.sent)) == [
                "X001 -> C", "X008 about R017 -> S", "X009 -> 1", "R017 update about R017 -> 1",
            ]
        )
        #expect(
            texts(outlook.options(.received)) == [
                "R018 (R018-01) -> 2", "R018 (R018-02,R018-03) -> 4", "H001 -> 1",
            ]
        )
    }

    @Test func `a reply may travel once its request has, also after the course has moved on`() throws {
        let moved = try outlook([
            (.sent, "R017", nil), (.received, "H001", nil), (.received, "R018", "R018-01"),
        ])
        let reply = moved.options(.sent).first { $0.sed == sed("H002") }
        #expect(reply?.kind == .reply(to: sed("H001")))
        #expect(reply?.next == StateID("2"))
        #expect(moved.allows(sed("H002"), .sent))
        #expect(!moved.allows(sed("H002"), .received))
    }

    @Test func `what acts on a document needs one that is valid, and leads where the case says`() throws {
        let paid = try outlook([(.sent, "R017", nil), (.received, "R018", "R018-01"), (.received, "R004", nil)])
        #expect(texts(paid.options(.received)).contains("X008 about R004 -> 2"))
        let withdrawn = try outlook([
            (.sent, "R017", nil), (.received, "R018", "R018-01"), (.received, "R004", nil), (.received, "R004", nil),
            (.received, "X008", nil),
        ])
        // One payment is left, so it may still be withdrawn.
        #expect(withdrawn.progress.state == StateID("3"))
        #expect(texts(withdrawn.options(.received)).contains("X008 about R004 -> 2"))
    }

    @Test func `without a case everything stands that the table has in the state`() {
        let options = CaseOutlook.options(.received, at: StateID("3"), in: table)
        #expect(texts(options) == ["R004 -> 3", "X008 about R004 -> L"])
        #expect(options.first?.mark == .noted)
        #expect(texts(CaseOutlook.options(.received, at: StateID("1"), in: table)).contains("X010 -> 1"))
    }

    @Test func `a state is reached by a shortest course, along the main course where there is one`() throws {
        let three = try #require(CaseOutlook(at: StateID("3"), in: table))
        #expect(three.progress.steps.map(\.event.sed.code) == ["R017", "R018", "R004"])
        let closed = try #require(CaseOutlook(at: .closed, in: table))
        #expect(closed.progress.steps.map(\.event.sed.code) == ["R017", "X001"])
        #expect(CaseOutlook(at: StateID("9"), in: table) == nil)
    }

    @Test func `an obstacle tells where a document has its place and what must come first`() throws {
        let obstacle = try #require(try outlook([(.sent, "R017", nil)]).obstacle(to: sed("R004"), .received))
        #expect(obstacle.refusal.rule == .outOfOrder)
        #expect(obstacle.states.map(\.name) == ["2", "3"])
        #expect(obstacle.needed.map(\.sed.code) == ["R018"])
        #expect(texts(obstacle.course ?? []) == ["R018 (R018-01) -> 2"])
        #expect(try outlook([(.sent, "R017", nil)]).obstacle(to: sed("R018"), .received) == nil)
    }

    @Test func `a request opens the way for its reply, and a closed case is opened again`() throws {
        let reminded = try #require(try outlook([(.sent, "R017", nil)]).obstacle(to: sed("X010"), .received))
        #expect(reminded.needed.map(\.sed.code) == ["X009"])
        let closed = try #require(
            try outlook([(.sent, "R017", nil), (.sent, "X001", nil)]).obstacle(to: sed("R018"), .received)
        )
        #expect(closed.refusal.rule == .caseClosed)
        #expect(texts(closed.course ?? []) == ["X004 (X004-01) -> 1"])
    }

    @Test func `nobody is advised to undo what was sent where anything else helps`() throws {
        let refused = try outlook([(.sent, "R017", nil), (.received, "R018", "R018-02")])
        let obstacle = try #require(refused.obstacle(to: sed("R004"), .received))
        #expect(obstacle.course == nil)
        let held = try outlook([(.sent, "R017", nil)])
        #expect(texts(held.obstacle(to: sed("R017"), .sent)?.course ?? []) == ["X008 about R017 -> S"])
    }

    @Test func `what the table never lets travel has neither state nor course`() throws {
        let obstacle = try #require(try outlook([(.sent, "R017", nil)]).obstacle(to: sed("R016"), .received))
        #expect(obstacle.states.isEmpty && obstacle.course == nil && obstacle.needed.isEmpty)
    }

    @Test func `a step on which the sources disagree is told apart`() throws {
        let once = try outlook([(.sent, "R017", nil), (.received, "R018", "R018-01"), (.received, "R004", nil)])
        #expect(once.progress.steps.last.map(table.isNoted) == false)
        let twice = try once.progress.advanced(
            by: CaseEvent(way: .received, sed: sed("R004"), set: "second"), in: table
        ).get()
        #expect(twice.steps.last.map(table.isNoted) == true)
    }

    @Test(arguments: ["S  out  R017  -  -  1  -  -  ought", "S  out  R017  -  -  1  -  -  must  x"])
    func `a mark that nobody knows is a fault`(row: String) {
        let header = Transition.columns.joined(separator: " ")
        #expect(throws: TransitionTableError.self) { try Transition.parseTable("\(header)\n\(row)") }
    }
}

struct UseCasePictureTests {
    private func picture(_ rows: String) throws -> UseCasePicture {
        let rows = try Transition.parseTable("\(Transition.columns.joined(separator: " "))\n\(rows)")
        return UseCasePicture(of: RoleTable(role: .caseOwner, transitions: rows, endStates: [StateID("3")]))
    }

    @Test func `parallel documents share an arrow, loops and sub-processes have none`() throws {
        let picture = try picture(
            """
            S out R017 - - 1 - R017-01 must
            1 in R018 - - 3 - R018-01,R018-02
            1 in R004 - - 3 - -
            3 in R004 - - 3 - -
            1 out X001 - - C AD_BUC_01 -
            """
        )
        #expect(
            UseCasePicture.mermaid([picture]) == """
                flowchart LR
                    sS(("S"))
                    s1("1")
                    s3(["3"])
                    sS ==>|"sends R017 (R017-01)"| s1
                    s1 -->|"receives R018 (R018-01, R018-02)<br/>receives R004"| s3

                """
        )
        #expect(picture.loops.map(\.label.text) == ["receives R004"])
        #expect(
            UseCasePicture.dot("T", [picture]).contains(
                "\"o 1\" -> \"o 3\" [label=\"receives R018 (R018-01, R018-02)\\nreceives R004\"];"
            )
        )
    }

    @Test func `a document that leads from many states to one gets a node that lists them`() throws {
        let rows = ["1", "2", "4", "10"].map { "\($0) out R025 - - 7 - -" } + ["S out R025 - - 7 - -"]
        let picture = try picture(rows.joined(separator: "\n"))
        #expect(picture.arrows.map { $0.from.map(\.name) } == [["S"], ["1", "2", "4", "10"]])
        #expect(UseCasePicture.mermaid([picture]).contains("in1_2_4_10{{\"in 1, 2, 4, 10\"}}"))
        #expect(UseCasePicture.mermaid([picture, picture]).contains("    subgraph CaseOwner\n        osS((\"S\"))"))
    }

    @Test func `states stand in their natural order`() {
        let names = ["W", "13b-10", "2", "C", "13b-2", "S", "10", "13a-1"]
        #expect(
            names.map { StateID($0) }.sorted().map(\.name) == ["S", "2", "10", "13a-1", "13b-2", "13b-10", "C", "W"])
    }
}

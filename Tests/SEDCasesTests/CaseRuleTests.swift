// SPDX-License-Identifier: EUPL-1.2

import SEDCases
import SEDCore
import SEDTestSupport
import Testing

/// Each rule about cases, broken and kept.
struct CaseRuleTests {
    /// A document of a course: `R017 sent 2026-01-10 contestationDeclared=01`.
    ///
    /// `set=`, `to=` (the set it answers or withdraws), `from=` (the sender), `v=` (the version) are of its envelope, the
    /// rest are facts. A fact's group stands behind its name: `paymentAmount.1=20`.
    private static func document(_ line: String) throws -> CaseDocument {
        let words = line.split(separator: " ").map(String.init)
        let way = try #require(Way(rawValue: words[1]))
        var values: [String: String] = [:]
        var facts = [CaseFact(name: .document, path: "/\(words[0])")]
        for word in words.dropFirst(3) {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let name = parts[0].split(separator: ".").map(String.init)
            let text = parts.count == 2 ? parts[1].replacing("_", with: " ") : ""
            if let fact = CaseFact.Name(rawValue: name[0]) {
                let group = name.count == 2 ? Int(name[1]) ?? 0 : 0
                facts.append(CaseFact(name: fact, text: text, group: group, path: parts[0]))
            } else {
                try #require(["set", "to", "from", "v"].contains(name[0]), "\(word) is nothing")
                values[name[0]] = text
            }
        }
        let version = Int(values["v"] ?? "1") ?? 1
        return CaseDocument(
            event: CaseEvent(
                way: way, sed: SEDType(unchecked: words[0]), set: values["set"] ?? "\(words[0])-set", version: version,
                isUpdate: version > 1, aboutSet: values["to"]
            ),
            sender: try #require(InstitutionID(parsing: values["from"] ?? (way == .sent ? "EE:MTA001" : "SE:SEPEN1"))),
            day: CivilDate(parsing: words[2]), facts: facts
        )
    }

    private static let parameters = CaseParameters { name, _ in
        [
            "multi.definitiveMonths": "2", "offset.statementMonths": "2", "recovery.formalitiesMonths": "3",
            "recovery.ageYears": "5",
        ][name]
    }

    /// The breaches of one rule by the last of the documents, as rule and the path of the fact.
    private static func breaches(_ id: RuleID, _ useCase: String, _ lines: [String]) throws -> [String] {
        let documents = try lines.map(document)
        let judged = try #require(documents.last)
        let history = CaseHistory(of: try #require(BUCType(parsing: useCase)), earlier: Array(documents.dropLast()))
        let rule = try #require(CaseRule.all.first { $0.id == id }, "\(id) is no rule about cases")
        return rule.breaches(by: judged, after: history, parameters).map(\.fact.path)
    }

    struct Course: Sendable, CustomTestStringConvertible {
        let rule: RuleID
        let useCase: String
        let what: String
        let lines: [String]
        /// The paths of what is wrong; empty where the rule is kept.
        let breaches: [String]

        var testDescription: String { "\(rule): \(what)" }
    }

    private static func broken(
        _ rule: RuleID, _ useCase: String, _ what: String, at path: String..., after lines: String...
    ) -> Course {
        Course(rule: rule, useCase: useCase, what: what, lines: lines, breaches: path)
    }

    private static func kept(_ rule: RuleID, _ useCase: String, _ what: String, _ lines: String...) -> Course {
        Course(rule: rule, useCase: useCase, what: what, lines: lines, breaches: [])
    }

    @Test(arguments: legislation + notification + recovery + sums + horizontal)
    func `a rule is broken at its place, or kept`(course: Course) throws {
        #expect(try Self.breaches(course.rule, course.useCase, course.lines) == course.breaches)
    }

    // MARK: Applicable legislation

    static let legislation = [
        broken(
            "A1-PROV-004", "LA_BUC_02", "a day after two months", at: "/A004",
            after: "A003 sent 2026-01-19", "A004 received 2026-03-20"),
        kept("A1-PROV-004", "LA_BUC_02", "on the last day", "A003 sent 2026-01-19", "A004 received 2026-03-19"),
        kept(
            "A1-PROV-004", "LA_BUC_02", "the month lacks the day: its last one counts", "A003 sent 2025-12-31",
            "A004 received 2026-02-28"),
        broken(
            "A1-PROV-004", "LA_BUC_02", "a day after the last of the month", at: "/A004",
            after: "A003 sent 2025-12-31", "A004 received 2026-03-01"),
        kept(
            "A1-PROV-004", "LA_BUC_02", "the determination was updated meanwhile", "A003 sent 2026-01-01",
            "A003 sent 2026-02-15 v=2", "A004 received 2026-04-01 to=A003-set"),
        broken(
            "A1-PROV-004", "LA_BUC_02", "it answers the older of two determinations", at: "/A004",
            after: "A003 sent 2026-01-01 set=a", "A003 sent 2026-03-20 set=b", "A004 received 2026-04-01 to=a"),
        kept(
            "A1-PROV-004", "LA_BUC_02", "a later version of an objection in time", "A003 sent 2026-01-01",
            "A004 received 2026-02-01", "A004 received 2026-05-01 v=2"),
        kept("A1-PROV-004", "LA_BUC_02", "no determination is known", "A004 received 2026-05-01"),
        kept("A1-PROV-004", "LA_BUC_02", "no day is known", "A003 sent 2026-01-01", "A004 received ?"),
        broken(
            "A1-BASIS-020", "LA_BUC_01", "an exception that nobody granted", at: "periodBasis",
            after: "A001 sent 2026-01-01", "A008 sent 2026-02-01 periodBasis=20"),
        broken(
            "A1-BASIS-020", "LA_BUC_01", "it was refused", at: "cancellation", after: "A001 sent 2026-01-01",
            "A002 received 2026-01-20 exceptionDecision=01", "A008 sent 2026-02-01 cancellation=1"),
        broken(
            "A1-BASIS-020", "LA_BUC_01", "the grant was withdrawn", at: "periodBasis", after: "A001 sent 2026-01-01",
            "A011 received 2026-01-20", "X008 received 2026-01-25 to=A011-set", "A008 sent 2026-02-01 periodBasis=20"),
        kept(
            "A1-BASIS-020", "LA_BUC_01", "it was granted", "A001 sent 2026-01-01", "A011 received 2026-01-20",
            "A008 sent 2026-02-01 periodBasis=20"),
        kept(
            "A1-BASIS-020", "LA_BUC_01", "it was granted for another period", "A001 sent 2026-01-01",
            "A002 received 2026-01-20 exceptionDecision=02", "A008 sent 2026-02-01 periodBasis=20"),
        kept(
            "A1-BASIS-020", "LA_BUC_01", "another basis", "A001 sent 2026-01-01",
            "A008 sent 2026-02-01 periodBasis=08 cancellation=0"),
        kept("A1-BASIS-020", "LA_BUC_03", "another use case", "A008 sent 2026-02-01 periodBasis=20"),
        broken(
            "A1-WD-002", "LA_BUC_02", "X008 for the determination of another", at: "withdrawnDocument",
            after: "A003 received 2026-01-01", "X008 received 2026-02-01 from=LV:LVSOC1 withdrawnDocument=A003"),
        broken(
            "A1-WD-002", "LA_BUC_02", "A008 cancels the period of another", at: "cancellation",
            after: "A003 sent 2026-01-01", "A008 received 2026-02-01 cancellation=1"),
        kept(
            "A1-WD-002", "LA_BUC_02", "the issuer withdraws", "A003 received 2026-01-01",
            "X008 received 2026-02-01 withdrawnDocument=A003"),
        kept(
            "A1-WD-002", "LA_BUC_02", "the successor of the issuer withdraws", "A003 received 2026-01-01",
            "X007 received 2026-01-10", "X008 received 2026-02-01 from=SE:SETAX1 withdrawnDocument=A003"),
        kept(
            "A1-WD-002", "LA_BUC_02", "something else is withdrawn", "A003 sent 2026-01-01",
            "X008 received 2026-02-01 withdrawnDocument=A004"),
        kept("A1-WD-002", "LA_BUC_03", "nothing was issued in the case", "A008 received 2026-02-01 cancellation=1"),
    ]

    // MARK: Notification

    static let notification = [
        broken(
            "NOT-77-3-003", "R_BUC_06", "the day before the request", at: "notifiedOn",
            after: "R015 sent 2026-02-04", "R016 received 2026-03-01 notifiedOn=2026-02-03 to=R015-set"),
        kept(
            "NOT-77-3-003", "R_BUC_06", "the day of the request", "R015 sent 2026-02-04",
            "R016 received 2026-03-01 notifiedOn=2026-02-04"),
        kept(
            "NOT-77-3-003", "R_BUC_06", "before an update of the request", "R015 sent 2026-02-04",
            "R015 sent 2026-02-20 v=2", "R016 received 2026-03-01 notifiedOn=2026-02-10"),
        kept("NOT-77-3-003", "R_BUC_06", "the request is missing", "R016 received 2026-03-01 notifiedOn=2020-02-10"),
        kept(
            "NOT-77-3-003", "R_BUC_06", "the day is no date", "R015 sent 2026-02-04",
            "R016 received 2026-03-01 notifiedOn=2026-02-30"),
        kept("NOT-77-3-003", "R_BUC_06", "nothing was forwarded", "R015 sent 2026-02-04", "R016 received 2026-03-01"),
        broken(
            "SEC-R016-001", "R_BUC_06", "a day after the day that was asked for", at: "notifiedOn",
            after: "R015 sent 2026-02-04 notifyUntil=2026-03-04", "R016 received 2026-03-12 notifiedOn=2026-03-05"),
        kept(
            "SEC-R016-001", "R_BUC_06", "on that day", "R015 sent 2026-02-04 notifyUntil=2026-03-04",
            "R016 received 2026-03-12 notifiedOn=2026-03-04"),
        kept(
            "SEC-R016-001", "R_BUC_06", "later, with a reason", "R015 sent 2026-02-04 notifyUntil=2026-03-04",
            "R016 received 2026-03-12 notifiedOn=2026-03-05 lateBecause="),
        kept(
            "SEC-R016-001", "R_BUC_06", "an update gave more time", "R015 sent 2026-02-04 notifyUntil=2026-03-04",
            "R015 sent 2026-02-20 v=2 notifyUntil=2026-03-31", "R016 received 2026-03-12 notifiedOn=2026-03-05"),
        kept(
            "SEC-R016-001", "R_BUC_06", "the day that was asked for is no date",
            "R015 sent 2026-02-04 notifyUntil=soon", "R016 received 2026-03-12 notifiedOn=2026-03-05"),
        kept(
            "SEC-R016-001", "R_BUC_06", "the request is missing", "R016 received 2026-03-12 notifiedOn=2026-03-05"),
    ]

    // MARK: Recovery

    static let recovery = [
        broken(
            "REC-72-2-001", "R_BUC_02", "a day after two months", at: "requestKind",
            after: "R005 sent 2026-01-01 requestKind=01", "R006 received 2026-01-15 arrears=1",
            "R005 sent 2026-03-16 requestKind=02 set=final"),
        kept(
            "REC-72-2-001", "R_BUC_02", "on the last day", "R006 received 2026-01-15 arrears=1",
            "R005 sent 2026-03-15 requestKind=02"),
        kept(
            "REC-72-2-001", "R_BUC_02", "there are no arrears", "R006 received 2026-01-15 arrears=0",
            "R005 sent 2026-06-15 requestKind=02"),
        kept(
            "REC-72-2-001", "R_BUC_02", "a provisional request", "R006 received 2026-01-15 arrears=1",
            "R005 sent 2026-06-15 requestKind=01"),
        kept(
            "REC-72-2-001", "R_BUC_02", "an update of one in time", "R006 received 2026-01-15 arrears=1",
            "R005 sent 2026-02-15 requestKind=02", "R005 sent 2026-06-15 requestKind=02 v=2"),
        broken(
            "REC-72-2-001", "R_BUC_02", "an update that first makes it final", at: "requestKind",
            after: "R005 sent 2026-01-01 requestKind=01", "R006 received 2026-01-15 arrears=1",
            "R005 sent 2026-06-15 requestKind=02 v=2"),
        broken(
            "REC-78-2-A-001", "R_BUC_07", "contested since", at: "contestationDeclared",
            after: "R017 sent 2026-01-01 contestationDeclared=01 requestKind=01",
            "R019 received 2026-02-01 contested=01",
            "R017 sent 2026-03-01 v=2 contestationDeclared=01 requestKind=01"),
        kept(
            "REC-78-2-A-001", "R_BUC_07", "only enforcement is contested",
            "R017 sent 2026-01-01 contestationDeclared=01",
            "R019 received 2026-02-01 contested=03", "R017 sent 2026-03-01 v=2 contestationDeclared=01"),
        kept(
            "REC-78-2-A-001", "R_BUC_07", "declared as contested", "R019 received 2026-02-01 contested=01",
            "R017 sent 2026-03-01 v=2 contestationDeclared=02"),
        kept(
            "REC-78-2-A-001", "R_BUC_07", "the applicant won", "R019 received 2026-02-01 contested=01",
            "R034 sent 2026-02-20 decidedFor=03", "R017 sent 2026-03-01 v=2 contestationDeclared=01"),
        broken(
            "REC-78-2-A-001", "R_BUC_07", "contested again after the applicant won", at: "contestationDeclared",
            after: "R019 received 2026-02-01 contested=01 set=a", "R034 sent 2026-02-20 decidedFor=03",
            "R019 received 2026-02-25 contested=02 contested=01 set=b",
            "R017 sent 2026-03-01 v=2 contestationDeclared=01"),
        kept(
            "REC-78-2-A-001", "R_BUC_07", "precautionary measures", "R019 received 2026-02-01 contested=01",
            "R017 sent 2026-03-01 v=2 contestationDeclared=01 requestKind=02"),
        kept(
            "REC-78-2-A-001", "R_BUC_07", "the applicant asks to go on",
            "R019 sent 2026-02-01 contested=01 askedMeanwhile=02",
            "R017 sent 2026-03-01 v=2 contestationDeclared=01"),
        broken(
            "REC-79-2-002", "R_BUC_07", "a day after three months", at: "/R018",
            after: "R017 received 2026-01-10", "R018 sent 2026-04-11"),
        kept("REC-79-2-002", "R_BUC_07", "on the last day", "R017 received 2026-01-10", "R018 sent 2026-04-10"),
        kept(
            "REC-79-2-002", "R_BUC_07", "with reasons", "R017 received 2026-01-10", "R018 sent 2026-05-11 explanation="),
        kept(
            "REC-79-2-002", "R_BUC_07", "a refusal", "R017 received 2026-01-10", "R018 sent 2026-05-11 refusal="),
        kept(
            "REC-79-2-002", "R_BUC_07", "the second reply", "R017 received 2026-01-10", "R018 sent 2026-02-11 set=a",
            "R018 sent 2026-05-11 set=b"),
        broken(
            "REC-81-2-001", "R_BUC_07", "paid the day after the notice", at: "paymentDate.1",
            after: "R017 sent 2026-01-01 contestationDeclared=01", "R019 sent 2026-02-01 contested=01",
            "R004 received 2026-03-01 paymentReason=03 paymentDate=2026-02-01 paymentReason.1=03 paymentDate.1=2026-02-02"
        ),
        kept(
            "REC-81-2-001", "R_BUC_07", "an R034 came first", "R019 sent 2026-02-01 contested=01",
            "R034 sent 2026-02-10 decidedFor=03", "R004 received 2026-03-01 paymentReason=04 paymentDate=2026-02-10"),
        broken(
            "REC-81-2-001", "R_BUC_07", "an R034 came later", at: "paymentDate",
            after: "R019 sent 2026-02-01 contested=01", "R034 sent 2026-02-11 decidedFor=03",
            "R004 received 2026-03-01 paymentReason=04 paymentDate=2026-02-10"),
        kept(
            "REC-81-2-001", "R_BUC_07", "the applicant asks to go on",
            "R019 sent 2026-02-01 contested=01 askedMeanwhile=02",
            "R004 received 2026-03-01 paymentReason=03 paymentDate=2026-02-10"),
        kept(
            "REC-81-2-001", "R_BUC_07", "the request says so", "R017 sent 2026-01-01 contestationDeclared=01",
            "R019 sent 2026-02-01 contested=01", "R017 sent 2026-02-02 contestationDeclared=02 v=2",
            "R004 received 2026-03-01 paymentReason=03 paymentDate=2026-02-10"),
        kept(
            "REC-81-2-001", "R_BUC_07", "costs were reimbursed", "R019 sent 2026-02-01 contested=01",
            "R004 received 2026-03-01 paymentReason=06 paymentDate=2026-02-10"),
        kept(
            "REC-81-2-001", "R_BUC_07", "the notice was withdrawn", "R019 sent 2026-02-01 contested=01",
            "X008 sent 2026-02-05 to=R019-set", "R004 received 2026-03-01 paymentReason=03 paymentDate=2026-02-10"),
        broken(
            "REC-82-1-B-002", "R_BUC_07", "a day after five years", at: "ageDeclared",
            after: "R017 sent 2020-01-01", "R034 sent 2020-03-01 decidedOn=2020-02-29",
            "R017 sent 2025-03-01 v=2 ageDeclared=1"),
        kept(
            "REC-82-1-B-002", "R_BUC_07", "on the last day", "R034 sent 2020-03-01 decidedOn=2020-02-29",
            "R017 sent 2025-02-28 v=2"),
        kept("REC-82-1-B-002", "R_BUC_07", "never decided", "R017 sent 2020-01-01", "R017 sent 2026-02-28 v=2"),
    ]

    private static let claim =
        "R017 sent 2026-01-01 claimTotal=600.00 claimCurrency=SEK claimTotal.1=400.50 claimCurrency.1=SEK"
    private static let payment =
        "R004 received 2026-02-01 set=p1 paymentReason=03 paymentAmount=300.25 paymentCurrency=SEK paymentDate=2026-02-01"

    static let sums = [
        broken(
            "REC-78-5-002", "R_BUC_07", "a reduction below what came in", at: "claimTotal", after: claim, payment,
            "R025 sent 2026-03-01 claimTotal=300.24 claimCurrency=SEK"),
        broken(
            "REC-78-5-002", "R_BUC_07", "an update below what came in", at: "claimTotal", after: claim, payment,
            "R017 sent 2026-03-01 v=2 claimTotal=300.24 claimCurrency=SEK"),
        broken(
            "REC-78-5-002", "R_BUC_07", "a decision below what came in twice", at: "claimTotal", after: claim, payment,
            payment.replacing("p1", with: "p2"), "R034 sent 2026-03-01 claimTotal=600.49 claimCurrency=SEK"),
        kept(
            "REC-78-5-002", "R_BUC_07", "exactly what came in", claim, payment,
            "R025 sent 2026-03-01 claimTotal=300.250 claimCurrency=SEK"),
        kept(
            "REC-78-5-002", "R_BUC_07", "the payment was corrected", claim, payment,
            "R004 received 2026-02-02 set=p1 v=2 paymentReason=03 paymentAmount=200 paymentCurrency=SEK",
            "R025 sent 2026-03-01 claimTotal=300 claimCurrency=SEK"),
        kept(
            "REC-78-5-002", "R_BUC_07", "costs are no recovered claim", claim, payment.replacing("=03", with: "=06"),
            "R025 sent 2026-03-01 claimTotal=1 claimCurrency=SEK"),
        kept(
            "REC-78-5-002", "R_BUC_07", "another currency", claim, payment,
            "R025 sent 2026-03-01 claimTotal=1 claimCurrency=EUR"),
        kept("REC-78-5-002", "R_BUC_07", "no new claim", claim, payment, "R025 sent 2026-03-01 reductionReason=04"),
        kept(
            "REC-78-5-002", "R_BUC_07", "an amount that is none", claim, payment,
            "R025 sent 2026-03-01 claimTotal=1,0 claimCurrency=SEK"),
        broken(
            "REC-80-2-002", "R_BUC_07", "too little", at: "instalmentAmount", after: claim, payment,
            "R018 received 2026-03-01 instalmentAmount=70 instalmentCount=10"),
        broken(
            "REC-80-2-002", "R_BUC_07", "an instalment too many", at: "instalmentAmount", after: claim, payment,
            "R036 sent 2026-03-01 instalmentAmount=100.05 instalmentCount=7 prepayment=100.00"),
        kept(
            "REC-80-2-002", "R_BUC_07", "the last one is smaller", claim, payment,
            "R018 received 2026-03-01 instalmentAmount=100 instalmentCount=8"),
        kept(
            "REC-80-2-002", "R_BUC_07", "exactly, with a first payment", claim, payment,
            "R018 received 2026-03-01 instalmentAmount=100 instalmentCount=7 prepayment=0.25"),
        kept(
            "REC-80-2-002", "R_BUC_07", "the number is missing", claim,
            "R018 received 2026-03-01 instalmentAmount=100"),
        broken(
            "REC-STATE-002", "R_BUC_07", "something is left", at: "closing", after: claim, payment,
            "X001 sent 2026-06-01 closing="),
        kept(
            "REC-STATE-002", "R_BUC_07", "all is paid", "R017 sent 2026-01-01 claimTotal=300.25 claimCurrency=SEK",
            payment, "X001 sent 2026-06-01 closing="),
        kept(
            "REC-STATE-002", "R_BUC_07", "the rest was given up", claim, payment,
            "R018 received 2026-05-01 recoveryResult=02 recoveryEnded=", "X001 sent 2026-06-01 closing="),
        kept(
            "REC-STATE-002", "R_BUC_07", "the request was refused", claim, "R018 received 2026-05-01 refusal=",
            "X001 sent 2026-06-01 closing="),
        kept(
            "REC-STATE-002", "R_BUC_07", "the claim was withdrawn", claim, "R025 sent 2026-05-01 reductionReason=04",
            "X001 sent 2026-06-01 closing="),
        broken(
            "REC-STATE-002", "R_BUC_07", "the claim was reduced, and some of it is left", at: "closing", after: claim,
            payment, "R025 sent 2026-05-01 reductionReason=02 claimTotal=500 claimCurrency=SEK",
            "X001 sent 2026-06-01 closing="),
        kept(
            "REC-STATE-002", "R_BUC_07", "the claim is void", claim, "R034 sent 2026-05-01 actionAfterDecision=01",
            "X001 sent 2026-06-01 closing="),
        kept(
            "REC-STATE-002", "R_BUC_07", "the request was withdrawn", claim, "X008 sent 2026-05-01 to=R017-set",
            "X001 sent 2026-06-01 closing="),
        kept(
            "REC-STATE-002", "R_BUC_07", "a payment in another currency", claim,
            "R004 received 2026-02-01 paymentReason=03 paymentAmount=30 paymentCurrency=EUR",
            "X001 sent 2026-06-01 closing="),
    ]

    // MARK: Horizontal

    static let horizontal = [
        broken(
            "HOR-PERS-004", "R_BUC_07", "the same number", at: "birthDate.1",
            after: "R017 sent 2026-01-01 birthDate=1980-01-01 personNumber=EE_38001010010",
            "R018 received 2026-02-01 birthDate=1970-01-01 birthDate.1=1980-01-02 personNumber.1=EE_38001010010"),
        broken(
            "HOR-PERS-004", "LA_BUC_02", "the only persons, one without a number", at: "birthDate",
            after: "A003 sent 2026-01-01 birthDate=1980-01-01 personNumber=EE_38001010010",
            "A004 received 2026-02-01 birthDate=1980-01-02"),
        kept(
            "HOR-PERS-004", "LA_BUC_02", "other numbers of one country",
            "A003 sent 2026-01-01 birthDate=1980-01-01 personNumber=EE_1",
            "A004 received 2026-02-01 birthDate=1980-01-02 personNumber=EE_2"),
        kept(
            "HOR-PERS-004", "R_BUC_07", "several persons without numbers",
            "R017 sent 2026-01-01 birthDate=1980-01-01 birthDate.1=1950-01-01",
            "R018 received 2026-02-01 birthDate=1980-01-02"),
        kept(
            "HOR-PERS-004", "LA_BUC_02", "a zone is no difference", "A003 sent 2026-01-01 birthDate=1980-01-01Z",
            "A004 received 2026-02-01 birthDate=1980-01-01"),
        kept(
            "HOR-PERS-004", "LA_BUC_02", "the document corrects itself", "A003 sent 2026-01-01 birthDate=1980-01-01",
            "A003 sent 2026-02-01 birthDate=1980-01-02 v=2"),
        kept(
            "HOR-PERS-004", "LA_BUC_02", "the other was withdrawn", "A003 sent 2026-01-01 birthDate=1980-01-01",
            "X008 sent 2026-01-02 to=A003-set", "A003 sent 2026-02-01 birthDate=1980-01-02 set=b"),
        broken(
            "HOR-XREF-002", "R_BUC_07", "nothing was asked", at: "/R033", after: "R017 sent 2026-01-01",
            "R033 received 2026-02-01"),
        broken(
            "HOR-XREF-002", "R_BUC_07", "it names something else", at: "/R018",
            after: "R017 sent 2026-01-01", "R036 sent 2026-01-02", "R018 received 2026-02-01 to=R036-set"),
        broken(
            "HOR-XREF-002", "R_BUC_07", "it names what the case does not hold", at: "/R018",
            after: "R017 sent 2026-01-01", "R018 received 2026-02-01 to=elsewhere"),
        broken(
            "HOR-XREF-002", "R_BUC_07", "it answers its own side", at: "/H002", after: "R017 sent 2026-01-01",
            "H001 received 2026-01-02", "H002 received 2026-01-03"),
        kept(
            "HOR-XREF-002", "R_BUC_07", "it names its request", "R017 sent 2026-01-01",
            "R018 received 2026-02-01 to=R017-set"),
        kept("HOR-XREF-002", "R_BUC_07", "it names nothing", "R017 sent 2026-01-01", "R018 received 2026-02-01"),
        kept("HOR-XREF-002", "R_BUC_07", "no reply", "R017 sent 2026-01-01", "R004 received 2026-02-01"),
        kept(
            "HOR-XREF-002", "R_BUC_07", "reopened of one's own accord", "R017 sent 2026-01-01", "X004 sent 2026-02-01"),
    ]

    /// The index of persons answers as a comparison with every document in force does.
    @Test func `one person with two birth dates is found whatever came, was changed and was withdrawn`() throws {
        var random = SeededNumbers(seed: 4)
        var broken = 0
        for _ in 0..<40 {
            var lines: [String] = []
            for number in 0..<12 {
                let set = "set=s\(random.number(6))"
                if random.number(6) == 0 {
                    lines.append("X008 sent 2026-01-01 set=x\(number) to=s\(random.number(6))")
                    continue
                }
                let persons = (0..<(1 + random.number(2))).map { person in
                    let birth = "birthDate.\(person)=198\(random.number(3))-01-01"
                    let country = ["EE", "SE"][random.number(2)]
                    return random.number(3) == 0
                        ? birth : "\(birth) personNumber.\(person)=\(country)_\(random.number(3))"
                }
                lines.append("R017 sent 2026-01-01 \(set) \(persons.joined(separator: " "))")
            }
            lines.append("R018 received 2026-02-01 set=s\(random.number(6)) birthDate=1981-01-01 personNumber=EE_1")
            let found = try Self.breaches("HOR-PERS-004", "R_BUC_07", lines)
            let isBroken = try Self.hasOtherBirth(lines)
            #expect(found.isEmpty != isBroken, "\(lines.joined(separator: "\n"))")
            broken += found.count
        }
        #expect((1..<40).contains(broken))
    }

    /// Whether the last document, which names one person, names it otherwise than one that is in force.
    private static func hasOtherBirth(_ lines: [String]) throws -> Bool {
        let documents = try lines.map(document)
        let judged = try #require(documents.last)
        var inForce: [String: CaseDocument] = [:]
        for document in documents.dropLast() {
            if document.sed == "X008" { inForce[document.event.aboutSet ?? ""] = nil }
            inForce[document.event.set] = document
        }
        inForce[judged.event.set] = nil
        return inForce.values.contains { other in
            let births = other.facts.filter { $0.name == .birthDate }
            return births.contains { birth in
                let numbers = other.facts.filter { $0.name == .personNumber && $0.group == birth.group }.map(\.text)
                let isOther = birth.text != "1981-01-01"
                let isOnly = births.count == 1 && !numbers.contains { $0.hasPrefix("EE") }
                return isOther && (numbers.contains("EE 1") || isOnly)
            }
        }
    }

    @Test func `every rule about cases is broken and kept`() {
        let courses = Self.legislation + Self.notification + Self.recovery + Self.sums + Self.horizontal
        for rule in CaseRule.all.map(\.id) {
            let own = courses.filter { $0.rule == rule }
            #expect(own.contains { $0.breaches.isEmpty } && own.contains { !$0.breaches.isEmpty }, "\(rule)")
        }
    }

    @Test(
        arguments: [
            ("R_BUC_07", "CAS-005", "R033", ["REC-STATE-001", "HOR-XREF-002"]),
            ("R_BUC_07", "CAS-005", "R018", ["REC-STATE-001"]),
            ("R_BUC_07", "CAS-008", "R033", ["REC-STATE-001"]), ("R_BUC_07", "CAS-001", "R018", []),
            ("LA_BUC_02", "CAS-006", "A012", []),
        ] as [(String, RuleID, String, [RuleID])]
    )
    func `a refusal names the rules of law that are broken with it`(
        useCase: String, refusal: RuleID, sed: String, also: [RuleID]
    ) throws {
        let history = CaseHistory(
            of: try #require(BUCType(parsing: useCase)), earlier: [try Self.document("R017 sent 2026-01-01")])
        let document = try Self.document("\(sed) received 2026-02-01")
        #expect(CaseRule.alsoBroken(by: document, after: history, refusedAs: refusal) == also)
    }
}

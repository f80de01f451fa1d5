// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore

extension CaseRule {
    static let applicableLegislation = [agreedException, lateObjection, foreignWithdrawal]

    /// An exception rests on an agreement, which A011 or a partial A002 shows.
    ///
    /// Source: Reg. 883/2004 Art. 16(1).
    private static let agreedException = CaseRule(
        "A1-BASIS-020", judges: ["A008"], in: "LA_BUC_01"
    ) { document, history, _ in
        let basis = document.facts.first { $0.name == .periodBasis && $0.text == "20" }
        let cancellation = document.facts.first { $0.name == .cancellation && $0.text == "1" }
        guard let fact = basis ?? cancellation else { return nil }
        let isAgreed = history.inForce.contains {
            $0.sed == "A011" || $0.sed == "A002" && $0.states(.exceptionDecision, "02")
        }
        return isAgreed ? nil : Breach(at: fact, of: document)
    }

    /// The determination is definitive two months after the institutions were told.
    ///
    /// Source: Reg. 987/2009 Art. 16(3).
    private static let lateObjection = CaseRule(
        "A1-PROV-004", judges: ["A004"], in: "LA_BUC_02"
    ) { document, history, parameters in
        // A later version of an objection that came in time is none that came late.
        guard let objected = history.firstVersion(of: document).day,
            let determined = history.answered(by: document, type: "A003")?.day,
            let months = parameters.number("multi.definitiveMonths", on: determined),
            objected > determined.adding(months: months)
        else { return nil }
        return Breach(at: nil, of: document, event: determined)
    }

    /// A document binds until its issuer withdraws it.
    ///
    /// Source: Reg. 987/2009 Art. 5(1).
    private static let foreignWithdrawal = CaseRule(
        "A1-WD-002", judges: ["A008", "X008"]
    ) { document, history, _ in
        let fact: CaseFact
        let decisions: Set<String>
        if document.sed == "X008" {
            guard let named = document.fact(.withdrawnDocument),
                ["A003", "A007", "A009", "A010", "A011"].contains(named.text)
            else { return nil }
            fact = named
            decisions = [named.text]
        } else {
            guard let cancellation = document.fact(.cancellation), cancellation.text == "1" else { return nil }
            fact = cancellation
            decisions = ["A003", "A009", "A010", "A011"]
        }
        let issuers = history.earlier.filter { decisions.contains($0.sed) }.map(\.sender)
        guard !issuers.isEmpty else { return nil }
        // Who took over a case acts for whom it took it over from, and both are of one State.
        let isForwarded = history.earlier.contains { $0.sed == "X007" }
        let isOwn = issuers.contains {
            $0 == document.sender || isForwarded && $0.country == document.sender.country
        }
        return isOwn ? nil : Breach(at: fact, of: document)
    }
}

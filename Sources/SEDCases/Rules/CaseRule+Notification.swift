// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore

extension CaseRule {
    static let notification = [forwardedBeforeRequest, forwardedLate]

    /// What was asked for cannot have been forwarded before it was asked for.
    ///
    /// Source: Reg. 987/2009 Art. 77(3).
    private static let forwardedBeforeRequest = CaseRule("NOT-77-3-003", judges: ["R016"]) { document, history, _ in
        guard let fact = document.fact(.notifiedOn), let notified = CivilDate(parsing: fact.text),
            let request = history.answered(by: document, type: "R015"),
            let requested = history.firstVersion(of: request).day, notified < requested
        else { return nil }
        return Breach(at: fact, of: document, event: notified)
    }

    /// A later day than the one that was asked for is explained.
    ///
    /// Source: the field for it in R016, CDM 4.4.
    private static let forwardedLate = CaseRule("SEC-R016-001", judges: ["R016"]) { document, history, _ in
        guard let fact = document.fact(.notifiedOn), let notified = CivilDate(parsing: fact.text),
            document.fact(.lateBecause) == nil,
            let limit = history.answered(by: document, type: "R015")?.text(.notifyUntil)
                .flatMap({ CivilDate(parsing: $0) }),
            notified > limit
        else { return nil }
        return Breach(at: fact, of: document, event: notified)
    }
}

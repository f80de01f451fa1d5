// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore

extension CaseRule {
    static let notification = [forwardedBeforeRequest]

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
}

// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
internal import SEDCurrency
package import SEDRecovery
internal import SEDStorage
internal import SEDValidation

/// What checking a request came to.
package struct RequestCheck: Sendable {
    /// By weight, then by rule; each with the provision that it comes from.
    package let findings: [Diagnostic]
    package let verdict: Verdict
    /// As converted now; empty where they could not be.
    package let claims: [Claim]
    /// The rate that the law asks for is not out yet, or not imported.
    package let isProvisional: Bool
    /// The provisions that the findings come from, in the language that was asked for, by their English names.
    package let sources: [String: String]

    /// Whether nothing forbids sending it.
    package var isAdmissible: Bool { verdict == .valid && !findings.contains { $0.severity == .error } }
}

extension RecoveryDesk {
    /// Checks a request as if it were sent now: the message is written and judged like any other, by schema, code
    /// lists and rules; what no document can tell is asked of the draft itself.
    package func check(
        _ id: Int64,
        by actor: String,
        at instant: Instant,
        language: Language = .english
    ) throws -> RequestCheck {
        let stored = try self.stored(id)
        if stored.side != "applicant" { throw Self.wrongState(id) }
        // What was sent is judged with the amounts of then.
        let instant = stored.sent?.at ?? instant
        let request = try content(of: stored)
        return try workspace.store.read { view in
            let draft = try RequestDraft(
                of: stored, request, in: view, .init(now: instant, by: actor, engine: engine))
            return try check(draft, stored, in: view, language).check
        }
    }

    func check(
        _ draft: RequestDraft,
        _ stored: StoredRecoveryRequest,
        in view: Snapshot,
        _ language: Language
    ) throws -> (check: RequestCheck, judgement: Judgement) {
        let judgement = reference.validator.judge(
            draft.bytes, attachments: draft.received, direction: .outbound, language: language
        )
        var findings = judgement.report.findings
        findings += try deskFindings(draft, stored, in: view, language)
        findings += draft.refusals.map { refused in
            Diagnostic(
                rule: refused.refusal.rule, severity: .error, path: "claims/\(refused.claim)",
                message: Words(refused.refusal.message[language]), reference: "Reg. 987/2009 Art. 78(3)(d), Art. 90"
            )
        }
        if let reason = Self.withoutBorder(draft.request.applicant, draft.request.requested) {
            findings.append(
                Diagnostic(
                    rule: .withoutBorder, severity: .error, path: "requested", message: Words(reason[language]),
                    reference: "Reg. 883/2004 Art. 84"))
        }
        findings += Self.statedFindings(draft.request, language)
        if draft.isProvisional {
            findings.append(
                Diagnostic(
                    rule: .rateNotOut, severity: .warning, path: "claims",
                    message: Words(
                        BilingualText(
                            "The rate of the day is not out yet or not imported; the amounts are provisional.",
                            "Päeva kurss ei ole veel avaldatud või imporditud; summad on esialgsed.")[language]),
                    reference: "Reg. 987/2009 Art. 90"
                )
            )
        }
        findings.sort { left, right in
            (right.severity, left.rule, left.path ?? "") < (left.severity, right.rule, right.path ?? "")
        }
        let hasRefusals = draft.refusals.contains { $0.refusal.kind == .undecided }
        let verdict = judgement.report.verdict
        let check = RequestCheck(
            findings: findings, verdict: hasRefusals && verdict == .valid ? .undecided : verdict, claims: draft.claims,
            isProvisional: draft.isProvisional, sources: sources(of: findings, language)
        )
        return (check, judgement)
    }

    private func sources(of findings: [Diagnostic], _ language: Language) -> [String: String] {
        var sources: [String: String] = [:]
        for finding in findings {
            guard let name = finding.reference else { continue }
            let told = reference.validator.rules?.reference(of: finding.rule, language)
            sources[name] = told ?? Provision.told(name, language)
        }
        return sources
    }

    /// Why one institution does not ask another one under the regulations; nil where it may.
    ///
    /// Article 84 of Regulation (EC) No 883/2004 is about collection in another Member State. Its wording is only partly
    /// verified (domain notes, section 2.1), so that this is a finding of the desk and no rule of law.
    static func withoutBorder(_ applicant: InstitutionID, _ requested: InstitutionID) -> BilingualText? {
        if applicant == requested {
            BilingualText(
                "Applicant and requested party are the same institution; nobody sends a request to itself.",
                "Taotlev ja taotluse saanud pool on sama asutus; iseendale taotlust ei saadeta.")
        } else if applicant.country == requested.country {
            BilingualText(
                "Applicant and requested party are of the same State; assistance is between Member States.",
                "Taotlev ja taotluse saanud pool on samast riigist; abi antakse liikmesriikide vahel.")
        } else {
            nil
        }
    }

    /// What neither SED nor envelope can tell.
    private func deskFindings(
        _ draft: RequestDraft,
        _ stored: StoredRecoveryRequest,
        in view: Snapshot,
        _ language: Language
    ) throws -> [Diagnostic] {
        var breaches: [(rule: RuleID, place: String)] = []
        let request = draft.request
        let files = try view.recoveryAttachments(of: stored.id)
        if request.kind == .recovery || request.kind == .precautionary {
            let instruments = files.enumerated().filter {
                $0.element.role == RequestAttachment.Role.instrument.rawValue
            }
            if instruments.isEmpty, request.kind == .recovery, !files.isEmpty {
                breaches.append(("REC-78-1-001", "attachments"))
            }
            for (index, file) in instruments where file.certification == nil {
                breaches.append(("REC-78-1-002", "attachments/\(index + 1)"))
            }
            let declaration = request.declaration
            if declaration.contested == true, declaration.enforceAlthoughContested != true {
                breaches.append(("REC-78-2-A-001", "declaration/contested"))
            }
        }
        if try isSentBefore(request, stored, in: view) { breaches.append(("REC-STATE-004", "claims")) }
        breaches += request.claimsTwice.map { ("REC-STATE-004", "claims/\($0)") }
        if let base = try stored.updates.flatMap(view.recoveryRequest), base.rateDate != draft.circumstances.day {
            breaches.append(("CUR-90-007", "claims"))
        }
        if try isStatedTooLate(draft, stored, in: view) { breaches.append(("REC-72-2-001", "offset/amount")) }
        return try breaches.compactMap { breach in
            guard let rules = reference.validator.rules, let entry = try rules.entry(breach.rule),
                let severity = entry.severities[.outbound]
            else { return nil }
            return Diagnostic(
                rule: breach.rule, severity: severity, path: breach.place,
                message: try rules.words(entry, language, on: draft.circumstances.day),
                reference: entry.reference.isEmpty ? nil : entry.reference
            )
        }
    }
}

extension RecoveryDesk {
    /// Whether another request that was sent asks for one of the claims.
    private func isSentBefore(
        _ request: RecoveryRequest,
        _ stored: StoredRecoveryRequest,
        in view: Snapshot
    ) throws -> Bool {
        // What is stored may have been drafted before there were marks.
        let marks = request.marks + [request.earlierMark]
        return try view.recoveryRequests(withAnyOf: marks, except: stored.id).contains { other in
            // A new version repeats its request.
            let isOther = (other.updates ?? other.id) != (stored.updates ?? stored.id)
            // What was made invalid may be asked for anew.
            return try isOther && other.state == .sent
                && other.isInForce(in: view.recoveryNews(of: other.updates ?? other.id))
        }
    }
}

/// Findings of the recovery desk. `docs/findings.md` describes each.
extension RuleID {
    package static let withoutBorder: RuleID = "DSK-001"
    package static let withoutPlace: RuleID = "DSK-002"
    package static let wrongAccount: RuleID = "DSK-003"
    package static let withoutAmount: RuleID = "DSK-004"
    package static let unequalParts: RuleID = "DSK-005"
}

// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDXML

/// Compares the envelope with itself, with its SED and with the business use case it names.
///
/// Source: the transaction schemas of EESSI, one for each legal combination of use case, version, roles, action and
/// SED; what they do not check (the manifest's count) is checked here too.
struct CombinationCheck {
    let located: EnvelopeReader.Located
    let catalogue: Catalogue
    let combinations: CombinationSource

    private var envelope: Envelope { located.envelope }

    func judge(_ tree: borrowing XMLTree, sed: ElementID?, into report: inout ReportBuilder) {
        report.record(versions(tree) + manifest(tree), in: .combination)
        if let sed { report.record(document(tree, sed), in: .combination) }
        do {
            guard let useCase = try combinations(envelope.buc) else {
                report.leaveUndecided(
                    .combination, because: "the business use case \(envelope.buc, as: "buc") is not known here")
                return
            }
            let findings = roles(tree, useCase) + action(tree, useCase)
            if useCase.versions.contains(envelope.bucVersion) {
                report.record(findings, in: .combination)
            } else {
                judge(findings, ofOtherVersionThan: useCase.versions, into: &report)
            }
        } catch {
            report.leaveUndecided(
                .combination,
                because: "the business use case could not be read: \(String(describing: error), as: "error")")
        }
    }

    /// Keeps of what breaks the tables of the versions that we have only what is known to be wrong in another one too.
    private func judge(
        _ findings: [Diagnostic],
        ofOtherVersionThan versions: Set<CDMVersion>,
        into report: inout ReportBuilder
    ) {
        let facts = VersionFacts(version: envelope.bucVersion)
        let areSendersKnown = facts.knowsSenders(of: envelope.sed, in: envelope.buc)
        let known = versions.sorted().map(\.description).joined(separator: ", ")
        let judged = findings.map { finding in
            let isUpdate = envelope.action == .update
            let isCertain =
                finding.rule == .actionMismatch && isUpdate ? facts.knowsUpdates(of: envelope.sed) : areSendersKnown
            return isCertain
                ? finding
                : finding.lowered(
                    "By CDM \(known, as: "versions"), which may not be so here: \(finding.words, as: "finding")")
        }
        report.record(judged, in: .combination)
        if !areSendersKnown || judged.contains(where: { $0.severity == .note }) {
            report.leaveUndecided(
                .combination,
                because: """
                    who sends \(envelope.sed, as: "sed") in \(envelope.buc, as: "buc") of version \
                    \(envelope.bucVersion, as: "version") is not known here; versions, type and manifest were compared
                    """
            )
        }
    }

    // MARK: Versions and type

    private func versions(_ tree: borrowing XMLTree) -> [Diagnostic] {
        var findings: [Diagnostic] = []
        let expectedHeader = catalogue.envelope(cdm: envelope.cdm)?.headerVersion
        if let expectedHeader, expectedHeader != envelope.headerVersion {
            findings.append(
                finding(
                    .headerVersion, "HeaderVersion", tree,
                    """
                    The header version does not fit TypeVersion \(envelope.cdm, as: "cdm"); expected \
                    \(expectedHeader, as: "expected").
                    """
                )
            )
        }
        if envelope.bucVersion != envelope.cdm {
            let mismatch = finding(
                .useCaseVersionMismatch, "BusinessScope/CaseId/BusinessServiceName", tree,
                """
                The version in BusinessServiceName differs from TypeVersion; expected \
                \("\(envelope.buc):\(envelope.cdm)", as: "expected").
                """
            )
            findings.append(Self.judged(mismatch, between: envelope.bucVersion, envelope.cdm))
        }
        return findings
    }

    private func document(_ tree: borrowing XMLTree, _ sed: ElementID) -> [Diagnostic] {
        var findings: [Diagnostic] = []
        let name = tree.localName(of: sed)
        let parts = Array((tree.namespace(of: sed) ?? "").utf8).split(separator: UInt8(ascii: "/"))
        let isNamed = parts.last?.elementsEqual(name.utf8) ?? false
        if envelope.sed.code != name || !isNamed {
            findings.append(
                finding(
                    .typeMismatch, "DocumentIdentification/Type", tree,
                    """
                    Type is \(envelope.sed, as: "sed"), but the SED's root element or its namespace names another \
                    document.
                    """
                )
            )
        }
        let version = parts.dropLast().last.flatMap { CDMVersion(parsing: String(decoding: $0, as: UTF8.self)) }
        if let version, version != envelope.cdm {
            let mismatch = finding(
                .versionMismatch, "DocumentIdentification/TypeVersion", tree,
                """
                TypeVersion is \(envelope.cdm, as: "cdm"), but the SED is in the namespace of version \
                \(version, as: "version").
                """
            )
            findings.append(Self.judged(mismatch, between: version, envelope.cdm))
        }
        return findings
    }

    /// A difference between two versions is certain when one of them is known to have no other name beside it.
    private static func judged(_ mismatch: Diagnostic, between one: CDMVersion, _ other: CDMVersion) -> Diagnostic {
        let isCertain = [one, other].contains { VersionFacts(version: $0).hasKnownNames }
        return isCertain ? mismatch : mismatch.lowered()
    }

    // MARK: Manifest

    private func manifest(_ tree: borrowing XMLTree) -> [Diagnostic] {
        guard let manifest = located.manifest else { return [] }
        var findings: [Diagnostic] = []
        let entry = catalogue.sed(envelope.sed, cdm: envelope.cdm)
        let isForbidden = VersionFacts(version: envelope.cdm).forbidsAttachments(of: envelope.sed)
        if entry.map({ !$0.allowsAttachments }) ?? isForbidden ?? false {
            findings.append(
                Diagnostic(
                    rule: .manifestForbidden, severity: .error, position: tree.position(of: manifest),
                    path: tree.path(of: manifest),
                    message: "\(envelope.sed, as: "sed") takes no attachments, so no Manifest."
                )
            )
        }
        if let announced = located.announcedItems, announced.count != envelope.attachments.count {
            findings.append(
                Diagnostic(
                    rule: .manifestCount, severity: .error, position: tree.position(of: announced.element),
                    path: tree.path(of: announced.element),
                    message: """
                        NumberOfItems differs from the number of manifest items, which is \
                        \(envelope.attachments.count, as: "count").
                        """
                )
            )
        }
        if Set(envelope.attachments.map(\.identifier)).count < envelope.attachments.count {
            findings.append(
                Diagnostic(
                    rule: .repeatedAttachment, severity: .warning, position: tree.position(of: manifest),
                    path: tree.path(of: manifest), message: "Two manifest items have the same identifier."
                )
            )
        }
        return findings
    }

    // MARK: Roles and action

    private func roles(_ tree: borrowing XMLTree, _ useCase: UseCaseCombinations) -> [Diagnostic] {
        let sender = envelope.sender.role
        let receiver = envelope.receiver.role
        let allowed = CaseRole.allCases.filter { useCase.senders[$0]?.contains(envelope.sed) ?? false }
        guard allowed.contains(sender) else {
            let hint: Words
            if allowed.isEmpty {
                let known = Set(useCase.senders.values.flatMap { $0 }).filter { !$0.isAdministrative }.sorted()
                let list = known.map(\.code).joined(separator: ", ")
                hint = "\(useCase.buc, as: "buc") knows \(list, as: "list") and administrative documents"
            } else {
                let roles = allowed.dropFirst().reduce(Words(allowed[0].rawValue)) { roles, role in
                    "\(roles, as: "roles") or \(role.rawValue, as: "role")"
                }
                hint = "in \(useCase.buc, as: "buc") it is sent by \(roles, as: "roles")"
            }
            return [
                finding(
                    .senderMayNotSend, "Sender/ContactTypeIdentifier", tree,
                    "\(sender.rawValue, as: "role") may not send \(envelope.sed, as: "sed"); \(hint, as: "hint")."
                )
            ]
        }
        // A forwarding participant writes to its successor in its own role (AD_BUC_05); X007 itself may do so.
        let mayKeepRole = envelope.action.isForward || envelope.sed.code == "X007"
        let isPair = sender != receiver || mayKeepRole || (useCase.isMultilateral && sender == .counterparty)
        let areSides = CaseRole.sides.contains(receiver)
        guard isPair, areSides else {
            return [
                finding(
                    .rolesDoNotMatch, "Receiver/ContactTypeIdentifier", tree,
                    """
                    A message of the \(sender.rawValue, as: "sender") in \(useCase.buc, as: "buc") does not go to a \
                    \(receiver.rawValue, as: "receiver").
                    """
                )
            ]
        }
        return []
    }

    private func action(_ tree: borrowing XMLTree, _ useCase: UseCaseCombinations) -> [Diagnostic] {
        let field = "DocumentIdentification/CaseAction"
        switch envelope.action {
        case .update where envelope.documentVersion == 1:
            return [finding(.actionMismatch, field, tree, "CaseAction Update needs DocumentVersion 2 or more.")]
        case .update where envelope.sed.isAdministrative:
            return [
                finding(.actionMismatch, field, tree, "\(envelope.sed, as: "sed") is never updated; send a new one.")
            ]
        case .start where envelope.sed != useCase.starter, .startForward where envelope.sed != useCase.starter:
            return [
                finding(
                    .actionMismatch, field, tree,
                    """
                    \(envelope.sed, as: "sed") does not start \(useCase.buc, as: "buc"); \
                    \(useCase.starter, as: "starter") does. Expected New.
                    """
                )
            ]
        default:
            return []
        }
    }

    private func finding(_ rule: RuleID, _ field: String, _ tree: borrowing XMLTree, _ message: Words) -> Diagnostic {
        let element = tree.element(at: field, below: located.header)
        return Diagnostic(
            rule: rule,
            severity: .error,
            position: element.flatMap { tree.position(of: $0) },
            path: element.map { tree.path(of: $0) },
            message: message
        )
    }
}

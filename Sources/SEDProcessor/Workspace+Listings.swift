// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
internal import SEDCases
package import SEDCore
internal import SEDStorage

/// What a workspace shows of itself; reading only.
extension Workspace {
    /// Everything in the queues: files that cannot be taken, then messages, then what leaves, each oldest first.
    package func queueItems() throws -> [QueueItem] {
        try store.read { view in
            let files = try view.obstacles().map(Self.item)
            let messages = try view.messages(in: MessageState.allCases).map(Self.item)
            let leaving = try view.outbox(in: [.draft, .ready, .staged, .unrouted, .faulty]).map { item in
                Self.item(item, of: try view.message(item.messageID))
            }
            return files + messages + leaving
        }
    }

    /// One item by the identifier that the listing shows; nil where there is none.
    package func queueItem(_ id: String) throws -> QueueItemDetails? {
        try store.read { view in
            let item: QueueItem?
            var messageID: Int64?
            if id.hasPrefix("m"), let number = Int64(id.dropFirst()) {
                messageID = number
                item = try view.message(number).map(Self.item)
            } else if id.hasPrefix("o"), let number = Int64(id.dropFirst()) {
                let all = try view.outbox(in: [.draft, .ready, .staged, .unrouted, .delivered, .faulty])
                let found = all.first { $0.id == number }
                messageID = found?.messageID
                item = try found.map { Self.item($0, of: try view.message($0.messageID)) }
            } else {
                item = try view.obstacles().map(Self.item).first { $0.id == id }
            }
            guard let item else { return nil }
            let history = try messageID.map { try view.audit(of: "message:\($0)") } ?? []
            let report = try messageID.flatMap { try view.report(of: $0) }
                .flatMap { try? JSONDecoder().decode(MessageReport.self, from: Data($0.utf8)) }
            return QueueItemDetails(
                item: item,
                history: history.map { .init(at: $0.at.description, actor: $0.actor, act: $0.act, detail: $0.detail) },
                report: report
            )
        }
    }

    private static func item(_ obstacle: Obstacle) -> QueueItem {
        QueueItem(
            id: "f:\(obstacle.queue)/\(obstacle.fileName)", queue: .inbound, messageId: nil, sed: nil, verdict: nil,
            reason: obstacle.reason, attempts: obstacle.attempts, disposition: nil, rule: obstacle.rule.text,
            caseId: nil, fileName: obstacle.fileName, route: nil, state: "notReady"
        )
    }

    private static func item(_ message: StoredMessage) -> QueueItem {
        let queue: QueueItem.Queue =
            switch message.state {
            case .pending: .pending
            case .quarantined: .quarantine
            case .done, .rejected, .duplicate: .done
            }
        return QueueItem(
            id: "m\(message.id)", queue: queue, messageId: message.instance?.text, sed: message.sed?.code,
            verdict: message.verdict.rawValue, reason: message.reason, attempts: message.attempts,
            disposition: message.disposition.rawValue, rule: message.rule?.text, caseId: message.caseID?.text,
            fileName: message.fileName, route: message.route, state: message.state.rawValue
        )
    }

    private static func item(_ item: OutboxItem, of message: StoredMessage?) -> QueueItem {
        QueueItem(
            id: "o\(item.id)", queue: .outbox, messageId: message?.instance?.text,
            sed: item.kind == .exception ? "X050" : message?.sed?.code, verdict: nil, reason: item.reason,
            attempts: item.attempts, disposition: nil, rule: item.state == .faulty ? RuleID.noResend.text : nil,
            caseId: message?.caseID?.text,
            fileName: item.fileName, route: message?.route, state: item.state.rawValue
        )
    }

    // MARK: Cases

    package func caseItems() throws -> [CaseItem] {
        try store.read { try $0.cases() }.map(Self.item)
    }

    package func caseDetails(_ id: UniqueID, useCases: UseCaseLibrary) throws -> CaseDetails? {
        try store.read { view in
            guard let summary = try view.cases().first(where: { $0.stored.id == id }) else { return nil }
            let stored = summary.stored
            let progress = CaseProgress(steps: try view.steps(of: id).map(\.step))
            let table = try useCases.useCase(stored.buc)?.table(for: stored.role)
            return CaseDetails(
                item: Self.item(summary),
                institution: stored.institution.text,
                maySend: table.map { progress.expected(.sent, in: $0).map(\.code) } ?? [],
                mayArrive: table.map { progress.expected(.received, in: $0).map(\.code) } ?? [],
                participants: try view.participants(of: id).map {
                    .init(institution: $0.institution.text, role: $0.role.rawValue, isActive: $0.isActive)
                },
                documents: progress.documents.map {
                    .init(set: $0.set, sed: $0.sed.code, way: $0.way.rawValue, version: $0.version, isValid: $0.isValid)
                },
                deadlines: try view.deadlines(of: id).map {
                    .init(
                        name: $0.name, dueOn: $0.dueOn.description, isRunning: $0.isRunning,
                        basis: $0.isLaw ? "law" : "policy", reference: $0.reference
                    )
                },
                findings: try view.steps(of: id).flatMap { step in
                    try Self.caseFindings(of: step.messageID, view).map {
                        .init(
                            message: "m\(step.messageID)", sed: step.step.event.sed.code, rule: $0.rule,
                            severity: $0.severity, text: $0.message
                        )
                    }
                },
                pending: try view.pending(in: id).map(Self.item)
            )
        }
    }

    /// What the rules about cases found in a message, as its report keeps it.
    private static func caseFindings(of message: Int64, _ view: Snapshot) throws -> [MessageReport.Finding] {
        let rules = Set(CaseRule.all.map(\.id.text))
        return try view.report(of: message).flatMap(MessageReport.init(json:))?.findings
            .filter { rules.contains($0.rule) } ?? []
    }

    /// What was placed in a case and what waits for it, oldest first; empty for a case that nobody has heard of.
    package func timeline(of id: UniqueID) throws -> [TimelineEntry] {
        try store.read { view in
            let placed = try view.steps(of: id).map { step -> TimelineEntry in
                let event = step.step.event
                let role = event.isUpdate ? "update" : event.about.map { "about \($0)" }
                let findings = try Self.caseFindings(of: step.messageID, view).map { "\($0.severity) \($0.rule)" }
                let remark = [role].compactMap { $0 } + findings
                return TimelineEntry(
                    at: step.at.description, event: event.way.rawValue, sed: event.sed.code, version: event.version,
                    from: step.step.from.name, to: step.step.to.name, message: "m\(step.messageID)",
                    remark: remark.isEmpty ? nil : remark.joined(separator: ", ")
                )
            }
            let others = try view.messages(of: id).filter { $0.state != .done }.map { message in
                let why = [message.rule?.text, message.reason].compactMap { $0 }.joined(separator: ": ")
                return TimelineEntry(
                    at: message.receivedAt.description, event: message.disposition.rawValue, sed: message.sed?.code,
                    version: nil, from: nil, to: nil, message: "m\(message.id)", remark: why.isEmpty ? nil : why
                )
            }
            // Placed steps keep their order; what waits or was set aside stands where it arrived.
            return (placed + others).enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
                .map(\.element)
        }
    }

    private static func item(_ summary: CaseSummary) -> CaseItem {
        CaseItem(
            caseId: summary.stored.id.text, buc: summary.stored.buc.code, role: summary.stored.role.rawValue,
            state: summary.stored.state.name, documents: summary.documents, pending: summary.pending
        )
    }
}

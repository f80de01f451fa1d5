// SPDX-License-Identifier: EUPL-1.2

internal import SEDCases
package import SEDCore
internal import SEDInspection
internal import SEDQueue
internal import SEDStorage

/// What a workspace shows of itself; reading only.
extension Workspace {
    /// What a query means: files that cannot be taken, then messages, then what leaves, each oldest first.
    package func queueItems(_ query: QueueQuery = QueueQuery(), toldBy teller: Teller = .english) throws -> [QueueItem]
    {
        try store.read { view in
            let obstacles = query.queues.contains(.inbound) ? try Self.obstacles(view) : [:]
            return try query.references(in: view).compactMap { try Self.item($0, view, obstacles, teller) }
                + Self.failedHandOvers(query, in: view)
        }
    }

    /// One item by the identifier that the listing shows; nil where there is none.
    package func queueItem(_ id: String, toldBy teller: Teller = .english) throws -> QueueItemDetails? {
        try store.read { view in
            guard let reference = ItemReference(id),
                let item = try Self.item(reference, view, Self.obstacles(view), teller)
            else { return nil }
            let messageID: Int64? =
                switch reference {
                case .message(let number): number
                case .outbox(let number): try view.outboxItem(number)?.messageID
                case .file: nil
                }
            let history = try messageID.map { try view.audit(of: "message:\($0)") } ?? []
            let report = try messageID.flatMap { try view.report(of: $0) }
                .flatMap(MessageReport.init(json:))
            let handOver =
                try id.hasPrefix("o") ? Int64(id.dropFirst()).flatMap { try view.handOver(ofOutbox: $0) } : nil
            let transport = try messageID.flatMap { try view.transport(of: $0) }
            return QueueItemDetails(
                item: item,
                transport: transport.map {
                    .init(
                        layout: $0.layout, messageId: $0.messageID, conversationId: $0.conversationID,
                        refToMessageId: $0.refToMessageID, sender: $0.sender, receiver: $0.receiver
                    )
                },
                handOver: handOver.map {
                    .init(layout: $0.layout, state: $0.state, messageId: $0.as4MessageID, reason: $0.reason)
                },
                history: history.map { .init(at: $0.at.description, actor: $0.actor, act: $0.act, detail: $0.detail) },
                report: report.map { teller.told($0) }
            )
        }
    }

    private static func item(
        _ reference: ItemReference,
        _ view: Snapshot,
        _ obstacles: [ItemReference: Obstacle],
        _ teller: Teller
    ) throws -> QueueItem? {
        switch reference {
        case .message(let number):
            try view.message(number).map { item($0, teller) }
        case .outbox(let number):
            try view.outboxItem(number).map { item($0, of: try view.message($0.messageID), teller) }
        case .file:
            obstacles[reference].map { item($0, teller) }
        }
    }

    /// What an access point has refused, or does not look at, is delivered and yet not on its way.
    private static func failedHandOvers(_ query: QueueQuery, in view: Snapshot) throws -> [QueueItem] {
        guard query.queues.contains(.outbox), query.rule == nil, query.before == nil else { return [] }
        return try [OutboundQueue.Sign.State.stuck, .failed].flatMap { state in
            try view.handOvers(in: state.rawValue).compactMap { failed in
                guard let message = try view.message(failed.messageID), query.admits(message) else { return nil }
                return item(failed, of: message)
            }
        }
    }

    private static func obstacles(_ view: Snapshot) throws -> [ItemReference: Obstacle] {
        let files = try view.obstacles().map { (ItemReference.file(queue: $0.queue, name: $0.fileName), $0) }
        return Dictionary(files) { first, _ in first }
    }

    private static func item(_ obstacle: Obstacle, _ teller: Teller) -> QueueItem {
        QueueItem(
            id: "f:\(obstacle.queue)/\(obstacle.fileName)", queue: .inbound, messageId: nil, sed: nil, verdict: nil,
            reason: teller.told(obstacle.reason, of: [obstacle.rule]), attempts: obstacle.attempts, disposition: nil,
            rule: obstacle.rule.text,
            caseId: nil, fileName: obstacle.fileName, route: nil, state: "notReady"
        )
    }

    private static func reason(of message: StoredMessage, _ teller: Teller) -> String? {
        message.reason.map { teller.told($0, of: [message.rule].compactMap(\.self)) }
    }

    private static func item(_ message: StoredMessage, _ teller: Teller) -> QueueItem {
        QueueItem(
            id: "m\(message.id)", queue: QueueItem.Queue(message.state), messageId: message.instance?.text,
            sed: message.sed?.code,
            verdict: message.verdict.rawValue, reason: Self.reason(of: message, teller), attempts: message.attempts,
            disposition: message.disposition.rawValue, rule: message.rule?.text, caseId: message.caseID?.text,
            fileName: message.fileName, route: message.route,
            state: message.isHeld ? "held" : message.state.rawValue
        )
    }

    private static func item(_ item: OutboxItem, of message: StoredMessage?, _ teller: Teller) -> QueueItem {
        QueueItem(
            id: "o\(item.id)", queue: .outbox, messageId: message?.instance?.text,
            sed: item.kind.document ?? message?.sed?.code, verdict: nil,
            reason: item.reason.map { teller.told($0) }, attempts: item.attempts, disposition: nil,
            rule: item.state == .faulty ? RuleID.noResend.text : nil, caseId: message?.caseID?.text,
            fileName: item.fileName, route: message?.route, state: item.state.rawValue
        )
    }

    private static func item(_ failed: StoredHandOver, of message: StoredMessage) -> QueueItem {
        QueueItem(
            id: "o\(failed.outboxID)", queue: .outbox, messageId: message.instance?.text, sed: message.sed?.code,
            verdict: nil, reason: failed.reason, attempts: 0, disposition: nil, rule: nil,
            caseId: message.caseID?.text, fileName: failed.fileName, route: message.route, state: failed.state
        )
    }

    // MARK: Cases

    package func caseItems() throws -> [CaseItem] {
        try store.read { try $0.cases() }.map(Self.item)
    }

    /// A case, also one of which all documents wait; of several institutions of ours that take part in it, the named one
    /// or the first.
    package func caseDetails(
        _ id: UniqueID,
        of institution: InstitutionID? = nil,
        useCases: UseCaseLibrary,
        toldBy teller: Teller = .english,
        today: CivilDate = SystemTime.now().date
    ) throws -> CaseDetails? {
        try store.read { view in
            let summaries = try view.cases(id)
            guard let key = try caseKey(id, of: institution, in: view) else { return nil }
            let file = try CaseFile(key, in: view, useCases: useCases, ours: Set(configuration.institutions))
            let course = file.course
            let table = course.table
            func expected(_ way: Way, in thread: CaseCourse.Thread?) -> [String] {
                guard let table, let thread, !course.hasLeft(thread) else { return [] }
                return thread.progress.expected(way, in: table).map(\.code)
            }
            let threads: [CaseDetails.Thread] = course.threads.map { thread in
                .init(
                    number: thread.number, counterparty: thread.counterparty?.text,
                    state: thread.progress.state.name, maySend: expected(.sent, in: thread),
                    mayArrive: expected(.received, in: thread)
                )
            }
            let pending = try view.pending(in: id).filter { waiting in
                (waiting.way == .sent ? waiting.sender : waiting.receiver) == key.institution
            }
            let item = summaries.first { $0.stored.key == key }.map(Self.item)
            guard let item = item ?? Self.waiting(key, course.entries, pending: pending.count) else { return nil }
            return CaseDetails(
                item: item,
                institution: key.institution.text,
                otherInstitutions: summaries.map(\.stored.key.institution.text).filter { $0 != key.institution.text },
                maySend: expected(.sent, in: course.current),
                mayArrive: expected(.received, in: course.current),
                threads: threads,
                participants: course.participants.map {
                    .init(institution: $0.institution.text, role: $0.role.rawValue, isActive: $0.isActive)
                },
                documents: course.documents.map { document in
                    .init(
                        set: document.set, sed: document.sed.code, way: document.way.rawValue,
                        version: document.version, isValid: document.isValid,
                        counterparties: document.versions[document.version]?.holders.keys.map(\.text).sorted() ?? [])
                },
                resends: course.resendDuties.map(Self.resend),
                deadlines: try view.deadlines(of: key).map { DueItem($0, in: course, today: today) }
                    + waiting(in: view, today: today).filter { item in pending.contains { item.message == "m\($0.id)" }
                    },
                findings: try view.steps(of: key).flatMap { step in
                    try Self.caseFindings(of: step.messageID, view, teller).map {
                        .init(
                            message: "m\(step.messageID)", sed: step.step.event.sed.code, rule: $0.rule,
                            severity: $0.severity, text: $0.message
                        )
                    }
                },
                pending: pending.map { Self.item($0, teller) }
            )
        }
    }

    /// The line of a case whose documents all wait: it has not begun.
    private static func waiting(_ key: CaseKey, _ entries: [CaseEntry], pending: Int) -> CaseItem? {
        guard let first = entries.first else { return nil }
        return CaseItem(
            caseId: key.id.text, institution: key.institution.text, buc: first.buc.code, role: first.ours.role.rawValue,
            state: StateID.start.name, documents: 0, pending: pending
        )
    }

    private static func resend(_ duty: CaseCourse.ResendDuty) -> CaseDetails.Resend {
        CaseDetails.Resend(
            receiver: duty.receiver.institution.text, receiverRole: duty.receiver.role.rawValue, sed: duty.sed.code,
            set: duty.set, version: duty.version, action: duty.action.rawValue, message: "m\(duty.messageID)",
            doneBy: duty.done.map { "m\($0)" }
        )
    }

    /// What the rules about cases found in a message, as its report keeps it.
    private static func caseFindings(of message: Int64, _ view: Snapshot, _ teller: Teller) throws
        -> [MessageReport.Finding]
    {
        let rules = Set(CaseRule.all.map(\.id.text))
        return try view.report(of: message).flatMap(MessageReport.init(json:)).map { teller.told($0) }?.findings
            .filter { rules.contains($0.rule) } ?? []
    }

    /// A finding in two words.
    private static func remark(on finding: MessageReport.Finding) -> Words {
        switch Severity(rawValue: finding.severity) {
        case .error: "error \(finding.rule, as: "rule")"
        case .warning: "warning \(finding.rule, as: "rule")"
        case .note, nil: "note \(finding.rule, as: "rule")"
        }
    }

    /// What was placed in a case and what waits for it, oldest first; empty for a case that nobody has heard of.
    ///
    /// Of several institutions of ours that take part in it, the named one or the first.
    package func timeline(
        of id: UniqueID,
        of institution: InstitutionID? = nil,
        toldBy teller: Teller = .english
    ) throws -> [TimelineEntry] {
        try store.read { view in
            let key = try view.storedCases(id).map(\.key).first { institution == nil || $0.institution == institution }
            let placed = try key.map(view.steps)?.map { step -> TimelineEntry in
                let event = step.step.event
                let about = event.about.map { (sed) -> Words in "about \(sed, as: "sed")" }
                let role = event.isUpdate ? Words("update") : about
                let findings = try Self.caseFindings(of: step.messageID, view, teller).map(Self.remark)
                let remark = ([role].compactMap { $0 } + findings).map { teller.told($0) }
                return TimelineEntry(
                    at: step.at.description, event: event.way.rawValue, sed: event.sed.code, version: event.version,
                    from: step.step.from.name, to: step.step.to.name,
                    counterparty: try view.message(step.messageID).flatMap { Self.counterparty(of: $0, for: key) },
                    message: "m\(step.messageID)",
                    remark: remark.isEmpty ? nil : remark.joined(separator: ", ")
                )
            }
            let messages = try view.messages(of: id).filter { message in
                message.state != .done
                    && [nil, message.sender, message.receiver].contains(institution ?? key?.institution)
            }
            let others = messages.map { message in
                let why = [message.rule?.text, Self.reason(of: message, teller)].compactMap { $0 }.joined(
                    separator: ": ")
                return TimelineEntry(
                    at: message.waitsSince.description,
                    event: message.displacedAt == nil ? message.disposition.rawValue : "displaced",
                    sed: message.sed?.code, version: nil, from: nil, to: nil,
                    counterparty: Self.counterparty(of: message, for: key), message: "m\(message.id)",
                    remark: why.isEmpty ? nil : why
                )
            }
            // Placed steps keep their order; what waits or was set aside stands where it arrived.
            return ((placed ?? []) + others).enumerated().sorted {
                ($0.element.at, $0.offset) < ($1.element.at, $1.offset)
            }
            .map(\.element)
        }
    }

    /// Who is at the other end of a message: of one between two institutions of ours, as the case of one sees it.
    private static func counterparty(of message: StoredMessage, for key: CaseKey?) -> String? {
        let ours = key?.institution ?? (message.way == .sent ? message.sender : message.receiver)
        return (message.sender == ours ? message.receiver : message.sender)?.text
    }

    private static func item(_ summary: CaseSummary) -> CaseItem {
        CaseItem(
            caseId: summary.stored.key.id.text, institution: summary.stored.key.institution.text,
            buc: summary.stored.buc.code, role: summary.stored.role.rawValue, state: summary.stored.state.name,
            documents: summary.documents, pending: summary.pending
        )
    }
}

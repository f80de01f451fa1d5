// SPDX-License-Identifier: EUPL-1.2

internal import SEDCases
internal import SEDCore
internal import SEDCrypto
internal import SEDInspection
internal import SEDQueue
internal import SEDStorage
internal import SEDValidation
internal import SEDXML

/// Writes judged files and all their effects into a transaction.
struct MessageCommit {
    let transaction: Transaction
    let configuration: Configuration
    let useCases: UseCaseLibrary
    /// The rules of law; nil where only formats and state tables are asked.
    let rules: RuleLibrary?
    /// What judges here.
    let edition: Edition?
    let shelf: CaseShelf
    let now: Instant
    let actor: String
    /// The cases that new messages are about, in the order of those messages.
    private var touched: [CaseKey] = []
    /// The new messages of this transaction that their cases are still to be asked about.
    private var fresh: [Int64: Fresh] = [:]
    private var arrivals: [CaseKey: [Int64]] = [:]
    /// Whether the store tells of files that could not be taken; mostly there are none to look for.
    private var hasObstacles: Bool?

    /// What is at hand of a new message, so that it need not be read back.
    private struct Fresh {
        let envelope: Envelope
        let report: MessageReport
        let facts: [CaseFact]
        /// As its case sees it; nil where it belongs to several, of which one may already have moved it on.
        let entry: StoredEntry?
    }

    init(
        transaction: Transaction,
        configuration: Configuration,
        useCases: UseCaseLibrary,
        rules: RuleLibrary?,
        edition: Edition?,
        shelf: CaseShelf,
        now: Instant,
        actor: String
    ) {
        self.transaction = transaction
        self.configuration = configuration
        self.useCases = useCases
        self.rules = rules
        self.edition = edition
        self.shelf = shelf
        self.now = now
        self.actor = actor
    }

    private var ours: Set<InstitutionID> { Set(configuration.institutions) }

    /// Stores a file.
    ///
    /// - Returns: Its number, and what was decided; nil for that while its case is still to be asked.
    mutating func receive(_ file: JudgedFile) throws -> (id: Int64, result: ProcessedMessage?) {
        let envelope = file.judgement.envelope
        let way = try envelope.flatMap { try self.way(of: $0) }
        let decision = try decide(file, isOurs: envelope == nil || way != nil)
        var report = MessageReport(keeping: file.judgement.report, path: file.offer.name)
        if let envelope, let way, let bytes = file.bytes {
            report = try report.keepingInOrder(
                InstitutionCheck(transaction.view).findings(
                    on: envelope, named: file.judgement.facts.addedInstitution, on: day(of: envelope, way, at: now),
                    in: bytes
                )
            )
        }
        let message = try message(file, way: way ?? .received, decision: decision, findings: report.findings.count)
        let id = try insert(message, of: file)
        guard case .place = decision, let envelope, let way else {
            let result = settled(id, file, &report, decision)
            try finish(result)
            return (id, result)
        }
        let keys = keys(
            of: envelope.caseID, from: envelope.sender.institution, to: envelope.receiver.institution, way)
        fresh[id] = Fresh(
            envelope: envelope, report: report, facts: file.judgement.facts.caseFacts,
            entry: keys.count == 1 ? message.entry(numbered: id, of: keys[0].institution, ours: ours) : nil
        )
        for key in keys {
            if arrivals[key] == nil { touched.append(key) }
            arrivals[key, default: []].append(id)
        }
        return (id, nil)
    }

    /// The cases that a message belongs to: that of the institution of ours that sent or received it, and where both
    /// are ours those of both.
    func keys(of id: UniqueID, from sender: InstitutionID, to receiver: InstitutionID, _ way: Way) -> [CaseKey] {
        let own = way == .sent ? sender : receiver
        let others = way == .received && ours.contains(sender) ? [sender] : []
        return Set([own] + others).sorted().map { CaseKey(id: id, institution: $0) }
    }

    /// Stores a message that lies in no folder: one that this program wrote, or one whose file was moved long ago.
    ///
    /// `queue` says where it comes from.
    ///
    /// - Returns: As for a file.
    mutating func receive(
        _ bytes: [UInt8],
        _ judgement: Judgement,
        _ attachments: [InboundQueue.Attachment] = [],
        from queue: String,
        named name: String
    ) throws -> (id: Int64, result: ProcessedMessage?) {
        let received = try receive(
            JudgedFile(
                offer: InboundQueue.Offer(queue: queue, name: name), identity: nil, bytes: bytes, size: bytes.count,
                digest: SHA256Digest(of: bytes).description, attachments: attachments, judgement: judgement
            )
        )
        try transaction.acknowledge([received.id], at: now)
        return received
    }

    /// Brings the cases of the received files forward.
    ///
    /// - Returns: What became of those files, and of messages that had waited.
    mutating func settleCases() throws -> [ProcessedMessage] {
        defer {
            touched = []
            arrivals = [:]
            fresh = [:]
        }
        return try touched.flatMap { try settle($0, arrived: arrivals[$0] ?? []) }
    }

    // MARK: Decisions

    /// What is to be done with a file, before its case is asked.
    enum Decision {
        case place
        case waits(RuleID, Words)
        case duplicate(Words)
        case quarantine(RuleID?, Words)
        case reject(RuleID?, Words)

        var state: MessageState {
            switch self {
            case .place, .waits: .pending
            case .duplicate: .duplicate
            case .quarantine, .reject: .quarantined
            }
        }

        var disposition: Disposition {
            switch self {
            case .place, .waits: .pending
            case .duplicate: .duplicate
            case .quarantine: .quarantine
            case .reject: .reject
            }
        }

        var rule: RuleID? {
            switch self {
            case .place: nil
            case .duplicate: .duplicate
            case .waits(let rule, _): rule
            case .quarantine(let rule, _), .reject(let rule, _): rule
            }
        }

        var reason: Words? {
            switch self {
            case .place: nil
            case .waits(_, let reason), .duplicate(let reason), .quarantine(_, let reason), .reject(_, let reason):
                reason
            }
        }

        /// What becomes of a document that cannot be read or is not valid, whatever else is known of it; else nil.
        init?(refusing report: ValidationReport) {
            let error = report.findings.first { $0.severity == .error }
            if [Layer.lexicalGuard, .wellFormed].contains(where: { report.outcome(of: $0) == .failed }) {
                self = .quarantine(error?.rule, error?.words ?? "The file could not be read as a message.")
            } else if let limit = report.findings.first(where: {
                [.documentTooLarge, .tooManyElements].contains($0.rule)
            }) {
                self = .quarantine(limit.rule, limit.words)
            } else if !report.isPlaceable, report.verdict == .invalid {
                self = .reject(error?.rule, error?.words ?? "The message is not valid.")
            } else {
                return nil
            }
        }

        /// What becomes of a document that nothing refuses and that is no duplicate.
        init(on judgement: Judgement, isOurs: Bool) {
            if judgement.report.verdict == .undecided {
                let layer = judgement.report.layers.first { $0.outcome.word == "undecided" }
                let open = layer?.outcome.words ?? "no reason is known"
                self = .waits(.engine, "Not judged: \(open, as: "reason")")
            } else if judgement.envelope == nil {
                self = .quarantine(.noEnvelope, "A SED without envelope belongs to no case.")
            } else if !isOurs {
                self = .waits(.notOurs, "Neither sender nor receiver is an institution of this workspace.")
            } else {
                self = .place
            }
        }
    }

    private func decide(_ file: JudgedFile, isOurs: Bool) throws -> Decision {
        if file.isDeadly { return .quarantine(.deadly, Intake.deadlyReason) }
        if let refusal = Decision(refusing: file.judgement.report) { return refusal }
        // From here on the message may have an effect, so from here on its identity counts.
        if let envelope = file.judgement.envelope,
            let first = try transaction.view.message(from: envelope.sender.institution, instance: envelope.instance)
        {
            if first.digest == file.digest {
                return .duplicate(
                    "The same message (the same bytes) was received before as number \(first.id, as: "number").")
            }
            // Which of the two holds, a person has to ask the sender.
            return .quarantine(
                .duplicate, "The same message (other bytes) was received before as number \(first.id, as: "number").")
        }
        return Decision(on: file.judgement, isOurs: isOurs)
    }

    /// Whether we sent or received it; nil when it is none of ours.
    private func way(of envelope: Envelope) throws -> Way? {
        let ours = configuration.institutions
        if ours.isEmpty {
            // Nobody said who we are: whoever a case reaches first is us, for the life of that case.
            let known =
                try transaction.view.storedCases(envelope.caseID).first?.key.institution
                ?? transaction.view.firstInstitution(of: envelope.caseID)
            return known == envelope.sender.institution ? .sent : .received
        }
        if ours.contains(envelope.receiver.institution) { return .received }
        return ours.contains(envelope.sender.institution) ? .sent : nil
    }

    // MARK: Storing

    private func message(_ file: JudgedFile, way: Way, decision: Decision, findings: Int) throws -> NewMessage {
        let judgement = file.judgement
        var message = NewMessage(
            queue: file.offer.queue, fileName: file.offer.name, digest: file.digest, bytes: file.bytes, size: file.size,
            receivedAt: now, verdict: judgement.report.verdict, disposition: decision.disposition,
            state: decision.state
        )
        message.way = way
        message.envelope = judgement.envelope
        message.sed = judgement.report.sed
        message.rule = decision.rule
        message.reason = decision.reason
        message.contexts = judgement.facts.contexts
        message.about = judgement.facts.about
        message.addedInstitution = judgement.facts.addedInstitution
        message.removedInstitution = judgement.facts.removedInstitution
        message.contentDigest = file.contentDigest
        message.facts = try file.facts.get()
        message.documentFindings = findings
        message.edition = edition
        message.direction = judgement.direction
        return message
    }

    private mutating func insert(_ message: NewMessage, of file: JudgedFile) throws -> Int64 {
        let id = try transaction.insert(message, attachments: file.kept)
        if let transport = file.transport { try transaction.add(transport, to: id) }
        try transaction.add(files: file.files, to: id)
        let hasObstacles = try hasObstacles ?? transaction.view.hasObstacles()
        self.hasObstacles = hasObstacles
        if hasObstacles { try transaction.removeObstacle(queue: file.offer.queue, fileName: file.offer.name) }
        try transaction.audit(
            "received", subject: "message:\(id)", detail: "\(file.size) bytes, \(message.verdict.rawValue)",
            by: actor, at: now
        )
        return id
    }

    /// The result for a message whose case was not asked.
    private func settled(
        _ id: Int64,
        _ file: JudgedFile,
        _ report: inout MessageReport,
        _ decision: Decision
    ) -> ProcessedMessage {
        report.disposition = decision.disposition.rawValue
        report.explain(decision.reason)
        return ProcessedMessage(
            id: id, fileName: file.offer.name, disposition: decision.disposition,
            verdict: file.judgement.report.verdict, rule: decision.rule, reason: decision.reason,
            sed: file.judgement.report.sed, buc: file.judgement.report.buc,
            caseID: file.judgement.envelope?.caseID, caseState: nil, route: nil, report: report, hadWaited: false,
            wasDisplaced: false, toQuarantine: decision.state == .quarantined
        )
    }

    /// Keeps the report as it now stands, and writes down what was decided.
    private func finish(_ result: ProcessedMessage) throws {
        try transaction.setReport(try StableJSON.encode(result.report), of: result.id)
        try transaction.audit(
            "decided", subject: "message:\(result.id)",
            detail: [result.disposition.rawValue, result.rule?.text].compactMap { $0 }.joined(separator: " "),
            by: actor, at: now
        )
    }

    // MARK: Cases

    /// Folds a case with what arrived, and gives every message whose place has changed its effects.
    ///
    /// Without arrivals the case is only brought in line with the archive.
    func settle(_ key: CaseKey, arrived: [Int64] = []) throws -> [ProcessedMessage] {
        let opened = try open(key, arrived: arrived)
        let kept = opened.kept
        var file = opened.file
        for id in arrived { if let facts = fresh[id]?.facts { file.know(facts, of: id) } }
        var results = try settlePlaced(&file, from: kept)
        results += try settleWaiting(&file)
        let deadlines = try file.deadlines(in: transaction.view)
        if opened.isAppended {
            try transaction.add(file.rows(after: kept, deadlines: deadlines), to: key)
        } else {
            try transaction.save(file.rows(deadlines: deadlines), of: key, isNew: isNew(file))
        }
        try transaction.watchClosings(deadlines.map(\.deadline), of: key, today: now.date)
        file.storedSteps = file.course.placed.count
        shelf.put(file)
        return results
    }

    /// The case with what arrived, how many of its steps are as the store has them, and whether the others are new.
    private func open(_ key: CaseKey, arrived: [Int64]) throws -> (file: CaseFile, kept: Int, isAppended: Bool) {
        if var file = shelf.take(key), let stored = file.storedSteps {
            let entries = try arrived.compactMap {
                try fresh[$0]?.entry ?? transaction.view.entry($0, of: key.institution, ours: ours)
            }
            if entries.allSatisfy({ file.course.useCases[$0.entry.buc] != nil }) {
                let isLate = entries.contains { entry in file.course.last.map { entry.entry.order < $0 } ?? false }
                shelf.folded += isLate ? file.standings.count + entries.count : entries.count
                let kept = file.course.add(arriving: entries.map(\.entry))
                for entry in entries {
                    file.standings[entry.entry.number] = .init(state: entry.state, rule: entry.rule)
                }
                if kept < stored { file.history = nil }
                return (file, kept, kept == stored)
            }
        }
        let latest = arrived.compactMap { fresh[$0]?.entry }
        let file = try CaseFile(
            key, in: transaction.view, useCases: useCases, ours: ours,
            latest: latest.count == arrived.count ? latest : []
        )
        shelf.folded += file.standings.count
        if isNew(file) { return (file, 0, false) }
        let kept = zip(try transaction.view.steps(of: key), file.course.placed).prefix { stored, placed in
            stored.messageID == placed.entry.number && stored.step == placed.step && stored.thread == placed.thread
        }.count
        return (file, kept, false)
    }

    /// Whether all of the case came with this transaction.
    private func isNew(_ file: CaseFile) -> Bool {
        !file.standings.isEmpty && file.standings.keys.allSatisfy { fresh[$0] != nil }
    }

    private func decides(_ entry: CaseEntry) -> Bool { entry.isDecided(among: ours) }

    /// Judges anew what stands behind messages that came late, and brings its reports in line.
    func judgeAnew(_ key: CaseKey) throws {
        guard let start = try transaction.view.placeToJudge(of: key) else { return }
        try transaction.noteJudged(key)
        var file = try open(key, arrived: []).file
        guard let rules, let useCase = file.course.useCase else { return }
        let judge = CaseJudge(rules: rules)
        var history = CaseHistory(of: useCase.type)
        for (place, placed) in file.course.placed.enumerated() {
            let entry = placed.entry
            let document = try file.document(entry, as: placed.step.event, in: transaction.view)
            if place >= start, decides(entry) {
                let findings = try judge.findings(on: document, travelling: entry.way, after: history)
                _ = try settle(entry, Outcome(placed, findings: findings), isNew: false, of: &file)
            }
            history.append(document)
        }
    }

    /// Judges what is newly placed and gives it its effects; what only stands elsewhere than before is noted for later.
    private func settlePlaced(_ file: inout CaseFile, from kept: Int) throws -> [ProcessedMessage] {
        guard let useCase = file.course.useCase else { return [] }
        let copies = Dictionary(grouping: file.course.resent.values, by: \.original)
        let judge = rules.map(CaseJudge.init)
        var history = file.history ?? CaseHistory(of: useCase.type)
        file.history = nil
        var moved: Int?
        var results: [ProcessedMessage] = []
        for place in history.earlier.count..<file.course.placed.count {
            let placed = file.course.placed[place]
            let entry = placed.entry
            let standing = file.standings[entry.number]
            let isNew = standing?.state == .pending || standing?.rule == .resent
            let document = try file.document(entry, as: placed.step.event, in: transaction.view)
            if isNew, decides(entry) {
                let findings = try judge?.findings(on: document, travelling: entry.way, after: history) ?? []
                let outcome = Outcome(placed, findings: findings)
                let others = copies[entry.number]?.map(\.entry.number) ?? []
                results +=
                    try settle(entry, outcome, isNew: true, copies: others, of: &file).map { [$0] } ?? []
            }
            // Late messages may come in numbers: what stands behind them is judged once, when all are there.
            if place >= kept, !isNew { moved = min(moved ?? place, place) }
            if isNew {
                try transaction.audit(
                    "placed", subject: "case:\(file.key.id)",
                    detail: """
                        message \(entry.number) \(entry.event.sed) \(entry.way.rawValue): \(placed.step.from) to \
                        \(placed.step.to)
                        """,
                    by: actor, at: now
                )
            }
            history.append(document)
        }
        file.history = history
        if let moved { try transaction.noteToJudge(file.key, from: moved) }
        return results
    }

    /// Tells what has no place, and what the case holds already.
    private func settleWaiting(_ file: inout CaseFile) throws -> [ProcessedMessage] {
        var results: [ProcessedMessage] = []
        for copy in file.course.resent.values.sorted(by: { $0.entry.order < $1.entry.order })
        where decides(copy.entry) && file.standings[copy.entry.number]?.rule != .resent {
            let isNew = file.standings[copy.entry.number]?.state == .pending
            if !isNew { try displace(copy.entry, in: file.key) }
            let reason: Words = "The case already holds this version; sent again, it has no second effect."
            var outcome = Outcome()
            outcome.state = file.course.state
            outcome.notes = [Diagnostic(rule: .resent, severity: .note, message: reason)]
            results += try settle(copy.entry, outcome, isNew: isNew, of: &file).map { [$0] } ?? []
        }
        for entry in file.course.waiting where decides(entry) {
            let standing = file.standings[entry.number]
            guard let rule = file.course.refusalReason(of: entry)?.rule else { continue }
            // Most tries of a waiting message change nothing, and then nothing is written.
            // A person who was told that no exception may be sent (SYS-009) need not be told again.
            if standing?.state == .pending, [rule, .noException].contains(standing?.rule) { continue }
            guard let refusal = file.course.refusal(of: entry) else { continue }
            var outcome = Outcome()
            outcome.isWaiting = true
            outcome.isDisplaced = standing?.state == .done
            if outcome.isDisplaced { try displace(entry, in: file.key) }
            let hadPlace = try transaction.view.message(entry.number)?.displacedAt != nil
            let lost: Words = """
                It has lost its place to a message that was made before it and came later. \
                \(refusal.words, as: "reason")
                """
            outcome.notes = [
                Diagnostic(
                    rule: refusal.rule, also: try alsoBroken(by: entry, refusal, file), severity: .note,
                    message: hadPlace ? lost : refusal.words
                )
            ]
            let result = try settle(entry, outcome, isNew: standing?.state == .pending, of: &file)
            if outcome.isDisplaced || fresh[entry.number] != nil { results += result.map { [$0] } ?? [] }
        }
        return results
    }

    /// The rules of law that a refusal by the state table breaks as well.
    private func alsoBroken(by entry: CaseEntry, _ refusal: CaseRefusal, _ file: CaseFile) throws -> [RuleID] {
        guard rules != nil, CaseRule.misplacements.contains(refusal.rule), let history = file.history else { return [] }
        let document = CaseJudge.document(
            entry, as: entry.event, facts: try transaction.view.facts(of: entry.number)
        )
        return CaseRule.alsoBroken(by: document, after: history, refusedAs: refusal.rule)
    }

    /// Takes back what was not delivered of a message that has lost its place to others that were made before it.
    private func displace(_ entry: CaseEntry, in key: CaseKey) throws {
        try transaction.withdrawDelivery(of: entry.number)
        try transaction.noteDisplaced(entry.number, at: now)
        for subject in ["message:\(entry.number)", "case:\(key.id)"] {
            try transaction.audit(
                "displaced", subject: subject,
                detail: "message \(entry.number) \(entry.event.sed) \(entry.way.rawValue)", by: actor, at: now
            )
        }
    }

    /// Writes what asking the case came to; nil when that was known.
    ///
    /// `copies` are the messages that came before it and bring the same.
    private func settle(
        _ entry: CaseEntry,
        _ outcome: Outcome,
        isNew: Bool,
        copies: [Int64] = [],
        of file: inout CaseFile
    ) throws -> ProcessedMessage? {
        let view = transaction.view
        guard let envelope = try fresh[entry.number]?.envelope ?? view.envelope(of: entry.number),
            let judged = try documentReport(of: entry.number)
        else { return nil }
        var outcome = outcome
        outcome.disposition = outcome.decided(on: judged)
        let standing = file.standings[entry.number]
        let isPlaced = !outcome.isWaiting && outcome.notes.first?.rule != .resent
        if isPlaced {
            outcome.route =
                try isNew
                ? deliver(entry.number, envelope, way: entry.way, unlessLeft: copies)
                : view.message(entry.number)?.route
        }
        let hadWaited = fresh[entry.number] == nil && !outcome.isDisplaced
        let result = outcome.result(entry, envelope, judged, hadWaited: hadWaited)
        if !isNew, isPlaced, try view.report(of: entry.number) == StableJSON.encode(result.report) { return nil }
        try transaction.move(
            message: entry.number, from: standing?.state ?? .pending, to: outcome.isWaiting ? .pending : .done,
            disposition: outcome.disposition, rule: result.rule, reason: result.reason,
            newRoute: isPlaced && isNew ? .some(outcome.route) : nil
        )
        file.standings[entry.number] = .init(state: outcome.isWaiting ? .pending : .done, rule: result.rule)
        if hadWaited, isNew, !outcome.isWaiting { try transaction.withdrawDraft(answering: entry.number) }
        try finish(result)
        return isNew || outcome.isDisplaced ? result : nil
    }

    /// The rules about cases of the versions that did not count the findings of the document; one id is a document's too.
    static let earlierCaseRules = Set(CaseRule.all.map(\.id.text)).subtracting(["NOT-77-3-003"])

    /// The report on the document alone, without what its case has found.
    private func documentReport(of id: Int64) throws -> MessageReport? {
        if let report = fresh[id]?.report { return report }
        let view = transaction.view
        return try view.report(of: id).flatMap(MessageReport.init(json:))?
            .ofDocument(findings: try view.documentFindings(of: id), caseRules: Self.earlierCaseRules)
    }

    /// What asking the case came to.
    struct Outcome {
        var disposition = Disposition.accept
        var isWaiting = false
        /// Whether it waits because it has just lost its place.
        var isDisplaced = false
        var isFound = false
        var state: StateID?
        var route: String?
        var notes: [Diagnostic] = []

        init() {}

        /// `findings` are those of the rules about cases.
        init(_ placed: CaseCourse.Placed, findings: [Diagnostic]) {
            state = placed.step.to
            // What merely is worth knowing gives nobody a task.
            isFound = findings.contains { $0.severity > .note }
            notes = findings + placed.notes.compactMap { Self.diagnostic($0, placed) }
        }

        private static func diagnostic(_ note: CaseCourse.Note, _ placed: CaseCourse.Placed) -> Diagnostic? {
            let sed = placed.step.event.sed
            switch note {
            case .contentUnclear(let state):
                return Diagnostic(
                    rule: .contentUnclear, severity: .note,
                    message:
                        """
                        The content of \(sed, as: "sed") fits no course of the case exactly; state \
                        \(state, as: "state") was chosen.
                        """
                )
            case .threadAssumed:
                return Diagnostic(
                    rule: .threadAssumed, severity: .note,
                    message: "Nothing was sent to this participant here; it is taken to have got our documents."
                )
            case .sourcesDisagree:
                return Diagnostic(
                    rule: .sourcesDisagree, severity: .note,
                    message: "The sources disagree whether \(sed, as: "sed") has a place here; it was taken."
                )
            case .filed where placed.entry.way == .received:
                return Diagnostic(
                    rule: .filed, severity: .note,
                    message: "The document is kept for information; it does not move the case."
                )
            case .filed:
                return nil
            }
        }

        func decided(on judged: MessageReport) -> Disposition {
            if isWaiting { return .pending }
            return isFound || judged.verdict == Verdict.invalid.rawValue || judged.doubtsInstitutions
                ? .acceptWithFindings : .accept
        }

        func result(
            _ entry: CaseEntry,
            _ envelope: Envelope,
            _ judged: MessageReport,
            hadWaited: Bool
        ) -> ProcessedMessage {
            var report = judged.adding(notes)
            report.disposition = disposition.rawValue
            report.explain(notes.first?.words)
            report.route = route
            report.case = MessageReport.CaseEntry(
                caseId: envelope.caseID.text, role: entry.ours.role.rawValue, state: state?.name, isPlaced: state != nil
            )
            return ProcessedMessage(
                id: entry.number, fileName: judged.path, disposition: disposition,
                verdict: Verdict(rawValue: judged.verdict) ?? .undecided, rule: notes.first?.rule,
                reason: notes.first?.words, sed: envelope.sed, buc: envelope.buc, caseID: envelope.caseID,
                caseState: state, route: route, report: report, hadWaited: hadWaited,
                wasDisplaced: isDisplaced, toQuarantine: false
            )
        }
    }

    /// Queues the message for the folder that the first matching route names; a message leaves once.
    private func deliver(_ id: Int64, _ envelope: Envelope, way: Way, unlessLeft copies: [Int64]) throws -> String? {
        let view = transaction.view
        // What came by two ways is handed over once, also where the copy was faster and was taken for the original.
        if let copy = try copies.first(where: view.hasLeft) {
            return try view.message(copy)?.route
        }
        let isFresh = fresh[id] != nil
        let received = isFresh ? now : try view.message(id)?.receivedAt ?? now
        let route = try view.route(for: envelope, way: way, on: day(of: envelope, way, at: received), by: configuration)
        if try !isFresh && transaction.renewDelivery(of: id) { return route?.name }
        try transaction.enqueue(
            .delivery, messageID: id, destination: route?.destination,
            fileName: Self.fileName(of: envelope), bytes: nil, state: route == nil ? .unrouted : .ready,
            reason: route == nil ? "No routing rule matches." : nil, at: now
        )
        return route?.name
    }

    /// The day on which a message counts: a received one on the day it came, one of ours on the day it was made.
    private func day(of envelope: Envelope, _ way: Way, at received: Instant) -> CivilDate {
        way == .sent ? Instant(parsing: envelope.createdAt)?.date ?? received.date : received.date
    }

    /// The name under which a message leaves: unique, because a sender gives each of its messages an identifier.
    static func fileName(of envelope: Envelope) -> String {
        let sender = envelope.sender.institution.text.replacing(":", with: "-")
        return "\(envelope.sed)-\(sender)-\(envelope.instance).xml"
    }
}

// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
package import SEDCore
internal import SEDCrypto
internal import SEDCurrency
internal import SEDInspection
internal import SEDQueue
package import SEDRecovery
internal import SEDStorage
internal import SEDValidation

/// What the recovery desk does, whoever asks for it: the command line, and later the web workplace.
package struct RecoveryDesk: Sendable {
    let workspace: Workspace
    let reference: ReferenceData
    let engine: String

    /// `engine` is name and version of the program, for the records of conversion.
    package init(workspace: Workspace, reference: ReferenceData, engine: String) {
        self.workspace = workspace
        self.reference = reference
        self.engine = engine
    }

    // MARK: Drafts

    /// The most bytes of a request file.
    package static let fileLimit = 4 << 20

    /// Reads a request file and its attachments, and stores them as a draft.
    package func draft(from path: String, by actor: String, at instant: Instant) throws -> Int64 {
        let (request, attachments) = try Self.read(path)
        return try draft(request, attachments, by: actor, at: instant)
    }

    /// Reads a CSV of requests and stores each as a draft; all of them or none.
    package func drafts(fromTable path: String, by actor: String, at instant: Instant) throws -> [Int64] {
        let files = try RequestTable.requests(in: Self.text(of: path), file: path)
        let requests = try files.map { ($0.request, try Self.attachments(of: $0, beside: path)) }
        for (request, _) in requests { try demandOurs(request) }
        return try workspace.store.write { transaction in
            try requests.map { try insert($0, $1, by: actor, at: instant, in: transaction) }
        }
    }

    /// Replaces a draft by what a file says; who has approved it must do so again.
    package func redraft(_ id: Int64, from path: String, by actor: String, at instant: Instant) throws {
        try Self.demandPerson(actor)
        let (request, attachments) = try Self.read(path)
        let stored = try self.stored(id)
        if stored.updates != nil, try content(of: stored).claims.count != request.claims.count {
            throw Self.otherRequest
        }
        guard stored.institution == request.applicant, stored.counterparty == request.requested,
            stored.kind == request.kind.rawValue
        else {
            throw RecoveryError(
                .changed, "kind and institutions of a request stay; make a new one",
                "taotluse liik ja asutused ei muutu; tehke uus taotlus")
        }
        let files = attachments.map(Self.row)
        let content = try StableJSON.encode(request)
        try workspace.store.write { transaction in
            guard
                try transaction.replaceDraft(
                    id, content: content, digest: Self.digest(content, files),
                    fingerprint: request.marks.joined(separator: " "),
                    attachments: files, by: actor)
            else { throw Self.wrongState(id) }
            try transaction.audit(
                "recovery-changed", subject: "recovery:\(id)", detail: "draft", by: actor, at: instant)
        }
    }

    /// Stores a request as a draft.
    package func draft(
        _ request: RecoveryRequest,
        _ attachments: [RequestAttachment],
        by actor: String,
        at instant: Instant
    ) throws -> Int64 {
        try demandOurs(request)
        return try workspace.store.write { try insert(request, attachments, by: actor, at: instant, in: $0) }
    }

    private func demandOurs(_ request: RecoveryRequest) throws {
        guard workspace.configuration.institutions.contains(request.applicant) else { throw Self.notOurs }
    }

    /// Refuses an institution that the configuration does not name as one of ours.
    package func demandOurs(_ institution: InstitutionID) throws {
        guard !workspace.configuration.institutions.contains(institution) else { return }
        throw RecoveryError(
            .notOurs, "the institution is none that the configuration names",
            "asutus ei ole ükski seadistuses nimetatu")
    }

    static let notOurs = RecoveryError(
        .notOurs, "the applicant party is none of the institutions that the configuration names",
        "taotlev pool ei ole ükski seadistuses nimetatud asutus")

    private func insert(
        _ request: RecoveryRequest,
        _ attachments: [RequestAttachment],
        by actor: String,
        at instant: Instant,
        in transaction: Transaction
    ) throws -> Int64 {
        try Self.demandPerson(actor)
        let files = attachments.map(Self.row)
        let content = try StableJSON.encode(request)
        var stored = StoredRecoveryRequest(
            kind: request.kind.rawValue, side: "applicant", institution: request.applicant,
            counterparty: request.requested, state: .draft, content: content, digest: Self.digest(content, files),
            fingerprint: request.marks.joined(separator: " "),
            created: StoredRecoveryRequest.Act(at: instant, by: actor)
        )
        stored.ratePolicy = ratePolicy.rawValue
        let id = try transaction.insert(stored, attachments: files)
        try transaction.audit(
            "recovery-drafted", subject: "recovery:\(id)",
            detail: "\(request.kind.rawValue), \(request.claims.count) claim(s), \(files.count) attachment(s)",
            by: actor, at: instant
        )
        return id
    }

    package func drop(_ id: Int64, by actor: String, at instant: Instant) throws {
        _ = try stored(id)
        try workspace.store.write { transaction in
            guard try transaction.dropDraft(id) else { throw Self.wrongState(id) }
            try transaction.audit("recovery-dropped", subject: "recovery:\(id)", detail: "-", by: actor, at: instant)
        }
    }

    // MARK: Approval

    /// A second person approves a draft that may be sent.
    ///
    /// The draft is checked as if it were sent now; with errors it cannot be approved.
    package func approve(
        _ id: Int64,
        by actor: String,
        at instant: Instant,
        language: Language = .english
    ) throws -> RequestCheck {
        try Self.demandPerson(actor)
        let stored = try self.stored(id)
        guard stored.state == .draft else { throw Self.wrongState(id) }
        guard try workspace.store.read({ try Self.isWhole(stored, in: $0) }) else { throw Self.notWhole }
        guard ![stored.created.by, stored.changedBy].contains(where: { $0.comparable == actor.comparable }) else {
            throw RecoveryError(
                .samePerson, "who drafted or changed the request may not approve it [ACC-007]",
                "taotluse koostaja või muutja ei või seda ise kinnitada [ACC-007]")
        }
        let check = try self.check(id, by: actor, at: instant, language: language)
        guard check.isAdmissible else { return check }
        try workspace.store.write { transaction in
            let act = StoredRecoveryRequest.Act(at: instant, by: actor)
            guard try transaction.approve(id, digest: stored.digest, act) else {
                throw RecoveryError(
                    .changed, "the request was changed meanwhile; check it again",
                    "taotlust on vahepeal muudetud; kontrollige uuesti")
            }
            try transaction.audit(
                "recovery-approved", subject: "recovery:\(id)", detail: "sha256 \(stored.digest)", by: actor,
                at: instant)
        }
        return check
    }

    // MARK: What requests are stored as

    func stored(_ id: Int64) throws -> StoredRecoveryRequest {
        guard let stored = try workspace.store.read({ try $0.recoveryRequest(id) }) else {
            throw RecoveryError.notFound(id)
        }
        return stored
    }

    func content(of stored: StoredRecoveryRequest) throws -> RecoveryRequest {
        guard let request = try? JSONDecoder().decode(RecoveryRequest.self, from: Data(stored.content.utf8)) else {
            throw RecoveryError(
                .damaged, "request \(stored.id) cannot be read", "taotlust \(stored.id) ei saa lugeda")
        }
        return request
    }

    static func wrongState(_ id: Int64) -> RecoveryError {
        RecoveryError(
            .wrongState, "request \(id) is not where this can be done", "taotluse \(id) olek ei võimalda seda")
    }

    /// Reads what is known of a debtor from a file.
    package static func information(from path: String) throws -> DebtorInformation {
        try DebtorInformation(parsing: text(of: path), file: path)
    }

    static func read(_ path: String) throws -> (RecoveryRequest, [RequestAttachment]) {
        let file = try RecoveryRequestFile(parsing: text(of: path), file: path)
        return (file.request, try attachments(of: file, beside: path))
    }

    private static func text(of path: String) throws -> String {
        let content = path == "-" ? InputFile.standardInput(limit: fileLimit) : InputFile.read(path, limit: fileLimit)
        guard case .bytes(let bytes) = content else {
            throw RecoveryError(.unreadable, "the request file cannot be read", "taotluse faili ei saa lugeda")
        }
        // A name must not lose its letters on the way.
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw RecoveryError(.unreadable, "the request file is not UTF-8", "taotluse fail ei ole UTF-8 kodeeringus")
        }
        return text
    }

    private static func attachments(of file: RecoveryRequestFile, beside path: String) throws -> [RequestAttachment] {
        let folder = path == "-" ? "." : (path as NSString).deletingLastPathComponent
        return try file.attachments.enumerated().map { index, stated in
            let place = stated.path.hasPrefix("/") || folder.isEmpty ? stated.path : "\(folder)/\(stated.path)"
            return try attachment(stated, at: place, number: index + 1)
        }
    }

    /// Reads a file that is to go with a request, and says why it cannot.
    static func attachment(
        _ stated: RecoveryRequestFile.Attachment,
        at place: String,
        number: Int
    ) throws -> RequestAttachment {
        do throws(RequestAttachment.Fault) {
            switch InputFile.read(place, limit: RequestAttachment.limit) {
            case .bytes(let bytes):
                return try RequestAttachment(
                    stated.role, stated.certification, name: (stated.path as NSString).lastPathComponent, bytes: bytes)
            case .tooLarge: throw .tooLarge
            case .failure: break
            }
        } catch {
            throw RecoveryError.attachment(error, number: number)
        }
        throw RecoveryError(.unreadable, "attachment \(number) cannot be read", "manust \(number) ei saa lugeda")
    }

    static func row(_ attachment: RequestAttachment) -> StoredRecoveryAttachment {
        StoredRecoveryAttachment(
            role: attachment.role.rawValue, certification: attachment.certification?.rawValue,
            mimeType: attachment.format.rawValue, name: attachment.name,
            digest: SHA256Digest(of: attachment.bytes).description, bytes: attachment.bytes
        )
    }

    /// Of everything that is approved: the content, and each attachment with what was said of it.
    static func digest(_ content: String, _ files: [StoredRecoveryAttachment]) -> String {
        let lines = files.map { "\($0.role) \($0.certification ?? "-") \($0.mimeType) \($0.digest) \($0.name)" }
        return SHA256Digest(of: ([content] + lines).joined(separator: "\n")).description
    }
}

// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDCurrency
internal import SEDQueue
internal import SEDRecovery
internal import SEDStorage
internal import SEDValidation

/// A request as the message that it would be if it were sent at a moment: amounts converted, envelope and attachments.
struct RequestDraft {
    /// An amount that cannot be converted, with the claim.
    struct Refusal: Hashable {
        let claim: Int
        let refusal: CurrencyRefusal
    }

    /// What decides how amounts are converted.
    struct Circumstances {
        var now: Instant
        var whenMissing = ConversionRequest.MissingRate.provisional
        var by: String
        var engine: String
        /// The day of the first sending; else today.
        var rateDate: CivilDate?

        /// The day in Frankfurt, by which rates come out.
        var day: CivilDate { rateDate ?? ReferenceCalendar.day(at: now) }
    }

    let request: RecoveryRequest
    let circumstances: Circumstances
    let claims: [Claim]
    let records: [[ComponentKind: ConversionRecord]]
    let refusals: [Refusal]
    let attachments: [InboundQueue.Attachment]
    let caseID: UniqueID
    let bytes: [UInt8]

    var isProvisional: Bool { records.contains { $0.values.contains { $0.provisional } } }

    /// Converts and writes; nothing is stored.
    init(
        of stored: StoredRecoveryRequest, _ request: RecoveryRequest, in view: Snapshot, _ circumstances: Circumstances
    )
        throws
    {
        var circumstances = circumstances
        // A new version may keep the day of the first sending.
        if stored.updates != nil { circumstances.rateDate = circumstances.rateDate ?? stored.rateDate }
        self.request = request
        self.circumstances = circumstances
        let converter = Converter(request: request, circumstances: circumstances)
        let table = try converter.rates(in: view)
        let paid = try Self.paid(before: stored, in: view)
        var claims: [Claim] = []
        var records: [[ComponentKind: ConversionRecord]] = []
        var refusals: [Refusal] = []
        var stated: [ExactDecimal] = []
        for (index, claim) in request.claims.enumerated() {
            do throws(CurrencyRefusal) {
                let parts = try converter.parts(of: claim)
                stated.append(parts.total)
                guard request.kind.sed == "R017" else { continue }
                let (converted, proofs) = try converter.convert(parts, keepingPaid: paid[index + 1], table)
                claims.append(converted)
                records.append(proofs)
            } catch {
                refusals.append(Refusal(claim: index + 1, refusal: error))
            }
        }
        // Amounts belong to their claims by place: with one missing none can be told.
        self.claims = refusals.isEmpty ? claims : []
        self.records = refusals.isEmpty ? records : []
        self.refusals = refusals
        let total = refusals.isEmpty && !stated.isEmpty ? ExactDecimal.sum(stated) : nil
        let key = "recovery \(stored.institution) \(stored.id) \(stored.created.at) \(stored.digest)"
        let place = try Place(of: stored, request, key: key, in: view)
        let files = try view.recoveryAttachments(of: stored.id)
        var manifest: [ManifestItem] = []
        attachments = files.enumerated().map { index, file in
            let identifier = OwnMessage.identifier("\(key) attachment \(index)")
            let ending = RequestAttachment.Format(rawValue: file.mimeType)?.extensions.first ?? "pdf"
            manifest.append(
                ManifestItem(
                    mimeType: file.mimeType, identifier: identifier, section: "sed", isMedical: false,
                    fileName: file.name))
            return InboundQueue.Attachment(name: "\(identifier).\(ending)", bytes: file.bytes)
        }
        caseID = place.caseID
        guard let buc = BUCType(parsing: request.kind.buc) else {
            preconditionFailure("kinds of request name use cases")
        }
        let content = RequestDocument(
            request: request, claims: self.claims, total: total.map { ($0, converter.applicantCurrency ?? "") },
            currency: converter.applicantCurrency
        ).content
        bytes =
            OwnMessage(
                sender: EnvelopeParty(institution: request.applicant, role: .caseOwner),
                receiver: EnvelopeParty(institution: request.requested, role: .counterparty),
                version: CDMVersion(major: 4, minor: 4), buc: buc, caseID: caseID, sed: request.kind.sed,
                instance: OwnMessage.identifier("\(key) instance"), set: place.set, documentVersion: place.version,
                relatedSet: nil, createdAt: circumstances.now, action: place.action,
                manifest: manifest, content: content
            ).bytes
    }

    /// The books that a new version at the rates of another day leaves alone as far as they are paid; else none.
    private static func paid(before stored: StoredRecoveryRequest, in view: Snapshot) throws -> [Int: ClaimLedger] {
        guard let base = stored.updates, stored.ratePolicy == RatePolicy.newDate.rawValue else { return [:] }
        return try RecoveryBooks.ledgers(of: base, before: stored.messageID, in: view)
    }

    /// What checks of attachments need to know.
    var received: [ReceivedAttachment] {
        attachments.map { attachment in
            ReceivedAttachment(
                identifier: UniqueID(parsing: String(attachment.name.prefix(36))), name: attachment.name,
                size: attachment.bytes?.count ?? 0, head: Array(attachment.bytes?.prefix(8) ?? [])
            )
        }
    }

    /// Where the message belongs: a case of its own, or for a new version that of its request.
    private struct Place {
        var caseID: UniqueID
        var set: UniqueID
        var version = 1
        var action = CaseAction.start

        init(of stored: StoredRecoveryRequest, _ request: RecoveryRequest, key: String, in view: Snapshot) throws {
            caseID = OwnMessage.identifier("\(key) case")
            set = OwnMessage.identifier("\(key) set")
            guard let base = try stored.updates.flatMap(view.recoveryRequest), let place = base.caseID,
                let envelope = try base.lastDocument(in: view).flatMap(view.envelope)
            else { return }
            caseID = place
            if request.offset?.final == true, let isAnswered = try base.provisionalAnswer(in: view) {
                // The amount that is stated after the answer is a document of its own.
                if isAnswered {
                    action = .new
                    return
                }
                // As a new version it would be one that nobody can decide on: R003 follows a final R001 alone.
                if request.kind == .offset {
                    throw RecoveryError(
                        .wrongState, "the amount is stated in a final request once R002 has come",
                        "summa teatatakse lõplikus taotluses, kui R002 on saabunud")
                }
            }
            set = envelope.set
            let key = CaseKey(id: place, institution: base.institution)
            version = (try view.lastVersion(of: set, in: key) ?? envelope.documentVersion) + 1
            action = .update
        }
    }

    private struct Converter {
        let request: RecoveryRequest
        let circumstances: Circumstances

        var applicantCurrency: String? {
            request.applicantCurrency
                ?? Currency.currency(of: request.applicant.country, on: circumstances.day)
        }

        var requestedCurrency: String? {
            request.requestedCurrency
                ?? Currency.currency(of: request.requested.country, on: circumstances.day)
        }

        func parts(of claim: RecoveryRequest.StatedClaim) throws(CurrencyRefusal) -> Parts {
            guard let currency = applicantCurrency, requestedCurrency != nil else {
                throw CurrencyRefusal(
                    .inadmissible, .conversionWithoutRate,
                    BilingualText(
                        "No currency of the applicant or the requested State is known; state it in the request.",
                        "Taotleva või taotluse saanud riigi vääring ei ole teada; nimetage see taotluses.")
                )
            }
            guard let parts = Parts(currency, claim.amounts) else {
                throw CurrencyRefusal(
                    .inadmissible, .tooManyDecimals,
                    BilingualText(
                        "An amount has more decimals than its currency, or too many digits.",
                        "Summal on rohkem komakohti kui vääringul või liiga palju kohti.")
                )
            }
            return parts
        }

        func rates(in view: Snapshot) throws -> RateTable {
            let around = min(circumstances.day, ReferenceCalendar.day(at: circumstances.now))
            return try view.rateTable(of: [applicantCurrency, requestedCurrency].compactMap { $0 }, around: around)
        }

        func convert(
            _ parts: Parts,
            keepingPaid ledger: ClaimLedger?,
            _ table: RateTable
        ) throws(CurrencyRefusal) -> (claim: Claim, records: [ComponentKind: ConversionRecord]) {
            var conversion = ConversionRequest(
                amount: .zero, from: "", to: "",
                operation: request.kind == .precautionary ? .recoveryPrecautionary : .recoveryRequest,
                date: circumstances.day, at: circumstances.now, by: circumstances.by, engine: circumstances.engine
            )
            conversion.whenMissing = circumstances.whenMissing
            if let ledger, ledger.requested.claimed.currency == requestedCurrency {
                return try Claim.converted(parts, keepingPaid: ledger, like: conversion, rates: table)
            }
            return try Claim.converted(parts, into: requestedCurrency ?? "", like: conversion, rates: table)
        }
    }
}

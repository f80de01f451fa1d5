// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDRecovery
internal import SEDStorage

extension OffsetReply {
    /// The options of `recovery reply` that are stated and have no place in the document of the kind; R002 has other
    /// places where the request states no amount.
    func withoutPlace(in kind: RequestKind, isProvisional: Bool) -> [String] {
        switch self {
        case .offered(let offer): offer.withoutPlace(in: kind, isProvisional: isProvisional)
        case .notOffered(let refusal): refusal.withoutPlace(in: kind)
        case .decided, .paid: []
        }
    }
}

extension DeductionOffer {
    fileprivate func withoutPlace(in kind: RequestKind, isProvisional: Bool) -> [String] {
        let hasAmount: Bool
        var stated: [(name: String, isLost: Bool)] = []
        switch kind {
        case .offset:
            hasAmount = !isProvisional
            stated = [("--from", period?.from != nil), ("--to", period?.to != nil)]
            stated += [("--entitled", !isProvisional && entitledFrom != nil)]
            stated += [("--complete", isComplete && (isProvisional || !fromArrears))]
        case .arrears:
            hasAmount = true
            stated = [
                ("--ongoing", fromOngoing && schedule == nil), ("--each", schedule != nil),
                ("--complete", isComplete), ("--reason", remark != nil), ("--entitled", entitledFrom != nil),
            ]
        case .provisionalBenefits:
            hasAmount = true
            let isOnlyArrears = fromArrears && isComplete
            stated = [
                ("--from", !fromArrears && period?.from != nil), ("--to", !fromArrears && period?.to != nil),
                ("--complete", isComplete && !fromArrears), ("--entitled", entitledFrom != nil),
                ("--ongoing beside --complete", isOnlyArrears && fromOngoing && schedule == nil),
                ("--each beside --complete", isOnlyArrears && schedule != nil),
            ]
        default:
            hasAmount = true
            stated = [
                ("--arrears", fromArrears && amount == nil), ("--ongoing", fromOngoing && schedule == nil),
                ("--each", schedule != nil), ("--complete", isComplete), ("--from", period?.from != nil),
                ("--to", period?.to != nil), ("--entitled", entitledFrom != nil),
            ]
        }
        stated += [("an amount", amount != nil && !hasAmount)]
        stated += [("--for-person", forPerson != nil && kind != .provisionalContributions)]
        return stated.filter(\.isLost).map(\.name)
    }
}

extension DeductionOffer {
    /// Refuses an offer of nothing, and one of more than is asked for; the last of periodic payments may be a smaller one.
    fileprivate func demandWorth(atMost asked: ExactDecimal?) throws {
        let amounts = [amount, forPerson, schedule?.amount].compactMap { $0 }
        if amounts.contains(where: { $0.units <= 0 }) { throw RecoveryError.booking(.wrongAmount) }
        guard let asked else { return }
        guard let offered = ExactDecimal.sum([amount, forPerson].compactMap { $0 }) else {
            throw RecoveryError.tooLargeSum
        }
        if offered.compared(to: asked) == 1 { throw Self.tooMuch }
        guard let count = schedule?.count, let each = schedule?.amount else { return }
        guard let earlier = each.multiplied(by: count - 1), let sum = offered.adding(earlier) else {
            throw Self.tooMuch
        }
        // Before the last payment something must be left of what is asked for.
        if sum.compared(to: asked) != -1 { throw Self.tooMuch }
    }

    private static let tooMuch = RecoveryError(
        .booking, "the offer is more than what is asked for", "pakutakse rohkem, kui taotletakse")
}

extension OfferRefusal {
    fileprivate func withoutPlace(in kind: RequestKind) -> [String] {
        let hasLate = kind == .provisionalBenefits || kind == .provisionalContributions
        let stated = [
            ("--late", isLate && !hasLate), ("--paid-out", isPaidOut && kind != .arrears),
            ("--reason", reason != nil && kind == .arrears),
        ]
        return stated.filter(\.1).map(\.0)
    }
}

extension RecoveryDesk {
    /// Agreement is to what the last R002 offers.
    private static func demandOffered(arrears: Bool, ongoing: Bool, _ news: [StoredRecoveryNews]) throws {
        guard let offer = news.last(where: { $0.sed == "R002" && $0.isInForce })?.outcome else { return }
        let missing = [(arrears, "arrears"), (ongoing, "ongoing payments")].filter { $0.0 && !offer.contains($0.1) }
        guard let (_, source) = missing.first else { return }
        throw RecoveryError(
            .inadmissible, "R002 offers no deduction from \(source)",
            source == "arrears"
                ? "R002 ei paku kinnipidamist tagantjärele makstavatest summadest"
                : "R002 ei paku kinnipidamist jooksvatest maksetest")
    }

    /// Refuses what the document would leave out, and amounts that are not what the document says of them.
    func demandPlaces(
        _ reply: OffsetReply,
        _ kind: RequestKind,
        _ stored: StoredRecoveryRequest,
        _ request: SEDNode,
        own currency: String?,
        in view: Snapshot
    ) throws {
        let isProvisional = kind == .offset && request["TypeRequest"]?.code("typeRequest") == "01"
        let lost = reply.withoutPlace(in: kind, isProvisional: isProvisional)
        if !lost.isEmpty {
            let (names, sed) = (lost.joined(separator: ", "), reply.sed(for: kind) ?? "")
            throw RecoveryError(
                .inadmissible, "\(sed) of this request has no place for \(names)",
                "selle taotluse dokumendis \(sed) ei ole kohta: \(names)")
        }
        let news = try view.recoveryNews(of: stored.id)
        let account = try offsetAccount(of: stored, news, in: view)
        let asked = [account?.asked, account?.askedInOtherCurrency].compactMap { $0 }
            .first { $0.currency == currency }.flatMap { ExactDecimal(parsing: $0.amount) }
        if case .offered(let offer) = reply {
            // R011 has no currency of its own: that of the request counts.
            let limit =
                kind == .provisionalContributions
                ? account?.asked.flatMap { ExactDecimal(parsing: $0.amount) } : asked
            try offer.demandWorth(atMost: limit)
        }
        if case .decided(let arrears, let ongoing, _) = reply {
            try Self.demandOffered(arrears: arrears, ongoing: ongoing, news)
        }
        if case .offered(let offer) = reply, offer.isComplete {
            let isEnough = offer.amount.map { amount in asked.map { amount.compared(to: $0) != -1 } ?? true } ?? false
            guard isEnough else {
                throw RecoveryError(
                    .inadmissible, "--complete needs an amount that covers what is asked for",
                    "--complete nõuab summat, mis katab kõik, mida taotletakse")
            }
        }
        if case .paid(let amount, _, _, _) = reply {
            if amount.units <= 0 { throw RecoveryError.booking(.wrongAmount) }
            if OffsetState(news.filter(\.isInForce).map(\.outcome)) == .paid {
                throw RecoveryError(
                    .booking, "R004 has told of a full or last payment; nothing more is due",
                    "R004 on täielikust või viimasest maksest teatanud; rohkem ei ole tasuda")
            }
            let paid = (account?.payments ?? []).filter { $0.sum.currency == currency }
                .compactMap { ExactDecimal(parsing: $0.sum.amount) }
            guard let sum = ExactDecimal.sum(paid + [amount]) else { throw RecoveryError.tooLargeSum }
            if let asked, sum.compared(to: asked) == 1 {
                throw RecoveryError(
                    .booking, "the payments would be more than what is asked for",
                    "makseid oleks rohkem, kui taotletakse")
            }
        }
    }
}

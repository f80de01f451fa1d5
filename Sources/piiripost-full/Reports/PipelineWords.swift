// SPDX-License-Identifier: EUPL-1.2

import SEDCore
import SEDInspection
import SEDProcessor

/// The words of the commands on queues, cases and use cases around ids, codes and reasons.
struct PipelineWords: Sendable {
    let language: Language

    func choose(_ english: String, _ estonian: String) -> String {
        language == .estonian ? estonian : english
    }

    /// A word that programs are told too: a disposition, a queue, a verdict, a severity, a way, the state of an entry.
    func word(_ kind: String) -> String {
        guard language == .estonian else { return kind }
        return Self.estonian[kind] ?? ReportWords(language: language).word(kind)
    }

    private static let estonian = [
        "accept": "vastu võetud", "acceptWithFindings": "vastu võetud leidudega", "pending": "ootel",
        "reject": "tagasi lükatud", "quarantine": "karantiinis", "duplicate": "kordus",
        "inbound": "sissetulev", "outbox": "väljuv", "done": "valmis",
        "received": "saadud", "sent": "saadetud", "displaced": "koha kaotanud", "two": "kaks", "several": "mitu",
        "given": "antud", "stuck": "takerdunud", "takenOver": "üle võetud", "acknowledged": "kätte saadud",
        "failed": "ebaõnnestunud",
        "gone": "kadunud",
        "law": "õigusakt", "policy": "meie valik",
        "CaseOwner": "juhtumi omanik", "Counterparty": "vastaspool", "sender": "saatja", "receiver": "saaja",
        "nobody": "mitte keegi", "must": "nõutav", "noted": "märkusega",
    ]

    // MARK: process

    func place(_ buc: String?, state: String, route: String?) -> String {
        let path = route.map { choose("route \($0)", "marsruut \($0)") } ?? choose("not routed", "marsruudita")
        return choose(
            "-> \(buc ?? "case") state \(state), \(path)", "-> \(buc ?? "juhtum") olek \(state), \(path)")
    }

    var wasDisplaced: String { choose(" (lost its place)", " (kaotas koha)") }

    var hadWaited: String { choose(" (had waited)", " (oli ootel)") }

    func summary(_ summary: ProcessingSummary) -> String {
        let facts = [
            (summary.accepted, "accepted", "vastu võetud"),
            (summary.acceptedWithFindings, "accepted with findings", "vastu võetud leidudega"),
            (summary.pending, "pending", "ootel"), (summary.rejected, "rejected", "tagasi lükatud"),
            (summary.quarantined, "quarantined", "karantiinis"), (summary.duplicates, "duplicates", "kordusi"),
            (summary.resolved, "placed after waiting", "pärast ootamist paigutatud"),
            (summary.displaced, "displaced", "koha kaotanud"),
            (summary.notReady, "not ready", "pole valmis"),
            (summary.exceptions, "exceptions drafted", "koostatud ärierandeid"),
            (summary.closings, "closings", "sulgemisi"),
            (summary.resends, "to send again", "uuesti saata"),
            (summary.delivered, "delivered", "üle antud"),
        ]
        // Rarely anything loses its place; the line stays short.
        return facts.filter { $0.0 > 0 || $0.1 != "displaced" }.map { choose("\($0.0) \($0.1)", "\($0.2) \($0.0)") }
            .joined(separator: ", ")
    }

    // MARK: queue

    var queueColumns: [String] {
        language == .estonian
            ? ["TUNNUS", "JÄRJEKORD", "SEIS", "SED", "HINNANG", "KATSEID", "FAIL", "PÕHJUS"]
            : ["ID", "QUEUE", "STATE", "SED", "VERDICT", "TRIES", "FILE", "REASON"]
    }

    /// What stands before the facts of an item; `name` is the English label.
    func label(_ name: String) -> String {
        guard language == .estonian else { return name }
        return switch name {
        case "id": "tunnus"
        case "queue": "järjekord"
        case "state": "seis"
        case "file": "fail"
        case "message": "sõnum"
        case "sed": "SED"
        case "case": "juhtum"
        case "verdict": "hinnang"
        case "disposition": "otsus"
        case "rule": "reegel"
        case "reason": "põhjus"
        case "route": "marsruut"
        case "tries": "katseid"
        case "access point": "pääsupunkt"
        case "AS4 message": "AS4 sõnum"
        case "answers AS4 message": "vastab AS4 sõnumile"
        case "conversation": "vestlus"
        case "from party": "saatev osapool"
        case "to party": "vastuvõttev osapool"
        case "given to": "antud pääsupunktile"
        case "there": "seal"
        case "as AS4 message": "AS4 sõnumina"
        case "told": "teatas"
        default: name
        }
    }

    func line(_ number: Int) -> String { choose(" line \(number)", " rida \(number)") }

    // MARK: case

    var caseColumns: [String] {
        language == .estonian
            ? ["JUHTUM", "BUC", "ROLL", "OLEK", "DOKUMENTE", "OOTEL"]
            : ["CASE", "BUC", "ROLE", "STATE", "DOCUMENTS", "PENDING"]
    }

    var timelineColumns: [String] {
        language == .estonian
            ? ["AEG", "SÜNDMUS", "SED", "VERSIOON", "ALGUS", "LÕPP", "POOL", "SÕNUM", "MÄRKUS"]
            : ["TIME", "EVENT", "SED", "VERSION", "FROM", "TO", "WITH", "MESSAGE", "REMARK"]
    }

    func lines(_ details: CaseDetails, _ vocabulary: CaseVocabulary) -> [String] {
        let item = details.item
        var lines = [
            choose(
                "case \(item.caseId): \(item.buc) as \(item.role) (\(details.institution)), state \(item.state)",
                "juhtum \(item.caseId): \(item.buc), roll \(item.role) (\(details.institution)), olek \(item.state)")
        ]
        if !details.otherInstitutions.isEmpty {
            lines.append(choose("also a case of: ", "ka selle asutuse juhtum: ") + list(details.otherInstitutions))
        }
        lines += threads(details)
        lines += details.participants.map { party in
            let left = party.isActive ? "" : choose(" (left)", " (lahkunud)")
            return "\(choose("participant", "osaline")) \(party.institution) \(party.role)\(left)"
        }
        lines += details.documents.map { document in
            let validity = document.isValid ? "" : choose(", not valid any more", ", enam ei kehti")
            return "\(choose("document", "dokument")) \(document.set) \(document.sed) \(word(document.way)), "
                + "\(choose("version", "versioon")) \(document.version)\(validity): "
                + document.counterparties.joined(separator: ", ")
        }
        lines += details.resends.map { resend in
            let what = "\(resend.sed) \(resend.set), \(choose("version", "versioon")) \(resend.version)"
            let state =
                resend.doneBy.map { choose("sent as \($0)", "saadetud sõnumiga \($0)") }
                ?? choose("to be sent as \(resend.action)", "saata toiminguga \(resend.action)")
            return choose("resend \(what), to ", "saata uuesti \(what), saaja ") + "\(resend.receiver): \(state)"
        }
        lines += details.deadlines.map { deadline in
            let states = [
                "stopped": choose(" (stopped)", " (peatatud)"), "ranOut": choose(" (ran out)", " (möödunud)"),
            ]
            return
                "\(choose("deadline", "tähtaeg")) \(deadline.dueOn) \(deadline.name)\(states[deadline.state] ?? ""), "
                + "\(deadline.counterparty ?? "-"): \(word(deadline.basis)), \(vocabulary.told(reference: deadline.reference, language))"
        }
        lines += details.findings.map { finding in
            let place = "\(finding.message) \(finding.sed ?? "-")"
            let what = choose("\(finding.severity) in \(place)", "\(word(finding.severity)), \(place)")
            return "\(what): \(finding.text) [\(finding.rule)]"
        }
        lines += details.pending.map { waiting in
            "\(word("pending")) \(waiting.id) \(waiting.sed ?? "-"): \(waiting.reason ?? "-")"
        }
        return lines
    }

    /// What may travel now; of several threads each for itself.
    private func threads(_ details: CaseDetails) -> [String] {
        let maySend = choose("may be sent now: ", "praegu tohib saata: ")
        let mayArrive = choose("may arrive now: ", "praegu võib saabuda: ")
        if details.threads.count < 2 { return [maySend + list(details.maySend), mayArrive + list(details.mayArrive)] }
        return details.threads.flatMap { thread in
            let other = thread.counterparty ?? choose("nobody yet", "veel mitte kellegagi")
            let name = choose(
                "thread \(thread.number) with \(other), state \(thread.state): ",
                "lõim \(thread.number), pool \(other), olek \(thread.state): ")
            return [name + maySend + list(thread.maySend), name + mayArrive + list(thread.mayArrive)]
        }
    }

    // MARK: case rebuild

    func difference(_ difference: CaseRebuild.Difference) -> String {
        let rows = difference.rows.sorted { $0.key < $1.key }.map { table, count in
            choose("\(count) rows of \(table)", "\(count) rida tabelis \(table)")
        }
        let moved =
            difference.placed.map { choose("\($0) finds its place", "\($0) leiab koha") }
            + difference.displaced.map { choose("\($0) has no place", "\($0) jääb kohata") }
        return choose(
            "case \(difference.caseId) of \(difference.institution): ",
            "juhtum \(difference.caseId), asutus \(difference.institution): ") + (rows + moved).joined(separator: ", ")
    }

    func rebuilt(_ result: CaseRebuild.Result, isCheck: Bool) -> String {
        let count = result.differences.count
        return choose(
            "\(result.cases) cases, \(count) \(isCheck ? "differ" : "changed")",
            "juhtumeid \(result.cases), neist \(isCheck ? "erinevaid" : "muudetud") \(count)")
    }

    private func list(_ codes: [String]) -> String {
        codes.isEmpty ? choose("nothing", "mitte midagi") : codes.joined(separator: ", ")
    }

    // MARK: buc

    var useCaseColumns: [String] {
        language == .estonian
            ? ["BUC", "VERSIOON", "ALUSTAB", "OSALISI", "NIMETUS"]
            : ["BUC", "VERSION", "STARTER", "PARTICIPANTS", "TITLE"]
    }

    var clockColumns: [String] {
        language == .estonian
            ? ["BUC", "KELL", "PIKKUS", "TEGUTSEB", "ALUS", "ALLIKAS", "NIMETUS"]
            : ["BUC", "CLOCK", "LENGTH", "ACTS", "BASIS", "SOURCE", "TITLE"]
    }

    /// A clock of the tables, by these columns.
    func cells(_ clock: ClockItem, _ vocabulary: CaseVocabulary) -> [String] {
        let mark = clock.isVerified ? "" : choose(", unverified", ", kontrollimata")
        return [
            clock.buc == "any" ? choose("any", "kõik") : clock.buc, clock.name,
            choose(clock.span, clock.spanEstonian), word(clock.acts), word(clock.basis) + mark,
            vocabulary.told(reference: clock.reference, language), clock.title[language],
        ]
    }

    var transitionColumns: [String] {
        language == .estonian
            ? ["OLEK", "SUUND", "SED", "VASTUS", "MILLE KOHTA", "JÄRGMINE", "PROTSESS", "MÄRGE", "SISU"]
            : ["STATE", "WAY", "SED", "REPLY", "ABOUT", "NEXT", "PROCESS", "MARK", "CONTENT"]
    }

    func title(_ item: UseCaseItem) -> String { choose(item.title, item.titleEstonian) }

    func starter(_ item: UseCaseItem) -> String {
        choose(
            "starter \(item.starter), \(item.participants) participants",
            "alustab \(item.starter), osalisi \(word(item.participants))")
    }

    func side(_ role: String, ends: [String]) -> String {
        let states = ends.joined(separator: ", ")
        return choose("\(role), may end in: \(states)", "\(role), võib lõppeda olekus: \(states)")
    }
}

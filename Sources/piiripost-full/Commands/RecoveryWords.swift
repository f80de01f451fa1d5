// SPDX-License-Identifier: EUPL-1.2

import SEDCore

/// Fixed words of the recovery desk, for tables and statements; JSON and CSV keep the English ones.
struct RecoveryWords {
    let language: Language

    /// Between states of several claims: Estonian ones have blanks of their own.
    var separator: String { language == .english ? " " : ", " }

    func headers(_ names: [String]) -> [String] {
        names.map { name in Self.headers[name].map { said(name, $0) } ?? name }
    }

    /// Which party we are.
    func side(_ name: String) -> String { name == "requested" ? said(name, "taotluse saanud pool") : word(name) }

    /// Of a component, a state of a request or of a claim, or a way.
    func word(_ name: String) -> String { Self.words[name].map { said(name, $0) } ?? name }

    /// Of what a document came to: its codes and days stay.
    func outcome(_ outcome: String) -> String {
        guard language == .estonian else { return outcome }
        let known = Self.outcomes.keys.filter {
            outcome == $0 || outcome.hasPrefix("\($0) ") || outcome.hasPrefix("\($0):")
        }
        guard let name = known.max(by: { $0.count < $1.count }), let told = Self.outcomes[name] else { return outcome }
        var rest = String(outcome.dropFirst(name.count))
        for (source, word) in Self.sources { rest = rest.replacing(source, with: word) }
        return told + rest
    }

    private func said(_ english: String, _ estonian: String) -> String { language == .estonian ? estonian : english }

    private static let headers = [
        "REQUEST": "TAOTLUS", "KIND": "LIIK", "SIDE": "POOL", "STATE": "OLEK", "OTHER PARTY": "TEINE POOL",
        "CLAIMS": "NÕUDED", "DRAFTED": "KOOSTATUD", "SENT": "SAADETUD", "CASE": "JUHTUM", "DUE": "TÄHTAEG", "BY": "KES",
        "CLAIM": "NÕUE", "MESSAGE": "SÕNUM", "PROVISION": "SÄTE", "WHAT": "MIDA", "COUNTRY": "RIIK", "MONTH": "KUU",
        "CURRENCY": "VÄÄRING", "OUTCOME": "TULEMUS", "CLAIMED": "NÕUTUD", "RECOVERED": "SISSE NÕUTUD",
        "OUTSTANDING": "TASUMATA", "WITHDRAWN": "TAGASI VÕETUD", "REDUCED": "VÄHENDATUD", "REMITTED": "ÜLE KANTUD",
    ]

    private static let words = [
        "principal": "põhinõue", "interest": "viivis", "fines": "rahatrahvid",
        "administrativePenalties": "haldustrahvid", "chargesAndCosts": "muud tasud ja kulud", "total": "kokku",
        "applicant": "taotlev pool", "requested": "taotletud", "draft": "mustand", "approved": "kinnitatud",
        "sent": "saadetud", "received": "saadud", "dropped": "loobutud", "formalities": "vormistamisel",
        "recognised": "tunnustatud", "precautionary": "ettevaatusabinõud", "enforcing": "sissenõudmisel",
        "instalments": "osamaksetena", "suspended": "peatatud", "paid": "tasutud", "refused": "tagasi lükatud",
        "withdrawn": "tagasi võetud", "uncollectable": "sissenõudmatu", "us": "meie", "them": "teine pool",
    ]

    private static let outcomes = [
        "requested provisionally": "taotletud esialgselt", "requested": "taotletud", "revised": "muudetud",
        "late": "hilinenud", "withdrawn": "tagasi võetud", "no reduction": "ei ole vähendamine",
        "refused": "tagasi lükatud", "asked": "küsitud", "recognised": "tunnustatud",
        "uncollectable": "sissenõudmatu", "recovered": "sisse nõutud", "instalments agreed": "osamaksetega nõustutud",
        "instalments": "osamaksed", "paid in part": "osaliselt tasutud", "paid": "tasutud",
        "costs paid": "kulud tasutud", "costs claimed": "kulud nõutud", "costs estimated": "kulud hinnatud",
        "costs accepted": "kuludega nõustutud", "costs refused": "kulud tagasi lükatud",
        "contested, enforcement upheld": "vaidlustatud, täitmine jätkub", "contested": "vaidlustatud",
        "void": "kehtetu", "upheld": "jõusse jäetud", "notified": "teatavaks tehtud",
        "not notified": "teatavaks tegemata", "no information": "teavet ei ole", "informed": "teave antud",
        "deductible": "kinnipeetav", "not deductible": "ei ole kinnipeetav", "agreed": "nõustutud",
        "declined": "ei nõustutud",
    ]

    private static let sources = [
        ("ongoing payments", "jooksvad maksed"), ("arrears", "tagantjärele makstavad summad"),
        ("paid out", "välja makstud"),
        (": late", ": hilinenud"), ("agreed", "nõustutud"), ("requested", "kooskõlastamisel"),
    ]
}

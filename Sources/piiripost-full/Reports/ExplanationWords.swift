// SPDX-License-Identifier: EUPL-1.2

import SEDCore
import SEDInspection
import SEDValidation

/// The words around what the catalogue says of a rule.
struct ExplanationWords: Sendable {
    let language: Language

    private func choose(_ english: String, _ estonian: String) -> String {
        language == .estonian ? estonian : english
    }

    var source: String { choose("Source", "Allikas") }
    var basis: String { choose("Legal basis", "Õiguslik alus") }
    var severity: String { choose("Severity", "Raskus") }
    var checked: String { choose("Checked", "Kontroll") }
    var holds: String { choose("Holds", "Kehtib") }
    var parameter: String { choose("Parameter", "Parameeter") }
    var why: String { choose("Why", "Selgitus") }
    var breaks: String { choose("Breaks it:", "Rikub:") }
    var keeps: String { choose("Keeps it:", "Järgib:") }
    var action: String { choose("What to do", "Mida teha") }
    var noValue: String { choose("no value", "väärtust ei ole") }

    /// The heads of the list of all rules.
    var columns: [String] {
        language == .estonian
            ? ["REEGEL", "VÄLJA", "SISSE", "KONTROLL", "PEALKIRI"] : ["RULE", "OUT", "IN", "CHECKED", "TITLE"]
    }

    func severities(_ outbound: String, _ inbound: String) -> String {
        let words = ReportWords(language: language)
        let (out, into) = (words.word(outbound), words.word(inbound))
        return choose(
            "\(out) in what we send, \(into) in what we receive", "\(out) saadetavas, \(into) saabuvas")
    }

    func period(_ from: String?, _ to: String?) -> String {
        choose("\(from ?? "...") to \(to ?? "...")", "\(from ?? "...") kuni \(to ?? "...")")
    }

    func value(_ value: String, from day: String) -> String { choose("\(value) from \(day)", "\(value) alates \(day)") }

    /// Whether a parameter is the law's or ours; `kind` is what programs are told.
    func parameterKind(_ kind: String) -> String { choose(kind, kind == "law" ? "õigusakt" : "meie valik") }

    /// How far the legal basis was read; `mark` is what programs are told.
    func mark(_ mark: String) -> String {
        switch mark {
        case "verified":
            choose("verified: read in the text of the law", "kontrollitud: loetud õigusakti tekstist")
        case "partly":
            choose(
                "partly verified: the provision was read, a detail was not",
                "osaliselt kontrollitud: säte on loetud, üksikasi mitte")
        case "unverified":
            choose(
                "unverified: known from memory only, so never an error",
                "kontrollimata: teada üksnes mälu järgi, seega mitte kunagi viga")
        default:
            choose("no provision: a rule of form or prudence", "sätet ei ole: vormi- või ettevaatusreegel")
        }
    }

    /// Where the rule is checked, in a word or two.
    func whereChecked(_ entry: RuleEntry) -> String {
        guard language == .estonian else { return entry.whereChecked }
        if entry.isInactive { return "ei kehti" }
        return switch entry.kind {
        case .document: "dokument"
        case .caseHistory: "juhtum"
        case .schema: "skeem"
        case .codes: "koodiloendid"
        case .envelope: "ümbrik"
        case .rates: "kursid"
        case .owed: "veel mitte: \(entry.until ?? "")"
        }
    }
}

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

    // MARK: The page of all rules

    var introduction: [String] {
        language == .estonian
            ? [
                "# Reeglid", "",
                "Loodud käsuga `piiripost explain --all --format markdown --lang et`. `piiripost explain REEGEL` näitab "
                    + "ühte reeglit koos näidetega, [rule-format.md](rule-format.md) räägib, kuidas reegleid kirjutatakse.",
                "",
                "*Välja* ja *sisse* on raskused saadetavas ja saabuvas; `-` tähendab, et reeglit ei rakendata. *Alus* "
                    + "ütleb, kui kaugele on õiguslikku alust loetud; kontrollimata reegel ei ole kunagi viga. "
                    + "*Kontroll*: `dokument` ühel dokumendil koos ümbrikuga; `juhtum`, kui sõnum paigutatakse oma "
                    + "juhtumisse; `skeem`, `koodiloendid`, `ümbrik` selles kihis, mille leid kannab reegli "
                    + "tunnust; `kursid`, kui imporditakse kursse või arvestatakse summat ümber; `asutused`, kui saatjat ja "
                    + "saajat võrreldakse asutuste kataloogiga; `töölaud`, kui sissenõude taotlust kontrollitakse, "
                    + "kinnitatakse või jälgitakse; `kell` käsus `case due`; `veel mitte` koos osaga, "
                    + "mis seda kontrollima hakkab, ja põhjusega. Iga tabeli all on näide, mis reeglit rikub, ja "
                    + "näide, mis seda järgib.",
                "",
            ]
            : [
                "# Rules", "",
                "Made by `piiripost explain --all --format markdown`; do not edit. `piiripost explain RULE-ID` shows one "
                    + "rule with its examples, [rule-format.md](rule-format.md) tells how rules are written.",
                "",
                "*Out* and *in* are the severities for what we send and what we received; `-` is not run. *Basis* says how "
                    + "far the legal basis was read; an unverified rule is never an error. *Checked*: `document` on one "
                    + "document with its envelope; `case` when a message is placed in its case; `schema`, `code lists`, "
                    + "`envelope` by that layer, whose finding carries the id; `rates` when rates are imported or an amount is "
                    + "converted; `directory` when sender and receiver are held against the directory of institutions; "
                    + "`desk` when a request for recovery is checked, approved or followed; `clock` in `case due`; `owed` not yet, with the part that will and the reason. Below each table stand an example that breaks the rule and one that keeps it.",
                "",
            ]
    }

    var familyColumns: [String] {
        language == .estonian
            ? [
                "rühm", "reegleid", "dokument", "juhtum", "skeem, koodid", "kursid", "asutused, töölaud, kell",
                "veel mitte",
                "ei kehti",
            ]
            : [
                "family", "rules", "document", "case", "schema, codes", "rates", "directory, desk, clock", "owed",
                "not in force",
            ]
    }

    var ruleColumns: [String] {
        language == .estonian
            ? ["reegel", "pealkiri", "välja", "sisse", "alus", "allikas", "kontroll"]
            : ["rule", "title", "out", "in", "basis", "source", "checked"]
    }

    var parametersHead: String { choose("## Parameters", "## Parameetrid") }

    var parameterColumns: [String] {
        language == .estonian
            ? ["parameeter", "tähendus", "liik", "väärtused", "allikas"]
            : ["parameter", "meaning", "kind", "values", "source"]
    }

    var none: String { choose("none", "puudub") }

    func shortMark(_ mark: RuleEntry.Mark) -> String {
        guard language == .estonian else { return mark.rawValue }
        return switch mark {
        case .verified: "kontrollitud"
        case .partly: "osaliselt"
        case .unverified: "kontrollimata"
        case .design: "sätet ei ole"
        }
    }

    // MARK: One rule

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
        case .directory: "asutused"
        case .desk: "töölaud"
        case .clock: "kell"
        case .owed: "veel mitte: \(Self.parts[entry.until ?? ""] ?? entry.until ?? "")"
        }
    }

    /// The parts that will check what is owed.
    private static let parts = [
        "register": "register", "ledger": "andmete väljastamise arvestus", "retention": "säilitamine",
        "deadlines": "tähtajad", "audit": "kontrolljälg", "access": "juurdepääs", "directory": "asutuste kataloog",
    ]
}

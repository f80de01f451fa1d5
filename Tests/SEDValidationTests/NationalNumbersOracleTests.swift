// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import SEDValidation
import Testing

/// Our schemes beside the modules of python-stdnum.
@Suite(.enabled(if: Oracle.python != nil, "SKIPPED: python-stdnum is missing: .ci/install --tests brings it"))
struct NationalNumbersOracleTests {
    @Test func `each scheme judges invented numbers as python-stdnum does, save for what is listed`() throws {
        let folder = try TemporaryFolder()
        var questions: [(scheme: String, number: String, ours: Bool)] = []
        var generator = NumberGenerator(seed: 883_2004)
        for scheme in Self.schemes where Oracle.patterns[scheme.name] != nil {
            var right: [String] = []
            for pattern in Oracle.patterns[scheme.name] ?? [] {
                let checks = pattern.reduce(1) { $0 * ($1 == "#" ? 10 : $1 == "?" ? 36 : 1) }
                let invented = generator.numbers(after: pattern, bodies: checks == 1 ? 120 : max(10, 160 / checks))
                    .map { (scheme: scheme.name, number: $0, ours: scheme.accepts($0)) }
                questions += invented
                right += invented.filter(\.ours).map(\.number).prefix(25)
            }
            for number in right.prefix(50) {
                questions += generator.nearMisses(of: number).map { (scheme.name, $0, scheme.accepts($0)) }
            }
        }
        let lines = questions.map { "\($0.scheme)\t\($0.number)\n" }
        try folder.write(lines.joined(), to: "questions")
        let answers = Array(try Oracle.run("< questions", folder: folder.path).utf8.filter { $0 != 0x0A })
        try #require(answers.count == questions.count)

        var unexplained: [String: [String]] = [:]
        var used: Set<String> = []
        var counts: [String: (right: Int, wrong: Int)] = [:]
        for (question, answer) in zip(questions, answers) {
            let theirs = answer == UInt8(ascii: "1")
            counts[question.scheme, default: (0, 0)].right += theirs ? 1 : 0
            counts[question.scheme, default: (0, 0)].wrong += theirs ? 0 : 1
            guard question.ours != theirs else { continue }
            let deviation = Oracle.deviations.first {
                $0.schemes.contains(question.scheme) && $0.weAccept != theirs && $0.applies(question.number)
            }
            if let deviation {
                used.insert(deviation.reason)
            } else {
                unexplained[question.scheme, default: []].append("\(question.number) they: \(theirs)")
            }
        }
        for (scheme, numbers) in unexplained {
            Issue.record("\(scheme): \(numbers.count) unlike the oracle, as \(numbers.prefix(5))")
        }
        for (scheme, count) in counts {
            #expect(count.right >= 8 && count.wrong >= 50, "\(scheme) \(count)")
        }
        #expect(Oracle.deviations.map(\.reason).filter { !used.contains($0) } == [], "deviations that never occur")
    }

    @Test func `the oracle is asked about every scheme that it knows`() throws {
        let folder = try TemporaryFolder()
        let known = try Oracle.run("--schemes", folder: folder.path).split(separator: "\n").map(String.init)
        #expect(Set(known) == Set(Oracle.patterns.keys))
    }

    /// Each scheme once, though States share some.
    private static var schemes: [NumberScheme] {
        var seen: Set<String> = []
        return NationalNumber.countries.flatMap(NationalNumber.schemes).filter { seen.insert($0.name).inserted }
    }
}

enum Oracle {
    /// The Python that has python-stdnum; nil where `.ci/install --tests` has not made it.
    static let python = OraclePython.path(importing: "stdnum")

    static func run(_ arguments: String, folder: String) throws -> String {
        let python = try #require(python)
        let script = OraclePython.script("national_numbers")
        let result = try Program.shell("cd '\(folder)' && '\(python)' '\(script)' \(arguments)", folder: folder)
        try #require(result.status == 0, "\(result.errors)")
        return result.output
    }

    /// Where we judge otherwise, and why.
    struct Deviation: Sendable {
        let schemes: Set<String>
        let weAccept: Bool
        let reason: String
        let applies: @Sendable (String) -> Bool
    }

    static let deviations: [Deviation] = [
        Deviation(
            schemes: ["lv.personas-kods-bez-datuma"], weAccept: true,
            reason: "codes without a date may begin with 33 to 39 when 32 is used up",
            applies: { $0 >= "33" && $0 < "4" }
        ),
        Deviation(
            schemes: ["lv.personas-kods"], weAccept: false,
            reason: "the century sign of a Latvian code goes no further than the 2000s",
            applies: { character($0, 6) > "2" }
        ),
        Deviation(
            schemes: ["lt.asmens-kodas"], weAccept: true,
            reason: "month and day of a Lithuanian code are 00 where they are not known",
            applies: { $0.dropFirst(5).prefix(2) == "00" }
        ),
        Deviation(
            schemes: ["se.samordningsnummer"], weAccept: true,
            reason: "a coordination number may leave month and day open",
            applies: { number in
                let last = number.filter(\.isNumber).suffix(8)
                return last.prefix(2) == "00" || last.dropFirst(2).prefix(2) == "60"
            }
        ),
        Deviation(
            schemes: ["fi.yhdistysrekisteri"], weAccept: true,
            reason: "which low numbers of the register of associations are taken is no rule",
            applies: { $0.count < 3 }
        ),
        Deviation(
            schemes: ["is.kennitala-fyrirtaekja"], weAccept: true,
            reason: "Iceland registered organisations on days that do not exist, as 31 February 1969",
            applies: { ("70"..."71").contains($0.prefix(2)) || $0.hasPrefix("69") }
        ),
        Deviation(
            schemes: ["cz.rodne-cislo", "sk.rodne-cislo"], weAccept: false,
            reason: "months 41 to 50 and from 83 on are none, the oracle only takes remainders",
            applies: { number in
                let month = Int(number.dropFirst(2).prefix(2)) ?? 0
                return (41...50).contains(month) || month > 82
            }
        ),
        Deviation(
            schemes: ["cz.rodne-cislo", "sk.rodne-cislo"], weAccept: true,
            reason:
                "numbers of nine digits with a year from 54 on are of the 1800s, Czech Social Security Administration",
            applies: { $0.count == 9 && character($0, 0) >= "5" }
        ),
        Deviation(
            schemes: ["cz.rodne-cislo", "sk.rodne-cislo"], weAccept: false,
            reason: "a number of nine digits does not end with 000, Czech Social Security Administration",
            applies: { $0.count == 9 && $0.hasSuffix("000") }
        ),
        Deviation(
            schemes: ["sk.ic-dph"], weAccept: false,
            reason: "a birth number is another scheme",
            applies: { $0.filter(\.isNumber).count <= 10 }
        ),
        Deviation(
            schemes: ["it.codice-fiscale"], weAccept: false,
            reason: "days from 81 on are none, the oracle only takes remainders",
            applies: { "89UV".contains(character($0, 9)) }
        ),
        Deviation(
            schemes: ["pt.cc"], weAccept: false,
            reason: "the number of the card has twelve characters, the oracle takes any number of them",
            applies: { $0.count != 12 }
        ),
        Deviation(
            schemes: ["nl.bsn", "nl.rsin"], weAccept: false,
            reason: "at most one leading zero may be left out", applies: { $0.count < 8 }
        ),
        Deviation(
            schemes: ["nl.btw"], weAccept: false,
            reason: "a VAT number is written in full",
            applies: { $0.count < ($0.hasPrefix("NL") ? 14 : 12) }
        ),
        Deviation(
            schemes: ["de.stnr"], weAccept: true,
            reason: "the beginnings of tax offices are no rule of the number", applies: { $0.count == 13 }
        ),
        Deviation(
            schemes: ["at.firmenbuchnummer"], weAccept: false,
            reason: "numbers of the commercial register have up to six digits", applies: { $0.count > 7 }
        ),
    ]

    private static func character(_ number: String, _ place: Int) -> Character {
        number.count > place ? Array(number)[place] : " "
    }

    /// Patterns of numbers by scheme; a scheme that is missing has no oracle.
    static let patterns: [String: [String]] = [
        "at.vnr": ["999#DDMMYY", "[123456789]999DDMMY#"],
        "at.steuernummer": ["[0123456789]9999999#", "[2345689][0123456789]999999#"],
        "at.uid": ["U9999999#", "ATU9999999#"],
        "at.firmenbuchnummer": ["99999&", "999999&", "9&", "9999999&", "FN99999&", "&99999", "999999"],
        "be.nn": ["YYMMDD999##", "YY00DD999##", "000001999##"],
        "be.bis": ["YY[2345][0123456789]DD999##", "YY[24]900999##"],
        "be.ondernemingsnummer": ["0[2345678]999999##", "1[012]999999##", "9999999##", "BE0999999##"],
        "bg.egn": ["YYMMDD999#", "YY4[123456789]DD999#", "YY5[012]DD999#", "YY[23][0123456789]DD999#"],
        "bg.lnch": ["999999999#"],
        "bg.eik": ["99999999#", "BG99999999#"],
        "bg.dds-10": ["999999999#"],
        "ch.ahv": ["756999999999#", "999999999999#"],
        "ch.uid": ["CHE99999999#", "99999999#", "CHE99999999#MWST", "CHE99999999#IVA", "CHE99999999#TVS"],
        "cy.tic": ["99999999?", "1[02]999999?", "CY09999999?"],
        "cz.rodne-cislo": [
            "YYMMDD999#", "YY[56][0123456789]DD999#", "YY[23478][0123456789]DD999#", "YYMMDD999", "[01234]9MMDD999",
            "[01234][0123456789]MMDD00#",
        ],
        "cz.ico": ["9999999#", "CZ9999999#"],
        "cz.dic-6": ["69999999#"],
        "de.idnr": ["9999999999#", "1234567899#", "1234506789#", "9876543211#", "1223456789#", "5123456780#"],
        "de.stnr": ["9999999999", "99999999999", "[1234][0123456789]9909999999#", "999999999"],
        "de.ust-idnr": ["99999999#", "DE99999999#"],
        "dk.cpr": ["DDMMYY9999", "DDMMYY[456789]999"],
        "dk.cvr": ["9999999#", "DK9999999#"],
        "ee.isikukood": ["[12345678]YYMMDD999#", "[09]YYMMDD999#", "[3456]YYMMDD999#"],
        "ee.registrikood": ["[1789]999999#", "9999999#"],
        "ee.kmkr": ["99999999#", "EE10999999#"],
        "el.amka": ["DDMMYY9999#", "9999999999#"],
        "el.afm": ["99999999#", "9999999#", "EL99999999#"],
        "es.dni": ["99999999?"],
        "es.nie": ["[XYZ]9999999?", "&9999999?"],
        "es.nif-klm": ["[KLM]9999999?", "ESL9999999?"],
        "es.cif": ["&9999999?", "[ABGPQRS]9999999?"],
        "fi.hetu": ["DDMMYY[-+ABCDEFYXWVU]999?", "DDMMYY[-A]999?", "DDMMYY[GZ]999?", "DDMMYY-00[0123]?"],
        "fi.y-tunnus": ["9999999#", "FI9999999#"],
        "fi.yhdistysrekisteri": ["9", "99", "999", "99999", "999999", "9999999"],
        "fr.nir": ["[12]YYMM99999999##", "[12]YYMM2[AB]999999##", "[34]YYMM2[ABC]999999##"],
        "fr.nif": Array(repeating: "[0123]999999999[01234]##", count: 5) + ["99999999990##"],
        "fr.siren": ["99999999#"],
        "fr.siret": ["99999999#0001#", "3560000009999#", "3560000000004#", "55200844#9999#"],
        "fr.tva": [
            "##55200844[03]", "99303265045", "##303265045", "[ABCDEFGHKLMN]#99999999#", "#[ABCDEFGIOPQ]99999999#",
            "##00099999[019]",
        ],
        "hr.oib": ["9999999999#", "HR9999999999#"],
        "hr.jmbg": ["DDMM9YY3[0123]999#"],
        "hu.adoszam": ["9999999#", "9999999#[12345]99", "HU9999999#"],
        "ie.pps": ["9999999?", "9999999?[ABHWTX]", "9999999?&"],
        "ie.vat": ["9999999?", "9999999?[WABHI]", "9&99999?", "IE9999999?", "9+99999?"],
        "is.kennitala": ["DDMMYY99#9", "DDMMYY99#0", "DDMMYY99#[1238]"],
        "is.kennitala-fyrirtaekja": ["[456]9MMYY99#9", "[4567][01]MMYY99#0", "7[01]02YY99#9"],
        "is.vsk": ["99999", "999999", "9999", "9999999", "IS99999"],
        "it.codice-fiscale": [
            "&&&&&&YY[ABCDEHLMPRST]DD&999?", "&&&&&&YY[ABCDEHLMPRST][456][0123456789]&999?",
            "&&&&&&[LMNPQ9][LMNPQ9][ABCDEHLMPRST][LMN][LMNPQ]&[LM9]9[ST9]?", "&&&&&&YY&DD&999?",
            "&&&&&&YY[ABC]8[12345]&999?",
        ],
        "it.codice-fiscale-11": ["99999990[0123456789]9#", "9999999[01]99#"],
        "it.partita-iva": ["99999990[0123456789]9#", "9999999999#", "IT9999999121#", "0000000001#"],
        "lt.asmens-kodas": ["[3456]YYMMDD999#", "9999999999#", "[012789]YYMMDD999#", "[3456]YY0000999#"],
        "lt.pvm": ["99999991#", "999999#1#", "99999999991#", "LT9999991#1#"],
        "lu.matricule": ["19YYMMDD999##", "20[01][0123456789]MMDD999##", "19YY0000999##"],
        "lu.tva": ["999999##", "LU999999##"],
        "lv.personas-kods": ["DDMMYY[012]999#", "DDMMYY9999#"],
        "lv.personas-kods-bez-datuma": ["3299999999#", "3[23456789]99999999#"],
        "lv.pvn": ["[456789]999999999#", "LV4000999999#"],
        "mt.vat": ["999999##", "MT999999##"],
        "nl.bsn": ["99999999#", "9999999#"],
        "nl.rsin": ["99999999#", "9999999#"],
        "nl.btw": ["99999999#B01", "00999999#B##", "NL99999999#B0[0123]"],
        "no.fodselsnummer": ["DDMMYY999##", "[4567][1234]MMYY999##", "DD[45][0123456789]YY999##", "DDMMYY[5679]99##"],
        "no.orgnr": ["[89]9999999#", "99999999#", "99999999#MVA", "NO99999999#MVA"],
        "pl.pesel": ["YYMMDD9999#", "YY[2468][123456789]DD9999#", "YY[1357][0123456789]DD9999#"],
        "pl.nip": ["999999999#", "PL999999999#"],
        "pl.regon": ["99999999#", "99999999#9999#"],
        "pt.cc": ["999999999&&#", "999999999[Z9][Y9]#"],
        "pt.nif": ["99999999#", "PT59999999#"],
        "ro.cnp": ["[12345678]YYMMDD[01234]9999#", "[0129]YYMMDD99999#"],
        "ro.cui": ["9999999#", "99999999#", "9999#", "9#", "999999999#", "RO9999999#"],
        "ro.onrc": [
            "[JFC]20[012][0123456789]999999[0123]9#", "J202[456]99999900#", "[ABK]202499999900#", "J19[89]999999912#",
        ],
        "se.personnummer": [
            "YYMMDD999#", "YYMMDD-999#", "19YYMMDD999#", "20[01][0123456789]MMDD-999#", "[23]9MMDD+999#",
        ],
        "se.samordningsnummer": ["YYMM[678][0123456789]999#", "19YYMM[678]9-999#", "YY0060999#", "YYMM[69][012]-999#"],
        "se.orgnr": ["559999999#", "999999999#"],
        "se.moms": ["559999999#01", "SE999999999#01", "999999999#02"],
        "si.emso": ["DDMM9YY50999#", "DDMM0[012]950999#", "DDMM[789]YY50999#"],
        "si.davcna": ["9999999#", "SI9999999#"],
        "si.maticna": ["999999#", "999999#000", "999999#&99", "999999#999"],
        "sk.rodne-cislo": [
            "YYMMDD999#", "YY[56][0123456789]DD999#", "YY[23478][0123456789]DD999#", "YYMMDD999", "[01234]9MMDD00#",
        ],
        "sk.ic-dph": ["202999999#", "[12]99999999#", "999999999#", "SK[12]0[2347]999999#", "YYMMDD999#"],
        "sk.ico": ["9999999#", "3[156]99999#"],
        "uk.nhs": ["999999999#"],
        "uk.utr": ["#999999999"],
        "uk.vat-xi": ["XI9999999##"],
        "uk.vat": [
            "9999999##", "GB9999999##", "9999999##001", "GD[0123456789]99", "HA[0123456789]99", "GD8888999##",
            "HA88886990#",
        ],
    ]
}

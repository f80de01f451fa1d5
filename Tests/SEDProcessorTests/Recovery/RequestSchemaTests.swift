// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCore
import SEDRecovery
import SEDTestSupport
import Testing

@testable import SEDProcessor

/// The published schema of request files beside the reader: what one takes the other takes.
///
/// The files are JSON with texts in quotes; YAML reads a text without them too, which no schema of JSON can say.
struct RequestSchemaTests {
    private static let python = OraclePython.path(importing: "jsonschema")
    private static let schema = Repository.root.appendingPathComponent("docs/recovery-request.schema.json").path

    /// Verdicts of the schema, document by document.
    private func verdicts(_ documents: [Any]) throws -> [String] {
        let folder = try TemporaryFolder()
        let lines = try documents.map {
            String(decoding: try JSONSerialization.data(withJSONObject: $0, options: [.sortedKeys]), as: UTF8.self)
        }
        try folder.write(lines.joined(separator: "\n"), to: "documents")
        let python = try #require(Self.python)
        let result = try Program.shell(
            "'\(python)' '\(OraclePython.script("request_schema"))' '\(Self.schema)' documents", folder: folder.path)
        try #require(result.status == 0, "\(result.errors)")
        return result.output.split(separator: "\n").map(String.init)
    }

    /// What the reader refuses; nil where it takes the document.
    private func refusal(_ document: Any) throws -> String? {
        let data = try JSONSerialization.data(
            withJSONObject: document, options: [.sortedKeys, .withoutEscapingSlashes])
        do {
            _ = try RecoveryRequestFile(parsing: String(decoding: data, as: UTF8.self), file: "request.json")
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test(.enabled(if: python != nil, "SKIPPED: jsonschema is missing: .ci/install --tests brings it"))
    func `generated files are taken by both or by none`() throws {
        var maker = RequestMaker(dice: SeededNumbers(seed: 78_3))
        let documents = (0..<3_000).map { maker.document(faults: $0 % 3) }
        let theirs = try verdicts(documents)
        try #require(theirs.count == documents.count)
        var taken = 0
        for (document, verdict) in zip(documents, theirs) {
            let refusal = try refusal(document)
            if refusal == nil { taken += 1 }
            if (refusal == nil) != (verdict == "valid") {
                Issue.record("the schema: \(verdict); the reader: \(refusal ?? "taken")\n\(document)")
            }
        }
        // Neither verdict is rare, so that agreement says something.
        #expect(taken > documents.count / 5)
        #expect(taken < documents.count * 4 / 5)
    }

    @Test(.enabled(if: python != nil, "SKIPPED: jsonschema is missing: .ci/install --tests brings it"))
    func `every currency of the schema is one of the reader, and no other`() throws {
        let schema = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: Self.schema)))
                as? [String: Any])
        let known = ((schema["$defs"] as? [String: Any])?["currency"] as? [String: Any])?["enum"] as? [String]
        let letters = (0..<26).map { String(UnicodeScalar(UInt8(65 + $0))) }
        let codes = letters.flatMap { first in
            letters.flatMap { second in letters.map { first + second + $0 } }
        }
        #expect(codes.filter { Parts(zeroOf: $0) != nil } == known?.sorted())
    }

    @Test func `a value that is null is no text`() throws {
        for text in ["caseNumber: null", "caseNumber: ~", "debtor: { person: { familyName: null } }"] {
            #expect(throws: ConfigurationError.self) {
                try RecoveryRequestFile(
                    parsing: "kind: recovery\napplicant: EE:MTA001\nrequested: SE:SEPEN1\n\(text)\n", file: "r.yaml")
            }
        }
        let quoted = try RecoveryRequestFile(
            parsing: "kind: recovery\napplicant: EE:MTA001\nrequested: SE:SEPEN1\ncaseNumber: \"null\"\n",
            file: "r.yaml")
        #expect(quoted.request.caseNumber == "null")
    }
}

/// Makes request files at random, whole ones and ones with faults.
private struct RequestMaker {
    var dice: SeededNumbers

    private static var shape: [String: Any] {
        [
            "formatVersion": "version", "kind": "kind", "applicant": "institution", "requested": "institution",
            "caseNumber": "text", "applicantName": "text", "applicantCurrency": "currency",
            "requestedCurrency": "currency",
            "claimType": "code", "branches": "codes",
            "debtor": [
                "person": person, "role": "role", "status": "code", "otherStatus": "text", "insuredPerson": person,
                "employer": ["name": "text", "registrationNumber": "text"], "address": address,
            ] as [String: Any],
            "thirdParties": [["name": "text", "address": address, "assets": "text"] as [String: Any]],
            "declaration": [
                "contested": "flag", "enforceAlthoughContested": "flag", "proceduresApplied": "flag",
                "underFiveYears": "flag", "reasonForOlderClaim": "text", "belowThresholdAgreed": "flag",
            ],
            "claims": [
                [
                    "instrument": "text", "instrumentDate": "day", "notifiedOn": "day", "enforceableFrom": "day",
                    "limitationEnds": "day", "period": ["from": "day", "to": "day"],
                    "amounts": [
                        "principal": "amount", "interest": "amount", "fines": "amount",
                        "administrativePenalties": "amount", "chargesAndCosts": "amount",
                    ],
                ] as [String: Any]
            ],
            "instalments": "code", "bank": ["iban": "text", "bic": "text", "holder": "text", "reference": "text"],
            "notification": ["documents": "codes", "form": "code", "otherForm": "text", "deadline": "day"],
            "information": "codes", "offset": offset, "remarks": "text",
            "attachments": [["file": "text", "role": "attachmentRole", "copy": "copy"]],
        ]
    }

    private static var offset: [String: Any] {
        [
            "final": "flag", "benefit": "code", "otherBenefit": "text", "amount": "amount",
            "periods": [
                ["from": "day", "to": "day", "decidedOn": "day", "reason": "code", "otherReason": "text"]
            ],
            "deductFrom": [
                "benefit": "code", "otherBenefit": "text", "arrears": "flag", "arrearsFrom": "day", "ongoing": "flag",
                "schedule": ["frequency": "code", "otherFrequency": "text", "count": "count", "amount": "amount"],
            ] as [String: Any],
            "competenceDeterminedOn": "day", "requestBy": "day",
            "contributions": [
                [
                    "branches": "codes", "otherBranch": "text", "period": ["from": "day", "to": "day"],
                    "amount": "amount", "employerPart": "amount", "insuredPersonPart": "amount",
                ] as [String: Any]
            ],
        ]
    }

    private static var person: [String: Any] {
        [
            "familyName": "text", "forename": "text", "birthDate": "day", "sex": "code", "nationalities": "codes",
            "pins": [["country": "code", "number": "text"]],
        ]
    }
    private static let address = ["street": "text", "town": "text", "postalCode": "text", "country": "code"]

    /// What each kind of value is, and what it is not although it looks like it.
    private static var values: [String: (good: [Any], bad: [Any])] {
        [
            "version": ([1, "1"], ["2", 2, "", "1.0"]),
            "kind": (RequestKind.allCases.map(\.rawValue), ["Recovery", "", "other"]),
            "count": ([1, 12, 9999, "10"], [0, 10_000, "01", "", "1.5", -1]),
            "institution": (
                ["EE:MTA001", "SE:SEPEN1", "EL:abcd1"], ["EE:MT1", "ee:MTA001", "EE-MTA001", "EE:MTA00123456"]
            ),
            "text": (
                ["Näidis", "null", "~", "1", "true", "- a", "{", "753 10", "\"x\"", "a: b", "#"],
                ["", NSNull(), [String: Any]()]
            ),
            "currency": (["EUR", "SEK", "ISK", "DEM"], ["EURO", "eur", "QQQ", "", "ABC"]),
            "code": (["01", "EE", "A1", "999"], ["0001", "a", "", "é1", "1 "]),
            "codes": (["01", ["01", "02"], [String](), "EE"], [["01", "x"], "", [["01"]], ["01", ""]]),
            "flag": ([true, false, "true", "false"], ["yes", "True", "1", ""]),
            "day": (
                ["2026-03-02", "1999-12-31", "2024-02-29"],
                ["2026-3-2", "2025-02-29", "2026-13-01", "02.03.2026", "2026-03-02Z"]
            ),
            "amount": (
                ["0", "0.00", "1234.5", "999999999999999", "99999999999.9999", "007", "1.2345"],
                ["-1", "-0", "1.23456", "9999999999999999", "999999999999.9999", "1.", ".5", "1,5", "", "1e3", "+1"]
            ),
            "role": (["insuredPerson", "beneficiary", "thirdParty"], ["debtor", ""]),
            "attachmentRole": (["instrument", "other"], ["copy", ""]),
            "copy": (["official", "certified"], ["plain", ""]),
        ]
    }

    /// A document with so many faults at most.
    mutating func document(faults: Int) -> Any {
        var left = faults
        var document = object(Self.shape, &left)
        for (key, kind) in [("kind", "kind"), ("applicant", "institution"), ("requested", "institution")]
        where document[key] == nil && (faults == 0 || dice.number(20) > 0) {
            document[key] = value(kind, &left)
        }
        return document
    }

    private mutating func object(_ shape: [String: Any], _ faults: inout Int) -> [String: Any] {
        var object: [String: Any] = [:]
        for key in shape.keys.sorted() where dice.number(3) > 0 {
            object[key] = made(shape[key] ?? "text", &faults)
        }
        // An attachment is nothing without its file, and a request nothing without its kind: made up for by the caller.
        if shape["copy"] != nil, object["file"] == nil, !(faults > 0 && dice.number(4) == 0) {
            object["file"] = "a.pdf"
        }
        if faults > 0, dice.number(40) == 0 {
            faults -= 1
            object["colour"] = "red"
        }
        return object
    }

    private mutating func made(_ shape: Any, _ faults: inout Int) -> Any {
        if faults > 0, dice.number(60) == 0, !(shape is String) {
            faults -= 1
            return "text"
        }
        if let kind = shape as? String { return value(kind, &faults) }
        if let list = shape as? [Any], let item = list.first {
            // A single thing stands for a list of one.
            if dice.number(4) == 0 { return made(item, &faults) }
            return (0..<dice.number(3)).map { _ in made(item, &faults) }
        }
        return object(shape as? [String: Any] ?? [:], &faults)
    }

    private mutating func value(_ kind: String, _ faults: inout Int) -> Any {
        guard let known = Self.values[kind] else { return "?" }
        if faults > 0, dice.number(25) == 0 {
            faults -= 1
            return known.bad[dice.number(known.bad.count)]
        }
        return known.good[dice.number(known.good.count)]
    }
}

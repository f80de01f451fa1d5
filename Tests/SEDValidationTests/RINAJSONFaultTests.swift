// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCore
import SEDInspection
import SEDProcessor
import SEDTestSupport
import SEDValidation
import Testing

/// SEDs in RINA JSON with one fault each, for every kind of place of all 70 SEDs: one finding for one cause.
@Suite(
    .enabled(
        if: Repository.sharedFacts != nil,
        "The shared facts (shared/eessi beside the checkout) are absent, so no fault is put into their SEDs."
    )
)
struct RINAJSONFaultTests {
    private static let validator = Result {
        try ReferenceData(folder: SchemaFolder(path: Repository.schemas)).validator.withoutRules()
    }

    /// A value in JSON, and the rules of which exactly one must speak; none where the value is right.
    private struct Trial {
        let json: String
        let rules: Set<String>

        init(_ json: String, _ rules: String...) {
            self.json = json
            self.rules = Set(rules)
        }
    }

    private static func trials(for element: ModelElement, in documents: ModelDocuments) throws -> [Trial] {
        if element.isCodeList { return try codeTrials(for: element, in: documents) }
        if element.isContainer {
            return [
                Trial("\"x\"", "XSD-009"), Trial("5", "XSD-009"), Trial("true", "XSD-009"),
                Trial("[\"x\"]", "XSD-009"), Trial("[[\"x\"]]", "JSN-012"),
                Trial("{\"stranger\": 1}", "XSD-002"), Trial("{\"stranger\": {\"a\": 1, \"b\": [1, {}]}}", "XSD-002"),
                Trial("{\"a b\": 1}", "JSN-010"),
            ]
        }
        return try textTrials(for: element, in: documents)
    }

    private static func codeTrials(for element: ModelElement, in documents: ModelDocuments) throws -> [Trial] {
        let list = try #require(documents.codeLists[element.type])
        let code = try #require(list.allowed.first)
        let isFixed = list.fixed != nil
        let isSingle = element.valueMax == .times(1)
        return [
            Trial("{\"value\": [\"\(code)\"]}"), Trial("{\"value\": \"\(code)\"}"),
            Trial("[{\"value\": [\"\(code)\"]}]"),
            Trial("\"\(code)\"", "XSD-009"), Trial("\"zz\"", "XSD-009"), Trial("[\"\(code)\"]", "XSD-009"),
            Trial("5", "XSD-009"), Trial("true", "XSD-009"), Trial("[[\"\(code)\"]]", "JSN-012"),
            Trial("{\"value\": [\"zz\"]}", isFixed ? "XSD-007" : "XSD-006"),
            Trial("{\"value\": \"\"}", isFixed ? "XSD-007" : "XSD-006"),
            Trial("{\"value\": [\"\(list.stranger)\"]}", isFixed ? "XSD-007" : "CDE-001"),
            Trial("{\"value\": true}", isFixed ? "XSD-007" : "XSD-006"),
            Trial("{\"value\": [\"\(code)\", \"\(code)\"]}", isSingle ? "XSD-002" : "CDE-002"),
            Trial("{\"value\": [[\"\(code)\"]]}", "JSN-012"), Trial("{\"value\": [[[\"zz\"]]]}", "JSN-012"),
            Trial("{\"value\": [{\"value\": \"\(code)\"}]}", "XSD-009"),
            Trial("{\"value\": {\"a\": \"x\", \"b\": \"y\"}}", "XSD-009"),
            Trial("{\"value\": [{}]}", isFixed ? "XSD-007" : "XSD-006"),
            Trial("{\"code\": [\"\(code)\"]}", "XSD-002"), Trial("{\"value\": [\"\(code)\"], \"a\": 1}", "XSD-002"),
            Trial("{\"value\": []}", "XSD-003"), Trial("{}", "XSD-003"), Trial("\"\"", "XSD-003"),
            Trial("{\"value\": [\"\\u0001\"]}", "JSN-011"),
        ]
    }

    private static func textTrials(for element: ModelElement, in documents: ModelDocuments) throws -> [Trial] {
        let text = try documents.value(of: element)
        var trials = [
            Trial("\"\(text)\""), Trial("[\"\(text)\"]"),
            Trial("{\"value\": [\"\(text)\"]}", "XSD-009"), Trial("{\"a\": 1, \"b\": {\"c\": 2}}", "XSD-009"),
            Trial("[[\"\(text)\"]]", "JSN-012"), Trial("\"\\u0001\"", "JSN-011"),
        ]
        if element.max == .times(1) { trials.append(Trial("[\"\(text)\", \"\(text)\"]", "XSD-002")) }
        let isText = (element.base ?? element.type) == "xsd:string" && element.pattern == nil
        if !isText || element.minLength != nil {
            trials.append(Trial("\"\"", "XSD-004", "XSD-005", "XSD-006"))
            trials.append(Trial("{}", "XSD-004", "XSD-005", "XSD-006"))
        }
        if !isText {
            for wrong in ["true", "\"x y\"", "-1.5", "\"2026-13-45\"", "1e3", "\"Ñ\""] {
                // A telephone number may look like a date.
                let content = wrong.replacing("\"", with: "")
                if let pattern = element.pattern, try Regex(pattern).wholeMatch(in: content) != nil { continue }
                trials.append(Trial(wrong, "XSD-004", "XSD-005", "XSD-006", "XSD-008"))
            }
        }
        if let limit = element.maxLength {
            trials.append(Trial("\"\(String(repeating: "õ", count: limit + 1))\"", "XSD-005"))
        }
        return trials
    }

    @Test(arguments: ModelFacts.codes)
    func `a fault in JSON has one finding, where it is`(code: String) throws {
        let validator = try Self.validator.get()
        let documents = try ModelDocuments(code)
        var mismatches: [String] = []
        var known: Set<String> = []
        for place in documents.sed.places where !place.element.isSignature {
            let element = place.element
            // One place of each type will do; which of them it is makes no difference to a fault.
            let facts = [element.type, String(describing: element.max), String(describing: element.valueMax)]
            guard known.insert(facts.joined(separator: " ")).inserted else { continue }
            let (document, address) = try documents.minimal(reaching: place)
            for trial in try Self.trials(for: element, in: documents) {
                let text = DocumentJSON(documents).text(of: document, replacing: address, by: trial.json)
                let findings = validator.judge(Array(text.utf8)).report.findings
                let isRight =
                    findings.count == min(trial.rules.count, 1)
                    && findings.allSatisfy { finding in
                        trial.rules.contains(finding.rule.text) && finding.isReadable
                            && finding.position?.line == 2
                            && finding.path?.hasPrefix(document.path(of: address)) == true
                    }
                if !isRight {
                    let found = findings.map { "\($0.rule) \($0.position?.line ?? 0) \($0.path ?? "") \($0.message)" }
                    mismatches.append("\(document.path(of: address)) \(trial.json): \(trial.rules.sorted()), \(found)")
                }
            }
        }
        #expect(known.count > 5)
        #expect(mismatches.prefix(5) == [], "\(mismatches.count) differ")
    }

    /// Whether a finding names an element as expected; a list of ten is cut off there.
    private static func lists(_ name: String, _ finding: Diagnostic) -> Bool {
        let expected = finding.arguments["expected"]?.split(separator: ", ") ?? []
        return expected.contains(name[...]) || expected.count >= 10
    }

    @Test(arguments: ModelFacts.codes)
    func `what is missing in JSON is told of the object that lacks it`(code: String) throws {
        let validator = try Self.validator.get()
        let documents = try ModelDocuments(code)
        var mismatches: [String] = []
        for place in documents.sed.places where place.isMandatory {
            let (document, address) = try documents.minimal(reaching: place)
            let parent = Array(address.dropLast())
            let text = DocumentJSON(documents).text(of: document, replacing: address, by: "null")
            let findings = validator.judge(Array(text.utf8)).report.findings
            let isRight =
                findings.map(\.rule.text) == ["XSD-003"] && findings[0].path == document.path(of: parent)
                && findings[0].isReadable
                && Self.lists(place.element.name, findings[0])
            if !isRight {
                mismatches.append("\(document.path(of: address)): \(findings.map { "\($0.rule) \($0.message)" })")
            }
        }
        #expect(mismatches.prefix(5) == [], "\(mismatches.count) differ")
    }
}

/// Writes test documents as RINA JSON, from the shared facts alone.
struct DocumentJSON {
    private let documents: ModelDocuments

    init(_ documents: ModelDocuments) {
        self.documents = documents
    }

    /// The document with another value for the element at an address; that value begins the second line.
    func text(of document: DocumentElement, replacing address: [Int], by value: String) -> String {
        var members = members(of: document, documents.sed.root, address[...], value)
        members.append("\"sedGVer\": \"4\", \"sedVer\": \"4\"")
        return "{\"\(document.name)\": {\(members.joined(separator: ", "))}}"
    }

    private func members(
        of document: DocumentElement,
        _ model: ModelElement,
        _ address: ArraySlice<Int>?,
        _ value: String
    ) -> [String] {
        var members: [(name: String, values: [String])] = []
        for (index, child) in document.children.enumerated() where child.prefix != "ds:" {
            let element = model.children?.first { $0.name == child.name }
            let rest = address?.first == index ? address?.dropFirst() : nil
            let text = rest?.isEmpty == true ? "\n\(value)\n" : self.value(of: child, element, rest, value)
            if members.last?.name == child.name {
                members[members.count - 1].values.append(text)
            } else {
                members.append((child.name, [text]))
            }
        }
        return members.map { member in
            let text = member.values.joined(separator: ", ")
            return "\"\(member.name)\": " + (member.values.count > 1 ? "[\(text)]" : text)
        }
    }

    private func value(
        of document: DocumentElement,
        _ model: ModelElement?,
        _ address: ArraySlice<Int>?,
        _ value: String
    ) -> String {
        guard let model, !model.isLeaf else { return "\"\(document.text)\"" }
        if model.isCodeList {
            return "{\"value\": [\(document.children.map { "\"\($0.text)\"" }.joined(separator: ", "))]}"
        }
        return "{\(members(of: document, model, address, value).joined(separator: ", "))}"
    }
}

// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCore
import SEDInspection
import SEDProcessor
import SEDTestSupport
import SEDValidation
import Testing

/// Documents of all 70 SEDs, made from the shared facts and not from our schemas, whole and with one fault each.
///
/// Each test holds every place of one SED against the validator and lists what differs from the facts.
@Suite(
    .enabled(
        if: Repository.sharedFacts != nil,
        "The shared facts (shared/eessi beside the checkout) are absent, so no schema is held against them."
    )
)
struct ModelDocumentTests {
    private static let validator = Result {
        try ReferenceData(folder: SchemaFolder(path: Repository.schemas)).validator.withoutRules()
    }

    // MARK: The generator

    @Test func `the facts describe 70 documents`() throws {
        #expect(try ModelFacts.shared.get().seds.count == 70)
        #expect(ModelFacts.codes.count == 70)
    }

    @Test(arguments: ModelFacts.codes)
    func `the texts of the generator keep to the facts`(code: String) throws {
        let documents = try ModelDocuments(code)
        for leaf in documents.sed.places.map(\.element) where leaf.isLeaf {
            for text in [try documents.value(of: leaf), try documents.value(of: leaf, isLongest: true)] {
                if let pattern = leaf.pattern {
                    #expect(try Regex(pattern).wholeMatch(in: text) != nil, "\(leaf.type)")
                }
                #expect((leaf.minLength ?? 0)...(leaf.maxLength ?? .max) ~= text.count, "\(leaf.type)")
            }
        }
    }

    // MARK: Valid documents

    @Test(arguments: ModelFacts.codes)
    func `a document with nothing but what is mandatory is valid, and so is one with everything`(code: String) throws {
        let documents = try ModelDocuments(code)
        var tally = try Tally(Self.validator)
        tally.expectValid(try documents.minimal(), "minimal")
        for branch in 0..<3 {
            tally.expectValid(try documents.full(.init(isFull: true, branch: branch)), "full, branch \(branch)")
            tally.expectValid(try documents.full(.init(branch: branch)), "minimal, branch \(branch)")
        }
        tally.expectValid(try documents.full(.init(isFull: true, hasAllOpenBranches: true)), "all unproven branches")
        tally.expectValid(try documents.full(.init(isFull: true, hasLongestTexts: true)), "longest texts")
        #expect(tally.mismatches.prefix(5) == [], "\(tally)")
    }

    @Test(arguments: ModelFacts.codes)
    func `each element alone may join what is mandatory`(code: String) throws {
        let documents = try ModelDocuments(code)
        var tally = try Tally(Self.validator)
        for place in documents.sed.places where !place.isMandatory {
            let (document, address) = try documents.minimal(reaching: place)
            tally.expectValid(document, document.path(of: address))
        }
        #expect(tally.cases > 0)
        #expect(tally.mismatches.prefix(5) == [], "\(tally)")
    }

    // MARK: Missing, repeated, misplaced and unknown elements

    @Test(arguments: ModelFacts.codes)
    func `an element that is mandatory is missed where it should stand`(code: String) throws {
        let documents = try ModelDocuments(code)
        var tally = try Tally(Self.validator)
        for place in documents.sed.places where place.isMandatory {
            var (document, address) = try documents.minimal(reaching: place)
            let parent = Array(address.dropLast())
            let index = address[address.count - 1]
            document[parent].children.remove(at: index)
            // What follows stands in the wrong place; where nothing follows, the parent is not complete.
            if index < document[parent].children.count {
                tally.expect(["XSD-002"], at: address, in: document, expecting: place.element.name)
            } else {
                tally.expect(["XSD-003"], at: parent, in: document, expecting: place.element.name)
            }
        }
        #expect(tally.cases > 0)
        #expect(tally.mismatches.prefix(5) == [], "\(tally)")
    }

    @Test(arguments: ModelFacts.codes)
    func `an element that may stand once is found where it stands twice`(code: String) throws {
        let documents = try ModelDocuments(code)
        var tally = try Tally(Self.validator)
        for place in documents.sed.places {
            let (document, address) = try documents.minimal(reaching: place)
            if place.element.max == .times(1) {
                tally.expectSecond(of: address, in: document)
            }
            if place.element.isCodeList, place.element.valueMax == .times(1) {
                tally.expectSecond(of: address + [0], in: document)
            }
        }
        #expect(tally.cases > 0)
        #expect(tally.mismatches.prefix(5) == [], "\(tally)")
    }

    @Test(arguments: ModelFacts.codes)
    func `two neighbours in the wrong order are found`(code: String) throws {
        let documents = try ModelDocuments(code)
        var tally = try Tally(Self.validator)
        let containers = documents.sed.places.filter(\.element.isContainer)
        let root = ModelPlace(steps: [], element: documents.sed.root, isMandatory: true)
        for place in [root] + containers {
            let (document, parent) = try documents.minimal(reaching: place, complete: true)
            let open = documents.sed.openBranches(of: place.element)
            for index in document[parent].children.indices.dropLast() {
                var swapped = document
                swapped[parent].children.swapAt(index, index + 1)
                let name = document[parent].children[index].name
                let minimum = place.element.children?.first { $0.name == name }?.min
                // Where the first may be left out, nobody misses it, and it is at fault itself when it comes too late.
                var places = [parent + [index], parent + [index + 1]]
                if let minimum, !open.contains(name) { places.remove(at: minimum == 0 ? 0 : 1) }
                tally.expect(["XSD-002"], atOneOf: places, in: swapped)
            }
        }
        #expect(tally.cases > 0)
        #expect(tally.mismatches.prefix(5) == [], "\(tally)")
    }

    @Test(arguments: ModelFacts.codes)
    func `an unknown element is named`(code: String) throws {
        let documents = try ModelDocuments(code)
        var tally = try Tally(Self.validator)
        let root = ModelPlace(steps: [], element: documents.sed.root, isMandatory: true)
        for place in [root] + documents.sed.places where place.element.isContainer || place.element.isCodeList {
            var (document, parent) = try documents.minimal(reaching: place)
            document[parent].children.append(DocumentElement(name: "stranger"))
            let address = parent + [document[parent].children.count - 1]
            tally.expect(["XSD-002"], at: address, in: document, naming: "stranger")
        }
        #expect(tally.cases > 0)
        #expect(tally.mismatches.prefix(5) == [], "\(tally)")
    }

    @Test(arguments: ModelFacts.codes)
    func `two branches of a proven choice exclude one another`(code: String) throws {
        let documents = try ModelDocuments(code)
        var tally = try Tally(Self.validator)
        for place in documents.sed.places where place.element.isProvenChoice {
            let branches = place.element.children ?? []
            for first in branches.indices {
                let branch = ModelPlace(steps: place.steps + [first], element: branches[first], isMandatory: true)
                let (document, address) = try documents.minimal(reaching: branch)
                tally.expectValid(document, document.path(of: address))
                for second in branches.indices where second != first {
                    var both = document
                    both[Array(address.dropLast())].children.append(try documents.minimalElement(branches[second]))
                    tally.expect(["XSD-002"], at: address.dropLast() + [1], in: both)
                }
            }
        }
        #expect(tally.mismatches.prefix(5) == [], "\(tally)")
    }

    // MARK: Wrong texts and codes

    @Test(arguments: ModelFacts.codes)
    func `a text beyond its length, and an empty one, are found`(code: String) throws {
        let documents = try ModelDocuments(code)
        var tally = try Tally(Self.validator)
        for place in documents.sed.places where place.element.isLeaf {
            let (document, address) = try documents.minimal(reaching: place)
            if let limit = place.element.maxLength {
                tally.expect(["XSD-005"], for: String(repeating: "õ", count: limit + 1), at: address, in: document)
            }
            // A text without any limit may be empty; no source says otherwise.
            let leaf = place.element
            if leaf.minLength != nil || leaf.pattern != nil || leaf.base != "xsd:string" {
                tally.expect(["XSD-004", "XSD-005", "XSD-006"], for: "", at: address, in: document)
            }
        }
        #expect(tally.mismatches.prefix(5) == [], "\(tally)")
    }

    /// Texts that a leaf must not hold, each with the rule that speaks.
    private static func wrongTexts(for leaf: ModelElement) -> [(text: String, rule: String)] {
        switch leaf.base ?? leaf.type {
        case "xsd:date":
            [("2026-13-01", "XSD-004"), ("2026", "XSD-004"), ("1.2.2026", "XSD-004"), ("20226-01-20", "XSD-004")]
        case "xsd:double": [("1,50", "XSD-004"), ("1.234", "XSD-006"), ("-1", "XSD-006")]
        case "xsd:int" where leaf.minInclusive == "0": [("-1", "XSD-008"), ("1.5", "XSD-004")]
        case "xsd:int", "int": [("1.5", "XSD-004")]
        default: leaf.pattern == nil ? [] : [("?", "XSD-006")]
        }
    }

    @Test(arguments: ModelFacts.codes)
    func `a date, an amount, a number or an identifier of the wrong form is found`(code: String) throws {
        let documents = try ModelDocuments(code)
        var tally = try Tally(Self.validator)
        for place in documents.sed.places where place.element.isLeaf {
            let wrong = Self.wrongTexts(for: place.element)
            guard !wrong.isEmpty else { continue }
            let (document, address) = try documents.minimal(reaching: place)
            for (text, rule) in wrong { tally.expect([rule], for: text, at: address, in: document) }
        }
        #expect(tally.cases > 0)
        #expect(tally.mismatches.prefix(5) == [], "\(tally)")
    }

    @Test(arguments: ModelFacts.codes)
    func `a code that its list lacks is found at its value`(code: String) throws {
        let documents = try ModelDocuments(code)
        var tally = try Tally(Self.validator)
        for place in documents.sed.places where place.element.isCodeList {
            guard let list = documents.codeLists[place.element.type] else { continue }
            let (document, address) = try documents.minimal(reaching: place)
            let isFixed = list.fixed != nil
            tally.expect([isFixed ? "XSD-007" : "CDE-001"], for: list.stranger, at: address + [0], in: document)
            tally.expect([isFixed ? "XSD-007" : "XSD-006"], for: "zz", at: address + [0], in: document)
            // The other answer is a code of the list, and still not the fixed one.
            for other in list.codes.map(\.code) where isFixed && other != list.fixed {
                tally.expect(["XSD-007"], for: other, at: address + [0], in: document)
            }
        }
        #expect(tally.cases > 0)
        #expect(tally.mismatches.prefix(5) == [], "\(tally)")
    }

    @Test(arguments: ModelFacts.codes)
    func `many faults in one document are found one by one`(code: String) throws {
        let documents = try ModelDocuments(code)
        var tally = try Tally(Self.validator)
        for branch in 0..<3 {
            var document = try documents.full(.init(isFull: true, branch: branch))
            var faults: [(rule: String, address: [Int])] = []
            for (address, leaf) in documents.texts(of: document) {
                if let list = documents.codeLists[leaf.type] {
                    document[address].text = list.stranger
                    faults.append((list.fixed == nil ? "CDE-001" : "XSD-007", address))
                } else if let limit = leaf.maxLength, leaf.pattern == nil {
                    document[address].text = String(repeating: "õ", count: limit + 1)
                    faults.append(("XSD-005", address))
                } else if let (text, rule) = Self.wrongTexts(for: leaf).first {
                    document[address].text = text
                    faults.append((rule, address))
                }
            }
            tally.expect(faults, in: document)
        }
        #expect(tally.mismatches.prefix(5) == [], "\(tally)")
    }
}

/// Counts the cases of one SED and keeps what came out otherwise than the facts say.
private struct Tally: CustomStringConvertible {
    private let validator: Validator
    private(set) var cases = 0
    private(set) var mismatches: [String] = []

    init(_ validator: Result<Validator, any Error>) throws {
        self.validator = try validator.get()
    }

    var description: String { "\(mismatches.count) of \(cases) cases differ" }

    mutating func expectValid(_ document: DocumentElement, _ name: String) {
        cases += 1
        let report = validator.judge(document.bytes).report
        if report.verdict != .valid || !report.findings.isEmpty {
            mismatches.append("\(name): \(report.verdict), \(Self.describe(report.findings))")
        }
    }

    /// Expects exactly one finding, of one of the rules, at the element with this address.
    ///
    /// `expecting` is a name that the finding lists as expected, `naming` the name that it finds fault with.
    mutating func expect(
        _ rules: Set<String>,
        at address: [Int],
        in document: DocumentElement,
        expecting: String? = nil,
        naming: String? = nil
    ) {
        expect(rules, atOneOf: [address], in: document, expecting: expecting, naming: naming)
    }

    /// Expects exactly one finding where the element with this address has this text.
    mutating func expect(_ rules: Set<String>, for text: String, at address: [Int], in document: DocumentElement) {
        var changed = document
        changed[address].text = text
        expect(rules, at: address, in: changed)
    }

    /// Expects exactly one finding, at the second of two equal elements.
    mutating func expectSecond(of address: [Int], in document: DocumentElement) {
        var changed = document
        let parent = Array(address.dropLast())
        let index = address[address.count - 1]
        changed[parent].children.insert(document[address], at: index)
        expect(["XSD-002"], at: parent + [index + 1], in: changed)
    }

    mutating func expect(
        _ rules: Set<String>,
        atOneOf addresses: [[Int]],
        in document: DocumentElement,
        expecting: String? = nil,
        naming: String? = nil
    ) {
        cases += 1
        let report = validator.judge(document.bytes).report
        let isRight =
            report.verdict == .invalid && report.findings.count == 1
            && report.findings.allSatisfy { finding in
                rules.contains(finding.rule.text) && finding.severity == .error && finding.isReadable
                    && addresses.contains {
                        finding.position == document.position(of: $0) && finding.path == document.path(of: $0)
                    }
                    && Self.lists(expecting, finding) && (naming == nil || finding.arguments["element"] == naming)
            }
        guard !isRight else { return }
        let places = addresses.map { "\(document.path(of: $0)) line \(document.position(of: $0).line)" }
        mismatches.append(
            "\(places.joined(separator: " or ")): wanted \(rules.sorted()), got \(report.verdict) "
                + Self.describe(report.findings)
        )
    }

    /// Expects these findings and no others, one for each fault, in this order.
    mutating func expect(_ faults: [(rule: String, address: [Int])], in document: DocumentElement) {
        cases += faults.count
        let wanted = faults.map { fault in
            let position = document.position(of: fault.address)
            return "\(fault.rule) at \(position.line):\(position.column) \(document.path(of: fault.address))"
        }
        let findings = validator.judge(document.bytes).report.findings
        mismatches += findings.filter { !$0.isReadable }.map { "not readable: \($0.message) / \($0.estonian)" }
        let found = findings.map(Self.describe)
        if found.count != wanted.count {
            mismatches.append("wanted \(wanted.count) findings, got \(found.count)")
        }
        for (wish, finding) in zip(wanted, found) where wish != finding {
            mismatches.append("wanted \(wish), got \(finding)")
        }
    }

    /// Whether a finding names an element as expected; a list of ten is cut off there.
    private static func lists(_ name: String?, _ finding: Diagnostic) -> Bool {
        guard let name else { return true }
        let expected = finding.arguments["expected"]?.split(separator: ", ") ?? []
        return expected.contains(name[...]) || expected.count >= 10
    }

    private static func describe(_ findings: [Diagnostic]) -> String {
        "\(findings.count) findings \(findings.prefix(3).map(describe))"
    }

    private static func describe(_ finding: Diagnostic) -> String {
        let place = finding.position.map { "\($0.line):\($0.column)" } ?? "nowhere"
        let message = finding.isReadable ? "" : " not readable: \(finding.message) / \(finding.estonian)"
        return "\(finding.rule) at \(place) \(finding.path ?? "")\(message)"
    }
}

extension Diagnostic {
    /// Whether the message says in words what would be right: no namespace, no bare name of a type, nothing left empty,
    /// and in Estonian no word of English.
    var isReadable: Bool {
        let marks = ["{http", "://", "xs:", "xsd:", " the type ", "(pattern )", ": .", "''", "  "]
        let areRight = [message, estonian].allSatisfy { text in
            text.hasSuffix(".") && !marks.contains { text.contains($0) }
        }
        return areRight && EstonianWords.faults(of: self) == []
    }

    /// The message as a reader of Estonian sees it.
    var estonian: String { (try? EstonianWords.formats.get().told(words, in: .estonian)) ?? "" }
}

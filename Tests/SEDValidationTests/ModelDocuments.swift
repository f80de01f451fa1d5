// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCore
import SEDTestSupport

/// How often an element may stand: a number, or without limit.
enum ModelLimit: Decodable, Hashable {
    case times(Int)
    case unbounded

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Int.self) {
            self = .times(number)
        } else if try container.decode(String.self) == "unbounded" {
            self = .unbounded
        } else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "neither a number nor unbounded")
        }
    }
}

/// An element of a SED as the shared facts describe it.
final class ModelElement: Decodable, Sendable {
    let name: String
    let type: String
    /// Nil where no source tells it.
    let min: Int?
    let max: ModelLimit?
    let children: [ModelElement]?
    let enumerated: Bool?
    let valueMax: ModelLimit?
    let base: String?
    let minLength: Int?
    let maxLength: Int?
    let pattern: String?
    let minInclusive: String?
    let choice: [ModelChoice]?

    private enum CodingKeys: String, CodingKey {
        case name, type, min, max, children, valueMax, base, minLength, maxLength, pattern, minInclusive, choice
        case enumerated = "enum"
    }

    init(root name: String, children: [ModelElement]) {
        self.name = name
        self.children = children
        type = ""
        min = 1
        max = .times(1)
        enumerated = nil
        valueMax = nil
        base = nil
        minLength = nil
        maxLength = nil
        pattern = nil
        minInclusive = nil
        choice = nil
    }

    /// Whether the element holds the codes of a code list.
    var isCodeList: Bool { enumerated == true }

    var isSignature: Bool { type == "ds:SignatureType" }

    var isContainer: Bool { children != nil }

    var isLeaf: Bool { !isContainer && !isCodeList && !isSignature }

    /// Whether exactly one of the children may stand, as an official schema proves.
    var isProvenChoice: Bool { choice != nil }
}

/// A proven choice; the members are the children themselves.
struct ModelChoice: Decodable {
    let members: [String]
}

/// A place in the model of a SED: the indices that lead to it from the root, and the element.
struct ModelPlace {
    let steps: [Int]
    let element: ModelElement
    /// Whether documents must show it wherever its parent stands.
    let isMandatory: Bool
}

/// The structure of one SED.
struct ModelSED {
    let code: String
    let namespace: String
    let root: ModelElement

    private struct File: Decodable {
        let code: String
        let namespace: String
        let children: [ModelElement]
    }

    init(parsing data: Data) throws {
        let file = try JSONDecoder().decode(File.self, from: data)
        code = file.code
        namespace = file.namespace
        root = ModelElement(root: file.code, children: file.children)
    }

    /// Every element below the root, in the order of the model.
    var places: [ModelPlace] {
        var places: [ModelPlace] = []
        collect(root, steps: [], into: &places)
        return places
    }

    private func collect(_ element: ModelElement, steps: [Int], into places: inout [ModelPlace]) {
        let open = openBranches(of: element)
        for (index, child) in (element.children ?? []).enumerated() {
            let isMandatory = (child.min ?? 0) >= 1 && !open.contains(child.name)
            places.append(ModelPlace(steps: steps + [index], element: child, isMandatory: isMandatory))
            collect(child, steps: steps + [index], into: &places)
        }
    }

    /// The children of which only one is meant to stand, though no source proves that the schema says so.
    func openBranches(of element: ModelElement) -> [String] {
        ModelFacts.openBranches["\(code) \(element.type)"] ?? ModelFacts.openBranches[element.type] ?? []
    }
}

/// The shared facts: 70 SEDs and their code lists.
struct ModelFacts {
    let codeLists: [String: ModelCodeList]
    let seds: [String: ModelSED]

    private struct CodeListFile: Decodable {
        let lists: [String: ModelCodeList]
    }

    /// Reads all facts; there are none where the shared folder is absent.
    static let shared = Result { try ModelFacts(folder: Repository.sharedFacts) }

    /// The codes of the SEDs that have a model.
    static let codes: [String] = (try? shared.get().seds.keys.sorted()) ?? []

    /// Containers whose children look like alternatives without proof, by type or by SED and type.
    ///
    /// They are those of the facts' section 2.6, and H120's, whose names exclude one another in the same way.
    static let openBranches: [String: [String]] = {
        let concerns = ["PleaseFillInWhenCaseConcernsAPerson", "PleaseFillInWhenCaseConcernsAnEmployer"]
        let debtor = ["InsuredPerson", "Beneficiary", "ThirdParty"]
        return [
            "RConcernsType": concerns,
            "RConcernsPersonKnownAddressesType": concerns,
            "R012 ConcernsPersonKnownAddressesType": concerns,
            "R014 ConcernsType": concerns,
            "RDebtorType": debtor,
            "RDebtorNoKnownAddressesType": debtor,
            "R012 DebtorType": debtor,
            "R014 DebtorType": debtor,
            "LConditionalDecisionLAType": ["InitialDecision", "AmendingDecision"],
            "A008 PurposeSEDType": ["NotificationChangesInRelevantData", "InformationWorkingInTwoOrMoreMemberStates"],
            "R028 RequestType": [
                "FinalRequestPleaseReimburseActualCostsLosses", "ProvisionalRequestStateIfAgreeReimburse",
            ],
            "R018 ConditionalActionType": ["RecoveryProcedureWillContinue", "NoFurtherRecoveryActionWillTaken"],
            "H062 SelectionIdentificationSuccessfulType": ["IdentificationSuccessful", "IdentificationUnsuccessful"],
            "H120 DetailsRequestType": [
                "TheRequestConcernsIncapacityForWork", "TheRequestDoesNotConcernIncapacityForWork",
            ],
        ]
    }()

    private init(folder: String?) throws {
        guard let folder else {
            codeLists = [:]
            seds = [:]
            return
        }
        let models = URL(fileURLWithPath: folder).appendingPathComponent("sed-model")
        let lists = try Data(contentsOf: models.appendingPathComponent("_codelists.json"))
        codeLists = try JSONDecoder().decode(CodeListFile.self, from: lists).lists
        var seds: [String: ModelSED] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: models.path)
        where name.hasSuffix(".json") && !name.hasPrefix("_") {
            let sed = try ModelSED(parsing: Data(contentsOf: models.appendingPathComponent(name)))
            seds[sed.code] = sed
        }
        self.seds = seds
    }
}

/// The codes of one list, and the only one that a document may carry where the list is a fixed answer.
struct ModelCodeList: Decodable {
    struct Entry: Decodable {
        let code: String
    }

    let codes: [Entry]
    let fixed: String?

    /// What a document may carry.
    var allowed: [String] { fixed.map { [$0] } ?? codes.map(\.code) }

    /// A code of two digits that the list lacks; every list here has fewer than a hundred of them.
    var stranger: String {
        let known = Set(codes.map(\.code))
        return (0..<100).lazy.map { $0 < 10 ? "0\($0)" : "\($0)" }.first { !known.contains($0) } ?? "A0A0"
    }
}

/// Why no document can be made.
struct ModelError: Error {
    let reason: String
}

/// An element of a test document, written on lines of its own so that every place is known before it is judged.
struct DocumentElement {
    let name: String
    var prefix = ""
    var attributes = ""
    var text = ""
    var children: [DocumentElement] = []

    /// Whether the element spans several lines.
    private var isBlock: Bool { !children.isEmpty }

    private var lineCount: Int { isBlock ? children.reduce(2) { $0 + $1.lineCount } : 1 }

    /// The element at an address, which is the list of indices that lead to it from here.
    subscript(address: [Int]) -> DocumentElement {
        get { address.reduce(self) { $0.children[$1] } }
        set { replace(address[...], with: newValue) }
    }

    private mutating func replace(_ address: ArraySlice<Int>, with element: DocumentElement) {
        guard let first = address.first else {
            self = element
            return
        }
        children[first].replace(address.dropFirst(), with: element)
    }

    /// Where the start tag of the element at an address stands in the text of this document.
    func position(of address: [Int]) -> TextPosition {
        var line = 1
        var element = self
        for index in address {
            line += 1 + element.children[..<index].reduce(0) { $0 + $1.lineCount }
            element = element.children[index]
        }
        return TextPosition(line: line, column: 2 * address.count + 1)
    }

    /// The path of the element at an address, numbered where siblings share a name.
    func path(of address: [Int]) -> String {
        var path = "/" + name
        var element = self
        for index in address {
            let child = element.children[index]
            path += "/" + child.name
            if element.children.count(where: { $0.name == child.name }) > 1 {
                path += "[\(element.children[...index].count { $0.name == child.name })]"
            }
            element = child
        }
        return path
    }

    var bytes: [UInt8] {
        var text = ""
        write(to: &text, indentation: "")
        return Array(text.utf8)
    }

    private func write(to output: inout String, indentation: String) {
        output += "\(indentation)<\(prefix)\(name)\(attributes)>"
        if isBlock {
            output += "\n"
            for child in children { child.write(to: &output, indentation: indentation + "  ") }
            output += indentation
        } else {
            output += text
        }
        output += "</\(prefix)\(name)>\n"
    }
}

/// Makes documents of one SED from the shared facts alone, never from our schemas.
struct ModelDocuments {
    let sed: ModelSED
    let codeLists: [String: ModelCodeList]

    /// What a document shows beyond what it must.
    struct Extent {
        /// Every element, the repeatable ones twice.
        var isFull = false
        /// The number of the branch to take where there are several; the last one where there are fewer.
        var branch = 0
        /// All branches of containers whose alternatives are not proven.
        var hasAllOpenBranches = false
        /// Texts of the greatest length allowed.
        var hasLongestTexts = false
    }

    init(_ code: String) throws {
        let facts = try ModelFacts.shared.get()
        guard let sed = facts.seds[code] else { throw ModelError(reason: "no model of \(code)") }
        self.sed = sed
        codeLists = facts.codeLists
    }

    /// Only what is mandatory, with the first branch where there are several.
    func minimal() throws -> DocumentElement { try document(Extent()) }

    /// Every element, with one branch where there are several.
    func full(_ extent: Extent = Extent(isFull: true)) throws -> DocumentElement { try document(extent) }

    /// The minimal document extended by one place and what leads to it, with the place's address.
    ///
    /// `complete` shows each child of the place once instead of the mandatory ones.
    func minimal(reaching place: ModelPlace, complete: Bool = false) throws
        -> (document: DocumentElement, address: [Int])
    {
        var walk: Walk? = Walk(steps: place.steps[...], isComplete: complete)
        let document = root(try children(of: sed.root, Extent(), along: &walk))
        return (document, walk?.address ?? [])
    }

    /// An element with its mandatory content.
    func minimalElement(_ element: ModelElement) throws -> DocumentElement {
        var walk: Walk?
        return try self.element(element, Extent(), along: &walk)
    }

    /// Every leaf of a document and every value of its code lists, with the element that the facts describe.
    func texts(of document: DocumentElement) -> [(address: [Int], element: ModelElement)] {
        var texts: [(address: [Int], element: ModelElement)] = []
        collect(document, sed.root, at: [], into: &texts)
        return texts
    }

    private func collect(
        _ document: DocumentElement,
        _ element: ModelElement,
        at address: [Int],
        into texts: inout [(address: [Int], element: ModelElement)]
    ) {
        if element.isLeaf { texts.append((address, element)) }
        for (index, child) in document.children.enumerated() {
            if element.isCodeList { texts.append((address + [index], element)) }
            guard let model = element.children?.first(where: { $0.name == child.name }) else { continue }
            collect(child, model, at: address + [index], into: &texts)
        }
    }

    // MARK: Building

    /// The way to a wanted place, and the address that it gets in the document.
    private struct Walk {
        var steps: ArraySlice<Int>
        var address: [Int] = []
        let isComplete: Bool
    }

    private func document(_ extent: Extent) throws -> DocumentElement {
        var walk: Walk?
        return root(try children(of: sed.root, extent, along: &walk))
    }

    private func root(_ children: [DocumentElement]) -> DocumentElement {
        let attributes = " xmlns:x=\"\(sed.namespace)\" sedPackage=\"\(sed.code)\" sedGVer=\"4\" sedVer=\"4\""
        return DocumentElement(name: sed.code, prefix: "x:", attributes: attributes, children: children)
    }

    private func children(of element: ModelElement, _ extent: Extent, along walk: inout Walk?) throws
        -> [DocumentElement]
    {
        let wanted = walk?.steps.popFirst()
        var breadth = extent
        if wanted == nil, walk?.isComplete == true { breadth.isFull = true }
        var result: [DocumentElement] = []
        for (index, child) in shown(of: element, breadth, wanted: wanted) {
            if index == wanted {
                walk?.address.append(result.count)
                result.append(try self.element(child, extent, along: &walk))
            } else {
                var elsewhere: Walk?
                for _ in 0..<(extent.isFull && child.max == .unbounded ? 2 : 1) {
                    result.append(try self.element(child, extent, along: &elsewhere))
                }
            }
        }
        return result
    }

    /// The children that a document shows, with their places in the model.
    private func shown(of element: ModelElement, _ extent: Extent, wanted: Int?) -> [(Int, ModelElement)] {
        let children = Array((element.children ?? []).enumerated())
        let open = sed.openBranches(of: element)
        let branches = element.isProvenChoice ? children.map(\.element.name) : open
        var chosen = branches.isEmpty ? nil : branches[Swift.min(extent.branch, branches.count - 1)]
        if let wanted, branches.contains(children[wanted].element.name) { chosen = children[wanted].element.name }
        return children.compactMap { index, child in
            let isOther = branches.contains(child.name) && child.name != chosen
            if isOther && !(extent.hasAllOpenBranches && !element.isProvenChoice) { return nil }
            let isMandatory = (child.min ?? 0) >= 1 || open.contains(child.name)
            return extent.isFull || isMandatory || index == wanted ? (index, child) : nil
        }
    }

    private func element(_ model: ModelElement, _ extent: Extent, along walk: inout Walk?) throws -> DocumentElement {
        if model.isSignature {
            let namespace = " xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\""
            return DocumentElement(name: model.name, prefix: "ds:", attributes: namespace)
        }
        if model.isCodeList {
            guard let list = codeLists[model.type] else { throw ModelError(reason: "no code list \(model.type)") }
            let codes = list.allowed.prefix(extent.isFull && model.valueMax == .unbounded ? 2 : 1)
            return DocumentElement(
                name: model.name, children: codes.map { DocumentElement(name: "value", text: $0) }
            )
        }
        if model.isContainer {
            return DocumentElement(name: model.name, children: try children(of: model, extent, along: &walk))
        }
        return DocumentElement(name: model.name, text: try value(of: model, isLongest: extent.hasLongestTexts))
    }

    // MARK: Values

    private static let samples = [
        "EESSIInstitutionIDType": "EE:TEST01",
        "EESSIIBANType": "EE382200221020145685",
        "EESSIBICSWIFTType": "TESTEE2X",
        "EESSIEmailType": "test@example.org",
        "EESSITelephoneNumberStringType": "+372 5555 1234",
        "EESSICRUniqueidentifierType": "66666666-6666-4666-8666-666666666666",
    ]

    /// A text that the facts allow.
    func value(of leaf: ModelElement, isLongest: Bool = false) throws -> String {
        if let sample = Self.samples[leaf.type] { return sample }
        switch leaf.base ?? leaf.type {
        case "xsd:date": return "2026-01-15"
        case "xsd:double": return "1234.50"
        case "xsd:int", "int": return "3"
        case "xsd:string" where leaf.pattern == nil:
            // The letters take two bytes each, so that a limit counted in bytes shows.
            return isLongest
                ? String(repeating: "õ", count: leaf.maxLength ?? 25) : String("Näidis".prefix(leaf.maxLength ?? 25))
        default: throw ModelError(reason: "no sample of \(leaf.type)")
        }
    }
}

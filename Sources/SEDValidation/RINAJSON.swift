// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDXML

/// A SED in the JSON of RINA: `{"A001": {...}}`, with the version in `sedGVer` and `sedVer`.
struct RINAJSON: Sendable {
    let type: SEDType
    /// The SED's content, the root attributes included.
    let members: [Member]
    /// Where the SED's object stands.
    let offset: Int
    /// Nil when the document does not tell it.
    let version: CDMVersion?

    /// A member with its name, which is made once.
    struct Member: Sendable {
        let name: String
        let value: JSONValueID

        static func all(of object: JSONValueID, in json: JSONTree) -> [Member] {
            json.children(of: object).map { Member(name: json.name(of: $0) ?? "", value: $0) }
        }
    }

    /// The members of the SED that are attributes of its root element in XML, in the order in which JSON has them.
    static let attributes = ["sedGVer", "sedVer", "sedPackage"]

    /// Recognises a SED; any other JSON is refused with a finding.
    init(_ json: JSONTree) throws(UnknownForm) {
        let top = json.kind(of: json.root) == .object ? json.children(of: json.root) : []
        guard let first = top.first, let name = json.name(of: first) else {
            throw UnknownForm(offset: json.offset(of: json.root), in: json)
        }
        guard top.count == 1, let type = SEDType(parsing: name), json.kind(of: first) == .object else {
            throw UnknownForm(
                offset: json.nameOffset(of: first) ?? 0, in: json,
                isNational: top.contains { ["nav", "sed"].contains(json.name(of: $0)) }
            )
        }
        let members = Member.all(of: first, in: json)
        self.type = type
        self.members = members
        offset = json.offset(of: first)
        func number(_ name: String) -> Int? {
            members.first { $0.name == name }.flatMap { json.text(of: $0.value) }.flatMap { Int($0.trimmingXMLSpace()) }
        }
        version =
            if let major = number("sedGVer"), let minor = number("sedVer"), major >= 0, minor >= 0 {
                CDMVersion(major: major, minor: minor)
            } else {
                nil
            }
    }

    /// Why nothing can be said against the schema of a document whose version is not known.
    static let unknownVersion = "sedGVer and sedVer do not tell the version of the data model"

    /// JSON that is no SED.
    struct UnknownForm: Error {
        let finding: Diagnostic

        init(offset: Int, in json: JSONTree, isNational: Bool = false) {
            let hint = isNational ? " It looks like a national format, which is not EESSI's." : ""
            finding = Diagnostic(
                rule: .jsonUnknownForm, severity: .error, position: json.position(at: offset), path: "/",
                message: "This is no SED in JSON: expected is one object in one member named after the SED.\(hint)"
            )
        }
    }
}

/// Writes a SED of RINA JSON as XML, in the order of its schema, and notes where each element comes from.
///
/// What the schema does not know is kept, behind what it knows, so that the schema layer reports it.
struct SEDTextWriter {
    /// Something that XML cannot say.
    private struct Fault {
        let rule: RuleID
        let offset: Int
        /// The number of the element that has it, in document order.
        let element: Int
        let message: String
    }

    private let json: JSONTree
    private let model: SchemaModel
    private let limit: Int
    private let isIndented: Bool

    private(set) var bytes: [UInt8] = []
    /// For each element in document order, where it stands in the JSON.
    private var origins: [Int] = []
    private var faults: [Fault] = []
    /// Where elements stand of which a fault is told that may be the cause of all that is found there.
    private var misplaced: Set<Int> = []
    /// How many faults there are beyond the ones that are kept.
    private(set) var dropped = 0

    private static let mostFaults = 100

    init(
        _ document: RINAJSON,
        of json: JSONTree,
        namespace: String,
        model: SchemaModel,
        isIndented: Bool,
        limits: ParsingLimits = .standard
    ) {
        self.json = json
        self.model = model
        self.isIndented = isIndented
        limit = limits.bytes
        write(document, namespace: namespace)
    }

    /// Whether the XML would be larger than what is read; then it is not complete.
    var isTooLarge: Bool { bytes.count > limit }

    /// Reads what was written; refused only by a limit of ours.
    func tree(limits: ParsingLimits = .standard) throws(XMLRefusal) -> XMLTree {
        try XMLTree(parsing: bytes, madeOf: json, at: origins, limits: limits)
    }

    /// Reads what was written and lets go of it, so that text and tree are in memory together for as short as can be.
    mutating func takeTree(limits: ParsingLimits = .standard) throws(XMLRefusal) -> XMLTree {
        defer {
            bytes = []
            origins = []
        }
        return try tree(limits: limits)
    }

    /// The elements whose text was faulty; what else is found at them has the same cause.
    var faultyPlaces: Set<TextPosition> {
        Set(faults.map { json.position(at: $0.offset) } + misplaced.map { json.position(at: $0) })
    }

    /// The faults as findings, with paths of the tree that was read from the written XML.
    func findings(in tree: borrowing XMLTree) -> [Diagnostic] {
        var findings: [Diagnostic] = []
        for fault in faults {
            let element = tree.element(numbered: fault.element)
            findings.append(
                Diagnostic(
                    rule: fault.rule, severity: .error, position: json.position(at: fault.offset),
                    path: element.map { tree.path(of: $0) }, message: fault.message
                )
            )
        }
        return findings
    }

    // MARK: Elements

    private mutating func write(_ document: RINAJSON, namespace: String) {
        let name = "ns:\(document.type.code)"
        bytes += Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<\(name) xmlns:ns=\"".utf8)
        origins.append(document.offset)
        append(namespace, from: document.offset, quoted: true)
        bytes.append(UInt8(ascii: "\""))
        for attribute in RINAJSON.attributes {
            guard let value = document.members.first(where: { $0.name == attribute })?.value, !json.isVoid(value)
            else { continue }
            guard let text = json.text(of: value) else {
                report(
                    .jsonMisplacedValue, at: json.offset(of: value),
                    "The member \(attribute) takes one text; it is an attribute of the SED's root element."
                )
                continue
            }
            bytes += Array(" \(attribute)=\"".utf8)
            append(text, from: json.offset(of: value), quoted: true)
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(UInt8(ascii: ">"))
        let root = SchemaModel.TypeName(namespace: namespace, name: document.type.code)
        let members = document.members.filter { !RINAJSON.attributes.contains($0.name) }
        writeContent(members, of: model.roots[root], number: 0, depth: 1)
        bytes += Array("</\(name)>\n".utf8)
    }

    /// Writes the members of an object; `number` is that of the element that the object became.
    private mutating func writeContent(
        _ members: [RINAJSON.Member],
        of typeName: SchemaModel.TypeName?,
        number: Int,
        depth: Int
    ) {
        let type = typeName.flatMap { model.types[$0] }
        var isEmpty = true
        for member in Self.sorted(members, by: type?.order ?? []) where !json.isVoid(member.value) {
            guard !isTooLarge else { return }
            guard XMLName.isLocalName(member.name) else {
                report(
                    .jsonMemberName, at: json.nameOffset(of: member.value) ?? 0, element: number,
                    "A member has a name that no element can have."
                )
                // What seems to be missing beside it may be what it was meant to be.
                noteMisplaced(number)
                continue
            }
            isEmpty = false
            let child = type?.children[member.name]
            // What the schema does not know is wrong by its name, the rest by its value.
            let unknown = type != nil && child == nil ? json.nameOffset(of: member.value) : nil
            write(member.value, named: member.name, type: child, unknownAt: unknown, depth: depth)
        }
        if !isEmpty { indent(depth - 1) }
    }

    /// Writes one element for a value, or one for each item of an array.
    ///
    /// `unknownAt` is where the name stands of a member that the schema does not know.
    private mutating func write(
        _ value: JSONValueID,
        named name: String,
        type: SchemaModel.TypeName?,
        unknownAt: Int?,
        depth: Int,
        isMisplaced: Bool = false
    ) {
        guard !isTooLarge else { return }
        if json.kind(of: value) == .array {
            for item in json.children(of: value) where !json.isVoid(item) {
                let isNested = json.kind(of: item) == .array
                if isNested, !isMisplaced {
                    report(
                        .jsonMisplacedValue, at: json.offset(of: item), element: origins.count,
                        "An array stands in an array; the SED has no such place.")
                }
                write(
                    item, named: name, type: type, unknownAt: unknownAt, depth: depth,
                    isMisplaced: isMisplaced || isNested)
            }
            return
        }
        let number = origins.count
        origins.append(unknownAt ?? json.offset(of: value))
        if isMisplaced { noteMisplaced(number) }
        indent(depth)
        bytes += Array("<\(name)>".utf8)
        if json.kind(of: value) == .object {
            let members = RINAJSON.Member.all(of: value, in: json)
            writeContent(members, of: type, number: number, depth: depth + 1)
        } else if let text = json.text(of: value) {
            append(text, from: origins[number], quoted: false)
        }
        bytes += Array("</\(name)>".utf8)
    }

    /// Whatever else is found at this element is not told.
    private mutating func noteMisplaced(_ number: Int) {
        if misplaced.count < Self.mostFaults { misplaced.insert(origins[number]) }
    }

    /// The members in the order of the schema, those it does not know behind them in their own order.
    private static func sorted(_ members: [RINAJSON.Member], by order: [String]) -> [RINAJSON.Member] {
        guard members.count > 1, !order.isEmpty else { return members }
        let ranked = members.enumerated().map { index, member in
            (rank: order.firstIndex(of: member.name) ?? order.count, index: index, member: member)
        }
        return ranked.sorted { ($0.rank, $0.index) < ($1.rank, $1.index) }.map(\.member)
    }

    private mutating func indent(_ depth: Int) {
        guard isIndented else { return }
        bytes.append(UInt8(ascii: "\n"))
        for _ in 0..<2 * depth { bytes.append(UInt8(ascii: " ")) }
    }

    // MARK: Texts

    /// Writes a text so that a parser reads the same text; a character that XML lacks is replaced and reported.
    private mutating func append(_ text: String, from offset: Int, quoted: Bool) {
        var isFaulty = false
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): bytes += Array("&amp;".utf8)
            case UInt8(ascii: "<"): bytes += Array("&lt;".utf8)
            case UInt8(ascii: ">"): bytes += Array("&gt;".utf8)
            case UInt8(ascii: "\"") where quoted: bytes += Array("&quot;".utf8)
            case 0x09 where quoted: bytes += Array("&#9;".utf8)
            case 0x0A where quoted: bytes += Array("&#10;".utf8)
            // A parser reads a bare carriage return as a line feed.
            case 0x0D: bytes += Array("&#13;".utf8)
            case 0x09, 0x0A, 0x20...0xFF:
                bytes.append(byte)
                // U+FFFE and U+FFFF are EF BF BE and EF BF BF.
                if byte >= 0xBE, bytes.suffix(3).starts(with: [0xEF, 0xBF]) {
                    isFaulty = true
                    bytes[bytes.count - 1] = 0xBD
                }
            default:
                isFaulty = true
                bytes += Array("\u{FFFD}".utf8)
            }
        }
        if isFaulty {
            report(.jsonCharacterNotInXML, at: offset, "A text holds a character that XML does not allow.")
        }
    }

    /// Notes a fault of the last element, or of the one with a number.
    private mutating func report(_ rule: RuleID, at offset: Int, element: Int? = nil, _ message: String) {
        guard faults.count < Self.mostFaults else {
            dropped += 1
            return
        }
        faults.append(
            Fault(rule: rule, offset: offset, element: element ?? max(0, origins.count - 1), message: message))
    }
}

/// Names that an element may have.
enum XMLName {
    /// Whether a name is an NCName of XML 1.0, fifth edition: a name without a colon.
    static func isLocalName(_ name: String) -> Bool {
        guard let first = name.unicodeScalars.first, starts(first) else { return false }
        return name.unicodeScalars.allSatisfy { starts($0) || continues($0) }
    }

    private static func starts(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "A"..."Z", "a"..."z", "_", "\u{C0}"..."\u{D6}", "\u{D8}"..."\u{F6}", "\u{F8}"..."\u{2FF}",
            "\u{370}"..."\u{37D}", "\u{37F}"..."\u{1FFF}", "\u{200C}"..."\u{200D}", "\u{2070}"..."\u{218F}",
            "\u{2C00}"..."\u{2FEF}", "\u{3001}"..."\u{D7FF}", "\u{F900}"..."\u{FDCF}", "\u{FDF0}"..."\u{FFFD}",
            "\u{10000}"..."\u{EFFFF}":
            true
        default: false
        }
    }

    private static func continues(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "-", ".", "0"..."9", "\u{B7}", "\u{300}"..."\u{36F}", "\u{203F}"..."\u{2040}": true
        default: false
        }
    }
}

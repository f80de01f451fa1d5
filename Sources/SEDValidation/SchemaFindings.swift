// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDXML

/// Turns breaches of a schema into findings: one per cause, in our words, without a word of the document.
struct SchemaFindings {
    /// The element from which paths are counted: the SED's root, or the envelope's.
    let top: ElementID
    /// Overrides the rule for every breach, for the envelope's own schema.
    var rule: RuleID?
    /// What the schema declares, for saying what would be right.
    let model: SchemaModel
    /// Whether the elements come from JSON, whose members have no order: then what is missing is told of the object
    /// and not of the element that happens to follow.
    var isOrderless = false
    /// A code list by name; nil where there is none.
    var codeList: (String) -> CodeList? = { _ in nil }

    /// What a faulty value is a value of.
    private struct Bearer: Hashable {
        let element: ElementID
        let attribute: String?
    }

    func findings(for violations: [SchemaViolation], in tree: borrowing XMLTree) -> [Diagnostic] {
        var findings: [Diagnostic] = []
        var reported: Set<Bearer> = []
        for violation in violations {
            if let element = violation.element {
                let bearer = Bearer(element: element, attribute: violation.attribute)
                let isKnown = reported.contains(bearer)
                // A faulty value is reported by each facet it breaks and again by its type; the first names the cause.
                if isKnown, violation.kind.isAboutValue { continue }
                // A text where elements belong: that these are missing has the same cause, and so the other way round.
                if isKnown, violation.kind.isAboutContent, tree.children(of: element).isEmpty { continue }
                reported.insert(bearer)
            }
            findings.append(finding(for: violation, among: violations, in: tree))
        }
        return findings
    }

    private func finding(
        for violation: SchemaViolation,
        among violations: [SchemaViolation],
        in tree: borrowing XMLTree
    ) -> Diagnostic {
        var kind = violation.kind
        var element = violation.element
        if let place = element, violation.attribute == nil {
            if let parent = gap(before: place, of: kind, in: tree) {
                kind = .missingElement(expected: kind.expected)
                element = parent
            } else if kind.isAboutContent, tree.children(of: place).isEmpty, !tree.text(of: place).isBlank {
                // libxml2 tells the text and the missing elements apart; what belongs there is known from the latter.
                let all = violations.filter { $0.element == place && $0.kind.isAboutContent }
                kind = .textNotAllowed(expected: all.lazy.map(\.kind.expected).first { !$0.isEmpty } ?? [])
            } else if case .pattern = kind, let type = model.type(of: place, in: tree, from: top),
                model.builtIn(type) == "date"
            {
                // XML Schema has years of five digits and before year 1; a day of ours has four.
                kind = .wrongType("xs:date")
            }
        }
        let name = element.map { tree.localName(of: $0) } ?? "the document"
        var arguments = ["libxml2": String(violation.code), "element": name]
        if let attribute = violation.attribute { arguments["attribute"] = attribute }
        switch kind {
        case .missingElement: arguments["expected"] = kind.expected.joined(separator: ", ")
        case .unexpectedElement, .textNotAllowed:
            if !kind.expected.isEmpty { arguments["expected"] = kind.expected.joined(separator: ", ") }
        default: break
        }
        if case .wrongType(let type) = kind { arguments["type"] = builtIn(type) }
        if let place = element, violation.attribute == nil, let word = subject(of: kind, at: place, in: tree) {
            arguments["type"] = word
        }
        return Diagnostic(
            rule: rule ?? Self.rule(for: kind),
            severity: .error,
            position: element.flatMap { tree.position(of: $0) },
            path: element.map { tree.path(of: $0, from: top) },
            message: message(for: kind, at: element, attribute: violation.attribute, in: tree),
            arguments: arguments,
            value: element.flatMap { value(at: $0, attribute: violation.attribute, in: tree) }
        )
    }

    /// What a value is that breaks a pattern or a list, where a rule of the catalogue is about such values: `code`, or
    /// `isoCountry` for an institution of the envelope whose State is named by the ISO code that EESSI does not use.
    private func subject(of kind: SchemaViolation.Kind, at place: ElementID, in tree: borrowing XMLTree) -> String? {
        let isList: Bool
        switch kind {
        case .pattern(let pattern): isList = Self.alternatives(of: pattern) != nil
        case .notInEnumeration: isList = true
        default: return nil
        }
        let name = tree.localName(of: place)
        if rule != nil {
            let id = name == "Identifier" ? tree.text(of: place).trimmingXMLSpace() : ""
            return id.hasPrefix("GR:") || id.hasPrefix("GB:") ? "isoCountry" : nil
        }
        return codes(for: place, in: tree) != nil || name == "value" && isList ? "code" : nil
    }

    private func value(at element: ElementID, attribute: String?, in tree: borrowing XMLTree) -> String? {
        if let attribute { return tree.attribute(attribute, of: element) }
        return tree.children(of: element).isEmpty ? tree.text(of: element) : nil
    }

    /// The parent of an element that stands where something before it is missing, where the order is the schema's.
    ///
    /// Elements of JSON are in that order, so what is expected before them is missing; an element too many, or of a
    /// second branch, stands behind all that is expected.
    private func gap(
        before element: ElementID,
        of kind: SchemaViolation.Kind,
        in tree: borrowing XMLTree
    ) -> ElementID? {
        guard isOrderless, case .unexpectedElement(let expected) = kind, !expected.isEmpty,
            let parent = tree.parent(of: element),
            let order = model.type(of: parent, in: tree, from: top).flatMap({ model.types[$0] })?.order,
            let rank = order.firstIndex(of: tree.localName(of: element))
        else { return nil }
        let areBefore = expected.allSatisfy { name in order.firstIndex(of: name).map { $0 < rank } ?? false }
        return areBefore ? parent : nil
    }

    private static func rule(for kind: SchemaViolation.Kind) -> RuleID {
        switch kind {
        case .noDeclaration: .unknownSchema
        case .unexpectedElement: .unexpectedElement
        case .missingElement: .missingElement
        case .wrongType, .tooManyDigits, .fixedValue: .wrongType
        case .length, .emptyRequired: .wrongLength
        case .pattern: .wrongPattern
        case .notInEnumeration: .notAllowedValue
        case .outOfRange: .outOfRange
        case .textNotAllowed, .elementsNotAllowed: .unexpectedText
        case .attributeNotAllowed, .attributeMissing: .attribute
        case .notUnique, .other: .otherSchemaBreach
        }
    }

    // MARK: Messages

    private func message(
        for kind: SchemaViolation.Kind,
        at place: ElementID?,
        attribute: String?,
        in tree: borrowing XMLTree
    ) -> Words {
        let element = place.map { Words(tree.localName(of: $0)) } ?? "the document"
        let subject: Words =
            attribute.map { "The attribute \($0, as: "attribute") of \(element, as: "element")" }
            ?? "The content of \(element, as: "element")"
        let type = attribute == nil ? place.flatMap { model.type(of: $0, in: tree, from: top) } : nil
        switch kind {
        case .noDeclaration:
            return "The schema does not know the element \(element, as: "element")."
        case .unexpectedElement(let expected):
            let hint: Words =
                expected.isEmpty
                ? "no further element belongs there" : "expected here: \(Self.list(expected), as: "expected")"
            let isSecond = place.map { isRepeated($0, in: tree) } ?? false
            return isSecond
                ? "The element \(element, as: "element") stands more often than it may; \(hint, as: "hint")."
                : "The element \(element, as: "element") does not belong here; \(hint, as: "hint")."
        case .missingElement(let expected):
            let missing = Self.list(expected)
            return "The element \(element, as: "element") is not complete; still expected: \(missing, as: "expected")."
        case .wrongType(let name):
            return "\(subject, as: "subject") is not \(describe(name), as: "type")."
        case .tooManyDigits(let limit, let isFraction):
            return isFraction
                ? "\(subject, as: "subject") has too many digits behind the point; at most \(limit, as: "limit") are allowed."
                : "\(subject, as: "subject") has too many digits; at most \(limit, as: "limit") are allowed."
        case .length(let limit, let isMinimum):
            let characters: Words = limit == "1" ? "1 character is" : "\(limit, as: "limit") characters are"
            return isMinimum
                ? "\(subject, as: "subject") is too short; at least \(characters, as: "characters") required."
                : "\(subject, as: "subject") is too long; at most \(characters, as: "characters") allowed."
        case .pattern(let pattern):
            if let place, let codes = codes(for: place, in: tree) { return codes }
            if let values = Self.alternatives(of: pattern) {
                // Official schemas write their code lists so, below an element that says what the code is about.
                let parent = place.flatMap { $0 == top ? nil : tree.parent(of: $0) }.map { tree.localName(of: $0) }
                let codes = parent.map { element.text == "value" ? Self.code(in: $0) : subject } ?? subject
                let hint: Words =
                    values.count <= 40
                    ? Words(values.joined(separator: ", ")) : "there are \(values.count, as: "count")"
                return "\(codes, as: "subject") is none of the allowed values: \(hint, as: "allowed")."
            }
            guard let form = type.flatMap({ model.simpleTypes[$0]?.form }) else {
                return """
                    \(subject, as: "subject") does not have the required form, which is the pattern \
                    \(pattern, as: "pattern").
                    """
            }
            return """
                \(subject, as: "subject") does not have the required form: \(Self.phrase(form), as: "form") (pattern \
                \(pattern, as: "pattern")).
                """
        case .notInEnumeration(let values):
            if let place, let codes = codes(for: place, in: tree, allowed: values) { return codes }
            return "\(subject, as: "subject") is none of the allowed values: \(values, as: "allowed")."
        case .outOfRange(let limit, let isMinimum, let isExclusive):
            let bound: Words =
                isMinimum ? (isExclusive ? "more than" : "at least") : (isExclusive ? "less than" : "at most")
            return """
                \(subject, as: "subject") is outside the allowed range; it must be \(bound, as: "bound") \
                \(limit, as: "limit").
                """
        case .textNotAllowed(let expected):
            return expected.isEmpty
                ? "The element \(element, as: "element") holds text or elements that it must not hold."
                : """
                The element \(element, as: "element") holds text where elements belong; expected in it: \
                \(Self.list(expected), as: "expected").
                """
        case .elementsNotAllowed:
            return "The element \(element, as: "element") holds elements where a text belongs."
        case .emptyRequired:
            return "The element \(element, as: "element") must be empty."
        case .fixedValue:
            return "\(subject, as: "subject") differs from the one fixed value that the schema allows."
        case .attributeNotAllowed:
            return "The element \(element, as: "element") has an attribute that is not allowed."
        case .attributeMissing(let name):
            return "The element \(element, as: "element") lacks the attribute \(name, as: "attribute")."
        case .notUnique:
            return "A value under \(element, as: "element") stands twice where each may stand once."
        case .other:
            return "The element \(element, as: "element") breaks the schema."
        }
    }

    /// The values of a pattern that only lists values, such as `(01|02|98){1}`; nil for any other.
    private static func alternatives(of pattern: String) -> [String]? {
        var list = pattern[...]
        if list.hasSuffix("{1}") { list = list.dropLast(3) }
        guard list.hasPrefix("("), list.hasSuffix(")") else { return nil }
        let values = list.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false)
        let areWords = values.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(Self.isWordByte) }
        return areWords && values.count > 1 ? values.map(String.init) : nil
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }

    /// Whether an element follows one of the same name.
    private func isRepeated(_ element: ElementID, in tree: borrowing XMLTree) -> Bool {
        guard element != top, let parent = tree.parent(of: element) else { return false }
        let name = tree.localName(of: element)
        var previous: String?
        for sibling in tree.children(of: parent) {
            if sibling == element { return previous == name }
            previous = tree.localName(of: sibling)
        }
        return false
    }

    /// What to say of a faulty code: its element is called `value` everywhere, so its parent and list are named.
    private func codes(for value: ElementID, in tree: borrowing XMLTree, allowed: String? = nil) -> Words? {
        guard value != top, let parent = tree.parent(of: value),
            let name = model.type(of: parent, in: tree, from: top).flatMap({ model.types[$0] })?.codeList
        else { return nil }
        let code = Self.code(in: tree.localName(of: parent))
        if let allowed { return "\(code, as: "subject") is none of the allowed values: \(allowed, as: "allowed")." }
        guard let list = codeList(name) else { return "\(code, as: "subject") does not have the form of a code." }
        return """
            \(code, as: "subject") does not have the form of the codes in the code list \(list.name, as: "list"); \
            \(list.hint, as: "hint").
            """
    }

    /// libxml2 names at most ten elements and does not say that it left others out.
    private static func list(_ names: [String]) -> Words {
        let list = names.joined(separator: ", ")
        return names.count >= 10 ? "\(list, as: "list") and others" : Words(list)
    }

    private static func code(in element: String) -> Words { "The code in \(element, as: "element")" }

    /// The type of a schema that libxml2 calls `{namespace}Name`; nil for one of XML Schema's own.
    private func ownType(_ name: String) -> SchemaModel.TypeName? {
        guard name.hasPrefix("{"), let brace = name.lastIndex(of: "}") else { return nil }
        return SchemaModel.TypeName(
            namespace: String(name[name.index(after: name.startIndex)..<brace]),
            name: String(name[name.index(after: brace)...])
        )
    }

    /// The type of XML Schema, such as `date`, that a type is made of.
    private func builtIn(_ name: String) -> String? {
        guard let own = ownType(name) else { return name.split(separator: ":").last.map(String.init) }
        return model.builtIn(own)
    }

    /// What a type stands for, as a noun; `name` is libxml2's, `xs:date` or `{namespace}Name`.
    private func describe(_ name: String) -> Words {
        let form = ownType(name).flatMap { model.simpleTypes[$0]?.form }
        switch builtIn(name) {
        case "date": return "a date of the form YYYY-MM-DD with year, month and day"
        case "dateTime":
            return "a date and time of the form YYYY-MM-DDThh:mm:ss, with Z or an offset from UTC behind it"
        case "time": return "a time of the form hh:mm:ss"
        case "gYear": return "a year of the form YYYY"
        case "int", "integer", "long", "short": return "a whole number"
        case "nonNegativeInteger", "unsignedInt", "unsignedLong", "unsignedShort": return "a whole number of 0 or more"
        case "positiveInteger": return "a whole number of 1 or more"
        case "double" where form != nil, "decimal" where form != nil:
            return "a number; required is \(Self.phrase(form ?? ""), as: "form")"
        case "double", "float", "decimal": return "a number with a point before its decimals"
        case "boolean": return "true, false, 1 or 0"
        case "base64Binary": return "data in base64"
        default: return form.map(Self.phrase) ?? "what its type in the schema allows"
        }
    }

    /// A sentence of the schema's documentation as a part of ours.
    static func phrase(_ sentence: String) -> Words {
        let words = sentence.split { $0.isWhitespace }.joined(separator: " ")
        let text = words.hasSuffix(".") ? words.dropLast() : words[...]
        // A first word in capitals is an abbreviation.
        guard let first = text.first, text.dropFirst().first?.isUppercase != true else { return Words(String(text)) }
        return Words(first.lowercased() + text.dropFirst())
    }
}

extension SchemaViolation.Kind {
    /// Whether it is about text that stands where elements belong, or about elements that do not stand there.
    fileprivate var isAboutContent: Bool {
        switch self {
        case .textNotAllowed, .missingElement: true
        default: false
        }
    }

    /// The elements that may stand there instead.
    fileprivate var expected: [String] {
        switch self {
        case .unexpectedElement(let expected), .missingElement(let expected), .textNotAllowed(let expected): expected
        default: []
        }
    }
}

extension String {
    fileprivate var isBlank: Bool { utf8.allSatisfy { [0x20, 0x09, 0x0A, 0x0D].contains($0) } }
}

extension CodeList {
    /// The codes, or how many there are where they are too many to name.
    var hint: Words {
        codes.count <= 40
            ? "allowed: \(codes.joined(separator: ", "), as: "allowed")"
            : "the list has \(codes.count, as: "count") codes"
    }
}

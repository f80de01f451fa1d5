// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
internal import SEDXML

/// What is to be known of a rule besides its check; the form of the files is in `docs/rule-format.md`.
package struct RuleEntry: Sendable {
    /// Where a rule is checked.
    package enum Kind: String, Sendable, CaseIterable {
        /// By the family's Schematron, on one document.
        case document
        /// When a message is placed in its case.
        case caseHistory = "case"
        /// By the schema, the code lists or the envelope's check; the layer's findings carry the rule's id.
        case schema
        case codes
        case envelope
        /// When rates are imported or an amount is converted.
        case rates
        /// By comparison with the directory of institutions; its findings carry the rule's id.
        case directory
        /// When a request for recovery is checked, approved or followed on the desk.
        case desk
        /// As a clock of the case: time passes and no message comes that a finding could be about.
        case clock
        /// Not checked yet.
        case owed
    }

    /// How far the legal basis was read.
    package enum Mark: String, Sendable, CaseIterable {
        case verified
        case partly
        case unverified
        /// A rule of form or of prudence, not of law.
        case design
    }

    /// A piece of a document on which the rule fires, or does not.
    package struct Excerpt: Sendable {
        package let xml: String
        package let direction: MessageDirection
        package let date: CivilDate?
        package let sender: String?
        package let receiver: String?
        package let attachments: Int?
        /// The day on which the request was first sent, where the document does not tell it.
        package let requested: CivilDate?
        /// Published rates, such as `2026-03-02 SEK=11.146 HUF=390.12; 2026-03-03 SEK=11.2`.
        package let rates: String?
    }

    /// A case in a few lines, whose last message breaks the rule or keeps it.
    package struct Course: Sendable {
        package let useCase: String
        /// A line for each message, oldest first; below it, indented, what its document says.
        package let lines: [String]
    }

    /// What shows a rule broken, or kept.
    package enum Example: Sendable {
        case document(Excerpt)
        case course(Course)

        /// As people read it.
        package func text(_ language: Language) -> String {
            switch self {
            case .document(let excerpt): excerpt.remark(language) + excerpt.xml
            case .course(let course): ([course.useCase] + course.lines).joined(separator: "\n")
            }
        }

        package var excerpt: Excerpt? { if case .document(let excerpt) = self { excerpt } else { nil } }
        package var course: Course? { if case .course(let course) = self { course } else { nil } }
    }

    package let id: RuleID
    package let family: String
    package let kind: Kind
    /// Severity by direction; nil where the rule is not run.
    package let severities: [MessageDirection: Severity]
    package let mark: Mark
    package let from: CivilDate?
    package let to: CivilDate?
    /// Law that is not in force.
    package let isInactive: Bool
    package let parameters: [String]
    /// Elements whose technical complaints have the same cause.
    package let absorbs: Set<String>
    /// Technical findings that are this rule's, such as `XSD-004:date`: an id, and the type, element, list or SED it is about.
    package let restates: [String]
    package let titles: [Language: String]
    package let messages: [Language: String]
    /// The source in law, or whose number it is.
    package let references: [Language: String]
    /// For what is owed: the part that will check it.
    package let until: String?
    /// What is compared, or what is missing for a check.
    package let reasons: [Language: String]
    package let failing: [Example]
    package let passing: [Example]

    /// The source as findings and programs have it, in English.
    package var reference: String { references[.english] ?? "" }

    /// Whether the rule holds for an event of that day.
    package func holds(on event: CivilDate) -> Bool {
        !isInactive && (from.map { $0 <= event } ?? true) && (to.map { event <= $0 } ?? true)
    }
}

extension RuleEntry.Excerpt {
    /// What is given beside the document; empty where that is nothing.
    fileprivate func remark(_ language: Language) -> String {
        guard let rates else { return "" }
        let words =
            language == .estonian
            ? ["kuupäev", "esmakordselt saadetud", "avaldatud kursid:"] : ["of", "first sent", "published rates:"]
        let facts = zip(words, [date?.description, requested?.description, rates]).compactMap { word, fact in
            fact.map { "\(word) \($0)" }
        }
        return "<!-- \(facts.joined(separator: "; ")) -->\n"
    }
}

/// The rules of one family, in the order of its file.
package struct RuleCatalogue: Sendable {
    package let family: String
    package let entries: [RuleEntry]
    private let byID: [RuleID: Int]

    package subscript(_ id: RuleID) -> RuleEntry? { byID[id].map { entries[$0] } }

    package init(parsing bytes: [UInt8], file: String) throws(SchemaFolderError) {
        let reader = try RuleFileReader(bytes, file: file, root: "rules")
        family = try reader.required("family", of: reader.tree.root)
        var entries: [RuleEntry] = []
        var byID: [RuleID: Int] = [:]
        for element in reader.children(named: "rule") {
            let entry = try Self.entry(element, family, reader, withExamples: true)
            guard byID.updateValue(entries.count, forKey: entry.id) == nil else {
                throw reader.error(at: element, "the id \(entry.id) stands here twice")
            }
            entries.append(entry)
        }
        self.entries = entries
        self.byID = byID
    }

    static func entry(
        _ element: ElementID,
        _ family: String,
        _ reader: borrowing RuleFileReader,
        withExamples: Bool
    ) throws(SchemaFolderError) -> RuleEntry {
        let id = try reader.required("id", of: element)
        let mark = try word(RuleEntry.Mark.self, "mark", element, reader)
        var severities: [MessageDirection: Severity] = [:]
        for (name, direction) in [("out", MessageDirection.outbound), ("in", .inbound)] {
            let text = try reader.required(name, of: element)
            if text == "none" { continue }
            guard let severity = Severity(rawValue: text) else {
                throw reader.error(at: element, "\(id): \(name) is none of error, warning, note, none")
            }
            severities[direction] = severity
        }
        // What was only remembered must not refuse anybody's document.
        if mark == .unverified, severities.values.contains(.error) {
            throw reader.error(at: element, "\(id) is unverified and must not be an error")
        }
        let kind = try word(RuleEntry.Kind.self, "kind", element, reader)
        let until = reader.tree.attribute("until", of: element)
        if kind == .owed, until == nil { throw reader.error(at: element, "\(id) is owed and lacks until") }
        return RuleEntry(
            id: RuleID(id), family: family, kind: kind, severities: severities, mark: mark,
            from: try date("from", element, reader), to: try date("to", element, reader),
            isInactive: reader.tree.attribute("inactive", of: element) == "yes",
            parameters: words("parameters", element, reader),
            absorbs: Set(words("absorbs", element, reader)),
            restates: words("restates", element, reader),
            titles: reader.texts(of: element, named: "title"),
            messages: reader.texts(of: element, named: "message"),
            references: reader.texts(of: element, named: "reference"),
            until: until,
            reasons: reader.texts(of: element, named: "why"),
            failing: withExamples ? try examples("failing", element, reader) : [],
            passing: withExamples ? try examples("passing", element, reader) : []
        )
    }

    private static func word<Word: RawRepresentable<String> & CaseIterable>(
        _: Word.Type,
        _ name: String,
        _ element: ElementID,
        _ reader: borrowing RuleFileReader
    ) throws(SchemaFolderError) -> Word {
        let text = try reader.required(name, of: element)
        guard let word = Word(rawValue: text) else {
            let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw reader.error(at: element, "\(name) is none of \(known)")
        }
        return word
    }

    private static func words(_ name: String, _ element: ElementID, _ reader: borrowing RuleFileReader) -> [String] {
        (reader.tree.attribute(name, of: element) ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
    }

    private static func date(_ name: String, _ element: ElementID, _ reader: borrowing RuleFileReader)
        throws(SchemaFolderError) -> CivilDate?
    {
        guard let text = reader.tree.attribute(name, of: element) else { return nil }
        guard let date = CivilDate(parsing: text) else { throw reader.error(at: element, "\(name) is no date") }
        return date
    }

    private static func examples(_ name: String, _ element: ElementID, _ reader: borrowing RuleFileReader)
        throws(SchemaFolderError) -> [RuleEntry.Example]
    {
        var examples: [RuleEntry.Example] = []
        for part in reader.children(of: element, named: name) {
            if let useCase = reader.tree.attribute("buc", of: part) {
                let lines = reader.lines(of: part)
                if lines.isEmpty { throw reader.error(at: part, "\(name) holds no message") }
                examples.append(.course(RuleEntry.Course(useCase: useCase, lines: lines)))
                continue
            }
            guard let sed = reader.tree.children(of: part).first else {
                throw reader.error(at: part, "\(name) holds no element")
            }
            let direction = reader.tree.attribute("direction", of: part) ?? "inbound"
            guard let known = MessageDirection(rawValue: direction) else {
                throw reader.error(at: part, "direction is neither inbound nor outbound")
            }
            examples.append(
                .document(
                    RuleEntry.Excerpt(
                        xml: ExcerptWriter.text(of: sed, in: reader.tree), direction: known,
                        date: try date("date", part, reader),
                        sender: reader.tree.attribute("sender", of: part),
                        receiver: reader.tree.attribute("receiver", of: part),
                        attachments: reader.tree.attribute("attachments", of: part).flatMap { Int($0) },
                        requested: try date("requested", part, reader),
                        rates: reader.tree.attribute("rates", of: part)
                    ))
            )
        }
        return examples
    }
}

/// Writes an element as text on its own: one element a line, indented, the root's namespace under the prefix `x`.
enum ExcerptWriter {
    static func text(of element: ElementID, in tree: borrowing XMLTree) -> String {
        var lines: [String] = []
        write(element, in: tree, depth: 0, into: &lines)
        return lines.joined(separator: "\n")
    }

    private static func write(
        _ element: ElementID,
        in tree: borrowing XMLTree,
        depth: Int,
        into lines: inout [String]
    ) {
        let namespace = tree.namespace(of: element)
        let indent = String(repeating: "  ", count: depth)
        let isQualified = namespace != nil && namespace != "urn:piiripost:rules"
        let name = (isQualified ? "x:" : "") + tree.localName(of: element)
        var start = name
        // Only the root of a SED is qualified; an envelope's namespace goes for all of its elements.
        if let namespace, isQualified,
            depth == 0 || namespace != tree.parent(of: element).flatMap({ tree.namespace(of: $0) })
        {
            start += " xmlns:x=\"\(escaped(namespace))\""
        }
        for attribute in tree.attributes(of: element) where attribute.namespace == nil {
            start += " \(attribute.name)=\"\(escaped(attribute.value))\""
        }
        let children = tree.children(of: element)
        if children.isEmpty {
            let text = tree.text(of: element)
            lines.append(text.isEmpty ? "\(indent)<\(start)/>" : "\(indent)<\(start)>\(escaped(text))</\(name)>")
            return
        }
        lines.append("\(indent)<\(start)>")
        for child in children { write(child, in: tree, depth: depth + 1, into: &lines) }
        lines.append("\(indent)</\(name)>")
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
    }
}

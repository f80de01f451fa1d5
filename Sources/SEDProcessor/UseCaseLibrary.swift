// SPDX-License-Identifier: EUPL-1.2

package import SEDCases
package import SEDCore
package import SEDInspection
package import SEDValidation
internal import Synchronization
internal import Yams

/// The business use cases of `sed-schemas/buc`, each read when it is first asked for.
package final class UseCaseLibrary: Sendable {
    private let folder: SchemaFolder
    /// The public holidays that clocks look at.
    package let calendars: CalendarLibrary
    private let known = Mutex<[BUCType: BusinessUseCase]>([:])
    /// Every message asks for them, and the great tables have a thousand rows.
    private let combinations = Mutex<[BUCType: UseCaseCombinations]>([:])

    package init(folder: SchemaFolder) {
        self.folder = folder
        calendars = CalendarLibrary(folder: folder)
    }

    /// All use cases that have a definition, in code order.
    package func all() throws -> [BusinessUseCase] {
        try folder.names(in: "buc").compactMap { name -> BUCType? in
            name.hasSuffix(".yaml") ? BUCType(parsing: String(name.dropLast(5))) : nil
        }.sorted().compactMap { try useCase($0) }
    }

    /// The definition of a use case, or nil where there is none.
    package func useCase(_ type: BUCType) throws -> BusinessUseCase? {
        if let useCase = known.withLock({ $0[type] }) { return useCase }
        let file = "buc/\(type.code).yaml"
        guard folder.contains(file) else { return nil }
        let text = String(decoding: try folder.read(file), as: UTF8.self)
        let useCase = try Self.parse(text, file: file).map { $0.adding(timers: try commonTimers()) }
        known.withLock { $0[type] = useCase }
        return useCase
    }

    /// The clocks that run in every use case that has the document which starts them.
    func commonTimers() throws -> [CaseTimer] {
        let file = "buc/timers.yaml"
        guard folder.contains(file) else { return [] }
        let reader = YAMLReader(file: file)
        var timers: [CaseTimer] = []
        if let root = reader.root(of: String(decoding: try folder.read(file), as: UTF8.self)) {
            let entries = reader.entries(root, known: ["timers"])
            timers = TimerReader(reader: reader, documents: nil).timers(entries["timers"].map(reader.list) ?? [])
        }
        try reader.finish()
        return timers
    }

    /// What the use case lets each role send, for the envelope's layer.
    package func combinations(of type: BUCType) throws -> UseCaseCombinations? {
        if let known = combinations.withLock({ $0[type] }) { return known }
        if known.withLock({ $0[type] }) == nil, let outline = try outline(of: type) {
            combinations.withLock { $0[type] = outline }
            return outline
        }
        guard let useCase = try useCase(type) else { return nil }
        var senders: [CaseRole: Set<SEDType>] = [:]
        for role in CaseRole.allCases {
            senders[role] = Set(useCase.documents.filter { useCase.maySend($0, as: role) })
        }
        let result = UseCaseCombinations(
            buc: type, versions: [useCase.version], starter: useCase.starter, isMultilateral: useCase.isMultilateral,
            senders: senders
        )
        combinations.withLock { $0[type] = result }
        return result
    }

    /// The combinations as they can be had without the rest of the file; nil where they cannot.
    private func outline(of type: BUCType) throws -> UseCaseCombinations? {
        let file = "buc/\(type.code).yaml"
        guard folder.contains(file) else { return nil }
        return UseCaseOutline.combinations(in: try folder.read(file), of: type)
    }

    /// The content conditions that all use cases share.
    package func conditions() throws -> [ContentCondition] {
        let file = "buc/conditions.yaml"
        let reader = YAMLReader(file: file)
        var conditions: [ContentCondition] = []
        if let root = reader.root(of: String(decoding: try folder.read(file), as: UTF8.self)) {
            let entries = reader.entries(root, known: ["conditions"])
            for node in entries["conditions"].map(reader.list) ?? [] {
                let facts = reader.entries(node, known: ["name", "sed", "means", "verified", "test"])
                guard let name = reader.required("name", in: facts, of: node).flatMap(reader.text),
                    let sed = reader.required("sed", in: facts, of: node)
                        .flatMap({ reader.value($0, "a SED", SEDType.init(parsing:)) }),
                    let meanings = reader.required("means", in: facts, of: node)
                        .flatMap({ Self.texts($0, of: node, with: reader) }),
                    let isVerified = reader.required("verified", in: facts, of: node)
                        .flatMap({ reader.value($0, "true or false", Bool.init) }),
                    let test = reader.required("test", in: facts, of: node).flatMap(reader.text)
                else { continue }
                conditions.append(
                    ContentCondition(name: name, sed: sed, meanings: meanings, isVerified: isVerified, test: test)
                )
            }
        }
        try reader.finish()
        return conditions
    }

    /// The words in which cases are explained; `titles` are the English ones of the SEDs, from the catalogue.
    package func vocabulary(titles: [SEDType: String]) throws -> CaseVocabulary {
        let file = "buc/words.yaml"
        let reader = YAMLReader(file: file)
        var seds: [SEDType: [Language: String]] = titles.mapValues { [.english: $0] }
        var processes: [String: CaseVocabulary.Process] = [:]
        var references: [String: String] = [:]
        if let root = reader.root(of: String(decoding: try folder.read(file), as: UTF8.self)) {
            let entries = reader.entries(root, known: ["seds", "processes", "references"])
            for (key, node) in entries["seds"]?.mapping ?? [:] {
                guard let sed = reader.value(key, "a SED", SEDType.init(parsing:)), let text = reader.text(node)
                else { continue }
                seds[sed, default: [:]][.estonian] = text
            }
            for (key, node) in entries["references"]?.mapping ?? [:] {
                if let english = reader.text(key), let estonian = reader.text(node) { references[english] = estonian }
            }
            for (key, node) in entries["processes"]?.mapping ?? [:] {
                let facts = reader.entries(node, known: Language.allCases.map(\.rawValue) + ["due"])
                guard let name = reader.text(key), let titles = Self.texts(facts, of: node, with: reader) else {
                    continue
                }
                let due = (facts["due"].map(reader.list) ?? [])
                    .compactMap { reader.value($0, "a SED", SEDType.init(parsing:)) }
                processes[name] = CaseVocabulary.Process(titles: titles, dueReplies: due)
            }
        }
        try reader.finish()
        let conditions = try conditions()
        return CaseVocabulary(
            seds: seds, processes: processes,
            conditions: Dictionary(conditions.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }),
            references: references
        )
    }

    // MARK: Parsing

    /// A text in each language.
    private static func texts(_ node: Node, of parent: Node, with reader: YAMLReader) -> [Language: String]? {
        texts(reader.entries(node, known: Language.allCases.map(\.rawValue)), of: parent, with: reader)
    }

    private static func texts(
        _ entries: [String: Node],
        of parent: Node,
        with reader: YAMLReader
    ) -> [Language: String]? {
        var texts: [Language: String] = [:]
        for language in Language.allCases {
            guard let text = reader.required(language.rawValue, in: entries, of: parent).flatMap(reader.text) else {
                return nil
            }
            texts[language] = text
        }
        return texts
    }

    private static let keys = [
        "buc", "version", "title", "reference", "participants", "starter", "timers", "sides",
    ]

    static func parse(_ text: String, file: String) throws(ConfigurationError) -> BusinessUseCase? {
        let reader = YAMLReader(file: file)
        let useCase = reader.root(of: text).flatMap { parse($0, with: reader) }
        try reader.finish()
        return useCase
    }

    private static func parse(_ root: Node, with reader: YAMLReader) -> BusinessUseCase? {
        let entries = reader.entries(root, known: keys)
        func value<Value>(_ key: String, _ expected: String, _ parse: (String) -> Value?) -> Value? {
            reader.required(key, in: entries, of: root).flatMap { reader.value($0, expected, parse) }
        }
        let titles = entries["title"].map { reader.entries($0, known: ["en", "et"]) } ?? [:]
        let sides = entries["sides"].map { reader.entries($0, known: CaseRole.sides.map(\.rawValue)) } ?? [:]
        guard let type = value("buc", "a business use case", BUCType.init(parsing:)),
            let version = value("version", "a version", { CDMVersion(parsing: $0) }),
            let reference = value("reference", "a text", { $0 }),
            let isMultilateral = value("participants", "two or several", { ["two": false, "several": true][$0] }),
            let starter = value("starter", "a SED", SEDType.init(parsing:)),
            let title = reader.required("en", in: titles, of: root).flatMap(reader.text),
            let titleEstonian = reader.required("et", in: titles, of: root).flatMap(reader.text),
            let owner = reader.required(CaseRole.caseOwner.rawValue, in: sides, of: root)
                .flatMap({ table($0, role: .caseOwner, with: reader) }),
            let counterparty = reader.required(CaseRole.counterparty.rawValue, in: sides, of: root)
                .flatMap({ table($0, role: .counterparty, with: reader) })
        else { return nil }
        return BusinessUseCase(
            type: type, version: version, title: title, titleEstonian: titleEstonian, reference: reference,
            isMultilateral: isMultilateral, starter: starter, owner: owner, counterparty: counterparty,
            timers: TimerReader(reader: reader, documents: documents(owner, counterparty))
                .timers(entries["timers"].map(reader.list) ?? [])
        )
    }

    private static func documents(_ tables: RoleTable...) -> Set<SEDType> {
        Set(tables.flatMap { $0.transitions.flatMap { [$0.sed] + ($0.reply.map { [$0] } ?? []) } })
    }

    private static func table(_ node: Node, role: CaseRole, with reader: YAMLReader) -> RoleTable? {
        let entries = reader.entries(node, known: ["ends", "table"])
        guard let tableNode = reader.required("table", in: entries, of: node), let text = reader.text(tableNode)
        else { return nil }
        do {
            return RoleTable(
                role: role,
                transitions: try Transition.parseTable(text),
                endStates: Set(
                    (entries["ends"].map(reader.list) ?? []).compactMap { reader.text($0).map { StateID($0) } })
            )
        } catch {
            // The block starts on the line after its key; the reader's mark is that of the block sign.
            let line = (tableNode.mark?.line ?? 1) + 1 + error.line
            reader.fail(tableNode, "in the table, line \(line) of the file: \(error.reason)")
            return nil
        }
    }
}

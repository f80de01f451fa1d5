// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import Yams

/// Reads a directory of institutions from YAML; `docs/institutions.md` has the keys.
struct InstitutionYAML {
    private let reader: YAMLReader
    private var competences = 0

    static func read(_ bytes: [UInt8], file: String, _ faults: FaultList) -> [Institution] {
        // Aliases let a small text stand for a huge tree, and nothing here needs them.
        if let place = aliasPlace(in: bytes) {
            faults.fail(place, "anchors and aliases are not read here; write & and * with a blank behind them")
            return []
        }
        let reader = YAMLReader(file: file)
        var yaml = InstitutionYAML(reader: reader)
        let institutions = yaml.read(String(decoding: bytes, as: UTF8.self))
        for problem in reader.problems { faults.add(problem) }
        return institutions
    }

    private init(reader: YAMLReader) {
        self.reader = reader
    }

    private mutating func read(_ text: String) -> [Institution] {
        guard let root = reader.root(of: text) else { return [] }
        let entries = reader.entries(root, known: ["institutions"])
        guard let list = reader.required("institutions", in: entries, of: root) else { return [] }
        var institutions: [Institution] = []
        var seen: Set<InstitutionID> = []
        for node in reader.list(list) {
            guard institutions.count < InstitutionFile.Limit.institutions else {
                reader.fail(node, "more than \(InstitutionFile.Limit.institutions) institutions, which is the limit")
                break
            }
            guard let institution = institution(node) else { continue }
            if !seen.insert(institution.id).inserted {
                reader.fail(node, "\(institution.id) stands in this file twice")
            }
            institutions.append(institution)
        }
        return institutions
    }

    private mutating func institution(_ node: Node) -> Institution? {
        let keys = ["id", "name", "liaison", "validFrom", "validTo", "competences"]
        let entries = reader.entries(node, known: keys)
        let id = reader.required("id", in: entries, of: node).flatMap {
            reader.value($0, "an institution such as EE:SKA001", InstitutionID.init(parsing:))
        }
        let name = entries["name"].flatMap {
            reader.value($0, "a name without control characters", InstitutionValue.name)
        }
        let liaison = entries["liaison"].flatMap { reader.value($0, "true or false", InstitutionValue.yes) }
        let validity = period(entries, from: "validFrom", to: "validTo")
        let held = entries["competences"].map { reader.list($0).flatMap { competence($0) } } ?? []
        return id.map {
            Institution(id: $0, name: name, isLiaisonBody: liaison, validity: validity, competences: held)
        }
    }

    /// Every use case of an entry in every role of it.
    private mutating func competence(_ node: Node) -> [Competence] {
        let entries = reader.entries(node, known: ["buc", "role", "from", "to", "ready"])
        guard let bucs = reader.required("buc", in: entries, of: node),
            let roles = reader.required("role", in: entries, of: node)
        else { return [] }
        let useCases = Set(
            reader.list(bucs).compactMap {
                reader.value($0, "a business use case such as R_BUC_07", InstitutionValue.useCase)
            }
        )
        let sides = Set(
            reader.list(roles).compactMap {
                reader.value($0, "CaseOwner, Counterparty or IntelligentRA", InstitutionValue.role)
            }
        )
        let validity = period(entries, from: "from", to: "to")
        let isReady = entries["ready"].flatMap { reader.value($0, "true or false", InstitutionValue.yes) }
        competences += useCases.count * sides.count
        guard competences <= InstitutionFile.Limit.competences else {
            reader.fail(node, "more than \(InstitutionFile.Limit.competences) competences, which is the limit")
            return []
        }
        return useCases.flatMap { buc in
            sides.map { Competence(buc: buc, role: $0, validity: validity, isReady: isReady) }
        }
    }

    private func period(_ entries: [String: Node], from: String, to: String) -> ValidityPeriod {
        func day(_ key: String) -> CivilDate? {
            entries[key].flatMap { reader.value($0, "a date such as 2026-01-15", InstitutionValue.day) }
        }
        let validity = ValidityPeriod(from: day(from), to: day(to))
        if let first = validity.from, let last = validity.to, last < first, let node = entries[to] {
            reader.fail(node, "the period ends before it begins")
        }
        return validity
    }

    /// Where something stands that may be an anchor or an alias: `&` or `*` at the beginning of a word.
    private static func aliasPlace(in bytes: [UInt8]) -> TextPosition? {
        var line = 1
        var column = 1
        var before: UInt8 = 0x20
        for (index, byte) in bytes.enumerated() {
            if byte == 0x26 || byte == 0x2A, [0x20, 0x09, 0x0A, 0x0D, 0x5B, 0x7B, 0x2C, 0x3A].contains(before),
                index + 1 < bytes.count, ![0x20, 0x09, 0x0A, 0x0D].contains(bytes[index + 1])
            {
                return TextPosition(line: line, column: column)
            }
            if byte == 0x0A {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
            before = byte
        }
        return nil
    }
}

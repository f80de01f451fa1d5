// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore

/// Reads a directory of institutions from CSV: a line of column names, then a line for each competence.
///
/// Fields are separated by the comma, the semicolon or the tabulator, whichever the first line has, and may stand in
/// quotation marks (RFC 4180). Lines that begin with `#` and empty lines are passed over. `docs/institutions.md` has
/// the columns.
struct InstitutionTable {
    static let columns = ["id", "name", "liaison", "validFrom", "validTo", "buc", "role", "from", "to", "ready"]

    private struct Field {
        let text: String
        let line: Int
        let column: Int
    }

    /// Whether a text begins with a line of column names, one of them `id`.
    static func hasHeader(_ bytes: [UInt8]) -> Bool {
        var scanner = Scanner(bytes)
        guard let header = scanner.record() else { return false }
        return header.count > 1 && header.contains { $0.text == "id" }
    }

    static func read(_ bytes: [UInt8], _ faults: FaultList) -> [Institution] {
        var table = InstitutionTable(faults: faults)
        table.read(bytes)
        return table.institutions
    }

    private let faults: FaultList
    private var institutions: [Institution] { order.compactMap { entries[$0]?.institution } }
    private var order: [InstitutionID] = []
    private var entries: [InstitutionID: Entry] = [:]
    private var competences = 0

    private init(faults: FaultList) {
        self.faults = faults
    }

    /// An institution as far as its lines have told it.
    private struct Entry {
        let id: InstitutionID
        var name: String?
        var isLiaisonBody: Bool?
        var validity = ValidityPeriod()
        var competences: [Competence] = []

        var institution: Institution {
            Institution(
                id: id, name: name, isLiaisonBody: isLiaisonBody, validity: validity, competences: competences)
        }
    }

    private mutating func read(_ bytes: [UInt8]) {
        var scanner = Scanner(bytes)
        guard let header = scanner.record() else { return }
        var places: [String: Int] = [:]
        for (index, field) in header.enumerated() {
            if !Self.columns.contains(field.text) {
                fail(field, "unknown column; known here: \(Self.columns.joined(separator: ", "))")
            } else if places.updateValue(index, forKey: field.text) != nil {
                fail(field, "the column \(field.text) stands here twice")
            }
        }
        while !faults.isFull, let record = scanner.record() {
            guard record.count == header.count else {
                fail(record[0], "expected \(header.count) fields as in the first line; there are \(record.count)")
                continue
            }
            let row = places.mapValues { record[$0] }
            read(row, at: record[0])
        }
        if let fault = scanner.fault { faults.fail(fault.line, fault.column, fault.message) }
    }

    private mutating func read(_ row: [String: Field], at start: Field) {
        guard let idField = row["id"], let id = InstitutionID(parsing: idField.text) else {
            fail(row["id"] ?? start, "expected an institution such as EE:SKA001")
            return
        }
        if entries[id] == nil {
            guard order.count < InstitutionFile.Limit.institutions else {
                return fail(idField, "more than \(InstitutionFile.Limit.institutions) institutions, which is the limit")
            }
            order.append(id)
        }
        var entry = entries[id] ?? Entry(id: id)
        state(&entry.name, row["name"], "a name without control characters", InstitutionValue.name)
        state(&entry.isLiaisonBody, row["liaison"], "true or false", InstitutionValue.yes)
        state(&entry.validity.from, row["validFrom"], "a date such as 2026-01-15", InstitutionValue.day)
        state(&entry.validity.to, row["validTo"], "a date such as 2026-01-15", InstitutionValue.day)
        check(entry.validity, at: row["validTo"])
        entry.competences += competences(row)
        entries[id] = entry
    }

    /// Takes a value of the institution that its lines may repeat, but not contradict.
    private func state<Value: Equatable>(
        _ known: inout Value?,
        _ field: Field?,
        _ expected: String,
        _ parse: (String) -> Value?
    ) {
        guard let field, !field.text.isEmpty else { return }
        guard let value = parse(field.text) else { return fail(field, "expected \(expected)") }
        if let known, known != value { return fail(field, "an earlier line of this institution says otherwise") }
        known = value
    }

    /// Every use case of the line in every role of the line.
    private mutating func competences(_ row: [String: Field]) -> [Competence] {
        guard let bucs = row["buc"], !bucs.text.isEmpty else {
            for name in ["role", "from", "to", "ready"] {
                if let field = row[name], !field.text.isEmpty { fail(field, "\(name) needs a use case in buc") }
            }
            return []
        }
        guard let roles = row["role"], !roles.text.isEmpty else {
            fail(bucs, "a use case needs a role")
            return []
        }
        var validity = ValidityPeriod()
        var isReady: Bool?
        state(&validity.from, row["from"], "a date such as 2026-01-15", InstitutionValue.day)
        state(&validity.to, row["to"], "a date such as 2026-01-15", InstitutionValue.day)
        state(&isReady, row["ready"], "true or false", InstitutionValue.yes)
        check(validity, at: row["to"])
        let useCases = words(bucs, "business use cases such as R_BUC_07, with blanks between", InstitutionValue.useCase)
        let sides = words(roles, "CaseOwner, Counterparty or IntelligentRA", InstitutionValue.role)
        competences += useCases.count * sides.count
        guard competences <= InstitutionFile.Limit.competences else {
            fail(bucs, "more than \(InstitutionFile.Limit.competences) competences, which is the limit")
            return []
        }
        return useCases.flatMap { buc in
            sides.map { Competence(buc: buc, role: $0, validity: validity, isReady: isReady) }
        }
    }

    /// The values of a field, each once.
    private func words<Value: Hashable>(_ field: Field, _ expected: String, _ parse: (String) -> Value?) -> Set<Value> {
        Set(
            field.text.split(separator: " ").compactMap { word in
                let value = parse(String(word))
                if value == nil { fail(field, "expected \(expected)") }
                return value
            }
        )
    }

    private func check(_ validity: ValidityPeriod, at field: Field?) {
        if let from = validity.from, let to = validity.to, to < from, let field {
            fail(field, "the period ends before it begins")
        }
    }

    private func fail(_ field: Field, _ message: String) {
        faults.fail(field.line, field.column, message)
    }

    // MARK: Text

    /// Takes a text apart, record by record.
    private struct Scanner {
        private let bytes: [UInt8]
        private var index: Int
        private var line = 1
        private var lineStart: Int
        private let separator: UInt8
        private(set) var fault: (line: Int, column: Int, message: String)?

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
            index = bytes.starts(with: InstitutionText.mark) ? InstitutionText.mark.count : 0
            lineStart = index
            separator = Self.separator(in: bytes, from: index)
        }

        /// The separator that comes first in the first line that counts.
        private static func separator(in bytes: [UInt8], from start: Int) -> UInt8 {
            for line in bytes[start...].split(separator: 0x0A, maxSplits: 100) where line.first != 0x23 {
                if let found = line.first(where: { [0x2C, 0x3B, 0x09].contains($0) }) { return found }
                if line.contains(where: { ![0x20, 0x0D].contains($0) }) { break }
            }
            return 0x2C
        }

        /// The next line of fields; nil at the end, or behind a fault that leaves no way on.
        mutating func record() -> [Field]? {
            while fault == nil, index < bytes.count {
                if bytes[index] == 0x23 { skipLine() } else if isBlankLine { skipLine() } else { return fields() }
            }
            return nil
        }

        private var isBlankLine: Bool {
            for byte in bytes[index...] {
                if byte == 0x0A { return true }
                if byte != 0x20, byte != 0x0D { return false }
            }
            return true
        }

        private mutating func skipLine() {
            while index < bytes.count, bytes[index] != 0x0A { index += 1 }
            endLine()
        }

        private mutating func endLine() {
            if index < bytes.count { index += 1 }
            line += 1
            lineStart = index
        }

        private mutating func fields() -> [Field]? {
            var fields: [Field] = []
            while true {
                while index < bytes.count, bytes[index] == 0x20 { index += 1 }
                let place = (line: line, column: column)
                guard fields.count <= InstitutionTable.columns.count * 2 else {
                    fault = (place.line, place.column, "more fields than there can be columns")
                    return nil
                }
                guard let text = index < bytes.count && bytes[index] == 0x22 ? quoted() : plain() else { return nil }
                fields.append(Field(text: text, line: place.line, column: place.column))
                if index < bytes.count, bytes[index] == separator {
                    index += 1
                    continue
                }
                if index < bytes.count, bytes[index] == 0x0D { index += 1 }
                if index < bytes.count, bytes[index] != 0x0A {
                    fault = (line, column, "expected the end of the field behind its quotation mark")
                    return nil
                }
                endLine()
                return fields
            }
        }

        private var column: Int { bytes[lineStart..<index].count { $0 & 0xC0 != 0x80 } + 1 }

        private mutating func plain() -> String? {
            let start = index
            while index < bytes.count, bytes[index] != separator, bytes[index] != 0x0A, bytes[index] != 0x0D {
                index += 1
            }
            return text(bytes[start..<index])
        }

        private mutating func quoted() -> String? {
            let place = (line: line, column: column)
            index += 1
            var content: [UInt8] = []
            while index < bytes.count {
                let byte = bytes[index]
                if byte == 0x22 {
                    index += 1
                    guard index < bytes.count, bytes[index] == 0x22 else {
                        while index < bytes.count, bytes[index] == 0x20 { index += 1 }
                        return text(content[...])
                    }
                }
                if byte == 0x0A {
                    fault = (place.line, place.column, "the quotation mark is not closed on its line")
                    return nil
                }
                content.append(byte)
                index += 1
            }
            fault = (place.line, place.column, "the quotation mark is not closed")
            return nil
        }

        private mutating func text(_ bytes: ArraySlice<UInt8>) -> String? {
            guard bytes.count <= InstitutionFile.Limit.value * 10 else {
                fault = (line, 1, "a field has more than \(InstitutionFile.Limit.value * 10) bytes")
                return nil
            }
            let isBlank: (UInt8) -> Bool = { $0 == 0x20 }
            let end = bytes.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? bytes.startIndex
            return String(decoding: bytes[bytes.startIndex..<end].drop(while: isBlank), as: UTF8.self)
        }
    }
}

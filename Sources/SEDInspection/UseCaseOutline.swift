// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
package import SEDValidation

/// Reads of a use case's file only who may send what, straight from the rows of its tables.
///
/// A judgement asks for nothing else, and reading a great table with all its states takes longer than the rest of a
/// start. Understood is the form that `docs/buc-format.md` describes, written as our files are written; of a file in
/// any other form this says nothing, and the reader of YAML has the word.
package struct UseCaseOutline {
    /// What stands in one side's table.
    private struct Table {
        /// Sent by this side, or its answer to what it received.
        var sends: Set<Code> = []
        /// All that travels, either way.
        var travels: Set<Code> = []
        var hasHeader = false
    }

    /// The code of a SED as its bytes, of which eight are enough.
    private typealias Code = UInt64

    private enum Place: Equatable {
        /// Behind a key whose value is not asked for.
        case elsewhere
        case sides
        case side(CaseRole)
    }

    private static let asked: Set<String> = ["buc", "version", "participants", "starter"]
    private static let others: Set<String> = ["title", "reference", "timers"]
    private static let header = Array("state way sed reply about next process context mark".utf8).split(separator: 0x20)

    private var values: [String: String] = [:]
    private var tables: [CaseRole: Table] = [:]
    private var place = Place.elsewhere
    /// The table that is being read; `place` tells whose.
    private var table = Table()
    private var isInTable = false

    private init() {}

    /// What the use case lets each role send; nil when the file is not written in the form that is understood.
    package static func combinations(in bytes: [UInt8], of type: BUCType) -> UseCaseCombinations? {
        var outline = UseCaseOutline()
        let isUnderstood = bytes.withUnsafeBufferPointer { text in
            var start = 0
            while start < text.count {
                let end = text[start...].firstIndex(of: 0x0A) ?? text.count
                if !outline.read(text[start..<end]) { return false }
                start = end + 1
            }
            outline.endTable()
            return true
        }
        return isUnderstood ? outline.combinations(of: type) : nil
    }

    private func combinations(of type: BUCType) -> UseCaseCombinations? {
        guard values["buc"] == type.code, let version = values["version"].flatMap({ CDMVersion(parsing: $0) }),
            let starter = values["starter"].flatMap(SEDType.init(parsing:)),
            let isMultilateral = values["participants"].flatMap({ ["two": false, "several": true][$0] }),
            let owner = tables[.caseOwner], let counterparty = tables[.counterparty],
            let ownerSends = Self.seds(owner.sends), let counterpartySends = Self.seds(counterparty.sends),
            let ownerTravels = Self.seds(owner.travels), Self.seds(counterparty.travels) != nil
        else { return nil }
        var senders = Dictionary(uniqueKeysWithValues: CaseRole.allCases.map { ($0, Set<SEDType>()) })
        senders[.caseOwner] = ownerSends
        senders[.counterparty] = counterpartySends
        senders[.intelligentRA] = ownerTravels.filter { $0.code == "X100" }
        return UseCaseCombinations(
            buc: type, versions: [version], starter: starter, isMultilateral: isMultilateral, senders: senders)
    }

    /// Nil when one of them is no code of a SED.
    private static func seds(_ codes: Set<Code>) -> Set<SEDType>? {
        var seds: Set<SEDType> = []
        for code in codes {
            let bytes = (0..<8).map { UInt8(truncatingIfNeeded: code >> (8 * UInt64($0))) }.filter { $0 != 0 }
            guard let sed = SEDType(parsing: String(decoding: bytes, as: UTF8.self)) else { return nil }
            seds.insert(sed)
        }
        return seds
    }

    // MARK: Lines

    private typealias Line = Slice<UnsafeBufferPointer<UInt8>>

    /// False when the line is not of the form that is understood.
    private mutating func read(_ line: Line) -> Bool {
        guard let first = line.firstIndex(where: { $0 != 0x20 }), line[first] != UInt8(ascii: "#") else { return true }
        let indent = first - line.startIndex
        if isInTable, indent >= 6 { return readRow(line) }
        if isInTable { endTable() }
        switch indent {
        case 0: return readKey(String(decoding: line, as: UTF8.self))
        case 2 where place != .elsewhere: return readSide(String(decoding: line[first...], as: UTF8.self))
        case 4: return readPart(String(decoding: line[first...], as: UTF8.self))
        default: return place == .elsewhere
        }
    }

    private mutating func readKey(_ line: String) -> Bool {
        let parts = line.split(separator: ": ", maxSplits: 1)
        if line == "sides:" {
            place = .sides
            return tables.isEmpty
        }
        place = .elsewhere
        let key = parts.count == 2 ? String(parts[0]) : line.last == ":" ? String(line.dropLast()) : ""
        guard Self.asked.contains(key) else { return Self.others.contains(key) }
        guard parts.count == 2, values[key] == nil else { return false }
        var value = parts[1]
        if value.count > 2, value.hasPrefix("\""), value.hasSuffix("\"") { value = value.dropFirst().dropLast() }
        values[key] = String(value)
        return value.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
        }
    }

    private mutating func readSide(_ line: String) -> Bool {
        for role in CaseRole.sides where line == role.rawValue + ":" {
            place = .side(role)
            return tables[role] == nil
        }
        return false
    }

    private mutating func readPart(_ line: String) -> Bool {
        guard case .side(let role) = place else { return place == .elsewhere }
        if line.hasPrefix("ends: ["), line.hasSuffix("]") { return true }
        guard line == "table: |", tables[role] == nil else { return false }
        tables[role] = Table()
        isInTable = true
        return true
    }

    private mutating func endTable() {
        if isInTable, case .side(let role) = place { tables[role] = table }
        table = Table()
        isInTable = false
    }

    /// A row: eight cells between blanks, or nine with a mark, up to a remark.
    private mutating func readRow(_ line: Line) -> Bool {
        var cell = 0
        var way: UInt8 = 0
        var cursor = line.startIndex
        while cursor < line.endIndex, line[cursor] != UInt8(ascii: "#") {
            if line[cursor] == 0x20 {
                cursor += 1
                continue
            }
            let start = cursor
            while cursor < line.endIndex, line[cursor] != 0x20, line[cursor] != UInt8(ascii: "#") { cursor += 1 }
            let part = line[start..<cursor]
            if !table.hasHeader {
                guard cell < 9, part.elementsEqual(Self.header[cell]) else { return false }
            } else if cell == 1 {
                guard part.elementsEqual("in".utf8) || part.elementsEqual("out".utf8) else { return false }
                way = line[start]
            } else if cell == 2 {
                guard let code = Self.code(part), code != 0 else { return false }
                table.travels.insert(code)
                if way == UInt8(ascii: "o") { table.sends.insert(code) }
            } else if cell == 3 {
                guard let reply = Self.code(part) else { return false }
                if reply != 0, way == UInt8(ascii: "i") { table.sends.insert(reply) }
            } else if cell == 4 {
                guard Self.code(part) != nil else { return false }
            }
            cell += 1
        }
        if cell >= 8 { table.hasHeader = true }
        return cell == 8 || cell == 9 || cell == 0
    }

    /// The code in a cell, 0 for nothing; nil for more bytes than a code has.
    private static func code(_ cell: Line) -> Code? {
        if cell.count == 1, cell.first == UInt8(ascii: "-") { return 0 }
        guard cell.count <= 8 else { return nil }
        return cell.reversed().reduce(0) { $0 << 8 | Code($1) }
    }
}

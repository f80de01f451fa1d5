// SPDX-License-Identifier: EUPL-1.2

/// The texts of a schema and of all it imports, without the types that its elements do not lead to.
///
/// A SED uses a fourth of the shared libraries. Compiling the rest and reading it a second time took longer than a
/// small document takes in all. A type that no element leads to judges nothing, unless the document itself names it
/// with `xsi:type`; for such a document the schema is compiled whole.
struct SchemaExtract {
    /// By path.
    let texts: [String: [UInt8]]

    private static let marks = ["xs:complexType", "xs:simpleType"].map { BlockText.Mark($0, indent: 2) }
    /// Nil when the texts are not written as ours are.
    init?(of path: String, read: (String) throws -> [UInt8]) rethrows {
        var files: [String: BlockText] = [:]
        var waiting = [path]
        while let next = waiting.popLast() {
            guard files[next] == nil else { continue }
            guard let text = BlockText(try read(next), marks: Self.marks) else { return nil }
            files[next] = text
            for part in text.remainder {
                waiting += text.values(of: "schemaLocation", in: part).map {
                    SchemaPath.resolve(text.string($0), against: next)
                }
            }
        }
        guard let wanted = Self.wanted(files, from: path) else { return nil }
        texts = Dictionary(
            uniqueKeysWithValues: files.map { name, text in
                let numbers = wanted[name] ?? []
                return (name, name == path ? text.bytes : text.keeping { numbers.contains($0) })
            })
    }

    /// The numbers of the blocks that are led to, by file; names count whatever their namespace.
    private static func wanted(_ files: [String: BlockText], from path: String) -> [String: Set<Int>]? {
        var places: [String: [(file: String, number: Int)]] = [:]
        var waiting: [(BlockText, Range<Int>)] = []
        for (name, text) in files {
            waiting += text.remainder.map { (text, $0) }
            if name == path { waiting += text.blocks.map { (text, $0.range) } }
            for (number, block) in text.blocks.enumerated() {
                guard let type = text.values(of: "name", in: block.head).first else { return nil }
                if name != path { places[text.string(type), default: []].append((name, number)) }
            }
        }
        var wanted: [String: Set<Int>] = [:]
        while let (text, part) = waiting.popLast() {
            var types: [String] = []
            var isUnderstood = true
            text.forEachAttribute(in: part) { name, value in
                if text.holds("type", in: name) || text.holds("base", in: name) {
                    types.append(text.string(Self.localName(value, of: text)))
                } else if otherWays(text, name) {
                    isUnderstood = false
                }
            }
            guard isUnderstood else { return nil }
            for type in types {
                for (file, number) in places.removeValue(forKey: type) ?? [] {
                    guard let text = files[file] else { continue }
                    wanted[file, default: []].insert(number)
                    waiting.append((text, text.blocks[number].range))
                }
            }
        }
        return wanted
    }

    /// Whether an attribute leads to a type by another way than an element's or a base's name.
    private static func otherWays(_ text: BlockText, _ name: Range<Int>) -> Bool {
        text.holds("ref", in: name) || text.holds("memberTypes", in: name) || text.holds("itemType", in: name)
            || text.holds("substitutionGroup", in: name)
    }

    private static func localName(_ name: Range<Int>, of text: BlockText) -> Range<Int> {
        let colon = name.first { text.bytes[$0] == UInt8(ascii: ":") }
        return colon.map { $0 + 1..<name.upperBound } ?? name
    }
}
